"""The numbers of a walk, exact or on paper: which are known, how they come about, how they changed.

A walk holds the trace of the epoch where it stands. A notebook computes those of earlier epochs
again as they are asked for, and the sheets of paper mode, and keeps them.

>>> from refgmm import Walk, worked_example
>>> from refgmm.rendering import Shown
>>> walk = Walk.begin(worked_example.problem()).forward_epoch()
>>> notebook = Notebook()
>>> cell = Cell.parse("mean:1", epoch=1)
>>> notebook.change(walk, cell)
Change(old=1.0, new=1.3065753725700628)
>>> print(notebook.derivation(walk, cell, paper=2).text(Shown(2)))
μ₁′ = (∑ᵢ β₁(xᵢ) xᵢ) / N₁
    = 3.35 / 2.56
    = 1.31
"""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from refgmm.arithmetic import as_vector
from refgmm.em import Epoch
from refgmm.errors import InvalidValueError
from refgmm.ledger import Exact, Ledger, checked
from refgmm.problem import Problem
from refgmm.quantities import QUANTITIES, Cell
from refgmm.records import dataclass, field
from refgmm.stepper import Walk

if TYPE_CHECKING:
    from refgmm.explanation import Derivation
    from refgmm.paper import Paper

_MOST_EPOCHS = 8
"""Of which the trace is kept, at most; those of others are computed again."""

_MOST_NUMBERS = 200_000
"""That are kept, in units of points times components times epochs; two epochs are kept in any case."""

MOST_TERMS = 2_000
"""Of a sum over the points; of a longer one head and tail are given."""

MOST_NUMBERS_ON_PAPER = 5_000
"""Of a walk's epochs: points times components times epochs. That takes about half a second."""


ROUNDING = 1e-12
"""Relative: two numbers that differ by no more are told apart by nothing but how sums were rounded."""


@dataclass(frozen=True, slots=True)
class Change:
    """A number, and what it was an epoch before.

    minuend: what it is a difference of, where it is one; 0 for others. Rounding is relative to that
    """

    old: float
    new: float
    minuend: float = field(default=0.0, repr=False)

    @property
    def difference(self) -> float:
        """How much larger it is now."""
        return self.new - self.old

    @property
    def is_rounding(self) -> bool:
        """Whether the two are the same but for rounding: up to ROUNDING of their size; so is what is
        undefined.

        >>> Change(0.7, 0.7000000000000001).is_rounding, Change(1e-20, 2e-20).is_rounding
        (True, False)
        """
        size = max(abs(self.old), abs(self.new), abs(self.minuend))
        return not abs(self.difference) > ROUNDING * size


def knows(walk: Walk, cell: Cell) -> bool:
    """Whether the number of a cell is known where the walk stands.

    >>> from refgmm import worked_example
    >>> walk = Walk.begin(worked_example.problem())
    >>> knows(walk, Cell.parse("point:1", 1)), knows(walk, Cell.parse("density:1,1", 1))
    (True, False)
    """
    quantity, here = QUANTITIES[cell.quantity], walk.epoch.index
    if quantity.name == "gain":
        return cell.epoch < len(walk.history)
    if cell.is_given or cell.epoch < here:
        return True
    if quantity.name == "log-likelihood" and cell.epoch == here + 1:  # of the last parameters
        return cell.epoch <= len(walk.history)
    if cell.epoch > here:
        return False
    if quantity.is_parameter and cell.component is not None:
        return walk.has_new(quantity.sub_step, cell.component)
    point = 0 if quantity.name == "log-determinant" else cell.point  # the first row is made of it
    return walk.shows(quantity.sub_step, point, cell.component)


def before(cell: Cell) -> Cell | None:
    """The same number an epoch earlier; None where there is none.

    >>> str(before(Cell.parse("mean:1", epoch=1))), before(Cell.parse("density:1,1", epoch=1))
    ('mean:1', None)
    """
    first = 0 if QUANTITIES[cell.quantity].is_parameter else 1
    if cell.quantity == "point" or cell.epoch <= first:
        return None
    return Cell(cell.epoch - 1, cell.quantity, cell.point, cell.component, cell.entry)


class Notebook:
    """Keeps traces and sheets of one problem at a time: that of the walk it was asked about last."""

    def __init__(self) -> None:
        self._problem: Problem | None = None
        self._epochs: OrderedDict[int, Epoch[Any]] = OrderedDict()
        self._sheets: dict[int, list[Paper]] = {}  # by decimals; [e - 1]: of epoch e

    def ledger(self, walk: Walk, epoch: int, paper: int | None = None) -> Ledger:
        """The numbers of an epoch that the walk has reached.

        paper: the decimals that a student writes down; None for the exact numbers

        InvalidValueError for an epoch that the walk doesn't reach, and for paper mode where there
        are more than MOST_NUMBERS_ON_PAPER numbers.
        """
        self._open(walk.problem)
        if paper is None:
            return Exact(self._epoch(walk, epoch))
        if problem := too_much_for_paper(walk.problem, epoch):
            raise InvalidValueError(problem, field="paper")
        from refgmm.paper import Paper

        sheets = self._sheets.setdefault(paper, [])
        while len(sheets) < epoch:
            previous = sheets[-1] if sheets else None
            sheet = Paper(self._epoch(walk, len(sheets) + 1), paper, previous)
            sheet.fill()
            sheets.append(sheet)
        return sheets[epoch - 1]

    def derivation(self, walk: Walk, cell: Cell, paper: int | None = None) -> "Derivation":
        """How a number comes about. See explanation.explain, and ledger for the errors."""
        from refgmm.explanation import derivation_of

        ledger = self.ledger(walk, self._explained_in(walk, cell), paper)
        return derivation_of(ledger, checked(ledger.epoch, cell), MOST_TERMS)

    def value(self, walk: Walk, cell: Cell, paper: int | None = None) -> float:
        """The number of a cell."""
        known = _of_milestones(walk, cell) if paper is None else None
        if known is not None:  # no trace has to be computed for it
            return known
        return self.ledger(walk, self._explained_in(walk, cell), paper).value(cell)

    def change(self, walk: Walk, cell: Cell, paper: int | None = None) -> Change | None:
        """A number and what it was an epoch before; None in epoch 1, but for parameters."""
        earlier = before(cell)
        if earlier is None:
            return None
        minuend = 0.0
        if cell.quantity == "gain":
            minuend = self.value(walk, Cell(cell.epoch, "log-likelihood"), paper)
        return Change(self.value(walk, earlier, paper), self.value(walk, cell, paper), minuend)

    def _explained_in(self, walk: Walk, cell: Cell) -> int:
        """The epoch whose trace has the cell's number: of what is given, any."""
        if cell.quantity == "point":
            return walk.epoch.index
        if cell.is_given:
            return 1
        last = len(walk.milestones)  # the epoch that starts from the last milestone
        return min(cell.epoch, last) if cell.quantity == "log-likelihood" else cell.epoch

    def _open(self, problem: Problem) -> None:
        if problem is not self._problem and problem != self._problem:
            self._epochs.clear()
            self._sheets.clear()
        self._problem = problem

    def _epoch(self, walk: Walk, index: int) -> Epoch[Any]:
        if index in self._epochs:
            self._epochs.move_to_end(index)
        else:
            self._epochs[index] = walk.trace_of(index)
            numbers = len(walk.problem.points) * len(walk.problem.initial.components)
            most = max(2, min(_MOST_EPOCHS, _MOST_NUMBERS // numbers))
            while len(self._epochs) > most:
                self._epochs.popitem(last=False)
        return self._epochs[index]


def _of_milestones(walk: Walk, cell: Cell) -> float | None:
    """A point, or a parameter, a log-likelihood or a gain of the walk's milestones; None for another."""
    if cell.quantity == "point" and cell.point is not None:
        return as_vector(walk.problem.points[cell.point])[cell.entry[0] if cell.entry else 0]
    of = cell.epoch - 1 if cell.quantity == "log-likelihood" else cell.epoch
    if not 0 <= of < len(walk.milestones):
        return None
    milestone = walk.milestones[of]
    match cell.quantity:
        case "log-likelihood":
            return milestone.log_likelihood
        case "gain":
            return milestone.gain
        case "weight" | "mean" | "covariance":
            field = QUANTITIES[cell.quantity].field.partition(".")[2]
            number = getattr(milestone.mixture, field)[cell.component]
            for index in cell.entry:
                number = number[index]
            return float(number)
    return None


def most_epochs_on_paper(problem: Problem) -> int:
    """How many epochs of a problem paper mode computes; 0 where its points are too many.

    >>> from refgmm import worked_example
    >>> most_epochs_on_paper(worked_example.problem())
    500
    """
    return MOST_NUMBERS_ON_PAPER // (len(problem.points) * len(problem.initial.components))


def too_much_for_paper(problem: Problem, epoch: int) -> str:
    """Why paper mode doesn't go as far as an epoch, in words; empty where it does."""
    n, k = len(problem.points), len(problem.initial.components)
    most = most_epochs_on_paper(problem)
    if epoch <= most:
        return ""
    if most:
        return (
            f"Paper mode computes every number with a pencil, and {n:,} points with {k} components "
            f"take too many of them: it goes to epoch {most}."
        )
    return (
        f"{n:,} points with {k} components are too many for paper mode: take "
        f"{MOST_NUMBERS_ON_PAPER // k:,} points at most."
    )

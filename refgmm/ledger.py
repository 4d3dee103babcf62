"""Where the numbers of an explanation come from: an epoch as it was computed.

refgmm.paper has another ledger, in which every number is rounded as soon as it is written down.
"""

from operator import attrgetter
from typing import Any, Protocol

from refgmm.bayes import is_faint
from refgmm.em import Epoch, e_step
from refgmm.errors import InvalidValueError
from refgmm.quantities import QUANTITIES, Cell
from refgmm.records import dataclass


class Ledger(Protocol):
    """The numbers of an epoch, and of the parameters that it started from."""

    @property
    def epoch(self) -> Epoch[Any]:
        """The epoch as it was computed: its size, its structure, its events."""

    def value(self, cell: Cell) -> float:
        """The number of a cell of this epoch, of a point, or of a parameter before this epoch."""

    def written(self, value: float) -> float:
        """A number as it is written down on the way to another."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The numbers as they were computed."""

    epoch: Epoch[Any]

    def value(self, cell: Cell) -> float:
        """The number of a cell, to its last digit.

        >>> from refgmm import worked_example, iterate
        >>> problem = worked_example.problem()
        >>> epoch = next(iterate(problem.points, problem.initial))
        >>> Exact(epoch).value(Cell.parse("mean:1", epoch=1))
        1.3065753725700628
        """
        return value_in(self.epoch, cell)

    def written(self, value: float) -> float:
        return value


def value_in(epoch: Epoch[Any], cell: Cell) -> float:
    """The number of a cell that `checked` has let pass."""
    quantity = QUANTITIES[cell.quantity]
    values: Any
    if quantity.name == "point":
        values = epoch.points
    elif quantity.is_parameter and cell.epoch == epoch.index - 1:
        values = getattr(epoch.before, quantity.field.partition(".")[2])
    elif quantity.name == "log-likelihood":
        is_before = cell.epoch == epoch.index
        e = epoch.e if is_before else e_step(epoch.points, epoch.after)
        return e.log_likelihood
    elif quantity.name == "gain":
        after = Cell(epoch.index + 1, "log-likelihood")
        return value_in(epoch, after) - epoch.e.log_likelihood
    else:
        values = attrgetter(quantity.field)(epoch)
    for index in (cell.point, cell.component, *cell.entry):
        if index is not None:
            values = values[index]
    number: float = values
    return number


def uses_logarithms(epoch: Epoch[Any], point: int) -> bool:
    """Whether the responsibilities of a point were computed from logarithms: see refgmm.bayes."""
    evidence = epoch.e.evidence[point]
    return is_faint(evidence) or evidence == float("inf")


def checked(epoch: Epoch[Any], cell: Cell) -> Cell:
    """The cell, if this epoch can explain it. InvalidValueError where it has no such number."""
    quantity = QUANTITIES[cell.quantity]
    dimension = epoch.before.dimension
    for name, index, count, is_wanted in (
        ("point", cell.point, len(epoch.points), quantity.per_point),
        ("component", cell.component, len(epoch.before.components), quantity.per_component),
    ):
        if (index is not None) != is_wanted:
            problem = f"{quantity.name} has {'a' if is_wanted else 'no'} {name}: got {cell}"
            raise InvalidValueError(problem, field="cell")
        if index is not None and not 0 <= index < count:
            problem = f"there is no {name} {index + 1}: give one from 1 to {count}"
            raise InvalidValueError(problem, field="cell", index=index)
    rank = quantity.rank if dimension is not None else 0
    if len(cell.entry) != rank or any(not 0 <= a < (dimension or 1) for a in cell.entry):
        example = f"[{','.join(['1'] * rank)}]"
        wanted = (
            f"{('a coordinate', 'two coordinates')[rank - 1]} from 1 to {dimension} behind it, "
            f"such as {example}"
            if rank
            else "no coordinates behind it"
        )
        raise InvalidValueError(f"{quantity.name} wants {wanted}: got {cell}", field="cell")
    is_old = quantity.is_parameter and cell.epoch == epoch.index - 1
    is_next = quantity.name == "log-likelihood" and cell.epoch == epoch.index + 1
    if not (cell.epoch == epoch.index or is_old or is_next or quantity.name == "point"):
        problem = f"{cell} of epoch {cell.epoch} is no number of epoch {epoch.index}"
        raise InvalidValueError(f"{problem}: explain it with that epoch", field="cell")
    return cell

"""Two runs beside each other, epoch by epoch: which numbers they have, and how they differ. No Qt, no EM.

Side      one of them: a walk, exact or on paper, with some names of the steps
Line      a parameter of both, and the difference
"""

import math
from collections.abc import Iterable

from refgmm import Cell, Labelling, Notebook, Problem, Walk
from refgmm.arithmetic import Point, Square, Vector, as_matrix, as_vector
from refgmm.blocks import Work
from refgmm.curves import outlines
from refgmm.formatting import subscript
from refgmm.notebook import most_epochs_on_paper
from refgmm.records import dataclass, replace
from refgmm.sub_steps import SUB_STEP_COUNT, SUB_STEPS, index_of
from refgmm_gui.plots.chosen import coordinates_of
from refgmm_gui.plots.epoch_scene import EpochScene, Series
from refgmm_gui.plots.scene import PlaneScene, Range, Scene, picture_of
from refgmm_gui.session import TRACES, View
from refgmm_gui.words import tr

_LEAST_EPOCHS = 10
"""That a run goes which is begun for a comparison, unless it ends before."""
_ALIKE = 1e-3
"""Parameters are taken for the same that differ by less, relative to the largest of their kind."""

_SUB_STEPS = {"weight": "weights", "mean": "means", "covariance": "variances"}
_SYMBOLS = {"weight": "α", "mean": "μ"}


@dataclass(frozen=True)
class Side:
    """A run as it is compared."""

    title: str
    walk: Walk  # its milestones are compared; where it stands doesn't matter
    paper: int | None = None  # the decimals of paper mode; None where the numbers are exact
    labelling: Labelling = Labelling.TEXTBOOK

    @property
    def last(self) -> int:
        """The last epoch that it has."""
        reached = len(self.walk.milestones) - 1
        on_paper = most_epochs_on_paper(self.walk.problem) - 1
        return reached if self.paper is None else max(0, min(reached, on_paper))


def length_of(side: Side) -> str:
    """How many epochs it has, in words."""
    return tr("1 epoch") if side.last == 1 else tr("{last} epochs", last=side.last)


@dataclass(frozen=True, slots=True)
class Line:
    """A number of both sides; None where a side has no such number."""

    name: str  # "μ₁"
    steps: tuple[str, str]  # in which each side computes it: "E" or "M"; empty for ln L
    values: tuple[float | None, float | None]

    @property
    def difference(self) -> float | None:
        """How much larger the second is."""
        a, b = self.values
        return None if a is None or b is None else b - a


def run_of(problem: Problem, epochs: int) -> Work[Walk]:
    """A walk that has gone as many epochs as another, and some in any case, or to its end."""
    walk = yield from TRACES.work_out(lambda: Walk.begin(problem, TRACES.compute))
    for _ in range(max(epochs, _LEAST_EPOCHS)):
        if walk.next_sub_step is None:
            break
        walk = yield from TRACES.work_out(walk.forward_epoch)
    return walk


class Comparison:
    """Two sides, at any epoch; a side that has fewer epochs stays at its last."""

    def __init__(self, a: Side, b: Side) -> None:
        self.sides = (a, b)
        self._notebooks = (Notebook(), Notebook())

    @property
    def last(self) -> int:
        """The last epoch of the longer one."""
        return max(side.last for side in self.sides)

    def lines(self, epoch: int) -> list[Line]:
        """The parameters after an epoch, the log-likelihood and its gain."""
        names = dict.fromkeys(
            pair for side in self.sides for pair in _parameters(side.walk.problem)
        )
        found = []
        for name, cell in names:
            sub_step = SUB_STEPS[index_of(_SUB_STEPS[cell.quantity])]
            steps = tuple(sub_step.phase(side.labelling) for side in self.sides)
            found.append(Line(name, (steps[0], steps[1]), self._both(cell, epoch)))
        for title, quantity in (("ln L", "log-likelihood"), ("gain", "gain")):
            found.append(Line(title, ("", ""), self._both(Cell(0, quantity), epoch)))
        return found

    def log_likelihoods(self, epoch: int) -> EpochScene:
        """Both log-likelihoods by epoch, in one picture."""
        values = [
            tuple(self._value(which, Cell(0, "log-likelihood"), e) for e in range(side.last + 1))
            for which, side in enumerate(self.sides)
        ]
        series = tuple(Series(j, values[j], name) for j, name in enumerate("AB"))
        scene = EpochScene("ln L", series, epoch, (-0.5, max(self.last, 4) + 0.5), (-1.0, 1.0))
        return scene.over(scene.between)

    @property
    def has_same_points(self) -> bool:
        """Whether the plots of both can have the same axes."""
        a, b = (side.walk.problem.points for side in self.sides)
        return a == b

    def pictures(
        self, epoch: int, view: View, same_axes: bool = True
    ) -> list[Scene | PlaneScene | None]:
        """The mixtures of both after an epoch; with the same axes, if so wished and the points are the same.

        None where the parameters of paper mode can't be drawn: rounding made a variance 0, say.
        """
        found = [self._picture(which, epoch, view) for which in (0, 1)]
        if not (same_axes and self.has_same_points):
            return found
        curves = [picture for picture in found if isinstance(picture, Scene)]
        if len(curves) == 2:
            x = _hull(scene.between for scene in curves)
            over = [scene.over(x) for scene in curves]
            top = max(max(scene.curves.mixture) for scene in over)
            return [replace(scene, least_top=top) for scene in over]
        planes = [picture for picture in found if isinstance(picture, PlaneScene)]
        if len(planes) == 2:
            across, up = (
                _hull(scene.across for scene in planes),
                _hull(scene.up for scene in planes),
            )
            return [scene.over(across, up) for scene in planes]
        return found

    def exchanged(self, epoch: int) -> tuple[int, ...]:
        """Where both have the same mixture in another order: of each component of A that of B; else ().

        The same to a thousandth of the largest weight, mean or covariance.
        """
        own, other = ([cell for _, cell in _parameters(side.walk.problem)] for side in self.sides)
        if own != other:
            return ()
        a, b = ({cell: self._value(which, cell, epoch) or 0.0 for cell in own} for which in (0, 1))
        largest = dict.fromkeys(_SUB_STEPS, 0.0)
        for cell in own:
            of_kind = (largest[cell.quantity], abs(a[cell]), abs(b[cell]))
            largest[cell.quantity] = max(of_kind)

        def are_same(first: int, second: int) -> bool:
            return all(
                abs(a[cell] - b[replace(cell, component=second)]) < _ALIKE * largest[cell.quantity]
                for cell in own
                if cell.component == first
            )

        components = range(len(self.sides[0].walk.problem.initial.components))
        order = [next((i for i in components if are_same(j, i)), -1) for j in components]
        return tuple(order) if sorted(order) == list(components) != order else ()

    def _picture(self, which: int, epoch: int, view: View) -> Scene | PlaneScene | None:
        side = self.sides[which]
        walk = _after(side.walk, min(epoch, side.last))
        choice = replace(view.plot, layers=view.plot.layers - {"before"})
        picture = picture_of(walk, coordinates_of(walk.problem.dimension, view), choice)
        if side.paper is None:
            return picture
        weights, means, covariances = self._on_paper(which, epoch)
        if not all(map(_can_be_drawn, means, covariances)):
            return None
        if isinstance(picture, Scene):
            first = tuple(as_vector(mean)[0] for mean in means)
            variances = tuple(as_matrix(covariance)[0][0] for covariance in covariances)
            return replace(picture, parameters=(weights, first, variances), old=None)
        a, b = coordinates_of(walk.problem.dimension, view)
        return replace(
            picture,
            ellipses=outlines(means, covariances, (a, b)),
            means=tuple((mean[a], mean[b]) for mean in means),
            contours=None,
            handles=((),) * len(means),
        )

    def _on_paper(
        self, which: int, epoch: int
    ) -> tuple[Vector, tuple[Point, ...], tuple[Square, ...]]:
        """The parameters as a student has written them down."""
        problem = self.sides[which].walk.problem
        k, d = len(problem.initial.components), problem.dimension

        def number(quantity: str, j: int, entry: tuple[int, ...] = ()) -> float:
            value = self._value(which, Cell(0, quantity, None, j, entry), epoch)
            assert value is not None
            return value

        weights = tuple(number("weight", j) for j in range(k))
        if d is None:
            means = tuple(number("mean", j) for j in range(k))
            return weights, means, tuple(number("covariance", j) for j in range(k))
        return (
            weights,
            tuple(tuple(number("mean", j, (a,)) for a in range(d)) for j in range(k)),
            tuple(
                tuple(tuple(number("covariance", j, (a, b)) for b in range(d)) for a in range(d))
                for j in range(k)
            ),
        )

    def _both(self, cell: Cell, epoch: int) -> tuple[float | None, float | None]:
        return self._value(0, cell, epoch), self._value(1, cell, epoch)

    def _value(self, which: int, cell: Cell, epoch: int) -> float | None:
        """A number after an epoch; None where the side has none."""
        side = self.sides[which]
        at = min(epoch, side.last)
        if not _has(side.walk.problem, cell):
            return None
        if cell.quantity == "gain" and at == 0:
            return None
        index = at + 1 if cell.quantity == "log-likelihood" else at
        return self._notebooks[which].value(side.walk, replace(cell, epoch=index), side.paper)


def _after(walk: Walk, epoch: int) -> Walk:
    """The walk where this epoch has just ended; at the start for 0."""
    return walk.go_to(epoch, SUB_STEP_COUNT) if epoch else walk.to_start()


def _can_be_drawn(mean: Point, covariance: Square) -> bool:
    """Whether they are numbers, and the covariance has a positive determinant in any two coordinates."""
    rows = as_matrix(covariance)
    d = len(rows)
    pairs = [rows[a][a] * rows[b][b] - rows[a][b] * rows[b][a] for a in range(d) for b in range(a)]
    variances = [rows[a][a] for a in range(d)]
    is_spread = all(0.0 < value < math.inf for value in [*pairs, *variances])
    return is_spread and all(map(math.isfinite, as_vector(mean)))


def _hull(ranges: Iterable[Range]) -> Range:
    """The shortest range with all of these in it."""
    low, high = zip(*ranges, strict=True)
    return min(low), max(high)


def _has(problem: Problem, cell: Cell) -> bool:
    """Whether there is such a component, with such a coordinate."""
    k, d = len(problem.initial.components), problem.dimension
    is_vector = cell.quantity in ("mean", "covariance")
    if cell.component is not None and cell.component >= k:
        return False
    return not is_vector or ((d is None) == (not cell.entry) and max((0, *cell.entry)) < (d or 1))


def _parameters(problem: Problem) -> list[tuple[str, Cell]]:
    """The names of the parameters and their cells."""
    d = problem.dimension
    found = []
    for quantity in ("weight", "mean", "covariance"):
        for j in range(len(problem.initial.components)):
            index = subscript(j + 1)
            if quantity == "weight" or (d is None and quantity == "mean"):
                found.append((f"{_SYMBOLS[quantity]}{index}", Cell(0, quantity, None, j)))
            elif d is None:
                found.append((f"σ{index}²", Cell(0, quantity, None, j)))
            elif quantity == "mean":
                found += [
                    (f"μ{index}[{a + 1}]", Cell(0, quantity, None, j, (a,))) for a in range(d)
                ]
            else:
                found += [
                    (f"Σ{index}[{a + 1},{b + 1}]", Cell(0, quantity, None, j, (a, b)))
                    for a in range(d)
                    for b in range(a + 1)
                ]
    return found

"""The quantities of a trace by name, and the cells that hold their numbers.

A cell is written as the quantity and the numbers of the point and the component, from 1:

    responsibility:4,1      of point 4 and component 1
    evidence:4              of point 4
    mean:1    mean:1[2]     of component 1; in d dimensions, its coordinate 2
    covariance:1[2,1]       an entry of a matrix
    log-likelihood

>>> cell = Cell.parse("responsibility:4,1", epoch=1)
>>> cell
Cell(epoch=1, quantity='responsibility', point=3, component=0, entry=())
>>> str(cell)
'responsibility:4,1'
"""

import itertools
import re
from collections.abc import Iterator

from refgmm.errors import InvalidValueError
from refgmm.formatting import listed
from refgmm.records import dataclass
from refgmm.validation import shown


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of the trace.

    name: as cells are written
    field: of the trace, where its numbers stand; empty for what is given or follows from two epochs
    sub_step: which of an epoch's sub-steps computes it; empty for what is given
    title: one of its numbers in words, in one dimension
    of: what has a number of its own, in the order of a cell's indices: "point", "component"
    rank: in d dimensions: 0 of numbers, 1 of vectors, 2 of matrices
    """

    name: str
    field: str
    sub_step: str
    title: str
    of: tuple[str, ...]
    rank: int = 0

    @property
    def per_point(self) -> bool:
        """Whether each point has a number of its own."""
        return "point" in self.of

    @property
    def per_component(self) -> bool:
        """Whether each component has a number of its own."""
        return "component" in self.of

    @property
    def is_parameter(self) -> bool:
        """Whether the mixture consists of it: then it has an old and a new value in an epoch."""
        return self.name in PARAMETERS


PARAMETERS = ("weight", "mean", "covariance")

_POINT, _COMPONENT, _BOTH, _NEITHER = ("point",), ("component",), ("point", "component"), ()

_TABLE = (
    Quantity("point", "", "", "point", _POINT, 1),
    Quantity("distance", "e.mahalanobis_distances", "densities", "distance |z|", _BOTH),
    Quantity("log-determinant", "e.log_determinants", "densities", "log variance", _COMPONENT),
    Quantity("standard-density", "e.standard_densities", "densities", "standard density", _BOTH),
    Quantity("density", "e.densities", "densities", "density", _BOTH),
    Quantity(
        "weighted-density", "e.weighted_densities", "weighted_densities", "weighted density", _BOTH
    ),
    Quantity("evidence", "e.evidence", "evidence", "evidence", _POINT),
    Quantity("log-evidence", "e.log_evidence", "evidence", "log evidence", _POINT),
    Quantity("log-likelihood", "e.log_likelihood", "evidence", "log-likelihood", _NEITHER),
    Quantity("responsibility", "e.responsibilities", "responsibilities", "responsibility", _BOTH),
    Quantity(
        "effective-count", "m.effective_counts", "effective_counts", "effective count", _COMPONENT
    ),
    Quantity("weighted-point", "m.weighted_points", "means", "weighted point", _BOTH, 1),
    Quantity(
        "weighted-point-sum",
        "m.weighted_point_sums",
        "means",
        "sum of weighted points",
        _COMPONENT,
        1,
    ),
    Quantity("mean", "m.means", "means", "mean", _COMPONENT, 1),
    Quantity(
        "weighted-squared-deviation",
        "m.weighted_squared_deviations",
        "variances",
        "weighted squared deviation",
        _BOTH,
        2,
    ),
    Quantity(
        "weighted-squared-deviation-sum",
        "m.weighted_squared_deviation_sums",
        "variances",
        "sum of weighted squared deviations",
        _COMPONENT,
        2,
    ),
    Quantity("covariance", "m.covariances", "variances", "variance", _COMPONENT, 2),
    Quantity("weight", "m.weights", "weights", "weight", _COMPONENT),
    Quantity("gain", "", "weights", "gain of the log-likelihood", _NEITHER),
)

QUANTITIES = {quantity.name: quantity for quantity in _TABLE}
"""All quantities, in the order of computation."""

_TITLES_IN_D_DIMENSIONS = {
    "point": "coordinate of a point",
    "distance": "Mahalanobis distance",
    "log-determinant": "log determinant of the covariance",
    "weighted-squared-deviation": "weighted product of deviations",
    "weighted-squared-deviation-sum": "scatter matrix entry",
    "covariance": "covariance entry",
}

_ALIASES = {
    "variance": "covariance",
    "variances": "covariance",
    "scatter": "weighted-squared-deviation-sum",
    "mahalanobis-distance": "distance",
} | {
    quantity.field.partition(".")[2].replace("_", "-"): quantity.name
    for quantity in _TABLE
    if quantity.field
}

_CELL = re.compile(
    r"\s*(?P<quantity>[A-Za-z][A-Za-z _-]*?)\s*"
    r"(?::\s*(?P<first>\d{1,9})\s*(?:,\s*(?P<second>\d{1,9})\s*)?)?"
    r"(?:\[\s*(?P<a>\d{1,9})\s*(?:,\s*(?P<b>\d{1,9})\s*)?\])?\s*"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number of a trace stands.

    epoch: the one that computes it; 0 for points and initial parameters, which are given. So the
        parameters that epoch e starts from are those of epoch e - 1.
    point, component, entry: from 0; None and () where the quantity has none
    """

    epoch: int
    quantity: str
    point: int | None = None
    component: int | None = None
    entry: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str, epoch: int) -> "Cell":
        """The cell that a text names: see the module's docstring. InvalidValueError for another text.

        >>> Cell.parse("covariance:1[2,1]", epoch=2).entry
        (1, 0)
        """
        match = _CELL.fullmatch(text)
        if match is None:
            problem = (
                f"there is no cell {shown(text)}: give a quantity and its numbers from 1, such as "
                "responsibility:4,1 (point 4, component 1) or mean:2"
            )
            raise InvalidValueError(problem, field="cell")
        quantity = quantity_of(match["quantity"])
        indices = [int(match[name]) for name in ("first", "second") if match[name]]
        if len(indices) != len(quantity.of):
            count = listed([f"the number of the {name}" for name in quantity.of]) or "no number"
            example = ",".join({"point": "4", "component": "2"}[name] for name in quantity.of)
            problem = (
                f"{quantity.name} wants {count} behind it, got {shown(text)}: "
                f"write {quantity.name}{example and f':{example}'}"
            )
            raise InvalidValueError(problem, field="cell")
        entry = [int(match[name]) for name in ("a", "b") if match[name]]
        if 0 in indices + entry:
            problem = f"points, components and coordinates are counted from 1, got {shown(text)}"
            raise InvalidValueError(problem, field="cell")
        place = dict(zip(quantity.of, (index - 1 for index in indices), strict=True))
        return cls(
            0 if quantity.name == "point" else epoch,
            quantity.name,
            **place,
            entry=tuple(index - 1 for index in entry),
        )

    def __str__(self) -> str:
        name = "variance" if self.quantity == "covariance" and not self.entry else self.quantity
        numbers = [str(index + 1) for index in (self.point, self.component) if index is not None]
        entry = f"[{','.join(str(index + 1) for index in self.entry)}]" if self.entry else ""
        return f"{name}:{','.join(numbers)}{entry}" if numbers else name

    @property
    def is_given(self) -> bool:
        """Whether it is a point or an initial parameter, and nothing computed."""
        return self.epoch == 0

    def title(self, dimension: int | None) -> str:
        """What its number is called; dimension: of the points, as Problem.dimension has it."""
        title = QUANTITIES[self.quantity].title
        return title if dimension is None else _TITLES_IN_D_DIMENSIONS.get(self.quantity, title)


def quantity_of(name: str) -> Quantity:
    """The quantity of this name; also as the trace calls it: "responsibilities".

    >>> quantity_of("responsibilities").name, quantity_of("variance").name
    ('responsibility', 'covariance')
    """
    key = re.sub("[ _]+", "-", name.strip().lower())
    found = QUANTITIES.get(_ALIASES.get(key, key))
    if found is None:
        choice = listed(list(QUANTITIES), most=len(QUANTITIES))
        problem = f"there is no quantity {shown(name)}: choose one of {choice}"
        raise InvalidValueError(problem, field="cell")
    return found


def entries_of(rank: int, dimension: int | None) -> Iterator[tuple[int, ...]]:
    """The entries that a number, a vector or a matrix has in d dimensions; () in one.

    >>> list(entries_of(1, 2)), list(entries_of(2, None))
    ([(0,), (1,)], [()])
    """
    return itertools.product(range(dimension or 0), repeat=rank if dimension else 0)

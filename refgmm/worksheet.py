"""The worksheet of an epoch: one table, laid out as a student lays the calculation out on paper.

    i   x    g1 g2   α1 g1  α2 g2   p    ln p    β1 β2   β1 x  β2 x   β1 (x-μ1')^2  ...
    1   0.9  ...                                         ...          ...
             Σ                           ln L    N1 N2   sum   sum    sum           sum
             new parameters                      α' = N/n   μ' = sum/N   σ'^2 = sum/N

A row per point; a column, or one per component, for each quantity of the trace; below
them the sums, and below those the new parameters that the sums give. It is described
here as data, so that the terminal, the app and the reports show the same table.

In d dimensions a point takes d columns, x[1] to x[d]; so does its product with a
responsibility. The squared deviation is a matrix: a column for each pair of coordinates
that the covariance structure needs.
"""

import functools
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from refgmm.em import Epoch
from refgmm.formatting import subscript
from refgmm.notebook import knows
from refgmm.problem import Problem
from refgmm.quantities import Cell, quantity_of
from refgmm.records import dataclass, replace
from refgmm.stepper import Walk
from refgmm.structures import ALL, FULL, Structure


@dataclass(frozen=True, slots=True)
class Footer:
    """A number, or one per component, below a group of columns."""

    field: str  # of the trace: "m.means"
    symbol: str  # with {j} for the component, {a} and {b} for coordinates
    title: str
    formula: str
    sub_step: str  # the sub-step that fills it


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that belong together: one quantity, for all components."""

    field: str  # of the trace: "e.densities"
    symbol: str  # with {j} for the component, {a} and {b} for coordinates
    title: str
    formula: str
    sub_step: str
    per_component: bool = True
    rank: int = 0  # of its numbers: 0; 1 for those of vectors, 2 for those of matrices
    total: Footer | None = None  # in the row of sums
    parameter: Footer | None = None  # in the row of new parameters


DENSITIES = Group(
    "e.densities",
    "g{j}(x)",
    "density",
    "gⱼ(x) = exp(−(x − μⱼ)² / (2σⱼ²)) / √(2πσⱼ²)",
    "densities",
)
DISTANCES = Group(
    "e.mahalanobis_distances",
    "|z{j}|",
    "distance |z|",
    "|zⱼ| = |x − μⱼ| / σⱼ: how many standard deviations x lies from μⱼ",
    "densities",
    total=Footer(
        "e.log_determinants",
        "ln σ{j}²",
        "logarithm of the variance before this epoch",
        "ln σⱼ²",
        "densities",
    ),
)
STANDARD_DENSITIES = Group(
    "e.standard_densities",
    "φ(z{j})",
    "note's g = φ(z)",
    "φ(zⱼ) = exp(−zⱼ²/2) / √(2π), zⱼ = (x − μⱼ)/σⱼ. The lecture note prints it as gⱼ; "
    "it is σⱼ times the density gⱼ(x)",
    "densities",
)
_AFTER_DENSITIES = (
    Group(
        "e.weighted_densities",
        "α{j}g{j}(x)",
        "weighted density",
        "αⱼ gⱼ(x)",
        "weighted_densities",
    ),
    Group(
        "e.evidence",
        "p(x)",
        "evidence",
        "p(x) = ∑ⱼ αⱼ gⱼ(x)",
        "evidence",
        per_component=False,
    ),
    Group(
        "e.log_evidence",
        "ln p(x)",
        "its logarithm",
        "ln p(x)",
        "evidence",
        per_component=False,
        total=Footer(
            "e.log_likelihood",
            "ln L",
            "log-likelihood of the parameters before this epoch",
            "ln L = ∑ᵢ ln p(xᵢ)",
            "evidence",
        ),
    ),
    Group(
        "e.responsibilities",
        "β{j}(x)",
        "responsibility",
        "βⱼ(x) = αⱼ gⱼ(x) / p(x)",
        "responsibilities",
        total=Footer(
            "m.effective_counts", "N{j}", "effective count", "Nⱼ = ∑ᵢ βⱼ(xᵢ)", "effective_counts"
        ),
        parameter=Footer("m.weights", "α{j}′", "new weight", "αⱼ′ = Nⱼ / n", "weights"),
    ),
    Group(
        "m.weighted_points",
        "β{j}x",
        "resp. × point",
        "βⱼ(x) x",
        "means",
        total=Footer("m.weighted_point_sums", "∑β{j}x", "sum", "∑ᵢ βⱼ(xᵢ) xᵢ", "means"),
        parameter=Footer("m.means", "μ{j}′", "new mean", "μⱼ′ = ∑ᵢ βⱼ(xᵢ) xᵢ / Nⱼ", "means"),
    ),
    Group(
        "m.weighted_squared_deviations",
        "β{j}(x−μ{j}′)²",
        "resp. × squared deviation",
        "βⱼ(x) (x − μⱼ′)², from the new mean",
        "variances",
        total=Footer(
            "m.weighted_squared_deviation_sums",
            "∑β{j}(x−μ{j}′)²",
            "sum",
            "∑ᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)²",
            "variances",
        ),
        parameter=Footer(
            "m.variances",
            "σ{j}′²",
            "new variance",
            "σⱼ′² = ∑ᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)² / Nⱼ",
            "variances",
        ),
    ),
)


_WEIGHTED_DENSITIES, _EVIDENCE, _LOG_EVIDENCE, _RESPONSIBILITIES, _POINTS, _DEVIATIONS = (
    _AFTER_DENSITIES
)

_OF_VECTORS = (
    replace(
        DISTANCES,
        symbol="Δ{j}(x)",
        title="Mahalanobis distance",
        formula="Δⱼ(x) = √((x − μⱼ)ᵀ Σⱼ⁻¹ (x − μⱼ)): how many standard deviations x lies from μⱼ",
        total=Footer(
            "e.log_determinants",
            "ln|Σ{j}|",
            "log determinant of the covariance before this epoch",
            "ln|Σⱼ|",
            "densities",
        ),
    ),
    replace(DENSITIES, formula="gⱼ(x) = exp(−Δⱼ(x)²/2) / √((2π)ᵈ |Σⱼ|)"),
    _WEIGHTED_DENSITIES,
    _EVIDENCE,
    _LOG_EVIDENCE,
    _RESPONSIBILITIES,
    replace(
        _POINTS,
        symbol="β{j}x[{a}]",
        formula="βⱼ(x) x, coordinate by coordinate",
        rank=1,
        total=Footer("m.weighted_point_sums", "∑β{j}x[{a}]", "sum", "∑ᵢ βⱼ(xᵢ) xᵢ", "means"),
        parameter=Footer("m.means", "μ{j}′[{a}]", "new mean", "μⱼ′ = ∑ᵢ βⱼ(xᵢ) xᵢ / Nⱼ", "means"),
    ),
    replace(
        _DEVIATIONS,
        symbol="β{j}r[{a}]r[{b}]",
        title="resp. × deviations r = x−μ′",
        formula="βⱼ(x) r rᵀ, r = x − μⱼ′, from the new mean",
        rank=2,
        total=Footer(
            "m.weighted_squared_deviation_sums",
            "S{j}[{a},{b}]",
            "scatter",
            "Sⱼ = ∑ᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)(xᵢ − μⱼ′)ᵀ",
            "variances",
        ),
        parameter=Footer(
            "m.covariances", "Σ{j}′[{a},{b}]", "new covariance", "Σⱼ′ = Sⱼ / Nⱼ", "variances"
        ),
    ),
)
_STANDARD_DENSITIES_OF_VECTORS = replace(
    STANDARD_DENSITIES,
    title="standard density φ(z)",
    formula="φ(zⱼ) = exp(−Δⱼ(x)²/2) / √((2π)ᵈ). It is √|Σⱼ| times the density gⱼ(x)",
)

_COVARIANCE_FORMULAS = {
    "full": "Σⱼ′ = Sⱼ / Nⱼ",
    "tied": "Σ′ = ∑ⱼ Sⱼ / ∑ⱼ Nⱼ, shared by all components",
    "diagonal": "Σⱼ′ = diag(Sⱼ) / Nⱼ",
    "tied diagonal": "Σ′ = diag(∑ⱼ Sⱼ) / ∑ⱼ Nⱼ, shared by all components",
    "spherical": "Σⱼ′ = tr(Sⱼ) / (d Nⱼ) · I",
    "tied spherical": "Σ′ = tr(∑ⱼ Sⱼ) / (d ∑ⱼ Nⱼ) · I, shared by all components",
}
_SHARED_VARIANCE_FORMULA = "σ′² = ∑ⱼ ∑ᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)² / ∑ⱼ Nⱼ, shared by all components"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the worksheet: a group's, for one component or for all together."""

    group: Group
    component: int | None  # from 0
    entry: tuple[int, ...] = ()  # of a vector or a matrix, from 0

    @property
    def symbol(self) -> str:
        """The head of the column."""
        return self.label(self.group.symbol)

    def label(self, symbol: str) -> str:
        """A symbol of the group with this column's component and coordinates put in."""
        if self.component is None:
            return symbol
        coordinates = dict(zip("ab", self._numbers, strict=False))
        return symbol.format(j=subscript(self.component + 1), **coordinates)

    @property
    def _numbers(self) -> list[int]:
        return [index + 1 for index in self.entry]

    def value(self, epoch: Epoch[Any], i: int) -> float:
        """The number in the row of point i, from 0."""
        return self.number_in(attrgetter(self.group.field)(epoch)[i])

    def footer_value(self, epoch: Epoch[Any], footer: Footer) -> float:
        """The number that a footer of this column's group holds below it."""
        return self.number_in(attrgetter(footer.field)(epoch))

    def cell(self, epoch: int, i: int) -> Cell:
        """The cell of that number, for refgmm.explanation.

        >>> str(columns(2)[0].cell(epoch=1, i=3))
        'density:4,1'
        """
        return Cell(epoch, _quantity(self.group.field), i, self.component, self.entry)

    def footer_cell(self, epoch: int, footer: Footer) -> Cell:
        """The cell of the number below the column; in epoch 0, of an initial parameter."""
        return Cell(epoch, _quantity(footer.field), None, self.component, self.entry)

    def is_known(self, walk: Walk, i: int) -> bool:
        """Whether the number in the row of point i is known where the walk stands."""
        return knows(walk, self.cell(walk.epoch.index, i))

    def footer_is_known(self, walk: Walk, footer: Footer) -> bool:
        """Whether the number of a footer below this column is known where the walk stands."""
        return knows(walk, self.footer_cell(walk.epoch.index, footer))

    def number_in(self, values: Any) -> float:
        """The number of this column's component and coordinates in values for all of them."""
        number = values if self.component is None else values[self.component]
        for index in self.entry:
            number = number[index]
        result: float = number
        return result


@functools.cache
def _quantity(field: str) -> str:
    """The name of the quantity that stands in a field of the trace."""
    return quantity_of(field.partition(".")[2]).name


def groups(
    standard: bool = False,
    dimension: int | None = None,
    structure: Structure = FULL,
    distances: bool = False,
) -> tuple[Group, ...]:
    """The groups from left to right.

    standard: show the densities as the lecture note prints them, too
    dimension, structure: of the problem
    distances: show |z| also in one dimension, where the density is written without it
    """
    if dimension is None:
        first = [DISTANCES] if distances else []
        first += [STANDARD_DENSITIES, DENSITIES] if standard else [DENSITIES]
        formula = _SHARED_VARIANCE_FORMULA if structure.is_shared else None
        return (*first, *_AFTER_DENSITIES[:-1], _with_parameter(_DEVIATIONS, formula))
    delta, *others, deviations = _OF_VECTORS
    last = _with_parameter(deviations, _COVARIANCE_FORMULAS[structure.name])
    extra = (_STANDARD_DENSITIES_OF_VECTORS,) if standard else ()
    return (delta, *extra, *others, last)


def _with_parameter(group: Group, formula: str | None) -> Group:
    """The group, with another formula for the parameter below it."""
    if formula is None or group.parameter is None:
        return group
    return replace(group, parameter=replace(group.parameter, formula=formula))


def columns(
    k: int,
    standard: bool = False,
    dimension: int | None = None,
    structure: Structure = FULL,
    distances: bool = False,
) -> tuple[Column, ...]:
    """The columns for k components, from left to right, behind the point's number and value.

    >>> [column.symbol for column in columns(2)][:5]
    ['g₁(x)', 'g₂(x)', 'α₁g₁(x)', 'α₂g₂(x)', 'p(x)']
    >>> [column.symbol for column in columns(1, dimension=2)][-5:]
    ['β₁x[1]', 'β₁x[2]', 'β₁r[1]r[1]', 'β₁r[2]r[1]', 'β₁r[2]r[2]']
    """
    return tuple(
        Column(group, component, entry)
        for group in groups(standard, dimension, structure, distances)
        for component in (range(k) if group.per_component else [None])
        for entry in _entries(group.rank, dimension or 1, structure)
    )


def columns_of(
    problem: Problem, standard: bool = False, distances: bool = False
) -> tuple[Column, ...]:
    """The columns of a problem's worksheet."""
    k = len(problem.initial.components)
    return columns(k, standard, problem.dimension, problem.structure, distances)


def footer_rows(columns: Sequence[Column]) -> tuple[tuple[str, tuple[Footer | None, ...]], ...]:
    """The rows below the points: what each is called, and its footers, column by column.

    >>> [name for name, _ in footer_rows(columns(2, dimension=2))]
    ['ln|Σ|, sum', 'new']
    """
    totals = tuple(column.group.total for column in columns)
    parameters = tuple(column.group.parameter for column in columns)
    label = "ln|Σ|, sum" if has_log_determinants(columns) else "sum"
    return ((label, totals), ("new", parameters))


def has_log_determinants(columns: Iterable[Column]) -> bool:
    """Whether not all in the row of sums is a sum."""
    totals = (column.group.total for column in columns)
    return any(total is not None and total.field == "e.log_determinants" for total in totals)


def _entries(rank: int, d: int, structure: Structure) -> Sequence[tuple[int, ...]]:
    """The entries of a number, a vector, or a symmetric matrix that the structure needs."""
    if rank == 0:
        return [()]
    if rank == 1:
        return [(a,) for a in range(d)]
    has_pairs = structure.part == ALL
    return [(a, b) for a in range(d) for b in range(a + 1) if has_pairs or a == b]


def lead_symbols(dimension: int | None) -> tuple[str, ...]:
    """The heads of the columns before the groups.

    >>> lead_symbols(None), lead_symbols(2)
    (('i', 'x'), ('i', 'x[1]', 'x[2]'))
    """
    return ("i", *(["x"] if dimension is None else [f"x[{a + 1}]" for a in range(dimension)]))

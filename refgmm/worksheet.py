"""The worksheet of an epoch: one table, laid out as a student lays the calculation out on paper.

    i   x    g1 g2   α1 g1  α2 g2   p    ln p    β1 β2   β1 x  β2 x   β1 (x-μ1')^2  ...
    1   0.9  ...                                         ...          ...
             Σ                           ln L    N1 N2   sum   sum    sum           sum
             new parameters                      α' = N/n   μ' = sum/N   σ'^2 = sum/N

A row per point; a column, or one per component, for each quantity of the trace; below
them the sums, and below those the new parameters that the sums give. It is described
here as data, so that the terminal, the app and the reports show the same table.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from refgmm.em import Epoch
from refgmm.formatting import subscript
from refgmm.stepper import index_of


@dataclass(frozen=True, slots=True)
class Footer:
    """A number, or one per component, below a group of columns."""

    field: str  # of the trace: "m.means"
    symbol: str  # with {j} for the component
    title: str
    formula: str
    sub_step: str  # the sub-step that fills it


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that belong together: one quantity, for all components."""

    field: str  # of the trace: "e.densities"
    symbol: str  # with {j} for the component
    title: str
    formula: str
    sub_step: str
    per_component: bool = True
    total: Footer | None = None  # in the row of sums
    parameter: Footer | None = None  # in the row of new parameters


DENSITIES = Group(
    "e.densities",
    "g{j}(x)",
    "density",
    "gⱼ(x) = exp(−(x − μⱼ)² / (2σⱼ²)) / √(2πσⱼ²)",
    "densities",
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
        "p(x) = Σⱼ αⱼ gⱼ(x)",
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
            "ln L = Σᵢ ln p(xᵢ)",
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
            "m.effective_counts", "N{j}", "effective count", "Nⱼ = Σᵢ βⱼ(xᵢ)", "effective_counts"
        ),
        parameter=Footer("m.weights", "α{j}′", "new weight", "αⱼ′ = Nⱼ / n", "weights"),
    ),
    Group(
        "m.weighted_points",
        "β{j}x",
        "resp. × point",
        "βⱼ(x) x",
        "means",
        total=Footer("m.weighted_point_sums", "Σβ{j}x", "sum", "Σᵢ βⱼ(xᵢ) xᵢ", "means"),
        parameter=Footer("m.means", "μ{j}′", "new mean", "μⱼ′ = Σᵢ βⱼ(xᵢ) xᵢ / Nⱼ", "means"),
    ),
    Group(
        "m.weighted_squared_deviations",
        "β{j}(x−μ{j}′)²",
        "resp. × squared deviation",
        "βⱼ(x) (x − μⱼ′)², from the new mean",
        "variances",
        total=Footer(
            "m.weighted_squared_deviation_sums",
            "Σβ{j}(x−μ{j}′)²",
            "sum",
            "Σᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)²",
            "variances",
        ),
        parameter=Footer(
            "m.variances",
            "σ{j}′²",
            "new variance",
            "σⱼ′² = Σᵢ βⱼ(xᵢ) (xᵢ − μⱼ′)² / Nⱼ",
            "variances",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the worksheet: a group's, for one component or for all together."""

    group: Group
    component: int | None  # from 0

    @property
    def symbol(self) -> str:
        """The head of the column."""
        return self.label(self.group.symbol)

    def label(self, symbol: str) -> str:
        """A symbol of the group with this column's component put in."""
        return symbol if self.component is None else symbol.format(j=subscript(self.component + 1))

    def value(self, epoch: Epoch, i: int) -> float:
        """The number in the row of point i, from 0."""
        return self._of_component(attrgetter(self.group.field)(epoch)[i])

    def footer_value(self, epoch: Epoch, footer: Footer) -> float:
        """The number that a footer of this column's group holds below it."""
        return self._of_component(attrgetter(footer.field)(epoch))

    def _of_component(self, values: Any) -> float:
        number: float = values if self.component is None else values[self.component]
        return number


def groups(standard: bool = False) -> tuple[Group, ...]:
    """The groups from left to right. `standard`: begin with the densities as the lecture note
    prints them.
    """
    first = (STANDARD_DENSITIES, DENSITIES) if standard else (DENSITIES,)
    return first + _AFTER_DENSITIES


def columns(k: int, standard: bool = False) -> tuple[Column, ...]:
    """The columns for k components, from left to right, behind the point's number and value.

    >>> [column.symbol for column in columns(2)][:5]
    ['g₁(x)', 'g₂(x)', 'α₁g₁(x)', 'α₂g₂(x)', 'p(x)']
    """
    return tuple(
        Column(group, component)
        for group in groups(standard)
        for component in (range(k) if group.per_component else [None])
    )


def is_known(part: Group | Footer, done: int) -> bool:
    """Whether the sub-step that fills this part is among the first `done` of its epoch."""
    return index_of(part.sub_step) < done

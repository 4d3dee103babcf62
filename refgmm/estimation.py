"""What a fit may ask of the M step beyond maximum likelihood: held fixed, equal weights, a prior, a floor.

The M step adds up, for every component, N_j, sum_i beta x_i and the scatter S_j about the weighted
mean m_j = sum_i beta x_i / N_j. All that is asked here follows from these:

    new mean                   m_j, or the one held fixed, or with a prior (N_j m_j + kappa mu_p) / (N_j + kappa)
    scatter about it           S_j + N_j (m_j - mu_j')(m_j - mu_j')^T  [+ kappa (mu_j' - mu_p)(mu_j' - mu_p)^T]
    new covariance             what the structure makes of that; or the one held fixed
    new weight                 N_j / n; or 1/k; or the one held fixed, the others sharing what is left

Without any of it, these are the M step's own numbers, bit for bit.
"""

import math

from refgmm.arguments import whole_number
from refgmm.arithmetic import (
    Point,
    Square,
    Vector,
    as_matrix,
    divided,
    scaled,
    squared_deviation,
    summed,
    total,
)
from refgmm.em import MStep
from refgmm.errors import InvalidValueError
from refgmm.events import Event, VarianceFloored
from refgmm.linear_algebra import eigen
from refgmm.mixture import Mixture
from refgmm.records import dataclass, replace
from refgmm.structures import Structure
from refgmm.type_names import TYPE_CHECKING, Any, Collection, Iterable, Sequence
from refgmm.validation import shown

if TYPE_CHECKING:
    from refgmm.prior import CompletePrior

Which = Collection[int] | str
"""Components by their numbers from 0, or "all"."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Parameters that keep the values that they have in the start.

    weights, means, covariances: of which components, counted from 0; or "all"

    >>> Fixed(means="all").of("means", k=3)
    (0, 1, 2)
    """

    weights: Which = ()
    means: Which = ()
    covariances: Which = ()

    def __post_init__(self) -> None:
        for name in ("weights", "means", "covariances"):
            which = getattr(self, name)
            if isinstance(which, str) and which == "all":
                continue
            if isinstance(which, str) or not isinstance(which, Iterable):
                problem = (
                    f"fixed {name} must be numbers of components, or 'all', got {shown(which)}: "
                    "give a list such as [0]"
                )
                raise InvalidValueError(problem, field="fixed")
            object.__setattr__(self, name, tuple(which))

    def of(self, name: str, k: int) -> tuple[int, ...]:
        """The components whose parameter of this name is fixed. InvalidValueError for others."""
        which = getattr(self, name)
        if which == "all":
            return tuple(range(k))
        numbers = set()
        for given in which:
            j = whole_number(given)
            if j is None or not 0 <= j < k:
                problem = (
                    f"fixed {name} must be numbers of components from 0 to {k - 1}, or 'all', "
                    f"got {shown(given)}"
                )
                raise InvalidValueError(problem, field="fixed")
            numbers.add(j)
        return tuple(sorted(numbers))


NOTHING_FIXED = Fixed()

_FLOOR_TOLERANCE = 1e-12  # a covariance put together from its eigenvalues has lost some digits


@dataclass(frozen=True, slots=True)
class Estimation:
    """How the M step's sums become parameters.

    start: the mixture whose values are held fixed; None where nothing is
    fixed, equal_weights, prior: see refgmm.fitting.fit
    """

    structure: Structure
    start: Mixture[Any] | None = None
    fixed: Fixed = NOTHING_FIXED
    equal_weights: bool = False
    prior: "CompletePrior | None" = None

    def ordered(self, order: Sequence[int]) -> "Estimation":
        """The same for components in another order: those that were numbered order[0], order[1], ..."""
        place = {j: new for new, j in enumerate(order)}
        k = len(order)
        fixed = Fixed(
            **{
                name: tuple(sorted(place[j] for j in self.fixed.of(name, k)))
                for name in ("weights", "means", "covariances")
            }
        )
        start = self.start and Mixture(
            tuple(self.start.weights[j] for j in order),
            tuple(self.start.components[j] for j in order),
        )
        return replace(self, start=start, fixed=fixed)

    @property
    def is_plain(self) -> bool:
        """Whether this is maximum likelihood and nothing else."""
        return self.fixed == NOTHING_FIXED and not self.equal_weights and self.prior is None

    def need_no_points(self, k: int) -> tuple[int, ...]:
        """Components whose mean and covariance don't hang on the points that they answer for."""
        if self.prior is not None and self.prior.shrinkage > 0.0:
            return tuple(range(k))
        means, covariances = self.fixed.of("means", k), self.fixed.of("covariances", k)
        return means if self.prior else tuple(j for j in means if j in covariances)

    def revised(self, m: MStep) -> MStep:
        """The M step with these parameters in the place of the maximum-likelihood ones."""
        means = self._means(m)
        scatters = [self._scatter(m, j, mean) for j, mean in enumerate(means)]
        return replace(
            m,
            means=means,
            covariances=self._covariances(scatters, m.effective_counts),
            weights=self._weights(m),
        )

    def _means(self, m: MStep) -> tuple[Point, ...]:
        means = m.means
        if self.prior is not None:
            means = tuple(map(self.prior.new_mean, m.weighted_point_sums, m.effective_counts))
        return self._with_fixed("means", means)

    def _scatter(self, m: MStep, j: int, mean: Point) -> Square:
        """S_j + N_j (m_j - mu_j')(m_j - mu_j')^T + kappa (mu_j' - mu_p)(mu_j' - mu_p)^T."""
        count = m.effective_counts[j]
        zero = scaled(0.0, squared_deviation(mean, mean))
        parts = [zero]
        if count > 0.0:
            own = m.weighted_squared_deviation_sums[j]
            parts = [own, scaled(count, squared_deviation(m.means[j], mean))]
        if self.prior is not None:
            parts.append(scaled(self.prior.shrinkage, squared_deviation(mean, self.prior.mean)))
        return summed(parts)

    def _covariances(self, scatters: Sequence[Square], counts: Vector) -> tuple[Square, ...]:
        estimate = self.structure.estimate if self.prior is None else self.prior.covariances
        return self._with_fixed("covariances", estimate(scatters, counts))

    def _with_fixed(self, name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values, with those of the start where they are held fixed."""
        fixed = self.fixed.of(name, len(values))
        start = getattr(self.start, name) if fixed else ()
        return tuple(start[j] if j in fixed else value for j, value in enumerate(values))

    def _weights(self, m: MStep) -> Vector:
        """N_j / n; 1 / k; or with some fixed, N_j times what they leave, over the others' counts.

        The last maximises the likelihood, too: the Lagrange multiplier is then that of
        sum(free weights) = 1 - sum(fixed weights).
        """
        k = len(m.weights)
        if self.equal_weights:
            return (1.0 / k,) * k
        fixed = self.fixed.of("weights", k)
        if not fixed or self.start is None:
            return m.weights
        left = total(weight for j, weight in enumerate(self.start.weights) if j not in fixed)
        counts = total(count for j, count in enumerate(m.effective_counts) if j not in fixed)
        if counts == 0.0:  # nothing depends on how they share it
            return self.start.weights
        free = tuple(left * divided(count, counts) for count in m.effective_counts)
        return self._with_fixed("weights", free)

    def free_parameters(self, k: int, d: int) -> int:
        """How many numbers the fit estimates: those of the structure less those held fixed."""
        free = {
            name: k - len(self.fixed.of(name, k)) for name in ("weights", "means", "covariances")
        }
        weights = 0 if self.equal_weights else max(free["weights"] - 1, 0)
        covariances = (
            self.structure.covariance_parameters(free["covariances"], d)
            if free["covariances"]
            else 0
        )
        return weights + free["means"] * d + covariances


def check_fixed(fixed: Fixed, equal_weights: bool, structure: Structure, k: int) -> None:
    """InvalidValueError where what is held fixed contradicts the structure or the equal weights."""
    if fixed == NOTHING_FIXED:
        return
    covariances = fixed.of("covariances", k)
    fixed.of("means", k)
    if structure.is_shared and 0 < len(covariances) < k:
        problem = (
            f"the structure {structure.name!r} has one covariance for all components, so it can't be "
            "fixed for some of them: fix it for all, or choose the structure 'full'"
        )
        raise InvalidValueError(problem, field="fixed")
    if equal_weights and fixed.of("weights", k):
        problem = "equal weights leave none to hold fixed: choose one of both"
        raise InvalidValueError(problem, field="fixed")


def floored(covariance: Square, floor: float) -> Square:
    """The covariance with each eigenvalue below the floor raised to it.

    Among the covariances with no eigenvalue below the floor, it has the highest likelihood: the
    likelihood falls on both sides of each eigenvalue's maximum. In one dimension: the variance,
    or the floor where that is larger. Rounding can leave an eigenvalue below the floor by 2^-53
    of the largest.

    >>> floored(0.5, 1.0), floored(((4.0, 0.0), (0.0, 0.5)), 1.0)
    (1.0, ((4.0, 0.0), (0.0, 1.0)))
    """
    if not isinstance(covariance, tuple):
        return max(covariance, floor)
    values, vectors = eigen(covariance)
    if values[0] >= floor * (1.0 - _FLOOR_TOLERANCE):
        return covariance
    return summed(
        scaled(max(value, floor), squared_deviation(vector, (0.0,) * len(vector)))
        for value, vector in zip(values, vectors, strict=True)
    )


def smallest_variance(covariance: Square) -> float:
    """The smallest eigenvalue: the variance in the direction where it is smallest."""
    return eigen(covariance)[0][0] if isinstance(covariance, tuple) else float(covariance)


def with_floor(index: int, m: MStep, floor: float) -> tuple[MStep, list[Event]]:
    """The M step with no variance below the floor."""
    found: list[Event] = []
    covariances: list[Square] = []
    for j, covariance in enumerate(m.covariances):
        is_none = math.isnan(as_matrix(covariance)[0][0])  # that of an empty component
        raised = covariance if is_none else floored(covariance, floor)
        if raised is not covariance and raised != covariance:
            found.append(VarianceFloored(index, j, smallest_variance(covariance), floor))
        covariances.append(raised)
    return replace(m, covariances=tuple(covariances)), found


def with_component(m: MStep, j: int, mean: Point, covariance: Square, shares: bool) -> MStep:
    """The M step with component j started anew: weight 1/k, the others' scaled to what is left.

    shares: whether all components have one covariance, so that each gets the new one
    """
    k = len(m.weights)
    others = total(weight for i, weight in enumerate(m.weights) if i != j)
    left = 1.0 - 1.0 / k
    return replace(
        m,
        means=(*m.means[:j], mean, *m.means[j + 1 :]),
        covariances=(covariance,) * k
        if shares
        else (*m.covariances[:j], covariance, *m.covariances[j + 1 :]),
        weights=tuple(
            1.0 / k if i == j else divided(scaled(left, weight), others)
            for i, weight in enumerate(m.weights)
        ),
    )

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
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from refgmm import validation
from refgmm.arithmetic import (
    Point,
    Square,
    Vector,
    as_matrix,
    as_vector,
    divided,
    scaled,
    square,
    squared_deviation,
    summed,
    total,
)
from refgmm.em import MStep
from refgmm.errors import InvalidValueError
from refgmm.linear_algebra import NotPositiveDefiniteError, cholesky, eigen, identity, inverse
from refgmm.mixture import Mixture
from refgmm.structures import ALL, DIAGONAL_PART, MEAN_OF_DIAGONAL, Structure
from refgmm.validation import shown, whole_number

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

_PRECISE = 1e-12  # of a variance, once the coordinates before it are known; less is rounding


@dataclass(frozen=True, slots=True)
class ConjugatePrior:
    """A prior on means and covariances, for fits that would otherwise collapse.

    Given Sigma_j, mu_j is Gaussian with mean mu_p and covariance Sigma_j / kappa. Sigma_j is
    inverse-Wishart with nu degrees of freedom and scale Lambda; where the structure keeps variances
    only, each is inverse-gamma with nu degrees of freedom and scale s. EM then climbs to a maximum
    of the posterior density.

    shrinkage: kappa, how many points the prior mean is worth
    mean: mu_p; None: the mean of the points
    degrees_of_freedom: nu; None: d + 2
    scale: Lambda, (d, d), or the number s; None: the covariance of the points (over n - 1), or the
        mean of its diagonal, divided by k^(2/d)

    Source, of the defaults too: C. Fraley and A. E. Raftery 2007, "Bayesian regularization for
    normal mixture estimation and model-based clustering", Journal of Classification 24, tables 1
    and 2. The defaults are those of mclust's defaultPrior.
    """

    shrinkage: float = 0.01
    mean: Point | None = None
    degrees_of_freedom: float | None = None
    scale: Square | None = None

    def __post_init__(self) -> None:
        for name in ("shrinkage", "degrees_of_freedom"):
            value = getattr(self, name)
            size = value if isinstance(value, float) else whole_number(value)
            if value is not None and (size is None or not 0.0 <= size < math.inf):
                problem = f"the prior's {name} must be a number from 0 on, got {shown(value)}"
                raise InvalidValueError(problem, field="prior")

    def completed(
        self, mean: Point, covariance: Square, n: float, k: int, structure: Structure
    ) -> "CompletePrior":
        """The prior for these points: what was not given, from their mean and covariance (over n).

        InvalidValueError where what was given doesn't suit them, or where they have no covariance.
        """
        d = len(as_vector(mean))
        nu = float(d + 2 if self.degrees_of_freedom is None else self.degrees_of_freedom)
        # With keep(Lambda) for a scatter, all structures share one formula; c is what it weighs.
        count = {ALL: nu + d + 1, DIAGONAL_PART: nu + 2, MEAN_OF_DIAGONAL: (nu + 2) / d}
        is_matrix = structure.part == ALL and isinstance(mean, tuple)
        if self.scale is None:
            scale = _default_scale(covariance if is_matrix else _mean_of_diagonal(covariance), n)
            scale = divided(scale, k ** (2 / d))
        else:
            scale = _checked_scale(self.scale, d, is_matrix)
        if structure.part == DIAGONAL_PART and not isinstance(covariance, float):
            scale = identity(d, scale)
        elif structure.part == MEAN_OF_DIAGONAL and not isinstance(covariance, float):
            scale = identity(d, scale / d)
        own_mean = mean if self.mean is None else _like(mean, self.mean)
        return CompletePrior(
            float(self.shrinkage), own_mean, count[structure.part], scale, structure
        )


@dataclass(frozen=True, slots=True)
class CompletePrior:
    """A ConjugatePrior with every number known, in the form that all structures share.

    count: c, how many points the prior of a covariance is worth: nu + d + 1; nu + 2 where only
        variances are kept; (nu + 2) / d where only their mean is
    scale: Lambda; s I; (s / d) I
    """

    shrinkage: float
    mean: Point
    count: float
    scale: Square
    structure: Structure

    def new_mean(self, point_sum: Point, count: float) -> Point:
        """(sum_i beta x_i + kappa mu_p) / (N + kappa)."""
        numerator = summed([point_sum, scaled(self.shrinkage, self.mean)])
        return divided(numerator, count + self.shrinkage)

    def covariances(self, scatters: Sequence[Square], counts: Vector) -> tuple[Square, ...]:
        """The posterior's mode: the scale counts as a scatter that was added up from c points.

            each its own     (Lambda + keep(S_j)) / (c + N_j + 1)
            one shared       (Lambda + keep(sum_j S_j)) / (c + sum_j (N_j + 1))

        The 1 is the prior of the mean, whose density depends on the covariance, too.
        """
        kept = [self.structure.kept(scatter) for scatter in scatters]
        if self.structure.is_shared:
            size = self.count + total(count + 1.0 for count in counts)
            return (divided(summed([self.scale, *kept]), size),) * len(kept)
        return tuple(
            divided(summed([self.scale, scatter]), self.count + count + 1.0)
            for scatter, count in zip(kept, counts, strict=True)
        )

    def log_density(self, mixture: Mixture[Any]) -> float:
        """Ln of the prior's density at the mixture's means and covariances, but for a constant:

        of a mean          -(kappa Delta_j(mu_p)^2 + ln det Sigma_j) / 2
        of a covariance    -(c ln det Sigma_j + tr(Lambda Sigma_j^-1)) / 2
        """
        components = mixture.components
        of_means = total(
            self.shrinkage * square(component.evaluate(self.mean).mahalanobis_distance)
            + component.log_determinant
            for component in components
        )
        of_covariances = total(
            self.count * component.log_determinant
            + _trace_of_ratio(self.scale, component.covariance)
            for component in (components[:1] if self.structure.is_shared else components)
        )
        return -(of_means + of_covariances) / 2


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
    prior: CompletePrior | None = None

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


def _trace_of_ratio(scale: Square, covariance: Square) -> float:
    """tr(Lambda Sigma^-1)."""
    rows = zip(as_matrix(scale), inverse(cholesky(as_matrix(covariance))), strict=True)
    return total(a * b for row, other in rows for a, b in zip(row, other, strict=True))


def _mean_of_diagonal(covariance: Square) -> float:
    rows = as_matrix(covariance)
    return total(row[a] for a, row in enumerate(rows)) / len(rows)


def _like(mean: Point, given: Any) -> Point:
    """The prior's mean as a point like those of the data."""
    is_vector = isinstance(mean, tuple)
    try:
        point = validation.mean(given) if is_vector else validation.number(given, "means")
    except InvalidValueError as error:
        raise InvalidValueError(f"the prior's mean won't do: {error}", field="prior") from None
    if len(as_vector(point)) != len(as_vector(mean)):
        problem = (
            f"the prior's mean has {len(as_vector(point))} coordinates where the points have "
            f"{len(as_vector(mean))}: give one for each"
        )
        raise InvalidValueError(problem, field="prior")
    return point


def _default_scale(covariance: Square, n: float) -> Square:
    """The covariance of the points over n - 1; InvalidValueError where there is none."""
    rows = as_matrix(covariance)
    try:
        pivots = [square(row[a]) for a, row in enumerate(cholesky(rows))]
        if n > 1.0 and all(p > _PRECISE * rows[a][a] for a, p in enumerate(pivots)):
            return scaled(n / (n - 1.0), covariance)
    except NotPositiveDefiniteError:
        pass
    problem = (
        "the points have no covariance to take the prior's scale from: it is singular, or they count "
        "no more than once in all. Give the prior a scale"
    )
    raise InvalidValueError(problem, field="prior")


def _checked_scale(given: Any, d: int, is_matrix: bool) -> Square:
    """The prior's scale: a covariance matrix of d dimensions, or a variance."""
    try:
        scale: Square = validation.covariance(given)[0] if is_matrix else validation.variance(given)
    except InvalidValueError as error:
        raise InvalidValueError(f"the prior's scale won't do: {error}", field="prior") from None
    if is_matrix and len(scale) != d:
        problem = f"the prior's scale has {len(scale)} rows for points of {d} coordinates: give {d}"
        raise InvalidValueError(problem, field="prior")
    return scale

"""A conjugate prior on the parameters of a fit, after Fraley and Raftery (2007), in every structure."""

import math

from refgmm import validation
from refgmm.arguments import whole_number
from refgmm.arithmetic import (
    Point,
    Square,
    Vector,
    as_matrix,
    as_vector,
    divided,
    scaled,
    square,
    summed,
    total,
)
from refgmm.cholesky import cholesky, pivots
from refgmm.errors import InvalidValueError
from refgmm.linear_algebra import NotPositiveDefiniteError, identity, inverse
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.structures import ALL, DIAGONAL_PART, MEAN_OF_DIAGONAL, Structure
from refgmm.type_names import Any, Sequence
from refgmm.validation import shown

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

    >>> from refgmm.fitting import fit
    >>> points = [1.0, 1.0, 1.0, 4.0, 5.0]     # a component collapses onto the first three
    >>> fit(points, 2).degenerated, fit(points, 2, prior=ConjugatePrior()).degenerated
    (True, False)
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
        """ln of the prior's density at the mixture's means and covariances, but for a constant:

        of a mean          -(kappa Delta_j(mu_p)^2 + ln det Sigma_j) / 2
        of a covariance    -(c ln det Sigma_j + tr(Lambda Sigma_j^-1)) / 2
        """
        components = mixture.components
        of_means = total(
            self.shrinkage * square(distance) + component.log_determinant
            for component in components
            for distance, _, _ in [component.evaluate(self.mean)]
        )
        of_covariances = total(
            self.count * component.log_determinant
            + _trace_of_ratio(self.scale, component.covariance)
            for component in (components[:1] if self.structure.is_shared else components)
        )
        return -(of_means + of_covariances) / 2


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
        if n > 1.0 and all(p > _PRECISE * rows[a][a] for a, p in enumerate(pivots(rows))):
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

"""Curves to draw.

sample     in one dimension: the weighted densities of the components, and their sum, the mixture
ellipse    in two: the points that are so many standard deviations from the mean of a component
outlines   the ellipses of all components
"""

import math
from collections.abc import Sequence

from refgmm.arithmetic import Matrix, Vector, square, total
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Gaussian
from refgmm.records import dataclass

SIGMAS = (1, 2)  # at which ellipses are drawn
ELLIPSE_STEPS = 120

_SIGMAS = [t / 4 for t in range(-16, 17)]  # where a bell curve bends


@dataclass(frozen=True, slots=True)
class Curves:
    """Heights over x. A component that has no density (variance 0, or 0/0) has no curve."""

    x: Vector  # (s,)  ascending
    components: tuple[Vector | None, ...]  # k times (s,)  alpha_j g_j(x)
    mixture: Vector  # (s,)  the sum of those there are


def sample(
    weights: Vector, means: Vector, variances: Vector, between: tuple[float, float], steps: int
) -> Curves:
    """The curves between two values of x: at even steps, and closer where a component bends.

    >>> curves = sample((1.0,), (0.0,), (1.0,), (-1.0, 1.0), steps=2)
    >>> curves.x[0], curves.x[-1], round(max(curves.mixture), 4)
    (-1.0, 1.0, 0.3989)
    """
    low, high = between
    gaussians = [_gaussian(mean, variance) for mean, variance in zip(means, variances, strict=True)]
    grid = {low + (high - low) * step / steps for step in range(steps + 1)}
    for gaussian in gaussians:
        if gaussian is not None:
            sigma = math.sqrt(gaussian.variance)
            bends = (gaussian.mean + t * sigma for t in _SIGMAS)
            grid |= {x for x in bends if low < x < high}
    xs = tuple(sorted(grid))
    components = tuple(
        None if gaussian is None else tuple(weight * gaussian.density(x) for x in xs)
        for weight, gaussian in zip(weights, gaussians, strict=True)
    )
    present = [heights for heights in components if heights is not None]
    mixture = tuple(total(heights) for heights in zip(*present, strict=True))
    return Curves(xs, components, mixture or (0.0,) * len(xs))


def drawing_range(
    points: Sequence[float], means: Sequence[float], variances: Sequence[float]
) -> tuple[float, float]:
    """A range of x that shows the points and the means, with room for the curves beside them.

    >>> drawing_range([0.0, 2.0], [1.0], [1.0])
    (-1.0, 3.0)
    """
    low, high = min([*points, *means]), max([*points, *means])
    margin = 0.5 * (high - low) or 3 * math.sqrt(max(variances))
    margin = max(margin, 1e-12 * max(abs(low), abs(high)))  # so that doubles resolve it
    return low - margin, high + margin


def plane_range(
    points: Sequence[float], means: Sequence[float], variances: Sequence[float]
) -> tuple[float, float]:
    """A range of one of two coordinates that shows the points, the means, and as a rule the ellipses.

    At 2 sigma, that is; those that reach out by more than the points do, are cut.

    >>> plane_range([0.0, 8.0], [4.0], [4.0])
    (-2.0, 10.0)
    """
    low, high = min([*points, *means]), max([*points, *means])
    extent = high - low or 4 * math.sqrt(max(variances))
    extent = max(extent, 1e-12 * max(abs(low), abs(high)))
    reaches = [(mean, 2.1 * math.sqrt(v)) for mean, v in zip(means, variances, strict=True)]
    lowest = min(mean - reach for mean, reach in reaches)
    highest = max(mean + reach for mean, reach in reaches)
    return (
        max(min(low - 0.25 * extent, lowest), low - 0.75 * extent),
        min(max(high + 0.25 * extent, highest), high + 0.75 * extent),
    )


def marginal(
    mean: Vector, covariance: Matrix, coordinates: tuple[int, int]
) -> tuple[Vector, Matrix]:
    """Mean and covariance of two coordinates alone, from 0.

    >>> marginal((1.0, 2.0, 3.0), ((1.0, 0.5, 0.0), (0.5, 2.0, 0.0), (0.0, 0.0, 3.0)), (2, 0))
    ((3.0, 1.0), ((3.0, 0.0), (0.0, 1.0)))
    """
    return (
        tuple(mean[a] for a in coordinates),
        tuple(tuple(covariance[a][b] for b in coordinates) for a in coordinates),
    )


def ellipse(mean: Vector, covariance: Matrix, sigmas: float, steps: int) -> tuple[Vector, ...]:
    """Points at this Mahalanobis distance from the mean, once around; the last one is the first.

        x = mu + sigmas L (cos t, sin t),     L L^T = Sigma

    Where the covariance is singular, the ellipse is flat: a line there and back, or one point.
    Where it is no covariance (0/0, or a negative variance), there is none: ().

    >>> ellipse((1.0, 0.0), ((4.0, 0.0), (0.0, 9.0)), sigmas=2, steps=4)[:1]
    ((5.0, 0.0),)
    >>> ellipse((0.0, 0.0), ((math.nan, 0.0), (0.0, 1.0)), sigmas=1, steps=4)
    ()
    """
    (variance, _), (covariance_of_both, other_variance) = covariance
    if not (variance >= 0.0 and other_variance >= 0.0 and math.isfinite(covariance_of_both)):
        return ()
    across = math.sqrt(variance)
    slope = covariance_of_both / across if across else 0.0
    up = math.sqrt(max(other_variance - square(slope), 0.0))
    turns = [(math.cos(t), math.sin(t)) for t in (2 * math.pi * s / steps for s in range(steps))]
    outline = [
        (
            mean[0] + sigmas * across * cosine,
            mean[1] + sigmas * (slope * cosine + up * sine),
        )
        for cosine, sine in turns
    ]
    return (*outline, outline[0])


def outlines(
    means: Sequence[Vector], covariances: Sequence[Matrix], coordinates: tuple[int, int]
) -> tuple[tuple[tuple[Vector, ...], ...], ...]:
    """The ellipses of each component in two coordinates: one at each of SIGMAS, of its marginal.

    >>> inner, outer = outlines([(0.0, 5.0)], [((1.0, 0.0), (0.0, 4.0))], (0, 1))[0]
    >>> inner[0], outer[0]
    ((1.0, 5.0), (2.0, 5.0))
    """
    marginals = [
        marginal(mean, covariance, coordinates)
        for mean, covariance in zip(means, covariances, strict=True)
    ]
    return tuple(
        tuple(ellipse(*two, sigmas, ELLIPSE_STEPS) for sigmas in SIGMAS) for two in marginals
    )


def _gaussian(mean: float, variance: float) -> Gaussian | None:
    try:
        return Gaussian(mean, variance)
    except InvalidValueError:
        return None

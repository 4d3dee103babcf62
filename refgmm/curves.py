"""Curves to draw: the weighted densities of the components, and their sum, the mixture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from refgmm.arithmetic import Vector, total
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Gaussian

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
    low, high = min(*points, *means), max(*points, *means)
    margin = 0.5 * (high - low) or 3 * math.sqrt(max(variances))
    margin = max(margin, 1e-12 * max(abs(low), abs(high)))  # so that doubles resolve it
    return low - margin, high + margin


def _gaussian(mean: float, variance: float) -> Gaussian | None:
    try:
        return Gaussian(mean, variance)
    except InvalidValueError:
        return None

"""What a mixture is as a distribution: the mean, covariance, cdf, quantiles and samples of the whole.

    mu        = sum_j alpha_j mu_j                                       law of total expectation
    Sigma     = sum_j alpha_j (Sigma_j + (mu_j - mu)(mu_j - mu)^T)       law of total covariance
    P(X <= x) = sum_j alpha_j G_j(x)                                     in one dimension

Weights sum to 1 but for rounding; what is computed here is relative to their sum, so that a cdf
ends at 1.

These functions do the work of the methods of Mixture with the same names.
"""

import itertools
import math
import random
import struct
from bisect import bisect_right
from fractions import Fraction
from typing import Any, NamedTuple

from refgmm.arithmetic import (
    Point,
    Square,
    Vector,
    divided,
    scaled,
    squared_deviation,
    summed,
    total,
)
from refgmm.gaussian import Gaussian
from refgmm.type_names import Callable, Iterable, Sequence

_FARTHEST = 40.0
"""In standard deviations: less than the smallest double, 2^-1074, lies beyond 38.6 of them."""

_CENTRE = 0.5
"""In standard deviations times sqrt 2: where erf is the more precise way to write the cdf."""


class Sample(NamedTuple):
    """Points drawn from a mixture, and where they came from. Both are (n,), in the order drawn."""

    points: tuple[Point, ...]  # numbers; in d dimensions vectors, (d,)
    components: tuple[int, ...]  # which component each was drawn from, from 0


def sample(weights: Vector, components: Sequence[Any], n: int, rng: random.Random) -> Sample:
    """n times: pick j with probability alpha_j, then draw from g_j, by its method of this name.

    Premise: [0, 1) is cut into k pieces, piece j as long as alpha_j, and ends where the sum of the
    first j weights does; a uniform u picks the piece that it falls in.
    Method: the first piece whose end is beyond u. A piece of length 0 ends where the one
    before it does, so it is never the first: a component of weight 0 is never drawn.
    """
    ends = list(itertools.accumulate(weights))
    picked = []
    points = []
    for _ in range(n):
        j = bisect_right(ends, rng.random() * ends[-1])
        picked.append(j)
        points.append(components[j].draw(rng))
    return Sample(tuple(points), tuple(picked))


def average(weights: Vector, values: Iterable[Any]) -> Any:
    """The average of numbers, vectors or matrices, one for each component, counted by its weight.

    >>> average((0.25, 0.75), [1.0, 5.0])
    4.0
    """
    return divided(summed(map(scaled, weights, values)), total(weights))


def covariance(weights: Vector, means: Sequence[Point], covariances: Sequence[Square]) -> Square:
    """The covariance within the components and that between them, in one.

    >>> covariance((0.5, 0.5), [-1.0, 1.0], [2.0, 4.0])
    4.0
    """
    centre = average(weights, means)
    about_it = [
        summed((within, squared_deviation(mean, centre)))
        for mean, within in zip(means, covariances, strict=True)
    ]
    return average(weights, about_it)


def quantile(weights: Vector, components: Sequence[Gaussian], p: float) -> float:
    """The x with P(X <= x) = p, 0 < p < 1.

    Premise: in the upper tail, and between two components far apart, the cdf is flat to 16 digits,
    though it does grow.
    Method: cdf(x) - p, written so that it is precise for every x (see _excess). It is 0 from
    `first` to `last`, or changes its sign between these two, which are neighbours then.

    >>> quantile((0.5, 0.5), [Gaussian(-30, 1), Gaussian(30, 1)], 0.5)
    0.0
    """
    mass = Fraction(p) * sum(map(Fraction, weights))
    rounded = float(mass)
    exact_mass = (rounded, float(mass - Fraction(rounded)))  # twice the digits of a double

    def excess(x: float) -> float:
        return _excess(weights, components, x, exact_mass)

    low = min(c.mean - _FARTHEST * math.sqrt(c.variance) for c in components)
    high = max(c.mean + _FARTHEST * math.sqrt(c.variance) for c in components)
    first = _first(lambda x: excess(x) >= 0.0, low, high)
    last = math.nextafter(_first(lambda x: excess(x) > 0.0, low, high), -math.inf)
    return (first + last) / 2


def _excess(weights: Vector, components: Sequence[Gaussian], x: float, mass: Vector) -> float:
    """2 (sum_j alpha_j G_j(x) - mass), to the last digits also where it is tiny.

    mass: the mass wanted below x, a number in parts

    With w = (x - mu_j) / sqrt(2 variance_j), 2 G_j(x) is any of

        erfc(-w)         of full precision in the lower tail
        1 + erf(w)       of full precision about the mean, once the 1 is taken apart
        2 - erfc(w)      of full precision in the upper tail, once the 2 is taken apart

    math.fsum adds the parts without rounding in between, so that the large ones, weights and
    mass, may cancel.
    """
    parts = [-2.0 * part for part in mass]
    for weight, component in zip(weights, components, strict=True):
        w = (x - component.mean) / math.sqrt(2.0 * component.variance)
        if w < -_CENTRE:
            parts.append(weight * math.erfc(-w))
        elif w <= _CENTRE:
            parts += (weight, weight * math.erf(w))
        else:
            parts += (2.0 * weight, -weight * math.erfc(w))
    return math.fsum(parts)


def _first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The first double after `low` from which on a condition holds; `high` where it never does.

    By halving the number of doubles in between, at most 64 times. What holds for one p holds for
    all below it, so that a larger p, on the same way from the same ends, never gets a smaller x.
    """
    before, at = _ordinal(low), _ordinal(high)
    while before + 1 < at:
        middle = (before + at) // 2
        if holds(_double(middle)):
            at = middle
        else:
            before = middle
    return _double(at)


def _ordinal(x: float) -> int:
    """Which double x is, in ascending order: 0.0 is 0, the smallest above it is 1.

    >>> _ordinal(5e-324), _ordinal(-5e-324)
    (1, -1)
    """
    (bits,) = struct.unpack("<q", struct.pack("<d", abs(x)))
    return int(bits) if x >= 0.0 else -int(bits)


def _double(ordinal: int) -> float:
    """The double of this ordinal."""
    (size,) = struct.unpack("<d", struct.pack("<q", abs(ordinal)))
    return math.copysign(size, ordinal)

"""Where a fit starts that is only told how many components: the table INITIALIZATIONS.

    quantiles                 cut the points into k groups of equal size, along the axis of their
                              largest variance; each group's mean is a mean. Always the same.
    k-means++                 k points far from each other, each drawn with a probability
                              proportional to its squared distance from those drawn before
                              (Arthur and Vassilvitskii 2007, "k-means++: the advantages of
                              careful seeding"); coordinates scaled to variance 1
    random points             k different points, each as likely as the other
    random responsibilities   each point shared at random (uniformly on the simplex), M step first

The first three give means. The weights are then 1/k, and the covariances that of all points, as
far as the structure keeps it, divided by k^(2/d): each component fills a k-th of the volume.
"""

import itertools
import math
import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from refgmm.arithmetic import (
    Matrix,
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
from refgmm.errors import InvalidValueError
from refgmm.formatting import listed
from refgmm.linear_algebra import NotPositiveDefiniteError, cholesky, eigen
from refgmm.mixture import Mixture
from refgmm.structures import Structure
from refgmm.validation import shown


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points without missing values, and what the initialisations ask of them.

    weights: (n,), how often each point counts
    """

    points: tuple[Point, ...]
    weights: Vector
    mean: Point
    covariance: Square  # divided by n

    @classmethod
    def of(cls, points: Sequence[Point], weights: Vector) -> "Cloud":
        """The points, with their mean and covariance."""
        count = total(weights)
        mean = divided(summed(map(scaled, weights, points)), count)
        squares = [squared_deviation(x, mean) for x in points]
        return cls(
            tuple(points), weights, mean, divided(summed(map(scaled, weights, squares)), count)
        )


Start = Mixture[Any] | Matrix
"""What an initialisation gives: a mixture, or responsibilities, (n, k)."""


def start(cloud: Cloud, k: int, structure: Structure, name: str, rng: random.Random) -> Start:
    """The start of this name: a mixture to begin with an E step, or responsibilities for an M step.

    InvalidValueError for an unknown name, and for points that no mixture of k components fits.
    """
    covariance = start_covariance(cloud, k, structure)
    if name == RANDOM_RESPONSIBILITIES:
        return tuple(_shares(k, rng) for _ in cloud.points)
    means = _MEANS[name](cloud, k, rng)
    return Mixture.of_parameters((1.0 / k,) * k, means, (covariance,) * k)


def start_covariance(cloud: Cloud, k: int, structure: Structure) -> Square:
    """The covariance of all points that the structure keeps, a k-th of its volume.

    InvalidValueError where that has no Cholesky factor: a coordinate that is constant, or that
    follows from those before it.
    """
    check_spread(cloud, structure)
    d = len(as_vector(cloud.mean))
    return divided(structure.kept(cloud.covariance), k ** (2 / d))


def check_spread(cloud: Cloud, structure: Structure) -> None:
    """InvalidValueError where the points don't spread in every direction that the structure needs."""
    kept = as_matrix(structure.kept(cloud.covariance))
    mean = as_vector(cloud.mean)
    n = len(cloud.points)
    lost = [
        a for a, row in enumerate(kept) if row[a] <= square(n * math.ulp(max(abs(mean[a]), 0.0)))
    ]
    if len(lost) == len(mean):
        value = cloud.points[0]
        problem = f"all points are the same, {value!r}: there is no variance to fit. Give points that differ"
        raise InvalidValueError(problem, field="points")
    if lost:
        problem = (
            f"coordinate {lost[0] + 1} is the same in every point, {mean[lost[0]]!r}, and has no "
            "variance to fit: leave it out"
        )
        raise InvalidValueError(problem, field="points")
    try:
        pivots = [square(row[a]) for a, row in enumerate(cholesky(kept))]
        failed = [a for a, p in enumerate(pivots) if p <= n * math.ulp(1.0) * kept[a][a]]
    except NotPositiveDefiniteError as error:
        failed = [error.index]
    if failed:
        a = failed[0]
        fewer = (
            f"there are {n} points in {len(mean)} dimensions"
            if n <= len(mean)
            else (f"coordinate {a + 1} follows from coordinate{'s 1 to' if a > 1 else ''} {a}")
        )
        problem = (
            f"the covariance of the points is singular: {fewer}. Leave a coordinate out, give more "
            "points, or choose the structure 'diagonal' or 'spherical'"
        )
        raise InvalidValueError(problem, field="points")


def _by_quantiles(cloud: Cloud, k: int, rng: random.Random) -> list[Point]:
    """The means of k groups of equal size along the axis of the largest variance."""
    *_, axis = eigen(as_matrix(cloud.covariance))[1]
    along = [
        total(a * b for a, b in zip(axis, as_vector(x), strict=True))
        * math.copysign(1.0, max(axis, key=abs))
        for x in cloud.points
    ]
    order = sorted(range(len(along)), key=along.__getitem__)
    cuts = [round(j * len(order) / k) for j in range(k + 1)]
    groups = [order[low:high] for low, high in itertools.pairwise(cuts)]
    return [divided(summed(cloud.points[i] for i in group), len(group)) for group in groups]


def _by_plus_plus(cloud: Cloud, k: int, rng: random.Random) -> list[Point]:
    """k-means++: each next mean far from those before it."""
    scales = [row[a] or 1.0 for a, row in enumerate(as_matrix(cloud.covariance))]
    vectors = [as_vector(x) for x in cloud.points]
    chosen = [_pick(cloud.weights, rng)]
    nearest = [math.inf] * len(vectors)
    while len(chosen) < k:
        last = vectors[chosen[-1]]
        for i, x in enumerate(vectors):
            parts = zip(x, last, scales, strict=True)
            nearest[i] = min(nearest[i], total(square(a - b) / s for a, b, s in parts))
        chosen.append(_pick([d * w for d, w in zip(nearest, cloud.weights, strict=True)], rng))
    return [cloud.points[i] for i in chosen]


def _by_random_points(cloud: Cloud, k: int, rng: random.Random) -> list[Point]:
    """K points, no two of them equal."""
    remaining = list(
        dict.fromkeys(x for x, w in zip(cloud.points, cloud.weights, strict=True) if w)
    )
    return [remaining.pop(int(rng.random() * len(remaining))) for _ in range(k)]


def _pick(sizes: Sequence[float], rng: random.Random) -> int:
    """An index, with a probability proportional to its size.

    >>> _pick([0.0, 1.0, 0.0], random.Random(1))
    1
    """
    target = rng.random() * total(sizes)
    for index, size in enumerate(sizes):
        target -= size
        if target < 0.0:
            return index
    return max(range(len(sizes)), key=sizes.__getitem__)  # by rounding alone


def _shares(k: int, rng: random.Random) -> Vector:
    """K shares that sum to 1, uniformly distributed: exponential variates over their sum."""
    variates = [-math.log(1.0 - rng.random()) for _ in range(k)]
    whole = total(variates)
    return tuple(variate / whole for variate in variates)


RANDOM_RESPONSIBILITIES = "random responsibilities"

_MEANS: dict[str, Callable[[Cloud, int, random.Random], list[Point]]] = {
    "quantiles": _by_quantiles,
    "k-means++": _by_plus_plus,
    "random points": _by_random_points,
}

INITIALIZATIONS = (*_MEANS, RANDOM_RESPONSIBILITIES)
"""The names of the initialisations."""


def check_name(name: object) -> str:
    """The name of an initialisation. InvalidValueError for any other.

    >>> check_name("k-means")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there is no initialization 'k-means': choose one of quantiles, k-means++, random points and random responsibilities
    """
    if name not in INITIALIZATIONS:
        choice = listed(list(INITIALIZATIONS))
        problem = f"there is no initialization {shown(name)}: choose one of {choice}"
        raise InvalidValueError(problem, field="initialization")
    return str(name)


def check_component_count(k: object, points: Sequence[Point]) -> int:
    """`k` as a number of components: from 1 to the number of different points.

    >>> check_component_count(3, (1.0, 2.0, 2.0))
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: 3 components are more than the 2 different points: choose fewer
    """
    count = whole_number(k)
    if count is None or count < 1:
        problem = f"the number of components must be a whole number from 1 on, got {shown(k)}"
        raise InvalidValueError(problem, field="components")
    different = len(set(points))
    if count > different:
        have = f"{different} different point{'s' if different > 1 else ''}"
        problem = f"{count} components are more than the {have}: choose fewer"
        raise InvalidValueError(problem, field="components")
    return count


def whole_number(value: object) -> int | None:
    """`value` as an int, of whatever library; None where it is none.

    >>> whole_number(3), whole_number(3.0), whole_number(True)
    (3, None, None)
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return None
    try:
        return operator.index(value)
    except TypeError:  # an array
        return None

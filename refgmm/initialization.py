"""Where a fit starts that is only told how many components: the table INITIALIZATIONS.

    quantiles                 cut the points into k groups of equal size, along the axis of their
                              largest variance, a point on a cut shared by both; each group's mean
                              is a mean. Always the same.
    k-means++                 k points far from each other, each drawn with a probability
                              proportional to its squared distance from those drawn before
                              (Arthur and Vassilvitskii 2007, "k-means++: the advantages of
                              careful seeding"); coordinates scaled to variance 1
    random points             k different points, each as likely as the other
    random responsibilities   each point shared at random (uniformly on the simplex), M step first

The first three give means. The weights are then 1/k, and the covariances that of all points, as
far as the structure keeps it, divided by k^(2/d): each component fills a k-th of the volume.
Sample weights count as repetitions would; only random responsibilities are drawn once a point.
"""

import itertools
import math
import random

from refgmm.arguments import whole_number
from refgmm.arithmetic import (
    Matrix,
    Point,
    Square,
    Vector,
    as_matrix,
    as_vector,
    columns,
    divided,
    scaled,
    square,
    squared_deviation,
    summed,
    total,
)
from refgmm.errors import InvalidValueError
from refgmm.estimation import floored
from refgmm.formatting import listed
from refgmm.linear_algebra import NotPositiveDefiniteError, eigen
from refgmm.mixture import Mixture
from refgmm.records import cached_property, dataclass
from refgmm.structures import ALL, Structure
from refgmm.type_names import Any, Callable, Sequence
from refgmm.validation import SMALLEST_VARIANCE, shown


@dataclass(frozen=True)
class Cloud:
    """Points that count and miss no value, and what the initialisations ask of them: computed when
    one asks, for a fit from a mixture never does.

    weights: (n,), how often each point counts
    all_weights: the same of all points that were given, in their order; 0 of those left out
        because they don't count, more of those left out because they miss values
    """

    points: tuple[Point, ...]
    weights: Vector
    all_weights: Vector

    @cached_property
    def mean(self) -> Point:
        """Of all points."""
        return divided(summed(map(scaled, self.weights, self.points)), total(self.weights))

    @cached_property
    def covariance(self) -> Square:
        """Divided by the sum of the weights."""
        squares = (squared_deviation(x, self.mean) for x in self.points)
        return divided(summed(map(scaled, self.weights, squares)), total(self.weights))


Start = Mixture[Any] | Matrix
"""What an initialisation gives: a mixture, or responsibilities, (n, k), of all points given."""


def start(
    cloud: Cloud,
    k: int,
    structure: Structure,
    name: str,
    rng: random.Random,
    *,
    variance_floor: float | None = None,
) -> Start:
    """The start of this name: a mixture to begin with an E step, or responsibilities for an M step.

    variance_floor: the mixture has no variance below it

    InvalidValueError for points that no mixture of k components fits.
    """
    covariance = start_covariance(cloud, k, structure)
    if name == RANDOM_RESPONSIBILITIES:
        # a point that doesn't count draws nothing, so that it changes nothing either
        equal = (1.0 / k,) * k
        return tuple(_shares(k, rng) if weight else equal for weight in cloud.all_weights)
    if variance_floor is not None:
        covariance = floored(covariance, variance_floor)
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
    value = cloud.points[0]
    if all(x == value for x in cloud.points):
        problem = f"all points are the same, {value!r}: there is no variance to fit. Give points that differ"
        raise InvalidValueError(problem, field="points")
    for a, column in enumerate(columns(map(as_vector, cloud.points))):
        name = f"coordinate {a + 1}" if len(mean) > 1 else "the points"
        _check_variance(kept[a][a], mean[a], column, name)
    if len(mean) > 1:
        _check_rank(cloud, structure, kept)


def _check_rank(cloud: Cloud, structure: Structure, kept: Matrix) -> None:
    """InvalidValueError where the vectors lie in a plane, or on a line."""
    from refgmm.cholesky import pivots

    n, d = len(cloud.points), len(kept)
    try:
        failed = [a for a, p in enumerate(pivots(kept)) if p <= 4 * n * math.ulp(1.0) * kept[a][a]]
    except NotPositiveDefiniteError as error:
        failed = [error.index]
    if structure.part == ALL and 1 < n <= d:  # by rounding, no pivot may show it
        failed = failed or [d - 1]
    if failed:
        a = failed[0]
        fewer = (
            f"there are {n} {'points' if n == len(cloud.all_weights) else 'complete points that count'} "
            f"in {d} dimensions"
            if n <= d
            else (f"coordinate {a + 1} follows from coordinate{'s 1 to' if a > 1 else ''} {a}")
        )
        problem = (
            f"the covariance of the points is singular: {fewer}. Leave a coordinate out, give more "
            "points, or choose the structure 'diagonal' or 'spherical'"
        )
        raise InvalidValueError(problem, field="points")


def _check_variance(variance: float, mean: float, column: Vector, name: str) -> None:
    """InvalidValueError where a coordinate has no variance that doubles resolve."""
    if variance > max(SMALLEST_VARIANCE, square(len(column) * math.ulp(mean))):
        return
    if len(set(column)) == 1:
        problem = f"{name} is the same in every point, {column[0]!r}, and has no variance to fit: leave it out"
    elif variance <= SMALLEST_VARIANCE:
        problem = (
            f"the variance of {name} is {variance!r}, and refgmm computes with variances from "
            f"{SMALLEST_VARIANCE!r} on: choose a smaller unit for the points"
        )
    else:
        problem = (
            f"the variance of {name}, {variance!r}, is no larger than what rounding makes at values "
            f"near {mean:g}: subtract a number near that from each"
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
    ends = [0.0, *itertools.accumulate(cloud.weights[i] for i in order)]
    cuts = [ends[-1] * j / k for j in range(k + 1)]
    means = []
    for low, high in itertools.pairwise(cuts):
        # of the stretch of each point, from end to end, the part between the cuts
        shares = [max(min(b, high) - max(a, low), 0.0) for a, b in itertools.pairwise(ends)]
        own = [scaled(share, cloud.points[i]) for share, i in zip(shares, order, strict=True)]
        means.append(divided(summed(own), total(shares)))
    return means


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
    """k points, no two of them equal."""
    remaining = list(dict.fromkeys(cloud.points))
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
    """k shares that sum to 1, uniformly distributed: exponential variates over their sum."""
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

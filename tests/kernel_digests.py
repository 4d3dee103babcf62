"""What the kernel makes of many random problems, a line each, to the last bit.

`python -m tests.kernel_digests` prints them with the kernel that is imported, compiled or not:
tests/test_compiled.py compares.
"""

import hashlib
import itertools
import random
from collections.abc import Iterator

from refgmm import (
    _kernel,
    _kernel_block,
    _kernel_double,
    _kernel_group,
    _kernel_matrix,
    _kernel_newton,
    _kernel_newton_vectors,
    _kernel_vectors,
)
from refgmm._kernel_matrix import cholesky


def digests() -> Iterator[str]:
    """Name and digest of each problem."""
    rng = random.Random(7)
    for number in range(60):
        n, k = rng.choice([1, 5, 40, 256, 257, 700, 17_000]), rng.choice([1, 2, 3, 5, 8])
        n = min(n, 2_000) if k > 3 else n
        unit = rng.choice([1e-70, 1e-3, 1.0, 1.0, 1e6, 1e70])
        far = rng.choice([1.0, 4.0, 50.0, 500.0])  # components apart, in sigmas: underflow
        yield f"d=1 {number} {n} {k} {_digest(_numbers(rng, n, k, unit, far))}"
    for number in range(40):
        n, k, d = rng.choice([1, 9, 300]), rng.choice([1, 2, 3, 8]), rng.choice([1, 2, 3, 10])
        far = rng.choice([1.0, 4.0, 50.0, 500.0])
        yield f"d={d} {number} {n} {k} {_digest(_vectors(rng, n, k, d, far))}"
    for number, is_shared in itertools.product(range(10), (False, True)):
        k, d = rng.choice([1, 2, 3]), rng.choice([1, 2, 3, 5])
        kind = rng.choice([(True, False), (False, True), (False, False)])
        yield f"newton {number} {k} {d} {is_shared} {_digest(_newton(rng, k, d, (*kind, is_shared)))}"


def _digest(values: Iterator[object]) -> str:
    return hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()


def _weights(rng: random.Random, k: int) -> list[float]:
    """Random ones; now and then one is 0."""
    parts = [rng.random() for _ in range(k)]
    if k > 1 and rng.random() < 0.2:
        parts[-1] = 0.0
    return [part / sum(parts) for part in parts]


def _numbers(rng: random.Random, n: int, k: int, unit: float, far: float) -> Iterator[object]:
    points = tuple(unit * (far * rng.randrange(k) + rng.gauss(0.0, 1.0)) for _ in range(n))
    means = [unit * (far * j + rng.gauss(0.0, 1.0)) for j in range(k)]
    variances = [unit * unit * rng.uniform(0.3, 3.0) for _ in range(k)]
    parameters = (_weights(rng, k), means, variances)
    run = _kernel.RUN
    runs = [_kernel.cut(points[first : first + run]) for first in range(0, n, run)]
    for is_shared in (False, True):
        first = _kernel.epoch(runs, parameters, is_shared)
        yield first
        yield _kernel.epochs_ahead(runs, parameters, first, is_shared, most=5, least_gain=-1.0)
    yield _kernel.log_evidence(runs[-1], parameters)
    for centres in (None, [mean + unit for mean in means]):
        sums = _kernel.sums_of_run(runs[0], parameters, centres)
        yield sums
        yield _kernel.parameters_of_sums(sums, centres or means, float(n), False)


def _vectors(rng: random.Random, n: int, k: int, d: int, far: float) -> Iterator[object]:
    points = []
    for _ in range(n):
        centre = far * rng.randrange(k)
        points.append([centre + rng.gauss(0.0, 1.0) for _ in range(d)])
    parameters: list[_kernel_group.Parameters] = []
    for j, weight in enumerate(_weights(rng, k)):
        noise = [[rng.gauss(0.0, 0.5) for _ in range(d)] for _ in range(d)]
        covariance = [
            [
                sum(x * y for x, y in zip(noise[a], noise[b], strict=True)) + (a == b)
                for b in range(d)
            ]
            for a in range(d)
        ]
        exact = None if rng.random() < 0.8 else (0.5, [rng.uniform(0.0, 9.0) for _ in points])
        mean = [far * j + rng.gauss(0.0, 1.0) for _ in range(d)]
        parameters.append((weight, mean, covariance, exact))
    few: list[_kernel_block.Parameters] = []
    for own in parameters:
        known = (cholesky([[*row] for row in own[2]]), 0.5, own[3] and own[3][1])
        few.append((*own[:3], known))
        lower = _kernel_double.factor(own[2])
        assert lower is not None
        yield _kernel_double.nearest(lower)
        yield _kernel_double.squared_distances(lower, points, own[1])
    groups = _kernel_vectors.grouped(points)
    yield _kernel_vectors.log_evidence(groups, parameters)
    means = [own[1] for own in parameters]
    for is_full, is_spherical, is_shared in itertools.product((False, True), repeat=3):
        kind = (is_full, is_spherical and not is_full, is_shared)
        found = _kernel_block.epoch(groups, few, kind)
        yield found
        yield _kernel_block.epochs_ahead(groups, few, found, kind, most=4, least_gain=-1.0)
        found = _kernel_vectors.epoch([groups], parameters, kind)
        yield found
        yield _kernel_vectors.epochs_ahead(
            [groups], parameters, found, kind, most=4, least_gain=-1.0
        )
    for is_full in (True, False):
        for centres in (None, [[value + 0.5 for value in mean] for mean in means]):
            sums = _kernel_vectors.sums_of_run(groups, parameters, is_full, centres)
            yield sums
            yield _kernel_matrix.parameters_of_sums(
                sums, centres or means, n, (is_full, False, False)
            )


def _newton(rng: random.Random, k: int, d: int, kind: tuple[bool, bool, bool]) -> Iterator[object]:
    """A place, and a step from it."""

    def factor() -> list[list[float]]:
        return [
            [rng.gauss(0.0, 1.0) if b < a else rng.uniform(0.1, 2.0) for b in range(a + 1)]
            for a in range(d)
        ]

    def means() -> list[list[float]]:
        return [[rng.gauss(0.0, 1.0) for _ in range(d)] for _ in range(k)]

    weights = [1.0 / k] * k
    factors = [factor()] * k if kind[2] else [factor() for _ in range(k)]
    scatters = [
        [[a[b] if b < len(a) else 0.0 for b in range(d)] for a in factor()] for _ in weights
    ]
    covariances = [
        [[_kernel_newton.dot(row, other) for other in rows] for row in rows] for rows in scatters
    ]
    counts = [rng.uniform(1.0, 9.0) for _ in weights]
    place: _kernel_newton.Place = _kernel_newton_vectors.PlaceOfVectors(
        (weights, means(), factors), (counts, means(), covariances), kind
    )
    yield from _from_place(rng, place)
    if d == 1:
        variances = [[row[0] for (row,) in rows] for rows in (factors, covariances)]
        old, new = ([x for (x,) in means()] for _ in range(2))
        place = _kernel_newton.PlaceOfNumbers(
            (weights, old, variances[0]), (counts, new, variances[1]), kind[2]
        )
        yield from _from_place(rng, place)


def _from_place(rng: random.Random, place: _kernel_newton.Place) -> Iterator[object]:
    """Its numbers, and a step from it."""
    yield place.coordinates, place.gradient
    step = place.preconditioned(place.gradient)
    fall = [rng.gauss(0.0, 1.0) for _ in step]
    curvature = abs(_kernel_newton.dot(step, fall))
    direction = _kernel_newton.ascent_direction(
        place, [_kernel_newton.Pair(step, fall, curvature)] * 3
    )
    yield step, direction, place.length(direction)
    yield place.moved(direction, 0.1 / place.length(direction))


if __name__ == "__main__":
    for line in digests():
        print(line)

"""Small problems for fits; how a test sees that a fit ended at a maximum, or was refused."""

import contextlib
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture
from refgmm.arithmetic import as_matrix, as_vector
from refgmm.em import e_step
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, Gain
from refgmm.structures import STRUCTURES

CONVERGED = [Gain(1e-11), Epochs(5000)]
EVERY_STRUCTURE = pytest.mark.parametrize("structure", list(STRUCTURES))
EVERY_DIMENSION = pytest.mark.parametrize("d", [1, 2, 3])

MORE_THAN_SUMS: list[tuple[dict[str, Any], str]] = [
    ({"history": "full"}, 'history="full"'),
    ({"sample_weights": [1.0] * 300}, "sample weights"),
    ({"missing": "keep"}, "missing values"),
    ({"equal_weights": True, "variance_floor": 0.1}, "equal weights and a variance floor"),
    ({"prior": ConjugatePrior()}, "a prior"),
    ({"component_restarts": 1}, "restarts of components"),
    ({"initialization": "random responsibilities"}, "random responsibilities"),
]
"""Options of a fit of 300 points that ask for more than sums, and what messages call them."""


@contextlib.contextmanager
def dask_client(workers: int) -> Iterator[Any]:
    """Of a cluster on this machine, with so many processes. Skips the test where there is no dask."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def cloud(d: int, n: int = 24, k: int = 2, seed: int = 1) -> list[Any]:
    """K clusters 3 apart, of different widths."""
    rng = random.Random(seed)
    rows = [
        tuple(3.0 * (i % k) + (1 + i % k) * rng.gauss(0, 0.7) for _ in range(d)) for i in range(n)
    ]
    return [x for (x,) in rows] if d == 1 else rows


def start(d: int, k: int = 2) -> Mixture[Any]:
    """Of every structure at once: equal weights, one spherical covariance."""
    weights = [1 / k] * k
    if d == 1:
        return Mixture.univariate(weights, [3.0 * j + 0.5 for j in range(k)], [2.0] * k)
    sphere = [[2.0 if a == b else 0.0 for b in range(d)] for a in range(d)]
    return Mixture.multivariate(weights, [[3.0 * j + 0.5] * d for j in range(k)], [sphere] * k)


def assert_never_falls(result: FitResult) -> None:
    """No epoch lowers what EM climbs, but for rounding: 64 ulp of the sum of n terms."""
    slack = 64 * math.ulp(max(abs(p.log_likelihood) for p in result.history))
    values = [progress.log_likelihood + progress.log_prior for progress in result.history]
    assert len(values) > 2
    for before, now in itertools.pairwise(values):
        assert now >= before - slack


# Maxima: steps that a constraint allows


def nudged_weights(mixture: Mixture[Any], free: Sequence[int], step: float) -> Iterator[Any]:
    """From every free weight to every other."""
    for a, b in itertools.permutations(free, 2):
        weights = list(mixture.weights)
        weights[a] += step
        weights[b] -= step
        if weights[b] > 0:
            yield Mixture.of_parameters(weights, mixture.means, mixture.covariances)


def nudged_means(mixture: Mixture[Any], free: Sequence[int], step: float) -> Iterator[Any]:
    """Every free mean along every coordinate, both ways."""
    for j in free:
        for a, sign in itertools.product(range(mixture.dimension or 1), (step, -step)):
            means = list(mixture.means)
            moved = [x + sign * (b == a) for b, x in enumerate(as_vector(means[j]))]
            means[j] = tuple(moved) if mixture.dimension else moved[0]
            yield Mixture.of_parameters(mixture.weights, means, mixture.covariances)


def directions(d: int, structure: str) -> Iterator[list[tuple[int, int]]]:
    """Entries of a covariance that a structure lets change together."""
    if structure.endswith("spherical"):
        yield [(a, a) for a in range(d)]
        return
    yield from ([(a, a)] for a in range(d))
    if structure in ("full", "tied"):
        yield from ([(a, b), (b, a)] for a in range(d) for b in range(a))


def nudged_covariances(
    mixture: Mixture[Any], free: Sequence[int], step: float, structure: str
) -> Iterator[Any]:
    """Every free covariance along every direction of its structure, both ways."""
    groups = [list(free)] if structure.startswith("tied") else [[j] for j in free]
    for group in filter(None, groups):
        for entries in directions(mixture.dimension or 1, structure):
            for sign in (step, -step):
                covariances = list(mixture.covariances)
                for j in group:
                    rows = [list(row) for row in as_matrix(covariances[j])]
                    for a, b in entries:
                        rows[a][b] += sign
                    covariances[j] = tuple(map(tuple, rows)) if mixture.dimension else rows[0][0]
                yield Mixture.of_parameters(mixture.weights, mixture.means, covariances)


def neighbours(mixture: Mixture[Any], structure: str, **fixed: Sequence[int]) -> Iterator[Any]:
    """All mixtures one small step away, but for what is fixed."""
    k = len(mixture.weights)
    free = {
        name: [j for j in range(k) if j not in fixed.get(name, ())]
        for name in ("weights", "means", "covariances")
    }
    step = 1e-3
    yield from nudged_weights(mixture, free["weights"], step)
    yield from nudged_means(mixture, free["means"], step)
    yield from nudged_covariances(mixture, free["covariances"], step, structure)


def assert_no_step_climbs(
    points: Sequence[Any],
    result: FitResult,
    around: Iterator[Mixture[Any]],
    log_prior: Callable[[Mixture[Any]], float] = lambda mixture: 0.0,
) -> None:
    """At a maximum, a step of 1e-3 in any one direction lowers the likelihood, times the prior."""

    def height(mixture: Mixture[Any]) -> float:
        e = e_step(points, mixture, result.point_weights)
        return e.log_likelihood + log_prior(mixture)

    summit = height(result.mixture)
    heights = [height(mixture) for mixture in around]
    assert heights
    assert max(heights) < summit


def refused(points: Any, begin: Any, **options: Any) -> tuple[str, str]:
    """Field and message of the error."""
    with pytest.raises(InvalidValueError) as caught:
        fit(points, begin, **options)
    return caught.value.field, str(caught.value)

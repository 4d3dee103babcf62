"""Where a fit starts that is only told how many components; restarts and seeds."""

import itertools
import math
import random
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from refgmm import InvalidValueError
from refgmm.arithmetic import as_matrix, as_vector
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.initialization import INITIALIZATIONS
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs

from .fits import EVERY_DIMENSION, EVERY_STRUCTURE, cloud
from .support import NOTE_POINTS

BY_CHANCE = [name for name in INITIALIZATIONS if name != "quantiles"]
EVERY_INITIALIZATION = pytest.mark.parametrize("initialization", INITIALIZATIONS)


def begin(points: Sequence[Any], k: int, initialization: str, **options: Any) -> FitResult:
    """The start alone."""
    return fit(points, k, initialization=initialization, stop=Epochs(0), **options)


def means(points: Sequence[Any], k: int, initialization: str, **options: Any) -> Any:
    return begin(points, k, initialization, **options).mixture.means


def test_the_table() -> None:
    """The names, and k-means++ as fit's default."""
    names = ("quantiles", "k-means++", "random points", "random responsibilities")
    assert names == INITIALIZATIONS
    plain = fit(cloud(2), 3, seed=4, stop=Epochs(0))
    assert plain == begin(cloud(2), 3, "k-means++", seed=4)


@EVERY_INITIALIZATION
@EVERY_DIMENSION
def test_the_same_seed_the_same_result(initialization: str, d: int) -> None:
    """Seed 7 is random.Random(7) is seed 7, bit for bit; and the default is seed 0."""
    options: Any = {"initialization": initialization, "stop": Epochs(3), "history": "full"}
    first = fit(cloud(d), 3, seed=7, **options)
    assert first == fit(cloud(d), 3, seed=7, **options)
    assert first == fit(cloud(d), 3, seed=random.Random(7), **options)
    assert fit(cloud(d), 3, **options) == fit(cloud(d), 3, seed=0, **options)


@pytest.mark.parametrize("initialization", BY_CHANCE)
@EVERY_DIMENSION
def test_different_seeds_differ(initialization: str, d: int) -> None:
    """Of ten seeds, some start elsewhere."""
    assert len({means(cloud(d), 3, initialization, seed=seed) for seed in range(10)}) > 3


def test_a_generator_goes_on() -> None:
    """Two fits with one random.Random draw different starts."""
    rng = random.Random(1)
    drawn = {means(cloud(1), 3, "random points", seed=rng) for _ in range(5)}
    assert len(drawn) > 1


@EVERY_DIMENSION
def test_quantiles_ignore_the_seed(d: int) -> None:
    """Nothing is drawn."""
    assert len({means(cloud(d), 3, "quantiles", seed=seed) for seed in range(5)}) == 1


# What each is


@pytest.mark.parametrize("initialization", ["quantiles", "k-means++", "random points"])
@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_weights_and_covariances_of_a_start(initialization: str, structure: str, d: int) -> None:
    """Weights 1/k; covariances that of all points, as far as the structure keeps it, over k^(2/d)."""
    points, k = cloud(d), 3
    mixture = begin(points, k, initialization, structure=structure).mixture
    assert mixture.weights == (1 / 3,) * 3
    columns = list(zip(*map(as_vector, points), strict=True))
    centred = [[x - statistics.fmean(column) for x in column] for column in columns]
    for covariance in mixture.covariances:
        rows = as_matrix(covariance)
        for a, b in itertools.product(range(d), repeat=2):
            entry = statistics.fmean(x * y for x, y in zip(centred[a], centred[b], strict=True))
            if a != b and structure not in ("full", "tied"):
                entry = 0.0
            elif "spherical" in structure:
                entry = statistics.fmean(statistics.fmean(x * x for x in c) for c in centred)
            assert rows[a][b] == pytest.approx(entry / k ** (2 / d), rel=1e-12, abs=1e-15)


def test_quantiles_in_one_dimension() -> None:
    """The mean of each third of the sorted points."""
    points = [5.0, 1.0, 9.0, 2.0, 6.0, 10.0]
    assert means(points, 3, "quantiles") == (1.5, 5.5, 9.5)


def test_quantiles_share_a_point_on_a_cut() -> None:
    """Five points in two groups: the middle one counts half in each."""
    points = [0.0, 1.0, 2.0, 4.0, 9.0]
    assert means(points, 2, "quantiles") == ((0 + 1 + 1) / 2.5, (1 + 4 + 9) / 2.5)


def test_quantiles_cut_along_the_longest_axis() -> None:
    """The group means lie one after the other on the axis, which here is a diagonal."""
    points = [(t + 0.1 * (i % 2), 2 * t - 0.1 * (i % 3)) for i, t in enumerate(range(12))]
    expected = [
        tuple(statistics.fmean(x[a] for x in points[low : low + 4]) for a in range(2))
        for low in (0, 4, 8)
    ]
    found = means(points[::-1], 3, "quantiles")
    for mean, own in zip(found, expected, strict=True):
        assert mean == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize("initialization", ["k-means++", "random points"])
def test_means_are_different_points(initialization: str) -> None:
    """Also where points repeat: k means, no two of them equal."""
    points = [1.0] * 8 + [2.0, 3.0]
    for seed in range(30):
        assert sorted(means(points, 3, initialization, seed=seed)) == [1.0, 2.0, 3.0]


def test_random_points_are_equally_likely() -> None:
    """Each different point is chosen as often as another, however often it repeats."""
    points = [1.0] * 8 + [2.0, 3.0, 4.0]
    rng = random.Random(0)
    counts = Counter(x for _ in range(2000) for x in means(points, 2, "random points", seed=rng))
    for x in (1.0, 2.0, 3.0, 4.0):  # 4 standard deviations of Binomial(2000, 1/2)
        assert abs(counts[x] - 1000) < 4 * math.sqrt(2000 / 4)


def test_k_means_plus_plus_draws_by_squared_distance() -> None:
    """Given 0, the next of 1 and 3 is drawn with 1 : 9, as often as each occurs."""
    points = [0.0, 1.0, 3.0]
    rng = random.Random(0)
    drawn = Counter(means(points, 2, "k-means++", seed=rng) for _ in range(3000))
    for first, others in (
        (0.0, {1.0: 1, 3.0: 9}),
        (1.0, {0.0: 1, 3.0: 4}),
        (3.0, {0.0: 9, 1.0: 4}),
    ):
        n = sum(count for pair, count in drawn.items() if pair[0] == first)
        assert abs(n - 1000) < 4 * math.sqrt(3000 * 2 / 9)
        for x, size in others.items():
            p = size / sum(others.values())
            assert abs(drawn[first, x] - n * p) < 4 * math.sqrt(n * p * (1 - p))


def test_k_means_plus_plus_knows_no_units() -> None:
    """Coordinates are scaled to variance 1: another unit of one changes no choice."""
    points = cloud(2)
    scaled = [(x, 1024 * y) for x, y in points]
    for seed in range(8):
        chosen = means(points, 3, "k-means++", seed=seed)
        assert means(scaled, 3, "k-means++", seed=seed) == tuple((x, 1024 * y) for x, y in chosen)


def test_random_responsibilities_are_uniform_on_the_simplex() -> None:
    """Of two components, a share of uniform distribution: mean 1/2, variance 1/12; M step first."""
    points = [0.0] + [1.0] * 3999
    result = begin(points, 2, "random responsibilities", seed=1)
    assert result.mixture.weights[0] == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / 4000))
    assert sum(result.mixture.weights) == pytest.approx(1, abs=1e-14)
    few = [begin([0.0, 1.0], 2, "random responsibilities", seed=s).mixture for s in range(400)]
    # of two points, component 1 has the shares u and v: weight (u + v) / 2, mean v / (u + v)
    shares = [2 * m.weights[0] * m.means[0] for m in few]
    assert statistics.fmean(shares) == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / 400))
    assert statistics.pvariance(shares) == pytest.approx(1 / 12, rel=0.2)


# Restarts


@pytest.mark.parametrize("initialization", BY_CHANCE)
def test_restarts_keep_the_best(initialization: str) -> None:
    """Every run is listed as it went; the highest log-likelihood is the result."""
    points = cloud(2, n=24, k=3)
    options: Any = {"initialization": initialization, "structure": "spherical", "stop": Epochs(6)}
    result = fit(points, 3, restarts=5, seed=3, **options)
    rng = random.Random(3)
    alone = [fit(points, 3, seed=rng, **options) for _ in range(5)]
    assert [run.log_likelihood for run in result.runs] == [one.log_likelihood for one in alone]
    assert len({run.log_likelihood for run in result.runs}) > 1
    best = max((one for one in alone if not one.degenerated), key=lambda one: one.log_likelihood)
    assert result.mixture == best.mixture
    assert result.log_likelihood == best.log_likelihood
    assert [run.number for run in result.runs] == [1, 2, 3, 4, 5]
    for run, one in zip(result.runs, alone, strict=True):
        assert (run.epochs, run.converged, run.degenerated, run.stopped_because) == (
            *(one.epochs, one.converged, one.degenerated, one.stopped_because),
        )


def test_restarts_compare_the_posterior_where_there_is_a_prior() -> None:
    """The best run is that with the highest log_likelihood + log_prior, not the former alone."""
    rng = random.Random(13)
    points = [round(rng.gauss(0, 1), 2) for _ in range(9)]
    options: Any = {"initialization": "random points", "restarts": 6, "seed": 13}
    result = fit(points, 2, prior=ConjugatePrior(), **options)
    sums = [run.log_likelihood + run.log_prior for run in result.runs]
    assert result.log_likelihood + result.log_prior == max(sums)
    assert result.log_likelihood < max(run.log_likelihood for run in result.runs) - 0.5


# What is refused


def test_an_unknown_name() -> None:
    """With those that there are."""
    with pytest.raises(InvalidValueError) as caught:
        fit(NOTE_POINTS, 2, initialization="kmeans")
    assert str(caught.value) == (
        "there is no initialization 'kmeans': choose one of quantiles, k-means++, random points and "
        "random responsibilities"
    )
    assert caught.value.field == "initialization"


@pytest.mark.parametrize("seed", ["1", 1.5, None, True, [1]])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    """Or a random.Random: no seed by the clock."""
    with pytest.raises(InvalidValueError) as caught:
        fit(NOTE_POINTS, 2, seed=seed)
    assert str(caught.value).startswith(
        f"seed must be a random.Random or a seed, a whole number from 0 on, got {seed!r}: "
    )
    assert caught.value.field == "seed"

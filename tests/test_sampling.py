"""Samples: which component, which point, from which seed.

Seeds are fixed, so that what passes once passes always; the bounds are four standard errors.
"""

import math
import random
import statistics
from fractions import Fraction
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, Sample, examples
from refgmm.gaussian import standard_normal

N = 10_000


class Constant(random.Random):
    """Not random at all: the same number every time."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


def test_the_numbers_of_a_seed_are_these() -> None:
    """To 12 digits, on every Python: random() is all that is used of random.Random."""
    line = examples.three_gaussians().sample(3, 2026)
    assert line.points == pytest.approx(
        (-5.178427548693, 3.095228072045, 0.187710644450), rel=0, abs=1e-12
    )
    assert line.components == (0, 2, 1)
    plane = examples.three_gaussians_in_the_plane().sample(2, 7)
    assert plane.points[0] == pytest.approx((3.666584651130, -0.502436667176), rel=0, abs=1e-12)
    assert plane.points[1] == pytest.approx((3.654692774449, -0.409411843128), rel=0, abs=1e-12)
    assert plane.components == (1, 1)


def test_a_sample_is_a_record_of_tuples() -> None:
    """Points and components by name or by place; of numbers, and of vectors."""
    sample = examples.three_gaussians().sample(5, 1)
    points, components = sample
    assert sample == Sample(points=points, components=components)
    assert (len(points), len(components)) == (5, 5)
    assert all(isinstance(x, float) for x in points)
    with pytest.raises(AttributeError):
        sample.points = ()  # type: ignore[misc]
    for x in examples.three_gaussians_in_the_plane().sample(5, 1).points:
        assert isinstance(x, tuple)
        assert len(x) == 2


def test_standard_normal_numbers_are() -> None:
    """No point of their empirical cdf is off by more than 1.63 / sqrt(n) (Kolmogorov, 1 percent)."""
    rng = random.Random(1)
    numbers = sorted(standard_normal(rng) for _ in range(N))
    normal = statistics.NormalDist()
    off = max(
        max(abs(normal.cdf(z) - i / N), abs(normal.cdf(z) - (i + 1) / N))
        for i, z in enumerate(numbers)
    )
    assert off < 1.63 / math.sqrt(N)


def test_components_come_as_often_as_their_weights_say() -> None:
    """The count of component j is n alpha_j within four standard errors, sqrt(n alpha_j (1 - alpha_j))."""
    mixture = Mixture.univariate([0.05, 0.6, 0.1, 0.25], [0, 1, 2, 3], [1] * 4)
    components = mixture.sample(N, 1).components
    for j, weight in enumerate(mixture.weights):
        error = math.sqrt(N * weight * (1 - weight))
        assert abs(components.count(j) - N * weight) < 4 * error


def test_points_come_from_their_components() -> None:
    """Component by component, mean and variance are the component's within four standard errors.

    The variance of n normal numbers has the standard error variance sqrt(2/n).
    """
    mixture = examples.three_gaussians()
    points, components = mixture.sample(N, 2)
    for j, component in enumerate(mixture.components):
        own = [x for x, drawn in zip(points, components, strict=True) if drawn == j]
        n = len(own)
        assert abs(statistics.fmean(own) - component.mean) < 4 * math.sqrt(component.variance / n)
        error = component.variance * math.sqrt(2 / n)
        assert abs(statistics.variance(own) - component.variance) < 4 * error


def test_far_apart_each_point_tells_its_component() -> None:
    """The component returned is the one whose mean is next, in 1 and in 3 dimensions."""
    means = [-1000, 0, 1000]
    line = Mixture.univariate([0.2, 0.5, 0.3], means, [1, 1, 1])
    for x, j in zip(*line.sample(500, 3), strict=True):
        assert abs(x - means[j]) < 10
    identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    space = Mixture.multivariate([0.2, 0.5, 0.3], [[m, -m, m] for m in means], [identity] * 3)
    points, components = space.sample(500, 3)
    assert set(components) == {0, 1, 2}
    for x, j in zip(points, components, strict=True):
        assert math.dist(x, space.means[j]) < 10


def test_three_dimensions_have_their_covariances() -> None:
    """Entry a, b of the sample's covariance is off by less than four standard errors,
    sqrt((S_aa S_bb + S_ab^2) / n); the means likewise.
    """
    covariance = [[4, 1.5, -1], [1.5, 2, 0.5], [-1, 0.5, 1]]
    mixture = Mixture.multivariate([1], [[1, 2, 3]], [covariance])
    points = mixture.sample(N, 4).points
    columns = list(zip(*points, strict=True))
    for a in range(3):
        error = math.sqrt(covariance[a][a] / N)
        assert abs(statistics.fmean(columns[a]) - (a + 1)) < 4 * error
        for b in range(3):
            error = math.sqrt(
                (covariance[a][a] * covariance[b][b] + covariance[a][b] * covariance[a][b]) / N
            )
            sampled = statistics.covariance(columns[a], columns[b])
            assert abs(sampled - covariance[a][b]) < 4 * error


def test_the_whole_has_the_mean_and_covariance_that_it_says() -> None:
    """Moments of a sample of a mixture in the plane are the mixture's, within 5 percent of its spread."""
    mixture = examples.three_gaussians_in_the_plane()
    columns = list(zip(*mixture.sample(N, 5).points, strict=True))
    for a in range(2):
        assert statistics.fmean(columns[a]) == pytest.approx(mixture.mean[a], abs=0.08)
        for b in range(2):
            sampled = statistics.covariance(columns[a], columns[b])
            assert sampled == pytest.approx(mixture.covariance[a][b], abs=0.2)


def test_d_is_1_as_numbers_and_as_vectors() -> None:
    """A vector of one coordinate is drawn like a number."""
    numbers = Mixture.univariate([0.5, 0.5], [-3, 3], [1, 4]).sample(20, 6)
    vectors = Mixture.multivariate([0.5, 0.5], [[-3], [3]], [[[1]], [[4]]]).sample(20, 6)
    assert vectors.points == tuple((x,) for x in numbers.points)
    assert vectors.components == numbers.components


@pytest.mark.parametrize("u", [0.0, 0.25, 0.5, 0.75, 1 - 2.0**-53])
@pytest.mark.parametrize(
    "weights", [(0, 1), (1, 0), (0, 0.5, 0, 0.5, 0), (0.3333333333,) * 3 + (0,), (0.1,) * 10]
)
def test_a_component_of_weight_0_is_never_drawn(u: float, weights: tuple[float, ...]) -> None:
    """Not even by the first and the last number that random() can give."""
    k = len(weights)
    mixture = Mixture.univariate(weights, range(k), [1] * k)
    (j,) = mixture.sample(1, Constant(u)).components
    assert weights[j] > 0
    if u == 0.0:
        assert j == next(j for j, weight in enumerate(weights) if weight > 0)
    if u > 0.9:
        assert j == max(j for j, weight in enumerate(weights) if weight > 0)


def test_seeds() -> None:
    """The same seed gives the same, another gives another; a seed is a generator that starts there."""
    mixture = examples.three_gaussians()
    assert mixture.sample(10, 1) == mixture.sample(10, 1) == mixture.sample(10, random.Random(1))
    assert mixture.sample(10, 1) != mixture.sample(10, 2)


def test_a_generator_moves_on() -> None:
    """Two samples from one generator differ; one after the other, they are one of both lengths."""
    mixture, rng = examples.three_gaussians(), random.Random(1)
    first, second = mixture.sample(10, rng), mixture.sample(5, rng)
    assert first.points[:5] != second.points
    assert first.points + second.points == mixture.sample(15, 1).points
    assert first.components + second.components == mixture.sample(15, 1).components


def test_what_others_drew_before_changes_nothing_but_the_start() -> None:
    """gauss() keeps a number for next time; no point here depends on it, nor on the global generator."""
    rng = random.Random(1)
    rng.gauss()
    state = rng.getstate()
    mixture = examples.three_gaussians()
    drawn = mixture.sample(3, rng)
    rng.setstate((state[0], state[1], None))
    assert mixture.sample(3, rng) == drawn
    before = random.getstate()
    mixture.sample(3, 1)
    assert random.getstate() == before


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (0, "0"),
        (-1, "-1"),
        (2.0, "2.0"),
        ("3", "'3'"),
        (None, "None"),
        (True, "True"),
        (Fraction(2), "Fraction(2, 1)"),
    ],
)
def test_how_many_is_a_whole_number_from_1_on(n: Any, shown: str) -> None:
    """A float is refused, also where it is whole."""
    with pytest.raises(InvalidValueError) as caught:
        examples.three_gaussians().sample(n, 1)
    message = f"n must be a whole number from 1 on, got {shown}: give a number such as 1000"
    assert str(caught.value) == message
    assert caught.value.field == "n"


@pytest.mark.parametrize(
    ("rng", "shown"),
    [
        (None, "None"),
        (-1, "-1"),
        (1.0, "1.0"),
        ("1", "'1'"),
        (True, "True"),
        (random, repr(random)),
    ],
)
def test_randomness_is_asked_for(rng: Any, shown: str) -> None:
    """There is no default, for nobody could draw the same sample again; and -1 would be 1."""
    with pytest.raises(InvalidValueError) as caught:
        examples.three_gaussians().sample(10, rng)
    assert str(caught.value) == (
        "rng must be a random.Random or a seed, a whole number from 0 on, got "
        f"{shown if len(shown) <= 40 else shown[:37] + '...'}: "
        "give a seed such as 1, so that the same points can be drawn again"
    )
    assert caught.value.field == "rng"

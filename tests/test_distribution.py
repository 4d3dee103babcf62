"""The mixture as a distribution: cdf, survival and quantiles in one dimension, mean and covariance."""

import decimal
import itertools
import math
import random
import statistics
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import Gaussian, InvalidValueError, Mixture, examples
from refgmm.oracle import correct_digits
from refgmm.validation import cut

from . import normal_truth
from .support import U, note_start

BIMODAL = Mixture.univariate([0.5, 0.5], [-1000, 1000], [1, 1])
MIXTURES = {
    "standard": Mixture.univariate([1], [0], [1]),
    "shifted": Mixture.univariate([1], [1e6], [1e-3]),
    "note": note_start(),
    "three": examples.three_gaussians(),
    "one centre": Mixture.univariate([0.3, 0.7], [0, 0], [1, 7]),
    "narrow in broad": Mixture.univariate([0.01, 0.99], [0.3, 0], [1e-10, 4]),
    "tenths": Mixture.univariate([0.1] * 10, range(10), [1] * 10),
    "rounded by hand": Mixture.univariate([0.3333333333] * 3, [-2, 0, 5], [1, 2, 3]),
    "weight 0": Mixture.univariate([0, 1, 0], [-50, 0, 50], [1, 1, 1]),
    "far apart": BIMODAL,
}
PROBABILITIES = [1e-300, 1e-20, 1e-3, 0.2, 0.4999999, 0.5, 0.5000001, 0.7, 0.999, 1 - 1e-10, 1 - U]

any_mixture = pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES.keys())

mixtures = st.lists(
    st.tuples(
        st.floats(0.01, 1), st.floats(-100, 100), st.floats(1e-4, 1e4)
    ),  # weight, mean, variance
    min_size=1,
    max_size=4,
).map(
    lambda rows: Mixture.univariate(
        [weight / math.fsum(row[0] for row in rows) for weight, _, _ in rows],
        [mean for _, mean, _ in rows],
        [variance for _, _, variance in rows],
    )
)


# cdf and survival


@any_mixture
def test_cdf_and_survival_have_12_digits(mixture: Mixture[Gaussian]) -> None:
    """At 37 sigma below and above, where they are 1e-300, as everywhere else.

    z is off by 2 u of its size, so the tail by 2 z^2 u, 3e-13 at 37 sigma, and erfc adds its own.
    """
    for component, z in itertools.product(mixture.components, (-37, -8, -1, -0.01, 0, 0.3, 5, 37)):
        x = component.mean + z * math.sqrt(component.variance)
        truth = normal_truth.cdf(mixture, Decimal(x))
        assert correct_digits(mixture.cdf(x), truth) >= 12
        with decimal.localcontext(normal_truth.WIDE):
            rest = 1 - truth
        assert correct_digits(mixture.survival(x), rest) >= 12


def test_the_truth_is_the_published_one() -> None:
    """The series gives what statistics.NormalDist, of the standard library, gives."""
    for z in (-3.0, -0.5, 0.0, 1.25, 4.0):
        expected = statistics.NormalDist().cdf(z)
        assert float(normal_truth.standard_cdf(Decimal(z))) == pytest.approx(expected, rel=1e-12)


def test_cdf_is_the_integral_of_the_density() -> None:
    """Simpson's rule between two values gives what the cdf grows by."""
    mixture = examples.three_gaussians()
    low, high, n = -5.0, 4.0, 2000
    h = (high - low) / n
    heights = [mixture.density(low + i * h) for i in range(n + 1)]
    counts = [1, *[4, 2] * (n // 2 - 1), 4, 1]
    area = math.fsum(map(float.__mul__, map(float, counts), heights)) * h / 3
    assert mixture.cdf(high) - mixture.cdf(low) == pytest.approx(area, rel=1e-10)


def test_the_mirror_image_swaps_the_tails() -> None:
    """cdf(x) of a mixture is survival(-x) of its mirror image, bit for bit."""
    mixture = examples.three_gaussians()
    mirrored = Mixture.univariate(
        mixture.weights, [-mean for mean in mixture.means], mixture.covariances
    )
    for x in (-40.0, -4.0, -0.1, 0.0, 2.5, 30.0):
        assert mixture.cdf(x) == mirrored.survival(-x)


def test_a_cdf_begins_at_0_and_ends_at_1() -> None:
    """Exactly, also where the weights sum to 0.9999999999999999."""
    for mixture in MIXTURES.values():
        assert (mixture.cdf(-1e75), mixture.cdf(1e75)) == (0.0, 1.0)
        assert (mixture.survival(-1e75), mixture.survival(1e75)) == (1.0, 0.0)


def test_one_component_is_the_standard_librarys_normal_distribution() -> None:
    """K = 1: cdf and quantile are those of statistics.NormalDist to 12 digits."""
    other = statistics.NormalDist(mu=1, sigma=1.5)
    mixture = Mixture.univariate([1], [1], [2.25])
    for x in (-2.0, 0.1, 1.0, 4.75):
        assert mixture.cdf(x) == pytest.approx(other.cdf(x), rel=1e-12)
        assert mixture.components[0].cdf(x) == mixture.cdf(x)
    for p in (1e-10, 0.1, 0.5, 0.75, 0.9999):
        assert mixture.quantile(p) == pytest.approx(other.inv_cdf(p), rel=1e-12)


# quantiles


@any_mixture
@pytest.mark.parametrize("p", PROBABILITIES)
def test_quantiles_are_right_to_four_ulp(mixture: Mixture[Gaussian], p: float) -> None:
    """Four ulp below, the true cdf is at most p; four ulp above, at least. An ulp is that of
    the quantile, or of the largest mean.
    """
    x = mixture.quantile(p)
    step = Decimal(4 * math.ulp(max(abs(x), *(abs(mean) for mean in mixture.means))))
    below = normal_truth.cdf(mixture, Decimal(x) - step)
    above = normal_truth.cdf(mixture, Decimal(x) + step)
    assert below <= Decimal(p) <= above


@given(mixtures, st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), min_size=2))
@settings(max_examples=50, deadline=None)
def test_a_larger_p_never_has_a_smaller_quantile(
    mixture: Mixture[Gaussian], probabilities: list[float]
) -> None:
    """Quantiles ascend with p, also between neighbouring doubles."""
    probabilities = [0.5, *probabilities]
    close = [math.nextafter(p, 1) for p in probabilities]
    ascending = sorted(p for p in probabilities + close if p < 1)
    quantiles = [mixture.quantile(p) for p in ascending]
    assert quantiles == sorted(quantiles)


@given(mixtures, st.floats(-3, 3), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_the_quantile_of_the_cdf_is_where_one_was(
    mixture: Mixture[Gaussian], z: float, number: int
) -> None:
    """quantile(cdf(x)) is x within four ulp and what the rounding of the cdf explains: 60 u of
    itself, divided by the density.
    """
    component = mixture.components[number % len(mixture.components)]
    x = component.mean + z * math.sqrt(component.variance)
    p = mixture.cdf(x)
    explained = 60 * U * p / mixture.density(x)
    largest = max(abs(x), *(abs(mean) for mean in mixture.means))
    assert abs(mixture.quantile(p) - x) <= 4 * math.ulp(largest) + explained


@any_mixture
@pytest.mark.parametrize("p", PROBABILITIES)
def test_the_cdf_of_the_quantile_is_p(mixture: Mixture[Gaussian], p: float) -> None:
    """To 12 digits, and in the upper tail 1 - p is the survival, but for what the rounding of x
    moves: four ulp of it times the density.
    """
    x = mixture.quantile(p)
    moved = mixture.density(x) * 4 * math.ulp(x)
    if p <= 0.5:
        assert abs(mixture.cdf(x) - p) <= 1e-12 * p + moved
    else:
        assert abs(mixture.survival(x) - (1 - p)) <= 1e-12 * (1 - p) + moved


def test_between_components_far_apart() -> None:
    """In a gap where the cdf is 0.5 in doubles, the quantile is where the tails are in balance.

    (30 - x)/2 sigmas above is as far as x + 30 below at x = -10. Where both tails are 0 in
    doubles, the middle is taken.
    """
    assert Mixture.univariate([0.5, 0.5], [-30, 30], [1, 4]).quantile(0.5) == -10.0
    assert Mixture.univariate([0.5, 0.5], [-30, 30], [1, 1]).quantile(0.5) == 0.0
    assert BIMODAL.quantile(0.5) == pytest.approx(0.0, abs=1e-9)
    assert BIMODAL.quantile(0.25) == -1000.0
    assert BIMODAL.quantile(0.75) == 1000.0
    assert BIMODAL.quantile(math.nextafter(0.5, 0)) == pytest.approx(-991.79, abs=0.01)
    assert BIMODAL.quantile(math.nextafter(0.5, 1)) == pytest.approx(991.79, abs=0.2)


def test_the_median_of_a_symmetric_mixture_is_its_centre() -> None:
    """Exactly, and 0 is not -0."""
    assert repr(Mixture.univariate([1], [0], [1]).quantile(0.5)) == "0.0"
    assert Mixture.univariate([0.5, 0.5], [-1, 1], [3, 3]).quantile(0.5) == 0.0
    three_to_one = Mixture.univariate([0.25] * 4, [-900, -600, -30, 30], [1] * 4)
    assert repr(three_to_one.quantile(0.75)) == "0.0"
    assert Mixture.univariate([0.25, 0.5, 0.25], [6, 7, 8], [1, 2, 1]).quantile(0.5) == 7.0


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (0, "0"),
        (1.0, "1.0"),
        (-0.5, "-0.5"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        ("0.5", "'0.5'"),
        (True, "True"),
        (None, "None"),
        (Fraction(10**400), cut(repr(Fraction(10**400)))),
    ],
)
def test_no_quantile_outside_0_and_1(p: Any, shown: str) -> None:
    """The message says what p may be."""
    with pytest.raises(InvalidValueError) as caught:
        note_start().quantile(p)
    assert str(caught.value) == (
        f"p must lie between 0 and 1, got {shown}: give a probability such as 0.5; "
        "0 and 1 have no quantile, for a Gaussian never ends"
    )
    assert caught.value.field == "p"


# mean and covariance


def exactly(mixture: Mixture[Any]) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Mean and covariance of the whole as fractions: E[x] and E[x x^T] - E[x] E[x]^T."""
    total = sum(map(Fraction, mixture.weights))
    weights = [Fraction(weight) / total for weight in mixture.weights]
    univariate = mixture.dimension is None
    means = [[m] if univariate else m for m in mixture.means]
    covariances = [[[c]] if univariate else c for c in mixture.covariances]
    axes = range(len(means[0]))
    first = [
        sum((w * Fraction(m[a]) for w, m in zip(weights, means, strict=True)), Fraction(0))
        for a in axes
    ]
    second = [
        [
            sum(
                (
                    w * (Fraction(c[a][b]) + Fraction(m[a]) * Fraction(m[b]))
                    for w, m, c in zip(weights, means, covariances, strict=True)
                ),
                -first[a] * first[b],
            )
            for b in axes
        ]
        for a in axes
    ]
    return first, second


@any_mixture
def test_mean_and_variance_are_exact_to_14_digits(mixture: Mixture[Gaussian]) -> None:
    """Against fractions; a mean that is 0 is so within u times the largest of the means."""
    (mean,), ((variance,),) = exactly(mixture)
    largest = max(map(abs, mixture.means))
    assert abs(mixture.mean - mean) <= 8 * U * largest
    assert mixture.variance == pytest.approx(float(variance), rel=1e-14)
    assert mixture.covariance == mixture.variance
    assert isinstance(mixture.mean, float)


def test_mean_and_covariance_of_vectors_are_exact_to_14_digits() -> None:
    """The covariance has a part within the components and a part between them."""
    mixture = examples.three_gaussians_in_the_plane()
    mean, covariance = exactly(mixture)
    assert mixture.mean == pytest.approx([float(entry) for entry in mean], rel=1e-14)
    for row, exact in zip(mixture.covariance, covariance, strict=True):
        assert row == pytest.approx([float(entry) for entry in exact], rel=1e-14)


def test_the_variance_far_from_0_is_that_near_it() -> None:
    """Moving all means by 1e8 changes no digit: E[x^2] - E[x]^2 would lose them all."""
    near = Mixture.univariate([0.25, 0.75], [0, 4], [1, 2])
    far = Mixture.univariate([0.25, 0.75], [1e8, 1e8 + 4], [1, 2])
    assert (near.variance, far.variance) == (4.75, 4.75)
    assert far.mean == 1e8 + 3


# which dimension


@pytest.mark.parametrize(
    ("asked", "call"),
    [
        ("a cdf", lambda mixture: mixture.cdf(0.5)),
        ("a survival function", lambda mixture: mixture.survival(0.5)),
        ("a quantile", lambda mixture: mixture.quantile(0.5)),
        ("a variance", lambda mixture: mixture.variance),
    ],
)
def test_one_dimension_only(asked: str, call: Callable[[Mixture[Any]], float]) -> None:
    """Where points are vectors, the error says what has one dimension; and that does."""
    mixture = examples.three_gaussians_in_the_plane()
    with pytest.raises(InvalidValueError) as caught:
        call(mixture)
    assert str(caught.value) == (
        f"{asked} is for one dimension, and the points of this mixture have 2 coordinates: "
        "take marginal(0), say, which has one"
    )
    assert math.isfinite(call(mixture.marginal(0)))


@pytest.mark.parametrize("name", ["density", "log_density", "responsibilities"])
def test_a_point_may_be_a_list(name: str) -> None:
    """A list, a generator of a row, ints: as a tuple of floats would."""
    ask = getattr(examples.three_gaussians_in_the_plane(), name)
    assert ask([1, 2]) == ask((1.0, 2.0)) == ask(iter([1, 2]))
    univariate = getattr(note_start(), name)
    assert univariate(1) == univariate(Fraction(1)) == univariate(1.0)


@pytest.mark.parametrize("name", ["density", "log_density", "responsibilities"])
@pytest.mark.parametrize(
    ("vectors", "x", "message"),
    [
        (True, 1, "the point has one number, and the means of the mixture 2 coordinates"),
        (True, [1], "the point has 1 coordinate, and the means of the mixture 2 coordinates"),
        (
            True,
            (1, 2, 3),
            "the point has 3 coordinates, and the means of the mixture 2 coordinates",
        ),
        (False, [1, 2], "the point has 2 coordinates, and the means of the mixture one number"),
        (False, (1.0,), "the point has 1 coordinate, and the means of the mixture one number"),
    ],
)
def test_a_point_of_another_dimension_is_refused(
    name: str, vectors: bool, x: Any, message: str
) -> None:
    """In words, not by a TypeError from within."""
    mixture = examples.three_gaussians_in_the_plane() if vectors else note_start()
    with pytest.raises(InvalidValueError) as caught:
        getattr(mixture, name)(x)
    assert str(caught.value) == message + ": give both the same dimension"
    assert caught.value.field == "points"


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1, math.nan], "coordinate 2 of point must be a finite number, got nan"),
        ([1, "2"], "coordinate 2 of point must be a number, got '2'"),
        ([], "the point has 0 coordinates, and the means of the mixture 2 coordinates"),
        ("12", "point must be a number, got '12'"),
        (None, "point must be a number, got None"),
    ],
)
def test_what_is_no_point_is_refused(x: Any, message: str) -> None:
    """With the coordinate that is to blame."""
    with pytest.raises(InvalidValueError) as caught:
        examples.three_gaussians_in_the_plane().density(x)
    assert str(caught.value).startswith(message)


def test_random_quantiles_are_a_sample() -> None:
    """Quantiles of uniform numbers have the mixture's mean, within four standard errors."""
    mixture, rng, n = examples.three_gaussians(), random.Random(1), 1000
    points = [mixture.quantile(rng.random()) for _ in range(n)]
    assert abs(math.fsum(points) / n - mixture.mean) < 4 * math.sqrt(mixture.variance / n)

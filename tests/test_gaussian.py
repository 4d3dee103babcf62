"""One Gaussian: its density, the note's density, the logarithm."""

import dataclasses
import math
import statistics
from fractions import Fraction

import pytest

from refgmm import Gaussian, InvalidValueError, MultivariateGaussian, oracle
from refgmm.oracle import correct_digits


@pytest.mark.parametrize(("mean", "variance"), [(0, 1), (1, 2), (-3.5, 0.01), (1e6, 1e-3)])
@pytest.mark.parametrize("z", [-5, -1.5, -0.25, 0, 1, 3])
def test_all_three_agree_with_the_oracle(mean: float, variance: float, z: float) -> None:
    """Density, log density and standard density have 13 correct digits within 5 sigma.

    Exponents of at most 12.5 are off by 50 u = 6e-15 of the result (u = 2^-53).
    """
    gaussian = Gaussian(mean, variance)
    x = mean + z * math.sqrt(variance)
    truth = oracle.epoch([x], [1], [mean], [variance])
    assert correct_digits(gaussian.density(x), truth.densities[0][0]) >= 13
    assert correct_digits(gaussian.log_density(x), truth.log_evidence[0]) >= 13
    assert correct_digits(gaussian.standard_density(x), truth.standard_densities[0][0]) >= 13


@pytest.mark.parametrize("z", [36, 37.5, 38.3, 40, 45])
@pytest.mark.parametrize("variance", [1e-150, 1e-60, 1e-12])
def test_far_densities_of_a_small_variance_keep_their_digits(variance: float, z: float) -> None:
    """exp(-z^2/2) alone is no precise double there; divided by a small sigma it is one.

    Exponents of up to 1100 are off by 4 * 1100 u = 5e-13 of the result.
    """
    x = z * math.sqrt(variance)
    truth = oracle.epoch([x], [1], [0], [variance]).densities[0][0]
    if truth > 2.0**-960:
        assert correct_digits(Gaussian(0, variance).density(x), truth) >= 12
    else:
        assert Gaussian(0, variance).density(x) < 2.0**-959


def test_density_agrees_with_the_standard_library() -> None:
    """statistics.NormalDist, an implementation of its own, gives the same to 14 digits."""
    other = statistics.NormalDist(mu=1, sigma=1.5)
    for x in (-2.0, 0.1, 1.0, 4.75):
        assert Gaussian(1, 2.25).density(x) == pytest.approx(other.pdf(x), rel=1e-14)


def test_density_is_one_quotient() -> None:
    """exp(...) / sqrt(...) and no factor in front: PUBLISHED.md, of which digits depend on it."""
    gaussian = Gaussian(1.1, 2.3)
    for x in (0.9, 0.7, 1.2, 2.4, 1.8, 3.3):
        exponent = -((x - 1.1) * (x - 1.1)) / (2 * 2.3)
        assert gaussian.density(x) == math.exp(exponent) / math.sqrt(2 * math.pi * 2.3)


def test_density_is_symmetric_and_highest_at_the_mean() -> None:
    """g(mean + d) = g(mean - d) < g(mean)."""
    gaussian = Gaussian(1, 2)
    assert gaussian.density(1.5) == gaussian.density(0.5) < gaussian.density(1)


def test_density_integrates_to_1() -> None:
    """The trapezoid rule over 9 sigma gives 1: it converges geometrically for a Gaussian."""
    gaussian = Gaussian(0.3, 4)
    assert math.fsum(gaussian.density(0.3 + t / 4) / 4 for t in range(-72, 73)) == pytest.approx(1)


def test_standard_density_is_sigma_times_density() -> None:
    """phi(z) = sigma g(x): the factor that the note's table leaves out."""
    gaussian = Gaussian(1, 4)
    assert gaussian.standard_density(2.5) == pytest.approx(2 * gaussian.density(2.5), rel=1e-15)


def test_far_away_the_density_underflows_and_its_logarithm_does_not() -> None:
    """At 1e6 sigma: density 0, logarithm -(1e12 + ln 2 pi)/2; at the limits it is finite, too."""
    gaussian = Gaussian(0, 1)
    assert gaussian.density(1e6) == 0.0
    assert gaussian.log_density(1e6) == pytest.approx(-(1e12 + math.log(2 * math.pi)) / 2, abs=1e-4)
    assert gaussian.standard_density(1e6) == 0.0
    assert math.isfinite(Gaussian(-1e75, 1e-150).log_density(1e75))
    assert Gaussian(-1e75, 1e-150).standard_density(1e75) == 0.0


def test_the_density_at_nan_is_nan() -> None:
    """In one dimension and in two: neither 0 nor infinite."""
    nan = float("nan")
    plane = MultivariateGaussian((0.0, 0.0), ((1.0, 0.0), (0.0, 1.0)))
    for found in (Gaussian(0, 1).density(nan), plane.density((nan, 1.0))):
        assert math.isnan(found)


def test_values_become_floats_and_stay() -> None:
    """Ints and Fractions are taken as floats; the value can't change afterwards."""
    gaussian = Gaussian(mean=1, variance=Fraction(1, 4))  # type: ignore[arg-type]
    assert repr(gaussian) == "Gaussian(mean=1.0, variance=0.25)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        gaussian.mean = 2.0  # type: ignore[misc]


def test_repr_reads_back() -> None:
    """eval(repr(g)) == g, to the last bit."""
    gaussian = Gaussian(1.3065753725700628, 0.3510142879511143)
    assert eval(repr(gaussian)) == gaussian


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
def test_log_density_refuses_what_is_no_number(x: float) -> None:
    """A nan or an infinite x has no log density."""
    message = f"point must be a finite number, got {x!r}: correct it or leave it out"
    with pytest.raises(InvalidValueError) as caught:
        Gaussian(0, 1).log_density(x)
    assert str(caught.value) == message

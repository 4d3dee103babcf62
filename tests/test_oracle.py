"""The oracle against values that are known from elsewhere, then the core against the oracle."""

import dataclasses
import decimal
import itertools
import math
import statistics
from decimal import Decimal
from fractions import Fraction

import pytest

from refgmm import Mixture, iterate, oracle
from refgmm.oracle import PI, correct_digits

from .support import (
    NOTE_POINTS,
    WIDE,
    assert_agrees,
    assert_close,
    note_start,
    reference_epoch,
    trace_fields,
)


def arctan_of_inverse(x: int) -> Decimal:
    """arctan(1/x) by its power series."""
    result, power, n = Decimal(0), Decimal(1) / x, 1
    while power > Decimal("1e-95"):
        result += power / n if n % 4 == 1 else -power / n
        power /= x * x
        n += 2
    return result


def test_pi() -> None:
    """PI agrees with Machin's formula, pi/4 = 4 arctan(1/5) - arctan(1/239), to 80 digits."""
    with decimal.localcontext(prec=100):
        machin = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))
        assert abs(machin - PI) < Decimal("1e-79")


@pytest.mark.parametrize(
    ("z", "published"),
    [
        (0, "0.398942280401433"),
        (1, "0.241970724519143"),
        (2, "0.053990966513188"),
        (3, "0.004431848411938"),
    ],
)
def test_standard_normal_density(z: int, published: str) -> None:
    """phi(z) agrees with Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1."""
    result = oracle.epoch([z], [1], [0], [1])
    for density in (result.standard_densities[0][0], result.densities[0][0], result.evidence[0]):
        assert round(density, 15) == Decimal(published)


def test_log_density_at_the_mean() -> None:
    """ln phi(0) is -ln(2 pi)/2, to the 30 digits of https://oeis.org/A075700."""
    result = oracle.epoch([0], [1], [0], [1])
    assert str(result.log_evidence[0]).startswith("-0.918938533204672741780329736405")
    assert result.log_likelihood == result.log_evidence[0]


def test_density_at_the_mean() -> None:
    """phi(0) is 1/sqrt(2 pi), to the 30 digits of https://oeis.org/A231863."""
    result = oracle.epoch([0], [1], [0], [1])
    assert str(result.densities[0][0]).startswith("0.398942280401432677939946059934")


def test_identical_components_have_a_rational_answer() -> None:
    """Where components are identical, everything but the densities is rational, known exactly."""
    x = [1.0, 2.0, 4.5]
    result = oracle.epoch(x, [0.25, 0.75], [1, 1], [2, 2])
    mean = sum(map(Fraction, x), Fraction(0)) / 3
    squares = ((Fraction(value) - mean) * (Fraction(value) - mean) for value in x)
    variance = sum(squares, Fraction(0)) / 3
    for j, weight in enumerate([Fraction(1, 4), Fraction(3, 4)]):
        known: list[tuple[Decimal, Fraction]] = [
            (result.responsibilities[0][j], weight),
            (result.effective_counts[j], 3 * weight),
            (result.means[j], mean),
            (result.variances[j], variance),
            (result.weights[j], weight),
            (result.weighted_points[2][j], weight * Fraction(9, 2)),
            (result.weighted_squared_deviations[0][j], weight * (1 - mean) * (1 - mean)),
        ]
        for computed, exact in known:
            assert abs(Fraction(computed) - exact) <= Fraction(1, 10**47)


@pytest.mark.parametrize("x", [-3.25, 0.1, 1.0, 2.5, 7.0])
def test_density_agrees_with_another_implementation(x: float) -> None:
    """The density agrees with statistics.NormalDist, which is in doubles, to 14 digits."""
    result = oracle.epoch([x], [1], [1], [2.25])
    density = statistics.NormalDist(mu=1, sigma=1.5).pdf(x)
    assert correct_digits(density, result.densities[0][0]) >= 14


def test_far_points_do_not_underflow() -> None:
    """At 1e6 sigma, where a double has long been 0, the oracle has a density."""
    result = oracle.epoch([1e6], [1], [0], [1])
    assert result.densities[0][0] > 0
    assert str(result.log_evidence[0]).startswith("-500000000000.9189385332046727")


def test_distance_and_log_determinant() -> None:
    """In one dimension they are |x - mu| / sigma and ln sigma^2."""
    result = oracle.epoch([1, 5], [1], [2], [2.25])
    assert_close(result.mahalanobis_distances[0][0], Fraction(2, 3))
    assert_close(result.mahalanobis_distances[1][0], Fraction(2))
    with decimal.localcontext(WIDE):
        assert_close(result.log_determinants[0], Decimal("2.25").ln())


def test_shared_variance() -> None:
    """Every component gets sum_j S_j / n; nothing else of the epoch changes."""
    own = oracle.epoch(NOTE_POINTS, [0.25, 0.75], [1, 2], [2, 3])
    shared = oracle.epoch(NOTE_POINTS, [0.25, 0.75], [1, 2], [2, 3], shared_variance=True)
    pooled = sum(map(Fraction, own.weighted_squared_deviation_sums), Fraction(0)) / 5
    for variance in shared.variances:
        assert_close(variance, pooled)
    assert own.variances[0] != own.variances[1]
    assert dataclasses.replace(shared, variances=own.variances) == own


def test_fields_are_those_of_the_trace() -> None:
    """The oracle computes every field of the trace under the same name, in any dimension."""
    assert set(oracle.OracleEpoch.__slots__) == trace_fields()
    assert set(oracle.OracleMultivariateEpoch.__slots__) == trace_fields(dimension=2)


@pytest.mark.parametrize(
    ("value", "reference", "digits"),
    [
        (0.0, "0", math.inf),
        (1e-20, "0", 20.0),
        (-1e-20, "0", 20.0),
        (0.5, "0.5", math.inf),
        (-2.0, "-2", math.inf),
        (0.101, "0.1", 2.0),
        (99.0, "100", 2.0),
        (-99.0, "-100", 2.0),
        (0.0, "5", 0.0),
        (-5.0, "5", -math.log10(2)),
        (math.nan, "1", -math.inf),
        (math.inf, "1", -math.inf),
        (-math.inf, "0", -math.inf),
        (math.nan, "0", -math.inf),
    ],
)
def test_correct_digits(value: float, reference: str, digits: float) -> None:
    """correct_digits is -log10 of the relative error; absolute where the reference is 0."""
    assert correct_digits(value, Decimal(reference)) == pytest.approx(digits, rel=1e-12)


def test_correct_digits_of_neighbours() -> None:
    """A double that is one unit in the last place off has 15.65 correct digits at 1."""
    assert correct_digits(1 + 2.0**-52, Decimal(1)) == pytest.approx(52 * math.log10(2))


def test_the_contexts_precision_does_not_matter() -> None:
    """The caller's decimal context changes neither the oracle nor correct_digits."""
    usual = reference_epoch(NOTE_POINTS, note_start())
    with decimal.localcontext(prec=3):
        assert reference_epoch(NOTE_POINTS, note_start()) == usual
        assert correct_digits(1.3065753725700628, usual.means[0]) > 15


def test_worked_example_agrees_on_every_field() -> None:
    """Every number of ten epochs of the worked example has 13 correct digits."""
    for epoch in itertools.islice(iterate(NOTE_POINTS, note_start()), 10):
        assert_agrees(NOTE_POINTS, epoch, reference_epoch(NOTE_POINTS, epoch.before))


def test_three_components_agree_on_every_field() -> None:
    """Three components with unequal weights and variances have 13 correct digits as well."""
    points = [0.5, 1.25, 2.0, 3.75, 5.5, 6.0, 8.25]
    start = Mixture.univariate([0.2, 0.5, 0.3], [1, 4, 7], [2, 3, 1.5])
    for epoch in itertools.islice(iterate(points, start), 3):
        assert_agrees(points, epoch, reference_epoch(points, epoch.before))


def test_the_oracle_refuses_parameters_that_dont_belong_together() -> None:
    """Surplus means are not ignored."""
    with pytest.raises(ValueError, match="of the same number"):
        oracle.epoch([1], [0.5], [0, 1], [1, 1])

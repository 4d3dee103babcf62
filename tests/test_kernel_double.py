"""Numbers of two doubles: within their error of 50 decimals, and the same doubles once rounded."""

import decimal
import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refgmm import cholesky
from refgmm._kernel_double import (
    Double,
    decomposed,
    factor,
    log,
    log_determinant,
    lost,
    nearest,
    squared_distances,
)
from refgmm.arithmetic import Matrix
from refgmm.cholesky import Factor, factorised, rounded
from refgmm.linear_algebra import NotPositiveDefiniteError

from .spaces import random_covariance
from .support import WIDE

DECIMALS = Decimal("1e-44")  # what 50 digits may lose in a few hundred operations, relative


def in_decimals(value: Double) -> Decimal:
    """high + low."""
    with decimal.localcontext(WIDE):
        return Decimal(value.high) + Decimal(value.low)


def assert_within_error(value: Double, truth: Decimal, size: Decimal | None = None) -> None:
    """It is no farther from the truth than it says."""
    with decimal.localcontext(WIDE):
        own = abs(truth if size is None else size) * DECIMALS
        assert abs(in_decimals(value) - truth) <= Decimal(value.error) + own


def covariance(rng: random.Random, d: int) -> Matrix:
    """Any condition from 1 to 1e18, units from 1e-70 to 1e70, diagonal or full."""
    units = [10.0 ** rng.uniform(-3, 3)] * d
    if rng.random() < 0.3:
        units = [10.0 ** rng.uniform(-70, 70) for _ in range(d)]
    if rng.random() < 0.15:
        return tuple(
            tuple(rng.uniform(0.1, 3.0) * units[a] ** 2 if a == b else 0.0 for b in range(d))
            for a in range(d)
        )
    spread = 10.0 ** rng.uniform(-9, 0)
    points = []
    for _ in range(rng.choice([d, d + 1, 3 * d, 50])):
        common = rng.gauss(0, 1)
        points.append([(common + spread * rng.gauss(0, 1)) * unit for unit in units])
    return tuple(
        tuple(math.fsum(x[max(a, b)] * x[min(a, b)] for x in points) for b in range(d))
        for a in range(d)
    )


def exact_factor(matrix: Matrix) -> Factor | None:
    """In decimals; None where there is none."""
    try:
        return factorised(matrix)
    except NotPositiveDefiniteError:
        return None


doubles = st.floats(-1e100, 1e100).filter(lambda x: x == 0.0 or abs(x) > 1e-100)


@given(doubles, doubles)
def test_what_a_product_loses_is_a_double(a: float, b: float) -> None:
    """Dekker's TwoProduct: in fractions, a b is the product rounded and what was lost."""
    product = a * b
    assert Fraction(a) * Fraction(b) == Fraction(product) + Fraction(lost(a, b, product))


@given(doubles, doubles)
def test_what_a_sum_loses_is_a_double(a: float, b: float) -> None:
    """Knuth's TwoSum: high is a + b rounded, and high + low is a + b."""
    total = Double(0.0)
    total.set_sum(a, b, 0.0)
    assert total.high == a + b
    assert Fraction(total.high) + Fraction(total.low) == Fraction(a) + Fraction(b)


@pytest.mark.parametrize("seed", range(300))
def test_a_factor_is_within_its_error_and_rounds_to_the_same_doubles(seed: int) -> None:
    """Whatever the condition: 50 decimals lie within the error, and no decided double is another."""
    rng = random.Random(seed)
    matrix = covariance(rng, rng.choice([1, 2, 3, 5, 10]))
    truth, rows = exact_factor(matrix), factor(matrix)
    if rows is None:
        return
    assert truth is not None
    for row, exact_row in zip(rows, truth, strict=True):
        for value, exact in zip(row, exact_row, strict=True):
            assert_within_error(value, exact, Decimal(value.high) + Decimal(value.error) * 10**18)
            assert value.rounded() == float(exact) or math.isnan(value.rounded())
    logarithm = log_determinant(rows)
    assert logarithm == cholesky.log_determinant(truth) or math.isnan(logarithm)
    mean = tuple(rng.gauss(0, 1) * row[a] ** 0.5 for a, row in enumerate(matrix))
    points = [tuple(rng.gauss(0, 9) * row[a] ** 0.5 for a, row in enumerate(matrix)), mean]
    for x, found in zip(points, squared_distances(rows, points, mean), strict=True):
        expected = cholesky._squared_distance(truth, x, mean)
        assert found == expected or math.isnan(found)


@given(st.integers(0, 2**32), st.sampled_from([1, 2, 3, 8]), st.floats(0, 16))
def test_the_decomposition_is_that_of_decimals(seed: int, d: int, digits: float) -> None:
    """decomposed and squared_distance: the same bits as 50 decimals, up to a condition of 1e16."""
    rng = random.Random(seed)
    matrix = random_covariance(rng, d, 10.0**digits)
    truth = exact_factor(matrix)
    if truth is None:
        return
    found = cholesky.decomposed(matrix)
    assert found.lower == rounded(truth)
    assert found.log_determinant == cholesky.log_determinant(truth)
    x, mean = (tuple(rng.gauss(0, 1) for _ in range(d)) for _ in range(2))
    expected = cholesky._squared_distance(truth, x, mean)
    assert cholesky.squared_distance(matrix, x, mean) == expected


@pytest.mark.parametrize("condition", [3.0, 10.0, 1e3, 1e6])
def test_two_doubles_nearly_always_tell(condition: float) -> None:
    """Of 300 covariances not near to singular, none asks for decimals, nor does a distance."""
    rng = random.Random(int(condition))
    for _ in range(300):
        d = rng.choice([2, 3, 10])
        rows = factor(random_covariance(rng, d, condition))
        assert rows is not None
        assert nearest(rows) is not None
        x, mean = (tuple(rng.gauss(0, 1) for _ in range(d)) for _ in range(2))
        assert not math.isnan(squared_distances(rows, [x], mean)[0])


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (((1.0, 2.0), (2.0, 4.0)), "singular"),
        (((1.0, 2.0), (2.0, 1.0)), "indefinite"),
        (((0.0,),), "no variance"),
        (((math.nan,),), "no number"),
        (((1.0, 0.0), (0.0, 1.0)), "ln 1 = 0 lies among doubles of any size"),
        (((1.0, 1e-300), (1e-300, 2.0)), "below the rounding of a bound"),
    ],
)
def test_what_two_doubles_do_not_tell(matrix: Matrix, why: str) -> None:
    """Then there is no answer, and the caller takes decimals."""
    assert decomposed(matrix) is None, why


@given(st.floats(0.5, 1.0), st.floats(-1, 1))
def test_logarithms_are_within_their_error(high: float, part: float) -> None:
    """ln x of any x from 1/2 to 1 with 31 digits; and it has 22 of them beside 1."""
    low = part * math.ulp(high) / 4
    found = log(Double(high, low))
    with decimal.localcontext(WIDE):
        truth = (Decimal(high) + Decimal(low)).ln()
        assert_within_error(found, truth, Decimal(1))
        assert found.error <= 1e-22


def test_a_number_in_the_middle_is_not_rounded() -> None:
    """1 + 2^-53 lies between 1 and its neighbour; a little more or less is decided."""
    half = 2.0**-53
    assert math.isnan(Double(1.0, half, 1e-30).rounded())
    assert Double(1.0, half * 1.001, 1e-30).rounded() == math.nextafter(1.0, 2.0)
    assert Double(1.0, half * 0.999, 1e-30).rounded() == 1.0
    assert Double(1.0, half * 0.999, 1e-19).rounded() != Double(1.0, half, 1e-19).rounded()

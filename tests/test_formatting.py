"""Numbers as people read them: never a zero that isn't one, never a digit that isn't there."""

import decimal
import math
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refgmm.formatting import ALL_DIGITS, format_number, listed, subscript


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1.3065753725700628, 3, "1.307"),
        (1.3065753725700628, 0, "1"),
        (1.3065753725700628, 16, "1.3065753725700628"),
        (0.0, 3, "0.000"),
        (0.0, 0, "0"),
        (-1.5, 2, "-1.50"),
        (0.0005, 3, "0.001"),
        (0.00049, 3, "4.900e-04"),
        (-0.0001, 3, "-1.000e-04"),
        (1e-300, 2, "1.00e-300"),
        (5e-324, 1, "4.9e-324"),
        (9.99e15, 1, "9990000000000000.0"),
        (1e16, 3, "1.000e+16"),
        (-6.02e23, 2, "-6.02e+23"),
        (0.5, 0, "5e-01"),
        (0.999, 2, "1.00"),
        (math.nan, 5, "undefined"),
        (math.nan, ALL_DIGITS, "undefined"),
        (math.inf, 3, "inf"),
        (-math.inf, ALL_DIGITS, "-inf"),
    ],
)
def test_format_number(value: float, decimals: int, text: str) -> None:
    """So many decimals; a power of ten where they would show zero, or too many digits."""
    assert format_number(value, decimals) == text


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_all_digits_are_the_repr(value: float) -> None:
    """At 17 decimals a number is its repr, which reads back as the same double."""
    assert format_number(value, ALL_DIGITS) == repr(value)


@given(st.one_of(finite, st.integers(1, 9).map(lambda d: d / 2)), st.integers(0, ALL_DIGITS))
def test_nonzero_never_shows_as_zero(value: float, decimals: int) -> None:
    """Only zero reads as zero."""
    assert (float(format_number(value, decimals)) == 0.0) == (value == 0.0)


@pytest.mark.parametrize("decimals", range(ALL_DIGITS))
def test_half_a_unit_never_shows_as_zero(decimals: int) -> None:
    """Around half a unit of the last decimal, where rounding decides, neither neighbour does."""
    half = float(f"5e-{decimals + 1}")
    for value in (half, math.nextafter(half, 0), math.nextafter(half, 1), 0.5 * 10.0**-decimals):
        assert float(format_number(value, decimals)) != 0.0
        assert float(format_number(-value, decimals)) != 0.0


@given(st.floats(-1e15, 1e15), st.integers(0, ALL_DIGITS - 1))
def test_decimals_are_correctly_rounded(value: float, decimals: int) -> None:
    """Where it shows decimals, they are those of the exact value of the double, rounded once."""
    text = format_number(value, decimals)
    if "e" not in text:
        with decimal.localcontext(prec=40):
            exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
        assert Decimal(text) == exact
        assert len(text.partition(".")[2]) == decimals


def test_subscripts() -> None:
    """Every digit has one."""
    assert subscript(1234567890) == "₁₂₃₄₅₆₇₈₉₀"


@pytest.mark.parametrize(
    ("words", "text"),
    [(["a"], "a"), (["a", "b"], "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_listed(words: list[str], text: str) -> None:
    """As a list in a sentence."""
    assert listed(words) == text

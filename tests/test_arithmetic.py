"""Sums and squares: the choices that decide the last digits."""

import math
from itertools import islice

import pytest

from refgmm import iterate
from refgmm.arithmetic import columns, square, total
from refgmm.worked_example import DOCUMENTED

from .support import NOTE_POINTS, note_start, reference_epoch


def test_total_adds_from_left_to_right() -> None:
    """1e16 + 1 rounds to 1e16, so a naive sum is 0 where a compensated one is 1."""
    values = [1e16, 1.0, -1e16]
    assert total(values) == 0.0
    assert math.fsum(values) == 1.0


def test_total_is_not_sum_nor_fsum() -> None:
    """Ten tenths: the naive sum is 1 - 2^-53, the exact one rounds to 1."""
    assert total([0.1] * 10) == 1 - 2.0**-53
    assert math.fsum([0.1] * 10) == 1.0


def test_total_depends_on_the_order() -> None:
    """Left to right, not pairwise and not sorted: the small terms must come first to count."""
    small = [2.0**-54] * 4
    assert total([1.0, *small]) == 1.0
    assert total([*small, 1.0]) == 1.0 + 2.0**-52


def test_fsum_would_miss_the_notes_digits() -> None:
    """With math.fsum both variances come out correctly rounded, and so not as documented."""
    m = next(iterate(NOTE_POINTS, note_start())).m
    truth = reference_epoch(NOTE_POINTS, note_start())
    for j, documented in enumerate(DOCUMENTED.variances):
        column = (row[j] for row in m.weighted_squared_deviations)
        better = math.fsum(column) / m.effective_counts[j]
        assert better == float(truth.variances[j])
        assert repr(m.variances[j]) == documented != repr(better)


def test_total_of_nothing_and_of_ints() -> None:
    """The empty sum is 0.0; the result is a float whatever is added; an iterator will do."""
    assert repr(total([])) == "0.0"
    assert repr(total([1, 2])) == "3.0"
    assert total(islice([0.5, 0.25, 8.0], 2)) == 0.75


@pytest.mark.parametrize("value", [0.1, -1.5, 1e75, 1e-200, 3.0000000000000004])
def test_square_is_one_multiplication(value: float) -> None:
    """The square is the product, rounded once."""
    assert square(value) == value * value


def test_square_does_not_raise() -> None:
    """Where the square is too large for a double, it is infinite; a power would raise."""
    assert square(-1e200) == math.inf
    with pytest.raises(OverflowError):
        _ = 1e200**2


def test_columns_transposes() -> None:
    """The columns of the columns are the rows."""
    rows = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    assert columns(rows) == ((1.0, 3.0, 5.0), (2.0, 4.0, 6.0))
    assert columns(columns(rows)) == rows


def test_columns_refuses_a_ragged_matrix() -> None:
    """Rows of different lengths are a mistake, not a shorter matrix."""
    with pytest.raises(ValueError, match="shorter"):
        columns(((1.0, 2.0), (3.0,)))

"""What a hand may do to numbers: they stay valid, they get short, and the axis ends where it should."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refgmm import validation
from refgmm.arithmetic import Matrix
from refgmm.dragging import at_hand, decimals_of, with_axis_end, with_few_digits
from refgmm.errors import InvalidValueError
from refgmm.handles import axis_ends
from refgmm.linear_algebra import eigen
from refgmm.structures import ALL, DIAGONAL_PART, MEAN_OF_DIAGONAL

sizes = st.floats(1e-3, 1e3)
places = st.floats(-1e3, 1e3)


@given(value=st.floats(-1e6, 1e6), pixel=st.floats(1e-6, 1e3))
def test_a_hand_is_off_by_two_pixels_at_most(value: float, pixel: float) -> None:
    """The rounded number is nearer than two pixels, and a decimal less would not tell them apart."""
    decimals = decimals_of(pixel)
    assert abs(at_hand(value, pixel) - value) <= pixel * 1.000001
    assert 10.0**-decimals <= 2 * pixel * 1.000001
    assert 10.0 ** (1 - decimals) > 2 * pixel


def test_zero_has_no_sign() -> None:
    """What rounds to 0 from below is 0, as a table shows it."""
    assert math.copysign(1, at_hand(-0.001, 0.1)) == 1


@st.composite
def covariances(draw: st.DrawFn, d: int = 2) -> Matrix:
    """L L^T of a lower triangle L."""
    lower = [[draw(st.floats(-3, 3)) if b < a else 0.0 for b in range(d)] for a in range(d)]
    for a in range(d):
        lower[a][a] = draw(st.floats(0.2, 30))
    return tuple(
        tuple(math.fsum(lower[a][c] * lower[b][c] for c in range(min(a, b) + 1)) for b in range(d))
        for a in range(d)
    )


@given(matrix=covariances(), axis=st.integers(0, 1), angle=st.floats(0, 6.3), length=sizes)
def test_the_axis_ends_where_it_was_brought(
    matrix: Matrix, axis: int, angle: float, length: float
) -> None:
    """The end is an eigenvector of the new covariance, its square length the eigenvalue; the other
    eigenvalue stays.
    """
    end = length * math.cos(angle), length * math.sin(angle)
    moved = with_axis_end(matrix, (0, 1), axis, end, ALL)
    other = eigen(matrix)[0][1 - axis]
    scale = max(length**2, other)
    for a in range(2):
        product = math.fsum(moved[a][b] * end[b] for b in range(2))
        assert product == pytest.approx(length**2 * end[a], abs=1e-9 * scale * length)
    assert moved[0][0] + moved[1][1] == pytest.approx(length**2 + other, rel=1e-9)
    assert moved[0][1] == moved[1][0]


@given(matrix=covariances(), axis=st.integers(0, 1))
def test_an_axis_left_where_it_is_changes_nothing(matrix: Matrix, axis: int) -> None:
    """Brought to where it ends already, it leaves the covariance as it was."""
    end = axis_ends((0.0, 0.0), matrix)[axis]
    for part in (ALL, MEAN_OF_DIAGONAL):
        moved = with_axis_end(matrix, (0, 1), axis, end, part)
        for row, was in zip(moved, matrix, strict=True):
            assert row == pytest.approx(was, rel=1e-9, abs=1e-9)


@given(matrix=covariances(4), axis=st.integers(0, 1), x=places, y=places)
def test_of_more_coordinates_the_covariance_stays_one(
    matrix: Matrix, axis: int, x: float, y: float
) -> None:
    """However far, it is positive definite; variances of the coordinates not shown stay."""
    if math.hypot(x, y) < 1e-2:
        return
    moved = with_axis_end(matrix, (3, 1), axis, (x, y), ALL)
    for a in (0, 2):
        assert moved[a][a] == matrix[a][a]
    assert all(value > 0 for value in eigen(moved)[0])


def test_a_diagonal_covariance_stays_diagonal() -> None:
    """Only the part along the axis counts; the other variance stays."""
    matrix = ((4.0, 0.0), (0.0, 9.0))
    assert with_axis_end(matrix, (0, 1), 0, (3.0, 50.0), DIAGONAL_PART) == ((9.0, 0.0), (0.0, 9.0))
    (first, zero), (other_zero, second) = with_axis_end(
        matrix, (0, 1), 1, (50.0, -1.0), DIAGONAL_PART
    )
    assert (first, zero, other_zero) == (4.0, 0.0, 0.0)
    assert second == pytest.approx(1.0, rel=1e-12)


def test_a_sphere_stays_a_sphere() -> None:
    """All variances become the square of the distance."""
    matrix = ((4.0, 0.0), (0.0, 4.0))
    assert with_axis_end(matrix, (0, 1), 0, (3.0, 4.0), MEAN_OF_DIAGONAL) == (
        (25.0, 0.0),
        (0.0, 25.0),
    )


@given(matrix=covariances(3))
def test_few_digits_are_still_a_covariance(matrix: Matrix) -> None:
    """Each entry is off by less than a thousandth of the standard deviations, and it is valid."""
    rounded = with_few_digits(matrix)
    validation.covariance(rounded)
    for a in range(3):
        for b in range(3):
            scale = math.sqrt(matrix[a][a] * matrix[b][b])
            assert abs(rounded[a][b] - matrix[a][b]) <= 1e-3 * scale
            assert rounded[a][b] == rounded[b][a]


def test_what_is_no_covariance_is_not_rounded_to_one() -> None:
    """A variance of 0 is refused, and not made a small one."""
    with pytest.raises(InvalidValueError, match="must be positive and finite"):
        with_few_digits(0.0)

"""Contours: on them the function has its level, and they close, or reach the edge."""

import itertools
import math

import pytest

from refgmm.contours import FRACTIONS, contours, density_contours


def bell(place: tuple[float, float]) -> float:
    """A Gaussian's density with variances 1 and 4, written out."""
    x, y = place
    return math.exp(-(x * x + y * y / 4) / 2) / (4 * math.pi)


def test_contours_of_a_bell_are_its_ellipses() -> None:
    """p = f max p on the ellipse of Mahalanobis distance sqrt(-2 ln f): each is one closed line."""
    found = density_contours(bell, (-6.0, 6.0), (-9.0, 9.0), (120, 120))
    assert [contour.level for contour in found] == [
        pytest.approx(fraction / (4 * math.pi), rel=1e-12) for fraction in FRACTIONS
    ]
    for contour, fraction in zip(found, FRACTIONS, strict=True):
        (outline,) = contour.outlines
        assert outline[0] == outline[-1]
        for x, y in outline:
            distance = math.sqrt(x * x + y * y / 4)
            assert distance == pytest.approx(math.sqrt(-2 * math.log(fraction)), rel=5e-3)
        area = abs(sum(a * d - b * c for (a, b), (c, d) in itertools.pairwise(outline)) / 2)
        assert area == pytest.approx(math.pi * 2 * -2 * math.log(fraction), rel=1e-2)


def test_two_hills_have_two_lines_and_then_one() -> None:
    """High up each of two hills has its own contour; below the saddle between them one goes round both."""

    def height(x: float, y: float) -> float:
        return bell((x - 3, y)) + bell((x + 3, y))

    top = height(3, 0)
    saddle = height(0, 0)
    high, low = contours(height, (-8, 8), (-8, 8), (80, 80), [top / 2, saddle / 2])
    assert (len(high.outlines), len(low.outlines)) == (2, 1)


def test_a_line_that_leaves_the_grid_stays_open() -> None:
    """The contours of a slope run from edge to edge, straight, at exactly the level."""
    (contour,) = contours(lambda x, y: x + 2 * y, (0, 1), (0, 1), (7, 5), [1.5])
    (outline,) = contour.outlines
    assert all(x + 2 * y == pytest.approx(1.5, abs=1e-12) for x, y in outline)
    assert sorted([outline[0], outline[-1]]) == [
        pytest.approx((0.0, 0.75)),
        pytest.approx((1.0, 0.25)),
    ]


@pytest.mark.parametrize(
    ("level", "joined"), [(-0.1, True), (0.1, False)], ids=["mean above", "mean below"]
)
def test_a_saddle_joins_what_its_middle_joins(level: float, joined: bool) -> None:
    """x y on one cell around 0: below its middle's height, 0, the two high corners are connected."""
    (contour,) = contours(lambda x, y: x * y, (-1, 1), (-1, 1), (1, 1), [level])
    assert len(contour.outlines) == 2
    for outline in contour.outlines:
        sides = {(x > 0) == (y > 0) for x, y in (outline[0], outline[-1])}
        middle_x = (outline[0][0] + outline[-1][0]) / 2
        middle_y = (outline[0][1] + outline[-1][1]) / 2
        assert (middle_x * middle_y < 0) == joined, sides


def test_nothing_lies_above_the_highest_or_below_the_lowest() -> None:
    """Levels out of reach have no lines, and a density of 0 no contours."""
    above, below = contours(lambda x, y: x, (0, 1), (0, 1), (4, 4), [2.0, -1.0])
    assert above.outlines == below.outlines == ()
    assert density_contours(lambda x: 0.0, (0, 1), (0, 1), (4, 4)) == ()

"""What is cut off at the edges, and what stays."""

import itertools

import pytest

from refgmm.clipping import Place, Rectangle, cut_area, cut_line

SQUARE = Rectangle(0.0, 0.0, 10.0, 10.0)


def area_of(outline: list[Place]) -> float:
    """By the shoelace formula."""
    around = itertools.pairwise([*outline, *outline[:1]])
    return abs(sum(x * v - u * y for (x, y), (u, v) in around)) / 2


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ([(1, 1), (9, 9)], [[(1, 1), (9, 9)]]),
        ([(-5, 5), (15, 5)], [[(0, 5), (10, 5)]]),
        ([(-5, 5), (5, 5), (5, 15)], [[(0, 5), (5, 5), (5, 10)]]),
        ([(2, 5), (2, 15), (4, 15), (4, 5)], [[(2, 5), (2, 10)], [(4, 10), (4, 5)]]),
        ([(-5, 11), (15, 11)], []),
        ([(-5, 5), (5, 16)], []),
        ([(20, 20), (20, 30)], []),
        ([(5, 5)], []),
        ([(3, 0), (3, 1e75)], [[(3, 0), (3, 10)]]),
    ],
)
def test_lines_are_cut_into_pieces(line: list[Place], pieces: list[list[Place]]) -> None:
    """What lies inside stays as it is; where the line leaves and comes back, pieces part."""
    cut = cut_line(line, SQUARE)
    assert len(cut) == len(pieces)
    for got, wanted in zip(cut, pieces, strict=True):
        for place, expected in zip(got, wanted, strict=True):
            assert place == pytest.approx(expected)


@pytest.mark.parametrize(
    ("outline", "area"),
    [
        ([(1, 1), (3, 1), (3, 3), (1, 3)], 4.0),
        ([(-10, -10), (20, -10), (20, 20), (-10, 20)], 100.0),
        ([(5, 5), (15, 5), (15, 15), (5, 15)], 25.0),
        ([(0, -5), (15, 10), (0, 25)], 87.5),
        ([(11, 0), (15, 0), (15, 5)], 0.0),
        ([], 0.0),
    ],
)
def test_areas_are_cut(outline: list[Place], area: float) -> None:
    """The area that remains is that of the intersection, and all of it lies inside."""
    cut = cut_area(outline, SQUARE)
    assert area_of(cut) == pytest.approx(area)
    assert all(0 <= x <= 10 and 0 <= y <= 10 for x, y in cut)


def test_rectangles_that_share_an_edge_do_not_meet() -> None:
    """Only what overlaps meets."""
    assert SQUARE.meets(Rectangle(9, 9, 11, 11))
    assert not SQUARE.meets(Rectangle(10, 0, 20, 10))
    assert not SQUARE.meets(Rectangle(0, 11, 10, 20))

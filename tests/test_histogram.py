"""Histograms: areas sum to 1, and bars are divided as their points are."""

import math
import random

import pytest

from refgmm.histogram import histogram_of


@pytest.mark.parametrize("n", [2, 7, 272, 1000])
def test_areas_sum_to_one_and_no_point_is_lost(n: int) -> None:
    """Each bar's area is the fraction of the points between its ends, as counting says."""
    rng = random.Random(n)
    points = [rng.gauss(0, 1) for _ in range(n)]
    bars = histogram_of(points, [()] * n).bars
    assert len(bars) == math.ceil(2 * round(n ** (1 / 3), 9))
    assert math.fsum(b.height * (b.right - b.left) for b in bars) == pytest.approx(1.0, abs=1e-12)
    assert bars[0].left == min(points)
    assert bars[-1].right == pytest.approx(max(points), abs=1e-12)
    middle = bars[len(bars) // 2]
    inside = sum(middle.left <= x < middle.right for x in points)
    assert middle.height * (middle.right - middle.left) * n == pytest.approx(inside, abs=1e-6)


def test_boundaries_are_shares_added_up() -> None:
    """A bar is divided at the mean shares of its points, and the last boundary is its height."""
    (left, *_, right) = histogram_of([0.0, 0.1, 10.0], [(1.0, 0.0), (0.5, 0.5), (0.25, 0.75)]).bars
    width = 10 / 3
    assert left.boundaries == pytest.approx((0.0, 1.5 / 3 / width, 2 / 3 / width))
    assert right.boundaries == pytest.approx((0.0, 0.25 / 3 / width, 1 / 3 / width))
    assert (left.height, right.height) == pytest.approx((2 / 3 / width, 1 / 3 / width))


def test_shares_known_in_part_leave_the_rest_open() -> None:
    """While only some responsibilities are known, the last boundary is below the bar's height."""
    (first, *_) = histogram_of([0.0, 1.0], [(0.25,), ()]).bars
    assert first.boundaries[-1] == pytest.approx(first.height / 4)


def test_equal_points_have_no_bars() -> None:
    """Without a width there is nothing to draw."""
    assert histogram_of([3.0] * 50, [()] * 50).bars == ()


def test_the_highest_point_is_in_the_last_bar() -> None:
    """It stands on the last bar's right edge: that bar counts it, and its share."""
    histogram = histogram_of([0.0, 10.0, 9.0], [(1.0, 0.0), (0.25, 0.75), (0.5, 0.5)])
    assert len(histogram.bars) == 3
    last, width = histogram.bars[-1], 10 / 3
    assert last.height == pytest.approx(2 / 3 / width)
    assert last.boundaries == pytest.approx((0.0, 0.75 / 3 / width, 2 / 3 / width))

"""A histogram to lay under a density, each bar divided as the components answer for its points.

>>> histogram_of([0.0, 1.0, 3.0, 4.0], [(1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5)]).bars[-1]
Bar(left=3.0, right=4.0, boundaries=(0.0, 0.125, 0.5), height=0.5)
"""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

from refgmm.arithmetic import Vector
from refgmm.blocks import Work, finished
from refgmm.records import dataclass

_POINTS_IN_A_BLOCK = 5_000  # which take some 5 ms


@dataclass(frozen=True, slots=True)
class Bar:
    """From left to right, so high that the areas of all bars sum to 1, as that of a density does."""

    left: float
    right: float
    boundaries: Vector  # (m + 1,)  from 0 up: between the shares of components j and j + 1
    height: float  # above the last boundary as long as not all responsibilities are known


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars side by side, of equal width."""

    bars: tuple[Bar, ...]


def histogram_of(points: Sequence[float], shares: Sequence[Vector]) -> Histogram:
    """The histogram of points with these responsibilities, each row (k,) or as many as are known.

    A bar is count / (n width) high. As many bars as Rice's rule says (D. Lane, "Online Statistics
    Education", Rice University): twice the cube root of n, rounded up, between the lowest and the
    highest point. No bars where these are equal.

    >>> len(histogram_of([float(i) for i in range(272)], [()] * 272).bars)
    13
    """
    return finished(histogram_in_blocks(points, shares))


def histogram_in_blocks(points: Sequence[float], shares: Sequence[Vector]) -> Work[Histogram]:
    """histogram_of, a block of points at a time: it yields how much is done."""
    n, low, high = len(points), min(points), max(points)
    count = math.ceil(round(2 * n ** (1 / 3), 9))
    width = (high - low) / count
    if not width > 0.0:
        return Histogram(())
    k = max(map(len, shares)) if any(shares) else 0
    answered = [[0.0] * k for _ in range(count)]
    answered.append(answered[-1])  # the highest point, in bin `count`, belongs to the last bar
    members: Counter[int] = Counter()
    for start in range(0, n, _POINTS_IN_A_BLOCK):
        block = slice(start, start + _POINTS_IN_A_BLOCK)
        bins = [int((x - low) / width) for x in points[block]]
        members.update(bins)
        if k:
            for b, row in zip(bins, shares[block], strict=True):
                for j, share in enumerate(row):
                    answered[b][j] += share
        yield min(start / n, 1.0)
    members[count - 1] += members[count]
    unit = 1 / (n * width)
    return Histogram(
        tuple(
            Bar(
                left=low + b * width,
                right=low + (b + 1) * width,
                boundaries=tuple(
                    itertools.accumulate((unit * share for share in answered[b]), initial=0.0)
                ),
                height=unit * members[b],
            )
            for b in range(count)
        )
    )

"""Contours: the lines on which a function of two coordinates has one height.

Marching squares (W. E. Lorensen and H. E. Cline 1987, "Marching Cubes", Computer Graphics 21, in two
dimensions): the function is taken at the corners of a grid; where a level lies between two
neighbouring corners, the contour crosses the side between them, at the place that a straight line
would; and the crossings of a cell's sides are joined. What is narrower than a cell may be missed.

>>> (contour,) = contours(lambda x, y: -max(abs(x), abs(y)), (-2.0, 2.0), (-2.0, 2.0), (8, 8), [-1.25])
>>> (outline,) = contour.outlines
>>> outline[0] == outline[-1], max(x for x, _ in outline)
(True, 1.25)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from refgmm.arithmetic import Matrix, Vector
from refgmm.clipping import Place
from refgmm.records import dataclass

FRACTIONS = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32)
"""At these fractions of the highest density of the grid, contours are drawn."""

_Side = tuple[int, int, bool]
"""A side of a cell: from the corner in column i and row j, up or, where not, across."""

_BOTTOM, _RIGHT, _TOP, _LEFT = range(4)

# Which sides a contour joins, by the corners that lie above the level: 1 for the one at the bottom
# left, 2 bottom right, 4 top right, 8 top left. 5 and 10 are saddles: see _joins.
_JOINS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_LEFT, _BOTTOM),),
    2: ((_BOTTOM, _RIGHT),),
    3: ((_LEFT, _RIGHT),),
    4: ((_RIGHT, _TOP),),
    6: ((_BOTTOM, _TOP),),
    7: ((_LEFT, _TOP),),
    8: ((_LEFT, _TOP),),
    9: ((_BOTTOM, _TOP),),
    11: ((_RIGHT, _TOP),),
    12: ((_LEFT, _RIGHT),),
    13: ((_BOTTOM, _RIGHT),),
    14: ((_LEFT, _BOTTOM),),
}
_AROUND_BOTTOM_LEFT_AND_TOP_RIGHT = ((_LEFT, _BOTTOM), (_RIGHT, _TOP))
_AROUND_BOTTOM_RIGHT_AND_TOP_LEFT = ((_BOTTOM, _RIGHT), (_LEFT, _TOP))


@dataclass(frozen=True, slots=True)
class Contour:
    """All lines of one height; one that closes ends where it begins."""

    level: float
    outlines: tuple[tuple[Place, ...], ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    x: Vector  # (c,)
    y: Vector  # (r,)
    heights: Matrix  # (r, c)

    def crossing(self, side: _Side, level: float) -> Place:
        """Where the level lies on a side, along which the height is taken as a straight line."""
        i, j, is_up = side
        end_i, end_j = (i, j + 1) if is_up else (i + 1, j)
        low, high = self.heights[j][i], self.heights[end_j][end_i]
        t = (level - low) / (high - low)
        return self.x[i] + t * (self.x[end_i] - self.x[i]), self.y[j] + t * (
            self.y[end_j] - self.y[j]
        )


def contours(
    height: Callable[[float, float], float],
    across: tuple[float, float],
    up: tuple[float, float],
    cells: tuple[int, int],
    levels: Sequence[float],
) -> tuple[Contour, ...]:
    """The contours of `height` at each of these levels, over a grid of so many cells across and up."""
    grid = _sampled(height, across, up, cells)
    return tuple(Contour(level, _outlines(grid, level)) for level in levels)


def density_contours(
    density: Callable[[tuple[float, float]], float],
    across: tuple[float, float],
    up: tuple[float, float],
    cells: tuple[int, int],
) -> tuple[Contour, ...]:
    """The contours of a density at FRACTIONS of the highest that the grid meets; () where it is 0."""
    grid = _sampled(lambda x, y: density((x, y)), across, up, cells)
    highest = max(map(max, grid.heights))
    if not 0.0 < highest < float("inf"):
        return ()
    return tuple(
        Contour(fraction * highest, _outlines(grid, fraction * highest)) for fraction in FRACTIONS
    )


def _sampled(
    height: Callable[[float, float], float],
    across: tuple[float, float],
    up: tuple[float, float],
    cells: tuple[int, int],
) -> _Grid:
    x, y = (
        tuple(low + (high - low) * step / count for step in range(count + 1))
        for (low, high), count in zip((across, up), cells, strict=True)
    )
    return _Grid(x, y, tuple(tuple([height(a, b) for a in x]) for b in y))


def _outlines(grid: _Grid, level: float) -> tuple[tuple[Place, ...], ...]:
    """The segments of all cells, joined where they meet: on a side that two cells share."""
    neighbours: dict[_Side, list[_Side]] = {}
    for start, end in _segments(grid, level):
        neighbours.setdefault(start, []).append(end)
        neighbours.setdefault(end, []).append(start)
    ends = [side for side, beside in neighbours.items() if len(beside) == 1]
    outlines = []
    for start in [*ends, *neighbours]:  # lines that reach the edge of the grid first, then loops
        chain = _chain(neighbours, start)
        if len(chain) > 1:
            outlines.append(tuple(grid.crossing(side, level) for side in chain))
    return tuple(outlines)


def _chain(neighbours: dict[_Side, list[_Side]], start: _Side) -> list[_Side]:
    """From a side along its segments, each of which is taken out, as far as they go."""
    chain = [start]
    while neighbours[chain[-1]]:
        following = neighbours[chain[-1]].pop()
        neighbours[following].remove(chain[-1])
        chain.append(following)
    return chain


def _segments(grid: _Grid, level: float) -> Iterator[tuple[_Side, _Side]]:
    for j, (lower, upper) in enumerate(zip(grid.heights, grid.heights[1:], strict=False)):
        for i in range(len(lower) - 1):
            corners = lower[i], lower[i + 1], upper[i + 1], upper[i]
            sides: tuple[_Side, ...] = (
                (i, j, False),
                (i + 1, j, True),
                (i, j + 1, False),
                (i, j, True),
            )
            for start, end in _joins(corners, level):
                yield sides[start], sides[end]


def _joins(corners: Vector, level: float) -> Iterable[tuple[int, int]]:
    """The pairs of sides that a cell's contour joins. In a saddle the mean of the corners decides
    whether the two that lie above the level are connected.
    """
    a, b, c, d = corners
    case = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level)
    if case not in (5, 10):
        return _JOINS.get(case, ())
    is_connected = (a + b + c + d) / 4 > level
    if (case == 5) == is_connected:
        return _AROUND_BOTTOM_RIGHT_AND_TOP_LEFT
    return _AROUND_BOTTOM_LEFT_AND_TOP_RIGHT

"""Coordinates of many points, and how far they reach: found once for the same points. No Qt."""

from collections.abc import Sequence
from typing import Any

from refgmm.arithmetic import Vector, as_vector
from refgmm_gui.kept import Kept

Range = tuple[float, float]


def _of_two(points: tuple[Vector, ...], a: int, b: int) -> tuple[Vector, ...]:
    if (a, b) == (0, 1) and points and len(points[0]) == 2:
        return points
    return tuple([(x[a], x[b]) for x in points])


def _extents(points: Sequence[Any]) -> tuple[Range, ...]:
    if not points:
        return ()
    if not isinstance(points[0], tuple):
        return ((min(points), max(points)),)
    columns = ([x[a] for x in points] for a in range(len(points[0])))
    return tuple((min(column), max(column)) for column in columns)


def _first(points: tuple[Any, ...]) -> Vector:
    return tuple([as_vector(x)[0] for x in points])


two_coordinates = Kept(_of_two)
"""Of points and two coordinates, from 0: these of each point, (n, 2)."""

extents = Kept(_extents)
"""Of points: the least and the largest, in each coordinate; () where there are none."""

first_of_each = Kept(_first)
"""Of vectors: the first coordinate of each, (n,)."""

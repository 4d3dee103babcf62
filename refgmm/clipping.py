"""Lines and areas cut at the edges of a rectangle.

Premise: a spike of 1e75 beside a bell of 0.4 is a number to a browser, and an error to TeX.
Method: cut before drawing. Lines by Liang and Barsky (1984), "A new concept and method for line
clipping", ACM Transactions on Graphics 3; areas by Sutherland and Hodgman (1974), "Reentrant polygon
clipping", Communications of the ACM 17.
"""

import itertools
from collections.abc import Sequence

from refgmm.records import dataclass

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """From left to right, and from top down to bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def meets(self, other: "Rectangle") -> bool:
        """Whether they have more than an edge in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def sides(self) -> tuple[tuple[int, float, int], ...]:
        """Axis, bound and sign of each side: inside, sign * place[axis] <= sign * bound."""
        return ((0, self.left, -1), (0, self.right, 1), (1, self.top, -1), (1, self.bottom, 1))


def cut_line(points: Sequence[Place], inside: Rectangle) -> list[list[Place]]:
    """What lies inside of a line through these points: pieces of it.

    >>> cut_line([(0, 0), (4, 0), (4, 4)], Rectangle(1, -1, 5, 1))
    [[(1.0, 0.0), (4.0, 0.0), (4.0, 1.0)]]
    """
    pieces: list[list[Place]] = []
    for start, end in itertools.pairwise(points):
        segment = _cut_segment(start, end, inside)
        if segment is None:
            continue
        if pieces and pieces[-1][-1] == segment[0]:
            pieces[-1].append(segment[1])
        else:
            pieces.append(list(segment))
    return pieces


def cut_area(outline: Sequence[Place], inside: Rectangle) -> list[Place]:
    """What lies inside of the area within this outline: an outline, or [].

    >>> cut_area([(0, 0), (2, 0), (2, 2), (0, 2)], Rectangle(1, 1, 3, 3))
    [(1.0, 1.0), (2.0, 1.0), (2, 2), (1.0, 2.0)]
    """
    kept = list(outline)
    for axis, bound, sign in inside.sides():
        given, kept = kept, []
        for start, end in zip([*given[-1:], *given[:-1]], given, strict=True):
            is_start_in, is_end_in = (sign * (p[axis] - bound) <= 0 for p in (start, end))
            if is_start_in != is_end_in:
                kept.append(_at(start, end, (bound - start[axis]) / (end[axis] - start[axis])))
            if is_end_in:
                kept.append(end)
    return kept


def _cut_segment(start: Place, end: Place, inside: Rectangle) -> tuple[Place, Place] | None:
    """The part of a segment from t = enters to t = leaves; None where there is none."""
    enters, leaves = 0.0, 1.0
    for axis, bound, sign in inside.sides():
        outward = sign * (end[axis] - start[axis])
        room = sign * (bound - start[axis])
        if outward == 0.0:
            if room < 0.0:
                return None
        elif outward < 0.0:
            enters = max(enters, room / outward)
        else:
            leaves = min(leaves, room / outward)
    if enters > leaves:
        return None
    return _at(start, end, enters), _at(start, end, leaves)


def _at(start: Place, end: Place, t: float) -> Place:
    """The point of a segment at t; its very ends at 0 and 1, without a rounding error."""
    if t in (0.0, 1.0):
        x, y = end if t else start
        return float(x), float(y)
    return start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])

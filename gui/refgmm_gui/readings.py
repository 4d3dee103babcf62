"""The numbers that rows of texts spell. An edit of one of many is no reason to read the others again. No Qt."""

import operator
from collections import deque
from collections.abc import Iterable, Sequence

from refgmm import validation
from refgmm.arithmetic import Vector
from refgmm.cells import parse_number

Texts = tuple[str, ...]
"""A row of cells: the coordinates of a point, or the parameters of a component."""

_Reading = tuple[tuple[Texts, ...], tuple[Vector | None, ...]]
_MOST = 8


class Readings:
    """What rows of points spell; that of the last few inputs is kept, for undo and redo.

    >>> readings = Readings()
    >>> rows = (("1", "2"), ("3", "x"))
    >>> readings.of(rows)
    ((1.0, 2.0), None)
    >>> readings.of((*rows, ("4", "5")))
    ((1.0, 2.0), None, (4.0, 5.0))
    """

    def __init__(self) -> None:
        self._kept: deque[_Reading] = deque([((), ())], maxlen=_MOST)

    def of(self, rows: tuple[Texts, ...]) -> tuple[Vector | None, ...]:
        """The numbers of each row; None where one of its texts spells no point's coordinate."""
        for known, numbers in tuple(self._kept):  # another thread may read, too
            if rows is known:
                return numbers
        known, numbers = self._kept[-1]
        start = _count_same(known, rows)
        most = min(len(known), len(rows)) - start
        left = min(most, _count_same(reversed(known), reversed(rows)))
        changed = map(_read, rows[start : len(rows) - left])
        numbers = (*numbers[:start], *changed, *numbers[len(known) - left :])
        self._kept.append((rows, numbers))
        return numbers


def _count_same(some: Iterable[Texts], others: Iterable[Texts]) -> int:
    """How many rows are the same ones, until two differ."""
    count = 0
    for is_same in map(operator.is_, some, others):
        if not is_same:
            break
        count += 1
    return count


def _read(texts: Sequence[str]) -> Vector | None:
    try:
        return tuple([validation.number(parse_number(text), "points") for text in texts])
    except ValueError:  # of which InvalidValueError is one
        return None

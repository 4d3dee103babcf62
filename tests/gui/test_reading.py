"""Many inputs are read once: what is kept is what would be read again."""

import math

import pytest

from refgmm import Mixture, Problem
from refgmm_gui import readings
from refgmm_gui.draft import Draft
from refgmm_gui.kept import Kept
from refgmm_gui.plots.extents import extents, two_coordinates
from refgmm_gui.plots.plane_painting import _one_per_cell
from refgmm_gui.readings import Readings

ROWS = tuple((f"{i}.5", str(i)) for i in range(50))


def changed(start: int, stop: int, *rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The rows after an edit."""
    return (*ROWS[:start], *rows, *ROWS[stop:])


def test_an_edit_reads_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typing, inserting, deleting, at both ends and between: only new rows are read, and all are right."""
    read: list[object] = []
    original = readings._read

    def noted(texts: tuple[str, ...]) -> object:
        read.append(texts)
        return original(texts)

    monkeypatch.setattr(readings, "_read", noted)
    for rows in (
        changed(0, 1, ("7", "8")),
        changed(49, 50, ("x", "8")),
        changed(20, 23),
        changed(20, 20, ("1", "2"), ("3", "")),
        changed(0, 50),
        changed(50, 50, ("1e400", "2")),
        ROWS[:1],
        (*ROWS, *ROWS),
    ):
        found = Readings()
        found.of(ROWS)
        read.clear()
        assert found.of(rows) == tuple(map(original, rows))
        assert len(read) <= max(len([row for row in rows if row not in ROWS]), len(rows) - 50)
        read.clear()
        found.of(ROWS)  # undone
        found.of(rows)  # and done again
        assert not read


def test_drafts_that_share_rows_share_no_mistakes() -> None:
    """A wrong cell is told of where it stands, and gone when it is mended, whatever was read before."""
    start = Mixture.univariate([0.5, 0.5], [0, 1], [1, 1])
    draft = Draft.of_problem(Problem(tuple(map(float, range(40))), start))
    wrong = draft.with_point(17, "x")
    problem, faults = wrong.check()
    assert problem is None
    assert [(fault.field, fault.index) for fault in faults] == [("points", 17)]
    assert wrong.typed() is None
    mended, none = wrong.with_point(17, "4").check()
    assert not none
    assert mended is not None
    assert mended.points == (*map(float, range(17)), 4.0, *map(float, range(18, 40)))
    assert draft.check()[0] == Problem(tuple(map(float, range(40))), start)


def test_what_is_kept_belongs_to_the_very_points() -> None:
    """Equal points that are others are looked at anew; so are the same with other arguments."""
    asked: list[object] = []

    def least(points: tuple[float, ...], above: float) -> float:
        asked.append(points)
        return min(x for x in points if x > above)

    kept = Kept(least)
    points = tuple(map(float, range(5)))
    assert kept(points, 1.0) == kept(points, 1.0) == 2.0
    assert len(asked) == 1
    assert kept(points, 2.0) == 3.0
    assert kept(tuple(map(float, range(5))), 1.0) == 2.0
    assert len(asked) == 3


def test_of_points_that_hide_each_other_one_is_drawn() -> None:
    """In each cell of a grid one point stays, the last of those in sight; none is made up, and no cell
    is emptied.
    """
    points = tuple((i % 37 / 10, i % 23 / 7) for i in range(2_000))

    def cell(i: int) -> tuple[int, int]:
        x, y = points[i]
        return math.floor((x - 1.0) * 2.0), math.floor((y - 0.5) * 3.0)

    chosen = _one_per_cell(points, (1.0, 3.2), (0.5, 2.9), (2.0, 3.0))
    seen = [i for i, (x, y) in enumerate(points) if 1.0 <= x <= 3.2 and 0.5 <= y <= 2.9]
    assert 0 < len(chosen) < len(seen) < len(points)
    assert sorted(map(cell, chosen)) == sorted({cell(i) for i in seen})
    assert all(max(i for i in seen if cell(i) == cell(k)) == k for k in chosen)


def test_how_far_points_reach() -> None:
    """The least and the largest of each coordinate; of two coordinates of many, of those."""
    points = tuple((float(i % 7), float(-i), float(i * i)) for i in range(20))
    assert extents(points) == ((0.0, 6.0), (-19.0, 0.0), (0.0, 361.0))
    assert extents(two_coordinates(points, 2, 0)) == ((0.0, 361.0), (0.0, 6.0))
    flat = tuple((x, y) for x, y, _ in points)
    assert two_coordinates(flat, 0, 1) is flat
    assert two_coordinates(flat, 1, 0) == tuple((y, x) for x, y in flat)
    assert extents(()) == ()
    assert extents((3.0, 1.0)) == ((1.0, 3.0),)

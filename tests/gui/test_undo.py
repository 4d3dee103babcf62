"""Every edit of the inputs can be undone and redone, by name; no step of the walk is one."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from refgmm import Mixture, Problem
from refgmm.structures import STRUCTURES
from refgmm_gui.changes import name_of_change
from refgmm_gui.draft import Draft
from refgmm_gui.edits import Edit, edit_stack
from refgmm_gui.screenshots import TEN_POINTS
from tests.gui.driver import ALL_STEPS, User, cells


def undo_text(user: User) -> str:
    """What the Edit menu says."""
    return user.window.actions_by_name["undo"].text()


def redo_text(user: User) -> str:
    return user.window.actions_by_name["redo"].text()


def undo(user: User, times: int = 1) -> None:
    for _ in range(times):
        user.window.actions_by_name["undo"].trigger()
        user.settle()


def redo(user: User, times: int = 1) -> None:
    for _ in range(times):
        user.window.actions_by_name["redo"].trigger()
        user.settle()


def paste(user: User) -> None:
    user.points.clearSelection()
    user.paste(user.points, "\n".join(map(str, range(12))))


def delete_third(user: User) -> None:
    user.select(user.points, (2, 0))
    QTest.keyClick(user.points, Qt.Key.Key_Delete)


def delete_two(user: User) -> None:
    user.select(user.points, (0, 0), (3, 0))
    QTest.keyClick(user.points, Qt.Key.Key_Delete)


def clear_cells(user: User) -> None:
    user.select(user.parameters, (0, 1), (1, 2))
    QTest.keyClick(user.parameters, Qt.Key.Key_Delete)


def fill_down(user: User) -> None:
    user.select(user.points, (1, 0), (2, 0))
    QTest.keySequence(user.points, "Ctrl+D")


def normalise(user: User) -> None:
    user.push("normalise")


EDITS: dict[str, Callable[[User], None]] = {
    "move point 1 to 5": lambda user: user.type_point(0, "5"),
    "move point 1 to five & six": lambda user: user.type_point(0, "five & six"),
    "add point 6": lambda user: user.type_point(5, "7"),
    "delete point 3": delete_third,
    "delete 2 points": delete_two,
    "paste 12 points": paste,
    "move mean 2 to 1.84": lambda user: user.type(user.parameters, 1, 1, "1.84"),
    "set variance 1 to 3": lambda user: user.type(user.parameters, 0, 2, "3"),
    "set weight 2 to 0.6": lambda user: user.type(user.parameters, 1, 0, "0.6"),
    "add component 3": lambda user: user.push("add_component"),
    "delete component 2": lambda user: user.push("remove_component"),
    "paste parameters": lambda user: user.paste(user.parameters, "0.4\t1\n0.6\t5"),
    "clear 2 cells": clear_cells,
    "share one variance": lambda user: user.window.inputs.structure.setCurrentIndex(1),
    "fill down": fill_down,
    "sort the points, ascending": lambda user: user.window.actions_by_name[
        "sort_ascending"
    ].trigger(),
}


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_has_a_name_and_goes_both_ways(user: User, name: str) -> None:
    """The menu names the edit; undone, all is as before; redone, all is as after."""
    before, shown = user.state.draft, user.everything()
    EDITS[name](user)
    user.settle()
    after, shown_after = user.state.draft, user.everything()
    assert after != before
    escaped = name.replace("&", "&&")
    assert undo_text(user) == f"&Undo: {escaped}"
    undo(user)
    assert user.state.draft == before
    assert undo_text(user) == "&Undo"
    assert redo_text(user) == f"&Redo: {escaped}"
    assert cells(user.points) == shown["points"]
    assert cells(user.parameters) == shown["parameters"]
    redo(user)
    assert user.state.draft == after
    assert user.everything() == shown_after


def test_normalised_weights_are_undone(user: User) -> None:
    """The weights as typed come back, and the complaint about their sum."""
    user.type(user.parameters, 0, 0, "1.5")
    normalise(user)
    assert undo_text(user) == "&Undo: normalise the weights"
    undo(user)
    assert cells(user.parameters)[0][0] == "1.5"
    assert user.fault


def test_keys_undo_and_redo(user: User) -> None:
    """Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, with the focus in a table."""
    user.type_point(0, "5")
    QTest.keySequence(user.points, "Ctrl+Z")
    assert cells(user.points)[0] == ["0.9"]
    QTest.keySequence(user.points, "Ctrl+Shift+Z")
    assert cells(user.points)[0] == ["5"]
    QTest.keySequence(user.points, "Ctrl+Z")
    QTest.keySequence(user.points, "Ctrl+Y")
    assert cells(user.points)[0] == ["5"]
    assert user.status == "Done again: move point 1 to 5."


def test_nothing_to_undo(user: User) -> None:
    """Where nothing was edited, both are off; typing the same text is no edit."""
    user.type_point(0, "0.9")
    for name in ("undo", "redo"):
        assert not user.window.actions_by_name[name].isEnabled()


def test_steps_are_no_edits(user: User) -> None:
    """Undo takes back what was typed before the steps, and leaves the walk where it stands."""
    user.type_point(0, "5")
    user.next(3)
    walk = user.walk
    undo(user)
    assert cells(user.points)[0] == ["0.9"]
    assert user.walk is walk
    assert user.walk.done == 3


def test_undone_to_the_inputs_of_the_run_it_is_current_again(user: User) -> None:
    """An edit after steps leaves the run and says so; undone, the run goes on."""
    user.next(ALL_STEPS)
    numbers = cells(user.worksheet)
    user.type_point(0, "5")
    assert "belong to the earlier inputs" in user.notice
    assert cells(user.worksheet) == numbers
    undo(user)
    assert user.notice == ""
    assert not user.state.is_stale
    user.next()
    assert user.walk.epoch.index == 2


def test_another_problem_forgets_the_edits(user: User, tmp_path: Path) -> None:
    """What was done to one problem can't be undone in another."""
    user.type_point(0, "0.9")
    user.type_point(0, "5")
    TEN_POINTS.save(tmp_path / "ten.json")
    user.desktop.problems.open_path(str(tmp_path / "ten.json"))
    assert not user.window.actions_by_name["undo"].isEnabled()
    assert undo_text(user) == "&Undo"


def test_modified_is_what_differs_from_the_file_whatever_the_way(
    user: User, tmp_path: Path
) -> None:
    """Saved, then undone: modified; redone: not."""
    user.type_point(0, "5")
    assert user.window.isWindowModified()
    undo(user)
    assert not user.window.isWindowModified()
    redo(user)
    user.dialogs.answers.append(str(tmp_path / "a.json"))
    user.window.actions_by_name["save"].trigger()
    assert not user.window.isWindowModified()
    assert user.desktop.parts.edits.isClean()
    undo(user)
    assert user.window.isWindowModified()


def test_a_text_in_an_open_cell_is_an_edit_before_undo(user: User) -> None:
    """Undo from the menu while a cell is open takes the text of that cell back, and nothing else."""
    user.type_point(0, "5")
    user.type_unfinished(user.points, 1, 0, "6")
    undo(user)
    assert [row[0] for row in cells(user.points)][:2] == ["5", "0.7"]


@pytest.mark.parametrize("dimension", [None, 2])
def test_undone_and_redone_is_as_it_was(user: User, tmp_path: Path, dimension: int | None) -> None:
    """However many edits of whatever kind: n undone and n redone, each state is passed again."""
    if dimension:
        TEN_POINTS.save(tmp_path / "ten.json")
        user.desktop.problems.open_path(str(tmp_path / "ten.json"))
    rng = random.Random(5)
    drafts = [user.state.draft]
    for _ in range(40):
        draft = user.state.draft
        row = rng.randrange(len(draft.points) + 1)
        after = rng.choice(
            [
                draft.with_point(row, f"{rng.gauss(0, 9):.3g}"),
                draft.with_points(row, row + 1, ()),
                draft.with_parameter(0, rng.randrange(3), rng.choice(["0.5", "x", "", "7"])),
                draft.with_new_component(),
                draft.with_normalised_weights(),
                draft.with_structure(rng.choice(list(STRUCTURES))),
                draft.with_sorted_points(0, rng.random() < 0.5),
            ]
        )
        user.desktop.parts.edit(after)
        if after != drafts[-1]:
            drafts.append(after)
    n = len(drafts) - 1
    assert n > 20
    assert user.desktop.parts.edits.count() == n
    for draft in reversed(drafts[:-1]):
        undo(user)
        assert user.state.draft == draft
    for draft in drafts[1:]:
        redo(user)
        assert user.state.draft == draft


def test_names_in_two_dimensions() -> None:
    """A point and a mean are named with all of their coordinates; several changes in the plural."""
    draft = Draft.of_problem(TEN_POINTS)
    assert name_of_change(draft, draft.with_parameter(1, 2, "3")) == "move mean 2 to (-60, 3)"
    assert name_of_change(draft, draft.with_point(0, "3", 1)) == "move point 1 to (11, 3)"
    assert name_of_change(draft, draft.with_parameter(0, 3, "500")) == "change covariance 1"
    both = draft.with_parameter(0, 3, "500").with_parameter(1, 3, "500")
    assert name_of_change(draft, both) == "change the covariances"
    mixed = both.with_parameter(0, 1, "2")
    assert name_of_change(draft, mixed) == "change the parameters"
    assert name_of_change(draft, mixed.with_point(0, "3", 1)) == "change the inputs"
    weights = draft.with_parameter(0, 0, "0.4").with_parameter(1, 0, "0.6")
    assert name_of_change(draft, weights) == "set weights 1 and 2 to 0.4 and 0.6"


def test_points_sorted(user: User) -> None:
    """By the current column; what is no number goes to the end, in its order."""
    draft = Draft((("2", "a"), ("x", "b"), ("-1", "c"), ("", "d")), (), 2)
    rows = [row[1] for row in draft.with_sorted_points(0, is_descending=False).points]
    assert rows == ["c", "a", "b", "d"]
    rows = [row[1] for row in draft.with_sorted_points(0, is_descending=True).points]
    assert rows == ["a", "c", "b", "d"]


def test_sorting_by_the_current_coordinate(user: User, tmp_path: Path) -> None:
    """Whole points are sorted, by the column where the user is, and the name says which."""
    Problem(
        ((3.0, 1.0), (1.0, 2.0), (2.0, 0.0)),
        Mixture.multivariate([1.0], [(0.0, 0.0)], [((1.0, 0.0), (0.0, 1.0))]),
    ).save(tmp_path / "a.json")
    user.desktop.problems.open_path(str(tmp_path / "a.json"))
    user.select(user.points, (0, 1))
    user.window.actions_by_name["sort_descending"].trigger()
    assert cells(user.points)[:3] == [["1", "2"], ["3", "1"], ["2", "0"]]
    assert undo_text(user) == "&Undo: sort the points by x[2], descending"


def test_fill_down_of_one_cell_takes_the_one_above(user: User) -> None:
    """As in spreadsheets; in the first row there is nothing above, and that is said."""
    user.select(user.points, (1, 0))
    QTest.keySequence(user.points, "Ctrl+D")
    assert cells(user.points)[1] == ["0.9"]
    user.select(user.points, (0, 0))
    QTest.keySequence(user.points, "Ctrl+D")
    assert cells(user.points)[0] == ["0.9"]
    assert user.status.startswith("Nothing was filled")


def test_edits_are_kept_up_to_a_limit(user: User) -> None:
    """Thousands of edits don't pile up: the oldest are forgotten, the newest are undone as ever."""
    stack, shown = edit_stack(user.desktop), [Draft.empty(None)]
    for number in range(3000):
        after = shown[-1].with_point(0, str(number))
        stack.push(Edit(shown.append, shown[-1], after, f"edit {number}", ""))
    assert stack.count() == user.desktop.parts.edits.undoLimit() == 500
    stack.undo()
    assert shown[-1].points == (("2998",),)

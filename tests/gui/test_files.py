"""Files: open, save, import, what is asked about unsaved changes, and what stays for the next start."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QListWidget,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from refgmm import Granularity, Labelling, worked_example
from refgmm_gui.dialogs.files import Answer, Dialogs
from refgmm_gui.session import MOST_POINTS
from refgmm_gui.theme import LIGHT
from tests.gui.driver import User, cells, columns, wait_for
from tests.gui.fixtures import OpenDesktop

NOTE = worked_example.problem().to_document()
HUGE = 200_000_001
"""A byte more than the app reads."""


def write(path: Path, document: object) -> str:
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def fill(path: Path, content: bytes | int) -> None:
    """Make a file of this content, or of so many bytes that are all 0: such a file takes no time."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with open(path, "wb") as file:
            file.truncate(content)


def read(path: str | Path) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def changed(**members: object) -> dict[str, object]:
    """The note's problem file with these members instead."""
    return NOTE | members


def do(user: User, name: str, *answers: str | Answer) -> None:
    """Choose an entry of the menus, and answer what is asked."""
    user.dialogs.answers.extend(answers)
    user.window.actions_by_name[name].trigger()
    user.settle()
    assert not user.dialogs.answers, "a question was not asked"


# Opening and saving


def test_saved_and_opened_again(user: User, tmp_path: Path) -> None:
    """What is saved under a new name and opened again shows the same texts, and computes the same."""
    path = str(tmp_path / "mine.json")
    user.type_point(5, "0.1")
    user.type_parameters(("0.25", "1", "2"), ("0.75", "2.5", "3"))
    texts = cells(user.points), cells(user.parameters)
    do(user, "save_as", path)
    assert user.window.windowTitle() == "mine.json[*] — refgmm"
    assert not user.window.isWindowModified()
    assert user.status == f"Saved {path}."
    user.press("epoch")
    history = cells(user.history)
    do(user, "example")
    assert user.window.windowTitle() == "The lecture note's example[*] — refgmm"
    do(user, "open", path)
    assert (cells(user.points), cells(user.parameters)) == texts
    assert user.walk.is_at_start
    user.press("epoch")
    assert cells(user.history) == history


def test_save_goes_where_the_problem_came_from(user: User, tmp_path: Path) -> None:
    """Save asks for a name once; then it goes to that file without asking."""
    path = tmp_path / "a.json"
    user.type_point(0, "5")
    do(user, "save", str(path))
    user.type_point(0, "6")
    assert user.window.isWindowModified()
    do(user, "save")
    assert read(path)["points"][0] == 6.0
    assert not user.window.isWindowModified()


def test_save_as_suggests_the_file_at_hand(user: User, tmp_path: Path) -> None:
    """The name suggested is the current one; at first, problem.json in the last folder."""
    do(user, "save_as", "")
    assert user.dialogs.asked[-1].endswith("problem.json")
    do(user, "save_as", str(tmp_path / "a.json"))
    do(user, "save_as", "")
    assert user.dialogs.asked[-1] == f"save {tmp_path / 'a.json'}"


def test_last_folder_is_remembered(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """The next dialog opens in the folder of the last file, also after a new start."""
    folder = tmp_path / "work"
    folder.mkdir()
    path = write(folder / "a.json", NOTE)
    user = open_desktop()
    do(user, "open", path)
    do(user, "open", "")
    assert user.dialogs.asked[-1] == f"open {folder}"
    user.window.close()
    again = open_desktop()
    do(again, "import_points", "")
    assert again.dialogs.asked[-1] == f"import {folder}"


def test_nothing_chosen_changes_nothing(user: User) -> None:
    """A dialog closed without a choice leaves everything as it was."""
    user.next(3)
    before = user.everything()
    for name in ("open", "import_points", "save", "save_as"):
        do(user, name, "")
    assert user.everything() == before


def test_unknown_keys_are_kept(user: User, tmp_path: Path) -> None:
    """What refgmm doesn't know in a file is still there after editing and saving."""
    initial = {**NOTE["initial"], "source": "a note"}
    path = write(
        tmp_path / "a.json", changed(initial=initial, comment="keep me", more=[1, {"a": None}])
    )
    do(user, "open", path)
    user.type_point(0, "0.8")
    do(user, "save")
    saved = read(path)
    assert (saved["comment"], saved["more"]) == ("keep me", [1, {"a": None}])
    assert saved["initial"]["source"] == "a note"
    assert saved["points"][0] == 0.8
    assert saved["refgmm"] == 1


def test_floats_survive_the_file(user: User, tmp_path: Path) -> None:
    """Every double comes back as the same double."""
    points = [0.1, 1 / 3, 1e-75, 123456789.12345679, -2.5e75, 5e-324]
    path = write(tmp_path / "a.json", changed(points=points))
    do(user, "open", path)
    do(user, "save_as", str(tmp_path / "b.json"))
    assert read(tmp_path / "b.json")["points"] == points


def test_file_with_bad_values_opens_with_them(user: User, tmp_path: Path) -> None:
    """Values that won't do stand in their cells and say so; mended, the problem is ready."""
    path = write(
        tmp_path / "a.json",
        changed(
            points=[0.9, "abc", None, 1e80],
            initial={"weights": [0.5, 0.6], "means": [1, 2], "variances": [2, -2]},
        ),
    )
    do(user, "open", path)
    assert not user.dialogs.errors
    assert [row[0] for row in cells(user.points)] == ["0.9", "abc", "null", "1e+80", ""]
    assert "point 2: 'abc' is not a number" in user.fault
    assert user.next_text == "Correct the inputs"
    assert not user.window.isWindowModified()
    for row in (1, 2, 3):
        user.type_point(row, "1")
    user.type(user.parameters, 1, 2, "2")
    user.push("normalise")
    user.next()
    assert user.walk.done == 1


def test_file_with_columns_of_different_length_opens(user: User, tmp_path: Path) -> None:
    """A mean missing in the file is a cell to fill."""
    initial = {"weights": [0.5, 0.5], "means": [1], "variances": [2, 2]}
    do(user, "open", write(tmp_path / "a.json", changed(initial=initial)))
    assert cells(user.parameters) == [["0.5", "1", "2"], ["0.5", "", "2"]]
    assert "mean 2 is missing" in user.fault


def test_draft_with_bad_cells_is_saved_and_reopened(user: User, tmp_path: Path) -> None:
    """Work half done can be saved: the texts come back as they were typed."""
    path = str(tmp_path / "a.json")
    user.type_point(1, "0,7")
    user.type_point(2, "1e999")
    user.type(user.parameters, 0, 2, "")
    user.type(user.parameters, 1, 0, "half")
    texts = cells(user.points), cells(user.parameters)
    do(user, "save", path)
    do(user, "example")
    do(user, "open", path)
    assert (cells(user.points), cells(user.parameters)) == texts
    assert "point 2: '0,7' is not a number" in user.fault
    assert not user.window.isWindowModified()


def test_new_is_empty(user: User) -> None:
    """New has empty tables and an empty window, asks for what is missing, and becomes a problem by typing."""
    user.next(3)
    do(user, "new")
    assert user.window.windowTitle() == "Untitled[*] — refgmm"
    assert cells(user.points) == [[""]]
    assert cells(user.worksheet) == cells(user.footer) == cells(user.history) == []
    assert user.next_text == "Fill in the inputs"
    assert not user.window.actions_by_name["back"].isEnabled()
    user.window.grab()
    user.paste(user.points, "1\n2\n4")
    user.type_parameters(("0.5", "1", "1"), ("0.5", "4", "1"))
    user.press("epoch")
    assert columns(user.history)["epoch"] == ["0", "1"]
    assert user.window.isWindowModified()


UNREADABLE: dict[str, tuple[bytes | int, str]] = {
    "truncated": (b'{"refgmm": 1, "points": [0.9, 0.7', "the file ends in the middle"),
    "newer": (b'{"refgmm": 99, "points": []}', "made by a newer refgmm (format 99"),
    "no JSON": (b"points: 1, 2, 3", "line 1, column 1: not JSON"),
    "other JSON": (b"[1, 2, 3]", "not a refgmm problem"),
    "binary": (bytes(range(256)) * 40, "is not text"),
    "zeros": (b"\0" * 1000, "it holds zero bytes"),
    "empty": (b"", "the file is empty"),
    "no points": (b'{"refgmm": 1, "initial": {}}', '"points" should be a list of numbers'),
    "huge": (HUGE, "200 MB, more than the 200 MB that the app reads"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable_file_is_told(user: User, tmp_path: Path, kind: str) -> None:
    """A file that can't be opened is told, once, with its name; nothing else changes."""
    content, words = UNREADABLE[kind]
    path = tmp_path / "a.json"
    fill(path, content)
    user.next(3)
    before = user.everything()
    do(user, "open", str(path))
    (message,) = user.dialogs.errors
    assert words in message
    assert str(path) in message
    assert "\n" not in message
    assert user.everything() == before
    assert user.window.windowTitle() == "The lecture note's example[*] — refgmm"


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_missing_file_and_folder_are_told(user: User, tmp_path: Path, name: str) -> None:
    """A file that is not there, or is a folder, is told."""
    before = user.everything()
    do(user, "open", str(tmp_path / name))
    assert user.dialogs.errors[0].startswith("can't read ")
    assert user.everything() == before


def test_as_many_points_as_the_app_takes_open(user: User, tmp_path: Path) -> None:
    """A file with exactly as many points as the app takes opens; its first epoch is computed in turns."""
    points = [i / 1000 for i in range(MOST_POINTS)]
    do(user, "open", write(tmp_path / "a.json", changed(points=points)))
    assert not user.dialogs.errors
    wait_for(user.bot, lambda: user.worksheet.model().rowCount() == MOST_POINTS)


# Importing points


def test_points_imported(user: User, tmp_path: Path) -> None:
    """The points of a CSV file take the place of those in the table; what was guessed is said."""
    path = tmp_path / "a.csv"
    path.write_text("height\n1,5\n2,5\n", encoding="utf-8")
    do(user, "import_points", str(path))
    assert [row[0] for row in cells(user.points)] == ["1.5", "2.5", ""]
    assert user.status == (
        "Imported 2 points. Read commas as decimal commas: 1,5 as 1.5. Took 'height' as a header."
    )
    assert user.window.isWindowModified()
    assert cells(user.parameters) == [["0.5", "1", "2"], ["0.5", "2", "2"]]


MANY_COLUMNS = "name;height;weight\nann;1.7;65\nbob;1.8;80\n"


@pytest.mark.parametrize(
    ("file", "chosen", "points"),
    [
        ((MANY_COLUMNS, "height weight"), "weight", ["65", "80"]),
        ((MANY_COLUMNS, "height weight"), "height", ["1.7", "1.8"]),
        (("1;2\n3;4\n", "1 2"), "2", ["2", "4"]),
        (("x;x\n1;2\n3;4\n", "1 2"), "2", ["2", "4"]),
        (("x;;z\n1;2;3\n3;4;5\n", "x 2 z"), "2", ["2", "4"]),
    ],
    ids=["last", "first", "no head", "one name for two", "no name"],
)
def test_column_is_asked_for(
    user: User, tmp_path: Path, file: tuple[str, str], chosen: str, points: list[str]
) -> None:
    """Of several columns of numbers the user chooses one, by its name or its number."""
    path = tmp_path / "a.csv"
    path.write_text(file[0], encoding="utf-8")
    do(user, "import_points", str(path), chosen)
    assert not user.dialogs.errors
    assert user.dialogs.columns == [file[1].split()]
    assert [row[0] for row in cells(user.points)] == [*points, ""]


def test_a_column_with_a_gap_is_asked_for_too(user: User, tmp_path: Path) -> None:
    """Heights with a gap may be what is wanted, and not the numbers of the rows beside them."""
    path = tmp_path / "a.csv"
    path.write_text("id,height\n1,1.7\n2,\n3,1.8\n", encoding="utf-8")
    do(user, "import_points", str(path), "height", "yes")
    assert user.dialogs.columns == [["id", "height"]]
    assert [row[0] for row in cells(user.points)] == ["1.7", "1.8", ""]


def test_gaps_beside_the_columns_chosen_are_no_question(user: User, tmp_path: Path) -> None:
    """In two dimensions, too, the columns are asked for first, and rows that lack others are whole."""
    path = tmp_path / "a.csv"
    path.write_text("x,y,z\n1,2,3\n2,3,\n3,5,1\n", encoding="utf-8")
    do(user, "new_2d")
    do(user, "import_points", str(path), "x,y")
    assert user.dialogs.asked[-1] == "columns"
    assert len(user.state.draft.points) == 3
    do(user, "import_points", str(path), "x,z", "yes")
    assert user.dialogs.asked[-2:][0] == "columns"
    assert len(user.state.draft.points) == 2


def test_no_column_chosen_changes_nothing(user: User, tmp_path: Path) -> None:
    """Where no column is chosen, nothing is imported."""
    path = tmp_path / "a.csv"
    path.write_text(MANY_COLUMNS, encoding="utf-8")
    before = user.everything()
    do(user, "import_points", str(path), "")
    assert user.dialogs.columns == [["height", "weight"]]
    assert user.everything() == before


def test_only_column_of_numbers_is_taken(user: User, tmp_path: Path) -> None:
    """Where one column holds numbers, it is taken without asking, and that is said."""
    path = tmp_path / "a.csv"
    path.write_text("name,height\nann,1.7\nbob,1.8\n", encoding="utf-8")
    do(user, "import_points", str(path))
    assert "Took column 'height', the only one that holds numbers." in user.status
    assert not user.dialogs.columns


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"1\n1e999\n", "line 2: point must be a finite number"),
        (b"a;b\nx;y\n", "none of them holds only numbers"),
        (b"\xff\xfe\x00\x01\x02", ""),
        (HUGE, "more than the 200 MB that the app reads"),
    ],
    ids=["text", "no numbers", "binary", "huge"],
)
def test_import_refused_changes_nothing(
    user: User, tmp_path: Path, content: bytes | int, words: str
) -> None:
    """What can't be imported is told, with the file's name; the points stay."""
    path = tmp_path / "a.csv"
    fill(path, content)
    before = user.everything()
    do(user, "import_points", str(path))
    (message,) = user.dialogs.errors
    assert words in message
    assert str(path) in message
    assert user.everything() == before


# Unsaved changes


def leave(user: User, way: str, path: str, *answers: str | Answer) -> None:
    """Go on to another problem, or close."""
    if way == "close":
        user.dialogs.answers.extend(answers)
        user.window.close()
    elif way == "open":
        wanted = not answers or answers[0] is not Answer.CANCEL
        do(user, way, *answers, *([path] if wanted else []))
    else:
        do(user, way, *answers)


def has_left(user: User, way: str) -> bool:
    if way == "close":
        return not user.window.isVisible()
    return user.state.draft.points[:1] != (("5",),)


WAYS = pytest.mark.parametrize("way", ["close", "open", "new", "example", "quit"])


@WAYS
def test_unsaved_changes_cancelled(user: User, tmp_path: Path, way: str) -> None:
    """Cancel: the window, its texts and its walk stay, unsaved."""
    other = write(tmp_path / "other.json", NOTE)
    user.type_point(0, "5")
    user.next(2)
    before = user.everything()
    leave(user, way, other, Answer.CANCEL)
    assert user.dialogs.asked == ["unsaved The lecture note's example"]
    assert user.window.isVisible()
    assert user.everything() == before
    assert user.state.is_modified


@WAYS
def test_unsaved_changes_discarded(user: User, tmp_path: Path, way: str) -> None:
    """Discard: the user's word, and nothing is written."""
    path = write(tmp_path / "a.json", NOTE)
    do(user, "open", path)
    other = write(tmp_path / "other.json", NOTE)
    user.type_point(0, "5")
    leave(user, way, other, Answer.DISCARD)
    assert has_left(user, "close" if way == "quit" else way)
    assert read(path)["points"][0] == 0.9


@WAYS
def test_unsaved_changes_saved(user: User, tmp_path: Path, way: str) -> None:
    """Save: first saved, then left."""
    path = write(tmp_path / "a.json", NOTE)
    do(user, "open", path)
    other = write(tmp_path / "other.json", NOTE)
    user.type_point(0, "5")
    leave(user, way, other, Answer.SAVE)
    assert has_left(user, "close" if way == "quit" else way)
    assert read(path)["points"][0] == 5.0


@WAYS
def test_unsaved_changes_saved_nowhere(user: User, tmp_path: Path, way: str) -> None:
    """Save, and then no name given: nothing is left, nothing lost."""
    user.type_point(0, "5")
    user.dialogs.answers.extend([Answer.SAVE, ""])
    if way == "close":
        user.window.close()
    else:
        user.window.actions_by_name[way].trigger()
    assert user.window.isVisible()
    assert user.state.draft.points[0] == ("5",)
    assert user.state.is_modified


@WAYS
def test_nothing_is_asked_without_changes(user: User, tmp_path: Path, way: str) -> None:
    """Without changes, also after steps, nobody is asked."""
    user.press("epoch")
    leave(user, way, write(tmp_path / "other.json", NOTE))
    assert not any("unsaved" in question for question in user.dialogs.asked)


def test_opening_a_bad_file_keeps_the_discarded_changes(user: User, tmp_path: Path) -> None:
    """Where the file chosen can't be opened, even discarded changes are still there."""
    user.type_point(0, "5")
    do(user, "open", Answer.DISCARD, str(tmp_path / "missing.json"))
    assert user.state.draft.points[0] == ("5",)
    assert user.state.is_modified


def unwritable(folder: Path) -> str:
    """A path that can't be written: its folder is a file."""
    (folder / "file").write_text("", encoding="utf-8")
    return str(folder / "file" / "a.json")


def test_failure_to_save_keeps_the_window(user: User, tmp_path: Path) -> None:
    """Where saving fails on closing, that is told, the window stays open, and the changes unsaved."""
    user.type_point(0, "5")
    user.dialogs.answers.extend([Answer.SAVE, unwritable(tmp_path)])
    user.window.close()
    assert user.dialogs.errors[0].startswith("can't write ")
    assert user.window.isVisible()
    assert user.window.isWindowModified()
    assert user.state.file.path is None


def test_failure_to_save_keeps_the_file(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full, the file is whole afterwards, and the changes still unsaved."""
    path = write(tmp_path / "a.json", NOTE)
    do(user, "open", path)
    user.type_point(0, "5")

    def fail(*paths: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "replace", fail)
        do(user, "save")
    assert user.dialogs.errors == [f"can't write {path}: No space left on device"]
    assert read(path) == NOTE
    assert not list(tmp_path.glob("*.tmp"))
    assert user.window.isWindowModified()
    do(user, "save")
    assert read(path)["points"][0] == 5.0


# What stays for the next start


def test_window_is_remembered(open_desktop: OpenDesktop) -> None:
    """Size, splitters and view are as they were when the window closed."""
    user = open_desktop()
    window = user.window
    window.resize(1100, 700)
    window.sides.setSizes([400, 700])
    window.sides.column_of("worksheet").setSizes([300, 200, 150])
    user.settle()
    user.set_decimals(9)
    user.use_note_labelling()
    user.step_by(Granularity.PHASE)
    user.click(window.standard)
    user.menu_action("Theme", "Dark").trigger()
    user.settle()
    sizes = window.size(), window.sides.sizes(), window.sides.column_of("worksheet").sizes()
    view = user.state.view
    window.close()

    again = open_desktop()
    again.settle()
    assert again.state.view == view
    assert (view.decimals, view.labelling, view.granularity) == (
        9,
        Labelling.NOTE,
        Granularity.PHASE,
    )
    assert (view.theme, view.standard_densities) == ("dark", False)
    assert (again.window.size(), again.window.sides.sizes()) == sizes[:2]
    assert again.window.sides.column_of("worksheet").sizes() == pytest.approx(sizes[2], abs=2)
    assert again.window.decimals.value() == 9
    assert again.window.labelling.currentIndex() == 1
    assert again.window.step_size.currentText() == "by whole steps"
    assert not again.window.standard.isChecked()
    assert again.menu_action("Theme", "Dark").isChecked()
    assert again.next_text == "β: responsibilities (epoch 1)"


BROKEN: dict[str, list[str | bytes | list[str]]] = {
    "decimals": ["abc", "", "99", "-1", "1e9", "9" * 40, "4.5", ["1", "2"]],
    "labelling": ["nonsense", "", ["a", "b"]],
    "theme": ["pink", "", ["a", "b"]],
    "standard_densities": ["maybe", "", ["a", "b"]],
    "granularity": ["maybe", "", ["a", "b"]],
    "geometry": ["abc", b"abc", b"", "1"],
    "sides": ["abc", b"\0" * 30],
    "rows": ["abc", b"\xff" * 300],
    "folder": ["", "/no/such/folder", ["a", "b"]],
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_settings_are_survived(open_desktop: OpenDesktop, tmp_path: Path, name: str) -> None:
    """A setting that makes no sense gives the default for itself, and a window that works."""
    for value in BROKEN[name]:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("decimals", 5)
        settings.setValue(name, value)
        settings.sync()
        user = open_desktop()
        view = user.state.view
        assert view.decimals == (4 if name == "decimals" else 5)
        assert view.labelling is Labelling.TEXTBOOK
        assert view.theme == "system"
        user.next()
        do(user, "open", "")
        user.window.close()


def test_broken_settings_file_is_survived(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """A settings file that is no settings file gives the defaults."""
    (tmp_path / "settings.ini").write_bytes(bytes(range(256)) * 10)
    user = open_desktop()
    assert user.state.view.decimals == 4
    user.next()


# The real dialogs


@pytest.fixture
def dialogs(app: QApplication, qtbot: QtBot) -> Dialogs:
    """The app's own dialogs, as a user meets them."""
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    return Dialogs(parent)


def answer(button: QMessageBox.StandardButton | None) -> None:
    """Press a button of the message box that opens next; Escape for None."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        if button is None:
            QTest.keyClick(box, Qt.Key.Key_Escape)
        else:
            box.button(button).click()

    QTimer.singleShot(0, press)


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        (QMessageBox.StandardButton.Save, Answer.SAVE),
        (QMessageBox.StandardButton.Discard, Answer.DISCARD),
        (QMessageBox.StandardButton.Cancel, Answer.CANCEL),
        (None, Answer.CANCEL),
    ],
)
def test_question_about_unsaved_changes(
    dialogs: Dialogs, button: QMessageBox.StandardButton | None, expected: Answer
) -> None:
    """Each button of the question is its answer; closing it is Cancel."""
    answer(button)
    assert dialogs.unsaved("a.json") is expected


def test_errors_and_texts_are_shown(dialogs: Dialogs) -> None:
    """An error opens a box with that text as it is; a text of the app's own may be laid out."""
    seen = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append((box.windowTitle(), box.text(), box.textFormat()))
        box.accept()

    QTimer.singleShot(0, look)
    dialogs.error("line 1: '<html>' is not a number")
    QTimer.singleShot(0, look)
    dialogs.text("Keyboard", "<b>F8</b> Next")
    assert seen == [
        ("refgmm", "line 1: '<html>' is not a number", Qt.TextFormat.PlainText),
        ("Keyboard", "<b>F8</b> Next", Qt.TextFormat.AutoText),
    ]


def test_columns_dialog(dialogs: Dialogs) -> None:
    """The columns dialog gives those ticked, at first as many as a point has numbers, and nothing
    where it is closed.
    """
    ticked = []

    def box() -> tuple[QDialog, QListWidget]:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        columns = dialog.findChild(QListWidget, "columns")
        assert isinstance(columns, QListWidget)
        states = [columns.item(row).checkState() for row in range(columns.count())]
        ticked.append([state == Qt.CheckState.Checked for state in states])
        return dialog, columns

    def choose() -> None:
        dialog, columns = box()
        columns.item(0).setCheckState(Qt.CheckState.Unchecked)
        columns.item(1).setCheckState(Qt.CheckState.Checked)
        columns.item(2).setCheckState(Qt.CheckState.Checked)
        dialog.accept()

    def close() -> None:
        dialog, _ = box()
        dialog.reject()

    QTimer.singleShot(0, choose)
    assert dialogs.which_columns(["a", "b", "c"], None, None, LIGHT) == ["b", "c"]
    QTimer.singleShot(0, close)
    assert dialogs.which_columns(["a", "b", "c"], 2, None, LIGHT) == []
    assert ticked == [[True, False, False], [True, True, False]]


def test_dimension_dialog(dialogs: Dialogs) -> None:
    """The dialog of a new problem gives a number of coordinates, and 0 where it is closed."""

    def box() -> QInputDialog:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        return dialog

    def choose() -> None:
        box().setIntValue(4)
        box().accept()

    QTimer.singleShot(0, choose)
    assert dialogs.dimension() == 4
    QTimer.singleShot(0, lambda: box().reject())
    assert dialogs.dimension() == 0


def file_dialog() -> QFileDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    return dialog


def test_open_dialogs(dialogs: Dialogs, tmp_path: Path) -> None:
    """The dialogs to open and to import give the path chosen, and nothing where they are closed."""
    path = tmp_path / "a.json"
    path.write_text("", encoding="utf-8")

    def choose() -> None:
        file_dialog().selectFile(str(path))
        file_dialog().accept()

    for ask in (dialogs.path_to_open, dialogs.path_to_import):
        QTimer.singleShot(0, choose)
        assert Path(ask(str(tmp_path))) == path
        QTimer.singleShot(0, lambda: file_dialog().reject())
        assert ask(str(tmp_path)) == ""


@pytest.mark.parametrize(
    ("name", "saved"), [("a.json", "a.json"), ("a", "a.json"), ("a.b", "a.b"), ("a.txt", "a.txt")]
)
def test_save_dialog_adds_the_suffix(
    dialogs: Dialogs, tmp_path: Path, name: str, saved: str
) -> None:
    """A name without a suffix gets .json."""

    def choose() -> None:
        file_dialog().selectFile(name)
        file_dialog().accept()

    QTimer.singleShot(0, choose)
    assert Path(dialogs.path_to_save(str(tmp_path / "problem.json"))) == tmp_path / saved


def test_save_dialog_asks_before_it_writes_over(dialogs: Dialogs, tmp_path: Path) -> None:
    """A name without a suffix, whose file with .json exists: the user is asked, and can say no."""
    (tmp_path / "a.json").write_text("precious", encoding="utf-8")
    asked = []

    def say_no() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.No).click()

    def choose() -> None:
        dialog = file_dialog()
        dialog.selectFile("a")
        QTimer.singleShot(0, say_no)
        dialog.accept()
        dialog.reject()

    QTimer.singleShot(0, choose)
    assert dialogs.path_to_save(str(tmp_path / "problem.json")) == ""
    assert len(asked) == 1

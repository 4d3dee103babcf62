"""How files come into the app: recent ones, dropped ones, large ones; and what other programs do to them."""

import errno
import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QListWidget,
    QMessageBox,
    QProgressDialog,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from refgmm import worked_example
from refgmm.errors import RefGMMError
from refgmm.points_text import preview
from refgmm_gui.dialogs.files import Answer, Dialogs, OnDisk
from refgmm_gui.runner import CancelledError, Job, Runner, whole
from refgmm_gui.samples import Sample
from refgmm_gui.session import MOST_POINTS
from refgmm_gui.theme import LIGHT
from tests.gui.driver import User, cells, wait_for
from tests.gui.fixtures import OpenDesktop

NOTE = worked_example.problem()


def problem_file(path: Path, first: float = 0.9) -> str:
    document = NOTE.to_document()
    document["points"][0] = first
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def do(user: User, name: str, *answers: str | Answer) -> None:
    user.dialogs.answers.extend(answers)
    user.window.actions_by_name[name].trigger()
    user.settle()
    assert not user.dialogs.answers, "a question was not asked"


@pytest.fixture
def dialogs(app: QApplication, qtbot: QtBot) -> Dialogs:
    """The app's own dialogs, as a user meets them."""
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    return Dialogs(parent)


# Recent files


def recent(user: User) -> list[str]:
    """The entries of File > Open recent that are files."""
    user.window.recent_menu.aboutToShow.emit()
    texts = [action.text() for action in user.window.recent_menu.actions()]
    return [text for text in texts if text[:1] == "&" and text[1:2].isdigit()]


def entry(user: User, start: str) -> QAction:
    user.window.recent_menu.aboutToShow.emit()
    for action in user.window.recent_menu.actions():
        if action.text().startswith(start):
            return action
    raise AssertionError(f"there is no {start}")


def test_recent_files_are_the_last_eight(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """What was opened, imported or saved stands in the menu, the newest first, eight at most, each once;
    also after a new start.
    """
    user = open_desktop()
    assert recent(user) == []
    for number in range(9):
        do(user, "open", problem_file(tmp_path / f"{number}.json"))
    do(user, "open", str(tmp_path / "3.json"))
    do(user, "save_as", str(tmp_path / "saved & done.json"))
    (tmp_path / "points.csv").write_text("1\n2\n", encoding="utf-8")
    do(user, "import_points", str(tmp_path / "points.csv"))
    names = ["points.csv", "saved && done.json", *(f"{n}.json" for n in (3, 8, 7, 6, 5, 4))]
    expected = [f"&{place} {name}" for place, name in enumerate(names, start=1)]
    assert recent(user) == expected
    user.dialogs.answers.append(Answer.DISCARD)
    user.window.close()
    assert recent(open_desktop()) == expected


def test_recent_file_opens(user: User, tmp_path: Path) -> None:
    """A click opens it, after the question about unsaved changes."""
    do(user, "open", problem_file(tmp_path / "a.json", first=7.0))
    do(user, "example")
    user.type_point(0, "5")
    user.dialogs.answers.append(Answer.DISCARD)
    entry(user, "&1 a.json").trigger()
    assert user.state.draft.points[0] == ("7",)


@pytest.mark.parametrize(("answer", "left"), [("yes", 0), ("no", 1)])
def test_missing_recent_file(user: User, tmp_path: Path, answer: str, left: int) -> None:
    """A file that is gone is said to be, in the menu and on a click; then it may go from the list."""
    path = problem_file(tmp_path / "a.json")
    do(user, "open", path)
    os.remove(path)
    user.dialogs.answers.append(answer)
    entry(user, "&1 a.json — missing").trigger()
    assert user.dialogs.asked[-1] == f"forget {path}"
    assert len(recent(user)) == left


def test_recent_files_cleared(user: User, tmp_path: Path) -> None:
    """Clear the list: no file is left in it."""
    do(user, "open", problem_file(tmp_path / "a.json"))
    entry(user, "&Clear").trigger()
    assert recent(user) == []
    assert not entry(user, "No files yet").isEnabled()


# Drag and drop


def drag(user: User, kind: str, *paths: Path, text: str = "") -> bool:
    """What Qt tells the window where files are dragged: whether it takes them."""
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if text:
        data.setText(text)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    events: list[QDropEvent] = [QDragEnterEvent(QPoint(9, 9), copy, data, left, none)]
    if kind == "drop":  # of what has entered
        events.append(QDropEvent(QPointF(9, 9), copy, data, left, none))
    for event in events:
        event.setAccepted(False)
        QApplication.sendEvent(user.window, event)
        user.settle()
    return events[-1].isAccepted()


def test_dropped_problem_opens(painting_user: User, tmp_path: Path) -> None:
    """Over the window, a hint says what would open; let go, it opens, and the hint is gone."""
    user = painting_user
    problem_file(tmp_path / "a.json", first=7.0)
    hint = user.window.drops.hint
    assert drag(user, "enter", tmp_path / "a.json")
    assert hint.isVisible()
    assert hint.text == "Drop here to open a.json"
    assert hint.geometry() == user.window.rect()
    user.window.grab()
    assert drag(user, "drop", tmp_path / "a.json")
    assert not hint.isVisible()
    assert user.state.draft.points[0] == ("7",)


def test_dragged_away(user: User, tmp_path: Path) -> None:
    """Where files are dragged away again, the hint goes, and nothing opens."""
    drag(user, "enter", tmp_path / "a.json")
    QApplication.sendEvent(user.window, QDragLeaveEvent())
    assert not user.window.drops.hint.isVisible()
    assert not user.dialogs.errors


def test_dropped_table_gives_points(user: User, tmp_path: Path) -> None:
    """A CSV file dropped gives the points."""
    (tmp_path / "a.csv").write_text("3\n4\n", encoding="utf-8")
    drag(user, "drop", tmp_path / "a.csv")
    assert [row[0] for row in cells(user.points)] == ["3", "4", ""]


def test_several_files_dropped(user: User, tmp_path: Path) -> None:
    """Of several files none opens; the hint and the message say why."""
    paths = [Path(problem_file(tmp_path / name)) for name in ("a.json", "b.json")]
    drag(user, "enter", *paths)
    assert user.window.drops.hint.text == "One file at a time, please: these are 2"
    drag(user, "drop", *paths)
    assert user.dialogs.errors == [
        "refgmm opens one file at a time, and 2 were dropped: drop one of them."
    ]


def test_dropped_text_is_not_taken(user: User) -> None:
    """What is no file is not taken."""
    assert not drag(user, "enter", text="hello")
    assert not user.window.drops.hint.isVisible()


def test_dropping_asks_about_changes(user: User, tmp_path: Path) -> None:
    """Unsaved changes are asked about before a dropped problem opens."""
    path = Path(problem_file(tmp_path / "a.json"))
    user.type_point(0, "5")
    user.dialogs.answers.append(Answer.CANCEL)
    drag(user, "drop", path)
    assert user.state.draft.points[0] == ("5",)


# Large files


def test_sample_of_a_large_table(user: User, tmp_path: Path) -> None:
    """Of more points than the app takes, the user takes every so manieth; the message says which."""
    path = tmp_path / "a.csv"
    path.write_text("".join(f"{i}\n" for i in range(3 * MOST_POINTS)), encoding="utf-8")
    do(user, "import_points", str(path), "every")
    assert (
        "300,000 points are more than the 100,000 that the app steps through"
        in (user.dialogs.asked[-1])
    )
    assert len(user.state.draft.points) == MOST_POINTS
    assert user.state.draft.points[:3] == (("0",), ("3",), ("6",))
    assert user.status == "Imported 100000 points. Took 1 row in 3 of 300,000."


def test_random_sample_of_a_large_problem(user: User, tmp_path: Path) -> None:
    """A sample of a problem file is another problem, without a file: saving can't lose the others."""
    document = NOTE.to_document() | {"points": list(range(2 * MOST_POINTS))}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    do(user, "open", str(path), "7")
    points = [float(text) for (text,) in user.state.draft.points]
    assert len(points) == MOST_POINTS
    assert points == sorted(set(points))
    assert points != [float(i) for i in range(0, 2 * MOST_POINTS, 2)]
    assert user.state.file.path is None
    assert user.status == "Drew 100,000 rows of 200,000 at random, with the seed 7."


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_no_sample_changes_nothing(user: User, tmp_path: Path, name: str) -> None:
    """Where no sample is wanted, nothing is read."""
    points = list(range(MOST_POINTS + 1))
    text = json.dumps(NOTE.to_document() | {"points": points})
    path = tmp_path / name
    path.write_text("\n".join(map(str, points)) if name == "a.csv" else text, encoding="utf-8")
    before = user.everything()
    do(user, "open", str(path), "")
    assert user.everything() == before
    assert not user.dialogs.errors


@pytest.mark.parametrize(
    ("rows", "most"), [(10, 10), (11, 10), (19, 10), (20, 10), (21, 10), (9, 2)]
)
def test_samples(rows: int, most: int) -> None:
    """A sample has at most so many rows, in their order; the same seed draws the same."""
    numbers = range(rows)
    regular = Sample(most).of(numbers)
    assert len(regular) <= most
    assert regular == tuple(numbers[:: regular[1] - regular[0]])
    drawn = Sample(most, seed=5).of(numbers)
    assert len(drawn) == min(rows, most)
    assert list(drawn) == sorted(set(drawn))
    assert drawn == Sample(most, seed=5).of(numbers)


def test_window_lives_while_a_million_rows_are_read(painting_user: User, tmp_path: Path) -> None:
    """While 1,000,000 rows are read, the window answers: between two beats of a timer of 10 ms the app
    never works for half a second; and a cancelled reading changes nothing.
    """
    user = painting_user
    path = tmp_path / "a.csv"
    path.write_text("".join(f"{i}.5\n" for i in range(1_000_000)), encoding="utf-8")
    before = user.everything()
    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.process_time()))
    timer.start(10)

    def cancel_soon() -> None:
        """Once the progress is in sight, and the window has answered for a while."""
        dialog = user.window.findChild(QProgressDialog)
        if isinstance(dialog, QProgressDialog) and dialog.isVisible() and len(beats) > 10:
            button = dialog.findChild(QPushButton)
            assert isinstance(button, QPushButton)
            timer.stop()
            button.click()

    timer.timeout.connect(cancel_soon)
    do(user, "import_points", str(path))
    timer.stop()
    assert max(b - a for a, b in pairwise(beats)) < 0.5
    assert len(beats) > 10
    assert user.status == "Nothing was imported."
    assert user.everything() == before


# Jobs


def test_job_gives_its_result_and_raises_its_error(user: User) -> None:
    """A job's result, or its error, is that of the caller; its work is on another thread."""
    dialogs, runner = user.dialogs, user.desktop.runner
    where = runner.do(whole(threading.get_ident), dialogs.progress("…"))
    assert where != threading.get_ident()

    def fail() -> None:
        raise RefGMMError("no")

    with pytest.raises(RefGMMError, match="no"):
        runner.do(whole(fail), dialogs.progress("…"))


def test_cancelled_job_ends_at_its_next_part(user: User) -> None:
    """Cancel: the caller is told at once, the job ends where it yields, and its thread with it."""
    runner, closed = Runner(), threading.Event()

    def endless() -> Job[None]:
        try:
            while True:
                time.sleep(0.01)
                yield 0.5
        finally:
            closed.set()

    progress = user.dialogs.progress("Waiting …")
    QTimer.singleShot(500, progress.canceled.emit)
    with pytest.raises(CancelledError):
        runner.do(endless(), progress)
    wait_for(user.bot, closed.is_set)
    wait_for(user.bot, lambda: not runner._jobs)


def test_cancelled_job_ends_in_the_midst_of_a_part(user: User) -> None:
    """A function that would never return is left where it is, and what it has open is closed."""
    runner, closed, counted = Runner(), threading.Event(), [0]

    def endless() -> None:
        try:
            while True:
                counted[0] += 1
        finally:
            closed.set()

    progress = user.dialogs.progress("Waiting …")
    QTimer.singleShot(400, progress.canceled.emit)
    with pytest.raises(CancelledError):
        runner.do(whole(endless), progress)
    user.bot.waitUntil(closed.is_set)
    user.bot.waitUntil(lambda: not runner._jobs)
    assert counted[0] > 0


def test_jobs_taken_back_end_with_the_app(user: User) -> None:
    """stop_all waits for what was taken back, so that no thread outlives the app."""
    runner, slept, done = Runner(), threading.Event(), threading.Event()

    def slow() -> None:
        try:
            time.sleep(1)
        finally:
            slept.set()
        time.sleep(0.001)
        done.set()

    progress = user.dialogs.progress("Waiting …")
    QTimer.singleShot(400, progress.canceled.emit)
    with pytest.raises(CancelledError):
        runner.do(whole(slow), progress)
    assert not slept.is_set()
    runner.stop_all()
    assert slept.is_set()
    assert not done.is_set()
    assert not runner._jobs


# The real dialogs


def test_columns_dialog_previews(dialogs: Dialogs) -> None:
    """Beside the columns stand the first rows of the table, whole; the chosen columns stand out."""
    seen: list[list[str]] = []
    grounds: list[list[str]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        table = dialog.findChild(QTableWidget, "preview")
        columns = dialog.findChild(QListWidget, "columns")
        assert isinstance(table, QTableWidget)
        assert isinstance(columns, QListWidget)
        items = [
            [table.item(row, column) for column in range(table.columnCount())]
            for row in range(table.rowCount())
        ]
        seen.extend([item.text() if item else "" for item in row] for row in items)
        for _ in range(2):
            grounds.append([item.background().color().name() if item else "" for item in items[0]])
            columns.item(1).setCheckState(Qt.CheckState.Checked)
        dialog.grab()
        dialog.accept()

    QTimer.singleShot(0, look)
    text = "name;height;weight\nAnn;1,7;65\nBob;1,8;80\n"
    assert dialogs.which_columns(["height", "weight"], None, preview(text), LIGHT) == [
        "height",
        "weight",
    ]
    assert seen == [["Ann", "1.7", "65"], ["Bob", "1.8", "80"]]
    assert grounds == [
        [LIGHT.base, LIGHT.fresh, LIGHT.base],
        [LIGHT.base, LIGHT.fresh, LIGHT.fresh],
    ]


def test_preview_of_an_import(user: User, tmp_path: Path) -> None:
    """The question for the columns of a file has the file's first eight rows."""
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" + "".join(f"{i};{i + 1}\n" for i in range(20)), encoding="utf-8")
    do(user, "import_points", str(path), "b")
    (shown,) = user.dialogs.previews
    assert shown is not None
    assert shown.names == ("a", "b")
    assert shown.rows == tuple((str(i), str(i + 1)) for i in range(8))


def test_sample_dialog(dialogs: Dialogs) -> None:
    """The dialog gives every so manieth row, or random ones with the seed; nothing where it is closed."""

    def box() -> QDialog:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        return dialog

    def choose_random() -> None:
        button, seed = box().findChild(QRadioButton, "randomRows"), box().findChild(QSpinBox)
        assert isinstance(button, QRadioButton)
        assert isinstance(seed, QSpinBox)
        assert not seed.isEnabled()
        button.click()
        seed.setValue(9)
        box().accept()

    for act, expected in (
        (lambda: box().accept(), Sample(100)),
        (choose_random, Sample(100, seed=9)),
        (lambda: box().reject(), None),
    ):
        QTimer.singleShot(0, act)
        assert dialogs.sample("Too many.", 1000, 100) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Save &as…", OnDisk.SAVE_AS),
        ("&Overwrite", OnDisk.OVERWRITE),
        ("&Reload", OnDisk.RELOAD),
        ("", OnDisk.CANCEL),
    ],
)
def test_question_about_a_changed_file(dialogs: Dialogs, label: str, expected: OnDisk) -> None:
    """Each button is its answer; Escape is Cancel."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        for button in box.buttons():
            if button.text() == label:
                button.click()
                return
        QTest.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, press)
    assert dialogs.changed_on_disk("a.json") is expected


@pytest.mark.parametrize("is_to_go", [True, False])
def test_question_about_a_missing_file(dialogs: Dialogs, is_to_go: bool) -> None:
    """Yes is yes, Escape is no."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        if is_to_go:
            box.button(QMessageBox.StandardButton.Yes).click()
        else:
            QTest.keyClick(box, Qt.Key.Key_Escape)

    QTimer.singleShot(0, press)
    assert dialogs.forget("/a.json") is is_to_go


# Other programs


def notices(user: User) -> list[str]:
    return list(user.window.notices.texts().values())


def click(user: User, label: str) -> None:
    """Click a button of a notice."""
    for button in user.window.notices.findChildren(QPushButton):
        if button.text() == label:
            user.click(button)
            user.settle()
            return
    raise AssertionError(f"no notice offers {label}")


@pytest.mark.parametrize("is_replaced", [False, True], ids=["written", "replaced"])
def test_change_on_disk_is_told(user: User, tmp_path: Path, is_replaced: bool) -> None:
    """A file that another program writes or replaces is told of, and Reload has it."""
    path = tmp_path / "a.json"
    do(user, "open", problem_file(path))
    if is_replaced:
        problem_file(tmp_path / "new.json", first=7.0)
        os.replace(tmp_path / "new.json", path)
    else:
        problem_file(path, first=7.0)
    wait_for(user.bot, lambda: notices(user) == ["Another program has changed a.json on disk."])
    click(user, "Reload")
    assert user.state.draft.points[0] == ("7",)
    assert notices(user) == []
    problem_file(path, first=8.0)
    wait_for(user.bot, lambda: len(notices(user)) == 1)


def test_own_saving_is_no_change(user: User, tmp_path: Path) -> None:
    """What the app itself writes is not told of, nor is a file that was only touched."""
    path = tmp_path / "a.json"
    do(user, "open", problem_file(path))
    user.type_point(0, "5")
    do(user, "save")
    path.touch()
    user.bot.wait(500)
    assert notices(user) == []


def test_kept_mine(user: User, tmp_path: Path) -> None:
    """Keep mine: the notice goes and doesn't come back for this change; saving still asks."""
    path = tmp_path / "a.json"
    do(user, "open", problem_file(path))
    problem_file(path, first=7.0)
    wait_for(user.bot, lambda: len(notices(user)) == 1)
    click(user, "Keep mine")
    path.touch()
    user.bot.wait(400)
    assert notices(user) == []
    user.type_point(0, "5")
    do(user, "save", "CANCEL")
    assert user.dialogs.asked[-1] == "changed a.json"


def test_removed_file_is_told_and_saved_again(user: User, tmp_path: Path) -> None:
    """A file that is removed is told of; Save writes it again, without a question."""
    path = tmp_path / "a.json"
    do(user, "open", problem_file(path))
    os.remove(path)
    wait_for(
        user.bot, lambda: notices(user) == ["a.json is no longer on disk. Save writes it again."]
    )
    do(user, "save")
    assert path.exists()
    assert notices(user) == []


@pytest.mark.parametrize(
    ("answers", "on_disk", "in_window"),
    [
        (["CANCEL"], 7.0, "5"),
        (["OVERWRITE"], 5.0, "5"),
        (["RELOAD"], 7.0, "7"),
        (["SAVE_AS", "b.json"], 7.0, "5"),
    ],
    ids=["cancel", "overwrite", "reload", "save as"],
)
def test_saving_over_a_change(
    user: User, tmp_path: Path, answers: list[str], on_disk: float, in_window: str
) -> None:
    """Saving a file that another program has changed asks, and does what is answered."""
    path = tmp_path / "a.json"
    do(user, "open", problem_file(path))
    user.type_point(0, "5")
    problem_file(path, first=7.0)
    do(user, "save", *(str(tmp_path / a) if a.endswith(".json") else a for a in answers))
    assert json.loads(path.read_text("utf-8"))["points"][0] == on_disk
    assert user.state.draft.points[0] == (in_window,)
    assert (tmp_path / "b.json").exists() == ("SAVE_AS" in answers)
    assert user.state.is_modified == (answers == ["CANCEL"])


# What can't be read or written


def test_pipe_is_refused(user: User, tmp_path: Path) -> None:
    """A pipe, from which reading might never end, is refused."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names here")
    os.mkfifo(tmp_path / "a.json")
    do(user, "open", str(tmp_path / "a.json"))
    assert user.dialogs.errors == [
        f"can't read {tmp_path / 'a.json'}: it is a device or a pipe, and no file"
    ]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(user: User, small_disk: Path) -> None:
    """On a disk that is full, saving and exporting fail with a message; the file there stays whole, no
    rest is left, and the changes are still unsaved.
    """
    path = small_disk / "a.json"
    do(user, "open", problem_file(path))
    before = path.read_bytes()
    user.paste(user.points, "\n".join(repr(i / 7) for i in range(5000)))
    do(user, "save")
    assert user.dialogs.errors == [f"can't write {path}: {os.strerror(errno.ENOSPC)}"]
    assert path.read_bytes() == before
    assert os.listdir(small_disk) == ["a.json"]
    assert user.window.isWindowModified()
    do(user, "export_solution", ".html 1", str(small_disk / "a.html"))
    assert (
        user.dialogs.errors[1]
        == f"can't write {small_disk / 'a.html'}: {os.strerror(errno.ENOSPC)}"
    )
    assert os.listdir(small_disk) == ["a.json"]
    user.wait_computed()
    user.next()


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody may write: by its permissions, or, for root, mounted so."""
    folder = tmp_path / "locked"
    folder.mkdir()
    problem_file(folder / "a.json")
    if sys.platform == "win32":
        pytest.skip("permissions are others on Windows")
    if os.getuid() != 0:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        yield folder
        folder.chmod(stat.S_IRWXU)
        return
    for command in (
        ["mount", "--bind", str(folder), str(folder)],
        ["mount", "-o", "remount,ro,bind", str(folder)],
    ):
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            subprocess.run(["umount", str(folder)], capture_output=True, check=False)
            pytest.skip("root may write everywhere, and mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_no_permission_to_write(user: User, locked_folder: Path) -> None:
    """Where the user may not write, saving and exporting say so, and nothing is lost."""
    path = locked_folder / "a.json"
    do(user, "open", str(path))
    user.type_point(0, "5")
    do(user, "save")
    do(user, "export_solution", ".md", str(locked_folder / "a.md"))
    do(user, "export_solution", "", str(locked_folder / "tables"))
    assert len(user.dialogs.errors) == 3
    assert all(error.startswith("can't ") for error in user.dialogs.errors)
    assert json.loads(path.read_text("utf-8"))["points"][0] == 0.9
    assert user.window.isWindowModified()


def test_folder_in_the_place_of_a_file(user: User, tmp_path: Path) -> None:
    """Saving where a folder stands is refused, and the folder stays."""
    (tmp_path / "a.json").mkdir()
    do(user, "save_as", str(tmp_path / "a.json"))
    assert user.dialogs.errors[0].startswith(f"can't write {tmp_path / 'a.json'}: ")
    assert (tmp_path / "a.json").is_dir()

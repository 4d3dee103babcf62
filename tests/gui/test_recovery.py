"""Recovery: a copy of the work while the app runs, offered where the app was killed."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton

from refgmm import Granularity, files, worked_example
from refgmm.sub_steps import Partial
from refgmm_gui.desks import recovery
from refgmm_gui.desks.recovery import KEY, Copy
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.draft import Draft
from tests.gui.driver import User, columns, wait_for
from tests.gui.fixtures import OpenDesktop
from tests.gui.test_run import begin_endless_run
from tests.support import ROOT

# The app in a process of its own, with its settings in the folder given: someone changes point 1 to
# 77, walks to the third row of a sub-step of epoch 3, and the app goes on until it is killed.
WORKING = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from refgmm import Granularity
from refgmm_gui.desktop import Desktop

folder = Path(sys.argv[1])
app = QApplication([])
desktop = Desktop(app, QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
desktop.window.show()
if len(sys.argv) > 2:
    desktop.problems.open_path(sys.argv[2])
desktop.parts.edit(desktop.state.draft.with_point(0, "77"))
for name in ("epoch", "epoch", "forward", "forward"):
    desktop.window.actions_by_name[name].trigger()
desktop.parts.look(granularity=Granularity.POINT)
for _ in range(3):
    desktop.window.actions_by_name["forward"].trigger()

def look():
    if any((folder / "recovery").glob("*.json")):
        print("kept", flush=True)

timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
app.exec()
"""


@pytest.fixture
def working(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process of the app's, in which there is something to lose; killed in the end."""
    yield from process(tmp_path)


def process(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gui'}",
        "HOME": str(folder),
    }
    started = subprocess.Popen(
        [sys.executable, "-c", WORKING, str(folder), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "kept\n", "the process kept no copy"
    yield started
    started.kill()
    started.wait()
    started.stdout.close()


def kill(started: subprocess.Popen[str]) -> None:
    started.send_signal(signal.SIGKILL)
    started.wait()


def copies(folder: Path) -> list[Path]:
    return sorted((folder / "recovery").glob("*.json"))


def offered(user: User) -> list[str]:
    """What is offered, in words."""
    user.desktop.recovery.offer()
    user.settle()
    return list(user.window.notices.texts().values())


def click(user: User, label: str) -> None:
    """Click a button of a notice."""
    for button in user.window.notices.findChildren(QPushButton):
        if button.text() == label:
            user.click(button)
            user.settle()
            return
    raise AssertionError(f"no notice offers {label}")


posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@posix
def test_work_is_restored_after_a_kill(
    open_desktop: OpenDesktop, working: subprocess.Popen[str], tmp_path: Path
) -> None:
    """After SIGKILL, the next start offers the work, and restores the inputs and the place of the walk;
    the old copy goes, for this process has its own.
    """
    kill(working)
    (old,) = copies(tmp_path)
    user = open_desktop()
    (text,) = offered(user)
    assert text.startswith(
        "refgmm did not close properly. Restore “The lecture note's example” from "
    )
    click(user, "Restore")
    assert user.state.draft.points[0] == ("77",)
    assert (user.walk.epoch.index, user.walk.done) == (3, 2)
    assert user.walk.partial == Partial(Granularity.POINT, 3)
    assert columns(user.history)["epoch"] == ["0", "1", "2"]
    assert user.state.is_modified
    assert user.window.notices.texts() == {}
    wait_for(user.bot, lambda: old not in copies(tmp_path))
    (new,) = copies(tmp_path)
    assert Copy.read(new).draft.points[0] == ("77",)
    assert user.status.startswith("Restored ")


@posix
def test_restored_file_keeps_its_path(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """The work of a file is restored as that of the file, not saved; what stands there stays."""
    path = tmp_path / "mine.json"
    worked_example.problem().save(path)
    for started in process(tmp_path, str(path)):
        kill(started)
    user = open_desktop()
    assert "Restore “mine.json” from " in offered(user)[0]
    click(user, "Restore")
    assert user.state.file.path == str(path)
    assert user.window.windowTitle() == "mine.json[*] — refgmm"
    assert user.window.isWindowModified()
    user.window.actions_by_name["save"].trigger()
    assert json.loads(path.read_text("utf-8"))["points"][0] == 77.0
    assert KEY not in path.read_text("utf-8")


def test_other_processes_work_is_not_offered(
    open_desktop: OpenDesktop, working: subprocess.Popen[str], tmp_path: Path
) -> None:
    """While another process of the app's is alive, its copy is its own."""
    user = open_desktop()
    assert offered(user) == []
    assert len(copies(tmp_path)) == 1


@posix
def test_one_process_offers_a_copy(
    open_desktop: OpenDesktop, working: subprocess.Popen[str]
) -> None:
    """Of two windows only one offers the work that was left behind; "Later" leaves it to the next."""
    kill(working)
    first, second = open_desktop(), open_desktop()
    assert len(offered(first)) == 1
    assert offered(second) == []
    click(first, "Later")
    assert len(offered(second)) == 1


@posix
def test_discarded(
    open_desktop: OpenDesktop, working: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Discard: the copy is gone, with its lock, and nobody is asked again."""
    kill(working)
    user = open_desktop()
    assert len(offered(user)) == 1
    click(user, "Discard")
    assert list((tmp_path / "recovery").iterdir()) == []
    assert user.walk.is_at_start
    assert offered(user) == []


@posix
def test_a_restored_copy_stays_until_another_holds_its_work(
    open_desktop: OpenDesktop,
    working: subprocess.Popen[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A copy of what was before the restoring, still on its way to the disk, isn't enough."""
    kill(working)
    (old,) = copies(tmp_path)
    go_on, write_text = threading.Event(), files.write_text

    def slow(path: Path, text: str) -> None:
        go_on.wait(timeout=30)
        write_text(path, text)

    monkeypatch.setattr(files, "write_text", slow)
    monkeypatch.setattr(recovery, "SECONDS", 0.05)
    user = open_desktop()
    user.type_point(0, "5")
    wait_for(user.bot, lambda: user.desktop.recovery._is_writing)
    offered(user)
    user.dialogs.answers.append(Answer.DISCARD)
    click(user, "Restore")
    assert user.state.draft.points[0] == ("77",)
    assert old in copies(tmp_path)
    go_on.set()
    wait_for(user.bot, lambda: old not in copies(tmp_path))
    (new,) = copies(tmp_path)
    assert Copy.read(new).draft.points[0] == ("77",)


@posix
def test_work_at_hand_is_not_lost_by_restoring(
    open_desktop: OpenDesktop, working: subprocess.Popen[str]
) -> None:
    """Where there are unsaved changes, Restore asks first; cancelled, the offer stays."""
    kill(working)
    user = open_desktop()
    user.type_point(0, "5")
    offered(user)
    user.dialogs.answers.append(Answer.CANCEL)
    click(user, "Restore")
    assert user.state.draft.points[0] == ("5",)
    assert len(user.window.notices.texts()) == 1


def test_nothing_is_left_by_a_proper_end(
    open_desktop: OpenDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy follows an edit, and goes when the window closes."""
    monkeypatch.setattr(recovery, "SECONDS", 0.05)
    user = open_desktop()
    user.type_point(0, "5")
    wait_for(user.bot, lambda: len(copies(tmp_path)) == 1)
    assert json.loads(copies(tmp_path)[0].read_text("utf-8"))["points"][0] == 5.0
    user.dialogs.answers.append(Answer.DISCARD)
    user.window.close()
    assert list((tmp_path / "recovery").iterdir()) == []
    assert offered(open_desktop()) == []


def test_a_run_is_not_slowed_down(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it goes on no copy of the same inputs is written; then one with the place that it has reached."""
    monkeypatch.setattr(recovery, "SECONDS", 0.02)
    begin_endless_run(user)
    desk = user.desktop.recovery
    wait_for(user.bot, lambda: desk._draft is user.state.draft and not desk._is_writing)
    (path,) = copies(tmp_path)
    written = path.stat().st_mtime_ns
    reached = len(user.walk.history)
    user.bot.wait(200)
    assert len(user.walk.history) > reached
    assert path.stat().st_mtime_ns == written
    user.press("cancel")
    wait_for(user.bot, lambda: path.stat().st_mtime_ns != written)
    assert Copy.read(path).epoch == user.walk.epoch.index


def test_inputs_are_written_out_once(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many points that takes long: where only the place has changed, their text is taken again. It is
    made on the window's thread, in slices: another one that computes would hold up what is painted.
    """
    monkeypatch.setattr(recovery, "SECONDS", 0.02)
    times: list[Copy] = []
    as_text = Copy.inputs_written

    def counted(copy: Copy) -> Iterator[str]:
        assert threading.current_thread() is threading.main_thread()
        times.append(copy)
        return as_text(copy)

    monkeypatch.setattr(Copy, "inputs_written", counted)

    def is_kept() -> bool:
        """Whether the copy has the place where the walk stands."""
        here = (user.walk.epoch.index, user.walk.done)
        return [(copy.epoch, copy.done) for copy in map(Copy.read, copies(tmp_path))] == [here]

    user.type_point(0, "5")
    wait_for(user.bot, is_kept)
    for _ in range(2):
        user.press("epoch")
        wait_for(user.bot, is_kept)
    assert len(times) == 1
    user.type_point(0, "6")
    wait_for(user.bot, lambda: Copy.read(copies(tmp_path)[0]).draft.points[0] == ("6",))
    assert len(times) == 2


def test_text_of_an_open_cell_is_kept(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed is in the copy before Return is pressed; and no longer once Escape has taken it back."""
    monkeypatch.setattr(recovery, "SECONDS", 0.05)
    user.type_unfinished(user.points, 0, 0, "12")
    wait_for(user.bot, lambda: len(copies(tmp_path)) == 1)
    (path,) = copies(tmp_path)
    editor = user.points.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_3)
    wait_for(user.bot, lambda: path.exists() and Copy.read(path).draft.points[0] == ("123",))
    assert Copy.read(path).is_modified
    assert user.state.draft.points[0] == ("0.9",)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    wait_for(user.bot, lambda: copies(tmp_path) == [])


def test_nothing_to_lose_no_copy(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the inputs are saved and nothing is computed, there is no copy."""
    monkeypatch.setattr(recovery, "SECONDS", 0.05)
    user.press("epoch")
    wait_for(user.bot, lambda: len(copies(tmp_path)) == 1)
    user.press("start")
    wait_for(user.bot, lambda: copies(tmp_path) == [])


def test_unreadable_copy_is_told(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """A copy that can't be read is told, kept until the user discards it, and stops nothing."""
    folder = tmp_path / "recovery"
    folder.mkdir()
    (folder / "1-a.json").write_text("{", encoding="utf-8")
    worked_example.problem().save(folder / "1-b.json")
    user = open_desktop()
    texts = offered(user)
    assert len(texts) == 2
    assert all("can't be read: " in text for text in texts)
    click(user, "Discard")
    click(user, "Discard")
    assert copies(tmp_path) == []
    user.next()


def test_where_no_copy_can_be_kept(
    open_desktop: OpenDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the folder can't be made, that is told, once, and the window goes on."""
    monkeypatch.setattr(recovery, "SECONDS", 0.05)
    (tmp_path / "recovery").write_text("in the way", encoding="utf-8")
    user = open_desktop()
    user.type_point(0, "5")
    wait_for(user.bot, lambda: "No copy is kept for recovery: " in user.status)
    user.next()
    user.bot.wait(200)
    assert user.status == "" or "No copy" in user.status
    assert user.walk.done == 1


@pytest.mark.parametrize("text", ["0.50", "abc", "", "1e999"])
def test_copy_round_trip(tmp_path: Path, user: User, text: str) -> None:
    """A copy reads back as it was written, also where a cell holds no number."""
    user.type(user.parameters, 0, 1, text)
    copy = Copy.of_state(user.state, user.state.draft, "a.json")
    path = tmp_path / "copy.json"
    path.write_text("".join(copy.written(copy.inputs_written())), encoding="utf-8")
    again = Copy.read(path)
    assert again.draft.check() == copy.draft.check()
    assert (again.name, again.is_modified, again.epoch, again.done) == (
        copy.name,
        copy.is_modified,
        copy.epoch,
        copy.done,
    )
    assert abs(again.time - copy.time) < timedelta(seconds=1)


def test_title_tells_another_day() -> None:
    """The offer says from when the work is: the time, and the day unless it is today."""
    draft = worked_example_draft()
    today = Copy("a.json", datetime.now().replace(hour=14, minute=3), draft, True)
    assert today.title() == "“a.json” from 14:03"
    before = Copy("a.json", today.time - timedelta(days=2), draft, True)
    assert before.title().startswith("“a.json” from 14:03 on ")


def worked_example_draft() -> Draft:
    return Draft.of_problem(worked_example.problem())


def test_notices_are_in_sight(painting_user: User) -> None:
    """A notice stands in the window, with its buttons, and leaves no trace when it goes."""
    user = painting_user
    height = user.window.sides.height()
    user.window.notices.tell("a", "Something happened.", {"OK": lambda: None})
    user.settle()
    bar = user.window.findChild(QFrame, "notice_a")
    assert isinstance(bar, QFrame)
    assert bar.isVisible()
    user.window.grab()
    click(user, "OK")
    assert user.window.sides.height() == height
    assert not user.window.notices.isVisible()


def test_lock_is_held_once(tmp_path: Path) -> None:
    """Who holds the lock of a copy, holds it alone, until it is let go."""
    first, second = (recovery._lock_of(tmp_path / "a.json") for _ in range(2))
    assert first.tryLock(0)
    assert not second.tryLock(0)
    first.unlock()
    assert second.tryLock(0)

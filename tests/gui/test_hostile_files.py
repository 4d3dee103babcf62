"""Files that no app would like: whatever they are, one message, nothing lost, and the window goes on."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from refgmm import worked_example
from refgmm_gui.desks import recovery
from tests.gui.driver import User, wait_for
from tests.gui.fixtures import OpenDesktop

Make = Callable[[Path], object]
NOBODY = 65534


def circle(path: Path) -> None:
    path.symlink_to(path)


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def pipe(path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("there are no pipes with names here")
    os.mkfifo(path)


def content(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def problem_with(points: str) -> Make:
    document = worked_example.problem().to_document() | {"points": "POINTS"}
    text = json.dumps(document).replace('"POINTS"', points)
    return lambda path: path.write_text(text, encoding="utf-8")


REFUSED_PROBLEMS: dict[str, Make] = {
    "circle": circle,
    "dangling link": dangling,
    "folder": Path.mkdir,
    "pipe": pipe,
    "empty": content(b""),
    "a byte order mark alone": content(b"\xef\xbb\xbf"),
    "half of UTF-16": content('{"refgmm": 1}'.encode("utf-16")[:-3]),
    "a long line": content(b"[" * 1_000_000),
    "a long number": problem_with("[" + "9" * 5000 + "e]"),
    "a picture": content(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
}
REFUSED_TABLES: dict[str, Make] = {
    "circle": circle,
    "dangling link": dangling,
    "folder": Path.mkdir,
    "pipe": pipe,
    "empty": content(b""),
    "blank lines": content(b"\n" * 1000),
    "a byte order mark alone": content(b"\xef\xbb\xbf"),
    "too large": content(b"1\n2\n1e999\n"),
    "a picture": content(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
}


def refused(user: User, action: str, path: Path) -> None:
    """Choosing this file gives one message that names it, and leaves all as it was, and able to go on."""
    user.next(2)
    before = user.everything()
    user.dialogs.answers.append(str(path))
    user.window.actions_by_name[action].trigger()
    user.settle()
    (message,) = user.dialogs.errors
    assert str(path) in message
    assert len(message) < 1000
    assert user.everything() == before
    user.next()
    assert user.walk.done == 3


@pytest.mark.parametrize("kind", REFUSED_PROBLEMS)
def test_a_problem_that_cant_be_read(user: User, tmp_path: Path, kind: str) -> None:
    """It is refused."""
    REFUSED_PROBLEMS[kind](tmp_path / "a.json")
    refused(user, "open", tmp_path / "a.json")


@pytest.mark.parametrize("kind", REFUSED_TABLES)
def test_a_table_that_cant_be_read(user: User, tmp_path: Path, kind: str) -> None:
    """It is refused."""
    REFUSED_TABLES[kind](tmp_path / "a.csv")
    refused(user, "import_points", tmp_path / "a.csv")


@pytest.mark.parametrize(
    "word", ["nan", "-inf", "x" * 1_000_000], ids=["nan", "inf", "a long word"]
)
def test_a_table_with_words_among_the_numbers(user: User, tmp_path: Path, word: str) -> None:
    """It is taken without them only where the user says so, in few words."""
    path = tmp_path / "a.csv"
    path.write_text(f"1\n2\n{word}\n", encoding="utf-8")
    before = user.everything()
    user.dialogs.answers += [str(path), "no"]
    user.window.actions_by_name["import_points"].trigger()
    user.settle()
    assert user.everything() == before
    assert user.status == "Nothing was imported."
    assert user.dialogs.asked[-1].startswith("without rows: Left out 1 of 3 rows")
    assert len(user.dialogs.asked[-1]) < 1000
    user.dialogs.answers += [str(path), "yes"]
    user.window.actions_by_name["import_points"].trigger()
    user.settle()
    assert user.state.draft.points == (("1",), ("2",))
    assert not user.dialogs.errors


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user who isn't root, for whom permissions don't count."""
    if sys.platform == "win32":
        pytest.skip("permissions are others on Windows")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(("action", "name"), [("open", "a.json"), ("import_points", "a.csv")])
def test_no_permission_to_read(user: User, tmp_path: Path, action: str, name: str) -> None:
    """A file that the user may not read is told of, with the reason."""
    path = tmp_path / name
    path.write_text("1\n2\n", encoding="utf-8")
    path.chmod(0)
    user.dialogs.answers.append(str(path))
    with without_rights():
        user.window.actions_by_name[action].trigger()
    (message,) = user.dialogs.errors
    assert message == f"can't read {path}: {os.strerror(errno.EACCES)}"
    user.next()


def test_saving_into_a_folder_that_is_gone(user: User, tmp_path: Path) -> None:
    """The folder of the file was removed: saving says so, the changes stay unsaved, and can be saved elsewhere."""
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "a.json"
    worked_example.problem().save(path)
    user.desktop.problems.open_path(str(path))
    user.type_point(0, "5")
    shutil.rmtree(folder)
    user.window.actions_by_name["save"].trigger()
    assert user.dialogs.errors == [
        f"can't write {path}: there is no folder {folder}, make it first"
    ]
    assert user.window.isWindowModified()
    user.dialogs.answers.append(str(tmp_path / "b.json"))
    user.window.actions_by_name["save_as"].trigger()
    assert json.loads((tmp_path / "b.json").read_text("utf-8"))["points"][0] == 5.0
    assert not user.window.isWindowModified()


def has_more(things: list[BaseException | None], number: int) -> bool:
    return len(things) > number


def test_a_copy_that_cant_be_kept_is_told_once(
    open_desktop: OpenDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edit after edit without a copy for recovery: one message, at the first."""
    monkeypatch.setattr(recovery, "SECONDS", 0.01)
    (tmp_path / "recovery").write_text("in the way", encoding="utf-8")
    user = open_desktop()
    told: list[str] = []
    user.window.statusBar().messageChanged.connect(told.append)
    tried: list[BaseException | None] = []
    on_written = user.desktop.recovery._on_written

    def count(error: BaseException | None) -> None:
        on_written(error)
        tried.append(error)

    monkeypatch.setattr(user.desktop.recovery, "_on_written", count)
    for number in range(4):
        user.type_point(0, str(number))
        wait_for(user.bot, partial(has_more, tried, number))
    assert all(error is not None for error in tried)
    assert len([text for text in told if text.startswith("No copy is kept")]) == 1

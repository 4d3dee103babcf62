"""What the desks of the app work with."""

import time
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QMimeData, QSettings
from PySide6.QtGui import QGuiApplication, QUndoStack

from refgmm import records
from refgmm_gui import remembered, session, theme
from refgmm_gui.changes import name_of_change
from refgmm_gui.draft import Draft
from refgmm_gui.edits import Edit
from refgmm_gui.main_window import MainWindow
from refgmm_gui.runner import CancelledError, Job, Runner
from refgmm_gui.session import State, Store
from refgmm_gui.tables.grid_view import MOST_AT_ONCE
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.dialogs.files import Dialogs

T = TypeVar("T")

_TURN = 0.02  # seconds of copying between two looks at the user


@records.dataclass()
class Parts:
    """The parts of the app, and what every desk does with them."""

    store: Store
    window: MainWindow
    runner: Runner
    settings: QSettings
    edits: QUndoStack

    @cached_property
    def dialogs(self) -> "Dialogs":
        """What asks the user: made when there is something to ask. Tests put another in its place."""
        from refgmm_gui.dialogs.files import Dialogs

        return Dialogs(self.window)

    @property
    def state(self) -> State:
        return self.store.state

    @property
    def theme(self) -> theme.Theme:
        return theme.chosen(self.state.view.theme)

    def tell(self, text: str, is_fault: bool = False) -> None:
        """A word in the status line; it stays longer where something is wrong."""
        self.window.statusBar().showMessage(text, 0 if is_fault else 10_000)

    def edit(self, draft: Draft, name: str = "", gesture: str = "") -> None:
        """The user has changed the inputs. Without a name, the edit is called after what differs."""
        before = self.state.draft
        if draft != before:
            name = name or name_of_change(before, draft)
            self.edits.push(Edit(self._show_draft, before, draft, name, gesture))

    def _show_draft(self, draft: Draft) -> None:
        self.window.statusBar().clearMessage()
        self.store.update(lambda state: session.edited(state, draft))

    def look(self, **changes: object) -> None:
        """The user has changed how numbers are shown."""
        self.store.update(
            lambda state: records.replace(
                state,
                view=records.replace(state.view, **changes),  # type: ignore[arg-type]
            )
        )

    def work(self, title: str, job: Job[T]) -> T:
        """The result of a job, which the user can take back where it takes long (Cancelled)."""
        return self.runner.do(job, self.dialogs.progress(title))

    def copy(self, lines: Iterable[str], count: int) -> bool:
        """So many lines of a table to the clipboard, in sight of the user where that takes long. Whether
        they are there: what a table shows may change meanwhile.
        """
        if count <= MOST_AT_ONCE:
            QGuiApplication.clipboard().setText("\n".join(lines))
            return True
        copied = bytearray()  # in UTF-8: to turn so long a text into it at the end would take long
        state = self.state

        def in_turns() -> Iterator[int]:
            until, done = time.perf_counter() + _TURN, 0
            for line in lines:
                if time.perf_counter() > until:
                    yield done
                    if self.state is not state:
                        raise CancelledError
                    until = time.perf_counter() + _TURN
                copied.extend((f"\n{line}" if done else line).encode())
                done += 1
            yield done  # the clipboard has a turn for itself

        try:
            is_done = self.dialogs.watch(tr("Copying …"), in_turns(), count)
        except CancelledError:
            self.tell(tr("Nothing was copied: the table has changed meanwhile."), is_fault=True)
            return False
        if is_done:
            text = QMimeData()
            text.setData("text/plain", copied)
            QGuiApplication.clipboard().setMimeData(text)
        else:
            self.tell(tr("Nothing was copied."))
        return is_done

    @property
    def folder(self) -> str:
        """Where the user opened or saved last."""
        return str(self.settings.value("folder", str(Path.home())))

    def remember_file(self, path: str) -> None:
        """The user has opened or saved this file."""
        self.remember_folder(path)
        remembered.remember_file(self.settings, path)
        self.show_recent_files()

    def show_recent_files(self) -> None:
        self.window.recent_menu.show_paths(remembered.recent_files(self.settings))

    def remember_folder(self, path: str) -> None:
        self.settings.setValue("folder", str(Path(path).resolve().parent))

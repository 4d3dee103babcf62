"""Files written, and whether one is still what it was when the app last read or wrote it."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from refgmm import files
from refgmm_gui.runner import Job

_SETTLED = 200  # milliseconds; a program that saves may write, remove and rename


def written(path: str | Path, text: Callable[[], Iterable[str]]) -> Job[None]:
    """A text in a file, unless the job is taken back while it is made.

    text: gives it in pieces; it is called on the thread of the job
    """
    pieces = []
    for piece in text():
        pieces.append(piece)
        yield 0.0
    files.write_text(path, "".join(pieces))


def fingerprint(path: str) -> str | None:
    """A short text that another content would change; None where there is no file to read."""
    if not os.path.isfile(path):  # from a pipe one would wait for ever
        return None
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None


class FileWatcher(QObject):
    """Watches one file. Signal: touched, where something has happened to it, be it nothing of note."""

    touched = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED)
        self._watcher.fileChanged.connect(lambda _: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self._on_settled)

    def watch(self, path: str) -> None:
        """From now on this file; none where the path is empty."""
        if path != self._path:
            self._path = path
            self._timer.stop()
            if old := [*self._watcher.files(), *self._watcher.directories()]:
                self._watcher.removePaths(old)
        self._take_up()

    def _on_settled(self) -> None:
        self._take_up()
        self.touched.emit()

    def _take_up(self) -> None:
        """A file that was replaced is another one: watch that. Its folder tells when it comes back."""
        watched = {*self._watcher.files(), *self._watcher.directories()}
        for path in (self._path, os.path.dirname(self._path)):
            if path and path not in watched and os.path.exists(path):
                self._watcher.addPath(path)

"""File > Open recent: the files opened or saved last, those that are gone said to be so."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from refgmm_gui.language import say
from refgmm_gui.words import tr


class RecentMenu(QMenu):
    """Signals: chosen(path); cleared, where the user wants none of them in the list."""

    chosen = Signal(str)
    cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        say(self.setTitle, "Open &recent")
        self._paths: tuple[str, ...] = ()
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self._fill()

    def show_paths(self, paths: Sequence[str]) -> None:
        """The newest first."""
        self._paths = tuple(paths)
        self._fill()

    def _fill(self) -> None:
        """Each time anew: a file may have gone, or come back."""
        self.clear()
        for number, path in enumerate(self._paths, start=1):
            name = Path(path).name.replace("&", "&&")
            is_there = Path(path).exists()
            missing = "" if is_there else tr(" — missing")
            action = self.addAction(f"&{number} {name}{missing}")
            action.setToolTip(path)
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        if not self._paths:
            self.addAction(tr("No files yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(tr("&Clear the list")).triggered.connect(self.cleared)

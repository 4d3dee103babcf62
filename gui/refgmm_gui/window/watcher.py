"""Tells when a widget has moved in its window, for whatever reason."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
)


class Watcher(QObject):
    """Watches one widget at a time, and all around it that may move it.

    Signals: moved(): where it stands may have changed, or whether it is in sight. While its panel is on
    the way to another place of the window, it stands nowhere, and nothing is told.
    """

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._window: QWidget | None = None
        self._watched: list[QWidget] = []  # the widget, and all around it

    def watch(self, target: QWidget | None) -> None:
        """Watch this widget from now on, and no other."""
        self._window = None if target is None else target.window()
        self._watch_around(target)

    def _watch_around(self, target: QWidget | None) -> None:
        for widget in filter(isValid, self._watched):
            widget.removeEventFilter(self)
        self._watched = []
        widget_or_none: QWidget | None = target
        while widget_or_none is not None:
            widget_or_none.installEventFilter(self)
            self._watched.append(widget_or_none)
            widget_or_none = widget_or_none.parentWidget()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES and self._watched and isValid(self._watched[0]):
            target = self._watched[0]
            if event.type() == QEvent.Type.ParentChange:
                self._watch_around(target)
            if target.window() is self._window:
                self.moved.emit()
        return False

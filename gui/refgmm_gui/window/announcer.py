"""What a screen reader says unasked: what a step did, what is wrong, what a key has brought about."""

from PySide6 import QtGui
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

_EVENT = "QAccessibleAnnouncementEvent"  # an older PySide has none


class Announcer(QObject):
    """Says what is new, and each text once until there is another.

    Signal: announced(text).
    """

    announced = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._last: dict[str, str] = {}  # by what it is about

    def tell(self, about: str, text: str) -> None:
        """Say this, where it is something new about its subject."""
        before, self._last[about] = self._last.get(about), text
        if not text or text == before or before is None:  # None: as the app opens
            return
        self.announced.emit(text)
        if QtGui.QAccessible.isActive() and hasattr(QtGui, _EVENT):
            QtGui.QAccessible.updateAccessibility(
                QtGui.QAccessibleAnnouncementEvent(self._window, text)
            )

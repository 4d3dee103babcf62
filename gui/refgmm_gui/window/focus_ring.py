"""A ring around whatever the keyboard acts on, in every style and on every widget alike."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from refgmm_gui.window.watcher import Watcher

_WIDTH = 2  # pixels


class FocusRing(QWidget):
    """Stands over the window, and lets the mouse through.

    Attributes: target, the widget that it stands around; None where nothing has the focus.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self.target: QWidget | None = None
        self._watcher = Watcher(self)
        self._watcher.moved.connect(self._stand_around)
        self._colour = QColor()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def set_colour(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.update()

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        self.target = now if now is not None and self._window.isAncestorOf(now) else None
        self._watcher.watch(self.target)
        self._stand_around()

    def _stand_around(self) -> None:
        target, window = self.target, self._window
        if target is None or not isValid(target) or not target.isVisible():
            self.hide()
            return
        place = self._in_sight(target)
        around = place.adjusted(-_WIDTH, -_WIDTH, _WIDTH, _WIDTH)
        self.setGeometry(around.intersected(window.rect()))
        self.raise_()
        self.setVisible(not place.isEmpty())

    def _in_sight(self, target: QWidget) -> QRect:
        """Where it is seen in the window: what it stands in may be scrolled, and cut it."""
        place = self._window.rect()
        widget: QWidget | None = target
        while widget is not None and widget is not self._window:
            place &= QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size())
            widget = widget.parentWidget()
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(self._colour, _WIDTH)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

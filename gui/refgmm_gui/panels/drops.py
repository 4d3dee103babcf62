"""Files dragged onto the window: a hint while they are over it, and their paths where they are let go."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMainWindow, QWidget

from refgmm_gui.theme import LIGHT, Theme
from refgmm_gui.words import tr

_VEIL = 0.88  # how much of the window the hint hides
_FRAME = 24  # pixels from the edge


class DropHint(QWidget):
    """What would happen to what is dragged, over all of the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.colours: Theme = LIGHT
        self.text = ""
        self.hide()

    def show_over(self, window: QWidget, text: str) -> None:
        self.text = text
        self.setAccessibleName(text)
        self.setGeometry(window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self.colours.window)
        veil.setAlphaF(_VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(self.colours.accent), 3, Qt.PenStyle.DashLine))
        frame = self.rect().adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        painter.drawRoundedRect(frame, 12, 12)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        painter.setFont(font)
        painter.setPen(QColor(self.colours.text))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(_FRAME, 0, -_FRAME, 0), flags, self.text)


class Drops(QObject):
    """Takes files that are dropped onto the window. Signal: dropped(paths)."""

    dropped = Signal(object)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.hint = DropHint(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def show_colours(self, colours: Theme) -> None:
        self.hint.colours = colours

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragEnter:
            entering = cast(QDragEnterEvent, event)
            if paths := _paths(entering):
                entering.acceptProposedAction()
                self.hint.show_over(self._window, _promise(paths))
            return True
        if kind == QEvent.Type.DragLeave:
            self.hint.hide()
            return True
        if kind == QEvent.Type.Drop:
            dropping = cast(QDropEvent, event)
            self.hint.hide()
            if paths := _paths(dropping):
                dropping.acceptProposedAction()
                self.dropped.emit(paths)
            return True
        return False


def _paths(event: QDropEvent) -> list[str]:
    """The files that are dragged; none where it is a text or a page of the web."""
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]


def _promise(paths: list[str]) -> str:
    if len(paths) > 1:
        return tr("One file at a time, please: these are {count}", count=len(paths))
    return tr("Drop here to open {name}", name=paths[0].rpartition("/")[2])

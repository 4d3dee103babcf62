"""Where a dragged panel would go: which side of which panel, and the light on that place."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from refgmm_gui.places import ABOVE, BELOW, LEFT, RIGHT, Moved
from refgmm_gui.theme import LIGHT, Theme

EDGE = 20  # pixels from the window's side: a column of its own
_LOW = 60  # pixels; on a lower panel nothing finds room but above and below
_LIGHT = 0.25  # opacity


def zone_at(position: QPoint, room: QRect, panels: Mapping[str, QRect]) -> Moved | None:
    """The side of the window or of a panel that is nearest; None where there is no panel."""
    if not room.contains(position):
        return None
    if position.x() - room.left() < EDGE:
        return LEFT, ""
    if room.right() - position.x() < EDGE:
        return RIGHT, ""
    for name, place in panels.items():
        if place.contains(position):
            across = (position.x() - place.left()) / place.width()
            down = (position.y() - place.top()) / place.height()
            away = {ABOVE: down, BELOW: 1.0 - down}
            if place.height() >= _LOW:
                away |= {LEFT: across, RIGHT: 1.0 - across}
            return min(away, key=lambda side: away[side]), name
    return None


def lit(zone: Moved, room: QRect, panels: Mapping[str, QRect]) -> QRect:
    """The part of the window that the panel would take, more or less."""
    side, of = zone
    whole = panels[of] if of else room
    share = 2 if of else 4
    width, height = whole.width() // share, whole.height() // share
    return {
        LEFT: QRect(whole.left(), whole.top(), width, whole.height()),
        RIGHT: QRect(whole.right() - width + 1, whole.top(), width, whole.height()),
        ABOVE: QRect(whole.left(), whole.top(), whole.width(), height),
        BELOW: QRect(whole.left(), whole.bottom() - height + 1, whole.width(), height),
    }[side]


class DropZones(QWidget):
    """Lies over the panels while one is dragged, and lets the mouse through.

    Attributes: place, that is lit; None where the panel would stay where it is.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("dropZones")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colours = LIGHT
        self._from = QRect()
        self.place: QRect | None = None
        self.hide()

    def show_colours(self, colours: Theme) -> None:
        self._colours = colours

    def light(self, over: QWidget, dragged: QRect, place: QRect | None) -> None:
        """Show what is dragged, and where it would go, both in the coordinates of `over`."""
        self._from, self.place = dragged, place
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(QRect(over.mapTo(parent, QPoint(0, 0)), over.size()))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(self._colours.window)
        veil.setAlphaF(0.5)
        painter.fillRect(self._from, veil)
        accent = QColor(self._colours.accent)
        painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
        painter.drawRect(self._from.adjusted(1, 1, -2, -2))
        if self.place is not None:
            painter.setPen(QPen(accent, 3))
            painter.drawRect(self.place.adjusted(2, 2, -2, -2))
            accent.setAlphaF(_LIGHT)
            painter.fillRect(self.place, accent)
        painter.end()

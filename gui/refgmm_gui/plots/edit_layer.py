"""What lies over the plot while the inputs are changed on it: the hand's events become gestures.

It changes nothing itself: it tells what was dragged where, and desks/editing.py does it.
"""

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from refgmm_gui.language import say
from refgmm_gui.moving import Target
from refgmm_gui.plots.frame import Frame
from refgmm_gui.plots.hits import Thing, places_of
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.plots.weight_bar import bar_over, borders, paint_bar

_STILL = 3.0  # pixels; a hand that moved less has clicked
_REACH = 6.0  # pixels beside a border
_RING = 10.0  # pixels, around what is selected

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class EditLayer(QWidget):
    """The things of the plot that can be taken: points, means, handles, borders between weights.

    A click selects a thing, Tab the next one; dragging and arrows move it, Delete takes a point
    away, Escape lets go. Everything else goes on to the plot: it zooms and pans as ever.

    Attributes: selected, a Thing or None.
    Signals: selected_changed(); clicked(Target), where nothing is; dragged(Thing, Target), on the way;
    dropped(Thing, Target); let_go(), the thing goes back to where it was; nudged(Thing, across, up,
    is_fine), in steps; delete_requested(Thing).
    """

    selected_changed = Signal()
    clicked = Signal(object)
    dragged = Signal(object, object)
    dropped = Signal(object, object)
    let_go = Signal()
    nudged = Signal(object, int, int, bool)
    delete_requested = Signal(object)

    def __init__(self, plot: MixturePlot) -> None:
        super().__init__(plot)
        self.setObjectName("editLayer")
        say(self.setAccessibleName, "Inputs on the plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._plot = plot
        self._selected: Thing | None = None
        self._pressed_at: QPointF | None = None  # while the button is down
        self._held_at = QPointF()  # from the hand to the middle of the thing
        self.is_dragging = False
        self.hide()
        self.stackUnder(plot.controls)
        plot.installEventFilter(self)

    def set_on(self, is_on: bool) -> None:
        """Lie over the plot, or not."""
        if is_on == self.isVisibleTo(self._plot):
            return
        self.give_up()
        self.select(None)
        self.setGeometry(self._plot.rect())
        self.setVisible(is_on)
        self._plot.show_handles(is_on)
        self._plot.hold_sight(is_on)

    # What there is to take

    @property
    def selected(self) -> Thing | None:
        return self._selected

    def things(self) -> Iterator[tuple[Thing, QPointF]]:
        """All that can be taken, and where its middle stands: borders, means, handles, points."""
        picture, frame = self._plot.picture, self._plot.frame()
        if frame is not None and isinstance(picture, Scene | PlaneScene):
            yield from self._borders()
            yield from places_of(picture, frame, self._metrics)

    def place_of(self, thing: Thing) -> QPointF | None:
        """Where the middle of a thing stands; None where it is not in sight."""
        return next((at for other, at in self.things() if other == thing), None)

    def middle(self) -> Target | None:
        """The numbers in the middle of what is in sight; None where there is no picture."""
        frame = self._plot.frame()
        return None if frame is None else self.target(None, frame.area.center())

    def thing_at(self, position: QPointF) -> Thing | None:
        """The thing within reach of a position."""
        for thing, at in self._borders():
            away = position - at
            if abs(away.x()) <= _REACH and abs(away.y()) <= self.bar.height() / 2:
                return thing
        return self._plot.thing_at(position)

    def _borders(self) -> list[tuple[Thing, QPointF]]:
        places = borders(self.bar, self._weights)
        return [(Thing("border", number), at) for number, at in enumerate(places)]

    @property
    def bar(self) -> QRectF:
        """Where the bar of the weights stands."""
        frame = self._plot.frame()
        return QRectF() if frame is None else bar_over(frame.area, self._metrics)

    @property
    def _weights(self) -> tuple[float, ...]:
        picture = self._plot.picture
        return picture.probe.weights if isinstance(picture, Scene | PlaneScene) else ()

    @property
    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._plot.font())

    def select(self, thing: Thing | None) -> None:
        """Let the keys act on this thing, or on none."""
        if thing != self._selected:
            self._selected = thing
            self.update()
            self.selected_changed.emit()

    def forget_what_is_gone(self) -> None:
        """Select nothing where the thing selected isn't there any more."""
        if self._selected is not None and self.place_of(self._selected) is None:
            self.select(None)

    # The user's hand

    def target(self, thing: Thing | None, position: QPointF) -> Target:
        """The numbers at a position: as far as the axes go."""
        frame = cast(Frame, self._plot.frame())
        area = frame.area
        if thing is not None and thing.kind == "border":
            share = (position.x() - self.bar.left()) / self.bar.width()
            return Target(share, 0.0, 1 / self.bar.width(), 0.0)
        inside = QPointF(
            min(max(position.x(), area.left()), area.right()),
            min(max(position.y(), area.top()), area.bottom()),
        )
        across = (frame.x.high - frame.x.low) / area.width()
        up = (frame.y.high - frame.y.low) / area.height()
        return Target(*frame.place(inside), across, up)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._plot.pans_by_left_button:
            event.ignore()
            return
        thing = self.thing_at(event.position())
        self.select(thing)
        self._pressed_at = event.position()
        at = self.place_of(thing) if thing is not None else None
        self._held_at = at - event.position() if at is not None else QPointF()
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._show_cursor(event.position())
        pressed, thing = self._pressed_at, self._selected
        if pressed is not None and thing is not None:
            moved = event.position() - pressed
            self.is_dragging = self.is_dragging or moved.manhattanLength() >= _STILL
            if self.is_dragging:
                self._plot.read_out.hide()  # it would lie over what is dragged
                self.dragged.emit(thing, self.target(thing, event.position() + self._held_at))
                return
        event.ignore()  # the plot reads out what is there

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, thing = self._pressed_at, self._selected
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        was_dragging = self.is_dragging
        self._pressed_at, self.is_dragging = None, False
        frame = self._plot.frame()
        moved = (event.position() - pressed).manhattanLength()
        if thing is not None and was_dragging:
            self.dropped.emit(thing, self.target(thing, event.position() + self._held_at))
        elif (
            thing is None and frame is not None and moved < _STILL and frame.area.contains(pressed)
        ):
            self.clicked.emit(self.target(None, pressed))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nothing: the first of the two clicks has done what there was to do."""

    def give_up(self) -> None:
        """The drag on its way, if there is one, counts for nothing."""
        was_dragging = self.is_dragging
        self._pressed_at, self.is_dragging = None, False
        if was_dragging:
            self.let_go.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, thing = Qt.Key(event.key()), self._selected
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_fine = held == Qt.KeyboardModifier.ShiftModifier
        if thing is None or not (is_fine or held == Qt.KeyboardModifier.NoModifier):
            event.ignore()
        elif key == Qt.Key.Key_Escape:
            if self.is_dragging:
                self.give_up()
            else:
                self.select(None)
        elif key in _ARROWS and not self.is_dragging:
            self.nudged.emit(thing, *_ARROWS[key], is_fine)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self.is_dragging:
            self.delete_requested.emit(thing)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Escape is the hand's, while it has something, before it is anyone's shortcut."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride and self._selected is not None
        if is_asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Tab goes from thing to thing, and on from the last."""
        things = [thing for thing, _ in self.things()]
        if not is_next:
            things.reverse()
        place = things.index(self._selected) + 1 if self._selected in things else 0
        if place < len(things):
            self.select(things[place])
            return True
        self.select(None)
        return super().focusNextPrevChild(is_next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.give_up()
        self.update()

    def _show_cursor(self, position: QPointF) -> None:
        thing, frame = self.thing_at(position), self._plot.frame()
        if thing is not None:
            is_across = thing.kind == "border" or not self._plot.shows_a_plane
            shapes = Qt.CursorShape.SizeHorCursor, Qt.CursorShape.SizeAllCursor
            self.setCursor(shapes[0] if is_across else shapes[1])
        elif frame is not None and frame.area.contains(position):
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    # What is seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._plot.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._plot.font())
        colours, weights = self._plot.colours, self._weights
        if weights:
            paint_bar(painter, self.bar, weights, self._metrics, colours)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2))
        at = self.place_of(self._selected) if self._selected is not None else None
        if at is not None:
            painter.drawEllipse(at, _RING, _RING)
        if self.hasFocus():
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

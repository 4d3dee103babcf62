"""The first line of a panel: a grip to drag the panel by, what the panel puts beside it, a button that hides it."""

import functools
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from refgmm_gui.actions import plain
from refgmm_gui.arrangement import PANELS
from refgmm_gui.language import say
from refgmm_gui.places import ABOVE, BELOW, LEFT, RIGHT
from refgmm_gui.words import tr

STEPS = {
    LEFT: "Move &left",
    RIGHT: "Move &right",
    ABOVE: "Move &up",
    BELOW: "Move &down",
}
"""How a panel moves without a mouse, as its menu says it."""

_ARROWS = {
    Qt.Key.Key_Left: LEFT,
    Qt.Key.Key_Right: RIGHT,
    Qt.Key.Key_Up: ABOVE,
    Qt.Key.Key_Down: BELOW,
}
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Menu)


class Grip(QWidget):
    """Six dots. The keyboard finds the panel by it: arrows move the panel, Enter opens its menu."""

    def __init__(self, header: "PanelHeader") -> None:
        super().__init__(header)
        self._header = header
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(round(0.6 * line), line)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
        step = self.fontMetrics().height() * 0.27
        middle = QPointF(self.rect().center()) + QPointF(0.5, 0.5)
        for across in (-0.5, 0.5):
            for down in (-1, 0, 1):
                painter.drawEllipse(
                    middle + QPointF(across * step, down * step), step / 4, step / 4
                )
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held != Qt.KeyboardModifier.NoModifier:
            event.ignore()
        elif key == Qt.Key.Key_Escape and self._header.is_dragging:
            self._header.give_up()
        elif key in _ARROWS:
            self._header.stepped.emit(_ARROWS[key])
        elif key in _OPENS:
            self._header.open_menu(self.mapToGlobal(self.rect().bottomLeft()))
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Escape ends the drag, before it is anyone's shortcut."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride and self._header.is_dragging
        if is_asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._header.give_up()


class Cross(QToolButton):
    """No wider than high, as a tool button with a text would be. For keys, the grip's menu has it."""

    def __init__(self) -> None:
        super().__init__()
        self.setText("×")
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().height() + 4
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class PanelHeader(QWidget):
    """Attributes: name, of refgmm_gui.arrangement.PANELS; row, for what the panel puts here; grip; hide_button; menu;
    can_step, asked for each entry of the menu; is_dragging.

    Signals: dragged(QPoint), where the pointer is on the screen; dropped(QPoint); let_go(), the drag
    counts for nothing; stepped(side); hide_requested().
    """

    dragged = Signal(QPoint)
    dropped = Signal(QPoint)
    let_go = Signal()
    stepped = Signal(str)
    hide_requested = Signal()

    def __init__(self, name: str, at: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter) -> None:
        super().__init__()
        self.name = name
        self.setObjectName(f"{name}Header")
        self.can_step: Callable[[str], bool] = lambda _side: True
        self.is_dragging = False
        self._pressed_at: QPoint | None = None
        self.grip = Grip(self)
        self.grip.setObjectName(f"{name}Grip")
        self.hide_button = Cross()
        self.hide_button.setObjectName(f"{name}Hide")
        self.hide_button.clicked.connect(self.hide_requested)
        self.row = QHBoxLayout()
        self.row.setSpacing(6)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(5)
        line.addWidget(self.grip, 0, at)
        line.addLayout(self.row, 1)
        line.addWidget(self.hide_button, 0, at)
        say(self._name, PANELS[name], self)

    @functools.cached_property
    def menu(self) -> QMenu:
        """What moves the panel without dragging, or hides it."""
        menu = QMenu(self)
        for side, text in STEPS.items():
            action = menu.addAction("")
            say(action.setText, text)
            action.setData(side)
            action.triggered.connect(partial(self.stepped.emit, side))
        menu.addSeparator()
        hide = menu.addAction("")
        say(hide.setText, "&Hide")
        hide.triggered.connect(self.hide_requested)
        return menu

    def add(self, *widgets: QWidget | None) -> None:
        """Put these beside the grip; None where all room goes that is left."""
        for widget in widgets:
            if widget is None:
                self.row.addStretch(1)
            else:
                self.row.addWidget(widget)

    def set_bare(self, is_bare: bool) -> None:
        """Whether there is nothing to move or to hide here, as in a presentation."""
        self.grip.setVisible(not is_bare)
        self.hide_button.setVisible(not is_bare)

    def open_menu(self, at: QPoint) -> None:
        """Offer what can be done with the panel where it stands now."""
        for action in self.menu.actions():
            if action.data():
                action.setEnabled(self.can_step(str(action.data())))
        self.menu.popup(at)

    def give_up(self) -> None:
        """The drag on its way, if there is one, counts for nothing."""
        self._pressed_at = None
        if self.is_dragging:
            self._end()
            self.let_go.emit()

    def _end(self) -> None:
        self.is_dragging = False
        self.grip.unsetCursor()
        self.grip.setCursor(Qt.CursorShape.OpenHandCursor)
        self.unsetCursor()

    def _name(self, title: str) -> None:
        panel = plain(title)
        self.grip.setAccessibleName(tr("Move the panel: {panel}", panel=panel))
        self.grip.setToolTip(
            tr(
                "Drag the panel elsewhere, or move it with the arrow keys; a click or Space opens its menu"
            )
        )
        self.hide_button.setAccessibleName(tr("Hide the panel: {panel}", panel=panel))
        self.hide_button.setToolTip(tr("Hide this panel; View > Panels brings it back"))

    # The user's hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.globalPosition().toPoint()
        if self._pressed_at is None:
            return
        far = (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far and not self.is_dragging:
            self.is_dragging = True
            self.grip.setFocus(Qt.FocusReason.MouseFocusReason)  # Escape comes there
            for widget in (self, self.grip):
                widget.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self.is_dragging:
            self.dragged.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        pressed, self._pressed_at = self._pressed_at, None
        at = event.globalPosition().toPoint()
        if self.is_dragging:
            self._end()
            self.dropped.emit(at)
        elif self.grip.rect().contains(self.grip.mapFromGlobal(pressed)):
            self.open_menu(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_menu(event.globalPos())

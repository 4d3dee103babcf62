"""The timeline: every epoch with its steps as a line to walk along, and how fast a run goes."""

from collections.abc import Container

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractSlider,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QToolTip,
    QWidget,
)

from refgmm import Labelling, Walk
from refgmm.sub_steps import SUB_STEP_COUNT, SUB_STEPS
from refgmm_gui import speeds, theme
from refgmm_gui.actions import Actions
from refgmm_gui.language import say
from refgmm_gui.phrases import told
from refgmm_gui.session import State
from refgmm_gui.theme import Theme
from refgmm_gui.window.panel_header import PanelHeader
from refgmm_gui.words import tr

_EDGE = 8  # left and right of the line
_LEAST_EPOCHS = 5  # that the line has room for
_USUAL_WIDTH, _LEAST_WIDTH = 300, 200  # pixels
_STEPS_FROM = 6  # pixels of an epoch; where it has fewer, its steps are not told apart
_LETTER_FROM = 12  # pixels of a step; where it has fewer, it has no name
_MARK = 5  # pixels left and right of the place
_BETWEEN_NUMBERS = 44  # pixels, at least

Phase = tuple[str, int, int]
"""A step's name, and its sub-steps: from, to before."""


def phases(labelling: Labelling) -> list[Phase]:
    """The steps of an epoch, as the labelling names them.

    >>> phases(Labelling.TEXTBOOK), phases(Labelling.NOTE)
    ([('E', 0, 4), ('M', 4, 8)], [('β', 0, 4), ('M', 4, 7), ('E', 7, 8)])
    """
    found: list[Phase] = []
    for i, sub_step in enumerate(SUB_STEPS):
        name = sub_step.phase(labelling)
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1], i + 1)
        else:
            found.append((name, i, i + 1))
    return found


def ticks(epochs: int, width: float) -> range:
    """The epochs that are numbered on a line of so many pixels: every one, or every 2, 5, 10, ...

    >>> list(ticks(5, 500)), list(ticks(3000, 500))[:3], len(ticks(3000, 500))
    ([1, 2, 3, 4, 5], [500, 1000, 1500], 6)
    """
    step, factors = 1, (2.0, 2.5, 2.0)
    turn = 0
    while step * width / epochs < _BETWEEN_NUMBERS and step < epochs:
        step = int(step * factors[turn % 3])
        turn += 1
    return range(step, epochs + 1, step)


def position_of(walk: Walk) -> int:
    """How many sub-steps were done since the start."""
    return (walk.epoch.index - 1) * SUB_STEP_COUNT + walk.done


def reached_by(walk: Walk) -> int:
    """How many sub-steps have ever been done."""
    return max((len(walk.milestones) - 1) * SUB_STEP_COUNT, position_of(walk))


def place_at(position: int) -> tuple[int, int]:
    """The epoch and how many of its sub-steps are done; (0, 8) is the start, as in session.gone_to.

    >>> place_at(0), place_at(1), place_at(8), place_at(9)
    ((0, 8), (1, 1), (1, 8), (2, 1))
    """
    epoch, done = divmod(position, SUB_STEP_COUNT)
    return (epoch + 1, done) if done else (epoch, SUB_STEP_COUNT)


def in_words(position: int, dimension: int | None) -> str:
    """A place as it is told.

    >>> in_words(0, None), in_words(22, None)
    ('the start', 'epoch 3, means')
    """
    epoch, done = place_at(position)
    return (
        tr(
            "epoch {epoch}, {title}",
            epoch=epoch,
            title=told(SUB_STEPS[done - 1].title(dimension)),
        )
        if epoch
        else tr("the start")
    )


class TimeLine(QAbstractSlider):
    """The line itself. Its value is the number of sub-steps done since the start.

    Arrows go by sub-steps, Page Up and Page Down by epochs, Home and End to both ends of what was reached.

    Signals: place_chosen(epoch, sub-steps done), by mouse or keyboard.
    """

    place_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("timeline")
        say(self.setAccessibleName, "Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSingleStep(1)
        self.setPageStep(SUB_STEP_COUNT)
        self.setMouseTracking(True)
        self._walk: Walk | None = None
        self._phases = phases(Labelling.TEXTBOOK)
        self._theme = theme.LIGHT
        self.valueChanged.connect(self._emit_place)

    def show_state(self, state: State, colours: Theme) -> None:
        """Mark where the walk stands, and how far it has been."""
        self._walk = state.place.walk if state.place else None
        self._phases, self._theme = phases(state.view.labelling), colours
        self.setEnabled(self._walk is not None and not state.is_stale)
        self._show()

    def _show(self) -> None:
        walk = self._walk
        self.blockSignals(True)
        self.setRange(0, reached_by(walk) if walk else 0)
        self.setValue(position_of(walk) if walk else 0)
        self.blockSignals(False)
        self.setAccessibleDescription(self._told(self.value()) if walk else "")
        self.update()

    def _told(self, position: int) -> str:
        return in_words(position, self._walk.problem.dimension if self._walk else None)

    def _emit_place(self, position: int) -> None:
        self.place_chosen.emit(*place_at(position))
        self._show()  # also where the walk stayed

    # Places and pixels

    @property
    def epochs(self) -> int:
        """How many the line has room for."""
        return max(_LEAST_EPOCHS, -(-self.maximum() // SUB_STEP_COUNT))

    @property
    def _band(self) -> float:
        """How high the line is, without its numbers."""
        return 0.9 * self.fontMetrics().height()

    @property
    def _length(self) -> float:
        return max(self.width() - 2.0 * _EDGE, 1.0)

    def x_of(self, position: float) -> float:
        """Where a place stands."""
        return _EDGE + self._length * position / (self.epochs * SUB_STEP_COUNT)

    def _x_of_place(self) -> float:
        """Where the walk stands."""
        is_within = self._walk is not None and self._walk.partial is not None
        return self.x_of(self.value() + (0.5 if is_within else 0.0))

    def position_at(self, x: float) -> int:
        """The place that was reached nearest to there."""
        position = round((x - _EDGE) / self._length * self.epochs * SUB_STEP_COUNT)
        return max(0, min(position, self.maximum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setValue(self.position_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = self.position_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.setValue(position)
        elif self._walk is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self._told(position), self)

    def sizeHint(self) -> QSize:
        return QSize(_USUAL_WIDTH, 2 * self.fontMetrics().height() - 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, self.sizeHint().height())

    # Painting

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        if self._length / self.epochs >= _STEPS_FROM:
            self._paint_steps(painter)
        else:
            self._paint_band(painter)
        self._paint_numbers(painter)
        self._paint_place(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _colour(self, phase: str, opacity: float) -> QColor:
        of_phase = {"E": self._theme.accent, "M": self._theme.rise, "β": self._theme.muted}
        colour = QColor(of_phase[phase])
        colour.setAlphaF(opacity)
        return colour

    def _paint_steps(self, painter: QPainter) -> None:
        """Each step in its colour: strong up to the place, pale as far as was reached."""
        border = QColor(self._theme.border)
        for epoch in range(self.epochs):
            for name, start, stop in self._phases:
                first, last = (epoch * SUB_STEP_COUNT + i for i in (start, stop))
                whole = self._box(first, last)
                painter.setPen(border)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(whole)
                for end, opacity in ((self.maximum(), 0.25), (self.value(), 0.45)):
                    if end > first:
                        painter.fillRect(
                            self._box(first, min(last, end)), self._colour(name, opacity)
                        )
                if whole.width() >= _LETTER_FROM:
                    is_done = last <= self.value()
                    painter.setPen(QColor(self._theme.text if is_done else self._theme.muted))
                    painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_band(self, painter: QPainter) -> None:
        """Many epochs: one band."""
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(self._box(0, self.epochs * SUB_STEP_COUNT))
        painter.fillRect(self._box(0, self.maximum()), self._colour("E", 0.25))
        painter.fillRect(self._box(0, self.value()), self._colour("E", 0.45))

    def _box(self, first: float, last: float) -> QRectF:
        left = self.x_of(first)
        return QRectF(left, 2.0, self.x_of(last) - left, self._band)

    def _paint_numbers(self, painter: QPainter) -> None:
        """The numbers of the epochs, below their ends."""
        painter.setPen(QColor(self._theme.muted))
        metrics, place = painter.fontMetrics(), self._x_of_place()
        for epoch in ticks(self.epochs, self._length):
            x, text = self.x_of(epoch * SUB_STEP_COUNT), str(epoch)
            painter.drawLine(QPointF(x, self._band + 2), QPointF(x, self._band + 5))
            width = metrics.horizontalAdvance(text)
            left = min(x - width / 2, self.width() - width - 1.0)
            if abs(x - place) < width / 2 + _MARK:
                left = place - _MARK - width - 1.0
            painter.drawText(QPointF(left, self.height() - 2.0), text)

    def _paint_place(self, painter: QPainter) -> None:
        if self._walk is None:
            return
        x = self._x_of_place()
        painter.setPen(QPen(QColor(self._theme.text), 2))
        painter.drawLine(QPointF(x, 1.0), QPointF(x, self._band + 3.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text))
        top = self._band + 1.0
        painter.drawPolygon(
            QPolygonF([QPointF(x, top), QPointF(x - _MARK, top + 8), QPointF(x + _MARK, top + 8)])
        )


class TimelineBar(QWidget):
    """The line, the speed of a run, and the buttons of a run.

    Attributes: line; speed, from refgmm_gui.speeds. Signals: speed_chosen(int).
    """

    speed_chosen = Signal(int)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("timelineBar")
        self.line = TimeLine()
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setObjectName("speed")
        say(self.speed.setAccessibleName, "Speed of a run")
        self.speed.setRange(0, speeds.FASTEST)
        self.speed.setValue(speeds.FASTEST)
        self.speed.setPageStep(3)
        self.speed.setFixedWidth(80)
        self.told = QLabel()
        self.told.setObjectName("speedTold")
        words = map(speeds.in_words, range(speeds.FASTEST + 1))
        self.told.setMinimumWidth(max(map(self.fontMetrics().horizontalAdvance, words)))
        self.header = PanelHeader("timeline")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.addWidget(self.header)
        self.header.row.addWidget(self.line, stretch=1)
        self.header.add(self.speed, self.told)
        self._buttons = {name: QToolButton() for name in ("run", "pause", "cancel")}
        for name, button in self._buttons.items():
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self.header.add(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.speed.valueChanged.connect(self.speed_chosen)

    def hand_on_focus(self, possible: Container[str]) -> None:
        """From a button that is about to go off to the one that takes its place: Run and Pause."""
        on = [button for name, button in self._buttons.items() if name in possible]
        goes_off = any(
            button.hasFocus() for name, button in self._buttons.items() if name not in possible
        )
        if on and goes_off:
            on[0].setFocus()

    def show_state(self, state: State, colours: Theme) -> None:
        self.line.show_state(state, colours)
        speed = state.run.speed
        self.speed.blockSignals(True)
        self.speed.setValue(speed)
        self.speed.blockSignals(False)
        self.speed.setAccessibleDescription(speeds.in_words(speed))
        self.told.setText(speeds.in_words(speed))

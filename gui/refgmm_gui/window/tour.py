"""The tour: the parts of the window one after the other, each in the light while the rest is in the shade."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from refgmm.records import dataclass
from refgmm_gui.theme import LIGHT, Theme
from refgmm_gui.window.watcher import Watcher
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.main_window import MainWindow

_SHADE = 120  # of 255
_GAP = 10  # pixels between what is shown and the words about it
_WIDTH = 42  # of the words, in letters


@dataclass(frozen=True, slots=True)
class TourStep:
    """A part of the window, and what it is for."""

    target: QWidget
    title: str
    text: str


def steps_of(window: "MainWindow") -> list[TourStep]:
    """The tour of this window: the parts that are in sight."""
    steps = (
        TourStep(
            window.worksheet,
            tr("Every number of EM"),
            tr(
                "A row for each point, and one column after the other: densities, responsibilities, sums. Below them stand the new parameters. Nothing is computed yet."
            ),
        ),
        TourStep(
            window.next_button,
            tr("One step at a time"),
            tr(
                "This button says what comes next, and does it (F8). Back takes it back (F7), Epoch goes to the end of the epoch (F9)."
            ),
        ),
        TourStep(
            window.explanation,
            tr("Where a number comes from"),
            tr(
                "Click any number in the tables: here is its formula, with the numbers that went into it. Click one of those to go on to where it comes from."
            ),
        ),
        TourStep(
            window.plot,
            tr("The mixture"),
            tr(
                "The components' curves and their sum over the points, as the walk goes on. The wheel zooms, and the tabs show the log-likelihood and the ways of the means."
            ),
        ),
        TourStep(
            window.history,
            tr("Epoch by epoch"),
            tr(
                "A row for each epoch. Run goes on until the log-likelihood gains less than you say."
            ),
        ),
        TourStep(
            window.inputs,
            tr("Your own points"),
            tr(
                "Type or paste points, and where the components start. File > Examples has problems for every trouble that EM can have. The handbook stands under Help, as does this tour."
            ),
        ),
    )
    return [step for step in steps if step.target.isVisible()]


class Tour(QWidget):
    """Covers the window but for the part shown, which can be used meanwhile.

    Attributes: card, with the words and the buttons; title, text, count, next, back, skip.
    Signals: ended().
    """

    ended = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("tour")
        self.hide()
        self._steps: Sequence[TourStep] = ()
        self._at = 0
        self._focus_before: QWidget | None = None
        self._colours = LIGHT
        self.card = QFrame(self)
        self.card.setObjectName("tourCard")
        self.card.setFrameShape(QFrame.Shape.StyledPanel)
        self.card.setAutoFillBackground(True)
        self.title, self.text, self.count = QLabel(), QLabel(), QLabel()
        self.text.setWordWrap(True)
        self.skip = _button(tr("Skip the tour"), self.stop)
        self.back = _button(tr("Back"), lambda: self._go(self._at - 1))
        self.next = _button(tr("Next"), lambda: self._go(self._at + 1))
        buttons = QHBoxLayout()
        buttons.addWidget(self.skip)
        buttons.addStretch(1)
        for widget in (self.count, self.back, self.next):
            buttons.addWidget(widget)
        layout = QVBoxLayout(self.card)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self._watcher = Watcher(self)
        self._watcher.moved.connect(self._place)

    def start(self, steps: Sequence[TourStep], colours: Theme) -> None:
        """Begin with the first step."""
        self._steps, self._colours = steps, colours
        if not self.isVisible():
            self._focus_before = self._window.focusWidget()
        palette = self.card.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(colours.base))
        self.card.setPalette(palette)
        self.show()
        self.raise_()
        self._go(0)

    def stop(self) -> None:
        """Leave the window to its user."""
        self._watcher.watch(None)
        self.hide()
        if self._focus_before is not None and isValid(self._focus_before):
            self._focus_before.setFocus()
        self.ended.emit()

    @property
    def step(self) -> TourStep:
        return self._steps[self._at]

    def _go(self, at: int) -> None:
        if at >= len(self._steps):
            self.stop()
            return
        self._at = at
        self._watcher.watch(self.step.target)
        self.title.setText(f"<b>{self.step.title}</b>")
        self.text.setText(self.step.text)
        self.count.setText(tr("{at} of {count}", at=at + 1, count=len(self._steps)))
        self.back.setEnabled(at > 0)
        is_last = at == len(self._steps) - 1
        self.next.setText(tr("Done") if is_last else tr("Next"))
        self.next.setAccessibleDescription(f"{self.step.title}. {self.step.text}")
        self.skip.setVisible(not is_last)
        self._place()
        self.next.setFocus()

    def _lit(self) -> QRect:
        """Where the part stands that is shown."""
        target = self.step.target
        corner = target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, target.size()).adjusted(-3, -3, 3, 3)

    def _place(self) -> None:
        """Cover all but the part shown; the words beside it."""
        self.setGeometry(self._window.rect())
        width = _WIDTH * self.fontMetrics().averageCharWidth()
        self.text.setFixedSize(width, self.text.heightForWidth(width))
        self.card.adjustSize()
        self.card.move(_beside(self._lit(), self.card.size(), self.rect()))
        shaded = QRegion(self.rect()) - QRegion(self._lit())
        self.setMask(shaded.united(QRegion(self.card.geometry())))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stop()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, _SHADE))
        painter.setPen(QPen(QColor(self._colours.accent), 3))
        painter.drawRect(self._lit().adjusted(-2, -2, 1, 1))
        painter.end()


def _beside(lit: QRect, size: QSize, room: QRect) -> QPoint:
    """Where a card stands: below the part, above it, right or left of it, as there is room; else over it."""
    width, height = size.width(), size.height()
    across = min(max(lit.center().x() - width // 2, _GAP), room.width() - width - _GAP)
    down = min(max(lit.center().y() - height // 2, _GAP), room.height() - height - _GAP)
    places = (
        QRect(across, lit.bottom() + _GAP, width, height),
        QRect(across, lit.top() - _GAP - height, width, height),
        QRect(lit.right() + _GAP, down, width, height),
        QRect(lit.left() - _GAP - width, down, width, height),
    )
    free = (place.topLeft() for place in places if room.contains(place))
    return next(free, QPoint(across, down))


def _button(text: str, do: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(True)
    button.clicked.connect(do)
    return button

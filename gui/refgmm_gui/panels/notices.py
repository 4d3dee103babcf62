"""Bars below the tool bar that tell of something, and offer what can be done about it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from refgmm_gui.language import say
from refgmm_gui.theme import Theme

Choices = Mapping[str, Callable[[], None]]
"""What stands on each button, and what it does. Each also takes the notice away."""


class Notices(QToolBar):
    """The notices there are, each under a key; out of sight while there is none."""

    def __init__(self) -> None:
        super().__init__()
        say(self.setWindowTitle, "Notices")
        self.setObjectName("notices")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self._column = QWidget()
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._layout = QVBoxLayout(self._column)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self.addWidget(self._column)
        self._bars: dict[str, QFrame] = {}
        self._colours: Theme | None = None
        self.hide()

    def tell(self, key: str, text: str, choices: Choices) -> None:
        """A notice, in the place of the one with the same key."""
        self.dismiss(key)
        bar = QFrame()
        bar.setObjectName(f"notice_{key}")
        bar.setAutoFillBackground(True)
        bar.setBackgroundRole(QPalette.ColorRole.Window)  # in a tool bar it would be Button
        words = QLabel(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 3, 8, 3)
        row.addWidget(words, stretch=1)
        for label, do in choices.items():
            button = QPushButton(label)
            button.clicked.connect(lambda _=False, do=do: self._choose(key, do))
            row.addWidget(button)
        self._bars[key] = bar
        self._layout.addWidget(bar)
        self._tint()
        self.show()

    def dismiss(self, key: str) -> None:
        """Take a notice away, where it is there."""
        if bar := self._bars.pop(key, None):
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self.setVisible(bool(self._bars))

    def texts(self) -> dict[str, str]:
        """What the notices say, by key."""
        labels = {key: bar.findChild(QLabel) for key, bar in self._bars.items()}
        return {key: label.text() for key, label in labels.items() if isinstance(label, QLabel)}

    def show_colours(self, colours: Theme) -> None:
        self._colours = colours
        self._tint()

    def _choose(self, key: str, do: Callable[[], None]) -> None:
        self.dismiss(key)
        do()

    def _tint(self) -> None:
        for bar in self._bars.values():
            if self._colours is not None:
                palette = bar.palette()
                palette.setColor(QPalette.ColorRole.Window, QColor(self._colours.notice))
                bar.setPalette(palette)

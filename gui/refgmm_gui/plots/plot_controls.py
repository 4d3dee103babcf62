"""What stands over the top left of the plot: which plot, what it shows, and of which coordinates."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QTabBar,
    QToolButton,
    QWidget,
)

from refgmm_gui.language import say
from refgmm_gui.plots.layers import KINDS, LAYERS, POINTS_AS, PlotChoice
from refgmm_gui.window.panel_header import PanelHeader

COORDINATES = {
    "across": "Coordinate that the plot shows across",
    "up": "Coordinate that the plot shows up",
}

_WITH_WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_UNLIMITED = 16_777_215  # pixels: Qt's own greatest width
_ARROWS = {"across": "→", "up": "↑"}


class PlotControls(QWidget):
    """Attributes: kinds, the tabs; show_button, with its menu; choice, with the boxes across and up.

    Signals: chosen(PlotChoice); coordinates_chosen(across, up), from 0.
    """

    chosen = Signal(object)
    coordinates_chosen = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = PlotChoice()
        self._shown = (0, 1)
        self._of_mixture: list[QToolButton] = []
        self.kinds = QTabBar()
        self.kinds.setObjectName("plotKinds")
        say(self.kinds.setAccessibleName, "Which plot")
        self.kinds.setDrawBase(False)
        self.kinds.setExpanding(False)
        self.kinds.setElideMode(Qt.TextElideMode.ElideRight)
        for tab, text in enumerate(KINDS.values()):
            self.kinds.addTab("")
            say(partial(self.kinds.setTabText, tab), text, self.kinds)
        self.kinds.currentChanged.connect(self._choose_kind)
        self.show_button = QToolButton()
        self.show_button.setObjectName("plotShow")
        say(self.show_button.setText, "Show  ")  # the arrow stands in the corner
        say(self.show_button.setToolTip, "What the plot shows")
        say(self.show_button.setAccessibleName, "What the plot shows")
        self.show_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.show_button.setFocusPolicy(self.kinds.focusPolicy())
        self.menu = QMenu(self.show_button)
        self.menu.setToolTipsVisible(True)
        self.show_button.setMenu(self.menu)
        self._build_menu()
        self._build_choice()
        self.header = PanelHeader("plot")
        self.header.add(self.kinds, self.show_button, self.choice)
        self.header.hide_button.setParent(parent)  # in the corner, clear of the legend
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 0, 0)
        layout.addWidget(self.header)

    def event(self, event: QEvent) -> bool:
        """As large as what is in it: no layout of the plot's sees to that."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.adjustSize()
        return super().event(event)

    def _build_menu(self) -> None:
        self.layer_actions: dict[str, QAction] = {}
        for layer in LAYERS:
            action = self.menu.addAction("")
            say(action.setText, layer.text)
            action.setCheckable(True)
            action.setData(layer.name)
            action.triggered.connect(self._toggle_layer)
            self.layer_actions[layer.name] = action
        self.separator = self.menu.addSeparator()
        self.points_actions = QActionGroup(self)
        for name, text in POINTS_AS.items():
            action = self.points_actions.addAction(self.menu.addAction(""))
            say(action.setText, text)
            action.setCheckable(True)
            action.setData(name)
        self.points_actions.triggered.connect(self._choose_points)

    def _build_choice(self) -> None:
        self.across, self.up = QComboBox(), QComboBox()
        self.choice = QWidget()
        row = QHBoxLayout(self.choice)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for name, box in (("across", self.across), ("up", self.up)):
            box.setObjectName(name)
            say(box.setAccessibleName, COORDINATES[name])
            say(box.setToolTip, COORDINATES[name])
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            label = QLabel(_ARROWS[name])
            box.currentIndexChanged.connect(self._choose_coordinates)
            row.addWidget(label)
            row.addWidget(box)
        self.choice.hide()

    def offer(self, action: QAction) -> None:
        """A button for an action of the mixture's plot, behind the others."""
        button = QToolButton()
        button.setObjectName(f"plot_{action.objectName()}")
        button.setDefaultAction(action)
        say(action.setIconText, "Edit")
        button.setToolButtonStyle(_WITH_WORDS)
        button.setFocusPolicy(self.kinds.focusPolicy())
        self._of_mixture.append(button)
        self.header.add(button)

    def fit(self, room: int) -> None:
        """The buttons without words, where there is no room for them; then the tabs with fewer letters;
        then tabs that are scrolled to.
        """
        self.kinds.setMaximumWidth(_UNLIMITED)
        self.kinds.setUsesScrollButtons(False)
        for style in _WITH_WORDS, Qt.ToolButtonStyle.ToolButtonIconOnly:
            for button in self._of_mixture:
                button.setToolButtonStyle(style)
            for widget in (self.header, self):
                layout = widget.layout()
                assert layout is not None
                layout.activate()
            if self.sizeHint().width() <= room:
                break
        lacking = self.sizeHint().width() - room
        if lacking > 0:
            left = max(self.kinds.sizeHint().width() - lacking, 1)
            self.kinds.setUsesScrollButtons(left < self.kinds.minimumSizeHint().width())
            self.kinds.setMaximumWidth(left)
        self.adjustSize()

    def show_choice(self, choice: PlotChoice, picture: str) -> None:
        """What is chosen, and which of it this picture can have: curves, plane, log_likelihood, means."""
        self._choice = choice
        self.kinds.blockSignals(True)
        self.kinds.setCurrentIndex(list(KINDS).index(choice.kind))
        self.kinds.blockSignals(False)
        for button in self._of_mixture:
            button.setVisible(picture in ("curves", "plane"))
        for layer in LAYERS:
            action = self.layer_actions[layer.name]
            action.setVisible(picture in layer.where)
            action.setChecked(layer.name in choice.layers)
        self.separator.setVisible(picture == "curves")
        for action in self.points_actions.actions():
            action.setVisible(picture == "curves")
            action.setChecked(action.data() == choice.points_as)
        self.show_button.setVisible(any(action.isVisible() for action in self.menu.actions()))

    def show_coordinates(self, shown: tuple[int, int], names: Sequence[str]) -> None:
        """Two boxes where there are more coordinates than the plot shows; none for no names."""
        self._shown = shown
        self.choice.setVisible(len(names) > 2)
        for box, coordinate in zip((self.across, self.up), shown, strict=True):
            box.blockSignals(True)
            if [box.itemText(row) for row in range(box.count())] != list(names):
                box.clear()
                box.addItems(names)
            box.setCurrentIndex(coordinate)
            box.blockSignals(False)

    def _choose_kind(self, tab: int) -> None:
        layers, points_as = self._choice.layers, self._choice.points_as
        self.chosen.emit(PlotChoice(list(KINDS)[tab], layers, points_as))

    def _toggle_layer(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.chosen.emit(self._choice.toggled(str(action.data())))

    def _choose_points(self, action: QAction) -> None:
        kind, layers = self._choice.kind, self._choice.layers
        self.chosen.emit(PlotChoice(kind, layers, str(action.data())))

    def _choose_coordinates(self) -> None:
        """Two different ones: choosing the one that the other has, exchanges them."""
        across, up = self.across.currentIndex(), self.up.currentIndex()
        if across == up:
            across, up = self._shown[1], self._shown[0]
        self.coordinates_chosen.emit(across, up)

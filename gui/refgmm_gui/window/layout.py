"""Where the panels stand: splitters within splitters, and the height that the worksheet needs.

    sides   inputs | rows | (explanation)
    rows      top: plot | (explanation)
              middle: what just happened, worksheet
              bottom: history | (explanation)
              timeline

The explanation stands in one of its three places. Splitters and not docks: a dock keeps the height
that it was given, but the worksheet is to be just as high as its rows.
"""

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from refgmm_gui.arrangement import ORDERLY, Arrangement
from refgmm_gui.panels.explanation import ExplanationPanel
from refgmm_gui.panels.history import HistoryPanel
from refgmm_gui.panels.inputs import InputsPanel
from refgmm_gui.panels.step_text import StepText
from refgmm_gui.panels.timeline import TimelineBar
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.tables.worksheet_view import WorksheetView

_HISTORY_SHARE = 0.22  # of the height, at the start
_INPUTS_WIDTH = 264  # at the least
_EXPLANATION_WIDTH = 420  # as a column of its own


class Panels(NamedTuple):
    """What stands somewhere in the window."""

    inputs: InputsPanel
    plot: MixturePlot
    explanation: ExplanationPanel
    step_text: StepText
    worksheet: WorksheetView
    history: HistoryPanel
    timeline: TimelineBar


class WindowLayout(QSplitter):
    """The sides of the window, and in them everything else.

    Attributes: rows, top, middle, bottom; is_cut, whether the user made the worksheet less high than
    its rows; history_share, of their height.
    """

    def __init__(self, panels: Panels) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("sides")
        inputs, plot, explanation, step_text, worksheet, history, timeline = panels
        self._inputs, self._plot, self._explanation = inputs, plot, explanation
        self._step_text, self._worksheet, self._history = step_text, worksheet, history
        self._timeline = timeline
        self._arrangement = ORDERLY
        self._place = "beside"
        self.is_cut = False
        self.history_share = _HISTORY_SHARE

        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(step_text)
        column.addWidget(worksheet, stretch=1)
        self.top = _splitter("top", Qt.Orientation.Horizontal, (plot, explanation), (3, 2))
        self.top.setSizes([580, 420])
        self.bottom = _splitter("bottom", Qt.Orientation.Horizontal, (history,), (3,))
        self.rows = _splitter(
            "rows", Qt.Orientation.Vertical, (self.top, self.middle, self.bottom), (4, 2, 1)
        )
        self._framed_rows = _framed(self.rows, timeline)
        self.addWidget(inputs)
        self.addWidget(self._framed_rows)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setSizes([270, 1000])
        self.rows.setSizes([250, 306, 160])
        self.setChildrenCollapsible(False)
        worksheet.points.fitted.connect(self.fit_middle)
        self.rows.splitterMoved.connect(self._see_borders)

    # Panels come, go and move

    def arrange(self, arrangement: Arrangement) -> None:
        """Every panel where it belongs, if it is to be in sight."""
        self._arrangement = arrangement
        self._inputs.setMinimumWidth(round(_INPUTS_WIDTH * arrangement.factor))
        self._place_inputs(arrangement.inputs_at)
        self.place_explanation()
        hidden = arrangement.hidden_now
        place = self._place if "explanation" not in hidden else ""
        for panel, name in (
            (self._inputs, "inputs"),
            (self._plot, "plot"),
            (self._explanation, "explanation"),
            (self.middle, "worksheet"),
            (self._history, "history"),
            (self._timeline, "timeline"),
        ):
            panel.setVisible(name not in hidden)
        self.top.setVisible("plot" not in hidden or place == "beside")
        self.bottom.setVisible("history" not in hidden or place == "bottom")
        self._framed_rows.setVisible(
            not all(
                part.isHidden() for part in (self.top, self.middle, self.bottom, self._timeline)
            )
        )
        self.fit_middle()

    def place_explanation(self) -> None:
        """Where it belongs in a window of this width."""
        place = self._arrangement.place_of_explanation(self.window().width())
        if place == self._place:
            return
        self._place = place
        inputs_width = self.sizes()[self.indexOf(self._inputs)]
        home = {"beside": self.top, "column": self, "bottom": self.bottom}[place]
        at = self.indexOf(self._framed_rows) + 1 if home is self else home.count()
        home.insertWidget(at, self._explanation)
        home.setStretchFactor(at, 0 if home is self else 2)
        if home is self:
            wanted = round(_EXPLANATION_WIDTH * self._arrangement.factor)
            rest = max(self.width() - wanted - inputs_width, 1)
            sizes = {self._inputs: inputs_width, self._framed_rows: rest, self._explanation: wanted}
            parts = (self.widget(at) for at in range(self.count()))
            self.setSizes([sizes[part] for part in parts if part is not None])
        else:
            width = home.width()
            home.setSizes([round(0.58 * width), round(0.42 * width)])
        is_hidden = "explanation" in self._arrangement.hidden_now
        self.top.setVisible(not self._plot.isHidden() or (place == "beside" and not is_hidden))

    def _place_inputs(self, place: str) -> None:
        at = 0 if place == "left" else self.count() - 1
        if self.indexOf(self._inputs) != at:
            sizes = self.sizes()
            before = self.indexOf(self._inputs)
            self.insertWidget(at, self._inputs)
            sizes.insert(at, sizes.pop(before))
            self.setSizes(sizes)

    # Heights

    def fit_middle(self) -> None:
        """The worksheet just as high as its rows, less where the user made it less; the plot takes
        what the history leaves, and the worksheet leaves the plot its share.
        """
        layout = self._step_text.layout()
        assert layout is not None
        layout.invalidate()
        text_height = layout.totalHeightForWidth(self.middle.width())
        wanted = text_height + self._worksheet.full_height()
        self.middle.setMaximumHeight(wanted)
        sizes = self.rows.sizes()
        total = sum(sizes)
        has_plot, has_middle, has_history = (
            not part.isHidden() for part in (self.top, self.middle, self.bottom)
        )
        least_plot = self._plot.share_of(self.rows.height()) if has_plot else 0
        history = 0
        if has_history:
            least_history = self.bottom.minimumSizeHint().height()
            history = max(round(self.history_share * total), least_history)
        middle = min(wanted, max(total - history - least_plot, 0)) if has_middle else 0
        if self.is_cut:
            middle = min(middle, sizes[1])
        plot = total - middle - history
        fitting = [plot, middle, history] if has_plot else [0, middle, plot + history]
        if total and fitting != sizes:
            self.rows.setSizes(fitting)

    def _see_borders(self) -> None:
        """The user has moved a border."""
        self.is_cut = self.middle.height() < self.middle.maximumHeight()
        if not (self.top.isHidden() or self.bottom.isHidden()):
            self.history_share = self.bottom.height() / max(sum(self.rows.sizes()), 1)

    def sizeHint(self) -> QSize:
        return QSize(1280, 740)


class Room(QScrollArea):
    """Where the layout has room, also where letters are large and the window is small."""

    def __init__(self, layout: WindowLayout) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(layout)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # it scales the whole app
            return
        super().wheelEvent(event)


def _splitter(
    name: str, along: Qt.Orientation, parts: tuple[QWidget, ...], stretches: tuple[int, ...]
) -> QSplitter:
    splitter = QSplitter(along)
    splitter.setObjectName(name)
    for part, stretch in zip(parts, stretches, strict=True):
        splitter.addWidget(part)
        splitter.setStretchFactor(splitter.count() - 1, stretch)
    splitter.setChildrenCollapsible(False)
    return splitter


def _framed(*widgets: QWidget) -> QFrame:
    frame = QFrame()
    frame.setFrameShape(QFrame.Shape.StyledPanel)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return frame

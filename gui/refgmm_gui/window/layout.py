"""Where the panels stand: splitters within splitters, and the height that the worksheet needs.

    sides    the columns of refgmm_gui.places, side by side
    column   its rows, one over the other
    row      its panels, side by side; a panel alone needs no splitter

Splitters and not docks: a dock keeps the height that it was given, but the worksheet is to be just as
high as its rows.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from refgmm_gui import places
from refgmm_gui.arrangement import ORDERLY, Arrangement
from refgmm_gui.panels.explanation import ExplanationPanel
from refgmm_gui.panels.history import HistoryPanel
from refgmm_gui.panels.inputs import InputsPanel
from refgmm_gui.panels.step_text import StepText
from refgmm_gui.panels.timeline import TimelineBar
from refgmm_gui.places import Moved, Places
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.tables.worksheet_view import WorksheetView
from refgmm_gui.window.drop_zones import DropZones, lit, zone_at
from refgmm_gui.window.panel_header import PanelHeader

_HISTORY_SHARE = 0.22  # of the height, at the start
_SIDE_WIDTHS = {"inputs": 264, "explanation": 420}  # as columns of their own
_SHARES = {"plot": 58, "explanation": 42, "inputs": 30}  # of the width of a row
_USUAL_SHARE = 58
_ROUNDS = 3  # until heights fit that depend on each other, by scroll bars
_UNLIMITED = 16_777_215  # pixels: Qt's own greatest height


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
    """The columns of the window, and in them everything else.

    Attributes: panels, by name; headers; places, where they stand now; zones, while one is dragged;
    is_cut, whether the user made the worksheet less high than its rows; history_share, of a column's height.

    Signals: panel_moved(name, side, of), as refgmm_gui.places.moved takes them; panel_stepped(name, side);
    panel_hidden(name).
    """

    panel_moved = Signal(str, str, str)
    panel_stepped = Signal(str, str)
    panel_hidden = Signal(str)

    def __init__(self, panels: Panels, zones: DropZones) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("sides")
        inputs, plot, explanation, step_text, worksheet, history, timeline = panels
        self._plot, self._step_text, self._worksheet = plot, step_text, worksheet
        self._timeline, self._history = timeline, history
        self._arrangement = ORDERLY
        self._widths = dict(_SIDE_WIDTHS)
        self.places: Places = ()
        self.is_cut = False
        self.history_share = _HISTORY_SHARE
        self._is_fitting = self._is_unfit = False
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(0)
        self._due.timeout.connect(self.fit_heights)
        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(step_text)
        column.addWidget(worksheet, stretch=1)
        column.addStretch(0)  # below the worksheet, in a row higher than that
        self.panels: dict[str, QWidget] = {
            "inputs": inputs,
            "plot": plot,
            "explanation": explanation,
            "worksheet": self.middle,
            "history": history,
            "timeline": timeline,
        }
        self.setChildrenCollapsible(False)
        self.headers: list[PanelHeader] = [
            inputs.header,
            plot.controls.header,
            explanation.header,
            step_text.header,
            history.header,
            timeline.header,
        ]
        self.zones = zones
        for header in self.headers:
            self._wire(header)
        worksheet.points.fitted.connect(self._fit_soon)

    def _wire(self, header: PanelHeader) -> None:
        name = header.name
        header.can_step = lambda side: places.stepped(self.places, name, side) != self.places
        header.stepped.connect(partial(self.panel_stepped.emit, name))
        header.hide_requested.connect(partial(self.panel_hidden.emit, name))
        header.dragged.connect(partial(self._light, name))
        header.dropped.connect(partial(self._drop, name))
        header.let_go.connect(self.zones.hide)

    # Panels come, go and move

    def arrange(self, arrangement: Arrangement) -> None:
        """Every panel where it belongs, if it is to be in sight."""
        self._arrangement = arrangement
        self.panels["inputs"].setMinimumWidth(round(_SIDE_WIDTHS["inputs"] * arrangement.factor))
        for header in self.headers:
            header.set_bare(arrangement.is_presenting)
        self._history.set_bare(arrangement.is_presenting)
        self.fit_width()

    def fit_width(self) -> None:
        """Panels where they belong in a window of this width."""
        self._place(self._arrangement.places_in(self.window().width()))
        hidden = self._arrangement.hidden_now
        for name, panel in self.panels.items():
            panel.setVisible(name not in hidden)
        for column, rows in zip(self._columns(), self.places, strict=True):
            for row, names in zip(_parts(column), rows, strict=True):
                row.setVisible(not hidden.issuperset(names))
            column.setVisible(any(not hidden.issuperset(names) for names in rows))
        self.fit_heights()

    def _place(self, wanted: Places) -> None:
        """New splitters, where the panels do not stand as they shall; the keys act on what they did."""
        if wanted == self.places:
            return
        focused = QApplication.focusWidget()
        self._remember_widths()
        old = list(_parts(self))
        self.places = ()  # while it is built, there are no heights to fit
        for rows in wanted:
            self.addWidget(self._column(rows))
        for column in old:
            column.hide()
            column.setParent(None)
            column.deleteLater()
        for panel in self.panels.values():
            panel.setFont(QFont())  # with a style sheet Qt gives back those of an earlier place
            panel.setPalette(panel.palette() if panel.palette().resolveMask() else QPalette())
        self.places = wanted
        sides = [self._side_width(rows) for rows in wanted]
        room = max(self.width() - sum(filter(None, sides)), 1)
        others = sides.count(None)
        for at, width in enumerate(sides):
            self.setStretchFactor(at, 0 if width else 1)
        self.setSizes([room // others if width is None else width for width in sides])
        if focused is not None and self.isAncestorOf(focused):
            focused.setFocus()

    def _column(self, rows: places.Column) -> QSplitter:
        column = QSplitter(Qt.Orientation.Vertical)
        column.setObjectName("column")
        column.setChildrenCollapsible(False)
        if not _SIDE_WIDTHS.keys() >= {name for row in rows for name in row}:
            column.setFrameShape(QFrame.Shape.StyledPanel)
        for names in rows:
            column.addWidget(self._row(names))
        column.splitterMoved.connect(partial(self._see_borders, column))
        return column

    def _row(self, names: places.Row) -> QWidget:
        if len(names) == 1:
            return self.panels[names[0]]
        row = QSplitter(Qt.Orientation.Horizontal)
        row.setObjectName("row")
        row.setChildrenCollapsible(False)
        shares = [_SHARES.get(name, _USUAL_SHARE) for name in names]
        for at, (name, share) in enumerate(zip(names, shares, strict=True)):
            row.addWidget(self.panels[name])
            row.setStretchFactor(at, share)
        row.setSizes([10 * share for share in shares])
        return row

    def _side_width(self, rows: places.Column) -> int | None:
        """Of a column that has nothing to gain from more; None for one that takes what is left."""
        if not all(name in self._widths for row in rows for name in row):
            return None
        widths = (sum(self._widths[name] for name in row) for row in rows)
        return round(max(widths) * self._arrangement.factor)

    def _remember_widths(self) -> None:
        """As wide as the user has made them."""
        for column, rows in zip(self._columns(), self.places, strict=True):
            name = rows[0][0]
            if rows == ((name,),) and name in self._widths and column.isVisible():
                self._widths[name] = round(column.width() / self._arrangement.factor)

    def _columns(self) -> list[QSplitter]:
        return [part for part in _parts(self) if isinstance(part, QSplitter)]

    def column_of(self, panel: str) -> QSplitter:
        """The column in which a panel stands now."""
        return self._columns()[places.place_of(self.places, panel)[0]]

    def splitters(self) -> list[QSplitter]:
        """All of them, in the order of the places."""
        rows = [row for column in self._columns() for row in _parts(column)]
        return [self, *self._columns(), *(row for row in rows if isinstance(row, QSplitter))]

    # A panel is dragged

    def _light(self, name: str, at: QPoint) -> None:
        zone = self._zone(name, at)
        place = lit(zone, self.rect(), self._visible_panels()) if zone is not None else None
        self.zones.light(self, self._rect_of(name), place)

    def _drop(self, name: str, at: QPoint) -> None:
        self.zones.hide()
        zone = self._zone(name, at)
        if zone is not None:
            self.panel_moved.emit(name, *zone)

    def _zone(self, name: str, at: QPoint) -> Moved | None:
        """Where the panel would go; None where it would stay."""
        zone = zone_at(self.mapFromGlobal(at), self.rect(), self._visible_panels())
        if zone is None or places.moved(self.places, name, *zone) == self.places:
            return None
        return zone

    def _visible_panels(self) -> dict[str, QRect]:
        return {name: self._rect_of(name) for name, p in self.panels.items() if p.isVisible()}

    def _rect_of(self, name: str) -> QRect:
        panel = self.panels[name]
        return QRect(panel.mapTo(self, QPoint(0, 0)), panel.size())

    # Heights

    def fit_heights(self) -> None:
        """The worksheet just as high as its rows, less where the user made it less; the plot takes
        what the history leaves, and the worksheet leaves the plot its share.
        """
        if self._is_fitting:
            return
        self._due.stop()
        self._is_fitting = True
        for _ in range(_ROUNDS):
            self._is_unfit = False
            self._fit_once()
            if not self._is_unfit:
                break
        self._is_fitting = False

    def _fit_soon(self) -> None:
        """A table has other widths, so that it may need other heights: once it has its numbers. A view
        that is laid out while its model is being exchanged would crash.
        """
        self._is_unfit = True
        if not self._is_fitting:
            self._due.start()

    def _fit_once(self) -> None:
        if not self.places:
            return
        self._worksheet.setMaximumHeight(self._worksheet.full_height())
        for column, rows in zip(self._columns(), self.places, strict=True):
            heights = self._heights(column, rows)
            if sum(column.sizes()) and heights != column.sizes():
                column.setSizes(heights)

    def _heights(self, column: QSplitter, rows: places.Column) -> list[int]:
        hidden = self._arrangement.hidden_now
        seen = [tuple(name for name in row if name not in hidden) for row in rows]
        kinds = [_kind(row) for row in seen]
        sizes = column.sizes()
        rest = sum(sizes)
        heights = [0] * len(rows)

        def give(kind: str, height: int) -> None:
            nonlocal rest
            if kind in kinds:
                heights[kinds.index(kind)] = height
                rest -= height

        give("timeline", self._timeline.sizeHint().height())
        parts = list(_parts(column))
        free = [at for at, kind in enumerate(kinds) if kind == "free"]
        least = {at: self._least_height(seen[at], parts[at], column) for at in free}
        if "history" in kinds:
            needed = sum(least.values()) + (self._few_rows() if "worksheet" in kinds else 0)
            history = round(self.history_share * rest)
            if self.history_share == _HISTORY_SHARE:  # else the user wants it so
                history = min(history, rest - needed)
            smallest = parts[kinds.index("history")].minimumSizeHint().height()
            give("history", max(history, smallest))
        if "worksheet" in kinds:
            wanted = self._full_middle()
            takes_rest = free or "history" in kinds
            self.middle.setMaximumHeight(wanted if takes_rest else _UNLIMITED)
            middle = min(wanted, max(rest - sum(least.values()), 0))
            if self.is_cut:
                middle = min(middle, sizes[kinds.index("worksheet")])
            give("worksheet", middle if takes_rest else rest)
        elif any("worksheet" in row for row in seen):
            self.middle.setMaximumHeight(_UNLIMITED)
        if not free:
            if "history" in kinds:
                heights[kinds.index("history")] += rest
            return heights
        spare = max(rest - sum(least.values()), 0)
        before = {at: max(sizes[at] - least[at], 0) for at in free}
        whole = sum(before.values())
        for at in free:
            share = before[at] / whole if whole else 1 / len(free)
            heights[at] = least[at] + int(share * spare)
        heights[free[-1]] += max(sum(sizes) - sum(heights), 0)
        return heights

    def _least_height(self, names: places.Row, row: QWidget, column: QSplitter) -> int:
        least = row.minimumSizeHint().height()
        if "plot" in names:
            least = max(least, self._plot.share_of(column.height()))
        if "worksheet" in names:
            least = max(least, self._full_middle())
        return least

    def _full_middle(self) -> int:
        """The height at which the words about the step and all rows of the worksheet are in sight."""
        return self._height_of_words() + self._worksheet.full_height()

    def _few_rows(self) -> int:
        """The height that the worksheet needs before the history takes its share."""
        return self._height_of_words() + self._worksheet.sizeHint().height()

    def _height_of_words(self) -> int:
        layout = self._step_text.layout()
        assert layout is not None
        layout.invalidate()
        return layout.totalHeightForWidth(self.middle.width())

    def _see_borders(self, column: QSplitter) -> None:
        """The user has moved a border."""
        rows = self.places[self._columns().index(column)]
        hidden = self._arrangement.hidden_now
        kinds = [_kind(tuple(name for name in row if name not in hidden)) for row in rows]
        sizes = column.sizes()
        if "worksheet" in kinds:
            self.is_cut = self.middle.height() < self.middle.maximumHeight()
        if "history" in kinds and "free" in kinds:
            without = sizes[kinds.index("timeline")] if "timeline" in kinds else 0
            height = sizes[kinds.index("history")]
            self.history_share = height / max(sum(sizes) - without, 1)

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


def _kind(names: places.Row) -> str:
    """What decides the height of a row of these panels: one of them, or what is left to it."""
    if names in ((), ("timeline",), ("worksheet",)):
        return "".join(names) or "hidden"
    is_history = "history" in names and not {"plot", "worksheet"} & {*names}
    return "history" if is_history else "free"


def _parts(splitter: QSplitter) -> Iterator[QWidget]:
    for at in range(splitter.count()):
        part = splitter.widget(at)
        assert part is not None
        yield part

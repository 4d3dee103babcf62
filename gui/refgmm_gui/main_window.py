"""The window: what stands where. It shows a state; what happens on a click is wired in desktop.py."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QSplitter,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from refgmm import Cell, Granularity, Labelling, worksheet
from refgmm.explanation import title_of
from refgmm.formatting import ALL_DIGITS
from refgmm_gui import theme
from refgmm_gui.actions import Actions
from refgmm_gui.numbers import Numbers
from refgmm_gui.panels.explanation import ExplanationPanel
from refgmm_gui.panels.history import HistoryPanel
from refgmm_gui.panels.inputs import InputsPanel
from refgmm_gui.panels.step_text import StepText
from refgmm_gui.panels.timeline import TimelineBar
from refgmm_gui.plots.chosen import coordinates_of, plot_of
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.session import State, View
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.tables.result_models import FooterModel, ResultModel, WorksheetModel
from refgmm_gui.tables.worksheet_view import WorksheetView
from refgmm_gui.theme import Theme

_LABELLINGS = {Labelling.TEXTBOOK: "textbook's E and M", Labelling.NOTE: "lecture note's E and M"}
_GRANULARITIES = {
    Granularity.POINT: ("by points", "One point at a time: a row of the sub-step"),
    Granularity.COMPONENT: (
        "by components",
        "One component at a time: its columns of the sub-step",
    ),
    Granularity.SUB_STEP: ("by sub-steps", "One quantity at a time, of all points and components"),
    Granularity.PHASE: ("by whole steps", "To the end of the E or M step"),
    Granularity.EPOCH: ("by epochs", "To the end of the epoch"),
}
_LONGEST_LABELS = {
    Granularity.POINT: "M: β(x−μ′)² of point 1000, new variances (epoch 100)",
    Granularity.COMPONENT: "E: weighted densities of component 10 (epoch 100)",
    Granularity.SUB_STEP: "M: new means, variances and weights (epoch 100)",
    Granularity.PHASE: "M: new means, variances and weights (epoch 100)",
    Granularity.EPOCH: "β, M and E: new means, variances and weights (epoch 100)",
}
_HISTORY_HEIGHT = 160  # at the start


class MainWindow(QMainWindow):
    """Attributes: actions, inputs, plot, explanation, step_text, worksheet, history, and the view's
    controls; numbers, what tables and explanation show.

    Signals: closing(QCloseEvent), to accept or ignore; theme_chosen(str); fold_toggled(key).
    """

    closing = Signal(object)
    theme_chosen = Signal(str)
    fold_toggled = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.actions_by_name = Actions()
        self.inputs = InputsPanel()
        self.plot = MixturePlot()
        self.step_text = StepText()
        self.numbers = Numbers()
        self.worksheet_model = WorksheetModel(self.numbers)
        self.footer_model = FooterModel(self.numbers)
        self.worksheet = WorksheetView(self.worksheet_model, self.footer_model)
        self.history = HistoryPanel(self.actions_by_name, self.numbers)
        self.timeline = TimelineBar(self.actions_by_name)
        self.explanation = ExplanationPanel()
        self.columns_menu = QMenu("&Columns", self)
        self._told = ""  # of the last move
        self._groups_in_menu: tuple[worksheet.Group, ...] = ()
        self.theme_actions = QActionGroup(self)

        self._lay_out()
        self._build_tool_bar()
        self._build_menus()
        self.next_button.setFocus()
        self.statusBar().show()  # from the start, so that nothing moves at the first message
        self.worksheet.points.fitted.connect(self._fit_middle)

    # What stands where

    def _lay_out(self) -> None:
        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.step_text)
        column.addWidget(self.worksheet, stretch=1)

        self.top = QSplitter(Qt.Orientation.Horizontal)
        self.top.setObjectName("top")
        for part, stretch in ((self.plot, 3), (self.explanation, 2)):
            self.top.addWidget(part)
            self.top.setStretchFactor(self.top.count() - 1, stretch)
        self.top.setSizes([580, 420])

        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.setObjectName("rows")
        for row, stretch in ((self.top, 3), (self.middle, 2), (self.history, 2)):
            self.rows.addWidget(row)
            self.rows.setStretchFactor(self.rows.count() - 1, stretch)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.setObjectName("sides")
        self.inputs.setMinimumWidth(230)
        self.sides.addWidget(self.inputs)
        self.sides.addWidget(_framed(self.rows, self.timeline))
        self.sides.setStretchFactor(0, 0)
        self.sides.setStretchFactor(1, 1)
        self.sides.setSizes([270, 1000])
        self.rows.setSizes([250, 306, _HISTORY_HEIGHT])
        for splitter in (self.rows, self.sides, self.top):
            splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self.sides)
        room = self.screen().availableGeometry().size()
        self.resize(QSize(1280, 800).boundedTo(room * 0.95))

    def _build_tool_bar(self) -> None:
        bar = QToolBar("Steps")
        bar.setObjectName("steps")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addToolBar(bar)
        actions = self.actions_by_name
        bar.addAction(actions["start"])
        bar.addAction(actions["back"])
        self.next_button = QToolButton()
        self.next_button.setObjectName("next")
        self.next_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.next_button.setDefaultAction(actions["forward"])
        self.next_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.next_button.setIconSize(QSize(18, 18))
        bar.addWidget(self.next_button)
        bar.addAction(actions["epoch"])
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spacer)

        self.step_size = QComboBox()
        self.step_size.setObjectName("stepSize")
        for row, (words, meaning) in enumerate(_GRANULARITIES.values()):
            self.step_size.addItem(words)
            self.step_size.setItemData(row, meaning, Qt.ItemDataRole.ToolTipRole)
        self.step_size.setToolTip("How much Next and Back do at once")
        self.labelling = QComboBox()
        self.labelling.setObjectName("labelling")
        self.labelling.addItems(list(_LABELLINGS.values()))
        self.labelling.setToolTip(
            "Whose names for the steps. The lecture note calls the update of means and variances M "
            "and that of the weights E; textbooks call the responsibilities E and all updates M. "
            "The numbers are the same."
        )
        self.standard = QCheckBox("φ(z)")
        self.standard.setObjectName("standard")
        self.standard.setToolTip(
            "Show the standard normal density of the z-score, too: what the lecture note prints as g"
        )
        self.decimals = QSpinBox()
        self.decimals.setObjectName("decimals")
        self.decimals.setRange(2, ALL_DIGITS)
        self.decimals.setSuffix(" decimals")
        self.decimals.setToolTip(f"{ALL_DIGITS} shows every digit of the computed number")
        for widget, name in (
            (self.step_size, "Step size"),
            (self.labelling, "Names of the steps"),
            (self.standard, "Show the density of z"),
            (self.decimals, "Decimals"),
        ):
            widget.setAccessibleName(name)
            bar.addWidget(widget)

    def _build_menus(self) -> None:
        themes = QMenu("&Theme", self)
        for choice, text in theme.CHOICES.items():
            action = self.theme_actions.addAction(QAction(text, self))
            action.setCheckable(True)
            action.setData(choice)
            themes.addAction(action)
        self.theme_actions.triggered.connect(
            lambda action: self.theme_chosen.emit(str(action.data()))
        )
        new = QMenu("&New", self)
        new.addActions([self.actions_by_name[name] for name in ("new", "new_2d", "new_nd")])
        menus: dict[str, tuple[str | QMenu, ...]] = {
            "&File": (
                new, "open", "gallery", "example", "", "import_points", "generate", "",
                "save", "save_as", "", "export_plot", "export_animation", "", "quit",
            ),
            "&Edit": ("copy_worksheet", "copy_history", "", "normalise"),
            "&Walk": ("forward", "epoch", "back", "start", "", "run", "pause", "cancel", "", "compare"),
            "&View": ("paper", "why", "", self.columns_menu, themes),
            "&Help": ("keys", "left_out", "about"),
        }  # fmt: skip
        for title, entries in menus.items():
            menu = self.menuBar().addMenu(title)
            for entry in entries:
                if isinstance(entry, QMenu):
                    menu.addMenu(entry)
                elif entry:
                    menu.addAction(self.actions_by_name[entry])
                else:
                    menu.addSeparator()
        # Their keys must work wherever the focus is, also where a menu is not in sight.
        self.addActions(self.actions_by_name.all())

    # What is shown

    def show_inputs(self, state: State, colours: Theme) -> None:
        self.inputs.show_state(state, colours)

    def show_place(self, state: State, colours: Theme) -> None:
        """Everything that follows the walk.

        All numbers first, so that no table is laid out with those of another place; then the plot,
        since the tables leave it its room.
        """
        self.numbers.show_state(state)
        for model in self._result_models:
            model.show_state(state, colours)
        self._show_plot(state, colours)
        self.worksheet.show_state(state)
        self._told = self.numbers.narrated(state.place) if state.place else ""
        self._show_columns_menu(state)
        self.show_run(state, colours)
        self.show_explained(state, colours)

    def show_run(self, state: State, colours: Theme) -> None:
        """How a run goes, while the walk stands where it stood."""
        self.history.show_state(state)
        self.timeline.show_state(state, colours)
        self.step_text.show_state(state, colours, self._told)
        self._fit_middle()
        self._show_actions(state)

    def show_explained(self, state: State, colours: Theme) -> None:
        """The explanation, and frames around its number and those that it is made of."""
        self.numbers.show_state(state)
        for model in self._result_models:
            model.show_explained()
        trail, view, target = state.explained.trail, state.view, self.numbers.target
        self.plot.show_highlight(
            points=set() if target is None or target.point is None else {target.point},
            components=set() if target is None or target.component is None else {target.component},
        )
        if not trail:
            self.explanation.clear(colours)
        elif target is None:
            title = title_of(trail[-1], self._dimension(state))
            why = self.numbers.too_long(trail[-1]) if self.numbers.knows(trail[-1]) else ""
            self.explanation.show_unknown(title, colours, why)
        else:
            known = [cell for cell in trail if self.numbers.can_explain(cell)]
            derivations = [self.numbers.derivation(cell) for cell in known]
            self.explanation.show_explanation(
                derivations,
                colours,
                decimals=view.decimals,
                unfolded=state.explained.unfolded,
                paper=self.numbers.drift(trail[-1]),
            )

    def reveal(self, cell: Cell) -> None:
        """Go to a cell in the table where it stands, if it stands in one."""
        for model, view in self._tables:
            index = model.index_of(cell)
            if index.isValid() and not view.isColumnHidden(index.column()):
                view.setCurrentIndex(index)
                view.scrollTo(index)
                return

    @property
    def _tables(self) -> tuple[tuple[ResultModel, GridView], ...]:
        sheet = self.worksheet
        return (
            (self.worksheet_model, sheet.points),
            (self.footer_model, sheet.footer),
            (self.history.model, self.history.table),
        )

    @property
    def _result_models(self) -> list[ResultModel]:
        return [model for model, _ in self._tables]

    @staticmethod
    def _dimension(state: State) -> int | None:
        return state.place.walk.problem.dimension if state.place else None

    def _show_plot(self, state: State, colours: Theme) -> None:
        was_plane = self.plot.shows_a_plane
        self._show_scene(state, colours)
        plot, middle, history = self.rows.sizes()
        lacking = self.plot.share_of(self.rows.height()) - plot
        if self.plot.shows_a_plane and not was_plane and lacking > 0:
            self.rows.setSizes([plot + lacking, middle - lacking, history])

    def _show_scene(self, state: State, colours: Theme) -> None:
        if state.place is None:
            self.plot.show_scene(None, colours)
            return
        walk, view = state.place.walk, state.view
        names = worksheet.lead_symbols(walk.problem.dimension)[1:]
        coordinates = coordinates_of(walk, view)
        self.plot.show_scene(plot_of(walk, view), colours, coordinates, names, view.plot)

    def show_view(self, view: View, colours: Theme) -> None:
        """The controls of the view, and the tints."""
        self.decimals.setValue(view.decimals)
        self.labelling.setCurrentText(_LABELLINGS[view.labelling])
        self.standard.setChecked(view.standard_densities)
        self.step_size.setCurrentIndex(list(_GRANULARITIES).index(view.granularity))
        self.actions_by_name["paper"].setChecked(view.paper)
        for action in self.theme_actions.actions():
            action.setChecked(action.data() == view.theme)
        self.actions_by_name.tint(colours)
        self.next_button.setStyleSheet(
            f"QToolButton {{ background: {colours.accent}; color: {colours.on_accent};"
            f" border: 1px solid {colours.accent}; border-radius: 4px; padding: 5px 10px;"
            " font-weight: bold; }"
            f"QToolButton:disabled {{ background: {colours.button}; color: {colours.muted};"
            f" border: 1px solid {colours.border}; }}"
            f"QToolButton:focus {{ border: 2px solid {colours.text}; padding: 4px 9px; }}"
        )

    def _show_columns_menu(self, state: State) -> None:
        """An entry for each group of the worksheet's columns, ticked where it is in sight."""
        problem = state.place.walk.problem if state.place else None
        groups = (
            worksheet.groups(state.view.standard_densities, problem.dimension, problem.structure)
            if problem
            else worksheet.groups(state.view.standard_densities)
        )
        if groups != self._groups_in_menu:
            self._groups_in_menu = groups
            self.columns_menu.clear()
            for group in groups:
                action = self.columns_menu.addAction(f"{group.title}: {group.formula}")
                action.setCheckable(True)
                action.setData(group.field)
                action.triggered.connect(self._toggle_fold)
        for action in self.columns_menu.actions():
            action.setChecked(action.data() not in state.view.folded)

    def show_file(self, state: State, name: str) -> None:
        self.setWindowTitle(f"{name}[*] — refgmm")
        self.setWindowModified(state.is_modified)

    def labelling_chosen(self) -> Labelling:
        """What stands in the box of labellings."""
        return list(_LABELLINGS)[self.labelling.currentIndex()]

    def granularity_chosen(self) -> Granularity:
        """What stands in the box of step sizes."""
        return list(_GRANULARITIES)[self.step_size.currentIndex()]

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)

    def _show_actions(self, state: State) -> None:
        """Which actions can be done now; and the name of the next."""
        actions, walk = self.actions_by_name, state.place.walk if state.place else None
        longest = _LONGEST_LABELS[state.view.granularity]
        if walk is not None and walk.problem.dimension is not None:
            longest = longest.replace("variances", "covariances")
        self.next_button.setMinimumWidth(self.fontMetrics().horizontalAdvance(longest) + 24)
        reason, run = state.cannot_step_because, state.run
        actions["forward"].setText(_next_text(state))
        actions["forward"].setToolTip(reason or f"{_next_text(state)} (F8)")
        enabled = {
            "forward": not reason,
            "epoch": not reason and not state.is_stale,
            "run": not reason and not state.is_stale and (run.is_paused or not run.is_running),
            "pause": run.is_running,
            "cancel": run.is_running or run.is_computing,
            "back": walk is not None and not walk.is_at_start and not run.is_computing,
            "start": not run.is_computing
            and state.problem is not None
            and walk is not None
            and (state.is_stale or not walk.is_at_start),
        }
        for name, is_enabled in enabled.items():
            actions[name].setEnabled(is_enabled)
        actions["pause"].setChecked(run.is_paused)

    def _fit_middle(self) -> None:
        """Just as tall as its rows, at the plot's expense; less where the user made it less.

        A plane keeps its share of the height: there the history gives what it has to spare.
        """
        layout = self.step_text.layout()
        assert layout is not None
        layout.invalidate()
        text_height = layout.totalHeightForWidth(self.middle.width())
        wanted = text_height + self.worksheet.full_height()
        height, was_full = self.middle.height(), self.middle.height() >= self.middle.maximumHeight()
        self.middle.setMaximumHeight(wanted)
        plot, middle, history = self.rows.sizes()
        spare_plot = plot - self.plot.share_of(self.rows.height())
        spare_history = history - _HISTORY_HEIGHT if self.plot.shows_a_plane else 0
        of_plot = min(wanted - height, max(spare_plot, 0))
        of_history = min(wanted - height - of_plot, max(spare_history, 0))
        if was_full and of_plot + of_history > 0:
            more = of_plot + of_history
            self.rows.setSizes([plot - of_plot, middle + more, history - of_history])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_middle()

    def _toggle_fold(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.fold_toggled.emit(str(action.data()))


def _next_text(state: State) -> str:
    if any(not fault.is_missing for fault in state.faults):
        return "Correct the inputs on the left"
    if state.run.is_computing:
        return "Computing …"
    if state.faults or state.place is None:
        return "Fill in the inputs on the left"
    if state.run.is_running:
        return "Paused: a step" if state.run.is_paused else "Running …"
    if state.is_stale:
        return "Start again with the new inputs"
    return state.place.walk.next_label(state.view.granularity, state.view.labelling)


def _framed(*widgets: QWidget) -> QFrame:
    frame = QFrame()
    frame.setFrameShape(QFrame.Shape.StyledPanel)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return frame

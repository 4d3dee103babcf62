"""The window: what it shows of a state; what happens on a click is wired in desktop.py."""

from functools import partial

from PySide6.QtCore import QAbstractItemModel, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMainWindow

from refgmm import Cell, worksheet
from refgmm_gui import arrangement, language, theme
from refgmm_gui.actions import SPECS, Actions
from refgmm_gui.arrangement import Arrangement
from refgmm_gui.language import say
from refgmm_gui.numbers import Numbers
from refgmm_gui.panels.drops import Drops
from refgmm_gui.panels.explanation import ExplanationPanel
from refgmm_gui.panels.history import HistoryPanel
from refgmm_gui.panels.inputs import InputsPanel
from refgmm_gui.panels.notices import Notices
from refgmm_gui.panels.recent_menu import RecentMenu
from refgmm_gui.panels.step_text import StepText
from refgmm_gui.panels.timeline import TimelineBar
from refgmm_gui.phrases import told
from refgmm_gui.plots.chosen import coordinates_of, shown
from refgmm_gui.plots.edit_layer import EditLayer
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.session import State, View
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.tables.result_models import FooterModel, ResultModel, WorksheetModel
from refgmm_gui.tables.worksheet_view import WorksheetView
from refgmm_gui.theme import Theme
from refgmm_gui.window import menus
from refgmm_gui.window.announcer import Announcer
from refgmm_gui.window.drop_zones import DropZones
from refgmm_gui.window.focus_ring import FocusRing
from refgmm_gui.window.layout import Panels, Room, WindowLayout
from refgmm_gui.window.tool_bar import StepBar
from refgmm_gui.words import tr

_PRESENTED_THICKNESS = 1.6  # of lines: seen from the last row


class MainWindow(QMainWindow):
    """Attributes: actions_by_name, inputs, plot, explanation, step_text, worksheet, history, step_bar;
    notices, drops, recent_menu; sides, what stands where; numbers, what tables and explanation show.

    Signals: closing(QCloseEvent), to accept or ignore; theme_chosen(str); language_chosen(str); fold_toggled(key);
    panel_toggled(name), explanation_moved(place), inputs_moved(place), of refgmm_gui.arrangement;
    size_steps(int), larger or smaller by the wheel; presentation_left();
    colours_shown(Theme).
    """

    closing = Signal(object)
    theme_chosen = Signal(str)
    language_chosen = Signal(str)
    fold_toggled = Signal(str)
    panel_toggled = Signal(str)
    explanation_moved = Signal(str)
    inputs_moved = Signal(str)
    size_steps = Signal(int)
    presentation_left = Signal()
    colours_shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.actions_by_name = Actions(self)
        self.inputs = InputsPanel()
        self.plot = MixturePlot()
        self.edit_layer = EditLayer(self.plot)
        self.step_text = StepText()
        self.numbers = Numbers()
        self.worksheet_model = WorksheetModel(self.numbers, self)
        self.footer_model = FooterModel(self.numbers, self)
        self.worksheet = WorksheetView(self.worksheet_model, self.footer_model)
        self.history = HistoryPanel(self.actions_by_name, self.numbers)
        self.timeline = TimelineBar(self.actions_by_name)
        self.explanation = ExplanationPanel()
        self._told = ""  # of the last move
        self.announcer = Announcer(self)
        self.notices = Notices()
        self.drops = Drops(self)
        self.recent_menu = RecentMenu(self)
        self._was_presenting = False

        self.sides = WindowLayout(
            Panels(
                self.inputs,
                self.plot,
                self.explanation,
                self.step_text,
                self.worksheet,
                self.history,
                self.timeline,
            ),
            DropZones(self),
        )
        self.setCentralWidget(Room(self.sides))
        self.step_bar = StepBar(self.actions_by_name)
        self.addToolBar(self.step_bar)
        self.next_button = self.step_bar.next_button
        self.step_size, self.labelling = self.step_bar.step_size, self.step_bar.labelling
        self.standard, self.decimals = self.step_bar.standard, self.step_bar.decimals
        self.addToolBarBreak()
        self.addToolBar(self.notices)
        self._build_menus()
        self.focus_ring = FocusRing(self)
        self.escape = QShortcut(QKeySequence("Esc"), self)
        self.escape.activated.connect(self.presentation_left)
        screen = self.screen().availableGeometry().size()
        self.resize(QSize(1280, 800).boundedTo(screen * 0.95))
        self.inputs.offer(self.actions_by_name)
        self.plot.controls.offer(self.actions_by_name["edit_plot"])
        self.next_button.setFocus()
        self.statusBar().messageChanged.connect(partial(self.announcer.tell, "status"))
        self.announcer.tell("status", "")
        self.statusBar().show()  # from the start, so that nothing moves at the first message

    def _build_menus(self) -> None:
        self.columns_menu = menus.titled("&Columns", self)
        self.panels_menu = menus.titled("&Panels", self)
        for name, text in arrangement.PANELS.items():
            action = self.panels_menu.addAction("")
            say(action.setText, text)
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(lambda _, name=name: self.panel_toggled.emit(name))
        themes, self.theme_actions = menus.choice_menu("&Theme", theme.CHOICES, self)
        languages, self.language_actions = menus.choice_menu("Lan&guage", language.CHOICES, self)
        explanation, self.explanation_actions = menus.choice_menu(
            "Place of the &explanation", arrangement.EXPLANATION_PLACES, self
        )
        inputs, self.inputs_actions = menus.choice_menu(
            "Place of t&he inputs", arrangement.INPUTS_PLACES, self
        )
        for group, signal in (
            (self.theme_actions, self.theme_chosen),
            (self.language_actions, self.language_chosen),
            (self.explanation_actions, self.explanation_moved),
            (self.inputs_actions, self.inputs_moved),
        ):
            group.triggered.connect(lambda action, signal=signal: signal.emit(str(action.data())))
        new = menus.titled("&New", self)
        new.addActions([self.actions_by_name[name] for name in ("new", "new_2d", "new_nd")])
        inner = {
            "new": new,
            "recent": self.recent_menu,
            "columns": self.columns_menu,
            "panels": self.panels_menu,
            "explanation": explanation,
            "inputs": inputs,
            "theme": themes,
            "language": languages,
        }
        actions = self.actions_by_name
        menus.build(self.menuBar(), actions, inner)
        self.plot.addActions([actions[spec.name] for spec in SPECS if spec.on == "plot"])
        self.edit_layer.addActions(self.plot.actions())
        # Their keys must work wherever the focus is, also where a menu is not in sight.
        self.addActions(actions.all())

    # What is shown

    def show_inputs(self, state: State, colours: Theme) -> None:
        """The tables of the inputs. Loading what takes long is put off, as at a step."""
        self.inputs.show_state(state, colours)
        self.announcer.tell("inputs", self.inputs.message.text())
        self.explanation.put_off_loading()

    def show_preview(self, state: State, colours: Theme) -> None:
        """The inputs as they would be, in their tables and in the plot."""
        self.show_inputs(state, colours)
        self._show_plot(state, colours)

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
        self._show_explanation(state, colours)
        self.explanation.put_off_loading()

    def show_run(self, state: State, colours: Theme) -> None:
        """How a run goes, while the walk stands where it stood."""
        self.history.show_state(state, colours)
        self.timeline.show_state(state, colours)
        self.step_text.show_state(state, colours, self._told)
        if not state.run.is_running or state.run.is_paused:
            self.announcer.tell("walk", self.step_text.spoken())
        self.sides.fit_heights()
        self._show_actions(state)

    def show_explained(self, state: State, colours: Theme) -> None:
        """Another number is explained, while the walk stands where it stood."""
        self.numbers.show_state(state)
        self._show_explanation(state, colours)

    def _show_explanation(self, state: State, colours: Theme) -> None:
        """The explanation, and frames around its number and those that it is made of."""
        for model in self._result_models:
            model.show_explained()
        trail, view, target = state.explained.trail, state.view, self.numbers.target
        self.plot.show_highlight(
            points=set() if target is None or target.point is None else {target.point},
            components=set() if target is None or target.component is None else {target.component},
        )
        why_not = tr("Click a number first.")
        if not trail:
            self.explanation.clear(colours)
        elif target is None:
            from refgmm.explanation import title_of

            title = title_of(trail[-1], self._dimension(state))
            self.explanation.show_unknown(title, colours)
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
            is_derived = derivations[-1].why is not None
            why_not = "" if is_derived else tr("This formula has no proof: it says what is meant.")
        self.actions_by_name.allow("why", why_not)

    def leave_other_tables(self, model: QAbstractItemModel) -> None:
        """Nothing stays selected but in this one: what looks asked for is what was asked for last."""
        for other, view in self._tables:
            if other is not model:
                view.clearSelection()

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

    def show_plot(self, state: State, colours: Theme) -> None:
        """The plot, where all beside it stays as it is."""
        self._show_plot(state, colours)
        self.sides.fit_heights()

    def _show_plot(self, state: State, colours: Theme) -> None:
        self.actions_by_name["edit_plot"].setChecked(state.view.edits_plot)
        plot = shown(state)
        names = worksheet.lead_symbols(plot.dimension)[1:] if plot.picture else ()
        coordinates = coordinates_of(plot.dimension, state.view)
        self.plot.show_scene(plot.picture, colours, coordinates, names, state.view.plot)
        self.edit_layer.set_on(plot.is_edited)

    def show_view(self, view: View, colours: Theme) -> None:
        """The controls of the view, the tints, and what stands where."""
        self.step_bar.show_view(view, colours)
        self.actions_by_name["paper"].setChecked(view.paper)
        menus.tick(self.theme_actions, view.theme)
        menus.tick(self.language_actions, view.language)
        self.actions_by_name["local_numbers"].setChecked(view.localises_numbers)
        self.actions_by_name.tint(colours)
        self.notices.show_colours(colours)
        self.drops.show_colours(colours)
        self.sides.zones.show_colours(colours)
        self.focus_ring.set_colour(colours.accent)
        self.show_arrangement(view.arrangement)
        self.colours_shown.emit(colours)

    def show_arrangement(self, arranged: Arrangement) -> None:
        """Panels where they belong, menus and bars in or out of sight, lines as thick as letters."""
        for action in self.panels_menu.actions():
            action.setChecked(action.data() not in arranged.hidden)
        menus.tick(self.explanation_actions, arranged.explanation_at)
        menus.tick(self.inputs_actions, arranged.inputs_at)
        presenting = arranged.is_presenting
        self.actions_by_name["present"].setChecked(presenting)
        self.escape.setEnabled(presenting)
        self.menuBar().setVisible(not presenting)
        self.step_bar.setVisible(not presenting)
        self.statusBar().setVisible(not presenting)
        self.step_bar.show_choices("options" not in arranged.hidden)
        if presenting != self._was_presenting:
            self._was_presenting = presenting
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.plot.set_thickness(arranged.factor * (_PRESENTED_THICKNESS if presenting else 1.0))
        self.step_bar.fit()
        self.sides.arrange(arranged)

    def _show_columns_menu(self, state: State) -> None:
        """An entry for each group of the worksheet's columns, ticked where it is in sight."""
        problem = state.place.walk.problem if state.place else None
        groups = (
            worksheet.groups(state.view.standard_densities, problem.dimension, problem.structure)
            if problem
            else worksheet.groups(state.view.standard_densities)
        )
        titles = [f"{told(group.title)}: {told(group.formula)}" for group in groups]
        if titles != [action.text() for action in self.columns_menu.actions()]:
            self.columns_menu.clear()
            for group, title in zip(groups, titles, strict=True):
                action = self.columns_menu.addAction(title)
                action.setCheckable(True)
                action.setData(group.field)
                action.triggered.connect(self._toggle_fold)
        for action in self.columns_menu.actions():
            action.setChecked(action.data() not in state.view.folded)

    def show_file(self, state: State, name: str) -> None:
        self.setWindowTitle(f"{name}[*] — refgmm")
        self.setWindowModified(state.is_modified)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)

    def _show_actions(self, state: State) -> None:
        """Which actions can be done now, and why the others can't; and the name of the next."""
        self.step_bar.show_next(state)
        walk = state.place.walk if state.place else None
        run = state.run
        computing = state.cannot_step_because if run.is_computing else ""
        running = tr("It is running.") if run.is_running and not run.is_paused else ""
        stale = tr("The inputs have changed: start again with Next.") if state.is_stale else ""
        at_start = "" if walk and not walk.is_at_start else tr("Nothing is computed yet.")
        fault = "" if state.problem else state.faults[0].message
        reasons = {
            "forward": state.cannot_step_because,
            "epoch": state.cannot_step_because or stale,
            "run": state.cannot_step_because or stale or running,
            "pause": "" if run.is_running else tr("There is no run to pause."),
            "cancel": "" if run.is_running or run.is_computing else tr("There is no run to stop."),
            "back": computing or at_start,
            "start": computing or fault or ("" if state.is_stale else at_start),
        }
        possible = [name for name, why_not in reasons.items() if not why_not]
        for name in possible:
            self.actions_by_name.allow(name)
        self.timeline.hand_on_focus(possible)
        for name in reasons.keys() - possible:
            self.actions_by_name.allow(name, told(reasons[name]))
        self.actions_by_name["pause"].setChecked(run.is_paused)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins on the big button: Qt keeps no focus in a tool bar not yet shown."""
        super().showEvent(event)
        if self.focusWidget() is None:
            self.next_button.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sides.fit_width()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, everything becomes larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.size_steps.emit(1 if event.angleDelta().y() > 0 else -1)

    def _toggle_fold(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.fold_toggled.emit(str(action.data()))

"""The composition root: builds the parts, and wires them in one place (see Desktop._wire)."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSettings,
    QStandardPaths,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

import refgmm
from refgmm_gui import language, remembered, scaling, session, theme
from refgmm_gui.app import failure, fault_of_arguments, install_libraries
from refgmm_gui.desks.arranging import ArrangingDesk
from refgmm_gui.desks.editing import EditingDesk
from refgmm_gui.desks.explaining import ExplainingDesk
from refgmm_gui.desks.helping import HelpingDesk
from refgmm_gui.desks.parts import Parts
from refgmm_gui.desks.problems import ProblemDesk
from refgmm_gui.desks.walking import WalkingDesk
from refgmm_gui.edits import edit_stack
from refgmm_gui.icon import icon
from refgmm_gui.language import LANGUAGE
from refgmm_gui.main_window import MainWindow
from refgmm_gui.on_disk import FileWatcher
from refgmm_gui.runner import Runner
from refgmm_gui.session import Run, State, Store
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.desks.comparing import ComparingDesk
    from refgmm_gui.desks.exporting import ExportingDesk
    from refgmm_gui.desks.recovery import RecoveryDesk
    from refgmm_gui.dialogs.files import Dialogs

_STYLE = ("-style", "Fusion")  # app.setStyle would do, but gets all of QStyle ready for Python


def run(arguments: Sequence[str]) -> int:
    """Open the window and stay until it closes."""
    qInstallMessageHandler(_on_qt_message)
    app = QApplication(["refgmm", *arguments, *_STYLE])
    paths = app.arguments()[1:]  # without what Qt took for itself
    if problem := fault_of_arguments(paths):
        print(f"refgmm-gui: {problem}", file=sys.stderr)
        return 2
    app.setApplicationName("refgmm")
    app.setApplicationVersion(refgmm.__version__)
    app.setWindowIcon(icon("app", theme.LIGHT.accent))
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    desktop = Desktop(app, QSettings("refgmm", "refgmm"), Path(data) / "recovery")
    desktop.window.show()
    desktop.offer_copies()
    for path in paths:
        desktop.problems.open_path(path)
    desktop.helping.welcome()
    gc.freeze()  # what the app is made of stays: garbage need not be looked for in it
    gc.enable()
    return app.exec()


class Desktop(QObject):
    """The app: its store, its window, its runner, and what happens between them."""

    def __init__(
        self, app: QApplication, settings: QSettings, recovery: Path | None = None
    ) -> None:
        """recovery: the folder of the copies of the work; beside the settings where not given."""
        super().__init__()
        # Whatever has Qt objects or connections below has this or the window for its parent, and ends with
        # it: Python can't collect circles that lead through a connection.
        self._app = app
        self._settings = settings
        draft = session.worked_example_draft()
        self.store = Store(
            session.opening(draft, None, remembered.view(self._settings), Run()), self
        )
        self._view_shown = self.state.view
        self.runner = Runner(self)
        self._dress()  # before there is a window, which would be laid out once more
        self.window = MainWindow()
        self.parts = Parts(
            self.store,
            self.window,
            self.runner,
            self._settings,
            edit_stack(self),
        )
        self.problems = ProblemDesk(self.parts)
        self.editing = EditingDesk(self.parts)
        self.explaining = ExplainingDesk(self.parts)
        self.walking = WalkingDesk(self.parts)
        self._copies = recovery or Path(settings.fileName()).parent / "recovery"
        self.file_watcher = FileWatcher(self)
        self.arranging = ArrangingDesk(self.parts)
        self.helping = HelpingDesk(self.parts)
        remembered.restore_window(self._settings, self.window)
        self._wire()
        self._show_view()
        self._show_file()
        self.editing.show_what_can_be_undone()
        self.parts.show_recent_files()

    def _wire(self) -> None:
        """Every connection between the parts, here and in the methods that follow."""
        self._wire_showing()
        self._wire_editing()
        self._wire_walking()
        self._wire_explaining()
        self._wire_looking()
        self._wire_problems()
        self._wire_files()
        self._wire_helping()
        self.window.closing.connect(self._on_closing)

    def _wire_showing(self) -> None:
        store = self.store
        store.changed.connect(self._show_changed)
        store.draft_changed.connect(self._show_file)
        store.file_changed.connect(self._show_file)

    def _wire_editing(self) -> None:
        inputs, actions = self.window.inputs, self.window.actions_by_name
        # A cell that is still open counts for whatever the user does next: so this comes first
        for action in actions.all():
            action.triggered.connect(inputs.finish_editing)
        self.window.closing.connect(inputs.finish_editing)
        inputs.edited.connect(self.parts.edit)
        inputs.changed.connect(self.editing.change)
        inputs.told.connect(self.parts.tell)
        inputs.normalise_requested.connect(self.editing.normalise)
        inputs.start_requested.connect(self.editing.start_among_points)
        inputs.points_pasted.connect(self.problems.take_pasted)
        for name, do in (
            ("undo", self.editing.undo),
            ("redo", self.editing.redo),
            ("normalise", self.editing.normalise),
            ("start_among_points", self.editing.start_among_points),
            ("fill_down", inputs.fill_down),
            ("sort_ascending", lambda: inputs.sort_points(is_descending=False)),
            ("sort_descending", lambda: inputs.sort_points(is_descending=True)),
        ):
            actions[name].triggered.connect(do)
        self._wire_editing_on_the_plot()

    def _wire_editing_on_the_plot(self) -> None:
        desk, layer, actions = self.editing, self.window.edit_layer, self.window.actions_by_name
        actions["edit_plot"].toggled.connect(desk.begin_or_end)
        actions["insert_point"].triggered.connect(desk.insert_point)
        for name in ("forward", "back", "epoch", "run", "start"):
            actions[name].triggered.connect(desk.end)
        layer.clicked.connect(desk.add_point)
        layer.dragged.connect(desk.preview)
        layer.dropped.connect(desk.drop)
        layer.let_go.connect(desk.show_as_it_was)
        layer.nudged.connect(desk.nudge)
        layer.delete_requested.connect(desk.delete)
        layer.selected_changed.connect(desk.show_selected)
        self.store.draft_changed.connect(layer.give_up)
        self.store.draft_changed.connect(layer.forget_what_is_gone)
        self.parts.edits.indexChanged.connect(desk.show_what_can_be_undone)

    def _wire_walking(self) -> None:
        actions, desk, window = self.window.actions_by_name, self.walking, self.window
        for name, change in (
            ("forward", session.stepped),
            ("back", session.stepped_back),
            ("epoch", session.epoch_done),
            ("start", session.restarted),
        ):
            actions[name].triggered.connect(self._mover(change))
        actions["run"].triggered.connect(desk.start_run)
        actions["pause"].triggered.connect(desk.toggle_pause)
        actions["cancel"].triggered.connect(desk.cancel)
        actions["compare"].triggered.connect(self._compare)
        window.history.rule_changed.connect(desk.set_rule)
        window.timeline.speed_chosen.connect(desk.set_speed)
        window.timeline.line.place_chosen.connect(desk.go_to)
        window.history.epoch_chosen.connect(desk.go_to)
        window.plot.epoch_chosen.connect(desk.go_to)

    def _wire_explaining(self) -> None:
        window, desk, panel = self.window, self.explaining, self.window.explanation
        sheet = window.worksheet
        for view in (sheet.lead, sheet.points, sheet.footer, window.history.table):
            view.reached.connect(desk.explain)
        panel.source_requested.connect(desk.follow)
        panel.back_requested.connect(desk.back)
        panel.trail_requested.connect(desk.to_station)
        panel.unfolded_changed.connect(desk.unfold)
        panel.why_requested.connect(desk.show_why)
        panel.formulas_wanted.connect(desk.load_formulas)
        window.actions_by_name["why"].triggered.connect(desk.ask_why)

    def _wire_looking(self) -> None:
        window, look = self.window, self.parts.look
        window.decimals.valueChanged.connect(lambda value: look(decimals=value))
        window.labelling.currentIndexChanged.connect(
            lambda _: look(labelling=window.step_bar.labelling_chosen())
        )
        window.standard.toggled.connect(lambda on: look(standard_densities=on))
        window.step_size.currentIndexChanged.connect(
            lambda _: look(granularity=window.step_bar.granularity_chosen())
        )
        window.actions_by_name["paper"].toggled.connect(lambda on: look(paper=on))
        window.theme_chosen.connect(lambda choice: look(theme=choice))
        window.language_chosen.connect(lambda choice: look(language=choice))
        window.actions_by_name["local_numbers"].toggled.connect(
            lambda on: look(localises_numbers=on)
        )
        window.colours_shown.connect(self._show_colours)
        self._wire_arranging()
        window.fold_toggled.connect(self._toggle_fold)
        window.plot.coordinates_chosen.connect(lambda a, b: look(coordinates=(a, b)))
        window.plot.choice_changed.connect(lambda choice: look(plot=choice))
        for name, zoom in (
            ("zoom_in", window.plot.zoom_in),
            ("zoom_out", window.plot.zoom_out),
            ("zoom_reset", window.plot.reset_view),
        ):
            window.actions_by_name[name].triggered.connect(zoom)
        window.worksheet.fold_requested.connect(self._toggle_fold)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._show_view)
        LANGUAGE.changed.connect(self._show_language)

    def _wire_arranging(self) -> None:
        window, desk, actions = self.window, self.arranging, self.window.actions_by_name
        window.panel_toggled.connect(desk.toggle_panel)
        window.sides.panel_hidden.connect(desk.hide_panel)
        window.sides.panel_moved.connect(desk.move_panel)
        window.sides.panel_stepped.connect(desk.step_panel)
        window.explanation_moved.connect(desk.move_explanation)
        window.inputs_moved.connect(desk.move_inputs)
        window.size_steps.connect(desk.resize)
        window.presentation_left.connect(lambda: desk.present(False))
        actions["present"].toggled.connect(desk.present)
        for name, do in (
            ("simple", desk.simple),
            ("full", desk.full),
            ("larger", lambda: desk.resize(+1)),
            ("smaller", lambda: desk.resize(-1)),
            ("usual_size", desk.usual_size),
        ):
            actions[name].triggered.connect(do)

    def _wire_problems(self) -> None:
        actions, desk = self.window.actions_by_name, self.problems
        actions["new"].triggered.connect(lambda: desk.new(None))
        actions["new_2d"].triggered.connect(lambda: desk.new(2))
        for name, do in (
            ("new_nd", desk.new_in_d_dimensions),
            ("open", desk.open),
            ("gallery", desk.open_from_gallery),
            ("example", desk.open_example),
            ("generate", desk.generate),
            ("import_points", desk.import_points),
            ("save", desk.save),
            ("save_as", desk.save_as),
            ("quit", self.window.close),
        ):
            actions[name].triggered.connect(do)
        for name in ("export_solution", "export_plot", "export_animation"):
            actions[name].triggered.connect(self._exporter(name))

    def _wire_files(self) -> None:
        window, desk, store = self.window, self.problems, self.store
        window.drops.dropped.connect(desk.open_dropped)
        window.recent_menu.chosen.connect(desk.open_recent)
        window.recent_menu.cleared.connect(desk.clear_recent)
        store.file_changed.connect(lambda: self.file_watcher.watch(self.state.file.path or ""))
        store.file_changed.connect(desk.look_at_disk)
        self.file_watcher.touched.connect(desk.look_at_disk)
        typing = window.inputs.typing
        for changed in (store.draft_changed, store.place_changed, store.file_changed, typing):
            changed.connect(self._note_change)

    def _wire_helping(self) -> None:
        actions, window = self.window.actions_by_name, self.window
        for table in (window.inputs.points, window.worksheet.points, window.history.table):
            table.many_copied.connect(self.parts.copy)
        actions["copy_worksheet"].triggered.connect(self._copy_worksheet)
        actions["copy_history"].triggered.connect(self._copy_history)
        for name in ("keys", "find_action", "handbook", "tour", "left_out", "about"):
            actions[name].triggered.connect(getattr(self.helping, name))

    def _compare(self) -> None:
        self.comparing.compare()

    def _exporter(self, name: str) -> Callable[[], None]:
        def export() -> None:
            getattr(self.exporting, name)()

        return export

    def _mover(self, change: Callable[[State], State]) -> Callable[[], None]:
        return lambda: self.walking.by_hand(change)

    # The state shows

    @cached_property
    def comparing(self) -> "ComparingDesk":
        from refgmm_gui.desks.comparing import ComparingDesk

        return ComparingDesk(self.parts)

    @cached_property
    def exporting(self) -> "ExportingDesk":
        from refgmm_gui.desks.exporting import ExportingDesk

        return ExportingDesk(self.parts)

    @cached_property
    def recovery(self) -> "RecoveryDesk":
        """Made at the first change, or where a copy was left behind."""
        from refgmm_gui.desks.recovery import RecoveryDesk

        return RecoveryDesk(self.parts, self.problems, self._copies)

    def _note_change(self) -> None:
        self.recovery.note_change()

    def offer_copies(self) -> None:
        """The copies of the work that were left behind, where there are any."""
        if self._copies.is_dir() and any(self._copies.iterdir()):
            self.recovery.offer()

    @property
    def state(self) -> State:
        return self.store.state

    @property
    def dialogs(self) -> "Dialogs":
        """What asks the user; tests put another in its place."""
        return self.parts.dialogs

    @dialogs.setter
    def dialogs(self, dialogs: "Dialogs") -> None:
        self.parts.dialogs = dialogs

    def _show_colours(self, colours: theme.Theme) -> None:
        """Dialogs that stay open follow the theme, where any has been opened."""
        if "dialogs" in vars(self.parts):
            self.dialogs.show_colours(colours)

    @property
    def _theme(self) -> theme.Theme:
        return theme.chosen(self.state.view.theme)

    def _show_changed(self, changed: frozenset[str]) -> None:
        """Show what changed, once, and no more: many numbers take long to be painted.

        The view shows all anew, unless it is the plot's alone; the place all that follows the walk.
        """
        state, window, colours = self.state, self.window, self._theme
        if "view_changed" in changed and not state.view.is_alike_beside_plot(self._view_shown):
            self._show_view()
            return
        self._view_shown = state.view
        if "draft_changed" in changed:
            window.show_inputs(state, colours)
        if "place_changed" in changed:
            window.show_place(state, colours)
            return
        shows_inputs = "draft_changed" in changed and (state.view.edits_plot or not state.place)
        if "view_changed" in changed or shows_inputs:
            window.show_plot(state, colours)
        if changed & {"draft_changed", "run_changed"}:
            window.show_run(state, colours)
        if "explained_changed" in changed:
            window.show_explained(state, colours)

    def _show_view(self) -> None:
        """Show all anew."""
        self.window.inputs.finish_editing()  # showing the inputs anew would undo it
        self._dress()
        self._view_shown = self.state.view
        self.window.show_view(self.state.view, self._theme)
        self.window.show_inputs(self.state, self._theme)
        self.window.show_place(self.state, self._theme)

    def _dress(self) -> None:
        """In the language, the colours and the size chosen, with numbers as chosen."""
        view = self.state.view
        LANGUAGE.speak(language.chosen(view.language))
        language.write_numbers(view.localises_numbers)
        theme.apply(self._app, self._theme)
        scaling.apply(self._app, view.arrangement.factor)

    def _show_language(self) -> None:
        """Say anew what no other change would; the status line has what was said in another language."""
        self.window.statusBar().clearMessage()
        self._show_file()
        self.editing.show_what_can_be_undone()
        self.parts.show_recent_files()
        self.helping.forget_windows()

    def _show_file(self) -> None:
        self.window.show_file(self.state, self.problems.name)

    # The user edits and looks

    def _toggle_fold(self, key: str) -> None:
        self.parts.look(folded=self.state.view.folded ^ {key})

    def _copy_worksheet(self) -> None:
        worksheet = self.window.worksheet
        if self.parts.copy(worksheet.lines_of_table(), worksheet.points.model().rowCount()):
            self.parts.tell(tr("Copied the worksheet, with every digit."))

    def _copy_history(self) -> None:
        table = self.window.history.table
        if self.parts.copy(table.lines_of_table(), table.model().rowCount()):
            self.parts.tell(tr("Copied the history, with every digit."))

    # The end

    def _on_closing(self, event: QCloseEvent) -> None:
        if not self.problems.may_discard():
            event.ignore()
            return
        self.walking.stop()
        self.runner.stop_all()
        self.recovery.end()
        self.file_watcher.watch("")
        self.arranging.present(False)  # the next start begins in a window
        self.window.edit_layer.give_up()
        self.parts.edits.clear()
        remembered.save(self._settings, self.state.view, self.window)
        event.accept()


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own messages on stderr; its fatal one, no platform plugin, with the remedy."""
    print(message, file=sys.stderr)
    if kind == QtMsgType.QtFatalMsg:
        problem = f"Qt found no way to open a window.\n{install_libraries()}"
        print(failure(problem), file=sys.stderr)
        os._exit(2)  # otherwise Qt aborts the process

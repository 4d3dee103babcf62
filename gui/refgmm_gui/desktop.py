"""The composition root: builds the parts, and wires them in one place (see Desktop._wire)."""

import dataclasses
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSettings,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

import refgmm
from refgmm import files
from refgmm.errors import ColumnChoiceError, InvalidValueError, RefGMMError
from refgmm.points_text import (
    PointsText,
    RowsText,
    parse_points,
    parse_rows,
    read_points,
    read_rows,
)
from refgmm.problem import Problem, format_document, read_document
from refgmm.worked_example import LEFT_OUT
from refgmm_gui import remembered, session, theme
from refgmm_gui.actions import keys_as_html
from refgmm_gui.app import failure, install_libraries
from refgmm_gui.dialogs.files import Answer, Dialogs
from refgmm_gui.draft import Draft, Texts, texts_of_points
from refgmm_gui.icon import icon
from refgmm_gui.main_window import MainWindow
from refgmm_gui.panels.inputs import too_many
from refgmm_gui.plots import export
from refgmm_gui.plots.chosen import plot_of
from refgmm_gui.runner import Runner
from refgmm_gui.session import MOST_POINTS, Run, State, Store, most_points

_TABLES = (".csv", ".tsv", ".txt")  # what files of points are called
_NO_PLOT = "There is no plot yet: correct the inputs on the left."
_LARGEST_FILE = 5_000_000  # bytes; MOST_POINTS points take less than a tenth of it


def run(arguments: Sequence[str]) -> int:
    """Open the window and stay until it closes."""
    qInstallMessageHandler(_on_qt_message)
    app = QApplication(["refgmm", *arguments])
    app.setApplicationName("refgmm")
    app.setApplicationVersion(refgmm.__version__)
    app.setStyle("Fusion")
    app.setWindowIcon(icon("app", theme.LIGHT.accent))
    desktop = Desktop(app, QSettings("refgmm", "refgmm"))
    desktop.window.show()
    if arguments:
        desktop.open_path(arguments[0])
    return app.exec()


class Desktop(QObject):
    """The app: its store, its window, its runner, and what happens between them."""

    def __init__(self, app: QApplication, settings: QSettings) -> None:
        super().__init__()
        self._app = app
        self._settings = settings
        draft = session.worked_example_draft()
        self.store = Store(session.opening(draft, None, remembered.view(self._settings), Run()))
        self.runner = Runner()
        self.window = MainWindow()
        self.dialogs = Dialogs(self.window)
        remembered.restore_window(self._settings, self.window)
        self._wire()
        self._show_view()
        self._show_file()

    def _wire(self) -> None:
        """Every connection between the parts."""
        window, store, actions = self.window, self.store, self.window.actions_by_name

        # A cell that is still open counts for whatever the user does next: so this comes first
        for action in actions.all():
            action.triggered.connect(window.inputs.finish_editing)
        window.closing.connect(window.inputs.finish_editing)

        # The state shows
        store.draft_changed.connect(self._show_inputs)
        store.draft_changed.connect(self._show_file)
        store.file_changed.connect(self._show_file)
        store.place_changed.connect(self._show_place)
        store.run_changed.connect(self._show_place)
        store.view_changed.connect(self._show_view)

        # The user edits
        window.inputs.edited.connect(self._edit)
        window.inputs.told.connect(self._tell)
        window.inputs.normalise_requested.connect(self._normalise)
        window.inputs.table_pasted.connect(self._take_pasted)
        actions["normalise"].triggered.connect(self._normalise)

        # The user walks
        for name, change in (
            ("forward", session.stepped),
            ("back", session.stepped_back),
            ("epoch", session.epoch_done),
            ("start", session.restarted),
        ):
            actions[name].triggered.connect(self._updater(change))
        actions["run"].triggered.connect(self._start_run)
        actions["cancel"].triggered.connect(self.runner.cancel)
        self.runner.progressed.connect(self._on_progress)
        self.runner.ended.connect(self._on_run_end)
        window.history.rule_changed.connect(self._set_rule)

        # The user looks
        window.decimals.valueChanged.connect(lambda value: self._look(decimals=value))
        window.labelling.currentIndexChanged.connect(
            lambda _: self._look(labelling=window.labelling_chosen())
        )
        window.standard.toggled.connect(lambda on: self._look(standard_densities=on))
        window.step_size.currentIndexChanged.connect(
            lambda _: self._look(granularity=window.granularity_chosen())
        )
        window.theme_chosen.connect(lambda choice: self._look(theme=choice))
        window.fold_toggled.connect(self._toggle_fold)
        window.plot.coordinates_chosen.connect(lambda a, b: self._look(coordinates=(a, b)))
        window.plot.choice_changed.connect(lambda choice: self._look(plot=choice))
        window.worksheet.fold_requested.connect(self._toggle_fold)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._show_view)

        # Files and the rest
        actions["new"].triggered.connect(lambda: self._new(None))
        actions["new_2d"].triggered.connect(lambda: self._new(2))
        actions["new_nd"].triggered.connect(self._new_in_d_dimensions)
        actions["open"].triggered.connect(self._open)
        actions["example"].triggered.connect(self._open_example)
        actions["import_points"].triggered.connect(self._import_points)
        actions["save"].triggered.connect(self.save)
        actions["save_as"].triggered.connect(self.save_as)
        actions["export_plot"].triggered.connect(self._export_plot)
        actions["export_animation"].triggered.connect(self._export_animation)
        actions["quit"].triggered.connect(window.close)
        actions["copy_worksheet"].triggered.connect(self._copy_worksheet)
        actions["copy_history"].triggered.connect(window.history.table.copy_table)
        actions["keys"].triggered.connect(lambda: self.dialogs.text("Keyboard", keys_as_html()))
        actions["left_out"].triggered.connect(
            lambda: self.dialogs.text("What the lecture note leaves out", _unwrapped(LEFT_OUT))
        )
        actions["about"].triggered.connect(self._show_about)
        window.closing.connect(self._on_closing)

    def _updater(self, change: Callable[[State], State]) -> Callable[[], None]:
        return lambda: self.store.update(change)

    # The state shows

    @property
    def state(self) -> State:
        return self.store.state

    @property
    def _theme(self) -> theme.Theme:
        return theme.chosen(self.state.view.theme)

    def _show_inputs(self) -> None:
        self.window.show_inputs(self.state, self._theme)
        self._show_place()

    def _show_place(self) -> None:
        self.window.show_place(self.state, self._theme)

    def _show_view(self) -> None:
        self.window.inputs.finish_editing()  # showing the inputs anew would undo it
        theme.apply(self._app, self._theme)
        self.window.show_view(self.state.view, self._theme)
        self._show_inputs()

    def _show_file(self) -> None:
        self.window.show_file(self.state, self._name())

    def _name(self) -> str:
        path = self.state.file.path
        if path:
            return Path(path).name
        is_example = self.state.file.saved == session.worked_example_draft()
        return "The lecture note's example" if is_example else "Untitled"

    def _tell(self, text: str, is_fault: bool = False) -> None:
        """A word in the status line; it stays longer where something is wrong."""
        self.window.statusBar().showMessage(text, 0 if is_fault else 10_000)

    # The user edits and looks

    def _edit(self, draft: Draft) -> None:
        self.window.statusBar().clearMessage()
        self.store.update(lambda state: session.edited(state, draft))

    def _normalise(self) -> None:
        self._edit(self.state.draft.with_normalised_weights())

    def _look(self, **changes: object) -> None:
        self.store.update(
            lambda state: dataclasses.replace(
                state,
                view=dataclasses.replace(state.view, **changes),  # type: ignore[arg-type]
            )
        )

    def _toggle_fold(self, key: str) -> None:
        self._look(folded=self.state.view.folded ^ {key})

    def _copy_worksheet(self) -> None:
        QGuiApplication.clipboard().setText(self.window.worksheet.text_of_table())

    # The user runs

    def _set_rule(self, tolerance: float, most_epochs: int) -> None:
        self._set_run(tolerance=tolerance, most_epochs=most_epochs)

    def _set_run(self, **changes: object) -> None:
        self.store.update(
            lambda state: dataclasses.replace(
                state,
                run=dataclasses.replace(state.run, **changes),  # type: ignore[arg-type]
            )
        )

    def _start_run(self) -> None:
        place = self.state.place
        if place is not None and not (self.state.cannot_step_because or self.state.is_stale):
            self._set_run(is_running=True, outcome="")
            self.runner.start(place.walk, self.state.run)

    def _on_progress(self, walk: refgmm.Walk) -> None:
        self.store.update(lambda state: session.arrived(state, walk))

    def _on_run_end(self, walk: refgmm.Walk, why: str) -> None:
        self.store.update(lambda state: session.run_ended(state, walk, why))

    # Files

    def _show_draft(self, draft: Draft, path: str | None) -> None:
        """Begin with another problem."""
        self.runner.stop()
        self._set_run(is_running=False, outcome="")
        self.store.update(lambda state: session.opening(draft, path, state.view, state.run))

    def _new(self, dimension: int | None) -> None:
        if self._may_discard():
            self._show_draft(Draft.empty(dimension), None)

    def _new_in_d_dimensions(self) -> None:
        if dimension := self.dialogs.dimension():
            self._new(dimension)

    def _open_example(self) -> None:
        if self._may_discard():
            self._show_draft(session.worked_example_draft(), None)

    def _open(self) -> None:
        if self._may_discard() and (path := self.dialogs.path_to_open(self._folder())):
            self.open_path(path)

    def open_path(self, path: str) -> None:
        """Open a problem file, or take the points of a table of text.

        A problem with a value that won't do opens too, and says so in its cell.
        """
        if Path(path).suffix.lower() in _TABLES:
            self.import_path(path)
            return
        try:
            _check_size(path)
            draft = _draft_of_file(path)
        except RefGMMError as error:
            self.dialogs.error(str(error))
            return
        self._remember_folder(path)
        self._show_draft(draft, path)

    def _import_points(self) -> None:
        if path := self.dialogs.path_to_import(self._folder()):
            self.import_path(path)

    def import_path(self, path: str) -> None:
        """Points from a CSV file in the place of those in the table."""
        try:
            _check_size(path)
            taken = self._take(
                lambda column: read_points(path, column), lambda columns: read_rows(path, columns)
            )
        except RefGMMError as error:
            told = str(error)
            self.dialogs.error(told if path in told else f"{path}: {told}")
            return
        if taken:
            self._remember_folder(path)
            self._tell(f"Imported {taken}")

    def _take_pasted(self, text: str) -> None:
        """Columns pasted where there are no points yet."""
        try:
            taken = self._take(
                lambda column: parse_points(text, column), lambda columns: parse_rows(text, columns)
            )
        except RefGMMError as error:
            self._tell(f"Nothing was pasted. {error}", is_fault=True)
            return
        if taken:
            self._tell(f"Pasted {taken}")

    def _take(
        self,
        as_points: Callable[[str | None], PointsText],
        as_rows: Callable[[Sequence[str] | None], RowsText],
    ) -> str:
        """Take a table's points in the place of those there are: what was taken, in words.

        Where it has more or fewer columns of numbers than a point has, the user chooses; points
        of another dimension begin a new problem. Nothing is taken where the user takes it back.
        """
        dimension = self.state.draft.dimension
        result: PointsText | RowsText | None = None
        try:
            result = as_points(None) if dimension is None else as_rows(None)
        except ColumnChoiceError as error:
            columns = error.columns
        else:
            columns = result.names if isinstance(result, RowsText) else ()
        if result is None or len(columns) != (dimension or 0):
            chosen = self.dialogs.which_columns(columns, dimension)
            if not chosen:
                return ""
            if len(chosen) == 1 and dimension != 1:
                dimension, result = None, as_points(chosen[0])
            else:
                dimension, result = len(chosen), as_rows(chosen)
        return self._with_points(texts_of_points(result.points), dimension, result.notes)

    def _with_points(self, rows: tuple[Texts, ...], dimension: int | None, notes: Texts) -> str:
        """These points in the place of those there are: what was taken, in words."""
        if len(rows) > most_points(dimension):
            raise RefGMMError(too_many(len(rows), dimension))
        if dimension != self.state.draft.dimension:
            if not self._may_discard():
                return ""
            self._show_draft(Draft.empty(dimension), None)
        draft = self.state.draft
        self._edit(draft.with_points(0, len(draft.points), rows))
        return " ".join([f"{len(rows)} points.", *notes])

    def save(self) -> bool:
        """Save where the problem came from. Whether it is saved."""
        path = self.state.file.path
        return self._save_to(path) if path else self.save_as()

    def save_as(self) -> bool:
        """Ask for a path and save there. Whether it is saved."""
        path = self.state.file.path or str(Path(self._folder()) / "problem.json")
        chosen = self.dialogs.path_to_save(path)
        return self._save_to(chosen) if chosen else False

    def _save_to(self, path: str) -> bool:
        draft = self.state.draft
        try:
            files.write_text(path, format_document(draft.to_document()))
        except RefGMMError as error:
            self.dialogs.error(str(error))
            return False
        self._remember_folder(path)
        file = session.File(path, draft)
        self.store.update(lambda state: dataclasses.replace(state, file=file))
        self._tell(f"Saved {path}.")
        return True

    def _sheet(self) -> export.Sheet:
        """What a file shows the plot on: the same as the window."""
        plot = self.window.plot
        return export.Sheet(plot.size(), plot.font(), self._theme)

    def _export_plot(self) -> None:
        picture = self.window.plot.picture
        if picture is None:
            self._tell(_NO_PLOT, is_fault=True)
            return
        suggestion = str(Path(self._folder()) / "plot.svg")
        if not (path := self.dialogs.path_to_export(suggestion)):
            return
        try:
            export.save(path, picture, self._sheet())
        except RefGMMError as error:
            self.dialogs.error(str(error))
            return
        self._remember_folder(path)
        self._tell(f"Saved {path}.")

    def _export_animation(self) -> None:
        if self.state.place is None:
            self._tell(_NO_PLOT, is_fault=True)
            return
        suggestion = str(Path(self._folder()) / "run.gif")
        if not (path := self.dialogs.path_to_animate(suggestion)):
            return
        walk, view, plot = self.state.place.walk, self.state.view, self.window.plot
        frames = export.save_animation(
            path, walk, lambda place: plot.in_sight(plot_of(place, view)), self._sheet()
        )
        try:
            is_done = self.dialogs.watch("Making the frames …", frames, export.frame_count(walk))
        except RefGMMError as error:
            self.dialogs.error(str(error))
            return
        if is_done:
            self._remember_folder(path)
        self._tell(f"Saved {path}." if is_done else "No animation was saved.")

    def _may_discard(self) -> bool:
        """Whether the inputs may go: nothing is unsaved, or the user has decided."""
        if not self.state.is_modified:
            return True
        answer = self.dialogs.unsaved(self._name())
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.save())

    def _folder(self) -> str:
        return str(self._settings.value("folder", str(Path.home())))

    def _remember_folder(self, path: str) -> None:
        self._settings.setValue("folder", str(Path(path).resolve().parent))

    def _on_closing(self, event: QCloseEvent) -> None:
        if not self._may_discard():
            event.ignore()
            return
        self.runner.stop()
        remembered.save(self._settings, self.state.view, self.window)
        event.accept()

    def _show_about(self) -> None:
        self.dialogs.text(
            "About refgmm",
            f"refgmm {refgmm.__version__}\n\n"
            "The EM algorithm for Gaussian mixtures, with every number kept.\n"
            f"Python {sys.version.split()[0]}",
        )


def _unwrapped(text: str) -> str:
    """A text for the terminal without the line ends inside its paragraphs."""
    return text.replace("\n    ", " ")


def _draft_of_file(path: str) -> Draft:
    """The inputs in a problem file. RefGMMError where the tables can't hold them."""
    error = None
    try:
        Problem.load(path)
    except InvalidValueError as problem:
        error = problem  # the cells of the draft will tell
    draft = Draft.of_document(read_document(path))
    if len(draft.points) > most_points(draft.dimension):
        raise RefGMMError(f"{path}: {too_many(len(draft.points), draft.dimension)}")
    if error is not None and not draft.check()[1]:  # but for what has no cell: above the diagonal
        raise error
    return draft


def _check_size(path: str) -> None:
    try:
        size = os.path.getsize(path)
    except OSError:
        return  # reading it will say why
    if size > _LARGEST_FILE:
        raise RefGMMError(
            f"{path} has {size / 1e6:,.0f} MB, more than the app's {MOST_POINTS:,} points can take: "
            "take a sample, or use the library, which has no limit."
        )


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own messages on stderr; its fatal one, no platform plugin, with the remedy."""
    print(message, file=sys.stderr)
    if kind == QtMsgType.QtFatalMsg:
        problem = f"Qt found no way to open a window.\n{install_libraries()}"
        print(failure(problem), file=sys.stderr)
        os._exit(2)  # otherwise Qt aborts the process

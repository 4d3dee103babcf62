"""Where problems come from and go to: files, tables of points, the gallery, a mixture."""

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path

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
from refgmm_gui import session
from refgmm_gui.changes import counted
from refgmm_gui.desks.parts import Parts
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.draft import Draft, Texts, texts_of_points
from refgmm_gui.panels.inputs import too_many
from refgmm_gui.point_sources import point_sources
from refgmm_gui.session import MOST_POINTS, most_points

_TABLES = (".csv", ".tsv", ".txt")  # what files of points are called
_LARGEST_FILE = 5_000_000  # bytes; MOST_POINTS points take less than a tenth of it


class ProblemDesk:
    """Opens, imports, generates and saves; asks before anything is lost."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def name(self) -> str:
        """What the problem is called."""
        state = self._parts.state
        if state.file.path:
            return Path(state.file.path).name
        is_note = state.file.saved == session.worked_example_draft()
        return "The lecture note's example" if is_note else state.file.saved.title or "Untitled"

    def show_draft(self, draft: Draft, path: str | None) -> None:
        """Begin with another problem."""
        self._parts.runner.stop()
        self._parts.edits.clear()
        self._parts.store.update(lambda state: session.opening(draft, path, state.view, state.run))

    def new(self, dimension: int | None) -> None:
        if self.may_discard():
            self.show_draft(Draft.empty(dimension), None)

    def new_in_d_dimensions(self) -> None:
        if dimension := self._parts.dialogs.dimension():
            self.new(dimension)

    def open_example(self) -> None:
        if self.may_discard():
            self.show_draft(session.worked_example_draft(), None)

    def open_from_gallery(self) -> None:
        if self.may_discard() and (example := self._parts.dialogs.example(self._parts.theme)):
            self.show_draft(Draft.of_problem(example.problem()), None)

    def generate(self) -> None:
        """Points drawn from a mixture, in the place of those there are: another problem."""
        draft = self._parts.state.draft
        if not self.may_discard():
            return
        sources, most = point_sources(self._parts.state), most_points(draft.dimension)
        if generated := self._parts.dialogs.generated(sources, most, self._parts.theme):
            self.show_draft(draft.with_generated(generated), None)
            self._parts.tell(f"Generated {generated.n} points with the seed {generated.seed}.")

    def open(self) -> None:
        if self.may_discard() and (path := self._parts.dialogs.path_to_open(self._parts.folder)):
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
            self._parts.dialogs.error(str(error))
            return
        self._parts.remember_folder(path)
        self.show_draft(draft, path)

    def import_points(self) -> None:
        if path := self._parts.dialogs.path_to_import(self._parts.folder):
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
            self._parts.dialogs.error(told if path in told else f"{path}: {told}")
            return
        if taken:
            self._parts.remember_folder(path)
            self._parts.tell(f"Imported {taken}")

    def take_pasted(self, text: str) -> None:
        """Columns pasted where there are no points yet."""
        try:
            taken = self._take(
                lambda column: parse_points(text, column), lambda columns: parse_rows(text, columns)
            )
        except RefGMMError as error:
            self._parts.tell(f"Nothing was pasted. {error}", is_fault=True)
            return
        if taken:
            self._parts.tell(f"Pasted {taken}")

    def _take(
        self,
        as_points: Callable[[str | None], PointsText],
        as_rows: Callable[[Sequence[str] | None], RowsText],
    ) -> str:
        """Take a table's points in the place of those there are: what was taken, in words.

        Where it has more or fewer columns of numbers than a point has, the user chooses; points
        of another dimension begin a new problem. Nothing is taken where the user takes it back.
        """
        dimension = self._parts.state.draft.dimension
        result: PointsText | RowsText | None = None
        try:
            result = as_points(None) if dimension is None else as_rows(None)
        except ColumnChoiceError as error:
            columns = error.columns
        else:
            columns = result.names if isinstance(result, RowsText) else ()
        if result is None or len(columns) != (dimension or 0):
            chosen = self._parts.dialogs.which_columns(columns, dimension)
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
        if dimension != self._parts.state.draft.dimension:
            if not self.may_discard():
                return ""
            self.show_draft(Draft.empty(dimension), None)
        draft = self._parts.state.draft
        self._parts.edit(draft.with_all_points(rows), f"take {counted(len(rows), 'point')}")
        return " ".join([f"{len(rows)} points.", *notes])

    def save(self) -> bool:
        """Save where the problem came from. Whether it is saved."""
        path = self._parts.state.file.path
        return self._save_to(path) if path else self.save_as()

    def save_as(self) -> bool:
        """Ask for a path and save there. Whether it is saved."""
        path = self._parts.state.file.path or str(Path(self._parts.folder) / "problem.json")
        chosen = self._parts.dialogs.path_to_save(path)
        return self._save_to(chosen) if chosen else False

    def _save_to(self, path: str) -> bool:
        draft = self._parts.state.draft
        try:
            files.write_text(path, format_document(draft.to_document()))
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return False
        self._parts.remember_folder(path)
        self._parts.edits.setClean()
        file = session.File(path, draft)
        self._parts.store.update(lambda state: dataclasses.replace(state, file=file))
        self._parts.tell(f"Saved {path}.")
        return True

    def may_discard(self) -> bool:
        """Whether the inputs may go: nothing is unsaved, or the user has decided."""
        if not self._parts.state.is_modified:
            return True
        answer = self._parts.dialogs.unsaved(self.name)
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.save())


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

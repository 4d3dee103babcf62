"""Where problems come from and go to: files, tables of points, the gallery, a mixture."""

import contextlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from refgmm import files, records
from refgmm.errors import ColumnChoiceError, FileFormatError, InvalidValueError, RefGMMError
from refgmm.problem import Problem, pieces_of_document, read_document
from refgmm_gui import remembered, session
from refgmm_gui.changes import counted
from refgmm_gui.desks.parts import Parts
from refgmm_gui.draft import Draft, read, texts_of_points
from refgmm_gui.on_disk import fingerprint, written
from refgmm_gui.panels.inputs import too_many
from refgmm_gui.phrases import told
from refgmm_gui.readings import Texts
from refgmm_gui.runner import CancelledError, whole
from refgmm_gui.session import most_points
from refgmm_gui.words import joined, tr

if TYPE_CHECKING:
    from refgmm.points_text import PointsText, Preview, RowsText
    from refgmm_gui.samples import Sample

C = TypeVar("C")
T = TypeVar("T", bound="PointsText | RowsText")

_TABLES = (".csv", ".tsv", ".txt")  # what files of points are called
_LARGEST_FILE = 200_000_000  # bytes; a million points in ten dimensions, with every digit
_CHANGED = "changed"  # the notice about a file that another program has changed


@records.dataclass(frozen=True, slots=True)
class _Parsed(Generic[T]):
    """Points read from a text, and the sentence about the rows left out; "" where there are none."""

    found: T
    left_out: str = ""


class ProblemDesk:
    """Opens, imports, generates and saves; asks before anything is lost."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen_on_disk: tuple[str, str | None] | None = None  # the last change told of

    @property
    def name(self) -> str:
        """What the problem is called."""
        state = self._parts.state
        if state.file.path:
            return Path(state.file.path).name
        if title := state.draft.title:
            return told(title)
        is_note = state.file.saved == session.worked_example_draft()
        return tr("The lecture note's example") if is_note else tr("Untitled")

    def show_draft(self, draft: Draft, path: str | None, on_disk: str | None = None) -> None:
        """Begin with another problem. on_disk: the fingerprint of its file."""
        self._parts.edits.clear()
        file = session.File(path, draft, on_disk)
        self._parts.store.update(
            lambda state: records.replace(
                session.opening(draft, path, state.view, state.run), file=file
            )
        )

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
        """Points drawn from a mixture, in the place of those there are: an edit, as an import is."""
        from refgmm_gui.point_sources import point_sources

        draft = self._parts.state.draft
        sources, most = point_sources(self._parts.state), most_points(draft.dimension)
        if generated := self._parts.dialogs.generated(sources, most, self._parts.theme):
            title = tr("Drawing the points …")
            try:
                drawn = self._parts.work(title, whole(read, draft.with_generated, generated))
            except CancelledError:
                self._parts.tell(tr("Nothing was generated."))
                return
            self._parts.edit(drawn, f"generate {counted(generated.n, 'point')}")
            self._parts.tell(
                tr("Generated {n} points with the seed {seed}.", n=generated.n, seed=generated.seed)
            )

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
        on_disk = fingerprint(path)  # first: what changes from here on, shows
        title = tr("Reading {path} …", path=path)
        try:
            _check_size(path)
            draft = self._parts.work(title, whole(_draft_of_file, path))
            count, most = len(draft.points), most_points(draft.dimension)
            if count <= most:
                self._parts.remember_file(path)
                self.show_draft(draft, path, on_disk)
            elif sample := self._sample_of(count, draft.dimension):
                rows = sample.of(draft.points)
                sampled = self._parts.work(title, whole(read, draft.with_all_points, rows))
                self._parts.remember_file(path)  # but the sample is another problem, without a file
                self.show_draft(sampled, None)
                self._parts.tell(sample.note(count))
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
        except CancelledError:
            self._parts.tell(tr("{path} was not opened.", path=path))

    def open_dropped(self, paths: Sequence[str]) -> None:
        """Open the file that was dropped onto the window."""
        if len(paths) > 1:
            self._parts.dialogs.error(
                tr(
                    "refgmm opens one file at a time, and {count} were dropped: drop one of them.",
                    count=len(paths),
                )
            )
        elif Path(paths[0]).suffix.lower() in _TABLES or self.may_discard():
            self.open_path(paths[0])

    def open_recent(self, path: str) -> None:
        """Open a file of the list; where it is gone, it may go from the list, too."""
        if not Path(path).exists():
            if self._parts.dialogs.forget(path):
                remembered.forget_files(self._parts.settings, path)
                self._parts.show_recent_files()
        else:
            self.open_dropped([path])

    def clear_recent(self) -> None:
        settings = self._parts.settings
        remembered.forget_files(settings, *remembered.recent_files(settings))
        self._parts.show_recent_files()

    def import_points(self) -> None:
        if path := self._parts.dialogs.path_to_import(self._parts.folder):
            self.import_path(path)

    def import_path(self, path: str) -> None:
        """Points from a CSV file in the place of those in the table."""
        try:
            _check_size(path)
            title = tr("Reading {path} …", path=path)
            text = self._parts.work(title, whole(files.read_text, path))
            taken = self._take(text, title)
        except RefGMMError as error:
            told = str(error)
            self._parts.dialogs.error(told if path in told else f"{path}: {told}")
            return
        except CancelledError:
            taken = ""
        if taken:
            self._parts.remember_file(path)
        self._parts.tell(
            tr("Imported {taken}", taken=taken) if taken else tr("Nothing was imported.")
        )

    def take_pasted(self, text: str) -> None:
        """Points pasted over those that are selected; points of another dimension begin a new problem."""
        title, draft = tr("Reading the clipboard …"), self._parts.state.draft
        try:
            found, dimension = self._read(text, title)
            notes = (*self._parts.work(title, whole(_note_of_gaps, text)), *found.notes)
            fits = len(found.points) <= most_points(dimension)
            if dimension == draft.dimension and (fits or draft.points):
                self._parts.window.inputs.put_points(found.points, notes)
                return
            taken = self._with_points(found.points, dimension, notes, title)
        except RefGMMError as error:
            self._parts.tell(
                tr("Nothing was pasted: {error}", error=told(str(error))), is_fault=True
            )
            return
        except CancelledError:
            taken = ""
        self._parts.tell(tr("Pasted {taken}", taken=taken) if taken else tr("Nothing was pasted."))

    def _take(self, text: str, title: str) -> str:
        """Take a table's points in the place of those there are: what was taken, in words.

        Where it has more or fewer columns of numbers than a point has, the user chooses; points
        of another dimension begin a new problem. Nothing is taken where the user takes it back.
        """
        found, dimension = self._read(text, title)
        return self._with_points(found.points, dimension, found.notes, title)

    def _read(self, text: str, title: str) -> tuple["PointsText | RowsText", int | None]:
        """What the user wants of a table, and its dimension. CancelledError where that is nothing."""
        from refgmm.columns import columns_with_numbers
        from refgmm.points_text import parse_points, parse_rows

        dimension = self._parts.state.draft.dimension

        def as_points(column: str | None) -> "_Parsed[PointsText]":
            return self._parsed(text, parse_points, column, title)

        def as_rows(columns: Sequence[str] | None) -> "_Parsed[RowsText]":
            return self._parsed(text, parse_rows, columns, title)

        with contextlib.suppress(ColumnChoiceError):
            if dimension is None:
                return self._confirmed(as_points(None)), None
            rows = as_rows(None)
            if len(rows.found.names) == dimension:
                return self._confirmed(rows), dimension
        columns = self._parts.work(title, whole(columns_with_numbers, text))
        chosen = self._parts.dialogs.which_columns(
            columns, dimension, _preview(text), self._parts.theme
        )
        if not chosen:
            raise CancelledError
        if len(chosen) == 1 and dimension != 1:
            return self._confirmed(as_points(chosen[0])), None
        return self._confirmed(as_rows(chosen)), len(chosen)

    def _parsed(
        self, text: str, parse: Callable[[str, C, str], T], columns: C, title: str
    ) -> "_Parsed[T]":
        """The points of a table; where some rows lack a number, of the others."""
        from refgmm.points_text import parse_points

        try:
            return _Parsed(self._parts.work(title, whole(parse, text, columns, "error")))
        except ColumnChoiceError:
            raise
        except FileFormatError as error:
            try:
                others = self._parts.work(title, whole(parse, text, columns, "omit"))
            except FileFormatError as fault:
                # Rows of which none is whole: what the first one lacks, the library would keep, the app not.
                raise (error if parse is parse_points else fault) from None
            return _Parsed(others, told(others.notes[-1]))

    def _confirmed(self, parsed: "_Parsed[T]") -> T:
        """The points, if the user wants them without the rows left out. CancelledError where not."""
        if parsed.left_out and not self._parts.dialogs.without_rows(parsed.left_out):
            raise CancelledError
        return parsed.found

    def _with_points(
        self, points: Sequence[Any], dimension: int | None, notes: Texts, title: str
    ) -> str:
        """These points in the place of those there are, or some of them: what was taken, in words."""
        count = len(points)
        if count > most_points(dimension):
            sample = self._sample_of(count, dimension)
            if sample is None:
                return ""
            points, notes = sample.of(points), (sample.note(count), *notes)
        if dimension != self._parts.state.draft.dimension:
            if not self.may_discard():
                return ""
            self.show_draft(Draft.empty(dimension), None)
        before = self._parts.state.draft
        draft = self._parts.work(
            title, whole(read, lambda: before.with_all_points(texts_of_points(points)))
        )
        self._parts.edit(draft, f"take {counted(len(points), 'point')}")
        return joined(tr("{count} points.", count=len(points)), *map(told, notes))

    def _sample_of(self, count: int, dimension: int | None) -> "Sample | None":
        """What the user takes of points that are too many."""
        most = most_points(dimension)
        return self._parts.dialogs.sample(too_many(count, dimension), count, most)

    def save(self) -> bool:
        """Save where the problem came from. Whether it is saved."""
        path = self._parts.state.file.path
        if not path:
            return self.save_as()
        if not self._has_changed_on_disk():
            return self._save_to(path)
        from refgmm_gui.dialogs.files import OnDisk

        answer = self._parts.dialogs.changed_on_disk(self.name)
        if answer is OnDisk.RELOAD:
            self.open_path(path)
            return not self._parts.state.is_modified
        if answer is OnDisk.SAVE_AS:
            return self.save_as()
        return answer is OnDisk.OVERWRITE and self._save_to(path)

    def save_as(self) -> bool:
        """Ask for a path and save there. Whether it is saved."""
        path = self._parts.state.file.path or str(Path(self._parts.folder) / "problem.json")
        chosen = self._parts.dialogs.path_to_save(path)
        return self._save_to(chosen) if chosen else False

    def _save_to(self, path: str) -> bool:
        draft = self._parts.state.draft
        saving = written(path, lambda: pieces_of_document(draft.to_document()))
        try:
            self._parts.work(tr("Saving {path} …", path=path), saving)
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return False
        except CancelledError:
            self._parts.tell(tr("{path} was not saved.", path=path))
            return False
        self._parts.edits.setClean()
        self._parts.remember_file(path)
        file = session.File(path, draft, fingerprint(path))
        self._parts.store.update(lambda state: records.replace(state, file=file))
        self._parts.tell(tr("Saved {path}.", path=path))
        return True

    # What other programs do to the file

    def _has_changed_on_disk(self) -> bool:
        """Whether another program has put other content there. A file that is gone, has none to lose."""
        file = self._parts.state.file
        now = fingerprint(file.path) if file.path else None
        return now is not None and now != file.fingerprint

    def look_at_disk(self) -> None:
        """Tell where another program has changed or removed the file, once for each change."""
        path, notices = self._parts.state.file.path, self._parts.window.notices
        now = fingerprint(path) if path else None
        if path is None or now == self._parts.state.file.fingerprint:
            self._seen_on_disk = None
            notices.dismiss(_CHANGED)
        elif (path, now) != self._seen_on_disk:
            self._seen_on_disk = (path, now)
            if now is None:
                text = tr("{name} is no longer on disk. Save writes it again.", name=self.name)
                notices.tell(_CHANGED, text, {"OK": _nothing})
            else:
                text = tr("Another program has changed {name} on disk.", name=self.name)
                notices.tell(
                    _CHANGED, text, {tr("Reload"): self._reload, tr("Keep mine"): _nothing}
                )

    def _reload(self) -> None:
        path = self._parts.state.file.path
        if path and self.may_discard():
            self.open_path(path)

    def may_discard(self) -> bool:
        """Whether the inputs may go: nothing is unsaved, or the user has decided."""
        if not self._parts.state.is_modified:
            return True
        from refgmm_gui.dialogs.files import Answer

        answer = self._parts.dialogs.unsaved(self.name)
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.save())


def _draft_of_file(path: str) -> Draft:
    """The inputs in a problem file. RefGMMError where the tables can't hold them."""
    error = None
    try:
        Problem.load(path)
    except InvalidValueError as problem:
        error = problem  # the cells of the draft will tell
    draft = read(Draft.of_document, read_document(path))
    if error is not None and not draft.check()[1]:  # but for what has no cell: above the diagonal
        raise error
    return draft


def _note_of_gaps(text: str) -> Texts:
    """What is said of empty rows between others, as a column of a spreadsheet may have: they close up."""
    count = sum(not line.strip() for line in text.strip().splitlines())
    if not count:
        return ()
    if count == 1:
        return (tr("Left out 1 empty row."),)
    return (tr("Left out {count} empty rows.", count=count),)


def _preview(text: str) -> "Preview | None":
    """The first rows of a table; None where these alone can't be cut into cells."""
    from refgmm.points_text import preview

    try:
        return preview(text)
    except RefGMMError:
        return None


def _check_size(path: str) -> None:
    """RefGMMError for what is too large to read, or would never end."""
    try:
        found = os.stat(path)
    except OSError:
        return  # reading it will say why
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise RefGMMError(tr("can't read {path}: it is a device or a pipe, and no file", path=path))
    if found.st_size > _LARGEST_FILE:
        raise RefGMMError(
            tr(
                "{path} has {size:,.0f} MB, more than the {most:,.0f} MB that the app reads: take a sample, or use the library, which has no limit.",
                path=path,
                size=found.st_size / 1000000.0,
                most=_LARGEST_FILE / 1000000.0,
            )
        )


def _nothing() -> None:
    """The user has read the notice."""

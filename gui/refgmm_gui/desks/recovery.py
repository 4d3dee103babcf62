"""A copy of the user's work is kept while the app runs, and offered where the app did not close properly.

Each process has a copy of its own, a problem file with one key more, and holds a lock beside it, which
goes when the process ends, however it ends. A copy that nobody locks was left behind.
"""

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer

from refgmm import Granularity, Walk, files, records
from refgmm.blocks import Work
from refgmm.errors import FileFormatError, RefGMMError
from refgmm.problem import pieces_of_document, read_document
from refgmm.sub_steps import Partial
from refgmm_gui.desks.parts import Parts
from refgmm_gui.desks.problems import ProblemDesk
from refgmm_gui.draft import Draft
from refgmm_gui.on_disk import written
from refgmm_gui.phrases import told
from refgmm_gui.runner import CancelledError, Job
from refgmm_gui.session import Place, State
from refgmm_gui.slices import Slices
from refgmm_gui.words import tr

KEY = "recovery"
"""Of a problem file: what a copy says about the work besides its inputs."""

SECONDS = 2.0
"""From a change to the copy that has it."""


@records.dataclass(frozen=True, slots=True)
class Copy:
    """The user's work at one moment.

    draft: with the text of a cell that was still open
    epoch, done, partial: where the walk stood; None where it belonged to other inputs
    """

    name: str
    time: datetime
    draft: Draft
    is_modified: bool
    path: str | None = None
    fingerprint: str | None = None
    epoch: int | None = None
    done: int = 0
    partial: Partial | None = None

    @classmethod
    def of_state(cls, state: State, typed: Draft, name: str) -> "Copy":
        """The work as it is now. typed: the inputs, with the text of a cell that is still open."""
        place = state.place if typed == state.draft and not state.is_stale else None
        return cls(
            name,
            datetime.now(),
            typed,
            typed != state.file.saved,
            state.file.path,
            state.file.fingerprint,
            place.walk.epoch.index if place else None,
            place.walk.done if place else 0,
            place.walk.partial if place else None,
        )

    def inputs_written(self) -> Iterator[str]:
        """The problem file of its inputs, in pieces."""
        document = self.draft.to_document()
        document.pop(KEY, None)  # a key of this name is ours here
        return pieces_of_document(document, allow_nan=True)

    def written(self, inputs: Iterable[str]) -> Iterator[str]:
        """As the text of a file, in pieces: those of inputs_written, with what else there is before them."""
        import json

        about = {
            "name": self.name,
            "time": self.time.isoformat(timespec="seconds"),
            "is_modified": self.is_modified,
            "path": self.path,
            "fingerprint": self.fingerprint,
            "epoch": self.epoch,
            "done": self.done,
            "partial": (self.partial.by.value, self.partial.count) if self.partial else None,
        }
        yield f"{{\n  {json.dumps(KEY)}: {json.dumps(about)},\n"
        first, *others = inputs
        yield first.removeprefix("{\n")
        yield from others

    @classmethod
    def read(cls, path: Path) -> "Copy":
        """FileFormatError for a file that `written` didn't write."""
        document = read_document(path)
        about: Any = document.pop(KEY, None)
        try:
            time = datetime.fromisoformat(about["time"])
            partial = None
            if about.get("partial") is not None:
                by, count = about["partial"]
                partial = Partial(Granularity(by), int(count))
            rest = about | {"time": time, "partial": partial}
            return cls(draft=Draft.of_document(document), **rest)
        except (TypeError, KeyError, ValueError) as error:
            raise FileFormatError(
                tr("{path}: this is no copy of refgmm's ({error})", path=path, error=error)
            ) from error

    def title(self) -> str:
        """Which work it is, for the user: “a.json” from 14:03."""
        is_today = self.time.date() == datetime.now().date()
        return tr("“{name}” from {time:%H:%M}", name=self.name, time=self.time) + (
            "" if is_today else tr(" on {time:%x}", time=self.time)
        )


class RecoveryDesk(QObject):
    """Keeps this process's copy up to date, and offers those that others left behind.

    The text of many inputs is made in slices, and only then written on another thread: one that computes
    would hold up whatever is painted meanwhile.
    """

    def __init__(self, parts: Parts, problems: ProblemDesk, folder: Path) -> None:
        super().__init__(parts.window)
        self._parts, self._problems, self._folder = parts, problems, folder
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}.json"
        self._lock = _lock_of(self._path)
        self._is_writing = False
        self._has_failed = False
        # The inputs in the copy; and as text, which takes long to make of many.
        self._draft: Draft | None = None
        self._inputs: list[str] = []
        # Copies that stay until this process's own has what they have; and how many of them the one
        # has that is being written.
        self._restored: list[Path] = []
        self._held = 0
        self._left: dict[Path, QLockFile] = {}  # copies on offer, which no other process offers
        self._slices = Slices(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._keep)

    def note_change(self) -> None:
        """Something has changed: the copy follows soon."""
        if not self._timer.isActive():
            self._timer.start(round(1000 * SECONDS))

    def end(self) -> None:
        """The app closes properly: nobody needs the copy. What is still on offer, is so next time."""
        self._timer.stop()
        self._slices.stop()
        _remove(self._path, self._lock)
        self._discard_restored(len(self._restored))
        for lock in self._left.values():
            lock.unlock()

    def offer(self) -> None:
        """Show a notice for each copy that was left behind."""
        names = {path.with_suffix("") for path in self._folder.glob("*.json.lock")}
        for path in sorted(names | set(self._folder.glob("*.json"))):
            lock = _lock_of(path)
            if path == self._path or not lock.tryLock(0):
                continue
            if not path.exists():
                lock.unlock()
                continue
            self._left[path] = lock
            try:
                copy = Copy.read(path)
            except RefGMMError as error:
                self._tell_unreadable(path, error)
            else:
                self._tell(path, copy)

    def _tell(self, path: Path, copy: Copy) -> None:
        self._parts.window.notices.tell(
            f"recovery_{path.stem}",
            tr("refgmm did not close properly. Restore {title}?", title=copy.title()),
            {
                tr("Restore"): lambda: self._restore(path, copy),
                tr("Discard"): lambda: self._discard(path),
                tr("Later"): lambda: self._left.pop(path).unlock(),
            },
        )

    def _tell_unreadable(self, path: Path, error: RefGMMError) -> None:
        self._parts.window.notices.tell(
            f"recovery_{path.stem}",
            tr(
                "refgmm did not close properly, and its copy of the work can't be read: {error}",
                error=error,
            ),
            {
                tr("Discard"): lambda: self._discard(path),
                tr("Later"): lambda: self._left.pop(path).unlock(),
            },
        )

    def _restore(self, path: Path, copy: Copy) -> None:
        if not self._problems.may_discard():
            self._tell(path, copy)
            return
        self._problems.show_draft(copy.draft, copy.path, copy.fingerprint)
        if copy.is_modified:  # in whose file stands something else
            self._parts.store.update(_modified)
        self._walk_to(copy)
        self._restored.append(path)
        self._keep()
        self._parts.tell(tr("Restored {title}.", title=copy.title()))

    def _walk_to(self, copy: Copy) -> None:
        """Go where the walk stood, if it can be reached, and the user waits."""
        place = self._parts.state.place
        if place is None or copy.epoch is None:
            return
        try:
            job = walked(place.walk, copy.epoch, copy.done, copy.partial)
            walk = self._parts.work(tr("Going to epoch {epoch} …", epoch=copy.epoch), job)
        except (RefGMMError, CancelledError):
            return  # the inputs are there; the walk is at its start
        self._parts.store.update(lambda state: records.replace(state, place=Place(walk)))

    def _discard(self, path: Path) -> None:
        _remove(path, self._left.pop(path))

    def _discard_restored(self, count: int) -> None:
        """The first of them: their work is safe elsewhere."""
        for path in self._restored[:count]:
            self._discard(path)
        del self._restored[:count]

    # This process's copy

    def _keep(self) -> None:
        """Write the copy in between; or remove it where there is nothing to lose."""
        state, copy = self._parts.state, self._copy()
        if self._is_writing or self._can_wait(copy):
            self.note_change()
        elif not copy.is_modified and (state.place is None or state.place.walk.is_at_start):
            _remove(self._path, self._lock)
            self._discard_restored(len(self._restored))
        else:
            self._is_writing, self._held = True, len(self._restored)
            self._slices.start(
                self._inputs_of(copy),
                told=_nothing,
                ended=lambda inputs: self._write(copy, inputs),
                failed=self._give_up,
            )

    def _can_wait(self, copy: Copy) -> bool:
        """While a run goes on, which a copy slows down: the inputs are in the last one."""
        run = self._parts.state.run
        return run.is_running and not run.is_paused and copy.draft is self._draft

    def _copy(self) -> Copy:
        """Of the work as it is now."""
        return Copy.of_state(
            self._parts.state, self._parts.window.inputs.typed, self._problems.name
        )

    def _inputs_of(self, copy: Copy) -> Work[list[str]]:
        """The text of its inputs; what was made for the last copy, where they are the same."""
        if self._draft is not copy.draft:
            inputs = []
            for piece in copy.inputs_written():
                inputs.append(piece)
                yield 0.0
            self._draft, self._inputs = copy.draft, inputs
        return self._inputs

    def _write(self, copy: Copy, inputs: list[str]) -> None:
        self._parts.runner.behind(self._writing(copy, inputs), self._on_written)

    def _writing(self, copy: Copy, inputs: list[str]) -> Job[None]:
        files.make_folder(self._folder)
        self._lock.tryLock(0)
        yield from written(self._path, lambda: copy.written(inputs))

    def _give_up(self) -> None:
        """The next change tries again."""
        self._is_writing = False

    def _on_written(self, error: BaseException | None) -> None:
        """Tell once where no copy can be kept."""
        self._is_writing = False
        if error is None:
            self._discard_restored(self._held)
        elif not self._has_failed:
            self._parts.tell(
                tr("No copy is kept for recovery: {error}", error=told(str(error))), is_fault=True
            )
        self._has_failed = error is not None


def walked(walk: Walk, epoch: int, done: int, partial: Partial | None) -> Job[Walk]:
    """The walk where so many sub-steps of an epoch are done, and a part of the next, epoch after epoch."""
    for number in itertools.count(1):
        if number >= epoch or walk.next_sub_step is None:
            break
        walk = walk.forward(Granularity.EPOCH)
        yield number / epoch
    walk = walk.go_to(epoch, done) if (epoch, done) != (1, 0) else walk.to_start()
    if partial is not None:
        for _ in range(partial.count):
            walk = walk.forward(partial.by)
    return walk


def _nothing(share: float) -> None:
    """Nobody is told how much of a copy is done."""


def _modified(state: State) -> State:
    """What is in the tables is in no file."""
    draft = state.draft
    saved = records.replace(Draft.empty(draft.dimension), extra={KEY: "not saved"})
    return records.replace(state, file=records.replace(state.file, saved=saved))


def _lock_of(path: Path) -> QLockFile:
    """A lock beside a copy. It is stale only where its process has ended, however old it is."""
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)
    return lock


def _remove(path: Path, lock: QLockFile) -> None:
    """A copy, with what a process that was killed left beside it. One that can't go is offered again."""
    for file in (path, *path.parent.glob(f".{path.name}.*.tmp")):
        with contextlib.suppress(OSError):
            file.unlink()
    lock.unlock()

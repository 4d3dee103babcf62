"""`refgmm fit` on files of any size: where the points come from, who computes, progress and Ctrl-C."""

import argparse
import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refgmm.csv_points import open_csv
from refgmm.errors import RefGMMError
from refgmm.files import name_of
from refgmm.point_store import PointStore, open_doubles

if TYPE_CHECKING:
    from concurrent.futures import Executor

RAW = ".f64"

Show = Callable[[Callable[[], str]], None]
"""Shows a line about the progress, unless it is too soon after the last."""


def is_wanted(options: argparse.Namespace) -> bool:
    """Whether the points are to stay in their file. RefGMMError for options that don't go together."""
    is_raw = Path(options.data).suffix.lower() == RAW
    if options.dimension is not None and not is_raw:
        raise RefGMMError(f"--dimension is for files of raw doubles, {RAW}: leave it out")
    if options.columns and is_raw:
        raise RefGMMError(
            "--columns is for CSV files: a file of raw doubles has none, leave it out"
        )
    if not is_raw and options.workers is None:
        return False
    if Path(options.data).suffix.lower() == ".json":
        raise RefGMMError(
            "--workers is for files of points, and this is a problem file: leave it out"
        )
    if options.missing == "keep":
        raise RefGMMError(
            "missing values are kept in memory, and these points stay in their file: leave out "
            + ("--missing keep" if is_raw else "--missing keep or --workers")
        )
    if options.save:
        raise RefGMMError(
            "a problem file holds its points, and these stay in theirs: leave --save out"
        )
    return True


def opened(options: argparse.Namespace, show: Show) -> PointStore:
    """The points of the file, with the progress of reading them."""

    def tell(done: int, of: int) -> None:
        show(lambda: f"reading {name_of(options.data)}: {100 * done // of}%")

    if Path(options.data).suffix.lower() == RAW:
        dimension = None if options.dimension in (None, 1) else options.dimension
        return open_doubles(options.data, dimension, on_progress=tell)
    return open_csv(options.data, options.columns, on_progress=tell)


def names_of(points: PointStore) -> list[str]:
    """What the coordinates are called."""
    d = points.dimension
    if points.names:
        return [f"x[{name}]" if name.isdecimal() else name for name in points.names]
    return ["x"] if d is None else [f"x[{a + 1}]" for a in range(d)]


@contextlib.contextmanager
def processes(count: int | None) -> Iterator["Executor | None"]:
    """So many worker processes; None where this one does all."""
    if count is None or count == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(count, initializer=_leave_interrupts_to_parent) as pool:
        yield pool


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Interruption:
    """While it lasts, the first Ctrl-C asks a fit to stop, and the second is the usual one."""

    def __init__(self) -> None:
        self.is_asked_for = False
        self._usual: Any = None

    def __enter__(self) -> "Interruption":
        with contextlib.suppress(ValueError):  # not in the main thread, which hears no Ctrl-C
            self._usual = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)

    def _note(self, *signal_and_frame: object) -> None:
        self.is_asked_for = True
        signal.signal(signal.SIGINT, self._usual)

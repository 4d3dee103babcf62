"""CSV files of any size: their points, written once to a temporary file of doubles, line by line.

What refgmm.points_text recognises in a whole text is recognised here in its first lines: separators,
decimal commas, the header, the columns that hold numbers. Lines that don't go on so are refused.
"""

import csv
import io
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from refgmm.arithmetic import Point
from refgmm.cells import BLANKS
from refgmm.columns import Layout, layout_of
from refgmm.errors import FileFormatError
from refgmm.files import encoding_of, name_of, opened, reason_of
from refgmm.point_store import AT_ONCE, OnProgress, PointStore, stored
from refgmm.points_text import naming
from refgmm.validation import LARGEST_MAGNITUDE

_FIRST_LINES = 1000
_LONGEST_LINE = 10**6  # characters; a file without line ends is not to fill the memory


def open_csv(
    path: str | os.PathLike[str],
    columns: Sequence[str | int] | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> PointStore:
    """The points of a CSV file, in a temporary file that goes with the PointStore.

    Numbers, where one column holds them, else rows, as refgmm.points_text.read_rows has them. The
    names of the columns are in `names`, what was assumed in reading them in `notes`.

    columns: names from the header or numbers from 1; None for all that hold only numbers
    path: of a file or a pipe, which is read once, from its beginning to its end; or "-" for standard
        input
    on_progress: called with the number of bytes that have been read, and of all; not for a pipe,
        which doesn't say how long it is

    FileFormatError names the file, the line and the remedy; nothing is left behind then.
    """
    with naming(path):
        try:
            with _opened(path) as file:
                lines = _lines(file)
                first = list(itertools.islice(lines, _FIRST_LINES))
                layout = layout_of("".join(first), columns)
                points = _points(itertools.chain(first, lines), layout)
                if on_progress is not None and file.seekable():
                    points = _told(points, file, on_progress)
                return stored(points, names=layout.names, notes=layout.notes)
        except OSError as error:
            raise FileFormatError(f"can't read {name_of(path)}: {reason_of(error)}") from error


def _opened(path: str | os.PathLike[str]) -> TextIO:
    """The text of a file, which is opened once: a pipe can't be read again."""
    file = opened(path)  # closed with what is returned
    return io.TextIOWrapper(file, encoding=encoding_of(file.peek(2)[:2]))


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file. FileFormatError where they are no text."""
    for number in itertools.count(1):
        try:
            line = file.readline(_LONGEST_LINE)
        except UnicodeDecodeError as error:
            problem = (  # text is decoded some lines at a time
                f"line {number}, or one soon after it, is not text in {error.encoding}: "
                "save the file as UTF-8 text"
            )
            raise FileFormatError(problem) from error
        if len(line) == _LONGEST_LINE:
            problem = f"line {number} has a million characters or more: is this a CSV file?"
            raise FileFormatError(problem, line=number)
        if not line:
            return
        yield line


def _points(lines: Iterable[str], layout: Layout) -> Iterator[Point]:
    """The points line by line, as floats where there is one column."""
    header = layout.table.header
    is_one = len(layout.taken) == 1
    for line, cells in _split(lines, layout.table.separator):
        if not cells or (header is not None and line == header.line):
            continue
        point = _quickly(cells, layout)
        if point is None:  # find out why, or read what takes more than float()
            point = layout.point(layout.completed(line, cells))
        yield point[0] if is_one else point


def _split(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number, and its cells as they stand there; none in an empty line."""
    if separator == BLANKS:
        for number, line in enumerate(lines, 1):
            yield number, _words(line)
        return
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        line_number = reader.line_num
        problem = f"line {line_number} can't be split into cells ({error}): is this a CSV file?"
        raise FileFormatError(problem, line=line_number) from error


def _words(line: str) -> list[str]:
    """The cells of a line between blanks; quotes hold them together."""
    if '"' not in line:
        return line.split()
    return next(csv.reader([line.strip()], delimiter=BLANKS, skipinitialspace=True), [])


def _quickly(cells: list[str], layout: Layout) -> tuple[float, ...] | None:
    """The point of a line in which all is as it is in most; else None."""
    if len(cells) != layout.width:
        return None
    own = [cells[k] for k in layout.taken]
    try:
        point = tuple(map(float, own))
    except ValueError:
        return None
    if all(-LARGEST_MAGNITUDE <= value <= LARGEST_MAGNITUDE for value in point):
        has_point = layout.table.has_decimal_commas and any("." in cell for cell in own)
        return None if has_point or any("_" in cell for cell in own) else point
    return None


def _told(points: Iterable[Point], file: TextIO, on_progress: OnProgress) -> Iterator[Point]:
    """The same points; how much of the file has been read is told on the way."""
    size = os.fstat(file.fileno()).st_size
    for number, point in enumerate(points, 1):
        yield point
        if number % AT_ONCE == 0:
            on_progress(file.buffer.tell(), size)

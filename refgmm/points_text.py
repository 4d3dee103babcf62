"""Points from text: a CSV file, cells pasted from a spreadsheet, numbers typed in a row.

    parse_points, read_points    points in one dimension: one column, or numbers in a row
    parse_rows, read_rows        points in any dimension: each line is one
    preview                      the first lines as they are cut into cells, to choose columns by

Recognised, and said in the notes of the result wherever it was a guess:

    separators, decimal commas, a header    see refgmm.cells
    columns                                 by name, by number, or those that hold only numbers
    missing values                          refused, or kept as nan, wherever a cell spells one
"""

import contextlib
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence

from refgmm import validation
from refgmm.arithmetic import Matrix, Vector
from refgmm.cells import (
    Row,
    Table,
    is_number,
    parse_number,
    read_decimal_commas,
    read_table,
    row_of,
)
from refgmm.errors import ColumnChoiceError, FileFormatError, InvalidValueError, RefGMMError
from refgmm.files import read_text
from refgmm.formatting import listed
from refgmm.records import dataclass
from refgmm.validation import shown

MISSING = frozenset({"", "NA", "NaN", "nan", "null", "?", "."})
"""What a cell may hold in place of a value, spelled exactly so."""


@dataclass(frozen=True, slots=True)
class PointsText:
    """The points in one dimension that a text holds, and what was assumed in reading it."""

    points: Vector
    notes: tuple[str, ...]  # whole sentences


@dataclass(frozen=True, slots=True)
class RowsText:
    """The points in any dimension that a text holds, and what was assumed in reading it."""

    points: Matrix  # (n, d); nan where a missing value was kept
    names: tuple[str, ...]  # (d,): of the columns, by the header, else by number from 1
    notes: tuple[str, ...]  # whole sentences


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a text.

    names: of the columns, as parse_points and parse_rows take them
    rows: their cells, as many in each as there are names
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_points(path: str | os.PathLike[str], column: str | int | None = None) -> PointsText:
    """The points of a CSV file. FileFormatError names the file, the line and the remedy."""
    with naming(path):
        return parse_points(read_text(path), column)


def read_rows(
    path: str | os.PathLike[str],
    columns: Sequence[str | int] | None = None,
    missing: str = "error",
) -> RowsText:
    """The rows of a CSV file, as parse_rows reads them. FileFormatError names the file, too."""
    with naming(path):
        return parse_rows(read_text(path), columns, missing)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a text become points.

    names: of the columns that hold the points, by the header, else by number from 1
    taken: these columns, from 0, of `width`
    titles: what messages call each column, (width,)
    notes: what was assumed
    """

    table: Table
    width: int
    taken: tuple[int, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]

    def point(self, row: Row, *, keeps_missing: bool = False) -> Vector:
        """The point of a row that has a cell in every column. FileFormatError where it holds none."""
        return _point_of_row(row, self.taken, self.titles, keeps_missing)

    def completed(self, line: int, written: Sequence[str]) -> Row:
        """The row of a line, with a cell in every column and decimal points.

        FileFormatError for a line of other cells than the text had that the layout is of.
        """
        row = row_of(line, written)
        if not row.cells:
            raise _nothing(line)
        if row.width < self.width or len(row.cells) > self.width:
            raise _ragged(line, row.width, self.width)
        if self.table.has_decimal_commas:
            read_decimal_commas([row], [], are_decimal=True)
        row.cells.extend([""] * (self.width - len(row.cells)))
        return row


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the file's name in front of errors that don't say it."""
    try:
        yield
    except ColumnChoiceError as error:
        raise ColumnChoiceError(f"{path}: {error}", columns=error.columns) from error
    except FileFormatError as error:
        if str(path) in str(error):
            raise
        raise FileFormatError(f"{path}: {error}", line=error.line) from error


def parse_points(text: str, column: str | int | None = None) -> PointsText:
    r"""The points of a text. `column` is a name from the header, or a number from 1.

    >>> parse_points("0.9, 0.7, 1.2").points
    (0.9, 0.7, 1.2)
    >>> parse_points("x\n0,9\n0,7")
    PointsText(points=(0.9, 0.7), notes=('Read commas as decimal commas: 0,9 as 0.9.', "Took 'x' as a header."))
    >>> parse_points("height;weight\n1.7;65\n1.8;80", column="weight").points
    (65.0, 80.0)
    >>> parse_points("0.9\nabc")
    Traceback (most recent call last):
    refgmm.errors.FileFormatError: line 2: 'abc' is not a number: correct it or remove the line
    """
    table = read_table(text)
    notes = list(table.notes)
    if len(table.rows) == 1 and table.header is None and column is None:  # points in a row
        line, row, _ = table.rows[0]
        cells = [(line, cell) for cell in row]
    else:
        index = _column_index(table, column, notes)
        cells = [(line, row[index] if index < len(row) else "") for line, row, _ in table.rows]
    return PointsText(tuple(_number(cell, line) for line, cell in cells), tuple(notes))


def _column_index(table: Table, column: str | int | None, notes: list[str]) -> int:
    """Which column holds the points, from 0."""
    names = table.names
    widest = max(len(row.cells) for row in table.rows)
    width = max(len(names), widest)
    titles = [shown(name) for name in names] + [str(k + 1) for k in range(len(names), width)]
    if column is not None:
        return _find(column, names, titles)
    if width == 1:
        return 0
    for line, row, _ in table.rows:
        if len(row) != width:
            raise _ragged(line, len(row), width)
    numeric = [k for k in range(width) if all(is_number(row.cells[k]) for row in table.rows)]
    if len(numeric) == 1:
        notes.append(f"Took column {titles[numeric[0]]}, the only one that holds numbers.")
        return numeric[0]
    if not numeric:
        raise _no_numbers(width)
    choice = listed([titles[k] for k in numeric])
    problem = f"there are {width} columns: say which one holds the points ({choice})"
    calls = _calls(names, width)
    raise ColumnChoiceError(problem, columns=[calls[k] for k in numeric])


def parse_rows(
    text: str, columns: Sequence[str | int] | None = None, missing: str = "error"
) -> RowsText:
    r"""The rows of a text, each of them one point.

    columns: names from the header or numbers from 1; None for all that hold only numbers
    missing: "error" refuses missing values (see MISSING); "keep" makes them nan

    >>> rows = parse_rows("name;height;weight\nAnn;1.7;65\nBob;1.8;80")
    >>> rows.points, rows.names
    (((1.7, 65.0), (1.8, 80.0)), ('height', 'weight'))
    >>> parse_rows("0.9, 0.7, 1.2").points
    ((0.9, 0.7, 1.2),)
    >>> parse_rows("1 2\n3 NA", missing="keep").notes
    ('Took columns 1 and 2.', 'Kept 1 missing value in 1 row.')
    >>> parse_rows("1 2\n3 NA")
    Traceback (most recent call last):
    refgmm.errors.FileFormatError: line 2, column 2: 'NA' is a missing value: fill it in, remove the line, or keep missing values with missing="keep" (--missing keep on the command line)
    """
    if missing not in ("error", "keep"):
        raise RefGMMError(f"missing must be 'error' or 'keep', got {shown(missing)}")
    layout = layout_of(text, columns)
    keep = missing == "keep"
    points = tuple(layout.point(row, keeps_missing=keep) for row in layout.table.rows)
    notes = list(layout.notes)
    if keep:
        _note_missing(points, [layout.titles[k] for k in layout.taken], notes)
    return RowsText(points, layout.names, tuple(notes))


def layout_of(text: str, columns: Sequence[str | int] | None = None) -> Layout:
    """How to read the rows of a text, and of others that go on like it."""
    table = read_table(text, lone_commas_separate=True)
    notes = list(table.notes)
    rows = _square(table)
    width = len(rows[0].cells)
    names = _calls(table.names, width)
    titles = [name if name.isdecimal() else shown(name) for name in names]
    if columns is None:
        taken = _columns_of_numbers(rows, titles, notes)
    else:
        taken = _chosen_columns(columns, table.names, titles)
    own = tuple(names[k] for k in taken)
    return Layout(table, width, tuple(taken), tuple(titles), own, tuple(notes))


def preview(text: str, most: int = 8) -> Preview:
    r"""The first rows of a text, cut into cells. FileFormatError where it can't be cut.

    >>> preview("name;height\nAnn;1,7\nBob;")
    Preview(names=('name', 'height'), rows=(('Ann', '1.7'), ('Bob', '')))
    """
    lines = text.splitlines(keepends=True)[: most + 1]
    table = read_table("".join(lines), lone_commas_separate=True)
    rows = table.rows[:most]
    width = max(len(table.names), *(len(row.cells) for row in rows))
    cells = ((*row.cells, *[""] * (width - len(row.cells))) for row in rows)
    return Preview(tuple(_calls(table.names, width)), tuple(cells))


def _square(table: Table) -> tuple[Row, ...]:
    """The rows of a table, after filling them up to a cell in every column.

    FileFormatError for a line that has fewer or more cells than most, or nothing in them.
    """
    lines = [*([table.header] if table.header else []), *table.rows]
    if table.header and MISSING.issuperset(table.names):
        raise _nothing(table.header.line)
    if table.hollow:
        raise _nothing(table.hollow)
    if len(lines) == 1 and not any(map(is_number, lines[0].cells)):
        line = lines[0].line
        problem = f"line {line} holds no number, and no line follows it: give one point a line"
        raise FileFormatError(problem, line=line)
    width = max(len(row.cells) for row in lines)
    if any(row.width < width for row in lines):
        usual = Counter(row.width for row in lines).most_common(1)[0][0]
        odd = next(row for row in lines if row.width != usual)
        raise _ragged(odd.line, odd.width, usual)
    for row in table.rows:
        row.cells.extend([""] * (width - len(row.cells)))
    return table.rows


def _columns_of_numbers(rows: Sequence[Row], titles: Sequence[str], notes: list[str]) -> list[int]:
    """The columns that hold at least one number, and no text but what spells missing."""
    if len(titles) == 1:
        return [0]
    taken, texts, hollow, example = [], [], [], ""
    for k, title in enumerate(titles):
        held = [row for row in rows if row.cells[k] not in MISSING]
        text = next((row for row in held if not is_number(row.cells[k])), None)
        if text is not None:
            texts.append(title)
            example = example or f"{shown(text.cells[k])} in line {text.line}"
        elif held:
            taken.append(k)
        else:
            hollow.append(title)
    if not taken:
        raise _no_numbers(len(titles))
    notes.append(f"Took {_columns([titles[k] for k in taken])}.")
    if texts:
        notes.append(f"Left out {_columns(texts)}: text, such as {example}.")
    if hollow:
        notes.append(f"Left out {_columns(hollow)}: no value.")
    return taken


def _chosen_columns(
    columns: Sequence[str | int], names: Sequence[str], titles: Sequence[str]
) -> list[int]:
    """The columns that were asked for, in that order, from 0."""
    if isinstance(columns, str | int):  # a name alone is a sequence, too: of letters
        columns = [columns]
    taken: list[int] = []
    for column in columns:
        same = [str(k + 1) for k, name in enumerate(names) if name == column]
        if len(same) > 1:
            problem = (
                f"{len(same)} columns are called {shown(column)}: choose by number, {listed(same)}"
            )
            raise FileFormatError(problem)
        k = _find(column, names, titles)
        if k in taken:
            raise FileFormatError(f"column {titles[k]} is chosen twice: name it once")
        taken.append(k)
    if not taken:
        raise FileFormatError(f"no column is chosen: choose from {listed(titles)}")
    return taken


def _point_of_row(row: Row, taken: Sequence[int], titles: Sequence[str], keep: bool) -> Vector:
    """The numbers in the columns taken, with nan for missing values that are kept."""
    line, cells, _ = row
    if all(cells[k] in MISSING for k in taken):
        raise _nothing(line)
    point = []
    for k in taken:
        if cells[k] not in MISSING:
            point.append(_number(cells[k], line, titles[k]))
        elif keep:
            point.append(math.nan)
        else:
            what = f"{shown(cells[k])} is a missing value" if cells[k] else "the cell is empty"
            problem = (
                f"line {line}, column {titles[k]}: {what}: fill it in, remove the line, or keep "
                'missing values with missing="keep" (--missing keep on the command line)'
            )
            raise FileFormatError(problem, line=line)
    return tuple(point)


def _note_missing(points: Matrix, titles: Sequence[str], notes: list[str]) -> None:
    """Say how many values are missing. FileFormatError where a column has no other."""
    for title, column in zip(titles, zip(*points, strict=True), strict=True):
        if all(map(math.isnan, column)):
            raise FileFormatError(f"column {title} holds no value: choose other columns")
    gaps = [sum(map(math.isnan, point)) for point in points]
    if any(gaps):
        rows = _counted(len(points) - gaps.count(0), "row")
        notes.append(f"Kept {_counted(sum(gaps), 'missing value')} in {rows}.")


def _calls(names: Sequence[str], width: int) -> list[str]:
    """What to call each column so that it is found: by its name if it has one of its own, or its number."""
    times = Counter(filter(None, names))
    numbers = [str(k + 1) for k in range(len(names), width)]
    return [name if times[name] == 1 else str(k + 1) for k, name in enumerate(names)] + numbers


def _find(column: str | int, names: Sequence[str], titles: Sequence[str]) -> int:
    """Which column is meant, from 0; by its name or its number from 1."""
    if column in names:
        return names.index(str(column))
    if str(column).isdecimal() and 1 <= int(column) <= len(titles):
        return int(column) - 1
    raise FileFormatError(f"there is no column {shown(column)}: choose one of {listed(titles)}")


def _number(cell: str, line: int, title: str = "") -> float:
    """The number in a cell. FileFormatError names the line, and the column if it has a title."""
    try:
        return validation.number(parse_number(cell), "points")
    except ValueError as error:
        place = f"line {line}, column {title}" if title else f"line {line}"
        if isinstance(error, InvalidValueError):
            raise FileFormatError(f"{place}: {error}", line=line) from error
        what = f"{shown(cell)} is not a number" if cell else "the cell is empty"
        problem = f"{place}: {what}: correct it or remove the line"
        raise FileFormatError(problem, line=line) from None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _columns(titles: Sequence[str]) -> str:
    return f"column{'' if len(titles) == 1 else 's'} {listed(titles, most=4)}"


def _ragged(line: int, have: int, others: int) -> FileFormatError:
    have_cells, remedy = _counted(have, "cell"), "give every line the same columns"
    problem = f"line {line} has {have_cells} where others have {others}: {remedy}"
    return FileFormatError(problem, line=line)


def _nothing(line: int) -> FileFormatError:
    return FileFormatError(f"line {line} holds no value: remove it", line=line)


def _no_numbers(width: int) -> FileFormatError:
    problem = f"there are {width} columns, and none of them holds only numbers: correct one"
    return FileFormatError(problem)

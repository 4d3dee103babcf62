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
from collections.abc import Iterator, Sequence

from refgmm.arithmetic import Matrix, Vector
from refgmm.cells import Row, Table, read_table, spells_number
from refgmm.columns import (
    calls,
    columns_holding_numbers,
    counted,
    find_column,
    layout_of,
    no_column_of_numbers,
    number_in,
    omit,
    ragged,
)
from refgmm.errors import ColumnChoiceError, FileFormatError, RefGMMError
from refgmm.files import name_of, read_text
from refgmm.formatting import listed
from refgmm.records import dataclass
from refgmm.validation import shown


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
    """The points of a CSV file, or of standard input where the path is "-".

    FileFormatError names the file, the line and the remedy.
    """
    with naming(path):
        return parse_points(read_text(path), column)


def read_rows(
    path: str | os.PathLike[str],
    columns: Sequence[str | int] | None = None,
    missing: str = "error",
) -> RowsText:
    """The rows of a CSV file, or of standard input where the path is "-", as parse_rows reads them.

    FileFormatError names the file, too.
    """
    with naming(path):
        return parse_rows(read_text(path), columns, missing)


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the file's name in front of errors that don't say it."""
    name = name_of(path)
    try:
        yield
    except ColumnChoiceError as error:
        raise ColumnChoiceError(f"{name}: {error}", columns=error.columns) from error
    except FileFormatError as error:
        if name in str(error):
            raise
        raise FileFormatError(f"{name}: {error}", line=error.line) from error


def parse_points(text: str, column: str | int | None = None, missing: str = "error") -> PointsText:
    r"""The points of a text. `column` is a name from the header, or a number from 1.

    missing: "error" refuses a cell without a number; "omit" leaves its row out, and says so

    >>> parse_points("0.9, 0.7, 1.2").points
    (0.9, 0.7, 1.2)
    >>> parse_points("x\n0,9\n0,7")
    PointsText(points=(0.9, 0.7), notes=('Read commas as decimal commas: 0,9 as 0.9.', "Took 'x' as a header."))
    >>> parse_points("height;weight\n1.7;65\n1.8;80", column="weight").points
    (65.0, 80.0)
    >>> parse_points("0.9\nabc", missing="omit")
    PointsText(points=(0.9,), notes=("Left out 1 of 2 rows, which lack a number there: 'abc' in line 2.",))
    >>> parse_points("0.9\nabc")
    Traceback (most recent call last):
    refgmm.errors.FileFormatError: line 2: 'abc' is not a number: correct it or remove the line
    """
    _check(missing, "error", "omit")
    table = read_table(text)
    notes = list(table.notes)
    if len(table.rows) == 1 and table.header is None and column is None:  # points in a row
        line, row, _ = table.rows[0]
        rows = [Row(line, [cell], 1) for cell in row]
    else:
        index = _column_index(table, column, notes)
        rows = [Row(line, [*row[index : index + 1], ""][:1], 1) for line, row, _ in table.rows]
    if missing == "omit":
        rows = omit(rows, [0], notes)
    return PointsText(tuple(number_in(row.cells[0], row.line) for row in rows), tuple(notes))


def _column_index(table: Table, column: str | int | None, notes: list[str]) -> int:
    """Which column holds the points, from 0."""
    names = table.names
    widest = max(len(row.cells) for row in table.rows)
    width = max(len(names), widest)
    titles = [shown(name) for name in names] + [str(k + 1) for k in range(len(names), width)]
    if column is not None:
        return find_column(column, names, titles)
    if width == 1:
        return 0
    for row in table.rows:
        if row.width < width:
            raise ragged(row.line, row.width, width)
        row.cells.extend([""] * (width - len(row.cells)))
    holding = columns_holding_numbers(table.rows)
    whole = [k for k in holding if all(spells_number(row.cells[k]) for row in table.rows)]
    if not whole:
        raise no_column_of_numbers(table.rows, calls(names, width), titles)
    if len(holding) == 1:
        notes.append(f"Took column {titles[whole[0]]}, the only one that holds numbers.")
        return whole[0]
    choice = listed([titles[k] for k in holding])
    problem = f"there are {width} columns: say which one holds the points ({choice})"
    raise ColumnChoiceError(problem, columns=[calls(names, width)[k] for k in holding])


def parse_rows(
    text: str, columns: Sequence[str | int] | None = None, missing: str = "error"
) -> RowsText:
    r"""The rows of a text, each of them one point.

    columns: names from the header or numbers from 1; None for all that hold only numbers
    missing: "error" refuses missing values (see MISSING); "keep" makes them nan; "omit" leaves out the
        rows that lack a number in a column taken, be it for a missing value or a word

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
    _check(missing, "error", "keep", "omit")
    layout = layout_of(text, columns)
    keep, rows, notes = missing == "keep", layout.table.rows, list(layout.notes)
    if missing == "omit":
        rows = tuple(omit(rows, layout.taken, notes))
    points = tuple(layout.point(row, keeps_missing=keep) for row in rows)
    if keep:
        _note_missing(points, [layout.titles[k] for k in layout.taken], notes)
    return RowsText(points, layout.names, tuple(notes))


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
    return Preview(tuple(calls(table.names, width)), tuple(cells))


def _check(missing: str, *choices: str) -> None:
    if missing not in choices:
        known = listed(list(map(repr, choices)))
        raise RefGMMError(f"missing must be one of {known}, got {shown(missing)}")


def _note_missing(points: Matrix, titles: Sequence[str], notes: list[str]) -> None:
    """Say how many values are missing. FileFormatError where a column has no other."""
    for title, column in zip(titles, zip(*points, strict=True), strict=True):
        if all(map(math.isnan, column)):
            raise FileFormatError(f"column {title} holds no value: choose other columns")
    gaps = [sum(map(math.isnan, point)) for point in points]
    if any(gaps):
        rows = counted(len(points) - gaps.count(0), "row")
        notes.append(f"Kept {counted(sum(gaps), 'missing value')} in {rows}.")

"""Text cut into cells: what separates two, what is a header, what is a number.

Recognised, and said in the notes of the result wherever it was a guess:

    separators       comma, semicolon, tab or blanks
    decimal comma    0,9 for 0.9, where commas can't be separators
    a header         a first line that holds no number

Refused, with what to write: points or commas between thousands, 1.234,5 and 1,234.5, and percent, 50%.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from refgmm.arguments import check_kind
from refgmm.errors import FileFormatError
from refgmm.formatting import listed
from refgmm.records import dataclass
from refgmm.validation import cut, shown

# As text: compiled where one is first looked for.
_DECIMAL_COMMA = r"[+\-\N{MINUS SIGN}]?\d*,\d+(?:[eE][+-]?\d+)?%?"
_THREE_DIGITS = r"[+\-\N{MINUS SIGN}]?[1-9]\d{0,2},\d{3}"  # 1,500: 1.5 or 1500?
_PERCENT = r"([+\-\N{MINUS SIGN}]?\d+(?:[.,]\d+)?)\s*%"
_THOUSANDS = (
    r"[+\-\N{MINUS SIGN}]?[1-9]\d{0,2}"
    r"(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+|(?:\.\d{3}){2,}|(?:,\d{3}){2,})"
)

BLANKS = " "  # as a separator: one or more


class Row(NamedTuple):
    """One line of a table."""

    line: int  # counted from 1
    cells: list[str]  # without blanks around them, up to the last that isn't empty
    width: int  # how many cells the line has, with the empty ones at its end


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a text, and what was assumed in cutting it."""

    header: Row | None
    rows: tuple[Row, ...]  # at least one; each holds something
    hollow: int | None  # the first line that holds separators and nothing else
    separator: str
    has_decimal_commas: bool
    notes: tuple[str, ...]  # whole sentences

    @property
    def names(self) -> list[str]:
        """The names in the header; none without a header."""
        return self.header.cells if self.header else []


def read_table(text: str, *, lone_commas_separate: bool = False) -> Table:
    r"""The cells of a text, with decimal points, and the header apart.

    lone_commas_separate: whether "1,2" on a line of its own is two cells; else it is 1.2

    >>> read_table("x;y\n0,9;").rows, read_table("x;y\n0,9;").names
    ((Row(line=2, cells=['0.9'], width=2),), ['x', 'y'])
    """
    check_kind(text, str, "text", "decode bytes, and read a file with read_points or read_rows")
    notes: list[str] = []
    lines = text.splitlines(keepends=True)  # a quoted cell may hold a line end
    separator = _separator(text, lines, lone_commas_separate)
    every = list(_rows(lines, separator))
    rows = [row for row in every if row.cells]
    if separator == "," and any(len(row.cells) > 1 for row in rows):
        notes.append("Took commas as separators.")
    if not rows:
        raise FileFormatError("there are no points in the text: give one number a line")
    has_decimal_commas = read_decimal_commas(rows, notes)
    header = _take_header(rows, separator, notes)
    hollow = (row.line for row in every if not row.cells and lines[row.line - 1].strip())
    first = next(hollow, None)
    return Table(header, tuple(rows), first, separator, has_decimal_commas, tuple(notes))


def parse_number(text: str) -> float:
    """The number that a text spells; inf where it is too large for a double.

    ValueError where it spells none. Unlike float(), takes no nan, no inf, no 1_000.

    >>> parse_number(" 2.50 "), parse_number("\N{MINUS SIGN}1e-3")
    (2.5, -0.001)
    """
    token = text.strip().replace("\N{MINUS SIGN}", "-")
    result = float(token)
    if "_" in token or (not math.isfinite(result) and "n" in token.lower()):
        raise ValueError(f"not a number: {shown(text)}")
    return result


def is_number(cell: str) -> bool:
    """Whether a cell spells a number."""
    try:
        parse_number(cell)
    except ValueError:
        return False
    return True


def rewritten(cell: str) -> str:
    """How to write a number of percent, or with points or commas between its thousands; else empty.

    >>> rewritten("1.234,5"), rewritten("1,234,567"), rewritten("12,5%"), rewritten("1.234")
    ('1234.5', '1234567', '0.125', '')
    """
    if percent := re.fullmatch(_PERCENT, cell):
        return f"{parse_number(percent[1].replace(',', '.')) / 100:.15g}"
    if not re.fullmatch(_THOUSANDS, cell):
        return ""
    between = next(mark for mark in cell if mark in ".,")
    return cell.replace(between, "").replace(",", ".")


def ways_to_write(cell: str) -> tuple[str, ...]:
    """What a text alone in its cell may mean that is no number because of how it is written.

    >>> ways_to_write("0,9"), ways_to_write("1,500"), ways_to_write("50%"), ways_to_write("x")
    (('0.9',), ('1500', '1.500'), ('0.5',), ())
    """
    if plain := rewritten(cell):
        return (plain,)
    if not re.fullmatch(_DECIMAL_COMMA, cell):
        return ()
    decimal = cell.replace(",", ".")
    return (cell.replace(",", ""), decimal) if re.fullmatch(_THREE_DIGITS, cell) else (decimal,)


def spells_number(cell: str) -> bool:
    """Whether a cell spells a number, be it one to be written in another way."""
    return is_number(cell) or bool(rewritten(cell))


def _rows(lines: Sequence[str], separator: str) -> Iterator[Row]:
    """The cells of each line, which may be none."""
    return itertools.starmap(row_of, _split(lines, separator))


def row_of(line: int, written: Sequence[str]) -> Row:
    """A row from the cells of a line as they stand there."""
    cells = [cell.strip() for cell in written]
    while cells and not cells[-1]:
        cells.pop()
    return Row(line, cells, len(written))


def _split(lines: Sequence[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number, and its cells as they stand there."""
    if separator == BLANKS:
        lines = [line.strip() for line in lines]
        if not any('"' in line for line in lines):
            yield from ((number, line.split()) for number, line in enumerate(lines, start=1))
            return
    import csv

    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        line = reader.line_num
        problem = f"line {line} can't be split into cells ({error}): is this a CSV file?"
        raise FileFormatError(problem, line=line) from error


def _separator(text: str, lines: Sequence[str], lone_commas_separate: bool) -> str:
    """What stands between two cells."""
    for separator in ";\t":
        if separator in text:
            return separator
    if "," not in text:
        return BLANKS
    _refuse_one_or_two(lines)
    if lone_commas_separate and all(len(line.split()) <= 1 for line in lines):
        return ","
    return BLANKS if _commas_are_decimal(lines) else ","


def _refuse_one_or_two(lines: Sequence[str]) -> None:
    """FileFormatError where 1.234,5 may be 1234.5 or two numbers, and nothing tells which."""
    tokens = ((k, t) for k, line in enumerate(lines, start=1) for t in line.split() if "," in t)
    first = None
    for line, token in tokens:
        plain = rewritten(token)
        if not plain and not re.fullmatch(_DECIMAL_COMMA, token):
            return  # a header, or rows that are no single numbers: commas separate
        if plain and "." in token:
            first = first or (line, token, plain)
    if first is not None:
        line, token, plain = first
        problem = (
            f"line {line}: {cut(token)} may be one number or several: write {plain} for one, "
            "or put semicolons between several"
        )
        raise FileFormatError(problem, line=line)


def _commas_are_decimal(lines: Sequence[str]) -> bool:
    """Whether every comma stands alone inside a number, between digits.

    A text such as "1,2", one comma and nothing else, is read so too, unless lone commas are said
    to separate: hence the note.
    """
    return all(
        re.fullmatch(_DECIMAL_COMMA, token)
        for line in lines
        if "," in line
        for token in line.split()
        if "," in token
    )


def read_decimal_commas(rows: list[Row], notes: list[str], *, are_decimal: bool = False) -> bool:
    """Replace decimal commas by points, where there are any; refuse a mixture of both.

    are_decimal: whether rows before these had decimal commas
    """
    first_comma = first_point = None
    for line, cells, _ in rows:
        for k, cell in enumerate(cells):
            if "," in cell and re.fullmatch(_DECIMAL_COMMA, cell):
                first_comma = first_comma or (line, cell)
                cells[k] = cell.replace(",", ".")
            elif first_point is None and "." in cell and is_number(cell):
                first_point = (line, cell)
    if first_point is not None and are_decimal:
        line, cell = first_point
        problem = (
            f"line {line} has a decimal point ({cut(cell)}), and lines before it have decimal commas: "
            "use one of them throughout"
        )
        raise FileFormatError(problem, line=line)
    if first_comma is None:
        return False
    line, cell = first_comma
    if first_point is not None:
        problem = (
            f"line {line} has a decimal comma ({cut(cell)}) and line {first_point[0]} a decimal "
            f"point ({cut(first_point[1])}): use one of them throughout"
        )
        raise FileFormatError(problem, line=line)
    notes.append(f"Read commas as decimal commas: {cut(cell)} as {cut(cell.replace(',', '.'))}.")
    return True


def _take_header(rows: list[Row], separator: str, notes: list[str]) -> Row | None:
    """Remove the first row where none of its cells spells a number, and return it."""
    if len(rows) == 1 or any(map(spells_number, rows[0].cells)):
        return None
    header = rows.pop(0)
    if separator == BLANKS and len(rows[0].cells) == 1:  # "waiting time" over a single column
        header = Row(header.line, [" ".join(header.cells)], 1)
    notes.append(f"Took {listed(list(map(shown, header.cells)))} as a header.")
    return header

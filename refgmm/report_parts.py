"""What a report is made of: headings, paragraphs, formulas, tables and pictures, as values.

A report is described once, as a tuple of blocks; refgmm.report_markdown, report_latex, report_html
and report_csv write it down. Its numbers are Refs, which know their cell: so HTML can link them, and
LaTeX can give them their component's colour.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from refgmm.explanation import Derivation
from refgmm.figure_parts import Figure
from refgmm.formatting import letters
from refgmm.notation import Expr, Line, Ref, Vector
from refgmm.records import dataclass, replace
from refgmm.rendering import SYMBOLS, Notation, Shown
from refgmm.typesetting import TEXT

LONGEST_ROW = 84
"""Letters of an equation on one row, as text; a longer one takes a row for each side."""


_HEAD = 0.8
"""The width of a letter of a table's head, of which many stand below the line, to that of a digit."""


class Row(NamedTuple):
    """A row of an equation, written: left, then signs with what follows each."""

    left: str
    rights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """Formulas that are equal to each other: symbol = formula = numbers = result.

    sides: each with how it is shown; one alone is a formula without an equals sign
    is_marked: whether the numbers as shown would give another last digit, which a star says
    signs: before each side but the first; equals signs where not given
    """

    sides: tuple[tuple[Expr, Shown], ...]
    is_marked: bool = False
    signs: tuple[str, ...] = ()

    def written(self, notation: Notation) -> Row:
        """On one row; what would stand there twice, once.

        >>> from refgmm.notation import Constant
        >>> formula(Constant(2.0), Constant(2.0), Constant(3.0)).written(TEXT)
        Row(left='2', rights=(('=', '3'),))
        """
        signs = self.signs or ("=",) * (len(self.sides) - 1)
        left, *others = (notation.show(expr, shown) for expr, shown in self.sides)
        seen, rights = {left}, []
        for sign, side in zip(signs, others, strict=True):
            if side not in seen or sign != "=":
                rights.append((sign, side))
            seen.add(side)
        return Row(left, tuple(rights))

    def rows(self, notation: Notation) -> list[Row]:
        """In rows that are short enough: where one isn't, a row for each side."""
        left, rights = self.written(notation)
        text = self.written(TEXT)
        length = len(text.left) + sum(len(side) + 3 for _, side in text.rights)
        if length <= LONGEST_ROW or not rights:
            return [Row(left, rights)]
        return [Row("" if number else left, (right,)) for number, right in enumerate(rights)]


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is the title of the report."""

    level: int
    text: str


Sentence: TypeAlias = tuple[str | Equation, ...]
"""Words, with formulas between them."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. An aside is set smaller: sources, whose authors and titles have one language."""

    parts: Sentence
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Display:
    """Equations below each other, their first equals signs in line."""

    equations: tuple[Equation, ...]


Entry: TypeAlias = str | Expr
"""What stands in a cell of a table: a number, a symbol, or words."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    head: above it, a symbol or words
    name: in a CSV file, in ASCII
    decimals: of its numbers; None: as the report has them
    """

    head: Entry
    name: str
    decimals: int | None = None

    def shown(self, usual: Shown) -> Shown:
        """How its numbers are shown."""
        return usual if self.decimals is None else replace(usual, decimals=self.decimals)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below their heads.

    name: of its CSV file
    lead: how many columns on the left say what row it is
    footers: how many rows at the end are set apart: sums, and what they give
    number: in the order of the report, from 1
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    lead: int = 1
    footers: int = 0
    number: int = 0

    def refs(self) -> Iterator[Ref]:
        """Its numbers, row by row."""
        return (entry for row in self.rows for entry in row if isinstance(entry, Ref))

    def parts(self, width: int, usual: Shown) -> Iterator["Table"]:
        """The table cut into tables of at most so many letters, each with the lead columns.

        A column that is wider than what is left stands there alone.
        """
        widths = [self._width(index, usual) for index in range(len(self.columns))]
        left = width - sum(widths[: self.lead])
        chosen: list[int] = []
        for index in range(self.lead, len(self.columns)):
            if chosen and sum(widths[i] for i in chosen) + widths[index] > left:
                yield self._with_columns(chosen)
                chosen = []
            chosen.append(index)
        yield self._with_columns(chosen)

    def _width(self, index: int, usual: Shown) -> int:
        """Letters of a column, with the gap to the next."""
        column = self.columns[index]
        cells = (entry_text(row[index], TEXT, column.shown(usual)) for row in self.rows)
        head = math.ceil(_HEAD * letters(entry_text(column.head, TEXT)))
        return max(head, *map(letters, cells)) + 2

    def _with_columns(self, chosen: Sequence[int]) -> "Table":
        """Lead and chosen columns; footers that have nothing in these are left out."""
        indices = [*range(self.lead), *chosen]
        rows = [tuple(row[index] for index in indices) for row in self.rows]
        split = len(rows) - self.footers
        footers = [row for row in rows[split:] if any(row[self.lead :])]
        return replace(
            self,
            columns=tuple(self.columns[index] for index in indices),
            rows=(*rows[:split], *footers),
            footers=len(footers),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot. name: of its file, where it is one of its own."""

    name: str
    figure: Figure
    caption: str
    number: int = 0


Block: TypeAlias = Heading | Paragraph | Bullets | Display | Table | Picture


def entry_text(entry: Entry, notation: Notation, shown: Shown = SYMBOLS) -> str:
    """What stands in a cell of a table: words as they are, a number, or a symbol."""
    if isinstance(entry, str):
        return entry
    return notation.show(entry, shown if isinstance(entry, Ref) else SYMBOLS)


def paragraph(*parts: str | Equation, is_aside: bool = False) -> Paragraph:
    """A paragraph of these parts."""
    return Paragraph(parts, is_aside)


def formula(*sides: Expr) -> Equation:
    """Sides that are equal, in symbols."""
    return Equation(tuple((side, SYMBOLS) for side in sides))


def worked(derivation: Derivation, shown: Shown, with_formula: bool = False) -> list[Equation]:
    """A derivation line by line: symbol = numbers = result.

    with_formula: symbol = formula = numbers = result, the textbook's form first where there is one
    """
    equations = []
    lines = derivation.lines_as(shown)
    for line in lines:
        is_own = line is lines[-1]
        sides = [(line.symbol, SYMBOLS)]
        if with_formula and line.textbook is not None:
            sides.append((line.textbook, SYMBOLS))
        if with_formula:
            sides.append((line.formula, SYMBOLS))
        sides += [(line.formula, shown), (_result(line, derivation, is_own), shown)]
        is_marked = is_own and bool(derivation.note(shown.decimals or 0, unfolded=shown.unfolded))
        equations.append(Equation(tuple(sides), is_marked))
    return equations


def _result(line: Line, derivation: Derivation, is_own: bool) -> Expr:
    """A line's value; that of the last line is the number of the derivation's cell."""
    if isinstance(line.value, tuple):
        return Vector(line.symbol, tuple(Ref(line.symbol, value) for value in line.value))
    return Ref(line.symbol, line.value, derivation.cell if is_own else None)

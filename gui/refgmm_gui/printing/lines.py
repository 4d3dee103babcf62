"""The blocks of a report (refgmm.report_parts) as lines, which no page break parts."""

import re
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from refgmm.figure_svg import svg
from refgmm.formatting import letters
from refgmm.notation import Expr, Ref
from refgmm.plot_style import MUTED, TEXT
from refgmm.records import dataclass, replace
from refgmm.rendering import Shown
from refgmm.report_mathematics import SIGNS, one_row
from refgmm.report_parts import (
    Block,
    Bullets,
    Column,
    Display,
    Entry,
    Equation,
    Heading,
    Paragraph,
    Picture,
    Row,
    Sentence,
    Table,
    entry_text,
)
from refgmm.translation import ENGLISH, Translation
from refgmm.typesetting import TEXT as AS_TEXT
from refgmm_gui.formulas.formula import parts
from refgmm_gui.printing.boxes import Box, Typist, beside, colour_in_table, latex, wrapped

_BODY, _SMALL, _TABLE = 14.5, 12.5, 13.0  # sizes of letters, in pixels
_HEADINGS = {1: 25.0, 2: 20.0, 3: 17.0, 4: 15.0}
_LEADING = 6.0  # between the lines of a paragraph
_INDENT = 18.0  # of a list, and of a formula
_WIDEST_TABLE = 106  # letters; see Table.parts
_CELL = 7.0  # on both sides of a cell
_ROW = 5.0  # above and below the letters of a table's row, together
_SHORT_TABLE = 14  # rows that stand together on one page
_SHORT_DISPLAY = 4  # equations that do


@dataclass(frozen=True, slots=True)
class Line:
    """What stands beside each other over the width of the page.

    space: above it, where it doesn't begin a page
    keeps: whether it stands on the same page as the next one
    head: what stands above it where it begins a page: the head of its table
    """

    height: float
    paint: Callable[[QPainter, float, float], None]  # painter, left, top
    space: float = 0.0
    keeps: bool = False
    head: "Line | None" = None


class Printer:
    """Makes lines of blocks, for a text of that width."""

    def __init__(
        self, typist: Typist, shown: Shown, width: float, translation: Translation = ENGLISH
    ) -> None:
        self._typist, self._shown, self._width = typist, shown, width
        self._say = translation.say

    def lines(self, blocks: Sequence[Block]) -> Iterator[list[Line]]:
        """Of each block. Formulas and tables stay with the words before them; tables have air below."""
        for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
            made = list(_MAKERS[type(block)](self, block))
            if made and isinstance(block, Paragraph) and isinstance(after, Display | Table):
                made[-1] = replace(made[-1], keeps=True)
            if made and isinstance(before, Table | Picture):
                made[0] = replace(made[0], space=max(made[0].space, 2.5 * _LEADING))
            yield made

    # Words

    def _heading(self, heading: Heading) -> Iterator[Line]:
        size = _HEADINGS[heading.level]
        chunks = list(self._chunks((heading.text,), size, TEXT, is_bold=True))
        for number, line in enumerate(wrapped(chunks, self._width, self._typist.space(size))):
            space = _LEADING if number else 1.2 * size
            yield replace(self._line(line, size), space=space, keeps=True)

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Line]:
        size, colour = (_SMALL, MUTED) if paragraph.is_aside else (_BODY, TEXT)
        yield from self._sentence(paragraph.parts, size, colour)

    def _bullets(self, bullets: Bullets) -> Iterator[Line]:
        for item in bullets.items:
            for number, line in enumerate(self._sentence(item, _BODY, TEXT, _INDENT)):
                mark = self._typist.words("•" if number == 0 else "", _BODY)
                yield replace(line, paint=_marked(line, mark))

    def _sentence(
        self, sentence: Sentence, size: float, colour: str, indent: float = 0.0
    ) -> Iterator[Line]:
        chunks = list(self._chunks(sentence, size, colour))
        rows = list(wrapped(chunks, self._width - indent, self._typist.space(size)))
        last = len(rows) - 1
        for number, row in enumerate(rows):
            space = _LEADING if number else 1.6 * _LEADING
            keeps = number in (0, last - 1) and number < last  # no line of it alone on a page
            yield replace(self._line(row, size, indent), space=space, keeps=keeps)

    def _chunks(
        self, sentence: Sentence, size: float, colour: str, is_bold: bool = False
    ) -> Iterator[Box]:
        """What no end of a line parts: words, Chinese letters, formulas, a formula with a comma."""
        chunk: list[Box] = []
        last, joins = "", False
        for part in sentence:
            pieces = _PIECES.findall(part) if isinstance(part, str) else [part]
            for piece in pieces:
                first = piece[0] if isinstance(piece, str) else ""
                is_blank = first == " "
                if chunk and (is_blank or may_part(last, first)):
                    yield replace(beside(chunk), joins=joins)
                    chunk, joins = [], not is_blank
                if isinstance(piece, Equation):
                    text = one_row_of_text(piece.written(AS_TEXT))
                    chunk.append(self._typist.formula(one_row(piece.written(latex())), text, size))
                    last = ""
                elif not is_blank:
                    chunk.append(self._typist.words(piece, size, colour, is_bold))
                    last = piece[-1]
                else:
                    last, joins = "", False
        if chunk:
            yield replace(beside(chunk), joins=joins)

    def _line(self, boxes: Sequence[Box], size: float, indent: float = 0.0) -> Line:
        """Boxes with blanks between them."""
        box = beside(boxes, self._typist.space(size))
        ascent, descent = max(box.ascent, 0.8 * size), max(box.descent, 0.25 * size)
        return Line(
            ascent + descent,
            lambda painter, x, y: box.paint(painter, x + indent, y + ascent),
        )

    # Formulas

    def _display(self, display: Display) -> Iterator[Line]:
        """Equations below each other; one that is too long goes on below its first sign."""
        notation = latex()
        equations = [
            list(zip(equation.rows(notation), equation.rows(AS_TEXT), strict=True))
            for equation in display.equations
        ]
        lefts = [
            [
                self._typist.formula(row.left, text.left, _BODY) if row.left else None
                for row, text in rows
            ]
            for rows in equations
        ]
        room = self._width - 2 * _INDENT
        widths = [box.width for boxes in lefts for box in boxes if box is not None]
        sign = min(max(widths, default=0.0), 0.4 * room)  # where the signs stand in line
        for equation, rows, boxes in zip(display.equations, equations, lefts, strict=True):
            lines: list[Line] = []
            for (row, text), left in zip(rows, boxes, strict=True):
                is_last = row is rows[-1][0]
                lines += self._row(row, text, left, sign, equation.is_marked and is_last)
            is_last = equation is display.equations[-1]
            is_short = len(equations) <= _SHORT_DISPLAY and not is_last
            for number, line in enumerate(lines):
                keeps = number < len(lines) - 1 or is_short
                yield replace(line, space=0.9 * _LEADING, keeps=keeps)

    def _row(
        self, row: Row, text: Row, left: Box | None, sign: float, is_marked: bool
    ) -> Iterator[Line]:
        """left = side = side, on one line or more."""
        room = self._width - 2 * _INDENT - sign
        pieces: list[Box] = []
        for (relation, side), (_, side_text) in zip(row.rights, text.rights, strict=True):
            whole = self._typist.formula(
                rf"{{}} {SIGNS[relation]} {side}", f" {relation} {side_text}", _BODY
            )
            if whole.width <= room:
                pieces.append(whole)
            else:
                tex, words = parts(side, relation), side_text
                pieces += [
                    self._typist.formula(part, f" {relation} {words}", _BODY) for part in tex
                ]
        if is_marked:
            pieces.append(self._typist.words(" *", _BODY))
        if left is not None and left.width > sign:  # too long to stand before its sign
            yield self._formula_line(left.within(self._width - 2 * _INDENT), None, 0.0)
            left = None
        rows = list(wrapped(pieces, room, 0.0)) or [[]]
        for number, boxes in enumerate(rows):
            yield self._formula_line(left if number == 0 else None, beside(boxes), sign)

    def _formula_line(self, left: Box | None, right: Box | None, sign: float) -> Line:
        boxes = [box for box in (left, right) if box is not None]
        ascent = max([0.8 * _BODY, *(box.ascent for box in boxes)])
        descent = max([0.25 * _BODY, *(box.descent for box in boxes)])

        def paint(painter: QPainter, x: float, y: float) -> None:
            base = y + ascent
            if left is not None:
                left.paint(painter, x + _INDENT + max(sign - left.width, 0.0), base)
            if right is not None:
                right.paint(painter, x + _INDENT + sign, base)

        return Line(ascent + descent, paint)

    # Tables

    def _table(self, table: Table) -> Iterator[Line]:
        """Cut into several where it is too wide; the head again on each page."""
        for number, part in enumerate(table.parts(_WIDEST_TABLE, self._shown)):
            caption = self._say(f"{part.caption}, continued") if number else part.caption
            yield from self._caption(
                self._say(f"Table {part.number}."), caption, 2.2 * _LEADING, True
            )
            yield from self._rows(part)

    def _caption(self, label: str, caption: str, space: float, keeps: bool) -> Iterator[Line]:
        chunks = [
            self._typist.words(label, _SMALL, MUTED, is_bold=True),
            *self._chunks((caption,), _SMALL, MUTED),
        ]
        rows = list(wrapped(chunks, self._width, self._typist.space(_SMALL)))
        for number, row in enumerate(rows):
            width = beside(row, self._typist.space(_SMALL)).width
            line = self._line(row, _SMALL, indent=(self._width - width) / 2)
            is_last = number == len(rows) - 1
            above = space if number == 0 else 0.6 * _LEADING
            yield replace(line, space=above, keeps=keeps or not is_last)

    def _rows(self, table: Table) -> Iterator[Line]:
        heads = [self._head(column) for column in table.columns]
        cells = [
            [self._cell(entry, column) for entry, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        widths = [
            max(box.width for box in column) + 2 * _CELL
            for column in zip(heads, *cells, strict=True)
        ]
        fit = min(1.0, self._width / sum(widths))
        left = (self._width - fit * sum(widths)) / 2
        edges = [left + fit * sum(widths[:index]) for index in range(len(widths) + 1)]

        def line(boxes: Sequence[Box], above: float, below: float) -> Line:
            return _table_row([box.scaled(fit) for box in boxes], edges, fit, (above, below))

        head = replace(line(heads, 1.4, 0.8), space=_LEADING, keeps=True)
        yield head
        first_footer, last = len(cells) - table.footers, len(cells) - 1
        is_short = len(cells) <= _SHORT_TABLE
        for number, row in enumerate(cells):
            above = 0.8 if number == first_footer and number else 0.0
            below = 1.4 if number == last else 0.0
            keeps = number < last and (is_short or number == 0 or number >= last - 1)
            yield replace(line(row, above, below), keeps=keeps, head=head)

    def _head(self, column: Column) -> Box:
        if isinstance(column.head, str):
            return self._typist.words(column.head, _TABLE)
        return self._symbol(column.head)

    def _symbol(self, expr: Expr) -> Box:
        return self._typist.formula(entry_text(expr, latex()), entry_text(expr, AS_TEXT), _TABLE)

    def _cell(self, entry: Entry, column: Column) -> Box:
        """Numbers as text, which can be copied; symbols as formulas."""
        if isinstance(entry, str | Ref):
            text = entry_text(entry, AS_TEXT, column.shown(self._shown))
            colour = colour_in_table(entry) if isinstance(entry, Ref) else TEXT
            return self._typist.words(text, _TABLE, colour)
        return self._symbol(entry)

    # Pictures

    def _picture(self, picture: Picture) -> Iterator[Line]:
        renderer = QSvgRenderer(svg(picture.figure).encode())
        size = renderer.viewBoxF().size()
        factor = min(1.0, self._width / size.width())
        width, height = factor * size.width(), factor * size.height()
        left = (self._width - width) / 2
        yield Line(
            height,
            lambda painter, x, y: renderer.render(painter, QRectF(x + left, y, width, height)),
            space=2 * _LEADING,
            keeps=True,
        )
        yield from self._caption(
            self._say(f"Figure {picture.number}."), picture.caption, _LEADING, False
        )


_PIECES = re.compile(r" |[^ \u2e80-\u9fff\uff00-\uffef]+|[\u2e80-\u9fff\uff00-\uffef]")
"""A blank, letters up to a blank or a Chinese sign, or one such sign."""

_NOT_FIRST, _NOT_LAST = "。，、；：？！）」』》", "（「『《"
"""Signs that begin or end no line."""


def may_part(last: str, first: str) -> bool:
    """Whether a line may end between these signs, "" for a formula: beside Chinese ones.

    >>> may_part("除", "以"), may_part("數", "。"), may_part("a", "b"), may_part("以", "")
    (True, False, False, True)
    """
    is_chinese = letters(last + first) > len(last + first)
    is_kept = (first != "" and first in _NOT_FIRST) or (last != "" and last in _NOT_LAST)
    return is_chinese and not is_kept


def one_row_of_text(row: Row) -> str:
    """left = side = side."""
    return row.left + "".join(f" {sign} {side}" for sign, side in row.rights)


def _marked(line: Line, mark: Box) -> Callable[[QPainter, float, float], None]:
    """The line with a mark on its left."""

    def paint(painter: QPainter, x: float, y: float) -> None:
        mark.paint(painter, x + 4, y + 0.8 * _BODY)
        line.paint(painter, x, y)

    return paint


def _table_row(
    boxes: Sequence[Box], edges: Sequence[float], fit: float, rules: tuple[float, float]
) -> Line:
    """Boxes on the right between two edges each, with rules so thick above and below."""
    ascent = max(box.ascent for box in boxes) + fit * _ROW / 2
    descent = max(box.descent for box in boxes) + fit * _ROW / 2

    def paint(painter: QPainter, x: float, y: float) -> None:
        for box, edge in zip(boxes, edges[1:], strict=True):
            box.paint(painter, x + edge - fit * _CELL - box.width, y + ascent)
        for thickness, height in zip(rules, (y, y + ascent + descent), strict=True):
            if thickness:
                painter.setPen(QPen(QColor(TEXT), thickness))
                painter.drawLine(QLineF(x + edges[0], height, x + edges[-1], height))

    return Line(ascent + descent, paint)


_MAKERS: dict[type, Callable[..., Iterator[Line]]] = {
    Heading: Printer._heading,
    Paragraph: Printer._paragraph,
    Bullets: Printer._bullets,
    Display: Printer._display,
    Table: Printer._table,
    Picture: Printer._picture,
}

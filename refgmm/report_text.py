"""A report, or a part of one, as plain text for a terminal. Pictures are left out."""

import textwrap
from collections.abc import Callable, Iterable

from refgmm import text_table
from refgmm.formatting import letters
from refgmm.rendering import SYMBOLS, Shown
from refgmm.report_parts import (
    Block,
    Bullets,
    Display,
    Heading,
    Paragraph,
    Picture,
    Row,
    Sentence,
    Table,
    entry_text,
)
from refgmm.translation import ENGLISH, Translation
from refgmm.typesetting import TEXT

WIDTH = 88
_RULES = {1: "=", 2: "-"}


def written(blocks: Iterable[Block], shown: Shown, translation: Translation = ENGLISH) -> str:
    """The text; a blank line between blocks."""
    parts = (
        _WRITERS[type(block)](block, shown, translation)
        for block in blocks
        if not isinstance(block, Picture)
    )
    return "\n\n".join(parts) + "\n"


def _heading(heading: Heading, shown: Shown, translation: Translation) -> str:
    rule = _RULES.get(heading.level, "")
    return f"{heading.text}\n{rule * letters(heading.text)}".rstrip()


def _paragraph(paragraph: Paragraph, shown: Shown, translation: Translation) -> str:
    return textwrap.fill(_sentence(paragraph.parts), WIDTH)


def _bullets(bullets: Bullets, shown: Shown, translation: Translation) -> str:
    return "\n".join(
        textwrap.fill(_sentence(item), WIDTH, initial_indent="- ", subsequent_indent="  ")
        for item in bullets.items
    )


def _sentence(parts: Sentence) -> str:
    return "".join(
        part if isinstance(part, str) else _row(part.written(TEXT)).strip() for part in parts
    )


def _row(row: Row, margin: int = 0) -> str:
    return row.left.rjust(margin) + "".join(f" {sign} {side}" for sign, side in row.rights)


def _display(display: Display, shown: Shown, translation: Translation) -> str:
    """Indented, the first signs below each other, a star behind what is marked."""
    rows = []
    for equation in display.equations:
        *others, last = equation.rows(TEXT)
        rows += [(row, False) for row in others] + [(last, equation.is_marked)]
    margin = max(len(row.left) for row, _ in rows)
    return "\n".join(f"    {_row(row, margin)}{' *' * is_marked}" for row, is_marked in rows)


def _table(table: Table, shown: Shown, translation: Translation) -> str:
    heads = [entry_text(column.head, TEXT, SYMBOLS) for column in table.columns]
    rows = [
        [
            entry_text(entry, TEXT, column.shown(shown))
            for entry, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    rules = [1, 1 + len(rows) - table.footers] if table.footers else [1]
    number = f"{translation.say(f'Table {table.number}.')} " if table.number else ""
    return f"{number}{table.caption}\n\n{text_table.plain([heads, *rows], rules)}"


_WRITERS: dict[type, Callable[..., str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Display: _display,
    Table: _table,
}

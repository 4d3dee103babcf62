"""A report as GitHub's Markdown: formulas between dollar signs, pictures as files beside it."""

import re
from collections.abc import Callable, Sequence

from refgmm import text_table
from refgmm.notation import Ref
from refgmm.rendering import Shown
from refgmm.report_parts import (
    Block,
    Bullets,
    Display,
    Entry,
    Equation,
    Heading,
    Paragraph,
    Picture,
    Sentence,
    Table,
    entry_text,
)
from refgmm.typesetting import LATEX, TEXT

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|#~&])")


def written(blocks: Sequence[Block], shown: Shown, picture_prefix: str | None = None) -> str:
    """The text of the file. picture_prefix: of the pictures' files; None: without pictures."""
    parts = []
    for block in blocks:
        if isinstance(block, Picture):
            if picture_prefix is not None:
                parts.append(_picture(block, picture_prefix))
        else:
            parts.append(_WRITERS[type(block)](block, shown))
    return "\n\n".join(parts) + "\n"


def file_of(picture: Picture, prefix: str) -> str:
    """The name of a picture's file.

    It must have no blanks: Markdown would end the link there.
    """
    return f"{prefix}{picture.name}.svg"


def _heading(heading: Heading, shown: Shown) -> str:
    return f"{'#' * heading.level} {_escaped(heading.text)}"


def _paragraph(paragraph: Paragraph, shown: Shown) -> str:
    return _sentence(paragraph.parts)


def _bullets(bullets: Bullets, shown: Shown) -> str:
    return "\n".join(f"- {_sentence(item)}" for item in bullets.items)


def _sentence(parts: Sentence) -> str:
    return "".join(
        _escaped(part) if isinstance(part, str) else f"${' = '.join(part.written(LATEX))}$"
        for part in parts
    )


def _display(display: Display, shown: Shown) -> str:
    lines = (_line(row) for equation in display.equations for row in _rows(equation))
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"


def _rows(equation: Equation) -> list[list[str]]:
    rows = equation.rows(LATEX)
    if equation.is_marked:
        rows[-1][-1] += r"\;{}^{\ast}"
    return rows


def _line(row: Sequence[str]) -> str:
    left, *rights = row
    return f"{left} &= {' = '.join(rights)}" if rights else left


def _table(table: Table, shown: Shown) -> str:
    """A table with its head in formulas; the footers in bold rows."""
    rows = [[_entry(column.head, shown) for column in table.columns]]
    first_footer = len(table.rows) - table.footers
    for number, row in enumerate(table.rows):
        cells = [
            _entry(entry, column.shown(shown))
            for entry, column in zip(row, table.columns, strict=True)
        ]
        if number >= first_footer:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        rows.append(cells)
    return f"**Table {table.number}.** {_escaped(table.caption)}\n\n{text_table.markdown(rows)}"


def _entry(entry: Entry, shown: Shown) -> str:
    """Numbers as text, which lines up and can be copied; symbols as formulas."""
    if isinstance(entry, str):
        return _escaped(entry)
    if isinstance(entry, Ref):
        return entry_text(entry, TEXT, shown)
    return f"${entry_text(entry, LATEX)}$".replace("|", r"\vert ")


def _picture(picture: Picture, prefix: str) -> str:
    file = file_of(picture, prefix)
    caption = f"**Figure {picture.number}.** {_escaped(picture.caption)}"
    return f"![{_escaped(picture.figure.description)}]({file})\n\n{caption}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


_WRITERS: dict[type, Callable[..., str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Display: _display,
    Table: _table,
}

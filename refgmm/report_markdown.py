r"""A report as GitHub's Markdown, with pictures as files beside it.

Formulas stand in ```math fences and between $` and `$, which GitHub and GitLab hand on as they are;
between $$ or $ alone, Markdown takes a backslash out of \\, and a comma for \,
(github/markup issue 1714, AngouriMath issue 1400).
"""

import re
from collections.abc import Callable, Sequence

from refgmm import text_table
from refgmm.notation import Ref
from refgmm.rendering import Shown
from refgmm.report_mathematics import aligned, one_row
from refgmm.report_parts import (
    Block,
    Bullets,
    Display,
    Entry,
    Heading,
    Paragraph,
    Picture,
    Sentence,
    Table,
    entry_text,
)
from refgmm.translation import ENGLISH, Translation
from refgmm.typesetting import LATEX, TEXT

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|#~&])")


def written(
    blocks: Sequence[Block],
    shown: Shown,
    picture_prefix: str | None = None,
    translation: Translation = ENGLISH,
) -> str:
    """The text of the file. picture_prefix: of the pictures' files; None: without pictures."""
    parts = []
    for block in blocks:
        if isinstance(block, Picture):
            if picture_prefix is not None:
                parts.append(_picture(block, picture_prefix, translation))
        else:
            parts.append(_WRITERS[type(block)](block, shown, translation))
    return "\n\n".join(parts) + "\n"


def file_of(picture: Picture, prefix: str) -> str:
    """The name of a picture's file.

    It must have no blanks: Markdown would end the link there.
    """
    return f"{prefix}{picture.name}.svg"


def _heading(heading: Heading, shown: Shown, translation: Translation) -> str:
    return f"{'#' * heading.level} {_escaped(heading.text)}"


def _paragraph(paragraph: Paragraph, shown: Shown, translation: Translation) -> str:
    return _sentence(paragraph.parts)


def _bullets(bullets: Bullets, shown: Shown, translation: Translation) -> str:
    return "\n".join(f"- {_sentence(item)}" for item in bullets.items)


def _sentence(parts: Sentence) -> str:
    return "".join(
        _escaped(part) if isinstance(part, str) else _inline(one_row(part.written(LATEX)))
        for part in parts
    )


def _display(display: Display, shown: Shown, translation: Translation) -> str:
    return f"```math\n\\begin{{aligned}}\n{aligned(display, LATEX)}\n\\end{{aligned}}\n```"


def _table(table: Table, shown: Shown, translation: Translation) -> str:
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
    label = translation.say(f"Table {table.number}.")
    return f"**{label}** {_escaped(table.caption)}\n\n{text_table.markdown(rows)}"


def _entry(entry: Entry, shown: Shown) -> str:
    """Numbers as text, which lines up and can be copied; symbols as formulas."""
    if isinstance(entry, str):
        return _escaped(entry)
    if isinstance(entry, Ref):
        return entry_text(entry, TEXT, shown)
    return _inline(entry_text(entry, LATEX)).replace("|", r"\vert ")  # | ends a cell


def _inline(mathematics: str) -> str:
    return f"$`{mathematics}`$"


def _picture(picture: Picture, prefix: str, translation: Translation) -> str:
    file = file_of(picture, prefix)
    label = translation.say(f"Figure {picture.number}.")
    caption = f"**{label}** {_escaped(picture.caption)}"
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

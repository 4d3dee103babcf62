"""The blocks of a report in another language: words are said in it, formulas and numbers stay.

What a CSV file has for a program to read, the names of tables and columns, stays as well.
"""

from collections.abc import Callable, Iterable, Iterator

from refgmm.figure_parts import Figure, LegendEntry
from refgmm.records import replace
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
    Sentence,
    Table,
)
from refgmm.translation import Translation
from refgmm.typesetting import TEXT


def translated(blocks: Iterable[Block], translation: Translation) -> Iterator[Block]:
    """Each block in that language."""
    return (_TRANSLATORS[type(block)](block, translation) for block in blocks)


def _heading(heading: Heading, translation: Translation) -> Block:
    return replace(heading, text=translation.say(heading.text))


def _sentence(parts: Sentence, translation: Translation) -> Sentence:
    return translation.words(parts, _text)


def _text(equation: Equation) -> str:
    """left = side = side."""
    row = equation.written(TEXT)
    return row.left + "".join(f" {sign} {side}" for sign, side in row.rights)


def _paragraph(paragraph: Paragraph, translation: Translation) -> Block:
    if paragraph.is_aside:
        return paragraph
    return replace(paragraph, parts=_sentence(paragraph.parts, translation))


def _bullets(bullets: Bullets, translation: Translation) -> Block:
    return Bullets(tuple(_sentence(item, translation) for item in bullets.items))


def _display(display: Display, translation: Translation) -> Block:
    return display


def _table(table: Table, translation: Translation) -> Block:
    columns = (
        Column(_entry(column.head, translation), column.name, column.decimals)
        for column in table.columns
    )
    rows = (tuple(_entry(entry, translation) for entry in row) for row in table.rows)
    return replace(
        table, caption=translation.say(table.caption), columns=tuple(columns), rows=tuple(rows)
    )


def _entry(entry: Entry, translation: Translation) -> Entry:
    return translation.say(entry) if isinstance(entry, str) else entry


def _picture(picture: Picture, translation: Translation) -> Block:
    figure = _figure(picture.figure, translation)
    return replace(picture, figure=figure, caption=translation.say(picture.caption))


def _figure(figure: Figure, translation: Translation) -> Figure:
    say = translation.say
    return replace(
        figure,
        title=say(figure.title),
        description=say(figure.description),
        x_name=say(figure.x_name),
        y_name=say(figure.y_name),
        legend=tuple(_legend_entry(entry, translation) for entry in figure.legend),
    )


def _legend_entry(entry: LegendEntry, translation: Translation) -> LegendEntry:
    return entry if entry.is_formula else replace(entry, text=translation.say(entry.text))


_TRANSLATORS: dict[type, Callable[..., Block]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Display: _display,
    Table: _table,
    Picture: _picture,
}

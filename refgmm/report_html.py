"""A report as HTML: one page that needs nothing else, with MathML and SVG in it.

Each number in a table has an id and says how it comes about; each number in a formula links to where
it stands, and has the colour of its component.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from refgmm.explanation import title_of
from refgmm.figure_svg import svg
from refgmm.notation import Ref
from refgmm.plot_style import COMPONENTS
from refgmm.quantities import Cell
from refgmm.rendering import Shown
from refgmm.report_parts import (
    Block,
    Bullets,
    Display,
    Entry,
    Heading,
    Paragraph,
    Picture,
    Row,
    Sentence,
    Table,
    entry_text,
)
from refgmm.translation import ENGLISH, Translation
from refgmm.typesetting import MATHML, TEXT, MathML

_ON_DARK = ("#6cb8f0", "#f0a06c", "#4cc9a0", "#e08bbb", "#d0a850", "#7cc0ea", "#aab2bd", "#b095f5")
"""The components' colours where the page is dark: as light as text on it has to be."""

_STYLE = """
:root { color-scheme: light dark; --text: #1b1e23; --page: #ffffff; --muted: #59616c;
  --rule: #c9ced6; --stripe: #f5f6f8; --target: #fff3bf; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8ec; --page: #16181c; --muted: #a5adb8;
  --rule: #454b54; --stripe: #1e2126; --target: #5a4a00; } }
body { margin: 2rem auto; padding: 0 1rem; max-width: 52rem; font: 1rem/1.55 system-ui, sans-serif;
  color: var(--text); background: var(--page); }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--rule); }
h3 { margin-top: 2rem; } h4 { margin-bottom: 0.3rem; } h4 + p { margin-top: 0.3rem; }
.display { overflow-x: auto; margin: 0.8rem 0; }
.display math { font-size: 1.05rem; } .display > math > mtable > mtr > mtd { padding: 0.3em 0.15em; }
.to-right { text-align: right; text-align: -webkit-right; }
.to-left { text-align: left; text-align: -webkit-left; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0 auto; }
th, td { padding: 0.2rem 0.7rem; text-align: right; white-space: nowrap; }
thead th { border-top: 2px solid var(--text); border-bottom: 1px solid var(--text); }
tbody tr:nth-child(even) { background: var(--stripe); } tbody th { font-weight: normal; }
tbody + tbody tr, tbody + tbody tr:nth-child(even) { background: none; font-weight: 600; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--text); }
tbody:last-child tr:last-child > * { border-bottom: 2px solid var(--text); }
:target { background: var(--target); outline: 2px solid var(--target); }
a { color: inherit; text-decoration: none; } a:hover, a:focus { text-decoration: underline; }
figure { margin: 1.5rem 0; text-align: center; overflow-x: auto; } figure svg { max-width: 100%; height: auto; }
figcaption, .aside { color: var(--muted); font-size: 0.9rem; margin: 0.4rem 0; }
"""


def written(blocks: Sequence[Block], shown: Shown, translation: Translation = ENGLISH) -> str:
    """The text of the page."""
    page = _Page(blocks, shown, translation)
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    body = "\n".join(_WRITERS[type(block)](page, block) for block in blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{translation.language}">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{_escaped(' '.join(titles))}</title>\n<style>{_STYLE}{_colours()}</style>\n"
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def id_of(cell: Cell) -> str:
    """The id of the place where a number stands.

    >>> id_of(Cell(1, "responsibility", 3, 0))
    'epoch-1-responsibility-4-1'
    """
    indices = [index for index in (cell.point, cell.component, *cell.entry) if index is not None]
    return "-".join([f"epoch-{cell.epoch}", cell.quantity, *(str(index + 1) for index in indices)])


def _colours() -> str:
    """The class of each component: .of1 and so on."""

    def rules(colours: Sequence[str]) -> str:
        return " ".join(
            f".of{number} {{ color: {c}; }}" for number, c in enumerate(colours, start=1)
        )

    return f"{rules(COMPONENTS)}\n@media (prefers-color-scheme: dark) {{ {rules(_ON_DARK)} }}\n"


class _Page:
    """What the blocks of a page have in common: which numbers have a place of their own."""

    def __init__(self, blocks: Sequence[Block], shown: Shown, translation: Translation) -> None:
        self.shown, self.say = shown, translation.say
        self.math = MathML(self._marked)
        in_tables = {
            ref.cell for block in blocks if isinstance(block, Table) for ref in block.refs()
        }
        self._results = {
            cell for block in blocks if isinstance(block, Display) for cell in _results(block)
        } - in_tables
        self._to_link = in_tables | self._results
        self._with_id: set[Cell] = set()

    def id_for(self, cell: Cell | None) -> str:
        """The attribute of the place where a cell's number stands first; nothing afterwards."""
        if cell is None or cell in self._with_id:
            return ""
        self._with_id.add(cell)
        return f' id="{id_of(cell)}"'

    def title_for(self, cell: Cell) -> str:
        """The attribute that says what a number is; of a vector's or a matrix's, that of a matrix."""
        title = title_of(cell, len(cell.entry) or None)
        said = self.say(title if cell.is_given else f"{title}, epoch {cell.epoch}")
        return f' title="{_escaped(said)}"'

    def place_for(self, display: Display) -> str:
        """The places of the results that stand in these formulas only."""
        cells = [cell for cell in _results(display) if cell in self._results]
        return "".join(
            f"<span{attribute}></span>" for attribute in map(self.id_for, cells) if attribute
        )

    def _marked(self, markup: str, ref: Ref) -> str:
        """A number that links to where it stands, in its component's colour."""
        if ref.cell is None:
            return markup
        attributes = f' class="{_class_of(ref.cell)}"{self.title_for(ref.cell)}'
        if ref.cell in self._to_link:
            attributes += f' href="#{id_of(ref.cell)}"'
        return re.sub("<mn>(.*?)</mn>", rf"<mn><a{attributes}>\1</a></mn>", markup, count=1)


def _results(display: Display) -> Iterator[Cell]:
    """The cells of the numbers that stand at the ends of equations."""
    for equation in display.equations:
        last, _ = equation.sides[-1]
        if isinstance(last, Ref) and last.cell is not None:
            yield last.cell


def _class_of(cell: Cell) -> str:
    return "" if cell.component is None else f"of{cell.component % len(COMPONENTS) + 1}"


def _heading(page: _Page, heading: Heading) -> str:
    return f"<h{heading.level}>{_escaped(heading.text)}</h{heading.level}>"


def _paragraph(page: _Page, paragraph: Paragraph) -> str:
    attribute = ' class="aside"' if paragraph.is_aside else ""
    return f"<p{attribute}>{_sentence(page, paragraph.parts)}</p>"


def _bullets(page: _Page, bullets: Bullets) -> str:
    items = "\n".join(f"<li>{_sentence(page, item)}</li>" for item in bullets.items)
    return f"<ul>\n{items}\n</ul>"


def _sentence(page: _Page, parts: Sentence) -> str:
    return "".join(
        _escaped(part)
        if isinstance(part, str)
        else f"<math>{part.written(page.math).left}{_rights(part.written(page.math))}</math>"
        for part in parts
    )


def _rights(row: Row) -> str:
    return "".join(f"<mo>{sign}</mo>{side}" for sign, side in row.rights)


_STAR = "<msup><mspace width='0.2em'/><mo>*</mo></msup>"


def _display(page: _Page, display: Display) -> str:
    lines = []
    for equation in display.equations:
        rows = equation.rows(page.math)
        for row in rows:
            star = _STAR if equation.is_marked and row is rows[-1] else ""
            lines.append(
                f'<mtr><mtd class="to-right">{row.left}</mtd>'
                f'<mtd class="to-left">{_rights(row)}{star}</mtd></mtr>'
            )
    math = f'<math display="block"><mtable displaystyle="true">{"".join(lines)}</mtable></math>'
    return f'<div class="display">{page.place_for(display)}{math}</div>'


def _table(page: _Page, table: Table) -> str:
    head = "".join(f"<th>{_entry(column.head, page.shown)}</th>" for column in table.columns)
    rows = []
    for row in table.rows:
        cells = [
            _cell(page, entry, column.shown(page.shown), is_head=number < table.lead)
            for number, (entry, column) in enumerate(zip(row, table.columns, strict=True))
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    split = len(rows) - table.footers
    bodies = [rows[:split], rows[split:]] if table.footers else [rows]
    body = "\n".join("<tbody>\n" + "\n".join(part) + "\n</tbody>" for part in bodies)
    label = _escaped(page.say(f"Table {table.number}."))
    return (
        f"<figure>\n<figcaption><b>{label}</b> {_escaped(table.caption)}</figcaption>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n{body}\n</table>\n</figure>"
    )


def _cell(page: _Page, entry: Entry, shown: Shown, is_head: bool) -> str:
    attributes = ""
    if isinstance(entry, Ref) and entry.cell is not None:
        attributes = page.id_for(entry.cell)
        attributes += f' class="{_class_of(entry.cell)}"{page.title_for(entry.cell)}'
    tag = "th" if is_head else "td"
    return f"<{tag}{attributes}>{_entry(entry, shown)}</{tag}>"


def _entry(entry: Entry, shown: Shown) -> str:
    """Numbers as text, which lines up and can be copied; symbols as formulas."""
    if isinstance(entry, str):
        return _escaped(entry)
    if isinstance(entry, Ref):
        return _escaped(entry_text(entry, TEXT, shown))
    return f"<math>{entry_text(entry, MATHML)}</math>"


def _picture(page: _Page, picture: Picture) -> str:
    label = _escaped(page.say(f"Figure {picture.number}."))
    return (
        f"<figure>\n{svg(picture.figure)}<figcaption><b>{label}</b> "
        f"{_escaped(picture.caption)}</figcaption>\n</figure>"
    )


def _escaped(text: str) -> str:
    return html.escape(text)


_WRITERS: dict[type, Callable[..., str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Display: _display,
    Table: _table,
    Picture: _picture,
}

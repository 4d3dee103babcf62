"""What a change of the inputs is called: "move mean 2 to 1.84", "delete point 3". No Qt."""

from collections.abc import Sequence
from itertools import compress, count
from operator import ne

from refgmm.validation import cut
from refgmm_gui.draft import Draft
from refgmm_gui.readings import Texts

_WORDS = {
    "weights": ("set", "weight"),
    "means": ("move", "mean"),
    "variances": ("set", "variance"),
    "covariances": ("change", "covariance"),
}
"""What is done to a parameter, and what it is called."""

_STRUCTURES_IN_ONE_DIMENSION = {"full": "let each variance be free", "tied": "share one variance"}
"""As the inputs call them there."""


def name_of_change(before: Draft, after: Draft) -> str:
    """The change in words, as they follow "Undo"; several at once, in the plural.

    >>> old = Draft((("1",), ("2",)), (("1", "0", "1"),))
    >>> name_of_change(old, old.with_point(1, "1.84")), name_of_change(old, old.with_point(2, "7"))
    ('move point 2 to 1.84', 'add point 3')
    """
    if before.structure != after.structure:
        in_words = _STRUCTURES_IN_ONE_DIMENSION if after.dimension is None else {}
        return in_words.get(after.structure, f"change structure to {after.structure}")
    if before.points == after.points:
        return _of_components(before, after)
    if before.components != after.components:
        return "change the inputs"
    return _of_points(before.points, after.points)


def _of_points(before: Sequence[Texts], after: Sequence[Texts]) -> str:
    if len(before) != len(after):
        return _of_count("point", before, after)
    rows = _changed(before, after)
    if len(rows) != 1:
        return "change the points"
    return f"move point {rows[0] + 1} to {_place(after[rows[0]])}"


def _of_components(before: Draft, after: Draft) -> str:
    if len(before.components) != len(after.components):
        return _of_count("component", before.components, after.components)
    rows = _changed(before.components, after.components)
    fields = {
        after.parameters[column].field
        for row in rows
        for column in _changed(before.components[row], after.components[row])
    }
    if len(fields) != 1:
        return "change the parameters"
    (field,) = fields
    verb, noun = _WORDS[field]
    if field == "weights" and len(rows) == 2:
        first, second = (after.components[row][0] for row in rows)
        return f"set weights {rows[0] + 1} and {rows[1] + 1} to {_cell(first)} and {_cell(second)}"
    if len(rows) != 1:
        return f"change the {noun}s"
    what = f"{verb} {noun} {rows[0] + 1}"
    if field == "covariances":
        return what
    values = tuple(
        text
        for text, parameter in zip(after.components[rows[0]], after.parameters, strict=True)
        if parameter.field == field
    )
    return f"{what} to {_place(values)}"


def _of_count(noun: str, before: Sequence[Texts], after: Sequence[Texts]) -> str:
    """Rows that came or went; where it was one, its number."""
    verb, fewer, more = "add", before, after
    if len(before) > len(after):
        verb, fewer, more = "delete", after, before
    count = len(more) - len(fewer)
    if count > 1:
        return f"{verb} {counted(count, noun)}"
    row = next((i for i, texts in enumerate(fewer) if texts != more[i]), len(fewer))
    return f"{verb} {noun} {row + 1}"


def counted(count: int, noun: str) -> str:
    """How many of them.

    >>> counted(1, "point"), counted(12, "point")
    ('1 point', '12 points')
    """
    return f"{count} {noun}{'s' * (count != 1)}"


def _changed(before: Sequence[object], after: Sequence[object]) -> list[int]:
    return list(compress(count(), map(ne, before, after)))


def _place(texts: Texts) -> str:
    cells = ", ".join(map(_cell, texts))
    return cells if len(texts) == 1 else f"({cells})"


def _cell(text: str) -> str:
    """A cell's text, as far as a menu has room for it."""
    return cut(text.strip()) or "nothing"

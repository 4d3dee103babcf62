"""Where panels stand: columns of rows of panels, as a value, and the moves of a panel. No Qt.

    inputs | plot, explanation
           | worksheet
           | history
           | timeline

are two columns, of one row and of four. In text: "inputs | plot explanation / worksheet / history / timeline".
"""

Row = tuple[str, ...]
Column = tuple[Row, ...]
Places = tuple[Column, ...]
Moved = tuple[str, str]
"""A side, and of which panel; "" for the side of the window."""

LEFT, RIGHT, ABOVE, BELOW = SIDES = "left", "right", "above", "below"

USUAL: Places = (
    (("inputs",),),
    (("plot", "explanation"), ("worksheet",), ("history",), ("timeline",)),
)

_LONE = "timeline"
"""It has a row to itself: what stood beside it would be no higher than a line."""


def panels_of(places: Places) -> list[str]:
    """All panels, column by column.

    >>> panels_of(USUAL)
    ['inputs', 'plot', 'explanation', 'worksheet', 'history', 'timeline']
    """
    return [panel for column in places for row in column for panel in row]


def place_of(places: Places, panel: str) -> tuple[int, int, int]:
    """Its column, its row there, and its place in that row, from 0.

    >>> place_of(USUAL, "explanation")
    (1, 0, 1)
    """
    return next(
        (c, r, row.index(panel))
        for c, column in enumerate(places)
        for r, row in enumerate(column)
        if panel in row
    )


def moved(places: Places, panel: str, side: str, of: str) -> Places:
    """The panel on one of SIDES of another; where `of` is "", a column of its own at that side of the window.

    >>> moved((((("inputs",),), (("plot",), ("history",)))), "plot", "right", "inputs")
    ((('inputs', 'plot'),), (('history',),))
    """
    if panel == of:
        return places
    left = _without(places, panel)
    alone = ((panel,),)
    if not of:
        return (alone, *left) if side == LEFT else (*left, alone)
    c, r, p = place_of(left, of)
    column, row = left[c], left[c][r]
    if side in (LEFT, RIGHT) and _LONE not in (panel, of):
        at = p if side == LEFT else p + 1
        rows = (*column[:r], (*row[:at], panel, *row[at:]), *column[r + 1 :])
    else:
        at = r if side in (LEFT, ABOVE) else r + 1
        rows = (*column[:at], (panel,), *column[at:])
    return (*left[:c], rows, *left[c + 1 :])


def as_column(places: Places, panel: str) -> Places:
    """The panel as a column of its own, right of the one where it stands.

    >>> as_column(((("plot", "explanation"),), (("inputs",),)), "explanation")
    ((('plot',),), (('explanation',),), (('inputs',),))
    """
    c, _, _ = place_of(places, panel)
    if places[c] == ((panel,),):
        return places
    rest = _without(places, panel)
    return (*rest[: c + 1], ((panel,),), *rest[c + 1 :])


def stepped(places: Places, panel: str, side: str) -> Places:
    """The panel one step further to a side, as arrow keys move it; the same places where there is no step.

    In its row, it changes places with its neighbour. Beyond the end of its row it becomes a column, and a
    column goes into the next one. Up and down, it joins the next row, or leaves the one that it shares.
    """
    c, r, p = place_of(places, panel)
    column, row = places[c], places[c][r]
    by = -1 if side in (LEFT, ABOVE) else 1
    if side in (ABOVE, BELOW):
        if len(row) > 1:
            return moved(places, panel, side, row[p - 1])
        if not 0 <= r + by < len(column):
            return places
        next_row = column[r + by]
        joins = _LONE not in (panel, *next_row)
        return moved(places, panel, RIGHT if joins else side, next_row[-1])
    if panel == _LONE:
        return places
    if 0 <= p + by < len(row):
        return moved(places, panel, side, row[p + by])
    if column != ((panel,),):
        left = _without(places, panel)
        at = c if side == LEFT else c + 1
        return (*left[:at], ((panel,),), *left[at:])
    if not 0 <= c + by < len(places):
        return places
    first = next((row for row in places[c + by] if row != (_LONE,)), (_LONE,))
    return moved(places, panel, *((LEFT, first[0]) if side == RIGHT else (RIGHT, first[-1])))


def as_text(places: Places) -> str:
    """As a line of text, for the settings.

    >>> as_text(USUAL)
    'inputs | plot explanation / worksheet / history / timeline'
    """
    return " | ".join(" / ".join(" ".join(row) for row in column) for column in places)


def of_text(text: str) -> Places:
    """What as_text wrote; the usual places where they can't be read."""
    places = tuple(
        tuple(tuple(row.split()) for row in column.split("/")) for column in text.split("|")
    )
    rows = [row for column in places for row in column]
    is_whole = sorted(panels_of(places)) == sorted(panels_of(USUAL)) and all(rows)
    return places if is_whole and (_LONE,) in rows else USUAL


def _without(places: Places, panel: str) -> Places:
    """All others; no row and no column is left empty."""
    columns = (
        tuple(filter(None, (tuple(p for p in row if p != panel) for row in column)))
        for column in places
    )
    return tuple(filter(None, columns))

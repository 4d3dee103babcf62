"""What components look like in every plot: on paper, on the web, and in the app's light theme.

The components' colours are those of Okabe and Ito (2008), "Color Universal Design", which people
with any kind of colour vision can tell apart; darkened where text needs a contrast of 4.5 to 1
(WCAG 2.2). Components differ by dash and by the shape of their mean as well, and all of it repeats.
"""

from collections.abc import Sequence

from refgmm.arithmetic import total

COMPONENTS = (
    "#0072b2",
    "#b84e00",
    "#007a59",
    "#a84a7f",
    "#8a6100",
    "#26739f",
    "#555b63",
    "#7a4fc9",
)
TEXT = "#1b1e23"
MUTED = "#59616c"  # secondary text
GRID = "#e6e8ec"
POINT = "#8a919c"  # a point that nobody is responsible for yet
BASE = "#ffffff"

Dash = tuple[float, ...]
"""Lengths drawn and left out, in turn, in pixels; none of a solid line."""

SOLID: Dash = ()
DASHED: Dash = (8.0, 4.0)
DASH_DOTTED: Dash = (8.0, 4.0, 2.0, 4.0)
DOTTED: Dash = (2.0, 3.0)

_DASHES = (SOLID, DASHED, DASH_DOTTED, DOTTED)

MARKERS = (  # around the mean, in units of its size: a diamond, a square and two triangles
    ((0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
    ((0.0, 1.1), (1.1, -0.9), (-1.1, -0.9)),
)

MANY_POINTS = 200  # from more than these on, a point is one small dot, its colours mixed


def colour_of(component: int) -> str:
    """The colour of a component, from 0.

    >>> colour_of(0) == colour_of(8)
    True
    """
    return COMPONENTS[component % len(COMPONENTS)]


def dash_of(component: int) -> Dash:
    """The dash of a component's line, from 0.

    >>> dash_of(0), dash_of(1)
    ((), (8.0, 4.0))
    """
    return _DASHES[component % len(_DASHES)]


def blend(shares: Sequence[float]) -> str:
    """The components' colours mixed in these shares, which sum to 1.

    >>> blend([1.0, 0.0]), blend([0.5, 0.5])
    ('#0072b2', '#5c6059')
    """
    colours = [_channels(colour_of(component)) for component in range(len(shares))]
    mixed = [
        total(share * colour[channel] for share, colour in zip(shares, colours, strict=True))
        for channel in range(3)
    ]
    return "#" + "".join(f"{min(round(value), 255):02x}" for value in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

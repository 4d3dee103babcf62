"""Where the parts of a figure stand on a page: shapes in pixels, x to the right and y down.

One layout, so that the pictures of refgmm.figure_svg and of refgmm.figure_tikz agree.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence

from refgmm.arithmetic import Vector, total
from refgmm.clipping import Place, Rectangle, cut_area, cut_line
from refgmm.errors import InvalidValueError
from refgmm.figure_parts import Dot, Figure, LegendEntry, Stroke
from refgmm.formatting import letters
from refgmm.plot_style import (
    BASE,
    DASHED,
    GRID,
    MANY_POINTS,
    MARKERS,
    MUTED,
    POINT,
    TEXT,
    blend,
    colour_of,
)
from refgmm.records import dataclass

WIDTH, HEIGHT = 640.0, 400.0
FONT_SIZE = 13.0
MOST_DOTS = 4000  # so that files stay small, and TeX's memory suffices

_LINE = 17.0  # height of a line of text
_LEAST_ROOM = 50.0  # between the axes
_SAMPLE = 34.0  # length of a line in the legend
_MARKER, _SMALL_MARKER = 6.5, 4.5
_MOST_ENTRIES = 24  # of the legend
_LEAST_SHARE = 0.0005  # of a pie that one sees


@dataclass(frozen=True, slots=True)
class Path:
    """A line, or a closed outline filled with a colour, or both."""

    points: tuple[Place, ...]
    stroke: Stroke | None = None
    fill: str | None = None
    fill_opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    centre: Place
    radius: float
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Sector:
    """A slice of a pie: from so much of a full turn, clockwise from the top, to so much."""

    centre: Place
    radius: float
    start: float
    end: float  # at most half a turn further
    colour: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words or a formula; `at` stands at half the height of a small letter."""

    text: str
    at: Place
    anchor: str  # "start", "middle" or "end"
    colour: str
    is_formula: bool = False


Shape = Path | Disc | Sector | Text


@dataclass(frozen=True, slots=True)
class Page:
    """A figure laid out: shapes from the lowest to the topmost."""

    width: float
    height: float
    area: Rectangle  # within the axes
    shapes: tuple[Shape, ...]


def page_of(figure: Figure, width: float = WIDTH, height: float = HEIGHT) -> Page:
    """The figure on a page of this size, in pixels. InvalidValueError where it finds no room."""
    legend, legend_height = _legend(figure.legend, width)
    area = _area(figure, width, height, legend_height)
    if not (_LEAST_ROOM <= area.width < math.inf and _LEAST_ROOM <= area.height < math.inf):
        problem = (
            f"a figure of {width:g} x {height:g} pixels has no room for its axes and its legend: "
            f"give a larger size, such as {WIDTH:.0f} x {HEIGHT:.0f}"
        )
        raise InvalidValueError(problem, field="width")
    frame = _Frame(figure, area)
    are_many = len(figure.dots) > MANY_POINTS  # and would hide the lines
    shapes: tuple[Shape, ...] = (
        *_axes(frame),
        *(_many_dots(frame) if are_many else ()),
        *_areas_and_lines(frame),
        *_means_on_a_line(frame),
        *(() if are_many else _dots(frame)),
        *_means_in_the_plane(frame),
        *legend,
    )
    return Page(width, height, frame.area, shapes)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axes stand on the page."""

    figure: Figure
    area: Rectangle

    def at(self, x: float, y: float) -> Place:
        return (
            self.area.left + self.figure.x.position(x) * self.area.width,
            self.area.bottom - self.figure.y.position(y) * self.area.height,
        )


def one_line(text: str) -> str:
    r"""Text that can be drawn: on one line, and a question mark for each sign that XML and TeX refuse.

    >>> one_line("waiting\ntime\x00")
    'waiting time?'
    """
    line = " ".join(text.split())
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cn", "Cs") else c for c in line)


def _text_width(text: str) -> float:
    """About as wide as a sans-serif font sets it."""
    return 0.58 * FONT_SIZE * letters(text)


def _area(figure: Figure, width: float, height: float, legend_height: float) -> Rectangle:
    """What axes, names and legend leave."""
    labels = max((_text_width(label) for label in figure.y.labels), default=0.0)
    has_line_above = figure.y_name != "" or any(mean.y is None for mean in figure.means)
    above = 1.5 * _LINE if has_line_above else 0.5 * _LINE
    below = 4.2 * _LINE if _has_strip(figure) else 2.7 * _LINE
    return Rectangle(
        left=labels + 16.0,
        top=legend_height + above + 4.0,
        right=width - 1.5 * _LINE,
        bottom=height - below,
    )


def _has_strip(figure: Figure) -> bool:
    """Whether there are points below the axis."""
    return any(dot.y is None for dot in figure.dots)


def _axes(frame: _Frame) -> Iterator[Shape]:
    figure, area = frame.figure, frame.area
    line, grid = Stroke(MUTED, 1.0), Stroke(GRID, 1.0)
    for value, label in zip(figure.y.ticks, figure.y.labels, strict=True):
        _, y = frame.at(figure.x.low, value)
        yield Path(((area.left, y), (area.right, y)), grid)
        yield Text(_with_minus(label), (area.left - 7.0, y), "end", MUTED)
    labels_y = area.bottom + (2.5 * _LINE if _has_strip(figure) else 0.9 * _LINE)
    for value, label in zip(figure.x.ticks, figure.x.labels, strict=True):
        x, _ = frame.at(value, figure.y.low)
        if figure.has_vertical_grid:
            yield Path(((x, area.top), (x, area.bottom)), grid)
        else:
            yield Path(((x, area.bottom), (x, area.bottom + 4.0)), line)
        yield Text(_with_minus(label), (x, labels_y), "middle", MUTED)
    yield Path(((area.left, area.bottom), (area.right, area.bottom)), line)
    if figure.has_vertical_grid:
        yield Path(((area.left, area.bottom), (area.left, area.top)), line)
    middle = (area.left + area.right) / 2
    x_name, y_name = (_shortened(name, area.width) for name in (figure.x_name, figure.y_name))
    yield Text(x_name, (middle, labels_y + 1.1 * _LINE), "middle", TEXT)
    if y_name:
        yield Text(y_name, (8.0, area.top - 0.9 * _LINE), "start", TEXT)


def _shortened(name: str, room: float) -> str:
    """A name as far as there is room for it."""
    longest = int(room / _text_width("m"))
    return name if len(name) <= longest else name[: longest - 1] + "…"


def _with_minus(label: str) -> str:
    """A number's label with the sign for minus, which is as wide as a plus."""
    return label.replace("-", "−")


def _areas_and_lines(frame: _Frame) -> Iterator[Shape]:
    for filled in frame.figure.areas:
        outline = cut_area([frame.at(*place) for place in filled.outline], frame.area)
        if outline:
            yield Path(tuple(outline), fill=filled.colour, fill_opacity=filled.opacity)
    for line in frame.figure.lines:
        for piece in cut_line([frame.at(*place) for place in line.points], frame.area):
            yield Path(tuple(piece), line.stroke)


def _dots(frame: _Frame) -> Iterator[Shape]:
    """Each point a pie of its shares."""
    for place, dot in _places(frame):
        yield from _pie(place, frame.figure.dot_radius, dot.shares)


def _many_dots(frame: _Frame) -> Iterator[Shape]:
    """One dot for all that stand in the same place, its colours mixed.

    A place is a pixel; where more than MOST_DOTS remain, one of 2 x 2, 4 x 4, ... pixels.
    """
    side, in_one_place = 1.0, _by_place(frame, 1.0)
    while len(in_one_place) > MOST_DOTS:
        side *= 2.0
        in_one_place = _by_place(frame, side)
    for place, dot in in_one_place.values():
        colour = POINT if dot.shares is None else blend(dot.shares)
        yield Disc(place, frame.figure.dot_radius, colour, 1.0 if dot.y is None else 0.4)


def _by_place(frame: _Frame, side: float) -> dict[tuple[int, int], tuple[Place, Dot]]:
    return {
        (round(place[0] / side), round(place[1] / side)): (place, dot)
        for place, dot in _places(frame)
    }


def _places(frame: _Frame) -> list[tuple[Place, Dot]]:
    strip = frame.area.bottom + 1.05 * _LINE
    return [
        ((frame.at(dot.x, 0.0)[0], strip) if dot.y is None else frame.at(dot.x, dot.y), dot)
        for dot in frame.figure.dots
    ]


def _pie(centre: Place, radius: float, shares: Vector | None) -> Iterator[Shape]:
    """A disc in the colour of the largest share, and slices of the others on it."""
    if shares is None:
        yield Disc(centre, radius, POINT)
        return
    largest = max(range(len(shares)), key=shares.__getitem__)
    yield Disc(centre, radius, colour_of(largest))
    for j, share in enumerate(shares):
        if j != largest and share > _LEAST_SHARE:
            start = total(shares[:j])
            yield Sector(centre, radius, start, start + share, colour_of(j))


def _means_on_a_line(frame: _Frame) -> Iterator[Shape]:
    """A vertical line through each mean, and its name above: further right where another stands."""
    taken: list[Rectangle] = []
    top = frame.area.top
    for mean in sorted((m for m in frame.figure.means if m.y is None), key=lambda m: m.x):
        x, _ = frame.at(mean.x, 0.0)
        colour = colour_of(mean.component)
        yield Path(((x, top), (x, frame.area.bottom)), Stroke(colour, 1.0, DASHED, 0.6))
        width = _text_width(mean.name) + 4.0
        left = max([x - width / 2, *(box.right for box in taken)])
        taken.append(Rectangle(left, top - _LINE, left + width, top))
        if taken[-1].right <= frame.area.right + 20.0:
            yield Text(mean.name, (left + width / 2, top - 0.55 * _LINE), "middle", colour, True)


def _means_in_the_plane(frame: _Frame) -> Iterator[Shape]:
    """A marker at each mean, and its name beside it."""
    taken: list[Rectangle] = []
    for mean in frame.figure.means:
        if mean.y is None:
            continue
        at = frame.at(mean.x, mean.y)
        yield _marker(at, _MARKER, mean.component)
        box = _free_box(at, _text_width(mean.name) + 6.0, taken, frame.area)
        taken.append(box)
        corners = ((box.left, box.top), (box.right, box.top))
        lower = ((box.right, box.bottom), (box.left, box.bottom))
        yield Path((*corners, *lower), fill=BASE, fill_opacity=0.75)
        centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        yield Text(mean.name, centre, "middle", colour_of(mean.component), True)


def _free_box(at: Place, width: float, taken: Sequence[Rectangle], area: Rectangle) -> Rectangle:
    """Room for a name right of a mean, or left, above or below where others stand there."""
    gap, (x, y) = 1.3 * _MARKER, at
    corners = (
        (x + gap, y - _LINE / 2),
        (x - gap - width, y - _LINE / 2),
        (x - width / 2, y - gap - _LINE),
        (x - width / 2, y + gap),
    )
    boxes = [Rectangle(left, top, left + width, top + _LINE) for left, top in corners]
    free = [box for box in boxes if not any(map(box.meets, taken))]
    inside = [box for box in free if box.right <= area.right and box.left >= area.left]
    return (inside or free or boxes)[0]


def _marker(at: Place, size: float, component: int) -> Path:
    """A component's mean; components differ by shape, too."""
    x, y = at
    corners = [(x + size * a, y + size * b) for a, b in MARKERS[component % len(MARKERS)]]
    return Path((*corners, corners[0]), Stroke(TEXT, 1.3), colour_of(component))


def _legend(entries: Sequence[LegendEntry], width: float) -> tuple[list[Shape], float]:
    """Above the plot, on as many lines as it takes, and the height of that."""
    shapes: list[Shape] = []
    left, y = 12.0, 0.7 * _LINE
    for entry in entries[:_MOST_ENTRIES]:
        entry_width = _SAMPLE + 6.0 + _text_width(entry.text) + 14.0
        if left > 12.0 and left + entry_width > width:
            left, y = 12.0, y + 1.15 * _LINE
        shapes.append(Path(((left, y), (left + _SAMPLE, y)), entry.stroke))
        if entry.component is not None:
            shapes.append(_marker((left + _SAMPLE / 2, y), _SMALL_MARKER, entry.component))
        at = (left + _SAMPLE + 6.0, y)
        shapes.append(Text(entry.text, at, "start", TEXT, entry.is_formula))
        left += entry_width
    if len(entries) > _MOST_ENTRIES:
        y += 1.15 * _LINE
        more = f"and {len(entries) - _MOST_ENTRIES} more"
        shapes.append(Text(more, (12.0, y), "start", TEXT))
    return shapes, y + 0.6 * _LINE if entries else 0.0

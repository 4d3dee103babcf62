"""What the parts of a benchmark print, as Markdown, as JSON and as a picture.

A part prints lines of prose, and a table whose cells are separated by " | ", its heads first.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from goals import COMPILED, INTERPRETED, SKLEARN, YARDSTICKS, read

SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Part:
    """What one part printed. rows: the heads, then a row each."""

    title: str
    prose: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, title: str, output: str) -> "Part":
        """From what it printed; lines of prose follow one another, as in Markdown."""
        lines = [line.strip() for line in output.splitlines()]
        tabled = [line for line in lines if SEPARATOR in line]
        rows = tuple(tuple(cell.strip() for cell in line.split(SEPARATOR)) for line in tabled)
        return cls(title, tuple(line for line in lines if SEPARATOR not in line and line), rows)

    @property
    def missed(self) -> list[str]:
        """In words, each goal that a row misses, and what the yardstick beside it comes to."""
        heads = self.rows[0] if self.rows else ()
        return [
            f"{self.title}: {row[0]}, {head}: {cell}{_beside(dict(zip(heads, row, strict=False)), head)}"
            for row in self.rows[1:]
            for head, cell in zip(heads, row, strict=False)
            if "MISSED" in cell
        ]

    @property
    def met_count(self) -> int:
        """How many cells meet their goal."""
        return sum(cell.endswith(" met") for row in self.rows[1:] for cell in row)

    def markdown(self) -> str:
        """A section."""
        text = [f"## {self.title}", "", *[f"{line}  " for line in self.prose], ""]
        if self.rows:
            heads, *rows = self.rows
            width = max(map(len, self.rows))
            heads = (*heads, *[""] * (width - len(heads)))
            text += [_line(heads), _line(["---"] * width)]
            text += [_line([*map(_emphasised, row), *[""] * (width - len(row))]) for row in rows]
        return "\n".join(text) + "\n"

    def json(self) -> dict[str, Any]:
        """Title, prose, and for each row its cells, ratios as numbers."""
        heads = self.rows[0] if self.rows else ()
        rows = [
            {head: read(cell) or cell for head, cell in zip(heads, row, strict=False)}
            for row in self.rows[1:]
        ]
        return {"title": self.title, "prose": list(self.prose), "rows": rows}


def _beside(row: Mapping[str, str], head: str) -> str:
    """What the yardstick comes to where a ratio misses its goal, and whether that misses it, too."""
    other, _, own = head.partition(" / ")
    yardstick = YARDSTICKS.get(own, "")
    missed, found = read(row[head]), read(row.get(f"{other} / {yardstick}", ""))
    if missed is None or found is None:
        return ""
    is_missed = float(found["ratio"]) < float(str(missed["goal"])[1:])
    return f"; {yardstick}: {found['ratio']:g}" + (", so it misses it, too" if is_missed else "")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _emphasised(cell: str) -> str:
    """A missed goal stands out."""
    return f"**{cell}**" if "MISSED" in cell else cell


def page(parts: Sequence[Part], setting: Mapping[str, str], picture: str) -> str:
    """docs/benchmarks.md. setting: machine, versions, date, load; picture: the name of its file."""
    missed = [line for part in parts for line in part.missed]
    met = sum(part.met_count for part in parts)
    text = [
        "# Benchmarks",
        "",
        "Written by `python benchmarks/run.py`, which measures all contenders in turns, in one run: see "
        "[benchmarks](../benchmarks/README.md). A ratio is the median over the rounds, its quartiles in "
        "brackets, and beside it the goal that was set for it, met or missed.",
        "",
        *[f"- {name}: {value}" for name, value in setting.items()],
        "",
        f"**Goals: {met} met, {len(missed)} missed.**" + (" Missed:" if missed else ""),
        "",
        *[f"- {line}" for line in missed],
        "",
        f"![How many times as fast as scikit-learn, over the number of points]({picture})",
        "",
    ]
    return "\n".join([*text, *[part.markdown() for part in parts]])


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of ratios: by n, a ratio between its quartiles."""

    name: str
    colour: str
    places: Mapping[int, tuple[float, float, float]] = field(default_factory=dict)


def curves(epochs: Part) -> list[Line]:
    """Of the part benchmarks/epochs.py, scikit-learn's time over refgmm's in one dimension."""
    found: list[Line] = []
    heads = epochs.rows[0] if epochs.rows else ()
    for (own, k), colour in zip(
        [(own, k) for own in (COMPILED, INTERPRETED) for k in (2, 3, 8)], COLOURS, strict=True
    ):
        head = f"{SKLEARN} / {own}"
        places: dict[int, tuple[float, float, float]] = {}
        for row in epochs.rows[1:]:
            case, ratio = _case(row[0]), read(row[heads.index(head)])
            if ratio and (case["d"], case["K"]) == (1, k):
                low, middle, high = (float(ratio[name]) for name in ("low", "ratio", "high"))
                places[case["n"]] = (low, middle, high)
        if places:
            found.append(Line(f"{own}, K={k}", colour, places))
    return found


def growth(epochs: Part) -> Part:
    """Of the part benchmarks/epochs.py, nanoseconds of an epoch per point, compiled."""
    times: dict[str, dict[int, str]] = {}
    for row in epochs.rows[1:]:
        case, name = _case(row[0]), re.sub(r" n=\d+", "", row[0])
        own = re.search(rf"\b{COMPILED} ([^,]+)", row[-1])
        if own:
            times.setdefault(name, {})[case["n"]] = f"{1e3 * float(own[1]) / case['n']:.3g}"
    sizes = sorted({n for row in times.values() for n in row})
    heads = ("compiled", *[f"n={n}" for n in sizes])
    rows = [(name, *[row.get(n, "-") for n in sizes]) for name, row in times.items()]
    prose = ("Nanoseconds of an epoch per point: a row that stays level grows as n does.",)
    return Part("How it grows with n, K and d", prose, (heads, *rows) if rows else ())


def _case(name: str) -> dict[str, int]:
    """The numbers in the name of a row: n, K and d."""
    return {key: int(value) for key, value in re.findall(r"(\w)=(\d+)", name)}


COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#d55e00")  # Okabe and Ito
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 400, 60, 40, 190, 50


def picture(lines: Sequence[Line], title: str) -> str:
    """The curves as SVG, both axes logarithmic, a whisker from quartile to quartile."""
    places = [(n, value) for line in lines for n, three in line.places.items() for value in three]
    if not places:
        return ""
    decades_x = _decades([n for n, _ in places])
    decades_y = _decades([value for _, value in places])

    def at_x(n: float) -> float:
        share = (math.log10(n) - decades_x[0]) / (decades_x[-1] - decades_x[0])
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def at_y(value: float) -> float:
        share = (math.log10(value) - decades_y[0]) / (decades_y[-1] - decades_y[0])
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    shapes = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" font-family="sans-serif" font-size="13">',
        f"<title>{title}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="15">{title}</text>',
        f'<text x="{(_LEFT + right) / 2:g}" y="{_HEIGHT - 10}" text-anchor="middle">points</text>',
    ]
    for power in decades_x:
        x = at_x(10.0**power)
        shapes.append(_stroke([(x, _TOP), (x, bottom)], "#dddddd", 1))
        shapes.append(
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in decades_y:
        y = at_y(10.0**power)
        is_even = power == 0  # as fast as each other
        shapes.append(_stroke([(_LEFT, y), (right, y)], "#888888" if is_even else "#dddddd", 1))
        label = f"{10.0**power:g}"
        shapes.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for number, line in enumerate(lines):
        middles = [(at_x(n), at_y(three[1])) for n, three in sorted(line.places.items())]
        shapes.append(_stroke(middles, line.colour, 2))
        for n, (low, middle, high) in sorted(line.places.items()):
            x = at_x(n)
            shapes.append(_stroke([(x, at_y(low)), (x, at_y(high))], line.colour, 1))
            shapes.append(
                f'<circle cx="{x:.1f}" cy="{at_y(middle):.1f}" r="3" fill="{line.colour}"/>'
            )
        y = _TOP + 14 + 20 * number
        shapes.append(_stroke([(right + 12, y - 4), (right + 32, y - 4)], line.colour, 2))
        shapes.append(f'<text x="{right + 38}" y="{y}">{line.name}</text>')
    return "\n".join([*shapes, "</svg>"]) + "\n"


def _decades(values: Sequence[float]) -> list[int]:
    """The powers of ten from below the smallest value to above the largest."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    return list(range(low, high + 1))


def _stroke(places: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'

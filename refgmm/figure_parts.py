"""What a figure is made of, as values: lines, areas, dots, means and a legend, in data coordinates."""

from refgmm.arithmetic import Vector
from refgmm.axis import Axis
from refgmm.clipping import Place
from refgmm.formatting import subscript
from refgmm.plot_style import SOLID, Dash
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line is drawn."""

    colour: str  # "#rrggbb"
    width: float = 2.0  # pixels
    dash: Dash = SOLID
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A curve, or an outline."""

    points: tuple[Place, ...]
    stroke: Stroke


@dataclass(frozen=True, slots=True)
class Area:
    """A region filled with a colour that lets through what lies below."""

    outline: tuple[Place, ...]
    colour: str
    opacity: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A point; where y is None, it belongs to a value of x and stands below the axis."""

    x: float
    y: float | None
    shares: Vector | None = None  # its responsibilities, (k,); None while they are unknown


@dataclass(frozen=True, slots=True)
class MeanMark:
    """A component's mean: a marker with a name; where y is None, a vertical line through x."""

    x: float
    y: float | None
    component: int  # from 0

    @property
    def name(self) -> str:
        """As the legend's formulas have it: "μ₁"."""
        return "μ" + subscript(self.component + 1)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the plot, and what it is."""

    text: str
    stroke: Stroke
    component: int | None = None  # whose marker stands on the line
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """What there is to draw, from the first to the last: grid, areas, lines, dots, means, legend."""

    title: str  # for those who can't see it, as the description is
    description: str
    x: Axis
    y: Axis
    x_name: str
    y_name: str  # "" where it is the legend that says what stands up
    areas: tuple[Area, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    dot_radius: float  # pixels
    means: tuple[MeanMark, ...]
    legend: tuple[LegendEntry, ...]
    has_vertical_grid: bool

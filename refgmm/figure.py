"""A plot of a mixture as data, in the units of the points: what there is to draw, not yet where.

figure_of       points and mixture: curves in one dimension, ellipses in two coordinates of more
history_figure  the log-likelihood, epoch by epoch

refgmm.figure_svg draws a figure for HTML and Markdown, refgmm.figure_tikz for LaTeX. It looks like
the app's plot.

>>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
>>> figure = figure_of([0.9, 0.7, 1.2, 2.4, 1.8], start)
>>> [entry.text for entry in figure.legend]
['p(x)', 'α₁g₁(x)', 'α₂g₂(x)']
>>> figure.description
'5 points, x from 0.7 to 2.4; component 1 with weight 0.5 at 1, variance 2; component 2 with weight 0.5 at 2, variance 2'
"""

import math
from collections.abc import Sequence
from typing import Any

from refgmm import arguments
from refgmm.arithmetic import Point, Square, Vector, as_matrix, as_vector, columns
from refgmm.axis import Axis, axis, axis_from_zero
from refgmm.clipping import Place
from refgmm.curves import SIGMAS, drawing_range, outlines, plane_range, sample
from refgmm.errors import InvalidValueError
from refgmm.figure_parts import Area, Dot, Figure, LegendEntry, Line, MeanMark, Stroke
from refgmm.formatting import subscript
from refgmm.mixture import Mixture
from refgmm.plot_style import DOTTED, MANY_POINTS, MUTED, TEXT, colour_of, dash_of
from refgmm.records import dataclass
from refgmm.worksheet import lead_symbols

Parameters = tuple[Vector, tuple[Point, ...], tuple[Square, ...]]
"""Weights, means and covariances, as Walk.parameters has them: also those of no mixture, after a
collapse."""

_X_TICKS, _Y_TICKS = 9, 7  # at most
_CURVE_STEPS = 150  # along x; plus those where a component bends
_FEW_POINTS = 40
_RADII = {"below the axis": 8.0, "few": 7.0, "some": 4.5, "many": 3.0, "epochs": 3.5}
_WIDTHS = 2.4, 1.5  # of the lines at each of SIGMAS
_LARGEST = 50.0  # times the plot; an ellipse beyond that has no outline in sight


def figure_of(
    points: Sequence[Point],
    mixture: Mixture[Any] | Parameters,
    *,
    responsibilities: Sequence[Vector] | None = None,
    before: Mixture[Any] | None = None,
    ranges_of: Mixture[Any] | None = None,
    coordinates: tuple[int, int] = (0, 1),
    names: Sequence[str] | None = None,
    title: str = "Mixture and points",
) -> Figure:
    """The plot of a mixture and its points: the densities in one dimension, in more the ellipses at
    1 and 2 sigma of the marginals in two coordinates.

    points: (n,) or (n, d), floats or tuples of floats; one that misses a value to draw, nan, is left
        out
    mixture: or weights, means and covariances where EM found no mixture: a component whose variance
        is 0 is a spike, and one whose mean is 0/0 is left out
    responsibilities: (n, k), drawn as pies
    before: the mixture before this epoch, drawn thin
    ranges_of: the mixture whose ranges of the axes to take, so that pictures of several epochs
        compare; this one's own where it isn't given
    coordinates: which two of d >= 2 to draw, from 0
    names: of the coordinates, (d,) or, where points are numbers, (1,); x, or x[1] to x[d]

    InvalidValueError where the parts don't fit each other, or no mean is a number.
    """
    weights, means, covariances = _parameters(mixture)
    vectors = tuple(map(as_vector, means))
    d = len(vectors[0])
    _check(points, responsibilities, len(weights), d)
    parameters = weights, vectors, tuple(map(as_matrix, covariances))
    *_, range_means, range_covariances = parameters if ranges_of is None else _vectors(ranges_of)
    named = tuple(names) if names is not None else _default_names(points, d)
    if len(named) != d:
        problem = f"{len(named)} names for {d} coordinates: give one for each"
        raise InvalidValueError(problem, field="names")
    shown = arguments.coordinates(coordinates, d) if d > 1 else (0,)
    if d > 1 and len(shown) != 2:
        problem = f"a figure shows two coordinates, not {len(shown)}: give two, such as (0, 1)"
        raise InvalidValueError(problem, field="coordinates")
    rows = [tuple(as_vector(x)[a] for a in shown) for x in points]
    shares: Sequence[Vector | None] = responsibilities or [None] * len(rows)
    kept = [(x, r) for x, r in zip(rows, shares, strict=True) if all(map(math.isfinite, x))]
    contents = _Contents(
        title=title,
        names=tuple(named[a] for a in shown),
        places=tuple(x for x, _ in kept),
        shares=tuple(r for _, r in kept),
        parameters=parameters,
        before=None if before is None else _vectors(before),
        framed=_framed(range_means, range_covariances, shown),
        coordinates=shown,
    )
    return _curve_figure(contents) if d == 1 else _plane_figure(contents)


def history_figure(
    log_likelihoods: Sequence[float], first_epoch: int = 1, title: str = "Log-likelihood by epoch"
) -> Figure:
    """The log-likelihood at the start of each epoch: a line with dots.

    log_likelihoods: (t,), of epochs first_epoch, first_epoch + 1, ...; one that is not finite is
        left out. InvalidValueError where none is left.

    >>> history_figure([-8.0, -6.5, -6.25]).x.labels
    ('1', '2', '3')
    """
    places = tuple(
        (float(epoch), value)
        for epoch, value in enumerate(log_likelihoods, start=first_epoch)
        if math.isfinite(value)
    )
    if not places:
        problem = "there is no log-likelihood to draw: give at least one that is finite"
        raise InvalidValueError(problem, field="log_likelihoods")
    epochs, values = columns(places)
    low, high = min(values), max(values)
    margin = max(0.08 * (high - low), 1e-9 * max(abs(low), abs(high)), 1e-9)
    span = epochs[-1] - epochs[0]
    stroke = Stroke(colour_of(0))
    return Figure(
        title=title,
        description=(
            f"log-likelihood from {values[0]:.6g} in epoch {epochs[0]:.0f} "
            f"to {values[-1]:.6g} in epoch {epochs[-1]:.0f}"
        ),
        x=axis(epochs[0] - 0.5, epochs[-1] + 0.5, min(_X_TICKS, int(span) + 2)),
        y=axis(low - margin, high + margin, _Y_TICKS),
        x_name="epoch",
        y_name="log-likelihood",
        areas=(),
        lines=(Line(places, stroke),),
        dots=tuple(Dot(*place, shares=(1.0,)) for place in places),
        dot_radius=_RADII["epochs"],
        means=(),
        legend=(),
        has_vertical_grid=False,
    )


_VectorParameters = tuple[Vector, tuple[Vector, ...], tuple[tuple[Vector, ...], ...]]


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a figure is made from: numbers as vectors, matrices and places, whatever the dimension."""

    title: str
    names: tuple[str, ...]  # of the coordinates shown, (1,) or (2,)
    places: tuple[Vector, ...]  # (m, 1) or (m, 2)  of the points without those that miss a value
    shares: tuple[Vector | None, ...]  # (m,)
    parameters: _VectorParameters
    before: _VectorParameters | None
    framed: tuple[tuple[Vector, Vector], ...]  # means and variances to show, per coordinate
    coordinates: tuple[int, ...]


def _curve_figure(contents: _Contents) -> Figure:
    places = tuple(x for (x,) in contents.places)
    ((framed_means, framed_variances),) = contents.framed
    low, high = between = drawing_range(places, framed_means, framed_variances)
    curves = sample(*_univariate(contents.parameters), between, _CURVE_STEPS)
    means = [mean for (mean,) in contents.parameters[1]]
    drawn = [j for j, mean in enumerate(means) if math.isfinite(mean)]
    highest = max(curves.mixture)
    areas, lines = [], []
    if contents.before is not None:
        past = sample(*_univariate(contents.before), between, _CURVE_STEPS)
        # cut where it would dwarf what it is now: before a collapse, say
        highest = max(highest, min(max(past.mixture), 2 * highest or math.inf))
        for j, heights in enumerate(past.components):
            if heights is not None:
                lines.append(Line(_places(past.x, heights), _before(colour_of(j))))
    up = axis_from_zero(1.05 * highest or 1.0, _Y_TICKS)
    for j in drawn:
        curve = curves.components[j]
        if curve is None:
            lines.append(Line(((means[j], 0.0), (means[j], up.high)), Stroke(colour_of(j), 3.0)))
        else:
            outline = _places(curves.x, curve)
            areas.append(Area((*outline, (high, 0.0), (low, 0.0)), colour_of(j), 0.12))
            lines.append(Line(outline, _component(j)))
    mixture_stroke = Stroke(TEXT, 2.2)
    if any(curves.mixture):
        lines.append(Line(_places(curves.x, curves.mixture), mixture_stroke))
    legend = [LegendEntry("p(x)", mixture_stroke, is_formula=True)]
    for j in drawn:
        number = subscript(j + 1)
        text = f"α{number}g{number}(x)"
        legend.append(LegendEntry(text, _component(j), is_formula=True))
    return Figure(
        title=contents.title,
        description=_in_words(contents),
        x=axis(low, high, _X_TICKS),
        y=up,
        x_name=contents.names[0],
        y_name="",
        areas=tuple(areas),
        lines=tuple(lines),
        dots=tuple(Dot(x, None, shares) for x, shares in zip(places, contents.shares, strict=True)),
        dot_radius=_radius(len(places), "below the axis"),
        means=tuple(MeanMark(means[j], None, j) for j in drawn if low <= means[j] <= high),
        legend=(*legend, *_legend_of_the_past(contents)),
        has_vertical_grid=False,
    )


def _plane_figure(contents: _Contents) -> Figure:
    a, b = contents.coordinates
    across, up = (
        axis(*plane_range([x[c] for x in contents.places], *framed), ticks)
        for c, (framed, ticks) in enumerate(zip(contents.framed, (_X_TICKS, _Y_TICKS), strict=True))
    )
    _, means, covariances = contents.parameters
    areas, lines = [], []
    if contents.before is not None:
        for j, shapes in enumerate(outlines(*contents.before[1:], (a, b))):
            lines += [Line(shape, _before(colour_of(j))) for shape in _in_sight(shapes, across, up)]
    for j, shapes in enumerate(outlines(means, covariances, (a, b))):
        for shape, width in zip(_in_sight(shapes, across, up), _WIDTHS, strict=False):
            areas.append(Area(shape, colour_of(j), 0.08))
            lines.append(Line(shape, _component(j, width)))
    drawn = [j for j, mean in enumerate(means) if all(map(math.isfinite, mean))]
    sigmas = ", at " + " and ".join(f"{sigma}σ" for sigma in SIGMAS)
    legend = [
        LegendEntry(f"component {j + 1}{sigmas if j == drawn[0] else ''}", _component(j), j)
        for j in drawn
    ]
    return Figure(
        title=contents.title,
        description=_in_words(contents),
        x=across,
        y=up,
        x_name=contents.names[0],
        y_name=contents.names[1],
        areas=tuple(areas),
        lines=tuple(lines),
        dots=tuple(
            Dot(x, y, shares)
            for (x, y), shares in zip(contents.places, contents.shares, strict=True)
        ),
        dot_radius=_radius(len(contents.places), "few"),
        means=tuple(
            MeanMark(means[j][a], means[j][b], j)
            for j in drawn
            if 0 <= across.position(means[j][a]) <= 1 and 0 <= up.position(means[j][b]) <= 1
        ),
        legend=(*legend, *_legend_of_the_past(contents)),
        has_vertical_grid=True,
    )


def _radius(n: int, where_few: str) -> float:
    """Of n points: the more there are, the smaller."""
    return _RADII[where_few if n <= _FEW_POINTS else "some" if n <= MANY_POINTS else "many"]


def _in_sight(
    shapes: Sequence[tuple[Vector, ...]], across: Axis, up: Axis
) -> list[tuple[Place, ...]]:
    """The outlines that are there, and not far larger than the plot."""
    outlined = [tuple((x, y) for x, y in shape) for shape in shapes if shape]
    return [shape for shape in outlined if all(_is_near(place, across, up) for place in shape)]


def _is_near(place: Place, across: Axis, up: Axis) -> bool:
    return max(abs(across.position(place[0])), abs(up.position(place[1]))) <= _LARGEST


def _component(component: int, width: float = 2.0) -> Stroke:
    return Stroke(colour_of(component), width, dash_of(component))


def _before(colour: str) -> Stroke:
    """For what was before this epoch: thin, so that one sees what has moved."""
    return Stroke(colour, 1.5, DOTTED, 0.8)


def _legend_of_the_past(contents: _Contents) -> list[LegendEntry]:
    return [] if contents.before is None else [LegendEntry("before this epoch", _before(MUTED))]


def _places(xs: Vector, heights: Vector) -> tuple[Place, ...]:
    return tuple(zip(xs, heights, strict=True))


def _parameters(mixture: Mixture[Any] | Parameters) -> Parameters:
    if isinstance(mixture, Mixture):
        return mixture.weights, mixture.means, mixture.covariances
    return mixture


def _vectors(mixture: Mixture[Any]) -> _VectorParameters:
    return (
        mixture.weights,
        tuple(map(as_vector, mixture.means)),
        tuple(map(as_matrix, mixture.covariances)),
    )


def _univariate(parameters: _VectorParameters) -> tuple[Vector, Vector, Vector]:
    weights, means, covariances = parameters
    return weights, tuple(mean for (mean,) in means), tuple(c[0][0] for c in covariances)


def _framed(
    means: Sequence[Vector], covariances: Sequence[Sequence[Vector]], coordinates: Sequence[int]
) -> tuple[tuple[Vector, Vector], ...]:
    """Per coordinate, the means that are numbers, and their variances, at least one of them above 0."""
    present = [j for j, mean in enumerate(means) if all(map(math.isfinite, mean))]
    if not present:
        problem = "no component has a mean that is a number: there is nothing to draw"
        raise InvalidValueError(problem, field="means")
    framed = []
    for a in coordinates:
        variances = tuple(covariances[j][a][a] for j in present)
        usable = tuple(v if 0.0 < v < math.inf else 0.0 for v in variances)
        unit = (1.0,) * len(usable)
        framed.append((tuple(means[j][a] for j in present), usable if any(usable) else unit))
    return tuple(framed)


def _default_names(points: Sequence[Point], d: int) -> tuple[str, ...]:
    is_number = bool(points) and not isinstance(points[0], tuple)
    return lead_symbols(None if is_number else d)[1:]


def _check(
    points: Sequence[Point], responsibilities: Sequence[Vector] | None, k: int, d: int
) -> None:
    for i, x in enumerate(points, start=1):
        if len(as_vector(x)) != d:
            problem = (
                f"point {i} has {len(as_vector(x))} coordinates, and the means of the mixture {d}: "
                "give both the same dimension"
            )
            raise InvalidValueError(problem, field="points", index=i - 1)
    if responsibilities is None:
        return
    if len(responsibilities) != len(points):
        problem = (
            f"{len(responsibilities)} rows of responsibilities for {len(points)} points: "
            "give one row for each point"
        )
        raise InvalidValueError(problem, field="responsibilities")
    for i, row in enumerate(responsibilities, start=1):
        if len(row) != k:
            problem = (
                f"row {i} of the responsibilities has {len(row)} numbers for {k} components: "
                "give one for each component"
            )
            raise InvalidValueError(problem, field="responsibilities", index=i - 1)


def _in_words(contents: _Contents) -> str:
    """The plot for those who can't see it."""
    ranges = [
        f"{name} from {min(values):.4g} to {max(values):.4g}"
        for name, values in zip(contents.names, columns(contents.places), strict=False)
    ]
    words = [f"{len(contents.places)} points, {' and '.join(ranges)}" if ranges else "no points"]
    shown = contents.coordinates
    for j, (weight, mean, covariance) in enumerate(zip(*contents.parameters, strict=True), start=1):
        centre = ", ".join(f"{mean[a]:.4g}" for a in shown)
        variances = " and ".join(f"{covariance[a][a]:.4g}" for a in shown)
        where, which = (centre, "variance") if len(shown) == 1 else (f"({centre})", "variances")
        words.append(f"component {j} with weight {weight:.4g} at {where}, {which} {variances}")
    return "; ".join(words)

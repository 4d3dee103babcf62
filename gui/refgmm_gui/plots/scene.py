"""What the plot of a mixture shows, as values: curves or ellipses, points and their shares. No Qt, no EM.

The numbers come from the walk, and from the core: refgmm.curves samples them, refgmm.probe says
what the mixture is between its points.
"""

import functools
import math
from typing import TYPE_CHECKING, Any, cast

from refgmm import Walk
from refgmm.arithmetic import Vector, as_matrix
from refgmm.arithmetic import columns as columns_of
from refgmm.blocks import Work
from refgmm.clipping import Place
from refgmm.curves import Curves, drawing_range, marginal, outlines, plane_range, sample
from refgmm.events import VarianceCollapse
from refgmm.handles import axis_ends, curve_handles
from refgmm.histogram import Histogram
from refgmm.mixture import Mixture
from refgmm.plot_style import MANY_POINTS
from refgmm.probe import Probe, probe_of, stacked_responsibilities
from refgmm.records import dataclass, replace
from refgmm.worksheet import lead_symbols
from refgmm_gui.plots.extents import extents, first_of_each, two_coordinates
from refgmm_gui.plots.histograms import Histograms
from refgmm_gui.plots.layers import USUAL, PlotChoice

if TYPE_CHECKING:
    from refgmm.contours import Contour

STEPS = 300  # along x; plus those where a component bends
_CELLS = 60, 40  # of the grid of the contours
_MOST_ON_A_PATH = 500  # places; of a longer one, every so many

BEFORE_EPOCH = "before this epoch"
_MOST_AT_ONCE = 5_000  # points whose histogram needs no preparation
_MOST_IN_PART = 10_000  # points; of more, responsibilities show once all are known

HISTOGRAMS = Histograms()

Range = tuple[float, float]

Parameters = tuple[Vector, Vector, Vector]
"""Weights, means and variances in one dimension; of a component that has collapsed, variance nan."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of a mixture in one dimension."""

    points: Vector
    shares: tuple[Vector, ...]  # of each point, the responsibilities known, from component 1 on
    parameters: Parameters  # as far as they are known
    old: Parameters | None  # of the epoch's start, once a parameter has changed
    curves: Curves  # of the parameters
    before: Curves | None  # of the old ones
    spikes: frozenset[int]  # components that have collapsed, from 0
    between: Range  # x
    probe: Probe
    histogram: Histogram | None  # in the place of the points as dots
    stack: tuple[Vector, ...] | None  # responsibilities along curves.x, one upon the other
    shows_components: bool
    before_name: str = BEFORE_EPOCH  # what `before` is
    least_top: float = 0.0  # the density up to which the axis goes at least

    @property
    def means(self) -> Vector:
        return self.parameters[1]

    @property
    def handles(self) -> tuple[tuple[Place, ...], ...]:
        """Where each component is taken to change its width: one place, or none."""
        return tuple(() if at is None else (at,) for at in curve_handles(*self.parameters))

    def over(self, between: Range) -> "Scene":
        """The same picture over another range of x: sampled anew, so that it is as fine."""
        curves = sample(*self.parameters, between, STEPS)
        return replace(
            self,
            between=between,
            curves=curves,
            before=None if self.old is None else sample(*self.old, between, STEPS),
            stack=None if self.stack is None else stacked_responsibilities(self.probe, curves.x),
        )


Ellipses = tuple[tuple[Vector, ...], ...]
"""The outlines of a component, at each of SIGMAS; empty ones where it has none."""


@dataclass(frozen=True, slots=True)
class PlaneScene:
    """One picture of two coordinates of a mixture."""

    points: tuple[Vector, ...]  # (n, 2)
    shares: tuple[Vector, ...]  # of each point, the responsibilities known, from component 1 on
    ellipses: tuple[Ellipses, ...]  # of each component, as far as its parameters are known
    before: tuple[Ellipses, ...] | None  # of the epoch's start, once a parameter has changed
    means: tuple[Vector, ...]  # (k, 2)
    variances: tuple[Vector, ...]  # (k, 2)
    collapsed: frozenset[int]  # components that sit on one point, from 0
    across: Range
    up: Range
    names: tuple[str, str]  # of the coordinates: "x[1]", "x[2]"
    probe: Probe
    handles: tuple[tuple[Place, ...], ...]  # of each component, the ends of the axes at 1 sigma
    contours: "tuple[Contour, ...] | None"
    paths: tuple[tuple[Vector, ...], ...]  # of each mean, epoch by epoch; () where not shown
    shows_components: bool
    has_equal_scales: bool
    before_name: str = BEFORE_EPOCH  # what `before` is

    def over(self, across: Range, up: Range) -> "PlaneScene":
        """The same picture over other ranges."""
        contours = None if self.contours is None else contours_of(self.probe, across, up)
        return replace(self, across=across, up=up, contours=contours)


def picture_of(
    walk: Walk, coordinates: tuple[int, int], choice: PlotChoice = USUAL
) -> Scene | PlaneScene:
    """The picture of the place where the walk stands: of these coordinates, where there are more."""
    if (walk.problem.dimension or 1) == 1:
        return scene_of(walk, STEPS, choice)
    return plane_scene_of(walk, coordinates, choice)


def scene_of(walk: Walk, steps: int, choice: PlotChoice = USUAL) -> Scene:
    """The picture of one dimension, with so many steps along x."""
    points = first_coordinates(walk.problem.points)
    between = drawing_range(extents(points)[0], *_curve_parameters(walk.problem.initial)[1:])
    spikes = _collapsed(walk)
    weights, means, covariances = walk.parameters
    drawn = tuple(
        math.nan if j in spikes else v for j, v in enumerate(first_variances(covariances))
    )
    parameters = weights, first_coordinates(means), drawn
    shows_before = "before" in choice.layers and _has_changed(walk)
    old = _curve_parameters(walk.epoch.before) if shows_before else None
    curves, probe = sample(*parameters, between, steps), probe_of(*parameters)
    shares = _known_shares(walk)
    histogram = histogram_in(HISTOGRAMS, points, shares, choice.points_as)
    return Scene(
        points=points,
        shares=shares,
        parameters=parameters,
        old=old,
        curves=curves,
        before=None if old is None else sample(*old, between, steps),
        spikes=spikes,
        between=between,
        probe=probe,
        histogram=histogram,
        stack=stacked_responsibilities(probe, curves.x) if "stack" in choice.layers else None,
        shows_components="components" in choice.layers,
    )


def plane_scene_of(
    walk: Walk, coordinates: tuple[int, int], choice: PlotChoice = USUAL
) -> PlaneScene:
    """The picture of two coordinates, from 0."""
    a, b = coordinates
    points = two_coordinates(walk.problem.points, a, b)
    start = walk.problem.initial
    across, up = (
        plane_range(
            ends,
            [mean[c] for mean in start.means],
            [covariance[c][c] for covariance in start.covariances],
        )
        for ends, c in zip(extents(points), coordinates, strict=True)
    )
    collapsed, layers = _collapsed(walk), choice.layers
    weights, means, covariances = walk.parameters
    shapes = outlines(means, covariances, coordinates)
    before = walk.epoch.before
    names = lead_symbols(walk.problem.dimension)[1:]
    probe = probe_of(weights, means, covariances, coordinates)
    return PlaneScene(
        points=points,
        shares=_known_shares(walk),
        ellipses=tuple(() if j in collapsed else shape for j, shape in enumerate(shapes)),
        before=outlines(before.means, before.covariances, coordinates)
        if "before" in layers and _has_changed(walk)
        else None,
        means=tuple((mean[a], mean[b]) for mean in means),
        variances=tuple((covariance[a][a], covariance[b][b]) for covariance in covariances),
        collapsed=collapsed,
        across=across,
        up=up,
        names=(names[a], names[b]),
        probe=probe,
        handles=tuple(
            () if j in collapsed else axis_ends(*marginal(mean, covariance, coordinates))
            for j, (mean, covariance) in enumerate(zip(means, covariances, strict=True))
        ),
        contours=contours_of(probe, across, up) if "contours" in layers else None,
        paths=_paths(walk, coordinates) if "paths" in layers else (),
        shows_components="components" in layers,
        has_equal_scales="equal" in layers,
    )


def histogram_in(
    kept: Histograms, points: Vector, shares: tuple[Vector, ...], points_as: str
) -> Histogram | None:
    """None where the points are dots, as those are that have no extent."""
    if not points or points_as == "dots" or (points_as == "auto" and len(points) <= MANY_POINTS):
        return None
    histogram = kept.of(points, shares)
    return histogram if histogram.bars else None


def prepared(walk: Walk, choice: PlotChoice) -> Work[None]:
    """What takes long in the picture of a place, done in blocks, so that it is at hand afterwards."""
    is_curves = (walk.problem.dimension or 1) == 1 and choice.kind == "mixture"
    if is_curves and choice.points_as != "dots" and len(walk.problem.points) > _MOST_AT_ONCE:
        points, shares = first_coordinates(walk.problem.points), _known_shares(walk)
        yield from HISTOGRAMS.prepare(points, shares)


def contours_of(probe: Probe, across: Range, up: Range) -> "tuple[Contour, ...]":
    from refgmm.contours import density_contours

    return density_contours(probe.density, across, up, _CELLS)


def _paths(walk: Walk, coordinates: tuple[int, int]) -> tuple[tuple[Vector, ...], ...]:
    """Where each mean has been, from the start to where the walk stands."""
    a, b = coordinates
    history = walk.history
    every = len(history) // _MOST_ON_A_PATH + 1
    stops = [milestone.mixture.means for milestone in history[:-1:every]]
    stops += [history[-1].mixture.means, walk.parameters[1]]
    return tuple(tuple((mean[a], mean[b]) for mean in means) for means in columns_of(stops))


def _known_shares(walk: Walk) -> tuple[Vector, ...]:
    rows = walk.epoch.e.responsibilities
    if walk.knows("responsibilities"):
        return rows
    is_begun = walk.shows("responsibilities", point=0, component=0)  # which is filled first
    if not is_begun or len(rows) > _MOST_IN_PART:
        return none_known(len(rows))
    return tuple(
        tuple([beta for j, beta in enumerate(row) if walk.shows("responsibilities", i, j)])
        for i, row in enumerate(rows)
    )


@functools.lru_cache(maxsize=4)
def none_known(count: int) -> tuple[Vector, ...]:
    """No responsibilities of so many points."""
    return ((),) * count


def _has_changed(walk: Walk) -> bool:
    """Whether a parameter is new in this epoch: the first are the means, from component 1 on."""
    return walk.has_new("means", component=0)


def _collapsed(walk: Walk) -> frozenset[int]:
    return frozenset(
        event.component
        for event in walk.epoch.events
        if isinstance(event, VarianceCollapse) and walk.has_new("variances", event.component)
    )


def _curve_parameters(mixture: Mixture[Any]) -> Parameters:
    return mixture.weights, first_coordinates(mixture.means), first_variances(mixture.covariances)


def first_coordinates(points: tuple[object, ...]) -> Vector:
    if points and not isinstance(points[0], tuple):
        return cast(Vector, points)
    return first_of_each(points)


def first_variances(covariances: tuple[object, ...]) -> Vector:
    return tuple(as_matrix(covariance)[0][0] for covariance in covariances)

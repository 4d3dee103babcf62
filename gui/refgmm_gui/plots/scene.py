"""What the plot shows, as values: curves or ellipses, points and their shares. No Qt, and no EM.

The numbers come from the walk; refgmm.curves samples them.
"""

import math
from dataclasses import dataclass
from typing import Any

from refgmm import Walk
from refgmm.arithmetic import Vector, as_matrix, as_vector
from refgmm.arithmetic import columns as columns_of
from refgmm.curves import Curves, drawing_range, outlines, plane_range, sample
from refgmm.events import VarianceCollapse
from refgmm.mixture import Mixture
from refgmm.worksheet import lead_symbols

_STEPS = 300  # along x; plus those where a component bends

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of a mixture in one dimension."""

    points: Vector
    shares: tuple[Vector, ...]  # of each point, the responsibilities known, from component 1 on
    curves: Curves  # of the parameters as far as they are known
    before: Curves | None  # of the epoch's start, once a parameter has changed
    means: Vector
    spikes: frozenset[int]  # components that have collapsed, from 0
    between: Range  # x


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


def picture_of(walk: Walk, coordinates: tuple[int, int]) -> Scene | PlaneScene:
    """The picture of the place where the walk stands: of these coordinates, where there are more."""
    if (walk.problem.dimension or 1) == 1:
        return scene_of(walk, _STEPS)
    return plane_scene_of(walk, coordinates)


def scene_of(walk: Walk, steps: int) -> Scene:
    """The picture of one dimension, with so many steps along x."""
    points = _first_coordinates(walk.problem.points)
    between = drawing_range(points, *_curve_parameters(walk.problem.initial)[1:])
    spikes = _collapsed(walk)
    weights, means, covariances = walk.parameters
    means, variances = _first_coordinates(means), _variances(covariances)
    drawn = tuple(math.nan if j in spikes else value for j, value in enumerate(variances))
    old = _curve_parameters(walk.epoch.before)
    return Scene(
        points=points,
        shares=_known_shares(walk),
        curves=sample(weights, means, drawn, between, steps),
        before=sample(*old, between, steps) if _has_changed(walk) else None,
        means=means,
        spikes=spikes,
        between=between,
    )


def plane_scene_of(walk: Walk, coordinates: tuple[int, int]) -> PlaneScene:
    """The picture of two coordinates, from 0."""
    a, b = coordinates
    points = tuple((x[a], x[b]) for x in walk.problem.points)
    start = walk.problem.initial
    across, up = (
        plane_range(
            columns_of(points)[axis],
            [mean[c] for mean in start.means],
            [covariance[c][c] for covariance in start.covariances],
        )
        for axis, c in enumerate(coordinates)
    )
    collapsed = _collapsed(walk)
    _, means, covariances = walk.parameters
    shapes = outlines(means, covariances, coordinates)
    before = walk.epoch.before
    names = lead_symbols(walk.problem.dimension)[1:]
    return PlaneScene(
        points=points,
        shares=_known_shares(walk),
        ellipses=tuple(() if j in collapsed else shape for j, shape in enumerate(shapes)),
        before=outlines(before.means, before.covariances, coordinates)
        if _has_changed(walk)
        else None,
        means=tuple((mean[a], mean[b]) for mean in means),
        variances=tuple((covariance[a][a], covariance[b][b]) for covariance in covariances),
        collapsed=collapsed,
        across=across,
        up=up,
        names=(names[a], names[b]),
    )


def _known_shares(walk: Walk) -> tuple[Vector, ...]:
    rows = walk.epoch.e.responsibilities
    if walk.knows("responsibilities"):
        return rows
    if not walk.shows("responsibilities", point=0, component=0):  # which is filled first
        return ((),) * len(rows)
    return tuple(
        tuple([beta for j, beta in enumerate(row) if walk.shows("responsibilities", i, j)])
        for i, row in enumerate(rows)
    )


def _has_changed(walk: Walk) -> bool:
    """Whether a parameter is new in this epoch: the first are the means, from component 1 on."""
    return walk.has_new("means", component=0)


def _collapsed(walk: Walk) -> frozenset[int]:
    return frozenset(
        event.component
        for event in walk.epoch.events
        if isinstance(event, VarianceCollapse) and walk.has_new("variances", event.component)
    )


def _curve_parameters(mixture: Mixture[Any]) -> tuple[Vector, Vector, Vector]:
    """Weights, means and variances."""
    return mixture.weights, _first_coordinates(mixture.means), _variances(mixture.covariances)


def _first_coordinates(points: tuple[object, ...]) -> Vector:
    return tuple(as_vector(x)[0] for x in points)


def _variances(covariances: tuple[object, ...]) -> Vector:
    return tuple(as_matrix(covariance)[0][0] for covariance in covariances)

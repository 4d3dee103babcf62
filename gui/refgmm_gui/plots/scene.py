"""What the plot shows, as values: curves, points and their shares. No Qt, and no EM.

The numbers come from the walk; refgmm.curves samples them.
"""

import math
from dataclasses import dataclass

from refgmm import Walk
from refgmm.arithmetic import Vector
from refgmm.curves import Curves, drawing_range, sample
from refgmm.events import VarianceCollapse

Parameters = tuple[Vector, Vector, Vector]  # weights, means, variances


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the mixture."""

    points: Vector
    shares: tuple[Vector, ...] | None  # responsibilities; None while they are unknown
    curves: Curves  # of the parameters as far as they are known
    before: Curves | None  # of the epoch's start, once a parameter has changed
    means: Vector
    spikes: frozenset[int]  # components that have collapsed, from 0
    between: tuple[float, float]  # x


def scene_of(walk: Walk, steps: int) -> Scene:
    """The picture of the place where the walk stands, with so many steps along x."""
    problem, before = walk.problem, walk.epoch.before
    start = problem.initial.components
    between = drawing_range(problem.points, [c.mean for c in start], [c.variance for c in start])
    spikes = frozenset(
        event.component for event in walk.stopped_by if isinstance(event, VarianceCollapse)
    )
    weights, means, variances = walk.parameters
    drawn = tuple(math.nan if j in spikes else value for j, value in enumerate(variances))
    has_moved = walk.knows("means")
    old = (
        before.weights,
        tuple(c.mean for c in before.components),
        tuple(c.variance for c in before.components),
    )
    return Scene(
        points=problem.points,
        shares=walk.epoch.e.responsibilities if walk.knows("responsibilities") else None,
        curves=sample(weights, means, drawn, between, steps),
        before=sample(*old, between, steps) if has_moved else None,
        means=means,
        spikes=spikes,
        between=between,
    )

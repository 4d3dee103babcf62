"""What the plot shows while the inputs are changed on it: their points and their mixture. No Qt.

What is drawn solid is what the hand may take; dotted, where the walk stands.
"""

from typing import Any

from refgmm import Walk
from refgmm.arithmetic import Square, Vector, square
from refgmm.curves import drawing_range, marginal, outlines, plane_range, sample
from refgmm.handles import axis_ends, curve_handles
from refgmm.probe import probe_of, stacked_responsibilities
from refgmm.records import replace
from refgmm.worksheet import lead_symbols
from refgmm_gui.draft import Draft
from refgmm_gui.plots.extents import extents, two_coordinates
from refgmm_gui.plots.histograms import Histograms
from refgmm_gui.plots.layers import PlotChoice
from refgmm_gui.plots.scene import (
    STEPS,
    Parameters,
    PlaneScene,
    Range,
    Scene,
    contours_of,
    first_coordinates,
    first_variances,
    histogram_in,
    none_known,
)

WALK_STANDS = "where the walk stands"
_MIDDLE, _REACH = 5.0, 5.0 / 3  # of the axes of a problem without numbers: 3 times that around it
_MARGIN = 0.03  # of the range, beside a handle
HISTOGRAMS = Histograms()

Given = tuple[Vector, tuple[Any, ...], tuple[Square, ...]]
"""Weights, means and covariances; none of a problem whose parameters are still to be typed."""


def picture_of_inputs(
    draft: Draft, walk: Walk | None, coordinates: tuple[int, int], choice: PlotChoice
) -> Scene | PlaneScene | None:
    """The points and the mixture that were typed; None where a number among them is wrong."""
    typed = draft.typed()
    if typed is None:
        return None
    points, mixture = typed
    given: Given = ((), (), ())
    if mixture is not None:
        given = mixture.weights, mixture.means, mixture.covariances
    ghost: Given | None = None
    if walk is not None and walk.problem.dimension == draft.dimension and walk.parameters != given:
        ghost = walk.parameters
    if (draft.dimension or 1) == 1:
        return _curves(points, given, ghost, choice)
    scene = _plane(points, given, ghost, coordinates, choice)
    names = lead_symbols(draft.dimension)[1:]
    a, b = coordinates
    return replace(scene, names=(names[a], names[b]))


def _curves(
    points: tuple[Any, ...], given: Given, ghost: Given | None, choice: PlotChoice
) -> Scene:
    xs, parameters = first_coordinates(points), _first_parameters(given)
    ends = extents(xs)[0] if xs else ()
    between = _with_handles(drawing_range(ends, *_around(ends, *parameters[1:])), parameters)
    old = None if ghost is None else _first_parameters(ghost)
    curves, probe = sample(*parameters, between, STEPS), probe_of(*parameters)
    shares = none_known(len(xs))
    return Scene(
        points=xs,
        shares=shares,
        parameters=parameters,
        old=old,
        curves=curves,
        before=None if old is None else sample(*old, between, STEPS),
        spikes=frozenset(),
        between=between,
        probe=probe,
        histogram=histogram_in(HISTOGRAMS, xs, shares, choice.points_as),
        stack=stacked_responsibilities(probe, curves.x) if "stack" in choice.layers else None,
        shows_components=True,
        before_name=WALK_STANDS,
    )


def _plane(
    points: tuple[Any, ...],
    given: Given,
    ghost: Given | None,
    coordinates: tuple[int, int],
    choice: PlotChoice,
) -> PlaneScene:
    a, b = coordinates
    weights, means, covariances = given
    shown = two_coordinates(points, a, b)
    across, up = (
        plane_range(ends, *_around(ends, [m[c] for m in means], [v[c][c] for v in covariances]))
        for ends, c in zip(extents(shown) or ((), ()), coordinates, strict=True)
    )
    probe = probe_of(weights, means, covariances, coordinates)
    return PlaneScene(
        points=shown,
        shares=none_known(len(points)),
        ellipses=outlines(means, covariances, coordinates),
        before=None if ghost is None else outlines(*ghost[1:], coordinates),
        means=tuple((mean[a], mean[b]) for mean in means),
        variances=tuple((covariance[a][a], covariance[b][b]) for covariance in covariances),
        collapsed=frozenset(),
        across=across,
        up=up,
        names=("", ""),
        probe=probe,
        handles=tuple(
            axis_ends(*marginal(mean, covariance, coordinates))
            for mean, covariance in zip(means, covariances, strict=True)
        ),
        contours=contours_of(probe, across, up) if "contours" in choice.layers else None,
        paths=(),
        shows_components=True,
        has_equal_scales="equal" in choice.layers,
        before_name=WALK_STANDS,
    )


def _with_handles(between: Range, parameters: Parameters) -> Range:
    """A range wide enough for the handles on the curves, unless they are very far."""
    low, high = between
    width = high - low
    ends = [handle[0] + _MARGIN * width for handle in curve_handles(*parameters) if handle]
    return low, max([high, *(end for end in ends if end < high + width)])


def _around(points: Any, means: Any, variances: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Means and variances to choose a range by: those there are, else one around the points."""
    if means:
        return tuple(means), tuple(variances)
    if not points:
        return (_MIDDLE,), (square(_REACH),)
    low, high = min(points), max(points)
    return ((low + high) / 2,), (square((high - low) / 2 or _REACH),)


def _first_parameters(given: Given) -> Parameters:
    weights, means, covariances = given
    return weights, first_coordinates(means), first_variances(covariances)

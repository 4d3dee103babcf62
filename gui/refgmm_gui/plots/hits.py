"""What lies under the pointer: a handle, a point, a mean, or an epoch."""

import itertools
import math
from collections.abc import Iterator

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF

from refgmm.records import dataclass
from refgmm_gui.plots.epoch_scene import EpochScene
from refgmm_gui.plots.frame import Frame
from refgmm_gui.plots.picture import Picture, point_places, point_radius
from refgmm_gui.plots.scene import PlaneScene, Scene

_REACH = 6.0  # pixels; how far beside a thing a hand may be


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in the plot that can be pointed at."""

    kind: str  # "point", "mean", "sigma", "epoch", "border" (between two weights)
    index: int  # of the point, the component (from 0), or the epoch; of the weight left of a border
    axis: int = 0  # of a sigma in two coordinates: 0 for the shorter axis, 1 for the longer


def thing_at(
    picture: Picture, frame: Frame, position: QPointF, metrics: QFontMetricsF
) -> Thing | None:
    """The nearest thing within reach."""
    if isinstance(picture, EpochScene):
        return _epoch_at(picture, frame, position)
    reach = max(_REACH, point_radius(picture))
    points = _points(picture, frame, metrics)
    candidates = itertools.chain(_handles(picture, frame), points, _means(picture, frame))
    near = ((_squared(at - position), thing) for thing, at in candidates)
    distance, thing = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    if distance <= reach * reach:
        return thing
    return _mean_line_at(picture, frame, position) if isinstance(picture, Scene) else None


def places_of(
    picture: Scene | PlaneScene, frame: Frame, metrics: QFontMetricsF
) -> Iterator[tuple[Thing, QPointF]]:
    """All things in sight, and where each stands: means, handles, points.

    In one dimension a mean stands at its name, over the plot.
    """
    if isinstance(picture, Scene):
        over = QPointF(0.0, frame.area.top() - metrics.height() / 2)
        for component, mean in enumerate(picture.means):
            if frame.x.low <= mean <= frame.x.high:
                yield Thing("mean", component), QPointF(frame.at(mean, 0.0).x(), over.y())
    else:
        yield from _means(picture, frame)
    yield from _handles(picture, frame)
    for thing, at in _points(picture, frame, metrics):
        if frame.area.left() <= at.x() <= frame.area.right():
            yield thing, at


def _points(
    picture: Scene | PlaneScene, frame: Frame, metrics: QFontMetricsF
) -> Iterator[tuple[Thing, QPointF]]:
    """None where a histogram stands in their place."""
    if isinstance(picture, Scene) and picture.histogram is not None:
        return
    for i, at in enumerate(point_places(frame, picture, metrics)):
        yield Thing("point", i), at


def _epoch_at(picture: EpochScene, frame: Frame, position: QPointF) -> Thing | None:
    """The epoch above or below which the pointer stands."""
    if not frame.area.adjusted(-8, 0, 8, 0).contains(position):
        return None
    epoch = round(frame.place(position)[0])
    return Thing("epoch", epoch) if 0 <= epoch <= picture.last else None


def _handles(picture: Scene | PlaneScene, frame: Frame) -> Iterator[tuple[Thing, QPointF]]:
    for component, places in enumerate(picture.handles):
        for axis, place in enumerate(places):
            if frame.shows(*place):
                yield Thing("sigma", component, axis), frame.at(*place)


def _means(picture: Scene | PlaneScene, frame: Frame) -> Iterator[tuple[Thing, QPointF]]:
    if isinstance(picture, PlaneScene):
        for component, (x, y) in enumerate(picture.means):
            if frame.shows(x, y):
                yield Thing("mean", component), frame.at(x, y)


def _mean_line_at(picture: Scene, frame: Frame, position: QPointF) -> Thing | None:
    """In one dimension a mean is a line from the name above the plot down to the axis."""
    if not frame.area.adjusted(0, -20, 0, 0).contains(position):
        return None
    near = [
        (abs(frame.at(mean, 0.0).x() - position.x()), component)
        for component, mean in enumerate(picture.means)
        if frame.x.low <= mean <= frame.x.high
    ]
    distance, component = min(near, default=(_REACH + 1, 0))
    return Thing("mean", component) if distance <= _REACH else None


def _squared(offset: QPointF) -> float:
    return QPointF.dotProduct(offset, offset)

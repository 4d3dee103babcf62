"""Any picture of the app, painted on any device: one table of what can be painted."""

from importlib import import_module
from types import ModuleType

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from refgmm_gui.plots.epoch_scene import EpochScene
from refgmm_gui.plots.frame import Frame
from refgmm_gui.plots.painting import PLAIN, LegendEntry, Look
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.theme import Theme

Picture = Scene | PlaneScene | EpochScene

_PAINTINGS = {Scene: "curve_painting", PlaneScene: "plane_painting", EpochScene: "epoch_painting"}
"""Each module has paint, frame_of, legend and in_words; those of mixtures point_places, too."""


def _painting(picture: Picture) -> ModuleType:
    """The module for a picture, imported when there is one to paint."""
    return import_module(f"refgmm_gui.plots.{_PAINTINGS[type(picture)]}")


def paint(
    painter: QPainter, area: QRectF, picture: Picture, colours: Theme, look: Look = PLAIN
) -> None:
    """Draw the picture into `area` of any paint device."""
    _painting(picture).paint(painter, area, picture, colours, look)


def frame_of(area: QRectF, picture: Picture, metrics: QFontMetricsF) -> Frame:
    """Where the axes stand that `paint` draws."""
    frame: Frame = _painting(picture).frame_of(area, picture, metrics)
    return frame


def legend(picture: Picture, colours: Theme) -> list[LegendEntry]:
    """What the legend says."""
    entries: list[LegendEntry] = _painting(picture).legend(picture, colours)
    return entries


def in_words(picture: Picture) -> str:
    """The picture for those who can't see it."""
    return str(_painting(picture).in_words(picture))


def point_places(
    frame: Frame, picture: Scene | PlaneScene, metrics: QFontMetricsF
) -> list[QPointF]:
    """Where the points stand on the device."""
    places: list[QPointF] = _painting(picture).point_places(frame, picture, metrics)
    return places


def point_radius(picture: Scene | PlaneScene) -> float:
    """How large a point is."""
    return float(_painting(picture).point_radius(picture))

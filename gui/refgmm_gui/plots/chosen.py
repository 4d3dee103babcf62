"""The picture that the view asks for. No Qt."""

from refgmm import Walk
from refgmm_gui.plots.epoch_scene import EpochScene, log_likelihood_scene_of, means_scene_of
from refgmm_gui.plots.scene import PlaneScene, Scene, picture_of
from refgmm_gui.session import View


def coordinates_of(walk: Walk, view: View) -> tuple[int, int]:
    """The two that the plot shows, from 0: the first where the view's are those of another problem."""
    is_there = max(view.coordinates) < (walk.problem.dimension or 1)
    return view.coordinates if is_there else (0, 1)


def plot_of(walk: Walk, view: View) -> Scene | PlaneScene | EpochScene:
    """The picture of the place where the walk stands."""
    coordinates = coordinates_of(walk, view)
    if view.plot.kind == "log_likelihood":
        return log_likelihood_scene_of(walk, view.plot)
    if view.plot.kind == "means":
        is_plane = (walk.problem.dimension or 1) > 1
        return means_scene_of(walk, coordinates[0] if is_plane else 0)
    return picture_of(walk, coordinates, view.plot)

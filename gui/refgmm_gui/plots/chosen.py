"""The picture that the view asks for. No Qt."""

from refgmm import Walk
from refgmm_gui.plots.epoch_scene import EpochScene, log_likelihood_scene_of, means_scene_of
from refgmm_gui.plots.inputs_scene import picture_of_inputs
from refgmm_gui.plots.scene import PlaneScene, Scene, picture_of
from refgmm_gui.session import State, View


def is_edited(state: State) -> bool:
    """Whether the plot shows the inputs, to change them by hand, and not the walk."""
    return state.view.edits_plot and state.view.plot.kind == "mixture"


def dimension_shown(state: State) -> int | None:
    """Of the points in the plot."""
    if is_edited(state) or state.place is None:
        return state.draft.dimension
    return state.place.walk.problem.dimension


def coordinates_of(dimension: int | None, view: View) -> tuple[int, int]:
    """The two that the plot shows, from 0: the first where the view's are those of another problem."""
    return view.coordinates if max(view.coordinates) < (dimension or 1) else (0, 1)


def plot_shown(state: State) -> Scene | PlaneScene | EpochScene | None:
    """What the plot shows; None where the inputs are too faulty to be drawn."""
    walk = state.place.walk if state.place else None
    if is_edited(state):
        coordinates = coordinates_of(state.draft.dimension, state.view)
        return picture_of_inputs(state.draft, walk, coordinates, state.view.plot)
    return None if walk is None else plot_of(walk, state.view)


def plot_of(walk: Walk, view: View) -> Scene | PlaneScene | EpochScene:
    """The picture of the place where the walk stands."""
    coordinates = coordinates_of(walk.problem.dimension, view)
    if view.plot.kind == "log_likelihood":
        return log_likelihood_scene_of(walk, view.plot)
    if view.plot.kind == "means":
        is_plane = (walk.problem.dimension or 1) > 1
        return means_scene_of(walk, coordinates[0] if is_plane else 0)
    return picture_of(walk, coordinates, view.plot)

"""The picture that the view asks for. No Qt."""

from refgmm import Walk
from refgmm.records import dataclass
from refgmm_gui.plots.epoch_scene import EpochScene, log_likelihood_scene_of, means_scene_of
from refgmm_gui.plots.scene import PlaneScene, Scene, picture_of
from refgmm_gui.session import State, View


@dataclass(frozen=True, slots=True)
class Shown:
    """What the plot shows."""

    picture: Scene | PlaneScene | EpochScene | None  # None until the inputs were right once
    dimension: int | None  # of its points
    is_edited: bool  # whether it is that of the inputs, to change them by hand


def shown(state: State) -> Shown:
    """The inputs' picture while they are changed by hand, if it can be drawn; else the walk's."""
    walk = state.place.walk if state.place else None
    if state.view.edits_plot and state.view.plot.kind == "mixture":
        from refgmm_gui.plots.inputs_scene import picture_of_inputs

        dimension = state.draft.dimension
        coordinates = coordinates_of(dimension, state.view)
        picture = picture_of_inputs(state.draft, walk, coordinates, state.view.plot)
        if picture is not None:
            return Shown(picture, dimension, is_edited=True)
    if walk is None:
        return Shown(None, state.draft.dimension, is_edited=False)
    return Shown(plot_of(walk, state.view), walk.problem.dimension, is_edited=False)


def coordinates_of(dimension: int | None, view: View) -> tuple[int, int]:
    """The two that the plot shows, from 0: the first where the view's are those of another problem."""
    return view.coordinates if max(view.coordinates) < (dimension or 1) else (0, 1)


def plot_of(walk: Walk, view: View) -> Scene | PlaneScene | EpochScene:
    """The picture of the place where the walk stands."""
    coordinates = coordinates_of(walk.problem.dimension, view)
    if view.plot.kind == "log_likelihood":
        return log_likelihood_scene_of(walk, view.plot)
    if view.plot.kind == "means":
        return means_scene_of(walk, coordinates)
    return picture_of(walk, coordinates, view.plot)

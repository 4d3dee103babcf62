"""Files for others to read: the plot, the animation of a run."""

from pathlib import Path

from refgmm.errors import RefGMMError
from refgmm_gui.desks.parts import Parts
from refgmm_gui.plots import export
from refgmm_gui.plots.chosen import plot_of

_NO_PLOT = "There is no plot yet: correct the inputs on the left."


class ExportingDesk:
    """Asks for a path, and writes there what the window shows."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _sheet(self) -> export.Sheet:
        """What a file shows the plot on: the same as the window."""
        plot = self._parts.window.plot
        return export.Sheet(plot.size(), plot.font(), self._parts.theme)

    def export_plot(self) -> None:
        picture = self._parts.window.plot.picture
        if picture is None:
            self._parts.tell(_NO_PLOT, is_fault=True)
            return
        suggestion = str(Path(self._parts.folder) / "plot.svg")
        if not (path := self._parts.dialogs.path_to_export(suggestion)):
            return
        try:
            export.save(path, picture, self._sheet())
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return
        self._parts.remember_folder(path)
        self._parts.tell(f"Saved {path}.")

    def export_animation(self) -> None:
        if self._parts.state.place is None:
            self._parts.tell(_NO_PLOT, is_fault=True)
            return
        suggestion = str(Path(self._parts.folder) / "run.gif")
        if not (path := self._parts.dialogs.path_to_animate(suggestion)):
            return
        walk, view, plot = (
            self._parts.state.place.walk,
            self._parts.state.view,
            self._parts.window.plot,
        )
        frames = export.save_animation(
            path, walk, lambda place: plot.in_sight(plot_of(place, view)), self._sheet()
        )
        try:
            is_done = self._parts.dialogs.watch(
                "Making the frames …", frames, export.frame_count(walk)
            )
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return
        if is_done:
            self._parts.remember_folder(path)
        self._parts.tell(f"Saved {path}." if is_done else "No animation was saved.")

"""Files for others to read: the worked solution, the plot, the animation of a run."""

from pathlib import Path
from typing import TYPE_CHECKING

from refgmm import Problem, Walk, files, records
from refgmm.errors import RefGMMError
from refgmm_gui import language
from refgmm_gui.desks.parts import Parts
from refgmm_gui.plots.chosen import plot_of
from refgmm_gui.runner import CancelledError, Job
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.dialogs.solution import SolutionChoice
    from refgmm_gui.plots import export

_FORMATS = {".html": "html", ".md": "markdown", ".tex": "latex", "": "csv"}
_NO_SOLUTION = "There is nothing to work out yet: correct the inputs."
_NO_PLOT = "There is no plot yet: correct the inputs."


_MOST_EPOCHS = 20  # of a solution, unless the user says otherwise


class ExportingDesk:
    """Asks for a path, and writes there what the window shows."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _sheet(self) -> "export.Sheet":
        """What a file shows the plot on: the same as the window."""
        from refgmm_gui.plots import export

        plot = self._parts.window.plot
        return export.Sheet(plot.size(), plot.font(), self._parts.theme)

    def export_solution(self) -> None:
        """The problem of the walk in sight, worked out as far as the walk has gone."""
        from refgmm_gui.dialogs.solution import FORMATS
        from refgmm_gui.printing.boxes import report_family

        parts, place = self._parts, self._parts.state.place
        if place is None:
            parts.tell(tr(_NO_SOLUTION), is_fault=True)
            return
        choice = parts.dialogs.solution(self._usual_solution(place.walk))
        if choice is None:
            return
        path = parts.dialogs.path_to_solution(choice.suggestion(parts.folder))
        if not path:
            return
        suffix = Path(path).suffix.lower()
        if choice.suffix and suffix and suffix in FORMATS:  # the name typed says it, too
            choice = records.replace(choice, suffix=suffix)
        job = solution_written(place.walk.problem, choice, path, report_family())
        try:
            parts.work(tr("Working out the solution …"), job)
        except RefGMMError as error:
            parts.dialogs.error(str(error))
        except CancelledError:
            parts.tell(tr("No solution was saved."))
        else:
            parts.remember_folder(path)
            parts.tell(tr("Saved {path}.", path=path))

    def _usual_solution(self, walk: Walk) -> "SolutionChoice":
        from refgmm_gui.dialogs.solution import SolutionChoice

        view, paper = self._parts.state.view, self._parts.state.paper
        epochs = max(1, min(walk.milestones[-1].epoch, _MOST_EPOCHS))
        return SolutionChoice(epochs, view.decimals, view.labelling, paper is not None)

    def export_plot(self) -> None:
        from refgmm_gui.plots import export

        picture = self._parts.window.plot.picture
        if picture is None:
            self._parts.tell(tr(_NO_PLOT), is_fault=True)
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
        self._parts.tell(tr("Saved {path}.", path=path))

    def export_animation(self) -> None:
        from refgmm_gui.plots import export

        if self._parts.state.place is None:
            self._parts.tell(tr(_NO_PLOT), is_fault=True)
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
                tr("Making the frames …"), frames, export.frame_count(walk)
            )
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return
        if is_done:
            self._parts.remember_folder(path)
        self._parts.tell(
            tr("Saved {path}.", path=path) if is_done else tr("No animation was saved.")
        )


def solution_written(
    problem: Problem, choice: "SolutionChoice", path: str, family: str
) -> Job[None]:
    """Write a worked solution, in the language of the app. family: of a PDF's words. FileFormatError where it can't be written."""
    from refgmm.reporting import report
    from refgmm_gui.printing.pdf import pdf

    yield 0.0
    solution = report(
        problem,
        choice.epochs,
        decimals=choice.decimals,
        labelling=choice.labelling,
        paper=choice.rounds_to,
        with_reasons=choice.with_reasons,
        translation=language.translation(),
    )
    if choice.suffix == ".pdf":
        files.write_bytes(path, (yield from pdf(solution, family)))
    else:
        solution.save(path, _FORMATS[choice.suffix])

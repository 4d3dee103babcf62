"""The user compares two runs: which ones there are to choose from."""

from typing import TYPE_CHECKING

from refgmm import Labelling, Problem
from refgmm.blocks import Work
from refgmm.errors import RefGMMError
from refgmm.notebook import most_epochs_on_paper
from refgmm_gui.comparing import Side, length_of
from refgmm_gui.desks.parts import Parts
from refgmm_gui.phrases import told
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.dialogs.compare import CompareDialog

_NAMES = {
    Labelling.TEXTBOOK: "The textbook's E and M",
    Labelling.NOTE: "The lecture note's E and M",
}
_IN_A_SENTENCE = {
    Labelling.TEXTBOOK: "the textbook's E and M",
    Labelling.NOTE: "the lecture note's E and M",
}
_MOST_KEPT = 20  # runs; each keeps its milestones in memory


class ComparingDesk:
    """Keeps the runs that the user wants to compare with. The walk in the window is run A."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: dict[int, Side] = {}  # by number, the last ones

    def compare(self) -> None:
        """Open the window: with the run kept last, or the other names of the steps."""
        from refgmm_gui.dialogs.compare import CompareDialog

        if self._parts.state.place is None:
            self._parts.tell(tr("There is no run yet: correct the inputs."), is_fault=True)
            return
        dialog = CompareDialog(self._parts.window)
        dialog.other_chosen.connect(lambda key: self._choose(dialog, key))
        dialog.keep_requested.connect(lambda: self._keep(dialog))
        dialog.finished.connect(dialog.deleteLater)
        self._parts.window.colours_shown.connect(dialog.show_colours)
        others = self._others()
        self._choose(dialog, next((key for key, _ in others if key.startswith("kept")), "names"))
        dialog.show()

    def _a(self) -> "Side":
        from refgmm_gui.comparing import Side

        state = self._parts.state
        assert state.place is not None
        return Side(tr("this run"), state.place.walk, None, state.view.labelling)

    def _others(self) -> list[tuple[str, str]]:
        """What run B can be: (key, title) each."""
        from refgmm import gallery

        state, walk = self._parts.state, self._a().walk
        kept = [
            (
                f"kept {number}",
                tr("Kept run {number}, {length}", number=number, length=length_of(side)),
            )
            for number, side in self._kept.items()
        ]
        paper = (
            [("paper", tr("Paper mode, {decimals} decimals", decimals=state.view.decimals))]
            if most_epochs_on_paper(walk.problem) > 1
            else []
        )
        edited = (
            [("inputs", tr("The inputs as they are now"))]
            if state.is_stale and state.problem
            else []
        )
        examples = [
            (f"example {example.key}", tr("Example: {title}", title=told(example.title)))
            for example in gallery.EXAMPLES
        ]
        return [
            *reversed(kept),
            ("names", tr(_NAMES[self._other_names()])),
            *paper,
            *edited,
            ("file", tr("A problem file…")),
            *examples,
        ]

    def _other_names(self) -> Labelling:
        own = self._parts.state.view.labelling
        return next(labelling for labelling in Labelling if labelling is not own)

    def _choose(self, dialog: "CompareDialog", key: str) -> None:
        """Show the run of this key as B."""
        try:
            b = self._b(key)
        except RefGMMError as error:
            self._parts.dialogs.error(str(error))
            return
        if b is not None:
            dialog.offer(self._others(), key)
            dialog.compute(self._a(), b, self._parts.state.view, self._parts.theme)

    def _b(self, key: str) -> "Work[Side] | None":
        """Run B, to be computed; None where the user has thought better of it."""
        from refgmm import gallery
        from refgmm_gui.comparing import Side

        state, a = self._parts.state, self._a()
        kind, _, which = key.partition(" ")
        if kind == "kept":
            if int(which) not in self._kept:  # another window has kept many since
                raise RefGMMError(tr("Only the last {count} runs are kept", count=_MOST_KEPT))
            return _ready(self._kept[int(which)])
        if kind == "names":
            names = self._other_names()
            return _ready(Side(tr(_IN_A_SENTENCE[names]), a.walk, None, names))
        if kind == "paper":
            decimals = state.view.decimals
            return _ready(
                Side(
                    tr("paper mode, {decimals} decimals", decimals=decimals),
                    a.walk,
                    decimals,
                    a.labelling,
                )
            )
        if kind == "inputs" and state.problem is not None:
            return self._run(tr("the inputs as they are now"), state.problem)
        if kind == "example":
            example = gallery.named(which)
            return self._run(told(example.title), example.problem())
        path = self._parts.dialogs.path_to_open(self._parts.folder)
        return self._run(path, Problem.load(path)) if path else None

    def _run(self, title: str, problem: Problem) -> "Work[Side]":
        from refgmm_gui.comparing import Side, run_of

        a = self._a()
        walk = yield from run_of(problem, a.last)
        return Side(title, walk, None, a.labelling)

    def _keep(self, dialog: "CompareDialog") -> None:
        from refgmm_gui.comparing import Side

        a = self._a()
        number = max(self._kept, default=0) + 1
        self._kept[number] = Side(
            tr("kept run {number}", number=number), a.walk, a.paper, a.labelling
        )
        self._kept.pop(number - _MOST_KEPT, None)
        dialog.offer(self._others(), f"kept {number}")
        dialog.other_chosen.emit(f"kept {number}")


def _ready(side: "Side") -> "Work[Side]":
    yield from ()
    return side

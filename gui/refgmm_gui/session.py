"""What the app knows, as immutable values and pure updates; and the store that holds them.

    Draft    the inputs as typed          ─┐
    Walk     where the walk stands         ├─ State ── Store: emits a signal for each part that changed
    View     how it is shown               │
    ...                                   ─┘

Only Store knows Qt, and of Qt only signals. No function here computes EM: Walk does.
"""

import contextlib
from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from refgmm import Cell, Granularity, Labelling, Problem, Walk, worked_example
from refgmm.blocks import NotComputedError, Traces
from refgmm.formatting import ALL_DIGITS
from refgmm.notebook import too_much_for_paper
from refgmm.records import dataclass, replace
from refgmm.stopping import MeanPasses
from refgmm.sub_steps import SUB_STEP_COUNT, Part, SubStep
from refgmm_gui.arrangement import ORDERLY, Arrangement
from refgmm_gui.draft import Draft, Fault
from refgmm_gui.plots.layers import USUAL, PlotChoice
from refgmm_gui.speeds import FASTEST

MOST_POINTS = 100_000
"""An epoch of so many points takes some two seconds, and its numbers some 100 MB."""

TRACES = Traces()
"""Where walks get their epochs from: those that take long are computed in slices, by desks.walking."""


def most_points(dimension: int | None) -> int:
    """How many points the app steps through: in d dimensions each takes about d times as long.

    >>> most_points(None), most_points(4)
    (100000, 25000)
    """
    return MOST_POINTS // (dimension or 1)


@dataclass(frozen=True, slots=True)
class View:
    """How the numbers are shown. None of it changes a number."""

    decimals: int = 4
    labelling: Labelling = Labelling.TEXTBOOK
    standard_densities: bool = (
        True  # show φ(z), as the lecture note prints it, beside the densities
    )
    granularity: Granularity = Granularity.SUB_STEP  # how much one press of Next or Back does
    paper: bool = False  # every number rounded as it is written down
    theme: str = "system"
    language: str = "system"  # of refgmm_gui.language.CHOICES
    localises_numbers: bool = False  # on the screen: files always have decimal points
    folded: frozenset[str] = frozenset()  # groups of worksheet columns, by their trace field
    coordinates: tuple[int, int] = (0, 1)  # that the plot shows across and up, from 0
    plot: PlotChoice = USUAL  # which plot, and what it shows
    arrangement: Arrangement = ORDERLY  # of the window
    edits_plot: bool = False  # whether the plot shows the inputs, to change them by hand

    def is_alike_beside_plot(self, other: "View") -> bool:
        """Whether all but the plot is shown alike in another view."""
        plot = {name: getattr(self, name) for name in ("coordinates", "plot", "edits_plot")}
        return replace(other, **plot) == self


@dataclass(frozen=True, slots=True)
class File:
    """Where the problem is kept."""

    path: str | None
    saved: Draft  # as it stands there
    fingerprint: str | None = (
        None  # of what the app last read or wrote there; see refgmm_gui.on_disk
    )


@dataclass(frozen=True, slots=True)
class Place:
    """The walk, and the place from which the last move led there."""

    walk: Walk
    before: Walk | None = None  # None: from before this epoch

    @property
    def finished(self) -> int:
        """The last epoch that is finished there; 0 for none."""
        return self.walk.history[-1].epoch

    @property
    def fresh_sub_steps(self) -> tuple[SubStep, ...]:
        """The sub-steps of the epoch that the last move filled, at least in part."""
        return self.walk.sub_steps_since(self.before)

    @property
    def fresh_part(self) -> Part | None:
        """The part of a sub-step that the last move filled; None where it filled more."""
        return self.walk.part_since(self.before)

    def is_fresh(self, is_known: Callable[[Walk], bool]) -> bool:
        """Whether the last move filled a number, of which `is_known` tells where it is known."""
        before = self.before
        if before is not None and before.epoch.index == self.walk.epoch.index and is_known(before):
            return False
        return is_known(self.walk)


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its rules, and how it goes."""

    tolerance: float = 1e-8  # nats; stop where an epoch gains less log-likelihood
    most_epochs: int = 1000
    passing: MeanPasses | None = None  # stop where a mean passes a value, too
    speed: int = FASTEST  # see refgmm_gui.speeds
    is_running: bool = False
    is_paused: bool = False  # on its way, but not going on
    begun: int = 0  # how many milestones there were when it began
    reached: int = 0  # the epoch whose milestone a run has found, where the walk doesn't stand yet
    outcome: str = ""  # why the last run stopped, in words
    is_computing: bool = False  # a single move is on its way that takes long


@dataclass(frozen=True, slots=True)
class Explained:
    """The number that is explained, and how the reader came to it."""

    trail: tuple[Cell, ...] = ()  # the last one is explained; the others led to it
    unfolded: bool = False  # whether long sums are shown whole


@dataclass(frozen=True, slots=True)
class State:
    """All of it. Each field has a signal of its own in Store."""

    draft: Draft
    problem: Problem | None  # what the draft spells; None where it is faulty
    faults: tuple[Fault, ...]
    place: Place | None  # None until the inputs were right for the first time
    view: View
    file: File
    run: Run
    explained: Explained = Explained()

    @property
    def is_stale(self) -> bool:
        """Whether the walk belongs to other inputs than those in the tables."""
        if self.place is None or self.place.walk.problem is self.problem:  # many points to compare
            return False
        return self.place.walk.problem != self.problem

    @property
    def has_begun(self) -> bool:
        """Whether the walk is on its way, so that it is kept when the inputs change."""
        is_under_way = self.place is not None and not self.place.walk.is_at_start
        return is_under_way or self.run.is_running

    @property
    def paper(self) -> int | None:
        """To how many decimals numbers are rounded; None where they are exact."""
        if not self.view.paper or self.paper_problem or self.view.decimals >= ALL_DIGITS:
            return None
        return self.view.decimals

    @property
    def paper_problem(self) -> str:
        """Why paper mode is not on though it was asked for; often nothing."""
        if not self.view.paper or self.place is None:
            return ""
        if self.view.decimals >= ALL_DIGITS:
            return "Paper mode rounds numbers: choose fewer decimals than all 17."
        walk = self.place.walk
        return too_much_for_paper(walk.problem, len(walk.history))

    @property
    def is_modified(self) -> bool:
        """Whether the tables hold what no file holds."""
        return self.draft != self.file.saved

    @property
    def cannot_step_because(self) -> str:
        """Why there is no next step, in words; empty where there is one."""
        if self.faults:
            return self.faults[0].message
        if self.run.is_computing:
            return "An epoch is being computed: wait for it, or cancel it (Shift+F5)."
        if self.place is not None and not self.is_stale and self.place.walk.stopped_by:
            return self.place.walk.stopped_by[0].message
        return ""


def opening(draft: Draft, path: str | None, view: View, run: Run) -> State:
    """The state in which a problem opens: ready to step, nothing computed."""
    problem, faults = draft.check()
    view = replace(view, edits_plot=False)
    state = State(draft, problem, faults, None, view, File(path, draft), idle(run))
    with contextlib.suppress(NotComputedError):  # it opens all the same; see needs_start
        state = restarted(state)
    return state


def worked_example_draft() -> Draft:
    """The lecture note's problem."""
    return Draft.of_problem(worked_example.problem())


def edited(state: State, draft: Draft) -> State:
    """The inputs changed. A walk that has not begun follows them; one that has is kept."""
    problem, faults = draft.check()
    state = replace(state, draft=draft, problem=problem, faults=faults)
    if problem and not state.has_begun:
        with contextlib.suppress(NotComputedError):
            state = restarted(state)
    return state


def needs_start(state: State) -> bool:
    """Whether the walk is yet to begin with the inputs as they are: with many points that takes long."""
    is_missing = state.place is None or state.is_stale
    return state.problem is not None and is_missing and not state.has_begun


def restarted(state: State) -> State:
    """Back to the start, with the inputs as they are now."""
    if state.problem is None:
        return state
    walk = state.place.walk.to_start() if state.place and not state.is_stale else None
    place = Place(walk or Walk.begin(state.problem, TRACES.compute))
    explained = state.explained if walk else Explained()  # cells of other inputs
    return replace(state, place=place, explained=explained, run=_without_outcome(state.run))


def stepped(state: State) -> State:
    """One step on, as large as the view says; from the start where the inputs have changed."""
    if state.is_stale:
        return restarted(state)
    view = state.view
    return _moved(state, lambda walk: walk.forward(view.granularity, view.labelling))


def epoch_done(state: State) -> State:
    """To the end of the epoch."""
    return _moved(state, Walk.forward_epoch)


def stepped_back(state: State) -> State:
    """One step back, as large as the view says. What the step before it filled is fresh again."""
    if state.place is None or state.place.walk.is_at_start:
        return state
    view = state.view
    walk = state.place.walk.back(view.granularity, view.labelling)
    before = walk.back(view.granularity, view.labelling)
    return _at(state, Place(walk, before))


def explaining(state: State, cell: Cell) -> State:
    """The reader points at a number: a new trail begins there."""
    return replace(state, explained=replace(state.explained, trail=(cell,)))


def following(state: State, cell: Cell) -> State:
    """The reader follows a number of the explanation to where it comes from."""
    return replace(state, explained=replace(state.explained, trail=(*state.explained.trail, cell)))


def back_on_trail(state: State, station: int) -> State:
    """Back to an earlier station of the trail, from 0."""
    trail = state.explained.trail[: station + 1]
    return replace(state, explained=replace(state.explained, trail=trail))


def unfolding(state: State, is_unfolded: bool) -> State:
    """Long sums are shown whole, or cut in the middle."""
    return replace(state, explained=replace(state.explained, unfolded=is_unfolded))


def gone_to(state: State, epoch: int, done: int = SUB_STEP_COUNT) -> State:
    """To the place where so many sub-steps of an epoch are done; epoch 0 is the start."""
    if epoch == 0:
        return _moved(state, Walk.to_start)
    return _moved(state, lambda walk: walk.go_to(epoch, done))


def arrived(state: State, walk: Walk) -> State:
    """A run has got as far as this walk."""
    run = replace(state.run, reached=0)
    return replace(state, place=Place(walk), explained=_explained_at(state, walk), run=run)


def seen_ahead(state: State, walk: Walk, epoch: int) -> State:
    """A run has found the milestones up to an epoch; the walk stands where it stood, and sees them."""
    assert state.place is not None
    place, run = replace(state.place, walk=walk), replace(state.run, reached=epoch)
    return replace(state, place=place, run=run)


def run_begun(state: State) -> State:
    """A run begins where the walk stands."""
    assert state.place is not None
    begun = len(state.place.walk.history)
    return replace(state, run=replace(idle(state.run), is_running=True, begun=begun))


def run_ended(state: State, why: str) -> State:
    """A run has stopped where the walk stands."""
    return replace(state, run=replace(idle(state.run), outcome=why))


def stopped_at(state: State, epoch: int, why: str) -> State:
    """A run has stopped at the end of an epoch, whose milestone it had found."""
    assert state.place is not None
    return run_ended(_at(state, Place(at_end_of(state.place.walk, epoch))), why)


def at_end_of(walk: Walk, epoch: int) -> Walk:
    """The walk at the end of an epoch; epoch 0 is the start."""
    return walk.go_to(epoch, SUB_STEP_COUNT) if epoch else walk.to_start()


def idle(run: Run) -> Run:
    """The rules of a run, while nothing runs."""
    return replace(
        run, is_running=False, is_paused=False, is_computing=False, reached=0, outcome=""
    )


def _moved(state: State, move: Callable[[Walk], Walk]) -> State:
    if state.place is None or state.cannot_step_because or state.is_stale:
        return state
    before = state.place.walk
    return _at(state, Place(move(before), before))


def _at(state: State, place: Place) -> State:
    """The state where the walk stands there."""
    explained = _explained_at(state, place.walk)
    return replace(state, place=place, explained=explained, run=_without_outcome(state.run))


def _explained_at(state: State, walk: Walk) -> Explained:
    """What is explained once this walk is shown: the number pointed at is that of the epoch there."""
    explained, before = state.explained, state.place
    is_other = before is not None and before.walk.epoch.index != walk.epoch.index
    if before is not None and is_other and len(explained.trail) == 1:
        (cell,) = explained.trail
        if cell.epoch == before.walk.epoch.index:
            return replace(explained, trail=(replace(cell, epoch=walk.epoch.index),))
    return explained


def _without_outcome(run: Run) -> Run:
    """The run, silent about how the last one ended."""
    return replace(run, outcome="") if run.outcome else run


class Store(QObject):
    """The one place that holds the state.

    Attributes: state, the current one.
    Signals: changed(the names of the signals that follow), once for each change, for who shows several
    parts; then draft_changed, place_changed, view_changed, file_changed, run_changed, explained_changed,
    each emitted only where its part of the state is another than before.
    """

    changed = Signal(object)
    draft_changed = Signal()
    place_changed = Signal()
    view_changed = Signal()
    file_changed = Signal()
    run_changed = Signal()
    explained_changed = Signal()

    # The state's fields, and the signal that tells of each.
    _SIGNALS: ClassVar[dict[str, str]] = {
        "draft": "draft_changed",
        "problem": "draft_changed",
        "faults": "draft_changed",
        "place": "place_changed",
        "view": "view_changed",
        "file": "file_changed",
        "run": "run_changed",
        "explained": "explained_changed",
    }

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @property
    def state(self) -> State:
        return self._state

    def update(self, change: Callable[[State], State]) -> None:
        """Replace the state by `change` of it, and tell of what changed."""
        before, self._state = self._state, change(self._state)
        changed = {
            signal
            for field, signal in self._SIGNALS.items()
            if getattr(before, field) != getattr(self._state, field)
        }
        if changed:
            self.changed.emit(frozenset(changed))
        for signal in sorted(changed):
            getattr(self, signal).emit()

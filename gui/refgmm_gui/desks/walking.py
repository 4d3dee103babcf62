"""The user walks: by hand, along the timeline, or by a run at some speed.

A move on many points takes long: its epochs are computed in slices first (see refgmm.blocks), and the
move is made when they are there. A run on many points looks ahead (see refgmm.lookahead): while it lasts,
the walk stands where it stood and sees the milestones found; then the epoch where it ends is computed.
"""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from refgmm import Walk, records
from refgmm.blocks import Work
from refgmm.stopping import MeanPasses
from refgmm.sub_steps import SUB_STEP_COUNT
from refgmm_gui import session
from refgmm_gui.desks.parts import Parts
from refgmm_gui.plots.scene import prepared
from refgmm_gui.session import TRACES, State
from refgmm_gui.slices import Slices
from refgmm_gui.speeds import seconds_per_step
from refgmm_gui.stops import why_stop, why_stop_after
from refgmm_gui.words import tr

T = TypeVar("T")

_FAILED = "The run failed; the terminal shows the error."


class WalkingDesk(QObject):
    """Moves the walk, and keeps a run going until its rules stop it, or the user does."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self._slices = Slices(self)
        self._reached: Walk | None = None  # by a run, and perhaps not shown yet
        self._seen: int | None = None  # the epoch that it looks as far as, where it looks ahead
        self._ticks = QTimer(self)  # of a run that shows each step
        self._ticks.timeout.connect(self._tick)
        parts.store.run_changed.connect(self._obey)
        parts.store.draft_changed.connect(self._begin_where_needed)
        parts.store.place_changed.connect(self._begin_where_missing)
        parts.store.explained_changed.connect(self._fetch_explained)

    @property
    def is_busy(self) -> bool:
        """Whether something is computed, or a run shows its steps."""
        return self._slices.is_busy or self._ticks.isActive()

    # By hand

    def by_hand(self, change: Callable[[State], State]) -> None:
        """A move of the user's own, from where the walk stands or a run has got to: it stops the run."""
        if self._run.is_computing:
            return
        reached = self._interrupted()
        self._move(lambda state: change(session.gone_to(state, reached) if reached else state))

    def go_to(self, epoch: int, done: int = SUB_STEP_COUNT) -> None:
        """To a place of the timeline: so many sub-steps of an epoch done, or all."""
        if not self._run.is_computing:
            self._interrupted()
            self._move(lambda state: session.gone_to(state, epoch, done))

    def _interrupted(self) -> int:
        """Stop the run. The epoch that it has reached, where the walk doesn't stand yet; else 0."""
        if not self._run.is_running:
            return 0
        self._show_reached()
        reached = self._run.reached
        self._end("")
        self._parts.tell(tr("The run is over: the walk goes on by hand."))
        return reached

    def _move(self, change: Callable[[State], State]) -> None:
        """Make a move, as soon as the epochs that it needs are computed."""
        work = self._worked_out(change)
        moved: State | None = None
        try:
            next(work)
        except StopIteration as end:  # nothing takes long
            moved = end.value
        if moved is not None:
            self._arrive(moved)
            return
        self._set_run(is_computing=True)
        self._work(work, ended=self._arrive)

    def _worked_out(self, change: Callable[[State], State]) -> Work[State]:
        """The state after a move, and what its picture needs."""
        state = yield from TRACES.work_out(lambda: change(self._quiet_state()))
        if state.place is not None:
            yield from prepared(state.place.walk, state.view.plot)
        return state

    def _arrive(self, moved: State) -> None:
        """A move leads there. What the user changed meanwhile in other parts of the state, stays."""
        outcome = moved.run.outcome
        run = records.replace(self._run, is_computing=False, reached=0, outcome=outcome)
        self._parts.store.update(
            lambda state: records.replace(
                state, place=moved.place, run=run, explained=moved.explained
            )
        )

    def _quiet_state(self) -> State:
        """The state without what keeps a move from being made while it is computed."""
        state = self._parts.state
        return records.replace(state, run=records.replace(state.run, is_computing=False))

    def _begin_where_needed(self) -> None:
        """A walk that has not begun follows the inputs, also where that takes long."""
        if session.needs_start(self._parts.state):
            self._slices.stop()
            self._move(session.restarted)

    def _begin_where_missing(self) -> None:
        """The same inputs opened anew: nothing but the place tells of that."""
        if self._parts.state.place is None:
            self._begin_where_needed()

    def _fetch_explained(self) -> None:
        """Compute the epoch of the number that is explained, where it is not at hand."""
        numbers, trail = self._parts.window.numbers, self._parts.state.explained.trail
        if not trail or self.is_busy or not numbers.knows(trail[-1]):
            return
        if numbers.can_explain(trail[-1]):
            return
        self._set_run(is_computing=True)
        self._work(TRACES.work_out(lambda: numbers.fetch(trail[-1])), ended=self._show_fetched)

    def _show_fetched(self, _: object) -> None:
        self._set_run(is_computing=False)
        self._parts.store.changed.emit(frozenset({"explained_changed"}))

    # By a run

    def start_run(self) -> None:
        """Run from where the walk stands; a run that is paused goes on."""
        state = self._parts.state
        if state.run.is_running:
            if state.run.is_paused:
                self.toggle_pause()
            return
        if state.place is None or state.cannot_step_because or state.is_stale:
            return
        self._parts.store.update(session.run_begun)
        self._go_on(state.place.walk)

    def toggle_pause(self) -> None:
        """Pause the run, or go on with it. Where it looks ahead, a pause shows the epoch reached."""
        if not self._run.is_running:
            return
        is_paused = not self._run.is_paused
        self._show_reached()
        self._set_run(is_paused=is_paused)
        if is_paused:
            self._ticks.stop()
            if reached := self._run.reached:
                self._move(lambda state: session.gone_to(state, reached))
            else:
                self._slices.pause()
        elif self._slices.is_busy and not self._run.is_computing:
            self._slices.resume()
        else:
            self._set_run(is_computing=False)
            self._go_on_from_here()

    def cancel(self) -> None:
        """Stop the run, or the move that is being computed; what was reached stays."""
        if self._run.is_running:
            self._show_reached()
            place, reached = self._parts.state.place, self._run.reached
            assert place is not None
            told = tr("Cancelled after epoch {finished}.", finished=reached or place.finished)
            self._end(told)
            if reached:
                self._move(lambda state: session.stopped_at(state, reached, told))
        elif self._run.is_computing:
            self._end(tr("Cancelled: the walk stands where it stood."))

    def stop(self) -> None:
        """Drop whatever is on its way."""
        self._slices.stop()
        self._ticks.stop()
        self._reached = self._seen = None

    def set_rule(self, tolerance: float, most_epochs: int, passing: MeanPasses | None) -> None:
        self._set_run(tolerance=tolerance, most_epochs=most_epochs, passing=passing)

    def set_speed(self, speed: int) -> None:
        """How fast a run goes, also the one that is on its way."""
        if speed == self._run.speed:
            return
        self._show_reached()
        self._set_run(speed=speed)
        if self._run.is_running and not self._run.is_paused:
            self.stop()
            self._go_on_from_here()

    def _go_on_from_here(self) -> None:
        if (place := self._parts.state.place) is not None:
            self._go_on(place.walk)

    def _go_on(self, walk: Walk) -> None:
        """Run on, at the speed chosen."""
        seconds = seconds_per_step(self._run.speed)
        if seconds is not None:
            if reached := self._run.reached:
                self._move(lambda state: session.gone_to(state, reached))
            self._ticks.start(round(seconds * 1000))
            return
        is_long = TRACES.takes_long(walk.problem.points, walk.problem.initial)
        work = self._milestones(walk) if is_long else self._epochs(walk)
        self._work(work, ended=self._end, told=self._tell)

    def _epochs(self, walk: Walk) -> Work[str]:
        """Epoch after epoch, kept in self._reached; returns why it stops."""
        run = self._run
        while True:
            walk = yield from TRACES.work_out(walk.forward_epoch)
            yield from prepared(walk, self._parts.state.view.plot)
            self._reached = walk
            if why := why_stop(walk, run):
                return why
            yield 0.0

    def _milestones(self, walk: Walk) -> Work[str]:
        """Milestone after milestone, seen from self._reached, and at last the epoch where that ends."""
        from refgmm.lookahead import Lookahead

        run, ahead = self._run, Lookahead.of_walk(walk)
        epoch = run.reached or walk.history[-1].epoch

        def why_here() -> str:
            return why_stop_after(walk.problem, ahead.milestones[: epoch + 1], run)

        why = why_here() if epoch >= run.begun else ""  # it may have been paused at its end
        while not why:
            is_known = epoch + 1 < len(ahead.milestones)
            if not is_known and not (yield from _unmeasured(ahead.find_next())):
                here = session.at_end_of(ahead.seen_from(walk), epoch)
                stepped = yield from TRACES.work_out(here.forward_epoch)
                if stepped.stopped_by:
                    self._reached, self._seen = stepped, None
                    return why_stop(stepped, run)
                ahead = Lookahead.of_walk(stepped)
            epoch += 1
            self._reached, self._seen = ahead.seen_from(walk), epoch
            why = why_here()
        seen = ahead.seen_from(walk)
        reached = yield from TRACES.work_out(lambda: session.at_end_of(seen, epoch))
        yield from prepared(reached, self._parts.state.view.plot)
        self._reached, self._seen = reached, None
        return why

    def _tick(self) -> None:
        """A step of a run that shows each of them."""
        if self._slices.is_busy:  # it takes longer than the steps are apart
            return
        self._move(session.stepped)
        self._end_where_due()

    def _end_where_due(self) -> None:
        place = self._parts.state.place
        if place is None or self._slices.is_busy or not self._run.is_running:
            return
        if why := why_stop(place.walk, self._run):
            self._end(why)

    def _tell(self, done: float) -> None:
        self._show_reached()
        self._show_done(done)

    def _show_reached(self) -> None:
        self._parts.store.update(self._at_reached)

    def _at_reached(self, state: State) -> State:
        """The state where the run has got to, if that is not shown yet."""
        walk, self._reached = self._reached, None
        if walk is None or not state.run.is_running:
            return state
        if self._seen is None:
            return session.arrived(state, walk)
        return session.seen_ahead(state, walk, self._seen)

    def _end(self, why: str) -> None:
        """The run, or the move, is over where it has got to."""
        self._parts.store.update(lambda state: session.run_ended(self._at_reached(state), why))

    # Both

    @property
    def _run(self) -> session.Run:
        return self._parts.state.run

    def _set_run(self, **changes: object) -> None:
        self._parts.store.update(
            lambda state: records.replace(
                state,
                run=records.replace(state.run, **changes),  # type: ignore[arg-type]
            )
        )

    def _work(
        self,
        work: Work[T],
        ended: Callable[[T], None],
        told: Callable[[float], None] | None = None,
    ) -> None:
        self._slices.start(
            work,
            told=told or self._show_done,
            ended=ended,
            failed=lambda: self._end(tr(_FAILED)),
        )

    def _show_done(self, done: float) -> None:
        self._parts.window.history.show_done(done)

    def _obey(self) -> None:
        """Nothing runs but what the state says: opening another problem ends a run."""
        if not (self._run.is_running or self._run.is_computing):
            self.stop()


def _unmeasured(work: Work[T]) -> Work[T]:
    """Work of which nobody is told how much is done: it is over too soon."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        yield 0.0

"""The state: pure updates, and a store that tells of what changed, and of nothing else."""

import itertools
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from refgmm import Cell, Granularity, Labelling, Walk
from refgmm.sub_steps import SUB_STEPS
from refgmm_gui import session
from refgmm_gui.draft import Draft
from refgmm_gui.session import File, Place, Run, State, Store, View

SIGNALS = (
    "draft_changed",
    "place_changed",
    "view_changed",
    "file_changed",
    "run_changed",
    "explained_changed",
)


def opened() -> State:
    """The state in which the app opens."""
    return session.opening(session.worked_example_draft(), None, View(), Run())


def walk_of(state: State) -> Walk:
    assert state.place is not None
    return state.place.walk


def shown(state: State) -> tuple[object, ...]:
    """What the window shows of a walk. How far it has been before is no part of it."""
    assert state.place is not None
    walk = state.place.walk
    return walk.epoch, walk.done, walk.partial, walk.history, fresh(state), walk.parameters


def fresh(state: State) -> set[tuple[str, int | None, int | None]]:
    """The numbers that the last move filled: sub-step, point, component."""
    place = place_of(state)
    return {
        (sub_step.name, i, j)
        for sub_step in SUB_STEPS
        for i in (None, *range(5))
        for j in (None, 0, 1)
        if place.is_fresh(partial(Walk.shows, name=sub_step.name, point=i, component=j))
    }


def fresh_names(state: State) -> list[str]:
    return [sub_step.name for sub_step in place_of(state).fresh_sub_steps]


def with_point(state: State, text: str) -> State:
    return session.edited(state, state.draft.with_point(0, text))


class Listener:
    """Counts a store's signals."""

    def __init__(self, store: Store) -> None:
        self.heard: list[str] = []
        for name in SIGNALS:
            getattr(store, name).connect(self._ear(name))

    def _ear(self, name: str) -> Callable[[], None]:
        return lambda: self.heard.append(name)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda s: s, []),
        (session.stepped, ["place_changed"]),
        (session.epoch_done, ["place_changed"]),
        (lambda s: with_point(s, "3"), ["draft_changed", "place_changed"]),
        (lambda s: with_point(s, "x"), ["draft_changed"]),
        (lambda s: replace(s, view=replace(s.view, decimals=9)), ["view_changed"]),
        (lambda s: replace(s, file=File("a.json", s.draft)), ["file_changed"]),
        (lambda s: replace(s, run=replace(s.run, most_epochs=7)), ["run_changed"]),
        (lambda s: session.explaining(s, Cell.parse("mean:1", 1)), ["explained_changed"]),
        (lambda s: replace(s, view=replace(s.view, decimals=s.view.decimals)), []),
        (lambda s: replace(s, run=replace(s.run, outcome="")), []),
        (lambda s: session.edited(s, replace(s.draft)), []),
        (session.restarted, []),
        (session.stepped_back, []),
    ],
    ids=[
        "nothing", "step", "epoch", "point", "bad point", "view", "file", "run", "explanation",
        "equal view", "equal run", "equal draft", "restart at the start", "back at the start",
    ],
)  # fmt: skip
def test_store_tells_of_what_changed_once(
    qtbot: QtBot, change: Callable[[State], State], expected: list[str]
) -> None:
    """Each part that changed is told of once; what stays equal is not told of."""
    store = Store(opened())
    listener = Listener(store)
    store.update(change)
    assert sorted(listener.heard) == expected


def test_store_has_a_signal_for_each_part(qtbot: QtBot) -> None:
    """No field of the state can change in silence."""
    assert set(Store._SIGNALS) == {field.name for field in fields(State)}
    assert set(Store._SIGNALS.values()) == set(SIGNALS)


def test_updates_leave_their_argument_alone() -> None:
    """An update gives a new state; the one it was given stays as it was."""
    state = session.stepped(opened())
    kept = replace(state)
    for change in (
        session.stepped,
        session.stepped_back,
        session.epoch_done,
        session.restarted,
        lambda s: with_point(s, "5"),
        lambda s: session.arrived(s, walk_of(s).forward()),
    ):
        assert change(state) is not state
        assert state == kept


@pytest.mark.parametrize("granularity", list(Granularity))
@pytest.mark.parametrize("labelling", list(Labelling))
def test_forward_then_back_is_where_it_was(granularity: Granularity, labelling: Labelling) -> None:
    """A step of any size taken back leaves the place as it was, with what was fresh there."""
    view = View(labelling=labelling, granularity=granularity)
    states = [session.opening(session.worked_example_draft(), None, view, Run())]
    for _ in range(8 if granularity in (Granularity.PHASE, Granularity.EPOCH) else 70):
        states.append(session.stepped(states[-1]))
    for before, after in itertools.pairwise(states):
        assert shown(session.stepped_back(after)) == shown(before)


def test_place_knows_what_is_fresh() -> None:
    """Fresh is what the last move filled: one sub-step, or the rest of an epoch."""
    state = opened()
    names = [sub_step.name for sub_step in SUB_STEPS]
    assert fresh_names(state) == []
    assert fresh_names(session.stepped(state)) == names[:1]
    state = session.stepped(session.stepped(state))
    assert fresh_names(state) == names[1:2]
    assert fresh_names(session.epoch_done(state)) == names[2:]
    assert fresh_names(session.epoch_done(session.epoch_done(state))) == names
    for moved in (state, session.epoch_done(state)):
        assert {name for name, *_ in fresh(moved)} == set(fresh_names(moved))


def test_place_knows_which_part_is_fresh() -> None:
    """Of a sub-step filled point by point, the last point's row; what completes it, the rest."""
    state = opened()
    state = replace(state, view=replace(state.view, granularity=Granularity.POINT))
    second = session.stepped(session.stepped(state))
    part = place_of(second).fresh_part
    assert part is not None
    assert (part.by, part.indices) == (Granularity.POINT, range(1, 2))
    assert fresh(second) == {("densities", 1, j) for j in (None, 0, 1)}
    whole = replace(second, view=replace(second.view, granularity=Granularity.SUB_STEP))
    completed = session.stepped(whole)
    assert {i for _, i, _ in fresh(completed)} == {None, 2, 3, 4}
    assert fresh(session.stepped_back(completed)) == set()
    assert place_of(session.stepped_back(completed)).walk.is_at_start


def place_of(state: State) -> Place:
    assert state.place is not None
    return state.place


def test_inputs_edited_at_the_start_carry_the_walk_along() -> None:
    """Before the first step, the walk is always that of the inputs."""
    state = with_point(opened(), "7")
    assert not state.is_stale
    assert walk_of(state).problem.points[0] == 7.0


def test_inputs_edited_after_a_step_leave_the_walk() -> None:
    """After the first step, the walk stays that of the inputs it began with, and says so."""
    before = session.stepped(opened())
    state = with_point(before, "7")
    assert state.is_stale
    assert state.place is before.place
    again = session.stepped(state)
    assert not again.is_stale
    assert walk_of(again).is_at_start
    assert walk_of(again).problem.points[0] == 7.0


def test_inputs_edited_back_are_not_stale() -> None:
    """Typing back what the walk began with makes it current again."""
    state = with_point(with_point(session.stepped(opened()), "7"), "0.9")
    assert not state.is_stale


def test_stale_walk_takes_no_epoch() -> None:
    """A walk of other inputs is not carried on; it can be taken back."""
    stale = with_point(session.epoch_done(opened()), "7")
    assert session.epoch_done(stale) is stale
    assert walk_of(session.stepped_back(stale)).done == 7


def test_faulty_inputs_stop_the_walk() -> None:
    """With a fault there is no step, and the reason is the fault's message."""
    state = with_point(session.stepped(opened()), "x")
    assert session.stepped(state) is state
    assert state.cannot_step_because == state.faults[0].message
    assert "'x' is not a number" in state.cannot_step_because


def test_a_move_that_takes_long_is_made_once() -> None:
    """While an epoch is being computed, another step does nothing, and the reason names the remedy."""
    state = replace(opened(), run=Run(is_computing=True))
    assert session.stepped(state) is state
    assert "cancel it (Shift+F5)" in state.cannot_step_because


def test_modified_is_what_differs_from_the_file() -> None:
    """Modified is a difference from what is saved; typing it back ends it."""
    state = opened()
    assert not state.is_modified
    assert with_point(state, "3").is_modified
    assert not with_point(with_point(state, "3"), "0.9").is_modified


def test_opening_faulty_inputs_has_no_place() -> None:
    """A problem that can't be computed opens with its texts and without a walk."""
    draft = Draft((("x",),), (("1", "0", "1"),))
    state = session.opening(draft, "a.json", View(), Run(is_running=True, outcome="old"))
    assert state.place is None
    assert state.draft == draft
    assert not state.is_modified
    assert state.run == Run()
    assert session.stepped(state) is state
    assert session.stepped_back(state) is state
    assert session.restarted(state) is state


def test_first_valid_inputs_begin_the_walk() -> None:
    """Once the inputs are right for the first time, the walk is there."""
    state = session.opening(Draft((("x",),), (("1", "0", "1"),)), None, View(), Run())
    state = with_point(state, "2")
    assert walk_of(state).problem.points == (2.0,)


def test_run_outcome_goes_with_the_next_move() -> None:
    """What the last run came to is said until the walk moves."""
    state = session.run_ended(session.epoch_done(opened()), "Converged.")
    assert state.run.outcome == "Converged."
    for move in (session.stepped, session.stepped_back, session.epoch_done, session.restarted):
        assert move(state).run.outcome == ""

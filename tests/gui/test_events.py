"""Degenerate runs: the notice comes at its sub-step, the walk ends there, and nothing is lost."""

from dataclasses import dataclass

import pytest

from refgmm import Walk
from refgmm.events import (
    EmptyComponent,
    Event,
    EvidenceUnderflow,
    IdenticalComponents,
    NearlyEmptyComponent,
    VarianceCollapse,
)
from refgmm.sub_steps import index_of
from tests.gui.driver import ALL_STEPS, User, cells, columns, footer_by_symbol, wait_for


@dataclass(frozen=True)
class Case:
    """Inputs that lead to an event in epoch 1."""

    kind: type[Event]
    points: tuple[float, ...]
    parameters: tuple[tuple[str, str, str], ...]
    words: str

    @property
    def sub_step(self) -> int:
        """How many sub-steps are done when the event shows."""
        return index_of(self.kind.sub_step) + 1


COLLAPSE = Case(
    VarianceCollapse,
    (0.0, 10.0, 11.0, 12.0),
    (("0.5", "0", "0.001"), ("0.5", "11", "1")),
    "Epoch 1: component 1 has collapsed onto point 1 at 0.0: its variance is zero",
)
EMPTY = Case(
    EmptyComponent,
    (0.0, 1.0, 2.0),
    (("1", "1", "1"), ("0", "5", "1")),
    "Epoch 1: component 2 is empty",
)
NEARLY_EMPTY = Case(
    NearlyEmptyComponent,
    (0.0, 1.0, 2.0),
    (("0.5", "1", "1"), ("0.5", "6", "1")),
    "Epoch 1: component 2 is nearly empty",
)
UNDERFLOW = Case(
    EvidenceUnderflow,
    (0.0, 1.0, 1e6),
    (("0.5", "0", "1"), ("0.5", "1", "1")),
    "Epoch 1: point 3 lies so far from every component",
)
IDENTICAL = Case(
    IdenticalComponents,
    (0.0, 1.0, 3.0),
    (("0.25", "1", "1"), ("0.75", "1", "1")),
    "Epoch 1: components 1 and 2 have the same mean and variance",
)
ENDS: dict[type[Event], str] = {
    VarianceCollapse: "The end: variance collapse",
    EmptyComponent: "The end: empty component",
}
CASES = [COLLAPSE, EMPTY, NEARLY_EMPTY, UNDERFLOW, IDENTICAL]
ENDING = [case for case in CASES if case.kind.ends_walk]


def name_of(case: object) -> str:
    return case.kind.__name__ if isinstance(case, Case) else str(case)


def set_up(user: User, case: Case) -> None:
    user.set_points(*case.points)
    user.type_parameters(*case.parameters)
    assert not user.fault


def message(walk: Walk, kind: type[Event]) -> str:
    """The event's own message."""
    (event,) = (event for event in walk.epoch.events if isinstance(event, kind))
    return event.message


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_notice_comes_at_its_sub_step(user: User, case: Case) -> None:
    """Before its sub-step nothing tells of an event; from then on its whole message is in view."""
    set_up(user, case)
    for done in range(1, case.sub_step + 1):
        user.next()
        assert (case.words in user.notice) == (done == case.sub_step), done
    assert message(user.walk, case.kind) in user.notice
    assert user.window.step_text.notice.isVisible()


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_notice_goes_with_its_sub_step(user: User, case: Case) -> None:
    """Taken back, the event's notice goes; done again, it is back."""
    set_up(user, case)
    user.next(case.sub_step)
    user.back()
    assert case.words not in user.notice
    user.next()
    assert case.words in user.notice


@pytest.mark.parametrize("case", ENDING, ids=name_of)
@pytest.mark.parametrize("way", ["forward", "epoch", "run"])
def test_walk_ends_at_the_event(user: User, case: Case, way: str) -> None:
    """However one gets there, the walk ends at the event's sub-step; the buttons are off and say why."""
    set_up(user, case)
    user.press(way, case.sub_step if way == "forward" else 1)
    wait_for(user.bot, lambda: not user.state.run.is_running)
    walk = user.walk
    assert (walk.epoch.index, walk.done) == (1, case.sub_step)
    actions = user.window.actions_by_name
    assert not any(actions[name].isEnabled() for name in ("forward", "epoch", "run"))
    assert actions["back"].isEnabled()
    assert user.next_text == f"The end: {walk.stopped_by[0].title}"
    assert actions["forward"].toolTip() == message(walk, case.kind)
    assert user.notice.count(case.words) == 1
    user.press_if_enabled("forward")
    assert user.walk.done == case.sub_step


@pytest.mark.parametrize("case", ENDING, ids=name_of)
def test_what_was_computed_stays(user: User, case: Case) -> None:
    """At the end of a walk, all columns computed are full, the rest empty, and the start stays in the history."""
    set_up(user, case)
    user.press("epoch")
    shown = columns(user.worksheet)
    assert all(shown["β₁(x)"])
    assert all(shown["β₁x"]) == (case is COLLAPSE)
    assert columns(user.history)["epoch"] == ["0"]
    footer = footer_by_symbol(user.footer)
    assert footer["N₁"]
    assert footer["α₁′"] == ""
    user.window.grab()


def test_variance_of_a_collapse_is_shown(user: User) -> None:
    """The variance that ended the walk is in the footer, as small as it is."""
    set_up(user, COLLAPSE)
    user.press("epoch")
    assert float(footer_by_symbol(user.footer)["σ₁′²"]) < 1e-20
    assert float(footer_by_symbol(user.footer)["σ₂′²"]) > 0.1
    assert user.scene.spikes == {0}


@pytest.mark.parametrize("case", ENDING, ids=name_of)
def test_back_and_start_work_after_the_end(user: User, case: Case) -> None:
    """From the end of a walk one can go back step by step, and to the start."""
    set_up(user, case)
    opened = user.everything()
    user.press("epoch")
    user.back(case.sub_step)
    assert user.everything() == opened
    user.press("epoch")
    user.press("start")
    assert user.everything() == opened


@pytest.mark.parametrize("case", ENDING, ids=name_of)
def test_walk_starts_again_with_better_inputs(user: User, case: Case) -> None:
    """After a degenerate end, better parameters start a walk that goes on."""
    set_up(user, case)
    user.press("epoch")
    user.type_parameters(("0.5", "0", "30"), ("0.5", "11", "30"))
    assert user.next_text == "Start again with the new inputs"
    user.next()
    user.press("epoch")
    assert user.walk.done == ALL_STEPS
    assert case.words not in user.notice


def test_underflow_goes_on(user: User) -> None:
    """A point at a million sigma gets responsibilities, by logarithms, and the walk goes on."""
    set_up(user, UNDERFLOW)
    user.next(4)
    shown = columns(user.worksheet)
    assert float(shown["p(x)"][2]) == 0.0
    assert float(shown["ln p(x)"][2]) < -1e11
    assert [shown["β₁(x)"][2], shown["β₂(x)"][2]] == ["0.0000", "1.0000"] or float(
        shown["β₂(x)"][2]
    ) == pytest.approx(1.0)
    user.press("epoch")
    assert user.walk.done == ALL_STEPS


def test_identical_components_go_on(user: User) -> None:
    """Identical components are told of in each epoch, and the walk goes on."""
    set_up(user, IDENTICAL)
    user.press("epoch", 2)
    assert "Epoch 2: components 1 and 2 have the same mean and variance" in user.notice
    assert [row[1:3] for row in cells(user.history)] == [["0.2500", "0.7500"]] * 3


def test_events_of_an_epoch_are_told_together(user: User) -> None:
    """Two events of one epoch stand one below the other."""
    user.set_points(0.0, 1e6)
    user.type_parameters(("0.5", "0", "1"), ("0.5", "0", "1"))
    user.next(3)
    assert [line.split(":")[0] for line in user.notice.splitlines()] == ["Epoch 1", "Epoch 1"]


def test_one_point_with_one_component(user: User) -> None:
    """One point, one component: the variance is zero after one epoch, and that is said."""
    user.set_points(3.0)
    user.type_parameters(("1", "2", "1"))
    user.press("epoch")
    assert "component 1 has collapsed onto point 1 at 3.0" in user.notice
    assert footer_by_symbol(user.footer)["μ₁′"] == "3.0000"

"""Epochs of many points: computed a block of points at a time, to the same bits."""

import itertools

import pytest

from refgmm import Mixture, Problem, Walk, worked_example
from refgmm import blocks as blocks_module
from refgmm.blocks import NotComputedError, Traces, epoch_in_blocks, finished
from refgmm.em import run_epoch
from refgmm.events import EvidenceUnderflow
from refgmm.structures import STRUCTURES, structure_of

ONE = Mixture.univariate([0.3, 0.7], [0.0, 2.0], [1.0, 4.0])
TWO = Mixture.multivariate([0.3, 0.7], [[0, 0], [2, 1]], [[[1, 0], [0, 1]], [[2, 0.5], [0.5, 1]]])


def drawn(mixture: Mixture, n: int) -> tuple:  # type: ignore[type-arg]
    return mixture.sample(n, 5).points


@pytest.mark.parametrize("size", [1, 8, 400, 10**9])
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("start", [ONE, TWO], ids=["1-D", "2-D"])
def test_blocks_give_the_same_bits(
    start: Mixture,  # type: ignore[type-arg]
    structure: str,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However the points are cut into blocks, every number of the epoch is that of run_epoch."""
    monkeypatch.setattr(blocks_module, "NUMBERS_IN_A_BLOCK", size)
    points, shape = drawn(start, 103), structure_of(structure)
    epoch = finished(epoch_in_blocks(points, start, 1, shape))
    assert epoch == run_epoch(points, start, 1, shape)


def test_progress_rises_to_the_end() -> None:
    """What is yielded rises from above 0 to 1, in steps small enough to be told."""
    told = list(epoch_in_blocks(drawn(ONE, 2000), ONE, 1))
    assert told == sorted(told)
    assert 0.0 < told[0] < 0.1
    assert told[-1] == pytest.approx(1.0)
    assert max(b - a for a, b in itertools.pairwise(told)) < 0.1


def test_events_are_found_in_blocks_too() -> None:
    """An underflow and a collapse are told as by run_epoch."""
    points = (0.0, 1e4, 0.0)
    start = Mixture.univariate([0.5, 0.5], [0.0, 1.0], [1e-6, 1.0])
    epoch = finished(epoch_in_blocks(points, start, 1))
    assert epoch.events == run_epoch(points, start, 1).events
    assert {event.name for event in epoch.events} >= {"EvidenceUnderflow"}


def test_events_name_points_of_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points whose evidence underflows are told by their numbers, whichever block they stand in."""
    monkeypatch.setattr(blocks_module, "NUMBERS_IN_A_BLOCK", 4)
    points = (0.0, 1e6, 0.5, 0.0, 0.0, 0.5, -1e6)
    epoch = finished(epoch_in_blocks(points, ONE, 1))
    underflows = [event for event in epoch.events if isinstance(event, EvidenceUnderflow)]
    assert [event.points for event in underflows] == [(1, 6)]
    assert epoch.events == run_epoch(points, ONE, 1).events


def test_earlier_epochs_are_freed_once_nobody_has_them() -> None:
    """Beyond the last few, an epoch stays while a walk stands on it, and goes when the next is computed."""
    traces, problem = Traces(at_once=0), worked_example.problem()
    walk = finished(traces.work_out(lambda: Walk.begin(problem, traces.compute)))
    first = walk
    for _ in range(6):
        walk = finished(traces.work_out(walk.forward_epoch))
    assert 1 in [epoch.index for epoch in traces._earlier]  # `first` stands there
    assert len(traces._earlier) <= 2
    del first
    walk = finished(traces.work_out(walk.forward_epoch))
    walk = finished(traces.work_out(walk.forward_epoch))
    assert 1 not in [epoch.index for epoch in traces._earlier]
    assert len(traces._earlier) <= 2


def test_dropped_work_frees_no_more_than_its_turns_did() -> None:
    """Of an earlier epoch's numbers each turn frees one; where the work is dropped, the next goes on."""
    traces, problem = Traces(at_once=0), worked_example.problem()
    walk = finished(traces.work_out(lambda: Walk.begin(problem, traces.compute)))
    while not traces._earlier:
        walk = finished(traces.work_out(walk.forward_epoch))
    work = traces.work_out(lambda: Walk.begin(worked_example.problem(), traces.compute))
    next(work)
    left = len(traces._given_up)
    work.close()
    assert len(traces._given_up) == left > 10
    finished(traces.work_out(walk.forward_epoch))
    assert not traces._given_up


def test_progress_counts_from_the_epoch_itself() -> None:
    """While earlier epochs are freed, no progress is told that the epoch would take back."""
    traces, points = Traces(at_once=0), drawn(ONE, 500)
    walk = finished(traces.work_out(lambda: Walk.begin(Problem(points, ONE), traces.compute)))
    for _ in range(6):
        told = list(traces.work_out(walk.forward_epoch))
        assert told == sorted(told)
        walk = walk.forward_epoch()


def test_small_problems_are_computed_on_the_spot() -> None:
    """A walk on few points needs no work ahead."""
    problem = worked_example.problem()
    assert Walk.begin(problem, Traces().compute).forward_epoch().epoch.index == 1


def test_large_problems_say_what_is_missing() -> None:
    """Asked for an epoch that is not there, Traces names it; worked out, it is there."""
    traces, problem = Traces(at_once=0), worked_example.problem()
    with pytest.raises(NotComputedError, match="epoch 1 of 5 points has yet to be computed"):
        Walk.begin(problem, traces.compute)
    finished(traces.work_out(lambda: Walk.begin(problem, traces.compute)))
    assert Walk.begin(problem, traces.compute) == Walk.begin(problem)


@pytest.mark.parametrize("epoch", [1, 4, 2])
def test_every_move_can_be_worked_out(epoch: int) -> None:
    """Moves ahead, back and to the start arrive where those of a usual walk do."""
    traces, problem = Traces(at_once=0), worked_example.problem()
    walk = finished(traces.work_out(lambda: Walk.begin(problem, traces.compute)))
    usual = Walk.begin(problem)
    for _ in range(3):
        walk = finished(traces.work_out(walk.forward_epoch))
        usual = usual.forward_epoch()
    assert walk == usual
    gone = walk
    assert finished(traces.work_out(lambda: gone.go_to(epoch, 3))) == usual.go_to(epoch, 3)
    assert finished(traces.work_out(gone.to_start)) == usual.to_start()


def test_traces_of_other_points_are_not_taken() -> None:
    """The same start on other points is another epoch."""
    traces = Traces(at_once=0)
    one, other = (Problem(points, ONE) for points in ((1.0, 2.0), (1.0, 3.0)))
    finished(traces.work_out(lambda: Walk.begin(one, traces.compute)))
    with pytest.raises(NotComputedError):
        Walk.begin(other, traces.compute)

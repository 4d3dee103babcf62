"""Milestones without traces: the floats of a walk that steps there."""

import random

import pytest

from refgmm import Mixture, Problem, Walk, lookahead
from refgmm.blocks import finished
from refgmm.lookahead import Lookahead
from refgmm.structures import STRUCTURES

RNG = random.Random(20)
NUMBERS = tuple(RNG.gauss(0, 1) if i % 3 else RNG.gauss(4, 1.5) for i in range(700))
VECTORS = tuple((x + RNG.gauss(0, 1), x * 0.5 + RNG.gauss(0, 2)) for x in NUMBERS)
UNIVARIATE = Mixture.univariate([0.3, 0.3, 0.4], [0, 3, 5], [1, 2, 1])
BIVARIATE = Mixture.multivariate([0.5, 0.5], [(0, 0), (4, 2)], [[[1, 0.2], [0.2, 2]]] * 2)


@pytest.fixture(autouse=True)
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts so small that there are many, of which the last one is smaller still."""
    monkeypatch.setattr(lookahead, "NUMBERS_IN_A_PART", 300)


def ahead_of(problem: Problem, epochs: int) -> Lookahead:
    found = Lookahead.of_walk(Walk.begin(problem))
    for _ in range(epochs):
        assert finished(found.find_next())
    return found


def stepped(problem: Problem, epochs: int) -> Walk:
    return Walk.begin(problem).go_to(epochs, 8)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_milestones_are_those_of_stepping(structure: str) -> None:
    """Parameters, log-likelihoods and gains: bit for bit, for any structure, in one and two dimensions."""
    for points, start in ((NUMBERS, UNIVARIATE), (VECTORS, BIVARIATE)):
        problem = Problem(points, start, structure=STRUCTURES[structure])
        assert tuple(ahead_of(problem, 4).milestones) == stepped(problem, 4).milestones


def test_points_out_of_reach_are_added_by_logarithms() -> None:
    """Points whose evidence underflows give the floats of stepping, too."""
    problem = Problem((*NUMBERS, 90.0, -80.0), UNIVARIATE)
    assert stepped(problem, 1).epoch.events
    assert tuple(ahead_of(problem, 2).milestones) == stepped(problem, 2).milestones
    plane = Problem((*VECTORS, (300.0, 0.0)), BIVARIATE)
    assert stepped(plane, 1).epoch.events
    assert tuple(ahead_of(plane, 2).milestones) == stepped(plane, 2).milestones


def test_it_goes_on_from_where_a_walk_has_been() -> None:
    """From the last milestone, not from where the walk stands, which then sees further."""
    problem = Problem(NUMBERS, UNIVARIATE)
    walk = stepped(problem, 3).go_to(2, 5)
    found = Lookahead.of_walk(walk)
    assert finished(found.find_next())
    seen = found.seen_from(walk)
    assert (seen.epoch, seen.done) == (walk.epoch, 5)
    assert seen.milestones == stepped(problem, 4).milestones
    assert seen.go_to(4, 8).epoch == stepped(problem, 4).epoch


def test_going_on_from_a_milestone_seen_is_stepping() -> None:
    """Beyond what was seen, the walk steps to the numbers of one that has stepped all the way."""
    problem = Problem(NUMBERS, UNIVARIATE)
    walk = Walk.begin(problem)
    seen = ahead_of(problem, 3).seen_from(walk)
    assert seen.go_to(5, 8).milestones == stepped(problem, 5).milestones
    assert seen.go_to(3, 8).forward().epoch == stepped(problem, 4).epoch


def test_an_epoch_that_ends_the_run_has_no_milestone() -> None:
    """Where a component collapses, the lookahead says so, and stays there."""
    problem = Problem((*NUMBERS, 50.0), Mixture.univariate([0.5, 0.5], [1, 50], [4, 1e-4]))
    with pytest.raises(ValueError, match="collapsed"):
        stepped(problem, 1)
    found = Lookahead.of_walk(Walk.begin(problem))
    assert not finished(found.find_next())
    assert not finished(found.find_next())
    assert len(found.milestones) == 1


def test_a_covariance_that_wants_decimals_is_left_to_stepping() -> None:
    """Near to singular, doubles lose digits: no milestone, rather than another one."""
    narrow = [[1.0, 1.0 - 1e-12], [1.0 - 1e-12, 1.0]]
    start = Mixture.multivariate([1.0], [(0, 0)], [narrow])
    found = Lookahead.of_walk(Walk.begin(Problem(VECTORS[:300], start)))
    assert not finished(found.find_next())
    line = Problem(tuple((x, x + 1e-7 * y) for x, y in VECTORS), BIVARIATE)
    reached = Lookahead.of_walk(Walk.begin(line))
    assert not finished(reached.find_next())


def test_others_get_a_turn_after_each_part() -> None:
    """It yields how much of an epoch is done, from 0 up to 1."""
    problem = Problem(NUMBERS, UNIVARIATE)
    found = ahead_of(problem, 1)
    done = [*found.find_next()]
    assert len(done) == 14  # twice 700 points in parts of 100
    assert done == sorted(done)
    assert 0.0 < done[0] < 0.2
    assert done[-1] == 1.0

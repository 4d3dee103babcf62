"""Moves of every size: one point, one component, a sub-step, a whole step, an epoch; and go_to."""

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import (
    STRUCTURES,
    DegenerateError,
    Granularity,
    InvalidValueError,
    Labelling,
    Mixture,
    Problem,
    Walk,
    iterate,
    worked_example,
)
from refgmm.events import VarianceCollapse
from refgmm.sub_steps import SUB_STEP_COUNT, SUB_STEPS, Partial

from .spaces import random_problem

POINT, COMPONENT, SUB_STEP, PHASE, EPOCH = Granularity


def in_space(structure: str = "full") -> Problem:
    points, start = random_problem(random.Random(7), 6, 3, 2)
    return Problem(points, start, structure=STRUCTURES[structure])


PROBLEMS = {
    "the lecture note's": worked_example.problem(),
    "in two dimensions": in_space(),
    "tied": in_space("tied"),
    "tied, in one dimension": Problem(
        (0.9, 0.7, 1.2, 2.4), Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]), structure=STRUCTURES["tied"]
    ),
    "one point": Problem((1.0,), Mixture.univariate([0.5, 0.5], [0, 3], [1, 1])),
    "one component": Problem((1.0, 2.0), Mixture.univariate([1], [0], [1])),
    "that collapses": Problem(
        (0.0, 5.0, 6.0, 7.0), Mixture.univariate([0.5, 0.5], [0, 6], [0.01, 1])
    ),
}  # fmt: skip
every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


def place(walk: Walk) -> tuple[int, int, Partial | None]:
    return walk.epoch.index, walk.done, walk.partial


def shown(walk: Walk) -> tuple[object, ...]:
    """What a place is, but for how far the walk has ever been. By repr, where 0/0 equals itself."""
    return place(walk), repr(walk.epoch), walk.history, walk.events, repr(walk.parameters)


def moves(
    problem: Problem, granularity: Granularity, labelling: Labelling, most: int
) -> list[Walk]:
    """The places where moves of one granularity end, the start first."""
    walks = [Walk.begin(problem)]
    while len(walks) <= most and walks[-1].next_sub_step is not None:
        walks.append(walks[-1].forward(granularity, labelling))
    return walks


# How much a move does


@pytest.mark.parametrize(
    ("granularity", "labelling", "expected"),
    [
        (POINT, Labelling.TEXTBOOK, 6 * 5 + 2),  # counts and weights have no rows
        (COMPONENT, Labelling.TEXTBOOK, 7 * 2 + 1),  # the evidence is of no component
        (SUB_STEP, Labelling.TEXTBOOK, 8),
        (PHASE, Labelling.TEXTBOOK, 2),
        (PHASE, Labelling.NOTE, 3),
        (EPOCH, Labelling.NOTE, 1),
    ],
)
def test_moves_to_an_epoch(granularity: Granularity, labelling: Labelling, expected: int) -> None:
    """Five points, two components: so many moves to each epoch."""
    walks = moves(worked_example.problem(), granularity, labelling, 2 * expected + 1)
    ends = [n for n, walk in enumerate(walks) if walk.done == SUB_STEP_COUNT]
    assert ends[:2] == [expected, 2 * expected]
    assert walks[expected + 1].epoch.index == 2


@every_problem
@pytest.mark.parametrize("granularity", [POINT, COMPONENT])
def test_each_number_is_known_from_the_move_that_fills_it(
    problem: Problem, granularity: Granularity
) -> None:
    """A point's row with its point, a component's column with its component, a sum with the last.

    In the first epoch and the second; no move fills anything beside that.
    """
    n, k = len(problem.points), len(problem.initial.components)
    without_rows, without_components = {"effective_counts", "weights"}, {"evidence"}
    filled_by: dict[tuple[str, int | None, int | None], int] = {}
    last = 0  # move of the sub-step before
    for sub_step in SUB_STEPS:
        name = sub_step.name
        rows = [None, *(() if name in without_rows else range(n))]
        columns = [None, *(() if name in without_components else range(k))]
        whole = name in (without_rows if granularity is POINT else without_components)
        count = 1 if whole else n if granularity is POINT else k
        for i, j in itertools.product(rows, columns):
            index = i if granularity is POINT else j
            filled_by[name, i, j] = last + (count if whole or index is None else index + 1)
        last += count
    walks = moves(problem, granularity, Labelling.TEXTBOOK, 2 * last)
    for move, walk in enumerate(walks):
        in_epoch = move - last * (walk.epoch.index - 1)
        for (name, i, j), first in filled_by.items():
            assert walk.shows(name, point=i, component=j) == (first <= in_epoch), (name, i, j, move)
        for sub_step in SUB_STEPS:
            end = max(move for (name, *_), move in filled_by.items() if name == sub_step.name)
            assert walk.knows(sub_step.name) == (end <= in_epoch)


@every_problem
def test_parameters_are_new_component_by_component(problem: Problem) -> None:
    """A component's new mean is a parameter once it is filled; a shared covariance, once all are."""
    k = len(problem.initial.components)
    for walk in moves(problem, COMPONENT, Labelling.TEXTBOOK, 2 * (7 * k + 1)):
        old, m = walk.epoch.before, walk.epoch.m
        new = {"weights": 0, "means": 0, "variances": 0}
        for name in new:
            place_in_epoch = [sub_step.name for sub_step in SUB_STEPS].index(name)
            if walk.done > place_in_epoch:
                new[name] = k
            elif walk.done == place_in_epoch and walk.partial is not None:
                new[name] = walk.partial.count
        if problem.structure.is_shared and new["variances"] < k:
            new["variances"] = 0
        assert walk.parameters == (
            m.weights[: new["weights"]] + old.weights[new["weights"] :],
            m.means[: new["means"]] + old.means[new["means"] :],
            m.covariances[: new["variances"]] + old.covariances[new["variances"] :],
        )
        for name, count in new.items():
            assert [walk.has_new(name, j) for j in range(k)] == [j < count for j in range(k)]


def test_point_by_point_no_parameter_is_new_before_the_last_point() -> None:
    """Rows alone give no sum: the parameters change with a sub-step's last point."""
    for walk in moves(PROBLEMS["in two dimensions"], POINT, Labelling.TEXTBOOK, 40):
        assert walk.parameters == Walk.go_to(walk, walk.epoch.index, walk.done).parameters


def test_moves_of_every_size_end_in_the_same_epoch() -> None:
    """However an epoch is cut into moves, its numbers are those of iterate."""
    problem = PROBLEMS["tied"]
    epoch = next(iterate(problem.points, problem.initial, "tied"))
    for granularity in Granularity:
        ends = [w for w in moves(problem, granularity, Labelling.NOTE, 40) if w.done == 8]
        assert ends[0].epoch == epoch
        assert ends[0].history[-1].mixture == epoch.after


def test_the_log_likelihood_comes_with_the_last_evidence() -> None:
    """It is a sum over the points: unknown at the evidence of the last but one."""
    walk = Walk.begin(worked_example.problem()).go_to(1, 2)
    for i in range(5):
        assert not walk.shows("evidence", point=i)
        assert not walk.shows("evidence")
        walk = walk.forward(POINT)
        assert walk.shows("evidence", point=i)
    assert walk.shows("evidence")
    assert walk.done == 3


# Mixed moves


def test_a_larger_move_first_completes_what_a_smaller_one_began() -> None:
    """From point 2 of the densities: to their end, to the end of the step, of the epoch."""
    walk = Walk.begin(worked_example.problem()).forward(POINT).forward(POINT)
    assert place(walk) == (1, 0, Partial(POINT, 2))
    assert [walk.forward(granularity).done for granularity in Granularity] == [0, 1, 1, 4, 8]
    assert walk.forward(COMPONENT).partial is None
    second = Walk.begin(worked_example.problem()).forward_epoch().forward(COMPONENT)
    assert place(second) == (2, 0, Partial(COMPONENT, 1))
    assert not second.is_at_start
    assert second.next_epoch_index == 2
    assert place(second.forward()) == (2, 1, None)
    assert len(second.history) == 2


def test_a_larger_move_back_first_undoes_what_a_smaller_one_began() -> None:
    """From point 2 of the new means: to the end of the counts, to the start of the step, of the epoch."""
    walk = Walk.begin(worked_example.problem()).go_to(2, 5).forward(POINT).forward(POINT)
    places = [place(walk.back(granularity)) for granularity in Granularity]
    assert places == [
        (2, 5, Partial(POINT, 1)), (2, 5, None), (2, 5, None), (2, 4, None), (1, 8, None),
    ]  # fmt: skip


@given(
    st.sampled_from(list(PROBLEMS.values())),
    st.sampled_from(list(Granularity)),
    st.sampled_from(list(Labelling)),
    st.integers(1, 80),
)
@settings(max_examples=60, deadline=None)
def test_as_many_moves_back_as_forward(
    problem: Problem, granularity: Granularity, labelling: Labelling, n: int
) -> None:
    """Moves of one size lead back over the same places, in reverse, bit for bit."""
    way_out = moves(problem, granularity, labelling, min(n, 12) if granularity is EPOCH else n)
    assert len({place(walk) for walk in way_out}) == len(way_out)
    walk = way_out[-1]
    for earlier in reversed(way_out):
        assert shown(walk) == shown(earlier)
        walk = walk.back(granularity, labelling)
    assert walk.is_at_start


def is_earlier(one: Walk, other: Walk) -> bool:
    """Whether one place comes before another. Points and components of one sub-step don't compare."""
    a, b = one.partial, other.partial
    if (one.epoch.index, one.done) == (other.epoch.index, other.done) and a and b:
        return a.by is b.by and a.count < b.count
    order_one, order_other = (
        (walk.epoch.index * SUB_STEP_COUNT + walk.done, walk.partial is not None)
        for walk in (one, other)
    )
    return order_one < order_other


@given(
    st.sampled_from(list(PROBLEMS.values())),
    st.sampled_from(list(Labelling)),
    st.lists(st.tuples(st.sampled_from(list(Granularity)), st.booleans()), max_size=30),
)
@settings(max_examples=60, deadline=None)
def test_a_move_ends_at_the_next_place_of_its_size(
    problem: Problem, labelling: Labelling, mixed: list[tuple[Granularity, bool]]
) -> None:
    """From wherever moves of all sizes have led, forward and back go to the nearest such place.

    The places of a size are those where moves of that size alone end.
    """
    walk = Walk.begin(problem)
    ends = {granularity: moves(problem, granularity, labelling, 0) for granularity in Granularity}
    for granularity, is_forward in mixed:
        places = ends[granularity]
        while (
            places[-1].next_sub_step is not None and places[-1].epoch.index < walk.epoch.index + 2
        ):
            places.append(places[-1].forward(granularity, labelling))
        if is_forward:
            expected = next((p for p in places if is_earlier(walk, p)), walk)
            walk = walk.forward(granularity, labelling)
        else:
            expected = next((p for p in reversed(places) if is_earlier(p, walk)), walk)
            walk = walk.back(granularity, labelling)
        assert shown(walk) == shown(expected)


# What a move fills, in words


def labels(problem: Problem, granularity: Granularity, done: int) -> list[str]:
    """What the moves that fill the sub-step after the first `done` are called."""
    walk, said = Walk.begin(problem).go_to(1, done), []
    while walk.done == done:
        said.append(walk.next_label(granularity).removesuffix(" (epoch 1)"))
        walk = walk.forward(granularity)
    return said


def test_labels_point_by_point() -> None:
    """The label names the point, and with the last one the sums."""
    problem = Problem((1.0, 2.0), Mixture.univariate([0.5, 0.5], [0, 3], [1, 1]))
    assert [labels(problem, POINT, done) for done in range(SUB_STEP_COUNT)] == [
        ["E: densities of point 1", "E: densities of point 2"],
        ["E: weighted densities of point 1", "E: weighted densities of point 2"],
        ["E: evidence of point 1", "E: evidence of point 2, log-likelihood"],
        ["E: responsibilities of point 1", "E: responsibilities of point 2"],
        ["M: effective counts"],
        ["M: βx of point 1", "M: βx of point 2, new means"],
        [
            "M: β(x−μ′)² of point 1",
            "M: β(x−μ′)² of point 2, new variances",
        ],
        ["M: new weights"],
    ]
    assert labels(in_space(), POINT, 6)[-1] == ("M: βrrᵀ of point 6, new covariances")


def test_labels_component_by_component() -> None:
    """The label names the component; what is one number for it stands in the singular."""
    problem = worked_example.problem()
    second = [labels(problem, COMPONENT, done)[-1] for done in range(SUB_STEP_COUNT)]
    assert second == [
        "E: densities of component 2",
        "E: weighted densities of component 2",
        "E: evidence",
        "E: responsibilities of component 2",
        "M: effective count of component 2",
        "M: new mean of component 2",
        "M: new variance of component 2",
        "M: new weight of component 2",
    ]
    assert labels(in_space(), COMPONENT, 6)[0] == "M: new covariance of component 1"


def test_labels_of_a_shared_covariance() -> None:
    """No component has one of its own: each adds its deviations, and the last one gives it."""
    assert labels(PROBLEMS["tied"], COMPONENT, 6) == [
        "M: βrrᵀ of component 1",
        "M: βrrᵀ of component 2",
        "M: βrrᵀ of component 3, new covariances",
    ]


def test_labels_of_what_completes_a_sub_step() -> None:
    """A larger move is named by what is left; a whole step and an epoch by their results."""
    walk = Walk.begin(worked_example.problem()).forward(POINT).forward(POINT)
    said = [walk.next_label(granularity, Labelling.NOTE) for granularity in Granularity]
    assert said == [
        "β: densities of point 3 (epoch 1)",
        "β: densities of points 3, 4 and 5 (epoch 1)",
        "β: densities of points 3, 4 and 5 (epoch 1)",
        "β: responsibilities (epoch 1)",
        "β, M and E: new means, variances and weights (epoch 1)",
    ]
    assert walk.go_to(1, 4).next_label(EPOCH) == "M: new means, variances and weights (epoch 1)"
    assert walk.go_to(1, 8).next_label(POINT) == "E: densities of point 1 (epoch 2)"


@every_problem
@pytest.mark.parametrize("granularity", [POINT, COMPONENT, SUB_STEP])
def test_what_a_move_will_fill_is_what_it_has_filled(
    problem: Problem, granularity: Granularity
) -> None:
    """Before the move and after it the same part is told of, also where it completes another's."""
    for began in (POINT, COMPONENT):
        for walk in moves(problem, began, Labelling.TEXTBOOK, 70):
            if walk.next_sub_step is not None:
                moved = walk.forward(granularity)
                assert moved.part_since(walk) == walk.part_ahead(granularity)
                assert moved.sub_steps_since(walk) == (walk.next_sub_step,)


def test_larger_moves_fill_no_part() -> None:
    """A whole sub-step, step or epoch has no part to tell of; all that it filled is listed."""
    start = Walk.begin(worked_example.problem())
    for granularity, count in ((SUB_STEP, 1), (PHASE, 4), (EPOCH, 8)):
        moved = start.forward(granularity)
        assert start.part_ahead(granularity) is None
        assert moved.part_since(start) is None
        assert moved.sub_steps_since(start) == SUB_STEPS[:count]
    third = start.go_to(3, 2)
    assert third.sub_steps_since(start) == third.sub_steps_since(None) == SUB_STEPS[:2]


# Where a run ends


def test_a_collapse_shows_with_its_component_and_ends_the_run_with_the_last() -> None:
    """Component 1 has no variance left: known from its own move on; the walk ends with the last one's."""
    problem = PROBLEMS["that collapses"]
    walk = Walk.begin(problem).go_to(1, 6).forward(COMPONENT)
    assert walk.parameters[2] == (0.0, 1.0)
    assert walk.stopped_by == ()
    end = walk.forward(COMPONENT)
    assert [type(event) for event in end.stopped_by] == [VarianceCollapse]
    for granularity in Granularity:
        assert end.forward(granularity) is end
        assert walk.forward(granularity) == end
        assert end.next_label(granularity) == "The end: variance collapse"
    assert place(end.back(COMPONENT)) == place(walk)
    assert place(end.back(POINT)) == (1, 6, Partial(POINT, 3))


# Go to


@every_problem
def test_go_to_is_where_forward_leads(problem: Problem) -> None:
    """From anywhere to anywhere, ahead and behind, and from within a sub-step: the same place."""
    walks = moves(problem, SUB_STEP, Labelling.TEXTBOOK, 3 * SUB_STEP_COUNT)
    random_order = random.Random(1)
    for goal in walks:
        for start in random_order.sample(walks, k=min(len(walks), 8)):
            for begun in (start, start.forward(POINT)):
                assert shown(begun.go_to(goal.epoch.index, goal.done)) == shown(goal)


def test_going_ahead_keeps_the_milestones() -> None:
    """What lies between is computed once, and remembered on the way back."""
    walk = Walk.begin(worked_example.problem()).go_to(5, 3)
    assert [milestone.epoch for milestone in walk.milestones] == [0, 1, 2, 3, 4]
    assert walk.go_to(2, 3).milestones == walk.milestones
    assert len(walk.go_to(2, 3).history) == 2


def test_nothing_of_an_epoch_is_the_end_of_the_one_before() -> None:
    """0 sub-steps of epoch 3 are all of epoch 2; of epoch 1, the start."""
    walk = Walk.begin(worked_example.problem())
    assert place(walk.go_to(3, 0)) == (2, 8, None)
    assert walk.go_to(4, 4).go_to(1, 0).is_at_start


@pytest.mark.parametrize(
    ("epoch", "done", "field", "message"),
    [
        (0, 3, "epoch", "epoch must be a whole number from 1 on, got 0: the first one is 1"),
        (1.0, 3, "epoch", "epoch must be a whole number from 1 on, got 1.0: the first one is 1"),
        (
            1, 9, "done",
            "done must be a whole number from 0 to 8, got 9: "
            "give how many sub-steps of the epoch are to be done",
        ),
        (
            1, -1, "done",
            "done must be a whole number from 0 to 8, got -1: "
            "give how many sub-steps of the epoch are to be done",
        ),
    ],
)  # fmt: skip
def test_what_is_no_place(epoch: int, done: int, field: str, message: str) -> None:
    """Refused, by the name of the argument."""
    with pytest.raises(InvalidValueError, match=f"^{re.escape(message)}$") as caught:
        Walk.begin(worked_example.problem()).go_to(epoch, done)
    assert caught.value.field == field


@pytest.mark.parametrize(("epoch", "done"), [(1, 8), (2, 0), (2, 1), (9, 4)])
def test_beyond_a_degenerate_end(epoch: int, done: int) -> None:
    """Refused with the reason and the last place there is; that place itself is no trouble."""
    walk = Walk.begin(PROBLEMS["that collapses"])
    with pytest.raises(DegenerateError) as caught:
        walk.go_to(epoch, done)
    assert str(caught.value).startswith(
        f"epoch {epoch} with {done} sub-steps done lies beyond the end of the run: go no further "
        "than epoch 1 with 7. Epoch 1: component 1 has collapsed onto point 1 at 0.0: "
    )
    assert [type(event) for event in caught.value.events] == [VarianceCollapse]
    assert place(walk.go_to(1, 7)) == (1, 7, None)

"""A walk: the order of sub-steps, their names in both labellings, moves, and the history."""

import itertools

import pytest

from refgmm import Granularity, Labelling, Mixture, Problem, Walk, iterate, worked_example
from refgmm.sub_steps import SUB_STEP_COUNT, SUB_STEPS, index_of

from .support import NOTE_POINTS, note_start, trace_fields

TEXTBOOK, NOTE = Labelling.TEXTBOOK, Labelling.NOTE
SUB_STEP, PHASE = Granularity.SUB_STEP, Granularity.PHASE


def begin() -> Walk:
    return Walk.begin(worked_example.problem())


def after(sub_steps: int) -> Walk:
    walk = begin()
    for _ in range(sub_steps):
        walk = walk.forward()
    return walk


# The sub-steps


def test_the_order_of_the_sub_steps() -> None:
    """DESIGN.md, "Symbols and names"; each is a field of the trace."""
    names = [sub_step.name for sub_step in SUB_STEPS]
    assert names == [
        "densities",
        "weighted_densities",
        "evidence",
        "responsibilities",
        "effective_counts",
        "means",
        "variances",
        "weights",
    ]
    assert set(names) <= trace_fields()
    assert [index_of(name) for name in names] == list(range(SUB_STEP_COUNT)) == list(range(8))


@pytest.mark.parametrize(
    ("labelling", "phases"), [(TEXTBOOK, "E E E E M M M M"), (NOTE, "β β β β M M M E")]
)
def test_phases(labelling: Labelling, phases: str) -> None:
    """Textbook: E up to the responsibilities, M the rest. Note: M means and variances, E weights."""
    assert [sub_step.phase(labelling) for sub_step in SUB_STEPS] == phases.split()


def test_which_sub_steps_are_results_and_parameters() -> None:
    """Responsibilities and the three parameters are what a step is for; the latter have old values."""
    results = [sub_step.name for sub_step in SUB_STEPS if sub_step.is_result]
    parameters = [sub_step.name for sub_step in SUB_STEPS if sub_step.is_parameter]
    assert results == ["responsibilities", "means", "variances", "weights"]
    assert parameters == ["means", "variances", "weights"]


def test_every_sub_step_has_a_sentence() -> None:
    """The meaning is a sentence, for people; in d dimensions variances become covariances."""
    for sub_step, dimension in itertools.product(SUB_STEPS, [None, 1, 2, 7]):
        assert sub_step.meaning(dimension)[0].isupper()
        assert sub_step.meaning(dimension).endswith(".")
        title = sub_step.name.replace("_", " ")
        if dimension is not None:
            title = title.replace("variances", "covariances")
        assert sub_step.title(dimension) == title
    assert "variances" in SUB_STEPS[6].meaning(2)
    assert "squared distance" in SUB_STEPS[6].meaning()


# What the button says


@pytest.mark.parametrize(
    ("labelling", "labels"),
    [
        (
            TEXTBOOK,
            [
                "E: densities (epoch 1)",
                "E: weighted densities (epoch 1)",
                "E: evidence (epoch 1)",
                "E: responsibilities (epoch 1)",
                "M: effective counts (epoch 1)",
                "M: new means (epoch 1)",
                "M: new variances (epoch 1)",
                "M: new weights (epoch 1)",
                "E: densities (epoch 2)",
            ],
        ),
        (
            NOTE,
            [
                "β: densities (epoch 1)",
                "β: weighted densities (epoch 1)",
                "β: evidence (epoch 1)",
                "β: responsibilities (epoch 1)",
                "M: effective counts (epoch 1)",
                "M: new means (epoch 1)",
                "M: new variances (epoch 1)",
                "E: new weights (epoch 1)",
                "β: densities (epoch 2)",
            ],
        ),
    ],
)
def test_labels_of_sub_steps(labelling: Labelling, labels: list[str]) -> None:
    """One sub-step at a time: the label is what forward() does next."""
    walk = begin()
    for label in labels:
        assert walk.next_label(SUB_STEP, labelling) == label
        coming = walk.next_sub_step
        walk = walk.forward()
        assert coming is not None
        assert walk.knows(coming.name)


@pytest.mark.parametrize(
    ("labelling", "labels", "done"),
    [
        (
            TEXTBOOK,
            [
                "E: responsibilities (epoch 1)",
                "M: new means, variances and weights (epoch 1)",
                "E: responsibilities (epoch 2)",
            ],
            [4, 8, 4],
        ),
        (
            NOTE,
            [
                "β: responsibilities (epoch 1)",
                "M: new means and variances (epoch 1)",
                "E: new weights (epoch 1)",
                "β: responsibilities (epoch 2)",
            ],
            [4, 7, 8, 4],
        ),
    ],
)
def test_labels_of_whole_steps(labelling: Labelling, labels: list[str], done: list[int]) -> None:
    """A whole step at a time: the label names its results, and forward() gets them."""
    walk = begin()
    for label, known in zip(labels, done, strict=True):
        assert walk.next_label(PHASE, labelling) == label
        walk = walk.forward(PHASE, labelling)
        assert walk.done == known


@pytest.mark.parametrize("labelling", Labelling)
@pytest.mark.parametrize("done", range(SUB_STEP_COUNT + 1))
def test_labels_in_the_middle_of_a_step(labelling: Labelling, done: int) -> None:
    """From anywhere, a whole step does what its label says: all results of the rest of the step."""
    walk = after(done)
    label = walk.next_label(PHASE, labelling)
    moved = walk.forward(PHASE, labelling)
    phase, _, rest = label.partition(": ")
    if done == SUB_STEP_COUNT:
        assert moved.epoch.index == 2
        done = 0
    fresh = SUB_STEPS[done : moved.done]
    assert {sub_step.phase(labelling) for sub_step in fresh} == {phase}
    for sub_step in SUB_STEPS:
        promised = sub_step.title() in rest.replace("weighted densities", "")
        assert promised == (sub_step in fresh and sub_step.is_result)
    if moved.done < SUB_STEP_COUNT:
        assert SUB_STEPS[moved.done].phase(labelling) != phase


def test_labels_never_change_the_numbers() -> None:
    """Whichever labelling cuts the steps, an epoch is the same epoch."""
    textbook = begin().forward(PHASE, TEXTBOOK).forward(PHASE, TEXTBOOK)
    note = begin().forward(PHASE, NOTE).forward(PHASE, NOTE).forward(PHASE, NOTE)
    assert textbook == note == after(SUB_STEP_COUNT) == begin().forward_epoch()


def test_the_label_at_the_end_of_a_run() -> None:
    """After a collapse the label says why there is no next step."""
    walk = Walk.begin(Problem((3.0,), Mixture.univariate([1], [3], [1]))).forward_epoch()
    for granularity, labelling in itertools.product(Granularity, Labelling):
        assert walk.next_label(granularity, labelling) == "The end: variance collapse"
    start = Mixture.univariate([0.5, 0, 0.5], [3, 3, 1e6], [1, 1, 1])
    walk = Walk.begin(Problem((3.0,), start)).forward_epoch()
    assert walk.next_label() == "The end: empty component"


# Moves


def test_forward_takes_one_sub_step() -> None:
    """Eight sub-steps to an epoch; the ninth is the first of the next."""
    places = [(after(n).epoch.index, after(n).done) for n in range(2 * SUB_STEP_COUNT + 2)]
    first = [(1, done) for done in range(SUB_STEP_COUNT + 1)]
    second = [(2, done) for done in range(1, SUB_STEP_COUNT + 1)]
    assert places == [*first, *second, (3, 1)]


@pytest.mark.parametrize("n", range(1, 3 * SUB_STEP_COUNT))
def test_back_takes_one_sub_step_back(n: int) -> None:
    """Also over the start of an epoch: exactly where the walk was one sub-step before."""
    walk, before = after(n).back(), after(n - 1)
    assert (walk.epoch, walk.done) == (before.epoch, before.done)
    assert walk.history == before.history
    assert walk.parameters == before.parameters


def test_the_start() -> None:
    """At the start nothing is known, nothing can be taken back, and nothing was gained."""
    walk = begin()
    assert walk.is_at_start
    assert walk.back() is walk
    assert all(walk.back(granularity, NOTE) is walk for granularity in Granularity)
    assert walk.next_epoch_index == 1
    assert not any(walk.knows(sub_step.name) for sub_step in SUB_STEPS)
    assert [milestone.gain for milestone in walk.history] == [None]
    assert not walk.has_converged(1e9)
    assert not walk.forward().is_at_start


@pytest.mark.parametrize("n", range(3 * SUB_STEP_COUNT))
@pytest.mark.parametrize("labelling", Labelling)
def test_a_whole_step_back_goes_to_its_start(n: int, labelling: Labelling) -> None:
    """It stops where a step begins, at most one step back, and forward() redoes that step."""
    walk = after(n)
    back = walk.back(PHASE, labelling)
    if n == 0:
        assert back is walk
        return
    moved = SUB_STEP_COUNT * (walk.epoch.index - back.epoch.index) + walk.done - back.done
    assert 1 <= moved <= 4
    starts = {0, 4, 8} if labelling is TEXTBOOK else {0, 4, 7, 8}
    assert back.done in starts
    redone = back.forward(PHASE, labelling)
    ahead = SUB_STEP_COUNT * (redone.epoch.index - walk.epoch.index) + redone.done - walk.done
    assert 0 <= ahead < 4


def test_forward_epoch_ends_at_the_end_of_an_epoch() -> None:
    """From inside an epoch to its end; from its end to the end of the next."""
    for n in range(SUB_STEP_COUNT):
        assert after(n).forward_epoch() == after(SUB_STEP_COUNT)
    assert after(SUB_STEP_COUNT).forward_epoch() == after(2 * SUB_STEP_COUNT)
    assert after(SUB_STEP_COUNT + 3).forward_epoch() == after(2 * SUB_STEP_COUNT)


def test_to_start_keeps_what_was_reached() -> None:
    """Back at the start the walk is as at first, but for the milestones that it remembers."""
    walk = after(3 * SUB_STEP_COUNT + 2).to_start()
    assert walk.is_at_start
    assert walk.epoch == begin().epoch
    assert walk.history == begin().history
    assert len(walk.milestones) == 4
    again = walk
    for _ in range(3 * SUB_STEP_COUNT + 2):
        again = again.forward()
    assert (again.epoch, again.done) == (after(3 * SUB_STEP_COUNT + 2).epoch, 2)
    assert again.milestones == walk.milestones


def test_epochs_end_with_the_run() -> None:
    """epochs() is lazy and for ever, or until an epoch degenerates."""
    walks = begin().epochs()
    assert [next(walks).epoch.index for _ in range(5)] == [1, 2, 3, 4, 5]
    degenerate = Walk.begin(Problem((3.0,), Mixture.univariate([1], [3], [1])))
    assert [walk.done for walk in degenerate.epochs()] == [7]


def test_walks_are_values() -> None:
    """A move makes a new walk; the old one stays where it was."""
    walk = after(5)
    walk.forward()
    walk.back()
    assert walk == after(5)
    assert hash(walk) == hash(after(5))


# What is known


@pytest.mark.parametrize("n", range(2 * SUB_STEP_COUNT + 1))
def test_parameters_are_new_where_computed(n: int) -> None:
    """Old values up to their sub-step, new ones from it on."""
    walk = after(n)
    before, m = walk.epoch.before, walk.epoch.m
    weights, means, variances = walk.parameters
    assert means == (m.means if walk.done >= 6 else tuple(c.mean for c in before.components))
    old_variances = tuple(c.variance for c in before.components)
    assert variances == (m.variances if walk.done >= 7 else old_variances)
    assert weights == (m.weights if walk.done >= 8 else before.weights)


def test_history_has_a_milestone_for_each_finished_epoch() -> None:
    """Its parameters, their log-likelihood, and the gain over the one before."""
    epochs = list(itertools.islice(iterate(NOTE_POINTS, note_start()), 5))
    for n in range(3 * SUB_STEP_COUNT + 3):
        history = after(n).history
        assert [milestone.epoch for milestone in history] == list(range(n // SUB_STEP_COUNT + 1))
        for milestone, epoch in zip(history, epochs, strict=False):
            assert milestone.mixture == epoch.before
            assert milestone.log_likelihood == epoch.e.log_likelihood
        for earlier, later in itertools.pairwise(history):
            assert later.gain == later.log_likelihood - earlier.log_likelihood


def test_history_shrinks_on_the_way_back() -> None:
    """Taking back an epoch takes its milestone from the history."""
    assert len(after(2 * SUB_STEP_COUNT).history) == 3
    assert len(after(2 * SUB_STEP_COUNT).back().history) == 2
    assert len(after(2 * SUB_STEP_COUNT).to_start().history) == 1


def test_convergence_is_judged_by_the_last_gain() -> None:
    """A run has converged when the last finished epoch gained less than the tolerance."""
    walk = after(SUB_STEP_COUNT)
    gain = walk.history[-1].gain
    assert gain is not None
    assert not walk.has_converged(gain)
    assert walk.has_converged(gain * (1 + 1e-12))
    assert not walk.back().has_converged(1e9)
    late = next(itertools.islice(begin().epochs(), 300, None))
    assert late.has_converged(1e-5)
    assert not late.has_converged(-1.0)

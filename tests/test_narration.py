"""What a sub-step did, in words: true of its numbers, for any of the sub-steps."""

import itertools
from typing import Any

import pytest

from refgmm import Mixture, gallery, iterate, worked_example
from refgmm.ledger import Exact
from refgmm.narration import told
from refgmm.paper import Paper
from refgmm.sub_steps import SUB_STEPS

from .support import NOTE_POINTS, note_start

TOLD = {
    "densities": "Point 4 lies farthest out: |2.4 − 2| / √2 = 0.2828 standard deviations from "
    "component 2, the nearest to it.",
    "weighted_densities": "Each density counts by how often its component is picked: component 1 "
    "with probability 0.5 and component 2 with probability 0.5.",
    "evidence": "How well the initial parameters fit all 5 points together: x₄ = 2.4 fits worst.",
    "responsibilities": "Component 1 takes most of points 1, 2 and 3; component 2 takes most of "
    "points 4 and 5. Point 3 is the most divided: component 1 takes 54% of it.",
    "effective_counts": "Component 1 answers for 2.5625 of the 5 points, component 2 for 2.4375.",
    "means": "Component 1 moves from 1 to 1.3066: x₄ = 2.4 pulls it most. "
    "Component 2 moves from 2 to 1.4982: x₂ = 0.7 pulls it most.",
}
"""Checked by hand against the note's table: |2.4 − 2|/√2 = 0.2828 is the largest of each point's
smaller distance; 0.537, of point 3, the smallest of the larger shares; 0.389 (2.4 − 1) the
largest pull up."""


@pytest.mark.parametrize("sub_step", TOLD)
def test_the_notes_example(sub_step: str) -> None:
    """The sentences of epoch 1, word for word."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert told(Exact(epoch), sub_step) == TOLD[sub_step]


def test_the_parameters_that_fit_are_named_by_their_epoch() -> None:
    """The history has ln L in the row of the epoch that led to the parameters: so says the sentence."""
    _, second = itertools.islice(iterate(NOTE_POINTS, note_start()), 2)
    fit = "How well the parameters after epoch 1 fit all 5 points together: x₄ = 2.4 fits worst."
    assert told(Exact(second), "evidence") == fit


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("dimension", [None, 2])
def test_every_sub_step_has_something_to_tell(k: int, dimension: int | None) -> None:
    """Sentences, with no nan in them, also for one component, identical ones, and in d dimensions."""
    points: list[object] = [0.0, 1.0, 4.0, 4.5]
    start: Mixture[Any] = Mixture.univariate([1 / k] * k, [2.0] * k, [1.0] * k)
    if dimension is not None:
        points = [(0.0, 1.0), (1.0, 0.0), (4.0, 4.0), (5.0, 4.0), (4.0, 6.0)]
        start = Mixture.multivariate(
            [1 / k] * k, [(j, 1.0) for j in range(k)], [[[1, 0], [0, 1]]] * k
        )
    epochs = list(itertools.islice(iterate(points, start), 2))
    for epoch, sub_step in itertools.product(epochs, SUB_STEPS):
        text = told(Exact(epoch), sub_step.name)
        assert text[0].isupper()
        assert text.endswith(".")
        assert "nan" not in text


def test_a_degenerate_epoch_is_told_of_too() -> None:
    """An empty component has no mean: it is said, and nothing breaks."""
    start = Mixture.univariate([0.5, 0.5], [1, 1e6], [1, 1])
    epoch = next(iterate([0.5, 1.0, 1.5], start))
    assert epoch.ends_walk
    assert "undefined" in told(Exact(epoch), "means")
    for sub_step in SUB_STEPS:
        assert told(Exact(epoch), sub_step.name).endswith(".")


def test_the_parameters_that_changed_most() -> None:
    """Of many components, those two are told of whose means moved farthest."""
    start = Mixture.univariate([0.25] * 4, [0.0, 10.0, 21.0, 35.0], [1, 1, 1, 1])
    epoch = next(iterate([0.0, 0.1, 10.0, 10.1, 20.0, 20.1, 30.0, 30.1], start))
    text = told(Exact(epoch), "means")
    moved = [abs(new - old) for new, old in zip(epoch.m.means, epoch.before.means, strict=True)]
    most = sorted(sorted(range(4), key=moved.__getitem__)[-2:])
    assert [int(word) - 1 for word in text.split() if word in "1234"] == most
    assert most == [2, 3]


def test_paper_is_told_of_as_it_is_written() -> None:
    """In paper mode the sentence has the paper's numbers."""
    problem = worked_example.problem()
    paper = Paper.of_epochs([next(iterate(problem.points, problem.initial))], 2)
    assert told(paper, "effective_counts", 2) == (
        "Component 1 answers for 2.56 of the 5 points, component 2 for 2.44."
    )


def test_0_by_0_is_told_as_such() -> None:
    """On paper, an evidence of 0.0004 is rounded to 0: such responsibilities are no numbers to compare.

    Points 6 to 9 are so far out that logarithms give theirs, on paper, too.
    """
    problem = gallery.named("underflow").problem()
    paper = Paper.of_epochs([next(iterate(problem.points, problem.initial))], 3)
    sentence = told(paper, "responsibilities", 3)
    assert "nan" not in sentence
    assert sentence.endswith("The responsibilities for points 1, 2 and 4 are 0/0: undefined.")


def test_a_third_given_is_not_told_with_all_its_digits() -> None:
    """Formulas show what is given as it is; a sentence with 0.3333333333333333 in it, nobody reads."""
    third = Mixture.univariate([1 / 3] * 3, [0.7, 1.2, 2.4], [1, 1, 1])
    ledger = Exact(next(iterate(NOTE_POINTS, third)))
    assert "component 1 with probability 0.3333," in told(ledger, "weighted_densities")
    assert "(before: 0.3333)" in told(ledger, "weights")

"""EM's lower bound: it touches, the M step raises it, and the rest of the gain is the divergence."""

import decimal
import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest

from refgmm import (
    STRUCTURES,
    Cell,
    ConjugatePrior,
    Epoch,
    Mixture,
    RefGMMError,
    fit,
    iterate,
    lower_bound,
    oracle,
)
from refgmm.bound import checks, set_to_zero
from refgmm.events import EvidenceUnderflow, StartOutsideStructure

from .proof_values import CONTEXT, Evaluator, Parameters, matrix
from .support import NOTE_POINTS, note_start

RNG = random.Random(20)
IN_TWO = [(RNG.gauss(0, 1), RNG.gauss(0, 2)) for _ in range(8)]
IN_TWO += [(RNG.gauss(3, 1), RNG.gauss(1, 1)) for _ in range(6)]


def start_in_two() -> Mixture[Any]:
    round_ = [[1.5, 0.0], [0.0, 1.5]]
    return Mixture.multivariate([0.25, 0.75], [[0.0, 0.0], [2.0, 2.0]], [round_, round_])


def far_start() -> Mixture[Any]:
    return Mixture.univariate([0.5, 0.5], [0.0, 2.0], [1.0, 0.5])


FAR_POINTS = [0.0, 0.5, 2.0, 1000.0, -300.0]
"""Two of them underflow."""

PROBLEMS: dict[str, tuple[Sequence[Any], Mixture[Any], str]] = {
    "note": (NOTE_POINTS, note_start(), "full"),
    "note, tied": (NOTE_POINTS, note_start(), "tied"),
    "far": (FAR_POINTS, far_start(), "full"),
} | {f"two dimensions, {name}": (IN_TWO, start_in_two(), name) for name in STRUCTURES}


def evaluator_of(epoch: Epoch[Any]) -> Evaluator:
    """The same epoch in decimals: the oracle's, from the same doubles."""
    components = epoch.before.components
    in_one = epoch.before.dimension is None
    points = [[x] if in_one else x for x in epoch.points]
    means = [[c.mean] if in_one else c.mean for c in components]
    covariances = [[[c.covariance]] if in_one else c.covariance for c in components]
    truth = oracle.multivariate_epoch(
        points, epoch.before.weights, means, covariances, epoch.structure.name
    )
    return Evaluator(
        tuple(map(matrix, points)),
        Parameters.of(epoch.before.weights, means, covariances),
        Parameters.of(truth.weights, truth.means, truth.covariances),
        truth.responsibilities,
    )


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_bound_is_right(name: str) -> None:
    """Every number agrees with 50-digit decimals, to 13 digits of the size of the log-likelihood."""
    for epoch in itertools.islice(iterate(*PROBLEMS[name]), 2):
        bound = lower_bound(epoch)
        assert bound.raised is not None
        with decimal.localcontext(CONTEXT):
            numbers = evaluator_of(epoch)
            exact = {
                "log_likelihood": numbers.log_likelihood(numbers.old),
                "bound": numbers.bound(numbers.old),
                "raised": numbers.bound(numbers.new),
                "log_likelihood_after": numbers.log_likelihood(numbers.new),
            }
            exact["divergence"] = exact["log_likelihood_after"] - exact["raised"]
            found = {
                "log_likelihood": bound.log_likelihood,
                "bound": bound.bound,
                "raised": bound.raised.bound,
                "log_likelihood_after": bound.raised.log_likelihood,
                "divergence": bound.raised.divergence,
            }
            slack = 1e-13 * max(abs(float(exact["log_likelihood"])), 1.0)
            errors = {key: abs(float(exact[key]) - value) for key, value in found.items()}
        assert max(errors.values()) <= slack, errors


def test_the_far_points_underflow() -> None:
    """The problem that is to test logarithms has evidence that underflows."""
    epoch = next(iterate(FAR_POINTS, far_start()))
    assert any(isinstance(event, EvidenceUnderflow) for event in epoch.events)
    assert 0.0 in epoch.e.evidence


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_gain_is_the_rise_and_the_divergence(name: str) -> None:
    """Over 30 epochs: the bound touches, neither part is negative, and together they are the gain."""
    for epoch in itertools.islice(iterate(*PROBLEMS[name]), 30):
        bound = lower_bound(epoch)
        slack = 1e-13 * max(abs(bound.log_likelihood), 1.0)
        assert abs(bound.difference) <= slack
        if bound.raised is None:
            assert epoch.ends_walk
            return
        assert bound.rise is not None
        assert bound.gain is not None
        assert bound.rise >= -slack
        assert bound.raised.divergence >= -slack
        assert abs(bound.rise + bound.raised.divergence - bound.gain) <= slack


def test_a_component_without_weight_contributes_nothing() -> None:
    """0 ln 0 = 0: with a third component of weight 0, the bound is the same."""
    with_third = Mixture.univariate([0.5, 0.5, 0.0], [1, 2, 3], [2, 2, 2])
    epoch = next(iterate(NOTE_POINTS, with_third))
    assert lower_bound(epoch).bound == lower_bound(next(iterate(NOTE_POINTS, note_start()))).bound
    assert lower_bound(epoch).raised is None  # its new mean is 0/0


def test_a_degenerate_epoch_has_no_new_parameters() -> None:
    """The bound still touches at the old ones, and the sentences say why there is no more."""
    start = Mixture.univariate([0.5, 0.5], [0.0, 50.0], [1.0, 1e-4])
    epoch = next(iterate([0.0, 1.0, -1.0, 50.0], start))
    assert epoch.ends_walk
    bound = lower_bound(epoch)
    assert bound.raised is None
    assert bound.rise is None
    assert bound.gain is None
    assert abs(bound.difference) < 1e-12
    assert bound.sentences()[1:] == (
        "The epoch degenerated, so there are no new parameters to compare with.",
    )


def test_a_start_outside_the_structure_may_lower_the_bound() -> None:
    """Tied variances from unequal ones: the bound falls, and the sentence says why it may."""
    points = [-0.1, 0.1, 0.05, 10.0, 20.0, 0.0]
    start = Mixture.univariate([0.5, 0.5], [0.0, 15.0], [0.01, 25.0])
    epoch = next(iterate(points, start, "tied"))
    assert any(isinstance(event, StartOutsideStructure) for event in epoch.events)
    bound = lower_bound(epoch)
    assert bound.rise is not None
    assert bound.rise < -1.0
    assert not bound.is_comparable
    assert "the structure doesn't allow the old parameters" in bound.sentences()[1]


def test_an_epoch_of_another_estimate_is_refused() -> None:
    """With a prior, the M step maximises something else than the bound."""
    result = fit(IN_TWO, start_in_two(), prior=ConjugatePrior(), history="full")
    epoch = result.trace[0]
    with pytest.raises(RefGMMError, match="maximises something else than the lower bound"):
        lower_bound(epoch)


def test_the_sentences() -> None:
    """The second epoch of the note's example, in words; where shown digits don't add up, they say so."""
    first, second, third = itertools.islice(iterate(NOTE_POINTS, note_start()), 3)
    assert "touches, but for rounding (" in lower_bound(second).sentences()[0]
    assert lower_bound(first).sentences()[3] == (
        "Together, 2.3554 and 0.0029 are the gain of the log-likelihood, 2.3583."
    )
    assert (
        "which is 0.0029 above the bound, computed from unrounded values:"
        in (
            lower_bound(first).sentences()[2]  # where -4.7174 - (-4.7204) is 0.0030
        )
    )
    assert lower_bound(third).sentences()[3] == (
        "Together, 0.0029 and 0.0035 are the gain of the log-likelihood, 0.0063, "
        "computed from unrounded values."
    )


def test_at_a_fixed_point_the_bound_stays() -> None:
    """One component: its second M step changes nothing, and the sentence says no "rise"."""
    start = Mixture.univariate([1.0], [0.0], [1.0])
    *_, epoch = itertools.islice(iterate(NOTE_POINTS, start), 3)
    bound = lower_bound(epoch)
    assert bound.rise is not None
    assert abs(bound.rise) < 1e-14
    assert "stays where it is" in bound.sentences()[1]
    assert "which is where the bound is" in bound.sentences()[2]
    assert " and 0.0000 are the gain" in bound.sentences()[3]


# What is set to zero


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_set_to_zero_is_zero(name: str) -> None:
    """At every new parameter, but for rounding; a structure's zeros aside the diagonal have nothing to set."""
    points, start, structure = PROBLEMS[name]
    epoch = next(iterate(points, start, structure))
    d = epoch.before.dimension
    size = max(abs(value) for x in points for value in (x if d else [x]))
    for j in range(2):
        means: list[tuple[int, ...]] = [(a,) for a in range(d)] if d else [()]
        squares: list[tuple[int, ...]] = (
            [()] if d is None else list(itertools.product(range(d), repeat=2))
        )
        for entry in means:
            slope = set_to_zero(epoch, Cell(1, "mean", None, j, entry))
            assert slope is not None
            assert abs(slope) < 1e-14 * size * len(points)
        for entry in squares:
            slope = set_to_zero(epoch, Cell(1, "covariance", None, j, entry))
            is_free = STRUCTURES[structure].part == "all" or len(set(entry)) < 2
            assert (slope is not None) == is_free
            assert slope is None or abs(slope) < 1e-14 * size**2 * len(points)
        slope = set_to_zero(epoch, Cell(1, "weight", None, j))
        assert slope is not None
        assert abs(slope) < 1e-14 * len(points)


def test_only_new_parameters_are_set_to_zero() -> None:
    """Old parameters, and numbers that no maximum is sought for, have no such sum."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert set_to_zero(epoch, Cell(0, "mean", None, 0)) is None
    assert set_to_zero(epoch, Cell.parse("evidence:1", epoch=1)) is None
    assert set_to_zero(epoch, Cell.parse("effective-count:1", epoch=1)) is None


# In numbers


@pytest.mark.parametrize("text", ["mean:1", "mean:2", "variance:1", "weight:2"])
def test_the_proof_of_a_parameter_in_numbers(text: str) -> None:
    """The sum that is set to zero is zero, or it is said to be but for rounding."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    (sentence,) = checks(epoch, Cell.parse(text, 1))
    zero = set_to_zero(epoch, Cell.parse(text, 1))
    assert zero is not None
    assert abs(zero) < 1e-14
    off = f"but for rounding ({zero:.0e})".replace("-", "−") if zero else "to the last digit"
    assert sentence == f"In the numbers of epoch 1, what is set to zero is 0, {off}."


@pytest.mark.parametrize("text", ["log-likelihood", "gain"])
def test_the_bound_in_numbers(text: str) -> None:
    """Of the log-likelihood and its gain: where the bound touches, and how it rose."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert checks(epoch, Cell.parse(text, 1), 3) == lower_bound(epoch).sentences(3)


@pytest.mark.parametrize("text", ["density:1,1", "point:1", "responsibility:1,1"])
def test_other_cells_have_nothing_to_set_to_zero(text: str) -> None:
    """What is merely computed has no such numbers."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert checks(epoch, Cell.parse(text, 1)) == ()

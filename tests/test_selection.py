"""Fits compared over numbers of components and structures."""

import random
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture
from refgmm.errors import RefGMMError
from refgmm.fitting import fit
from refgmm.selection import Candidate, compare, progress_text
from refgmm.stopping import Epochs, Progress
from refgmm.structures import STRUCTURES

from .fits import cloud

CLUSTERS = cloud(2, n=36, k=3, seed=6)
QUICK: Any = {"stop": Epochs(15), "initialization": "quantiles"}


def test_each_candidate_is_the_fit_of_its_own() -> None:
    """Structure by structure, k by k, with the options passed on."""
    structures = ["full", "tied spherical"]
    table = compare(CLUSTERS, [3, 1], structures, **QUICK)
    assert [(c.structure.name, c.components) for c in table.candidates] == [
        *[("full", 3), ("full", 1)],
        *[("tied spherical", 3), ("tied spherical", 1)],
    ]
    for candidate in table.candidates:
        alone = fit(CLUSTERS, candidate.components, structure=candidate.structure, **QUICK)
        assert candidate.result == alone
        assert candidate.is_sound
        assert candidate.problem == ""


def test_the_default_is_one_to_nine_components_of_full() -> None:
    """As the signature says."""
    table = compare(cloud(1), **QUICK)
    assert [c.components for c in table.candidates] == list(range(1, 10))
    assert {c.structure for c in table.candidates} == {STRUCTURES["full"]}


@pytest.mark.parametrize("criterion", ["aic", "bic", "icl"])
def test_best_has_the_lowest_value(criterion: str) -> None:
    """Of every criterion."""
    table = compare(CLUSTERS, range(1, 5), ["full", "spherical"], **QUICK)
    values = [getattr(c.result, criterion) for c in table.candidates if c.is_sound]
    assert getattr(table.best(criterion), criterion) == min(values)
    assert len(set(values)) > 1
    assert table.best() == table.best("bic")


def test_criteria_can_disagree() -> None:
    """AIC, which charges less for a parameter, takes no fewer of them than BIC."""
    taken = []
    for seed in range(4):
        table = compare(cloud(1, n=24, seed=seed), range(1, 4), **QUICK)
        taken.append((table.best("aic").free_parameters, table.best("bic").free_parameters))
    assert all(aic >= bic for aic, bic in taken)
    assert any(aic > bic for aic, bic in taken)


def test_unsound_fits_are_left_out() -> None:
    """A degenerate fit has a problem in words, and never is the best, whatever its criteria."""
    rng = random.Random(0)
    points = [rng.gauss(0, 1) for _ in range(12)] + [60.0]
    table = compare(points, [1, 2], stop=Epochs(200))
    one, two = table.candidates
    assert two.result is not None
    assert two.result.degenerated
    assert not two.is_sound
    assert two.problem == two.result.stopped_because
    assert "collapsed" in two.problem
    assert one.result is not None
    assert two.result.bic < one.result.bic
    assert table.best() == one.result


def test_more_components_than_points_is_a_candidate_with_a_problem() -> None:
    """The comparison goes on."""
    table = compare([1.0, 2.0, 2.0, 4.0], [4, 1], variance_floor=0.01)
    four, one = table.candidates
    assert (four.result, four.is_sound, four.is_cancelled) == (None, False, False)
    assert four.problem == "4 components are more than the 3 different points: choose fewer"
    assert table.best() == one.result


def test_a_structure_that_does_not_fit_is_a_candidate_with_a_problem() -> None:
    """Points on a line have no full covariance; spherical they can be."""
    line = [(float(t), 2.0 * t) for t in range(9)]
    full, spherical = compare(line, [1], ["full", "spherical"]).candidates
    assert full.problem.startswith("the covariance of the points is singular: ")
    assert spherical.is_sound


def test_without_any_sound_fit() -> None:
    """Each problem is told once."""
    line = [(float(t), 2.0 * t) for t in range(9)]
    table = compare(line, [1, 2], ["full", "tied"])
    with pytest.raises(RefGMMError) as caught:
        table.best()
    problem = (
        "the covariance of the points is singular: coordinate 2 follows from coordinate 1. Leave a "
        "coordinate out, give more points, or choose the structure 'diagonal' or 'spherical'"
    )
    assert str(caught.value) == f"none of the fits is sound: {problem}"


def test_on_fit_sees_each_and_can_end_the_comparison() -> None:
    """What it has seen is the comparison so far."""
    seen: list[Candidate] = []

    def second(candidate: Candidate) -> bool:
        seen.append(candidate)
        return candidate.components == 2

    table = compare(CLUSTERS, range(1, 9), on_fit=second, **QUICK)
    assert table.candidates == tuple(seen)
    assert [candidate.components for candidate in seen] == [1, 2]
    every: list[Candidate] = []
    assert len(compare(CLUSTERS, range(1, 4), on_fit=every.append, **QUICK).candidates) == 3
    assert len(every) == 3


def test_on_epoch_ends_the_comparison_too() -> None:
    """The fit that it ended was cut short, and is not compared."""

    def stop(progress: Progress) -> bool:
        return len(progress.mixture.weights) == 2 and progress.epoch == 3

    table = compare(CLUSTERS, range(1, 9), on_epoch=stop, **QUICK)
    assert [candidate.components for candidate in table.candidates] == [1, 2]
    one, two = table.candidates
    assert one.is_sound
    assert two.is_cancelled
    assert two.problem == "stopped by on_epoch after epoch 3"
    assert table.best() == one.result


def test_restarts_are_of_chance_alone() -> None:
    """With one component, or quantiles, there is nothing to start anew: one run."""
    table = compare(CLUSTERS, [1, 2], restarts=3, stop=Epochs(2))
    assert [len(c.result.runs) for c in table.candidates if c.result] == [1, 3]
    table = compare(CLUSTERS, [2], restarts=3, **QUICK)
    assert [len(c.result.runs) for c in table.candidates if c.result] == [1]


def test_generators_are_read_once() -> None:
    """Numbers, sample weights, rules and points may come from generators."""
    weights = [1 + i % 2 for i in range(36)]
    expected = compare(
        CLUSTERS,
        [1, 2],
        ["full", "tied"],
        sample_weights=weights,
        initialization="quantiles",
        stop=[Epochs(3)],
    )
    found = compare(
        iter(CLUSTERS),
        iter([1, 2]),
        iter(["full", "tied"]),  # type: ignore[arg-type]
        sample_weights=iter(weights),
        initialization="quantiles",
        stop=iter([Epochs(3)]),
    )
    assert found == expected
    assert len(found.candidates) == 4
    assert all(candidate.is_sound for candidate in found.candidates)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"restarts": 0}, "restarts"),
        ({"sample_weights": [1]}, "sample_weights"),
        ({"history": "all"}, "history"),
        ({"initialization": "kmeans"}, "initialization"),
        ({"stop": 1e-8}, "stop"),
        ({"structures": ["round"]}, "structure"),
        ({"variance_floor": -1}, "variance_floor"),
        ({"components": [0, 1]}, "components"),
        ({"components": [1.5]}, "components"),
        ({"components": 3}, "components"),
        ({"components": "12"}, "components"),
    ],
)
def test_errors_in_options_pass_through(options: dict[str, Any], field: str) -> None:
    """They are not problems of a candidate."""
    with pytest.raises(InvalidValueError) as caught:
        compare(CLUSTERS, **{"components": [2], **options})
    assert caught.value.field == field


def test_an_unknown_option_is_a_type_error() -> None:
    """As of any function."""
    with pytest.raises(TypeError, match="covariance_type"):
        compare(CLUSTERS, [1], covariance_type="full")


def test_points_are_checked_before_all_fits() -> None:
    """No candidate for points that are none."""
    with pytest.raises(InvalidValueError, match="point 2 must be a number, got 'b'"):
        compare([1.0, "b"], [1])


def test_an_unknown_criterion() -> None:
    """With those that there are."""
    with pytest.raises(InvalidValueError) as caught:
        compare(CLUSTERS, [1]).best("BIC")
    assert str(caught.value) == "the criterion must be 'aic', 'bic' or 'icl', got 'BIC'"
    assert caught.value.field == "criterion"


def test_progress_in_words() -> None:
    """On one line; a gain only where there is one."""
    mixture = Mixture.univariate([1], [0], [1])
    start = Progress(2, 0, mixture, -12.5, 0.0, None, 4.0, None)
    assert progress_text(start, runs=3) == "run 2 of 3, epoch 0, ln L -12.5"


def test_one_structure_needs_no_list() -> None:
    """A name alone is no sequence of letters; and `structure` is fit's option, not this one's."""
    (candidate,) = compare([1.0, 2.0, 4.0], [1], "tied").candidates
    assert candidate.structure.name == "tied"
    with pytest.raises(InvalidValueError, match="structures="):
        compare([1.0, 2.0, 4.0], [1], structure="tied")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (7, "there is no covariance structure 7: choose one of full"),
        ([], "there are no structures to compare: give ['full', 'tied'], say"),
    ],
)
def test_what_is_no_structure_is_refused(given: Any, problem: str) -> None:
    """A number, and none at all, which would leave nothing to compare."""
    with pytest.raises(InvalidValueError) as caught:
        compare([1.0, 2.0, 4.0], [1], given)
    assert str(caught.value).startswith(problem)


def test_a_comparison_prints_itself() -> None:
    """As its table; the lowest of each criterion is marked."""
    comparison = compare([0.1, 0.2, 0.3, 0.5, 5.1, 5.2, 5.4, 5.5], [1, 2])
    assert str(comparison) == comparison.table("bic", 4)
    first, second = (line for line in str(comparison).splitlines() if line[:1].isdecimal())
    assert "*" not in first
    assert second.count("*") == 3
    with pytest.raises(InvalidValueError, match="criterion"):
        comparison.table("dic")

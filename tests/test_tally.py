"""Fits that keep no trace: the floats of stepping within one block, the oracle's digits beyond."""

import copy
import itertools
import math
import pickle
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import _kernel, _kernel_block, _kernel_pass, climb, e_step, oracle
from refgmm._kernel_component import Component
from refgmm.arithmetic import as_matrix, as_vector
from refgmm.em import iterate
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.mixture import Mixture
from refgmm.stopping import (
    Epochs,
    Gain,
    MeanGain,
    ParameterChange,
    Progress,
    RelativeGain,
    StoppingRule,
)
from refgmm.structures import STRUCTURES
from refgmm.tally import Tally
from refgmm.task import tallier_of

from .fits import EVERY_STRUCTURE, cloud, start

DIGITS = 13.0


def told(result: FitResult) -> str:
    """All that a result says of where the run ended, to the last bit."""
    return repr(
        (
            result.mixture,
            result.log_likelihood,
            result.epochs,
            result.converged,
            result.degenerated,
            result.stopped_because,
            result.events,
            result.responsibilities,
        )
    )


def tallied(points: Sequence[Any], mixture: Mixture[Any], structure: str = "full") -> Tally:
    """The tally of one epoch."""
    return tallier_of(tuple(points), STRUCTURES[structure]).e_step(mixture)


# Within one block


def small_problem(seed: int) -> tuple[list[float], Mixture[Any]]:
    """Up to 256 points on any scale, and a start that may be far off, or too good."""
    rng = random.Random(seed)
    n, k = rng.choice([1, 2, 3, 7, 30, 255, 256]), rng.choice([1, 2, 3, 4])
    far, unit = rng.choice([0.0, 2.0, 8.0, 60.0]), rng.choice([1e-60, 1.0, 1.0, 1e60])
    points = [unit * (far * rng.randrange(k) + rng.gauss(0.0, 1.0)) for _ in range(n)]
    points = [round(x / unit) * unit for x in points] if rng.random() < 0.3 else points
    means = [unit * (far * j + rng.gauss(0.0, 0.5)) for j in range(k)]
    variances = [unit * unit * rng.choice([1e-3, 0.5, 1.0, 20.0]) for _ in range(k)]
    weights = [1.0 / k] * k if rng.random() < 0.7 or k == 1 else [0.0, *[1.0 / (k - 1)] * (k - 1)]
    return points, Mixture.univariate(weights, means, variances)


@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize("seed", range(60))
def test_within_a_block_the_floats_are_those_of_stepping(seed: int, structure: str) -> None:
    """A fit without a trace ends where the one with a trace does, bit for bit, events and all."""
    points, begin = small_problem(seed)
    choices: dict[str, Any] = {"structure": structure, "stop": [Gain(1e-8), Epochs(300)]}
    if structure == "tied":
        begin = Mixture.univariate(
            begin.weights, begin.means, [max(begin.covariances)] * len(begin.means)
        )
    expected = told(fit(points, begin, history="full", **choices))
    assert told(fit(points, begin, history="none", **choices)) == expected
    assert told(fit(points, begin, history="parameters", **choices)) == expected


@pytest.mark.parametrize("n", range(1, 7))
def test_points_in_pairs_are_each_as_in_stepping(n: int) -> None:
    """An odd or an even number of points, and whichever of them lie so far off that logarithms are
    needed: counts, means, variances and log-likelihood of an epoch are those of iterate, bit for bit.
    """
    begin = Mixture.univariate([0.3, 0.7], [0.0, 1.0], [1.0, 0.5])
    for is_far in itertools.product([False, True], repeat=n):
        points = [0.1 * i + (100.0 if far else 0.0) for i, far in enumerate(is_far)]
        expected, found = next(iterate(points, begin)), tallied(points, begin)
        assert found.log_likelihood == expected.e.log_likelihood
        assert found.effective_counts == expected.m.effective_counts
        assert found.means == expected.m.means
        assert found.covariances == expected.m.covariances
        assert found.goes_beyond == any(is_far)


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [1, 2, 3])
def test_few_vectors_get_the_floats_of_stepping(d: int, structure: str) -> None:
    """In d dimensions, too: of every structure, far from the components, near to singular."""
    problems = [(cloud(d, 60, 3), start(d, 3)), (cloud(d, 5), start(d))]
    if d > 1:
        points = cloud(d, 80)
        points[7] = (1e4,) * d
        problems.append((points, start(d)))
        problems.append(([(*x[:-1], 0.3 * x[0] + 1e-6 * x[-1]) for x in cloud(d, 40)], start(d)))
        problems.append(([tuple(1e-40 * v for v in x) for x in cloud(d, 9)], start(d)))
    else:
        problems = [
            (
                [(x,) for x in points],
                Mixture.multivariate(
                    begin.weights, [(m,) for m in begin.means], [((v,),) for v in begin.covariances]
                ),
            )
            for points, begin in problems
        ]
    for points, begin in problems:
        choices: dict[str, Any] = {"structure": structure, "stop": [Gain(1e-8), Epochs(25)]}
        expected = told(fit(points, begin, history="full", **choices))
        assert told(fit(points, begin, history="none", **choices)) == expected
        assert told(fit(points, begin, history="parameters", **choices)) == expected


def test_the_history_is_that_of_stepping() -> None:
    """Parameters and log-likelihood of each epoch, not only of the last."""
    points, begin = cloud(1, 200), start(1)
    history = fit(points, begin, history="parameters", stop=Epochs(9)).history
    epochs = list(itertools.islice(iterate(points, begin), 10))
    assert [p.mixture for p in history] == [epoch.before for epoch in epochs]
    assert [p.log_likelihood for p in history] == [epoch.e.log_likelihood for epoch in epochs]


# Whether anybody watches or not


STOPS: list[StoppingRule | list[StoppingRule]] = [
    Gain(1e-6),
    Gain(0.0),
    MeanGain(1e-9),
    RelativeGain(1e-9),
    ParameterChange(1e-4),
    [Epochs(0)],
    [Epochs(1)],
    [Epochs(2)],
    [Epochs(37)],
    [Gain(1e-3), Epochs(37)],
    [Gain(0.0), Epochs(100_000)],
]


@pytest.mark.parametrize(("d", "n"), [(1, 40), (1, 300), (2, 60), (2, 300)])
@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_epochs_that_nobody_watches_end_in_the_same_place(d: int, n: int, stop: Any) -> None:
    """Running ahead changes neither where a fit stops nor why."""
    points, begin = cloud(d, n), start(d)
    expected = told(fit(points, begin, history="parameters", stop=stop))
    assert told(fit(points, begin, history="none", stop=stop)) == expected
    seen: list[Progress] = []
    assert told(fit(points, begin, history="none", stop=stop, on_epoch=seen.append)) == expected
    assert [progress.epoch for progress in seen] == list(range(len(seen)))


@EVERY_STRUCTURE
@pytest.mark.parametrize("n", [60, 300])
def test_running_ahead_makes_the_same_covariances(structure: str, n: int) -> None:
    """Of every structure, also where they come near to singular on the way."""
    for spread in (1.0, 1e-7):
        points = [(x, y + spread * z) for (x, y, z) in cloud(3, n)]
        points = [(x, 0.5 * x + spread * z) for (x, z) in points] if spread < 1 else points
        choices: dict[str, Any] = {"structure": structure, "stop": Epochs(20)}
        expected = told(fit(points, start(2), history="parameters", **choices))
        assert told(fit(points, start(2), history="none", **choices)) == expected


def test_running_ahead_of_few_vectors_needs_no_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a block of vectors, near to singular, the epochs ahead count, and are those of refgmm.em."""
    points = [(x, x + 0.01 * y) for (x, y, _) in cloud(3, 100)]
    begin = start(2)
    expected = told(fit(points, begin, history="parameters", stop=Epochs(40)))
    steps: list[int] = []
    ahead = _kernel_block.epochs_ahead

    def counted(*arguments: Any, **limits: Any) -> Any:
        found = ahead(*arguments, **limits)
        steps.append(found[0])
        return found

    monkeypatch.setattr(_kernel_block, "epochs_ahead", counted)
    assert told(fit(points, begin, history="none", stop=Epochs(40))) == expected
    assert sum(steps) >= 38


def test_every_pass_over_the_points_is_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However a fit is cut into stretches: one pass for each epoch, and one for the last log-likelihood."""
    points, begin = cloud(1, 300), start(1)
    passes: list[int] = []

    def counted(work: Any, of: Any) -> Any:
        def counting(*arguments: Any, **limits: Any) -> Any:
            found = work(*arguments, **limits)
            passes.append(of(found))
            return found

        return counting

    monkeypatch.setattr(_kernel, "epoch", counted(_kernel.epoch, lambda found: 1))
    monkeypatch.setattr(
        _kernel, "epochs_ahead", counted(_kernel.epochs_ahead, lambda found: found[0])
    )
    for at_once in (5, 2**24):
        monkeypatch.setattr(climb, "_AT_ONCE", at_once * 300)
        passes.clear()
        assert fit(points, begin, stop=Epochs(40), history="none").epochs == 40
        assert sum(passes) == 41


def test_running_ahead_in_small_stretches_ends_in_the_same_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where much data allows few epochs at once, or one."""
    points, begin = cloud(1, 300), start(1)
    expected = told(fit(points, begin, stop=Gain(1e-9), history="parameters"))
    for at_once in (0, 1, 7, 50):
        monkeypatch.setattr(climb, "_AT_ONCE", at_once * 300)
        assert told(fit(points, begin, stop=Gain(1e-9), history="none")) == expected


def test_running_ahead_counts_no_epoch_that_anyone_would_look_at() -> None:
    """It stops before a gain as small as was said, and before an event."""
    points, begin = cloud(1, 40), start(1)
    runs = [_kernel.cut(points)]

    def ahead(runs: Any, parameters: Any, most: int, limit: float) -> Any:
        first = _kernel.epoch(runs, parameters, False)
        return _kernel.epochs_ahead(runs, parameters, first, False, most=most, least_gain=limit)

    parameters = (begin.weights, begin.means, begin.covariances)
    gains = [p.gain for p in fit(points, begin, stop=Epochs(200)).history[1:]]
    for limit in (1e-1, 1e-3, 1e-5):
        first = next(i for i, gain in enumerate(gains) if gain is not None and not gain > limit)
        count, reached, found = ahead(runs, parameters, 10_000, limit)
        assert count == first
        assert found == _kernel.epoch(runs, reached, False)
    same = ((0.5, 0.5), (1.0, 1.0), (2.0, 2.0))
    assert ahead(runs, same, 10, -1.0)[:2] == (0, same)
    assert ahead([[(1.0, 1.0)]], ([1.0], [1.0], [2.0]), 10, -1.0)[0] == 0


# Beyond one block


def digits(values: Any, truths: Any, size: Any = None) -> float:
    """The correct digits of the worst of some numbers, relative to their size or to another."""
    worst = 17.0
    for value, truth, own in zip(values, truths, size or truths, strict=True):
        error = abs(float(Decimal(value) - truth))
        if error:
            worst = min(worst, -math.log10(error / abs(float(own))))
    return worst


@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize("far", [0.5, 4.0, 16.0, 30.0, 200.0])
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_beyond_a_block_the_oracle_agrees(k: int, far: float, structure: str) -> None:
    """13 digits of every parameter, whatever the distance of the components; means to sigma's."""
    rng = random.Random(100 * k + int(far))
    offset = rng.choice([0.0, 1e4])
    points = [offset + far * rng.randrange(k) + rng.gauss(0.0, 1.0) for _ in range(400)]
    means = [offset + far * j + rng.uniform(-0.4, 0.4) for j in range(k)]
    begin = Mixture.univariate([1.0 / k] * k, means, [rng.choice([0.5, 1.0, 4.0])] * k)
    found = tallied(points, begin, structure)
    truth = oracle.epoch(
        points, begin.weights, means, begin.covariances, shared_variance=structure == "tied"
    )
    sigmas = [variance.sqrt() for variance in truth.variances]
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.effective_counts, truth.effective_counts) >= DIGITS
    assert digits(found.weights, truth.weights) >= DIGITS
    sizes = [max(abs(mean), sigma) for mean, sigma in zip(truth.means, sigmas, strict=True)]
    assert digits(found.means, truth.means, sizes) >= DIGITS
    assert digits(found.covariances, truth.variances) >= DIGITS


def is_near(begin: Mixture[Any]) -> bool:
    """Whether the kernel begins with sums about one centre."""
    weights, means, variances = begin.weights, begin.means, begin.covariances
    by_weight = _kernel_pass.sorted_by_weight(
        [Component(*one) for one in zip(weights, means, variances, strict=True)]
    )
    for component in by_weight:
        component.relate_to(by_weight[0])
    return _kernel_pass.are_near(by_weight)


def assert_digits_of_oracle(points: list[float], begin: Mixture[Any]) -> None:
    """13 digits of an epoch's log-likelihood, counts and variances; means to sigma's, or their own."""
    found = tallied(points, begin)
    truth = oracle.epoch(points, begin.weights, begin.means, begin.covariances)
    sizes = [
        max(abs(mean), variance.sqrt())
        for mean, variance in zip(truth.means, truth.variances, strict=True)
    ]
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.effective_counts, truth.effective_counts) >= DIGITS
    assert digits(found.means, truth.means, sizes) >= DIGITS
    assert digits(found.covariances, truth.variances) >= DIGITS


@pytest.mark.parametrize("offset", [0.0, -1e6])
@pytest.mark.parametrize("far", [0.5, 1.2, 1.7])
@pytest.mark.parametrize("seed", range(3))
def test_three_that_are_near_lose_no_digits(seed: int, far: float, offset: float) -> None:
    """Sums about one centre, of three components that are not alike: the oracle's digits."""
    rng = random.Random(seed)
    points = [offset + far * rng.randrange(3) + rng.gauss(0.0, 1.0) for _ in range(400)]
    means = [offset + far * (2 - j) + rng.uniform(-0.2, 0.2) for j in range(3)]
    begin = Mixture.univariate([0.3, 0.3, 0.4], means, [rng.choice([0.8, 1.0, 1.6]) for _ in means])
    assert is_near(begin)
    assert_digits_of_oracle(points, begin)


@pytest.mark.parametrize(
    "clusters",
    [
        [(0.0, 0.5), (4.0, 1e-3)],  # a rival that becomes much narrower than it is
        [(0.0, 1e-3), (4.0, 0.3)],  # the heaviest does
        [(9.0, 0.5)],  # the heaviest answers for next to nothing
        [(0.0, 1.0), (4.0, 1.0), (60.0, 1.0)],  # some are too far for the densities
    ],
    ids=["narrow rival", "narrow heaviest", "empty heaviest", "far points"],
)
def test_where_one_centre_would_lose_digits_there_is_one_each(
    clusters: list[tuple[float, float]],
) -> None:
    """The parameters promise components that are near, but the points are otherwise."""
    rng = random.Random(2)
    points = [rng.gauss(*rng.choice(clusters)) for _ in range(400)]
    begin = Mixture.univariate([0.3, 0.3, 0.4], [4.0, 0.2, 0.0], [0.85, 1.2, 0.8])
    assert is_near(begin)
    assert_digits_of_oracle(points, begin)


def test_a_component_that_answers_for_nothing_is_near_to_none() -> None:
    """Of three, one of weight 0: the log-likelihood is that of the two others, to the oracle's digits."""
    points = cloud(1, 300)
    begin = Mixture.univariate([0.0, 0.5, 0.5], [2.0, 0.5, 0.0], [1.0, 1.2, 0.8])
    assert not is_near(begin)
    found = tallied(points, begin)
    truth = oracle.epoch(points, begin.weights[1:], begin.means[1:], begin.covariances[1:])
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.covariances[1:], truth.variances) >= DIGITS


@pytest.mark.parametrize("d", [1, 2])
def test_a_mean_may_move_far(d: int) -> None:
    """From a start 1000 sigma away, the first epoch's variances have 13 digits as well."""
    points = cloud(d, 300, k=1)
    means = [-700.0] if d == 1 else [[-700.0, 650.0]]
    covariances = [1e6] if d == 1 else [[[1e6, 0.0], [0.0, 1e6]]]
    begin = Mixture.of_parameters([1.0], [tuple(m) if d > 1 else m for m in means], covariances)  # type: ignore[arg-type]
    found = tallied(points, begin)
    if d == 1:
        truth = oracle.epoch(points, [1.0], means, covariances)  # type: ignore[arg-type]
        assert digits(found.covariances, truth.variances) >= DIGITS
    else:
        vectors = oracle.multivariate_epoch(points, [1.0], means, covariances)  # type: ignore[arg-type]
        assert_covariances(found, vectors)


def assert_covariances(found: Tally, truth: oracle.OracleMultivariateEpoch) -> None:
    """Each entry to 13 digits of its standard deviations."""
    for own, matrix in zip(found.covariances, truth.covariances, strict=True):
        d = range(len(matrix))
        sizes = [(matrix[a][a] * matrix[b][b]).sqrt() for a in d for b in d]
        flat = [matrix[a][b] for a in d for b in d]
        assert digits([own[a][b] for a in d for b in d], flat, sizes) >= DIGITS


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [2, 3])
def test_vectors_beyond_a_block_agree_with_the_oracle(d: int, structure: str) -> None:
    """Log-likelihood, counts, means and covariances of every structure, to 13 digits."""
    points, begin = cloud(d, 261, k=3), start(d, 3)
    found = tallied(points, begin, structure)
    truth = oracle.multivariate_epoch(
        points, begin.weights, begin.means, begin.covariances, structure
    )
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.effective_counts, truth.effective_counts) >= DIGITS
    for mean, own, covariance in zip(truth.means, found.means, truth.covariances, strict=True):
        sizes = [max(abs(mean[a]), covariance[a][a].sqrt()) for a in range(d)]
        assert digits(own, mean, sizes) >= DIGITS
    assert_covariances(found, truth)


@pytest.mark.parametrize("far", [0.5, 8.0, 16.0, 60.0])
@pytest.mark.parametrize("weights", [(0.2, 0.7, 0.1), (0.998, 0.001, 0.001)])
def test_vectors_near_to_the_heaviest_component_and_far_from_it_agree_with_the_oracle(
    far: float, weights: tuple[float, float, float]
) -> None:
    """13 digits, whether the densities of eight points are relative to the heaviest component's or to the
    largest; with coordinates of which some depend on each other.
    """
    rng = random.Random(int(10 * far))
    matrix = ((1.5, 0.0, 0.4), (0.0, 0.5, 0.0), (0.4, 0.0, 2.0))
    centres = [tuple(far * j * (-1) ** a for a in range(3)) for j in range(3)]
    points = [tuple(rng.gauss(m, 1.0) for m in rng.choice(centres)) for _ in range(300)]
    means = [tuple(m + rng.uniform(-0.4, 0.4) for m in centre) for centre in centres]
    begin = Mixture.multivariate(weights, means, [matrix] * 3)
    found = tallied(points, begin)
    truth = oracle.multivariate_epoch(points, weights, means, [matrix] * 3)
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.effective_counts, truth.effective_counts) >= DIGITS
    for mean, own, covariance in zip(truth.means, found.means, truth.covariances, strict=True):
        sizes = [max(abs(mean[a]), covariance[a][a].sqrt()) for a in range(3)]
        assert digits(own, mean, sizes) >= DIGITS
    assert_covariances(found, truth)


@pytest.mark.parametrize("correlation", [0.9, 0.999, 1.0 - 1e-9])
def test_nearly_dependent_coordinates_lose_no_digits(correlation: float) -> None:
    """Where doubles would lose digits of distances, they are computed in decimals."""
    rng = random.Random(3)
    points = []
    for _ in range(258):
        x = rng.gauss(0.0, 1.0)
        rest = math.sqrt(1.0 - correlation * correlation) * rng.gauss(0.0, 1.0)
        points.append((x, correlation * x + rest))
    matrix = ((1.0, correlation), (correlation, 1.0))
    begin = Mixture.multivariate([0.5, 0.5], [(0.0, 0.1), (0.3, 0.0)], [matrix, matrix])
    found = tallied(points, begin)
    truth = oracle.multivariate_epoch(points, begin.weights, begin.means, begin.covariances)
    assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
    assert digits(found.effective_counts, truth.effective_counts) >= 12.0
    assert_covariances(found, truth)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_fit_beyond_a_block_follows_stepping(seed: int) -> None:
    """After 5 epochs of 257 to 600 points, parameters are those of iterate but for rounding."""
    rng = random.Random(seed)
    d, k = rng.choice([1, 2]), rng.choice([2, 3])
    points, begin = cloud(d, rng.randrange(257, 600), k, seed), start(d, k)
    expected = next(itertools.islice(iterate(points, begin), 5, None)).before
    found = fit(points, begin, stop=Epochs(5), history="none").mixture
    for own, other in zip(found.components, expected.components, strict=True):
        assert as_vector(own.mean) == pytest.approx(as_vector(other.mean), rel=1e-11, abs=1e-11)
        for row, other_row in zip(
            as_matrix(own.covariance), as_matrix(other.covariance), strict=True
        ):
            assert row == pytest.approx(other_row, rel=1e-11, abs=1e-11)


# Whoever adds up which run


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_the_sums_do_not_depend_on_who_adds_up_which_run(cut: int) -> None:
    """Four runs in one pass, or some of them elsewhere: the same bits, added in their order."""
    rng = random.Random(2)
    points = tuple(rng.gauss(rng.choice([0.0, 3.0]), 1.0) for _ in range(3 * _kernel.RUN + 900))
    parameters = ((0.4, 0.6), (0.1, 2.9), (1.0, 1.1))
    firsts = range(0, len(points), _kernel.RUN)
    runs = [_kernel.cut(points[first : first + _kernel.RUN]) for first in firsts]
    log_likelihood, _, estimate, _ = _kernel.epoch(runs, parameters, False)
    by_worker = [
        [_kernel.sums_of_run(run, parameters) for run in part] for part in (runs[:cut], runs[cut:])
    ]
    sums, *others = itertools.chain(*by_worker)
    for other in others:
        sums = _kernel.added(sums, other)
    assert sums[_kernel.LOG_LIKELIHOOD] == log_likelihood
    again, moved_far = _kernel.parameters_of_sums(sums, parameters[1], float(len(points)), False)
    assert again == estimate
    assert not moved_far


def test_the_last_group_of_eight_may_be_incomplete() -> None:
    """1 to 9 points more than a block: repeated points count once."""
    points, begin = cloud(2, 265, 3), start(2, 3)
    for n in range(257, 266):
        truth = oracle.multivariate_epoch(points[:n], begin.weights, begin.means, begin.covariances)
        found = tallied(points[:n], begin)
        assert digits([found.log_likelihood], [truth.log_likelihood]) >= DIGITS
        assert digits(found.effective_counts, truth.effective_counts) >= DIGITS


# What can go wrong


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("outlier", [60.0, 1e5])
def test_points_too_far_are_told_of(d: int, outlier: float) -> None:
    """The same points as in an epoch of em, in the same event."""
    points = cloud(d, 300)
    points[17] = outlier if d == 1 else (outlier, 0.0)
    begin = start(d)
    expected = fit(points, begin, stop=Epochs(1), history="full")
    found = fit(points, begin, stop=Epochs(1), history="none")
    assert [event.name for event in found.events] == ["EvidenceUnderflow"]
    assert found.events == expected.events
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-13)


def degenerate_problems() -> dict[str, tuple[list[Any], Mixture[Any]]]:
    """Beyond one block: how each kind of degenerate likelihood comes about."""
    line = [(x, 2.0 * x) for x in cloud(1, 300)]
    sphere = [[1.0, 0.0], [0.0, 1.0]]
    many = [0.0] * 280 + cloud(1, 20)
    return {
        "VarianceCollapse": (many, Mixture.univariate([0.5, 0.5], [0.0, 3.0], [1e-6, 4.0])),
        "EmptyComponent": (cloud(1, 300), Mixture.univariate([0.5, 0.5], [1.0, 1e6], [2.0, 2.0])),
        "SingularCovariance": (line, Mixture.multivariate([1.0], [[0.0, 0.0]], [sphere])),
    }


@pytest.mark.parametrize("name", list(degenerate_problems()))
@pytest.mark.parametrize("history", ["none", "parameters"])
def test_degenerate_likelihoods_end_in_the_events_of_stepping(name: str, history: Any) -> None:
    """Same event, same epoch, same component; the run ends before it."""
    points, begin = degenerate_problems()[name]
    expected = fit(points, begin, history="full")
    found = fit(points, begin, history=history)
    assert found.degenerated
    assert found.events[-1].name == name
    assert found.epochs == expected.epochs
    last, other = found.events[-1], expected.events[-1]
    assert (last.epoch, last.ends_walk) == (other.epoch, True)
    assert getattr(last, "component", None) == getattr(other, "component", None)
    assert getattr(last, "points", None) == getattr(other, "points", None)


# The result


def test_responsibilities_of_many_points_are_computed_when_asked_for() -> None:
    """They are those of the E step; labels and ICL agree with them; so does the order."""
    points, begin = cloud(1, 400), start(1)
    result = fit(points, begin, history="none", stop=Epochs(5))
    e = e_step(tuple(points), result.mixture)
    assert result.responsibilities == e.responsibilities
    assert len(result.rows) == 400
    assert list(result.rows[3:5]) == list(e.responsibilities[3:5])
    assert result.labels == tuple(0 if a >= b else 1 for a, b in e.responsibilities)
    kept = replace(result, rows=e.responsibilities)
    assert result.icl == kept.icl
    turned = result.ordered("weights")
    assert turned.labels == kept.ordered("weights").labels


def test_a_result_can_be_copied_and_pickled() -> None:
    """Nothing of the kernel hides in a result. A copy is equal to it, and so is the same fit made again."""
    result = fit(cloud(2, 300), start(2), history="parameters", stop=Epochs(3))
    again = fit(cloud(2, 300), start(2), history="parameters", stop=Epochs(3))
    for other in (copy.deepcopy(result), pickle.loads(pickle.dumps(result)), again):
        assert told(other) == told(result)
        assert other.history == result.history
        assert other == result
        assert hash(other) == hash(result)
    moved = fit([(x + 1, y) for x, y in cloud(2, 300)], start(2), stop=Epochs(3))
    assert replace(result, rows=moved.rows) != result

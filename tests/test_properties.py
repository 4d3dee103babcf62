"""Theorems about EM, on problems that hypothesis draws, each with a slack that is derived."""

import itertools
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from refgmm import Gaussian, Mixture, Problem, Walk, iterate, oracle
from refgmm.em import run_epoch
from refgmm.sub_steps import SUB_STEP_COUNT, Granularity

from .support import (
    U,
    assert_agrees,
    evidence_errors,
    log_likelihood_error,
    log_term_errors,
    reference_epoch,
)

Draw = tuple[list[float], Mixture[Gaussian]]


def weights(k: int) -> st.SearchStrategy[list[float]]:
    """Weights that sum to 1 up to rounding, none of them tiny."""
    counts = st.lists(st.integers(1, 9), min_size=k, max_size=k)
    return counts.map(lambda drawn: [count / sum(drawn) for count in drawn])


@st.composite
def calm_problems(draw: st.DrawFn, least: int = 1, most: int = 4) -> Draw:
    """Points and means in 10..18, variances in 4..9: each point within 4 sigma of each mean.

    The ends of the range are always among the points, so that no component collapses at once.
    """
    k = draw(st.integers(least, most))
    place = st.floats(10, 18)
    points = [10.0, 18.0, *draw(st.lists(place, max_size=8))]
    means = draw(st.lists(place, min_size=k, max_size=k))
    variances = draw(st.lists(st.floats(4, 9), min_size=k, max_size=k))
    return points, Mixture.univariate(draw(weights(k)), means, variances)


@st.composite
def harsh_problems(draw: st.DrawFn, components: int | None = None) -> Draw:
    """Points and means of either sign up to 1e6, variances from 1e-6 to 1e6."""
    k = components or draw(st.integers(1, 4))
    place = st.one_of(st.floats(-10, 10), st.floats(-1e6, 1e6))
    variance = st.floats(-6, 6).map(lambda exponent: 10.0**exponent)
    points = draw(st.lists(place, min_size=1, max_size=8))
    means = draw(st.lists(place, min_size=k, max_size=k))
    variances = draw(st.lists(variance, min_size=k, max_size=k))
    return points, Mixture.univariate(draw(weights(k)), means, variances)


@st.composite
def extreme_problems(draw: st.DrawFn) -> Draw:
    """Anything that validation lets through, its limits and exact ties included."""
    magnitude = st.one_of(
        st.sampled_from([0.0, 1.0, 1e75, -1e75, math.nextafter(1e75, 0), 5e-324, 1e-75]),
        st.floats(-10, 10),
        st.floats(-1e75, 1e75),
    )
    variance = st.one_of(
        st.sampled_from([1e-150, 1e151, 1.0]),
        st.floats(-150, 151).map(lambda exponent: min(max(10.0**exponent, 1e-150), 1e151)),
    )
    base = draw(st.lists(magnitude, min_size=1, max_size=4))
    k = draw(st.integers(1, 4))
    points = draw(st.lists(st.sampled_from(base), min_size=1, max_size=10))
    means = draw(st.lists(st.one_of(st.sampled_from(base), magnitude), min_size=k, max_size=k))
    variances = draw(st.lists(variance, min_size=k, max_size=k))
    shares = draw(st.lists(st.sampled_from([0.0, 5e-324, 1e-300, 0.5, 1.0]), min_size=k - 1))
    shares = [*shares[: k - 1], 1.0]
    return points, Mixture.univariate([s / sum(shares) for s in shares], means, variances)


def relabelled(mixture: Mixture[Gaussian], order: list[int]) -> Mixture[Gaussian]:
    return Mixture(
        tuple(mixture.weights[j] for j in order), tuple(mixture.components[j] for j in order)
    )


def moved(mixture: Mixture[Gaussian], scale: float, shift: float) -> Mixture[Gaussian]:
    """The mixture of scale * x + shift."""
    return Mixture.univariate(
        mixture.weights,
        [scale * component.mean + shift for component in mixture.components],
        [scale * scale * component.variance for component in mixture.components],
    )


# Rows of responsibilities


@given(st.one_of(calm_problems(), harsh_problems(), extreme_problems()))
@example(([1e6, 1e6 + 1], Mixture.univariate([0.5, 0.5], [0, 0], [1, 1])))
@example(([1e75, -1e75], Mixture.univariate([0.2, 0.3, 0.5], [0, 0, 0], [1, 1, 1])))
def test_rows_of_responsibilities_sum_to_1(drawn: Draw) -> None:
    """k quotients by one sum: each is rounded once, the sum k - 1 times, the row k - 1 times.

    None of these can be off by more than u = 2^-53 of at most 1, so the row is within 2 k u,
    that is, k units in the last place, of 1. Also where logarithms had to serve.
    """
    points, start = drawn
    k = len(start.weights)
    for row in next(iterate(points, start)).e.responsibilities:
        assert all(0.0 <= beta <= 1.0 for beta in row)
        assert abs(math.fsum(row) - 1.0) <= 2 * k * U


@given(calm_problems(), st.integers(2, 40))
def test_new_weights_are_counts_by_n(drawn: Draw, copies: int) -> None:
    """alpha' = N / n bit for bit: divided by n, not by the sum of the counts, which rounds."""
    points, start = drawn
    for epoch in itertools.islice(iterate(points * copies, start), 3):
        n = len(points) * copies
        assert epoch.m.weights == tuple(count / n for count in epoch.m.effective_counts)


# The log-likelihood never falls


@given(st.one_of(calm_problems(), harsh_problems()))
@settings(max_examples=150)
def test_log_likelihood_never_falls(drawn: Draw) -> None:
    """No epoch lowers the log-likelihood (Dempster, Laird, Rubin 1977), beyond rounding.

    The slack holds what rounding does to the two log-likelihoods themselves, plus n (n + k) u
    for new weights that sum to 1 only up to rounding. Errors of the new means and variances
    count with their square alone: the M step maximises, so the first order vanishes.
    """
    points, start = drawn
    n, k = len(points), len(start.weights)
    largest = max(map(abs, points))
    for first, second in itertools.pairwise(itertools.islice(iterate(points, start), 20)):
        slack = log_likelihood_error(points, first) + log_likelihood_error(points, second)
        slack += 2 * n * (n + k) * U
        relative = (2 * n + 8) * U + max(map(max, log_term_errors(points, first.before)))
        for count, variance in zip(first.m.effective_counts, first.m.variances, strict=True):
            slack += count * (relative * largest) ** 2 / variance
        assert second.e.log_likelihood >= first.e.log_likelihood - slack


# Symmetries


@given(calm_problems(least=2, most=2))
def test_swapping_two_components_swaps_the_result(drawn: Draw) -> None:
    """With two components every number is the same, bit for bit: a + b = b + a in doubles."""
    points, start = drawn
    epochs = itertools.islice(iterate(points, start), 5)
    swapped = itertools.islice(iterate(points, relabelled(start, [1, 0])), 5)
    for one, other in zip(epochs, swapped, strict=True):
        assert one.e.log_likelihood == other.e.log_likelihood
        assert one.e.evidence == other.e.evidence
        assert [row[::-1] for row in one.e.responsibilities] == list(other.e.responsibilities)
        assert one.m.means[::-1] == other.m.means
        assert one.m.variances[::-1] == other.m.variances
        assert one.m.weights[::-1] == other.m.weights


@given(harsh_problems(components=2))
@example(([1e6, -1e6], Mixture.univariate([0.3, 0.7], [0, 1], [1, 2])))
def test_swapping_two_far_components_swaps_the_result(drawn: Draw) -> None:
    """Bit for bit also where the evidence underflows and logarithms serve."""
    points, start = drawn
    one = next(iterate(points, start))
    other = next(iterate(points, relabelled(start, [1, 0])))
    assert one.e.log_evidence == other.e.log_evidence
    assert [row[::-1] for row in one.e.responsibilities] == list(other.e.responsibilities)


@given(calm_problems(least=3), st.randoms(use_true_random=False))
def test_permuting_components_permutes_the_result(drawn: Draw, rng: Any) -> None:
    """With more components the evidence is added in another order, k - 1 roundings each.

    So responsibilities differ by less than 2 k u of themselves, and means and variances,
    quotients of two sums of n terms, by less than 4 (k + n) u.
    """
    points, start = drawn
    n, k = len(points), len(start.weights)
    order = list(range(k))
    rng.shuffle(order)
    one = next(iterate(points, start))
    other = next(iterate(points, relabelled(start, order)))
    for row, permuted in zip(one.e.responsibilities, other.e.responsibilities, strict=True):
        assert [row[j] for j in order] == pytest.approx(list(permuted), rel=2 * k * U, abs=0)
    slack = 4 * (k + n) * U
    for name in ("effective_counts", "means", "variances", "weights"):
        values, permuted = getattr(one.m, name), getattr(other.m, name)
        assert [values[j] for j in order] == pytest.approx(list(permuted), rel=slack, abs=0)


@given(calm_problems(), st.integers(-60, 60))
def test_scaling_by_a_power_of_two_scales_the_answer_exactly(drawn: Draw, exponent: int) -> None:
    """A change of unit by a power of two changes no digit: bit for bit, over five epochs.

    As long as no number is so small that doubles lose digits: where five epochs lead into a
    collapse, densities and variances do.
    """
    points, start = drawn
    scale = 2.0**exponent
    epochs = itertools.islice(iterate(points, start), 5)
    other = iterate([scale * x for x in points], moved(start, scale, 0.0))
    for one, scaled in zip(epochs, other, strict=False):
        numbers = itertools.chain(one.m.variances, *one.e.weighted_densities)
        if min(numbers) < 2.0**-800:  # times 2^-120 for the scale, far above 2^-1022
            break
        assert scaled.e.standard_densities == one.e.standard_densities
        assert scaled.e.responsibilities == one.e.responsibilities
        assert scaled.m.weights == one.m.weights
        assert scaled.m.means == tuple(scale * mean for mean in one.m.means)
        assert scaled.m.variances == tuple(scale * scale * v for v in one.m.variances)


@given(calm_problems(), st.floats(0.1, 10), st.floats(-20, 20))
def test_shifting_and_scaling_the_points_shifts_and_scales_the_answer(
    drawn: Draw, scale: float, shift: float
) -> None:
    """x -> a x + b takes means to a mu + b, variances to a^2 sigma^2, and keeps the rest.

    The moved problem is rounded: its points, of size up to 200, by 2 u of that, against a
    sigma of 2 a >= 0.2 at least: z-scores of at most 4 move by 2e3 u, exponents by 1e4 u.
    1e-10 is a hundred times that.
    """
    points, start = drawn
    one = next(iterate(points, start))
    moved_points = [scale * x + shift for x in points]
    other = next(iterate(moved_points, moved(start, scale, shift)))
    for row, same in zip(one.e.responsibilities, other.e.responsibilities, strict=True):
        assert same == pytest.approx(row, rel=1e-10)
    assert other.m.weights == pytest.approx(one.m.weights, rel=1e-10)
    means = [scale * mean + shift for mean in one.m.means]
    assert other.m.means == pytest.approx(means, rel=1e-10, abs=1e-9)
    variances = [scale * scale * variance for variance in one.m.variances]
    assert other.m.variances == pytest.approx(variances, rel=1e-8)
    difference = -len(points) * math.log(scale)
    assert other.e.log_likelihood == pytest.approx(one.e.log_likelihood + difference, abs=1e-8)


@given(calm_problems(), st.integers(-1000, 1000))
def test_shifting_by_an_exact_amount_keeps_the_responsibilities(drawn: Draw, shift: int) -> None:
    """Where x + b and mu + b are exact, so is x - mu: the E step doesn't change a bit."""
    points, start = drawn
    points = [round(x * 256) / 256 for x in points]
    grid = Mixture.univariate(
        start.weights,
        [round(c.mean * 256) / 256 for c in start.components],
        [c.variance for c in start.components],
    )
    one = next(iterate(points, grid))
    other = next(iterate([x + shift for x in points], moved(grid, 1.0, shift)))
    assert one.e == other.e


# The oracle


@given(calm_problems())
@settings(max_examples=150)
def test_calm_problems_agree_with_the_oracle_to_13_digits(drawn: Draw) -> None:
    """In the ranges of calm_problems 13 digits are what doubles guarantee, on every field.

    u = 2^-53. A rounded exponent E is off by 4 u E, so exp(-E) by 4 u |E| of itself: with
    E <= 8^2 / (2 * 4) = 8, a density by 40 u. A responsibility holds two of these and k
    roundings: 90 u. Sums have terms of one sign (points are positive) and add n u; a mean holds
    two: 200 u = 2.3e-14. The evidence stays below 0.2, so its logarithm, beyond -1.6, loses
    nothing by cancellation. Deviations from the new mean inherit its error (see assert_agrees);
    in their sum that cancels to first order, so a variance is as good as a mean.
    """
    points, start = drawn
    assert_agrees(points, run_epoch(points, start, 1), reference_epoch(points, start), digits=13)


def float_error(value: float, truth: Decimal) -> float:
    return abs(float(Decimal(value) - truth))


@given(harsh_problems())
@example(([1e6, 1e6 + 1, -1e6], Mixture.univariate([0.5, 0.5], [0, 1e-6], [1, 1])))
@settings(max_examples=200)
def test_harsh_problems_agree_with_the_oracle_as_far_as_they_are_conditioned(drawn: Draw) -> None:
    """Where 13 digits can't be had, the error stays within what the roundings explain.

    The bounds follow the calculation from left to right: ln(alpha g) is off by what
    log_term_errors says, a responsibility by its own term's and its evidence's error, and sums
    and quotients hand the absolute errors of their parts on. 2^-110 of 1 covers densities that
    have underflowed beside an evidence of at least 2^-960.
    """
    points, start = drawn
    n = len(points)
    epoch = run_epoch(points, start, 1)
    truth = reference_epoch(points, start)
    assume(all(count > Decimal("1e-250") for count in truth.effective_counts))
    shares = [[float(beta) for beta in row] for row in truth.responsibilities]
    term_errors = log_term_errors(points, start)
    row_errors = evidence_errors(points, start, shares)
    assume(max(map(max, term_errors)) < 0.01)

    beta_errors = [
        [share * 1.1 * (term + row + U) + 2.0**-110 for share, term in zip(*both, strict=True)]
        for both, row in zip(zip(shares, term_errors, strict=True), row_errors, strict=True)
    ]
    for i in range(n):
        ln_p = float(truth.log_evidence[i])
        allowed = 1.1 * row_errors[i] + 4 * U * abs(ln_p)
        assert float_error(epoch.e.log_evidence[i], truth.log_evidence[i]) <= allowed
        for j, allowed in enumerate(beta_errors[i]):
            computed = epoch.e.responsibilities[i][j]
            assert float_error(computed, truth.responsibilities[i][j]) <= allowed
    allowed = 1.1 * log_likelihood_error(points, epoch)
    assert float_error(epoch.e.log_likelihood, truth.log_likelihood) <= allowed

    for j in range(len(start.weights)):
        column = [(points[i], shares[i][j], beta_errors[i][j]) for i in range(n)]
        count = float(truth.effective_counts[j])
        count_error = sum(error for _, _, error in column) + n * U * count
        assert float_error(epoch.m.effective_counts[j], truth.effective_counts[j]) <= count_error
        if count_error > 0.01 * count:  # the component answers for nothing but rounding
            continue
        sum_error = sum((error + (n + 2) * U * beta) * abs(x) for x, beta, error in column)
        mean = float(truth.means[j])
        mean_error = 1.1 * (sum_error + abs(mean) * count_error) / count + 2 * U * abs(mean)
        assert float_error(epoch.m.means[j], truth.means[j]) <= mean_error
        square_error = sum(
            (error + (n + 6) * U * beta) * (abs(x - mean) + mean_error) ** 2
            + beta * (2 * abs(x - mean) + mean_error) * mean_error
            for x, beta, error in column
        )
        variance = float(truth.variances[j])
        variance_error = 1.1 * (square_error + variance * count_error) / count + 2 * U * variance
        assert float_error(epoch.m.variances[j], truth.variances[j]) <= variance_error


@given(extreme_problems())
@settings(max_examples=300)
def test_nothing_that_validation_lets_through_breaks_an_epoch(drawn: Draw) -> None:
    """Within the limits: no exception, nothing infinite, and nan only where an event says so."""
    points, start = drawn
    for epoch in itertools.islice(iterate(points, start), 6):
        assert math.isfinite(epoch.e.log_likelihood)
        table = (epoch.e.densities, epoch.e.standard_densities, epoch.e.responsibilities)
        assert all(math.isfinite(value) for rows in table for row in rows for value in row)
        empty = [event for event in epoch.events if event.name == "EmptyComponent"]
        new = [*epoch.m.means, *epoch.m.variances, *epoch.m.weights]
        assert not any(map(math.isinf, new))
        assert empty or all(map(math.isfinite, new))
        if not epoch.ends_walk:
            assert epoch.after.weights == epoch.m.weights


# Files

json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(), max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.one_of(calm_problems(), harsh_problems(), extreme_problems()),
    st.dictionaries(st.text(max_size=6), json_values, max_size=3),
    st.dictionaries(st.text(max_size=6), json_values, max_size=3),
)
def test_problem_files_round_trip(
    drawn: Draw, extra: dict[str, Any], inner: dict[str, Any]
) -> None:
    """A problem reads back bit for bit, with every unknown key, also those inside "initial"."""
    points, start = drawn
    known = {"refgmm", "points", "initial", "weights", "means", "variances"}
    kept = {key: value for key, value in extra.items() if key not in known}
    inner = {key: value for key, value in inner.items() if key not in known}
    if inner:
        kept["initial"] = inner
    problem = Problem(tuple(points), start, kept)
    again = Problem.from_json(problem.to_json())
    assert again == problem
    assert list(map(repr, again.points)) == list(map(repr, problem.points))  # -0.0 stays -0.0
    assert json.loads(again.to_json()) == problem.to_document()
    assert again.to_json() == problem.to_json()


# The walk


@given(calm_problems(), st.sampled_from(list(Granularity)), st.integers(0, 3 * SUB_STEP_COUNT))
def test_back_undoes_forward(drawn: Draw, granularity: Granularity, moves: int) -> None:
    """After any number of moves of any size, back() after forward() is the place before, bit for bit.

    A walk remembers how far it has ever been, in its milestones; all else is as before.
    """
    points, start = drawn
    walk = Walk.begin(Problem(tuple(points), start))
    for _ in range(moves):
        walk = walk.forward(granularity)
    if walk.next_sub_step is None:  # a collapse has ended the run: there is no forward to undo
        assert walk.forward(granularity) is walk
        return
    there_and_back = walk.forward(granularity).back(granularity)
    assert there_and_back.epoch == walk.epoch
    assert (there_and_back.done, there_and_back.partial) == (walk.done, walk.partial)
    assert there_and_back.history == walk.history
    assert there_and_back.parameters == walk.parameters
    assert there_and_back.events == walk.events
    if len(there_and_back.milestones) == len(walk.milestones):
        assert there_and_back == walk


@given(calm_problems(), st.integers(1, 4))
@settings(max_examples=40)
def test_back_over_epochs_computes_the_same_bits(drawn: Draw, epochs: int) -> None:
    """Walking all the way back shows the states of the way out, in reverse, bit for bit."""
    points, start = drawn
    walk = Walk.begin(Problem(tuple(points), start))
    way_out = [walk]
    for _ in range(epochs * SUB_STEP_COUNT + 3):
        walk = walk.forward()
        if walk is not way_out[-1]:  # it is where the run has ended
            way_out.append(walk)
    for earlier in reversed(way_out):
        assert (walk.epoch, walk.done) == (earlier.epoch, earlier.done)
        assert walk.history == earlier.history
        assert walk.parameters == earlier.parameters
        walk = walk.back()
    assert walk.is_at_start


@given(calm_problems())
@settings(max_examples=40)
def test_the_walk_is_iterate(drawn: Draw) -> None:
    """Stepping and iterating give the same epochs, bit for bit."""
    points, start = drawn
    walks = itertools.islice(Walk.begin(Problem(tuple(points), start)).epochs(), 4)
    for walk, epoch in zip(walks, iterate(points, start), strict=False):
        assert walk.epoch == epoch
        if walk.stopped_by:
            assert epoch.ends_walk
        else:
            assert walk.history[-1].mixture == epoch.after


def test_the_slack_is_smaller_than_a_real_fall() -> None:
    """A worse mixture falls by more than the slack: the bound could fail."""
    points = [10.0, 12.0, 18.0]
    good = run_epoch(points, Mixture.univariate([1], [13.3], [11.6]), 1)
    worse = run_epoch(points, Mixture.univariate([1], [13.3 + 1e-5], [11.6]), 1)
    slack = log_likelihood_error(points, good) + log_likelihood_error(points, worse)
    assert slack < 1e-12
    assert oracle.correct_digits(worse.e.log_likelihood, Decimal(good.e.log_likelihood)) < 12

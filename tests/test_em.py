"""EM itself: iterate, the two steps, and what others have published."""

import array
import csv
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from refgmm import DegenerateError, Gaussian, InvalidValueError, Mixture, e_step, iterate, m_step
from refgmm.em import Epoch, run_epoch

from .support import (
    DATA,
    NOTE_POINTS,
    U,
    assert_agrees,
    log_likelihood_error,
    note_start,
    reference_epoch,
)

# What iterate accepts


def as_array(values: list[float]) -> Iterable[float]:
    return array.array("d", values)


class Boxed:
    """Something that knows its value, like a number of another library."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


class Column:
    """Iterable and nothing else, like a column of a table."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def __iter__(self) -> Any:
        return iter(self.values)


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        iter,
        as_array,
        Column,
        lambda values: (x for x in values),
        lambda values: map(Boxed, values),
        lambda values: map(Fraction, values),
        lambda values: map(Decimal, values),
    ],
)
def test_iterate_takes_anything_iterable_of_numbers(
    container: Callable[[list[float]], Iterable[float]],
) -> None:
    """Lists, generators, arrays and objects with __float__ give the same epochs, bit for bit."""
    epochs = list(itertools.islice(iterate(container(NOTE_POINTS), note_start()), 2))
    assert epochs == list(itertools.islice(iterate(NOTE_POINTS, note_start()), 2))


def test_iterate_takes_ints_and_ranges() -> None:
    """Ints are accepted where floats are."""
    start = Mixture.univariate([1], [0], [1])
    assert next(iterate(range(4), start)) == next(iterate([0.0, 1.0, 2.0, 3.0], start))
    assert next(iterate(range(4), start)).m.means == (1.5,)


def test_iterate_checks_the_points_at_once() -> None:
    """Bad points are reported by the call, not by the first epoch."""
    with pytest.raises(InvalidValueError, match="point 2 must be a finite number"):
        iterate([0.9, math.nan], note_start())
    with pytest.raises(InvalidValueError, match="there are no points"):
        iterate([], note_start())


def test_iterate_is_lazy() -> None:
    """Nothing is computed before an epoch is asked for, and no epoch more than was asked for."""
    asked: list[float] = []

    class Counting(Gaussian):
        __slots__ = ()

        def density(self, x: float) -> float:
            asked.append(x)
            return Gaussian.density(self, x)

    epochs = iterate([1.0, 2.0, 3.0], Mixture((1.0,), (Counting(0, 1),)))
    assert asked == []
    next(epochs)
    assert asked == [1.0, 2.0, 3.0]


def test_iterate_goes_on_for_ever() -> None:
    """A converged run goes on, numbered from 1; its parameters are a fixed point."""
    epochs = list(itertools.islice(iterate([0.0, 1.0, 3.0], Mixture.univariate([1], [5], [7])), 99))
    assert [epoch.index for epoch in epochs] == list(range(1, 100))
    assert epochs[-1].after == epochs[1].after


def test_iterate_reads_a_generator_once() -> None:
    """A generator of points is consumed at the call; later epochs don't need it."""
    points = iter(NOTE_POINTS)
    epochs = iterate(points, note_start())
    assert list(points) == []
    assert len(list(itertools.islice(epochs, 3))) == 3


# Small problems, by hand


def test_one_component_finds_mean_and_variance_in_one_epoch() -> None:
    """K = 1: the maximum-likelihood mean and variance (divided by n), whatever the start."""
    epoch = next(iterate([1, 2, 4, 9], Mixture.univariate([1], [100], [3])))
    assert epoch.m.effective_counts == (4.0,)
    assert epoch.m.weighted_point_sums == (16.0,)
    assert epoch.m.means == (4.0,)
    assert epoch.m.weighted_squared_deviations == ((9.0,), (4.0,), (0.0,), (25.0,))
    assert epoch.m.weighted_squared_deviation_sums == (38.0,)
    assert epoch.m.variances == (9.5,)
    assert epoch.m.weights == (1.0,)
    assert epoch.after == Mixture.univariate([1], [4], [9.5])


def test_one_point_is_answered_for_and_collapses() -> None:
    """n = 1: the responsibilities sum to 1, the new mean is the point, the variance is 0."""
    epoch = next(iterate([3.0], Mixture.univariate([0.5, 0.5], [2, 4], [1, 1])))
    assert epoch.e.responsibilities == ((0.5, 0.5),)
    assert epoch.m.means == (3.0, 3.0)
    assert epoch.m.variances == (0.0, 0.0)
    assert epoch.m.weights == (0.5, 0.5)
    assert epoch.ends_walk


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_any_number_of_components_and_points(k: int, n: int) -> None:
    """Every field has its shape for any K >= 1 and n >= 1."""
    points = [0.5 * i for i in range(n)]
    start = Mixture.univariate([1 / k] * k, [0.3 * j for j in range(k)], [1 + j for j in range(k)])
    epoch = next(iterate(points, start))
    e, m = epoch.e, epoch.m
    for matrix in (e.standard_densities, e.densities, e.weighted_densities, e.responsibilities):
        assert [len(row) for row in matrix] == [k] * n
    for matrix in (m.weighted_points, m.weighted_squared_deviations):
        assert [len(row) for row in matrix] == [k] * n
    assert len(e.evidence) == len(e.log_evidence) == n
    for vector in (m.effective_counts, m.weighted_point_sums, m.means, m.variances, m.weights):
        assert len(vector) == k
    assert math.fsum(m.effective_counts) == pytest.approx(n, rel=n * k * U)
    assert math.fsum(m.weights) == pytest.approx(1, rel=n * k * U)


def test_m_step_by_hand() -> None:
    """Points 0 and 4, shares 1/4 and 3/4 of the first component: mean 3, variance 3, weight 1/2."""
    m = m_step([0.0, 4.0], ((0.25, 0.75), (0.75, 0.25)))
    assert m.effective_counts == (1.0, 1.0)
    assert m.weighted_points == ((0.0, 0.0), (3.0, 1.0))
    assert m.means == (3.0, 1.0)
    assert m.weighted_squared_deviations == ((2.25, 0.75), (0.75, 2.25))
    assert m.variances == (3.0, 3.0)
    assert m.weights == (0.5, 0.5)


def test_variance_is_about_the_new_mean() -> None:
    """About the old mean it would be larger by the square of the mean's step (100 here)."""
    epoch = next(iterate([9.0, 11.0], Mixture.univariate([1], [0], [100])))
    assert epoch.m.variances == (1.0,)


def test_variance_survives_a_large_offset() -> None:
    """In a second pass, not as the mean square minus the squared mean: at 1e9 that gives 0."""
    points = [1e9 + 1, 1e9 + 2, 1e9 + 3]
    epoch = next(iterate(points, Mixture.univariate([1], [1e9], [1])))
    assert epoch.m.variances == pytest.approx((2 / 3,), rel=1e-15)


def test_an_empty_component_has_no_mean() -> None:
    """0/0 is nan in the M step: not 0, not the old mean."""
    m = m_step([1.0, 2.0], ((0.0, 1.0), (0.0, 1.0)))
    assert math.isnan(m.means[0])
    assert math.isnan(m.variances[0])
    assert (m.means[1], m.variances[1], m.weights) == (1.5, 0.25, (0.0, 1.0))


def test_e_step_is_the_posterior_of_every_point() -> None:
    """The rows of the E step are Mixture.posterior at each point; ln L is their sum."""
    e = e_step(NOTE_POINTS, note_start())
    naive = 0.0
    for i, x in enumerate(NOTE_POINTS):
        posterior = note_start().posterior(x)
        for field in dataclasses.fields(posterior):
            name = field.name
            assert getattr(e, name)[i] == getattr(posterior, name)
        naive += posterior.log_evidence
    assert e.log_likelihood == naive


def test_points_and_responsibilities_must_match() -> None:
    """As many rows as points, each of them k numbers from 0 on, or it is a mistake."""
    wanted = (
        "of the responsibilities must hold a number from 0 on for each component, and every row as "
        "many, got"
    )
    refused: dict[str, Any] = {
        "2 points have as many rows of responsibilities, got 1: give one for each": [[1.0]],
        "responsibilities must be a matrix, got 2: give a list of rows such as [[0.2, 0.8]]": 2,
        f"row 1 {wanted} []": [[], [1.0]],
        f"row 2 {wanted} [1.0]": [[0, 1], [1.0]],
        f"row 2 {wanted} (-1.0,)": (
            (1.0,),
            (-1.0,),
        ),
        f"row 1 {wanted} [nan]": [[math.nan], [1]],
        f"row 1 {wanted} 0.5": [0.5, 0.5],
    }
    for message, rows in refused.items():
        with pytest.raises(InvalidValueError) as caught:
            m_step([1.0, 2.0], rows)
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize("kind", ["lists", "arrays"])
def test_the_halves_of_an_epoch_take_what_an_epoch_takes(kind: str) -> None:
    """Lists and numpy's arrays give the floats of tuples; a structure has its name."""
    rows, covariance = [[0.5, 1.0], [2.0, -1.0], [0.0, 3.0]], [[2.0, 0.5], [0.5, 1.0]]
    start = Mixture.multivariate([0.5, 0.5], [[0, 0], [1, 1]], [covariance] * 2)
    epoch = next(iterate(rows, start, "tied"))
    shares: Any = [list(row) for row in epoch.e.responsibilities]
    points: Any = rows
    if kind == "arrays":
        numpy = pytest.importorskip("numpy")
        points, shares = numpy.array(rows), numpy.array(shares)
    assert e_step(points, start) == epoch.e
    assert repr(m_step(points, shares, "tied")) == repr(epoch.m)
    with pytest.raises(InvalidValueError, match="the points have one number each"):
        e_step([1.0], start)


# The log-likelihood


def test_log_likelihood_belongs_to_before() -> None:
    """epoch.e.log_likelihood is that of epoch.before, and the next epoch's is that of after."""
    first, second = itertools.islice(iterate(NOTE_POINTS, note_start()), 2)
    assert first.before == note_start()
    of_before = sum(map(Decimal, map(first.before.log_density, NOTE_POINTS)))
    assert first.e.log_likelihood == pytest.approx(float(of_before), rel=8 * U)
    assert second.before == first.after
    of_after = sum(map(Decimal, map(first.after.log_density, NOTE_POINTS)))
    assert second.e.log_likelihood == pytest.approx(float(of_after), rel=8 * U)
    assert second.e.log_likelihood > first.e.log_likelihood + 1


# Published runs


def converged(points: list[float], start: Mixture[Gaussian]) -> Epoch[Gaussian]:
    """As PUBLISHED.md says: run until the log-likelihood gained less than 1e-13."""
    for before, epoch in itertools.pairwise(iterate(points, start)):
        if epoch.e.log_likelihood - before.e.log_likelihood < 1e-13:
            return epoch
    raise AssertionError("the run ended in a degenerate epoch")


# Apache Spark, mllib/src/test/scala/org/apache/spark/mllib/clustering/GaussianMixtureSuite.scala
# (PUBLISHED.md, "Spark GaussianMixtureSuite, one dimension").
SPARK = [-5.1971, -2.5359, -3.8220, -5.2211, -5.0602, 4.7118, 6.8989, 3.4592, 4.6322]
SPARK += [5.7048, 4.6567, 5.5026, 4.5605, 5.2043, 6.2734]


@pytest.mark.parametrize(("means", "positive"), [((5, -3), 0), ((-1, 1), 1)])
def test_spark(means: tuple[float, float], positive: int) -> None:
    """Both of Spark's starts end in its published parameters and log-likelihood.

    Spark cuts off where others round: the variance of its ten positive points is 0.866446298,
    and it prints .86644. Hence one unit of the last digit.
    """
    epoch = converged(SPARK, Mixture.univariate([0.5, 0.5], means, [1, 1]))
    result = epoch.before
    high, low = result.components[positive], result.components[1 - positive]
    assert result.weights[positive] == pytest.approx(2 / 3, abs=5e-7)
    assert result.weights[1 - positive] == pytest.approx(1 / 3, abs=5e-7)
    assert [f"{c.mean:.4f}" for c in (high, low)] == ["5.1604", "-4.3673"]
    assert high.variance == pytest.approx(0.86644, abs=1e-5)
    assert low.variance == pytest.approx(1.1098, abs=1e-4)
    assert f"{epoch.e.log_likelihood:.8f}" == "-30.37547827"


def old_faithful() -> list[float]:
    """Waiting times in minutes, 272 rows, as in R's `faithful` (A. Azzalini, A. W. Bowman 1990)."""
    with open(DATA / "old_faithful.csv", encoding="utf-8", newline="") as file:
        return [float(row["waiting_min"]) for row in csv.DictReader(file)]


def test_old_faithful_agrees_with_the_oracle() -> None:
    """Free variances from the start of mixtools' vignette: 13 digits in each of four epochs.

    |E| stays below (96 - 54)^2 / (2 * 25) = 36, so a responsibility is off by 300 u, and
    sums over 272 points by as much again: a mean by 850 u = 9.4e-14.
    """
    points = old_faithful()
    assert len(points) == 272
    start = Mixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    for epoch in itertools.islice(iterate(points, start), 4):
        assert_agrees(points, epoch, reference_epoch(points, epoch.before))


def test_old_faithful_converges_upwards() -> None:
    """Over the whole run the log-likelihood never falls, and ends above the shared-variance one.

    The maximum with a shared variance is published: -1034.00176 (Benaglia, Chauveau, Hunter,
    Young 2009, Journal of Statistical Software 32(6)). Free variances can only be better.
    """
    points = old_faithful()
    start = Mixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    epochs = list(itertools.islice(iterate(points, start), 60))
    for before, after in itertools.pairwise(epochs):
        slack = log_likelihood_error(points, before) + log_likelihood_error(points, after)
        assert after.e.log_likelihood >= before.e.log_likelihood - slack - len(points) ** 2 * U
    assert epochs[-1].e.log_likelihood > -1034.00176


# Epochs as values


def test_epochs_are_values() -> None:
    """Equal input gives equal epochs, and none of it can change."""
    epoch = run_epoch(NOTE_POINTS, note_start(), 1)
    assert epoch == next(iterate(NOTE_POINTS, note_start()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        epoch.index = 2  # type: ignore[misc]
    assert hash(epoch) == hash(run_epoch(NOTE_POINTS, note_start(), 1))


def test_no_mixture_after_a_degenerate_epoch() -> None:
    """epoch.after raises a DegenerateError with the events that ended the run; the rest stays."""
    (epoch,) = iterate([3.0], Mixture.univariate([1], [2], [1]))
    with pytest.raises(DegenerateError) as caught:
        _ = epoch.after
    assert caught.value.events == epoch.events
    assert str(caught.value) == epoch.events[0].message
    assert epoch.m.means == (3.0,)


def test_point_weights_multiply_the_logarithms() -> None:
    """Twice each point, twice the log-likelihood."""
    doubled = e_step((1.0, 2.0), note_start(), (2.0, 2.0)).log_likelihood
    assert doubled == 2.0 * e_step((1.0, 2.0), note_start()).log_likelihood


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([1.0], "there are 1 sample weights for 2 points: give one for each"),
        (1.0, "sample_weights must be a sequence of numbers, got 1.0: give one for each point"),
        ([1.0, -1.0], "sample weight 2 must not be negative, got -1.0"),
        ([0.0, 0.0], "no point counts: give some a sample weight above 0"),
    ],
)
def test_weights_of_points_are_checked(given: Any, problem: str) -> None:
    """By both steps, as by fit: too few, none, negative, all 0."""
    start = Mixture.univariate([1], [0], [1])
    steps: list[Callable[[], object]] = [
        lambda: e_step([1.0, 2.0], start, given),
        lambda: m_step([1.0, 2.0], [[1.0], [1.0]], point_weights=given),
    ]
    for step in steps:
        with pytest.raises(InvalidValueError) as caught:
            step()
        assert caught.value.field == "sample_weights"
        assert str(caught.value).startswith(problem)

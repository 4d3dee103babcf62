"""fit(method="em-bfgs"): the same maxima as EM's, in fewer epochs."""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import FitResult, Fixed, InvalidValueError, Mixture, acceleration, oracle
from refgmm._kernel_newton import MOST_STRETCH, Pair, Place, ascent_direction, dot
from refgmm.acceleration import EPOCHS_TO_BELIEVE, LONGEST, ROUNDING, Ascent
from refgmm.arithmetic import as_vector, total
from refgmm.cli import main
from refgmm.climb import NOTHING_CLIMBS, STANDS_STILL
from refgmm.em import e_step, m_step
from refgmm.fitting import fit
from refgmm.prior import ConjugatePrior
from refgmm.quasi_newton import moved, place_of
from refgmm.selection import compare
from refgmm.stopping import Epochs, Gain, MeanGain, ParameterChange, Progress
from refgmm.structures import STRUCTURES, structure_of
from refgmm.tally import TalliedEpoch
from refgmm.task import Task, tallier_of

from .fits import EVERY_DIMENSION, EVERY_STRUCTURE, assert_never_falls, cloud, refused, start
from .support import DATA
from .test_published_fits import column, iris

TO_THE_END = [Gain(1e-12), Epochs(20_000)]


def place_in(points: Sequence[Any], mixture: Mixture[Any], structure: str) -> Place:
    """From em's own M step."""
    m = m_step(points, e_step(points, mixture).responsibilities, structure_of(structure))
    return place_of(mixture, m, structure_of(structure))


def numbers_of(mixture: Mixture[Any]) -> list[float]:
    """All parameters, one after the other."""
    found = list(mixture.weights)
    for mean, covariance in zip(mixture.means, mixture.covariances, strict=True):
        found += as_vector(mean)
        for row in covariance if mixture.dimension else [(covariance,)]:
            found += row
    return found


def decrement(points: Sequence[Any], result: FitResult) -> float:
    """About what an epoch of EM would gain: g^T I_c^-1 g / 2, g the gradient."""
    place = place_in(points, result.mixture, result.structure.name)
    return dot(place.gradient, place.preconditioned(place.gradient)) / 2


def assert_same_optimum(points: Sequence[Any], begin: Mixture[Any], structure: str) -> None:
    """EM until its parameters stand still, and em-bfgs until it gains nothing, end at one place."""
    em = fit(
        points,
        begin,
        structure=structure,
        stop=[ParameterChange(1e-11), Epochs(50_000)],
        history="none",
    )
    assert em.converged
    fast = fit(points, begin, structure=structure, stop=TO_THE_END, method="em-bfgs")
    assert fast.converged
    assert abs(fast.log_likelihood - em.log_likelihood) < 1e-9
    assert numbers_of(fast.mixture) == pytest.approx(numbers_of(em.mixture), abs=1e-6)
    assert_never_falls(fast)


# The gradient, and what EM's information makes of it


def true_log_likelihood(points: Sequence[Any], mixture: Mixture[Any]) -> Decimal:
    """In 50 digits."""
    parameters = (mixture.weights, mixture.means, mixture.covariances)
    if mixture.dimension is None:
        return oracle.epoch(points, *parameters).log_likelihood
    return oracle.multivariate_epoch(points, *parameters).log_likelihood


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_the_gradient_is_that_of_the_log_likelihood(d: int, structure: str) -> None:
    """Along every coordinate, by differences of the oracle's log-likelihoods: with an error of h^4,
    and of the coordinates' rounding divided by h.
    """
    points, h = cloud(d, n=12), 2.0**-10
    mixture = start(d)
    if structure == "full" and d > 1:
        rows = [[2.0 if a == b else 0.7 for b in range(d)] for a in range(d)]
        mixture = Mixture.multivariate([0.3, 0.7], mixture.means, [rows, rows])
    place = place_in(points, mixture, structure)
    for i, slope in enumerate(place.gradient):
        along = [float(i == other) for other in range(len(place.gradient))]
        rise = [
            true_log_likelihood(points, moved(mixture, place, along, step * h))
            - true_log_likelihood(points, moved(mixture, place, along, -step * h))
            for step in (1, 2)
        ]
        expected = float((8 * rise[0] - rise[1]) / Decimal(12 * h))
        assert slope == pytest.approx(expected, abs=1e-8)


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [1, 2])
def test_a_tally_gives_the_same_gradient(d: int, structure: str) -> None:
    """Fits without a trace take it from their tallies."""
    points = tuple(cloud(d, n=300))
    chosen = structure_of(structure)
    tallied = place_of(start(d), tallier_of(points, chosen).e_step(start(d)), chosen)
    expected = place_in(points, start(d), structure)
    assert tallied.coordinates == expected.coordinates
    assert tallied.gradient == pytest.approx(expected.gradient, rel=1e-10, abs=1e-9)


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_the_preconditioned_gradient_is_the_step_of_em(d: int, structure: str) -> None:
    """To first order: where EM's steps are small, they differ by their square."""
    points = cloud(d, n=60, seed=3)
    mixture = fit(points, start(d), structure=structure, stop=[Gain(1e-4), Epochs(400)]).mixture
    here = place_in(points, mixture, structure)
    m = m_step(points, e_step(points, mixture).responsibilities, structure_of(structure))
    there = place_in(points, Mixture.of_parameters(m.weights, m.means, m.covariances), structure)
    step = list(map(float.__sub__, there.coordinates, here.coordinates))
    size = max(map(abs, step))
    assert 0.0 < size < 0.1
    for own, expected in zip(here.preconditioned(here.gradient), step, strict=True):
        assert abs(own - expected) < 10 * size * size


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_the_information_is_symmetric_and_positive(d: int, structure: str) -> None:
    """u^T I_c^-1 v = v^T I_c^-1 u, and u^T I_c^-1 u > 0, for derivatives: those of weights sum to 0."""
    rng = random.Random(d)
    place = place_in(cloud(d), start(d), structure)
    for _ in range(5):
        u, v = ([rng.gauss(0, 1) for _ in place.gradient] for _ in range(2))
        u[0], v[0] = -u[1], -v[1]
        one, other = place.preconditioned(u), place.preconditioned(v)
        assert dot(one, v) == pytest.approx(dot(other, u))
        assert dot(one, u) > 0.0


def test_bfgs_meets_its_last_pair() -> None:
    """The secant condition: H y = s for the last pair, whatever came before."""
    rng = random.Random(2)
    place = place_in(cloud(2), start(2), "full")
    size = len(place.gradient)
    pairs: list[Pair] = []
    while len(pairs) < 4:
        step, fall = ([rng.gauss(0, 1) for _ in range(size)] for _ in range(2))
        if dot(step, fall) > 0:
            pairs.append(Pair(step, fall, dot(step, fall)))
    place.gradient = pairs[-1].fall
    assert ascent_direction(place, pairs) == pytest.approx(pairs[-1].step)


@EVERY_STRUCTURE
@pytest.mark.parametrize(("ratio", "stretch"), [(0.5, 1.0), (2.0, 2.0), (99.0, MOST_STRETCH)])
def test_bfgs_starts_from_information_stretched_by_the_last_pair(
    structure: str, ratio: float, stretch: float
) -> None:
    """Of s = ratio I_c^-1 y, and a gradient at right angles to s: I_c^-1 stretched, and nothing else."""
    rng = random.Random(3)
    place = place_in(cloud(2), start(2), structure)
    fall, slope = ([rng.gauss(0, 1) for _ in place.gradient] for _ in range(2))
    step = [ratio * value for value in place.preconditioned(fall)]
    share = dot(step, slope) / dot(step, fall)
    place.gradient = [own - share * other for own, other in zip(slope, fall, strict=True)]
    expected = [stretch * value for value in place.preconditioned(place.gradient)]
    found = ascent_direction(place, [Pair(step, fall, dot(step, fall))])
    assert found == pytest.approx(expected)


@EVERY_STRUCTURE
def test_a_number_is_a_vector_of_one(structure: str) -> None:
    """Both have a place of their own: the same coordinates, gradient, directions and steps."""
    points, mixture = cloud(1), start(1)
    rows = Mixture.multivariate(
        mixture.weights,
        [[mean] for mean in mixture.means],
        [[[variance]] for variance in mixture.covariances],
    )
    own, other = (
        place_in(points, mixture, structure),
        place_in([(x,) for x in points], rows, structure),
    )
    assert own.coordinates == pytest.approx(other.coordinates)
    assert own.gradient == pytest.approx(other.gradient)
    direction = own.preconditioned(own.gradient)
    assert direction == pytest.approx(other.preconditioned(own.gradient))
    assert own.length(direction) == pytest.approx(other.length(direction))
    reached = moved(mixture, own, direction, 0.5), moved(rows, other, direction, 0.5)
    assert numbers_of(reached[0]) == pytest.approx(numbers_of(reached[1]))


@EVERY_STRUCTURE
def test_any_coordinates_are_a_mixture(structure: str) -> None:
    """However far: weights sum to 1, covariances are positive definite and of the structure."""
    rng = random.Random(5)
    place = place_in(cloud(3), start(3), structure)
    for _ in range(50):
        direction = [rng.gauss(0, 2) for _ in place.gradient]
        mixture = moved(start(3), place, direction, 1.0)
        assert math.isclose(total(mixture.weights), 1.0)
        assert structure_of(structure).holds(mixture.covariances)


# The same maxima


@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize(
    ("name", "means", "variance"),
    [("waiting_min", (55, 80), 25), ("eruptions_min", (2, 4.3), 0.2)],
)
def test_old_faithful(name: str, means: tuple[float, ...], variance: float, structure: str) -> None:
    """In one dimension."""
    begin = Mixture.univariate([0.5, 0.5], means, [variance] * 2)
    assert_same_optimum(column("old_faithful.csv", name), begin, structure)


@EVERY_STRUCTURE
def test_old_faithful_in_the_plane(structure: str) -> None:
    """Both columns, of very different units."""
    points = list(
        zip(
            column("old_faithful.csv", "eruptions_min"),
            column("old_faithful.csv", "waiting_min"),
            strict=True,
        )
    )
    sphere = [[4.0, 0.0], [0.0, 4.0]]
    begin = Mixture.multivariate([0.5, 0.5], [[2, 55], [4.3, 80]], [sphere, sphere])
    assert_same_optimum(points, begin, structure)


@EVERY_STRUCTURE
def test_iris(structure: str) -> None:
    """Three components in four dimensions, started from the species."""
    rows = iris()
    means = [
        [total(column) / 50 for column in zip(*rows[first : first + 50], strict=True)]
        for first in (0, 50, 100)
    ]
    sphere = [[0.3 if a == b else 0.0 for b in range(4)] for a in range(4)]
    assert_same_optimum(rows, Mixture.multivariate([1 / 3] * 3, means, [sphere] * 3), structure)


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_small_clouds(d: int, structure: str) -> None:
    """Two clusters, every structure."""
    assert_same_optimum(cloud(d, n=40), start(d), structure)


def separated(means: Sequence[float], sigmas: Sequence[float], n: int, seed: int) -> list[float]:
    """Drawn from as many Gaussians, each as likely as the other."""
    rng = random.Random(seed)
    chosen = [rng.randrange(len(means)) for _ in range(n)]
    return [rng.gauss(means[j], sigmas[j]) for j in chosen]


HARD = [
    ([0, 2], [1, 1], 1000, 1),
    ([0, 2], [1, 1], 1000, 2),
    ([0, 2, 4], [1, 0.7, 1.4], 1000, 1),
    ([0, 1.5, 3], [1, 1, 1], 500, 3),
]


@pytest.mark.parametrize(("means", "sigmas", "n", "seed"), HARD)
def test_a_fraction_of_the_epochs(
    means: Sequence[float], sigmas: Sequence[float], n: int, seed: int
) -> None:
    """Where components overlap: at most 1/20 of EM's epochs, by the same rule, and as high."""
    points = separated(means, sigmas, n, seed)
    begin = Mixture.univariate([1 / len(means)] * len(means), means, [1.0] * len(means))
    em = fit(points, begin, history="none")
    fast = fit(points, begin, method="em-bfgs")
    assert fast.converged
    assert fast.log_likelihood >= em.log_likelihood
    assert 20 * fast.epochs <= em.epochs
    assert decrement(points, fast) < 1e-8
    assert_never_falls(fast)


def test_overlapping_vectors() -> None:
    """The same in the plane, with full covariances."""
    rng = random.Random(4)
    points = [(rng.gauss(1.8 * (i % 2), 1), rng.gauss(0.6 * (i % 2), 1)) for i in range(400)]
    unit = [[1, 0], [0, 1]]
    begin = Mixture.multivariate([0.5, 0.5], [[0, 0], [1.8, 0.6]], [unit, unit])
    em = fit(points, begin, history="none", stop=[Gain(1e-8), Epochs(20_000)])
    fast = fit(points, begin, method="em-bfgs")
    assert fast.converged
    assert fast.log_likelihood >= em.log_likelihood
    assert 5 * fast.epochs <= em.epochs


@settings(max_examples=40, deadline=None)
@given(
    d=st.sampled_from([1, 2]),
    k=st.sampled_from([1, 2, 3]),
    structure=st.sampled_from(list(STRUCTURES)),
    seed=st.integers(0, 10**6),
)
def test_any_climb_rises_to_a_maximum_or_an_event(
    d: int, k: int, structure: str, seed: int
) -> None:
    """From any start: the log-likelihood never falls; where a rule ended it, the gradient is zero."""
    points = cloud(d, n=30, k=k, seed=seed)
    result = fit(
        points, k, structure=structure, initialization="random points", seed=seed, method="em-bfgs"
    )
    values = [at.log_likelihood for at in result.history]
    slack = 64 * math.ulp(max(map(abs, values)))
    assert all(now >= before - slack for before, now in itertools.pairwise(values))
    assert result.converged or result.degenerated
    if result.converged:
        assert decrement(points, result) < 2e-8


# Where doubles hold a covariance badly


def nearly_in_a_plane(seed: int, d: int, n: int, noise: float) -> list[tuple[float, ...]]:
    """Two clouds of rows whose last value is the sum of the others, but for that noise."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        own = [rng.gauss(2.0 * (i % 2), 1.0) for _ in range(d - 1)]
        rows.append((*own, sum(own) + rng.gauss(0.0, noise)))
    return rows


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("d", "n"), [(2, 20), (2, 300), (3, 20), (3, 300)])
def test_near_collinear_points_lose_nothing(d: int, n: int, seed: int) -> None:
    """Rounding a covariance that is nearly singular costs EM up to 1e-3 nats, in one epoch or another;
    em-bfgs never falls, and gets as high as EM came, but for that, in no more than 130 epochs.
    """
    points = nearly_in_a_plane(seed, d, n, 10.0 ** (-5.8 - seed / 5))
    unit = [[float(a == b) for b in range(d)] for a in range(d)]
    begin = Mixture.multivariate([0.5, 0.5], [[0.0] * d, [2.0] * d], [unit, unit])
    em, fast = (
        fit(points, begin, method=method, stop=[Gain(1e-8), Epochs(130)])
        for method in ("em", "em-bfgs")
    )
    of_em, values = ([at.log_likelihood for at in result.history] for result in (em, fast))
    slack = ROUNDING * (1.0 + max(map(abs, values)))
    assert all(now >= before - slack for before, now in itertools.pairwise(values))
    assert fast.converged
    assert values[-1] > max(of_em) - 1e-4
    if seed == 3:
        assert min(now - before for before, now in itertools.pairwise(of_em)) < -1e-5


def test_where_nothing_climbs_the_way_ends() -> None:
    """EM's epoch falls, and the one with the covariances as they are: the mixture stays, and each
    E step counts.
    """
    points = tuple(cloud(2, n=30))
    structure = structure_of("full")
    tallier, ascent, mixture = tallier_of(points, structure), Ascent(structure), start(2)
    tally = tallier.e_step(mixture)
    epoch = TalliedEpoch(tally, ())
    asked: list[Mixture[Any]] = []

    def e_step_that_falls(tried: Mixture[Any]) -> Any:
        asked.append(tried)
        return tally if tried == mixture else replace(tally, log_likelihood=-1e9)

    reached = ascent.onward(mixture, tally.log_likelihood, epoch, e_step_that_falls)
    assert reached == (mixture, tally, 3)
    assert ascent.is_at_an_end
    assert [tried.means for tried in asked] == [tally.means, tally.means, mixture.means]
    assert asked[1].covariances == mixture.covariances


def test_a_climb_that_ends_so_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing climbs: the run has converged, as far as doubles go."""
    points = cloud(2, n=30)

    def at_an_end(ascent: Ascent, mixture: Mixture[Any], *arguments: Any) -> Any:
        ascent.is_at_an_end = True
        return mixture, arguments[-1](mixture), 3

    monkeypatch.setattr(Ascent, "onward", at_an_end)
    result = fit(points, start(2), method="em-bfgs")
    assert (result.stopped_because, result.converged, result.epochs) == (NOTHING_CLIMBS, True, 3)


# What ends a climb


def test_a_rule_has_to_fire_on_epochs_of_em() -> None:
    """The last mixtures are M steps of those before them, each with a small gain."""
    points = separated([0, 2], [1, 1], 400, 1)
    begin = Mixture.univariate([0.5, 0.5], [0, 2], [1, 1])
    result = fit(points, begin, method="em-bfgs")
    assert result.stopped_by == Gain(1e-8)
    last = result.history[-1 - EPOCHS_TO_BELIEVE :]
    tallier = tallier_of(tuple(points), result.structure)
    for before, now in itertools.pairwise(last):
        tally = tallier.e_step(before.mixture)
        assert now.mixture.means == tally.means
        assert now.gain is not None
        assert now.gain < 1e-8


def test_no_convergence_beside_a_saddle() -> None:
    """Two components nearly equal: EM's gains are tiny, and its rule fires; the maximum is far."""
    points = column("old_faithful.csv", "waiting_min")
    begin = Mixture.univariate([0.5, 0.5], [70.897, 70.89701], [184.0, 184.0])
    em = fit(points, begin)
    assert em.converged
    assert em.epochs < 10
    fast = fit(points, begin, method="em-bfgs")
    assert fast.converged
    assert fast.log_likelihood > em.log_likelihood + 50
    assert fast.log_likelihood == pytest.approx(-1034.0017, abs=1e-3)


def test_on_a_saddle_it_stops_as_em_does() -> None:
    """Equal components have no gradient that tells them apart; the event says so."""
    points = column("old_faithful.csv", "waiting_min")
    begin = Mixture.univariate([0.5, 0.5], [70, 70], [100, 100])
    for method in ("em", "em-bfgs"):
        result = fit(points, begin, method=method)
        assert result.converged
        assert {event.name for event in result.events} == {"IdenticalComponents"}


def test_at_the_maximum_it_stands_still() -> None:
    """One component: EM is there after one epoch."""
    result = fit([1.0, 2.0, 4.0], 1, method="em-bfgs", stop=Epochs(50))
    assert result.stopped_because == STANDS_STILL


@pytest.mark.parametrize("rule", [MeanGain(1e-12), ParameterChange(1e-7), Gain(1e-9)])
def test_every_rule_ends_it(rule: Any) -> None:
    """Each at a maximum."""
    points = separated([0, 2], [1, 1], 400, 1)
    begin = Mixture.univariate([0.5, 0.5], [0, 2], [1, 1])
    result = fit(points, begin, method="em-bfgs", stop=[rule, Epochs(500)])
    assert result.stopped_by == rule
    assert decrement(points, result) < 1e-8


def test_a_number_of_epochs_ends_it_also_while_a_rule_is_in_doubt() -> None:
    """Epochs needs no confirmation."""
    points = separated([0, 2], [1, 1], 400, 1)
    begin = Mixture.univariate([0.5, 0.5], [0, 2], [1, 1])
    result = fit(points, begin, method="em-bfgs", stop=[Gain(1e6), Epochs(1)])
    assert (result.stopped_by, result.epochs, result.converged) == (Epochs(1), 1, False)


LINE = [0.0, 0.4, 0.9, 1.3, 1.7, 2.0, 30.0]
SQUARE = [(0.0, 0.0), (1.0, 0.2), (0.3, 1.0), (1.2, 1.4), (0.6, 0.5), (30.0, 31.0), (32.0, 35.0)]
UNIT = [[1, 0], [0, 1]]
DEGENERATE = [
    (LINE, Mixture.univariate([0.5, 0.5], [1, 30], [1, 1])),
    (LINE, Mixture.univariate([0.5, 0.5], [1, 20], [1, 500])),
    (LINE[:6], Mixture.univariate([0.5, 0.5], [1, 1e5], [1, 1])),
    (SQUARE, Mixture.multivariate([0.5, 0.5], [[0.6, 0.6], [31, 33]], [UNIT, UNIT])),
    ([1e-80, 2e-80, 4e-80], Mixture.univariate([1], [2e-80], [1e-140])),
    ([1.0, 1.0, 1.0], Mixture.univariate([1], [1], [1])),
]


@pytest.mark.parametrize(("points", "begin"), DEGENERATE)
def test_degenerate_likelihoods_end_in_the_same_events(points: Any, begin: Any) -> None:
    """The same names, of the same components, and the message as the reason."""
    em, fast = fit(points, begin), fit(points, begin, method="em-bfgs")
    assert em.degenerated
    assert fast.degenerated
    fatal = [next(event for event in result.events if event.ends_walk) for result in (em, fast)]
    assert fatal[0].name == fatal[1].name
    assert getattr(fatal[0], "component", None) == getattr(fatal[1], "component", None)
    assert fast.stopped_because == fatal[1].message
    assert fatal[1].epoch == fast.epochs + 1


@pytest.mark.parametrize("structure", ["full", "diagonal", "spherical"])
@pytest.mark.parametrize("d", [1, 2])
def test_slow_ways_to_a_collapse(d: int, structure: str) -> None:
    """Few points, three components: where both degenerate, they do so by the same name; and what
    em-bfgs calls converged is stationary.
    """
    degenerated = 0
    for seed in range(8):
        points = cloud(d, n=10, seed=seed)
        options: dict[str, Any] = {
            "structure": structure,
            "initialization": "random points",
            "seed": seed,
        }
        em, fast = fit(points, 3, **options), fit(points, 3, method="em-bfgs", **options)
        names = [{e.name for e in result.events if e.ends_walk} for result in (em, fast)]
        if em.degenerated and fast.degenerated:
            degenerated += 1
            assert names[0] == names[1]
        if fast.converged:
            assert decrement(points, fast) < 1e-8
    assert degenerated >= 2


# Bookkeeping


def test_every_e_step_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """`epochs` is the number of E steps but the first, with those of attempts that failed."""
    calls = []
    failed = []
    e_step_of_task: Callable[..., Any] = Task.e_step
    attempt: Callable[..., Any] = Ascent._attempt

    def counted(task: Task, mixture: Mixture[Any]) -> Any:
        calls.append(mixture)
        return e_step_of_task(task, mixture)

    def watched(ascent: Ascent, *arguments: Any) -> Any:
        found, attempts = attempt(ascent, *arguments)
        if found is None:
            failed.append(attempts)
        return found, attempts

    monkeypatch.setattr(Task, "e_step", counted)
    monkeypatch.setattr(Ascent, "_attempt", watched)
    for seed in range(8):
        calls.clear()
        points = cloud(1, n=10, seed=seed)
        stop = [Gain(1e-14), Epochs(500)]  # down to rounding, where no attempt climbs
        result = fit(points, 2, seed=seed, method="em-bfgs", stop=stop)
        assert result.epochs == len(calls) - 1
        assert result.epochs == result.history[-1].epoch
        assert result.method == "em-bfgs"
    assert any(failed)


def test_where_no_attempt_gives_a_mixture_em_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coordinates may have no mixture to compute with; the epochs are EM's then, the same floats."""

    def none(*arguments: Any) -> Mixture[Any]:
        raise InvalidValueError("too small", field="variances")

    monkeypatch.setattr(acceleration, "moved", none)
    points = separated([0, 3], [1, 1], 100, 1)
    em, fast = fit(points, 2), fit(points, 2, method="em-bfgs")
    assert fast.epochs == em.epochs + EPOCHS_TO_BELIEVE
    assert fast.history[em.epochs].mixture == em.mixture


def test_steps_are_no_longer_than_they_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts far from the maximum would go further, and are cut to LONGEST."""
    lengths = []

    def measured(mixture: Any, place: Place, direction: list[float], step: float) -> Any:
        lengths.append(step * place.length(direction))
        return moved(mixture, place, direction, step)

    monkeypatch.setattr(acceleration, "moved", measured)
    for seed in range(4):
        fit(cloud(2, n=30, seed=seed), 3, seed=seed, method="em-bfgs")
    assert max(lengths) == pytest.approx(LONGEST)


def test_a_length_is_of_what_moves_most() -> None:
    """ln alpha relative to the others; a mean in standard deviations; ln sigma."""
    place = place_in(cloud(1), Mixture.univariate([0.5, 0.5], [0, 3], [4, 4]), "full")
    for direction, expected in [
        ((1.0, 1.0, 0.0, 0.0, 0.0, 0.0), 0.0),
        ((1.0, -1.0, 0.0, 0.0, 0.0, 0.0), 1.0),
        ((0.0, 0.0, 3.0, 0.0, 0.0, 0.0), 1.5),
        ((0.0, 0.0, 0.0, 0.0, 0.0, -0.25), 0.25),
    ]:
        assert place.length([*direction]) == expected


def test_a_step_along_which_the_slope_rises_is_no_pair() -> None:
    """BFGS asks for positive curvatures: beside a saddle EM's steps teach it nothing."""
    points = tuple(column("old_faithful.csv", "waiting_min"))
    structure = structure_of("full")
    tallier, ascent = tallier_of(points, structure), Ascent(structure)
    mixture: Mixture[Any] = Mixture.univariate([0.5, 0.5], [70.8, 71.0], [184.1447] * 2)
    for _ in range(4):
        tally = tallier.e_step(mixture)
        epoch = TalliedEpoch(tally, ())
        mixture, _, _ = ascent.onward(mixture, tally.log_likelihood, epoch, tallier.e_step)
    assert ascent.is_rising
    assert all(pair.curvature > 0.0 for pair in ascent.pairs)


def test_it_is_deterministic() -> None:
    """Twice the same fit, bit for bit, with or without history."""
    points = separated([0, 2], [1, 1], 400, 1)
    results = [
        fit(points, 2, seed=3, method="em-bfgs", history=history)
        for history in ("parameters", "parameters", "none")
    ]
    assert results[0].history == results[1].history
    assert results[0].mixture == results[2].mixture
    assert results[0].epochs == results[2].epochs


def test_on_epoch_stops_it() -> None:
    """It is called at the start and after each step, with epochs that ascend."""
    seen: list[int] = []

    def look(at: Progress) -> bool:
        seen.append(at.epoch)
        return at.epoch >= 8

    points = separated([0, 2], [1, 1], 400, 1)
    result = fit(points, 2, method="em-bfgs", on_epoch=look)
    assert result.cancelled
    assert seen[0] == 0
    assert seen == sorted(set(seen))
    assert seen[-1] == result.epochs


# What else a fit may ask for


def test_sample_weights_count_as_repetitions() -> None:
    """The maximum of weighted points is that of points that often."""
    points = cloud(2, n=30)
    weights = [1 + i % 3 for i in range(30)]
    repeated = [x for x, weight in zip(points, weights, strict=True) for _ in range(weight)]
    options: dict[str, Any] = {"method": "em-bfgs", "stop": TO_THE_END}
    weighted = fit(points, start(2), sample_weights=weights, **options)
    expected = fit(repeated, start(2), **options)
    assert weighted.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-9)
    assert numbers_of(weighted.mixture) == pytest.approx(numbers_of(expected.mixture), abs=1e-6)


def test_missing_values_lead_to_the_same_maximum() -> None:
    """Rows that miss a coordinate: Fisher's identity holds of them, too."""
    points = [(math.nan, x[1]) if i % 5 == 0 else x for i, x in enumerate(cloud(2, n=60, seed=2))]
    em = fit(points, start(2), missing="keep", stop=[ParameterChange(1e-10), Epochs(5000)])
    fast = fit(points, start(2), missing="keep", stop=TO_THE_END, method="em-bfgs")
    assert em.converged
    assert fast.converged
    assert abs(fast.log_likelihood - em.log_likelihood) < 1e-9
    assert numbers_of(fast.mixture) == pytest.approx(numbers_of(em.mixture), abs=1e-6)
    assert fast.epochs < em.epochs


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fixed", {"fixed": Fixed(means=[0])}),
        ("equal_weights", {"equal_weights": True}),
        ("variance_floor", {"variance_floor": 0.1}),
        ("prior", {"prior": ConjugatePrior()}),
        ("component_restarts", {"component_restarts": 1}),
        ("history='full'", {"history": "full"}),
    ],
)
def test_what_only_em_can_do_is_refused(name: str, options: dict[str, Any]) -> None:
    """With the remedy."""
    expected = (
        f"the method 'em-bfgs' climbs the likelihood itself, without {name}: "
        "choose method='em' for that"
    )
    assert refused(LINE, start(1), method="em-bfgs", **options) == ("method", expected)


def test_an_unknown_method_is_refused() -> None:
    """With those that there are."""
    expected = "method must be one of 'em', 'em-bfgs', got 'newton'"
    assert refused(LINE, start(1), method="newton") == ("method", expected)


def test_em_is_the_default() -> None:
    """Nothing changes for who doesn't ask."""
    assert fit(LINE[:6], 1).method == "em"


def test_comparisons_pass_it_on() -> None:
    """Every candidate is fitted so."""
    comparison = compare(cloud(1, n=40), [1, 2], method="em-bfgs")
    assert [c.result.method for c in comparison.candidates if c.result] == ["em-bfgs"] * 2


@pytest.mark.parametrize("command", ["fit", "select"])
def test_the_command_line_has_it(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--method em-bfgs; the report of a fit says so, the log-likelihood is the same."""
    arguments = ["--columns", "waiting_min", "-k", "2", "--restarts", "2", "--method"]
    outputs = []
    for method in ("em", "em-bfgs"):
        assert main([command, str(DATA / "old_faithful.csv"), *arguments, method]) == 0
        outputs.append(capsys.readouterr().out)
    assert all("-1034.0017" in output for output in outputs)
    if command == "fit":
        assert "(em-bfgs): gain of the log-likelihood below 1e-08" in outputs[1]
        assert "em-bfgs" not in outputs[0]


def test_the_command_line_refuses_what_only_em_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    """As the library does, on one line."""
    file = str(DATA / "old_faithful.csv")
    assert main(["fit", file, "-k", "2", "--prior", "--method", "em-bfgs"]) == 2
    assert "without prior: choose method='em' for that" in capsys.readouterr().err

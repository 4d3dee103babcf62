"""Degenerate runs in d dimensions: each event when it should, with its message, and not otherwise."""

import itertools
import math
import random
from typing import Any

import pytest

from refgmm import Mixture, iterate, oracle
from refgmm.em import Epoch
from refgmm.events import (
    EmptyComponent,
    EvidenceOverflow,
    EvidenceUnderflow,
    IdenticalComponents,
    SingularCovariance,
    VarianceCollapse,
    VarianceUnderflow,
)
from refgmm.gaussian import MultivariateGaussian
from refgmm.linear_algebra import identity

from .spaces import NAMES, Start, applied, random_problem, reference, sandwich

ROUND = identity(2)
UNTIED = [name for name in NAMES if not name.startswith("tied")]
TIED = [name for name in NAMES if name.startswith("tied")]


def first_epoch(points: Any, start: Start, structure: str = "full") -> Epoch[MultivariateGaussian]:
    return next(iterate(points, start, structure))


def one_component(d: int = 2, centre: float = 0.0) -> Start:
    return Mixture.multivariate([1], [[centre] * d], [identity(d)])


def two_components(apart: float) -> Start:
    return Mixture.multivariate([0.5, 0.5], [[0, 0], [apart, apart]], [ROUND, ROUND])


@pytest.mark.parametrize("structure", NAMES)
def test_healthy_runs_have_no_events(structure: str) -> None:
    """Random problems, also with a condition number of 1e8, run 20 epochs without one, but for what
    is said of a start outside the structure.
    """
    expected = [] if structure == "full" else ["StartOutsideStructure"]
    for condition in (10.0, 1e8):
        points, start = random_problem(random.Random(4), 40, 2, 3, condition=condition)
        epochs = itertools.islice(iterate(points, start, structure), 20)
        assert [event.name for epoch in epochs for event in epoch.events] == expected


# VarianceCollapse

PILE = [(0.1, 0.2), (10.0, 10.0), (0.1, 0.2), (11.0, 9.0), (0.1, 0.2), (12.0, 11.0)]


@pytest.mark.parametrize("structure", UNTIED)
def test_a_component_on_equal_points_collapses(structure: str) -> None:
    """0.1 + 0.1 + 0.1 over 3 is not 0.1: the variance of rounding counts as zero. All are named."""
    epoch = first_epoch(PILE, two_components(10), structure)
    (event,) = epoch.events
    assert isinstance(event, VarianceCollapse)
    assert (event.component, event.points) == (0, (0, 2, 4))
    assert event.mean == epoch.m.means[0]
    assert 0 < event.variance < 1e-33
    assert event.message == (
        "Epoch 1: component 1 has collapsed onto points 1, 3 and 5 at (0.1, 0.2): its variance is zero "
        f"({event.variance:.6g}, less than doubles resolve). There the likelihood grows without bound, so it has no maximum. EM stops here. "
        "Start component 1 elsewhere or from a larger variance, or add points that differ."
    )
    assert epoch.ends_walk


@pytest.mark.parametrize("structure", TIED)
def test_with_a_shared_covariance_nothing_collapses(structure: str) -> None:
    """The others keep the covariance up."""
    assert first_epoch(PILE, two_components(10), structure).events == ()


@pytest.mark.parametrize("structure", NAMES)
@pytest.mark.parametrize("value", [(0.0, 0.0), (0.1, -1e9), (1 / 3, 1e75), (7.7, 1e-20)])
@pytest.mark.parametrize("n", [1, 3, 10])
def test_equal_points_always_collapse(structure: str, value: tuple[float, float], n: int) -> None:
    """Whatever rounding makes of the mean of n equal points, and in whatever unit a coordinate is."""
    start = Mixture.multivariate([0.3, 0.7], [value, value], [ROUND, ((4, 0), (0, 4))])
    collapsed = first_epoch([value] * n, start, structure).events
    kinds = [(type(event), event.component) for event in collapsed if event.ends_walk]  # type: ignore[attr-defined]
    assert kinds == [(VarianceCollapse, 0), (VarianceCollapse, 1)]


# SingularCovariance


def singular(epoch: int, which: str, pivot: str, points: str) -> str:
    return (
        f"Epoch {epoch}: the covariance of component 1 has become singular: {which} has no variance "
        f"left (pivot {pivot}). It answers mainly for {points}. On a line or plane the likelihood "
        "grows without bound, so it has no maximum. EM stops here. Leave out a coordinate that "
        "follows from others, choose fewer components or a simpler covariance structure, or start "
        "elsewhere."
    )


@pytest.mark.parametrize("structure", ["full", "tied"])
def test_points_on_a_line(structure: str) -> None:
    """Exactly collinear points: the second pivot is 0, and the message names coordinates and points."""
    (event,) = first_epoch([(0, 0), (1, 2), (3, 6)], one_component(), structure).events
    assert event == SingularCovariance(1, component=0, coordinate=1, pivot=0.0, points=(0, 1, 2))
    which = "once coordinate 1 is known, coordinate 2"
    assert event.message == singular(1, which, "0.0", "points 1, 2 and 3")
    assert event.ends_walk


@pytest.mark.parametrize("structure", ["diagonal", "tied diagonal", "spherical", "tied spherical"])
def test_a_line_is_no_harm_where_coordinates_are_uncorrelated(structure: str) -> None:
    """Only the correlations make it singular."""
    assert first_epoch([(0, 0), (1, 2), (3, 6)], one_component(), structure).events == ()


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, 1e9])
@pytest.mark.parametrize("n", [3, 5, 50])
def test_points_on_a_line_up_to_rounding(offset: float, n: int) -> None:
    """x2 = 3 x1 + 0.1 in doubles is no line any more; what is beside it is rounding alone."""
    rng = random.Random(n)
    line = [offset + rng.gauss(0, 1) for _ in range(n)]
    points = [(x, 3 * x + 0.1) for x in line]
    start = Mixture.multivariate([1], [(offset, 3 * offset)], [ROUND])
    (event,) = first_epoch(points, start).events
    assert isinstance(event, SingularCovariance)
    assert (event.coordinate, event.points) == (1, tuple(range(n)))


def test_nearly_a_line_is_no_line() -> None:
    """A millionth beside it is what doubles resolve: the epoch is right, and EM goes on."""
    rng = random.Random(9)
    points = [(x, 3 * x + 1e-6 * rng.gauss(0, 1)) for x in (rng.gauss(0, 1) for _ in range(30))]
    epochs = list(itertools.islice(iterate(points, one_component()), 3))
    assert not any(epoch.events for epoch in epochs)
    residual = epochs[-1].after.components[0].cholesky[1][1]
    assert residual == pytest.approx(1e-6, rel=0.5)


@pytest.mark.parametrize(
    ("column", "which"),
    [(0, "coordinate 1"), (1, "once coordinate 1 is known, coordinate 2")],
)
@pytest.mark.parametrize("structure", ["full", "diagonal"])
def test_a_constant_column(structure: str, column: int, which: str) -> None:
    """A coordinate that is 0.1 everywhere has no variance, though rounding gives it some."""
    rows = [[x, 0.1] if column else [0.1, x] for x in (1, 2, 4)]
    (event,) = first_epoch(rows, one_component(), structure).events
    assert isinstance(event, SingularCovariance)
    assert (event.coordinate, event.points) == (column, (0, 1, 2))
    assert 0 < event.pivot < 1e-33
    assert event.message == singular(1, which, f"{event.pivot:.6g}", "points 1, 2 and 3")
    assert first_epoch(rows, one_component(), "spherical").events == ()


def test_points_in_a_plane() -> None:
    """Of three coordinates x3 = x1 + x2 + c: the third follows from the first two."""
    points = [(0.3, 0.1), (0.7, 1.9), (2.2, 1.4), (1.1, 0.6), (0.2, 3.3)]
    (event,) = first_epoch([(a, b, a + b + 0.7) for a, b in points], one_component(3)).events
    assert isinstance(event, SingularCovariance)
    assert event.coordinate == 2
    assert "once coordinates 1 and 2 are known, coordinate 3 has no variance left" in event.message


@pytest.mark.parametrize("n", [1, 2, 3])
def test_fewer_points_than_span_the_space(n: int) -> None:
    """n <= d points lie in a plane: one collapses, two and three have no volume in 3 dimensions."""
    points = [(0.3, 0.1, 5.0), (1.7, 2.9, 4.4), (-1.3, 0.9, 7.1)][:n]
    (event,) = first_epoch(points, one_component(3)).events
    if n == 1:
        assert isinstance(event, VarianceCollapse)
    else:
        assert isinstance(event, SingularCovariance)
        assert event.coordinate == n - 1


def test_a_component_that_takes_less_than_half_of_every_point() -> None:
    """Two components share all points of a line: both are singular, and neither has its own."""
    start = Mixture.multivariate([0.5, 0.5], [(0, 0), (0.1, 0)], [ROUND, ROUND])
    start = Mixture(start.weights, (start.components[0], start.components[0]))
    events = first_epoch([(0, 0), (1, 2), (3, 6)], start).events
    assert [type(event) for event in events] == [
        IdenticalComponents,
        SingularCovariance,
        SingularCovariance,
    ]
    assert "It takes no more than half of any point." in events[1].message


# EmptyComponent


@pytest.mark.parametrize("structure", NAMES)
def test_an_empty_component(structure: str) -> None:
    """Where the covariance is shared, it is nan for all; only the empty component is told of."""
    points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.5)]
    epoch = first_epoch(points, two_components(1e4), structure)
    assert epoch.events == (EmptyComponent(1, component=1, effective_count=0.0),)
    assert all(map(math.isnan, epoch.m.means[1]))
    assert all(math.isnan(epoch.m.covariances[1][a][a]) for a in (0, 1))
    assert not any(map(math.isnan, epoch.m.means[0]))


# IdenticalComponents


def test_identical_components() -> None:
    """Equal means and covariances are named; equal means alone, or other correlations, are not."""
    points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.5)]
    means = [(0, 0), (0, 0), (0, 0), (1, 0)]
    tilted = ((1.0, 0.25), (0.25, 1.0))
    start = Mixture.multivariate([0.25] * 4, means, [ROUND, ROUND, tilted, ROUND])
    epoch = first_epoch(points, start)
    assert epoch.events == (IdenticalComponents(1, components=(0, 1)),)


# EvidenceUnderflow


def test_points_at_a_million_sigma_are_still_shared() -> None:
    """The event names them; responsibilities agree with the oracle as far as their logarithms do.

    These are near 5e11, and rounded two or three times: 3 u 5e11 = 1.7e-4.
    """
    points = [(1e6, 0.0), (0.3e6, 1e6), (0.5, 0.2), (1.0, 1.0)]
    tilted = ((1.0, 0.5), (0.5, 1.0))
    start = Mixture.multivariate([0.4, 0.6], [(0, 0), (1e-6, 1e-6)], [tilted, tilted])
    epoch = first_epoch(points, start)
    assert epoch.events == (EvidenceUnderflow(1, points=(0, 1)),)
    truth = reference(tuple(points), start)
    for row, exact in zip(epoch.e.responsibilities, truth.responsibilities, strict=True):
        assert row == pytest.approx(list(map(float, exact)), rel=3.4e-4)
        assert math.fsum(row) == pytest.approx(1.0, rel=1e-15)
    assert 0.05 < epoch.e.responsibilities[0][0] < 0.95
    assert oracle.correct_digits(epoch.e.log_likelihood, truth.log_likelihood) > 15


# EvidenceOverflow


def tiny(d: int, variance: float) -> tuple[list[tuple[float, ...]], Start]:
    """20 points and two components in d dimensions, all within some sigma of 0."""
    rng = random.Random(d)
    sigma = math.sqrt(variance)
    points = [tuple(sigma * rng.gauss(0, 1) for _ in range(d)) for _ in range(20)]
    means = [[0.0] * d, [sigma] + [0.0] * (d - 1)]
    return points, Mixture.multivariate([0.3, 0.7], means, [identity(d, variance)] * 2)


@pytest.mark.parametrize(("d", "variance"), [(8, 1e-100), (5, 1e-140), (40, 1e-20)])
def test_densities_beyond_all_doubles(d: int, variance: float) -> None:
    """ln L is finite and right, responsibilities have 12 digits; the event names the points.

    Logarithms of g are near 1000 and off by some u of that.
    """
    points, start = tiny(d, variance)
    epoch = first_epoch(points, start, "spherical")
    assert epoch.events == (EvidenceOverflow(1, points=tuple(range(20))),)
    assert epoch.events[0].message == (
        "Epoch 1: the evidence of points 1, 2, 3, 4, 5 and 15 more is larger than any double. The "
        "responsibilities there were computed from logarithms of the densities instead. Choose a "
        "smaller unit for the points, and the densities become smaller."
    )
    assert not epoch.ends_walk
    assert set(epoch.e.evidence) == {math.inf}
    truth = reference(tuple(points), start, "spherical")
    assert oracle.correct_digits(epoch.e.log_likelihood, truth.log_likelihood) > 14
    for row, exact in zip(epoch.e.responsibilities, truth.responsibilities, strict=True):
        for beta, known in zip(row, exact, strict=True):
            assert oracle.correct_digits(beta, known) > 12
    for mean, known_mean in zip(epoch.m.covariances, truth.covariances, strict=True):
        assert oracle.correct_digits(mean[0][0], known_mean[0][0]) > 12
    assert epoch.after.weights == epoch.m.weights


def test_an_infinite_density_of_weight_0() -> None:
    """0 times infinity counts as 0: the component is empty, and no point is called far away."""
    points, start = tiny(8, 1e-100)
    epoch = first_epoch(points, Mixture((1.0, 0.0), start.components))
    kinds = {type(event) for event in epoch.events}
    assert {EvidenceOverflow, EmptyComponent} <= kinds
    assert EvidenceUnderflow not in kinds
    assert epoch.e.weighted_densities[0] == (math.inf, 0.0)
    assert epoch.e.responsibilities[0] == (1.0, 0.0)
    assert math.isfinite(epoch.e.log_likelihood)


# Units


def test_points_in_too_small_a_unit() -> None:
    """Variances below 1e-150 are none that refgmm computes with, though the points differ."""
    points = [(0.0, 0.0), (1e-80, 0.0), (0.0, 1e-80), (2e-80, 3e-80)]
    start = Mixture.multivariate([1], [(0, 0)], [identity(2, 1e-149)])
    (event,) = first_epoch(points, start).events
    assert isinstance(event, VarianceUnderflow)


SCENES: dict[str, tuple[list[tuple[float, float]], Start]] = {
    "pile": (PILE, two_components(10)),
    "line": ([(x, 3 * x + 0.1) for x in (0.1, 0.7, 1.3, 2.9, 5.77)], one_component()),
    "column": ([(1, 0.1), (2, 0.1), (4, 0.1)], one_component()),
    "empty": ([(0, 0), (1, 0), (0, 1.5)], two_components(1e4)),
    "identical": ([(0, 0), (1, 0), (0, 1.5), (1, 2)], two_components(0)),
    "healthy": ([(0, 0), (1, 0), (0, 1.5), (2, 2), (4, 1)], two_components(2)),
}


@pytest.mark.parametrize("exponents", [(100, 100), (-100, -100), (90, -110)])
@pytest.mark.parametrize("scene", SCENES)
def test_the_unit_decides_nothing(scene: str, exponents: tuple[int, int]) -> None:
    """In units of other powers of two, coordinate by coordinate, the events are the same."""
    points, start = SCENES[scene]
    units = ((2.0 ** exponents[0], 0.0), (0.0, 2.0 ** exponents[1]))
    moved = Mixture.multivariate(
        start.weights,
        [applied(units, mean) for mean in start.means],
        [sandwich(units, covariance) for covariance in start.covariances],
    )
    usual = first_epoch(points, start).events
    other = first_epoch([applied(units, x) for x in points], moved).events
    assert (scene == "healthy") == (usual == ())
    kinds = [[(type(e), getattr(e, "component", None)) for e in found] for found in (usual, other)]
    assert kinds[0] == kinds[1]

"""Theorems about EM in d dimensions: ascent, and what must not change the answer."""

import itertools
import math
import random

import pytest

from refgmm import Mixture, Problem, Walk, iterate, m_step
from refgmm.arithmetic import Matrix, Vector
from refgmm.structures import STRUCTURES
from refgmm.sub_steps import SUB_STEP_COUNT

from .spaces import (
    NAMES,
    Drawn,
    Start,
    applied,
    determinant,
    exact,
    orthogonal,
    random_covariance,
    random_problem,
    sandwich,
)

every_structure = pytest.mark.parametrize("structure", NAMES)


def problem(seed: int, k: int | None = None) -> Drawn:
    rng = random.Random(seed)
    return random_problem(rng, 30, k or rng.randint(2, 4), rng.randint(2, 4))


def relabelled(start: Start, order: list[int]) -> Start:
    return Mixture(
        tuple(start.weights[j] for j in order), tuple(start.components[j] for j in order)
    )


def moved(drawn: Drawn, matrix: Matrix, shift: Vector) -> Drawn:
    """The points A x + b, and the mixture of A x + b."""
    points, start = drawn

    def image(x: Vector) -> Vector:
        return tuple(p + q for p, q in zip(applied(matrix, x), shift, strict=True))

    return tuple(map(image, points)), Mixture.multivariate(
        start.weights,
        [image(mean) for mean in start.means],
        [sandwich(matrix, covariance) for covariance in start.covariances],
    )


def diagonal(values: list[float]) -> Matrix:
    return tuple(
        tuple(v if a == b else 0.0 for b in range(len(values))) for a, v in enumerate(values)
    )


# Ascent


@every_structure
@pytest.mark.parametrize("seed", range(6))
def test_log_likelihood_never_falls(structure: str, seed: int) -> None:
    """No epoch lowers the log-likelihood: each structure's M step maximises among its kind.

    From the second epoch on, that is: a start of another kind may be better than all of that kind.
    Rounding: some 100 u for each point, as in test_multivariate, and n u for the weights' sum.
    """
    points, start = problem(seed)
    epochs = list(itertools.islice(iterate(points, start, structure), 1, 40))
    values = [epoch.e.log_likelihood for epoch in epochs]
    slack = len(points) * 200 * 2.0**-53
    assert all(after >= before - slack for before, after in itertools.pairwise(values))
    assert values[-1] > values[0] + 1e-3


# Order


@every_structure
@pytest.mark.parametrize("seed", range(3))
def test_swapping_two_components_swaps_the_result(structure: str, seed: int) -> None:
    """Bit for bit, over three epochs: a + b = b + a in doubles."""
    points, start = problem(seed, k=2)
    swapped = iterate(points, relabelled(start, [1, 0]), structure)
    for one, other in itertools.islice(
        zip(iterate(points, start, structure), swapped, strict=True), 3
    ):
        assert other.e.log_likelihood == one.e.log_likelihood
        assert [row[::-1] for row in other.e.responsibilities] == list(one.e.responsibilities)
        assert other.m.weights[::-1] == one.m.weights
        assert other.m.means[::-1] == one.m.means
        assert other.m.covariances[::-1] == one.m.covariances


@every_structure
def test_permuting_components_and_points_permutes_the_result(structure: str) -> None:
    """Sums are added in another order, which is a matter of rounding alone."""
    points, start = problem(1, k=4)
    rng = random.Random(7)
    order, places = rng.sample(range(4), 4), rng.sample(range(len(points)), len(points))
    assert order != sorted(order)
    one = next(iterate(points, start, structure))
    other = next(iterate([points[i] for i in places], relabelled(start, order), structure))
    for i, row in zip(places, other.e.responsibilities, strict=True):
        assert row == pytest.approx([one.e.responsibilities[i][j] for j in order], rel=1e-13)
    for j, weight, mean, covariance in zip(
        order, other.m.weights, other.m.means, other.m.covariances, strict=True
    ):
        assert weight == pytest.approx(one.m.weights[j], rel=1e-13)
        assert mean == pytest.approx(one.m.means[j], rel=1e-13, abs=1e-14)
        for row, same in zip(covariance, one.m.covariances[j], strict=True):
            assert row == pytest.approx(same, rel=1e-13, abs=1e-14)


# Maps of the space


def maps(structure: str, d: int) -> Matrix:
    """A map that takes covariances of a structure to covariances of that structure."""
    rng = random.Random(d)
    if "spherical" in structure:
        return sandwich_root(rng, d, 1.0)
    if "diagonal" in structure:
        return diagonal([rng.uniform(-3, 3) for _ in range(d)])
    return sandwich_root(rng, d, 5.0)


def sandwich_root(rng: random.Random, d: int, condition: float) -> Matrix:
    """2.5 times a rotation, after it a covariance that stretches where the condition is above 1."""
    turn = orthogonal(rng, d)
    stretch = random_covariance(rng, d, condition)
    return tuple(tuple(2.5 * e for e in row) for row in (applied(stretch, line) for line in turn))


@every_structure
@pytest.mark.parametrize("seed", range(4))
def test_an_affine_map_of_the_points_maps_the_fit(structure: str, seed: int) -> None:
    """x -> A x + b takes mu to A mu + b, Sigma to A Sigma A^T, and keeps what is no length.

    Any A for full and tied; for diagonals one that stretches the axes, for spheres one that turns.
    ln L falls by n ln |det A|. The mapped problem is rounded, hence 1e-9 after two epochs.
    """
    points, start = problem(seed)
    # so that the start is of the structure, which a turn would spoil otherwise
    start = next(iterate(points, start, structure)).after
    d = len(points[0])
    matrix, shift = maps(structure, d), tuple(random.Random(seed).uniform(-5, 5) for _ in range(d))
    other_points, other_start = moved((points, start), matrix, shift)
    volume = math.log(abs(determinant(exact(matrix))))
    for one, other in itertools.islice(
        zip(
            iterate(points, start, structure),
            iterate(other_points, other_start, structure),
            strict=True,
        ),
        2,
    ):
        for row, same in zip(one.e.responsibilities, other.e.responsibilities, strict=True):
            assert same == pytest.approx(row, rel=1e-9)
        for row, same in zip(
            one.e.mahalanobis_distances, other.e.mahalanobis_distances, strict=True
        ):
            assert same == pytest.approx(row, rel=1e-9)
        fall = len(points) * volume
        assert other.e.log_likelihood == pytest.approx(one.e.log_likelihood - fall, abs=1e-9)
        _, expected = moved((points, one.after), matrix, shift)
        for mean, truth in zip(other.m.means, expected.means, strict=True):
            assert mean == pytest.approx(truth, rel=1e-9, abs=1e-9)
        for covariance, known in zip(other.m.covariances, expected.covariances, strict=True):
            for entries, truth in zip(covariance, known, strict=True):
                assert entries == pytest.approx(truth, rel=1e-9, abs=1e-9)


@every_structure
@pytest.mark.parametrize("exponents", [(-60, 0, 45), (200, 200, 200), (-200, -200, -200)])
def test_another_unit_by_powers_of_two(structure: str, exponents: tuple[int, ...]) -> None:
    """Each coordinate in a unit of its own changes no digit of what is added and divided.

    Given the same responsibilities the M step is exact, for spheres in one common unit; distances
    agree to their last digit. ln det is shifted, so densities and what follows are rounded anew.
    """
    if "spherical" in structure:
        exponents = (exponents[0],) * 3
    points, start = random_problem(random.Random(5), 20, 2, 3)
    units = [2.0**e for e in exponents]
    other_points, other_start = moved((points, start), diagonal(units), (0.0, 0.0, 0.0))
    one = next(iterate(points, start, structure))
    other = next(iterate(other_points, other_start, structure))
    for row, same in zip(one.e.mahalanobis_distances, other.e.mahalanobis_distances, strict=True):
        assert same == pytest.approx(row, rel=2.0**-52, abs=0)
    for row, same in zip(one.e.responsibilities, other.e.responsibilities, strict=True):
        assert same == pytest.approx(row, rel=1e-12)
    names = [[event.name for event in epoch.events] for epoch in (one, other)]
    assert names == [[] if structure == "full" else ["StartOutsideStructure"]] * 2
    m = m_step(points, one.e.responsibilities, STRUCTURES[structure])
    scaled = m_step(other_points, one.e.responsibilities, STRUCTURES[structure])
    assert scaled.means == tuple(applied(diagonal(units), mean) for mean in m.means)
    assert scaled.covariances == tuple(sandwich(diagonal(units), sigma) for sigma in m.covariances)


# The walk


@every_structure
def test_the_walk_is_iterate_and_back_undoes_forward(structure: str) -> None:
    """Forward, the walk's epochs are iterate's, bit for bit; back, it shows the states again."""
    points, start = random_problem(random.Random(2), 12, 2, 3)
    walk = Walk.begin(Problem(points, start, structure=STRUCTURES[structure]))
    way_out = [walk]
    for _ in range(3 * SUB_STEP_COUNT + 2):
        walk = walk.forward()
        way_out.append(walk)
    ends = [place for place in way_out if place.done == SUB_STEP_COUNT]
    assert len(ends) == 3
    for place, epoch in zip(ends, iterate(points, start, structure), strict=False):
        assert place.epoch == epoch
        assert place.parameters == (epoch.m.weights, epoch.m.means, epoch.m.covariances)
        assert place.history[-1].mixture == epoch.after
    for earlier in reversed(way_out):
        assert (walk.epoch, walk.done) == (earlier.epoch, earlier.done)
        assert walk.history == earlier.history
        assert walk.parameters == earlier.parameters
        walk = walk.back()
    assert walk.is_at_start

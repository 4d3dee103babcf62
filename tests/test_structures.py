"""Covariance structures: each estimate maximises the likelihood among its kind; counts and names."""

import itertools
import math
import random
from typing import Any

import pytest

import refgmm
from refgmm import InvalidValueError, Mixture, e_step, iterate, m_step
from refgmm.arithmetic import Matrix
from refgmm.structures import FULL, STRUCTURES, Structure, structure_of

from .spaces import NAMES, random_covariance, random_problem
from .support import NOTE_POINTS, note_start

SCATTERS = (((6.0, 1.0), (1.0, 2.0)), ((2.0, -3.0), (-3.0, 10.0)))
COUNTS = (2.0, 3.0)


@pytest.mark.parametrize(
    ("name", "covariances"),
    [
        ("full", (((3, 0.5), (0.5, 1)), ((2 / 3, -1), (-1, 10 / 3)))),
        ("tied", (((1.6, -0.4), (-0.4, 2.4)),) * 2),
        ("diagonal", (((3, 0), (0, 1)), ((2 / 3, 0), (0, 10 / 3)))),
        ("tied diagonal", (((1.6, 0), (0, 2.4)),) * 2),
        ("spherical", (((2, 0), (0, 2)), ((2, 0), (0, 2)))),
        ("tied spherical", (((2, 0), (0, 2)),) * 2),
    ],
)
def test_estimates_by_hand(name: str, covariances: tuple[Matrix, ...]) -> None:
    """Two scatter matrices of 2 and 3 points, in each structure."""
    assert STRUCTURES[name].estimate(SCATTERS, COUNTS) == covariances


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=NAMES)
def test_in_one_dimension_there_are_two(structure: Structure) -> None:
    """Each variance free, or one that all share; whatever the structure keeps of a matrix."""
    expected = (1.5, 1.5) if structure.is_shared else (2.0, 1.0)
    assert structure.estimate((4.0, 2.0), (2.0, 2.0)) == expected
    vectors = structure.estimate((((4.0,),), ((2.0,),)), (2.0, 2.0))
    assert vectors == tuple(((value,),) for value in expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_estimate_is_of_its_kind(name: str) -> None:
    """Shared, diagonal or a multiple of the identity, as its name says; always symmetric."""
    points, start = random_problem(random.Random(3), 30, 3, 3)
    covariances = next(iterate(points, start, name)).m.covariances
    if name.startswith("tied"):
        assert len(set(covariances)) == 1
    else:
        assert len(set(covariances)) == 3
    for covariance in covariances:
        for a, b in itertools.product(range(3), repeat=2):
            assert covariance[a][b] == covariance[b][a]
            assert (covariance[a][b] == 0.0) == (a != b and name not in ("full", "tied"))
            if "spherical" in name:
                assert covariance[a][a] == covariance[b][b]


def expected_log_likelihood(
    points: Any, responsibilities: Any, m: Any, covariances: tuple[Matrix, ...]
) -> float:
    """Q = sum_ij beta_j(x_i) ln g_j(x_i), which the M step maximises (Dempster, Laird, Rubin)."""
    mixture = Mixture.multivariate(m.weights, m.means, covariances)
    return math.fsum(
        beta * component.log_density(x)
        for x, row in zip(points, responsibilities, strict=True)
        for beta, component in zip(row, mixture.components, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_estimate_is_the_best_of_its_kind(name: str) -> None:
    """Any step to another covariance of the same structure lowers Q, by the square of the step."""
    points, start = random_problem(random.Random(8), 40, 2, 3)
    structure = STRUCTURES[name]
    beta = e_step(points, start).responsibilities
    m = m_step(points, beta, structure)
    best = expected_log_likelihood(points, beta, m, m.covariances)
    for seed in range(6):
        rng = random.Random(seed)
        moves = structure.estimate([random_covariance(rng, 3, 9.0) for _ in range(2)], (1.0, 1.0))
        falls = []
        for size in (1e-2, -1e-2, 2e-2):
            moved = tuple(
                tuple(
                    tuple(p + size * q for p, q in zip(row, other, strict=True))
                    for row, other in zip(covariance, move, strict=True)
                )
                for covariance, move in zip(m.covariances, moves, strict=True)
            )
            falls.append(best - expected_log_likelihood(points, beta, m, moved))
        assert min(falls) > 0
        assert falls[2] / falls[0] == pytest.approx(4, rel=0.3)  # 2 would be a slope


@pytest.mark.parametrize(
    ("k", "d", "counts"),
    [
        # mclust's nMclustParams (Scrucca, Fop, Murphy, Raftery 2016, R Journal 8(1), table 3):
        # VVV, EEE, VVI, EEI, VII, EII
        (1, 1, (2, 2, 2, 2, 2, 2)),
        (2, 1, (5, 4, 5, 4, 5, 4)),
        (2, 2, (11, 8, 9, 7, 7, 6)),
        (3, 4, (44, 24, 26, 18, 17, 15)),
        (9, 4, (134, 54, 80, 48, 53, 45)),
    ],
)
def test_free_parameters(k: int, d: int, counts: tuple[int, ...]) -> None:
    """k - 1 weights, k d means, and the covariances: k or 1 times d(d+1)/2, d or 1."""
    assert tuple(STRUCTURES[name].free_parameters(k, d) for name in NAMES) == counts


def test_names() -> None:
    """Six names, three others for them, and the structure itself."""
    assert NAMES == ["full", "tied", "diagonal", "tied diagonal", "spherical", "tied spherical"]
    for name in NAMES:
        assert structure_of(name).name == name
        assert structure_of(STRUCTURES[name]) is STRUCTURES[name]
        assert structure_of(name).meaning
    aliases = {"free": "full", "shared": "tied", "diag": "diagonal"}
    assert {alias: structure_of(alias).name for alias in aliases} == aliases


@pytest.mark.parametrize(
    ("name", "shown"),
    [("round", "'round'"), ("Full", "'Full'"), ("", "''"), (3, "3"), (None, "None"), ([], "[]")],
)
def test_another_name(name: Any, shown: str) -> None:
    """The message lists the names that there are; iterate says it at once."""
    for call in (lambda: structure_of(name), lambda: iterate(NOTE_POINTS, note_start(), name)):
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert str(caught.value) == (
            f"there is no covariance structure {shown}: choose one of full, tied, diagonal, "
            "tied diagonal, spherical and tied spherical"
        )
        assert caught.value.field == "structure"


def test_full_is_the_usual() -> None:
    """Without a word about it, covariances are free."""
    assert next(iterate(NOTE_POINTS, note_start())) == next(
        iterate(NOTE_POINTS, note_start(), FULL)
    )


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
def test_what_names_a_structure_reads_back(structure: Structure) -> None:
    """The repr of a structure, a problem and an epoch is Python for an equal one."""
    start = refgmm.Mixture.multivariate([1], [[0, 1]], [[[1, 0], [0, 1]]])
    problem = refgmm.Problem(((0.5, 1.0), (2.0, -1.0), (3.0, 0.5)), start, structure=structure)
    epoch = next(refgmm.iterate(problem.points, start, structure))
    names = {name: getattr(refgmm, name) for name in refgmm.__all__}
    for value in (structure, problem, epoch):
        assert eval(repr(value), names) == value

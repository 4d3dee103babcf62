"""EM in d dimensions against the oracle, number by number, and against one dimension."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import Mixture, iterate, oracle
from refgmm.em import run_epoch
from refgmm.structures import STRUCTURES

from .spaces import NAMES, Drawn, assert_agrees, random_problem, reference
from .support import NOTE_POINTS, name_in_trace, note_start, trace

SHAPES = [(6, 1, 1), (9, 2, 1), (12, 1, 2), (40, 2, 2), (20, 3, 3), (30, 5, 2), (25, 4, 4), (40, 5, 5)]  # fmt: skip
"""Points, components, dimensions."""


@st.composite
def problems(draw: st.DrawFn, condition: float = 10.0, least_d: int = 1) -> Drawn:
    """At least as many points for each component as fill its space."""
    k, d = draw(st.integers(1, 5)), draw(st.integers(least_d, 5))
    n = draw(st.integers(min(k * (d + 1), 40), 40))
    rng = random.Random(draw(st.integers(0, 2**32)))
    return random_problem(rng, n, k, d, condition=condition)


structures = st.sampled_from(NAMES)

# The oracle


@pytest.mark.parametrize("structure", NAMES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_number_of_two_epochs_agrees_with_the_oracle(
    shape: tuple[int, int, int], structure: str
) -> None:
    """13 digits on every field, for every structure; in the second epoch from its own kind.

    u = 2^-53. Delta^2 and ln det are rounded once. The exponent of a density, half of their sum,
    stays below 75: some roundings of it, and exp, cost 4 * 75 u = 3.4e-14. A responsibility holds
    two densities. Sums over 40 points add 40 u, and errors of the deviations cancel in their sum.
    """
    n, k, d = shape
    points, start = random_problem(random.Random(n + k + d), n, k, d)
    epochs = iterate(points, start, structure)
    for epoch in itertools.islice(epochs, 2):
        assert_agrees(epoch, reference(points, epoch.before, structure), digits=13)


@pytest.mark.parametrize("structure", NAMES)
def test_two_epochs_in_a_row_agree_with_two_of_the_oracle(structure: str) -> None:
    """The oracle goes on from its own decimals, the second epoch from doubles: 12 digits."""
    points, start = random_problem(random.Random(11), 40, 3, 3)
    first = reference(points, start, structure)
    second = oracle.multivariate_epoch(
        *(points, first.weights, first.means, first.covariances),  # type: ignore[arg-type]
        structure,
    )
    _, epoch = itertools.islice(iterate(points, start, structure), 2)
    assert_agrees(epoch, second, digits=12)


@given(problems(), structures)
@settings(max_examples=40, deadline=None)
def test_random_problems_agree_with_the_oracle(drawn: Drawn, structure: str) -> None:
    """13 digits, as above, on problems that hypothesis draws."""
    points, start = drawn
    epoch = run_epoch(points, start, 1, STRUCTURES[structure])
    assert_agrees(epoch, reference(points, start, structure), digits=13)


@given(st.sampled_from([1e4, 1e8, 1e12]).flatmap(lambda c: problems(c, least_d=2)), structures)
@settings(max_examples=40, deadline=None)
def test_nearly_singular_covariances_cost_no_digit(drawn: Drawn, structure: str) -> None:
    """Condition numbers up to 1e12: 13 digits still, since Delta^2 comes out of decimals.

    In doubles x - mu and L would carry half an ulp each, amplified by the square root of the
    condition number: at 1e8 that left 9 digits of the densities and 10 of the covariances.
    """
    points, start = drawn
    epoch = run_epoch(points, start, 1, STRUCTURES[structure])
    assert_agrees(epoch, reference(points, start, structure), digits=13)


# One dimension


@pytest.mark.parametrize("structure", NAMES)
def test_vectors_of_one_number_agree_with_numbers(structure: str) -> None:
    """The note's problem written with vectors of length 1: 14 digits of every number, 3 epochs.

    The density is written otherwise, as one exponential instead of a quotient, so not every bit
    is the same. In one dimension there are but two structures: tied or not.
    """
    line = Mixture.multivariate(
        note_start().weights, [[m] for m in note_start().means], [[[2]], [[2]]]
    )
    numbers = iterate(NOTE_POINTS, note_start(), "tied" if "tied" in structure else "full")
    vectors = iterate([[x] for x in NOTE_POINTS], line, structure)
    for number, vector in itertools.islice(zip(numbers, vectors, strict=True), 3):
        expected = list(trace(number).items())
        computed = list(trace(vector).items())
        for ((name, _), truth), ((same, _), value) in zip(expected, computed, strict=True):
            assert name == name_in_trace(same, None)
            assert value == pytest.approx(truth, rel=1e-14, abs=0), name

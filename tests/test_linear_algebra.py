"""Cholesky, solves, inverse, distances and eigenvectors against exact fractions."""

import decimal
import itertools
import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refgmm.arithmetic import Matrix, columns
from refgmm.cholesky import cholesky, decomposed, factorised, log_determinant, squared_distance
from refgmm.linear_algebra import (
    NotPositiveDefiniteError,
    eigen,
    identity,
    inverse,
    solve_lower,
    solve_upper,
    times,
)

from .spaces import applied, determinant, dot, exact, orthogonal, random_covariance, sandwich
from .support import WIDE, U


def covariances(*dimensions: int) -> list[Matrix]:
    """One of each size and condition; symmetric to the last bit."""
    return [
        random_covariance(random.Random(d), d, condition)
        for d, condition in itertools.product(dimensions, [1.0, 10.0, 1e4, 1e8])
    ]


every_covariance = pytest.mark.parametrize("matrix", covariances(1, 2, 3, 5, 8))


# Cholesky


@every_covariance
def test_cholesky_is_right_to_the_last_bit(matrix: Matrix) -> None:
    """Each entry of L is the double nearest to the exact one, also at a condition number of 1e8.

    The exact one comes from minors: L_ab = det(A; rows 1..b-1 and a, columns 1..b) / sqrt(D_b
    D_(b-1)), D_b the leading minor of size b (F. R. Gantmacher, "The Theory of Matrices" I, II.4).
    """
    a, factor = exact(matrix), cholesky(matrix)
    d = range(len(a))
    leading = [determinant([row[:size] for row in a[:size]]) for size in range(len(a) + 1)]
    for r, c in itertools.product(d, d):
        if c > r:
            assert factor[r][c] == 0.0
            continue
        minor = determinant([line[: c + 1] for line in [*a[:c], a[r]]])
        square = minor * minor / (leading[c] * leading[c + 1])
        entry = Fraction(factor[r][c])
        assert (entry > 0) == (minor > 0)
        assert abs(entry * entry - square) <= square * Fraction(2.01 * U)


def test_cholesky_reads_the_lower_half() -> None:
    """What stands above the diagonal doesn't count."""
    assert cholesky(((4.0, 99.0), (2.0, 5.0))) == ((2.0, 0.0), (1.0, 2.0))


@pytest.mark.parametrize(
    ("matrix", "index", "pivot"),
    [
        (((0.0,),), 0, 0.0),
        (((-1.0, 0.0), (0.0, 1.0)), 0, -1.0),
        (((1.0, 2.0), (2.0, 1.0)), 1, -3.0),
        (((1.0, 2.0), (2.0, 4.0)), 1, 0.0),
        (((0.1, 0.1), (0.1, 0.1)), 1, 0.0),
        (((3.0, 1.0, 4.0), (1.0, 3.0, 4.0), (4.0, 4.0, 8.0)), 2, 0.0),
        (((1.0, 0.0, 0.0), (0.0, 2.0, 2.0), (0.0, 2.0, 1.0)), 2, -1.0),
        (((1e-150, 1e-150), (1e-150, 1e-150)), 1, 0.0),
        (((1e150, -1e150), (-1e150, 1e150)), 1, 0.0),
    ],
)
def test_the_pivot_at_which_a_matrix_fails(matrix: Matrix, index: int, pivot: float) -> None:
    """The error holds the pivot's place and value; a zero is a zero, also where thirds round."""
    with pytest.raises(NotPositiveDefiniteError) as caught:
        cholesky(matrix)
    assert (caught.value.index, caught.value.pivot) == (index, pivot)
    assert str(caught.value) == f"pivot {index + 1} is {pivot!r}"


def test_the_nearest_to_singular_that_three_doubles_can_be() -> None:
    """Fibonacci's numbers, F75 F77 - F76^2 = 1, make a pivot of 9e-32 of its variance; it is right."""
    a, b, c = 2111485077978050.0, 3416454622906707.0, 5527939700884757.0
    assert int(a) * int(c) - int(b) * int(b) == 1
    assert cholesky(((a, b), (b, c)))[1][1] == 1 / math.sqrt(a)
    assert abs(log_determinant(factorised(((a, b), (b, c))))) < 1e-18  # ln 1
    with pytest.raises(NotPositiveDefiniteError) as caught:
        cholesky(((b, c), (c, b + c)))
    assert caught.value.pivot == -1 / b


entries = st.one_of(st.integers(-3, 3).map(float), st.floats(-1, 1))


@given(entries, entries, entries, entries)
@example(0.1, 0.3, 0.1 * 3, 0.3 * 3)
def test_whether_a_matrix_is_positive_definite_is_decided_exactly(
    p: float, q: float, r: float, s: float
) -> None:
    """In the plane a c - b^2 > 0 and a > 0, as fractions have it: A A^T of any A, and its
    neighbours by one bit.
    """
    a, b, c = p * p + q * q, p * r + q * s, r * r + s * s
    if a < 1e-150 or c < 1e-150:
        return
    for low in (math.nextafter(c, 0), c, math.nextafter(c, 9)):
        remains = Fraction(a) * Fraction(low) - Fraction(b) ** 2
        matrix = ((a, b), (b, low))
        if remains > 0:
            assert cholesky(matrix)[1][1] > 0
        else:
            with pytest.raises(NotPositiveDefiniteError):
                cholesky(matrix)


# Distances and determinants


@every_covariance
def test_distances_and_determinants_are_right_to_the_last_bit(matrix: Matrix) -> None:
    """Delta^2 = det(Sigma + v v^T) / det Sigma - 1, v = x - mu; ln det Sigma likewise, in fractions.

    Not even far from the origin, where x - mu has few digits left in doubles, is one lost.
    """
    rng = random.Random(len(matrix))
    sigma, factor, d = exact(matrix), factorised(matrix), range(len(matrix))
    for offset in (0.0, 1.0, 1e6):
        x = tuple(rng.gauss(offset, 1) for _ in d)
        mean = tuple(rng.gauss(offset, 1) for _ in d)
        v = [Fraction(p) - Fraction(q) for p, q in zip(x, mean, strict=True)]
        grown = determinant([[sigma[a][b] + v[a] * v[b] for b in d] for a in d])
        truth = grown / determinant(sigma) - 1
        computed = Fraction(squared_distance(matrix, x, mean))
        assert abs(computed - truth) <= truth * Fraction(1.001 * U)
    size = determinant(sigma)
    with decimal.localcontext(WIDE):
        exact_log = (Decimal(size.numerator) / Decimal(size.denominator)).ln()
        for found in (log_determinant(factor), decomposed(matrix).log_determinant):
            error = abs(Decimal(found) - exact_log)
            assert error <= abs(exact_log) * Decimal("1.001") * Decimal(U)


def test_determinants_beyond_all_doubles() -> None:
    """At d = 8 and variances of 1e-100 or 1e100 det Sigma is no double; its logarithm is one."""
    for exponent in (-100, 100):
        found = decomposed(identity(8, 10.0**exponent)).log_determinant
        assert found == pytest.approx(8 * exponent * math.log(10), rel=1e-15)


# Solves and the inverse


@every_covariance
def test_solves_are_right_for_a_matrix_nearby(matrix: Matrix) -> None:
    """Substitution solves (L + E) z = b with |E| <= d u |L| (Higham, "Accuracy and Stability of
    Numerical Algorithms", theorem 8.5): so the residual, exact, is within d u |L| |z|.
    """
    d = len(matrix)
    lower = cholesky(matrix)
    right = tuple(random.Random(d).gauss(0, 1) for _ in range(d))
    for rows, z in (
        (lower, solve_lower(lower, right)),
        (columns(lower), solve_upper(lower, right)),
    ):
        for row, b in zip(rows, right, strict=True):
            terms = [Fraction(p) * Fraction(q) for p, q in zip(row, z, strict=True)]
            residual = abs(sum(terms, Fraction(0)) - Fraction(b))
            assert residual <= Fraction((d + 1) * U) * sum(map(abs, terms), Fraction(0))


@every_covariance
def test_the_inverse_as_far_as_the_condition_allows(matrix: Matrix) -> None:
    """Against Cramer's rule: relative to the largest entry, d u times the condition number.

    A change of half an ulp in L already changes the inverse by so much.
    """
    sigma, d = exact(matrix), range(len(matrix))
    computed = inverse(cholesky(matrix))
    size = determinant(sigma)
    values, _ = eigen(matrix)
    condition = values[-1] / values[0]
    largest = max(abs(entry) for row in computed for entry in row)
    for a, b in itertools.product(d, d):
        rest = [[sigma[r][c] for c in d if c != a] for r in d if r != b]
        truth = (-1) ** (a + b) * determinant(rest) / size
        allowed = 8 * len(d) * U * condition * largest
        assert abs(Fraction(computed[a][b]) - truth) <= Fraction(allowed)


def test_by_hand() -> None:
    """Small whole numbers."""
    lower = ((2.0, 0.0), (1.0, 2.0))
    assert solve_lower(lower, (4.0, 6.0)) == (2.0, 2.0)
    assert solve_upper(lower, (4.0, 6.0)) == (0.5, 3.0)
    assert inverse(lower) == ((0.3125, -0.125), (-0.125, 0.25))
    assert times(((1.0, 2.0), (3.0, 4.0)), (1.0, 10.0)) == (21.0, 43.0)
    assert identity(2, 3.0) == ((3.0, 0.0), (0.0, 3.0))


# Eigenvectors


def largest_entry(matrix: Matrix) -> float:
    return max(abs(entry) for row in matrix for entry in row)


def assert_eigen(matrix: Matrix, slack: float = 40.0) -> None:
    """A v = value v; vectors of length 1, at right angles; values ascending.

    Within `slack` d u of the largest entry, as for any method that rotates.
    """
    d = len(matrix)
    values, vectors = eigen(matrix)
    assert list(values) == sorted(values)
    for a, (value, vector) in enumerate(zip(values, vectors, strict=True)):
        for entry, image in zip(vector, applied(matrix, vector), strict=True):
            assert abs(image - value * entry) <= slack * d * U * largest_entry(matrix) + 2e-323
        for b, other in enumerate(vectors):
            assert abs(dot(vector, other) - (a == b)) <= slack * d * U


@every_covariance
def test_eigenvectors_of_covariances(matrix: Matrix) -> None:
    """They are, to rounding; their values have the exact trace and determinant."""
    assert_eigen(matrix)
    d = len(matrix)
    values, _ = eigen(matrix)
    assert math.fsum(values) == pytest.approx(math.fsum(matrix[a][a] for a in range(d)), rel=1e-14)
    condition = values[-1] / values[0]
    product = float(determinant(exact(matrix)))
    assert math.prod(values) == pytest.approx(product, rel=1e-15 * (10 + d * condition))


@pytest.mark.parametrize(
    "matrix",
    [
        ((3.0,),),
        ((0.0, 0.0), (0.0, 0.0)),
        ((3.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 2.0)),
        ((0.0, 1.0), (1.0, 0.0)),
        ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
        ((1e150, 1.0), (1.0, 1e-150)),
        ((1e16, 1.0, 1e8), (1.0, 1e-16, 1e-4), (1e8, 1e-4, 1.0)),
        ((1e-150, 1e-151), (1e-151, 1e-150)),
        ((5e-324, 5e-324), (5e-324, 5e-324)),
        ((1.0, 1e-200), (1e-200, 0.0)),
        ((2.0, -1.0, 0.0), (-1.0, 2.0, -1.0), (0.0, -1.0, 2.0)),
    ],
)
def test_rotations_end(matrix: Matrix) -> None:
    """For diagonal, zero, singular and badly scaled matrices; the diagonal is left as it is."""
    assert_eigen(matrix)
    if all(entry == 0.0 for a, row in enumerate(matrix) for entry in (*row[:a], *row[a + 1 :])):
        values, vectors = eigen(matrix)
        assert list(values) == sorted(matrix[a][a] for a in range(len(matrix)))
        assert all(sorted(vector)[-1] == 1.0 for vector in vectors)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_rotations_end_without_numbers(number: float) -> None:
    """nan in, as in the covariance of an empty component, is nan out, and no endless loop."""
    values, vectors = eigen(((1.0, number, 2.0), (number, 1.0, 3.0), (2.0, 3.0, 1.0)))
    assert all(map(math.isnan, itertools.chain(values, *vectors)))
    assert (len(values), len(vectors)) == (3, 3)


@pytest.mark.parametrize("seed", range(60))
def test_rotations_end_whatever_the_rank(seed: int) -> None:
    """Sums of a few squares, each of its own size from 1e-16 to 1e16, in up to 8 dimensions."""
    rng = random.Random(seed)
    d, rank = rng.randint(1, 8), rng.randint(1, 8)
    vectors = [
        [rng.gauss(0, 1) * 10 ** rng.uniform(-8, 8) for _ in range(d)] for _ in range(min(rank, d))
    ]
    assert_eigen(
        tuple(
            tuple(math.fsum(v[max(a, b)] * v[min(a, b)] for v in vectors) for b in range(d))
            for a in range(d)
        )
    )


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1e8])
def test_small_eigenvalues_of_well_scaled_coordinates(scale: float) -> None:
    """Where coordinates have other units and are hardly correlated, every value has its digits.

    Jacobi's method finds them where others lose them (Demmel and Veselic 1992, "Jacobi's method
    is more accurate than QR"): here 1e-16 beside 1, in three digits of the condition number.
    """
    matrix = ((1.0, 0.1 * scale), (0.1 * scale, scale * scale))
    a, b, c = map(Fraction, (matrix[0][0], matrix[0][1], matrix[1][1]))
    values, _ = eigen(matrix)
    for value in values:  # the characteristic polynomial changes its sign there
        low, high = Fraction(value) * (1 - Fraction(8 * U)), Fraction(value) * (1 + Fraction(8 * U))
        assert ((a - low) * (c - low) - b * b) * ((a - high) * (c - high) - b * b) < 0


def test_eigenvalues_that_were_put_in() -> None:
    """Q^T diag(1, 2, 5, 1e-8) Q gives them back, to rounding of the largest."""
    chosen = (1.0, 2.0, 5.0, 1e-8)
    diagonal = tuple(tuple(v if a == b else 0.0 for b in range(4)) for a, v in enumerate(chosen))
    values, _ = eigen(sandwich(orthogonal(random.Random(4), 4), diagonal))
    for value, known in zip(values, sorted(chosen), strict=True):
        assert abs(value - known) < 5e-15

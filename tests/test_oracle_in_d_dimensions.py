"""The oracle in d dimensions against exact fractions, known values and theorems."""

import dataclasses
import decimal
import itertools
import math
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest

from refgmm import oracle
from refgmm.oracle import PI

from .support import NOTE_POINTS, WIDE, assert_close, cells

FIELDS = [field.name for field in dataclasses.fields(oracle.OracleMultivariateEpoch)]
Rows = Sequence[Sequence[float]]
Exact = list[list[Fraction]]


def determinant(matrix: Exact) -> Fraction:
    """By Laplace's expansion along the first row."""
    if not matrix:
        return Fraction(1)
    minors = [[row[:j] + row[j + 1 :] for row in matrix[1:]] for j in range(len(matrix))]
    return sum(
        ((-1) ** j * matrix[0][j] * determinant(minor) for j, minor in enumerate(minors)),
        Fraction(0),
    )


def exact(rows: Rows) -> Exact:
    return [[Fraction(value) for value in row] for row in rows]


def squared_distance(x: Sequence[float], mean: Sequence[float], covariance: Rows) -> Fraction:
    """v^T Sigma^-1 v with v = x - mean, exactly and without an inverse: for any matrix,

    det [[Sigma, v], [v^T, 0]] = -det(Sigma) v^T Sigma^-1 v    (Cauchy)
    """
    v = [Fraction(a) - Fraction(b) for a, b in zip(x, mean, strict=True)]
    sigma = exact(covariance)
    bordered = [[*row, a] for row, a in zip(sigma, v, strict=True)] + [[*v, Fraction(0)]]
    return -determinant(bordered) / determinant(sigma)


def random_covariance(rng: random.Random, d: int) -> Rows:
    """A A^T + I / 4 with A of eighths, so that every entry is a double."""
    a = [[rng.randint(-16, 16) / 8 for _ in range(d)] for _ in range(d)]
    return [
        [
            sum(p * q for p, q in zip(a[r], a[c], strict=True)) + (0.25 if r == c else 0.0)
            for c in range(d)
        ]
        for r in range(d)
    ]


def random_points(rng: random.Random, n: int, d: int) -> Rows:
    return [[rng.uniform(-3, 3) for _ in range(d)] for _ in range(n)]


SPACE = random_points(random.Random(1), 6, 3)
WEIGHTS = [0.25, 0.75]
MEANS = [[0.0, 1.0, -1.0], [1.0, 0.5, 0.1]]
COVARIANCES = [random_covariance(random.Random(2), 3), random_covariance(random.Random(3), 3)]


def test_the_multivariate_fields_are_those_of_one_dimension() -> None:
    """Both epochs use the same names in the same order; only variances become covariances."""
    names = [name.replace("covariances", "variances") for name in FIELDS]
    assert names == [field.name for field in dataclasses.fields(oracle.OracleEpoch)]


@pytest.mark.parametrize("structure", oracle.STRUCTURES)
def test_one_dimension_agrees_with_the_univariate_epoch(structure: str) -> None:
    """In one dimension every number is that of `epoch`; tied is a shared variance."""
    line = oracle.epoch(
        NOTE_POINTS,
        [0.2, 0.5, 0.3],
        [1, 2, 0.1],
        [2, 0.3, 1.5],
        shared_variance=structure.startswith("tied"),
    )
    points, means = [[x] for x in NOTE_POINTS], [[1.0], [2.0], [0.1]]
    result = oracle.multivariate_epoch(
        points, [0.2, 0.5, 0.3], means, [[[2]], [[0.3]], [[1.5]]], structure
    )
    for name in FIELDS:
        ours = [number for _, number in cells(name, getattr(result, name))]
        theirs = [
            number
            for _, number in cells(name, getattr(line, name.replace("covariances", "variances")))
        ]
        for number, other in zip(ours, theirs, strict=True):
            assert_close(number, other)


def test_standard_density_in_the_plane() -> None:
    """At the mean it is 1/(2 pi), to the 30 digits of https://oeis.org/A086201."""
    result = oracle.multivariate_epoch([[1, 2]], [1], [[1, 2]], [[[5, 3], [3, 2]]])
    for density in (result.standard_densities[0][0], result.densities[0][0]):
        assert str(density).startswith("0.159154943091895335768883763372")


def test_second_difference_matrix() -> None:
    """Its inverse is 1/4 [[3, 2, 1], [2, 4, 2], [1, 2, 3]], its determinant 4: by hand."""
    points = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, -1], [1, 1, 1]]
    known = [Fraction(quarters, 4) for quarters in (3, 4, 3, 11, 4, 20)]
    covariance = [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]
    result = oracle.multivariate_epoch(points, [1], [[0, 0, 0]], [covariance])
    with decimal.localcontext(WIDE):
        assert_close(result.log_determinants[0], Decimal(4).ln())
        for i, square in enumerate(known):
            assert_close(result.mahalanobis_distances[i][0] ** 2, square)
            exponent = -Decimal(square.numerator) / square.denominator / 2
            standard = exponent.exp() / (2 * PI * (2 * PI).sqrt())
            assert_close(result.standard_densities[i][0], standard)
            assert_close(result.densities[i][0], standard / 2)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_distances_and_determinants_are_exact(d: int) -> None:
    """They agree with Laplace's expansion in fractions, which inverts nothing."""
    rng = random.Random(d)
    points, means = random_points(rng, 4, d), random_points(rng, 2, d)
    covariances = [random_covariance(rng, d) for _ in means]
    result = oracle.multivariate_epoch(points, WEIGHTS, means, covariances)
    with decimal.localcontext(WIDE):
        for j, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
            assert_close(result.log_determinants[j].exp(), determinant(exact(covariance)))
            for i, x in enumerate(points):
                squared = squared_distance(x, mean, covariance)
                assert_close(result.mahalanobis_distances[i][j] ** 2, squared)


NEARLY_SINGULAR = [[1.0, 1 - 2e-8], [1 - 2e-8, 1.0]]
"""Eigenvalues 2 - 2e-8 and 2e-8: a condition number of 1e8."""
FAR = [[1e6, 1e6 + 0.1], [1e6 + 1, 1e6], [0.3, 0.7], [-1e6, -1e6 - 30]]
FAR_MEANS = [[1e6, 1e6], [0.0, 1.0]]


def test_nearly_singular_covariances() -> None:
    """A condition number of 1e8 and points of 1e6 cost the distances about 8 digits of 50."""
    result = oracle.multivariate_epoch(FAR, WEIGHTS, FAR_MEANS, [NEARLY_SINGULAR] * 2)
    with decimal.localcontext(WIDE):
        for (i, x), (j, mean) in itertools.product(enumerate(FAR), enumerate(FAR_MEANS)):
            squared = squared_distance(x, mean, NEARLY_SINGULAR)
            assert_close(result.mahalanobis_distances[i][j] ** 2, squared, digits=41)


def test_fifty_digits_are_ample(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 100 digits, every number of a nearly singular problem has the same first 28."""
    usual = oracle.multivariate_epoch(FAR, WEIGHTS, FAR_MEANS, [NEARLY_SINGULAR] * 2)
    more = decimal.Context(prec=100, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
    monkeypatch.setattr(oracle, "_CONTEXT", more)
    finer = oracle.multivariate_epoch(FAR, WEIGHTS, FAR_MEANS, [NEARLY_SINGULAR] * 2)
    assert finer != usual
    for name in FIELDS:
        numbers = cells(name, getattr(usual, name)), cells(name, getattr(finer, name))
        for (_, number), (_, other) in zip(*numbers, strict=True):
            assert_close(number, other, digits=28)


def test_independent_coordinates_factorise() -> None:
    """With diagonal covariances, densities are products over the coordinates, squared distances
    and log-determinants are sums.
    """
    variances = [[1.5, 0.25, 4.0], [0.5, 2.0, 1.0]]
    covariances = [
        [[v[r] if r == c else 0.0 for c in range(3)] for r in range(3)] for v in variances
    ]
    result = oracle.multivariate_epoch(SPACE, WEIGHTS, MEANS, covariances)
    lines = [
        oracle.epoch(
            [x[r] for x in SPACE], WEIGHTS, [m[r] for m in MEANS], [v[r] for v in variances]
        )
        for r in range(3)
    ]
    with decimal.localcontext(WIDE):
        for i, j in itertools.product(range(len(SPACE)), range(2)):
            squares = [line.mahalanobis_distances[i][j] ** 2 for line in lines]
            assert_close(result.mahalanobis_distances[i][j] ** 2, sum(squares, Decimal(0)))
            factors = [line.densities[i][j] for line in lines]
            assert_close(result.densities[i][j], math.prod(factors, start=Decimal(1)))
            logarithms = [line.log_determinants[j] for line in lines]
            assert_close(result.log_determinants[j], sum(logarithms, Decimal(0)))


def test_rotation_changes_nothing() -> None:
    """Turned by the matrix 1/5 [[3, -4], [4, 3]], everything is as before, but turned.

    Coordinates are multiples of 5 and covariances of 25, so that the turned ones are exact.
    """

    def turned(v: Sequence[float]) -> list[float]:
        return [(3 * v[0] - 4 * v[1]) / 5, (4 * v[0] + 3 * v[1]) / 5]

    def turned_both(matrix: Rows) -> Rows:
        columns = zip(*map(turned, zip(*matrix, strict=True)), strict=True)  # R Sigma, by rows
        return [turned(row) for row in columns]

    points, means = [[5, 10], [-15, 20], [0, -5], [35, 5]], [[5, -10], [10, 15]]
    covariances = [[[100, 50], [50, 75]], [[225, -100], [-100, 400]]]
    still = oracle.multivariate_epoch(points, WEIGHTS, means, covariances)
    moved = oracle.multivariate_epoch(
        *([turned(x) for x in points], WEIGHTS, [turned(m) for m in means]),
        [turned_both(covariance) for covariance in covariances],
    )
    for name in FIELDS[: FIELDS.index("weighted_points")]:
        numbers = cells(name, getattr(still, name)), cells(name, getattr(moved, name))
        for (_, number), (_, other) in zip(*numbers, strict=True):
            assert_close(number, other)
    for j, mean in enumerate(still.means):
        x, y = map(Fraction, mean)
        assert_close(moved.means[j][0], (3 * x - 4 * y) / 5)
        assert_close(moved.means[j][1], (4 * x + 3 * y) / 5)


@pytest.mark.parametrize("structure", oracle.STRUCTURES)
def test_m_step_is_exact(structure: str) -> None:
    """Given the responsibilities, the M step agrees with fractions, for every structure."""
    result = oracle.multivariate_epoch(SPACE, WEIGHTS, MEANS, COVARIANCES, structure)
    x, n, d, k = exact(SPACE), len(SPACE), range(3), range(2)
    beta = [[Fraction(value) for value in row] for row in result.responsibilities]
    for row in beta:
        assert abs(sum(row, Fraction(-1))) < Fraction(1, 10**48)
    counts, scatters = [], []
    for j in k:
        count = sum((row[j] for row in beta), Fraction(0))
        assert_close(result.effective_counts[j], count)
        assert_close(result.weights[j], count / n)
        scatter = [[Fraction(0) for _ in d] for _ in d]
        sums = [sum((beta[i][j] * x[i][r] for i in range(n)), Fraction(0)) for r in d]
        for r in d:
            assert_close(result.weighted_point_sums[j][r], sums[r])
            assert_close(result.means[j][r], sums[r] / count)
        for i, r, c in itertools.product(range(n), d, d):
            term = beta[i][j] * (x[i][r] - sums[r] / count) * (x[i][c] - sums[c] / count)
            assert_close(result.weighted_points[i][j][r], beta[i][j] * x[i][r])
            assert_close(result.weighted_squared_deviations[i][j][r][c], term)
            scatter[r][c] += term
        for r, c in itertools.product(d, d):
            assert_close(result.weighted_squared_deviation_sums[j][r][c], scatter[r][c])
        counts.append(count)
        scatters.append(scatter)

    for j, r, c in itertools.product(k, d, d):
        kind = structure.removeprefix("tied ")
        pooled = [[scatters[0][p][q] + scatters[1][p][q] for q in d] for p in d]
        s, count = (pooled, Fraction(n)) if "tied" in structure else (scatters[j], counts[j])
        known = s[r][c] / count
        if kind == "diagonal":
            known = known if r == c else Fraction(0)
        if kind == "spherical":
            known = (s[0][0] + s[1][1] + s[2][2]) / (3 * count) if r == c else Fraction(0)
        assert_close(result.covariances[j][r][c], known)
        assert result.covariances[j][r][c] == result.covariances[j][c][r]


def test_far_points_in_the_plane_do_not_underflow() -> None:
    """At 1e6 sigma ln p is -5e11 - ln(2 pi), to the digits of https://oeis.org/A061444."""
    result = oracle.multivariate_epoch([[0, 1e6]], [1], [[0, 0]], [[[1, 0], [0, 1]]])
    assert result.densities[0][0] > 0
    assert str(result.log_evidence[0]).startswith("-500000000001.837877066409345483560659472811")
    assert result.responsibilities[0][0] == 1


def test_beyond_all_exponents() -> None:
    """At 1e10 sigma densities are 0, even in decimals; ln p and the responsibilities are right.

    With equal determinants ln(beta_1 / beta_2) = ln(alpha_1 / alpha_2) - (Delta_1^2 - Delta_2^2) / 2.
    """
    x, means = [1e6, -1e6], [[0.0, 0.0], [2.0**-40, 0.0]]
    result = oracle.multivariate_epoch([x], WEIGHTS, means, [NEARLY_SINGULAR] * 2)
    assert result.evidence[0] == 0
    first, second = (squared_distance(x, mean, NEARLY_SINGULAR) for mean in means)
    assert first > 10**19
    with decimal.localcontext(WIDE):
        half = (second - first) / 2
        odds = (Decimal(half.numerator) / half.denominator).exp() / 3
        beta = result.responsibilities[0]
        assert_close(beta[0] / beta[1], odds, digits=20)
        assert_close(beta[0] + beta[1], Fraction(1))
        ln_g = -first / 2
        ln_det = result.log_determinants[0]
        ln_first = (
            Decimal(ln_g.numerator) / ln_g.denominator
            - ln_det / 2
            - (2 * PI).ln()
            + Decimal(WEIGHTS[0]).ln()
        )
        assert_close(result.log_evidence[0], ln_first - beta[0].ln(), digits=40)


def test_component_beyond_all_exponents() -> None:
    """A component at 1e10 sigma answers for nothing; the one nearby is not disturbed."""
    x, means = [1e6, -1e6], [[0.0, 0.0], [1e6, -1e6]]
    points = [x, [0.0, 0.0]]
    result = oracle.multivariate_epoch(points, WEIGHTS, means, [NEARLY_SINGULAR] * 2)
    assert result.responsibilities == ((Decimal(0), Decimal(1)), (Decimal(1), Decimal(0)))
    with decimal.localcontext(WIDE):
        for i, j in ((0, 1), (1, 0)):
            assert_close(result.log_evidence[i], result.weighted_densities[i][j].ln())


def test_the_contexts_precision_does_not_matter() -> None:
    """The caller's decimal context does not change the oracle."""
    usual = oracle.multivariate_epoch([[1, 2], [4, 8]], [1], [[0, 0]], [[[3, 1], [1, 7]]])
    with decimal.localcontext(prec=3):
        again = oracle.multivariate_epoch([[1, 2], [4, 8]], [1], [[0, 0]], [[[3, 1], [1, 7]]])
    assert again == usual


@pytest.mark.parametrize(
    "covariance",
    [
        [[1, 2], [2, 4]],
        [[0, 0], [0, 0]],
        [[3, 1, 4], [1, 3, 4], [4, 4, 8]],  # the last row is the sum of the others
        [[1, 2], [2, 1]],
        [[-1, 0], [0, -1]],
    ],
)
def test_singular_and_indefinite_covariances_are_refused(covariance: Rows) -> None:
    """Singularity is decided exactly, also where the elimination meets thirds."""
    zero = [0] * len(covariance)
    with pytest.raises(ValueError, match="a covariance is singular or not positive definite"):
        oracle.multivariate_epoch([zero], [1], [zero], [covariance])


@pytest.mark.parametrize(
    ("points", "weights", "means", "covariances", "message"),
    [
        ([[0]], [1], [[0], [1]], [[[1]]], "of the same number"),
        ([[0]], [1], [[0]], [[[1]], [[1]]], "of the same number"),
        ([[0], [0, 1]], [1], [[0]], [[[1]]], "of the same dimension"),
        ([[0]], [1], [[0, 1]], [[[1]]], "of the same dimension"),
        ([[0, 1]], [1], [[0, 1]], [[[1, 0]]], "of the same dimension"),
        ([[0, 1]], [1], [[0, 1]], [[[1, 0], [0]]], "of the same dimension"),
        ([[]], [1], [[]], [[]], "of the same dimension"),
        ([[0, 1]], [1], [[0, 1]], [[[1, 0.5], [0.25, 1]]], "not symmetric"),
    ],
)
def test_shapes_that_dont_fit_are_refused(
    points: Rows, weights: list[float], means: Rows, covariances: list[Rows], message: str
) -> None:
    """Nothing surplus is ignored."""
    with pytest.raises(ValueError, match=message):
        oracle.multivariate_epoch(points, weights, means, covariances)


def test_unknown_structure() -> None:
    """The message lists the structures that there are."""
    with pytest.raises(ValueError, match=r"full, tied, .*, tied spherical; got 'round'"):
        oracle.multivariate_epoch([[0]], [1], [[0]], [[[1]]], "round")

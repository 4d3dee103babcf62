"""EM where rows miss values: against exact fractions, a closed form, and the theorems."""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, em, missing
from refgmm.arithmetic import Matrix, Vector, columns
from refgmm.cholesky import Decomposition, decomposed
from refgmm.gaussian import MultivariateGaussian
from refgmm.structures import FULL, STRUCTURES, Structure
from refgmm.validation import points as checked_points

from .support import cells

NAN = math.nan

Vectorial = Mixture[MultivariateGaussian]
Rows = tuple[Vector, ...]

EVERY_STRUCTURE = pytest.mark.parametrize("structure", STRUCTURES.values(), ids=list(STRUCTURES))


# Problems


def problem(seed: int, n: int, d: int, k: int, missing_share: float) -> tuple[Rows, Vectorial]:
    """Clusters around distinct centres, values missing here and there, and a mixture to start from.

    Each row keeps a value; the first d + 2 keep all.
    """
    rng = random.Random(seed)
    centres = [[4.0 * ((j + a) % k) for a in range(d)] for j in range(k)]
    rows = []
    for i in range(n):
        common = rng.gauss(0, 1)
        row = [centre + common + rng.gauss(0, 1) for centre in centres[i % k]]
        if i >= d + 2:
            kept = rng.randrange(d)
            row = [
                value if a == kept or rng.random() >= missing_share else NAN
                for a, value in enumerate(row)
            ]
        rows.append(tuple(row))
    return tuple(rows), mixture_near(rng, centres)


def mixture_near(rng: random.Random, centres: Sequence[Sequence[float]]) -> Vectorial:
    """Means near these centres, covariances A A^T + I / 2 with A of random numbers."""
    d = len(centres[0])
    shares = [rng.randint(2, 5) for _ in centres]
    covariances = []
    for _ in centres:
        a = [[rng.gauss(0, 1) for _ in range(d)] for _ in range(d)]
        covariances.append(
            [
                [
                    sum(x * y for x, y in zip(first, second, strict=True)) + 0.5 * (p == q)
                    for q, second in enumerate(a)
                ]
                for p, first in enumerate(a)
            ]
        )
    return Mixture.multivariate(
        [share / sum(shares) for share in shares],
        [[centre + rng.gauss(0, 0.5) for centre in row] for row in centres],
        covariances,
    )


def run(
    points: Rows, start: Vectorial, structure: Structure = FULL, weights: Vector | None = None
) -> Iterator[tuple[Vectorial, em.EStep, Vectorial]]:
    """Epochs for ever: the mixture before, its E step, the mixture after."""
    before = start
    while True:
        e = missing.e_step(points, before, weights)
        m = missing.m_step(points, before, e.responsibilities, structure, weights)
        after = Mixture.multivariate(m.weights, m.means, m.covariances)
        yield before, e, after
        before = after


def fixed_point(points: Rows, start: Vectorial, structure: Structure = FULL) -> Vectorial:
    """Where EM ends: no parameter moves by more than 1e-13 any more."""
    for before, _, after in itertools.islice(run(points, start, structure), 2000):
        old = cells("", (before.weights, before.means, before.covariances))
        new = cells("", (after.weights, after.means, after.covariances))
        if all(abs(a - b) <= 1e-13 for (_, a), (_, b) in zip(old, new, strict=True)):
            return after
    raise AssertionError("EM has not come to rest")


# The truth, in fractions: Gauss's elimination on Sigma_oo, without a Cholesky factor

Exact = list[list[Fraction]]


def fractions_of(rows: Sequence[Sequence[float]]) -> Exact:
    return [[Fraction(value) for value in row] for row in rows]


def eliminated(matrix: Exact, right: Exact) -> tuple[Exact, Fraction]:
    """X with `matrix` X = `right`, and the determinant of `matrix`, which is positive definite."""
    rows = [[*row, *more] for row, more in zip(matrix, right, strict=True)]
    determinant = Fraction(1)
    for p, pivot_row in enumerate(rows):
        determinant *= pivot_row[p]
        pivot_row[:] = [value / pivot_row[p] for value in pivot_row]
        for q, row in enumerate(rows):
            if q != p:
                row[:] = [a - row[p] * b for a, b in zip(row, pivot_row, strict=True)]
    return [row[len(matrix) :] for row in rows], determinant


def block(matrix: Exact, rows: Sequence[int], cols: Sequence[int]) -> Exact:
    return [[matrix[a][b] for b in cols] for a in rows]


def transposed(matrix: Exact) -> Exact:
    return [list(column) for column in zip(*matrix, strict=True)]


def product(left: Exact, right: Exact) -> Exact:
    return [
        [
            sum((a * b for a, b in zip(row, col, strict=True)), Fraction(0))
            for col in transposed(right)
        ]
        for row in left
    ]


def split(x: Vector) -> tuple[list[int], list[int]]:
    """The coordinates that x has, and those that it misses."""
    return (
        [a for a, value in enumerate(x) if not math.isnan(value)],
        [a for a, value in enumerate(x) if math.isnan(value)],
    )


def deviation(x: Vector, mean: Vector, has: list[int]) -> Exact:
    return [[Fraction(x[a]) - Fraction(mean[a])] for a in has]


def marginal_log_density(x: Vector, component: MultivariateGaussian) -> float:
    """Ln of the density of what x has."""
    has, _ = split(x)
    centred = deviation(x, component.mean, has)
    sigma = fractions_of(component.covariance)
    solution, determinant = eliminated(block(sigma, has, has), centred)
    distance = sum(a * b for (a,), (b,) in zip(centred, solution, strict=True))
    return -(float(distance) + math.log(determinant) + len(has) * math.log(2 * math.pi)) / 2


def bayes(x: Vector, mixture: Vectorial) -> tuple[float, list[float]]:
    """Ln p(x_o), and the responsibilities."""
    logs = [
        math.log(weight) + marginal_log_density(x, component)
        for weight, component in zip(mixture.weights, mixture.components, strict=True)
    ]
    largest = max(logs)
    evidence = math.fsum(math.exp(log - largest) for log in logs)
    return largest + math.log(evidence), [math.exp(log - largest) / evidence for log in logs]


def exact_log_likelihood(points: Rows, mixture: Vectorial) -> float:
    return math.fsum(bayes(x, mixture)[0] for x in points)


def expectation(x: Vector, component: MultivariateGaussian) -> tuple[list[Fraction], Exact]:
    """Xhat, (d,), and C, (d, d)."""
    has, misses = split(x)
    d = len(x)
    sigma = fractions_of(component.covariance)
    # the regression of the missing on the rest, transposed: Sigma_oo^-1 Sigma_om
    slopes, _ = eliminated(block(sigma, has, has), block(sigma, has, misses))
    across = block(sigma, misses, has)
    shift = product(transposed(slopes), deviation(x, component.mean, has))
    explained = product(across, slopes)
    xhat = [Fraction(x[a]) if a in has else Fraction(component.mean[a]) for a in range(d)]
    c = [[Fraction(0)] * d for _ in range(d)]
    for p, a in enumerate(misses):
        xhat[a] += shift[p][0]
        for q, b in enumerate(misses):
            c[a][b] = sigma[a][b] - explained[p][q]
    return xhat, c


def exact_m_step(
    points: Rows,
    mixture: Vectorial,
    responsibilities: Matrix,
    structure: str,
    point_weights: Vector,
) -> dict[str, Any]:
    """The fields of em.MStep, in fractions."""
    n, d, k = len(points), len(points[0]), len(mixture.weights)
    at = range(d)
    beta = [
        [Fraction(weight) * Fraction(value) for value in row]
        for weight, row in zip(point_weights, responsibilities, strict=True)
    ]
    counts = [sum((beta[i][j] for i in range(n)), Fraction(0)) for j in range(k)]
    expected = [[expectation(x, component) for component in mixture.components] for x in points]
    weighted = [
        [[beta[i][j] * value for value in expected[i][j][0]] for j in range(k)] for i in range(n)
    ]
    sums = [[sum(weighted[i][j][a] for i in range(n)) for a in at] for j in range(k)]
    means = [[value / counts[j] for value in sums[j]] for j in range(k)]

    def square(i: int, j: int, a: int, b: int) -> Fraction:
        xhat, c = expected[i][j]
        return beta[i][j] * ((xhat[a] - means[j][a]) * (xhat[b] - means[j][b]) + c[a][b])

    squares = [[[[square(i, j, a, b) for b in at] for a in at] for j in range(k)] for i in range(n)]
    scatters = [
        [[sum(squares[i][j][a][b] for i in range(n)) for b in at] for a in at] for j in range(k)
    ]
    if "tied" in structure:
        pooled = [[sum(scatters[j][a][b] for j in range(k)) / sum(counts) for b in at] for a in at]
        covariances = [pooled] * k
    else:
        covariances = [[[v / counts[j] for v in row] for row in scatters[j]] for j in range(k)]
    if "diagonal" in structure:
        covariances = [[[s[a][b] * (a == b) for b in at] for a in at] for s in covariances]
    if "spherical" in structure:
        covariances = [
            [[sum(s[c][c] for c in at) / d * (a == b) for b in at] for a in at] for s in covariances
        ]
    return {
        "effective_counts": counts,
        "weighted_points": weighted,
        "weighted_point_sums": sums,
        "means": means,
        "weighted_squared_deviations": squares,
        "weighted_squared_deviation_sums": scatters,
        "covariances": covariances,
        "weights": [count / sum(map(Fraction, point_weights)) for count in counts],
    }


def assert_near(computed: Any, exact: Any, slack: float) -> None:
    """Nested numbers agree to `slack`, of values of size 1."""
    if isinstance(exact, list):
        assert len(computed) == len(exact)
        for a, b in zip(computed, exact, strict=True):
            assert_near(a, b, slack)
    else:
        assert abs(Fraction(computed) - Fraction(exact)) <= slack, (computed, float(exact))


# Without nan


@EVERY_STRUCTURE
@pytest.mark.parametrize("weighted", [False, True])
def test_without_nan_every_number_is_ems(structure: Structure, weighted: bool) -> None:
    """Where nothing is missing, both steps give em's bits."""
    points, mixture = problem(seed=1, n=20, d=3, k=2, missing_share=0.0)
    weights = tuple(0.5 + i / 7 for i in range(len(points))) if weighted else None
    e = missing.e_step(points, mixture, weights)
    assert repr(e) == repr(em.e_step(points, mixture, weights))
    m = missing.m_step(points, mixture, e.responsibilities, structure, weights)
    assert repr(m) == repr(em.m_step(points, e.responsibilities, structure, weights))


def test_without_nan_even_the_signs_of_zeros_are_ems() -> None:
    """(1, 1) deviates from the mean, (1, 3), by (0, -2): the product is -0.0, and stays so."""
    mixture = Mixture.multivariate([1], [[0, 0]], [[[1, 0], [0, 1]]])
    points = ((0.0, 4.0), (2.0, 4.0), (1.0, 1.0))
    m = missing.m_step(points, mixture, ((1.0,),) * 3)
    assert repr(m.weighted_squared_deviations[2]) == "(((0.0, -0.0), (-0.0, 4.0)),)"
    assert repr(m) == repr(em.m_step(points, ((1.0,),) * 3))


def test_complete_rows_among_others_keep_ems_numbers() -> None:
    """A row that has everything is treated as em treats it, whatever its neighbours miss."""
    points, mixture = problem(seed=2, n=20, d=3, k=2, missing_share=0.5)
    complete = [i for i, x in enumerate(points) if not split(x)[1]]
    assert 0 < len(complete) < len(points)
    e = missing.e_step(points, mixture)
    m = missing.m_step(points, mixture, e.responsibilities)
    e_alone = em.e_step([points[i] for i in complete], mixture)
    m_alone = em.m_step([points[i] for i in complete], e_alone.responsibilities)
    assert e.log_determinants == e_alone.log_determinants
    for name in (
        *("mahalanobis_distances", "standard_densities", "densities"),
        *("weighted_densities", "evidence", "log_evidence", "responsibilities"),
    ):
        assert tuple(getattr(e, name)[i] for i in complete) == getattr(e_alone, name)
    assert tuple(m.weighted_points[i] for i in complete) == m_alone.weighted_points


# By hand


def test_two_rows_by_hand() -> None:
    """Sigma = (4 2; 2 5), mu = 0. Of (2, ?): yhat = 2/4 2 = 1, C = 5 - 2 2/4 = 4. Of (?, 5):
    xhat = 2/5 5 = 2, C = 4 - 2 2/5 = 3.2. Their mean is (2, 3), and so on.
    """
    mixture = Mixture.multivariate([1.0], [[0.0, 0.0]], [[[4.0, 2.0], [2.0, 5.0]]])
    points = ((2.0, NAN), (NAN, 5.0))
    e = missing.e_step(points, mixture)
    assert e.responsibilities == ((1.0,), (1.0,))
    assert e.mahalanobis_distances == ((1.0,), (math.sqrt(5.0),))  # 2 / 2, 5 / sqrt 5
    assert e.evidence[0] == pytest.approx(math.exp(-1 / 2) / math.sqrt(8 * math.pi), rel=1e-15)
    assert e.evidence[1] == pytest.approx(math.exp(-5 / 2) / math.sqrt(10 * math.pi), rel=1e-15)
    assert e.log_determinants[0] == pytest.approx(math.log(16.0), rel=1e-15)
    m = missing.m_step(points, mixture, e.responsibilities)
    assert m.weighted_points[0] == ((2.0, 1.0),)
    assert m.weighted_points[1][0] == pytest.approx((2.0, 5.0), rel=1e-15)
    assert m.means[0] == pytest.approx((2.0, 3.0), rel=1e-15)
    assert m.weighted_squared_deviations[0] == (((0.0, 0.0), (0.0, 8.0)),)  # (1 - 3)^2 + 4
    assert_near(m.weighted_squared_deviations[1], [[[3.2, 0.0], [0.0, 4.0]]], 1e-15)
    assert_near(m.covariances, [[[1.6, 0.0], [0.0, 6.0]]], 1e-15)
    assert m.weights == (1.0,)


@pytest.mark.parametrize("seed", range(4))
def test_em_reaches_the_closed_form_of_a_monotone_pattern(seed: int) -> None:
    """One bivariate normal, y missing in some rows: the likelihood factors into p(x), from all
    rows, and p(y | x), from the complete ones (Little and Rubin 2002, section 7.2.1).
    """
    rng = random.Random(seed)
    complete = [
        (Fraction(rng.randint(-40, 40), 8), Fraction(rng.randint(-40, 40), 8)) for _ in "abcdef"
    ]
    only_x = [Fraction(rng.randint(-80, 80), 8) for _ in range(3)]

    def mean(values: Sequence[Fraction]) -> Fraction:
        return sum(values, Fraction(0)) / len(values)

    def covariance(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
        return mean([(x - mean(a)) * (y - mean(b)) for x, y in zip(a, b, strict=True)])

    xs, ys = zip(*complete, strict=True)
    all_x = [*xs, *only_x]
    slope = covariance(xs, ys) / covariance(xs, xs)
    residual = covariance(ys, ys) - slope * covariance(xs, ys)
    mean_y = mean(ys) + slope * (mean(all_x) - mean(xs))
    s_xx = covariance(all_x, all_x)
    s_xy, s_yy = slope * s_xx, residual + slope * slope * s_xx

    points = (*((float(x), float(y)) for x, y in complete), *((float(x), NAN) for x in only_x))
    start = Mixture.multivariate([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
    found = fixed_point(points, start)
    assert_near(found.means, [[mean(all_x), mean_y]], 1e-11)
    assert_near(found.covariances, [[[s_xx, s_xy], [s_xy, s_yy]]], 1e-11)


# Against fractions


@EVERY_STRUCTURE
@pytest.mark.parametrize(("d", "k", "weighted"), [(2, 3, False), (3, 2, True), (4, 2, False)])
def test_the_m_step_agrees_with_fractions(
    structure: Structure, d: int, k: int, weighted: bool
) -> None:
    """Every number of the M step has 13 digits of the exact one, from the same responsibilities.

    Values are of size 10, squares of size 100, sums of size 1000: 13 digits of those.
    """
    points, mixture = problem(seed=10 * d + k, n=14, d=d, k=k, missing_share=0.6)
    assert len({tuple(split(x)[0]) for x in points}) > 2
    weights = tuple(float(1 + i % 3) for i in range(len(points)))
    beta = missing.e_step(points, mixture).responsibilities
    m = missing.m_step(points, mixture, beta, structure, weights if weighted else None)
    used = weights if weighted else (1.0,) * len(points)
    for name, exact in exact_m_step(points, mixture, beta, structure.name, used).items():
        assert_near(getattr(m, name), exact, 1e-13 * (1000 if "sum" in name else 100))


@pytest.mark.parametrize(("d", "k"), [(2, 2), (3, 3), (4, 2)])
def test_the_e_step_is_bayes_rule_with_marginal_densities(d: int, k: int) -> None:
    """Densities are those of Sigma_oo, computed otherwise; the log-likelihood is the sum of logs."""
    points, mixture = problem(seed=d, n=20, d=d, k=k, missing_share=0.6)
    e = missing.e_step(points, mixture)
    for i, x in enumerate(points):
        log_evidence, responsibilities = bayes(x, mixture)
        densities = [math.exp(marginal_log_density(x, c)) for c in mixture.components]
        assert e.densities[i] == pytest.approx(densities, rel=1e-12, abs=0)
        assert e.log_evidence[i] == pytest.approx(log_evidence, abs=1e-12)
        assert e.responsibilities[i] == pytest.approx(responsibilities, rel=1e-12, abs=0)
    assert e.log_likelihood == pytest.approx(exact_log_likelihood(points, mixture), rel=1e-14)
    weights = tuple(float(i % 4) for i in range(len(points)))
    weighted = math.fsum(w * bayes(x, mixture)[0] for w, x in zip(weights, points, strict=True))
    assert missing.e_step(points, mixture, weights).log_likelihood == pytest.approx(weighted)


def test_an_incomplete_row_far_away_is_weighed_by_logarithms() -> None:
    """Where the evidence underflows, logarithms serve, as for complete rows."""
    mixture = Mixture.multivariate(
        [0.5, 0.5], [[0, 0], [1, 0]], [[[1, 0], [0, 1]], [[1, 0.5], [0.5, 2]]]
    )
    x = (300.0, NAN)
    e = missing.e_step((x,), mixture)
    log_evidence, responsibilities = bayes(x, mixture)
    assert e.evidence == (0.0,)
    assert e.log_evidence[0] == pytest.approx(log_evidence, rel=1e-14)
    assert e.responsibilities[0] == pytest.approx(responsibilities, rel=1e-9, abs=0)


def test_nearly_dependent_coordinates_keep_their_conditional_variance() -> None:
    """Correlation 1 - 2^-40: C = 2^-39 - 2^-80 is lost as a difference, and kept by the factor."""
    rho = 1 - 2.0**-40
    mixture = Mixture.multivariate([1.0], [[0.0, 0.0]], [[[1.0, rho], [rho, 1.0]]])
    m = missing.m_step(((1.0, NAN),), mixture, ((1.0,),))
    variance = m.covariances[0][1][1]
    assert variance == pytest.approx(float(1 - Fraction(rho) ** 2), rel=1e-15, abs=0)


# Theorems


@EVERY_STRUCTURE
@pytest.mark.parametrize(("d", "k"), list(itertools.product([2, 3, 4], [2, 3])))
def test_the_log_likelihood_of_what_was_seen_never_falls(
    structure: Structure, d: int, k: int
) -> None:
    """Dempster, Laird and Rubin 1977, theorem 1, for each structure and random patterns.

    The slack is rounding: covariances here have condition numbers up to 1e2, and a log density
    of size 10 then has 12 digits.
    """
    points, start = problem(seed=100 * d + k, n=15 * k, d=d, k=k, missing_share=0.5)
    before = -math.inf
    for _, e, _ in itertools.islice(run(points, start, structure), 10):
        slack = 1e-12 * sum(1 + abs(value) for value in e.log_evidence)
        assert e.log_likelihood >= before - slack
        before = e.log_likelihood


def symmetric_units(d: int) -> Iterator[Matrix]:
    """The symmetric matrices with one entry 1, or two opposite each other, and else 0."""
    for a, b in itertools.combinations_with_replacement(range(d), 2):
        yield tuple(tuple(float({p, q} == {a, b}) for q in range(d)) for p in range(d))


def directions(mixture: Vectorial, structure: Structure) -> Iterator[Callable[[float], Vectorial]]:
    """How the parameters of a structure may move: for each, the mixture moved by h."""
    k, d = len(mixture.weights), len(mixture.means[0])

    def moved_weights(h: float) -> Vectorial:
        weights = (mixture.weights[0] + h, mixture.weights[1] - h, *mixture.weights[2:])
        return Mixture.multivariate(weights, mixture.means, mixture.covariances)

    yield moved_weights
    for j, a in itertools.product(range(k), range(d)):

        def moved_mean(h: float, j: int = j, a: int = a) -> Vectorial:
            means = [list(mean) for mean in mixture.means]
            means[j][a] += h
            return Mixture.multivariate(mixture.weights, means, mixture.covariances)

        yield moved_mean
    groups = [range(k)] if structure.is_shared else [range(j, j + 1) for j in range(k)]
    kept = {structure.keep(unit) for unit in symmetric_units(d)}
    for group, allowed in itertools.product(groups, [unit for unit in kept if any(map(any, unit))]):

        def moved_covariance(
            h: float, group: range = group, allowed: Matrix = allowed
        ) -> Vectorial:
            covariances = [
                [
                    [value + h * (j in group) * more for value, more in zip(*rows, strict=True)]
                    for rows in zip(covariance, allowed, strict=True)
                ]
                for j, covariance in enumerate(mixture.covariances)
            ]
            return Mixture.multivariate(mixture.weights, mixture.means, covariances)

        yield moved_covariance


def gradient(points: Rows, mixture: Vectorial, structure: Structure) -> list[float]:
    """The derivatives of the exact log-likelihood, by differences of the fourth order."""

    def derivative(moved: Callable[[float], Vectorial], h: float = 1e-3) -> float:
        values = {step: exact_log_likelihood(points, moved(step * h)) for step in (-2, -1, 1, 2)}
        return (8 * (values[1] - values[-1]) - (values[2] - values[-2])) / (12 * h)

    return [derivative(moved) for moved in directions(mixture, structure)]


@EVERY_STRUCTURE
def test_where_em_rests_the_gradient_is_zero(structure: Structure) -> None:
    """A fixed point of EM is a stationary point of the log-likelihood of what was seen.

    Differences of the fourth order miss h^4 of the fifth derivative, up to 1e-12 times 1e5.
    """
    points, start = problem(seed=5, n=16, d=2, k=2, missing_share=0.4)
    assert sum(1 for x in points if split(x)[1]) >= 4
    found = fixed_point(points, start, structure)
    at_rest = gradient(points, found, structure)
    assert len(at_rest) == structure.free_parameters(2, 2)
    assert max(map(abs, at_rest)) < 1e-6
    start_of_structure = next(run(points, start, structure))[2]
    assert max(map(abs, gradient(points, start_of_structure, structure))) > 0.1


def test_a_row_counts_as_often_as_its_weight_says() -> None:
    """Point weights are repetitions, but for the rounding of longer sums."""
    points, mixture = problem(seed=7, n=12, d=3, k=2, missing_share=0.6)
    weights = tuple(float(i % 3) for i in range(len(points)))
    repeated = tuple(x for x, w in zip(points, weights, strict=True) for _ in range(int(w)))
    one, other = (
        missing.m_step(rows, mixture, missing.e_step(rows, mixture).responsibilities, FULL, w)
        for rows, w in [(points, weights), (repeated, None)]
    )
    for name in ("effective_counts", "means", "covariances", "weights"):
        values, expected = cells(name, getattr(one, name)), cells(name, getattr(other, name))
        assert dict(values) == pytest.approx(dict(expected), rel=1e-13, abs=1e-13)


def test_new_covariances_are_symmetric_to_the_last_bit() -> None:
    """Whatever is missing; also where the given covariance is so only up to rounding."""
    points, start = problem(seed=8, n=20, d=4, k=2, missing_share=0.6)
    skewed = [[list(row) for row in matrix] for matrix in start.covariances]
    for matrix in skewed:
        for a, b in itertools.combinations(range(4), 2):
            matrix[a][b] = math.nextafter(matrix[b][a], math.inf)
    mixture = Mixture.multivariate(start.weights, start.means, skewed)
    assert any(matrix != columns(matrix) for matrix in mixture.covariances)
    e = missing.e_step(points, mixture)
    m = missing.m_step(points, mixture, e.responsibilities)
    for matrix in (*m.covariances, *itertools.chain(*m.weighted_squared_deviations)):
        assert matrix == columns(matrix)
    mirrored = Mixture.multivariate(
        start.weights,
        start.means,
        [[[matrix[max(a, b)][min(a, b)] for b in range(4)] for a in range(4)] for matrix in skewed],
    )
    assert m == missing.m_step(points, mirrored, e.responsibilities)  # below the diagonal counts


def test_rows_with_the_same_pattern_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """One Cholesky factor for each pattern and component, however many rows there are."""
    mixture = Mixture.multivariate([0.5, 0.5], [[0, 0], [1, 1]], [[[1, 0], [0, 1]]] * 2)
    points = ((1.0, NAN), (NAN, 2.0), (3.0, 4.0)) * 10
    factored: list[Matrix] = []

    def counting(matrix: Matrix) -> Decomposition:
        factored.append(matrix)
        return decomposed(matrix)

    monkeypatch.setattr("refgmm.cholesky.decomposed", counting)
    e = missing.e_step(points, mixture)
    assert len(factored) == 3 * 2
    missing.m_step(points, mixture, e.responsibilities)
    assert len(factored) == 2 * 3 * 2


# Where much is missing


def test_a_row_that_has_one_coordinate_of_four() -> None:
    """It is weighed by that one, and the other three follow it by their regressions on it."""
    points, mixture = problem(seed=9, n=8, d=4, k=2, missing_share=0.5)
    x = (NAN, NAN, 2.5, NAN)
    e = missing.e_step((x,), mixture)
    for j, component in enumerate(mixture.components):
        mean, variance = component.mean[2], component.covariance[2][2]
        density = math.exp(-((2.5 - mean) ** 2) / (2 * variance)) / math.sqrt(
            2 * math.pi * variance
        )
        assert e.densities[0][j] == pytest.approx(density, rel=1e-14)
    m = missing.m_step((x, *points), mixture, ((1.0, 1.0), *e.responsibilities * len(points)))
    for j, component in enumerate(mixture.components):
        row = component.covariance[2]
        by_hand = [
            component.mean[a] + row[a] / row[2] * (2.5 - component.mean[2]) for a in range(4)
        ]
        assert m.weighted_points[0][j] == pytest.approx(by_hand, rel=1e-13)


def test_a_coordinate_that_a_whole_cluster_misses_keeps_its_regression() -> None:
    """Nothing seen tells how it hangs on the others, so EM leaves the start's conditional law:
    the slopes Sigma_mo Sigma_oo^-1, the intercept, and the covariance given the others.
    """
    rng = random.Random(11)
    full = [(rng.gauss(100, 1), rng.gauss(100, 1), rng.gauss(100, 1)) for _ in range(8)]
    short = [(rng.gauss(0, 2), rng.gauss(0, 1), NAN) for _ in range(8)]
    start = mixture_near(rng, [[100.0, 100.0, 100.0], [0.0, 0.0, 0.0]])
    points = (*full, *short)
    epochs = list(itertools.islice(run(points, start), 5))
    for _, e, _ in epochs:
        assert all(row[1] < 1e-100 for row in e.responsibilities[:8])
        assert all(row[0] < 1e-100 for row in e.responsibilities[8:])
    old, new = start.components[1], epochs[-1][2].components[1]
    assert new.covariance[0][0] != pytest.approx(old.covariance[0][0], rel=0.1)
    for x in [(0.0, 0.0, NAN), (1.0, 0.0, NAN), (0.0, 1.0, NAN)]:
        (xhat, c), (expected, expected_c) = expectation(x, new), expectation(x, old)
        assert_near(xhat, expected, 1e-12)
        assert_near(c, expected_c, 1e-12)


# Rows filled in


def by_precisions(x: Vector, component: MultivariateGaussian) -> list[Fraction]:
    """E[x_m | x_o] = mu_m - Lambda_mm^-1 Lambda_mo (x_o - mu_o), where Lambda = Sigma^-1."""
    has, misses = split(x)
    d = len(x)
    unit = [[Fraction(a == b) for b in range(d)] for a in range(d)]
    precision, _ = eliminated(fractions_of(component.covariance), unit)
    pull = product(block(precision, misses, has), deviation(x, component.mean, has))
    shift, _ = eliminated(block(precision, misses, misses), pull)
    xhat = [Fraction(x[a]) if a in has else Fraction(component.mean[a]) for a in range(d)]
    for a, (value,) in zip(misses, shift, strict=True):
        xhat[a] -= value
    return xhat


@pytest.mark.parametrize(("d", "k"), [(2, 3), (3, 2), (4, 2)])
def test_completed_rows_hold_conditional_expectations(d: int, k: int) -> None:
    """What a row has stays, bit for bit; the rest is as precision matrices give it."""
    points, mixture = problem(seed=20 + d, n=12, d=d, k=k, missing_share=0.6)
    filled = missing.completed(points, mixture)
    assert any(split(x)[1] for x in points)
    for x, row in zip(points, filled, strict=True):
        has, misses = split(x)
        _, responsibilities = bayes(x, mixture)
        expected = [by_precisions(x, component) for component in mixture.components]
        assert [row[a].hex() for a in has] == [x[a].hex() for a in has]
        for a in misses:
            blended = math.fsum(
                beta * float(xhat[a]) for beta, xhat in zip(responsibilities, expected, strict=True)
            )
            assert row[a] == pytest.approx(blended, rel=1e-12, abs=1e-12)


def test_completed_takes_anything_iterable_of_rows() -> None:
    """Lists, generators, ints and numbers of other libraries, as everywhere."""
    mixture = Mixture.multivariate([1], [[0, 0]], [[[1, 0.5], [0.5, 1]]])
    rows: Iterator[Any] = (iter(row) for row in ((Fraction(1), NAN), (2, 3)))
    assert missing.completed(rows, mixture) == ((1.0, 0.5), (2.0, 3.0))


def test_what_can_not_be_filled_in_is_refused() -> None:
    """Rows without a value, rows of another length, and a mixture in one dimension."""
    mixture = Mixture.multivariate([1], [[0, 0]], [[[1, 0], [0, 1]]])
    with pytest.raises(InvalidValueError) as error:
        missing.completed([[1, 2], [NAN, NAN]], mixture)
    assert str(error.value) == "point 2 has no value at all: leave it out"
    assert (error.value.field, error.value.index) == ("points", 1)
    with pytest.raises(InvalidValueError, match=r"have 3 coordinates each.* 2 coordinates"):
        missing.completed([[1, 2, NAN]], mixture)
    line: Any = Mixture.univariate([1], [0], [1])
    points: Any = (1.0, NAN)
    message = (
        "the mixture is of one dimension, where a point that misses its value says nothing: "
        "leave such points out"
    )
    calls: list[Callable[[], object]] = [
        lambda: missing.e_step(points, line),
        lambda: missing.m_step(points, line, ((1.0,), (1.0,))),
        lambda: missing.completed(points, line),
    ]
    for call in calls:
        with pytest.raises(InvalidValueError) as error:
            call()
        assert str(error.value) == message
    nothing: Any = None
    with pytest.raises(InvalidValueError, match="mixture must be a Mixture, got None: give the"):
        missing.completed([[1, NAN]], nothing)


def test_lengths_must_agree() -> None:
    """As many rows of responsibilities as points, as em.m_step asks."""
    mixture = Mixture.multivariate([1], [[0, 0]], [[[1, 0], [0, 1]]])
    with pytest.raises(ValueError, match="zip"):
        missing.m_step(((1.0, NAN), (1.0, 2.0)), mixture, ((1.0,),))


# What counts as missing


def test_validation_keeps_nan_on_request() -> None:
    """Nan of any library, in a row that has something else."""
    rows = checked_points([[1, NAN], [Decimal("nan"), 2]], may_miss=True)
    assert [[math.isnan(value) for value in row] for row in rows] == [[False, True], [True, False]]
    assert all(type(value) is float for row in rows for value in row)


@pytest.mark.parametrize(
    ("points", "message", "index"),
    [
        ([[1, 2], [NAN, NAN]], "point 2 has no value at all: leave it out", 1),
        ([[NAN]], "point 1 has no value at all: leave it out", 0),
        (
            [1.0, NAN],
            "point 2 must be a finite number, got nan: correct it or leave it out",
            1,
        ),
        (
            [[1, math.inf]],
            "coordinate 2 of point 1 must be a finite number, got inf: correct it or leave it out",
            0,
        ),
        (
            [[1, 10**400]],
            "coordinate 2 of point 1 must be a finite number, "
            f"got {'1' + 36 * '0'}...: correct it or leave it out",
            0,
        ),
        (
            [[1, None]],
            "coordinate 2 of point 1 must be a number, got None: give a number such as 0.9",
            0,
        ),
    ],
)
def test_what_may_not_be_missing(points: Any, message: str, index: int) -> None:
    """Rows without any value, points in one dimension, and what is no nan, are refused."""
    with pytest.raises(InvalidValueError) as error:
        checked_points(points, may_miss=True)
    assert str(error.value) == message
    assert (error.value.field, error.value.index) == ("points", index)


@pytest.mark.parametrize("value", [NAN, Decimal("nan")])
def test_missing_values_are_an_error_by_default(value: Any) -> None:
    """The message names the row and the coordinate, and how to keep missing values."""
    with pytest.raises(InvalidValueError) as error:
        checked_points([[1, 2], [3, value]])
    assert str(error.value) == (
        f"coordinate 2 of point 2 must be a finite number, got {value!r}: correct it, leave the "
        'point out, or keep missing values with missing="keep" in refgmm.fit '
        '(missing="error" is its default)'
    )
    assert (error.value.field, error.value.index) == ("points", 1)

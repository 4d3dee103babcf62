"""Standard errors against closed forms, exact derivatives, symmetries and a simulation."""

import dataclasses
import decimal
import math
import random
import re
import statistics
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, StandardErrors, standard_errors
from refgmm.arithmetic import as_matrix, as_vector
from refgmm.estimation import Fixed
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.information import observed_information
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, Gain
from refgmm.structures import STRUCTURES

NAN = math.nan
TIGHT = (Gain(1e-12), Epochs(20_000))
SAMPLE_WEIGHTS = [1.0, 2.5, 0.75, 1.0, 0.0, 3.0, 1.25, 1.0, 0.5]


def close(value: float, expected: float, digits: float = 12) -> bool:
    return math.isclose(value, expected, rel_tol=10.0**-digits)


def two_clouds(seed: int, n: int, d: int) -> list[list[float]]:
    """n points, a third of them around (4, ..., 4), the others around the origin and wider."""
    rng = random.Random(seed)
    return [
        [rng.gauss(4.0, 0.7) if 3 * i < n else rng.gauss(0.0, 1.2) for _ in range(d)]
        for i in range(n)
    ]


def fitted(points: Sequence[Any], start: Any = 2, **choices: Any) -> FitResult:
    result = fit(points, start, stop=TIGHT, **choices)
    assert result.converged
    return result


# The derivatives, exactly: differences of a log-likelihood with 60 digits, along the parameters
# that the names spell. It shares no code with refgmm.

DIGITS = decimal.Context(prec=60)
STEP = Decimal("1e-20")  # the error of a difference is of its order
PI = Decimal(
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899863"
)

Weights = list[Decimal]
Means = list[list[Decimal]]
Covariances = list[list[list[Decimal]]]
Parameters = tuple[Weights, Means, Covariances]


def log_density(
    x: Sequence[float], mean: list[Decimal], covariance: list[list[Decimal]]
) -> Decimal:
    """ln g of what x has, by eliminating one coordinate after the other from [Sigma | x - mu]."""
    has = [a for a, value in enumerate(x) if not math.isnan(value)]
    rows = [[*(covariance[a][b] for b in has), Decimal(x[a]) - mean[a]] for a in has]
    result = Decimal(0)
    while rows:
        pivot, *rest = rows
        result -= (pivot[-1] * pivot[-1] / pivot[0] + (2 * PI * pivot[0]).ln()) / 2
        rows = [
            [entry - row[0] / pivot[0] * above for entry, above in zip(row, pivot, strict=True)][1:]
            for row in rest
        ]
    return result


def weighted_densities(x: Any, parameters: Parameters) -> list[Decimal]:
    row = x if isinstance(x, list | tuple) else [x]
    return [
        weight * log_density(row, mean, covariance).exp()
        for weight, mean, covariance in zip(*parameters, strict=True)
    ]


def log_likelihood(
    points: Sequence[Any], sample_weights: Sequence[float], parameters: Parameters
) -> Decimal:
    return sum(
        (
            Decimal(w) * sum(weighted_densities(x, parameters), Decimal(0)).ln()
            for x, w in zip(points, sample_weights, strict=True)
        ),
        Decimal(0),
    )


def in_decimals(mixture: Mixture[Any]) -> Parameters:
    return (
        [Decimal(weight) for weight in mixture.weights],
        [[Decimal(value) for value in as_vector(mean)] for mean in mixture.means],
        [
            [[Decimal(value) for value in row] for row in as_matrix(covariance)]
            for covariance in mixture.covariances
        ],
    )


def moved(parameters: Parameters, names: Sequence[str], last: int) -> Parameters:
    """The parameters with each of those named larger by STEP; `last` makes up for the weights."""
    weights, means, covariances = (
        list(parameters[0]),
        [list(row) for row in parameters[1]],
        [[list(row) for row in matrix] for matrix in parameters[2]],
    )
    for name in names:
        match = re.fullmatch(
            r"(alpha|mu|Sigma|sigma)(?:_(\d+))?(?:\[(\d+)(?:,(\d+))?\])?(\^2)?", name
        )
        assert match, name
        kind, component, row, column, _ = match.groups()
        components = [int(component) - 1] if component else range(len(weights))
        for j in components:
            if kind == "alpha":
                weights[j] += STEP
                weights[last] -= STEP
            elif kind == "mu":
                means[j][int(row or 1) - 1] += STEP
            elif kind == "Sigma":
                for a, b in {(int(row) - 1, int(column) - 1), (int(column) - 1, int(row) - 1)}:
                    covariances[j][a][b] += STEP
            else:
                for a in range(len(means[j])):
                    covariances[j][a][a] += STEP
    return weights, means, covariances


def exact_derivatives(
    points: Sequence[Any],
    sample_weights: Sequence[float],
    mixture: Mixture[Any],
    names: Sequence[str],
    last: int,
) -> tuple[list[float], list[list[float]]]:
    """The gradient, and minus the second derivative, of the log-likelihood."""
    with decimal.localcontext(DIGITS):
        at = in_decimals(mixture)

        def value(*steps: str) -> Decimal:
            return log_likelihood(points, sample_weights, moved(at, steps, last))

        here = value()
        single = {name: value(name) for name in names}
        information = [[NAN] * len(names) for _ in names]
        for s, one in enumerate(names):
            for t, other in enumerate(names[: s + 1]):
                difference = value(one, other) - single[one] - single[other] + here
                information[s][t] = information[t][s] = float(-difference / STEP / STEP)
        return [float((single[name] - here) / STEP) for name in names], information


def random_covariance(rng: random.Random, d: int) -> list[list[float]]:
    """A A^T + I / 2."""
    a = [[rng.uniform(-1, 1) for _ in range(d)] for _ in range(d)]
    return [
        [
            sum(p * q for p, q in zip(a[r], a[c], strict=True)) + (0.5 if r == c else 0.0)
            for c in range(d)
        ]
        for r in range(d)
    ]


def random_mixture(rng: random.Random, k: int, d: int | None, structure: str) -> Mixture[Any]:
    """Any mixture of the structure; no maximum of anything. d None: of numbers."""
    shares = [rng.uniform(0.5, 1.5) for _ in range(k)]
    weights = [share / sum(shares) for share in shares]
    means: list[Any] = [tuple(rng.uniform(-1, 1) for _ in range(d or 1)) for _ in range(k)]
    covariances: list[Any] = [tuple(map(tuple, random_covariance(rng, d or 1))) for _ in range(k)]
    if d is None:
        means = [mean[0] for mean in means]
        covariances = [covariance[0][0] for covariance in covariances]
    of_structure = STRUCTURES[structure].estimate(covariances, (1.0,) * k)
    return Mixture.of_parameters(weights, means, of_structure)


def result_at(points: Sequence[Any], mixture: Mixture[Any], **choices: Any) -> FitResult:
    """A fit that goes no further than its start. Missing values: with the exact responsibilities."""

    def complete(x: Any) -> Any:
        return [0.0 if math.isnan(value) else value for value in x] if isinstance(x, list) else x

    result = fit(list(map(complete, points)), mixture, on_epoch=lambda _: True, **choices)
    assert result.mixture is mixture
    with decimal.localcontext(DIGITS):
        rows = [weighted_densities(x, in_decimals(mixture)) for x in points]
        betas = tuple(tuple(float(value / sum(row)) for value in row) for row in rows)
    return dataclasses.replace(result, rows=betas)


def assert_derivatives(points: Sequence[Any], result: FitResult, last: int) -> None:
    """Gradient and information are the exact ones to 12 digits of what they are added up from."""
    information = observed_information(points, result)
    names = [parameter.name for parameter in information.parameters]
    sample_weights = result.point_weights or [1.0] * len(points)
    gradient, matrix = exact_derivatives(points, sample_weights, result.mixture, names, last)
    found_gradient, found = information.gradient(), information.matrix()
    size = [math.sqrt(max(abs(row[t]), 0.1)) for t, row in enumerate(matrix)]
    assert len(names) == result.free_parameters == len(set(names))
    for s, row in enumerate(matrix):
        assert abs(found_gradient[s] - gradient[s]) <= 1e-12 * size[s] * len(points), names[s]
        for t, expected in enumerate(row):
            error = abs(found[s][t] - expected)
            assert error <= 1e-12 * size[s] * size[t] * len(points), (names[s], names[t])


def random_points(rng: random.Random, d: int | None) -> list[Any]:
    n = len(SAMPLE_WEIGHTS)
    if d is None:
        return [rng.uniform(-2, 2) for _ in range(n)]
    return [[rng.uniform(-2, 2) for _ in range(d)] for _ in range(n)]


CASES = [(structure, k, d) for structure in STRUCTURES for k, d in ((2, 1), (3, 2), (2, 3))]


@pytest.mark.parametrize(("structure", "k", "d"), CASES)
def test_the_information_is_minus_the_second_derivative(structure: str, k: int, d: int) -> None:
    """In every structure, also with sample weights and missing values; the gradient is right, too."""
    rng = random.Random(f"{structure} {k} {d}")
    points = random_points(rng, d)
    mixture = random_mixture(rng, k, d, structure)
    if d > 1:
        for i, row in enumerate(points[:5]):
            row[i % d] = NAN
    result = result_at(points, mixture, structure=structure, sample_weights=SAMPLE_WEIGHTS)
    assert_derivatives(points, result, last=k - 1)


@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize("k", [2, 3])
def test_the_information_of_numbers(structure: str, k: int) -> None:
    """Where points are numbers, variances are."""
    rng = random.Random(k)
    points = random_points(rng, None)
    mixture = random_mixture(rng, k, None, structure)
    assert_derivatives(points, result_at(points, mixture, structure=structure), last=k - 1)


@pytest.mark.parametrize(
    ("choices", "last", "names"),
    [
        (
            {"fixed": Fixed(means=[1], covariances=[0])},
            2,
            "alpha_1 alpha_2 mu_1[1] mu_1[2] mu_3[1] mu_3[2] "
            "Sigma_2[1,1] Sigma_2[2,1] Sigma_2[2,2] Sigma_3[1,1] Sigma_3[2,1] Sigma_3[2,2]",
        ),
        (
            {"fixed": Fixed(weights=[2], means="all"), "structure": "diagonal"},
            1,
            "alpha_1 Sigma_1[1,1] Sigma_1[2,2] Sigma_2[1,1] Sigma_2[2,2] Sigma_3[1,1] Sigma_3[2,2]",
        ),
        (
            {"fixed": Fixed(weights=[0, 2], means=[0, 1]), "structure": "tied"},
            1,
            "mu_3[1] mu_3[2] Sigma[1,1] Sigma[2,1] Sigma[2,2]",
        ),
        (
            {"fixed": Fixed(weights="all", covariances="all"), "structure": "tied"},
            2,
            "mu_1[1] mu_1[2] mu_2[1] mu_2[2] mu_3[1] mu_3[2]",
        ),
        (
            {"equal_weights": True, "structure": "tied spherical"},
            2,
            "mu_1[1] mu_1[2] mu_2[1] mu_2[2] mu_3[1] mu_3[2] sigma^2",
        ),
        (
            {"equal_weights": True, "structure": "spherical", "fixed": Fixed(means=[0, 1])},
            2,
            "mu_3[1] mu_3[2] sigma_1^2 sigma_2^2 sigma_3^2",
        ),
    ],
)
def test_what_is_held_fixed_is_left_out(choices: dict[str, Any], last: int, names: str) -> None:
    """The information is of what the fit estimated, and the names say what that is."""
    rng = random.Random(6)
    points = random_points(rng, 2)
    mixture = random_mixture(rng, 3, 2, choices.get("structure", "full"))
    if choices.get("equal_weights"):
        mixture = dataclasses.replace(mixture, weights=(1 / 3, 1 / 3, 1 / 3))
    result = result_at(points, mixture, **choices)
    found = observed_information(points, result).parameters
    assert " ".join(parameter.name for parameter in found) == names
    assert_derivatives(points, result, last)


# Closed forms: one component


def test_one_component_in_one_dimension() -> None:
    """sigma / sqrt(n) of the mean, variance sqrt(2 / n) of the variance, uncorrelated."""
    points = [1.0, 2.5, 4.0, 7.0, 5.5, 3.25]
    result = fit(points, 1)
    errors = standard_errors(points, result)
    (variance,) = result.mixture.covariances
    assert errors.names == ("mu_1", "sigma_1^2")
    assert close(errors.means[0], math.sqrt(variance / 6))
    assert close(errors.covariances[0], variance * math.sqrt(2 / 6))
    assert abs(errors.covariance[0][1]) < 1e-12 * errors.means[0] * errors.covariances[0]
    assert math.isnan(errors.weights[0])  # 1, whatever the points


def test_one_component_in_three_dimensions() -> None:
    """sqrt(Sigma_aa / n) of a mean, sqrt((Sigma_aa Sigma_bb + Sigma_ab^2) / n) of a covariance."""
    rng = random.Random(5)
    points = [[rng.gauss(0, 1), rng.gauss(0, 2), rng.gauss(0, 3)] for _ in range(20)]
    for row in points:
        row[2] += row[0] - row[1]
    result = fit(points, 1)
    errors = standard_errors(points, result)
    (sigma,) = result.mixture.covariances
    for a in range(3):
        assert close(errors.means[0][a], math.sqrt(sigma[a][a] / 20))
        for b in range(3):
            expected = math.sqrt((sigma[a][a] * sigma[b][b] + sigma[a][b] ** 2) / 20)
            assert close(errors.covariances[0][a][b], expected)


def test_coordinates_that_are_nearly_the_same() -> None:
    """At a correlation of 1 - 2e-14 the closed forms still hold, to 12 digits."""
    rng = random.Random(8)
    points = [[x, x + 2e-7 * rng.gauss(0, 1)] for x in (rng.gauss(0, 1) for _ in range(20))]
    result = fit(points, 1)
    errors = standard_errors(points, result)
    (sigma,) = result.mixture.covariances
    for a in range(2):
        assert close(errors.means[0][a], math.sqrt(sigma[a][a] / 20))
        for b in range(2):
            expected = math.sqrt((sigma[a][a] * sigma[b][b] + sigma[a][b] ** 2) / 20)
            assert close(errors.covariances[0][a][b], expected)


@pytest.mark.parametrize(("structure", "numbers"), [("diagonal", 1), ("tied spherical", 2)])
def test_one_component_with_few_variances(structure: str, numbers: int) -> None:
    """A variance learns from every coordinate that has it: variance sqrt(2 / (n numbers))."""
    points = two_clouds(1, 15, 2)
    result = fit(points, 1, structure=structure)
    errors = standard_errors(points, result)
    (sigma,) = result.mixture.covariances
    for a in range(2):
        assert close(errors.covariances[0][a][a], sigma[a][a] * math.sqrt(2 / 15 / numbers))
        assert math.isnan(errors.covariances[0][a][1 - a])  # 0 by the structure, not estimated


@pytest.mark.parametrize(("unit", "place"), [(1.0, 1e3), (1e-10, 1e74)])
def test_components_that_are_known_apart(unit: float, place: float) -> None:
    """Where each point is surely of one component, each has the errors of its own points.

    Also where one of them is 1e84 times as wide as the other.
    """
    near = [0.0, unit, 2 * unit, 4 * unit]
    far = [place, 1.01 * place, 1.03 * place]
    start = Mixture.univariate([0.5, 0.5], [0, place], [unit * unit, place * place / 1e4])
    errors = standard_errors(near + far, fit(near + far, start))
    for j, group in enumerate((near, far)):
        variance = statistics.pvariance(group)
        assert close(errors.means[j], math.sqrt(variance / len(group)))
        assert close(errors.covariances[j], variance * math.sqrt(2 / len(group)))
        assert close(errors.weights[j], math.sqrt(4 / 7 * 3 / 7 / 7))  # of a binomial share


def test_one_point_and_a_known_variance() -> None:
    """sigma, of the mean: also where the point sits on it, so that its score is 0."""
    start = Mixture.univariate([1], [3], [4])
    errors = standard_errors([3.0], fit([3.0], start, fixed=Fixed(covariances="all")))
    assert errors.means == (2.0,)


def test_a_missing_value_takes_its_information_away() -> None:
    """A coordinate's mean and variance have the errors of the values that it has."""
    points = [[1.0, 5.0], [2.0, 3.0], [4.0, 3.5], [5.0, NAN], [7.0, NAN]]
    first, second = [1.0, 2.0, 4.0, 5.0, 7.0], [5.0, 3.0, 3.5]
    means = [[statistics.mean(first), statistics.mean(second)]]
    variances = [statistics.pvariance(first), statistics.pvariance(second)]
    mixture = Mixture.multivariate([1], means, [[[variances[0], 0], [0, variances[1]]]])
    errors = standard_errors(points, result_at(points, mixture, structure="diagonal"))
    for a, n in enumerate((5, 3)):
        assert close(errors.means[0][a], math.sqrt(variances[a] / n))
        assert close(errors.covariances[0][a][a], variances[a] * math.sqrt(2 / n))


# Symmetries


def numbers_of(errors: StandardErrors) -> list[float]:
    """Weights, means and covariances, one after the other."""
    entries = [value for mean in errors.means for value in as_vector(mean)]
    entries += [value for c in errors.covariances for row in as_matrix(c) for value in row]
    return [*errors.weights, *entries]


def assert_same(errors: StandardErrors, expected: StandardErrors, digits: float) -> None:
    pairs = zip(numbers_of(errors), numbers_of(expected), strict=True)
    assert all(close(value, other, digits) for value, other in pairs)


def test_the_covariance_is_the_inverse_and_its_diagonal_the_errors() -> None:
    """covariance information = I; the last weight's error is that of 1 less the others."""
    points = [*two_clouds(3, 40, 2), *([x - 9.0, y] for x, y in two_clouds(4, 15, 2))]
    errors = standard_errors(points, fitted(points, 3, seed=2, structure="tied"))
    p = len(errors.names)
    for s in range(p):
        for t in range(p):
            entry = sum(errors.covariance[s][u] * errors.information[u][t] for u in range(p))
            assert abs(entry - (s == t)) < 1e-9
            assert errors.covariance[s][t] == errors.covariance[t][s]
    assert errors.names[:3] == ("alpha_1", "alpha_2", "mu_1[1]")
    (a, b), (_, d) = (row[:2] for row in errors.covariance[:2])
    assert close(errors.weights[0], math.sqrt(a))
    assert close(errors.weights[2], math.sqrt(a + 2 * b + d))
    assert close(errors.means[0][1], math.sqrt(errors.covariance[3][3]))
    assert errors.covariances[0] == errors.covariances[2]
    assert close(errors.covariances[0][0][1], math.sqrt(errors.covariance[p - 2][p - 2]))


def test_whole_sample_weights_are_repetitions() -> None:
    """A point with weight 3 says as much as three points."""
    points = two_clouds(7, 24, 2)
    counts = [1 + i % 3 for i in range(24)]
    repeated = [x for x, count in zip(points, counts, strict=True) for _ in range(count)]
    start = fitted(points, seed=1).mixture
    weighted = standard_errors(points, fitted(points, start, sample_weights=counts))
    assert_same(weighted, standard_errors(repeated, fitted(repeated, start)), 7)


@pytest.mark.parametrize("count", [1e-20, 1e20])
def test_errors_fall_with_the_square_root_of_the_count(count: float) -> None:
    """Where every point counts so often, errors are divided by sqrt(count); no size is too small."""
    points = two_clouds(7, 24, 2)
    result = fitted(points, seed=1)
    errors = standard_errors(points, result)
    weighted = standard_errors(
        points, dataclasses.replace(result, point_weights=(count,) * len(points))
    )
    pairs = zip(numbers_of(weighted), numbers_of(errors), strict=True)
    assert all(close(value, error / math.sqrt(count), 10) for value, error in pairs)


def test_the_numbering_of_components_does_not_matter() -> None:
    """With the components in another order, so are their errors; also that of the last weight."""
    points = [*two_clouds(3, 40, 1), *([x - 9.0] for (x,) in two_clouds(4, 20, 1))]
    result = fitted(points, 3, seed=2)
    order = [2, 0, 1]
    mixture = result.mixture
    turned = dataclasses.replace(
        result,
        mixture=Mixture(
            tuple(mixture.weights[j] for j in order), tuple(mixture.components[j] for j in order)
        ),
        rows=tuple(tuple(row[j] for j in order) for row in result.responsibilities),
    )
    errors, others = standard_errors(points, result), standard_errors(points, turned)
    for name in ("weights", "means", "covariances"):
        expected = [getattr(errors, name)[j] for j in order]
        for value, other in zip(getattr(others, name), expected, strict=True):
            assert all(
                close(a, b, 9)
                for row, other_row in zip(as_matrix(value), as_matrix(other), strict=True)
                for a, b in zip(as_vector(row), as_vector(other_row), strict=True)
            )


@pytest.mark.parametrize("units", [(1e3, 1e-3), (1e-60, 1e60)])
def test_errors_have_the_units_of_what_they_belong_to(units: tuple[float, float]) -> None:
    """In other units of the coordinates, means and covariances have theirs, and weights none."""
    points = two_clouds(9, 30, 2)
    result = fitted(points)
    errors = standard_errors(points, result)
    mixture = Mixture.multivariate(
        result.mixture.weights,
        [
            [value * unit for value, unit in zip(mean, units, strict=True)]
            for mean in result.mixture.means
        ],
        [
            [
                [entry * units[a] * units[b] for b, entry in enumerate(row)]
                for a, row in enumerate(c)
            ]
            for c in result.mixture.covariances
        ],
    )
    scaled = standard_errors(
        [[value * unit for value, unit in zip(x, units, strict=True)] for x in points],
        dataclasses.replace(result, mixture=mixture),
    )
    for j in range(2):
        assert close(scaled.weights[j], errors.weights[j], 9)
        for a in range(2):
            assert close(scaled.means[j][a], errors.means[j][a] * units[a], 9)
            for b in range(2):
                expected = errors.covariances[j][a][b] * units[a] * units[b]
                assert close(scaled.covariances[j][a][b], expected, 9)


# Held fixed


def test_what_is_held_fixed_has_no_error_and_lowers_the_others() -> None:
    """nan for what is fixed; the others' errors are the inverse of what is left of the matrix."""
    points = [x for (x,) in two_clouds(12, 60, 1)]
    result = fitted(points)
    errors = standard_errors(points, result)
    fixed = fitted(points, result.mixture, fixed=Fixed(weights="all", means=[0]))
    others = standard_errors(points, fixed)
    assert others.names == ("mu_2", "sigma_1^2", "sigma_2^2")
    assert all(map(math.isnan, (*others.weights, others.means[0])))
    assert others.means[1] < errors.means[1]
    assert others.covariances[0] < errors.covariances[0]
    kept = [errors.names.index(name) for name in others.names]
    for s, row in zip(kept, others.information, strict=True):
        for t, entry in zip(kept, row, strict=True):
            size = math.sqrt(errors.information[s][s] * errors.information[t][t])
            assert abs(entry - errors.information[s][t]) < 1e-5 * size


def test_one_free_weight_is_left_no_choice() -> None:
    """With all weights but one fixed, that one isn't estimated either."""
    points = [x for (x,) in two_clouds(12, 60, 1)]
    start = fitted(points).mixture
    errors = standard_errors(points, fitted(points, start, fixed=Fixed(weights=[0])))
    assert errors.names == ("mu_1", "mu_2", "sigma_1^2", "sigma_2^2")
    assert all(map(math.isnan, errors.weights))


def test_where_nothing_was_estimated_there_are_no_errors() -> None:
    """All fixed: nan everywhere, and matrices without rows."""
    start = Mixture.univariate([0.5, 0.5], [1, 2], [2, 2])
    fixed = Fixed(weights="all", means="all", covariances="all")
    errors = standard_errors([0.9, 0.7, 1.2], fit([0.9, 0.7, 1.2], start, fixed=fixed))
    assert all(map(math.isnan, numbers_of(errors)))
    assert (errors.names, errors.covariance, errors.information) == ((), (), ())


def test_with_a_prior_it_is_the_information_of_the_likelihood_alone() -> None:
    """At the posterior's mode, where the gradient of the likelihood is not 0."""
    points = [x for (x,) in two_clouds(12, 60, 1)]
    result = fitted(points, prior=ConjugatePrior())
    errors = standard_errors(points, result)
    assert max(map(abs, observed_information(points, result).gradient())) > 1.0
    without = dataclasses.replace(
        result, estimation=dataclasses.replace(result.estimation, prior=None)
    )
    assert errors.information == observed_information(points, without).matrix()
    with pytest.raises(InvalidValueError, match="not at a maximum of the likelihood"):
        standard_errors(points, without)


# Where there are none


def test_a_fit_that_was_cut_short_has_none() -> None:
    """One epoch is not enough: Newton's method would move on."""
    points = [x for (x,) in two_clouds(12, 60, 1)]
    close_by = Mixture.univariate([0.4, 0.6], [3.9, 0.1], [0.6, 1.4])
    with pytest.raises(InvalidValueError) as caught:
        standard_errors(points, fit(points, close_by, stop=Epochs(1)))
    assert re.fullmatch(
        r"the fit has no standard errors: it is not at a maximum of the likelihood, from which "
        r"sigma_2\^2 is 0\.\d+ standard errors away by Newton's step: fit further \(a smaller "
        r"tolerance, more epochs\), or fit fewer components; a variance floor, too, keeps a fit "
        r"from the maximum",
        str(caught.value),
    )
    assert caught.value.field == "result"


def test_a_fit_that_is_far_from_a_maximum_has_none() -> None:
    """The log-likelihood may bend upwards there; the parameter where that shows is named."""
    points = [x for (x,) in two_clouds(12, 60, 1)]
    start = Mixture.univariate([0.5, 0.5], [0, 1], [30, 30])
    with pytest.raises(InvalidValueError) as caught:
        standard_errors(points, fit(points, start, on_epoch=lambda _: True))
    assert str(caught.value) == (
        "the fit has no standard errors: its observed information is not positive definite, which "
        "shows at the pivot of mu_1. Either the fit is not at a maximum, or the points don't "
        "determine mu_1: fit further (a smaller tolerance, more epochs), or fit fewer components"
    )


def test_little_information_is_not_none() -> None:
    """Components that overlap so much that a weight is hardly known have large errors, no failure."""
    rng = random.Random(3)
    points = [rng.gauss(0, 1) if i % 2 else rng.gauss(2.2, 1) for i in range(60)]
    result = fitted(points, seed=3, history="none")
    assert result.epochs > 1000
    assert standard_errors(points, result).weights[0] > 0.5


@pytest.mark.parametrize("share", [0.5, 0.3])
def test_identical_components_are_not_told_apart(share: float) -> None:
    """Their weights may be anything: alpha_1 has no information, but for rounding."""
    points = [1.0, 2.5, 4.0, 7.0, 5.5, 3.25]
    one = fit(points, 1).mixture.components[0]
    result = fit(points, Mixture((share, 1 - share), (one, one)))
    with pytest.raises(InvalidValueError, match=r"at the pivot of alpha_1\. "):
        standard_errors(points, result)


def test_a_component_that_answers_for_no_point_is_not_determined() -> None:
    """Its mean has no information at all."""
    points = [1.0, 2.5, 4.0, 7.0, 5.5, 3.25]
    start = Mixture.univariate([0.5, 0.5], [3, 1e6], [2, 2])
    result = fit(points, start, on_epoch=lambda _: True, fixed=Fixed(weights="all"))
    with pytest.raises(InvalidValueError, match=r"don't determine mu_2: "):
        standard_errors(points, result)


def test_a_weight_of_0_is_at_the_border() -> None:
    """There the log-likelihood has a slope, and no second derivative that would say anything."""
    points = [1.0, 2.5, 4.0, 7.0, 5.5, 3.25]
    start = Mixture.univariate([0.0, 1.0], [3, 4], [2, 2])
    fixed = Fixed(means="all", covariances="all")
    with pytest.raises(InvalidValueError) as caught:
        standard_errors(points, fit(points, start, fixed=fixed))
    assert str(caught.value) == (
        "the fit has no standard errors: component 1 has the weight 0, which is at the border of "
        "what a weight can be: fit fewer components"
    )


def test_the_points_must_be_those_of_the_fit() -> None:
    """As many, and of the same dimension."""
    result = fit([1.0, 2.0, 4.0], 1)
    with pytest.raises(InvalidValueError) as caught:
        standard_errors([1.0, 2.0], result)
    assert str(caught.value) == (
        "there are 2 points, and the fit was of 3: give the points of the fit, in their order"
    )
    with pytest.raises(InvalidValueError, match="give both the same dimension"):
        standard_errors([[1.0], [2.0], [4.0]], result)


# What they are for


def test_estimates_vary_as_much_as_their_errors_say() -> None:
    """Over 60 samples from a known mixture, the estimates spread by about their standard errors.

    The spread of 60 is known to 9 percent, 1 / sqrt(120); with 100 points, it is some 10 percent
    more than the limit of many points says.
    """
    truth = Mixture.univariate([0.4, 0.6], [0, 5], [1, 1.5])
    rng = random.Random(2024)
    estimates: list[list[float]] = []
    errors: list[list[float]] = []
    for _ in range(60):
        points = [
            rng.gauss(0, 1) if rng.random() < 0.4 else rng.gauss(5, math.sqrt(1.5))
            for _ in range(100)
        ]
        result = fit(points, truth, history="none", stop=Gain(1e-6))
        estimates.append(
            [result.mixture.weights[0], *result.mixture.means, *result.mixture.covariances]
        )
        found = standard_errors(points, result)
        errors.append([found.weights[0], *found.means, *found.covariances])
    for values, their_errors in zip(
        zip(*estimates, strict=True), zip(*errors, strict=True), strict=True
    ):
        assert 0.8 < statistics.stdev(values) / statistics.median(their_errors) < 1.5


def test_another_order_takes_what_is_fixed_along() -> None:
    """The error that is not there is that of the mean held fixed, wherever it stands."""
    points = [0.0, 1.0, 2.0, 3.0, 11.0, 12.0, 13.0, 14.5]
    start = Mixture.univariate([0.5, 0.5], [13.0, 2.0], [2.0, 2.0])
    result = fit(points, start, fixed=Fixed(means=[0]), stop=Gain(1e-12))
    one = standard_errors(points, result)
    other = standard_errors(points, result.ordered("means"))
    assert math.isnan(one.means[0])
    assert math.isnan(other.means[1])
    assert other.means[0] == pytest.approx(one.means[1], rel=1e-12)
    assert other.weights == pytest.approx(one.weights[::-1], rel=1e-9)

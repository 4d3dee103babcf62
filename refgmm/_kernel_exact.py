"""The pieces of an epoch with the operations of refgmm.em in their order: the same floats, but none of a
point is kept.

For each component the sums sum_i beta, sum_i beta x_i and, in a second pass, the scatter about the new
mean. In d dimensions its Cholesky factor and determinant come from refgmm.gaussian.

They go on with the sums of the points before: refgmm.lookahead adds up many points with them, a part at a
time. A single block of vectors is for refgmm._kernel_block, which is faster.
"""

from math import exp, inf, log, nan, pi

from refgmm._kernel_component import (
    LOG_SMALLEST_PRECISE,
    SMALLEST_PRECISE,
    Component,
    log_sum_exp,
)
from refgmm.type_names import Final, Sequence

_LARGEST_EXPONENT: Final = log(1.7e308)  # as in refgmm.gaussian

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], float, Sequence[float] | None]
"""Of a component: weight, mean (d,), Cholesky factor (d, d), ln det Sigma; and the squared distances of
all points, (n,), where doubles can't give them."""


def columns_of(points: Sequence[Sequence[float]]) -> list[list[float]]:
    """The coordinates of the points: (d, n)."""
    return [[x[a] for x in points] for a in range(len(points[0]))]


def shares_of(
    columns: list[list[float]], parameters: Sequence[Parameters], log_likelihood: float
) -> tuple[float, bool, list[list[float]]]:
    """The E step of some points. log_likelihood: of the points before.

    That with these; whether an evidence was too faint or too dense; the responsibilities, (k, n).
    """
    weights: list[float] = [own[0] for own in parameters]
    exponents: list[list[float]] = [_exponents(columns, own) for own in parameters]
    k = len(weights)
    goes_beyond = False
    shares: list[list[float]] = [[] for _ in weights]
    for i in range(len(columns[0])):
        terms: list[float] = []
        evidence = 0.0
        for j in range(k):
            exponent = exponents[j][i]
            density = exp(exponent) if exponent < _LARGEST_EXPONENT else inf
            term = weights[j] * density if weights[j] > 0.0 else 0.0
            terms.append(term)
            evidence += term
        if evidence < SMALLEST_PRECISE or evidence == inf:
            goes_beyond = True
            logs = [
                log(weight) + exponents[j][i] if weight > 0.0 else -inf
                for j, weight in enumerate(weights)
            ]
            largest = -inf
            for value in logs:
                largest = max(largest, value)
            terms = [exp(value - largest) for value in logs]
            evidence = 0.0
            for term in terms:
                evidence += term
            log_likelihood += largest + log(evidence)
        else:
            log_likelihood += log(evidence)
        for j in range(k):
            shares[j].append(terms[j] / evidence)
    return log_likelihood, goes_beyond, shares


def shares_of_numbers(
    points: list[float], components: list[Component], log_likelihood: float
) -> tuple[float, list[list[float]]]:
    """The E step of some points in one dimension: refgmm._kernel_component.exact_pass has its floats.

    log_likelihood: of the points before. That with these; the responsibilities, (k, n).
    """
    evidence = [0.0] * len(points)
    shares: list[list[float]] = []
    for component in components:
        weight, mean, root = component.weight, component.mean, component.root
        twice, log_normaliser = 2.0 * component.variance, component.log_normaliser
        terms: list[float] = []
        for i, x in enumerate(points):
            d = x - mean
            exponent = -(d * d) / twice
            if exponent < LOG_SMALLEST_PRECISE:
                density = exp(exponent - log_normaliser)
            else:
                density = exp(exponent) / root
            term = weight * density
            terms.append(term)
            evidence[i] += term
        shares.append(terms)
    for i, value in enumerate(evidence):
        if value >= SMALLEST_PRECISE:
            log_likelihood += log(value)
        else:
            log_likelihood += log_sum_exp(points[i], components)
            evidence[i] = 1.0
            for j, component in enumerate(components):
                shares[j][i] = component.term
    for terms in shares:
        for i, value in enumerate(evidence):
            terms[i] = terms[i] / value
    return log_likelihood, shares


def count_and_sums(
    columns: list[list[float]], share: list[float], count: float, sums: list[float]
) -> tuple[float, list[float]]:
    """Some points added to the count of a component, and to its sums, (d,), of weighted points."""
    for beta in share:
        count += beta
    return count, [_weighted(column, share, sums[a]) for a, column in enumerate(columns)]


def _exponents(columns: list[list[float]], parameters: Parameters) -> list[float]:
    """ln g(x_i) of each point."""
    _, mean, factor, log_determinant, distances = parameters
    squared = [0.0] * len(columns[0])
    if distances is not None:
        squared = [*distances]
    else:
        solved: list[list[float]] = []
        for a, column in enumerate(columns):
            centre = mean[a]
            row = [*factor[a]]
            z = [x - centre for x in column]
            for b in range(a):
                entry = row[b]
                known = solved[b]
                z = [rest - entry * known[i] for i, rest in enumerate(z)]
            pivot = row[a]
            z = [rest / pivot for rest in z]
            solved.append(z)
            squared = [before + z[i] * z[i] for i, before in enumerate(squared)]
    constant = len(columns) * log(2.0 * pi)
    return [-(distance + log_determinant + constant) / 2.0 for distance in squared]


def mean_of(count: float, sums: list[float]) -> list[float]:
    """The new mean, (d,); nan of a component that answers for nothing."""
    return [value / count if count > 0.0 else nan for value in sums]


def _weighted(column: list[float], share: list[float], found: float) -> float:
    """sum_i beta x_i, of one coordinate. found: the sum over the points before."""
    for i, beta in enumerate(share):
        found += beta * column[i]
    return found


def scatter_about(
    mean: list[float],
    columns: list[list[float]],
    share: list[float],
    before: list[list[float]],
) -> list[list[float]]:
    """sum_i beta (x_i - mean)(x_i - mean)^T, (d, d). before: that of the points before."""
    d = len(mean)
    deviations: list[list[float]] = []
    for a, column in enumerate(columns):
        centre = mean[a]
        deviations.append([x - centre for x in column])
    scatter = [[0.0] * d for _ in range(d)]
    for a in range(d):
        for b in range(a + 1):
            found = before[a][b]
            own, other = deviations[a], deviations[b]
            for i, beta in enumerate(share):
                found += beta * (own[i] * other[i])
            scatter[a][b] = found
            scatter[b][a] = found
    return scatter

"""An epoch of a single block of vectors, with the operations of refgmm.em in their order: the same
floats, but none of a point is kept.

For each component the sums sum_i beta, sum_i beta x_i and, in a second pass, the scatter about the new
mean. Its Cholesky factor and determinant come from refgmm.gaussian, which has them from decimals.
"""

from math import exp, inf, log, nan, pi

from refgmm._kernel_component import SMALLEST_PRECISE
from refgmm.type_names import Final, Sequence

_LARGEST_EXPONENT: Final = log(1.7e308)  # as in refgmm.gaussian

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], float, Sequence[float] | None]
"""Of a component: weight, mean (d,), Cholesky factor (d, d), ln det Sigma; and the squared distances of
all points, (n,), where doubles can't give them."""

Sums = tuple[float, bool, list[float], list[list[float]], list[list[list[float]]]]
"""Log-likelihood; whether an evidence was too faint or too dense for doubles; effective counts (k,),
new means (k, d), scatters about them (k, d, d)."""


def epoch(points: Sequence[Sequence[float]], parameters: Sequence[Parameters]) -> Sums:
    """An E step and the sums of the M step; structures.Structure.estimate makes covariances of them."""
    columns: list[list[float]] = [[x[a] for x in points] for a in range(len(points[0]))]
    weights: list[float] = [own[0] for own in parameters]
    exponents: list[list[float]] = [_exponents(columns, own) for own in parameters]
    k = len(weights)
    log_likelihood = 0.0
    goes_beyond = False
    shares: list[list[float]] = [[] for _ in weights]
    for i in range(len(points)):
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
    counts: list[float] = []
    means: list[list[float]] = []
    scatters: list[list[list[float]]] = []
    for share in shares:
        count = 0.0
        for beta in share:
            count += beta
        mean = [_weighted(column, share) / count if count > 0.0 else nan for column in columns]
        counts.append(count)
        means.append(mean)
        scatters.append(_scatter(columns, share, mean))
    return log_likelihood, goes_beyond, counts, means, scatters


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


def _weighted(column: list[float], share: list[float]) -> float:
    """sum_i beta x_i, of one coordinate."""
    found = 0.0
    for i, beta in enumerate(share):
        found += beta * column[i]
    return found


def _scatter(
    columns: list[list[float]], share: list[float], mean: list[float]
) -> list[list[float]]:
    """sum_i beta (x_i - mean)(x_i - mean)^T."""
    d = len(mean)
    deviations: list[list[float]] = []
    for a, column in enumerate(columns):
        centre = mean[a]
        deviations.append([x - centre for x in column])
    scatter = [[0.0] * d for _ in range(d)]
    for a in range(d):
        for b in range(a + 1):
            found = 0.0
            own, other = deviations[a], deviations[b]
            for i, beta in enumerate(share):
                found += beta * (own[i] * other[i])
            scatter[a][b] = found
            scatter[b][a] = found
    return scatter

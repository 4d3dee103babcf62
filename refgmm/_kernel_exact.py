"""An epoch of a single block of vectors, with the operations of refgmm.em in their order: the same
floats, but none of a point is kept.

For each component the sums sum_i beta, sum_i beta x_i and, in a second pass, the scatter about the new
mean. Its Cholesky factor and determinant come from refgmm.gaussian, which has them from decimals.
"""

from collections.abc import Sequence
from math import exp, inf, log, nan, pi
from typing import Final

from refgmm._kernel_component import SMALLEST_PRECISE

_LARGEST_EXPONENT: Final = log(1.7e308)  # as in refgmm.gaussian

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], float, Sequence[float] | None]
"""Of a component: weight, mean (d,), Cholesky factor (d, d), ln det Sigma; and the squared distances of
all points, (n,), where doubles can't give them."""

Sums = tuple[float, bool, list[float], list[list[float]], list[list[list[float]]]]
"""Log-likelihood; whether an evidence was too faint or too dense for doubles; effective counts (k,),
new means (k, d), scatters about them (k, d, d)."""


def epoch(points: Sequence[Sequence[float]], parameters: Sequence[Parameters]) -> Sums:
    """An E step and the sums of the M step; structures.Structure.estimate makes covariances of them."""
    exponents = [_exponents(points, own) for own in parameters]
    log_likelihood = 0.0
    goes_beyond = False
    shares: list[list[float]] = [[] for _ in parameters]
    for i in range(len(points)):
        weighted: list[float] = []
        evidence = 0.0
        for own, logs in zip(parameters, exponents, strict=True):
            exponent = logs[i]
            density = exp(exponent) if exponent < _LARGEST_EXPONENT else inf
            term = own[0] * density if own[0] > 0.0 else 0.0
            weighted.append(term)
            evidence += term
        if evidence < SMALLEST_PRECISE or evidence == inf:
            goes_beyond = True
            largest = -inf
            weighted = []
            for own, logs in zip(parameters, exponents, strict=True):
                term = log(own[0]) + logs[i] if own[0] > 0.0 else -inf
                weighted.append(term)
                largest = max(largest, term)
            weighted = [exp(term - largest) for term in weighted]
            evidence = 0.0
            for term in weighted:
                evidence += term
            log_likelihood += largest + log(evidence)
        else:
            log_likelihood += log(evidence)
        for share, term in zip(shares, weighted, strict=True):
            share.append(term / evidence)
    counts: list[float] = []
    means: list[list[float]] = []
    scatters: list[list[list[float]]] = []
    for share in shares:
        count, mean = _mean(points, share)
        counts.append(count)
        means.append(mean)
        scatters.append(_scatter(points, share, mean))
    return log_likelihood, goes_beyond, counts, means, scatters


def _exponents(points: Sequence[Sequence[float]], parameters: Parameters) -> list[float]:
    """ln g(x_i) of each point."""
    _, mean, factor, log_determinant, distances = parameters
    d = len(mean)
    constant = d * log(2.0 * pi)
    found: list[float] = []
    for i, x in enumerate(points):
        squared = 0.0
        if distances is not None:
            squared = distances[i]
        else:
            z: list[float] = []
            for a in range(d):
                row = factor[a]
                rest = x[a] - mean[a]
                for b in range(a):
                    rest -= row[b] * z[b]
                rest /= row[a]
                z.append(rest)
                squared += rest * rest
        found.append(-(squared + log_determinant + constant) / 2.0)
    return found


def _mean(points: Sequence[Sequence[float]], share: list[float]) -> tuple[float, list[float]]:
    """Effective count and new mean."""
    count = 0.0
    for beta in share:
        count += beta
    mean: list[float] = []
    for a in range(len(points[0])):
        weighted = 0.0
        for x, beta in zip(points, share, strict=True):
            weighted += beta * x[a]
        mean.append(weighted / count if count > 0.0 else nan)
    return count, mean


def _scatter(
    points: Sequence[Sequence[float]], share: list[float], mean: list[float]
) -> list[list[float]]:
    """sum_i beta (x_i - mean)(x_i - mean)^T."""
    d = len(mean)
    deviations = [[x[a] - mean[a] for x in points] for a in range(d)]
    scatter = [[0.0] * d for _ in range(d)]
    for a in range(d):
        for b in range(a + 1):
            entry = 0.0
            own, other = deviations[a], deviations[b]
            for i, beta in enumerate(share):
                entry += beta * (own[i] * other[i])
            scatter[a][b] = entry
            scatter[b][a] = entry
    return scatter

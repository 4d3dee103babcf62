"""Covariance matrices for the kernel, in doubles; the M step of vectors, from sums to matrices.

For covariances near to singular doubles don't suffice: refgmm._kernel_double.suits_doubles.
"""

from math import nan, sqrt

from refgmm._kernel import LARGEST_SHIFT, PER_COMPONENT, added
from refgmm._kernel_component import EPSILON, SMALLEST_PRECISE, SMALLEST_VARIANCE
from refgmm.type_names import Sequence

Kind = tuple[bool, bool, bool]
"""Of covariances: whether they are full, spherical, and shared; see refgmm.structures."""

Estimate = tuple[list[float], list[list[float]], list[list[list[float]]], list[float]]
"""Weights (k,), means (k, d), covariances (k, d, d) and effective counts (k,)."""


def cholesky(matrix: list[list[float]]) -> list[list[float]]:
    """L, lower triangular, with L L^T = matrix; nan where there is none. Zeros are left out."""
    factor: list[list[float]] = []
    for a in range(len(matrix)):
        row: list[float] = []
        pivot = matrix[a][a]
        for b in range(a):
            other = factor[b]
            rest = matrix[a][b]
            for c in range(b):
                rest -= row[c] * other[c]
            entry = rest / other[b]
            pivot -= entry * entry
            row.append(entry)
        row.append(sqrt(pivot) if pivot > 0.0 else nan)
        factor.append(row)
    return factor


def is_uneventful(
    count: float,
    mean: list[float],
    covariance: list[list[float]],
    factor: list[list[float]],
    n: int,
) -> bool:
    """Whether refgmm.events would surely find nothing in these estimates.

    factor: the Cholesky factor of the covariance
    """
    rounding = 0.0
    for value in mean:
        rounding += 2.0 * n * EPSILON * abs(value)
    least = max(rounding * rounding, 2.0 * SMALLEST_VARIANCE)
    if not count > 2.0 * SMALLEST_PRECISE:
        return False
    for a, row in enumerate(factor):
        pivot = row[a] * row[a]
        if not pivot > max(2.0 * n * EPSILON * covariance[a][a], least):
            return False
    return True


def are_distinct(means: list[list[float]], covariances: list[list[list[float]]], n: int) -> bool:
    """Whether means differ by more than what refgmm.events calls equal; it may be stricter."""
    for j, mean in enumerate(means):
        for i in range(j):
            if not _are_apart(mean, means[i], covariances[j], n):
                return False
    return True


def _are_apart(
    mean: list[float], other: list[float], covariance: list[list[float]], n: int
) -> bool:
    for a, x in enumerate(mean):
        y = other[a]
        size = abs(x) + abs(y) + sqrt(covariance[a][a])
        if abs(x - y) > 2.0 * n * EPSILON * size:
            return True
    return False


def parameters_of_sums(
    sums: list[float], centres: Sequence[Sequence[float]], point_count: float, kind: Kind
) -> tuple[Estimate, bool]:
    """The M step from the sums about the centres, and whether a mean moved so far that they should
    be taken again, about the new means; see refgmm._kernel.parameters_of_sums.
    """
    is_full, _, _ = kind
    counts: list[float] = []
    means: list[list[float]] = []
    scatters: list[list[float]] = []
    moved_far = False
    place = PER_COMPONENT
    for centre in centres:
        d = len(centre)
        count = sums[place]
        first = sums[place + 1 : place + 1 + d]
        size = d * (d + 1) // 2 if is_full else d
        second = sums[place + 1 + d : place + 1 + d + size]
        place += 1 + d + size
        shift = [value / count if count > 0.0 else nan for value in first]
        scatter: list[float] = []
        for a in range(d):
            for b in range(a if is_full else 0):
                scatter.append(second[len(scatter)] - shift[a] * first[b])
            own = second[len(scatter)] - shift[a] * first[a]
            if shift[a] * first[a] > LARGEST_SHIFT * own:
                moved_far = True
            scatter.append(own)
        counts.append(count)
        means.append([value + shift[a] for a, value in enumerate(centre)])
        scatters.append(scatter)
    covariances = covariances_of(scatters, counts, len(centres[0]), kind)
    return ([count / point_count for count in counts], means, covariances, counts), moved_far


def covariances_of(
    scatters: list[list[float]], counts: list[float], d: int, kind: Kind
) -> list[list[list[float]]]:
    """What the structure makes of the scatters: refgmm.structures."""
    is_full, is_spherical, is_shared = kind
    if is_spherical:
        averages: list[list[float]] = []
        for scatter in scatters:
            trace = 0.0
            for value in scatter:
                trace += value
            averages.append([trace / d] * d)
        scatters = averages
    divisors = counts
    if is_shared:
        pooled = scatters[0]
        total = counts[0]
        for j in range(1, len(counts)):
            pooled = added(pooled, scatters[j])
            total += counts[j]
        scatters, divisors = [pooled] * len(counts), [total] * len(counts)
    covariances: list[list[list[float]]] = []
    for j, scatter in enumerate(scatters):
        divisor = divisors[j]
        matrix = [[0.0] * d for _ in range(d)]
        place = 0
        for a in range(d):
            for b in range(0 if is_full else a, a + 1):
                value = scatter[place] / divisor if divisor > 0.0 else nan
                matrix[a][b] = value
                matrix[b][a] = value
                place += 1
        covariances.append(matrix)
    return covariances

"""The independent check: one epoch in 50-digit decimals, straight from the textbook.

Naive on purpose. It shares no code with the rest of refgmm, so that a mistake
there can't hide here: every number is computed from its definition, in `decimal`,
whose exp(), ln() and sqrt() are correctly rounded on every platform.

    epoch                 one dimension
    multivariate_epoch    d dimensions, and six structures of the covariances
    correct_digits        how far a double agrees with a decimal

Source of the formulas: C. M. Bishop, "Pattern Recognition and Machine Learning"
(2006), equations 2.43 and 2.44 (the density), 9.23 to 9.28 (the epoch); in one
dimension the same as the lecture note's.

>>> result = epoch([0.9, 0.7, 1.2, 2.4, 1.8], [0.5, 0.5], [1, 2], [2, 2])
>>> print(str(result.means[0])[:30])
1.3065753725700627214552024116
>>> correct_digits(1.3065753725700628, result.means[0]) > 15
True
"""

import decimal
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# https://oeis.org/A000796
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")

# Exponents without practical limit: exp(-5e11) is a number here, not zero.
_CONTEXT = decimal.Context(prec=50, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)

STRUCTURES = ("full", "tied", "diagonal", "spherical", "tied diagonal", "tied spherical")
"""What multivariate_epoch can make of the covariances."""

DecimalVector = tuple[Decimal, ...]
DecimalMatrix = tuple[DecimalVector, ...]


@dataclass(frozen=True, slots=True)
class OracleEpoch:
    """The numbers of an epoch, under the names of refgmm.em, in 50-digit arithmetic."""

    mahalanobis_distances: DecimalMatrix  # (n, k)  |x_i - mu_j| / sigma_j
    log_determinants: DecimalVector  # (k,)  ln sigma_j^2, before the epoch
    standard_densities: DecimalMatrix
    densities: DecimalMatrix
    weighted_densities: DecimalMatrix
    evidence: DecimalVector
    log_evidence: DecimalVector
    responsibilities: DecimalMatrix
    log_likelihood: Decimal
    effective_counts: DecimalVector
    weighted_points: DecimalMatrix
    weighted_point_sums: DecimalVector
    means: DecimalVector
    weighted_squared_deviations: DecimalMatrix
    weighted_squared_deviation_sums: DecimalVector
    variances: DecimalVector
    weights: DecimalVector


@dataclass(frozen=True, slots=True)
class OracleMultivariateEpoch:
    """The numbers of an epoch of n points in d dimensions, k components, in 50-digit arithmetic."""

    mahalanobis_distances: DecimalMatrix  # (n, k)  Delta_j(x_i), before the epoch
    log_determinants: DecimalVector  # (k,)  ln det Sigma_j, before the epoch
    standard_densities: DecimalMatrix  # (n, k)  exp(-Delta^2 / 2) / (2 pi)^(d/2)
    densities: DecimalMatrix  # (n, k)  g_j(x_i)
    weighted_densities: DecimalMatrix  # (n, k)
    evidence: DecimalVector  # (n,)
    log_evidence: DecimalVector  # (n,)
    responsibilities: DecimalMatrix  # (n, k)  beta_j(x_i)
    log_likelihood: Decimal
    effective_counts: DecimalVector  # (k,)  N_j
    weighted_points: tuple[DecimalMatrix, ...]  # (n, k, d)
    weighted_point_sums: DecimalMatrix  # (k, d)
    means: DecimalMatrix  # (k, d)  mu_j'
    weighted_squared_deviations: tuple[tuple[DecimalMatrix, ...], ...]  # (n, k, d, d)
    weighted_squared_deviation_sums: tuple[DecimalMatrix, ...]  # (k, d, d)  S_j
    covariances: tuple[DecimalMatrix, ...]  # (k, d, d)  Sigma_j'
    weights: DecimalVector  # (k,)  alpha_j'


def epoch(
    points: Sequence[float],
    weights: Sequence[float],
    means: Sequence[float],
    variances: Sequence[float],
    *,
    shared_variance: bool = False,
) -> OracleEpoch:
    """One epoch of a univariate mixture. The doubles given are taken exactly.

    points: (n,)    weights, means, variances: (k,)

    The new variance of component j is S_j / N_j, with S_j = sum_i beta_j(x_i) (x_i - mu_j')^2;
    with `shared_variance`, it is sum_j S_j / n for every component.

    ValueError where the numbers of parameters differ; decimal.InvalidOperation or
    DivisionByZero where a result is undefined.
    """
    if not len(weights) == len(means) == len(variances):
        raise ValueError("weights, means and variances must be of the same number")
    with decimal.localcontext(_CONTEXT):
        x = [Decimal(value) for value in points]
        alpha = [Decimal(value) for value in weights]
        mu = [Decimal(value) for value in means]
        variance = [Decimal(value) for value in variances]
        n, k = range(len(x)), range(len(alpha))

        delta = [[abs(x[i] - mu[j]) / variance[j].sqrt() for j in k] for i in n]
        phi = [
            [(-((x[i] - mu[j]) ** 2) / variance[j] / 2).exp() / (2 * PI).sqrt() for j in k]
            for i in n
        ]
        g = [[phi[i][j] / variance[j].sqrt() for j in k] for i in n]
        alpha_g = [[alpha[j] * g[i][j] for j in k] for i in n]
        p = [_total(alpha_g[i]) for i in n]
        ln_p = [p[i].ln() for i in n]
        beta = [[alpha_g[i][j] / p[i] for j in k] for i in n]

        count = [_total(beta[i][j] for i in n) for j in k]
        beta_x = [[beta[i][j] * x[i] for j in k] for i in n]
        sum_beta_x = [_total(beta_x[i][j] for i in n) for j in k]
        new_mu = [sum_beta_x[j] / count[j] for j in k]
        beta_d2 = [[beta[i][j] * (x[i] - new_mu[j]) ** 2 for j in k] for i in n]
        sum_beta_d2 = [_total(beta_d2[i][j] for i in n) for j in k]
        if shared_variance:
            new_variance = [_total(sum_beta_d2) / len(x) for j in k]
        else:
            new_variance = [sum_beta_d2[j] / count[j] for j in k]

        return OracleEpoch(
            mahalanobis_distances=_matrix(delta),
            log_determinants=tuple(variance[j].ln() for j in k),
            standard_densities=_matrix(phi),
            densities=_matrix(g),
            weighted_densities=_matrix(alpha_g),
            evidence=tuple(p),
            log_evidence=tuple(ln_p),
            responsibilities=_matrix(beta),
            log_likelihood=_total(ln_p),
            effective_counts=tuple(count),
            weighted_points=_matrix(beta_x),
            weighted_point_sums=tuple(sum_beta_x),
            means=tuple(new_mu),
            weighted_squared_deviations=_matrix(beta_d2),
            weighted_squared_deviation_sums=tuple(sum_beta_d2),
            variances=tuple(new_variance),
            weights=tuple(count[j] / len(x) for j in k),
        )


def multivariate_epoch(
    points: Sequence[Sequence[float]],
    weights: Sequence[float],
    means: Sequence[Sequence[float]],
    covariances: Sequence[Sequence[Sequence[float]]],
    structure: str = "full",
) -> OracleMultivariateEpoch:
    """One epoch of a mixture in d dimensions. The doubles given are taken exactly.

    points: (n, d)    weights: (k,)    means: (k, d)    covariances: (k, d, d)

        Delta_j(x)^2 = (x - mu_j)^T Sigma_j^-1 (x - mu_j)
        g_j(x)       = exp(-Delta_j(x)^2 / 2) / sqrt((2 pi)^d det Sigma_j)
        S_j          = sum_i beta_j(x_i) (x_i - mu_j') (x_i - mu_j')^T

    The structure says what the new covariances are. Each maximises the likelihood among the
    covariances of its kind; those that are given may be of any kind.

        "full"         S_j / N_j                   "tied"              sum_j S_j / n
        "diagonal"     diag(S_j) / N_j             "tied diagonal"     diag(sum_j S_j) / n
        "spherical"    trace(S_j) / (d N_j) I      "tied spherical"    trace(sum_j S_j) / (d n) I

    50 digits are ample. Sigma^-1 and det Sigma are computed exactly, in fractions, and rounded
    once; Delta^2 then loses about as many digits as the condition number has: for 1e8, 42 are
    left. An error of Delta^2 is a relative error of exp(-Delta^2 / 2): at 1e6 sigma, where
    Delta^2 is 1e12, 30 digits are left; at 1e10 sigma, 22. A double holds 16. Only what cancels
    has fewer, such as the deviation of a point that sits on the new mean.

    Beyond 2e9 sigma, where even these exponents end, a density is 0. Responsibilities and log
    evidence don't suffer: in Bayes' rule exp(Delta^2 / 2) of the nearest component is cancelled.

    ValueError where shapes differ; where a covariance is singular, not symmetric or not positive
    definite; for another structure. decimal.InvalidOperation or DivisionByZero where a result is
    undefined.

    >>> result = multivariate_epoch([[1, -1], [3, 3]], [1], [[0, 0]], [[[2, 1], [1, 2]]])
    >>> [float(distance[0] ** 2) for distance in result.mahalanobis_distances]
    [2.0, 6.0]
    >>> result.covariances[0] == ((Decimal(1), Decimal(2)), (Decimal(2), Decimal(4)))
    True
    """
    dimensions = {len(vector) for vector in (*points, *means)}
    dimensions |= {len(matrix) for matrix in covariances}
    dimensions |= {len(row) for matrix in covariances for row in matrix}
    if not len(weights) == len(means) == len(covariances):
        raise ValueError("weights, means and covariances must be of the same number")
    if len(dimensions) != 1 or 0 in dimensions:
        raise ValueError("points, means and covariances must be of the same dimension")
    if structure not in STRUCTURES:
        raise ValueError(f"structure must be one of {', '.join(STRUCTURES)}; got {structure!r}")
    with decimal.localcontext(_CONTEXT):
        x = [[Decimal(value) for value in point] for point in points]
        alpha = [Decimal(value) for value in weights]
        mu = [[Decimal(value) for value in mean] for mean in means]
        solved = [_inverse_and_determinant(covariance) for covariance in covariances]
        inverse = [pair[0] for pair in solved]
        determinant = [pair[1] for pair in solved]
        n, k, d = range(len(x)), range(len(alpha)), range(dimensions.pop())

        delta_squared = [[_quadratic_form(inverse[j], _minus(x[i], mu[j])) for j in k] for i in n]
        root_2_pi = ((2 * PI) ** len(d)).sqrt()
        phi = [[(-delta_squared[i][j] / 2).exp() / root_2_pi for j in k] for i in n]
        g = [[phi[i][j] / determinant[j].sqrt() for j in k] for i in n]
        alpha_g = [[alpha[j] * g[i][j] for j in k] for i in n]
        p = [_total(alpha_g[i]) for i in n]

        # alpha_g and p times exp(nearest / 2), so that they are not 0 however far the point.
        nearest = [min(delta_squared[i]) for i in n]
        factor = [alpha[j] / determinant[j].sqrt() / root_2_pi for j in k]
        terms = [[factor[j] * ((nearest[i] - delta_squared[i][j]) / 2).exp() for j in k] for i in n]
        ln_p = [_total(terms[i]).ln() - nearest[i] / 2 for i in n]
        beta = [[terms[i][j] / _total(terms[i]) for j in k] for i in n]

        count = [_total(beta[i][j] for i in n) for j in k]
        beta_x = [[[beta[i][j] * x[i][r] for r in d] for j in k] for i in n]
        sum_beta_x = [[_total(beta_x[i][j][r] for i in n) for r in d] for j in k]
        new_mu = [[sum_beta_x[j][r] / count[j] for r in d] for j in k]
        beta_d2 = [[_times_square(beta[i][j], _minus(x[i], new_mu[j])) for j in k] for i in n]
        sum_beta_d2 = [[[_total(beta_d2[i][j][r][c] for i in n) for c in d] for r in d] for j in k]

        return OracleMultivariateEpoch(
            mahalanobis_distances=_matrix([[delta_squared[i][j].sqrt() for j in k] for i in n]),
            log_determinants=tuple(determinant[j].ln() for j in k),
            standard_densities=_matrix(phi),
            densities=_matrix(g),
            weighted_densities=_matrix(alpha_g),
            evidence=tuple(p),
            log_evidence=tuple(ln_p),
            responsibilities=_matrix(beta),
            log_likelihood=_total(ln_p),
            effective_counts=tuple(count),
            weighted_points=tuple(_matrix(beta_x[i]) for i in n),
            weighted_point_sums=_matrix(sum_beta_x),
            means=_matrix(new_mu),
            weighted_squared_deviations=tuple(tuple(_matrix(beta_d2[i][j]) for j in k) for i in n),
            weighted_squared_deviation_sums=tuple(_matrix(sum_beta_d2[j]) for j in k),
            covariances=_covariances(structure, sum_beta_d2, count, len(x)),
            weights=tuple(count[j] / len(x) for j in k),
        )


def _inverse_and_determinant(matrix: Sequence[Sequence[float]]) -> tuple[DecimalMatrix, Decimal]:
    """The inverse and determinant of a covariance matrix, by Gauss-Jordan elimination.

    The elimination is in fractions, thus exact, and needs no exchange of rows: all pivots of a
    symmetric matrix are positive if and only if it is positive definite (Sylvester's criterion,
    https://en.wikipedia.org/wiki/Sylvester%27s_criterion). Their product is the determinant.
    """
    d = range(len(matrix))
    if any(matrix[r][c] != matrix[c][r] for r in d for c in d):
        raise ValueError("a covariance is not symmetric")
    # On the left the matrix, which becomes the identity; on the right the identity, which
    # becomes the inverse.
    rows = [[*map(Fraction, matrix[r]), *(Fraction(r == c) for c in d)] for r in d]
    determinant = Fraction(1)
    for step in d:
        pivot = rows[step][step]
        if pivot <= 0:
            raise ValueError("a covariance is singular or not positive definite")
        determinant *= pivot
        rows[step] = [value / pivot for value in rows[step]]
        for r in d:
            if r != step:
                factor = rows[r][step]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[step], strict=True)]
    inverse = [[_rounded(value) for value in row[len(d) :]] for row in rows]
    return _matrix(inverse), _rounded(determinant)


def _covariances(
    structure: str, scatter: list[list[list[Decimal]]], count: list[Decimal], n: int
) -> tuple[DecimalMatrix, ...]:
    """The new covariances from S_j, N_j and n; see multivariate_epoch for the six structures."""
    k, d = range(len(scatter)), range(len(scatter[0]))
    if structure.startswith("tied"):
        pooled = [[_total(scatter[j][r][c] for j in k) / n for c in d] for r in d]
        full = [pooled for j in k]
    else:
        full = [[[scatter[j][r][c] / count[j] for c in d] for r in d] for j in k]

    if structure.endswith("diagonal"):
        return tuple(_diagonal([full[j][r][r] for r in d]) for j in k)
    if structure.endswith("spherical"):
        return tuple(_diagonal([_total(full[j][r][r] for r in d) / len(d)] * len(d)) for j in k)
    return tuple(_matrix(full[j]) for j in k)


def correct_digits(value: float, reference: Decimal) -> float:
    """How many significant decimal digits of `value` are right: the log relative error.

    -log10 |value - reference| / |reference|, or -log10 |value| where the reference is 0;
    inf where both are equal; -inf where `value` is nan or infinite. A double can reach about 16.
    The unit is that of NIST's Statistical Reference Datasets,
    https://www.itl.nist.gov/div898/strd/.

    >>> round(correct_digits(3.14, PI), 2)
    3.3
    >>> correct_digits(0.5, Decimal("0.5"))
    inf
    """
    if not math.isfinite(value):
        return -math.inf
    with decimal.localcontext(_CONTEXT):
        error = abs(Decimal(value) - reference)
        if reference:
            error /= abs(reference)
        return -float(error.log10()) if error else math.inf


def _matrix(rows: list[list[Decimal]]) -> DecimalMatrix:
    return tuple(tuple(row) for row in rows)


def _minus(a: list[Decimal], b: list[Decimal]) -> list[Decimal]:
    return [p - q for p, q in zip(a, b, strict=True)]


def _quadratic_form(matrix: DecimalMatrix, v: list[Decimal]) -> Decimal:
    """v^T matrix v"""
    d = range(len(v))
    return _total(v[r] * matrix[r][c] * v[c] for r in d for c in d)


def _times_square(beta: Decimal, v: list[Decimal]) -> list[list[Decimal]]:
    """The matrix beta v v^T; the brackets keep it exactly symmetric."""
    return [[beta * (p * q) for q in v] for p in v]


def _diagonal(values: list[Decimal]) -> DecimalMatrix:
    d = range(len(values))
    return _matrix([[values[r] if r == c else Decimal(0) for c in d] for r in d])


def _rounded(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))

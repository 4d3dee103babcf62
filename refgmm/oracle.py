"""The independent check: one epoch in 50-digit decimals, straight from the textbook.

Naive on purpose. It shares no code with the rest of refgmm, so that a mistake
there can't hide here: every number is computed from its definition, in `decimal`,
whose exp(), ln() and sqrt() are correctly rounded on every platform.

Source of the formulas: C. M. Bishop, "Pattern Recognition and Machine Learning"
(2006), equations 9.23 to 9.28; the same as the lecture note's.

>>> result = epoch([0.9, 0.7, 1.2, 2.4, 1.8], [0.5, 0.5], [1, 2], [2, 2])
>>> print(str(result.means[0])[:30])
1.3065753725700627214552024116
>>> correct_digits(1.3065753725700628, result.means[0]) > 15
True
"""

import decimal
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

# https://oeis.org/A000796
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")

# Exponents without practical limit: exp(-5e11) is a number here, not zero.
_CONTEXT = decimal.Context(prec=50, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)

DecimalVector = tuple[Decimal, ...]
DecimalMatrix = tuple[DecimalVector, ...]


@dataclass(frozen=True, slots=True)
class OracleEpoch:
    """The numbers of an epoch, under the names of refgmm.em, in 50-digit arithmetic."""

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


def epoch(
    points: Sequence[float],
    weights: Sequence[float],
    means: Sequence[float],
    variances: Sequence[float],
) -> OracleEpoch:
    """One epoch of a univariate mixture. The doubles given are taken exactly.

    points: (n,)    weights, means, variances: (k,)
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

        phi = [
            [(-((x[i] - mu[j]) ** 2) / variance[j] / 2).exp() / (2 * PI).sqrt() for j in k]
            for i in n
        ]
        g = [[phi[i][j] / variance[j].sqrt() for j in k] for i in n]
        alpha_g = [[alpha[j] * g[i][j] for j in k] for i in n]
        p = [sum(alpha_g[i], Decimal(0)) for i in n]
        ln_p = [p[i].ln() for i in n]
        beta = [[alpha_g[i][j] / p[i] for j in k] for i in n]

        count = [sum((beta[i][j] for i in n), Decimal(0)) for j in k]
        beta_x = [[beta[i][j] * x[i] for j in k] for i in n]
        sum_beta_x = [sum((beta_x[i][j] for i in n), Decimal(0)) for j in k]
        new_mu = [sum_beta_x[j] / count[j] for j in k]
        beta_d2 = [[beta[i][j] * (x[i] - new_mu[j]) ** 2 for j in k] for i in n]
        sum_beta_d2 = [sum((beta_d2[i][j] for i in n), Decimal(0)) for j in k]

        return OracleEpoch(
            standard_densities=_matrix(phi),
            densities=_matrix(g),
            weighted_densities=_matrix(alpha_g),
            evidence=tuple(p),
            log_evidence=tuple(ln_p),
            responsibilities=_matrix(beta),
            log_likelihood=sum(ln_p, Decimal(0)),
            effective_counts=tuple(count),
            weighted_points=_matrix(beta_x),
            weighted_point_sums=tuple(sum_beta_x),
            means=tuple(new_mu),
            weighted_squared_deviations=_matrix(beta_d2),
            weighted_squared_deviation_sums=tuple(sum_beta_d2),
            variances=tuple(sum_beta_d2[j] / count[j] for j in k),
            weights=tuple(count[j] / len(x) for j in k),
        )


def correct_digits(value: float, reference: Decimal) -> float:
    """How many significant decimal digits of `value` are right: the log relative error.

    -log10 |value - reference| / |reference|, or -log10 |value| where the reference is 0;
    inf where both are equal; -inf where `value` is nan or infinite. A double can reach about 16. The unit is that of NIST's
    Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/.

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

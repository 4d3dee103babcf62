"""EM where rows miss values: each row counts with what it has, and nothing is made up.

    e_step       as em.e_step, from what each row has
    m_step       as em.m_step, from what each row has and what it leads to expect of the rest
    completed    the rows with what the mixture expects in the place of what they miss

A missing value is nan. Of a row x_i, let o be the coordinates that it has and m those that it
misses. Under component j, x_o is a Gaussian with the mean mu_o and the covariance Sigma_oo.

E step: Bayes' rule with the densities of what the row has.

    beta_j(x_i) = alpha_j g_j(x_o) / sum_l alpha_l g_l(x_o)

M step: each missing value becomes its expectation under component j given x_o, and the
covariance that it still has there is added to its squared deviation.

    xhat_ij   = x_o, and mu_m + Sigma_mo Sigma_oo^-1 (x_o - mu_o)        of the old mixture
    C_ij      = Sigma_mm - Sigma_mo Sigma_oo^-1 Sigma_om                 0 where x_i has a value
    mu_j'     = sum_i beta_j(x_i) xhat_ij / N_j
    Sigma_j'  = sum_i beta_j(x_i) ((xhat_ij - mu_j')(xhat_ij - mu_j')^T + C_ij) / N_j

or what refgmm.structures allows of it; N_j and alpha_j' stay as they are. Without C, the
covariances would come out too small, as if what was filled in had been seen.

It is EM still, so no epoch lowers the log-likelihood sum_i ln p(x_o) of what was seen
(Ghahramani and Jordan 1994, "Supervised learning from incomplete data via an EM approach",
NIPS 6; Hunt and Jorgensen 2003, "Mixture model clustering for mixed data with missing
information", Computational Statistics & Data Analysis 41; one component: Little and Rubin
2002, "Statistical Analysis with Missing Data", section 11.2.1). Premise of them all: whether
a value is missing may hang on what the row has, but not on the value itself.

>>> mixture = Mixture.multivariate([1.0], [[0.0, 0.0]], [[[4.0, 2.0], [2.0, 5.0]]])
>>> completed([[2.0, math.nan], [1.0, 3.0]], mixture)
((2.0, 1.0), (1.0, 3.0))
"""

import math

from refgmm import validation
from refgmm.arguments import check_kind
from refgmm.arithmetic import (
    Matrix,
    Vector,
    columns,
    total,
)
from refgmm.bayes import Posterior
from refgmm.cholesky import cholesky
from refgmm.em import EStep, MStep, check_dimensions, m_step_as_seen
from refgmm.errors import InvalidValueError
from refgmm.gaussian import MultivariateGaussian
from refgmm.linear_algebra import solve_lower
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.structures import FULL, Structure
from refgmm.type_names import Any, Iterable, Sequence

Pattern = tuple[int, ...]
"""The coordinates that a row has, from 0, ascending."""


def e_step(
    points: Sequence[Vector],
    mixture: Mixture[MultivariateGaussian],
    point_weights: Vector | None = None,
) -> EStep:
    """Bayes' rule at every row, with the densities of the coordinates that it has.

    points: (n, d), as validation.points(..., may_miss=True) returns them
    point_weights: (n,), how often each point counts in the log-likelihood; once where not given

    In the record, distances, densities and evidence are those of the marginals over the
    coordinates that a row has: the evidence of rows that miss different ones has different
    units. log_determinants, (k,), are of the whole covariances. Without nan, every number is
    em.e_step's, bit for bit. InvalidValueError for a mixture in one dimension.
    """
    _check_rows(mixture)
    return EStep.of_posteriors(_posteriors(points, mixture), mixture.components, point_weights)


def m_step(
    points: Sequence[Vector],
    mixture: Mixture[MultivariateGaussian],
    responsibilities: Matrix,
    structure: Structure = FULL,
    point_weights: Vector | None = None,
) -> MStep:
    """The parameters that maximise the expected log-likelihood, given who answers for what.

    points: (n, d)    responsibilities: (n, k), not negative
    mixture: the one that the E step started from; it says what to expect of missing values
    structure: what the covariances have in common; see refgmm.structures
    point_weights: (n,), how often each point counts; once where not given

    In the record, weighted_points are beta_j(x_i) xhat_ij, (n, k, d), and
    weighted_squared_deviations beta_j(x_i) ((xhat_ij - mu_j')(xhat_ij - mu_j')^T + C_ij),
    (n, k, d, d), symmetric to the last bit. Without nan, every number is em.m_step's, bit for
    bit. InvalidValueError for a mixture in one dimension, ValueError where lengths differ.
    """
    _check_rows(mixture)
    completions = _completions(points, mixture)
    return m_step_as_seen(
        [[own.of(x) for own in row] for x, row in zip(points, completions, strict=True)],
        [[own.covariance if own.misses else None for own in row] for row in completions],
        responsibilities,
        structure,
        point_weights,
    )


def completed(points: Iterable[Any], mixture: Mixture[MultivariateGaussian]) -> tuple[Vector, ...]:
    """The rows, (n, d), with each missing value filled by its expectation under the mixture.

        E[x_m | x_o] = sum_j beta_j(x_i) (mu_m + Sigma_mo Sigma_oo^-1 (x_o - mu_o))

    points: anything iterable of rows of numbers; nan is missing. What a row has stays as it is.

    These are expectations, not draws: they vary less than the values that are missing would.
    InvalidValueError for a row without any value, and where the dimensions differ.

    >>> mixture = Mixture.multivariate([0.5, 0.5], [[0, 0], [0, 8]], [[[1, 0], [0, 1]]] * 2)
    >>> completed([[0.5, math.nan]], mixture)
    ((0.5, 4.0),)
    """
    check_kind(mixture, Mixture, "mixture", "give the mixture of a fit, say")
    _check_rows(mixture)
    rows = validation.points(points, may_miss=True)
    check_dimensions(rows, mixture)
    return tuple(
        _blended(x, at.responsibilities, [completion.of(x) for completion in completions])
        for x, at, completions in zip(
            rows, _posteriors(rows, mixture), _completions(rows, mixture), strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class _Completion:
    """What a component expects of the coordinates that a row misses, given those that it has.

    With the coordinates sorted so that the row's come first, the Cholesky factor of Sigma is

        L_oo    0            L_oo L_oo^T = Sigma_oo,       L_mo = Sigma_mo L_oo^-T,
        L_mo  L_mm           L_mm L_mm^T = Sigma_mm - L_mo L_mo^T = C

    so that, with L_oo z = x_o - mu_o, the expectation of x_m is mu_m + L_mo z. Nothing is
    inverted, and nothing cancels: C is a sum of products, not a difference.
    """

    mean: Vector
    has: Pattern
    misses: Pattern
    factor: Matrix  # L, of the coordinates in the order has + misses
    covariance: Matrix  # C in the order of the coordinates, (d, d); 0 where the row has a value

    @classmethod
    def given(cls, component: MultivariateGaussian, has: Pattern) -> "_Completion":
        d = len(component.mean)
        misses = tuple(a for a in range(d) if a not in has)
        order = has + misses
        # the entry below the diagonal counts: those opposite may differ by rounding
        whole = component.covariance
        factor = cholesky(tuple(tuple(whole[max(a, b)][min(a, b)] for b in order) for a in order))
        left = {a: factor[order.index(a)][len(has) :] for a in misses}  # the rows of L_mm
        covariance = tuple(
            tuple(
                total(x * y for x, y in zip(left[a], left[b], strict=True))
                if a in left and b in left
                else 0.0
                for b in range(d)
            )
            for a in range(d)
        )
        return cls(component.mean, has, misses, factor, covariance)

    def of(self, x: Vector) -> Vector:
        """The row x with the expectations in place."""
        if not self.misses:
            return x
        z = solve_lower(
            self.factor[: len(self.has)], tuple([x[a] - self.mean[a] for a in self.has])
        )
        row = list(x)
        for a, entries in zip(self.misses, self.factor[len(self.has) :], strict=True):
            row[a] = self.mean[a] + total(map(float.__mul__, entries, z))  # L_mo z
        return tuple(row)


def _posteriors(
    points: Sequence[Vector], mixture: Mixture[MultivariateGaussian]
) -> list[Posterior]:
    """Bayes' rule at each row, under the marginal mixture of what it has."""
    patterns = [_pattern(x) for x in points]
    marginals = {has: mixture.marginal(has) for has in set(patterns)}
    return [
        marginals[has].posterior(tuple([x[a] for a in has]))
        for x, has in zip(points, patterns, strict=True)
    ]


def _completions(
    points: Sequence[Vector], mixture: Mixture[MultivariateGaussian]
) -> list[tuple[_Completion, ...]]:
    """For each row, what each component expects of what the row misses."""
    patterns = [_pattern(x) for x in points]
    completions = {
        has: tuple(_Completion.given(component, has) for component in mixture.components)
        for has in set(patterns)
    }
    return [completions[has] for has in patterns]


def _pattern(x: Vector) -> Pattern:
    return tuple([a for a, value in enumerate(x) if not math.isnan(value)])


def _blended(x: Vector, responsibilities: Vector, expected: Sequence[Vector]) -> Vector:
    """What the components expect, each by its responsibility, where x misses a value."""
    return tuple(
        total(map(float.__mul__, responsibilities, values)) if math.isnan(value) else value
        for value, values in zip(x, columns(expected), strict=True)
    )


def _check_rows(mixture: Mixture[MultivariateGaussian]) -> None:
    if mixture.dimension is None:
        problem = (
            "the mixture is of one dimension, where a point that misses its value says nothing: "
            "leave such points out"
        )
        raise InvalidValueError(problem, field="points")

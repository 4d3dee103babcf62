"""Standard errors of a fit, from its observed information.

How sharply the log-likelihood bends at its maximum says how well the points determine the
parameters theta: the observed information is minus its second derivative, and its inverse is the
covariance that the estimates have from one sample to another, in the limit of many points.

    s_ij         = d ln(alpha_j g_j(x_i)) / d theta,       s_i = sum_j beta_j(x_i) s_ij
    information  = complete - missing                      (p, p)
    complete     = -sum_i w_i sum_j beta_j(x_i) d2 ln(alpha_j g_j(x_i)) / d theta^2
    missing      = sum_i w_i (sum_j beta_j(x_i) s_ij s_ij^T - s_i s_i^T)

The first is what the points would say if the component of each were known, the second what is lost
because it isn't (Louis 1982, "Finding the observed information matrix when using the EM
algorithm", Journal of the Royal Statistical Society B 44(2)). w_i: the sample weights.

The free parameters, and both derivatives of ln(alpha_j g_j), are in refgmm.parameters.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refgmm import validation
from refgmm.arguments import check_kind
from refgmm.arithmetic import Matrix, Point, Vector, as_matrix, as_vector, columns, total
from refgmm.cholesky import cholesky
from refgmm.em import check_dimensions
from refgmm.errors import InvalidValueError
from refgmm.fit_result import FitResult
from refgmm.linear_algebra import NotPositiveDefiniteError, inverse, solve_upper, times
from refgmm.mixture import Mixture
from refgmm.parameters import (
    MEAN,
    WEIGHT,
    Parameter,
    View,
    ViewSums,
    free_parameters,
    jacobian,
)
from refgmm.records import dataclass

LOST = 1e-12
"""Where so little is left of the complete information, it is nothing but rounding: sums of doubles
keep some 13 digits."""

FURTHEST = 0.1
"""How far from the maximum a fit may be, in standard errors: a tenth of its own uncertainty does
not matter to an estimate."""

_REMEDY = "fit further (a smaller tolerance, more epochs), or fit fewer components"


@dataclass(frozen=True, slots=True)
class StandardErrors:
    """How far the estimates of a fit would vary from one sample to another: standard deviations.

    In the shapes of the mixture's own parameters; nan where a parameter was not estimated: held
    fixed, or 0 by the structure, or left no choice by those that were.
    """

    weights: Vector  # (k,)
    means: tuple[Point, ...]  # (k,) or (k, d), in the unit of the points
    covariances: tuple[Any, ...]  # (k,), of the variances, or (k, d, d); in the unit's square
    names: tuple[str, ...]  # (p,)  of the free parameters: "alpha_1", "mu_2[1]", "Sigma_1[2,1]"
    covariance: Matrix  # (p, p)  of the free parameters' estimates: the information's inverse
    information: Matrix  # (p, p)  of the points on the free parameters, in nats


def standard_errors(points: Iterable[Any], result: FitResult) -> StandardErrors:
    """The standard errors of a fit's parameters, from the observed information.

        covariance = information^-1,     standard error of theta_t = sqrt(covariance_tt)

    points: (n,) or (n, d), those of the fit, in their order; nan where a row misses a value
    result: of refgmm.fit, at a maximum of the likelihood

    The equations and their source stand at the head of refgmm.information. Free parameters are
    what the fit estimated: weights but the last (alpha_1, ...), then means (mu_1; mu_1[2], its
    coordinate 2), then covariances (Sigma_1[2,1]; a variance sigma_1^2; shared by all components
    Sigma[2,1], sigma^2). The last weight's standard error follows from the others' covariance.
    Sample weights count repetitions: a point with weight 2 says as much as two.

    They hold for many points in each component, and where the mixture has the right number of
    components. With a prior, this is the information of the likelihood alone, at the maximum of
    the posterior density.

    InvalidValueError where there are none: where the information is not positive definite, or
    where Newton's next step would move a parameter by more than a tenth of its standard error, so
    that the fit isn't at a maximum (with a prior it need not be, and the step is not looked at);
    where a free weight is 0; and for points that can't be those of the fit.

    >>> from refgmm.fitting import fit
    >>> errors = standard_errors([1.0, 2.0, 4.0, 5.0], fit([1.0, 2.0, 4.0, 5.0], 1))
    >>> errors.names, errors.means, errors.covariances  # sqrt(2.5 / 4), 2.5 sqrt(2 / 4)
    (('mu_1', 'sigma_1^2'), (0.79056...,), (1.76776...,))
    """
    information = observed_information(points, result)
    covariance = information.covariance()
    if result.estimation.prior is None:
        _check_gradient(information, covariance)
    k, d = len(result.mixture.weights), len(as_vector(result.mixture.means[0]))
    weights = [math.nan] * k
    means = [[math.nan] * d for _ in range(k)]
    covariances = [[[math.nan] * d for _ in range(d)] for _ in range(k)]
    for t, parameter in enumerate(information.parameters):
        error = math.sqrt(covariance[t][t])
        if parameter.kind == WEIGHT:
            weights[parameter.components[0]] = error
        for j in parameter.components:
            for a, b in parameter.places:
                if parameter.kind == MEAN:
                    means[j][a] = error
                else:
                    covariances[j][a][b] = error
    of_weights = [t for t, each in enumerate(information.parameters) if each.kind == WEIGHT]
    if of_weights:
        last = information.parameters[0].components[-1]
        weights[last] = math.sqrt(total(covariance[s][t] for s in of_weights for t in of_weights))
    is_scalar = result.mixture.dimension is None
    return StandardErrors(
        weights=tuple(weights),
        means=tuple(row[0] if is_scalar else tuple(row) for row in means),
        covariances=tuple(
            rows[0][0] if is_scalar else tuple(map(tuple, rows)) for rows in covariances
        ),
        names=tuple(parameter.name for parameter in information.parameters),
        covariance=covariance,
        information=information.matrix(),
    )


@dataclass(frozen=True, slots=True)
class Information:
    """The observed information along p standardised directions, and what leads back."""

    parameters: tuple[Parameter, ...]  # (p,)
    jacobian: Matrix  # (p, p)  J, lower triangular: how the parameters move along the directions
    scores: Vector  # (p,)  sum_i w_i s_i: 0 at a maximum
    standardised: Matrix  # (p, p)
    complete: Vector  # (p,)  the diagonal of the complete information

    def gradient(self) -> Vector:
        """Of the log-likelihood in the parameters, (p,): J^-T scores."""
        return solve_upper(self.jacobian, self.scores)

    def matrix(self) -> Matrix:
        """The information in the parameters, (p, p): J^-T standardised J^-1."""
        return _on_both_sides(lambda row: solve_upper(self.jacobian, row), self.standardised)

    def covariance(self) -> Matrix:
        """Of the estimates, (p, p): J standardised^-1 J^T, the inverse of the matrix.

        InvalidValueError where it is not positive definite, but for rounding. To tell, each
        direction is scaled so that its complete information is 1.
        """
        scales = [1 / math.sqrt(value) if value > 0.0 else 0.0 for value in self.complete]
        scaled = tuple(
            tuple(entry * scale * other for entry, other in zip(row, scales, strict=True))
            for row, scale in zip(self.standardised, scales, strict=True)
        )
        try:
            cholesky(
                tuple((*row[:a], row[a] - LOST, *row[a + 1 :]) for a, row in enumerate(scaled))
            )
        except NotPositiveDefiniteError as error:
            name = self.parameters[error.index].name
            problem = (
                f"the fit has no standard errors: its observed information is not positive definite, "
                f"which shows at the pivot of {name}. Either the fit is not at a maximum, or the "
                f"points don't determine {name}: {_REMEDY}"
            )
            raise InvalidValueError(problem, field="result") from None
        moves = tuple(tuple(map(float.__mul__, row, scales)) for row in self.jacobian)
        return _on_both_sides(lambda row: times(moves, row), inverse(cholesky(scaled)))


def _on_both_sides(apply: Callable[[Vector], Vector], matrix: Matrix) -> Matrix:
    """A S A^T, symmetric to the last bit, where apply is v -> A v and S is symmetric."""
    once = [apply(row) for row in matrix]
    whole = [apply(column) for column in columns(once)]
    p = range(len(whole))
    return tuple(tuple(whole[max(s, t)][min(s, t)] for t in p) for s in p)


def observed_information(points: Iterable[Any], result: FitResult) -> Information:
    """Minus the second derivative of the log-likelihood at result.mixture, wherever that is.

    points, result, and what is free: see standard_errors. InvalidValueError for points that can't
    be those of the fit, and where a free weight is 0: a border has no derivative.
    """
    rows = _checked(points, result)
    mixture = result.mixture
    parameters = free_parameters(mixture, result.estimation)
    _check_weights(parameters, mixture.weights)
    p = len(parameters)
    scores, complete = [0.0] * p, [0.0] * p
    upper = [[0.0] * p for _ in range(p)]  # the information; its upper half is filled
    moving = [
        [(t, parameter) for t, parameter in enumerate(parameters) if j in parameter.components]
        for j in range(len(mixture.weights))
    ]
    views: dict[tuple[int, ...], list[ViewSums]] = {}
    for x, betas, w in zip(
        rows, result.rows, result.point_weights or (1.0,) * len(rows), strict=True
    ):
        has = tuple([a for a, value in enumerate(x) if not math.isnan(value)])
        if has not in views:
            views[has] = _views(mixture, has)
        s_i = [0.0] * p
        for j, (beta, sums) in enumerate(zip(betas, views[has], strict=True)):
            if w * beta == 0.0:
                continue  # it adds nothing
            v = sums.view.standardised(x)
            sums.add(w * beta, v)
            s_ij = [(t, sums.view.score(j, parameter, v)) for t, parameter in moving[j]]
            for t, s in s_ij:
                s_i[t] += beta * s
            _add_products(upper, -w * beta, s_ij)
        _add_products(upper, w, list(enumerate(s_i)))
        scores = [score + w * s for score, s in zip(scores, s_i, strict=True)]
    for of_components in views.values():
        for j, sums in enumerate(of_components):
            for index, (s, one) in enumerate(moving[j]):
                for t, other in moving[j][index:]:
                    upper[s][t] += sums.information(j, one, other)
                complete[s] += sums.information(j, one, one)
    matrix = tuple(tuple(upper[min(s, t)][max(s, t)] for t in range(p)) for s in range(p))
    return Information(
        parameters, jacobian(parameters, mixture), tuple(scores), matrix, tuple(complete)
    )


def _views(mixture: Mixture[Any], has: tuple[int, ...]) -> list[ViewSums]:
    """Each component as rows with these coordinates see it."""
    components = zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    return [
        ViewSums(View.of(weight, as_vector(mean), as_matrix(covariance), has))
        for weight, mean, covariance in components
    ]


def _add_products(upper: list[list[float]], factor: float, s: list[tuple[int, float]]) -> None:
    """Add factor s s^T to an upper half, where s is given as pairs (index, entry), ascending."""
    for index, (a, value) in enumerate(s):
        row, scaled = upper[a], factor * value
        for b, other in s[index:]:
            row[b] += scaled * other


def _check_gradient(information: Information, covariance: Matrix) -> None:
    """InvalidValueError where Newton's step, covariance times gradient, leads further than FURTHEST."""
    steps = times(covariance, information.gradient())
    for t, (parameter, step) in enumerate(zip(information.parameters, steps, strict=True)):
        length = abs(step) / math.sqrt(covariance[t][t])
        if not length <= FURTHEST:
            problem = (
                f"the fit has no standard errors: it is not at a maximum of the likelihood, from "
                f"which {parameter.name} is {length:.2g} standard errors away by Newton's step: "
                f"{_REMEDY}; a variance floor, too, keeps a fit from the maximum"
            )
            raise InvalidValueError(problem, field="result")


def _check_weights(parameters: Sequence[Parameter], weights: Vector) -> None:
    """InvalidValueError where a free weight is 0."""
    free = {j for parameter in parameters if parameter.kind == WEIGHT for j in parameter.components}
    for j in sorted(free):
        if weights[j] == 0.0:
            problem = (
                f"the fit has no standard errors: component {j + 1} has the weight 0, which is at "
                "the border of what a weight can be: fit fewer components"
            )
            raise InvalidValueError(problem, field="result")


def _checked(points: Iterable[Any], result: FitResult) -> list[Vector]:
    """The points as vectors. InvalidValueError where they can't be those of the fit."""
    checked = validation.points(points, may_miss=True)
    check_kind(result, FitResult, "result", "give what fit(points, ...) returned")
    check_dimensions(checked, result.mixture)
    if len(checked) != len(result.rows):
        problem = (
            f"there are {len(checked)} points, and the fit was of {len(result.rows)}: "
            "give the points of the fit, in their order"
        )
        raise InvalidValueError(problem, field="points")
    return [as_vector(x) for x in checked]

"""The free parameters of a fit: their names, what they move, and the derivatives along them.

A free parameter moves a weight, a coordinate of a mean, or a covariance in the direction of a
symmetric matrix E of zeros and ones: one entry of the diagonal, two entries opposite each other,
or the identity, as the structure allows.

Premise: where coordinates are nearly dependent, Sigma^-1 is huge, derivatives along such entries
cancel, and at a correlation of 0.9999995 none of their digits is left.
Method: with L L^T = Sigma_j (Cholesky), derivatives are taken along standardised directions, L u of
a mean and L E L^T of a covariance. L has the structure of Sigma_j, so that these span what the
parameters can do; `jacobian` leads back. With r = x_i - mu_j, v = L^T Sigma_j^-1 r and
P = L^T Sigma_j^-1 L, which is the identity:

    d ln alpha [a] = a / alpha                d2 ln alpha [a, a'] = -a a' / alpha^2
    d ln g [u]     = u^T v                    d2 ln g [u, u'] = -u^T P u'
    d ln g [E]     = (v^T E v - tr(P E)) / 2  d2 ln g [u, E]  = -u^T P E v
                                              d2 ln g [E, F]  = tr(P E P F) / 2 - v^T E P F v

(Boldea and Magnus 2009, "Maximum likelihood estimation of the multivariate normal mixture model",
Journal of the American Statistical Association 104). a is 1 for the weight that a parameter is
named after, and -1 for the last that is not held fixed, which makes up for it.

Of a row that misses values, only the rows L_o of L for the coordinates that it has count: with
R R^T = Sigma_oo = L_o L_o^T and M = R^-1 L_o, v = M^T R^-1 r_o and P = M^T M, a projection.
"""

from collections.abc import Sequence
from typing import Any

from refgmm.arithmetic import Matrix, Vector, as_matrix, as_vector, columns, total
from refgmm.cholesky import cholesky
from refgmm.estimation import Estimation
from refgmm.linear_algebra import solve_lower, times
from refgmm.mixture import Mixture
from refgmm.records import dataclass, field
from refgmm.structures import ALL, DIAGONAL_PART

WEIGHT, MEAN, COVARIANCE = "weight", "mean", "covariance"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A free parameter, and what it moves.

    name: "alpha_1", "mu_2[1]", "Sigma_1[2,1]", or shared "Sigma[2,1]"; where there is one number to
        name, "mu_2", "sigma_1^2", or shared "sigma^2"
    kind: WEIGHT, MEAN or COVARIANCE
    components: those that it moves; of a weight, its own, and the one that makes up for it
    places: which entries it moves: (a, b) of a covariance, the ones of E; (a, a) of a mean
    """

    name: str
    kind: str
    components: tuple[int, ...]
    places: tuple[tuple[int, int], ...] = ()

    def sign(self, j: int) -> float:
        """Of a weight: how the weight of component j moves with it."""
        return 1.0 if j == self.components[0] else -1.0


def free_parameters(mixture: Mixture[Any], estimation: Estimation) -> tuple[Parameter, ...]:
    """What a fit estimated: weights, then means, then covariances.

    As many as estimation.free_parameters counts. The last weight that is not fixed is none of them:
    it is what the others leave.

    >>> from refgmm.structures import TIED
    >>> mixture = Mixture.univariate([0.5, 0.5], [1, 2], [2, 2])
    >>> [parameter.name for parameter in free_parameters(mixture, Estimation(TIED))]
    ['alpha_1', 'mu_1', 'mu_2', 'sigma^2']
    """
    k, d = len(mixture.weights), len(as_vector(mixture.means[0]))
    is_scalar = mixture.dimension is None
    structure = estimation.structure
    weights, means, covariances = (
        [j for j in range(k) if j not in estimation.fixed.of(name, k)]
        for name in ("weights", "means", "covariances")
    )
    parameters = []
    if not estimation.equal_weights:
        parameters += [Parameter(f"alpha_{j + 1}", WEIGHT, (j, weights[-1])) for j in weights[:-1]]
    for j in means:
        for a in range(d):
            name = f"mu_{j + 1}" if is_scalar else f"mu_{j + 1}[{a + 1}]"
            parameters.append(Parameter(name, MEAN, (j,), ((a, a),)))
    groups: dict[str, tuple[int, ...]] = {f"_{j + 1}": (j,) for j in covariances}
    if structure.is_shared and covariances:
        groups = {"": tuple(range(k))}
    for suffix, components in groups.items():
        for places in _directions(structure.part, d):
            a, b = places[0]
            is_variance = is_scalar or structure.part not in (ALL, DIAGONAL_PART)
            name = f"sigma{suffix}^2" if is_variance else f"Sigma{suffix}[{a + 1},{b + 1}]"
            parameters.append(Parameter(name, COVARIANCE, components, places))
    return tuple(parameters)


def _directions(part: str, d: int) -> list[tuple[tuple[int, int], ...]]:
    """The matrices E in whose directions a structure lets a covariance move: where their ones are."""
    if part == ALL:
        return [((a, b), (b, a)) if a != b else ((a, a),) for a in range(d) for b in range(a + 1)]
    diagonal = tuple((a, a) for a in range(d))
    return [(place,) for place in diagonal] if part == DIAGONAL_PART else [diagonal]


def jacobian(parameters: Sequence[Parameter], mixture: Mixture[Any]) -> Matrix:
    """J, (p, p), lower triangular: how each parameter moves along each standardised direction.

    Means move by L u, entry a by L_ac; covariances by L E L^T, entry (a, b) by the sum of
    L_ac L_be over the ones (c, e) of E; weights as they are.
    """
    factors = [cholesky(as_matrix(covariance)) for covariance in mixture.covariances]
    return tuple(
        tuple(_moves(parameter, along, factors[along.components[0]]) for along in parameters)
        for parameter in parameters
    )


def _moves(parameter: Parameter, along: Parameter, factor: Matrix) -> float:
    if (parameter.kind, parameter.components) != (along.kind, along.components):
        return 0.0
    if parameter.kind == WEIGHT:
        return 1.0
    a, b = parameter.places[0]
    if parameter.kind == MEAN:
        return factor[a][along.places[0][0]]
    return total(factor[a][c] * factor[b][e] for c, e in along.places)


@dataclass(frozen=True, slots=True)
class View:
    """A component as rows see it that have the same coordinates.

    has: those coordinates, from 0, ascending
    factor: R, the Cholesky factor of their covariance
    back: M^T, (d, coordinates that they have)
    precision: P, (d, d)
    """

    weight: float
    mean: Vector
    has: tuple[int, ...]
    factor: Matrix
    back: Matrix
    precision: Matrix

    @classmethod
    def of(cls, weight: float, mean: Vector, covariance: Matrix, has: tuple[int, ...]) -> "View":
        """The view of the component with these parameters."""
        whole = cholesky(covariance)
        factor = cholesky(tuple(tuple(covariance[a][b] for b in has) for a in has))
        back = tuple(solve_lower(factor, column) for column in columns(whole[a] for a in has))
        precision = tuple(times(back, row) for row in back)
        return cls(weight, mean, has, factor, back, precision)

    def standardised(self, x: Vector) -> Vector:
        """The v of a row: M^T R^-1 r_o, (d,)."""
        deviation = tuple([x[a] - self.mean[a] for a in self.has])
        return times(self.back, solve_lower(self.factor, deviation))

    def score(self, j: int, parameter: Parameter, v: Vector) -> float:
        """The derivative of ln(alpha_j g_j(x)) along the parameter."""
        if parameter.kind == WEIGHT:
            return parameter.sign(j) / self.weight
        if parameter.kind == MEAN:
            return v[parameter.places[0][0]]
        return total([v[a] * v[b] - self.precision[a][b] for a, b in parameter.places]) / 2


@dataclass(slots=True)
class ViewSums:
    """What rows with the same coordinates add up to, each by its share w beta."""

    view: View
    count: float = 0.0  # sum of w beta
    first: list[float] = field(init=False)  # (d,)  sum of w beta v
    second: list[list[float]] = field(init=False)  # (d, d)  sum of w beta v v^T

    def __post_init__(self) -> None:
        self.first = [0.0 for _ in self.view.mean]
        self.second = [[0.0 for _ in self.view.mean] for _ in self.view.mean]

    def add(self, share: float, v: Vector) -> None:
        """Count a row."""
        self.count += share
        for a, value in enumerate(v):
            self.first[a] += share * value
            for b, other in enumerate(v):
                self.second[a][b] += share * value * other

    def information(self, j: int, one: Parameter, other: Parameter) -> float:
        """Minus the sum of w beta d2 ln(alpha_j g_j). `other` does not come before `one`."""
        weight, precision = self.view.weight, self.view.precision
        if one.kind == WEIGHT:
            if other.kind != WEIGHT:
                return 0.0
            return one.sign(j) * other.sign(j) * self.count / weight / weight
        if one.kind == MEAN:
            a, _ = one.places[0]
            if other.kind == MEAN:
                b, _ = other.places[0]
                return self.count * precision[a][b]
            return total(precision[a][b] * self.first[c] for b, c in other.places)
        return total(
            precision[b][c] * (self.second[a][e] - self.count / 2 * precision[a][e])
            for a, b in one.places
            for c, e in other.places
        )

"""The Gaussian mixture: pick component j with probability alpha_j, then draw from it.

p(x) = sum_j alpha_j g_j(x)                 the evidence of x
beta_j(x) = alpha_j g_j(x) / p(x)           the responsibility of component j for x (Bayes' rule)

note           here             shape
alpha_j        weights[j]       (k,), not negative, sum 1
g_j            components[j]    (k,)
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from refgmm import validation
from refgmm.arithmetic import Point, Square, Vector, total
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Evaluation, Gaussian, MultivariateGaussian

WEIGHT_SUM_TOLERANCE = 1e-9
"""How far from 1 a sum of weights may be. New weights, N_j / n, carry the rounding
errors of n additions: up to n 2^-53, 1e-10 for a million points."""

SMALLEST_PRECISE = 2.0**-960
"""Below this, an evidence or an effective count is made of numbers so near to the
smallest double, 2^-1074, that they have begun to lose digits."""


def is_faint(value: float) -> bool:
    """Whether an evidence or an effective count is below SMALLEST_PRECISE (or nan).

    >>> is_faint(1e-300), is_faint(1e-280)
    (True, False)
    """
    return not value >= SMALLEST_PRECISE


class Component(Protocol):
    """What a mixture asks of its components. A point is a float in one dimension, a Vector in more."""

    @property
    def mean(self) -> Any:
        """The mean: a point."""

    @property
    def covariance(self) -> Any:
        """The covariance: in one dimension the variance."""

    @property
    def log_determinant(self) -> float:
        """The natural logarithm of the determinant of the covariance."""

    def evaluate(self, x: Any) -> Evaluation:
        """g(x), and its pieces."""

    def log_density(self, x: Any) -> float:
        """The natural logarithm of g(x), finite also where g(x) underflows."""


C = TypeVar("C", bound=Component)


@dataclass(frozen=True, slots=True)
class Posterior:
    """Bayes' rule at one point, with every number on the way."""

    mahalanobis_distances: Vector  # (k,)  Delta_j(x); in one dimension |z|
    standard_densities: Vector  # (k,)  phi(z), as the lecture note prints its densities
    densities: Vector  # (k,)  g_j(x)
    weighted_densities: Vector  # (k,)  alpha_j g_j(x)
    evidence: float  # p(x)
    log_evidence: float  # ln p(x), finite also where the evidence underflows
    responsibilities: Vector  # (k,)  beta_j(x), sum 1

    @property
    def underflowed(self) -> bool:
        """Whether the evidence is so small that logarithms had to be used."""
        return is_faint(self.evidence)


@dataclass(frozen=True)  # no slots: with them, Mixture[Gaussian](...) fails on Python 3.11
class Mixture(Generic[C]):
    """Weights and components, one of each for every j.

    Raises InvalidValueError where a weight is negative, where the weights don't sum
    to 1 (they are never renormalised silently), or where the numbers of weights and
    components differ.

    >>> Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    Mixture(weights=(0.5, 0.5), components=(Gaussian(mean=1.0, variance=2.0), Gaussian(mean=2.0, variance=2.0)))
    >>> Mixture.univariate(weights=[0.5, 0.7], means=[1, 2], variances=[2, 2])
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: weights must sum to 1, got 1.2 (0.2 too much): change them, or divide each by 1.2
    """

    weights: Vector
    components: tuple[C, ...]

    def __post_init__(self) -> None:
        weights = tuple(validation.weight(value, j) for j, value in enumerate(self.weights))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "components", tuple(self.components))
        if not weights:
            problem = "there are no components: give at least one"
            raise InvalidValueError(problem, field="components")
        if len(weights) != len(self.components):
            problem = (
                f"{len(weights)} weights for {len(self.components)} components: "
                "give one weight for each component"
            )
            raise InvalidValueError(problem, field="weights")
        _check_weight_sum(weights)
        _check_dimensions(self.components)

    @classmethod
    def univariate(
        cls, weights: Iterable[float], means: Iterable[float], variances: Iterable[float]
    ) -> "Mixture[Gaussian]":
        """The mixture of Gaussians with these weights, means and variances, (k,) each."""
        weights, means, variances = tuple(weights), tuple(means), tuple(variances)
        _check_counts(weights=weights, means=means, variances=variances)
        checked_means = [validation.number(value, "means", j) for j, value in enumerate(means)]
        checked_variances = [validation.variance(value, j) for j, value in enumerate(variances)]
        return Mixture(weights, tuple(map(Gaussian, checked_means, checked_variances)))

    @classmethod
    def multivariate(
        cls,
        weights: Iterable[float],
        means: Iterable[Any],
        covariances: Iterable[Any],
    ) -> "Mixture[MultivariateGaussian]":
        """The mixture of d-dimensional Gaussians with these weights (k,), means (k, d) and
        covariances (k, d, d): rows of numbers of any kind.

        >>> mixture = Mixture.multivariate([1], means=[[0, 0]], covariances=[[[2, 1], [1, 2]]])
        >>> mixture.dimension
        2
        """
        weights, means, covariances = tuple(weights), tuple(means), tuple(covariances)
        _check_counts(weights=weights, means=means, covariances=covariances)
        components = tuple(
            MultivariateGaussian(mean, covariance, j)
            for j, (mean, covariance) in enumerate(zip(means, covariances, strict=True))
        )
        return Mixture(weights, components)

    @classmethod
    def of_parameters(
        cls, weights: Sequence[float], means: Sequence[Point], covariances: Sequence[Square]
    ) -> "Mixture[Any]":
        """Univariate or multivariate, as the means are numbers or vectors."""
        if means and isinstance(means[0], tuple):
            return Mixture.multivariate(weights, means, covariances)
        return Mixture.univariate(weights, means, covariances)

    @property
    def means(self) -> tuple[Point, ...]:
        """The means of the components, (k,) or (k, d)."""
        return tuple(component.mean for component in self.components)

    @property
    def covariances(self) -> tuple[Square, ...]:
        """The covariances of the components, (k, d, d); in one dimension their variances, (k,)."""
        return tuple(component.covariance for component in self.components)

    def order(self, by: str = "means") -> tuple[int, ...]:
        """The components' numbers, from 0, in ascending order of their means (compared coordinate
        by coordinate) or in descending order of their weights; of equals, the first first.

        >>> Mixture.univariate([0.2, 0.8], [3, 1], [1, 1]).order("means")
        (1, 0)
        """
        numbers = range(len(self.weights))
        if by == "means":
            return tuple(sorted(numbers, key=lambda j: self.components[j].mean))
        if by == "weights":
            return tuple(sorted(numbers, key=lambda j: -self.weights[j]))
        problem = f"components are ordered by 'means' or by 'weights', not by {by!r}"
        raise InvalidValueError(problem, field="order")

    def ordered(self, by: str = "means") -> "Mixture[C]":
        """The same mixture with its components in the order of `order`.

        >>> Mixture.univariate([0.2, 0.8], [3, 1], [1, 1]).ordered("means").weights
        (0.8, 0.2)
        """
        order = self.order(by)
        weights = tuple(self.weights[j] for j in order)
        return Mixture(weights, tuple(self.components[j] for j in order))

    @property
    def dimension(self) -> int | None:
        """d, where points are vectors; None where they are numbers."""
        return dimension_of(self.components[0].mean)

    def posterior(self, x: Point) -> Posterior:
        """Bayes' rule at x, in the order in which a student writes it down."""
        evaluations = [component.evaluate(x) for component in self.components]
        densities = tuple(at.density for at in evaluations)
        weighted_densities = tuple(
            weight * density if weight > 0.0 else 0.0  # also where the density is infinite
            for weight, density in zip(self.weights, densities, strict=True)
        )
        evidence = total(weighted_densities)
        if is_faint(evidence) or math.isinf(evidence):
            log_evidence, responsibilities = self._bayes_by_logarithms(x)
        else:
            log_evidence = math.log(evidence)
            responsibilities = tuple(weighted / evidence for weighted in weighted_densities)
        return Posterior(
            mahalanobis_distances=tuple(at.mahalanobis_distance for at in evaluations),
            standard_densities=tuple(at.standard_density for at in evaluations),
            densities=densities,
            weighted_densities=weighted_densities,
            evidence=evidence,
            log_evidence=log_evidence,
            responsibilities=responsibilities,
        )

    def density(self, x: Point) -> float:
        """The evidence p(x), in 1 / unit of x.

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).density(0.9)
        0.2449247987146846
        """
        return self.posterior(x).evidence

    def log_density(self, x: Point) -> float:
        """The natural logarithm of p(x), in nats: finite also where p(x) underflows.

        >>> Mixture.univariate([0.5, 0.5], [0, 0], [1, 1]).log_density(1e6)
        -500000000000.91895
        """
        return self.posterior(x).log_evidence

    def responsibilities(self, x: Point) -> Vector:
        """beta_j(x) for every component, (k,).

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).responsibilities(0.9)
        (0.574442516811659, 0.4255574831883411)
        """
        return self.posterior(x).responsibilities

    def _bayes_by_logarithms(self, x: Point) -> tuple[float, Vector]:
        """Log evidence and responsibilities where the densities are too small, or too large, for doubles.

        From the logarithms w_j = ln(alpha_j g_j(x)), everything relative to the largest of
        them, so that it can't underflow (the log-sum-exp rule):

        beta_j = exp(w_j - w_max) / sum_l exp(w_l - w_max)
        ln p   = w_max + ln sum_l exp(w_l - w_max)
        """
        logs = tuple(
            math.log(weight) + component.log_density(x) if weight > 0.0 else -math.inf
            for weight, component in zip(self.weights, self.components, strict=True)
        )
        largest = max(logs)
        relative = tuple(math.exp(log - largest) for log in logs)
        relative_evidence = total(relative)
        responsibilities = tuple(value / relative_evidence for value in relative)
        return largest + math.log(relative_evidence), responsibilities


def dimension_of(point: Point) -> int | None:
    """d of a vector; None of a number.

    >>> dimension_of((1.0, 2.0)), dimension_of(1.0)
    (2, None)
    """
    return len(point) if isinstance(point, tuple) else None


def _check_counts(**parameters: tuple[object, ...]) -> None:
    """As many of each parameter."""
    if len({len(values) for values in parameters.values()}) != 1:
        have = ", ".join(f"{len(values)} {field}" for field, values in parameters.items())
        problem = f"got {have}: give one of each for every component"
        raise InvalidValueError(problem, field="components")


def _check_dimensions(components: tuple[Component, ...]) -> None:
    first = dimension_of(components[0].mean)
    for j, component in enumerate(components):
        if dimension_of(component.mean) != first:
            problem = (
                f"mean {j + 1} has {dimension_in_words(dimension_of(component.mean))} where mean 1 has "
                f"{dimension_in_words(first)}: give every component the same dimension"
            )
            raise InvalidValueError(problem, field="means", index=j)


def dimension_in_words(dimension: int | None) -> str:
    """What a message calls the dimension of a point.

    >>> dimension_in_words(None), dimension_in_words(2)
    ('one number', '2 coordinates')
    """
    if dimension is None:
        return "one number"
    return f"{dimension} coordinate{'s' if dimension > 1 else ''}"


def _check_weight_sum(weights: Vector) -> None:
    weight_sum = total(weights)
    excess = weight_sum - 1.0
    if not abs(excess) <= WEIGHT_SUM_TOLERANCE:
        how_far = f"{abs(excess):.6g} too {'much' if excess > 0 else 'little'}"
        remedy = f", or divide each by {weight_sum!r}" if weight_sum > 0 else ""
        problem = f"weights must sum to 1, got {weight_sum!r} ({how_far}): change them{remedy}"
        raise InvalidValueError(problem, field="weights")

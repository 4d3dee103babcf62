"""The Gaussian mixture: pick component j with probability alpha_j, then draw from it.

p(x) = sum_j alpha_j g_j(x)                 the evidence of x
beta_j(x) = alpha_j g_j(x) / p(x)           the responsibility of component j for x (Bayes' rule)

note           here             shape
alpha_j        weights[j]       (k,), not negative, sum 1
g_j            components[j]    (k,)

Bayes' rule stands in refgmm.bayes; samples, moments and quantiles in refgmm.distribution.
"""

import itertools
import random

from refgmm import arguments, bayes, validation
from refgmm.arguments import dimension_in_words, dimension_of, one_each
from refgmm.arithmetic import Point, Square, Vector, total
from refgmm.bayes import Component, Posterior
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Gaussian, MultivariateGaussian
from refgmm.records import dataclass
from refgmm.type_names import TYPE_CHECKING, Any, Generic, Iterable, Mapping, Sequence, TypeVar

if TYPE_CHECKING:
    from refgmm.distribution import Sample

WEIGHT_SUM_TOLERANCE = 1e-9
"""How far from 1 a sum of weights may be. New weights, N_j / n, carry the rounding
errors of n additions: up to n 2^-53, 1e-10 for a million points."""

C = TypeVar("C", bound=Component)


@dataclass(frozen=True, slots=True)
class Mixture(Generic[C]):
    """Weights and components, one of each for every j: p(x) = sum_j alpha_j g_j(x).

    weights: (k,), each a probability
    components: (k,), Gaussians, all of the same dimension

    Made of numbers by `univariate` and `multivariate`.

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
        given = one_each(self.weights, "weights")
        weights = tuple(map(validation.weight, given, itertools.count()))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "components", one_each(self.components, "components"))
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
        _check_components(self.components)

    @classmethod
    def univariate(
        cls, weights: Iterable[float], means: Iterable[float], variances: Iterable[float]
    ) -> "Mixture[Gaussian]":
        """The mixture of Gaussians with these weights, means and variances, (k,) each."""
        weights, means = one_each(weights, "weights"), one_each(means, "means")
        variances = one_each(variances, "variances")
        _check_counts(weights=weights, means=means, variances=variances)
        return Mixture(weights, tuple(map(Gaussian, means, variances, itertools.count())))

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
        weights, means = one_each(weights, "weights"), one_each(means, "means")
        covariances = one_each(covariances, "covariances")
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
        return tuple([component.mean for component in self.components])

    @property
    def covariances(self) -> tuple[Square, ...]:
        """The covariances of the components, (k, d, d); in one dimension their variances, (k,)."""
        return tuple([component.covariance for component in self.components])

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
        """Bayes' rule at x, in the order in which a student writes it down.

        x: a point as arguments.point returns it. It isn't checked again: EM asks for every point.
        """
        return bayes.posterior(self.weights, self.components, x)

    def density(self, x: Point) -> float:
        """The evidence p(x) = sum_j alpha_j g_j(x), in 1 / unit of x (in d dimensions, of the
        coordinates' units multiplied).

        InvalidValueError, here and below, for an x that is no point of the mixture's dimension.

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).density(0.9)
        0.2449247987146846
        """
        return self.posterior(arguments.point(x, self.dimension)).evidence

    def log_density(self, x: Point) -> float:
        """The natural logarithm of p(x), in nats: finite also where p(x) underflows.

        >>> Mixture.univariate([0.5, 0.5], [0, 0], [1, 1]).log_density(1e6)
        -500000000000.91895
        """
        return self.posterior(arguments.point(x, self.dimension)).log_evidence

    def responsibilities(self, x: Point) -> Vector:
        """beta_j(x) = alpha_j g_j(x) / p(x) for every component, (k,).

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).responsibilities(0.9)
        (0.574442516811659, 0.4255574831883411)
        """
        return self.posterior(arguments.point(x, self.dimension)).responsibilities

    def sample(self, n: int, rng: random.Random | int) -> "Sample":
        """n points, (n,) or (n, d), and which component each came from, (n,), from 0.

        n times: pick j with probability alpha_j, draw from g_j.

        n: a whole number from 1 on
        rng: a random.Random, which moves on, or a seed for a new one: a whole number from 0 on.
        There is no default, so that the same points can be drawn again, on any version of Python.

        InvalidValueError for any other n or rng.

        >>> mixture = Mixture.univariate([0.5, 0.5], [-100, 100], [1, 1])
        >>> points, components = mixture.sample(4, rng=1)
        >>> [round(x, 3) for x in points], components
        ([-99.832, -101.111, 101.465, -101.734], (0, 0, 1, 0))
        """
        from refgmm import distribution

        n, rng = arguments.count(n, "n"), arguments.generator(rng)
        return distribution.sample(self.weights, self.components, n, rng)

    @property
    def mean(self) -> Point:
        """The mean of the whole, sum_j alpha_j mu_j: a float, or (d,).

        >>> Mixture.univariate([0.25, 0.75], [0, 4], [1, 2]).mean
        3.0
        """
        from refgmm import distribution

        return distribution.average(self.weights, self.means)

    @property
    def covariance(self) -> Square:
        """The covariance of the whole, (d, d); in one dimension the variance, a float.

        sum_j alpha_j (Sigma_j + (mu_j - mu)(mu_j - mu)^T): within the components and between them.

        >>> Mixture.univariate([0.25, 0.75], [0, 4], [1, 2]).covariance     # 1.75 + 3
        4.75
        """
        from refgmm import distribution

        return distribution.covariance(self.weights, self.means, self.covariances)

    @property
    def variance(self) -> float:
        """The covariance, as one dimension calls it. InvalidValueError in more."""
        self._check_univariate("a variance")
        return float(self.covariance)

    def cdf(self, x: float) -> float:
        """P(X <= x) = sum_j alpha_j G_j(x), to 12 digits down to 1e-300. InvalidValueError in d dimensions.

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).cdf(1.5)
        0.5
        """
        from refgmm import distribution

        gaussians = self._check_univariate("a cdf")
        return float(distribution.average(self.weights, [g.cdf(x) for g in gaussians]))

    def survival(self, x: float) -> float:
        """P(X > x) = 1 - cdf(x), to 12 digits also where the cdf is 1 in doubles.

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).survival(50)
        4.12245645799...e-253
        """
        from refgmm import distribution

        gaussians = self._check_univariate("a survival function")
        return float(distribution.average(self.weights, [g.survival(x) for g in gaussians]))

    def quantile(self, p: float) -> float:
        """The x with cdf(x) = p, 0 < p < 1, in the unit of the points. InvalidValueError in d dimensions.

        To the last digits also for tiny p, and between components far apart. A larger p never
        gives a smaller x. InvalidValueError for a p that is not strictly between 0 and 1.

        >>> Mixture.univariate([0.5, 0.5], [1, 2], [2, 2]).quantile(0.5)
        1.5
        """
        from refgmm import distribution

        gaussians = self._check_univariate("a quantile")
        return distribution.quantile(self.weights, gaussians, arguments.probability(p))

    def marginal(self, coordinates: int | Sequence[int]) -> "Mixture[Any]":
        """The mixture of some coordinates, counted from 0, in the order given: the weights stay.

        One coordinate, not in a list, gives a univariate mixture. InvalidValueError for what is no
        coordinate or there twice, and where points are numbers.

        >>> mixture = Mixture.multivariate([1], means=[[5, 6]], covariances=[[[2, 1], [1, 3]]])
        >>> mixture.marginal(1)
        Mixture(weights=(1.0,), components=(Gaussian(mean=6.0, variance=3.0),))
        """
        gaussians = self._check_multivariate("marginals")
        return Mixture(self.weights, tuple(g.marginal(coordinates) for g in gaussians))

    def conditional(self, known: Mapping[int, float]) -> "Mixture[Any]":
        """The mixture of the other coordinates, ascending, given {coordinate: value}, from 0.

        p(x_a | x_b) = sum_j beta_j(x_b) g_j(x_a | x_b): the responsibilities for what is known
        become the weights. See MultivariateGaussian.conditional. Of one coordinate that remains,
        a univariate mixture. InvalidValueError for what is no coordinate or no number, where none or
        all are known, and where points are numbers.

        >>> means, identity = [[0, 0], [0, 9]], [[1, 0], [0, 1]]
        >>> mixture = Mixture.multivariate([0.25, 0.75], means, [identity, identity])
        >>> mixture.conditional({0: 5}).weights     # coordinate 0 doesn't tell the components apart
        (0.25, 0.75)
        """
        gaussians = self._check_multivariate("conditionals")
        known = arguments.known(known, len(gaussians[0].mean))
        weights = self.marginal(tuple(known)).responsibilities(tuple(known.values()))
        return Mixture(weights, tuple(g.conditional(known) for g in gaussians))

    def _check_univariate(self, asked: str) -> tuple[Any, ...]:
        """The components, where points are numbers."""
        if self.dimension is not None:
            problem = (
                f"{asked} is for one dimension, and the points of this mixture have "
                f"{dimension_in_words(self.dimension)}: take marginal(0), say, which has one"
            )
            raise InvalidValueError(problem, field="components")
        return self.components

    def _check_multivariate(self, asked: str) -> tuple[Any, ...]:
        """The components, where points are vectors."""
        if self.dimension is None:
            problem = (
                f"{asked} are for vectors, and the points of this mixture are numbers: "
                "make it by Mixture.multivariate"
            )
            raise InvalidValueError(problem, field="components")
        return self.components


def _check_counts(**parameters: tuple[object, ...]) -> None:
    """As many of each parameter."""
    if len(set(map(len, parameters.values()))) != 1:
        have = ", ".join(f"{len(values)} {field}" for field, values in parameters.items())
        problem = f"got {have}: give one of each for every component"
        raise InvalidValueError(problem, field="components")


def _check_components(components: tuple[Component, ...]) -> None:
    """InvalidValueError for what is no component, or of another dimension than the first."""
    for j, component in enumerate(components):
        if not hasattr(component, "evaluate"):
            problem = (
                f"component {j + 1} must be a Gaussian, got {validation.shown(component)}: make the "
                "mixture of numbers by Mixture.univariate or Mixture.multivariate"
            )
            raise InvalidValueError(problem, field="components", index=j)
    first = dimension_of(components[0].mean)
    for j, component in enumerate(components):
        if dimension_of(component.mean) != first:
            problem = (
                f"mean {j + 1} has {dimension_in_words(dimension_of(component.mean))} where mean 1 has "
                f"{dimension_in_words(first)}: give every component the same dimension"
            )
            raise InvalidValueError(problem, field="means", index=j)


def _check_weight_sum(weights: Vector) -> None:
    weight_sum = total(weights)
    excess = weight_sum - 1.0
    if not abs(excess) <= WEIGHT_SUM_TOLERANCE:
        how_far = f"{abs(excess):.6g} too {'much' if excess > 0 else 'little'}"
        remedy = f", or divide each by {weight_sum!r}" if weight_sum > 0 else ""
        problem = f"weights must sum to 1, got {weight_sum!r} ({how_far}): change them{remedy}"
        raise InvalidValueError(problem, field="weights")

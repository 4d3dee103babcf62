"""The Gaussian distribution, in one dimension and in d.

    g(x) = exp(-(x - mean)^2 / (2 variance)) / sqrt(2 pi variance)

    g(x) = exp(-Delta^2 / 2) / sqrt((2 pi)^d det Sigma),    Delta^2 = (x - mu)^T Sigma^-1 (x - mu)

Delta is the Mahalanobis distance of x: how many standard deviations it lies from the mean,
in its direction. In one dimension it is |z|, z = (x - mean) / sigma.

The lecture note prints another number under the same name g: the standard normal
density of the z-score,

    phi(z) = exp(-z^2 / 2) / sqrt(2 pi),    so that phi(z) = sigma g(x).

Both are here: `density` and `standard_density`.
"""

import math
import random

from refgmm import arguments, validation
from refgmm.arithmetic import Matrix, Vector, square, total
from refgmm.errors import InvalidValueError
from refgmm.linear_algebra import solve_lower, times
from refgmm.records import InitVar, dataclass, field
from refgmm.type_names import Iterable, Mapping, Sequence

_LARGEST_EXPONENT = math.log(1.7e308)
_SMALLEST_EXPONENT = math.log(2.0**-960)


Evaluation = tuple[float, float, float]
"""Of a Gaussian at a point: Delta, from 0 on, the Mahalanobis distance; the standard density of the
standardised point, exp(-Delta^2 / 2) / sqrt(2 pi)^d; and the density g(x)."""


def standard_normal(rng: random.Random) -> float:
    """A number drawn from the Gaussian of mean 0 and variance 1 (Box and Muller 1958, "A note on
    the generation of random normal deviates", Annals of Mathematical Statistics 29(2)).

        z = sqrt(-2 ln(1 - u)) cos(2 pi v),     u and v uniform on [0, 1)

    Premise: of the methods of random.Random, Python promises of random() alone that later versions
    give the same numbers from the same seed; and its gauss() keeps half of a pair for next time.
    Method: two calls of random(), and nothing kept. The sine of the same angle would give a second
    number. None is beyond 8.6, where 1 - u is the smallest that it can be, 2^-53.

    >>> f"{standard_normal(random.Random(1)):.12f}"
    '0.308708892080'
    """
    radius = math.sqrt(-2.0 * math.log(1.0 - rng.random()))
    return radius * math.cos(2.0 * math.pi * rng.random())


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A Gaussian with a mean and a variance (the square of the standard deviation sigma).

    The mean has the unit of the points, the variance its square. Raises
    InvalidValueError unless the mean is finite and the variance positive and finite.

    index: which component of a mixture it is, from 0; for messages alone

    `density` and `standard_density` take any float for an x, unchecked: plots ask for many.

    >>> Gaussian(mean=1, variance=2)
    Gaussian(mean=1.0, variance=2.0)
    >>> Gaussian(mean=1, variance=-2.0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance must be positive and finite, got -2.0: give the square of a standard deviation above 0
    """

    mean: float
    variance: float
    index: InitVar[int | None] = None

    def __post_init__(self, index: int | None) -> None:
        object.__setattr__(self, "mean", validation.number(self.mean, "means", index))
        object.__setattr__(self, "variance", validation.variance(self.variance, index))

    def density(self, x: float) -> float:
        """g(x), in 1 / unit of x. Underflows to 0 beyond about 38 sigma; nan for a nan.

        The quotient is written as it is because 1 / sqrt(2 pi variance) as a factor
        in front rounds differently, and misses the lecture note's digits. Beyond 36 sigma
        exp(-z^2 / 2) is so near to the smallest double that it loses digits, while g(x) need not be,
        if sigma is small: there g(x) is one exp, of its logarithm.

        >>> Gaussian(mean=1, variance=2).density(0.9)
        0.2813904356065048
        """
        exponent = self._exponent(x)
        if exponent < _SMALLEST_EXPONENT:
            return math.exp(exponent - self._log_normaliser)
        return math.exp(exponent) / math.sqrt(2 * math.pi * self.variance)

    def log_density(self, x: float) -> float:
        """The natural logarithm of g(x), in nats: finite also where g(x) underflows.

        InvalidValueError for an x that is no point: nan, inf, or beyond 1e75.

        >>> Gaussian(mean=0, variance=1).log_density(1e6)
        -500000000000.91895
        """
        x = validation.number(x, "points")
        return self._exponent(x) - self._log_normaliser

    def standard_density(self, x: float) -> float:
        """phi(z), the standard normal density of the z-score of x: a pure number.

        >>> round(Gaussian(mean=1, variance=2).standard_density(0.9), 3)
        0.398
        """
        z = (x - self.mean) / math.sqrt(self.variance)
        return math.exp(-square(z) / 2) / math.sqrt(2 * math.pi)

    def cdf(self, x: float) -> float:
        """G(x) = P(X <= x) = erfc((mean - x) / sqrt(2 variance)) / 2: a pure number.

        To 12 digits down to 1e-300, because erfc, unlike 1 + erf, doesn't cancel there.
        InvalidValueError for an x that is no point.

        >>> Gaussian(mean=1, variance=2).cdf(1), Gaussian(mean=0, variance=1).cdf(-37)
        (0.5, 5.72557122252...e-300)
        """
        return self._tail(validation.number(x, "points") - self.mean)

    def survival(self, x: float) -> float:
        """P(X > x) = 1 - G(x), and to 12 digits also where G(x) is 1 in doubles.

        >>> Gaussian(mean=0, variance=1).survival(37)
        5.72557122252...e-300
        """
        return self._tail(self.mean - validation.number(x, "points"))

    def draw(self, rng: random.Random) -> float:
        """One number from this distribution: mean + sigma z, z standard normal."""
        return self.mean + math.sqrt(self.variance) * standard_normal(rng)

    def evaluate(self, x: float) -> Evaluation:
        """The distance of x, its standard density, and its density."""
        distance = abs(x - self.mean) / math.sqrt(self.variance)
        return distance, self.standard_density(x), self.density(x)

    @property
    def covariance(self) -> float:
        """The variance: what more dimensions call the covariance."""
        return self.variance

    @property
    def log_determinant(self) -> float:
        """ln variance: in one dimension the determinant of the covariance is the variance."""
        return math.log(self.variance)

    @property
    def _log_normaliser(self) -> float:
        return math.log(2 * math.pi * self.variance) / 2

    def _tail(self, deviation: float) -> float:
        """P(X - mean <= deviation)."""
        return math.erfc(-deviation / math.sqrt(2 * self.variance)) / 2

    def _exponent(self, x: float) -> float:
        """-(x - mean)^2 / (2 variance)."""
        return -square(x - self.mean) / (2 * self.variance)


@dataclass(frozen=True, slots=True)
class MultivariateGaussian:
    """A Gaussian in d dimensions with a mean, (d,), and a covariance matrix, (d, d).

    Raises InvalidValueError for a covariance that is not symmetric or not positive definite (the
    message names the pivot), and where the sizes differ.

    index: which component of a mixture it is, from 0; for messages alone

    `density`, `standard_density` and `mahalanobis_distance` take any d floats for an x, unchecked:
    plots ask for many.

    Sigma = L L^T (Cholesky) gives both pieces of the density: with L z = x - mu, Delta^2 is z^T z;
    and ln det Sigma is the sum of 2 ln L_aa. No inverse is needed. Both are right to the last
    digit or two, however near to singular Sigma is: see refgmm.cholesky.

    >>> MultivariateGaussian(mean=[0, 1], covariance=[[2, 1], [1, 2]])
    MultivariateGaussian(mean=(0.0, 1.0), covariance=((2.0, 1.0), (1.0, 2.0)))
    """

    mean: Vector
    covariance: Matrix
    index: InitVar[int | None] = None
    cholesky: Matrix = field(init=False, repr=False, compare=False)  # L, in doubles
    log_determinant: float = field(init=False, repr=False, compare=False)  # ln det Sigma
    suits_doubles: bool = field(init=False, repr=False, compare=False)
    """Whether distances computed from `cholesky` in doubles lose next to nothing."""

    def __post_init__(self, index: int | None) -> None:
        mean = validation.mean(self.mean, index)
        covariance, decomposition = validation.covariance(self.covariance, index)
        if len(mean) != len(covariance):
            name = validation.named("covariances", index)
            problem = (
                f"{name} has {len(covariance)} rows for a mean of {len(mean)} "
                f"coordinate{'s' if len(mean) > 1 else ''}: give both the same dimension"
            )
            raise InvalidValueError(problem, field="covariances", index=index)
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "covariance", covariance)
        object.__setattr__(self, "cholesky", decomposition.lower)
        object.__setattr__(self, "log_determinant", decomposition.log_determinant)
        object.__setattr__(self, "suits_doubles", decomposition.suits_doubles)

    def squared_distances(self, points: Iterable[Vector]) -> Vector:
        """Delta^2 = (x - mu)^T Sigma^-1 (x - mu) of each point, (n,). points: (n, d)."""
        if not self.suits_doubles:
            from refgmm.cholesky import squared_distances

            return squared_distances(self.covariance, tuple(points), self.mean)
        return tuple(map(self._squared_distance, points))

    def mahalanobis_distance(self, x: Vector) -> float:
        """Delta = sqrt((x - mu)^T Sigma^-1 (x - mu)): a pure number, from 0 on.

        >>> MultivariateGaussian([0, 0], [[4, 0], [0, 9]]).mahalanobis_distance((2.0, 0.0))
        1.0
        """
        return math.sqrt(self._squared_distance(x))

    def density(self, x: Vector) -> float:
        """g(x), in 1 / (the product of the coordinates' units). 0 where it underflows, inf where it
        overflows; log_density is finite there, too. nan for a nan.

        >>> MultivariateGaussian([0, 0], [[1, 0], [0, 1]]).density((0.0, 0.0)) == 1 / (2 * math.pi)
        True
        """
        return self._density(self._squared_distance(x))

    def log_density(self, x: Vector) -> float:
        """The natural logarithm of g(x), in nats: finite also where g(x) underflows.

        InvalidValueError for an x that is no point.
        """
        return self._log_density(self._squared_distance(arguments.point(x, len(self.mean))))

    def standard_density(self, x: Vector) -> float:
        """The standard normal density of the standardised point z: sqrt(det Sigma) g(x), a pure number.

        >>> round(MultivariateGaussian([0, 0], [[4, 0], [0, 9]]).standard_density((2.0, 0.0)), 6)
        0.096532
        """
        return self._standard_density(self._squared_distance(x))

    def evaluate(self, x: Vector) -> Evaluation:
        """The distance of x, its standard density, and its density."""
        squared = self._squared_distance(x)
        return math.sqrt(squared), self._standard_density(squared), self._density(squared)

    def draw(self, rng: random.Random) -> Vector:
        """One vector, (d,), from this distribution: mu + L z, z of d standard normal numbers."""
        z = tuple([standard_normal(rng) for _ in self.mean])
        return tuple(map(float.__add__, self.mean, times(self.cholesky, z)))

    def marginal(self, coordinates: int | Sequence[int]) -> "Gaussian | MultivariateGaussian":
        """The distribution of some coordinates, counted from 0, in the order given (Bishop 2006,
        "Pattern Recognition and Machine Learning", eq. 2.98): their means and covariances.

        One coordinate, not in a list, gives a univariate Gaussian. InvalidValueError for what is no
        coordinate, or there twice.

        >>> gaussian = MultivariateGaussian(mean=[5, 6], covariance=[[2, 1], [1, 3]])
        >>> gaussian.marginal(0)
        Gaussian(mean=5.0, variance=2.0)
        >>> gaussian.marginal([1, 0])
        MultivariateGaussian(mean=(6.0, 5.0), covariance=((3.0, 1.0), (1.0, 2.0)))
        """
        d = len(self.mean)
        if isinstance(coordinates, Iterable):
            return self._reordered(arguments.coordinates(coordinates, d))
        a = arguments.coordinate(coordinates, d)
        return Gaussian(self.mean[a], self.covariance[a][a])

    def conditional(self, known: Mapping[int, float]) -> "Gaussian | MultivariateGaussian":
        """The distribution of the remaining coordinates a, in ascending order, where the values of
        others, b, are known: {coordinate: value}. Of one that remains, a univariate Gaussian.
        InvalidValueError for what is no coordinate or no number, and where none or all are known.

            mean          mu_a + Sigma_ab Sigma_bb^-1 (x_b - mu_b)           Bishop 2006, eq. 2.81
            covariance    Sigma_aa - Sigma_ab Sigma_bb^-1 Sigma_ba                       eq. 2.82

        Premise: the second is a difference that may cancel, and nothing ensures that the result
        is positive definite.
        Method: with the known coordinates first, x = mu + L z reads x_b = mu_b + L_bb z_b and
        x_a = mu_a + L_ab z_b + L_aa z_a. The first line gives z_b; z_a stays unknown, so that the
        mean of x_a is mu_a + L_ab z_b, and its covariance L_aa L_aa^T.

        >>> MultivariateGaussian(mean=[5, 6], covariance=[[4, 2], [2, 5]]).conditional({0: 7})
        Gaussian(mean=7.0, variance=4.0)
        """
        d = len(self.mean)
        known = arguments.known(known, d)
        m = len(known)
        ordered = self._reordered((*known, *(a for a in range(d) if a not in known)))
        factor = ordered.cholesky

        z = solve_lower(factor[:m], tuple(map(float.__sub__, known.values(), ordered.mean)))
        shift = times(tuple(row[:m] for row in factor[m:]), z)
        mean = tuple(map(float.__add__, ordered.mean[m:], shift))

        remaining = tuple(row[m:] for row in factor[m:])
        covariance = tuple(times(remaining, row) for row in remaining)
        if len(mean) == 1:
            return Gaussian(mean[0], covariance[0][0])
        return MultivariateGaussian(mean, covariance)

    def _reordered(self, coordinates: tuple[int, ...]) -> "MultivariateGaussian":
        """The marginal of these coordinates. Of two covariances opposite each other, the lower counts."""
        return MultivariateGaussian(
            tuple(self.mean[a] for a in coordinates),
            tuple(
                tuple(self.covariance[max(a, b)][min(a, b)] for b in coordinates)
                for a in coordinates
            ),
        )

    def _squared_distance(self, x: Vector) -> float:
        """Delta^2 = z^T z, where L z = x - mu."""
        if not self.suits_doubles:
            from refgmm.cholesky import squared_distance

            return squared_distance(self.covariance, x, self.mean)
        deviation = tuple([value - mean for value, mean in zip(x, self.mean, strict=True)])
        return total([square(z) for z in solve_lower(self.cholesky, deviation)])

    def _standard_density(self, squared_distance: float) -> float:
        return math.exp(-(squared_distance + len(self.mean) * math.log(2 * math.pi)) / 2)

    def _density(self, squared_distance: float) -> float:
        exponent = self._log_density(squared_distance)
        return math.inf if exponent >= _LARGEST_EXPONENT else math.exp(exponent)

    def _log_density(self, squared_distance: float) -> float:
        d = len(self.mean)
        return -(squared_distance + self.log_determinant + d * math.log(2 * math.pi)) / 2

"""The Gaussian distribution in one dimension.

    g(x) = exp(-(x - mean)^2 / (2 variance)) / sqrt(2 pi variance)

The lecture note prints another number under the same name: the standard normal
density of the z-score,

    phi(z) = exp(-z^2 / 2) / sqrt(2 pi),    z = (x - mean) / sigma,    so that phi(z) = sigma g(x).

Both are here: `density` and `standard_density`.
"""

import math
from dataclasses import dataclass

from refgmm import validation
from refgmm.arithmetic import square


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A Gaussian with a mean and a variance (the square of the standard deviation sigma).

    The mean has the unit of the points, the variance its square. Raises
    InvalidValueError unless the mean is finite and the variance positive and finite.

    >>> Gaussian(mean=1, variance=2)
    Gaussian(mean=1.0, variance=2.0)
    >>> Gaussian(mean=1, variance=-2.0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance must be positive and finite, got -2.0: give the square of a standard deviation above 0
    """

    mean: float
    variance: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", validation.number(self.mean, "means"))
        object.__setattr__(self, "variance", validation.variance(self.variance))

    def density(self, x: float) -> float:
        """g(x), in 1 / unit of x. Underflows to 0 beyond about 38 sigma; nan for a nan.

        The quotient is written as it is because 1 / sqrt(2 pi variance) as a factor
        in front rounds differently, and misses the lecture note's digits.

        >>> Gaussian(mean=1, variance=2).density(0.9)
        0.2813904356065048
        """
        return math.exp(self._exponent(x)) / math.sqrt(2 * math.pi * self.variance)

    def log_density(self, x: float) -> float:
        """The natural logarithm of g(x), in nats: finite also where g(x) underflows.

        InvalidValueError for an x that is no point: nan, inf, or beyond 1e75.

        >>> Gaussian(mean=0, variance=1).log_density(1e6)
        -500000000000.91895
        """
        x = validation.number(x, "points")
        return self._exponent(x) - math.log(2 * math.pi * self.variance) / 2

    def standard_density(self, x: float) -> float:
        """phi(z), the standard normal density of the z-score of x: a pure number.

        >>> round(Gaussian(mean=1, variance=2).standard_density(0.9), 3)
        0.398
        """
        z = (x - self.mean) / math.sqrt(self.variance)
        return math.exp(-square(z) / 2) / math.sqrt(2 * math.pi)

    def _exponent(self, x: float) -> float:
        """-(x - mean)^2 / (2 variance)."""
        return -square(x - self.mean) / (2 * self.variance)

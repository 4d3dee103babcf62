"""The cdf of a mixture in 400-digit decimals, by a series: what the tests of cdf and quantiles trust.

    G(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + z^7/(3 5 7) + ...)

It cancels in the lower tail, down to 1e-300, which is what the 400 digits are for.
"""

import decimal
import functools
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from refgmm import Gaussian, Mixture

WIDE = decimal.Context(prec=400, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)

F = TypeVar("F", bound=Callable[..., Decimal])


def wide(function: F) -> F:
    """`function`, which computes with 400 digits."""

    @functools.wraps(function)
    def computed(*arguments: object) -> Decimal:
        with decimal.localcontext(WIDE):
            return function(*arguments)

    return computed  # type: ignore[return-value]


@functools.cache
@wide
def pi() -> Decimal:
    """Machin 1706: pi = 16 arctan(1/5) - 4 arctan(1/239)."""
    return 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)


@wide
def arctan_of_inverse(number: int) -> Decimal:
    """1/x - 1/(3 x^3) + 1/(5 x^5) - ..."""
    power = result = 1 / Decimal(number)
    for k in range(1, 400):
        power /= -number * number
        result += power / (2 * k + 1)
    return result


@functools.cache
@wide
def standard_cdf(z: Decimal) -> Decimal:
    """The cdf of the Gaussian of mean 0 and variance 1. Beyond 40, 1e-349 is taken for 0."""
    if abs(z) > 40:
        return Decimal(z > 0)
    term = series = z
    k = 1
    while abs(term) > Decimal(10) ** -390:
        k += 2
        term *= z * z / k
        series += term
    return Decimal("0.5") + (-z * z / 2).exp() / (2 * pi()).sqrt() * series


@wide
def cdf(mixture: Mixture[Gaussian], x: Decimal) -> Decimal:
    """The cdf of a mixture of doubles, its weights divided by their exact sum."""
    parts = Decimal(0)
    for weight, component in zip(mixture.weights, mixture.components, strict=True):
        z = (x - Decimal(component.mean)) / Decimal(component.variance).sqrt()
        parts += Decimal(weight) * standard_cdf(z)
    return parts / sum(map(Decimal, mixture.weights))

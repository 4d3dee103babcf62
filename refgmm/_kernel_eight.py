"""Eight numbers at once: what the kernel computes for eight points in one call.

Compiled, a call costs as much as a few multiplications, and a float in a list more: so floats stand
in attributes, and a call does eight. The sums of eight are added in pairs.
"""

from math import exp, log

from refgmm.type_names import final


@final
class Eight:
    """One number for each of eight points."""

    def __init__(self, value: float) -> None:
        self.a: float = value
        self.b: float = value
        self.c: float = value
        self.d: float = value
        self.e: float = value
        self.f: float = value
        self.g: float = value
        self.h: float = value

    def set(self, values: list[float]) -> None:
        """These eight."""
        self.a, self.b, self.c, self.d = values[0], values[1], values[2], values[3]
        self.e, self.f, self.g, self.h = values[4], values[5], values[6], values[7]

    def numbers(self) -> list[float]:
        """All eight."""
        return [self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h]

    def set_all(self, value: float) -> None:
        """The same for each."""
        self.a = self.b = self.c = self.d = value
        self.e = self.f = self.g = self.h = value

    def set_difference(self, x: "Eight", centre: float) -> None:
        """x - centre."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            x.a - centre,
            x.b - centre,
            x.c - centre,
            x.d - centre,
            x.e - centre,
            x.f - centre,
            x.g - centre,
            x.h - centre,
        )

    def subtract_multiple(self, x: "Eight", factor: float) -> None:
        """Less factor x."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a - x.a * factor,
            self.b - x.b * factor,
            self.c - x.c * factor,
            self.d - x.d * factor,
            self.e - x.e * factor,
            self.f - x.f * factor,
            self.g - x.g * factor,
            self.h - x.h * factor,
        )

    def add(self, x: "Eight") -> None:
        """And x."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a + x.a,
            self.b + x.b,
            self.c + x.c,
            self.d + x.d,
            self.e + x.e,
            self.f + x.f,
            self.g + x.g,
            self.h + x.h,
        )

    def add_number(self, value: float) -> None:
        """And a number."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a + value,
            self.b + value,
            self.c + value,
            self.d + value,
            self.e + value,
            self.f + value,
            self.g + value,
            self.h + value,
        )

    def add_square(self, x: "Eight") -> None:
        """And x^2."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a + x.a * x.a,
            self.b + x.b * x.b,
            self.c + x.c * x.c,
            self.d + x.d * x.d,
            self.e + x.e * x.e,
            self.f + x.f * x.f,
            self.g + x.g * x.g,
            self.h + x.h * x.h,
        )

    def add_multiple_of_square(self, x: "Eight", factor: float) -> None:
        """And factor x^2."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a + x.a * x.a * factor,
            self.b + x.b * x.b * factor,
            self.c + x.c * x.c * factor,
            self.d + x.d * x.d * factor,
            self.e + x.e * x.e * factor,
            self.f + x.f * x.f * factor,
            self.g + x.g * x.g * factor,
            self.h + x.h * x.h * factor,
        )

    def lower_to(self, x: "Eight") -> None:
        """The smaller of itself and x."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            min(self.a, x.a),
            min(self.b, x.b),
            min(self.c, x.c),
            min(self.d, x.d),
            min(self.e, x.e),
            min(self.f, x.f),
            min(self.g, x.g),
            min(self.h, x.h),
        )

    def set_ratio(self, deviance: "Eight", base: "Eight") -> None:
        """exp((base - deviance) / 2)."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            exp(0.5 * (base.a - deviance.a)),
            exp(0.5 * (base.b - deviance.b)),
            exp(0.5 * (base.c - deviance.c)),
            exp(0.5 * (base.d - deviance.d)),
            exp(0.5 * (base.e - deviance.e)),
            exp(0.5 * (base.f - deviance.f)),
            exp(0.5 * (base.g - deviance.g)),
            exp(0.5 * (base.h - deviance.h)),
        )

    def invert(self) -> float:
        """Its reciprocal; and the logarithm of the product of all eight, each from 1 on."""
        product = (self.a * self.b * self.c * self.d) * (self.e * self.f * self.g * self.h)
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            1.0 / self.a,
            1.0 / self.b,
            1.0 / self.c,
            1.0 / self.d,
            1.0 / self.e,
            1.0 / self.f,
            1.0 / self.g,
            1.0 / self.h,
        )
        return log(product)

    def is_within(self, low: float, high: float) -> bool:
        """Whether all eight are."""
        return (
            low <= self.a <= high
            and low <= self.b <= high
            and low <= self.c <= high
            and low <= self.d <= high
            and low <= self.e <= high
            and low <= self.f <= high
            and low <= self.g <= high
            and low <= self.h <= high
        )

    def total(self) -> float:
        """The sum of the eight."""
        return ((self.a + self.b) + (self.c + self.d)) + ((self.e + self.f) + (self.g + self.h))

    def dot(self, x: "Eight") -> float:
        """The sum of the eight products with x."""
        return ((self.a * x.a + self.b * x.b) + (self.c * x.c + self.d * x.d)) + (
            (self.e * x.e + self.f * x.f) + (self.g * x.g + self.h * x.h)
        )

    def multiply(self, x: "Eight") -> float:
        """Times x; the sum of the eight."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a * x.a,
            self.b * x.b,
            self.c * x.c,
            self.d * x.d,
            self.e * x.e,
            self.f * x.f,
            self.g * x.g,
            self.h * x.h,
        )
        return self.total()

    def set_product(self, x: "Eight", y: "Eight") -> float:
        """x y; the sum of the eight."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            x.a * y.a,
            x.b * y.b,
            x.c * y.c,
            x.d * y.d,
            x.e * y.e,
            x.f * y.f,
            x.g * y.g,
            x.h * y.h,
        )
        return self.total()

    def divide(self, divisor: float) -> None:
        """Through a number."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a / divisor,
            self.b / divisor,
            self.c / divisor,
            self.d / divisor,
            self.e / divisor,
            self.f / divisor,
            self.g / divisor,
            self.h / divisor,
        )

    def divide_by(self, x: "Eight") -> None:
        """Through x."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            self.a / x.a,
            self.b / x.b,
            self.c / x.c,
            self.d / x.d,
            self.e / x.e,
            self.f / x.f,
            self.g / x.g,
            self.h / x.h,
        )

    def set_exponents(self, squares: "Eight", log_determinant: float, constant: float) -> None:
        """-(squares + log_determinant + constant) / 2, as refgmm.gaussian has it."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            -(squares.a + log_determinant + constant) / 2.0,
            -(squares.b + log_determinant + constant) / 2.0,
            -(squares.c + log_determinant + constant) / 2.0,
            -(squares.d + log_determinant + constant) / 2.0,
            -(squares.e + log_determinant + constant) / 2.0,
            -(squares.f + log_determinant + constant) / 2.0,
            -(squares.g + log_determinant + constant) / 2.0,
            -(squares.h + log_determinant + constant) / 2.0,
        )

    def set_weighted_exp(self, weight: float, x: "Eight") -> None:
        """weight exp(x)."""
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = (
            weight * exp(x.a),
            weight * exp(x.b),
            weight * exp(x.c),
            weight * exp(x.d),
            weight * exp(x.e),
            weight * exp(x.f),
            weight * exp(x.g),
            weight * exp(x.h),
        )

    def logs_after(self, total: float) -> float:
        """A total, and then the logarithms, one after the other: as refgmm.arithmetic.total adds."""
        total = total + log(self.a) + log(self.b) + log(self.c) + log(self.d)
        return total + log(self.e) + log(self.f) + log(self.g) + log(self.h)

    def all_after(self, total: float) -> float:
        """A total, and then the eight, one after the other."""
        total = total + self.a + self.b + self.c + self.d
        return total + self.e + self.f + self.g + self.h

    def products_after(self, total: float, x: "Eight") -> float:
        """A total, and then the products with x, one after the other."""
        total = total + self.a * x.a + self.b * x.b + self.c * x.c + self.d * x.d
        return total + self.e * x.e + self.f * x.f + self.g * x.g + self.h * x.h

    def moments_after(self, total: float, x: "Eight", y: "Eight") -> float:
        """A total, and then the products with x y, one after the other."""
        total = total + self.a * (x.a * y.a) + self.b * (x.b * y.b)
        total = total + self.c * (x.c * y.c) + self.d * (x.d * y.d)
        total = total + self.e * (x.e * y.e) + self.f * (x.f * y.f)
        return total + self.g * (x.g * y.g) + self.h * (x.h * y.h)

"""Where the ticks of an axis stand, and what they say."""

import math

from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of numbers with ticks at round values."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def position(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high end."""
        return (value - self.low) / (self.high - self.low)


def axis(low: float, high: float, most_ticks: int) -> Axis:
    """An axis over this range, with at most so many ticks, 1, 2 or 5 times a power of ten apart.

    >>> axis(0.0, 1.0, 6).labels
    ('0.0', '0.2', '0.4', '0.6', '0.8', '1.0')
    """
    step = _round_step((high - low) / max(most_ticks - 1, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    exponent = math.floor(math.log10(step) + 1e-9)
    largest = max((abs(tick) for tick in ticks), default=0.0)
    if largest >= 1e6 or exponent < -5:
        digits = math.floor(math.log10(largest or step)) - exponent + 1  # so that no two agree
        labels = tuple(f"{tick:.{digits}g}" for tick in ticks)
    else:
        labels = tuple(_label(tick, max(0, -exponent)) for tick in ticks)
    return Axis(low, high, ticks, labels)


def axis_from_zero(high: float, most_ticks: int) -> Axis:
    """An axis from 0 up to a round value at or above `high`, so that it seldom changes."""
    step = _round_step(high / max(most_ticks - 1, 1))
    return axis(0.0, step * math.ceil(high / step - 1e-9), most_ticks)


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is no less than `least`."""
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(
        (factor * power for factor in (1, 2, 5) if factor * power >= least * (1 - 1e-9)), 10 * power
    )


def _label(tick: float, decimals: int) -> str:
    text = f"{tick:.{decimals}f}"
    return text.removeprefix("-") if not float(text) else text

"""Ticks: they stand at round values, whatever the range."""

import math

import pytest

from refgmm.axis import axis, axis_from_zero


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0.0, 1.0, 6, ("0", "0.2", "0.4", "0.6", "0.8", "1")),
        (0.7, 2.4, 5, ("1", "1.5", "2")),
        (-1.0, 1.0, 5, ("-1", "-0.5", "0", "0.5", "1")),
        (-250.0, -50.0, 5, ("-250", "-200", "-150", "-100", "-50")),
        (0.0, 1e-9, 3, ("0", "5e-10", "1e-09")),
        (0.0, 3e12, 4, ("0", "1e+12", "2e+12", "3e+12")),
        (99.98, 100.02, 5, ("99.98", "99.99", "100.00", "100.01", "100.02")),
    ],
)
def test_ticks_stand_at_round_values(
    low: float, high: float, most: int, labels: tuple[str, ...]
) -> None:
    """Ticks are 1, 2 or 5 times a power of ten apart, and labelled no longer than needed."""
    stripped = [label.rstrip("0").rstrip(".") if "." in label else label for label in labels]
    shown = axis(low, high, most).labels
    assert [s.rstrip("0").rstrip(".") if "." in s else s for s in shown] == stripped


RANGES = [
    (0.0, 1.0), (-1.0, 1.0), (1e-12, 3e-12), (-7e8, 5e9), (1e70, 3e75), (-3.3, -1.1),
    (1e6, 1e6 + 1e-3), (-1e75, 1e75), (0.1, 0.1 + 1e-9), (5.0, 5.1),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize("most", [1, 2, 3, 6, 15])
def test_axis_holds_for_any_range(low: float, high: float, most: int) -> None:
    """Ticks lie inside the range, ascend evenly, are no more than asked for, and have a label each."""
    result = axis(low, high, most)
    slack = 1e-6 * (high - low)
    assert len(result.ticks) == len(result.labels) <= max(most, 2)
    assert all(low - slack <= tick <= high + slack for tick in result.ticks)
    gaps = [b - a for a, b in zip(result.ticks, result.ticks[1:], strict=False)]
    rounding = 4 * math.ulp(max(abs(low), abs(high)))
    assert all(math.isclose(gap, gaps[0], rel_tol=1e-9, abs_tol=rounding) for gap in gaps)
    assert len(set(result.labels)) == len(result.labels), "two ticks with one label"
    for tick, label in zip(result.ticks, result.labels, strict=True):
        assert abs(float(label) - tick) <= 0.5 * (gaps[0] if gaps else high - low)


def test_axis_positions() -> None:
    """The low end stands at 0, the high end at 1, and what lies between, between."""
    result = axis(-2.0, 6.0, 5)
    assert [result.position(x) for x in (-2.0, 0.0, 6.0)] == [0.0, 0.25, 1.0]


@pytest.mark.parametrize("high", [1e-30, 0.244, 1.0, 1.05, 7.3, 1e12])
def test_axis_from_zero_reaches_the_highest(high: float) -> None:
    """The axis of heights begins at 0 and ends with a tick at or above the highest."""
    result = axis_from_zero(high, 6)
    assert result.ticks[0] == 0.0
    assert result.high >= high * (1 - 1e-9)
    assert math.isclose(result.ticks[-1], result.high)

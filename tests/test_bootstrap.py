"""The bootstrap test of k components against k + 1; and how far a long command is, on a terminal."""

import io
import math
import random
from typing import Any

import pytest

from refgmm import BootstrapTest, InvalidValueError, RefGMMError, bootstrap_test
from refgmm.fitting import fit
from refgmm.stopping import Epochs, Gain
from refgmm.ticker import Ticker

QUICK = (Gain(1e-4), Epochs(200))


def groups(*centres: float) -> list[float]:
    rng = random.Random(3)
    return [rng.gauss(centre, 1.0) for centre in centres for _ in range(20)]


def test_two_groups_are_not_one() -> None:
    """The statistic is twice the gain of the fits; no sample of one Gaussian looks like two."""
    points = groups(0.0, 8.0)
    test = bootstrap_test(points, 1, replicates=19, stop=QUICK, initialization="quantiles")
    one, two = (fit(points, k, stop=QUICK, initialization="quantiles") for k in (1, 2))
    assert test.statistic == 2.0 * (two.log_likelihood - one.log_likelihood)
    assert len(test.replicates) + test.degenerate == 19
    assert max(test.replicates) < test.statistic
    assert test.p_value == 1 / (1 + len(test.replicates))


def test_one_group_is_one() -> None:
    """Its statistic lies among those of the samples."""
    test = bootstrap_test(groups(0.0), 1, replicates=19, stop=QUICK, initialization="quantiles")
    assert test.p_value > 0.1


def test_the_p_value_counts_those_at_or_above() -> None:
    """By hand: 2 of 4, and the points' own on both sides; nothing without samples."""
    test = BootstrapTest(1, 3.0, (1.0, 3.0, 5.0, 2.0), degenerate=0, cancelled=False)
    assert test.p_value == 3 / 5
    assert math.isnan(BootstrapTest(1, 3.0, (), degenerate=1, cancelled=True).p_value)


def test_progress_and_cancel() -> None:
    """Called after each sample, in order; True ends the test with what there is."""
    told: list[int] = []

    def tell(number: int, value: float | None) -> bool:
        told.append(number)
        return number == 3

    points = groups(0.0, 8.0)
    test = bootstrap_test(points, 1, replicates=9, stop=QUICK, on_replicate=tell)
    assert told == [1, 2, 3]
    assert test.cancelled
    assert len(test.replicates) + test.degenerate == 3
    whole = bootstrap_test(points, 1, replicates=3, stop=QUICK)
    assert not whole.cancelled
    assert whole.replicates == test.replicates  # the same seed draws the same samples


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replicates": 0}, "replicates must be a whole number from 1 on, got 0"),
        ({"seed": -1}, "seed must be"),
        ({"sample_weights": [1.0] * 20}, "leave sample_weights out"),
        ({"missing": "keep"}, "leave missing out"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        bootstrap_test(groups(0.0), 1, **options)


def test_points_without_a_sound_fit() -> None:
    with pytest.raises(RefGMMError, match="no sound fit"):
        bootstrap_test([0.0, 0.0, 0.0, 7.0, 8.0, 9.0], 1, initialization="quantiles")


class Terminal(io.StringIO):
    """A stderr that is a terminal, or isn't."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(("is_terminal", "shown"), [(True, "\rrun 1\rok   \r  \r"), (False, "")])
def test_the_ticker_writes_over_its_line_and_cleans_up(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, shown: str
) -> None:
    """Not before the first half second, not too often, and only where someone looks."""
    stderr = Terminal(is_terminal=is_terminal)
    clock = iter([0.0, 0.1, 1.0, 1.01, 2.0])
    monkeypatch.setattr("sys.stderr", stderr)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with Ticker() as ticker:
        for text in ("early", "run 1", "too soon", "ok"):
            ticker.show(lambda text=text: text)  # type: ignore[misc]
    assert stderr.getvalue() == shown

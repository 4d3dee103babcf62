"""What refgmm set out to reach, in one table; and how a measured ratio is written beside its goal.

A ratio is the time of `other` over that of `own`, both of the same round: how many times as fast.

>>> goal_of("epoch", "scikit-learn", "compiled", n=100, k=2, d=1)
Goal(question='epoch', other='scikit-learn', own='compiled', bound=50.0, is_least=True, n=(100, 999), k=(1, 3), d=1)
>>> Ratio(48.0, 51.26, 55.0).text(_)
'51.3 [48, 55] >50 met'
"""

import re
from dataclasses import dataclass

ANY = (1, 10**9)
EPOCH, OPTIMUM, IMPORT, PROCESS, SCALE, MEMORY = (
    "epoch",
    "optimum",
    "import",
    "process",
    "scale",
    "memory",
)
SKLEARN, COMPILED, INTERPRETED = "scikit-learn", "compiled", "interpreted"
SCALAR_C, PLAIN_PYTHON = "scalar C", "plain Python"
YARDSTICKS = {COMPILED: SCALAR_C, INTERPRETED: PLAIN_PYTHON}
"""What stands beside refgmm where it misses a goal: the same by hand, in the same language, with no guards."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of the ratio other / own, for these n, k and d; d None: for any."""

    question: str
    other: str
    own: str
    bound: float
    is_least: bool = True
    n: tuple[int, int] = ANY
    k: tuple[int, int] = ANY
    d: int | None = None

    def is_met(self, ratio: float) -> bool:
        """Whether a ratio keeps to the bound."""
        return ratio >= self.bound if self.is_least else ratio <= self.bound


TO_3 = (1, 3)  # components
GOALS = (
    Goal(EPOCH, SKLEARN, COMPILED, 150.0, n=(1, 99), k=TO_3, d=1),
    Goal(EPOCH, SKLEARN, COMPILED, 50.0, n=(100, 999), k=TO_3, d=1),
    Goal(EPOCH, SKLEARN, COMPILED, 15.0, n=(1_000, 9_999), k=TO_3, d=1),
    Goal(EPOCH, SKLEARN, COMPILED, 8.0, n=(10_000, ANY[1]), k=TO_3, d=1),
    Goal(EPOCH, SKLEARN, COMPILED, 5.0, d=2),
    Goal(EPOCH, SKLEARN, COMPILED, 1.0, d=10),
    Goal(EPOCH, SKLEARN, INTERPRETED, 1.0, n=(1, 500), d=1),
    Goal(EPOCH, SKLEARN, INTERPRETED, 0.5, n=(501, ANY[1]), d=1),
    Goal(EPOCH, COMPILED, SCALAR_C, 1.2, is_least=False, n=(1_000, ANY[1]), k=TO_3, d=1),
    Goal(OPTIMUM, SKLEARN, COMPILED, 150.0),  # on hard mixtures
    Goal(OPTIMUM, SKLEARN, INTERPRETED, 10.0),
    Goal(IMPORT, SKLEARN, INTERPRETED, 50.0),
    Goal(PROCESS, SKLEARN, INTERPRETED, 50.0),
    Goal(SCALE, "one process", "two processes", 1.8),  # at a million points
    Goal(MEMORY, "megabytes", "", 20.0, is_least=False, d=1),
)


def goal_of(
    question: str, other: str, own: str, *, n: int = 1, k: int = 1, d: int | None = None
) -> Goal | None:
    """The goal of such a ratio; None where none was set."""
    for goal in GOALS:
        is_asked = (goal.question, goal.other, goal.own) == (question, other, own)
        fits = goal.n[0] <= n <= goal.n[1] and goal.k[0] <= k <= goal.k[1]
        if is_asked and fits and goal.d in (None, d):
            return goal
    return None


_RATIO = re.compile(r"(\S+) \[(\S+), (\S+)\](?: ([<>])(\S+) (met|MISSED))?")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A median between its quartiles."""

    low: float
    middle: float
    high: float

    def text(self, goal: Goal | None = None) -> str:
        """The median, the quartiles, the goal and whether it is met."""
        text = f"{self.middle:.3g} [{self.low:.3g}, {self.high:.3g}]"
        if goal is None:
            return text
        verdict = "met" if goal.is_met(self.middle) else "MISSED"
        return f"{text} {'>' if goal.is_least else '<'}{goal.bound:g} {verdict}"


def read(cell: str) -> dict[str, float | str | bool] | None:
    """The numbers in what Ratio.text wrote; None where a cell is something else.

    >>> read("51.3 [48, 55] >50 met")
    {'ratio': 51.3, 'low': 48.0, 'high': 55.0, 'goal': '>50', 'is_met': True}
    >>> read("1 epoch")
    """
    found = _RATIO.fullmatch(cell.strip())
    if found is None:
        return None
    middle, low, high, sign, bound, verdict = found.groups()
    numbers: dict[str, float | str | bool] = {
        "ratio": float(middle),
        "low": float(low),
        "high": float(high),
    }
    return numbers | ({"goal": sign + bound, "is_met": verdict == "met"} if verdict else {})

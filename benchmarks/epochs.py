"""Seconds of an EM epoch: refgmm compiled and interpreted, and what else there is.

    python benchmarks/epochs.py [--rounds 5] [--peers PYTHON] [--python PYTHON] [--most N]
        [--only TEXT]

--peers: a Python that has scikit-learn;  --python: the one to interpret refgmm with, best an
optimised build (Debian's, python.org's);  --least, --most: points;
--only: cases whose name has this text, "d=1 " say

Every ratio is the median over the rounds, its quartiles in brackets. Beside it the goal that was set,
and whether it is met. The exit status is 0 either way.
"""

import argparse
import sys
from collections.abc import Sequence

from goals import COMPILED, EPOCH, INTERPRETED, PLAIN_PYTHON, SCALAR_C, SKLEARN, Ratio, goal_of
from harness import Case, Contender, Row, compare, contenders

SIZES = (5, 100, 1_000, 10_000, 100_000, 1_000_000)
CASES = [
    *(Case(n, k, 1) for k in (2, 3, 8) for n in SIZES if n > k),
    *(Case(n, k, 2) for k in (2, 3, 8) for n in SIZES[1:]),
    *(Case(n, k, 10) for k in (2, 3, 8) for n in SIZES[1:-1] if n > 2 * k * 10),  # or EM collapses
    *(Case(n, 3, d, "diagonal") for d in (2, 10) for n in SIZES[1:-1]),
]
COLUMNS = [
    (SKLEARN, COMPILED),
    (SKLEARN, INTERPRETED),
    (COMPILED, SCALAR_C),
    (SKLEARN, SCALAR_C),
    (SKLEARN, PLAIN_PYTHON),
    (INTERPRETED, COMPILED),
    ("scikit-learn full", COMPILED),
    ("scikit-learn 2 threads", COMPILED),
    ("numpy", COMPILED),
    ("npm", COMPILED),
]
TOO_MUCH = {INTERPRETED: 3e6, PLAIN_PYTHON: 3e6, "npm": 3e6}
"""Work, n k d^2, that takes a contender more than a second an epoch: it is left out."""


def name_of(case: Case) -> str:
    """What a row begins with."""
    return f"d={case.d} K={case.k} n={case.n} {case.structure}"


def cell(row: Row, column: tuple[str, str]) -> str:
    """A ratio with its quartiles, and its goal."""
    if column not in row.ratios:
        return "-"
    case = row.case
    goal = goal_of(EPOCH, *column, n=case.n, k=case.k, d=case.d)
    return Ratio(*row.ratios[column]).text(goal)


def takes(contender: Contender, case: Case) -> bool:
    """Whether it takes a bearable time."""
    work = case.n * case.k * case.d**2
    return work <= TOO_MUCH.get(contender.name, float("inf"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    with contenders(options.peers, options.python) as all_of_them:
        for contender in all_of_them:
            print(f"{contender.name}: {contender.version}")
        print(
            "\nRatios, other time / own time of an epoch; of CPU times, but two threads by a clock:"
        )
        print("where others use the machine, a clock finds them slower than they are.")
        print(
            f"{SKLEARN} / {SCALAR_C}: where that stays below a goal of {SKLEARN} / {COMPILED}, "
            f"C misses it, too, on this machine; {SKLEARN} / {PLAIN_PYTHON} is the same to {INTERPRETED}.\n"
        )
        heads = [f"{other} / {own}" for other, own in COLUMNS]
        print(" | ".join(["case", *heads, "microseconds"]), flush=True)
        for case in CASES:
            if not options.least <= case.n <= options.most or options.only not in name_of(case):
                continue
            able = [contender for contender in all_of_them if takes(contender, case)]
            for row in compare([case], able, options.rounds):
                times = ", ".join(f"{who} {1e6 * own:.3g}" for who, own in row.seconds.items())
                cells = [cell(row, column) for column in COLUMNS]
                print(" | ".join([name_of(case), *cells, times]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

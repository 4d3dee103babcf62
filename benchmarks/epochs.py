"""Seconds of an EM epoch: refgmm compiled and interpreted, scikit-learn, scalar C.

    python benchmarks/epochs.py [--rounds 5] [--peers PYTHON] [--python PYTHON] [--most N] [--only TEXT]

--peers: a Python that has scikit-learn;  --python: the one to interpret refgmm with, best an
optimised build (Debian's, python.org's);  --most: no more points than these;
--only: cases whose name has this text, "d=1 " say

Every ratio is the median over the rounds, its quartiles in brackets. Beside it the goal of issue 6,
and whether it is met. The exit status is 0 either way.
"""

import argparse
import sys
from collections.abc import Sequence

from harness import Case, Row, compare, contenders

SIZES = (5, 100, 1_000, 10_000, 100_000)
CASES = [
    *(Case(n, k, 1) for n in SIZES for k in (2, 3)),
    *(
        Case(n, 3, d, structure)
        for d in (2, 10)
        for n in SIZES[1:]
        for structure in ("full", "diagonal")
    ),
]
COLUMNS = [
    ("scikit-learn", "compiled"),
    ("scikit-learn", "interpreted"),
    ("compiled", "scalar C"),
    ("interpreted", "compiled"),
]


def name_of(case: Case) -> str:
    """What a row begins with."""
    return f"d={case.d} K={case.k} n={case.n} {case.structure}"


def goal(case: Case, column: tuple[str, str]) -> tuple[float, bool] | None:
    """Issue 6's bound, and whether it is a lower one; None where it has none."""
    if column == ("scikit-learn", "compiled"):
        of_size = {5: 150.0, 100: 50.0, 1_000: 15.0}
        of_dimension = {1: of_size.get(case.n, 8.0), 2: 5.0, 10: 1.0}
        return of_dimension[case.d], True
    if column == ("scikit-learn", "interpreted") and case.d == 1:
        return (1.0 if case.n <= 500 else 0.5), True
    if column == ("compiled", "scalar C") and case.n >= 1_000 and case.d == 1:
        return 1.2, False
    return None


def cell(row: Row, column: tuple[str, str]) -> str:
    """A ratio with its quartiles, and its goal."""
    if column not in row.ratios:
        return "-"
    low, ratio, high = row.ratios[column]
    text = f"{ratio:.3g} [{low:.3g}, {high:.3g}]"
    wanted = goal(row.case, column)
    if wanted is None:
        return text
    bound, is_least = wanted
    is_met = ratio >= bound if is_least else ratio <= bound
    return f"{text} {'>' if is_least else '<'}{bound:g} {'met' if is_met else 'MISSED'}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    with contenders(options.peers, options.python) as all_of_them:
        for contender in all_of_them:
            print(f"{contender.name}: {contender.version}")
        print("\nratios: other time / own time\n")
        heads = [f"{other} / {own}" for other, own in COLUMNS]
        print(" | ".join(["case".ljust(28), *heads, "microseconds"]))
        cases = [case for case in CASES if case.n <= options.most and options.only in name_of(case)]
        for row in compare(cases, all_of_them, options.rounds):
            case = row.case
            times = ", ".join(f"{who} {1e6 * own:.3g}" for who, own in row.seconds.items())
            cells = [cell(row, column) for column in COLUMNS]
            print(" | ".join([name_of(case).ljust(28), *cells, times]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Epochs and seconds to the optimum: EM, em-bfgs and scikit-learn on easy and hard mixtures.

    python benchmarks/convergence.py [--seeds 11] [--peers PYTHON] [--python PYTHON]

--peers: a Python that has scikit-learn;  --python: the one to interpret refgmm with, best an
optimised build (Debian's, python.org's)

Epochs are counted to within 1e-6 nats of the best log-likelihood, those of failed attempts, too. Times
are of whole fits: em-bfgs by its default rules, so a little beyond that; EM and scikit-learn for exactly
as many epochs as EM needs, which no rule would know. Every number is the median over the seeds; of the
ratios, with quartiles, and beside them the goal that was set. The exit status is 0 either way.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from typing import Any

from goals import COMPILED, INTERPRETED, OPTIMUM, SKLEARN, Ratio, goal_of
from harness import Contender, contenders, quartiles

CASES = {
    "K2, 1 sigma apart": ([0, 1], [1, 1]),
    "K2, 2 sigma": ([0, 2], [1, 1]),
    "K2, 4 sigma (easy)": ([0, 4], [1, 1]),
    "K3, 1.5 sigma": ([0, 1.5, 3], [1, 1, 1]),
    "K3, 2 sigma, unequal": ([0, 2, 4], [1, 0.7, 1.4]),
}
EASY = "K2, 4 sigma (easy)"  # for which no goal was set


def of_seed(question: dict[str, Any], by_name: dict[str, Contender]) -> dict[str, Any] | None:
    """Epochs by both methods and seconds of each contender; None where EM doesn't reach the optimum."""

    def ask(name: str, asked: str, epochs: int = 0) -> dict[str, Any]:
        answer = by_name[name].ask(json.dumps(question | {"asked": asked, "epochs": epochs}))
        return dict(json.loads(answer))

    fastest = "compiled" if "compiled" in by_name else "interpreted"
    counts = ask(fastest, "count")
    if counts["em"] is None:
        return None
    seconds: dict[str, float] = {}
    for name in by_name:
        if name == "scikit-learn":
            seconds[name] = ask(name, "", counts["em"])["seconds"]
        else:
            ask(name, "em-bfgs")  # the first fit of a process loads what it needs
            seconds[name] = ask(name, "em-bfgs")["seconds"]
    seconds["EM"] = ask(fastest, "em", counts["em"])["seconds"]
    return {"epochs": counts, "seconds": seconds}


def row(name: str, found: list[dict[str, Any]], left_out: int) -> str:
    """A case, as a row of the table."""
    cells = [name.ljust(21)]
    for method in ("em", "em-bfgs"):
        counts = [at["epochs"][method] for at in found]
        cells.append(f"{statistics.median(counts):.0f} ({max(counts)})")
    for own in (COMPILED, INTERPRETED):
        if not all({own, SKLEARN} <= at["seconds"].keys() for at in found):
            cells.append("-")
            continue
        ratios = [at["seconds"][SKLEARN] / at["seconds"][own] for at in found]
        goal = None if name == EASY else goal_of(OPTIMUM, SKLEARN, own)
        cells.append(Ratio(*quartiles(ratios)).text(goal))
    times = {
        who: statistics.median(at["seconds"][who] for at in found) for who in found[0]["seconds"]
    }
    cells.append(", ".join(f"{who} {1e3 * own:.3g}" for who, own in times.items()))
    if left_out:
        cells.append(f"{left_out} left out: EM needs more than 100000 epochs, or ends elsewhere")
    return " | ".join(cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=11)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("-n", type=int, default=2000, help="points (default: 2000)")
    options = parser.parse_args(arguments)
    with contenders(options.peers, options.python, "optimum_worker.py") as all_of_them:
        for contender in all_of_them:
            print(f"{contender.name}: {contender.version}")
        by_name = {contender.name: contender for contender in all_of_them}
        print("\nepochs: median (most); ratios: scikit-learn's time / own time\n")
        heads = [
            "epochs of EM",
            "of em-bfgs",
            *[f"{SKLEARN} / {own}" for own in (COMPILED, INTERPRETED)],
            "milliseconds",
        ]
        print(" | ".join(["case".ljust(21), *heads]))
        for name, (means, sigmas) in CASES.items():
            question = {"means": means, "sigmas": sigmas, "n": options.n}
            answers = [of_seed(question | {"seed": seed}, by_name) for seed in range(options.seeds)]
            found = [answer for answer in answers if answer is not None]
            print(row(name, found, len(answers) - len(found)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a user waits for before EM begins, and what it takes: import, a whole process, memory, disk.

    python benchmarks/process.py [--rounds 9] [--peers PYTHON] [--python PYTHON]

--peers: a Python that has scikit-learn;  --python: the one that runs refgmm, interpreted

Times are CPU times of processes, run in turns; of an import, what it takes longer than a bare Python.
Both are compiled to bytecode before, as pip leaves them.
Memory is by how much the peak grows in a fit, beyond the points, which are there before it begins.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from goals import IMPORT, INTERPRETED, MEMORY, PROCESS, SKLEARN, Ratio, goal_of
from harness import PEAK, built, has_module, quartiles, source

BARE = "pass"
FIVE = "[0.9, 0.7, 1.2, 2.4, 1.8]"
IMPORTS = {
    "import refgmm": ("import refgmm", "import sklearn.mixture"),
    "from refgmm import fit": (
        "from refgmm import fit",
        "from sklearn.mixture import GaussianMixture",
    ),
}
FIT_AND_PRINT = (
    f"import refgmm; print(refgmm.fit({FIVE}, 2).mixture)",
    "from sklearn.mixture import GaussianMixture\n"
    f"print(GaussianMixture(2).fit([[x] for x in {FIVE}]).means_)",
)
DISTRIBUTIONS = ("sklearn", "numpy", "scipy", "joblib", "threadpoolctl", "narwhals")
FIT = """
import random, refgmm
n, d, start = map(int, sys.argv[1:])
rng = random.Random(1)
point = lambda: rng.gauss(1.5 * rng.randrange(3), 1.0)
points = [point() if d == 1 else [point() for _ in range(d)] for _ in range(n)]
if start == 0:
    unit = 1.0 if d == 1 else [[float(a == b) for b in range(d)] for a in range(d)]
    means = [1.5 * j if d == 1 else [1.5 * j] * d for j in range(3)]
    start = refgmm.Mixture.of_parameters([1 / 3] * 3, [tuple(m) if d > 1 else m for m in means], [unit] * 3)
refgmm.fit(points[:1000], start, history="none", stop=refgmm.Epochs(1))
before = peak()
refgmm.fit(points, start, history="none", stop=refgmm.Epochs(2))
print(peak() - before)
"""
MEMORY_CASES = {
    "megabytes added by a fit, n=1000000, d=1, from a mixture": (1_000_000, 1, 0),
    "megabytes added by a fit, n=1000000, d=1, from a number of components": (1_000_000, 1, 3),
    "megabytes added by a fit, n=100000, d=10, from a mixture": (100_000, 10, 0),
}


def seconds(python: str, code: str, path: Path) -> float:
    """CPU time of a process in this folder, whose modules it finds."""
    environment = os.environ | {"PYTHONPATH": ""}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", code], cwd=path, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compared(rounds: int, own: Mapping[str, tuple[str, str, Path]]) -> dict[str, list[float]]:
    """Seconds of each command (python, code, path), in turns, after a round that isn't counted."""
    times: dict[str, list[float]] = {name: [] for name in own}
    for number in range(rounds + 1):
        for name, (python, code, path) in own.items():
            taken = seconds(python, code, path)
            if number:
                times[name].append(taken)
    return times


def row(name: str, question: str, own: Sequence[float], other: Sequence[float]) -> str:
    """A ratio of times, and the times."""
    values = [a / max(b, 1e-4) for a, b in zip(other, own, strict=True)]
    text = Ratio(*quartiles(values)).text(goal_of(question, SKLEARN, INTERPRETED))
    times = [f"{1e3 * statistics.median(side):.3g} ms" for side in (own, other)]
    return " | ".join([name, *times, text])


def megabytes_of(python: str, path: Path, arguments: Sequence[int]) -> float:
    """By how much memory grows in a fit."""
    result = subprocess.run(
        [python, "-c", PEAK + FIT, *map(str, arguments)],
        cwd=path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return float(result.stdout)


def size_of(folder: Path) -> float:
    """Megabytes of a folder, but for what Python writes into it."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files) / 2**20


def peer_sizes(peers: str) -> float:
    """Megabytes of scikit-learn and what it needs."""
    code = (
        f"import importlib.util as u; print(*[u.find_spec(n).origin for n in {DISTRIBUTIONS} "
        "if u.find_spec(n)], sep='\\n')"
    )
    command = [peers, "-c", code]
    found = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    total = 0.0
    for origin in map(Path, found.split()):
        is_package = origin.name == "__init__.py"
        total += size_of(origin.parent) if is_package else origin.stat().st_size / 2**20
        libraries = origin.parent.with_name(f"{origin.parent.name}.libs")
        total += size_of(libraries) if is_package and libraries.is_dir() else 0.0
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args(arguments)
    has_peer = has_module(options.peers, "sklearn")
    with tempfile.TemporaryDirectory() as folder:
        path, nowhere = source(Path(folder, "interpreted")), Path(folder, "nowhere")
        nowhere.mkdir()
        subprocess.run([options.python, "-m", "compileall", "-q", path], check=True)  # as pip does
        compiled = built(Path(folder, "compiled"))
        print("\nCPU times of processes; of an import, beyond those of a bare Python.\n")
        print(" | ".join(["what", "refgmm", "scikit-learn", "scikit-learn / refgmm"]), flush=True)
        if has_peer:
            for name, (ours, theirs) in IMPORTS.items():
                times = compared(
                    options.rounds,
                    {
                        "bare": (options.python, BARE, path),
                        "ours": (options.python, ours, path),
                        "their bare": (options.peers, BARE, nowhere),
                        "theirs": (options.peers, theirs, nowhere),
                    },
                )
                bare, their_bare = map(
                    statistics.median, (times.pop("bare"), times.pop("their bare"))
                )
                own = [value - bare for value in times["ours"]]
                other = [value - their_bare for value in times["theirs"]]
                print(row(name, IMPORT, own, other), flush=True)
            ours, theirs = FIT_AND_PRINT
            commands = {
                "ours": (options.python, ours, path),
                "theirs": (options.peers, theirs, nowhere),
            }
            times = compared(options.rounds, commands)
            whole = "whole process: fit 5 points and print"
            print(row(whole, PROCESS, times["ours"], times["theirs"]), flush=True)
        for name, case in MEMORY_CASES.items():
            grown = megabytes_of(options.python, path, case)
            text = Ratio(grown, grown, grown).text(goal_of(MEMORY, "megabytes", "", d=case[1]))
            print(" | ".join([name, text, "-", "-"]), flush=True)
        ours = f"{size_of(path):.3g} MB"
        if compiled is not None:
            shared = sum(file.stat().st_size for file in compiled.glob("refgmm__mypyc*"))
            ours += f", compiled {size_of(compiled / 'refgmm') + shared / 2**20:.3g} MB"
        theirs = f"{peer_sizes(options.peers):.3g} MB" if has_peer else "-"
        print(" | ".join(["installed, with what it needs", ours, theirs, "-"]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

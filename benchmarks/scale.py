"""What workers gain and cost: two processes against one, what is travelled for, dask, memory.

    python benchmarks/scale.py [--rounds 7] [--n 1000000] [--epochs 24]

One dimension, three components; and two, and eight, whose epochs are shorter and longer. Every round
times epochs of each contender in turn, on a clock; the first third of them doesn't count, in which
workers read their points: each worker reads a job's when it first gets that job. Of the others the
fastest counts, as others may be using the machine. Ratios are medians over the rounds, with quartiles.
Beside them are the goals that were set; the exit status is 0 either way. With REFGMM_COMPILE=1
installed, or in place, the compiled kernel is measured; else the interpreted one.
"""

import argparse
import contextlib
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from goals import MEMORY, SCALE, Ratio, goal_of
from harness import PEAK, quartiles

import refgmm

NONE, ONE, TWO = "no worker", "one process", "two processes"
FEW = "few, "
COMPONENTS = {"K=2, ": 2, "K=8, ": 8}  # of the rows that begin so; of all others, 3
GROUPS = (FEW, *COMPONENTS)  # what rows begin with that are compared with one another
PARTS = 16  # of the points in dask's workers


def group_of(name: str) -> str:
    """What the name of a row begins with; empty where nothing is said."""
    return next((group for group in GROUPS if name.startswith(group)), "")


def seconds_per_epoch(points: Any, executor: Executor | None, epochs: int, k: int = 3) -> float:
    """Of the fastest epoch after the first third, in which workers read their points."""
    start = refgmm.Mixture.univariate([1 / k] * k, [1.5 * j for j in range(k)], [1.0] * k)
    times: list[float] = []
    refgmm.fit(
        points,
        start,
        executor=executor,
        stop=refgmm.Epochs(epochs),
        history="none",
        on_epoch=lambda at: times.append(time.perf_counter()),
    )
    return min(b - a for a, b in itertools.pairwise(times[1 + epochs // 3 :]))


@contextlib.contextmanager
def cluster() -> Iterator[Any]:
    """A client of dask, with two workers; None where it isn't installed."""
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError:
        yield None
        return
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers,
        Client(workers) as client,
    ):
        yield client


def ratio(rows: Sequence[dict[str, float]], other: str, own: str) -> str:
    """How many times as fast as `other`, its quartiles, and the goal where there is one; a dash where
    there is nothing to compare.
    """
    if other == own or other not in rows[0]:
        return "-"
    found = Ratio(*quartiles([row[other] / row[own] for row in rows]))
    group = group_of(own)
    return found.text(goal_of(SCALE, other.removeprefix(group), own.removeprefix(group)))


def added_memory(path: str) -> list[float]:
    """Megabytes that a fit adds to the points: in a list, in a file. Each in a process of its own."""
    found = []
    for where in ("list(points)", "points"):
        program = (
            "import refgmm\n"
            f"points = refgmm.open_doubles({path!r})\n"
            f"points = {where}\n"
            "before = peak()\n"
            "refgmm.fit(points, 3, stop=refgmm.Epochs(1), history='none')\n"
            "print(peak() - before)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", PEAK + program], capture_output=True, check=True
        )
        found.append(float(done.stdout))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--epochs", type=int, default=24)
    options = parser.parse_args(arguments)
    rng = random.Random(1)
    values = tuple(rng.gauss(1.5 * rng.randrange(3), 1.0) for _ in range(options.n))
    few = values[: 16 * 300]
    print(f"refgmm {refgmm.version()}, n={options.n}, d=1, K=3 where nothing else is said")
    print(f"{os.cpu_count()} cores, by a clock")
    print(f"few: {len(few)} points")
    rows: list[dict[str, float]] = []
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two,
        cluster() as client,
        refgmm.spooled(values) as store,
        tempfile.TemporaryDirectory() as folder,
    ):
        contenders: dict[str, tuple[Any, Executor | None]] = {
            NONE: (values, None),
            ONE: (values, one),
            TWO: (values, two),
            "no worker, from a file": (store, None),
            "2 processes, from a file": (store, two),
            **{
                group + name: (values, executor)
                for group in COMPONENTS
                for name, executor in ((NONE, None), (ONE, one), (TWO, two))
            },
            FEW + NONE: (few, None),
            "few, 2 processes": (few, two),
        }
        if client is None:
            print("dask: left out, it is not installed")
        else:
            dask, size = client.get_executor(), -(-options.n // PARTS)
            parts = [array("d", values[i : i + size]) for i in range(0, options.n, size)]
            contenders |= {
                "dask, 2 workers": (values, dask),
                "dask, points in its workers": (refgmm.FuturePoints(client.scatter(parts)), dask),
                "few, dask": (few, dask),
            }
        for _ in range(options.rounds):
            rows.append(
                {
                    name: seconds_per_epoch(
                        points,
                        executor,
                        options.epochs,
                        COMPONENTS.get(group_of(name), 3),
                    )
                    for name, (points, executor) in contenders.items()
                }
            )
        print(" | ".join(["an epoch", "milliseconds", f"{ONE} / own", f"{NONE} / own", "added"]))
        for name in contenders:
            of = group_of(name)
            milliseconds = 1e3 * statistics.median(row[name] for row in rows)
            added = 1e3 * statistics.median(row[name] - row[of + NONE] for row in rows)
            cells = [
                ratio(rows, of + ONE, name),
                ratio(rows, of + NONE, name),
                f"{added:+.2f} ms" if of == FEW else "-",
            ]
            print(" | ".join([name, f"{milliseconds:.2f}", *cells]), flush=True)
        path = os.path.join(folder, "points.f64")
        with open(path, "wb") as file, open(store.address.path, "rb") as source:
            file.write(source.read())
        for where, size in zip(("in a list", "in a file"), added_memory(path), strict=True):
            megabytes = Ratio(size, size, size)
            text = megabytes.text(goal_of(MEMORY, "megabytes", "", d=1))
            print(" | ".join([f"megabytes that a fit adds to points {where}", text, "-", "-", "-"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

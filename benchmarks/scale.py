"""What workers gain and cost: two processes against one, what is travelled for, dask, memory.

    python benchmarks/scale.py [--rounds 7] [--n 1000000] [--epochs 12]

One dimension, three components. Every round times an epoch of each contender in turn, on a clock: of the
epochs of a round the fastest counts, as others may be using the machine. Ratios are medians over the
rounds, with quartiles. The goals are those of issue 6; the exit status is 0 either way. With
REFGMM_COMPILE=1 installed, or in place, the compiled kernel is measured; else the interpreted one.
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
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import refgmm

START = refgmm.Mixture.univariate([1 / 3] * 3, [0.0, 1.5, 3.0], [1.0] * 3)
MOST_BYTES = 20e6
LEAST_SPEEDUP = 1.8


def seconds_per_epoch(points: Any, executor: Executor | None, epochs: int) -> float:
    """Of the fastest epoch; the first doesn't count, in which workers read their points."""
    times: list[float] = []
    refgmm.fit(
        points,
        START,
        executor=executor,
        stop=refgmm.Epochs(epochs),
        history="none",
        on_epoch=lambda at: times.append(time.perf_counter()),
    )
    return min(b - a for a, b in itertools.pairwise(times[1:]))


@contextlib.contextmanager
def cluster() -> Iterator[Executor | None]:
    """Two workers of dask; None where it isn't installed."""
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError:
        yield None
        return
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers,
        Client(workers) as client,
    ):
        yield client.get_executor()


def ratio(rows: Sequence[dict[str, float]], other: str, own: str) -> str:
    """The median of other/own over the rounds, and its quartiles."""
    low, middle, high = statistics.quantiles([row[other] / row[own] for row in rows], n=4)
    return f"{middle:.2f} [{low:.2f}, {high:.2f}]"


def added_memory(path: str) -> list[int]:
    """Bytes that a fit adds to the points: in a list, in a file. Each in a process of its own, on Linux."""
    found = []
    for where in ("list(points)", "points"):
        program = (
            "import refgmm\n"
            "def peak():\n"
            "    with open('/proc/self/status') as file:\n"
            "        return next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))\n"
            f"points = refgmm.open_doubles({path!r})\n"
            f"points = {where}\n"
            "before = peak()\n"
            "refgmm.fit(points, 3, stop=refgmm.Epochs(1), history='none')\n"
            "print(1024 * (peak() - before))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        found.append(int(done.stdout))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args(arguments)
    rng = random.Random(1)
    values = tuple(rng.gauss(1.5 * rng.randrange(3), 1.0) for _ in range(options.n))
    few = values[:5000]  # one job
    print(f"refgmm {refgmm.version()}, n={options.n}, K=3, d=1, {os.cpu_count()} cores")
    rows: list[dict[str, float]] = []
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two,
        cluster() as dask,
        refgmm.spooled(values) as store,
        tempfile.TemporaryDirectory() as folder,
    ):
        contenders: dict[str, tuple[Any, Executor | None]] = {
            "no worker": (values, None),
            "1 process": (values, one),
            "2 processes": (values, two),
            "no worker, from a file": (store, None),
            "2 processes, from a file": (store, two),
            "few, no worker": (few, None),
            "few, 2 processes": (few, two),
        }
        if dask is not None:
            contenders |= {"dask, 2 workers": (values, dask), "few, dask": (few, dask)}
        for _ in range(options.rounds):
            rows.append(
                {
                    name: seconds_per_epoch(points, executor, options.epochs)
                    for name, (points, executor) in contenders.items()
                }
            )
        for name in contenders:
            print(f"{name:26} {1e3 * statistics.median(row[name] for row in rows):10.2f} ms")
        for other in ("1 process", "no worker"):
            middle = statistics.median(row[other] / row["2 processes"] for row in rows)
            verdict = "met" if middle >= LEAST_SPEEDUP else "MISSED"
            print(
                f"{other} / 2 processes: {ratio(rows, other, '2 processes')}; {LEAST_SPEEDUP} {verdict}"
            )
        print(f"from a file: {ratio(rows, 'no worker, from a file', 'no worker')} of from memory")
        for name in [
            name for name in contenders if name.startswith("few, ") and name != "few, no worker"
        ]:
            cost = statistics.median(row[name] - row["few, no worker"] for row in rows)
            print(f"an epoch of {len(few)} points costs {1e3 * cost:.2f} ms more with {name[5:]}")
        if dask is not None:
            print(f"no worker / dask: {ratio(rows, 'no worker', 'dask, 2 workers')}")
        if not os.path.exists("/proc/self/status"):
            return 0
        path = os.path.join(folder, "points.f64")
        with open(path, "wb") as file, open(store.address.path, "rb") as source:
            file.write(source.read())
        for where, size in zip(("in a list", "in a file"), added_memory(path), strict=True):
            verdict = "met" if size <= MOST_BYTES else "MISSED"
            print(f"a fit adds {size / 1e6:.1f} MB to points {where}; at most 20: {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Contenders side by side: each a process of its own, timed in turns, so that what disturbs one
disturbs all. What is reported is the ratio of two times of the same round, its median and quartiles.

    with contenders() as all_of_them:
        for row in compare(cases, all_of_them, rounds=7): ...

A contender answers cases, a line of JSON each, with seconds per epoch: see benchmarks/worker.py.
Times are CPU times of one thread: on a shared machine they vary less than those of a clock.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("OMP", "OPENBLAS", "MKL")  # whose threads are counted by an environment variable
BUILT = "REFGMM_BENCHMARKS_BUILT"  # environment variable: see benchmarks/run.py
NPM_PACKAGE = "gaussian-mixture@0.9.1"

PEAK = """
import pathlib, resource, sys
def peak():  # megabytes; on Linux ru_maxrss begins with that of the process that started this one
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
"""
"""Source of a function that tells the largest memory so far."""


@dataclass(frozen=True, slots=True)
class Case:
    """A mixture to fit: n points of d coordinates, k components 1.5 sigma apart."""

    n: int
    k: int
    d: int
    structure: str = "full"
    seed: int = 1


class Contender:
    """A process that times cases; `worker` is its file, here."""

    def __init__(
        self,
        name: str,
        kind: str,
        python: str,
        path: Path | None = None,
        *,
        worker: str = "worker.py",
        threads: int = 1,
    ) -> None:
        self.name = name
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        environment |= {f"{library}_NUM_THREADS": str(threads) for library in LIBRARIES}
        environment["PYTHONPATH"] = str(path) if path else ""
        self._process = subprocess.Popen(
            [python, "-P", str(ROOT / "benchmarks" / worker), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
        )
        self.version = self._read()

    def seconds_per_epoch(self, case: Case) -> float | None:
        """One measurement; None where the contender has no answer to such a case."""
        answer = self.ask(json.dumps(asdict(case)))
        return None if answer == "none" else float(answer)

    def ask(self, question: str) -> str:
        """What the worker answers to a line."""
        assert self._process.stdin is not None
        print(question, file=self._process.stdin, flush=True)
        return self._read()

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer")
        return line.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """What a case came to. seconds: medians; ratios: quartiles of other/own, by the pair of names."""

    case: Case
    seconds: dict[str, float]
    ratios: dict[tuple[str, str], tuple[float, float, float]]


def compare(cases: Sequence[Case], contenders: Sequence[Contender], rounds: int) -> Iterator[Row]:
    """Each case on all contenders, so many rounds in turn."""
    for case in cases:
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for contender in contenders:
                seconds = contender.seconds_per_epoch(case)
                if seconds is not None:
                    times.setdefault(contender.name, []).append(seconds)
        ratios = {
            (other, own): quartiles([a / b for a, b in zip(times[other], times[own], strict=True)])
            for other in times
            for own in times
            if other != own
        }
        yield Row(case, {name: statistics.median(own) for name, own in times.items()}, ratios)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


@contextlib.contextmanager
def contenders(
    peers: str = sys.executable, python: str = sys.executable, worker: str = "worker.py"
) -> Iterator[list[Contender]]:
    """refgmm compiled and interpreted (on `python`), scikit-learn (on `peers`) and, where the worker is
    that of single epochs, scalar C and other peers, as far as they are there: what isn't is printed.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        started: list[Contender] = []

        def start(*arguments: Any, **options: Any) -> None:
            contender = Contender(*arguments, worker=worker, **options)
            stack.callback(contender.close)
            started.append(contender)

        start("interpreted", "refgmm", python, source(Path(folder, "interpreted")))
        compiled = built(Path(folder, "compiled"))
        if compiled is not None:
            start("compiled", "refgmm", sys.executable, compiled)
        has_scikit_learn = has_module(peers, "sklearn")
        if has_scikit_learn:
            start("scikit-learn", "sklearn", peers)
        if worker == "worker.py":
            start("plain Python", "python", python)
            if shutil.which("gcc"):
                start("scalar C", "scalar_c", sys.executable)
            else:
                print("scalar C: left out, there is no gcc")
            if has_scikit_learn:
                start("scikit-learn full", "sklearn_full", peers)
                start("scikit-learn 2 threads", "sklearn_threads", peers, threads=2)
            if has_module(peers, "numpy"):
                start("numpy", "numpy", peers)
            packages = npm_packages(Path(folder, "npm"))
            if packages is not None:
                start("npm", "npm", sys.executable, packages)
        yield started


def has_module(python: str, name: str) -> bool:
    """Whether that Python can import a module; where not, it is said that it is left out."""
    command = [python, "-c", f"import {name}"]
    found = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not found:
        print(f"{name}: left out, {python} has none")
    return found


def source(folder: Path) -> Path:
    """A folder with refgmm's source alone."""
    ignored = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(ROOT / "refgmm", folder / "refgmm", ignore=ignored)
    return folder


def built(folder: Path) -> Path | None:
    """A folder with refgmm compiled, if BUILT says so an earlier one; None where there is no compiler,
    which is said.
    """
    if BUILT in os.environ:
        return Path(os.environ[BUILT])
    if not (importlib.util.find_spec("mypyc") and shutil.which("gcc")):
        print("compiled: left out, there is no mypyc or no gcc")
        return None
    shutil.copy(ROOT / "setup.py", source(folder))
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    environment = os.environ | {"REFGMM_COMPILE": "1"}
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return folder


def npm_packages(folder: Path) -> Path | None:
    """A folder with the npm package; None where it can't be had, which is said."""
    folder.mkdir()
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        command = [npm, "install", "--silent", "--prefix", str(folder), NPM_PACKAGE]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return folder / "node_modules"
    print(f"npm: left out, node or npm is not there or can't install {NPM_PACKAGE}")
    return None

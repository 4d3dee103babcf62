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

ROOT = Path(__file__).resolve().parents[1]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


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
        worker: str = "worker.py",
    ) -> None:
        self.name = name
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        environment |= ONE_THREAD | {"PYTHONPATH": str(path) if path else ""}
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
    """refgmm compiled and interpreted (on `python`), scikit-learn (on `peers`) and scalar C, as far
    as they are there and the worker knows them.
    """
    with tempfile.TemporaryDirectory() as folder:
        started: list[Contender] = []
        try:
            compiled, interpreted = Path(folder, "compiled"), Path(folder, "interpreted")
            _copy_source(interpreted)
            started.append(Contender("interpreted", "refgmm", python, interpreted, worker))
            if importlib.util.find_spec("mypyc") and shutil.which("gcc"):
                _copy_source(compiled)
                shutil.copy(ROOT / "setup.py", compiled)
                subprocess.run(
                    [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"],
                    cwd=compiled,
                    env=os.environ | {"REFGMM_COMPILE": "1"},
                    check=True,
                )
                started.append(Contender("compiled", "refgmm", sys.executable, compiled, worker))
            if shutil.which("gcc") and worker == "worker.py":
                started.append(Contender("scalar C", "scalar_c", sys.executable))
            has_peer = subprocess.run(
                [peers, "-c", "import sklearn"], capture_output=True, check=False
            )
            if has_peer.returncode == 0:
                started.append(Contender("scikit-learn", "sklearn", peers, worker=worker))
            yield started
        finally:
            for contender in started:
                contender.close()


def _copy_source(folder: Path) -> None:
    ignored = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(ROOT / "refgmm", folder / "refgmm", ignore=ignored)

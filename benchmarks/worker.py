"""One contender of a benchmark, as a process: see benchmarks/harness.py.

    python benchmarks/worker.py refgmm|sklearn|sklearn_full|sklearn_threads|numpy|scalar_c|npm

It prints its version; then, for each case on stdin (a line of JSON), the seconds of an epoch: the
difference of a long and a short fit from the same start, divided by how many epochs more it took.
"""

import ctypes
import functools
import importlib.metadata
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Case = dict[str, Any]
Fit = Callable[[int], int]
"""Fits so many epochs; how many it took."""

SHORT = 4  # epochs
LEAST = 0.05  # seconds that the long fit takes more
FOR_THREADS = 10_000  # points
MUCH = 100_000  # coordinates: a fit of 64 epochs would take long
CLOCKS: dict[str, Callable[[], float]] = {"sklearn_threads": time.perf_counter}
"""What tells the time where it is not the CPU time of this process."""
SEEDS = {
    (5, 2, 1): 73,
    (5, 3, 1): 82,
    (100, 2, 1): 133,
    (100, 3, 1): 145,
    (100, 2, 2): 9,
    (100, 8, 2): 15,
    (100, 2, 10): 3,
    (100, 3, 2): 14,
    (100, 3, 10): 51,
}
"""By n, k and d: where EM climbs for hundreds of epochs, so that none is measured that stands still."""


def points_of(case: Case) -> list[Any]:
    """The points, drawn from k Gaussians 1.5 sigma apart."""
    n, k, d = case["n"], case["k"], case["d"]
    rng = random.Random(SEEDS.get((n, k, d), case["seed"]))
    if d == 1:
        return [rng.gauss(1.5 * rng.randrange(k), 1.0) for _ in range(n)]
    rows = []
    for _ in range(n):
        centre = 1.5 * rng.randrange(k) / d**0.5
        rows.append([rng.gauss(centre, 1.0) for _ in range(d)])
    return rows


def start_of(case: Case) -> tuple[list[float], list[Any], list[Any]]:
    """Weights, means and covariances (variances) to start from."""
    k, d = case["k"], case["d"]
    weights = [1.0 / k] * k
    if d == 1:
        return weights, [1.5 * j for j in range(k)], [1.0] * k
    unit = [[float(a == b) for b in range(d)] for a in range(d)]
    return weights, [[1.5 * j / d**0.5] * d for j in range(k)], [unit] * k


def refgmm_fit(case: Case) -> Fit:
    """refgmm.fit without history."""
    import refgmm  # noqa: PLC0415

    points, start = points_of(case), refgmm.Mixture.of_parameters(*_tuples(start_of(case)))

    def fit(epochs: int) -> int:
        stop = refgmm.Epochs(epochs)
        return refgmm.fit(
            points, start, structure=case["structure"], stop=stop, history="none"
        ).epochs

    return fit


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def sklearn_fit(case: Case) -> Fit:
    """scikit-learn's GaussianMixture: "diag" in one dimension, which is its fastest."""
    kind = "diag" if case["d"] == 1 or case["structure"] == "diagonal" else "full"
    return _sklearn_fit(case, kind)


def sklearn_full_fit(case: Case) -> Fit | None:
    """scikit-learn's "full" in one dimension; else it is what sklearn_fit is."""
    return _sklearn_fit(case, "full") if case["d"] == 1 else None


def sklearn_threads_fit(case: Case) -> Fit | None:
    """The same as sklearn_fit, for what is large enough for threads."""
    return sklearn_fit(case) if case["n"] >= FOR_THREADS else None


def _sklearn_fit(case: Case, kind: str) -> Fit:
    import numpy  # noqa: PLC0415
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415

    warnings.simplefilter("ignore")
    n, k, d = case["n"], case["k"], case["d"]
    array = numpy.array(points_of(case), dtype=float).reshape(n, d)
    weights, means, _ = start_of(case)
    precisions = numpy.ones((k, d)) if kind == "diag" else numpy.array([numpy.eye(d)] * k)

    def fit(epochs: int) -> int:
        model = GaussianMixture(
            k,
            covariance_type=kind,
            tol=0.0,
            reg_covar=0.0,
            max_iter=epochs,
            weights_init=weights,
            means_init=numpy.array(means).reshape(k, d),
            precisions_init=precisions,
        )
        return int(model.fit(array).n_iter_)

    return fit


@functools.cache
def scalar_library() -> Any:
    """benchmarks/scalar.c, compiled."""
    source, library = Path(__file__).with_name("scalar.c"), Path(tempfile.mkdtemp(), "scalar.so")
    command = ["gcc", "-O3", "-shared", "-fPIC", str(source), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.epochs.restype = loaded.epochs_of_vectors.restype = ctypes.c_double
    return loaded


def scalar_c_fit(case: Case) -> Fit:
    """EM in C."""
    n, k, d = case["n"], case["k"], case["d"]
    points = _doubles(points_of(case))
    start = start_of(case)
    is_diagonal = case["structure"] == "diagonal"

    def fit(epochs: int) -> int:
        parameters = [_doubles(values) for values in start]
        library, n_as_long, count = scalar_library(), ctypes.c_long(n), ctypes.c_long(epochs)
        if d == 1:
            library.epochs(points, n_as_long, k, *parameters, count)
        else:
            library.epochs_of_vectors(points, n_as_long, k, d, is_diagonal, *parameters, count)
        return epochs

    return fit


def python_fit(case: Case) -> Fit | None:
    """scalar.c in Python, statement by statement; in one dimension."""
    n, k = case["n"], case["k"]
    if case["d"] > 1:
        return None
    points = points_of(case)
    components = range(k)

    def fit(epochs: int) -> int:
        weights, means, variances = start_of(case)
        for _ in range(epochs):
            product, log_likelihood = 1.0, 0.0
            front = [weights[j] / math.sqrt(2.0 * math.pi * variances[j]) for j in components]
            rate = [-0.5 / variances[j] for j in components]
            counts, first, second = [0.0] * k, [0.0] * k, [0.0] * k
            deviation, term = [0.0] * k, [0.0] * k
            for x in points:
                evidence = 0.0
                for j in components:
                    d = deviation[j] = x - means[j]
                    term[j] = front[j] * math.exp(rate[j] * d * d)
                    evidence += term[j]
                product *= evidence
                if product < 1e-150 or product > 1e150:
                    log_likelihood += math.log(product)
                    product = 1.0
                for j in components:
                    beta = term[j] / evidence
                    weighted = beta * deviation[j]
                    counts[j] += beta
                    first[j] += weighted
                    second[j] += weighted * deviation[j]
            log_likelihood += math.log(product)
            for j in components:
                shift = first[j] / counts[j]
                means[j] += shift
                variances[j] = second[j] / counts[j] - shift * shift
                weights[j] = counts[j] / n
        return epochs

    return fit


def _doubles(values: list[Any]) -> Any:
    """Numbers, or rows of them, or matrices, as C has them."""
    while isinstance(values[0], list):
        values = [value for row in values for value in row]
    return (ctypes.c_double * len(values))(*values)


def numpy_fit(case: Case) -> Fit | None:
    """EM by hand with numpy: in one dimension, and with full covariances in more."""
    import numpy as np  # noqa: PLC0415

    n, k, d = case["n"], case["k"], case["d"]
    if case["structure"] != "full":
        return None
    points = np.array(points_of(case), dtype=float).reshape(n, d)

    def fit(epochs: int) -> int:
        weights, means, covariances = start_of(case)
        alpha = np.array(weights)
        mu = np.array(means, dtype=float).reshape(k, d)
        sigma = np.array(covariances, dtype=float).reshape(k, d, d)
        for _ in range(epochs):
            logs = np.empty((n, k))
            for j in range(k):
                factor = np.linalg.cholesky(sigma[j])
                z = (points - mu[j]) @ np.linalg.inv(factor).T
                constant = np.log(alpha[j]) - np.log(np.diagonal(factor)).sum()
                logs[:, j] = constant - 0.5 * (z * z).sum(axis=1)
            terms = np.exp(logs - logs.max(axis=1, keepdims=True))
            beta = terms / terms.sum(axis=1, keepdims=True)
            counts = beta.sum(axis=0)
            alpha = counts / n
            mu = (beta.T @ points) / counts[:, None]
            for j in range(k):
                deviations = points - mu[j]
                sigma[j] = (beta[:, j, None] * deviations).T @ deviations / counts[j]
        return epochs

    return fit


def npm_fit(case: Case) -> Fit | None:
    """The npm package gaussian-mixture, which is for one dimension: a process of node."""
    if case["d"] > 1:
        return None
    script = str(Path(__file__).with_name("npm_worker.js"))
    environment = os.environ | {"NODE_PATH": os.environ["PYTHONPATH"]}
    node = subprocess.Popen(
        ["node", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )
    assert node.stdin is not None
    assert node.stdout is not None
    to_node, from_node = node.stdin, node.stdout
    weights, means, variances = start_of(case)
    start = {"weights": weights, "means": means, "variances": variances}
    print(json.dumps({"points": points_of(case), **start}), file=to_node, flush=True)

    def ask(question: str) -> str:
        print(question, file=to_node, flush=True)
        return from_node.readline()

    def fit(epochs: int) -> int:
        return int(ask(str(epochs)))

    CLOCKS["npm"] = lambda: float(ask("cpu"))
    return fit


FITS: dict[str, Callable[[Case], Fit | None]] = {
    "refgmm": refgmm_fit,
    "sklearn": sklearn_fit,
    "sklearn_full": sklearn_full_fit,
    "sklearn_threads": sklearn_threads_fit,
    "numpy": numpy_fit,
    "scalar_c": scalar_c_fit,
    "npm": npm_fit,
    "python": python_fit,
}
VERSIONS: dict[str, Callable[[], str]] = {
    "refgmm": lambda: f"refgmm {importlib.import_module('refgmm').version()}",
    "scalar_c": lambda: "scalar C, gcc -O3",
    "npm": lambda: "gaussian-mixture of npm",
    "python": lambda: "scalar C in plain Python",
    "numpy": lambda: f"numpy {importlib.metadata.version('numpy')}",
    "sklearn": lambda: f"scikit-learn {importlib.metadata.version('scikit-learn')}",
    "sklearn_full": lambda: 'scikit-learn\'s "full" in one dimension',
    "sklearn_threads": lambda: "scikit-learn with two threads, by a clock",
}


def seconds_per_epoch(fit: Fit, epochs_more: int, clock: Callable[[], float]) -> float:
    """By the difference of two fits, the long one long enough to measure, but not beyond 1000 epochs
    more: there EM may stand still. Long enough is a tenth of LEAST; then both again, until LEAST.
    """
    more, spent, epochs = epochs_more, 0.0, 0
    fit(SHORT)
    while spent < LEAST:
        before, short = _timed(fit, SHORT, clock)
        taken, long = _timed(fit, SHORT + more, clock)
        if taken - before < LEAST / 10 and more < 1000:
            more = min(2 * more, 1000)
            continue
        spent += taken - before
        epochs += long - short
    return spent / epochs


def _timed(fit: Fit, epochs: int, clock: Callable[[], float]) -> tuple[float, int]:
    begin = clock()
    taken = fit(epochs)
    return clock() - begin, taken


def main(name: str) -> None:
    """Answer until there are no more cases."""
    print(f"{VERSIONS[name]()}, Python {sys.version.split()[0]}", flush=True)
    prepared: dict[str, Fit | None] = {}
    for line in sys.stdin:
        if line not in prepared:
            prepared = {line: FITS[name](json.loads(line))}
        fit, case = prepared[line], json.loads(line)
        clock = CLOCKS.get(name, time.process_time)
        more = 64 if case["n"] * case["d"] <= MUCH else 8  # what a fit does once must not count
        print("none" if fit is None else seconds_per_epoch(fit, more, clock), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

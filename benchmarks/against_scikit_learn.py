"""refgmm beside scikit-learn, from the same start: how many digits of the parameters agree?

    python benchmarks/against_scikit_learn.py                all data sets
    python benchmarks/against_scikit_learn.py iris           one of them

Both run 1, 10 and 100 epochs with tol=0, scikit-learn with reg_covar=0, on several data sets and
with all four covariance types. The table has, for weights, means and covariances each, the digits
that agree in the worst entry; exit status 1 where any are fewer than 10.

    digits = -log10(|refgmm - scikit-learn| / size)

size: of a weight, a mean or a variance its own; of a covariance sqrt(variance times variance).

Why not 16 digits: scikit-learn computes the covariances of "tied", "diag" and "spherical" as mean of
squares less square of the mean, which loses 2 log10(|mean| / sigma) digits; it adds 10 eps = 2e-15
to each effective count; and each epoch passes on the differences of the one before, larger where EM
is still far from a maximum, smaller near one.
"""

import csv
import math
import random
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Theirs

import refgmm

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
STRUCTURES = ("full", "tied", "diag", "spherical")
EPOCHS = (1, 10, 100)
LEAST = 10.0
SAME = 17.0  # digits of equal doubles

Digits = tuple[float, float, float]  # of weights, means and covariances


class DataSet(NamedTuple):
    """Points, (n, d), and how many components to fit."""

    name: str
    points: list[list[float]]
    k: int


def data_sets() -> list[DataSet]:
    """What is fitted."""
    faithful, iris = _columns("old_faithful.csv", 2), _columns("iris.csv", 4)
    return [
        DataSet("old faithful, eruptions", [x[:1] for x in faithful], 2),
        DataSet("old faithful, waiting", [x[1:] for x in faithful], 2),
        DataSet("old faithful", faithful, 2),
        DataSet("iris, petals", [x[2:] for x in iris], 3),
        DataSet("iris", iris, 3),
        *(DataSet(f"three gaussians, d={d}", three_gaussians(d), 3) for d in (1, 2, 4)),
    ]


def three_gaussians(d: int) -> list[list[float]]:
    """50 points about each of three means, whose coordinates are 3, 7 and 11 but for their order."""
    rng = random.Random(1)
    means = [[3.0 + 4.0 * ((j + a * j) % 3) for a in range(d)] for j in (1, 2, 3)]
    return [[mean + rng.gauss(0.0, 1.0) for mean in row] for row in means for _ in range(50)]


def _columns(file: str, d: int) -> list[list[float]]:
    with open(DATA / file, encoding="utf-8", newline="") as opened:
        return [[float(cell) for cell in row[:d]] for row in list(csv.reader(opened))[1:]]


def agreement(data: DataSet, structure: str) -> Iterator[Digits]:
    """The digits that agree after each number of EPOCHS."""
    points, n = sorted(data.points), len(data.points)
    middles = [points[(2 * j + 1) * n // (2 * data.k)] for j in range(data.k)]
    shape: dict[str, Any] = {"n_components": data.k, "covariance_type": structure}
    first = refgmm.GaussianMixture(**shape, means_init=middles, max_iter=0).fit(data.points)
    start = {name: getattr(first, f"{name}_") for name in ("weights", "means", "precisions")}
    array = numpy.array(data.points)
    for epochs in EPOCHS:
        settings = shape | {"tol": 0.0, "max_iter": epochs}
        settings |= {f"{name}_init": numpy.array(value) for name, value in start.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", (ConvergenceWarning, refgmm.ConvergenceWarning))
            ours = refgmm.GaussianMixture(**settings).fit(array)
            theirs = Theirs(**settings, reg_covar=0.0, init_params="random", random_state=0)
            theirs.fit(array)
        yield digits(ours, theirs)


def digits(ours: Any, theirs: Any) -> Digits:
    """The digits that agree in the worst weight, the worst mean and the worst covariance."""
    covariances = theirs.covariances_
    if theirs.covariance_type in ("full", "tied"):
        sigmas = numpy.sqrt(numpy.diagonal(covariances, axis1=-2, axis2=-1))
        sizes = sigmas[..., :, None] * sigmas[..., None, :]
    else:
        sizes = covariances
    return (
        _worst(ours.weights_, theirs.weights_, theirs.weights_),
        _worst(ours.means_, theirs.means_, theirs.means_),
        _worst(ours.covariances_, covariances, sizes),
    )


def _worst(ours: Any, theirs: Any, sizes: Any) -> float:
    assert ours.shape == theirs.shape
    error = float(numpy.max(numpy.abs((ours - theirs) / sizes)))
    return SAME if error == 0.0 else -math.log10(error)


def main(names: Sequence[str] = ()) -> int:
    """Print the table. names: of the data sets; without any, all."""
    sets = {data.name: data for data in data_sets()}
    for name in names:
        if name not in sets:
            print(f"there is no data set {name!r}: choose among {', '.join(sets)}", file=sys.stderr)
            return 2
    print(f"refgmm {refgmm.__version__}, scikit-learn {sklearn.__version__}")
    print("digits that agree: weights, means, covariances\n")
    heads = [f"{n} epochs" if n > 1 else "1 epoch" for n in EPOCHS]
    print(" " * 36 + "".join(f"{head:<21}" for head in heads).rstrip())
    worst = SAME
    for name in names or sets:
        for structure in STRUCTURES:
            found = list(agreement(sets[name], structure))
            worst = min(worst, *map(min, found))
            cells = "".join("".join(f"{value:<6.1f}" for value in row) + "   " for row in found)
            print(f"{name:<26}{structure:<10}{cells.rstrip()}", flush=True)
    print(f"\nfewest: {worst:.1f}; at least {LEAST:g} are asked for")
    return 0 if worst >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What several test files share: the trace as a flat list, the oracle's numbers beside it,
and how far rounding alone may take a double from the truth.
"""

import dataclasses
import decimal
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from refgmm import Gaussian, Mixture, oracle
from refgmm.em import Epoch, EStep, MStep

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).resolve().parent / "data"

U = 2.0**-53
"""Half a unit in the last place of 1: the largest relative error of one rounded operation."""

Place = tuple[str, tuple[int, ...]]
"""A field of the trace and the indices in it: ("responsibilities", (i, j))."""

NOTE_POINTS = [0.9, 0.7, 1.2, 2.4, 1.8]


def note_start() -> Mixture[Gaussian]:
    """The mixture that the lecture note starts from (PUBLISHED.md, "Lecture note")."""
    return Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])


def cells(name: str, values: Any, at: tuple[int, ...] = ()) -> Iterator[tuple[Place, Any]]:
    """Every number in nested tuples, with its place."""
    if isinstance(values, tuple):
        for index, value in enumerate(values):
            yield from cells(name, value, (*at, index))
    else:
        yield (name, at), values


def trace(epoch: Epoch[Any]) -> dict[Place, float]:
    """Every number of the E step and the M step of an epoch, under the trace's names."""
    numbers: dict[Place, float] = {}
    dimension = epoch.before.dimension
    for step in (epoch.e, epoch.m):
        for field in dataclasses.fields(step):
            name = name_in_trace(field.name, dimension)
            numbers.update(cells(name, getattr(step, field.name)))
    return numbers


def reference_epoch(points: Sequence[float], before: Mixture[Gaussian]) -> oracle.OracleEpoch:
    """The oracle's epoch from the same doubles."""
    return oracle.epoch(
        points,
        before.weights,
        [component.mean for component in before.components],
        [component.variance for component in before.components],
    )


def reference_trace(reference: oracle.OracleEpoch) -> dict[Place, Decimal]:
    """Every number of the oracle's epoch."""
    numbers: dict[Place, Decimal] = {}
    for field in dataclasses.fields(reference):
        numbers.update(cells(field.name, getattr(reference, field.name)))
    return numbers


def trace_fields(dimension: int | None = None) -> set[str]:
    """The names of all fields of the trace."""
    return {
        name_in_trace(field.name, dimension)
        for step in (EStep, MStep)
        for field in dataclasses.fields(step)
    }


def name_in_trace(field: str, dimension: int | None) -> str:
    """What the trace's files and the oracle call a field: in one dimension covariances are variances."""
    return "variances" if field == "covariances" and dimension is None else field


def assert_agrees(
    points: Sequence[float], epoch: Epoch[Any], reference: oracle.OracleEpoch, digits: float = 13
) -> None:
    """Every number of the trace has so many correct digits.

    One field inherits more than its own rounding: beta (x - mu')^2 takes the error of mu'
    twice, 2 delta / (x - mu') relative to itself, which has no bound for a point that sits on
    the mean. It is granted what the actual error of the mean, delta, explains; no more.
    """
    expected = reference_trace(reference)
    computed = trace(epoch)
    assert computed.keys() == expected.keys()
    for (name, at), value in computed.items():
        truth = expected[name, at]
        if name == "weighted_squared_deviations":
            i, j = at
            deviation = abs(points[i] - float(reference.means[j]))
            delta = abs(float(Decimal(epoch.m.means[j]) - reference.means[j]))
            beta = float(reference.responsibilities[i][j])
            inherited = beta * (2 * deviation * delta + delta * delta)
            error = abs(float(Decimal(value) - truth))
            assert error <= 10.0**-digits * float(truth) + 1.1 * inherited, (name, at)
        else:
            assert oracle.correct_digits(value, truth) >= digits, (name, at, value, truth)


WIDE = decimal.Context(prec=60, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
"""More digits than the oracle has, to check it, and its exponents."""


def assert_close(computed: Decimal, exact: Decimal | Fraction, digits: int = 45) -> None:
    """A number of the oracle is right: its relative error is at most 10^-digits."""
    with decimal.localcontext(WIDE):
        if isinstance(exact, Fraction):
            exact = Decimal(exact.numerator) / exact.denominator
        assert abs(computed - exact) <= abs(exact) * Decimal(10) ** -digits, (computed, exact)


def log_term_errors(points: Sequence[float], before: Mixture[Gaussian]) -> list[list[float]]:
    """For every point and component, a bound on the absolute error of ln(alpha_j g_j(x_i)).

    Where the term is computed as a density, that is the relative error of alpha_j g_j(x_i).
    With E = (x - mu)^2 / (2 variance), four roundings lead to E, so exp(-E) is off by 4 E u;
    exp, sqrt, pi and the quotient add less than 8 u. By logarithms, ln alpha and
    ln(2 pi variance) / 2 add their own roundings. 8 u times the sum of these covers both.
    """
    return [
        [
            8
            * U
            * (
                1
                + (x - c.mean) * (x - c.mean) / (2 * c.variance)
                + abs(math.log(weight) if weight > 0.0 else 0.0)
                + abs(math.log(2 * math.pi * c.variance)) / 2
            )
            for weight, c in zip(before.weights, before.components, strict=True)
        ]
        for x in points
    ]


def evidence_errors(
    points: Sequence[float], before: Mixture[Gaussian], shares: Sequence[Sequence[float]]
) -> list[float]:
    """For every point, a bound on the relative error of its evidence: the errors of its terms,
    each counted by its share, and the roundings of k additions.
    """
    k = len(before.weights)
    return [
        sum(share * error for share, error in zip(row, errors, strict=True)) + (k + 8) * U
        for row, errors in zip(shares, log_term_errors(points, before), strict=True)
    ]


def log_likelihood_error(points: Sequence[float], epoch: Epoch[Any]) -> float:
    """A bound on the absolute error of the log-likelihood that an epoch computed."""
    evidence = evidence_errors(points, epoch.before, epoch.e.responsibilities)
    roundings = (len(points) + 4) * U * sum(map(abs, epoch.e.log_evidence))
    return sum(evidence) + roundings


def run(
    *arguments: str | os.PathLike[str],
    python: str = sys.executable,
    stdin: str | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """`python arguments...` in a process of its own, with the tested refgmm to import."""
    settings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"} | environment
    return subprocess.run(
        [python, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=settings,
        cwd=ROOT,
        check=False,
        timeout=120,
    )


def compile_latex(program: str, text: str, folder: Path) -> None:
    """AssertionError unless TeX finds no error, no line too long for the page, and a letter for every sign."""
    (folder / "solution.tex").write_text(text, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "solution.tex"]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=240)
    log = (folder / "solution.log").read_text(encoding="utf-8", errors="replace")
    assert result.returncode == 0, log[-3000:]
    assert "Overfull \\hbox" not in log
    assert "Missing character" not in log

"""The lecture note's example, digit for digit, by every way through the core."""

import glob
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from refgmm import Walk, iterate, worked_example
from refgmm.worked_example import DOCUMENTED

from .support import NOTE_POINTS, note_start, run

# PUBLISHED.md, "Lecture note: the worked example", typed off its table.
MEANS = ("1.3065753725700628", "1.4982149218892322")
VARIANCES = ("0.3510142879511143", "0.408060269961259")
WEIGHTS = ("0.5124981885949778", "0.48750181140502213")
G_1 = ["0.398", "0.390", "0.395", "0.244", "0.340"]
G_2 = ["0.295", "0.261", "0.340", "0.383", "0.395"]
BETA_1 = ["0.574", "0.599", "0.537", "0.389", "0.463"]
BETA_2 = ["0.426", "0.401", "0.463", "0.611", "0.537"]

SIX_NUMBERS = """\
import refgmm
start = refgmm.Mixture.univariate(weights=[.5, .5], means=[1, 2], variances=[2, 2])
m = next(refgmm.iterate([0.9, 0.7, 1.2, 2.4, 1.8], start)).m
print(*map(repr, m.means + m.variances + m.weights))
"""


def reprs(numbers: Any) -> tuple[str, ...]:
    return tuple(map(repr, numbers))


def three_decimals(table: Any) -> list[tuple[str, ...]]:
    return [tuple(f"{number:.3f}" for number in row) for row in table]


def test_documented_is_what_was_published() -> None:
    """DOCUMENTED holds the strings of PUBLISHED.md."""
    assert DOCUMENTED.means == MEANS
    assert DOCUMENTED.variances == VARIANCES
    assert DOCUMENTED.weights == WEIGHTS
    assert DOCUMENTED.standard_densities == tuple(zip(G_1, G_2, strict=True))
    assert DOCUMENTED.responsibilities == tuple(zip(BETA_1, BETA_2, strict=True))


def test_problem_is_the_notes() -> None:
    """The packaged problem has the note's points and start."""
    problem = worked_example.problem()
    assert problem.points == tuple(NOTE_POINTS)
    assert problem.initial == note_start()


def test_iterate_gives_the_six_numbers() -> None:
    """One epoch of iterate gives the six long numbers, each as its repr."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert reprs(epoch.m.means) == MEANS
    assert reprs(epoch.m.variances) == VARIANCES
    assert reprs(epoch.m.weights) == WEIGHTS
    assert reprs(c.mean for c in epoch.after.components) == MEANS
    assert reprs(c.variance for c in epoch.after.components) == VARIANCES
    assert reprs(epoch.after.weights) == WEIGHTS


def test_iterate_gives_both_tables() -> None:
    """The note's g is the standard density and its beta the responsibilities, to 3 decimals."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    assert three_decimals(epoch.e.standard_densities) == list(zip(G_1, G_2, strict=True))
    assert three_decimals(epoch.e.responsibilities) == list(zip(BETA_1, BETA_2, strict=True))


def test_the_proper_densities_are_not_what_the_note_prints() -> None:
    """The note's g lacks the factor 1/sigma: the proper density is smaller by sqrt(2)."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    for phi, g in zip(epoch.e.standard_densities, epoch.e.densities, strict=True):
        assert phi[0] / g[0] == pytest.approx(2**0.5, rel=1e-15)
    assert three_decimals(epoch.e.densities) != list(zip(G_1, G_2, strict=True))


def test_walk_gives_the_numbers_one_sub_step_after_another() -> None:
    """A Walk shows each documented number at its sub-step, and the old value before it."""
    start = ((0.5, 0.5), (1.0, 2.0), (2.0, 2.0))
    walk = Walk.begin(worked_example.problem())
    assert walk.parameters == start

    walk = walk.forward()
    assert walk.knows("densities")
    assert three_decimals(walk.epoch.e.standard_densities) == list(zip(G_1, G_2, strict=True))
    walk = walk.forward().forward()
    assert not walk.knows("responsibilities")
    walk = walk.forward()
    assert walk.knows("responsibilities")
    assert three_decimals(walk.epoch.e.responsibilities) == list(zip(BETA_1, BETA_2, strict=True))
    walk = walk.forward()
    assert walk.parameters == start

    walk = walk.forward()
    assert reprs(walk.parameters[1]) == MEANS
    assert (walk.parameters[0], walk.parameters[2]) == (start[0], start[2])
    walk = walk.forward()
    assert reprs(walk.parameters[2]) == VARIANCES
    assert walk.parameters[0] == start[0]
    walk = walk.forward()
    assert tuple(map(reprs, walk.parameters)) == (WEIGHTS, MEANS, VARIANCES)
    assert walk.history[-1].mixture.weights == walk.parameters[0]


def test_trace_json_gives_the_numbers_in_a_process_of_its_own(tmp_path: Path) -> None:
    """`python -m refgmm trace --format json` prints the six numbers digit for digit."""
    path = tmp_path / "note.json"
    worked_example.problem().save(path)
    result = run("-m", "refgmm", "trace", path, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    # parse_float=str: the digits as they stand there, not a double that they round to
    (epoch,) = json.loads(result.stdout, parse_float=str)["epochs"]
    assert tuple(epoch["m"]["means"]) == MEANS
    assert tuple(epoch["m"]["variances"]) == VARIANCES
    assert tuple(epoch["m"]["weights"]) == WEIGHTS
    assert tuple(component["mean"] for component in epoch["after"]["components"]) == MEANS
    tables = json.loads(result.stdout)["epochs"][0]["e"]
    assert three_decimals(tables["standard_densities"]) == list(zip(G_1, G_2, strict=True))
    assert three_decimals(tables["responsibilities"]) == list(zip(BETA_1, BETA_2, strict=True))


def test_python_m_refgmm_agrees_26_times() -> None:
    """`python -m refgmm` marks all 26 documented numbers as agreeing, and exits with 0."""
    result = run("-m", "refgmm")
    assert (result.returncode, result.stderr) == (0, "")
    assert "26 of 26 documented numbers agree." in result.stdout
    assert result.stdout.count("✓") == 26
    assert "✗" not in result.stdout
    for number in MEANS + VARIANCES + WEIGHTS:
        assert len(re.findall(rf"(?<!\d){re.escape(number)}(?!\d)", result.stdout)) == 2


def interpreter(version: str) -> str | None:
    """A Python of this version that runs, other than the one that runs the tests."""
    found = [shutil.which(f"python{version}"), shutil.which(f"python{version}.exe")]
    found += glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python"))
    for path in filter(None, found):
        asked = run("-c", "import sys; print('%d.%d' % sys.version_info[:2])", python=path)
        if asked.stdout.strip() == version:  # a shim of pyenv may stand there and not run
            return path
    return None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_python_gives_the_same_digits(version: str, tmp_path: Path) -> None:
    """Each Python found gives the six numbers, and the same trace of 20 epochs byte for byte.

    sum() of floats changed in 3.12; a core that used it would differ here.
    """
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} found, neither on PATH nor in ~/.pyenv/versions")
    result = run("-c", SIX_NUMBERS, python=python)
    assert (result.stdout.split(), result.stderr) == ([*MEANS, *VARIANCES, *WEIGHTS], "")
    path = tmp_path / "note.json"
    worked_example.problem().save(path)
    command = ("-m", "refgmm", "trace", path, "--epochs", "20", "--format", "json")
    assert run(*command, python=python).stdout == run(*command, python=sys.executable).stdout
    assert "26 of 26 documented numbers agree." in run("-m", "refgmm", python=python).stdout

"""The kernel compiled by mypyc: the same bits as interpreted, and the same fits.

Needs mypyc (it comes with mypy), setuptools, a C compiler and Python's headers; skipped elsewhere.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

from .support import ROOT


def _lacking() -> str:
    """What is missing to compile; empty where nothing is."""
    for module in ("mypyc", "setuptools"):
        if find_spec(module) is None:
            return f"{module} is not installed"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's headers are not installed"
    if sys.platform != "win32" and not shutil.which(
        (sysconfig.get_config_var("CC") or "cc").split()[0]
    ):
        return "there is no C compiler"
    return ""


pytestmark = [
    pytest.mark.compiles,
    pytest.mark.skipif(bool(_lacking()), reason=f"can't compile the kernel: {_lacking()}"),
]


def run_in(folder: Path, *arguments: str, **environment: str) -> str:
    """What `python arguments...` prints, with the refgmm that lies in this folder."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=settings | environment,
        cwd=folder,
        check=False,
        timeout=900,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with refgmm as source alone, and its tests."""
    folder = tmp_path_factory.mktemp("interpreted")
    compiled = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__", "gui")
    for name in ("refgmm", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=compiled)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def compiled(interpreted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder, with the kernel compiled."""
    folder = tmp_path_factory.mktemp("compiled") / "refgmm"
    shutil.copytree(interpreted / "refgmm", folder / "refgmm")
    shutil.copy(
        ROOT / "setup.py", folder
    )  # alone: old versions of setuptools refuse pyproject.toml
    run_in(folder, "setup.py", "--quiet", "build_ext", "--inplace", REFGMM_COMPILE="1")
    shutil.copytree(interpreted, folder, dirs_exist_ok=True)
    return folder


def test_a_compiled_kernel_says_so(interpreted: Path, compiled: Path) -> None:
    """--version tells the two apart."""
    assert "(interpreted)" in run_in(interpreted, "-m", "refgmm", "--version")
    assert "(compiled kernel)" in run_in(compiled, "-m", "refgmm", "--version")


def test_compiled_and_interpreted_give_the_same_bits(interpreted: Path, compiled: Path) -> None:
    """Every float of 120 random problems, with underflow, many components and dimensions."""
    expected = run_in(interpreted, "-m", "tests.kernel_digests").splitlines()
    assert len(expected) == 120
    assert len({line.rpartition(" ")[2] for line in expected}) == 120
    assert run_in(compiled, "-m", "tests.kernel_digests").splitlines() == expected


def test_compiled_fits_pass_the_tests_of_fits(compiled: Path) -> None:
    """The tests of fitting and of the kernel, with the compiled one; results are copied and pickled."""
    files = ["fitting", "stopping", "degenerate_fits", "tally", "selection", "acceleration"]
    output = run_in(
        compiled,
        *["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:pytest-qt"],
        *[f"tests/test_{name}.py" for name in files],
    )
    assert " passed" in output

"""The rules that keep the core a core: what may import what, and how long a file may be."""

import ast
import contextlib
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import refgmm

from .support import ROOT, run

CORE = ROOT / "refgmm"
GUI = ROOT / "gui" / "refgmm_gui"

ORDER = [
    "type_names",
    "records",
    "errors",
    "arithmetic",
    "_kernel_component",
    "_kernel_pass",
    "_kernel",
    "_kernel_double",
    "_kernel_matrix",
    "_kernel_newton",
    "_kernel_newton_vectors",
    "_kernel_eight",
    "_kernel_group",
    "_kernel_vectors",
    "_kernel_block",
    "_kernel_exact",
    "linear_algebra",
    "cholesky",
    "formatting",
    "translation",
    "text_table",
    "validation",
    "arguments",
    "structures",
    "gaussian",
    "bayes",
    "distribution",
    "mixture",
    "events",
    "signs",
    "em",
    "blocks",
    "missing",
    "prior",
    "estimation",
    "parameters",
    "initialization",
    "stopping",
    "tally",
    "tally_of_vectors",
    "quasi_newton",
    "acceleration",
    "task",
    "climb",
    "point_store",
    "future_points",
    "jobs",
    "scale_out",
    "fit_input",
    "fit_result",
    "fitting",
    "selection",
    "information",
    "conventions",
    "estimator",
    "clipping",
    "curves",
    "probe",
    "contours",
    "handles",
    "dragging",
    "histogram",
    "epoch_curves",
    "axis",
    "plot_style",
    "files",
    "cells",
    "columns",
    "points_text",
    "csv_points",
    "problem",
    "generated",
    "worked_example",
    "examples",
    "gallery",
    "sub_steps",
    "milestones",
    "stepper",
    "lookahead",
    "quantities",
    "notation",
    "symbols",
    "rendering",
    "typesetting",
    "ledger",
    "elimination",
    "formulas",
    "wording",
    "sentences",
    "proof",
    "proof_parts",
    "maximum_likelihood",
    "reasons",
    "explanation",
    "bound",
    "paper",
    "narration",
    "notebook",
    "worksheet",
    "figure_parts",
    "figure",
    "figure_layout",
    "figure_svg",
    "figure_tikz",
    "report_parts",
    "general_formulas",
    "report_tables",
    "report_epoch",
    "report_sections",
    "report_translation",
    "report_text",
    "report_csv",
    "report_mathematics",
    "report_markdown",
    "report_latex",
    "report_html",
    "reporting",
    "trace_formats",
    "example_report",
    "fit_report",
    "ticker",
    "cli_options",
    "fit_options",
    "fit_at_scale",
    "fit_commands",
    "explain_commands",
    "step_command",
    "oracle",
    "__init__",
    "cli",
    "__main__",
]
"""Each module of the core may import only modules above it in this list."""

CORE_FILES = sorted(CORE.rglob("*.py"))
GUI_FILES = sorted(GUI.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, in full; for `from a import b` both a and a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_of_the_core(path: Path) -> set[str]:
    """The modules of refgmm that a file imports; "__init__" for the facade itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "refgmm":
            names = [f"refgmm.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name == "refgmm" or name.startswith("refgmm."):
                module = name.partition(".")[2].partition(".")[0]
                found.add(module if module in ORDER else "__init__")
    return found


def test_the_order_lists_every_module() -> None:
    """A new module must find its place in ORDER."""
    assert sorted(ORDER) == sorted(path.stem for path in CORE_FILES)


@pytest.mark.parametrize("path", CORE_FILES, ids=name_of)
def test_the_core_imports_the_standard_library_and_itself(path: Path) -> None:
    """refgmm has no dependency, not even an optional one."""
    for name in imported(path):
        top = name.partition(".")[0]
        assert top == "refgmm" or top in sys.stdlib_module_names, name


@pytest.mark.parametrize("path", CORE_FILES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    """A module imports only what stands above it in ORDER: no circles, no shortcuts."""
    allowed = ORDER[: ORDER.index(path.stem)]
    assert modules_of_the_core(path) <= set(allowed)


def test_the_oracle_shares_no_code() -> None:
    """A mistake in the core can't hide in the oracle: it imports nothing of refgmm."""
    assert modules_of_the_core(CORE / "oracle.py") == set()


def test_importing_the_core_loads_nothing_else() -> None:
    """`import refgmm` and its command line load the standard library and refgmm alone."""
    script = (
        "import sys; before = set(sys.modules)\n"
        "import refgmm, refgmm.cli, json\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    result = run("-c", script)
    assert result.stderr == ""
    loaded = {name.partition(".")[0] for name in json.loads(result.stdout)}
    foreign = {top for top in loaded if top not in sys.stdlib_module_names}
    assert foreign == {"refgmm"}
    assert not any("qt" in top.lower() or "pyside" in top.lower() for top in loaded)


FORBIDDEN_MODULES = {
    "refgmm.em",
    "refgmm.gaussian",
    "refgmm.oracle",
    "refgmm.blocks.epoch_in_blocks",
}
FORBIDDEN_NAMES = {
    "iterate",
    "e_step",
    "m_step",
    "run_epoch",
    "Gaussian",
    "oracle",
    "em",
    "gaussian",
}
FORBIDDEN_MATH = {"exp", "expm1", "log", "log1p", "log2", "sqrt", "pow", "erf", "erfc", "hypot"}


def test_there_is_an_app_to_check() -> None:
    """The rules below look at files that exist."""
    assert len(GUI_FILES) > 5


@pytest.mark.parametrize("path", GUI_FILES, ids=name_of)
def test_widgets_compute_no_em(path: Path) -> None:
    """The app shows what the core has computed: it imports neither EM nor densities nor exp."""
    names = set(imported(path))
    assert not names & FORBIDDEN_MODULES
    assert not names & {f"refgmm.{name}" for name in FORBIDDEN_NAMES}
    assert not names & {
        f"{module}.{name}" for module in ("math", "cmath") for name in FORBIDDEN_MATH
    }
    assert not {name.partition(".")[0] for name in names} & {"statistics", "numpy", "cmath"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = f"{node.value.id}.{node.attr}"
            assert node.value.id != "math" or node.attr not in FORBIDDEN_MATH, used
            assert node.value.id != "refgmm" or node.attr not in FORBIDDEN_NAMES, used


@pytest.mark.parametrize("path", CORE_FILES, ids=name_of)
def test_the_core_knows_no_app(path: Path) -> None:
    """refgmm never imports the GUI."""
    assert not any(name.startswith("refgmm_gui") for name in imported(path))


@pytest.mark.parametrize("name", refgmm.__all__)
def test_public_names_have_docstrings(name: str) -> None:
    """Each public function, class and module says what it is; so does each public method."""
    value = getattr(refgmm, name)
    assert inspect.getdoc(value)
    if not inspect.isclass(value):
        return
    for method_name, method in vars(value).items():
        if method_name.startswith("_") or not (callable(method) or isinstance(method, property)):
            continue
        assert inspect.getdoc(method), f"{name}.{method_name}"


def _found(dotted: str) -> object:
    """What refgmm.x.y names; AttributeError where there is nothing."""
    found: object = refgmm
    for place, name in enumerate(dotted.split(".")[1:], start=2):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(".".join(dotted.split(".")[:place]))
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("path", [*CORE.glob("*.py"), *ROOT.glob("*.md")], ids=lambda p: p.name)
def test_what_texts_name_exists(path: Path) -> None:
    """Each refgmm.x.y in docstrings, comments and documents is a module, or something in one."""
    for name in set(re.findall(r"\brefgmm(?:\.[A-Za-z_]\w*)+", path.read_text(encoding="utf-8"))):
        _found(name)


def test_all_lists_the_public_names() -> None:
    """__all__ is sorted as ruff sorts it, without repeats, and each name is there."""
    assert len(set(refgmm.__all__)) == len(refgmm.__all__)
    assert all(hasattr(refgmm, name) for name in refgmm.__all__)


@pytest.mark.parametrize("path", CORE_FILES, ids=name_of)
def test_files_are_short(path: Path) -> None:
    """A file is read in one sitting: under 400 lines, and it begins by saying what it is."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < 400
    assert ast.get_docstring(ast.parse(text))


# A core without Qt

NO_QT = '''\
import sys
from importlib.abc import MetaPathFinder


class NoQt(MetaPathFinder):
    """Refuses to import Qt, and the app."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "PyQt5", "PyQt6", "pytestqt", "refgmm_gui"}:
            raise ImportError("Qt is not importable here")


sys.meta_path.insert(0, NoQt())
'''


def test_the_core_is_tested_without_qt(tmp_path: Path) -> None:
    """Core tests run and pass in a Python that can't import Qt."""
    (tmp_path / "sitecustomize.py").write_text(NO_QT, encoding="utf-8")
    path = f"{tmp_path}{':' if sys.platform != 'win32' else ';'}{ROOT}"
    blocked = run("-c", "import PySide6", PYTHONPATH=path)
    assert "Qt is not importable here" in blocked.stderr
    result = run(
        *["-m", "pytest", "-q", "-p", "no:pytest-qt", "-p", "no:cacheprovider"],
        *["tests/test_em.py", "tests/test_stepper.py", "tests/test_worksheet.py", "refgmm"],
        *[
            "--ignore=tests/gui",
            "--deselect=tests/test_em.py::test_old_faithful_agrees_with_the_oracle",
        ],
        PYTHONPATH=path,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout
    assert "failed" not in result.stdout


# The facade


def test_the_facade_says_twice_the_same() -> None:
    """What mypy reads of the public names, and where they are loaded from, agree."""
    tree = ast.parse((CORE / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    read = {
        (alias.name, (node.module or "").partition(".")[2])
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    loaded = {(name, module) for name, module in refgmm._HOMES.items()}
    assert read == loaded | {(module, "") for module in refgmm._MODULES}
    assert {name for name, _ in read} | {"version"} == set(refgmm.__all__)


def test_importing_the_facade_loads_no_module() -> None:
    """`import refgmm` is quick: each name is loaded when it is first asked for."""
    script = "import refgmm, sys; print([m for m in sys.modules if m.startswith('refgmm.')])"
    assert run("-c", script).stdout.strip() == "[]"
    assert set(refgmm.__all__) <= set(dir(refgmm))


def test_a_name_that_is_not_there() -> None:
    """The usual error, which hasattr and typing errors rely on."""
    with pytest.raises(AttributeError, match=r"module 'refgmm' has no attribute 'fitt'"):
        getattr(refgmm, "fitt")  # noqa: B009 (mypy knows that it isn't there)

"""What the project promises outside its code: README, workflow, changelog, pictures."""

import doctest
import re
import tomllib
from pathlib import Path

import refgmm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_examples_give_what_it_says() -> None:
    """Every >>> example of the README prints what stands below it."""
    flags = doctest.REPORT_NDIFF
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=flags)
    assert result.attempted > 8
    assert result.failed == 0


def test_the_readme_begins_with_exactly_two_commands() -> None:
    """The first two code blocks are the app's command and the tests', each alone on its line."""
    blocks = re.findall(r"^```\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    assert blocks[:2] == [
        'python -m pip install ".[gui]" && refgmm-gui\n',
        'python -m pip install -e ".[dev]" && python -m pytest\n',
    ]
    first_screenful = README.split("## ")[0]
    assert first_screenful.count("```") == 4


def test_every_link_of_the_documents_leads_somewhere() -> None:
    """Pictures and files that the documents point to exist."""
    for document in ROOT.glob("*.md"):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / target).exists(), f"{document.name}: {target}"


def test_the_architecture_names_every_module() -> None:
    """ARCHITECTURE.md has a line for each module of the core and of the app."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in ("refgmm", "gui/refgmm_gui"):
        for module in (ROOT / folder).glob("*.py"):
            if module.name not in ("__init__.py", "__main__.py"):
                assert f"`{module.name}`" in text, module


def test_the_version_is_in_the_changelog() -> None:
    """The newest entry of the changelog is this version's."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert newest is not None
    assert newest[1] == refgmm.__version__


def test_the_core_depends_on_nothing_and_the_app_not_on_the_release_that_aborts() -> None:
    """No run-time dependency; PySide6 below 6.12, which loses references to None (TRAPS)."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert project["dependencies"] == []
    assert project["optional-dependencies"]["gui"] == [
        "PySide6-Essentials>=6.8.3,<6.12",
        "ziamath>=0.13,<0.14",
    ]


def test_the_workflow_runs_the_script_on_every_system_and_python() -> None:
    """The workflow runs .ci/run on three systems and four Pythons, behind one gate."""
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert "os: [ubuntu-latest, macos-latest, windows-latest]" in workflow
    assert 'python: ["3.11", "3.12", "3.13", "3.14"]' in workflow
    assert "bash .ci/run" in workflow
    assert "needs: test" in workflow


def test_wheels_are_built_pure_and_compiled_and_both_are_tested() -> None:
    """A second workflow: three systems each, the compiled ones by cibuildwheel, behind one gate."""
    workflow = (ROOT / ".github/workflows/wheels.yml").read_text(encoding="utf-8")
    assert "os: [ubuntu-latest, macos-latest, windows-latest]" in workflow
    for system in ("ubuntu-24.04-arm", "macos-15-intel", "macos-latest", "windows-latest"):
        assert system in workflow
    assert "needs: [pure, compiled]" in workflow
    with (ROOT / "pyproject.toml").open("rb") as file:
        wheels = tomllib.load(file)["tool"]["cibuildwheel"]
    assert wheels["environment"] == {"REFGMM_COMPILE": "1"}
    tested = set(re.findall(r"tests/test_\w+\.py", " ".join(wheels["test-command"])))
    assert "tests/test_tally.py" in tested
    assert all((ROOT / name).exists() and name in workflow for name in tested)

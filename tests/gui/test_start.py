"""The app's start: the real main(), and one readable message where Qt can't start."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from refgmm import worked_example
from refgmm_gui import app
from tests.support import ROOT

# The real main(), with someone who takes a step and closes the window.
LOOK_AND_CLOSE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from refgmm_gui import app

def look():
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QMessageBox) and box.isVisible():
            print(box.text())
            box.accept()
    (window,) = [w for w in QApplication.topLevelWidgets() if w.objectName() == "window"]
    print(window.windowTitle())
    window.next_button.click()
    print(window.next_button.text())
    window.close()

wait_for_events = QApplication.exec
def exec_(*args):
    QTimer.singleShot(0, look)
    return wait_for_events()
QApplication.exec = staticmethod(exec_)
sys.exit(app.main(sys.argv[1:]))
"""
# The real main(), where an import of PySide6 fails in some way.
IMPORT_FAILS = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith({name!r}):
            raise {error}
sys.meta_path.insert(0, Finder())
from refgmm_gui import app
sys.exit(app.main([]))
"""
# The real main(): what is imported when the window is painted, and which sources were read.
LIST_MODULES = """
import inspect, linecache, sys
from PySide6.QtWidgets import QApplication
before = set(sys.modules)
from refgmm_gui import app
def exec_():
    for _ in range(2):
        QApplication.processEvents()
    print(*sys.modules.keys() - before)
    print(*map(repr, linecache.cache), sep=", ")
    print(inspect.getsource(app.main).split("(")[0])
QApplication.exec = staticmethod(exec_)
app.main([])
"""
# What the app does without until something is asked of it, but for what PySide6 imports by itself.
WAITING = (
    "ziamath",
    "refgmm.explanation",
    "refgmm.formulas",
    "refgmm.reasons",
    "refgmm.reporting",
    "refgmm.fitting",
    "refgmm.gallery",
    "refgmm.lookahead",
    "refgmm.oracle",
    "refgmm.paper",
    "refgmm_gui.desks.comparing",
    "refgmm_gui.desks.exporting",
    "refgmm_gui.desks.recovery",
    "refgmm_gui.dialogs",
    "refgmm_gui.formulas",
    "refgmm_gui.plots.export",
    "refgmm_gui.plots.plane_painting",
    "refgmm_gui.plots.readout",
    "refgmm_gui.printing",
    "refgmm_gui.window.tour",
    "ctypes",
    "dataclasses",
    "decimal",
    "json",
    "PySide6.QtPrintSupport",
    "PySide6.QtSvg",
)
# A script that uses the app, and ends without closing its window.
NEVER_CLOSED = """
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from refgmm_gui.desktop import Desktop
app = QApplication([])
desktop = Desktop(app, QSettings("settings.ini", QSettings.Format.IniFormat))
desktop.window.show()
desktop.parts.edit(desktop.state.draft.with_point(0, "7"))
app.processEvents()
"""
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, with settings of its own; no display but a given one."""
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gui'}",
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=kept | own | environment,
        cwd=home,
        check=False,
        timeout=60,
    )


def assert_one_message(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 2, nothing on stdout, and on stderr a message with these words; no traceback."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "refgmm-gui can't start" in result.stderr
    assert "python -m refgmm" in result.stderr, "what works without the app"
    for word in words:
        assert word in result.stderr


def test_main_opens_on_the_example(tmp_path: Path) -> None:
    """The real main() opens a window on the lecture note's example, ready to step, and ends with 0."""
    result = start(tmp_path, "-c", LOOK_AND_CLOSE, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout.splitlines() == [
        "The lecture note's example[*] — refgmm",
        "E: weighted densities (epoch 1)",
    ]


def test_the_start_imports_what_the_window_shows(tmp_path: Path) -> None:
    """What no part of the first window shows is not imported for it, and no source is read: each part costs time."""
    settings = tmp_path / "refgmm" / "refgmm.conf"
    settings.parent.mkdir()
    settings.write_text("[General]\ntoured=true\n", encoding="utf-8")
    result = start(tmp_path, "-c", LIST_MODULES, QT_QPA_PLATFORM="offscreen")
    modules, sources, head = result.stdout.splitlines()
    imported = set(modules.split())
    assert {"refgmm_gui.main_window", "refgmm_gui.plots.curve_painting"} <= imported
    assert not imported.intersection(WAITING)
    assert all(find_spec(name) for name in WAITING), "their names are right"
    assert "enum.py" in sources, "PySide6 does read the sources of modules"
    assert "main_window.py" not in sources, "but not those of the window"
    assert head == "def main", "inspect reads sources again"


def test_main_opens_the_file_named(tmp_path: Path) -> None:
    """main() with a file opens that file."""
    path = tmp_path / "mine.json"
    worked_example.problem().save(path)
    result = start(tmp_path, "-c", LOOK_AND_CLOSE, str(path), QT_QPA_PLATFORM="offscreen")
    assert (result.returncode, result.stdout.splitlines()[0]) == (0, "mine.json[*] — refgmm")


def test_main_remembers_the_view(tmp_path: Path) -> None:
    """What is set in one start is there in the next, through the user's own settings."""
    set_view = LOOK_AND_CLOSE.replace(
        "window.close()",
        "print(window.decimals.value()); window.decimals.setValue(9); window.close()",
    )
    shown = [
        start(tmp_path, "-c", set_view, QT_QPA_PLATFORM="offscreen").stdout.splitlines()[-1]
        for _ in range(2)
    ]
    assert shown == ["4", "9"]


def test_a_script_needn_t_close_the_window(tmp_path: Path) -> None:
    """Where the process ends with the window open and an edit made, no error is told."""
    result = start(tmp_path, "-c", NEVER_CLOSED, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0
    assert "Error" not in result.stderr


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """--help says how the app is called, and opens nothing."""
    for word in ("-h", "--help"):
        assert app.main([word]) == 0
        assert capsys.readouterr().out.startswith("usage: refgmm-gui [FILE]\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.json", "b.json"], "one file at a time, and 2 were given"),
        (["--frobnicate"], "there is no option --frobnicate: see refgmm-gui --help"),
    ],
)
def test_bad_arguments(tmp_path: Path, arguments: list[str], words: str) -> None:
    """Several files or an unknown option: exit code 2, a message, and no window."""
    result = start(tmp_path, "-m", "refgmm_gui", *arguments, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 2
    assert words in result.stderr
    assert not result.stdout


def test_options_of_qt_s_are_no_files(tmp_path: Path) -> None:
    """What Qt takes for itself, such as -style, stands in nobody's way."""
    path = tmp_path / "a.json"
    worked_example.problem().save(path)
    result = start(
        tmp_path, "-c", LOOK_AND_CLOSE, "-style", "Fusion", str(path), QT_QPA_PLATFORM="offscreen"
    )
    assert result.stdout.startswith("a.json[*]")


def test_table_of_points_from_the_command_line(tmp_path: Path) -> None:
    """A CSV file named on the command line gives the points."""
    path = tmp_path / "a.csv"
    path.write_text("3\n4\n", encoding="utf-8")
    show = LOOK_AND_CLOSE.replace(
        "window.close()", "print(window.inputs.points.model().index(0, 0).data()); sys.exit()"
    )
    result = start(tmp_path, "-c", show, str(path), QT_QPA_PLATFORM="offscreen")
    assert "3" in result.stdout.splitlines()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_without_a_display(tmp_path: Path) -> None:
    """`python -m refgmm_gui` without a display: exit code 2, and a message that says so."""
    result = start(tmp_path, "-m", "refgmm_gui")
    assert_one_message(result, "there is no display", "ssh -X")
    assert len(result.stderr.splitlines()) == 3


def test_without_pyside(tmp_path: Path) -> None:
    """Where PySide6 is not installed, the message says how to install it."""
    error = "ModuleNotFoundError(\"No module named 'PySide6'\", name='PySide6')"
    script = IMPORT_FAILS.format(name="PySide6", error=error)
    result = start(tmp_path, "-c", script, QT_QPA_PLATFORM="offscreen")
    assert_one_message(result, 'pip install "refgmm[gui]"')
    assert "apt-get" not in result.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the apt line is for Linux")
@pytest.mark.parametrize("library", ["libGL.so.1", "libEGL.so.1", "libxkbcommon.so.0"])
def test_without_a_system_library(tmp_path: Path, library: str) -> None:
    """Where a system library is missing, the message names it, and what installs all of them."""
    what = f"{library}: cannot open shared object file: No such file or directory"
    script = IMPORT_FAILS.format(name="PySide6.QtGui", error=f"ImportError({what!r})")
    result = start(tmp_path, "-c", script, QT_QPA_PLATFORM="offscreen")
    assert_one_message(result, library, "sudo apt-get install", "libgl1", "libxcb-cursor0")


@pytest.mark.skipif(sys.platform == "win32", reason="other platform plugins")
def test_without_a_platform_plugin(tmp_path: Path) -> None:
    """Where Qt finds no platform plugin, the message stands below Qt's own, and nothing is dumped."""
    result = start(tmp_path, "-m", "refgmm_gui", QT_QPA_PLATFORM="nonsense")
    assert_one_message(result, "nonsense", "found no way to open a window")
    assert "Aborted" not in result.stderr
    assert not list(tmp_path.glob("core*"))


def test_other_import_errors_are_not_hidden(tmp_path: Path) -> None:
    """An import error of the app's own is no business of the message: it shows as it is."""
    error = "ImportError('cannot import name x', name='refgmm_gui.nonsense')"
    script = IMPORT_FAILS.format(name="refgmm_gui.desktop", error=error)
    result = start(tmp_path, "-c", script, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 1
    assert "cannot import name x" in result.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
@pytest.mark.parametrize(
    ("environment", "is_missing"),
    [
        ({}, True),
        ({"DISPLAY": ""}, True),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"QT_QPA_PLATFORM": "wayland"}, True),
        ({"DISPLAY": ":0"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "vnc"}, False),
    ],
)
def test_missing_display(environment: dict[str, str], is_missing: bool) -> None:
    """A display is missing where no variable names one, and the platform needs one."""
    assert bool(app.missing_display(environment)) is is_missing


def test_missing_parts_of_pyside_are_missing_pyside() -> None:
    """Half an installation is told like none."""
    for name in ("PySide6", "PySide6.QtWidgets", "shiboken6"):
        error = ModuleNotFoundError(f"No module named {name!r}", name=name)
        assert "which is not installed" in app.missing_qt(error)


def test_windows_library_error_is_told() -> None:
    """Windows' words for a missing library lead to the message, too."""
    error = ImportError("DLL load failed while importing QtGui: not found", name="PySide6.QtGui")
    assert "needs a system library that is missing" in app.missing_qt(error)

"""What the tests of the app share. Without PySide6 they are left out, so that the core's run."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

# Before Qt is imported: no screen, but as large as one. Qt takes no drive letter in the path.
if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    screen = Path(os.path.relpath(Path(__file__).parent / "screen.json")).as_posix()
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"

try:
    from tests.gui.fixtures import app, desktop, open_desktop, painting_user, user

    __all__ = ["app", "desktop", "open_desktop", "painting_user", "user"]
except ModuleNotFoundError as error:
    if error.name not in ("PySide6", "pytestqt"):
        raise
    collect_ignore_glob = ["*.py"]

_HARMLESS = "This plugin does not support"  # what a window without a screen can't do


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """A warning of Qt's fails the test that caused it."""
    for item in items:
        if item.nodeid.startswith("tests/gui/"):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(_HARMLESS))

"""A window that is closed leaves nothing behind: circles through connections are none that Python collects."""

import gc
import weakref
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from refgmm_gui.desktop import Desktop
from tests.gui.driver import ScriptedDialogs


def open_use_and_close(app: QApplication, path: Path) -> list["weakref.ref[object]"]:
    """References to all of the app's objects that do something, once their window is gone."""
    desktop = Desktop(app, QSettings(str(path), QSettings.Format.IniFormat))
    desktop.dialogs = ScriptedDialogs(desktop.window)
    desktop.window.show()
    for name in ("epoch", "back", "forward"):
        desktop.window.actions_by_name[name].trigger()
        QApplication.processEvents()
    owned: list[object] = [
        desktop,
        desktop.window,
        desktop.store,
        desktop.runner,
        desktop.parts.edits,
    ]
    owned += [desktop.walking, desktop.recovery, desktop.file_watcher, desktop.problems]
    owned += [desktop.window.actions_by_name, desktop.window.worksheet_model]
    found: list[weakref.ref[object]] = [weakref.ref(each) for each in owned]
    desktop.window.close()
    desktop.window.deleteLater()
    desktop.deleteLater()
    return found


def test_a_closed_window_leaves_nothing_behind(app: QApplication, tmp_path: Path) -> None:
    """Two windows, one after the other: neither they nor their parts are alive afterwards."""
    for number in range(2):
        found = open_use_and_close(app, tmp_path / f"{number}.ini")
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        left = [reference() for reference in found if reference() is not None]
        assert not left

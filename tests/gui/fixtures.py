"""The app as the tests find it: on the lecture note's example, with its settings in a file of
its own, and its dialogs answered from a list.
"""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from refgmm_gui import scaling
from refgmm_gui.desktop import Desktop
from refgmm_gui.dialogs.files import Answer
from tests.gui.driver import ScriptedDialogs, User

OpenDesktop = Callable[[], User]
"""Starts the app once more, with the settings that the last one left."""


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """The application, in the style that refgmm_gui.desktop.run gives it."""
    qapp.setStyle("Fusion")
    gc.collect()
    gc.freeze()  # so that collecting after each test needn't look through all that is imported
    return qapp


@pytest.fixture
def open_desktop(app: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenDesktop]:
    """Opens windows of the app; closes them, and stops their runs, at the end."""
    opened: list[Desktop] = []

    def start() -> User:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        desktop = Desktop(app, settings)
        opened.append(desktop)
        dialogs = ScriptedDialogs(desktop.window)
        desktop.dialogs = dialogs
        desktop.window.show()
        desktop.window.activateWindow()
        qtbot.waitExposed(desktop.window)
        desktop.window.setUpdatesEnabled(False)  # half of a test's time; see painting_user
        explanation = desktop.window.explanation
        assert explanation.formula is not None  # now, and not half a second into a test
        explanation._warm_up.stop()
        return User(qtbot, desktop, dialogs)

    yield start
    for desktop in opened:
        desktop.walking.stop()
        desktop.runner.stop_all()
        desktop.dialogs = ScriptedDialogs(desktop.window)
        desktop.dialogs.answers.append(Answer.DISCARD)
        desktop.window.close()
        threads = desktop.runner.findChildren(QThread)
        desktop.window.deleteLater()
        desktop.deleteLater()
        assert threads == [], "a thread is left"
    scaling.apply(app, 1.0)  # the app outlives its windows
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()  # here, and not on the thread of some later run: Qt objects die where they lived


@pytest.fixture
def user(open_desktop: OpenDesktop) -> User:
    """Someone in front of the app, which has just opened on the lecture note's example."""
    return open_desktop()


@pytest.fixture
def painting_user(open_desktop: OpenDesktop) -> User:
    """The user of an app that also paints itself, as it does for everyone but these tests."""
    user = open_desktop()
    user.window.setUpdatesEnabled(True)
    return user


@pytest.fixture
def desktop(user: User) -> Desktop:
    """The app that has just opened on the lecture note's example."""
    return user.desktop

"""Thousands of steps over the real window: nothing leaks, and nothing breaks late.

PySide6 6.12.0 on Python 3.11 loses a reference to None at every wrapped call that returns
nothing, and aborts after some 5,000 of them: short runs pass with it. From Python 3.12 on
None is immortal and its count means nothing: that part of the test is for Python 3.11.

    REFGMM_SOAK=10000 python -m pytest tests/gui/test_soak.py     10,000 steps; they take two minutes
"""

import gc
import mmap
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import SIGNAL, QObject
from PySide6.QtWidgets import QApplication

from refgmm_gui.desktop import Desktop
from tests.gui.driver import ALL_STEPS, User, wait_for

STEPS = int(os.environ.get("REFGMM_SOAK", "3000"))
MOST_GROWTH = 5 + STEPS / 1000  # MB: caches that fill, and less than 1 kB for each step
CYCLE = (
    *["forward"] * (2 * ALL_STEPS + 3),
    *["back"] * (ALL_STEPS + 2),
    "epoch",
    "start",
)  # 31 steps, over the end of an epoch both ways, from the start to the start


@pytest.fixture
def user(painting_user: User) -> User:
    """Here the window paints."""
    return painting_user


def objects_of(desktop: Desktop) -> int:
    """How many QObjects hang on the app."""
    return sum(1 + len(root.findChildren(QObject)) for root in (desktop, desktop.window))


def connections_of(user: User) -> list[int]:
    """To how many slots each action tells that it has changed."""
    actions = user.window.actions_by_name.all()
    return [action.receivers(SIGNAL("changed()")) for action in actions]


def go_round(user: User, cycles: int) -> None:
    actions = user.window.actions_by_name
    for cycle in range(cycles):
        for name in CYCLE:
            actions[name].trigger()
        if cycle % 5 == 0:
            user.settle()  # and paint
    assert user.walk.is_at_start


def test_thousands_of_steps(user: User, app: QApplication) -> None:
    """Thousands of steps forwards and back leave as many objects, as many references to None, and as much
    memory, as before.
    """
    go_round(user, 20)  # what is built once, is built
    before = user.everything()
    gc.collect()
    references = sys.getrefcount(None)
    widgets, objects, python_objects = len(app.allWidgets()), objects_of(user.desktop), alive()
    memory = megabytes()
    go_round(user, STEPS // len(CYCLE) + 1)
    gc.collect()
    assert user.everything() == before
    assert len(app.allWidgets()) == widgets
    assert objects_of(user.desktop) == objects
    assert max(connections_of(user)) < 200, "Qt connects buttons at each change: see actions.py"
    assert abs(alive() - python_objects) < 500
    assert megabytes() - memory < MOST_GROWTH
    if sys.version_info < (3, 12):
        assert sys.getrefcount(None) > references - 500


def megabytes() -> float:
    """The memory in use, Qt's too; where the system doesn't tell, 0."""
    try:
        resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except FileNotFoundError:
        return 0.0
    return int(resident) * mmap.PAGESIZE / 1e6


def alive() -> int:
    """How many objects Python's garbage collector knows."""
    gc.collect()
    return len(gc.get_objects())


def test_views_changed_often(user: User, app: QApplication) -> None:
    """Columns folded, decimals and themes changed again and again leave nothing behind."""
    window = user.window

    def round_trip() -> None:
        window.standard.click()
        window.decimals.setValue(17)
        user.menu_action("Columns", "evidence").trigger()
        user.menu_action("Theme", "Dark").trigger()
        user.settle()
        user.menu_action("Theme", "Light").trigger()
        user.menu_action("Columns", "evidence").trigger()
        window.decimals.setValue(4)
        window.standard.click()
        user.settle()

    round_trip()
    widgets, objects = len(app.allWidgets()), objects_of(user.desktop)
    for _ in range(10):
        round_trip()
    assert len(app.allWidgets()) == widgets
    assert objects_of(user.desktop) == objects


def test_runs_started_often(user: User, app: QApplication) -> None:
    """Runs started and cancelled again and again leave no thread and no object behind."""

    def run_and_cancel() -> None:
        user.window.actions_by_name["run"].trigger()
        user.window.actions_by_name["cancel"].trigger()
        wait_for(user.bot, lambda: not user.state.run.is_running)
        user.window.actions_by_name["start"].trigger()
        user.settle()

    run_and_cancel()
    widgets, objects = len(app.allWidgets()), objects_of(user.desktop)
    for _ in range(20):
        run_and_cancel()
    assert len(app.allWidgets()) == widgets
    assert objects_of(user.desktop) == objects

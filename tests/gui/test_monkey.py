"""Thousands of random things done to the app: no exception, no warning of Qt's, every number right.

    REFGMM_MONKEY=1:5000 python -m pytest tests/gui/test_monkey.py     seed 1, 5,000 things

A failure says the seed and the last things done; the same seed does the same things again, but for what
depends on how fast the machine is: how far a run gets before it is cancelled.
"""

import os
import traceback
from pathlib import Path

import pytest

from refgmm_gui.actions import SPECS
from tests.gui.driver import User
from tests.gui.monkey import Monkey

_CHOSEN = os.environ.get("REFGMM_MONKEY", "1:500 2:500")
MONKEYS = [tuple(map(int, chosen.split(":"))) for chosen in _CHOSEN.split()]
"""(seed, how many things it does)."""

_MANY = 2000  # so many things have every action among them
_LAST = 25  # things that a failure tells of


@pytest.mark.parametrize(("seed", "count"), MONKEYS)
def test_monkey(
    painting_user: User, tmp_path: Path, request: pytest.FixtureRequest, seed: int, count: int
) -> None:
    """After each thing: no exception, no word of Qt's, and what the window shows is true."""
    (tmp_path / "files").mkdir()
    monkey = Monkey(painting_user, seed, tmp_path / "files")
    qt_log = request.getfixturevalue("qtlog")
    for number in range(count):
        try:
            with painting_user.bot.captureExceptions() as exceptions:
                monkey.act_once()
                painting_user.settle()
                monkey.clear_up()
                monkey.check()
            assert not exceptions, "".join(traceback.format_exception(*exceptions[0]))
            warnings = [record.message for record in qt_log.records if not record.ignored]
            assert not warnings, warnings
        except Exception as error:
            last = "\n".join(monkey.done[-_LAST:])
            raise AssertionError(
                f"seed {seed}, thing {number}; the last things:\n{last}"
            ) from error
    if count >= _MANY:
        assert monkey.acted == {action.name for action in SPECS}

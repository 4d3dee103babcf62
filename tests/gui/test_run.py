"""A run to convergence: its rule in view, progress, cancel, and a window that stays alive."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from refgmm import Mixture, Problem, Walk
from refgmm_gui import runner
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.runner import Runner
from refgmm_gui.session import Run
from tests.gui.driver import User, cells, columns

TOLERANCE = 1e-8  # nats; the rule that the app opens with


@pytest.fixture
def user(painting_user: User) -> User:
    """Here the window paints."""
    return painting_user


def wait_for_end(user: User) -> None:
    user.bot.waitUntil(lambda: not user.state.run.is_running, timeout=20_000)


def set_rule(user: User, tolerance: str, most_epochs: int) -> None:
    """Type the stopping rule."""
    field = user.window.history.tolerance
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, tolerance)
    user.window.history.most_epochs.setValue(most_epochs)


def begin_endless_run(user: User) -> None:
    """A run that ends only by being stopped: its rule wants a gain below 0."""
    user.set_points(*(i % 17 + (i % 5) / 10 for i in range(200)))
    user.settle()
    set_rule(user, "0", 100_000)
    user.press("run")
    assert user.state.run.is_running


def labels(user: User) -> list[str]:
    return [label.text() for label in user.window.history.findChildren(QLabel)]


def test_run_to_convergence(user: User) -> None:
    """Run goes on until an epoch gains less than the rule in view says, and says so."""
    assert user.window.history.tolerance.text() == "1e-08"
    assert user.window.history.most_epochs.value() == 1000
    assert {"Run until ln L gains less than", "epochs"} <= set(labels(user))
    user.press("run")
    wait_for_end(user)
    gains = [milestone.gain for milestone in user.walk.history[1:]]
    *earlier, last = [gain for gain in gains if gain is not None]
    assert last < TOLERANCE <= min(earlier)
    assert user.notice.startswith(f"Converged after epoch {user.walk.epoch.index}: it gained ")
    assert user.notice.endswith("less than 1e-08.")
    assert len(cells(user.history)) == user.walk.epoch.index + 1
    assert user.window.actions_by_name["forward"].isEnabled()
    assert not user.window.actions_by_name["cancel"].isEnabled()
    assert not user.window.history.progress.text()


def test_run_gives_the_floats_of_stepping(user: User) -> None:
    """A run reaches exactly what as many presses of Epoch reach."""
    set_rule(user, "1e-3", 1000)
    user.press("run")
    wait_for_end(user)
    ran = user.walk.history
    user.press("start")
    user.press("epoch", len(ran) - 1)
    assert user.walk.history == ran


def test_run_stops_at_the_limit(user: User) -> None:
    """The limit of epochs stops a run that has not converged, and that is said."""
    set_rule(user, "1e-8", 4)
    user.press("run")
    wait_for_end(user)
    assert user.walk.epoch.index == 4
    assert user.notice.startswith(
        "Stopped after 4 epochs, not converged: the last one still gained"
    )
    user.press("run")
    wait_for_end(user)
    assert user.walk.epoch.index == 8, "four more"


def test_run_goes_on_from_within_an_epoch(user: User) -> None:
    """A run begins where the walk stands, and ends at the end of an epoch."""
    set_rule(user, "1e-8", 2)
    user.next(11)
    user.press("run")
    wait_for_end(user)
    assert (user.walk.epoch.index, user.walk.done) == (3, 8)


def test_outcome_goes_with_the_next_step(user: User) -> None:
    """What the run came to is said until the next step."""
    set_rule(user, "1e-8", 2)
    user.press("run")
    wait_for_end(user)
    assert user.notice
    user.back()
    assert not user.notice


def test_rule_typed_is_the_rule_used(user: User) -> None:
    """The rule counts as soon as it is typed, without Return; what is in view is what is used."""
    field = user.window.history.tolerance
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.05")
    user.press("run")
    wait_for_end(user)
    assert user.state.run.tolerance == 0.05
    assert user.notice.endswith("less than 0.05.")
    assert field.text() == "0.05"


def test_rule_in_view_has_every_digit(user: User) -> None:
    """A rule of many digits is kept and shown as typed, also after leaving the field twice."""
    set_rule(user, "0.00123456789", 77)
    user.next()
    for _ in range(2):
        user.window.history.tolerance.setFocus()
        user.points.setFocus()
        user.next()
    assert user.state.run.tolerance == 0.00123456789
    assert float(user.window.history.tolerance.text()) == 0.00123456789
    assert user.state.run.most_epochs == 77


@pytest.mark.parametrize("text", ["", "1e-", "-"])
def test_rule_half_typed_is_not_used(user: User, text: str) -> None:
    """A rule that is no number is not used; the field shows the rule again when it is left."""
    field = user.window.history.tolerance
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    user.window.history.most_epochs.setValue(3)
    user.points.setFocus()
    user.press("run")
    wait_for_end(user)
    assert field.text() == repr(user.state.run.tolerance)
    assert user.state.run.most_epochs == 3
    assert user.walk.epoch.index <= 3


def test_cancel_keeps_what_was_reached(user: User) -> None:
    """Cancel ends the run at the end of an epoch; its numbers stay, and the walk can go on."""
    begin_endless_run(user)
    user.bot.waitUntil(lambda: len(user.walk.history) > 3)
    user.press("cancel")
    wait_for_end(user)
    reached = user.walk.epoch.index
    assert reached > 2
    assert user.notice == f"Cancelled after epoch {reached}."
    assert columns(user.history)["epoch"] == [str(epoch) for epoch in range(reached + 1)]
    user.next()
    assert (user.walk.epoch.index, user.walk.done) == (reached + 1, 1)


def test_cancel_by_key(user: User) -> None:
    """F5 starts a run, Shift+F5 cancels it."""
    user.set_points(*(float(i % 17) for i in range(200)))
    set_rule(user, "0", 100_000)
    QTest.keyClick(user.window, Qt.Key.Key_F5)
    assert user.state.run.is_running
    QTest.keyClick(user.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    wait_for_end(user)
    assert "Cancelled" in user.notice


def test_window_stays_alive_during_a_run(user: User) -> None:
    """While a run is on its way, timers tick, progress shows, and steps by hand are off."""
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(10)
    begin_endless_run(user)
    actions = user.window.actions_by_name
    assert [actions[n].isEnabled() for n in ("forward", "epoch", "run", "back", "start")] == [
        False
    ] * 5
    assert user.next_text.startswith("Running")
    assert "cancel it to step by hand" in actions["forward"].toolTip()
    assert not user.window.history.tolerance.isEnabled()
    user.bot.waitUntil(lambda: len(user.walk.history) > 2)
    before = len(ticks)
    user.bot.wait(500)
    assert len(ticks) - before >= 4
    assert user.window.history.progress.text().startswith("Epoch ")
    timer.stop()


def test_progress_is_frequent(user: User) -> None:
    """A run tells of its progress several times a second: showing it holds the run up no longer."""
    begin_endless_run(user)
    reports: list[int] = []
    user.desktop.runner.progressed.connect(lambda walk: reports.append(walk.epoch.index))
    user.bot.waitUntil(lambda: len(reports) >= 5, timeout=3500)
    assert reports == sorted(set(reports))


def test_run_is_not_on_the_window_s_thread(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The epochs of a run are computed on another thread than the window's."""
    threads = set()
    real = runner.run_walk

    def spy(walk: Walk, rule: Run) -> Iterator[tuple[Walk, str]]:
        threads.add(threading.get_ident())
        return real(walk, rule)

    monkeypatch.setattr(runner, "run_walk", spy)
    user.press("run")
    wait_for_end(user)
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_inputs_edited_during_a_run(user: User) -> None:
    """Editing during a run keeps the text; the run goes on with its own inputs, and says so."""
    begin_endless_run(user)
    user.bot.waitUntil(lambda: len(user.walk.history) > 1)
    user.type_point(0, "77")
    user.press("cancel")
    wait_for_end(user)
    assert user.state.draft.points[0] == ("77",)
    assert user.walk.problem.points[0] == 0.0
    assert "The inputs have changed since this walk began" in user.notice
    user.next()
    assert user.walk.problem.points[0] == 77.0


@pytest.mark.parametrize("way", ["new", "example", "open"])
def test_another_problem_during_a_run(user: User, tmp_path: Path, way: str) -> None:
    """Opening another problem during a run ends the run, and nothing of it comes after."""
    path = tmp_path / "a.json"
    Problem((1.0, 2.0, 5.0), Mixture.univariate([1.0], [0.0], [1.0])).save(path)
    begin_endless_run(user)
    user.bot.waitUntil(lambda: len(user.walk.history) > 1)
    user.dialogs.answers.extend([Answer.DISCARD, *([str(path)] if way == "open" else [])])
    user.window.actions_by_name[way].trigger()
    assert not user.state.run.is_running
    user.bot.wait(150)
    assert not user.notice
    if way == "new":
        assert user.state.place is None
        return
    assert user.walk.is_at_start
    assert len(user.walk.problem.points) == (5 if way == "example" else 3)
    set_rule(user, "1e-8", 1000)
    user.press("run")
    wait_for_end(user)
    assert user.notice.startswith("Converged")


def test_closing_during_a_run(user: User) -> None:
    """Closing the window during a run ends the run."""
    begin_endless_run(user)
    user.dialogs.answers.append(Answer.DISCARD)
    user.window.close()
    assert not user.window.isVisible()
    assert not user.desktop.runner.is_running


def test_closing_cancelled_during_a_run(user: User) -> None:
    """Where closing is cancelled, the run goes on."""
    begin_endless_run(user)
    user.dialogs.answers.append(Answer.CANCEL)
    user.window.close()
    assert user.state.run.is_running
    reached = len(user.walk.history)
    user.bot.waitUntil(lambda: len(user.walk.history) > reached)


def test_collapse_during_a_run(user: User) -> None:
    """A run that meets a collapse ends there, and says what collapsed, once."""
    user.set_points(0.0, 10.0, 11.0, 12.0)
    user.type_parameters(("0.5", "0", "1"), ("0.5", "11", "1"))
    user.press("run")
    wait_for_end(user)
    assert user.notice.count("has collapsed onto point 1 at 0.0") == 1
    assert user.next_text == "The end: variance collapse"
    assert not user.window.actions_by_name["run"].isEnabled()
    user.back()
    assert user.window.actions_by_name["run"].isEnabled()


def test_edit_at_the_end_of_a_run_keeps_its_outcome(user: User) -> None:
    """Inputs that change after a run leave its history in view."""
    set_rule(user, "1e-8", 3)
    user.press("run")
    wait_for_end(user)
    history = cells(user.history)
    user.type_point(0, "3")
    assert cells(user.history) == history


# The runner alone


def long_walk() -> Walk:
    points = tuple(i % 17 + (i % 5) / 10 for i in range(300))
    return Walk.begin(Problem(points, Mixture.univariate([0.5, 0.5], [3, 9], [4, 4])))


def test_starting_again_ends_the_old_run(user: User) -> None:
    """Of two runs started one after the other, only the second reports."""
    other, told = Runner(), []
    other.ended.connect(lambda walk, why: told.append((walk.problem, why)))
    rule = Run(tolerance=0.0, most_epochs=100_000)
    other.start(long_walk(), rule)
    short = Walk.begin(Problem((1.0, 2.0), Mixture.univariate([1.0], [0.0], [1.0])))
    other.start(short, Run())
    user.bot.waitUntil(lambda: bool(told))
    user.bot.wait(50)
    assert [problem for problem, _ in told] == [short.problem]
    assert not other.is_running


def test_stopped_run_reports_nothing(user: User) -> None:
    """stop() ends a run, waits for it, and drops what it still had to say."""
    other, told = Runner(), []
    other.ended.connect(lambda walk, why: told.append(why))
    other.progressed.connect(told.append)
    other.start(long_walk(), Run(tolerance=0.0, most_epochs=100_000))
    other.stop()
    user.bot.wait(50)
    assert told == []
    user.settle()
    assert other.findChildren(QThread) == []


def test_cancel_and_stop_without_a_run(user: User) -> None:
    """Where nothing runs, there is nothing to cancel or stop."""
    other = Runner()
    other.cancel()
    other.stop()
    assert not other.is_running


def test_failure_of_a_run_is_told(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that fails by a fault of the app's own ends, too, and leaves the window usable."""

    def fail(walk: Walk, rule: Run) -> Iterator[tuple[Walk, str]]:
        raise ZeroDivisionError

    monkeypatch.setattr(runner, "run_walk", fail)
    with user.bot.captureExceptions() as exceptions:
        user.press("run")
        wait_for_end(user)
    assert [kind for kind, _, _ in exceptions] == [ZeroDivisionError]
    assert user.notice == "The run failed; the terminal shows the error."
    user.next()
    assert user.walk.done == 1


def test_menus_are_there(user: User) -> None:
    """Run and Cancel stand in the Walk menu as well."""
    menu = user.menu("Walk")
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    assert names == ["forward", "epoch", "run", "cancel", "back", "start"]

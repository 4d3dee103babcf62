"""A run to convergence: its rule in view, progress, cancel, and a window that stays alive."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from refgmm import Mixture, Problem, Walk
from refgmm_gui import speeds
from refgmm_gui.desks import walking
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.session import Run
from refgmm_gui.theme import LIGHT
from tests.gui.driver import User, cells, columns, wait_for

TOLERANCE = 1e-8  # nats; the rule that the app opens with


@pytest.fixture
def user(painting_user: User) -> User:
    """Here the window paints."""
    return painting_user


def wait_for_end(user: User) -> None:
    wait_for(user.bot, lambda: not user.state.run.is_running)


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
    assert {"Run until ln L gains less than", "epochs, or"} <= set(labels(user))
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


def test_a_run_in_paper_mode_says_that_its_gain_is_unrounded(user: User) -> None:
    """The table shows a gain of 0.00 there, long before a run stops: so where its number is from."""
    user.set_decimals(2)
    user.window.actions_by_name["paper"].trigger()
    user.press("run")
    wait_for_end(user)
    converged, paper = user.notice.split("\n")
    assert converged.startswith("Converged after epoch 25: it gained 1.16e-09 nats")
    assert paper == "Paper mode: a run goes by the unrounded numbers."
    assert cells(user.history)[-1][-1] == "0.00"
    user.window.actions_by_name["paper"].trigger()
    assert user.notice == converged


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
    assert field.palette().base().color().name() == LIGHT.fault
    assert field.toolTip() == f"This is no number: a run goes by {user.state.run.tolerance}"
    assert field.accessibleDescription() == field.toolTip()
    user.window.history.most_epochs.setValue(3)
    user.points.setFocus()
    user.press("run")
    wait_for_end(user)
    assert field.palette().base().color().name() == LIGHT.base
    assert field.toolTip() == ""
    assert field.text() == repr(user.state.run.tolerance)
    assert user.state.run.most_epochs == 3
    assert user.walk.epoch.index <= 3


def test_cancel_keeps_what_was_reached(user: User) -> None:
    """Cancel ends the run at the end of an epoch; its numbers stay, and the walk can go on."""
    begin_endless_run(user)
    wait_for(user.bot, lambda: len(user.walk.history) > 3)
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
    """While a run is on its way, timers tick, and progress shows."""
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(10)
    begin_endless_run(user)
    assert user.next_text.startswith("Running")
    assert not user.window.actions_by_name["run"].isEnabled()
    assert not user.window.history.tolerance.isEnabled()
    wait_for(user.bot, lambda: len(user.walk.history) > 2)
    before = len(ticks)
    wait_for(user.bot, lambda: len(ticks) - before >= 4)
    assert user.state.run.is_running
    assert user.window.history.progress.text().startswith("Epoch ")
    timer.stop()


@pytest.mark.parametrize("move", ["forward", "back", "epoch", "start"])
def test_a_step_by_hand_stops_a_run(user: User, move: str) -> None:
    """Each of the buttons ends the run where it has got to, and makes its own move from there."""
    begin_endless_run(user)
    wait_for(user.bot, lambda: len(user.walk.history) > 3)
    user.press(move)
    assert not user.state.run.is_running
    epochs = len(user.walk.milestones) - 1
    expected = {"forward": (epochs + 1, 1), "back": (epochs, 7), "epoch": (epochs, 8)}
    assert (user.walk.epoch.index, user.walk.done) == expected.get(move, (1, 0))
    user.bot.wait(100)
    assert len(user.walk.milestones) - 1 == epochs, "nothing goes on"


def test_progress_is_frequent(user: User) -> None:
    """A run tells of its progress again and again on its way, and never of less than before."""
    begin_endless_run(user)
    reports: list[int] = []
    user.desktop.store.place_changed.connect(lambda: reports.append(user.walk.epoch.index))
    wait_for(user.bot, lambda: len(reports) >= 5)
    assert user.state.run.is_running
    assert reports == sorted(set(reports))


def test_inputs_edited_during_a_run(user: User) -> None:
    """Editing during a run keeps the text; the run goes on with its own inputs, and says so."""
    begin_endless_run(user)
    wait_for(user.bot, lambda: len(user.walk.history) > 1)
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
    wait_for(user.bot, lambda: len(user.walk.history) > 1)
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
    assert not user.desktop.walking.is_busy


def test_closing_cancelled_during_a_run(user: User) -> None:
    """Where closing is cancelled, the run goes on."""
    begin_endless_run(user)
    user.dialogs.answers.append(Answer.CANCEL)
    user.window.close()
    assert user.state.run.is_running
    reached = len(user.walk.history)
    wait_for(user.bot, lambda: len(user.walk.history) > reached)


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


def test_failure_of_a_run_is_told(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that fails by a fault of the app's own ends, too, and leaves the window usable."""

    def fail(walk: Walk, run: Run) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(walking, "why_stop", fail)
    with user.bot.captureExceptions() as exceptions:
        user.press("run")
        wait_for_end(user)
    assert [kind for kind, _, _ in exceptions] == [ZeroDivisionError]
    assert user.notice == "The run failed; the terminal shows the error."
    user.next()
    assert user.walk.done == 1


# Pause, and speed


def test_a_run_pauses_and_goes_on(user: User) -> None:
    """F6 holds the run where it is, with its numbers in view; F6 again lets it go on."""
    begin_endless_run(user)
    wait_for(user.bot, lambda: len(user.walk.history) > 3)
    QTest.keyClick(user.window, Qt.Key.Key_F6)
    held = len(user.walk.history)
    assert user.state.run.is_paused
    assert user.window.actions_by_name["pause"].isChecked()
    user.bot.wait(150)
    assert len(user.walk.history) == held
    QTest.keyClick(user.window, Qt.Key.Key_F6)
    wait_for(user.bot, lambda: len(user.walk.history) > held)
    assert not user.state.run.is_paused


def test_run_goes_on_with_a_paused_run(user: User) -> None:
    """Run is the way out of a pause, too; the limit of epochs counts those before it."""
    user.window.timeline.speed.setValue(9)
    set_rule(user, "0", 3)
    user.press("run")
    wait_for(user.bot, lambda: user.walk.epoch.index == 2)
    user.press("pause")
    user.press("run")
    wait_for_end(user)
    assert (user.walk.epoch.index, user.walk.done) == (3, 8)
    assert user.notice.startswith("Stopped after 3 epochs")


def test_a_step_by_hand_ends_a_pause(user: User) -> None:
    """Next during a pause steps, and the run is over."""
    begin_endless_run(user)
    wait_for(user.bot, lambda: len(user.walk.history) > 2)
    user.press("pause")
    epoch = user.walk.epoch.index
    user.next()
    assert (user.walk.epoch.index, user.walk.done) == (epoch + 1, 1)
    assert not user.state.run.is_running
    assert not user.window.actions_by_name["pause"].isChecked()
    assert user.status == "The run is over: the walk goes on by hand."


def test_a_pause_says_what_comes_next(user: User) -> None:
    """The big button of a paused run names the step on which it would go on; a click takes that step."""
    set_rule(user, "0", 100)
    user.window.timeline.speed.setValue(7)
    user.press("run")
    assert user.next_text == "Running"
    wait_for(user.bot, lambda: user.walk.done == 3)
    user.press("pause")
    done, step = user.walk.done, user.walk.next_label()
    assert user.next_text == f"Paused. {step}"
    user.next()
    assert user.walk.done == done + 1
    assert user.next_text == user.walk.next_label()


def test_a_slow_run_shows_each_step(user: User) -> None:
    """Below the fastest, a run goes step by step, as large as the view says, and as on the button."""
    user.window.timeline.speed.setValue(9)
    assert user.window.timeline.told.text() == "33 steps a second"
    set_rule(user, "0", 2)
    places: list[tuple[int, int]] = []
    user.desktop.store.place_changed.connect(
        lambda: places.append((user.walk.epoch.index, user.walk.done))
    )
    user.press("run")
    wait_for_end(user)
    assert places == [(epoch, done) for epoch in (1, 2) for done in range(1, 9)]
    assert user.notice.startswith("Stopped after 2 epochs")


def test_speeds_go_from_a_step_in_3_seconds_up_in_equal_ratios() -> None:
    """The scale is logarithmic, and ends with as fast as it goes."""
    seconds = [speeds.seconds_per_step(speed) for speed in range(speeds.FASTEST + 1)]
    *shown, last = seconds
    assert last is None
    assert shown[0] == 3.0
    numbers = [second for second in shown if second is not None]
    ratios = [a / b for a, b in itertools.pairwise(numbers)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-2)
    assert speeds.in_words(0) == "a step in 3 s"


def test_speed_changes_while_a_run_is_on_its_way(user: User) -> None:
    """Slower or faster at any time: the run goes on at the new speed."""
    begin_endless_run(user)
    user.window.timeline.speed.setValue(0)
    reached = len(user.walk.history)
    user.bot.wait(150)
    assert len(user.walk.history) == reached, "the next step is 3 seconds away"
    assert user.state.run.is_running
    user.window.timeline.speed.setValue(speeds.FASTEST)
    wait_for(user.bot, lambda: len(user.walk.history) > reached + 1)


# Run until


def choose_mean(user: User, text: str, value: str) -> None:
    """Choose the mean that stops the run, and its value."""
    panel = user.window.history
    panel.passing_mean.setCurrentText(text)
    panel.passing_mean.activated.emit(panel.passing_mean.currentIndex())
    panel.passing_value.setFocus()
    panel.passing_value.selectAll()
    QTest.keyClicks(panel.passing_value, value)


def test_run_until_a_mean_passes_a_value(user: User) -> None:
    """The run stops at the first epoch at whose end the mean lies beyond the value, and says so."""
    assert not user.window.history.passing_value.isVisible()
    choose_mean(user, "μ₁ passes", "0.95")
    user.press("run")
    wait_for_end(user)
    means = [milestone.mixture.means[0] for milestone in user.walk.history]
    assert len(means) > 3
    assert (means[-2] - 0.95) * (means[-1] - 0.95) <= 0
    for old, new in itertools.pairwise(means[1:-1]):
        assert (old - 0.95) * (new - 0.95) > 0
    assert user.notice == f"Stopped after epoch {len(means) - 1}: μ₁ passed 0.95."


def test_a_decimal_comma_is_a_point_in_the_rules(user: User) -> None:
    """The field shows the number that the run goes by."""
    choose_mean(user, "μ₁ passes", "0,95")
    panel = user.window.history
    panel.tolerance.setFocus()
    panel.tolerance.selectAll()
    QTest.keyClicks(panel.tolerance, "0,5")
    QTest.keyClick(panel.tolerance, Qt.Key.Key_Return)
    assert (panel.passing_value.text(), panel.tolerance.text()) == ("0.95", "0.5")
    assert user.state.run.passing is not None
    assert (user.state.run.passing.limit, user.state.run.tolerance) == (0.95, 0.5)


@pytest.mark.parametrize("text", ["", "-"])
def test_the_value_of_a_mean_is_marked_where_it_is_no_number(user: User, text: str) -> None:
    """The last number counts; the field says so, and shows it again once it is left."""
    choose_mean(user, "μ₁ passes", "0.95")
    field = user.window.history.passing_value
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    assert field.palette().base().color().name() == LIGHT.fault
    assert field.toolTip() == "This is no number: a run goes by 0.95"
    user.points.setFocus()
    user.press("run")
    wait_for_end(user)
    assert field.text() == "0.95"
    assert field.palette().base().color().name() == LIGHT.base
    assert user.notice.endswith("μ₁ passed 0.95.")


def test_run_until_in_two_dimensions(user: User) -> None:
    """Each coordinate of each mean can stop a run."""
    acts = user.window.actions_by_name
    user.dialogs.answers.append("old_faithful_in_the_plane")
    acts["gallery"].trigger()
    box = user.window.history.passing_mean
    assert [box.itemText(row) for row in range(box.count())] == [
        "no mean", "μ₁[1] passes", "μ₁[2] passes", "μ₂[1] passes", "μ₂[2] passes",
    ]  # fmt: skip


def test_a_mean_of_another_problem_stops_no_run(user: User) -> None:
    """A rule for the second coordinate stays chosen where the next problem has one: it never fires there."""
    user.dialogs.answers.append("old_faithful_in_the_plane")
    user.window.actions_by_name["gallery"].trigger()
    choose_mean(user, "μ₁[2] passes", "60")
    assert user.state.run.passing is not None
    user.window.actions_by_name["example"].trigger()
    user.press("run")
    wait_for_end(user)
    assert user.notice.startswith("Converged")


def test_menus_are_there(user: User) -> None:
    """Run, Pause and Cancel stand in the Walk menu as well."""
    menu = user.menu("Walk")
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    assert names == ["forward", "epoch", "back", "start", "run", "pause", "cancel", "compare"]

"""The timeline: where the walk stands and has been, to walk along by mouse and keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from refgmm import Granularity, Labelling
from refgmm.sub_steps import SUB_STEP_COUNT
from refgmm_gui import session
from refgmm_gui.panels import timeline
from refgmm_gui.panels.timeline import TimeLine
from refgmm_gui.plots.layers import PlotChoice
from tests.gui.driver import User, cells, columns, pixels_of, wait_for


def line_of(user: User) -> TimeLine:
    return user.window.timeline.line


def place(user: User) -> tuple[int, int]:
    return user.walk.epoch.index, user.walk.done


def at(line: TimeLine, epoch: int, done: int) -> QPoint:
    """Where on the line so many sub-steps of an epoch are done."""
    position = (epoch - 1) * SUB_STEP_COUNT + done
    return QPoint(round(line.x_of(position)), line.height() // 3)


def press(line: TimeLine, at: QPoint) -> None:
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=at)


def test_it_marks_where_the_walk_stands(user: User) -> None:
    """Each step moves the mark; what was reached stays reached after steps back."""
    line = line_of(user)
    assert (line.value(), line.maximum()) == (0, 0)
    user.next(11)
    assert (line.value(), line.maximum()) == (11, 11)
    user.back(4)
    assert (line.value(), line.maximum()) == (7, 8), "the epoch that was begun is begun anew"


def test_it_tells_the_place_in_words(user: User) -> None:
    """Who can't see the line is told the epoch and the sub-step."""
    line = line_of(user)
    assert line.accessibleName() == "Timeline"
    assert line.accessibleDescription() == "the start"
    user.next(22)
    assert line.accessibleDescription() == "epoch 3, means"
    user.next(2)
    assert line.accessibleDescription() == "epoch 3, weights"


def test_a_click_goes_there(user: User) -> None:
    """A press on the line is where the walk stands next, with the numbers of that place."""
    user.press("epoch", 2)
    user.next(3)
    second = columns(user.worksheet)["p(x)"]
    line = line_of(user)
    press(line, at(line, 2, 5))
    assert place(user) == (2, 5)
    assert columns(user.worksheet)["p(x)"] != second
    press(line, at(line, 1, 0))
    assert user.walk.is_at_start


def test_dragging_goes_along(user: User) -> None:
    """With the button held, the walk follows the pointer, and stays within what was reached."""
    user.press("epoch", 3)
    line = line_of(user)
    press(line, at(line, 1, 2))
    places = [place(user)]
    for epoch, done in ((1, 6), (2, 3), (5, 0)):
        QTest.mouseMove(line, at(line, epoch, done))
        user.settle()
        places.append(place(user))
    assert places == [(1, 2), (1, 6), (2, 3), (3, 8)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Qt.Key.Key_Left, (2, 2)),
        (Qt.Key.Key_Right, (2, 4)),
        (Qt.Key.Key_PageUp, (3, 3)),
        (Qt.Key.Key_PageDown, (1, 3)),
        (Qt.Key.Key_Home, (1, 0)),
        (Qt.Key.Key_End, (4, 8)),
    ],
)
def test_keys_walk_along_it(user: User, key: Qt.Key, expected: tuple[int, int]) -> None:
    """Arrows by sub-steps, Page Up and Down by epochs, Home and End to the ends."""
    user.press("epoch", 4)
    user.desktop.walking.go_to(2, 3)
    line = line_of(user)
    line.setFocus()
    QTest.keyClick(line, key)
    assert place(user) == expected


def test_it_can_be_reached_by_tab(user: User) -> None:
    """The line takes the focus, and shows it."""
    line = line_of(user)
    assert line.focusPolicy() == Qt.FocusPolicy.StrongFocus
    user.window.setUpdatesEnabled(True)
    plain = pixels_of(line.grab().toImage())
    line.setFocus()
    assert pixels_of(line.grab().toImage()) != plain


def test_it_is_the_history_too(user: User) -> None:
    """A double click or Enter on a row of the history goes to the end of that epoch; one click explains."""
    user.press("epoch", 4)
    view = user.history
    index = view.model().index(2, 3)
    spot = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert place(user) == (4, 8)
    assert str(user.state.explained.trail[-1]) == "mean:1"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert place(user) == (2, 8)
    assert columns(user.history)["epoch"] == ["0", "1", "2"]
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 3))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert user.walk.is_at_start


def test_it_is_the_plot_too(user: User) -> None:
    """An epoch chosen in the plot of the log-likelihood is where the line stands then."""
    user.press("epoch", 4)
    user.window.plot.choice_changed.emit(PlotChoice(kind="log_likelihood"))
    spot = user.window.plot.position_of(2, user.walk.milestones[2].log_likelihood)
    assert spot is not None
    QTest.mouseClick(user.window.plot, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert place(user) == (2, 8)
    assert line_of(user).value() == 16


def test_walking_along_it_stops_a_run(user: User) -> None:
    """A move by the line is a manual step."""
    user.desktop.walking.set_rule(0.0, 100_000, None)
    user.window.actions_by_name["run"].trigger()
    wait_for(user.bot, lambda: len(user.walk.history) > 3)
    line = line_of(user)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert not user.state.run.is_running
    assert user.walk.is_at_start


def test_steps_are_named_by_the_labelling_chosen() -> None:
    """The textbook's two halves; the lecture note's three steps."""
    assert timeline.phases(Labelling.TEXTBOOK) == [("E", 0, 4), ("M", 4, 8)]
    assert timeline.phases(Labelling.NOTE) == [("β", 0, 4), ("M", 4, 7), ("E", 7, 8)]


def test_the_labelling_shows(user: User) -> None:
    """Another labelling is another picture."""
    user.press("epoch")
    user.window.setUpdatesEnabled(True)
    textbook = pixels_of(line_of(user).grab().toImage())
    user.use_note_labelling()
    assert pixels_of(line_of(user).grab().toImage()) != textbook


@pytest.mark.parametrize("epochs", [5, 12, 70, 999, 5000, 100_000])
@pytest.mark.parametrize("width", [150.0, 550.0, 1200.0])
def test_numbers_stay_apart(epochs: int, width: float) -> None:
    """However many epochs there are, some are numbered, and the numbers have room; steps are 1, 2, 5."""
    numbered = timeline.ticks(epochs, width)
    assert len(numbered) >= 1
    assert numbered.step * width / epochs >= timeline._BETWEEN_NUMBERS or len(numbered) == 1
    assert str(numbered.step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("epochs", [1, 40, 2000])
def test_it_paints_any_number_of_epochs(user: User, epochs: int) -> None:
    """From one epoch to thousands, the line is drawn, and the mark stands where the walk does."""
    walk = user.walk
    for _ in range(epochs):
        walk = walk.forward_epoch()
    user.desktop.store.update(lambda state: session.arrived(state, walk))
    user.desktop.walking.go_to(1, 4)
    line = line_of(user)
    user.window.setUpdatesEnabled(True)
    early = pixels_of(line.grab().toImage())
    press(line, QPoint(line.width() - 1, 5))
    assert place(user) == (epochs, 8)
    assert pixels_of(line.grab().toImage()) != early


def test_a_place_within_a_sub_step(user: User) -> None:
    """Point by point, the mark stands on the way to the next sub-step; a click leaves the part."""
    user.step_by(Granularity.POINT)
    user.next(2)
    line = line_of(user)
    assert (line.value(), user.walk.partial is not None) == (0, True)
    user.window.setUpdatesEnabled(True)
    line.grab()


def test_stale_inputs_switch_it_off(user: User) -> None:
    """Where the walk belongs to other inputs, there is nothing to go to."""
    user.press("epoch", 2)
    user.type_point(0, "3")
    assert not line_of(user).isEnabled()
    before = cells(user.history)
    user.desktop.walking.go_to(1)
    assert cells(user.history) == before


def test_it_is_slim(user: User) -> None:
    """At most 34 pixels, in sight at 1280x800."""
    user.window.resize(1280, 800)
    user.settle()
    bar = user.window.timeline
    assert bar.height() <= 34
    assert user.window.rect().contains(bar.mapTo(user.window, bar.rect().bottomRight()))

"""Many points: the window computes in slices, tells how far it is, and can be told to stop."""

import itertools
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from refgmm import Cell, Mixture, Problem, Walk
from refgmm.blocks import Work
from refgmm_gui import session
from refgmm_gui.draft import Draft
from refgmm_gui.plots.epoch_scene import EpochScene
from refgmm_gui.plots.layers import PlotChoice
from refgmm_gui.plots.scene import HISTOGRAMS, Scene
from refgmm_gui.runner import CancelledError
from refgmm_gui.session import MOST_POINTS
from refgmm_gui.slices import Slices
from tests.gui.driver import User, cells, columns, wait_for

N = 6_000


def problem(n: int = N) -> Problem:
    points = tuple(float(i % 97) / 10 + (i % 7) / 3 for i in range(n))
    return Problem(points, Mixture.univariate([0.5, 0.5], [2.0, 7.0], [3.0, 3.0]))


@pytest.fixture
def large(painting_user: User) -> User:
    """The app on six thousand points, before the first step."""
    painting_user.desktop.problems.show_draft(Draft.of_problem(problem()), None)
    wait(painting_user)
    return painting_user


def wait(user: User) -> None:
    wait_for(user.bot, lambda: not user.desktop.walking.is_busy)
    user.settle()


def act(user: User, name: str) -> None:
    """Choose an action, and wait for nothing."""
    user.window.actions_by_name[name].trigger()


def test_a_hundred_thousand_points_are_taken() -> None:
    """The app steps through as many points in one dimension."""
    assert MOST_POINTS == 100_000
    assert session.most_points(None) == 100_000
    assert session.most_points(4) == 25_000


def test_opening_computes_in_slices(user: User) -> None:
    """A large problem opens at once; the walk begins when its first epoch is computed."""
    user.desktop.problems.show_draft(Draft.of_problem(problem()), None)
    assert user.desktop.walking.is_busy
    assert user.state.place is None
    assert user.next_text.startswith("Computing")
    assert len(user.state.draft.points) == N
    wait(user)
    assert user.walk.is_at_start
    assert user.walk == Walk.begin(problem())


def test_the_same_problem_opened_again_begins_again(large: User) -> None:
    """Though the inputs are the same ones, the walk is begun anew."""
    act(large, "forward")
    wait(large)
    large.desktop.problems.show_draft(Draft.of_problem(problem()), None)
    wait(large)
    assert large.walk == Walk.begin(problem())


def test_moves_arrive_where_those_of_a_small_problem_would(large: User) -> None:
    """Forward, by epochs, back, along the timeline, to the start: the same places, the same numbers."""
    usual = Walk.begin(problem())
    for name, expected in (
        ("forward", usual.forward()),
        ("epoch", usual.forward_epoch()),
        ("epoch", usual.forward_epoch().forward_epoch()),
        ("epoch", usual.forward_epoch().forward_epoch().forward_epoch()),
        ("back", usual.forward_epoch().forward_epoch().go_to(3, 7)),
    ):
        act(large, name)
        wait(large)
        assert (large.walk.epoch.index, large.walk.done) == (expected.epoch.index, expected.done)
        assert large.walk.epoch == expected.epoch
    large.desktop.walking.go_to(1, 4)
    wait(large)
    assert large.walk.epoch == usual.epoch
    act(large, "start")
    wait(large)
    assert large.walk.is_at_start
    assert len(large.walk.milestones) == 4


def test_progress_is_told(large: User) -> None:
    """While an epoch is computed, a bar says how much of it, and the button why it is off."""
    act(large, "epoch")
    assert large.state.run.is_computing
    assert "being computed" in large.window.actions_by_name["forward"].toolTip()
    assert large.window.history.progress.text() == "Computing …"
    bar = large.window.findChild(QProgressBar, "progressBar")
    assert isinstance(bar, QProgressBar)
    large.desktop.walking._show_done(0.25)
    assert bar.isVisible()
    assert bar.value() == 25
    wait(large)
    assert not bar.isVisible()
    assert not large.window.history.progress.text()


def test_a_move_can_be_cancelled(large: User) -> None:
    """Shift+F5 ends the move: the walk stands where it stood, and can go on."""
    act(large, "epoch")
    assert large.desktop.walking.is_busy
    QTest.keyClick(large.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert not large.state.run.is_computing
    assert large.notice == "Cancelled: the walk stands where it stood."
    assert large.walk.is_at_start
    act(large, "forward")
    wait(large)
    assert (large.walk.epoch.index, large.walk.done) == (1, 1)


def test_the_window_takes_clicks_meanwhile(large: User) -> None:
    """While an epoch is computed, tables scroll, cells are explained, the view changes; all of it stays."""
    act(large, "epoch")
    bar = large.window.worksheet.points.verticalScrollBar()
    bar.setValue(3000)
    large.set_decimals(7)
    large.window.plot.zoom(0.5)
    assert large.desktop.walking.is_busy
    wait(large)
    assert large.walk.epoch.index == 1
    assert large.walk.done == 8
    assert bar.value() == 3000
    assert large.state.view.decimals == 7


def test_another_step_waits_for_none(large: User) -> None:
    """Pressing again while an epoch is computed makes no second move."""
    act(large, "epoch")
    large.desktop.walking.by_hand(session.epoch_done)
    wait(large)
    assert large.walk.epoch.index == 1


def test_a_run_of_many_points(large: User) -> None:
    """A run goes epoch by epoch to its limit, and can be paused within an epoch."""
    large.desktop.walking.set_rule(0.0, 2, None)
    act(large, "run")
    large.bot.wait(20)
    act(large, "pause")
    reached = len(large.walk.milestones)
    large.bot.wait(100)
    assert len(large.walk.milestones) == reached
    act(large, "pause")
    wait(large)
    usual = Walk.begin(problem()).forward_epoch().forward_epoch()
    assert large.walk.milestones == usual.milestones
    assert large.notice.startswith("Stopped after 2 epochs")


def test_a_run_looks_ahead_to_the_numbers_of_stepping(large: User) -> None:
    """A run keeps the milestones that stepping would, and stands where it stopped, with all numbers."""
    large.desktop.walking.set_rule(0.0, 5, None)
    act(large, "forward")
    wait(large)
    act(large, "run")
    wait(large)
    usual = Walk.begin(problem()).go_to(5, 8)
    assert large.walk.milestones == usual.milestones
    assert large.walk.epoch == usual.epoch
    assert large.walk.done == 8
    assert large.state.run.reached == 0
    assert large.notice.startswith("Stopped after 5 epochs")
    act(large, "forward")
    wait(large)
    assert large.walk.epoch == usual.forward().epoch


def running_ahead(user: User, epochs: int = 3) -> None:
    """Run until the run has shown some milestones that it found, and stands as before."""
    user.desktop.walking.set_rule(0.0, 10_000, None)
    act(user, "run")
    wait_for(user.bot, lambda: user.state.run.reached >= epochs)


def test_while_it_looks_ahead_the_window_tells_how_far(large: User) -> None:
    """The walk stands where it stood; the timeline, the curve of ln L and a text show what was found."""
    large.desktop.parts.look(plot=PlotChoice(kind="log_likelihood"))
    running_ahead(large)
    reached = large.state.run.reached
    assert large.walk.is_at_start
    assert len(large.walk.milestones) == reached + 1
    assert large.window.timeline.line.maximum() == 8 * reached
    picture = large.window.plot._picture
    assert isinstance(picture, EpochScene)
    assert picture.last == reached
    assert large.window.history.progress.text().startswith(f"Epoch {reached}, gain ")
    milestone = large.walk.milestones[reached]
    told = f"<b>Epoch {reached}:</b> ln L = {milestone.log_likelihood:.4f}, gained {milestone.gain:.3g}"
    assert large.window.step_text.done.text() == told
    act(large, "cancel")
    wait(large)


def test_what_a_cancelled_run_found_stays(large: User) -> None:
    """Shift+F5 stops at once; the epoch reached is computed and shown, as stepping would give it."""
    running_ahead(large)
    act(large, "cancel")
    assert not large.state.run.is_running
    milestones = large.walk.milestones
    reached = len(milestones) - 1
    assert large.notice == f"Cancelled after epoch {reached}."
    wait(large)
    assert large.walk.milestones == milestones
    assert (large.walk.epoch.index, large.walk.done) == (reached, 8)
    assert large.walk.epoch == Walk.begin(problem()).go_to(reached, 8).epoch
    assert large.notice == f"Cancelled after epoch {reached}."


def test_cancelled_twice_the_walk_stands_and_sees(large: User) -> None:
    """Where the user doesn't wait for the epoch reached, its milestone stays all the same."""
    running_ahead(large)
    act(large, "cancel")
    reached = len(large.walk.milestones) - 1
    act(large, "cancel")
    assert not large.desktop.walking.is_busy
    assert large.walk.is_at_start
    large.desktop.walking.go_to(reached)
    wait(large)
    assert large.walk.epoch.index == reached


def test_a_pause_shows_the_epoch_reached(large: User) -> None:
    """And the run goes on from there; stepping by hand does, too, and ends it."""
    running_ahead(large)
    act(large, "pause")
    wait(large)
    assert large.state.run.is_paused
    reached = large.walk.epoch.index
    assert reached >= 3
    assert large.walk.done == 8
    act(large, "pause")
    wait_for(large.bot, lambda: large.state.run.reached > reached)
    act(large, "forward")
    assert not large.state.run.is_running
    wait(large)
    assert large.walk.epoch.index > reached
    assert large.walk.done == 1
    assert large.walk.epoch.index == len(large.walk.milestones)


def test_a_run_on_its_way_is_slowed_down(large: User) -> None:
    """Moving the speed shows the steps from the epoch reached on."""
    running_ahead(large)
    large.desktop.walking.set_speed(0)
    reached = len(large.walk.milestones) - 1
    wait_for(large.bot, lambda: large.walk.epoch.index >= reached)
    assert large.state.run.is_running
    act(large, "cancel")
    wait(large)
    assert large.walk.epoch.index in (reached, reached + 1)


def test_editing_while_a_run_looks_ahead_keeps_the_run(large: User) -> None:
    """The run goes on with its own inputs, and says that they are others than those in the tables."""
    large.desktop.walking.set_rule(0.0, 6, None)
    act(large, "run")
    large.type_point(10, "77")
    assert large.state.run.is_running
    wait(large)
    assert large.walk.milestones == Walk.begin(problem()).go_to(6, 8).milestones
    assert large.state.is_stale
    assert "belong to the earlier inputs" in large.notice


def test_a_run_that_degenerates_stops_within_the_epoch(painting_user: User) -> None:
    """Looking ahead ends where an epoch has no mixture after it: the walk stands in that epoch."""
    start = Mixture.univariate([0.5, 0.5], [5, 90], [4, 1e-4])
    lonely = Problem((*problem().points, 90.0), start)
    painting_user.desktop.problems.show_draft(Draft.of_problem(lonely), None)
    wait(painting_user)
    act(painting_user, "run")
    wait(painting_user)
    usual = Walk.begin(lonely).forward_epoch()
    assert usual.stopped_by
    assert painting_user.walk.epoch == usual.epoch
    assert painting_user.walk.done == usual.done
    assert painting_user.notice == usual.stopped_by[0].message


def test_editing_a_point_begins_again(large: User) -> None:
    """A changed point is in the table at once; the walk follows when it is computed."""
    large.type_point(10, "77")
    assert large.state.draft.points[10] == ("77",)
    wait(large)
    assert large.walk.problem.points[10] == 77.0
    large.type_point(10, "x")
    assert "'x' is not a number" in large.fault
    large.type_point(10, "3")
    large.type_point(11, "4")  # while the first is computed
    wait(large)
    assert large.walk.problem.points[10:12] == (3.0, 4.0)
    assert not large.state.is_stale


def test_another_problem_ends_the_move(large: User) -> None:
    """Opening another problem while an epoch is computed leaves nothing of it."""
    act(large, "epoch")
    large.desktop.problems.show_draft(session.worked_example_draft(), None)
    assert not large.desktop.walking.is_busy
    assert len(large.walk.problem.points) == 5
    large.bot.wait(50)
    assert large.walk.is_at_start


def test_a_number_of_an_earlier_epoch_is_fetched(large: User) -> None:
    """Explaining what an epoch long past computed computes that epoch again, and explains."""
    for _ in range(5):
        act(large, "epoch")
        wait(large)
    cell = Cell(1, "mean", None, 0)
    large.desktop.store.update(lambda state: session.explaining(state, cell))
    wait(large)
    assert large.window.numbers.target == cell
    mean = large.walk.milestones[1].mixture.means[0]
    assert large.window.explanation.value.text() == f"{mean:.4f}"


def test_a_sum_of_many_terms_is_shown_by_its_head_and_tail(large: User) -> None:
    """Of a sum over thousands of points the first and the last are shown and led to; the others counted."""
    act(large, "epoch")
    wait(large)
    cell = Cell(1, "effective-count", None, 0)
    large.desktop.store.update(lambda state: session.explaining(state, cell))
    wait(large)
    panel = large.window.explanation
    assert large.window.numbers.target == cell
    shares = large.walk.epoch.e.responsibilities
    head, tail = ([f"{shares[i][0]:.4f}" for i in part] for part in ((0, 1, 2), (-2, -1)))
    assert " + ".join([*head, "⋯", *tail]) in panel.formula.accessibleName()
    assert "5,995 more" in panel.made_of.text()
    mean = Cell(1, "mean", None, 0)
    large.desktop.store.update(lambda state: session.explaining(state, mean))
    wait(large)
    assert large.window.numbers.target == mean
    assert "moves from" in large.window.explanation.sentence.text()


def test_the_picture_is_ready_before_the_move(large: User) -> None:
    """The histogram that the plot shows is the one that was made in blocks, and it is right."""
    act(large, "epoch")
    wait(large)
    scene = large.scene
    assert isinstance(scene, Scene)
    walk = large.walk
    assert scene.histogram is not None
    made = HISTOGRAMS.of(walk.problem.points, walk.epoch.e.responsibilities)
    assert scene.histogram is made
    heights = sum((bar.right - bar.left) * bar.height for bar in made.bars)
    assert heights == pytest.approx(1.0)
    of_first = sum((bar.right - bar.left) * bar.boundaries[1] for bar in made.bars)
    assert of_first == pytest.approx(walk.epoch.m.weights[0])


def test_the_worksheet_shows_any_of_its_rows(large: User) -> None:
    """The last rows of the table have their numbers, those of the trace."""
    act(large, "epoch")
    wait(large)
    model = large.worksheet.model()
    assert model.rowCount() == N
    section = list(columns_heads(large)).index("p(x)")
    shown = float(model.data(model.index(N - 1, section)))
    assert shown == pytest.approx(large.walk.epoch.e.evidence[-1], abs=5e-5)


def columns_heads(user: User) -> list[str]:
    model = user.worksheet.model()
    return [
        str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
    ]


def test_the_history_needs_no_trace(large: User) -> None:
    """Its rows come from the milestones."""
    for _ in range(4):
        act(large, "epoch")
        wait(large)
    assert columns(large.history)["epoch"] == ["0", "1", "2", "3", "4"]
    assert all(all(texts) for texts in cells(large.history)[1:])


def test_in_the_plane(user: User) -> None:
    """In two dimensions, too, a large problem is computed in slices."""
    points = tuple((i % 31 / 3, i % 17 / 2) for i in range(3000))
    start = Mixture.multivariate([1], [(1, 1)], [[[1, 0], [0, 1]]])
    plane = Problem(points, start)
    user.desktop.problems.show_draft(Draft.of_problem(plane), None)
    assert user.desktop.walking.is_busy
    wait(user)
    act(user, "epoch")
    wait(user)
    assert user.walk.epoch == Walk.begin(plane).forward_epoch().epoch


def test_a_report_and_the_end_have_turns_of_their_own(qtbot: QtBot) -> None:
    """In one turn of Qt's loop the work goes on, or it is told of, or its result is handed over."""
    turn: list[str] = []

    def work() -> Work[str]:
        for _ in range(400):
            turn.append("work")
            time.sleep(0.001)
            yield 0.5
        return "result"

    slices, turns = Slices(), []
    slices.start(
        work(),
        told=lambda done: turn.append(f"told {done}"),
        ended=turn.append,
        failed=lambda: turn.append("failed"),
    )
    slices.pause()  # its timer: the turns are made here
    while slices.is_busy:
        turn.clear()
        slices._turn()
        turns.append(frozenset(turn))
    assert set(turns) == {
        frozenset(),
        frozenset({"work"}),
        frozenset({"told 0.5"}),
        frozenset({"result"}),
    }
    assert turns[-1] == {"result"}
    after_reports = {turns[i + 1] for i, one in enumerate(turns) if one == {"told 0.5"}}
    assert after_reports == {frozenset()}  # that turn paints it


def test_work_gives_way_to_a_busy_window_but_goes_on(qtbot: QtBot) -> None:
    """Where the window does something else between any two turns, not every turn works, but some do."""
    worked: list[bool] = []

    def work() -> Work[None]:
        while True:
            worked[-1] = True
            time.sleep(0.001)
            yield 0.0

    slices = Slices()
    slices.start(work(), told=lambda done: None, ended=lambda _: None, failed=lambda: None)
    slices.pause()  # its timer: the turns are made here
    for _ in range(24):
        worked.append(False)
        slices._turn()
        time.sleep(0.006)  # as if the window was painted
    slices.stop()
    assert sum(worked) >= 3
    assert not any(one and next_one for one, next_one in itertools.pairwise(worked))


# Edits of many points


def test_a_selection_is_filled_sorted_and_deleted_at_once(large: User) -> None:
    """All six thousand points: the same as point by point, each undone as one edit."""
    draft, points = large.state.draft, large.points
    points.setFocus()
    points.selectAll()
    act(large, "fill_down")
    first = draft.points[0]
    assert large.state.draft.points == (first,) * (N + 1)  # into the empty row below them, too
    act(large, "undo")
    assert large.state.draft == draft
    act(large, "sort_descending")
    assert [float(x) for (x,) in large.state.draft.points] == sorted(problem().points, reverse=True)
    act(large, "undo")
    points.selectAll()
    QTest.keyClick(points, Qt.Key.Key_Delete)
    assert not large.state.draft.points
    act(large, "undo")
    assert large.state.draft == draft


def test_rows_apart_are_deleted(large: User) -> None:
    """Those selected go, the others stay in their order."""
    draft = large.state.draft
    large.select(large.points, (0, 0), (3, 0), (4, 0))
    QTest.keyClick(large.points, Qt.Key.Key_Delete)
    assert large.state.draft.points == (*draft.points[1:3], *draft.points[5:])


def test_a_column_of_some_points_is_filled() -> None:
    """As typed one by one: the other coordinates stay, and behind the last point there is one more."""
    draft = Draft((("1", "2"), ("3", "4"), ("5", "6")), (), 2)
    filled = draft.with_column([0, 2, 3], "7", 1)
    assert filled.points == (("1", "7"), ("3", "4"), ("5", "7"), ("", "7"))
    for row in (0, 2, 3):
        draft = draft.with_point(row, "7", 1)
    assert filled == draft


def test_a_change_taken_back_changes_nothing(large: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the user cancels while numbers are read, the points stay as they were, and that is told."""

    def cancelled(title: str, work: object) -> None:
        raise CancelledError

    draft = large.state.draft
    monkeypatch.setattr(large.desktop.parts, "work", cancelled)
    act(large, "sort_descending")
    assert large.state.draft == draft
    assert large.status == "Nothing was changed."


# Copying many rows


def test_a_large_table_is_copied_in_turns(large: User) -> None:
    """The window gets many turns; in the end all rows are on the clipboard, with every digit."""
    act(large, "epoch")
    wait(large)
    act(large, "copy_worksheet")
    assert len(large.dialogs.watched) > 3
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert len(lines) == 1 + N + 2
    assert [float(line[1]) for line in lines[1 : N + 1]] == list(problem().points)
    first = lines[0].index("β₁(x)")
    responsibilities = large.walk.epoch.e.responsibilities
    assert [float(line[first]) for line in lines[1 : N + 1]] == [r[0] for r in responsibilities]
    large.points.selectAll()
    large.window.inputs.points.copy_selection()
    assert QGuiApplication.clipboard().text().split("\n") == [
        *(text for (text,) in large.state.draft.points),
        "",
    ]


def test_a_table_that_changes_is_not_copied(large: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of two epochs are no table: what was on the clipboard stays, and that is told."""

    def watch(title: str, steps: Iterator[int], count: int) -> bool:
        next(steps)
        large.desktop.parts.look(decimals=7)
        return list(steps) != []

    QGuiApplication.clipboard().setText("before")
    monkeypatch.setattr(large.dialogs, "watch", watch)
    act(large, "copy_worksheet")
    assert QGuiApplication.clipboard().text() == "before"
    assert large.status == "Nothing was copied: the table has changed meanwhile."


def test_copying_can_be_taken_back(large: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clipboard stays as it was, and that is told."""
    QGuiApplication.clipboard().setText("before")
    monkeypatch.setattr(large.dialogs, "watch", lambda title, steps, count: False)
    act(large, "copy_worksheet")
    assert QGuiApplication.clipboard().text() == "before"
    assert large.status == "Nothing was copied."

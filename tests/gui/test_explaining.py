"""Pointing at a number: the panel explains it, its sources are framed, the trail leads back."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from refgmm import Cell, gallery
from refgmm_gui.draft import Draft
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.tables.result_models import ResultModel
from refgmm_gui.theme import LIGHT, ON_BLACK

from .driver import User, pixels_of, wait_for


def models(user: User) -> list[ResultModel]:
    return [user.window.worksheet_model, user.window.footer_model, user.window.history.model]


def indexes(model: ResultModel) -> Iterator[QModelIndex]:
    for row, column in itertools.product(range(model.rowCount()), range(model.columnCount())):
        yield model.index(row, column)


def place_of(user: User, text: str, epoch: int = 1) -> tuple[ResultModel, QModelIndex]:
    """Where a cell stands, in the first table that has it."""
    cell = Cell.parse(text, epoch)
    for model in models(user):
        index = model.index_of(cell)
        if index.isValid():
            return model, index
    raise AssertionError(f"no table has {cell}")


def point_at(user: User, text: str, epoch: int = 1) -> None:
    """Click the cell of a number."""
    model, index = place_of(user, text, epoch)
    views = dict(
        zip(map(id, models(user)), (user.worksheet, user.footer, user.history), strict=True)
    )
    if index.column() < 2 and model is user.window.worksheet_model:
        view = user.window.worksheet.lead
    else:
        view = views[id(model)]  # type: ignore[assignment]
    view.scrollTo(index)
    user.settle()
    at = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    user.settle()


def explained(user: User) -> list[str]:
    """The trail."""
    return [f"{cell}@{cell.epoch}" for cell in user.state.explained.trail]


def framed(user: User) -> set[str]:
    """The cells with a frame around them, in all tables."""
    found = set()
    for model in models(user):
        for index in indexes(model):
            if model.data(index, Role.OUTLINE) is not None:
                found.add(str(model.cell_at(index)))
    return found


def panel_text(user: User) -> str:
    return user.window.explanation.formula.formula.text


def test_clicking_a_number_explains_it(user: User) -> None:
    """Formula, numbers and result; the sentence; the sources framed in the tables."""
    user.press("epoch")
    point_at(user, "responsibility:4,1")
    assert explained(user) == ["responsibility:4,1@1"]
    shown = " ".join(panel_text(user).split())
    assert shown == "β₁(x₄) = α₁ g₁(x₄) / p(x₄) = 0.0864 / 0.2219 = 0.3894"
    sentence = user.window.explanation.sentence.text()
    assert sentence == "x₄ = 2.4 lies nearer to component 2, so component 1 takes only 39% of it."
    assert framed(user) == {"responsibility:4,1", "weighted-density:4,1", "evidence:4"}


def test_moving_by_keyboard_explains_too(user: User) -> None:
    """The arrow keys go from number to number."""
    user.press("epoch")
    point_at(user, "responsibility:4,1")
    QTest.keyClick(user.worksheet, Qt.Key.Key_Right)
    assert explained(user) == ["responsibility:4,2@1"]
    QTest.keyClick(user.worksheet, Qt.Key.Key_Up)
    assert explained(user) == ["responsibility:3,2@1"]


def test_following_leads_to_the_points_and_the_start(user: User) -> None:
    """From the variance, number by number, to an initial parameter; each jump goes to its cell."""
    user.press("epoch")
    point_at(user, "variance:1")
    for text, epoch in (
        ("weighted-squared-deviation-sum:1", 1),
        ("weighted-squared-deviation:4,1", 1),
        ("responsibility:4,1", 1),
        ("weighted-density:4,1", 1),
        ("density:4,1", 1),
    ):
        user.window.explanation.source_requested.emit(Cell.parse(text, epoch))
        model, index = place_of(user, text, epoch)
        tables = dict(
            zip(map(id, models(user)), (user.worksheet, user.footer, user.history), strict=True)
        )
        assert tables[id(model)].currentIndex() == index
    assert len(user.state.explained.trail) == 6
    user.window.explanation.source_requested.emit(Cell(0, "mean", None, 0))
    assert user.window.explanation.sentence.text() == (
        "The mean that component 1 starts from, as it was given."
    )
    assert user.history.currentIndex().row() == 0


def test_the_trail_leads_back(user: User) -> None:
    """One station back, and to any of them."""
    user.press("epoch")
    point_at(user, "weight:1")
    for text in ("effective-count:1", "responsibility:2,1", "evidence:2"):
        user.window.explanation.source_requested.emit(Cell.parse(text, 1))
    user.window.explanation.back_requested.emit()
    assert explained(user) == ["weight:1@1", "effective-count:1@1", "responsibility:2,1@1"]
    user.window.explanation.trail_requested.emit(0)
    assert explained(user) == ["weight:1@1"]
    user.window.explanation.back_requested.emit()
    assert explained(user) == ["weight:1@1"]


def test_a_new_cell_begins_a_new_trail(user: User) -> None:
    """Pointing elsewhere forgets the trail; pointing at the same number keeps it."""
    user.press("epoch")
    point_at(user, "mean:1")
    user.window.explanation.source_requested.emit(Cell.parse("effective-count:1", 1))
    assert len(user.state.explained.trail) == 2
    point_at(user, "mean:2")
    assert explained(user) == ["mean:2@1"]


def test_the_explanation_follows_the_walk(user: User) -> None:
    """The number pointed at is that of the epoch where the walk stands, as the table shows it."""
    user.press("epoch")
    point_at(user, "responsibility:4,1")
    user.press("epoch")
    assert explained(user) == ["responsibility:4,1@2"]
    assert "0.3586" in panel_text(user)
    user.next(2)
    assert explained(user) == ["responsibility:4,1@3"]
    assert "Not computed yet" in user.window.explanation.empty.text()
    assert framed(user) == set()
    user.next(2)
    assert user.window.explanation.formula.isVisible()
    assert "responsibility:4,1" in framed(user)


def test_the_explanation_follows_a_run(user: User) -> None:
    """Where a run ends, the number pointed at is the one that the table shows there."""
    user.press("epoch")
    point_at(user, "variance:1")
    user.press("run")
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert user.walk.epoch.index == 25
    assert explained(user) == ["variance:1@25"]
    assert "0.0422" in panel_text(user)


def test_going_back_before_a_number(user: User) -> None:
    """Back to where it is not known, the panel says so; forward again, it is explained again."""
    user.next(4)
    point_at(user, "responsibility:1,1")
    user.back()
    assert "Not computed yet" in user.window.explanation.empty.text()
    user.next()
    assert panel_text(user).split()[-1] == "0.5744"


def test_other_inputs_end_the_explanation(user: User) -> None:
    """After a start with other points, nothing of the old walk is explained."""
    user.press("epoch")
    point_at(user, "responsibility:5,1")
    user.type_point(0, "3.5")
    assert explained(user) == ["responsibility:5,1@1"]  # the old walk is still shown
    user.press("forward")
    assert explained(user) == []


@pytest.mark.parametrize(
    ("text", "epoch"),
    [("log-likelihood", 2), ("gain", 1), ("mean:2", 1), ("weight:1", 0), ("variance:1", 1)],
)
def test_the_history_explains_its_numbers(user: User, text: str, epoch: int) -> None:
    """ln L of a row is that which the next epoch's E step computes; its gain is of that epoch."""
    user.press("epoch", 2)
    cell = Cell.parse(text, epoch)
    index = user.window.history.model.index_of(cell)
    assert index.isValid()
    user.history.setCurrentIndex(index)
    assert user.state.explained.trail == (cell,)
    assert user.window.numbers.target == cell


def test_every_number_in_every_table_is_explained(user: User) -> None:
    """No number on screen without a derivation: each has a cell, whose value it shows."""
    user.press("epoch", 2)
    user.next(5)
    count = 0
    for model in models(user):
        for index in indexes(model):
            exact = model.data(index, Role.EXACT)
            first = index.column() == 0  # i, or the epoch
            if exact is None or first:
                continue
            cell = model.cell_at(index)
            assert cell is not None, (model, index.row(), index.column())
            assert repr(user.window.numbers.derivation(cell).value) == exact
            assert model.index_of(cell) == index
            count += 1
    worksheet, footer, history = 5 * (1 + 2 + 2 + 2 + 1 + 1 + 2), 1 + 2, 3 * 8 - 1
    assert count == worksheet + footer + history


def test_tips_are_one_line_of_explanation(user: User) -> None:
    """Hovering shows what the number is called, formula with numbers, the change, all digits."""
    user.press("epoch", 2)
    model, index = place_of(user, "weight:1", 2)
    lines = model.data(index, Qt.ItemDataRole.ToolTipRole).splitlines()
    assert lines == [
        "new weight: αⱼ′ = Nⱼ / n",
        "α₁′ = N₁ / n = 2.5612 / 5 = 0.5122",
        "was 0.5125, changed by -0.0003",
        f"= {user.walk.epoch.m.weights[0]!r}",
    ]


def test_changed_numbers_have_arrows(user: User) -> None:
    """After a step: an arrow up or down where a number is another than an epoch before."""
    user.press("epoch")
    model, mean_1 = place_of(user, "mean:1", 1)
    _, mean_2 = place_of(user, "mean:2", 1)
    assert model.data(mean_1, Role.CHANGE)[0] == "▲"  # from 1 to 1.31
    assert model.data(mean_2, Role.CHANGE)[0] == "▼"  # from 2 to 1.50
    _, share = place_of(user, "responsibility:4,1", 1)
    assert user.window.worksheet_model.data(share, Role.CHANGE) is None  # none before
    user.next(4)
    _, share = place_of(user, "responsibility:4,1", 2)
    assert user.window.worksheet_model.data(share, Role.CHANGE)[0] == "▼"  # 0.389 to 0.359
    user.next()
    assert user.window.worksheet_model.data(share, Role.CHANGE) is None  # of the last step alone


def test_rounding_has_no_arrows(user: User) -> None:
    """Components that start alike stay alike: from epoch 3 on no number but the epoch's is another."""
    user.desktop.problems.show_draft(
        Draft.of_problem(gallery.named("identical_starts").problem()), None
    )
    user.press("epoch", 2)
    assert arrows(user)  # the first epochs changed the parameters
    user.press("epoch", 4)
    assert arrows(user) == []


def arrows(user: User) -> list[object]:
    """Those of all tables."""
    marks = [model.data(at, Role.CHANGE) for model in models(user) for at in indexes(model)]
    return [mark for mark in marks if mark is not None]


def test_an_arrow_leaves_the_number_free(painting_user: User) -> None:
    """Where the columns are narrowest an arrow stands in a corner, also in a cell that is outlined."""
    user = painting_user
    user.window.resize(1280, 800)
    user.press("epoch", 2)
    user.desktop.explaining.follow(Cell.parse("weight:1", epoch=2))
    user.settle()
    colours = user.window.plot.colours
    arrows = {int("ff" + colour.removeprefix("#"), 16) for colour in (colours.rise, colours.fall)}
    for table in (user.worksheet, user.footer, user.history):
        model, changed = table.model(), 0
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                place = table.visualRect(index)
                if not model.data(index, Role.CHANGE) or not table.rect().contains(place):
                    continue
                changed += 1
                cell = table.viewport().grab(place).toImage()
                left = pixels_of(cell.copy(0, 0, 9, cell.height()))
                rest = pixels_of(cell.copy(9, 0, cell.width() - 9, cell.height()))
                assert arrows & set(left), (table.objectName(), row, column)
                assert not arrows & set(rest), (table.objectName(), row, column)
        assert changed > 0, table.objectName()


# In words


def test_a_step_is_told_in_a_sentence(user: User) -> None:
    """What just happened, with its numbers and its reason."""
    user.next(6)
    assert user.window.step_text.meaning.text() == (
        "Component 1 moves from 1 to 1.3066: x₄ = 2.4 pulls it most. "
        "Component 2 moves from 2 to 1.4982: x₂ = 0.7 pulls it most."
    )
    user.next(2)
    assert "picked with probability 0.5125" in user.window.step_text.meaning.text()


def test_an_epoch_is_told_with_its_gain(user: User) -> None:
    """How the means moved, and what it gained."""
    user.press("epoch")
    text = user.window.step_text.meaning.text()
    assert text.startswith("Component 1 moves from 1 to 1.3066")
    assert text.endswith("Gain of the log-likelihood: 2.3583.")


# Paper mode


def test_paper_mode_rounds_every_number(user: User) -> None:
    """The tables show what a student writes down; the panel tells how far it is from the truth."""
    user.set_decimals(3)
    user.press("epoch")
    user.window.actions_by_name["paper"].trigger()
    point_at(user, "mean:1")
    assert " ".join(panel_text(user).split()[-5:]) == "3.350 / 2.563 = 1.307"
    model, index = place_of(user, "mean:1", 1)
    assert model.data(index, Role.EXACT) == "1.307"
    note = user.window.explanation.paper.text()
    assert note == (
        "Paper mode: every number is rounded to 3 decimals as it is written down. "
        "Without rounding: 1.306575 (difference +0.000425)."
    )
    user.window.actions_by_name["paper"].trigger()
    assert model.data(index, Role.EXACT) == "1.3065753725700628"
    assert not user.window.explanation.paper.isVisible()


def test_paper_mode_goes_on_from_the_rounded_parameters(user: User) -> None:
    """The second epoch starts from the paper's parameters, in tables and history."""
    user.window.actions_by_name["paper"].trigger()
    user.set_decimals(2)
    user.press("epoch", 2)
    from_history = user.window.history.model
    index = from_history.index_of(Cell.parse("variance:1", 2))
    assert (
        from_history.data(index, Role.EXACT) == "0.33"
    )  # tests/test_paper.py's student; else 0.34


def test_paper_mode_says_where_it_ends(user: User) -> None:
    """With all 17 digits there is nothing to round: it says so, and shows exact numbers."""
    user.window.actions_by_name["paper"].trigger()
    user.set_decimals(17)
    user.press("epoch")
    assert "choose fewer decimals" in user.notice
    model, index = place_of(user, "mean:1", 1)
    assert model.data(index) == "1.3065753725700628"


def test_paper_mode_ends_and_begins_again(user: User) -> None:
    """A number explained beyond the last epoch of paper mode, then back to where there is paper."""
    user.set_points(*(index % 40 / 8 for index in range(600)))
    user.window.actions_by_name["paper"].trigger()
    user.press("epoch", 6)
    assert "it goes to epoch" in user.notice
    index = user.window.history.model.index_of(Cell(6, "mean", None, 0))
    assert index.isValid()
    user.history.scrollTo(index)
    QTest.mouseClick(
        user.history.viewport(),
        Qt.MouseButton.LeftButton,
        pos=user.history.visualRect(index).center(),
    )
    user.settle()
    assert user.window.numbers.target == Cell(6, "mean", None, 0)
    user.press("start")
    assert user.state.paper == 4
    assert explained(user) == ["mean:1@6"], "not of the cell to which Qt goes where the row is gone"
    assert not user.window.explanation.value.isVisible()


def test_paper_mode_is_remembered(user: User) -> None:
    """It is part of the view."""
    user.window.actions_by_name["paper"].trigger()
    assert user.state.view.paper
    assert user.window.actions_by_name["paper"].isChecked()


def test_long_sums_unfold(user: User) -> None:
    """A sum of twelve terms is cut in the middle, and whole on demand."""
    user.set_points(*[0.5 * i for i in range(12)])
    user.press("epoch")
    point_at(user, "effective-count:1")
    assert "⋯" in panel_text(user)
    user.window.explanation.unfolded_changed.emit(True)
    assert "⋯" not in panel_text(user)
    assert panel_text(user).count("+") == 11


def test_a_row_that_goes_leaves_the_explanation(user: User) -> None:
    """Start takes the rows of the history away, also that of the number explained: it stays the one that
    the user chose, and is explained again once the walk is there. In paper mode, too, which ends before it.
    """
    problem = gallery.named("three_components").problem()
    user.desktop.problems.show_draft(Draft.of_problem(problem), None)
    user.window.actions_by_name["paper"].trigger()
    user.press("epoch", 15)
    user.history.setCurrentIndex(user.window.history.model.index_of(Cell.parse("mean:1", 15)))
    assert explained(user) == ["mean:1@15"]
    user.press("start")
    assert explained(user) == ["mean:1@15"]
    assert user.window.numbers.target is None
    user.press("epoch", 15)
    assert explained(user) == ["mean:1@15"]
    assert user.window.numbers.target is not None


def test_formulas_are_loaded_when_no_step_follows(user: User) -> None:
    """Each step puts the loading off anew; once it has begun, a step doesn't ask for it again."""
    waiting = user.window.explanation._warm_up
    waiting.setTimerType(Qt.TimerType.PreciseTimer)
    waiting.setInterval(600_000)
    waiting.start()
    QTest.qWait(100)
    left = waiting.remainingTime()
    assert left < 600_000 - 50  # it is running out
    user.press("forward")
    assert waiting.remainingTime() > left
    waiting.stop()
    user.press("forward")
    assert not waiting.isActive()


def test_links_have_the_colour_of_the_theme(painting_user: User) -> None:
    """Also where the theme changes while an explanation is in sight."""
    user = painting_user
    user.press("epoch")
    point_at(user, "mean:1")
    for choice, theme in (("light", LIGHT), ("on_black", ON_BLACK), ("light", LIGHT)):
        user.desktop.parts.look(theme=choice)
        user.settle()
        picture = user.window.explanation.made_of.grab().toImage()
        assert QColor(theme.accent).rgb() in pixels_of(picture), choice


def test_only_what_was_asked_for_last_stays_selected(user: User) -> None:
    """A number in one table, then one in another: the first is no longer marked."""
    user.press("epoch")
    views = [user.worksheet, user.footer, user.history]
    for text in ("responsibility:4,1", "mean:1", "variance:2"):
        point_at(user, text)
        _, index = place_of(user, text)
        selected = [found for view in views for found in view.selectionModel().selectedIndexes()]
        assert selected == [index], text
    user.window.reveal(Cell.parse("density:1,1", 1))
    assert [len(view.selectionModel().selectedIndexes()) for view in views] == [1, 0, 0]

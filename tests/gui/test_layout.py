"""Where things stand: nothing is cut, nothing creeps, and what was just computed is in sight."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from refgmm import Granularity, gallery
from refgmm_gui.draft import Draft

from .driver import User, cells, wait_for

SIZES = [(1280, 800), (1920, 1080)]


def resize(user: User, width: int, height: int) -> None:
    user.window.resize(width, height)
    user.settle()


def columns_in_sight(user: User) -> list[int]:
    """The columns of the worksheet that stand wholly inside the view."""
    header, room = user.window.worksheet.header, user.worksheet.viewport().width()
    return [
        section
        for section in range(header.count())
        if not header.isSectionHidden(section)
        and header.sectionViewportPosition(section) >= 0
        and header.sectionViewportPosition(section) + header.sectionSize(section) <= room
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("decimals", [2, 4, 17])
def test_every_row_of_the_example_is_in_sight(
    user: User, size: tuple[int, int], decimals: int
) -> None:
    """Five points need no scrolling, whatever the decimals, also after a notice came and went."""
    resize(user, *size)
    user.set_decimals(decimals)
    for action in ("epoch", "run", "start", "forward"):
        user.press(action)
        wait_for(user.bot, lambda: not user.state.run.is_running)
        user.settle()
        assert user.worksheet.verticalScrollBar().maximum() == 0, action
        assert user.window.worksheet.lead.verticalScrollBar().maximum() == 0, action
        assert user.footer.verticalScrollBar().maximum() == 0, action


@pytest.mark.parametrize("decimals", [2, 4])
def test_the_example_needs_no_scrolling_sideways(user: User, decimals: int) -> None:
    """At 1280x800 all columns of the worksheet stand side by side."""
    resize(user, 1280, 800)
    user.set_decimals(decimals)
    user.press("epoch")
    user.settle()
    assert user.footer.horizontalScrollBar().maximum() == 0
    assert len(columns_in_sight(user)) == user.window.worksheet.header.count() - 2


def test_columns_dont_creep(user: User) -> None:
    """Twenty steps leave the left columns as wide as they were."""
    resize(user, 1280, 800)
    user.next()
    width = user.window.worksheet.lead.width()
    user.next(20)
    assert user.window.worksheet.lead.width() == width


@pytest.mark.parametrize("decimals", [8, 17])
@pytest.mark.parametrize("granularity", list(Granularity))
def test_what_a_step_filled_is_in_sight(
    user: User, decimals: int, granularity: Granularity
) -> None:
    """The last columns that a step filled are in view, uncut; and the first is cut nowhere."""
    resize(user, 1280, 800)
    user.set_decimals(decimals)
    user.step_by(granularity)
    for _ in range(8):
        user.next()
        user.settle()
        filled = user.window.worksheet_model.fresh_columns()
        assert filled[-1] in columns_in_sight(user)
        header = user.window.worksheet.header
        assert any(header.sectionViewportPosition(s) == 0 for s in range(header.count()))


def test_a_row_filled_alone_is_in_sight(user: User) -> None:
    """Point by point, the table scrolls to the row that was filled, forward and back."""
    resize(user, 1280, 800)
    user.paste(user.points, "\n".join(str(i / 10) for i in range(60)))
    user.step_by(Granularity.POINT)
    user.window.columns_menu.actions()[0].trigger()  # the first columns, folded, are no matter
    for press, row in ((user.next, 49), (user.back, 9)):
        press(50 if press == user.next else 40)
        user.settle()
        shown = user.worksheet.visualRect(user.worksheet.model().index(row, 4))
        assert user.worksheet.viewport().rect().contains(shown.adjusted(0, 0, -1, -1))


def test_i_and_x_stay_in_sight_beside_many_components(user: User) -> None:
    """With eight components the worksheet scrolls; the points' numbers and values don't."""
    resize(user, 1280, 800)
    for _ in range(6):
        user.push("add_component")
    user.push("normalise")
    user.press("epoch")
    user.settle()
    assert user.footer.horizontalScrollBar().value() > 0
    lead = user.window.worksheet.lead
    assert [lead.isColumnHidden(column) for column in range(4)] == [False, False, True, True]
    assert lead.horizontalScrollBar().value() == 0
    user.worksheet.verticalScrollBar().setValue(1)
    assert lead.verticalScrollBar().value() == user.worksheet.verticalScrollBar().value()


def test_messages_move_no_table(user: User) -> None:
    """The parameters stay where they are when a message comes, so that no click goes astray."""
    resize(user, 1280, 800)
    before = user.parameters.geometry()
    user.type_parameters(("0.7", "1", "2"), ("0.5", "2", "2"))
    user.settle()
    assert user.fault
    assert user.parameters.geometry() == before


def test_enter_goes_down(user: User) -> None:
    """A list can be typed with Enter after each number, into points and into parameters."""
    user.window.actions_by_name["new"].trigger()
    user.points.setCurrentIndex(user.points.model().index(0, 0))
    for text in ("3", "4.5", "5"):
        QTest.keyClicks(user.points, text[0])  # opens the cell
        editor = user.points.findChild(QLineEdit)
        assert editor is not None
        QTest.keyClicks(editor, text[1:])
        QTest.keyClick(editor, Qt.Key.Key_Return)
        user.settle()
    assert cells(user.points) == [["3"], ["4.5"], ["5"], [""]]
    assert user.points.currentIndex().row() == 3


def test_delete_clears_parameters_and_removes_points(user: User) -> None:
    """Delete empties a parameter's cell and says what is missing; a point it takes away."""
    user.select(user.parameters, (1, 1))
    QTest.keyClick(user.parameters, Qt.Key.Key_Delete)
    assert cells(user.parameters) == [["0.5", "1", "2"], ["0.5", "", "2"]]
    assert "mean 2 is missing" in user.fault
    user.select(user.points, (1, 0))
    QTest.keyClick(user.points, Qt.Key.Key_Delete)
    assert cells(user.points) == [["0.9"], ["1.2"], ["2.4"], ["1.8"], [""]]


@pytest.mark.parametrize("decimals", [2, 4, 17])
def test_another_problem_in_windows_of_any_size(painting_user: User, decimals: int) -> None:
    """Problems of one and more dimensions, short and long, one after the other: no table is laid out with
    the numbers of another problem, for which PySide ends the process.
    """
    user = painting_user
    user.set_decimals(decimals)
    for width, height in (*SIZES, (800, 600)):
        resize(user, width, height)
        for key in ("collapse", "old_faithful_in_the_plane", "note", "iris", "three_components"):
            user.desktop.problems.show_draft(Draft.of_problem(gallery.named(key).problem()), None)
            assert user.history.model().rowCount() == 1

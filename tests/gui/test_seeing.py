"""Sizes, panels and the presentation: what stands where, how large, and that it is remembered."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QStyle, QStyleOptionComboBox, QWidget

from refgmm import Cell, gallery, records
from refgmm_gui import session
from refgmm_gui.arrangement import EXPLANATION_PLACES, PANELS, SIZES, Arrangement
from refgmm_gui.draft import Draft
from refgmm_gui.plots.layers import PlotChoice
from refgmm_gui.window.layout import Room
from tests.gui.driver import User, heads, pixels_of, wait_for
from tests.gui.fixtures import OpenDesktop
from tests.support import ROOT

CONTROL = Qt.KeyboardModifier.ControlModifier


def resize(user: User, width: int, height: int) -> None:
    user.window.resize(width, height)
    user.settle()


def pixels(widget: QWidget) -> int:
    """How large its letters are."""
    return int(widget.fontInfo().pixelSize())


def place(user: User, widget: QWidget) -> QRect:
    """Where a widget stands in the window."""
    return QRect(widget.mapTo(user.window, QPoint(0, 0)), widget.size())


def panel(user: User, name: str) -> QWidget:
    window = user.window
    panels = {"worksheet": window.worksheet, "options": window.decimals}
    return panels.get(name) or getattr(window, name)


# Sizes


def test_everything_grows(user: User) -> None:
    """Tables and their rows, words, controls, formulas and lines of the plot grow by the same factor."""
    window = user.window
    user.press("epoch")
    user.worksheet.setCurrentIndex(user.worksheet.model().index(2, 10))
    wait_for(user.bot, lambda: window.explanation.formula.is_typeset)
    widgets: list[QWidget] = [
        user.points, user.worksheet, user.footer, user.history, window.history.tolerance,
        window.step_text.meaning, window.explanation.sentence, window.decimals, window.plot,
        window.worksheet.header, window.menuBar(),
    ]  # fmt: skip
    before = [pixels(widget) for widget in widgets]
    formula, thickness = window.explanation.formula.height(), window.plot._look.thickness
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    user.settle()
    wait_for(user.bot, lambda: window.explanation.formula.is_typeset)
    assert [pixels(widget) for widget in widgets] == [2 * size for size in before]
    assert window.explanation.formula.height() == pytest.approx(2 * formula, rel=0.15)
    assert window.plot._look.thickness == 2 * thickness
    for table in (user.points, user.worksheet, user.history):
        assert table.rowHeight(0) >= table.fontMetrics().height() + 4
    for row in range(2):
        assert user.footer.rowHeight(row) >= 2 * user.footer.fontMetrics().height()
    QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
    user.settle()
    assert [pixels(widget) for widget in widgets] == before


def test_sizes_leave_no_trace(user: User) -> None:
    """Back in the usual size every part of the window is as large as it was, and where it was."""
    window = user.window
    resize(user, 1280, 800)
    user.press("epoch")
    user.worksheet.setCurrentIndex(user.worksheet.model().index(2, 10))
    wait_for(user.bot, lambda: window.explanation.formula.is_typeset)
    user.settle()

    def places() -> dict[str, QRect]:
        return {
            f"{type(widget).__name__} {widget.objectName()} {number}": place(user, widget)
            for number, widget in enumerate(window.findChildren(QWidget))
            if widget.isVisible() and widget is not window.focus_ring
        }

    before = places()
    for name in [*["larger"] * 9, "usual_size", *["smaller"] * 3, "usual_size"]:
        window.actions_by_name[name].trigger()
        user.settle()
    wait_for(user.bot, lambda: window.explanation.formula.is_typeset)
    user.settle()
    for _ in range(10):  # layouts settle in several rounds
        user.settle()
    after = places()
    moved = {name: (at, after.get(name)) for name, at in before.items() if at != after.get(name)}
    assert moved == {}
    assert pixels(window.explanation.value) > 1.5 * pixels(window.explanation)


def test_sizes_have_ends(user: User) -> None:
    """The largest and the smallest size stay where they are."""
    for name, end in (("larger", 300), ("smaller", 50)):
        for _ in range(len(SIZES) + 2):
            user.window.actions_by_name[name].trigger()
        assert user.state.view.arrangement.size == end


def test_wheel_with_control(user: User) -> None:
    """Ctrl and the wheel change the size, over plot and tables, too; without Ctrl the plot zooms."""
    window, plot = user.window, user.window.plot
    user.settle()
    for widget, notches, size in ((plot, 120, 110), (user.worksheet, 120, 125), (plot, -120, 110)):
        at = QPointF(widget.mapTo(window, widget.rect().center()))
        QTest.wheelEvent(window.windowHandle(), at, QPoint(0, notches), QPoint(0, 0), CONTROL)
        user.settle()
        assert user.state.view.arrangement.size == size
        assert not plot.is_zoomed
    at = QPointF(plot.mapTo(window, plot.rect().center()))
    QTest.wheelEvent(window.windowHandle(), at, QPoint(0, 120))
    user.settle()
    assert plot.is_zoomed
    assert user.state.view.arrangement.size == 110


@pytest.mark.parametrize("size", [50, 100, 150, 200, 300])
def test_numbers_fit_their_columns(user: User, size: int) -> None:
    """In every size each number of worksheet, footer and history is shown whole."""
    window = user.window
    user.press("epoch")
    user.desktop.arranging._arrange(lambda arranged: arranged.with_size(size))
    user.settle()
    for table in (user.worksheet, user.footer, user.history, window.worksheet.lead):
        model = table.model()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                font = index.data(Qt.ItemDataRole.FontRole)
                metrics = QFontMetrics(table.font())
                if font is not None:
                    bold = table.font()
                    bold.setBold(font.bold())
                    metrics = QFontMetrics(bold)
                if not table.isColumnHidden(column):
                    wanted = metrics.horizontalAdvance(str(model.data(index)))
                    assert wanted <= table.columnWidth(column), (row, column)
    lead = window.worksheet.lead
    assert lead.width() == lead.columnWidth(0) + lead.columnWidth(1)


def test_the_window_stays_on_the_screen(user: User) -> None:
    """Large letters make the window scroll, and not larger than it is."""
    resize(user, 1280, 800)
    for _ in range(len(SIZES)):
        user.window.actions_by_name["larger"].trigger()
    user.settle()
    assert user.window.size().toTuple() == (1280, 800)


@pytest.mark.parametrize("spoken", ["en", "zh_TW"])
@pytest.mark.parametrize("size", [100, 125, 150])
def test_the_window_scrolls_up_and_down_only(user: User, size: int, spoken: str) -> None:
    """With letters half as large again, at 1280 by 800, also while a run tells how far it is."""
    resize(user, 1280, 800)
    arranged = records.replace(user.state.view.arrangement, size=size)
    user.desktop.parts.look(arrangement=arranged, language=spoken)
    user.window.timeline.speed.setValue(3)
    for name in ("run", "pause"):
        user.window.actions_by_name[name].trigger()
        user.window.history.show_done(0.5)
        user.settle()
        assert user.window.history.progress.isVisible()
        (room,) = user.window.findChildren(Room)
        assert room.horizontalScrollBar().maximum() == 0, name


@pytest.mark.parametrize("spoken", ["en", "zh_TW"])
def test_letters_of_175_percent_fit_across(user: User, spoken: str) -> None:
    """At 1280 by 800 the window scrolls up and down only, while no run tells how far it is."""
    resize(user, 1280, 800)
    arranged = records.replace(user.state.view.arrangement, size=175)
    user.desktop.parts.look(arrangement=arranged, language=spoken)
    user.press("epoch")
    (room,) = user.window.findChildren(Room)
    assert room.horizontalScrollBar().maximum() == 0


def test_sizes_are_remembered_apart(open_desktop: OpenDesktop) -> None:
    """Window and presentation keep a size of their own to the next start, which begins with the window."""
    user = open_desktop()
    actions = user.window.actions_by_name
    actions["larger"].trigger()
    actions["present"].trigger()
    actions["larger"].trigger()
    actions["larger"].trigger()
    user.window.close()
    again = open_desktop()
    arranged = again.state.view.arrangement
    assert (arranged.size, arranged.presentation_size) == (110, 200)
    assert not arranged.is_presenting
    assert not again.window.isFullScreen()


# The presentation


def test_presentation(user: User) -> None:
    """F11 takes menus, tool bar and inputs away, letters and lines are larger; Esc brings all back."""
    window = user.window
    user.press("epoch")
    letters, thickness = pixels(user.worksheet), window.plot._look.thickness
    chrome = (window.menuBar(), window.step_bar, window.inputs, window.statusBar())
    QTest.keyClick(window, Qt.Key.Key_F11)
    user.settle()
    assert [widget.isVisible() for widget in chrome] == [False] * 4
    assert pixels(user.worksheet) == round(1.5 * letters)
    assert window.plot._look.thickness > 2 * thickness
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert user.walk.epoch.index == 2, "steps go on by their keys"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    user.settle()
    assert [widget.isVisible() for widget in chrome] == [True] * 4
    assert (pixels(user.worksheet), window.plot._look.thickness) == (letters, thickness)


def test_presentation_shows_the_worksheet_whole(user: User) -> None:
    """On a projector of 1920 by 1080, the note's example needs no scrolling."""
    user.press("epoch")
    user.window.actions_by_name["present"].trigger()
    resize(user, 1920, 1080)
    for table in (user.worksheet, user.footer):
        assert table.verticalScrollBar().maximum() == 0
        assert table.horizontalScrollBar().maximum() == 0
    assert user.window.plot.height() > 300


def test_presentation_on_a_small_projector(user: User) -> None:
    """At 1280 by 800, too, every row and every column of the note's example is in sight, in the full layout."""
    user.press("epoch")
    user.window.actions_by_name["present"].trigger()
    resize(user, 1280, 800)
    for table in (user.worksheet, user.footer):
        assert table.verticalScrollBar().maximum() == 0
        assert table.horizontalScrollBar().maximum() == 0
    assert user.window.history.isVisible()


# Panels


def test_no_column_of_the_worksheet_is_cut_on_the_left(user: User) -> None:
    """Half a number would look like another one: after each change of the room, too."""
    do = user.window.actions_by_name
    do["full"].trigger()
    user.press("epoch")
    header, bar = user.window.worksheet.header, user.worksheet.horizontalScrollBar()
    for name in ["larger"] * 5 + ["present", "larger", "larger", "larger", "present"] * 2:
        do[name].trigger()
        user.settle()
        for width in (1280, 1000, 1280):
            resize(user, width, 800)
            edges = [header.sectionPosition(section) for section in range(header.count())]
            assert bar.value() in edges, (name, width)
            assert bar.value() == user.footer.horizontalScrollBar().value()


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_goes_and_comes_back(user: User, name: str) -> None:
    """Each panel is hidden and restored in View > Panels, as large as it was, and ticked while there."""
    resize(user, 1280, 800)
    widget, text = panel(user, name), PANELS[name].replace("&", "")
    size = widget.size()
    for is_shown in (False, True):
        user.choose(user.menu("View", "Panels"), text)
        user.settle()
        assert widget.isVisible() == is_shown
        assert user.menu_action("Panels", text).isChecked() == is_shown
    assert abs(widget.height() - size.height()) <= 2
    assert abs(widget.width() - size.width()) <= 2


def test_all_panels_gone_come_back(user: User) -> None:
    """Even with every panel hidden the full layout brings all of them."""
    for text in PANELS.values():
        user.menu_action("Panels", text.replace("&", "")).trigger()
    user.settle()
    assert not any(panel(user, name).isVisible() for name in PANELS)
    user.window.actions_by_name["full"].trigger()
    user.settle()
    assert all(panel(user, name).isVisible() for name in PANELS)
    assert user.window.plot.height() >= 190


def test_the_explanation_moves(user: User) -> None:
    """It stands beside the plot, as a column on the right, or beside the history."""
    resize(user, 1280, 800)
    window = user.window
    checks: dict[str, Callable[[QRect], bool]] = {
        "beside": lambda at: (
            at.left() > place(user, window.plot).right()
            and at.bottom() <= place(user, window.worksheet).top()
        ),
        "column": lambda at: (
            at.left() > place(user, window.worksheet).right() and at.height() > 600
        ),
        "bottom": lambda at: (
            at.left() > place(user, window.history).right()
            and at.top() >= place(user, window.worksheet).bottom()
        ),
    }
    for name in ("column", "bottom", "beside", "bottom", "column", "beside"):
        text = EXPLANATION_PLACES[name].replace("&", "")
        user.choose(user.menu("View", "Place of the explanation"), text)
        user.settle()
        assert checks[name](place(user, window.explanation)), name
        assert window.explanation.isVisible()


def test_the_explanation_takes_the_room_there_is(user: User) -> None:
    """By default it is a column in a wide window, and stands beside the plot in a narrow one."""
    for width, is_column in ((1280, False), (1920, True), (1280, False)):
        resize(user, width, 800)
        assert (user.window.explanation.height() > 600) == is_column
    assert user.state.view.arrangement == Arrangement()


def test_the_inputs_move(user: User) -> None:
    """They stand on either side, as wide as they were."""
    resize(user, 1280, 800)
    width = user.window.inputs.width()
    for text, is_left in (("On the right", False), ("On the left", True)):
        user.choose(user.menu("View", "Place of the inputs"), text)
        user.settle()
        assert (place(user, user.window.inputs).left() < 100) == is_left
        assert abs(user.window.inputs.width() - width) <= 2


def test_the_arrangement_is_remembered(open_desktop: OpenDesktop) -> None:
    """Hidden panels and places are as they were at the next start."""
    user = open_desktop()
    user.menu_action("Panels", "History").trigger()
    user.menu_action("Place of the explanation", "At the bottom").trigger()
    user.menu_action("Place of the inputs", "On the right").trigger()
    arranged = user.state.view.arrangement
    user.window.close()
    again = open_desktop()
    assert again.state.view.arrangement == arranged
    assert not again.window.history.isVisible()
    assert place(again, again.window.inputs).left() > 600


def test_simple_and_full(user: User) -> None:
    """Simple has one table beside the inputs, and columns without φ; full restores everything."""
    before = heads(user.worksheet)
    user.window.actions_by_name["simple"].trigger()
    user.settle()
    hidden = [name for name in PANELS if not panel(user, name).isVisible()]
    assert hidden == ["explanation", "history", "options"]
    user.window.actions_by_name["full"].trigger()
    user.settle()
    assert heads(user.worksheet) == before
    assert all(panel(user, name).isVisible() for name in PANELS)


# What is in sight at 1280 by 800


def test_the_example_is_in_sight(user: User) -> None:
    """Points, parameters, steps, the worksheet and the plot need no scrolling at 1280 by 800."""
    resize(user, 1280, 800)
    user.press("epoch")
    user.settle()
    for table in (user.points, user.parameters, user.worksheet, user.footer, user.history):
        assert table.verticalScrollBar().maximum() == 0, table.objectName()
        assert table.horizontalScrollBar().maximum() == 0, table.objectName()
        assert user.window.rect().contains(place(user, table)), table.objectName()
    for widget in (user.window.plot, user.window.next_button, user.window.step_text):
        assert user.window.rect().contains(place(user, widget))


@pytest.mark.parametrize("where", ["responsibility", "mean", "variance"])
def test_an_explanation_is_in_sight(user: User, where: str) -> None:
    """At 1280 by 800 the whole explanation stands there, with Why? and Copy."""
    resize(user, 1280, 800)
    user.press("epoch")
    view = user.worksheet if where == "responsibility" else user.footer
    symbol = {"responsibility": "β₁(x)", "mean": "β₁x", "variance": "β₁(x−μ₁′)²"}[where]
    column = heads(user.worksheet).index(symbol)
    view.setCurrentIndex(view.model().index(1, column))
    panel = user.window.explanation
    wait_for(user.bot, lambda: panel.formula.is_typeset)
    user.settle()
    assert panel.area.verticalScrollBar().maximum() == 0
    assert panel.formula.horizontalScrollBar().maximum() == 0
    for widget in (panel.title, panel.value, panel.formula, panel.sentence, panel.why, panel.copy):
        at = QRect(widget.mapTo(panel, QPoint(0, 0)), widget.size())
        assert widget.isVisible()
        assert panel.rect().contains(at), widget.objectName()


def test_a_result_stays_in_sight(user: User) -> None:
    """However long a formula is, what it comes to stands above it, and stays there when it is scrolled."""
    resize(user, 1280, 800)
    user.desktop.problems.show_draft(Draft.of_problem(gallery.named("iris").problem()), None)
    user.press("epoch")
    cell = Cell.parse("mahalanobis_distance:1,1", epoch=1)
    user.desktop.store.update(lambda state: session.explaining(state, cell))
    panel = user.window.explanation
    wait_for(user.bot, lambda: panel.formula.is_typeset)
    user.settle()
    bar = panel.area.verticalScrollBar()
    assert bar.maximum() > 0
    for place in (0, bar.maximum()):
        bar.setValue(place)
        at = QRect(panel.value.mapTo(panel, QPoint(0, 0)), panel.value.size())
        assert panel.rect().contains(at)
        assert at.bottom() <= panel.area.geometry().top()


def test_controls_of_the_plot_have_room(user: User) -> None:
    """Also with coordinates to choose, no control of the plot is cut or lies under another."""
    resize(user, 1280, 800)
    user.desktop.problems.show_draft(Draft.of_problem(gallery.named("iris").problem()), None)
    user.settle()
    controls, plot = user.window.plot.controls, user.window.plot
    assert controls.across.isVisible()
    hide = controls.header.hide_button
    assert controls.geometry().right() < hide.geometry().left()
    assert plot.rect().contains(hide.geometry())


@pytest.mark.parametrize("size", [100, 200, 300])
@pytest.mark.parametrize("is_presenting", [False, True])
def test_controls_of_the_plot_fit_large_letters(user: User, size: int, is_presenting: bool) -> None:
    """The names of the plots are cut short rather than that a button is out of reach."""
    arranged = records.replace(
        user.state.view.arrangement, size=size, presentation_size=size, is_presenting=is_presenting
    )
    user.desktop.parts.look(arrangement=arranged)
    resize(user, 1280, 800)
    plot = user.window.plot
    for button in plot.controls.findChildren(QAbstractButton):
        if button.isVisible():
            place = QRect(button.mapTo(plot, QPoint(0, 0)), button.size())
            assert plot.rect().contains(place), button.objectName()
    kinds = plot.controls.kinds
    tabs = map(kinds.tabRect, range(kinds.count()))
    assert all(map(kinds.rect().contains, tabs)) or kinds.usesScrollButtons()


@pytest.mark.parametrize("size", [50, 100, 200, 300])
@pytest.mark.parametrize("spoken", ["en", "zh_TW"])
def test_boxes_are_as_wide_as_what_they_say(user: User, size: int, spoken: str) -> None:
    """In letters of any size, in either language, and back again."""
    window, arranged = user.window, user.state.view.arrangement
    bar, history = window.step_bar, window.history
    boxes: list[QWidget] = [bar.step_size, bar.labelling, bar.decimals, history.passing_mean]
    resize(user, 3000, 1000)
    usual = [box.width() for box in boxes]
    larger = records.replace(arranged, size=size)
    user.desktop.parts.look(arrangement=larger, language=spoken)
    user.settle()
    for box in boxes:
        assert box.width() >= box.sizeHint().width() or not box.isVisible(), box.objectName()
    user.desktop.parts.look(arrangement=arranged, language="en")
    wait_for(user.bot, lambda: [box.width() for box in boxes] == usual)


def test_the_legend_leaves_the_corner_free(user: User) -> None:
    """In a wide window, where the legend stands beside the controls, it ends left of the corner's button."""
    for theme_name, kind in (("light", "mixture"), ("dark", "log_likelihood")):
        user.desktop.parts.look(theme=theme_name)
        resize(user, 1900, 1000)
        user.press("epoch")
        user.window.plot.choice_changed.emit(PlotChoice(kind))
        user.settle()
        plot = user.window.plot
        assert plot._area().top() == 0
        corner = plot.controls.header.hide_button.geometry()
        drawn = plot._draw(1.0).toImage().copy(corner)
        assert set(pixels_of(drawn)) == {int("ff" + plot.colours.base.removeprefix("#"), 16)}


@pytest.mark.parametrize("key", ["note", "old_faithful_in_the_plane"])
@pytest.mark.parametrize("size", [100, 150])
def test_the_weight_bar_stands_clear(user: User, key: str, size: int) -> None:
    """In edit mode nothing of the plot, the legend above all, reaches the bar of the weights."""
    user.desktop.problems.show_draft(Draft.of_problem(gallery.named(key).problem()), None)
    arranged = records.replace(user.state.view.arrangement, size=size)
    user.desktop.parts.look(arrangement=arranged)
    resize(user, 1900, 1000)
    user.window.actions_by_name["edit_plot"].trigger()
    user.settle()
    plot, bar = user.window.plot, user.window.edit_layer.bar.toAlignedRect()
    above = QRect(bar.left(), bar.top() - 3, bar.width(), 3)
    drawn = plot._draw(1.0).toImage().copy(above)
    assert set(pixels_of(drawn)) == {int("ff" + plot.colours.base.removeprefix("#"), 16)}


def test_the_structure_is_named_in_full(user: User) -> None:
    """The box of the covariance structure has room for each of its names."""
    resize(user, 1280, 800)
    box = user.window.inputs.structure
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    for row in range(box.count()):
        assert box.fontMetrics().horizontalAdvance(box.itemText(row)) <= room.width()


# High resolution

AT_TWICE_THE_RESOLUTION = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from refgmm_gui.desktop import Desktop
app = QApplication([])
app.setStyle("Fusion")
desktop = Desktop(app, QSettings(sys.argv[1], QSettings.Format.IniFormat))
window = desktop.window
window.resize(1280, 800)
window.show()
app.processEvents()
window.actions_by_name["epoch"].trigger()
picture = window.grab()
drawn = window.plot._drawn
icon = window.actions_by_name["forward"].icon().pixmap(window.next_button.iconSize())
print(window.width(), picture.width(), drawn.width() - 2 * window.plot.width(), icon.width())
"""


def test_high_resolution(tmp_path: Path) -> None:
    """On a screen of twice the resolution window, plot and icons have twice the pixels."""
    environment = os.environ | {
        "QT_SCALE_FACTOR": "2",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gui'}",
    }
    result = subprocess.run(
        [sys.executable, "-c", AT_TWICE_THE_RESOLUTION, str(tmp_path / "settings.ini")],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=60,
    )
    width, picture, difference, icon = map(int, result.stdout.split())
    assert picture == 2 * width
    assert difference == 0
    assert icon >= 2 * 14

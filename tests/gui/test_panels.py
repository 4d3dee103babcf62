"""Panels are dragged by their heads, moved by keys, hidden and restored; where they stand is remembered."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from refgmm_gui.arrangement import ORDERLY, Arrangement
from refgmm_gui.places import (
    ABOVE,
    BELOW,
    LEFT,
    RIGHT,
    SIDES,
    USUAL,
    Places,
    as_text,
    moved,
    of_text,
    panels_of,
    stepped,
)
from refgmm_gui.window.drop_zones import zone_at
from refgmm_gui.window.panel_header import PanelHeader
from tests.gui.driver import User
from tests.gui.fixtures import OpenDesktop

LEFT_BUTTON, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PANELS = panels_of(USUAL)

# Places, without a window


def stepped_far(steps: list[tuple[str, str]]) -> Iterator[Places]:
    places = USUAL
    for panel, side in steps:
        places = stepped(places, panel, side)
        yield places


def is_whole(places: Places) -> bool:
    """Every panel once, nothing empty, the timeline in a row of its own."""
    rows = [row for column in places for row in column]
    return sorted(panels_of(places)) == sorted(PANELS) and all(rows) and ("timeline",) in rows


@given(st.lists(st.tuples(st.sampled_from(PANELS), st.sampled_from(SIDES)), max_size=30))
def test_steps_lose_no_panel(steps: list[tuple[str, str]]) -> None:
    """However panels are moved by keys, each stands somewhere, once; and the settings tell where."""
    for places in stepped_far(steps):
        assert is_whole(places)
        assert of_text(as_text(places)) == places


@given(
    st.lists(
        st.tuples(st.sampled_from(PANELS), st.sampled_from(SIDES), st.sampled_from([*PANELS, ""])),
        max_size=30,
    )
)
def test_drops_lose_no_panel(drops: list[tuple[str, str, str]]) -> None:
    """However panels are dropped, each stands somewhere, once."""
    places = USUAL
    for panel, side, of in drops:
        places = moved(places, panel, side, of)
        assert is_whole(places)


def test_keys_reach_every_place() -> None:
    """By steps alone, a panel comes to each side of each other panel, where a mouse could drop it."""
    wanted = {
        moved(USUAL, "history", side, of)
        for side, of in [*((s, o) for s in SIDES for o in PANELS), (LEFT, ""), (RIGHT, "")]
    }
    reached, new = {USUAL}, [USUAL]
    for _ in range(12):
        new = [stepped(p, panel, side) for p in new for panel in PANELS for side in SIDES]
        new = [places for places in dict.fromkeys(new) if places not in reached]
        reached.update(new)
        if wanted <= reached:
            return
    raise AssertionError(wanted - reached)


@pytest.mark.parametrize(
    "text", ["", "inputs", "inputs | plot", as_text(USUAL) + " / plot", "a//b"]
)
def test_places_that_cant_be_read(text: str) -> None:
    """Settings of another version, or spoilt, leave the usual places."""
    assert of_text(text) == USUAL


def test_zones() -> None:
    """The nearest side of the panel under the pointer; at the window's sides a column; nothing outside."""
    room = QRect(0, 0, 1000, 800)
    panels = {"plot": QRect(100, 0, 400, 400), "timeline": QRect(100, 760, 400, 40)}
    for x, y, zone in (
        (110, 200, (LEFT, "plot")),
        (490, 200, (RIGHT, "plot")),
        (300, 20, (ABOVE, "plot")),
        (300, 390, (BELOW, "plot")),
        (101, 790, (BELOW, "timeline")),
        (5, 200, (LEFT, "")),
        (995, 200, (RIGHT, "")),
        (700, 200, None),
        (-1, 200, None),
    ):
        assert zone_at(QPoint(x, y), room, panels) == zone, (x, y)


def test_the_explanation_stays_where_it_was_put() -> None:
    """It leaves its place in a wide window, until the user moves it, or another while it is there."""
    free = Arrangement()
    assert free.places_in(1920) != free.places
    for panel, side, of in (("explanation", BELOW, "plot"), ("inputs", BELOW, "explanation")):
        after = free.with_moved(panel, side, of, 1920)
        assert after.places_in(1920) == after.places_in(1280) == after.places
    narrow = free.with_moved("inputs", RIGHT, "", 1280)
    assert narrow.explanation_is_free
    assert free.with_moved("plot", RIGHT, "plot", 1280) == free


# In the window


def panel(user: User, name: str) -> QWidget:
    return user.window.sides.panels[name]


def header(user: User, name: str) -> PanelHeader:
    return next(h for h in user.window.sides.headers if h.name == name)


def place(user: User, name: str) -> QRect:
    widget = panel(user, name)
    return QRect(widget.mapTo(user.window, QPoint(0, 0)), widget.size())


def take(user: User, name: str, to: QPoint) -> None:
    """Press the grip of a panel, and move the mouse to a point of the window."""
    handle, grip = user.window.windowHandle(), header(user, name).grip
    start = grip.mapTo(user.window, grip.rect().center())
    QTest.mousePress(handle, LEFT_BUTTON, NONE, start)
    for part in (0.1, 0.5, 1.0):
        at = start + (to - start) * part
        QTest.mouseMove(handle, QPoint(round(at.x()), round(at.y())))
        user.settle()


def lit_place(user: User) -> QRect | None:
    """Where a panel that is dragged would go, in the window."""
    zones = user.window.sides.zones
    return zones.place.translated(zones.pos()) if zones.place is not None else None


def drag(user: User, name: str, to: QPoint) -> None:
    """And let go there."""
    take(user, name, to)
    QTest.mouseRelease(user.window.windowHandle(), LEFT_BUTTON, NONE, to)
    user.settle()


def resize(user: User, width: int, height: int) -> None:
    user.window.resize(width, height)
    user.settle()


def test_a_panel_is_dragged(user: User) -> None:
    """The history goes above the plot, the plot right of the worksheet, the inputs to the right side."""
    resize(user, 1280, 800)
    top = place(user, "plot")
    drag(user, "history", QPoint(top.center().x(), top.top() + 20))
    assert place(user, "history").bottom() <= place(user, "plot").top()
    assert place(user, "history").width() > place(user, "plot").width()
    worksheet = place(user, "worksheet")
    drag(user, "plot", QPoint(worksheet.right() - 40, worksheet.center().y()))
    assert place(user, "plot").left() >= place(user, "worksheet").right()
    assert place(user, "plot").top() == place(user, "worksheet").top()
    width = place(user, "inputs").width()
    drag(user, "inputs", QPoint(user.window.width() - 5, 400))
    assert place(user, "inputs").left() >= place(user, "plot").right()
    assert abs(place(user, "inputs").width() - width) <= 2
    assert "Inputs" in user.status
    assert all(p.isVisible() for p in user.window.sides.panels.values())


def test_every_panel_is_dragged_everywhere(user: User) -> None:
    """Each goes beside, above or below each other, or to a side of the window, where its light was."""
    resize(user, 1280, 900)
    for name in PANELS:
        for of in PANELS:
            if name == of:
                continue
            user.window.actions_by_name["full"].trigger()
            user.settle()
            there = place(user, of)
            to = QPoint(there.center().x(), there.top() + 3)
            take(user, name, to)
            is_lit = lit_place(user) is not None
            QTest.mouseRelease(user.window.windowHandle(), LEFT_BUTTON, NONE, to)
            user.settle()
            assert is_lit == (user.window.sides.places != USUAL)
            assert place(user, name).bottom() <= place(user, of).top(), (name, of)
            assert user.window.sides.places == moved(USUAL, name, ABOVE, of)


def test_the_place_is_lit(user: User) -> None:
    """While a panel is dragged, where it would go is lit; nothing where it would stay; Esc ends it."""
    resize(user, 1280, 800)
    zones, worksheet = user.window.sides.zones, place(user, "worksheet")
    assert not zones.isVisible()
    take(user, "history", QPoint(worksheet.center().x(), worksheet.top() + 10))
    assert zones.isVisible()
    place_lit = lit_place(user)
    assert place_lit is not None
    assert worksheet.contains(place_lit)
    assert place_lit.top() == worksheet.top()
    assert zones.grab().toImage().size() == user.window.sides.size()
    QTest.keyClick(user.window.windowHandle(), Qt.Key.Key_Escape)
    user.settle()
    assert not zones.isVisible()
    to = QPoint(worksheet.center().x(), worksheet.top() + 10)
    QTest.mouseRelease(user.window.windowHandle(), LEFT_BUTTON, NONE, to)
    user.settle()
    assert user.state.view.arrangement == ORDERLY
    own = place(user, "history")
    take(user, "history", own.center())
    assert zones.isVisible()
    assert lit_place(user) is None
    QTest.mouseRelease(user.window.windowHandle(), LEFT_BUTTON, NONE, own.center())
    assert user.state.view.arrangement == ORDERLY


def test_escape_ends_a_drag_and_not_the_presentation(user: User) -> None:
    """A panel's head has no grip in a presentation; Esc leaves that, as ever."""
    user.window.actions_by_name["present"].trigger()
    user.settle()
    assert not any(
        h.grip.isVisible() or h.hide_button.isVisible() for h in user.window.sides.headers
    )
    QTest.keyClick(user.window, Qt.Key.Key_Escape)
    user.settle()
    assert all(h.grip.isVisible() and h.hide_button.isVisible() for h in user.window.sides.headers)


def test_a_press_without_a_move_opens_the_menu(user: User) -> None:
    """A click on the grip, the right button anywhere on the head, and Enter open the same menu."""
    history = header(user, "history")
    grip = history.grip
    QTest.mouseClick(grip, LEFT_BUTTON)
    assert history.menu.isVisible()
    texts = [action.text().replace("&", "") for action in history.menu.actions()]
    assert texts == ["Move left", "Move right", "Move up", "Move down", "", "Hide"]
    history.menu.hide()
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Return)
    assert history.menu.isVisible()
    history.menu.hide()


def test_keys_move_a_panel(user: User) -> None:
    """Arrows on the grip move the panel, and the keys still act on it; so does the menu."""
    resize(user, 1280, 800)
    grip = header(user, "history").grip
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Up)
    user.settle()
    assert place(user, "history").left() >= place(user, "worksheet").right()
    assert user.window.focusWidget() is grip
    QTest.keyClick(grip, Qt.Key.Key_Up)
    user.settle()
    assert place(user, "history").bottom() <= place(user, "worksheet").top()
    assert user.status == "Moved: History."
    header(user, "history").menu.actions()[3].trigger()
    user.settle()
    assert place(user, "history").top() == place(user, "worksheet").top()


def test_the_menu_offers_what_can_be_done(user: User) -> None:
    """The timeline, below all others, goes up and not down, and never beside another panel."""
    timeline = header(user, "timeline")
    timeline.open_menu(QPoint(0, 0))
    able = [action.isEnabled() for action in timeline.menu.actions()[:4]]
    assert able == [False, False, True, False]
    timeline.menu.hide()


def test_a_panel_is_hidden_by_its_button(user: User) -> None:
    """The button in the head hides the panel, and says what brings it back; that does."""
    resize(user, 1280, 800)
    for name, title in (("history", "History"), ("plot", "Plot"), ("worksheet", "Worksheet")):
        user.click(header(user, name).hide_button)
        user.settle()
        assert not panel(user, name).isVisible()
        assert user.status == f"Hidden: {title}. View > Panels brings it back."
        user.choose(user.menu("View", "Panels"), title)
        user.settle()
        assert panel(user, name).isVisible()


def test_where_panels_stand_is_remembered(open_desktop: OpenDesktop) -> None:
    """At the next start they are where they were dragged, as large as they were; full brings the usual."""
    user = open_desktop()
    resize(user, 1280, 800)
    plot = place(user, "plot")
    drag(user, "history", QPoint(plot.center().x(), plot.top() + 10))
    drag(user, "explanation", QPoint(user.window.width() - 4, 300))
    user.window.sides.setSizes([300, 600, 380])
    user.settle()
    before = {name: place(user, name) for name in PANELS}
    arranged = user.state.view.arrangement
    user.window.close()
    again = open_desktop()
    again.settle()
    assert again.state.view.arrangement == arranged
    for name, at in before.items():
        now = place(again, name)
        assert abs(now.left() - at.left()) <= 3, name
        assert abs(now.top() - at.top()) <= 3, name
    again.window.actions_by_name["full"].trigger()
    again.settle()
    assert again.window.sides.places == USUAL


def test_the_example_stays_in_sight(user: User) -> None:
    """With history above, explanation below, inputs on the right: the worksheet's rows are all there."""
    resize(user, 1280, 800)
    user.press("epoch")
    desk = user.desktop.arranging
    desk.move_panel("history", ABOVE, "plot")
    desk.move_panel("inputs", RIGHT, "")
    user.settle()
    assert user.worksheet.verticalScrollBar().maximum() == 0
    assert place(user, "plot").height() >= 190


def test_a_worksheet_in_a_high_row_stays_together(user: User) -> None:
    """Beside the plot, in a row higher than it needs, its words, rows and sums have no gaps between them."""
    resize(user, 1280, 800)
    user.press("epoch")
    user.desktop.arranging.move_panel("plot", LEFT, "worksheet")
    user.desktop.arranging.move_panel("explanation", BELOW, "inputs")
    user.settle()
    sheet, words = user.window.worksheet, user.window.step_text
    assert sheet.height() <= sheet.full_height()
    assert sheet.geometry().top() - words.geometry().bottom() <= 1
    assert words.height() <= words.heightForWidth(words.width())
    assert sheet.geometry().bottom() < panel(user, "worksheet").height() - 50


def test_letters_follow_a_moved_panel(user: User) -> None:
    """A panel that was moved while letters were large has the usual ones in the usual size."""
    resize(user, 1280, 800)
    user.window.actions_by_name["larger"].trigger()
    user.desktop.arranging.move_panel("history", ABOVE, "plot")
    user.settle()
    user.window.actions_by_name["usual_size"].trigger()
    user.desktop.arranging.move_panel("history", BELOW, "plot")
    user.settle()
    assert user.history.fontInfo().pixelSize() == user.window.menuBar().fontInfo().pixelSize()

"""The inputs changed on the plot: points added, dragged, nudged and deleted; means, widths, weights."""

import math
import random
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from refgmm import Mixture, Problem
from refgmm_gui.draft import Draft
from refgmm_gui.moving import Target, moved
from refgmm_gui.plots.edit_layer import EditLayer
from refgmm_gui.plots.hits import Thing
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.screenshots import TEN_POINTS
from refgmm_gui.session import most_points
from refgmm_gui.theme import DARK, LIGHT
from tests.gui.driver import User, cells, pixels_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def layer(user: User) -> EditLayer:
    """The plot of the lecture note's example, to be edited."""
    return editing(user)


@pytest.fixture
def plane(user: User, tmp_path: Path) -> EditLayer:
    """The plot of ten points in two coordinates, to be edited."""
    return editing(user, tmp_path, TEN_POINTS)


def editing(user: User, folder: Path | None = None, problem: Problem | None = None) -> EditLayer:
    if problem is not None:
        assert folder is not None
        problem.save(folder / "problem.json")
        user.desktop.problems.open_path(str(folder / "problem.json"))
    user.window.actions_by_name["edit_plot"].trigger()
    user.settle()
    layer = user.window.edit_layer
    assert layer.isVisible()
    return layer


def mouse(layer: EditLayer, kind: QEvent.Type, at: QPointF) -> None:
    """An event of the mouse, to a fraction of a pixel."""
    is_move = kind == QEvent.Type.MouseMove
    is_up = kind == QEvent.Type.MouseButtonRelease
    event = QMouseEvent(
        kind,
        at,
        layer.mapToGlobal(at),
        Qt.MouseButton.NoButton if is_move else LEFT,
        Qt.MouseButton.NoButton if is_up else LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(layer, event)


def place(layer: EditLayer, thing: Thing) -> QPointF:
    at = layer.place_of(thing)
    assert at is not None, f"{thing} is not in sight"
    return at


def spot(user: User, x: float, y: float = 0.1) -> QPointF:
    """Where these numbers stand in the plot."""
    at = user.window.plot.position_of(x, y)
    assert at is not None
    return at


def hold(layer: EditLayer, thing: Thing, to: QPointF) -> None:
    """Take a thing and bring it there, the button still down."""
    start = place(layer, thing)
    mouse(layer, QEvent.Type.MouseButtonPress, start)
    for part in (0.2, 0.6, 1.0):
        mouse(layer, QEvent.Type.MouseMove, start + (to - start) * part)


def drag(layer: EditLayer, thing: Thing, to: QPointF) -> None:
    hold(layer, thing, to)
    mouse(layer, QEvent.Type.MouseButtonRelease, to)


def column(user: User, index: int) -> list[str]:
    """A parameter of every component, as typed."""
    return [row[index] for row in user.state.draft.components]


def points(user: User) -> list[tuple[str, ...]]:
    return list(user.state.draft.points)


def undo(user: User) -> None:
    user.window.actions_by_name["undo"].trigger()


def edits(user: User) -> int:
    return user.desktop.parts.edits.count()


# One dimension


def test_a_mean_dragged(user: User, layer: EditLayer) -> None:
    """Dropped at 1.84, the table says 1.84, the walk begins there, and one undo takes it back."""
    drag(layer, Thing("mean", 1), spot(user, 1.84))
    assert column(user, 1) == ["1", "1.84"]
    assert user.walk.problem.initial.means == (1.0, 1.84)
    assert user.window.actions_by_name["undo"].text() == "&Undo: move mean 2 to 1.84"
    assert edits(user) == 1
    undo(user)
    assert column(user, 1) == ["1", "2"]


def test_a_point_dragged(user: User, layer: EditLayer) -> None:
    """A point goes along x as far as the hand; only across counts."""
    drag(layer, Thing("point", 3), spot(user, 2.1, 0.05))
    assert points(user)[3] == ("2.1",)
    assert [point for i, point in enumerate(points(user)) if i != 3] == [
        ("0.9",),
        ("0.7",),
        ("1.2",),
        ("1.8",),
    ]


def test_a_sigma_dragged(user: User, layer: EditLayer) -> None:
    """The handle at x makes the variance (x - mean)², in four digits."""
    drag(layer, Thing("sigma", 0), spot(user, 2.0))
    variance = float(column(user, 2)[0])
    pixel = layer.target(None, spot(user, 2.0)).pixel_across
    assert math.sqrt(variance) == pytest.approx(1.0, abs=pixel)
    assert len(column(user, 2)[0]) <= len("0.9999")
    assert column(user, 2)[1] == "2"


def test_a_shared_variance_dragged_is_every_component_s(user: User, layer: EditLayer) -> None:
    """Where all share one variance, the handle of one changes all, and nothing is faulty."""
    user.window.inputs.structure.setCurrentIndex(1)
    drag(layer, Thing("sigma", 0), spot(user, 2.0))
    assert column(user, 2)[0] == column(user, 2)[1] != "2"
    assert not user.state.faults


def test_a_sigma_never_gets_to_zero(user: User, layer: EditLayer) -> None:
    """Dragged onto the mean, or beyond it, it stays a pixel wide, and the inputs valid."""
    for x in (1.0, 0.2):
        drag(layer, Thing("sigma", 0), spot(user, x))
        assert not user.state.faults
        pixel = layer.target(None, spot(user, 1.0)).pixel_across
        assert float(column(user, 2)[0]) == pytest.approx(pixel**2, rel=1e-3)
        undo(user)


def test_weights_dragged_keep_their_sum(user: User, layer: EditLayer) -> None:
    """The border at three tenths of the bar: 0.3 and 0.7, exactly."""
    bar = layer.bar
    drag(layer, Thing("border", 0), QPointF(bar.left() + 0.3 * bar.width(), bar.center().y()))
    assert column(user, 0) == ["0.3", "0.7"]
    text = user.window.actions_by_name["undo"].text()
    assert text == "&Undo: set weights 1 and 2 to 0.3 and 0.7"


def test_a_border_stops_at_the_next(user: User, tmp_path: Path) -> None:
    """Of three weights, two share what they had; neither gets below 0, the third stays."""
    mixture = Mixture.univariate([0.2, 0.3, 0.5], [0, 1, 2], [1, 1, 1])
    layer = editing(user, tmp_path, Problem((0.0, 1.0, 2.0), mixture))
    bar = layer.bar
    drag(layer, Thing("border", 1), QPointF(bar.left(), bar.center().y()))
    assert column(user, 0) == ["0.2", "0", "0.8"]
    undo(user)
    drag(layer, Thing("border", 0), QPointF(bar.right(), bar.center().y()))
    assert column(user, 0) == ["0.5", "0", "0.5"]
    assert not user.state.faults


def test_a_click_adds_a_point(user: User, layer: EditLayer) -> None:
    """Where nothing is; with the decimals that pixels tell apart."""
    QTest.mouseClick(layer, LEFT, pos=spot(user, 1.5, 0.25).toPoint())
    (text,) = points(user)[-1]
    assert len(points(user)) == 6
    assert float(text) == pytest.approx(1.5, abs=0.02)
    assert len(text) <= len("1.49")
    assert user.window.actions_by_name["undo"].text() == "&Undo: add point 6"


def test_a_double_click_adds_one_point(user: User, layer: EditLayer) -> None:
    """The second of two quick clicks is not a point more."""
    at = spot(user, 1.5, 0.25).toPoint()
    QTest.mouseClick(layer, LEFT, pos=at)
    QTest.mouseDClick(layer, LEFT, pos=at)
    assert len(points(user)) <= 7
    assert edits(user) <= 2


def test_without_the_mode_nothing_is_changed(user: User) -> None:
    """A click or a drag on the plot that only shows changes no number."""
    plot = user.window.plot
    assert not user.window.edit_layer.isVisible()
    before = user.state.draft
    QTest.mouseClick(plot, LEFT, pos=spot(user, 1.5, 0.25).toPoint())
    QTest.mousePress(plot, LEFT, pos=spot(user, 2.0).toPoint())
    QTest.mouseMove(plot, spot(user, 1.0).toPoint())
    QTest.mouseRelease(plot, LEFT, pos=spot(user, 1.0).toPoint())
    assert user.state.draft == before


def test_a_click_on_a_thing_selects_it_and_moves_nothing(user: User, layer: EditLayer) -> None:
    """A hand that trembles by two pixels drags nothing."""
    before = user.state.draft
    at = place(layer, Thing("point", 0))
    mouse(layer, QEvent.Type.MouseButtonPress, at)
    mouse(layer, QEvent.Type.MouseMove, at + QPointF(2, 0))
    mouse(layer, QEvent.Type.MouseButtonRelease, at + QPointF(2, 0))
    assert layer.selected == Thing("point", 0)
    assert user.state.draft == before
    assert user.status.startswith("Point 1 at 0.9:")
    assert layer.accessibleDescription() == "Point 1 at 0.9"


def test_a_thing_taken_beside_its_middle_does_not_jump(user: User, layer: EditLayer) -> None:
    """Taken three pixels beside the middle and moved by 50, it moves by 50."""
    start = place(layer, Thing("mean", 1)) + QPointF(3, 0)
    mouse(layer, QEvent.Type.MouseButtonPress, start)
    mouse(layer, QEvent.Type.MouseMove, start + QPointF(50, 0))
    mouse(layer, QEvent.Type.MouseButtonRelease, start + QPointF(50, 0))
    pixel = layer.target(None, spot(user, 2.0)).pixel_across
    assert float(column(user, 1)[1]) == pytest.approx(2 + 50 * pixel, abs=1.01 * pixel)


# While dragging


def test_curves_follow_the_hand(user: User, layer: EditLayer) -> None:
    """On the way, plot and table show the mixture as it would be; walk and file stay."""
    before = user.state.draft
    height = user.scene.curves.mixture
    hold(layer, Thing("mean", 1), spot(user, 3.0))
    shown = float(cells(user.parameters)[1][1])
    assert shown == pytest.approx(3.0, abs=0.02)
    assert user.scene.means == (1.0, shown)
    assert user.scene.curves.mixture != height
    assert user.scene.before is not None  # where it was
    assert user.status == f"Move mean 2 to {shown:g}."
    assert user.state.draft == before
    assert not user.window.isWindowModified()
    probe = Mixture.univariate([0.5, 0.5], [1, shown], [2, 2])
    x = user.scene.curves.x[100]
    assert user.scene.curves.mixture[100] == pytest.approx(probe.posterior(x).evidence, rel=1e-14)


def test_what_is_in_sight_stays_while_dragging(user: User, layer: EditLayer) -> None:
    """The axes don't run away from the hand, on the way or after, though the extremes move."""
    between = user.scene.between
    drag(layer, Thing("point", 3), spot(user, 0.1))
    assert user.scene.between == between
    layer.setFocus()
    QTest.keyClick(layer, Qt.Key.Key_Home)
    assert user.scene.between != between


def test_escape_cancels_a_drag(user: User, layer: EditLayer) -> None:
    """Everything is as before, also after the button comes up; no edit is left."""
    before, shown = user.state.draft, cells(user.parameters)
    scene = user.scene
    hold(layer, Thing("mean", 1), spot(user, 3.0))
    QTest.keyClick(layer, Qt.Key.Key_Escape)
    assert cells(user.parameters) == shown
    assert user.scene == scene
    mouse(layer, QEvent.Type.MouseMove, spot(user, 2.5))
    mouse(layer, QEvent.Type.MouseButtonRelease, spot(user, 2.5))
    assert user.state.draft == before
    assert edits(user) == 0


def test_dropped_where_it_was_is_no_edit(user: User, layer: EditLayer) -> None:
    """A thing brought back to where it was taken leaves nothing to undo."""
    at = place(layer, Thing("mean", 1))
    hold(layer, Thing("mean", 1), spot(user, 3.0))
    mouse(layer, QEvent.Type.MouseMove, at)
    mouse(layer, QEvent.Type.MouseButtonRelease, at)
    assert edits(user) == 0
    assert cells(user.parameters)[1][1] == "2"


def test_undo_while_dragging_lets_go(user: User, layer: EditLayer) -> None:
    """The drag counts for nothing once the inputs have changed below it."""
    user.type_point(0, "5")
    hold(layer, Thing("mean", 1), spot(user, 3.0))
    undo(user)
    mouse(layer, QEvent.Type.MouseButtonRelease, spot(user, 3.0))
    assert points(user)[0] == ("0.9",)
    assert column(user, 1) == ["1", "2"]


def test_beyond_the_axes_things_stop_at_them(user: User, layer: EditLayer) -> None:
    """Nothing can be dragged out of sight."""
    drag(layer, Thing("point", 0), QPointF(-500, 40))
    low, high = user.scene.between
    (text,) = points(user)[0]
    assert low <= float(text) + 0.02
    assert float(text) < low + 0.02
    assert high > low


# Keyboard


def select(layer: EditLayer, thing: Thing) -> None:
    """Tab until it is the thing's turn."""
    layer.setFocus()
    for _ in range(50):
        QTest.keyClick(layer, Qt.Key.Key_Tab)
        if layer.selected == thing:
            return
    raise AssertionError(f"Tab doesn't reach {thing}")


def test_tab_goes_through_all_things_and_on(user: User, layer: EditLayer) -> None:
    """Each once, in a fixed order; then the focus goes on. Back Tab goes the other way."""
    layer.setFocus()
    seen = []
    while user.window.focusWidget() is layer:
        QTest.keyClick(layer, Qt.Key.Key_Tab)
        seen.append(layer.selected)
    assert seen == [
        Thing("border", 0),
        Thing("mean", 0),
        Thing("mean", 1),
        Thing("sigma", 0),
        Thing("sigma", 1),
        *(Thing("point", i) for i in range(5)),
        None,
    ]
    layer.setFocus()
    QTest.keyClick(layer, Qt.Key.Key_Backtab)
    assert layer.selected == Thing("point", 4)


@pytest.mark.parametrize(
    ("thing", "column_index"), [(Thing("mean", 1), 1), (Thing("point", 0), None)]
)
def test_arrows_move_and_move_back(
    user: User, layer: EditLayer, thing: Thing, column_index: int | None
) -> None:
    """A step is about a hundredth of what is in sight, with Shift a thousandth; there and back is home.

    Presses that follow each other are one edit.
    """
    select(layer, thing)
    before = user.state.draft

    def value() -> float:
        if column_index is None:
            return float(user.state.draft.points[0][0])
        return float(user.state.draft.components[1][column_index])

    at = value()
    low, high = user.scene.between
    QTest.keyClick(layer, Qt.Key.Key_Right)
    step = value() - at
    assert step == pytest.approx((high - low) / 100, rel=0.5)
    QTest.keyClick(layer, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert value() - at - step == pytest.approx(step / 10, rel=0.5)
    assert len(f"{value()!r}") < 8
    assert edits(user) == 1
    QTest.keyClick(layer, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(layer, Qt.Key.Key_Left)
    assert [float(text) for text in user.state.draft.points[0]] == [
        float(text) for text in before.points[0]
    ]
    assert user.state.draft == before
    assert edits(user) == 0, "there and back leaves nothing to undo"
    assert layer.selected == thing


def test_arrows_on_widths_and_weights(user: User, layer: EditLayer) -> None:
    """A border goes by a hundredth of all weights; a sigma by a hundredth of what is in sight."""
    select(layer, Thing("border", 0))
    QTest.keyClick(layer, Qt.Key.Key_Left)
    QTest.keyClick(layer, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert column(user, 0) == ["0.489", "0.511"]
    low, high = user.scene.between
    select(layer, Thing("sigma", 0))
    QTest.keyClick(layer, Qt.Key.Key_Right)
    wider = math.sqrt(float(column(user, 2)[0])) - math.sqrt(2)
    assert wider == pytest.approx((high - low) / 100, rel=0.5)
    assert edits(user) == 2
    for _ in range(300):
        QTest.keyClick(layer, Qt.Key.Key_Left)
    assert not user.state.faults
    assert edits(user) == 2


def test_delete_takes_a_point_away(user: User, layer: EditLayer) -> None:
    """The point selected goes; a mean doesn't, and that is said."""
    select(layer, Thing("point", 1))
    QTest.keyClick(layer, Qt.Key.Key_Delete)
    assert points(user) == [("0.9",), ("1.2",), ("2.4",), ("1.8",)]
    assert user.window.actions_by_name["undo"].text() == "&Undo: delete point 2"
    select(layer, Thing("mean", 0))
    QTest.keyClick(layer, Qt.Key.Key_Delete)
    assert len(user.state.draft.components) == 2
    assert user.status.startswith("Only points are deleted here")


@pytest.mark.parametrize("key", [Qt.Key.Key_Insert, Qt.Key.Key_Return])
def test_a_point_added_by_keys_alone(user: User, key: Qt.Key) -> None:
    """On the plot a key adds a point in the middle of what is in sight; it is selected, told, and moved by arrows."""
    plot, layer = user.window.plot, user.window.edit_layer
    plot.setFocus()
    QTest.keyClick(plot, key)
    user.settle()
    assert layer.isVisible()
    assert user.window.focusWidget() is layer
    assert layer.selected == Thing("point", 5)
    frame = plot.frame()
    assert frame is not None
    x = float(points(user)[5][0])
    assert x == pytest.approx((frame.x.low + frame.x.high) / 2, abs=0.02)
    assert layer.accessibleDescription() == f"Point 6 at {points(user)[5][0]}"
    QTest.keyClick(layer, Qt.Key.Key_Right)
    assert float(points(user)[5][0]) > x
    QTest.keyClick(layer, key)
    user.settle()
    assert len(points(user)) == 7
    assert layer.selected == Thing("point", 6)
    for _ in range(3):
        undo(user)
    assert len(points(user)) == 5


def test_a_point_added_by_keys_in_the_plane(user: User, plane: EditLayer) -> None:
    """In two coordinates as well."""
    count = len(points(user))
    plane.setFocus()
    QTest.keyClick(plane, Qt.Key.Key_Insert)
    user.settle()
    assert len(points(user)) == count + 1
    assert plane.selected == Thing("point", count)


def test_a_point_needs_a_plot(user: User, layer: EditLayer) -> None:
    """While the inputs are wrong there is nowhere to put it, and a sentence says so."""
    user.type_point(0, "abc")
    count = len(user.state.draft.points)
    user.window.actions_by_name["insert_point"].trigger()
    assert len(user.state.draft.points) == count
    assert user.status == "Once the inputs are right, the plot is here"


def test_escape_selects_nothing(user: User, layer: EditLayer) -> None:
    """And then arrows move what is in sight, as without the mode."""
    select(layer, Thing("mean", 0))
    QTest.keyClick(layer, Qt.Key.Key_Escape)
    assert layer.selected is None
    low, _ = user.scene.between
    before = user.state.draft
    QTest.keyClick(layer, Qt.Key.Key_Right)
    assert user.scene.between[0] > low
    assert user.state.draft == before


def test_zoom_and_pan_go_on(user: User, layer: EditLayer) -> None:
    """+ and Home, and Space with the left button, do what they do without the mode."""
    low, high = user.scene.between
    layer.setFocus()
    QTest.keyClick(layer, Qt.Key.Key_Plus)
    assert user.scene.between[1] - user.scene.between[0] < high - low
    QTest.keyClick(layer, Qt.Key.Key_Home)
    assert user.scene.between == (low, high)
    before = user.state.draft
    QTest.keyPress(layer, Qt.Key.Key_Space)
    start = spot(user, 1.5, 0.25)
    mouse(layer, QEvent.Type.MouseButtonPress, start)
    mouse(layer, QEvent.Type.MouseMove, start + QPointF(40, 0))
    mouse(layer, QEvent.Type.MouseButtonRelease, start + QPointF(40, 0))
    QTest.keyRelease(layer, Qt.Key.Key_Space)
    assert user.scene.between[0] < low
    assert user.state.draft == before


# Two dimensions


def test_a_mean_and_a_point_in_the_plane(user: User, plane: EditLayer) -> None:
    """Both coordinates follow the hand, rounded to what pixels tell apart."""
    drag(plane, Thing("mean", 1), spot(user, 10, 20))
    drag(plane, Thing("point", 9), spot(user, -40, 30))
    x, y = map(float, user.state.draft.components[1][1:3])
    assert (x, y) == pytest.approx((10, 20), abs=1)
    assert tuple(map(float, points(user)[9])) == pytest.approx((-40, 30), abs=1)
    name = user.window.actions_by_name["undo"].text()
    assert name == f"&Undo: move point 10 to ({', '.join(points(user)[9])})"


def test_a_click_in_the_plane_adds_a_point(user: User, plane: EditLayer) -> None:
    """With both coordinates."""
    QTest.mouseClick(plane, LEFT, pos=spot(user, 0, -40).toPoint())
    assert tuple(map(float, points(user)[10])) == pytest.approx((0, -40), abs=1)


@pytest.mark.parametrize("axis", [0, 1])
def test_an_ellipse_is_turned_and_stretched_by_the_end_of_an_axis(
    user: User, plane: EditLayer, axis: int
) -> None:
    """The axis ends where the hand lets go; the other keeps its length, at a right angle."""
    drag(plane, Thing("sigma", 1, axis), spot(user, -30, -60))
    end = (-30 + 60, -60 + 30)
    s11, s21, s22 = map(float, user.state.draft.components[1][3:])
    length = math.hypot(*end)
    along = (s11 * end[0] + s21 * end[1]) / length, (s21 * end[0] + s22 * end[1]) / length
    assert math.hypot(*along) == pytest.approx(length**2, rel=0.05)
    assert along[0] * end[1] == pytest.approx(along[1] * end[0], rel=0.05)
    assert s11 * s22 - s21**2 == pytest.approx(length**2 * 400, rel=0.1)
    assert not user.state.faults


def test_an_axis_flattened_altogether_stays_as_it_was(user: User, plane: EditLayer) -> None:
    """Where only the part along the axis counts, and there is none, nothing is changed."""
    user.desktop.parts.edit(user.state.draft.with_structure("diagonal"))
    before = user.state.draft
    for axis, (x, y) in ((0, (-60.0, 40.0)), (1, (20.0, -30.0))):
        target = Target(x, y, 0.1, 0.1)
        after = moved(before, Thing("sigma", 1, axis), target, (0, 1))
        assert after.check()[0] is not None
    flattened = [
        moved(before, Thing("sigma", 1, axis), target, (0, 1)) == before
        for axis in (0, 1)
        for target in (Target(-60.0, 40.0, 0.1, 0.1), Target(20.0, -30.0, 0.1, 0.1))
    ]
    assert sum(flattened) == 2


@pytest.mark.parametrize("structure", ["diagonal", "spherical", "tied", "tied spherical"])
def test_the_structure_is_kept(user: User, plane: EditLayer, structure: str) -> None:
    """However an axis is dragged, the covariances stay such as the structure allows."""
    user.desktop.parts.edit(user.state.draft.with_structure(structure))
    for to in ((-20, -10), (-60, 30), (-45, -45)):
        drag(plane, Thing("sigma", 1, 1), spot(user, *to))
        assert not user.state.faults
    assert edits(user) == 4
    rows = [row[3:] for row in user.state.draft.components]
    if "tied" in structure:
        assert rows[0] == rows[1]
    if structure != "tied":
        assert rows[1][1] == "0"
    if "spherical" in structure:
        assert rows[1][0] == rows[1][2]


def test_an_axis_never_gets_to_zero(user: User, plane: EditLayer) -> None:
    """Dragged onto the mean the axis stays as it was; a pixel beside it, the covariance is one."""
    before = user.state.draft
    drag(plane, Thing("sigma", 1, 0), spot(user, -60, -30))
    assert user.state.draft == before
    drag(plane, Thing("sigma", 1, 0), spot(user, -60, -30) + QPointF(2, 0))
    assert user.state.draft != before
    assert not user.state.faults


def test_of_more_coordinates_those_in_sight_are_dragged(user: User, tmp_path: Path) -> None:
    """The others stay; a point can't be added by a click, and that is said."""
    rng = random.Random(3)
    rows = [tuple(rng.gauss(0, 1) for _ in range(4)) for _ in range(12)]
    unit = [[float(a == b) for b in range(4)] for a in range(4)]
    mixture = Mixture.multivariate([0.5, 0.5], [[0] * 4, [1] * 4], [unit, unit])
    layer = editing(user, tmp_path, Problem(tuple(rows), mixture))
    before = user.plane.across
    user.desktop.parts.look(coordinates=(2, 0))
    assert user.plane.names == ("x[3]", "x[1]")
    assert user.plane.across != before, "other coordinates have other ranges"
    assert user.plane.up == before
    drag(layer, Thing("mean", 1), spot(user, 0.4, -0.6))
    a, b, c, d = map(float, user.state.draft.components[1][1:5])
    assert (c, a) == pytest.approx((0.4, -0.6), abs=0.05)
    assert (b, d) == (1.0, 1.0)
    drag(layer, Thing("sigma", 0, 1), spot(user, 0.7, 0.7))
    assert not user.state.faults
    count = len(points(user))
    low = user.plane.across[0]
    QTest.mouseClick(layer, LEFT, pos=(spot(user, low, 0) + QPointF(4, 0)).toPoint())
    assert len(points(user)) == count
    assert user.status.startswith("A point has 4 coordinates")


# With the walk, with faults, from nothing


def test_while_the_walk_is_on_its_way_the_inputs_are_dragged(user: User) -> None:
    """The plot shows the inputs, dotted where the walk stands; the old run stays, and it is said."""
    user.press("epoch", 2)
    layer = editing(user)
    assert user.scene.means == (1.0, 2.0)
    assert user.scene.old is not None
    assert user.scene.old[1] == user.walk.parameters[1]
    assert user.scene.before_name == "where the walk stands"
    numbers = cells(user.worksheet)
    drag(layer, Thing("mean", 1), spot(user, 1.84))
    assert cells(user.worksheet) == numbers
    assert "belong to the earlier inputs" in user.notice
    undo(user)
    assert user.notice == ""


def test_a_step_ends_the_mode(user: User, layer: EditLayer) -> None:
    """Who goes on to walk, sees the walk, and no more of how to drag."""
    assert "Drag points" in user.status
    user.next()
    assert not layer.isVisible()
    assert "Drag points" not in user.status
    assert not user.window.actions_by_name["edit_plot"].isChecked()
    assert user.scene.before_name == "before this epoch"


def test_the_mode_goes_to_the_plot_of_the_mixture(user: User) -> None:
    """From the log-likelihood's plot, where nothing can be dragged, too."""
    user.press("epoch", 2)
    user.window.plot.controls.kinds.setCurrentIndex(1)
    editing(user)
    assert isinstance(user.window.plot.picture, Scene)
    user.window.plot.controls.kinds.setCurrentIndex(1)
    assert not user.window.edit_layer.isVisible()


def test_points_clicked_into_an_empty_problem(user: User) -> None:
    """Where nothing is typed yet, there are axes to click on."""
    user.window.actions_by_name["new_2d"].trigger()
    layer = editing(user)
    for x, y in ((3, 4), (6, 5), (4, 3)):
        QTest.mouseClick(layer, LEFT, pos=spot(user, x, y).toPoint())
    assert len(points(user)) == 3
    for texts, wanted in zip(points(user), ((3, 4), (6, 5), (4, 3)), strict=True):
        assert tuple(map(float, texts)) == pytest.approx(wanted, abs=0.1)
    user.window.actions_by_name["edit_plot"].trigger()
    user.dialogs.answers.append("")
    assert isinstance(Draft.empty(None).typed(), tuple)


def test_faulty_inputs_are_corrected_first(user: User, layer: EditLayer) -> None:
    """With a wrong number the walk is shown, and nothing to drag; once it is mended, there is."""
    user.type_point(0, "x")
    assert not layer.isVisible()
    assert user.scene.points[0] == user.walk.problem.points[0] == 0.9
    undo(user)
    assert layer.isVisible()
    assert user.scene.points[0] == 0.9


def test_no_more_points_than_the_app_steps_through(user: User, layer: EditLayer) -> None:
    """One more is refused, with the reason."""
    most = most_points(None)
    user.desktop.parts.edit(user.state.draft.with_points(0, 5, [("1",)] * most))
    QTest.mouseClick(layer, LEFT, pos=spot(user, 1.5, 0.01).toPoint())
    assert len(points(user)) == most
    assert f"{most + 1:,} points are more than" in user.status


# In any case


@pytest.mark.parametrize("problem", [None, TEN_POINTS], ids=["1-D", "2-D"])
def test_whatever_is_dragged_the_inputs_stay_valid(
    user: User, tmp_path: Path, problem: Problem | None
) -> None:
    """Thirty wild drags leave a problem, weights that sum to 1, and a way back to the start."""
    layer = editing(user, tmp_path, problem)
    start, rng = user.state.draft, random.Random(11)
    for _ in range(30):
        thing, _ = rng.choice([*layer.things()])
        to = QPointF(rng.uniform(-50, layer.width() + 50), rng.uniform(-50, layer.height() + 50))
        drag(layer, thing, to)
        assert not user.state.faults, thing
        assert math.fsum(map(float, column(user, 0))) == pytest.approx(1, abs=1e-12)
    end = user.state.draft
    assert end != start
    stack = user.desktop.parts.edits
    n = stack.count()
    stack.setIndex(0)
    assert user.state.draft == start
    stack.setIndex(n)
    assert user.state.draft == end


def test_a_drag_in_words_of_the_core() -> None:
    """A target between the pixels' numbers becomes the shortest number two pixels around it."""
    draft = Draft((("1",),), (("1", "0", "1"),))
    for x, pixel, text in ((1.8368421, 0.009, "1.84"), (-0.0001, 0.009, "0"), (1234.5, 80, "1200")):
        after = moved(draft, Thing("mean", 0), Target(x, 0.0, pixel, 1.0), (0, 1))
        assert after.components[0][1] == text


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("problem", [None, TEN_POINTS], ids=["1-D", "2-D"])
def test_what_is_seen(
    painting_user: User, tmp_path: Path, problem: Problem | None, colours: object
) -> None:
    """The bar has a part for each component, what is selected a ring, in both themes."""
    user = painting_user
    user.desktop.parts.look(theme="dark" if colours is DARK else "light")
    layer = editing(user, tmp_path, problem)
    layer.clearFocus()
    plain = user.window.plot.grab().toImage()
    select(layer, Thing("mean", 0))
    layer.clearFocus()
    ringed = user.window.plot.grab().toImage()
    accent = (DARK if colours is DARK else LIGHT).accent
    wanted = int("ff" + accent.removeprefix("#"), 16)
    assert pixels_of(ringed).count(wanted) > pixels_of(plain).count(wanted) + 20
    middle = layer.bar.center().y()
    left, right = (layer.bar.left() + layer.bar.width() * part for part in (0.1, 0.9))
    assert plain.pixelColor(int(left), int(middle)) != plain.pixelColor(int(right), int(middle))
    assert isinstance(user.window.plot.picture, Scene | PlaneScene)

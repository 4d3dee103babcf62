"""Looking closely at the plot: zoom, pan, the read-out, what lies under the pointer, what stands out."""

import itertools
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from refgmm import Mixture, Problem, Walk
from refgmm_gui import theme
from refgmm_gui.plots.epoch_scene import EpochScene, log_likelihood_scene_of, means_scene_of
from refgmm_gui.plots.frame import zoomed
from refgmm_gui.plots.hits import Thing
from refgmm_gui.plots.layers import USUAL, PlotChoice
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.plots.scene import PlaneScene, Scene, picture_of
from refgmm_gui.screenshots import TEN_POINTS
from refgmm_gui.theme import DARK, LIGHT
from tests.gui.driver import User, pixels_of
from tests.gui.fixtures import OpenDesktop
from tests.test_multivariate_files import problem


@pytest.fixture
def plot(user: User) -> MixturePlot:
    """The plot of the lecture note's example."""
    return user.window.plot


@pytest.fixture
def plane(user: User, tmp_path: Path) -> MixturePlot:
    """The plot of ten points in two coordinates, two epochs on."""
    TEN_POINTS.save(tmp_path / "ten.json")
    user.desktop.problems.open_path(str(tmp_path / "ten.json"))
    user.press("epoch", 2)
    return user.window.plot


def between(plot: MixturePlot) -> tuple[float, float]:
    assert isinstance(plot.picture, Scene | EpochScene)
    return plot.picture.between


def sight(plot: MixturePlot) -> tuple[tuple[float, float], tuple[float, float]]:
    assert isinstance(plot.picture, PlaneScene)
    return plot.picture.across, plot.picture.up


def at(plot: MixturePlot, x: float, y: float) -> QPointF:
    position = plot.position_of(x, y)
    assert position is not None
    return position


def notch(plot: MixturePlot, position: QPointF, notches: int = 1) -> bool:
    """Turn the wheel away from the hand. Whether the plot took it."""
    event = QWheelEvent(
        position,
        plot.mapToGlobal(position),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot, event)
    return event.isAccepted()


def move(plot: MixturePlot, position: QPointF) -> None:
    """Move the pointer there, no button down."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        plot.mapToGlobal(position),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(plot, event)


def choose(user: User, **changes: object) -> None:
    user.desktop.parts.look(plot=replace(user.state.view.plot, **changes))  # type: ignore[arg-type]


# Zoom and pan


def test_the_wheel_zooms_about_the_pointer(plot: MixturePlot) -> None:
    """What stands under the pointer stays there, and less of x is in sight."""
    low, high = between(plot)
    position = at(plot, 2.0, 0.1)
    assert notch(plot, position, 3)
    new_low, new_high = between(plot)
    assert new_high - new_low == pytest.approx(0.8**3 * (high - low))
    place = plot.place_at(position)
    assert place is not None
    assert place[0] == pytest.approx(2.0, abs=1e-9)


def test_what_is_zoomed_is_sampled_anew(plot: MixturePlot) -> None:
    """However close, the curve has as many places as before: it doesn't become a polygon."""
    for _ in range(40):
        plot.zoom(0.8, at(plot, 1.5, 0.1))
    low, high = between(plot)
    assert isinstance(plot.picture, Scene)
    inside = [x for x in plot.picture.curves.x if low <= x <= high]
    assert high - low < 1e-2
    assert len(inside) >= 300


def test_heights_fit_what_is_in_sight(plot: MixturePlot) -> None:
    """Where only the tail of the mixture is in sight, the axis up shrinks to it."""
    frame = plot.frame()
    assert frame is not None
    plot.zoom(0.05, at(plot, between(plot)[0], 0.0))
    zoomed_in = plot.frame()
    assert zoomed_in is not None
    assert zoomed_in.y.high < frame.y.high


@pytest.mark.parametrize("key", [Qt.Key.Key_Home, None], ids=["Home", "double click"])
def test_reset_shows_all_again(plot: MixturePlot, key: Qt.Key | None) -> None:
    """Home, or a double click, takes zoom and pan back."""
    whole = between(plot)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert between(plot) != whole
    assert plot.is_zoomed
    if key is None:
        QTest.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=at(plot, 1.0, 0.1).toPoint())
    else:
        QTest.keyClick(plot, key)
    assert between(plot) == whole


def test_keys_zoom_and_pan(plot: MixturePlot) -> None:
    """+ and - zoom about the middle and undo each other; arrows move by a tenth of what is in sight."""
    plot.setFocus()
    low, high = between(plot)
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert between(plot) == pytest.approx((low + 0.1 * (high - low), high - 0.1 * (high - low)))
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    assert between(plot) == pytest.approx((low, high))
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert between(plot) == pytest.approx((low - 0.1 * (high - low), high - 0.1 * (high - low)))


@pytest.mark.parametrize("space", [False, True], ids=["middle button", "Space and left button"])
def test_dragging_pans(plane: MixturePlot, space: bool) -> None:
    """What was under the pointer when the button went down is under it when it comes up."""
    start, end = QPointF(400, 120), QPointF(460, 100)
    place = plane.place_at(start)
    button = Qt.MouseButton.LeftButton if space else Qt.MouseButton.MiddleButton
    if space:
        QTest.keyPress(plane, Qt.Key.Key_Space)
    QTest.mousePress(plane, button, pos=start.toPoint())
    QTest.mouseMove(plane, end.toPoint())
    move(plane, end)
    QTest.mouseRelease(plane, button, pos=end.toPoint())
    after = plane.place_at(end)
    assert place is not None
    assert after == pytest.approx(place)
    before = sight(plane)
    move(plane, start)  # the button is up: nothing moves
    assert sight(plane) == before


def test_both_coordinates_zoom_together(plane: MixturePlot) -> None:
    """In a plane the wheel zooms across and up about the pointer."""
    position = at(plane, -20.0, 10.0)
    notch(plane, position)
    assert plane.place_at(position) == pytest.approx((-20.0, 10.0))


def test_zoom_stays_while_walking_and_goes_with_the_problem(user: User, plot: MixturePlot) -> None:
    """Steps don't move what is in sight; another problem shows all of it."""
    plot.zoom(0.5)
    zoomed_to = between(plot)
    user.press("epoch")
    assert between(plot) == zoomed_to
    user.set_points(10.0, 12.0)
    user.window.actions_by_name["start"].trigger()
    assert not plot.is_zoomed


def test_zoom_has_ends() -> None:
    """Neither closer than doubles resolve, nor so far that nothing can be seen."""
    whole, closest = (0.0, 10.0), (0.0, 10.0)
    for _ in range(200):
        closest = zoomed(closest, 5.0, 0.8, whole)
    assert closest[1] - closest[0] == pytest.approx(1e-5)
    farthest = whole
    for _ in range(200):
        farthest = zoomed(farthest, 5.0, 1.25, whole)
    assert farthest[1] - farthest[0] == pytest.approx(200)


def test_ctrl_and_wheel_is_left_to_others(plot: MixturePlot) -> None:
    """Ctrl and the wheel scale the app, not the plot."""
    whole = between(plot)
    event = QWheelEvent(
        QPointF(300, 100),
        plot.mapToGlobal(QPointF(300, 100)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    plot.wheelEvent(event)
    assert not event.isAccepted()
    assert between(plot) == whole


def test_equal_scales(user: User, plane: MixturePlot) -> None:
    """If chosen, a unit is as long across as up, zoomed or not."""
    choose(user, layers=USUAL.layers | {"equal"})
    for _ in range(2):
        a, b = at(plane, 0.0, 0.0), at(plane, 10.0, 10.0)
        assert b.x() - a.x() == pytest.approx(a.y() - b.y(), rel=1e-9)
        plane.zoom(0.5)


# The read-out


def test_the_read_out_says_what_stands_at_x(user: User, plot: MixturePlot) -> None:
    """x, each component's weighted density and responsibility, and the evidence: those of the mixture."""
    move(plot, at(plot, 0.9, 0.1))
    place = plot.place_at(QPointF(at(plot, 0.9, 0.1).toPoint()))
    assert place is not None
    posterior = user.walk.problem.initial.posterior(place[0])
    text = plot.read_out.text()
    assert plot.read_out.isVisible()
    assert f"x = {place[0]:.4g}" in text
    for j, (height, share) in enumerate(
        zip(posterior.weighted_densities, posterior.responsibilities, strict=True), start=1
    ):
        sub = "₁₂"[j - 1]
        assert f"α{sub}g{sub} = {height:.4g}" in text
        assert f"β{sub} = {share:.4g}" in text
    assert f"p(x) = {posterior.evidence:.4g}" in text


def test_the_read_out_names_both_coordinates(plane: MixturePlot) -> None:
    """In a plane: both coordinates, and the densities of the two."""
    move(plane, at(plane, -20.0, 10.0))
    place = plane.place_at(QPointF(at(plane, -20.0, 10.0).toPoint()))
    assert place is not None
    for name, number in zip(("x[1]", "x[2]"), place, strict=True):
        assert f"{name} = {number:.4g}<" in plane.read_out.text()


def test_the_read_out_goes_where_the_pointer_is_not(plot: MixturePlot) -> None:
    """Outside the axes, and when the pointer leaves, nothing is read out; it stays inside the plot."""
    for x in (0.0, 1.0, 3.2):
        move(plot, at(plot, x, 0.01))
        assert plot.rect().contains(plot.read_out.geometry())
    move(plot, QPointF(3, plot.height() - 3))
    assert not plot.read_out.isVisible()
    move(plot, at(plot, 1.0, 0.1))
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert not plot.read_out.isVisible()


# What lies under the pointer


def test_things_in_one_dimension(plot: MixturePlot) -> None:
    """A point below the axis, a mean anywhere on its line, a sigma on its curve; nothing beside them."""
    frame = plot.frame()
    assert frame is not None
    below = QPointF(at(plot, 1.2, 0.0).x(), frame.area.bottom() + 14)
    assert plot.thing_at(below) == Thing("point", 2)
    assert plot.thing_at(at(plot, 2.0, 0.1) + QPointF(3, 0)) == Thing("mean", 1)
    sigma = math.sqrt(2)
    height = 0.5 * math.exp(-0.5) / math.sqrt(2 * math.pi * 2)
    assert plot.thing_at(at(plot, 1 + sigma, height)) == Thing("sigma", 0)
    assert plot.thing_at(at(plot, 1.5, 0.05)) is None
    assert plot.thing_at(QPointF(-50, -50)) is None


def test_things_in_a_plane(user: User, plane: MixturePlot) -> None:
    """Points, means, and the ends of each ellipse's axes at 1 sigma."""
    mean = user.walk.parameters[1][0]
    x, y = user.walk.problem.points[8]
    assert plane.thing_at(at(plane, x, y)) == Thing("point", 8)
    plane.zoom(0.2, at(plane, *mean))
    assert plane.thing_at(at(plane, *mean)) == Thing("mean", 0)
    plane.reset_view()
    assert isinstance(plane.picture, PlaneScene)
    shorter, longer = plane.picture.handles[0]
    plane.zoom(0.4, at(plane, *longer))
    assert plane.thing_at(at(plane, *longer)) == Thing("sigma", 0, 1)
    plane.zoom(0.4, at(plane, *shorter))
    assert plane.thing_at(at(plane, *shorter)) == Thing("sigma", 0, 0)


@pytest.mark.parametrize("size", [(700, 300), (240, 150)])
def test_pixels_and_numbers_undo_each_other(
    user: User, plot: MixturePlot, size: tuple[int, int]
) -> None:
    """place_at takes back what position_of does."""
    plot.resize(*size)
    assert plot.place_at(at(plot, 1.25, 0.125)) == pytest.approx((1.25, 0.125))


# What stands out


def shown_pixels(plot: MixturePlot, colour: str) -> int:
    wanted = int("ff" + colour.removeprefix("#"), 16)
    return pixels_of(plot.grab().toImage()).count(wanted)


def test_a_highlighted_component_is_stronger_and_others_fade(painting_user: User) -> None:
    """Its line has more pixels of its full colour, the other's none; none highlighted: as before."""
    plot = painting_user.window.plot
    first, second = (theme.component_colour(LIGHT, j).name() for j in (0, 1))
    before = plot.grab().toImage()
    usual = shown_pixels(plot, first), shown_pixels(plot, second)
    plot.show_highlight(set(), {0})
    assert shown_pixels(plot, first) > 1.3 * usual[0]
    assert shown_pixels(plot, second) < 0.3 * usual[1] + 60  # the legend stays
    plot.show_highlight(set(), set())
    assert plot.grab().toImage() == before


def test_a_highlighted_point_has_a_ring(painting_user: User) -> None:
    """Around the point there is a ring in the text's colour, and the other points fade."""
    plot = painting_user.window.plot
    painting_user.next(4)
    frame = plot.frame()
    assert frame is not None
    centre = QPointF(at(plot, 0.7, 0.0).x(), frame.area.bottom() + 13)
    before = plot.grab().toImage()
    plot.show_highlight({1}, set())
    after = plot.grab().toImage()
    ring = [centre + QPointF(11.5 * math.cos(t / 9), 11.5 * math.sin(t / 9)) for t in range(57)]

    def dark(image: QImage) -> int:
        return sum(image.pixelColor(place.toPoint()).lightness() < 90 for place in ring)

    assert dark(after) > 30
    assert dark(before) < 10


def test_on_a_fine_screen_the_plot_has_as_many_dots(plot: MixturePlot) -> None:
    """With two dots per pixel it is drawn twice as large, and not enlarged."""
    drawn = plot._draw(2.0)
    assert drawn.size() == plot.size() * 2
    assert drawn.deviceIndependentSize().toSize() == plot.size()
    enlarged = plot._draw(1.0).toImage().scaled(drawn.size())
    assert enlarged != drawn.toImage()


def test_odd_settings_give_the_usual_plot(user: User, open_desktop: OpenDesktop) -> None:
    """What another version, or a hand, wrote into the settings is left out."""
    user.window.close()
    for name, value in (("plot", "pie"), ("points_as", "7"), ("layers", "stack nonsense")):
        user.desktop._settings.setValue(name, value)
    again = open_desktop().state.view.plot
    assert again == PlotChoice(layers=frozenset({"stack"}))


def test_focus_is_visible(painting_user: User) -> None:
    """The plot has a frame in the accent's colour while keys go to it."""
    plot = painting_user.window.plot
    painting_user.window.next_button.setFocus()
    without = shown_pixels(plot, LIGHT.accent)
    plot.setFocus()
    assert shown_pixels(plot, LIGHT.accent) > without + 2 * plot.width()


def test_tab_reaches_the_plot_and_its_controls(user: User) -> None:
    """Everything about the plot can be reached by the keyboard."""
    wanted = {"plot", "plotKinds", "plotShow"}
    seen = set()
    for _ in range(60):
        user.keys(Qt.Key.Key_Tab)
        focus = user.window.focusWidget()
        assert focus is not None
        seen.add(focus.objectName())
    assert wanted <= seen


# What to show


def menu_texts(plot: MixturePlot) -> list[str]:
    return [a.text() for a in plot.controls.menu.actions() if a.isVisible() and a.text()]


def test_the_menu_offers_what_the_picture_can_have(
    user: User, plot: MixturePlot, tmp_path: Path
) -> None:
    """Responsibilities along x in one dimension, contours in two, neither by epoch."""
    assert "Responsibilities along x" in menu_texts(plot)
    assert "Contours of the density" not in menu_texts(plot)
    TEN_POINTS.save(tmp_path / "ten.json")
    user.desktop.problems.open_path(str(tmp_path / "ten.json"))
    assert "Contours of the density" in menu_texts(plot)
    assert "Responsibilities along x" not in menu_texts(plot)
    plot.controls.kinds.setCurrentIndex(1)
    assert menu_texts(plot) == ["Distance to the last, as log₁₀"]
    plot.controls.kinds.setCurrentIndex(2)
    assert not plot.controls.show_button.isVisible()


def trigger(plot: MixturePlot, text: str) -> None:
    (action,) = [a for a in plot.controls.menu.actions() if a.text() == text]
    action.trigger()


def test_layers_come_and_go(user: User, plot: MixturePlot) -> None:
    """Each entry of the menu adds to the picture, or takes away from it."""
    user.press("epoch")
    usual = user.scene
    assert usual.shows_components
    assert usual.before is not None
    assert usual.stack is None
    assert usual.histogram is None
    for text in ("Components", "Before this epoch", "Responsibilities along x"):
        trigger(plot, text)
    trigger(plot, "Points as a histogram")
    chosen = user.scene
    assert not chosen.shows_components
    assert chosen.before is None
    assert chosen.stack is not None
    assert chosen.histogram is not None
    assert plot.controls.layer_actions["stack"].isChecked()


def test_the_choice_is_remembered(user: User, open_desktop: OpenDesktop) -> None:
    """The next start shows the same plot in the same way."""
    trigger(user.window.plot, "Responsibilities along x")
    trigger(user.window.plot, "Points as dots")
    user.window.plot.controls.kinds.setCurrentIndex(2)
    chosen = user.state.view.plot
    assert chosen == PlotChoice("means", USUAL.layers | {"stack"}, "dots")
    user.window.close()
    assert open_desktop().state.view.plot == chosen


def test_many_points_are_a_histogram() -> None:
    """More than 200, unless dots are chosen; its bars are divided as the points' shares are."""
    rng = random.Random(7)
    points = tuple(rng.gauss(3 * (i % 2), 1) for i in range(201))
    problem = Problem(points, Mixture.univariate([0.5, 0.5], [0, 3], [1, 1]))
    walk = Walk.begin(problem).forward_epoch()
    many = picture_of(walk, (0, 1))
    few = picture_of(Walk.begin(replace(problem, points=points[:200])), (0, 1))
    dots = picture_of(walk, (0, 1), PlotChoice(points_as="dots"))
    assert isinstance(many, Scene)
    assert isinstance(few, Scene)
    assert isinstance(dots, Scene)
    assert many.histogram is not None
    assert few.histogram is None
    assert dots.histogram is None
    for bar in many.histogram.bars:
        assert bar.boundaries[-1] == pytest.approx(bar.height, abs=1e-12)


def test_contours_and_paths_of_a_plane(user: User, plane: MixturePlot) -> None:
    """Contours are there when chosen; each path leads from the start to where the mean is now."""
    choose(user, layers=USUAL.layers | {"contours"})
    assert isinstance(plane.picture, PlaneScene)
    picture = plane.picture
    assert picture.contours is not None
    assert all(contour.outlines for contour in picture.contours)
    start = user.walk.problem.initial.means
    for j, path in enumerate(picture.paths):
        assert path[0] == start[j]
        assert path[-1] == picture.means[j]
        assert len(dict.fromkeys(path)) == 3  # start, epoch 1, epoch 2


# Epoch by epoch


def test_log_likelihood_of_every_epoch(user: User, plot: MixturePlot) -> None:
    """The values are those of the history, also of epochs that one has gone back from."""
    user.press("epoch", 3)
    user.press("back", 9)
    plot.controls.kinds.setCurrentIndex(1)
    picture = plot.picture
    assert isinstance(picture, EpochScene)
    assert picture.series[0].values == tuple(m.log_likelihood for m in user.walk.milestones)
    assert (picture.last, picture.current) == (3, user.walk.history[-1].epoch)
    assert "ln L over 3 epochs" in plot.accessibleDescription()


def test_a_click_on_an_epoch_tells_of_it(user: User, plot: MixturePlot) -> None:
    """Above or below its dot; Left and Right go to the one before and after."""
    user.press("epoch", 4)
    plot.controls.kinds.setCurrentIndex(1)
    chosen: list[int] = []
    plot.epoch_chosen.connect(chosen.append)
    frame = plot.frame()
    assert frame is not None
    y = frame.area.center().y()
    for epoch in (2, 0):
        x = frame.at(epoch, frame.y.low).x()
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPointF(x + 2, y).toPoint())
    QTest.keyClick(plot, Qt.Key.Key_Left)  # there is no epoch before the start
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert chosen == [2, 0, 1]
    assert user.walk.history[-1].epoch == 1


def test_distance_to_the_last_is_logarithmic(user: User) -> None:
    """If chosen, the log-likelihood's distance to its last value; the read-out says which."""
    walk = user.walk.go_to(30, 8)
    scene = log_likelihood_scene_of(walk, PlotChoice("log_likelihood", frozenset({"distance"})))
    values = [value for value in scene.series[0].values if value is not None]
    last = walk.milestones[-1].log_likelihood
    assert 10 ** values[5] == pytest.approx(last - walk.milestones[5].log_likelihood, rel=1e-9)
    assert "yet to come" in scene.name


def test_means_epoch_by_epoch(user: User) -> None:
    """A series for each component, its means in order."""
    walk = user.walk.go_to(3, 8)
    scene = means_scene_of(walk, (0, 1))
    assert [series.component for series in scene.series] == [0, 1]
    for j, series in enumerate(scene.series):
        assert series.values == tuple(m.mixture.means[j] for m in walk.milestones)


@pytest.mark.parametrize(("d", "coordinates"), [(1, (0, 1)), (2, (0, 1)), (3, (2, 0))])
def test_means_of_vectors_epoch_by_epoch(d: int, coordinates: tuple[int, int]) -> None:
    """Each of the coordinates that the plot shows; those of the second are told apart, and named."""
    walk = Walk.begin(problem(n=20, k=2, d=d)).go_to(2, 8)
    scene = means_scene_of(walk, coordinates)
    shown = coordinates[:d]
    assert [series.name for series in scene.series] == [
        f"μ{'₁₂'[j]}[{a + 1}]" for a in shown for j in (0, 1)
    ]
    for series, (a, j) in zip(scene.series, itertools.product(shown, (0, 1)), strict=True):
        assert series.component == j
        assert series.is_second == (a != shown[0])
        assert series.values == tuple(m.mixture.means[j][a] for m in walk.milestones)
    for a in shown:
        assert f"μ[{a + 1}]" in scene.name


@pytest.mark.parametrize("kind", ["mixture", "log_likelihood", "means"])
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_kind_is_painted_zoomed_and_not(
    painting_user: User, kind: str, colours: theme.Theme
) -> None:
    """All plots with all layers paint, in both themes, however close one looks."""
    painting_user.press("epoch", 3)
    painting_user.desktop.parts.look(theme=colours.name)
    choose(painting_user, kind=kind, layers=frozenset({"components", "stack", "before"}))
    plot = painting_user.window.plot
    for factor in (1.0, 0.1, 0.001, 1e5):
        plot.zoom(factor)
        plot.show_highlight({0}, {1})
        plot.show_handles(True)
        assert shown_pixels(plot, colours.base) > 100
        assert len(set(pixels_of(plot.grab().toImage()))) > 10


ODD_PROBLEMS = {
    "huge": Problem((-1e75, 0.0, 1e75), Mixture.univariate([0.5, 0.5], [0, 1], [1e150, 1e150])),
    "tiny": Problem(
        tuple(1e-75 * i for i in range(1, 250)),
        Mixture.univariate([0.5, 0.5], [1e-75, 2e-73], [1e-146, 1e-146]),
    ),
    "close together, far from zero": Problem(
        (1e6, 1e6 + 1e-3), Mixture.univariate([1], [1e6], [1e-6])
    ),
    "huge across": Problem(
        ((1e75, 0.0), (-1e75, 3.0), (0.0, 1.0)),
        Mixture.multivariate([1], [(0, 0)], [[[1e150, 0], [0, 1]]]),
    ),
}


@pytest.mark.parametrize("name", ODD_PROBLEMS)
def test_odd_problems_can_be_looked_at(painting_user: User, tmp_path: Path, name: str) -> None:
    """However near, far or aside one looks, everything paints, and the pointer is answered."""
    ODD_PROBLEMS[name].save(tmp_path / "odd.json")
    painting_user.desktop.problems.open_path(str(tmp_path / "odd.json"))
    painting_user.press("epoch")
    choose(painting_user, layers=USUAL.layers | {"stack", "contours", "equal"})
    plot = painting_user.window.plot
    for factors in ((0.1,) * 8, (10.0,) * 12):
        for factor in factors:
            plot.zoom(factor, QPointF(300, 100))
            plot.grab()
            plot.thing_at(QPointF(200, 100))
            move(plot, QPointF(250, 100))
    for across, up in ((3, 3), (-1e3, 2)):
        plot.pan(across, up)
        plot.grab()
    assert plot.is_zoomed

"""Everything that is painted, is painted: an exception in a paintEvent shows only when it is grabbed."""

import dataclasses
import itertools
import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from refgmm import Granularity, Mixture, Problem, Walk, gallery
from refgmm_gui import theme
from refgmm_gui.draft import Draft
from refgmm_gui.icon import icon
from refgmm_gui.plots import plane_painting
from refgmm_gui.plots.mixture_plot import MixturePlot
from refgmm_gui.plots.picture import paint
from refgmm_gui.plots.scene import Scene, plane_scene_of, scene_of
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.theme import DARK, LIGHT, Theme
from tests.gui import icons
from tests.gui.driver import ALL_STEPS, User, pixels_of

SIZES = [(1280, 800), (1920, 1080)]
THEMES = {"light": LIGHT, "dark": DARK}


@pytest.fixture
def user(painting_user: User) -> User:
    """Here the window paints."""
    return painting_user


def painted_widgets(user: User) -> dict[str, QWidget]:
    """Every widget of the app's own that paints something of its own."""
    window = user.window
    return {
        "window": window,
        "plot": window.plot,
        "worksheet": window.worksheet,
        "worksheet's head": window.worksheet.header,
        "footer": window.worksheet.footer,
        "history": window.history,
        "history's head": window.history.table.header,
        "step text": window.step_text,
        "inputs": window.inputs,
    }


def grab(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def is_blank(picture: QImage) -> bool:
    """Whether a picture has a single colour."""
    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    data = bytes(image.constBits())
    return data == data[:4] * (len(data) // 4)


def assert_painted(user: User) -> None:
    """Every painted widget shows something."""
    for name, widget in painted_widgets(user).items():
        assert not is_blank(grab(widget)), name


def shows(picture: QImage, colour: QColor) -> bool:
    """Whether a picture has pixels of this colour, give or take what antialiasing blends."""
    red, green, blue = colour.red(), colour.green(), colour.blue()
    return any(
        abs((rgb >> 16 & 255) - red) + abs((rgb >> 8 & 255) - green) + abs((rgb & 255) - blue) <= 12
        for rgb in set(pixels_of(picture))
    )


def pixels(picture: QImage, colour: str) -> int:
    """How many pixels of a picture have exactly this colour."""
    return pixels_of(picture).count(QColor(colour).rgb())


def put(
    user: User, points: Sequence[float], components: Sequence[tuple[float, float, float]]
) -> None:
    """Another problem, as if it had been typed."""
    rows = tuple((repr(w), repr(m), repr(v)) for w, m, v in components)
    user.desktop.parts.edit(Draft(tuple((repr(x),) for x in points), rows))
    user.window.actions_by_name["start"].trigger()
    user.wait_computed()
    assert not user.fault


def sample(n: int) -> list[float]:
    rng = random.Random(1)
    return [round(rng.gauss(3 * (i % 3), 1), 3) for i in range(n)]


def spread(k: int) -> list[tuple[float, float, float]]:
    return [(1 / k, 6 * j / max(k - 1, 1), 2.0) for j in range(k)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", THEMES)
def test_example_is_painted_at_each_sub_step(user: User, size: tuple[int, int], name: str) -> None:
    """The whole window paints at every sub-step, in both themes and sizes, in the theme's colours."""
    colours = THEMES[name]
    user.menu_action("Theme", colours.name.capitalize()).trigger()
    user.window.resize(QSize(*size))
    user.settle()
    assert (user.window.width(), user.window.height()) == size
    for _ in range(ALL_STEPS + 2):
        assert not is_blank(grab(user.window))
        user.next()
    assert_painted(user)
    picture = grab(user.window.plot)
    for component in (0, 1):
        assert shows(picture, theme.component_colour(colours, component))
    assert shows(picture, QColor(colours.base))
    assert shows(grab(user.worksheet.viewport()), QColor(colours.fresh))


def test_example_at_the_start_is_painted(user: User) -> None:
    """Before the first step everything paints, too."""
    assert_painted(user)


@pytest.mark.parametrize("k", [1, 2, 3, 8])
@pytest.mark.parametrize("n", [1, 5, 1000])
def test_any_size_is_painted(user: User, k: int, n: int) -> None:
    """One to eight components, one to a thousand points: all of it paints, at the start and on the way."""
    user.window.resize(1280, 800)
    put(user, sample(n), spread(k))
    assert_painted(user)
    for name in ("forward", "epoch", "epoch"):
        if user.window.actions_by_name[name].isEnabled():
            user.press(name)
    assert_painted(user)
    picture = grab(user.window.plot)
    if n > 1:
        for component in range(k):
            assert shows(picture, theme.component_colour(LIGHT, component)), component


def test_points_take_the_colours_of_their_shares(user: User) -> None:
    """Grey until the responsibilities are known, then the components' colours."""
    put(user, [-5.0, 5.0], [(0.5, -5.0, 0.1), (0.5, 5.0, 0.1)])
    assert pixels(grab(user.window.plot), LIGHT.point) > 100
    first = LIGHT.components[0]
    before = pixels(grab(user.window.plot), first)
    user.next(4)
    assert pixels(grab(user.window.plot), LIGHT.point) < 20
    assert pixels(grab(user.window.plot), first) > before + 100


def test_collapse_is_painted(user: User) -> None:
    """A spike stands where a component has collapsed, from the bottom of the plot to its top."""
    put(user, [0.0, 10.0, 11.0, 12.0], [(0.5, 0.0, 0.001), (0.5, 11.0, 1.0)])
    user.press("epoch")
    assert user.scene.spikes == {0}
    assert_painted(user)
    picture = grab(user.window.plot)
    wanted, found = theme.component_colour(LIGHT, 0).rgb(), pixels_of(picture)
    columns = (found[x :: picture.width()] for x in range(picture.width()))
    assert max(column.count(wanted) for column in columns) > 0.4 * picture.height()


def test_without_a_problem_everything_is_painted(user: User) -> None:
    """An empty window, and one whose inputs are wrong from the start, paint."""
    user.window.actions_by_name["new"].trigger()
    for name, widget in painted_widgets(user).items():
        picture = grab(widget)
        assert name in ("footer", "worksheet", "worksheet's head", "history's head") or not (
            is_blank(picture)
        ), name


def test_faults_are_painted(user: User) -> None:
    """A bad cell stands out in the picture, in its theme's colour."""
    for name, colours in THEMES.items():
        user.menu_action("Theme", name.capitalize()).trigger()
        user.type_point(1, "abc")
        user.points.clearSelection()
        user.points.setCurrentIndex(user.points.model().index(4, 0))
        assert shows(grab(user.points.viewport()), QColor(colours.fault))


def test_folded_columns_are_painted(user: User) -> None:
    """With all groups folded away but one, and with none left, the worksheet paints."""
    for text in [action.text() for action in user.menu("View", "Columns").actions()]:
        user.menu_action("Columns", text).trigger()
        for widget in painted_widgets(user).values():
            grab(widget)


# The plot alone


def test_the_name_of_the_axis_up_stands_clear_of_its_numbers(app: QApplication) -> None:
    """The highest number may stand beside the top of the axis: the name is not written over it."""
    plane = plane_scene_of(Walk.begin(gallery.named("iris").problem()), (0, 1))
    area = QRectF(0, 0, 500, 300)

    def painted(name: str) -> QImage:
        image = QImage(area.size().toSize(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        plane_painting.paint(painter, area, dataclasses.replace(plane, names=("", name)), LIGHT)
        painter.end()
        return image

    named, nameless = pixels_of(painted("x[2]")), pixels_of(painted(""))
    touched = {at % 500 for at in range(len(named)) if named[at] != nameless[at]}
    numbers_end = plane_painting.frame_of(area, plane, QFontMetricsF(app.font())).area.left() - 6
    assert touched
    assert min(touched) >= numbers_end


def picture_of(scene: Scene, colours: Theme, width: int, height: int) -> QImage:
    """The picture on a device that is no widget."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    paint(painter, QRectF(image.rect()), scene, colours)
    painter.end()
    return image


def scene(points: Sequence[float], components: Sequence[tuple[float, float, float]]) -> Scene:
    weights, means, variances = zip(*components, strict=True)
    problem = Problem(tuple(points), Mixture.univariate(weights, means, variances))
    return scene_of(Walk.begin(problem), 100)


def with_means(scene: Scene, *means: float) -> Scene:
    weights, _, variances = scene.parameters
    return dataclasses.replace(scene, parameters=(weights, means, variances))


ODD_SCENES = {
    "means that are 0/0": with_means(scene([1.0, 2.0], spread(2)), math.nan, math.nan),
    "means out of sight": with_means(scene([1.0, 2.0], spread(2)), -1e6, 1e6),
    "one mean for all": scene([1.0, 2.0], [(0.125, 1.5, 1.0)] * 8),
    "a point": scene([3.0], [(1.0, 3.0, 1e-20)]),
    "equal points": scene([3.0] * 50, [(1.0, 3.0, 1.0)]),
    "huge": scene([-1e75, 1e75], [(1.0, 0.0, 1e150)]),
    "tiny": scene([1e-75, 2e-75], [(1.0, 0.0, 1e-150)]),
    "far from the components": scene([1e6, 1e6 + 1], [(1.0, 0.0, 1.0)]),
    "close together, far from zero": scene([1e6, 1e6 + 1e-3], [(1.0, 1e6, 1e-6)]),
    "narrow and wide": scene([0.0, 100.0], [(0.5, 0.0, 1e-9), (0.5, 50.0, 1e4)]),
    "weight zero": scene([0.0, 1.0], [(1.0, 0.0, 1.0), (0.0, 1.0, 1.0)]),
    "ten thousand points": scene(sample(10_000), spread(3)),
}


@pytest.mark.parametrize("name", ODD_SCENES)
def test_odd_scene_is_painted(app: QApplication, name: str) -> None:
    """Whatever the walk leads to paints over its whole area, large or small, and tiny, too."""
    for colours in (LIGHT, DARK):
        for width, height in ((800, 250), (240, 150)):
            picture = picture_of(ODD_SCENES[name], colours, width, height)
            assert not is_blank(picture)
            assert picture.pixelColor(0, 0).name() == colours.base
            assert picture.pixelColor(width - 1, height - 1).name() == colours.base
        picture_of(ODD_SCENES[name], colours, 60, 40)


def test_widget_paints_what_paint_paints(user: User) -> None:
    """The plot on screen is the same picture as on any other device."""
    plot = MixturePlot()
    user.bot.addWidget(plot)
    plot.resize(600, 250)
    plot.show_scene(user.scene, LIGHT)
    grabbed = grab(plot).convertToFormat(QImage.Format.Format_RGB32)
    assert not is_blank(grabbed)
    assert LIGHT.base == grabbed.pixelColor(0, 0).name()


def test_plot_says_in_words_what_it_shows(user: User) -> None:
    """Who can't see the plot hears of its points and means."""
    assert user.window.plot.accessibleDescription() == (
        "5 points from 0.7 to 2.4; component 1 with weight 0.5 at 1, variance 2; "
        "component 2 with weight 0.5 at 2, variance 2; the density rises to 0.265"
    )
    user.press("epoch")
    assert (
        "component 1 with weight 0.5125 at 1.307, variance 0.351"
        in user.window.plot.accessibleDescription()
    )


# Nothing is cut


def test_worksheet_of_the_example_fits(user: User) -> None:
    """At 1280 by 800, with 4 decimals and φ(z), no scroll bar, and no head or number is cut."""
    user.window.resize(1280, 800)
    assert user.window.standard.isChecked()
    user.set_decimals(4)
    user.press("epoch")
    user.settle()
    assert user.footer.horizontalScrollBar().maximum() == 0
    assert user.worksheet.horizontalScrollBar().maximum() == 0
    assert user.worksheet.verticalScrollBar().maximum() == 0
    assert_nothing_cut(user)


@pytest.mark.parametrize("decimals", [2, 4, 10, 17])
def test_nothing_is_cut(user: User, decimals: int) -> None:
    """Titles, symbols and numbers have the room that they need, with any decimals."""
    user.window.resize(1280, 800)
    user.set_decimals(decimals)
    user.press("epoch", 3)
    user.settle()
    assert_nothing_cut(user)


def assert_nothing_cut(user: User) -> None:
    """Every title, symbol and number is narrower than where it stands."""
    tables = user.window.worksheet, user.window.history
    for table in (tables[0].lead, tables[0].points, tables[1].table):
        header, model = table.header, table.model()
        font = header.font()
        font.setBold(True)
        bold, plain = QFontMetrics(font), QFontMetrics(table.font())
        for (_, title), sections in header.groups():
            width = sum(header.sectionSize(section) for section in sections)
            assert header.fontMetrics().horizontalAdvance(title) <= width, title
            for section in sections:
                symbol = str(model.headerData(section, Qt.Orientation.Horizontal))
                assert bold.horizontalAdvance(symbol) < header.sectionSize(section), symbol
                for row in range(model.rowCount()):
                    text = str(model.data(model.index(row, section)))
                    assert plain.horizontalAdvance(text) + 6 <= header.sectionSize(section), text
    footer = user.footer
    metrics = QFontMetrics(footer.font())
    font = footer.font()
    font.setBold(True)
    bold = QFontMetrics(font)
    for row in range(2):
        for column in range(2, footer.model().columnCount()):
            index = footer.model().index(row, column)
            room = footer.columnWidth(column)
            assert bold.horizontalAdvance(str(footer.model().data(index))) + 4 <= room
            symbol = str(footer.model().data(index, Role.SYMBOL) or "")
            assert 0.85 * metrics.horizontalAdvance(symbol) <= room, symbol


def test_next_button_has_room_for_its_words(user: User) -> None:
    """What the big button says fits on it, whatever it says."""
    user.window.resize(1280, 800)
    user.use_note_labelling()
    for granularity in Granularity:
        user.step_by(granularity)
        for _ in range(17):
            user.settle()
            button = user.window.next_button
            needed = button.fontMetrics().horizontalAdvance(user.next_text)
            assert needed + button.iconSize().width() < button.width(), user.next_text
            user.next()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("drawing", sorted(icons.FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_icons_are_their_drawings_in_the_colour_asked_for(drawing: Path) -> None:
    """Pixel by pixel: as opaque as Qt paints the drawing (its releases may smooth otherwise), and blue."""
    theirs = icons.painted(drawing)
    ours = icon(drawing.stem, "#1f5fbf").pixmap(icons.SIZE).toImage()
    assert ours.size() == theirs.size()
    places = list(itertools.product(range(ours.width()), range(ours.height())))
    opaque = [at for at in places if ours.pixelColor(*at).alpha() == 255]
    assert opaque
    assert {ours.pixelColor(*at).name() for at in opaque} == {"#1f5fbf"}
    for at in places:
        assert ours.pixelColor(*at).alpha() == pytest.approx(theirs.pixelColor(*at).alpha(), abs=8)

"""The colours of every theme can be told apart, as WCAG 2.2 measures it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QRadioButton,
    QWidget,
)

from refgmm_gui import theme
from refgmm_gui.theme import CHOICES, DARK, LIGHT, ON_BLACK, ON_WHITE, Theme, chosen

THEMES = {theme.name: theme for theme in (LIGHT, DARK, ON_WHITE, ON_BLACK)}

TEXT_ON = {
    "text": ("window", "base", "alternate", "button", "fresh", "notice"),
    "muted": ("window", "base", "alternate", "button", "fresh"),
    "on_accent": ("accent",),
    "accent": ("base",),  # links
    "fault_text": ("window", "fault"),
}
"""Which colours letters have, and on which grounds."""

SIGNS_ON = {
    "accent": (
        "window",
        "base",
        "fresh",
    ),  # the ring of the focus, the frame of the number explained
    "source": ("base", "fresh"),
    "rise": ("base", "fresh"),
    "fall": ("base", "fresh"),
    "point": ("base",),
}
"""Lines and shapes that say something (WCAG 1.4.11)."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2: 1 for the same colour, 21 for black on white."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_itself() -> None:
    """Black on white is 21 to 1, and the grey that WCAG's guide names is 4.54 to 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def least(theme: Theme) -> float:
    return 7.0 if theme.name.startswith("high contrast") else 4.5


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name: str) -> None:
    """Letters have 4.5 to 1 on every ground on which they stand, and 7 to 1 in high contrast."""
    theme = THEMES[name]
    for colour, grounds in TEXT_ON.items():
        for ground in grounds:
            ratio = contrast(getattr(theme, colour), getattr(theme, ground))
            assert ratio >= least(theme), f"{colour} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_components_can_be_read(name: str) -> None:
    """So have the components' colours, in which symbols and numbers are written."""
    theme = THEMES[name]
    for colour in theme.components:
        for ground in (theme.base, theme.window):
            ratio = contrast(colour, ground)
            assert ratio >= least(theme), f"{colour} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_signs_can_be_seen(name: str) -> None:
    """Frames, arrows and points have 3 to 1."""
    theme = THEMES[name]
    for colour, grounds in SIGNS_ON.items():
        for ground in grounds:
            ratio = contrast(getattr(theme, colour), getattr(theme, ground))
            assert ratio >= 3.0, f"{colour} on {ground}: {ratio:.2f}"


@pytest.fixture
def dressed(app: QApplication) -> Iterator[Callable[[str], None]]:
    """Gives the app the colours of a choice; afterwards those that it had."""
    before = [key for key in CHOICES if chosen(key).name == app.property("theme")]
    yield lambda choice: theme.apply(app, chosen(choice))
    theme.apply(app, chosen(before[-1] if before else "light"))


def box_on(ground: QWidget) -> None:
    QCheckBox(ground).setGeometry(4, 4, 30, 30)


def button_on(ground: QWidget) -> None:
    QRadioButton(ground).setGeometry(4, 4, 30, 30)


def list_on(ground: QWidget) -> None:
    choice = QListWidget(ground)
    QListWidgetItem("", choice).setCheckState(Qt.CheckState.Unchecked)
    choice.setFrameShape(QFrame.Shape.NoFrame)  # or its lines would count


def menu_on(ground: QWidget) -> None:
    menu = QMenu(ground)
    menu.setWindowFlags(Qt.WindowType.Widget)
    menu.addAction(" ").setCheckable(True)
    menu.move(-2, -2)  # its frame out of sight
    menu.resize(200, 200)


@pytest.mark.parametrize("choice", ["light", "dark", "on_white", "on_black"])
@pytest.mark.parametrize("put", [box_on, button_on, list_on, menu_on])
def test_an_empty_box_can_be_seen(
    dressed: Callable[[str], None], choice: str, put: Callable[[QWidget], None]
) -> None:
    """The outline of a box that isn't ticked has 3 to 1, in dialogs, lists and menus."""
    dressed(choice)
    ground = QWidget()
    ground.resize(40, 40)
    put(ground)
    picture = ground.grab().toImage()
    shown = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    colours = chosen(choice)
    for colour in (colours.window, colours.base):
        assert max(contrast(colour, other) for other in shown) >= 3.0


def test_choices_are_themes() -> None:
    """Each choice of the menu but the system's has a theme of its own."""
    names = [chosen(choice).name for choice in ("light", "dark", "on_white", "on_black")]
    assert names == list(THEMES)

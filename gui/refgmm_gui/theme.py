"""Colours: a light and a dark palette, two of high contrast, and a colour for each component.

The components' colours come from refgmm.plot_style; on a dark ground they are lightened. Text has a
contrast of 4.5 to 1, and of 7 to 1 where high contrast is chosen (WCAG 2.2, 1.4.3 and 1.4.6).
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from refgmm import plot_style
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of the app, as #rrggbb."""

    name: str
    window: str
    base: str  # of tables and plots
    alternate: str
    button: str
    text: str
    muted: str  # secondary text
    border: str
    grid: str  # lines of a plot
    accent: str
    on_accent: str
    fresh: str  # behind cells that the last step filled
    fault: str  # behind a cell that holds no number
    fault_text: str
    notice: str  # behind a message about the run
    source: str  # around a cell that the one explained is made of
    rise: str  # of a number that has grown
    fall: str
    point: str  # a point that nobody is responsible for yet
    components: tuple[str, ...]
    has_high_contrast: bool = False


LIGHT = Theme(
    name="light",
    window="#f3f4f6",
    base=plot_style.BASE,
    alternate="#f8f9fa",
    button="#fbfbfc",
    text=plot_style.TEXT,
    muted=plot_style.MUTED,
    border="#cdd2d9",
    grid=plot_style.GRID,
    accent="#1f5fbf",
    on_accent="#ffffff",
    fresh="#fff0b8",
    fault="#fbdcd9",
    fault_text="#9b1c13",
    notice="#fdecc8",
    source="#558ad3",
    rise="#00704f",
    fall="#a3336b",
    point=plot_style.POINT,
    components=plot_style.COMPONENTS,
)

DARK = Theme(
    name="dark",
    window="#1f2227",
    base="#16181c",
    alternate="#1b1e23",
    button="#2b2f36",
    text="#e8eaed",
    muted="#a5adb8",
    border="#3c424b",
    grid="#2a2e35",
    accent="#4c8df0",
    on_accent="#0b0d10",
    fresh="#4a4117",
    fault="#57211f",
    fault_text="#ff9d94",
    notice="#4a3a14",
    source="#7aa7ea",
    rise="#3fcf9f",
    fall="#f08fc0",
    point="#8d95a1",
    components=(
        "#56b4e9",
        "#ff9150",
        "#3fcf9f",
        "#e79fc6",
        "#efc04a",
        "#9fd3f5",
        "#b5bcc6",
        "#b79cf2",
    ),
)

ON_WHITE = Theme(
    name="high contrast on white",
    window="#ffffff",
    base="#ffffff",
    alternate="#ffffff",
    button="#ffffff",
    text="#000000",
    muted="#333333",
    border="#000000",
    grid="#767676",
    accent="#003a9b",
    on_accent="#ffffff",
    fresh="#fff2a8",
    fault="#ffe0dc",
    fault_text="#7a0000",
    notice="#fff2a8",
    source="#003a9b",
    rise="#004d33",
    fall="#7d0f48",
    point="#5a5a5a",
    components=(
        "#00487a",
        "#7c3200",
        "#004d38",
        "#7a2355",
        "#5a3f00",
        "#1b4e6b",
        "#393e45",
        "#4a2796",
    ),
    has_high_contrast=True,
)

ON_BLACK = Theme(
    name="high contrast on black",
    window="#000000",
    base="#000000",
    alternate="#000000",
    button="#000000",
    text="#ffffff",
    muted="#d6d6d6",
    border="#ffffff",
    grid="#767676",
    accent="#7fc4ff",
    on_accent="#000000",
    fresh="#3d3600",
    fault="#4d0000",
    fault_text="#ffb3ab",
    notice="#3d3600",
    source="#7fc4ff",
    rise="#5ef0bd",
    fall="#ffb0d6",
    point="#b0b0b0",
    components=(
        "#6cc4f5",
        "#ffa46b",
        "#4fe0ae",
        "#f2b3d5",
        "#f5cd63",
        "#b4dcf7",
        "#c6ccd4",
        "#cbb6f8",
    ),
    has_high_contrast=True,
)

_THEMES = {"light": LIGHT, "dark": DARK, "on_white": ON_WHITE, "on_black": ON_BLACK}
CHOICES = {
    "system": "Follow the system",
    "light": "Light",
    "dark": "Dark",
    "on_white": "High contrast on white",
    "on_black": "High contrast on black",
}


_WITH_BOXES = ("QCheckBox", "QRadioButton", "QListWidget", "QMenu")
"""Widgets that show boxes to tick. Fusion draws a box's outline in a darker shade of Window, which on a
dark ground can't be seen, and these widgets show nothing else in that colour.
"""
_PROPERTY = "theme"  # of the app: the name of the one that is on
_IN_HIGH_CONTRAST = """
QPushButton, QToolButton, QLineEdit, QAbstractSpinBox, QComboBox {{ border: 1px solid {border}; }}
QPushButton {{ padding: 3px 8px; }}
QToolButton {{ padding: 2px 4px; }}
QComboBox, QAbstractSpinBox, QLineEdit {{ padding: 1px 4px; }}
QTabBar::tab {{ border: 1px solid {border}; padding: 3px 9px; }}
QTabBar::tab:selected {{ background: {accent}; color: {on_accent}; }}
QSlider::groove:horizontal {{ height: 4px; background: {grid}; }}
QSlider::sub-page:horizontal {{ background: {accent}; }}
QSlider::handle:horizontal {{ width: 10px; margin: -5px 0px; background: {text}; }}
#tourCard {{ border: 2px solid {border}; background: {base}; }}
"""


def chosen(choice: str) -> Theme:
    """The theme for one of CHOICES."""
    return _THEMES.get(choice) or _of_system()


def _of_system() -> Theme:
    """Light or dark, and of high contrast, as the system has it."""
    hints = QGuiApplication.styleHints()
    is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    if hasattr(hints, "accessibility"):  # from Qt 6.10 on
        preference = hints.accessibility().contrastPreference()
        if preference == Qt.ContrastPreference.HighContrast:
            return ON_BLACK if is_dark else ON_WHITE
    return DARK if is_dark else LIGHT


def component_colour(theme: Theme, component: int) -> QColor:
    """The colour of a component, from 0; they repeat after eight."""
    return QColor(theme.components[component % len(theme.components)])


def blend(theme: Theme, shares: tuple[float, ...]) -> QColor:
    """The components' colours mixed in these shares, and what lacks to 1 in the colour of a point."""
    red = green = blue = 0.0
    colours = [component_colour(theme, component) for component in range(len(shares))]
    rest = max(1.0 - sum(shares), 0.0)
    for colour, share in zip([*colours, QColor(theme.point)], [*shares, rest], strict=True):
        red += share * colour.redF()
        green += share * colour.greenF()
        blue += share * colour.blueF()
    return QColor.fromRgbF(min(red, 1.0), min(green, 1.0), min(blue, 1.0))


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole app the theme's colours."""
    if app.property(_PROPERTY) == theme.name:  # they are on; to set them once more takes long
        return
    app.setProperty(_PROPERTY, theme.name)
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.base,
        QPalette.ColorRole.AlternateBase: theme.alternate,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.button,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.ToolTipBase: theme.base,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.BrightText: theme.fault_text,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    app.setPalette(palette)
    palette.setColor(QPalette.ColorRole.Window, QColor(theme.text))
    for name in _WITH_BOXES:
        app.setPalette(palette, name)  # type: ignore[arg-type]  # the stub asks for bytes, PySide refuses them
    palette.setColor(QPalette.ColorRole.Button, QColor(theme.muted))
    app.setPalette(palette, "QSlider")  # type: ignore[arg-type]  # its handle, to be seen on a dark ground
    # Fusion draws borders, handles and the tab chosen in hardly another colour. No sheet where there need
    # be none: Qt asks it about every widget, which takes a tenth of the time in which the app starts.
    sheet = ""
    if theme.has_high_contrast:
        sheet = _IN_HIGH_CONTRAST.format(
            base=theme.base,
            border=theme.border,
            grid=theme.grid,
            text=theme.text,
            accent=theme.accent,
            on_accent=theme.on_accent,
        )
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)

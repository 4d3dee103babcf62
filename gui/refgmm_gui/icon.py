"""The app's own icons, in the colour of the text: a theme's icons are missing on many desktops."""

from pathlib import Path

from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

_FOLDER = Path(__file__).parent / "icons"


def icon(name: str, colour: str) -> QIcon:
    """icons/<name>.png in this colour (#rrggbb).

    The files are painted from the drawings <name>.svg beside them: to load what reads SVG would take a
    thirtieth of the time in which the app starts.
    """
    pixmap = QPixmap(str(_FOLDER / f"{name}.png"))
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    return QIcon(pixmap)

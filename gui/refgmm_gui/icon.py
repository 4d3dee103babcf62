"""The app's own icons, in the colour of the text: a theme's icons are missing on many desktops."""

from pathlib import Path

from PySide6.QtGui import QIcon, QPixmap

_FOLDER = Path(__file__).parent / "icons"
_DRAWN = "#000000"  # the colour that the files have
_SIZE = 48  # pixels; Qt scales it down


def icon(name: str, colour: str) -> QIcon:
    """icons/<name>.svg in this colour (#rrggbb)."""
    svg = (_FOLDER / f"{name}.svg").read_text("utf-8")
    tinted = svg.replace(_DRAWN, colour).replace(
        "<svg", f'<svg width="{_SIZE}" height="{_SIZE}"', 1
    )
    pixmap = QPixmap()
    pixmap.loadFromData(tinted.encode(), "SVG")
    return QIcon(pixmap)

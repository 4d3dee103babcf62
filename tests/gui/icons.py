"""The app's icons as pixels: gui/refgmm_gui/icons/NAME.png is NAME.svg, painted by Qt.

To make them anew after a change to a drawing: python -m tests.gui.icons
"""

import os
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

import refgmm_gui

FOLDER = Path(refgmm_gui.__file__).parent / "icons"
SIZE = QSize(48, 48)
"""Three times what a button shows in letters of usual size: enough for presentations and fine screens."""


def painted(drawing: Path) -> QImage:
    """An SVG file as a picture: black, on nothing."""
    picture = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(drawing)).render(painter, QRectF(picture.rect()))
    painter.end()
    return picture


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QGuiApplication([])
    for path in FOLDER.glob("*.svg"):
        painted(path).save(str(path.with_suffix(".png")))

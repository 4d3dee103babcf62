"""The pictures in docs/: python -m refgmm_gui.screenshots [FOLDER]

Drives the real app, offscreen, so that the pictures can't show what the app doesn't.
"""

import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from refgmm_gui.desktop import Desktop

# name: theme, width, height, and the actions taken first
PICTURES: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "start": ("light", 1280, 800, ()),
    "means": ("light", 1280, 800, ("forward",) * 6),
    "epochs": ("light", 1280, 800, ("epoch", "epoch", "epoch")),
    "dark": ("dark", 1920, 1080, ("epoch",) + ("forward",) * 4),
}


def make(folder: Path) -> list[Path]:
    """Write every picture as a PNG into the folder; the paths written."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    written = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, (theme, width, height, steps) in PICTURES.items():
            settings = QSettings(f"{temporary}/{name}.ini", QSettings.Format.IniFormat)
            settings.setValue("theme", theme)
            desktop = Desktop(app, settings)
            desktop.window.resize(width, height)
            desktop.window.show()
            app.processEvents()
            for step in steps:
                desktop.window.actions_by_name[step].trigger()
            app.processEvents()
            path = folder / f"{name}.png"
            desktop.window.grab().save(str(path))
            desktop.window.close()
            written.append(path)
    return written


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for picture in make(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        print(picture)

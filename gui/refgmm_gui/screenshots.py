"""The pictures in docs/: python -m refgmm_gui.screenshots [FOLDER]

Drives the real app, offscreen, so that the pictures can't show what the app doesn't.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from refgmm import Mixture, Problem
from refgmm_gui.desktop import Desktop

TEN_POINTS = Problem(
    points=(
        (11, 42), (19, 45), (15, 36), (25, 38), (24, 33),
        (-24, 3), (-31, -4), (-34, -14), (-25, -5), (-16, 7),
    ),
    initial=Mixture.multivariate(
        weights=[0.5, 0.5],
        means=[(-25, 40), (-60, -30)],
        covariances=[[[400, 0], [0, 400]]] * 2,
    ),
)  # fmt: skip
"""Two groups of points in the plane, and a start far from both: lukapopijac's example."""


class Picture(NamedTuple):
    """A picture of the window, after these actions."""

    steps: tuple[str, ...]
    problem: Problem | None = None  # the lecture note's example where there is none
    theme: str = "light"
    size: tuple[int, int] = (1280, 800)


PICTURES = {
    "start": Picture(()),
    "means": Picture(("forward",) * 6),
    "epochs": Picture(("epoch", "epoch", "epoch")),
    "dark": Picture(("epoch",) + ("forward",) * 4, theme="dark", size=(1920, 1080)),
    "two-dimensions": Picture(("epoch", "epoch"), TEN_POINTS),
    "contrast": Picture(("epoch",) + ("forward",) * 4, theme="on_black"),
    "presentation": Picture(("epoch", "present"), size=(1920, 1080)),
}


def make(folder: Path) -> list[Path]:
    """Write every picture as a PNG into the folder; the paths written."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    written = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, picture in PICTURES.items():
            settings = QSettings(f"{temporary}/{name}.ini", QSettings.Format.IniFormat)
            settings.setValue("theme", picture.theme)
            desktop = Desktop(app, settings)
            desktop.window.resize(*picture.size)
            desktop.window.show()
            app.processEvents()
            if picture.problem is not None:
                problem = f"{temporary}/{name}.json"
                picture.problem.save(problem)
                desktop.problems.open_path(problem)
            for step in picture.steps:
                desktop.window.actions_by_name[step].trigger()
            app.processEvents()
            desktop.window.resize(*picture.size)  # a presentation is as large as the screen
            for _ in range(10):  # layouts settle in several rounds
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

"""The pictures in docs/, and the page that shows them: python -m refgmm_gui.screenshots [FOLDER]

Drives the real app, offscreen, so that the pictures can't show what the app doesn't.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from refgmm import Cell, Mixture, Problem, gallery, records
from refgmm_gui import session
from refgmm_gui.desktop import Desktop
from refgmm_gui.dialogs.compare import CompareDialog
from refgmm_gui.dialogs.gallery import GalleryDialog
from refgmm_gui.draft import Draft
from refgmm_gui.formulas.formula_view import FormulaView
from refgmm_gui.moving import Target
from refgmm_gui.plots.hits import Thing

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

_SMALLEST = 0  # of what Qt calls the quality of a PNG file: how much it is compressed
_PATIENCE = 60.0  # seconds
_SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1}
"""Without one: Qt's own is 800 pixels wide."""


class Stage:
    """The app, with someone in front of it who does what a picture shall show.

    Attributes: desktop.
    """

    def __init__(self, app: QApplication, settings: QSettings) -> None:
        self.app = app
        self.desktop = Desktop(app, settings)

    def do(self, *names: str) -> None:
        """Actions by name, one after the other."""
        for name in names:
            self.desktop.window.actions_by_name[name].trigger()
            self.settle()

    def open(self, problem: Problem) -> None:
        self.desktop.problems.show_draft(Draft.of_problem(problem), None)
        self.settle()

    def look(self, **changes: object) -> None:
        self.desktop.parts.look(**changes)
        self.settle()

    def look_at_plot(self, *, kind: str = "mixture", toggled: str = "") -> None:
        """Another plot, or one with a layer that was not there."""
        choice = records.replace(self.desktop.state.view.plot, kind=kind)
        self.look(plot=choice.toggled(toggled) if toggled else choice)

    def explain(self, *cells: str) -> None:
        """Ask for a number of the epoch, and follow those that it is made of."""
        epoch = self.desktop.state.place.walk.epoch.index if self.desktop.state.place else 1
        first, *others = (Cell.parse(cell, epoch=epoch) for cell in cells)
        self.desktop.store.update(lambda state: session.explaining(state, first))
        for cell in others:
            self.desktop.explaining.follow(cell)
        self.desktop.window.reveal(first if not others else others[-1])
        self.settle()

    def drag_mean(self, component: int, x: float) -> None:
        """Take hold of a mean on the plot, and move it there without letting go."""
        self.desktop.editing.preview(Thing("mean", component), Target(x, 0.0, 0.01, 0.01))
        self.settle()

    def settle(self) -> None:
        """Wait until all is computed, typeset and painted."""
        end = time.monotonic() + _PATIENCE
        while True:
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            widgets = self.app.allWidgets()
            is_typeset = all(w.is_typeset for w in widgets if isinstance(w, FormulaView))
            is_comparing = any(w.is_busy for w in widgets if isinstance(w, CompareDialog))
            if is_typeset and not is_comparing and not self.desktop.walking.is_busy:
                return
            if time.monotonic() > end:
                raise RuntimeError("the app has not come to rest")

    def front(self) -> QWidget:
        """The window in front: a dialog, where there is one."""
        dialogs = [w for w in self.app.topLevelWidgets() if isinstance(w, QDialog)]
        return next((w for w in dialogs if w.isVisible()), self.desktop.window)


class Picture(NamedTuple):
    """A picture: what it shows, in a sentence, and what is done before it is taken."""

    title: str
    words: str
    act: Callable[[Stage], None]
    theme: str = "light"
    size: tuple[int, int] = (1280, 800)  # of the window; a dialog has its own


def _start(stage: Stage) -> None:
    pass


def _epochs(stage: Stage) -> None:
    stage.do("epoch", "epoch", "epoch")


def _responsibility(stage: Stage) -> None:
    stage.do(*["forward"] * 4)
    stage.explain("responsibility:4,1")


def _trail(stage: Stage) -> None:
    stage.do(*["forward"] * 7)
    stage.explain("variance:1", "mean:1")


def _why(stage: Stage) -> None:
    stage.do("epoch")
    stage.explain("variance:1")
    stage.do("why")


def _paper(stage: Stage) -> None:
    stage.look(decimals=2)
    stage.do("paper", "epoch", "epoch", *["forward"] * 6)
    stage.explain("mean:1")


def _run(stage: Stage) -> None:
    stage.open(gallery.named("old_faithful").problem())
    stage.do("run")
    stage.look_at_plot(kind="log_likelihood")


def _editing(stage: Stage) -> None:
    stage.do("edit_plot")
    stage.drag_mean(1, 3.0)


def _examples(stage: Stage) -> None:
    GalleryDialog(stage.desktop.window, stage.desktop.parts.theme).show()


def _compare(stage: Stage) -> None:
    stage.do("epoch", "epoch", "epoch", "compare")


def _presentation(stage: Stage) -> None:
    stage.do("epoch", *["forward"] * 4, "simple", "present")


def _dark(stage: Stage) -> None:
    stage.do("epoch", *["forward"] * 4)
    stage.explain("responsibility:4,1")


def _high_contrast(stage: Stage) -> None:
    stage.do(*["forward"] * 6)
    stage.explain("mean:1")


def _two_dimensions(stage: Stage) -> None:
    stage.open(TEN_POINTS)
    stage.do("epoch", "epoch")
    stage.explain("covariance:1[2,1]")


def _contours(stage: Stage) -> None:
    stage.open(gallery.named("old_faithful_in_the_plane").problem())
    stage.do(*["epoch"] * 6, "simple")
    stage.look_at_plot(toggled="contours")


PICTURES = {
    "start": Picture(
        "The start",
        "The lecture note's example as the app opens with it: points and start on the left, the worksheet "
        "still empty, and a button that says what comes next.",
        _start,
    ),
    "epochs": Picture(
        "Three epochs",
        "The worksheet with every number of epoch 3, the parameters below it, and a line of the history for "
        "each epoch.",
        _epochs,
    ),
    "responsibility": Picture(
        "Where a number comes from",
        "A click on a responsibility: its formula with letters and with numbers, and a sentence that says "
        "what it means; in the table, the numbers that it is made of are outlined.",
        _responsibility,
    ),
    "trail": Picture(
        "The trail",
        "From a variance to the mean that it is taken about: each number of a formula leads to where it "
        "comes from, and the trail above leads back.",
        _trail,
    ),
    "why": Picture(
        "Why this formula?",
        "The update of the variance, derived: the derivative set to zero, step by step, each with its "
        "reason.",
        _why,
    ),
    "paper": Picture(
        "Paper mode",
        "Every number rounded to two decimals as it is written down, as a student with a pencil does; the "
        "explanation says how far that has led from the unrounded number.",
        _paper,
    ),
    "run": Picture(
        "A run",
        "Old Faithful's eruptions, run until the log-likelihood gains no more; the plot, the history and "
        "the timeline show the same epochs, and a click on any of them goes there.",
        _run,
    ),
    "editing": Picture(
        "The hand on the plot",
        "Points, means, widths and weights are dragged; the curves follow while the hand moves, and one "
        "undo takes it back.",
        _editing,
    ),
    "examples": Picture(
        "Examples",
        "Data from books, and a problem for each trouble that EM can have, with what to watch.",
        _examples,
    ),
    "compare": Picture(
        "Two runs side by side",
        "The textbook's names of the steps and the lecture note's on the same numbers; or two starts, or "
        "paper mode and exact numbers.",
        _compare,
    ),
    "two-dimensions": Picture(
        "Two dimensions",
        "Ellipses, and the paths of the means; of each covariance matrix, every entry can be explained.",
        _two_dimensions,
        size=(1600, 1000),
    ),
    "contours": Picture(
        "Contours of a density",
        "Old Faithful's eruptions, how long they last and how long they let one wait, after six epochs, in "
        "the simple layout.",
        _contours,
    ),
    "presentation": Picture(
        "For the projector",
        "Large letters, thick lines, and nothing on screen but the walk.",
        _presentation,
        size=(1600, 900),
    ),
    "dark": Picture(
        "Dark, on a wide screen",
        "The explanation has a column of its own where there is room.",
        _dark,
        theme="dark",
        size=(1920, 1080),
    ),
    "high-contrast": Picture(
        "High contrast",
        "Black on white with borders around every control; components differ in dashes and markers, too.",
        _high_contrast,
        theme="on_white",
    ),
}

_PAGE = """# What the app looks like

Made from the app itself by `python -m refgmm_gui.screenshots`.
"""


def make(folder: Path, *names: str) -> list[Path]:
    """Write pictures as PNG files into the folder, all where none is named: the paths written."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    written = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in names or PICTURES:
            picture = PICTURES[name]
            settings = QSettings(f"{temporary}/{name}.ini", QSettings.Format.IniFormat)
            settings.setValue("theme", picture.theme)
            stage = Stage(app, settings)
            stage.desktop.window.resize(*picture.size)
            stage.desktop.window.show()
            stage.settle()
            picture.act(stage)
            stage.settle()
            shown = stage.front()
            if shown is stage.desktop.window:
                shown.resize(*picture.size)  # which a presentation has made as large as the screen
                stage.settle()
            path = folder / f"{name}.png"
            shown.grab().save(str(path), "PNG", _SMALLEST)
            written.append(path)
            shown.close()
            stage.desktop.problems.show_draft(
                session.worked_example_draft(), None
            )  # nothing to save
            stage.desktop.window.close()
    return written


def page() -> str:
    """The Markdown page that shows all pictures."""
    parts = [
        f"## {picture.title}\n\n{picture.words}\n\n![{picture.title}]({name}.png)\n"
        for name, picture in PICTURES.items()
    ]
    return "\n".join([_PAGE, *parts])


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        screen = Path(temporary) / "screen.json"
        screen.write_text(json.dumps({"screens": [_SCREEN]}), encoding="utf-8")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
        for path in make(folder, *sys.argv[2:]):
            print(path)
    (folder / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

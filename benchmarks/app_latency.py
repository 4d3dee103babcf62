"""How long the app's window takes to answer, at most, while it does things with many points.

    QT_QPA_PLATFORM=offscreen python benchmarks/app_latency.py [n ...]

A timer is due every 2 ms; the longest time between two of its ticks is how long a key or a click would
have waited. It is told by the clock, and as the processor's time that the app itself took, which other
programs on the machine don't change. What each row does is written in SCENES. A hand that zooms or drags
rests for 10 ms from move to move: Qt takes a key before it paints, so none waits for two pictures, but a
timer might.
"""

import gc
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from refgmm import Cell, Mixture, Problem
from refgmm_gui import session
from refgmm_gui.desks import recovery
from refgmm_gui.desktop import Desktop
from refgmm_gui.dialogs.compare import CompareDialog
from refgmm_gui.moving import Target
from refgmm_gui.plots.hits import Thing

START = Mixture.univariate([0.5, 0.5], [0.0, 3.0], [1.0, 1.0])


class Watchdog:
    """Attributes: longest, by the clock and of the processor, in seconds, since clear()."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()
        self.longest = (0.0, 0.0)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(2)

    def clear(self) -> None:
        self._last, self.longest = (time.perf_counter(), time.process_time()), (0.0, 0.0)

    def _tick(self) -> None:
        now = time.perf_counter(), time.process_time()
        clock, processor = (b - a for a, b in zip(self._last, now, strict=True))
        self.longest = max(self.longest[0], clock), max(self.longest[1], processor)
        self._last = now


def on_a_line(n: int) -> Problem:
    """Two components in one dimension."""
    rng = random.Random(1)
    points = tuple(rng.gauss(0, 1) if i % 3 else rng.gauss(4, 1.5) for i in range(n))
    return Problem(points, START)


def in_the_plane(n: int) -> Problem:
    """Two components in two dimensions."""
    rng = random.Random(1)
    points = tuple((rng.gauss(0, 1), rng.gauss(3 * (i % 2), 1)) for i in range(n))
    identity = ((1.0, 0.0), (0.0, 1.0))
    return Problem(points, Mixture.multivariate([0.5, 0.5], [(0, 0), (1, 3)], [identity] * 2))


class Session:
    """The app, and a file with a problem."""

    def __init__(self, app: QApplication, problem: Problem) -> None:
        self._folder = tempfile.TemporaryDirectory()
        settings = QSettings(f"{self._folder.name}/s.ini", QSettings.Format.IniFormat)
        self.desktop = Desktop(app, settings)
        self.desktop.window.resize(1280, 800)
        self.desktop.window.show()
        self.path = f"{self._folder.name}/problem.json"
        problem.save(self.path)
        settle()
        gc.collect()
        gc.freeze()  # as desktop.run does

    def wait(self) -> None:
        """Until nothing is computed any more."""
        while self.desktop.walking.is_busy:
            QCoreApplication.processEvents()
        settle()

    def copies(self) -> dict[Path, int]:
        """The copies for recovery, and when each was written."""
        kept = Path(self._folder.name, "recovery").glob("*.json")
        return {path: path.stat().st_mtime_ns for path in kept}

    def end(self) -> None:
        """Nothing of it goes on."""
        self.desktop.walking.stop()
        self.desktop.runner.stop_all()
        self.desktop.recovery.end()
        self.desktop.window.hide()

    def act(self, name: str) -> None:
        self.desktop.window.actions_by_name[name].trigger()
        self.wait()


def rest() -> None:
    """From what a move of a hand shows to the next one."""
    QCoreApplication.processEvents()
    settle(0.01)


def settle(seconds: float = 0.1) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QCoreApplication.processEvents()


def opening(at: Session) -> None:
    at.desktop.problems.open_path(at.path)
    at.wait()


def stepping(at: Session) -> None:
    for _ in range(10):
        at.act("forward")


def epochs(at: Session) -> None:
    at.act("epoch")
    at.act("epoch")


def back(at: Session) -> None:
    for _ in range(10):
        at.act("back")


def running(at: Session) -> None:
    at.desktop.walking.set_rule(0.0, 3, None)
    at.act("run")


def scrolling_in_a_run(at: Session) -> None:
    at.desktop.walking.set_rule(0.0, 2, None)
    at.desktop.window.actions_by_name["run"].trigger()
    bar = at.desktop.window.worksheet.points.verticalScrollBar()
    while at.desktop.walking.is_busy:
        bar.setValue((bar.value() + 997) % (bar.maximum() + 1))
        QCoreApplication.processEvents()
    settle()


def scrolling(at: Session) -> None:
    bar = at.desktop.window.worksheet.points.verticalScrollBar()
    for row in range(100):
        bar.setValue(row * bar.maximum() // 100)
        QCoreApplication.processEvents()


def explaining(at: Session) -> None:
    walk = at.desktop.state.place.walk  # type: ignore[union-attr]
    epoch, variance = walk.epoch.index, "variance:2"
    mean = "mean:1" if walk.problem.dimension is None else "mean:1[1]"
    if walk.problem.dimension is not None:
        variance = "covariance:2[1,1]"
    for name in (mean, "log-likelihood", variance, "responsibility:7,1"):
        cell = Cell.parse(name, epoch)
        at.desktop.store.update(lambda state, cell=cell: session.explaining(state, cell))
        at.wait()


def editing(at: Session) -> None:
    for text in ("0.5", "1e", "2"):
        at.desktop.parts.edit(at.desktop.state.draft.with_point(400, text))
        QCoreApplication.processEvents()
    at.wait()


def dragging_a_mean(at: Session) -> None:
    """And a point, back and forth; each move of the hand shows what it would do."""
    at.desktop.parts.look(edits_plot=True)
    for thing in (Thing("mean", 0), Thing("point", 7)):
        for step in range(5):
            at.desktop.editing.preview(thing, Target(0.1 * step, 0.1 * step, 0.01, 0.01))
            rest()
        at.desktop.editing.show_as_it_was()
        rest()
    at.desktop.parts.look(edits_plot=False)


def zooming(at: Session) -> None:
    for _ in range(5):
        at.desktop.window.plot.zoom_in()
        rest()
    at.desktop.window.plot.reset_view()


def keeping_a_copy(at: Session) -> None:
    """An edit, and zooming until its copy for recovery is on disk."""
    plot, usual = at.desktop.window.plot, recovery.SECONDS
    recovery.SECONDS = 0.1
    at.desktop.parts.edit(at.desktop.state.draft.with_point(400, "0.25"))
    before = at.copies()
    for zoom in itertools.cycle((plot.zoom_in, plot.zoom_out)):
        zoom()
        rest()
        if at.copies() != before:
            break
    recovery.SECONDS = usual
    plot.reset_view()


def sorting(at: Session) -> None:
    """The points by the first coordinate; undone, and done again."""
    for name in ("sort_ascending", "undo", "redo", "undo"):
        at.act(name)


def pasting(at: Session) -> None:
    """As many points over all of them."""
    rows = at.desktop.state.draft.points
    text = "\n".join("\t".join(row) for row in rows)
    at.desktop.window.inputs.points.selectAll()
    at.desktop.problems.take_pasted(text)
    at.wait()


def filling_down(at: Session) -> None:
    """One number into all of the column."""
    at.desktop.window.inputs.points.setFocus()
    at.desktop.window.inputs.points.selectAll()
    at.act("fill_down")
    at.act("undo")


def deleting(at: Session) -> None:
    """All points; undone."""
    points = at.desktop.window.inputs.points
    points.selectAll()
    points.delete_requested.emit()
    at.wait()
    at.act("undo")


def comparing(at: Session) -> None:
    """The run with itself, under other names; then with the lecture note's."""
    at.act("compare")
    (dialog,) = at.desktop.window.findChildren(CompareDialog)
    for key in ("names", "example note"):
        dialog.other_chosen.emit(key)
        settle()
    dialog.close()


def asking_for_a_solution(at: Session) -> None:
    def close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        dialog.reject()

    QTimer.singleShot(300, close)
    at.act("export_solution")


SCENES: tuple[Callable[[Session], None], ...] = (
    opening,
    stepping,
    scrolling,
    explaining,
    epochs,
    back,
    running,
    scrolling_in_a_run,
    editing,
    dragging_a_mean,
    zooming,
    keeping_a_copy,
    sorting,
    pasting,
    filling_down,
    deleting,
    comparing,
    asking_for_a_solution,
)
KINDS = {"one dimension": (on_a_line, 1), "two dimensions": (in_the_plane, 2)}


@contextmanager
def longest_gap(watchdog: Watchdog) -> Iterator[Callable[[], tuple[float, float]]]:
    settle()
    watchdog.clear()
    yield lambda: watchdog.longest


def main() -> None:
    app = QApplication([])
    app.setStyle("Fusion")
    watchdog = Watchdog()
    sizes = [int(text) for text in sys.argv[1:]] or [1_000, 10_000, 100_000]
    for kind, (problem_of, dimension) in KINDS.items():
        counts = [n // dimension for n in sizes]
        print(f"{kind + ', ms':22}" + "".join(f"{n:>12,}" for n in counts))
        found: dict[str, list[str]] = {scene.__name__: [] for scene in SCENES}
        for n in counts:
            at = Session(app, problem_of(n))
            for scene in SCENES:
                with longest_gap(watchdog) as gap:
                    scene(at)
                    QCoreApplication.processEvents()
                    clock, processor = gap()
                    found[scene.__name__].append(f"{clock * 1000:.0f}/{processor * 1000:.0f}")
            at.end()
        for name, gaps in found.items():
            print(f"{name.replace('_', ' '):22}" + "".join(f"{gap:>12}" for gap in gaps))


if __name__ == "__main__":
    main()

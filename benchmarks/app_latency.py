"""How long the app's window takes to answer, at most, while it does things with many points.

    QT_QPA_PLATFORM=offscreen python benchmarks/app_latency.py [n ...]

A timer is due every 2 ms; the longest time between two of its ticks is how long a key or a click would
have waited. It is told by the clock, and as the processor's time that the app itself took, which other
programs on the machine don't change. What each row does is written in SCENES.
"""

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from refgmm import Cell, Mixture, Problem
from refgmm_gui import session
from refgmm_gui.desktop import Desktop

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


class Session:
    """The app on n points."""

    def __init__(self, app: QApplication, n: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        settings = QSettings(f"{self._folder.name}/s.ini", QSettings.Format.IniFormat)
        self.desktop = Desktop(app, settings)
        self.desktop.window.resize(1280, 800)
        self.desktop.window.show()
        rng = random.Random(1)
        points = tuple(rng.gauss(0, 1) if i % 3 else rng.gauss(4, 1.5) for i in range(n))
        self.path = f"{self._folder.name}/problem.json"
        Problem(points, START).save(self.path)
        settle()
        gc.collect()
        gc.freeze()  # as desktop.run does

    def wait(self) -> None:
        """Until nothing is computed any more."""
        while self.desktop.walking.is_busy:
            QCoreApplication.processEvents()
        settle()

    def act(self, name: str) -> None:
        self.desktop.window.actions_by_name[name].trigger()
        self.wait()


def settle() -> None:
    end = time.perf_counter() + 0.1
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
    epoch = at.desktop.state.place.walk.epoch.index  # type: ignore[union-attr]
    for name in ("mean:1", "log-likelihood", "variance:2", "responsibility:7,1"):
        cell = Cell.parse(name, epoch)
        at.desktop.store.update(lambda state, cell=cell: session.explaining(state, cell))
        at.wait()


def editing(at: Session) -> None:
    for text in ("0.5", "1e", "2"):
        at.desktop.parts.edit(at.desktop.state.draft.with_point(500, text))
        QCoreApplication.processEvents()
    at.wait()


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
)


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
    print(f"{'longest gap, ms':22}" + "".join(f"{n:>12,}" for n in sizes))
    found: dict[str, list[str]] = {scene.__name__: [] for scene in SCENES}
    for n in sizes:
        at = Session(app, n)
        for scene in SCENES:
            with longest_gap(watchdog) as gap:
                scene(at)
                QCoreApplication.processEvents()
                clock, processor = gap()
                found[scene.__name__].append(f"{clock * 1000:.0f}/{processor * 1000:.0f}")
        at.desktop.walking.stop()
        at.desktop.window.hide()
    for name, gaps in found.items():
        print(f"{name.replace('_', ' '):22}" + "".join(f"{gap:>12}" for gap in gaps))


if __name__ == "__main__":
    main()

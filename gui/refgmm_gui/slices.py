"""Long computations in slices so short that the window answers in between.

They are done on the window's own thread: Python computes on one thread at a time, and painting, which
asks for the interpreter thousands of times, would wait for a second thread each time.
"""

import functools
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from refgmm.blocks import Work

T = TypeVar("T")

_SLICE = 0.012  # seconds; what is computed between two looks at the user
_BETWEEN_REPORTS = 0.05  # seconds, at least; ...
_TIMES_AS_LONG = 3.0  # ... and so many times as long as the last one took to be painted


class Slices(QObject):
    """Does one piece of work at a time; starting another drops the first.

    A report, and the end of the work, have a turn of Qt's loop for themselves: they show much.

    Attributes: is_busy.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._go_on: Callable[[], None] | None = None
        self._reported = 0.0  # when
        self._next_report = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)  # whenever Qt has nothing else to do
        self._timer.timeout.connect(self._slice)

    @property
    def is_busy(self) -> bool:
        """Whether there is work that is not done, paused or not."""
        return self._go_on is not None

    def start(
        self,
        work: Work[T],
        *,
        told: Callable[[float], None],
        ended: Callable[[T], None],
        failed: Callable[[], None],
    ) -> None:
        """Begin. told: some times a second, how much is done; ended: the result, unless it is stopped;
        failed: the work has raised an error, which is raised again after that.
        """
        self.stop()
        self._reported, self._next_report = 0.0, time.perf_counter() + _BETWEEN_REPORTS

        def end(result: T) -> None:
            self.stop()
            ended(result)

        def report(done: float) -> None:
            self._go_on = go_on
            self._reported = time.perf_counter()
            told(done)

        def go_on() -> None:
            until, done = time.perf_counter() + _SLICE, 0.0
            try:
                while time.perf_counter() < until:
                    done = next(work)
            except StopIteration as stop:
                self._go_on = functools.partial(end, stop.value)
            except Exception:
                self.stop()
                failed()
                raise
            else:
                if time.perf_counter() >= self._next_report:
                    self._go_on = functools.partial(report, done)

        self._go_on = go_on
        self._timer.start()

    def pause(self) -> None:
        """Wait, until resume()."""
        self._timer.stop()

    def resume(self) -> None:
        """Go on with the work, if there is some."""
        if self.is_busy:
            self._timer.start()

    def stop(self) -> None:
        """Drop the work."""
        self._timer.stop()
        self._go_on = None

    def _slice(self) -> None:
        if self._reported:  # by now the report has been painted: that was this turn's work
            now = time.perf_counter()
            self._next_report = now + max(
                _TIMES_AS_LONG * (now - self._reported), _BETWEEN_REPORTS
            )
            self._reported = 0.0
        elif self._go_on is not None:
            self._go_on()

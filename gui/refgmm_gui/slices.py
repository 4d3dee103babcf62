"""Long computations in slices so short that the window answers in between.

They are done on the window's own thread: Python computes on one thread at a time, and painting, which
asks for the interpreter thousands of times, would wait for a second thread each time.
"""

import gc
import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from refgmm.blocks import Work
from refgmm.records import dataclass

T = TypeVar("T")

_SLICE = 0.010  # seconds; what is computed between two looks at the user
_BUSY = 0.005  # seconds between two turns; there the window did something else, and others wait for that
_BETWEEN_REPORTS = 0.05  # seconds, at least; ...
_TIMES_AS_LONG = 3.0  # ... and so many times as long as the last one took to be painted


@dataclass(frozen=True, slots=True)
class _Task:
    """Work, and whom to tell of it: see Slices.start."""

    work: Work[Any]
    told: Callable[[float], None]
    ended: Callable[[Any], None]
    failed: Callable[[], None]


class Slices(QObject):
    """Does one piece of work at a time; starting another drops the first.

    A report, and the end of the work, have a turn of Qt's loop for themselves: they show much. So has
    Python's search for garbage after each slice: it looks at every point of a new row of many. Where the
    window was busy since the last turn, whoever waited for it comes first.

    Attributes: is_busy.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _Task | None = None
        self._has_computed = False  # since garbage was looked for
        self._done: float | None = None  # to be told in the next turn
        self._result: tuple[Any] | None = None  # to be handed over in the next turn
        self._reported = 0.0  # when
        self._last_turn = 0.0  # when it was over
        self._gives_way = False  # this turn, to what the window did before it; never twice in a row
        self._next_report = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)  # whenever Qt has nothing else to do
        self._timer.timeout.connect(self._turn)

    @property
    def is_busy(self) -> bool:
        """Whether there is work that is not done, paused or not."""
        return self._task is not None

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
        self._next_report = time.perf_counter() + _BETWEEN_REPORTS
        self._task = _Task(work, told, ended, failed)
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
        self._task = self._done = self._result = None
        self._reported = 0.0

    def _turn(self) -> None:
        """What is due: a part of the work, or a report of it, or its end."""
        task = self._task
        if task is None:
            return
        now = time.perf_counter()
        self._gives_way = now - self._last_turn > _BUSY and not self._gives_way
        if self._reported:  # by now the report has been painted: that was this turn's work
            wait = max(_TIMES_AS_LONG * (now - self._reported), _BETWEEN_REPORTS)
            self._reported, self._next_report = 0.0, now + wait
        elif self._gives_way:
            pass
        elif self._has_computed:
            self._has_computed = False
            gc.collect(0 if self._result is None else 2)  # at the end all: that shows much
        elif self._result is not None:
            (result,) = self._result
            self.stop()
            task.ended(result)
        elif self._done is not None:
            done, self._done, self._reported = self._done, None, now
            task.told(done)
        else:
            self._go_on(task, now + _SLICE)
        self._last_turn = time.perf_counter()

    def _go_on(self, task: _Task, until: float) -> None:
        """Compute until then."""
        done, self._has_computed = 0.0, True
        try:
            while time.perf_counter() < until:
                done = next(task.work)
        except StopIteration as end:
            self._result = (end.value,)
        except Exception:
            self.stop()
            task.failed()
            raise
        else:
            if until >= self._next_report:
                self._done = done

"""The only file that knows threads: a run to convergence, with progress and cancel."""

import sys
import threading
import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from refgmm import Walk
from refgmm_gui.session import Run

_SECONDS_BETWEEN_REPORTS = 0.05
_SECONDS_BETWEEN_SWITCHES = 0.0005
_LONGEST_WAIT = 1.0  # seconds; for a window that is busy with something else


def run_walk(walk: Walk, rule: Run) -> Iterator[tuple[Walk, str]]:
    """Epoch after epoch: where the walk is, and why it stops there (empty while it goes on)."""
    for epochs, reached in enumerate(walk.epochs(), start=1):
        why = _why_stop(reached, epochs, rule)
        yield reached, why
        if why:
            return


def _why_stop(walk: Walk, epochs: int, rule: Run) -> str:
    """Why a run of so many epochs stops here, in words; empty where it goes on."""
    if walk.stopped_by:
        return walk.stopped_by[0].message
    gain = walk.history[-1].gain
    if walk.has_converged(rule.tolerance):
        return (
            f"Converged after epoch {walk.epoch.index}: it gained {gain:.3g} nats of "
            f"log-likelihood, less than {rule.tolerance:g}."
        )
    if epochs >= rule.most_epochs:
        return (
            f"Stopped after {epochs} epochs, not converged: the last one still gained "
            f"{gain:.3g} nats of log-likelihood."
        )
    return ""


class _Thread(QThread):
    """Runs run_walk. Signals: progressed(number of the run, Walk), ended(number, Walk, why).

    Python runs one thread at a time. Painting asks for the interpreter thousands of times, so
    beside a thread that computes it would take seconds. Hence this thread waits after each
    report until that is on screen, and while it computes, it is asked often to let others in.
    """

    progressed = Signal(int, object)
    ended = Signal(int, object, str)

    def __init__(self, number: int, walk: Walk, rule: Run, parent: QObject) -> None:
        super().__init__(parent)
        self._number, self._walk, self._rule = number, walk, rule
        self._may_go_on = threading.Event()

    def go_on(self) -> None:
        """The last report is on screen."""
        self._may_go_on.set()

    def end(self) -> None:
        """End soon."""
        self.requestInterruption()
        self._may_go_on.set()

    def run(self) -> None:
        why = "The run failed; the terminal shows the error."
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SECONDS_BETWEEN_SWITCHES)
        try:
            why = self._run()
        finally:
            sys.setswitchinterval(usual)
            self.ended.emit(self._number, self._walk, why)

    def _run(self) -> str:
        """Keep self._walk up to date until the run stops, and say why it does."""
        reported, pause = time.monotonic(), 0.0
        for reached, why in run_walk(self._walk, self._rule):
            self._walk = reached
            if why:
                return why
            if self.isInterruptionRequested():
                break
            if time.monotonic() - reported > max(pause, _SECONDS_BETWEEN_REPORTS):
                pause = self._report()  # compute for as long as it takes to show it, at least
                reported = time.monotonic()
        return f"Cancelled after epoch {self._walk.epoch.index}."

    def _report(self) -> float:
        """Tell where the walk is, and wait until that is on screen: so many seconds."""
        began = time.monotonic()
        self._may_go_on.clear()
        self.progressed.emit(self._number, self._walk)
        if not self.isInterruptionRequested():
            self._may_go_on.wait(_LONGEST_WAIT)
        return time.monotonic() - began


class Runner(QObject):
    """Runs a walk in the background, one run at a time; starting again cancels the old run.

    Signals: progressed(Walk), some 20 times a second; ended(Walk, why), once for each run
    that was not stopped by stop().
    """

    progressed = Signal(object)
    ended = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._thread: _Thread | None = None
        self._number = 0  # of the current run: reports of older ones, still queued, are dropped

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start(self, walk: Walk, rule: Run) -> None:
        """Run from where `walk` stands."""
        self.stop()
        self._thread = _Thread(self._number, walk, rule, self)
        self._thread.progressed.connect(self._on_progress)
        self._thread.ended.connect(self._on_end)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to end; it keeps what it has reached, and `ended` tells."""
        if self._thread is not None:
            self._thread.end()

    def stop(self) -> None:
        """End the run, wait for it, and forget what it reached."""
        self._number += 1
        if self._thread is not None:
            thread, self._thread = self._thread, None
            thread.end()
            thread.wait()
            thread.deleteLater()

    def _on_progress(self, number: int, walk: Walk) -> None:
        if number == self._number and self._thread is not None:
            self.progressed.emit(walk)
            QTimer.singleShot(0, self._thread.go_on)  # behind the repainting

    def _on_end(self, number: int, walk: Walk, why: str) -> None:
        if number == self._number:
            self.stop()
            self.ended.emit(walk, why)

"""The only file that knows threads: a run to convergence, and other long work; with progress and cancel."""

import gc
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QThread, QTimer, Signal, SignalInstance

from refgmm import Walk
from refgmm_gui.session import Run

_SECONDS_BETWEEN_REPORTS = 0.05
_SECONDS_BETWEEN_SWITCHES = 0.0005
_LONGEST_WAIT = 1.0  # seconds; for a window that is busy with something else
_MILLISECONDS_BETWEEN_COLLECTIONS = 1000
_MILLISECONDS_UNSEEN = 300  # that work takes before the user is shown how it goes

P = ParamSpec("P")
T = TypeVar("T")

Job: TypeAlias = Generator[float, None, T]
"""Work in small parts: yields how much of it is done, from 0 to 1, and returns the result."""


class CancelledError(Exception):
    """The user took back a job."""


class Progress(Protocol):
    """What shows the user how a job goes (see dialogs.files.ProgressDialog)."""

    @property
    def cancelled(self) -> SignalInstance:
        """The user takes the job back."""

    def begin(self) -> None:
        """From now on in sight."""

    def show_done(self, share: float) -> None:
        """So much is done, from 0 to 1."""

    def end(self) -> None:
        """The job is over."""


def whole(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Job[T]:
    """A function's work as a job that has one part."""
    yield 0.0
    return function(*arguments, **named)


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


class _JobThread(QThread):
    """Does a job. Signal: progressed(share). Attributes, once it is finished: result, error."""

    progressed = Signal(float)

    def __init__(self, job: Job[Any]) -> None:
        super().__init__()
        self._job = job
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SECONDS_BETWEEN_SWITCHES)
        reported = 0.0
        try:
            while not self.isInterruptionRequested():
                share = next(self._job)
                if time.monotonic() - reported > _SECONDS_BETWEEN_REPORTS:
                    reported = time.monotonic()
                    self.progressed.emit(share)
            self._job.close()
            self.error = CancelledError()
        except StopIteration as end:
            self.result = end.value
        except BaseException as error:  # raised again where the result is waited for
            self.error = error
        finally:
            sys.setswitchinterval(usual)


def _wait(thread: _JobThread, progress: Progress) -> bool:
    """Stay in Qt's loop until a job is over, or the user takes it back. Whether it is over."""
    loop, timer = QEventLoop(), QTimer()
    thread.finished.connect(loop.quit)
    progress.cancelled.connect(loop.quit)
    thread.progressed.connect(progress.show_done)
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(_MILLISECONDS_UNSEEN)
    if not thread.isFinished():
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    if not thread.isFinished():
        timer.stop()
        progress.begin()
        loop.exec()
    thread.progressed.disconnect(progress.show_done)
    progress.end()
    return thread.isFinished()


class Runner(QObject):
    """Runs a walk in the background, one run at a time; starting again cancels the old run. Does jobs
    while the window stays alive.

    Signals: progressed(Walk), some 20 times a second; ended(Walk, why), once for each run
    that was not stopped by stop().
    """

    progressed = Signal(object)
    ended = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._thread: _Thread | None = None
        self._number = 0  # of the current run: reports of older ones, still queued, are dropped
        self._jobs: dict[_JobThread, Callable[[BaseException | None], None] | None] = {}
        self._collecting = QTimer(self)
        self._collecting.setInterval(_MILLISECONDS_BETWEEN_COLLECTIONS)
        self._collecting.timeout.connect(lambda: gc.collect(1))

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start(self, walk: Walk, rule: Run) -> None:
        """Run from where `walk` stands."""
        self.stop()
        self._thread = _Thread(self._number, walk, rule, self)
        self._thread.progressed.connect(self._on_progress)
        self._thread.ended.connect(self._on_end)
        self._collect_here()
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
            self._collect_here()

    def do(self, job: Job[T], progress: Progress) -> T:
        """The result of a job, which another thread does while the window stays alive.

        What the user does waits until the job is over, or it takes so long that `progress` comes
        into sight. Raises what the job raises; CancelledError where the user takes it back: then nobody
        waits for the part of it that is on its way.
        """
        thread = _JobThread(job)
        self._start_job(thread)
        is_done = _wait(thread, progress)
        error, thread.error = thread.error, None
        if not is_done:
            thread.requestInterruption()
            raise CancelledError
        self._forget_finished()
        if error is not None:
            try:
                raise error
            finally:
                del error  # whose traceback has this frame: no ring of references
        result: T = thread.result
        return result

    def behind(self, job: Job[None], ended: Callable[[BaseException | None], None]) -> None:
        """Do a job that the user needn't know of. `ended` is called with its error, if there is one."""
        self._start_job(_JobThread(job), ended)

    def stop_all(self) -> None:
        """Stop the run, and wait for jobs that were taken back: a thread must not outlive the app."""
        self.stop()
        for thread in self._jobs:
            thread.requestInterruption()
            thread.wait()
        self._jobs.clear()
        self._collect_here()

    def _start_job(
        self, thread: _JobThread, ended: Callable[[BaseException | None], None] | None = None
    ) -> None:
        self._jobs[thread] = ended
        thread.finished.connect(self._forget_finished)
        self._collect_here()
        thread.start()

    def _collect_here(self) -> None:
        """Collect garbage on this thread only, while another is at work.

        Python collects on whichever thread asks for memory, and Qt's objects must go on the thread
        where they lived.
        """
        if self._jobs or self._thread is not None:
            gc.disable()
            self._collecting.start()
        else:
            gc.enable()
            self._collecting.stop()

    def _forget_finished(self) -> None:
        for thread in [thread for thread in self._jobs if thread.isFinished()]:
            thread.wait()
            if ended := self._jobs.pop(thread):
                ended(thread.error)
        self._collect_here()

    def _on_progress(self, number: int, walk: Walk) -> None:
        if number == self._number and self._thread is not None:
            self.progressed.emit(walk)
            QTimer.singleShot(0, self._thread.go_on)  # behind the repainting

    def _on_end(self, number: int, walk: Walk, why: str) -> None:
        if number == self._number:
            self.stop()
            self.ended.emit(walk, why)

"""The only file that knows threads: files and pictures, read and written with progress and cancel.

Runs of EM are done on the window's own thread: see refgmm_gui.slices.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QThread, QTimer, Signal, SignalInstance

_SECONDS_BETWEEN_REPORTS = 0.05
_SECONDS_BETWEEN_SWITCHES = 0.0005
_MILLISECONDS_BETWEEN_COLLECTIONS = 50  # each takes as long as there was garbage to be made
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


class _JobThread(QThread):
    """Does a job. Signal: progressed(share). Attributes, once it is finished: result, error."""

    progressed = Signal(float)

    def __init__(self, job: Job[Any]) -> None:
        super().__init__()
        self._job = job
        self.result: Any = None
        self.error: BaseException | None = None
        self._identity = 0  # of the thread, once it runs

    def run(self) -> None:
        self._identity = threading.get_ident()
        try:
            self._do_job()
        except CancelledError as error:  # raised by take_back, wherever the job was
            self.error = error

    def take_back(self) -> None:
        """End the job: nobody waits for the part of it that is on its way.

        CPython raises the error between two instructions of that thread, as it does KeyboardInterrupt:
        what is open there is closed, and files are written whole or not at all.
        """
        self.requestInterruption()
        if self._identity and self.isRunning():
            import ctypes

            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._identity), ctypes.py_object(CancelledError)
            )

    def _do_job(self) -> None:
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
    """Does jobs while the window stays alive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[_JobThread, Callable[[BaseException | None], None] | None] = {}
        self._collecting = QTimer(self)
        self._collecting.setInterval(_MILLISECONDS_BETWEEN_COLLECTIONS)
        self._collecting.timeout.connect(lambda: gc.collect(1))

    def do(self, job: Job[T], progress: Progress) -> T:
        """The result of a job, which another thread does while the window stays alive.

        What the user does waits until the job is over, or it takes so long that `progress` comes
        into sight. Raises what the job raises; CancelledError where the user takes it back, which ends
        the job in the midst of what it does.
        """
        thread = _JobThread(job)
        self._start_job(thread)
        is_done = _wait(thread, progress)
        error, thread.error = thread.error, None
        if not is_done:
            thread.take_back()
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
        """Wait for jobs that were taken back: a thread must not outlive the app."""
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
        if self._jobs:
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

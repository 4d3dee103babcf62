"""Where the app starts: `refgmm-gui`, or `python -m refgmm_gui`.

Nothing here imports Qt until it is known to be there, so that a machine on which Qt can't
start gets one readable message, and not a traceback or an abort.
"""

import gc
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_LINUX_LIBRARIES = (
    "sudo apt-get install libglib2.0-0 libgl1 libegl1 libdbus-1-3 libxkbcommon0 libfontconfig1 "
    "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)
_USAGE = """usage: refgmm-gui [FILE]

Step through EM for Gaussian mixtures.

FILE: a problem (.json), or a table of points (.csv, .tsv, .txt)"""
_WITHOUT = (
    "Without the app, the same numbers come from the terminal (python -m refgmm) "
    "and from the library (import refgmm)."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, on the problem file named or on the lecture note's example."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments and arguments[0] in ("-h", "--help"):
        print(_USAGE)
        return 0
    if problem := missing_display(os.environ):
        return _give_up(problem)
    gc.disable()  # while all that is made stays: desktop.run enables it when the window stands
    try:
        with _sources_unread():
            from refgmm_gui import desktop

        return desktop.run(arguments)
    except ImportError as error:
        if problem := missing_qt(error):
            return _give_up(problem)
        raise
    finally:
        gc.enable()


@contextmanager
def _sources_unread() -> Iterator[None]:
    """In here no module has a source to be read.

    PySide6 reads the source of every module that is imported after it, and looks for its own name there:
    such a module may ask for snake_case with `from __feature__ import`. None of the app's does, and to read
    them all takes a twenty-fifth of the start.
    """
    getsource = inspect.getsource

    def unread(object: object) -> str:  # noqa: A002  as inspect.getsource calls it
        raise OSError("the app is imported without its sources")

    inspect.getsource = unread
    try:
        yield
    finally:
        inspect.getsource = getsource


def fault_of_arguments(arguments: Sequence[str]) -> str:
    """What is wrong with what stands behind the command; empty where nothing is.

    >>> fault_of_arguments(["a.json", "b.json"])
    'one file at a time, and 2 were given: start the app once for each'
    """
    for argument in arguments:
        if argument.startswith("-"):
            return f"there is no option {argument}: see refgmm-gui --help"
    if len(arguments) > 1:
        return f"one file at a time, and {len(arguments)} were given: start the app once for each"
    return ""


def missing_display(environment: os._Environ[str] | dict[str, str]) -> str:
    """Why no window can open here; empty where one can."""
    platform = environment.get("QT_QPA_PLATFORM", "")
    has_display = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_display and platform in ("", "xcb", "wayland"):
        return (
            "there is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
            "Start the app on a desktop, or log in with `ssh -X`."
        )
    return ""


def missing_qt(error: ImportError) -> str:
    """What to install, where Qt can't be imported; empty where the error is another."""
    if ".so" in str(error) or "DLL load failed" in str(error):
        return f"Qt needs a system library that is missing ({error}).\n{install_libraries()}"
    if (error.name or "").split(".")[0] in ("PySide6", "shiboken6"):
        return (
            "the app needs PySide6, which is not installed.\n"
            'Install it with: python -m pip install "refgmm[gui]"  '
            '(from a checkout: python -m pip install ".[gui]")'
        )
    return ""


def install_libraries() -> str:
    """The command that installs what Qt needs, where there is one to name."""
    if sys.platform.startswith("linux"):
        return f"On Debian and Ubuntu, install all that it needs with:\n  {_LINUX_LIBRARIES}"
    else:  # noqa: RET505  so that mypy sees both platforms
        return "Install the newest system updates, then PySide6 again."


def failure(problem: str) -> str:
    """The one message that the user sees where Qt can't start."""
    return f"refgmm-gui can't start: {problem}\n{_WITHOUT}"


def _give_up(problem: str) -> int:
    message = failure(problem)
    if sys.platform == "win32" and not sys.stderr:  # started without a console
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, message, "refgmm", 0x10)
    else:
        print(message, file=sys.stderr)
    return 2

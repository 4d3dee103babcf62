"""How long the app takes from its command to a window that can be used, beside a bare PySide6 window.

    QT_QPA_PLATFORM=offscreen python benchmarks/start.py [rounds]

The bare window holds a table of 5 rows, filled, in the same style. Each start is a process of its own;
the two take turns, so that what disturbs one disturbs both. A start ends where the window is painted and
waits for its user. Told are the ratios of the same round, by the clock and in the processor's time: the
median, and the quartiles in brackets. Before the first round both start once, so that their files are at
hand and compiled, as those of an installed program are.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]

_PAINT_AND_LEAVE = """
import os

def leave(*_):
    from PySide6.QtWidgets import QApplication
    QApplication.processEvents()
    QApplication.processEvents()
    print("ready", flush=True)
    os._exit(0)
"""
_BARE = (
    _PAINT_AND_LEAVE
    + """
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QTableWidgetItem
app = QApplication([])
app.setStyle("Fusion")
window, table = QMainWindow(), QTableWidget(5, 8)
for row in range(5):
    for column in range(8):
        table.setItem(row, column, QTableWidgetItem(f"{row}.{column}"))
window.setCentralWidget(table)
window.resize(1280, 800)
window.show()
leave()
"""
)
_APP = (
    _PAINT_AND_LEAVE
    + """
import sys

class Hook:
    # The app imports PySide6 itself, as at every start; its loop is replaced once that is there.
    def find_spec(self, name, path=None, target=None):
        if name == "refgmm_gui.main_window":
            from PySide6.QtWidgets import QApplication
            QApplication.exec = leave

sys.meta_path.insert(0, Hook())
from refgmm_gui import app
app.main([])
"""
)
_TOURED = "[General]\ntoured=true\n"  # not the first start, at which the tour begins


class Start(NamedTuple):
    """Seconds by the clock until the window was there, and of the processor."""

    clock: float
    processor: float


def start(program: str, home: str) -> Start:
    """Start a program in a process of its own. RuntimeError where no window came."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gui'}",
        "PYTHONPYCACHEPREFIX": f"{home}/compiled",
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
    }
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # offscreen, Qt says of each window what it can't do
        encoding="utf-8",
        env=environment,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        clock = time.perf_counter() - began
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    if said != "ready\n":
        raise RuntimeError(f"no window came; the program said {said!r}")
    return Start(clock, usage.ru_utime + usage.ru_stime)


def compare(rounds: int) -> list[tuple[Start, Start]]:
    """(bare, app), so many times."""
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home) / "refgmm" / "refgmm.conf"
        settings.parent.mkdir()
        settings.write_text(_TOURED, encoding="utf-8")
        return [(start(_BARE, home), start(_APP, home)) for _ in range(rounds + 1)][1:]


def spread(numbers: list[float]) -> str:
    """The median, and the quartiles."""
    low, middle, high = statistics.quantiles(numbers, n=4)
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def main() -> None:
    rounds = compare(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    print("                 bare window, s     app, s             ratio")
    for kind in Start._fields:
        bare = [getattr(one, kind) for one, _ in rounds]
        ours = [getattr(other, kind) for _, other in rounds]
        ratios = [b / a for a, b in zip(bare, ours, strict=True)]
        print(f"{kind:<16} {spread(bare):<18} {spread(ours):<18} {spread(ratios)}")


if __name__ == "__main__":
    main()

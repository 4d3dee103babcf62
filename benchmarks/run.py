"""All benchmarks, one after the other: what they print, docs/benchmarks.md and a picture.

    python benchmarks/run.py [--quick] [--peers PYTHON] [--python PYTHON] [--to FOLDER] [--logs FOLDER]

--quick: fewer cases and rounds, a few minutes;  --peers: a Python that has scikit-learn;
--python: the one to interpret refgmm with, best an optimised build;
--to: where benchmarks.md, benchmarks.svg and benchmarks.json are written (default: docs);
--logs: where what each part prints is kept; a part that is there is not run again, so that a run can
be taken up where it was interrupted, or made in pieces

What is not there (a compiler, scikit-learn, node, dask) is said and left out. A missed goal is said,
too; the exit status is 0 unless a part fails.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness import BUILT, ROOT, built
from report import Part, curves, growth, page, picture

TITLE = "An epoch in one dimension: scikit-learn's time / refgmm's"


@dataclass(frozen=True, slots=True)
class Script:
    """A part: a file in this folder, and what it is called with, by --quick less."""

    file: str
    title: str
    full: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    asks_pythons: bool = True


SCRIPTS = (
    Script(
        "epochs.py",
        "How long an epoch takes",
        (),
        ("--rounds", "2", "--most", "1000", "--only", "K=3"),
    ),
    Script("convergence.py", "How long it takes to the optimum", (), ("--seeds", "3")),
    Script("scale.py", "More processes", (), ("--rounds", "3", "--n", "100000"), False),
    Script("process.py", "Import, process, memory, disk", (), ("--rounds", "3")),
)


def run(script: Script, arguments: Sequence[str]) -> tuple[str, int]:
    """What the part printed, shown as it comes; and its exit status."""
    command = [sys.executable, str(ROOT / "benchmarks" / script.file), *arguments]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        lines.append(f"{script.file} failed: exit status {process.returncode}")
    return "".join(lines), process.returncode


def machine() -> str:
    """Processor, cores and system."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"


def load() -> str:
    """How many processes wanted to run in the last minute, where the system tells."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts; write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--to", type=Path, default=ROOT / "docs")
    parser.add_argument("--logs", type=Path)
    options = parser.parse_args(arguments)
    for folder in filter(None, (options.to, options.logs)):
        folder.mkdir(parents=True, exist_ok=True)
    begin, load_before = datetime.now(UTC), load()
    pythons = ["--peers", options.peers, "--python", options.python]
    parts: list[Part] = []
    earlier: list[str] = []
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        compiled = built(Path(folder, "compiled"))
        if compiled is not None:
            os.environ[BUILT] = os.environ["PYTHONPATH"] = str(compiled)
        for script in SCRIPTS:
            print(f"\n{script.title}\n", flush=True)
            log = None if options.logs is None else options.logs / f"{script.file}.txt"
            own = script.quick if options.quick else script.full
            if log is not None and log.exists():
                output, status = log.read_text(encoding="utf-8"), 0
                earlier.append(f"{script.file} ({_written(log):%Y-%m-%d %H:%M} UTC)")
                print(output)
            else:
                asked = [*pythons, *own] if script.asks_pythons else own
                output, status = run(script, asked)
                if log is not None and not status:
                    log.write_text(output, encoding="utf-8")
            failed += status != 0
            part = Part.of(script.title, output)
            parts.append(part)
            if script.file == "epochs.py":
                parts.append(growth(part))
    setting = {
        "machine": machine(),
        "Python": f"{platform.python_version()}; versions of the contenders stand in each part",
        "date": f"{begin:%Y-%m-%d %H:%M} UTC, for {(datetime.now(UTC) - begin).seconds // 60} minutes"
        + (", --quick" if options.quick else ""),
        "load": f"{load_before} before, {load()} after: processes that wanted to run, on all cores",
    }
    if earlier:
        setting["measured earlier"] = ", ".join(earlier)
    write(options.to, parts, setting)
    missed = [line for part in parts for line in part.missed]
    print(f"\n{sum(part.met_count for part in parts)} goals met, {len(missed)} missed")
    print("\n".join(missed))
    return 1 if failed else 0


def write(folder: Path, parts: Sequence[Part], setting: dict[str, str]) -> None:
    """The page, its picture, and the same as JSON."""
    drawn = picture(curves(parts[0]), TITLE)
    (folder / "benchmarks.svg").write_text(drawn, encoding="utf-8")
    (folder / "benchmarks.md").write_text(page(parts, setting, "benchmarks.svg"), encoding="utf-8")
    numbers = {"setting": setting, "parts": [part.json() for part in parts]}
    text = json.dumps(numbers, indent=1, ensure_ascii=False) + "\n"
    (folder / "benchmarks.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

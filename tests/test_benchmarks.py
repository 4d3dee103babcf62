"""The benchmarks' own arithmetic and writing: nothing here measures a time."""

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from .support import ROOT

OUTPUT = """compiled: refgmm 0.1.0 (compiled kernel)

case | scikit-learn / compiled | scikit-learn / interpreted | microseconds
d=1 K=2 n=100 full | 23 [22, 24] >50 MISSED | 1.5 [1.4, 1.6] >1 met | compiled 3, scikit-learn 70
d=1 K=2 n=1000 full | 16 [15, 17] >15 met | - | compiled 40, scikit-learn 640
d=2 K=3 n=1000 full | 6 [5, 7] >5 met | - | interpreted 90, compiled 80
"""


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Its files import each other by name."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    before = set(sys.modules)
    yield
    for name in {"goals", "report", "harness", "run"} - before:
        sys.modules.pop(name, None)


def module(name: str) -> Any:
    return importlib.import_module(name)


def test_the_goals_are_those_that_were_set() -> None:
    """Each sentence of the issue, as a question to the table."""
    goal_of = module("goals").goal_of

    def bound(*question: str, **case: int) -> tuple[float, bool] | None:
        goal = goal_of(*question, **case)
        return None if goal is None else (goal.bound, goal.is_least)

    sklearn, compiled, interpreted = "scikit-learn", "compiled", "interpreted"
    for n, least in ((5, 150), (100, 50), (1_000, 15), (10_000, 8), (1_000_000, 8)):
        for k in (2, 3):
            assert bound("epoch", sklearn, compiled, n=n, k=k, d=1) == (least, True)
    assert bound("epoch", sklearn, compiled, n=100, k=8, d=1) is None
    assert bound("epoch", sklearn, compiled, n=100, k=3, d=2) == (5, True)
    assert bound("epoch", sklearn, compiled, n=100, k=3, d=10) == (1, True)
    assert bound("epoch", sklearn, interpreted, n=500, k=3, d=1) == (1, True)
    assert bound("epoch", sklearn, interpreted, n=501, k=3, d=1) == (0.5, True)
    assert bound("epoch", sklearn, interpreted, n=500, k=3, d=2) is None
    assert bound("epoch", compiled, "scalar C", n=100, k=3, d=1) is None
    assert bound("epoch", compiled, "scalar C", n=1_000, k=3, d=1) == (1.2, False)
    assert bound("optimum", sklearn, compiled) == (150, True)
    assert bound("optimum", sklearn, interpreted) == (10, True)
    assert bound("import", sklearn, interpreted) == (50, True)
    assert bound("process", sklearn, interpreted) == (50, True)
    assert bound("scale", "one process", "two processes") == (1.8, True)
    assert bound("memory", "megabytes", "", d=1) == (20, False)


def test_a_ratio_says_whether_it_meets_its_goal() -> None:
    """At the bound it is met, on either side of it; beyond, it is missed; nan is."""
    goals = module("goals")
    at_least, at_most = goals.Goal("", "", "", 5.0), goals.Goal("", "", "", 5.0, is_least=False)

    def text(middle: float, goal: Any) -> str:
        return str(goals.Ratio(1.0, middle, 9.0).text(goal))

    assert text(5.0, at_least) == "5 [1, 9] >5 met"
    assert text(4.99, at_least) == "4.99 [1, 9] >5 MISSED"
    assert text(5.0, at_most) == "5 [1, 9] <5 met"
    assert text(5.01, at_most) == "5.01 [1, 9] <5 MISSED"
    assert text(float("nan"), at_least).endswith("MISSED")
    assert text(float("nan"), at_most).endswith("MISSED")
    assert text(4.0, None) == "4 [1, 9]"


def test_a_written_ratio_is_read_again() -> None:
    """With a goal and without; other cells are none."""
    goals = module("goals")
    ratio = goals.Ratio(1.5, 2000.0, 2.5e7)
    assert goals.read(ratio.text()) == {"ratio": 2000.0, "low": 1.5, "high": 2.5e7}
    missed = goals.read(ratio.text(goals.Goal("", "", "", 1.2, is_least=False)))
    assert (missed["goal"], missed["is_met"]) == ("<1.2", False)
    for cell in ("-", "12.3", "compiled 3, scikit-learn 70", "14 (20)"):
        assert goals.read(cell) is None


def test_quartiles() -> None:
    """Of five values the second, third and fourth, in whatever order; of one, itself."""
    quartiles = module("harness").quartiles
    assert quartiles([5.0, 1.0, 4.0, 2.0, 3.0]) == (2.0, 3.0, 4.0)
    assert quartiles([7.0]) == (7.0, 7.0, 7.0)


def test_ratios_are_of_times_of_the_same_round() -> None:
    """A machine that is ten times slower in one round changes no ratio; who has no answer has no row."""
    harness = module("harness")

    class Stub:
        def __init__(self, name: str, seconds: list[float | None]) -> None:
            self.name, self._seconds = name, iter(seconds)

        def seconds_per_epoch(self, case: Any) -> float | None:
            return next(self._seconds)

    slow, fast = Stub("slow", [4.0, 40.0, 4.0]), Stub("fast", [2.0, 20.0, 2.0])
    silent = Stub("silent", [None] * 3)
    (row,) = harness.compare([harness.Case(5, 2, 1)], [slow, fast, silent], rounds=3)
    assert row.ratios["slow", "fast"] == (2.0, 2.0, 2.0)
    assert row.ratios["fast", "slow"] == (0.5, 0.5, 0.5)
    assert row.seconds == {"slow": 4.0, "fast": 2.0}


def test_what_a_part_prints_becomes_a_section() -> None:
    """Prose above a table in which each row has the cells of its heads; a missed goal stands out."""
    part = module("report").Part.of("How long", OUTPUT)
    assert part.prose == ("compiled: refgmm 0.1.0 (compiled kernel)",)
    lines = part.markdown().splitlines()
    assert lines[0] == "## How long"
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 5
    assert {line.count("|") for line in table} == {5}
    assert "| **23 [22, 24] >50 MISSED** |" in table[2]
    assert part.met_count == 3
    assert part.missed == [
        "How long: d=1 K=2 n=100 full, scikit-learn / compiled: 23 [22, 24] >50 MISSED"
    ]


def test_a_missed_goal_stands_beside_its_yardstick() -> None:
    """What C comes to where the compiled kernel misses a goal: it misses it, too, or it doesn't."""
    head = "case | scikit-learn / compiled | scikit-learn / scalar C | x"
    rows = [f"n={n} | 23 [22, 24] >50 MISSED | {c} [1, 90] | -" for n, c in ((5, "45.5"), (9, 50))]
    part = module("report").Part.of("How long", "\n".join([head, *rows]))
    told = "scikit-learn / compiled: 23 [22, 24] >50 MISSED; scalar C:"
    assert part.missed == [
        f"How long: n=5, {told} 45.5, so it misses it, too",
        f"How long: n=9, {told} 50",
    ]


def test_the_page_counts_what_is_missed() -> None:
    """Above the parts: machine and load, how many goals are met, and which are not."""
    report = module("report")
    page = report.page([report.Part.of("How long", OUTPUT)], {"load": "4.2"}, "picture.svg")
    assert page.index("- load: 4.2") < page.index("**Goals: 3 met, 1 missed.** Missed:")
    assert "- How long: d=1 K=2 n=100 full, scikit-learn / compiled: 23" in page
    assert "](picture.svg)" in page
    empty = report.page([report.Part.of("Nothing", "dask: left out")], {}, "picture.svg")
    assert "**Goals: 0 met, 0 missed.**\n" in empty
    assert "dask: left out" in empty


def test_growth_divides_by_the_points() -> None:
    """3 microseconds for 100 points and 40 for 1000 are 30 and 40 nanoseconds a point; of the compiled
    kernel, wherever it stands among the times.
    """
    report = module("report")
    growth = report.growth(report.Part.of("How long", OUTPUT))
    assert growth.rows == (
        ("compiled", "n=100", "n=1000"),
        ("d=1 K=2 full", "30", "40"),
        ("d=2 K=3 full", "-", "80"),
    )


def test_the_picture_shows_one_dimension() -> None:
    """A curve for each K and build, through the medians: higher where the ratio is higher."""
    report = module("report")
    curves = report.curves(report.Part.of("How long", OUTPUT))
    assert [(line.name, dict(line.places)) for line in curves] == [
        ("compiled, K=2", {100: (22.0, 23.0, 24.0), 1000: (15.0, 16.0, 17.0)}),
        ("interpreted, K=2", {100: (1.4, 1.5, 1.6)}),
    ]
    svg = ElementTree.fromstring(report.picture(curves, "A title"))
    circles = svg.findall("{*}circle")
    first, second, third = ((float(c.attrib["cx"]), float(c.attrib["cy"])) for c in circles)
    assert first[0] == third[0] < second[0]
    assert first[1] < second[1] < third[1]
    assert report.picture([], "A title") == ""


def test_the_numbers_are_written_as_json(tmp_path: Any) -> None:
    """Ratios as numbers, other cells as text."""
    report, run = module("report"), module("run")
    run.write(tmp_path, [report.Part.of("How long", OUTPUT)], {"load": "4.2"})
    read = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    row = read["parts"][0]["rows"][0]
    assert row["case"] == "d=1 K=2 n=100 full"
    assert row["scikit-learn / compiled"]["is_met"] is False
    assert read["setting"] == {"load": "4.2"}
    assert (tmp_path / "benchmarks.svg").exists()


def test_every_part_is_there() -> None:
    """The one command runs files that exist."""
    run = module("run")
    assert [s.file for s in run.SCRIPTS if not (ROOT / "benchmarks" / s.file).exists()] == []

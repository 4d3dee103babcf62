"""What the monkey answers when the app asks: at random, by its seed."""

import itertools
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from refgmm import Problem, gallery
from refgmm.gallery import Example
from refgmm.generated import Generated
from refgmm.points_text import Preview
from refgmm_gui.dialogs.files import Answer, OnDisk
from refgmm_gui.dialogs.solution import SolutionChoice
from refgmm_gui.point_sources import PointSource
from refgmm_gui.samples import Sample
from refgmm_gui.theme import Theme
from tests.gui.driver import ScriptedDialogs

MOST_NUMBERS = 2_500
"""Points times coordinates times components of the examples that the monkey opens: it has no patience."""

OPENED = (
    "a.json", "b.json", "bad.json", "points.csv", "bad.csv", "empty.csv", "utf16.csv", "bom.csv",
    "binary.csv", "infinite.csv", "long.csv", "gone.json", "circle.json", "pipe.json", ".", "",
)  # fmt: skip
"""Where it opens, imports and saves: good files, bad ones, and what is no file."""
EXPORTED = (
    "out.svg",
    "out.png",
    "out.pdf",
    "out.gif",
    "out.html",
    "nowhere/a.svg",
    "circle.json",
    "",
)


def make_files(folder: Path) -> None:
    """The files of OPENED that are there from the start."""
    for name, content in {
        "bad.json": b"{",
        "points.csv": b"x,y\n1,2\n3,4\n5,7\n",
        "bad.csv": b"x\n1\nfish\n",
        "empty.csv": b"",
        "utf16.csv": "x\n1\n2,5\n".encode("utf-16"),
        "bom.csv": b"\xef\xbb\xbfx;y\n1,5;2\n3;4,5\n",
        "binary.csv": bytes(range(256)),
        "infinite.csv": b"1\ninf\nnan\n",
        "long.csv": b"1," * 5000 + b"1\n",
    }.items():
        (folder / name).write_bytes(content)
    (folder / "circle.json").symlink_to(folder / "circle.json")
    if sys.platform != "win32":
        os.mkfifo(folder / "pipe.json")


class MonkeyDialogs(ScriptedDialogs):
    """Answers at random; among the answers are those of users who think better of it."""

    def __init__(self, parent: QWidget, rng: random.Random, folder: Path) -> None:
        super().__init__(parent)
        self._rng, self._folder = rng, folder
        make_files(folder)

    def watch(self, title: str, steps: Iterator[int], count: int) -> bool:
        """Sees some of them."""
        seen = self._rng.choice((0, 3, count))
        return len(list(itertools.islice(steps, seen))) == count

    def without_rows(self, left_out: str) -> bool:
        return self._rng.random() < 0.5

    def which_columns(
        self,
        columns: Sequence[str],
        dimension: int | None,
        preview: Preview | None,
        colours: Theme,
    ) -> list[str]:
        return self._rng.sample(list(columns), self._rng.randint(0, min(3, len(columns))))

    def dimension(self) -> int:
        return self._rng.choice((0, 2, 3, 4))

    def sample(self, reason: str, count: int, most: int) -> Sample | None:
        return self._rng.choice((None, Sample(20, None), Sample(20, 1)))

    def solution(self, usual: SolutionChoice) -> SolutionChoice | None:
        suffix = self._rng.choice((".html", ".md", ".tex", ".pdf", ""))
        return self._rng.choice((None, replace(usual, suffix=suffix, epochs=1)))

    def changed_on_disk(self, name: str) -> OnDisk:
        return self._rng.choice(list(OnDisk))

    def example(self, colours: Theme) -> Example | None:
        return self._rng.choice((None, *small_examples()))

    def generated(
        self, sources: Sequence[PointSource], most: int, colours: Theme
    ) -> Generated | None:
        mixture = self._rng.choice(sources).mixture
        n, seed = self._rng.randint(1, 40), self._rng.randint(0, 9)
        return None if mixture is None else Generated(mixture, n, seed)

    def unsaved(self, name: str) -> Answer:
        return self._rng.choice((Answer.DISCARD, Answer.DISCARD, Answer.CANCEL, Answer.SAVE))

    def forget(self, path: str) -> bool:
        return self._rng.random() < 0.5

    def _text(self, question: str) -> str:
        """A path; among them a directory, bad files, and none."""
        names = EXPORTED if question.startswith(("export", "animate")) else OPENED
        name = self._rng.choice(names)
        return str(self._folder / name) if name else ""


def small_examples() -> list[Example]:
    """The gallery's, but for those that take long."""

    def numbers(problem: Problem) -> int:
        return len(problem.points) * (problem.dimension or 1) * len(problem.initial.components)

    return [example for example in gallery.EXAMPLES if numbers(example.problem()) <= MOST_NUMBERS]

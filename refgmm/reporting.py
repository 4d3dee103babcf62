"""The worked solution of a problem: what is given, every step with formula and numbers, the answer.

>>> from refgmm import worked_example
>>> solution = report(worked_example.problem())
>>> print(solution.markdown().splitlines()[0])
# The lecture note's example, worked out
>>> [table.name for table in solution.tables][:3]
['points', 'initial-parameters', 'epoch-1-densities']

It is described once, as blocks (refgmm.report_parts), and written as Markdown, LaTeX, HTML and CSV.
"""

import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from refgmm import (
    arguments,
    files,
    report_csv,
    report_html,
    report_latex,
    report_markdown,
    report_text,
)
from refgmm.em import iterate
from refgmm.errors import InvalidValueError, RefGMMError
from refgmm.figure_svg import svg
from refgmm.formatting import listed
from refgmm.ledger import Exact, Ledger
from refgmm.notation import Ref
from refgmm.notebook import too_much_for_paper
from refgmm.paper import Paper
from refgmm.problem import Problem
from refgmm.records import dataclass, replace
from refgmm.rendering import Shown
from refgmm.report_epoch import EpochPart, short, whole
from refgmm.report_parts import Block, Picture, Table
from refgmm.report_sections import answer, given, is_the_notes, reasons, the_notes_digits
from refgmm.report_translation import translated
from refgmm.sub_steps import Labelling
from refgmm.translation import ENGLISH, Translation

FORMATS = ("text", "markdown", "latex", "html", "csv")

SUFFIXES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
}
"""The formats by the ends of files' names. CSV is a folder of files."""


@dataclass(frozen=True, slots=True)
class Report:
    """A worked solution.

    blocks: headings, paragraphs, formulas, tables and pictures, from the title on
    shown: how its numbers are shown
    translation: the language of all but CSV, which is for programs to read
    """

    blocks: tuple[Block, ...]
    shown: Shown
    translation: Translation = ENGLISH

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def told(self) -> tuple[Block, ...]:
        """The blocks in the report's language."""
        return tuple(translated(self.blocks, self.translation))

    def text(self) -> str:
        """As plain text, for a terminal; without pictures."""
        return self._said(report_text.written(self.told(), self.shown, self.translation))

    def markdown(self, picture_prefix: str | None = None) -> str:
        """As GitHub's Markdown. picture_prefix: of the names of the pictures' files; None: without."""
        return self._said(
            report_markdown.written(self.told(), self.shown, picture_prefix, self.translation)
        )

    def latex(self) -> str:
        """As an article to compile with pdflatex."""
        return self._said(report_latex.written(self.told(), self.shown, self.translation))

    def html(self) -> str:
        """As one page that needs nothing else."""
        return self._said(report_html.written(self.told(), self.shown, self.translation))

    def csv(self) -> dict[str, str]:
        """A file's name and its text for each table; with every digit."""
        return {
            f"{table.number:02}-{table.name}.csv": report_csv.written(table)
            for table in self.tables
        }

    def pictures(self, prefix: str) -> dict[str, str]:
        """The names and texts of the SVG files that the Markdown with this prefix asks for."""
        return {
            report_markdown.file_of(block, prefix): svg(block.figure)
            for block in self.told()
            if isinstance(block, Picture)
        }

    def _said(self, text: str) -> str:
        """With the one word that stands among the numbers in the report's language, too."""
        return text.replace("undefined", self.translation.say("undefined"))

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:  # noqa: A002
        """Write the report into a file; Markdown has its pictures beside it, CSV wants a folder.

        format: one of FORMATS; by the end of the file's name where not given

        RefGMMError where neither says it; FileFormatError for what can't be written.
        """
        target = Path(path)
        chosen = format or format_of(target)
        if chosen not in FORMATS:
            problem = f"there is no format {chosen!r}: choose one of {listed(FORMATS)}"
            raise RefGMMError(problem)
        if chosen == "csv":
            files.make_folder(target)
        for file, text in self._files(target, chosen).items():
            files.write_text(file, text)

    def _files(self, target: Path, chosen: str) -> dict[Path, str]:
        """The texts to write, by path."""
        if chosen == "csv":
            return {target / name: text for name, text in self.csv().items()}
        if chosen == "markdown":
            prefix = "".join(f"{target.stem}-".split())  # Markdown's links have no blanks
            pictures = {target.with_name(k): text for k, text in self.pictures(prefix).items()}
            return pictures | {target: self.markdown(prefix)}
        write = {"text": self.text, "latex": self.latex, "html": self.html}[chosen]
        return {target: write()}


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that the end of a file's name stands for.

    >>> format_of("solution.tex")
    'latex'
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = listed(list(SUFFIXES), most=len(SUFFIXES))
        problem = f"the name {str(path)!r} doesn't say which format: end it in one of {known}, or name the format"
        raise RefGMMError(problem)
    return SUFFIXES[suffix]


def report(
    problem: Problem,
    epochs: int = 1,
    *,
    decimals: int = 4,
    labelling: Labelling = Labelling.TEXTBOOK,
    unfolded: bool = False,
    paper: int | None = None,
    with_reasons: bool = True,
    translation: Translation = ENGLISH,
) -> Report:
    """The worked solution of so many epochs of EM, or fewer where one degenerates.

    decimals: of the numbers, 0 to 17; 17 is every digit
    labelling: whose names the steps have
    unfolded: whether long sums are written out
    paper: to how many decimals every number is rounded as it is written down (see refgmm.paper);
        then these are shown
    with_reasons: whether an appendix says why the formulas are as they are
    translation: the language of its words
    """
    arguments.check_kind(problem, Problem, "problem", "make one by Problem(points, start)")
    arguments.check_kind(labelling, Labelling, "labelling", "give Labelling.NOTE, say")
    shown = Shown(decimals if paper is None else paper, unfolded)
    count = arguments.count(epochs, "epochs")
    if paper is not None and (reason := too_much_for_paper(problem, count)):
        raise InvalidValueError(reason, field="paper")
    solution = _Solution(problem, count, shown, labelling, paper, with_reasons, translation)
    return Report(tuple(_numbered(solution.blocks())), shown, translation)


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, the tables and the pictures among them counted from 1."""
    tables, pictures = itertools.count(1), itertools.count(1)
    for block in blocks:
        if isinstance(block, Table):
            yield replace(block, number=next(tables))
        elif isinstance(block, Picture):
            yield replace(block, number=next(pictures))
        else:
            yield block


@dataclass(frozen=True, slots=True)
class _Solution:
    """What was asked for."""

    problem: Problem
    epochs: int
    shown: Shown
    labelling: Labelling
    paper: int | None
    with_reasons: bool
    translation: Translation

    def blocks(self) -> Iterator[Block]:
        """The sections, epoch after epoch as they are computed."""
        history: list[tuple[Ref, Ref | None]] = []
        parts: list[EpochPart] = []  # the first and the last
        for ledger in self.ledgers():
            epoch = ledger.epoch
            is_last = epoch.index == self.epochs or epoch.ends_walk
            part = EpochPart(self.problem, ledger, self.shown, self.labelling, is_last)
            parts = [*parts[:1], part]
            if epoch.index == 1:
                history.append((part.source.ref("log-likelihood"), None))
                yield from given(part, self.epochs)
            yield from whole(part) if epoch.index == 1 else short(part)
            if not epoch.ends_walk:
                source = part.source
                history.append((source.ref("log-likelihood", ago=-1), source.ref("gain")))
        yield from answer(parts[-1], history)
        if is_the_notes(self.problem):
            yield from the_notes_digits(parts[0])
        if self.with_reasons:
            yield from reasons(parts[0], self.translation)

    def ledgers(self) -> Iterator[Ledger]:
        """Where the numbers of each epoch come from."""
        problem, sheet = self.problem, None
        run = iterate(problem.points, problem.initial, problem.structure)
        for epoch in itertools.islice(run, min(self.epochs, sys.maxsize)):  # which takes no more
            if self.paper is None:
                yield Exact(epoch)
            else:
                sheet = Paper(epoch, self.paper, sheet)
                sheet.fill()
                yield sheet

"""The texts of the app that are to be translated, and those of the core that phrases tell.

    python -m tests.gui.texts

lists what the translations lack, and what they have that no longer exists.
"""

import ast
import errno
import itertools
import os
import re
import string
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import refgmm
import refgmm_gui
from refgmm import (
    Granularity,
    Labelling,
    Mixture,
    Problem,
    Walk,
    gallery,
    iterate,
    worked_example,
    worksheet,
)
from refgmm.errors import RefGMMError
from refgmm.explanation import title_of
from refgmm.ledger import Exact
from refgmm.narration import told
from refgmm.points_text import parse_points, parse_rows
from refgmm.problem import parse_document
from refgmm.quantities import QUANTITIES, Cell
from refgmm.reasons import why
from refgmm.reporting import report
from refgmm.sentences import sentence_of
from refgmm.structures import STRUCTURES, TIED
from refgmm.sub_steps import SUB_STEPS
from refgmm.translation import Translation
from refgmm_gui import actions, arrangement, language, theme
from refgmm_gui.changes import name_of_change
from refgmm_gui.desks import comparing, editing, exporting, walking
from refgmm_gui.dialogs import compare, files, solution
from refgmm_gui.draft import Draft
from refgmm_gui.panels import explanation, inputs
from refgmm_gui.plots import inputs_scene, layers, mixture_plot, plot_controls, scene
from refgmm_gui.tables import input_models
from refgmm_gui.window import menus, panel_header, tool_bar

CORE = Path(refgmm.__file__).parent
GUI = Path(refgmm_gui.__file__).parent
LANGUAGES = [name for name in language.CHOICES if name not in ("system", "en")]

_TEXT_OF_CALL = {
    "tr": 0,
    "say": 1,
    "titled": 0,
    "choice_menu": 0,
    "_said_label": 0,
    "_title": 0,
    "_table": 2,
    "_number_field": 1,
    "_choice": 1,
    "_label": 2,
}
"""Functions that take a text in English, and where among their arguments."""


def of_tables() -> Iterator[str]:
    """The texts of the tables, which whoever shows them translates."""
    for spec in actions.SPECS:
        yield spec.text
        yield spec.tip
        yield spec.on
    for table in (
        arrangement.PANELS,
        arrangement.EXPLANATION_PLACES,
        arrangement.INPUTS_PLACES,
        theme.CHOICES,
        language.CHOICES,
        layers.KINDS,
        layers.POINTS_AS,
        tool_bar.LABELLINGS,
        comparing._NAMES,
        comparing._IN_A_SENTENCE,
        editing._NAMES,
        editing._NO_EDIT,
        solution.FORMATS,
        solution._LABELLINGS,
        inputs._NAMES_IN_ONE_DIMENSION,
        inputs._MEANINGS_IN_ONE_DIMENSION,
        inputs._ADD,
        inputs._REMOVE,
        tool_bar.SPOKEN,
        panel_header.STEPS,
        plot_controls.COORDINATES,
        input_models._HEADS,
        mixture_plot._SPOKEN,
    ):
        assert isinstance(table, dict)
        yield from table.values()
    yield from menus.MENUS
    yield from compare.LinesModel.HEADS
    for pair in tool_bar.GRANULARITIES.values():
        yield from pair
    yield from (layer.text for layer in layers.LAYERS)
    yield from (scene.BEFORE_EPOCH, inputs_scene.WALK_STANDS)
    yield inputs._JUST_REMOVE
    yield from (explanation.EMPTY, explanation._NOT_YET)
    yield from (files._PROBLEMS, files._PICTURES, files._ANIMATIONS, files._POINTS)
    yield from (editing._HOW_TO, exporting._NO_PLOT, exporting._NO_SOLUTION, walking._FAILED)


def of_code() -> Iterator[str]:
    """The texts that stand in the code as arguments of tr, say and alike."""
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                place = _TEXT_OF_CALL.get(name_of(node.func))
                if place is not None and place < len(node.args):
                    yield from (text for text in _literals(node.args[place]))


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def texts() -> set[str]:
    """Every text of the app, in English."""
    return {text for text in (*of_tables(), *of_code()) if _has_words(text)}


def _has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{2}", text) is not None or text in (", ", "; ")


def of_the_core() -> Iterator[str]:
    """What the app tells of the core: names and meanings, what happens in walks over all examples."""
    for dimension in (None, 2):
        for structure in STRUCTURES.values():
            for step in SUB_STEPS:
                yield from (step.title(dimension), step.new_title(dimension))
                yield from (step.row_title(dimension), step.meaning(dimension, structure))
            for group in worksheet.groups(True, dimension, structure):
                for part in (group, group.total, group.parameter):
                    if part is not None:
                        yield from (part.title, part.formula, part.formula.partition(": ")[0])
    for structure in STRUCTURES.values():
        yield structure.meaning
    for example in gallery.EXAMPLES:
        yield from (example.title, example.shows, example.watch)
        yield from _of_labels(example.problem())
        yield from _of_epochs(example.problem())


def _of_labels(problem: Problem) -> Iterator[str]:
    """What the big button says, and what has happened, in steps of each size."""
    for granularity in Granularity:
        walk = Walk.begin(problem)
        for _ in range(4 if granularity is Granularity.EPOCH else 14):
            yield from (walk.next_label(granularity, labelling) for labelling in Labelling)
            yield from (event.message for event in walk.events)
            if walk.next_sub_step is None:
                break
            walk = walk.forward(granularity)


def _of_epochs(problem: Problem) -> Iterator[str]:
    """The titles and sentences of the numbers of some epochs, and what is told of each sub-step."""
    run = iterate(problem.points, problem.initial, problem.structure)
    for epoch in itertools.islice(run, 3):
        yield from (event.message for event in epoch.events)
        ledger = Exact(epoch)
        if not any(event.ends_walk for event in epoch.events):
            yield from (told(ledger, step.name, 4) for step in SUB_STEPS)
        cells = []
        for column in worksheet.columns_of(problem, True):
            cells += [column.cell(epoch.index, i) for i in range(min(5, len(problem.points)))]
            for footer in (column.group.total, column.group.parameter):
                if footer is not None:
                    cells.append(column.footer_cell(epoch.index, footer))
        if problem.dimension == 2:  # where no column has it, if the structure is diagonal
            cells.append(Cell(epoch.index, "covariance", None, 0, (1, 0)))
        if problem.dimension is None:  # where no column has them
            i_and_j = itertools.product(
                range(min(5, len(problem.points))), range(len(problem.initial.weights))
            )
            cells += [Cell(epoch.index, "distance", i, j) for i, j in i_and_j]
        for cell in cells:
            yield from (title_of(cell, problem.dimension), sentence_of(ledger, cell, 4))


def rare_problems() -> Iterator[Problem]:
    """What the examples have no case of."""
    for structure in STRUCTURES.values():  # what narrows to nothing, or stays as it is
        for points, means in (((1, 1, 1), (0, 2)), ((0, 2), (1, 1)), ((0, 2.0000001), (1, 1))):
            start = Mixture.univariate([0.4, 0.6], means, [1, 1])
            yield Problem(points, start, structure=structure)
        for at in (
            ((1, 1), (1, 1)),
            ((1, 1), (1, 3)),
            ((1, 1), (9, 9), (2, 2.5)),
            ((0, 0), (9, 9)),
        ):
            there = Mixture.multivariate([0.4, 0.6], [[0, 0], [2, 2]], [_diagonal(2, 2)] * 2)
            yield Problem(at, there, structure=structure)
    flat = ((0, 0, 0), (1, 0, 1), (0, 1, 1), (2, 1, 3), (1, 3, 4))
    yield Problem(flat, Mixture.multivariate([1], [[0, 0, 0]], [_diagonal(1, 1, 1)]))
    yield Problem(((1,), (2,)), Mixture.multivariate([1], [[0]], [[[1]]]))
    yield Problem(((1,), (2,)), Mixture.multivariate([0.5, 0.5], [[0], [1]], [[[1]], [[2]]]))
    yield Problem(((1, 2), (2, 5)), Mixture.multivariate([1], [[0, 0]], [_diagonal(1, 1)]))
    yield Problem((1, 2, 4), Mixture.univariate([1], [0], [1]))
    yield Problem((1, 2, 4), Mixture.univariate([0.2, 0.3, 0.5], [0, 1, 3], [1, 2, 3]))
    yield Problem((2, 9), Mixture.univariate([0.3, 0.3, 0.4], [0, 1.9, 9], [900, 0.01, 1]))
    three = [_diagonal(1, 1), _diagonal(9, 1), _diagonal(1, 4)]
    yield Problem(
        ((0, 0), (3, 3), (7, 1)),
        Mixture.multivariate([0.2, 0.3, 0.5], [[0, 0], [1, 2], [3, 3]], three),
    )
    yield Problem((90, 0.5, 1), Mixture.univariate([0.5, 0.5], [0, 1], [1, 2]))  # underflow
    apart = Mixture.univariate([0.5, 0.5], [0, 10], [1, 0.0025])
    yield Problem((-1, 1, 9.95, 10.05), apart, structure=TIED)  # which lowers the likelihood


def _diagonal(*variances: float) -> list[list[float]]:
    return [[v if a == b else 0 for b in range(len(variances))] for a, v in enumerate(variances)]


def of_rare_walks() -> Iterator[str]:
    for problem in rare_problems():
        yield from _of_epochs(problem)


def of_faults() -> Iterator[str]:
    """What is said of inputs, pasted texts and files that won't do."""
    note = Draft.of_problem(worked_example.problem())
    plane = Draft.of_problem(gallery.named("three_clouds").problem())
    for draft in (note, plane):
        for text in ("0,9", "0.9x", "", "1e80", "-1", "0.1", "0.7", "9", "0"):
            edited = [draft.with_point(0, text)]
            edited += [
                draft.with_parameter(0, column, text) for column in range(len(draft.parameters))
            ]
            edited += [draft.with_parameter(0, 0, text).with_parameter(1, 0, text)]
            yield from (fault.message for one in edited for fault in one.check()[1])
    for text in (
        "",
        "{",
        '{"refgmm": 1',
        '{"a" 1}',
        "{a}",
        "[1] 2",
        '{"a": "\n"}',
        '{"a": }',
        '{"a": "b',
    ):
        yield from _refused(parse_document, text)
    for text in ('a;"b', 'a,"b"c', "1 2\n3", "a b", "1;x", "1;2\n3;", "1,5 2\n1.5 2"):
        yield from _refused(parse_rows, text)
    for text in ("1.234,5", "1.234,5;2\n3,5;1", "1.234,5;x", "5%;1\n2;3"):
        yield from _refused(parse_rows, text)
    for text in ("a;b\nx;y", "a;b\n1;x\ny;2"):
        yield from _refused(parse_rows, text)
    for text in ("1;x", "1;2\n3;", "1;x\n2;y", "1;\n2;y"):
        yield from _refused(partial(parse_rows, columns=["2"], missing="omit"), text)
    yield from _refused(parse_points, "1.234,5;2", 1)
    for text in ("1;2\n3;", "1;2\n3;x"):
        yield parse_rows(text, ["2"], missing="omit").notes[-1]


def _refused(read: Callable[..., object], *given: object) -> Iterator[str]:
    try:
        read(*given)
    except RefGMMError as error:
        yield str(error)


def of_edits() -> Iterator[str]:
    """The names of edits, by all sorts of changes to one draft."""
    note = Draft.of_problem(worked_example.problem())
    plane = Draft.of_problem(gallery.named("three_clouds").problem())
    for draft in (note, plane):
        columns = range(len(draft.parameters))
        once = [draft.with_parameter(0, column, "0.3") for column in columns]
        twice = [edited.with_parameter(1, column, "0.7") for column, edited in enumerate(once)]
        for after in (
            *once,
            *twice,
            once[0].with_normalised_weights(),
            draft.with_point(0, "7"),
            draft.with_points(0, 1, ()),
            draft.with_points(0, 3, ()),
            draft.with_sorted_points(0, is_descending=True),
            draft.with_new_component(),
            draft.without_component(0),
            draft.with_structure("tied"),
        ):
            yield name_of_change(draft, after)
        yield name_of_change(draft.with_structure("tied"), draft)
    for by, order in itertools.product(("", " by x[1]"), ("ascending", "descending")):
        yield f"sort the points{by}, {order}"  # as panels/inputs.py has it


_MOST_POINTS = 12  # of a report: more say nothing else


def of_proofs_and_reports() -> set[str]:
    """Every text that a translation is asked for: of all proofs, and of reports in every format."""
    found = set()

    def asked(text: str) -> str:
        found.add(text)
        return text

    asking = Translation("zh-TW", asked)
    for quantity in QUANTITIES:
        for dimension in (None, 2):
            for structure in STRUCTURES.values():
                proof = why(quantity, dimension, structure)
                if proof is not None:
                    proof.translated(asking)
    problems = (example.problem() for example in gallery.EXAMPLES)
    for number, whole in enumerate(itertools.chain(problems, rare_problems())):
        problem = replace(whole, points=whole.points[:_MOST_POINTS])
        labelling = list(Labelling)[number % 2]
        for epochs, paper in ((1, None), (2, 3), (6, None)):
            written = report(problem, epochs, labelling=labelling, paper=paper, translation=asking)
            written.html()
            written.latex()
    return found


_WITH_ERRORS = (
    "cells", "csv_points", "em", "files", "gaussian", "generated", "points_text", "problem",
    "structures", "validation",
)  # fmt: skip
"""Modules of the core whose errors may reach the app."""

_FOR_PROGRAMMERS = re.compile(
    r"^missing must be|refgmm\.fit| \| |<|^-|mean of the diagonal|sample weight$|variance floor$|how often"
)
"""What isn't said to a user of the app, or isn't said at all."""


def of_errors() -> Iterator[tuple[str, ...]]:
    """The sentences of those modules; each with words, and with numbers, in place of what it fills in."""
    for module in _WITH_ERRORS:
        for node in _texts_in(CORE / f"{module}.py"):
            for texts in zip(_filled(node, "△"), _filled(node, "3"), strict=True):
                if re.search(r"[a-z]{2} ", texts[0]) and not _FOR_PROGRAMMERS.search(texts[0]):
                    yield texts
    for number in (errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC,
                   errno.EROFS, errno.ENAMETOOLONG, errno.EIO, errno.EDQUOT, errno.EPERM,
                   errno.EINVAL, errno.EMFILE):  # fmt: skip
        yield (os.strerror(number),)
    for kind in ("object", "array"):
        yield (f"Illegal trailing comma before end of {kind}",)  # Python 3.13's json


def of_all_the_core() -> set[str]:
    """All of these texts of the core's, and of the app's that are made of such."""
    errors = itertools.chain.from_iterable(of_errors())
    walks = (of_the_core(), of_rare_walks(), of_faults(), of_edits(), errors)
    return of_proofs_and_reports().union(*walks)


def strings_in(path: Path) -> Iterator[str]:
    """All texts of a module but its docstrings, an f-string as what stands between its braces."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _texts_in(path: Path) -> Iterator[ast.expr]:
    """The expressions that make texts; of one within another, the outer."""

    def within(node: ast.AST) -> Iterator[ast.expr]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Expr):  # a docstring
                continue
            if isinstance(child, ast.JoinedStr | ast.BinOp) or _is_text(child):
                assert isinstance(child, ast.expr)
                yield child
            else:
                yield from within(child)

    yield from within(ast.parse(path.read_text(encoding="utf-8")))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _filled(node: ast.expr, filler: str) -> list[str]:
    """What an expression may say, with a filler where only a run of the program knows."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.FormattedValue):
        return _filled(node.value, filler)
    if isinstance(node, ast.IfExp):
        return [*_filled(node.body, filler), *_filled(node.orelse, filler)]
    if isinstance(node, ast.JoinedStr):
        parts = [_filled(part, filler) for part in node.values]
        return ["".join(chosen) for chosen in itertools.product(*parts)]
    if isinstance(node, ast.BinOp) and _is_text(node.left) and isinstance(node.op, ast.Mult):
        return ["", *_filled(node.left, filler)]  # "s" * (n > 1)
    return [filler]


def placeholders(text: str) -> set[str]:
    """The names in braces, with their formats."""
    return {f"{name}:{form}!{way}" for _, name, form, way in string.Formatter().parse(text) if name}


def missing_and_stale(name: str) -> tuple[set[str], set[str]]:
    """What a translation lacks of the app's texts, and what it has that no longer exists."""
    known, wanted = set(language.catalogue(name)["texts"]), texts()
    return wanted - known, known - wanted


if __name__ == "__main__":
    for name in LANGUAGES:
        missing, stale = missing_and_stale(name)
        for text in sorted(missing):
            print(f"{name} lacks   {text!r}")
        for text in sorted(stale):
            print(f"{name} has no use for   {text!r}")
    sys.exit(any(any(missing_and_stale(name)) for name in LANGUAGES))

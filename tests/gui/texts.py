"""The texts of the app that are to be translated, and those of the core that phrases tell.

    python -m tests.gui.texts

lists what the translations lack, and what they have that no longer exists.
"""

import ast
import itertools
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import refgmm_gui
from refgmm import Granularity, Labelling, Problem, Walk, gallery, iterate, worksheet
from refgmm.explanation import title_of
from refgmm.ledger import Exact
from refgmm.narration import told
from refgmm.sentences import sentence_of
from refgmm.structures import STRUCTURES
from refgmm.sub_steps import SUB_STEPS
from refgmm_gui import actions, arrangement, language, theme
from refgmm_gui.desks import comparing, editing, exporting, walking
from refgmm_gui.dialogs import compare, files, solution
from refgmm_gui.panels import explanation, inputs
from refgmm_gui.plots import inputs_scene, layers, plot_controls, scene
from refgmm_gui.tables import input_models
from refgmm_gui.window import menus, panel_header, tool_bar

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
    return re.search(r"[A-Za-z]{2}", text) is not None or text == ", "


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
    """The titles and sentences of the numbers of two epochs, and what is told of each sub-step."""
    for epoch in itertools.islice(iterate(problem.points, problem.initial), 2):
        ledger = Exact(epoch)
        if not any(event.ends_walk for event in epoch.events):
            yield from (told(ledger, step.name, 4) for step in SUB_STEPS)
        cells = []
        for column in worksheet.columns_of(problem, True):
            cells += [column.cell(epoch.index, i) for i in range(min(5, len(problem.points)))]
            for footer in (column.group.total, column.group.parameter):
                if footer is not None:
                    cells.append(column.footer_cell(epoch.index, footer))
        for cell in cells:
            yield from (title_of(cell, problem.dimension), sentence_of(ledger, cell, 4))


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

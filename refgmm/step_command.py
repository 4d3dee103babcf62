"""The command `refgmm step`: a walk through EM in a plain terminal, also where stdin is a pipe."""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from refgmm import cli_options, explain_commands, report_text, text_table
from refgmm.arithmetic import as_vector
from refgmm.errors import DegenerateError, RefGMMError
from refgmm.files import STANDARD_INPUT
from refgmm.formatting import format_number
from refgmm.ledger import Exact
from refgmm.notebook import Notebook, knows
from refgmm.quantities import QUANTITIES, Cell
from refgmm.records import dataclass, replace
from refgmm.rendering import Shown, as_given
from refgmm.report_epoch import EpochPart, afterwards, sub_step
from refgmm.stepper import Walk
from refgmm.sub_steps import SUB_STEP_COUNT, Granularity, Labelling
from refgmm.trace_formats import describe
from refgmm.worksheet import columns_of, footer_rows, lead_symbols

_MOST_LINES = 12
"""Of numbers that a point or a component has filled."""

HELP = """\
Enter, next        compute what comes next
back               take it back
epoch              go to the end of the epoch; epoch 3: to the end of epoch 3
start              go back to the start
by WHAT            how much next does: point, component, sub-step, phase or epoch
explain CELL       where a number comes from, such as explain responsibility:4,1;
                   the cell alone does it, too
why CELL           why its formula is as it is
table              the numbers of this epoch that are known
where              where the walk stands
quit               the end (or Ctrl+D)

The beginning of a command is enough: n, b, ep, s, e, t, w, q.
A star (*) behind a result says that the numbers as shown would give another last digit."""


@dataclass(frozen=True, slots=True)
class Stepping:
    """Where the user stands, and how things are shown."""

    walk: Walk
    shown: Shown
    labelling: Labelling
    granularity: Granularity = Granularity.SUB_STEP
    is_over: bool = False

    @property
    def decimals(self) -> int:
        """Of the numbers."""
        return self.shown.decimals or 0


Answer = tuple[Stepping, str]


def add_to(commands: Any) -> None:
    """Add the command to a parser's subcommands."""
    walk = commands.add_parser(
        "step",
        help="walk through EM step by step in this terminal",
        description="Walk through EM step by step: Enter goes on, and help lists the commands.",
        epilog=explain_commands.CELLS,
    )
    explain_commands.add_problem(walk)
    explain_commands.add_digits(walk)
    explain_commands.add_unfold(walk)
    explain_commands.add_labels(walk)
    walk.set_defaults(command=_step)


def _step(options: argparse.Namespace) -> int:
    if options.problem == STANDARD_INPUT:
        raise RefGMMError(
            "step reads its commands from standard input, so the problem can't come from there, too: "
            "save it to a file, and give its name"
        )
    problem = explain_commands.load(options.problem)
    shown = Shown(options.digits, options.unfold)
    at = Stepping(Walk.begin(problem), shown, options.labels)
    n, k = len(problem.points), len(problem.initial.components)
    print(f"{n} point{'s' * (n > 1)}, {k} component{'s' * (k > 1)}.")
    print(f"Start: {describe(problem.initial, at.decimals)}")
    print("Enter goes on; help lists the commands.\n")
    print(_where(at, "")[1])
    while not at.is_over:
        line = _line()
        if line is None:
            break
        at, text = respond(at, line)
        if text:
            print(text)
    return 0


def _line() -> str | None:
    """What the user types; None at the end of the input. A prompt only where somebody sees it."""
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    try:
        return input("> " if is_terminal else "")
    except (EOFError, KeyboardInterrupt) as end:
        if is_terminal:
            print()  # the shell's own prompt belongs on a line of its own
        if isinstance(end, KeyboardInterrupt):
            raise
        return None


def respond(at: Stepping, line: str) -> Answer:
    """What a line of input does: where one stands then, and what to print."""
    word, _, rest = line.strip().partition(" ")
    name = _full_name(word.lower())
    if name is None and ":" in line:
        name, rest = "explain", line
    if name is None:
        return at, f"There is no command {word!r}: help lists them, and Enter goes on."
    try:
        return _COMMANDS[name](at, rest.strip())
    except RefGMMError as error:
        return at, str(error)


def _full_name(word: str) -> str | None:
    """The command that a word, or its beginning, stands for."""
    if not word:
        return "next"
    return _SHORT.get(word) or next((name for name in _COMMANDS if name.startswith(word)), None)


def _next(at: Stepping, _: str) -> Answer:
    if at.walk.next_sub_step is None:
        return at, f"{_label(at)}. back, or quit."
    return _moved(at, at.walk.forward(at.granularity, at.labelling))


def _back(at: Stepping, _: str) -> Answer:
    if at.walk.is_at_start:
        return at, "This is the start."
    return _where(replace(at, walk=at.walk.back(at.granularity, at.labelling)), "")


def _epoch(at: Stepping, text: str) -> Answer:
    if not text:
        if at.walk.next_sub_step is None:
            return _next(at, "")
        return _moved(at, at.walk.forward_epoch())
    try:
        number = cli_options.count(text)
    except argparse.ArgumentTypeError as error:
        return at, f"{error}"
    try:
        walk = at.walk.go_to(number, SUB_STEP_COUNT)
    except DegenerateError as error:
        reasons = " ".join(dict.fromkeys(str(getattr(e, "message", "")) for e in error.events))
        return at, f"The run ends before the end of epoch {number}. {reasons}"
    at = replace(at, walk=walk)
    return at, f"{_table(at, '')[1]}\n\n{_where(at, '')[1]}"


def _start(at: Stepping, _: str) -> Answer:
    return _where(replace(at, walk=at.walk.to_start()), "")


def _by(at: Stepping, text: str) -> Answer:
    try:
        granularity = Granularity(text.lower())
    except ValueError:
        names = ", ".join(granularity.value for granularity in Granularity)
        return at, f"by wants one of {names}: by point, for example."
    return _where(replace(at, granularity=granularity), "")


def _explain(at: Stepping, text: str) -> Answer:
    derivation = Notebook().derivation(at.walk, _known_cell(at, text))
    lines = [
        explain_commands.name_of(derivation),
        derivation.text(at.shown),
        *explain_commands.remarks(derivation, at.shown),
        explain_commands.made_of(derivation),
    ]
    return at, "\n".join(filter(None, lines))


def _why(at: Stepping, text: str) -> Answer:
    derivation = Notebook().derivation(at.walk, _known_cell(at, text))
    if derivation.why is None:
        return at, f"{derivation.title}: that is its definition, or it is given."
    return at, explain_commands.why_of(derivation, at.decimals).lstrip()


def _known_cell(at: Stepping, text: str) -> Cell:
    """The cell that a text names. RefGMMError where it isn't computed yet."""
    if not text:
        raise RefGMMError(f"name a cell. {explain_commands.CELLS}")
    cell = Cell.parse(text, at.walk.epoch.index)
    if not knows(at.walk, cell):
        raise RefGMMError(f"{cell} of epoch {cell.epoch} is not computed yet: Enter goes on")
    return cell


def _where(at: Stepping, _: str) -> Answer:
    walk = at.walk
    done = f"Epoch {walk.epoch.index}, {walk.done} of {SUB_STEP_COUNT} sub-steps done."
    if walk.partial is not None:
        kind = walk.partial.by.value
        done += f" Of the next, {walk.partial.count} {kind}{'s' * (walk.partial.count > 1)} done."
    return at, f"{done} Next: {_label(at)}"


def _label(at: Stepping) -> str:
    return at.walk.next_label(at.granularity, at.labelling)


def _table(at: Stepping, _: str) -> Answer:
    """The worksheet of the epoch, blank where it isn't computed yet."""
    walk, problem = at.walk, at.walk.problem
    columns, lead = columns_of(problem), lead_symbols(problem.dimension)
    rows = [[*lead, *(column.symbol for column in columns)]]
    for i, x in enumerate(problem.points):
        numbers = [
            format_number(column.value(walk.epoch, i), at.decimals)
            if column.is_known(walk, i)
            else ""
            for column in columns
        ]
        rows.append([str(i + 1), *map(as_given, as_vector(x)), *numbers])
    for name, footers in footer_rows(columns):
        cells = [
            format_number(column.footer_value(walk.epoch, footer), at.decimals)
            if footer is not None and column.footer_is_known(walk, footer)
            else ""
            for column, footer in zip(columns, footers, strict=True)
        ]
        rows.append([name, *[""] * (len(lead) - 1), *cells])
    return at, text_table.plain(rows, rules_before=[1, len(rows) - 2])


def _help(at: Stepping, _: str) -> Answer:
    return at, HELP


def _quit(at: Stepping, _: str) -> Answer:
    return replace(at, is_over=True), ""


_COMMANDS: dict[str, Callable[[Stepping, str], Answer]] = {
    "next": _next,
    "forward": _next,
    "back": _back,
    "explain": _explain,
    "epoch": _epoch,
    "by": _by,
    "start": _start,
    "table": _table,
    "why": _why,
    "where": _where,
    "help": _help,
    "quit": _quit,
    "exit": _quit,
}
_SHORT = {"e": "explain", "w": "where", "?": "help", "x": "explain", "b": "back"}


def _moved(at: Stepping, walk: Walk) -> Answer:
    """What a move on has computed: numbers one by one, or sub-steps as the report has them."""
    before, at = at.walk, replace(at, walk=walk)
    part = EpochPart(walk.problem, Exact(walk.epoch), at.shown, at.labelling, is_last=False)
    if at.granularity.is_part and walk.part_since(before) is not None:
        known = before.events if before.epoch.index == walk.epoch.index else ()
        messages = [event.message for event in walk.events if event not in known]
        lines = [*_numbers(at, before), *messages]
    else:
        steps = walk.sub_steps_since(before)
        blocks = itertools.chain.from_iterable(sub_step(part, step) for step in steps)
        lines = [report_text.written(blocks, at.shown)]
    if walk.done == SUB_STEP_COUNT and not walk.stopped_by:
        lines.append(report_text.written(afterwards(part), at.shown))
    return at, "\n".join([*lines, _where(at, "")[1]])


def _numbers(at: Stepping, before: Walk) -> Iterator[str]:
    """Each number that is new, on a line: formula, numbers, result."""
    walk = at.walk
    steps = {step.name for step in walk.sub_steps_since(before)}
    new = [
        cell
        for cell in _cells(walk)
        if QUANTITIES[cell.quantity].sub_step in steps
        and knows(walk, cell)
        and not knows(before, cell)
    ]
    notebook = Notebook()
    for cell in new[:_MOST_LINES]:
        yield notebook.derivation(walk, cell).one_line(at.shown)
    if len(new) > _MOST_LINES:
        yield f"... and {len(new) - _MOST_LINES} more: table shows them"


def _cells(walk: Walk) -> Iterator[Cell]:
    """The cells of the epoch's worksheet, column by column."""
    for column in columns_of(walk.problem):
        for i in range(len(walk.problem.points)):
            yield column.cell(walk.epoch.index, i)
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                yield column.footer_cell(walk.epoch.index, footer)

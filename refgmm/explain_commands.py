"""The commands that explain: `refgmm explain`, one number; `refgmm report`, the whole solution."""

import argparse
import html
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from refgmm import cli_options, worked_example
from refgmm.bound import checks
from refgmm.errors import DegenerateError, RefGMMError
from refgmm.explanation import Derivation, title_of
from refgmm.formatting import format_number
from refgmm.ledger import value_in
from refgmm.notebook import Notebook
from refgmm.paper import Paper
from refgmm.problem import Problem
from refgmm.quantities import QUANTITIES, Cell
from refgmm.rendering import SYMBOLS, Shown
from refgmm.report_latex import escaped
from refgmm.reporting import FORMATS, format_of, report
from refgmm.stepper import Walk
from refgmm.sub_steps import Labelling
from refgmm.typesetting import TEXT

CELLS = (
    "A cell is a quantity and the numbers of its point and component, from 1: responsibility:4,1 "
    "(point 4, component 1), evidence:4, mean:2, mean:2[1] and covariance:2[2,1] in several "
    f"dimensions, log-likelihood. The quantities: {', '.join(QUANTITIES)}."
)

_EXAMPLE = "a problem file, as the app saves it (default: the lecture note's example)"
_INDENT = "  "
_MOST_USED = 5
"""Numbers that a number is made of, by name."""


def add_to(commands: Any) -> None:
    """Add the two commands to a parser's subcommands."""
    one = commands.add_parser(
        "explain", help="where a number comes from: formula, numbers, result", epilog=CELLS
    )
    add_problem(one)
    one.add_argument("--cell", required=True, metavar="CELL", help="the number: see below")
    one.add_argument(
        "--epoch", type=cli_options.count, default=1, metavar="N", help="of the number (default: 1)"
    )
    one.add_argument(
        "--format",
        choices=list(_WRITERS),
        default="text",
        help="default: text; others are fragments",
    )
    _add_decimals(one)
    add_unfold(one)
    one.add_argument(
        "--chain",
        action="store_true",
        help="explain the numbers used, too, down to points and initial parameters",
    )
    one.add_argument("--why", action="store_true", help="say why the formula is as it is, too")
    one.set_defaults(command=_explain)

    solution = commands.add_parser(
        "report", help="the worked solution: every step with formula and numbers"
    )
    add_problem(solution)
    solution.add_argument(
        "--epochs", type=cli_options.count, default=1, metavar="N", help="how many (default: 1)"
    )
    solution.add_argument(
        "--format",
        choices=list(FORMATS),
        help="default: by the end of FILE's name; markdown without FILE",
    )
    solution.add_argument(
        "-o",
        "--output",
        type=cli_options.file_name,
        metavar="FILE",
        help="the file to write; a folder for csv. Markdown's pictures are written beside it",
    )
    _add_decimals(solution)
    add_unfold(solution)
    add_labels(solution)
    solution.set_defaults(command=_report)


def add_problem(parser: argparse.ArgumentParser) -> None:
    """The problem file."""
    parser.add_argument("problem", metavar="PROBLEM.json", nargs="?", help=_EXAMPLE)


def add_digits(parser: Any) -> None:
    """How many decimals."""
    parser.add_argument(
        "--digits",
        type=cli_options.digits,
        default=4,
        metavar="D",
        help="decimals, 0 to 17; 17 is every digit (default: 4)",
    )


def add_unfold(parser: argparse.ArgumentParser) -> None:
    """Whether sums are written out."""
    parser.add_argument(
        "--unfold", action="store_true", help="write long sums, inverses and determinants out"
    )


def add_labels(parser: argparse.ArgumentParser) -> None:
    """Whose names the steps have."""
    parser.add_argument(
        "--labels",
        type=cli_options.labelling,
        default=Labelling.TEXTBOOK,
        metavar="NAMES",
        help="of the steps: textbook or note (default: textbook)",
    )


def _add_decimals(parser: argparse.ArgumentParser) -> None:
    """How many decimals are shown; or, in paper mode, kept. Not both."""
    either = parser.add_mutually_exclusive_group()
    add_digits(either)
    either.add_argument(
        "--paper",
        type=cli_options.digits,
        metavar="D",
        help="round every number to D decimals as it is written down, as with a pencil",
    )


def load(path: str | None) -> Problem:
    """The problem of a file; the lecture note's where there is none."""
    return worked_example.problem() if path is None else Problem.load(path)


class _Found(NamedTuple):
    """A derivation, and how many steps lie between it and the number that was asked for."""

    depth: int
    derivation: Derivation


class _Asked(NamedTuple):
    """How to show derivations."""

    shown: Shown
    has_why: bool
    is_chain: bool

    @property
    def decimals(self) -> int:
        return self.shown.decimals or 0


def _explain(options: argparse.Namespace) -> int:
    cell = Cell.parse(options.cell, options.epoch)
    walk = walk_to(load(options.problem), options.epoch)
    found = _derivations(walk, cell, options.paper, options.chain)
    decimals = options.digits if options.paper is None else options.paper
    asked = _Asked(Shown(decimals, options.unfold), options.why, options.chain)
    print("\n\n".join(_WRITERS[options.format](each, asked) for each in found))
    return 0


def walk_to(problem: Problem, epoch: int) -> Walk:
    """A walk that has begun an epoch. RefGMMError where the run ends before it."""
    try:
        return Walk.begin(problem).go_to(epoch, 0).forward()
    except DegenerateError as error:
        reasons = " ".join(dict.fromkeys(map(_message, error.events)))
        raise RefGMMError(
            f"there is no epoch {epoch}: the run ends before it. {reasons}"
        ) from error


def _message(event: Any) -> str:
    return str(event.message)


def _derivations(walk: Walk, cell: Cell, paper: int | None, is_chain: bool) -> Iterator[_Found]:
    """That of a cell; in a chain those of the numbers used as well, each once, depth first."""
    notebook = Notebook()
    seen: set[Cell] = set()
    waiting = [(0, cell)]
    while waiting:
        depth, cell = waiting.pop()
        if cell in seen:
            continue
        seen.add(cell)
        derivation = notebook.derivation(walk, cell, paper)
        yield _Found(depth, derivation)
        if is_chain:
            waiting += [(depth + 1, source) for source in reversed(derivation.sources)]


def name_of(derivation: Derivation) -> str:
    """What is explained: "responsibility of component 1 for point 4, epoch 1"."""
    return _with_epoch(derivation.title, derivation.cell)


def _with_epoch(title: str, cell: Cell) -> str:
    return title if cell.is_given else f"{title}, epoch {cell.epoch}"


def made_of(derivation: Derivation) -> str:
    """The numbers used: symbol, cell, and what they are; of many the first few."""
    dimension = derivation.ledger.epoch.before.dimension
    used = [
        (TEXT.show(ref.symbol, SYMBOLS), str(cell), _with_epoch(title_of(cell, dimension), cell))
        for cell, ref in derivation.used.items()
    ]
    first = used[:_MOST_USED] if len(used) > _MOST_USED + 1 else used
    widths = [max(len(row[place]) for row in first) for place in (0, 1)] if first else []
    lines = [
        f"  {symbol.ljust(widths[0])}  {cell.ljust(widths[1])}  {title}"
        for symbol, cell, title in first
    ]
    if len(first) < len(used):
        lines.append(f"  and {len(used) - len(first)} more")
    return "\n".join(["Made of", *lines]) if lines else ""


def why_of(derivation: Derivation, decimals: int) -> str:
    """The proof of its formula, and what it claims in the numbers of the epoch; empty without one."""
    if derivation.why is None:
        return ""
    found = _checks(derivation, decimals)
    return "\n".join(["", derivation.why.text(), *([""] if found else []), *found])


def remarks(derivation: Derivation, shown: Shown) -> Iterator[str]:
    """What it says; where it is rounded otherwise than it seems; on paper, the exact number."""
    decimals = shown.decimals or 0
    yield derivation.sentence(decimals)
    note = derivation.note(decimals, unfolded=shown.unfolded)
    if note:
        yield note
    ledger, cell = derivation.ledger, derivation.cell
    if isinstance(ledger, Paper) and not cell.is_given:
        exact = format_number(value_in(ledger.epoch, cell), decimals + 4)
        difference = format_number(ledger.difference(cell), decimals + 4)
        yield f"Unrounded it is {exact}; on paper it differs by {difference}.".replace("-", "−")


def _checks(derivation: Derivation, decimals: int) -> tuple[str, ...]:
    """What the proof claims, in the numbers of the epoch."""
    return checks(derivation.ledger.epoch, derivation.cell, decimals)


def _as_text(found: _Found, asked: _Asked) -> str:
    derivation = found.derivation
    lines = [name_of(derivation), *derivation.text(asked.shown).splitlines()]
    lines += remarks(derivation, asked.shown)
    if not asked.is_chain:  # which explains them all
        lines += made_of(derivation).splitlines()
    if asked.has_why and not found.depth:
        lines += why_of(derivation, asked.decimals).splitlines()
    return "\n".join((_INDENT * found.depth + line).rstrip() for line in lines)


def _as_latex(found: _Found, asked: _Asked) -> str:
    derivation = found.derivation
    parts = [
        rf"\paragraph{{{escaped(name_of(derivation).capitalize())}.}}",
        derivation.latex(asked.shown),
        *map(escaped, remarks(derivation, asked.shown)),
    ]
    if asked.has_why and derivation.why is not None and not found.depth:
        parts += [derivation.why.latex(), *map(escaped, _checks(derivation, asked.decimals))]
    return "\n".join(parts)


def _as_html(found: _Found, asked: _Asked) -> str:
    derivation = found.derivation
    sentences = " ".join(remarks(derivation, asked.shown))
    parts = [
        f"<h3>{html.escape(name_of(derivation))}</h3>",
        derivation.mathml(asked.shown),
        f"<p>{html.escape(sentences)}</p>",
    ]
    if asked.has_why and derivation.why is not None and not found.depth:
        parts.append(derivation.why.html())
        parts += [f"<p>{html.escape(line)}</p>" for line in _checks(derivation, asked.decimals)]
    return "\n".join(parts)


_WRITERS: dict[str, Callable[[_Found, _Asked], str]] = {
    "text": _as_text,
    "latex": _as_latex,
    "html": _as_html,
}


def _report(options: argparse.Namespace) -> int:
    chosen = options.format
    if options.output is None:
        chosen = chosen or "markdown"
        if chosen == "csv":
            raise RefGMMError("csv has a file for each table: give a folder for them with -o")
    elif chosen is None:
        chosen = format_of(options.output)
    problem = load(options.problem)
    if options.output is not None:
        cli_options.check_not_over(options.output, options.problem)
    solution = report(
        problem,
        options.epochs,
        decimals=options.digits,
        labelling=options.labels,
        unfolded=options.unfold,
        paper=options.paper,
    )
    if options.output is not None:
        solution.save(options.output, chosen)
    else:
        writers = {
            "text": solution.text,
            "markdown": solution.markdown,
            "latex": solution.latex,
            "html": solution.html,
        }
        print(writers[chosen](), end="")
    return 0

"""The trace of a run in the formats of `refgmm trace`: text, Markdown, CSV and JSON.

Each format is a generator of pieces of text, so that a long run prints as it computes.
"""

import csv
import dataclasses
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from refgmm import text_table, worksheet
from refgmm.em import Epoch
from refgmm.events import Event
from refgmm.formatting import ALL_DIGITS, format_number, subscript
from refgmm.gaussian import Gaussian
from refgmm.mixture import Mixture
from refgmm.problem import FORMAT_VERSION, Problem

Format = Callable[[Problem, Iterable[Epoch], int | None], Iterator[str]]

_DEFAULT_DECIMALS = 4


def text(problem: Problem, epochs: Iterable[Epoch], decimals: int | None) -> Iterator[str]:
    """A worksheet for each epoch, as a terminal shows it."""
    decimals = _DEFAULT_DECIMALS if decimals is None else decimals
    for epoch in epochs:
        rows = worksheet_rows(problem, epoch, decimals)
        table = text_table.plain(rows, rules_before=[1, len(rows) - 2])
        yield f"Epoch {epoch.index}\nfrom {describe(epoch.before, decimals)}\n\n{table}\n"
        yield from _afterwards(epoch, decimals)


def markdown(problem: Problem, epochs: Iterable[Epoch], decimals: int | None) -> Iterator[str]:
    """A heading and a worksheet for each epoch."""
    decimals = _DEFAULT_DECIMALS if decimals is None else decimals
    for epoch in epochs:
        table = text_table.markdown(worksheet_rows(problem, epoch, decimals))
        yield f"## Epoch {epoch.index}\n\nfrom {describe(epoch.before, decimals)}\n\n{table}\n"
        yield from _afterwards(epoch, decimals)


def tidy_csv(problem: Problem, epochs: Iterable[Epoch], decimals: int | None) -> Iterator[str]:
    """A line for each number: epoch, quantity, point, component, value; numbered from 1."""
    yield _csv_line("epoch", "quantity", "point", "component", "value")
    decimals = ALL_DIGITS if decimals is None else decimals
    for epoch in epochs:
        for quantity, point, component, value in _every_number(epoch):
            shown = "nan" if math.isnan(value) else format_number(value, decimals)
            yield _csv_line(epoch.index, quantity, point, component, shown)


def as_json(problem: Problem, epochs: Iterable[Epoch], decimals: int | None) -> Iterator[str]:
    """One object; its names are those of the library, its floats read back as the same doubles.

    nan, which JSON can't write, is null; so is `after` where an epoch has no mixture after it.
    """
    head = problem.to_document()
    yield (
        f'{{"refgmm": {FORMAT_VERSION},\n "points": {json.dumps(head["points"])},\n'
        f' "initial": {json.dumps(head["initial"])},\n "epochs": ['
    )
    separator = ""
    for epoch in epochs:
        yield separator + json.dumps(_plain(epoch), allow_nan=False, ensure_ascii=False)
        separator = ","
    yield "]}"


FORMATS: dict[str, Format] = {
    "csv": tidy_csv,
    "json": as_json,
    "markdown": markdown,
    "text": text,
}


def worksheet_rows(problem: Problem, epoch: Epoch, decimals: int) -> list[list[str]]:
    """The worksheet of a whole epoch as cells of text: head, points, sums, new parameters."""
    columns = worksheet.columns(len(epoch.before.components), standard=True)
    rows = [["i", "x", *(column.symbol for column in columns)]]
    for i, x in enumerate(problem.points):
        values = (column.value(epoch, i) for column in columns)
        rows.append([str(i + 1), repr(x), *(format_number(value, decimals) for value in values)])
    for name, footers in (
        ("sum", [column.group.total for column in columns]),
        ("new", [column.group.parameter for column in columns]),
    ):
        cells = [
            format_number(column.footer_value(epoch, footer), decimals) if footer else ""
            for column, footer in zip(columns, footers, strict=True)
        ]
        rows.append([name, "", *cells])
    return rows


def describe(mixture: Mixture[Gaussian], decimals: int) -> str:
    """The parameters on one line: "α₁ = 0.5 μ₁ = 1.0 σ₁² = 2.0; α₂ = ..."."""
    return "; ".join(
        f"α{subscript(j)} = {format_number(weight, decimals)}"
        f" μ{subscript(j)} = {format_number(component.mean, decimals)}"
        f" σ{subscript(j)}² = {format_number(component.variance, decimals)}"
        for j, (weight, component) in enumerate(
            zip(mixture.weights, mixture.components, strict=True), start=1
        )
    )


def _afterwards(epoch: Epoch, decimals: int) -> Iterator[str]:
    log_likelihood = format_number(epoch.e.log_likelihood, decimals)
    yield f"log-likelihood before this epoch: {log_likelihood}"
    if not epoch.ends_walk:
        yield f"after it: {describe(epoch.after, decimals)}"
    yield from (event.message for event in epoch.events)
    yield ""


def _every_number(epoch: Epoch) -> Iterator[tuple[str, str, str, float]]:
    """Quantity, point, component and value of all that an epoch holds.

    The worksheet knows every quantity of the trace, and which of them each component has.
    """
    before = epoch.before
    for j, (weight, component) in enumerate(zip(before.weights, before.components, strict=True)):
        yield "before.weights", "", str(j + 1), weight
        yield "before.means", "", str(j + 1), component.mean
        yield "before.variances", "", str(j + 1), component.variance
    for column in worksheet.columns(len(before.components), standard=True):
        component_number = "" if column.component is None else str(column.component + 1)
        for i in range(len(epoch.e.evidence)):
            yield column.group.field, str(i + 1), component_number, column.value(epoch, i)
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                yield footer.field, "", component_number, column.footer_value(epoch, footer)


def _csv_line(*cells: object) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _plain(value: Any) -> Any:
    """Records as objects, tuples as lists, nan as null: what JSON can say."""
    if isinstance(value, Epoch):
        fields = ("index", "before", "e", "m", "after", "events")
        return {
            name: None if name == "after" and value.ends_walk else _plain(getattr(value, name))
            for name in fields
        }
    if isinstance(value, Event):
        return {"name": value.name} | _fields(value) | {"message": value.message}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _fields(record: Any) -> dict[str, Any]:
    return {f.name: _plain(getattr(record, f.name)) for f in dataclasses.fields(record)}

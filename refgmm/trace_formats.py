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
from refgmm.arithmetic import as_vector
from refgmm.em import Epoch, MStep
from refgmm.events import Event
from refgmm.formatting import ALL_DIGITS, format_number, subscript
from refgmm.mixture import Mixture
from refgmm.problem import FORMAT_VERSION, Problem

Format = Callable[[Problem, Iterable[Epoch[Any]], int | None], Iterator[str]]

_DEFAULT_DECIMALS = 4


def text(problem: Problem, epochs: Iterable[Epoch[Any]], decimals: int | None) -> Iterator[str]:
    """A worksheet for each epoch, as a terminal shows it."""
    decimals = _DEFAULT_DECIMALS if decimals is None else decimals
    for epoch in epochs:
        rows = worksheet_rows(problem, epoch, decimals)
        table = text_table.plain(rows, rules_before=[1, len(rows) - 2])
        yield f"Epoch {epoch.index}\nfrom {describe(epoch.before, decimals)}\n\n{table}\n"
        yield from _afterwards(epoch, decimals)


def markdown(problem: Problem, epochs: Iterable[Epoch[Any]], decimals: int | None) -> Iterator[str]:
    """A heading and a worksheet for each epoch."""
    decimals = _DEFAULT_DECIMALS if decimals is None else decimals
    for epoch in epochs:
        rows = worksheet_rows(problem, epoch, decimals)
        table = text_table.markdown([[cell.replace("|", r"\|") for cell in row] for row in rows])
        yield f"## Epoch {epoch.index}\n\nfrom {describe(epoch.before, decimals)}\n\n{table}\n"
        yield from _afterwards(epoch, decimals)


def tidy_csv(problem: Problem, epochs: Iterable[Epoch[Any]], decimals: int | None) -> Iterator[str]:
    """A line for each number: epoch, quantity, point, component, value; numbered from 1."""
    yield _csv_line("epoch", "quantity", "point", "component", "value")
    decimals = ALL_DIGITS if decimals is None else decimals
    for epoch in epochs:
        for quantity, point, component, value in _every_number(problem, epoch):
            shown = "nan" if math.isnan(value) else format_number(value, decimals)
            yield _csv_line(epoch.index, quantity, point, component, shown)


def as_json(problem: Problem, epochs: Iterable[Epoch[Any]], decimals: int | None) -> Iterator[str]:
    """One object; its names are those of the library, its floats read back as the same doubles.

    nan, which JSON can't write, is null; so is `after` where an epoch has no mixture after it.
    """
    head = problem.to_document()
    yield (
        f'{{"refgmm": {FORMAT_VERSION},\n "points": {json.dumps(head["points"])},\n'
        f' "initial": {json.dumps(head["initial"])},\n "structure": "{problem.structure.name}",\n'
        ' "epochs": ['
    )
    separator = ""
    for epoch in epochs:
        yield separator + json.dumps(plain(epoch), allow_nan=False, ensure_ascii=False)
        separator = ","
    yield "]}"


FORMATS: dict[str, Format] = {
    "csv": tidy_csv,
    "json": as_json,
    "markdown": markdown,
    "text": text,
}


def worksheet_rows(problem: Problem, epoch: Epoch[Any], decimals: int) -> list[list[str]]:
    """The worksheet of a whole epoch as cells of text: head, points, sums, new parameters."""
    columns = worksheet.columns_of(problem, standard=True)
    lead = worksheet.lead_symbols(problem.dimension)
    rows = [[*lead, *(column.symbol for column in columns)]]
    for i, x in enumerate(problem.points):
        values = (column.value(epoch, i) for column in columns)
        coordinates = map(repr, as_vector(x))
        numbers = (format_number(value, decimals) for value in values)
        rows.append([str(i + 1), *coordinates, *numbers])
    for name, footers in worksheet.footer_rows(columns):
        cells = [
            format_number(column.footer_value(epoch, footer), decimals) if footer else ""
            for column, footer in zip(columns, footers, strict=True)
        ]
        rows.append([name, *[""] * (len(lead) - 1), *cells])
    return rows


def describe(mixture: Mixture[Any], decimals: int) -> str:
    """The parameters on one line: "α₁ = 0.5 μ₁ = 1.0 σ₁² = 2.0; α₂ = ..."; vectors in brackets."""
    spread = "σ{j}²" if mixture.dimension is None else "Σ{j}"
    return "; ".join(
        f"α{subscript(j)} = {format_number(weight, decimals)}"
        f" μ{subscript(j)} = {_bracketed(component.mean, decimals)}"
        f" {spread.format(j=subscript(j))} = {_bracketed(component.covariance, decimals)}"
        for j, (weight, component) in enumerate(
            zip(mixture.weights, mixture.components, strict=True), start=1
        )
    )


def _bracketed(value: Any, decimals: int) -> str:
    """A number; a vector as (1.0, 2.0); a matrix as ((2.0, 1.0), (1.0, 2.0))."""
    if isinstance(value, tuple):
        return f"({', '.join(_bracketed(entry, decimals) for entry in value)})"
    return format_number(value, decimals)


def _afterwards(epoch: Epoch[Any], decimals: int) -> Iterator[str]:
    log_likelihood = format_number(epoch.e.log_likelihood, decimals)
    yield f"log-likelihood before this epoch: {log_likelihood}"
    if not epoch.ends_walk:
        yield f"after it: {describe(epoch.after, decimals)}"
    yield from (event.message for event in epoch.events)
    yield ""


def _every_number(problem: Problem, epoch: Epoch[Any]) -> Iterator[tuple[str, str, str, float]]:
    """Quantity, point, component and value of all that an epoch holds.

    The entries of vectors and matrices are numbered behind the quantity: "m.means[2]". The
    worksheet knows every quantity of the trace, and which of them each component has.
    """
    before = epoch.before
    spread = "variances" if problem.dimension is None else "covariances"
    for j, (weight, component) in enumerate(zip(before.weights, before.components, strict=True)):
        yield "before.weights", "", str(j + 1), weight
        for at, value in _numbered(component.mean):
            yield f"before.means{at}", "", str(j + 1), value
        for at, value in _numbered(component.covariance):
            yield f"before.{spread}{at}", "", str(j + 1), value
    for column in worksheet.columns_of(problem, standard=True, distances=True):
        component_number = "" if column.component is None else str(column.component + 1)
        at = f"[{','.join(str(index + 1) for index in column.entry)}]" if column.entry else ""
        for i in range(len(epoch.e.evidence)):
            yield column.group.field + at, str(i + 1), component_number, column.value(epoch, i)
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                value = column.footer_value(epoch, footer)
                yield footer.field + at, "", component_number, value


def _numbered(value: Any, at: tuple[int, ...] = ()) -> Iterator[tuple[str, float]]:
    """The numbers of a number, a vector or a matrix, each with its place: "[2,1]", from 1."""
    if isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _numbered(entry, (*at, index + 1))
    else:
        yield f"[{','.join(map(str, at))}]" if at else "", value


def _csv_line(*cells: object) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def plain(value: Any) -> Any:
    """Records as objects, tuples as lists, nan as null: what JSON can say."""
    if isinstance(value, Epoch):
        fields = ("index", "before", "e", "m", "after", "events")
        return {
            name: None if name == "after" and value.ends_walk else plain(getattr(value, name))
            for name in fields
        }
    if isinstance(value, Event):
        return {"name": value.name} | _fields(value) | {"message": value.message}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _fields(record: Any) -> dict[str, Any]:
    """The fields that make a record equal to another: a covariance, and not its factor."""
    fields = {
        f.name: plain(getattr(record, f.name)) for f in dataclasses.fields(record) if f.compare
    }
    if isinstance(record, MStep) and not isinstance(record.means[0], tuple):
        fields["variances"] = fields.pop("covariances")
    return fields

"""The inputs as they stand in the tables: text, right or wrong, and nothing lost. No Qt."""

import contextlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from refgmm import Mixture, Problem, parse_points, validation
from refgmm.arithmetic import total
from refgmm.cells import parse_number
from refgmm.errors import InvalidValueError
from refgmm.problem import PARAMETERS, extra_of_document, join_document

_CHECKS: dict[str, Callable[[object, int], float]] = {
    "points": lambda value, i: validation.number(value, "points", i),
    "weights": validation.weight,
    "means": lambda value, i: validation.number(value, "means", i),
    "variances": validation.variance,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the inputs can't be used.

    field, index: the cell, as in InvalidValueError; index None where no one cell is to blame
    """

    message: str
    field: str
    index: int | None
    is_missing: bool = False  # nothing was typed yet


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed: a text per cell."""

    points: tuple[str, ...]
    components: tuple[tuple[str, str, str], ...]  # weight, mean, variance
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)  # of the file

    @classmethod
    def of_problem(cls, problem: Problem) -> "Draft":
        """The problem's numbers as texts that read back as the same doubles."""
        return cls.of_document(problem.to_document())

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Draft":
        """What stands in a problem file, also where a value won't do: that shows in its cell."""
        initial = document["initial"]
        weights, means, variances = (map(cell_text, initial[name]) for name in PARAMETERS)
        rows = itertools.zip_longest(weights, means, variances, fillvalue="")
        extra = extra_of_document(document)
        return cls(tuple(map(cell_text, document["points"])), tuple(rows), extra)

    def to_document(self) -> dict[str, Any]:
        """What goes into the file: numbers, and texts where a cell holds none."""
        parameters = {
            name: [_number_or_text(row[column]) for row in self.components]
            for column, name in enumerate(PARAMETERS)
        }
        points = [_number_or_text(text) for text in self.points]
        return join_document(points, parameters, self.extra)

    def check(self) -> tuple[Problem | None, tuple[Fault, ...]]:
        """The problem that the texts spell, or all that is wrong with them."""
        faults: list[Fault] = []
        points = _numbers("points", self.points, faults)
        weights, means, variances = (
            _numbers(name, [row[column] for row in self.components], faults)
            for column, name in enumerate(PARAMETERS)
        )
        if faults:
            return None, tuple(faults)
        try:
            initial = Mixture.univariate(weights, means, variances)
            return Problem(tuple(points), initial, self.extra), ()
        except InvalidValueError as error:
            is_missing = not (self.points and self.components)
            return None, (Fault(str(error), error.field, error.index, is_missing),)

    def weight_sum(self) -> float | None:
        """The sum of the weights; None where one of them is no weight."""
        faults: list[Fault] = []
        weights = _numbers("weights", [row[0] for row in self.components], faults)
        return None if faults or not weights else total(weights)

    def with_point(self, index: int, text: str) -> "Draft":
        """One point typed; behind the last one, a point more. An emptied point goes."""
        return self.with_points(index, index + 1, (text,) if text.strip() else ())

    def with_points(self, start: int, stop: int, texts: Sequence[str]) -> "Draft":
        """The points from `start` to before `stop` replaced."""
        return replace(self, points=(*self.points[:start], *texts, *self.points[stop:]))

    def with_parameter(self, component: int, column: int, text: str) -> "Draft":
        """One parameter typed."""
        row = list(self.components[component])
        row[column] = text
        weight, mean, variance = row
        return self._with_components(component, component + 1, ((weight, mean, variance),))

    def with_new_component(self) -> "Draft":
        """One component more, to the right of the last; the weights then want the user's attention."""
        count = len(self.components)
        weight, mean, variance = f"{1 / max(count, 1):.6g}", "0", "1"
        if count:
            mean, variance = self.components[-1][1:]
            with contextlib.suppress(ValueError):  # a text that is no number complains in its cell
                mean = f"{parse_number(mean) + 1:.6g}"
        return self._with_components(count, count, ((weight, mean, variance),))

    def without_component(self, component: int) -> "Draft":
        """A component taken away."""
        return self._with_components(component, component + 1, ())

    def with_normalised_weights(self) -> "Draft":
        """Each weight divided by their sum: what the user asks for by a button."""
        weight_sum = self.weight_sum()
        if not weight_sum:
            return self
        rows = ((repr(parse_number(w) / weight_sum), m, v) for w, m, v in self.components)
        return replace(self, components=tuple(rows))

    def _with_components(
        self, start: int, stop: int, rows: Sequence[tuple[str, str, str]]
    ) -> "Draft":
        return replace(self, components=(*self.components[:start], *rows, *self.components[stop:]))


def points_of_text(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells that a pasted text makes, and what was assumed in reading it."""
    result = parse_points(text)
    return tuple(map(cell_text, result.points)), result.notes


def _numbers(name: str, texts: Sequence[str], faults: list[Fault]) -> list[float]:
    """The numbers that the texts spell; what is wrong with the others goes to `faults`."""
    numbers = []
    for index, text in enumerate(texts):
        what = validation.named(name, index)
        try:
            numbers.append(_CHECKS[name](parse_number(text), index))
        except InvalidValueError as error:
            faults.append(Fault(str(error), name, index))
        except ValueError:
            is_missing = not text.strip()
            have = f"{validation.shown(text.strip())} is not a number"
            if is_missing:
                message = f"{what} is missing: type a number such as 0.9"
            elif "," in text:
                message = f"{what}: {have}: write the decimal comma as a point"
            else:
                message = f"{what}: {have}: type a number such as 0.9"
            faults.append(Fault(message, name, index, is_missing))
    return numbers


def cell_text(value: object) -> str:
    """A value of a problem file as the text of a cell: 2.0 as "2"."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return json.dumps(value)


def _number_or_text(text: str) -> float | str:
    try:
        number = parse_number(text)
    except ValueError:
        return text
    return number if abs(number) < float("inf") else text

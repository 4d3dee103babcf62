"""The inputs as they stand in the tables: text, right or wrong, and nothing lost. No Qt."""

import contextlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ParamSpec

from refgmm import Mixture, Problem, validation
from refgmm.arithmetic import total
from refgmm.cells import parse_number, ways_to_write
from refgmm.errors import InvalidValueError
from refgmm.problem import (
    EXAMPLE_KEY,
    GENERATED_KEY,
    MULTIVARIATE_PARAMETERS,
    PARAMETERS,
    extra_of_document,
    join_document,
    parameters_of_document,
)
from refgmm.records import dataclass, field, replace
from refgmm.structures import FULL, structure_of
from refgmm_gui.kept import Kept
from refgmm_gui.readings import Readings, Texts

if TYPE_CHECKING:
    from refgmm.generated import Generated

P = ParamSpec("P")

Entry = tuple[int, ...]
"""Where a number stands in a vector or a matrix, from 0; () in one dimension."""


_READINGS = Readings()

_numbers_alone: Kept[tuple[Any, ...]] = Kept(lambda rows: tuple([row[0] for row in rows]))
"""Of rows of one number each, their numbers."""

_ABOUT_THE_POINTS = (EXAMPLE_KEY, GENERATED_KEY)
"""Keys of a file that say where its points come from."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the inputs can't be used.

    field, index: as in InvalidValueError; index None where no one point or component is to blame
    entry: which of its numbers; () where it has one, or where all of them are meant
    """

    message: str
    field: str
    index: int | None
    is_missing: bool = False  # nothing was typed yet
    entry: Entry = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that each component starts from."""

    field: str  # "weights", "means", "variances" or "covariances"
    entry: Entry = ()


_NO_POINTS = Fault(validation.NO_POINTS, "points", None, is_missing=True)


def parameters_of(dimension: int | None) -> tuple[Parameter, ...]:
    """What a component is given by; of a covariance, the lower triangle.

    >>> [(parameter.field, parameter.entry) for parameter in parameters_of(2)][2:]
    [('means', (1,)), ('covariances', (0, 0)), ('covariances', (1, 0)), ('covariances', (1, 1))]
    """
    if dimension is None:
        return tuple(map(Parameter, PARAMETERS))
    weights, means, covariances = MULTIVARIATE_PARAMETERS
    return (
        Parameter(weights),
        *(Parameter(means, (a,)) for a in range(dimension)),
        *(Parameter(covariances, (a, b)) for a in range(dimension) for b in range(a + 1)),
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed: a text per cell."""

    points: tuple[Texts, ...]  # of one text each in one dimension, of d texts in d
    components: tuple[Texts, ...]  # of a text for each of parameters_of(dimension)
    dimension: int | None = None  # as Problem.dimension
    structure: str = FULL.name  # of the covariances; see refgmm.structures
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)  # of the file

    @classmethod
    def empty(cls, dimension: int | None) -> "Draft":
        """Two components to fill in, as uncorrelated as they are until the user says otherwise."""
        row = tuple(
            "0.5" if parameter.field == "weights" else "0" if _is_beside(parameter) else ""
            for parameter in parameters_of(dimension)
        )
        return cls((), (row, row), dimension)

    @classmethod
    def of_problem(cls, problem: Problem) -> "Draft":
        """The problem's numbers as texts that read back as the same doubles."""
        return cls.of_document(problem.to_document())

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Draft":
        """What stands in a problem file, also where a value won't do: that shows in its cell.

        Points and parameters that lack a number have an empty cell in its place.
        """
        initial, names = document["initial"], parameters_of_document(document)
        points, (weights, means, covariances) = (
            document["points"],
            (initial[name] for name in names),
        )
        structure, extra = _structure_name(document), extra_of_document(document)
        texts: tuple[Texts, ...]
        if names == PARAMETERS:
            rows = zip_longest(weights, means, covariances, fillvalue="")
            components = tuple(tuple(map(cell_text, row)) for row in rows)
            texts = tuple((cell_text(value),) for value in points)
            return cls(texts, components, None, structure, extra)
        matrix_rows = (row for covariance in covariances for row in _entries(covariance))
        vectors = (*points, *means, *covariances, *matrix_rows)
        d = max([1, *(len(_entries(vector)) for vector in vectors)])
        components = tuple(
            (cell_text(weight), *_padded(mean, d), *_lower_triangle(covariance, d))
            for weight, mean, covariance in zip_longest(weights, means, covariances, fillvalue="")
        )
        texts = tuple(_padded(point, d) for point in points)
        return cls(texts, components, d, structure, extra)

    def to_document(self) -> dict[str, Any]:
        """What goes into the file: numbers, and texts where a cell holds none."""
        names = PARAMETERS if self.dimension is None else MULTIVARIATE_PARAMETERS
        rows = [[_number_or_text(text) for text in row] for row in self.components]
        parameters = dict(zip(names, self._parameters(rows), strict=True))
        points = list(map(self._point, self._values()))
        return join_document(points, parameters, self.extra, self.structure)

    def _values(self) -> Iterator[list[Any]]:
        """What each row of points holds: numbers, and texts where a cell holds none."""
        for texts, numbers in zip(self.points, _READINGS.of(self.points), strict=True):
            yield [_number_or_text(text) for text in texts] if numbers is None else list(numbers)

    def check(self) -> tuple[Problem | None, tuple[Fault, ...]]:
        """The problem that the texts spell, or all that is wrong with them."""
        faults = [] if self.points else [_NO_POINTS]
        read = self._read_points(faults)
        rows = [_numbers(row, self.parameters, j, faults) for j, row in enumerate(self.components)]
        if faults:
            return None, tuple(faults)
        try:
            points, initial = self._points(read), self._mixture(rows)
            return Problem(points, initial, self.extra, structure_of(self.structure)), ()
        except InvalidValueError as error:
            is_missing = not self.components
            return None, (Fault(str(error), error.field, error.index, is_missing),)

    def _read_points(self, faults: list[Fault]) -> tuple[Any, ...]:
        """The numbers of each point, or None and a fault."""
        read = _READINGS.of(self.points)
        if None in read:  # which is known sooner than where
            for i, numbers in enumerate(read):
                if numbers is None:
                    _numbers(self.points[i], self.coordinates, i, faults)
        return read

    @property
    def title(self) -> str:
        """What to call points that no file of the user's holds; empty where they have no name."""
        if GENERATED_KEY in self.extra:
            return "Generated points"
        example = self.extra.get(EXAMPLE_KEY)
        title = example.get("title") if isinstance(example, Mapping) else None
        return title if isinstance(title, str) else ""

    def initial_mixture(self) -> Mixture[Any]:
        """The mixture that the parameters spell, also where there are no points yet.

        InvalidValueError for the first of them that won't do.
        """
        faults: list[Fault] = []
        rows = [_numbers(row, self.parameters, j, faults) for j, row in enumerate(self.components)]
        if faults:
            first = faults[0]
            raise InvalidValueError(first.message, field=first.field, index=first.index)
        return self._mixture(rows)

    def typed(self) -> tuple[tuple[Any, ...], Mixture[Any] | None] | None:
        """Points and initial mixture, as far as they are typed; None where one is wrong.

        No mixture while a parameter is still missing.
        """
        read = _READINGS.of(self.points)
        if None in read:
            return None
        points = self._points(read)
        faults: list[Fault] = []
        rows = [_numbers(row, self.parameters, j, faults) for j, row in enumerate(self.components)]
        if not all(fault.is_missing for fault in faults):
            return None
        try:
            mixture = None if faults or not rows else self._mixture(rows)
        except InvalidValueError:
            return None
        return points, mixture

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the texts of a component are."""
        return parameters_of(self.dimension)

    @property
    def coordinates(self) -> tuple[Parameter, ...]:
        """What the texts of a point are."""
        return _coordinates(self.dimension)

    def weight_sum(self) -> float | None:
        """The sum of the weights; None where one of them is no weight."""
        faults: list[Fault] = []
        weight = self.parameters[:1]
        rows = [_numbers(row[:1], weight, j, faults) for j, row in enumerate(self.components)]
        return None if faults or not rows else total(value for (value,) in rows)

    def with_point(self, index: int, text: str, coordinate: int = 0) -> "Draft":
        """One number typed; behind the last point, a point more. An emptied point goes."""
        row = list(self.points[index]) if index < len(self.points) else [""] * len(self.coordinates)
        row[coordinate] = text
        return self.with_points(index, index + 1, (tuple(row),) if any(map(str.strip, row)) else ())

    def with_points(self, start: int, stop: int, rows: Sequence[Texts]) -> "Draft":
        """The points from `start` to before `stop` replaced."""
        return replace(self, points=(*self.points[:start], *rows, *self.points[stop:]))

    def with_column(self, rows: Collection[int], text: str, coordinate: int) -> "Draft":
        """One number typed for all of these points; behind the last point, a point more."""
        chosen, count, empty = set(rows), len(self.points), ("",) * len(self.coordinates)
        points = (*self.points, empty) if count in chosen else self.points
        return self.with_points(
            0,
            count,
            [
                (*texts[:coordinate], text, *texts[coordinate + 1 :]) if i in chosen else texts
                for i, texts in enumerate(points)
            ],
        )

    def without_points(self, rows: Collection[int]) -> "Draft":
        """These points taken away, as far as there are such."""
        gone = set(rows)
        left = [texts for i, texts in enumerate(self.points) if i not in gone]
        return replace(self, points=tuple(left))

    def with_all_points(self, rows: Sequence[Texts]) -> "Draft":
        """Other points in the place of all. What the file says of where the old came from, goes."""
        extra = {key: value for key, value in self.extra.items() if key not in _ABOUT_THE_POINTS}
        return replace(self, points=tuple(rows), extra=extra)

    def with_sorted_points(self, coordinate: int, is_descending: bool) -> "Draft":
        """The points in the order of a coordinate; those where it is no number yet, at the end."""
        keys = [
            math.inf if isinstance(value, str) else -value if is_descending else value
            for value in (row[coordinate] for row in self._values())
        ]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        return replace(self, points=tuple([self.points[i] for i in order]))

    def with_generated(self, generated: "Generated") -> "Draft":
        """Points drawn from a mixture in the place of all, and how to draw them again."""
        draft = self.with_all_points(texts_of_points(generated.points()))
        return replace(draft, extra={**draft.extra, GENERATED_KEY: generated.to_document()})

    def with_structure(self, name: str) -> "Draft":
        """Another covariance structure chosen."""
        return replace(self, structure=name)

    def with_parameter(self, component: int, column: int, text: str) -> "Draft":
        """One parameter typed."""
        row = list(self.components[component])
        row[column] = text
        return self._with_components(component, component + 1, (tuple(row),))

    def with_new_component(self) -> "Draft":
        """One component more, to the right of the last; the weights then want the user's attention."""
        count = len(self.components)
        row = [repr(1 / max(count, 1))]
        for column, parameter in enumerate(self.parameters[1:], start=1):
            if not count:
                row.append("0" if parameter.field == "means" or _is_beside(parameter) else "1")
                continue
            text = self.components[-1][column]
            if parameter.field == "means":
                with contextlib.suppress(ValueError):  # a text that is no number complains itself
                    text = f"{parse_number(text) + 1:.6g}"
            row.append(text)
        return self._with_components(count, count, (tuple(row),))

    def without_component(self, component: int) -> "Draft":
        """A component taken away."""
        return self._with_components(component, component + 1, ())

    def with_start_among_points(self) -> "Draft":
        """Parameters that the points suggest, for as many components as there are: those of
        refgmm.initialization, "quantiles". InvalidValueError where the points suggest none.
        """
        import random

        from refgmm.fit_input import cloud_of, sampled
        from refgmm.initialization import check_component_count, start

        faults: list[Fault] = []
        read = self._read_points(faults)
        if faults:
            raise InvalidValueError(faults[0].message, field="points", index=faults[0].index)
        points = validation.points(self._points(read))
        k = check_component_count(len(self.components), points)
        structure = structure_of(self.structure)
        mixture = start(
            cloud_of(sampled(points), None), k, structure, "quantiles", random.Random(0)
        )
        assert isinstance(mixture, Mixture)  # "quantiles" gives no responsibilities
        suggested = Draft.of_problem(Problem(points[:1], mixture, structure=structure))
        return replace(self, components=suggested.components)

    def with_normalised_weights(self) -> "Draft":
        """Each weight divided by their sum: what the user asks for by a button."""
        weight_sum = self.weight_sum()
        if not weight_sum:
            return self
        rows = ((repr(parse_number(w) / weight_sum), *others) for w, *others in self.components)
        return replace(self, components=tuple(rows))

    def _with_components(self, start: int, stop: int, rows: Sequence[Texts]) -> "Draft":
        return replace(self, components=(*self.components[:start], *rows, *self.components[stop:]))

    def _points(self, read: tuple[Any, ...]) -> tuple[Any, ...]:
        """The points that rows were read as."""
        return _numbers_alone(read) if self.dimension is None else tuple(read)

    def _point(self, row: list[Any]) -> Any:
        """A row of the table as the file and the problem have it."""
        return row[0] if self.dimension is None else row

    def _mixture(self, rows: Sequence[list[Any]]) -> Mixture[Any]:
        make = Mixture.univariate if self.dimension is None else Mixture.multivariate
        return make(*self._parameters(rows))

    def _parameters(self, rows: Sequence[list[Any]]) -> tuple[list[Any], list[Any], list[Any]]:
        """The components' rows as weights, means and covariances."""
        weights = [row[0] for row in rows]
        if self.dimension is None:
            return weights, [row[1] for row in rows], [row[2] for row in rows]
        d = self.dimension
        return weights, [row[1 : d + 1] for row in rows], [_square(row[d + 1 :], d) for row in rows]


def read(make: Callable[P, Draft], *arguments: P.args, **named: P.kwargs) -> Draft:
    """The inputs that `make` gives, their numbers read: what then shows them needn't do it."""
    draft = make(*arguments, **named)
    draft.check()
    return draft


def texts_of_points(points: Iterable[Any]) -> tuple[Texts, ...]:
    """Points as the rows of a draft."""
    return tuple(
        tuple(map(cell_text, point if isinstance(point, tuple) else (point,))) for point in points
    )


def cell_text(value: object) -> str:
    """A value of a problem file as the text of a cell: 2.0 as "2"."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    import json

    return json.dumps(value)


def _is_beside(parameter: Parameter) -> bool:
    """Whether it stands beside the diagonal of a covariance."""
    return parameter.field == "covariances" and parameter.entry[0] != parameter.entry[1]


def _structure_name(document: Mapping[str, Any]) -> str:
    """The structure's own name; what stands there where it is none."""
    text = cell_text(document.get("structure", FULL.name))
    with contextlib.suppress(InvalidValueError):
        return structure_of(text).name
    return text


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _padded(value: object, d: int) -> Texts:
    """The texts of a vector, with empty ones where it is too short."""
    texts = [cell_text(entry) for entry in _entries(value)]
    return (*texts, *[""] * (d - len(texts)))


def _lower_triangle(covariance: object, d: int) -> Texts:
    rows = [_padded(row, d) for row in _entries(covariance)]
    rows += [("",) * d] * (d - len(rows))
    return tuple(text for a, row in enumerate(rows) for text in row[: a + 1])


def _square(lower: Sequence[Any], d: int) -> list[list[Any]]:
    """The symmetric matrix with this lower triangle.

    >>> _square([1, 2, 3], 2)
    [[1, 2], [2, 3]]
    """
    entries = iter(lower)
    rows = [[next(entries) for _ in range(a + 1)] for a in range(d)]
    return [[rows[max(a, b)][min(a, b)] for b in range(d)] for a in range(d)]


def _coordinates(dimension: int | None) -> tuple[Parameter, ...]:
    if dimension is None:
        return (Parameter("points"),)
    return tuple(Parameter("points", (a,)) for a in range(dimension))


def _numbers(
    texts: Texts, parameters: Sequence[Parameter], index: int, faults: list[Fault]
) -> list[Any]:
    """The numbers that a row of texts spells, None for others; what is wrong goes to `faults`."""
    numbers: list[float | None] = []
    for text, parameter in zip(texts, parameters, strict=True):
        name, entry = parameter.field, parameter.entry
        numbers.append(None)
        try:
            numbers[-1] = _checked(parse_number(text), name, index, entry)
        except InvalidValueError as error:
            faults.append(Fault(str(error), name, index, entry=entry))
        except ValueError:
            is_missing = not text.strip()
            what = _named(name, index, entry)
            have = f"{validation.shown(text.strip())} is not a number"
            if is_missing:
                message = f"{what} is missing: type a number such as 0.9"
            elif ways := ways_to_write(text.strip()):
                message = f"{what}: {have}: write {' or '.join(ways)}"
            else:
                message = f"{what}: {have}: type a number such as 0.9"
            faults.append(Fault(message, name, index, is_missing, entry))
    return numbers


def _checked(value: float, name: str, index: int, entry: Entry) -> float:
    match name:
        case "weights":
            return validation.weight(value, index)
        case "variances":
            return validation.variance(value, index)
        case "covariances":
            a, b = entry
            return validation.covariance_entry(value, a, b, index)
    return validation.number(value, name, index, *entry)


def _named(name: str, index: int, entry: Entry) -> str:
    """What a message calls a cell."""
    if name == "covariances":
        a, b = entry
        return validation.named_entry(index, a, b)
    return validation.named(name, index, *entry)


def _number_or_text(text: str) -> float | str:
    try:
        number = parse_number(text)
    except ValueError:
        return text
    return number if abs(number) < float("inf") else text

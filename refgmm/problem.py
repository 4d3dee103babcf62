"""A problem: points, the mixture that EM starts from, and its covariance structure. And its file.

    {
      "refgmm": 1,
      "points": [0.9, 0.7, 1.2, 2.4, 1.8],
      "initial": {"weights": [0.5, 0.5], "means": [1.0, 2.0], "variances": [2.0, 2.0]}
    }

In d dimensions a point and a mean are lists of d numbers, and "covariances", lists of d rows,
stand in the place of "variances". "structure" names what the covariances have in common (see
refgmm.structures) where it is not "full".

The number behind "refgmm" is the version of the format. Floats are written so that
they read back as the same double. Keys that this version doesn't know are kept.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from refgmm import files, validation
from refgmm.arithmetic import Point
from refgmm.em import check_dimensions
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.mixture import Mixture
from refgmm.records import dataclass, field
from refgmm.structures import FULL, Structure, structure_of
from refgmm.validation import shown

FORMAT_VERSION = 1

PARAMETERS = ("weights", "means", "variances")
"""The parameters of a mixture in one dimension, as the file names them."""

_ROWS_IN_A_PIECE = 1_000

EXAMPLE_KEY, GENERATED_KEY = "example", "generated"
"""Behind which a file, and Problem.extra, says where its points come from: gallery.py, generated.py."""

MULTIVARIATE_PARAMETERS = ("weights", "means", "covariances")
"""The parameters of a mixture of vectors."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Points and an initial mixture.

    points: anything iterable of n >= 1 numbers, or of n rows of d; kept as a tuple, (n,) or (n, d)
    initial: the mixture of epoch 1, of the same dimension
    structure: what the covariances have in common from epoch 1 on; also by its name
    extra: what else stands in its file, kept on saving (an app's view settings, say)

    >>> start = Mixture.univariate([1], [0], [1])
    >>> Problem([1, 2], start).points
    (1.0, 2.0)
    """

    points: tuple[Point, ...]
    initial: Mixture[Any]
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    structure: Structure = FULL

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", validation.points(self.points))
        object.__setattr__(self, "structure", structure_of(self.structure))
        check_dimensions(self.points, self.initial)

    @property
    def dimension(self) -> int | None:
        """d, where points are vectors; None where they are numbers."""
        return self.initial.dimension

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Problem":
        """The problem that a document (see read_document) describes.

        FileFormatError for what is missing, InvalidValueError for a number that won't do.
        """
        points = _member(document, "points", list, "a list of numbers")
        initial = mixture_of_document(document, "initial")
        structure = structure_of(document.get("structure", FULL.name))
        return cls(points, initial, extra_of_document(document), structure)

    def to_document(self) -> dict[str, Any]:
        """The inverse of from_document."""
        parameters = document_of_mixture(self.initial)
        return join_document(as_lists(self.points), parameters, self.extra, self.structure.name)

    @classmethod
    def from_json(cls, text: str) -> "Problem":
        """The problem that a file's text describes. See from_document for the errors."""
        return cls.from_document(parse_document(text))

    def to_json(self) -> str:
        """The text of the problem's file.

        >>> print(Problem([1, 2], Mixture.univariate([1], [0], [1])).to_json(), end="")
        {
          "refgmm": 1,
          "points": [1.0, 2.0],
          "initial": {"weights": [1.0], "means": [0.0], "variances": [1.0]}
        }
        """
        return format_document(self.to_document())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Problem":
        """Read a problem file, or standard input where the path is "-". Errors name the file."""
        name, document = files.name_of(path), read_document(path)
        try:
            return cls.from_document(document)
        except FileFormatError as error:
            raise FileFormatError(f"{name}: {error}") from error
        except InvalidValueError as error:
            message = f"{name}: {error}"
            raise InvalidValueError(message, field=error.field, index=error.index) from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a problem file, whole or not at all."""
        files.write_text(path, self.to_json())


def read_document(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What stands in a problem file, its version checked and its numbers not yet."""
    text = files.read_text(path)
    try:
        return parse_document(text)
    except FileFormatError as error:
        raise FileFormatError(f"{files.name_of(path)}: {error}", line=error.line) from error


def parse_document(text: str) -> dict[str, Any]:
    """The JSON object that a problem file's text holds, its version checked."""
    import json

    try:
        document = json.loads(text, object_pairs_hook=_object_without_repeats)
    except json.JSONDecodeError as error:
        if not text.strip():
            problem = "the file is empty: save the problem again"
        elif not text[error.pos :].strip():
            problem = "the file ends in the middle: it is cut off, so fetch or save it again"
        else:
            problem = (
                f"line {error.lineno}, column {error.colno}: not JSON ({error.msg}): "
                "is this a problem file, as the app saves it?"
            )
        raise FileFormatError(problem, line=error.lineno) from error
    except RecursionError as error:
        raise FileFormatError("not a refgmm problem: its brackets nest too deeply") from error
    except FileFormatError:
        raise
    except ValueError as error:  # Python's limit of 4,300
        problem = "not a refgmm problem: it has a whole number of thousands of digits: correct it"
        raise FileFormatError(problem) from error
    if not isinstance(document, dict) or "refgmm" not in document:
        problem = 'not a refgmm problem: it should be a JSON object that has "refgmm": 1'
        raise FileFormatError(problem)
    version = document["refgmm"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        problem = (
            f'"refgmm" should be the version of the format, {FORMAT_VERSION}, got {shown(version)}'
        )
        raise FileFormatError(problem)
    if version > FORMAT_VERSION:
        problem = (
            f"made by a newer refgmm (format {shown(version)}; this one reads {FORMAT_VERSION}): "
            "update refgmm from where you got it"
        )
        raise FileFormatError(problem)
    return document


def extra_of_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a document holds besides the problem, as Problem.extra keeps it."""
    known = ("refgmm", "points", "structure")
    extra = {key: value for key, value in document.items() if key not in known}
    names = parameters_of_document(document)
    extra["initial"] = {k: v for k, v in document["initial"].items() if k not in names}
    return extra if extra["initial"] else {k: v for k, v in extra.items() if k != "initial"}


def parameters_of_document(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What the document's parameters are called: its points are vectors where it has covariances."""
    return MULTIVARIATE_PARAMETERS if "covariances" in document["initial"] else PARAMETERS


def mixture_of_document(document: Mapping[str, Any], name: str, inside: str = "") -> Mixture[Any]:
    """The mixture that stands in a document behind this name.

    inside: where the document itself stands, as the errors call it: "generated."
    """
    given = _member(document, name, dict, "an object with weights, means and variances", inside)
    names = MULTIVARIATE_PARAMETERS if "covariances" in given else PARAMETERS
    parameters = {
        key: _member(given, key, list, "a list of numbers", f"{inside}{name}.") for key in names
    }
    make = Mixture.multivariate if "covariances" in given else Mixture.univariate
    return make(**parameters)


def document_of_mixture(mixture: Mixture[Any]) -> dict[str, list[Any]]:
    """The inverse of mixture_of_document.

    >>> document_of_mixture(Mixture.univariate([1], [0], [1]))
    {'weights': [1.0], 'means': [0.0], 'variances': [1.0]}
    """
    names = PARAMETERS if mixture.dimension is None else MULTIVARIATE_PARAMETERS
    values = (mixture.weights, mixture.means, mixture.covariances)
    return {name: as_lists(value) for name, value in zip(names, values, strict=True)}


def join_document(
    points: list[Any],
    parameters: Mapping[str, list[Any]],
    extra: Mapping[str, Any],
    structure: str = FULL.name,
) -> dict[str, Any]:
    """A document of these parts. Where `extra` has the problem's own keys, they give way."""
    initial = {**parameters, **extra.get("initial", {}), **parameters}
    head: dict[str, Any] = {"refgmm": FORMAT_VERSION, "points": points, "initial": initial}
    if structure != FULL.name:
        head["structure"] = structure
    return {**head, **extra, **head}


def as_lists(value: Any) -> Any:
    """Tuples as lists, of any depth: what JSON knows.

    >>> as_lists(((1.0, 2.0), (3.0, 4.0)))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return [as_lists(entry) for entry in value] if isinstance(value, tuple) else value


def format_document(document: Mapping[str, Any]) -> str:
    """The text of a problem file: JSON, a line for each key, in ASCII."""
    return "".join(pieces_of_document(document))


def pieces_of_document(document: Mapping[str, Any], *, allow_nan: bool = False) -> Iterator[str]:
    r"""The same, in pieces: a list of many points is written some of them at a time.

    >>> "".join(pieces_of_document({"points": [1, 2], "a": {}}))
    '{\n  "points": [1, 2],\n  "a": {}\n}\n'
    """
    import json

    opening = "{\n  "
    for key, value in document.items():
        yield f"{opening}{json.dumps(key)}: "
        opening = ",\n  "
        if isinstance(value, list) and len(value) > _ROWS_IN_A_PIECE:
            starts = range(0, len(value), _ROWS_IN_A_PIECE)
            for start in starts:
                rows = json.dumps(value[start : start + _ROWS_IN_A_PIECE], allow_nan=allow_nan)
                yield f"{', ' if start else '['}{rows[1:-1]}"
            yield "]"
        else:
            yield json.dumps(value, allow_nan=allow_nan)
    yield "\n}\n"


def _member(document: Mapping[str, Any], name: str, kind: type, what: str, inside: str = "") -> Any:
    value = document.get(name)
    if not isinstance(value, kind):
        have = f"got {shown(value)}" if name in document else "it is missing"
        raise FileFormatError(f'"{inside}{name}" should be {what}: {have}')
    return value


def _object_without_repeats(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise FileFormatError(f"{shown(key)} stands there twice: remove one of them")
        result[key] = value
    return result

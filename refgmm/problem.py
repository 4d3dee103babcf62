"""A problem: points, and the mixture that EM starts from. And its file.

    {
      "refgmm": 1,
      "points": [0.9, 0.7, 1.2, 2.4, 1.8],
      "initial": {"weights": [0.5, 0.5], "means": [1.0, 2.0], "variances": [2.0, 2.0]}
    }

The number behind "refgmm" is the version of the format. Floats are written so that
they read back as the same double. Keys that this version doesn't know are kept.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from refgmm import files, validation
from refgmm.arithmetic import Vector
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.gaussian import Gaussian
from refgmm.mixture import Mixture
from refgmm.validation import shown

FORMAT_VERSION = 1

PARAMETERS = ("weights", "means", "variances")
"""The parameters of a mixture, as the file names them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Points and an initial mixture.

    points: anything iterable of n >= 1 numbers; kept as a tuple of floats
    initial: the mixture of epoch 1
    extra: what else stands in its file, kept on saving (an app's view settings, say)

    >>> start = Mixture.univariate([1], [0], [1])
    >>> Problem([1, 2], start).points
    (1.0, 2.0)
    """

    points: Vector
    initial: Mixture[Gaussian]
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", validation.points(self.points))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Problem":
        """The problem that a document (see read_document) describes.

        FileFormatError for what is missing, InvalidValueError for a number that won't do.
        """
        points = _member(document, "points", list, "a list of numbers")
        initial = _member(document, "initial", dict, "an object with weights, means and variances")
        parameters = {
            name: _member(initial, name, list, "a list of numbers", inside="initial.")
            for name in PARAMETERS
        }
        extra = extra_of_document(document)
        return cls(points, Mixture.univariate(**parameters), extra)

    def to_document(self) -> dict[str, Any]:
        """The inverse of from_document."""
        components = self.initial.components
        parameters = {
            "weights": list(self.initial.weights),
            "means": [component.mean for component in components],
            "variances": [component.variance for component in components],
        }
        return join_document(list(self.points), parameters, self.extra)

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
        """Read a problem file. Errors name the file."""
        document = read_document(path)
        try:
            return cls.from_document(document)
        except FileFormatError as error:
            raise FileFormatError(f"{path}: {error}") from error
        except InvalidValueError as error:
            message = f"{path}: {error}"
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
        raise FileFormatError(f"{path}: {error}", line=error.line) from error


def parse_document(text: str) -> dict[str, Any]:
    """The JSON object that a problem file's text holds, its version checked."""
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
    except ValueError as error:  # an integer of more than 4,300 digits
        raise FileFormatError(f"not a refgmm problem: {error}") from error
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
    extra = {key: value for key, value in document.items() if key not in ("refgmm", "points")}
    extra["initial"] = {k: v for k, v in document["initial"].items() if k not in PARAMETERS}
    return extra if extra["initial"] else {k: v for k, v in extra.items() if k != "initial"}


def join_document(
    points: list[Any], parameters: Mapping[str, list[Any]], extra: Mapping[str, Any]
) -> dict[str, Any]:
    """A document of these parts. Where `extra` has the problem's own keys, they give way."""
    initial = {**parameters, **extra.get("initial", {}), **parameters}
    head = {"refgmm": FORMAT_VERSION, "points": points, "initial": initial}
    return {**head, **extra, **head}


def format_document(document: Mapping[str, Any]) -> str:
    """The text of a problem file: JSON, a line for each key, in ASCII."""
    members = (
        f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}"
        for key, value in document.items()
    )
    return "{\n" + ",\n".join(members) + "\n}\n"


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

"""scikit-learn's conventions: the shapes of its covariances, its names, arrays in and arrays out.

What GaussianMixture (refgmm.estimator) is given, checked and turned into what refgmm.fitting.fit
takes; and what that finds, turned into what users of scikit-learn expect.
"""

import math
import random
import sys
from collections.abc import Callable
from numbers import Real
from typing import Any, NamedTuple

from refgmm import initialization as starts
from refgmm import validation
from refgmm.arguments import whole_number
from refgmm.arithmetic import Matrix, Vector, scaled
from refgmm.errors import InvalidValueError
from refgmm.formatting import listed
from refgmm.linear_algebra import identity, inverse
from refgmm.validation import shown

INITIALIZATIONS = {
    **{name: name for name in starts.INITIALIZATIONS},
    "random": starts.RANDOM_RESPONSIBILITIES,
    "random_from_data": "random points",
}
"""The values of init_params, scikit-learn's names among them, and refgmm's name of each."""


class Layout(NamedTuple):
    """How scikit-learn writes the covariances of a structure down.

    shape: in words
    kept: the numbers that it keeps of k matrices, (k, d, d)
    whole: the k matrices that its numbers stand for, given k and d
    """

    shape: str
    kept: Callable[[tuple[Matrix, ...]], Any]
    whole: Callable[[Any, int, int], list[Any]]


def _diagonal(row: Any) -> Matrix:
    entries = tuple(row)
    units = identity(len(entries))
    return tuple(scaled(entry, unit) for entry, unit in zip(entries, units, strict=True))


LAYOUTS = {
    "full": Layout(
        "(n_components, n_features, n_features)",
        kept=lambda matrices: matrices,
        whole=lambda matrices, k, d: list(matrices),
    ),
    "tied": Layout(
        "(n_features, n_features)",
        kept=lambda matrices: matrices[0],
        whole=lambda matrix, k, d: [matrix] * k,
    ),
    "diag": Layout(
        "(n_components, n_features)",
        kept=lambda matrices: tuple(
            tuple(row[a] for a, row in enumerate(matrix)) for matrix in matrices
        ),
        whole=lambda rows, k, d: list(map(_diagonal, rows)),
    ),
    "spherical": Layout(
        "(n_components,)",
        kept=lambda matrices: tuple(matrix[0][0] for matrix in matrices),
        whole=lambda numbers, k, d: [_diagonal([number] * d) for number in numbers],
    ),
}


def covariances_of(precisions: Any, layout: Layout, k: int, d: int) -> list[Matrix]:
    """The inverses of precisions that are written down in scikit-learn's shape: (k, d, d)."""
    why = ""
    checked = []
    try:
        for j, matrix in enumerate(layout.whole(precisions, k, d)):
            checked.append(validation.covariance(matrix, j))
    except (InvalidValueError, TypeError) as error:
        why = f": {error}"
    if why or len(checked) != k or any(len(matrix) != d for matrix, _ in checked):
        raise wrong_shape("precisions_init", layout.shape, k, d, why)
    return [_symmetric(inverse(own.lower)) for _, own in checked]


def wrong_shape(name: str, shape: str, k: int, d: int, why: str = "") -> InvalidValueError:
    """The error of a parameter that doesn't have a number for each component, and coordinate."""
    problem = f"{name} must have the shape {shape}, with n_components={k} and n_features={d}{why}"
    return InvalidValueError(problem, field=name)


def _symmetric(matrix: Matrix) -> Matrix:
    """The matrix with its lower half on both sides: rounding has made them differ."""
    return tuple(
        tuple(matrix[max(a, b)][min(a, b)] for b in range(len(matrix))) for a in range(len(matrix))
    )


def rows_of(given: Any) -> tuple[Vector, ...]:
    """The points as rows, (n, d)."""
    points = validation.points(given)
    if not isinstance(points[0], tuple):
        problem = "X must have a row for each point, got numbers: give [[x] for x in X]"
        raise InvalidValueError(problem, field="points")
    return points


def column_names(given: Any) -> tuple[str, ...]:
    """The names of a data frame's columns; () where there are none, or other things than text."""
    columns = getattr(given, "columns", None)
    names = () if columns is None else tuple(columns)
    return names if all(isinstance(name, str) for name in names) else ()


def like(given: Any, values: Any) -> Any:
    """`values` as a numpy array, where `given` is one or a data frame; else as it is."""
    numpy = sys.modules.get("numpy")  # an array has it loaded
    if numpy is None or not (isinstance(given, numpy.ndarray) or hasattr(given, "to_numpy")):
        return values
    return numpy.asarray(values)


def choice(name: str, value: object, table: dict[str, Any]) -> Any:
    """What the table has under this value. InvalidValueError where it has nothing."""
    if not isinstance(value, str) or value not in table:
        names = listed([repr(key) for key in table], most=len(table))
        remedy = ", or give means_init the centres of a clustering" if value == "kmeans" else ""
        problem = f"{name} must be one of {names}, got {shown(value)}: choose one{remedy}"
        raise InvalidValueError(problem, field=name)
    return table[value]


def limit(name: str, value: object) -> float:
    """A number from 0 on."""
    number = float(value) if isinstance(value, Real) else math.nan
    if not 0.0 <= number < math.inf:
        problem = f"{name} must be a number from 0 on, got {shown(value)}: give one such as 1e-3"
        raise InvalidValueError(problem, field=name)
    return number


def generator(random_state: object) -> random.Random:
    """The source of randomness that random_state stands for."""
    if random_state is None:
        return random.Random()
    if isinstance(random_state, random.Random):
        return random_state
    seed = whole_number(random_state)
    if seed is None or seed < 0:
        problem = (
            "random_state must be None, a whole number from 0 on or a random.Random, "
            f"got {shown(random_state)}: give a number such as 0"
        )
        raise InvalidValueError(problem, field="random_state")
    return random.Random(seed)

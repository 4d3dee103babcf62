"""Covariance structures: what the covariances of a mixture have in common, and how each is estimated.

The M step adds up a scatter matrix for every component, about its new mean:

    S_j = sum_i beta_j(x_i) (x_i - mu_j')(x_i - mu_j')^T,      N_j = sum_i beta_j(x_i)

A structure keeps a part of S_j, and divides it by what it was added up from:

    each component its own       Sigma_j' = keep(S_j) / N_j
    one that all share           Sigma'   = keep(sum_j S_j) / sum_j N_j

name             keeps                          free parameters     mclust's name
full             all of it                      k d (d + 1) / 2     VVV
tied             all of it, shared              d (d + 1) / 2       EEE
diagonal         the diagonal                   k d                 VVI
tied diagonal    the diagonal, shared           d                   EEI
spherical        the mean of the diagonal       k                   VII
tied spherical   the mean of it, shared         1                   EII

Each estimate maximises the likelihood among the covariances of its structure (Celeux
and Govaert 1995, "Gaussian parsimonious clustering models", Pattern Recognition 28(5)).
In one dimension there are two: each variance free ("full"), or one that all share ("tied").
"""

import math

from refgmm.arithmetic import Matrix, Square, Vector, as_matrix, divided, summed, total
from refgmm.errors import InvalidValueError
from refgmm.formatting import listed
from refgmm.linear_algebra import identity
from refgmm.records import dataclass
from refgmm.type_names import Callable, Sequence
from refgmm.validation import shown

_TOLERANCE = 1e-9  # relative to the standard deviations, for covariances that someone typed

ALL, DIAGONAL_PART, MEAN_OF_DIAGONAL = "all", "diagonal", "mean of the diagonal"


@dataclass(frozen=True, slots=True)
class Structure:
    """What the covariances of a mixture have in common.

    part: what the structure allows of a scatter matrix: ALL, DIAGONAL_PART or MEAN_OF_DIAGONAL
    keep: that part of a scatter matrix
    count: how many numbers determine a covariance that is kept so, in d dimensions
    """

    name: str
    is_shared: bool
    part: str
    keep: Callable[[Matrix], Matrix]
    count: Callable[[int], int]
    meaning: str

    def __repr__(self) -> str:
        return f"STRUCTURES[{self.name!r}]"

    def estimate(self, scatters: Sequence[Square], effective_counts: Vector) -> tuple[Square, ...]:
        """The new covariances, (k,) times (d, d): see the equations above. In one dimension, (k,).

        A component whose effective count is 0 has nothing to divide by: nan.

        >>> FULL.estimate([4.0, 2.0], (2.0, 2.0)), TIED.estimate([4.0, 2.0], (2.0, 2.0))
        ((2.0, 1.0), (1.5, 1.5))
        """
        kept = [self.kept(scatter) for scatter in scatters]
        if self.is_shared:
            return (divided(summed(kept), total(effective_counts)),) * len(kept)
        return tuple(map(divided, kept, effective_counts))

    def kept(self, scatter: Square) -> Square:
        """What the structure keeps of a scatter; a number, in one dimension, as it is."""
        return self.keep(scatter) if isinstance(scatter, tuple) else scatter

    def holds(self, covariances: Sequence[Square]) -> bool:
        """Whether these covariances have in common what the structure says, but for rounding.

        >>> TIED.holds([2.0, 2.0]), TIED.holds([2.0, 3.0])
        (True, False)
        """
        own = self.estimate(covariances, (1.0,) * len(covariances))
        return all(
            abs(entry - other) <= _TOLERANCE * math.sqrt(matrix[a][a] * matrix[b][b])
            for matrix, kept in zip(map(as_matrix, covariances), map(as_matrix, own), strict=True)
            for a, row in enumerate(matrix)
            for b, (entry, other) in enumerate(zip(row, kept[a], strict=True))
        )

    def covariance_parameters(self, k: int, d: int) -> int:
        """How many numbers determine the covariances of k components in d dimensions.

        >>> [structure.covariance_parameters(3, 2) for structure in STRUCTURES.values()]
        [9, 3, 6, 2, 3, 1]
        """
        return self.count(d) if self.is_shared else k * self.count(d)

    def free_parameters(self, k: int, d: int) -> int:
        """How many numbers EM estimates: k - 1 weights, k d means, and the covariances.

        >>> FULL.free_parameters(k=2, d=1), TIED.free_parameters(k=3, d=4)
        (5, 24)
        """
        return (k - 1) + k * d + self.covariance_parameters(k, d)


def _all(scatter: Matrix) -> Matrix:
    return scatter


def _diagonal(scatter: Matrix) -> Matrix:
    return tuple(
        tuple(entry if a == b else 0.0 for b, entry in enumerate(row))
        for a, row in enumerate(scatter)
    )


def _mean_of_diagonal(scatter: Matrix) -> Matrix:
    d = len(scatter)
    return identity(d, total(scatter[a][a] for a in range(d)) / d)


def _half_a_matrix(d: int) -> int:
    return d * (d + 1) // 2


def _a_diagonal(d: int) -> int:
    return d


def _one_number(d: int) -> int:
    return 1


FULL = Structure(
    "full",
    is_shared=False,
    part=ALL,
    keep=_all,
    count=_half_a_matrix,
    meaning="each component has a covariance of its own",
)
TIED = Structure(
    "tied",
    is_shared=True,
    part=ALL,
    keep=_all,
    count=_half_a_matrix,
    meaning="all components share one covariance",
)
DIAGONAL = Structure(
    "diagonal",
    is_shared=False,
    part=DIAGONAL_PART,
    keep=_diagonal,
    count=_a_diagonal,
    meaning="each component has variances of its own; coordinates are uncorrelated",
)
TIED_DIAGONAL = Structure(
    "tied diagonal",
    is_shared=True,
    part=DIAGONAL_PART,
    keep=_diagonal,
    count=_a_diagonal,
    meaning="all components share the variances; coordinates are uncorrelated",
)
SPHERICAL = Structure(
    "spherical",
    is_shared=False,
    part=MEAN_OF_DIAGONAL,
    keep=_mean_of_diagonal,
    count=_one_number,
    meaning="each component has one variance, the same in all directions",
)
TIED_SPHERICAL = Structure(
    "tied spherical",
    is_shared=True,
    part=MEAN_OF_DIAGONAL,
    keep=_mean_of_diagonal,
    count=_one_number,
    meaning="all components share one variance, the same in all directions",
)

STRUCTURES = {
    structure.name: structure
    for structure in (FULL, TIED, DIAGONAL, TIED_DIAGONAL, SPHERICAL, TIED_SPHERICAL)
}

_ALIASES = {"free": "full", "shared": "tied", "diag": "diagonal"}
"""Names of others: of one dimension, and scikit-learn's."""


def structure_of(name: object) -> Structure:
    """The structure of this name; also "free" and "shared", of variances, and "diag".

    >>> structure_of("shared").name
    'tied'
    >>> structure_of("round")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there is no covariance structure 'round': choose one of full, tied, diagonal, tied diagonal, spherical and tied spherical
    """
    if isinstance(name, Structure):
        return name
    found = STRUCTURES.get(_ALIASES.get(name, name)) if isinstance(name, str) else None
    if found is None:
        choice = listed(list(STRUCTURES), most=len(STRUCTURES))
        problem = f"there is no covariance structure {shown(name)}: choose one of {choice}"
        raise InvalidValueError(problem, field="structure")
    return found

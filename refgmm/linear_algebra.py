"""The linear algebra that a covariance matrix asks for, on tuples of tuples.

solve_lower        z with L z = b, from the first row down;  solve_upper: w with L^T w = b
inverse            (L L^T)^-1
eigen              A = V diag(values) V^T, by Jacobi's rotations

L, the Cholesky factor of a covariance, is that of refgmm.cholesky. A matrix is a tuple of rows. Sizes
are not checked again here: see refgmm.validation.
"""

import math

from refgmm.arithmetic import Matrix, Vector, columns, square, total


class NotPositiveDefiniteError(ArithmeticError):
    """A matrix that has no Cholesky factor.

    index: the pivot at which it shows, from 0;  pivot: its value, not above 0
    """

    def __init__(self, index: int, pivot: float) -> None:
        super().__init__(f"pivot {index + 1} is {pivot!r}")
        self.index = index
        self.pivot = pivot


def solve_lower(factor: Matrix, right: Vector) -> Vector:
    """z with `factor` z = `right`, where `factor` is lower triangular.

    >>> solve_lower(((2.0, 0.0), (1.0, 2.0)), (4.0, 6.0))
    (2.0, 2.0)
    """
    z: list[float] = []
    for a, row in enumerate(factor):
        rest = right[a]
        for entry, known in zip(row, z, strict=False):
            rest -= entry * known
        z.append(rest / row[a])
    return tuple(z)


def solve_upper(factor: Matrix, right: Vector) -> Vector:
    """w with `factor`^T w = `right`, where `factor` is lower triangular: from the last row up.

    >>> solve_upper(((2.0, 0.0), (1.0, 2.0)), (4.0, 6.0))
    (0.5, 3.0)
    """
    d = len(right)
    w = [0.0] * d
    for a in reversed(range(d)):
        known = total([factor[c][a] * w[c] for c in range(a + 1, d)])
        w[a] = (right[a] - known) / factor[a][a]
    return tuple(w)


def inverse(factor: Matrix) -> Matrix:
    """The inverse of L L^T, given its Cholesky factor L: the precision of a covariance.

    >>> inverse(((2.0, 0.0), (0.0, 4.0)))
    ((0.25, 0.0), (0.0, 0.0625))
    """
    return tuple(solve_upper(factor, solve_lower(factor, unit)) for unit in identity(len(factor)))


def identity(d: int, diagonal: float = 1.0) -> Matrix:
    """`diagonal` times the identity matrix of size d.

    >>> identity(2)
    ((1.0, 0.0), (0.0, 1.0))
    """
    return tuple(tuple(diagonal if a == b else 0.0 for b in range(d)) for a in range(d))


def times(matrix: Matrix, vector: Vector) -> Vector:
    """The product of a matrix and a vector.

    >>> times(((1.0, 2.0), (3.0, 4.0)), (1.0, 10.0))
    (21.0, 43.0)
    """
    return tuple(total(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def eigen(matrix: Matrix) -> tuple[Vector, Matrix]:
    """Eigenvalues, ascending, and their eigenvectors, a row each, of a symmetric matrix.

    Jacobi's method (Golub and Van Loan, "Matrix Computations", section 8.5): rotate two
    coordinates so that the entry between them becomes zero, until every such entry is
    lost beside the diagonal. nan throughout where an entry is nan or infinite: no rotation would
    ever make it zero.

    >>> eigen(((2.0, 0.0), (0.0, 1.0)))
    ((1.0, 2.0), ((0.0, 1.0), (1.0, 0.0)))
    """
    d = len(matrix)
    if not all(math.isfinite(entry) for row in matrix for entry in row):
        return (math.nan,) * d, ((math.nan,) * d,) * d
    rows = [list(row) for row in matrix]
    vectors = [list(row) for row in identity(d)]
    rotated = True
    while rotated:
        rotated = False
        for p in range(d):
            for q in range(p + 1, d):
                if _is_lost(rows[p][q], rows[p][p], rows[q][q]):
                    rows[p][q] = rows[q][p] = 0.0
                    continue
                rotated = True
                _rotate(rows, vectors, p, q)
    pairs = sorted(
        (rows[a][a], tuple(vector)) for a, vector in enumerate(columns(map(tuple, vectors)))
    )
    return tuple(value for value, _ in pairs), tuple(vector for _, vector in pairs)


def _is_lost(entry: float, *beside: float) -> bool:
    """Whether an entry is zero beside these to the last bit of a double."""
    return abs(entry) <= math.ulp(1.0) / 4 * min(map(abs, beside))


def _rotate(rows: list[list[float]], vectors: list[list[float]], p: int, q: int) -> None:
    """Make the entry between p and q zero, by the rotation whose tangent solves t^2 + 2 t theta = 1."""
    theta = (rows[q][q] - rows[p][p]) / (2 * rows[p][q])
    tangent = math.copysign(1.0, theta) / (abs(theta) + math.sqrt(1.0 + square(theta)))
    cosine = 1.0 / math.sqrt(1.0 + square(tangent))
    sine = tangent * cosine
    for row in (*rows, *vectors):
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    rows[p], rows[q] = (
        [cosine * a - sine * b for a, b in zip(rows[p], rows[q], strict=True)],
        [sine * a + cosine * b for a, b in zip(rows[p], rows[q], strict=True)],
    )
    rows[p][q] = rows[q][p] = 0.0

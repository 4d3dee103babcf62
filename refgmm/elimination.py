"""A distance and a determinant in d dimensions with a pencil's operations alone, number by number.

A covariance Sigma is C C^T with a lower triangular C, its Cholesky factor (L elsewhere in refgmm; on
screen L is the likelihood). Written out, that is an equation for each entry of C, row by row from the top:

    C_ab = (Sigma_ab - sum_{c<b} C_ac C_bc) / C_bb    for b < a
    C_aa = sqrt(Sigma_aa - sum_{c<a} C_ac^2)

and C z = x - mu is one for each entry of z, from the top:

    z_a = (x_a - mu_a - sum_{b<a} C_ab z_b) / C_aa

With them (x - mu)^T Sigma^-1 (x - mu) = z^T z and ln |Sigma| = 2 sum_a ln C_aa, without an inverse:
`why("distance", dimension=2)` proves it. refgmm.gaussian computes both so, with more digits on the way.
"""

import math
from collections.abc import Sequence

from refgmm.cholesky import cholesky
from refgmm.linear_algebra import NotPositiveDefiniteError
from refgmm.notation import (
    Call,
    Constant,
    Expr,
    Fraction,
    Line,
    Matrix,
    Name,
    Neg,
    Power,
    Product,
    Ref,
    Root,
    Sum,
    evaluate,
)
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Triangle:
    """C of a component's covariance.

    j: the component's number as symbols have it
    lines: one for each entry
    rows: the entries for use in formulas, each row up to the diagonal
    """

    j: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[Ref, ...], ...]


def triangle(covariance: Matrix, j: str) -> Triangle | None:
    """C, row by row from the top; None where the numbers, rounded on paper, are no covariance any more."""
    numbers = tuple(tuple(map(evaluate, row)) for row in covariance.rows)
    if any(math.isnan(number) for row in numbers for number in row):
        return None
    try:
        values = cholesky(numbers)
    except NotPositiveDefiniteError:
        return None
    lines: list[Line] = []
    rows: list[tuple[Ref, ...]] = []
    for a, entries in enumerate(covariance.rows):
        row: tuple[Ref, ...] = ()
        for b in range(a + 1):
            rest = _less(entries[b], row, row if b == a else rows[b])
            formula = Root(rest) if b == a else Fraction(rest, rows[b][b])
            line = Line(Name("C", j, index=(a + 1, b + 1)), formula, values[a][b])
            lines.append(line)
            row = (*row, Ref(line.symbol, values[a][b]))
        rows.append(row)
    return Triangle(j, tuple(lines), tuple(rows))


def distance(factor: Triangle, deviations: Sequence[Expr]) -> tuple[tuple[Line, ...], Expr]:
    """C and z, entry by entry; and the root of the sum of the squares of z.

    deviations: x_a - mu_a, (d,)
    """
    lines: list[Line] = []
    z: tuple[Ref, ...] = ()
    for a, (deviation, row) in enumerate(zip(deviations, factor.rows, strict=True)):
        formula = Fraction(_less(deviation, row, z), row[a])
        line = Line(Name("z", factor.j, index=(a + 1,)), formula, evaluate(formula))
        lines.append(line)
        z = (*z, Ref(line.symbol, evaluate(formula)))
    return (*factor.lines, *lines), Root(_sum([Power(entry, 2) for entry in z]))


def log_determinant(factor: Triangle) -> tuple[tuple[Line, ...], Expr]:
    """C, entry by entry; and twice the sum of the logarithms of its diagonal."""
    logarithms = [Call("ln", (row[-1],)) for row in factor.rows]
    return factor.lines, Product((Constant(2.0), _sum(logarithms)))


def _less(whole: Expr, row: Sequence[Ref], others: Sequence[Ref]) -> Expr:
    """whole - sum_c row_c others_c, as far as both go; a square where they are the same."""
    products = [
        Neg(Power(u, 2) if u is v else Product((u, v))) for u, v in zip(row, others, strict=False)
    ]
    return _sum([whole, *products])


def _sum(terms: Sequence[Expr]) -> Expr:
    """A sum; of one term, the term."""
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0]

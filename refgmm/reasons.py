"""Why the formulas are as they are: Bayes' rule, the M step from maximum likelihood, EM's lower bound.

    why("mean")                                            in one dimension
    why("covariance", dimension=2, structure="tied")       in two

>>> print(why("evidence").text())
Why the evidence is the sum of the weighted densities
<BLANKLINE>
A point is drawn in two stages: first the component, j with probability αⱼ, then the
point, from the density gⱼ(xᵢ). The density of both together is the product (product
rule). The component isn't seen, but it is one of K, and never two of them: so the
density of the point alone is the sum (sum rule):
    p(xᵢ) = ∑ⱼ αⱼ gⱼ(xᵢ)
<BLANKLINE>
Sources
- C. M. Bishop 2006, Pattern Recognition and Machine Learning: section 1.2 and equation
  9.7
"""

from refgmm import maximum_likelihood
from refgmm.notation import (
    BigSum,
    Call,
    Expr,
    Fraction,
    Inverse,
    LogDeterminant,
    Matrix,
    Name,
    Neg,
    Product,
    Sum,
    Transpose,
)
from refgmm.proof import Citation, Proof, Relation, equal
from refgmm.proof_parts import (
    BETA,
    COUNT,
    LN_L,
    LN_P,
    MU,
    NEW_BETA,
    NEW_LN_L,
    ONE,
    TWO,
    WEIGHTED,
    N,
    P,
    X,
    bishop,
    dempster,
    minus,
    neal,
    over_components,
    over_coordinates,
    over_points,
    squared,
    step,
)
from refgmm.quantities import Cell, quantity_of
from refgmm.structures import FULL, Structure, structure_of


def why(
    of: Cell | str, dimension: int | None = None, structure: Structure | str = FULL
) -> Proof | None:
    """Why the formula of a quantity is as it is; None of what is given, or merely defined.

    of: a cell, or a quantity by name (see refgmm.quantities)
    dimension: of the points, as Problem.dimension has it: None where they are numbers
    structure: of the covariances

    InvalidValueError where there is no such quantity or structure.

    >>> why("density") is None
    True
    """
    quantity = of.quantity if isinstance(of, Cell) else quantity_of(of).name
    if isinstance(of, Cell) and of.is_given:
        return None
    if quantity == "mean":
        return maximum_likelihood.mean(dimension)
    if quantity == "covariance":
        return maximum_likelihood.covariance(dimension, structure_of(structure))
    if quantity in _OF_MATRICES and dimension is None:
        return None
    return _PROOFS.get(quantity)


_RESPONSIBILITY = Proof(
    "Why a responsibility is a share of the evidence",
    (
        step(
            "Draw the component first, {j} with probability {alpha}, then the point, with density "
            "{g}. Or see the point first, with density {p}, and ask for its component: it is {j} with "
            "probability {beta}. Both give the density of the same pair (product rule):",
            equal(Product((P, BETA)), WEIGHTED),
        ),
        step("Divide by {p}. This is Bayes' rule:", equal(BETA, Fraction(WEIGHTED, P))),
        step(
            "Over the components these shares add up to 1, since the evidence is the sum of what "
            "stands above the line:",
            equal(over_components(BETA), Fraction(over_components(WEIGHTED), P), ONE),
        ),
    ),
    (bishop("section 1.2 and equation 9.13"),),
)

_EVIDENCE = Proof(
    "Why the evidence is the sum of the weighted densities",
    (
        step(
            "A point is drawn in two stages: first the component, {j} with probability {alpha}, then "
            "the point, from the density {g}. The density of both together is the product (product "
            "rule). The component isn't seen, but it is one of K, and never two of them: so the "
            "density of the point alone is the sum (sum rule):",
            equal(P, over_components(WEIGHTED)),
        ),
    ),
    (bishop("section 1.2 and equation 9.7"),),
)

_EFFECTIVE_COUNT = Proof(
    "Why responsibilities add up to a number of points",
    (
        step(
            "Count the points of component {j}: point i counts 1 if {j} drew it, which has probability "
            "{beta}, and else 0; on average, {beta}. Averages add, so on average the count is",
            equal(COUNT, over_points(BETA)),
        ),
        step(
            "Over the components these make up the {n} points, since the responsibilities for a point "
            "add up to 1:",
            equal(over_components(COUNT), over_points(over_components(BETA)), N),
        ),
    ),
    (bishop("equations 9.18 and 9.39"),),
)


def _log_likelihood() -> Proof:
    """The lower bound: Jensen's inequality, where it touches, and what is between."""
    bound, new_bound, q = Name("F"), Name("F", prime=True), Name("Q")
    ratio = Fraction(WEIGHTED, BETA)
    shares = over_components(Product((BETA, Call("ln", (ratio,)))))
    entropy = Neg(_over_all(Product((BETA, Call("ln", (BETA,))))))
    divergence = _over_all(Product((BETA, Call("ln", (Fraction(BETA, NEW_BETA),)))))
    return Proof(
        "Why EM never lowers the log-likelihood",
        (
            step(
                "The points are drawn independently, so their densities multiply, and the logarithms "
                "of these add up:",
                equal(LN_L, over_points(LN_P)),
            ),
            step(
                "Take any shares {beta} that add up to 1 over the components. The logarithm is concave: "
                "that of a weighted mean is at least the weighted mean of the logarithms (Jensen's "
                "inequality). Shares of 0 contribute nothing:",
                Relation(
                    LN_P,
                    (
                        ("=", Call("ln", (over_components(Product((BETA, ratio))),))),
                        ("≥", shares),
                    ),
                ),
            ),
            step(
                "Add up over the points. What stands on the right then is a lower bound {F} of "
                "{ln L}, whatever the shares and the parameters:",
                equal(bound, _over_all(Product((BETA, Call("ln", (ratio,)))))),
                Relation(LN_L, (("≥", bound),)),
            ),
            step(
                "E step: with the responsibilities for shares, every fraction is {p} (Bayes' rule), "
                "and the shares add up to 1. The bound touches:",
                equal(ratio, P),
                equal(bound, _over_all(Product((BETA, LN_P))), over_points(LN_P), LN_L),
            ),
            step(
                "M step: hold the shares fixed, and take the logarithm of the fraction apart. Only {Q} "
                "depends on the parameters. Setting its derivatives to zero gives the formulas of the "
                "M step, which maximise it among the parameters that the structure allows. So the "
                "bound rises, or stays; its new value has a prime:",
                equal(q, _over_all(Product((BETA, Call("ln", (WEIGHTED,)))))),
                equal(bound, Sum((q, entropy))),
                Relation(new_bound, (("≥", bound),)),
            ),
            step(
                "It is still a lower bound, now at the new parameters. Together:",
                Relation(NEW_LN_L, (("≥", new_bound), ("≥", bound), ("=", LN_L))),
            ),
            step(
                "The responsibilities by the new parameters have a prime, too. The gap at the new "
                "parameters is the Kullback-Leibler divergence of the old responsibilities from the "
                "new. The gain is what the bound rises, and this gap:",
                equal(minus(NEW_LN_L, new_bound), divergence),
                equal(minus(NEW_LN_L, LN_L), Sum((minus(new_bound, bound), divergence))),
            ),
        ),
        (
            dempster("theorem 1"),
            neal("the function F; there it is maximised in turn over shares and parameters"),
            bishop("section 9.4, equations 9.70 to 9.74; Jensen's inequality: equation 1.115"),
        ),
    )


def _over_all(term: Expr) -> BigSum:
    return over_points(over_components(term))


def _distance() -> Proof:
    """The quadratic form without an inverse."""
    z, across = Name("z", "j"), Transpose(_AWAY)
    inverses = (Inverse(Transpose(_FACTOR)), Inverse(_FACTOR))
    return Proof(
        "Why a distance needs no inverse",
        (
            _FACTORISED,
            step(
                "Let {z} be the column that the factor takes to the deviation. From the top, each of "
                "these d equations has one unknown more than the one before, so each gives an entry:",
                equal(Product((_FACTOR, z)), _AWAY),
                z=z,
            ),
            step(
                "The inverse of a product is the product of the inverses, the other way round. What "
                "is left of the quadratic form is the sum of the squares of these entries:",
                equal(
                    Product((across, Inverse(_SIGMA), _AWAY)),
                    Product((across, *inverses, _AWAY)),
                    Product((Transpose(z), z)),
                    over_coordinates(squared(Name("z", "j", index=("a",)))),
                ),
            ),
        ),
        (_golub("sections 3.1 and 4.2"),),
    )


def _log_determinant() -> Proof:
    """From the diagonal of the factor."""
    diagonal = Call("ln", (Name("C", "j", index=("a", "a")),))

    def log_determinant(matrix: Expr) -> Expr:
        return LogDeterminant(Matrix(matrix, ()))

    return Proof(
        "Why the logarithm of the determinant is a sum of logarithms",
        (
            _FACTORISED,
            step(
                "The determinant of a product is the product of the determinants, that of a transpose "
                "is the same, and that of a triangle is the product of its diagonal:",
                equal(
                    log_determinant(_SIGMA),
                    Sum((log_determinant(_FACTOR), log_determinant(Transpose(_FACTOR)))),
                    Product((TWO, over_coordinates(diagonal))),
                ),
            ),
        ),
        (_golub("section 4.2"),),
    )


_AWAY, _SIGMA, _FACTOR = minus(X, MU), Name("Σ", "j"), Name("C", "j")
_FACTORISED = step(
    "A covariance is a lower triangular matrix times its transpose: Cholesky's factor, of which each "
    "entry follows from those above it and to its left. The number itself, with all its terms, shows how:",
    equal(_SIGMA, Product((_FACTOR, Transpose(_FACTOR)))),
)


def _golub(where: str) -> Citation:
    return Citation("G. H. Golub and C. F. Van Loan", 1996, "Matrix Computations", where)


_BOUND = _log_likelihood()
_OF_MATRICES = {"distance": _distance(), "log-determinant": _log_determinant()}

_PROOFS = {
    "evidence": _EVIDENCE,
    "log-likelihood": _BOUND,
    "responsibility": _RESPONSIBILITY,
    "effective-count": _EFFECTIVE_COUNT,
    "weight": maximum_likelihood.weight(),
    "gain": _BOUND,
    **_OF_MATRICES,
}
"""Those that are the same in every structure, and in every dimension that has them."""

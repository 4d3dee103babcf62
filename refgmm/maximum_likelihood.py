"""Why the M step's formulas maximise the likelihood: means, weights, and covariances of every structure.

The way is the same in all: the derivative of ln L by a parameter of component j is that of ln g_j(x_i),
each point counted beta_j(x_i) times. Hold these responsibilities fixed, set the derivative to
zero, and solve. See refgmm.reasons.
"""

from refgmm.notation import (
    PI,
    Call,
    Derivative,
    Expr,
    Fraction,
    Inverse,
    LogDeterminant,
    Matrix,
    Name,
    Neg,
    Power,
    Product,
    Sum,
    Transpose,
)
from refgmm.proof import Citation, Proof, equal
from refgmm.proof_parts import (
    ALPHA,
    BETA,
    COUNT,
    HELD_FIXED,
    LAMBDA,
    LN_G,
    LN_L,
    MU,
    NEW_ALPHA,
    NEW_MU,
    ONE,
    TWO,
    WEIGHTED,
    ZERO,
    D,
    G,
    N,
    P,
    X,
    bishop,
    celeux,
    dempster,
    gradient,
    half_of_minus,
    minus,
    over_components,
    over_coordinates,
    over_points,
    squared,
    step,
    times,
)
from refgmm.structures import ALL, DIAGONAL_PART, Structure

_DEVIATION, _NEW_DEVIATION = minus(X, MU), minus(X, NEW_MU)
_VARIANCE = squared(Name("σ", "j"))
_LN_TWO_PI = Call("ln", (Product((TWO, PI)),))


def weight() -> Proof:
    """A constraint, and Lagrange's multiplier for it."""
    lagrangian = Name("ℓ")
    return Proof(
        "Why the new weight is the component's share of the points",
        (
            step(
                "Differentiate {ln L}, the sum of {ln p} over the points, where {p} has the term "
                "{weighted}; then use that {g} over {p} is {beta} over {alpha} (Bayes' rule):",
                equal(
                    Derivative(LN_L, ALPHA),
                    over_points(Fraction(G, P)),
                    over_points(Fraction(BETA, ALPHA)),
                    Fraction(COUNT, ALPHA),
                ),
                weighted=WEIGHTED,
            ),
            step(
                "No weight makes this zero: larger weights would always be better. But they must add "
                "up to 1. So subtract a multiple {lambda} of what they have too much (Lagrange's "
                "multiplier), and differentiate that:",
                equal(lagrangian, minus(LN_L, Product((LAMBDA, _excess())))),
                equal(Derivative(lagrangian, ALPHA), minus(Fraction(COUNT, ALPHA), LAMBDA)),
            ),
            step(
                HELD_FIXED + "So hold {N} fixed, and set to zero, for every component:",
                equal(Fraction(COUNT, NEW_ALPHA), LAMBDA),
                equal(COUNT, Product((LAMBDA, NEW_ALPHA))),
            ),
            step(
                "Add this up over the components. The new weights add up to 1, and the responsibilities "
                "for each of the {n} points, too. So {lambda} is {n}:",
                equal(
                    LAMBDA,
                    Product((LAMBDA, over_components(NEW_ALPHA))),
                    over_components(COUNT),
                    over_points(over_components(BETA)),
                    N,
                ),
            ),
            step(
                "Put it in. It is the maximum, since the sum of {N} ln {alpha} is concave in the "
                "weights:",
                equal(NEW_ALPHA, Fraction(COUNT, LAMBDA), Fraction(COUNT, N)),
            ),
        ),
        (
            bishop("equations 9.20 to 9.22; Lagrange multipliers: appendix E"),
            dempster("section 4.3"),
        ),
    )


def _excess() -> Expr:
    return minus(over_components(ALPHA), ONE)


def mean(dimension: int | None) -> Proof:
    """The same in one dimension and in d, where a vector is solved for."""
    if dimension is None:
        exponent: Expr = Neg(Fraction(squared(_DEVIATION), Product((TWO, _VARIANCE))))
        slope: Expr = Fraction(_DEVIATION, _VARIANCE)
        new_slope: Expr = Fraction(_NEW_DEVIATION, _VARIANCE)
        cancelled: Expr = _VARIANCE
        shape = "a parabola that opens downwards"
        where = "equations 9.16 to 9.18"
    else:
        inverse = Inverse(Name("Σ", "j"))
        exponent = Neg(Fraction(Product((Transpose(_DEVIATION), inverse, _DEVIATION)), TWO))
        slope, new_slope = Product((inverse, _DEVIATION)), Product((inverse, _NEW_DEVIATION))
        cancelled = Name("Σ", "j")
        shape = "a paraboloid that opens downwards, since {cancelled} is positive definite"
        where = "equations 9.16 to 9.18; derivatives by vectors: appendix C"
    total = over_points(Product((BETA, X)))
    return Proof(
        "Why the new mean is the weighted mean of the points",
        (
            gradient(MU, is_shared=False),
            step(
                "In {ln g}, only the exponent depends on {mu}:",
                equal(Derivative(LN_G, MU), Derivative(exponent, MU), slope),
            ),
            step(
                HELD_FIXED + "Set to zero, with a prime for the solution:",
                equal(over_points(times(BETA, new_slope)), ZERO),
            ),
            step(
                "Multiply by {cancelled}, which thereby drops out: the new mean is the same for any. "
                "Take the sum apart:",
                equal(total, Product((over_points(BETA), NEW_MU)), Product((COUNT, NEW_MU))),
                cancelled=cancelled,
            ),
            step(
                "Divide by {N}. It is the maximum: with the responsibilities held fixed, what was "
                "differentiated is, as a function of {mu}, " + shape + ".",
                equal(NEW_MU, Fraction(total, COUNT)),
                cancelled=cancelled,
            ),
        ),
        (bishop(where), dempster("section 4.3")),
    )


def covariance(dimension: int | None, structure: Structure) -> Proof:
    """By the matrix, or by variances where the structure (or the dimension) has no more."""
    shared, part = structure.is_shared, structure.part if dimension else ALL
    where = "equation 9.19"
    if dimension and part == ALL:
        where += "; derivatives by matrices: equations C.24 and C.28"
    sources = [bishop(where)]
    if shared or part != ALL:
        family = {ALL: "general", DIAGONAL_PART: "diagonal"}.get(part, "spherical")
        one_for_all = ", one covariance for all components" if shared else ""
        sources.append(celeux(f"the M step of the {family} family{one_for_all}"))
    sources.append(dempster("section 4.3"))
    if dimension is not None and part == ALL:
        return _of_matrices(shared, tuple(sources))
    if dimension is None:
        title = "Why the new variance is the weighted mean of the squared deviations"
        name = _sigma(shared)
    elif part == DIAGONAL_PART:
        title = (
            "Why a new variance is the weighted mean of the squared deviations in its coordinate"
        )
        name = _matrix(shared, index=("a", "a"))
    else:
        title = (
            "Why the new variance is the mean of the squared deviations over points and coordinates"
        )
        name = _sigma(shared)
    return _of_variances(title, name, part if dimension else None, shared, tuple(sources))


def _sigma(is_shared: bool, prime: bool = False) -> Name:
    return Name("σ", "" if is_shared else "j", prime)


def _matrix(is_shared: bool, prime: bool = False, index: tuple[str, ...] = ()) -> Name:
    return Name("Σ", "" if is_shared else "j", prime, index=index)


def _primed(name: Name) -> Name:
    return Name(name.base, name.sub, prime=True, index=name.index)


def _coordinate(name: Name) -> Name:
    return Name(name.base, name.sub, name.prime, index=("a",))


def _scatter(is_shared: bool, index: tuple[str, ...] = ()) -> Expr:
    own = Name("S", "j", index=index)
    return over_components(own) if is_shared else own


def _of_variances(
    title: str, name: Name, part: str | None, is_shared: bool, sources: tuple[Citation, ...]
) -> Proof:
    """The derivative by a variance: the only one, the one of a coordinate, or that of all coordinates.

    name: sigma, whose square is the variance; or Sigma[a,a], the variance itself
    part: what the structure keeps of a scatter matrix; None in one dimension
    """
    is_entry = bool(name.index)

    def power(base: Name, of_variance: int) -> Expr:
        exponent = of_variance if is_entry else 2 * of_variance
        return base if exponent == 1 else Power(base, exponent)

    variance, new = power(name, 1), power(_primed(name), 1)
    one_coordinate = squared(minus(_coordinate(X), _coordinate(MU)))
    new_coordinate = squared(minus(_coordinate(X), _coordinate(NEW_MU)))
    square: Expr
    new_square: Expr
    divide = (
        "Divide. "
        if part is None
        else "Divide; a component's weighted sum of squares is its scatter {scatter}. "
    )
    d: tuple[Expr, ...] = ()
    found: tuple[Expr, ...] = ()
    if part is None:
        square, new_square = squared(_DEVIATION), squared(_NEW_DEVIATION)
        log = half_of_minus(_LN_TWO_PI, Call("ln", (variance,)), Fraction(square, variance))
        form = "The logarithm of the density, and its derivative:"
    elif is_entry:
        square, new_square = one_coordinate, new_coordinate
        terms = Sum((_LN_TWO_PI, Call("ln", (variance,)), Fraction(square, variance)))
        log = Neg(Fraction(over_coordinates(terms), TWO))
        form = (
            "With a diagonal matrix, the density is the product of those of the coordinates. Its "
            "logarithm, and the derivative, to which coordinate a alone contributes:"
        )
        found = (_scatter(is_shared, ("a", "a")),)
    else:
        d = (D,)
        square, new_square = over_coordinates(one_coordinate), over_coordinates(new_coordinate)
        log = half_of_minus(
            Product((D, _LN_TWO_PI)),
            Product((D, Call("ln", (variance,)))),
            Fraction(square, variance),
        )
        form = (
            "With the same variance in every coordinate, and nothing beside the diagonal, the density "
            "is the product of those of the coordinates. Its logarithm, and the derivative:"
        )
        found = (over_coordinates(_scatter(is_shared, ("a", "a"))),)

    def over_all(term: Expr) -> Expr:
        return over_points(over_components(term) if is_shared else term)

    count = N if is_shared else COUNT
    total = over_all(Product((BETA, new_square)))
    results = [Fraction(above, times(*d, count)) for above in (total, *found)]
    return Proof(
        title + (", over all components" if is_shared else ""),
        (
            gradient(variance, is_shared),
            step(
                form,
                equal(LN_G, log),
                equal(
                    Derivative(LN_G, variance),
                    Fraction(minus(square, times(*d, variance)), Product((TWO, power(name, 2)))),
                ),
            ),
            step(
                HELD_FIXED + "Set to zero, at the new means, which are the best for any variances:",
                equal(
                    over_all(
                        Product(
                            (
                                BETA,
                                Fraction(
                                    minus(new_square, times(*d, new)),
                                    Product((TWO, power(_primed(name), 2))),
                                ),
                            )
                        )
                    ),
                    ZERO,
                ),
            ),
            step(
                "Multiply by {below}, and take the sum apart"
                + (" (all responsibilities add up to {n}):" if is_shared else ":"),
                equal(total, over_all(Product((BETA, *d, new))), Product((*d, count, new))),
                below=Product((TWO, power(_primed(name), 2))),
            ),
            step(
                divide
                + "It is the maximum: the derivative is positive for a smaller variance, and "
                "negative for a larger one.",
                equal(new, *results),
                scatter=_scatter(False, ("a", "a")),
            ),
        ),
        sources,
    )


def _of_matrices(is_shared: bool, sources: tuple[Citation, ...]) -> Proof:
    """The derivative by the inverse of the covariance, which is easier than that by the covariance."""
    old, new = _matrix(is_shared), _matrix(is_shared, prime=True)
    precision = Name("Λ", old.sub)
    square = Product((_DEVIATION, Transpose(_DEVIATION)))
    new_square = Product((_NEW_DEVIATION, Transpose(_NEW_DEVIATION)))
    form = Product((Transpose(_DEVIATION), precision, _DEVIATION))
    log_determinant = LogDeterminant(Matrix(precision, ()))

    def over_all(term: Expr) -> Expr:
        return over_points(over_components(term) if is_shared else term)

    count = N if is_shared else COUNT
    total = over_all(Product((BETA, new_square)))
    return Proof(
        "Why the new covariance is the weighted mean of the products of deviations"
        + (", over all components" if is_shared else ""),
        (
            step(
                "Look for the inverse of the covariance: the best inverse gives the best covariance, "
                "and the derivatives are simpler.",
                equal(precision, Inverse(old)),
            ),
            gradient(precision, is_shared),
            step(
                "In {ln g}, the logarithm of a determinant and a quadratic form depend on {precision}. "
                "With the derivative by a matrix for the matrix of the derivatives by its entries:",
                equal(
                    LN_G,
                    Fraction(Sum((log_determinant, Neg(form), Neg(Product((D, _LN_TWO_PI))))), TWO),
                ),
                equal(Derivative(log_determinant, precision), Inverse(precision), old),
                equal(Derivative(form, precision), square),
                equal(Derivative(LN_G, precision), Fraction(minus(old, square), TWO)),
                precision=precision,
            ),
            step(
                HELD_FIXED
                + "Set to zero, at the new means, which are the best for any covariances:",
                equal(
                    over_all(Product((BETA, Fraction(minus(new, new_square), TWO)))),
                    ZERO,
                ),
            ),
            step(
                "Multiply by 2, and take the sum apart"
                + (" (all responsibilities add up to {n}):" if is_shared else ":"),
                equal(total, over_all(Product((BETA, new))), Product((count, new))),
            ),
            step(
                "Divide; a component's weighted sum of products is its scatter {scatter}. It is the maximum: the logarithm of the determinant is concave in {precision}, "
                "and the quadratic form is linear in it.",
                equal(new, Fraction(total, count), Fraction(_scatter(is_shared), count)),
                precision=precision,
                scatter=Name("S", "j"),
            ),
        ),
        sources,
    )

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
from refgmm.records import dataclass
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
                "up to 1. So subtract {lambda} times their excess over 1 ({lambda} is Lagrange's "
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
                "Add this up over the components. The new weights add up to 1, and so do the "
                "responsibilities for each of the {n} points. So {lambda} is {n}:",
                equal(
                    LAMBDA,
                    Product((LAMBDA, over_components(NEW_ALPHA))),
                    over_components(COUNT),
                    over_points(over_components(BETA)),
                    N,
                ),
            ),
            step(
                "Put it in. It is the maximum, since the sum of {terms} is concave in the weights:",
                equal(NEW_ALPHA, Fraction(COUNT, LAMBDA), Fraction(COUNT, N)),
                terms=Product((COUNT, Call("ln", (ALPHA,)))),
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
                "Multiply by {cancelled}, which drops out, so the new mean doesn't depend on it. "
                "Take the sum apart:",
                equal(total, Product((over_points(BETA), NEW_MU)), Product((COUNT, NEW_MU))),
                cancelled=cancelled,
            ),
            step(
                "Divide by {N}. It is the maximum: with the responsibilities held fixed, the sum of "
                "{counted} over the points is, as a function of {mu}, " + shape + ".",
                equal(NEW_MU, Fraction(total, COUNT)),
                cancelled=cancelled,
                counted=Product((BETA, LN_G)),
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
    if dimension is None:
        return _of_variances(_in_one_dimension(shared), shared, tuple(sources))
    if part == ALL:
        return _of_matrices(shared, tuple(sources))
    setting = _of_a_coordinate if part == DIAGONAL_PART else _of_all_coordinates
    return _of_variances(setting(shared), shared, tuple(sources))


def _named(base: str, is_shared: bool, index: tuple[str, ...] = (), prime: bool = False) -> Name:
    """Of component j, or of all."""
    return Name(base, "" if is_shared else "j", prime, index=index)


def _over_all(is_shared: bool, term: Expr) -> Expr:
    return over_points(over_components(term) if is_shared else term)


def _scatter(is_shared: bool, index: tuple[str, ...] = ()) -> Expr:
    own = Name("S", "j", index=index)
    return over_components(own) if is_shared else own


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a proof by a variance is about. Of two, the first is old, and the second new.

    variances, their_squares: the variance as it is written, and its square
    squares: the squared deviation that it is the mean of
    d: how many coordinates each square adds up; nothing for one
    log_density, words: ln g_j(x_i) by means of the variance, and what leads there
    scatter: the weighted sum of squares as the table of an epoch has it; None: as the sum itself
    """

    title: str
    variances: tuple[Expr, Expr]
    their_squares: tuple[Expr, Expr]
    squares: tuple[Expr, Expr]
    d: tuple[Expr, ...]
    log_density: Expr
    words: str
    scatter: Expr | None


def _in_one_dimension(is_shared: bool) -> _Setting:
    sigma, new_sigma = _named("σ", is_shared), _named("σ", is_shared, prime=True)
    variance, square = squared(sigma), squared(_DEVIATION)
    return _Setting(
        "Why the new variance is the weighted mean of the squared deviations",
        (variance, squared(new_sigma)),
        (Power(sigma, 4), Power(new_sigma, 4)),
        (square, squared(_NEW_DEVIATION)),
        (),
        half_of_minus(_LN_TWO_PI, Call("ln", (variance,)), Fraction(square, variance)),
        "The logarithm of the density, and its derivative:",
        None,
    )


_SQUARE_IN_A = squared(minus(Name("x", "i", index=("a",)), Name("μ", "j", index=("a",))))
_NEW_SQUARE_IN_A = squared(
    minus(Name("x", "i", index=("a",)), Name("μ", "j", prime=True, index=("a",)))
)


def _of_a_coordinate(is_shared: bool) -> _Setting:
    variance = _named("Σ", is_shared, ("a", "a"))
    new = _named("Σ", is_shared, ("a", "a"), prime=True)
    terms = Sum((_LN_TWO_PI, Call("ln", (variance,)), Fraction(_SQUARE_IN_A, variance)))
    return _Setting(
        "Why a new variance is the weighted mean of the squared deviations in its coordinate",
        (variance, new),
        (squared(variance), squared(new)),
        (_SQUARE_IN_A, _NEW_SQUARE_IN_A),
        (),
        half_of_minus(over_coordinates(terms)),
        "With a diagonal matrix, the density is the product of those of the coordinates. Its "
        "logarithm, and the derivative, to which coordinate a alone contributes:",
        _scatter(is_shared, ("a", "a")),
    )


def _of_all_coordinates(is_shared: bool) -> _Setting:
    sigma, new_sigma = _named("σ", is_shared), _named("σ", is_shared, prime=True)
    variance, square = squared(sigma), over_coordinates(_SQUARE_IN_A)
    return _Setting(
        "Why the new variance is the mean of the squared deviations over points and coordinates",
        (variance, squared(new_sigma)),
        (Power(sigma, 4), Power(new_sigma, 4)),
        (square, over_coordinates(_NEW_SQUARE_IN_A)),
        (D,),
        half_of_minus(
            Product((D, _LN_TWO_PI)),
            Product((D, Call("ln", (variance,)))),
            Fraction(square, variance),
        ),
        "The variance is {variance} in every coordinate, and beside the diagonal there is nothing. So "
        "the density is the product of those of the coordinates. Its logarithm, and the derivative:",
        over_coordinates(_scatter(is_shared, ("a", "a"))),
    )


def _of_variances(setting: _Setting, is_shared: bool, sources: tuple[Citation, ...]) -> Proof:
    """The derivative by a variance: the only one, the one of a coordinate, or that of all coordinates."""
    d, (variance, new), (square, new_square) = setting.d, setting.variances, setting.squares
    below, new_below = (Product((TWO, power)) for power in setting.their_squares)
    slope = Fraction(minus(square, times(*d, variance)), below)
    new_slope = Fraction(minus(new_square, times(*d, new)), new_below)
    count = N if is_shared else COUNT
    total = _over_all(is_shared, Product((BETA, new_square)))
    results, divide = [Fraction(total, times(*d, count))], "Divide. "
    if setting.scatter is not None:
        results.append(Fraction(setting.scatter, times(*d, count)))
        divide = "Divide; a component's weighted sum of squares is its scatter {scatter}. "
    return Proof(
        setting.title + (", over all components" if is_shared else ""),
        (
            gradient(variance, is_shared),
            step(
                setting.words,
                equal(LN_G, setting.log_density),
                equal(Derivative(LN_G, variance), slope),
                variance=variance,
            ),
            step(
                HELD_FIXED + "Set to zero, at the new means, which are the best for any variances:",
                equal(_over_all(is_shared, Product((BETA, new_slope))), ZERO),
            ),
            step(
                "Multiply by {below}, and take the sum apart"
                + (" (all responsibilities add up to {n}):" if is_shared else ":"),
                equal(
                    total,
                    _over_all(is_shared, Product((BETA, *d, new))),
                    Product((*d, count, new)),
                ),
                below=new_below,
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
    """By the derivative by the inverse of the covariance, which is simpler than that by the covariance."""
    old, new = _named("Σ", is_shared), _named("Σ", is_shared, prime=True)
    precision = Name("Λ", old.sub)
    square = Product((_DEVIATION, Transpose(_DEVIATION)))
    new_square = Product((_NEW_DEVIATION, Transpose(_NEW_DEVIATION)))
    form = Product((Transpose(_DEVIATION), precision, _DEVIATION))
    log_determinant = LogDeterminant(Matrix(precision, ()))

    count = N if is_shared else COUNT
    total = _over_all(is_shared, Product((BETA, new_square)))
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
                    _over_all(is_shared, Product((BETA, Fraction(minus(new, new_square), TWO)))),
                    ZERO,
                ),
            ),
            step(
                "Multiply by 2, and take the sum apart"
                + (" (all responsibilities add up to {n}):" if is_shared else ":"),
                equal(total, _over_all(is_shared, Product((BETA, new))), Product((count, new))),
            ),
            step(
                "Divide; a component's weighted sum of products is its scatter {scatter}. It is the "
                "maximum: the logarithm of the determinant is concave in {precision}, and the "
                "quadratic form is linear in it.",
                equal(new, Fraction(total, count), Fraction(_scatter(is_shared), count)),
                precision=precision,
                scatter=Name("S", "j"),
            ),
        ),
        sources,
    )

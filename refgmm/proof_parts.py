"""What the proofs share: the letters, sentences with letters in them, the sources.

Letters without a prime are the parameters that the responsibilities were computed with, and those
with a prime the new ones. So each equation can be checked with the numbers of an epoch,
and the tests do that, derivatives too.
"""

from string import Formatter

from refgmm.notation import (
    BigSum,
    Call,
    Constant,
    Derivative,
    Expr,
    Fraction,
    Name,
    Neg,
    Power,
    Product,
    Sum,
)
from refgmm.proof import Citation, Relation, Step, equal

# Letters

ZERO, ONE, TWO, D, N = Constant(0.0), Constant(1.0), Constant(2.0), Name("d"), Name("n")
LAMBDA, COUNT = Name("λ"), Name("N", "j")
X, MU, NEW_MU = Name("x", "i"), Name("μ", "j"), Name("μ", "j", prime=True)
ALPHA, NEW_ALPHA = Name("α", "j"), Name("α", "j", prime=True)
BETA, NEW_BETA = Name("β", "j", argument=X), Name("β", "j", prime=True, argument=X)
G, P = Name("g", "j", argument=X), Name("p", argument=X)
LN_G, LN_P = Call("ln", (G,)), Call("ln", (P,))
LN_L, NEW_LN_L = Name("ln L"), Name("ln L", prime=True)
WEIGHTED = Product((ALPHA, G))

_LETTERS: dict[str, Expr] = {
    "n": N,
    "j": Name("j"),
    "lambda": LAMBDA,
    "N": COUNT,
    "alpha": ALPHA,
    "mu": MU,
    "beta": BETA,
    "g": G,
    "p": P,
    "ln g": LN_G,
    "ln p": LN_P,
    "ln L": LN_L,
    "F": Name("F"),
    "Q": Name("Q"),
    "zero": ZERO,
}


def step(text: str, *relations: Relation, **letters: Expr) -> Step:
    """A step of a proof; in the text, a letter's name in braces stands for it.

    letters: further ones

    >>> step("Divide by {p}:").sentence()
    'Divide by p(xᵢ):'
    """
    words: list[str | Expr] = []
    for literal, letter, _, _ in Formatter().parse(text):
        words += [literal] if literal else []
        words += [(_LETTERS | letters)[letter]] if letter else []
    return Step(tuple(words), relations)


# Formulas that come again and again


def over_points(term: Expr) -> BigSum:
    return BigSum("i", "n", term)


def over_components(term: Expr) -> BigSum:
    return BigSum("j", "K", term)


def over_coordinates(term: Expr) -> BigSum:
    return BigSum("a", "d", term)


def times(*factors: Expr) -> Expr:
    """A product; of one factor, the factor."""
    return factors[0] if len(factors) == 1 else Product(factors)


def minus(a: Expr, b: Expr) -> Sum:
    return Sum((a, Neg(b)))


def half_of_minus(*terms: Expr) -> Neg:
    """-(a + b + ...) / 2."""
    return Neg(Fraction(Sum(terms), TWO))


def squared(value: Expr) -> Power:
    return Power(value, 2)


def gradient(by: Expr, is_shared: bool) -> Step:
    """The derivative of ln L by a parameter of a density g_j; of all of them, where it is shared."""
    terms: Expr = Product((ALPHA, Derivative(G, by)))
    counted: Expr = Product((BETA, Derivative(LN_G, by)))
    if is_shared:
        terms, counted = over_components(terms), over_components(counted)
    whose = "the densities of all components depend" if is_shared else "only {g} depends"
    return step(
        "Differentiate {ln L}, the sum of {ln p} over the points. The derivative of a logarithm is "
        f"that of its argument, divided by the argument; and in {{p}}, {whose} on {{by}}. Then "
        "use that the derivative of {g} is {g} times that of {ln g}, and that {weighted} over {p} "
        "is {beta}:",
        equal(
            Derivative(LN_L, by),
            over_points(Fraction(terms, P)),
            over_points(counted),
        ),
        by=by,
        weighted=WEIGHTED,
    )


HELD_FIXED = (
    "The responsibilities depend on the parameters, too. The M step holds them fixed at the values of "
    "the E step; that {ln L} still never falls is proved for the log-likelihood. "
)


# Sources


def dempster(where: str) -> Citation:
    title = (
        "Maximum likelihood from incomplete data via the EM algorithm, "
        "Journal of the Royal Statistical Society B 39(1)"
    )
    return Citation("A. P. Dempster, N. M. Laird and D. B. Rubin", 1977, title, where)


def bishop(where: str) -> Citation:
    return Citation("C. M. Bishop", 2006, "Pattern Recognition and Machine Learning", where)


def neal(where: str) -> Citation:
    title = (
        "A view of the EM algorithm that justifies incremental, sparse, and other variants, "
        "in: Learning in Graphical Models"
    )
    return Citation("R. M. Neal and G. E. Hinton", 1998, title, where)


def celeux(where: str) -> Citation:
    title = "Gaussian parsimonious clustering models, Pattern Recognition 28(5)"
    return Citation("G. Celeux and G. Govaert", 1995, title, where)

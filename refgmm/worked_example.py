"""The lecture note's worked example: one epoch of two components on five points.

`DOCUMENTED` holds the note's numbers as it prints them, as text, digit for digit.
`LEFT_OUT` says what the note leaves out, found by trying the alternatives.
"""

from refgmm.mixture import Mixture
from refgmm.problem import Problem
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Documented:
    """The note's printed numbers, named like the fields of the trace that they belong to."""

    standard_densities: tuple[tuple[str, str], ...]  # (n, k)  the note's g
    responsibilities: tuple[tuple[str, str], ...]  # (n, k)  the note's beta
    means: tuple[str, str]
    variances: tuple[str, str]  # the note's "sigma"
    weights: tuple[str, str]


DOCUMENTED = Documented(
    standard_densities=(
        ("0.398", "0.295"),
        ("0.390", "0.261"),
        ("0.395", "0.340"),
        ("0.244", "0.383"),
        ("0.340", "0.395"),
    ),
    responsibilities=(
        ("0.574", "0.426"),
        ("0.599", "0.401"),
        ("0.537", "0.463"),
        ("0.389", "0.611"),
        ("0.463", "0.537"),
    ),
    means=("1.3065753725700628", "1.4982149218892322"),
    variances=("0.3510142879511143", "0.408060269961259"),
    weights=("0.5124981885949778", "0.48750181140502213"),
)

LEFT_OUT = """\
What the note leaves out:
  - Its initial variances: only variance 2 gives its exponents, -(x - μ)²/4.
  - Its densities lack the factor 1/σ: they are φ(z), the standard normal density of
    z = (x - μ)/σ. The factor is common to both components and cancels in β.
  - What it calls σ after the M step is the variance, σ².
  - It calls the update of μ and σ² the M step and that of α the E step; textbooks call the
    computation of β the E step and all three updates the M step. The numbers are the same."""


def problem() -> Problem:
    """The five points and the mixture that the note starts from.

    >>> problem().points
    (0.9, 0.7, 1.2, 2.4, 1.8)
    """
    start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    return Problem(points=(0.9, 0.7, 1.2, 2.4, 1.8), initial=start)

"""The lecture note's worked example: one epoch of two components on five points.

`DOCUMENTED` holds the note's numbers as it prints them, as text, digit for digit.

What the note leaves out, found by trying the alternatives:

- Its initial variances stand in a picture that is not available. Only variance 2
  reproduces the exponent that it prints, -(x - mu)^2 / 4.
- The densities that it prints lack the factor 1/sigma: they are the standard normal
  density of the z-score, phi(z). The factor is common to both components, so the
  responsibilities, and all that follows from them, are those of the proper Gaussian.
- What it calls sigma after the M step is the variance.
- It calls the update of mean and variance the M step, and the update of the weights
  the E step. Textbooks call the computation of the responsibilities the E step and
  all three updates the M step. The numbers are the same.
"""

from dataclasses import dataclass

from refgmm.mixture import Mixture
from refgmm.problem import Problem


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


def problem() -> Problem:
    """The five points and the mixture that the note starts from.

    >>> problem().points
    (0.9, 0.7, 1.2, 2.4, 1.8)
    """
    start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    return Problem(points=(0.9, 0.7, 1.2, 2.4, 1.8), initial=start)

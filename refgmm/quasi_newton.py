"""Quasi-Newton steps up the likelihood, from the sums of EM's epochs.

Near a maximum an EM epoch leaves a fixed share of the way to go: where components overlap, 999 parts
of 1000. But its sums hold more than EM uses. They give the gradient of the log-likelihood, which at
the parameters of the E step is that of the complete-data log-likelihood (Fisher's identity),

    d ln L / d ln alpha_j  =  N_j - n alpha_j
    d ln L / d mu_j        =  N_j Sigma_j^-1 (mu_j' - mu_j)
    d ln L / d X_j         =  the lower half of L_j^-1 C_j L_j^-T - N_j I
                              C_j = N_j (Sigma_j' + (mu_j' - mu_j)(mu_j' - mu_j)^T)

where primes mark what the M step finds, L_j L_j^T = Sigma_j (Cholesky), and X_j says how L_j moves:
dL_j = L_j dX_j, lower triangular. Of covariances that are shared, C_j and N_j are added up. The sums
also give the information that the points would hold if it were known which component each is from,

    I_c:    n alpha_j for ln alpha_j      N_j Sigma_j^-1 for mu_j
            2 N_j on the diagonal of X_j, N_j below

and I_c^-1 times the gradient is, to first order, EM's own step. What the points hold without that
knowledge is less; how much less shows in how the gradient falls along the steps taken. BFGS corrects
I_c^-1 until every fall y belongs to its step s:

    H <- (I - s y^T / s^T y) H (I - y s^T / s^T y) + s s^T / s^T y,        from H = gamma I_c^-1

where gamma, from 1 to 5, is what I_c^-1 was too small by along the last step, s^T y / y^T I_c^-1 y.

The coordinates are ln alpha_j, of which only differences count, mu_j, and of L_j = T diag(l), with ones
on the diagonal of T, ln l_a and what stands below the diagonal of T: how a coordinate follows from those
before it, and how far it strays. Any numbers there are a mixture: weights that sum to 1, covariances that
are positive definite, nearly singular ones, too. What a structure keeps of Sigma_j, it keeps of L_j.
The arithmetic stands in refgmm._kernel_newton, that of vectors in refgmm._kernel_newton_vectors.

Sources: M. Jamshidian and R. I. Jennrich 1997, "Acceleration of the EM algorithm by using quasi-Newton
methods", Journal of the Royal Statistical Society B 59(3), their QN2; K. Lange 1995, "A quasi-Newton
acceleration of the EM algorithm", Statistica Sinica 5, for I_c; T. A. Louis 1982, "Finding the observed
information matrix when using the EM algorithm", JRSS B 44(2), for the gradient; M. Pourahmadi 1999,
"Joint mean-covariance models with applications to longitudinal data: unconstrained parameterisation",
Biometrika 86(3), for ln l and T; J. Nocedal 1980, "Updating quasi-Newton matrices with limited storage", Mathematics of
Computation 35, for H times a vector; D. F. Shanno and K. H. Phua 1978, "Matrix conditioning and nonlinear
optimization", Mathematical Programming 14, for gamma.
"""

from refgmm._kernel_newton import Place, PlaceOfNumbers
from refgmm.arithmetic import Matrix
from refgmm.mixture import Mixture
from refgmm.signs import Estimates
from refgmm.structures import Structure
from refgmm.type_names import Any


def place_of(mixture: Mixture[Any], m: Estimates, structure: Structure) -> Place:
    """The mixture's coordinates, and the gradient there, from the M step that follows its E step."""
    if mixture.dimension is None:
        return PlaceOfNumbers(
            (mixture.weights, mixture.means, mixture.covariances),
            (m.effective_counts, m.means, m.covariances),
            structure.is_shared,
        )
    from refgmm._kernel_newton_vectors import PlaceOfVectors
    from refgmm.tally_of_vectors import kind_of

    factors = [component.cholesky for component in mixture.components]
    return PlaceOfVectors(
        (mixture.weights, list(map(list, mixture.means)), list(map(_lower, factors))),
        (
            m.effective_counts,
            list(map(list, m.means)),
            [list(map(list, found)) for found in m.covariances],
        ),
        kind_of(structure),
    )


def _lower(factor: Matrix) -> list[list[float]]:
    """L, its rows up to the diagonal."""
    return [[*row[: a + 1]] for a, row in enumerate(factor)]


def moved(mixture: Mixture[Any], place: Place, direction: list[float], step: float) -> Mixture[Any]:
    """The mixture at coordinates + step direction, from that of the place.

    InvalidValueError where its numbers are none to compute with.
    """
    made = Mixture.univariate if mixture.dimension is None else Mixture.multivariate
    return made(*place.moved(direction, step))

"""The mixture as a model: evidence, responsibilities, and what it asks of its components."""

import dataclasses
import itertools
import math
from dataclasses import dataclass
from typing import Any

import pytest

from refgmm import Gaussian, InvalidValueError, Mixture, oracle
from refgmm.bayes import SMALLEST_PRECISE, is_faint
from refgmm.gaussian import Evaluation
from refgmm.oracle import correct_digits

from .support import NOTE_POINTS, U, note_start


@pytest.mark.parametrize("x", NOTE_POINTS)
def test_methods_agree_with_the_oracle(x: float) -> None:
    """Evidence, its logarithm and responsibilities have 14 correct digits on the note's points."""
    start = note_start()
    truth = oracle.epoch([x], [0.5, 0.5], [1, 2], [2, 2])
    assert correct_digits(start.density(x), truth.evidence[0]) >= 14
    assert correct_digits(start.log_density(x), truth.log_evidence[0]) >= 14
    for beta, exact in zip(start.responsibilities(x), truth.responsibilities[0], strict=True):
        assert correct_digits(beta, exact) >= 14


def test_methods_are_the_posterior() -> None:
    """density, log_density and responsibilities are fields of one posterior, bit for bit."""
    start = note_start()
    posterior = start.posterior(0.9)
    assert start.density(0.9) == posterior.evidence
    assert start.log_density(0.9) == posterior.log_evidence
    assert start.responsibilities(0.9) == posterior.responsibilities
    assert posterior.densities == tuple(c.density(0.9) for c in start.components)
    assert posterior.standard_densities == tuple(c.standard_density(0.9) for c in start.components)


def test_numbers_are_no_components() -> None:
    """They make a mixture by another name, and the error says which."""
    with pytest.raises(InvalidValueError) as caught:
        Mixture((0.5, 0.5), (Gaussian(1, 2), 2.0))  # type: ignore[type-var]
    assert (caught.value.field, caught.value.index) == ("components", 1)
    assert str(caught.value) == (
        "component 2 must be a Gaussian, got 2.0: make the mixture of numbers by Mixture.univariate or "
        "Mixture.multivariate"
    )


def test_each_responsibility_is_its_own_quotient() -> None:
    """beta_2 is alpha_2 g_2 / p and not 1 - beta_1, which differs in the last place here."""
    differs = False
    for x in NOTE_POINTS:
        posterior = note_start().posterior(x)
        for beta, weighted in zip(
            posterior.responsibilities, posterior.weighted_densities, strict=True
        ):
            assert beta == weighted / posterior.evidence
        differs |= posterior.responsibilities[1] != 1 - posterior.responsibilities[0]
    assert differs


def test_one_component_answers_for_everything() -> None:
    """With K = 1 every responsibility is exactly 1, also where the evidence underflows."""
    alone = Mixture.univariate([1], [0], [1])
    for x in (0.0, 3.7, 36.0, 1e6, -1e75):
        assert alone.responsibilities(x) == (1.0,)


@pytest.mark.parametrize(
    ("means", "variances"),
    [
        ([0, 1e-6], [1, 1]),
        ([-1e-6, 1e-6], [1, 1]),
        ([0, 0], [1, 1.0000000000001]),
        ([-1, 2e6 + 1], [1, 1]),
        ([0, 3], [1, 4]),
    ],
)
def test_a_point_at_a_million_sigma_has_responsibilities(
    means: list[float], variances: list[float]
) -> None:
    """They agree with the oracle as far as the logarithms do, which are near 5e11.

    ln(alpha_j g_j) is off by at most 8 u of its size (support.log_term_errors): by 4.5e-4.
    So ln(beta_1 / beta_2) is off by less than 1e-3. And they sum to 1 within 2 k u.
    """
    mixture = Mixture.univariate([0.25, 0.75], means, variances)
    posterior = mixture.posterior(1e6)
    assert posterior.evidence == 0.0
    truth = oracle.epoch([1e6], [0.25, 0.75], means, variances)
    for beta, exact in zip(posterior.responsibilities, truth.responsibilities[0], strict=True):
        assert beta == pytest.approx(float(exact), rel=1e-3, abs=1e-300)
    assert abs(math.fsum(posterior.responsibilities) - 1) <= 4 * U
    assert correct_digits(posterior.log_evidence, truth.log_evidence[0]) >= 14


def test_identical_components_far_away_share_by_their_weights() -> None:
    """At 1e6 sigma too: exp(ln(alpha_j g_j) - ln p) would be off in the fifth digit."""
    mixture = Mixture.univariate([0.25, 0.75], [0, 0], [1, 1])
    assert mixture.responsibilities(1e6) == pytest.approx((0.25, 0.75), rel=1e-3)
    even = Mixture.univariate([0.5, 0.5], [0, 0], [1, 1])
    assert even.responsibilities(1e6) == (0.5, 0.5)
    assert even.responsibilities(1e75) == (0.5, 0.5)


def test_the_change_to_logarithms_is_smooth() -> None:
    """On both sides of the smallest precise evidence, ln p and beta have 12 correct digits.

    There |E| is 665, so a term is off by less than 8 * 672 u = 6e-13.
    """
    mixture = Mixture.univariate([0.5, 0.5], [0, 0.01], [1, 1])
    sides = set()
    for x in [36.4 + step / 100 for step in range(20)]:
        posterior = mixture.posterior(x)
        truth = oracle.epoch([x], [0.5, 0.5], [0, 0.01], [1, 1])
        sides.add(is_faint(posterior.evidence))
        assert is_faint(posterior.evidence) == (posterior.evidence < SMALLEST_PRECISE)
        assert correct_digits(posterior.log_evidence, truth.log_evidence[0]) >= 12
        for beta, exact in zip(posterior.responsibilities, truth.responsibilities[0], strict=True):
            assert correct_digits(beta, exact) >= 12
    assert sides == {False, True}


def test_a_component_of_weight_0_answers_for_nothing() -> None:
    """Weight 0 gives responsibility 0, near and far, and no logarithm of 0."""
    mixture = Mixture.univariate([0, 1], [0, 5], [1, 1])
    assert mixture.responsibilities(0.0) == (0.0, 1.0)
    assert mixture.responsibilities(1e6) == (0.0, 1.0)


def test_log_density_of_a_far_point_is_finite() -> None:
    """ln p is finite at 1e6 sigma and at the limits of what validation lets through."""
    mixture = Mixture.univariate([0.5, 0.5], [0, 1], [1, 1])
    assert mixture.log_density(-1e6) == pytest.approx(-5e11 - math.log(2 * math.pi) / 2 - 0.7)
    extreme = Mixture.univariate([0.5, 0.5], [-1e75, -1e75], [1e-150, 1e-150])
    assert math.isfinite(extreme.log_density(1e75))


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_the_evidence_of_no_number_is_refused(x: float) -> None:
    """nan and infinity get a message, not a nan."""
    for ask in (note_start().density, note_start().log_density, note_start().responsibilities):
        with pytest.raises(InvalidValueError, match="point must be a finite number"):
            ask(x)


def test_components_are_a_protocol() -> None:
    """A mixture takes whatever has the members of Component, so that other models can come."""

    @dataclass(frozen=True)
    class Flat:
        """Uniform between 0 and `width`."""

        width: float

        @property
        def mean(self) -> float:
            return self.width / 2

        @property
        def covariance(self) -> float:
            return self.width * self.width / 12

        @property
        def log_determinant(self) -> float:
            return math.log(self.covariance)

        def evaluate(self, x: Any) -> Evaluation:
            return 0.0, 1.0, 1 / self.width

        def log_density(self, x: Any) -> float:
            return -math.log(self.width)

    mixture = Mixture((0.5, 0.5), (Flat(1), Flat(3)))
    assert mixture.responsibilities(0.5) == pytest.approx((0.75, 0.25))
    assert mixture.density(0.5) == pytest.approx(2 / 3)


def test_equality_hash_repr() -> None:
    """Mixtures are values: equal ones are one key, and eval(repr(m)) == m."""
    assert note_start() == note_start()
    assert len({note_start(), note_start()}) == 1
    assert eval(repr(note_start())) == note_start()
    with pytest.raises(dataclasses.FrozenInstanceError):
        note_start().weights = (1.0,)  # type: ignore[misc]


def test_sequences_in_tuples_out() -> None:
    """Lists, tuples and ints are accepted; tuples of floats come out."""
    weights: Any = [0, 1]
    components: Any = [Gaussian(0, 1), Gaussian(1, 1)]
    mixture: Mixture[Gaussian] = Mixture(weights=weights, components=components)
    assert repr(mixture.weights) == "(0.0, 1.0)"
    assert isinstance(mixture.components, tuple)


def test_weights_are_never_renormalised() -> None:
    """Weights within the tolerance of 1 are kept to the bit."""
    third = 0.3333333333
    assert Mixture.univariate([third] * 3, [0, 1, 2], [1] * 3).weights == (third,) * 3
    tenths = [0.1] * 10
    assert Mixture.univariate(tenths, range(10), [1] * 10).weights == tuple(tenths)


def test_every_permutation_gives_the_same_posterior_to_rounding() -> None:
    """The order of components changes the sum by k - 1 roundings only."""
    parameters = [(0.2, 1.0, 2.0), (0.3, 4.0, 1.0), (0.5, 2.5, 3.0)]
    for order in itertools.permutations(parameters):
        posterior = Mixture.univariate(*zip(*order, strict=True)).posterior(2.0)
        assert posterior.evidence == pytest.approx(
            Mixture.univariate(*zip(*parameters, strict=True)).density(2.0), rel=4 * U
        )


def test_parameters_from_generators() -> None:
    """Anything iterable makes a mixture."""
    mixture = Mixture.univariate((w for w in [0.5, 0.5]), iter([1, 2]), map(float, ["2", "2"]))
    assert mixture == note_start()

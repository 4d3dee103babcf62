"""What a fit gives: `FitResult`, a `Run` for each restart, and the criteria by which fits are compared."""

import math

from refgmm.arithmetic import Matrix, Vector, total
from refgmm.bayes import label_of
from refgmm.em import Epoch
from refgmm.estimation import Estimation
from refgmm.events import Event
from refgmm.mixture import Mixture
from refgmm.point_store import PointStore
from refgmm.records import dataclass, field, replace
from refgmm.stopping import Progress, StoppingRule
from refgmm.structures import Structure
from refgmm.tally import Rows
from refgmm.type_names import Any, Sequence


def aic(log_likelihood: float, free_parameters: int) -> float:
    """2 p - 2 ln L: see FitResult.aic."""
    return 2.0 * free_parameters - 2.0 * log_likelihood


def bic(log_likelihood: float, free_parameters: int, n: float) -> float:
    """p ln n - 2 ln L: see FitResult.bic."""
    return free_parameters * math.log(n) - 2.0 * log_likelihood


@dataclass(frozen=True, slots=True)
class Run:
    """How one of several restarts went."""

    number: int  # from 1
    log_likelihood: float
    log_prior: float
    epochs: int
    converged: bool
    degenerated: bool
    stopped_because: str


@dataclass(frozen=True, slots=True)
class FitResult:
    """What a fit found, and how it got there.

    mixture: of the best run; where that degenerated, its last mixture before
    log_likelihood: of `mixture`, in nats; with sample weights, each point counted so often
    log_prior: ln of the prior density at `mixture`, but for a constant; 0 without a prior
    rows: (n, k), the responsibilities of `mixture`, row by row
    epochs: how many it took from the start: E steps of all points, the first left out
    method: how it climbed: one of refgmm.task.METHODS
    converged: whether it stopped because it stands still, as a rule defines it; not by mere count
    degenerated: whether it ended in an epoch with no mixture after it
    cancelled: whether on_epoch or on_part ended the fit, in its last run
    stopped_by: the rule that fired; None where none did
    stopped_because: the same in words; or what else ended the fit
    events: of all its epochs, in order; interventions among them; epoch 0 is the M step that a fit
        from labels or responsibilities begins with
    rules: the stopping rules
    history: the start and each epoch, with the value of every rule; () with history="none"
    trace: each epoch with all its numbers; () but with history="full"
    runs: one for each restart
    structure: what the covariances have in common
    estimation: what was held fixed, equal weights, the prior; see refgmm.estimation
    free_parameters: how many numbers were estimated
    point_count: n; with sample weights, their sum
    point_weights: the sample weights; None where each point counts once
    incidents: what befell an executor's workers, in sentences; it changes no number
    """

    mixture: Mixture[Any]
    log_likelihood: float
    log_prior: float
    rows: Sequence[Vector] = field(repr=False)
    epochs: int
    method: str
    converged: bool
    degenerated: bool
    cancelled: bool
    stopped_by: StoppingRule | None
    stopped_because: str
    events: tuple[Event, ...]
    rules: tuple[StoppingRule, ...] = field(repr=False)
    history: tuple[Progress, ...] = field(repr=False)
    trace: tuple[Epoch[Any], ...] = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)
    structure: Structure
    estimation: Estimation = field(repr=False)
    free_parameters: int
    point_count: float
    point_weights: Vector | None = field(repr=False)
    incidents: tuple[str, ...] = ()

    @property
    def is_of_file(self) -> bool:
        """Whether the points stayed in a file, so that all that asks for each of them takes its time."""
        return isinstance(self.rows, Rows) and isinstance(self.rows.points, PointStore)

    @property
    def responsibilities(self) -> Matrix:
        """The rows at once, (n, k). A fit of more than 256 points that kept no trace computes them
        anew each time that it is asked.
        """
        return tuple(self.rows)

    @property
    def labels(self) -> tuple[int, ...]:
        """For each point, the component that answers for most of it, from 0; of equals the first."""
        return tuple(map(label_of, self.rows))

    @property
    def aic(self) -> float:
        """Akaike's information criterion, 2 p - 2 ln L, p the number of free parameters.

        The sign of this and the others: lower is better, as Akaike and Schwarz wrote them and as
        scikit-learn has them. mclust's BIC and ICL are their negatives: there higher is better.
        (Akaike 1974, IEEE Transactions on Automatic Control 19.)
        """
        return aic(self.log_likelihood, self.free_parameters)

    @property
    def bic(self) -> float:
        """The Bayesian information criterion, p ln n - 2 ln L; lower is better.

        (Schwarz 1978, "Estimating the dimension of a model", Annals of Statistics 6.)
        """
        return bic(self.log_likelihood, self.free_parameters, self.point_count)

    @property
    def icl(self) -> float:
        """The integrated completed likelihood, BIC - 2 sum_i ln beta_i, beta_i the responsibility of
        the component that answers for most of point i; lower is better.

        It is the BIC with every point given to that component: where components overlap, it is
        larger. (Biernacki, Celeux and Govaert 2000, IEEE Transactions on Pattern Analysis and
        Machine Intelligence 22; mclust's icl, but for the sign.)
        """
        weights = self.point_weights or (1.0,) * len(self.rows)
        uncertainty = total(
            weight * -math.log(max(row)) for weight, row in zip(weights, self.rows, strict=True)
        )
        return self.bic + 2.0 * uncertainty

    def ordered(self, by: str = "means") -> "FitResult":
        """The same result with the components in another order: see Mixture.ordered.

        Mixture, responsibilities and what is held fixed are reordered; events, history and trace tell
        of the run, and keep its numbers.
        """
        order, mixture = self.mixture.order(by), self.mixture.ordered(by)
        return replace(
            self,
            mixture=mixture,
            rows=Rows(self.rows.points, mixture)
            if isinstance(self.rows, Rows)
            else tuple(tuple(row[j] for j in order) for row in self.rows),
            estimation=self.estimation.ordered(order),
        )

"""GaussianMixture: `fit` behind the interface that users of scikit-learn know.

    scikit-learn's name     refgmm's
    n_components            the number of components that a fit starts with
    covariance_type         structure            "diag" is "diagonal"
    tol, max_iter           MeanGain(tol), Epochs(max_iter)
    n_init                  restarts
    init_params             initialization
    random_state            seed

scikit-learn and numpy are not imported here, and need not be installed. Where the caller has loaded
them, they are found in sys.modules: who gives an array gets arrays.
"""

import inspect
import random
import sys
import warnings
from typing import Any, Self

from refgmm import initialization as starts
from refgmm import validation
from refgmm.arguments import sample_weights
from refgmm.arithmetic import Vector, total
from refgmm.bayes import Posterior, label_of
from refgmm.conventions import (
    INITIALIZATIONS,
    LAYOUTS,
    Layout,
    choice,
    column_names,
    covariances_of,
    generator,
    like,
    limit,
    rows_of,
    wrong_shape,
)
from refgmm.em import check_dimensions
from refgmm.errors import (
    ConvergenceWarning,
    DegenerateError,
    InvalidValueError,
    NotFittedError,
)
from refgmm.fit_input import checked_count, cloud_of
from refgmm.fit_result import FitResult, aic, bic
from refgmm.fitting import fit
from refgmm.formatting import listed
from refgmm.linear_algebra import identity, inverse, solve_lower
from refgmm.mixture import Mixture
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, MeanGain, StoppingRule
from refgmm.structures import structure_of
from refgmm.validation import shown


class GaussianMixture:
    """A Gaussian mixture with the parameters, methods and attributes of scikit-learn's class.

    X is (n, d): a row for each point, as lists, arrays or a data frame.

    n_components: k
    covariance_type: "full", "tied", "diag" or "spherical": see refgmm.structures
    tol: EM has converged where an epoch gains less than this, in nats per point. With 0 no gain is
        too small: max_iter epochs are done, or fewer where the parameters stand still
    max_iter: at most so many epochs; 0 gives the start
    n_init: from so many starts by chance; the highest log-likelihood wins
    init_params: "k-means++", "random points", "random responsibilities" or "quantiles": see
        refgmm.initialization. "random_from_data" and "random" are the second and the third.
    means_init: (k, d), where to start, instead of init_params
    weights_init: (k,), of these means; 1/k each where not given
    precisions_init: of these means, in the shape of precisions_; where not given, the inverse of
        the covariance of X over k^(2/d)
    random_state: a whole number from 0 on: every call draws the same; a random.Random: it goes on
        from call to call; None: new randomness for each call
    variance_floor, prior: see refgmm.fitting.fit

    Once fitted, it has

    weights_               (k,)
    means_                 (k, d)
    covariances_           full (k, d, d), tied (d, d), diag (k, d), spherical (k,)
    precisions_            their inverses
    precisions_cholesky_   U, upper triangular with U U^T = precision; of numbers the square root
    converged_             whether tol, or a standstill, ended the fit, and not max_iter
    n_iter_                how many epochs the best run took
    lower_bound_           the log-likelihood of these parameters, in nats per point
    lower_bounds_          the same after each epoch, (n_iter_,)
    n_features_in_         d
    feature_names_in_      the names of the columns, where X had any
    result_                the FitResult: events, history, runs, and why it stopped

    Numpy arrays where X is an array or a data frame, else tuples; so does each method, by what it is
    given (`sample`, by what `fit` was given).

    It differs from scikit-learn on purpose:

    - Nothing is regularised unasked. There is no reg_covar and no 10 eps in the counts; where a
      component collapses in every run, `fit` raises DegenerateError, a ValueError, and says which.
      variance_floor, or a prior, keeps covariances away from 0.
    - lower_bound_ belongs to the parameters beside it; scikit-learn's to those one epoch before.
      So tol is met one epoch sooner.
    - "k-means++" and "random_from_data" start all components with the covariance that precisions_init
      says; scikit-learn gives each the covariance of one point, which is 0, and reg_covar.
    - "kmeans" is not here: give the centres of a clustering as means_init.
    - `fit` takes sample_weight, (n,): how often each point counts.
    - Points are drawn in random order, not sorted by component.

    From the same start, with tol=0, and reg_covar=0 there, both give the same parameters:
    benchmarks/against_scikit_learn.py measures to how many digits.

    >>> X = [[0.9], [0.7], [1.2], [2.4], [1.8], [2.2]]
    >>> mixture = GaussianMixture(n_components=2, covariance_type="tied", random_state=1).fit(X)
    >>> mixture.predict([[1.0], [2.0]]) in [(0, 1), (1, 0)]
    True
    >>> mixture
    GaussianMixture(n_components=2, covariance_type='tied', random_state=1)
    """

    _estimator_type = "density_estimator"

    weights_: Any
    means_: Any
    covariances_: Any
    precisions_: Any
    precisions_cholesky_: Any
    converged_: bool
    n_iter_: int
    lower_bound_: float
    lower_bounds_: tuple[float, ...]
    n_features_in_: int
    feature_names_in_: tuple[str, ...]
    result_: FitResult

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "k-means++",
        weights_init: Any = None,
        means_init: Any = None,
        precisions_init: Any = None,
        random_state: int | random.Random | None = None,
        variance_floor: float | None = None,
        prior: ConjugatePrior | None = None,
    ) -> None:
        # As given, and checked by fit: scikit-learn's clone asks for that.
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.variance_floor = variance_floor
        self.prior = prior

    def fit(self, X: Any, y: object = None, sample_weight: Any = None) -> Self:
        """Climb to a maximum of the likelihood of X, (n, d). y is ignored.

        sample_weight: (n,), how often each point counts, 0 or more

        InvalidValueError for parameters and points that can't be; DegenerateError where no run
        gives a mixture; a ConvergenceWarning where max_iter ended the best one.
        """
        self._fit(X, sample_weight)
        return self

    def fit_predict(self, X: Any, y: object = None, sample_weight: Any = None) -> Any:
        """`fit`, then `predict` of the same X."""
        return like(X, self._fit(X, sample_weight).labels)

    def predict(self, X: Any) -> Any:
        """For each row, the component that answers for most of it, from 0: (n,)."""
        return like(X, tuple(label_of(at.responsibilities) for at in self._posteriors(X)))

    def predict_proba(self, X: Any) -> Any:
        """For each row, the responsibility of each component: (n, k), rows sum to 1."""
        return like(X, tuple(at.responsibilities for at in self._posteriors(X)))

    def score_samples(self, X: Any) -> Any:
        """For each row, the natural logarithm of its density, in nats: (n,)."""
        return like(X, tuple(at.log_evidence for at in self._posteriors(X)))

    def score(self, X: Any, y: object = None) -> float:
        """The log-likelihood of X, in nats per point. y is ignored."""
        posteriors = self._posteriors(X)
        return total(at.log_evidence for at in posteriors) / len(posteriors)

    def aic(self, X: Any) -> float:
        """Akaike's information criterion, 2 p - 2 ln L(X), p free parameters: lower is better."""
        log_likelihood = total(at.log_evidence for at in self._posteriors(X))
        return aic(log_likelihood, self.result_.free_parameters)

    def bic(self, X: Any) -> float:
        """The Bayesian information criterion, p ln n - 2 ln L(X): lower is better."""
        posteriors = self._posteriors(X)
        log_likelihood = total(at.log_evidence for at in posteriors)
        return bic(log_likelihood, self.result_.free_parameters, len(posteriors))

    def sample(self, n_samples: int = 1) -> tuple[Any, Any]:
        """Points drawn from the mixture, (n_samples, d), and the component of each, (n_samples,)."""
        self._check_fitted()
        rng = generator(self.random_state)
        points, components = self.result_.mixture.sample(
            checked_count(n_samples, "n_samples", 1), rng
        )
        return like(self.means_, points), like(self.means_, components)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments of the constructor, by name. `deep` is ignored: none has parameters itself."""
        return {name: getattr(self, name) for name in self._defaults()}

    def set_params(self, **params: Any) -> Self:
        """Change arguments of the constructor. InvalidValueError for a name that it doesn't have."""
        names = list(self._defaults())
        for name in params:
            if name not in names:
                has = listed(names, most=len(names))
                problem = f"there is no parameter {shown(name)}: choose one of {has}"
                raise InvalidValueError(problem, field=name)
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        changed = [
            f"{name}={getattr(self, name)!r}"
            for name, default in self._defaults().items()
            if repr(getattr(self, name)) != repr(default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a result; scikit-learn asks."""
        return hasattr(self, "result_")

    def __sklearn_tags__(self) -> Any:
        """What kind of estimator this is, as a record of scikit-learn's; it alone asks, and is loaded."""
        utils = sys.modules.get("sklearn.utils")
        if utils is None:
            raise AttributeError("tags are scikit-learn's: import it first")
        return utils.Tags(
            estimator_type=self._estimator_type, target_tags=utils.TargetTags(required=False)
        )

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        """The arguments of the constructor, with their defaults."""
        arguments = list(inspect.signature(cls).parameters.values())
        return {argument.name: argument.default for argument in arguments}

    def _fit(self, X: Any, sample_weight: Any) -> FitResult:
        layout = choice("covariance_type", self.covariance_type, LAYOUTS)
        points = rows_of(X)
        counts = sample_weights(sample_weight, len(points))
        result = fit(
            points,
            self._start(points, counts, layout),
            structure=self.covariance_type,
            initialization=choice("init_params", self.init_params, INITIALIZATIONS),
            restarts=checked_count(self.n_init, "n_init", 1),
            seed=generator(self.random_state),
            stop=self._rules(),
            sample_weights=counts,
            variance_floor=self.variance_floor,
            prior=self.prior,
        )
        if result.degenerated:
            raise _degenerate(result)
        self._keep(result, layout, X)
        if not self.converged_ and self.n_iter_:
            gained = result.history[-1].gain or 0.0
            message = (
                f"EM was cut short by max_iter after {self.n_iter_} epochs: the last gained "
                f"{gained / result.point_count:.3g} nats per point, and tol is {self.tol!r}. "
                "Raise max_iter, or tol."
            )
            warnings.warn(message, ConvergenceWarning, stacklevel=3)  # at the caller of fit
        return result

    def _keep(self, result: FitResult, layout: Layout, X: Any) -> None:
        """What a fit found, under scikit-learn's names."""
        mixture, n = result.mixture, result.point_count
        factors = [component.cholesky for component in mixture.components]
        whitening = [
            tuple(solve_lower(factor, unit) for unit in identity(len(factor))) for factor in factors
        ]
        self.result_ = result
        self.weights_ = like(X, mixture.weights)
        self.means_ = like(X, mixture.means)
        self.covariances_ = like(X, layout.kept(mixture.covariances))
        self.precisions_ = like(X, layout.kept(tuple(map(inverse, factors))))
        self.precisions_cholesky_ = like(X, layout.kept(tuple(whitening)))
        self.converged_ = result.converged
        self.n_iter_ = result.epochs
        self.lower_bound_ = result.log_likelihood / n
        self.lower_bounds_ = tuple(at.log_likelihood / n for at in result.history[1:])
        self.n_features_in_ = len(mixture.means[0])
        vars(self).pop("feature_names_in_", None)  # of an earlier fit
        names = column_names(X)
        if names:
            self.feature_names_in_ = names

    def _rules(self) -> list[StoppingRule]:
        at_most = Epochs(checked_count(self.max_iter, "max_iter", 0))
        tol = limit("tol", self.tol)
        return [MeanGain(tol), at_most] if tol else [at_most]

    def _start(
        self, points: tuple[Vector, ...], counts: Vector | None, layout: Layout
    ) -> int | Mixture[Any]:
        """The number of components; or with means_init, the mixture to start from."""
        k, d = checked_count(self.n_components, "n_components", 1), len(points[0])
        if self.means_init is None:
            if self.weights_init is not None or self.precisions_init is not None:
                problem = (
                    "weights_init and precisions_init belong to components that only means_init "
                    "tells apart: give means_init, too"
                )
                raise InvalidValueError(problem, field="means_init")
            return k
        if self.n_init != 1:
            problem = "with means_init every run would be the same: leave n_init at 1"
            raise InvalidValueError(problem, field="n_init")
        weights = [1.0 / k] * k if self.weights_init is None else list(self.weights_init)
        means = [validation.mean(mean, j) for j, mean in enumerate(self.means_init)]
        if len(weights) != k:
            raise wrong_shape("weights_init", "(n_components,)", k, d)
        if [len(mean) for mean in means] != [d] * k:
            raise wrong_shape("means_init", "(n_components, n_features)", k, d)
        if self.precisions_init is None:
            cloud = cloud_of(points, counts)
            spread = starts.start_covariance(cloud, k, structure_of(self.covariance_type))
            return Mixture.multivariate(weights, means, [spread] * k)
        covariances = covariances_of(self.precisions_init, layout, k, d)
        return Mixture.multivariate(weights, means, covariances)

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise NotFittedError("this GaussianMixture is not fitted yet: call fit(X) first")

    def _posteriors(self, X: Any) -> list[Posterior]:
        """Bayes' rule at each row of X."""
        self._check_fitted()
        names, own = column_names(X), getattr(self, "feature_names_in_", None)
        if names and own and names != own:
            problem = (
                f"the columns are {listed(list(names))}, and the mixture was fitted to "
                f"{listed(list(own))}: give the same, in the same order"
            )
            raise InvalidValueError(problem, field="points")
        points = rows_of(X)
        check_dimensions(points, self.result_.mixture)
        return [self.result_.mixture.posterior(x) for x in points]


def _degenerate(result: FitResult) -> DegenerateError:
    """The error of a fit in which no run gave a mixture."""
    reasons = tuple(event for event in result.events if event.ends_walk)
    runs = len(result.runs)
    whose = "The fit gave no mixture." if runs == 1 else f"None of {runs} runs gave a mixture."
    message = (
        f"{whose} {result.stopped_because} Another random_state, more n_init or a variance_floor "
        "may help, too."
    )
    return DegenerateError(message, events=reasons)

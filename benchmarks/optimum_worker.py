"""A contender of benchmarks/convergence.py, as a process.

    python benchmarks/optimum_worker.py refgmm|sklearn

It prints its version; then, for each line of JSON on stdin, a line of JSON: see the functions below.
"""

import json
import random
import sys
import time
import warnings
from typing import Any

Question = dict[str, Any]
Answer = dict[str, Any]

NEAR = 1e-6  # nats below the best log-likelihood
MOST_EPOCHS = 100_000
STRETCH = 1024  # epochs at once, then half of that, ...


def points_of(question: Question) -> list[float]:
    """Drawn from Gaussians with equal weights."""
    means, sigmas = question["means"], question["sigmas"]
    rng = random.Random(question["seed"])
    chosen = [rng.randrange(len(means)) for _ in range(question["n"])]
    return [rng.gauss(means[j], sigmas[j]) for j in chosen]


def start_of(question: Question) -> tuple[list[float], list[float], list[float]]:
    """Weights, means and variances: equal, 1.3 times as far apart as the truth, and 1.2."""
    means = question["means"]
    k, middle = len(means), sum(means) / len(means)
    return [1 / k] * k, [middle + 1.3 * (mean - middle) for mean in means], [1.2] * k


def epochs_of_em(points: list[float], start: Any, target: float) -> int | None:
    """How many until the log-likelihood is that high; None where MOST_EPOCHS are not enough."""
    import refgmm  # noqa: PLC0415

    done, mixture, stretch = 0, start, STRETCH
    while stretch and done < MOST_EPOCHS:
        stop = refgmm.Epochs(stretch)
        result = refgmm.fit(points, mixture, history="none", stop=stop)
        if result.log_likelihood >= target:
            stretch //= 2
        else:
            done, mixture = done + stretch, result.mixture
    return None if stretch else done + 1


def refgmm_answer(question: Question) -> Answer:
    """Of "count": epochs to within NEAR of the best log-likelihood, by both methods; EM's None where it
    does not get there. Of a method: seconds, epochs and log-likelihood of a fit; of "em", for so many
    epochs, of "em-bfgs", by the default rules.
    """
    import refgmm  # noqa: PLC0415

    points, start = points_of(question), refgmm.Mixture.univariate(*start_of(question))
    asked = question["asked"]
    if asked == "count":
        fast = refgmm.fit(points, start, method="em-bfgs")
        target = fast.log_likelihood - NEAR
        near = next(at.epoch for at in fast.history if at.log_likelihood >= target)
        return {"em": epochs_of_em(points, start, target), "em-bfgs": near}
    options: dict[str, Any] = {"method": asked, "history": "none"}
    if asked == "em":
        options["stop"] = refgmm.Epochs(question["epochs"])
    begin = time.process_time()
    result = refgmm.fit(points, start, **options)
    seconds = time.process_time() - begin
    return {
        "seconds": seconds,
        "epochs": result.epochs,
        "log_likelihood": result.log_likelihood,
    }


def sklearn_answer(question: Question) -> Answer:
    """Seconds, epochs and log-likelihood of a fit of so many epochs: EM's, to within NEAR. No tolerance
    could stop it as well.
    """
    import numpy  # noqa: PLC0415
    from sklearn.mixture import GaussianMixture  # noqa: PLC0415

    warnings.simplefilter("ignore")
    weights, means, variances = start_of(question)
    array = numpy.array(points_of(question)).reshape(-1, 1)
    model = GaussianMixture(
        len(means),
        covariance_type="diag",
        tol=0.0,
        reg_covar=0.0,
        max_iter=question["epochs"],
        weights_init=weights,
        means_init=numpy.array(means).reshape(-1, 1),
        precisions_init=1.0 / numpy.array(variances).reshape(-1, 1),
    )
    begin = time.process_time()
    model.fit(array)
    seconds = time.process_time() - begin
    return {
        "seconds": seconds,
        "epochs": int(model.n_iter_),
        "log_likelihood": float(model.score(array)) * len(array),
    }


def main(name: str) -> None:
    """Answer until there are no more questions."""
    if name == "refgmm":
        import refgmm  # noqa: PLC0415

        print(f"refgmm {refgmm.version()}, Python {sys.version.split()[0]}", flush=True)
    else:
        import sklearn  # noqa: PLC0415

        print(f"scikit-learn {sklearn.__version__}, Python {sys.version.split()[0]}", flush=True)
    answer = refgmm_answer if name == "refgmm" else sklearn_answer
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

"""refgmm: the EM algorithm for Gaussian mixtures, with every number kept.

    Gaussian, MultivariateGaussian, Mixture    the model: densities, evidence, responsibilities
    iterate                    EM, one Epoch after another: EStep, MStep and their numbers
    e_step, m_step             the two halves of an epoch
    fit                        EM until a stopping rule fires, from one start or many: FitResult
    Gain, MeanGain, RelativeGain, ParameterChange, Epochs      the stopping rules
    GaussianMixture            fit, predict, score: the interface that users of scikit-learn know
    Fixed, ConjugatePrior      what a fit may ask beyond maximum likelihood
    standard_errors            of a fit's parameters: StandardErrors
    compare, bootstrap_test    how many components: Comparison, BootstrapTest
    completed                  rows with their missing values filled in
    PointStore                 points in a file of any size: open_csv, open_doubles; spooled, from a stream
    FuturePoints               points that an engine such as dask holds in its workers
    Problem                    points and a mixture to start from; its file
    read_points, parse_points  points from a CSV file, from text; read_rows, parse_rows: of several columns
    Walk, Granularity          forward and back, by sub-steps, by larger steps, or point by point
    explain, Cell              where a number comes from: its Derivation
    why                        why its formula is as it is: a Proof
    lower_bound                EM's lower bound of the log-likelihood, in numbers: Bound
    Notebook, Change           the same for a walk; paper mode; how a number changed
    report                     the worked solution: its Report as text, Markdown, LaTeX, HTML, CSV
    worked_example             the lecture note's example and its documented digits
    Sample                     points drawn from a mixture, and the component of each
    examples                   mixtures to sample from and to recover
    events                     what can go wrong in an epoch, by name
    oracle                     the same epoch in 50-digit decimals, to check against
    version                    which refgmm this is, compiled or interpreted

>>> import refgmm
>>> start = refgmm.Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
>>> epoch = next(refgmm.iterate([0.9, 0.7, 1.2, 2.4, 1.8], start))
>>> epoch.after.components[0].mean, epoch.after.weights[0]
(1.3065753725700628, 0.5124981885949778)
>>> epoch.e.responsibilities[3]
(0.38936..., 0.61063...)

Everything that refgmm refuses raises a RefGMMError, which is a ValueError.
"""

from importlib import import_module

TYPE_CHECKING = False  # a type checker takes it for True; typing is slow to import
if TYPE_CHECKING:  # what stands in _NAMES, for those who read and for mypy
    from refgmm import events, examples, oracle, worked_example
    from refgmm.bound import Bound, lower_bound
    from refgmm.csv_points import open_csv
    from refgmm.distribution import Sample
    from refgmm.em import Epoch, EStep, MStep, e_step, iterate, m_step
    from refgmm.errors import (
        ColumnChoiceError,
        ConvergenceWarning,
        DegenerateError,
        FileFormatError,
        InvalidValueError,
        NotFittedError,
        RefGMMError,
    )
    from refgmm.estimation import Fixed
    from refgmm.estimator import GaussianMixture
    from refgmm.explanation import Derivation, explain
    from refgmm.fit_result import FitResult, Run
    from refgmm.fitting import fit
    from refgmm.future_points import FuturePoints
    from refgmm.gaussian import Gaussian, MultivariateGaussian
    from refgmm.information import StandardErrors, standard_errors
    from refgmm.missing import completed
    from refgmm.mixture import Mixture
    from refgmm.notebook import Change, Notebook
    from refgmm.point_store import PointStore, open_doubles, spooled
    from refgmm.points_text import parse_points, parse_rows, read_points, read_rows
    from refgmm.prior import ConjugatePrior
    from refgmm.problem import Problem
    from refgmm.proof import Proof
    from refgmm.quantities import Cell
    from refgmm.reasons import why
    from refgmm.reporting import Report, report
    from refgmm.selection import BootstrapTest, Candidate, Comparison, bootstrap_test, compare
    from refgmm.stepper import Walk
    from refgmm.stopping import (
        Epochs,
        Gain,
        MeanGain,
        ParameterChange,
        Progress,
        RelativeGain,
        StoppingRule,
    )
    from refgmm.structures import STRUCTURES, Structure
    from refgmm.sub_steps import Granularity, Labelling

__version__ = "0.1.0"

_MODULES = ("events", "examples", "oracle", "worked_example")

_NAMES = {
    "bound": "Bound lower_bound",
    "csv_points": "open_csv",
    "distribution": "Sample",
    "em": "Epoch EStep MStep e_step iterate m_step",
    "errors": "ColumnChoiceError ConvergenceWarning DegenerateError FileFormatError InvalidValueError NotFittedError RefGMMError",
    "estimation": "Fixed",
    "estimator": "GaussianMixture",
    "explanation": "Derivation explain",
    "fit_result": "FitResult Run",
    "fitting": "fit",
    "future_points": "FuturePoints",
    "gaussian": "Gaussian MultivariateGaussian",
    "information": "StandardErrors standard_errors",
    "missing": "completed",
    "mixture": "Mixture",
    "notebook": "Change Notebook",
    "point_store": "PointStore open_doubles spooled",
    "points_text": "parse_points parse_rows read_points read_rows",
    "prior": "ConjugatePrior",
    "problem": "Problem",
    "proof": "Proof",
    "quantities": "Cell",
    "reasons": "why",
    "reporting": "Report report",
    "selection": "BootstrapTest Candidate Comparison bootstrap_test compare",
    "stepper": "Walk",
    "stopping": "Epochs Gain MeanGain ParameterChange Progress RelativeGain StoppingRule",
    "structures": "STRUCTURES Structure",
    "sub_steps": "Granularity Labelling",
}
"""The module of each public name, loaded when the name is first asked for: a program that steps
through an epoch doesn't wait for what fits, reports and draws.
"""

_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


if not TYPE_CHECKING:  # else mypy would take any name for one of ours

    def __getattr__(name: str) -> object:
        """A public name that is asked for the first time."""
        if name in _MODULES:
            value = import_module(f"refgmm.{name}")
        elif name in _HOMES:
            value = getattr(import_module(f"refgmm.{_HOMES[name]}"), name)
        else:
            raise AttributeError(f"module 'refgmm' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def version() -> str:
    """The version, and whether the kernel that fits run on is compiled or interpreted.

    The results don't depend on it: see refgmm._kernel.
    """
    is_compiled = import_module("refgmm.tally").is_kernel_compiled()
    return f"{__version__} ({'compiled kernel' if is_compiled else 'interpreted'})"


__all__ = [
    "STRUCTURES",
    "BootstrapTest",
    "Bound",
    "Candidate",
    "Cell",
    "Change",
    "ColumnChoiceError",
    "Comparison",
    "ConjugatePrior",
    "ConvergenceWarning",
    "DegenerateError",
    "Derivation",
    "EStep",
    "Epoch",
    "Epochs",
    "FileFormatError",
    "FitResult",
    "Fixed",
    "FuturePoints",
    "Gain",
    "Gaussian",
    "GaussianMixture",
    "Granularity",
    "InvalidValueError",
    "Labelling",
    "MStep",
    "MeanGain",
    "Mixture",
    "MultivariateGaussian",
    "NotFittedError",
    "Notebook",
    "ParameterChange",
    "PointStore",
    "Problem",
    "Progress",
    "Proof",
    "RefGMMError",
    "RelativeGain",
    "Report",
    "Run",
    "Sample",
    "StandardErrors",
    "StoppingRule",
    "Structure",
    "Walk",
    "bootstrap_test",
    "compare",
    "completed",
    "e_step",
    "events",
    "examples",
    "explain",
    "fit",
    "iterate",
    "lower_bound",
    "m_step",
    "open_csv",
    "open_doubles",
    "oracle",
    "parse_points",
    "parse_rows",
    "read_points",
    "read_rows",
    "report",
    "spooled",
    "standard_errors",
    "version",
    "why",
    "worked_example",
]

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
    Problem                    points and a mixture to start from; its file
    read_points, parse_points  points from a CSV file, from text; read_rows, parse_rows: of several columns
    Walk                       one sub-step at a time, forward and back
    explain, Cell              where a number comes from: its Derivation
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

from refgmm import _kernel, events, examples, oracle, worked_example
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
from refgmm.gaussian import Gaussian, MultivariateGaussian
from refgmm.information import StandardErrors, standard_errors
from refgmm.missing import completed
from refgmm.mixture import Mixture
from refgmm.point_store import PointStore, open_doubles, spooled
from refgmm.points_text import parse_points, parse_rows, read_points, read_rows
from refgmm.prior import ConjugatePrior
from refgmm.problem import Problem
from refgmm.quantities import Cell
from refgmm.selection import BootstrapTest, Candidate, Comparison, bootstrap_test, compare
from refgmm.stepper import Labelling, Walk
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

__version__ = "0.1.0"


def version() -> str:
    """The version, and whether the kernel that fits run on is compiled or interpreted.

    The results don't depend on it: see refgmm._kernel.
    """
    is_source = _kernel.__file__.endswith((".py", ".pyc"))
    return f"{__version__} ({'interpreted' if is_source else 'compiled kernel'})"


__all__ = [
    "STRUCTURES",
    "BootstrapTest",
    "Candidate",
    "Cell",
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
    "Gain",
    "Gaussian",
    "GaussianMixture",
    "InvalidValueError",
    "Labelling",
    "MStep",
    "MeanGain",
    "Mixture",
    "MultivariateGaussian",
    "NotFittedError",
    "ParameterChange",
    "PointStore",
    "Problem",
    "Progress",
    "RefGMMError",
    "RelativeGain",
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
    "m_step",
    "open_csv",
    "open_doubles",
    "oracle",
    "parse_points",
    "parse_rows",
    "read_points",
    "read_rows",
    "spooled",
    "standard_errors",
    "version",
    "worked_example",
]

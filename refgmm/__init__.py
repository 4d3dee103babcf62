"""refgmm: the EM algorithm for Gaussian mixtures, with every number kept.

    Gaussian, Mixture        the model: densities, evidence, responsibilities
    iterate                  EM, one Epoch after another: EStep, MStep and their numbers
    e_step, m_step           the two halves of an epoch
    Problem                  points and a mixture to start from; its file
    read_points              points from a CSV file;  parse_points: from text
    Walk                     one sub-step at a time, forward and back
    worked_example           the lecture note's example and its documented digits
    Sample                   points drawn from a mixture, and the component of each
    examples                 mixtures to sample from and to recover
    events                   what can go wrong in an epoch, by name
    oracle                   the same epoch in 50-digit decimals, to check against

>>> import refgmm
>>> start = refgmm.Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
>>> epoch = next(refgmm.iterate([0.9, 0.7, 1.2, 2.4, 1.8], start))
>>> epoch.after.components[0].mean, epoch.after.weights[0]
(1.3065753725700628, 0.5124981885949778)
>>> epoch.e.responsibilities[3]
(0.38936..., 0.61063...)

Everything that refgmm refuses raises a RefGMMError, which is a ValueError.
"""

from refgmm import events, examples, oracle, worked_example
from refgmm.distribution import Sample
from refgmm.em import Epoch, EStep, MStep, e_step, iterate, m_step
from refgmm.errors import (
    ColumnChoiceError,
    DegenerateError,
    FileFormatError,
    InvalidValueError,
    RefGMMError,
)
from refgmm.gaussian import Gaussian
from refgmm.mixture import Mixture
from refgmm.points_text import parse_points, read_points
from refgmm.problem import Problem
from refgmm.stepper import Labelling, Walk

__version__ = "0.1.0"

__all__ = [
    "ColumnChoiceError",
    "DegenerateError",
    "EStep",
    "Epoch",
    "FileFormatError",
    "Gaussian",
    "InvalidValueError",
    "Labelling",
    "MStep",
    "Mixture",
    "Problem",
    "RefGMMError",
    "Sample",
    "Walk",
    "e_step",
    "events",
    "examples",
    "iterate",
    "m_step",
    "oracle",
    "parse_points",
    "read_points",
    "worked_example",
]

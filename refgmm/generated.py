"""Points drawn from a mixture, and what it takes to draw them again: the mixture, n and the seed.

In a problem file they stand behind the key "generated":

    "generated": {
      "n": 3, "seed": 1,
      "mixture": {"weights": [0.5, 0.5], "means": [0.0, 4.0], "variances": [1.0, 1.0]}
    }

The mixture is what the points were drawn from, not what EM starts from.
"""

from collections.abc import Mapping
from typing import Any

from refgmm import arguments
from refgmm.arithmetic import Point
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.mixture import Mixture
from refgmm.problem import GENERATED_KEY, document_of_mixture, mixture_of_document
from refgmm.records import dataclass
from refgmm.validation import shown

KEY = GENERATED_KEY
"""Behind which a problem's file, and Problem.extra, has them."""


@dataclass(frozen=True, slots=True)
class Generated:
    """n points from a mixture, by a seed: the same on any version of Python.

    InvalidValueError for an n below 1 or a seed below 0, or one that is no whole number.

    >>> generated = Generated(Mixture.univariate([0.5, 0.5], [-100, 100], [1, 1]), n=4, seed=1)
    >>> [round(x, 3) for x in generated.points()]
    [-99.832, -101.111, 101.465, -101.734]
    >>> Generated.from_document(generated.to_document()) == generated
    True
    """

    mixture: Mixture[Any]
    n: int
    seed: int

    def __post_init__(self) -> None:
        arguments.count(self.n, "n")
        seed = arguments.whole_number(self.seed)
        if seed is None or seed < 0:
            raise InvalidValueError(
                f"seed must be a whole number from 0 on, got {shown(self.seed)}: give a seed such as 1",
                field="seed",
            )

    def points(self) -> tuple[Point, ...]:
        """The points, (n,) or (n, d). The first m of them are those of a Generated with n = m."""
        return self.mixture.sample(self.n, self.seed).points

    def to_document(self) -> dict[str, Any]:
        """What stands in a file behind KEY."""
        return {"n": self.n, "seed": self.seed, "mixture": document_of_mixture(self.mixture)}

    @classmethod
    def from_document(cls, document: object) -> "Generated":
        """The inverse of to_document.

        FileFormatError for what is missing, InvalidValueError for a number that won't do.

        >>> Generated.from_document({"n": 3, "seed": 1})
        Traceback (most recent call last):
        refgmm.errors.FileFormatError: "generated.mixture" should be an object with weights, means and variances: it is missing
        """
        if not isinstance(document, Mapping):
            problem = f'"{KEY}" should be an object with n, seed and mixture: got {shown(document)}'
            raise FileFormatError(problem)
        mixture = mixture_of_document(document, "mixture", inside=f"{KEY}.")
        return cls(mixture, document.get("n"), document.get("seed"))  # type: ignore[arg-type]

"""A part of points that are too many to step through. No Qt."""

import random
from collections.abc import Sequence
from typing import TypeVar

from refgmm.records import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows to take: every so many, or, with a seed, some drawn at random.

    >>> Sample(3).of("abcdefgh"), Sample(3, seed=1).of("abcdefgh")
    (('a', 'd', 'g'), ('a', 'c', 'e'))
    """

    most: int
    seed: int | None = None

    def of(self, rows: Sequence[T]) -> tuple[T, ...]:
        """At most so many of the rows, in their order."""
        if self.seed is None:
            return tuple(rows[:: self.every(len(rows))])
        count = min(self.most, len(rows))
        chosen = random.Random(self.seed).sample(range(len(rows)), count)
        return tuple(rows[index] for index in sorted(chosen))

    def every(self, count: int) -> int:
        """Of so many rows, each how-manieth is taken where they aren't drawn: 1 for all.

        >>> Sample(10_000).every(1_000_000)
        100
        """
        return -(-count // self.most)

    def note(self, count: int) -> str:
        """What was taken of so many rows, in a sentence."""
        if self.seed is None:
            return f"Took 1 row in {self.every(count):,} of {count:,}."
        return f"Drew {min(self.most, count):,} rows of {count:,} at random, with the seed {self.seed}."

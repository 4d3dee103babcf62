"""Paper mode: an epoch as a student with a pencil computes it.

Every number is rounded to D decimals as soon as it is written down, and the next is computed from
what stands on the paper. `Paper` is a ledger of such numbers (refgmm.ledger), so that all that is
explained of an epoch can be explained of its paper version, too; `Paper.difference` tells how far
it has drifted from the unrounded answer.

Points and initial parameters are on the paper as they were given. A half is rounded away from
zero, as school teaches it, in the decimal digits of the computed double.

>>> from refgmm import iterate, worked_example
>>> problem = worked_example.problem()
>>> epoch = next(iterate(problem.points, problem.initial))
>>> paper = Paper.of_epochs([epoch], decimals=3)
>>> cell = Cell.parse("mean:1", epoch=1)
>>> paper.value(cell), round(paper.difference(cell), 6)
(1.307, 0.000425)
"""

import decimal
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from refgmm.em import Epoch, run_epoch
from refgmm.formulas import working
from refgmm.ledger import value_in
from refgmm.notation import evaluate
from refgmm.quantities import QUANTITIES, Cell, entries_of
from refgmm.records import dataclass, field

_WIDE = decimal.Context(prec=400)


def rounded(value: float, decimals: int) -> float:
    """`value` with so many decimals, a half away from zero; as it is where it is no finite number.

    >>> rounded(0.125, 2), rounded(-2.5, 0), rounded(1.005, 2)
    (0.13, -3.0, 1.01)
    """
    if not math.isfinite(value):
        return value
    unit = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(value)).quantize(unit, decimal.ROUND_HALF_UP, _WIDE))


@dataclass(frozen=True)
class Paper:
    """The numbers of an epoch as they stand on paper, with so many decimals.

    previous: the sheet of the epoch before, whose parameters this one starts from; None in epoch 1
    """

    epoch: Epoch[Any]
    decimals: int
    previous: "Paper | None" = None
    _known: dict[Cell, float] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_epochs(cls, epochs: Iterable[Epoch[Any]], decimals: int) -> "Paper":
        """The sheet of the last of these epochs, which follow each other from epoch 1 on.

        ValueError where there is none.
        """
        sheet = None
        for epoch in epochs:
            sheet = cls(epoch, decimals, sheet)
            sheet.fill()
        if sheet is None:
            raise ValueError("give at least one epoch")
        return sheet

    def value(self, cell: Cell) -> float:
        """The number that stands on the paper; nan where it is 0/0 there."""
        if cell.is_given:
            return value_in(self.epoch, cell)
        if QUANTITIES[cell.quantity].is_parameter and cell.epoch < self.epoch.index:
            assert self.previous is not None
            return self.previous.value(cell)
        if cell not in self._known and cell.epoch > self.epoch.index:
            self._known[cell] = self._next_sheet().value(cell)
        elif cell not in self._known:
            self._known[cell] = self.written(evaluate(working(self, cell).formula))
        return self._known[cell]

    def written(self, value: float) -> float:
        """A number as it is written down."""
        return rounded(value, self.decimals)

    def difference(self, cell: Cell) -> float:
        """How far the number on paper lies above the unrounded one."""
        return self.value(cell) - value_in(self.epoch, cell)

    def fill(self) -> None:
        """Write down the new parameters, and so all that they are made of."""
        for quantity in filter(lambda quantity: quantity.is_parameter, QUANTITIES.values()):
            for j in range(len(self.epoch.before.components)):
                for entry in entries_of(quantity.rank, self.epoch.before.dimension):
                    self.value(Cell(self.epoch.index, quantity.name, None, j, entry))

    def _next_sheet(self) -> "Paper":
        epoch = self.epoch
        following = run_epoch(epoch.points, epoch.after, epoch.index + 1, epoch.structure)
        return Paper(following, self.decimals, self)

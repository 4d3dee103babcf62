"""What sentences are made of: a cell with the numbers around it, numbers and shares in words."""

from refgmm.formatting import subscript
from refgmm.formulas import Source
from refgmm.notation import Ref
from refgmm.quantities import Cell
from refgmm.records import dataclass, replace
from refgmm.rendering import Shown
from refgmm.typesetting import TEXT

_MOST_TYPED = 10  # characters of a number that somebody typed; 1/3 has 18


def said(ref: Ref, decimals: int) -> str:
    """A number in a sentence, as formulas show it; but one that was given as 1/3 with so many decimals.

    >>> from refgmm.notation import Name
    >>> said(Ref(Name("a"), 0.5, is_given=True), 4), said(Ref(Name("a"), 1 / 3, is_given=True), 4)
    ('0.5', '0.3333')
    """
    shown = TEXT.show(ref, Shown(decimals))
    is_long = ref.is_given and len(shown) > _MOST_TYPED
    return TEXT.show(replace(ref, is_given=False), Shown(decimals)) if is_long else shown


def percent(share: float) -> str:
    """A share in words; one that is not quite all or nothing is never called so.

    >>> percent(0.3894), percent(0.9999), percent(1e-9), percent(1.0), percent(0.0)
    ('39%', 'more than 99%', 'less than 1%', 'all', 'nothing')
    """
    if share in (0.0, 1.0):
        return "all" if share else "nothing"
    if share < 0.01 or share > 0.99:
        return "less than 1%" if share < 0.01 else "more than 99%"
    return f"{share:.0%}"


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, and the numbers around it as they are said.

    x: its point; component: its component; own: its number
    """

    source: Source
    cell: Cell
    decimals: int

    @property
    def i(self) -> int:
        assert self.cell.point is not None
        return self.cell.point

    @property
    def j(self) -> int:
        assert self.cell.component is not None
        return self.cell.component

    @property
    def component(self) -> str:
        return f"component {self.j + 1}"

    @property
    def x(self) -> str:
        return self.point(self.i)

    @property
    def own(self) -> Ref:
        return self.source.ref(
            self.cell.quantity, self.cell.point, self.cell.component, self.cell.entry
        )

    def point(self, i: int) -> str:
        """ "x₄ = 2.4"; of a vector its name alone."""
        name = f"x{subscript(i + 1)}"
        return name if self.source.d else f"{name} = {self.said(self.source.ref('point', i))}"

    @property
    def points(self) -> str:
        """All of them, as they are counted."""
        return "the only point" if self.source.n == 1 else f"the {self.source.n} points"

    @property
    def in_coordinate(self) -> str:
        return f" in coordinate {self.cell.entry[0] + 1}" if self.cell.entry else ""

    def said(self, ref: Ref) -> str:
        return said(ref, self.decimals)

    def number(self, value: float) -> str:
        return self.said(Ref(self.own.symbol, value))

    def column(self, quantity: str) -> list[float]:
        """A number that every component has at the point."""
        return [self.source.ref(quantity, self.i, j).value for j in range(self.source.k)]

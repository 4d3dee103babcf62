r"""A derivation made ready to be typeset: rows cut where a line may break, and their numbers. No Qt."""

import re

from refgmm import Derivation
from refgmm.explanation import title_of
from refgmm.notation import Name, Ref
from refgmm.proof import Step
from refgmm.quantities import Cell
from refgmm.records import dataclass, replace
from refgmm.rendering import Shown, as_given
from refgmm.typesetting import LATEX, TEXT, Latex
from refgmm_gui.formulas.typeset import marked

_BRACKETS = re.compile(r"\\left|\\right|\\begin|\\end|[{}]| (?=[+-] )")
_SIGNS = {"=": "=", "≥": r"\ge", "≤": r"\le"}
_OPENING = {r"\left", r"\begin", "{"}


@dataclass(frozen=True, slots=True)
class Row:
    """left = right, in LaTeX and as text. The left side is empty where it is that of the row above.

    right: its parts, each beginning with the sign before it; a line may break between two
    right_text: with = or ≥ in front
    """

    left: str
    right: tuple[str, ...]
    left_text: str
    right_text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a formula.

    component: in whose colour it is shown, if any's
    source: the cell to which it leads, if any
    words: what it is, with every digit
    """

    component: int | None
    source: Cell | None
    words: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Rows, and the numbers in them in the order of their marks."""

    rows: tuple[Row, ...]
    numbers: tuple[Number, ...] = ()

    @property
    def text(self) -> str:
        """All of it as Unicode text."""
        return "\n".join(f"{row.left_text} {row.right_text}".lstrip() for row in self.rows)


def formula_of(derivation: Derivation, shown: Shown) -> Formula:
    """A derivation's rows; its numbers lead to their sources."""
    numbers: list[Number] = []

    def mark(markup: str, ref: Ref) -> str:
        numbers.append(_number(ref, derivation))
        return marked(markup, len(numbers) - 1)

    rows = tuple(
        Row(tex.left, parts(tex.right), text.left, f"= {text.right}")
        for tex, text in zip(
            derivation.rows(Latex(mark), shown), derivation.rows(TEXT, shown), strict=True
        )
    )
    return Formula(rows, tuple(numbers))


def formula_of_step(step: Step) -> Formula:
    """The formulas of a step of a proof, which have no numbers."""
    return Formula(
        tuple(
            Row(tex.left, parts(tex.right, tex.sign), text.left, f"{text.sign} {text.right}")
            for tex, text in zip(step.rows(LATEX), step.rows(TEXT), strict=True)
        )
    )


def parts(tex: str, sign: str = "=") -> tuple[str, ...]:
    r"""A right side cut before each sign that stands in no bracket, = or another sign in front.

    >>> parts(r"\frac{a + b}{2} - c + d")
    ('{} = \\frac{a + b}{2}', '{} - c', '{} + d')
    """
    depth, start, found = 0, 0, []
    for match in _BRACKETS.finditer(tex):
        token = match[0]
        if token != " ":
            depth += 1 if token in _OPENING else -1
        elif depth == 0 and match.start() > 0:
            found.append(tex[start : match.start()])
            start = match.end()
    first, *others = [*found, tex[start:]]
    return f"{{}} {_SIGNS[sign]} {first}", *(f"{{}} {part}" for part in others)


def _number(ref: Ref, derivation: Derivation) -> Number:
    if ref.cell is None and ref.symbol == derivation.symbol:
        ref = replace(ref, cell=derivation.cell)
    dimension = derivation.ledger.epoch.before.dimension
    title = TEXT.show(ref.symbol) if ref.cell is None else title_of(ref.cell, dimension)
    return Number(
        component=_component(ref),
        source=None if ref.cell == derivation.cell else ref.cell,
        words=f"{title}: {as_given(ref.value)}",
    )


def _component(ref: Ref) -> int | None:
    """Whose number it is: that of its cell, or of a symbol such as w₁ on the way to it."""
    if ref.cell is not None:
        return ref.cell.component
    symbol = ref.symbol
    if isinstance(symbol, Name) and symbol.sub.isdigit() and symbol.base != "x":
        return int(symbol.sub) - 1
    return None


def is_cut(derivation: Derivation) -> bool:
    """Whether it has sums or matrices so long that they are shown cut in the middle."""
    return derivation.text(Shown()) != derivation.text(Shown(unfolded=True))

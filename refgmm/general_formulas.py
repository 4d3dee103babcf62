"""The formula of a quantity for any point and component: β_j(x_i) = α_j g_j(x_i) / p(x_i).

It is that of one cell (refgmm.formulas), its numbers replaced by their symbols and its indices by
letters; so that each formula is written down once.
"""

from dataclasses import fields, is_dataclass
from typing import Any

from refgmm.explanation import Derivation
from refgmm.notation import Name, Ref
from refgmm.records import replace
from refgmm.report_parts import Equation, formula


def general(derivation: Derivation) -> tuple[Equation, ...]:
    """What a derivation computes, line by line, with i for its point and j for its component.

    A responsibility that was computed from the logarithms of all components keeps its number.

    >>> from refgmm import explain, iterate, worked_example
    >>> from refgmm.typesetting import TEXT
    >>> problem = worked_example.problem()
    >>> epoch = next(iterate(problem.points, problem.initial))
    >>> (equation,) = general(explain(epoch, "responsibility:4,1"))
    >>> equation.written(TEXT).left, equation.written(TEXT).rights[0]
    ('βⱼ(xᵢ)', ('=', 'αⱼ gⱼ(xᵢ) / p(xᵢ)'))
    """
    cell = derivation.cell
    i = "" if cell.point is None else str(cell.point + 1)
    j = "" if cell.component is None else str(cell.component + 1)
    if _has_lines_of_others(derivation):
        j = ""
    equations = []
    for line in derivation.lines:
        sides = [line.symbol, line.formula]
        if line.textbook is not None:
            sides.insert(1, line.textbook)
        equations.append(formula(*(_renamed(side, i, j) for side in sides)))
    return tuple(equations)


def _has_lines_of_others(derivation: Derivation) -> bool:
    """Whether what is computed on the way belongs to several components: then they keep their numbers."""
    return derivation.cell.quantity == "responsibility" and len(derivation.lines) > 1


def _renamed(expr: Any, i: str, j: str) -> Any:
    """The same with letters for the numbers of point and component, and without values."""
    if isinstance(expr, Ref):
        return _renamed(expr.symbol, i, j)
    if isinstance(expr, Name):
        return _with_letters(expr, i, j)
    if isinstance(expr, tuple):
        return tuple(_renamed(part, i, j) for part in expr)
    if is_dataclass(expr) and not isinstance(expr, type):
        changed = {field.name: _renamed(getattr(expr, field.name), i, j) for field in fields(expr)}
        return replace(expr, **changed)
    return expr


def _with_letters(name: Name, i: str, j: str) -> Name:
    """x stands for a point, every other letter for something of a component."""
    number, letter = (i, "i") if name.base == "x" else (j, "j")
    sub = letter if number and name.sub == number else name.sub
    argument = None if name.argument is None else _with_letters(name.argument, i, j)
    return replace(name, sub=sub, argument=argument)

r"""Formulas as Unicode text, as LaTeX and as MathML: what rendering.Notation asks of each.

>>> from refgmm.notation import Constant, Fraction, Ref
>>> from refgmm.rendering import SYMBOLS
>>> half = Fraction(Ref(Name("N", "1"), 2.5625), Constant(5.0))
>>> TEXT.show(half, SYMBOLS), TEXT.show(half, Shown(decimals=2))
('N₁ / 5', '2.56 / 5')
>>> LATEX.show(half, SYMBOLS)
'\\frac{N_{1}}{5}'
>>> MATHML.show(Constant(5.0))
'<mn>5</mn>'
"""

import html
from collections.abc import Callable, Sequence
from itertools import zip_longest

from refgmm.notation import Expr, Name, Ref
from refgmm.rendering import ATOM, FRACTION, POWER, PRODUCT, SUM, Notation, Piece, Shown

_MINUS = "−"
_SUBSCRIPTS = str.maketrans("0123456789ijla", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₗₐ")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def split_number(text: str) -> tuple[str, str]:
    """A number's text as mantissa and power of ten.

    >>> split_number("1.500e-12"), split_number("0.3894")
    (('1.500', '-12'), ('0.3894', ''))
    """
    mantissa, _, exponent = text.partition("e")
    return (mantissa, str(int(exponent))) if exponent.lstrip("+-").isdigit() else (text, "")


def _number_binding(text: str) -> int:
    """A negative number holds together like a difference, one with a power of ten like a product."""
    return SUM if text.startswith("-") else PRODUCT if split_number(text)[1] else ATOM


class Text(Notation):
    """One line of Unicode: β₁(x₄) = 0.0863 / 0.2217."""

    def name(self, name: Name) -> Piece:
        text = name.base + name.sub.translate(_SUBSCRIPTS) + "′" * name.prime
        if name.argument is not None:
            text += f"({self.name(name.argument).text})"
        if name.index:
            text += f"[{','.join(map(str, name.index))}]"
        return Piece(text, PRODUCT if " " in name.base else ATOM)

    def number(self, text: str, ref: Ref | None) -> Piece:
        mantissa, exponent = split_number(text.replace("inf", "∞"))
        shown = mantissa.replace("-", _MINUS)
        if exponent:
            shown += f"×10{exponent.translate(_SUPERSCRIPTS)}"
        return Piece(shown, _number_binding(text))

    def parentheses(self, text: str) -> str:
        return f"({text})"

    def operator(self, sign: str) -> str:
        return sign

    def row(self, parts: Sequence[str]) -> str:
        """Blanks around the signs, but for one in front."""
        if parts[0] == _MINUS:
            return _MINUS + " ".join(parts[1:])
        return " ".join(parts)

    def factors(self, parts: Sequence[str], dots: Sequence[bool]) -> str:
        text = parts[0]
        for part, dot in zip(parts[1:], dots, strict=True):
            text += f" · {part}" if dot else part if part == "π" else f" {part}"
        return text

    def fraction(self, numerator: Expr, denominator: Expr, shown: Shown) -> Piece:
        above = self.within(PRODUCT, numerator, shown)
        return Piece(f"{above} / {self.within(POWER, denominator, shown)}", PRODUCT)

    def power(self, base: Expr, exponent: int, shown: Shown) -> Piece:
        return Piece(self.within(ATOM, base, shown) + str(exponent).translate(_SUPERSCRIPTS), POWER)

    def root(self, value: Expr, shown: Shown) -> Piece:
        return Piece(f"√{self.within(ATOM, value, shown)}", POWER)

    def call(self, function: str, arguments: Sequence[Piece]) -> Piece:
        if function == "ln" and arguments[0].binding >= POWER:
            return Piece(f"ln {arguments[0].text}", PRODUCT)
        return Piece(f"{function}({', '.join(argument.text for argument in arguments)})", ATOM)

    def bars(self, text: str) -> Piece:
        return Piece(f"|{text}|", ATOM)

    def big_sum(self, index: str, upper: str, body: str) -> Piece:
        return Piece(f"∑{index.translate(_SUBSCRIPTS)} {body}", SUM)

    def derivative(self, of: str, by: str) -> Piece:
        return Piece(f"∂ {of} / ∂ {by}", SUM)

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        lines = [", ".join(row) for row in rows]
        return f"({lines[0]})" if len(lines) == 1 else f"[{'; '.join(lines)}]"

    def superscript(self, base: str, mark: str) -> str:
        return base + {"T": "ᵀ", "−1": "⁻¹"}[mark]


Mark = Callable[[str, Ref], str]
"""What to do with a number's markup: give it a colour, say."""


def _unmarked(markup: str, ref: Ref) -> str:
    return markup


GREEK = {
    "α": r"\alpha",
    "β": r"\beta",
    "μ": r"\mu",
    "σ": r"\sigma",
    "Σ": r"\Sigma",
    "Λ": r"\Lambda",
    "φ": r"\varphi",
    "Δ": r"\Delta",
    "π": r"\pi",
    "θ": r"\theta",
    "λ": r"\lambda",
    "ℓ": r"\ell",
    "∂": r"\partial",
    "ln L": r"\ln L",
}


class Latex(Notation):
    r"""LaTeX's mathematics, with amsmath: \frac{0.0863}{0.2217}.

    mark: wraps the markup of each number that was computed or given
    """

    ellipsis = r"\cdots"

    def __init__(self, mark: Mark = _unmarked) -> None:
        self._mark = mark

    def name(self, name: Name) -> Piece:
        base = name.base
        text = GREEK.get(base, base if len(base) == 1 else rf"\text{{{base}}}")
        if name.sub:
            text += f"_{{{name.sub}}}"
        text += "'" * name.prime
        if name.argument is not None:
            text += f"({self.name(name.argument).text})"
        if name.index:
            text += f"[{','.join(map(str, name.index))}]"
        return Piece(text, PRODUCT if " " in base else ATOM)

    def number(self, text: str, ref: Ref | None) -> Piece:
        mantissa, exponent = split_number(text)
        markup = {"undefined": r"\text{undefined}", "inf": r"\infty", "-inf": r"{-\infty}"}.get(
            mantissa, f"{{{mantissa}}}" if mantissa.startswith("-") else mantissa
        )
        if exponent:
            markup += rf" \times 10^{{{exponent}}}"
        return Piece(self._mark(markup, ref) if ref else markup, _number_binding(text))

    def parentheses(self, text: str) -> str:
        return rf"\left({text}\right)"

    def operator(self, sign: str) -> str:
        return sign.replace(_MINUS, "-")

    def row(self, parts: Sequence[str]) -> str:
        return " ".join(parts)

    def factors(self, parts: Sequence[str], dots: Sequence[bool]) -> str:
        text = parts[0]
        for part, dot in zip(parts[1:], dots, strict=True):
            text += rf" \cdot {part}" if dot else rf" {part}" if part == r"\pi" else rf" \, {part}"
        return text

    def fraction(self, numerator: Expr, denominator: Expr, shown: Shown) -> Piece:
        above, below = self.show(numerator, shown), self.show(denominator, shown)
        return Piece(rf"\frac{{{above}}}{{{below}}}", FRACTION)

    def power(self, base: Expr, exponent: int, shown: Shown) -> Piece:
        inner = self.within(ATOM, base, shown)
        if isinstance(base, Name) and base.index:
            inner = self.parentheses(inner)
        elif isinstance(base, Name) and base.prime:
            inner = f"{{{inner}}}"
        return Piece(f"{inner}^{{{exponent}}}", POWER)

    def root(self, value: Expr, shown: Shown) -> Piece:
        return Piece(rf"\sqrt{{{self.show(value, shown)}}}", POWER)

    def call(self, function: str, arguments: Sequence[Piece]) -> Piece:
        if function == "ln" and arguments[0].binding >= POWER:
            return Piece(rf"\ln {arguments[0].text}", PRODUCT)
        inner = ", ".join(argument.text for argument in arguments)
        return Piece(rf"\{function}\left({inner}\right)", ATOM)

    def bars(self, text: str) -> Piece:
        return Piece(rf"\left|{text}\right|", ATOM)

    def big_sum(self, index: str, upper: str, body: str) -> Piece:
        return Piece(rf"\sum_{{{index}=1}}^{{{upper}}} {body}", SUM)

    def derivative(self, of: str, by: str) -> Piece:
        return Piece(rf"\frac{{\partial {of}}}{{\partial {by}}}", FRACTION)

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        lines = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"

    def superscript(self, base: str, mark: str) -> str:
        return f"{base}^{{{mark.replace(_MINUS, '-')}}}"


def _tag(name: str, *inner: str, **attributes: str) -> str:
    spelled = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{spelled}>{''.join(inner)}</{name}>"


class MathML(Notation):
    """The inside of a <math> element.

    mark: wraps the markup of each number that was computed or given
    """

    ellipsis = "<mo>⋯</mo>"

    def __init__(self, mark: Mark = _unmarked) -> None:
        self._mark = mark

    def name(self, name: Name) -> Piece:
        style = {} if len(name.base) > 1 else {"mathvariant": "normal"} if name.base == "π" else {}
        base = _tag("mi", html.escape(name.base), **style)
        sub = _tag("mn" if name.sub.isdigit() else "mi", name.sub) if name.sub else ""
        prime = "<mo>′</mo>" if name.prime else ""
        if sub and prime:
            text = _tag("msubsup", base, sub, prime)
        elif sub or prime:
            text = _tag("msub" if sub else "msup", base, sub or prime)
        else:
            text = base
        parts = [text]
        if name.argument is not None:
            parts += ["<mo>(</mo>", self.name(name.argument).text, "<mo>)</mo>"]
        if name.index:
            tags = (_tag("mi" if isinstance(at, str) else "mn", str(at)) for at in name.index)
            numbers = "<mo>,</mo>".join(tags)
            parts += ["<mo>[</mo>", numbers, "<mo>]</mo>"]
        return Piece(self.row(parts), PRODUCT if " " in name.base else ATOM)

    def number(self, text: str, ref: Ref | None) -> Piece:
        mantissa, exponent = split_number(text)
        digits = mantissa.removeprefix("-").replace("inf", "∞")
        markup = _tag("mtext" if digits == "undefined" else "mn", digits)
        if exponent:
            power = _tag("mn", exponent.replace("-", _MINUS))
            ten = _tag("msup", "<mn>10</mn>", power)
            markup = _tag("mrow", markup, "<mo>×</mo>", ten)
        if mantissa.startswith("-"):
            markup = _tag("mrow", f'<mo form="prefix">{_MINUS}</mo>', markup)
        return Piece(self._mark(markup, ref) if ref else markup, _number_binding(text))

    def parentheses(self, text: str) -> str:
        return _tag("mrow", "<mo>(</mo>", text, "<mo>)</mo>")

    def operator(self, sign: str) -> str:
        return _tag("mo", sign)

    def row(self, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else _tag("mrow", *parts)

    def factors(self, parts: Sequence[str], dots: Sequence[bool]) -> str:
        signs = ["<mo>·</mo>" if dot else "<mo>\N{INVISIBLE TIMES}</mo>" for dot in dots]
        mixed = [x for pair in zip_longest(parts, signs, fillvalue="") for x in pair if x]
        return self.row(mixed)

    def fraction(self, numerator: Expr, denominator: Expr, shown: Shown) -> Piece:
        above, below = self.show(numerator, shown), self.show(denominator, shown)
        return Piece(_tag("mfrac", above, below), FRACTION)

    def power(self, base: Expr, exponent: int, shown: Shown) -> Piece:
        inner = self.within(ATOM, base, shown)
        return Piece(_tag("msup", inner, _tag("mn", str(exponent))), POWER)

    def root(self, value: Expr, shown: Shown) -> Piece:
        return Piece(_tag("msqrt", self.show(value, shown)), POWER)

    def call(self, function: str, arguments: Sequence[Piece]) -> Piece:
        name = _tag("mi", function) + "<mo>\N{FUNCTION APPLICATION}</mo>"
        if function == "ln" and arguments[0].binding >= POWER:
            return Piece(_tag("mrow", name, arguments[0].text), PRODUCT)
        inner = "<mo>,</mo>".join(argument.text for argument in arguments)
        return Piece(_tag("mrow", name, self.parentheses(inner)), ATOM)

    def bars(self, text: str) -> Piece:
        return Piece(_tag("mrow", "<mo>|</mo>", text, "<mo>|</mo>"), ATOM)

    def big_sum(self, index: str, upper: str, body: str) -> Piece:
        below = _tag("mrow", _tag("mi", index), "<mo>=</mo>", "<mn>1</mn>")
        sign = _tag("munderover", "<mo>∑</mo>", below, _tag("mi", upper))
        return Piece(_tag("mrow", sign, body), SUM)

    def derivative(self, of: str, by: str) -> Piece:
        above, below = (_tag("mrow", "<mo>∂</mo>", part) for part in (of, by))
        return Piece(_tag("mfrac", above, below), FRACTION)

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        lines = [_tag("mtr", *(_tag("mtd", cell) for cell in row)) for row in rows]
        return self.parentheses(_tag("mtable", *lines))

    def superscript(self, base: str, mark: str) -> str:
        return _tag("msup", base, _tag("mi" if mark == "T" else "mn", mark))


TEXT = Text()
LATEX = Latex()
MATHML = MathML()

r"""Reads formulas as a person reads them, and computes them in 50 digits: nothing here is refgmm's.

    value_of("0.5 · (2.4 − 1)² / √(2π · 2)")       of the Unicode text that a derivation shows
    from_latex(r"\frac{0.0864}{0.2219}")           the same formula, written in LaTeX, as such text
    from_mathml("<mfrac>...</mfrac>")              in MathML

Each is strict: what it doesn't know, and what a person could read in two ways, is a FormulaError.
What LaTeX and MathML only group, such as braces or <mrow>, groups nothing for a reader; it
gives no parentheses.

Every number carries a bound on what rounding may have done to it, had its formula been computed
in doubles: running error analysis (Higham 2002, "Accuracy and Stability of Numerical Algorithms",
section 3.3).

>>> float(value_of("0.5 · (2.4 − 1)² / 2").value)
0.49
>>> from_latex(r"\frac{1}{2} \cdot {-3}")
'((1)/(2)) · −3'
"""

import decimal
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeAlias

CONTEXT = decimal.Context(prec=50, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[])
U = Decimal(2) ** -53
LEAST = Decimal(5e-324)
NAN = Decimal("nan")
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


class FormulaError(ValueError):
    """What no reader could make sense of, or could in two ways."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how far a computation in doubles may be from it."""

    value: Decimal
    error: Decimal = Decimal(0)

    def rounded(self, times: int = 1) -> "Number":
        """Once an operation has given it, in doubles."""
        if not self.value.is_finite():
            return self
        return Number(self.value, self.error + times * (U * abs(self.value) + LEAST))

    def __neg__(self) -> "Number":
        return Number(-self.value, self.error)

    def __add__(self, other: "Number") -> "Number":
        return Number(self.value + other.value, self.error + other.error).rounded()

    def __mul__(self, other: "Number") -> "Number":
        error = abs(self.value) * other.error + abs(other.value) * self.error
        return Number(self.value * other.value, error + self.error * other.error).rounded()

    def __truediv__(self, other: "Number") -> "Number":
        if other.value == 0:
            return Number(NAN)  # a class calls it undefined
        quotient = self.value / other.value
        error = (self.error + abs(quotient) * other.error) / abs(other.value)
        return Number(quotient, error).rounded()

    def exp(self) -> "Number":
        value = self.value.exp()
        return Number(value, value * (self.error.exp() - 1)).rounded(2)

    def ln(self) -> "Number":
        if not self.value > 0:
            return Number(Decimal("-inf") if self.value == 0 else NAN)
        return Number(self.value.ln(), self.error / self.value).rounded(2)

    def sqrt(self) -> "Number":
        if not self.value > 0:
            return Number(self.value if self.value == 0 else NAN, self.error.sqrt())
        root = self.value.sqrt()
        return Number(root, self.error / root).rounded()

    def to_the(self, exponent: int) -> "Number":
        product = self
        for _ in range(exponent - 1):
            product = product * self
        return product


@dataclass(frozen=True, slots=True)
class Array:
    """A matrix, or a row or column of numbers."""

    rows: tuple[tuple[Number, ...], ...]
    is_inverse: bool = False

    @property
    def transposed(self) -> "Array":
        return Array(tuple(zip(*self.rows, strict=True)))

    def minus(self, other: "Array") -> "Array":
        pairs = zip(self.rows, other.rows, strict=True)
        return Array(tuple(tuple(a + -b for a, b in zip(*rows, strict=True)) for rows in pairs))


Value: TypeAlias = Number | Array


def column(*entries: Number) -> Array:
    return Array(tuple((entry,) for entry in entries))


def _eliminated(
    matrix: Array, right: Sequence[Sequence[Decimal]]
) -> tuple[Decimal, list[list[Decimal]]]:
    """The determinant, and matrix⁻¹ right: Gauss's and Jordan's elimination."""
    d = len(matrix.rows)
    rows = [
        [*(entry.value for entry in row), *extra]
        for row, extra in zip(matrix.rows, right, strict=True)
    ]
    determinant = Decimal(1)
    for a in range(d):
        pivot = max(range(a, d), key=lambda row: abs(rows[row][a]))
        if rows[pivot][a] == 0:
            return Decimal(0), []
        if pivot != a:
            rows[a], rows[pivot] = rows[pivot], rows[a]
            determinant = -determinant
        determinant *= rows[a][a]
        rows[a] = [entry / rows[a][a] for entry in rows[a]]
        for b in range(d):
            if b != a:
                rows[b] = [x - rows[b][a] * y for x, y in zip(rows[b], rows[a], strict=True)]
    return determinant, [row[d:] for row in rows]


def determinant(matrix: Array) -> Number:
    return Number(_eliminated(matrix, [[]] * len(matrix.rows))[0]).rounded()


def quadratic_form(row: Array, matrix: Array, col: Array) -> Number:
    """vᵀ M⁻¹ v, where v is off by a rounding, and M is exact."""
    d = len(matrix.rows)
    unit = [[Decimal(a == b) for b in range(d)] for a in range(d)]
    determinant, inverse = _eliminated(matrix, unit)
    if determinant == 0:
        return Number(NAN)
    left, right = [v.value for v in row.rows[0]], [v.value for (v,) in col.rows]
    if left != right:
        raise FormulaError("the two vectors of a quadratic form differ")
    products = [left[a] * inverse[a][b] * right[b] for a in range(d) for b in range(d)]
    return Number(sum(products, Decimal(0)), 8 * d * (U * sum(map(abs, products)) + LEAST))


_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−₀₁₂₃₄₅₆₇₈₉ᵢⱼₗ", "0123456789--0123456789ijl")
_LOWERED = str.maketrans("0123456789ijl", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₗ")

_TOKEN = re.compile(
    rf"""(?P<blank>\s+)
    | (?P<number>\d+(\.\d+)?(×10⁻?[{_SUPERSCRIPTS}]+)?|∞|undefined)
    | (?P<raised>⁻¹|ᵀ|[{_SUPERSCRIPTS}]+)
    | (?P<sum>∑[ᵢⱼₗ])
    | (?P<name>ln\ L′?|gain
        |(?!exp\(|max\(|ln[ (])[A-Za-zα-ωΑ-Ω][₀-₉ᵢⱼₗ]*′?(\(([^()]|\([^()]*\))*\)(?<!\ \)))?(\[[\d,]+\])?)
    | (?P<function>exp|max|ln)
    | (?P<sign>[-+−·/(),;|√\[\]])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """The parts of a formula, without blanks."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise FormulaError(f"{text[at:]!r} in {text!r}")
        kind = next(name for name, part in match.groupdict().items() if part is not None)
        if kind != "blank":
            found.append(Token(kind, match[0]))
        at = match.end()
    return found


def is_numeric(text: str) -> bool:
    """Whether all symbols have given way to numbers."""
    return all(token.kind not in ("name", "sum") or token.text == "π" for token in tokens(text))


def numbers_in(text: str) -> list[str]:
    """The numbers, without their signs, from left to right."""
    return [token.text for token in tokens(text) if token.kind == "number"]


def decimal_of(text: str) -> Decimal:
    """A number as shown.

    >>> decimal_of("−1.5×10⁻¹²")
    Decimal('-1.5E-12')
    """
    plain = text.translate(_PLAIN).replace("×10", "e")
    return Decimal(plain.replace("∞", "inf").replace("undefined", "nan"))


def value_of(text: str) -> Number:
    """What a formula with numbers comes to."""
    value = read(text)
    if not isinstance(value, Number):
        raise FormulaError(f"{text!r} is no number")
    return value


def read(
    text: str,
    names: Mapping[str, Value] | None = None,
    counts: Mapping[str, int] | None = None,
    *,
    as_doubles: bool = False,
) -> Value:
    """What a formula comes to, also where that is a vector or a matrix.

    names: the numbers, vectors and matrices that its symbols stand for
    counts: of the index i, and of j, which sums run over
    as_doubles: whether 0.1 is the double that is written so, and not a tenth
    """
    with decimal.localcontext(CONTEXT):
        return _Reader(text, names or {}, counts or {}, as_doubles).read()


class _Reader:
    """Recursive descent: sum, product, power, atom.

    A product that goes on behind a quotient, a/b·c, is an error, as is a power of a root: √2².
    """

    def __init__(
        self, text: str, names: Mapping[str, Value], counts: Mapping[str, int], as_doubles: bool
    ) -> None:
        self.text, self.names, self.counts, self.as_doubles = text, names, counts, as_doubles
        self.tokens = [*tokens(text), Token("end", "")]
        self.at = 0
        self.in_bars = False
        self.index: dict[str, str] = {}

    def fail(self, why: str) -> NoReturn:
        raise FormulaError(f"{why} at part {self.at + 1} of {self.text!r}")

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> str:
        """The next token, if it is one of these; else nothing."""
        if self.next.kind == "sign" and self.next.text in texts:
            self.at += 1
            return self.tokens[self.at - 1].text
        return ""

    def expect(self, text: str) -> None:
        if not self.take(text):
            self.fail(f"no {text!r}")

    def read(self) -> Value:
        value = self.sum()
        if self.next.kind != "end":
            self.fail("something is left")
        return value

    def number(self, value: Value) -> Number:
        if not isinstance(value, Number):
            self.fail("no number")
        return value

    def sum(self) -> Value:
        value: Value = -self.number(self.term()) if self.take("−") else self.term()
        while sign := self.take("+", "−"):
            term = self.term()
            if isinstance(value, Array) and isinstance(term, Array) and sign == "−":
                value = value.minus(term)
            else:
                term = self.number(term)
                value = self.number(value) + (term if sign == "+" else -term)
        return value

    def term(self) -> Value:
        if self.next.kind != "sum":
            return self.product()
        letter = self.next.text[1]
        self.at += 1
        start, total = self.at, Number(Decimal(0))
        for i in range(1, self.counts[letter.translate(_PLAIN)] + 1):
            self.at = start
            self.index[letter] = str(i).translate(_LOWERED)
            total = total + self.number(self.term())
        del self.index[letter]
        return total

    def product(self) -> Value:
        factors = [self.power()]
        while self.take("·") or self.stands_beside():
            factors.append(self.power())
        value = self.multiplied(factors)
        if self.take("/"):
            value = self.number(value) / self.number(self.power())
            if self.stands_beside() or self.next.text in ("·", "/"):
                self.fail("a quotient that goes on")
        return value

    def stands_beside(self) -> bool:
        """Whether another factor follows without a dot: a number never does."""
        kind, text = self.next.kind, self.next.text
        opens = text in ("(", "[", "√") or (text == "|" and not self.in_bars)
        return kind in ("name", "function") or (kind == "sign" and opens)

    def multiplied(self, factors: list[Value]) -> Value:
        if len(factors) == 1:
            return factors[0]
        if isinstance(factors[0], Array):
            if len(factors) != 3:
                self.fail("no quadratic form")
            row, matrix, col = factors
            if not (
                isinstance(row, Array) and isinstance(matrix, Array) and isinstance(col, Array)
            ):
                self.fail("no quadratic form")
            if not (len(row.rows) == 1 and matrix.is_inverse and len(col.rows[0]) == 1):
                self.fail("shapes that don't fit")
            return quadratic_form(row, matrix, col)
        product, *rest = [self.number(factor) for factor in factors]
        for factor in rest:
            product = product * factor
        return product

    def power(self) -> Value:
        if self.take("√"):
            root = self.number(self.atom()).sqrt()
            if self.next.kind == "raised":
                self.fail("a power of a root, or a root of a power")
            return root
        base = self.atom()
        if self.next.kind != "raised":
            return base
        raised = self.next.text
        self.at += 1
        if self.next.kind == "raised":
            self.fail("two exponents")
        if isinstance(base, Array):
            if raised == "ᵀ":
                return base.transposed
            if raised != "⁻¹" or len(base.rows) != len(base.rows[0]):
                self.fail("no power of a matrix")
            return Array(base.rows, is_inverse=True)
        if raised == "⁻¹":
            return Number(Decimal(1)) / base
        return base if raised == "ᵀ" else base.to_the(int(raised.translate(_PLAIN)))

    def atom(self) -> Value:
        token = self.next
        if token.kind == "number":
            self.at += 1
            value = decimal_of(token.text)
            return Number(Decimal(float(value)) if self.as_doubles else value)
        if token.kind == "name":
            self.at += 1
            return self.named(token.text)
        if token.kind == "function":
            self.at += 1
            return self.function(token.text)
        if self.take("("):
            entries = self.listed(")")
            return entries[0] if len(entries) == 1 else Array((tuple(map(self.number, entries)),))
        if self.take("["):
            rows = [self.row()]
            while self.take(";"):
                rows.append(self.row())
            self.expect("]")
            return Array(tuple(rows))
        if not self.in_bars and self.take("|"):
            self.in_bars = True
            value = self.sum()
            self.in_bars = False
            self.expect("|")
            if isinstance(value, Array):
                return determinant(value)
            return Number(abs(value.value), value.error)
        self.fail("nothing to read")

    def row(self) -> tuple[Number, ...]:
        entries = [self.number(self.sum())]
        while self.take(","):
            entries.append(self.number(self.sum()))
        return tuple(entries)

    def listed(self, end: str) -> list[Value]:
        entries = [self.sum()]
        while self.take(","):
            entries.append(self.sum())
        self.expect(end)
        return entries

    def named(self, name: str) -> Value:
        if name == "π":
            return Number(PI)
        for letter, number in self.index.items():
            name = name.replace(letter, number)
        if name not in self.names:
            self.fail(f"no number is called {name!r}")
        value = self.names[name]
        is_single = isinstance(value, Array) and len(value.rows) == len(value.rows[0]) == 1
        return value.rows[0][0] if is_single and isinstance(value, Array) else value

    def function(self, name: str) -> Number:
        if name == "ln" and self.next.text != "(":
            return self.number(self.power()).ln()
        self.expect("(")
        arguments = [self.number(value) for value in self.listed(")")]
        if name == "max":
            return max(arguments, key=lambda argument: argument.value)
        if len(arguments) != 1:
            self.fail(f"{name} of {len(arguments)} numbers")
        return arguments[0].exp() if name == "exp" else arguments[0].ln()


# LaTeX

_LATEX_TOKEN = re.compile(r"\\[a-zA-Z]+|\\[,\\]|[{}^_&'|()\[\],+=-]|\d+(?:\.\d+)?|[A-Za-z]|\s+")

_LATEX_SIGNS = {
    r"\alpha": "α",
    r"\beta": "β",
    r"\mu": "μ",
    r"\sigma": "σ",
    r"\Sigma": "Σ",
    r"\varphi": "φ",
    r"\Delta": "Δ",
    r"\pi": "π",
    r"\cdot": " · ",
    r"\cdots": "⋯",
    r"\times": "×",
    r"\infty": "∞",
    r"\exp": "exp",
    r"\ln": "ln ",
    r"\max": "max",
    r"\,": " ",
    "'": "′",
    "-": " − ",
    "+": " + ",
}
r"""With \frac, \sqrt, \sum, \text, \left, \right, \begin and \end, all commands there may be."""

_RAISED = {"-1": "⁻¹", "T": "ᵀ"}


def _raised(text: str) -> str:
    text = text.replace(" − ", "-").strip()
    if text in _RAISED:
        return _RAISED[text]
    if not re.fullmatch(r"-?\d+", text):
        raise FormulaError(f"the exponent {text!r}")
    return text.translate(str.maketrans("0123456789-", _SUPERSCRIPTS + "⁻"))


class _Latex:
    """LaTeX's mathematics, as text."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.tokens, at = [], 0
        while at < len(markup):
            match = _LATEX_TOKEN.match(markup, at)
            if match is None:
                raise FormulaError(f"{markup[at:]!r} in {markup!r}")
            if match[0].strip():
                self.tokens.append(match[0])
            at = match.end()
        self.at = 0

    def take(self, token: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == token:
            self.at += 1
            return True
        return False

    def expect(self, *wanted: str) -> None:
        for token in wanted:
            if not self.take(token):
                raise FormulaError(f"no {token!r} at part {self.at + 1} of {self.markup!r}")

    def until(self, *ends: str) -> str:
        """Everything up to one of these, which is taken, too."""
        text, scripts = "", ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token in ends:
                return text
            if token in "^_" and token in scripts:
                raise FormulaError(f"two of {token} on one base in {self.markup!r}")
            scripts = scripts + token if token in "^_" else scripts if token == "'" else ""
            text += self.part(token)
        if "" not in ends:
            raise FormulaError(f"no {ends[0]!r} in {self.markup!r}")
        return text

    def argument(self) -> str:
        self.expect("{")
        return self.until("}")

    def part(self, token: str) -> str:
        if token in _LATEX_SIGNS:
            return _LATEX_SIGNS[token]
        if re.fullmatch(r"[\d.]+|[A-Za-z]|[()\[\],]", token):
            return token
        if token == "{":
            return self.until("}")
        if token == "^":
            return _raised(self.argument())
        if token == "_":
            return self.argument().translate(_LOWERED)
        if token == r"\text":
            self.expect("{")
            letters = ""
            while not self.take("}"):
                letters += self.tokens[self.at]
                self.at += 1
            return letters
        if token == r"\frac":
            return f"(({self.argument()})/({self.argument()}))"
        if token == r"\sqrt":
            return f"√({self.argument()})"
        if token == r"\left":
            return self.fenced()
        if token == r"\sum":
            self.expect("_", "{")
            index = self.until("=")
            self.expect("1", "}", "^")
            if (index, self.argument()) not in (("i", "n"), ("j", "K")):
                raise FormulaError(f"the sum in {self.markup!r}")
            return f"∑{index.translate(_LOWERED)} "
        if token == r"\begin":
            self.expect("{", *"pmatrix", "}")
            return self.matrix()
        raise FormulaError(f"{token!r} in {self.markup!r}")

    def fenced(self) -> str:
        opening = self.tokens[self.at]
        closing = {"(": ")", "|": "|"}.get(opening)
        if closing is None:
            raise FormulaError(rf"\left{opening} in {self.markup!r}")
        self.at += 1
        text = opening + self.until(r"\right") + closing
        self.expect(closing)
        return text

    def matrix(self) -> str:
        rows: list[list[str]] = [[]]
        while True:
            rows[-1].append(self.until("&", r"\\", r"\end"))
            end = self.tokens[self.at - 1]
            if end == r"\\":
                rows.append([])
            elif end == r"\end":
                self.expect("{", *"pmatrix", "}")
                return _matrix(rows)


def _matrix(rows: Sequence[Sequence[str]]) -> str:
    if len({len(row) for row in rows}) != 1:
        raise FormulaError(f"the rows of {rows}")
    lines = [", ".join(row) for row in rows]
    return f"({lines[0]})" if len(lines) == 1 else f"[{'; '.join(lines)}]"


def from_latex(markup: str) -> str:
    """The formula as text."""
    return _tidy(_Latex(markup).until(""))


def _tidy(text: str) -> str:
    """Signs that stand in front of a number touch it."""
    text = re.sub(r" +", " ", text).strip()
    text = re.sub(r"(^|[(\[|,;/√·+−]) ?− ", r"\1 −", text)
    return re.sub(r"([(\[|/√]) −", r"\1−", text).replace("ln (", "ln(").strip()


# MathML


def from_mathml(markup: str) -> str:
    """The formula as text."""
    return _tidy(_text_of(ET.fromstring(f"<mrow>{markup}</mrow>")))


_SIGNS_OF_MATHML = {
    "+": " + ",
    "−": " − ",
    "·": " · ",
    "=": "=",
    "\N{INVISIBLE TIMES}": " ",
    "\N{FUNCTION APPLICATION}": "",
} | {sign: sign for sign in "(),[]|′×∑⋯"}


def _text_of(element: ET.Element) -> str:
    """An element of the whitelist as text, its parts in the place that MathML gives them."""
    parts = [_text_of(child) for child in element]
    own = (element.text or "").strip()
    if (element.tail or "").strip() or bool(own) == bool(parts):
        raise FormulaError(f"<{element.tag}> that holds {own!r} and {len(parts)} elements")
    match element.tag, parts:
        case "mo", []:
            if own not in _SIGNS_OF_MATHML:
                raise FormulaError(f"the sign {own!r}")
            return _SIGNS_OF_MATHML[own]
        case "mn", [] if re.fullmatch(r"−?\d+(\.\d+)?|∞", own):
            return own
        case "mtext", [] if own == "undefined":
            return own
        case "mi", [] if re.fullmatch("[A-Za-zα-ωΑ-Ω]|ln L|exp|ln|max|gain", own):
            return "ln " if own == "ln" else own
        case "mrow", _:
            return "".join(parts)
        case "msqrt", [inner]:
            return f"√({inner})"
        case "mfrac", [above, below]:
            return f"(({above})/({below}))"
        case "msub", [base, sub]:
            return base + sub.translate(_LOWERED)
        case "msup", [base, "′"]:
            return base + "′"
        case "msup", [base, raised]:
            return base + _raised(raised.replace("−", "-"))
        case "msubsup", [base, sub, "′"]:
            return base + sub.translate(_LOWERED) + "′"
        case "munderover", ["∑", ("i=1" | "j=1") as below, ("n" | "K") as above] if below[
            0
        ] + above in ("in", "jK"):
            return f"∑{below[0].translate(_LOWERED)} "
        case "mtd", _:
            return "".join(parts)
        case "mtr", _:
            return "\0".join(parts)
        case "mtable", _:
            rows = [row.split("\0") for row in parts]
            return _matrix(rows)[1:-1] if len(rows) == 1 else _matrix(rows)
    raise FormulaError(f"<{element.tag}> with {len(parts)} parts in MathML: {own!r}")

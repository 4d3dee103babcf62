r"""A proof as a value: steps of a sentence and formulas, each following from the one before, and sources.

refgmm.reasons has the proofs. A sentence has symbols in it, which are formulas too, so that it is
written in every notation:

>>> from refgmm.notation import Constant, Fraction, Name, Product
>>> half = Fraction(Name("N", "j"), Constant(2.0))
>>> step = Step(("Half of ", Name("N", "j"), ":"), (equal(Name("h"), half),))
>>> print(step.text())
Half of Nⱼ:
    h = Nⱼ / 2
>>> print(step.latex())
Half of $N_{j}$:
\begin{align*}
  h &= \frac{N_{j}}{2}
\end{align*}
"""

import html
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from refgmm.notation import Expr
from refgmm.records import dataclass, replace
from refgmm.rendering import SYMBOLS, Notation
from refgmm.translation import Translation
from refgmm.typesetting import LATEX, MATHML, TEXT

Words = tuple[str | Expr, ...]
"""A sentence with symbols in it."""

_LATEX_SIGNS = {"=": "=", "≥": r"\ge", "≤": r"\le"}


class Row(NamedTuple):
    """A row of a relation, written: left sign right. Left is empty where it is the right of the row above."""

    left: str
    sign: str
    right: str


@dataclass(frozen=True, slots=True)
class Relation:
    """left = a = b ≥ c: each side compared with the one before it.

    links: a sign, = or ≥ or ≤, and the next side
    """

    left: Expr
    links: tuple[tuple[str, Expr], ...]

    def pairs(self) -> Iterator[tuple[Expr, str, Expr]]:
        """Each side, the sign behind it, and the next side."""
        left = self.left
        for sign, right in self.links:
            yield left, sign, right
            left = right

    def rows(self, notation: Notation) -> Iterator[Row]:
        """One row per side but the first."""
        left = notation.show(self.left, SYMBOLS)
        for sign, right in self.links:
            yield Row(left, sign, notation.show(right, SYMBOLS))
            left = ""


def equal(left: Expr, *sides: Expr) -> Relation:
    """left = side = side."""
    return Relation(left, tuple(("=", side) for side in sides))


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, and the formulas that it leads to."""

    words: Words
    relations: tuple[Relation, ...] = ()

    def sentence(self) -> str:
        """The words as Unicode text."""
        return "".join(part if isinstance(part, str) else _text(part) for part in self.words)

    def translated(self, translation: Translation) -> "Step":
        """The same step in another language."""
        words: Words = translation.words(self.words, _text)
        return replace(self, words=words)

    def rows(self, notation: Notation) -> Iterator[Row]:
        """The formulas, row by row."""
        for relation in self.relations:
            yield from relation.rows(notation)

    def text(self, width: int = 88) -> str:
        """As Unicode text, the sentence in lines of at most so many characters."""
        lines = textwrap.wrap(self.sentence(), width)
        rows = list(self.rows(TEXT))
        margin = max((len(row.left) for row in rows), default=0)
        lines += [f"    {row.left.rjust(margin)} {row.sign} {row.right}" for row in rows]
        return "\n".join(lines)

    def latex(self) -> str:
        """As LaTeX: a paragraph, and an align* environment of amsmath's."""
        paragraph = "".join(
            part if isinstance(part, str) else f"${LATEX.show(part, SYMBOLS)}$"
            for part in self.words
        )
        if not self.relations:
            return paragraph
        rows = (f"  {row.left} &{_LATEX_SIGNS[row.sign]} {row.right}" for row in self.rows(LATEX))
        return f"{paragraph}\n\\begin{{align*}}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    def mathml(self) -> str:
        """The formulas as a <math> element; nothing where there are none."""
        rows = "".join(
            f'<mtr><mtd style="text-align: right">{row.left}</mtd><mtd><mo>{row.sign}</mo></mtd>'
            f'<mtd style="text-align: left">{row.right}</mtd></mtr>'
            for row in self.rows(MATHML)
        )
        return (
            f'<math display="block"><mtable columnalign="right center left">{rows}</mtable></math>'
            if rows
            else ""
        )

    def html(self) -> str:
        """As HTML: a paragraph, and the formulas as MathML."""
        paragraph = "".join(
            html.escape(part) if isinstance(part, str) else f"<math>{_in_mathml(part)}</math>"
            for part in self.words
        )
        return f"<p>{paragraph}</p>{self.mathml()}"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where it is written.

    where: the equations or sections
    """

    author: str
    year: int
    title: str
    where: str

    def translated(self, translation: Translation) -> "Citation":
        """With the place in another language."""
        return replace(self, where=translation.say(self.where))

    def __str__(self) -> str:
        return f"{self.author} {self.year}, {self.title}: {self.where}"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a formula is as it is, in a few steps.

    >>> from refgmm.reasons import why
    >>> proof = why("responsibility")
    >>> proof.title
    'Why a responsibility is a share of the evidence'
    >>> print(proof.steps[1].text())
    Divide by p(xᵢ). This is Bayes' rule:
        βⱼ(xᵢ) = αⱼ gⱼ(xᵢ) / p(xᵢ)
    >>> print(proof.citations[0])
    C. M. Bishop 2006, Pattern Recognition and Machine Learning: section 1.2 and equation 9.13
    """

    title: str
    steps: tuple[Step, ...]
    citations: tuple[Citation, ...]
    heading_of_sources: str = "Sources"

    def translated(self, translation: Translation) -> "Proof":
        """The same proof in another language; authors and titles of sources as they are."""
        return Proof(
            translation.say(self.title),
            tuple(step.translated(translation) for step in self.steps),
            tuple(citation.translated(translation) for citation in self.citations),
            translation.say(self.heading_of_sources),
        )

    def text(self, width: int = 88) -> str:
        """As Unicode text: title, steps, sources."""
        sources = "\n".join(
            textwrap.fill(str(citation), width, initial_indent="- ", subsequent_indent="  ")
            for citation in self.citations
        )
        steps = "\n".join(step.text(width) for step in self.steps)
        return f"{self.title}\n\n{steps}\n\n{self.heading_of_sources}\n{sources}"

    def latex(self) -> str:
        """As LaTeX, for the body of a document that uses amsmath."""
        steps = "\n\n".join(step.latex() for step in self.steps)
        items = "\n".join(rf"  \item {citation}" for citation in self.citations)
        sources = f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
        return f"\\paragraph{{{self.title}.}}\n\n{steps}\n\n{sources}"

    def html(self) -> str:
        """As HTML, with MathML: a heading, steps, a list of sources."""
        steps = "".join(step.html() for step in self.steps)
        items = "".join(f"<li>{html.escape(str(citation))}</li>" for citation in self.citations)
        return f"<h3>{html.escape(self.title)}</h3>{steps}<ul>{items}</ul>"


def _text(symbol: Expr) -> str:
    return TEXT.show(symbol, SYMBOLS)


def _in_mathml(symbol: Expr) -> str:
    return MATHML.show(symbol, SYMBOLS)

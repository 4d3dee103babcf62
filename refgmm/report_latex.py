r"""A report as LaTeX: an article that pdflatex compiles, with amsmath, booktabs and TikZ; one in Chinese
asks for xelatex or lualatex, and ctex.

Nothing runs off the page: equations that are too long for a row take several, and are shrunk where
that doesn't help; tables that are too wide are cut into several.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from refgmm.figure_tikz import tikz
from refgmm.notation import Ref
from refgmm.plot_style import COMPONENTS
from refgmm.rendering import Shown
from refgmm.report_mathematics import aligned, one_row
from refgmm.report_parts import (
    Block,
    Bullets,
    Column,
    Display,
    Entry,
    Heading,
    Paragraph,
    Picture,
    Sentence,
    Table,
    entry_text,
)
from refgmm.translation import ENGLISH, Translation
from refgmm.typesetting import GREEK, Latex

WIDEST_TABLE = 80
"""Letters of a row of small print, gaps included, on A4 with margins of 25 mm."""

_LONGEST_TABLE = 25
"""Rows; longer ones may go over several pages."""

_MOST_EQUATIONS = 14
"""Below each other, which no page break parts."""

_SECTIONS = {2: "section", 3: "subsection", 4: "subsubsection"}

_LETTERS = r"""\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
"""

_CHINESE_LETTERS = r"""% For xelatex or lualatex: pdflatex has no Chinese letters.
\usepackage[UTF8,scheme=plain,fontset=none]{ctex}
\newcommand{\chinesefont}[1]{\setCJKmainfont{#1}\setCJKsansfont{#1}\setCJKmonofont{#1}}
\IfFontExistsTF{Noto Serif CJK TC}{\chinesefont{Noto Serif CJK TC}}{%
  \IfFontExistsTF{PMingLiU}{\chinesefont{PMingLiU}}{% Windows
    \IfFontExistsTF{Songti TC}{\chinesefont{Songti TC}}{% macOS
      \PackageError{refgmm}{There is no font for Chinese}{Install Noto Serif CJK TC.}}}}
"""

_PREAMBLE = r"""\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,booktabs,longtable,graphicx,caption,tikz}
\captionsetup{labelfont=bf,labelsep=period,font=small,skip=4pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\setlength{\LTcapwidth}{\linewidth}
\setlength{\tabcolsep}{5pt}
\setlength{\emergencystretch}{3em}
\setlength{\jot}{6pt}
\AtBeginDocument{\abovedisplayshortskip=\abovedisplayskip}
\setcounter{secnumdepth}{2}
"""

_FITTED = r"""
% Equations below each other, as wide as the line at most.
\newsavebox{\wide}
\newcommand{\fitted}[1]{\sbox{\wide}{$\displaystyle\begin{aligned}#1\end{aligned}$}%
  \ifdim\wd\wide>\linewidth\resizebox{\linewidth}{!}{\usebox{\wide}}\else\usebox{\wide}\fi}
"""


def written(blocks: Sequence[Block], shown: Shown, translation: Translation = ENGLISH) -> str:
    """The text of the file."""
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    colours = "".join(
        f"\\definecolor{{component{number}}}{{HTML}}{{{colour[1:].upper()}}}\n"
        for number, colour in enumerate(COMPONENTS)
    )
    title = f"{{\\LARGE\\bfseries {escaped(' '.join(titles))}\\par}}"
    body = "\n\n".join(
        text for block in blocks for text in _WRITERS[type(block)](block, shown, translation)
    )
    body = body.replace("\n\n\\[", "\n\\[")  # a formula belongs to the paragraph before it
    return f"{_head(translation)}{colours}{_FITTED}\n\\begin{{document}}\n{title}\n\n{body}\n\n\\end{{document}}\n"


def _head(translation: Translation) -> str:
    """The preamble, with fonts and with names of tables and figures in that language."""
    names = {word: translation.say(word) for word in ("Table", "Figure")}
    is_chinese = translation.language.startswith("zh")
    return (
        "\\documentclass[11pt,a4paper]{article}\n"
        + (_CHINESE_LETTERS if is_chinese else _LETTERS)
        + _PREAMBLE
        + "".join(
            f"\\renewcommand{{\\{word.lower()}name}}{{{said}}}\n"
            for word, said in names.items()
            if said != word
        )
    )


def _coloured(markup: str, ref: Ref) -> str:
    """A number in the colour of its component, whose plots have it, too."""
    if ref.cell is None or ref.cell.component is None:
        return markup
    return rf"\textcolor{{component{ref.cell.component % len(COMPONENTS)}}}{{{markup}}}"


LATEX = Latex(_coloured)


def _heading(heading: Heading, shown: Shown, translation: Translation) -> Iterator[str]:
    if heading.level > 1:
        yield f"\\{_SECTIONS[heading.level]}{{{escaped(heading.text)}}}"


def _paragraph(paragraph: Paragraph, shown: Shown, translation: Translation) -> Iterator[str]:
    text = _sentence(paragraph.parts)
    yield f"{{\\small {text}\\par}}" if paragraph.is_aside else text


def _bullets(bullets: Bullets, shown: Shown, translation: Translation) -> Iterator[str]:
    items = "\n".join(f"  \\item {_sentence(item)}" for item in bullets.items)
    yield f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"


def _sentence(parts: Sentence) -> str:
    return "".join(
        escaped(part) if isinstance(part, str) else f"${one_row(part.written(LATEX))}$"
        for part in parts
    )


def _display(display: Display, shown: Shown, translation: Translation) -> Iterator[str]:
    for start in range(0, len(display.equations), _MOST_EQUATIONS):
        part = Display(display.equations[start : start + _MOST_EQUATIONS])
        yield f"\\[\\fitted{{\n{aligned(part, LATEX)}\n}}\\]"


def _table(table: Table, shown: Shown, translation: Translation) -> Iterator[str]:
    """The parts of a table, each narrow enough; a long one over several pages."""
    for number, part in enumerate(table.parts(WIDEST_TABLE, shown)):
        caption = escaped(translation.say(f"{part.caption}, continued") if number else part.caption)
        counter = f"\\setcounter{{table}}{{{part.number - 1}}}"
        columns = "r" * len(part.columns)
        head = _row([_entry(column.head, column, shown) for column in part.columns])
        rows = [
            _row(
                [
                    _entry(entry, column, shown)
                    for entry, column in zip(row, part.columns, strict=True)
                ]
            )
            for row in part.rows
        ]
        if part.footers:
            rows.insert(len(rows) - part.footers, "\\midrule")
        body = "\n".join(rows)
        if len(part.rows) > _LONGEST_TABLE:
            yield (
                f"{counter}{{\\small\n\\begin{{longtable}}{{{columns}}}\n\\caption{{{caption}}}\\\\\n"
                f"\\toprule\n{head}\n\\midrule\n\\endfirsthead\n\\toprule\n{head}\n\\midrule\n\\endhead\n"
                f"\\bottomrule\n\\endfoot\n{body}\n\\end{{longtable}}}}"
            )
        else:
            yield (
                f"{counter}\\begin{{center}}\\begin{{minipage}}{{\\linewidth}}\\centering\\small\n"
                f"\\captionof{{table}}{{{caption}}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}\n"
                f"\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{minipage}}\\end{{center}}"
            )


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _entry(entry: Entry, column: Column, shown: Shown) -> str:
    if isinstance(entry, str):
        return escaped(entry)
    return f"${entry_text(entry, LATEX, column.shown(shown))}$"


def _picture(picture: Picture, shown: Shown, translation: Translation) -> Iterator[str]:
    yield (
        "\\begin{center}\\begin{minipage}{\\linewidth}\\centering\n"
        f"{tikz(picture.figure)}"
        f"\\setcounter{{figure}}{{{picture.number - 1}}}\n"
        f"\\captionof{{figure}}{{{escaped(picture.caption)}}}\n\\end{{minipage}}\\end{{center}}"
    )


_SIGNS = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "√": r"$\surd$",
    "′": "$'$",
    "⋯": r"$\cdots$",
    "∞": r"$\infty$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "∑": r"$\sum$",
    "|": "$|$",
    "<": "$<$",
    ">": "$>$",
    '"': "\\textquotedbl{}",
} | {sign: f"\\{sign}" for sign in "{}$&#%_"}
_GREEK = {letter: f"${command}$" for letter, command in GREEK.items() if len(letter) == 1}
_RAISED = re.compile("([₀₁₂₃₄₅₆₇₈₉]+)|([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "01234567890123456789-")


def escaped(text: str) -> str:
    r"""Words as LaTeX: its own signs escaped, Greek letters and raised digits as mathematics.

    >>> print(escaped("x₁₂ = −0.4 & 50%, σ²"))
    x$_{12}$ = $-$0.4 \& 50\%, $\sigma$$^{2}$
    """
    plain = "".join(_SIGNS.get(sign, _GREEK.get(sign, sign)) for sign in text)
    return _RAISED.sub(
        lambda match: f"${'_' if match[1] else '^'}{{{match[0].translate(_DIGITS)}}}$", plain
    )


_WRITERS: dict[type, Callable[..., Iterator[str]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Display: _display,
    Table: _table,
    Picture: _picture,
}

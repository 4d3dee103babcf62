r"""Equations below each other in LaTeX's notation, which Markdown has, too."""

from refgmm.rendering import Notation
from refgmm.report_parts import Display, Row

SIGNS = {"=": "=", "≥": r"\ge", "≤": r"\le"}


def one_row(row: Row) -> str:
    """left = side = side."""
    return row.left + "".join(f" {SIGNS[sign]} {side}" for sign, side in row.rights)


def aligned(display: Display, notation: Notation) -> str:
    """The inside of an aligned environment; a star behind what is marked."""
    lines = []
    for equation in display.equations:
        rows = equation.rows(notation)
        for row in rows:
            star = r" \;{}^{\ast}" if equation.is_marked and row is rows[-1] else ""
            lines.append(one_row(Row(f"{row.left} &" if row.left else "&", row.rights)) + star)
    return " \\\\\n".join(lines)

"""Tables of text, for terminals and for Markdown."""

from collections.abc import Sequence

from refgmm.formatting import letters

Row = Sequence[str]


def plain(rows: Sequence[Row], rules_before: Sequence[int] = ()) -> str:
    """Columns aligned to the right, two blanks between; a rule before the rows named.

    >>> print(plain([["i", "x"], ["1", "0.9"], ["10", "1.25"]], rules_before=[1]))
     i     x
    --------
     1   0.9
    10  1.25
    """
    widths = [max(map(letters, column)) for column in zip(*rows, strict=True)]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = []
    for number, row in enumerate(rows):
        if number in rules_before:
            lines.append(rule)
        cells = (
            " " * (width - letters(cell)) + cell for cell, width in zip(row, widths, strict=True)
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(rows: Sequence[Row]) -> str:
    """A table of GitHub's Markdown, the first row its head.

    >>> print(markdown([["i", "x"], ["1", "0.9"]]))
    | i | x |
    | ---: | ---: |
    | 1 | 0.9 |
    """
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{' ---: |' * len(rows[0])}", *body])

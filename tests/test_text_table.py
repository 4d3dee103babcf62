"""Tables of text: columns that line up, and Markdown that GitHub reads."""

import pytest

from refgmm.text_table import markdown, plain

ROWS = [["i", "x", "g₁(x)"], ["1", "0.9", "0.2814"], ["10", "", "1.5e-12"]]


def test_plain_lines_up() -> None:
    """Cells end where their column ends; a rule is as wide as the table; no blanks trail."""
    assert plain(ROWS, rules_before=[1]).split("\n") == [
        " i    x    g₁(x)",
        "----------------",
        " 1  0.9   0.2814",
        "10       1.5e-12",
    ]


def test_plain_without_trailing_blanks() -> None:
    """Empty last cells leave no blanks at the end of a line."""
    assert plain([["a", "b"], ["1", ""]]) == "a  b\n1"


def test_plain_rules_anywhere() -> None:
    """A rule before each row that is named."""
    lines = plain(ROWS, rules_before=[0, 2]).split("\n")
    assert [number for number, line in enumerate(lines) if set(line) == {"-"}] == [0, 3]


def test_markdown() -> None:
    """A head, a line that aligns to the right, a line per row; all with the same bars."""
    assert markdown(ROWS).split("\n") == [
        "| i | x | g₁(x) |",
        "| ---: | ---: | ---: |",
        "| 1 | 0.9 | 0.2814 |",
        "| 10 |  | 1.5e-12 |",
    ]


def test_ragged_rows_are_refused() -> None:
    """A row with a cell too few is a mistake, not a shorter table."""
    with pytest.raises(ValueError, match="shorter"):
        plain([["a", "b"], ["1"]])

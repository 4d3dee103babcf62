"""Rows from text: which columns are taken, what a missing value is, what is refused and how."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from refgmm import ColumnChoiceError, FileFormatError, RefGMMError, parse_points
from refgmm.points_text import parse_rows, read_rows

from .support import DATA

Columns = Sequence[str | int] | None

TABLE = "name;height;weight\nAnn;1,7;65\nBob;1,8;80\n"


def refusal(text: str, columns: Columns = None, missing: str = "error") -> tuple[str, int | None]:
    with pytest.raises(FileFormatError) as caught:
        parse_rows(text, columns, missing)
    return str(caught.value), caught.value.line


# Rows


@pytest.mark.parametrize(
    "text",
    [
        "0.9 12\n0.7 3",
        "  0.9   12  \n\n0.7 3 \n  \n",
        "0.9\t12\r\n0.7\t3\r\n",
        "0.9\t12\n\t\n0.7\t3\n\t\n",
        "0.9,12\n0.7,3",
        "0.9, 12,\n0.7, 3,\n",
        "0.9;12;\n0.7;3\n",
        '"0.9","12"\n"0.7","3"',
        "0,9\t12\n0,7\t3,0",
        '"0,9","12"\n"0,7","3"',
    ],
)
def test_rows(text: str) -> None:
    """Each line is a point. Separators, decimal commas and blank lines are those of parse_points."""
    result = parse_rows(text)
    assert result.points == ((0.9, 12.0), (0.7, 3.0))
    assert result.names == ("1", "2")
    assert result.notes[-1] == "Took columns 1 and 2."


def test_numbers_in_a_row_are_one_point() -> None:
    """What parse_points reads as three points is one point in three dimensions here."""
    result = parse_rows("0.9, 0.7, 1.2")
    assert result.points == ((0.9, 0.7, 1.2),)
    assert result.names == ("1", "2", "3")
    assert result.notes == ("Took commas as separators.", "Took columns 1, 2 and 3.")
    assert parse_points("0.9, 0.7, 1.2").points == (0.9, 0.7, 1.2)


def test_one_column() -> None:
    """A lone column gives points of one number, with nothing to say about the choice."""
    result = parse_rows("waiting time\n79\n54")
    assert result.points == ((79.0,), (54.0,))
    assert result.names == ("waiting time",)
    assert result.notes == ("Took 'waiting time' as a header.",)


def test_numbers_are_read_as_the_nearest_double() -> None:
    """All digits count: repr of a double reads back as that double."""
    row = (0.1, 1.3065753725700628, 5e-324, -1e75, 1 / 3)
    assert parse_rows(";".join(map(repr, row))).points == (row,)


def test_pasted_from_a_spreadsheet() -> None:
    """Tabs, decimal commas, a typographic minus and quoted names with blanks."""
    text = '"body height"\t"x, y"\n1,75\t\N{MINUS SIGN}0,5\n1,8\t2\n'
    result = parse_rows(text)
    assert result.points == ((1.75, -0.5), (1.8, 2.0))
    assert result.names == ("body height", "x, y")
    assert result.notes == (
        "Read commas as decimal commas: 1,75 as 1.75.",
        "Took 'body height' and 'x, y' as a header.",
        "Took columns 'body height' and 'x, y'.",
    )


# Published files


def test_iris() -> None:
    """Fisher's iris: 150 flowers in four dimensions. The species is text; the notes say so."""
    result = read_rows(DATA / "iris.csv")
    assert len(result.points) == 150
    assert result.points[0] == (5.1, 3.5, 1.4, 0.2)
    assert result.points[-1] == (5.9, 3.0, 5.1, 1.8)
    assert result.names == ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm")  # fmt: skip
    assert result.notes == (
        "Took commas as separators.",
        "Took 'sepal_length_cm', 'sepal_width_cm', 'petal_length_cm', 'petal_width_cm' and "
        "'species' as a header.",
        "Took columns 'sepal_length_cm', 'sepal_width_cm', 'petal_length_cm' and 'petal_width_cm'.",
        "Left out column 'species': text, such as 'setosa' in line 2.",
    )


def test_old_faithful() -> None:
    """Old Faithful: 272 eruptions in two dimensions."""
    result = read_rows(DATA / "old_faithful.csv")
    assert len(result.points) == 272
    assert result.points[:2] == ((3.6, 79.0), (1.8, 54.0))
    assert result.names == ("eruptions_min", "waiting_min")


# Columns


@pytest.mark.parametrize(
    ("columns", "points", "names"),
    [
        (["height", "weight"], ((1.7, 65.0), (1.8, 80.0)), ("height", "weight")),
        (("weight", "height"), ((65.0, 1.7), (80.0, 1.8)), ("weight", "height")),
        ([3, "height"], ((65.0, 1.7), (80.0, 1.8)), ("weight", "height")),
        (["3", "2"], ((65.0, 1.7), (80.0, 1.8)), ("weight", "height")),
        (["weight"], ((65.0,), (80.0,)), ("weight",)),
        ("weight", ((65.0,), (80.0,)), ("weight",)),
    ],
)
def test_chosen_columns(
    columns: Columns, points: tuple[tuple[float, ...], ...], names: tuple[str, ...]
) -> None:
    """Columns come by name or by number from 1, in the order asked for; no note repeats the choice."""
    result = parse_rows(TABLE, columns)
    assert (result.points, result.names) == (points, names)
    assert not any("column" in note for note in result.notes)


@pytest.mark.parametrize("column", ["length", "Height", "", 0, 4, -1, "4"])
def test_a_column_that_is_not_there(column: str | int) -> None:
    """The message names the columns that are."""
    message = f"there is no column {column!r}: choose one of 'name', 'height' and 'weight'"
    assert refusal(TABLE, ["height", column]) == (message, None)


def test_a_column_beyond_a_text_without_header() -> None:
    """Columns without names are offered by their numbers."""
    assert refusal("1 2\n3 4", [3]) == ("there is no column 3: choose one of 1 and 2", None)


@pytest.mark.parametrize("columns", [["height", "height"], ["height", 2], [2, 1, "2"]])
def test_a_column_chosen_twice(columns: Columns) -> None:
    """The same column twice, also by name and by number, would be no new dimension."""
    assert refusal(TABLE, columns) == ("column 'height' is chosen twice: name it once", None)


def test_no_column_chosen() -> None:
    """An empty choice is refused, not taken for all."""
    message = "no column is chosen: choose from 'name', 'height' and 'weight'"
    assert refusal(TABLE, []) == (message, None)


def test_a_chosen_column_of_text() -> None:
    """The first cell that is no number, by line and column."""
    message = "line 2, column 'name': 'Ann' is not a number: correct it or remove the line"
    assert refusal(TABLE, ["weight", "name"]) == (message, 2)


def test_names_that_stand_there_twice() -> None:
    """Such columns go by their numbers, and so do those without a name."""
    text = "x;y;x;\n1;2;3;4\n5;6;7;8"
    result = parse_rows(text)
    assert result.names == ("1", "y", "3", "4")
    assert parse_rows(text, result.names).points == result.points
    assert parse_rows(text, [3, "y"]).points == ((3.0, 2.0), (7.0, 6.0))
    message = "2 columns are called 'x': choose by number, 1 and 3"
    assert refusal(text, ["y", "x"]) == (message, None)


def test_columns_left_out_are_said() -> None:
    """Columns of text and columns without any value are left out, and the notes say why."""
    result = parse_rows("a;b;c;d;e\n1;x;;2;NA\n3;4;;5;y\n6;z;;7;8")
    assert result.points == ((1.0, 2.0), (3.0, 5.0), (6.0, 7.0))
    assert result.notes[1:] == (
        "Took columns 'a' and 'd'.",
        "Left out columns 'b' and 'e': text, such as 'x' in line 2.",
        "Left out column 'c': no value.",
    )
    assert parse_rows("a 1\nb 2").notes == (
        "Took column 2.",
        "Left out column 1: text, such as 'a' in line 1.",
    )


# Missing values


@pytest.mark.parametrize("cell", ["", "  ", '""', "NA", "NaN", "nan", "null", "?", ".", '"NA"'])
def test_missing_values(cell: str) -> None:
    """Each spelling of missing is refused by line and column, or kept as nan and counted."""
    text = f"x;y;z\n1;2;3\n4;{cell};6\n"
    spelled = cell.strip().strip('"')
    what = f"{spelled!r} is a missing value" if spelled else "the cell is empty"
    message = (
        f"line 3, column 'y': {what}: fill it in, remove the line, or keep missing values with "
        'missing="keep" (--missing keep on the command line)'
    )
    assert refusal(text) == (message, 3)
    result = parse_rows(text, missing="keep")
    assert result.points[0] == (1.0, 2.0, 3.0)
    assert result.points[1][::2] == (4.0, 6.0)
    assert math.isnan(result.points[1][1])
    assert result.notes[-1] == "Kept 1 missing value in 1 row."


def test_missing_at_the_ends_of_a_line() -> None:
    """Empty cells at the end of a line are cells: a short line is another matter."""
    text = "x,y,z\n1,,\n,2,\n,4,5\n6,7,8"
    points = parse_rows(text, missing="keep").points
    assert [[math.isnan(value) for value in point] for point in points] == [
        [False, True, True],
        [True, False, True],
        [True, False, False],
        [False, False, False],
    ]
    assert parse_rows(text, missing="keep").notes[-1] == "Kept 5 missing values in 3 rows."
    assert refusal(text)[1] == 2


def test_missing_values_beside_the_columns_taken() -> None:
    """A gap in a column that isn't taken is no gap."""
    result = parse_rows("x;y;z\n1;NA;3\n4;5;6", ["x", "z"])
    assert result.points == ((1.0, 3.0), (4.0, 6.0))
    assert parse_rows("x;y;z\n1;NA;3\n4;5;6", ["x", "z"], "keep").notes == result.notes


@pytest.mark.parametrize("cell", ["na", "N/A", "NULL", "-", "??", "inf", "-nan", "none", "missing"])
def test_other_text_is_not_missing(cell: str) -> None:
    """Only the listed spellings are missing values, whether or not they are kept."""
    message = f"line 3, column 'y': {cell!r} is not a number: correct it or remove the line"
    assert refusal(f"x;y\n1;2\n3;{cell}", ["x", "y"], "keep") == (message, 3)
    assert refusal(f"x;y\n1;2\n3;{cell}", ["x", "y"]) == (message, 3)


@pytest.mark.parametrize("missing", ["error", "keep"])
@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("x;y\n1;2\n\nNA;?\n3;4", None, 4),
        ("x;y\n1;2\n;\n3;4", None, 3),
        ("x,y,s\n1,2,a\n,,b\n3,4,c", None, 3),
        ("x;y;z\n1;2;3\n4;;6\n5;6;7", ["y"], 3),
        ("NA NA\n1 2\n3 4", None, 1),
        ("x\n1\nnull\n3", None, 3),
    ],
)
def test_a_row_without_any_value(missing: str, text: str, columns: Columns, line: int) -> None:
    """A row that says nothing is refused, also where missing values are kept."""
    assert refusal(text, columns, missing) == (f"line {line} holds no value: remove it", line)


def test_a_chosen_column_without_any_value() -> None:
    """A dimension that no point has is refused."""
    message = "column 'y' holds no value: choose other columns"
    assert refusal("x;y\n1;\n2;NA", ["x", "y"], "keep") == (message, None)


def test_what_to_do_about_missing_values_is_error_or_keep() -> None:
    """Another word is refused, not taken for one of them."""
    with pytest.raises(RefGMMError) as caught:
        parse_rows("1 2", missing="drop")
    assert str(caught.value) == "missing must be one of 'error', 'keep' and 'omit', got 'drop'"


TROUBLED = "a;b;c\n1;n/a;x\n2;3;y\n;4;z\nabout 5;6;\n7;;w\n8;9;"


def test_columns_with_a_word_can_be_chosen() -> None:
    """Where each column has one, the choice is among those that hold numbers, too."""
    with pytest.raises(ColumnChoiceError) as caught:
        parse_rows(TROUBLED)
    assert caught.value.columns == ("a", "b")


@pytest.mark.parametrize(
    ("columns", "points", "note"),
    [
        (
            ["a", "b"],
            ((2.0, 3.0), (8.0, 9.0)),
            "Left out 4 of 6 rows, which lack a number there: 'n/a' in line 2.",
        ),
        (
            ["b"],
            ((3.0,), (4.0,), (6.0,), (9.0,)),
            "Left out 2 of 6 rows, which lack a number there: 'n/a' in line 2.",
        ),
        (
            ["a"],
            ((1.0,), (2.0,), (7.0,), (8.0,)),
            "Left out 2 of 6 rows, which lack a number there: an empty cell in line 4.",
        ),
    ],
)
def test_rows_are_left_out(columns: list[str], points: object, note: str) -> None:
    """Those without a number in a column taken; how many, and the first of them, is said."""
    rows = parse_rows(TROUBLED, columns, missing="omit")
    assert rows.points == points
    assert rows.notes[-1] == note
    if len(columns) == 1:
        flat = parse_points(TROUBLED, columns[0], missing="omit")
        assert flat.points == tuple(value for (value,) in rows.points)
        assert flat.notes[-1] == note


def test_no_row_is_left_out_in_vain() -> None:
    """Nothing is said where all rows have their numbers; and where none has, there are no points."""
    whole = "1;2\n3;4"
    assert parse_rows(whole, missing="omit") == parse_rows(whole)
    with pytest.raises(FileFormatError) as caught:
        parse_rows("x;y\n3;NA\n;4", missing="omit")
    assert str(caught.value) == (
        "no row has a number in each column chosen: 'NA' in line 2: correct the rows, or choose "
        "other columns"
    )


# Refused, with the line and the remedy


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "there are no points in the text: give one number a line", None),
        (" \n\t\n", "there are no points in the text: give one number a line", None),
        ("x;y\n", "line 1 holds no number, and no line follows it: give one point a line", 1),
        ("\nabc", "line 2 holds no number, and no line follows it: give one point a line", 2),
        ("x;y\n1;2\n3", "line 3 has 1 cell where others have 2: give every line the same columns", 3),
        ("1;2\n1;2;3\n1;2", "line 2 has 3 cells where others have 2: give every line the same columns", 2),
        ("x y\na 1 2\nb 3 4", "line 1 has 2 cells where others have 3: give every line the same columns", 1),
        (
            "a;b\n1;x\ny;2",
            "there are 2 columns, and none of them holds only numbers: correct one, or choose from those "
            "that hold some ('a' and 'b')",
            None,
        ),
        ("a;b\nx;y", "there are 2 columns, and none of them holds only numbers: correct one", None),
        ("x\n1\nabc", "line 3, column 'x': 'abc' is not a number: correct it or remove the line", 3),
        (
            "x;y\n1;0,7\n2;0.7",
            "line 2 has a decimal comma (0,7) and line 3 a decimal point (0.7): use one of them throughout",
            2,
        ),
        (
            "x;y\n1;2\n3;1e999",
            "line 3, column 'y': point must be a finite number, got inf: correct it or leave it out",
            3,
        ),
        (
            "1;2\n-1e80;3",
            "line 2, column 1: point is -1e+80, and refgmm computes with points up to 1e+75: "
            "choose a larger unit for the points",
            2,
        ),
        ('x,y\n1,"2\n3,4\n', "line 3 can't be split into cells (unexpected end of data): is this a CSV file?", 3),
    ],
)  # fmt: skip
def test_refused(text: str, message: str, line: int | None) -> None:
    """The message names the line and the column, what stands there, and what to do."""
    assert refusal(text) == (message, line)


def test_messages_and_notes_are_short() -> None:
    """However many and long the columns, a message or a note is shorter than 300 characters."""
    names = [f"name{'e' * 1000}{i}" for i in range(3000)]
    text = ";".join(names) + "\n" + "1;x;" * 1499 + "1;x"
    assert len(refusal(text[:-2])[0]) < 300
    assert all(len(note) < 300 for note in parse_rows(text).notes)
    assert len(refusal(text, ["z" * 10_000])[0]) < 300
    assert len(refusal(text, [names[1]])[0]) < 300
    assert len(refusal(text.replace(";x;", ";;"), names)[0]) < 300


# Files


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    """The mark that spreadsheets put in front of UTF-8 is not part of the first name."""
    path = tmp_path / "t.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    assert read_rows(path, ["weight"]).points == ((65.0,), (80.0,))
    message = f"{path}: line 2, column 'name': 'Ann' is not a number: correct it or remove the line"
    with pytest.raises(FileFormatError) as caught:
        read_rows(path, ["name"])
    assert (str(caught.value), caught.value.line) == (message, 2)


def test_a_file_with_missing_values(tmp_path: Path) -> None:
    """What to do about missing values goes for files, too; the error names the file once."""
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,NA\n2,3\n", encoding="utf-8")
    assert read_rows(path, missing="keep").points[1] == (2.0, 3.0)
    with pytest.raises(FileFormatError) as caught:
        read_rows(path)
    assert str(caught.value).startswith(f"{path}: line 2, column 'y': 'NA' is a missing value: ")
    with pytest.raises(FileFormatError) as caught:
        read_rows(tmp_path / "none.csv")
    assert str(caught.value).count("none.csv") == 1


def test_a_lone_comma_separates_two_columns() -> None:
    """Rows of whole numbers are no decimals; one column of decimals has blanks or another separator."""
    assert parse_rows("11,42\n19,45").points == ((11.0, 42.0), (19.0, 45.0))
    assert parse_rows("0,9 0,7\n1,2 2,4").points == ((0.9, 0.7), (1.2, 2.4))
    assert parse_rows("0,9;0,7\n1,2;2,4").points == ((0.9, 0.7), (1.2, 2.4))

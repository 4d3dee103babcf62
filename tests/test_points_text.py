"""Points from text: what is recognised, what is said about it, what is refused and how."""

from pathlib import Path

import pytest

from refgmm import FileFormatError, parse_points, parse_rows, read_points
from refgmm.cells import parse_number
from refgmm.errors import ColumnChoiceError

from .support import DATA

THREE = (0.9, 0.7, 12.0)


def refusal(text: str, column: str | int | None = None) -> tuple[str, int | None]:
    with pytest.raises(FileFormatError) as caught:
        parse_points(text, column)
    return str(caught.value), caught.value.line


# Separators


@pytest.mark.parametrize(
    "text",
    [
        "0.9\n0.7\n12\n",
        "0.9\n0.7\n12",
        "0.9\r\n0.7\r\n12\r\n",
        "0.9\r0.7\r12\r",
        "\n\n0.9\n\n0.7\n  \n12\n\n",
        "0.9 0.7 12",
        "  0.9   0.7  12  ",
        "0.9\t0.7\t12",
        "0.9,0.7,12",
        "0.9, 0.7, 12",
        "0.9 , 0.7 , 12 ,",
        "0.9;0.7;12",
        "0.9; 0.7; 12;",
        "0.9\n0.7;\n12;\n",
        '"0.9","0.7","12"',
        '"0.9";"0.7";12',
        "+0.9\n7e-1\n1.2E+1",
        ".9\n.70\n12.",
        "9e-1 7e-1 12e0",
    ],
)
def test_separators(text: str) -> None:
    """Comma, semicolon, tab, blanks and lines; quotes; empty lines. Commas alone need a word."""
    result = parse_points(text)
    assert result.points == THREE
    assert result.notes == (("Took commas as separators.",) if "," in text else ())


def test_numbers_are_read_as_the_nearest_double() -> None:
    """All digits count: repr of a double reads back as that double."""
    values = (0.1, 1.3065753725700628, 5e-324, -1e75, 2.0**-1074 * 3, 1 / 3)
    assert parse_points("\n".join(map(repr, values))).points == values


def test_minus_signs() -> None:
    """A typographic minus is a minus, before a decimal point and before a decimal comma."""
    assert parse_points("-1\n\N{MINUS SIGN}2.5\n1e\N{MINUS SIGN}3").points == (-1.0, -2.5, 0.001)
    assert parse_points("\N{MINUS SIGN}0,9\n0,7").points == (-0.9, 0.7)
    assert parse_points("\N{MINUS SIGN}0,9").points == (-0.9,)


# Decimal commas


@pytest.mark.parametrize(
    "text",
    ["0,9\n0,7\n12", "0,9 0,7 12", "0,9\t0,7\t12,0", "0,9;0,7;12", '"0,9"\n"0,7"\n"12"', "0,9; ,7; 12,0"],
)  # fmt: skip
def test_decimal_commas_are_recognised_and_said(text: str) -> None:
    """0,9 is read as 0.9 where commas can't be separators, and the notes say so."""
    result = parse_points(text)
    assert result.points == THREE
    assert result.notes == ("Read commas as decimal commas: 0,9 as 0.9.",)


def test_one_comma_alone_is_a_decimal_comma() -> None:
    """ "1,2" could be two points; it is read as one, and the note says so."""
    result = parse_points("1,2")
    assert result.points == (1.2,)
    assert result.notes == ("Read commas as decimal commas: 1,2 as 1.2.",)
    assert parse_points("1,2,3").points == (1.0, 2.0, 3.0)
    assert parse_points("1, 2").points == (1.0, 2.0)


def test_decimal_comma_and_point_together_are_refused() -> None:
    """A mixture of both is refused with both places, never guessed."""
    message = (
        "line 3 has a decimal comma (0,7) and line 1 a decimal point (0.9): "
        "use one of them throughout"
    )
    assert refusal("0.9\n3\n0,7") == (message, 3)
    assert refusal("0.9;1\n3;1\n0,7;1", column=1) == (message, 3)


# Points and commas between thousands


@pytest.mark.parametrize(
    ("text", "line", "written", "plain"),
    [
        ("1.234,5\n2.345,6", 1, "1.234,5", "1234.5"),
        ("1,234.5\n900.5", 1, "1,234.5", "1234.5"),
        ("0,5\n1.234,5", 2, "1.234,5", "1234.5"),
        ("x\n900\n-1.234.567,5", 3, "-1.234.567,5", "-1234567.5"),
        ("1.234,5 2.345,6", 1, "1.234,5", "1234.5"),
    ],
)
def test_one_number_or_several_is_not_guessed(
    text: str, line: int, written: str, plain: str
) -> None:
    """Where a comma may part thousands or numbers, the reader says how to write either."""
    message = (
        f"line {line}: {written} may be one number or several: write {plain} for one, "
        "or put semicolons between several"
    )
    assert refusal(text) == (message, line)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("x,y\n1.234,5\n2.345,6", (1.234, 2.345)),  # a line of names says that commas separate
        ("1.234,5\n0.5,2", (1.234, 0.5)),  # 0.5,2 is no single number
        ("1.234,50,2\n2.345,60,1", (1.234, 2.345)),
        ("1.234;5\n2.345;6", (1.234, 2.345)),
    ],
)
def test_what_tells_that_commas_separate(text: str, points: tuple[float, ...]) -> None:
    """Numbers with three decimals are read where the text says that they are numbers of their own."""
    assert parse_points(text, 1).points == points


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("1.234,5", "1234.5"), ("1.234.567", "1234567"), ('"1,234.5"', "1234.5"), ('"12,345,678"', "12345678"),
        ("50%", "0.5"), ("-12.5%", "-0.125"), ("0.7 %", "0.007"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("missing", ["error", "omit"])
def test_a_cell_of_thousands_or_percent_is_told_how_to_be_written(
    cell: str, plain: str, missing: str
) -> None:
    """It is no header, no word to leave out the column for, and no row to leave out."""
    written = cell.strip('"')
    for text, line in ((f"{cell};2\n3;4", 1), (f"x;y\n3;4\n{cell};2", 3)):
        with pytest.raises(ColumnChoiceError):
            parse_points(text)
        with pytest.raises(FileFormatError) as caught:
            parse_points(text, 1, missing)
        assert str(caught.value) == f"line {line}: {written!r} is not a number: write {plain}"
        with pytest.raises(FileFormatError, match=f"is not a number: write {plain}"):
            parse_rows(text, missing=missing)
    with pytest.raises(ColumnChoiceError, match=f"write {plain}, or choose other columns"):
        parse_rows(f"x;y\nabc;4\n{cell};2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("50%\n20\n30", "line 1: '50%' is not a number: write 0.5"),
        ("50%", "line 1: '50%' is not a number: write 0.5"),
        ("share\n12,5%\n3,5%", "line 2: '12.5%' is not a number: write 0.125"),
    ],
)
def test_percent_is_no_header(text: str, message: str) -> None:
    """A column that begins with a percentage is refused with what to write; its first point isn't lost."""
    for missing in ("error", "omit"):
        with pytest.raises(FileFormatError) as caught:
            parse_points(text, missing=missing)
        assert str(caught.value) == message


# A header, columns


def test_a_header_is_recognised_and_said() -> None:
    """A first line without a number is a header."""
    result = parse_points("waiting\n79\n54")
    assert result.points == (79.0, 54.0)
    assert result.notes == ("Took 'waiting' as a header.",)


def test_a_header_of_several_words() -> None:
    """Over a single column, several words are one name."""
    result = parse_points("waiting time\n79\n54", column="waiting time")
    assert result.points == (79.0, 54.0)
    assert result.notes == ("Took 'waiting time' as a header.",)


TABLE = "name;height;weight\nAnn;1,7;65\nBob;1,8;80\n"


@pytest.mark.parametrize(
    ("column", "points"),
    [("height", (1.7, 1.8)), ("weight", (65.0, 80.0)), (2, (1.7, 1.8)), (3, (65.0, 80.0)), ("3", (65.0, 80.0))],
)  # fmt: skip
def test_a_column_by_name_or_number(column: str | int, points: tuple[float, ...]) -> None:
    """A column is chosen by its name, or its number from 1."""
    assert parse_points(TABLE, column).points == points


@pytest.mark.parametrize("column", ["length", 0, 4, -1, "", "4"])
def test_a_column_that_is_not_there(column: str | int) -> None:
    """The message names the columns that are."""
    message = f"there is no column {column!r}: choose one of 'name', 'height' and 'weight'"
    assert refusal(TABLE, column) == (message, None)


def test_a_column_of_text_is_refused_by_line() -> None:
    """Choosing a column of names gives the first cell that is no number."""
    message = "line 2: 'Ann' is not a number: correct it or remove the line"
    assert refusal(TABLE, "name") == (message, 2)


def test_the_only_column_of_numbers_is_taken_and_said() -> None:
    """One numeric column among others needs no choice; the notes say which."""
    result = parse_points("name,height\nAnn,1.7\nBob,1.8")
    assert result.points == (1.7, 1.8)
    assert result.notes[-1] == "Took column 'height', the only one that holds numbers."
    result = parse_points("a 1\nb 2\n")
    assert result.notes == ("Took column 2, the only one that holds numbers.",)


def test_a_column_with_gaps_is_one_of_numbers() -> None:
    """Beside it the numbers of the rows, which alone are whole, are not taken unasked."""
    with pytest.raises(ColumnChoiceError) as caught:
        parse_points("id,height\n1,1.7\n2,\n3,1.8")
    assert str(caught.value) == (
        "there are 2 columns: say which one holds the points ('id' and 'height')"
    )
    assert caught.value.columns == ("id", "height")


def test_several_columns_of_numbers_are_a_question() -> None:
    """The error offers the columns to choose from; each can be given back as the column."""
    with pytest.raises(ColumnChoiceError) as caught:
        parse_points(TABLE)
    expected = "there are 3 columns: say which one holds the points ('height' and 'weight')"
    assert str(caught.value) == expected
    assert caught.value.columns == ("height", "weight")
    assert [len(parse_points(TABLE, name).points) for name in caught.value.columns] == [2, 2]
    with pytest.raises(ColumnChoiceError) as caught:
        parse_points("1 2\n3 4")
    assert str(caught.value) == "there are 2 columns: say which one holds the points (1 and 2)"
    assert caught.value.columns == ("1", "2")


def test_the_question_names_the_file(tmp_path: Path) -> None:
    """Read from a file, it is the same error with the file's name in front."""
    path = tmp_path / "t.csv"
    path.write_text(TABLE, encoding="utf-8")
    with pytest.raises(ColumnChoiceError) as caught:
        read_points(path)
    expected = "there are 3 columns: say which one holds the points ('height' and 'weight')"
    assert str(caught.value) == f"{path}: {expected}"
    assert caught.value.columns == ("height", "weight")
    assert read_points(path, "weight").points == (65.0, 80.0)


def test_no_column_of_numbers() -> None:
    """Where no column holds a number, no choice would help: not a question."""
    message, line = refusal("a;b\nx;y")
    assert message == "there are 2 columns, and none of them holds only numbers: correct one"
    assert line is None


def test_columns_with_a_word_can_be_chosen() -> None:
    """Where every column holds some text, those that hold numbers, too, can be meant."""
    with pytest.raises(ColumnChoiceError) as caught:
        parse_points("a;b;c\n1;x;u\ny;2;v")
    assert str(caught.value).endswith("or choose from those that hold some ('a' and 'b')")
    assert caught.value.columns == ("a", "b")


def test_an_empty_cell_at_the_end_is_a_cell() -> None:
    """As spreadsheets write a row whose last cell is empty: with its separator."""
    text = "name;height;note\nann;1.7;\nbob;1.8;tall"
    assert parse_points(text).points == (1.7, 1.8)
    assert refusal("1;2;3\n1;2")[0].startswith("line 2 has 2 cells where others have 3")


def test_a_published_file() -> None:
    """The Old Faithful file: 272 rows, chosen by name; the first waits are 79 and 54 minutes."""
    result = read_points(DATA / "old_faithful.csv", "waiting_min")
    assert len(result.points) == 272
    assert result.points[:2] == (79.0, 54.0)
    assert result.notes == (
        "Took commas as separators.",
        "Took 'eruptions_min' and 'waiting_min' as a header.",
    )


# Refused, with the line and the remedy


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "there are no points in the text: give one number a line", None),
        (" \n\t\n\n", "there are no points in the text: give one number a line", None),
        (";;;\n;;", "there are no points in the text: give one number a line", None),
        ("abc", "line 1: 'abc' is not a number: correct it or remove the line", 1),
        ("0.9\nabc", "line 2: 'abc' is not a number: correct it or remove the line", 2),
        ("x\n0.9\n\n\nNA\n", "line 5: 'NA' is not a number: correct it or remove the line", 5),
        ("0.9\nNaN", "line 2: 'NaN' is not a number: correct it or remove the line", 2),
        ("0.9\n-inf", "line 2: '-inf' is not a number: correct it or remove the line", 2),
        ("0.9\nInfinity", "line 2: 'Infinity' is not a number: correct it or remove the line", 2),
        ("0.9\n1_000", "line 2: '1_000' is not a number: correct it or remove the line", 2),
        ("0.9\n0x10", "line 2: '0x10' is not a number: correct it or remove the line", 2),
        ("0.9\n12:30", "line 2: '12:30' is not a number: correct it or remove the line", 2),
        ("0.9,,0.7,1", "line 1: the cell is empty: correct it or remove the line", 1),
        (
            "0.9\n1e999",
            "line 2: point must be a finite number, got inf: correct it or leave it out",
            2,
        ),
        (
            "0.9\n-1e80",
            "line 2: point is -1e+80, and refgmm computes with points up to 1e+75: "
            "choose a larger unit for the points",
            2,
        ),
        ("x;y\n1;2\n3", "line 3 has 1 cell where others have 2: give every line the same columns", 3),
        ("1;2;3\n1;2\n1;2;3", "line 2 has 2 cells where others have 3: give every line the same columns", 2),
        (
            'x,y\n1,"2\n3,4\n',
            "line 3 can't be split into cells (unexpected end of data): is this a CSV file?",
            3,
        ),
        (
            'x,y\n\n1,"2" 3\n',
            "line 3 can't be split into cells (',' expected after '\"'): is this a CSV file?",
            3,
        ),
        (
            "x,y\n\n1,2\n" + "1" * 200_000 + ",3",
            "line 4 can't be split into cells (field larger than field limit (131072)): is this a CSV file?",
            4,
        ),
    ],
)  # fmt: skip
def test_refused(text: str, message: str, line: int | None) -> None:
    """The message names the line, what stands there, and what to do."""
    assert refusal(text) == (message, line)


def test_an_empty_cell_in_the_chosen_column() -> None:
    """A missing value is refused by its line, not skipped and not taken for 0."""
    message = "line 3: the cell is empty: correct it or remove the line"
    assert refusal("x;y\n1;2\n;3\n", "x") == (message, 3)
    assert refusal("x;y\n1;2\n3;\n", "y") == (message, 3)


def test_a_quoted_line_end_glues_no_numbers() -> None:
    """A quoted cell may span lines; its parts are not one number."""
    message, _ = refusal('1,"2\n3",4')
    assert message == r"line 2: '2\n3' is not a number: correct it or remove the line"


@pytest.mark.parametrize(
    "text",
    [
        ";".join(f"name{i}" for i in range(10_000)) + "\n" + ";".join(["1"] * 10_000) + "\n" + "1;" * 9_999 + "1",
        "1," + "1" * 100_000 + "\n2.5",
        "x" * 1_000_000 + "\n" + "y" * 1_000_000,
        "1\n" + "y" * 1_000_000,
    ],
)  # fmt: skip
def test_messages_are_short_and_on_one_line(text: str) -> None:
    """However long the text, a message is shorter than 300 characters, and so is a note."""
    message, _ = refusal(text)
    assert len(message) < 300
    assert "\n" not in message
    message, _ = refusal(text, column="z" * 10_000)
    assert len(message) < 300
    for note in parse_points("\n".join([text.split("\n", 1)[0], "1"]), column=1).notes:
        assert len(note) < 300


# Numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), (" 2.50 ", 2.5), ("-.5", -0.5), ("1e3", 1000.0), ("1e999", float("inf"))],
)
def test_parse_number(text: str, value: float) -> None:
    """Numbers as people and programs write them; beyond a double it is infinite."""
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text", ["", " ", "nan", "inf", "-Infinity", "1_0", "1,5", "1e", "--1", "½"]
)
def test_parse_number_refuses(text: str) -> None:
    """What float() takes beyond numbers, and what no one takes, is refused."""
    with pytest.raises(ValueError, match=r"number|float"):
        parse_number(text)


@pytest.mark.parametrize(
    "text", ['"x"\n1\n2', 'x\n"1"\n"2"', '"x"\n"1"\n"2"\n', ' "x" \n "1"\n "2"']
)
def test_a_quoted_column_alone(text: str) -> None:
    """A file of one quoted column, as R writes it, is read without its quotes."""
    result = parse_points(text, column="x")
    assert result.points == (1.0, 2.0)
    assert result.notes == ("Took 'x' as a header.",)


def test_a_quoted_header_of_several_words() -> None:
    """Blanks inside quotes don't split a name."""
    assert parse_points('"waiting time"\n79\n54', column="waiting time").points == (79.0, 54.0)

"""The tables of a report: points, parameters, the columns of the worksheet, log-likelihoods."""

from collections.abc import Iterable, Sequence
from typing import Any

from refgmm import worksheet
from refgmm.arithmetic import total
from refgmm.formatting import ALL_DIGITS
from refgmm.formulas import Source
from refgmm.ledger import value_in
from refgmm.notation import BigSum, Name, Ref
from refgmm.paper import Paper
from refgmm.problem import Problem
from refgmm.quantities import PARAMETERS, QUANTITIES, Cell, entries_of
from refgmm.report_parts import Column, Entry, Table
from refgmm.structures import ALL, Structure
from refgmm.symbols import symbol_of

_MOST_COORDINATES = 2
"""Points of more are not repeated on the left of every table."""


def points_table(source: Source) -> Table:
    """The points, as they were given."""
    columns = [Column(Name("i"), "i"), *_coordinate_columns(source)]
    rows: list[list[Entry]] = [[str(i + 1), *_coordinates(source, i)] for i in range(source.n)]
    return Table("points", "The points", tuple(columns), tuple(map(tuple, rows)))


def parameters_table(source: Source, name: str, caption: str, ago: int = 0) -> Table:
    """A row per component: weight, mean, and of the covariance what the structure leaves free.

    ago: 1 for the parameters that the epoch started from
    """
    kinds = _kinds_of_parameters(source, ago)
    columns = [Column(Name("j"), "component")]
    for quantity, entry in kinds:
        head = symbol_of(quantity, "", "j", entry, dimension=source.d, is_new=not ago)
        columns.append(Column(head, _name(quantity, entry=entry)))
    rows: list[list[Entry]] = [
        [str(j + 1), *(source.ref(quantity, None, j, entry, ago) for quantity, entry in kinds)]
        for j in range(source.k)
    ]
    return Table(name, caption, tuple(columns), tuple(map(tuple, rows)))


def answer_table(
    source: Source, caption: str, notes: Sequence[tuple[str, ...]] | None = None
) -> Table:
    """A row per new parameter: rounded, and with every digit; on paper, how far it is off.

    notes: the lecture note's digits to put beside, for weights, means and variances, (3, k)
    """
    ledger, columns = source.ledger, [Column("parameter", "parameter")]
    if isinstance(ledger, Paper):
        more = ledger.decimals + 4
        columns += [Column("on paper", "value")]
        columns += [Column(name, name, more) for name in ("unrounded", "difference")]
    else:
        columns += [Column("rounded", "value"), Column("every digit", "every digit", ALL_DIGITS)]
    if notes is not None:
        columns.append(Column("lecture note", "lecture note"))
    rows: list[list[Entry]] = []
    for quantity, entry in _kinds_of_parameters(source, ago=0):
        for j in range(source.k):
            ref = source.ref(quantity, None, j, entry)
            row: list[Entry] = [ref.symbol, ref]
            if isinstance(ledger, Paper):
                cell = Cell(source.epoch.index, quantity, None, j, entry)
                exact, difference = value_in(source.epoch, cell), ledger.difference(cell)
                row += [Ref(ref.symbol, exact), Ref(ref.symbol, difference)]
            else:
                row.append(ref)
            if notes is not None:
                row.append(notes[PARAMETERS.index(quantity)][j])
            rows.append(row)
    return Table("answer", caption, tuple(columns), tuple(map(tuple, rows)))


def worksheet_table(
    source: Source,
    columns: Sequence[worksheet.Column],
    name: str,
    caption: str,
    *,
    has_footers: bool = False,
    check: str = "",
) -> Table:
    """A row per point, and these columns of the worksheet.

    has_footers: whether rows with the sums, and the parameters that they give, stand below
    check: the quantity whose numbers are added up over the components, in a last column
    """
    is_short = (source.d or 1) <= _MOST_COORDINATES
    lead = [Column(Name("i"), "i"), *(_coordinate_columns(source) if is_short else [])]
    cells = [column.cell(source.epoch.index, 0) for column in columns]
    heads = [
        Column(
            symbol_of(
                cell.quantity,
                "i",
                "" if cell.component is None else str(cell.component + 1),
                cell.entry,
                dimension=source.d,
            ),
            _name(cell.quantity, cell.component, cell.entry),
        )
        for cell in cells
    ]
    rows: list[list[Entry]] = [
        [
            str(i + 1),
            *(_coordinates(source, i) if is_short else []),
            *(source.ref(cell.quantity, i, cell.component, cell.entry) for cell in cells),
        ]
        for i in range(source.n)
    ]
    if check:
        general = symbol_of(check, "i", "j", dimension=source.d)
        heads.append(Column(BigSum("j", "K", general), f"sum of {check}"))
        for i, row in enumerate(rows):
            shares = [source.ref(check, i, j).value for j in range(source.k)]
            row.append(Ref(Name("sum"), total(shares)))
    below = list(_footer_rows(source, columns, len(lead))) if has_footers else []
    rows += [[*row, ""] if check else row for row in below]
    return Table(
        name,
        caption,
        (*lead, *heads),
        tuple(map(tuple, rows)),
        lead=len(lead),
        footers=len(below),
    )


def _footer_rows(
    source: Source, columns: Sequence[worksheet.Column], lead: int
) -> Iterable[list[Entry]]:
    """Sums, and what they give; a row that would be empty is left out."""
    for label, parts in (
        ("sum", [column.group.total for column in columns]),
        ("new", [column.group.parameter for column in columns]),
    ):
        cells = [
            _footer(source, column, footer) for column, footer in zip(columns, parts, strict=True)
        ]
        if any(cells):
            yield [label, *[""] * (lead - 1), *cells]


def _footer(source: Source, column: worksheet.Column, footer: worksheet.Footer | None) -> Ref | str:
    """The number below a column. The log determinant below the distances is no sum of theirs."""
    if footer is None:
        return ""
    cell = column.footer_cell(source.epoch.index, footer)
    if cell.quantity == "log-determinant":
        return ""
    return source.ref(cell.quantity, None, cell.component, cell.entry)


def structure_columns(problem: Problem, sub_steps: Iterable[str]) -> list[worksheet.Column]:
    """The columns of the worksheet that these sub-steps fill."""
    wanted = set(sub_steps)
    return [c for c in worksheet.columns_of(problem) if c.group.sub_step in wanted]


def history_table(history: Sequence[tuple[Ref, Ref | None]]) -> Table:
    """The log-likelihood of the parameters after each epoch, from 0 on, and what it has gained."""
    columns = [
        Column("after epoch", "after epoch"),
        Column(Name("ln L"), "log-likelihood"),
        Column("gain", "gain"),
    ]
    rows = [[str(epoch), value, gain or ""] for epoch, (value, gain) in enumerate(history)]
    return Table(
        "log-likelihood",
        "The log-likelihood of the parameters",
        tuple(columns),
        tuple(map(tuple, rows)),
    )


def documented_table(
    source: Source, quantity: str, caption: str, printed: Sequence[tuple[str, ...]]
) -> Table:
    """A quantity of each point and component, with the lecture note's three decimals beside it."""
    columns = [Column(Name("i"), "i")]
    for j in range(source.k):
        head = symbol_of(quantity, "i", str(j + 1))
        name = _name(quantity, j)
        columns += [Column(head, name, decimals=3), Column("note", f"{name} in the note")]
    rows: list[list[Entry]] = []
    for i, digits in enumerate(printed):
        row: list[Entry] = [str(i + 1)]
        for j, text in enumerate(digits):
            row += [source.ref(quantity, i, j), text]
        rows.append(row)
    return Table(f"note-{quantity}", caption, tuple(columns), tuple(map(tuple, rows)))


def entries(quantity: str, dimension: int | None, structure: Structure | None) -> list[Any]:
    """The entries of a quantity to show: of symmetric matrices the lower half; on the diagonal
    alone where the structure has no others. structure None: of any covariance.
    """
    rank = QUANTITIES[quantity].rank
    has_pairs = structure is None or structure.part == ALL
    return [
        entry
        for entry in entries_of(rank, dimension)
        if len(entry) < 2 or entry[0] == entry[1] or (has_pairs and entry[0] > entry[1])
    ]


def _kinds_of_parameters(source: Source, ago: int) -> list[tuple[str, tuple[int, ...]]]:
    """Weight, coordinates of the mean, entries of the covariance. A start may have any covariance."""
    is_start = source.epoch.index == ago == 1
    structure = None if is_start else source.epoch.structure
    return [(name, entry) for name in PARAMETERS for entry in entries(name, source.d, structure)]


def _name(quantity: str, component: int | None = None, entry: tuple[int, ...] = ()) -> str:
    """Of a column in a CSV file: "covariance:1[2,1]"; of all components "covariance[2,1]"."""
    of = "" if component is None else f":{component + 1}"
    return quantity + of + (f"[{','.join(str(a + 1) for a in entry)}]" if entry else "")


def _coordinate_columns(source: Source) -> list[Column]:
    return [
        Column(symbol_of("point", "i", entry=entry), _name("x", entry=entry))
        for entry in entries_of(1, source.d)
    ]


def _coordinates(source: Source, i: int) -> list[Ref]:
    return [source.ref("point", i, None, entry) for entry in entries_of(1, source.d)]

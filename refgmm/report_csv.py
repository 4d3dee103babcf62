"""A table of a report as CSV: every digit, so that numbers read back as the same doubles."""

import csv
import io
import math

from refgmm.notation import Ref
from refgmm.report_parts import Entry, Table, entry_text
from refgmm.typesetting import TEXT


def written(table: Table) -> str:
    """The text of a file: names of columns in ASCII, then the rows; 0/0 is nan.

    Of columns that show the same numbers with more or fewer decimals, each has every digit.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows(map(_cell, row) for row in table.rows)
    return text.getvalue()


def _cell(entry: Entry) -> str:
    if isinstance(entry, Ref):
        return "nan" if math.isnan(entry.value) else repr(entry.value)
    return entry_text(entry, TEXT)

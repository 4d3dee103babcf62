"""A report as a PDF document: its lines on pages of A4, with their numbers."""

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter

from refgmm.plot_style import MUTED
from refgmm.report_parts import Block, Heading
from refgmm.reporting import Report
from refgmm_gui.formulas.typeset import Typesetter
from refgmm_gui.printing.boxes import Typist
from refgmm_gui.printing.lines import Line, Printer
from refgmm_gui.runner import Job

_DOTS_PER_INCH = 96
_WIDTH, _HEIGHT = 793.7, 1122.5  # A4 in pixels
_MARGIN = 83.0  # 22 mm
_FOOT = 45.0  # from the lower edge to the page's number
_FOOT_SIZE = 11.0
_SHARE_OF_TYPESETTING = 0.9  # of the time


def pdf(report: Report, family: str) -> Job[bytes]:
    """The document's bytes. family: of the font of its words; see boxes.report_family."""
    typist = Typist(family, Typesetter())
    printer = Printer(typist, report.shown, _WIDTH - 2 * _MARGIN, report.translation)
    blocks = report.told()
    lines: list[Line] = []
    for number, of_block in enumerate(printer.lines(blocks), start=1):
        lines += of_block
        yield _SHARE_OF_TYPESETTING * number / len(blocks)
    pages = list(paginated(lines, _HEIGHT - 2 * _MARGIN))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, _title(blocks))
    painter = QPainter(writer)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            writer.newPage()
        for line, top in page:
            line.paint(painter, _MARGIN, _MARGIN + top)
        foot = typist.words(f"{number} / {len(pages)}", _FOOT_SIZE, MUTED)
        foot.paint(painter, (_WIDTH - foot.width) / 2, _HEIGHT - _FOOT)
        yield _SHARE_OF_TYPESETTING + (1 - _SHARE_OF_TYPESETTING) * number / len(pages)
    painter.end()
    return bytes(buffer.data().data())


def _title(blocks: Sequence[Block]) -> str:
    return " ".join(b.text for b in blocks if isinstance(b, Heading) and b.level == 1)


def _writer(buffer: QBuffer, title: str) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator("refgmm")
    return writer


def paginated(lines: Sequence[Line], height: float) -> Iterator[list[tuple[Line, float]]]:
    """Pages of that height: their lines, each with its distance from the top.

    Lines that keep together begin a page where they don't fit on the last one, unless they are more
    than a page.
    """
    page: list[tuple[Line, float]] = []
    used = 0.0
    for group in _groups(lines):
        together = sum(line.space + line.height for line in group)
        if page and used + together > height and together - group[0].space <= height:
            yield page
            page, used = [], 0.0
        for line in group:
            if page and used + line.space + line.height > height:
                yield page
                page, used = [], 0.0
            if not page and line.head is not None:
                page.append((line.head, 0.0))
                used = line.head.height
            top = used + (line.space if page else 0.0)
            page.append((line, top))
            used = top + line.height
    if page:
        yield page


def _groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in runs of which each but the last keeps with the next."""
    group: list[Line] = []
    for line in lines:
        group.append(line)
        if not line.keeps:
            yield group
            group = []
    if group:
        yield group

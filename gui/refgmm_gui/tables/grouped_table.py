"""A table of results: heads on two levels, columns that use the width there is."""

import functools
from collections.abc import Iterable

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from refgmm_gui.tables.grid_model import Role
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.tables.grouped_header import GroupedHeader
from refgmm_gui.tables.number_delegate import NumberDelegate

_PADDING = 14
_LEAST_PADDING = 6  # where that lets all columns stand side by side
_MOST_STRETCH = 1.8  # beyond it numbers of a row are too far apart to read as a row


@functools.lru_cache(maxsize=2000)  # a table asks anew at each of its sizes
def _width(lines: str, font: str) -> int:
    """The width of the widest line in bold letters of a font, as QFont writes it down."""
    bold = QFont()
    bold.fromString(font)
    bold.setBold(True)
    texts = {len(text): text for text in lines.splitlines()}  # one of each length
    return max(map(QFontMetrics(bold).horizontalAdvance, texts.values()), default=0)


class GroupedTable(GridView):
    """Attributes: header, the two-level head. Signals: fitted(), the columns have their widths; resized(),
    and the table another size.

    most_stretch: how much wider than they want columns may be; 1 where they are just as wide
    """

    fitted = Signal()
    resized = Signal()

    def __init__(
        self, model: QAbstractItemModel, parent: QWidget, most_stretch: float = _MOST_STRETCH
    ) -> None:
        super().__init__(parent)
        self._most_stretch = most_stretch
        self._fits: tuple[int, QFont] | None = None  # the width and the letters that columns suit
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.header = GroupedHeader(self)
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(NumberDelegate(self))

    def fit(self) -> None:
        """Columns as wide as their numbers and heads want, and wider where there is room."""
        groups = self.header.groups()
        in_sight = [section for _, sections in groups for section in sections]
        narrow = dict(zip(in_sight, self.wanted_widths(in_sight), strict=True))
        room, widths = self.viewport().width(), {}
        self._fits = (room, self.header.font())
        for (_, title), sections in groups:
            lacking = max(
                self.header.title_width(title) - sum(narrow[section] for section in sections), 0
            )
            for section in sections:
                widths[section] = narrow[section] - (-lacking // len(sections))
        if sum(widths.values()) > room and self._most_stretch > 1.0:
            lacking = -(-(sum(narrow.values()) - room) // len(narrow))
            if lacking <= _PADDING - _LEAST_PADDING:  # titles are cut, and numbers stand closer
                widths = {section: width - max(lacking, 0) for section, width in narrow.items()}
        wanted = sum(widths.values())
        stretch = min(max(room / max(wanted, 1), 1.0), self._most_stretch)
        for section, width in widths.items():
            self.header.resizeSection(section, int(width * stretch))
        if wanted > room and self._most_stretch > 1.0:
            self._widen_last(max(widths), room)
        self.fitted.emit()

    def wanted_widths(self, sections: Iterable[int]) -> list[int]:
        """The widths that the numbers and the symbols of these columns want."""
        model, across, font = self.model(), Qt.Orientation.Horizontal, self.header.font().toString()
        widths = []
        for section in sections:
            symbol = str(model.headerData(section, across, Qt.ItemDataRole.DisplayRole))
            samples = str(model.headerData(section, across, Role.SAMPLE))
            widths.append(max(_width(symbol, font), _width(samples, font)) + _PADDING)
        return widths

    def _widen_last(self, last: int, room: int) -> None:
        """So that scrolled to the right end, too, the view begins with a whole column."""
        header = self.header
        edges = map(header.sectionPosition, range(header.count()))
        overlap = header.length() - room
        lacking = min((edge for edge in edges if edge >= overlap), default=overlap) - overlap
        header.resizeSection(last, header.sectionSize(last) + lacking)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self.viewport().width(), self.header.font()) == self._fits:
            self.fitted.emit()
        else:
            self.fit()
        self.resized.emit()

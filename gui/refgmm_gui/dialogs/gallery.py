"""The gallery of examples: a picture, a title and a sentence for each."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from refgmm.gallery import EXAMPLES, Example
from refgmm_gui.phrases import told
from refgmm_gui.plots.preview import preview
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_PICTURE = QSize(250, 150)
_LETTERS, _LINES = 38, 9  # of the words beside a picture
_MARGIN = 12
_EXAMPLE = Qt.ItemDataRole.UserRole
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class GalleryDialog(QDialog):
    """Shows every example; arrow keys go from one to the next, Return opens it.

    Attributes: list, the examples; open_button.
    """

    def __init__(self, parent: QWidget, colours: Theme) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Examples"))
        self.list = QListWidget()
        self.list.setObjectName("examples")
        self.list.setAccessibleName(tr("Examples"))
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setItemDelegate(_Card(self.list, colours))
        for example in EXAMPLES:
            item = QListWidgetItem(self.list)
            item.setText(told(example.title))  # typing its first letters goes there
            item.setData(_EXAMPLE, example)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told(example.watch))
            item.setToolTip(example.source)
            picture = preview(example.problem(), _PICTURE, self.devicePixelRatioF(), colours)
            item.setData(Qt.ItemDataRole.DecorationRole, picture)
        self.list.setCurrentRow(0)
        self.open_button = QPushButton(tr("Open"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.list.itemDoubleClicked.connect(lambda _: self.accept())
        layout = QVBoxLayout(self)
        layout.addWidget(self.list)
        layout.addWidget(buttons)
        room = self.screen().availableGeometry().size()
        self.resize(
            QSize(2 * _card_size(self.fontMetrics()).width() + 60, 700).boundedTo(room * 0.95)
        )
        self.list.setFocus()

    def chosen(self) -> Example:
        """The current one."""
        example = self.list.currentItem().data(_EXAMPLE)
        assert isinstance(example, Example)
        return example


class _Card(QStyledItemDelegate):
    """Paints an example: the picture on the left, the words beside it."""

    def __init__(self, parent: QWidget, colours: Theme) -> None:
        super().__init__(parent)
        self._colours = colours

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return _card_size(option.fontMetrics)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        example, picture = index.data(_EXAMPLE), index.data(Qt.ItemDataRole.DecorationRole)
        assert isinstance(example, Example)
        assert isinstance(picture, QPixmap)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        card: QRect = option.rect.adjusted(4, 4, -4, -4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._colours.accent if is_current else self._colours.border))
        painter.setBrush(QColor(self._colours.fresh if is_current else self._colours.base))
        painter.drawRoundedRect(card, 4, 4)
        painter.drawPixmap(card.topLeft() + QPoint(8, 8), picture)
        words = card.adjusted(_PICTURE.width() + 8 + _MARGIN, 8, -_MARGIN, -8)
        self._paint_words(painter, words, example, option.font)
        painter.restore()

    def _paint_words(self, painter: QPainter, words: QRect, example: Example, font: QFont) -> None:
        """One paragraph below the other: what it is called, what it shows, what to watch."""
        bold = QFont(font)
        bold.setBold(True)
        for text, text_font, colour in (
            (example.title, bold, self._colours.text),
            (example.shows, font, self._colours.muted),
            (example.watch, font, self._colours.text),
        ):
            painter.setFont(text_font)
            painter.setPen(QColor(colour))
            painter.drawText(words, _WRAPPED, told(text))
            height = QFontMetrics(text_font).boundingRect(words, _WRAPPED, told(text)).height()
            words.setTop(words.top() + height + 4)


def _card_size(metrics: QFontMetrics) -> QSize:
    """Room for the picture and the words, at whatever size the letters are."""
    words = _LETTERS * metrics.averageCharWidth()
    lines = _LINES * metrics.lineSpacing() + 16
    return QSize(_PICTURE.width() + words + 2 * _MARGIN + 16, max(_PICTURE.height() + 24, lines))

"""A formula on screen: typeset, its numbers to be pointed at, followed and copied."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import (
    QByteArray,
    QElapsedTimer,
    QEvent,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from refgmm_gui.formulas.formula import Formula, Row
from refgmm_gui.formulas.layout import BORDER, NOTHING, Image, Part, Parts, Word, laid_out
from refgmm_gui.formulas.typeset import Typesetter, TypesettingError, coloured
from refgmm_gui.phrases import told
from refgmm_gui.theme import LIGHT, Theme, component_colour
from refgmm_gui.words import tr

_LARGER = 1.45  # than the app's letters: a formula's subscripts must be readable
_LEAST_SCALE = 0.7  # before what is too wide is scrolled
_AROUND = 1.5  # between a number and its frame
_MOST_PARTS = 500  # of a row; the typesetter keeps some more
_SLICE = 12  # milliseconds of typesetting, before events have their turn

_NO_FORMULA = Formula(())


class FormulaView(QAbstractScrollArea):
    """Rows of a formula, the equals signs below each other; as tall as they are.

    What isn't typeset yet is shown as text, and typeset while nothing else is to be done.

    Signals: source_requested(Cell), where a number was clicked or Enter pressed on it;
    number_focused(QRect) in the view, when the keyboard has moved to another number.
    """

    source_requested = Signal(object)
    number_focused = Signal(object)

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._typesetter = typesetter
        self._formula = _NO_FORMULA
        self._colours: Theme = LIGHT
        self._layout = NOTHING
        self._rows_as_pictures = 0
        self._hovered: int | None = None
        self._current: int | None = None
        self._problem = ""
        self._renderers: dict[str, QSvgRenderer] = {}
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._typeset_some)

    # What is shown

    def show_formula(self, formula: Formula, colours: Theme) -> None:
        """Show a formula; at once what was typeset before."""
        if formula != self._formula:
            self._hovered = self._current = None
            self.horizontalScrollBar().setValue(0)
        self._formula, self._colours = formula, colours
        self._renderers.clear()
        self._problem = ""
        palette = self.viewport().palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(colours.base))
        palette.setColor(QPalette.ColorRole.Window, QColor(colours.base))
        self.viewport().setPalette(palette)
        self.setAccessibleName(formula.text)
        self._lay_out()
        self._go_on()

    def hold(self, is_held: bool) -> None:
        """Whether formulas stay words for now: what they are typeset with is on its way."""
        self._is_held = is_held
        self._go_on()

    @property
    def formula(self) -> Formula:
        return self._formula

    @property
    def is_typeset(self) -> bool:
        """Whether all of it is shown as it will stay."""
        return self._next_missing() is None

    @property
    def current(self) -> int | None:
        """The number on which the keyboard stands."""
        return self._current

    @property
    def problem(self) -> str:
        """Why a formula is shown as text; empty where none is, for good."""
        return self._problem

    def places(self) -> Mapping[int, QRectF]:
        """Where each number stands in the viewport, in reading order."""
        shift = -self.horizontalScrollBar().value()
        return {
            number: place.translated(shift, 0.0) for number, place in self._layout.places.items()
        }

    def picture(self, background: QColor, scale: float = 2.0) -> QImage:
        """All of it as an image, typeset."""
        while not self.is_typeset:
            self._typeset_some()
        width, height = self._layout.width, self._layout.height
        image = QImage(
            QSize(round(width * scale), round(height * scale)), QImage.Format.Format_ARGB32
        )
        image.fill(background)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.setFont(self._text_font())
        for placed in self._layout.placed:
            placed.paint(painter)
        painter.end()
        return image

    # Typesetting

    def _letters(self) -> float:
        return float(round(self.fontInfo().pixelSize() * _LARGER))

    def _tex(self) -> Iterator[str]:
        for row in self._formula.rows:
            yield from self._tex_of(row)

    def _tex_of(self, row: Row) -> tuple[str, ...]:
        if len(row.right) > _MOST_PARTS:
            return ()
        return (row.left, *row.right) if row.left else row.right

    def _is_ready(self, row: Row) -> bool:
        size = self._letters()
        return all(self._typesetter.has(tex, size) for tex in self._tex_of(row))

    def _ready_rows(self) -> int:
        return sum(map(self._is_ready, self._formula.rows))

    def _next_missing(self) -> str | None:
        size = self._letters()
        return next((tex for tex in self._tex() if not self._typesetter.has(tex, size)), None)

    def _typeset_some(self) -> None:
        """Typeset for a little while; what a row lacks comes next time."""
        clock = QElapsedTimer()
        clock.start()
        size = self._letters()
        while (tex := self._next_missing()) is not None:
            self._typesetter.prepare(tex, size)
            if clock.elapsed() >= _SLICE:
                break
        if self._ready_rows() != self._rows_as_pictures:
            self._lay_out()
        self._go_on()

    def _go_on(self) -> None:
        if self.is_typeset or self._is_held:
            self._timer.stop()
        else:
            self._timer.start()

    def _image(self, tex: str, scale: float) -> Image:
        picture = self._typesetter.picture(tex, self._letters())
        if tex not in self._renderers:
            colours = {
                number: self._colour(self._formula.numbers[number].component)
                for number in picture.numbers
            }
            svg = coloured(picture, self._colours.text, colours)
            renderer = QSvgRenderer(QByteArray(svg.encode()))
            self._renderers[tex] = renderer
        return Image(picture, self._renderers[tex], scale)

    def _colour(self, component: int | None) -> str:
        if component is None:
            return self._colours.text
        return component_colour(self._colours, component).name()

    # Where everything stands

    def _lay_out(self) -> None:
        """Place every part for the width that there is."""
        width = self.viewport().width() - 2 * BORDER
        self._rows_as_pictures = self._ready_rows()
        rows = self._rows(1.0)
        widest = max((part.size[0] for _, right in rows for part in right), default=0.0)
        if widest > width:
            rows = self._rows(max(_LEAST_SCALE, width / widest))
        self._layout = laid_out(rows, width)
        self._show_size()
        self.viewport().update()

    def _rows(self, scale: float) -> list[Parts]:
        """The parts of each row; those that are typeset so much larger."""
        return [
            self._images(row, scale) if self._is_ready(row) else self._words(row)
            for row in self._formula.rows
        ]

    def _images(self, row: Row, scale: float) -> Parts:
        if len(row.right) > _MOST_PARTS:
            self._problem = tr(
                "A sum of more than {most} terms is shown as text.", most=_MOST_PARTS
            )
            return self._words(row)
        try:
            right: list[Part] = [self._image(tex, scale) for tex in row.right]
            return self._image(row.left, scale) if row.left else None, right
        except TypesettingError as error:
            self._problem = told(str(error))
            return self._words(row)

    def _words(self, row: Row) -> Parts:
        metrics = QFontMetricsF(self._text_font())
        colour = QColor(self._colours.text)
        right: list[Part] = [Word(f" {word}", metrics, colour) for word in row.right_text.split()]
        return Word(row.left_text, metrics, colour) if row.left_text else None, right

    def _show_size(self) -> None:
        width, height = self._layout.width, self._layout.height
        bar = self.horizontalScrollBar()
        beyond = max(0, round(width - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(20)
        bar.setRange(0, beyond)
        self.setFixedHeight(round(height) + (bar.sizeHint().height() if beyond else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.show_formula(self._formula, self._colours)

    # Painting

    def _text_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(round(self.fontInfo().pixelSize() * 1.15))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._text_font())
        shift = self.horizontalScrollBar().value()
        painter.translate(-shift, 0.0)
        visible = QRectF(event.rect()).translated(shift, 0.0)
        if self._hovered is not None and self._hovered in self._layout.places:
            colour = QColor(self._colours.accent)
            colour.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(_around(self._layout.places[self._hovered]), 3.0, 3.0)
        for placed in self._layout.placed:
            if placed.place.intersects(visible):
                placed.paint(painter)
        if self.hasFocus() and self._current is not None and self._current in self._layout.places:
            painter.setPen(QPen(QColor(self._colours.accent), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(_around(self._layout.places[self._current]), 3.0, 3.0)
        painter.end()

    # The mouse

    def number_at(self, position: QPoint) -> int | None:
        """The number that leads somewhere and stands here, in the viewport."""
        for number, place in self.places().items():
            if _around(place).contains(QPointF(position)) and self._leads(number):
                return number
        return None

    def _leads(self, number: int) -> bool:
        return self._formula.numbers[number].source is not None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.number_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self.number_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = number
            self._follow(number)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def tip_at(self, position: QPoint) -> str:
        """What is to be said of the number here, or of why there is no picture."""
        number = self.number_at(position)
        return self._problem if number is None else self._formula.numbers[number].words

    def _hover(self, number: int | None) -> None:
        if number == self._hovered:
            return
        self._hovered = number
        cursor = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(cursor)
        self.viewport().update()

    # The keyboard

    def _stops(self) -> list[int]:
        return [number for number in self._layout.places if self._leads(number)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current is not None:
                self._follow(self._current)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step_line(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._stops():
            self._go_to(self._stops()[0 if key == Qt.Key.Key_Home else -1])
        else:
            event.ignore()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 (Qt's name)
        """Tab goes from number to number, and on to the next widget behind the last."""
        return self._step(1 if next else -1) or super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        stops = self._stops()
        if event.reason() == Qt.FocusReason.BacktabFocusReason and stops:
            self._go_to(stops[-1])
        elif stops and self._current not in stops:
            self._go_to(stops[0])
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        ):
            self._current = None
        super().focusOutEvent(event)
        self.viewport().update()

    def _step(self, by: int) -> bool:
        """To the next number or the one before; whether there is one."""
        stops = self._stops()
        if self._current not in stops:
            at = -1 if by > 0 else len(stops)
        else:
            at = stops.index(self._current)
        if not 0 <= at + by < len(stops):
            return False
        self._go_to(stops[at + by])
        return True

    def _step_line(self, by: int) -> None:
        """To the nearest number above or below."""
        if self._current not in self._stops():
            self._step(by)
            return
        here = self._layout.places[self._current]
        beyond = [
            number
            for number in self._stops()
            if (self._layout.places[number].center().y() - here.center().y()) * by
            > here.height() / 2
        ]
        if beyond:
            self._go_to(
                min(beyond, key=lambda number: _distance(here, self._layout.places[number]))
            )

    def _go_to(self, number: int) -> None:
        self._current = number
        self.setAccessibleDescription(self._formula.numbers[number].words)
        place = _around(self._layout.places[number])
        bar = self.horizontalScrollBar()
        if place.right() > bar.value() + self.viewport().width():
            bar.setValue(round(place.right() - self.viewport().width()))
        if place.left() < bar.value():
            bar.setValue(round(place.left()))
        self.viewport().update()
        self.number_focused.emit(place.translated(-bar.value(), 0.0).toAlignedRect())

    def _follow(self, number: int) -> None:
        self.source_requested.emit(self._formula.numbers[number].source)


def _around(place: QRectF) -> QRectF:
    return place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)


def _distance(here: QRectF, there: QRectF) -> tuple[float, float]:
    """First how far up or down, in lines; then how far aside."""
    across = there.center() - here.center()
    return round(abs(across.y()) / here.height()), abs(across.x())

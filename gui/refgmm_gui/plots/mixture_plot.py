"""The plot: the mixture, the log-likelihood or the means, to look at closely."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from refgmm.records import replace
from refgmm_gui import theme
from refgmm_gui.plots import picture as pictures
from refgmm_gui.plots.epoch_scene import EpochScene
from refgmm_gui.plots.frame import Frame, Range, panned, zoomed
from refgmm_gui.plots.hits import Thing, thing_at
from refgmm_gui.plots.layers import USUAL, PlotChoice
from refgmm_gui.plots.painting import PLAIN, legend_width
from refgmm_gui.plots.picture import Picture
from refgmm_gui.plots.plot_controls import PlotControls
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.theme import Theme
from refgmm_gui.words import in_html, tr

_SPOKEN = {
    "mixture": "Plot of the mixture and the points",
    "log_likelihood": "Plot of the log-likelihood by epoch",
    "means": "Plot of the means by epoch",
}
_LEAST_HEIGHT = 190
_LEAST_LINES = 11  # of letters: legend, marks and axes leave less than half of it to the curves
_SHARE_OF_A_PLANE = 0.36  # of the height beside the tables: a plane is as high as it is wide
_ZOOM = 0.8  # times as wide, at each notch of the wheel or press of +
_STEP = 0.1  # of what is in sight, at each press of an arrow
_BESIDE = 4  # pixels between the corner's button and the legend
_GAP = 14  # pixels between the pointer and the read-out

_ARROWS = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}

Sight = tuple[Range, Range]
"""The ranges across and up that the user zoomed to."""


class MixturePlot(QWidget):
    """Shows a picture. It computes nothing: the picture comes ready made.

    The wheel zooms; the middle button, Space and the left one, and the arrows pan; a double click shows
    all again. What stands under the pointer is read out beside it.

    Attributes: controls; read_out.
    Signals: coordinates_chosen(across, up), from 0; choice_changed(PlotChoice); epoch_chosen(epoch).
    """

    coordinates_chosen = Signal(int, int)
    choice_changed = Signal(object)
    epoch_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plot")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, _LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._scene: Picture | None = None  # all of it
        self._picture: Picture | None = None  # what is in sight
        self._sight: Sight | None = None  # where that is not all
        self._theme = theme.LIGHT
        self._look = PLAIN
        self._drawn: QPixmap | None = None  # the picture as painted last; None where that has gone
        self._pan_from: QPointF | None = None
        self._is_space_down = False
        self._holds_sight = False
        self._pointer: QPoint | None = None

        self.controls = PlotControls(self)
        self.controls.chosen.connect(self.choice_changed)
        self.controls.coordinates_chosen.connect(self.coordinates_chosen)
        self.read_out = QLabel(self)
        self.read_out.setObjectName("readOut")
        self.read_out.setTextFormat(Qt.TextFormat.RichText)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.setMargin(5)
        self.read_out.hide()

    # What is shown

    def show_scene(
        self,
        scene: Picture | None,
        colours: Theme,
        coordinates: tuple[int, int] = (0, 1),
        names: tuple[str, ...] = (),
        choice: PlotChoice = USUAL,
    ) -> None:
        """Show this picture: of these coordinates of those that have these names."""
        if self._holds_sight and self._scene is not None and _has_axes_of(scene, self._scene):
            self._sight = self._sight or _ranges(self._scene)
        elif not _is_alike(scene, self._scene):
            self._sight = None
        self._scene, self._theme = scene, colours
        self.controls.setVisible(scene is not None)
        if scene is not None:
            kind = {Scene: "curves", PlaneScene: "plane", EpochScene: choice.kind}[type(scene)]
            self.controls.show_choice(choice, kind)
        has_coordinates = self.shows_a_plane or choice.kind == "means"
        self.controls.show_coordinates(coordinates, names if has_coordinates else ())
        self._fit_controls()
        self.read_out.setStyleSheet(
            f"background: {colours.base}; color: {colours.text}; border: 1px solid {colours.border};"
        )
        self.setAccessibleName(tr(_SPOKEN[choice.kind]))
        self.setAccessibleDescription(
            pictures.in_words(scene) if scene else tr("Nothing to show yet")
        )
        self._look_anew()

    @property
    def picture(self) -> Picture | None:
        """What is in sight."""
        return self._picture

    @property
    def shows_a_plane(self) -> bool:
        return isinstance(self._scene, PlaneScene)

    def share_of(self, height: int) -> int:
        """What the tables leave to the plot of a height that they share with it."""
        share = int(_SHARE_OF_A_PLANE * height) if self.shows_a_plane else 0
        return max(self.minimumHeight(), share)

    def sizeHint(self) -> QSize:
        return QSize(900, 240)

    def show_highlight(self, points: set[int], components: set[int]) -> None:
        """Let these points and components, from 0, stand out, and the others fade; none of either:
        all as usual.
        """
        self._change_look(points=frozenset(points), components=frozenset(components))

    def show_handles(self, are_shown: bool) -> None:
        """Whether the places show where components are taken to change their widths."""
        self._change_look(shows_handles=are_shown)

    def hold_sight(self, is_held: bool) -> None:
        """Whether what is in sight stays where it is though other ranges would show all of it."""
        self._holds_sight = is_held
        if not is_held:
            self.reset_view()

    @property
    def pans_by_left_button(self) -> bool:
        """Whether the user holds Space down: the left button moves what is in sight."""
        return self._is_space_down

    @property
    def colours(self) -> Theme:
        return self._theme

    def set_thickness(self, thickness: float) -> None:
        """Of lines and points: 1 as usual, more on a projector."""
        self._change_look(thickness=thickness)

    def _change_look(self, **changes: object) -> None:
        look = replace(self._look, **changes)  # type: ignore[arg-type]
        if look != self._look:
            self._look = look
            self._draw_anew()

    # Numbers and pixels

    def frame(self) -> Frame | None:
        """Where the axes stand; None while there is no picture."""
        if self._picture is None:
            return None
        return pictures.frame_of(self._area(), self._picture, QFontMetricsF(self.font()))

    def place_at(self, position: QPointF) -> tuple[float, float] | None:
        """The numbers at a position of the widget: x and height, two coordinates, or epoch and value."""
        frame = self.frame()
        return frame.place(position) if frame and _has_extent(frame) else None

    def position_of(self, x: float, y: float) -> QPointF | None:
        """Where these numbers stand in the widget."""
        frame = self.frame()
        return frame.at(x, y) if frame else None

    def thing_at(self, position: QPointF) -> Thing | None:
        """The point, mean, sigma or epoch that lies within reach of a position."""
        frame = self.frame()
        if self._picture is None or frame is None or not _has_extent(frame):
            return None
        return thing_at(self._picture, frame, position, QFontMetricsF(self.font()))

    def _area(self) -> QRectF:
        """Where the picture is painted: below the controls, where its legend has no room beside them."""
        area = QRectF(self.rect())
        if self._picture is not None:
            entries = pictures.legend(self._picture, self._theme)
            needed = legend_width(entries, QFontMetricsF(self.font()))
            beside = self.controls.header.hide_button.width() + 2 * _BESIDE
            if self._holds_sight or self.controls.width() + needed + beside > area.width():
                area.setTop(self.controls.height() * 0.9)
        return area

    # Zoom and pan

    @property
    def is_zoomed(self) -> bool:
        return self._sight is not None

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Show `factor` times the range, so that what stands at `about`, or in the middle, stays."""
        frame = self.frame()
        if frame is None or self._scene is None or not _has_extent(frame):
            return
        x, y = frame.place(about if about is not None else frame.area.center())
        whole_x, whole_y = _ranges(self._scene)
        across = zoomed((frame.x.low, frame.x.high), x, factor, whole_x)
        up = zoomed((frame.y.low, frame.y.high), y, factor, whole_y)
        self._see((across, up))

    def zoom_in(self) -> None:
        """One step closer, about the middle."""
        self.zoom(_ZOOM)

    def zoom_out(self) -> None:
        """One step back."""
        self.zoom(1 / _ZOOM)

    def pan(self, across: float, up: float) -> None:
        """Move what is in sight by fractions of its width and height."""
        frame = self.frame()
        if frame is not None:
            x, y = (frame.x.low, frame.x.high), (frame.y.low, frame.y.high)
            self._see((panned(x, across), panned(y, up)))

    def reset_view(self) -> None:
        """Show all of it."""
        self._see(None)

    def _see(self, sight: Sight | None) -> None:
        self._sight = sight
        self._look_anew()

    def _look_anew(self) -> None:
        """The picture of what is in sight."""
        self._picture = None if self._scene is None else self.in_sight(self._scene)
        self._draw_anew()
        self._show_reading()

    def in_sight(self, scene: Picture) -> Picture:
        """The part of a picture that the user zoomed to; all of it where there was no zoom."""
        if self._sight is None:
            return scene
        across, up = self._sight
        return scene.over(across, up) if isinstance(scene, PlaneScene) else scene.over(across)

    # Painting

    def _draw_anew(self) -> None:
        self._drawn = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        self._paint_pointer(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _draw(self, ratio: float) -> QPixmap:
        """The picture, kept until it changes, so that the pointer can move over it at no cost."""
        drawn = QPixmap((QSizeF(self.size()) * ratio).toSize())
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(self._theme.base))
        painter = QPainter(drawn)
        painter.setFont(self.font())
        area = QRectF(self.rect())
        if self._picture is None:
            painter.setPen(QColor(self._theme.muted))
            text = tr("Once the inputs are right, the plot is here")
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        else:
            area = self._area()
            look = self._look
            if area.top() == 0:
                until = float(self.controls.header.hide_button.x() - _BESIDE)
                look = replace(look, legend_from=float(self.controls.width()), legend_until=until)
            pictures.paint(painter, area, self._picture, self._theme, look)
        painter.end()
        return drawn

    def _paint_pointer(self, painter: QPainter) -> None:
        """A line through the place that is read."""
        frame = self.frame()
        if self._pointer is None or self.read_out.isHidden() or frame is None:
            return
        at = QPointF(self._pointer)
        painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(at.x(), frame.area.top()), QPointF(at.x(), frame.area.bottom()))
        if self.shows_a_plane:
            left, right = frame.area.left(), frame.area.right()
            painter.drawLine(QPointF(left, at.y()), QPointF(right, at.y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_controls()
        self._draw_anew()

    def _fit_controls(self) -> None:
        """The button that hides the panel at the upper right, the others left of it."""
        hide = self.controls.header.hide_button
        hide.adjustSize()
        hide.move(self.width() - hide.width() - 4, 4)
        self.controls.fit(hide.x())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            lines = _LEAST_LINES * self.fontMetrics().height()
            self.setMinimumHeight(max(_LEAST_HEIGHT, lines))
            self._fit_controls()
            self._draw_anew()
        super().changeEvent(event)

    # The read-out

    def _show_reading(self) -> None:
        """What stands at the pointer, beside it; nothing where it is not between the axes."""
        frame = self.frame()
        if self._pointer is None or self._picture is None or frame is None or self._pan_from:
            self.read_out.hide()
            self.update()
            return
        lines = []
        if frame.area.contains(QPointF(self._pointer)):
            from refgmm_gui.plots.readout import reading_at

            lines = reading_at(self._picture, *frame.place(QPointF(self._pointer)))
        rows = []
        for line in lines:
            colour = self._theme.text
            if line.component is not None:
                colour = theme.component_colour(self._theme, line.component).name()
            cells = "".join(
                f'<td style="color: {colour}; padding-right: 10px">{in_html(cell)}</td>'
                for cell in line.cells
            )
            rows.append(f"<tr>{cells}</tr>")
        self.read_out.setText(f"<table>{''.join(rows)}</table>")
        self.read_out.setVisible(bool(rows))
        self.read_out.adjustSize()
        self.read_out.move(self._beside(self._pointer))
        self.update()

    def _beside(self, pointer: QPoint) -> QPoint:
        """Right of the pointer, or left where there is no room; inside the plot."""
        size = self.read_out.size()
        x = pointer.x() + _GAP
        if x + size.width() > self.width():
            x = pointer.x() - _GAP - size.width()
        return QPoint(
            max(x, 0), max(min(pointer.y() - size.height() // 2, self.height() - size.height()), 0)
        )

    # The user's hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # it scales the whole app
            return
        self.zoom(_ZOOM ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (is_left and self._is_space_down):
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._show_reading()
        elif is_left:
            thing = self.thing_at(event.position())
            if thing is not None and thing.kind == "epoch":
                self.epoch_chosen.emit(thing.index)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self.frame()
        if self._pan_from is not None and frame is not None and _has_extent(frame):
            moved = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan(-moved.x() / frame.area.width(), moved.y() / frame.area.height())
        self._pointer = event.position().toPoint()
        self._show_reading()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pan_from = None
        self.unsetCursor()
        self._show_reading()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_view()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._pointer = event.position().toPoint()
        self._show_reading()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._show_reading()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if held != Qt.KeyboardModifier.NoModifier:
            event.ignore()
        elif key == Qt.Key.Key_Space:
            self._is_space_down = True
        elif key in _ARROWS:
            self._on_arrow(key)
        else:
            super().keyPressEvent(event)

    def _on_arrow(self, key: Qt.Key) -> None:
        """Pans; by epoch, unless zoomed in, left and right go to the epoch before and after."""
        across, up = _ARROWS[key]
        if isinstance(self._scene, EpochScene) and not self.is_zoomed:
            epoch = self._scene.current + (across > 0) - (across < 0)
            if 0 <= epoch <= self._scene.last and epoch != self._scene.current:
                self.epoch_chosen.emit(epoch)
            return
        self.pan(across, up)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_space_down = False
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._is_space_down = False
        self.update()


def _has_axes_of(scene: Picture | None, other: Picture) -> bool:
    """Whether what is across and up in one is so in the other."""
    if isinstance(scene, PlaneScene) and isinstance(other, PlaneScene):
        return scene.names == other.names
    return isinstance(scene, Scene) and isinstance(other, Scene)


def _is_alike(scene: Picture | None, other: Picture | None) -> bool:
    """Whether what was zoomed in one is what is zoomed in the other."""
    if type(scene) is not type(other) or scene is None or other is None:
        return False
    if isinstance(scene, EpochScene):
        assert isinstance(other, EpochScene)
        return scene.name == other.name
    return _ranges(scene) == _ranges(other)


def _ranges(scene: Picture) -> Sight:
    """All of a picture, across and up; up doesn't matter where the heights choose it."""
    if isinstance(scene, PlaneScene):
        return scene.across, scene.up
    return scene.between, scene.up if isinstance(scene, EpochScene) else (0.0, 1.0)


def _has_extent(frame: Frame) -> bool:
    return frame.area.width() > 0 and frame.area.height() > 0

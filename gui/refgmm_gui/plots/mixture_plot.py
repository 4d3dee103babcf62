"""The plot of the mixture: one paint function for the screen and for any other device."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from refgmm_gui import theme
from refgmm_gui.plots import curve_painting, plane_painting
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.theme import Theme

_LEAST_HEIGHT = 150
_SHARE_OF_A_PLANE = 0.36  # of the height beside the tables: a plane is as high as it is wide


def paint(painter: QPainter, area: QRectF, scene: Scene | PlaneScene, colours: Theme) -> None:
    """Draw the scene into `area` of any paint device."""
    if isinstance(scene, PlaneScene):
        plane_painting.paint(painter, area, scene, colours)
    else:
        curve_painting.paint(painter, area, scene, colours)


class MixturePlot(QWidget):
    """Shows a scene. It computes nothing: the scene comes ready made.

    Attributes: across, up, the choice of two coordinates, in sight where there are more.
    Signals: coordinates_chosen(across, up), from 0.
    """

    coordinates_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plot")
        self.setAccessibleName("Plot of the mixture and the points")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, _LEAST_HEIGHT)
        self._scene: Scene | PlaneScene | None = None
        self._theme = theme.LIGHT
        self._shown = (0, 1)
        self.across, self.up = QComboBox(), QComboBox()
        self.choice = QWidget()
        row = QHBoxLayout(self.choice)
        row.setContentsMargins(8, 4, 8, 0)
        for text, box, name in (
            ("Coordinates: across", self.across, "across"),
            ("up", self.up, "up"),
        ):
            box.setObjectName(name)
            box.setAccessibleName(f"Coordinate that the plot shows {name}")
            box.currentIndexChanged.connect(self._choose)
            row.addWidget(QLabel(text))
            row.addWidget(box)
        row.addStretch(1)
        self.choice.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choice)
        layout.addStretch(1)

    def show_scene(
        self,
        scene: Scene | PlaneScene | None,
        colours: Theme,
        coordinates: tuple[int, int] = (0, 1),
        names: tuple[str, ...] = (),
    ) -> None:
        """Show this picture: of these coordinates of those that have these names."""
        self._scene, self._theme = scene, colours
        self._shown = coordinates
        self.choice.setVisible(self.shows_a_plane and len(names) > 2)
        for box, coordinate in zip((self.across, self.up), coordinates, strict=True):
            box.blockSignals(True)
            if [box.itemText(row) for row in range(box.count())] != list(names):
                box.clear()
                box.addItems(names)
            box.setCurrentIndex(coordinate)
            box.blockSignals(False)
        self.setAccessibleDescription(_in_words(scene) if scene else "Nothing to show yet")
        self.update()

    @property
    def shows_a_plane(self) -> bool:
        return isinstance(self._scene, PlaneScene)

    def share_of(self, height: int) -> int:
        """What the tables leave to the plot of a height that they share with it."""
        share = int(_SHARE_OF_A_PLANE * height) if self.shows_a_plane else 0
        return max(self.minimumHeight(), share)

    def _choose(self) -> None:
        """Two different ones: choosing the one that the other has, exchanges them."""
        across, up = self.across.currentIndex(), self.up.currentIndex()
        if across == up:
            across, up = self._shown[1], self._shown[0]
        self.coordinates_chosen.emit(across, up)

    def sizeHint(self) -> QSize:
        return QSize(900, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(self._theme.base))
        if self._scene is None:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                area, Qt.AlignmentFlag.AlignCenter, "Once the inputs are right, the plot is here"
            )
        else:
            if self.choice.isVisible():
                area.setTop(self.choice.geometry().bottom() + 1)
            paint(painter, area, self._scene, self._theme)
        painter.end()


def _in_words(scene: Scene | PlaneScene) -> str:
    """The plot for those who can't see it."""
    if isinstance(scene, PlaneScene):
        return plane_painting.in_words(scene)
    means = ", ".join(f"component {j} at {mean:.4g}" for j, mean in enumerate(scene.means, start=1))
    low, high = min(scene.points), max(scene.points)
    return f"{len(scene.points)} points from {low:.4g} to {high:.4g}; means: {means}"

"""Pictures as files: SVG, PNG and PDF of one, GIF or PNG frames of a run.

All go through `picture.paint`, so that a file shows what the window shows.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFont, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from refgmm import Walk, files
from refgmm.errors import FileFormatError
from refgmm.records import dataclass
from refgmm_gui.plots.gif import GifFrame, encode
from refgmm_gui.plots.picture import Picture, paint
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_PNG_SCALE = 2  # dots per pixel, for print and for screens with as many
_DOTS_PER_INCH = 96  # of a pixel, as everywhere on the web
_MOST_FRAMES = 100  # of a longer run, every so many epochs
_MOST_COLOURS = 256
_CENTISECONDS = 60  # that a frame of an animation stays


@dataclass(frozen=True, slots=True)
class Sheet:
    """What pictures are painted with: the size in pixels, the font, the colours."""

    size: QSize
    font: QFont
    colours: Theme

    def paint(self, painter: QPainter, picture: Picture) -> None:
        painter.setFont(self.font)
        paint(painter, QRectF(0, 0, self.size.width(), self.size.height()), picture, self.colours)

    def image(self, picture: Picture, scale: int) -> QImage:
        """With so many dots per pixel."""
        image = QImage(self.size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        self.paint(painter, picture)
        painter.end()
        return image


def save(path: str, picture: Picture, sheet: Sheet) -> None:
    """Write a picture, in the format that the path ends with. FileFormatError where it can't be."""
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        problem = tr(
            "can't write {path}: a plot is written as {formats}: end the name so",
            path=path,
            formats=", ".join(_FORMATS),
        )
        raise FileFormatError(problem)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _FORMATS[suffix](buffer, picture, sheet)
    content = bytes(buffer.data().data())
    if suffix == ".svg":  # elsewhere there may be no font of this name
        content = re.sub(rb'font-family="([^"]*)"', rb'font-family="\1, sans-serif"', content)
    files.write_bytes(path, content)


def _write_svg(buffer: QBuffer, picture: Picture, sheet: Sheet) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(sheet.size)
    generator.setViewBox(QRectF(0, 0, sheet.size.width(), sheet.size.height()))
    generator.setResolution(_DOTS_PER_INCH)
    generator.setTitle("refgmm")
    painter = QPainter(generator)
    sheet.paint(painter, picture)
    painter.end()


def _write_pdf(buffer: QBuffer, picture: Picture, sheet: Sheet) -> None:
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    inches = QSizeF(sheet.size) / _DOTS_PER_INCH
    writer.setPageSize(QPageSize(inches, QPageSize.Unit.Inch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle("refgmm")
    painter = QPainter(writer)
    sheet.paint(painter, picture)
    painter.end()


def _write_png(buffer: QBuffer, picture: Picture, sheet: Sheet) -> None:
    sheet.image(picture, _PNG_SCALE).save(buffer, "PNG")  # type: ignore[call-overload]


_FORMATS: dict[str, Callable[[QBuffer, Picture, Sheet], None]] = {
    ".svg": _write_svg,
    ".png": _write_png,
    ".pdf": _write_pdf,
}


# A run


def epochs_to_show(walk: Walk) -> Sequence[int]:
    """The ends of which epochs an animation shows: all that the walk has reached, the start as 0; of a
    long run, every so many, and the last.
    """
    last = walk.milestones[-1].epoch
    every = last // _MOST_FRAMES + 1
    return sorted({*range(0, last + 1, every), last})


def frame_count(walk: Walk) -> int:
    """How many frames an animation of this run has."""
    return len(epochs_to_show(walk))


def save_animation(
    path: str, walk: Walk, picture_of: Callable[[Walk], Picture], sheet: Sheet
) -> Iterator[int]:
    """Write the run: a GIF, or, where the path ends with .png, a file for each frame beside it.

    Yields how many frames are done, so that the caller can show it, and stop: nothing is written
    before the last frame is made. FileFormatError where it can't be.
    """
    target = Path(path)
    if target.suffix.lower() not in (".gif", ".png"):
        problem = tr(
            "can't write {path}: an animation is written as .gif or .png: end the name so",
            path=path,
        )
        raise FileFormatError(problem)
    is_gif = target.suffix.lower() == ".gif"
    gif_frames: list[GifFrame] = []
    pictures: dict[Path, bytes] = {}
    for number, epoch in enumerate(epochs_to_show(walk), start=1):
        picture = picture_of(walk.go_to(epoch + 1, done=0))
        if is_gif:
            gif_frames.append(_gif_frame(sheet.image(picture, 1)))
        else:
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            _write_png(buffer, picture, sheet)
            name = target.with_name(f"{target.stem}-{epoch:04d}.png")
            pictures[name] = bytes(buffer.data().data())
        yield number
    if is_gif:
        size = sheet.size
        files.write_bytes(path, encode(size.width(), size.height(), gif_frames, _CENTISECONDS))
    for name, content in pictures.items():
        files.write_bytes(name, content)


def _gif_frame(image: QImage) -> GifFrame:
    """The picture in the 256 colours that it has most of: the others are blends of two at an edge."""
    colours = memoryview(image.constBits()).cast("I")
    table = [colour for colour, _ in Counter(colours).most_common(_MOST_COLOURS)]
    indexed = image.convertToFormat(QImage.Format.Format_Indexed8, table)
    palette = bytes(
        channel
        for colour in table
        for channel in (colour >> 16 & 255, colour >> 8 & 255, colour & 255)
    )
    bits, width, step = bytes(indexed.constBits()), indexed.width(), indexed.bytesPerLine()
    rows = (bits[y * step : y * step + width] for y in range(indexed.height()))
    return GifFrame(palette, b"".join(rows))

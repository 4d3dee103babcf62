"""Plots as files: what is written is what the window shows, and other programs can read it."""

import random
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from refgmm_gui.plots import export
from refgmm_gui.plots.gif import GifFrame, encode
from tests.gui.driver import User, pixels_of

# GIF, read by Qt, which shares no code with our encoder


def decoded(data: bytes) -> list[bytes]:
    """The frames of a GIF, red, green and blue of each pixel."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"gif"))
    frames = []
    while not (image := reader.read()).isNull():
        row, step = 3 * image.width(), image.convertToFormat(QImage.Format.Format_RGB888)
        bits = bytes(step.constBits())
        lines = [bits[y * step.bytesPerLine() :][:row] for y in range(image.height())]
        frames.append(b"".join(lines))
    return frames


def noise(rng: random.Random, size: int, colours: int) -> bytes:
    return bytes(rng.randrange(colours) for _ in range(size))


@pytest.mark.parametrize(
    ("width", "height", "colours"),
    [
        (1, 1, 2), (2, 1, 2), (254, 1, 256), (255, 1, 256), (256, 1, 256), (257, 1, 256),
        (3838, 1, 256), (3839, 1, 256), (3840, 1, 256), (3841, 1, 256), (300, 200, 256), (300, 200, 1),
        (640, 100, 3),
    ],
)  # fmt: skip
def test_a_gif_decodes_to_the_pixels_that_went_in(
    app: QApplication, width: int, height: int, colours: int
) -> None:
    """Every pixel of every frame has its colour, whatever the length of the codes and the tables."""
    rng = random.Random(width * height + colours)
    frames = [
        GifFrame(noise(rng, 3 * 256, 256), noise(rng, width * height, colours)) for _ in range(2)
    ]
    found = decoded(encode(width, height, frames, 10))
    assert found == [
        b"".join(frame.palette[3 * pixel : 3 * pixel + 3] for pixel in frame.pixels)
        for frame in frames
    ]


def test_plain_frames_are_small(app: QApplication) -> None:
    """LZW does compress: a frame of one colour takes a hundredth of its pixels."""
    assert len(encode(640, 480, [GifFrame(bytes(3), bytes(640 * 480))], 10)) < 640 * 480 / 100


# One picture


def save(user: User, path: Path) -> Path:
    user.dialogs.answers.append(str(path))
    user.window.actions_by_name["export_plot"].trigger()
    assert not user.dialogs.errors
    return path


def test_png_has_two_dots_per_pixel_and_shows_the_plot(painting_user: User, tmp_path: Path) -> None:
    """Twice as wide as the plot; scaled down it is the window's picture, but for the controls."""
    plot = painting_user.window.plot
    image = QImage(str(save(painting_user, tmp_path / "plot.png")))
    assert image.size() == plot.size() * 2
    colours = set(pixels_of(image))
    for colour in painting_user.desktop._theme.components[:2]:
        assert int("ff" + colour[1:], 16) in colours


def test_svg_has_the_words_of_the_plot(user: User, tmp_path: Path) -> None:
    """It is XML that Qt's own reader takes; texts are texts; it says which font will do."""
    path = save(user, tmp_path / "plot.svg")
    assert QSvgRenderer(str(path)).isValid()
    root = ElementTree.parse(path).getroot()
    words = " ".join(root.itertext())
    for word in ("p(x)", "α₁", "g₁(x)", "μ₂"):
        assert word in words
    families = [e.attrib["font-family"] for e in root.iter() if "font-family" in e.attrib]
    assert families
    assert all(family.endswith(", sans-serif") for family in families)


def test_pdf_is_a_pdf_of_the_plots_size(user: User, tmp_path: Path) -> None:
    """A page as large as the plot, at 96 dots per inch."""
    content = save(user, tmp_path / "plot.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    box = content.partition(b"/MediaBox [")[2].partition(b"]")[0].split()
    width, height = float(box[2]), float(box[3])
    plot = user.window.plot
    assert (width, height) == pytest.approx((plot.width() * 0.75, plot.height() * 0.75), abs=1)


def test_what_is_zoomed_is_written_zoomed(user: User, tmp_path: Path) -> None:
    """The file shows the part that the window shows."""
    for name, factor in (("whole.svg", 1.0), ("part.svg", 0.25)):
        user.window.plot.zoom(factor)
        frame = user.window.plot.frame()
        assert frame is not None
        root = ElementTree.parse(save(user, tmp_path / name)).getroot()
        words = [text.strip() for text in root.itertext()]
        assert all(label in words for label in frame.x.labels)
        assert (frame.x.labels[-1] == "3") == (name == "whole.svg")


@pytest.mark.parametrize("action", ["export_plot", "export_animation"])
def test_a_path_that_will_not_do_is_told(user: User, tmp_path: Path, action: str) -> None:
    """Another ending, or a folder that isn't there: an error that names it, and nothing written."""
    for path in (tmp_path / "plot.bmp", tmp_path / "no" / "plot.png"):
        user.dialogs.answers.append(str(path))
        user.window.actions_by_name[action].trigger()
        assert str(path.parent) in user.dialogs.errors.pop()
    assert list(tmp_path.glob("plot*")) == []


@pytest.mark.parametrize("action", ["export_plot", "export_animation"])
def test_no_path_no_file(user: User, tmp_path: Path, action: str) -> None:
    """Taking the question back writes nothing."""
    user.dialogs.answers.append("")
    user.window.actions_by_name[action].trigger()
    assert not user.dialogs.errors


@pytest.mark.parametrize("action", ["export_plot", "export_animation"])
def test_without_a_plot_there_is_nothing_to_write(user: User, action: str) -> None:
    """An empty problem has no plot: the status line says so, and nobody is asked for a path."""
    user.window.actions_by_name["new"].trigger()
    user.window.actions_by_name[action].trigger()
    assert user.status.startswith("There is no plot yet")


# A run


def test_an_animation_has_a_frame_for_each_epoch(painting_user: User, tmp_path: Path) -> None:
    """From the start to the last epoch there was; the frames differ as the curves move."""
    painting_user.press("epoch", 3)
    painting_user.press("back", 10)
    before = painting_user.walk
    painting_user.dialogs.answers.append(str(tmp_path / "run.gif"))
    painting_user.window.actions_by_name["export_animation"].trigger()
    frames = decoded((tmp_path / "run.gif").read_bytes())
    assert len(frames) == 4
    assert len(set(frames)) == 4
    size = painting_user.window.plot.size()
    assert len(frames[0]) == 3 * size.width() * size.height()
    assert painting_user.walk == before


def test_frames_as_pictures(user: User, tmp_path: Path) -> None:
    """With .png there is a file for each epoch, numbered."""
    user.press("epoch", 2)
    user.dialogs.answers.append(str(tmp_path / "run.png"))
    user.window.actions_by_name["export_animation"].trigger()
    names = sorted(path.name for path in tmp_path.glob("run*"))
    assert names == ["run-0000.png", "run-0001.png", "run-0002.png"]
    assert QImage(str(tmp_path / names[0])).width() == 2 * user.window.plot.width()


def test_stopping_an_animation_writes_nothing(user: User, tmp_path: Path) -> None:
    """Nothing is written before the last frame is made."""
    user.press("epoch", 3)
    sheet = export.Sheet(QSize(100, 60), user.window.font(), user.desktop._theme)
    path = tmp_path / "run.gif"
    frames = export.save_animation(
        str(path), user.walk, lambda walk: user.window.plot.picture or user.scene, sheet
    )
    assert [next(frames) for _ in range(4)] == [1, 2, 3, 4]
    frames.close()  # type: ignore[attr-defined]
    assert not path.exists()


def test_a_long_run_shows_every_so_many_epochs(user: User) -> None:
    """At most about a hundred frames, the start and the last among them."""
    walk = user.walk.go_to(250, 8)
    shown = export.epochs_to_show(walk)
    assert len(shown) <= 101
    assert (shown[0], shown[-1]) == (0, 250)

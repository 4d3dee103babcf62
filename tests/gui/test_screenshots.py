"""The pictures in docs/: made by the app, and all of them shown."""

import re
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from refgmm_gui import scaling, screenshots
from tests.support import ROOT

DOCS = ROOT / "docs"


def test_the_page_is_that_of_the_pictures() -> None:
    """docs/gallery.md is what the script writes, and every picture of it is there."""
    assert (DOCS / "gallery.md").read_text(encoding="utf-8") == screenshots.page()
    for name in screenshots.PICTURES:
        assert not QImage(str(DOCS / f"{name}.png")).isNull(), name


def test_every_picture_is_shown() -> None:
    """No picture lies in docs/ that no page shows."""
    pages = [*ROOT.glob("*.md"), *DOCS.glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    shown = {Path(path).name for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)}
    assert {path.name for path in DOCS.glob("*.png")} <= shown


def test_pictures_are_made(app: QApplication, tmp_path: Path) -> None:
    """The script drives the app: the window with a number explained, and a dialog by itself."""
    paths = screenshots.make(tmp_path, "responsibility", "why")
    scaling.apply(app, 1.0)
    window, dialog = (QImage(str(path)) for path in paths)
    assert (window.width(), window.height()) == (1280, 800)
    assert dialog.width() < 1280
    assert not {window.pixel(x, 60) for x in range(860, 1280)} <= {window.pixel(0, 0)}

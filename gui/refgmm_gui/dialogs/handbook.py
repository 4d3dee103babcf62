"""The handbook: pages of Markdown that come with the app, in a window beside which one can go on."""

from importlib import resources

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from refgmm_gui.language import LANGUAGE
from refgmm_gui.words import tr

PAGES = ("start", "worksheet", "explaining", "paper", "plot", "files", "keys", "mathematics")


def page_text(name: str) -> str:
    """The Markdown of a page, in the language of the app."""
    folder = resources.files("refgmm_gui").joinpath("help")
    if LANGUAGE.now != "en":
        folder = folder.joinpath(LANGUAGE.now)
    return folder.joinpath(f"{name}.md").read_text("utf-8")


def page_title(name: str) -> str:
    """Its first line.

    >>> page_title("paper")
    'Paper mode'
    """
    return page_text(name).partition("\n")[0].removeprefix("# ")


class HandbookWindow(QDialog):
    """Attributes: contents, the list of pages; page, the one shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("handbook")
        self.setWindowTitle(tr("Handbook"))
        self.contents = QListWidget()
        self.contents.setAccessibleName(tr("Pages of the handbook"))
        self.contents.addItems([page_title(name) for name in PAGES])
        self.page = QTextBrowser()
        self.page.setAccessibleName(tr("Page of the handbook"))
        self.page.setOpenLinks(False)
        self.page.document().setDocumentMargin(14)
        self.page.anchorClicked.connect(self._follow)
        both = QSplitter()
        both.addWidget(self.contents)
        both.addWidget(self.page)
        both.setChildrenCollapsible(False)
        letter = self.fontMetrics().averageCharWidth()
        both.setSizes([28 * letter, 90 * letter])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
        self.resize(120 * letter, 95 * letter)
        self.contents.currentRowChanged.connect(self._show_row)
        self.contents.setCurrentRow(0)

    def show_page(self, name: str) -> None:
        """Go to a page."""
        self.contents.setCurrentRow(PAGES.index(name))

    def _show_row(self, row: int) -> None:
        self.page.setMarkdown(page_text(PAGES[row]))

    def _follow(self, link: QUrl) -> None:
        """To another page; what lies outside the handbook opens in the browser."""
        name = link.path().removesuffix(".md")
        if name in PAGES:
            self.show_page(name)
        else:
            QDesktopServices.openUrl(link)

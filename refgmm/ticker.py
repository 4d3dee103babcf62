"""A line on the terminal that tells how far a long computation is."""

import sys
import time
from collections.abc import Callable

_SECONDS_UNTIL_PROGRESS = 0.5
_SECONDS_BETWEEN_REPORTS = 0.1


class Ticker:
    """A line on stderr that tells how far a long computation is; only on a terminal."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown_at = 0.0
        self._width = 0

    def __enter__(self) -> "Ticker":
        return self

    def __exit__(self, *exception: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
        self._width = 0

    def show(self, text: Callable[[], str]) -> None:
        """Show the text, unless it is too early or too soon after the last."""
        now = time.monotonic()
        if now - self._begun < _SECONDS_UNTIL_PROGRESS or not sys.stderr.isatty():
            return
        if now - self._shown_at < _SECONDS_BETWEEN_REPORTS:
            return
        self._shown_at = now
        line = text()
        print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(line)

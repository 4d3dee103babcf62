"""How fast a run goes: from a step in 3 seconds to as fast as it can. No Qt.

>>> [seconds_per_step(speed) for speed in (0, 3, 6, 9, FASTEST)]
[3.0, 0.6463, 0.1392, 0.03, None]
"""

from refgmm_gui.words import tr

_SLOWEST = 3.0  # seconds for a step
_RATIO = 100.0  # of the slowest to the fastest that still shows every step

FASTEST = 10
"""The last of the speeds, 0 to 10: epoch after epoch, shown as often as the screen can."""


def seconds_per_step(speed: int) -> float | None:
    """How long each step stays in sight; None where only epochs count. The scale is logarithmic."""
    if speed >= FASTEST:
        return None
    return round(_SLOWEST * float(_RATIO ** (-speed / (FASTEST - 1))), 4)


def in_words(speed: int) -> str:
    """A speed as it is told.

    >>> in_words(0), in_words(8), in_words(FASTEST)
    ('a step in 3 s', '20 steps a second', 'as fast as it goes')
    """
    seconds = seconds_per_step(speed)
    if seconds is None:
        return tr("as fast as it goes")
    if seconds > 0.5:
        return tr("a step in {seconds:.2g} s", seconds=seconds)
    return tr("{rate:.0f} steps a second", rate=1 / seconds)

"""Animated GIF files, which Qt reads but doesn't write. Standard library only.

CompuServe, "Graphics Interchange Format, Version 89a" (1990): a file is a header, then for each frame
a palette of at most 256 colours and the pixels, as numbers of colours, compressed by LZW
(T. A. Welch 1984, "A Technique for High-Performance Data Compression", IEEE Computer 17).
"""

import struct
from collections.abc import Iterable, Iterator

from refgmm.records import dataclass

_BITS = 8  # of a colour's number
_CLEAR = 1 << _BITS  # the code that empties the table
_END = _CLEAR + 1
_MOST_CODES = 1 << 12
_HEADER = b"GIF89a"
_FOR_EVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"  # how browsers are told to repeat
_TRAILER = b"\x3b"


@dataclass(frozen=True, slots=True)
class GifFrame:
    """One picture of an animation."""

    palette: bytes  # red, green, blue of each colour, at most 256
    pixels: bytes  # the number of each pixel's colour, row by row from the top


def encode(width: int, height: int, frames: Iterable[GifFrame], centiseconds: int) -> bytes:
    r"""The bytes of a file that shows the frames in turn, each for so long, for ever.

    >>> dot = GifFrame(palette=bytes(3), pixels=bytes(1))
    >>> encode(1, 1, [dot], 50)[:10]
    b'GIF89a\x01\x00\x01\x00'
    """
    parts = [_HEADER, struct.pack("<HHBBB", width, height, 0x70, 0, 0), _FOR_EVER]
    for frame in frames:
        parts.append(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 0, centiseconds, 0, 0))
        parts.append(struct.pack("<BHHHHB", 0x2C, 0, 0, width, height, 0x80 | (_BITS - 1)))
        parts.append(frame.palette.ljust(3 << _BITS, b"\0"))
        parts.append(bytes([_BITS]))
        parts.extend(_blocks(_packed(_codes(frame.pixels))))
    parts.append(_TRAILER)
    return b"".join(parts)


def _codes(pixels: bytes) -> Iterator[tuple[int, int]]:
    """LZW: each code, and how many bits it takes.

    The table holds the strings of pixels seen so far, each as the code of all but its last pixel, and
    that pixel. As long as the string that is being read is in it, it grows; then its code is written,
    and the longer string enters the table.
    """
    bits, table, following = _BITS + 1, dict[tuple[int, int], int](), _END + 1
    yield _CLEAR, bits
    prefix = pixels[0]
    for pixel in pixels[1:]:
        known = table.get((prefix, pixel))
        if known is not None:
            prefix = known
            continue
        yield prefix, bits
        table[prefix, pixel] = following
        if following == 1 << bits:
            bits += 1
        following += 1
        if following == _MOST_CODES:
            yield _CLEAR, bits
            bits, table, following = _BITS + 1, {}, _END + 1
        prefix = pixel
    yield prefix, bits
    yield _END, bits + (following == 1 << bits)


def _packed(codes: Iterable[tuple[int, int]]) -> bytes:
    """The codes bit by bit, the lowest first."""
    packed, waiting, count = bytearray(), 0, 0
    for code, bits in codes:
        waiting |= code << count
        count += bits
        while count >= 8:
            packed.append(waiting & 0xFF)
            waiting >>= 8
            count -= 8
    if count:
        packed.append(waiting)
    return bytes(packed)


def _blocks(data: bytes) -> Iterator[bytes]:
    """Blocks of at most 255 bytes, each after its length, and an empty one at the end."""
    for start in range(0, len(data), 255):
        block = data[start : start + 255]
        yield bytes([len(block)]) + block
    yield b"\0"

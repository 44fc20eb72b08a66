"""A PNG as the emulator draws it, read without a library: 8 bits of red, green and blue, no filters."""

from __future__ import annotations

import functools
import struct
import zlib

Pixel = tuple[int, int, int]
AXIS, GRID = (104, 112, 120), (233, 235, 237)


def colour(text: str) -> Pixel:
    """"#1f77b4"."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


class Picture:
    def __init__(self, png: bytes):
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        at, data, names = 8, b"", []
        while at < len(png):
            (length,), name = struct.unpack(">I", png[at:at + 4]), png[at + 4:at + 8]
            body = png[at + 8:at + 8 + length]
            assert struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0] == zlib.crc32(name + body)
            names.append(name)
            if name == b"IHDR":
                self.width, self.height, *kind = struct.unpack(">IIBBBBB", body)
                assert kind == [8, 2, 0, 0, 0]
            data += body if name == b"IDAT" else b""
            at += 12 + length
        assert names[0] == b"IHDR" and names[-1] == b"IEND"
        raw, stride = zlib.decompress(data), self.width * 3 + 1
        assert len(raw) == stride * self.height
        assert not any(raw[::stride])
        self.rows = [raw[y * stride + 1:(y + 1) * stride] for y in range(self.height)]

    def __getitem__(self, place: tuple[int, int]) -> Pixel:
        x, y = place
        red, green, blue = self.rows[y][3 * x:3 * x + 3]
        return red, green, blue

    def near(self, x: float, y: float, wanted: Pixel, reach: int = 1) -> bool:
        """Is a pixel of nearly that colour there, or so near?"""
        places = [(i, j) for i in range(int(x) - reach, int(x) + reach + 1) for j in range(int(y) - reach, int(y) + reach + 1)]
        return any(0 <= i < self.width and 0 <= j < self.height and max(abs(a - b) for a, b in zip(self[i, j], wanted, strict=True)) < 40 for i, j in places)

    def pixels(self, y: int) -> list[Pixel]:
        row = self.rows[y]
        return list(zip(row[::3], row[1::3], row[2::3], strict=True))

    def count(self, wanted: Pixel) -> int:
        return sum(self.pixels(y).count(wanted) for y in range(self.height))

    @functools.cached_property
    def plot(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the space between the axes: the line below, the first line of the grid."""
        _, bottom = max((self.pixels(y).count(AXIS), y) for y in range(self.height))
        top = next(y for y in range(self.height) if self.pixels(y).count(GRID) > self.width / 3)
        line = self.pixels(top)
        return line.index(GRID), top, self.width - line[::-1].index(GRID), bottom + 1

#!/usr/bin/env python3
"""Writes emulator/drawing/src/letters_model.c: the outlines of Open Sans Regular's Latin letters, as polygons, so that the
emulator draws text without a font file and without a library that reads one.

    tools/font/generate.py OpenSans-Regular.ttf        (Debian: fonts-open-sans; needs fonttools)

Open Sans is Apache-2.0, as this project is: digitized data copyright (c) 2010-2011, Google Corporation."""
import hashlib
import pathlib
import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

OUT = pathlib.Path(__file__).resolve().parents[2] / "emulator/drawing/src/letters_model.c"
STEP, LEFT, BELOW = 10, 20, 60  # units of the font to one of ours; what is added so that none is negative
CODES = [*range(0x20, 0x7F), *range(0xA1, 0x100), 0x2013, 0x2014, 0x2026, 0x20AC]


class Polygons(BasePen):
    """Curves become as many straight lines as keep within TOLERANCE of them."""

    TOLERANCE = 6

    def __init__(self, glyphs):
        super().__init__(glyphs)
        self.contours = []

    def _moveTo(self, point):
        self.contours.append([point])

    def _lineTo(self, point):
        self.contours[-1].append(point)

    def _qCurveToOne(self, control, end):
        start = self.contours[-1][-1]
        bend = abs(start[0] - 2 * control[0] + end[0]) + abs(start[1] - 2 * control[1] + end[1])
        parts = max(1, round((bend / 8 / self.TOLERANCE) ** 0.5 + 0.5))
        for i in range(1, parts + 1):
            t = i / parts
            self.contours[-1].append(tuple((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(start, control, end)))


def ours(contour):
    points = []
    for x, y in contour:
        point = (round(x / STEP) + LEFT, round(y / STEP) + BELOW)
        assert 0 <= point[0] < 256 and 0 <= point[1] < 256, (x, y)
        if not points or point != points[-1]:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def lines(words):
    line = "   "
    for word in words:
        if len(line) + len(word) + 2 > 118:
            yield line
            line = "   "
        line += f" {word},"
    yield line


def main(path):
    font = TTFont(path)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    data, letters = [], []
    for code in CODES:
        if code not in names:
            continue
        pen = Polygons(glyphs)
        glyphs[names[code]].draw(pen)
        contours = [points for points in map(ours, pen.contours) if len(points) > 2]
        letters.append(f"{{0x{code:x}, {round(glyphs[names[code]].width / STEP)}, {len(data)}, {len(contours)}}}")
        for points in contours:
            data += [len(points), *(coordinate for point in points for coordinate in point)]
    digest = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    OUT.write_text("\n".join([
        "/* letters_model.c - the outlines of Open Sans Regular's Latin letters. Written by tools/font/generate.py; do not edit.",
        f" * Of OpenSans-Regular.ttf (sha256 {digest}),",
        " * Apache-2.0, digitized data copyright (c) 2010-2011, Google Corporation. */",
        '#include "letters.h"', "", "// clang-format off",
        "const Letter LETTERS[] = {", *lines(letters), "};",
        f"const int LETTERS_COUNT = {len(letters)};", "", "/* Of each contour how many points, then x and y of each. */",
        "const uint8_t LETTER_POINTS[] = {", *lines(map(str, data)), "};", "// clang-format on", ""]))
    print(f"{len(letters)} letters, {len(data)} bytes")


main(sys.argv[1])

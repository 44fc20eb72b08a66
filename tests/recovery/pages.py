"""The checksums of evpoc.db's pages (emulator/store/src/page_file.h), for tests that change a file on purpose: after `seal` it is
one that was written so, not one that is damaged."""

from __future__ import annotations

import struct
from pathlib import Path

PAGE_BYTES, RESERVED, LOCK_PAGE = 16384, 32, (1 << 30) // 16384 + 1


def _tables() -> list[list[int]]:
    first = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        first.append(crc)
    tables = [first]
    for _ in range(7):
        tables.append([crc >> 8 ^ first[crc & 255] for crc in tables[-1]])
    return tables


TABLES = _tables()


def crc32c(content: bytes) -> int:
    crc, whole = 0xFFFFFFFF, len(content) // 8 * 8
    t0, t1, t2, t3, t4, t5, t6, t7 = TABLES
    for low, high in struct.iter_unpack("<II", content[:whole]):
        low ^= crc
        crc = (t7[low & 255] ^ t6[low >> 8 & 255] ^ t5[low >> 16 & 255] ^ t4[low >> 24] ^
               t3[high & 255] ^ t2[high >> 8 & 255] ^ t1[high >> 16 & 255] ^ t0[high >> 24])
    for byte in content[whole:]:
        crc = crc >> 8 ^ t0[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def checksum(page: bytes, number: int) -> bytes:
    return struct.pack(">I", crc32c(page[:-RESERVED] + struct.pack(">I", number)))


def damaged_pages(file: Path) -> list[int]:
    content = file.read_bytes()
    pages = [content[at:at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
    return [number for number, page in enumerate(pages, 1)
            if number != LOCK_PAGE and page[-RESERVED:-RESERVED + 4] != checksum(page, number)]


def seal(file: Path) -> None:
    for number in damaged_pages(file):
        with file.open("r+b") as opened:
            opened.seek((number - 1) * PAGE_BYTES)
            page = opened.read(PAGE_BYTES)
            opened.seek(number * PAGE_BYTES - RESERVED)
            opened.write(checksum(page, number))

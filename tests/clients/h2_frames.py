"""HTTP/2 by frames, also those that may not be."""

from __future__ import annotations

import struct

from raw import JSON

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4
# :method POST, :scheme http, :path /, :authority localhost
REQUEST = b"\x83\x86\x84\x41\x09localhost"


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(**values: int) -> bytes:
    numbers = {"table": 1, "push": 2, "streams": 3, "window": 4, "frame": 5, "list": 6}
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", numbers[name], value) for name, value in values.items()))


def literal(name: bytes, value: bytes) -> bytes:
    assert len(name) < 127 and len(value) < 127
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


def call(target: str) -> bytes:
    return REQUEST + literal(b"x-amz-target", target.encode()) + literal(b"content-type", JSON.encode())

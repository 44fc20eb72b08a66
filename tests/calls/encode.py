"""Values as each protocol writes them: also those that no SDK would send.

A structure or a map is a list of pairs (Struct, Pairs), so that a member may come twice; Blob, Time and Text of any bytes stand beside
Python's own values; Raw goes out as it is."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import Any
from urllib.parse import quote_from_bytes


class Struct(list[tuple[str, Any]]):
    pass


class Pairs(list[tuple[str, Any]]):
    """A map."""


class Blob(bytes):
    pass


class Text(bytes):
    """A string's bytes, which need not be UTF-8."""


class Time(float):
    """Seconds since 1970."""


class Raw(bytes):
    """JSON or a form's value as it is; in CBOR, an item as it is."""


def as_text(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


# JSON


def json_text(value: str | bytes) -> bytes:
    if isinstance(value, str):
        return json.dumps(value).encode()
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def json_number(value: float) -> bytes:
    if isinstance(value, float) and not math.isfinite(value):
        return b'"NaN"' if math.isnan(value) else b'"Infinity"' if value > 0 else b'"-Infinity"'
    return repr(value).encode()


def to_json(value: Any) -> bytes:
    if isinstance(value, Raw):
        return bytes(value)
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    if isinstance(value, Blob):
        return b'"' + base64.b64encode(value) + b'"'
    if isinstance(value, (str, Text)):
        return json_text(value)
    if isinstance(value, (int, float)):
        return json_number(float(value) if isinstance(value, Time) else value)
    if isinstance(value, (Struct, Pairs)):
        return b"{" + b",".join(to_json(name) + b":" + to_json(member) for name, member in value) + b"}"
    return b"[" + b",".join(map(to_json, value)) + b"]"


# CBOR


def cbor_head(major: int, number: int) -> bytes:
    for size, code, form in ((1, 24, ">B"), (2, 25, ">H"), (4, 26, ">I"), (8, 27, ">Q")):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise OverflowError(number)


def cbor_integer(value: int) -> bytes:
    if -(2**64) <= value < 2**64:
        return cbor_head(0, value) if value >= 0 else cbor_head(1, -1 - value)
    magnitude = value if value >= 0 else -1 - value
    data = magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "big")
    return (b"\xc2" if value >= 0 else b"\xc3") + cbor_head(2, len(data)) + data


def cbor_time(value: float, is_ms: bool) -> bytes:
    if is_ms and math.isfinite(value):
        return b"\xc1" + cbor_integer(int(value * 1000))
    return b"\xc1\xfb" + struct.pack(">d", value)


def to_cbor(value: Any, is_ms: bool = False) -> bytes:
    """is_ms: times as Kinesis' dialect has them."""
    if isinstance(value, Raw):
        return bytes(value)
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, Blob):
        return cbor_head(2, len(value)) + value
    if isinstance(value, (str, Text)):
        data = as_text(value)
        return cbor_head(3, len(data)) + data
    if isinstance(value, Time):
        return cbor_time(float(value), is_ms)
    if isinstance(value, int):
        return cbor_integer(value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, (Struct, Pairs)):
        return b"\xbf" + b"".join(to_cbor(name, is_ms) + to_cbor(member, is_ms) for name, member in value) + b"\xff"
    return cbor_head(4, len(value)) + b"".join(to_cbor(member, is_ms) for member in value)


# awsQuery


def form_value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Blob):
        return base64.b64encode(value)
    if isinstance(value, Time):
        return repr(float(value)).encode()
    return as_text("" if value is None else value)


def form_pairs(value: Any, at: str) -> list[tuple[str, bytes]]:
    if isinstance(value, Struct):
        return [pair for name, member in value for pair in form_pairs(member, f"{at}.{name}" if at else name)]
    if isinstance(value, Pairs):
        return [pair for number, (key, member) in enumerate(value, 1)
                for pair in [(f"{at}.entry.{number}.key", as_text(key)), *form_pairs(member, f"{at}.entry.{number}.value")]]
    if isinstance(value, list):
        return [pair for number, member in enumerate(value, 1) for pair in form_pairs(member, f"{at}.member.{number}")]
    return [(at, form_value(value))]


def to_form(action: str, version: str, value: Any) -> bytes:
    pairs = [("Action", action.encode()), ("Version", version.encode()), *form_pairs(value, "")]
    return b"&".join(quote_from_bytes(as_text(name)).encode() + b"=" + quote_from_bytes(data).encode() for name, data in pairs)


def from_cbor(data: bytes) -> Any:
    """Strictly one item; a time is its number, in whatever unit. Not cbor2, which takes Kinesis' ms for seconds and refuses them."""
    value, at = cbor_item(data, 0)
    if at != len(data):
        raise ValueError("more than one item")
    return value


def cbor_length(data: bytes, at: int) -> tuple[int, int]:
    low = data[at] & 31
    if low < 24:
        return low, at + 1
    size = {24: 1, 25: 2, 26: 4, 27: 8}[low]
    if at + 1 + size > len(data):
        raise ValueError("cut")
    return int.from_bytes(data[at + 1:at + 1 + size], "big"), at + 1 + size


def cbor_item(data: bytes, at: int) -> tuple[Any, int]:
    major = data[at] >> 5
    if major == 7:
        form, size = {0xf9: (">e", 2), 0xfa: (">f", 4), 0xfb: (">d", 8)}.get(data[at], ("", 0))
        if form:
            return struct.unpack_from(form, data, at + 1)[0], at + 1 + size
        return {0xf4: False, 0xf5: True, 0xf6: None, 0xf7: None}[data[at]], at + 1
    number, at = cbor_length(data, at)
    if major in (0, 1):
        return number if major == 0 else -1 - number, at
    if major in (2, 3):
        if at + number > len(data):
            raise ValueError("cut")
        part = data[at:at + number]
        return part if major == 2 else part.decode(), at + number
    if major == 6:
        return cbor_item(data, at)
    items = []
    for _ in range(number * (2 if major == 5 else 1)):
        item, at = cbor_item(data, at)
        items.append(item)
    return dict(zip(items[::2], items[1::2])) if major == 5 else items, at

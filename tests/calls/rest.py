"""Calls of restXml: the members where the model puts them (path, query, headers, body), also those that no SDK would send."""

from __future__ import annotations

import base64
import math
from datetime import datetime, timezone
from email.utils import formatdate
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from encode import Blob, Pairs, Struct, Time, as_text
from model import Operation

TIME_S_MAX = 253402300799
CHUNKED = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32", "x-amz-decoded-content-length": "5"}


class Sent(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def head_size(self) -> int:
        return len(self.path) + sum(len(name) + len(value) + 4 for name, value in self.headers.items())


def time_text(value: float, is_header: bool) -> str:
    if not math.isfinite(value) or not 0 <= value <= TIME_S_MAX:
        return repr(float(value))
    return formatdate(value, usegmt=True) if is_header else datetime.fromtimestamp(value, timezone.utc).isoformat()


def text_of(value: Any, is_header: bool = False) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Time):
        return time_text(value, is_header).encode()
    if isinstance(value, Blob):
        return base64.b64encode(value)
    if isinstance(value, Struct | Pairs | list):
        return b",".join(text_of(member[1] if isinstance(member, tuple) else member, is_header) for member in value)
    return as_text("" if value is None else value)


def header(value: bytes) -> str:
    """No other line."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ").decode("latin-1")


def escaped(value: bytes) -> bytes:
    return value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def to_xml(operation: Operation, shape_name: str, name: str, value: Any) -> bytes:
    shape, tag = operation.shape(shape_name), name.encode(errors="surrogatepass")
    members = shape.get("members", {})
    if isinstance(value, Struct):
        inner = b"".join(member_xml(operation, members.get(key), str(key), member) for key, member in value)
    elif isinstance(value, list):
        inner = b"".join(to_xml(operation, shape.get("member", {}).get("shape", shape_name), "member", member) for member in value)
    else:
        inner = escaped(text_of(value))
    return b"<" + tag + b">" + inner + b"</" + tag + b">"


def member_xml(operation: Operation, ref: dict[str, Any] | None, name: str, value: Any) -> bytes:
    if not ref:
        return f"<{name}>".encode(errors="surrogatepass") + escaped(text_of(value)) + f"</{name}>".encode(errors="surrogatepass")
    tag, shape = ref.get("locationName", name), operation.shape(ref["shape"])
    if isinstance(value, list) and not isinstance(value, Struct | Pairs) and shape.get("flattened"):
        return b"".join(to_xml(operation, shape["member"]["shape"], tag, member) for member in value)
    return to_xml(operation, ref["shape"], tag, value)


def uri(operation: Operation, parts: dict[str, bytes], query: list[tuple[str, bytes]]) -> str:
    path, _, fixed = operation.http["requestUri"].partition("?")
    for name, value in parts.items():
        path = path.replace(f"{{{name}}}", quote_from_bytes(value, safe="")).replace(f"{{{name}+}}", quote_from_bytes(value, safe="/"))
    pairs = [fixed] if fixed else []
    pairs += [quote_from_bytes(as_text(name)) + "=" + quote_from_bytes(value) for name, value in query]
    return path.replace("{", "%7B").replace("}", "%7D") + ("?" + "&".join(pairs) if pairs else "")


def to_rest(operation: Operation, value: Struct) -> Sent:
    parts: dict[str, bytes] = {}
    query: list[tuple[str, bytes]] = []
    headers: dict[str, str] = {}
    body = b""
    payload = operation.shapes[operation.input].get("payload") if operation.input else None
    for name, member in value:
        ref = operation.members().get(name, {"location": "querystring"})
        place, told = ref.get("location"), ref.get("locationName", str(name))
        if place == "uri":
            parts[told] = text_of(member)
        elif place == "querystring":
            query += [(told, text_of(one)) for one in (member if type(member) is list else [member])]
        elif place == "header":
            headers[told] = header(text_of(member, is_header=True))
        elif place == "headers" and isinstance(member, Pairs):
            headers |= {told + quote_from_bytes(as_text(key), safe=""): header(text_of(each)) for key, each in member}
        elif name == payload:
            is_text = operation.shape(ref["shape"])["type"] in ("blob", "string") and isinstance(member, bytes | str)
            body = as_text(member) if is_text else to_xml(operation, ref["shape"], told, member)
    headers.pop("Content-Length", None)
    if headers.get("Content-Encoding") == "aws-chunked":
        headers |= CHUNKED
    return Sent(operation.http["method"], uri(operation, parts, query), headers, body)

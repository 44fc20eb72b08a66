"""Requests that no SDK would send: HTTP/1.1 by hand, on one connection."""

from __future__ import annotations

import json
import socket
from http.client import parse_headers
from typing import Any, NamedTuple

import cbor2
from local_emulator import LocalEmulator

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"}
JSON = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"
FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    def read(self) -> dict[str, Any]:
        """A JSON or CBOR body."""
        return cbor2.loads(self.body) if "cbor" in self.headers["content-type"] else json.loads(self.body)

    @property
    def code(self) -> str:
        """The error's name, without its namespace."""
        return self.read()["__type"].rpartition("#")[2]

    @property
    def message(self) -> str:
        said = self.read()
        return said.get("message") or said.get("Message") or ""


class Connection:
    """For `with`. It is never opened again: an answer after another shows that the server kept it."""

    def __init__(self, emulator: LocalEmulator):
        self.socket = socket.create_connection(("127.0.0.1", emulator.port), timeout=60)
        self.reader = self.socket.makefile("rb")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()
        self.socket.close()

    def send(self, data: bytes) -> Connection:
        self.socket.sendall(data)
        return self

    def answer(self, has_body: bool = True) -> Answer:
        status = self.reader.readline().split()
        assert status, "closed by the server instead of an answer"
        headers = {name.lower(): value for name, value in parse_headers(self.reader).items()}
        return Answer(int(status[1]), headers, self.reader.read(int(headers.get("content-length", 0)) if has_body else 0))

    def rest(self) -> bytes:
        """What comes until the server closes the connection."""
        try:
            return self.reader.read()
        except ConnectionResetError:
            return b""

    def request(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        fields = {"Host": "localhost", "Content-Length": str(len(body))} | (headers or {})
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        return self.send("\r\n".join(lines).encode() + body).answer(method != "HEAD")

    def post(self, body: bytes, path: str = "/", **headers: str) -> Answer:
        """Headers by name with _ for -."""
        return self.send(head(len(body), path, **headers) + body).answer()

    def call(self, target: str, body: Any, content_type: str = JSON, **headers: str) -> Answer:
        """By X-Amz-Target; what is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.post(data, X_Amz_Target=target, Content_Type=content_type, **headers)

    def form(self, service: str, body: bytes) -> Answer:
        return self.post(body, Content_Type=FORM, Authorization=SIGNED["Authorization"].format(service))


def head(length: int | None, path: str = "/", **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()

"""HTTP/2 by the h2 library: as many requests at once as a test likes, on a socket of its choice."""

from __future__ import annotations

import json
import socket
from typing import Any, NamedTuple

import h2.config
import h2.connection
import h2.events
from raw import JSON


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]


class H2Client:
    """Speaks first, as prior knowledge has it. For `with`."""

    def __init__(self, opened: socket.socket):
        self.socket = opened
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.connection.initiate_connection()
        self.headers: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self.reset: set[int] = set()
        self.flush()

    def __enter__(self) -> H2Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def flush(self) -> None:
        self.socket.sendall(self.connection.data_to_send())

    def begin(self, target: str, body: bytes, ends: bool = True) -> int:
        """Sends a request, to its end or not; returns its stream."""
        stream = self.connection.get_next_available_stream_id()
        self.connection.send_headers(stream, [
            (":method", "POST"), (":path", "/"), (":scheme", "http"), (":authority", "localhost"),
            ("x-amz-target", target), ("content-type", JSON)])
        self.connection.send_data(stream, body, end_stream=ends)
        self.flush()
        return stream

    def cancel(self, stream: int) -> None:
        self.connection.reset_stream(stream)
        self.flush()

    def receive(self) -> None:
        data = self.socket.recv(65536)
        assert data, "closed by the server"
        for event in self.connection.receive_data(data):
            self._take(event)
        self.flush()

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.ResponseReceived():
                self.headers[event.stream_id] = dict(event.headers)
            case h2.events.DataReceived():
                self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                self.ended.add(event.stream_id)
            case h2.events.StreamReset():
                self.reset.add(event.stream_id)

    def answer(self, stream: int) -> Answer:
        while stream not in self.ended:
            assert stream not in self.reset
            self.receive()
        return Answer(int(self.headers[stream][":status"]), json.loads(self.bodies.get(stream) or b"{}"))

    def call(self, target: str, body: Any) -> Answer:
        return self.answer(self.begin(target, json.dumps(body).encode()))

"""Bodies that flow and answers that come late, over each protocol: a throw-away service (tests/streaming/server.c) takes and
gives bodies of any length. EVPOC_STREAM_BYTES says how long they are here."""

import hashlib
import json
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

EMULATOR = Path(os.environ["EVPOC_EMU"]).resolve()
SERVER = EMULATOR.parents[1] / "tests" / "streaming_server"
BYTES = int(os.environ.get("EVPOC_STREAM_BYTES", 64 * 1024 * 1024))
MIB = 1024 * 1024
IS_SANITIZED = any(name in str(EMULATOR) for name in ("asan", "tsan"))
WAYS = {
    "http1": ("http", []),
    "http2": ("http", ["--http2-prior-knowledge"]),
    "tls1": ("https", ["-k", "--http1.1"]),
    "tls2": ("https", ["-k", "--http2"]),
}


def authorization(path):
    service = "objects" if path.startswith("/objects") else "things"
    return f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x"


class Server:
    def __init__(self, directory):
        self.directory = directory
        self.start()

    def start(self):
        self.process = subprocess.Popen([SERVER, self.directory], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def peak_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def curl(self, way, path, *options, input=None):
        scheme, flags = WAYS[way]
        command = ["curl", "-sS", "--max-time", "500", "-H", f"Authorization: {authorization(path)}", *flags, *options]
        return subprocess.run([*command, f"{scheme}://127.0.0.1:{self.port}{path}"], input=input, capture_output=True)

    def state(self):
        return json.loads(self.curl("http1", "/_evpoc/state").stdout)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def until(self, holds):
        """Waits until the state is as wanted; a machine that is busy takes longer."""
        deadline = time.monotonic() + 60
        while not holds(self.state()):
            assert time.monotonic() < deadline, self.state()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        assert server.process.wait() == 0


def head(method, path, *fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: {authorization(path)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(connection):
    """The whole answer to one request: its head, and its body by Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        assert piece, data
        data += piece
    start, rest = data.split(b"\r\n\r\n", 1)
    lengths = [int(line[15:]) for line in start.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(rest) < lengths[0]:
        rest += connection.recv(65536)
    return start, rest


def zeros(directory, length):
    path = directory / "zeros"
    with path.open("wb") as file:
        file.truncate(length)
    return path


def crc_of_zeros(length):
    crc, block = 0, bytes(MIB)
    while length:
        crc = zlib.crc32(block[:length], crc)
        length -= min(length, MIB)
    return crc


@pytest.mark.parametrize("way", WAYS)
def test_a_body_of_any_length_flows(server, tmp_path, way):
    server.curl(way, "/_evpoc/state")
    before = server.peak_bytes()
    put = server.curl(way, "/things/large", "-H", "Expect:", "-T", str(zeros(tmp_path, BYTES)))
    assert json.loads(put.stdout) == {"length": BYTES, "crc": crc_of_zeros(BYTES)}, put
    if not IS_SANITIZED:
        assert server.peak_bytes() - before < 16 * MIB
    assert server.state() == {"things": 1, "bytes": BYTES, "waiting": 0}


@pytest.mark.parametrize("way", WAYS)
def test_a_sink_that_is_full_holds_its_client_back(server, tmp_path, way):
    put = server.curl(way, "/things/slow", "-H", "Expect:", "-T", str(zeros(tmp_path, 5 * MIB + 1)))
    assert json.loads(put.stdout) == {"length": 5 * MIB + 1, "crc": crc_of_zeros(5 * MIB + 1)}, put


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ["things", "files"])
def test_an_answer_of_any_length_is_pulled(server, way, what):
    server.curl(way, "/_evpoc/state")
    before = server.peak_bytes()
    got = subprocess.Popen(
        ["curl", "-sS", "-H", f"Authorization: {authorization(what)}", *WAYS[way][1], f"{WAYS[way][0]}://127.0.0.1:{server.port}/{what}/x?length={BYTES}"],
        stdout=subprocess.PIPE)
    block = bytes(range(256)) * 4096 if what == "things" else bytes(MIB)
    length, is_right = 0, True
    while piece := got.stdout.read(MIB):
        is_right &= piece == block[:len(piece)]
        length += len(piece)
    assert got.wait() == 0 and length == BYTES and is_right
    if not IS_SANITIZED:
        assert server.peak_bytes() - before < 16 * MIB


def test_who_asks_first_is_refused_before_the_body(server):
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/refused", "Expect: 100-continue", "Content-Length: 1000000"))
        start, body = answer(connection)
        assert start.startswith(b"HTTP/1.1 409") and b"when its head is there" in body
        assert connection.recv(100) == b""
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/fine", "Expect: 100-continue", "Content-Length: 5"))
        assert answer(connection)[0] == b"HTTP/1.1 100 Continue"
        connection.sendall(b"12345")
        assert json.loads(answer(connection)[1])["length"] == 5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name, words", [("refused", "head"), ("fails", "body")])
def test_who_does_not_ask_gets_the_refusal_all_the_same(server, tmp_path, way, name, words):
    put = server.curl(way, f"/things/{name}", "-H", "Expect:", "-T", str(zeros(tmp_path, 3 * MIB)))
    assert words in json.loads(put.stdout)["message"], put
    assert server.state()["things"] == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_source_that_fails_is_no_whole_answer(server, way):
    got = server.curl(way, "/things/breaks?length=5000000")
    assert got.returncode != 0 and len(got.stdout) < 5000000


def test_chunked_bodies_with_trailers_flow(server):
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/chunked", "Transfer-Encoding: chunked", "Trailer: X-Sum"))
        connection.sendall(b"5\r\nhello\r\n7\r\n, world\r\n0\r\nX-Sum: 1\r\n\r\n")
        assert json.loads(answer(connection)[1]) == {"length": 12, "crc": zlib.crc32(b"hello, world")}
        connection.sendall(head("PUT", "/things/next", "Content-Length: 2") + b"ok")
        assert json.loads(answer(connection)[1])["length"] == 2


def test_a_client_that_goes_leaves_nothing(server):
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/half", "Content-Length: 1000000") + bytes(500000))
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/whole", "Content-Length: 3") + b"abc")
        answer(connection)
    assert server.state()["things"] == 1


def test_a_kill_in_the_middle_leaves_no_trace(server):
    with server.connect() as connection:
        connection.sendall(head("PUT", "/things/half", "Content-Length: 10000000") + bytes(5000000))
        server.until(lambda state: True)
        server.kill()
    server.start()
    assert server.state() == {"things": 0, "bytes": 0, "waiting": 0}


def later(server, query, body=b""):
    connection = server.connect()
    connection.sendall(head("POST", f"/later?{query}", "Content-Type: application/json", f"Content-Length: {len(body)}") + body)
    return connection


def test_a_thousand_answers_come_when_their_time_has(server):
    server.curl("http1", "/_evpoc/clock", "-d", "0")  # from here on it stands still
    connections = [later(server, "emulated=30000") for _ in range(1000)]
    server.until(lambda state: state["waiting"] == 1000)
    server.curl("http1", "/_evpoc/clock", "-d", "29999")
    assert server.state()["waiting"] == 1000
    server.curl("http1", "/_evpoc/clock", "-d", "1")
    for connection in connections:
        assert json.loads(answer(connection)[1]) == {"count": 0}
        connection.close()
    assert server.state()["waiting"] == 0


def test_real_time_goes_on_while_the_clock_stands(server):
    server.curl("http1", "/_evpoc/clock", "-d", "0")
    with later(server, "real=20") as connection:
        assert json.loads(answer(connection)[1]) == {"count": 0}


def test_a_wait_is_cancelled_when_its_client_goes(server):
    connections = [later(server, "emulated=30000"), later(server, "real=3000000"), later(server, "real=3000000")]
    server.until(lambda state: state["waiting"] == 3)
    for connection in connections[:2]:
        connection.close()
    server.until(lambda state: state["waiting"] == 1)


def test_a_wait_has_a_deadline(server):
    with later(server, "real=3000000", b'{"give_up_ms": 10}') as connection:
        start, body = answer(connection)
    assert start.startswith(b"HTTP/1.1 503") and b"no answer within 10 ms" in body
    assert server.state()["waiting"] == 0


@pytest.mark.parametrize("way", WAYS)
def test_late_answers_over_each_protocol(server, way):
    got = server.curl(way, "/later?real=5", "-X", "POST")
    assert json.loads(got.stdout) == {"count": 0}


UPGRADE = head("GET", "/_evpoc/echo", "Connection: Upgrade", "Upgrade: echo")


def upgraded(server, is_tls, behind=b""):
    """A connection that was handed on, and what came behind its 101."""
    connection = server.connect()
    if is_tls:
        connection = ssl._create_unverified_context().wrap_socket(connection)
    connection.sendall(UPGRADE + behind)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    start, rest = data.split(b"\r\n\r\n", 1)
    assert start.startswith(b"HTTP/1.1 101") and b"upgrade: echo" in start.lower() and b"connection: upgrade" in start.lower()
    return connection, rest


def open_tunnels(server):
    return json.loads(server.curl("http1", "/_evpoc/echo").stdout)["open"]


def until_none_is_open(server):
    deadline = time.monotonic() + 60
    while open_tunnels(server):
        assert time.monotonic() < deadline


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_connection_that_was_handed_on_carries_bytes_both_ways(server, is_tls):
    connection, got = upgraded(server, is_tls, b"behind the head")
    sent = random.Random(1).randbytes(3 * MIB)
    sender = threading.Thread(target=connection.sendall, args=[sent])
    sender.start()
    expected = b"behind the head" + sent
    while len(got) < len(expected):
        got += connection.recv(65536)
    sender.join()
    assert got == expected and open_tunnels(server) == 1
    if not is_tls:
        connection.sendall(b"the last words")
        connection.shutdown(socket.SHUT_WR)
        last = b""
        while piece := connection.recv(100):
            last += piece
        assert last == b"the last words"
    connection.close()
    until_none_is_open(server)


@pytest.mark.parametrize("is_tls", [False, True])
def test_who_takes_nothing_of_a_tunnel_is_held_back_and_then_hung_up_on(server, is_tls):
    before = server.peak_bytes()
    connection, _ = upgraded(server, is_tls)
    with connection, suppress(ConnectionError, ssl.SSLError):
        for _ in range(64):
            connection.sendall(bytes(MIB))  # waits until it is cut off; inside TLS what is sent then is dropped
    until_none_is_open(server)
    if not IS_SANITIZED:
        assert server.peak_bytes() - before < 16 * MIB


def test_a_tunnel_ends_when_its_client_is_gone(server):
    connections = [upgraded(server, is_tls)[0] for is_tls in (False, True, False)]
    assert open_tunnels(server) == 3
    connections[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
    for connection in connections:
        connection.close()
    until_none_is_open(server)
    connection, _ = upgraded(server, False)  # is open while the server stops
    server.process.terminate()
    assert server.process.wait() == 0
    assert connection.recv(1) == b""


def test_over_http2_nothing_is_handed_on(server):
    assert json.loads(server.curl("http2", "/_evpoc/echo").stdout) == {"open": 0}


def objects(server):
    return json.loads(server.curl("http1", "/_evpoc/objects").stdout)


def patterned(directory, length, seed):
    """A file of so many bytes, and the SHA-256 of them."""
    path, block = directory / f"pattern{seed}", random.Random(seed).randbytes(MIB + 13)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while length:
            piece = block[:length]
            file.write(piece)
            digest.update(piece)
            length -= len(piece)
    return path, digest.hexdigest()


def digest_of(server, way, path):
    """Length and SHA-256 of an answer, whatever its length."""
    scheme, flags = WAYS[way]
    got = subprocess.Popen(["curl", "-sS", "--fail", "-H", f"Authorization: {authorization(path)}", *flags, f"{scheme}://127.0.0.1:{server.port}{path}"], stdout=subprocess.PIPE)
    digest, length = hashlib.sha256(), 0
    while piece := got.stdout.read(MIB):
        digest.update(piece)
        length += len(piece)
    assert got.wait() == 0
    return length, digest.hexdigest()


def slice_digest(path, start, length):
    with path.open("rb") as file:
        file.seek(start)
        return len(data := file.read(length)), hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("way", WAYS)
def test_what_flows_in_is_kept_and_flows_out(server, tmp_path, way):
    server.curl(way, "/_evpoc/state")
    before = server.peak_bytes()
    path, digest = patterned(tmp_path, BYTES, 1)
    put = server.curl(way, "/objects/o", "-H", "Expect:", "-T", str(path))
    assert json.loads(put.stdout) == {"length": BYTES}, put
    assert digest_of(server, way, "/objects/o") == (BYTES, digest)
    start = BYTES // 2 + 7
    assert digest_of(server, way, f"/objects/o?from={start}&length=3000001") == slice_digest(path, start, 3000001)
    if not IS_SANITIZED:
        assert server.peak_bytes() - before < 16 * MIB
    server.kill()
    server.start()
    assert digest_of(server, way, "/objects/o") == (BYTES, digest)
    assert objects(server)["objects"] == 1 and objects(server)["used"] >= BYTES
    server.curl(way, "/objects/o", "-X", "DELETE")
    assert objects(server) == {"objects": 0, "used": 0}


def test_objects_are_joined_without_a_copy_and_their_parts_may_go(server, tmp_path):
    path, digest = patterned(tmp_path, 6 * MIB, 2)
    for name, start in (("a", 0), ("b", 5 * MIB)):
        part = tmp_path / name
        part.write_bytes(path.read_bytes()[start:5 * MIB if name == "a" else None])
        server.curl("http1", f"/objects/{name}", "-T", str(part))
    used = objects(server)["used"]
    joined = server.curl("http2", "/objects/whole?first=a&second=b", "-X", "POST")
    assert json.loads(joined.stdout) == {"length": 6 * MIB}
    assert objects(server) == {"objects": 3, "used": used}
    for name in ("a", "b"):
        server.curl("http1", f"/objects/{name}", "-X", "DELETE")
    assert objects(server) == {"objects": 1, "used": used}
    for way in WAYS:
        assert digest_of(server, way, "/objects/whole") == (6 * MIB, digest)
    server.curl("http1", "/objects/whole", "-T", str(tmp_path / "a"))  # in its place
    assert digest_of(server, "http1", "/objects/whole") == slice_digest(tmp_path / "a", 0, 5 * MIB)
    assert objects(server) == {"objects": 1, "used": 5 * MIB}


def test_an_object_that_is_replaced_while_it_is_read_is_read_to_its_end(server, tmp_path):
    path, digest = patterned(tmp_path, 20 * MIB, 3)
    server.curl("http1", "/objects/o", "-T", str(path))
    with server.connect() as connection:
        connection.sendall(head("GET", "/objects/o"))
        data = connection.recv(100)
        other, _ = patterned(tmp_path, 20 * MIB, 4)
        for _ in range(3):
            server.curl("http1", "/objects/o", "-T", str(other))
        while len(data) < 20 * MIB:
            data += connection.recv(MIB)
        start, rest = data.split(b"\r\n\r\n", 1)
        while len(rest) < 20 * MIB:
            rest += connection.recv(MIB)
    assert start.startswith(b"HTTP/1.1 200") and hashlib.sha256(rest).hexdigest() == digest
    assert objects(server) == {"objects": 1, "used": 20 * MIB}


def test_a_kill_in_the_middle_of_an_upload_leaves_no_bytes(server, tmp_path):
    path, digest = patterned(tmp_path, 3 * MIB, 5)
    server.curl("http1", "/objects/kept", "-T", str(path))
    with server.connect() as connection:
        connection.sendall(head("PUT", "/objects/half", "Content-Length: 40000000") + bytes(20000000))
        deadline = time.monotonic() + 60
        while objects(server)["used"] < 20 * MIB:
            assert time.monotonic() < deadline
        server.kill()
    server.start()
    assert objects(server) == {"objects": 1, "used": 3 * MIB}
    assert (server.directory / "evpoc.blobs").stat().st_blocks * 512 <= 4 * MIB
    assert digest_of(server, "http1", "/objects/kept") == (3 * MIB, digest)
    with server.connect() as connection:
        connection.sendall(head("PUT", "/objects/half", "Content-Length: 40000000") + bytes(1000000))
    deadline = time.monotonic() + 60
    while objects(server) != {"objects": 1, "used": 3 * MIB}:  # a client that goes leaves none either
        assert time.monotonic() < deadline

"""Clients that mean harm, or are just slow: all the while another client is answered, and memory stays within its bound."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import re
import resource
import socket
import ssl
import struct
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import cbor2
import pytest
from botocore.config import Config
from conftest import client_at
from h2_frames import CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, REQUEST, RST_STREAM, SETTINGS, WINDOW_UPDATE, call, frame, literal, settings
from helpers import eventually, iterator
from local_emulator import LocalEmulator
from raw import CBOR, FORM, JSON, Connection, head

KINESIS = "Kinesis_20131202"
MIB = 1024 * 1024
PUT_ITEM: dict[str, str] = {"X_Amz_Target": "DynamoDB_20120810.PutItem", "Content_Type": JSON}
LIST = head(2, X_Amz_Target=f"{KINESIS}.ListStreams", Content_Type=JSON) + b"{}"


def resident_mib(emulator: LocalEmulator) -> float:
    if {"asan", "tsan"} & set(emulator.binary.parts):
        return 0  # sanitizers keep what was freed
    with open(f"/proc/{emulator.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def open_files(emulator: LocalEmulator) -> int:
    return len(os.listdir(f"/proc/{emulator.process.pid}/fd"))


def held_mib(emulator: LocalEmulator) -> float:
    """What it holds of requests and answers under way."""
    with urllib.request.urlopen(f"{emulator.url}/_evpoc/metrics", timeout=60) as answer:
        return int(re.search(rb"^evpoc_held_bytes (\d+)", answer.read(), re.M)[1]) / MIB


def cpu_seconds(emulator: LocalEmulator) -> float:
    """What its threads have computed for, which no other process on a busy machine adds to (clock_getcpuclockid(3))."""
    return time.clock_gettime(~emulator.process.pid << 3 | 2)


def slowness(emulator: LocalEmulator) -> int:
    """How much slower than a release build it may be."""
    return {"release": 1, "debug": 4, "asan": 10, "tsan": 20}.get(emulator.binary.parts[-3], 10)


class Healthy:
    """A client like any other, on a connection of its own each time. While it waits the emulator may not work on others for long."""

    def __init__(self, emulator: LocalEmulator):
        self.emulator, self.longest = emulator, 0.0

    def asks(self, within: float = 0.2) -> None:
        begun = cpu_seconds(self.emulator)
        with Connection(self.emulator) as connection:
            connection.socket.settimeout(60)
            assert connection.send(LIST).answer().status == 200
        took = cpu_seconds(self.emulator) - begun
        self.longest = max(self.longest, took)
        assert took < within * slowness(self.emulator), f"it waited for {took:.3f} s of CPU"


@pytest.fixture
def hostile(own_emulator: Callable[..., LocalEmulator]) -> Iterator[Callable[..., tuple[LocalEmulator, Healthy]]]:
    """hostile(options...): an emulator in memory and its healthy client; both are well at the end, and nothing stayed open."""
    begun = []

    def start(*options: str) -> tuple[LocalEmulator, Healthy]:
        emulator = own_emulator(data=None, options=options)
        begun.append(emulator)
        return emulator, Healthy(emulator)

    yield start
    for emulator in begun:
        Healthy(emulator).asks()
        eventually(lambda: open_files(emulator) < 60)
        assert "error" not in emulator.logged().lower(), emulator.logged()


def connect(emulator: LocalEmulator) -> socket.socket:
    return socket.create_connection(("127.0.0.1", emulator.port), timeout=60)


def is_closed(opened: socket.socket, within: float = 60) -> bool:
    """By the server, after whatever it has to say."""
    opened.settimeout(within)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while opened.recv(65536):
            pass
    return True


# Connections


@pytest.fixture
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < 11_000:
        pytest.skip("the system allows no 11,000 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_ten_thousand_idle_connections(hostile, many_files):
    # It starts with the few files that a shell has, and raises its limit by itself.
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, soft[1]))
    emulator, healthy = hostile()
    resource.setrlimit(resource.RLIMIT_NOFILE, soft)
    before = resident_mib(emulator)
    with contextlib.ExitStack() as opened:
        all_ = [opened.enter_context(connect(emulator)) for _ in range(10_000)]
        eventually(lambda: open_files(emulator) > 10_000)
        healthy.asks()
        silent = resident_mib(emulator) - before
        assert silent < 20, f"{silent:.0f} MiB for 10,000 silent connections"
        for at in range(0, 10_000, 500):  # now each has asked once and keeps its connection
            for one in all_[at:at + 500]:
                one.sendall(LIST)
            for one in all_[at:at + 500]:
                assert one.recv(4096).startswith(b"HTTP/1.1 200")
            healthy.asks()
        kept = resident_mib(emulator) - before
        assert kept < 500, f"{kept:.0f} MiB for 10,000 connections that are kept"
        print(f"\n10,000 connections: silent {silent:.0f} MiB, kept {kept:.0f} MiB; at most {healthy.longest * 1e3:.0f} ms of CPU before an answer")


def test_where_connections_are_full_those_that_ask_nothing_go_first(hostile):
    emulator, healthy = hostile("--max-connections", "50")
    with contextlib.ExitStack() as opened:
        good = opened.enter_context(Connection(emulator))
        assert good.send(LIST).answer().status == 200
        dribbling = [opened.enter_context(connect(emulator)) for _ in range(60)]
        for one in dribbling:
            with contextlib.suppress(ConnectionError):
                one.sendall(b"POST / HT")
        silent = [opened.enter_context(connect(emulator)) for _ in range(200)]
        for _ in range(10):
            healthy.asks()
        assert good.send(LIST).answer().status == 200, "who has asked before is kept"
        assert is_closed(silent[0])
        assert open_files(emulator) < 120


# Slow ones


def test_slow_senders_are_hung_up_on(hostile):
    emulator, healthy = hostile("--request-timeout", "1", "--idle-timeout", "1")
    begun = {
        "request line": b"POST /", "head": b"POST / HTTP/1.1\r\nHost: localhost\r\n",
        "body": head(1000, X_Amz_Target=f"{KINESIS}.ListStreams", Content_Type=JSON),
        "chunk": head(None, X_Amz_Target=f"{KINESIS}.ListStreams", Content_Type=JSON, Transfer_Encoding="chunked") + b"5\r\n",
    }
    with contextlib.ExitStack() as opened:
        slow = [(name, opened.enter_context(connect(emulator))) for name in begun for _ in range(50)]
        for name, one in slow:
            one.sendall(begun[name])
        until = time.monotonic() + 1.5
        while time.monotonic() < until:  # a byte now and then
            for _, one in slow:
                with contextlib.suppress(ConnectionError):
                    one.sendall(b"a")
            healthy.asks()
            time.sleep(0.1)
        for name, one in slow:
            assert is_closed(one), name


def filled_stream(emulator: LocalEmulator, mib: int) -> str:
    """An iterator that gets so much with each request."""
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    for _ in range(mib // 4):
        kinesis.put_records(StreamName="s", Records=[{"PartitionKey": "k", "Data": bytes(MIB - 100)}] * 4)
    return iterator(kinesis, "s", "shardId-000000000000")


def page(at: str) -> bytes:
    body = json.dumps({"ShardIterator": at}).encode()
    return head(len(body), X_Amz_Target=f"{KINESIS}.GetRecords", Content_Type=JSON) + body


def test_slow_readers_have_a_bound_together(hostile):
    emulator, healthy = hostile("--max-memory", "128", "--request-timeout", "2")
    request = page(filled_stream(emulator, 8))
    with contextlib.ExitStack() as opened:
        slow = [opened.enter_context(connect(emulator)) for _ in range(20)]  # 11 MB each
        highest = 0.0
        for one in slow:
            one.sendall(request)
        until, refused = time.monotonic() + 4, 0
        while time.monotonic() < until:
            highest = max(highest, resident_mib(emulator))
            with Connection(emulator) as connection:
                status = connection.send(LIST).answer().status
                assert status in (200, 503)
                refused += status == 503
            time.sleep(0.02)
        assert highest < 128 + 120, f"{highest:.0f} MiB"
        eventually(lambda: held_mib(emulator) < 1)
        healthy.asks()
        print(f"\n20 slow readers of 11 MB: at most {highest:.0f} MiB; refused for a while: {refused}")


def test_subscribers_that_take_nothing_have_a_bound_together(hostile):
    emulator, healthy = hostile("--max-memory", "32")
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    for key in ("0", str(2**128 - 1)):
        for _ in range(2):
            kinesis.put_records(StreamName="s", Records=[{"PartitionKey": "k", "ExplicitHashKey": key, "Data": bytes(MIB - 100)}] * 4)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    consumers = [kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=f"c{n}")["Consumer"]["ConsumerARN"] for n in range(20)]
    highest, largest, before, deaf = 0.0, 0.0, resident_mib(emulator), []
    with contextlib.ExitStack() as opened:
        for consumer in consumers:  # 40 of 2 MiB and more
            for shard in ("shardId-000000000000", "shardId-000000000001"):
                body = json.dumps({"ConsumerARN": consumer, "ShardId": shard, "StartingPosition": {"Type": "TRIM_HORIZON"}}).encode()
                deaf.append(opened.enter_context(connect(emulator)))
                deaf[-1].sendall(head(len(body), X_Amz_Target=f"{KINESIS}.SubscribeToShard", Content_Type=JSON) + body)
            highest, largest = max(highest, held_mib(emulator)), max(largest, resident_mib(emulator) - before)
        # Those that still wait take the room that is left by those that are hung up on: meanwhile a client may have to try again.
        patient = client_at(emulator.url, "kinesis", config=Config(retries={"total_max_attempts": 20, "mode": "standard"}))
        assert patient.list_streams()["StreamNames"] == ["s"]
        assert highest < 32 + 8 and largest < 120, f"{highest:.0f} MiB, {largest:.0f} MiB resident"
    eventually(lambda: held_mib(emulator) < 1)
    healthy.asks()
    print(f"\n40 subscribers that take nothing: at most {highest:.0f} MiB held, {largest:.0f} MiB resident")


def test_large_bodies_that_do_not_end_have_a_bound_together(hostile):
    emulator, healthy = hostile("--max-memory", "64", "--request-timeout", "1")
    with contextlib.ExitStack() as opened:
        senders = [opened.enter_context(connect(emulator)) for _ in range(30)]
        for one in senders:
            with contextlib.suppress(ConnectionError):
                one.sendall(head(10 * MIB, X_Amz_Target=f"{KINESIS}.PutRecords", Content_Type=JSON) + bytes(8 * MIB))
        highest = resident_mib(emulator)
        assert highest < 64 + 80, f"{highest:.0f} MiB"
        assert all(is_closed(one) for one in senders)
        healthy.asks()


def test_a_request_beyond_the_bound_is_one_that_an_sdk_tries_again(hostile):
    emulator, _ = hostile("--max-memory", "32")
    kinesis = client_at(emulator.url, "kinesis", config=Config(retries={"total_max_attempts": 12, "mode": "standard"}))
    kinesis.create_stream(StreamName="s", ShardCount=1)
    begun = head(15 * MIB, **PUT_ITEM) + bytes(12 * MIB)

    def refused() -> Any:  # those that let theirs lie are hung up on within a second, which may pass before the last one comes
        with contextlib.ExitStack() as opened:
            for _ in range(2):
                opened.enter_context(connect(emulator)).sendall(begun)
            answer = opened.enter_context(Connection(emulator)).send(begun + bytes(3 * MIB)).answer()
        return answer if answer.status == 503 else None

    answer = eventually(refused)
    assert (answer.status, answer.code) == (503, "ServiceUnavailable")
    assert "--max-memory" in answer.message
    assert kinesis.list_streams()["StreamNames"] == ["s"]


# HTTP/2, by frames


@contextlib.contextmanager
def h2_connections(emulator: LocalEmulator, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as opened:
        all_ = [opened.enter_context(connect(emulator)) for _ in range(count)]
        for one in all_:
            one.sendall(PREFACE + (first or settings()))
        yield all_


def flood(connections: list[socket.socket], data: Callable[[int], bytes], seconds: float, healthy: Healthy, reads: bool = False) -> int:
    """Sends data(0), data(1), … on each, until the time is up or all are closed; returns how many closed."""
    until, asked = time.monotonic() + seconds, 0.0
    alive = {one: (0, b"") for one in connections}  # the next piece, and what is left of the one before
    for one in connections:
        one.setblocking(False)
    while time.monotonic() < until and alive:
        for one, (at, left) in list(alive.items()):
            if not left:
                at, left = at + 1, data(at)
            try:
                alive[one] = at, left[one.send(left):]
                while reads and one.recv(65536):
                    pass
            except BlockingIOError:
                alive[one] = at, left
            except ConnectionError:
                del alive[one]
        if time.monotonic() - asked > 0.2:
            healthy.asks()
            asked = time.monotonic()
    return len(connections) - len(alive)


def stream_ids(at: int, per_send: int) -> range:
    return range(1 + 2 * at * per_send, 1 + 2 * (at + 1) * per_send, 2)


# The same without adding to the table, and a header of 4,000 bytes that does
UNKEPT_REQUEST = b"\x83\x86\x84\x01\x09localhost"
LONG_HEADER = b"\x40\x01a\x7f\xa1\x1e" + b"b" * 4000

FLOODS: dict[str, Callable[[int], bytes]] = {
    "rapid reset": lambda at: b"".join(
        frame(HEADERS, END_HEADERS | END_STREAM, id_, call(f"{KINESIS}.ListStreams")) + frame(RST_STREAM, 0, id_, b"\0\0\0\x08")
        for id_ in stream_ids(at, 100)),
    "continuation": lambda at: (frame(HEADERS, 0, 1, REQUEST) if not at else b"")
    + frame(CONTINUATION, 0, 1, literal(b"x-a", b"b" * 100) * 100) * 20,
    "empty continuation": lambda at: (frame(HEADERS, 0, 1, REQUEST) if not at else b"") + frame(CONTINUATION, 0, 1) * 1000,
    # one long header is kept in the table, then it costs a byte
    "headers by index": lambda at: b"".join(frame(HEADERS, END_HEADERS, id_, UNKEPT_REQUEST + LONG_HEADER + b"\xbe" * 10_000) for id_ in stream_ids(at, 1)),
    # 60 KB of headers for each stream, and none of the streams ends
    "headers that unfold": lambda at: b"".join(
        frame(HEADERS, END_HEADERS, id_, UNKEPT_REQUEST + (LONG_HEADER if id_ == 1 else b"") + b"\xbe" * 15) for id_ in stream_ids(at, 100)),
    "pings": lambda at: frame(PING, payload=bytes(8)) * 1000,
    "settings": lambda at: settings(window=65535) * 1000,
    "window updates": lambda at: frame(WINDOW_UPDATE, payload=b"\0\0\0\x01") * 1000,
    "window overflow": lambda at: frame(WINDOW_UPDATE, payload=b"\x7f\xff\xff\xff") * 10,
    "empty data": lambda at: (frame(HEADERS, END_HEADERS, 1, call(f"{KINESIS}.ListStreams")) if not at else b"") + frame(DATA, 0, 1) * 1000,
    "priorities": lambda at: b"".join(frame(2, 0, id_, b"\0\0\0\0\x10") for id_ in stream_ids(at, 1000)),
    "unknown frames": lambda at: frame(0xEE, 0xFF, 1, bytes(100)) * 1000,
    "streams never ended": lambda at: b"".join(frame(HEADERS, END_HEADERS, id_, call(f"{KINESIS}.PutRecord")) for id_ in stream_ids(at, 300)),
    "goaways": lambda at: frame(GOAWAY, payload=bytes(8) + b"x" * 1000) * 100,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_floods_of_http2_frames(hostile, kind):
    emulator, healthy = hostile("--request-timeout", "2")
    before = resident_mib(emulator)
    with h2_connections(emulator, 8) as connections:
        closed = flood(connections, FLOODS[kind], 0.4, healthy)
        grown = resident_mib(emulator) - before
        assert grown < 200, f"{grown:.0f} MiB"
        print(f"\n{kind}: {closed} of 8 closed, {grown:.1f} MiB, at most {healthy.longest * 1e3:.0f} ms of CPU before an answer")


PAGE = b"GET /_evpoc/%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
BOMB = gzip.compress(bytes(15 * MIB), 9)
COSTLY: dict[str, bytes] = {
    "bombs of gzip": head(len(BOMB), Content_Encoding="gzip", **PUT_ITEM) + BOMB,
    "large bodies": head(15 * MIB, **PUT_ITEM) + b"{" + b" " * (15 * MIB - 1),
    "many fields": b"POST / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(2500)) + b"Content-Length: 0\r\n\r\n",
    "small requests": LIST * 1000,
    "pages": PAGE % b"requests" * 100,
    "pages with metrics": PAGE % b"metrics" * 100,
}


@pytest.mark.parametrize("kind", COSTLY)
def test_requests_that_cost_much_hold_nobody_up(hostile, kind):
    emulator, healthy = hostile()
    with contextlib.ExitStack() as opened:
        connections = [opened.enter_context(connect(emulator)) for _ in range(30)]
        flood(connections, lambda _: COSTLY[kind], 1, healthy, reads=True)
    print(f"\n{kind}: at most {healthy.longest * 1e3:.0f} ms of CPU before an answer")


def test_answers_that_may_never_leave_by_http2_have_a_bound(hostile):
    """No window, many requests of 11 MB."""
    emulator, healthy = hostile("--max-memory", "128", "--request-timeout", "2")
    body = json.dumps({"ShardIterator": filled_stream(emulator, 8)}).encode()
    requests = b"".join(frame(HEADERS, END_HEADERS, id_, call(f"{KINESIS}.GetRecords")) + frame(DATA, END_STREAM, id_, body)
                        for id_ in stream_ids(0, 100))
    with h2_connections(emulator, 3, settings(window=0)) as connections:
        for one in connections:
            one.sendall(requests)
        highest, until = 0.0, time.monotonic() + 3
        while time.monotonic() < until:
            highest = max(highest, resident_mib(emulator))
            time.sleep(0.02)
        assert highest < 128 + 120, f"{highest:.0f} MiB"
        eventually(lambda: held_mib(emulator) < 1)
        healthy.asks()


@pytest.mark.parametrize("first", [
    settings(window=2**31), settings(frame=1), settings(push=7), frame(SETTINGS, payload=b"12345"), frame(SETTINGS, 1, 0, b"123456"),
    frame(DATA, END_STREAM, 1, b"x"), frame(HEADERS, END_HEADERS, 2, REQUEST), frame(HEADERS, END_HEADERS, 0, REQUEST),
    frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), frame(HEADERS, END_HEADERS, 1, b"\x80"),
    frame(HEADERS, END_HEADERS | 8, 1, b"\xff" + REQUEST), b"\xff\xff\xff" + bytes([DATA, 0, 0, 0, 0, 1]) + bytes(100),
    frame(PING, payload=b"short"), frame(RST_STREAM, 0, 1, b"\0\0\0\0"), frame(WINDOW_UPDATE, payload=b"\0\0\0\0"),
    frame(CONTINUATION, END_HEADERS, 1, REQUEST), frame(5, END_HEADERS, 1, b"\0\0\0\x02" + REQUEST), frame(GOAWAY, payload=b"x"),
], ids=range(18))
def test_frames_that_may_not_be_end_their_connection_only(emulator, first):
    healthy = Healthy(emulator)
    with h2_connections(emulator, 2) as (bad, good):
        bad.sendall(first)
        assert is_closed(bad)
        healthy.asks()
        good.sendall(frame(HEADERS, END_HEADERS, 1, call(f"{KINESIS}.ListStreams")) + frame(DATA, END_STREAM, 1, b"{}"))
        said = b""
        while b"StreamNames" not in said:
            said += good.recv(65536)


# TLS


def test_tls_that_is_none_and_tls_that_stops(hostile):
    emulator, healthy = hostile("--request-timeout", "2")
    chance = random.Random(7)
    with contextlib.ExitStack() as opened:
        for n in range(200):
            one = opened.enter_context(connect(emulator))
            length = chance.randrange(1, 2000)
            record = b"\x16\x03" + bytes([chance.choice([0, 1, 3, 4, 255])]) + struct.pack(">H", chance.choice([0, length, 65535]))
            with contextlib.suppress(ConnectionError):
                one.sendall(record + chance.randbytes(length))
            if n % 20 == 0:
                healthy.asks()
        # a true beginning, cut short
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context()
        with contextlib.suppress(ssl.SSLWantReadError):
            context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
        hello = outgoing.read()
        halves = [opened.enter_context(connect(emulator)) for _ in range(100)]
        for n, one in enumerate(halves):
            one.sendall(hello[:1 + n * len(hello) // 100])
        healthy.asks()
        assert all(is_closed(one) for one in halves)


def test_garbage_inside_tls(hostile):
    emulator, healthy = hostile("--request-timeout", "2")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    chance = random.Random(8)
    for n in range(30):
        with context.wrap_socket(connect(emulator)) as inside:
            with contextlib.suppress(OSError):
                inside.sendall(chance.choice([b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"POST / HTTP/1.1\r\n"]) + chance.randbytes(3000))
                if n % 3 == 0:
                    is_closed(inside, 5)
    healthy.asks()


# What stands in a request


def nested(open_: bytes, close: bytes, depth: int, inside: bytes = b"") -> bytes:
    return open_ * depth + inside + close * depth


BODIES: dict[str, tuple[str, bytes]] = {
    "a deep array": (JSON, nested(b"[", b"]", 100_000)),
    "a deep object": (JSON, nested(b'{"a":', b"}", 100_000, b"1")),
    "a deep array that does not end": (JSON, b'{"StreamName":' + b"[" * 1_000_000),
    "a million members": (JSON, b"{" + b",".join(b'"m%d":1' % n for n in range(1_000_000)) + b"}"),
    "one member a million times": (JSON, b"{" + b",".join([b'"StreamName":"a"'] * 500_000) + b"}"),
    "a long number": (JSON, b'{"Limit":' + b"9" * 1_000_000 + b"}"),
    "a large exponent": (JSON, b'{"Limit":1e999999999999}'),
    "bad UTF-8": (JSON, b'{"StreamName":"' + bytes(range(128, 256)) + b'"}'),
    "half a surrogate": (JSON, b'{"StreamName":"\\ud800"}'),
    "NULs": (JSON, b'{"StreamName":"a\x00b"}' + bytes(1000)),
    "a NUL escaped": (JSON, b'{"StreamName":"a\\u0000b"}'),
    "deep CBOR": (CBOR, b"\x81" * 100_000 + b"\x01"),
    "deep CBOR without lengths": (CBOR, b"\x9f" * 1_000_000),
    "deep CBOR tags": (CBOR, b"\xc1" * 1_000_000 + b"\x01"),
    "CBOR that promises much": (CBOR, b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"),
    "a CBOR text that promises much": (CBOR, b"\xa1\x7b\x7f\xff\xff\xff\xff\xff\xff\xffab"),
    "a CBOR list that promises much": (CBOR, b"\xa1\x67Records\x9b\x00\x00\x00\x00\xff\xff\xff\xff\xa0"),
    "a form of a million keys": (FORM, b"Action=PutMetricData&Version=2010-08-01&" + b"&".join(b"k%d=v" % n for n in range(1_000_000))),
    "a form with a deep name": (FORM, b"Action=PutMetricData&Version=2010-08-01&" + b"a.1." * 100_000 + b"=1"),
    "a form with a far index": (FORM, b"Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.2147483647.MetricName=x"),
    "a form with bad escapes": (FORM, b"Action=%zz%&Version=%" + b"%ff" * 10_000),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_request(emulator, name):
    content_type, body = BODIES[name]
    healthy, before = Healthy(emulator), resident_mib(emulator)
    authorization = "AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=h, Signature=0"
    with Connection(emulator) as connection:
        for target in ("CreateStream", "PutRecords", "ListStreams"):
            headers = {} if content_type == FORM else {"X_Amz_Target": f"{KINESIS}.{target}"}
            begun = cpu_seconds(emulator)
            answer = connection.post(body, Content_Type=content_type, Authorization=authorization, **headers)
            assert answer.status in (200, 400, 404, 413), answer
            assert cpu_seconds(emulator) - begun < 0.1 * slowness(emulator)
    healthy.asks()
    assert resident_mib(emulator) - before < 300


def test_signatures_that_are_none(emulator):
    chance = random.Random(9)
    words = ["AWS4-HMAC-SHA256", "Credential=", "a/b/c/d/aws4_request", "/" * 500, ",", " ", "=", "Signature=" + "0" * 5000, "\xff\xfe", "Credential"]
    with Connection(emulator) as connection:
        for _ in range(300):
            value = "".join(chance.choices(words, k=chance.randrange(1, 8))).strip()
            sent = b"POST /?X-Amz-Credential=%zz%00/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + value.encode("latin-1")
            sent += b"\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Length: 2\r\n\r\n{}"
            assert connection.send(sent).answer().status in (200, 400, 403)


def mutations(text: str, chance: random.Random) -> Iterator[str]:
    for _ in range(150):
        at = chance.randrange(len(text))
        yield chance.choice([
            text[:at] + chance.choice("A/+=-_ \x00é") + text[at + 1:], text[:at], text[at:], text[:at] + text, text * chance.randrange(2, 50)])
    yield from ("", "A" * 512, "=" * 100, "../../etc/passwd", "\U0001f600" * 100)


def test_iterators_and_tokens_that_are_none(emulator, kinesis, stream):
    true, chance = iterator(kinesis, stream, "shardId-000000000000"), random.Random(10)
    with Connection(emulator) as connection:
        for text in mutations(true, chance):
            answer = connection.call(f"{KINESIS}.GetRecords", {"ShardIterator": text})
            assert (answer.status, answer.code) in ((200, ""), (400, answer.code)) if answer.status != 200 else text == true
            assert connection.call(f"{KINESIS}.ListShards", {"NextToken": text}).status == 400
        assert connection.call(f"{KINESIS}.GetRecords", {"ShardIterator": true}).status == 200


def mutated(body: bytes, chance: random.Random) -> bytes:
    body = bytearray(body)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(body))
        match chance.randrange(4):
            case 0: body[at] = chance.randrange(256)
            case 1: del body[at:at + chance.randrange(1, 9)]
            case 2: body[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 3: body[at:at] = body[at // 2:at]
        body = body or bytearray(b"x")
    return bytes(body)


def test_requests_with_errors_everywhere(emulator, stream):
    """True requests of each protocol with bytes changed, cut and doubled, also in their heads."""
    chance, healthy = random.Random(11), Healthy(emulator)
    record = {"StreamName": stream, "Records": [{"Data": "aGVsbG8=", "PartitionKey": "k"}] * 3}
    item: Any = {"TableName": "t", "Item": {"a": {"M": {"b": {"L": [{"N": "1.5"}, {"SS": ["x", "y"]}]}}}}, "ConditionExpression": "a.b[0] = :v"}
    sources = [
        (f"{KINESIS}.PutRecords", JSON, json.dumps(record).encode()),
        (f"{KINESIS}.PutRecords", CBOR, cbor2.dumps(record | {"Records": [{"Data": b"hello", "PartitionKey": "k"}]})),
        ("DynamoDB_20120810.PutItem", "application/x-amz-json-1.0", json.dumps(item).encode()),
        ("AWSGlue.CreateSchema", JSON, json.dumps({"SchemaName": "s", "DataFormat": "AVRO", "SchemaDefinition": '{"type":"int"}'}).encode()),
        ("GraniteServiceVersion20100801.PutMetricData", FORM, b"Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m"),
    ]
    for n in range(300):
        target, content_type, body = chance.choice(sources)
        whole = head(len(body), X_Amz_Target=target, Content_Type=content_type) + body
        if n % 3 == 0:
            sent = mutated(whole, chance)
        else:
            body = mutated(body, chance)
            sent = head(len(body), X_Amz_Target=target, Content_Type=content_type) + body
        with Connection(emulator) as connection, contextlib.suppress(ConnectionError, TimeoutError):
            connection.socket.settimeout(0.2 if n % 3 == 0 else 20)
            connection.send(sent)
            said = connection.reader.readline()
            assert not said or said.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.1 501", b"HTTP/1.1 505")), (said, sent)
        if n % 100 == 0:
            healthy.asks()

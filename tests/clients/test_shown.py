"""What a client sends may be anything. What is said about it is not: answers stay UTF-8, JSON and XML, pages stay whole, and nothing of it
reaches a terminal as it is."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import xml.etree.ElementTree as ElementTree

import cbor2
import pytest
from admin import Refused, ask
from botocore.exceptions import ClientError
from helpers import refusal, register_consumer
from raw import CBOR, FORM, JSON, SIGNED, Connection

ESCAPE = "\x1b]0;mine\x07\x1b[31m\x9b2J\x7f"
HOSTILE = [b"\xff\xfe", b"\x1b[2J", b"\xc2\x9b2J", b"a\xc3", b"\xed\xa0\x80", b"<&>\"'", b"x" * 10000]


def raw_post(connection: Connection, body: bytes, *lines: bytes):
    head = [b"POST / HTTP/1.1", b"Host: localhost", b"Content-Length: %d" % len(body), *lines]
    return connection.send(b"\r\n".join([*head, b"", b""]) + body).answer()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_target_is_told_in_json_and_cbor(emulator, text):
    for target in (text, b"Kinesis_20131202." + text):
        with Connection(emulator) as connection:
            said = raw_post(connection, b"{}", b"X-Amz-Target: " + target, b"Content-Type: " + JSON.encode())
            assert said.status == 400 and json.loads(said.body.decode())["__type"] == "UnknownOperationException"
            said = raw_post(connection, b"\xa0", b"X-Amz-Target: " + target, b"Content-Type: " + CBOR.encode())
            assert said.status == 400 and cbor2.loads(said.body)["__type"] == "UnknownOperationException"


@pytest.mark.parametrize("text", [*HOSTILE, b"\0", b"GetCallerIdentity\0"])
def test_an_action_is_told_in_xml(emulator, text):
    escaped = "".join(f"%{byte:02x}" for byte in text).encode()
    for form in (b"Action=" + escaped + b"&Version=2011-06-15", b"Action=GetCallerIdentity&Version=" + escaped):
        with Connection(emulator) as connection:
            said = connection.form("sts" if form.startswith(b"Action=%") else escaped[:100].decode(), form)
            assert said.status in (400, 404) and ElementTree.fromstring(said.body.decode()) is not None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_path_is_told_in_xml_and_a_scope_in_json(emulator, text):
    escaped = "".join(f"%{byte:02x}" for byte in text).encode()
    with Connection(emulator) as connection:
        connection.send(b"POST /" + escaped + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert ElementTree.fromstring(connection.answer().body.decode()).tag == "Error"  # it is S3's
        scope = SIGNED["Authorization"].format("kinesis").encode().replace(b"us-east-1", text)
        said = raw_post(connection, b"{}", b"X-Amz-Target: Kinesis_20131202.ListStreams", b"Authorization: " + scope, b"Content-Type: " + JSON.encode())
        assert said.status == 200 and said.read()["StreamNames"] is not None


def ctl(emulator, *words: str) -> str:
    said = subprocess.run([emulator.binary, "ctl", *words, "--port", str(emulator.port)], capture_output=True, timeout=20, env=emulator.settings())
    return (said.stdout + said.stderr).decode()


def controls(text: str) -> list[str]:
    return [character for character in text if character != "\n" and (ord(character) < 32 or 127 <= ord(character) < 160)]


def test_a_terminal_is_shown_no_escapes(own_emulator):
    emulator = own_emulator(options=("--log-level", "debug", "--log-format", "human"))
    with Connection(emulator) as connection:
        connection.call("Kinesis_20131202.CreateStream", {"StreamName": "s", "ShardCount": 1})
        connection.call("Kinesis_20131202.PutRecord", {"StreamName": "s", "PartitionKey": f"key\n{ESCAPE}", "Data": "aGVsbG8="})
        connection.call("Kinesis_20131202.PutRecord", {"StreamName": ESCAPE, ESCAPE: [ESCAPE]})
        raw_post(connection, b"{}", b"X-Amz-Target: Kinesis_20131202.\xc2\x9b2J\xff", b"Content-Type: " + JSON.encode())
    for words in (["requests"], ["requests", "--json"], ["trace", "stream=s"], ["trace", "stream=s", "--json"], ["snapshot", ESCAPE],
                  ["trace", f"stream={ESCAPE}"], ["limits", f"{ESCAPE}=1"], ["requests", f"operation={ESCAPE}"]):
        shown = ctl(emulator, *words)
        if "--json" in words:
            shown = shown.replace("\x7f", "")  # JSON as it came: of what it leaves as it is this alone is a control character
        assert not controls(shown), (words, shown)
    assert "key\\u000a\\u001b]0;mine" in ctl(emulator, "trace", "stream=s")
    assert not controls(emulator.logged())


def test_a_json_log_is_json_whatever_was_asked_for(own_emulator):
    emulator = own_emulator(options=("--log-level", "debug", "--log-format", "json"))
    with Connection(emulator) as connection:
        for text in HOSTILE:
            raw_post(connection, b"{}", b"X-Amz-Target: Kinesis_20131202." + text, b"Content-Type: " + JSON.encode())
    for line in emulator.logged().splitlines():
        if line.startswith("{"):
            assert not controls(json.loads(line)["message"]), line
    assert '"operation":' in emulator.logged()


@pytest.mark.parametrize("clock", [
    {"set": 2**63 - 1}, {"set": -1}, {"set": -2**63}, {"set": 253402300800000}, {"set": "1969-12-31T23:59:59Z"}, {"set": 1.5}, {"advance": 2**63 - 1},
    {"advance": -2**63}, {"advance": "999999999d" * 200}, {"advance": "999999999d"}, {"advance": "-900000d"}, {"advance": "nan"}, {"advance": 1e300},
    {"set": 253402300799999, "advance": 1}, {"set": "nan"}, {"set": "9999-12-31T23:59:59.5Z"}, {"advance": "1d\0"},
])
def test_the_clock_is_not_moved_out_of_range(emulator, clock):
    before = ask(emulator.url, "clock")["now_ms"]
    with pytest.raises(Refused) as refused:
        ask(emulator.url, "clock", **clock)
    assert refused.value.status == 400
    assert 0 <= ask(emulator.url, "clock")["now_ms"] - before < 60000


def test_spans_of_rules_are_bounded_too(emulator):
    for rule in ({"delay": 2**63 - 1}, {"error": {"code": "X"}, "for": 2**63 - 1}, {"error": {"code": "X\r\nSet-Cookie: a"}}, {"error": {"code": "x" * 101}},
                 {"partial": {"share": 1, "code": "\x1b"}}):
        with pytest.raises(Refused) as refused:
            ask(emulator.url, "faults", **rule)
        assert refused.value.status == 400


PAGES = ["health", "ready", "clock", "snapshot", "faults", "limits", "requests", "requests?limit=5", "metrics", "glue/failures", "version", "trace?stream=s",
         "nothing"]
CALLS = [("Kinesis_20131202.PutRecord", {"StreamName": "s", "PartitionKey": "k", "Data": "aGVsbG8="}), ("Kinesis_20131202.PutRecord", {"StreamName": "none"}),
         ("Kinesis_20131202.DescribeStream", {"StreamName": "none"}), ("Kinesis_20131202.ListStreams", {}), ("Kinesis_20131202.Fly", {}),
         ("Kinesis_20131202.PutRecords", {"StreamName": "s", "Records": [{"PartitionKey": "k", "Data": ""}] * 3}), ("AWSGlue.GetJobs", {}),
         ("DynamoDB_20120810.GetItem", {"TableName": "none", "Key": {"a": {"S": "b"}}}), ("TrentService.DescribeKey", {"KeyId": "alias/none"})]
RULES = [{"operation": "PutRecord", "every": 2, "error": {"code": "Brok" + "en" * 20, "message": "m" * 300, "status": 503}},
         {"operation": "ListStreams", "every": 3, "status": 502}, {"operation": "DescribeStream", "every": 2, "delay": 1},
         {"operation": "PutRecords", "every": 2, "partial": {"share": 0.9, "code": "Partly", "message": "m"}}, {"operation": "GetItem", "every": 2, "cut": True}]


def read_pages(emulator, ended: threading.Event, wrong: list[str]) -> None:
    while not ended.is_set():
        for page in PAGES:
            with Connection(emulator) as connection:
                connection.send(f"GET /_evpoc/{page} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                said = connection.answer()
                if page != "metrics" and not isinstance(json.loads(said.body.decode()), dict):
                    wrong.append(f"{page}: {said}")


def test_every_page_is_whole_while_calls_of_every_kind_end(own_emulator):
    """Under ASan this sees whatever a page shows of a call that is over."""
    emulator, ended, wrong = own_emulator(options=("--keep-requests", "20")), threading.Event(), []
    with Connection(emulator) as connection:
        connection.call("Kinesis_20131202.CreateStream", {"StreamName": "s", "ShardCount": 1})
    rules = [ask(emulator.url, "faults", **rule)["id"] for rule in RULES]
    reader = threading.Thread(target=read_pages, args=(emulator, ended, wrong))
    reader.start()
    for _ in range(20):
        for target, body in CALLS:
            with Connection(emulator) as connection:
                try:
                    connection.call(target, body)
                except (AssertionError, OSError):
                    assert target.endswith("GetItem")
        with Connection(emulator) as connection:
            connection.call("Kinesis_20131202.ListStreams", b"{", FORM)
            connection.form("monitoring", b"Action=ListMetrics&Version=2010-08-01")
    for rule in rules:
        ask(emulator.url, "faults", method="DELETE", id=rule)
    with Connection(emulator) as connection:  # other calls' memory lies where that of the first ones lay
        for _ in range(5):
            connection.call("Kinesis_20131202.PutRecord", {"StreamName": "s" * 128, "PartitionKey": "k" * 256, "Data": "QUJD" * 5000})
    ended.set()
    reader.join()
    assert not wrong
    told = {row.get("error") for row in ask(emulator.url, "requests")["requests"]}
    assert RULES[0]["error"]["code"] in told and "ValidationException" in told, told


def test_kinesis_tells_an_extended_id(kinesis, dynamodb, stream):
    """JavaScript's SDK shows it as extendedRequestId, boto3 among the headers."""
    ids = {kinesis.list_streams()["ResponseMetadata"]["HTTPHeaders"]["x-amz-id-2"] for _ in range(3)}
    assert len(ids) == 3 and all(len(base64.b64decode(one, validate=True)) == 72 for one in ids)
    with pytest.raises(ClientError) as refused:
        kinesis.describe_stream(StreamName="none")
    assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-id-2"] not in ids
    consumer = register_consumer(kinesis, stream, "ids")
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"})
    assert len(answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-id-2"]) == 96
    answer["EventStream"].close()
    assert "x-amz-id-2" not in dynamodb.list_tables()["ResponseMetadata"]["HTTPHeaders"]


@pytest.mark.parametrize("number", ["0", "1", "00", "9" * 37, "5" * 56])
def test_a_sequence_number_is_told_as_it_was_sent(kinesis, stream, number):
    asked = {"StreamName": stream, "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": number}
    code, message = refusal(kinesis.get_shard_iterator, **asked)
    said = {"InvalidArgumentException": f"StartingSequenceNumber {number} used in GetShardIterator on shard shardId-000000000000 in stream {stream} ",
            "ValidationException": f"1 validation error detected: Value '{number}' at 'startingSequenceNumber' "}
    assert message.startswith((said[code], "Invalid StartingSequenceNumber. It encodes")), message

"""DynamoDB's front end: checksums, request ids, the errors of the protocol. By raw HTTP, since SDKs hide them."""

import http.client
import json
import re
import zlib

import pytest

PREFIX = "DynamoDB_20120810."


def call(emulator, target, body, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
    connection.request("POST", "/", body if isinstance(body, bytes) else json.dumps(body).encode(), {
        "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"} | headers)
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize("target, body, status", [
    ("ListTables", {}, 200), ("ListTables", {"Limit": 0}, 400), ("DescribeTable", {"TableName": "nowhere"}, 400), ("ListTables", b"{", 400),
    ("Nothing", {}, 400), ("ListTables", {"ExclusiveStartTableName": "Ünïcode"}, 400)])
def test_every_answer_has_its_checksum_and_an_id(emulator, target, body, status):
    """Developer Guide, "DynamoDB low-level API": x-amz-crc32, of the body as it is sent, in decimal. Go's SDK warns without it."""
    answer, said = call(emulator, PREFIX + target, body)
    assert answer.status == status
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(said))
    assert re.fullmatch("[A-Z0-9]{52}", answer.headers["x-amzn-requestid"])


def test_other_services_have_neither(emulator):
    answer, _ = call(emulator, "Kinesis_20131202.ListStreams", {})
    assert "x-amz-crc32" not in answer.headers and len(answer.headers["x-amzn-requestid"]) == 36


@pytest.mark.parametrize("target, body, code", [
    ("ListTables", b"{", "SerializationException"), ("ListTables", b'{"Limit": "one"}', "SerializationException"),
    ("ListTables", b"null", "SerializationException"), ("ListTables", b"[]", "SerializationException"), ("ListTables", b"word", "SerializationException"),
    ("ListTables", b'"text"', "SerializationException"), ("ListTables", b"1", "SerializationException"), ("ListTables", b"true", "SerializationException"),
    ("ListTables", b"", "SerializationException"), ("Nothing", b"{}", "UnknownOperationException")])
def test_errors_of_the_protocol_have_their_namespace(emulator, target, body, code):
    answer, said = call(emulator, PREFIX + target, body)
    assert (answer.status, json.loads(said)["__type"]) == (400, f"com.amazon.coral.service#{code}")

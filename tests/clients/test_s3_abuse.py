"""What S3 is sent by mistake or ill will: lengths and checksums that lie, bytes of every kind, numbers at their bounds, a disk that is full."""

from __future__ import annotations

import os
import subprocess
from urllib.parse import quote

import pytest
from conftest import client_at
from helpers import eventually, refusal_code
from raw import Connection

MIB = 1 << 20


@pytest.fixture
def bucket(s3, unique):
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


def keys(s3, bucket):
    return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def code(answer):
    return answer.status, answer.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


def test_a_key_has_bytes_of_every_kind(emulator, s3, bucket):
    wire, characters = Connection(emulator), [chr(n) for n in range(1, 0x180)] + ["\u2028", "\ufffd", "\U0001f600", "\U0010ffff"]
    for character in characters:
        assert wire.request("PUT", f"/{bucket}/{quote(character, safe='')}", body=character.encode()).status == 200, character
    listed = keys(s3, bucket)
    assert listed == sorted(characters, key=str.encode)
    for character in characters:
        assert wire.request("GET", f"/{bucket}/{quote(character, safe='')}").body == character.encode()
    for broken in ("%ff", "%c3", "%c0%80", "%ed%a0%80", "%f5%80%80%80"):
        answer = wire.request("PUT", f"/{bucket}/{broken}", body=b"x")
        assert 400 <= answer.status < 500, broken
    assert keys(s3, bucket) == listed


@pytest.mark.parametrize("number, status", [("1", 200), ("10000", 200), ("0", 400), ("10001", 400), ("-1", 400), ("99999999999999999999", 400), ("x", 400)])
def test_part_numbers_at_their_bounds(emulator, s3, bucket, number, status):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    assert Connection(emulator).request("PUT", f"/{bucket}/k?partNumber={number}&uploadId={upload}", body=b"x").status == status
    assert len(s3.list_parts(Bucket=bucket, Key="k", UploadId=upload).get("Parts", [])) == (status == 200)


LIES = {
    "MD5": ({"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "BadDigest"),
    "MD5 that is none": ({"Content-MD5": "AAAA"}, "InvalidDigest"),
    "SHA-256": ({"x-amz-content-sha256": "0" * 64}, "XAmzContentSHA256Mismatch"),
    "CRC32": ({"x-amz-checksum-crc32": "AAAAAA=="}, "BadDigest"),
    "CRC64NVME": ({"x-amz-checksum-crc64nvme": "AAAAAAAAAAA="}, "BadDigest"),
    "length": ({"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "3"}, "IncompleteBody"),
    "length of more than there may be": ({"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": str(1 << 62)},
                                         "EntityTooLarge"),
}


@pytest.mark.parametrize("what", LIES)
def test_what_lies_is_never_seen(emulator, s3, bucket, what):
    headers, expected = LIES[what]
    answer = Connection(emulator).request("PUT", f"/{bucket}/k", headers, b"4\r\nfour\r\n0\r\n\r\n" * 1)
    assert code(answer) == (400, expected)
    assert keys(s3, bucket) == []


def test_who_stops_sending_is_given_up_and_leaves_nothing(own_emulator):
    emulator = own_emulator(options=("--request-timeout", "1"))
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="stopped")
    wires = [Connection(emulator) for _ in range(20)]
    for number, wire in enumerate(wires):
        wire.send(f"PUT /stopped/{number} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10 * MIB}\r\n\r\n".encode() + bytes(MIB // 2))
    s3.put_object(Bucket="stopped", Key="whole", Body=bytes(MIB))  # nobody waits for them
    for wire in wires:
        wire.socket.settimeout(60)
        while wire.socket.recv(65536):
            pass
    assert keys(s3, "stopped") == ["whole"]


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_refuses_objects_and_takes_them_when_there_is_room(own_emulator, small_disk):
    emulator = own_emulator(data=small_disk / "data")
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="full")
    data, there = os.urandom(MIB), []
    while not (refused := s3_put(s3, f"{len(there):03}", data)):
        there.append(f"{len(there):03}")
        assert len(there) < 24
    assert refused in ("InsufficientStorage", "InternalError") and len(there) > 5
    assert refusal_code(s3.put_object, Bucket="full", Key="large", Body=bytes(20 * MIB)) in ("InsufficientStorage", "InternalError")
    assert keys(s3, "full") == there
    assert all(s3.get_object(Bucket="full", Key=key)["Body"].read() == data for key in there)
    eventually(lambda: not s3_delete(s3, there[:4]))
    eventually(lambda: not s3_put(s3, "again", data))
    emulator.kill()
    emulator.start()
    assert keys(s3, "full") == [*there[4:], "again"]


def s3_put(s3, key, data):
    """The code of its refusal, or nothing."""
    try:
        s3.put_object(Bucket="full", Key=key, Body=data)
    except s3.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def s3_delete(s3, gone):
    try:
        return s3.delete_objects(Bucket="full", Delete={"Objects": [{"Key": key} for key in gone], "Quiet": True}).get("Errors", [])
    except s3.exceptions.ClientError as error:
        return error.response["Error"]["Code"]

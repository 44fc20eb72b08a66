"""Buckets and objects through boto3, and what S3's clients send by hand: plain and chunked, with every checksum."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from admin import ask
from conftest import client_at
from helpers import refusal, refusal_code
from raw import Connection

SIZE = 300_000
DATA = bytes(range(251)) * (SIZE // 251)


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for one in page.get("Contents", []):
            s3.delete_object(Bucket=name, Key=one["Key"])
    s3.delete_bucket(Bucket=name)


def body(answer: dict[str, Any]) -> bytes:
    return answer["Body"].read()


def keys(answer: dict[str, Any]) -> list[str]:
    return [one["Key"] for one in answer.get("Contents", [])]


def prefixes(answer: dict[str, Any]) -> list[str]:
    return [one["Prefix"] for one in answer.get("CommonPrefixes", [])]


# Buckets


@pytest.mark.parametrize("name", ["ab", "a" * 64, "Upper", "under_score", "-dash", "dash-", "two..dots", "192.168.5.4", "xn--a", "a-s3alias"])
def test_a_bad_name_is_refused(emulator, name):
    wire = Connection(emulator)
    answer = wire.request("PUT", f"/{name}")
    assert (answer.status, b"<Code>InvalidBucketName</Code>" in answer.body) == (400, True)


def test_again_is_fine_in_us_east_1_alone(emulator, s3, unique):
    name, other = unique("bucket"), unique("bucket")
    europe = client_at(emulator.url, "s3", region_name="eu-west-1")
    place = {"LocationConstraint": "eu-west-1"}
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    s3.create_bucket(Bucket=name)
    europe.create_bucket(Bucket=other, CreateBucketConfiguration=place)
    assert refusal_code(europe.create_bucket, Bucket=other, CreateBucketConfiguration=place) == "BucketAlreadyOwnedByYou"
    assert refusal_code(client_at(emulator.url, "s3", aws_access_key_id="111122223333").create_bucket, Bucket=name) == "BucketAlreadyExists"
    assert refusal_code(europe.create_bucket, Bucket=unique("b")) == "IllegalLocationConstraintException"
    assert refusal_code(s3.create_bucket, Bucket=unique("b"), CreateBucketConfiguration={"LocationConstraint": "mars"}) == "InvalidLocationConstraint"
    assert s3.get_bucket_location(Bucket=other)["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    assert s3.head_bucket(Bucket=other)["BucketRegion"] == "eu-west-1"
    assert {name, other} <= {one["Name"] for one in s3.list_buckets()["Buckets"]}
    for one in (name, other):
        s3.delete_bucket(Bucket=one)
    assert refusal(s3.delete_bucket, Bucket=name) == ("NoSuchBucket", "The specified bucket does not exist")


def test_a_bucket_with_objects_stays(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    assert refusal_code(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"


# Objects


@pytest.mark.parametrize("key", ["a", "a/b", "//", "a//b/../c/./d/", "sp ace", "plus+and%25", "ümlaut/☃", "q?a=b&c#d", "x" * 1024, "<&>\""])
def test_a_key_is_what_it_is(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert body(s3.get_object(Bucket=bucket, Key=key)) == key.encode()
    assert keys(s3.list_objects_v2(Bucket=bucket)) == keys(s3.list_objects(Bucket=bucket)) == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert body(s3.get_object(Bucket=bucket, Key="copy")) == key.encode()
    assert s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})["Deleted"] == [{"Key": key}]


def test_a_key_too_long_is_refused(s3, bucket):
    assert refusal_code(s3.put_object, Bucket=bucket, Key="x" * 1025) == "KeyTooLongError"


def test_what_is_put_is_told(s3, bucket):
    told = {"ContentType": "text/plain", "CacheControl": "no-cache", "ContentDisposition": "attachment", "ContentLanguage": "de", "ContentEncoding": "gzip",
            "StorageClass": "STANDARD_IA", "Metadata": {"colour": "red", "size": "1"}, "WebsiteRedirectLocation": "/elsewhere"}
    etag = s3.put_object(Bucket=bucket, Key="k", Body=DATA, Tagging="a=b&c=d%20e", **told)["ETag"]
    assert etag == f'"{hashlib.md5(DATA).hexdigest()}"'
    for ask in (s3.get_object, s3.head_object):
        answer = ask(Bucket=bucket, Key="k")
        assert {name: answer[name] for name in told} == told
        assert (answer["ETag"], answer["ContentLength"], answer["TagCount"], answer["AcceptRanges"]) == (etag, len(DATA), 2, "bytes")
    assert s3.get_object(Bucket=bucket, Key="k", ResponseContentType="image/png")["ContentType"] == "image/png"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", Metadata={"a": "x" * 2048}) == "MetadataTooLarge"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", StorageClass="CELLAR") == "InvalidStorageClass"


@pytest.mark.parametrize("asked, told", [("bytes=0-0", (0, 1)), ("bytes=5-9", (5, 10)), ("bytes=10-", (10, None)), ("bytes=-7", (-7, None)),
                                         ("bytes=0-99999999", (0, None)), ("bytes=-99999999", (0, None))])
def test_a_range_is_a_slice(s3, bucket, asked, told):
    s3.put_object(Bucket=bucket, Key="k", Body=DATA)
    answer = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert body(answer) == DATA[slice(*told)]
    start = told[0] % len(DATA) if told[0] < 0 else told[0]
    assert answer["ContentRange"] == f"bytes {start}-{start + answer['ContentLength'] - 1}/{len(DATA)}"
    assert s3.head_object(Bucket=bucket, Key="k", Range=asked)["ContentLength"] == answer["ContentLength"]


@pytest.mark.parametrize("asked, status", [("bytes=5-2", 200), ("bytes=0-1,3-4", 200), ("lines=1-2", 200), ("bytes=9999999-", 416), ("bytes=-0", 416)])
def test_a_range_that_is_none_is_passed_by_or_refused(emulator, s3, bucket, asked, status):
    s3.put_object(Bucket=bucket, Key="k", Body=DATA)
    assert Connection(emulator).request("GET", f"/{bucket}/k", {"Range": asked}).status == status


def test_conditions_of_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    assert body(s3.get_object(Bucket=bucket, Key="k", IfMatch=etag)) == b"x"
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    for ask in (s3.get_object, s3.head_object):
        assert refusal_code(ask, Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"
        assert refusal_code(ask, Bucket=bucket, Key="k", IfModifiedSince=modified) == "304"
        assert refusal_code(ask, Bucket=bucket, Key="k", IfMatch='"other"') in ("PreconditionFailed", "412")
        assert refusal_code(ask, Bucket=bucket, Key="k", IfUnmodifiedSince="2001-01-01T00:00:00Z") in ("PreconditionFailed", "412")


def test_conditions_of_writes(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfMatch='"other"') == "PreconditionFailed"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="none", Body=b"2", IfMatch=etag) == "NoSuchKey"
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"1"
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag)
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"2"


@pytest.mark.parametrize("header", ["a=1&a=2", "a=1,b=2", "a=%zz"])
def test_tags_in_a_header_that_are_none(s3, bucket, header):
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", Tagging=header) == "InvalidArgument"


def test_copies(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=DATA, Metadata={"a": "b"}, ContentType="text/plain")
    source = {"Bucket": bucket, "Key": "k"}
    s3.copy_object(Bucket=bucket, Key="same", CopySource=source)
    s3.copy_object(Bucket=bucket, Key="other", CopySource=source, MetadataDirective="REPLACE", Metadata={"c": "d"}, ChecksumAlgorithm="SHA256")
    s3.delete_object(Bucket=bucket, Key="k")
    same, other = s3.get_object(Bucket=bucket, Key="same"), s3.get_object(Bucket=bucket, Key="other", ChecksumMode="ENABLED")
    assert (body(same), same["Metadata"], same["ContentType"]) == (DATA, {"a": "b"}, "text/plain")
    assert (body(other), other["Metadata"], other["ContentType"]) == (DATA, {"c": "d"}, "binary/octet-stream")
    assert other["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    assert refusal_code(s3.copy_object, Bucket=bucket, Key="same", CopySource={"Bucket": bucket, "Key": "same"}) == "InvalidRequest"
    assert refusal_code(s3.copy_object, Bucket=bucket, Key="x", CopySource=source) == "NoSuchKey"


def test_listing(s3, bucket):
    for key in ("a", "b/1", "b/2", "c", "d/e/f", "d/g", "z"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    whole = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert (keys(whole), prefixes(whole), whole["KeyCount"]) == (["a", "c", "z"], ["b/", "d/"], 5)
    inner = s3.list_objects_v2(Bucket=bucket, Prefix="d/", Delimiter="/")
    assert (keys(inner), prefixes(inner)) == (["d/g"], ["d/e/"])
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="b/1")) == ["b/2", "c", "d/e/f", "d/g", "z"]
    assert "Owner" in s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]
    for operation in ("list_objects_v2", "list_objects"):
        pages = [(keys(page), prefixes(page)) for page in s3.get_paginator(operation).paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1})]
        assert pages == [(["a"], []), ([], ["b/"]), (["c"], []), ([], ["d/"]), (["z"], [])]
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=0)["IsTruncated"] is False
    assert refusal_code(s3.list_objects_v2, Bucket=bucket, EncodingType="base64") == "InvalidArgument"


# Bodies and their checksums

ALGORITHMS = {"CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"), "SHA1": lambda data: hashlib.sha1(data).digest(), "SHA256": lambda data: hashlib.sha256(data).digest()}


def sent(algorithm: str, data: bytes) -> str:
    return base64.b64encode(ALGORITHMS[algorithm](data)).decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_checksum_is_kept_or_refused(s3, bucket, algorithm):
    right, wrong = sent(algorithm, DATA), sent(algorithm, b"other")
    assert s3.put_object(Bucket=bucket, Key="k", Body=DATA, **{f"Checksum{algorithm}": right})[f"Checksum{algorithm}"] == right
    assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[f"Checksum{algorithm}"] == right
    assert refusal_code(s3.put_object, Bucket=bucket, Key="new", Body=DATA, **{f"Checksum{algorithm}": wrong}) == "BadDigest"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="new", Body=DATA, **{f"Checksum{algorithm}": "AA=="}) == "InvalidRequest"
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["k"]


def test_without_a_checksum_there_is_crc64nvme(emulator, s3, bucket):
    answer = Connection(emulator).request("PUT", f"/{bucket}/k", body=b"123456789")
    assert answer.headers["x-amz-checksum-crc64nvme"] == base64.b64encode(0xAE8B14860A799888.to_bytes(8, "big")).decode()  # the check value of its catalogue
    assert answer.headers["x-amz-checksum-type"] == "FULL_OBJECT"


def chunked(data: bytes, size: int, signed: bool, trailer: dict[str, str]) -> bytes:
    signature = b";chunk-signature=" + b"0" * 64 if signed else b""
    pieces = [data[at:at + size] for at in range(0, len(data), size)] + [b""]
    lines = b"".join(f"{name}:{value}\r\n".encode() for name, value in trailer.items())
    if trailer and signed:
        lines += b"x-amz-trailer-signature:" + b"0" * 64 + b"\r\n"
    return b"".join(f"{len(piece):x}".encode() + signature + b"\r\n" + piece + (b"\r\n" if piece else lines + b"\r\n") for piece in pieces)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("has_trailer", [True, False])
def test_the_forms_of_aws_chunked(emulator, s3, bucket, signed, has_trailer):
    kind = f"STREAMING-{'AWS4-HMAC-SHA256' if signed else 'UNSIGNED'}-PAYLOAD{'-TRAILER' if has_trailer else ''}"
    headers = {"x-amz-content-sha256": kind, "x-amz-decoded-content-length": str(len(DATA)), "Content-Encoding": "aws-chunked,gzip"}
    trailer = {"x-amz-checksum-crc32": sent("CRC32", DATA)} if has_trailer else {}
    if has_trailer:
        headers["x-amz-trailer"] = "x-amz-checksum-crc32"
    wire = Connection(emulator)
    assert wire.request("PUT", f"/{bucket}/k", headers, chunked(DATA, 65536, signed, trailer)).status == 200
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert (body(answer), answer["ContentEncoding"]) == (DATA, "gzip")
    if has_trailer:
        trailer["x-amz-checksum-crc32"] = sent("CRC32", b"other")
        answer = wire.request("PUT", f"/{bucket}/new", headers, chunked(DATA, 65536, signed, trailer))
        assert (answer.status, b"<Code>BadDigest</Code>" in answer.body) == (400, True)
    short = wire.request("PUT", f"/{bucket}/new", headers, chunked(DATA[1:], 65536, signed, trailer))
    assert (short.status, b"<Code>IncompleteBody</Code>" in short.body) == (400, True)
    broken = wire.request("PUT", f"/{bucket}/new", headers, b"zz\r\n" + DATA)
    assert (broken.status, b"<Code>IncompleteBody</Code>" in broken.body) == (400, True)
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["k"]


def test_trailers_of_boto3_in_tls(emulator, s3, bucket, tmp_path):
    secure = boto3.client("s3", endpoint_url=f"https://localhost:{emulator.port}", verify=False, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))
    secure.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(DATA * 5))
    assert body(secure.get_object(Bucket=bucket, Key="k")) == DATA * 5
    secure.put_object(Bucket=bucket, Key="k2", Body=DATA, ChecksumAlgorithm="SHA256")
    assert secure.head_object(Bucket=bucket, Key="k2", ChecksumMode="ENABLED")["ChecksumSHA256"] == sent("SHA256", DATA)


def test_a_body_that_is_cut_off_was_never_there(emulator, s3, bucket):
    wire = Connection(emulator)
    wire.send(f"PUT /{bucket}/cut HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n".encode() + DATA)
    wire.socket.close()
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []


def test_a_refusal_comes_before_the_body(emulator, unique):
    wire = Connection(emulator)
    wire.send(f"PUT /{unique('no-bucket')}/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n".encode())
    assert wire.answer().status == 404


# Addresses and signatures


@pytest.mark.parametrize("end", ["localhost", "s3.localhost", "s3.localhost.localstack.cloud", "s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"])
def test_a_bucket_in_the_host(emulator, s3, bucket, end):
    wire = Connection(emulator)
    assert wire.request("PUT", "/a//b", {"Host": f"{bucket}.{end}:{emulator.port}"}, b"x").status == 200
    assert wire.request("GET", "/?list-type=2", {"Host": f"{bucket}.{end}"}).body.count(b"<Key>a//b</Key>") == 1
    assert body(s3.get_object(Bucket=bucket, Key="a//b")) == b"x"


def test_presigned_urls_end_by_the_emulators_clock(own_emulator):
    emulator = own_emulator()
    for version in ("s3v4", "s3"):
        s3 = client_at(emulator.url, "s3", config=Config(signature_version=version, s3={"addressing_style": "path"}))
        s3.create_bucket(Bucket="presigned")
        wire = Connection(emulator)
        to = {way: s3.generate_presigned_url(way, Params={"Bucket": "presigned", "Key": "k"}, ExpiresIn=60).split(str(emulator.port), 1)[1] for way in ("put_object", "get_object")}
        assert wire.request("PUT", to["put_object"], {"Content-Type": "application/x-www-form-urlencoded"} if version == "s3v4" else {}, b"signed").status == 200
        assert wire.request("GET", to["get_object"]).body == b"signed"
        ask(emulator.url, "clock", advance="61s")
        late = wire.request("GET", to["get_object"])
        assert (late.status, b"Request has expired" in late.body) == (403, True)
        ask(emulator.url, "clock", advance="-61s")


def test_errors_tell_ids_and_head_has_no_body(emulator, unique):
    wire = Connection(emulator)
    name = unique("no-bucket")
    answer = wire.request("GET", f"/{name}/k")
    ids = answer.headers["x-amz-request-id"], answer.headers["x-amz-id-2"]
    assert answer.body == (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message>'
                           f"<BucketName>{name}</BucketName><RequestId>{ids[0]}</RequestId><HostId>{ids[1]}</HostId></Error>").encode()
    wire.send(f"HEAD /{name}/k HTTP/1.1\r\nHost: localhost\r\n\r\nGET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert (wire.answer(has_body=False).status, wire.answer().status) == (404, 404)


# What is cut off


def test_kill_in_the_middle_of_uploads_leaves_what_was_answered(own_emulator):
    emulator = own_emulator()
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="whole", Body=DATA)
    upload = {"Bucket": "kept", "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    s3.upload_part(**upload, PartNumber=1, Body=DATA)
    begun = [Connection(emulator).send(f"PUT /kept/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000\r\n\r\n".encode() + DATA * 20)
             for name in ("cut", "whole", f"parts?partNumber=2&uploadId={upload['UploadId']}")]
    emulator.kill()
    emulator.start()
    assert keys(s3.list_objects_v2(Bucket="kept")) == ["whole"]
    assert body(s3.get_object(Bucket="kept", Key="whole")) == DATA
    assert [part["PartNumber"] for part in s3.list_parts(**upload)["Parts"]] == [1]
    assert len(begun) == 3


def test_sixteen_writers_of_one_key(s3, bucket):
    """If-None-Match: * is decided where it is written: a table format's commits depend on it."""
    for turn in range(3):
        with ThreadPoolExecutor(16) as writers:
            codes = list(writers.map(lambda number: refusal_or_none(s3, bucket, f"commit-{turn}", number), range(16)))  # noqa: B023
        assert (codes.count(None), codes.count("PreconditionFailed")) == (1, 15)
        assert body(s3.get_object(Bucket=bucket, Key=f"commit-{turn}")) == str(codes.index(None)).encode()


def refusal_or_none(s3: Any, bucket: str, key: str, number: int) -> str | None:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=str(number).encode(), IfNoneMatch="*")
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None

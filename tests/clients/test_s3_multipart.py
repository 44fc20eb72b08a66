"""S3: uploads in parts, through boto3 and its transfer manager."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from helpers import refusal, refusal_code
from raw import Connection

LEAST = 5 << 20
FIRST, LAST = bytes(range(256)) * (LEAST // 256), b"the last part may be small"


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    for one in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=one["Key"], UploadId=one["UploadId"])
    for one in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=one["Key"])
    s3.delete_bucket(Bucket=name)


class Upload:
    def __init__(self, s3: Any, bucket: str, key: str = "k", **arguments: Any):
        self.s3, self.where = s3, {"Bucket": bucket, "Key": key}
        self.created = s3.create_multipart_upload(**self.where, **arguments)
        self.where["UploadId"] = self.created["UploadId"]
        self.parts: list[dict[str, Any]] = []

    def put(self, number: int, data: bytes, **arguments: Any) -> dict[str, Any]:
        answer = self.s3.upload_part(**self.where, PartNumber=number, Body=data, **arguments)
        told = {name: value for name, value in answer.items() if name == "ETag" or name.startswith("Checksum")}
        self.parts.append({"PartNumber": number} | told)
        return answer

    def complete(self, parts: list[dict[str, Any]] | None = None, **arguments: Any) -> dict[str, Any]:
        return self.s3.complete_multipart_upload(**self.where, MultipartUpload={"Parts": self.parts if parts is None else parts}, **arguments)


def etags(upload: Upload) -> list[dict[str, Any]]:
    return [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in upload.parts]


def crc32(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "big")


def text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def test_parts_become_one_object(s3, bucket):
    upload = Upload(s3, bucket, Metadata={"a": "b"}, ContentType="text/plain", Tagging="x=y", ChecksumAlgorithm="CRC32")
    assert upload.created["ChecksumType"] == "COMPOSITE"
    upload.put(3, LAST)
    upload.put(1, FIRST)
    upload.put(2, b"replaced")
    upload.parts = [part for part in upload.parts if part["PartNumber"] != 2]
    upload.put(2, FIRST)
    upload.parts.sort(key=lambda part: part["PartNumber"])
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    answer = upload.complete()
    whole = FIRST + FIRST + LAST
    sums = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in (FIRST, FIRST, LAST))).hexdigest()
    assert answer["ETag"] == f'"{sums}-3"'
    assert answer["ChecksumCRC32"] == text(crc32(b"".join(map(crc32, (FIRST, FIRST, LAST))))) + "-3"
    got = s3.get_object(Bucket=bucket, Key="k")
    assert (got["Body"].read() == whole, got["Metadata"], got["ContentType"], got["TagCount"]) == (True, {"a": "b"}, "text/plain", 1)
    part = s3.get_object(Bucket=bucket, Key="k", PartNumber=2, ChecksumMode="ENABLED")
    assert (part["Body"].read() == FIRST, part["PartsCount"], part["ContentRange"]) == (True, 3, f"bytes {LEAST}-{2 * LEAST - 1}/{len(whole)}")
    assert part["ChecksumCRC32"] == text(crc32(FIRST))
    assert s3.head_object(Bucket=bucket, Key="k", PartNumber=3)["ContentLength"] == len(LAST)
    assert refusal_code(s3.get_object, Bucket=bucket, Key="k", PartNumber=4) == "InvalidPartNumber"
    across = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={LEAST - 5}-{LEAST + 4}")
    assert across["Body"].read() == whole[LEAST - 5:LEAST + 5]
    assert refusal_code(s3.list_parts, **upload.where) == "NoSuchUpload"


def test_a_checksum_of_the_whole(s3, bucket):
    upload = Upload(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.put(1, FIRST)
    upload.put(2, LAST)
    answer = upload.complete()
    assert (answer["ChecksumType"], answer["ChecksumCRC32"]) == ("FULL_OBJECT", text(binascii.crc32(FIRST + LAST).to_bytes(4, "big")))


def test_without_an_algorithm_the_whole_has_crc64nvme(emulator, s3, bucket):
    upload = Upload(s3, bucket)
    upload.put(1, FIRST)
    upload.put(2, LAST)
    assert refusal_code(upload.complete) == "InvalidPart"  # recorded: their checksums are not kept
    single = Connection(emulator).request("PUT", f"/{bucket}/single", body=FIRST + LAST).headers
    assert upload.complete(etags(upload))["ChecksumCRC64NVME"] == single["x-amz-checksum-crc64nvme"]


def test_what_is_wrong_with_a_completion(s3, bucket):
    upload = Upload(s3, bucket, ChecksumAlgorithm="CRC32")
    upload.put(1, b"small")
    upload.put(2, LAST)
    one, two = upload.parts
    assert refusal_code(upload.complete) == "EntityTooSmall"
    assert refusal_code(upload.complete, parts=[two, one]) == "InvalidPartOrder"
    assert refusal_code(upload.complete, parts=[one | {"ETag": two["ETag"]}]) == "InvalidPart"
    assert refusal_code(upload.complete, parts=[one | {"PartNumber": 7}]) == "InvalidPart"
    assert refusal_code(upload.complete, parts=[]) == "MalformedXML"
    assert refusal_code(upload.complete, parts=etags(upload)[:1]) == "InvalidRequest"  # the checksum of a part is missing
    assert refusal(upload.complete, parts=[one], MpuObjectSize=4) == ("InvalidRequest", "The provided 'x-amz-mp-object-size' header value 4 does not match what was computed: 5")
    assert refusal_code(s3.upload_part, **upload.where, PartNumber=10001, Body=b"") == "InvalidArgument"
    assert refusal_code(s3.upload_part, **upload.where, PartNumber=3, Body=b"", ChecksumAlgorithm="SHA256") == "InvalidRequest"
    assert refusal_code(s3.upload_part, **upload.where | {"Key": "other"}, PartNumber=1, Body=b"") == "NoSuchUpload"
    s3.put_object(Bucket=bucket, Key="k", Body=b"first")
    assert refusal_code(upload.complete, parts=[one], IfNoneMatch="*") == "PreconditionFailed"
    s3.abort_multipart_upload(**upload.where)
    assert refusal_code(upload.complete, parts=[one]) == "NoSuchUpload"
    for kind in ({"ChecksumAlgorithm": "SHA1", "ChecksumType": "FULL_OBJECT"}, {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "COMPOSITE"}):
        assert refusal_code(s3.create_multipart_upload, Bucket=bucket, Key="k", **kind) == "InvalidRequest"


def test_parts_are_copied(s3, bucket):
    source = {"Bucket": bucket, "Key": "source"}
    s3.put_object(**source, Body=FIRST + LAST)
    upload = Upload(s3, bucket, ChecksumAlgorithm="CRC32")
    for number, piece in ((1, f"bytes=0-{LEAST - 1}"), (2, f"bytes={LEAST}-{LEAST + len(LAST) - 1}")):
        result = s3.upload_part_copy(**upload.where, PartNumber=number, CopySource=source, CopySourceRange=piece)["CopyPartResult"]
        upload.parts.append({"PartNumber": number, "ETag": result["ETag"], "ChecksumCRC32": result["ChecksumCRC32"]})
    assert upload.parts[0]["ETag"] == f'"{hashlib.md5(FIRST).hexdigest()}"'
    upload.complete()
    s3.delete_object(**source)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == FIRST + LAST
    assert refusal_code(s3.upload_part_copy, **Upload(s3, bucket).where, PartNumber=1, CopySource={"Bucket": bucket, "Key": "k"}, CopySourceRange="bytes=5-2") == "InvalidArgument"
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "k"})
    assert s3.head_object(Bucket=bucket, Key="copy")["ETag"] == f'"{hashlib.md5(FIRST + LAST).hexdigest()}"'


def test_uploads_and_parts_are_listed(s3, bucket):
    uploads = [Upload(s3, bucket, key) for key in ("a", "b/1", "b/2", "c")]
    for number in (1, 2, 5):
        uploads[0].put(number, b"x")
    pages = [[part["PartNumber"] for part in page.get("Parts", [])]
             for page in s3.get_paginator("list_parts").paginate(**uploads[0].where, PaginationConfig={"PageSize": 2})]
    assert pages == [[1, 2], [5]]
    whole = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert ([one["Key"] for one in whole["Uploads"]], whole["CommonPrefixes"]) == (["a", "c"], [{"Prefix": "b/"}])
    pages = [[one["Key"] for one in page.get("Uploads", [])] for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})]
    assert pages == [["a"], ["b/1"], ["b/2"], ["c"]]


def test_the_transfer_manager(s3, bucket, tmp_path):
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(FIRST * 3 + LAST)
    config = TransferConfig(multipart_threshold=LEAST, multipart_chunksize=LEAST, max_concurrency=4)
    s3.upload_file(str(there), bucket, "k", Config=config)
    assert s3.head_object(Bucket=bucket, Key="k")["ETag"].endswith('-4"')
    s3.download_file(bucket, "k", str(back), Config=config)
    assert back.read_bytes() == there.read_bytes()


def test_a_bucket_goes_with_its_open_uploads(s3, unique):
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    upload = Upload(s3, name)
    upload.put(1, b"x" * 10_000)
    s3.delete_bucket(Bucket=name)
    s3.create_bucket(Bucket=name)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=name)
    assert refusal_code(s3.list_parts, **upload.where) == "NoSuchUpload"
    s3.delete_bucket(Bucket=name)

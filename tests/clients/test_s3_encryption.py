"""S3: objects under keys of KMS and under customers' own lie sealed on the disk, and every range of them can be read."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
import urllib3
from conftest import client_at
from helpers import refusal

KEY, OTHER = "k" * 32, "o" * 32
WORD = b"in plain words: "  # 16 bytes, so that the same stands in many places
BODY = WORD * 20_000  # 320 kB: in the file, not in a row
PART = WORD * 330_000  # over 5 MiB
SMALL = WORD * 10  # in the row of the database


def by(key: str, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}SSECustomerAlgorithm": "AES256", f"{prefix}SSECustomerKey": key}


KMS = {"ServerSideEncryption": "aws:kms"}
TWICE = {"ServerSideEncryption": "aws:kms:dsse"}


def on_disk(data: Path, what: bytes) -> list[str]:
    return [path.name for path in data.iterdir() if path.is_file() and what in path.read_bytes()]


@pytest.fixture
def own(own_emulator, tmp_path):
    emulator = own_emulator()
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="sealed")
    return emulator, s3, tmp_path / "data"


def read(s3: Any, key: str, **more: Any) -> bytes:
    return s3.get_object(Bucket="sealed", Key=key, **more)["Body"].read()


def in_parts(s3: Any, key: str, bodies: list[bytes], asked: dict[str, str], each: dict[str, str]) -> None:
    upload = s3.create_multipart_upload(Bucket="sealed", Key=key, **asked)["UploadId"]
    where = {"Bucket": "sealed", "Key": key, "UploadId": upload}
    parts = [{"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=body, **each)["ETag"]} for number, body in enumerate(bodies, 1)]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


def test_nothing_of_them_is_on_the_disk(own, own_emulator):
    emulator, s3, data = own
    for name, asked, again in (("kms", KMS, {}), ("twice", TWICE, {}), ("customer", by(KEY), by(KEY))):
        s3.put_object(Bucket="sealed", Key=name, Body=BODY, **asked)
        s3.put_object(Bucket="sealed", Key=f"{name}-small", Body=SMALL, **asked)
        in_parts(s3, f"{name}-parts", [PART, BODY], asked, again)
        assert read(s3, name, **again) == BODY and read(s3, f"{name}-small", **again) == SMALL
        assert read(s3, f"{name}-parts", **again) == PART + BODY
        assert s3.head_object(Bucket="sealed", Key=name, **again)["ETag"] != f'"{hashlib.md5(BODY).hexdigest()}"'
    emulator.stop()
    assert on_disk(data, WORD) == []
    assert on_disk(data, KEY.encode()) == [] and on_disk(data, base64.b64encode(KEY.encode())) == []
    s3 = client_at(own_emulator().url, "s3")
    assert read(s3, "kms") == read(s3, "twice") == read(s3, "customer", **by(KEY)) == BODY
    assert read(s3, "kms-parts") == read(s3, "customer-parts", **by(KEY)) == PART + BODY


def test_what_lies_as_it_came_is_found_on_the_disk(own):
    """So that the test above can fail."""
    emulator, s3, data = own
    s3.put_object(Bucket="sealed", Key="plain", Body=BODY)
    emulator.stop()
    assert on_disk(data, WORD) == ["evpoc.blobs"]


@pytest.mark.parametrize("asked,again", [(KMS, {}), (TWICE, {}), (by(KEY), by(KEY))], ids=["kms", "dsse", "customer"])
def test_ranges_of_sealed_bytes(own, asked, again):
    _, s3, _ = own
    body = bytes(range(256)) * 1000 + b"end"
    s3.put_object(Bucket="sealed", Key="k", Body=body, **asked)
    for first, last in ((0, 0), (1, 1), (15, 16), (16, 31), (17, 100_000), (65_535, 65_537), (len(body) - 1, len(body) - 1), (0, len(body) - 1)):
        assert read(s3, "k", Range=f"bytes={first}-{last}", **again) == body[first : last + 1]
    assert read(s3, "k", Range="bytes=-5", **again) == body[-5:]
    parts = [bytes([number]) * (5 * 1024 * 1024 + 3 * number + 1) for number in range(2)] + [b"last"]
    in_parts(s3, "parts", parts, asked, again)
    whole, seam = b"".join(parts), len(parts[0])
    for first, last in ((seam - 1, seam), (seam - 20, seam + 20), (seam + 5, seam + 37), (2 * seam - 5, len(whole) - 1)):
        assert read(s3, "parts", Range=f"bytes={first}-{last}", **again) == whole[first : last + 1]
    assert read(s3, "parts", PartNumber=3, **again) == b"last"
    assert s3.get_object_attributes(Bucket="sealed", Key="k", ObjectAttributes=["ObjectSize"], **({} if not again else {
        "SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(KEY.encode()).decode(),
        "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(KEY.encode()).digest()).decode()}))["ObjectSize"] == len(body)


KINDS = {"plain": ({}, {}), "kms": (KMS, {}), "customer": (by(KEY), by(KEY)), "other": (by(OTHER), by(OTHER))}


def test_copies_from_each_kind_to_each(own):
    emulator, s3, data = own
    for source, (asked, _) in KINDS.items():
        s3.put_object(Bucket="sealed", Key=source, Body=BODY, **asked)
        opened = {f"CopySource{name}": value for name, value in asked.items() if name.startswith("SSECustomer")}
        for target, (wanted, again) in KINDS.items():
            key = f"{source}-to-{target}"
            s3.copy_object(Bucket="sealed", Key=key, CopySource=f"sealed/{source}", **opened, **wanted)
            assert read(s3, key, **again) == BODY, key
            told = s3.head_object(Bucket="sealed", Key=key, ChecksumMode="ENABLED", **again)
            assert told["ChecksumCRC32"] == s3.head_object(Bucket="sealed", Key=source, ChecksumMode="ENABLED", **asked if source in ("customer", "other") else {})["ChecksumCRC32"]
            assert (told["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"') == (target == "plain"), key
            upload = s3.create_multipart_upload(Bucket="sealed", Key=key, **wanted)["UploadId"]
            where = {"Bucket": "sealed", "Key": key, "UploadId": upload}
            part = s3.upload_part_copy(**where, PartNumber=1, CopySource=f"sealed/{source}", CopySourceRange="bytes=7-99999", **opened, **again)["CopyPartResult"]
            s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
            assert read(s3, key, **again) == BODY[7:100_000], key
    for key in [one["Key"] for one in s3.list_objects_v2(Bucket="sealed")["Contents"] if not one["Key"].endswith("kms") or one["Key"] == "plain"]:
        s3.delete_object(Bucket="sealed", Key=key)
    assert read(s3, "plain-to-kms") == BODY[7:100_000]


def test_a_key_that_is_disabled_or_gone_opens_nothing(own):
    emulator, s3, _ = own
    kms = client_at(emulator.url, "kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket="sealed", Key="k", Body=BODY, ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    upload = s3.create_multipart_upload(Bucket="sealed", Key="open", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)["UploadId"]
    kms.disable_key(KeyId=arn)
    for call, more in ((s3.get_object, {"Key": "k"}), (s3.copy_object, {"Key": "c", "CopySource": "sealed/k"}),
                       (s3.upload_part, {"Key": "open", "UploadId": upload, "PartNumber": 1, "Body": b"x"})):
        assert refusal(call, Bucket="sealed", **more) == ("KMS.DisabledException", f"{arn} is disabled.")
    assert s3.head_object(Bucket="sealed", Key="k")["ContentLength"] == len(BODY)
    kms.enable_key(KeyId=arn)
    assert read(s3, "k") == BODY
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert refusal(s3.get_object, Bucket="sealed", Key="k")[0] == "KMS.KMSInvalidStateException"


def test_a_key_that_was_rotated_opens_what_was_sealed_before(own):
    emulator, s3, _ = own
    kms = client_at(emulator.url, "kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket="sealed", Key="before", Body=BODY, ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    kms.rotate_key_on_demand(KeyId=arn)
    s3.put_object(Bucket="sealed", Key="after", Body=BODY, ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    assert read(s3, "before") == read(s3, "after") == BODY


def test_a_key_that_cannot_encrypt_data_keys_is_refused(own):
    emulator, s3, _ = own
    arn = client_at(emulator.url, "kms").create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    code, _ = refusal(s3.put_object, Bucket="sealed", Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    assert code == "KMS.InvalidKeyUsageException"


def test_forms_of_browsers_are_sealed_too(own):
    emulator, s3, data = own
    s3.put_bucket_encryption(Bucket="sealed", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]})
    key = {"x-amz-server-side-encryption-customer-algorithm": "AES256", "x-amz-server-side-encryption-customer-key": base64.b64encode(KEY.encode()).decode(),
           "x-amz-server-side-encryption-customer-key-MD5": base64.b64encode(hashlib.md5(KEY.encode()).digest()).decode()}
    for name, fields in (("usual", {}), ("asked", {"x-amz-server-side-encryption": "aws:kms"}), ("customer", key)):
        post = s3.generate_presigned_post("sealed", name, Fields=fields, Conditions=[{one: value} for one, value in fields.items()])
        answer = urllib3.request("POST", post["url"], fields={**post["fields"], "file": ("f", BODY)})
        assert answer.status == 204, answer.data
    assert read(s3, "usual") == read(s3, "asked") == read(s3, "customer", **by(KEY)) == BODY
    emulator.stop()
    assert on_disk(data, WORD) == []


def test_a_sealed_upload_that_fails_its_check_leaves_nothing(own):
    _, s3, _ = own
    for asked in (KMS, by(KEY)):
        assert refusal(s3.put_object, Bucket="sealed", Key="k", Body=BODY, ChecksumCRC32="AAAAAA==", **asked)[0] == "BadDigest"
        assert refusal(s3.put_object, Bucket="sealed", Key="k", Body=BODY, ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==", **asked)[0] == "BadDigest"
    assert "Contents" not in s3.list_objects_v2(Bucket="sealed")

"""S3: objects that are renamed, and archived ones that are brought back."""

from __future__ import annotations

from typing import Any

import pytest
from admin import ask, stopped_clock
from conftest import client_at
from helpers import refusal, refusal_code


@pytest.fixture
def own(own_emulator):
    emulator = own_emulator(data=None)
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="bucket")
    return emulator, s3


def keys(s3: Any) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket="bucket").get("Contents", [])]


def rename(s3: Any, key: str, source: str, **more: Any) -> None:
    s3.rename_object(Bucket="bucket", Key=key, RenameSource=source, **more)


def test_a_renamed_object_is_the_same(own):
    emulator, s3 = own
    body = b"b" * 100_000
    s3.put_object(Bucket="bucket", Key="a b/+", Body=body, Metadata={"m": "1"}, Tagging="t=1")
    before = s3.head_object(Bucket="bucket", Key="a b/+")
    rename(s3, "new", "bucket/a%20b/+")
    told = s3.get_object(Bucket="bucket", Key="new")
    assert (told["Body"].read(), told["Metadata"], told["ETag"], told["LastModified"]) == (body, {"m": "1"}, before["ETag"], before["LastModified"])
    assert s3.get_object_tagging(Bucket="bucket", Key="new")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert keys(s3) == ["new"]
    s3.put_object(Bucket="bucket", Key="other", Body=b"other")
    rename(s3, "other", "bucket/new")
    assert keys(s3) == ["other"] and s3.get_object(Bucket="bucket", Key="other")["Body"].read() == body


def test_a_renamed_object_of_parts_keeps_them(own):
    _, s3 = own
    parts = [b"1" * (5 << 20), b"2" * 10]
    asked = {"Bucket": "bucket", "Key": "k", "ServerSideEncryption": "aws:kms"}
    where = {"Bucket": "bucket", "Key": "k", "UploadId": s3.create_multipart_upload(**asked)["UploadId"]}
    done = [{"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]} for number, body in enumerate(parts, 1)]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": done})
    rename(s3, "l", "bucket/k")
    assert s3.get_object(Bucket="bucket", Key="l", PartNumber=2)["Body"].read() == parts[1]


def test_renames_that_are_refused(own):
    _, s3 = own
    etag = s3.put_object(Bucket="bucket", Key="k", Body=b"1")["ETag"]
    s3.put_object(Bucket="bucket", Key="there", Body=b"2")
    refused = lambda **more: refusal_code(s3.rename_object, Bucket="bucket", **{"Key": "new", "RenameSource": "bucket/k"} | more)  # noqa: E731
    assert refused(RenameSource="other/k") == "InvalidArgument"
    assert refused(RenameSource="bucket/none") == "NoSuchKey"
    assert refused(Key="k") == "InvalidRequest"
    assert refused(Key="there", DestinationIfNoneMatch="*") == "PreconditionFailed"
    assert refused(Key="there", DestinationIfMatch=etag) == "PreconditionFailed"
    assert refused(SourceIfMatch='"other"') == refused(SourceIfNoneMatch=etag) == "PreconditionFailed"
    assert keys(s3) == ["k", "there"]
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    assert refused() == "InvalidRequest"


def restore(s3: Any, key: str, days: int = 2, tier: str = "Standard") -> int:
    return s3.restore_object(Bucket="bucket", Key=key, RestoreRequest={"Days": days, "GlacierJobParameters": {"Tier": tier}})["ResponseMetadata"]["HTTPStatusCode"]


def test_an_archived_object_is_restored_by_the_clock(own):
    emulator, s3 = own
    with stopped_clock(emulator.url):
        s3.put_object(Bucket="bucket", Key="k", Body=b"cold", StorageClass="GLACIER")
        assert refusal_code(s3.get_object, Bucket="bucket", Key="k") == "InvalidObjectState"
        assert refusal_code(s3.copy_object, Bucket="bucket", Key="c", CopySource="bucket/k") == "InvalidObjectState"
        assert restore(s3, "k") == 202
        assert s3.head_object(Bucket="bucket", Key="k")["Restore"] == 'ongoing-request="true"'
        assert refusal_code(restore, s3=s3, key="k") == "RestoreAlreadyInProgress"
        assert refusal_code(s3.get_object, Bucket="bucket", Key="k") == "InvalidObjectState"
        ask(emulator.url, "clock", advance="5h")
        told = s3.get_object(Bucket="bucket", Key="k")
        assert told["Body"].read() == b"cold" and told["Restore"].startswith('ongoing-request="false", expiry-date="')
        assert restore(s3, "k", days=4) == 200
        ask(emulator.url, "clock", advance="4d")
        assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"cold"
        ask(emulator.url, "clock", advance="2d")
        assert refusal_code(s3.get_object, Bucket="bucket", Key="k") == "InvalidObjectState"
        assert "Restore" not in s3.head_object(Bucket="bucket", Key="k")


def test_restores_that_are_refused(own):
    _, s3 = own
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    assert refusal(restore, s3=s3, key="k") == ("InvalidObjectState", "Restore is not allowed for the object's current storage class")
    s3.put_object(Bucket="bucket", Key="k", Body=b"x", StorageClass="DEEP_ARCHIVE")
    assert refusal_code(s3.restore_object, Bucket="bucket", Key="k", RestoreRequest={}) == "MalformedXML"
    assert refusal_code(s3.restore_object, Bucket="bucket", Key="k", RestoreRequest={"Type": "SELECT"}) == "NotImplemented"


def test_access_by_attributes_is_kept(own):
    _, s3 = own
    assert s3.get_bucket_abac(Bucket="bucket")["AbacStatus"] == {"Status": "Disabled"}
    s3.put_bucket_abac(Bucket="bucket", AbacStatus={"Status": "Enabled"})
    assert s3.get_bucket_abac(Bucket="bucket")["AbacStatus"] == {"Status": "Enabled"}

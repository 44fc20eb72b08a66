"""What AWS once answered of S3, replayed: our own calls of each scenario must give what was recorded (fixtures/aws-recorded)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from s3_replay import told
from test_recorded import recorded  # noqa: F401 (a fixture)


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    for one in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=one["Key"], UploadId=one["UploadId"])
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for one in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=name)


def enable(s3: Any, bucket: str, status: str = "Enabled") -> dict[str, Any]:
    return told(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={"Status": status})


def test_put_object_if_none_match(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-precondition"}
    recorded("s3", {"put-obj": told(s3.put_object, **where), "put-obj-if-none-match": told(s3.put_object, **where, IfNoneMatch="*"),
                    "del-obj": told(s3.delete_object, **where), "put-obj-after-del": told(s3.put_object, **where, IfNoneMatch="*")})


def test_put_object_if_match(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-precondition"}
    put = told(s3.put_object, **where, Body="test")
    recorded("s3", {"put-obj": put, "put-obj-if-match-wrong-etag": told(s3.put_object, **where, IfMatch='"d41d8cd98f00b204e9800998ecf8427e"'),
                    "put-obj-overwrite": told(s3.put_object, **where, IfMatch=put["ETag"]), "del-obj": told(s3.delete_object, **where),
                    "put-obj-if-match-key-not-exists": told(s3.put_object, **where, IfMatch=put["ETag"]), "put-obj-after-del": told(s3.put_object, **where)})


def test_list_objects_v2_with_prefix_and_delimiter(recorded, s3, bucket):
    for key in ("test/foo/bar/123", "test/bar/foo/123"):
        s3.put_object(Bucket=bucket, Key=key)
    asked = {"Bucket": bucket, "Delimiter": "/"}
    recorded("s3", {"list-objects-v2-1": told(s3.list_objects_v2, **asked, Prefix="test/"), "list-objects-v2-1-with-max-keys": told(s3.list_objects_v2, **asked, Prefix="test/", MaxKeys=1),
                    "list-objects-v2-2": told(s3.list_objects_v2, **asked, Prefix="test/foo"), "list-objects-v2-3": told(s3.list_objects_v2, **asked, Prefix="test/foo/bar")})


def test_invalid_range_error(recorded, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body="is 8 by.")
    recorded("s3", {"exc": told(s3.get_object, Bucket=bucket, Key="k", Range="bytes=1024-4096")})


def test_delete_object(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-delete"}
    recorded("s3", {"put-object": told(s3.put_object, **where, Body="test-delete"), "delete-object": told(s3.delete_object, **where), "delete-nonexistent-object": told(s3.delete_object, **where),
                    "delete-nonexistent-object-versionid": told(s3.delete_object, **where, VersionId="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD")})


def test_delete_object_versioned(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-delete"}
    enable(s3, bucket)
    put, delete = told(s3.put_object, **where, Body="test-delete"), told(s3.delete_object, **where)
    one, marker = {"VersionId": put["VersionId"]}, {"VersionId": delete["VersionId"]}
    recorded("s3", {"put-object": put, "delete-object": delete, "get-deleted-object": told(s3.get_object, **where), "get-object-with-version": told(s3.get_object, **where, **one),
                    "get-delete-marker": told(s3.get_object, **where, **marker), "delete-object-2": told(s3.delete_object, **where),
                    "list-object-versions": told(s3.list_object_versions, Bucket=bucket, Prefix="test-delete"), "delete-delete-marker": told(s3.delete_object, **where, **marker),
                    "delete-object-version": told(s3.delete_object, **where, **one), "get-deleted-object-with-version": told(s3.get_object, **where, **one),
                    "delete-with-bad-version": told(s3.delete_object, **where, VersionId=put["VersionId"][:-4] + "ABCD"), "delete-wrong-key": told(s3.delete_object, Bucket=bucket, Key="wrong-key")})


def test_get_object_with_version_unversioned_bucket(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-version"}
    recorded("s3", {"put-object": told(s3.put_object, **where, Body="test-version"), "get-obj-with-version": told(s3.get_object, **where, VersionId="HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"),
                    "get-obj-with-null-version": told(s3.get_object, **where, VersionId="null")})


def test_bucket_versioning_crud(recorded, s3, bucket, unique):
    got, nowhere = lambda: told(s3.get_bucket_versioning, Bucket=bucket), unique("nowhere")  # noqa: E731
    recorded("s3", {"get-versioning-before": got(), "put-versioning-suspended-before": enable(s3, bucket, "Suspended"), "get-versioning-after-suspended": got(),
                    "put-versioning-enabled-lowercase": enable(s3, bucket, "enabled"), "put-versioning-enabled-capitalized": enable(s3, bucket), "get-versioning-after-enabled": got(),
                    "put-versioning-suspended-after": enable(s3, bucket, "Suspended"), "put-versioning-disabled": enable(s3, bucket, "Disabled"),
                    "put-versioning-empty": told(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={}), "put-versioning-no-bucket": enable(s3, nowhere),
                    "get-versioning-no-bucket": told(s3.get_bucket_versioning, Bucket=nowhere)})


def test_bucket_tagging_crud(recorded, s3, bucket):
    put = lambda *tags: told(s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags]})  # noqa: E731
    got = lambda: told(s3.get_bucket_tagging, Bucket=bucket)  # noqa: E731
    recorded("s3", {"get-bucket-tags-empty": got(), "put-bucket-tags": put(("tag1", "tag1"), ("tag2", "")), "get-bucket-tags": got(), "put-bucket-tags-overwrite": put(("tag3", "tag3")),
                    "get-bucket-tags-overwritten": got(), "delete-bucket-tags": told(s3.delete_bucket_tagging, Bucket=bucket), "put-bucket-tags-empty": put()})


def test_object_tagging_crud(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "k"}
    put = lambda *tags: told(s3.put_object_tagging, **where, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags]})  # noqa: E731
    got = lambda: told(s3.get_object_tagging, **where)  # noqa: E731
    recorded("s3", {"put-object": told(s3.put_object, **where, Body="test-tagging"), "get-object-tags-empty": got(), "put-object-tags": put(("tag1", "tag1"), ("tag2", "")), "get-object-tags": got(),
                    "put-object-tags-overwrite": put(("tag3", "tag3")), "get-object-tags-overwritten": got(), "get-obj-after-tags": told(s3.get_object, **where),
                    "delete-object-tags": told(s3.delete_object_tagging, **where), "get-object-tags-deleted": got(), "get-obj-after-tags-deleted": told(s3.get_object, **where)})


def test_crud_public_access_block(recorded, s3, bucket):
    got, delete = (lambda: told(s3.get_public_access_block, Bucket=bucket)), (lambda: told(s3.delete_public_access_block, Bucket=bucket))
    recorded("s3", {"get-default-public-access-block": got(), "put-public-access-block": told(s3.put_public_access_block, Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": False}),
                    "get-public-access-block": got(), "delete-public-access-block": delete(), "get-public-access-block-after-delete": got(), "idempotent-delete-public-access-block": delete()})


def test_multipart_complete_multipart_too_small(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "k"}
    where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
    parts = [told(s3.upload_part, **where, PartNumber=number, Body="data") for number in (1, 2)]
    asked = [{"PartNumber": number, "ETag": part["ETag"]} for number, part in enumerate(parts, 1)]
    recorded("s3", {"upload-part1": parts[0], "upload-part2": parts[1], "complete-exc-no-parts": told(s3.complete_multipart_upload, **where),
                    "complete-exc-too-small": told(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": asked})})


def test_multipart_size_validation(recorded, s3, bucket):
    where = {"Bucket": bucket, "Key": "test-multipart-size"}
    created = told(s3.create_multipart_upload, **where)
    where["UploadId"] = created["UploadId"]
    part = told(s3.upload_part, **where, PartNumber=1, Body="aaaa")
    complete = lambda size: told(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}, MpuObjectSize=size)  # noqa: E731
    attributes = lambda: told(s3.get_object_attributes, Bucket=bucket, Key="test-multipart-size", ObjectAttributes=["Checksum", "ETag"])  # noqa: E731
    answers = {"create-mpu": created, "upload-part": part, "complete-multipart-wrong-size": complete(5), "complete-multipart-good-size": complete(4), "get-object-attrs": attributes()}
    recorded("s3", {name: answer | ({"Bucket": "bucket"} if "Bucket" in answer else {}) for name, answer in answers.items()})


def test_s3_invalid_content_md5(recorded, s3, bucket):
    where, body = {"Bucket": bucket, "Key": "k"}, "something"
    upload = where | {"UploadId": s3.create_multipart_upload(**where)["UploadId"], "PartNumber": 1}
    bad = ["__invalid__", "000", "not base64 encoded checksum", "MTIz", base64.b64encode(b"test-string").decode()]
    right, wrong = base64.b64encode(hashlib.md5(body.encode()).digest()).decode(), "CYketZBSTjX8czcs3cXVlg=="
    answers = {}
    for prefix, call, at in (("", s3.put_object, where), ("upload-part-", s3.upload_part, upload)):
        answers |= {f"{prefix}md5-error-{number}": told(call, **at, Body=body, ContentMD5=md5) for number, md5 in enumerate(bad)}
        answers |= {f"{prefix}md5-error-bad-digest" if not prefix else "upload-part-md5-bad-digest": told(call, **at, Body=body, ContentMD5=wrong)}
        answers |= {"success-put-object-md5" if not prefix else "success-upload-part-md5": told(call, **at, Body=body, ContentMD5=right)}
    recorded("s3", answers)

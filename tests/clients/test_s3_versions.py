"""S3: versions and delete markers, tags, attributes, and the documents of a bucket."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers import refusal_code


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    yield name
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for one in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=name)


def versioning(s3: Any, bucket: str, status: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def put(s3: Any, bucket: str, body: bytes, key: str = "k") -> str:
    return s3.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId", "null")


def read(s3: Any, bucket: str, **where: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key="k", **where)["Body"].read()


def history(s3: Any, bucket: str) -> list[tuple[str, str, bool]]:
    """Versions, then delete markers."""
    answer = s3.list_object_versions(Bucket=bucket)
    return [(one["Key"], one["VersionId"], one["IsLatest"]) for one in answer.get("Versions", []) + answer.get("DeleteMarkers", [])]


def test_versions_stay(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    put(s3, bucket, b"0")
    versioning(s3, bucket, "Enabled")
    one, two = put(s3, bucket, b"1"), put(s3, bucket, b"2")
    assert history(s3, bucket) == [("k", two, True), ("k", one, False), ("k", "null", False)]
    assert [read(s3, bucket), read(s3, bucket, VersionId=one), read(s3, bucket, VersionId="null")] == [b"2", b"1", b"0"]
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    assert refusal_code(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    assert refusal_code(s3.get_object, Bucket=bucket, Key="k", VersionId=marker["VersionId"]) == "MethodNotAllowed"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert history(s3, bucket)[-1] == ("k", marker["VersionId"], True)
    assert refusal_code(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert read(s3, bucket) == b"2"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=two)
    assert (read(s3, bucket), history(s3, bucket)) == (b"1", [("k", one, True), ("k", "null", False)])
    assert refusal_code(s3.get_object, Bucket=bucket, Key="k", VersionId=two) == "NoSuchVersion"
    assert refusal_code(s3.get_object, Bucket=bucket, Key="k", VersionId=two[:-4] + "ABCD") == "InvalidArgument"


def test_a_suspended_bucket_has_one_null_version(s3, bucket):
    versioning(s3, bucket, "Enabled")
    one = put(s3, bucket, b"1")
    versioning(s3, bucket, "Suspended")
    assert [put(s3, bucket, b"2"), put(s3, bucket, b"3")] == ["null", "null"]
    assert history(s3, bucket) == [("k", "null", True), ("k", one, False)]
    assert read(s3, bucket) == b"3"
    assert s3.delete_object(Bucket=bucket, Key="k")["VersionId"] == "null"
    assert history(s3, bucket) == [("k", one, False), ("k", "null", True)]
    assert put(s3, bucket, b"4") == "null"
    assert history(s3, bucket) == [("k", "null", True), ("k", one, False)]


def test_versions_are_paged(s3, bucket):
    versioning(s3, bucket, "Enabled")
    made = [(key, put(s3, bucket, b"x", key)) for key in ("a", "a", "b/1", "b/2", "c", "c", "c")]
    pages = [[(one["Key"], one["VersionId"]) for one in page.get("Versions", [])]
             for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})]
    assert sorted(sum(pages, [])) == sorted(made)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    folded = s3.list_object_versions(Bucket=bucket, Delimiter="/")
    assert folded["CommonPrefixes"] == [{"Prefix": "b/"}]
    assert [one["IsLatest"] for one in folded["Versions"]] == [True, False, True, False, False]


def test_delete_objects_tells_markers(s3, bucket):
    versioning(s3, bucket, "Enabled")
    one = put(s3, bucket, b"1")
    told = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}, {"Key": "none"}]})["Deleted"]
    assert [(item["Key"], item["DeleteMarker"]) for item in told] == [("k", True), ("none", True)]
    told = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "VersionId": one}, {"Key": "k", "VersionId": "bad"}]})
    assert told["Deleted"] == [{"Key": "k", "VersionId": one}]
    assert [(item["Code"], item["VersionId"]) for item in told["Errors"]] == [("NoSuchVersion", "bad")]


def test_tags(s3, bucket):
    versioning(s3, bucket, "Enabled")
    where, tags = {"Bucket": bucket, "Key": "k"}, [{"Key": "a", "Value": "1 2"}, {"Key": "b", "Value": ""}]
    one, two = put(s3, bucket, b"1"), put(s3, bucket, b"2")
    for version in (one, two):
        s3.put_object_tagging(**where, VersionId=version, Tagging={"TagSet": tags})
        assert s3.get_object_tagging(**where, VersionId=version)["TagSet"] == tags
    assert (s3.head_object(**where)["TagCount"], read(s3, bucket, VersionId=one)) == (2, b"1")
    s3.delete_object_tagging(**where)
    assert s3.get_object_tagging(**where) | {"ResponseMetadata": 0} == {"TagSet": [], "VersionId": two, "ResponseMetadata": 0}
    many = [{"Key": str(number), "Value": ""} for number in range(11)]
    assert refusal_code(s3.put_object_tagging, **where, Tagging={"TagSet": many}) == "BadRequest"
    for bad in ({"Key": "aws:x", "Value": ""}, {"Key": "a,b", "Value": ""}, {"Key": "a", "Value": "<"}):
        assert refusal_code(s3.put_object_tagging, **where, Tagging={"TagSet": [bad]}) == "InvalidTag"
    assert refusal_code(s3.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    s3.delete_bucket_tagging(Bucket=bucket)


def test_attributes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="STANDARD_IA", ChecksumAlgorithm="SHA1")
    answer = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ETag", "Checksum", "StorageClass", "ObjectSize", "ObjectParts"])
    assert (answer["ETag"], answer["ObjectSize"], answer["StorageClass"]) == ("9dd4e461268c8034f5c8564e155c67a6", 1, "STANDARD_IA")
    assert answer["Checksum"] == {"ChecksumSHA1": base64.b64encode(hashlib.sha1(b"x").digest()).decode(), "ChecksumType": "FULL_OBJECT"}
    assert "ObjectParts" not in answer


def test_documents_are_given_back(s3, bucket):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}
    assert refusal_code(s3.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    assert refusal_code(s3.put_bucket_policy, Bucket=bucket, Policy="[]") == "MalformedPolicy"
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    s3.delete_bucket_policy(Bucket=bucket)
    rules = [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "AllowedHeaders": ["x-*"], "MaxAgeSeconds": 5}]
    assert refusal_code(s3.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    block = {"BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": True}
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block
    s3.delete_public_access_block(Bucket=bucket)
    assert refusal_code(s3.get_public_access_block, Bucket=bucket) == "NoSuchPublicAccessBlockConfiguration"
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"
    assert refusal_code(s3.put_object, Bucket=bucket, Key="k", ACL="public-read") == "AccessControlListNotSupported"

"""AWS's recorded answers on listings: of objects, versions, uploads, parts and buckets."""

from __future__ import annotations

import re

import pytest
import urllib3
from s3_replay import at, bucket, s3, server, take, unchecked  # noqa: F401 (fixtures)

BODY = "content 123"
FOLDERS = ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")
TESTS = ("test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123")


def filled(take, *keys, body=BODY):
    for key in keys:
        take.call("put_object", Key=key, Body=body)


def element(text, path=""):
    """XML as the recording has it: an element of elements is a dictionary, what is there more than once a list."""
    import xml.etree.ElementTree as tree

    def value(node):
        if not len(node):
            return node.text
        found = {}
        for child in node:
            name, one = child.tag.rpartition("}")[2], value(child)
            if name in found:
                found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), one]
            else:
                found[name] = one
        return found

    root = tree.fromstring(text)
    return {root.tag.rpartition("}")[2]: value(root)}


def asked_plainly(take, query):
    """Without the encoding-type that boto3 asks for."""
    answer = urllib3.request("GET", f"{take.s3.meta.endpoint_url}/{take.bucket}?{query}", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"})
    assert answer.status == 200, answer.data
    return element(answer.data)


@pytest.mark.parametrize("delimiter", ["", "/", "%2F"])
def test_list_objects_with_prefix(take, delimiter):
    filled(take, "test/foo/bar/123")
    if delimiter != "%2F":
        take("list-objects", "list_objects", Prefix="test/", Delimiter=delimiter, MaxKeys=1)
    else:
        take.without("list-objects")  # its delimiter is told with one escape more than any way to ask explains
        take.same("list-objects-no-encoding", asked_plainly(take, "delimiter=%2F&prefix=test"))


def test_list_objects_next_marker(take):
    filled(take, "a", "b", "c")
    take("list-objects-all", "list_objects")
    take("list-objects-max-1", "list_objects", MaxKeys=1, Delimiter="/")
    take("list-objects-rest", "list_objects", MaxKeys=1, Marker="a")
    take("list-objects-marker-empty", "list_objects", MaxKeys=1, Marker="")


def test_s3_list_objects_empty_marker(take):
    take("list-objects", "list_objects", Marker="")


def test_list_objects_marker_common_prefixes(take):
    filled(take, *FOLDERS)
    take("list-objects-all-keys", "list_objects")
    take.where = {"Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    for name in ("start", "next-1", "end"):
        take.where["Marker"] = take(f"list-objects-{name}", "list_objects").get("NextMarker")
    take("list-objects-manual-first-file", "list_objects", Marker=FOLDERS[0])


def test_list_objects_v2_with_prefix(take):
    filled(take, *TESTS)
    for number, prefix in enumerate(("test/", "test/foo", "test/foo/bar"), 1):
        take(f"list-objects-v2-{number}", "list_objects_v2", Prefix=prefix)
    take.same("list-objects-v2-no-encoding", asked_plainly(take, "list-type=2&prefix=test%2Ffoo"))


def test_list_objects_v2_continuation_start_after(take):
    filled(take, *(f"test_{number}" for number in range(12)))
    token = take("list-objects-v2-max-5", "list_objects_v2", MaxKeys=5)["NextContinuationToken"]
    take("list-objects-v2-rest", "list_objects_v2", ContinuationToken=token)
    take("list-objects-start-after", "list_objects_v2", StartAfter="test_7", MaxKeys=2)
    take("list-objects-start-after-token", "list_objects_v2", StartAfter="test_7", ContinuationToken=token)
    take("exc-continuation-token", "list_objects_v2", ContinuationToken="")


def test_list_objects_v2_continuation_common_prefixes(take):
    filled(take, *FOLDERS)
    take("list-objects-v2-all-keys", "list_objects_v2")
    take.where = {"Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    for name in ("start", "next-1", "end"):
        take.where["ContinuationToken"] = take(f"list-objects-v2-{name}", "list_objects_v2").get("NextContinuationToken")


def test_list_objects_v2_continuation_token_safe_chars(take):
    filled(take, "file%2Fname", "test@key/", "test%123", "test%percent", "test key/", "test key//", "test%123/", "a/%F0%9F%98%80/",
           *(f"date=2026-0{month}-01/" for month in (1, 2, 3, 5)), body="")
    token = take("list-objects-v2-max-5", "list_objects_v2", MaxKeys=5)["NextContinuationToken"]
    assert re.fullmatch(r"[A-Za-z0-9+/=_.-]+", token)
    take("list-objects-v2-rest", "list_objects_v2", ContinuationToken=token)
    take.without("list-objects-start-after")  # by a client that asks for no encoding: the same but for EncodingType
    take.without("list-objects-start-after-url-type")
    take("list-objects-start-after-encoded", "list_objects_v2", MaxKeys=2, StartAfter="date%3D2026-02-01/")
    token = take.call("list_objects_v2", MaxKeys=3)["NextContinuationToken"]
    for name in ("start-after-token", "continuation-token-2"):
        take(f"list-objects-{name}", "list_objects_v2", MaxKeys=2, ContinuationToken=token)


@pytest.mark.parametrize("operation", ["list_objects_v2", "list_objects", "list_object_versions", "list_multipart_uploads"])
def test_list_ops_encoding_type_validation(take, operation):
    take(f"{operation}-error-wrong-value", operation, EncodingType="value")
    take(f"{operation}-error-empty-value", operation, EncodingType="")


def test_bucket_name_with_dots(take):
    take.bucket = take.bucket + ".with.dots"
    take.s3.create_bucket(Bucket=take.bucket)
    filled(take, "my-content", body="something")
    take("list-objects", "list_objects")
    take.without("request-vhost-url-content", "request-path-url-content")  # who asks without a name is told no owners


def test_s3_put_more_than_1000_items(take):
    for number in range(1010):
        take.call("put_object", Key=f"test-key-{number}", Body=f"test-{number}")
    for number in (1009, 0):
        take(f"get_object-{number}", "get_object", Key=f"test-key-{number}")
    page = take("list-objects", "list_objects", Delimiter="/")
    take("list-objects-next_marker", "list_objects", Marker=page["NextMarker"])


def test_empty_bucket_fixture(take):
    filled(take, "key0", "key1", "key2", body="123")
    take("list-obj", "list_objects_v2")
    for number in range(3):
        take.call("delete_object", Key=f"key{number}")
    take("list-obj-after-empty", "list_objects_v2")


# Versions


def test_list_objects_versions_markers(take):
    take.enable()
    ids = [take.call("put_object", Key=f"test_{number}", Body="version 1")["VersionId"] for number in range(3)]
    ids.append(take.call("put_object", Key="test_2", Body="version 2")["VersionId"])
    ids += [take.call("delete_object", Key=f"test_{number}")["VersionId"] for number in range(3)]
    ids += [take.call("put_object", Key=f"test_{number}", Body="version 2")["VersionId"] for number in range(2)]
    take.same("version-order", {"Versions": [{"VersionId": one} for one in ids]})
    take("list-objects-versions-all", "list_object_versions")
    page = take("list-objects-versions-5", "list_object_versions", MaxKeys=5)
    key, version = page["NextKeyMarker"], page["NextVersionIdMarker"]
    take("list-objects-next-key-only", "list_object_versions", MaxKeys=1, KeyMarker=key)
    take("list-objects-next-key-last", "list_object_versions", MaxKeys=1, KeyMarker="test_2")
    take("list-objects-next-version-only", "list_object_versions", MaxKeys=1, VersionIdMarker=version)
    take("list-objects-both-markers", "list_object_versions", MaxKeys=1, KeyMarker=key, VersionIdMarker=version)
    take("list-objects-last-key-last-version", "list_object_versions", MaxKeys=1, KeyMarker="test_2", VersionIdMarker=ids[3])
    take("list-objects-next-key-empty", "list_object_versions", MaxKeys=1, KeyMarker="")


def test_list_object_versions_pagination_common_prefixes(take):
    take.enable()
    filled(take, *FOLDERS)
    take("list-object-versions-all-keys", "list_object_versions")
    take.where = {"Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    for name in ("start", "next-1", "end"):
        take.where["KeyMarker"] = take(f"list-object-versions-{name}", "list_object_versions").get("NextKeyMarker")
    take("list-object-versions-manual-first-file", "list_object_versions", KeyMarker=FOLDERS[0])


def test_list_objects_versions_with_prefix(take):
    take.compare.other_bytes = True
    take.enable()
    for key in ("dir/test", "dir/subdir/test2"):
        for version in (1, 2):
            take.call("put_object", Key=key, Body=f"{key} {version}".ljust(15)[:15])
    for number, prefix in enumerate(("dir/", "dir/s", "dir/test", "dir/subdir", "dir/subdir/", "dir/subdir/test2"), 1):
        take(f"list-object-version-{number}", "list_object_versions", Prefix=prefix, Delimiter="/")
    take.same("list-objects-versions-no-encoding", asked_plainly(take, "versions&delimiter=%2F&prefix=dir%2Fsubdir"))


def test_list_objects_versions_with_prefix_only_and_pagination(take):
    take.enable()
    filled(take, *["prefixed_key"] * 5, body="")
    take.where = {"Prefix": "prefix"}
    full = take("list-object-version-prefix-full", "list_object_versions")
    page = take("list-object-version-prefix-page-1", "list_object_versions", MaxKeys=3)
    take("list-object-version-prefix-key-marker-only", "list_object_versions", MaxKeys=4, KeyMarker=page["NextKeyMarker"])
    rest = {"MaxKeys": 5, "KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
    take("list-object-version-prefix-page-2", "list_object_versions", **rest)
    for one in full["Versions"][:3]:
        take.call("delete_object", Key=one["Key"], VersionId=one["VersionId"])
    take("list-object-version-prefix-page-2-after-delete", "list_object_versions", **rest)


# Uploads and parts


def test_list_multiparts_next_marker(take):
    keys = ("a", "b", "c")
    take("list-multiparts-empty", "list_multipart_uploads")
    ids = [take.call("create_multipart_upload", Key=key)["UploadId"] for key in ("c", "b", "a", "a", "a")]
    take.same("upload-ids-order", {"UploadIds": [{"UploadId": one} for one in ids]})
    take("list-multiparts-all", "list_multipart_uploads")
    take.where = {"MaxUploads": 1}
    take("list-multiparts-max-1", "list_multipart_uploads")
    take("list-multiparts-next-key-only", "list_multipart_uploads", KeyMarker=keys[0])
    take("list-multiparts-next-key-last", "list_multipart_uploads", KeyMarker=keys[2])
    take("list-multiparts-next-upload-only", "list_multipart_uploads", UploadIdMarker=ids[2])
    take("list-multiparts-both-markers", "list_multipart_uploads", KeyMarker=keys[0], UploadIdMarker=ids[2])
    take("list-multiparts-both-markers-2", "list_multipart_uploads", KeyMarker=keys[0], UploadIdMarker=ids[4])
    take("list-multiparts-get-last-upload-no-truncate", "list_multipart_uploads", KeyMarker=keys[1], UploadIdMarker=ids[1])
    take("list-multiparts-wrong-id-for-key", "list_multipart_uploads", KeyMarker=keys[0], UploadIdMarker=ids[1])
    take("list-multiparts-next-key-empty", "list_multipart_uploads", KeyMarker="")


def test_list_multiparts_with_prefix_and_delimiter(take):
    for key in ("test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"):
        take.call("create_multipart_upload", Key=key)
    for number, prefix in enumerate(("test/", "test/foo/", "test/foo/bar"), 1):
        take(f"list-multiparts-{number}", "list_multipart_uploads", Prefix=prefix, Delimiter="/", EncodingType="url")
    take.same("list-multiparts-no-encoding", asked_plainly(take, "uploads&prefix=test%2Ffoo"))


def test_list_multipart_uploads_marker_common_prefixes(take):
    for key in FOLDERS:
        take.call("create_multipart_upload", Key=key)
    take.where = {"Prefix": "folder/", "Delimiter": "/", "MaxUploads": 1}
    take("list-multiparts-start", "list_multipart_uploads")
    take("list-multiparts-manual-prefix", "list_multipart_uploads", KeyMarker="folder/aSubfolder/")
    take("list-multiparts-manual-first-file", "list_multipart_uploads", KeyMarker=FOLDERS[0])


def test_list_parts_pagination(take):
    take.where = {"Key": "test-list-part-pagination"}
    take.where["UploadId"] = take.call("create_multipart_upload")["UploadId"]
    take("list-parts-empty", "list_parts")
    for number in (1, 2):
        take.call("upload_part", PartNumber=number, Body="data")
    take("list-parts-all", "list_parts")
    take("list-parts-1", "list_parts", MaxParts=1)
    take("list-parts-next", "list_parts", MaxParts=1, PartNumberMarker=1)
    take("list-parts-wrong-part", "list_parts", MaxParts=1, PartNumberMarker=10)


def test_list_parts_empty_part_number_marker(take):
    take.where = {"Key": "test-list-part-empty-marker"}
    take.where["UploadId"] = take.call("create_multipart_upload")["UploadId"]
    take.call("upload_part", PartNumber=1, Body="data")
    free = unchecked(take)
    take("list-parts-empty-marker", "list_parts", free, PartNumberMarker="")
    take("list-parts-empty-max-parts", "list_parts", free, MaxParts="")


def test_list_parts_via_object_attrs_pagination(take):
    take.where = {"Key": "test-object-attrs-pagination"}
    upload = take.call("create_multipart_upload", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = [take.call("upload_part", UploadId=upload, PartNumber=number, Body="a" * 5242881, ChecksumAlgorithm="SHA256") for number in (1, 2)]
    asked = [{"ETag": part["ETag"], "PartNumber": number, "ChecksumSHA256": part["ChecksumSHA256"]} for number, part in enumerate(parts, 1)]
    take("list-parts", "list_parts", UploadId=upload)
    take("complete-mpu", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": asked})
    take.where["ObjectAttributes"] = ["ObjectParts"]
    take("get-object-attrs-all", "get_object_attributes")
    take("get-object-attrs-1", "get_object_attributes")
    take("get-object-attrs-next", "get_object_attributes", MaxParts=1, PartNumberMarker=1)
    take("get-object-attrs-wrong-part", "get_object_attributes", MaxParts=1, PartNumberMarker=10)


# Buckets


def test_list_buckets_with_max_buckets(take):
    take.new_bucket("second")
    take("list-objects-with-max-buckets", "list_buckets", MaxBuckets=1)


def test_list_buckets_with_continuation_token(take):
    for word in "xyz":
        take.new_bucket(word)
    token = take.call("list_buckets", MaxBuckets=1)["ContinuationToken"]
    take("list-objects-with-continuation", "list_buckets", MaxBuckets=1, ContinuationToken=token)


def test_list_buckets_when_continuation_token_is_empty(take):
    take.new_bucket("second")
    take("list-objects-with-empty-continuation-token", "list_buckets", MaxBuckets=1, ContinuationToken="")


def test_list_buckets_by_prefix_with_case_sensitivity(take):
    take("list-objects-by-prefix-empty", "list_buckets", MaxBuckets=1, Prefix=take.bucket.upper())
    take("list-objects-by-prefix-not-empty", "list_buckets", MaxBuckets=1, Prefix=take.bucket)


def test_list_buckets_by_bucket_region(take):
    take.call("list_buckets", MaxBuckets=1)
    take("list-objects-by-bucket-region-empty", "list_buckets", Prefix=take.bucket, BucketRegion="eu-central-1")
    take("list-objects-by-bucket-region-not-empty", "list_buckets", Prefix=take.bucket, BucketRegion="us-east-1")


def test_list_buckets_region_validation(take):
    take("bad-region", "list_buckets", at(take, "us-east-1"), BucketRegion="eu-east-1")

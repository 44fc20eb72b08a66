"""AWS's recorded answers on objects: put, get, ranges, conditions, versions, deletion, storage classes."""

from __future__ import annotations

import datetime

import pytest
from s3_replay import bucket, s3, server, take  # noqa: F401 (fixtures)

FUTURE = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
PAST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
NOBODY = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"
LOREM = "Lorem ipsum dolor sit amet, ... " * 30
WRONG_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'


def test_put_and_get_object_with_utf8_key(take):
    take.where = {"Key": "Ā0Ä"}
    take("put-object", "put_object", Body="abc123")
    take("get-object", "get_object")


def test_put_and_get_object_with_hash_prefix(take):
    take.where = {"Key": "#key-with-hash-prefix"}
    take("put-object", "put_object", Body="test 123")
    take("get-object", "get_object")


def test_metadata_header_character_decoding(take):
    take.where = {"Key": "test.file"}
    take.call("put_object", Metadata={"TEST_META_1": "foo", "__meta_2": "bar"}, Body="foo")
    take("head-object", "head_object")


def test_get_object_no_such_bucket(take):
    take("expected_error", "get_object", Bucket=take.bucket + "-not", Key="k")


def test_delete_bucket_no_such_bucket(take):
    take("expected_error", "delete_bucket", Bucket="does-not-exist-localstack-test")


def test_range_key_not_exists(take):
    take("exc", "get_object", Key="my-key", Range="bytes=1024-4096")


def test_get_object_after_deleted_in_versioned_bucket(take):
    take.enable()
    take.where = {"Key": "my-key"}
    take.call("put_object", Body="abcdefgh")
    take("get-object", "get_object")
    take.call("delete_object")
    take("get-object-after-delete", "get_object")


def test_upload_file_with_xml_preamble(take):
    take.where = {"Key": "k"}
    take.call("put_object", Body='<?xml version="1.0" encoding="UTF-8"?><test/>')
    take("get_object", "get_object")


def test_putobject_with_multiple_keys(take):
    take.call("put_object", Key="aws/key1/key2/key3", Body="test")
    take("get_object", "get_object", Key="aws/key1/key2/key3")


def test_range_header_body_length(take):
    take.where = {"Key": "sample.bin"}
    take.call("put_object", Body=b"\x07" * 2048)
    take("get-object", "get_object", Range="bytes=0-1023")
    take("get-object-2", "get_object", Range="bytes=1024-2047")


def test_delete_object_tagging(take):
    take.where = {"Key": "test-key-tagging"}
    take.call("put_object", Body="something")
    take("get-obj", "get_object")
    take.call("delete_object_tagging")
    take("get-obj-after-tag-deletion", "get_object")


def deletion(*keys, **more):
    return {"Objects": [key if isinstance(key, dict) else {"Key": key} for key in keys], **more}


def in_order(answer):
    return answer | {"Deleted": sorted(answer["Deleted"], key=lambda one: one["Key"])}


def test_delete_non_existing_keys(take):
    take.call("put_object", Key="test-key-nonexistent", Body="something")
    answer = take.call("delete_objects", Delete=deletion("test-key-nonexistent", "dummy1", "dummy2"))
    take.same("deleted-resp", in_order(answer))


def test_delete_non_existing_keys_quiet(take):
    take.call("put_object", Key="test-key-nonexistent", Body="something")
    take("deleted-resp", "delete_objects", Delete=deletion("test-key-nonexistent", "dummy1", "dummy2", Quiet=True))


def test_delete_non_existing_keys_in_non_existing_bucket(take):
    take("error-non-existent-bucket", "delete_objects", Bucket=take.bucket + "-not", Delete=deletion("dummy1", "dummy2"))


def test_s3_uppercase_key_names(take):
    take.call("put_object", Key="CamelCaseKey", Body="something")
    take("response", "get_object", Key="CamelCaseKey")
    take("wrong-case-key", "get_object", Key="camelcasekey")


def test_precondition_failed_error(take):
    take.call("put_object", Key="foo", Body=b'{"foo": "bar"}')
    take("get-object-if-match", "get_object", Key="foo", IfMatch='"not good etag"')


def test_s3_upload_download_gzip(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test.gz"}
    take("put-object", "put_object", ContentEncoding="gzip", Body=b"\x1f\x8b" + b"z" * 39)
    take("get-object", "get_object")


def test_upload_big_file(take):
    take.compare.other_bytes = True
    for number in (1, 2):
        take(f"put_object_key{number}", "put_object", Key=f"key{number}", Body=str(number) * 10_000_000)
    take.compare.texts = {}  # the scenario copies one over the other before it looks
    take.call("put_object", Key="key1", Body="2" * 10_000_000)
    for number in (1, 2):
        take(f"head_object_key{number}", "head_object", Key=f"key{number}")


def test_etag_on_get_object_call(take):
    take.where = {"Key": "my-key"}
    take.call("put_object", Body=LOREM)
    take("get_object", "get_object")
    take("get_object_range", "get_object", Range="bytes=0-16")


def test_s3_delete_object_with_version_id(take):
    take.enable()
    take("get_bucket_versioning", "get_bucket_versioning")
    first, _ = (take.call("put_object", Key=f"aws/s3/testkey{number}.txt", Body=LOREM) for number in (1, 2))
    take("delete_objects", "delete_objects", Delete=deletion({"Key": "aws/s3/testkey1.txt", "VersionId": first["VersionId"]}))
    take("list_object_versions_after_delete", "list_object_versions")
    take.enable("Suspended")
    take("get_bucket_versioning_suspended", "get_bucket_versioning")


def test_s3_batch_delete_objects(take):
    keys = [f"key-{number}" for number in range(5)]
    for key in keys:
        take.call("put_object", Key=key, Body="x")
    take("batch-delete", "delete_objects", Delete=deletion(*keys))
    take("list-remaining-objects", "list_objects")


def test_head_object_fields(take):
    take.call("put_object", Key="my-key", Body="abcdefgh")
    take("head-object", "head_object", Key="my-key")
    take("head-object-404", "head_object", Key="doesnotexist")


def test_s3_get_object_header_overrides(take):
    take.call("put_object", Key="key-header-overrides", Body="something")
    take("get-object", "get_object", Key="key-header-overrides", ResponseCacheControl="max-age=74", ResponseContentDisposition='attachment; filename="foo.jpg"',
         ResponseContentEncoding="identity", ResponseContentLanguage="de-DE", ResponseContentType="image/jpeg", ResponseExpires="Wed, 21 Oct 2015 07:28:00 GMT")


def test_s3_put_object_versioned(take):
    plain, other = {"Key": "non-version-bucket-key"}, {"Key": "versioned-bucket-key"}
    take("put-pre-versioned", "put_object", **plain, Body="non-versioned-key")
    take("get-pre-versioned", "get_object", **plain)
    take("list-object-pre-versioned", "list_object_versions")
    take.enable()
    take("get-post-versioned", "get_object", **plain)
    take("put-obj-versioned-1", "put_object", **other, Body="versioned-key")
    take("put-obj-versioned-2", "put_object", **other, Body="versioned-key-updated")
    take("get-obj-versioned", "get_object", **other)
    take("list-object-versioned", "list_object_versions")
    take.enable("Suspended")
    take("list-bucket-suspended", "list_object_versions")
    take("get-obj-versioned-disabled", "get_object", **other)
    take("get-obj-non-versioned-disabled", "get_object", **plain)
    take("put-non-versioned-post-disable", "put_object", **plain, Body="non-versioned-key-post")
    take("get-non-versioned-post-disable", "get_object", **plain)


def test_get_bucket_versioning_order(take):
    take("list_object_versions_before", "list_object_versions")
    take("put_bucket_versioning", "put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    take("get_bucket_versioning", "get_bucket_versioning")
    for key in ("test", "test", "test2"):
        take.call("put_object", Key=key, Body="body")
    take("list_object_versions", "list_object_versions")


def test_put_and_get_object_with_content_language_disposition(take):
    take.where = {"Key": "my-key"}
    take("put-object", "put_object", Body="abc123", ContentLanguage="de", ContentDisposition='attachment; filename="foo.jpg"', CacheControl="no-cache")
    take("get-object", "get_object")
    take.without("put-object-headers", "get-object-headers")  # the same by their headers; `server` is another


def test_delete_keys_in_versioned_bucket(take):
    take.enable()
    take.where = {"Key": "test-key-versioned"}
    take.call("put_object", Body="something")
    take.call("put_object", Body="something-v2")
    take("list-objects-v2", "list_objects_v2")
    take("delete-object", "delete_objects", Delete=deletion("test-key-versioned"))
    versions = take("list-object-version", "list_object_versions")
    doomed = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions["Versions"]]
    take("delete-object-version", "delete_objects", Delete=deletion(*reversed(doomed)))
    take("list-objects-v2-after-delete", "list_objects_v2")
    take("list-object-version-after-delete", "list_object_versions")
    marker = versions["DeleteMarkers"][0]
    take("delete-object-delete-marker", "delete_objects", Delete=deletion({"Key": marker["Key"], "VersionId": marker["VersionId"]}))


def test_put_object_acl_on_delete_marker(take):
    take.enable()
    take.s3.put_bucket_ownership_controls(Bucket=take.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    take.s3.delete_public_access_block(Bucket=take.bucket)
    take.where = {"Key": "test-key-versioned"}
    take("put-obj-1", "put_object", Body="something")
    take("put-obj-2", "put_object", Body="something-v2")
    marker = take("delete-object", "delete_object")["VersionId"]
    take("put-acl-delete-marker", "put_object_acl", ACL="public-read")
    take("get-acl-delete-marker", "get_object_acl")
    take("put-acl-delete-marker-version-id", "put_object_acl", VersionId=marker, ACL="public-read")
    take("get-acl-delete-marker-version-id", "get_object_acl", VersionId=marker)


@pytest.mark.parametrize("storage,is_there", [("STANDARD", True), ("STANDARD_IA", True), ("GLACIER", False), ("GLACIER_IR", True), ("ONEZONE_IA", True),
                                              ("INTELLIGENT_TIERING", True), ("DEEP_ARCHIVE", False), ("REDUCED_REDUNDANCY", True)], ids=lambda value: str(value))
def test_put_object_storage_class(take, storage, is_there):
    take.where = {"Key": "test-put-storage-class"}
    take.call("put_object", Body="body-test", StorageClass=storage)
    take("get-object-storage-class", "get_object_attributes", ObjectAttributes=["StorageClass"])
    take("get-object", "get_object")


def test_put_object_storage_class_outposts(take):
    take.where = {"Key": "test-put-storage-class", "StorageClass": "OUTPOSTS"}
    take("put-object-outposts", "put_object", Body="body-test")
    take("create-multipart-outposts-exc", "create_multipart_upload")


SPECIAL = ["file%2Fname", "test@key/", "test%123", "test%percent", "test key/", "test key//", "test%123/", "a/%F0%9F%98%80/"]


@pytest.mark.parametrize("key", SPECIAL)
def test_put_get_object_special_character(take, key):
    take.where = {"Key": key}
    take("put-object-special-char", "put_object", Body="test")
    take("list-object-special-char", "list_objects_v2")
    take("get-object-special-char", "get_object")
    take("del-object-special-char", "delete_object")


def test_put_get_object_single_character_trailing_slash(take):
    for key in ("a/", "t/", "u/"):
        take(f"put-object-single-char-{key}", "put_object", Key=key, Body="test")
        take(f"get-object-single-char-{key}", "get_object", Key=key)
    take("list-objects-single-char", "list_objects_v2")


@pytest.mark.parametrize("mode", ["True", "False"])
def test_object_with_slashes_in_key(take, mode):
    for key, body in (("/bar/foo/", "test"), ("/foo", "foobar"), ("bar", "barfoo")):
        take.call("put_object", Key=key, Body=body)
    take("list-objects-slashes", "list_objects_v2")


@pytest.mark.parametrize("mode", ["True", "False"])
def test_url_encoded_key(take, mode):
    take.compare.other_bytes = True
    for key, size in (("test%40key", 24), ("test%40key/", 12), ("test@key/", 16)):
        take.call("put_object", Key=key, Body="x" * size)
    take("list-object-encoded-char", "list_objects_v2")


def test_delete_objects_encoding(take):
    take.compare.other_bytes = True
    keys = {"a%2Fb": 16, "a/%F0%9F%98%80": 21}
    for key, size in keys.items():
        take.call("put_object", Key=key, Body="x" * size)
    take("list-objects-before-delete", "list_objects_v2")
    take("deleted-resp", "delete_objects", Delete=deletion(*keys))
    take("list-objects", "list_objects_v2")


def test_s3_get_object_headers(take):
    etag = take.call("put_object", Key="foo", Body="foo")["ETag"]
    code = lambda **given: (lambda said: said.get("Error") or said["ResponseMetadata"]["HTTPStatusCode"])(take.call("get_object", Key="foo", **given))  # noqa: E731
    take.same("if_none_match_err_1", code(IfNoneMatch=etag))
    take.same("if_none_match_err_2", code(IfNoneMatch=etag.strip('"')))
    take.same("if_none_match_1", code(IfNoneMatch="etag"))
    take.same("if_match_1", code(IfMatch=etag))
    take.same("if_match_2", code(IfMatch=etag.strip('"')))
    take.same("if_match_err_1", code(IfMatch="etag"))


@pytest.mark.parametrize("operation", ["get_object", "head_object"])
def test_s3_get_object_preconditions(take, operation):
    take.where = {"Key": "test-object"}
    etag = take.call("put_object", Body="data")["ETag"]
    at = take.call("head_object")["LastModified"]
    take("precondition-if-match", operation, IfMatch='"bad-etag"')
    take("precondition-if-unmodified-since", operation, IfUnmodifiedSince=PAST)
    take("precondition-if-none-match", operation, IfNoneMatch=etag)
    take("copy-precondition-if-modified-since", operation, IfModifiedSince=at + datetime.timedelta(seconds=0))
    take("obj-ignore-future-modified-since", operation, IfModifiedSince=FUTURE)
    take("etag-missing-quotes", operation, IfNoneMatch=etag.strip('"'))
    take("precondition-if-unmodified-since-is-object", operation, IfUnmodifiedSince=at)
    take("precondition-if-modified-since-is-object", operation, IfModifiedSince=at)
    take("obj-success", operation, IfMatch=etag, IfNoneMatch='"bad-etag"', IfUnmodifiedSince=FUTURE, IfModifiedSince=PAST)


def test_get_object_range(take):
    take.where = {"Key": "obj"}
    take.call("put_object", Body="0123456789")
    take("get-0-8", "get_object", Range="bytes=0-8")
    take("get-0-8-checksum", "get_object", Range="bytes=0-8", ChecksumMode="ENABLED")
    for range_ in ("1-1", "1-0", "1-", "-1-", "-2", "-9", "-15", "0-100", "0-0", "0--1", "-", "-0", "100-200"):
        take(f"get-{range_}", "get_object", Range=f"bytes={range_}")
    take("get-multiple-ranges", "get_object", Range="bytes=0-1,3-4,7-9")
    take("get-wrong-format", "get_object", Range="0-1")
    take("put-after-failed", "put_object", Body="01234567890123456789")


def test_s3_object_expires(take):
    for word, at in (("future", FUTURE), ("past", PAST)):
        take(f"put-object-expires-{word}", "put_object", Key="k", Body="foo", Expires=at)
        take(f"head-object-expires-{word}", "head_object", Key="k")
        take(f"get-object-expires-{word}", "get_object", Key="k")


# Versions and deletion


def test_delete_versioned_bucket_with_objects(take):
    take.enable()
    take.where = {"Key": "test-delete-versioned"}
    version = take.call("put_object", Body="test-delete")["VersionId"]
    marker = take.call("delete_object")["VersionId"]
    take("delete-with-obj-and-delete-marker", "delete_bucket")
    take("delete-obj-by-version", "delete_object", VersionId=version)
    take("delete-with-only-delete-marker", "delete_bucket")
    take("delete-marker-by-version", "delete_object", VersionId=marker)
    take("success-delete-bucket", "delete_bucket")


def test_delete_bucket_with_objects(take):
    take.call("put_object", Key="k", Body="test-delete")
    take("delete-with-obj", "delete_bucket")
    take("delete-obj", "delete_object", Key="k")
    take("delete-bucket", "delete_bucket")


def test_list_object_versions_order_unversioned(take):
    take("list-empty", "list_object_versions")
    take("put-object", "put_object", Key="a-test-object-1", Body="test-object-1")
    take("put-object-3", "put_object", Key="c-test-object-3", Body="test-object-3")
    take("put-object-2", "put_object", Key="b-test-object-2", Body="test-object-2")
    take("list-object-versions", "list_object_versions")


def test_delete_objects(take):
    take("put-object", "put_object", Key="test-delete", Body="test-delete")
    take("delete-object-wrong-version-id", "delete_objects", Delete=deletion({"Key": "test-delete", "VersionId": NOBODY}))
    answer = take.call("delete_objects", Delete=deletion("test-delete", "c-wrong-key", "a-wrong-key"))
    take.same("delete-objects", in_order(answer))


def test_delete_objects_versioned(take):
    take.enable()
    version = take("put-object", "put_object", Key="test-delete", Body="test-delete")["VersionId"]
    answer = take.call("delete_objects", Delete=deletion("test-delete", "wrongkey", "wrongkey-x"))
    gone = take.same("delete-objects-no-version-id", in_order(answer))
    take("delete-objects-marker", "delete_objects", Delete=deletion({"Key": "test-delete", "VersionId": gone["Deleted"][0]["DeleteMarkerVersionId"]}))
    wrong = version[:-4] + "ABCD"
    answer = take.call("delete_objects", Delete=deletion({"Key": "test-delete", "VersionId": wrong}, {"Key": "wrong-key-2", "VersionId": wrong}))
    take.same("delete-objects-wrong-version-id", answer)
    take("delete-objects-version-id", "delete_objects", Delete=deletion({"Key": "test-delete", "VersionId": version}))


def test_put_object_on_suspended_bucket(take):
    take.enable()
    take.where = {"Key": "test-version"}
    for number in range(3):
        take(f"put-object-{number}", "put_object", Body=f"test-version-{number}")
    take("list-enabled", "list_object_versions")
    take.enable("Suspended")
    take("list-suspended", "list_object_versions")
    take("put-object-suspended", "put_object", Body="test-version-suspended")
    take("list-suspended-after-put", "list_object_versions")
    take("put-object-suspended-overwrite", "put_object", Body="test-version-suspended")
    take("list-suspended-after-overwrite", "list_object_versions")
    take("get-object-current", "get_object")


def test_delete_object_on_suspended_bucket(take):
    take.enable()
    take.compare.other_bytes = True
    take.where = {"Key": "test-delete-suspended"}
    for number in range(2):
        take(f"put-object-{number}", "put_object", Body=f"test-version-{number}")
    take.enable("Suspended")
    take("list-suspended", "list_object_versions")
    take("delete-object-no-version", "delete_object")
    take("list-suspended-delete", "list_object_versions")
    take("put-object-suspended", "put_object", Body="x" * 35)
    take("list-suspended-put", "list_object_versions")
    take("delete-object-no-version-after-put", "delete_object")
    take("list-suspended-after-put", "list_object_versions")


def test_object_version_id_format(take):
    take.enable()
    assert len(take("put-object", "put_object", Key="k")["VersionId"]) == 32


def deletes(take, name, **more):
    take.call("put_object", Key="k", Body="test")
    take(name, "delete_object", Key="k", **more)


def test_delete_object_if_match_non_express(take):
    deletes(take, "delete-obj-if-match", IfMatch="badvalue")


def test_delete_object_if_match_modified_non_express(take):
    deletes(take, "delete-obj-if-match-last-modified", IfMatchLastModifiedTime=PAST)


def test_delete_object_if_match_size_non_express(take):
    deletes(take, "delete-obj-if-match-size", IfMatchSize=10)


def test_delete_object_if_match_all_non_express(take):
    deletes(take, "delete-obj-if-match-all", IfMatch="badvalue", IfMatchLastModifiedTime=PAST, IfMatchSize=10)


# Conditions on writing


def test_put_object_if_none_match_validation(take):
    take.where = {"Key": "test-precondition-validation"}
    take("put-obj", "put_object")
    take("put-obj-if-none-match-bad-value", "put_object", IfNoneMatch=WRONG_ETAG)


def test_put_object_if_none_match_versioned_bucket(take):
    take.enable()
    take.where = {"Key": "test-precondition"}
    take("put-obj", "put_object")
    take("put-obj-if-none-match", "put_object", IfNoneMatch="*")
    take("del-obj", "delete_object")
    take("put-obj-after-del", "put_object", IfNoneMatch="*")
    take("list-object-versions", "list_object_versions")


def test_put_object_if_match_validation(take):
    take.where = {"Key": "test-precondition-validation"}
    take("put-obj-if-match-star-value", "put_object", IfMatch="*")
    take("put-obj-if-match-bad-value", "put_object", IfMatch="abcdef")
    take("put-obj-if-match-bad-value-2", "put_object", IfMatch="bad-char_/")


def test_put_object_if_match_versioned_bucket(take):
    take.enable()
    take.compare.other_bytes = True
    take.where = {"Key": "test-precondition"}
    etag = take("put-obj", "put_object", Body="test")["ETag"]
    take("put-obj-if-none-match-bad-value", "put_object", IfMatch=WRONG_ETAG)
    take("del-obj", "delete_object")
    take("put-obj-after-del-exc", "put_object", IfMatch=etag)
    etag = take("put-obj-after-del", "put_object", Body="x" * 14)["ETag"]
    take("put-obj-if-match", "put_object", Body="x" * 13, IfMatch=etag)
    take("list-object-versions", "list_object_versions")


def test_put_object_if_match_and_if_none_match_validation(take):
    take("put-obj-both-precondition", "put_object", Key="k", IfMatch=WRONG_ETAG, IfNoneMatch="*")


def multipart(take, name, body="test"):
    upload = (take(name, "create_multipart_upload") if name else take.call("create_multipart_upload"))["UploadId"]
    etag = take.call("upload_part", UploadId=upload, PartNumber=1, Body=body)["ETag"]
    return {"UploadId": upload, "MultipartUpload": {"Parts": [{"ETag": etag, "PartNumber": 1}]}}


def test_multipart_if_none_match_with_delete(take):
    take.where = {"Key": "test-precondition"}
    take.compare.other_bytes = True
    take("put-obj", "put_object")
    parts = multipart(take, "create-multipart")
    take("complete-multipart-if-none-match", "complete_multipart_upload", **parts, IfNoneMatch="*")
    take("del-obj", "delete_object")
    take("complete-multipart-after-del", "complete_multipart_upload", **parts, IfNoneMatch="*")
    take("complete-multipart-after-del-restart", "complete_multipart_upload", **multipart(take, None), IfNoneMatch="*")


def test_multipart_if_none_match_with_put(take):
    take.where = {"Key": "test-precondition"}
    parts = multipart(take, "create-multipart")
    take("put-obj", "put_object")
    take("complete-multipart-if-none-match-put-during", "complete_multipart_upload", **parts, IfNoneMatch="*")


def test_multipart_if_match_with_put(take):
    take.where = {"Key": "test-precondition"}
    take.compare.other_bytes = True
    first = take("put-obj", "put_object", Body="test")["ETag"]
    parts = multipart(take, "create-multipart")
    second = take("put-obj-during", "put_object", Body="test2")["ETag"]
    take("complete-multipart-if-match-put-before", "complete_multipart_upload", **parts, IfMatch=first)
    take("complete-multipart-if-match-put-during", "complete_multipart_upload", **parts, IfMatch=second)
    parts = multipart(take, "create-multipart-again")
    take("complete-multipart-if-match-put-before-restart", "complete_multipart_upload", **parts, IfMatch=second)


def test_multipart_if_match_with_put_identical(take):
    take.where = {"Key": "test-precondition"}
    take.compare.other_bytes = True
    etag = take("put-obj", "put_object", Body="test")["ETag"]
    parts = multipart(take, "create-multipart")
    take("put-obj-during", "put_object", Body="test")
    take("complete-multipart-if-match-put-during", "complete_multipart_upload", **parts, IfMatch=etag)
    parts = multipart(take, "create-multipart-again")
    take("complete-multipart-if-match-put-before-restart", "complete_multipart_upload", **parts, IfMatch=etag)


def test_multipart_if_match_with_delete(take):
    take.where = {"Key": "test-precondition"}
    etag = take("put-obj", "put_object", Body="test")["ETag"]
    parts = multipart(take, "create-multipart")
    take("del-obj", "delete_object")
    take("complete-multipart-after-del", "complete_multipart_upload", **parts, IfMatch=etag)
    take("put-obj-2", "put_object", Body="test")
    take("complete-multipart-if-match-after-put", "complete_multipart_upload", **parts, IfMatch=etag)


def test_multipart_if_match_etag(take):
    take.where = {"Key": "test-precondition"}
    take.compare.other_bytes = True
    etag = take("put-obj", "put_object", Body="test")["ETag"]
    whole = take("complete-multipart-if-match", "complete_multipart_upload", **multipart(take, "create-multipart"), IfMatch=etag)["ETag"]
    parts = multipart(take, "create-multipart-overwrite")
    take("complete-multipart-if-match-true-etag", "complete_multipart_upload", **parts, IfMatch=etag)
    take("complete-multipart-if-match-overwrite-multipart", "complete_multipart_upload", **parts, IfMatch=whole)

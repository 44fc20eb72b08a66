"""AWS's recorded answers on copies, of objects and of parts."""

from __future__ import annotations

import datetime

import pytest
from s3_replay import bucket, s3, server, take  # noqa: F401 (fixtures)

FUTURE = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
PAST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
JSON = '{"key": "value"}'
WRONG_ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'


def test_s3_copy_metadata_replace(take):
    take("put_object", "put_object", Key="source", Body=JSON, ContentType="application/json", Metadata={"key": "value"}, ContentLanguage="en-US")
    take("head_object", "head_object", Key="source")
    take("copy_object", "copy_object", Key="copy", CopySource=f"{take.bucket}/source", Metadata={"another-key": "value"}, ContentType="image/jpg", MetadataDirective="REPLACE")
    take("head_object_copy", "head_object", Key="copy")


def test_s3_copy_content_type_and_metadata(take):
    take("put_object", "put_object", Key="source", Body=JSON, ContentType="application/json", Metadata={"key": "value"})
    take("head_object", "head_object", Key="source")
    take("copy_object", "copy_object", Key="copy", CopySource=f"{take.bucket}/source")
    take("head_object_copy", "head_object", Key="copy")
    take("copy_object_second", "copy_object", Key="second", CopySource=f"{take.bucket}/copy")
    take("head_object_second_copy", "head_object", Key="second")


def in_place(take, name=None, **more):
    asked = {"CopySource": f"{take.bucket}/{take.where['Key']}", **more}
    return take(name, "copy_object", **asked) if name else take.call("copy_object", **asked)


def test_s3_copy_object_in_place(take):
    take.where = {"Key": "source-object"}
    take("put_object", "put_object", Body=JSON, ContentType="application/json", Metadata={"key": "value"})
    take("head_object", "head_object")
    take("object-attrs", "get_object_attributes", ObjectAttributes=["StorageClass"])
    in_place(take, "copy-object-in-place-no-change")
    in_place(take, "copy-object-in-place-with-storage-class", ChecksumAlgorithm="SHA256", StorageClass="STANDARD")
    take("object-attrs-after-copy", "get_object_attributes", ObjectAttributes=["StorageClass"])
    take("object-acl", "get_object_acl")
    in_place(take, "copy-object-in-place-with-acl", ACL="private")


def test_s3_copy_object_in_place_versioned(take):
    take.enable()
    take.where = {"Key": "source-object"}
    take("put_object", "put_object", Body=JSON, ContentType="application/json", Metadata={"key": "value"})
    take("head_object", "head_object")
    take("object-attrs", "get_object_attributes", ObjectAttributes=["StorageClass"])
    in_place(take, "copy-object-in-place-no-change")
    copied = in_place(take, "copy-in-place-versioned", MetadataDirective="REPLACE")["VersionId"]
    take("head-object-copied", "head_object")
    take.same("get-object-copied", as_json(take.call("get_object")))
    take.enable("Suspended")
    in_place(take, "copy-in-place-versioned-suspended")
    take("head-object-copied-suspended", "head_object")
    take.same("get-object-copied-suspended", as_json(take.call("get_object")))
    take("head-object-previous-version-suspended", "head_object", VersionId=copied)
    take.enable()
    in_place(take, "copy-in-place-versioned-re-enabled", MetadataDirective="REPLACE")


def as_json(answer):
    return answer | {"Body": {"key": "value"} if answer["Body"] == JSON else answer["Body"]}


def test_s3_copy_object_in_place_suspended_only(take):
    take.where = {"Key": "source-object"}
    take("put_object", "put_object", Body=JSON, ContentType="application/json", Metadata={"key": "value"})
    take("head_object", "head_object")
    in_place(take, "copy-in-place-non-versioned", MetadataDirective="REPLACE")
    take("head-object-copied", "head_object")
    take.same("get-object-copied", as_json(take.call("get_object")))
    take.enable("Suspended")
    in_place(take, "copy-in-place-versioned-suspended")
    take("head-object-copied-suspended", "head_object")
    take.same("get-object-copied-suspended", as_json(take.call("get_object")))
    in_place(take, "copy-in-place-versioned-suspended-twice")


def test_s3_copy_object_in_place_metadata_directive(take):
    take.where = {"Key": "source-object"}
    take("put_object", "put_object", Body=JSON, ContentType="application/json", Metadata={"key": "value"})
    take("head_object", "head_object")
    in_place(take, "no-metadata-directive-fail", Metadata={"key2": "value2"})
    in_place(take, "copy-replace-directive", Metadata={"key2": "value2"}, MetadataDirective="REPLACE")
    take("head-replace-directive", "head_object")
    in_place(take, "copy-copy-directive", MetadataDirective="COPY", StorageClass="STANDARD")
    take("head-copy-directive", "head_object")
    in_place(take, "copy-copy-directive-ignore", MetadataDirective="COPY", Metadata={"key3": "value3"}, StorageClass="STANDARD")
    take("head-copy-directive-ignore", "head_object")
    in_place(take, "copy-replace-directive-empty", MetadataDirective="REPLACE")
    take("head-replace-directive-empty", "head_object")


def test_s3_copy_object_in_place_storage_class(take):
    take.where = {"Key": "source-object"}
    take("put-object", "put_object", Body="test")
    take("head-object", "head_object")
    take("object-attrs", "get_object_attributes", ObjectAttributes=["StorageClass"])
    in_place(take, "copy-object-in-place-with-storage-class", StorageClass="STANDARD")
    take("object-attrs-after-copy", "get_object_attributes", ObjectAttributes=["StorageClass"])


def test_s3_copy_object_storage_class(take):
    take.where = {"Key": "source-object"}
    take("put-object", "put_object", Body="test", StorageClass="STANDARD_IA")
    take("head-object", "head_object")
    take("object-attrs", "get_object_attributes", ObjectAttributes=["StorageClass"])
    take("copy-object-in-place-with-storage-class", "copy_object", Key="dest", CopySource=f"{take.bucket}/source-object")
    take("object-attrs-after-copy", "get_object_attributes", Key="dest", ObjectAttributes=["StorageClass"])
    in_place(take, "exc-invalid-request-storage-class")


def test_s3_copy_metadata_directive_copy(take):
    take("put-object", "put_object", Key="source", Body="test", Metadata={"key": "value"}, ContentLanguage="en-US")
    take("head-object", "head_object", Key="source")
    take("copy-object", "copy_object", Key="copy", CopySource=f"{take.bucket}/source", MetadataDirective="COPY", Metadata={"another-key": "value"}, ContentType="image/jpg")
    take("head-object-copy", "head_object", Key="copy")


def test_s3_copy_object_in_place_website_redirect_location(take):
    take.where = {"Key": "source-object"}
    take("put-object", "put_object", Body="test", WebsiteRedirectLocation="/test/direct")
    take("head-object", "head_object")
    in_place(take, "copy-object-in-place-with-website-redirection", WebsiteRedirectLocation="/test/direct")
    take("head-object-after-copy", "head_object")


def test_copy_in_place_with_bucket_encryption(take):
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
    take("put-bucket-encryption", "put_bucket_encryption", ServerSideEncryptionConfiguration=rules)
    take.where = {"Key": "test"}
    take("put-obj", "put_object", Body="")
    in_place(take, "copy-obj")


def test_s3_copy_object_wrong_format(take):
    take("copy-object-wrong-copy-source", "copy_object", Key="k", CopySource="wrongformat")


def test_s3_copy_object_src_not_exists(take):
    take.compare.other_bytes = True
    take.where = {"Key": "dest"}
    take("copy-object-src-bucket-not-exists", "copy_object", CopySource=f"{take.bucket}-not/random-src-key")
    source = f"{take.bucket}/random-src-key"
    take("copy-object-src-object-not-exists", "copy_object", CopySource=source)
    take.enable()
    plain = lambda answer: {name: value for name, value in answer.items() if not name.startswith("Checksum")}  # noqa: E731 (recorded by a client that sent none)
    version = take.same("put-obj-versioned", plain(take.call("put_object", Key="random-src-key")))["VersionId"]
    marker = take("del-obj-versioned", "delete_object", Key="random-src-key")["VersionId"]
    take("copy-object-src-delete-marker-current-version", "copy_object", CopySource=source)
    take("copy-object-src-target-delete-marker", "copy_object", CopySource=f"{source}?versionId={marker}")
    answer = take.call("copy_object", CopySource=f"{source}?versionId={version}")
    take.same("copy-object-src-target-object-version", answer | {"CopyObjectResult": plain(answer["CopyObjectResult"])})


CHECKSUMS = ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_s3_copy_object_with_checksum(take, algorithm):
    take.where = {"Key": "source-object"}
    take("put-object-no-checksum", "put_object", Body=JSON)
    take("object-attrs", "get_object_attributes", ObjectAttributes=["Checksum"])
    in_place(take, "copy-object-in-place-with-checksum", ChecksumAlgorithm=algorithm, MetadataDirective="REPLACE")
    take("object-attrs-after-copy", "get_object_attributes", ObjectAttributes=["Checksum"])
    take("copy-object-to-dest-keep-checksum", "copy_object", Key="dest", CopySource=f"{take.bucket}/source-object")


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_s3_copy_object_with_default_checksum(take, algorithm):
    take.where = {"Key": "source-object"}
    take("put-object-no-checksum", "put_object", Body=JSON, ChecksumAlgorithm=algorithm)
    take("object-attrs", "get_object_attributes", ObjectAttributes=["Checksum"])
    in_place(take, "copy-object-in-place-with-no-checksum", MetadataDirective="REPLACE")
    take("object-attrs-after-copy", "get_object_attributes", ObjectAttributes=["Checksum"])
    take("copy-object-to-dest-keep-checksum", "copy_object", Key="dest", CopySource=f"{take.bucket}/source-object")
    take("dest-object-attrs-after-copy", "get_object_attributes", Key="dest", ObjectAttributes=["Checksum"])


@pytest.mark.parametrize("directive", ["COPY", "REPLACE", None], ids=str)
def test_s3_copy_tagging_directive(take, directive):
    source = {"CopySource": f"{take.bucket}/source", "TaggingDirective": directive}
    take("put-object", "put_object", Key="source", Body="test", Tagging="key1=value1")
    take("get-object-tag", "get_object_tagging", Key="source")
    take("copy-object", "copy_object", Key="one", **source, Tagging="key2=value2")
    take("get-copy-object-tag", "get_object_tagging", Key="one")
    take("copy-object-tag-empty", "copy_object", Key="two", **source)
    take("get-copy-object-tag-empty", "get_object_tagging", Key="two")


@pytest.mark.parametrize("directive", ["COPY", "REPLACE", None], ids=str)
def test_s3_copy_tagging_directive_versioned(take, directive):
    take.enable()
    first = take("put-object", "put_object", Key="source", Body="test", Tagging="key1=value1")["VersionId"]
    take("put-object-v2", "put_object", Key="source", Body="test-v2", Tagging="key1=value1-v2")
    take("get-object-tag", "get_object_tagging", Key="source")
    take("get-object-tag-v1", "get_object_tagging", Key="source", VersionId=first)
    for suffix, source in (("", f"{take.bucket}/source"), ("-v1", f"{take.bucket}/source?versionId={first}")):
        asked = {"CopySource": source, "TaggingDirective": directive}
        take(f"copy-object{suffix}", "copy_object", Key="one", **asked, Tagging="key2=value2")
        take(f"get-copy-object-tag{suffix}", "get_object_tagging", Key="one")
        take(f"copy-object-tag-empty{suffix}", "copy_object", Key="two", **asked)
        take(f"get-copy-object-tag-empty{suffix}", "get_object_tagging", Key="two")


def test_copy_object_special_character(take):
    target = take.new_bucket()
    for key in ("file%2Fname", "test@key/", "test key/", "test key//", "a/%F0%9F%98%80/", "test+key"):
        take(f"put-object-src-special-char-{key}", "put_object", Key=key, Body="test")
        take(f"copy-object-special-char-{key}", "copy_object", Bucket=target, Key=key, CopySource={"Bucket": take.bucket, "Key": key})
    take("list-object-copy-dest-special-char", "list_objects_v2", Bucket=target)


# Conditions


def test_s3_copy_object_preconditions(take):
    etag = take.call("put_object", Key="source", Body="data")["ETag"]
    modified = take("head-object", "head_object", Key="source")["LastModified"]
    take.where = {"Key": "copy", "CopySource": f"{take.bucket}/source"}
    take("copy-precondition-if-match", "copy_object", CopySourceIfMatch='"bad-etag"')
    take("copy-precondition-if-unmodified-since", "copy_object", CopySourceIfUnmodifiedSince=PAST)
    take("copy-precondition-if-none-match", "copy_object", CopySourceIfNoneMatch=etag)
    take("copy-precondition-if-modified-since", "copy_object", CopySourceIfModifiedSince=modified)
    take("copy-ignore-future-modified-since", "copy_object", CopySourceIfModifiedSince=FUTURE)
    take("copy-etag-missing-quotes", "copy_object", CopySourceIfNoneMatch=etag.strip('"'))
    take("copy-success", "copy_object", CopySourceIfMatch=etag, CopySourceIfNoneMatch='"bad-etag"', CopySourceIfModifiedSince=PAST, CopySourceIfUnmodifiedSince=FUTURE)


def test_s3_copy_object_if_source_modified_since_versioned(take):
    take.enable()
    version = take.call("put_object", Key="source", Body="data")["VersionId"]
    modified = take("head-object", "head_object", Key="source")["LastModified"]
    take.where = {"Key": "copy", "CopySource": f"{take.bucket}/source?versionId={version}"}
    take("copy-if-modified-since", "copy_object", CopySourceIfModifiedSince=PAST)
    take("copy-if-modified-since-last-modified", "copy_object", CopySourceIfModifiedSince=modified)


def test_s3_copy_object_if_source_unmodified_since_versioned(take):
    take.enable()
    version = take.call("put_object", Key="source", Body="data")["VersionId"]
    take("head-object", "head_object", Key="source")
    take.where = {"Key": "copy", "CopySource": f"{take.bucket}/source?versionId={version}"}
    take("copy-if-unmodified-since", "copy_object", CopySourceIfUnmodifiedSince=FUTURE)
    take("copy-past-if-unmodified-since", "copy_object", CopySourceIfUnmodifiedSince=PAST)


def with_source(take, size=14):
    take.compare.other_bytes = True
    take.call("put_object", Key="source-object", Body="s" * size)
    take.where = {"Key": "dest-object", "CopySource": f"{take.bucket}/source-object"}


def test_copy_object_if_none_match(take):
    with_source(take)
    take("copy-obj", "copy_object", IfNoneMatch="*")
    take("copy-obj-if-none-match-fail", "copy_object", IfNoneMatch="*")


def test_copy_object_if_match(take):
    with_source(take)
    etag = take.call("put_object", Body="d" * 15)["ETag"]
    take("copy-obj-if-match", "copy_object", IfMatch=etag)
    take("copy-obj-if-match-fail-wrong-etag", "copy_object", IfMatch=WRONG_ETAG)
    take("copy-obj-if-match-fail-no-object", "copy_object", Key="non-existent-key", IfMatch=etag)


def test_copy_object_if_none_match_versioned_bucket(take):
    take.enable()
    with_source(take)
    take("copy-obj", "copy_object", IfNoneMatch="*")
    take("copy-obj-if-none-match-fail", "copy_object", IfNoneMatch="*")
    take("del-obj", "delete_object")
    take("copy-obj-after-del", "copy_object", IfNoneMatch="*")
    take("list-object-versions", "list_object_versions")


def test_copy_object_if_match_versioned_bucket(take):
    take.enable()
    with_source(take)
    etag = take("put-obj", "put_object", Body="d" * 15)["ETag"]
    take("copy-obj-if-match-wrong-etag", "copy_object", IfMatch=WRONG_ETAG)
    take("del-obj", "delete_object")
    take("copy-obj-after-del-exc", "copy_object", IfMatch=etag)
    etag = take("put-obj-after-del", "put_object", Body="d" * 24)["ETag"]
    take("copy-obj-if-match", "copy_object", IfMatch=etag)
    take("list-object-versions", "list_object_versions")


def test_copy_object_precondition_write_validation(take):
    with_source(take)
    take("copy-obj-none-match-etag", "copy_object", IfNoneMatch=WRONG_ETAG)
    take("copy-obj-if-match-star", "copy_object", IfMatch="*")
    take("copy-obj-both", "copy_object", IfMatch=WRONG_ETAG, IfNoneMatch="*")


def test_copy_object_if_none_match_in_place(take):
    with_source(take)
    take("copy-obj-if-none-match-fail", "copy_object", Key="source-object", IfNoneMatch="*", MetadataDirective="REPLACE")


def test_copy_object_if_match_in_place(take):
    with_source(take)
    etag = take.call("head_object", Key="source-object")["ETag"]
    take("copy-obj-if-match-in-place", "copy_object", Key="source-object", IfMatch=etag, MetadataDirective="REPLACE")


# Of parts


def with_upload(take, key="destination_file.txt", body="0123456789"):
    etag = take.call("put_object", Key="source", Body=body)["ETag"]
    modified = take.call("head_object", Key="source")["LastModified"]
    take.where = {"Key": key, "PartNumber": 1, "CopySource": f"{take.bucket}/source"}
    take.where["UploadId"] = take.call("create_multipart_upload")["UploadId"]
    return etag, modified


def test_upload_part_copy_range(take):
    take("put-src-object", "put_object", Key="source", Body="0123456789")
    take.where = {"Key": "test-upload-part-copy", "CopySource": f"{take.bucket}/source"}
    take.where["UploadId"] = take("create-multipart", "create_multipart_upload")["UploadId"]
    copy = lambda name, range_, number=1: take(name, "upload_part_copy", PartNumber=number, CopySourceRange=range_)  # noqa: E731
    for number, range_ in ((1, "0-8"), (2, "1-1"), (3, "0-0")):
        copy(f"upload-part-copy-{number}", f"bytes={range_}", number)
    take("list-parts", "list_parts")
    copy("upload-part-copy-wrong-format", "0-8")
    for range_ in ("1-0", "-1-", "0--1", "0-1,3-4,7-9", "-", "-0", "0-100", "100-200", "1-", "-2", "-15"):
        copy(f"upload-part-copy-range-exc-{range_}", f"bytes={range_}")


def test_upload_part_copy_no_copy_source_range(take):
    take("put-src-object", "put_object", Key="source", Body="0123456789")
    take.where = {"Key": "test-upload-part-copy", "CopySource": f"{take.bucket}/source"}
    take.where["UploadId"] = take("create-multipart", "create_multipart_upload")["UploadId"]
    take("upload-part-copy", "upload_part_copy", PartNumber=1)
    take("list-parts", "list_parts")


def test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match(take):
    etag, _ = with_upload(take)
    take("upload-part-copy", "upload_part_copy", CopySourceIfMatch=etag, CopySourceIfUnmodifiedSince=PAST)
    take("list-parts", "list_parts")


def test_upload_part_copy_with_copy_source_if_none_match_and_if_unmodified_since_match_failed(take):
    with_upload(take)
    take("upload-part-copy-source-unmodified-since-and-if-none-match", "upload_part_copy", CopySourceIfNoneMatch=WRONG_ETAG, CopySourceIfUnmodifiedSince=PAST)


def test_upload_part_copy_with_if_modified_since_failed(take):
    _, modified = with_upload(take)
    take("upload-part-copy-source-modified-since-match", "upload_part_copy", CopySourceIfModifiedSince=modified)


def test_upload_part_copy_with_copy_source_if_match_failed(take):
    with_upload(take)
    take("upload-part-copy-source-if-match", "upload_part_copy", CopySourceIfMatch=WRONG_ETAG)


def test_upload_part_copy_with_copy_source_if_none_match_failed(take):
    etag, _ = with_upload(take)
    take("upload-part-copy-source-if-none-match", "upload_part_copy", CopySourceIfNoneMatch=etag)


def test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed(take):
    with_upload(take)
    take("upload-part-copy-source-unmodified-since-match", "upload_part_copy", CopySourceIfUnmodifiedSince=PAST)


def succeeds(take, word, **more):
    take(f"upload-part-copy-{word}", "upload_part_copy", **more)
    take("list-parts", "list_parts")


def test_upload_part_copy_with_copy_source_if_match_success(take):
    etag, _ = with_upload(take)
    succeeds(take, "if-match", CopySourceIfMatch=etag)


def test_upload_part_copy_with_copy_source_if_match_none_success(take):
    with_upload(take)
    succeeds(take, "if-none-match", CopySourceIfNoneMatch=WRONG_ETAG)


def test_upload_part_copy_with_copy_source_if_unmodified_since_success(take):
    with_upload(take)
    succeeds(take, "if-unmodified-since", CopySourceIfUnmodifiedSince=FUTURE)


def test_upload_part_copy_with_copy_source_if_modified_since_success(take):
    with_upload(take)
    succeeds(take, "if-modified-since", CopySourceIfModifiedSince=PAST)


def test_upload_part_copy_with_copy_source_if_modified_since_in_future_success(take):
    with_upload(take)
    succeeds(take, "if-modified-since-in-future", CopySourceIfModifiedSince=FUTURE)

"""AWS's recorded answers on uploads in parts and on checksums."""

from __future__ import annotations

import base64
import hashlib

import pytest
from s3_replay import bucket, s3, server, take  # noqa: F401 (fixtures)

FIVE = "a" * (5 * 1024 * 1024 + 1)
ALGORITHMS = ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]
PART = "test content 123"


def parts_of(*answers, first=1, more=()):
    return {"MultipartUpload": {"Parts": [{"ETag": answer["ETag"], "PartNumber": number, **{name: answer[name] for name in more}}
                                          for number, answer in enumerate(answers, first)]}}


def test_multipart_no_such_upload(take):
    take.where = {"Key": "k", "UploadId": "fakeid"}
    take("upload-exc", "upload_part", PartNumber=1, Body="x")
    take("complete-exc", "complete_multipart_upload", MultipartUpload={"Parts": [{"ETag": "x", "PartNumber": 1}]})
    take("abort-exc", "abort_multipart_upload")


def test_multipart_and_list_parts(take):
    take.where = {"Key": "test-list-parts"}
    upload = take("create-multipart", "create_multipart_upload")["UploadId"]
    take("list-part-after-created", "list_parts", UploadId=upload)
    take("list-all-uploads", "list_multipart_uploads")
    part = take("upload-part", "upload_part", UploadId=upload, PartNumber=1, Body="upload-part-1" * 5)
    take("list-part-after-upload", "list_parts", UploadId=upload)
    take("list-all-uploads-after", "list_multipart_uploads")
    take("complete-multipart", "complete_multipart_upload", UploadId=upload, **parts_of(part))
    take("list-part-after-complete-exc", "list_parts", UploadId=upload)
    take("list-all-uploads-completed", "list_multipart_uploads")
    take("head-multipart-checksum", "head_object", ChecksumMode="ENABLED")
    take("get-multipart-checksum", "get_object", ChecksumMode="ENABLED")


def test_complete_multipart_parts_order(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-order-parts"}
    upload = take.call("create_multipart_upload")["UploadId"]
    take("upload-part-negative-part-number", "upload_part", UploadId=upload, PartNumber=-1, Body="x")
    parts = [take.call("upload_part", UploadId=upload, PartNumber=number, Body=FIVE)["ETag"] for number in (1, 2, 3)]
    asked = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(parts, 1)]
    take("complete-multipart-unordered", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": asked[::-1]})
    take("complete-multipart-ordered", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": asked})
    take.where = {"Key": "key-sequence-with-step-2"}
    upload = take.call("create_multipart_upload")["UploadId"]
    asked = [{"ETag": take.call("upload_part", UploadId=upload, PartNumber=number, Body=FIVE)["ETag"], "PartNumber": number} for number in (2, 4, 6)]
    take("complete-multipart-with-step-2", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": asked})


def test_multipart_complete_multipart_wrong_part(take):
    take.where = {"Key": "test-multipart"}
    upload = take.call("create_multipart_upload")["UploadId"]
    etag = take.call("upload_part", UploadId=upload, PartNumber=1, Body="data")["ETag"]
    take("complete-exc-wrong-part-number", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": [{"ETag": etag, "PartNumber": 2}]})
    wrong = '"d41d8cd98f00b204e9800998ecf8427e"'
    take("complete-exc-wrong-etag", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": [{"ETag": wrong, "PartNumber": 1}]})


def test_multipart_key_validation(take):
    upload = take.call("create_multipart_upload", Key="test-multipart-key")["UploadId"]
    etag = take.call("upload_part", Key="test-multipart-key", UploadId=upload, PartNumber=1, Body="data")["ETag"]
    take.where = {"Key": "test-multipart-key-wrong", "UploadId": upload}
    take("upload-part-wrong-key-name", "upload_part", PartNumber=2, Body="data")
    take("complete-multipart-wrong-key-name", "complete_multipart_upload", MultipartUpload={"Parts": [{"ETag": etag, "PartNumber": 1}]})
    take("list-parts-wrong-key-name", "list_parts")
    take("abort-multipart-wrong-key-name", "abort_multipart_upload")


def whole(take, key, *bodies, name=None, **more):
    """An upload of these parts, completed."""
    upload = take.call("create_multipart_upload", Key=key, **more)["UploadId"]
    parts = [take.call("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=body) for number, body in enumerate(bodies, 1)]
    asked = {"Key": key, "UploadId": upload, **parts_of(*parts)}
    return take(name, "complete_multipart_upload", **asked) if name else take.call("complete_multipart_upload", **asked)


def test_multipart_overwrite_key(take):
    take("put-object", "put_object", Key="test.file", Body=PART)
    whole(take, "test.file", PART, name="multipart-upload")


def test_multipart_copy_object_etag(take):
    whole(take, "test.file", PART, name="multipart-upload")
    source = f"{take.bucket}/test.file"
    take("copy-object", "copy_object", Key="copy.file", CopySource=source)
    take("copy-object-in-place", "copy_object", Key="test.file", CopySource=source, MetadataDirective="REPLACE")
    take("head-obj", "head_object", Key="test.file", ChecksumMode="ENABLED")


def test_multipart_with_unicode_character_location(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-unicode_—_file"}
    upload = take("create-multipart", "create_multipart_upload")["UploadId"]
    part = take.call("upload_part", UploadId=upload, PartNumber=1, Body="x")
    take("complete-multipart", "complete_multipart_upload", UploadId=upload, **parts_of(part))


def test_get_object_part(take):
    take.compare.other_bytes = True
    whole(take, "test.file", "a" * 5242896, PART, name="multipart-upload")
    take.where = {"Key": "test.file"}
    take("head-object-part", "head_object", PartNumber=2)
    take("get-object-part", "get_object", PartNumber=2)
    take("get-object-part-with-checksum", "get_object", PartNumber=2, ChecksumMode="ENABLED")
    take("part-doesnt-exist", "get_object", PartNumber=10)
    take("part-with-range", "get_object", PartNumber=2, Range="bytes=0-8")
    take.where = {"Key": "key-no-multipart"}
    take.call("put_object", Body="test-123")
    take("part-no-multipart", "get_object", PartNumber=2)
    take("get-obj-no-multipart", "get_object", PartNumber=1)


@pytest.mark.parametrize("kind", ["COMPOSITE", "FULL_OBJECT"])
def test_get_object_part_checksum(take, kind):
    take.where = {"Key": "test-multipart-checksum"}
    upload = take("create-mpu-checksum", "create_multipart_upload", ChecksumAlgorithm="CRC32C", ChecksumType=kind)["UploadId"]
    part = take("upload-part", "upload_part", UploadId=upload, PartNumber=1, Body=PART, ChecksumAlgorithm="CRC32C")
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, **parts_of(part, more=["ChecksumCRC32C"]))
    take("head-object-part", "head_object", PartNumber=1, ChecksumMode="ENABLED")
    take("get-object-part", "get_object", PartNumber=1, ChecksumMode="ENABLED")


def test_get_object_attributes(take):
    take.compare.other_bytes = True
    attributes = ["StorageClass", "ETag", "ObjectSize", "ObjectParts", "Checksum"]
    take.call("put_object", Key="data-attrs", Body="x" * 7)
    take("object-attrs", "get_object_attributes", Key="data-attrs", ObjectAttributes=attributes)
    part = "upload-part-1" * 5
    whole(take, "one", part)
    take("object-attrs-multiparts-1-part", "get_object_attributes", Key="one", ObjectAttributes=attributes[:4])
    whole(take, "two", "x" * 5242900, part)
    take("object-attrs-multiparts-2-parts", "get_object_attributes", Key="two", ObjectAttributes=attributes[:4])
    take("object-attrs-multiparts-2-parts-checksum", "get_object_attributes", Key="two", ObjectAttributes=["Checksum", "ETag", "ObjectSize", "StorageClass"])


def test_get_object_attributes_versioned(take):
    take.compare.other_bytes = True
    take.enable()
    take.where = {"Key": "key-attrs-versioned"}
    first = take("put-obj-v1", "put_object", Body="x" * 7)["VersionId"]
    take("put-obj-v2", "put_object", Body="y" * 9)
    attributes = ["StorageClass", "ETag", "ObjectSize"]
    take("object-attrs", "get_object_attributes", ObjectAttributes=[*attributes, "ObjectParts", "Checksum"])
    take("delete-key", "delete_object")
    take("deleted-object-attrs", "get_object_attributes", ObjectAttributes=attributes)
    take("get-object-attrs-v1", "get_object_attributes", VersionId=first, ObjectAttributes=attributes)


# Checksums of objects that come whole

WRONG = {"CRC32": 4, "CRC32C": 4, "SHA1": 20, "SHA256": 32, "CRC64NVME": 8}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_put_object_checksum(take, algorithm):
    member = f"Checksum{algorithm}"
    take.where = {"Key": "test-checksum"}
    take("put-wrong-checksum-no-b64", "put_object", Body="test data..", **{member: "test"})
    take("put-wrong-checksum-value", "put_object", Body="test data..", **{member: base64.b64encode(b"x" * WRONG[algorithm]).decode()})
    answer = take("put-object-generated", "put_object", Body="test data..", ChecksumAlgorithm=algorithm)
    take("get-object-attrs-generated", "get_object_attributes", ObjectAttributes=["ETag", "Checksum"])
    take("put-object-autogenerated", "put_object", Body="test data..", **{member: answer[member]})
    take("get-object-attrs-auto-generated", "get_object_attributes", ObjectAttributes=["ETag", "Checksum"])
    take("head-object-with-checksum", "head_object", ChecksumMode="ENABLED")


@pytest.mark.parametrize("algorithm", [None, *ALGORITHMS], ids=str)
def test_s3_get_object_checksum(take, algorithm):
    take.where = {"Key": "test-checksum-retrieval"}
    take("put-object", "put_object", Body="test-checksum", ChecksumAlgorithm=algorithm)
    take("get-object", "get_object")
    take("get-object-with-checksum", "get_object", ChecksumMode="ENABLED")
    take("head-object-with-checksum", "get_object", ChecksumMode="ENABLED")
    take("get-object-attrs", "get_object_attributes", ObjectAttributes=["Checksum"])


def test_s3_checksum_with_content_encoding(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-checksum-ce"}
    take("put-object", "put_object", Body=b"\x1f\x8b" + b"z" * 39, ContentEncoding="gzip", ChecksumAlgorithm="SHA256")
    take("get-object", "get_object")
    take("get-object-with-checksum", "get_object", ChecksumMode="ENABLED")
    take("get-object-attrs", "get_object_attributes", ObjectAttributes=["Checksum"])


def test_s3_checksum_no_algorithm(take):
    right, crc = base64.b64encode(hashlib.sha256(b"test data..").digest()).decode(), "cZWHwQ=="
    take.where = {"Key": "k"}
    take("put-wrong-checksum", "put_object", Body="test data..", ChecksumSHA256="TEST")
    take("put-2-checksums", "put_object", Body="test data..", ChecksumSHA256=right, ChecksumCRC32=crc)
    take("put-right-checksum", "put_object", Body="test data..", ChecksumSHA256=right)
    take("head-obj", "head_object", ChecksumMode="ENABLED")


# Checksums of parts


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_multipart_upload_part_checksum_exception(take, algorithm):
    take.where = {"Key": "test-checksum-exc", "PartNumber": 1, "Body": "test data.."}
    take.where["UploadId"] = take.call("create_multipart_upload", ChecksumAlgorithm=algorithm)["UploadId"]
    take("put-wrong-checksum-no-b64", "upload_part", **{f"Checksum{algorithm}": "test"})
    take("put-wrong-checksum-value", "upload_part", **{f"Checksum{algorithm}": base64.b64encode(b"x" * WRONG[algorithm]).decode()})


TYPES = [(kind, algorithm) for kind in ("COMPOSITE", "FULL_OBJECT") for algorithm in ALGORITHMS]


@pytest.mark.parametrize("kind,algorithm", TYPES)
def test_multipart_checksum_type_compatibility(take, kind, algorithm):
    name = "create-mpu-checksum" if "create-mpu-checksum" in take.recorded else "create-mpu-checksum-exc"
    take(name, "create_multipart_upload", Key="test-multipart-checksum-compat", ChecksumType=kind, ChecksumAlgorithm=algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_multipart_checksum_type_default_for_checksum(take, algorithm):
    take("create-mpu-default-checksum-type", "create_multipart_upload", Key="test-multipart-checksum-default", ChecksumAlgorithm=algorithm)


def three_parts(take, algorithm, kind):
    member = f"Checksum{algorithm}"
    take.where = {"Key": "test-multipart-checksum"}
    upload = take("create-mpu-checksum", "create_multipart_upload", ChecksumAlgorithm=algorithm, ChecksumType=kind)["UploadId"]
    parts = [take(f"upload-part-{number - 1}", "upload_part", UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
             for number, body in ((1, FIVE), (2, FIVE), (3, "a" * 10))]
    take("list-parts", "list_parts", UploadId=upload)
    asked = parts_of(*parts, more=[member])
    wrong = parts_of(*parts, more=[member])
    number = int(take.recorded["complete-multipart-wrong-parts-checksum"]["Error"]["PartNumber"])  # AWS names any of the wrong ones
    wrong["MultipartUpload"]["Parts"][number - 1][member] = base64.b64encode(b"x" * WRONG[algorithm]).decode()
    take("complete-multipart-wrong-parts-checksum", "complete_multipart_upload", UploadId=upload, **wrong)
    return upload, parts, asked


def what_it_is(take):
    take("get-object-with-checksum", "get_object", ChecksumMode="ENABLED")
    take("head-object-with-checksum", "head_object", ChecksumMode="ENABLED")
    take("get-object-attrs", "get_object_attributes", ObjectAttributes=["Checksum", "ETag", "ObjectParts"])


def what_its_copy_is(take):
    take("copy-obj-checksum", "copy_object", Key="copy", CopySource=f"{take.bucket}/test-multipart-checksum")
    take("get-copy-object-attrs", "get_object_attributes", Key="copy", ObjectAttributes=["Checksum", "ETag"])


@pytest.mark.parametrize("algorithm", ALGORITHMS[:4])
def test_complete_multipart_parts_checksum_composite(take, algorithm):
    upload, parts, asked = three_parts(take, algorithm, "COMPOSITE")
    take("complete-multipart-no-checksum", "complete_multipart_upload", UploadId=upload, **parts_of(*parts))
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, **asked)
    what_it_is(take)
    what_its_copy_is(take)
    take("get-object-part-checksum", "get_object", PartNumber=3, ChecksumMode="ENABLED")


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_complete_multipart_parts_checksum_full_object(take, algorithm):
    upload, parts, asked = three_parts(take, algorithm, "FULL_OBJECT")
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, **parts_of(*parts))
    what_it_is(take)
    what_its_copy_is(take)
    take("get-object-part-checksum", "get_object", PartNumber=3, ChecksumMode="ENABLED")


def test_complete_multipart_parts_checksum_default(take):
    take.where = {"Key": "test-multipart-checksum"}
    upload = take("create-mpu-no-checksum", "create_multipart_upload")["UploadId"]
    take("list-multiparts", "list_multipart_uploads")
    part = take("upload-part-different-checksum-than-default", "upload_part", UploadId=upload, PartNumber=1, Body="aaa", ChecksumAlgorithm="CRC32C")
    take("list-parts", "list_parts", UploadId=upload)
    asked = parts_of(part)
    complete = lambda name, **more: take(name, "complete_multipart_upload", UploadId=upload, **asked | more)  # noqa: E731
    complete("complete-multipart-parts-checksum", **parts_of(part, more=["ChecksumCRC32C"]))
    complete("complete-multipart-wrong-parts-checksum", MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1, "ChecksumCRC64NVME": "Rnr2/5P7Gsk="}]})
    complete("complete-multipart-full-object-type", ChecksumType="FULL_OBJECT")
    complete("complete-multipart-composite-type", ChecksumType="COMPOSITE")
    complete("complete-multipart-checksum")
    what_it_is(take)
    what_its_copy_is(take)


def test_complete_multipart_parts_checksum_full_object_default(take):
    take.where = {"Key": "test-multipart-checksum"}
    upload = take("create-mpu-checksum-crc64", "create_multipart_upload", ChecksumAlgorithm="CRC64NVME")["UploadId"]
    part = take("upload-part", "upload_part", UploadId=upload, PartNumber=1, Body="aaa", ChecksumAlgorithm="CRC64NVME")
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, **parts_of(part, more=["ChecksumCRC64NVME"]))
    what_it_is(take)


def test_multipart_parts_checksum_exceptions_composite(take):
    take.where = {"Key": "test-multipart-checksum-exc"}
    take("create-mpu-wrong-checksum-algo", "create_multipart_upload", ChecksumAlgorithm="TEST")
    take("create-mpu-no-checksum-algo-with-type", "create_multipart_upload", ChecksumType="COMPOSITE")
    upload = take("create-mpu-composite-checksum", "create_multipart_upload", ChecksumType="COMPOSITE", ChecksumAlgorithm="CRC32")["UploadId"]
    take("list-multiparts", "list_multipart_uploads")
    part = take("upload-part-no-checksum-ok", "upload_part", UploadId=upload, PartNumber=1, Body="abc")
    sha = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
    take("complete-part-with-checksum", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1, "ChecksumSHA256": sha}]})
    take("complete-part-with-bad-checksum-type", "complete_multipart_upload", UploadId=upload, ChecksumType="FULL_OBJECT", **parts_of(part, more=["ChecksumCRC32"]))
    upload = take("create-mpu-with-checksum", "create_multipart_upload", ChecksumAlgorithm="SHA256")["UploadId"]
    take("upload-part-different-checksum-exc", "upload_part", UploadId=upload, PartNumber=1, Body="abc", ChecksumAlgorithm="CRC32")


def test_multipart_parts_checksum_exceptions_full_object(take):
    take.where = {"Key": "test-multipart-checksum-exc"}
    take("create-mpu-no-checksum-algo-with-type", "create_multipart_upload", ChecksumType="FULL_OBJECT")
    upload = take("create-mpu-checksum-crc32c", "create_multipart_upload", ChecksumType="FULL_OBJECT", ChecksumAlgorithm="CRC32C")["UploadId"]
    take("list-multiparts", "list_multipart_uploads")
    part = take("upload-part-no-checksum-ok", "upload_part", UploadId=upload, PartNumber=1, Body="abc", ChecksumAlgorithm="CRC32C")
    complete = lambda name, **more: take(name, "complete_multipart_upload", UploadId=upload, **parts_of(part) | more)  # noqa: E731
    complete("complete-part-bad-checksum-type", ChecksumType="COMPOSITE")
    wrong = base64.b64encode(b"xxxx").decode()
    complete("complete-part-good-checksum-no-type", ChecksumCRC32C=wrong)
    complete("complete-part-only-checksum-algo", ChecksumCRC32C=wrong, ChecksumType="FULL_OBJECT")
    complete("complete-part-only-checksum-algo-diff", ChecksumCRC32C=wrong)
    complete("complete-part-bad-checksum", ChecksumCRC32C=wrong)
    complete("complete-part-bad-checksum-algo", ChecksumCRC32C=wrong)
    complete("complete-success", ChecksumCRC32C=part["ChecksumCRC32C"], ChecksumType="FULL_OBJECT")
    upload = take("create-mpu-with-checksum", "create_multipart_upload", ChecksumType="FULL_OBJECT", ChecksumAlgorithm="CRC32C")["UploadId"]
    take("upload-part-different-checksum-exc", "upload_part", UploadId=upload, PartNumber=1, Body="abc", ChecksumAlgorithm="CRC32")


@pytest.mark.parametrize("kind", ["COMPOSITE", "FULL_OBJECT"])
def test_multipart_upload_part_copy_checksum(take, kind):
    take("put-object", "put_object", Key="source", Body="this is a part")
    take.where = {"Key": "test-multipart-checksum"}
    upload = take("create-mpu-checksum-sha256", "create_multipart_upload", ChecksumAlgorithm="CRC32C", ChecksumType=kind)["UploadId"]
    part = take("upload-part-copy", "upload_part_copy", UploadId=upload, PartNumber=1, CopySource=f"{take.bucket}/source")["CopyPartResult"]
    take("list-parts", "list_parts", UploadId=upload)
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, **parts_of(part, more=["ChecksumCRC32C"]))
    what_it_is(take)

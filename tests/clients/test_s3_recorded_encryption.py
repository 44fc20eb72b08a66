"""AWS's recorded answers on encryption: of buckets, by keys of KMS, and by customers' keys. ETags of sealed objects are no MD5."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from conftest import client_at
from s3_replay import bucket, s3, server, take  # noqa: F401 (fixtures)

KEY, OTHER = "1234567890abcdef1234567890abcdef", "abcdef1234567890abcdef1234567890"


@pytest.fixture
def kms(take, server):
    take.compare.other_bytes = True
    return client_at(server.url, "kms")


def by(key: str, prefix: str = "", **more: Any) -> dict[str, Any]:
    """The members of a customer's key; botocore adds the MD5 and makes it base64."""
    return {f"{prefix}SSECustomerAlgorithm": "AES256", f"{prefix}SSECustomerKey": key} | more


def by_md5_of(key: str, of: str) -> dict[str, Any]:
    md5 = base64.b64encode(hashlib.md5(of.encode()).digest()).decode()
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(key.encode()).decode(), "SSECustomerKeyMD5": md5}


def rules(**default: Any) -> dict[str, Any]:
    enabled = default.pop("bucket_key", None)
    rule = {"ApplyServerSideEncryptionByDefault": default} | ({} if enabled is None else {"BucketKeyEnabled": enabled})
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


# Buckets


def test_s3_default_bucket_encryption(take):
    take("default-bucket-encryption", "get_bucket_encryption")
    take("delete-bucket-encryption", "delete_bucket_encryption")
    take("delete-bucket-encryption-idempotent", "delete_bucket_encryption")
    take.without("get-bucket-no-encryption")  # AWS answered 200 with nothing in it a moment after; and later AES256 again


def test_s3_default_bucket_encryption_exc(take):
    nowhere = {"Bucket": take.bucket + "-not"}
    take("get-bucket-enc-no-bucket", "get_bucket_encryption", **nowhere)
    take("delete-bucket-enc-no-bucket", "delete_bucket_encryption", **nowhere)
    take("put-bucket-enc-no-bucket", "put_bucket_encryption", **nowhere, **rules(SSEAlgorithm="AES256"))
    one = rules(SSEAlgorithm="AES256")["ServerSideEncryptionConfiguration"]["Rules"]
    take("put-bucket-encryption-no-rules", "put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": []})
    take("put-bucket-encryption-two-rules", "put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": one * 2})
    take("put-bucket-encryption-kms-with-aes", "put_bucket_encryption", **rules(SSEAlgorithm="AES256", KMSMasterKeyID="random-kms-id"))


def test_s3_bucket_encryption_sse_s3(take):
    take.where = {"Key": "key-encrypted"}
    take("put-bucket-enc", "put_bucket_encryption", **rules(SSEAlgorithm="AES256", bucket_key=True))
    take("put-object-encrypted", "put_object", Body="test-encrypted")
    take("head-object-encrypted", "head_object")
    take("get-object-encrypted", "get_object")


def test_s3_bucket_encryption_sse_kms_aws_managed_key(take, kms):
    take.where = {"Key": "key-encrypted"}
    take("put-bucket-enc", "put_bucket_encryption", **rules(SSEAlgorithm="aws:kms", bucket_key=True))
    take("get-bucket-enc", "get_bucket_encryption")
    key = take("put-object-encrypted", "put_object", Body="test-encrypted")["SSEKMSKeyId"]
    take.same("managed-kms-key", {"KeyMetadata": kms.describe_key(KeyId=key)["KeyMetadata"], "ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": 200}})
    take("head-object-encrypted", "head_object")
    take("get-object-encrypted", "get_object")


def test_s3_bucket_encryption_sse_kms(take, kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    take.where = {"Key": "key-encrypted"}
    take("put-bucket-enc", "put_bucket_encryption", **rules(SSEAlgorithm="aws:kms", KMSMasterKeyID=key, bucket_key=True))
    take("get-bucket-enc", "get_bucket_encryption")
    take("put-object-encrypted", "put_object", Body="test-encrypted")
    take("head-object-encrypted", "head_object")
    take("get-object-encrypted", "get_object")
    take("put-bucket-enc-bucket-key-disabled", "put_bucket_encryption", **rules(SSEAlgorithm="aws:kms", KMSMasterKeyID=key, bucket_key=False))
    take("put-object-encrypted-bucket-key-disabled", "put_object", Body="test-encrypted")


# Keys of KMS


def test_copy_object_kms(take, kms):
    key = kms.create_key()["KeyMetadata"]["Arn"]
    take.call("put_object", Key="source", Body="hello world")
    take("get-object", "get_object", Key="source")
    asked = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "BucketKeyEnabled": True}
    take("copy-object", "copy_object", Key="copy", CopySource=f"{take.bucket}/source", **asked)
    take("get-copied-object", "get_object", Key="copy")


def test_s3_sse_validate_kms_key(take, kms, server):
    key = client_at(server.url, "kms", region_name="us-west-2").create_key(Description="test key 123")["KeyMetadata"]
    take.same("create-kms-key", key)
    take.call("put_object", Key="source", Body="x")
    take.where = {"Key": "k", "ServerSideEncryption": "aws:kms"}
    nobody = "134f2428-cec1-4b25-a1ae-9048164dba47"
    take("put-obj-wrong-kms-key", "put_object", SSEKMSKeyId="fake-key-id")
    take("put-obj-wrong-kms-key-real-uuid", "put_object", SSEKMSKeyId=nobody)
    take("put-obj-wrong-kms-key-real-uuid-arn", "put_object", SSEKMSKeyId=f"arn:aws:kms:us-east-1:000000000000:key/{nobody}")
    take("put-obj-different-region-kms-key", "put_object", SSEKMSKeyId=key["Arn"])
    take("put-obj-different-region-kms-key-no-arn", "put_object", SSEKMSKeyId=key["KeyId"])
    take("create-multipart-wrong-kms-key", "create_multipart_upload", SSEKMSKeyId="fake-key-id")
    take("copy-obj-wrong-kms-key", "copy_object", CopySource=f"{take.bucket}/source", SSEKMSKeyId="fake-key-id")


def test_s3_sse_validate_kms_key_state(take, kms):
    key = kms.create_key(Description="test key 123")["KeyMetadata"]
    take.same("create-kms-key", key)
    take.where = {"Key": "test-sse-kms"}
    asked = {"Body": "test-sse", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key["KeyId"]}
    take("success-put-object-sse", "put_object", **asked)
    take("success-get-object-sse", "get_object")
    kms.disable_key(KeyId=key["KeyId"])
    take("get-obj-disabled-key", "get_object")
    take("put-obj-disabled-key", "put_object", **asked)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    take("get-obj-pending-deletion-key", "get_object")


def test_s3_multipart_upload_sse(take, kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    take.where = {"Key": "test-sse-field-multipart"}
    asked = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "BucketKeyEnabled": True}
    upload = take("multi-sse-create-multipart", "create_multipart_upload", **asked)["UploadId"]
    part = take("multi-sse-upload-part", "upload_part", UploadId=upload, PartNumber=1, Body="test-sse")["ETag"]
    take("multi-sse-compete-multipart", "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": [{"ETag": part, "PartNumber": 1}]})
    take("get-obj", "get_object")


def test_s3_sse_bucket_key_default(take, kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    before, after = {"Key": "before"}, {"Key": "after"}
    take("put-obj-default-before-setting", "put_object", **before, Body="test-sse")
    take("get-obj-default-before-setting", "get_object", **before)
    take("put-bucket-encryption", "put_bucket_encryption", **rules(SSEAlgorithm="aws:kms", KMSMasterKeyID=key, bucket_key=True))
    take("get-bucket-encryption", "get_bucket_encryption")
    take("get-obj-default-after-setting", "get_object", **before)
    take("put-obj-after-setting", "put_object", **after, Body="test-sse")
    take("get-obj-after-setting", "get_object", **after)


def test_s3_sse_default_kms_key(take, kms):
    other, asked = take.new_bucket(), {"Key": "k", "Body": "test-sse", "ServerSideEncryption": "aws:kms"}
    take("put-obj-default-kms-s3-key", "put_object", **asked)
    take("get-obj-default-kms-s3-key", "get_object", Key="k")
    take("put-obj-default-kms-s3-key-bucket-2", "put_object", Bucket=other, **asked)
    take("get-obj-default-kms-s3-key-bucket-2", "get_object", Bucket=other, Key="k")
    take("put-bucket-encryption-default-kms-s3-key", "put_bucket_encryption", **rules(SSEAlgorithm="aws:kms", bucket_key=True))
    take("get-bucket-encryption-default-kms-s3-key", "get_bucket_encryption")
    take("put-obj-default-kms-s3-key-from-bucket", "put_object", Key="k2", Body="test-sse")
    take("get-obj-default-kms-s3-key-from-bucket", "get_object", Key="k2")


def test_s3_copy_object_in_place_with_encryption(take, kms):
    first = kms.create_key()["KeyMetadata"]["KeyId"]
    take.where = {"Key": "source"}
    take("put-object-with-kms-encryption", "put_object", Body="test", ServerSideEncryption="aws:kms", SSEKMSKeyId=first, BucketKeyEnabled=True)
    take("head-object", "head_object")
    take.where["CopySource"] = f"{take.bucket}/source"
    take("copy-object-in-place-with-sse", "copy_object", ServerSideEncryption="aws:kms")
    take("head-copy-with-sse", "head_object")
    take("copy-object-in-place-without-kms-sse", "copy_object", MetadataDirective="REPLACE")
    take("head-copy-without-kms-sse", "head_object")
    take("copy-object-in-place-with-aes", "copy_object", ServerSideEncryption="AES256")
    take("head-copy-with-aes", "head_object")


# Customers' keys


def test_put_object_validation_sse_c(take):
    take.where = {"Key": "test-sse-c", "Body": "test_data"}
    take("put-obj-sse-c-both-encryption", "put_object", **by(KEY), ServerSideEncryption="AES256")
    take("put-obj-sse-c-wrong-algo", "put_object", **by(KEY, SSECustomerAlgorithm="KMS"))
    raw = by(KEY)
    take("put-obj-sse-c-no-algo", "put_object", **raw | {"SSECustomerAlgorithm": None})
    take("put-obj-sse-c-no-key", "put_object", **raw | {"SSECustomerKey": None})
    take("put-obj-sse-c-wrong-key-size", "put_object", **by("test"))
    take("put-obj-sse-c-bad-md5", "put_object", **by_md5_of(KEY, OTHER))
    take.without("put-obj-sse-c-no-md5")  # botocore makes the MD5 where there is none


def test_object_retrieval_sse_c(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-sse-c"}
    wrong = by(KEY) | {"SSECustomerAlgorithm": "KMS"}
    take("put-obj-sse-c", "put_object", Body="test_data", **by(KEY))
    take("get-obj-no-sse-c", "get_object")
    take("get-obj-sse-c-wrong-key", "get_object", **by(OTHER))
    take("get-obj-sse-c-wrong-algo", "get_object", **wrong)
    take("head-obj-sse-c-wrong-algo", "head_object", **wrong)
    take("get-obj-attrs-sse-c-wrong-algo", "get_object_attributes", ObjectAttributes=["ETag"], **by_md5_of(KEY, KEY) | {"SSECustomerAlgorithm": "KMS"})
    take("get-obj-sse-c-wrong-key-size", "get_object", **by("test"))
    take("get-obj-sse-c-bad-md5", "get_object", **by_md5_of(KEY, OTHER))
    take.without("get-obj-sse-c-no-md5", "head-obj-sse-c-no-md5")  # botocore makes the MD5 where there is none


def test_copy_object_with_sse_c(take):
    take.compare.other_bytes = True
    source = {"CopySource": f"{take.bucket}/source"}
    opened = source | by(KEY, "CopySource")
    take("put-obj-sse-c", "put_object", Key="source", Body="test_data", **by(KEY))
    take("copy-obj-sse-c-target-no-sse-c", "copy_object", Key="plain", **opened)
    take("copy-obj-sse-c", "copy_object", Key="copy", **opened, **by(KEY))
    take("get-obj-no-sse-c-param", "get_object", Key="copy")
    take("copy-obj-no-src-sse-c", "copy_object", Key="copy2", **source)
    take("copy-obj-wrong-src-sse-c-algo", "copy_object", Key="copy2", **opened | {"CopySourceSSECustomerAlgorithm": "KMS"})
    take("copy-obj-wrong-target-sse-c-algo", "copy_object", Key="copy2", **opened, **by(KEY) | {"SSECustomerAlgorithm": "KMS"})
    take("copy-obj-target-double-encryption", "copy_object", Key="copy2", **opened, **by(KEY), ServerSideEncryption="AES256")


def test_multipart_upload_sse_c(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-sse-c-multipart"}
    upload = take("create-mpu-sse-c", "create_multipart_upload", **by(KEY))["UploadId"]
    parts = [take(f"upload-part-{number - 1}", "upload_part", UploadId=upload, PartNumber=number, Body="a" * 5242881, **by(KEY))["ETag"] for number in (1, 2, 3)]
    take("list-parts", "list_parts", UploadId=upload)
    asked = {"Parts": [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(parts, 1)]}
    take("complete-multipart-checksum", "complete_multipart_upload", UploadId=upload, MultipartUpload=asked)
    take("get-obj-no-sse-c-param", "get_object")
    take("get-obj-sse-c", "get_object", **by(KEY))


def test_multipart_upload_sse_c_validation(take):
    take.where = {"Key": "test-sse-c-multipart", "PartNumber": 1, "Body": "aaa"}
    upload = take("create-mpu-no-sse-c", "create_multipart_upload")["UploadId"]
    take("mpu-no-sse-c-upload-part-with-sse-c", "upload_part", UploadId=upload, **by(KEY))
    upload = take("create-mpu-sse-c", "create_multipart_upload", **by(KEY))["UploadId"]
    take("mpu-sse-c-upload-part-no-sse-c", "upload_part", UploadId=upload)
    take("mpu-sse-c-upload-part-wrong-sse-c", "upload_part", UploadId=upload, **by(OTHER))


def test_put_object_lifecycle_with_sse_c(take):
    take.compare.other_bytes = True
    take.where = {"Key": "test-sse-c"}
    take("put-obj-sse-c", "put_object", Body="test_data", **by(KEY))
    take("head-obj-sse-c", "head_object", **by(KEY))
    take("get-obj-sse-c", "get_object", **by(KEY))
    take("get-obj-attrs-sse-c", "get_object_attributes", ObjectAttributes=["ETag", "ObjectSize"], **by_md5_of(KEY, KEY))
    take("del-obj-sse-c", "delete_object")


def test_sse_c_with_versioning(take):
    take.compare.other_bytes = True
    take.enable()
    take.where = {"Key": "test-sse-c"}
    first = take("put-obj-sse-c-version-1", "put_object", Body="version1", **by(KEY))["VersionId"]
    second = take("put-obj-sse-c-version-2", "put_object", Body="version2", **by(OTHER))["VersionId"]
    take("get-obj-sse-c-last-version", "get_object", **by(OTHER))
    take("get-obj-sse-c-version-2", "get_object", VersionId=second, **by(OTHER))
    take("get-obj-sse-c-last-version-wrong-key", "get_object", **by(KEY))
    take("get-obj-sse-c-version-1", "get_object", VersionId=first, **by(KEY))


def test_put_object_default_checksum_with_sse_c(take, server):
    from botocore.config import Config

    take.compare.other_bytes = True
    silent = client_at(server.url, "s3", config=Config(request_checksum_calculation="when_required", retries={"total_max_attempts": 1}))
    take.where = {"Key": "test-sse-c"}
    take.call("put_object", silent, Body="test data..", **by(KEY))
    take("head-obj-sse-c", "head_object", ChecksumMode="ENABLED", **by(KEY))
    take("get-obj-sse-c", "get_object", **by(KEY))
    take("get-obj-attrs-sse-c", "get_object_attributes", ObjectAttributes=["ETag", "Checksum"], **by_md5_of(KEY, KEY))

"""The rows of S3: refusals.py says how they are read. Of its errors the model declares few; the others are AWS's page "Error responses"."""

from __future__ import annotations

from collections.abc import Iterator

from row import Body, Row

HERE, OBJECT = {"Bucket": "bucket"}, {"Bucket": "bucket", "Key": "key"}
DOCUMENTS = ("BucketTagging", "BucketPolicy", "BucketCors", "PublicAccessBlock", "BucketOwnershipControls", "BucketEncryption", "BucketWebsite", "BucketReplication")
READ = ("BucketLogging", "BucketNotificationConfiguration", "BucketAccelerateConfiguration", "BucketRequestPayment", "BucketLifecycleConfiguration",
        "ObjectLockConfiguration", "BucketPolicyStatus", "BucketAbac")
SEVERAL = ("BucketMetricsConfiguration", "BucketAnalyticsConfiguration", "BucketInventoryConfiguration", "BucketIntelligentTieringConfiguration")
PUT: dict[str, Body] = {
    "PutBucketWebsite": {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "a/b"}}},
    "PutBucketNotificationConfiguration": {"NotificationConfiguration": {"QueueConfigurations": [{"QueueArn": "none", "Events": ["s3:ObjectCreated:*"]}]}},
    "PutBucketReplication": {"ReplicationConfiguration": {"Role": "role", "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "none"}}]}},
    "PutBucketAccelerateConfiguration": {"AccelerateConfiguration": {"Status": "on"}},
    "PutBucketRequestPayment": {"RequestPaymentConfiguration": {"Payer": "nobody"}},
    "PutBucketLifecycleConfiguration": {"LifecycleConfiguration": {"Rules": []}},
    "PutObjectLockConfiguration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    "PutBucketLogging": {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "none", "TargetPrefix": ""}}},
    "PutObjectLegalHold": {"Key": "key", "LegalHold": {"Status": "ON"}}, "GetObjectLegalHold": {"Key": "key"},
    "PutObjectRetention": {"Key": "key", "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": 4_000_000_000}}, "GetObjectRetention": {"Key": "key"},
    "RenameObject": {"Key": "new", "RenameSource": "other/key"}, "RestoreObject": {"Key": "key", "RestoreRequest": {"Days": 1}}, "PutBucketAbac": {"AbacStatus": {"Status": "on"}},
    "PutBucketAcl": {"ACL": "public-read"}, "PutObjectAcl": {"Key": "key", "ACL": "public-read"},
    **{f"Put{noun}": {"Id": "a", noun.removeprefix("Bucket"): {"Id": "b"}} for noun in SEVERAL},
}
REFUSED = {
    **dict.fromkeys(("PutObjectLegalHold", "GetObjectLegalHold", "PutObjectRetention", "GetObjectRetention"), "InvalidRequest"),
    "RenameObject": "InvalidArgument", "RestoreObject": "InvalidObjectState",
    "PutBucketWebsite": "InvalidArgument", "PutBucketNotificationConfiguration": "InvalidArgument", "PutBucketReplication": "InvalidRequest",
    "PutObjectLockConfiguration": "InvalidBucketState", "PutBucketLogging": "InvalidTargetBucketForLogging",
    "PutBucketMetricsConfiguration": "IdMismatch", "PutBucketAcl": "AccessControlListNotSupported", "PutObjectAcl": "AccessControlListNotSupported",
}
BY_BUCKET: dict[str, Body] = {
    "DeleteBucket": {}, "GetBucketLocation": {}, "ListObjects": {}, "ListObjectsV2": {}, "PutObject": {"Key": "key"}, "GetObject": {"Key": "key"},
    "DeleteObject": {"Key": "key"}, "DeleteObjects": {"Delete": {"Objects": [{"Key": "key"}]}}, "CopyObject": {"Key": "new", "CopySource": "bucket/key"},
    "CreateMultipartUpload": {"Key": "key"}, "ListMultipartUploads": {}, "GetBucketVersioning": {}, "ListObjectVersions": {}, "GetBucketAcl": {},
    "GetObjectTagging": {"Key": "key"}, "DeleteObjectTagging": {"Key": "key"}, "GetObjectAcl": {"Key": "key"},
    **{f"{verb}{noun}": {} for noun in DOCUMENTS for verb in ("Get", "Delete")}, **{f"Get{noun}": {} for noun in READ}, "DeleteBucketLifecycle": {},
    **{f"{verb}{noun}": {"Id": "a"} for noun in SEVERAL for verb in ("Get", "Delete")}, **{f"List{noun}s": {} for noun in SEVERAL},
}
PARTS = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "x"}]}}
BY_UPLOAD: dict[str, Body] = {
    "UploadPart": {"PartNumber": 1}, "UploadPartCopy": {"PartNumber": 1, "CopySource": "bucket/key"}, "CompleteMultipartUpload": PARTS,
    "AbortMultipartUpload": {}, "ListParts": {},
}


def s3() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body, credential: str = "test/20260101/us-east-1") -> Row:
        return Row("plain", "s3", operation, error, body, 1, credential)

    for operation, body in BY_BUCKET.items():
        yield row(operation, "NoSuchBucket", {"Bucket": "not-there", **body})
    for operation, body in BY_UPLOAD.items():
        yield row(operation, "NoSuchUpload", {**OBJECT, "UploadId": "none", **body})
    for operation, body in PUT.items():
        yield row(operation, REFUSED.get(operation, "MalformedXML"), {**HERE, **body})
    yield row("CreateBucket", "BucketAlreadyOwnedByYou", HERE | {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}, "test/20260101/eu-west-1")
    yield row("CreateBucket", "BucketAlreadyExists", HERE, "111122223333/20260101/us-east-1")
    yield row("CreateBucket", "InvalidBucketName", {"Bucket": "Upper"})
    yield row("DeleteBucket", "BucketNotEmpty", HERE)
    yield row("HeadBucket", "404", {"Bucket": "not-there"})
    yield row("HeadObject", "404", {**HERE, "Key": "none"})
    yield row("GetObject", "NoSuchKey", {**HERE, "Key": "none"})
    yield row("GetObjectAttributes", "NoSuchKey", {**HERE, "Key": "none", "ObjectAttributes": ["ETag"]})
    yield row("PutObjectAcl", "NoSuchKey", {**HERE, "Key": "none", "ACL": "private"})
    yield row("GetObjectAcl", "NoSuchKey", {**HERE, "Key": "none"})
    yield row("GetObject", "InvalidRange", {**OBJECT, "Range": "bytes=100-"})
    yield row("GetObject", "PreconditionFailed", {**OBJECT, "IfMatch": '"x"'})
    yield row("PutObject", "InvalidRequest", {**OBJECT, "ChecksumAlgorithm": "MD4"})
    yield row("PutObject", "BadDigest", {**OBJECT, "ContentMD5": "XUFAKrxLKna5cZ2REBfFkg=="})
    yield row("PutObject", "PreconditionFailed", {**OBJECT, "IfNoneMatch": "*"})
    yield row("CopyObject", "NoSuchKey", {**OBJECT, "CopySource": "bucket/none"})
    yield row("DeleteObjects", "MalformedXML", {**HERE, "Delete": {}})
    yield row("UploadPart", "InvalidArgument", {**OBJECT, "UploadId": "$upload", "PartNumber": 10_001})
    yield row("CompleteMultipartUpload", "InvalidPart", {**OBJECT, "UploadId": "$upload", **PARTS})

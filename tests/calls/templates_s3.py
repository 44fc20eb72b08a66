"""Calls of S3 that succeed on what resources.py makes: see templates.py."""

from __future__ import annotations

from row import Body

BUCKET = {"Bucket": "fuzz-bucket"}
KEY = {**BUCKET, "Key": "a/fuzz1"}
PART = {**BUCKET, "Key": "a/parts", "UploadId": "$UploadId"}
COPY = {"CopySource": "fuzz-bucket/a/fuzz2"}
HELLO_MD5 = '"5d41402abc4b2a76b9719d911017c592"'
CHUNKED = {"ContentEncoding": "aws-chunked", "Body": "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"}
TAGS = {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 9}]}
BLOCK = {"BlockPublicAcls": True, "RestrictPublicBuckets": False}
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::fuzz-bucket/*"}]}'
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]}
MANY: dict[str, Body] = {
    "BucketMetricsConfiguration": {"Id": "a", "Filter": {"Prefix": "a/"}}, "BucketAnalyticsConfiguration": {"Id": "a", "StorageClassAnalysis": {}},
    "BucketInventoryConfiguration": {"Id": "a", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"},
                                     "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::fuzz-bucket", "Format": "CSV"}}},
    "BucketIntelligentTieringConfiguration": {"Id": "a", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]},
}
RULE = {"ID": "a", "Status": "Enabled", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "a", "Value": "b"}], "ObjectSizeGreaterThan": 1}}, "Expiration": {"Days": 1}}
RULES = [RULE, {"Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 1},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]
DOCUMENTS: dict[str, list[Body]] = {
    "s3 PutBucketWebsite": [{**BUCKET, "WebsiteConfiguration": {"IndexDocument": {"Suffix": "a"}, "RoutingRules": [{"Redirect": {"ReplaceKeyWith": "b"}}]}}],
    "s3 RenameObject": [{**BUCKET, "Key": "a/renamed", "RenameSource": "fuzz-bucket/a/fuzz1"}], "s3 PutBucketAbac": [{**BUCKET, "AbacStatus": {"Status": "Enabled"}}],
    "s3 RestoreObject": [{**KEY, "RestoreRequest": {"Days": 1}}],
    "s3 PutBucketLogging": [{**BUCKET, "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "fuzz-bucket", "TargetPrefix": "a"}}}],
    "s3 PutBucketNotificationConfiguration": [{**BUCKET, "NotificationConfiguration": {"EventBridgeConfiguration": {}}}],
    "s3 PutBucketAccelerateConfiguration": [{**BUCKET, "AccelerateConfiguration": {"Status": "Enabled"}}],
    "s3 PutBucketRequestPayment": [{**BUCKET, "RequestPaymentConfiguration": {"Payer": "Requester"}}],
    "s3 PutBucketLifecycleConfiguration": [{**BUCKET, "LifecycleConfiguration": {"Rules": RULES}}],
    "s3 PutBucketReplication": [{**BUCKET, "ReplicationConfiguration": {"Role": "r", "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::fuzz-bucket"}}]}}],
    "s3 PutObjectLockConfiguration": [{**BUCKET, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}],
    **{f"s3 {verb}{noun}": [{**BUCKET, "Id": "a"}] for noun in MANY for verb in ("Get", "Delete")}, **{f"s3 List{noun}s": [BUCKET] for noun in MANY},
    **{f"s3 Put{noun}": [{**BUCKET, "Id": "a", noun.removeprefix("Bucket"): one}] for noun, one in MANY.items()},
}
VERSIONED = {**KEY, "VersionId": "$VersionId"}

S3: dict[str, list[Body]] = {
    **DOCUMENTS,
    "s3 CreateBucket": [{"Bucket": "other-bucket"}], "s3 HeadBucket": [BUCKET], "s3 ListBuckets": [{}, {"MaxBuckets": 1, "Prefix": "f"}],
    "s3 DeleteBucket": [{"Bucket": "other-bucket"}], "s3 GetBucketLocation": [BUCKET],
    "s3 PutObject": [{**KEY, "Body": "hello", "Metadata": {"a": "b"}, "Tagging": "a=b"}, {**KEY, "Body": "hello", "ChecksumCRC32": "NhCmhg=="}, {**KEY, **CHUNKED},
                     {**BUCKET, "Key": "new", "IfNoneMatch": "*"}],
    "s3 GetObject": [KEY, {**KEY, "Range": "bytes=1-2"}, {**KEY, "IfMatch": HELLO_MD5, "ChecksumMode": "ENABLED"}, {**KEY, "ResponseContentType": "text/plain"}],
    "s3 HeadObject": [KEY, {**KEY, "PartNumber": 1}, {**KEY, "IfModifiedSince": 1}], "s3 DeleteObject": [{**BUCKET, "Key": "new"}],
    "s3 DeleteObjects": [{**BUCKET, "Delete": {"Objects": [{"Key": "new"}, {"Key": "not-there"}], "Quiet": True}}],
    "s3 CopyObject": [{**BUCKET, "Key": "copied", **COPY}, {**KEY, **COPY, "MetadataDirective": "REPLACE", "Metadata": {"c": "d"}, "CopySourceIfMatch": HELLO_MD5}],
    "s3 ListObjects": [BUCKET, {**BUCKET, "Prefix": "a/", "Delimiter": "/", "Marker": "a", "MaxKeys": 2, "EncodingType": "url"}],
    "s3 ListObjectsV2": [BUCKET, {**BUCKET, "Delimiter": "/", "StartAfter": "a", "MaxKeys": 1, "FetchOwner": True},
                         {**BUCKET, "MaxKeys": 1, "ContinuationToken": "$NextContinuationToken"}],
    "s3 CreateMultipartUpload": [{**BUCKET, "Key": "a/parts", "ChecksumAlgorithm": "CRC32"}],
    "s3 UploadPart": [{**PART, "PartNumber": 1, "Body": "hello"}], "s3 UploadPartCopy": [{**PART, **COPY, "PartNumber": 2, "CopySourceRange": "bytes=0-1"}],
    "s3 CompleteMultipartUpload": [{**PART, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": HELLO_MD5}]}}],
    "s3 PutBucketVersioning": [{**BUCKET, "VersioningConfiguration": {"Status": status}} for status in ("Enabled", "Suspended")],
    "s3 ListObjectVersions": [BUCKET, {**BUCKET, "Prefix": "a/", "KeyMarker": "a/fuzz1", "VersionIdMarker": "$VersionId", "MaxKeys": 1}],
    "s3 GetObjectAttributes": [{**one, "ObjectAttributes": ["ETag", "Checksum", "ObjectParts", "ObjectSize"]} for one in (KEY, VERSIONED)],
    "s3 PutObjectTagging": [{**KEY, **TAGS}], "s3 PutBucketTagging": [{**BUCKET, **TAGS}], "s3 PutBucketPolicy": [{**BUCKET, "Policy": POLICY}],
    "s3 PutBucketCors": [{**BUCKET, "CORSConfiguration": CORS}], "s3 PutPublicAccessBlock": [{**BUCKET, "PublicAccessBlockConfiguration": BLOCK}],
    "s3 PutBucketOwnershipControls": [{**BUCKET, "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}],
    "s3 PutBucketEncryption": [{**BUCKET, "ServerSideEncryptionConfiguration": ENCRYPTION}],
    **{f"s3 {name}": [KEY, VERSIONED] for name in ("GetObjectTagging", "DeleteObjectTagging", "GetObjectAcl")},
    "s3 AbortMultipartUpload": [PART], "s3 ListParts": [PART, {**PART, "MaxParts": 1, "PartNumberMarker": "1"}],
    "s3 ListMultipartUploads": [BUCKET, {**BUCKET, "Prefix": "a", "Delimiter": "/", "KeyMarker": "a", "UploadIdMarker": "$UploadId", "MaxUploads": 1}],
}

"""What S3 refuses: a row a request, with the page of the API Reference that says so, or "recorded" (fixtures/aws-recorded and its source)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from raw import Connection


class Row(NamedTuple):
    method: str
    path: str  # B is a bucket, K a key in it, U an open upload
    status: int
    code: str
    source: str
    headers: dict[str, str] = {}  # noqa: RUF012
    body: bytes = b""


XML = b'<?xml version="1.0"?>'
ERRORS = "Error responses, List of error codes"
CHUNKED = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "5"}
TRAILER = CHUNKED | {"x-amz-trailer": "x-amz-checksum-crc32"}
ROWS = [
    Row("PUT", "/UPPER", 400, "InvalidBucketName", "CreateBucket"),
    Row("PUT", "/ab", 400, "InvalidBucketName", "Bucket naming rules"),
    Row("PUT", "/new-bucket", 400, "InvalidLocationConstraint", "CreateBucket", body=b"<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>"),
    Row("PUT", "/new-bucket", 400, "MalformedXML", ERRORS, body=b"<CreateBucketConfiguration><LocationConstraint>"),
    Row("PUT", "/new-bucket", 400, "MalformedXML", ERRORS, body=b"<Other/>"),
    Row("PUT", "/new-bucket", 400, "MalformedXML", ERRORS, body=b'<!DOCTYPE a [<!ENTITY b "c">]><CreateBucketConfiguration><LocationConstraint>&b;</LocationConstraint></CreateBucketConfiguration>'),
    Row("GET", "/no-such-bucket", 404, "NoSuchBucket", "ListObjects"),
    Row("GET", "/no-such-bucket?location", 404, "NoSuchBucket", "GetBucketLocation"),
    Row("GET", "/no-such-bucket?uploads", 404, "NoSuchBucket", ERRORS),
    Row("DELETE", "/no-such-bucket", 404, "NoSuchBucket", "DeleteBucket"),
    Row("PUT", "/no-such-bucket/k", 404, "NoSuchBucket", "PutObject"),
    Row("POST", "/no-such-bucket/k?uploads", 404, "NoSuchBucket", "CreateMultipartUpload"),
    Row("GET", "/B/none", 404, "NoSuchKey", "GetObject"),
    Row("GET", "/B/none?tagging", 404, "NoSuchKey", "recorded"),
    Row("GET", "/B/K?versionId=x", 400, "InvalidArgument", "recorded"),
    Row("GET", "/B/K?partNumber=2", 416, "InvalidPartNumber", "recorded"),
    Row("GET", "/B/K", 416, "InvalidRange", "GetObject", {"Range": "bytes=5-"}),
    Row("GET", "/B/K", 412, "PreconditionFailed", "GetObject", {"If-Match": '"0"'}),
    Row("GET", "/B/K?partNumber=1", 400, "InvalidRequest", "recorded", {"Range": "bytes=0-1"}),
    Row("GET", "/B/K?attributes", 400, "InvalidArgument", "GetObjectAttributes", {"x-amz-object-attributes": ""}),
    Row("GET", "/B/K?attributes", 400, "InvalidArgument", "GetObjectAttributes", {"x-amz-object-attributes": "Colour"}),
    Row("POST", "/", 405, "MethodNotAllowed", ERRORS),
    Row("POST", "/B", 412, "PreconditionFailed", "recorded", {"Content-Type": "text/plain"}),
    Row("POST", "/B/K", 405, "MethodNotAllowed", ERRORS),
    Row("PATCH", "/B", 405, "MethodNotAllowed", ERRORS),
    Row("GET", "/B/%zz", 400, "InvalidURI", ERRORS),
    Row("GET", "/B?list-type=2&max-keys=-1", 400, "InvalidArgument", "ListObjectsV2"),
    Row("GET", "/B?list-type=2&encoding-type=base64", 400, "InvalidArgument", "recorded"),
    Row("GET", "/B?list-type=2&continuation-token=!", 400, "InvalidArgument", "ListObjectsV2"),
    Row("GET", "/B?versions&version-id-marker=x", 400, "InvalidArgument", "ListObjectVersions"),
    Row("GET", "/?max-buckets=0", 400, "InvalidArgument", "ListBuckets"),
    Row("PUT", "/B/new", 400, "InvalidDigest", "recorded", {"Content-MD5": "AAAA"}, b"x"),
    Row("PUT", "/B/new", 400, "BadDigest", "recorded", {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}, b"x"),
    Row("PUT", "/B/new", 400, "BadDigest", "recorded", {"x-amz-checksum-crc32c": "AAAAAA=="}, b"x"),
    Row("PUT", "/B/new", 400, "InvalidRequest", "recorded", {"x-amz-checksum-crc64nvme": "AAAAAA=="}, b"x"),
    Row("PUT", "/B/new", 400, "InvalidRequest", "Checking object integrity", {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-sha1": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, b"x"),
    Row("PUT", "/B/new", 400, "InvalidRequest", "PutObject", {"x-amz-sdk-checksum-algorithm": "CRC32"}, b"x"),
    Row("PUT", "/B/new", 501, "NotImplemented", "of ours: a checksum that is not verified is not taken", {"x-amz-checksum-xxhash64": "AAAAAAAAAAA="}, b"x"),
    Row("PUT", "/B/new", 400, "XAmzContentSHA256Mismatch", ERRORS, {"x-amz-content-sha256": "0" * 64}, b"x"),
    Row("PUT", "/B/new", 400, "InvalidStorageClass", "recorded", {"x-amz-storage-class": "OUTPOSTS"}, b"x"),
    Row("PUT", "/B/new", 400, "InvalidEncryptionAlgorithmError", "recorded", {"x-amz-server-side-encryption": "KMS"}, b"x"),
    Row("PUT", "/B/new", 400, "KMS.NotFoundException", "recorded", {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "none"}, b"x"),
    Row("PUT", "/B/new", 400, "AccessControlListNotSupported", "Controlling ownership of objects", {"x-amz-acl": "public-read"}, b"x"),
    Row("PUT", "/B/new", 400, "KeyTooLongError", ERRORS, {}, b"x")._replace(path="/B/" + "k" * 1025),
    Row("PUT", "/B/new", 400, "MetadataTooLarge", ERRORS, {"x-amz-meta-a": "a" * 2048}, b"x"),
    Row("PUT", "/B/new", 501, "NotImplemented", "recorded", {"If-None-Match": '"x"'}, b"x"),
    Row("PUT", "/B/new", 501, "NotImplemented", "recorded", {"If-None-Match": "*", "If-Match": '"x"'}, b"x"),
    Row("PUT", "/B/K", 412, "PreconditionFailed", "recorded", {"If-None-Match": "*"}, b"x"),
    Row("PUT", "/B/new", 404, "NoSuchKey", "recorded", {"If-Match": '"x"'}, b"x"),
    Row("PUT", "/B/new", 411, "MissingContentLength", ERRORS, {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, b"0\r\n\r\n"),
    Row("PUT", "/B/new", 400, "IncompleteBody", ERRORS, CHUNKED, b"5\r\nhel"),
    Row("PUT", "/B/new", 400, "IncompleteBody", ERRORS, CHUNKED, b"4\r\nhell\r\n0\r\n\r\n"),
    Row("PUT", "/B/new", 400, "IncompleteBody", ERRORS, CHUNKED, b"ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    Row("PUT", "/B/new", 400, "MalformedTrailerError", "Trailing checksums", TRAILER, b"5\r\nhello\r\n0\r\n\r\n"),
    Row("PUT", "/B/new", 400, "InvalidRequest", "Trailing checksums", TRAILER, b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AA\r\n\r\n"),
    Row("PUT", "/B/new", 400, "BadDigest", "Trailing checksums", TRAILER, b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"),
    Row("PUT", "/B/new", 400, "EntityTooLarge", ERRORS, {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": str((5 << 30) + 1)}, b"0\r\n\r\n"),
    Row("PUT", "/B/new", 400, "InvalidArgument", "CopyObject", {"x-amz-copy-source": "B"}),
    Row("PUT", "/B/new", 404, "NoSuchKey", "CopyObject", {"x-amz-copy-source": "B/none"}),
    Row("PUT", "/B/K", 400, "InvalidRequest", "recorded", {"x-amz-copy-source": "/B/K"}),
    Row("PUT", "/B/new", 412, "PreconditionFailed", "recorded", {"x-amz-copy-source": "/B/K", "x-amz-copy-source-if-match": '"0"'}),
    Row("PUT", "/B/new", 400, "InvalidArgument", "CopyObject", {"x-amz-copy-source": "/B/K", "x-amz-metadata-directive": "KEEP"}),
    Row("PUT", "/B/m?partNumber=1&uploadId=none", 404, "NoSuchUpload", "UploadPart", {}, b"x"),
    Row("PUT", "/B/m?partNumber=0&uploadId=U", 400, "InvalidArgument", "UploadPart", {}, b"x"),
    Row("PUT", "/B/m?partNumber=1&uploadId=U", 400, "InvalidArgument", "recorded", {"x-amz-copy-source": "/B/K", "x-amz-copy-source-range": "0-8"}),
    Row("PUT", "/B/m?partNumber=1&uploadId=U", 400, "InvalidArgument", "recorded", {"x-amz-copy-source": "/B/K", "x-amz-copy-source-range": "bytes=0-99"}),
    Row("POST", "/B/m?uploadId=U", 400, "InvalidRequest", "recorded"),
    Row("POST", "/B/m?uploadId=U", 400, "MalformedXML", ERRORS, body=b"<CompleteMultipartUpload/>"),
    Row("POST", "/B/m?uploadId=U", 400, "InvalidPart", "CompleteMultipartUpload", body=b"<CompleteMultipartUpload><Part><PartNumber>9</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>"),
    Row("POST", "/B/m?uploads", 400, "InvalidRequest", "recorded", {"x-amz-checksum-algorithm": "MD4"}),
    Row("POST", "/B/m?uploads", 400, "InvalidRequest", "recorded", {"x-amz-checksum-type": "COMPOSITE"}),
    Row("POST", "/B?delete", 400, "MalformedXML", "DeleteObjects", body=b"<Delete/>"),
    Row("POST", "/B?delete", 400, "MalformedXML", "DeleteObjects", body=b"<Delete>" + b"<Object><Key>k</Key></Object>" * 1001 + b"</Delete>"),
    Row("POST", "/B?delete", 400, "MalformedXML", ERRORS, body=b"<Delete>" * 10_000),
    Row("PUT", "/B?versioning", 400, "IllegalVersioningConfigurationException", "recorded", body=b"<VersioningConfiguration/>"),
    Row("PUT", "/B?versioning", 400, "MalformedXML", "recorded", body=b"<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>"),
    Row("PUT", "/B?policy", 400, "MalformedPolicy", "recorded", body=b"not json"),
    Row("PUT", "/B?ownershipControls", 400, "MalformedXML", "recorded", body=b"<OwnershipControls><Rule><ObjectOwnership>Mine</ObjectOwnership></Rule></OwnershipControls>"),
    Row("GET", "/B?cors", 404, "NoSuchCORSConfiguration", "GetBucketCors"),
    Row("GET", "/B?policy", 404, "NoSuchBucketPolicy", "recorded"),
    Row("GET", "/B?tagging", 404, "NoSuchTagSet", "recorded"),
    Row("GET", "/B?policy", 400, "InvalidBucketOwnerAWSAccountID", "recorded", {"x-amz-expected-bucket-owner": "0000"}),
    Row("GET", "/B?policy", 403, "AccessDenied", "recorded", {"x-amz-expected-bucket-owner": "111122223333"}),
    Row("GET", "/B/K?X-Amz-Algorithm=AWS4-HMAC-SHA256", 400, "AuthorizationQueryParametersError", "recorded"),
    Row("GET", "/B/K?AWSAccessKeyId=x&Signature=y", 403, "AccessDenied", "recorded"),
    Row("GET", "/B/K?AWSAccessKeyId=x&Signature=y&Expires=1", 403, "AccessDenied", "recorded"),
    Row("GET", "/B/K?torrent", 501, "NotImplemented", "of ours: what is not built says so"),
]


@pytest.fixture(scope="module")
def place(s3: Any) -> Iterator[dict[str, str]]:
    name = "refusals-of-s3"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="key", Body=b"12345")
    upload = s3.create_multipart_upload(Bucket=name, Key="m")["UploadId"]
    yield {"B": name, "K": "key", "U": upload}
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=name)["Contents"]] == ["key"]  # nothing of what was refused
    s3.delete_object(Bucket=name, Key="key")
    s3.delete_bucket(Bucket=name)


def placed(text: str, place: dict[str, str]) -> str:
    parts = text.replace("uploadId=U", f"uploadId={place['U']}").split("/")
    return "/".join(place["B"] + part[1:] if part[:1] == "B" and part[1:2] in ("", "?") else place["K"] + part[1:] if part[:1] == "K" and part[1:2] in ("", "?") else part for part in parts)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path[:40]} {row.code}")
def test_refused(emulator: Any, place: dict[str, str], row: Row, unique: Callable[[str], str]) -> None:
    headers = {name: placed(value, place) if name == "x-amz-copy-source" else value for name, value in row.headers.items()}
    answer = Connection(emulator).request(row.method, placed(row.path, place), headers, row.body)
    assert (answer.status, f"<Code>{row.code}</Code>" in answer.body.decode()) == (row.status, True), answer.body
    assert answer.headers["x-amz-request-id"] and answer.headers["x-amz-id-2"]

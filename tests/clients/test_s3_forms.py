"""S3: files that browsers upload by forms, as boto3's generate_presigned_post makes them and as no library would."""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from botocore.config import Config
from conftest import client_at
from helpers import refusal_code
from local_emulator import LocalEmulator


@pytest.fixture(scope="module", params=["s3", "s3v4"], name="s3")
def signed_by(emulator: LocalEmulator, request: pytest.FixtureRequest) -> Any:
    """By signatures of version 2, as boto3 does by itself, and of version 4."""
    return client_at(emulator.url, "s3", config=Config(signature_version=request.param, s3={"addressing_style": "path"}))


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> Iterator[str]:
    name = unique("forms")
    s3.create_bucket(Bucket=name)
    yield name
    for one in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=one["Key"])
    s3.delete_bucket(Bucket=name)


def form(url: str, fields: dict[str, Any], **more: Any) -> urllib3.BaseHTTPResponse:
    """A field that is a pair is a file."""
    return urllib3.request("POST", url, fields=fields, redirect=False, retries=False, timeout=60, **more)


def send(post: dict[str, Any], body: bytes = b"hello", name: str = "a.txt", **more: str) -> urllib3.BaseHTTPResponse:
    return form(post["url"], {**post["fields"], **more, "file": (name, body)})


def code(answer: urllib3.BaseHTTPResponse) -> tuple[int, str, str]:
    found = re.search("<Code>(.*?)</Code><Message>(.*?)</Message>", answer.data.decode())
    assert found, answer.data
    return answer.status, found[1], found[2]


def test_a_file_is_uploaded(s3, bucket):
    fields = {"Content-Type": "text/plain", "x-amz-meta-colour": "red", "success_action_status": "201"}
    conditions = [["starts-with", "$Content-Type", "text/"], {"x-amz-meta-colour": "red"}, {"success_action_status": "201"}, ["content-length-range", 1, 10]]
    post = s3.generate_presigned_post(bucket, "up/${filename}", Fields=fields, Conditions=conditions)
    answer = send(post, name="C:\\files\\a b.txt")
    assert answer.status == 201, answer.data.decode()
    assert "<PostResponse" in answer.data.decode() and "<Key>up/a b.txt</Key>" in answer.data.decode() and answer.headers["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    got = s3.get_object(Bucket=bucket, Key="up/a b.txt")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (b"hello", "text/plain", {"colour": "red"})
    assert s3.head_object(Bucket=bucket, Key="up/a b.txt", ChecksumMode="ENABLED")["ChecksumType"] == "FULL_OBJECT"


def test_a_large_file_flows(s3, bucket):
    body = b"\r\n--not the boundary\r\n" * 500_000
    assert send(s3.generate_presigned_post(bucket, "large"), body).status == 204
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == body


def test_what_is_told_is_as_the_form_has_it(s3, bucket):
    post = s3.generate_presigned_post(bucket, "k")
    assert (send(post).status, send(post).data) == (204, b"")
    for status in ("200", "204", "999"):
        post = s3.generate_presigned_post(bucket, "k", Fields={"success_action_status": status}, Conditions=[{"success_action_status": status}])
        assert (send(post).status, send(post).data) == (200 if status == "200" else 204, b"")
    to = {"success_action_redirect": "http://localhost/done?x=1"}
    answer = send(s3.generate_presigned_post(bucket, "k", Fields=to, Conditions=[to]))
    assert answer.status == 303
    assert answer.headers["Location"] == f"http://localhost/done?x=1&bucket={bucket}&key=k&etag=%225d41402abc4b2a76b9719d911017c592%22"


def test_tags_and_storage_class(s3, bucket):
    more = {"tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>", "x-amz-storage-class": "STANDARD_IA"}
    post = s3.generate_presigned_post(bucket, "k", Fields=more, Conditions=[{name: value} for name, value in more.items()])
    assert send(post).status == 204
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "b c"}]
    assert s3.head_object(Bucket=bucket, Key="k")["StorageClass"] == "STANDARD_IA"
    post = s3.generate_presigned_post(bucket, "k", Fields={"tagging": "no"}, Conditions=[{"tagging": "no"}])
    assert code(send(post))[:2] == (400, "MalformedXML")


def test_a_policy_decides(s3, bucket):
    post = s3.generate_presigned_post(bucket, "k", Conditions=[["content-length-range", 2, 4]])
    assert code(send(post))[:2] == (400, "EntityTooLarge")
    assert code(send(post, b"h"))[:2] == (400, "EntityTooSmall")
    post = s3.generate_presigned_post(bucket, "k")
    assert code(send(post, extra="1")) == (403, "AccessDenied", "Invalid according to Policy: Extra input fields: extra")
    assert code(send(post, key="other"))[:2] == (403, "AccessDenied")
    assert send(post, **{"x-ignore-me": "1"}).status == 204
    post = s3.generate_presigned_post(bucket, "k", Conditions=[["starts-with", "$Content-Type", "image/"]])
    said = code(send(post, **{"Content-Type": "text/plain"}))
    assert said == (403, "AccessDenied", "Invalid according to Policy: Policy Condition failed: [&quot;starts-with&quot;, &quot;$Content-Type&quot;, &quot;image/&quot;]")
    assert refusal_code(s3.head_object, Bucket=bucket, Key="other") == "404"


def test_what_a_form_needs(s3, bucket):
    post = s3.generate_presigned_post(bucket, "k")
    signature = {"x-amz-algorithm", "x-amz-signature", "x-amz-credential", "x-amz-date", "AWSAccessKeyId", "signature"}
    for name in signature & post["fields"].keys():
        fields = {key: value for key, value in post["fields"].items() if key != name}
        assert code(send({**post, "fields": fields}))[:2] == (400, "InvalidArgument")
    fields = {key: value for key, value in post["fields"].items() if key not in signature}
    assert code(send({**post, "fields": fields})) == (403, "AccessDenied", "Access Denied")
    assert code(urllib3.request("POST", post["url"], body=b"key=k", headers={"Content-Type": "text/plain"}))[:2] == (412, "PreconditionFailed")
    assert code(form(post["url"], {"key": "k"}))[:2] == (400, "InvalidArgument")
    assert code(form(post["url"], {"file": ("a", b"x")}))[:2] == (400, "InvalidArgument")
    assert code(form(post["url"], {"key": "k" * 30_000, "file": ("a", b"x")}))[:2] == (400, "MaxPostPreDataLengthExceeded")
    cut = urllib3.request("POST", post["url"], body=b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf',
                        headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert code(cut)[:2] == (400, "MalformedPOSTRequest")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def policy(bucket: str, expiration: str, *conditions: Any) -> dict[str, str]:
    text = json.dumps({"expiration": expiration, "conditions": [{"bucket": bucket}, {"key": "k"}, *conditions]})
    return {"key": "k", "AWSAccessKeyId": "test", "signature": "any", "policy": base64.b64encode(text.encode()).decode()}


def test_a_policy_of_the_old_kind(s3, bucket):
    post = {"url": s3.generate_presigned_post(bucket, "k")["url"]}
    later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=40000)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert send({**post, "fields": policy(bucket, later)}).status == 204
    assert code(send({**post, "fields": policy(bucket, "2001-01-01T00:00:00Z")})) == (403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    assert code(send({**post, "fields": policy(bucket, later, {"a": "b", "c": "d"})})) == (
        400, "InvalidPolicyDocument", "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
    assert code(send({**post, "fields": policy(bucket, later) | {"policy": "bm8="}}))[:2] == (400, "InvalidPolicyDocument")

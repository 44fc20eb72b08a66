"""AWS's recorded answers on metadata beyond ASCII, and that nothing in it reaches what is kept beside it."""

from __future__ import annotations

import base64

import pytest
import urllib3
from s3_replay import bucket, s3, server, take  # noqa: F401 (fixtures)


def test_system_metadata_with_unicode(take):
    take.where = {"Key": "k"}

    def as_bytes(request, **_):
        request.headers["Cache-Control"] = "ÄMÄZÕÑ S3".encode()
        request.headers["Content-Disposition"] = 'attachment; filename="test_—_file%E2%80%94_é_2.pdf"'.encode()

    take.s3.meta.events.register("before-send.s3.PutObject", as_bytes)
    take("put-object", "put_object", Body=b"", CacheControl="x", ContentDisposition="x", ContentLanguage="de")
    take.s3.meta.events.unregister("before-send.s3.PutObject", as_bytes)
    take("get-object", "get_object")


def words(text: str) -> str:
    return f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def test_user_metadata_rfc2047_encoded(take):
    take.where = {"Key": "k"}
    metadata = {
        "asciib64-encoded": words("abc"), "fake-encoded": "=?UTF-8?Q?actually-ascii?=", "non-ascii": words("test_—_file%E2%80%94_é_2?.pdf"),
        "non-ascii-2": words("ÄMÄZÕÑ S3"), "non-ascii-binary": words("\0\1\2\3"), "replacement-chars": words("\ufffd" * 7),
        "safe-chars": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    }
    take("put-object", "put_object", Metadata=metadata)
    take("get-object", "get_object")


def test_user_metadata_rfc2047_bad_b64_encoded(take):
    take.where = {"Key": "k"}
    take("put-object", "put_object", Metadata={"bad-b64-encoded": "=?UTF-8?B?8GHw?="})
    take("get-object", "get_object")


def test_headers_may_have_the_letters_themselves(s3, bucket):
    def as_bytes(request, **_):
        request.headers["x-amz-meta-foo"] = "non-ascii-%E2%80%94_—_é_".encode()

    s3.meta.events.register("before-send.s3.PutObject", as_bytes)
    s3.put_object(Bucket=bucket, Key="k")
    s3.meta.events.unregister("before-send.s3.PutObject", as_bytes)
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"foo": "=?UTF-8?Q?non-ascii-%E2%80%94=5F=E2=80=94=5F=C3=A9=5F?="}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a\nstorage-class:GLACIER\n", "=?UTF-8?Q?a=0Astorage-class:GLACIER=0A?="),
        ("plain text", "plain text"),
        ("é" * 60, " ".join([words("é" * 15)] * 4)),
    ],
)
def test_words_come_back_as_words(s3, bucket, given, told):
    s3.put_object(Bucket=bucket, Key="k", Metadata={"a": words(given), "b": f"{words(given)} {words(given)}"})
    answer = s3.head_object(Bucket=bucket, Key="k")
    assert answer["Metadata"]["a"] == told and set(answer["Metadata"]) == {"a", "b"} and "StorageClass" not in answer
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert s3.head_object(Bucket=bucket, Key="copy")["Metadata"] == answer["Metadata"]


@pytest.mark.parametrize("text", ["=?", "=?UTF-8?Q?=4?=", "=?UTF-8?B?a?=", "=?UTF-8?X?a?=", "=?KOI8-R?Q?a?=", "=?UTF-8?Q?a?b?=", "a=?UTF-8?Q?a?=", "=?UTF-8?Q", "=??=??="])
def test_what_is_no_word_stays(s3, bucket, text):
    s3.put_object(Bucket=bucket, Key="k", Metadata={"a": text})
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": text}


def test_words_count_as_what_they_say(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Metadata={"a": words("x" * 2047)})
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": "x" * 2047}
    with pytest.raises(s3.exceptions.ClientError, match="MetadataTooLarge"):
        s3.put_object(Bucket=bucket, Key="k", Metadata={"a": words("é" * 1024)})


def test_forms_say_no_words(s3, bucket):
    fields = {"x-amz-meta-a": "=?UTF-8?B?YWJj?=", "x-amz-meta-b": "ÄMÄZÕÑ S3"}
    signed = s3.generate_presigned_post(bucket, "k", Fields=fields, Conditions=[{name: value} for name, value in fields.items()])
    assert urllib3.request("POST", signed["url"], fields={**signed["fields"], "file": ("f", b"x")}).status == 204
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": "=?UTF-8?B?YWJj?=", "b": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="}

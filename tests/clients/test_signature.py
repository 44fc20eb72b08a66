"""--auth signature: what boto3, the CLI and other SDKs sign is taken, and each form of a wrong signature is refused as AWS does."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.auth
import pytest
import urllib3
from admin import ask
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from conftest import PLAIN, client_at
from helpers import refusal, refusal_code
from local_emulator import LocalEmulator
from sdk import answer_of, built, environment_of, run, tool

HTTP = urllib3.PoolManager(retries=False)
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
JSON_TARGETS = {"kinesis": ("Kinesis_20131202.ListStreams", "1.1"), "dynamodb": ("DynamoDB_20120810.ListTables", "1.0"),
                "kms": ("TrentService.ListKeys", "1.1"), "glue": ("AWSGlue.ListRegistries", "1.1")}


@pytest.fixture(scope="module", name="emu")
def checking_emulator() -> Iterator[LocalEmulator]:
    with LocalEmulator(options=("--auth", "signature", "--root-keys", "test:test,other:s3cr3t:111122223333")) as running:
        yield running


def client(emu: LocalEmulator, service: str, **more: Any) -> Any:
    return client_at(emu.url, service, **more)


def signed(emu: LocalEmulator, service: str, body: bytes = b"{}", key: str = "test", secret: str = "test", token: str | None = None,
           method: str = "POST", path: str = "/", headers: dict[str, str] | None = None, scope: str | None = None) -> dict[str, str]:
    """The headers of a request as botocore signs it."""
    usual = {"Host": emu.url[7:]}
    if service in JSON_TARGETS:
        target, version = JSON_TARGETS[service]
        usual |= {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
    elif service == "s3":
        usual["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    else:
        usual["Content-Type"] = "application/x-www-form-urlencoded"
    request = AWSRequest(method, emu.url + path, headers=usual | (headers or {}), data=body)
    signer = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(Credentials(key, secret, token), scope or service, "us-east-1")
    if stands_for_body := (headers or {}).get("X-Amz-Content-SHA256"):
        signer.payload = lambda _: stands_for_body  # type: ignore[method-assign]
    signer.add_auth(request)
    return dict(request.headers)


def send(emu: LocalEmulator, headers: dict[str, str], body: bytes = b"{}", method: str = "POST", path: str = "/") -> urllib3.BaseHTTPResponse:
    return HTTP.request(method, emu.url + path, body=body, headers=headers, redirect=False)


def json_error(answer: urllib3.BaseHTTPResponse) -> tuple[int, str, str]:
    told = json.loads(answer.data)
    return answer.status, told["__type"].split("#")[-1], told.get("message", told.get("Message"))


def xml_error(answer: urllib3.BaseHTTPResponse) -> tuple[int, str, str]:
    found = re.search("<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", answer.data.decode(), re.DOTALL)
    assert found, answer.data
    return answer.status, found[1], found[2]


def made(s3: Any, bucket: str) -> None:
    if bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=bucket)


def real_time() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# What is right


def test_boto3_is_taken_in_each_service(emu):
    client(emu, "kinesis").create_stream(StreamName="signed", ShardCount=1)
    client(emu, "kinesis").put_record(StreamName="signed", PartitionKey="a", Data=b"x" * 1000)
    client(emu, "dynamodb").list_tables()
    client(emu, "dynamodbstreams").list_streams()
    client(emu, "glue").list_registries()
    client(emu, "firehose").list_delivery_streams()
    client(emu, "kms").list_keys()
    client(emu, "iam").list_users(PathPrefix="/")
    assert client(emu, "sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"


def test_a_compressed_body_is_signed_as_it_was_sent(emu):
    data = [{"MetricName": "m", "Value": 1.5, "Dimensions": [{"Name": "host", "Value": f"{i:0>200}"}]} for i in range(100)]
    client(emu, "cloudwatch").put_metric_data(Namespace="signed", MetricData=data)  # boto3 compresses 10 KiB and more


@pytest.mark.parametrize("key", ["plain", "a b+c/ü~(1)'*.txt", "a//x%2F=&?+"])
def test_objects_are_put_and_read_by_any_key(emu, key):
    s3 = client(emu, "s3")
    made(s3, "keys")
    s3.put_object(Bucket="keys", Key=key, Body=b"hello", Metadata={"a": "b  c"}, ContentType="text/plain")
    assert s3.get_object(Bucket="keys", Key=key)["Body"].read() == b"hello"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="keys", Prefix=key, Delimiter="|")["Contents"]] == [key]
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "keys", "Key": key, "ResponseContentType": "a/b"}, ExpiresIn=60)
    got = HTTP.request("GET", url)
    assert (got.status, got.data, got.headers["content-type"]) == (200, b"hello", "a/b"), got.data
    s3.delete_objects(Bucket="keys", Delete={"Objects": [{"Key": key}]})


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_of_both_versions(emu, version):
    s3 = client(emu, "s3", config=Config(signature_version=version, s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket=f"urls-{version}")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": f"urls-{version}", "Key": "a b"}, ExpiresIn=60)
    assert HTTP.request("PUT", put, body=b"hello").status == 200
    get = s3.generate_presigned_url("get_object", Params={"Bucket": f"urls-{version}", "Key": "a b", "ResponseContentType": "x/y"}, ExpiresIn=60)
    assert HTTP.request("GET", get).data == b"hello"
    other = get.replace("a%20b", "a%20c")
    assert xml_error(HTTP.request("GET", other))[:2] == (403, "SignatureDoesNotMatch")
    assert xml_error(HTTP.request("DELETE", get))[:2] == (403, "SignatureDoesNotMatch")
    for more in ("versionId=null", "%76ersionId=null", "response-content-type=a/b", "%72esponse-content-type=a/b"):
        assert xml_error(HTTP.request("GET", f"{get}&{more}"))[:2] == (403, "SignatureDoesNotMatch"), more
    assert xml_error(HTTP.request("GET", re.sub("(AWSAccessKeyId|Credential)=test", r"\1=nobody", get)))[:2] == (403, "InvalidAccessKeyId")
    ask(emu.url, "clock", advance="2m")
    assert xml_error(HTTP.request("GET", get)) == (403, "AccessDenied", "Request has expired")
    ask(emu.url, "clock", set=real_time())


def test_version_2_in_the_header(emu):
    s3 = client(emu, "s3", config=Config(signature_version="s3", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))
    s3.create_bucket(Bucket="old")
    s3.put_object(Bucket="old", Key="a b", Body=b"x", Metadata={"m": "1"}, ContentType="text/plain")
    s3.put_object_tagging(Bucket="old", Key="a b", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_object_tagging(Bucket="old", Key="a b")["TagSet"] == [{"Key": "a", "Value": "b"}]
    wrong = client(emu, "s3", config=s3.meta.config, aws_secret_access_key="wrong")
    assert refusal_code(wrong.list_objects, Bucket="old") == "SignatureDoesNotMatch"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_forms_are_signed_too(emu, version):
    def post(**more: Any) -> urllib3.BaseHTTPResponse:
        s3 = client(emu, "s3", config=Config(signature_version=version, s3={"addressing_style": "path"}), **more)
        made = s3.generate_presigned_post(f"forms-{version}", "key")
        return HTTP.request("POST", made["url"], fields=made["fields"] | {"file": ("a.txt", b"hello")})
    client(emu, "s3").create_bucket(Bucket=f"forms-{version}")
    assert post().status == 204
    assert xml_error(post(aws_secret_access_key="wrong"))[:2] == (403, "SignatureDoesNotMatch")
    assert xml_error(post(aws_access_key_id="nobody"))[:2] == (403, "InvalidAccessKeyId")
    unsigned = HTTP.request("POST", f"{emu.url}/forms-{version}", fields={"key": "other", "file": ("a.txt", b"hello")})
    assert xml_error(unsigned) == (403, "AccessDenied", "Access Denied")
    assert [o["Key"] for o in client(emu, "s3").list_objects_v2(Bucket=f"forms-{version}")["Contents"]] == ["key"]


def test_the_root_of_another_account(emu):
    sts = client(emu, "sts", aws_access_key_id="other", aws_secret_access_key="s3cr3t")
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:root"
    assert client(emu, "sts", aws_access_key_id="222233334444").get_caller_identity()["Account"] == "222233334444"
    assert refusal_code(client(emu, "sts", aws_access_key_id="222233334444", aws_secret_access_key="x").get_caller_identity) == "SignatureDoesNotMatch"


# Users and sessions


def user_key(emu: LocalEmulator, name: str) -> dict[str, Any]:
    iam = client(emu, "iam")
    iam.create_user(UserName=name)
    return iam.create_access_key(UserName=name)["AccessKey"]


def test_a_users_key_is_taken_until_it_is_inactive(emu):
    key, iam = user_key(emu, "alice"), client(emu, "iam")
    mine = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert client(emu, "sts", **mine).get_caller_identity()["Arn"].endswith(":user/alice")
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(client(emu, "kinesis", **mine).list_streams) == ("UnrecognizedClientException", "The security token included in the request is invalid.")
    assert refusal_code(client(emu, "sts", **mine).get_caller_identity) == "InvalidClientTokenId"
    assert refusal_code(client(emu, "s3", **mine).list_buckets) == "InvalidAccessKeyId"
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Active")
    client(emu, "s3", **mine).list_buckets()
    iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
    assert refusal_code(client(emu, "sts", **mine).get_caller_identity) == "InvalidClientTokenId"


def test_a_secret_is_not_in_the_file(own_emulator, tmp_path):
    emulator = own_emulator(options=("--auth", "signature"))
    key = user_key(emulator, "bob")
    session = client(emulator, "sts").get_session_token()["Credentials"]
    assert emulator.stop() == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert key["AccessKeyId"].encode() in kept
    assert key["SecretAccessKey"].encode() not in kept and session["SecretAccessKey"].encode() not in kept
    again = own_emulator(options=("--auth", "signature"))
    mine = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert client(again, "sts", **mine).get_caller_identity()["Arn"].endswith(":user/bob")


def sessions(emu: LocalEmulator) -> dict[str, dict[str, Any]]:
    iam, sts = client(emu, "iam"), client(emu, "sts")
    role = iam.create_role(RoleName="signing", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, {"iss": "i", "sub": "s", "aud": "a"}, {}))
    unsigned = boto3.client("sts", endpoint_url=emu.url, region_name="us-east-1", config=PLAIN.merge(Config(signature_version=botocore.UNSIGNED)))
    return {
        "assumed-role/signing/me": sts.assume_role(RoleArn=role, RoleSessionName="me", DurationSeconds=900)["Credentials"],
        "assumed-role/signing/web": unsigned.assume_role_with_web_identity(RoleArn=role, RoleSessionName="web", WebIdentityToken=token, DurationSeconds=900)["Credentials"],
        ":root": sts.get_session_token(DurationSeconds=900)["Credentials"],
        "federated-user/fred": sts.get_federation_token(Name="fred", DurationSeconds=900)["Credentials"],
    }


def test_sessions_sign_until_they_expire(emu):
    made = sessions(emu)
    for arn, given in made.items():
        mine = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"]}
        assert client(emu, "sts", **mine, aws_session_token=given["SessionToken"]).get_caller_identity()["Arn"].endswith(arn)
        client(emu, "s3", **mine, aws_session_token=given["SessionToken"]).list_buckets()
        assert refusal_code(client(emu, "kinesis", **mine).list_streams) == "UnrecognizedClientException"
        assert refusal_code(client(emu, "s3", **mine, aws_session_token="forged").list_buckets) == "InvalidToken"
        assert refusal_code(client(emu, "kinesis", **mine | {"aws_secret_access_key": "wrong"}, aws_session_token=given["SessionToken"]).list_streams) == "InvalidSignatureException"
    ask(emu.url, "clock", advance="16m")
    for given in made.values():
        answer = send(emu, signed_at(emu, "kinesis", 16, given))
        assert json_error(answer) == (400, "ExpiredTokenException", "The security token included in the request is expired")
        answer = send(emu, signed_at(emu, "sts", 16, given, b"Action=GetCallerIdentity&Version=2011-06-15"), b"Action=GetCallerIdentity&Version=2011-06-15")
        assert xml_error(answer)[:2] == (403, "ExpiredToken")
    ask(emu.url, "clock", set=real_time())


def signed_at(emu: LocalEmulator, service: str, minutes: float, given: dict[str, Any] | None = None, body: bytes = b"{}", **more: Any) -> dict[str, str]:
    """As a client whose clock is so many minutes ahead signs."""
    given = given or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": None}
    real = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda *a, **k: real(*a, **k) + datetime.timedelta(minutes=minutes)
    try:
        return signed(emu, service, body, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], **more)
    finally:
        botocore.auth.get_current_datetime = real


# What is wrong


def changed(headers: dict[str, str], **more: str | None) -> dict[str, str]:
    return {name: value for name, value in (headers | {k.replace("_", "-"): v for k, v in more.items()}).items() if value is not None}


MISMATCH = "The request signature we calculated does not match the signature you provided."


@pytest.mark.parametrize("service", sorted(JSON_TARGETS))
def test_json_services_refuse_each_wrong_form(emu, service):
    good = signed(emu, service)
    assert send(emu, good).status == 200
    authorization = good["Authorization"]
    flipped = authorization[:-1] + ("0" if authorization[-1] != "0" else "1")
    wrong = {
        "no signature": (changed(good, Authorization=None), "MissingAuthenticationTokenException", "Request is missing Authentication Token"),
        "a bit flipped": (changed(good, Authorization=flipped), "InvalidSignatureException", MISMATCH),
        "too short": (changed(good, Authorization=authorization[:-1]), "InvalidSignatureException", MISMATCH),
        "another secret": (signed(emu, service, secret="nope"), "InvalidSignatureException", MISMATCH),
        "another target": (changed(good, **{"Host": "localhost:1"}), "InvalidSignatureException", MISMATCH),
        "unknown key": (signed(emu, service, key="AKIANOBODY"), "UnrecognizedClientException", "The security token included in the request is invalid."),
        "another service": (signed(emu, service, scope="sqs"), "InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'. "),
        "no SignedHeaders": (changed(good, Authorization=re.sub("SignedHeaders=.*?, ", "", authorization)), "IncompleteSignatureException", "Authorization header requires 'SignedHeaders' parameter."),
        "no Signature": (changed(good, Authorization=authorization.split(", Signature")[0]), "IncompleteSignatureException", "Authorization header requires 'Signature' parameter."),
        "no Credential": (changed(good, Authorization=re.sub("Credential=.*?, ", "", authorization)), "IncompleteSignatureException", "Authorization header requires 'Credential' parameter."),
        "no date": (changed(good, **{"X-Amz-Date": None}), "IncompleteSignatureException", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."),
        "no equal-sign": (changed(good, Authorization=authorization.replace("Credential=", "Credential")), "IncompleteSignatureException", "not a valid key=value pair (missing equal-sign) in Authorization header"),
        "a short credential": (changed(good, Authorization=authorization.replace("/aws4_request", "")), "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements"),
        "another terminator": (changed(good, Authorization=authorization.replace("aws4_request", "aws5_request")), "InvalidSignatureException", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."),
        "host not signed": (changed(good, Authorization=authorization.replace("host;", "")), "InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
        "basic": (changed(good, Authorization="Basic dGVzdDp0ZXN0"), "IncompleteSignatureException", "Authorization header requires 'Credential' parameter."),
        "version 2": (changed(good, Authorization="AWS test:c2lnbmF0dXJl"), "IncompleteSignatureException", "S3 alone"),
        "4A": (changed(good, Authorization=authorization.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")), "IncompleteSignatureException", "asymmetric"),
        "old": (signed_at(emu, service, -6), "InvalidSignatureException", "Signature expired: "),
        "early": (signed_at(emu, service, 6), "InvalidSignatureException", "Signature not yet current: "),
        "another day": (changed(good, **{"X-Amz-Date": "20200101T000000Z"}), "InvalidSignatureException", "Date in Credential scope does not match"),
    }
    for what, (headers, code, words) in wrong.items():
        status, told, message = json_error(send(emu, headers))
        assert (status, told) == (400, code) and words in message, (what, status, told, message)
    assert json_error(send(emu, good, b'{"Limit": 1}'))[:2] == (400, "InvalidSignatureException")


def test_query_services_refuse_in_their_words(emu):
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    good = signed(emu, "sts", body)
    assert send(emu, good, body).status == 200
    unsigned = changed(good, Authorization=None)
    for headers, code in [(signed(emu, "sts", body, secret="x"), "SignatureDoesNotMatch"), (signed(emu, "sts", body, key="x"), "InvalidClientTokenId"),
                          (signed_at(emu, "sts", -20, None, body), "SignatureDoesNotMatch"), (unsigned, "MissingAuthenticationToken")]:
        assert xml_error(send(emu, headers, body))[:2] == (403, code)
    assert xml_error(send(emu, changed(good, Authorization="AWS4-HMAC-SHA256 Signature=1"), body))[1] == "IncompleteSignature"
    url = client(emu, "sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert HTTP.request("GET", url).status == 200
    assert xml_error(HTTP.request("GET", url.replace("&X-Amz-Signature=", "&a=b&X-Amz-Signature=")))[:2] == (403, "SignatureDoesNotMatch")


def test_s3_tells_what_it_would_have_signed(emu):
    client(emu, "s3").create_bucket(Bucket="told")
    answer = send(emu, signed(emu, "s3", b"", secret="wrong", method="GET", path="/told?list-type=2"), b"", "GET", "/told?list-type=2")
    assert xml_error(answer) == (403, "SignatureDoesNotMatch", MISMATCH + " Check your key and signing method.")
    text = answer.data.decode()
    assert "<AWSAccessKeyId>test</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256\n" in text and "<CanonicalRequest>GET\n/told\nlist-type=2\n" in text
    to_sign = re.search("<StringToSign>(.*?)</StringToSign>", text, re.DOTALL)[1]
    octets = re.search("<StringToSignBytes>(.*?)</StringToSignBytes>", text)[1]
    assert bytes.fromhex(octets).decode() == to_sign and "<SignatureProvided>" in text


def test_s3_refuses_each_wrong_form(emu):
    s3 = client(emu, "s3")
    s3.create_bucket(Bucket="wrong")
    def put(headers: dict[str, str], body: bytes = b"hello") -> tuple[int, str, str]:
        return xml_error(send(emu, headers, body, "PUT", "/wrong/key"))
    make = lambda **more: signed(emu, "s3", b"hello", method="PUT", path="/wrong/key", **more)  # noqa: E731
    good = make()
    assert put(changed(good, Authorization=None)) == (403, "AccessDenied", "Access Denied")
    assert put(make(key="nobody"))[:2] == (403, "InvalidAccessKeyId")
    assert put(changed(good, Authorization=good["Authorization"].replace("aws4_request", "aws5_request")))[:2] == (400, "AuthorizationHeaderMalformed")
    assert put(signed_at(emu, "s3", 16, None, b"hello", method="PUT", path="/wrong/key"))[:2] == (403, "RequestTimeTooSkewed")
    assert put(changed(good, **{"x-amz-meta-a": "b"})) == (403, "AccessDenied", "There were headers present in the request which were not signed")
    assert put(good, b"hellO")[:2] == (400, "XAmzContentSHA256Mismatch")
    assert put(changed(good, Authorization="Basic abc"))[:2] == (400, "InvalidArgument")
    assert put(changed(good, Authorization=good["Authorization"].replace("HMAC", "ECDSA-P256")))[:2] == (501, "NotImplemented")
    assert put(make(headers={"X-Amz-Content-SHA256": "nonsense"}))[:2] == (400, "InvalidArgument")
    assert "Contents" not in s3.list_objects_v2(Bucket="wrong")
    tagging = b"<Tagging><TagSet/></Tagging>"
    headers = signed(emu, "s3", b"<Tagging/>", method="PUT", path="/wrong?tagging=")
    assert xml_error(send(emu, headers, tagging, "PUT", "/wrong?tagging="))[:2] == (400, "XAmzContentSHA256Mismatch")
    assert send(emu, good, b"hello", "PUT", "/wrong/key").status == 200


# Chunks


def chunk_signature(key: bytes, time: str, before: str, data: bytes) -> str:
    scope = f"{time[:8]}/us-east-1/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", time, scope, before, hashlib.sha256(b"").hexdigest(), hashlib.sha256(data).hexdigest()])
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def chunked(emu: LocalEmulator, chunks: list[bytes], trailer: bytes = b"", spoil: str = "") -> urllib3.BaseHTTPResponse:
    """PUT /chunks/key as the Java SDK sends it: each chunk signed over the one before."""
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    extra = {"X-Amz-Content-SHA256": kind, "X-Amz-Decoded-Content-Length": str(sum(map(len, chunks))), "Content-Encoding": "aws-chunked"}
    extra |= {"X-Amz-Trailer": "x-amz-checksum-crc32"} if trailer else {}
    headers = signed(emu, "s3", b"", method="PUT", path="/chunks/key", headers=extra)
    time, last = headers["X-Amz-Date"], headers["Authorization"].rsplit("=", 1)[1]
    key = b"AWS4test"
    for part in (time[:8], "us-east-1", "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    body = b""
    for number, data in enumerate([*chunks, b""]):
        last = chunk_signature(key, time, last, data)
        told = "0" * 64 if spoil == f"signature {number}" else last
        sent = b"X" + data[1:] if spoil == f"data {number}" else data
        body += f"{len(data):x};chunk-signature={told}\r\n".encode() + sent + (b"\r\n" if data else b"")
    if trailer:
        lines = trailer + b"\n"
        to_sign = "\n".join(["AWS4-HMAC-SHA256-TRAILER", time, f"{time[:8]}/us-east-1/s3/aws4_request", last, hashlib.sha256(lines).hexdigest()])
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        body += trailer + b"\r\n" + (b"" if spoil == "no trailer" else b"x-amz-trailer-signature:" + (signature if spoil != "trailer" else "0" * 64).encode() + b"\r\n")
    body += b"\r\n"
    return send(emu, headers, body, "PUT", "/chunks/key")


CRC32 = b"x-amz-checksum-crc32:" + base64.b64encode((0x3610A686).to_bytes(4, "big"))  # of "hello"


def test_chunks_are_checked_as_they_flow(emu):
    s3 = client(emu, "s3")
    made(s3, "chunks")
    for spoil in ("signature 0", "signature 1", "signature 2", "data 0", "data 1"):
        assert xml_error(chunked(emu, [b"hel" * 30000, b"lo"], spoil=spoil))[:2] == (403, "SignatureDoesNotMatch"), spoil
    for spoil in ("signature 1", "data 0", "trailer", "no trailer"):
        assert xml_error(chunked(emu, [b"hello"], CRC32, spoil))[:2] == (403, "SignatureDoesNotMatch"), spoil
    assert "Contents" not in s3.list_objects_v2(Bucket="chunks")
    assert chunked(emu, [b"hel" * 30000, b"lo"]).status == 200
    assert s3.get_object(Bucket="chunks", Key="key")["Body"].read() == b"hel" * 30000 + b"lo"
    assert chunked(emu, [b"hello"], CRC32).status == 200
    assert s3.get_object(Bucket="chunks", Key="key")["Body"].read() == b"hello"


def test_unsigned_trailers_are_taken(emu):
    s3 = client(emu, "s3", config=Config(request_checksum_calculation="when_supported", s3={"addressing_style": "path"}))
    made(s3, "chunks")
    s3.put_object(Bucket="chunks", Key="trailing", Body=b"hello" * 1000, ChecksumAlgorithm="CRC32")
    assert s3.get_object(Bucket="chunks", Key="trailing")["Body"].read() == b"hello" * 1000


# At run time, and others' SDKs


def test_it_is_changed_while_it_runs(emu):
    wrong = client(emu, "kinesis", aws_secret_access_key="wrong")
    assert ask(emu.url, "auth") == {"auth": "signature"}
    ask(emu.url, "auth", auth="off")
    wrong.list_streams()
    ask(emu.url, "auth", auth="signature")
    assert refusal_code(wrong.list_streams) == "InvalidSignatureException"


def test_the_cli_signs(emu, tmp_path):
    environment = environment_of(emu, "http", tmp_path)
    aws = tool("aws")
    run([aws, "kinesis", "list-streams"], env=environment)
    run([aws, "s3", "mb", "s3://cli-signed"], env=environment)
    (tmp_path / "file").write_bytes(b"x" * 9_000_000)  # in parts
    run([aws, "s3", "cp", str(tmp_path / "file"), "s3://cli-signed/a b"], env=environment)
    run([aws, "iam", "list-users"], env=environment)


@pytest.mark.xdist_group("go")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_go_sdk_signs(emu, scheme, tmp_path):
    go = tool("go")
    folder = built("go", lambda into: run([go, "build", "-buildvcs=false", "-o", "kinesis", "."], cwd=into))
    answer_of([folder / "kinesis"], f"go-{scheme}", environment_of(emu, scheme, tmp_path))


@pytest.mark.xdist_group("javascript")
def test_the_javascript_sdk_signs(emu, tmp_path):
    npm = tool("npm")
    folder = built("javascript", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into))
    answer_of([tool("node"), folder / "kinesis.js"], "javascript", environment_of(emu, "http", tmp_path))

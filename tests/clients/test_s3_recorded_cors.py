"""What AWS answered to pages of other origins, step by step: bucket's CORS rules."""

from __future__ import annotations

import xml.etree.ElementTree as tree
from typing import Any

import urllib3
from s3_replay import bucket, client_of, s3, server, take  # noqa: F401 (fixtures)


def told(take, name, method="OPTIONS", path="/k", **headers):
    """Status, body, ids, and those of the headers that CORS gives a meaning."""
    recorded = take.recorded[name]
    headers = {header.replace("_", "-"): value for header, value in headers.items()}
    answer = urllib3.request(method, f"{take.s3.meta.endpoint_url}/{take.bucket}{path}", headers=headers)
    meant = {header for header in answer.headers if header.lower().startswith(("access-control", "vary"))}
    wanted = {header: value for header, value in recorded["Headers"].items() if header.lower().startswith(("access-control", "vary"))}
    assert {header.lower() for header in meant} == {header.lower() for header in wanted}, name
    body: Any = answer.data.decode()
    if isinstance(recorded["Body"], dict):
        body = {"Error": {child.tag: child.text for child in tree.fromstring(body)}}
    told_of = {header: answer.headers.get(header, value) if header in wanted or header.startswith("x-amz") else value for header, value in recorded["Headers"].items()}
    take.same(name, {"Body": body, "StatusCode": answer.status, "Headers": told_of})


def cors(take, *these):
    take.call("put_object", Key="k", Body="test-cors")
    take.s3.put_bucket_cors(Bucket=take.bucket, CORSConfiguration={"CORSRules": list(these)})


LOCAL = "https://localhost:4200"


def test_get_cors(take):
    take("get-cors-no-set", "get_bucket_cors")
    cors(take, {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]})
    take("get-cors-after-set", "get_bucket_cors")


def test_put_cors(take):
    rule = {"AllowedOrigins": ["https://test.com", "https://app.test.com", "http://test.com:80"], "AllowedMethods": ["GET", "PUT", "HEAD"], "MaxAgeSeconds": 3000,
            "AllowedHeaders": ["x-amz-expected-bucket-owner", "x-amz-server-side-encryption-customer-algorithm"]}
    take("put-cors", "put_bucket_cors", CORSConfiguration={"CORSRules": [rule]})
    take("get-cors", "get_bucket_cors")


def test_put_cors_invalid_rules(take):
    take("put-cors-exc", "put_bucket_cors", CORSConfiguration={"CORSRules": [{"AllowedOrigins": ["https://test.com"], "AllowedMethods": ["GET", "MYMETHOD"]}]})
    take("put-cors-exc-empty", "put_bucket_cors", CORSConfiguration={"CORSRules": []})


def test_delete_cors(take):
    take("delete-cors-before-set", "delete_bucket_cors")
    take("put-cors", "put_bucket_cors", CORSConfiguration={"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]})
    take("get-cors", "get_bucket_cors")
    take("delete-cors", "delete_bucket_cors")
    take("get-cors-deleted", "get_bucket_cors")


def test_put_cors_empty_origin(take):
    cors(take, {"AllowedOrigins": [""], "AllowedMethods": ["GET", "PUT", "HEAD"]})
    take("get-cors-empty", "get_bucket_cors")


def test_cors_expose_headers(take):
    cors(take, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": ["x-amz-id-2", "x-amz-request-id", "x-amz-request-payer"]})
    told(take, "opt-get", Origin=LOCAL, Access_Control_Request_Method="GET")


def test_put_cors_default_values(take):
    cors(take, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]})
    told(take, "opt-get", Origin=LOCAL, Access_Control_Request_Method="GET")
    told(take, "opt-get-headers", Origin=LOCAL, Access_Control_Request_Method="GET", Access_Control_Request_Headers="x-amz-request-payer")


def test_cors_match_methods(take):
    cors(take, {"AllowedOrigins": [LOCAL], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3000})
    told(take, "opt-get", Origin=LOCAL, Access_Control_Request_Method="GET")
    told(take, "get-wrong-op", "GET", Origin=LOCAL, Access_Control_Request_Method="PUT")
    told(take, "get-op", "GET", Origin=LOCAL)
    told(take, "opt-put", Origin=LOCAL, Access_Control_Request_Method="PUT")
    told(take, "put-op", "PUT", Origin=LOCAL)


def test_cors_match_headers(take):
    rule = {"AllowedOrigins": [LOCAL], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3000}
    cors(take, rule | {"AllowedHeaders": ["*"]})
    asks = lambda name, headers: told(take, name, Origin=LOCAL, Access_Control_Request_Method="GET", Access_Control_Request_Headers=headers)  # noqa: E731
    asks("opt-get", "x-amz-request-payer")
    asks("opt-get-two", "x-amz-request-payer, x-amz-expected-bucket-owner")
    told(take, "get-op", "GET", Origin=LOCAL)
    cors(take, rule | {"AllowedHeaders": ["x-amz-expected-bucket-owner", "x-amz-server-side-encryption-customer-algorithm", "x-AMZ-server-SIDE-encryption"]})
    take("get-bucket-cors-casing", "get_bucket_cors")
    asks("opt-get-non-allowed", "x-amz-request-payer")
    asks("opt-get-allowed", "x-amz-expected-bucket-owner")
    asks("opt-get-allowed-diff-casing", "x-amz-expected-bucket-owner, x-amz-server-side-encryption")
    asks("opt-get-allowed-no-space", "x-amz-expected-bucket-owner,x-amz-server-side-encryption")
    told(take, "get-non-allowed-with-acl", "GET", Origin=LOCAL, Access_Control_Request_Headers="x-amz-request-payer")
    told(take, "get-non-allowed", "GET", Origin=LOCAL, x_amz_request_payer="requester")

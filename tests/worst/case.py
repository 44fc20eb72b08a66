"""One request, as bad as a client may make it: what run.py sends and measures."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

JSON = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"  # Kinesis, as the SDK for Java speaks it
RPC_V2 = "application/cbor"          # CloudWatch, as newer SDKs speak it
FORM = "application/x-www-form-urlencoded"

SCOPES = {"cloudwatch": "monitoring", "dynamodbstreams": "dynamodb"}  # the service's name in a signature, where it isn't the folder's


class Case(NamedTuple):
    """A dict as body is sent as JSON (or as a form where content_type says so), bytes as they are."""

    name: str                # what is bad about it: "a set of 100,000 numbers compared with itself"
    service: str             # the folder of the service: "dynamodb"
    target: str              # X-Amz-Target: "DynamoDB_20120810.UpdateItem"; of a form, its Action
    body: dict[str, Any] | bytes
    setup: list[Any] = []  # (target, body) or Case: calls before it, each has to succeed
    content_type: str = JSON
    headers: dict[str, str] = {}  # others: {"Content-Encoding": "gzip"}
    path: str = "/"          # of S3, {upload} in it is the id of the upload that the setup began last; so is {key} in a header the access key it made
    method: str = "POST"
    options: tuple[str, ...] = ()  # the emulator's: ("--auth", "soft")

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return urlencode({"Action": self.target, **self.body}).encode() if self.content_type == FORM else json.dumps(self.body).encode()

    def request(self) -> tuple[str, str, bytes, dict[str, str]]:
        """Method, path, body, headers."""
        headers, path = {"Content-Type": self.content_type, "Authorization": signed(self.service)}, self.path
        if self.content_type == RPC_V2:
            path = "/service/{}/operation/{}".format(*self.target.split("."))
            headers["smithy-protocol"] = "rpc-v2-cbor"
        elif self.content_type != FORM and self.target:
            headers["X-Amz-Target"] = self.target
        return self.method, path, self.bytes(), headers | self.headers


def signed(service: str) -> str:
    scope = SCOPES.get(service, service)
    return f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{scope}/aws4_request, SignedHeaders=host, Signature=0"

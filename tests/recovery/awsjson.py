"""A client that speaks awsJson itself, without retries, so that an answer is an answer. Needs nothing but Python."""

from __future__ import annotations

import http.client
import json
from typing import Any

TARGETS = {"kinesis": "Kinesis_20131202", "dynamodb": "DynamoDB_20120810", "dynamodbstreams": "DynamoDBStreams_20120810",
           "glue": "AWSGlue", "kms": "TrentService", "monitoring": "GraniteServiceVersion20100801"}
LOST_CONNECTION = (OSError, http.client.HTTPException)


class Client:
    """One connection. `ask` raises one of LOST_CONNECTION where no whole answer came."""

    def __init__(self, port: int, account: str = "test", timeout: float = 30):
        self.account = account
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def send(self, path: str, members: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            self.connection.request("POST", path, json.dumps(members), headers)
            answer = self.connection.getresponse()
            body = answer.read()
        except LOST_CONNECTION:
            self.connection.close()
            raise
        return answer.status, self.read(body)

    def read(self, body: bytes) -> dict[str, Any]:
        return json.loads(body) if body else {}

    def ask(self, service: str, operation: str, **members: Any) -> tuple[int, dict[str, Any]]:
        return self.send("/", members, {
            "X-Amz-Target": f"{TARGETS[service]}.{operation}", "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.account}/20240101/us-east-1/{service}/aws4_request, "
                             "SignedHeaders=host, Signature=0"})

    def must(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        status, answer = self.ask(service, operation, **members)
        if status != 200:
            raise RuntimeError(f"{operation}: {status} {answer}")
        return answer

"""What AWS answered of S3, as it is recorded (fixtures/aws-recorded/s3.json), beside what is answered here.

`take("its name in the recording", "operation", …)` makes one call of a scenario; the test's own name names the scenario.
All that differs is told at the test's end, and what of the recording was not asked for."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import client_at
from local_emulator import LocalEmulator
from test_recorded import PLACEHOLDER, RECORDED, Comparison, plain

# Words the recording has in place of what varies.
VARIES = {"bucket", "owner-id", "i-d", "display-name", "date", "last-modified", "copy-etag", "etag", "role", "dest-bucket", "host-id", "id-2", "request-id",
          "next-continuation-token", "continuation-token"}
OF_THE_BODY = ("ETag", "SSECustomerKeyMD5", "ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumSHA256", "ChecksumCRC32C", "ChecksumSHA1")


class S3Comparison(Comparison):
    """Where the recorded bytes are not known, or ETags are no MD5 of them, their sums stand for any, but the same each time."""

    other_bytes = False

    def check(self, answer: Any, recorded: Any, where: str = "") -> None:
        if isinstance(recorded, str) and not isinstance(answer, str) and PLACEHOLDER.fullmatch(recorded):
            return
        if isinstance(recorded, dict) and isinstance(answer, str) and answer.startswith("{"):
            answer = json.loads(answer)
        if isinstance(recorded, dict) and recorded.get("Body") == "" and isinstance(answer, dict):
            answer, recorded = ({name: value for name, value in one.items() if name != "Body"} for one in (answer, recorded))
        super().check(answer, recorded, where)

    def check_text(self, answer: Any, recorded: str, where: str) -> None:
        if recorded in VARIES and isinstance(answer, str):
            return
        if self.other_bytes and where.rpartition("/")[2] in OF_THE_BODY:
            assert self.texts.setdefault(recorded, answer) == answer, f"{where}: not the same as before"
            return
        for name, text in self.texts.items():
            recorded = recorded.replace(name, text)
        super().check_text(answer, recorded, where)


def told(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """The answer or the refusal, as it is recorded."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        answer = error.response
    if "Body" in answer:
        answer["Body"] = answer["Body"].read().decode("utf-8", "replace")
    return plain(answer)


class Replay:
    def __init__(self, s3: Any, bucket: str, recorded: dict[str, Any]):
        self.s3, self.bucket, self.recorded = s3, bucket, recorded
        self.compare = S3Comparison()
        self.where: dict[str, Any] = {}  # what every call that knows these members is given
        self.differs: list[str] = []
        self.left = set(recorded)

    def call(self, operation: str, client: Any = None, **arguments: Any) -> dict[str, Any]:
        """Its answer, which is not compared."""
        client = client or self.s3
        members = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape.members
        usual = {name: value for name, value in ({"Bucket": self.bucket} | self.where).items() if name in members}
        asked = usual | arguments
        return told(getattr(client, operation), **{name: value for name, value in asked.items() if value is not None})

    def __call__(self, name: str, operation: str, client: Any = None, **arguments: Any) -> dict[str, Any]:
        return self.same(name, self.call(operation, client, **arguments))

    def same(self, name: str, answer: Any) -> Any:
        self.left.discard(name)
        try:
            self.compare.check(answer, self.recorded[name], name)
        except AssertionError as error:
            self.differs.append(f"{error}\n    answered {answer}\n    recorded {self.recorded[name]}")
        return answer

    def without(self, *names: str) -> None:
        """Of these the recording can't be had again."""
        self.left -= set(names)

    def enable(self, status: str = "Enabled", bucket: str | None = None) -> None:
        self.s3.put_bucket_versioning(Bucket=bucket or self.bucket, VersioningConfiguration={"Status": status})

    def new_bucket(self, word: str = "other", **arguments: Any) -> str:
        name = f"{self.bucket}-{word}"
        self.s3.create_bucket(Bucket=name, **arguments)
        return name


@functools.cache  # a client takes as long to make as fifty calls
def client_of(url: str, region: str, **config: Any) -> Any:
    return client_at(url, "s3", region_name=region, config=Config(retries={"total_max_attempts": 1}, **config))


def at(take: Replay, region: str) -> Any:
    return client_of(take.s3.meta.endpoint_url, region)


def located(region: str) -> dict[str, Any]:
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def unchecked(take: Replay) -> Any:
    """A client that sends what its model refuses."""
    return client_of(take.s3.meta.endpoint_url, "us-east-1", parameter_validation=False)


@functools.cache
def scenarios() -> dict[str, Any]:
    return json.loads((RECORDED / "s3.json").read_text())


@pytest.fixture(scope="module")
def server() -> Iterator[LocalEmulator]:
    with LocalEmulator() as running:
        yield running


@pytest.fixture(scope="module")
def s3(server: LocalEmulator) -> Any:
    return client_at(server.url, "s3")


@pytest.fixture
def bucket(s3: Any, unique: Callable[[str], str]) -> str:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def take(s3: Any, bucket: str, request: pytest.FixtureRequest) -> Iterator[Replay]:
    replay = Replay(s3, bucket, scenarios()[request.node.name]["recorded-content"])
    yield replay
    assert not replay.differs, "\n".join(["", *replay.differs])
    assert not replay.left, f"not asked for: {sorted(replay.left)}"

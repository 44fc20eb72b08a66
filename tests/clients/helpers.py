"""What several tests say often."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

HASH_KEY_MAX = 2**128 - 1


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    """The code and message with which a call is refused."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError(f"not refused: {answer}")


def refusal_code(call: Callable[..., Any], **arguments: Any) -> str:
    return refusal(call, **arguments)[0]


def eventually(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Asks until the answer is true; returns it. A busy machine may take long, so the patience is great."""
    until = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < until, f"not so within {seconds} s"
        time.sleep(0.05)
    return answer


# Kinesis


def hash_key(partition_key: str) -> int:
    return int(hashlib.md5(partition_key.encode()).hexdigest(), 16)


def hash_range(shard: dict[str, Any]) -> tuple[int, int]:
    return int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])


def covers_once(shards: list[dict[str, Any]]) -> bool:
    """Every hash key lies in exactly one of the shards."""
    ranges = sorted(map(hash_range, shards))
    meet = all(left[1] + 1 == right[0] for left, right in zip(ranges, ranges[1:]))
    return meet and ranges[0][0] == 0 and ranges[-1][1] == HASH_KEY_MAX


def is_open(shard: dict[str, Any]) -> bool:
    return "EndingSequenceNumber" not in shard["SequenceNumberRange"]


def shards_of(kinesis: Any, stream: str, **arguments: Any) -> list[dict[str, Any]]:
    return kinesis.list_shards(StreamName=stream, **arguments)["Shards"]


def open_shards(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    return [shard for shard in shards_of(kinesis, stream) if is_open(shard)]


def active(kinesis: Any, stream: str) -> str:
    """Waits until the stream is ACTIVE; returns its name."""
    eventually(lambda: kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")
    return stream


def iterator(kinesis: Any, stream: str, shard_id: str, kind: str = "TRIM_HORIZON", **arguments: Any) -> str:
    answer = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard_id, ShardIteratorType=kind, **arguments)
    return answer["ShardIterator"]


def read(kinesis: Any, stream: str, shard_id: str, kind: str = "TRIM_HORIZON", **arguments: Any) -> list[dict[str, Any]]:
    """The records of a shard up to its end or to now."""
    records: list[dict[str, Any]] = []
    at: str | None = iterator(kinesis, stream, shard_id, kind, **arguments)
    while at:
        page = kinesis.get_records(ShardIterator=at)
        records += page["Records"]
        if not page["Records"] and not page["MillisBehindLatest"]:
            break
        at = page.get("NextShardIterator")
    return records


def read_all(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    return [record for shard in shards_of(kinesis, stream) for record in read(kinesis, stream, shard["ShardId"])]


def subscribe(kinesis: Any, consumer_arn: str, shard_id: str, kind: str = "TRIM_HORIZON", **more: Any) -> Any:
    """The event stream, for `with`."""
    position = {"Type": kind} | more
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer_arn, ShardId=shard_id, StartingPosition=position)
    return contextlib.closing(answer["EventStream"])


def register_consumer(kinesis: Any, stream: str, name: str) -> str:
    """Registers a consumer and waits until it is ACTIVE; returns its ARN."""
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]
    described = lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]  # noqa: E731
    eventually(lambda: described()["ConsumerStatus"] == "ACTIVE")
    return consumer

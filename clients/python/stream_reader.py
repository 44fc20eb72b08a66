"""Reads a whole stream, as it is now, shard by shard: for rebuilding and verifying, where a KCL would be too much."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3


@dataclass(frozen=True)
class Record:
    shard_id: str
    sequence_number: str
    partition_key: str
    data: bytes


def shards(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    """All shards that have data, parents before their children."""
    found = {shard["ShardId"]: shard for page in kinesis.get_paginator("list_shards").paginate(StreamName=stream)
             for shard in page["Shards"]}
    ordered: dict[str, dict[str, Any]] = {}

    def add(shard_id: str | None) -> None:
        if shard_id in found and shard_id not in ordered:
            shard = found[shard_id]
            add(shard.get("ParentShardId"))
            add(shard.get("AdjacentParentShardId"))
            ordered[shard_id] = shard

    for shard_id in sorted(found):
        add(shard_id)
    return list(ordered.values())


def read_shard(kinesis: Any, stream: str, shard_id: str, position: dict[str, Any]) -> Iterator[Record]:
    """From the position to the end of a closed shard, or to where an open one was once caught up with."""
    iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard_id, **position)["ShardIterator"]
    while iterator:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=10_000)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.25)  # five reads a second a shard, shared with whoever else reads
            continue
        for record in page["Records"]:
            yield Record(shard_id, record["SequenceNumber"], record["PartitionKey"], record["Data"])
        if not page["Records"] and not page["MillisBehindLatest"]:
            return
        iterator = page.get("NextShardIterator")


def read_stream(stream: str, position: dict[str, Any] | None = None, kinesis: Any = None) -> Iterator[Record]:
    """Every record at or after the position (default: the oldest one kept). A key's records come in their order."""
    kinesis = kinesis or boto3.client("kinesis")
    for shard in shards(kinesis, stream):
        yield from read_shard(kinesis, stream, shard["ShardId"], position or {"ShardIteratorType": "TRIM_HORIZON"})

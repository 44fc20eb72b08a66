"""Events in DynamoDB: what an item looks like, and how items are written so that writing twice changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

import names
from backoff import delays
from events import Event

# aws: DynamoDB API, BatchWriteItem: "as many as 25 item put or delete operations".
BATCH_ITEMS = 25
RETRIES = 12

Item = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class ItemsRefused(RuntimeError):
    """DynamoDB went on leaving items of a batch unprocessed."""


def _value(value: Any) -> Any:
    """DynamoDB's numbers are decimals: boto3 refuses floats, and rightly so."""
    match value:
        case bool() | None:
            return value
        case float():
            return Decimal(repr(value))
        case datetime():
            return Decimal((value - _EPOCH) // timedelta(milliseconds=1))
        case dict():
            return {key: _value(member) for key, member in value.items()}
        case list():
            return [_value(member) for member in value]
    return value


def item_of(event: Event, shard_id: str, sequence_number: str) -> Item:
    """All of it comes from the stream (no time of writing): a second delivery makes the same item."""
    return _value(event) | {"shardId": shard_id, "sequenceNumber": sequence_number}


class EventTable:
    """A table keyed by eventId."""

    def __init__(self, name: str = names.TABLE, dynamodb: Any = None):
        self.name = name
        self.dynamodb = dynamodb or boto3.client("dynamodb")
        self._serialize = TypeSerializer().serialize
        self._deserialize = TypeDeserializer().deserialize

    def put_all(self, items: Iterable[Item]) -> int:
        """Writes them; of several with one eventId the last stays. Returns how many different ones there were."""
        by_id = iter({item["eventId"]: item for item in items}.values())
        count = 0
        while batch := list(islice(by_id, BATCH_ITEMS)):
            self._put_batch([{"PutRequest": {"Item": self._serialize(item)["M"]}} for item in batch])
            count += len(batch)
        return count

    def _put_batch(self, requests: list[dict[str, Any]]) -> None:
        waits = delays(RETRIES)
        while requests:
            answer = self.dynamodb.batch_write_item(RequestItems={self.name: requests})
            requests = answer["UnprocessedItems"].get(self.name, [])
            if requests:
                wait = next(waits, None)
                if wait is None:
                    raise ItemsRefused(f"{len(requests)} items of {self.name} stay unprocessed")
                time.sleep(wait)

    def scan(self) -> Iterator[Item]:
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True):
            for item in page["Items"]:
                yield {key: self._deserialize(value) for key, value in item.items()}

    def count(self) -> int:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.name, Select="COUNT", ConsistentRead=True)
        return sum(page["Count"] for page in pages)

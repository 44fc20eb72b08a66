#!/usr/bin/env python3
"""Puts events onto a Kinesis stream: Avro by the Glue Schema Registry, in PutRecords batches.

As a program it reads one JSON event a line from standard input (eventTime in milliseconds, amount as text)."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import boto3
from botocore.config import Config

import names
from backoff import delays
from events import Event, EventCodec

# aws: Kinesis API, PutRecords: "up to 500 records […] entire request up to 10 MiB, including partition keys."
BATCH_RECORDS = 500
BATCH_BYTES = 10 * 1024 * 1024
RETRIES = 10

Entry = dict[str, Any]


class EventsRefused(RuntimeError):
    """Kinesis went on refusing some records of a batch."""


def partition_key(event: Event) -> str:
    """Events of one user, or one host, stay in order on one shard."""
    return event.get("userId") or event.get("host") or event["eventId"]


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Slices that PutRecords takes."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        entry_size = len(entry["Data"]) + len(entry["PartitionKey"].encode())
        if batch and (len(batch) == BATCH_RECORDS or size + entry_size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry_size
    if batch:
        yield batch


class EventProducer:
    """`retried` counts the records that Kinesis refused at first, throttled or failed, and took later."""

    def __init__(self, stream: str = names.STREAM, registry: str = names.REGISTRY, kinesis: Any = None,
                 codec: EventCodec | None = None):
        self.stream = stream
        self.codec = codec or EventCodec(registry)
        # "standard": the SDK retries whole calls; single records of a call that went through are ours to retry.
        self.kinesis = kinesis or boto3.client("kinesis", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
        self.retried = 0

    def put(self, event: Event) -> str:
        """One event; returns its sequence number."""
        answer = self.kinesis.put_record(StreamName=self.stream, **self._entry(event))
        return answer["SequenceNumber"]

    def put_all(self, events: Iterable[Event]) -> int:
        """Returns how many were put: all, or EventsRefused is raised."""
        count = 0
        for batch in batches(map(self._entry, events)):
            self._put_batch(batch)
            count += len(batch)
        return count

    def _entry(self, event: Event) -> Entry:
        return {"Data": self.codec.encode(event), "PartitionKey": partition_key(event)}

    def _put_batch(self, batch: list[Entry]) -> None:
        waits = delays(RETRIES)
        while True:
            answer = self.kinesis.put_records(StreamName=self.stream, Records=batch)
            if not answer["FailedRecordCount"]:
                return
            failed = [(entry, result) for entry, result in zip(batch, answer["Records"]) if "ErrorCode" in result]
            batch = [entry for entry, _ in failed]
            wait = next(waits, None)
            if wait is None:
                raise EventsRefused(f"{len(batch)} records, the first with {failed[0][1]['ErrorCode']}: "
                                    f"{failed[0][1]['ErrorMessage']}")
            self.retried += len(batch)
            time.sleep(wait)


def event_of_json(line: str) -> Event:
    event = json.loads(line)
    for member in ("eventTime", "windowStart", "windowEnd"):
        if member in event:
            event[member] = datetime.fromtimestamp(event[member] / 1000, timezone.utc)
    if "amount" in event:
        event["amount"] = Decimal(str(event["amount"]))
    return event


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stream", default=names.STREAM)
    parser.add_argument("--registry", default=names.REGISTRY)
    arguments = parser.parse_args()
    producer = EventProducer(arguments.stream, arguments.registry)
    count = producer.put_all(event_of_json(line) for line in sys.stdin if line.strip())
    print(f"{count} events put, {producer.retried} records tried again")


if __name__ == "__main__":
    main()

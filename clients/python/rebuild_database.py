#!/usr/bin/env python3
"""Writes the table anew from the stream: the stream is the truth, the table is what was made of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import names
from event_table import EventTable, Item, item_of
from events import EventCodec
from stream_reader import read_stream

CHUNK = 1000


def position(starting: str) -> dict[str, Any]:
    """TRIM_HORIZON, or a time: every record that arrived at or after it."""
    if starting == "TRIM_HORIZON":
        return {"ShardIteratorType": starting}
    return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": datetime.fromisoformat(starting)}


def items(stream: str, codec: EventCodec, starting: str) -> Iterator[Item]:
    for record in read_stream(stream, position(starting)):
        yield item_of(codec.decode(record.data), record.shard_id, record.sequence_number)


def rebuild(stream: str, table: EventTable, codec: EventCodec, starting: str) -> Iterator[int]:
    """Yields how many records have been written so far."""
    chunk: list[Item] = []
    written = 0
    for item in items(stream, codec, starting):
        chunk.append(item)
        if len(chunk) == CHUNK:
            table.put_all(chunk)
            written, chunk = written + len(chunk), []
            yield written
    table.put_all(chunk)
    yield written + len(chunk)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", default=names.STREAM)
    parser.add_argument("--table", default=names.TABLE)
    parser.add_argument("--registry", default=names.REGISTRY)
    parser.add_argument("--starting-position", default="TRIM_HORIZON", help="TRIM_HORIZON (default) or an ISO 8601 time")
    arguments = parser.parse_args()
    table, codec = EventTable(arguments.table), EventCodec(arguments.registry)
    for written in rebuild(arguments.stream, table, codec, arguments.starting_position):
        print(f"{written} records written", flush=True)


if __name__ == "__main__":
    main()

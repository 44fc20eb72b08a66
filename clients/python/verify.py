#!/usr/bin/env python3
"""Compares stream and table: every event of the stream must be in the table, once, with the same content."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field

import names
from event_table import EventTable, Item, item_of
from events import EventCodec
from stream_reader import read_stream

# Where an event lies is not what it says: a producer's retry may have put it twice.
PLACE = {"shardId", "sequenceNumber"}


@dataclass
class Verdict:
    records: int = 0
    events: int = 0
    items: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.missing or self.different or self.unknown)

    def __str__(self) -> str:
        found = self.events - len(self.missing) - len(self.different)
        twice = self.records - self.events
        text = f"{found:,} of {self.events:,} events of the stream are in the table"
        if twice:
            text += f" ({twice} were put twice)"
        for word, ids in (("missing", self.missing), ("different", self.different), ("not on the stream", self.unknown)):
            if ids:
                text += f"; {len(ids)} {word}, such as {ids[0]}"
        return text if not self.holds else text + ", none lost, none strange"


def content(item: Item) -> Item:
    return {key: value for key, value in item.items() if key not in PLACE}


def compare(stream: str, table: EventTable, codec: EventCodec) -> Verdict:
    verdict = Verdict()
    on_stream: dict[str, Item] = {}
    for record in read_stream(stream):
        event = item_of(codec.decode(record.data), record.shard_id, record.sequence_number)
        on_stream[event["eventId"]] = content(event)
        verdict.records += 1
    in_table = {item["eventId"]: content(item) for item in table.scan()}
    verdict.events, verdict.items = len(on_stream), len(in_table)
    verdict.missing = sorted(on_stream.keys() - in_table.keys())
    verdict.unknown = sorted(in_table.keys() - on_stream.keys())
    verdict.different = sorted(key for key in on_stream.keys() & in_table.keys() if on_stream[key] != in_table[key])
    return verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", default=names.STREAM)
    parser.add_argument("--table", default=names.TABLE)
    parser.add_argument("--registry", default=names.REGISTRY)
    arguments = parser.parse_args()
    verdict = compare(arguments.stream, EventTable(arguments.table), EventCodec(arguments.registry))
    print(verdict)
    sys.exit(0 if verdict.holds else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Random operations on a Kinesis stream, each answer held against a simple model. README.md says what is checked."""

from __future__ import annotations

import argparse
import base64
import bisect
import hashlib
import random
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE.parent / "recovery")]
from awsjson import Client  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

STREAM = "property"
KEY_SPACE = 2**128
HOUR_MS, DAY_MS = 3600_000, 24 * 3600_000
SETTLE_MS = 60_000  # passes after each reshard: the times of shards and records are the clock's again
SHARDS_MAX = 12
ITERATOR_LIFE_MS = 300_000


class Refuted(AssertionError):
    """The emulator and the model disagree."""


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Refuted(what)


@dataclass
class Record:
    number: int
    key: str
    data: bytes
    sequence: int
    arrival_ms: int


@dataclass
class Shard:
    id: str
    start: int
    end: int
    parents: tuple[str, ...] = ()
    records: list[Record] = field(default_factory=list)
    closed_ms: int | None = None
    children: list[str] = field(default_factory=list)

    @property
    def newest(self) -> int:
        return self.records[-1].sequence if self.records else 0


@dataclass
class Position:
    """How far the reader is in one shard."""

    read: int = 0  # records of the model's list that it has had, or that retention took before
    iterator: str | None = None
    iterator_ms: int = 0
    is_done: bool = False


class Model:
    def __init__(self, shards: int, now_ms: int):
        self.now_ms = now_ms
        self.shards: dict[str, Shard] = {}
        self.retention_hours = 24
        self.floor_ms = 0
        for n in range(shards):
            self.add(KEY_SPACE * n // shards, KEY_SPACE * (n + 1) // shards - 1, ())

    def add(self, start: int, end: int, parents: tuple[str, ...]) -> Shard:
        shard = Shard(f"shardId-{len(self.shards):012}", start, end, parents)
        self.shards[shard.id] = shard
        for parent in parents:
            self.shards[parent].children.append(shard.id)
            self.shards[parent].closed_ms = self.now_ms
        return shard

    def open(self) -> list[Shard]:
        return sorted((shard for shard in self.shards.values() if shard.closed_ms is None), key=lambda shard: shard.start)

    def at(self, hash_key: int) -> Shard:
        shards = self.open()
        return shards[bisect.bisect_right([shard.start for shard in shards], hash_key) - 1]

    def horizon_ms(self) -> int:
        return max(self.now_ms - self.retention_hours * HOUR_MS, self.floor_ms)

    def set_retention(self, hours: int) -> None:
        self.floor_ms = self.horizon_ms()
        self.retention_hours = hours

    def is_gone(self, shard: Shard) -> bool | None:
        """None: in the seconds where a reshard of several steps may have closed it."""
        if shard.closed_ms is None:
            return False
        if shard.closed_ms + SETTLE_MS < self.horizon_ms():
            return True
        return False if shard.closed_ms >= self.horizon_ms() else None

    def split(self, shard: Shard, at: int) -> None:
        start, end = shard.start, shard.end
        self.add(start, at - 1, (shard.id,))
        self.add(at, end, (shard.id,))

    def merge(self, one: Shard, other: Shard) -> None:
        self.add(min(one.start, other.start), max(one.end, other.end), (one.id, other.id))


class Run:
    """One stream, one reader, one model."""

    def __init__(self, seed: int, data: Path, restarts: bool = True):
        self.chance = random.Random(seed)
        self.data, self.restarts = data, restarts
        self.done: Counter[str] = Counter()
        self.rescaled_ms: list[int] = []
        self.positions: dict[str, Position] = {}
        self.seen: dict[str, int] = {}  # key: the number of its last record that was read
        self.records = 0
        self.is_encrypted = False
        self.emulator = LocalEmulator(data=data).start()
        self.client = Client(self.emulator.port)
        self.model = Model(2, int(time.time() * 1000))
        self.set_clock()
        self.must("CreateStream", StreamName=STREAM, ShardCount=2)
        self.settle()

    def close(self) -> None:
        expect(self.emulator.stop() == 0, f"the emulator did not end well: {self.emulator.logged()}")

    def ask(self, operation: str, **members: Any) -> tuple[int, dict[str, Any]]:
        return self.client.ask("kinesis", operation, **members)

    def must(self, operation: str, **members: Any) -> dict[str, Any]:
        status, answer = self.ask(operation, **members)
        expect(status == 200, f"{operation} {members}: {status} {answer}")
        return answer

    def set_clock(self) -> None:
        body = f'{{"set": {self.model.now_ms}, "freeze": true}}'.encode()
        urllib.request.urlopen(f"{self.emulator.url}/_evpoc/clock", body, timeout=30).read()

    def advance(self, ms: int) -> None:
        self.model.now_ms += ms
        self.set_clock()

    def settle(self) -> None:
        self.advance(SETTLE_MS)

    # what is done

    def new_record(self) -> tuple[dict[str, str], str, bytes, Shard]:
        number, self.records = self.records, self.records + 1
        key = f"key-{self.chance.randrange(60)}"
        data = f"{number}:".encode() + b"x" * self.chance.choice((0, 5, 100, 3000))
        hash_key = int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest(), "big")
        record = {"Data": base64.b64encode(data).decode(), "PartitionKey": key}
        return record, key, data, self.model.at(hash_key)

    def note(self, shard: Shard, key: str, data: bytes, answer: dict[str, Any]) -> None:
        expect(answer.get("ShardId") == shard.id, f"{key} went to {answer}, not to {shard.id}")
        sequence = int(answer["SequenceNumber"])
        parents = max((self.model.shards[parent].newest for parent in shard.parents), default=0)
        expect(sequence > max(shard.newest, parents), f"{shard.id}: {sequence} is not above {shard.newest} and {parents}")
        number = int(data.split(b":")[0])
        shard.records.append(Record(number, key, data, sequence, self.model.now_ms))

    def put_record(self) -> None:
        record, key, data, shard = self.new_record()
        self.note(shard, key, data, self.must("PutRecord", StreamName=STREAM, **record))

    def put_records(self) -> None:
        records = [self.new_record() for _ in range(self.chance.randrange(1, 20))]
        answer = self.must("PutRecords", StreamName=STREAM, Records=[record[0] for record in records])
        expect(answer["FailedRecordCount"] == 0, f"PutRecords: {answer}")
        for (_, key, data, shard), result in zip(records, answer["Records"], strict=True):
            self.note(shard, key, data, result)

    def split(self) -> None:
        shards = self.model.open()
        shard = self.chance.choice(shards)
        if len(shards) >= SHARDS_MAX or shard.end - shard.start < 1000:
            return
        at = self.chance.randrange(shard.start + 1, shard.end)
        self.must("SplitShard", StreamName=STREAM, ShardToSplit=shard.id, NewStartingHashKey=str(at))
        self.model.split(shard, at)
        self.settle()

    def merge(self) -> None:
        shards = self.model.open()
        if len(shards) < 2:
            return
        at = self.chance.randrange(len(shards) - 1)
        pair = shards[at:at + 2]
        if self.chance.random() < 0.5:
            pair.reverse()
        self.must("MergeShards", StreamName=STREAM, ShardToMerge=pair[0].id, AdjacentShardToMerge=pair[1].id)
        self.model.merge(*pair)
        self.settle()

    def update_shard_count(self) -> None:
        """The steps are the service's own: the model takes them over from ListShards once it has checked them there."""
        before = len(self.model.open())
        target = self.chance.randrange(max(1, (before + 1) // 2), min(2 * before, SHARDS_MAX) + 1)
        status, answer = self.ask("UpdateShardCount", StreamName=STREAM, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        self.rescaled_ms = [at for at in self.rescaled_ms if at > self.model.now_ms - DAY_MS]
        if len(self.rescaled_ms) >= 10:
            expect(answer.get("__type", "").endswith("LimitExceededException"), f"an eleventh UpdateShardCount: {status} {answer}")
            return
        expect(status == 200, f"UpdateShardCount {before} to {target}: {status} {answer}")
        self.rescaled_ms.append(self.model.now_ms)
        for told in self.list_shards():
            if told["ShardId"] not in self.model.shards:
                parents = tuple(told[name] for name in ("ParentShardId", "AdjacentParentShardId") if name in told)
                expect(len(parents) >= 1, f"{told} has no parent")
                span = told["HashKeyRange"]
                self.model.add(int(span["StartingHashKey"]), int(span["EndingHashKey"]), parents)
        shards = self.model.open()
        expect(len(shards) == target, f"{len(shards)} open shards instead of {target}")
        widths = [shard.end - shard.start + 1 for shard in shards]
        expect(max(widths) - min(widths) < 2**32, f"UpdateShardCount left parts of {sorted(widths)}")
        self.settle()

    def change_retention(self) -> None:
        hours = self.chance.choice((24, 25, 30, 48, 72, 168, 8760))
        operation = "Increase" if hours >= self.model.retention_hours else "Decrease"
        self.must(f"{operation}StreamRetentionPeriod", StreamName=STREAM, RetentionPeriodHours=hours)
        self.model.set_retention(hours)

    def change_encryption(self) -> None:
        self.is_encrypted = not self.is_encrypted
        operation = "StartStreamEncryption" if self.is_encrypted else "StopStreamEncryption"
        self.must(operation, StreamName=STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis")

    def seconds_pass(self) -> None:
        self.advance(self.chance.randrange(1, 20_000))

    def hours_pass(self) -> None:
        self.advance(self.chance.randrange(HOUR_MS, 12 * HOUR_MS))

    def days_pass(self) -> None:
        self.advance(self.chance.randrange(DAY_MS, 9 * DAY_MS))

    def restart(self) -> None:
        if not self.restarts:
            return
        if self.chance.random() < 0.7:
            self.emulator.kill()
        else:
            expect(self.emulator.stop() == 0, f"a stop: {self.emulator.logged()}")
        self.emulator = LocalEmulator(data=self.data).start()
        self.client = Client(self.emulator.port)
        self.set_clock()

    # what is read

    def list_shards(self) -> list[dict[str, Any]]:
        shards, more = [], {"StreamName": STREAM}
        while True:
            page = self.must("ListShards", MaxResults=self.chance.randrange(1, 30), **more)
            shards += page["Shards"]
            if "NextToken" not in page:
                return shards
            more = {"NextToken": page["NextToken"]}

    def check_shards(self) -> None:
        told = {shard["ShardId"]: shard for shard in self.list_shards()}
        for shard in self.model.shards.values():
            gone = self.model.is_gone(shard)
            if gone is not None:
                expect((shard.id not in told) == gone, f"{shard.id} is {'still' if gone else 'not'} listed")
            if shard.id not in told:
                continue
            answer = told.pop(shard.id)
            span = answer["HashKeyRange"]
            expect((int(span["StartingHashKey"]), int(span["EndingHashKey"])) == (shard.start, shard.end), f"{answer} is not {shard}")
            parents = {answer.get("ParentShardId"), answer.get("AdjacentParentShardId")} - {None}
            expect(parents <= set(shard.parents), f"{shard.id}: parents {parents} instead of {shard.parents}")
            expect(("EndingSequenceNumber" in answer["SequenceNumberRange"]) == (shard.closed_ms is not None), f"{answer}: open or closed?")
        expect(not told, f"unknown shards {sorted(told)}")
        edges = [(shard.start, shard.end) for shard in self.model.open()]
        expect(edges[0][0] == 0 and edges[-1][1] == KEY_SPACE - 1, f"open shards do not cover the key space: {edges}")
        expect(all(one[1] + 1 == other[0] for one, other in zip(edges, edges[1:])), f"open shards have gaps: {edges}")

    def compare(self, shard: Shard, begin: int, page: dict[str, Any], limit: int) -> int:
        """A page against the model's records from `begin` on; returns where the next one begins."""
        horizon_ms = self.model.horizon_ms()
        while begin < len(shard.records) and shard.records[begin].arrival_ms < horizon_ms:
            begin += 1
        wanted = shard.records[begin:begin + limit]
        told = [(int(record["SequenceNumber"]), record["PartitionKey"], base64.b64decode(record["Data"]),
                 round(record["ApproximateArrivalTimestamp"] * 1000)) for record in page["Records"]]
        model = [(record.sequence, record.key, record.data, record.arrival_ms) for record in wanted]
        if told != model:
            differs = next((at for at, pair in enumerate(zip(told, model)) if pair[0] != pair[1]), min(len(told), len(model)))
            raise Refuted(f"{shard.id} from {begin}, limit {limit}: {len(told)} records instead of {len(model)}; the first that differs, "
                          f"{differs}: {told[differs:differs + 1]} instead of {model[differs:differs + 1]}")
        is_end = begin + len(wanted) == len(shard.records)
        behind = 0 if is_end else self.model.now_ms - wanted[-1].arrival_ms
        expect(page["MillisBehindLatest"] == behind, f"{shard.id}: MillisBehindLatest {page['MillisBehindLatest']} instead of {behind}")
        ends = is_end and shard.closed_ms is not None
        expect(("NextShardIterator" not in page) == ends, f"{shard.id}: a next iterator where {ends=}")
        children = {child["ShardId"] for child in page.get("ChildShards", [])}
        expect(children == (set(shard.children) if ends else set()), f"{shard.id}: children {children}, not {shard.children}")
        return begin + len(wanted)

    def iterator(self, shard: Shard, kind: str, **more: Any) -> str:
        return self.must("GetShardIterator", StreamName=STREAM, ShardId=shard.id, ShardIteratorType=kind, **more)["ShardIterator"]

    def readable(self) -> list[Shard]:
        """Shards that are there for sure, whose parents the reader has done with."""

        def done(shard_id: str) -> bool:
            return self.positions.setdefault(shard_id, Position()).is_done

        for shard in self.model.shards.values():
            if self.model.is_gone(shard) is not False:
                self.positions.setdefault(shard.id, Position()).is_done = True
        return [shard for shard in self.model.shards.values() if not done(shard.id) and all(map(done, shard.parents))]

    def read_on(self, shard: Shard | None = None, limit: int | None = None) -> None:
        """The reader takes the next page of a shard: by the iterator it has, or after what it had last."""
        shard = shard or self.chance.choice(self.readable())
        position = self.positions.setdefault(shard.id, Position())
        limit = limit or self.chance.choice((1, 3, 10, 100, 10_000))
        if position.iterator and self.model.now_ms - position.iterator_ms <= ITERATOR_LIFE_MS and self.chance.random() < 0.7:
            at = position.iterator
        elif position.read:
            at = self.iterator(shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=str(shard.records[position.read - 1].sequence))
        else:
            at = self.iterator(shard, "TRIM_HORIZON")
        page = self.must("GetRecords", ShardIterator=at, Limit=limit)
        end = self.compare(shard, position.read, page, limit)
        for record in shard.records[end - len(page["Records"]):end]:
            expect(self.seen.get(record.key, -1) < record.number, f"{record.key}: {record.number} was read after {self.seen.get(record.key)}")
            self.seen[record.key] = record.number
        position.read, position.iterator, position.iterator_ms = end, page.get("NextShardIterator"), self.model.now_ms
        position.is_done = position.iterator is None

    def read_anywhere(self) -> None:
        """A page from a random place, by a random kind of iterator."""
        shards = [shard for shard in self.model.shards.values() if self.model.is_gone(shard) is False]
        shard = self.chance.choice(shards)
        records = shard.records
        kind = self.chance.choice(("TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"))
        more: dict[str, Any] = {}
        begin = {"TRIM_HORIZON": 0, "LATEST": len(records)}.get(kind, 0)
        if kind.endswith("SEQUENCE_NUMBER"):
            if not records:
                return
            begin = self.chance.randrange(len(records))
            more["StartingSequenceNumber"] = str(records[begin].sequence)
            begin += kind.startswith("AFTER")
        elif kind == "AT_TIMESTAMP":
            at_ms = self.model.now_ms - self.chance.choice((0, 1, 500, 20_000, HOUR_MS, DAY_MS, 3 * DAY_MS))
            if records and self.chance.random() < 0.5:
                at_ms = self.chance.choice(records).arrival_ms + self.chance.choice((-1, 0, 1))
            at_ms = min(at_ms, self.model.now_ms)
            more["Timestamp"] = at_ms / 1000
            begin = bisect.bisect_left([record.arrival_ms for record in records], at_ms)
        limit = self.chance.choice((1, 5, 10_000))
        page = self.must("GetRecords", ShardIterator=self.iterator(shard, kind, **more), Limit=limit)
        self.compare(shard, begin, page, limit)

    def drain(self) -> None:
        """The reader reads everything there is."""
        while waiting := [shard for shard in self.readable()
                          if shard.closed_ms is not None or self.positions[shard.id].read < len(shard.records)]:
            for shard in waiting:
                before = self.positions[shard.id].read
                self.read_on(shard, 10_000)
                position = self.positions[shard.id]
                if position.read == before and not position.is_done:
                    position.read = len(shard.records)  # retention took the rest

    # the whole

    WEIGHTS = {"put_record": 400, "put_records": 150, "read_on": 200, "read_anywhere": 80, "seconds_pass": 80, "check_shards": 30,
               "split": 20, "merge": 20, "hours_pass": 8, "change_retention": 6, "change_encryption": 6, "restart": 6,
               "update_shard_count": 5, "days_pass": 2}

    def step(self) -> str:
        name = self.chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        self.done[name] += 1
        getattr(self, name)()
        return name


def run(operations: int, seed: int, data: Path, restarts: bool = True, tell: bool = False) -> Counter[str]:
    """How often each operation was done. Raises Refuted."""
    running, name, number = Run(seed, data, restarts), "", 0
    try:
        for number in range(1, operations + 1):
            name = running.step()
            if tell and number % 1000 == 0:
                print(f"  {number:,} operations, {running.records:,} records, {len(running.model.shards)} shards so far", flush=True)
        name, number = "the last reading", operations
        running.check_shards()
        running.drain()
    except Refuted as refuted:
        raise Refuted(f"seed {seed}, operation {number} ({name or 'the next'}): {refuted}") from None
    finally:
        if running.emulator.process and running.emulator.process.poll() is None:
            running.close()
    running.done["records"] = running.records
    running.done["shards"] = len(running.model.shards)
    return running.done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000, metavar="N", help="default 10,000")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), metavar="N", help="default: a new one each time")
    parser.add_argument("--no-restarts", action="store_true", help="leave kills and restarts out")
    chosen = parser.parse_args()
    print(f"{chosen.operations:,} operations, seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="evpoc-property-") as directory:
        try:
            done = run(chosen.operations, chosen.seed, Path(directory), not chosen.no_restarts, tell=True)
        except Refuted as refuted:
            print(f"REFUTED: {refuted}")
            return 1
    print("all as the model has it:", ", ".join(f"{count:,} {name}" for name, count in done.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

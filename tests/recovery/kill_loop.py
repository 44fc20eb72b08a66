#!/usr/bin/env python3
"""kill -9 under eight writers, again and again: does every acknowledged write survive?

Three writers put records one by one, two in batches, three put items. Each notes what was acknowledged. The emulator is
killed at a random moment and started again on the same data, --kills times; after the last one, everything is read back:

    records  every acknowledged one is there exactly once, in the shard and with the sequence number that was told;
             sequence numbers ascend in each shard; each writer's records stand in the order it sent them;
             a refused one is not there; one that was never answered is there once or not at all
    items    each holds its last acknowledged value, or a later one that was not answered any more
    file     SQLite finds it whole

Needs nothing but Python."""

from __future__ import annotations

import argparse
import base64
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE)]
from awsjson import LOST_CONNECTION, Client  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

STREAM = TABLE = "kill-loop"
SHARDS = 8
KEYS_A_WRITER = 300
BATCH = 25


@dataclass
class Writer:
    """What one writer did and was told. Names of records are <writer>-<number>; versions of an item ascend."""

    number: int
    kind: str
    acknowledged: dict[str, tuple[str, str]] = field(default_factory=dict)  # name: shard, sequence number
    refused: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    versions_acknowledged: dict[str, int] = field(default_factory=dict)
    versions_sent: dict[str, int] = field(default_factory=dict)
    writes: int = 0
    failure: BaseException | None = None

    def run(self, port: int, stop: threading.Event) -> None:
        client, chance, count = Client(port), random.Random(self.number), 0
        try:
            while not stop.is_set():
                try:
                    count = getattr(self, self.kind)(client, chance, count)
                except LOST_CONNECTION:
                    time.sleep(0.005)
        except BaseException as error:  # noqa: BLE001: told by the main thread
            self.failure = error

    def record(self, chance: random.Random, count: int) -> tuple[str, dict[str, str]]:
        name = f"{self.number}-{count}"
        data = f"{name}:".encode() + chance.randbytes(chance.choice((10, 200, 2000)))
        return name, {"Data": base64.b64encode(data).decode(), "PartitionKey": str(chance.random())}

    def note(self, name: str, answer: dict[str, Any]) -> None:
        if "SequenceNumber" in answer:
            self.acknowledged[name] = answer["ShardId"], answer["SequenceNumber"]
            self.writes += 1
        else:
            self.refused.add(name)
        self.unanswered.discard(name)

    def put_record(self, client: Client, chance: random.Random, count: int) -> int:
        name, record = self.record(chance, self.next_name(count))
        self.unanswered.add(name)
        self.note(name, client.ask("kinesis", "PutRecord", StreamName=STREAM, **record)[1])
        return count + 1

    def put_records(self, client: Client, chance: random.Random, count: int) -> int:
        batch = dict(self.record(chance, self.next_name(count) + i) for i in range(BATCH))
        self.unanswered |= batch.keys()
        _, answer = client.ask("kinesis", "PutRecords", StreamName=STREAM, Records=list(batch.values()))
        for name, told in zip(batch, answer.get("Records", [{}] * BATCH)):
            self.note(name, told)
        return count + BATCH

    def next_name(self, count: int) -> int:
        """A name is never sent twice, also where no answer came and `count` was not moved on."""
        return max(count, len(self.acknowledged) + len(self.refused) + len(self.unanswered))

    def put_item(self, client: Client, chance: random.Random, count: int) -> int:
        key = f"{self.number}-{chance.randrange(KEYS_A_WRITER)}"
        version = self.versions_sent[key] = self.versions_sent.get(key, 0) + 1
        item = {"id": {"S": key}, "version": {"N": str(version)}, "filling": {"S": "x" * chance.choice((10, 500))}}
        status, _ = client.ask("dynamodb", "PutItem", TableName=TABLE, Item=item)
        if status == 200:
            self.versions_acknowledged[key] = version
            self.writes += 1
        return count + 1


def make_resources(client: Client) -> None:
    client.must("kinesis", "CreateStream", StreamName=STREAM, ShardCount=SHARDS)
    client.must("dynamodb", "CreateTable", TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    while (client.must("kinesis", "DescribeStreamSummary", StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"],
           client.must("dynamodb", "DescribeTable", TableName=TABLE)["Table"]["TableStatus"]) != ("ACTIVE", "ACTIVE"):
        time.sleep(0.02)


# Reading it all back


def read_shard(client: Client, shard: str) -> Iterator[tuple[str, str]]:
    """(name, sequence number) of each record, from the first to now."""
    at = client.must("kinesis", "GetShardIterator", StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    while True:
        page = client.must("kinesis", "GetRecords", ShardIterator=at)
        for record in page["Records"]:
            yield base64.b64decode(record["Data"]).split(b":", 1)[0].decode(), record["SequenceNumber"]
        if not page["Records"] and not page["MillisBehindLatest"]:
            return
        at = page["NextShardIterator"]


def read_table(client: Client) -> dict[str, int]:
    versions: dict[str, int] = {}
    more: dict[str, Any] = {}
    while True:
        page = client.must("dynamodb", "Scan", TableName=TABLE, ConsistentRead=True, **more)
        for item in page["Items"]:
            versions[item["id"]["S"]] = int(item["version"]["N"])
        if "LastEvaluatedKey" not in page:
            return versions
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def check_records(client: Client, writers: list[Writer]) -> Iterator[str]:
    """What is wrong with the stream, in words."""
    found: dict[str, tuple[str, str]] = {}
    for shard in client.must("kinesis", "ListShards", StreamName=STREAM)["Shards"]:
        last, last_of = -1, {}
        for name, sequence in read_shard(client, shard["ShardId"]):
            writer, number = map(int, name.split("-"))
            if name in found:
                yield f"record {name} is there twice: {found[name]} and {shard['ShardId']} {sequence}"
            if int(sequence) <= last:
                yield f"sequence number {sequence} in {shard['ShardId']} does not ascend"
            if number < last_of.get(writer, -1):
                yield f"record {name} stands behind one that its writer sent later"
            found[name], last, last_of[writer] = (shard["ShardId"], sequence), int(sequence), number
    known: set[str] = set()
    for writer in writers:
        for name, told in writer.acknowledged.items():
            if found.get(name) != told:
                yield f"record {name} was acknowledged as {told} and is {found.get(name, 'lost')}"
        for name in writer.refused & found.keys():
            yield f"record {name} was refused and is there"
        known |= writer.acknowledged.keys() | writer.refused | writer.unanswered
    for name in found.keys() - known:
        yield f"record {name} was never sent"


def check_items(client: Client, writers: list[Writer]) -> Iterator[str]:
    found = read_table(client)
    for writer in writers:
        for key, version in writer.versions_acknowledged.items():
            if not version <= found.get(key, 0) <= writer.versions_sent[key]:
                yield f"item {key}: version {version} was acknowledged, {found.get(key, 'none')} is there"
    for key in found.keys() - {key for writer in writers for key in writer.versions_sent}:
        yield f"item {key} was never sent"


def check_file(data: Path) -> Iterator[str]:
    with sqlite3.connect(data / "evpoc.db") as file:
        answer = file.execute("PRAGMA integrity_check").fetchone()[0]
    file.close()
    if answer != "ok":
        yield f"SQLite says of the file: {answer}"


# The loop


@dataclass
class Result:
    kills: int
    records: int
    items: int
    unanswered: int
    refused: int
    ready_ms: list[float]
    file_mib: float
    problems: list[str]

    def __str__(self) -> str:
        slowest = f"ready again within {max(self.ready_ms):.0f} ms (median {sorted(self.ready_ms)[len(self.ready_ms) // 2]:.0f} ms)"
        verdict = "all there" if not self.problems else f"{len(self.problems)} PROBLEMS"
        return (f"{self.kills} kills: {self.records} records and {self.items} item writes acknowledged, {self.unanswered} records unanswered, "
                f"{self.refused} refused; {slowest}; file {self.file_mib:.1f} MiB: {verdict}")


def start_writers(port: int, stop: threading.Event) -> tuple[list[Writer], list[threading.Thread]]:
    kinds = ["put_record"] * 3 + ["put_records"] * 2 + ["put_item"] * 3
    writers = [Writer(number, kind) for number, kind in enumerate(kinds)]
    threads = [threading.Thread(target=writer.run, args=(port, stop), daemon=True) for writer in writers]
    for thread in threads:
        thread.start()
    return writers, threads


def kill_and_restart(emulator: LocalEmulator, writers: list[Writer], seconds: float) -> float:
    """Waits until each writer was acknowledged something since the last start, then that long; returns ms to be ready again."""
    before = [writer.writes for writer in writers]
    until = time.monotonic() + 60
    while any(writer.writes == count for writer, count in zip(writers, before)):
        failed = next((writer.failure for writer in writers if writer.failure), None)
        if failed or time.monotonic() > until:
            raise failed or RuntimeError(f"writers do not get on: {[writer.writes for writer in writers]} {emulator.logged()}")
        time.sleep(0.01)
    time.sleep(seconds)
    emulator.kill()
    since = time.monotonic()
    emulator.start()
    return (time.monotonic() - since) * 1000


def run(kills: int, data: Path, longest_seconds: float, seed: int, progress: bool = False) -> Result:
    chance, stop = random.Random(seed), threading.Event()
    with LocalEmulator(data=data) as emulator:
        make_resources(Client(emulator.port))
        writers, threads = start_writers(emulator.port, stop)
        ready = []
        for kill in range(1, kills + 1):
            ready.append(kill_and_restart(emulator, writers, chance.uniform(0, longest_seconds)))
            if progress:
                print(f"kill {kill}: {sum(w.writes for w in writers)} writes acknowledged, ready after {ready[-1]:.0f} ms", flush=True)
        stop.set()
        for thread in threads:
            thread.join()
        client = Client(emulator.port)
        problems = [*check_records(client, writers), *check_items(client, writers)]
    problems += [*check_file(data), *(f"writer {w.number}: {w.failure!r}" for w in writers if w.failure)]
    return Result(kills, sum(len(w.acknowledged) for w in writers), sum(w.writes for w in writers if w.kind == "put_item"),
                  sum(len(w.unanswered) for w in writers), sum(len(w.refused) for w in writers), ready,
                  sum(path.stat().st_size for path in data.iterdir()) / 2**20, problems)


def report(result: Any) -> None:
    """The first of its problems, and the whole; ends the process."""
    for problem in result.problems[:50]:
        print(problem)
    print(result)
    sys.exit(1 if result.problems else 0)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--longest", type=float, default=1.5, metavar="SECONDS", help="between two kills")
    arguments.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the moments")
    given = arguments.parse_args()
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="evpoc-kill-") as data:
        result = run(given.kills, Path(data) / "data", given.longest, given.seed, progress=True)
    report(result)


if __name__ == "__main__":
    main()

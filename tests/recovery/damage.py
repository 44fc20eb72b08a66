#!/usr/bin/env python3
"""Damaged files, damaged logs and damaged snapshots: is anything served that differs from what was written, does anything abort?

A world of streams, tables, schemas and keys is written and each of some hundred questions about it asked once. Then, again and
again, a copy of its directory is damaged in one of the ways below and an emulator is started on it. It may refuse the file. Where
it starts, the questions are asked again, in any order: each answer is the one of before or a 500 (a 400 where it could not be asked
without another's answer never counts). Then something is written, it is stopped, and must end by itself with 0.

    file      the file of an emulator that has ended well
    log       the file and the log of one that was killed: what is served must be what was there at one moment of its history
    snapshot  it is restored over another world: refused, and nothing has changed, or restored, and nothing differs

    ./dev damage                                     200 of each
    tests/recovery/damage.py --rounds 20 --seed 3

Needs nothing but Python."""

from __future__ import annotations

import argparse
import base64
import collections
import contextlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "clients" / "python"), str(Path(__file__).resolve().parent)]
import awsjson  # noqa: E402
import pages  # noqa: E402
from awsjson import LOST_CONNECTION  # noqa: E402
from local_emulator import EmulatorFailed, LocalEmulator  # noqa: E402

PAGE = pages.PAGE_BYTES
Answer = tuple[int, Any]


class Client(awsjson.Client):
    def __init__(self, port: int):
        super().__init__(port, timeout=60)

    def page(self, page: str, **members: Any) -> Answer:
        return self.send(f"/_evpoc/{page}", members, {"Content-Type": "application/json"})


# A world, and questions about it


def key(number: int) -> dict[str, Any]:
    return {"id": {"S": f"customer-{number}"}, "at": {"N": str(number)}}


def build(client: Client, mib: float) -> None:
    chance = random.Random(1)
    for stream in ("orders", "payments", "empty"):
        client.must("kinesis", "CreateStream", StreamName=stream, ShardCount=3)
    client.must("dynamodb", "CreateTable", TableName="items", BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in (("id", "S"), ("at", "N"), ("kind", "S"))],
                GlobalSecondaryIndexes=[{"IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                                         "Projection": {"ProjectionType": "ALL"}}])
    client.must("glue", "CreateRegistry", RegistryName="registry")
    for number in range(12):
        definition = json.dumps({"type": "record", "name": f"r{number}", "doc": "x" * 3000, "fields": []})
        client.must("glue", "CreateSchema", RegistryId={"RegistryName": "registry"}, SchemaName=f"schema-{number}", DataFormat="AVRO",
                    Compatibility="NONE", SchemaDefinition=definition)
        client.must("kms", "CreateKey", Description=f"key {number}")
    until = time.monotonic() + 30
    while any(client.must("kinesis", "DescribeStreamSummary", StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE"
              for stream in ("orders", "payments", "empty")) and time.monotonic() < until:
        time.sleep(0.02)
    batches = int(mib * 0.7 * 2**20 / (100 * 10_000))
    for batch in range(batches):
        records = [{"PartitionKey": f"{batch}-{n}", "Data": base64.b64encode(chance.randbytes(chance.randrange(20_000))).decode()} for n in range(100)]
        client.must("kinesis", "PutRecords", StreamName=("orders", "payments")[batch % 2], Records=records)
    for number in range(int(mib * 0.3 * 2**20 / 6000)):
        client.must("dynamodb", "PutItem", TableName="items", Item=key(number) | {
            "kind": {"S": f"kind-{number % 5}"}, "list": {"L": [{"N": str(number)}, {"M": {"a": {"S": "b"}}}]},
            "data": {"B": base64.b64encode(chance.randbytes(chance.choice((100, 2000, 7000)))).decode()}})


@dataclass(frozen=True)
class Question:
    name: str
    ask: Callable[[Client], Answer]


def question(service: str, operation: str, **members: Any) -> Question:
    return Question(f"{operation} {json.dumps(members)}", lambda client: client.ask(service, operation, **members))


def read_from(stream: str, shard: str, sequence: str) -> Question:
    def ask(client: Client) -> Answer:
        status, answer = client.ask("kinesis", "GetShardIterator", StreamName=stream, ShardId=shard,
                                    ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=sequence)
        if status != 200:
            return status, answer
        status, answer = client.ask("kinesis", "GetRecords", ShardIterator=answer["ShardIterator"], Limit=60)
        return status, answer["Records"] if status == 200 else answer

    return Question(f"GetRecords {stream} {shard} from {sequence}", ask)


def sequences(client: Client, stream: str, shard: str) -> list[str]:
    at, found = client.must("kinesis", "GetShardIterator", StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"), []
    at = at["ShardIterator"]
    while True:
        page = client.must("kinesis", "GetRecords", ShardIterator=at)
        found += [record["SequenceNumber"] for record in page["Records"]]
        if not page["Records"] and not page["MillisBehindLatest"]:
            return found
        at = page["NextShardIterator"]


def questions(client: Client) -> list[Question]:
    found = [question("kinesis", "ListStreams"), question("dynamodb", "ListTables"), question("dynamodb", "DescribeTable", TableName="items"),
             question("glue", "ListRegistries"), question("glue", "ListSchemas", RegistryId={"RegistryName": "registry"}),
             question("kms", "ListKeys"), question("kms", "ListAliases")]
    for stream in ("orders", "payments", "empty"):
        found += [question("kinesis", "DescribeStreamSummary", StreamName=stream), question("kinesis", "ListShards", StreamName=stream)]
        for shard in client.must("kinesis", "ListShards", StreamName=stream)["Shards"]:
            for sequence in sequences(client, stream, shard["ShardId"])[::60]:
                found.append(read_from(stream, shard["ShardId"], sequence))
    for schema in range(12):
        found.append(question("glue", "GetSchemaVersion", SchemaId={"RegistryName": "registry", "SchemaName": f"schema-{schema}"},
                              SchemaVersionNumber={"LatestVersion": True}))
    for one in client.must("kms", "ListKeys")["Keys"]:
        found.append(question("kms", "DescribeKey", KeyId=one["KeyId"]))
    for kind in range(5):
        found.append(question("dynamodb", "Query", TableName="items", IndexName="by-kind", KeyConditionExpression="kind = :k",
                              ExpressionAttributeValues={":k": {"S": f"kind-{kind}"}}))
    more: dict[str, Any] = {}
    while True:
        found.append(question("dynamodb", "Scan", TableName="items", **more))
        answer = client.must("dynamodb", "Scan", TableName="items", **more)
        if "LastEvaluatedKey" not in answer:
            break
        more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    count = client.must("dynamodb", "DescribeTable", TableName="items")["Table"]["ItemCount"]
    return found + [question("dynamodb", "GetItem", TableName="items", Key=key(number)) for number in range(0, count, 25)]


# Ways of damage


def overwrite(file: Path, at: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def flip(file: Path, chance: random.Random, count: int, size: int | None = None) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(count):
        content[chance.randrange(size or len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def a_page(file: Path, chance: random.Random) -> int:
    return chance.randrange(file.stat().st_size // PAGE) * PAGE


def page_at(file: Path, at: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(at)
        return opened.read(PAGE)


def swap_pages(file: Path, chance: random.Random) -> None:
    one, other = a_page(file, chance), a_page(file, chance)
    first, second = page_at(file, one), page_at(file, other)
    overwrite(file, one, second)
    overwrite(file, other, first)


def change_schema(file: Path, chance: random.Random) -> None:
    """By SQLite's own means, and with the checksums that belong to it: only its tables are others."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        def one(kind: str) -> str:
            return chance.choice([name for name, in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name", (kind,))])

        changes = ["UPDATE sqlite_schema SET sql = replace(sql, 'last_arrival_ms', 'last_arrival_mz')",
                   "UPDATE sqlite_schema SET sql = replace(sql, 'hash_name', 'hash_nome')",
                   "UPDATE sqlite_schema SET sql = replace(sql, 'step INTEGER', 'stop INTEGER')",
                   "UPDATE sqlite_schema SET sql = replace(sql, ' INTEGER PRIMARY KEY,', ' INTEGER,') WHERE name = 'shard_log'",
                   f"DROP INDEX {one('index')}", f"DROP TABLE {one('table')}", f"DROP TRIGGER {one('trigger')}", "DROP TABLE migration",
                   f"CREATE TRIGGER more AFTER INSERT ON {one('table')} BEGIN DELETE FROM kms_key; END",
                   f"ALTER TABLE {one('table')} ADD COLUMN more", f"ALTER TABLE {one('table')} RENAME TO another"]
        db.executescript(f"PRAGMA journal_mode=DELETE; PRAGMA writable_schema=ON; {chance.choice(changes)};")
    pages.seal(file)


FILE_WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "one bit": lambda file, chance: flip(file, chance, 1),
    "50 bits": lambda file, chance: flip(file, chance, 50),
    "a bit of the header": lambda file, chance: flip(file, chance, 1, 100),
    "bits of the first pages": lambda file, chance: flip(file, chance, 8, 40 * PAGE),
    "zeros": lambda file, chance: overwrite(file, chance.randrange(file.stat().st_size - 4096), bytes(chance.choice((16, 512, 4096)))),
    "a page of zeros": lambda file, chance: overwrite(file, a_page(file, chance), bytes(PAGE)),
    "40 pages of zeros": lambda file, chance: [overwrite(file, a_page(file, chance), bytes(PAGE)) for _ in range(40)] and None,
    "a page of noise": lambda file, chance: overwrite(file, a_page(file, chance), chance.randbytes(PAGE)),
    "a page twice": lambda file, chance: overwrite(file, a_page(file, chance), page_at(file, a_page(file, chance))),
    "pages swapped": swap_pages,
    "cut short": lambda file, chance: os.truncate(file, chance.randrange(file.stat().st_size)),
    "another schema": change_schema,
}
FRAME = PAGE + 24


def a_frame(file: Path, chance: random.Random) -> int:
    return 32 + chance.randrange((file.stat().st_size - 32) // FRAME) * FRAME


LOG_WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "one bit": lambda file, chance: flip(file, chance, 1),
    "50 bits": lambda file, chance: flip(file, chance, 50),
    "a bit of its header": lambda file, chance: flip(file, chance, 1, 32),
    "a bit of a frame's header": lambda file, chance: overwrite(file, a_frame(file, chance) + chance.randrange(24), bytes([chance.randrange(256)])),
    "a frame of zeros": lambda file, chance: overwrite(file, a_frame(file, chance), bytes(FRAME)),
    "a frame of noise": lambda file, chance: overwrite(file, a_frame(file, chance), chance.randbytes(FRAME)),
    "cut short": lambda file, chance: os.truncate(file, chance.randrange(file.stat().st_size)),
    "nothing left": lambda file, chance: file.unlink(),
}


# What is done with a damaged one


@dataclass
class Report:
    seed: int
    outcomes: dict[str, collections.Counter[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def note(self, way: str, outcome: str) -> None:
        self.outcomes.setdefault(way, collections.Counter())[outcome] += 1

    def __str__(self) -> str:
        columns = sorted({name for counter in self.outcomes.values() for name in counter})
        lines = [f"{'':38}" + "".join(f"{name:>24}" for name in columns)]
        lines += [f"{way:38}" + "".join(f"{counter[name] or '':>24}" for name in columns) for way, counter in self.outcomes.items()]
        return "\n".join([*lines, *self.problems[:30], f"seed {self.seed}: {len(self.problems)} problems"])


def compare(client: Client, asked: list[Question], expected: dict[str, Answer]) -> tuple[int, list[str]]:
    """How many were refused, and what differs."""
    refused, differing = 0, []
    for one in asked:
        status, answer = one.ask(client)
        if status == 500 and "InternalFailure" in answer.get("__type", ""):
            refused += 1
        elif (status, answer) != expected[one.name]:
            differing.append(f"{one.name}: {status} {str(answer)[:300]}")
    return refused, differing


def write_something(client: Client) -> list[str]:
    """Puts may be refused, too, but nothing else."""
    answers = [client.ask("kinesis", "PutRecord", StreamName=stream, PartitionKey="more", Data="bW9yZQ==") for stream in ("orders", "empty") * 3]
    answers += [client.ask("kinesis", "PutRecords", StreamName="payments", Records=[
        {"PartitionKey": f"more{n}", "Data": base64.b64encode(bytes(30_000)).decode()} for n in range(30)]) for _ in range(2)]
    answers += [client.ask("dynamodb", "PutItem", TableName="items", Item=key(number) | {"kind": {"S": "kind-0"}}) for number in range(0, 900, 60)]
    answers += [client.ask("dynamodb", "DeleteItem", TableName="items", Key=key(number)) for number in range(30, 900, 60)]
    answers.append(client.ask("kinesis", "CreateStream", StreamName="new", ShardCount=2))
    return [f"a write: {status} {answer}" for status, answer in answers if status not in (200, 500)]


class Trial:
    """One emulator on one damaged directory."""

    def __init__(self, report: Report, kind: str, way: str, data: Path):
        self.report, self.name, self.where, self.data = report, f"{kind}: {way}", f"{kind}: {way}, seed {report.seed}", data

    def problem(self, what: str) -> None:
        self.report.problems.append(f"{self.where}: {what}")
        self.report.note(self.name, "WRONG")

    def run(self, what: Callable[[LocalEmulator], str | None]) -> None:
        emulator = LocalEmulator(data=self.data, options=("--log-level", "error"))
        try:
            emulator.start()
        except EmulatorFailed as failed:
            refused = emulator.process and emulator.process.returncode == 1 and "evpoc-emu: " in str(failed)
            return self.report.note(self.name, "refused at the start") if refused else self.problem(f"did not start: {failed}")
        try:
            if outcome := what(emulator):
                self.report.note(self.name, outcome)
            if status := emulator.stop():
                self.problem(f"ended with {status}: {emulator.logged()[-600:]}")
        except (*LOST_CONNECTION, EmulatorFailed, json.JSONDecodeError) as error:
            emulator.kill()
            self.problem(f"{error!r}: {emulator.logged()[-600:]}")

    def ask(self, emulator: LocalEmulator, asked: list[Question], expected: dict[str, Answer]) -> str | None:
        client = Client(emulator.port)
        refused, differing = compare(client, asked, expected)
        differing += write_something(client)
        with urllib.request.urlopen(f"{emulator.url}/_evpoc/health", timeout=10) as health:
            differing += [] if health.status == 200 else ["health"]
        if refused and "is damaged" not in emulator.logged():
            differing.append(f"the log does not tell: {emulator.logged()[-300:]}")
        for one in differing[:3]:
            self.problem(one)
        return None if differing else "some calls answer 500" if refused else "all is served"


class Source:
    """A world, in a directory whose copies are damaged, and what it answers."""

    def __init__(self, place: Path, mib: float):
        self.data = place / "source"
        with LocalEmulator(data=self.data) as emulator:
            client = Client(emulator.port)
            build(client, mib)
            self.asked = questions(client)
            self.expected = {one.name: one.ask(client) for one in self.asked}
            assert all(status == 200 for status, _ in self.expected.values()), self.expected
            status, answer = client.page("snapshot", name="whole")
            assert status == 200, answer
        again = Trial(Report(0), "file", "none", self.data)
        again.run(lambda emulator: "".join(compare(Client(emulator.port), self.asked, self.expected)[1][:2]))
        assert not again.report.outcomes and not again.report.problems, again.report
        (self.data / "snapshots" / "whole.db").rename(place / "whole.db")
        self.snapshot = place / "whole.db"


def damaged_files(source: Source, place: Path, rounds: int, report: Report) -> None:
    for number in range(rounds):
        chance, way = random.Random(f"{report.seed} file {number}"), list(FILE_WAYS)[number % len(FILE_WAYS)]
        data = place / "damaged"
        shutil.copytree(source.data, data)
        FILE_WAYS[way](data / "evpoc.db", chance)
        chance.shuffle(source.asked)
        trial = Trial(report, "file", way, data)
        trial.where += f", round {number}"
        trial.run(lambda emulator, trial=trial: trial.ask(emulator, source.asked, source.expected))
        if way == "another schema" and set(report.outcomes[trial.name]) - {"refused at the start", "WRONG"}:
            del report.outcomes[trial.name]["all is served"], report.outcomes[trial.name]["some calls answer 500"]
            trial.problem("was not refused")
        shutil.rmtree(data)


def damaged_snapshots(source: Source, place: Path, rounds: int, report: Report) -> None:
    """Restored into one emulator that has another world, which is asked after each."""
    with LocalEmulator(data=place / "other") as emulator:
        client = Client(emulator.port)
        build(client, 0.3)
        mine = questions(client)
        expected = {one.name: one.ask(client) for one in mine}
        target = place / "other" / "snapshots" / "whole.db"
        client.page("snapshot", name="mine")
        for number in range(rounds):
            chance, way = random.Random(f"{report.seed} snapshot {number}"), list(FILE_WAYS)[number % len(FILE_WAYS)]
            shutil.copy(source.snapshot, target)
            FILE_WAYS[way](target, chance)
            status, answer = client.page("restore", name="whole")
            asked, wanted = (source.asked, source.expected) if status == 200 else (mine, expected)
            refused, differing = compare(client, asked, wanted)
            if refused or differing or status not in (200, 409, 500):
                report.problems.append(f"snapshot: {way}, round {number}: {status} {answer}: {refused} refused, {differing[:2]}")
            report.note(f"snapshot: {way}", "WRONG" if differing else "restored, all there" if status == 200 else "refused, nothing changed")
            if status == 200:
                assert client.page("restore", name="mine")[0] == 200


# The log of one that was killed


def make_history(client: Callable[[], Client]) -> Iterator[None]:
    """Record n, then item n, then record n + 1 …: each its own commit. Some are large, so that the log is long."""
    chance = random.Random(1)
    for number in itertools.count():
        data = f"{number}:".encode() + chance.randbytes(chance.choice((50, 100, 120_000)))
        client().must("kinesis", "PutRecord", StreamName="history", PartitionKey="k", Data=base64.b64encode(data).decode())
        yield
        client().must("dynamodb", "PutItem", TableName="history", Item={"id": {"S": "last"}, "n": {"N": str(number)}, "filling": {"S": "x" * chance.randrange(20_000)}})
        yield


def moment_of(client: Client) -> str | None:
    """What is wrong with what is there, as a moment of that history."""
    found: list[int] = []
    status, answer = client.ask("kinesis", "GetShardIterator", StreamName="history", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    if status != 200:
        return None if status == 400 and "ResourceNotFound" in answer["__type"] and not client.must("kinesis", "ListStreams")["StreamNames"] else f"{status} {answer}"
    at = answer["ShardIterator"]
    while True:
        page = client.must("kinesis", "GetRecords", ShardIterator=at)
        for record in page["Records"]:
            number, _, filling = base64.b64decode(record["Data"]).partition(b":")
            found.append(int(number) if len(filling) in (50, 100, 120_000) else -1)
        if not page["Records"] and not page["MillisBehindLatest"]:
            break
        at = page["NextShardIterator"]
    status, answer = client.ask("dynamodb", "GetItem", TableName="history", Key={"id": {"S": "last"}})
    last = int(answer["Item"]["n"]["N"]) if status == 200 and "Item" in answer else -1
    if found != list(range(len(found))) or last not in (len(found) - 1, len(found) - 2):
        return f"{len(found)} records, the last {found[-1:]}, item {last} ({status})"
    return None


KILLED = {"before": (False, 5), "copied": (True, 0), "after": (True, 3)}


def killed_world(data: Path, is_copied: bool, more: int) -> None:
    """Killed before its log was copied into the file, or when all of it had been, or when it was being written anew."""
    emulator = LocalEmulator(data=data)
    emulator.start()
    client = Client(emulator.port)
    client.must("kinesis", "CreateStream", StreamName="history", ShardCount=1)
    client.must("dynamodb", "CreateTable", TableName="history", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    while client.must("kinesis", "DescribeStreamSummary", StreamName="history")["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        time.sleep(0.02)
    history = make_history(lambda: client)
    for _ in range(60):
        next(history)
    emulator.stop()  # so that a log begins which changes pages that the file has
    emulator.start()
    client, written = Client(emulator.port), (data / "evpoc.db").stat().st_size
    while (data / "evpoc.db-wal").stat().st_size < (256 if is_copied else 150) * FRAME:
        next(history)
    until = time.monotonic() + 20
    while is_copied and (data / "evpoc.db").stat().st_size == written and time.monotonic() < until:
        time.sleep(0.01)  # it is copied when nobody calls
    for _ in range(more):
        next(history)
    emulator.kill()


def damaged_logs(place: Path, rounds: int, report: Report) -> None:
    for name, (is_copied, more) in KILLED.items():
        killed_world(place / name, is_copied, more)
    for number in range(rounds):
        chance, way = random.Random(f"{report.seed} log {number}"), list(LOG_WAYS)[number // len(KILLED) % len(LOG_WAYS)]
        data = place / "damaged"
        shutil.copytree(place / list(KILLED)[number % len(KILLED)], data)
        LOG_WAYS[way](data / "evpoc.db-wal", chance)
        trial = Trial(report, "log", way, data)
        trial.where += f", round {number}"

        def ask(emulator: LocalEmulator, trial: Trial = trial) -> str | None:
            client = Client(emulator.port)
            if wrong := moment_of(client):
                return trial.problem(wrong)
            status, answer = client.ask("kinesis", "CreateStream", StreamName="new", ShardCount=1)
            return "goes on from a moment" if status == 200 else trial.problem(f"{status} {answer}")

        trial.run(ask)
        shutil.rmtree(data)


def run(rounds: int, seed: int, mib: float, kinds: tuple[str, ...] = ("file", "log", "snapshot")) -> Report:
    report = Report(seed)
    with tempfile.TemporaryDirectory(prefix="evpoc-damage-") as name:
        place = Path(name)
        source = Source(place, mib)
        if "file" in kinds:
            damaged_files(source, place, rounds, report)
        if "log" in kinds:
            damaged_logs(place, rounds, report)
        if "snapshot" in kinds:
            damaged_snapshots(source, place, rounds, report)
    return report


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=200, help="of each kind")
    arguments.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments.add_argument("--mib", type=float, default=24, help="size of the world; up to 16 MiB are read through at each start")
    arguments.add_argument("--kinds", default="file,log,snapshot")
    given = arguments.parse_args()
    report = run(given.rounds, given.seed, given.mib, tuple(given.kinds.split(",")))
    print(report)
    sys.exit(1 if report.problems else 0)


if __name__ == "__main__":
    main()

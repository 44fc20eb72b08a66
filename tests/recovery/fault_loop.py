#!/usr/bin/env python3
"""The n-th write, sync or allocation fails, for n = 0, 1, 2, …: is anything lost, doubled, half done, or wrongly acknowledged?

Each round starts an emulator with one fault (failing.c, preloaded), does the same few dozen calls of all kinds, and starts it
again without a fault on the same data:

    write, sync  the emulator lives on (or refused to start, saying why); what it could not store was answered with 500
                 InternalFailure and is not there; the calls after it succeed
    memory       where an allocation fails it may end, at once; it may not answer wrongly
    all          what was acknowledged is there after the start that follows, once; what was refused is not"""

from __future__ import annotations

import argparse
import base64
import http.client
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE)]
from awsjson import Client  # noqa: E402
from local_emulator import EmulatorFailed, LocalEmulator  # noqa: E402

STREAM, TABLE, REGISTRY = "faults", "faults", "faults"
ERRORS = {"write": 28, "sync": 5, "memory": 0}  # ENOSPC, EIO
REFUSALS_MAX = 3  # of the calls of one turn, and of the next where the file had to be rolled back


@dataclass
class Told:
    """What the emulator said it had done."""

    records: dict[str, str] = field(default_factory=dict)  # data: sequence number
    items: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    ended: bool = False


def calls() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Name, service, operation, input."""
    yield "stream", "kinesis", "CreateStream", {"StreamName": STREAM, "ShardCount": 2}
    yield "table", "dynamodb", "CreateTable", {
        "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}],
        "GlobalSecondaryIndexes": [{"IndexName": "index", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}]}
    for number in range(6):
        data = base64.b64encode(f"record {number}".encode()).decode()
        yield f"record {number}", "kinesis", "PutRecord", {"StreamName": STREAM, "PartitionKey": f"{number}", "Data": data}
        item = {"k": {"S": f"{number}"}, "g": {"S": "all"}, "v": {"S": "x" * 500}}
        yield f"item {number}", "dynamodb", "PutItem", {"TableName": TABLE, "Item": item}
    yield "registry", "glue", "CreateRegistry", {"RegistryName": REGISTRY}
    yield "schema", "glue", "CreateSchema", {"RegistryId": {"RegistryName": REGISTRY}, "SchemaName": "s", "DataFormat": "AVRO",
                                             "Compatibility": "BACKWARD", "SchemaDefinition": '"string"'}
    yield "key", "kms", "CreateKey", {}
    yield "split", "kinesis", "SplitShard", {"StreamName": STREAM, "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": "1000"}
    large = base64.b64encode(b"large" * 40_000).decode()
    yield "record large", "kinesis", "PutRecord", {"StreamName": STREAM, "PartitionKey": "large", "Data": large}
    yield "tags", "kinesis", "AddTagsToStream", {"StreamName": STREAM, "Tags": {"a": "b"}}
    for number in range(6, 9):
        data = base64.b64encode(f"record {number}".encode()).decode()
        yield f"record {number}", "kinesis", "PutRecord", {"StreamName": STREAM, "PartitionKey": f"{number}", "Data": data}


def play(port: int) -> Told:
    client, told = Client(port), Told()
    for name, service, operation, members in calls():
        try:
            status, answer = client.ask(service, operation, **members)
        except (OSError, http.client.HTTPException):
            told.ended = True
            return told
        if status == 200:
            told.made.add(name)
            if name.startswith("record"):
                told.records[members["Data"]] = answer["SequenceNumber"]
        elif status == 500:
            told.refused.add(name)
        elif not told.refused:  # what hangs on a refused call fails for want of it
            told.problems.append(f"{operation}: {status} {answer}")
    return told


def check_records(client: Client, told: Told) -> Iterator[str]:
    if "stream" not in told.made:
        status, _ = client.ask("kinesis", "DescribeStream", StreamName=STREAM)
        if status == 200 and not told.ended:
            yield "the stream was refused and is there"
        return
    found: dict[str, str] = {}
    for shard in client.must("kinesis", "ListShards", StreamName=STREAM)["Shards"]:
        at = client.must("kinesis", "GetShardIterator", StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        for record in client.must("kinesis", "GetRecords", ShardIterator=at["ShardIterator"])["Records"]:
            if record["Data"] in found:
                yield f"{record['Data'][:40]} is there twice"
            found[record["Data"]] = record["SequenceNumber"]
    for data, number in told.records.items():
        if found.get(data) != number:
            yield f"{data[:40]} was acknowledged as {number} and is {found.get(data, 'lost')}"
    if not told.ended and set(found) != set(told.records):
        yield f"records that were refused are there: {[data[:40] for data in set(found) - set(told.records)]}"


def check_items(client: Client, told: Told) -> Iterator[str]:
    if "table" not in told.made:
        return
    wanted = {name.split()[1] for name in told.made if name.startswith("item")}
    found = {item["k"]["S"] for item in client.must("dynamodb", "Scan", TableName=TABLE)["Items"]}
    indexed = {item["k"]["S"] for item in client.must("dynamodb", "Query", TableName=TABLE, IndexName="index", KeyConditionExpression="g = :g",
                                                        ExpressionAttributeValues={":g": {"S": "all"}})["Items"]}
    if found != indexed:
        yield f"the table has {sorted(found)}, its index {sorted(indexed)}"
    if not wanted <= found or (found != wanted and not told.ended):
        yield f"items acknowledged {sorted(wanted)}, there {sorted(found)}"


def check_others(client: Client, told: Told) -> Iterator[str]:
    shards = len(client.must("kinesis", "ListShards", StreamName=STREAM)["Shards"]) if "stream" in told.made else 0
    there = {
        "registry": client.ask("glue", "GetRegistry", RegistryId={"RegistryName": REGISTRY})[0] == 200,
        "schema": client.ask("glue", "GetSchema", SchemaId={"RegistryName": REGISTRY, "SchemaName": "s"})[0] == 200,
        "key": len(client.must("kms", "ListKeys")["Keys"]) == 2,
        "split": shards == 4,
    }
    if "stream" in told.made:
        there["tags"] = bool(client.must("kinesis", "ListTagsForStream", StreamName=STREAM)["Tags"])
    for name, is_there in there.items():
        if is_there != (name in told.made) and not (told.ended and is_there):
            yield f"{name}: {'acknowledged' if name in told.made else 'not acknowledged'}, and {'there' if is_there else 'not there'}"
    if shards not in (0, 2, 4):
        yield f"{shards} shards"


def preload(folder: Path) -> Path:
    library = folder / "failing.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(HERE / "failing.c"), "-ldl"], check=True)
    return library


def round_of(kind: str, at: int, folder: Path, library: Path) -> tuple[list[str], int]:
    """What is wrong, and how many calls of the kind there were."""
    data, counted = folder / "data", folder / "counted"
    shutil.rmtree(data, ignore_errors=True)
    counted.unlink(missing_ok=True)
    environment = {"LD_PRELOAD": str(library), "FAILING": f"{kind}:{at}:{ERRORS[kind]}", "FAILING_TOLD": str(counted)}
    emulator = LocalEmulator(data=data, durability="fsync", environment=environment)
    told = Told()
    try:
        emulator.start()
        told = play(emulator.port)
        status = emulator.stop()
        if kind != "memory" and (told.ended or status != 0):
            told.problems.append(f"it ended with {status}: {emulator.logged()[-500:]}")
    except EmulatorFailed as failed:
        if kind != "memory" and "evpoc-emu: " not in str(failed):
            told.problems.append(f"it did not start, and did not say why: {failed}")
    if len(told.refused) > REFUSALS_MAX and "stream" in told.made and "table" in told.made:
        told.problems.append(f"{sorted(told.refused)} were refused for one fault")
    with LocalEmulator(data=data, durability="fsync") as again:
        client = Client(again.port)
        told.problems += [*check_records(client, told), *check_items(client, told), *check_others(client, told)]
    return told.problems, int(counted.read_text()) if counted.exists() else 0


def run(kind: str, step: int = 1, first: int = 0, progress: bool = False) -> tuple[int, list[str]]:
    """Every step-th call of the kind fails in a round of its own. How many rounds, and what was wrong."""
    problems: list[str] = []
    rounds = 0
    with tempfile.TemporaryDirectory(prefix="evpoc-faults-") as name:
        folder = Path(name)
        library = preload(folder)
        problems, count = round_of(kind, 10**9, folder, library)  # none fails: how many are there?
        if not count:
            problems.append(f"no {kind} was seen: failing.c is not loaded")
        for at in range(first, count, step):
            found, _ = round_of(kind, at, folder, library)
            problems += [f"{kind} {at} of {count} failing: {problem}" for problem in found]
            rounds += 1
            if progress and rounds % 20 == 0:
                print(f"  {kind}: {rounds} rounds, {at} of {count}, {len(problems)} problems", flush=True)
    return rounds, problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["write", "sync", "memory"], help="write, sync, memory (default: all)")
    parser.add_argument("--step", type=int, help="each so many-th call (default: 1, of allocations 97)")
    chosen = parser.parse_args()
    worst = 0
    for kind in chosen.kinds or ["write", "sync", "memory"]:
        rounds, problems = run(kind, chosen.step or (97 if kind == "memory" else 1), progress=True)
        for problem in problems[:20]:
            print(problem)
        print(f"{kind}: {rounds} rounds, {len(problems)} problems")
        worst |= bool(problems)
    return worst


if __name__ == "__main__":
    sys.exit(main())

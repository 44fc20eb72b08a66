#!/usr/bin/env python3
"""What a request to DynamoDB costs when the table is large, and what a stream adds to a write: CPU of the server in µs a request, beside
DynamoDB Local and dynalite. All servers run at once and take turns; the median round counts. README.md says how to read it."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import bench
from bench import OURS, PEERS, Server, play, request

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "clients" / "python"), str(ROOT / "tests" / "clients")]

TOGETHER = 20  # items of a partition, and of an index's
CHUNK = 500_000
ASKED = 5000
LOCAL = bench.Peer("DynamoDB Local", ("dynamodb",), "memory", "3.3.1")
DYNALITE = next(peer for peer in PEERS if peer.name == "dynalite")


class LocalServer(Server):
    """It says its port, and ends with its standard input."""

    def __init__(self) -> None:
        from sdk import java_program
        self.peer, self.folder = LOCAL, Path("/nonexistent")
        program = [part for part in java_program("LocalServer", "java_dynamodb_local") if not str(part).startswith("-X")]
        self.process = subprocess.Popen([program[0], "-Xmx1g", *program[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        assert self.process.stdout
        self.port = next(int(line.split()[-1]) for line in self.process.stdout if line.startswith("listening on "))


def of(operation: str, table: str, **body: Any) -> bytes:
    return request("dynamodb", f"DynamoDB_20120810.{operation}", {"TableName": table, **body})


def key(n: int) -> dict[str, Any]:
    return {"pk": {"S": f"customer-{n // TOGETHER}"}, "sk": {"N": str(n % TOGETHER)}}


def item(n: int, size: int, letter: str = "x") -> dict[str, Any]:
    return key(n) | {"g": {"S": f"group-{n * 7919 % (size // TOGETHER)}"}, "amount": {"N": "129.90"}, "data": {"S": letter * 300}}


def create(server: Server, table: str, **more: Any) -> None:
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    index = {"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    types = {"pk": "S", "sk": "N"} if more else {"pk": "S", "sk": "N", "g": "S"}
    server.client("dynamodb").create_table(
        TableName=table, KeySchema=keys, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[{"AttributeName": a, "AttributeType": t} for a, t in types.items()],
        **(more if "StreamSpecification" in more or more == {} else {}), **({} if more else {"GlobalSecondaryIndexes": [index]}))
    server.client("dynamodb").get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})


def fill(server: Server, size: int) -> float:
    """Items a second."""
    create(server, "sized")
    begun = time.perf_counter()
    for start in range(0, size, CHUNK):
        batches = [request("dynamodb", "DynamoDB_20120810.BatchWriteItem", {"RequestItems": {"sized": [
            {"PutRequest": {"Item": item(n, size)}} for n in range(at, at + 25)]}}) for at in range(start, min(size, start + CHUNK), 25)]
        play(server, batches, 4, f"x{len(batches)}", '"UnprocessedItems":{}')
    return size / (time.perf_counter() - begun)


def asked(size: int) -> Iterator[tuple[str, str, list[bytes]]]:
    places = [n * 104_729 % size for n in range(ASKED)]
    groups = size // TOGETHER
    values = {n: {":v": {"S": f"customer-{n // TOGETHER}"}} for n in places}
    yield "GetItem", '"amount"', [of("GetItem", "sized", Key=key(n)) for n in places]
    yield f"Query of {TOGETHER}", f'"Count":{TOGETHER}', [
        of("Query", "sized", KeyConditionExpression="pk = :v", ExpressionAttributeValues=values[n]) for n in places]
    yield f"index Query of {TOGETHER}", '"Count"', [
        of("Query", "sized", IndexName="by-g", KeyConditionExpression="g = :v", ExpressionAttributeValues={":v": {"S": f"group-{n % groups}"}}) for n in places]
    yield "PutItem", "", [of("PutItem", "sized", Item=item(n, size, letter)) for letter in "yz" for n in places]  # each changes something


def cost(server: Server, requests: list[bytes], connections: int, seconds: float, expected: str) -> float:
    result = play(server, requests, connections, str(seconds), expected)
    assert not result["errors"], f"{server.peer.name}: {result['errors']} errors\n{result['said']}"
    return result["cpu_us"]


def by_turns(parts: list[Callable[[], float]], rounds: int) -> list[float]:
    taken: list[list[float]] = [[] for _ in parts]
    for _ in range(rounds):
        for part, into in zip(parts, taken, strict=True):
            into.append(part())
    return [statistics.median(into) for into in taken]


def sizes(stack: ExitStack, wanted: list[int], rounds: int, seconds: float) -> Iterator[str]:
    servers: list[tuple[str, Server, int]] = []
    for size in wanted:
        servers.append((f"ours, {size:,} items", Server(OURS), size))
    servers += [("DynamoDB Local, 10,000", LocalServer(), 10_000), ("dynalite, 10,000", Server(DYNALITE), 10_000)]
    for _, server, _ in servers:
        stack.callback(server.stop)
    for name, server, size in servers:
        rate = fill(server, size)
        print(f"{name}: filled with {rate:,.0f} items/s, {server.resident_mib():.0f} MiB resident", file=sys.stderr, flush=True)
    yield "| operation | " + " | ".join(name for name, _, _ in servers) + " |"
    yield "| --- |" + " --- |" * len(servers)
    requests = [list(asked(size)) for _, _, size in servers]
    for at, (operation, expected, _) in enumerate(requests[0]):
        figures = by_turns([lambda s=server, r=requests[i][at][2]: cost(s, r, 1, seconds, expected)
                            for i, (_, server, _) in enumerate(servers)], rounds)
        yield f"| {operation} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |"


def streams(stack: ExitStack, rounds: int, seconds: float) -> Iterator[str]:
    server = Server(OURS)
    stack.callback(server.stop)
    kinds = ("none", "KEYS_ONLY", "NEW_AND_OLD_IMAGES")
    for kind in kinds:
        create(server, f"stream-{kind}", **({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": kind}} if kind != "none" else {"plain": True}))
    puts = {kind: [of("PutItem", f"stream-{kind}", Item={name: value for name, value in item(n % ASKED, 10_000, "xy"[n // ASKED]).items() if name != "g"})
                   for n in range(2 * ASKED)] for kind in kinds}
    yield "| PutItem, connections | " + " | ".join(f"stream: {kind}" for kind in kinds) + " |"
    yield "| --- |" + " --- |" * len(kinds)
    for connections in (1, 16):
        figures = by_turns([lambda k=kind: cost(server, puts[k], connections, seconds, "") for kind in kinds], rounds)
        yield f"| {connections} | " + " | ".join(f"{figure:.1f} ({100 * figure / figures[0] - 100:+.0f} %)" for figure in figures) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="items; default 10,000 and 1,000,000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        for line in streams(stack, chosen.rounds, chosen.seconds):
            print(line, flush=True)
    with ExitStack() as stack:
        for line in sizes(stack, chosen.sizes, chosen.rounds, chosen.seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main()

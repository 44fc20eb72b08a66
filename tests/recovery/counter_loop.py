#!/usr/bin/env python3
"""Lost updates: 16 connections count up together, the emulator is killed under them, and the sum is right.

Each connection increments one of a few counters, again and again, in one of three ways:

    add          UpdateItem, ADD total and its own share
    compare      GetItem, then UpdateItem on the condition that the total is still what was read; again where it is not
    transaction  TransactWriteItems: ADD total, and a receipt that must not be there yet, with a token of its own

An increment that was never answered is looked for in the item (the connection's own share), or sent again with the same token. At the end each
share is what its connection counted, each receipt is there once, and each total is their sum. README.md says how to run it."""

from __future__ import annotations

import argparse
import random
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
from kill_loop import check_file, report  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

TABLE = "counters"
CONNECTIONS = 16
COUNTERS = 3
WAYS = ("add", "compare", "transaction")
ONE = {":one": {"N": "1"}}
PATIENCE_SECONDS = 60


def key_of(name: str) -> dict[str, Any]:
    return {"id": {"S": name}}


def number_in(item: dict[str, Any], name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])


class Progress:
    """How many increments are still to be made, of all connections."""

    def __init__(self, increments: int):
        self.left, self.done, self.lock = increments, 0, threading.Lock()

    def take(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def count(self) -> None:
        with self.lock:
            self.done += 1


@dataclass
class Counting:
    """One connection."""

    number: int
    progress: Progress
    counted: dict[str, int] = field(default_factory=dict)  # by counter
    lost: int = 0  # answers
    refused: int = 0  # of "compare": another one was faster
    failure: BaseException | None = None
    client: Client | None = None

    def run(self, port: int) -> None:
        self.client, chance, way = Client(port), random.Random(self.number), getattr(self, WAYS[self.number % len(WAYS)])
        try:
            while self.progress.take():
                counter = f"counter-{chance.randrange(COUNTERS)}"
                way(counter)
                self.counted[counter] = self.counted.get(counter, 0) + 1
                self.progress.count()
        except BaseException as error:  # noqa: BLE001: told by the main thread
            self.failure = error

    @property
    def share(self) -> str:
        return f"share-{self.number}"

    def ask(self, operation: str, **members: Any) -> tuple[int, dict[str, Any]] | None:
        """None: no whole answer came."""
        assert self.client
        try:
            return self.client.ask("dynamodb", operation, TableName=TABLE, **members)
        except LOST_CONNECTION:
            self.lost += 1
            time.sleep(0.01)
            return None

    def read(self, counter: str) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if answer := self.ask("GetItem", Key=key_of(counter), ConsistentRead=True):
                assert answer[0] == 200, answer
                item: dict[str, Any] = answer[1].get("Item", {})
                return item
        raise TimeoutError("nobody answers")

    def is_counted(self, counter: str) -> bool:
        """After a lost answer: did the increment come through?"""
        return number_in(self.read(counter), self.share) > self.counted.get(counter, 0)

    def add(self, counter: str) -> None:
        names = {"#total": "total", "#share": self.share}
        while True:
            answer = self.ask("UpdateItem", Key=key_of(counter), UpdateExpression="ADD #total :one, #share :one", ExpressionAttributeNames=names,
                              ExpressionAttributeValues=ONE)
            if answer:
                assert answer[0] == 200, answer
                return
            if self.is_counted(counter):
                return

    def compare(self, counter: str) -> None:
        names = {"#total": "total", "#share": self.share}
        while True:
            total = number_in(self.read(counter), "total")
            values = {":old": {"N": str(total)}, ":new": {"N": str(total + 1)}} | ONE
            answer = self.ask("UpdateItem", Key=key_of(counter), UpdateExpression="SET #total = :new ADD #share :one", ConditionExpression="#total = :old",
                              ExpressionAttributeNames=names, ExpressionAttributeValues=values)
            if answer and answer[0] == 200 or not answer and self.is_counted(counter):
                return
            if answer:
                assert "ConditionalCheckFailed" in answer[1]["__type"], answer
                self.refused += 1

    def transaction(self, counter: str) -> None:
        number = self.counted.get(counter, 0)
        receipt = {"TableName": TABLE, "Item": key_of(f"receipt {counter} {self.number} {number}"), "ConditionExpression": "attribute_not_exists(id)"}
        update = {"TableName": TABLE, "Key": key_of(counter), "UpdateExpression": "ADD #total :one", "ExpressionAttributeNames": {"#total": "total"},
                  "ExpressionAttributeValues": ONE}
        assert self.client
        while True:
            try:
                answer = self.client.ask("dynamodb", "TransactWriteItems", TransactItems=[{"Update": update}, {"Put": receipt}],
                                         ClientRequestToken=f"{counter} {self.number} {number}")
            except LOST_CONNECTION:
                self.lost += 1
                time.sleep(0.01)
                continue
            assert answer[0] == 200, answer
            return


def items(client: Client) -> Iterator[dict[str, Any]]:
    more: dict[str, Any] = {}
    while True:
        page = client.must("dynamodb", "Scan", TableName=TABLE, ConsistentRead=True, **more)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def check(client: Client, countings: list[Counting]) -> Iterator[str]:
    """What is wrong, in words."""
    counters: dict[str, dict[str, Any]] = {}
    receipts: dict[tuple[str, int], int] = {}
    for item in items(client):
        words = item["id"]["S"].split(" ")
        if words[0] == "receipt":
            receipts[words[1], int(words[2])] = receipts.get((words[1], int(words[2])), 0) + 1
        else:
            counters[words[0]] = item
    for counter, item in counters.items():
        total = 0
        for one in countings:
            is_told_by_receipts = WAYS[one.number % len(WAYS)] == "transaction"
            there = receipts.get((counter, one.number), 0) if is_told_by_receipts else number_in(item, one.share)
            total += there
            if there != one.counted.get(counter, 0):
                yield f"{counter}: connection {one.number} counted {one.counted.get(counter, 0)}, {there} are there"
        if number_in(item, "total") != total:
            yield f"{counter}: the total is {number_in(item, 'total')}, the increments are {total}"


@dataclass
class Result:
    increments: int
    kills: int
    lost: int
    refused: int
    problems: list[str]

    def __str__(self) -> str:
        verdict = "the sum is right" if not self.problems else f"{len(self.problems)} PROBLEMS"
        return (f"{self.increments} increments on {CONNECTIONS} connections, {self.kills} kills: {self.lost} answers lost, {self.refused} compared in vain: "
                f"{verdict}")


def make_table(client: Client) -> None:
    client.must("dynamodb", "CreateTable", TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    while client.must("dynamodb", "DescribeTable", TableName=TABLE)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(0.02)
    for number in range(COUNTERS):
        client.must("dynamodb", "PutItem", TableName=TABLE, Item=key_of(f"counter-{number}") | {"total": {"N": "0"}})


def wait_for(progress: Progress, done: float, countings: list[Counting], emulator: LocalEmulator) -> None:
    seen, until = -1, time.monotonic() + PATIENCE_SECONDS
    while progress.done < done:
        if failure := next((one.failure for one in countings if one.failure), None):
            raise failure
        if progress.done != seen:
            seen, until = progress.done, time.monotonic() + PATIENCE_SECONDS
        assert time.monotonic() < until, f"no increments any more after {seen}: {emulator.logged()}"
        time.sleep(0.005)


def run(increments: int, kills: int, data: Path) -> Result:
    progress = Progress(increments)
    with LocalEmulator(data=data) as emulator:
        make_table(Client(emulator.port))
        countings = [Counting(number, progress) for number in range(CONNECTIONS)]
        threads = [threading.Thread(target=one.run, args=(emulator.port,), daemon=True) for one in countings]
        for thread in threads:
            thread.start()
        for kill in range(kills):
            wait_for(progress, increments * (kill + 1) / (kills + 1), countings, emulator)
            emulator.kill()
            emulator.start()
        wait_for(progress, increments, countings, emulator)
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        problems = [*check(Client(emulator.port), countings)]
    problems += [*check_file(data), *(f"connection {one.number}: {one.failure!r}" for one in countings if one.failure)]
    increments_made = sum(sum(one.counted.values()) for one in countings)
    return Result(increments_made, kills, sum(one.lost for one in countings), sum(one.refused for one in countings), problems)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--increments", type=int, default=100_000)
    arguments.add_argument("--kills", type=int, default=20)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="evpoc-counters-") as data:
        result = run(given.increments, given.kills, Path(data) / "data")
    report(result)


if __name__ == "__main__":
    main()

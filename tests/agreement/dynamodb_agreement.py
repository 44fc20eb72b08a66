#!/usr/bin/env python3
"""The answers of DynamoDB beside those of DynamoDB Local, AWS's own. README.md says how."""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE), str(HERE.parent / "clients"), str(HERE.parent / "property")]
from dynamodb_calls import Calls, Members  # noqa: E402
from dynamodb_known import known, numbers, only_takes_away, same_words  # noqa: E402
from dynamodb_random import Maker, Table  # noqa: E402
from dynamodb_statements import Statements  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

CALLS_A_ROUND = 150
PAGES_MAX = 60
WRONG = 0.2  # of the calls
STATEMENTS = 0.1
TABLES = 0.02  # made, mostly with a mistake, and dropped again

WRITES = {"ExecuteStatement", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}

Answer = tuple[int, Members]


class Peer:
    """awsJson without more ado."""

    def __init__(self, port: int, adapt: Callable[[Members], Members] = lambda body: body):
        self.adapt = adapt  # what it answers
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, operation: str, members: Members, service: str = "DynamoDB") -> Answer:
        headers = {"X-Amz-Target": f"{service}_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0",
                   "Authorization": "AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"}
        self.connection.request("POST", "/", json.dumps(members), headers)
        answer = self.connection.getresponse()
        body = self.adapt(json.loads(answer.read() or b"{}"))
        if answer.status != 200:
            body["__type"] = body.get("__type", "").split("#")[-1]
            body["message"] = body.pop("Message", body.get("message", ""))
        return answer.status, body

    def must(self, operation: str, members: Members, service: str = "DynamoDB") -> Members:
        status, answer = self.ask(operation, members, service)
        assert status == 200, (operation, members, answer)
        return answer


@contextmanager
def dynamodb_local(program: list[str | Path]) -> Iterator[Peer]:
    """Runs it; it ends with its standard input."""
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin and process.stdout
        port = next(int(line.split()[-1]) for line in process.stdout if line.startswith("listening on "))
        try:
            yield Peer(port, numbers)
        finally:
            process.stdin.close()


# What may differ between two right answers


def plain(thing: Any, name: str = "") -> Any:
    """Sets and reasons in one order; nothing that is empty or of the moment."""
    if isinstance(thing, list):
        if name in ("SS", "NS", "BS"):
            return sorted(thing)
        return [plain(part) for part in thing]
    if isinstance(thing, dict):
        return {key: plain(value, key) for key, value in thing.items()}
    return thing


def in_order(things: list[Any]) -> list[Any]:
    return sorted(things, key=lambda thing: json.dumps(thing, sort_keys=True))


def comparable(operation: str, members: Members, answer: Answer) -> Answer:
    status, body = answer
    body = plain(body)
    if operation == "BatchGetItem" and status == 200:
        body["Responses"] = {name: in_order(items) for name, items in body["Responses"].items()}
    if isinstance(body.get("ConsumedCapacity"), list):
        body["ConsumedCapacity"] = in_order(body["ConsumedCapacity"])
    if operation == "ExecuteStatement" and status == 200 and "Items" in body:
        body["Items"] = in_order(body["Items"])  # a Scan's have no order
    if operation == "DescribeTable" and status == 200:
        body = described(body["Table"])
    return status, body


OF_THE_MOMENT = {"CreationDateTime", "TableStatus", "IndexStatus", "ProvisionedThroughput", "ItemCount", "TableId", "LatestStreamArn",
                 "LatestStreamLabel", "TableArn", "IndexArn", "LastUpdateToPayPerRequestDateTime", "IndexSizeBytes", "TableSizeBytes",
                 "WarmThroughput", "DeletionProtectionEnabled", "TableThroughputModeSummary", "OnDemandThroughput"}


def described(table: Any) -> Any:
    if isinstance(table, list):
        return in_order([described(part) for part in table])
    if isinstance(table, dict):
        return {name: described(value) for name, value in table.items() if name not in OF_THE_MOMENT}
    return table


@dataclass
class Result:
    calls: int = 0
    records: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    known: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


class Round:
    """A few tables, made alike on both sides, and some calls on them."""

    def __init__(self, peers: tuple[Peer, Peer], seed: int, result: Result):
        self.ours, self.theirs = peers
        self.result, self.seed = result, seed
        self.chance = random.Random(seed)
        make = Maker(self.chance)
        self.tables = [make.table(f"agreement-{seed}-{number}") for number in range(self.chance.randint(1, 3))]
        self.mended: set[str] = set()  # tables whose items were set right by hand: their streams differ
        for table in self.tables:
            self.both("CreateTable", table.definition(), lambda answer: described(answer.get("TableDescription", answer)))
        self.calls = Calls(self.chance, self.tables)
        self.statements = Statements(random.Random(seed), self.tables)

    def both(self, operation: str, members: Members, comparable_body: Any = None) -> tuple[Answer, Answer]:
        ours, theirs = self.ours.ask(operation, members), self.theirs.ask(operation, members)
        self.result.calls += 1
        self.result.operations[operation] += 1
        self.result.refused += theirs[0] != 200
        if comparable_body:
            ours, theirs = (ours[0], comparable_body(ours[1])), (theirs[0], comparable_body(theirs[1]))
        else:
            ours, theirs = comparable(operation, members, ours), comparable(operation, members, theirs)
        self.compare(operation, members, ours, theirs)
        return ours, theirs

    def compare(self, operation: str, members: Members, ours: Answer, theirs: Answer) -> None:
        why = known(operation, members, ours, theirs) if ours != theirs else None
        if why:
            self.result.known[why] += 1
        elif ours != theirs:
            self.result.differences.append(f"seed {self.seed}: {operation} {json.dumps(members, ensure_ascii=False)}\n"
                                           f"  DynamoDB Local: {json.dumps(theirs, ensure_ascii=False)}\n  ours:           {json.dumps(ours, ensure_ascii=False)}")
        # A difference, or what DynamoDB Local makes an item of: it writes also when it refuses afterwards.
        if operation in WRITES and (only_takes_away(operation, members) or ours != theirs and not same_words(ours, theirs)):
            self.mend()

    def table(self) -> None:
        """One more, right or wrong, that goes again."""
        operation, members = self.calls.create_table()
        self.both(operation, members, lambda answer: described(answer.get("TableDescription", answer)))
        for peer in (self.ours, self.theirs):
            peer.ask("DeleteTable", {"TableName": members.get("TableName", "agreement-made")})

    # items

    def items(self, peer: Peer, table: Table) -> dict[str, Members]:
        """By key."""
        items, more = {}, {}
        while True:
            page = peer.must("Scan", {"TableName": table.name, "ConsistentRead": True} | more)
            for item in plain(page["Items"]):
                items[json.dumps([item[name] for name in table.keys_of(None)])] = item
            if "LastEvaluatedKey" not in page:
                return items
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def mend(self) -> None:
        """After one side alone wrote: what differs is deleted on both."""
        for table in self.tables:
            ours, theirs = self.items(self.ours, table), self.items(self.theirs, table)
            for key in sorted(ours.keys() | theirs.keys()):
                if ours.get(key) != theirs.get(key):
                    self.mended.add(table.name)
                    item = ours.get(key) or theirs[key]
                    for peer in (self.ours, self.theirs):
                        peer.must("DeleteItem", {"TableName": table.name, "Key": {name: item[name] for name in table.keys_of(None)}})

    def check_items(self) -> None:
        for table in self.tables:
            ours, theirs = self.items(self.ours, table), self.items(self.theirs, table)
            for key in sorted(ours.keys() | theirs.keys()):
                self.compare("(items)", {"TableName": table.name, "key": key}, (200, {"item": ours.get(key)}), (200, {"item": theirs.get(key)}))

    # pages

    def pages(self, operation: str, members: Members) -> None:
        """Page after page, each side with its own keys. Rows that are equal to an index may come in any order, those of a Scan, too."""
        table = next((table for table in self.tables if table.name == members.get("TableName")), None)
        index = next((index for index in table.indexes if index.name == members.get("IndexName")), None) if table else None
        ours, theirs = self.all_pages(self.ours, operation, members), self.all_pages(self.theirs, operation, members)
        self.result.calls += 1
        self.result.operations[operation] += 1
        self.result.refused += theirs[-1][0] != 200
        free_order = operation == "Scan" or index is not None
        self.compare(operation, members, self.together(ours, free_order), self.together(theirs, free_order))

    def all_pages(self, peer: Peer, operation: str, members: Members) -> list[Answer]:
        pages, more = [], {}
        while len(pages) < PAGES_MAX:
            pages.append(peer.ask(operation, members | more))
            if "LastEvaluatedKey" not in pages[-1][1]:
                break
            more = {"ExclusiveStartKey": pages[-1][1]["LastEvaluatedKey"]}
        return pages

    def together(self, pages: list[Answer], free_order: bool) -> Answer:
        if pages[-1][0] != 200:
            return pages[-1][0], plain(pages[-1][1])
        items = [item for _, page in pages for item in plain(page.get("Items", []))]
        whole = {"Pages": len(pages), "Items": in_order(items) if free_order else items}
        whole["ScannedCount"] = [page["ScannedCount"] for _, page in pages]
        whole["Count"] = sum(page["Count"] for _, page in pages) if free_order else [page["Count"] for _, page in pages]
        whole["ConsumedCapacity"] = [page["ConsumedCapacity"] for _, page in pages if "ConsumedCapacity" in page]
        if not free_order:
            whole["Keys"] = [plain(page.get("LastEvaluatedKey")) for _, page in pages]
        return 200, whole

    # streams

    def stream(self, peer: Peer, table: Table) -> dict[str, list[Any]]:
        """The records by key: that is the order that holds."""
        arn = peer.must("DescribeTable", {"TableName": table.name})["Table"]["LatestStreamArn"]
        records: dict[str, list[Any]] = {}
        for shard in peer.must("DescribeStream", {"StreamArn": arn}, "DynamoDBStreams")["StreamDescription"]["Shards"]:
            at = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = peer.must("GetShardIterator", at, "DynamoDBStreams")["ShardIterator"]
            while iterator:
                page = peer.must("GetRecords", {"ShardIterator": iterator}, "DynamoDBStreams")
                for record in page["Records"]:
                    told = plain(record["dynamodb"])
                    for name in ("SequenceNumber", "ApproximateCreationDateTime"):
                        told.pop(name)
                    told["eventName"] = record["eventName"]
                    records.setdefault(json.dumps(told["Keys"], sort_keys=True), []).append(told)
                iterator = page.get("NextShardIterator") if page["Records"] else None
        return records

    def check_streams(self) -> None:
        for table in self.tables:
            if not table.view or table.name in self.mended:
                continue
            ours, theirs = self.stream(self.ours, table), self.stream(self.theirs, table)
            for key in sorted(ours.keys() | theirs.keys()):
                self.result.records += len(theirs.get(key, []))
                self.compare("(stream)", {"TableName": table.name, "key": key}, (200, {"records": ours.get(key)}), (200, {"records": theirs.get(key)}))

    # the whole

    def run(self, calls: int) -> None:
        for _ in range(calls):
            if STATEMENTS > self.chance.random():
                self.both("ExecuteStatement", self.statements.one())
                continue
            if TABLES > self.chance.random():
                self.table()
                continue
            operation, members = self.calls.wrong() if self.chance.random() < WRONG else self.calls.right()
            if operation in ("Query", "Scan"):
                self.pages(operation, members)
            else:
                self.both(operation, members)
        self.check_items()
        self.check_streams()
        for table in self.tables:
            for peer in (self.ours, self.theirs):
                peer.ask("DeleteTable", {"TableName": table.name})


def run(emulator: LocalEmulator, local: list[str | Path], calls: int, seed: int) -> Result:
    """Round after round; the n-th has the seed `seed` + n, and can be done again alone."""
    result = Result()
    with dynamodb_local(local) as theirs:
        while result.calls < calls:
            Round((Peer(emulator.port), theirs), seed, result).run(min(CALLS_A_ROUND, calls - result.calls))
            seed += 1
    return result


def main() -> int:
    from sdk import java_program

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, metavar="N", help="default 20,000")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the first round; default 1")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="differences to print; default 20")
    chosen = parser.parse_args()
    with LocalEmulator() as emulator:
        result = run(emulator, java_program("LocalServer", "java_dynamodb_local"), chosen.calls, chosen.seed)
    for difference in result.differences[:chosen.show]:
        print(difference)
    for why, count in result.known.most_common():
        print(f"{count:6} {why}")
    print(f"{result.calls} calls, {result.refused} of them refused, {result.records} records of streams: {len(result.differences)} differences")
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())

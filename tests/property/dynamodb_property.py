#!/usr/bin/env python3
"""Random operations on DynamoDB's tables, each answer held against a simple model. README.md says what is checked."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE.parent / "recovery"), str(HERE)]
from awsjson import Client  # noqa: E402
import dynamodb_model as model  # noqa: E402
from dynamodb_model import Cost, Invalid, Misfit, TableModel, plain  # noqa: E402
from dynamodb_random import Index, Item, Maker, Table, Tree, Words, index_definition  # noqa: E402
from kinesis_property import Refuted, expect  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

TABLES = 3
PAGES_MAX = 2000
ITEMS_MAX = 150  # of a table: above, items go


def shown(thing: Any) -> str:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True)[:1500]


class Run:
    """Some tables, and their models."""

    def __init__(self, seed: int, data: Path):
        self.chance, self.data = random.Random(seed), data
        self.make = Maker(self.chance)
        self.done: Counter[str] = Counter()
        self.made = 0  # indexes
        self.emulator = LocalEmulator(data=data).start()
        self.client = Client(self.emulator.port)
        self.models = [TableModel(self.make.table(f"property-{number}")) for number in range(TABLES)]
        self.streams: dict[str, str] = {}
        for one in self.models:
            described = self.must("CreateTable", **one.table.definition())["TableDescription"]
            self.streams[one.table.name] = described.get("LatestStreamArn", "")

    def close(self) -> None:
        expect(self.emulator.stop() == 0, f"the emulator did not end well: {self.emulator.logged()}")

    def ask(self, operation: str, **members: Any) -> tuple[int, dict[str, Any]]:
        return self.client.ask("dynamodb", operation, **members)

    def must(self, operation: str, **members: Any) -> dict[str, Any]:
        status, answer = self.ask(operation, **members)
        expect(status == 200, f"{operation} {shown(members)}: {status} {shown(answer)}")
        return answer

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def any(self) -> TableModel:
        return self.chance.choice(self.models)

    def key(self, one: TableModel) -> Item:
        """Of an item that is there, or any."""
        if one.items and self.likely(0.6):
            return one.key(self.chance.choice(list(one.items.values())))
        return self.make.key(one.table)

    def condition(self, one: TableModel, probability: float) -> Tree | None:
        return self.make.condition(one.table) if self.likely(probability) else None

    # what is expected of answers

    def refused(self, operation: str, members: dict[str, Any], kind: str) -> dict[str, Any]:
        status, answer = self.ask(operation, **members)
        told = answer.get("__type", "").split("#")[-1]
        expect(status == 400 and told == kind, f"{operation} {shown(members)}: {status} {shown(answer)} instead of {kind}")
        self.done[kind] += 1
        return answer

    def same(self, what: str, told: Any, wanted: Any) -> None:
        expect(told == wanted, f"{what}\n  told:   {shown(told)}\n  wanted: {shown(wanted)}")

    def check_cost(self, what: str, answer: dict[str, Any], cost: Cost) -> None:
        consumed = answer["ConsumedCapacity"]
        told = {name: units["CapacityUnits"] for part in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") for name, units in consumed.get(part, {}).items()}
        self.same(f"{what}: units", [consumed["CapacityUnits"], consumed["Table"]["CapacityUnits"], told], [cost.total, cost.table, cost.indexes])

    # writes of one item

    def write(self, operation: str, one: TableModel, key: Item, members: dict[str, Any], condition: Tree | None, actions: list[Tree] | Item | None) -> None:
        """actions: of an update; a whole item; or None: it goes."""
        what = f"{operation} {shown(members)}"
        members = {"TableName": one.table.name, "ReturnConsumedCapacity": "INDEXES"} | members
        before = one.get(key)
        try:
            if isinstance(actions, list):
                model.check_actions(one.table, actions)
            model.check_condition(one.table, condition)
            if isinstance(actions, dict):
                one.check_index_keys(actions)
            if condition and not model.holds(before or {}, condition):
                told = self.refused(operation, members, "ConditionalCheckFailedException")
                shows = before if members.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else None
                self.same(f"{what}: the item", told.get("Item") and plain(told["Item"]), shows)
                return
            after = model.updated(before, plain(key), actions) if isinstance(actions, list) else actions
            if after is not None:
                one.check_index_keys(after)
        except Invalid:
            self.refused(operation, members, "ValidationException")
            return
        answer = self.must(operation, **members)
        cost = one.write(key, after)
        self.check_cost(what, answer, cost)
        self.check_returned(what, members, answer, before, after, actions)

    def check_returned(self, what: str, members: dict[str, Any], answer: dict[str, Any], before: Item | None, after: Item | None, actions: Any) -> None:
        kind = members.get("ReturnValues", "NONE")
        item = {"ALL_OLD": before, "UPDATED_OLD": before, "ALL_NEW": after, "UPDATED_NEW": after}.get(kind) or {}
        wanted = model.projected(item, [action[1] for action in actions]) if kind.startswith("UPDATED") else item
        self.same(f"{what}: attributes", plain(answer.get("Attributes", {})), wanted)

    def conditional(self, one: TableModel, words: Words, probability: float) -> tuple[Tree | None, dict[str, Any]]:
        condition = self.condition(one, probability)
        if not condition:
            return None, {}
        more = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if self.likely(0.5) else {}
        return condition, {"ConditionExpression": words.condition(condition)} | more

    def returns(self, *kinds: str) -> dict[str, Any]:
        return {"ReturnValues": self.chance.choice(kinds)} if self.likely(0.6) else {}

    def put_item(self) -> None:
        one, words = self.any(), Words(self.chance)
        item = self.make.item(one.table) | self.key(one)
        condition, members = self.conditional(one, words, 0.3)
        self.write("PutItem", one, item, {"Item": item} | members | words.members() | self.returns("NONE", "ALL_OLD"), condition, plain(item))

    def delete_item(self) -> None:
        one, words = self.any(), Words(self.chance)
        key = self.key(one)
        condition, members = self.conditional(one, words, 0.3)
        self.write("DeleteItem", one, key, {"Key": key} | members | words.members() | self.returns("NONE", "ALL_OLD"), condition, None)

    def update_item(self) -> None:
        one, words = self.any(), Words(self.chance)
        key, actions = self.key(one), self.make.actions(one.table)
        update = {"UpdateExpression": words.update(actions)}
        condition, members = self.conditional(one, words, 0.2)
        more = self.returns("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
        self.write("UpdateItem", one, key, {"Key": key} | update | members | words.members() | more, condition, actions)

    # writes of several

    def batch_write_item(self) -> None:
        asked: dict[str, list[Any]] = {}
        writes: list[tuple[TableModel, Item, Item | None]] = []
        for one in self.chance.sample(self.models, self.chance.randint(1, TABLES)):
            keys = {one.name(key): key for key in (self.key(one) for _ in range(self.chance.randint(1, 5)))}
            for key in keys.values():
                item = plain(self.make.item(one.table) | key) if self.likely(0.7) else None
                asked.setdefault(one.table.name, []).append({"PutRequest": {"Item": item}} if item else {"DeleteRequest": {"Key": key}})
                writes.append((one, key, item))
        try:
            for one, _, item in writes:
                one.check_index_keys(item or {})
        except Invalid:
            self.refused("BatchWriteItem", {"RequestItems": asked}, "ValidationException")
            return
        costs: dict[str, Cost] = {}
        for one, key, item in writes:
            costs[one.table.name] = costs.get(one.table.name, Cost(0)) + one.write(key, item)
        answer = self.must("BatchWriteItem", RequestItems=asked, ReturnConsumedCapacity="INDEXES")
        self.same("BatchWriteItem: unprocessed", answer["UnprocessedItems"], {})
        for consumed in answer["ConsumedCapacity"]:
            self.check_cost(f"BatchWriteItem {shown(asked)}", {"ConsumedCapacity": consumed}, costs[consumed["TableName"]])

    def transact_write_items(self) -> None:
        parts: list[dict[str, Any]] = []
        plans: list[tuple[TableModel, Item, Tree | None, Any]] = []
        for _ in range(self.chance.randint(1, 4)):
            one, words = self.any(), Words(self.chance)
            key = self.key(one)
            if any(other is one and one.name(known) == one.name(key) for other, known, *_ in plans):
                continue
            kind = self.chance.choice(("Put", "Update", "Delete", "ConditionCheck"))
            condition = self.condition(one, 1 if kind == "ConditionCheck" else 0.2)
            what: Any = None
            members: dict[str, Any] = {"TableName": one.table.name, "Key": key}
            if kind == "Put":
                what = plain(self.make.item(one.table) | key)
                members = {"TableName": one.table.name, "Item": what}
            elif kind == "Update":
                what = self.make.actions(one.table)
                members["UpdateExpression"] = words.update(what)
            elif kind == "ConditionCheck":
                what = "check"
            if condition:
                members["ConditionExpression"] = words.condition(condition)
            parts.append({kind: members | words.members()})
            plans.append((one, key, condition, what))
        self.transact(parts, plans)

    def transact(self, parts: list[dict[str, Any]], plans: list[tuple[TableModel, Item, Tree | None, Any]]) -> None:
        members = {"TransactItems": parts}
        try:
            judged = [self.judge(*plan) for plan in plans]
        except Invalid:
            self.refused("TransactWriteItems", members, "ValidationException")
            return
        codes = [code for code, _ in judged]
        if any(code != "None" for code in codes):
            answer = self.refused("TransactWriteItems", members, "TransactionCanceledException")
            self.same(f"TransactWriteItems {shown(members)}: reasons", [reason["Code"] for reason in answer["CancellationReasons"]], codes)
            return
        self.must("TransactWriteItems", **members)
        for (one, key, _, what), (_, after) in zip(plans, judged):
            if what != "check":
                one.write(key, after)

    def judge(self, one: TableModel, key: Item, condition: Tree | None, what: Any) -> tuple[str, Item | None]:
        """The part's code, and what would be there."""
        before = one.get(key)
        try:
            if isinstance(what, list):
                model.check_actions(one.table, what)
            model.check_condition(one.table, condition)
        except Misfit:
            self.check_later(one, condition, what)
            return "ValidationError", None
        if condition and not model.holds(before or {}, condition):
            return "ConditionalCheckFailed", None
        try:
            after = model.updated(before, plain(key), what) if isinstance(what, list) else None if what == "check" else what
            if after is not None:
                one.check_index_keys(after)
        except Invalid:
            return "ValidationError", None
        return "None", after

    def check_later(self, one: TableModel, condition: Tree | None, what: Any) -> None:
        """What is the request's mistake is told before what is a part's."""
        if condition and model.is_malformed(condition):
            raise Invalid("compared with itself")

    # reads

    def get_item(self) -> None:
        one, words = self.any(), Words(self.chance)
        key, is_consistent = self.key(one), self.likely(0.5)
        paths = self.paths(one, 0.4)
        members = {"TableName": one.table.name, "Key": key, "ConsistentRead": is_consistent, "ReturnConsumedCapacity": "TOTAL"}
        if paths is not None:
            members["ProjectionExpression"] = ", ".join(words.path(path) for path in paths)
        members |= words.members()
        item = one.get(key)
        try:
            model.check_tree(one.table, *(paths or []))
        except Invalid:
            self.refused("GetItem", members, "ValidationException")
            return
        answer = self.must("GetItem", **members)
        self.same(f"GetItem {shown(members)}", plain(answer.get("Item", {})), model.projected(item or {}, paths))
        self.same("its units", answer["ConsumedCapacity"]["CapacityUnits"], model.read_units(model.item_size(item), is_consistent))

    def paths(self, one: TableModel, probability: float) -> list[Tree] | None:
        if not self.likely(probability):
            return None
        return list({path[1]: path for path in (self.make.path(one.table) for _ in range(self.chance.randint(1, 4)))}.values())

    def query(self) -> None:
        one, words = self.any(), Words(self.chance)
        index = self.chance.choice((None, *one.table.indexes))
        parts = self.make.key_condition(one.table, index)
        at = index.range if index else one.table.range
        members = {"KeyConditionExpression": " AND ".join(words.condition(part) for part in parts), "ScanIndexForward": self.likely(0.5)}
        rows = [row for row in one.rows(index) if all(model.holds(row, part) for part in parts)]
        if at:
            rows.sort(key=lambda row: model.order_of(row[at]), reverse=not members["ScanIndexForward"])
        self.read_rows("Query", one, index, words, members, rows, at)

    def scan(self) -> None:
        one, words = self.any(), Words(self.chance)
        index = self.chance.choice((None, None, *one.table.indexes))
        self.read_rows("Scan", one, index, words, {}, one.rows(index), None)

    def read_rows(self, operation: str, one: TableModel, index: Index | None, words: Words, members: dict[str, Any], rows: list[Item], at: str | None) -> None:
        """rows: those that are met, in their order by `at`; which of those that are equal comes first is nobody's business."""
        members = {"TableName": one.table.name, "ReturnConsumedCapacity": "TOTAL"} | members | ({"IndexName": index.name} if index else {})
        condition, limit = self.condition(one, 0.3), self.chance.choice((None, None, 1, 2, 5, 20))
        if condition:
            members["FilterExpression"] = words.condition(condition)
        members |= words.members() | ({"Limit": limit} if limit else {})
        try:
            self.check_filter(operation, one, index, condition)
        except Invalid:
            self.refused(operation, members, "ValidationException")
            return
        kept = [row for row in rows if not condition or model.holds(row, condition)]
        pages = self.pages(operation, members)
        told = [plain(item) for page in pages for item in page["Items"]]
        what = f"{operation} {shown(members)}"
        self.same(f"{what}: items", sorted(map(shown, told)), sorted(map(shown, kept)))
        if at:
            self.same(f"{what}: order", [item[at] for item in told], [item[at] for item in kept])
        scanned = [page["ScannedCount"] for page in pages]
        self.same(f"{what}: scanned", sum(scanned), len(rows))
        expect(all(count == limit for count in scanned[:-1]), f"{what}: pages of {scanned}")
        self.same(f"{what}: counts", [page["Count"] for page in pages], [len(page["Items"]) for page in pages])
        if len(pages) == 1:
            size = sum(map(model.item_size, rows))
            units = 0 if operation == "Scan" and not rows else model.read_units(size, False)
            self.same(f"{what}: units", pages[0]["ConsumedCapacity"]["CapacityUnits"], units)

    def check_filter(self, operation: str, one: TableModel, index: Index | None, condition: Tree | None) -> None:
        model.check_condition(one.table, condition)
        if operation == "Scan" or not condition:
            return
        names = {path[1] for path in model.paths_in(condition)}
        keys = {index.hash, index.range} if index else {one.table.hash, one.table.range}
        if names & keys:
            raise Invalid("a filter of a key")
        if index and index.projection != "ALL" and names - {*one.table.keys_of(index), *index.include}:
            raise Invalid("not in the index")

    def pages(self, operation: str, members: dict[str, Any]) -> list[dict[str, Any]]:
        pages: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while len(pages) < PAGES_MAX:
            pages.append(self.must(operation, **members | more))
            if "LastEvaluatedKey" not in pages[-1]:
                return pages
            more = {"ExclusiveStartKey": pages[-1]["LastEvaluatedKey"]}
        raise Refuted(f"{operation} {shown(members)} does not end")

    def scan_segments(self) -> None:
        one, total = self.any(), self.chance.randint(2, 9)
        items = [plain(item) for segment in range(total)
                 for page in self.pages("Scan", {"TableName": one.table.name, "Segment": segment, "TotalSegments": total, "Limit": self.chance.choice((2, 100))})
                 for item in page["Items"]]
        self.same(f"Scan of {one.table.name} in {total} segments", sorted(map(shown, items)), sorted(map(shown, one.items.values())))

    def batch_get_item(self) -> None:
        asked, wanted = {}, {}
        for one in self.chance.sample(self.models, self.chance.randint(1, TABLES)):
            keys = {one.name(key): key for key in (self.key(one) for _ in range(self.chance.randint(1, 6)))}
            asked[one.table.name] = {"Keys": list(keys.values())}
            wanted[one.table.name] = sorted(shown(one.items[name]) for name in keys if name in one.items)
        answer = self.must("BatchGetItem", RequestItems=asked)
        self.same(f"BatchGetItem {shown(asked)}", {name: sorted(shown(plain(item)) for item in items) for name, items in answer["Responses"].items()}, wanted)

    def describe_table(self) -> None:
        one = self.any()
        told = self.must("DescribeTable", TableName=one.table.name)["Table"]
        self.same(f"{one.table.name}: items, bytes", [told["ItemCount"], told["TableSizeBytes"]], [len(one.items), sum(map(model.item_size, one.items.values()))])
        for described in told.get("GlobalSecondaryIndexes", []) + told.get("LocalSecondaryIndexes", []):
            index = next(index for index in one.table.indexes if index.name == described["IndexName"])
            rows = one.rows(index)
            self.same(f"{index.name} of {one.table.name}: items, bytes", [described["ItemCount"], described["IndexSizeBytes"]], [len(rows), sum(map(model.item_size, rows))])

    # tables change

    def make_index(self) -> None:
        """With a backfill: what has no fitting key is left out."""
        one = self.any()
        if sum(index.is_global for index in one.table.indexes) >= 4:
            return
        self.made += 1
        by, at = self.chance.choice(("n", "s", "b", "g0", "g1")), self.chance.choice((None, "m", "name", "count", "g2"))
        index = self.make.index(f"made-{self.made}", by, at, True)
        for name, kind in zip((by, at), (self.chance.choice("SNB"), self.chance.choice("SNB"))):
            if name:
                one.table.types.setdefault(name, kind)
        index = Index(index.name, by, at, index.projection, tuple(name for name in index.include if name not in (by, at)), True)
        if index.projection == "INCLUDE" and not index.include:
            index.projection = "KEYS_ONLY"
        definitions = [{"AttributeName": name, "AttributeType": kind} for name, kind in one.table.types.items()]
        throughput = {"ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}} if one.table.is_provisioned else {}
        self.must("UpdateTable", TableName=one.table.name, AttributeDefinitions=definitions,
                  GlobalSecondaryIndexUpdates=[{"Create": index_definition(index) | throughput}])
        one.table.indexes.append(index)

    def drop_index(self) -> None:
        one = self.any()
        names = [index.name for index in one.table.indexes if index.is_global]
        if not names:
            return
        name = self.chance.choice(names)
        self.must("UpdateTable", TableName=one.table.name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])
        one.table.indexes = [index for index in one.table.indexes if index.name != name]
        used = {part for index in one.table.indexes for part in (index.hash, index.range)} | {one.table.hash, one.table.range}
        one.table.types = {part: kind for part, kind in one.table.types.items() if part in used}

    def restart(self) -> None:
        if self.likely(0.7):
            self.emulator.kill()
        else:
            expect(self.emulator.stop() == 0, f"a stop: {self.emulator.logged()}")
        self.emulator = LocalEmulator(data=self.data).start()
        self.client = Client(self.emulator.port)

    def make_room(self) -> None:
        for one in self.models:
            while len(one.items) > ITEMS_MAX:
                key = one.key(self.chance.choice(list(one.items.values())))
                self.write("DeleteItem", one, key, {"Key": key}, None, None)

    # streams

    def check_streams(self) -> None:
        for one in self.models:
            if one.table.view:
                told = self.records(self.streams[one.table.name])
                self.same(f"the stream of {one.table.name}: records", len(told), len(one.records))
                for at, (record, wanted) in enumerate(zip(told, one.records)):
                    self.same(f"the stream of {one.table.name}, record {at}", record, wanted)
                self.done["records"] += len(told)

    def records(self, arn: str) -> list[dict[str, Any]]:
        records = []
        for shard in self.streams_must("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]:
            at = self.streams_must("GetShardIterator", StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while at:
                page = self.streams_must("GetRecords", ShardIterator=at)
                for record in page["Records"]:
                    told = {name: plain(value) if isinstance(value, dict) else value for name, value in record["dynamodb"].items()
                            if name not in ("SequenceNumber", "ApproximateCreationDateTime")}
                    records.append(told | {"eventName": record["eventName"]})
                at = page.get("NextShardIterator") if page["Records"] else None
        return records

    def streams_must(self, operation: str, **members: Any) -> dict[str, Any]:
        return self.client.must("dynamodbstreams", operation, **members)

    # the whole

    WEIGHTS = {"put_item": 250, "update_item": 300, "delete_item": 60, "get_item": 80, "query": 120, "scan": 40, "batch_write_item": 25, "batch_get_item": 25,
               "transact_write_items": 60, "scan_segments": 5, "describe_table": 20, "make_index": 4, "drop_index": 4, "make_room": 10, "restart": 3}

    def step(self) -> str:
        name = self.chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        self.done[name] += 1
        getattr(self, name)()
        return name


def run(operations: int, seed: int, data: Path, tell: bool = False) -> Counter[str]:
    """How often each operation was done, and what was refused. Raises Refuted."""
    running, name, number = Run(seed, data), "", 0
    try:
        for number in range(1, operations + 1):
            name = running.step()
            if tell and number % 1000 == 0:
                items, records = (sum(map(len, parts)) for parts in zip(*((one.items, one.records) for one in running.models)))
                print(f"  {number:,} operations, {items} items, {records:,} records so far", flush=True)
        name, number = "the streams", operations
        running.check_streams()
    except Refuted as refuted:
        raise Refuted(f"seed {seed}, operation {number} ({name or 'the next'}): {refuted}") from None
    finally:
        if running.emulator.process and running.emulator.process.poll() is None:
            running.close()
    return running.done


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--operations", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=random.randrange(2**32))
    given = arguments.parse_args()
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="evpoc-property-") as data:
        try:
            done = run(given.operations, given.seed, Path(data) / "data", tell=True)
        except Refuted as refuted:
            print(refuted)
            sys.exit(1)
    print(", ".join(f"{count:,} {name}" for name, count in done.most_common()))


if __name__ == "__main__":
    main()

"""Random calls of DynamoDB, right and wrong, on a round's tables."""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "property"))
from dynamodb_random import Index, Maker, Table, Words  # noqa: E402

Members = dict[str, Any]
Call = tuple[str, Members]


class Calls:
    """Each method makes one call."""

    def __init__(self, chance: random.Random, tables: list[Table]):
        self.chance, self.make, self.tables = chance, Maker(chance), tables

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def any_table(self) -> Table:
        return self.chance.choice(self.tables)

    # what many take

    def condition(self, table: Table, words: Words, probability: float, member: str = "ConditionExpression") -> Members:
        return {member: words.condition(self.make.condition(table))} if self.likely(probability) else {}

    def projection(self, table: Table, words: Words, probability: float = 0.3) -> Members:
        if not self.likely(probability):
            return {}
        heads = {path[1]: path for path in (self.make.path(table) for _ in range(self.chance.randint(1, 4)))}
        return {"ProjectionExpression": ", ".join(words.path(path) for path in heads.values())}

    def told(self, *returns: str) -> Members:
        """What the answer should tell."""
        told: Members = {}
        if returns and self.likely(0.6):
            told["ReturnValues"] = self.chance.choice(returns)
        if self.likely(0.3):
            told["ReturnConsumedCapacity"] = self.chance.choice(("TOTAL", "INDEXES", "NONE"))
        if returns and self.likely(0.1):
            told["ReturnItemCollectionMetrics"] = "SIZE"
        return told

    def shows_old(self, probability: float = 0.3) -> Members:
        return {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if self.likely(probability) else {}

    # one item

    def put_item(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        condition = self.condition(table, words, 0.4)
        more = self.shows_old() if condition else {}
        return "PutItem", {"TableName": table.name, "Item": self.make.item(table)} | condition | more | words.members() | self.told("NONE", "ALL_OLD")

    def delete_item(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        condition = self.condition(table, words, 0.4)
        more = self.shows_old() if condition else {}
        return "DeleteItem", {"TableName": table.name, "Key": self.make.key(table)} | condition | more | words.members() | self.told("NONE", "ALL_OLD")

    def update_item(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        update = {"UpdateExpression": words.update(self.make.actions(table))}
        condition = self.condition(table, words, 0.3)
        more = (self.shows_old() if condition else {}) | self.told("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")
        return "UpdateItem", {"TableName": table.name, "Key": self.make.key(table)} | update | condition | words.members() | more

    def get_item(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        projection = self.projection(table, words, 0.5)
        more = {"ConsistentRead": True} if self.likely(0.4) else {}
        return "GetItem", {"TableName": table.name, "Key": self.make.key(table)} | projection | more | words.members() | self.told()

    # many items

    def any_index(self, table: Table) -> Index | None:
        return self.chance.choice((None, None, *table.indexes, *table.indexes))

    def read_many(self, table: Table, index: Index | None, words: Words) -> Members:
        members = self.projection(table, words, 0.2) | self.condition(table, words, 0.3, "FilterExpression")
        if index:
            members["IndexName"] = index.name
        if "ProjectionExpression" not in members and self.likely(0.15):
            members["Select"] = self.chance.choice(("COUNT", "ALL_ATTRIBUTES") + (("ALL_PROJECTED_ATTRIBUTES",) if index else ()))
        if self.likely(0.4):
            members["Limit"] = self.chance.choice((1, 2, 3, 5, 100))
        if self.likely(0.2) and not (index and index.is_global):
            members["ConsistentRead"] = True
        return members | self.told()

    def query(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        index = self.any_index(table)
        parts = [words.condition(part) for part in self.make.key_condition(table, index)]
        if self.likely(0.1):
            parts.reverse()
        members = {"TableName": table.name, "KeyConditionExpression": f" {words.cased('and')} ".join(parts)} | self.read_many(table, index, words)
        if self.likely(0.4):
            members["ScanIndexForward"] = self.likely(0.5)
        return "Query", members | words.members()

    def scan(self) -> Call:
        table, words = self.any_table(), Words(self.chance)
        members = {"TableName": table.name} | self.read_many(table, self.any_index(table), words) | words.members()
        return "Scan", members

    # several at once

    def keys(self, table: Table, count: int) -> list[Members]:
        keys: list[Members] = []
        for _ in range(count):
            key = self.make.key(table)
            if key not in keys or self.likely(0.05):
                keys.append(key)
        return keys

    def some_tables(self) -> list[Table]:
        return self.chance.sample(self.tables, self.chance.randint(1, len(self.tables)))

    def batch_get_item(self) -> Call:
        asked = {}
        for table in self.some_tables():
            words = Words(self.chance)
            asked[table.name] = {"Keys": self.keys(table, self.chance.randint(1, 6))} | self.projection(table, words)
            asked[table.name] |= {"ExpressionAttributeNames": words.names} if words.names else {}
            asked[table.name] |= {"ConsistentRead": True} if self.likely(0.3) else {}
        return "BatchGetItem", {"RequestItems": asked} | self.told()

    def batch_write_item(self) -> Call:
        asked = {}
        for table in self.some_tables():
            asked[table.name] = [{"PutRequest": {"Item": self.make.item(table) | key}} if self.likely(0.7) else {"DeleteRequest": {"Key": key}}
                                 for key in self.keys(table, self.chance.randint(1, 6))]
        return "BatchWriteItem", {"RequestItems": asked} | self.told()

    def transact_write_items(self) -> Call:
        parts, keys = [], []
        for _ in range(self.chance.randint(1, 5)):
            table, words = self.any_table(), Words(self.chance)
            key = self.make.key(table)
            if (table.name, key) in keys and self.likely(0.9):
                continue
            keys.append((table.name, key))
            parts.append(self.transact_part(table, key, words))
        return "TransactWriteItems", {"TransactItems": parts} | self.told()

    def transact_part(self, table: Table, key: Members, words: Words) -> Members:
        kind = self.chance.choice(("Put", "Put", "Update", "Delete", "ConditionCheck"))
        members: Members = {"TableName": table.name}
        if kind == "Put":
            members["Item"] = self.make.item(table) | key
        else:
            members["Key"] = key
        if kind == "Update":
            members["UpdateExpression"] = words.update(self.make.actions(table))
        members |= self.condition(table, words, 1 if kind == "ConditionCheck" else 0.2)
        return {kind: members | words.members() | (self.shows_old(0.3) if "ConditionExpression" in members else {})}

    def transact_get_items(self) -> Call:
        parts = []
        for _ in range(self.chance.randint(1, 5)):
            table, words = self.any_table(), Words(self.chance)
            parts.append({"Get": {"TableName": table.name, "Key": self.make.key(table)} | self.projection(table, words) | words.members()})
        return "TransactGetItems", {"TransactItems": parts} | self.told()

    # the parameters of before expressions

    def legacy_condition(self) -> Members:
        operator = self.chance.choice(("EQ", "NE", "LT", "LE", "GT", "GE", "BETWEEN", "IN", "NULL", "NOT_NULL", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS"))
        if operator in ("NULL", "NOT_NULL"):
            return {"ComparisonOperator": operator}
        kind = self.chance.choice("SN" if operator != "BEGINS_WITH" else "SB")
        if operator == "BETWEEN":
            return {"ComparisonOperator": operator, "AttributeValueList": list(self.make.bounds(kind))}
        values = [self.make.value(kind) for _ in range(self.chance.randint(1, 3) if operator == "IN" else 1)]
        return {"ComparisonOperator": operator, "AttributeValueList": values}

    def legacy_conditions(self, member: str) -> Members:
        names = self.chance.sample(("n", "s", "b", "list", "ss", "count", "flag"), self.chance.randint(1, 3))
        conditions = {name: self.legacy_condition() for name in names}
        operator = {"ConditionalOperator": self.chance.choice(("AND", "OR"))} if len(names) > 1 and self.likely(0.6) else {}
        return {member: conditions} | operator

    def legacy_put(self) -> Call:
        table = self.any_table()
        return "PutItem", {"TableName": table.name, "Item": self.make.item(table)} | self.legacy_conditions("Expected") | self.told("NONE", "ALL_OLD")

    def legacy_update(self) -> Call:
        table, updates = self.any_table(), {}
        for name in self.chance.sample(("n", "s", "ss", "ns", "list", "count", "map", "flag"), self.chance.randint(1, 4)):
            kind = {"n": "N", "count": "N", "ss": "SS", "ns": "NS", "list": "L"}.get(name, "S")
            action = self.chance.choice(("PUT", "ADD", "DELETE")) if kind != "S" else self.chance.choice(("PUT", "DELETE"))
            value = {"Value": self.make.value(kind)} if action != "DELETE" or (kind in ("SS", "NS") and self.likely(0.5)) else {}
            updates[name] = {"Action": action} | value
        more = self.legacy_conditions("Expected") if self.likely(0.3) else {}
        members = {"TableName": table.name, "Key": self.make.key(table), "AttributeUpdates": updates} | more
        return "UpdateItem", members | self.told("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")

    def legacy_query(self) -> Call:
        table = self.any_table()
        index = self.any_index(table)
        words = {"=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "between": "BETWEEN", "begins_with": "BEGINS_WITH"}
        conditions = {path[1]: {"ComparisonOperator": words[kind], "AttributeValueList": [value for _, value in values]}
                      for kind, path, *values in self.make.key_condition(table, index)}
        members: Members = {"TableName": table.name, "KeyConditions": conditions} | ({"IndexName": index.name} if index else {})
        return "Query", members | (self.legacy_conditions("QueryFilter") if self.likely(0.4) else {}) | self.told()

    def legacy_scan(self) -> Call:
        return "Scan", {"TableName": self.any_table().name} | self.legacy_conditions("ScanFilter") | self.told()

    def describe_table(self) -> Call:
        return "DescribeTable", {"TableName": self.any_table().name}

    WEIGHTS = {"put_item": 30, "update_item": 30, "delete_item": 8, "get_item": 8, "query": 20, "scan": 8, "batch_get_item": 4, "batch_write_item": 4,
               "transact_write_items": 8, "transact_get_items": 3, "legacy_put": 3, "legacy_update": 5, "legacy_query": 4, "legacy_scan": 2,
               "describe_table": 1}

    def right(self) -> Call:
        name = self.chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        make: Callable[[], Call] = getattr(self, name)
        return make()

    # mistakes

    def wrong(self) -> Call:
        """A right call with one mistake, or now and then with one that makes no difference."""
        operation, members = self.right()
        members = copy.deepcopy(members)
        self.chance.choice((self.spoil_member, self.spoil_expression, self.spoil_expression, self.spoil_placeholder, self.spoil_value, self.spoil_value,
                            self.spoil_key, self.spoil_pair))(members)
        return operation, members

    def places(self, members: Members, wanted: Callable[[str, Any], bool]) -> list[tuple[Members, str]]:
        """(dict, name) of everything inside that `wanted` says yes to."""
        found, waiting = [], [members]
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, dict):
                found += [(thing, name) for name, value in thing.items() if wanted(name, value)]
                waiting += thing.values()
            elif isinstance(thing, list):
                waiting += thing
        return found

    def spoil_member(self, members: Members) -> None:
        name = self.chance.choice(sorted(members))
        if self.likely(0.5):
            del members[name]
        elif isinstance(members[name], str):
            members[name] = self.chance.choice(("", "x", "nothing-like-it", members[name] + "!"))
        elif isinstance(members[name], int):
            members[name] = self.chance.choice((0, -1, 1))
        else:
            members[name] = type(members[name])()

    def spoil_expression(self, members: Members) -> None:
        found = self.places(members, lambda name, value: name.endswith("Expression") and isinstance(value, str))
        if not found:
            return self.spoil_value(members)
        holder, name = self.chance.choice(found)
        words = holder[name].split(" ")
        at = self.chance.randrange(len(words))
        words[at:at + 1] = self.chance.choice(([], [words[at], words[at]], ["("], [")"], ["size(n)"], ["name"], [":undefined"], ["#undefined"],
                                               ["AND"], [words[at] + ","], ["n"], [words[at], "AND"], ["="]))
        holder[name] = " ".join(words)

    def spoil_placeholder(self, members: Members) -> None:
        found = self.places(members, lambda name, _: name in ("ExpressionAttributeValues", "ExpressionAttributeNames"))
        if not found:
            members[self.chance.choice(("ExpressionAttributeValues", "ExpressionAttributeNames"))] = self.chance.choice(({}, {":x": {"S": "a"}}, {"#x": "a"}))
            return
        holder, name = self.chance.choice(found)
        kind = self.chance.randrange(4)
        if kind == 0:
            holder[name][self.chance.choice(("#unused", ":unused", "bad"))] = {"S": "a"} if name.endswith("Values") else "a"
        elif kind == 1:
            del holder[name]
        elif holder[name]:
            key = self.chance.choice(sorted(holder[name]))
            if kind == 2:
                del holder[name][key]
            else:
                holder[name][key] = self.make.value(self.make.kind()) if name.endswith("Values") else self.chance.choice(("pk", "sk", "n", "", "a.b"))

    WRONG_VALUES: list[Any] = [{}, {"S": "a", "N": "1"}, {"N": "x"}, {"N": ""}, {"N": "1e200"}, {"N": "1" * 39}, {"SS": []}, {"NS": []}, {"SS": ["a", "a"]},
                               {"NS": ["1", "1.0"]}, {"BS": ["YQ==", "YQ=="]}, {"SS": ["a", ""]}, {"NS": ["x"]}, {"NULL": False}, {"S": ""}, {"B": ""},
                               {"L": [{"N": "x"}]}, {"M": {"a": {}}}, {"N": "1e-131"}, {"N": " 1"}, {"N": "0x1"}, {"N": "+1"}, {"N": "1."}]

    def spoil_value(self, members: Members) -> None:
        kinds = {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}
        found = self.places(members, lambda _, value: isinstance(value, dict) and len(value) == 1 and value.keys() <= kinds)
        if found:
            holder, name = self.chance.choice(found)
            holder[name] = copy.deepcopy(self.chance.choice(self.WRONG_VALUES))

    def spoil_key(self, members: Members) -> None:
        found = self.places(members, lambda name, value: name in ("Key", "Item") and isinstance(value, dict))
        if not found:
            return self.spoil_pair(members)
        holder, name = self.chance.choice(found)
        key, kind = holder[name], self.chance.randrange(4)
        part = self.chance.choice([part for part in ("pk", "sk") if part in key] or ["pk"])
        if kind == 0:
            key.pop(part, None)
        elif kind == 1:
            key["extra" if name == "Key" else "g0"] = {"S": "a"}
        elif kind == 2:
            key[part] = self.make.value(self.make.kind())
        else:
            key[self.chance.choice(("pk", "sk", "l0", "g0", "g1", "g2"))] = self.chance.choice(({"S": ""}, {"B": ""}, {"BOOL": True}, {"N": "1"}, {"S": "x"}))

    PAIRS: list[Members] = [{"ReturnValues": "ALL_NEW"}, {"ReturnValues": "UPDATED_OLD"}, {"Select": "SPECIFIC_ATTRIBUTES"}, {"Select": "ALL_PROJECTED_ATTRIBUTES"},
                            {"AttributesToGet": ["n"]}, {"Expected": {"n": {"Exists": False}}}, {"ConditionalOperator": "OR"}, {"IndexName": "global-0"},
                            {"IndexName": "nothing"}, {"ConsistentRead": True}, {"Segment": 0}, {"TotalSegments": 2}, {"Segment": 2, "TotalSegments": 2},
                            {"Limit": 0}, {"ExclusiveStartKey": {"pk": {"S": "a"}}}, {"ExclusiveStartKey": {}}, {"ProjectionExpression": "n, n"},
                            {"ProjectionExpression": "map.a, map"}, {"FilterExpression": "pk = n"}, {"ReturnConsumedCapacity": "ALL"},
                            {"ConditionExpression": ""}, {"UpdateExpression": ""}, {"KeyConditions": {}}, {"ScanFilter": {}}, {"TableName": "missing-table"}]

    def spoil_pair(self, members: Members) -> None:
        members |= copy.deepcopy(self.chance.choice(self.PAIRS))

    # tables

    def create_table(self) -> Call:
        """A table with a mistake in it, mostly."""
        members = copy.deepcopy(self.make.table("agreement-made").definition())
        if self.likely(0.85):
            self.chance.choice((self.spoil_part, self.spoil_schema, self.spoil_indexes, self.spoil_indexes))(members)
        return "CreateTable", members

    def spoil_part(self, members: Members) -> None:
        name = self.chance.choice(sorted(members))
        wrong: dict[str, list[Any]] = {
            "AttributeDefinitions": [[], [*members["AttributeDefinitions"], {"AttributeName": "unused", "AttributeType": "S"}], members["AttributeDefinitions"][1:],
                                     members["AttributeDefinitions"] * 2],
            "BillingMode": ["", "FREE", "PROVISIONED"], "TableName": ["", "a", "a b", "x" * 256],
            "StreamSpecification": [{"StreamEnabled": True}, {"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}, {"StreamEnabled": True, "StreamViewType": "ALL"}],
            "ProvisionedThroughput": [{"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}, {"ReadCapacityUnits": 1}]}
        if name in wrong and self.likely(0.8):
            members[name] = self.chance.choice(wrong[name])
        else:
            del members[name]

    def spoil_schema(self, members: Members) -> None:
        schema = self.chance.choice([holder["KeySchema"] for holder in (members, *members.get("GlobalSecondaryIndexes", []), *members.get("LocalSecondaryIndexes", []))])
        kind = self.chance.randrange(6)
        if kind == 0:
            schema.reverse()
        elif kind == 1:
            schema.clear()
        elif kind == 2:
            schema.append({"AttributeName": "pk", "KeyType": "RANGE"})
        elif kind == 3:
            self.chance.choice(schema)["AttributeName"] = self.chance.choice(("pk", "sk", "unknown", "l0", "g0"))
        elif kind == 4:
            self.chance.choice(schema)["KeyType"] = self.chance.choice(("HASH", "RANGE", "SORT"))
        else:
            del self.chance.choice(schema)["KeyType"]

    def spoil_indexes(self, members: Members) -> None:
        kind = self.chance.choice(("GlobalSecondaryIndexes", "LocalSecondaryIndexes"))
        indexes = members.get(kind)
        if not indexes:
            members[kind] = []
            return
        index = self.chance.choice(indexes)
        spoil = self.chance.randrange(7)
        if spoil == 0:
            indexes.append(copy.deepcopy(index))
        elif spoil == 1:
            index["IndexName"] = self.chance.choice(("", "a", "a b", "global-0", "local-0"))
        elif spoil == 2:
            index["Projection"] = self.chance.choice(({}, {"ProjectionType": "SOME"}, {"ProjectionType": "INCLUDE"}, {"ProjectionType": "ALL", "NonKeyAttributes": ["n"]},
                                                      {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n", "n"]}, {"ProjectionType": "INCLUDE", "NonKeyAttributes": []},
                                                      {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["pk"]}))
        elif spoil == 3:
            del index[self.chance.choice(("IndexName", "KeySchema", "Projection"))]
        elif spoil == 4:
            indexes += [copy.deepcopy(index) | {"IndexName": f"more-{number}"} for number in range(self.chance.choice((5, 20)))]
        elif spoil == 5:
            index["ProvisionedThroughput"] = {"ReadCapacityUnits": self.chance.choice((0, 1)), "WriteCapacityUnits": 1}
        else:
            index["KeySchema"] = index["KeySchema"][:1]

"""Cases made from the service models: for each operation the largest value of each of its members that the model allows, up to what a body
may hold, the other members being usual ones; and all of them large at once.

A string without a bound of its own fills the body: with plain characters, and with escapes. A list or map has as many elements as fit, all
different. A shape that holds itself (DynamoDB's AttributeValue) is nested as deep as the body is long."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "calls"))
from case import FORM, JSON, Case  # noqa: E402
from encode import Struct, to_form  # noqa: E402
from model import Operation, is_union, operations  # noqa: E402

MARGIN = 2000           # bytes of a body left for the other members
SMALL = 2048            # strings up to that are large only all at once
AT_ONCE = 40_000        # bytes for each member where all are large
FORM_ELEMENTS_MAX = 4000
TABLE = {"TableName": "ttt", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
SCHEMA = {"RegistryId": {"RegistryName": "r"}, "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "BACKWARD", "SchemaDefinition": '"string"'}
SETUP: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "kinesis": [("Kinesis_20131202.CreateStream", {"StreamName": "s", "ShardCount": 2})],
    "dynamodb": [("DynamoDB_20120810.CreateTable", TABLE), ("DynamoDB_20120810.PutItem", {"TableName": "ttt", "Item": {"k": {"S": "a"}, "n": {"N": "1"}}})],
    "glue": [("AWSGlue.CreateRegistry", {"RegistryName": "r"}), ("AWSGlue.CreateSchema", SCHEMA)],
    "cloudwatch": [("GraniteServiceVersion20100801.PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1}]})],
}
# What gets a call past its first check, by the member's name; by service where two mean different things.
USUAL: dict[str, Any] = {
    "StreamName": "s", "TableName": "ttt", "ShardId": "shardId-000000000000", "ShardToSplit": "shardId-000000000000", "PartitionKey": "p",
    "ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000001", "NewStartingHashKey": "1000", "Data": "aGVsbG8=",
    "ShardIteratorType": "TRIM_HORIZON", "StreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "TargetShardCount": 2,
    "RetentionPeriodHours": 48, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis", "TargetKeyId": "alias/aws/kinesis", "AliasName": "alias/a",
    "ConsumerARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1", "StreamMode": "ON_DEMAND",
    "RegistryName": "r", "SchemaName": "s", "DataFormat": "AVRO", "SchemaDefinition": '"string"', "SchemaVersionNumber": {"LatestVersion": True},
    "SchemaId": {"RegistryName": "r", "SchemaName": "s"}, "RegistryId": {"RegistryName": "r"}, "Versions": "1",
    "Namespace": "n", "MetricName": "m", "Id": "m1", "Stat": "Sum", "StartTime": 1700000000, "EndTime": 1700003600, "Period": 60,
    "Key": {"k": {"S": "a"}}, "Item": {"k": {"S": "a"}}, "KeyConditionExpression": "k = :v", "N": "1",
    "ConditionExpression": "k = :v", "UpdateExpression": "SET n = :v",
    "KeyType": "HASH", "AttributeType": "S", "AttributeName": "k", "AttributeDefinitions": TABLE["AttributeDefinitions"], "KeySchema": TABLE["KeySchema"],
}
USUAL_ARN = {"kinesis": USUAL["StreamARN"], "dynamodb": "arn:aws:dynamodb:us-east-1:000000000000:table/ttt",
             "glue": "arn:aws:glue:us-east-1:000000000000:registry/r"}
BESIDE: dict[str, dict[str, Any]] = {  # members that a member needs
    "Query": {"KeyConditionExpression": "k = :v", "ExpressionAttributeValues": {":v": {"S": "a"}}},
    "ListShards": {"StreamName": "s"}, "DescribeStream": {"StreamName": "s"}, "DescribeStreamSummary": {"StreamName": "s"}, "PutRecord": {"StreamName": "s"},
    "PutRecords": {"StreamName": "s"}, "AddTagsToStream": {"StreamName": "s"}, "RemoveTagsFromStream": {"StreamName": "s"},
    "GetMetricStatistics": {"Statistics": ["Sum"]},
}


class Large:
    def __init__(self, operation: Operation, escapes: bool = False):
        self.operation, self.escapes = operation, escapes

    def usual(self, shape_name: str, member: str) -> Any:
        shape = self.operation.shape(shape_name)
        if member in ("ResourceARN", "ResourceArn") and self.operation.service in USUAL_ARN:
            return USUAL_ARN[self.operation.service]
        if member in USUAL:
            return USUAL[member]
        if shape["type"] == "structure":
            if is_union(shape_name, shape):
                return {"S": "a"}
            return {name: self.usual(shape["members"][name]["shape"], name) for name in shape.get("required", [])}
        if shape["type"] == "list":
            return [self.usual(shape["member"]["shape"], member)] * max(1, int(shape.get("min", 1)))
        if shape["type"] == "map":
            return {"a": self.usual(shape["value"]["shape"], "")}
        if shape["type"] == "string":
            return shape["enum"][0] if "enum" in shape else "a" * max(1, int(shape.get("min", 1)))
        return {"boolean": True, "blob": "", "double": 1.0, "float": 1.0, "timestamp": 1700000000}.get(shape["type"], max(1, int(shape.get("min", 1))))

    def large(self, shape_name: str, member: str, room: int, within: tuple[str, ...] = ()) -> Any:
        shape = self.operation.shape(shape_name)
        make = getattr(self, "large_" + shape["type"], None)
        return make(shape_name, shape, member, room, within) if make else self.usual(shape_name, member)

    def large_string(self, _: str, shape: dict[str, Any], member: str, room: int, __: Any) -> Any:
        if "enum" in shape:
            return shape["enum"][-1]
        length = min(int(shape.get("max", room)), room)
        if self.escapes:
            return "\u0001" * (length if length * 6 <= room else room // 6)
        return "9" * min(length, 38) if member == "N" else "a" * length

    def large_blob(self, _: str, shape: dict[str, Any], __: str, room: int, ___: Any) -> str:
        return "AAAA" * (min(int(shape.get("max", room)), room * 3 // 4) // 3)

    def large_integer(self, _: str, shape: dict[str, Any], __: str, ___: int, ____: Any) -> int:
        return int(shape.get("max", 2**31 - 1))

    def large_long(self, _: str, shape: dict[str, Any], __: str, ___: int, ____: Any) -> int:
        return int(shape.get("max", 2**63 - 1))

    def large_double(self, *_: Any) -> float:
        return 1.7976931348623157e308

    def large_structure(self, name: str, shape: dict[str, Any], member: str, room: int, within: tuple[str, ...]) -> dict[str, Any]:
        if is_union(name, shape):
            return nested(room) if not within else {"S": "a"}
        members = {} if name in within else shape["members"]
        return {each: self.large(ref["shape"], each, room // max(1, len(members)), (*within, name)) for each, ref in members.items()}

    def different(self, shape_name: str, member: str, count: int) -> Iterator[Any]:
        """Usual values, but none like the other where something in them may differ."""
        usual, kind = self.usual(shape_name, member), self.operation.shape(shape_name)["type"]
        for number in range(count):
            if kind == "string" and "enum" not in self.operation.shape(shape_name):
                yield str(number)
            elif isinstance(usual, dict) and usual and self.may_differ(shape_name) and isinstance(first := next(iter(usual.values())), str):
                yield {**usual, next(iter(usual)): f"{first}{number}"}
            else:
                yield usual

    def may_differ(self, shape_name: str) -> bool:
        """Its first member is a string of any kind."""
        shape = self.operation.shape(shape_name)
        first = next((ref["shape"] for name, ref in shape.get("members", {}).items() if name in shape.get("required", [name])), "")
        return bool(first) and "enum" not in self.operation.shape(first)

    def elements(self, one: Any, room: int, shape: dict[str, Any]) -> int:
        return max(0, min(int(shape.get("max", room)), room // (len(json.dumps(one)) + 8)))

    def large_list(self, _: str, shape: dict[str, Any], member: str, room: int, __: Any) -> list[Any]:
        inner = shape["member"]["shape"]
        return list(self.different(inner, member, self.elements(self.usual(inner, member), room, shape)))

    def large_map(self, _: str, shape: dict[str, Any], __: str, room: int, ___: Any) -> dict[str, Any]:
        inner = shape["value"]["shape"]
        count = self.elements({"a12345": self.usual(inner, "")}, room, shape)
        return {f"a{number}": value for number, value in enumerate(self.different(inner, "", count))}


def nested(room: int) -> Any:
    """An AttributeValue as deep as it gets; json.dumps would not: it is put in as text."""
    depth = room // len('{"L":[]}')
    return Nested('{"L":[' * depth + '{"S":""}' + "]}" * depth)


class Nested(str):
    pass


def body_of(value: dict[str, Any]) -> bytes:
    """JSON, where Nested stands for what it is."""
    deep: list[Nested] = []

    def replaced(member: Any) -> Any:
        if isinstance(member, Nested):
            deep.append(member)
            return f"@@{len(deep) - 1}@@"
        if isinstance(member, dict):
            return {name: replaced(each) for name, each in member.items()}
        return [replaced(each) for each in member] if isinstance(member, list) and any(isinstance(each, (dict, Nested)) for each in member[:3]) else member

    text = json.dumps(replaced(value))
    for number, each in enumerate(deep):
        text = text.replace(f'"@@{number}@@"', each)
    return text.encode()


def is_large(shape: dict[str, Any]) -> bool:
    return shape["type"] in ("list", "map", "structure", "blob") or (shape["type"] == "string" and "enum" not in shape and int(shape.get("max", SMALL + 1)) > SMALL)


def case_of(operation: Operation, what: str, body: dict[str, Any]) -> Case:
    setup = SETUP.get(operation.service, [])
    if "json" not in operation.protocols:
        return Case(what, operation.service, operation.name, to_form(operation.name, operation.version, as_struct(body)), setup, FORM)
    return Case(what, operation.service, operation.target, body_of(body), setup, JSON)


def as_struct(value: Any) -> Any:
    if isinstance(value, dict):
        return Struct((name, as_struct(member)) for name, member in value.items())
    return [as_struct(member) for member in value] if isinstance(value, list) else value


def form_case(operation: Operation, member: str, body: dict[str, Any]) -> Case:
    """The same as a form, which is longer: fewer elements."""
    shorter = {name: value[:FORM_ELEMENTS_MAX] if isinstance(value, list) else value for name, value in body.items()}
    return Case(f"the largest {member}, as a form", operation.service, operation.name, to_form(operation.name, operation.version, as_struct(shorter)),
                SETUP.get(operation.service, []), FORM)


def makers_of(operation: Operation) -> Iterator[Callable[[], Case]]:
    """Large bodies are made when they are wanted."""
    room = operation.body_max - MARGIN
    usual = Large(operation).usual(operation.input, "") if operation.input else {}
    usual = {**usual, **BESIDE.get(operation.name, {})}
    for member, ref in operation.members().items():
        shape = operation.shape(ref["shape"])
        if not is_large(shape):
            continue

        def body(escapes: bool = False, member: str = member, name: str = ref["shape"]) -> dict[str, Any]:
            return {**usual, member: Large(operation, escapes).large(name, member, room)}

        yield lambda member=member, body=body: case_of(operation, f"the largest {member}", body())
        if "query" in operation.protocols and "json" in operation.protocols:
            yield lambda member=member, body=body: form_case(operation, member, body())
        if shape["type"] == "string":
            yield lambda member=member, body=body: case_of(operation, f"the largest {member}, of escapes", body(escapes=True))
    yield lambda: at_once(operation, usual)


def at_once(operation: Operation, usual: dict[str, Any]) -> Case:
    body = {member: Large(operation).large(ref["shape"], member, AT_ONCE) for member, ref in operation.members().items()}
    return case_of(operation, "every member large", {**body, **{name: usual[name] for name in usual if isinstance(usual[name], str)}})


def cases(step: int = 1) -> Iterator[Case]:
    """Each step-th of them."""
    makers = [maker for operation in operations() if not operation.is_rest for maker in makers_of(operation)]
    for maker in makers[::step]:
        yield maker()

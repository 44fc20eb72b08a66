"""DynamoDB: tables backed up, restored, exported, indexed, copied to another region: what a call does at once, and the steps that follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from case import Case
from dynamodb import KEY, TABLE, many, target, wide_table

ON = (target("UpdateContinuousBackups"), {"TableName": "worst", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}})
CREATE = {"TableName": "worst", "BackupName": "worst"}
RESTORE = {"SourceTableName": "worst", "TargetTableName": "again", "UseLatestRestorableTime": True}


def put(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return target("PutItem"), {"TableName": "worst", "Item": item}


def small(count: int, more: dict[str, Any] = {}) -> list[tuple[str, dict[str, Any]]]:
    return [(target("BatchWriteItem"), {"RequestItems": {"worst": [{"PutRequest": {"Item": {"p": {"S": f"{n + i:x}"}} | more}} for i in range(25)]}})
            for n in range(0, count, 25)]


def cases() -> Iterator[Case]:
    large = [put({"p": {"S": str(n)}, "b": {"S": "x" * 400_000}}) for n in range(40)]
    indexed = {f"i{n}": {"S": "i"} for n in range(20)}
    wide = [wide_table("ALL"), *(put({"p": {"S": str(n)}} | many(95_000) | indexed) for n in range(3))]
    yield Case("25,000 small items", "dynamodb", target("CreateBackup"), CREATE, [TABLE, *small(25_000)])
    yield Case("40 items of 400 kB", "dynamodb", target("CreateBackup"), CREATE, [TABLE, *large])
    yield Case("25,000 small items", "dynamodb", target("RestoreTableToPointInTime"), RESTORE, [TABLE, *small(25_000), ON])
    yield Case("40 items of 400 kB", "dynamodb", target("RestoreTableToPointInTime"), RESTORE, [TABLE, *large, ON])
    yield Case("items of 95,000 attributes under 20 indexes", "dynamodb", target("RestoreTableToPointInTime"), RESTORE, [*wide, ON])
    yield Case("25,000 changes since", "dynamodb", target("RestoreTableToPointInTime"), RESTORE, [TABLE, ON, *small(25_000)])
    yield Case("a log of 5,000 changes", "dynamodb", target("DeleteTable"), {"TableName": "worst"}, [TABLE, ON, *small(5_000)])
    yield Case("an item of 95,000 attributes in the log", "dynamodb", target("PutItem"), {"TableName": "worst", "Item": KEY | many(95_000) | {"zz": {"N": "1"}}},
               [TABLE, ON, put(KEY | many(95_000))])
    yield from of_a_table_with_items(large)


def of_a_table_with_items(large: list[tuple[str, dict[str, Any]]]) -> Iterator[Case]:
    def index(kind: str) -> dict[str, Any]:
        projection = {"ProjectionType": kind} | ({"NonKeyAttributes": ["aa", "ab", "ac"]} if kind == "INCLUDE" else {})
        return {"TableName": "worst", "AttributeDefinitions": TABLE[1]["AttributeDefinitions"], "GlobalSecondaryIndexUpdates": [
            {"Create": {"IndexName": "again", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}], "Projection": projection}}]}

    wide = [put({"p": {"S": str(n)}} | many(95_000)) for n in range(5)]
    replica = {"TableName": "worst", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}
    for name, items in (("25,000 small items", small(25_000)), ("40 items of 400 kB", large), ("5 items of 95,000 attributes", wide)):
        yield Case(f"an index with all of {name}", "dynamodb", target("UpdateTable"), index("ALL"), [TABLE, *items])
        yield Case(f"an index with some of {name}", "dynamodb", target("UpdateTable"), index("INCLUDE"), [TABLE, *items])
        yield Case(f"a replica of {name}", "dynamodb", target("UpdateTable"), replica, [TABLE, *items])
    times = [TABLE, *small(25_000, {"t": {"N": "4000000000"}})]
    ttl = [(target("UpdateTimeToLive"), {"TableName": "worst", "TimeToLiveSpecification": {"Enabled": on, "AttributeName": "t"}}) for on in (True, False)]
    yield Case("on, of 25,000 items", "dynamodb", *ttl[0], times)
    yield Case("off, of 25,000 items", "dynamodb", *ttl[1], [*times, ttl[0]])
    yield Case("with the times of 25,000 items", "dynamodb", target("DeleteTable"), {"TableName": "worst"}, [*times, ttl[0]])
    bucket = Case("", "s3", "", b"", path="/worst", method="PUT")
    tests = " OR ".join(f"a{n % 10}=:v" for n in range(150))
    export = {"TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/worst", "S3Bucket": "worst",
              "FilterSpecification": {"FilterExpression": tests, "ExpressionAttributeValues": {":v": {"S": "v"}}}}
    yield Case("25,000 small items under a filter of 299 operators", "dynamodb", target("ExportTableToPointInTime"), export, [bucket, TABLE, ON, *small(25_000)])

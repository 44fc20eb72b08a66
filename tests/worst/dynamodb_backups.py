"""DynamoDB: tables backed up and restored: what a call does at once, and the steps that follow."""

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


def small(count: int) -> list[tuple[str, dict[str, Any]]]:
    return [(target("BatchWriteItem"), {"RequestItems": {"worst": [{"PutRequest": {"Item": {"p": {"S": f"{n + i:x}"}}}} for i in range(25)]}})
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

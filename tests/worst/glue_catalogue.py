"""Glue's Data Catalog: tables of many columns, many partitions, and long questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from case import Case

COLUMNS = [{"Name": f"column{n}", "Type": "string", "Comment": "c" * 60} for n in range(280)]
TABLE: dict[str, Any] = {"Name": "t", "PartitionKeys": [{"Name": "year", "Type": "int"}, {"Name": "kind", "Type": "string"}],
                         "StorageDescriptor": {"Columns": COLUMNS}}
HERE = {"DatabaseName": "b", "TableName": "t"}
MADE = [("AWSGlue.CreateDatabase", {"DatabaseInput": {"Name": "b"}}), ("AWSGlue.CreateTable", {"DatabaseName": "b", "TableInput": TABLE})]


def batch(first: int, kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "AWSGlue.BatchCreatePartition", {**HERE, "PartitionInputList": [{"Values": [str(first + n), kind], **more} for n in range(100)]}


def case(name: str, operation: str, body: dict[str, Any], setup: list[Any]) -> Case:
    return Case(name, "glue", f"AWSGlue.{operation}", body, setup)


def filled() -> list[Any]:
    return [*MADE, *(batch(100 * n, "a" * 900) for n in range(50))]


def partition_cases() -> Iterator[Case]:
    like = " OR ".join(["kind LIKE '%a%a%a%ab'"] * 70)
    many = "year IN (" + ",".join("1" for _ in range(1000)) + ")"
    deep = "(" * 1010 + "year = 1" + ")" * 1010
    for name, expression in (("patterns that nearly match", like), ("a long list", many), ("deep brackets", deep), ("many negations", "not " * 500 + "year = 1")):
        yield case(f"partitions asked for by {name}", "GetPartitions", {**HERE, "Expression": expression}, filled())
    yield case("a page of partitions", "GetPartitions", HERE, [*MADE, *(batch(100 * n, "a", StorageDescriptor={"Columns": COLUMNS}) for n in range(3))])
    yield case("partitions of many columns", *(part.removeprefix("AWSGlue.") if isinstance(part, str) else part
                                               for part in batch(0, "a", StorageDescriptor={"Columns": COLUMNS})), MADE)
    yield case("partitions that are there", "BatchGetPartition", {**HERE, "PartitionsToGet": [{"Values": [str(n), "a" * 900]} for n in range(1000)]}, filled())
    yield case("a table of many partitions goes", "DeleteTable", {"DatabaseName": "b", "Name": "t"}, filled())


def table_cases() -> Iterator[Case]:
    tables = [("AWSGlue.CreateTable", {"DatabaseName": "b", "TableInput": {**TABLE, "Name": f"t{'a' * 200}{n}"}}) for n in range(100)]
    wide = {**TABLE, "StorageDescriptor": {"Columns": [{"Name": f"c{n}", "Type": "int"} for n in range(90_000)]}}
    yield case("a table of 90,000 columns", "CreateTable", {"DatabaseName": "b", "TableInput": {**wide, "Name": "wide"}}, MADE)
    yield case("a page of tables", "GetTables", {"DatabaseName": "b"}, [*MADE, *tables])
    yield case("tables by an expression that goes back", "GetTables", {"DatabaseName": "b", "Expression": "t(a+)+b"}, [*MADE, *tables])
    yield case("tables searched for", "SearchTables", {"SearchText": "zzzz", "MaxResults": 1000}, [*MADE, *tables])
    yield case("tables searched for and sorted", "SearchTables", {"SortCriteria": [{"FieldName": "Name", "Sort": "DESC"}], "MaxResults": 1000}, [*MADE, *tables])
    yield case("versions of a table", "GetTableVersions", HERE, [*MADE, *[("AWSGlue.UpdateTable", {"DatabaseName": "b", "TableInput": TABLE})] * 100])
    yield case("a database of many tables goes", "DeleteDatabase", {"Name": "b"}, [*MADE, *tables])


def cases() -> Iterator[Case]:
    yield from partition_cases()
    yield from table_cases()

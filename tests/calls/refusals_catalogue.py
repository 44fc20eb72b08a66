"""The rows of Glue's Data Catalog, and calls of it that succeed: refusals.py and templates.py say how they are read."""

from __future__ import annotations

from collections.abc import Iterator

from row import Body, Row

VALUES = ["2026", "a"]
TABLE: Body = {"Name": "here", "PartitionKeys": [{"Name": "year", "Type": "int"}, {"Name": "kind", "Type": "string"}],
               "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": "s3://bucket/here/"}}
PARTITION: Body = {"Values": VALUES, "StorageDescriptor": {"Location": "s3://bucket/here/year=2026/"}}
CREATE_CATALOGUE = (("CreateDatabase", {"DatabaseInput": {"Name": "here"}}), ("CreateTable", {"DatabaseName": "here", "TableInput": TABLE}),
                    ("UpdateTable", {"DatabaseName": "here", "TableInput": TABLE}),
                    ("CreatePartition", {"DatabaseName": "here", "TableName": "here", "PartitionInput": PARTITION}))

OF_DATABASE: dict[str, Body] = {"GetDatabase": {}, "DeleteDatabase": {}, "UpdateDatabase": {"DatabaseInput": {"Name": "none"}}}
OF_TABLES: dict[str, Body] = {"CreateTable": {"TableInput": TABLE}, "GetTables": {}, "BatchDeleteTable": {"TablesToDelete": ["t"]}}
BY_NAME: dict[str, Body] = {"GetTable": {"Name": "none"}, "DeleteTable": {"Name": "none"}, "UpdateTable": {"TableInput": {"Name": "none"}}}
OF_TABLE: dict[str, Body] = {
    "GetTableVersion": {}, "GetTableVersions": {}, "DeleteTableVersion": {"VersionId": "9"}, "BatchDeleteTableVersion": {"VersionIds": ["9"]},
    "CreatePartition": {"PartitionInput": PARTITION}, "BatchCreatePartition": {"PartitionInputList": [PARTITION]},
    "GetPartition": {"PartitionValues": VALUES}, "GetPartitions": {"Expression": "year > 2000 AND kind IN ('a', 'b')"},
    "BatchGetPartition": {"PartitionsToGet": [{"Values": VALUES}]}, "DeletePartition": {"PartitionValues": ["1", "2"]},
    "UpdatePartition": {"PartitionValueList": VALUES, "PartitionInput": PARTITION},
    "BatchUpdatePartition": {"Entries": [{"PartitionValueList": VALUES, "PartitionInput": PARTITION}]},
    "GetPartitionIndexes": {}, "BatchDeletePartition": {"PartitionsToDelete": [{"Values": ["1", "2"]}]},
}
TEMPLATES = {
    "glue CreateDatabase": [{"DatabaseInput": {"Name": "made"}}], "glue GetDatabases": [{}], "glue SearchTables": [{"SearchText": "here"}],
    **{f"glue {name}": [{"Name": "here", **body}] for name, body in OF_DATABASE.items()},
    **{f"glue {name}": [{"DatabaseName": "here", **body}] for name, body in OF_TABLES.items()},
    **{f"glue {name}": [{"DatabaseName": "here", **body, "Name": "here"}] for name, body in BY_NAME.items() if name != "UpdateTable"},
    "glue UpdateTable": [{"DatabaseName": "here", "TableInput": TABLE}],
    **{f"glue {name}": [{"DatabaseName": "here", "TableName": "here", **body}] for name, body in OF_TABLE.items()},
}


def catalogue() -> Iterator[Row]:
    def row(operation: str, error: str, **body: object) -> Row:
        return Row("plain", "glue", operation, error, dict(body))

    for operation, body in OF_DATABASE.items():
        yield row(operation, "EntityNotFoundException", Name="none", **body)
    for operation, body in (OF_TABLES | BY_NAME).items():
        yield row(operation, "EntityNotFoundException", DatabaseName="none", **body)
    for operation, body in BY_NAME.items():
        yield row(operation, "EntityNotFoundException", DatabaseName="here", **body)
    for operation, body in OF_TABLE.items():
        yield row(operation, "EntityNotFoundException", DatabaseName="here", TableName="none", **body)
    here = {"DatabaseName": "here", "TableName": "here"}
    yield row("CreateDatabase", "AlreadyExistsException", DatabaseInput={"Name": "HERE"})
    yield row("CreateDatabase", "InvalidInputException", DatabaseInput={"Name": "n"}, Tags={"aws:a": "b"})
    yield row("CreateTable", "AlreadyExistsException", DatabaseName="here", TableInput=TABLE)
    yield row("UpdateTable", "ConcurrentModificationException", DatabaseName="here", TableInput=TABLE, VersionId="0")
    yield row("CreatePartition", "AlreadyExistsException", **here, PartitionInput=PARTITION)
    yield row("CreatePartition", "InvalidInputException", **here, PartitionInput={"Values": ["1"]})
    yield row("GetPartition", "EntityNotFoundException", **here, PartitionValues=["1", "2"])
    yield row("DeletePartition", "EntityNotFoundException", **here, PartitionValues=["1", "2"])
    yield row("UpdatePartition", "EntityNotFoundException", **here, PartitionValueList=["1", "2"], PartitionInput=PARTITION)
    for expression in ("none = 1", "year = 'x'", "year =", "(year = 1"):
        yield row("GetPartitions", "InvalidInputException", **here, Expression=expression)
    yield row("GetPartitions", "InvalidInputException", **here, NextToken="x")
    yield row("GetTables", "InvalidInputException", DatabaseName="here", Expression="(")
    yield row("DeleteTableVersion", "InvalidInputException", **here, VersionId="1")
    yield row("SearchTables", "InvalidInputException", NextToken="x")

"""Glue's Data Catalog: databases, tables and their versions, partitions and what is asked of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import refusal
from sdk import environment_of, python_folder, run

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "kind", "Type": "string"}]
COLUMNS = [{"Name": "id", "Type": "bigint", "Comment": "which"}]


def table(name: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "PartitionKeys": KEYS, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": {"Columns": COLUMNS, "Location": "s3://b/"}} | more


@pytest.fixture
def database(glue, unique) -> str:
    name = unique("base").lower().replace("-", "_")
    glue.create_database(DatabaseInput={"Name": name})
    return name


@pytest.fixture
def made(glue, database):
    """A table, t, with partitions of three years and two kinds."""
    glue.create_table(DatabaseName=database, TableInput=table("t"))
    inputs = [{"Values": [str(year), kind], "StorageDescriptor": {"Location": f"s3://b/{year}/{kind}", "Columns": COLUMNS}}
              for year in (9, 10, 11) for kind in ("order", "re'turn")]
    assert glue.batch_create_partition(DatabaseName=database, TableName="t", PartitionInputList=inputs)["Errors"] == []
    return {"DatabaseName": database, "TableName": "t"}


def test_a_database_is_made_told_changed_and_deleted_with_its_tables(glue, database):
    given = {"Name": database, "Description": "d", "LocationUri": "s3://b/", "Parameters": {"a": "b"}}
    glue.update_database(Name=database.upper(), DatabaseInput=given)
    told = glue.get_database(Name=database)["Database"]
    assert told.pop("CreateTime")
    assert told == given | {"CatalogId": "000000000000"}
    assert database in [one["Name"] for page in glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 1}) for one in page["DatabaseList"]]
    assert refusal(glue.create_database, DatabaseInput={"Name": database}) == ("AlreadyExistsException", "Database already exists.")
    glue.create_table(DatabaseName=database, TableInput=table("t"))
    glue.delete_database(Name=database)
    missing = ("EntityNotFoundException", f"Database {database} not found.")
    assert refusal(glue.get_database, Name=database) == missing
    assert refusal(glue.get_table, DatabaseName=database, Name="t") == missing
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []
    assert refusal(glue.get_database, Name=database, CatalogId="123456789012") == missing


def test_a_databases_tags(glue, unique):
    name = unique("tagged").lower()
    glue.create_database(DatabaseInput={"Name": name}, Tags={"a": "b"})
    arn = f"arn:aws:glue:us-east-1:000000000000:database/{name}"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"c": "d"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"a": "b", "c": "d"}
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["a"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"c": "d"}


def test_a_table_is_told_as_it_was_made_in_lower_case(glue, database):
    glue.create_table(DatabaseName=database, TableInput=table("Orders", Parameters={"classification": "parquet"}, Owner="o"))
    told = glue.get_table(DatabaseName=database, Name="ORDERS")["Table"]
    assert told.pop("CreateTime") == told.pop("UpdateTime")
    assert told == {
        "Name": "orders", "DatabaseName": database, "Owner": "o", "Retention": 0, "PartitionKeys": KEYS, "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"}, "CreatedBy": "arn:aws:iam::000000000000:root", "IsRegisteredWithLakeFormation": False,
        "CatalogId": "000000000000", "VersionId": "0", "IsMultiDialectView": False,
        "StorageDescriptor": {"Columns": COLUMNS, "Location": "s3://b/", "Compressed": False, "NumberOfBuckets": 0, "BucketColumns": [], "SortColumns": [],
                              "StoredAsSubDirectories": False}}
    assert refusal(glue.create_table, DatabaseName=database, TableInput=table("orders")) == ("AlreadyExistsException", "Table already exists.")
    assert refusal(glue.get_table, DatabaseName=database, Name="none") == ("EntityNotFoundException", "Entity Not Found")
    assert refusal(glue.get_partitions, DatabaseName=database, TableName="none") == ("EntityNotFoundException", "Table none not found.")


def test_tables_are_listed_by_an_expression_and_in_pages(glue, database):
    for name in ("a1", "a2", "b1"):
        glue.create_table(DatabaseName=database, TableInput=table(name))
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=database, PaginationConfig={"PageSize": 2}))
    assert [[one["Name"] for one in page["TableList"]] for page in pages] == [["a1", "a2"], ["b1"]]
    assert [one["Name"] for one in glue.get_tables(DatabaseName=database, Expression="a.*")["TableList"]] == ["a1", "a2"]
    assert [one["Name"] for one in glue.get_tables(DatabaseName=database, Expression="*1")["TableList"]] == ["a1", "b1"]
    assert glue.get_tables(DatabaseName=database, Expression="a")["TableList"] == []
    deleted = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["a1", "none"])
    assert deleted["Errors"] == [{"TableName": "none", "ErrorDetail": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Table none not found."}}]
    assert [one["Name"] for one in glue.get_tables(DatabaseName=database)["TableList"]] == ["a2", "b1"]


def test_an_update_leaves_the_table_as_it_was_as_a_version(glue, made):
    base, by_name = made["DatabaseName"], glue.get_table
    for owner, more in (("one", {}), ("two", {"SkipArchive": True}), ("three", {"VersionId": "2"})):
        glue.update_table(DatabaseName=base, TableInput=table("t", Owner=owner), **more)
    assert (by_name(DatabaseName=base, Name="t")["Table"]["VersionId"], len(glue.get_partitions(**made)["Partitions"])) == ("3", 6)
    versions = [one for page in glue.get_paginator("get_table_versions").paginate(**made, PaginationConfig={"PageSize": 1}) for one in page["TableVersions"]]
    assert [(one["VersionId"], one["Table"].get("Owner")) for one in versions] == [("3", "three"), ("2", "two"), ("0", None)]
    stale = ("ConcurrentModificationException", "Update table failed due to concurrent modifications.")
    assert refusal(glue.update_table, DatabaseName=base, TableInput=table("t"), VersionId="2") == stale
    assert glue.get_table_version(**made, VersionId="2")["TableVersion"]["Table"]["Owner"] == "two"
    glue.delete_table_version(**made, VersionId="2")
    assert refusal(glue.get_table_version, **made, VersionId="2") == ("EntityNotFoundException", "Version not found.")
    errors = glue.batch_delete_table_version(**made, VersionIds=["0", "2", "3"])["Errors"]
    assert [(one["VersionId"], one["ErrorDetail"]["ErrorCode"]) for one in errors] == [("2", "EntityNotFoundException"), ("3", "InvalidInputException")]


EXPRESSIONS = {
    "year = 10": ["10 order", "10 re'turn"],
    "year > 9 AND kind = 'order'": ["10 order", "11 order"],
    "kind = 're''turn' and year <> 10": ["11 re'turn", "9 re'turn"],
    "year BETWEEN 9 AND 10 AND kind LIKE 'or%'": ["10 order", "9 order"],
    "NOT (year IN (9, 10) OR kind LIKE '_rder')": ["11 re'turn"],
    "(((year) = 1))": None, "year = ": None, "`year` <= 9 and \"kind\" = 'order'": ["9 order"],
    "kind IS NULL": [], "kind is not null and year >= 11": ["11 order", "11 re'turn"],
    "year = 10 or year = 11 and kind = 'order'": ["10 order", "10 re'turn", "11 order"],
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_partitions_are_asked_for_by_an_expression(glue, made, expression):
    if EXPRESSIONS[expression] is None:
        assert refusal(glue.get_partitions, **made, Expression=expression) == ("InvalidInputException", "Invalid partition expression!")
    else:
        assert sorted(" ".join(one["Values"]) for one in glue.get_partitions(**made, Expression=expression)["Partitions"]) == EXPRESSIONS[expression]


def test_a_value_that_is_none_of_its_keys_type(glue, made):
    assert refusal(glue.get_partitions, **made, Expression="year = 'x'") == ("InvalidInputException", '"x" is not an integer.')


def test_partitions_in_pages_and_segments(glue, made):
    pages = glue.get_paginator("get_partitions").paginate(**made, Expression="kind = 'order'", PaginationConfig={"PageSize": 2})
    assert [[one["Values"][0] for one in page["Partitions"]] for page in pages] == [["9", "10"], ["11"]]
    segments = [glue.get_partitions(**made, Segment={"SegmentNumber": n, "TotalSegments": 2})["Partitions"] for n in range(2)]
    assert sorted(len(one) for one in segments) == [3, 3]
    assert glue.get_partition_indexes(**made)["PartitionIndexDescriptorList"] == []
    assert "Columns" not in glue.get_partitions(**made, ExcludeColumnSchema=True)["Partitions"][0]["StorageDescriptor"]


def test_partitions_are_made_changed_and_deleted(glue, made):
    values = ["12", "order"]
    glue.create_partition(**made, PartitionInput={"Values": values, "Parameters": {"a": "b"}})
    told = glue.get_partition(**made, PartitionValues=values)["Partition"]
    assert (told["Values"], told["Parameters"], told["TableName"], told["CatalogId"]) == (values, {"a": "b"}, "t", "000000000000")
    assert refusal(glue.create_partition, **made, PartitionInput={"Values": values}) == ("AlreadyExistsException", "Partition already exists.")
    count = ("InvalidInputException", "The number of partition keys do not match the number of partition values")
    assert refusal(glue.create_partition, **made, PartitionInput={"Values": ["1"]}) == count
    glue.update_partition(**made, PartitionValueList=values, PartitionInput={"Values": ["13", "order"]})
    missing = ("EntityNotFoundException", "Cannot find partition.")
    assert refusal(glue.get_partition, **made, PartitionValues=values) == missing
    assert refusal(glue.update_partition, **made, PartitionValueList=values, PartitionInput={"Values": values}) == missing
    found = glue.batch_get_partition(**made, PartitionsToGet=[{"Values": ["13", "order"]}, {"Values": values}])
    assert [one["Values"] for one in found["Partitions"]] == [["13", "order"]] and found["UnprocessedKeys"] == []
    errors = glue.batch_update_partition(**made, Entries=[{"PartitionValueList": ["13", "order"], "PartitionInput": {"Values": ["9", "order"]}}])["Errors"]
    assert [one["ErrorDetail"]["ErrorCode"] for one in errors] == ["AlreadyExistsException"]
    glue.delete_partition(**made, PartitionValues=["13", "order"])
    errors = glue.batch_delete_partition(**made, PartitionsToDelete=[{"Values": ["9", "order"]}, {"Values": values}])["Errors"]
    assert errors == [{"PartitionValues": values, "ErrorDetail": {"ErrorCode": missing[0], "ErrorMessage": missing[1]}}]
    assert len(glue.get_partitions(**made)["Partitions"]) == 5


def test_tables_are_searched_for(glue, database):
    for name, more in (("customer-link", {"Description": "those who buy"}), ("xx_link_yy", {}), ("linked", {"Parameters": {"team": "sales"}})):
        glue.create_table(DatabaseName=database, TableInput=table(name, **more))
    mine = {"Key": "DatabaseName", "Value": database}

    def found(*filters, **more):
        return [one["Name"] for one in glue.search_tables(Filters=[mine, *filters], **more)["TableList"]]

    assert found({"Key": "Name", "Value": "link"}) == ["customer-link"]
    assert found({"Key": "team", "Value": "sales"}) == ["linked"]
    assert found(SearchText="buy") == ["customer-link"] and found(SearchText='"linked"') == ["linked"]
    assert found(SortCriteria=[{"FieldName": "Name", "Sort": "DESC"}]) == ["xx_link_yy", "linked", "customer-link"]
    first = glue.search_tables(Filters=[mine], MaxResults=2)
    assert len(first["TableList"]) == 2 and found(NextToken=first["NextToken"]) == ["xx_link_yy"]


@pytest.mark.once
@pytest.mark.timeout(300)  # what it is built of is fetched once
def test_awswrangler(emulator, s3, unique, tmp_path):
    bucket, database = unique("bucket"), unique("wrangled").lower().replace("-", "_")
    s3.create_bucket(Bucket=bucket)
    folder = python_folder("parquet")
    seen = json.loads(run([folder / "venv/bin/python", folder / "wrangler_job.py", bucket, database], env=environment_of(emulator, "http", tmp_path), timeout=100))
    assert seen == {
        "databases": True, "types": {"id": "bigint", "kind": "string", "amount": "double", "at": "timestamp", "day": "string", "more": "boolean"},
        "comments": "which", "parameters": "n", "location": True, "partitions": ["2026-01-01", "2026-01-02", "2026-01-03"],
        "filtered": [["2026-01-02"]], "found": ["events"], "searched": ["events"], "rows": [12, 9, 30, 37.5, 6], "versions": 1, "left": 2,
        "deleted": [True, False], "gone": False}

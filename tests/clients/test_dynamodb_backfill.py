"""A global index that is added to a table with items: filled in steps while the table is used, whatever happens."""

from __future__ import annotations

import pytest
from conftest import client_at
from helpers import eventually, refusal
from test_dynamodb_keys import define, index, schema

LARGE = 4000
ITEMS = {f"{n}": {"k": {"S": f"{n}"}, "g": {"S": f"{n % 7}"}, "v": {"S": "x" * 300}} for n in range(LARGE)}


@pytest.fixture
def emulator_with_items(own_emulator):
    emulator = own_emulator()
    dynamodb = client_at(emulator.url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=schema("k"), AttributeDefinitions=define(k="S"))
    items = list(ITEMS.values())
    for at in range(0, LARGE, 25):
        dynamodb.batch_write_item(RequestItems={"table": [{"PutRequest": {"Item": item}} for item in items[at:at + 25]]})
    return emulator


def add(dynamodb, name: str = "by-g") -> dict:
    answer = dynamodb.update_table(TableName="table", AttributeDefinitions=define(k="S", g="S"),
                                   GlobalSecondaryIndexUpdates=[{"Create": index(name, "g")}])
    return told(answer["TableDescription"], name)


def told(table: dict, name: str = "by-g") -> dict:
    return next((of for of in table.get("GlobalSecondaryIndexes", []) if of["IndexName"] == name), {})


def entries(dynamodb) -> dict:
    pages = dynamodb.get_paginator("scan").paginate(TableName="table", IndexName="by-g")
    return {item["k"]["S"]: item for page in pages for item in page["Items"]}


def test_kill_9_while_an_index_is_filled(emulator_with_items):
    emulator, expected = emulator_with_items, dict(ITEMS)
    dynamodb = client_at(emulator.url, "dynamodb")
    made = add(dynamodb)
    assert (made["IndexStatus"], made["Backfilling"]) == ("CREATING", False)
    for n in range(0, LARGE, 97):
        expected[f"{n}"] = {"k": {"S": f"{n}"}, "g": {"S": "changed"}}
        dynamodb.put_item(TableName="table", Item=expected[f"{n}"])
        dynamodb.delete_item(TableName="table", Key={"k": {"S": f"{n + 1}"}})
        expected.pop(f"{n + 1}", None)
    emulator.kill()
    emulator.start()
    eventually(lambda: told(dynamodb.describe_table(TableName="table")["Table"])["IndexStatus"] == "ACTIVE")
    assert entries(dynamodb) == expected
    table = dynamodb.describe_table(TableName="table")["Table"]
    assert told(table)["ItemCount"] == table["ItemCount"] == len(expected)
    assert told(table)["IndexSizeBytes"] == table["TableSizeBytes"]
    assert "Backfilling" not in told(table)


def test_until_it_is_full_it_is_not_read_and_is_the_only_one(emulator_with_items):
    """Each refusal may come too late to be one: the index is full by then."""
    dynamodb = client_at(emulator_with_items.url, "dynamodb")
    add(dynamodb)
    try:
        assert len(entries(dynamodb)) == LARGE
    except dynamodb.exceptions.ClientError as error:
        assert error.response["Error"] == {"Code": "ValidationException", "Message": "Cannot read from backfilling global secondary index: by-g"}
    created = {"Create": index("other", "g")}
    deleted = {"Delete": {"IndexName": "by-g"}}
    definitions = define(k="S", g="S")
    assert refusal(dynamodb.update_table, TableName="table", AttributeDefinitions=definitions, GlobalSecondaryIndexUpdates=[deleted, created]) == (
        "LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
    dynamodb.update_table(TableName="table", GlobalSecondaryIndexUpdates=[deleted])  # also while it is filled
    assert told(dynamodb.describe_table(TableName="table")["Table"]) == {}
    add(dynamodb)
    eventually(lambda: told(dynamodb.describe_table(TableName="table")["Table"])["IndexStatus"] == "ACTIVE")
    assert entries(dynamodb) == ITEMS

"""Time to live: items expire by the emulator's clock."""

from __future__ import annotations

import pytest
from admin import ask
from conftest import client_at
from helpers import eventually

NOW = 1893499200  # 2030-01-01T12:00:00Z


@pytest.fixture
def own(own_emulator):
    """The address of an emulator whose clock stands, and a client of a table with an index and a TTL attribute."""
    url = own_emulator().url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(url, "dynamodb")
    dynamodb.create_table(
        TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[{"IndexName": "index", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "ALL"}}])
    enable(dynamodb)
    return url, dynamodb


def enable(dynamodb, on: bool = True) -> None:
    dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": on, "AttributeName": "expires"})


def put(dynamodb, key: str, expires: object = None) -> None:
    item = {"k": {"S": key}, "g": {"S": "all"}}
    if expires is not None:
        item["expires"] = expires if isinstance(expires, dict) else {"N": str(expires)}
    dynamodb.put_item(TableName="table", Item=item)


def keys(dynamodb, index: bool = False) -> list[str]:
    if index:
        items = dynamodb.query(TableName="table", IndexName="index", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "all"}})
    else:
        items = dynamodb.scan(TableName="table")
    return sorted(item["k"]["S"] for item in items["Items"])


def test_an_item_is_gone_when_its_time_has_passed_from_indexes_too(own):
    url, dynamodb = own
    put(dynamodb, "soon", NOW + 10)
    put(dynamodb, "later", NOW + 7 * 86400)
    put(dynamodb, "never")
    ask(url, "clock", advance="10s")
    assert keys(dynamodb) == ["later", "never", "soon"]
    ask(url, "clock", advance="1s")
    assert keys(dynamodb) == keys(dynamodb, index=True) == ["later", "never"]
    ask(url, "clock", advance="7d")
    assert keys(dynamodb) == keys(dynamodb, index=True) == ["never"]
    assert dynamodb.describe_table(TableName="table")["Table"]["ItemCount"] == 1


def test_what_is_no_time_expires_nothing(own):
    url, dynamodb = own
    put(dynamodb, "text", {"S": str(NOW)})
    put(dynamodb, "negative", -5)
    put(dynamodb, "milliseconds", NOW * 1000)
    put(dynamodb, "six years ago", NOW - 6 * 365 * 86400)
    put(dynamodb, "huge", "1E+100")
    put(dynamodb, "fraction", f"{NOW + 5}.9")
    put(dynamodb, "a year ago", NOW - 365 * 86400)
    ask(url, "clock", advance="6s")
    assert keys(dynamodb) == ["huge", "milliseconds", "negative", "six years ago", "text"]


def test_the_time_of_the_last_write_counts(own):
    url, dynamodb = own
    for key in ("moved", "kept", "gone"):
        put(dynamodb, key, NOW + 10)
    change = {"TableName": "table", "Key": {"k": {"S": "moved"}}, "UpdateExpression": "SET expires = :n"}
    dynamodb.update_item(**change, ExpressionAttributeValues={":n": {"N": str(NOW + 100)}})
    dynamodb.update_item(TableName="table", Key={"k": {"S": "kept"}}, UpdateExpression="REMOVE expires")
    dynamodb.delete_item(TableName="table", Key={"k": {"S": "gone"}})
    put(dynamodb, "gone")
    ask(url, "clock", advance="11s")
    assert keys(dynamodb) == ["gone", "kept", "moved"]
    ask(url, "clock", advance="100s")
    assert keys(dynamodb) == ["gone", "kept"]


def test_it_holds_for_what_is_there_when_it_is_turned_on_and_ends_when_it_is_turned_off(own):
    url, dynamodb = own
    put(dynamodb, "one", NOW + 10)
    enable(dynamodb, False)
    ask(url, "clock", advance="1h")
    put(dynamodb, "two", NOW)
    assert keys(dynamodb) == ["one", "two"]
    enable(dynamodb)
    assert keys(dynamodb) == []


def test_many_items_expire_and_a_restart_does_not_save_them(own_emulator):
    emulator = own_emulator()
    ask(emulator.url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(emulator.url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    enable(dynamodb)
    for at in range(0, 1000, 25):
        requests = [{"PutRequest": {"Item": {"k": {"S": f"{n}"}, "expires": {"N": str(NOW + n)}}}} for n in range(at, at + 25)]
        assert not dynamodb.batch_write_item(RequestItems={"table": requests})["UnprocessedItems"]
    ask(emulator.url, "clock", advance="600s")
    assert len(keys(dynamodb)) == 400
    emulator.stop()
    url = own_emulator().url
    ask(url, "clock", set=(NOW + 801) * 1000, freeze=True)
    assert len(keys(client_at(url, "dynamodb"))) == 199


def test_a_table_that_goes_takes_its_times_along(own):
    url, dynamodb = own
    put(dynamodb, "one", NOW + 10)
    dynamodb.delete_table(TableName="table")
    ask(url, "clock", advance="1h")
    assert dynamodb.list_tables()["TableNames"] == []
    ask(url, "reset", "POST")


LARGE = 3000


@pytest.fixture
def with_many_items(own_emulator):
    """A table whose items have two times each, and no TTL attribute: what is set is found in several steps."""
    emulator = own_emulator()
    ask(emulator.url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(emulator.url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    for at in range(0, LARGE, 25):
        dynamodb.batch_write_item(RequestItems={"table": [
            {"PutRequest": {"Item": {"k": {"S": f"{n}"}, "expires": {"N": f"{NOW + 10}"}, "later": {"N": f"{NOW + 100}"}}}} for n in range(at, at + 25)]})
    return emulator, dynamodb


def count(dynamodb) -> int:
    return dynamodb.describe_table(TableName="table")["Table"]["ItemCount"]


def test_of_many_items_none_expires_by_an_attribute_that_was_the_table_s_for_a_moment(with_many_items):
    emulator, dynamodb = with_many_items
    enable(dynamodb)
    enable(dynamodb, False)
    dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "later"})
    ask(emulator.url, "clock", advance="11s")
    for n in range(0, LARGE, 500):  # they are all there, however much is found by now
        assert dynamodb.get_item(TableName="table", Key={"k": {"S": f"{n}"}})["Item"]
    assert count(dynamodb) == LARGE
    ask(emulator.url, "clock", advance="100s")
    eventually(lambda: count(dynamodb) == 0)


def test_kill_9_while_times_are_found_or_forgotten(with_many_items):
    emulator, dynamodb = with_many_items
    enable(dynamodb)
    emulator.kill()
    emulator.start()
    ask(emulator.url, "clock", set=(NOW + 11) * 1000, freeze=True)
    eventually(lambda: count(dynamodb) == 0)
    dynamodb.delete_table(TableName="table")
    emulator.kill()
    emulator.start()
    assert dynamodb.list_tables()["TableNames"] == []

"""DynamoDB Streams: what changes of a table are told, how they are read, and for how long."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from helpers import refusal, refusal_code

NOW = 1893499200  # 2030-01-01T12:00:00Z
TABLE = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
TRIMMED = ("TrimmedDataAccessException", "The data you are trying to access has been trimmed")


def on(view: str = "NEW_AND_OLD_IMAGES") -> dict[str, Any]:
    return {"StreamEnabled": True, "StreamViewType": view}


class Table:
    """A table with a stream, and what is done with it."""

    def __init__(self, dynamodb: Any, streams: Any, name: str, view: str = "NEW_AND_OLD_IMAGES", **more: Any) -> None:
        self.dynamodb, self.dynamodbstreams, self.name = dynamodb, streams, name
        made = dynamodb.create_table(TableName=name, StreamSpecification=on(view), **TABLE | more)
        self.arn = made["TableDescription"]["LatestStreamArn"]

    def put(self, key: str, **attributes: str) -> None:
        self.dynamodb.put_item(TableName=self.name, Item=item(key, **attributes))

    def delete(self, key: str) -> None:
        self.dynamodb.delete_item(TableName=self.name, Key=item(key))

    def shards(self, **arguments: Any) -> list[dict[str, Any]]:
        return self.dynamodbstreams.describe_stream(StreamArn=self.arn, **arguments)["StreamDescription"]["Shards"]

    def iterator(self, kind: str = "TRIM_HORIZON", shard: str | None = None, **more: Any) -> str:
        shard = shard or self.shards()[-1]["ShardId"]
        return self.dynamodbstreams.get_shard_iterator(StreamArn=self.arn, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]

    def read(self, kind: str = "TRIM_HORIZON", **more: Any) -> list[dict[str, Any]]:
        return self.dynamodbstreams.get_records(ShardIterator=self.iterator(kind, **more))["Records"]


def item(key: str, **attributes: str) -> dict[str, Any]:
    return {"k": {"S": key}} | {name: {"S": value} for name, value in attributes.items()}


def told(records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(record["eventName"], record["dynamodb"]["Keys"]["k"]["S"]) for record in records]


@pytest.fixture
def table(dynamodb, dynamodbstreams, unique) -> Table:
    return Table(dynamodb, dynamodbstreams, unique("table"))


@pytest.fixture
def own(own_emulator):
    """own(view): a table of an emulator of its own, whose clock stands until `advance`d."""
    url = own_emulator().url
    ask(url, "clock", set=NOW * 1000, freeze=True)

    def make(view: str = "NEW_AND_OLD_IMAGES", **more: Any) -> Table:
        made = Table(client_at(url, "dynamodb"), client_at(url, "dynamodbstreams"), "table", view, **more)
        made.advance = lambda span: ask(url, "clock", advance=span)
        return made

    return make


# What is told


@pytest.mark.parametrize("view", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])
def test_each_view_has_its_images_and_their_size(dynamodb, dynamodbstreams, unique, view):
    table = Table(dynamodb, dynamodbstreams, unique("table"), view)
    table.put("a", n="1")
    table.put("a", n="22")
    table.delete("a")
    insert, modify, remove = (record["dynamodb"] for record in table.read())
    new, old, longer = item("a", n="1"), item("a", n="1"), item("a", n="22")
    has_new, has_old = "NEW" in view, "OLD" in view
    assert insert.get("NewImage") == (new if has_new else None) and "OldImage" not in insert
    assert modify.get("NewImage") == (longer if has_new else None)
    assert modify.get("OldImage") == (old if has_old else None)
    assert remove.get("OldImage") == (longer if has_old else None) and "NewImage" not in remove
    assert all(change["Keys"] == item("a") and change["StreamViewType"] == view for change in (insert, modify, remove))
    assert [change["SizeBytes"] for change in (insert, modify, remove)] == [
        2 + 4 * has_new, 2 + 5 * has_new + 4 * has_old, 2 + 5 * has_old]


def test_what_changes_nothing_is_not_told(table):
    """aws: Developer Guide, Streams: a PutItem or UpdateItem that does not change any data in an item writes no stream record."""
    table.put("a", n="1")
    table.put("a", n="1")
    table.dynamodb.update_item(TableName=table.name, Key=item("a"), UpdateExpression="SET n = :n",
                               ExpressionAttributeValues={":n": {"S": "1"}})
    table.delete("b")
    assert told(table.read()) == [("INSERT", "a")]


def test_batches_and_transactions_are_told_item_by_item(table):
    table.dynamodb.batch_write_item(RequestItems={table.name: [{"PutRequest": {"Item": item(key)}} for key in "ab"]})
    table.dynamodb.transact_write_items(TransactItems=[
        {"Put": {"TableName": table.name, "Item": item("c")}}, {"Delete": {"TableName": table.name, "Key": item("a")}},
        {"Update": {"TableName": table.name, "Key": item("b"), "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": {":n": {"S": "1"}}}}])
    assert sorted(told(table.read())[:2]) == [("INSERT", "a"), ("INSERT", "b")]
    assert sorted(told(table.read())[2:]) == [("INSERT", "c"), ("MODIFY", "b"), ("REMOVE", "a")]


def test_a_refused_write_is_not_told(table):
    with pytest.raises(table.dynamodb.exceptions.ConditionalCheckFailedException):
        table.dynamodb.put_item(TableName=table.name, Item=item("a"), ConditionExpression="attribute_exists(k)")
    assert table.read() == []


def test_expiry_says_who_has_removed_the_item(own):
    table = own()
    table.dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    table.dynamodb.put_item(TableName="table", Item=item("a") | {"t": {"N": str(NOW + 5)}})
    table.advance("10s")
    insert, remove = table.read()
    assert "userIdentity" not in insert
    assert remove["eventName"] == "REMOVE" and remove["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def test_every_type_comes_back_as_it_was(table):
    whole = item("a") | {"n": {"N": "-1.5"}, "b": {"B": b"\0\1"}, "ss": {"SS": ["x", "y"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": [b"1"]},
                         "m": {"M": {"l": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {}}]}}}, "e": {"S": ""}}
    table.dynamodb.put_item(TableName=table.name, Item=whole)
    assert table.read()[0]["dynamodb"]["NewImage"] == whole


def test_record_and_sequence_numbers_have_the_form_of_aws(table):
    for n in range(3):
        table.put("a", n=str(n))
    records = table.read()
    assert all(len(record["eventID"]) == 32 and int(record["eventID"], 16) for record in records)
    assert len({record["eventID"] for record in records}) == 3
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert numbers == sorted(numbers, key=int) and all(21 <= len(number) <= 40 and number.isdigit() for number in numbers)
    assert all(record["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0 for record in records)
    assert records[0]["eventSource"] == "aws:dynamodb" and records[0]["eventVersion"] == "1.1" and records[0]["awsRegion"] == "us-east-1"


# Iterators


def test_the_kinds_of_iterators_begin_where_they_say(own):
    table = own()
    for key in "abc":
        table.put(key)
        table.advance("1s")
    numbers = [record["dynamodb"]["SequenceNumber"] for record in table.read()]
    assert told(table.read("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == [("INSERT", "b"), ("INSERT", "c")]
    assert told(table.read("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == [("INSERT", "c")]
    at = datetime.datetime.fromtimestamp(NOW + 1, datetime.UTC)
    assert told(table.read("AT_TIMESTAMP", Timestamp=at)) == [("INSERT", "b"), ("INSERT", "c")]
    start = table.shards()[0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert len(table.read("AT_SEQUENCE_NUMBER", SequenceNumber=start)) == 3
    latest = table.iterator("LATEST")
    assert table.dynamodbstreams.get_records(ShardIterator=latest)["Records"] == []
    table.put("d")
    assert told(table.dynamodbstreams.get_records(ShardIterator=latest)["Records"]) == [("INSERT", "d")]


def test_pages_follow_each_other_without_a_gap(table):
    for n in range(10):
        table.put(str(n))
    iterator, seen = table.iterator(), []
    for _ in range(5):
        page = table.dynamodbstreams.get_records(ShardIterator=iterator, Limit=3)
        seen += told(page["Records"])
        iterator = page["NextShardIterator"]
    assert seen == [("INSERT", str(n)) for n in range(10)]


def test_a_page_holds_a_megabyte_or_one_record(table):
    for n in range(6):
        table.put(str(n), data="x" * 300_000)
    pages, iterator = [], table.iterator()
    while True:
        page = table.dynamodbstreams.get_records(ShardIterator=iterator)
        if not page["Records"]:
            break
        pages.append(len(page["Records"]))
        iterator = page["NextShardIterator"]
    assert pages == [3, 3]


def test_an_iterator_is_good_for_fifteen_minutes(own):
    table = own()
    iterator = table.iterator()
    table.advance("15m")
    table.dynamodbstreams.get_records(ShardIterator=iterator)
    table.advance("1ms")
    assert refusal_code(table.dynamodbstreams.get_records, ShardIterator=iterator) == "ExpiredIteratorException"


# Time


def test_a_shard_is_followed_by_another_after_four_hours(own):
    table = own()
    table.put("a")
    first = table.iterator()
    table.advance("4h")
    table.put("b")
    old, new = table.shards()
    assert new["ParentShardId"] == old["ShardId"] and "ParentShardId" not in old
    assert set(old["SequenceNumberRange"]) == {"StartingSequenceNumber", "EndingSequenceNumber"}
    assert set(new["SequenceNumberRange"]) == {"StartingSequenceNumber"}
    assert int(old["SequenceNumberRange"]["EndingSequenceNumber"]) < int(new["SequenceNumberRange"]["StartingSequenceNumber"])
    page = table.dynamodbstreams.get_records(ShardIterator=table.iterator(shard=old["ShardId"]))
    assert told(page["Records"]) == [("INSERT", "a")] and "NextShardIterator" not in page
    assert page["Records"][0]["dynamodb"]["SequenceNumber"] == old["SequenceNumberRange"]["EndingSequenceNumber"]
    assert told(table.read()) == [("INSERT", "b")]
    assert table.shards(ShardFilter={"Type": "CHILD_SHARDS", "ShardId": old["ShardId"]}) == [new]
    assert table.shards(Limit=1) == [old] and table.shards(ExclusiveStartShardId=old["ShardId"]) == [new]
    assert refusal_code(table.dynamodbstreams.get_records, ShardIterator=first) == "ExpiredIteratorException"


def test_what_is_older_than_a_day_is_trimmed(own):
    table = own()
    table.put("a")
    table.advance("3h")
    table.put("b")
    shard = table.shards()[0]["ShardId"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in table.read()]
    table.advance("22h")
    assert told(table.read(shard=shard)) == [("INSERT", "b")]
    arguments = {"StreamArn": table.arn, "ShardId": shard, "ShardIteratorType": "AT_SEQUENCE_NUMBER"}
    assert refusal(table.dynamodbstreams.get_shard_iterator, SequenceNumber=numbers[0], **arguments) == TRIMMED
    late = table.iterator("AFTER_SEQUENCE_NUMBER", shard=shard, SequenceNumber=numbers[0])
    table.advance("1h")
    table.advance("3h")
    assert shard in {shard["ShardId"] for shard in table.shards()}
    table.advance("24h")
    assert shard not in {shard["ShardId"] for shard in table.shards()}
    assert refusal_code(table.dynamodbstreams.get_records, ShardIterator=late) == "ExpiredIteratorException"


def test_an_iterator_whose_record_is_trimmed_meanwhile(own):
    table = own()
    table.put("a")
    table.put("b")
    shard, number = table.shards()[0]["ShardId"], table.read()[0]["dynamodb"]["SequenceNumber"]
    for _ in range(2):
        table.advance("11h55m")
    iterator = table.iterator("AT_SEQUENCE_NUMBER", shard=shard, SequenceNumber=number)
    table.advance("14m")
    assert refusal(table.dynamodbstreams.get_records, ShardIterator=iterator) == TRIMMED


# On and off


def test_a_stream_that_is_off_is_read_for_a_day_and_a_new_one_is_another(own):
    table = own()
    table.put("a")
    update = table.dynamodb.update_table
    update(TableName="table", StreamSpecification={"StreamEnabled": False})
    described = table.dynamodb.describe_table(TableName="table")["Table"]
    assert "StreamSpecification" not in described and described["LatestStreamArn"] == table.arn
    stream = table.dynamodbstreams.describe_stream(StreamArn=table.arn)["StreamDescription"]
    assert stream["StreamStatus"] == "DISABLED" and "EndingSequenceNumber" in stream["Shards"][0]["SequenceNumberRange"]
    table.put("b")
    again = update(TableName="table", StreamSpecification=on("KEYS_ONLY"))["TableDescription"]
    assert again["LatestStreamArn"] != table.arn and again["StreamSpecification"] == on("KEYS_ONLY")
    table.put("c")
    assert told(table.read()) == [("INSERT", "a")]
    listed = table.dynamodbstreams.list_streams(TableName="table")["Streams"]
    assert [stream["StreamArn"] for stream in listed] == [table.arn, again["LatestStreamArn"]]
    assert listed[0]["StreamLabel"] in table.arn
    table.advance("25h")
    assert [stream["StreamArn"] for stream in table.dynamodbstreams.list_streams()["Streams"]] == [again["LatestStreamArn"]]
    table.arn = again["LatestStreamArn"]
    assert refusal_code(table.dynamodbstreams.describe_stream, StreamArn=listed[0]["StreamArn"]) == "ResourceNotFoundException"


def test_a_deleted_tables_stream_is_read_for_a_day(own):
    table = own()
    table.put("a")
    table.dynamodb.delete_table(TableName="table")
    assert told(table.read()) == [("INSERT", "a")]
    assert table.dynamodbstreams.describe_stream(StreamArn=table.arn)["StreamDescription"]["StreamStatus"] == "DISABLED"
    table.advance("24h")
    assert refusal_code(table.dynamodbstreams.describe_stream, StreamArn=table.arn) == "ResourceNotFoundException"
    assert table.dynamodbstreams.list_streams()["Streams"] == []


def test_lists_have_pages(own):
    table = own()
    for _ in range(2):
        table.dynamodb.update_table(TableName="table", StreamSpecification={"StreamEnabled": False})
        table.dynamodb.update_table(TableName="table", StreamSpecification=on())
    first = table.dynamodbstreams.list_streams(Limit=2)
    rest = table.dynamodbstreams.list_streams(ExclusiveStartStreamArn=first["LastEvaluatedStreamArn"])
    arns = [stream["StreamArn"] for stream in first["Streams"] + rest["Streams"]]
    assert len(first["Streams"]) == 2 and len(set(arns)) == 3 and "LastEvaluatedStreamArn" not in rest


def test_streams_outlive_kill_9(own_emulator):
    running = own_emulator()
    table = Table(client_at(running.url, "dynamodb"), client_at(running.url, "dynamodbstreams"), "table")
    for n in range(20):
        table.put(str(n))
    number = table.read()[-1]["dynamodb"]["SequenceNumber"]
    running.kill()
    running = own_emulator()
    table.dynamodb, table.dynamodbstreams = client_at(running.url, "dynamodb"), client_at(running.url, "dynamodbstreams")
    table.put("after")
    assert told(table.read()) == [("INSERT", str(n)) for n in range(20)] + [("INSERT", "after")]
    assert told(table.read("AFTER_SEQUENCE_NUMBER", SequenceNumber=number)) == [("INSERT", "after")]


def test_a_reset_takes_streams_with_it(own_emulator):
    url = own_emulator().url
    table = Table(client_at(url, "dynamodb"), client_at(url, "dynamodbstreams"), "table")
    table.put("a")
    ask(url, "reset", method="POST")
    assert table.dynamodbstreams.list_streams()["Streams"] == []
    again = Table(table.dynamodb, table.dynamodbstreams, "table")
    again.put("b")
    assert told(again.read()) == [("INSERT", "b")]

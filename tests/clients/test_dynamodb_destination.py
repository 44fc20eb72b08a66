"""A table's changes go into a Kinesis stream: in DynamoDB's form, in order, none of them lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from helpers import refusal

NOT_VALID = "Table is not in a valid state to enable Kinesis Streaming Destination: "
KEYS = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}


def item(key: str, **values: str) -> dict[str, Any]:
    return {"k": {"S": key}} | {name: {"S": value} for name, value in values.items()}


def arn_of(stream: str) -> str:
    return f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}"


def records(kinesis, stream: str) -> list[dict[str, Any]]:
    """Of all shards, as Kinesis has them, with the data read."""
    found = []
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        at = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        found += kinesis.get_records(ShardIterator=at["ShardIterator"])["Records"]
    return [record | {"Data": json.loads(record["Data"])} for record in found]


@pytest.fixture
def table(dynamodb, unique) -> str:
    name = unique("table")
    dynamodb.create_table(TableName=name, **KEYS)
    return name


@pytest.fixture
def bound(dynamodb, table, stream) -> tuple[str, str]:
    dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream))
    return table, stream


def test_each_change_is_a_record_in_the_form_of_dynamodb(dynamodb, kinesis, bound):
    table, stream = bound
    dynamodb.put_item(TableName=table, Item=item("a", n="1") | {"b": {"B": b"\0"}, "l": {"L": [{"N": "1"}, {"NULL": True}]}})
    dynamodb.put_item(TableName=table, Item=item("a"))
    dynamodb.put_item(TableName=table, Item=item("a"))
    dynamodb.delete_item(TableName=table, Key=item("a"))
    found = records(kinesis, stream)
    insert, modify, remove = (record["Data"] for record in found)
    assert len({record["PartitionKey"] for record in found}) == 1
    assert insert.keys() == {"awsRegion", "eventID", "eventName", "userIdentity", "recordFormat", "tableName", "dynamodb", "eventSource"}
    assert insert["eventName"] == "INSERT" and insert["userIdentity"] is None and insert["tableName"] == table
    assert insert["recordFormat"] == "application/json" and insert["eventSource"] == "aws:dynamodb" and insert["awsRegion"] == "us-east-1"
    change = insert["dynamodb"]
    assert change["NewImage"] == item("a", n="1") | {"b": {"B": "AA=="}, "l": {"L": [{"N": "1"}, {"NULL": True}]}}
    assert change["ApproximateCreationDateTimePrecision"] == "MILLISECOND" and len(str(change["ApproximateCreationDateTime"])) == 13
    assert modify["eventName"] == "MODIFY" and modify["dynamodb"]["OldImage"] == change["NewImage"] and modify["dynamodb"]["NewImage"] == item("a")
    assert remove["eventName"] == "REMOVE" and remove["dynamodb"]["OldImage"] == item("a") and "NewImage" not in remove["dynamodb"]
    assert all(data["dynamodb"]["Keys"] == item("a") for data in (insert, modify, remove))
    assert remove["dynamodb"]["SizeBytes"] == 4 and len({data["eventID"] for data in (insert, modify, remove)}) == 3


def test_microseconds_are_told_where_they_are_asked_for(dynamodb, kinesis, table, stream):
    dynamodb.enable_kinesis_streaming_destination(
        TableName=table, StreamArn=arn_of(stream), EnableKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": "MICROSECOND"})
    dynamodb.put_item(TableName=table, Item=item("a"))
    change = records(kinesis, stream)[0]["Data"]["dynamodb"]
    assert change["ApproximateCreationDateTimePrecision"] == "MICROSECOND" and len(str(change["ApproximateCreationDateTime"])) == 16


def test_nothing_is_told_after_it_is_switched_off(dynamodb, kinesis, bound):
    table, stream = bound
    dynamodb.put_item(TableName=table, Item=item("a"))
    dynamodb.disable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream))
    dynamodb.put_item(TableName=table, Item=item("b"))
    dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn_of(stream))
    dynamodb.put_item(TableName=table, Item=item("c"))
    assert sorted(record["Data"]["dynamodb"]["Keys"]["k"]["S"] for record in records(kinesis, stream)) == ["a", "c"]
    listed = dynamodb.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]
    assert listed == [{"StreamArn": arn_of(stream), "DestinationStatus": "ACTIVE"}]


def test_expired_items_are_told_with_who_removed_them(own_emulator):
    url = own_emulator().url
    ask(url, "clock", set=1893499200000, freeze=True)
    dynamodb, kinesis = client_at(url, "dynamodb"), client_at(url, "kinesis")
    dynamodb.create_table(TableName="table", **KEYS)
    kinesis.create_stream(StreamName="stream", ShardCount=1)
    dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    dynamodb.put_item(TableName="table", Item=item("a") | {"t": {"N": "1893499205"}})
    dynamodb.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn_of("stream"))
    ask(url, "clock", advance="10s")
    assert records(kinesis, "stream")[0]["Data"]["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


def test_states_pass_with_the_clock(own_emulator):
    url = own_emulator(options=("--transition-ms", "5000")).url
    ask(url, "clock", freeze=True)
    dynamodb, kinesis = client_at(url, "dynamodb"), client_at(url, "kinesis")
    dynamodb.create_table(TableName="table", **KEYS)
    kinesis.create_stream(StreamName="stream", ShardCount=1)
    ask(url, "clock", advance="6s")
    arn = arn_of("stream")

    def status() -> list[str]:
        listed = dynamodb.describe_kinesis_streaming_destination(TableName="table")["KinesisDataStreamDestinations"]
        return [one["DestinationStatus"] for one in listed]

    assert status() == []
    dynamodb.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
    assert status() == ["ENABLING"]
    active = NOT_VALID + "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
    assert refusal(dynamodb.disable_kinesis_streaming_destination, TableName="table", StreamArn=arn) == ("ValidationException", active)
    dynamodb.put_item(TableName="table", Item=item("early"))
    ask(url, "clock", advance="5s")
    assert status() == ["ACTIVE"]
    dynamodb.update_kinesis_streaming_destination(
        TableName="table", StreamArn=arn, UpdateKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": "MICROSECOND"})
    assert status() == ["UPDATING"]
    dynamodb.put_item(TableName="table", Item=item("meanwhile"))
    ask(url, "clock", advance="5s")
    dynamodb.disable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
    dynamodb.disable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
    assert status() == ["DISABLING"]
    dynamodb.put_item(TableName="table", Item=item("late"))
    ask(url, "clock", advance="5s")
    assert status() == ["DISABLED"]
    assert [record["Data"]["dynamodb"]["Keys"] for record in records(kinesis, "stream")] == [item("meanwhile")]


def test_a_stream_that_is_not_there_fails_and_leaves_room_for_another(dynamodb, table, stream):
    enable = dynamodb.enable_kinesis_streaming_destination
    assert enable(TableName=table, StreamArn=arn_of("no-such-stream"))["DestinationStatus"] == "ENABLING"
    enable(TableName=table, StreamArn=arn_of(stream))
    listed = dynamodb.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]
    assert listed == [{"StreamArn": arn_of(stream), "DestinationStatus": "ACTIVE"},
                      {"StreamArn": arn_of("no-such-stream"), "DestinationStatus": "ENABLE_FAILED",
                       "DestinationStatusDescription": "User does not have a permission to use kinesis stream"}]
    words = NOT_VALID + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation."
    assert refusal(enable, TableName=table, StreamArn=arn_of("no-such-stream")) == ("ValidationException", words)


def test_what_a_stream_does_not_take_waits_over_kill_9_and_comes_in_order(own_emulator):
    running = own_emulator()
    ask(running.url, "clock", freeze=True)
    dynamodb, kinesis = client_at(running.url, "dynamodb"), client_at(running.url, "kinesis")
    dynamodb.create_table(TableName="table", **KEYS)
    kinesis.create_stream(StreamName="stream", ShardCount=1)
    dynamodb.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn_of("stream"))
    kinesis.delete_stream(StreamName="stream")
    for n in range(250):
        dynamodb.update_item(TableName="table", Key=item("a"), UpdateExpression="SET n = :n",
                             ExpressionAttributeValues={":n": {"N": str(n)}})
    running.kill()
    running = own_emulator()
    ask(running.url, "clock", freeze=True)
    dynamodb, kinesis = client_at(running.url, "dynamodb"), client_at(running.url, "kinesis")
    kinesis.create_stream(StreamName="stream", ShardCount=1)
    dynamodb.update_item(TableName="table", Key=item("a"), UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "250"}})
    assert records(kinesis, "stream") == []
    for _ in range(3):
        ask(running.url, "clock", advance="1s")
    told = [int(record["Data"]["dynamodb"]["NewImage"]["n"]["N"]) for record in records(kinesis, "stream")]
    assert told == list(range(251))
    dynamodb.put_item(TableName="table", Item=item("b"))
    assert records(kinesis, "stream")[-1]["Data"]["dynamodb"]["Keys"] == item("b")


def test_records_and_items_are_written_together(own_emulator):
    """What was acknowledged before kill -9 is in the stream, each change once."""
    running = own_emulator()
    dynamodb, kinesis = client_at(running.url, "dynamodb"), client_at(running.url, "kinesis")
    dynamodb.create_table(TableName="table", **KEYS)
    kinesis.create_stream(StreamName="stream", ShardCount=1)
    dynamodb.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn_of("stream"))
    for n in range(30):
        dynamodb.put_item(TableName="table", Item=item(str(n)))
    running.kill()
    running = own_emulator()
    found = records(client_at(running.url, "kinesis"), "stream")
    assert [record["Data"]["dynamodb"]["Keys"]["k"]["S"] for record in found] == [str(n) for n in range(30)]

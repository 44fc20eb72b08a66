"""Streams of another region or account; and which refusal is told of what was asked wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import client_at
from helpers import iterator, refusal, refusal_code, register_consumer, subscribe
from local_emulator import LocalEmulator

SHARD = "shardId-000000000000"
STRANGER = "111122223333"


@pytest.fixture
def arn(kinesis: Any, stream: str) -> str:
    return str(kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"])


@pytest.fixture
def stranger(emulator: LocalEmulator) -> Any:
    """A client of another account."""
    return client_at(emulator.url, "kinesis", aws_access_key_id=STRANGER)


def policy(principal: Any, effect: str = "Allow") -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kinesis:PutRecord", "Resource": "*"},
        {"Effect": effect, "Principal": principal, "Action": "kinesis:*", "Resource": "*"}]})


def test_a_stream_of_another_region_is_not_reached(emulator, kinesis, stream, arn):
    consumer, at = register_consumer(kinesis, stream, "c"), iterator(kinesis, stream, SHARD)
    token = kinesis.list_shards(StreamName=stream, MaxResults=1)["NextToken"]
    other = client_at(emulator.url, "kinesis", region_name="eu-west-1")
    reading = {"ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
    for call, arguments in [
        (other.describe_stream_summary, {"StreamARN": arn}),
        (other.put_record, {"StreamARN": arn, "PartitionKey": "k", "Data": b"x"}),
        (other.put_records, {"StreamARN": arn, "Records": [{"PartitionKey": "k", "Data": b"x"}]}),
        (other.get_shard_iterator, {"StreamARN": arn, "ShardId": SHARD, "ShardIteratorType": "LATEST"}),
        (other.list_shards, {"StreamARN": arn}),
        (other.list_shards, {"NextToken": token}),
        (other.delete_stream, {"StreamARN": arn}),
        (other.describe_stream_consumer, {"ConsumerARN": consumer}),
        (other.deregister_stream_consumer, {"ConsumerARN": consumer}),
        (other.subscribe_to_shard, {"ConsumerARN": consumer} | reading),
        (other.get_records, {"ShardIterator": at}),
        (other.tag_resource, {"ResourceARN": arn, "Tags": {"a": "b"}}),
        (other.get_resource_policy, {"ResourceARN": arn}),
    ]:
        assert refusal_code(call, **arguments) == "InvalidArgumentException", (call, arguments)
    assert not kinesis.get_records(ShardIterator=at)["Records"]


# aws-test: Developer Guide, "Share access using resource-based policies"
@pytest.mark.parametrize("principal", [{"AWS": STRANGER}, {"AWS": ["999999999999", f"arn:aws:iam::{STRANGER}:role/reader"]}, {"AWS": "*"}, "*"])
def test_another_account_needs_a_policy_of_the_stream(kinesis, stream, arn, stranger, principal):
    at = iterator(kinesis, stream, SHARD)
    calls: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (stranger.put_record, {"StreamARN": arn, "PartitionKey": "k", "Data": b"x"}),
        (stranger.describe_stream_summary, {"StreamARN": arn}),
        (stranger.list_shards, {"StreamARN": arn}),
        (stranger.get_shard_iterator, {"StreamARN": arn, "ShardId": SHARD, "ShardIteratorType": "LATEST"}),
        (stranger.get_records, {"ShardIterator": at, "StreamARN": arn}),
    ]
    for call, arguments in calls:
        assert refusal_code(call, **arguments) == "AccessDeniedException"
    assert refusal(stranger.put_record, **calls[0][1])[1] == (
        f"User: arn:aws:iam::{STRANGER}:root is not authorized to perform: kinesis:PutRecord on resource: {arn} "
        "because no resource-based policy allows the kinesis:PutRecord action")
    # Whether there is such a stream is not told either.
    assert refusal_code(stranger.describe_stream_summary, StreamARN=arn + "-not") == "AccessDeniedException"
    kinesis.put_resource_policy(ResourceARN=arn, Policy=policy(principal, "Deny"))
    assert refusal_code(stranger.list_shards, StreamARN=arn) == "AccessDeniedException"
    kinesis.put_resource_policy(ResourceARN=arn, Policy=policy(principal))
    for call, arguments in calls:
        call(**arguments)
    page = stranger.list_shards(StreamARN=arn, MaxResults=1)
    assert len(stranger.list_shards(NextToken=page["NextToken"])["Shards"]) == 1
    kinesis.delete_resource_policy(ResourceARN=arn)
    for call, arguments in calls:
        assert refusal_code(call, **arguments) == "AccessDeniedException"
    assert refusal_code(stranger.list_shards, NextToken=page["NextToken"]) == "AccessDeniedException"


def test_a_policy_of_a_consumer_opens_that_consumer_alone(kinesis, stream, arn, stranger):
    mine, other = (register_consumer(kinesis, stream, name) for name in ("mine", "other"))
    reading = {"ShardId": SHARD, "StartingPosition": {"Type": "TRIM_HORIZON"}}
    assert refusal_code(stranger.subscribe_to_shard, ConsumerARN=mine, **reading) == "AccessDeniedException"
    kinesis.put_resource_policy(ResourceARN=mine, Policy=policy({"AWS": STRANGER}))
    assert stranger.describe_stream_consumer(ConsumerARN=mine)["ConsumerDescription"]["ConsumerName"] == "mine"
    kinesis.put_record(StreamName=stream, PartitionKey="k", ExplicitHashKey="0", Data=b"x")
    with subscribe(stranger, mine, SHARD) as events:
        assert next(iter(events))["SubscribeToShardEvent"]["Records"][0]["Data"] == b"x"
    assert refusal_code(stranger.subscribe_to_shard, ConsumerARN=other, **reading) == "AccessDeniedException"
    assert refusal_code(stranger.describe_stream_summary, StreamARN=arn) == "AccessDeniedException"


# aws-test: ShardFilter: "This property can only be used if the AFTER_SHARD_ID shard type is specified."
@pytest.mark.parametrize("kind", ["AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"])
def test_a_filter_has_the_member_of_its_type_and_no_other(kinesis, stream, kind):
    now = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamCreationTimestamp"]
    wanted = {"AFTER_SHARD_ID": {"ShardId"}, "AT_TIMESTAMP": {"Timestamp"}, "FROM_TIMESTAMP": {"Timestamp"}}.get(kind, set())
    for given in ({}, {"ShardId": SHARD}, {"Timestamp": now}, {"ShardId": SHARD, "Timestamp": now}):
        arguments = {"StreamName": stream, "ShardFilter": {"Type": kind} | given}
        if set(given) == wanted:
            kinesis.list_shards(**arguments)
        else:
            assert refusal_code(kinesis.list_shards, **arguments) == "InvalidArgumentException", given


# aws-test: PutRecord, SequenceNumberForOrdering: "Guarantees strictly increasing sequence numbers"
def test_a_number_for_ordering_is_one_that_was_given(kinesis, stream):
    put = lambda **more: kinesis.put_record(StreamName=stream, PartitionKey="k", ExplicitHashKey="0", Data=b"x", **more)["SequenceNumber"]  # noqa: E731
    first = put()
    second = put(SequenceNumberForOrdering=first)
    assert int(put(SequenceNumberForOrdering=second)) > int(second) > int(first)
    last = put(SequenceNumberForOrdering=first)
    step = int(second) - int(first)
    for steps in (1, 2, 1000):
        code, message = refusal(put, SequenceNumberForOrdering=str(int(last) + steps * step))
        assert code == "InvalidArgumentException"
        assert message == (f"ExclusiveMinimumSequenceNumber {int(last) + steps * step} used in PutRecord on stream {stream} "
                           "under account 000000000000 is invalid.")
    # The other shard has given nothing; a number of it may be named all the same, once it has.
    other = kinesis.put_record(StreamName=stream, PartitionKey="k", ExplicitHashKey=str(2**128 - 1), Data=b"x")["SequenceNumber"]
    put(SequenceNumberForOrdering=other)
    assert refusal_code(put, SequenceNumberForOrdering=str(int(other) + step)) == "InvalidArgumentException"


# As the service was found to do it: mhart/kinesalite, splitShard and mergeShards
def test_what_can_be_no_shard_is_told_before_the_stream(kinesis, stream):
    missing = lambda shard, of: ("ResourceNotFoundException", f"Could not find shard {shard} in stream {of} under account 000000000000.")  # noqa: E731
    absent = ("ResourceNotFoundException", "Stream not-there under account 000000000000 not found.")
    for impossible in ("shardId-a", "a", "shardId-2147483648"):
        for name in ("not-there", stream):
            assert refusal(kinesis.split_shard, StreamName=name, ShardToSplit=impossible, NewStartingHashKey="2") == missing(impossible, name)
            assert refusal(kinesis.merge_shards, StreamName=name, ShardToMerge=impossible, AdjacentShardToMerge="b") == missing(impossible, name)
            assert refusal(kinesis.merge_shards, StreamName=name, ShardToMerge=SHARD, AdjacentShardToMerge=impossible) == missing(impossible, name)
    assert refusal(kinesis.split_shard, StreamName="not-there", ShardToSplit="shardId-9", NewStartingHashKey="2") == absent
    assert refusal(kinesis.merge_shards, StreamName="not-there", ShardToMerge="shardId-9", AdjacentShardToMerge="shardId-8") == absent
    assert refusal(kinesis.split_shard, StreamName=stream, ShardToSplit="9", NewStartingHashKey="2") == missing("shardId-000000000009", stream)
    assert refusal(kinesis.merge_shards, StreamName=stream, ShardToMerge="9", AdjacentShardToMerge="8") == missing("shardId-000000000009", stream)

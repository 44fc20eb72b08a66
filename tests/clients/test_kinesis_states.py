"""States that pass: what a stream is while it is UPDATING, a consumer while it is DELETING; on the emulator's clock, over kill -9."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from helpers import covers_once, is_open, iterator, read, refusal, refusal_code, shards_of, subscribe
from local_emulator import LocalEmulator

SHARD, HALF, TEN_S = "shardId-000000000000", str(2**127), ("--transition-ms", "10000")
IDS = [f"shardId-{n:012}" for n in range(20)]


def pass_s(emulator: LocalEmulator, seconds: float) -> None:
    ask(emulator.url, "clock", advance=round(seconds * 1000))


@pytest.fixture
def slow(own_emulator: Callable[..., LocalEmulator]) -> LocalEmulator:
    """Its states take ten seconds of its clock, which stands; with an active stream "s" of one shard."""
    emulator = own_emulator(options=TEN_S)
    ask(emulator.url, "clock", freeze=True)
    client(emulator).create_stream(StreamName="s", ShardCount=1)
    pass_s(emulator, 10)
    return emulator


def client(emulator: LocalEmulator) -> Any:
    return client_at(emulator.url, "kinesis")


def status(kinesis: Any) -> str:
    return str(kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"])


def put(kinesis: Any, text: str, key: str = "0") -> str:
    answer = kinesis.put_record(StreamName="s", PartitionKey="k", ExplicitHashKey=key, Data=text.encode())
    return str(answer["ShardId"])


def ids(kinesis: Any, **arguments: Any) -> list[str]:
    return [shard["ShardId"] for shard in shards_of(kinesis, "s", **arguments)]


# aws-test: SplitShard: "sets the stream status to UPDATING … Read and write operations continue to work"; Developer Guide, "Data
# routing, data persistence, and shard state after a reshard"
def test_until_a_split_is_done_the_parent_is_open_alone_and_takes_the_puts(slow):
    kinesis = client(slow)
    kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=HALF)
    assert status(kinesis) == "UPDATING"
    assert ids(kinesis) == ids(kinesis, ShardFilter={"Type": "AT_LATEST"}) == [SHARD]
    assert [shard["ShardId"] for shard in kinesis.describe_stream(StreamName="s")["StreamDescription"]["Shards"]] == [SHARD]
    assert is_open(shards_of(kinesis, "s")[0])
    assert put(kinesis, "before") == put(kinesis, "too", HALF) == SHARD
    at = iterator(kinesis, "s", SHARD, "LATEST")
    pass_s(slow, 9.999)
    assert status(kinesis) == "UPDATING" and ids(kinesis) == [SHARD]
    assert "NextShardIterator" in kinesis.get_records(ShardIterator=at)
    pass_s(slow, 0.001)
    assert status(kinesis) == "ACTIVE" and ids(kinesis) == IDS[:3]
    assert ids(kinesis, ShardFilter={"Type": "AT_LATEST"}) == IDS[1:3]
    assert [put(kinesis, "after"), put(kinesis, "after", HALF)] == IDS[1:3]
    assert [record["Data"] for record in read(kinesis, "s", SHARD)] == [b"before", b"too"]
    answer = kinesis.get_records(ShardIterator=at)
    assert "NextShardIterator" not in answer and [child["ShardId"] for child in answer["ChildShards"]] == IDS[1:3]
    parent, *children = shards_of(kinesis, "s")
    assert all(child["SequenceNumberRange"]["StartingSequenceNumber"] > parent["SequenceNumberRange"]["EndingSequenceNumber"] for child in children)


def test_until_a_merge_and_a_rescale_are_done_the_old_shards_are_open_alone(slow):
    kinesis = client(slow)
    answer = kinesis.update_shard_count(StreamName="s", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (1, 2)
    assert ids(kinesis) == [SHARD] and put(kinesis, "1") == SHARD
    pass_s(slow, 10)
    assert ids(kinesis) == IDS[:3]
    kinesis.merge_shards(StreamName="s", ShardToMerge=IDS[1], AdjacentShardToMerge=IDS[2])
    assert ids(kinesis) == IDS[:3] and [put(kinesis, "2"), put(kinesis, "2", HALF)] == IDS[1:3]
    pass_s(slow, 10)
    merged = shards_of(kinesis, "s")[3]
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == (IDS[1], IDS[2])
    assert put(kinesis, "3") == IDS[3] and covers_once([merged])


def test_a_subscriber_of_the_parent_gets_what_comes_while_updating_and_then_the_children(slow):
    kinesis = client(slow)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    pass_s(slow, 10)
    kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=HALF)
    with subscribe(kinesis, consumer, SHARD) as events:
        put(kinesis, "while")
        pass_s(slow, 10)
        seen = [event["SubscribeToShardEvent"] for event in events]
    assert [record["Data"] for event in seen for record in event["Records"]] == [b"while"]
    assert [child["ShardId"] for child in seen[-1]["ChildShards"]] == IDS[1:3]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_what_was_begun_is_done_after_a_restart(own_emulator, end):
    emulator = own_emulator(options=("--transition-ms", "600000"))
    kinesis = client(emulator)
    for name in ("s", "t"):
        kinesis.create_stream(StreamName=name, ShardCount=2)
    pass_s(emulator, 600)
    kinesis.merge_shards(StreamName="s", ShardToMerge=IDS[1], AdjacentShardToMerge=IDS[0])
    arn = kinesis.describe_stream_summary(StreamName="t")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.update_shard_count(StreamName="t", TargetShardCount=3, ScalingType="UNIFORM_SCALING")
    put(kinesis, "before the end")
    getattr(emulator, end)()
    emulator = own_emulator(options=("--transition-ms", "600000"))
    kinesis = client(emulator)
    # The clock of the new process has not been moved: nothing is due.
    assert status(kinesis) == "UPDATING" and ids(kinesis) == IDS[:2]
    assert put(kinesis, "after it", "0") == SHARD
    pass_s(emulator, 1200)
    assert status(kinesis) == "ACTIVE"
    merged = shards_of(kinesis, "s")[2]
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == (IDS[1], IDS[0])
    assert [record["Data"] for record in read(kinesis, "s", SHARD)] == [b"before the end", b"after it"]
    assert covers_once([shard for shard in shards_of(kinesis, "t") if is_open(shard)])
    assert kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]["OpenShardCount"] == 3


def test_a_stream_that_is_deleted_while_updating_is_gone_with_its_reshard(slow):
    kinesis = client(slow)
    kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=HALF)
    kinesis.delete_stream(StreamName="s")
    pass_s(slow, 10)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    pass_s(slow, 10)
    assert ids(kinesis) == [SHARD]


# aws-test: Consumer: "A consumer can't read data while in the CREATING or DELETING states."
def test_a_consumer_passes_through_deleting(slow):
    kinesis = client(slow)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    registered = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]
    consumer, made = registered["ConsumerARN"], int(registered["ConsumerCreationTimestamp"].timestamp())
    inactive = ("ResourceInUseException",
                f"Consumer c with creation timestamp {made} under stream: s , account 000000000000 is not in ACTIVE status.")
    reading = {"ConsumerARN": consumer, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
    described = lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"]  # noqa: E731
    assert described() == "CREATING" and refusal(kinesis.subscribe_to_shard, **reading) == inactive
    pass_s(slow, 10)
    with subscribe(kinesis, consumer, SHARD) as events:
        kinesis.deregister_stream_consumer(ConsumerARN=consumer)
        assert described() == "DELETING"
        assert [seen["ConsumerStatus"] for seen in kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]] == ["DELETING"]
        assert not [record for event in events for record in event["SubscribeToShardEvent"]["Records"]]
    assert refusal(kinesis.subscribe_to_shard, **reading) == inactive
    assert refusal_code(kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="c") == "ResourceInUseException"
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    pass_s(slow, 10)
    assert refusal_code(kinesis.describe_stream_consumer, ConsumerARN=consumer) == "ResourceNotFoundException"
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")


def test_a_consumer_that_was_deleting_when_it_was_killed_goes_after_the_restart(own_emulator):
    emulator = own_emulator(options=("--transition-ms", "600000"))
    kinesis = client(emulator)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    pass_s(emulator, 600)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")
    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c")
    emulator.kill()
    emulator = own_emulator(options=("--transition-ms", "600000"))
    kinesis = client(emulator)
    assert len(kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]) == 1
    pass_s(emulator, 1200)
    assert not kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]


# Flink's connector takes a ResourceNotFoundException within a subscription for the end of the shard: FanOutRecordPublisher.
def test_a_subscription_ends_plainly_with_its_consumer_and_nothing_is_lost(kinesis, stream):
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    position: dict[str, Any] = {"Type": "TRIM_HORIZON"}
    seen: list[bytes] = []
    for number in range(3):
        for text in range(5):
            kinesis.put_record(StreamName=stream, PartitionKey="k", ExplicitHashKey="0", Data=f"{number}.{text}".encode())
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="flink")["Consumer"]["ConsumerARN"]
        answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition=position)
        kinesis.deregister_stream_consumer(ConsumerARN=consumer)
        for event in answer["EventStream"]:  # which no error ends
            told = event["SubscribeToShardEvent"]
            assert told["ContinuationSequenceNumber"] and not told.get("ChildShards")
            seen += [record["Data"] for record in told["Records"]]
            position = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": told["ContinuationSequenceNumber"]}
        assert refusal_code(kinesis.subscribe_to_shard, ConsumerARN=consumer, ShardId=SHARD, StartingPosition=position) == "ResourceNotFoundException"
    assert seen == [f"{number}.{text}".encode() for number in range(3) for text in range(5)]


# aws-test: the words of aws/aws-sdk-java-v2#5949
def test_a_stream_that_is_creating_is_not_read(own_emulator):
    emulator = own_emulator(options=TEN_S)
    ask(emulator.url, "clock", freeze=True)
    kinesis = client(emulator)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    in_use = ("ResourceInUseException", "Stream s under account 000000000000 not ACTIVE or UPDATING, instead in state CREATING")
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    assert refusal(kinesis.list_shards, StreamName="s") == in_use
    assert refusal(kinesis.get_shard_iterator, StreamName="s", ShardId=SHARD, ShardIteratorType="LATEST") == in_use
    assert refusal(kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="c") == in_use
    pass_s(emulator, 10)
    assert ids(kinesis) == [SHARD] and iterator(kinesis, "s", SHARD)


# aws-test: CreateStream: LimitExceededException when you "have more than five streams in the CREATING state at any point in time"
@pytest.mark.parametrize("limits", [(), ("--limits", "aws")])
def test_five_streams_are_made_at_once_where_limits_hold(own_emulator, limits):
    emulator = own_emulator(options=TEN_S + limits)
    ask(emulator.url, "clock", freeze=True)
    kinesis = client(emulator)
    for number in range(5):
        kinesis.create_stream(StreamName=f"s{number}", ShardCount=1)
        pass_s(emulator, 1)
    if not limits:
        kinesis.create_stream(StreamName="more", ShardCount=1)
        return
    assert refusal_code(kinesis.create_stream, StreamName="more", ShardCount=1) == "LimitExceededException"
    other = client_at(emulator.url, "kinesis", region_name="eu-west-1")
    other.create_stream(StreamName="more", ShardCount=1)
    pass_s(emulator, 5)
    kinesis.create_stream(StreamName="more", ShardCount=1)

"""What the service model and the documentation say of Kinesis as a whole: every operation, names and ARNs, dry runs, filters, times."""

from __future__ import annotations

import base64
import datetime
import gzip
import json
import threading
import time
from typing import Any

import boto3
import cbor2
import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import PLAIN, client_at
from helpers import active, covers_once, is_open, iterator, open_shards, read, refusal_code, register_consumer, shards_of, subscribe
from raw import CBOR, Connection

TARGET = "Kinesis_20131202"
MODEL = boto3.client("kinesis", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x").meta.service_model
OPERATIONS = {name: MODEL.operation_model(name) for name in MODEL.operation_names}
QUEUES_AND_CHANNELS = {name for name in OPERATIONS if "Queue" in name or "Channel" in name}
SHARD = "shardId-000000000000"
ABSENT_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/absent"

# What an operation needs beside its stream to get as far as looking for it.
NEEDED: dict[str, dict[str, Any]] = {
    "AddTagsToStream": {"Tags": {"a": "b"}}, "DecreaseStreamRetentionPeriod": {"RetentionPeriodHours": 24},
    "DisableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]}, "EnableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]},
    "GetShardIterator": {"ShardId": SHARD, "ShardIteratorType": "LATEST"}, "IncreaseStreamRetentionPeriod": {"RetentionPeriodHours": 24},
    "MergeShards": {"ShardToMerge": SHARD, "AdjacentShardToMerge": "shardId-000000000001"}, "PutRecord": {"Data": "eA==", "PartitionKey": "k"},
    "PutRecords": {"Records": [{"Data": "eA==", "PartitionKey": "k"}]}, "RemoveTagsFromStream": {"TagKeys": ["a"]},
    "SplitShard": {"ShardToSplit": SHARD, "NewStartingHashKey": "1"}, "StartStreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
    "StopStreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
    "UpdateShardCount": {"TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"}, "UpdateStreamWarmThroughput": {"WarmThroughputMiBps": 10},
}
BY_NAME_OR_ARN = sorted(name for name, model in OPERATIONS.items()
                        if model.input_shape and {"StreamName", "StreamARN"} <= set(model.input_shape.members))


@pytest.fixture
def connection(emulator):
    with Connection(emulator) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_of_the_model_is_there_or_says_clearly_that_it_is_not(connection, name):
    answer = connection.call(f"{TARGET}.{name}", {})
    if name in QUEUES_AND_CHANNELS:
        assert answer.code == "NotImplementedException" and name in answer.message
    else:
        assert answer.status == 200 or answer.code in ("ValidationException", "InvalidArgumentException"), answer


@pytest.mark.parametrize("name", BY_NAME_OR_ARN)
def test_a_stream_is_meant_by_its_name_or_its_arn(connection, name):
    needed = NEEDED.get(name, {})
    for reference in ({"StreamName": "absent"}, {"StreamARN": ABSENT_ARN}, {"StreamName": "absent", "StreamARN": ABSENT_ARN}):
        answer = connection.call(f"{TARGET}.{name}", needed | reference)
        assert answer.code == "ResourceNotFoundException", (reference, answer)
        assert answer.message == (f"Shard {SHARD} in stream absent under account 000000000000 does not exist"
                                  if name == "GetShardIterator" else "Stream absent under account 000000000000 not found.")
    both = {"StreamName": "other", "StreamARN": ABSENT_ARN}
    assert connection.call(f"{TARGET}.{name}", needed | both).code == "InvalidArgumentException"
    assert connection.call(f"{TARGET}.{name}", needed).code == "InvalidArgumentException"


def test_a_dry_run_checks_everything_and_does_nothing(kinesis, stream):
    record = {"Data": b"x", "PartitionKey": "k"}
    at = iterator(kinesis, stream, SHARD)
    consumer = register_consumer(kinesis, stream, "reader")
    start = {"Type": "LATEST"}
    assert refusal_code(kinesis.put_record, StreamName=stream, **record, DryRun=True) == "DryRunOperationException"
    assert refusal_code(kinesis.put_records, StreamName=stream, Records=[record], DryRun=True) == "DryRunOperationException"
    assert refusal_code(kinesis.get_records, ShardIterator=at, DryRun=True) == "DryRunOperationException"
    assert refusal_code(kinesis.get_shard_iterator, StreamName=stream, ShardId=SHARD, ShardIteratorType="LATEST", DryRun=True) == "DryRunOperationException"
    assert refusal_code(kinesis.subscribe_to_shard, ConsumerARN=consumer, ShardId=SHARD, StartingPosition=start, DryRun=True) == "DryRunOperationException"
    assert refusal_code(kinesis.put_record, StreamName="absent", **record, DryRun=True) == "ResourceNotFoundException"
    assert refusal_code(kinesis.get_records, ShardIterator="none", DryRun=True) == "InvalidArgumentException"
    assert not any(read(kinesis, stream, shard["ShardId"]) for shard in shards_of(kinesis, stream))


@pytest.mark.parametrize("dump", [lambda body: json.dumps(body).encode(), cbor2.dumps], ids=["json", "cbor"])
def test_a_request_may_be_gzipped(connection, kinesis, stream, dump):
    is_json = dump is not cbor2.dumps
    data = b"x" * 100_000
    body = dump({"StreamName": stream, "PartitionKey": "k", "Data": base64.b64encode(data).decode() if is_json else data})
    content_type = "application/x-amz-json-1.1" if is_json else CBOR
    answer = connection.call(f"{TARGET}.PutRecord", gzip.compress(body), content_type, Content_Encoding="gzip")
    assert answer.status == 200
    assert [record["Data"] for shard in shards_of(kinesis, stream) for record in read(kinesis, stream, shard["ShardId"])] == [data]


# On the emulator's clock


@pytest.fixture
def own(own_emulator):
    """The address of an emulator whose clock stands, and a client."""
    url = own_emulator().url
    ask(url, "clock", set="2030-01-01T12:00:00Z", freeze=True)
    return url, client_at(url, "kinesis")


def now(url: str) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(ask(url, "clock")["now_ms"] / 1000, datetime.UTC)


def listed(kinesis, kind: str, **more: Any) -> list[int]:
    shards = shards_of(kinesis, "s", ShardFilter={"Type": kind} | more)
    if kind.startswith("AT_"):
        assert covers_once(shards)
    return [int(shard["ShardId"][-12:]) for shard in shards]


def test_shards_are_listed_by_each_of_the_six_filters(own):
    url, kinesis = own
    begun = now(url)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    ask(url, "clock", advance="1h")
    kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    ask(url, "clock", advance="1h")
    kinesis.merge_shards(StreamName="s", ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
    ask(url, "clock", advance="1h")
    minutes = lambda count: begun + datetime.timedelta(minutes=count)  # noqa: E731
    assert listed(kinesis, "FROM_TRIM_HORIZON") == [0, 1, 2, 3]
    assert listed(kinesis, "AT_TRIM_HORIZON") == [0]
    assert listed(kinesis, "AT_LATEST") == [3]
    assert listed(kinesis, "AFTER_SHARD_ID", ShardId="shardId-000000000001") == [2, 3]
    assert [listed(kinesis, "AT_TIMESTAMP", Timestamp=minutes(at)) for at in (30, 90, 150)] == [[0], [1, 2], [3]]
    assert [listed(kinesis, "FROM_TIMESTAMP", Timestamp=minutes(at)) for at in (30, 90, 150)] == [[0, 1, 2, 3], [1, 2, 3], [3]]
    ask(url, "clock", advance="22h30m")  # retention, a day, has ended for what was closed after the first hour
    assert listed(kinesis, "FROM_TRIM_HORIZON") == [1, 2, 3] and listed(kinesis, "AT_TRIM_HORIZON") == [1, 2]
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")
    ask(url, "clock", advance="2d")
    assert [shard["ShardId"][-1] for shard in shards_of(kinesis, "s")] == ["3"]


def test_a_read_at_a_trimmed_position_begins_with_the_oldest_record(own):
    url, kinesis = own
    kinesis.create_stream(StreamName="s", ShardCount=1)
    old = kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"old")["SequenceNumber"]
    kept_iterator = iterator(kinesis, "s", SHARD)
    ask(url, "clock", advance="23h")
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"new")
    ask(url, "clock", advance="2h")
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert [record["Data"] for record in read(kinesis, "s", SHARD, kind, StartingSequenceNumber=old)] == [b"new"]
    assert refusal_code(kinesis.get_records, ShardIterator=kept_iterator) == "ExpiredIteratorException"


def test_an_iterator_outlives_a_restart_and_no_change_of_it_is_taken(own_emulator):
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")
    at = iterator(kinesis, "s", SHARD)
    emulator.stop()
    kinesis = client_at(own_emulator().url, "kinesis")
    assert [record["Data"] for record in kinesis.get_records(ShardIterator=at)["Records"]] == [b"x"]
    for place in range(0, len(at), 7):
        other = at[:place] + ("A" if at[place] != "A" else "B") + at[place + 1:]
        assert refusal_code(kinesis.get_records, ShardIterator=other) == "InvalidArgumentException", place


def test_a_stream_has_at_most_twenty_consumers_and_five_are_made_at_once(own_emulator):
    url = own_emulator(options=("--transition-ms", "1000")).url
    ask(url, "clock", freeze=True)
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    ask(url, "clock", advance="1s")
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    register = lambda number: kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=f"c{number}")  # noqa: E731
    for batch in range(4):
        for number in range(5):
            register(5 * batch + number)
        assert refusal_code(lambda **_: register("more")) == "LimitExceededException"
        ask(url, "clock", advance="1s")
    assert refusal_code(lambda **_: register("more")) == "LimitExceededException"
    assert refusal_code(lambda **_: register(0)) == "ResourceInUseException"
    assert len(kinesis.list_stream_consumers(StreamARN=arn, MaxResults=15)["Consumers"]) == 15
    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c0")
    ask(url, "clock", advance="1s")
    register("more")


def test_a_subscription_lasts_five_minutes_and_another_one_takes_it_over_after_five_seconds(own):
    url, kinesis = own
    kinesis.create_stream(StreamName="s", ShardCount=1)
    consumer = register_consumer(kinesis, "s", "reader")
    with subscribe(kinesis, consumer, SHARD) as events:
        ask(url, "clock", advance="4s")
        with pytest.raises(kinesis.exceptions.ResourceInUseException):
            subscribe(kinesis, consumer, SHARD)
        ask(url, "clock", advance="2s")
        with subscribe(kinesis, consumer, SHARD) as newer:
            with pytest.raises(ClientError) as refused:
                list(events)
            assert "ResourceInUseException" in str(refused.value)
            for _ in range(60):
                ask(url, "clock", advance="5s")
            seen = [event["SubscribeToShardEvent"] for event in newer]
    assert len(seen) > 10 and all(not event["Records"] and event["ContinuationSequenceNumber"] for event in seen)


def test_nothing_is_lost_or_out_of_order_while_writers_run_through_reshards(kinesis, stream):
    told: list[list[tuple[str, int]]] = [[] for _ in range(4)]
    stop = threading.Event()

    def write(number: int) -> None:
        client = boto3.client("kinesis", config=PLAIN)
        while not stop.is_set():
            count = len(told[number])
            client.put_record(StreamName=stream, PartitionKey=f"{number}-{count % 7}", Data=f"{count}".encode())
            told[number].append((f"{number}-{count % 7}", count))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for target in (4, 2, 3, 2, 1, 2):
        time.sleep(0.15)
        kinesis.update_shard_count(StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        active(kinesis, stream)
    stop.set()
    for writer in writers:
        writer.join()
    shards = {shard["ShardId"]: shard for shard in shards_of(kinesis, stream)}
    assert len(open_shards(kinesis, stream)) == 2 and sum(map(is_open, shards.values())) == 2
    seen: dict[str, list[int]] = {}
    done: set[str] = set()
    while waiting := [shard for shard in shards.values() if shard["ShardId"] not in done
                      and {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")} - {None} <= done]:
        for shard in waiting:
            for record in read(kinesis, stream, shard["ShardId"]):
                seen.setdefault(record["PartitionKey"], []).append(int(record["Data"]))
            done.add(shard["ShardId"])
    wanted: dict[str, list[int]] = {}
    for key, count in (one for writer in told for one in writer):
        wanted.setdefault(key, []).append(count)
    assert seen == wanted

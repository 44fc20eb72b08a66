"""A Kinesis stream as Firehose's source: every record arrives once, over reshards and kills."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any

import pytest
from admin import ask, stopped_clock
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from conftest import client_at
from test_firehose import ROLE, error_of, objects, to_bucket


def source_of(stream: str) -> dict[str, str]:
    return {"KinesisStreamARN": f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}", "RoleARN": ROLE}


def follow(firehose, name: str, stream: str, bucket: str, **members: Any) -> None:
    firehose.create_delivery_stream(
        DeliveryStreamName=name, DeliveryStreamType="KinesisStreamAsSource", KinesisStreamSourceConfiguration=source_of(stream),
        ExtendedS3DestinationConfiguration=to_bucket(bucket, **members))


@pytest.fixture
def bucket(s3, unique) -> str:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


def test_reading_begins_when_the_delivery_stream_is_made(emulator, firehose, kinesis, s3, stream, bucket, unique):
    name = unique("hose")
    kinesis.put_record(StreamName=stream, Data=b"before", PartitionKey="1")
    follow(firehose, name, stream, bucket)
    kinesis.put_record(StreamName=stream, Data=b"after", PartitionKey="1")
    ask(emulator.url, "firehose/flush", stream=name)
    assert list(objects(s3, bucket).values()) == [b"after"]
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    source = told["Source"]["KinesisStreamSourceDescription"]
    assert source.pop("DeliveryStartTimestamp") == told["CreateTimestamp"] and source == source_of(stream)
    assert told["DeliveryStreamType"] == "KinesisStreamAsSource" and "DeliveryStreamEncryptionConfiguration" not in told
    refused = ("InvalidArgumentException", "This operation is not permitted on KinesisStreamAsSource delivery stream type.")
    assert error_of(firehose.put_record, DeliveryStreamName=name, Record={"Data": b"x"}) == refused
    assert error_of(firehose.put_record_batch, DeliveryStreamName=name, Records=[{"Data": b"x"}]) == refused
    assert error_of(firehose.start_delivery_stream_encryption, DeliveryStreamName=name) == refused


def test_kinesis_firehose_kinesis_as_source_multiple_delivery_streams(emulator, firehose, kinesis, s3, stream, unique):
    """As recorded: each of two delivery streams brings the stream's record into its bucket."""
    buckets = [unique("bucket") for _ in range(2)]
    for name in buckets:
        s3.create_bucket(Bucket=name)
        follow(firehose, name[:60], stream, name)
    kinesis.put_record(StreamName=stream, Data=b'{"folder-name": "Test-message-2948294kdlsie"}', PartitionKey="1")
    ask(emulator.url, "firehose/flush", method="POST")
    for name in buckets:
        [data] = objects(s3, name).values()
        assert json.loads(data) == {"folder-name": "Test-message-2948294kdlsie"}


def test_records_of_the_stream_wait_for_the_interval(own_emulator):
    url = own_emulator().url
    firehose, s3, kinesis = client_at(url, "firehose"), client_at(url, "s3"), client_at(url, "kinesis")
    s3.create_bucket(Bucket="archive")
    kinesis.create_stream(StreamName="events", ShardCount=1)
    with stopped_clock(url):
        follow(firehose, "hose", "events", "archive", BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60})
        kinesis.put_record(StreamName="events", Data=b"one ", PartitionKey="1")
        ask(url, "clock", advance="30s")
        kinesis.put_record(StreamName="events", Data=b"two ", PartitionKey="1")
        ask(url, "clock", advance="29s")
        assert objects(s3, "archive") == {}
        ask(url, "clock", advance="1s")
        assert list(objects(s3, "archive").values()) == [b"one two "]


def field(number: int, data: bytes) -> bytes:
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


def aggregated(*records: bytes) -> bytes:
    """As the KPL puts records together."""
    message = field(1, b"key") + b"".join(field(3, b"\x08\x00" + field(3, data)) for data in records)
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def test_records_of_the_kpl_are_taken_apart(emulator, firehose, kinesis, s3, stream, bucket, unique):
    name = unique("hose")
    delimiter = {"Type": "AppendDelimiterToRecord", "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]}
    follow(firehose, name, stream, bucket, ProcessingConfiguration={"Enabled": True, "Processors": [delimiter]})
    damaged = aggregated(b"x", b"y")[:-1] + b"?"
    for data in (aggregated(b"a", b"b"), b"c", damaged, aggregated(b"", b"d")):
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey="1")
    ask(emulator.url, "firehose/flush", stream=name)
    assert list(objects(s3, bucket).values()) == [b"a\nb\nc\n" + damaged + b"\n\nd\n"]


def split(kinesis, stream: str, shard: int) -> None:
    found = next(told for told in kinesis.list_shards(StreamName=stream)["Shards"] if told["ShardId"] == f"shardId-{shard:012}")
    start, end = (int(found["HashKeyRange"][side]) for side in ("StartingHashKey", "EndingHashKey"))
    kinesis.split_shard(StreamName=stream, ShardToSplit=found["ShardId"], NewStartingHashKey=str((start + end) // 2 + 1))


def test_children_come_after_their_parents(emulator, firehose, kinesis, s3, bucket, unique):
    stream, name = unique("stream"), unique("hose")
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    follow(firehose, name, stream, bucket)

    def put(word: str) -> None:
        for number in range(20):
            kinesis.put_record(StreamName=stream, Data=f"{word}{number} ".encode(), PartitionKey=str(number))

    put("a")
    split(kinesis, stream, 0)
    put("b")
    kinesis.merge_shards(StreamName=stream, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
    put("c")
    split(kinesis, stream, 3)
    put("d")
    ask(emulator.url, "firehose/flush", stream=name)
    [data] = objects(s3, bucket).values()
    words = data.decode().split()
    assert sorted(words) == sorted(f"{word}{number}" for word in "abcd" for number in range(20))
    assert [word[0] for word in words] == sorted(word[0] for word in words)


def test_every_record_arrives_once_while_shards_split_and_the_emulator_is_killed(own_emulator):
    emulator = own_emulator()
    port, url = emulator.port, emulator.url
    patient = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
    kinesis, firehose, s3 = (client_at(url, service, config=patient) for service in ("kinesis", "firehose", "s3"))
    s3.create_bucket(Bucket="archive")
    kinesis.create_stream(StreamName="events", ShardCount=2)
    newline = {"Type": "AppendDelimiterToRecord", "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]}
    follow(firehose, "hose", "events", "archive", BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 0}, CompressionFormat="UNCOMPRESSED",
           ProcessingConfiguration={"Enabled": True, "Processors": [newline]})
    put: list[str] = []
    unsure: set[str] = set()
    done = threading.Event()

    def produce() -> None:
        number = 0
        while not done.is_set():
            batch = [f"record-{number + at}" for at in range(50)]
            number += 50
            try:
                answer = kinesis.put_records(StreamName="events", Records=[{"Data": f"{data:<200}".encode(), "PartitionKey": data} for data in batch])
                assert answer["FailedRecordCount"] == 0
                put.extend(batch)
            except (BotoCoreError, ClientError):
                unsure.update(batch)

    producer = threading.Thread(target=produce)
    producer.start()
    for round_ in range(4):
        wanted = len(put) + 1000
        while len(put) < wanted and producer.is_alive():
            done.wait(0.01)
        if round_ in (0, 2):
            split(kinesis, "events", round_)
        emulator.kill()
        emulator = own_emulator(port=port)
    done.set()
    producer.join()
    ask(url, "firehose/flush", stream="hose")
    arrived = [line.strip().decode() for data in objects(s3, "archive").values() for line in data.split(b"\n") if line.strip()]
    assert len(arrived) == len(set(arrived)), "a record came twice"
    assert set(put) <= set(arrived) <= set(put) | unsure

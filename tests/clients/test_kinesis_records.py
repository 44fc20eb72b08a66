"""Records in and out: by boto3."""

import os
import time
from datetime import datetime, timezone

import pytest
from helpers import (
    HASH_KEY_MAX, active, eventually, hash_key, hash_range, iterator, read, refusal, refusal_code, register_consumer,
    shards_of, subscribe)

SHARD_0, SHARD_1 = "shardId-000000000000", "shardId-000000000001"


def put_some(kinesis, stream, count, shard=0):
    """`count` records into one shard; returns their sequence numbers."""
    key = str([0, HASH_KEY_MAX][shard])
    return [kinesis.put_record(StreamName=stream, Data=b"%d" % number, PartitionKey="k", ExplicitHashKey=key)["SequenceNumber"]
            for number in range(count)]


def test_what_was_put_is_got_byte_for_byte(kinesis, stream):
    data = [b"", b"\x00\xff" * 500, os.urandom(100_000), "Grüße".encode()]
    for piece in data:
        put = kinesis.put_record(StreamName=stream, Data=piece, PartitionKey="schlüssel")
    records = read(kinesis, stream, put["ShardId"])
    assert [record["Data"] for record in records] == data
    assert {record["PartitionKey"] for record in records} == {"schlüssel"}
    assert records[-1]["SequenceNumber"] == put["SequenceNumber"]
    assert abs((datetime.now(timezone.utc) - records[0]["ApproximateArrivalTimestamp"]).total_seconds()) < 30


def test_the_md5_of_the_partition_key_chooses_the_shard(kinesis, stream):
    ranges = {shard["ShardId"]: hash_range(shard) for shard in shards_of(kinesis, stream)}
    for number in range(50):
        put = kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey=f"key-{number}")
        low, high = ranges[put["ShardId"]]
        assert low <= hash_key(f"key-{number}") <= high


@pytest.mark.parametrize("key, shard", [(0, SHARD_0), (2**127 - 1, SHARD_0), (2**127, SHARD_1), (HASH_KEY_MAX, SHARD_1)])
def test_an_explicit_hash_key_chooses_by_range_ends_included(kinesis, stream, key, shard):
    put = kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey="any", ExplicitHashKey=str(key))
    assert put["ShardId"] == shard


@pytest.mark.parametrize("key", ["-1", str(2**128), "12x", "01"])
def test_an_explicit_hash_key_beyond_the_range_is_refused(kinesis, stream, key):
    code = refusal_code(kinesis.put_record, StreamName=stream, Data=b"x", PartitionKey="k", ExplicitHashKey=key)
    assert code in ("InvalidArgumentException", "ValidationException")


def test_sequence_numbers_grow_and_have_56_digits(kinesis, stream):
    numbers = put_some(kinesis, stream, 20)
    assert all(len(number) == 56 for number in numbers)
    assert sorted(map(int, numbers)) == list(map(int, numbers)) and len(set(numbers)) == 20


def test_sequence_number_for_ordering_is_honoured(kinesis, stream):
    (first,) = put_some(kinesis, stream, 1)
    put = kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey="k", ExplicitHashKey="0",
                             SequenceNumberForOrdering=first)
    assert int(put["SequenceNumber"]) > int(first)
    assert refusal_code(kinesis.put_record, StreamName=stream, Data=b"x", PartitionKey="k",
                        SequenceNumberForOrdering="no number") in ("InvalidArgumentException", "ValidationException")


def test_put_records_answers_in_the_order_asked(kinesis, stream):
    entries = [{"Data": b"%d" % number, "PartitionKey": f"key-{number}"} for number in range(500)]
    answer = kinesis.put_records(StreamName=stream, Records=entries)
    assert answer["FailedRecordCount"] == 0 and len(answer["Records"]) == 500
    stored = {record["SequenceNumber"]: record for shard in (SHARD_0, SHARD_1) for record in read(kinesis, stream, shard)}
    for entry, result in zip(entries, answer["Records"]):
        assert stored[result["SequenceNumber"]]["Data"] == entry["Data"]
        assert stored[result["SequenceNumber"]]["PartitionKey"] == entry["PartitionKey"]


def test_put_records_beyond_its_limits_is_refused_whole(kinesis, stream):
    small = {"Data": b"x", "PartitionKey": "k"}
    assert refusal_code(kinesis.put_records, StreamName=stream, Records=[small] * 501) == "ValidationException"
    large = {"Data": bytes(1024 * 1024), "PartitionKey": "k"}
    assert refusal_code(kinesis.put_records, StreamName=stream, Records=[large] * 11) in (
        "InvalidArgumentException", "ValidationException")
    assert read(kinesis, stream, SHARD_0) == read(kinesis, stream, SHARD_1) == []


def test_a_record_over_one_mebibyte_is_refused(kinesis, stream):
    kinesis.put_record(StreamName=stream, Data=bytes(1024 * 1024 - 1), PartitionKey="k")
    code, message = refusal(kinesis.put_record, StreamName=stream, Data=bytes(1024 * 1024 + 1), PartitionKey="k")
    assert code in ("ValidationException", "InvalidArgumentException") and "1048576" in message


def test_iterators_begin_where_they_say(kinesis, stream):
    numbers = put_some(kinesis, stream, 10)
    data = lambda kind, **more: [int(record["Data"]) for record in read(kinesis, stream, SHARD_0, kind, **more)]  # noqa: E731
    assert data("TRIM_HORIZON") == list(range(10))
    assert data("AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[4]) == [4, 5, 6, 7, 8, 9]
    assert data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[4]) == [5, 6, 7, 8, 9]
    assert data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[9]) == []
    assert data("LATEST") == []


def test_latest_sees_what_comes_after_it_was_asked_for(kinesis, stream):
    put_some(kinesis, stream, 3)
    at = iterator(kinesis, stream, SHARD_0, "LATEST")
    put_some(kinesis, stream, 2)
    page = kinesis.get_records(ShardIterator=at)
    assert [record["Data"] for record in page["Records"]] == [b"0", b"1"]
    assert kinesis.get_records(ShardIterator=page["NextShardIterator"])["Records"] == []


def test_at_timestamp_begins_with_the_first_record_at_or_after_it(kinesis, stream):
    put_some(kinesis, stream, 3)
    time.sleep(0.05)
    between = datetime.now(timezone.utc)
    time.sleep(0.05)
    put_some(kinesis, stream, 2)
    assert len(read(kinesis, stream, SHARD_0, "AT_TIMESTAMP", Timestamp=between)) == 2
    assert len(read(kinesis, stream, SHARD_0, "AT_TIMESTAMP", Timestamp=datetime(2020, 1, 1, tzinfo=timezone.utc))) == 5


def test_limit_pages_without_gap_or_repeat(kinesis, stream):
    put_some(kinesis, stream, 10)
    at, pages = iterator(kinesis, stream, SHARD_0), []
    for _ in range(4):
        page = kinesis.get_records(ShardIterator=at, Limit=3)
        pages.append([int(record["Data"]) for record in page["Records"]])
        at = page["NextShardIterator"]
    assert pages == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert page["MillisBehindLatest"] == 0


def test_a_page_of_records_holds_ten_megabytes_at_most(kinesis, stream):
    piece = bytes(900_000)
    for _ in range(15):
        kinesis.put_record(StreamName=stream, Data=piece, PartitionKey="k", ExplicitHashKey="0")
    page = kinesis.get_records(ShardIterator=iterator(kinesis, stream, SHARD_0))
    size = sum(len(record["Data"]) for record in page["Records"])
    assert 1_000_000 < size <= 10 * 1024 * 1024 and page["MillisBehindLatest"] >= 0
    assert len(read(kinesis, stream, SHARD_0)) == 15


def test_iterators_that_nobody_gave_are_refused(kinesis, stream):
    assert refusal_code(kinesis.get_records, ShardIterator="forged") == "InvalidArgumentException"
    good = iterator(kinesis, stream, SHARD_0)
    bent = good[:-8] + ("AAAAAAAA" if not good.endswith("AAAAAAAA") else "BBBBBBBB")
    assert refusal_code(kinesis.get_records, ShardIterator=bent) == "InvalidArgumentException"


def test_iterators_of_unknown_shards_and_positions_are_refused(kinesis, stream):
    get = kinesis.get_shard_iterator
    assert refusal_code(get, StreamName=stream, ShardId="shardId-000000000042",
                        ShardIteratorType="TRIM_HORIZON") == "ResourceNotFoundException"
    assert refusal_code(get, StreamName=stream, ShardId=SHARD_0,
                        ShardIteratorType="AT_SEQUENCE_NUMBER") == "InvalidArgumentException"
    assert refusal_code(get, StreamName=stream, ShardId=SHARD_0, ShardIteratorType="AT_SEQUENCE_NUMBER",
                        StartingSequenceNumber="77") == "InvalidArgumentException"
    assert refusal_code(get, StreamName=stream, ShardId=SHARD_0, ShardIteratorType="SIDEWAYS") == "ValidationException"


def test_consumers_come_and_go(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    assert consumer.startswith(f"{arn}/consumer/reader:")
    assert refusal_code(kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="reader") == "ResourceInUseException"
    assert [item["ConsumerName"] for item in kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]] == ["reader"]
    by_name = kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="reader")["ConsumerDescription"]
    assert by_name["ConsumerARN"] == consumer and by_name["StreamARN"] == arn
    assert kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["ConsumerCount"] == 1
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    eventually(lambda: not kinesis.list_stream_consumers(StreamARN=arn)["Consumers"])
    assert refusal_code(kinesis.describe_stream_consumer, StreamARN=arn, ConsumerName="reader") == "ResourceNotFoundException"


def test_a_stream_with_consumers_is_deleted_only_by_force(kinesis, stream):
    register_consumer(kinesis, stream, "reader")
    assert refusal_code(kinesis.delete_stream, StreamName=stream) == "ResourceInUseException"


def test_a_subscription_gives_what_is_there_and_what_comes(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    put_some(kinesis, stream, 5)
    got, added = [], False
    with subscribe(kinesis, consumer, SHARD_0) as events:
        for event in events:
            event = event["SubscribeToShardEvent"]
            assert event["ContinuationSequenceNumber"] and "ChildShards" not in event
            got += [int(record["Data"]) for record in event["Records"]]
            if len(got) == 5 and not added:
                added = True
                put_some(kinesis, stream, 3)
            if len(got) == 8:
                break
    assert got == [0, 1, 2, 3, 4, 0, 1, 2]


def test_a_subscription_resumes_after_its_continuation(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    put_some(kinesis, stream, 3)
    with subscribe(kinesis, consumer, SHARD_0) as events:
        last = next(event["SubscribeToShardEvent"] for event in events if event["SubscribeToShardEvent"]["Records"])
    put_some(kinesis, stream, 1)

    def resumed():  # a subscriber may come again five seconds after it came, or once the old one is gone
        return subscribe(kinesis, consumer, SHARD_0, "AFTER_SEQUENCE_NUMBER",
                         SequenceNumber=last["ContinuationSequenceNumber"])

    time.sleep(5.2)
    with resumed() as events:
        event = next(event["SubscribeToShardEvent"] for event in events if event["SubscribeToShardEvent"]["Records"])
    assert [record["Data"] for record in event["Records"]] == [b"0"]


def test_a_subscription_to_a_closed_shard_ends_with_its_children(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    put_some(kinesis, stream, 2)
    kinesis.split_shard(StreamName=stream, ShardToSplit=SHARD_0, NewStartingHashKey="1000")
    active(kinesis, stream)
    with subscribe(kinesis, consumer, SHARD_0) as stream_of_events:
        events = [event["SubscribeToShardEvent"] for event in stream_of_events]
    assert [record["Data"] for event in events for record in event["Records"]] == [b"0", b"1"]
    assert "ContinuationSequenceNumber" not in events[-1]
    assert [child["ShardId"] for child in events[-1]["ChildShards"]] == ["shardId-000000000002", "shardId-000000000003"]
    assert all("ChildShards" not in event for event in events[:-1])


def test_a_subscription_open_during_a_split_ends_with_the_children(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    with subscribe(kinesis, consumer, SHARD_0) as events:
        kinesis.split_shard(StreamName=stream, ShardToSplit=SHARD_0, NewStartingHashKey="1000")
        last = None
        for event in events:
            last = event["SubscribeToShardEvent"]
    assert len(last["ChildShards"]) == 2 and "ContinuationSequenceNumber" not in last


def test_subscribing_to_what_is_not_there_is_refused(kinesis, stream):
    consumer = register_consumer(kinesis, stream, "reader")
    code = refusal_code(subscribe, kinesis=kinesis, consumer_arn=consumer, shard_id="shardId-000000000099")
    assert code == "ResourceNotFoundException"
    code = refusal_code(subscribe, kinesis=kinesis, consumer_arn=consumer + "1", shard_id=SHARD_0)
    assert code == "ResourceNotFoundException"

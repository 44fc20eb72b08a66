"""Streams, shards, resharding, settings: by boto3."""

import pytest
from botocore.config import Config
from conftest import client_at
from helpers import (
    HASH_KEY_MAX, active, covers_once, eventually, hash_range, is_open, open_shards, read, refusal, refusal_code, shards_of)


def summary(kinesis, stream):
    return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]


def test_a_new_stream_covers_the_hash_range_with_its_shards(kinesis, stream):
    shards = shards_of(kinesis, stream)
    assert [shard["ShardId"] for shard in shards] == ["shardId-000000000000", "shardId-000000000001"]
    assert covers_once(shards)
    assert all(is_open(shard) and "ParentShardId" not in shard for shard in shards)
    assert hash_range(shards[0]) == (0, 2**127 - 1)
    assert all(len(shard["SequenceNumberRange"]["StartingSequenceNumber"]) == 56 for shard in shards)


def test_a_new_stream_describes_itself_with_the_defaults(kinesis, stream):
    described = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
    assert described["StreamName"] == stream
    assert described["StreamARN"] == f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}"
    assert described["StreamStatus"] == "ACTIVE"
    assert described["RetentionPeriodHours"] == 24
    assert described["EncryptionType"] == "NONE"
    assert described["HasMoreShards"] is False
    assert described["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]
    assert len(described["Shards"]) == 2
    told = summary(kinesis, stream)
    assert (told["OpenShardCount"], told["ConsumerCount"]) == (2, 0)
    assert told["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert told["StreamCreationTimestamp"] == described["StreamCreationTimestamp"]


def test_a_stream_without_a_shard_count_on_demand_has_four(kinesis, unique):
    name = unique("on-demand")
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    active(kinesis, name)
    assert len(shards_of(kinesis, name)) == 4


def test_describe_stream_pages_its_shards(kinesis, unique):
    name = unique()
    kinesis.create_stream(StreamName=name, ShardCount=5)
    active(kinesis, name)
    page = kinesis.describe_stream(StreamName=name, Limit=2)["StreamDescription"]
    assert page["HasMoreShards"] is True and len(page["Shards"]) == 2
    last = page["Shards"][-1]["ShardId"]
    rest = kinesis.describe_stream(StreamName=name, ExclusiveStartShardId=last)["StreamDescription"]
    assert [shard["ShardId"][-1] for shard in rest["Shards"]] == ["2", "3", "4"]


def test_creating_a_stream_twice_is_refused(kinesis, stream):
    assert refusal(kinesis.create_stream, StreamName=stream, ShardCount=1) == (
        "ResourceInUseException", f"Stream {stream} under account 000000000000 already exists.")


def test_an_unknown_stream_is_not_found(kinesis):
    expected = ("ResourceNotFoundException", "Stream nowhere under account 000000000000 not found.")
    assert refusal(kinesis.describe_stream, StreamName="nowhere") == expected
    assert refusal(kinesis.describe_stream_summary, StreamName="nowhere") == expected
    assert refusal(kinesis.delete_stream, StreamName="nowhere") == expected
    assert refusal(kinesis.put_record, StreamName="nowhere", Data=b"x", PartitionKey="k") == expected


def test_a_deleted_stream_is_gone(kinesis, unique):
    name = unique()
    kinesis.create_stream(StreamName=name, ShardCount=1)
    active(kinesis, name)
    kinesis.delete_stream(StreamName=name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    assert refusal_code(kinesis.describe_stream, StreamName=name) == "ResourceNotFoundException"


def test_a_stream_made_again_is_empty(kinesis, unique):
    name = unique()
    for _ in range(2):
        kinesis.create_stream(StreamName=name, ShardCount=1)
        active(kinesis, name)
        assert read(kinesis, name, "shardId-000000000000") == []
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")
        kinesis.delete_stream(StreamName=name)
        kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})


def test_list_streams_pages_in_order_of_names(kinesis, unique):
    prefix = unique("list")
    names = [f"{prefix}-{number}" for number in range(5)]
    for name in reversed(names):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    listed = [name for page in kinesis.get_paginator("list_streams").paginate(Limit=2) for name in page["StreamNames"]]
    assert [name for name in listed if name.startswith(prefix)] == names
    page = kinesis.list_streams(ExclusiveStartStreamName=names[1], Limit=2)
    assert page["StreamNames"] == names[2:4]
    assert page["StreamSummaries"][0]["StreamName"] == names[2]


def test_calls_take_the_arn_of_a_stream_for_its_name(kinesis, stream):
    arn = summary(kinesis, stream)["StreamARN"]
    kinesis.put_record(StreamARN=arn, Data=b"by arn", PartitionKey="k")
    assert kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]["StreamName"] == stream
    assert len(kinesis.list_shards(StreamARN=arn)["Shards"]) == 2


def test_accounts_and_regions_do_not_see_each_other(emulator, unique):
    name = unique()
    first = client_at(emulator.url, "kinesis")
    first.create_stream(StreamName=name, ShardCount=1)
    import boto3
    for key, region in (("123456789012", "us-east-1"), ("test", "eu-west-1")):
        other = boto3.client("kinesis", endpoint_url=emulator.url, region_name=region, aws_access_key_id=key,
                             aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}))
        assert refusal_code(other.describe_stream_summary, StreamName=name) == "ResourceNotFoundException"
        other.create_stream(StreamName=name, ShardCount=3)
        active(other, name)
        arn = summary(other, name)["StreamARN"]
        assert arn == f"arn:aws:kinesis:{region}:{key if key.isdigit() else '000000000000'}:stream/{name}"
    assert len(shards_of(first, name)) == 1


def test_split_closes_the_parent_and_opens_two_children(kinesis, stream):
    parent = shards_of(kinesis, stream)[0]
    kinesis.put_record(StreamName=stream, Data=b"before", PartitionKey="k", ExplicitHashKey="0")
    kinesis.split_shard(StreamName=stream, ShardToSplit=parent["ShardId"], NewStartingHashKey=str(2**126))
    active(kinesis, stream)
    closed, _, left, right = shards_of(kinesis, stream)
    assert not is_open(closed)
    assert (left["ParentShardId"], right["ParentShardId"]) == (parent["ShardId"],) * 2
    assert (hash_range(left), hash_range(right)) == ((0, 2**126 - 1), (2**126, 2**127 - 1))
    assert covers_once(open_shards(kinesis, stream))
    ending = int(closed["SequenceNumberRange"]["EndingSequenceNumber"])
    assert int(left["SequenceNumberRange"]["StartingSequenceNumber"]) > ending
    put = kinesis.put_record(StreamName=stream, Data=b"after", PartitionKey="k", ExplicitHashKey="0")
    assert put["ShardId"] == left["ShardId"]
    assert [record["Data"] for record in read(kinesis, stream, parent["ShardId"])] == [b"before"]
    assert [record["Data"] for record in read(kinesis, stream, left["ShardId"])] == [b"after"]


def test_merge_joins_neighbours_under_both_parents(kinesis, stream):
    first, second = (shard["ShardId"] for shard in shards_of(kinesis, stream))
    kinesis.merge_shards(StreamName=stream, ShardToMerge=first, AdjacentShardToMerge=second)
    active(kinesis, stream)
    merged = shards_of(kinesis, stream)[2]
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == (first, second)
    assert hash_range(merged) == (0, HASH_KEY_MAX)
    assert summary(kinesis, stream)["OpenShardCount"] == 1


def test_a_closed_shard_drains_then_names_its_children(kinesis, stream):
    kinesis.put_record(StreamName=stream, Data=b"last", PartitionKey="k", ExplicitHashKey="0")
    kinesis.split_shard(StreamName=stream, ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    active(kinesis, stream)
    at = kinesis.get_shard_iterator(StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    page, records = kinesis.get_records(ShardIterator=at["ShardIterator"]), []
    while page.get("NextShardIterator"):
        records += page["Records"]
        page = kinesis.get_records(ShardIterator=page["NextShardIterator"])
    records += page["Records"]
    assert [record["Data"] for record in records] == [b"last"]
    assert [(child["ShardId"], child["ParentShards"]) for child in page["ChildShards"]] == [
        ("shardId-000000000002", ["shardId-000000000000"]), ("shardId-000000000003", ["shardId-000000000000"])]
    assert hash_range(page["ChildShards"][0]) == (0, 999)


def test_splits_that_make_no_sense_are_refused(kinesis, stream):
    split = kinesis.split_shard
    assert refusal_code(split, StreamName=stream, ShardToSplit="shardId-000000000000",
                        NewStartingHashKey=str(HASH_KEY_MAX)) == "InvalidArgumentException"
    assert refusal_code(split, StreamName=stream, ShardToSplit="shardId-000000000000",
                        NewStartingHashKey="0") == "InvalidArgumentException"
    assert refusal_code(split, StreamName=stream, ShardToSplit="shardId-000000000077",
                        NewStartingHashKey="5") == "ResourceNotFoundException"
    assert refusal_code(kinesis.merge_shards, StreamName=stream, ShardToMerge="shardId-000000000000",
                        AdjacentShardToMerge="shardId-000000000000") == "InvalidArgumentException"


@pytest.mark.parametrize("target", [1, 3, 4])
def test_update_shard_count_reaches_its_target_without_losing_a_record(kinesis, stream, target):
    for number in range(20):
        kinesis.put_record(StreamName=stream, Data=b"%d" % number, PartitionKey=f"key-{number}")
    answer = kinesis.update_shard_count(StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
    assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (2, target)
    active(kinesis, stream)
    now_open = open_shards(kinesis, stream)
    assert len(now_open) == target and covers_once(now_open)
    every = shards_of(kinesis, stream)
    records = [record["Data"] for shard in every for record in read(kinesis, stream, shard["ShardId"])]
    assert sorted(map(int, records)) == list(range(20))


def test_update_shard_count_more_than_doubles_or_less_than_halves_nothing(kinesis, stream):
    for target in (5,):
        code = refusal_code(kinesis.update_shard_count, StreamName=stream, TargetShardCount=target,
                            ScalingType="UNIFORM_SCALING")
        assert code in ("InvalidArgumentException", "LimitExceededException")


def test_at_trim_horizon_lists_a_cover_of_the_range_after_a_reshard(kinesis, stream):
    kinesis.update_shard_count(StreamName=stream, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    active(kinesis, stream)
    assert len(shards_of(kinesis, stream)) == 6
    at_horizon = shards_of(kinesis, stream, ShardFilter={"Type": "AT_TRIM_HORIZON"})
    assert [shard["ShardId"][-1] for shard in at_horizon] == ["0", "1"] and covers_once(at_horizon)
    at_latest = shards_of(kinesis, stream, ShardFilter={"Type": "AT_LATEST"})
    assert len(at_latest) == 4 and covers_once(at_latest)
    assert len(shards_of(kinesis, stream, ShardFilter={"Type": "FROM_TRIM_HORIZON"})) == 6
    after = shards_of(kinesis, stream, ShardFilter={"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000003"})
    assert [shard["ShardId"][-1] for shard in after] == ["4", "5"]


def test_list_shards_pages_by_token(kinesis, unique):
    name = unique()
    kinesis.create_stream(StreamName=name, ShardCount=5)
    active(kinesis, name)
    page = kinesis.list_shards(StreamName=name, MaxResults=2)
    ids = [shard["ShardId"] for shard in page["Shards"]]
    while token := page.get("NextToken"):
        page = kinesis.list_shards(NextToken=token, MaxResults=2)
        ids += [shard["ShardId"] for shard in page["Shards"]]
    assert ids == [f"shardId-{number:012}" for number in range(5)]
    assert refusal_code(kinesis.list_shards, NextToken="forged") in ("InvalidArgumentException", "ExpiredNextTokenException")


def test_retention_grows_and_shrinks_within_its_limits(kinesis, stream):
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=168)
    assert eventually(lambda: summary(kinesis, stream)["RetentionPeriodHours"] == 168)
    active(kinesis, stream)
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    assert eventually(lambda: summary(kinesis, stream)["RetentionPeriodHours"] == 48)
    assert refusal_code(kinesis.increase_stream_retention_period, StreamName=stream,
                        RetentionPeriodHours=24) == "InvalidArgumentException"
    assert refusal_code(kinesis.decrease_stream_retention_period, StreamName=stream,
                        RetentionPeriodHours=72) == "InvalidArgumentException"
    assert refusal_code(kinesis.increase_stream_retention_period, StreamName=stream,
                        RetentionPeriodHours=8761) in ("InvalidArgumentException", "ValidationException")


def test_encryption_is_recorded_and_told_of_each_record(kinesis, stream):
    kinesis.put_record(StreamName=stream, Data=b"plain", PartitionKey="k")
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    active(kinesis, stream)
    told = summary(kinesis, stream)
    assert (told["EncryptionType"], told["KeyId"]) == ("KMS", "alias/aws/kinesis")
    put = kinesis.put_record(StreamName=stream, Data=b"sealed", PartitionKey="k")
    assert put["EncryptionType"] == "KMS"
    records = read(kinesis, stream, put["ShardId"])
    assert [record["Data"] for record in records] == [b"plain", b"sealed"]
    assert records[1]["EncryptionType"] == "KMS"

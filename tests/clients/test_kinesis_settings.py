"""What streams, consumers and accounts of Kinesis are set to: tags, policies, monitoring, modes, sizes, limits."""

from __future__ import annotations

import json

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at

SHARD = "shardId-000000000000"


@pytest.fixture
def kinesis(emulator):
    return client_at(emulator.url, "kinesis")


@pytest.fixture
def stream(kinesis, unique) -> str:
    """Its ARN."""
    name = unique("settings")
    kinesis.create_stream(StreamName=name, ShardCount=2)
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]


def code_of(call, **arguments) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"]


def summary(kinesis, arn: str) -> dict:
    return kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]


def tags(kinesis, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]}


def test_tags_of_a_stream_by_both_ways(kinesis, stream):
    kinesis.tag_resource(ResourceARN=stream, Tags={"a": "1", "b": "2"})
    kinesis.add_tags_to_stream(StreamARN=stream, Tags={"b": "3", "c": ""})
    assert tags(kinesis, stream) == {"a": "1", "b": "3", "c": ""}
    page = kinesis.list_tags_for_stream(StreamARN=stream, Limit=2)
    assert [tag["Key"] for tag in page["Tags"]] == ["a", "b"] and page["HasMoreTags"]
    rest = kinesis.list_tags_for_stream(StreamARN=stream, ExclusiveStartTagKey="b")
    assert [tag["Key"] for tag in rest["Tags"]] == ["c"] and not rest["HasMoreTags"]
    kinesis.untag_resource(ResourceARN=stream, TagKeys=["a"])
    kinesis.remove_tags_from_stream(StreamARN=stream, TagKeys=["b", "nothing"])
    assert tags(kinesis, stream) == {"c": ""}


def test_a_stream_has_at_most_fifty_tags(kinesis, stream):
    kinesis.tag_resource(ResourceARN=stream, Tags={f"key{n}": "" for n in range(50)})
    kinesis.tag_resource(ResourceARN=stream, Tags={"key0": "again"})
    assert code_of(kinesis.tag_resource, ResourceARN=stream, Tags={"one more": ""}) == "InvalidArgumentException"
    assert code_of(kinesis.tag_resource, ResourceARN=stream, Tags={"aws:x": ""}) == "InvalidArgumentException"


def test_tags_of_a_consumer_are_its_own_and_go_with_it(kinesis, stream):
    register = dict(StreamARN=stream, ConsumerName="c", Tags={"a": "1"})
    consumer = kinesis.register_stream_consumer(**register)["Consumer"]["ConsumerARN"]
    kinesis.tag_resource(ResourceARN=consumer, Tags={"b": "2"})
    assert tags(kinesis, consumer) == {"a": "1", "b": "2"} and tags(kinesis, stream) == {}
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    assert code_of(kinesis.list_tags_for_resource, ResourceARN=consumer) == "ResourceNotFoundException"
    consumer = kinesis.register_stream_consumer(**register)["Consumer"]["ConsumerARN"]
    assert tags(kinesis, consumer) == {"a": "1"}


def test_a_consumer_is_not_registered_with_more_than_fifty_tags(kinesis, stream):
    many = {f"k{i}": "" for i in range(51)}
    assert code_of(kinesis.register_stream_consumer, StreamARN=stream, ConsumerName="c", Tags=many) == "InvalidArgumentException"
    assert kinesis.list_stream_consumers(StreamARN=stream)["Consumers"] == []


def test_what_is_not_there_has_no_tags(kinesis, stream):
    assert code_of(kinesis.list_tags_for_resource, ResourceARN=stream + "x") == "ResourceNotFoundException"
    assert code_of(kinesis.tag_resource, ResourceARN="arn:aws:s3:::bucket", Tags={"a": ""}) == "ValidationException"


# aws-recorded: test_kinesis.py, test_resource_policy_crud
def test_a_policy_is_put_changed_and_deleted(kinesis, stream):
    def policy() -> dict:
        return json.loads(kinesis.get_resource_policy(ResourceARN=stream)["Policy"])

    assert policy() == {}
    for action in ("kinesis:PutRecord", ["kinesis:PutRecord", "kinesis:GetRecords"]):
        given = {"Version": "2012-10-17", "Statement": [{"Sid": "Write", "Effect": "Allow", "Action": action, "Resource": stream,
                                                         "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}]}
        kinesis.put_resource_policy(ResourceARN=stream, Policy=json.dumps(given))
        assert policy() == given
    kinesis.delete_resource_policy(ResourceARN=stream)
    assert policy() == {}
    assert code_of(kinesis.put_resource_policy, ResourceARN=stream, Policy="no policy") == "InvalidArgumentException"


def test_metrics_of_shards_are_turned_on_and_off(kinesis, stream):
    answer = kinesis.enable_enhanced_monitoring(StreamARN=stream, ShardLevelMetrics=["OutgoingBytes", "IncomingBytes"])
    assert (answer["CurrentShardLevelMetrics"], answer["DesiredShardLevelMetrics"]) == ([], ["IncomingBytes", "OutgoingBytes"])
    assert summary(kinesis, stream)["EnhancedMonitoring"] == [{"ShardLevelMetrics": ["IncomingBytes", "OutgoingBytes"]}]
    assert len(kinesis.enable_enhanced_monitoring(StreamARN=stream, ShardLevelMetrics=["ALL"])["DesiredShardLevelMetrics"]) == 7
    answer = kinesis.disable_enhanced_monitoring(StreamARN=stream, ShardLevelMetrics=["ALL"])
    assert len(answer["CurrentShardLevelMetrics"]) == 7 and answer["DesiredShardLevelMetrics"] == []
    assert code_of(kinesis.enable_enhanced_monitoring, StreamARN=stream, ShardLevelMetrics=["Nothing"]) == "ValidationException"


def test_the_largest_record_is_the_streams_own(kinesis, stream):
    def put(size: int):
        return kinesis.put_record(StreamARN=stream, PartitionKey="k", Data=b"x" * size)

    assert code_of(put, size=1024 * 1024 + 1) == "ValidationException"
    kinesis.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=10240)
    assert summary(kinesis, stream)["MaxRecordSizeInKiB"] == 10240
    put(8 * 1024 * 1024)
    assert code_of(kinesis.update_max_record_size, StreamARN=stream, MaxRecordSizeInKiB=10241) == "ValidationException"


def test_the_mode_is_switched_twice_a_day(own_emulator):
    url = own_emulator().url
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    arn = summary_arn(kinesis)

    def switch(mode: str) -> None:
        kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": mode})

    assert code_of(switch, mode="PROVISIONED") == "InvalidArgumentException"
    switch("ON_DEMAND")
    assert summary(kinesis, arn)["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert code_of(kinesis.update_shard_count, StreamName="s", TargetShardCount=2, ScalingType="UNIFORM_SCALING") == "ValidationException"
    switch("PROVISIONED")
    assert code_of(switch, mode="ON_DEMAND") == "LimitExceededException"
    ask(url, "clock", advance="24h")
    switch("ON_DEMAND")


def summary_arn(kinesis, name: str = "s") -> str:
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]


def test_a_commitment_runs_a_day_and_unlocks_warm_throughput(own_emulator):
    url = own_emulator().url
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})

    def settings(status: str | None = None) -> dict:
        if status:
            return kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": status})["MinimumThroughputBillingCommitment"]
        return kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]

    warm = dict(StreamName="s", WarmThroughputMiBps=10)
    assert settings() == {"Status": "DISABLED"}
    assert code_of(kinesis.update_stream_warm_throughput, **warm) == "ValidationException"
    assert settings("ENABLED")["Status"] == "ENABLED"
    answer = kinesis.update_stream_warm_throughput(**warm)["WarmThroughput"]
    assert answer == {"TargetMiBps": 10, "CurrentMiBps": 0}
    described = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
    assert described["WarmThroughput"] == {"TargetMiBps": 10, "CurrentMiBps": 10} and described["OpenShardCount"] == 10
    assert settings("DISABLED")["Status"] == "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    ask(url, "clock", advance="24h")
    assert settings()["Status"] == "DISABLED" and "EndedAt" in settings()


def test_limits_tell_what_is_used(own_emulator):
    kinesis = client_at(own_emulator().url, "kinesis")
    kinesis.create_stream(StreamName="a", ShardCount=3)
    kinesis.create_stream(StreamName="b", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    limits = kinesis.describe_limits()
    assert (limits["OpenShardCount"], limits["OnDemandStreamCount"], limits["OnDemandStreamCountLimit"]) == (3, 1, 50)
    assert limits["ShardLimit"] >= 500


def test_all_of_it_outlives_a_restart_and_none_of_it_the_stream(own_emulator):
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    arn = summary_arn(kinesis)
    kinesis.tag_resource(ResourceARN=arn, Tags={"a": "1"})
    kinesis.put_resource_policy(ResourceARN=arn, Policy='{"Statement": []}')
    kinesis.enable_enhanced_monitoring(StreamARN=arn, ShardLevelMetrics=["ALL"])
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
    emulator.kill()
    kinesis = client_at(own_emulator().url, "kinesis")
    described = summary(kinesis, arn)
    assert described["MaxRecordSizeInKiB"] == 2048 and len(described["EnhancedMonitoring"][0]["ShardLevelMetrics"]) == 7
    assert tags(kinesis, arn) == {"a": "1"}
    kinesis.delete_stream(StreamName="s")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert tags(kinesis, arn) == {} and kinesis.get_resource_policy(ResourceARN=arn)["Policy"] == "{}"
    assert summary(kinesis, arn)["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]


def test_an_on_demand_stream_can_spread_its_records_itself(kinesis, unique):
    name = unique("spread")
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    assert summary(kinesis, arn)["RecordDistributionStrategy"] == "USER_PARTITION_KEY"
    assert code_of(kinesis.put_record, StreamName=name, Data=b"x") == "ValidationException"
    kinesis.update_stream_record_distribution_strategy(StreamARN=arn, RecordDistributionStrategy="AUTO")
    assert summary(kinesis, arn)["RecordDistributionStrategy"] == "AUTO"
    shards = {kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="one key")["ShardId"] for _ in range(4)}
    assert len(shards) == 4
    answer = kinesis.put_records(StreamName=name, Records=[{"Data": b"without"}] * 4)
    assert answer["FailedRecordCount"] == 0 and {record["ShardId"] for record in answer["Records"]} == shards
    at = kinesis.get_shard_iterator(StreamName=name, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = kinesis.get_records(ShardIterator=at)["Records"]
    assert [record.get("PartitionKey") for record in records] == ["one key", None]
    kinesis.update_stream_record_distribution_strategy(StreamARN=arn, RecordDistributionStrategy="USER_PARTITION_KEY")
    assert len({kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="one key")["ShardId"] for _ in range(4)}) == 1


def test_a_provisioned_stream_cannot_spread_its_records(kinesis, stream, unique):
    assert code_of(kinesis.update_stream_record_distribution_strategy, StreamARN=stream, RecordDistributionStrategy="AUTO") == "InvalidArgumentException"
    assert code_of(kinesis.create_stream, StreamName=unique(), ShardCount=1, RecordDistributionStrategy="AUTO") == "InvalidArgumentException"
    assert "RecordDistributionStrategy" not in summary(kinesis, stream)

"""Subscription filters of CloudWatch Logs, and destinations: what is put comes to Kinesis and Firehose as AWS packs it."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import pytest
from test_logs import error_of, group, now_ms, put  # noqa: F401

ROLE = "arn:aws:iam::000000000000:role/logs"


@pytest.fixture(autouse=True)
def role(iam) -> None:
    """Where an account has roles at all, the one that is named must be there."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="logs", AssumeRolePolicyDocument=json.dumps(trust))


@pytest.fixture
def stream_arn(kinesis, unique) -> str:
    name = unique("subscribed")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]


def records(kinesis, arn: str) -> list[dict]:
    at = kinesis.get_shard_iterator(StreamARN=arn, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    return kinesis.get_records(ShardIterator=at, StreamARN=arn)["Records"]


def unpacked(record) -> dict:
    return json.loads(gzip.decompress(record["Data"]))


def test_events_come_to_a_stream_with_a_message_that_tries_it_first(logs, kinesis, group, put, stream_arn):  # noqa: F811
    logs.put_subscription_filter(logGroupName=group, filterName="f", filterPattern="", destinationArn=stream_arn, roleArn=ROLE)
    now = now_ms()
    put("a", (now, 'first "one"\t\x01é'), (now + 1, "second"))
    put("b", (now, "third"))
    control, *data = records(kinesis, stream_arn)
    assert unpacked(control)["messageType"] == "CONTROL_MESSAGE"
    ids = [event["eventId"] for event in logs.filter_log_events(logGroupName=group, logStreamNames=["a"])["events"]]
    assert unpacked(data[0]) == {
        "messageType": "DATA_MESSAGE", "owner": "000000000000", "logGroup": group, "logStream": "a", "subscriptionFilters": ["f"],
        "logEvents": [{"id": ids[0], "timestamp": now, "message": 'first "one"\t\x01é'}, {"id": ids[1], "timestamp": now + 1, "message": "second"}]}
    assert [event["message"] for event in unpacked(data[1])["logEvents"]] == ["third"]
    put("a", (now, "fourth"))
    assert records(kinesis, stream_arn)[3]["PartitionKey"] == data[0]["PartitionKey"] != data[1]["PartitionKey"]


def test_only_what_matches_is_forwarded_and_large_batches_in_parts(logs, kinesis, group, put, stream_arn):  # noqa: F811
    logs.put_subscription_filter(logGroupName=group, filterName="f", filterPattern="ERROR", destinationArn=stream_arn, roleArn=ROLE,
                                 distribution="Random")
    put("a", *[(now_ms(), f"{'ERROR' if i % 2 else 'fine'} {i} " + "x" * 900) for i in range(1000)])
    data = [unpacked(record) for record in records(kinesis, stream_arn)[1:]]
    numbers = [int(event["message"].split()[1]) for one in data for event in one["logEvents"]]
    assert numbers == list(range(1, 1000, 2))
    put("a", (now_ms(), "fine"))
    assert len(records(kinesis, stream_arn)) == 1 + len(data)


def test_events_come_to_a_delivery_stream_and_on_to_a_bucket(logs, firehose, s3, group, put, unique, emulator):  # noqa: F811
    from admin import ask
    bucket, name = unique("bucket"), unique("hose")
    s3.create_bucket(Bucket=bucket)
    arn = firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "ProcessingConfiguration": {"Enabled": True, "Processors": [
            {"Type": "Decompression", "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]},
            {"Type": "CloudWatchLogProcessing", "Parameters": [{"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}]}]}})["DeliveryStreamARN"]
    logs.put_subscription_filter(logGroupName=group, filterName="f", filterPattern="", destinationArn=arn, roleArn=ROLE)
    put("a", (now_ms(), "one"), (now_ms(), "two"))
    ask(emulator.url, "firehose/flush", stream=name)
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert b"".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys) == b"one\ntwo\n"


def test_a_destination_stands_for_a_stream(logs, kinesis, group, put, stream_arn, unique):  # noqa: F811
    name = unique("destination")
    made = logs.put_destination(destinationName=name, targetArn=stream_arn, roleArn=ROLE, tags={"a": "b"})["destination"]
    logs.put_destination_policy(destinationName=name, accessPolicy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    assert logs.describe_destinations(DestinationNamePrefix=name)["destinations"][0]["accessPolicy"]
    assert logs.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"a": "b"}
    logs.put_subscription_filter(logGroupName=group, filterName="f", filterPattern="", destinationArn=made["arn"])
    put("a", (now_ms(), "x"))
    assert [unpacked(record)["messageType"] for record in records(kinesis, stream_arn)] == ["CONTROL_MESSAGE", "CONTROL_MESSAGE", "DATA_MESSAGE"]
    logs.delete_destination(destinationName=name)
    assert error_of(logs.delete_destination, destinationName=name)[0] == "ResourceNotFoundException"
    put("a", (now_ms(), "nobody is there"))


def test_filters_that_cannot_be(logs, group, stream_arn):  # noqa: F811
    usual = {"logGroupName": group, "filterName": "f", "filterPattern": ""}
    assert error_of(logs.put_subscription_filter, **usual, destinationArn=stream_arn) == (
        "InvalidParameterException", "destinationArn for vendor kinesis cannot be used without roleArn")
    assert error_of(logs.put_subscription_filter, **usual, destinationArn=stream_arn + "-not", roleArn=ROLE) == (
        "InvalidParameterException",
        "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.")
    assert error_of(logs.put_subscription_filter, **usual | {"filterPattern": "{ $.a = "}, destinationArn=stream_arn, roleArn=ROLE)[0] == "InvalidParameterException"
    assert error_of(logs.put_subscription_filter, **usual, destinationArn="arn:aws:lambda:us-east-1:000000000000:function:f")[0] == "NotImplementedException"
    for name in ("a", "b", "a"):
        logs.put_subscription_filter(logGroupName=group, filterName=name, filterPattern="", destinationArn=stream_arn, roleArn=ROLE)
    assert error_of(logs.put_subscription_filter, **usual, destinationArn=stream_arn, roleArn=ROLE) == ("LimitExceededException", "Resource limit exceeded.")
    assert [one["filterName"] for one in logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]] == ["a", "b"]
    logs.delete_subscription_filter(logGroupName=group, filterName="a")
    assert error_of(logs.delete_subscription_filter, logGroupName=group, filterName="a") == (
        "ResourceNotFoundException", "The specified subscription filter does not exist.")


def test_a_deliverys_errors_are_told_in_the_group_that_it_names(logs, firehose, s3, group, unique, emulator):  # noqa: F811
    from admin import ask
    bucket, name = unique("bucket"), unique("hose")
    s3.create_bucket(Bucket=bucket)
    logs.create_log_stream(logGroupName=group, logStreamName="errors")
    firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
        "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "ErrorOutputPrefix": "failed/",
        "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": group, "LogStreamName": "errors"},
        "ProcessingConfiguration": {"Enabled": True, "Processors": [
            {"Type": "Decompression", "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}]}]}})
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"not gzip"})
    ask(emulator.url, "firehose/flush", stream=name)
    lines = [json.loads(event["message"]) for event in logs.get_log_events(logGroupName=group, logStreamName="errors")["events"]]
    assert len(lines) == 1 and lines[0]["deliveryStreamARN"].endswith(name) and lines[0]["errorCode"] and lines[0]["message"]

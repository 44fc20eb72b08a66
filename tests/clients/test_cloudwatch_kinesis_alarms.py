"""Alarms on what Kinesis measures of itself: a producer is throttled, a consumer stops; both ring, and recover."""

from __future__ import annotations

import datetime

import pytest
from admin import ask
from conftest import client_at

START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
STREAM = {"Namespace": "AWS/Kinesis", "Dimensions": [{"Name": "StreamName", "Value": "orders"}], "Period": 60, "EvaluationPeriods": 1}


@pytest.fixture
def clients(own_emulator):
    """The address of an emulator with AWS's limits whose clock stands; Kinesis and CloudWatch there, and a stream."""
    url = own_emulator(options=("--limits", "aws")).url
    ask(url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    return url, kinesis, client_at(url, "cloudwatch")


def state(cloudwatch, name: str) -> str:
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm["StateValue"]


def summaries(cloudwatch, name: str) -> list[str]:
    items = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    return [item["HistorySummary"] for item in items]


def test_a_throttled_producer_rings_and_recovers(clients):
    url, kinesis, cloudwatch = clients
    cloudwatch.put_metric_alarm(AlarmName="throttled", MetricName="WriteProvisionedThroughputExceeded", Statistic="Sum", Threshold=0,
                                ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", **STREAM)
    ask(url, "clock", advance="2s")
    failed = [kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)["FailedRecordCount"] for _ in range(3)]
    assert failed == [0, 0, 500]
    ask(url, "clock", advance="1m")
    assert state(cloudwatch, "throttled") == "ALARM"
    ask(url, "clock", advance="2m")
    kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)
    ask(url, "clock", advance="2m")
    assert state(cloudwatch, "throttled") == "OK"
    assert summaries(cloudwatch, "throttled")[-2:] == ["Alarm updated from OK to ALARM", "Alarm updated from ALARM to OK"]


def read(kinesis, iterator: str) -> str:
    return kinesis.get_records(ShardIterator=iterator, Limit=1)["NextShardIterator"]


def test_a_consumer_that_stops_rings_and_recovers(clients):
    url, kinesis, cloudwatch = clients
    cloudwatch.put_metric_alarm(AlarmName="late", MetricName="GetRecords.IteratorAgeMilliseconds", Statistic="Maximum", Threshold=60000,
                                ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", **STREAM)
    cloudwatch.put_metric_alarm(AlarmName="silent", MetricName="GetRecords.IteratorAgeMilliseconds", Statistic="SampleCount", Threshold=1,
                                ComparisonOperator="LessThanThreshold", TreatMissingData="breaching", **STREAM)
    iterator = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    for _ in range(3):
        kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"x")
        iterator = read(kinesis, iterator)
        ask(url, "clock", advance="62s")
    assert (state(cloudwatch, "late"), state(cloudwatch, "silent")) == ("OK", "OK")
    kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"x")
    ask(url, "clock", advance="5m")
    assert state(cloudwatch, "silent") == "ALARM"
    iterator = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    iterator = read(kinesis, iterator)  # the oldest record: many are behind
    ask(url, "clock", advance="62s")
    assert (state(cloudwatch, "late"), state(cloudwatch, "silent")) == ("ALARM", "OK")
    newest = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="LATEST")["ShardIterator"]
    read(kinesis, newest)
    ask(url, "clock", advance="62s")
    assert state(cloudwatch, "late") == "OK"

"""Alarms on what Kinesis measures of itself: a producer is throttled, a consumer stops; both ring, and recover."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from admin import ask
from conftest import client_at
from picture import Picture, colour

START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
DASHBOARD = Path(__file__).parents[2] / "clients" / "infra" / "dashboard.json"
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


def curve(picture: Picture, wanted: str) -> dict[int, int]:
    """The height of a curve above the axis, by the column of the plot."""
    left, _, right, bottom = picture.plot
    columns = [[picture[x, y] for y in range(bottom + 1)] for x in range(left, right)]
    return {x: bottom - column.index(colour(wanted)) for x, column in enumerate(columns) if colour(wanted) in column}


def test_the_dashboard_of_the_infrastructure_shows_both_in_its_pictures(clients):
    url, kinesis, cloudwatch = clients
    iterator = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    for minute in range(8):
        for _ in range(1 + 2 * (minute >= 4)):  # of three times 500 records in a second the last are throttled
            kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)
        if minute < 3:
            iterator = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
        ask(url, "clock", advance="1m")
    iterator = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="AT_TIMESTAMP",
                                          Timestamp=START + datetime.timedelta(minutes=3))["ShardIterator"]
    kinesis.get_records(ShardIterator=iterator, Limit=1)  # the consumer is back: five minutes late
    ask(url, "clock", advance="2m")
    body = DASHBOARD.read_text().replace("STREAM", "orders").replace("REGION", "us-east-1")
    cloudwatch.put_dashboard(DashboardName="orders", DashboardBody=body)
    widgets = json.loads(cloudwatch.get_dashboard(DashboardName="orders")["DashboardBody"])["widgets"]
    records, late = (Picture(cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget["properties"] | {"start": "-PT10M", "legend": {"position": "hidden"}}))
                             ["MetricWidgetImage"]) for widget in widgets if widget["type"] == "metric")
    taken, throttled = curve(records, "#1f77b4"), curve(records, "#ff7f0e")
    third = (records.plot[2] - records.plot[0]) // 3
    assert taken[2 * third] > 1.8 * taken[third // 2]  # 1,000 a minute, not 500
    assert max(height for x, height in throttled.items() if x < third - 20) < 6 < throttled[2 * third]
    behind = curve(late, "#d62728")
    assert min(behind) < third and behind[min(behind)] < 6 and max(behind.values()) > 200

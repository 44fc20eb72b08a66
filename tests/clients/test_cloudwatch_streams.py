"""Metric streams into Firehose: each minute of what comes in, once, in each format."""

from __future__ import annotations

import datetime
import json
import struct

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at

START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
ROLE = "arn:aws:iam::000000000000:role/streams"
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:metric-stream/{}"


class Place:
    """An emulator whose clock stands, a bucket with two delivery streams into it."""

    def __init__(self, own_emulator):
        self.emulator = own_emulator()
        self.connect()
        ask(self.url, "clock", set=int(START.timestamp() * 1000), freeze=True)
        self.s3.create_bucket(Bucket="archive")
        for name in ("one", "other"):
            self.firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration={
                "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::archive", "Prefix": name + "/"})

    def connect(self) -> None:
        self.url = self.emulator.url
        self.cloudwatch, self.firehose, self.s3 = (client_at(self.url, name) for name in ("cloudwatch", "firehose", "s3"))

    def stream(self, name: str, to: str = "one", **more):
        given = {"OutputFormat": "json", "RoleArn": ROLE, "FirehoseArn": f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{to}"} | more
        return self.cloudwatch.put_metric_stream(Name=name, **given)["Arn"]

    def put(self, name: str, values: list[float], namespace: str = "Shop", **more) -> None:
        self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": name, "Values": values} | more])

    def sent(self, name: str = "one") -> bytes:
        ask(self.url, "firehose/flush", stream=name)
        keys = [found["Key"] for found in self.s3.list_objects_v2(Bucket="archive", Prefix=name + "/").get("Contents", [])]
        return b"".join(self.s3.get_object(Bucket="archive", Key=key)["Body"].read() for key in keys)

    def lines(self, name: str = "one") -> list[dict]:
        return [json.loads(line) for line in self.sent(name).splitlines()]


@pytest.fixture
def place(own_emulator) -> Place:
    return Place(own_emulator)


def test_a_minute_is_one_line_when_it_is_over(place):
    assert place.stream("s", IncludeFilters=[{"Namespace": "Shop"}], StatisticsConfigurations=[
        {"IncludeMetrics": [{"Namespace": "Shop", "MetricName": "Latency"}], "AdditionalStatistics": ["p99", "TM(10%:90%)"]}]) == ARN.format("s")
    place.put("Latency", [float(n) for n in range(1, 101)], Unit="Milliseconds", Dimensions=[{"Name": "Page", "Value": "cart \"1\""}])
    place.put("Latency", [200.0], Unit="Milliseconds", Dimensions=[{"Name": "Page", "Value": "cart \"1\""}])
    place.put("Orders", [2.5], Unit="Count")
    ask(place.url, "clock", advance="30s")
    assert place.lines() == []
    ask(place.url, "clock", advance="40s")
    latency, orders = sorted(place.lines(), key=lambda line: line["metric_name"])
    assert orders == {"metric_stream_name": "s", "account_id": "000000000000", "region": "us-east-1", "namespace": "Shop", "metric_name": "Orders", "dimensions": {},
                      "timestamp": int(START.timestamp() * 1000), "value": {"max": 2.5, "min": 2.5, "sum": 2.5, "count": 1.0}, "unit": "Count"}
    assert latency["dimensions"] == {"Page": 'cart "1"'}
    assert latency["value"] == {"max": 200.0, "min": 1.0, "sum": 5250.0, "count": 101.0, "p99": 100.0, "TM(10%:90%)": pytest.approx(51, abs=0.5)}
    ask(place.url, "clock", advance="10m")
    assert len(place.lines()) == 2


def test_filters_stopping_and_deleting(place):
    place.stream("in", IncludeFilters=[{"Namespace": "Shop", "MetricNames": ["a"]}, {"Namespace": "Bank"}])
    place.stream("out", "other", ExcludeFilters=[{"Namespace": "Shop"}])

    def put_all() -> None:
        for namespace, name in (("Shop", "a"), ("Shop", "b"), ("Bank", "c"), ("Farm", "d")):
            place.put(name, [1.0], namespace)
        ask(place.url, "clock", advance="2m")

    put_all()
    assert sorted(line["metric_name"] for line in place.lines()) == ["a", "c"]
    assert {line["metric_name"] for line in place.lines("other") if not line["namespace"].startswith("AWS/")} == {"c", "d"}
    place.cloudwatch.stop_metric_streams(Names=["in"])
    assert place.cloudwatch.get_metric_stream(Name="in")["State"] == "stopped"
    put_all()
    assert len(place.lines()) == 2
    place.cloudwatch.start_metric_streams(Names=["in", "nobody"])
    put_all()
    assert len(place.lines()) == 4
    place.cloudwatch.delete_metric_stream(Name="in")
    put_all()
    assert len(place.lines()) == 4
    assert [entry["Name"] for entry in place.cloudwatch.list_metric_streams()["Entries"]] == ["out"]


def test_what_services_measure_is_streamed(place):
    place.stream("s", IncludeFilters=[{"Namespace": "AWS/Kinesis", "MetricNames": ["IncomingBytes"]}])
    kinesis = client_at(place.url, "kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"x" * 100)
    ask(place.url, "clock", advance="3m")
    (line,) = place.lines()
    assert line["dimensions"] == {"StreamName": "orders"} and line["value"]["sum"] == 101.0 and line["unit"] == "Bytes"


def test_nothing_is_lost_or_sent_twice_over_a_kill(place):
    place.stream("s")
    place.put("before", [1.0])
    place.emulator.kill()
    place.emulator.start()
    place.connect()
    ask(place.url, "clock", set=int(START.timestamp() * 1000) + 120_000, freeze=True)
    ask(place.url, "clock", advance="1m")
    place.put("after", [1.0])
    ask(place.url, "clock", advance="2m")
    place.emulator.kill()
    place.emulator.start()
    place.connect()
    ask(place.url, "clock", set=int(START.timestamp() * 1000) + 600_000, freeze=True)
    assert sorted(line["metric_name"] for line in place.lines() if line["namespace"] == "Shop") == ["after", "before"]


# -- OpenTelemetry: protobuf, read as its fields -------------------------------------------------------------------------------


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def fields(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        tag, at = varint(data, at)
        length, at = varint(data, at) if tag & 7 == 2 else ({1: 8}[tag & 7], at)
        found.append((tag >> 3, data[at:at + length]))
        at += length
    return found


def of(data: bytes, *path: int) -> bytes:
    for number in path:
        data = next(value for field, value in fields(data) if field == number)
    return data


def double(data: bytes) -> float:
    return struct.unpack("<d", data)[0]


@pytest.mark.parametrize("version", ["0.7", "1.0"])
def test_opentelemetry(place, version):
    place.stream("s", OutputFormat="opentelemetry" + version, IncludeFilters=[{"Namespace": "Shop"}], StatisticsConfigurations=[
        {"IncludeMetrics": [{"Namespace": "Shop", "MetricName": "Latency"}], "AdditionalStatistics": ["p90"]}])
    place.put("Latency", [float(n) for n in range(1, 11)], Unit="Milliseconds", Dimensions=[{"Name": "Page", "Value": "cart"}])
    ask(place.url, "clock", advance="2m")
    told = place.sent()
    length, at = varint(told, 0)
    assert at + length == len(told)
    resource = of(told[at:], 1, 1)
    attributes = {of(value, 1).decode(): of(value, 2, 1).decode() for _, value in fields(resource)}
    assert attributes == {"cloud.provider": "aws", "cloud.account.id": "000000000000", "cloud.region": "us-east-1", "aws.exporter.arn": ARN.format("s")}
    metric = of(told[at:], 1, 2, 2)
    assert (of(metric, 1), of(metric, 3)) == (b"amazonaws.com/Shop/Latency", b"ms")
    point = of(metric, 11, 1)
    nanos = int(START.timestamp()) * 1_000_000_000
    assert [struct.unpack("<Q", of(point, number))[0] for number in (2, 3, 4)] == [nanos, nanos + 60_000_000_000, 10] and double(of(point, 5)) == 55
    assert [(double(of(value, 1)), double(of(value, 2))) for field, value in fields(point) if field == 6] == [(0, 1), (0.9, 9), (1, 10)]
    if version == "0.7":
        assert {of(value, 1): of(value, 2) for field, value in fields(point) if field == 1} == {b"Namespace": b"Shop", b"MetricName": b"Latency", b"Page": b"cart"}
    else:
        names = {of(value, 1): of(value, 2) for field, value in fields(point) if field == 7}
        assert of(names[b"Namespace"], 1) == b"Shop" and of(names[b"Dimensions"], 6, 1, 1) == b"Page" and of(names[b"Dimensions"], 6, 1, 2, 1) == b"cart"


# -- what is kept, and what is refused -----------------------------------------------------------------------------------------


def test_put_again_described_and_tagged(place):
    arn = place.stream("s", Tags=[{"Key": "a", "Value": "1"}], IncludeFilters=[{"Namespace": "Shop"}])
    place.cloudwatch.stop_metric_streams(Names=["s"])
    ask(place.url, "clock", advance="1m")
    place.stream("s", "other", OutputFormat="opentelemetry1.0")
    told = place.cloudwatch.get_metric_stream(Name="s")
    del told["ResponseMetadata"]
    assert told.pop("LastUpdateDate") - told.pop("CreationDate") == datetime.timedelta(minutes=1)
    assert told == {"Arn": arn, "Name": "s", "FirehoseArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/other", "RoleArn": ROLE, "State": "stopped",
                    "OutputFormat": "opentelemetry1.0", "IncludeLinkedAccountsMetrics": False}
    place.cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    assert [tag["Key"] for tag in place.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]] == ["a", "b"]
    for number in range(3):
        place.stream(f"t{number}")
    pages = list(place.cloudwatch.get_paginator("list_metric_streams").paginate(PaginationConfig={"PageSize": 2})) if place.cloudwatch.can_paginate(
        "list_metric_streams") else [place.cloudwatch.list_metric_streams(MaxResults=2), place.cloudwatch.list_metric_streams(MaxResults=2, NextToken="t0")]
    assert [[entry["Name"] for entry in page["Entries"]] for page in pages] == [["s", "t0"], ["t1", "t2"]]


@pytest.mark.parametrize(("more", "code"), [
    ({"IncludeFilters": [{"Namespace": "a"}], "ExcludeFilters": [{"Namespace": "b"}]}, "InvalidParameterCombinationException"),
    ({"FirehoseArn": "arn:aws:s3:::b"}, "InvalidParameterValue"), ({"RoleArn": "me"}, "InvalidParameterValue"),
    ({"OutputFormat": "opentelemetry1.0", "StatisticsConfigurations": [{"IncludeMetrics": [{"Namespace": "a", "MetricName": "b"}], "AdditionalStatistics": ["TM(10%:90%)"]}]},
     "InvalidParameterValue"),
    ({"OutputFormat": "csv"}, "ValidationError"),
])
def test_refused(place, more, code):
    with pytest.raises(ClientError) as refused:
        place.stream("s", **more)
    assert refused.value.response["Error"]["Code"].startswith(code.removesuffix("Exception"))


def test_what_cannot_be_made_is_not_there(place):
    assert place.cloudwatch.describe_anomaly_detectors()["AnomalyDetectors"] == []
    assert place.cloudwatch.describe_insight_rules().get("InsightRules", []) == []
    with pytest.raises(ClientError) as missing:
        place.cloudwatch.get_metric_stream(Name="nobody")
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"

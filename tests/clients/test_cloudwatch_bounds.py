"""What a call to CloudWatch may ask for, and how data grows old."""

from __future__ import annotations

import datetime

import cbor2
import pytest
from admin import ask
from conftest import client_at
from helpers import refusal
from raw import CBOR, JSON, Connection
from test_cloudwatch import MINUTE, START, cloudwatch, data, put, query, statistics, url  # noqa: F401

DAY = datetime.timedelta(days=1)


def many(cloudwatch, points: list[dict]) -> None:
    for at in range(0, len(points), 1000):
        cloudwatch.put_metric_data(Namespace="n", MetricData=points[at:at + 1000])


def test_a_point_is_named_where_it_stands(cloudwatch):
    good, bad = {"MetricName": "m", "Value": 1}, {"MetricName": "m", "Value": float("inf")}
    entities = [{"MetricData": [good]}, {"MetricData": [good, bad]}]
    assert refusal(cloudwatch.put_metric_data, Namespace="n", EntityMetricData=entities) == (
        "InvalidParameterValue", "The value inf for parameter EntityMetricData.member.2.MetricData.member.2.Value is invalid.")
    assert refusal(cloudwatch.put_metric_data, Namespace="n", EntityMetricData=[{"MetricData": [good]}] * 3)[0] == "InvalidParameterValue"


@pytest.mark.parametrize("dimension", [{"Name": "a\x1fb", "Value": "c"}, {"Name": "a", "Value": "b\x1e"}, {"Name": "a", "Value": "\x00"}])
def test_dimensions_have_no_control_characters(cloudwatch, dimension):
    code, message = refusal(cloudwatch.put_metric_data, Namespace="n", MetricData=[{"MetricName": "m", "Value": 1, "Dimensions": [dimension]}])
    assert code == "InvalidParameterValue" and "MetricData.member.1.Dimensions.member.1" in message


def test_what_is_put_again_and_again_is_added_up(cloudwatch):
    for _ in range(3):
        many(cloudwatch, [{"MetricName": "m", "Values": [float(n % 700), 1000.0], "Counts": [1, 2], "Timestamp": START} for n in range(1400)])
    (point,) = statistics(cloudwatch, ExtendedStatistics=["p10", "p50", "p100"])
    assert (point["SampleCount"], point["Minimum"], point["Maximum"]) == (3 * 1400 * 3, 0, 1000)
    assert point["Sum"] == 3 * (2 * sum(range(700)) + 1400 * 2000)
    told = point["ExtendedStatistics"]
    assert abs(told["p10"] - 210) < 15 and told["p50"] == told["p100"] == 1000  # 700 different values: neighbours are one


def test_a_page_ends_where_much_was_read_and_the_next_goes_on(cloudwatch):
    many(cloudwatch, [{"MetricName": "m", "Value": 1, "Timestamp": START - n * MINUTE} for n in range(12_000)])
    asked = {"StartTime": START - 13 * DAY, "EndTime": START + MINUTE}
    for scan in ("TimestampAscending", "TimestampDescending"):
        pages, times = 0, {}
        paginator = cloudwatch.get_paginator("get_metric_data")
        for page in paginator.paginate(MetricDataQueries=[query("m", period=86400) | {"Id": f"q{n}"} for n in range(12)], ScanBy=scan, **asked):
            pages += 1
            for result in page["MetricDataResults"]:
                times.setdefault(result["Id"], []).extend(zip(result["Timestamps"], result["Values"], strict=True))
        assert 2 <= pages <= 4
        for told in times.values():
            assert sum(value for _, value in told) == 12_000
            assert [time for time, _ in told] == sorted({time for time, _ in told}, reverse=scan == "TimestampDescending")


@pytest.mark.parametrize("token", ["x", "-1", "12:5", "0:", "0:9223372036854775807", "0:-9223372036854775808", "1", "99999999999999999999"])
def test_a_token_that_was_not_given_is_refused(cloudwatch, token):
    put(cloudwatch, 1)
    code, _ = refusal(lambda: data(cloudwatch, query("m"), NextToken=token))
    assert code in ("InvalidNextToken", "InvalidNextTokenException")


def test_seconds_become_minutes_and_minutes_hours(url, cloudwatch):  # noqa: F811
    many(cloudwatch, [{"MetricName": "m", "Value": 1, "Timestamp": START + datetime.timedelta(seconds=n), "StorageResolution": 1} for n in range(120)])
    asked = {"Namespace": "n", "MetricName": "m", "StartTime": START, "EndTime": START + 60 * MINUTE, "Statistics": ["SampleCount"]}
    assert len(cloudwatch.get_metric_statistics(Period=10, **asked)["Datapoints"]) == 12

    def after(span: str) -> list[tuple[int, float]]:
        """Rows grow old as others come: 4 for each that is new."""
        ask(url, "clock", advance=span)
        for _ in range(40):
            cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])
            ask(url, "clock", advance="1m")
        told = cloudwatch.get_metric_statistics(Period=60, **asked)["Datapoints"]
        return [((point["Timestamp"] - START) // MINUTE, point["SampleCount"]) for point in told]

    assert after("4h") == [(0, 60), (1, 60)]
    assert after("16d") == [(0, 120)]  # five minutes
    assert after("63d") == [(0, 120)]  # an hour
    assert after("455d") == []


@pytest.mark.parametrize("time", [1e16, -1e16, 1e300, 2**63, -2**63])
def test_times_out_of_range_are_refused_in_every_protocol(emulator, time):
    with Connection(emulator) as connection:
        connection.call("Kinesis_20131202.CreateStream", {"StreamName": "times", "ShardCount": 1})
        asked = {"StreamName": "times", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time}
        assert (said := connection.call("Kinesis_20131202.GetShardIterator", asked)).status == 400 and said.code == "SerializationException", said
        tagged = asked | {"Timestamp": cbor2.CBORTag(1, time)}
        assert (said := connection.call("Kinesis_20131202.GetShardIterator", cbor2.dumps(tagged), CBOR)).status == 400, said
        asked = {"Namespace": "n", "MetricName": "m", "StartTime": time, "EndTime": 1, "Period": 60, "Statistics": ["Sum"]}
        assert connection.call("GraniteServiceVersion20100801.GetMetricStatistics", asked, JSON).status == 400
        said = connection.post(cbor2.dumps(asked), "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics", smithy_protocol="rpc-v2-cbor",
                               Content_Type="application/cbor")
        assert said.status == 400, said
        form = f"Action=GetMetricStatistics&Version=2010-08-01&Namespace=n&MetricName=m&StartTime={time}&EndTime=1&Period=60&Statistics.member.1=Sum"
        assert connection.form("monitoring", form.encode()).status == 400


def test_the_last_times_there_are_can_be_computed_with(emulator):
    with Connection(emulator) as connection:
        connection.call("Kinesis_20131202.CreateStream", {"StreamName": "times", "ShardCount": 1})
        for time in (253402300799.999, -62135596800, 0):
            asked = {"StreamName": "times", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time}
            assert connection.call("Kinesis_20131202.GetShardIterator", asked).status in (200, 400)
            span = {"Namespace": "n", "MetricName": "m", "StartTime": -62135596800, "EndTime": 253402300799.999, "Period": 60, "Statistics": ["Sum"]}
            assert connection.call("GraniteServiceVersion20100801.GetMetricStatistics", span).status == 400
            queries = [{"Id": "a", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 2147483640, "Stat": "Sum"}}]
            span = {"MetricDataQueries": queries, "StartTime": -62135596800, "EndTime": 253402300799.999}
            assert connection.call("GraniteServiceVersion20100801.GetMetricData", span).status == 200


def test_pages_and_forms_take_no_more_than_they_need(emulator):
    body = b"x" * (2 * 1024 * 1024)
    with Connection(emulator) as connection:
        assert connection.post(body, "/_evpoc/faults").status == 413
    with Connection(emulator) as connection:
        assert connection.form("monitoring", body).status == 413
    with Connection(emulator) as connection:
        assert connection.post(body, Content_Type="application/x-www-form-urlencoded").status == 413

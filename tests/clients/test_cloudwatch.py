"""Metrics: data points put and read back as statistics, and what Kinesis measures of itself."""

from __future__ import annotations

import datetime

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import register_consumer, subscribe

SHARD = "shardId-000000000000"
START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
ALL = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]


@pytest.fixture
def url(own_emulator) -> str:
    """An emulator whose clock stands at START."""
    url = own_emulator().url
    ask(url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    return url


@pytest.fixture
def cloudwatch(url):
    return client_at(url, "cloudwatch")


def put(cloudwatch, *values: float, at: datetime.datetime = START, name: str = "m", **more) -> None:
    data = [{"MetricName": name, "Value": value, "Timestamp": at, **more} for value in values]
    cloudwatch.put_metric_data(Namespace="n", MetricData=data)


def statistics(cloudwatch, name: str = "m", period: int = 60, minutes: int = 60, namespace: str = "n", **more):
    more = {"Statistics": ALL} | more
    answer = cloudwatch.get_metric_statistics(Namespace=namespace, MetricName=name, StartTime=START - 10 * MINUTE,
                                              EndTime=START + minutes * MINUTE, Period=period, **more)
    assert answer["Label"] == name
    return answer["Datapoints"]


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_data_points_are_added_up_by_period(cloudwatch):
    put(cloudwatch, *range(10))
    put(cloudwatch, 100, at=START + MINUTE)
    assert statistics(cloudwatch) == [
        {"Timestamp": START, "SampleCount": 10.0, "Average": 4.5, "Sum": 45.0, "Minimum": 0.0, "Maximum": 9.0, "Unit": "None"},
        {"Timestamp": START + MINUTE, "SampleCount": 1.0, "Average": 100.0, "Sum": 100.0, "Minimum": 100.0, "Maximum": 100.0,
         "Unit": "None"}]
    (both,) = statistics(cloudwatch, period=300, Statistics=["Sum"])
    assert both == {"Timestamp": START, "Sum": 145.0, "Unit": "None"}
    assert statistics(cloudwatch, "absent") == []


def test_value_lists_and_statistic_sets_count_as_what_they_stand_for(cloudwatch):
    cloudwatch.put_metric_data(Namespace="n", MetricData=[
        {"MetricName": "m", "Timestamp": START, "Unit": "Count", "Values": [1.0, 6.0, 10.0], "Counts": [2, 2, 2]}])
    (point,) = statistics(cloudwatch, Statistics=["SampleCount", "Sum", "Maximum"], ExtendedStatistics=["p50", "p99.9"])
    assert point == {"Timestamp": START, "Unit": "Count", "SampleCount": 6.0, "Sum": 34.0, "Maximum": 10.0,
                     "ExtendedStatistics": {"p50": 6.0, "p99.9": 10.0}}
    cloudwatch.put_metric_data(Namespace="n", MetricData=[
        {"MetricName": "m", "Timestamp": START, "Unit": "Count",
         "StatisticValues": {"SampleCount": 4, "Sum": 4, "Minimum": 0, "Maximum": 2}}])
    (point,) = statistics(cloudwatch, Statistics=["SampleCount", "Minimum"], ExtendedStatistics=["p50"])
    assert point == {"Timestamp": START, "Unit": "Count", "SampleCount": 10.0, "Minimum": 0.0}


def test_units_and_dimensions_are_kept_apart(cloudwatch):
    put(cloudwatch, 1, Unit="Seconds")
    put(cloudwatch, 2, Unit="Milliseconds")
    put(cloudwatch, 4, Dimensions=[{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}])
    assert [(point["Unit"], point["Sum"]) for point in statistics(cloudwatch)] == [("Milliseconds", 2.0), ("Seconds", 1.0)]
    assert [point["Sum"] for point in statistics(cloudwatch, Unit="Seconds")] == [1.0]
    dimensions = [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]
    assert [point["Sum"] for point in statistics(cloudwatch, Dimensions=dimensions)] == [4.0]
    assert statistics(cloudwatch, Dimensions=dimensions[:1]) == []


def test_what_cannot_be_asked_of_statistics(cloudwatch):
    asked = {"Namespace": "n", "MetricName": "m", "StartTime": START, "EndTime": START + datetime.timedelta(days=1), "Period": 60,
             "Statistics": ["Sum"]}
    # recorded from AWS
    assert error_of(cloudwatch.get_metric_statistics, **asked | {"Period": 1}) == (
        "InvalidParameterCombination", "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the "
        "datapoints requested by increasing Period, or decreasing the time range.")
    assert error_of(cloudwatch.get_metric_statistics, **asked | {"EndTime": START}) == (
        "InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.")
    assert error_of(cloudwatch.get_metric_statistics, **asked | {"Period": 90})[0] == "InvalidParameterValue"
    without = {name: value for name, value in asked.items() if name != "Statistics"}
    assert error_of(cloudwatch.get_metric_statistics, **without)[0] == "InvalidParameterCombination"
    assert error_of(cloudwatch.get_metric_statistics, **asked | {"ExtendedStatistics": ["mean"]})[0] == "InvalidParameterValue"


def query(name: str, stat: str = "Sum", period: int = 60, **more) -> dict:
    unit = {"Unit": more.pop("Unit")} if "Unit" in more else {}
    metric = {"Namespace": "n", "MetricName": name, "Dimensions": []}
    return {"Id": f"{name}_{stat}".lower(), "MetricStat": {"Metric": metric, "Period": period, "Stat": stat, **unit}, **more}


def data(cloudwatch, *queries: dict, **more):
    return cloudwatch.get_metric_data(MetricDataQueries=list(queries), StartTime=START, EndTime=START + 60 * MINUTE, **more)


def test_get_metric_data_tells_several_metrics(cloudwatch):
    put(cloudwatch, 1, 2, name="one")
    put(cloudwatch, 7, name="one", at=START + MINUTE)
    put(cloudwatch, 3, name="two", Unit="Count")
    answer = data(cloudwatch, query("one"), query("one", "Average", Label="mean"), query("two", "p90"), query("none"),
                  query("two", "Sum", ReturnData=False))
    assert answer["Messages"] == [] and answer["MetricDataResults"] == [
        {"Id": "one_sum", "Label": "one", "Timestamps": [START + MINUTE, START], "Values": [7.0, 3.0], "StatusCode": "Complete"},
        {"Id": "one_average", "Label": "mean", "Timestamps": [START + MINUTE, START], "Values": [7.0, 1.5], "StatusCode": "Complete"},
        {"Id": "two_p90", "Label": "two", "Timestamps": [START], "Values": [3.0], "StatusCode": "Complete"},
        {"Id": "none_sum", "Label": "none", "Timestamps": [], "Values": [], "StatusCode": "Complete"}]
    (ascending,) = data(cloudwatch, query("one"), ScanBy="TimestampAscending")["MetricDataResults"]
    assert ascending["Values"] == [3.0, 7.0]


def test_get_metric_data_goes_on_where_a_page_ended(cloudwatch):
    for minute in range(5):
        put(cloudwatch, minute, name="one", at=START + minute * MINUTE)
        put(cloudwatch, 10 + minute, name="two", at=START + minute * MINUTE)
    pages, more = [], {}
    while True:
        answer = data(cloudwatch, query("one"), query("two"), MaxDatapoints=4, **more)
        pages.append([(result["Id"], result["Values"], result["StatusCode"]) for result in answer["MetricDataResults"]])
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert pages == [[("one_sum", [4.0, 3.0, 2.0, 1.0], "PartialData")],
                     [("one_sum", [0.0], "Complete"), ("two_sum", [14.0, 13.0, 12.0], "PartialData")],
                     [("two_sum", [11.0, 10.0], "Complete")]]


def test_get_metric_data_says_that_units_differ(cloudwatch):
    put(cloudwatch, 5, Unit="Count")
    put(cloudwatch, 3, Unit="Seconds")
    put(cloudwatch, 9, Unit="Milliseconds")
    (result,) = data(cloudwatch, query("m", "Average"))["MetricDataResults"]
    assert result["Values"] == [5.0]  # recorded from AWS: the first unit by name, and the message
    assert result["Messages"] == [{"Code": "MultipleUnits", "Value": "Multiple units returned: '[Count, Milliseconds, Seconds]'"}]
    (result,) = data(cloudwatch, query("m", "Average", Unit="Seconds"))["MetricDataResults"]
    assert result["Values"] == [3.0] and "Messages" not in result


@pytest.mark.parametrize(("queries", "code"), [
    ([query("m"), query("m")], "ValidationError"),
    ([query("m") | {"Id": "M"}], "ValidationError"),
    ([{"Id": "m"}], "ValidationError"),
    ([{"Id": "m", "Expression": "m1 + m2"}], "ValidationError"),
    ([query("m", "TM(10%)") | {"Id": "m"}], "ValidationError"),
    ([query("m"), {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"}], "NotImplemented"),
])
def test_what_cannot_be_asked_of_metric_data(cloudwatch, queries, code):
    with pytest.raises(ClientError) as refused:
        data(cloudwatch, *queries)
    assert refused.value.response["Error"]["Code"] == code


# Kinesis


def kinesis_sums(cloudwatch, **dimensions: str) -> dict[str, tuple[float, float]]:
    """Of each metric: how many samples, and their sum."""
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    sums = {}
    for metric in cloudwatch.list_metrics(Namespace="AWS/Kinesis")["Metrics"]:
        if metric["Dimensions"] == named:
            (point,) = statistics(cloudwatch, metric["MetricName"], 3600, namespace="AWS/Kinesis", Dimensions=named)
            sums[metric["MetricName"]] = point["SampleCount"], point["Sum"]
    return sums


def test_a_stream_measures_what_it_takes_and_gives(url, cloudwatch):
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x" * 99)
    records = [{"PartitionKey": "k", "Data": b"x" * 9}] * 4
    kinesis.put_records(StreamName="s", Records=records)
    ask(url, "clock", advance=1500)
    at = kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    page = kinesis.get_records(ShardIterator=at, Limit=2)
    kinesis.get_records(ShardIterator=page["NextShardIterator"])
    assert cloudwatch.list_metrics(Namespace="AWS/Kinesis")["Metrics"] == []  # the minute is not over
    ask(url, "clock", advance="1m")
    sums = kinesis_sums(cloudwatch, StreamName="s")
    latencies = {name: sums.pop(name) for name in list(sums) if name.endswith(".Latency")}
    assert {name: count for name, (count, _) in latencies.items()} == {"PutRecord.Latency": 1, "PutRecords.Latency": 1, "GetRecords.Latency": 2}
    assert all(0 < total < 10_000 for _, total in latencies.values())
    assert sums == {
        "IncomingRecords": (5, 5), "IncomingBytes": (5, 140), "PutRecord.Bytes": (1, 100), "PutRecord.Success": (1, 1),
        "PutRecords.Bytes": (1, 40), "PutRecords.Success": (1, 1), "PutRecords.TotalRecords": (1, 4),
        "PutRecords.SuccessfulRecords": (1, 4), "PutRecords.FailedRecords": (1, 0), "PutRecords.ThrottledRecords": (1, 0),
        "WriteProvisionedThroughputExceeded": (2, 0), "ReadProvisionedThroughputExceeded": (2, 0),
        "GetRecords.Records": (2, 5), "GetRecords.Bytes": (2, 140), "GetRecords.Success": (2, 2),
        "GetRecords.IteratorAgeMilliseconds": (2, 1500)}
    assert kinesis_sums(cloudwatch, StreamName="s", ShardId=SHARD) == {}


def test_what_is_throttled_is_measured(url, cloudwatch):
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    ask(url, "limits", limits="aws", scale=0.002)  # 2 records a second, and one read
    kinesis.put_records(StreamName="s", Records=[{"PartitionKey": "k", "Data": b"x"}] * 5)
    with pytest.raises(ClientError):
        kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")
    at = kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType="LATEST")["ShardIterator"]
    kinesis.get_records(ShardIterator=at)
    with pytest.raises(ClientError):
        kinesis.get_records(ShardIterator=at)
    ask(url, "clock", advance="1m")
    sums = kinesis_sums(cloudwatch, StreamName="s")
    assert sums["WriteProvisionedThroughputExceeded"] == (2, 4) and sums["PutRecords.ThrottledRecords"] == (1, 3)
    assert sums["PutRecord.Success"] == (1, 0) and sums["ReadProvisionedThroughputExceeded"] == (2, 1)
    assert sums["GetRecords.Success"] == (2, 1) and sums["IncomingRecords"] == (2, 2)


def test_shards_are_measured_where_enhanced_monitoring_says_so(url, cloudwatch):
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.enable_enhanced_monitoring(StreamName="s", ShardLevelMetrics=["IncomingBytes", "OutgoingRecords", "IteratorAgeMilliseconds"])
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x" * 9, ExplicitHashKey="0")
    at = kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    kinesis.get_records(ShardIterator=at)
    ask(url, "clock", advance="1m")
    assert kinesis_sums(cloudwatch, ShardId=SHARD, StreamName="s") == {
        "IncomingBytes": (1, 10), "OutgoingRecords": (1, 1), "IteratorAgeMilliseconds": (1, 0)}
    assert kinesis_sums(cloudwatch, ShardId="shardId-000000000001", StreamName="s") == {}


def test_consumers_with_fan_out_are_measured(url, cloudwatch):
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    consumer = register_consumer(kinesis, "s", "reader")
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x" * 9)
    with subscribe(kinesis, consumer, SHARD) as events:
        next(iter(events))
    ask(url, "clock", advance="1m")
    sums = kinesis_sums(cloudwatch, ConsumerName="reader", StreamName="s")
    assert sums["SubscribeToShard.Success"] == (1, 1)
    assert sums["SubscribeToShardEvent.Records"][1] == 1 and sums["SubscribeToShardEvent.Bytes"][1] == 10

"""Filter patterns of CloudWatch Logs through boto3: searches, metric filters and the data points they make; what AWS has recorded of them."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest
from test_logs import error_of, group, messages, now_ms, put  # noqa: F401

ACCESS = ['127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
          '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 500 5324',
          '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 200 4355']


def test_a_search_finds_what_its_pattern_matches_and_nothing_else(logs, group, put):
    begin = now_ms() - 5000
    lines = ["[ERROR 400] BAD REQUEST", "[INFO] fine", '{"status": 500, "path": "/a"}', '{"status": 200, "path": "/b"}', ACCESS[1]]
    put("a", *[(begin + number, line) for number, line in enumerate(lines)])

    def found(pattern: str) -> list[str]:
        return messages(logs.filter_log_events(logGroupName=group, filterPattern=pattern))

    assert found("ERROR") == lines[:1]
    assert found("?ERROR ?INFO") == lines[:2]
    assert found("{ $.status >= 500 && $.path = \"/*\" }") == lines[2:3]
    assert found("[..., status=5*, bytes>1000]") == lines[4:]
    assert found("%GET|INFO%") == [lines[1], lines[4]]
    assert found("") == lines


def test_pages_of_a_search_are_of_what_matches(logs, group, put):
    begin = now_ms() - 5000
    put("a", *[(begin + number, f"{'even' if number % 2 == 0 else 'odd'} {number}") for number in range(50)])
    found: list[str] = []
    answer = logs.filter_log_events(logGroupName=group, filterPattern="even", limit=10)
    while True:
        assert len(answer["events"]) <= 10
        found += messages(answer)
        if "nextToken" not in answer:
            break
        answer = logs.filter_log_events(logGroupName=group, filterPattern="even", limit=10, nextToken=answer["nextToken"])
    assert found == [f"even {number}" for number in range(0, 50, 2)]


def test_a_pattern_that_is_none_is_refused(logs, group):
    assert error_of(logs.filter_log_events, logGroupName=group, filterPattern="{ $.a = }") == ("InvalidParameterException", "Invalid filter pattern")
    assert error_of(logs.test_metric_filter, filterPattern="a-b", logEventMessages=["a"]) == (
        "InvalidParameterException", "Invalid character(s) in term 'a-b'")


def test_what_a_filter_would_extract_is_told_as_documented(logs):
    """aws: CloudWatch Logs API Reference, TestMetricFilter, the examples."""
    named = logs.test_metric_filter(filterPattern="[ip, identity, user_id, timestamp, request, status_code, size]", logEventMessages=ACCESS)["matches"]
    assert [match["eventNumber"] for match in named] == [1, 2, 3]
    assert named[0]["eventMessage"] == ACCESS[0]
    assert named[0]["extractedValues"] == {"$ip": "127.0.0.1", "$identity": "-", "$user_id": "frank", "$timestamp": "10/Oct/2000:13:25:15 -0700",
                                           "$request": "GET /apache_pb.gif HTTP/1.0", "$status_code": "200", "$size": "1534"}
    plain = logs.test_metric_filter(filterPattern="[]", logEventMessages=ACCESS)["matches"]
    assert plain[1]["extractedValues"] == {"$1": "127.0.0.1", "$2": "-", "$3": "frank", "$4": "10/Oct/2000:13:35:22 -0700",
                                           "$5": "GET /apache_pb.gif HTTP/1.0", "$6": "500", "$7": "5324"}
    assert [match["eventNumber"] for match in logs.test_metric_filter(filterPattern="[..., status_code=200, size]", logEventMessages=ACCESS)["matches"]] == [1, 3]


def points(cloudwatch, namespace: str, name: str, **arguments) -> dict:
    at = time.time()
    answer = cloudwatch.get_metric_statistics(Namespace=namespace, MetricName=name, StartTime=datetime.fromtimestamp(at - 7200, timezone.utc), EndTime=datetime.fromtimestamp(at + 7200, timezone.utc),
                                              Period=60, Statistics=["Sum", "SampleCount", "Maximum"], **arguments)
    return {int(point["Timestamp"].timestamp()): point for point in answer["Datapoints"]}


def test_a_metric_filter_makes_data_points_of_the_minutes_of_its_events(logs, cloudwatch, group, put, unique):
    space = unique("Space")
    logs.put_metric_filter(logGroupName=group, filterName="latency", filterPattern="{ $.latency = * }", metricTransformations=[
        {"metricName": "Latency", "metricNamespace": space, "metricValue": "$.latency", "unit": "Milliseconds", "dimensions": {"Path": "$.path"}}])
    logs.put_metric_filter(logGroupName=group, filterName="errors", filterPattern="ERROR", metricTransformations=[
        {"metricName": "Errors", "metricNamespace": space, "metricValue": "1", "defaultValue": 0}])
    minute = now_ms() // 60000 - 10
    at = minute * 60000
    put("a", (at, '{"latency": 10, "path": "/a"}'), (at + 1, '{"latency": 30.5, "path": "/a"}'), (at + 2, '{"latency": "no", "path": "/a"}'),
        (at + 3, '{"latency": 1}'), (at + 4, "ERROR one"), (at + 60000, '{"latency": 7, "path": "/b"}'))
    of_a = points(cloudwatch, space, "Latency", Dimensions=[{"Name": "Path", "Value": "/a"}])
    assert {when: (point["Sum"], point["SampleCount"], point["Maximum"], point["Unit"]) for when, point in of_a.items()} == {minute * 60: (40.5, 2, 30.5, "Milliseconds")}
    of_b = points(cloudwatch, space, "Latency", Dimensions=[{"Name": "Path", "Value": "/b"}])
    assert {when: point["Sum"] for when, point in of_b.items()} == {(minute + 1) * 60: 7}
    errors = points(cloudwatch, space, "Errors")
    assert {when: point["Sum"] for when, point in errors.items()} == {minute * 60: 1, (minute + 1) * 60: 0}
    logs.delete_metric_filter(logGroupName=group, filterName="errors")
    put("a", (at + 120_000, "ERROR two"))
    assert len(points(cloudwatch, space, "Errors")) == 2


def test_metric_filters_are_described_as_recorded(logs, group, unique):
    """aws: recorded: test_put_metric_filter_basic, test_describe_metric_filters_by_prefix, _by_log_group, _by_metric_name"""
    name, space = unique("filter"), unique("space")
    logs.put_metric_filter(logGroupName=group, filterName=name, filterPattern=" ", metricTransformations=[
        {"metricName": "metric", "metricNamespace": space, "metricValue": "1", "defaultValue": 0}])
    [told] = logs.describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"]
    assert abs(told.pop("creationTime") - now_ms()) < 60_000
    assert told == {"applyOnTransformedLogs": False, "filterName": name, "filterPattern": " ", "logGroupName": group, "metricTransformations": [
        {"defaultValue": 0.0, "metricName": "metric", "metricNamespace": space, "metricValue": "1"}]}
    assert len(logs.describe_metric_filters(metricName="metric", metricNamespace=space)["metricFilters"]) == 1
    for number in range(3):
        logs.put_metric_filter(logGroupName=group, filterName=f"{name}-{number}", filterPattern="a", metricTransformations=[
            {"metricName": "other", "metricNamespace": space, "metricValue": "1"}])
    pages = list(logs.get_paginator("describe_metric_filters").paginate(logGroupName=group, PaginationConfig={"PageSize": 3}))
    assert [len(page["metricFilters"]) for page in pages] == [3, 1]


def test_metric_filters_that_cannot_be_are_refused(logs, group):
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}

    def refusal(pattern: str = "a", name: str = "f", **changed) -> tuple[str, str]:
        return error_of(logs.put_metric_filter, logGroupName=group, filterName=name, filterPattern=pattern, metricTransformations=[{**metric, **changed}])

    assert refusal(metricValue="$.a")[0] == "InvalidParameterException"
    assert refusal(metricValue="x")[0] == "InvalidParameterException"
    assert refusal(metricValue="0x10")[0] == "InvalidParameterException"  # which no event's value could be either
    assert refusal("{ $.a = 1 }", dimensions={"A": "$b"})[0] == "InvalidParameterException"
    assert "mutually exclusive" in refusal("{ $.a = 1 }", dimensions={"A": "$.b"}, defaultValue=1)[1]
    # aws: recorded: TestMetricFiltersValidation
    long = "X" * 513
    assert refusal(name=long)[1] == f"1 validation error detected: Value '{long}' at 'filterName' failed to satisfy constraint: Member must have length less than or equal to 512"
    assert error_of(logs.delete_metric_filter, logGroupName=long, filterName="f") == (
        "InvalidParameterException", "Invalid LogGroup or LogStream, both must have length less than or equal to 512.")
    assert error_of(logs.delete_metric_filter, logGroupName=group, filterName="none")[0] == "ResourceNotFoundException"
    assert error_of(logs.filter_log_events, logGroupName=group, limit=10001) == (
        "InvalidParameterException", "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000")
    assert error_of(logs.filter_log_events, logGroupName=group, nextToken="none") == ("InvalidParameterException", "The specified nextToken is invalid.")


@pytest.mark.parametrize("pattern", ["%(a+)+$%", "%[a-z]{900}{900}%", "{ " + "(" * 400 + "$.a = 1", "[" + "a=1&&" * 150 + "a=1]", '"' + "x" * 1000])
def test_hostile_patterns_are_answered(logs, group, put, pattern):
    put("a", (now_ms() - 1000, "a" * 100_000))
    try:
        logs.filter_log_events(logGroupName=group, filterPattern=pattern)
    except logs.exceptions.InvalidParameterException:
        pass

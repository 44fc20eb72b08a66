"""Metric maths: GetMetricData's expressions, searches, labels, and the statistics that are more than five."""

from __future__ import annotations

import datetime

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from local_emulator import LocalEmulator

START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
DATA = {"a": [1, 2, 3, 4, None], "b": [10, None, 30, 40, 50], "c": [None, 0, 0, 5, None]}


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory):
    """Three metrics of five minutes from START on, with holes."""
    emulator = LocalEmulator(data=tmp_path_factory.mktemp("maths")).start()
    ask(emulator.url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    client = client_at(emulator.url, "cloudwatch")
    for name, values in DATA.items():
        for minute, value in enumerate(values):
            if value is not None:
                client.put_metric_data(Namespace="n", MetricData=[{"MetricName": name, "Value": value, "Timestamp": START + minute * MINUTE}])
    for number in range(3):
        client.put_metric_data(Namespace="AWS/Shop", MetricData=[
            {"MetricName": "OrderCount", "Value": number, "Timestamp": START, "Dimensions": [{"Name": "Shop", "Value": f"shop-{number}"}]},
            {"MetricName": "Latency", "Value": number, "Timestamp": START, "Dimensions": [{"Name": "Shop", "Value": f"shop-{number}"}, {"Name": "Page", "Value": "cart"}]}])
    client.put_metric_data(Namespace="n", MetricData=[{"MetricName": "v", "Values": [float(n) for n in range(1, 101)], "Timestamp": START}])
    yield client
    assert emulator.stop() == 0


def metric(id_: str, name: str, stat: str = "Sum", **more) -> dict:
    return {"Id": id_, "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "n", "MetricName": name}, "Period": 60, "Stat": stat}} | more


METRICS = [metric(name, name) for name in DATA]


def results(cloudwatch, *queries: dict, **more) -> list[dict]:
    more = {"StartTime": START, "EndTime": START + 5 * MINUTE, "ScanBy": "TimestampAscending"} | more
    return cloudwatch.get_metric_data(MetricDataQueries=list(queries), **more)["MetricDataResults"]


def value_of(cloudwatch, expression: str) -> list[list[float | None]]:
    """Of each series that comes of it, a value for each minute."""
    told = results(cloudwatch, *METRICS, {"Id": "e", "Expression": expression})
    return [[dict(zip(one["Timestamps"], one["Values"], strict=True)).get(START + minute * MINUTE) for minute in range(5)] for one in told]


_ = None
EXPRESSIONS = [
    ("a + b", [11, _, 33, 44, _]),
    ("a + 1", [2, 3, 4, 5, _]),
    ("10 - a * 2", [8, 6, 4, 2, _]),
    ("2 ^ a", [2, 4, 8, 16, _]),
    ("-a ^ 2", [-1, -4, -9, -16, _]),
    ("a / c", [_, _, _, 0.8, _]),
    ("(a + 1) * (a - 1)", [0, 3, 8, 15, _]),
    ("a > 2", [0, 0, 1, 1, _]),
    ("a >= 2 AND a < 4", [0, 1, 1, 0, _]),
    ("a == 1 || a != 1 && a == 4", [1, 0, 0, 1, _]),
    ("ABS(-a)", [1, 2, 3, 4, _]),
    ("CEIL(a / 2)", [1, 1, 2, 2, _]),
    ("FLOOR(a / 2)", [0, 1, 1, 2, _]),
    ("LOG10(a * 0 + 100)", [2, 2, 2, 2, _]),
    ("ROUND_IS_NOT_THERE(a)", None),
    ("a - AVG(a)", [-1.5, -0.5, 0.5, 1.5, _]),
    ("a / MAX(a)", [0.25, 0.5, 0.75, 1, _]),
    ("a - MIN(a)", [0, 1, 2, 3, _]),
    ("a * 0 + SUM(a) / DATAPOINT_COUNT(a)", [2.5, 2.5, 2.5, 2.5, _]),
    ("SUM([a, b])", [11, 2, 33, 44, 50]),
    ("AVG([a, b])", [5.5, 2, 16.5, 22, 50]),
    ("MAX(METRICS())", [10, 2, 30, 40, 50]),
    ("MIN(METRICS(\"a\"))", [1, 2, 3, 4, _]),
    ("DATAPOINT_COUNT(METRICS())", [2, 2, 3, 3, 1]),
    ("STDDEV([a, a])", [0, 0, 0, 0, _]),
    ("FILL(c, 7)", [7, 0, 0, 5, 7]),
    ("FILL(c, REPEAT)", [_, 0, 0, 5, 5]),
    ("FILL(b, LINEAR)", [10, 20, 30, 40, 50]),
    ("FILL(c, b)", [10, 0, 0, 5, 50]),
    ("IF(a > 2, a, b)", [10, _, 3, 4, 50]),
    ("IF(a > 2, a)", [_, _, 3, 4, _]),
    ("IF(c, 1, 0)", [_, 0, 0, 1, _]),
    ("IF(1 > 0, a, b)", [1, 2, 3, 4, _]),
    ("DIFF(b)", [_, _, 20, 10, 10]),
    ("DIFF_TIME(b)", [_, _, 120, 60, 60]),
    ("RATE(a) * 60", [_, 1, 1, 1, _]),
    ("RUNNING_SUM(a)", [1, 3, 6, 10, _]),
    ("TIME_SERIES(PERIOD(a))", [60] * 5),
    ("TIME_SERIES(METRIC_COUNT(METRICS()))", [3] * 5),
    ("FIRST([a, b])", [1, 2, 3, 4, _]),
    ("LAST([a, b])", [10, _, 30, 40, 50]),
    ("MINUTE(a)", [0, 1, 2, 3, _]),
    ("HOUR(a) + DAY(a) * 100 + DATE(a) * 1000 + MONTH(a) * 10000", [11212, 11212, 11212, 11212, _]),
    ("YEAR(a)", [2030, 2030, 2030, 2030, _]),
    ("EPOCH(a) - EPOCH(FIRST([a]))", [0, 0, 0, 0, _]),
    ("SLICE([a, b, c], 1)", [10, _, 30, 40, 50]),
]


# aws: CloudWatch User Guide, Metric math syntax and functions
@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_expressions(cloudwatch, expression, expected):
    if expected is None:
        with pytest.raises(ClientError, match="Unsupported function"):
            value_of(cloudwatch, expression)
        return
    (told,) = value_of(cloudwatch, expression)
    assert told == pytest.approx(expected) if _ not in expected else told == expected


def test_arrays(cloudwatch):
    a, b, c = ([value for value in DATA[name]] for name in "abc")
    assert value_of(cloudwatch, "METRICS()") == [a, b, c]
    assert value_of(cloudwatch, "[c, a] * 2") == [[_, 0, 0, 10, _], [2, 4, 6, 8, _]]
    assert value_of(cloudwatch, "[a, b] + [b, a]") == [[11, _, 33, 44, _], [11, _, 33, 44, _]]
    assert value_of(cloudwatch, "SLICE(METRICS(), 0, 2)") == [a, b]
    assert value_of(cloudwatch, "SORT(METRICS(), MAX, DESC)") == [b, c, a]
    assert value_of(cloudwatch, "SORT(METRICS(), SUM, ASC, 1)") == [c]
    assert value_of(cloudwatch, "REMOVE_EMPTY([a, IF(a > 9, a)])") == [a]
    assert value_of(cloudwatch, "DIFF([a, a])") == [[_, 1, 1, 1, _]] * 2


@pytest.mark.parametrize("expression", [
    "a +", "a b", "(a", "a)", "nobody + 1", "e + 1", "SUM(1)", "5", "AVG(a)", "'text'", "FILL(a)", "FILL(a, nothing)", "[a, 1]", "SORT(METRICS(), UP, ASC)",
    "SLICE(METRICS(), -1)", "IF(1, 2)", "[a, b] + [a, b, c]", "METRICS(1)", "SEARCH('x')", "SEARCH('{', 'Sum')", "SEARCH('(a', 'Sum')", "a $ b", "(" * 1000 + "a", "TIME_SERIES(a)",
])
def test_what_is_no_expression_is_refused(cloudwatch, expression):
    with pytest.raises(ClientError) as refused:
        value_of(cloudwatch, expression)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.parametrize("expression", ["ANOMALY_DETECTION_BAND(a)", "SERVICE_QUOTA(a)"])
def test_what_is_not_built_says_so(cloudwatch, expression):
    with pytest.raises(ClientError, match="not implemented"):
        value_of(cloudwatch, expression)


def test_expressions_use_each_other(cloudwatch):
    (told,) = results(cloudwatch, *METRICS, {"Id": "e1", "Expression": "a + b", "ReturnData": False}, {"Id": "e2", "Expression": "e1 / 11", "Label": "both"})
    assert (told["Id"], told["Label"], told["Values"], told["StatusCode"]) == ("e2", "both", [1, 3, 4], "Complete")
    with pytest.raises(ClientError, match="uses itself"):
        results(cloudwatch, {"Id": "e1", "Expression": "e2"}, {"Id": "e2", "Expression": "e1"})


def searched(cloudwatch, query: str, stat: str = "Sum") -> list[str]:
    told = results(cloudwatch, {"Id": "s", "Expression": f"SEARCH('{query}', '{stat}', 60)"})
    return [one["Label"] for one in told]


# aws: CloudWatch User Guide, Search expression syntax
@pytest.mark.parametrize(("query", "expected"), [
    ("{AWS/Shop,Shop}", ["shop-0 OrderCount", "shop-1 OrderCount", "shop-2 OrderCount"]),
    ("{AWS/Shop,Page,Shop} Latency", ["cart shop-0 Latency", "cart shop-1 Latency", "cart shop-2 Latency"]),
    ('{AWS/Shop,Shop} MetricName="OrderCount" shop-1', ["shop-1 OrderCount"]),
    ("{AWS/Shop,Shop} count", ["shop-0 OrderCount", "shop-1 OrderCount", "shop-2 OrderCount"]),
    ("{AWS/Shop,Shop} oun", []),
    ('{AWS/Shop,Shop} "oun" shop-2', ["shop-2 OrderCount"]),
    ("{AWS/Shop,Shop} Shop=(shop-0 OR shop-2)", ["shop-0 OrderCount", "shop-2 OrderCount"]),
    ("{AWS/Shop,Shop} NOT shop-1", ["shop-0 OrderCount", "shop-2 OrderCount"]),
    ("{AWS/Shop,Shop} (shop-1 OR shop-2) AND order", ["shop-1 OrderCount", "shop-2 OrderCount"]),
    ("Namespace=AWS/Shop MetricName=Latency shop-0", ["cart shop-0 Latency"]),
    ("{AWS/Shop}", []),
])
def test_searches(cloudwatch, query, expected):
    assert searched(cloudwatch, query) == expected


def test_functions_of_what_was_searched(cloudwatch):
    (told,) = results(cloudwatch, {"Id": "s", "Expression": "SUM(SEARCH('{AWS/Shop,Shop}', 'Sum', 60))"})
    assert (told["Label"], told["Values"]) == ("s", [3.0])
    (most,) = results(cloudwatch, {"Id": "s", "Expression": "SORT(SEARCH('{AWS/Shop,Shop}', 'Sum', 60), MAX, DESC, 1)"})
    assert most["Label"] == "shop-2 OrderCount"


# aws-recorded: test_label_generation; aws: User Guide, Using dynamic labels
def test_labels(cloudwatch):
    def label(text: str) -> str:
        (told,) = results(cloudwatch, metric("m", "a", ReturnData=True, Label=text))
        return told["Label"]

    assert label("all ${SUM}, ${AVG} on average, of ${MIN} to ${MAX}") == "all 10.0, 2.5 on average, of 1.0 to 4.0"
    assert label("${LABEL}: ${LAST} of ${DATAPOINT_COUNT}") == "a: 4.0 of 4"
    assert label("${PROP('MetricName')} ${PROP('Namespace')} ${PROP('Stat')} ${PROP('Period')} ${PROP('Region')}") == "a n Sum 60 us-east-1"
    assert label("${MAX_TIME} ${FIRST_LAST_RANGE}") == "2030-01-01T12:03:00Z 1.0 - 4.0"
    assert label("${NOTHING} $ {x} ${") == "${NOTHING} $ {x} ${"
    both = results(cloudwatch, metric("one", "a", ReturnData=True), metric("two", "a", "Minimum", ReturnData=True))
    assert [told["Label"] for told in both] == ["a Sum", "a Minimum"]


def test_pages_of_expressions(cloudwatch):
    queries = [*METRICS, {"Id": "e", "Expression": "METRICS()"}]
    more, told = {}, []
    while True:
        answer = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=START, EndTime=START + 5 * MINUTE, ScanBy="TimestampAscending", MaxDatapoints=3, **more)
        told += [(one["Label"], one["Values"], one["StatusCode"]) for one in answer["MetricDataResults"]]
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert told == [("a", [1, 2, 3], "PartialData"), ("a", [4], "Complete"), ("b", [10, 30], "PartialData"), ("b", [40, 50], "Complete"), ("c", [0], "PartialData"), ("c", [0, 5], "Complete")]


# aws: CloudWatch User Guide, CloudWatch statistics definitions: of 1, 2, … 100
@pytest.mark.parametrize(("stat", "expected"), [
    ("p90", 90), ("tm90", 45.5), ("TM(10%:90%)", 50.5), ("TM(2:10)", 6.5), ("TM(:5)", 3), ("IQM", 50.5), ("tc90", 90), ("TC(90:)", 10), ("ts10", 55),
    ("TS(98:100)", 199), ("PR(:30)", 30), ("PR(10:30)", 20), ("wm98", 50.47), ("WM(10%:90%)", 50.5),
])
def test_statistics(cloudwatch, stat, expected):
    (told,) = results(cloudwatch, metric("m", "v", stat, ReturnData=True))
    assert told["Values"] == pytest.approx([expected])
    (point,) = cloudwatch.get_metric_statistics(Namespace="n", MetricName="v", StartTime=START, EndTime=START + MINUTE, Period=60, ExtendedStatistics=[stat])["Datapoints"]
    assert point["ExtendedStatistics"][stat] == pytest.approx(expected)


@pytest.mark.parametrize("stat", ["p101", "p-1", "px", "tm0", "TM()", "TM(1:2%)", "TM(5:1)", "PR(1%:2%)", "pr50", "Mean", "p0x1"])
def test_what_is_no_statistic_is_refused(cloudwatch, stat):
    with pytest.raises(ClientError, match="not supported"):
        results(cloudwatch, metric("m", "v", stat, ReturnData=True))


def test_alarms_on_expressions(own_emulator):
    url = own_emulator().url
    ask(url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    cloudwatch = client_at(url, "cloudwatch")
    queries = [metric("errors", "a"), metric("calls", "b"), {"Id": "share", "Expression": "100 * errors / calls", "Label": "%"}]
    alarm = {"AlarmName": "share", "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(**alarm, Metrics=queries, TreatMissingData="notBreaching")
    (told,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert told["Metrics"] == queries
    assert "MetricName" not in told
    for name, value in (("a", 1), ("b", 10)):
        cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": name, "Value": value, "Timestamp": START}])
    ask(url, "clock", advance="62s")
    (told,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert told["StateValue"] == "ALARM"
    assert told["StateReason"] == "Threshold Crossed: 1 datapoint [10.0 (01/01/30 12:00:00)] was greater than the threshold (5.0)."
    for wrong in ([*queries[:2]], [*queries[:2], queries[2] | {"Expression": "METRICS()"}], [*queries[:2], queries[2] | {"Expression": "SUM(errors)"}],
                  [{"Id": "s", "Expression": "SUM(SEARCH('{n}', 'Sum', 60))"}]):
        with pytest.raises(ClientError) as refused:
            cloudwatch.put_metric_alarm(**alarm, Metrics=wrong)
        assert refused.value.response["Error"]["Code"] == "ValidationError"


SHOPS = 'FROM SCHEMA("AWS/Shop", Shop)'
INSIGHTS = [
    (f"SELECT SUM(OrderCount) {SHOPS}", {"e": 3.0}),
    (f"select avg(OrderCount) {SHOPS.lower().replace('shop', 'Shop').replace('aws', 'AWS')}", {"e": 1.0}),
    (f"SELECT MAX(OrderCount) {SHOPS} GROUP BY Shop", {"shop-0": 0.0, "shop-1": 1.0, "shop-2": 2.0}),
    (f"SELECT SUM(OrderCount) {SHOPS} GROUP BY Shop ORDER BY MAX() DESC LIMIT 2", {"shop-2": 2.0, "shop-1": 1.0}),
    (f"SELECT SUM(OrderCount) {SHOPS} GROUP BY Shop ORDER BY SUM() ASC LIMIT 1", {"shop-0": 0.0}),
    (f"SELECT COUNT(OrderCount) {SHOPS} WHERE Shop != 'shop-1'", {"e": 2.0}),
    (f"SELECT MIN(OrderCount) {SHOPS} WHERE Shop = 'shop-1' AND Shop != 'x'", {"e": 1.0}),
    ('SELECT SUM(Latency) FROM "AWS/Shop" WHERE Page = \'cart\' GROUP BY Page, Shop', {"cart shop-0": 0.0, "cart shop-1": 1.0, "cart shop-2": 2.0}),
    (f"SELECT SUM(Latency) {SHOPS}", {"e": None}),
]


@pytest.mark.parametrize(("query", "wanted"), INSIGHTS, ids=[query for query, _ in INSIGHTS])
def test_metrics_insights(cloudwatch, query, wanted):
    told = results(cloudwatch, {"Id": "e", "Expression": query, "Period": 60})
    assert [(one["Label"], one["Values"][0] if one["Values"] else None) for one in told] == list(wanted.items())


@pytest.mark.parametrize(("query", "place"), [
    ("SELECT", "AVG, COUNT, MAX, MIN or SUM"), ("SELECT MEDIAN(a) FROM b", "AVG, COUNT, MAX, MIN or SUM"), ("SELECT SUM(a)", "FROM"), ("SELECT SUM(a) FROM", "a name"),
    ('SELECT SUM(a) FROM "b', "quotation mark"), ("SELECT SUM(a) FROM b WHERE c = d", "single quotes"), ("SELECT SUM(a) FROM b LIMIT 501", "from 1 to 500"),
    ("SELECT SUM(a) FROM b OR c", "the end"), ("SELECT SUM(a) FROM b GROUP BY " + ", ".join("c" * 40), "fewer dimensions"),
])
def test_metrics_insights_that_is_none(cloudwatch, query, place):
    with pytest.raises(ClientError, match=place):
        results(cloudwatch, {"Id": "e", "Expression": query, "Period": 60})

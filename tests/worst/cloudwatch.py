"""CloudWatch: much data put at once, much data read at once, in each of its protocols."""

from __future__ import annotations

import json
import time

import cbor2
from case import FORM, RPC_V2, Case

PREFIX = "GraniteServiceVersion20100801."
MINUTE = 60
NOW = int(time.time()) // MINUTE * MINUTE
TWO_WEEKS = 13 * 24 * 60  # minutes, a day short of what may be put
UNITS = "Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits Terabits Percent Count None".split()


def put(data: list[dict]) -> tuple[str, dict]:
    return PREFIX + "PutMetricData", {"Namespace": "n", "MetricData": data}


def history(name: str, minutes: int, **more) -> list[tuple[str, dict]]:
    """A point a minute, put 1,000 at a time."""
    points = [{"MetricName": name, "Value": minute % 100, "Timestamp": NOW - minute * MINUTE, **more} for minute in range(minutes)]
    return [put(points[at:at + 1000]) for at in range(0, minutes, 1000)]


def query(number: int, name: str = "m", stat: str = "Sum", period: int = 60, **more) -> dict:
    return {"Id": f"q{number}", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": name}, "Period": period, "Stat": stat}} | more


def data(queries: list[dict], **more) -> dict:
    return {"MetricDataQueries": queries, "StartTime": NOW - TWO_WEEKS * MINUTE, "EndTime": NOW + MINUTE} | more


def reading():
    get, whole = PREFIX + "GetMetricData", history("m", TWO_WEEKS)
    yield Case("two weeks of minutes, asked for 500 times", "cloudwatch", get, data([query(n) for n in range(500)]), whole)
    yield Case("the same, ascending", "cloudwatch", get, data([query(n) for n in range(500)], ScanBy="TimestampAscending"), whole)
    yield Case("two weeks as days, asked for 500 times", "cloudwatch", get, data([query(n, period=86400) for n in range(500)]), whole)
    yield Case("two weeks in one period, 500 percentiles of it", "cloudwatch", get, data([query(n, period=86400 * 30, stat=f"p{n / 5}") for n in range(500)]), whole)
    many = [{"MetricName": "v", "Values": [n * 150 + i for i in range(150)], "Timestamp": NOW - n % 1000 * MINUTE} for n in range(5000)]
    spread = [put(many[at:at + 300]) for at in range(0, len(many), 300)]
    yield Case("percentiles of 750,000 different values", "cloudwatch", get, data([query(n, "v", "p99", 3600) for n in range(500)]), spread)
    yield Case("500 metrics that are not there", "cloudwatch", get, data([query(n, f"x{n}") for n in range(500)]))
    yield Case("501 queries", "cloudwatch", get, data([query(n) for n in range(501)]))
    yield Case("500 ids that differ at their end", "cloudwatch", get, data([query(n) | {"Id": "a" * 250 + f"{n:04}"} for n in range(500)]))
    yield Case("300,000 queries without anything", "cloudwatch", get, b'{"StartTime":1,"EndTime":2,"MetricDataQueries":[' + b",".join([b"{}"] * 300_000) + b"]}")
    yield Case("labels of a megabyte together", "cloudwatch", get, data([query(n, Label="<" * 1800) for n in range(500)]))
    units = [{"MetricName": "u", "Value": 1, "Unit": unit, "Timestamp": NOW - minute * MINUTE} for minute in range(1400) for unit in UNITS]
    asked = {"Namespace": "n", "MetricName": "u", "StartTime": NOW - 1400 * MINUTE, "EndTime": NOW, "Period": 60,
             "Statistics": ["SampleCount", "Average", "Sum", "Minimum", "Maximum"], "ExtendedStatistics": [f"p{n}" for n in range(10)]}
    yield Case("1,400 minutes of 16 units, all statistics", "cloudwatch", PREFIX + "GetMetricStatistics", asked,
               [put(units[at:at + 1000]) for at in range(0, len(units), 1000)])
    yield Case("1,440 points of two weeks", "cloudwatch", PREFIX + "GetMetricStatistics",
               asked | {"MetricName": "m", "Period": 1800, "StartTime": NOW - TWO_WEEKS * MINUTE}, whole)


def listing():
    wide = [{"Name": f"d{n}", "Value": "v" * 20} for n in range(30)]
    metrics = [put([{"MetricName": f"m{at}-{n}", "Value": 1, "Dimensions": wide} for n in range(500)]) for at in range(20)]
    yield Case("the first page of 10,000 metrics of 30 dimensions", "cloudwatch", PREFIX + "ListMetrics", {}, metrics)
    yield Case("10 filters that none of 10,000 metrics passes", "cloudwatch", PREFIX + "ListMetrics",
               {"Dimensions": [{"Name": f"d{n}", "Value": "w" if n == 9 else "v" * 20} for n in range(10)]}, metrics)
    few = [put([{"MetricName": f"m{at}-{n}", "Value": 1} for n in range(1000)]) for at in range(60)]
    yield Case("a name that none of 60,000 metrics has", "cloudwatch", PREFIX + "ListMetrics", {"MetricName": "x"}, few)


def form(points: int) -> dict[str, str]:
    fields = {"Namespace": "n", "Version": "2010-08-01"}
    for n in range(1, points + 1):
        fields |= {f"MetricData.member.{n}.MetricName": "m", f"MetricData.member.{n}.Value": "1"}
    return fields


def writing():
    wide = [{"Name": f"d{n:02}" + "n" * 10, "Value": "v"} for n in range(30)]
    yield Case("1,000 new metrics of 30 dimensions", "cloudwatch", *put([{"MetricName": f"m{n}", "Value": 1, "Dimensions": wide[:18]} for n in range(1000)]))
    yield Case("150 values of one metric, 1,000 times", "cloudwatch",
               *put([{"MetricName": "m", "Values": [(n * 150 + i) % 9999 for i in range(150)]} for n in range(1000)]))
    yield Case("a minute each of 1,000", "cloudwatch", *history("m", 1000)[0])
    old = [{"MetricName": "m", "Value": 1, "StorageResolution": 1, "Timestamp": NOW - 5 * 3600 - n} for n in range(1000)]
    yield Case("1,000 seconds that are too old to be kept apart", "cloudwatch", *put(old))
    yield Case("1,001 points", "cloudwatch", *put([{"MetricName": "m", "Value": 1}] * 1001))
    yield Case("300,000 points without anything", "cloudwatch", PREFIX + "PutMetricData", b'{"Namespace":"n","MetricData":[' + b",".join([b"{}"] * 300_000) + b"]}")
    yield Case("a form of 1,000 points", "cloudwatch", "PutMetricData", form(1000), content_type=FORM)
    yield Case("a form of 8,000 points", "cloudwatch", "PutMetricData", form(8000), content_type=FORM)
    yield Case("rpc-v2-cbor, 1,000 points of 30 dimensions", "cloudwatch", PREFIX + "PutMetricData",
               cbor2.dumps({"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.5, "Dimensions": wide[:18]}] * 1000}), content_type=RPC_V2)


def expressions():
    get, whole = PREFIX + "GetMetricData", history("m", TWO_WEEKS)
    of = [query(n, ReturnData=False) for n in range(9)]

    def asked(expression: str, queries: list[dict] = of, **more) -> dict:
        return data([*queries, {"Id": "e", "Expression": expression}], **more)

    yield Case("nine times two weeks, added up", "cloudwatch", get, asked("SUM(METRICS())"), whole)
    yield Case("300 operators over two weeks", "cloudwatch", get, asked("+".join(["q0"] * 300)), whole)
    yield Case("a year of seconds, filled", "cloudwatch", get, asked("FILL(q0, 0)", [query(0, period=1)], StartTime=NOW - 400 * 86400), whole)
    yield Case("parentheses, 100,000 deep", "cloudwatch", get, asked("(" * 100_000 + "q0"))
    yield Case("a chain of 490 expressions", "cloudwatch", get,
               data([query(0), *({"Id": f"q{n}", "Expression": f"q{n - 1} + q{n - 1}"} for n in range(1, 490))]), whole)
    many = [put([{"MetricName": f"m{at}-{n}", "Value": 1} for n in range(1000)]) for at in range(30)]
    yield Case("a search through 30,000 metrics", "cloudwatch", get, asked("SEARCH('NOT (a OR b OR c OR d) \"m29\"', 'Sum', 60)"), many)
    yield Case("an Insights query over 30,000 metrics", "cloudwatch", get, asked("SELECT AVG(m1) FROM n WHERE a != 'b' GROUP BY c ORDER BY MAX() LIMIT 500", []), many)
    wide = [put([{"MetricName": "w", "Value": 1, "Dimensions": [{"Name": "d", "Value": f"{at}-{n}"}]} for n in range(1000)]) for at in range(10)]
    yield Case("an Insights query of 10,000 metrics in 500 groups", "cloudwatch", get, asked("SELECT AVG(w) FROM SCHEMA(n, d) GROUP BY d", []), wide)
    yield Case("500 searches through 30,000 metrics", "cloudwatch", get, data([{"Id": f"q{n}", "Expression": "SEARCH('nothing', 'Sum', 60)"} for n in range(500)]), many)


def alarm(number: int, **more) -> tuple[str, dict]:
    return PREFIX + "PutMetricAlarm", {"AlarmName": f"a{number}", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
                                       "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"} | more


def alarms():
    there = [alarm(n, AlarmDescription="d" * 1000) for n in range(2000)]
    yield Case("100 of 2,000 alarms", "cloudwatch", PREFIX + "DescribeAlarms", {"MaxRecords": 100}, there)
    yield Case("an action that none of 2,000 alarms has", "cloudwatch", PREFIX + "DescribeAlarms", {"ActionPrefix": "arn:x"}, there)
    yield Case("2,000 alarms of one metric", "cloudwatch", PREFIX + "DescribeAlarmsForMetric", {"Namespace": "n", "MetricName": "m"}, there)
    yield Case("a rule of 10,240 characters, all parentheses", "cloudwatch", PREFIX + "PutCompositeAlarm", {"AlarmName": "c", "AlarmRule": "(" * 10240})
    yield Case("a rule of 1,000 truths", "cloudwatch", PREFIX + "PutCompositeAlarm", {"AlarmName": "c", "AlarmRule": " OR ".join(["FALSE"] * 1000)})
    widgets = [{"type": "metric", "properties": {"metrics": [["n", "m"]] * 300}}] * 200
    yield Case("a dashboard of 60,000 metrics", "cloudwatch", PREFIX + "PutDashboard", {"DashboardName": "d", "DashboardBody": json.dumps({"widgets": widgets})})
    yield Case("a dashboard of 400,000 lists", "cloudwatch", PREFIX + "PutDashboard", {"DashboardName": "d", "DashboardBody": '{"widgets":[' + "[]," * 300_000 + "[]]}"})
    yield Case("a dashboard whose every widget is wrong", "cloudwatch", PREFIX + "PutDashboard", {"DashboardName": "d", "DashboardBody": '{"widgets":[' + "1," * 499 + "1]}"})


def widget(**more) -> tuple[str, dict]:
    return PREFIX + "GetMetricWidgetImage", {"MetricWidget": json.dumps({"width": 2000, "height": 2000, "period": 60, "start": "-P1D"} | more)}


def pictures():
    noise = [put([{"MetricName": "z", "Value": minute % 2 * 100, "Timestamp": NOW - minute * MINUTE} for minute in range(at, at + 720)]) for at in (0, 720)]
    many = [["n", "z", {"label": f"{n} " * 200}] for n in range(70)]
    yield Case("70 curves up and down at each of 1,440 minutes, 2000 x 2000", "cloudwatch", *widget(metrics=many), noise)
    yield Case("the same, stacked", "cloudwatch", *widget(metrics=many, stacked=True), noise)
    yield Case("the same, as numbers", "cloudwatch", *widget(metrics=many, view="singleValue"), noise)
    yield Case("70 metrics, 200 bands", "cloudwatch", *widget(metrics=many, annotations={
        "horizontal": [[{"value": n, "label": "l" * 100}, {"value": 100}] for n in range(100)],
        "vertical": [[{"value": "2020-01-01T00:00:00Z"}, {"value": "2090-01-01T00:00:00Z"}]] * 100}), noise)


def streams():
    """100 metric streams, whose statistics need every value."""
    more = [{"IncludeMetrics": [{"Namespace": "n", "MetricName": f"m{n}"} for n in range(100)], "AdditionalStatistics": [f"p{n}" for n in range(80, 99)]}] * 3
    there = [(PREFIX + "PutMetricStream", {"Name": f"s{n}", "FirehoseArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/d", "OutputFormat": "json",
                                           "RoleArn": "arn:aws:iam::000000000000:role/r", "StatisticsConfigurations": more}) for n in range(100)]
    yield Case("1,000 metrics that 100 streams take", "cloudwatch", *put([{"MetricName": f"m{n}", "Values": list(range(50))} for n in range(1000)]), there)
    filters = [{"Namespace": f"n{n}", "MetricNames": [f"m{m}" for m in range(60)]} for n in range(1000)]
    yield Case("1,000 filters of 60 names", "cloudwatch", PREFIX + "PutMetricStream", there[0][1] | {"IncludeFilters": filters})
    yield Case("500 streams of 100", "cloudwatch", PREFIX + "ListMetricStreams", {}, there)


def cases():
    yield from streams()
    yield from pictures()
    yield from expressions()
    yield from alarms()
    yield from reading()
    yield from listing()
    yield from writing()

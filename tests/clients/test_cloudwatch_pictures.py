"""GetMetricWidgetImage: pictures in which the curve lies where the data says."""

from __future__ import annotations

import datetime
import json
import re
import urllib.parse
import urllib.request
from base64 import b64decode

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from local_emulator import LocalEmulator
from picture import Picture, colour

END = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
BLUE, ORANGE, GREEN, RED = (colour(text) for text in ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"))
VALUES = {"a": [20 + minute / 2 for minute in range(60)], "b": [80 if minute % 20 < 10 else 40 for minute in range(60)]}


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory):
    """Two metrics of the hour before END; "b" has nothing between the 30th and the 40th minute."""
    emulator = LocalEmulator(data=tmp_path_factory.mktemp("pictures")).start()
    ask(emulator.url, "clock", set=int(END.timestamp() * 1000), freeze=True)
    client = client_at(emulator.url, "cloudwatch")
    for name, values in VALUES.items():
        client.put_metric_data(Namespace="n", MetricData=[
            {"MetricName": name, "Value": value, "Unit": "Percent", "Timestamp": END - (60 - minute) * MINUTE}
            for minute, value in enumerate(values) if name == "a" or not 30 <= minute < 40])
    yield client
    assert emulator.stop() == 0


def draw(cloudwatch, **widget) -> Picture:
    widget = {"start": "-PT1H", "period": 60} | widget
    return Picture(cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget))["MetricWidgetImage"])


def place(picture: Picture, minute: float, value: float, most: float = 100) -> tuple[float, float]:
    left, top, right, bottom = picture.plot
    return left + minute / 60 * (right - left), bottom - value / most * (bottom - top)


HEADER = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"
FIXED = {"yAxis": {"left": {"min": 0, "max": 100}}}


def test_curves_lie_where_the_data_is(cloudwatch):
    picture = draw(cloudwatch, metrics=[["n", "a"], ["n", "b"]], title="Two curves", **FIXED)
    assert (picture.width, picture.height) == (600, 400)
    assert all(picture.near(*place(picture, minute, VALUES["a"][minute]), BLUE) for minute in range(60))
    assert all(picture.near(*place(picture, minute, VALUES["b"][minute]), ORANGE) for minute in range(60) if not 30 <= minute < 40)
    assert not any(picture.near(*place(picture, minute, value), ORANGE) for minute in range(31, 39) for value in range(38, 84))
    assert not any(picture.near(*place(picture, minute, VALUES["a"][minute] + 8), BLUE) for minute in range(60))


def test_stacked_areas_lie_on_each_other(cloudwatch):
    picture = draw(cloudwatch, metrics=[["n", "a"], ["n", "b"]], stacked=True, yAxis={"left": {"min": 0, "max": 200}})

    def shade(wanted):
        return tuple(round(0.6 * part + 0.4 * 255) for part in wanted)

    for minute in (5, 15, 25, 45, 55):
        low = VALUES["a"][minute]
        assert picture.near(*place(picture, minute, low / 2, 200), shade(BLUE)), minute
        assert picture.near(*place(picture, minute, low + VALUES["b"][minute] / 2, 200), shade(ORANGE)), minute
        assert picture.near(*place(picture, minute, low + VALUES["b"][minute], 200), ORANGE), minute
        assert picture[tuple(int(part) for part in place(picture, minute, low + VALUES["b"][minute] + 10, 200))] == (255, 255, 255)
    assert picture.near(*place(picture, 35, VALUES["a"][35], 200), ORANGE)  # which is nothing there


def test_expressions_hidden_metrics_colours_and_the_right_axis(cloudwatch):
    picture = draw(cloudwatch, metrics=[["n", "a", {"id": "a", "visible": False}], [{"expression": "a * 2", "id": "e", "color": "#2ca02c"}],
                                        ["n", "b", {"yAxis": "right", "color": "#d62728"}]],
                   yAxis={"left": {"min": 0, "max": 100}, "right": {"min": 0, "max": 200}})
    assert all(picture.near(*place(picture, minute, 2 * VALUES["a"][minute]), GREEN) for minute in range(5, 59, 5))
    assert all(picture.near(*place(picture, minute, VALUES["b"][minute], 200), RED) for minute in (5, 15, 25, 45, 55))
    assert not picture.count(BLUE)


def test_a_metric_may_repeat_the_one_above(cloudwatch):
    whole = draw(cloudwatch, metrics=[["n", "a"], ["n", "b"]])
    assert draw(cloudwatch, metrics=[["n", "a"], [".", "b"]]).rows == whole.rows
    assert draw(cloudwatch, metrics=[["n", "a"], ["...", "b"]]).rows == whole.rows


def test_annotations_are_lines_and_shades(cloudwatch):
    when = (END - 30 * MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")
    picture = draw(cloudwatch, metrics=[["n", "a"]], **FIXED, annotations={
        "horizontal": [{"value": 90, "label": "too much", "fill": "above"}, [{"value": 10, "color": "#2ca02c"}, {"value": 15}]],
        "vertical": [{"value": when, "color": "#ff7f0e"}]})
    picture.plot = draw(cloudwatch, metrics=[["n", "a"]], **FIXED).plot  # its own grid lies under the shade
    assert all(picture.near(*place(picture, minute, 90), RED) for minute in (1, 20, 40))
    assert picture.near(*place(picture, 20, 95), (249, 222, 223)) and picture.near(*place(picture, 20, 12), (223, 242, 223), 2)
    assert all(picture.near(*place(picture, 30, value), ORANGE) for value in (5, 50, 80))


def test_an_hour_that_is_read_as_five_minutes_and_in_another_time_zone(cloudwatch):
    coarse = draw(cloudwatch, metrics=[["n", "a"]], period=300, stat="Maximum", **FIXED)
    assert all(coarse.near(*place(coarse, minute, VALUES["a"][minute + 4]), BLUE) for minute in range(0, 56, 5))
    east = draw(cloudwatch, metrics=[["n", "a"]], period=300, stat="Maximum", timezone="+0530", **FIXED)
    assert east.rows != coarse.rows and east.rows[:340] == coarse.rows[:340]  # only what the times are called


def test_views_of_one_value(cloudwatch):
    rows = [["n", "a"], ["n", "b"]]
    bars = draw(cloudwatch, metrics=rows, view="bar", legend={"position": "hidden"})
    newest = {BLUE: VALUES["a"][-1], ORANGE: VALUES["b"][-1]}
    wide = {wanted: max(bars.pixels(y).count(wanted) for y in range(bars.height)) for wanted in newest}
    assert wide[BLUE] / wide[ORANGE] == pytest.approx(newest[BLUE] / newest[ORANGE], rel=0.02)
    pie = draw(cloudwatch, metrics=rows, view="pie", legend={"position": "hidden"})
    assert pie.count(BLUE) / pie.count(ORANGE) == pytest.approx(newest[BLUE] / newest[ORANGE], rel=0.02)
    assert draw(cloudwatch, metrics=rows, view="singleValue").count(ORANGE) > 100
    gauge = draw(cloudwatch, metrics=rows[:1], view="gauge", sparkline=False, **FIXED)
    assert gauge.count(BLUE) > 1000 and gauge.count((233, 235, 237)) > 1000


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2000), (2000, 1), (30, 30), (2000, 2000)])
def test_any_size_there_may_be(cloudwatch, width, height):
    for view in ("timeSeries", "singleValue", "bar", "pie"):
        picture = draw(cloudwatch, metrics=[["n", "a"], ["n", "b"]], width=width, height=height, view=view, title="t" * 500)
        assert (picture.width, picture.height) == (width, height)


def test_a_metric_without_data_and_a_dark_one(cloudwatch):
    empty = draw(cloudwatch, metrics=[["n", "nothing"]], legend={"position": "hidden"})
    assert not empty.count(BLUE) and empty[300, 30] == (255, 255, 255)
    dark = draw(cloudwatch, metrics=[["n", "a"]], theme="dark", legend={"position": "right"})
    assert dark[0, 0] == (22, 25, 31) and dark.count(BLUE)


WRONG = [
    ("{", "must be a valid JSON object"), ("[]", "must be a valid JSON object"), ({}, "Should have required property 'metrics'"),
    ({"metrics": [["n", "a"]], "width": 2001}, '"/width"'), ({"metrics": [["n", "a"]], "height": 0}, '"/height"'), ({"metrics": [["n"]]}, "fewer than 2 items"),
    ({"metrics": [["n", "a", "d"]]}, "not followed by a dimension value"), ({"metrics": [["n", "a"]] * 101}, "more than 100 items"),
    ({"metrics": [["n", "a", {"color": "red"}]]}, '"/metrics/0/2/color"'), ({"metrics": [["n", "a"]], "start": "yesterday"}, '"/start"'),
    ({"metrics": [["n", "a"]], "start": "-PT1H", "end": "-PT2H"}, "before end"), ({"metrics": [["n", "a"]], "period": 61}, "multiple of 60"),
    ({"metrics": [["n", "a", {"stat": "Most"}]]}, '"/metrics/0/2/stat"'), ({"metrics": [["n", "a"]], "view": "cake"}, "allowed values"),
    ({"metrics": [["n", "a"]], "timezone": "CET"}, '"/timezone"'), ({"metrics": [["n", "a"]], "view": "gauge"}, "yAxis.left.min"),
    ({"metrics": [["n", "a"]], "annotations": {"vertical": [{}]}}, "required property 'value'"), ({"metrics": [[{"expression": "1 +", "id": "e"}]]}, "end of the expression"),
    ({"metrics": [[{"expression": "1 + 1", "id": "e"}]]}, "must return a time series"), ({"metrics": [["n", "a", {"id": "A"}]]}, "expected pattern"),
    ({"metrics": [["n", "a"]], "title": "t" * 110_000}, "100 KB"),
]


@pytest.mark.parametrize(("widget", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_no_widget_is_refused_with_its_place(cloudwatch, widget, message):
    with pytest.raises(ClientError, match=re.escape(message)) as refused:
        cloudwatch.get_metric_widget_image(MetricWidget=widget if isinstance(widget, str) else json.dumps(widget))
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_raw_and_in_the_query_protocol(cloudwatch):
    url, widget = cloudwatch.meta.endpoint_url, json.dumps({"metrics": [["n", "a"]], "start": "-PT1H"})
    wanted = cloudwatch.get_metric_widget_image(MetricWidget=widget)["MetricWidgetImage"]

    def post(**fields):
        body = urllib.parse.urlencode({"Action": "GetMetricWidgetImage", "Version": "2010-08-01", "MetricWidget": widget, **fields}).encode()
        headers = {"Authorization": HEADER, "Content-Type": "application/x-www-form-urlencoded"}
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.headers["Content-Type"], answer.read()

    assert post(OutputFormat="image/png") == ("image/png", wanted)
    kind, xml = post(OutputFormat="png")
    assert kind == "text/xml" and b64decode(re.search(rb"<MetricWidgetImage>(.*)</MetricWidgetImage>", xml)[1]) == wanted

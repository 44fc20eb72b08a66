"""Dashboards: kept word for word, refused where AWS's structure is not kept, deleted all or none."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from conftest import client_at

METRIC = ["AWS/Kinesis", "IncomingBytes", "StreamName", "orders"]


@pytest.fixture
def cloudwatch(own_emulator):
    return client_at(own_emulator().url, "cloudwatch")


def widget(**properties) -> dict:
    return {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {"metrics": [METRIC], "region": "us-east-1"} | properties}


def body(*widgets) -> str:
    return json.dumps({"widgets": list(widgets)})


def refused(call, **arguments) -> dict:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response


# aws-recorded: test_dashboard_lifecycle
def test_a_dashboard_comes_back_as_it_was_put(cloudwatch):
    text = body(widget(view="timeSeries", stacked=False))
    assert cloudwatch.put_dashboard(DashboardName="shop", DashboardBody=text)["DashboardValidationMessages"] == []
    got = cloudwatch.get_dashboard(DashboardName="shop")
    assert (got["DashboardBody"], got["DashboardName"]) == (text, "shop")
    assert got["DashboardArn"] == "arn:aws:cloudwatch::000000000000:dashboard/shop"
    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert (entry["DashboardName"], entry["Size"]) == ("shop", len(text))
    assert entry["LastModified"]
    assert cloudwatch.list_dashboards(DashboardNamePrefix="no")["DashboardEntries"] == []
    assert len(cloudwatch.list_dashboards(DashboardNamePrefix="sh")["DashboardEntries"]) == 1


# aws: PutDashboard: "All dashboards in your account are global, not region-specific."
def test_dashboards_are_of_no_region(own_emulator):
    url = own_emulator().url
    client_at(url, "cloudwatch").put_dashboard(DashboardName="shop", DashboardBody=body())
    assert client_at(url, "cloudwatch", region_name="eu-west-1").get_dashboard(DashboardName="shop")["DashboardBody"] == body()


@pytest.mark.parametrize(("text", "places"), [
    (body(widget(metrics=["AWS/Kinesis", "IncomingBytes"])), ["/widgets/0/properties/metrics/0", "/widgets/0/properties/metrics/1"]),
    (body(widget(metrics=[["AWS/Kinesis", "IncomingBytes", {"a": 1}, "b"]])), ["/widgets/0/properties/metrics/0/2"]),
    (body(widget(), {"type": "text", "properties": {}}), ["/widgets/1/properties"]),
    (body(widget() | {"width": 25, "x": -1}), ["/widgets/0/x", "/widgets/0/width"]),
    (body({"type": "chart", "properties": {}}), ["/widgets/0/type"]),
    ("{}", [""]),
    ('{"widgets": {}}', ["/widgets"]),
])
def test_what_is_no_dashboard_is_refused_with_its_places(cloudwatch, text, places):
    answer = refused(cloudwatch.put_dashboard, DashboardName="bad", DashboardBody=text)
    assert answer["Error"]["Code"] in ("InvalidParameterInput", "DashboardInvalidInputError")
    told = json.loads(answer["Error"]["Message"].split("\n", 1)[1])
    assert list(dict.fromkeys(each["dataPath"] for each in told)) == places
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


@pytest.mark.parametrize("text", ["", "no", "[]", '{"widgets": [', "[" * 5000])
def test_what_is_no_json_object_is_refused(cloudwatch, text):
    message = refused(cloudwatch.put_dashboard, DashboardName="bad", DashboardBody=text)["Error"]["Message"]
    assert message == "The field DashboardBody must be a valid JSON object"


# aws-recorded: test_invalid_dashboard_name
def test_a_name_has_letters_digits_dashes_and_underscores(cloudwatch):
    error = refused(cloudwatch.put_dashboard, DashboardName="no good", DashboardBody=body())["Error"]
    assert error["Message"] == ("The value for field DashboardName contains invalid characters. "
                                "It can only contain alphanumerics, dash (-) and underscore (_).\n")


def test_what_is_strange_is_told_and_kept(cloudwatch):
    (message,) = cloudwatch.put_dashboard(DashboardName="odd", DashboardBody=body(widget() | {"colour": "red"}))["DashboardValidationMessages"]
    assert message["DataPath"] == "/widgets/0/colour"
    assert cloudwatch.get_dashboard(DashboardName="odd")


def test_all_of_them_are_deleted_or_none(cloudwatch):
    for name in "ab":
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body())
    error = refused(cloudwatch.delete_dashboards, DashboardNames=["a", "none"])["Error"]
    assert error["Message"] == "Dashboard none does not exist"
    assert len(cloudwatch.list_dashboards()["DashboardEntries"]) == 2
    cloudwatch.delete_dashboards(DashboardNames=["a", "b"])
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []
    refused(cloudwatch.get_dashboard, DashboardName="a")


def test_a_thousand_are_listed_a_page(cloudwatch):
    for number in range(1003):
        cloudwatch.put_dashboard(DashboardName=f"d{number:04}", DashboardBody=body())
    pages = [page["DashboardEntries"] for page in cloudwatch.get_paginator("list_dashboards").paginate()]
    assert [len(page) for page in pages] == [1000, 3]
    assert [entry["DashboardName"] for page in pages for entry in page] == [f"d{number:04}" for number in range(1003)]

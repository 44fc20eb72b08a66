"""What AWS answered of alarms and dashboards, replayed (fixtures/aws-recorded/cloudwatch.json)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at

RECORDED = json.loads((Path(__file__).parents[2] / "fixtures" / "aws-recorded" / "cloudwatch.json").read_text())
ANYTHING = ("timestamp", "datetime", "date")
TOPIC = "arn:aws:sns:us-east-1:000000000000:topic"
PLACE = re.compile(r"<[a-z0-9_:-]+>|MM/DD/YY HH:MM:SS")


def compare(answer: Any, recorded: Any, where: str = "") -> None:
    if isinstance(recorded, dict):
        answer = json.loads(answer) if isinstance(answer, str) else answer
        assert set(answer) - {"LogAlarms"} == set(recorded), f"{where}: members differ"
        for name in recorded:
            if name not in ("HTTPHeaders", "RequestId", "RetryAttempts"):
                compare(answer[name], recorded[name], f"{where}/{name}")
    elif isinstance(recorded, list):
        assert len(answer) == len(recorded), where
        for at, (one, other) in enumerate(zip(answer, recorded, strict=True)):
            compare(one, other, f"{where}/{at}")
    elif isinstance(recorded, str) and recorded not in ANYTHING:
        pattern = ".+".join(re.escape(part) for part in PLACE.split(recorded)).replace("111111111111", "000000000000")
        assert re.fullmatch(pattern, answer, re.DOTALL), f"{where}: {answer!r} instead of {recorded!r}"
    elif not isinstance(recorded, str):
        assert answer == recorded, where


@pytest.fixture
def url(own_emulator) -> str:
    url = own_emulator().url
    ask(url, "clock", freeze=True)
    return url


@pytest.fixture
def cloudwatch(url):
    return client_at(url, "cloudwatch")


@pytest.fixture
def recorded(request):
    """recorded(name, answer): compares with what stands under the test's own name."""
    content = RECORDED[request.node.name]["recorded-content"]
    return lambda name, answer: compare({key: value for key, value in answer.items() if key != "ResponseMetadata"},
                                        {key: value for key, value in content[name].items() if key != "ResponseMetadata"}, name)


def refusal(call, **arguments) -> dict:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = {name: text for name, text in refused.value.response["Error"].items() if name in ("Code", "Message") and text}
    return {"Error": error | {"Type": "Sender"}}


def test_dashboard_lifecycle(cloudwatch, recorded):
    body = {"widgets": [{"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {
        "metrics": [["AWS/EC2", "CPUUtilization", "InstanceId", "i-12345678"]], "region": "us-east-1", "view": "timeSeries", "stacked": False}}]}
    text = json.dumps(body)
    cloudwatch.put_dashboard(DashboardName="one", DashboardBody=text.ljust(240))
    recorded("get_dashboard", cloudwatch.get_dashboard(DashboardName="one"))
    recorded("list_dashboards", cloudwatch.list_dashboards())
    recorded("list_dashboards_prefix_empty", cloudwatch.list_dashboards(DashboardNamePrefix="no"))
    recorded("list_dashboards_prefix", cloudwatch.list_dashboards(DashboardNamePrefix="o"))
    cloudwatch.delete_dashboards(DashboardNames=["one"])
    recorded("list_dashboards_empty", cloudwatch.list_dashboards())


def test_invalid_dashboard_name(cloudwatch, recorded):
    recorded("error-invalid-dashboardname", refusal(cloudwatch.put_dashboard, DashboardName="no name", DashboardBody="{}"))


def test_set_alarm_invalid_input(cloudwatch, recorded):
    recorded("error-resource-not-found", refusal(cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="r"))


def test_set_alarm(cloudwatch, recorded):
    cloudwatch.put_metric_alarm(
        AlarmName="cpu", AlarmDescription="Test Alarm when CPU exceeds 50 percent", MetricName="CPUUtilization-3", Namespace="n", Period=300, EvaluationPeriods=2,
        Threshold=50, ComparisonOperator="GreaterThanThreshold", Statistic="Average", Unit="Percent", TreatMissingData="ignore", ActionsEnabled=True,
        Dimensions=[{"Name": "InstanceId", "Value": "i-0317828c84edbe100"}], AlarmActions=[TOPIC], OKActions=[TOPIC])
    cloudwatch.set_alarm_state(AlarmName="cpu", StateValue="ALARM", StateReason="testing alarm")
    recorded("triggered-alarm", cloudwatch.describe_alarms(AlarmNames=["cpu"]))
    cloudwatch.set_alarm_state(AlarmName="cpu", StateValue="OK", StateReason="resetting alarm")
    recorded("reset-alarm", cloudwatch.describe_alarms(AlarmNames=["cpu"]))


PLAIN = {"AlarmName": "a", "MetricName": "metric1", "Namespace": "n", "Period": 60, "EvaluationPeriods": 1, "Threshold": 30, "Statistic": "Sum",
         "ComparisonOperator": "GreaterThanThreshold"}


def test_delete_alarm(cloudwatch, recorded):
    cloudwatch.put_metric_alarm(**PLAIN)
    recorded("describe-alarm", cloudwatch.describe_alarms(AlarmNames=["a"]))
    cloudwatch.delete_alarms(AlarmNames=["a"])
    recorded("describe-after-delete", cloudwatch.describe_alarms(AlarmNames=["a"]))


def test_store_tags(cloudwatch, recorded):
    cloudwatch.put_metric_alarm(**PLAIN | {"MetricName": "store_tags"})
    described = cloudwatch.describe_alarms(AlarmNames=["a"])
    recorded("describe_alarms", described)
    arn = described["MetricAlarms"][0]["AlarmArn"]
    recorded("list_tags_for_resource_empty ", cloudwatch.list_tags_for_resource(ResourceARN=arn))
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}])
    recorded("list_tags_for_resource", cloudwatch.list_tags_for_resource(ResourceARN=arn))
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    recorded("list_tags_for_resource_post_untag", cloudwatch.list_tags_for_resource(ResourceARN=arn))


def test_tagging_metric_alarm(cloudwatch, recorded):
    cloudwatch.put_metric_alarm(**PLAIN, Tags=[{"Key": "Environment", "Value": "Production"}])
    arn = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
    recorded("list_tags_for_resource_after_creation", cloudwatch.list_tags_for_resource(ResourceARN=arn))
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}])
    recorded("list_tags_for_resource_updated", cloudwatch.list_tags_for_resource(ResourceARN=arn))
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    recorded("list_tags_for_resource_post_untag", cloudwatch.list_tags_for_resource(ResourceARN=arn))
    cloudwatch.delete_alarms(AlarmNames=["a"])
    recorded("list_tags_for_deleted_resource", cloudwatch.list_tags_for_resource(ResourceARN=arn))


SHORT = {"AlarmName": "a", "AlarmDescription": "testing cloudwatch alarms", "Namespace": "n", "Period": 10, "Statistic": "Average", "Unit": "Seconds",
         "ComparisonOperator": "GreaterThanThreshold", "Dimensions": [{"Name": "InstanceId", "Value": "abc"}], "AlarmActions": [TOPIC], "OKActions": [TOPIC]}


def test_put_metric_alarm(url, cloudwatch, recorded):
    cloudwatch.put_metric_alarm(**SHORT, MetricName="my-metric1", EvaluationPeriods=1, Threshold=21, TreatMissingData="ignore")
    recorded("describe-alarm", cloudwatch.describe_alarms(AlarmNames=["a"]))
    cloudwatch.put_metric_data(Namespace="n", MetricData=[
        {"MetricName": "my-metric1", "Value": value, "Unit": "Seconds", "StorageResolution": 1, "Dimensions": SHORT["Dimensions"]} for value in (21, 22)])
    ask(url, "clock", advance="12s")
    recorded("describe-alarm-history", cloudwatch.describe_alarm_history(AlarmName="a", HistoryItemType="StateUpdate"))
    recorded("describe-alarms-for-metric", cloudwatch.describe_alarms_for_metric(MetricName="my-metric1", Namespace="n", Dimensions=SHORT["Dimensions"]))
    message = ask(url, "cloudwatch/actions")["actions"][0]["message"]
    expected = RECORDED["test_put_metric_alarm"]["recorded-content"]["alarm-triggered-sqs-msg"]
    compare(message | {"ActionExecutedAfterMuteWindow": False}, expected)


def test_breaching_alarm_actions(url, cloudwatch, recorded):
    cloudwatch.put_metric_alarm(**SHORT, MetricName="my-metric101", EvaluationPeriods=2, Threshold=2, TreatMissingData="breaching")
    ask(url, "clock", advance="12s")
    recorded("alarm-1-describe", cloudwatch.describe_alarms(AlarmNames=["a"]))
    message = ask(url, "cloudwatch/actions")["actions"][0]["message"]
    compare(message, RECORDED["test_breaching_alarm_actions"]["recorded-content"]["alarm-1-sqs-msg"])

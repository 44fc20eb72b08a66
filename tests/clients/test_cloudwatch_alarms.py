"""Alarms: put, told, evaluated on the emulator's clock, their history and what they do."""

from __future__ import annotations

import datetime
import json

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import eventually

START = datetime.datetime(2030, 1, 1, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
TOPIC = "arn:aws:sns:us-east-1:000000000000:topic"
ALARM = {"AlarmName": "high", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
         "Threshold": 10.0, "ComparisonOperator": "GreaterThanThreshold"}


@pytest.fixture
def url(own_emulator) -> str:
    """An emulator whose clock stands at START."""
    url = own_emulator().url
    ask(url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    return url


@pytest.fixture
def cloudwatch(url):
    return client_at(url, "cloudwatch")


def wait(url: str, minutes: int = 1) -> None:
    """Each minute, so that alarms are looked at as the clock passes by; a second more than full ones."""
    for _ in range(minutes):
        ask(url, "clock", advance="1m")


def put(cloudwatch, value: float, at: datetime.datetime = START, **more) -> None:
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": value, "Timestamp": at, **more}])


def told(cloudwatch, name: str = "high") -> dict:
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (alarm,) = answer["MetricAlarms"] + answer["CompositeAlarms"]
    return alarm


def state(cloudwatch, name: str = "high") -> str:
    return told(cloudwatch, name)["StateValue"]


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error.get("Message", "")


# aws-recorded: test_describe_minimal_metric_alarm
def test_a_new_alarm_is_told_as_it_was_put(cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM)
    alarm = told(cloudwatch)
    assert alarm == ALARM | {
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:high", "ActionsEnabled": True, "OKActions": [], "AlarmActions": [],
        "InsufficientDataActions": [], "Dimensions": [], "StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": START, "StateTransitionedTimestamp": START, "AlarmConfigurationUpdatedTimestamp": START}


def test_an_alarm_rings_and_recovers(url, cloudwatch):
    ask(url, "clock", advance="1s")
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC], OKActions=[TOPIC], TreatMissingData="notBreaching")
    put(cloudwatch, 21.5)
    wait(url)
    alarm = told(cloudwatch)
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == "Threshold Crossed: 1 datapoint [21.5 (01/01/30 12:00:00)] was greater than the threshold (10.0)."
    assert json.loads(alarm["StateReasonData"]) == {
        "version": "1.0", "queryDate": "2030-01-01T12:01:01.000+0000", "startDate": "2030-01-01T12:00:00.000+0000", "statistic": "Sum", "period": 60,
        "recentDatapoints": [21.5], "threshold": 10.0,
        "evaluatedDatapoints": [{"timestamp": "2030-01-01T12:00:00.000+0000", "sampleCount": 1.0, "value": 21.5}]}
    wait(url, 3)
    alarm = told(cloudwatch)
    assert alarm["StateValue"] == "OK"
    assert alarm["StateReason"] == ("Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
                                    "[NonBreaching].")
    history = cloudwatch.describe_alarm_history(AlarmName="high", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [(item["HistoryItemType"], item["HistorySummary"]) for item in history] == [
        ("ConfigurationUpdate", 'Alarm "high" created'), ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        ("Action", f"Successfully executed action {TOPIC}"), ("StateUpdate", "Alarm updated from ALARM to OK"),
        ("Action", f"Successfully executed action {TOPIC}")]
    change = json.loads(history[1]["HistoryData"])
    assert change["oldState"] == {"stateValue": "INSUFFICIENT_DATA", "stateReason": "Unchecked: Initial alarm creation"}
    assert change["newState"]["stateReasonData"]["recentDatapoints"] == [21.5]
    (ok, ring) = ask(url, "cloudwatch/actions")["actions"]
    assert (ring["alarm"], ring["action"], ring["message"]["NewStateValue"], ok["message"]["NewStateValue"]) == ("high", TOPIC, "ALARM", "OK")
    assert ring["message"]["Trigger"] == {
        "MetricName": "m", "Namespace": "n", "StatisticType": "Statistic", "Statistic": "SUM", "Unit": None, "Dimensions": [], "Period": 60,
        "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0, "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": ""}


# aws: CloudWatch User Guide, Configuring how CloudWatch alarms treat missing data, its two tables: "0" is not breaching,
# "X" is, "-" is missing; then what the alarm becomes, missing being missing, ignored, breaching, not breaching.
KEPT = "INSUFFICIENT_DATA"
TABLES = [
    (3, "0-X-X", ("OK", "OK", "OK", "OK")),
    (3, "----0", ("OK", "OK", "OK", "OK")),
    (3, "-----", ("INSUFFICIENT_DATA", KEPT, "ALARM", "OK")),
    (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "--X--", ("ALARM", KEPT, "ALARM", "OK")),
    (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
    (2, "----0", ("OK", "OK", "ALARM", "OK")),
    (2, "---X-", ("ALARM", KEPT, "ALARM", "OK")),
]


@pytest.mark.parametrize(("needed", "points", "states"), TABLES)
def test_missing_data_is_treated_as_the_user_guide_says(url, cloudwatch, needed, points, states):
    for place, point in enumerate(points):
        if point != "-":
            put(cloudwatch, {"0": 0, "X": 99}[point], START + place * MINUTE)
    ask(url, "clock", advance="4m30s")
    treatments = ("missing", "ignore", "breaching", "notBreaching")
    for treatment in treatments:
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": treatment, "EvaluationPeriods": 3}, DatapointsToAlarm=needed, TreatMissingData=treatment)
    wait(url)
    assert tuple(state(cloudwatch, treatment) for treatment in treatments) == states


def test_m_of_n_says_so(url, cloudwatch):
    for minute in range(3):
        put(cloudwatch, 10.25 + minute, START + minute * MINUTE)
    ask(url, "clock", advance="2m30s")
    cloudwatch.put_metric_alarm(**ALARM | {"EvaluationPeriods": 3, "DatapointsToAlarm": 2})
    ask(url, "clock", advance="1m")
    assert told(cloudwatch)["StateReason"] == (
        "Threshold Crossed: 3 out of the last 3 datapoints [12.25 (01/01/30 12:02:00), 11.25 (01/01/30 12:01:00), 10.25 (01/01/30 12:00:00)] "
        "were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).")


def test_a_clock_moved_far_passes_each_minute(url, cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM, TreatMissingData="notBreaching")
    put(cloudwatch, 50)
    ask(url, "clock", advance="1h")
    assert state(cloudwatch) == "OK"
    changes = cloudwatch.describe_alarm_history(AlarmName="high", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in changes] == [
        "Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"]
    assert [item["Timestamp"] - MINUTE / 60 for item in changes] == [START + 4 * MINUTE, START + MINUTE, START]


# aws: User Guide, Percentile-based CloudWatch alarms and low data samples
@pytest.mark.parametrize(("mode", "expected"), [("evaluate", "ALARM"), ("ignore", "INSUFFICIENT_DATA")])
def test_a_percentile_of_few_samples(url, cloudwatch, mode, expected):
    alarm = {key: value for key, value in ALARM.items() if key != "Statistic"}
    cloudwatch.put_metric_alarm(**alarm, ExtendedStatistic="p99", EvaluateLowSampleCountPercentile=mode)
    for value in range(50, 60):
        put(cloudwatch, value)
    ask(url, "clock", advance="62s")
    assert state(cloudwatch) == expected


# aws-recorded: test_set_alarm, test_set_alarm_invalid_input
def test_a_state_that_is_set_lasts_until_the_next_look(url, cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC], TreatMissingData="notBreaching")
    cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="testing alarm", StateReasonData='{"a":1}')
    alarm = told(cloudwatch)
    assert (alarm["StateValue"], alarm["StateReason"], alarm["StateReasonData"]) == ("ALARM", "testing alarm", '{"a":1}')
    assert len(ask(url, "cloudwatch/actions")["actions"]) == 1
    ask(url, "clock", advance="62s")
    assert state(cloudwatch) == "OK"
    assert error_of(cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="r")[0] == "ResourceNotFound"
    assert error_of(cloudwatch.set_alarm_state, AlarmName="high", StateValue="OK", StateReason="r", StateReasonData="{")[0] in ("InvalidFormat", "InvalidFormatFault")


# aws-recorded: test_enable_disable_alarm_actions
def test_actions_are_done_where_they_are_enabled(url, cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC])
    cloudwatch.disable_alarm_actions(AlarmNames=["high", "none"])
    assert told(cloudwatch)["ActionsEnabled"] is False
    cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="r")
    assert ask(url, "cloudwatch/actions")["actions"] == []
    cloudwatch.enable_alarm_actions(AlarmNames=["high"])
    assert told(cloudwatch)["ActionsEnabled"] is True


def composite(cloudwatch, rule: str, name: str = "both", **more) -> None:
    cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)


def ring(cloudwatch, name: str, value: str = "ALARM") -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=value, StateReason="test")


# aws-recorded: test_trigger_composite_alarm
def test_a_composite_alarm_follows_its_children(url, cloudwatch):
    for name in "ab":
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": name})
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"
    composite(cloudwatch, f'ALARM("{arn}a") OR ALARM(b)', AlarmActions=[TOPIC])
    alarm = told(cloudwatch, "both")
    assert (alarm["StateValue"], alarm["StateReason"]) == ("OK", f"{arn}both was created and its alarm rule evaluates to OK")
    ring(cloudwatch, "b")
    alarm = told(cloudwatch, "both")
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", f"{arn}b transitioned to ALARM at Tuesday 01 January, 2030 12:00:00 UTC")
    assert json.loads(alarm["StateReasonData"]) == {
        "triggeringAlarms": [{"arn": f"{arn}b", "state": {"value": "ALARM", "timestamp": "2030-01-01T12:00:00.000+0000"}}]}
    assert [action["alarm"] for action in ask(url, "cloudwatch/actions")["actions"]] == ["both"]
    ring(cloudwatch, "b", "OK")
    assert state(cloudwatch, "both") == "OK"


@pytest.mark.parametrize(("rule", "expected"), [
    ("TRUE", "ALARM"), ("NOT TRUE", "OK"), ("FALSE OR NOT FALSE AND TRUE", "ALARM"), ("(FALSE OR NOT FALSE) AND FALSE", "OK"),
    ("ALARM(a) AND NOT OK(b)", "ALARM"), ("INSUFFICIENT_DATA(b)", "ALARM"), ("AT_LEAST(1, ALARM, (a, b))", "ALARM"),
    ("AT_LEAST(2, ALARM, (a, b))", "OK"), ("AT_LEAST(50%, ALARM, (a, b))", "ALARM"), ("ALARM(\"a\") AND ALARM('b')", "OK"),
])
def test_rules(cloudwatch, rule, expected):
    for name in "ab":
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": name})
    ring(cloudwatch, "a")
    composite(cloudwatch, rule)
    assert state(cloudwatch, "both") == expected


@pytest.mark.parametrize("rule", ["ALARM", "ALARM()", "ALARM(a", "a AND b", "NOT", "TRUE TRUE", "ALARM(a) and", "AT_LEAST(0, ALARM, (a))", '"', "(" * 2000 + "TRUE" + ")" * 2000])
def test_what_is_no_rule_is_refused(cloudwatch, rule):
    cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": "a"})
    assert error_of(composite, cloudwatch=cloudwatch, rule=rule)[0] == "ValidationError"


def test_a_rule_of_alarms_that_are_not_there_is_refused(cloudwatch):
    assert error_of(composite, cloudwatch=cloudwatch, rule="ALARM(none)") == (
        "ValidationError", "Could not save the composite alarm as alarms [none] in the alarm rule do not exist")


# aws: PutCompositeAlarm: "the evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation path"
def test_a_cycle_of_composite_alarms_comes_to_rest(cloudwatch):
    composite(cloudwatch, "FALSE", "one")
    composite(cloudwatch, "NOT ALARM(one)", "other")
    composite(cloudwatch, "ALARM(other)", "one")
    assert state(cloudwatch, "one") in ("OK", "ALARM")
    cloudwatch.delete_alarms(AlarmNames=["one", "other"])


def test_a_suppressor_holds_actions_back(url, cloudwatch):
    for name in ("child", "window"):
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": name, "TreatMissingData": "ignore"})
    composite(cloudwatch, "ALARM(child)", AlarmActions=[TOPIC], ActionsSuppressor="window", ActionsSuppressorWaitPeriod=60, ActionsSuppressorExtensionPeriod=120)
    ring(cloudwatch, "window")
    ring(cloudwatch, "child")
    alarm = told(cloudwatch, "both")
    assert (alarm["StateValue"], alarm["ActionsSuppressedBy"], alarm["ActionsSuppressedReason"]) == ("ALARM", "Alarm", "Actions suppressed by Alarm")
    assert ask(url, "cloudwatch/actions")["actions"] == []
    ring(cloudwatch, "window", "OK")
    assert told(cloudwatch, "both")["ActionsSuppressedBy"] == "ExtensionPeriod"
    wait(url, 2)
    assert "ActionsSuppressedBy" not in told(cloudwatch, "both")
    assert len(ask(url, "cloudwatch/actions")["actions"]) == 1


def test_a_suppressor_that_does_not_ring_is_waited_for(url, cloudwatch):
    for name in ("child", "window"):
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": name, "TreatMissingData": "ignore"})
    composite(cloudwatch, "ALARM(child)", AlarmActions=[TOPIC], ActionsSuppressor="window", ActionsSuppressorWaitPeriod=60, ActionsSuppressorExtensionPeriod=120)
    wait(url, 2)
    ring(cloudwatch, "child")
    assert told(cloudwatch, "both")["ActionsSuppressedBy"] == "WaitPeriod"
    wait(url)
    assert len(ask(url, "cloudwatch/actions")["actions"]) == 1


def test_alarms_are_told_by_what_they_are(cloudwatch):
    for number in range(5):
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": f"a{number}"}, AlarmActions=[TOPIC] if number else [])
    composite(cloudwatch, "ALARM(a1) OR ALARM(a2)", "c")
    composite(cloudwatch, "OK(c)", "d")

    def names(**filters) -> list[str]:
        answer = cloudwatch.describe_alarms(**filters)
        return [alarm["AlarmName"] for alarm in answer["MetricAlarms"] + answer["CompositeAlarms"]]

    assert names() == [f"a{number}" for number in range(5)]
    assert names(AlarmTypes=["CompositeAlarm"]) == ["c", "d"]
    assert names(AlarmNamePrefix="a3") == ["a3"]
    assert names(AlarmNames=["a4", "none", "a0", "a4"]) == ["a4", "a0"]
    assert names(ActionPrefix="arn:aws:sns") == ["a1", "a2", "a3", "a4"]
    assert names(StateValue="ALARM") == []
    assert names(ChildrenOfAlarmName="c") == ["a1", "a2"]
    assert names(ParentsOfAlarmName="a1") == ["c"]
    assert names(ParentsOfAlarmName="c") == ["d"]
    pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages] == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    assert [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms_for_metric(Namespace="n", MetricName="m")["MetricAlarms"]] == names()
    assert cloudwatch.describe_alarms_for_metric(Namespace="n", MetricName="m", Period=300)["MetricAlarms"] == []
    assert cloudwatch.describe_alarms_for_metric(Namespace="n", MetricName="m", Dimensions=[{"Name": "a", "Value": "b"}])["MetricAlarms"] == []


# aws-recorded: test_delete_alarm; aws: DeleteAlarms: "no alarms are deleted"
def test_all_alarms_are_deleted_or_none(cloudwatch):
    for name in "ab":
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": name})
    composite(cloudwatch, "ALARM(a)")
    assert error_of(cloudwatch.delete_alarms, AlarmNames=["b", "none"])[0] == "ResourceNotFound"
    assert "depending on it: [both]" in error_of(cloudwatch.delete_alarms, AlarmNames=["a"])[1]
    cloudwatch.delete_alarms(AlarmNames=["both", "a", "b"])
    answer = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert (answer["MetricAlarms"], answer["CompositeAlarms"]) == ([], [])
    assert cloudwatch.describe_alarm_history(AlarmName="a")["AlarmHistoryItems"][0]["HistorySummary"] == 'Alarm "a" deleted'


# aws-recorded: test_tagging_metric_alarm, test_store_tags
def test_alarms_have_tags(cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "Environment", "Value": "Production"}])
    arn = told(cloudwatch)["AlarmArn"]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "Environment", "Value": "Production"}, {"Key": "tag2", "Value": "bar"}]
    cloudwatch.delete_alarms(AlarmNames=["high"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    assert error_of(cloudwatch.tag_resource, ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("change", [
    {"Period": 45}, {"Period": 3600, "EvaluationPeriods": 169}, {"Period": 60, "EvaluationPeriods": 1441}, {"DatapointsToAlarm": 2},
    {"TreatMissingData": "forgotten"}, {"AlarmActions": ["topic"]}, {"AlarmActions": ["arn:aws:sns:eu-west-1:000000000000:t"]},
    {"ExtendedStatistic": "p99"}, {"EvaluateLowSampleCountPercentile": "ignore"}, {"Tags": [{"Key": "aws:a", "Value": "b"}]},
])
def test_what_is_no_alarm_is_refused(cloudwatch, change):
    assert error_of(cloudwatch.put_metric_alarm, **ALARM | change)[0] in ("ValidationError", "InvalidParameterValue")
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_waiters(cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["high"], WaiterConfig={"MaxAttempts": 1})


def test_kill_9_forgets_no_alarm_and_none_stops_to_be_looked_at(own_emulator):
    emulator = own_emulator()
    cloudwatch = client_at(emulator.url, "cloudwatch")
    ask(emulator.url, "clock", set=int(START.timestamp() * 1000), freeze=True)
    cloudwatch.put_metric_alarm(**ALARM, TreatMissingData="notBreaching")
    put(cloudwatch, 50)
    emulator.kill()
    emulator = own_emulator()
    cloudwatch = client_at(emulator.url, "cloudwatch")
    ask(emulator.url, "clock", set=int((START + MINUTE).timestamp() * 1000) + 2000, freeze=True)
    assert state(cloudwatch) == "ALARM"


def test_thousands_of_alarms_are_all_looked_at(url, cloudwatch):
    put(cloudwatch, 50)
    for number in range(2500):
        cloudwatch.put_metric_alarm(**ALARM | {"AlarmName": f"a{number}"})
    ask(url, "clock", advance="90s")
    eventually(lambda: cloudwatch.describe_alarms(StateValue="INSUFFICIENT_DATA")["MetricAlarms"] == [])
    names = [alarm["AlarmName"] for page in cloudwatch.get_paginator("describe_alarms").paginate(StateValue="ALARM") for alarm in page["MetricAlarms"]]
    assert len(names) == 2500

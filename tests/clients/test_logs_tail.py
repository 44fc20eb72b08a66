"""Following logs: StartLiveTail over its event stream."""

from __future__ import annotations

import pytest
from admin import ask, stopped_clock
from botocore.config import Config
from conftest import client_at
from local_emulator import LocalEmulator
from test_logs import error_of, group, messages, now_ms, put  # noqa: F401


@pytest.fixture
def live(emulator):
    """AWS's name of the host has a word in front (stream-…), which no DNS knows here."""
    return client_at(emulator.url, "logs", config=Config(inject_host_prefix=False, retries={"max_attempts": 0}))


def arn_of(logs, name: str) -> str:
    return logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["logGroupArn"]


def updates(stream):
    return (event["sessionUpdate"] for event in stream if event.get("sessionUpdate", {}).get("sessionResults"))


def test_what_is_put_is_sent_as_it_comes(live, logs, group, put):  # noqa: F811
    put("a", (now_ms(), "before"))
    arn = arn_of(logs, group)
    stream = live.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="hello")["responseStream"]
    events = iter(stream)
    start = next(events)["sessionStart"]
    assert start["logGroupIdentifiers"] == [arn] and start["logEventFilterPattern"] == "hello" and start["sessionId"]
    now = now_ms()
    put("a", (now, "hello one"), (now, "other"), (now + 1, "hello two"))
    update = next(updates(events))
    assert update["sessionMetadata"] == {"sampled": False}
    assert [(one["message"], one["timestamp"], one["logStreamName"], one["logGroupIdentifier"]) for one in update["sessionResults"]] == [
        ("hello one", now, "a", arn), ("hello two", now + 1, "a", arn)]
    put("a", *[(now, f"hello {i}") for i in range(700)])
    update = next(updates(events))
    assert len(update["sessionResults"]) == 500 and update["sessionMetadata"] == {"sampled": True}
    stream.close()


def test_only_the_streams_that_were_asked_for(live, logs, group, put):  # noqa: F811
    arn = arn_of(logs, group)
    stream = live.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["a"])["responseStream"]
    events = iter(stream)
    next(events)
    put("b", (now_ms(), "not this"))
    put("a1", (now_ms(), "this"))
    assert [one["message"] for one in next(updates(events))["sessionResults"]] == ["this"]
    stream.close()


def test_a_session_ends_after_three_hours():
    with LocalEmulator() as own, stopped_clock(own.url):
        logs = client_at(own.url, "logs", config=Config(inject_host_prefix=False))
        logs.create_log_group(logGroupName="g")
        events = iter(logs.start_live_tail(logGroupIdentifiers=[arn_of(logs, "g")])["responseStream"])
        next(events)
        ask(own.url, "clock", advance="3h")
        with pytest.raises(Exception, match="three hours"):
            list(events)


def test_sessions_that_cannot_be(live, logs, group):  # noqa: F811
    arn = arn_of(logs, group)
    assert error_of(live.start_live_tail, logGroupIdentifiers=[arn + "-not"])[0] == "ResourceNotFoundException"
    assert error_of(live.start_live_tail, logGroupIdentifiers=[group])[0] == "InvalidParameterException"
    assert error_of(live.start_live_tail, logGroupIdentifiers=[arn], logStreamNames=["a"], logStreamNamePrefixes=["a"])[0] == "InvalidParameterException"
    assert error_of(live.start_live_tail, logGroupIdentifiers=[arn], logEventFilterPattern="{ $.a = ")[0] == "InvalidParameterException"

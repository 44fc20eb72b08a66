"""CloudWatch Logs through boto3: groups, streams, and events put and read."""

from __future__ import annotations

import random
import time

import pytest
from botocore.exceptions import ClientError
from conftest import client_at
from local_emulator import LocalEmulator

DAY_MS = 24 * 3600 * 1000


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def now_ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture
def group(logs, unique) -> str:
    name = unique("/group/of")
    logs.create_log_group(logGroupName=name)
    return name


@pytest.fixture
def put(logs, group):
    """put(stream, (time_ms, message), …): one batch; the stream is made where it isn't there."""
    made: set[str] = set()

    def put_into(stream: str, *events: tuple[int, str]):
        if stream not in made:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            made.add(stream)
        return logs.put_log_events(logGroupName=group, logStreamName=stream,
                                   logEvents=[{"timestamp": at, "message": message} for at, message in events])

    return put_into


def messages(answer) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_events_are_read_in_the_order_of_their_times_whatever_order_batches_came_in(logs, group, put):
    begin = now_ms() - 100_000
    times = list(range(begin, begin + 900))
    random.Random(7).shuffle(times)
    for at in range(0, 900, 9):
        put("a", *[(time_ms, str(time_ms)) for time_ms in sorted(times[at:at + 9])])
    expected = [str(time_ms) for time_ms in range(begin, begin + 900)]
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True)) == expected
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a")) == expected
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a", startTime=begin + 10, endTime=begin + 12)) == expected[10:12]
    assert messages(logs.filter_log_events(logGroupName=group, startTime=begin + 10, endTime=begin + 12)) == expected[10:13]


def test_events_of_one_time_stay_in_the_order_in_which_they_were_put(logs, group, put):
    at = now_ms()
    for batch in range(50):
        put("a", *[(at, f"{batch}-{i}") for i in range(3)])
    expected = [f"{batch}-{i}" for batch in range(50) for i in range(3)]
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True)) == expected


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_forwards_and_backwards_hold_each_event_once(logs, group, put, limit):
    begin = now_ms() - 1000
    put("a", *[(begin + i, str(i)) for i in range(50)])
    put("a", *[(begin + i, f"{i}+") for i in range(0, 50, 2)])
    whole = messages(logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True))
    assert len(whole) == 75
    seen, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True, limit=limit, **more)
        seen += messages(page)
        if page["nextForwardToken"] == token:
            break
        token = page["nextForwardToken"]
    assert seen == whole and not page["events"]
    back = messages(logs.get_log_events(logGroupName=group, logStreamName="a", nextToken=page["nextBackwardToken"], limit=2))
    assert back == whole[-2:]
    seen, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = logs.get_log_events(logGroupName=group, logStreamName="a", limit=limit, **more)
        seen = messages(page) + seen
        if page["nextBackwardToken"] == token:
            break
        token = page["nextBackwardToken"]
    assert seen == whole


def test_a_token_at_the_end_brings_what_comes_later(logs, group, put):
    put("a", (now_ms() - 10, "first"))
    token = logs.get_log_events(logGroupName=group, logStreamName="a")["nextForwardToken"]
    again = logs.get_log_events(logGroupName=group, logStreamName="a", nextToken=token)
    assert not again["events"] and again["nextForwardToken"] == token
    put("a", (now_ms(), "second"))
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a", nextToken=token)) == ["second"]


def test_an_empty_stream_has_tokens_that_stay(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="empty")
    page = logs.get_log_events(logGroupName=group, logStreamName="empty")
    assert page["events"] == []
    token = page["nextForwardToken"]
    assert logs.get_log_events(logGroupName=group, logStreamName="empty", nextToken=token)["nextForwardToken"] == token


def test_streams_are_interleaved_by_time_in_pages(logs, group, put):
    begin = now_ms() - 10_000
    for stream in range(20):
        put(f"{'even' if stream % 2 == 0 else 'odd'}-{stream}", *[(begin + 20 * i + stream, f"{i}/{stream}") for i in range(30)])
    expected = [f"{i}/{stream}" for i in range(30) for stream in range(20)]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 37})
    events = [event for page in pages for event in page["events"]]
    assert [event["message"] for event in events] == expected
    assert len({event["eventId"] for event in events}) == 600 and all(len(event["eventId"]) == 56 for event in events)
    of_prefix = logs.filter_log_events(logGroupName=group, logStreamNamePrefix="odd-")
    assert messages(of_prefix) == [message for message in expected if int(message.split("/")[1]) % 2]
    named = logs.filter_log_events(logGroupName=group, logStreamNames=["odd-1", "even-4"], limit=3)
    assert messages(named) == ["0/1", "0/4", "1/1"]
    assert {event["logStreamName"] for event in named["events"]} == {"odd-1", "even-4"}


def test_what_is_too_old_or_too_new_is_left_out_and_told(logs, group, put):
    now = now_ms()
    assert put("a", (now - 14 * DAY_MS - 5000, "x"), (now - 14 * DAY_MS + 60_000, "y"))["rejectedLogEventsInfo"] == {
        "tooOldLogEventEndIndex": 1}
    assert put("a", (now, "z"), (now + 3 * 3600 * 1000, "x"))["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    logs.put_log_events(logGroupName=group, logStreamName="a", sequenceToken="whatever", logEvents=[{"timestamp": now, "message": "last"}])
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True)) == ["y", "z", "last"]


def test_batches_that_break_a_rule_are_refused(logs, group, put):
    now = now_ms()
    put("a", (now, "x"))
    call = {"logGroupName": group, "logStreamName": "a"}
    big = "x" * (1024 * 1024 - 26)
    logs.put_log_events(**call, logEvents=[{"timestamp": now, "message": big}])
    assert error_of(logs.put_log_events, **call, logEvents=[{"timestamp": now, "message": big + "x"}]) == (
        "InvalidParameterException", "Log event too large: 1048577 bytes exceeds limit of 1048576")
    assert error_of(logs.put_log_events, **call, logEvents=[{"timestamp": now, "message": big}, {"timestamp": now, "message": "y"}]) == (
        "InvalidParameterException", "Upload too large: 1048603 bytes exceeds limit of 1048576")
    assert error_of(logs.put_log_events, **call, logEvents=[{"timestamp": now - DAY_MS - 1, "message": "x"}, {"timestamp": now, "message": "y"}])[1] == (
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")


def test_large_batches_come_back_whole_and_pages_end_at_a_megabyte(logs, group, put):
    now = now_ms()
    for batch in range(3):
        put("a", *[(now + batch * 1000 + i, f"{batch}-{i}-" + "x" * 1000) for i in range(900)])
    seen = [event["message"].rsplit("-", 1)[0] for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]]
    assert seen == [f"{batch}-{i}" for batch in range(3) for i in range(900)]
    first = logs.get_log_events(logGroupName=group, logStreamName="a", startFromHead=True)
    assert 900 < len(first["events"]) < 1100


def test_streams_are_told_by_name_or_by_their_last_event(logs, group, put):
    now = now_ms()
    for i, name in enumerate(["c", "a", "b", "d"]):
        put(name, (now + i, "x"))
    logs.create_log_stream(logGroupName=group, logStreamName="none")

    def names(**arguments):
        pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=group, PaginationConfig={"PageSize": 2}, **arguments)
        return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]

    assert names() == ["a", "b", "c", "d", "none"]
    assert names(descending=True) == ["none", "d", "c", "b", "a"]
    assert names(orderBy="LastEventTime") == ["none", "c", "a", "b", "d"]
    assert names(orderBy="LastEventTime", descending=True) == ["d", "b", "a", "c", "none"]
    assert names(logStreamNamePrefix="no") == ["none"]
    assert names(logStreamNamePrefix="b", descending=True) == names(logStreamNamePrefix="b") == ["b"]
    assert names(logStreamNamePrefix="bb") == names(logStreamNamePrefix="z") == names(logStreamNamePrefix="0") == []
    stream = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="a")["logStreams"][0]
    assert stream["firstEventTimestamp"] == stream["lastEventTimestamp"] == now + 1 and stream["storedBytes"] == 0


def test_groups_are_told_by_prefix_and_pattern_in_pages(logs, unique):
    root = unique("/many")
    for i in range(7):
        logs.create_log_group(logGroupName=f"{root}/{i}", **({"logGroupClass": "INFREQUENT_ACCESS"} if i == 3 else {}))
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=root, PaginationConfig={"PageSize": 3})
    assert [group["logGroupName"] for page in pages for group in page["logGroups"]] == [f"{root}/{i}" for i in range(7)]
    assert [group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePattern=f"{root[2:]}/5")["logGroups"]] == [f"{root}/5"]
    rare = logs.describe_log_groups(logGroupNamePrefix=root, logGroupClass="INFREQUENT_ACCESS")["logGroups"]
    assert [group["logGroupName"] for group in rare] == [f"{root}/3"]
    arn = rare[0]["logGroupArn"]
    assert rare[0]["arn"] == arn + ":*"
    assert logs.describe_log_groups(logGroupIdentifiers=[arn])["logGroups"] == rare


def test_stored_bytes_are_what_was_put(logs, group, put):
    put("a", (now_ms(), "12345"), (now_ms(), "é"))
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["storedBytes"] == 5 + 2 + 2 * 26


def test_a_group_made_again_has_nothing_of_the_one_before(logs, group, put):
    put("a", (now_ms(), "x"))
    logs.delete_log_group(logGroupName=group)
    assert error_of(logs.delete_log_group, logGroupName=group) == ("ResourceNotFoundException", "The specified log group does not exist.")
    logs.create_log_group(logGroupName=group)
    assert logs.describe_log_streams(logGroupName=group)["logStreams"] == []
    assert logs.filter_log_events(logGroupName=group)["events"] == []


def test_events_that_were_acknowledged_outlive_a_kill(tmp_path):
    with LocalEmulator(data=tmp_path) as emulator:
        logs = client_at(emulator.url, "logs")
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        now = now_ms()
        for i in range(300):
            logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": now + i, "message": f"{i} " + "x" * 200}])
        emulator.kill()
    with LocalEmulator(data=tmp_path) as emulator:
        logs = client_at(emulator.url, "logs")
        found = messages(logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True))
        assert [int(message.split()[0]) for message in found] == list(range(300))
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": now + 300, "message": "next"}])
        assert messages(logs.get_log_events(logGroupName="g", logStreamName="s", limit=2)) == ["299 " + "x" * 200, "next"]

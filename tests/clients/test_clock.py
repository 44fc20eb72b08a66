"""The emulator's time: frozen, set, moved, resumed; and what hangs on it."""

from __future__ import annotations

import time

import pytest
from admin import Refused, ask
from conftest import client_at


def test_it_runs_with_the_systems_time_until_it_is_moved(own_emulator):
    url = own_emulator().url
    before, now_ms, after = time.time(), ask(url, "clock")["now_ms"], time.time()
    assert int(before * 1000) <= now_ms <= after * 1000
    frozen = ask(url, "clock", freeze=True)
    assert frozen["frozen"] and ask(url, "clock")["now_ms"] == frozen["now_ms"]
    assert ask(url, "clock", advance="7d1h2m3s4ms")["now_ms"] == frozen["now_ms"] + 7 * 86400000 + 3723004
    moved = ask(url, "clock", set="2030-01-01T00:00:00Z")
    assert (moved["now"], moved["now_ms"]) == ("2030-01-01T00:00:00.000Z", 1893456000000)
    assert ask(url, "clock", advance=-1000)["now_ms"] == 1893455999000
    assert not ask(url, "clock", resume=True)["frozen"]
    assert ask(url, "clock")["now"].startswith("20")


@pytest.mark.parametrize("members", [{"advance": "soon"}, {"advance": "7"}, {"set": "tomorrow"}, {"set": -1}, {"stop": True}])
def test_what_is_no_time_is_refused(own_emulator, members):
    url = own_emulator().url
    with pytest.raises(Refused) as refused:
        ask(url, "clock", **members)
    assert refused.value.status == 400


def test_an_iterator_expires_after_five_minutes_of_the_emulators_time(own_emulator):
    url = own_emulator().url
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="LATEST")["ShardIterator"]
    ask(url, "clock", advance="299s")
    assert kinesis.get_records(ShardIterator=iterator)["Records"] == []
    ask(url, "clock", advance="2s")
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=iterator)


def test_records_are_trimmed_when_their_retention_has_passed(own_emulator):
    url = own_emulator().url
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)

    def read() -> list[bytes]:
        iterator = kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
        return [record["Data"] for record in kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]]

    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"old")
    ask(url, "clock", advance="23h")
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"new")
    assert read() == [b"old", b"new"]
    ask(url, "clock", advance="2h")
    assert read() == [b"new"]
    ask(url, "clock", advance="23h")
    assert read() == []

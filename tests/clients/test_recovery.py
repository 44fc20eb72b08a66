"""kill -9 under eight writers, under sixteen counters and under the archive, and the n-th call to the system failing: the short forms of tests/recovery."""

from collections import Counter

import archive_loop
import awsjson
import counter_loop
import fault_loop
import kill_loop
import pytest
from local_emulator import default_binary


@pytest.mark.recovery
@pytest.mark.timeout(300)
def test_what_was_acknowledged_survives_kill_9(tmp_path):
    result = kill_loop.run(kills=3, data=tmp_path / "data", longest_seconds=0.5, seed=3)
    assert not result.problems, "\n".join(result.problems[:20])
    assert result.records > 100 and result.items > 10


def test_the_kill_loop_notices_what_is_lost(own_emulator):
    emulator = own_emulator(data=None)
    client = awsjson.Client(emulator.port)
    kill_loop.make_resources(client)
    writer = kill_loop.Writer(0, "put_record")
    writer.acknowledged["0-0"] = "shardId-000000000000", "1"
    writer.versions_acknowledged["0-0"] = writer.versions_sent["0-0"] = 1
    assert list(kill_loop.check_records(client, [writer])) == [
        "record 0-0 was acknowledged as ('shardId-000000000000', '1') and is lost"]
    assert list(kill_loop.check_items(client, [writer])) == ["item 0-0: version 1 was acknowledged, none is there"]
    client.must("kinesis", "PutRecord", StreamName=kill_loop.STREAM, PartitionKey="k", Data="MC0xOg==")
    assert "record 0-1 was never sent" in list(kill_loop.check_records(client, [writer]))


@pytest.mark.recovery
@pytest.mark.timeout(300)
def test_no_increment_is_lost_or_made_twice_under_kill_9(tmp_path):
    result = counter_loop.run(increments=5000, kills=3, data=tmp_path / "data")
    assert not result.problems, "\n".join(result.problems[:20])
    assert result.increments == 5000 and result.refused > 0


def test_the_counter_loop_notices_what_is_lost(own_emulator):
    emulator = own_emulator(data=None)
    client = counter_loop.Client(emulator.port)
    counter_loop.make_table(client)
    counting = counter_loop.Counting(0, counter_loop.Progress(0), counted={"counter-0": 1}, client=client)
    assert list(counter_loop.check(client, [counting])) == ["counter-0: connection 0 counted 1, 0 are there"]
    counting.counted = {}
    counting.add("counter-0")
    counting.counted = {"counter-0": 1}
    assert not list(counter_loop.check(client, [counting]))
    client.must("dynamodb", "UpdateItem", TableName=counter_loop.TABLE, Key=counter_loop.key_of("counter-0"), UpdateExpression="SET #t = :one",
                ExpressionAttributeNames={"#t": "total"}, ExpressionAttributeValues={":one": {"N": "7"}})
    assert list(counter_loop.check(client, [counting])) == ["counter-0: the total is 7, the increments are 1"]


@pytest.mark.recovery
@pytest.mark.timeout(300)
@pytest.mark.parametrize("form", archive_loop.FORMS)
def test_every_event_is_archived_once_over_resharding_and_kill_9(form, tmp_path):
    result = archive_loop.run(form, events=1500, kills=3, data=tmp_path / "data")
    assert not result.problems, "\n".join(result.problems[:20])
    assert result.events >= 1500


def test_the_archive_loop_notices_what_is_lost_and_what_is_there_twice():
    producer = archive_loop.Producer(archive_loop.Clients(""), "avro", 1, acknowledged={"a", "b"}, unsure={"c"})
    assert not list(archive_loop.check(producer, Counter("abc")))
    assert list(archive_loop.check(producer, Counter("aabd"))) == ["a: 2 times", "d: never sent"]
    assert list(archive_loop.check(producer, Counter("bc"))) == ["a: acknowledged, and not there"]


@pytest.mark.recovery
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "step"), [("write", 41), ("sync", 9), ("memory", 3000)])
@pytest.mark.skipif("asan" in str(default_binary()) or "tsan" in str(default_binary()), reason="sanitizers bring their own allocation")
def test_nothing_is_lost_or_half_done_where_a_call_to_the_system_fails(kind, step):
    rounds, problems = fault_loop.run(kind, step)
    assert not problems, "\n".join(problems[:10])
    assert rounds > 3

"""kill -9 under eight writers, and the n-th call to the system failing: the short forms of tests/recovery."""

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
    client = kill_loop.Client(emulator.port)
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
@pytest.mark.parametrize(("kind", "step"), [("write", 41), ("sync", 9), ("memory", 3000)])
@pytest.mark.skipif("asan" in str(default_binary()) or "tsan" in str(default_binary()), reason="sanitizers bring their own allocation")
def test_nothing_is_lost_or_half_done_where_a_call_to_the_system_fails(kind, step):
    rounds, problems = fault_loop.run(kind, step)
    assert not problems, "\n".join(problems[:10])
    assert rounds > 3

"""kill -9 under eight writers: the short form of tests/recovery."""

import kill_loop
import pytest


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

"""Telegraf's input for Kinesis, with its checkpoints in DynamoDB, in a Telegraf that has nothing else in it."""

import os
import re

import pytest
from helpers import eventually, shards_of
from job import Reader, at_least_once, first_half, put, reshard, second_half
from sdk import built, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("go"), pytest.mark.timeout(600)]  # the compiler takes a minute, once


class Telegraf(Reader):
    record = re.compile(r'kinesis_consumer value="(.*)" \d+')

    def is_running(self) -> bool:
        """Telegraf 1.37 starts the readers of its shards at once, each writing into one map, and ends when two meet there: then anew."""
        if self.process.poll() is not None and "concurrent map writes" in self.log.read_text():
            self.log.write_text("")
            self.start()
        return super().is_running()


@pytest.fixture(scope="module")
def program():
    go = tool("go")
    folder = built("ecosystem/telegraf", lambda into: run([go, "build", "-buildvcs=false", "-o", "telegraf", "."], cwd=into))
    return [folder / "telegraf", folder / "telegraf.conf"]


@pytest.fixture
def table(dynamodb, stream):
    dynamodb.create_table(TableName=stream, BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "namespace", "KeyType": "HASH"}, {"AttributeName": "shard_id", "KeyType": "RANGE"}],
                          AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("namespace", "shard_id")])
    dynamodb.get_waiter("table_exists").wait(TableName=stream, WaiterConfig={"Delay": 1})
    return stream


def test_metrics_come_through_a_reshard_and_a_restart(program, table, kinesis, dynamodb, stream, tmp_path):
    """A checkpoint is kept a while after its metric is written; Telegraf doesn't wait for it when it stops."""

    def checkpoints_are_kept():
        kept = {item["shard_id"]["S"] for item in dynamodb.scan(TableName=table)["Items"]}
        return kept == {shard["ShardId"] for shard in shards_of(kinesis, stream)}

    put(kinesis, stream, first_half())
    with Telegraf(program, tmp_path / "first", os.environ | {"STREAM": stream}) as first:
        first.wait_for(first_half())
        eventually(checkpoints_are_kept)
        before = first.stop()
    reshard(kinesis, stream)
    put(kinesis, stream, second_half())
    with Telegraf(program, tmp_path / "second", os.environ | {"STREAM": stream}) as second:
        second.wait_for(second_half())
        eventually(checkpoints_are_kept)
        after = second.stop()
    at_least_once(before, first_half())
    assert set(second_half()) <= set(after) <= set(first_half() + second_half())

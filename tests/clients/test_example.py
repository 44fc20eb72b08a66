"""The example beside docker/compose.yaml: its seed and its hook work as they stand."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import client_at

EXAMPLE = Path(__file__).resolve().parents[2] / "docker/example"


def test_the_examples_seed_and_hook(own_emulator):
    tools = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    options = ("--seed-file", str(EXAMPLE / "seed.json"), "--hooks", str(EXAMPLE / "init.d"))
    assert subprocess.run(["aws", "--version"], env=os.environ | tools, capture_output=True).returncode == 0
    kinesis = client_at(own_emulator(options=options, environment=tools).url, "kinesis")
    assert kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["RetentionPeriodHours"] == 168
    shards = [shard["ShardId"] for shard in kinesis.list_shards(StreamName="orders")["Shards"]]
    iterators = [kinesis.get_shard_iterator(StreamName="orders", ShardId=shard, ShardIteratorType="TRIM_HORIZON") for shard in shards]
    records = [kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"] for iterator in iterators]
    assert [record["Data"] for record in sum(records, [])] == [b"first"]

"""A client outside the container: `write NAME` makes a stream with records, `read NAME` finds them again. For docker/test."""

import re
import sys

import boto3

command, name = sys.argv[1], re.sub(r"[^a-z]", "-", sys.argv[2])
kinesis = boto3.client("kinesis", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
if command == "write":
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name)
    kinesis.put_records(StreamName=name, Records=[{"Data": b"%d" % n, "PartitionKey": "k"} for n in range(100)])
shard = kinesis.list_shards(StreamName=name)["Shards"][0]["ShardId"]
iterator = kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
assert [int(record["Data"]) for record in kinesis.get_records(ShardIterator=iterator)["Records"]] == list(range(100))

"""/_evpoc/trace: the way of one record: who put it, where it lies, who has got it."""

import subprocess
import time
import urllib.parse

import pytest
from admin import Refused, ask
from conftest import client_at
from helpers import eventually, iterator, open_shards, register_consumer, subscribe


def trace(emulator, **query):
    return ask(emulator.url, "trace?" + urllib.parse.urlencode(query))["records"]


@pytest.fixture
def by_ann(emulator):
    """A client with an access key of its own in the default account."""
    return client_at(emulator.url, "kinesis", aws_access_key_id="ANN")


def test_one_record_is_followed_from_its_put_to_its_readers(emulator, kinesis, stream, by_ann):
    put = by_ann.put_record(StreamName=stream, PartitionKey="a key/1", Data=b'{"order": 7}')
    kinesis.put_record(StreamName=stream, PartitionKey="another", Data=b"x")
    for _ in range(2):
        kinesis.get_records(ShardIterator=iterator(kinesis, stream, put["ShardId"]))
    consumer = register_consumer(kinesis, stream, "auditor")
    with subscribe(kinesis, consumer, put["ShardId"]) as events:
        assert next(iter(events))["SubscribeToShardEvent"]["Records"]
    (record,) = trace(emulator, stream=stream, key="a key/1")
    assert (record["shard_id"], record["sequence_number"]) == (put["ShardId"], put["SequenceNumber"])
    assert (record["partition_key"], record["bytes"], record["data"], record["encrypted"]) == ("a key/1", 12, {"order": 7}, False)
    assert record["put"]["operation"] == "PutRecord"
    assert record["put"]["request_id"] == put["ResponseMetadata"]["RequestId"]
    assert record["put"]["access_key"] == "ANN"
    assert [reader["operation"] for reader in record["readers"]] == ["GetRecords", "GetRecords", "SubscribeToShard"]
    assert record["readers"][2]["consumer"] == "auditor"
    assert all(reader["time_ms"] >= record["arrival_ms"] for reader in record["readers"])
    assert trace(emulator, stream=stream, sequence=put["SequenceNumber"]) == [record]
    requests = ask(emulator.url, "requests?operation=PutRecord")["requests"]
    assert put["ResponseMetadata"]["RequestId"] in [request["request_id"] for request in requests]


def test_a_batch_is_told_record_by_record_and_the_newest_come_last(emulator, kinesis, stream):
    put = kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": f"k{i}", "Data": bytes([255, i])} for i in range(40)])
    records = trace(emulator, stream=stream, limit=100)
    assert {record["partition_key"] for record in records} == {f"k{i}" for i in range(40)}
    assert {record["put"]["request_id"] for record in records} == {put["ResponseMetadata"]["RequestId"]}
    assert {record["sequence_number"] for record in records} == {record["SequenceNumber"] for record in put["Records"]}
    assert all(record["readers"] == [] and list(record["data"]) == ["base64"] for record in records)
    time.sleep(0.01)
    kinesis.put_record(StreamName=stream, PartitionKey="last", Data=b"x")
    assert len(trace(emulator, stream=stream)) == 10
    assert trace(emulator, stream=stream, limit=3)[-1]["partition_key"] == "last"


def test_reads_without_records_leave_no_trace(emulator, kinesis, stream):
    (shard, _) = open_shards(kinesis, stream)
    kinesis.get_records(ShardIterator=iterator(kinesis, stream, shard["ShardId"]))
    assert trace(emulator, stream=stream) == []


@pytest.mark.parametrize("query, status", [
    ({}, 400), ({"stream": "nobody's"}, 404), ({"stream": "s", "limit": 0}, 400), ({"stream": "s", "limit": 101}, 400),
    ({"stream": "s", "colour": "red"}, 400), ({"stream": "s", "account": "111122223333"}, 404),
], ids=str)
def test_what_cannot_be_asked_is_refused(emulator, query, status):
    with pytest.raises(Refused) as refused:
        trace(emulator, **query)
    assert refused.value.status == status
    assert refused.value.message


def test_a_restart_forgets_who_it_was_but_not_what(own_emulator):
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")
    emulator.kill()
    emulator.start()
    (record,) = trace(emulator, stream="s")
    assert (record["partition_key"], record["put"], record["readers"]) == ("k", None, [])


def test_the_command_line_shows_and_follows_it(emulator, kinesis, stream):
    put = kinesis.put_record(StreamName=stream, PartitionKey="a b&c", Data=b"x")
    kinesis.get_records(ShardIterator=iterator(kinesis, stream, put["ShardId"]))
    ctl = [str(emulator.binary), "ctl", "trace", f"stream={stream}"]
    said = subprocess.run([*ctl, "key=a b&c", "--port", str(emulator.port)], capture_output=True, text=True, timeout=10,
                          env=emulator.settings())
    assert said.returncode == 0, said
    lines = said.stdout.splitlines()
    assert lines[0].split() == [put["ShardId"], put["SequenceNumber"], "1", "bytes", "key", "a", "b&c"], said
    assert [line.split()[0] for line in lines[1:]] == ["put", "got"]
    with subprocess.Popen([*ctl, "--follow", "--port", str(emulator.port)], stdout=subprocess.PIPE, text=True,
                          env=emulator.settings()) as follower:
        assert put["SequenceNumber"] in follower.stdout.readline()
        later = kinesis.put_record(StreamName=stream, PartitionKey="later", Data=b"x")
        eventually(lambda: later["SequenceNumber"] in follower.stdout.readline())
        follower.kill()


def test_version(emulator):
    version = ask(emulator.url, "version")
    assert version["name"] == "evpoc-emu"
    assert version["version"] == ask(emulator.url, "health")["version"]

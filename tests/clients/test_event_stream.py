"""SubscribeToShard's answer as bytes: over HTTP/1.1 each message is a chunk, which lifion-kinesis takes for granted."""

import json
import struct

from helpers import open_shards, register_consumer
from raw import JSON, Connection, head


def chunks(reader, count):
    for _ in range(count):
        length = int(reader.readline(), 16)
        yield reader.read(length)
        assert reader.readline() == b"\r\n"


def test_each_message_is_a_chunk(emulator, kinesis, stream):
    consumer = register_consumer(kinesis, stream, "chunks")
    shard = open_shards(kinesis, stream)[0]
    for size in (10, 1000, 10_000):
        kinesis.put_record(StreamName=stream, Data=bytes(size), PartitionKey="k", ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"])
    asked = json.dumps({"ConsumerARN": consumer, "ShardId": shard["ShardId"], "StartingPosition": {"Type": "TRIM_HORIZON"}}).encode()
    with Connection(emulator) as connection:
        connection.send(head(len(asked), X_Amz_Target="Kinesis_20131202.SubscribeToShard", Content_Type=JSON) + asked)
        assert b" 200 " in connection.reader.readline()
        headers = [line.lower() for line in iter(connection.reader.readline, b"\r\n")]
        assert b"transfer-encoding: chunked\r\n" in headers
        first, records = chunks(connection.reader, 2)
        kinesis.put_record(StreamName=stream, Data=b"later", PartitionKey="k", ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"])
        (later,) = chunks(connection.reader, 1)
    for message in (first, records, later):
        assert struct.unpack(">I", message[:4])[0] == len(message)
    assert b"initial-response" in first and b"SubscribeToShardEvent" in records and b"SubscribeToShardEvent" in later

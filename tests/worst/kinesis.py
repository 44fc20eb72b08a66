"""Kinesis Data Streams: streams of very many shards, the fullest PutRecords, what is long where it should be short.

Iterators and the ARNs of consumers are made while the emulator runs, so what is read by them is not here."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

from case import CBOR, Case

KINESIS = "Kinesis_20131202."
MOST_SHARDS = 20_000  # of an account's region
MIB = 1024 * 1024
NAME = "s"
ARN = f"arn:aws:kinesis:us-east-1:000000000000:stream/{NAME}"
Setup = list[tuple[str, dict[str, Any]]]


def call(operation: str, **body: Any) -> tuple[str, dict[str, Any]]:
    return KINESIS + operation, {"StreamName": NAME} | body


def case(name: str, operation: str, body: dict[str, Any] | bytes, setup: Setup | None = None, **more: Any) -> Case:
    if isinstance(body, dict) and not {"StreamARN", "ResourceARN", "ConsumerARN", "NextToken", "ShardIterator"} & set(body):
        body = {"StreamName": NAME} | body
    return Case(name, "kinesis", KINESIS + operation, body, setup or [], **more)


def made(shards: int) -> Setup:
    # One is the other client's.
    return [call("CreateStream", ShardCount=shards)]


def scaled(*targets: int) -> Setup:
    return [call("UpdateShardCount", TargetShardCount=target, ScalingType="UNIFORM_SCALING") for target in targets]


ON_DEMAND: Setup = [
    (KINESIS + "UpdateAccountSettings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}),
    call("CreateStream", StreamModeDetails={"StreamMode": "ON_DEMAND"}),
]
# 20,000 open ones would leave no room for others: as many closed ones as ten rescales a day give.
MANY = made(8_000) + scaled(4_000, 8_000, 4_000, 8_000, 4_000, 8_000, 4_000, 8_000)
MANY_SHARDS = 8_000 + 4 * 4_000 + 4 * 8_000


def resharding() -> Iterator[Case]:
    uniform = {"ScalingType": "UNIFORM_SCALING"}
    yield case("as many shards as an account has", "CreateStream", {"ShardCount": MOST_SHARDS - 1})
    yield case("one more than an account has", "CreateStream", {"ShardCount": MOST_SHARDS})
    yield case("2^31 - 1 shards", "CreateStream", {"ShardCount": 2**31 - 1})
    yield case("a stream of nearly 20,000 shards", "DeleteStream", {}, made(MOST_SHARDS - 1))
    yield case(f"a stream with {MANY_SHARDS:,} shards, most of them closed", "DeleteStream", {}, MANY)
    yield case("5,000 shards to 10,000: a split of each", "UpdateShardCount", {"TargetShardCount": 10_000} | uniform, made(5_000))
    yield case("5,000 shards to 9,999: every boundary is another one", "UpdateShardCount", {"TargetShardCount": 9_999} | uniform, made(5_000))
    yield case("10,000 shards to 5,000: a merge of each pair", "UpdateShardCount", {"TargetShardCount": 5_000} | uniform, made(10_000))
    yield case("10,000 shards to 9,999", "UpdateShardCount", {"TargetShardCount": 9_999} | uniform, made(10_000))
    yield case("2^31 - 1 shards", "UpdateShardCount", {"TargetShardCount": 2**31 - 1} | uniform, made(10_000))
    last = f"shardId-{MANY_SHARDS - 1}"
    yield case("in a stream of very many shards", "SplitShard", {"ShardToSplit": last, "NewStartingHashKey": str(2**128 - 9)}, MANY)
    yield case("in a stream of very many shards", "MergeShards", {"ShardToMerge": last, "AdjacentShardToMerge": f"shardId-{MANY_SHARDS - 2}"}, MANY)
    yield case("from 4 shards to 10,240", "UpdateStreamWarmThroughput", {"WarmThroughputMiBps": 10_240}, ON_DEMAND)
    yield case("with a warm throughput of 10,240", "UpdateStreamMode", {
        "StreamARN": ARN, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "WarmThroughputMiBps": 10_240}, ON_DEMAND[:1] + made(1))


def listing() -> Iterator[Case]:
    yield case("a page of 1,000 among very many", "ListShards", {"MaxResults": 10_000}, MANY)
    yield case("the open ones behind very many closed ones", "ListShards", {"ShardFilter": {"Type": "AT_LATEST"}, "MaxResults": 10_000}, MANY)
    yield case("those at a moment, of very many", "ListShards", {"ShardFilter": {"Type": "AT_TIMESTAMP", "Timestamp": 4e9}}, MANY)
    yield case("those behind the last", "ListShards", {"ExclusiveStartShardId": f"shardId-{MANY_SHARDS}"}, MANY)
    yield case("the last page", "DescribeStream", {"Limit": 10_000, "ExclusiveStartShardId": f"shardId-{MANY_SHARDS - 100}"}, MANY)
    yield case("of very many shards", "DescribeStreamSummary", {}, MANY)
    yield case("of very many shards", "GetShardIterator", {"ShardId": f"shardId-{MANY_SHARDS - 1}", "ShardIteratorType": "LATEST"}, MANY)
    streams = [(KINESIS + "CreateStream", {"StreamName": f"{n:05}" + "x" * 123, "ShardCount": 1}) for n in range(3_000)]
    yield case("3,000 streams", "ListStreams", {"Limit": 10_000}, streams)
    yield case("3,000 streams", "DescribeLimits", {}, streams)
    yield case("the 3,001st stream", "CreateStream", {"ShardCount": 1}, streams)


def blob(size: int) -> str:
    return base64.b64encode(b"\xff" * size).decode()


def putting() -> Iterator[Case]:
    full = [{"PartitionKey": "k" * 256, "Data": blob(10 * MIB // 500 - 256)}] * 500
    empty = [{"PartitionKey": "k", "Data": ""}] * 500
    spread = [{"PartitionKey": "k", "ExplicitHashKey": str(2**128 // 500 * n), "Data": blob(64)} for n in range(500)]
    one = made(1)
    yield case("10 MiB in 500 records", "PutRecords", {"Records": full}, one)
    yield case("10 MiB in 500 records that are sealed", "PutRecords", {"Records": full},
               one + [call("StartStreamEncryption", EncryptionType="KMS", KeyId="alias/aws/kinesis")])
    yield case("500 empty records", "PutRecords", {"Records": empty}, one)
    yield case("500 records to 500 of 10,000 shards, with metrics for each", "PutRecords", {"Records": spread},
               made(10_000) + [call("EnableEnhancedMonitoring", ShardLevelMetrics=["ALL"])])
    yield case("500 records without a key", "PutRecords", {"Records": [{"Data": ""}] * 500}, one)
    yield case("500 records, the last with a hash key that is none", "PutRecords",
               {"Records": full[:499] + [{"PartitionKey": "k", "ExplicitHashKey": "9" * 39, "Data": ""}]}, one)
    yield case("100,000 records", "PutRecords", {"Records": [{"PartitionKey": "k", "Data": ""}] * 100_000}, one)
    yield case("one record of 10 MiB", "PutRecords", {"Records": [{"PartitionKey": "k", "Data": blob(10 * MIB - 1)}]},
               one + [(KINESIS + "UpdateMaxRecordSize", {"StreamARN": ARN, "MaxRecordSizeInKiB": 10_240})])
    yield case("one record of 10 MiB", "PutRecord", {"PartitionKey": "k", "Data": blob(10 * MIB - 1)},
               one + [(KINESIS + "UpdateMaxRecordSize", {"StreamARN": ARN, "MaxRecordSizeInKiB": 10_240})])
    yield case("more than a record may hold", "PutRecord", {"PartitionKey": "k", "Data": blob(40 * MIB)}, one)
    yield case("a partition key of 8 MiB", "PutRecord", {"PartitionKey": "k" * 8 * MIB, "Data": ""}, one)
    yield case("a number for ordering of 1 MiB", "PutRecord", {"PartitionKey": "k", "Data": "", "SequenceNumberForOrdering": "1" * MIB}, one)
    yield case("a number for ordering in a stream of very many shards", "PutRecord",
               {"PartitionKey": "k", "Data": "", "SequenceNumberForOrdering": "49600000000000000000000000000000000000000000000000000000"}, MANY)
    yield case("500 records as the KCL writes them", "PutRecords", cbor({"StreamName": NAME, "Records": [
        {"PartitionKey": "k" * 256, "Data": b"\xff" * (10 * MIB // 500 - 256)}] * 500}), one, content_type=CBOR)


def cbor(value: Any) -> bytes:
    """With maps and lists of indefinite length, as the SDK for Java writes them."""
    if isinstance(value, dict):
        return b"\xbf" + b"".join(cbor(name) + cbor(member) for name, member in value.items()) + b"\xff"
    if isinstance(value, list):
        return b"\x9f" + b"".join(map(cbor, value)) + b"\xff"
    kind, data = (0x60, value.encode()) if isinstance(value, str) else (0x40, value)
    head = bytes([kind | len(data)]) if len(data) < 24 else bytes([kind | 26]) + struct.pack(">I", len(data))
    return head + data


def settings() -> Iterator[Case]:
    one = made(1)
    tags = {f"{n:03}" + "k" * 125: "v" * 256 for n in range(200)}
    fifty = dict(list(tags.items())[:50])
    yield case("50 long tags", "TagResource", {"ResourceARN": ARN, "Tags": fifty}, one)
    yield case("200 long tags", "TagResource", {"ResourceARN": ARN, "Tags": tags}, one)
    yield case("50 long tags", "AddTagsToStream", {"Tags": fifty}, one)
    yield case("50 keys", "RemoveTagsFromStream", {"TagKeys": list(fifty)}, one + [call("AddTagsToStream", Tags=fifty)])
    yield case("50 keys", "UntagResource", {"ResourceARN": ARN, "TagKeys": list(fifty)}, one + [call("AddTagsToStream", Tags=fifty)])
    yield case("50 long tags", "ListTagsForStream", {}, one + [call("AddTagsToStream", Tags=fifty)])
    yield case("50 long tags", "ListTagsForResource", {"ResourceARN": ARN}, one + [call("AddTagsToStream", Tags=fifty)])
    yield case("with 200 long tags", "CreateStream", {"ShardCount": 1, "Tags": tags})
    yield case("with 50 long tags", "RegisterStreamConsumer", {"StreamARN": ARN, "ConsumerName": "c", "Tags": fifty}, one)
    consumers = one + [(KINESIS + "RegisterStreamConsumer", {"StreamARN": ARN, "ConsumerName": f"{n:02}" + "c" * 126}) for n in range(20)]
    yield case("20 of them", "ListStreamConsumers", {"StreamARN": ARN, "MaxResults": 10_000}, consumers)
    yield case("a stream with 20 consumers", "DeleteStream", {"EnforceConsumerDeletion": True}, consumers)
    statement = {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "*", "Resource": "*"}
    for name, policy in {
        "of 20 kB of lists in lists": '{"Statement":' + "[" * 10_000 + "]" * 10_000 + "}",
        "of 20 kB of statements": json.dumps({"Statement": [statement] * 200}, separators=(",", ":")),
        "of 20 kB of members": "{" + '"Statement":[],' + ",".join(f'"{n}":0' for n in range(2_000)) + "}",
        "of 20 kB of one name": '{"Statement":0,' + ",".join('"":0' for n in range(3_000)) + "}",
    }.items():
        yield case(name, "PutResourcePolicy", {"ResourceARN": ARN, "Policy": policy[:20_480]}, one)
    wide = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": [str(n) for n in range(2_500)]}}]}, separators=(",", ":"))
    stranger = {"Authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0"}
    yield case("by an account that a policy of 20 kB doesn't name", "PutRecord", {"StreamARN": ARN, "PartitionKey": "k", "Data": ""},
               one + [(KINESIS + "PutResourcePolicy", {"ResourceARN": ARN, "Policy": wide})], headers=stranger)
    yield case("a key of 2,048 characters", "StartStreamEncryption", {"EncryptionType": "KMS", "KeyId": "k" * 2048}, one)
    yield case("to 8,760 hours", "IncreaseStreamRetentionPeriod", {"RetentionPeriodHours": 8_760}, MANY)
    yield case("a stream of very many shards", "EnableEnhancedMonitoring", {"ShardLevelMetrics": ["ALL"]}, MANY)


def long_texts() -> Iterator[Case]:
    one, long = made(1), "x" * 8 * MIB
    yield case("a name of 8 MiB", "DescribeStreamSummary", {"StreamName": long})
    yield case("an ARN of 8 MiB", "DescribeStreamSummary", {"StreamARN": "arn:" + long})
    yield case("a token of 1 MiB", "ListShards", {"NextToken": "A" * MIB})
    yield case("an iterator of 512 characters that is none", "GetRecords", {"ShardIterator": "A" * 512})
    yield case("an iterator of 8 MiB", "GetRecords", {"ShardIterator": "A" * 8 * MIB})
    yield case("a shard of 8 MiB", "GetShardIterator", {"ShardId": "9" * 8 * MIB, "ShardIteratorType": "LATEST"}, one)
    yield case("a number of 8 MiB", "GetShardIterator", {
        "ShardId": "0", "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "9" * 8 * MIB}, one)
    yield case("a hash key of 8 MiB", "SplitShard", {"ShardToSplit": "0", "NewStartingHashKey": "9" * 8 * MIB}, one)
    yield case("an ARN of 8 MiB", "SubscribeToShard", {"ConsumerARN": ARN + "/consumer/" + long, "ShardId": "0", "StartingPosition": {"Type": "LATEST"}}, one)
    yield case("100,000 tags", "AddTagsToStream", {"Tags": {f"{n}": "" for n in range(100_000)}}, one)
    yield case("100,000 keys", "RemoveTagsFromStream", {"TagKeys": ["k"] * 100_000}, one)
    yield case("100,000 metrics", "DisableEnhancedMonitoring", {"ShardLevelMetrics": ["ALL"] * 100_000}, one)


def cases() -> Iterator[Case]:
    yield from resharding()
    yield from listing()
    yield from putting()
    yield from settings()
    yield from long_texts()

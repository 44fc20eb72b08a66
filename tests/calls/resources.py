"""What the calls find there: streams, tables, schemas, keys, metrics. Made again when some of it was deleted."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from case import JSON, signed
from refusals_catalogue import CREATE_CATALOGUE

if TYPE_CHECKING:
    from fuzz import Fuzz

KINESIS, DYNAMODB, GLUE, KMS, METRICS = "Kinesis_20131202", "DynamoDB_20120810", "AWSGlue", "TrentService", "GraniteServiceVersion20100801"
FIREHOSE = "Firehose_20150804"
LOGS = "Logs_20140328"
CHANGES = "DynamoDBStreams_20120810"
SERVICES = {KINESIS: "kinesis", DYNAMODB: "dynamodb", CHANGES: "dynamodb", FIREHOSE: "firehose", LOGS: "logs", GLUE: "glue", KMS: "kms", METRICS: "cloudwatch"}
HASH = [{"AttributeName": "k", "KeyType": "HASH"}]
RANGE = [*HASH, {"AttributeName": "r", "KeyType": "RANGE"}]
ATTRIBUTES = [{"AttributeName": name, "AttributeType": kind} for name, kind in (("k", "S"), ("r", "N"), ("g", "S"))]
INDEX = {"IndexName": "index", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
LOCAL = {"IndexName": "local", "KeySchema": [*HASH, {"AttributeName": "g", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}
POLICY = '{"Version":"2012-10-17","Statement":[]}'


def ask(fuzz: Fuzz, target: str, **members: Any) -> dict[str, Any]:
    """What is there already may refuse; answers go into the pool."""
    headers = {"Content-Type": JSON, "Authorization": signed(SERVICES[target.partition(".")[0]]), "X-Amz-Target": target}
    status, _, said = fuzz.send(("POST", "/", json.dumps(members).encode(), headers))
    answer = json.loads(said) if said else {}
    if status == 200:
        fuzz.pool.harvest(answer)
    return answer if status == 200 else {}


def make_resources(fuzz: Fuzz) -> None:
    for make in (streams, tables, changes, backups, objects, hoses, lines, schemas, keys, metrics):
        make(fuzz)
    for name, values in {"StreamName": ["fuzz-a", "fuzz-b", "not-there"], "TableName": ["hash", "range", "restored", "not-there"], "ConsumerName": ["c", "d"],
                         "RegistryName": ["fuzz", "default-registry", "not-there"], "SchemaName": ["avro", "json", "protobuf", "not-there"],
                         "Namespace": ["n", "AWS/Kinesis"], "MetricName": ["m", "o"], "Id": ["m1", "m2", "e1"], "PolicyName": ["default"], "DeliveryStreamName": ["hose", "not-there"],
                         "logGroupName": ["/group", "/new", "not-there"], "logStreamName": ["stream", "new", "not-there"], "logGroupIdentifier": ["/group"],
                         "Bucket": ["fuzz-bucket", "other-bucket", "not-there"], "Key": ["a/fuzz0", "a/fuzz1", "a/parts", "new", "not-there", "é/€"],
                         "CopySource": ["fuzz-bucket/a/fuzz1", "/fuzz-bucket/a/fuzz2", "not-there/k"], "Prefix": ["a/"], "Delimiter": ["/"],
                         "CacheControl": ["no-cache"], "ETag": ['"5d41402abc4b2a76b9719d911017c592"']}.items():
        for value in values:
            fuzz.pool.add(name, value)


def streams(fuzz: Fuzz) -> None:
    for name, shards in (("fuzz-a", 1), ("fuzz-b", 3)):
        ask(fuzz, f"{KINESIS}.CreateStream", StreamName=name, ShardCount=shards)
        for n in range(3):
            ask(fuzz, f"{KINESIS}.PutRecord", StreamName=name, PartitionKey=f"{n}", Data=base64.b64encode(b"hello" * n).decode())
        summary = ask(fuzz, f"{KINESIS}.DescribeStreamSummary", StreamName=name)
        if summary:
            ask(fuzz, f"{KINESIS}.RegisterStreamConsumer", ConsumerName="c", StreamARN=summary["StreamDescriptionSummary"]["StreamARN"])
            ask(fuzz, f"{KINESIS}.ListStreamConsumers", StreamARN=summary["StreamDescriptionSummary"]["StreamARN"])
        for shard in ask(fuzz, f"{KINESIS}.ListShards", StreamName=name, MaxResults=4).get("Shards", []):
            at = ask(fuzz, f"{KINESIS}.GetShardIterator", StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
            if at:
                fuzz.pool.add("NextShardIterator", at["ShardIterator"])


def tables(fuzz: Fuzz) -> None:
    usual = {"BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexes": [INDEX],
             "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
    ask(fuzz, f"{DYNAMODB}.CreateTable", TableName="hash", KeySchema=HASH, AttributeDefinitions=[ATTRIBUTES[0], ATTRIBUTES[2]], **usual)
    ask(fuzz, f"{DYNAMODB}.CreateTable", TableName="range", KeySchema=RANGE, AttributeDefinitions=ATTRIBUTES, LocalSecondaryIndexes=[LOCAL], **usual)
    for name in ("hash", "range"):
        for n in range(4):
            item = {"k": {"S": f"fuzz{n}"}, "r": {"N": "1"}, "g": {"S": "x"}, "a": {"M": {"b": {"L": [{"N": "1"}, {"S": "y"}]}}}, "b": {"NS": ["1", "2"]}}
            ask(fuzz, f"{DYNAMODB}.PutItem", TableName=name, Item=item)
        ask(fuzz, f"{DYNAMODB}.DescribeTable", TableName=name)


def changes(fuzz: Fuzz) -> None:
    """An iterator lives for a quarter of an hour."""
    for stream in ask(fuzz, f"{CHANGES}.ListStreams").get("Streams", []):
        at = {"StreamArn": stream["StreamArn"]}
        for shard in ask(fuzz, f"{CHANGES}.DescribeStream", **at).get("StreamDescription", {}).get("Shards", []):
            ask(fuzz, f"{CHANGES}.GetShardIterator", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON", **at)


def backups(fuzz: Fuzz) -> None:
    ask(fuzz, f"{DYNAMODB}.UpdateContinuousBackups", TableName="range", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    if not ask(fuzz, f"{DYNAMODB}.ListBackups").get("BackupSummaries"):
        ask(fuzz, f"{DYNAMODB}.CreateBackup", TableName="hash", BackupName="backup")


def objects(fuzz: Fuzz) -> None:
    headers = {"Authorization": signed("s3")}
    fuzz.send(("PUT", "/fuzz-bucket", b"", headers))
    for n in range(3):
        fuzz.send(("PUT", f"/fuzz-bucket/a/fuzz{n}", b"hello" * n, headers))
    _, _, said = fuzz.send(("POST", "/fuzz-bucket/a/parts?uploads", b"", headers))
    if b"<UploadId>" in said:
        upload = said.partition(b"<UploadId>")[2].partition(b"<")[0].decode()
        fuzz.pool.add("UploadId", upload)
        fuzz.send(("PUT", f"/fuzz-bucket/a/parts?partNumber=1&uploadId={upload}", b"hello", headers))


def hoses(fuzz: Fuzz) -> None:
    destination = {"RoleARN": "arn:aws:iam::000000000000:role/firehose", "BucketARN": "arn:aws:s3:::fuzz-bucket"}
    ask(fuzz, f"{FIREHOSE}.CreateDeliveryStream", DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=destination)


def lines(fuzz: Fuzz) -> None:
    now = int(time.time() * 1000)
    ask(fuzz, f"{LOGS}.CreateLogGroup", logGroupName="/group")
    ask(fuzz, f"{LOGS}.CreateLogStream", logGroupName="/group", logStreamName="stream")
    ask(fuzz, f"{LOGS}.PutLogEvents", logGroupName="/group", logStreamName="stream", logEvents=[{"timestamp": now + n, "message": f"hello {n}"} for n in range(9)])
    ask(fuzz, f"{LOGS}.GetLogEvents", logGroupName="/group", logStreamName="stream", limit=3)
    ask(fuzz, f"{LOGS}.FilterLogEvents", logGroupName="/group", limit=3)


def schemas(fuzz: Fuzz) -> None:
    ask(fuzz, f"{GLUE}.CreateRegistry", RegistryName="fuzz")
    first = {"avro": '{"type":"record","name":"R","fields":[]}', "json": '{"type":"object"}', "protobuf": 'syntax = "proto3"; message M { string a = 1; }'}
    for name, definition in first.items():
        ask(fuzz, f"{GLUE}.CreateSchema", RegistryId={"RegistryName": "fuzz"}, SchemaName=name, DataFormat=name.upper(), Compatibility="BACKWARD",
            SchemaDefinition=definition)
        ask(fuzz, f"{GLUE}.GetSchemaVersion", SchemaId={"RegistryName": "fuzz", "SchemaName": name}, SchemaVersionNumber={"LatestVersion": True})
    for operation, body in CREATE_CATALOGUE:
        ask(fuzz, f"{GLUE}.{operation}", **body)


def keys(fuzz: Fuzz) -> None:
    if not ask(fuzz, f"{KMS}.DescribeKey", KeyId="alias/fuzz"):
        key = ask(fuzz, f"{KMS}.CreateKey", Description="fuzz", Policy=POLICY) or ask(fuzz, f"{KMS}.CreateKey")
        if key:
            ask(fuzz, f"{KMS}.CreateAlias", AliasName="alias/fuzz", TargetKeyId=key["KeyMetadata"]["KeyId"])


def metrics(fuzz: Fuzz) -> None:
    data = [{"MetricName": name, "Value": 1.5, "Timestamp": int(time.time()) - 60 * n} for name in ("m", "o") for n in range(3)]
    ask(fuzz, f"{METRICS}.PutMetricData", Namespace="n", MetricData=data)

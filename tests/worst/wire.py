"""The readers of every protocol: what they are given before any operation looks at it."""

from __future__ import annotations

import json

from case import CBOR, FORM, RPC_V2, Case

MIB = 1024 * 1024
PUT, PUT_ITEM, PUT_METRICS = "Kinesis_20131202.PutRecord", "DynamoDB_20120810.PutItem", "GraniteServiceVersion20100801.PutMetricData"
PUT_RECORDS, BATCH = "Kinesis_20131202.PutRecords", "DynamoDB_20120810.BatchWriteItem"


def listed(item: bytes, size: int, before: bytes = b'{"Unknown":[', after: bytes = b"]}") -> bytes:
    return before + b",".join([item] * (size // (len(item) + 1))) + after


def in_json():
    yield Case("3 MB of strings with an escape each, where nothing is known", "kinesis", PUT, listed(b'"\\n"', 3 * MIB))
    yield Case("15 MB of strings with an escape each", "dynamodb", PUT_ITEM, listed(b'"\\u00e9"', 15 * MIB))
    yield Case("15 MB of strings with an escape each, as a set", "dynamodb", PUT_ITEM,
               listed(b'"\\n"', 15 * MIB, b'{"TableName":"tab","Item":{"a":{"SS":[', b"]}}}"))
    yield Case("one string of 15 MB of escapes", "dynamodb", PUT_ITEM, b'{"TableName":"' + b"\\ud83d\\ude00" * (15 * MIB // 12) + b'"}')
    yield Case("15 MB of empty objects", "kinesis", PUT_RECORDS, listed(b"{}", 15 * MIB, b'{"StreamName":"s","Records":['))
    yield Case("15 MB of empty lists", "kinesis", PUT, listed(b"[]", 15 * MIB))
    yield Case("15 MB of nulls", "kinesis", PUT_RECORDS, listed(b"null", 15 * MIB, b'{"StreamName":"s","Records":['))
    yield Case("15 MB of spaces", "kinesis", PUT, b"{" + b" " * (15 * MIB) + b"}")
    yield Case("15 MB of one member again and again", "dynamodb", PUT_ITEM, listed(b'"Item":{}', 15 * MIB, b"{", b"}"))
    yield Case("a map of 15 MB with one key", "dynamodb", PUT_ITEM, listed(b'"a":{}', 15 * MIB, b'{"TableName":"tab","Item":{', b"}}"))
    keys = b",".join(b'"%x":{}' % n for n in range(300_000))
    yield Case("a map of 300,000 keys", "dynamodb", PUT_ITEM, b'{"TableName":"tab","Item":{' + keys + b"}}")
    long = b",".join(b'"' + b"k" * 1000 + b'%05d":{}' % n for n in range(9000, 0, -1))
    yield Case("9,000 keys that differ at their end", "dynamodb", PUT_ITEM, b'{"TableName":"tab","Item":{' + long + b"}}")
    yield Case("nested 30,000 deep, where nothing is known", "kinesis", PUT, b'{"a":' + b"[" * 30_000)
    yield Case("items nested as deep as is read, again and again", "dynamodb", PUT_ITEM,
               listed(b'{"L":[' * 15 + b"]}" * 15, 15 * MIB, b'{"TableName":"tab","Item":{"a":{"L":[', b"]}}}"))
    yield Case("numbers of 15 MB together", "kinesis", PUT_RECORDS, listed(b"1e308", 15 * MIB, b'{"Unknown":['))
    yield Case("one number of 15 MB", "kinesis", "Kinesis_20131202.CreateStream", b'{"ShardCount":' + b"1" * (15 * MIB) + b"}")


def in_messages():
    key = "k" * 8 * MIB
    yield Case("an 8 MB key of a map with 50 things wrong below it", "dynamodb", PUT_ITEM, json.dumps(
        {"TableName": "tab", "Item": {}, "Expected": {key: {"ComparisonOperator": "x"}}, "ConditionalOperator": "y", "ReturnValues": "z"}).encode())
    yield Case("a table's name of 15 MB", "dynamodb", PUT_ITEM, {"TableName": "!" * 15 * MIB, "Item": {}})
    yield Case("10 operators of 1.5 MB", "dynamodb", PUT_ITEM, {"Expected": {f"k{n}": {"ComparisonOperator": "x" * 1_500_000} for n in range(10)}})
    yield Case("a list of 1,000,000 shard-level metrics", "kinesis", "Kinesis_20131202.EnableEnhancedMonitoring",
               listed(b'"x"', 4 * MIB, b'{"StreamName":"s","ShardLevelMetrics":['))
    yield Case("150,000 records with everything wrong", "kinesis", PUT_RECORDS,
               listed(b'{"Data":"","PartitionKey":""}', 4 * MIB, b'{"StreamName":"!","Records":['))


def in_patterns():
    """Those of the models that go back most."""
    arn = "arn:aws:kinesis:" * 120
    yield Case("an ARN whose pattern has three stars", "kinesis", "Kinesis_20131202.ListTagsForResource", {"ResourceARN": arn})
    part = ":kinesis:" * 100 + ":012345678901:" * 60 + "stream" * 40
    yield Case("an ARN that nearly matches in many ways", "kinesis", "Kinesis_20131202.ListTagsForResource", {"ResourceARN": "arn:aws" + part})
    yield Case("the same, a hundred times as long", "kinesis", "Kinesis_20131202.ListTagsForResource", {"ResourceARN": "arn:aws" + part * 100})
    yield Case("a consumer's ARN of 1 MB", "kinesis", "Kinesis_20131202.DescribeStreamConsumer",
               {"ConsumerARN": "arn:aws" + (":kinesis:" + ":012345678901:" + "stream/a/consumer/") * 20_000})
    yield Case("a definition of 170 kB of spaces", "glue", "AWSGlue.CreateSchema",
               {"SchemaName": "s", "DataFormat": "AVRO", "SchemaDefinition": " " * 170_000})
    yield Case("a description of 1 MB", "glue", "AWSGlue.CreateRegistry", {"RegistryName": "r", "Description": "\u00e9\n" * 330_000 + "\0"})


def in_cbor():
    yield Case("400 kB of strings in pieces", "kinesis", PUT, b"\xbf\x61u\x9f" + b"\x7f\x61x\xff" * 100_000 + b"\xff\xff", content_type=CBOR)
    yield Case("15 MB of empty strings in pieces", "kinesis", PUT, b"\xbf\x61u\x9f" + b"\x7f\xff" * (7 * MIB) + b"\xff\xff", content_type=CBOR)
    yield Case("one string of 7 million pieces", "kinesis", PUT, b"\xbf\x6aStreamName\x7f" + b"\x61x" * (7 * MIB) + b"\xff\xff", content_type=CBOR)
    yield Case("15 MB of empty records", "kinesis", PUT_RECORDS, b"\xbf\x67Records\x9f" + b"\xa0" * (15 * MIB) + b"\xff\xff", content_type=CBOR)
    yield Case("15 MB of tags", "kinesis", PUT, b"\xbf\x64Data" + b"\xc1" * (15 * MIB) + b"\x40\xff", content_type=CBOR)
    yield Case("an array of 2^60", "kinesis", PUT_RECORDS, b"\xbf\x67Records\x9b\x10\0\0\0\0\0\0\0", content_type=CBOR)
    yield Case("a string of 2^60", "kinesis", PUT, b"\xbf\x64Data\x5b\x10\0\0\0\0\0\0\0", content_type=CBOR)
    yield Case("nested 1,000,000 deep", "kinesis", PUT, b"\xbf\x61u" + b"\x9f" * 1_000_000, content_type=CBOR)
    yield Case("rpc-v2-cbor: 1 MB of empty points", "cloudwatch", PUT_METRICS, b"\xbf\x6aMetricData\x9f" + b"\xa0" * 1_000_000 + b"\xff\xff", content_type=RPC_V2)


def in_forms():
    start = b"Action=PutMetricData&Version=2010-08-01&Namespace=n&"
    yield Case("a member whose index is huge", "cloudwatch", "PutMetricData", start + b"MetricData.member.4294967295.Value=1", content_type=FORM)
    yield Case("1 MB of parameters of one letter", "cloudwatch", "PutMetricData", start + b"a&" * 490_000, content_type=FORM)
    yield Case("1 MB of parameters in the worst order", "cloudwatch", "PutMetricData",
               start + b"&".join(b"%x" % (n * 2654435761 % 2**32) for n in range(110_000)), content_type=FORM)
    yield Case("1 MB of points without a name", "cloudwatch", "PutMetricData",
               start + b"&".join(b"MetricData.member.%d=" % n for n in range(1, 38_000)), content_type=FORM)
    yield Case("1 MB of dimensions of one point", "cloudwatch", "PutMetricData",
               start + b"&".join(b"MetricData.member.1.Dimensions.member.%d.Name=a" % n for n in range(1, 19_000)), content_type=FORM)
    yield Case("names of 100 kB each", "cloudwatch", "PutMetricData", start + b"&".join((b"MetricData.member.1." + b"x" * 100_000 + b"%d=" % n) for n in range(9)), content_type=FORM)
    yield Case("1 MB of escapes", "cloudwatch", "PutMetricData", start + b"MetricData.member.1.MetricName=" + b"%41" * 330_000, content_type=FORM)
    yield Case("an Action of 1 MB", "cloudwatch", "Action", b"Version=2010-08-01&Action=" + b"x" * 1_000_000, content_type=FORM)
    yield Case("15 MB of a form", "cloudwatch", "PutMetricData", start + b"a=b&" * 4_000_000, content_type=FORM)


def in_pages():
    yield Case("a page that is sent 15 MB", "", "", b'{"name":"' + b"x" * 15 * MIB + b'"}', path="/_evpoc/snapshot")
    yield Case("a page that is sent 900 kB of brackets", "", "", b"[" * 900_000, path="/_evpoc/faults")
    yield Case("nobody is sent 15 MB", "", "", b"x" * 15 * MIB, path="/nowhere")


def cases():
    for part in (in_json, in_messages, in_patterns, in_cbor, in_forms, in_pages):
        yield from part()

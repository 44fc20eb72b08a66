"""Firehose: full batches, long prefixes with many expressions, and documents of a stream."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from typing import Any

from case import Case

FIREHOSE = "Firehose_20150804."
STREAM = {"DeliveryStreamName": "worst"}


def destination(**more: Any) -> dict[str, Any]:
    return {"RoleARN": "arn:aws:iam::000000000000:role/r", "BucketARN": "arn:aws:s3:::worst", **more}


CREATE = (FIREHOSE + "CreateDeliveryStream", STREAM | {"ExtendedS3DestinationConfiguration": destination()})
BUCKET = Case("", "s3", "", b"", [], "application/xml", {}, "/worst", "PUT")


def case(name: str, operation: str, body: dict[str, Any], setup: list[Any] | None = None) -> Case:
    return Case(name, "firehose", FIREHOSE + operation, body, [BUCKET, *(setup or [])])


def batch(data: bytes, count: int) -> dict[str, Any]:
    return STREAM | {"Records": [{"Data": base64.b64encode(data).decode()}] * count}


def batches() -> Iterator[Case]:
    yield case("500 records of 8 KB", "PutRecordBatch", batch(b"x" * 8388, 500), [CREATE])
    yield case("4 records of 1,000 KiB", "PutRecordBatch", batch(b"x" * 1_024_000, 4), [CREATE])
    yield case("500 empty records", "PutRecordBatch", batch(b"", 500), [CREATE])
    yield case("500,000 empty records", "PutRecordBatch", batch(b"", 500_000), [CREATE])
    yield case("one of 1,000 KiB", "PutRecord", STREAM | {"Record": {"Data": base64.b64encode(b"x" * 1_024_000).decode()}}, [CREATE])


def prefixes() -> Iterator[Case]:
    for what, one in {"times": "!{timestamp:yyyy}", "random strings": "!{firehose:random-string}", "what nobody knows": "!{a:b}", "letters": "x",
                      "quotes": "!{timestamp:'x'}", "openings": "!{"}.items():
        prefix = (one * 1024)[: 1024 // len(one) * len(one)]
        made = STREAM | {"ExtendedS3DestinationConfiguration": destination(Prefix=prefix, ErrorOutputPrefix="e/!{firehose:error-output-type}/")}
        yield case(f"a prefix of {what}", "CreateDeliveryStream", made)
    long = STREAM | {"ExtendedS3DestinationConfiguration": destination(Prefix="!{timestamp:" + "y" * 1000 + "}", ErrorOutputPrefix="e/!{firehose:error-output-type}/")}
    yield case("a year of 1,000 letters", "CreateDeliveryStream", long)
    yield case("a prefix of 1 MB", "CreateDeliveryStream", STREAM | {"ExtendedS3DestinationConfiguration": destination(Prefix="!{timestamp:" * 80_000)})
    processors = [{"Type": "AppendDelimiterToRecord", "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n" * 250}] * 50}] * 100
    yield case("100 processors of 50 parameters", "CreateDeliveryStream", STREAM | {
        "ExtendedS3DestinationConfiguration": destination(ProcessingConfiguration={"Enabled": True, "Processors": processors})})


TYPES = {"nested": "array<" * 60 + "int" + ">" * 60, "wide": "struct<" + ",".join(f"f{n}:int" for n in range(990)) + ">",
         "long": "struct<" + ",".join(f"f{n}:string" for n in range(9000)) + ">"}


def flushed(name: str, kind: str, *records: bytes, processing: dict[str, Any] | None = None, **parquet: Any) -> Case:
    """What a delivery costs at once: the page that asks for it is a request as any other."""
    columns = [{"Name": "c", "Type": TYPES.get(kind, kind)}]
    settings = {"SchemaConfiguration": {"DatabaseName": "base", "TableName": "t", "RoleARN": "arn:aws:iam::000000000000:role/r"},
                "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}}, "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": parquet}}}
    made = STREAM | {"ExtendedS3DestinationConfiguration": destination(
        DataFormatConversionConfiguration=settings, **{"ProcessingConfiguration": processing} if processing else {})}
    setup = [BUCKET, Case("", "glue", "AWSGlue.CreateDatabase", {"DatabaseInput": {"Name": "base"}}),
             Case("", "glue", "AWSGlue.CreateTable", {"DatabaseName": "base", "TableInput": {"Name": "t", "StorageDescriptor": {"Columns": columns}}}),
             (FIREHOSE + "CreateDeliveryStream", made),
             *((FIREHOSE + "PutRecordBatch", STREAM | {"Records": [{"Data": base64.b64encode(one).decode()}]}) for one in records)]
    return Case(f"converted: {name}", "firehose", "", b'{"stream":"worst"}', setup, "application/json", {}, "/_evpoc/firehose/flush")


def conversions() -> Iterator[Case]:
    most = 1_000_000
    yield flushed("lists of wide structs", "array<" + TYPES["wide"] + ">", b'{"c":[' + b",".join([b"{}"] * (most // 6)) + b"]}")
    yield flushed("towers of lists", "nested", (b'{"c":' + b"[" * 60 + b"]" * 60 + b"}") * (most // 160))
    yield flushed("a tower that does not end", "nested", b'{"c":' + b"[" * most)
    yield flushed("many documents", "wide", b"{}" * (most // 3))
    yield flushed("many short texts, packed by gzip", "array<string>", *[b'{"c":[' + b",".join([b'"a"'] * (most // 4)) + b"]}"] * 4, Compression="GZIP",
                  EnableDictionaryCompression=True)
    yield flushed("texts that come once in a dictionary", "array<int>", b'{"c":[' + b",".join(b"%d" % n for n in range(most // 8)) + b"]}",
                  EnableDictionaryCompression=True)
    yield flushed("a long decimal", "decimal(38,10)", b'{"c":' + b"9" * most + b"}")
    yield flushed("one name many times", "wide", b'{"c":{' + b",".join([b'"F1":1'] * (most // 7)) + b"}}")
    yield flushed("what gzip has made small", "array<int>", gzip.compress(b'{"c":[' + b"1," * 3_900_000 + b"1]}"),
                  processing={"Enabled": True, "Processors": [processor("Decompression", CompressionFormat="GZIP")]})
    yield flushed("a type of 9,000 fields", "long", b'{"c":{}}')
    yield flushed("a text that is escaped", "string", b'{"c":"' + b"\\u00e4" * (most // 6) + b'"}')


def processed(name: str, processors: list[dict[str, Any]], *records: bytes, **more: Any) -> Case:
    told = destination(ProcessingConfiguration={"Enabled": True, "Processors": processors}, **more)
    setup = [BUCKET, (FIREHOSE + "CreateDeliveryStream", STREAM | {"ExtendedS3DestinationConfiguration": told}),
             *((FIREHOSE + "PutRecordBatch", STREAM | {"Records": [{"Data": base64.b64encode(one).decode()}]}) for one in records)]
    return Case(f"processed: {name}", "firehose", "", b'{"stream":"worst"}', setup, "application/json", {}, "/_evpoc/firehose/flush")


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    return {"Type": kind, "Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]}


def processings() -> Iterator[Case]:
    gunzip, lines = processor("Decompression", CompressionFormat="GZIP"), processor("CloudWatchLogProcessing", DataMessageExtraction="true")
    split, cut = processor("RecordDeAggregation", SubRecordType="JSON"), processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="Cg==")
    event = b'{"message":""},'
    yield processed("a gzip that swells to the bound", [gunzip], gzip.compress(b"\0" * 8_000_000))
    yield processed("gzips that swell beyond it", [gunzip], *[gzip.compress(b"\0" * 500_000_000)] * 3)
    yield processed("empty members of gzip", [gunzip], gzip.compress(b"") * 50_000)
    yield processed("as many log events as are taken", [gunzip, lines], gzip.compress(b'{"logEvents":[' + event * 49_000 + event[:-1] + b"]}"))
    yield processed("more log events than are taken", [gunzip, lines], gzip.compress(b'{"logEvents":[' + event * 400_000 + event[:-1] + b"]}"))
    yield processed("an object that does not end", [split], b"{" * 1_000_000)
    yield processed("500 objects", [split], b"{}" * 500)
    yield processed("a million lines", [cut], b"\n" * 1_000_000)
    yield processed("records of a delimiter", [processor("AppendDelimiterToRecord", Delimiter="x" * 5000)], *[b"x"] * 20)
    attributes = [{"AttributeName": f"{n:02}" + "n" * 250, "AttributeValue": "v" * 1024} for n in range(50)]
    yield case("an HTTP endpoint with 50 long attributes", "CreateDeliveryStream", STREAM | {"HttpEndpointDestinationConfiguration": {
        "EndpointConfiguration": {"Url": "https://" + "h" * 900, "Name": "n" * 256, "AccessKey": "k" * 4096}, "S3Configuration": destination(),
        "RequestConfiguration": {"ContentEncoding": "GZIP", "CommonAttributes": attributes}}})


def tags() -> Iterator[Case]:
    fifty = [{"Key": f"{n:02}" + "k" * 126, "Value": "v" * 256} for n in range(50)]
    yield case("50 long tags", "TagDeliveryStream", STREAM | {"Tags": fifty}, [CREATE])
    yield case("20,000 tags", "TagDeliveryStream", STREAM | {"Tags": [{"Key": f"{n}"} for n in range(20_000)]}, [CREATE])
    yield case("20,000 keys", "UntagDeliveryStream", STREAM | {"TagKeys": ["k"] * 20_000}, [CREATE])


def cases() -> Iterator[Case]:
    yield from batches()
    yield from prefixes()
    yield from tags()
    yield from conversions()
    yield from processings()

"""Firehose: full batches, long prefixes with many expressions, and documents of a stream."""

from __future__ import annotations

import base64
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


def tags() -> Iterator[Case]:
    fifty = [{"Key": f"{n:02}" + "k" * 126, "Value": "v" * 256} for n in range(50)]
    yield case("50 long tags", "TagDeliveryStream", STREAM | {"Tags": fifty}, [CREATE])
    yield case("20,000 tags", "TagDeliveryStream", STREAM | {"Tags": [{"Key": f"{n}"} for n in range(20_000)]}, [CREATE])
    yield case("20,000 keys", "UntagDeliveryStream", STREAM | {"TagKeys": ["k"] * 20_000}, [CREATE])


def cases() -> Iterator[Case]:
    yield from batches()
    yield from prefixes()
    yield from tags()

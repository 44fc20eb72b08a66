"""Firehose converts records of JSON to Parquet by a table of Glue's catalogue; pyarrow and DuckDB read what it wrote."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from helpers import refusal
from sdk import python_folder, run
from test_firehose import objects, to_bucket

ROLE = "arn:aws:iam::000000000000:role/firehose"
TYPES = {
    "a": "int", "t": "tinyint", "h": "smallint", "l": "bigint", "f": "float", "d": "double", "s": "string", "b": "boolean", "dec": "decimal(10,2)",
    "big": "decimal(38,10)", "day": "date", "ts": "timestamp", "vc": "varchar(3)", "arr": "array<int>", "deep": "array<array<string>>",
    "st": "struct<x:int,y:struct<z:string>>", "m": "map<string,int>", "ms": "map<int,array<struct<q:double>>>", "bin": "binary",
}
FULL = {
    "a": 1, "t": -128, "h": 32767, "l": 2**63 - 1, "f": 1.5, "d": -2.25, "s": "grüße", "b": True, "dec": 12.345,
    "big": "1234567890123456789012345678.0123456789", "day": "2024-02-29", "ts": "2026-01-02T03:04:05.123456789Z", "vc": "abcdef", "arr": [1, None, 3],
    "deep": [["x", "y"], [], None, ["z"]], "st": {"x": 1, "y": {"z": "deep"}}, "m": {"k": 1, "n": None}, "ms": {"7": [{"q": 1.5}, {}], "8": []},
    "bin": "raw",
}
FULL_READ = FULL | {"dec": "12.35", "ts": "2026-01-02 03:04:05.123456789", "vc": "abc", "ms": {"7": [{"q": 1.5}, {"q": None}], "8": []}}


def wide(**members: Any) -> dict[str, Any]:
    return dict.fromkeys(TYPES) | members


@pytest.fixture
def bucket(s3, unique) -> str:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def table(glue, unique) -> dict[str, str]:
    database = unique("base").lower()
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "t", "StorageDescriptor": {"Columns": [
        {"Name": name, "Type": kind} for name, kind in TYPES.items()]}})
    return {"DatabaseName": database, "TableName": "t", "RoleARN": ROLE}


def converting(table: dict[str, str], parquet: dict[str, Any] | None = None, deserializer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"SchemaConfiguration": table, "InputFormatConfiguration": {"Deserializer": deserializer or {"OpenXJsonSerDe": {}}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": parquet or {}}}} | more


@pytest.fixture
def made(firehose, bucket, table, unique):
    """made(**converting's arguments): a delivery stream into the bucket that converts; its name."""

    def make(destination: dict[str, Any] | None = None, **arguments: Any) -> str:
        name = unique("hose")
        told = to_bucket(bucket, Prefix=f"{name}/", ErrorOutputPrefix=f"failed-{name}/",
                         DataFormatConversionConfiguration=converting(table, **arguments), **destination or {})
        firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=told)
        return name

    return make


@pytest.fixture
def put(emulator, firehose):
    def put(name: str, *records: Any) -> None:
        data = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
        for at in range(0, len(data), 500):
            firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": one} for one in data[at:at + 500]])
        ask(emulator.url, "firehose/flush", stream=name)

    return put


@pytest.fixture
def read(s3, bucket, tmp_path):
    """read(name): what each reader sees in the stream's one file."""
    folder = python_folder("parquet")

    def read(*names: str) -> list[dict[str, Any]]:
        for key, data in objects(s3, bucket).items():
            if key.split("/")[0] in names:
                assert key.endswith(".parquet")
                (tmp_path / f"{key.split('/')[0]}.parquet").write_bytes(data)
        seen = json.loads(run([folder / "venv/bin/python", folder / "read_job.py", tmp_path], timeout=60))
        return [seen[name] for name in names]

    return read


def failures(s3, bucket: str, name: str) -> list[dict[str, Any]]:
    found = [data for key, data in objects(s3, bucket).items() if key.startswith(f"failed-{name}/format-conversion-failed/")]
    return [json.loads(line) for data in found for line in data.splitlines()]


FORMS = [({}, "SNAPPY", False), ({"Compression": "GZIP", "WriterVersion": "V2", "EnableDictionaryCompression": True}, "GZIP", True),
         ({"Compression": "UNCOMPRESSED", "EnableDictionaryCompression": True, "PageSizeBytes": 65536}, "UNCOMPRESSED", True),
         ({"WriterVersion": "V2"}, "SNAPPY", False)]


@pytest.mark.once
@pytest.mark.timeout(300)  # what reads it is fetched once
def test_records_of_all_types_are_read_as_they_were_put(made, put, read):
    names = [made(parquet=parquet) for parquet, *_ in FORMS]
    records = [FULL, {}, {"a": "42", "arr": [], "m": {}, "st": None}, b'{"a": 5}{"A": 6}\n'] * 300
    for name in names:
        put(name, *records)
    for (_, codec, is_dictionary), seen in zip(FORMS, read(*names), strict=True):
        assert seen["rows"][:5] == [FULL_READ, wide(), wide(a=42, arr=[], m={}), wide(a=5), wide(a=6)]
        assert seen["rows"] == seen["rows"][:5] * 300
        assert (seen["codec"], "RLE_DICTIONARY" in seen["encodings"]) == (codec, is_dictionary)
        assert seen["schema"]["dec"] == "decimal128(10, 2)" and seen["schema"]["t"] == "int8" and seen["schema"]["ts"] == "timestamp[ns]"


@pytest.mark.once
@pytest.mark.timeout(300)
def test_a_large_file_has_row_groups_and_pages(made, put, read):
    name = made(parquet={"PageSizeBytes": 65536})
    put(name, *({"a": number, "s": f"{number:05}" * 40, "arr": list(range(number % 7))} for number in range(40_000)))
    [seen] = read(name)
    assert seen["groups"] > 1
    assert [(row["a"], row["s"][:5], row["arr"]) for row in seen["rows"]] == [(n, f"{n:05}", list(range(n % 7))) for n in range(40_000)]


@pytest.mark.once
@pytest.mark.timeout(300)
def test_deserializers_read_keys_and_times_as_they_are_told(made, put, read):
    open_x = {"OpenXJsonSerDe": {"ConvertDotsInJsonKeysToUnderscores": True, "ColumnToJsonKeyMappings": {"s": "Timestamp", "a": "x.y"}}}
    formats = ["dd/MMM/yyyy:HH:mm:ss Z", "millis", "yyyy-MM-dd'T'hh:mm a"]
    names = [made(deserializer=one) for one in (open_x, {"OpenXJsonSerDe": {"CaseInsensitive": False}}, {"HiveJsonSerDe": {"TimestampFormats": formats}},
                                                {"HiveJsonSerDe": {}})]
    put(names[0], {"TIMESTAMP": "t", "x.y": 3, "D": 1.0}, {"ts": 1518033528}, {"ts": 1518033528123}, {"ts": "1518033528.25"}, {"ts": "2026-1-2 3:04:05"})
    put(names[1], {"A": 1, "s": "x"})
    put(names[2], {"ts": "02/Jan/2026:03:04:05 +0100"}, {"ts": 1518033528123}, {"ts": "2026-01-02T03:04 PM"}, {"A": 7})
    put(names[3], {"ts": "2026-01-02 03:04:05.5"})
    dots, exact, joda, sql = (one["rows"] for one in read(*names))
    assert [dots[0]["s"], dots[0]["a"], dots[0]["d"]] == ["t", 3, 1.0]
    assert [row["ts"] for row in dots[1:]] == ["2018-02-07 19:58:48", "2018-02-07 19:58:48.123000", "2018-02-07 19:58:48.250000", "2026-01-02 03:04:05"]
    assert exact == [wide(s="x")]
    assert [row["ts"] for row in joda[:3]] == ["2026-01-02 02:04:05", "2018-02-07 19:58:48.123000", "2026-01-02 15:04:00"] and joda[3]["a"] == 7
    assert sql[0]["ts"] == "2026-01-02 03:04:05.500000"


PARSE, DATA = "DataFormatConversion.ParseError", "DataFormatConversion.MalformedData"
NO_MATCH = "Data does not match the schema."
OPEN_X_FAILS: list[tuple[Any, str, str]] = [
    (b"{", PARSE, "Encountered malformed JSON."), (b'{"a":1}{', PARSE, "Encountered malformed JSON."), (b"", DATA, "The input JSON was empty or contained only whitespace."),
    ([{"a": 1}], DATA, NO_MATCH), (7, DATA, "The input JSON contained a primitive at the top level. The top level must be an object or array."),
    ({"a": "x"}, DATA, NO_MATCH), ({"t": 128}, DATA, NO_MATCH), ({"l": 2**63}, DATA, NO_MATCH), ({"b": "yes"}, DATA, NO_MATCH), ({"dec": "1,5"}, DATA, NO_MATCH),
    ({"day": "2023-02-29"}, DATA, NO_MATCH), ({"m": 5}, DATA, "A scalar type was found in the data but a complex type was specified on the schema."),
    ({"ts": "soon"}, DATA, "The input JSON contained an invalid or unsupported timestamp format. "
                           "Please see the Firehose developer guide for supported timestamp formats."),
    (b'{"a":1}{"a":"x"}', DATA, NO_MATCH), ({"ms": {"x": []}}, DATA, NO_MATCH),
]
HIVE_FAILS: list[tuple[Any, str, str]] = [
    ({"arr": 5}, DATA, f"{NO_MATCH} java.io.IOException: Start of Array expected"), ({"st": 5}, DATA, f"{NO_MATCH} java.io.IOException: Start of Object expected"),
    ({"a": "5"}, DATA, f"{NO_MATCH} Current token (VALUE_STRING) not numeric, can not use numeric value accessors"),
    ({"s": {}}, DATA, "One or more fields have incorrect format. Exception when validating field (root)"),
]


@pytest.mark.parametrize(("deserializer", "cases"), [("OpenXJsonSerDe", OPEN_X_FAILS), ("HiveJsonSerDe", HIVE_FAILS)])
def test_what_does_not_fit_goes_to_the_error_prefix(s3, made, put, bucket, table, deserializer, cases):
    name = made(deserializer={deserializer: {}})
    records = [record if isinstance(record, bytes) else json.dumps(record).encode() for record, *_ in cases]
    put(name, *[record for record in records if record], {"a": 1}, *([b" "] if b"" in records else []))
    told = failures(s3, bucket, name)
    expected = sorted((base64.b64encode(record or b" ").decode(), code, message) for record, (_, code, message) in zip(records, cases, strict=True))
    assert sorted((one["rawData"], one["lastErrorCode"], one["lastErrorMessage"]) for one in told) == expected
    assert set(told[0]) == {"attemptsMade", "arrivalTimestamp", "lastErrorCode", "lastErrorMessage", "attemptEndingTimestamp", "rawData", "sequenceNumber",
                            "subSequenceNumber", "dataCatalogTable"}
    assert told[0]["dataCatalogTable"] == {"catalogId": None, "databaseName": table["DatabaseName"], "tableName": "t", "region": "us-east-1",
                                           "versionId": "LATEST", "catalogArn": None}
    assert len([key for key in objects(s3, bucket) if key.startswith(f"{name}/")]) == 1


def test_a_file_of_nothing_is_not_made_and_a_table_that_goes_fails_its_records(s3, glue, made, put, bucket, table):
    name = made()
    put(name, b"no")
    assert len(failures(s3, bucket, name)) == 1
    glue.delete_table(DatabaseName=table["DatabaseName"], Name="t")
    put(name, {"a": 1})
    assert {one["lastErrorCode"] for one in failures(s3, bucket, name)} == {PARSE, "DataFormatConversion.EntityNotFoundException"}
    assert not [key for key in objects(s3, bucket) if key.startswith(f"{name}/")]


def test_a_type_that_is_none_fails_its_records(s3, glue, made, put, bucket, table):
    name = made()
    columns = [{"Name": "a", "Type": "array<int"}]
    glue.update_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t", "StorageDescriptor": {"Columns": columns}})
    put(name, {"a": []})
    assert failures(s3, bucket, name)[0]["lastErrorCode"] == "DataFormatConversion.InvalidTypeFormat"


@pytest.mark.once
@pytest.mark.timeout(300)
def test_a_version_of_the_table_is_what_it_says(glue, made, put, read, table):
    older = made()
    columns = [{"Name": "new", "Type": "string"}]
    glue.update_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t", "StorageDescriptor": {"Columns": columns}})
    table["VersionId"] = "0"
    first = made()
    for name in (older, first):
        put(name, {"a": 1, "new": "x"})
    latest, fixed = read(older, first)
    assert latest["rows"] == [{"new": "x"}] and fixed["rows"] == [wide(a=1)]


def test_the_object_says_how_it_is_encoded_and_what_was_counted(own_emulator):
    url = own_emulator().url
    firehose, s3, glue, cloudwatch = (client_at(url, service) for service in ("firehose", "s3", "glue", "cloudwatch"))
    s3.create_bucket(Bucket="archive")
    glue.create_database(DatabaseInput={"Name": "base"})
    glue.create_table(DatabaseName="base", TableInput={"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}})
    table = {"DatabaseName": "base", "TableName": "t", "RoleARN": ROLE}
    told = to_bucket("archive", DataFormatConversionConfiguration=converting(table))
    firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=told)
    described = firehose.describe_delivery_stream(DeliveryStreamName="hose")["DeliveryStreamDescription"]["Destinations"][0]
    assert described["ExtendedS3DestinationDescription"]["BufferingHints"] == {"SizeInMBs": 128, "IntervalInSeconds": 300}
    assert described["ExtendedS3DestinationDescription"]["DataFormatConversionConfiguration"] == converting(table) | {"Enabled": True}
    firehose.put_record_batch(DeliveryStreamName="hose", Records=[{"Data": b'{"a":1}'}, {"Data": b"no"}])
    ask(url, "firehose/flush", stream="hose")
    [key] = [key for key in objects(s3, "archive") if key.endswith(".parquet")]
    head = s3.head_object(Bucket="archive", Key=key)
    assert (head["ContentEncoding"], head["ContentType"]) == ("hadoop-snappy", "application/octet-stream")
    ask(url, "clock", advance="1m")
    names = {metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="AWS/Firehose")["Metrics"]}
    assert {"SucceedConversion.Records", "SucceedConversion.Bytes", "FailedConversion.Records", "FailedConversion.Bytes"} <= names


def test_what_fails_is_in_the_error_log(own_emulator):
    url = own_emulator().url
    firehose, s3, glue, logs = (client_at(url, service) for service in ("firehose", "s3", "glue", "logs"))
    s3.create_bucket(Bucket="archive")
    glue.create_database(DatabaseInput={"Name": "base"})
    glue.create_table(DatabaseName="base", TableInput={"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}})
    place = {"logGroupName": "/aws/kinesisfirehose/hose", "logStreamName": "DestinationDelivery"}
    logs.create_log_group(logGroupName=place["logGroupName"])
    logs.create_log_stream(**place)
    options = {"Enabled": True, "LogGroupName": place["logGroupName"], "LogStreamName": place["logStreamName"]}
    conversion = converting({"DatabaseName": "base", "TableName": "t", "RoleARN": ROLE})
    told = to_bucket("archive", CloudWatchLoggingOptions=options, DataFormatConversionConfiguration=conversion)
    firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=told)
    firehose.create_delivery_stream(DeliveryStreamName="lost", ExtendedS3DestinationConfiguration=to_bucket("missing", CloudWatchLoggingOptions=options))
    for name in ("hose", "lost"):
        firehose.put_record(DeliveryStreamName=name, Record={"Data": b"no"})
        ask(url, "firehose/flush", stream=name)
    said = [json.loads(event["message"]) for event in logs.get_log_events(**place, startFromHead=True)["events"]]
    assert [(line["errorCode"], line["destination"]) for line in said] == [(PARSE, "arn:aws:s3:::archive"), ("S3.NoSuchBucket", "arn:aws:s3:::missing")]
    assert said[0]["message"] == "Encountered malformed JSON." and said[0]["deliveryStreamVersionId"] == 1


def memory(emulator: Any, what: str) -> int:
    """VmRSS, what it has; VmHWM, the most it had. In bytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{emulator.process.pid}/status").read_text().splitlines())
    return int(lines[what].split()[0]) * 1024


@pytest.mark.once
@pytest.mark.parametrize(("batches", "is_converted"), [(33, False), (12, True)])
def test_a_large_buffer_costs_little_memory(own_emulator, batches, is_converted):
    running = own_emulator()
    firehose, s3, glue = (client_at(running.url, service) for service in ("firehose", "s3", "glue"))
    s3.create_bucket(Bucket="archive")
    glue.create_database(DatabaseInput={"Name": "base"})
    glue.create_table(DatabaseName="base", TableInput={"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "s", "Type": "string"}]}})
    conversion = converting({"DatabaseName": "base", "TableName": "t", "RoleARN": ROLE})
    more = {"DataFormatConversionConfiguration": conversion} if is_converted else {}
    told = to_bucket("archive", BufferingHints={"SizeInMBs": 128, "IntervalInSeconds": 900}, **more)
    firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=told)
    records = [{"Data": json.dumps({"s": base64.b64encode(os.urandom(600_000)).decode()}).encode()} for _ in range(5)]
    for count in range(batches):
        firehose.put_record_batch(DeliveryStreamName="hose", Records=records)
        if count == 0:
            before = memory(running, "VmRSS")  # a request of this size has been
    ask(running.url, "firehose/flush", stream="hose")
    size = sum(found["Size"] for found in s3.list_objects_v2(Bucket="archive")["Contents"])
    assert size >= batches * 4_000_000 and memory(running, "VmHWM") - before < 32 * 2**20


INVALID: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"CompressionFormat": "GZIP"}, "CompressionFormat must be UNCOMPRESSED when data format conversion is enabled."),
    ({}, {"BufferingHints": {"SizeInMBs": 63, "IntervalInSeconds": 60}},
     "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled."),
    ({"InputFormatConfiguration": {"Deserializer": {}}}, {},
     "InputFormatConfiguration must have exactly one deserializer when data format conversion is enabled."),
    ({"OutputFormatConfiguration": {"Serializer": {}}}, {},
     "OutputFormatConfiguration must have exactly one serializer when data format conversion is enabled."),
    ({"SchemaConfiguration": {"DatabaseName": "none", "TableName": "t", "RoleARN": ROLE}}, {},
     "Database none not found. (Service: AWSGlue; Status Code: 400; Error Code: EntityNotFoundException)"),
    ({"InputFormatConfiguration": {"Deserializer": {"HiveJsonSerDe": {"TimestampFormats": ["qq"]}}}}, {}, "Invalid deserializer option(s): qq"),
]


@pytest.mark.parametrize(("conversion", "destination", "message"), INVALID)
def test_what_a_conversion_must_have(firehose, bucket, table, unique, conversion, destination, message):
    told = to_bucket(bucket, DataFormatConversionConfiguration=converting(table, **conversion), **destination)
    refused = refusal(firehose.create_delivery_stream, DeliveryStreamName=unique("hose"), ExtendedS3DestinationConfiguration=told)
    assert refused == ("InvalidArgumentException", message)


def test_orc_is_said_not_to_be_there_and_what_is_disabled_is_not_looked_at(firehose, bucket, table, unique):
    orc = converting(table) | {"OutputFormatConfiguration": {"Serializer": {"OrcSerDe": {}}}}
    create = firehose.create_delivery_stream
    told = to_bucket(bucket, DataFormatConversionConfiguration=orc)
    code, message = refusal(create, DeliveryStreamName=unique("hose"), ExtendedS3DestinationConfiguration=told)
    assert code == "NotImplementedException" and "OrcSerDe" in message
    told["DataFormatConversionConfiguration"]["Enabled"] = False
    create(DeliveryStreamName=unique("hose"), ExtendedS3DestinationConfiguration=told | {"CompressionFormat": "GZIP"})


def test_an_update_changes_what_it_tells(firehose, glue, made, table):
    name = made()
    glue.create_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "other", "StorageDescriptor": {"Columns": []}})
    for version, conversion in enumerate(({"SchemaConfiguration": {"TableName": "other"}}, {"Enabled": False}), 1):
        firehose.update_destination(DeliveryStreamName=name, DestinationId="destinationId-000000000001", CurrentDeliveryStreamVersionId=str(version),
                                    ExtendedS3DestinationUpdate={"DataFormatConversionConfiguration": conversion})
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]["Destinations"][0]
    assert told["ExtendedS3DestinationDescription"]["DataFormatConversionConfiguration"] == converting(table | {"TableName": "other"}) | {"Enabled": False}

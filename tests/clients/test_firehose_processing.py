"""Firehose's processors through boto3: what becomes of records on their way into the bucket, and of those that fail."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from admin import ask, stopped_clock
from conftest import client_at
from test_firehose import bucket, error_of, made, objects, to_bucket  # bucket and made: fixtures


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    return {"Type": kind, "Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]}


def processing(*processors: dict[str, Any]) -> dict[str, Any]:
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": list(processors)}}


GUNZIP = processor("Decompression", CompressionFormat="GZIP")
MESSAGES = processor("CloudWatchLogProcessing", DataMessageExtraction="true")
SPLIT = processor("RecordDeAggregation", SubRecordType="JSON")
LINES = processor("AppendDelimiterToRecord")


def put(firehose, name: str, *records: bytes) -> None:
    answer = firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": record} for record in records])
    assert answer["FailedPutCount"] == 0


def delivered(emulator, s3, name: str, bucket: str) -> tuple[list[bytes], list[dict[str, Any]]]:
    """What was delivered, in order of the keys; and what failed, as it is told."""
    ask(emulator.url, "firehose/flush", stream=name)
    good, failed = [], []
    for key, data in objects(s3, bucket).items():
        if "processing-failed/" in key:
            failed += [json.loads(line) for line in data.splitlines()]
        else:
            good.append(data)
    return good, failed


def from_logs(*messages: str, kind: str = "DATA_MESSAGE") -> bytes:
    """As CloudWatch Logs sends it to a subscriber."""
    events = [{"id": f"{number:056}", "timestamp": 1_700_000_000_000 + number, "message": text} for number, text in enumerate(messages)]
    return gzip.compress(json.dumps({
        "messageType": kind, "owner": "000000000000", "logGroup": "group", "logStream": "stream",
        "subscriptionFilters": ["filter"], "logEvents": events}).encode())


def test_what_cloudwatch_logs_sends_is_decompressed(emulator, firehose, s3, made, bucket):
    name = made(**processing(GUNZIP, LINES))
    put(firehose, name, from_logs("one"), gzip.compress(b"a") + gzip.compress(b"b"))
    [data], failed = delivered(emulator, s3, name, bucket)
    first, second = data.splitlines()
    assert json.loads(first)["logEvents"][0]["message"] == "one" and second == b"ab" and failed == []


def test_of_log_events_the_messages_alone_are_delivered(emulator, firehose, s3, made, bucket):
    name = made(**processing(MESSAGES, GUNZIP))
    put(firehose, name, from_logs("one", "zwei – €"), from_logs("CWL CONTROL MESSAGE", kind="CONTROL_MESSAGE"), from_logs("three"))
    assert delivered(emulator, s3, name, bucket) == (["one\nzwei – €\nthree\n".encode()], [])


def test_what_fails_is_told_under_the_error_prefix(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        ask(url, "clock", set="2026-07-04T23:05:09Z")
        firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=to_bucket(
            "archive", Prefix="in/", ErrorOutputPrefix="bad/!{firehose:error-output-type}/!{timestamp:yyyy}/",
            **processing(GUNZIP, MESSAGES)))
        put(firehose, "hose", b"no gzip", from_logs("good"), gzip.compress(b"no log"), gzip.compress(bytes(9_000_000)))
        ask(url, "clock", advance="7s")
        ask(url, "firehose/flush", stream="hose")
        found = objects(s3, "archive")
    [[error_key, errors], [good_key, good]] = sorted(found.items())
    assert good == b"good\n" and good_key.startswith("in/2026/07/04/23/hose-1-2026-07-04-23-05-09-")
    assert error_key.startswith("bad/processing-failed/2026/hose-1-2026-07-04-23-05-09-")
    first, second, third = [json.loads(line) for line in errors.splitlines()]
    arrival = 1_783_206_309_000
    assert first == {
        "attemptsMade": 1, "arrivalTimestamp": arrival, "errorCode": "Decompression.Failed",
        "errorMessage": "The record is not in GZIP format.", "attemptEndingTimestamp": arrival + 7000,
        "rawData": base64.b64encode(b"no gzip").decode()}
    assert second["errorCode"] == "CloudWatchLogProcessing.Failed" and base64.b64decode(second["rawData"]) == b"no log"
    assert third["errorMessage"] == "The decompressed record is larger than 8 MiB."


def test_a_log_of_too_many_values_fails(emulator, firehose, s3, made, bucket):
    name = made(**processing(GUNZIP, MESSAGES))
    put(firehose, name, gzip.compress(b'{"logEvents":[' + b"1," * 200_000 + b"1]}"), from_logs(*["a,b" * 50_000] * 3))
    [good], [failed] = delivered(emulator, s3, name, bucket)
    assert good == (b"a,b" * 50_000 + b"\n") * 3 and failed["errorMessage"] == "The record has more than 100,000 values."


def test_an_error_prefix_follows_from_the_other(emulator, firehose, s3, made, bucket):
    name = made(Prefix="in/", **processing(GUNZIP))
    put(firehose, name, b"bad")
    ask(emulator.url, "firehose/flush", stream=name)
    [key] = objects(s3, bucket)
    assert key.startswith("in/processing-failed/")


def test_records_are_taken_apart(emulator, firehose, s3, made, bucket):
    name = made(**processing(LINES, SPLIT))
    put(firehose, name, b'{"a":"}{"}{"b":[{}]}\n{"c":"\\"}"} ', b'{"d":1}', b" ")
    assert delivered(emulator, s3, name, bucket) == ([b'{"a":"}{"}\n{"b":[{}]}\n{"c":"\\"}"}\n{"d":1}\n'], [])


def test_records_are_taken_apart_where_a_delimiter_stands(emulator, firehose, s3, made, bucket):
    name = made(**processing(
        processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter=base64.b64encode(b"####").decode()), LINES))
    put(firehose, name, b"one####two###", b"####three####")
    assert delivered(emulator, s3, name, bucket) == ([b"one\ntwo###\nthree\n"], [])


@pytest.mark.parametrize(("record", "message"), [
    (b'[{"a":1},{"b":2}]', "The record is not a row of JSON objects."), (b'{"a":1}{"b"', "The record is not a row of JSON objects."),
    (b"{}" * 501, "The record holds more than 500 records.")])
def test_what_cannot_be_taken_apart_fails_whole(emulator, firehose, s3, made, bucket, record, message):
    name = made(**processing(SPLIT))
    put(firehose, name, record, b"{}" * 500)
    good, [failed] = delivered(emulator, s3, name, bucket)
    assert good == [b"{}" * 500] and failed["errorMessage"] == message and base64.b64decode(failed["rawData"]) == record


def test_processors_that_are_not_enabled_do_nothing(emulator, firehose, s3, made, bucket):
    name = made(ProcessingConfiguration={"Enabled": False, "Processors": [GUNZIP, LINES]})
    put(firehose, name, b"as it is")
    assert delivered(emulator, s3, name, bucket) == ([b"as it is"], [])


@pytest.mark.parametrize(("processors", "message"), [
    ([processor("Decompression", CompressionFormat="ZIP")], "Decompression needs the parameter CompressionFormat, GZIP."),
    ([MESSAGES], "CloudWatchLogProcessing needs the processor Decompression."),
    ([GUNZIP, processor("CloudWatchLogProcessing")], "CloudWatchLogProcessing needs the parameter DataMessageExtraction, true or false."),
    ([processor("RecordDeAggregation")], "RecordDeAggregation needs the parameter SubRecordType, JSON or DELIMITED."),
    ([processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="#")],
     "RecordDeAggregation of DELIMITED records needs the parameter Delimiter, in base64."),
    ([LINES, LINES], "There can be only one processor AppendDelimiterToRecord.")])
def test_processors_are_refused_that_cannot_work(made, processors, message):
    refused = error_of(made, **processing(*processors))
    assert refused == ("InvalidArgumentException", message)


def test_a_lambda_function_is_not_there_yet(made):
    function = processor("Lambda", LambdaArn="arn:aws:lambda:us-east-1:000000000000:function:f")
    assert error_of(made, **processing(function)) == ("NotImplementedException", "The processor Lambda is not implemented.")


def test_records_are_kept_as_they_were_put_too(emulator, firehose, s3, made, bucket, unique):
    raw = unique("raw")
    s3.create_bucket(Bucket=raw)
    copy = to_bucket(raw, Prefix="raw/!{timestamp:yyyy}/", ErrorOutputPrefix="e/!{firehose:error-output-type}/", CompressionFormat="GZIP")
    name = made(S3BackupMode="Enabled", S3BackupConfiguration=copy, **processing(GUNZIP, MESSAGES))
    records = [from_logs("one"), b"bad", from_logs("two")]
    put(firehose, name, *records)
    good, failed = delivered(emulator, s3, name, bucket)
    assert good == [b"one\ntwo\n"] and len(failed) == 1
    [[key, data]] = objects(s3, raw).items()
    assert key.startswith("raw/20") and key.endswith(".gz") and gzip.decompress(data) == b"".join(records)
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]["Destinations"][0]
    backup = told["ExtendedS3DestinationDescription"]["S3BackupDescription"]
    assert backup["CompressionFormat"] == "GZIP" and backup["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}


def test_the_copy_cannot_be_turned_off(emulator, firehose, s3, made, bucket, unique):
    raw = unique("raw")
    s3.create_bucket(Bucket=raw)
    name = made()
    change = {"DeliveryStreamName": name, "DestinationId": "destinationId-000000000001"}

    def update(version: str, **members: Any):
        return firehose.update_destination(CurrentDeliveryStreamVersionId=version, ExtendedS3DestinationUpdate=members, **change)

    assert error_of(lambda: update("1", S3BackupMode="Enabled")) == (
        "InvalidArgumentException", "S3BackupConfiguration must be present when S3BackupMode is Enabled.")
    update("1", S3BackupMode="Enabled", S3BackupUpdate=to_bucket(raw))
    assert error_of(lambda: update("2", S3BackupMode="Disabled")) == (
        "InvalidArgumentException", "S3BackupMode cannot be changed from Enabled to Disabled.")
    update("2", S3BackupUpdate={"Prefix": "p/"})
    put(firehose, name, b"x")
    ask(emulator.url, "firehose/flush", stream=name)
    assert list(objects(s3, bucket).values()) == [b"x"] and list(objects(s3, raw).values()) == [b"x"]
    assert next(iter(objects(s3, raw))).startswith("p/20")


def test_nothing_is_delivered_until_each_bucket_is_there(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=to_bucket(
            "archive", S3BackupMode="Enabled", S3BackupConfiguration=to_bucket("later")))
        put(firehose, "hose", b"x")
        told = ask(url, "firehose/flush", stream="hose")
        assert told["streams"][0]["is_failing"] is True and objects(s3, "archive") == {}
        s3.create_bucket(Bucket="later")
        ask(url, "clock", advance="10s")
        assert list(objects(s3, "archive").values()) == list(objects(s3, "later").values()) == [b"x"]


def test_where_errors_are_logged_is_kept(firehose, made):
    options = {"Enabled": True, "LogGroupName": "/aws/kinesisfirehose/hose", "LogStreamName": "DestinationDelivery"}
    name = made(CloudWatchLoggingOptions=options)
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]["Destinations"][0]
    assert told["ExtendedS3DestinationDescription"]["CloudWatchLoggingOptions"] == options

"""Firehose through boto3: delivery streams, what becomes of records, and when."""

from __future__ import annotations

import gzip
import io
import json
import re
import uuid
import zipfile
from typing import Any

import pytest
from admin import Refused, ask, stopped_clock
from botocore.exceptions import ClientError
from conftest import client_at
from test_recorded import RECORDED, Comparison, plain

ROLE = "arn:aws:iam::000000000000:role/firehose"


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def to_bucket(bucket: str, **members: Any) -> dict[str, Any]:
    return {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}"} | members


@pytest.fixture
def bucket(s3, unique) -> str:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


def objects(s3, bucket: str) -> dict[str, bytes]:
    keys = [found["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for found in page.get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@pytest.fixture
def made(firehose, bucket, unique):
    """made(**destination): a delivery stream into the bucket; its name."""

    def make(**members: Any) -> str:
        name = unique("hose")
        firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=to_bucket(bucket, **members))
        return name

    return make


@pytest.fixture
def recorded_of():
    """recorded_of(scenario)(step, answer): compares with what AWS answered then."""

    def of(scenario: str):
        steps = json.loads((RECORDED / "firehose.json").read_text())[scenario]["recorded-content"]
        compare = Comparison()
        return lambda step, answer: compare.check(plain(answer), steps[step])

    return of


def test_a_delivery_stream_is_described_as_it_was_made(firehose, made, bucket):
    name = made(Prefix="in/", BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60})
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    assert told.pop("CreateTimestamp")
    destination = {
        "RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "Prefix": "in/",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60}, "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"}, "CloudWatchLoggingOptions": {"Enabled": False}}
    assert told == {
        "DeliveryStreamName": name, "DeliveryStreamARN": f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{name}",
        "DeliveryStreamStatus": "ACTIVE", "DeliveryStreamEncryptionConfiguration": {"Status": "DISABLED"},
        "DeliveryStreamType": "DirectPut", "VersionId": "1", "HasMoreDestinations": False,
        "Destinations": [{
            "DestinationId": "destinationId-000000000001", "S3DestinationDescription": destination,
            "ExtendedS3DestinationDescription": destination | {"S3BackupMode": "Disabled"}}]}


def test_delivery_streams_are_listed_and_deleted(firehose, made):
    names = sorted(made() for _ in range(3))
    before = names[0][:-1]
    first = firehose.list_delivery_streams(Limit=1, ExclusiveStartDeliveryStreamName=names[0])
    assert len(first["DeliveryStreamNames"]) == 1
    assert names[0] in firehose.list_delivery_streams(Limit=1000, ExclusiveStartDeliveryStreamName=before)["DeliveryStreamNames"]
    assert names[0] not in firehose.list_delivery_streams(Limit=1000, DeliveryStreamType="KinesisStreamAsSource")["DeliveryStreamNames"]
    firehose.delete_delivery_stream(DeliveryStreamName=names[0])
    missing = ("ResourceNotFoundException", f"Firehose {names[0]} under account 000000000000 not found.")
    assert error_of(firehose.describe_delivery_stream, DeliveryStreamName=names[0]) == missing
    assert error_of(firehose.put_record, DeliveryStreamName=names[0], Record={"Data": b"x"}) == missing
    assert error_of(firehose.delete_delivery_stream, DeliveryStreamName=names[0]) == missing


def test_records_are_one_object_under_the_hour_they_came(emulator, firehose, s3, made, bucket):
    name = made()
    answer = firehose.put_record(DeliveryStreamName=name, Record={"Data": b"one\n"})
    assert answer["RecordId"] and answer["Encrypted"] is False
    batch = firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"two\n"}, {"Data": b"three\n"}])
    assert batch["FailedPutCount"] == 0 and len({entry["RecordId"] for entry in batch["RequestResponses"]}) == 2
    assert objects(s3, bucket) == {}
    ask(emulator.url, "firehose/flush", stream=name)
    [(key, data)] = objects(s3, bucket).items()
    assert data == b"one\ntwo\nthree\n"
    uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    assert re.fullmatch(rf"(\d{{4}})/(\d\d)/(\d\d)/(\d\d)/{name}-1-\1-\2-\3-\4-\d\d-\d\d-{uuid}", key)
    ask(emulator.url, "firehose/flush", method="POST")
    assert len(objects(s3, bucket)) == 1


def test_a_buffer_is_delivered_when_its_time_has_come(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        hints = {"SizeInMBs": 1, "IntervalInSeconds": 60}
        firehose.create_delivery_stream(DeliveryStreamName="hose", S3DestinationConfiguration=to_bucket("archive", BufferingHints=hints))
        firehose.put_record(DeliveryStreamName="hose", Record={"Data": b"a"})
        ask(url, "clock", advance="59s")
        firehose.put_record(DeliveryStreamName="hose", Record={"Data": b"b"})
        assert objects(s3, "archive") == {}
        ask(url, "clock", advance="1s")
        assert list(objects(s3, "archive").values()) == [b"ab"]
        ask(url, "clock", advance="1d")
        assert len(objects(s3, "archive")) == 1
        for _ in range(3):
            firehose.put_record_batch(DeliveryStreamName="hose", Records=[{"Data": b"x" * 500_000}])
        sizes = sorted(len(data) for data in objects(s3, "archive").values())
        assert sizes == [2, 1_500_000]


def test_prefixes_are_evaluated(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        ask(url, "clock", set="2026-07-04T23:05:09Z")
        firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=to_bucket(
            "archive", Prefix="y=!{timestamp:yyyy}/!{timestamp:MM'-'dd}/!{timestamp:EEE,D}/h!{timestamp:HH}/!{firehose:random-string}/",
            ErrorOutputPrefix="bad/!{firehose:error-output-type}/", CustomTimeZone="Asia/Tokyo", FileExtension=".json"))
        firehose.put_record(DeliveryStreamName="hose", Record={"Data": b"a"})
        ask(url, "firehose/flush", stream="hose")
        [key] = objects(s3, "archive")
    assert re.fullmatch(r"y=2026/07-05/Sun,186/h08/[A-Za-z0-9]{11}/hose-1-2026-07-05-08-05-09-[0-9a-f-]{36}\.json", key)


def snappy_block(data: bytes) -> bytes:
    """Snappy's block format, read back: https://github.com/google/snappy/blob/main/format_description.txt"""
    at = length = shift = 0
    while True:
        length |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            break
    out = bytearray()
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 3 == 0:
            size = (tag >> 2) + 1
            if size > 60:
                more = size - 60
                size, at = int.from_bytes(data[at:at + more], "little") + 1, at + more
            out += data[at:at + size]
            at += size
        else:
            assert tag & 3 == 2
            offset, at = int.from_bytes(data[at:at + 2], "little"), at + 2
            for _ in range((tag >> 2) + 1):
                out.append(out[-offset])
    assert len(out) == length
    return bytes(out)


def from_snappy(data: bytes) -> bytes:
    """snappy-java's SnappyOutputStream, read back."""
    assert data[:16] == b"\x82SNAPPY\0" + b"\0\0\0\1" * 2
    out, at = b"", 16
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        out, at = out + snappy_block(data[at + 4:at + 4 + size]), at + 4 + size
    return out


def from_hadoop(data: bytes) -> bytes:
    out, at = b"", 0
    while at < len(data):
        size = int.from_bytes(data[at + 4:at + 8], "big")
        block = snappy_block(data[at + 8:at + 8 + size])
        assert len(block) == int.from_bytes(data[at:at + 4], "big")
        out, at = out + block, at + 8 + size
    return out


def from_zip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        [name] = archive.namelist()
        assert uuid.UUID(name).version == 4
        return archive.read(name)


@pytest.mark.parametrize(("compression", "extension", "encoding", "decompress"), [
    ("GZIP", ".gz", "gzip", gzip.decompress), ("ZIP", ".zip", "zip", from_zip), ("Snappy", ".snappy", "snappy-java", from_snappy),
    ("HADOOP_SNAPPY", ".snappy", "hadoop-snappy", from_hadoop)])
def test_objects_are_compressed(emulator, firehose, s3, made, bucket, compression, extension, encoding, decompress):
    name = made(CompressionFormat=compression)
    records = [(f"record {number} " * (number % 40)).encode() + bytes([number % 256]) for number in range(2000)]
    for start in range(0, len(records), 500):
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": data} for data in records[start:start + 500]])
    ask(emulator.url, "firehose/flush", stream=name)
    [(key, data)] = objects(s3, bucket).items()
    assert key.endswith(extension) and len(data) < sum(map(len, records))
    assert s3.head_object(Bucket=bucket, Key=key)["ContentEncoding"] == encoding
    assert decompress(data) == b"".join(records)


def test_a_delimiter_is_put_behind_each_record(emulator, firehose, s3, made, bucket):
    processor = {"Type": "AppendDelimiterToRecord", "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]}
    name = made(ProcessingConfiguration={"Enabled": True, "Processors": [processor]})
    firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"a"}, {"Data": b"b"}])
    ask(emulator.url, "firehose/flush", stream=name)
    assert list(objects(s3, bucket).values()) == [b"a\nb\n"]


def test_an_update_needs_the_version_and_makes_the_next(emulator, firehose, s3, made, bucket):
    name = made(BufferingHints={"SizeInMBs": 2, "IntervalInSeconds": 90})
    change = {"DeliveryStreamName": name, "DestinationId": "destinationId-000000000001"}
    assert error_of(firehose.update_destination, CurrentDeliveryStreamVersionId="7", S3DestinationUpdate={"Prefix": "x"}, **change) == (
        "ConcurrentModificationException",
        f"Cannot update firehose: {name} since the current version id: 1 and specified version id: 7 do not match")
    firehose.update_destination(CurrentDeliveryStreamVersionId="1", ExtendedS3DestinationUpdate={"Prefix": "new/"}, **change)
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    assert told["VersionId"] == "2" and told["LastUpdateTimestamp"]
    destination = told["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert destination["Prefix"] == "new/" and destination["BufferingHints"] == {"SizeInMBs": 2, "IntervalInSeconds": 90}
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x"})
    ask(emulator.url, "firehose/flush", stream=name)
    [key] = objects(s3, bucket)
    assert re.fullmatch(rf"new/\d{{4}}/\d\d/\d\d/\d\d/{name}-2-.*", key)


def test_what_cannot_be_delivered_waits_for_its_bucket_a_day_long(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    with stopped_clock(url):
        for name in ("early", "late"):
            hints = {"SizeInMBs": 1, "IntervalInSeconds": 0}
            firehose.create_delivery_stream(DeliveryStreamName=name, S3DestinationConfiguration=to_bucket(name, BufferingHints=hints))
            firehose.put_record(DeliveryStreamName=name, Record={"Data": b"first"})
        ask(url, "clock", advance="23h")
        firehose.put_record(DeliveryStreamName="late", Record={"Data": b"second"})
        s3.create_bucket(Bucket="early")
        ask(url, "clock", advance="5s")
        assert list(objects(s3, "early").values()) == [b"first"]
        ask(url, "clock", advance="2h")
        s3.create_bucket(Bucket="late")
        ask(url, "clock", advance="5s")
        assert list(objects(s3, "late").values()) == [b"second"]


def test_a_large_buffer_goes_in_steps(emulator, firehose, s3, made, bucket):
    name = made(BufferingHints={"SizeInMBs": 100, "IntervalInSeconds": 900}, CompressionFormat="GZIP")
    for number in range(4):
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": bytes([number, at]) * 4000} for at in range(250)] * 2)
    ask(emulator.url, "firehose/flush", stream=name)
    [data] = objects(s3, bucket).values()
    assert gzip.decompress(data) == b"".join(bytes([number, at]) * 4000 for number in range(4) for at in [*range(250)] * 2)


def test_resource_tagging(firehose, made, recorded_of):
    """As AWS answered."""
    check = recorded_of("test_resource_tagging")
    name = made()
    firehose.tag_delivery_stream(DeliveryStreamName=name, Tags=[{"Key": "subject", "Value": "taboo"}])
    check("list-tags-1", firehose.list_tags_for_delivery_stream(DeliveryStreamName=name))
    check("remove-tags", firehose.untag_delivery_stream(DeliveryStreamName=name, TagKeys=["subject"]))
    check("list-tags-2", firehose.list_tags_for_delivery_stream(DeliveryStreamName=name))
    check("add-tags", firehose.tag_delivery_stream(DeliveryStreamName=name, Tags=[{"Key": "feeling", "Value": "uncomfortable"}]))
    check("list-tags-3", firehose.list_tags_for_delivery_stream(DeliveryStreamName=name))


def test_encryption_checks_its_key(emulator, firehose, kms, s3, made, bucket):
    name = made()
    key = kms.create_key()["KeyMetadata"]
    firehose.start_delivery_stream_encryption(DeliveryStreamName=name, DeliveryStreamEncryptionConfigurationInput={
        "KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key["Arn"]})
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    assert told["DeliveryStreamEncryptionConfiguration"] == {
        "KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key["Arn"], "Status": "ENABLED"}
    assert firehose.put_record(DeliveryStreamName=name, Record={"Data": b"secret"})["Encrypted"] is True
    kms.disable_key(KeyId=key["KeyId"])
    assert error_of(firehose.put_record, DeliveryStreamName=name, Record={"Data": b"x"}) == (
        "InvalidKMSResourceException", f"{key['Arn']} is disabled.")
    firehose.stop_delivery_stream_encryption(DeliveryStreamName=name)
    assert firehose.put_record(DeliveryStreamName=name, Record={"Data": b" open"})["Encrypted"] is False
    ask(emulator.url, "firehose/flush", stream=name)
    assert list(objects(s3, bucket).values()) == [b"secret open"]


def test_states_pass_with_the_clock(own_emulator):
    url = own_emulator(options=["--transition-ms", "60000"]).url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")

    def status() -> str:
        return firehose.describe_delivery_stream(DeliveryStreamName="hose")["DeliveryStreamDescription"]["DeliveryStreamStatus"]

    with stopped_clock(url):
        firehose.create_delivery_stream(DeliveryStreamName="hose", S3DestinationConfiguration=to_bucket("archive"))
        assert status() == "CREATING"
        assert error_of(firehose.put_record, DeliveryStreamName="hose", Record={"Data": b"x"})[0] == "ResourceNotFoundException"
        ask(url, "clock", advance="60s")
        assert status() == "ACTIVE"
        firehose.delete_delivery_stream(DeliveryStreamName="hose")
        assert status() == "DELETING"
        ask(url, "clock", advance="60s")
        assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


def test_metrics_are_told(own_emulator):
    url = own_emulator().url
    firehose, s3, cloudwatch = client_at(url, "firehose"), client_at(url, "s3"), client_at(url, "cloudwatch")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        hints = {"SizeInMBs": 1, "IntervalInSeconds": 0}
        firehose.create_delivery_stream(DeliveryStreamName="hose", S3DestinationConfiguration=to_bucket("archive", BufferingHints=hints))
        firehose.put_record_batch(DeliveryStreamName="hose", Records=[{"Data": b"12345"}] * 3)
        ask(url, "clock", advance="60s")
        ask(url, "clock", advance="60s")
    dimension = [{"Name": "DeliveryStreamName", "Value": "hose"}]
    names = {metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="AWS/Firehose", Dimensions=dimension)["Metrics"]}
    assert {"IncomingRecords", "IncomingBytes", "PutRecordBatch.Records", "DeliveryToS3.Records", "DeliveryToS3.Success"} <= names


def test_the_flush_page_refuses_what_it_does_not_know(emulator):
    with pytest.raises(Refused, match="404"):
        ask(emulator.url, "firehose/flush", stream="nowhere")
    with pytest.raises(Refused, match="400"):
        ask(emulator.url, "firehose/flush", streams="all")

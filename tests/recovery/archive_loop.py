#!/usr/bin/env python3
"""The reference system's archive under kill -9: does every event arrive in the bucket once, and can it be read there?

A producer puts the shop's events onto event-stream-poc, in batches and without retries, while a Firehose brings the stream
into the archive's bucket. Meanwhile the stream is resharded from two shards to four, and the emulator is killed at moments
that nobody chooses, and started again on the same data. At the end what is left in the buffer is flushed, and the bucket is read:

    every event whose batch was acknowledged is there exactly once; one whose batch was never answered once or not at all;
    none that was never sent

    avro        events as Avro behind the Glue Schema Registry's frame, one behind the other, read by the schemas that the frames name
    gzip        the same, objects compressed
    partitions  events as JSON, a folder for each event type by dynamic partitioning, each in the right one
    parquet     events as JSON, rows of Parquet by a table of Glue's catalogue, read by pyarrow"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
import boto3  # noqa: E402
import fastavro  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402
from event_generator import EventGenerator  # noqa: E402
from events import EventCodec  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402
from names import REGISTRY, STREAM  # noqa: E402
from setup_resources import make_registry  # noqa: E402

HOSE = "event-archive-firehose-poc"
FORMS = ("avro", "gzip", "partitions", "parquet")
BATCH = 50
FRAME = 18
PATIENCE_SECONDS = 120
ROLE = "arn:aws:iam::000000000000:role/firehose"
PLAIN = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, parameter_validation=False)
KEYS = [
    {"Type": "MetadataExtraction", "Parameters": [
        {"ParameterName": "MetadataExtractionQuery", "ParameterValue": "{type:.eventType}"},
        {"ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6"}]},
    {"Type": "AppendDelimiterToRecord"}]


@dataclass
class Clients:
    url: str

    def __getattr__(self, service: str) -> Any:
        made = boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", config=PLAIN)
        setattr(self, service, made)
        return made


@dataclass
class Producer:
    clients: Clients
    form: str
    seed: int
    acknowledged: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    failure: BaseException | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def encode(self, codec: EventCodec, event: dict[str, Any]) -> bytes:
        return json.dumps(event, default=str).encode() if self.form in ("partitions", "parquet") else codec.encode(event)

    def run(self) -> None:
        try:
            codec = EventCodec(REGISTRY, self.clients.glue)
            events = iter(EventGenerator(self.seed))
            first = {event["eventType"]: event for event in islice(events, 200)}
            for event in first.values():  # the schemas are known before the first kill
                self.encode(codec, event)
            while not self.stop.is_set():
                batch = list(islice(events, BATCH))
                records = [{"Data": self.encode(codec, event), "PartitionKey": event["eventId"]} for event in batch]
                ids = {event["eventId"] for event in batch}
                try:
                    answer = self.clients.kinesis.put_records(StreamName=STREAM, Records=records)
                except (BotoCoreError, ClientError):
                    self.unsure |= ids
                    time.sleep(0.01)
                    continue
                assert answer["FailedRecordCount"] == 0, answer
                self.acknowledged |= ids
        except BaseException as error:  # noqa: BLE001: told by the main thread
            self.failure = error


def destination(bucket: str, form: str) -> dict[str, Any]:
    told: dict[str, Any] = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}", "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0}}
    if form == "gzip":
        told["CompressionFormat"] = "GZIP"
    if form == "partitions":
        told |= {
            "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 0}, "DynamicPartitioningConfiguration": {"Enabled": True},
            "Prefix": "type=!{partitionKeyFromQuery:type}/", "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "ProcessingConfiguration": {"Enabled": True, "Processors": KEYS}}
    if form == "parquet":
        told |= {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 0}, "DataFormatConversionConfiguration": {
            "SchemaConfiguration": {"DatabaseName": "archive", "TableName": "events", "RoleARN": ROLE},
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}}, "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}}}}
    return told


def make_table(clients: Clients) -> None:
    """All of an event but its identity and type is text."""
    columns = [{"Name": name, "Type": kind} for name, kind in (("eventid", "string"), ("eventtype", "string"), ("payload", "string"))]
    clients.glue.create_database(DatabaseInput={"Name": "archive"})
    clients.glue.create_table(DatabaseName="archive", TableInput={"Name": "events", "StorageDescriptor": {"Columns": columns}})


def read_rows(objects: dict[str, bytes]) -> list[dict[str, Any]]:
    """pyarrow has an environment of its own."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
    from sdk import python_folder, run as run_program
    folder = python_folder("parquet")
    with tempfile.TemporaryDirectory() as into:
        for number, data in enumerate(objects.values()):
            (Path(into) / f"{number}.parquet").write_bytes(data)
        answers = json.loads(run_program([folder / "venv/bin/python", folder / "read_job.py", into], timeout=100))
    return [row for answer in answers.values() for row in answer["rows"]]


def make(clients: Clients, form: str) -> str:
    bucket = f"event-archive-poc-{clients.sts.get_caller_identity()['Account']}"
    clients.s3.create_bucket(Bucket=bucket)
    make_registry(clients.glue, REGISTRY)
    if form == "parquet":
        make_table(clients)
    clients.kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    clients.firehose.create_delivery_stream(
        DeliveryStreamName=HOSE, DeliveryStreamType="KinesisStreamAsSource", ExtendedS3DestinationConfiguration=destination(bucket, form),
        KinesisStreamSourceConfiguration={"KinesisStreamARN": f"arn:aws:kinesis:us-east-1:000000000000:stream/{STREAM}", "RoleARN": ROLE})
    return bucket


class Archive:
    def __init__(self, clients: Clients, bucket: str):
        self.clients, self.bucket = clients, bucket
        self.schemas: dict[bytes, Any] = {}

    def objects(self) -> Iterator[tuple[str, bytes]]:
        for page in self.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for found in page.get("Contents", []):
                yield found["Key"], self.clients.s3.get_object(Bucket=self.bucket, Key=found["Key"])["Body"].read()

    def schema(self, version: bytes) -> Any:
        if version not in self.schemas:
            told = self.clients.glue.get_schema_version(SchemaVersionId=str(UUID(bytes=version)))
            self.schemas[version] = fastavro.parse_schema(json.loads(told["SchemaDefinition"]))
        return self.schemas[version]

    def frames(self, data: bytes) -> Iterator[dict[str, Any]]:
        stream = BytesIO(data)
        while frame := stream.read(FRAME):
            assert frame[:2] == b"\x03\x00", frame
            yield fastavro.schemaless_reader(stream, self.schema(frame[2:]))  # type: ignore[misc]

    def events(self, form: str) -> Iterator[dict[str, Any]]:
        if form == "parquet":
            objects = dict(self.objects())
            assert all(key.endswith(".parquet") for key in objects), list(objects)
            yield from ({"eventId": row["eventid"]} for row in read_rows(objects))
            return
        for key, data in self.objects():
            if form != "partitions":
                yield from self.frames(gzip.decompress(data) if form == "gzip" else data)
                continue
            for line in data.splitlines():
                event = json.loads(line)
                assert key.startswith(f"type={event['eventType']}/{HOSE}-1-"), key
                yield event


@dataclass
class Result:
    events: int
    unsure: int
    kills: int
    problems: list[str]


def check(producer: Producer, archived: Counter[str]) -> Iterator[str]:
    yield from (f"{event}: {count} times" for event, count in archived.items() if count > 1)
    yield from (f"{event}: acknowledged, and not there" for event in producer.acknowledged - set(archived))
    yield from (f"{event}: never sent" for event in set(archived) - producer.acknowledged - producer.unsure)


def wait_for(count: int, producer: Producer) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while len(producer.acknowledged) < count and not producer.failure:
        assert time.monotonic() < until, "the producer does not get on"
        time.sleep(0.005)


def flush(url: str) -> None:
    """Until nothing is left: a reading may have begun before the last record came."""
    import urllib.request
    request = urllib.request.Request(f"{url}/_evpoc/firehose/flush", data=b"{}", headers={"content-type": "application/json"})
    until, left = time.monotonic() + PATIENCE_SECONDS, 1
    while left:
        with urllib.request.urlopen(request, timeout=60) as answer:
            left = json.loads(answer.read())["streams"][0]["buffered_records"]
        assert time.monotonic() < until, f"{left} records are not delivered"


def run(form: str, events: int, kills: int, data: Path, seed: int = 1) -> Result:
    with LocalEmulator(data=data) as emulator:
        clients = Clients(emulator.url)
        bucket = make(clients, form)
        producer = Producer(clients, form, seed)
        thread = threading.Thread(target=producer.run)
        thread.start()
        try:
            for kill in range(kills):
                wait_for(events * (kill + 1) // (kills + 1), producer)
                if kill == kills // 2:
                    clients.kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
                emulator.kill()
                emulator.start()
            wait_for(events, producer)
        finally:
            producer.stop.set()
            thread.join(PATIENCE_SECONDS)
        flush(emulator.url)
        archived = Counter(event["eventId"] for event in Archive(clients, bucket).events(form))
    problems = [*check(producer, archived), *([f"the producer: {producer.failure!r}"] if producer.failure else [])]
    return Result(len(producer.acknowledged), len(producer.unsure), kills, problems)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--events", type=int, default=10_000)
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--form", choices=FORMS, action="append")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    failed = False
    for form in given.form or FORMS:
        with tempfile.TemporaryDirectory(prefix="evpoc-archive-") as data:
            result = run(form, given.events, given.kills, Path(data) / "data", given.seed)
        print(form, result.events, "events,", result.unsure, "never answered,", result.kills, "kills,", len(result.problems), "problems")
        print(*result.problems[:20], sep="\n")
        failed |= bool(result.problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""Schemas that change while events flow: by the client library aws_schema_registry, and by the reference system on it."""

import json

import boto3
import pytest
from aws_schema_registry import DataAndSchema, KafkaDeserializer, KafkaSerializer, SchemaRegistryClient, SchemaRegistryException
from aws_schema_registry.avro import AvroSchema
from event_generator import EventGenerator
from event_producer import EventProducer
from events import EventCodec, schema_name, schema_of
from helpers import read_all
from setup_resources import make_registry

ID = {"name": "id", "type": "string"}
COUNT = {"name": "count", "type": "int"}
NOTE = {"name": "note", "type": ["null", "string"], "default": None}


def record(*fields):
    return {"type": "record", "name": "Event", "namespace": "evpoc.tests", "fields": list(fields)}


# The library


@pytest.fixture
def library(emulator, registry):
    """The library's client, not waiting three seconds where a version is PENDING."""
    return SchemaRegistryClient(boto3.client("glue"), registry_name=registry, wait_interval_seconds=0.1)


def test_a_producer_registers_its_schema_and_a_consumer_reads_by_the_frame(library):
    data = KafkaSerializer(library).serialize("events", DataAndSchema({"id": "a"}, AvroSchema(record(ID))))
    assert data[:2] == b"\x03\x00" and data[18:] == b"\x02a"
    read = KafkaDeserializer(library).deserialize("events", data)
    assert read.data == {"id": "a"}
    again = KafkaSerializer(library).serialize("events", DataAndSchema({"id": "b"}, AvroSchema(record(ID))))
    assert again[2:18] == data[2:18]


def test_a_producer_with_a_compatible_schema_gets_a_new_version(library):
    serializer = KafkaSerializer(library)
    old = serializer.serialize("events", DataAndSchema({"id": "a"}, AvroSchema(record(ID))))
    new = serializer.serialize("events", DataAndSchema({"id": "a", "note": "n"}, AvroSchema(record(ID, NOTE))))
    assert old[2:18] != new[2:18]
    reader = KafkaDeserializer(library)
    assert [reader.deserialize("events", data).data for data in (old, new)] == [{"id": "a"}, {"id": "a", "note": "n"}]


def test_a_producer_with_an_incompatible_schema_is_refused(library):
    serializer = KafkaSerializer(library)
    serializer.serialize("events", DataAndSchema({"id": "a"}, AvroSchema(record(ID))))
    with pytest.raises(SchemaRegistryException) as refused:
        serializer.serialize("events", DataAndSchema({"id": "a", "count": 1}, AvroSchema(record(ID, COUNT))))
    assert "evolution check failed" in str(refused.value.__cause__)


def test_a_producer_may_give_its_schema_metadata(library, glue):
    version = library.get_or_register_schema_version(json.dumps(record(ID)), "events", "AVRO", metadata={"team": "shop"})
    found = glue.query_schema_version_metadata(SchemaVersionId=str(version.version_id))["MetadataInfoMap"]
    assert found["team"]["MetadataValue"] == "shop"


# The reference system's schemas, registry and stream


class Codec(EventCodec):
    """As a producer with other schemas than schemas/: `fields` more in each."""

    def __init__(self, registry, *fields):
        super().__init__(registry)
        self.fields = list(fields)

    def encode(self, event):
        schema = json.loads(str(schema_of(event["eventType"])))
        schema["fields"] += self.fields
        return self._serializer.serialize("", DataAndSchema(event, AvroSchema(schema)))


@pytest.fixture
def events(glue, registry, stream):
    """Events of every type, put by a producer with the schemas of schemas/."""
    make_registry(glue, registry)
    events = [event for event, _ in zip(EventGenerator(1), range(20))]
    assert EventProducer(stream, registry).put_all(events) == len(events)
    return events


def versions(glue, registry, event):
    schema = {"RegistryName": registry, "SchemaName": schema_name(event["eventType"])}
    return [version["Status"] for version in glue.list_schema_versions(SchemaId=schema)["Schemas"]]


def by_id(events):
    return sorted(events, key=lambda event: event["eventId"])


def test_events_of_old_and_new_schemas_are_on_one_stream_and_all_are_read(kinesis, glue, events, registry, stream):
    new = [event | {"eventId": f"new-{event['eventId']}", "note": "new"} for event in events]
    EventProducer(stream, codec=Codec(registry, NOTE)).put_all(new)
    reader = EventCodec(registry)
    assert by_id(reader.decode(record["Data"]) for record in read_all(kinesis, stream)) == by_id(events + new)
    assert versions(glue, registry, events[0]) == ["AVAILABLE", "AVAILABLE"]


def test_a_producer_with_an_incompatible_schema_puts_nothing(kinesis, glue, events, registry, stream):
    producer = EventProducer(stream, codec=Codec(registry, COUNT))
    with pytest.raises(SchemaRegistryException) as refused:
        producer.put_all(event | {"count": 1} for event in events)
    assert "evolution check failed" in str(refused.value.__cause__)
    assert len(read_all(kinesis, stream)) == len(events)
    assert versions(glue, registry, events[0]).count("AVAILABLE") == 1
    assert EventProducer(stream, registry).put_all(events) == len(events)

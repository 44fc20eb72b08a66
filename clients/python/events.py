"""Events on the wire: Avro behind the Glue Schema Registry's frame.

An event is a dict of its schema's fields, with times as aware datetimes and amounts as Decimals. What goes onto the stream
is `03 00 <16 bytes: id of the schema version> <Avro>`; aws_schema_registry writes and reads it and keeps the registry's
answers, so that a schema is looked up once and not once an event."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_schema_registry import DataAndSchema, KafkaDeserializer, KafkaSerializer, SchemaRegistryClient
from aws_schema_registry.avro import AvroSchema
from aws_schema_registry.schema import Schema

from names import REGISTRY

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

Event = dict[str, Any]


def schema_name(event_type: str) -> str:
    """The name of an event type's schema, in the registry and as a file."""
    return f"{event_type}-event"


@cache
def schema_of(event_type: str) -> AvroSchema:
    return AvroSchema((SCHEMAS / f"{schema_name(event_type)}.avsc").read_text())


def _registered_name(topic: str, is_key: bool, schema: Schema) -> str:
    """aws_schema_registry names schemas by topic; ours has several on one stream: evpoc.events.UserEvent is user-event."""
    return schema_name(schema.fqn.rpartition(".")[2].removesuffix("Event").lower())


class EventCodec:
    """Turns events into records' data and back."""

    def __init__(self, registry: str = REGISTRY, glue: Any = None):
        client = SchemaRegistryClient(glue or boto3.client("glue"), registry_name=registry)
        # The library is made for Kafka; its serialisers know nothing of it but the topic, which only names schemas.
        self._serializer = KafkaSerializer(client, schema_naming_strategy=_registered_name)
        self._deserializer = KafkaDeserializer(client)

    def encode(self, event: Event) -> bytes:
        return self._serializer.serialize("", DataAndSchema(event, schema_of(event["eventType"])))

    def decode(self, data: bytes) -> Event:
        """Raises SchemaRegistryException for what has no frame or names a version nobody knows."""
        return self._deserializer.deserialize("", data).data

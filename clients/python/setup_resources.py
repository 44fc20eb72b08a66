#!/usr/bin/env python3
"""Makes what the reference system needs: streams, registry and schemas, table. What is there already is left as it is."""

from __future__ import annotations

import argparse
from typing import Any

import boto3

import names
from events import schema_name, schema_of


def make_stream(kinesis: Any, name: str, shards: int) -> None:
    try:
        kinesis.create_stream(StreamName=name, ShardCount=shards)
    except kinesis.exceptions.ResourceInUseException:
        return
    wait = kinesis.get_waiter("stream_exists")
    wait.wait(StreamName=name, WaiterConfig={"Delay": 1})
    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=names.RETENTION_HOURS)
    wait.wait(StreamName=name, WaiterConfig={"Delay": 1})
    kinesis.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=names.STREAM_KEY)
    wait.wait(StreamName=name, WaiterConfig={"Delay": 1})


def make_registry(glue: Any, registry: str) -> None:
    try:
        glue.create_registry(RegistryName=registry, Description="Schemas of the events on the stream")
    except glue.exceptions.AlreadyExistsException:
        pass
    for event_type in names.EVENT_TYPES:
        name = schema_name(event_type)
        try:
            glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName=name, DataFormat="AVRO",
                               Compatibility="BACKWARD", SchemaDefinition=str(schema_of(event_type)))
        except glue.exceptions.AlreadyExistsException:
            pass


def make_table(dynamodb: Any, table: str) -> None:
    try:
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "eventId", "AttributeType": "S"},
                {"AttributeName": "eventType", "AttributeType": "S"},
                {"AttributeName": "eventTime", "AttributeType": "N"},
            ],
            KeySchema=[{"AttributeName": "eventId", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[{
                "IndexName": names.TABLE_BY_TYPE_INDEX,
                "KeySchema": [
                    {"AttributeName": "eventType", "KeyType": "HASH"},
                    {"AttributeName": "eventTime", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }],
        )
    except dynamodb.exceptions.ResourceInUseException:
        pass
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=2, help="shards of the event stream (default 2)")
    arguments = parser.parse_args()
    kinesis, glue, dynamodb = (boto3.client(service) for service in ("kinesis", "glue", "dynamodb"))
    make_stream(kinesis, names.STREAM, arguments.shards)
    make_stream(kinesis, names.DERIVED_STREAM, 1)
    make_registry(glue, names.REGISTRY)
    make_table(dynamodb, names.TABLE)
    print(f"streams {names.STREAM} and {names.DERIVED_STREAM}, registry {names.REGISTRY}, table {names.TABLE} are there")


if __name__ == "__main__":
    main()

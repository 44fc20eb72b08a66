"""The schema registry: by boto3. The client library is in test_schema_registry.py."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from conftest import PLAIN
from helpers import refusal, refusal_code


def record(*fields, name="Event"):
    return {"type": "record", "name": name, "namespace": "evpoc.tests", "fields": list(fields)}


ID = {"name": "id", "type": "string"}
COUNT = {"name": "count", "type": "int"}
NOTE = {"name": "note", "type": ["null", "string"], "default": None}


@pytest.fixture
def create(glue, registry):
    def create(definition, name="events", **more):
        arguments = {"DataFormat": "AVRO", "Compatibility": "BACKWARD"} | more
        return glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName=name, SchemaDefinition=json.dumps(definition),
                                  **arguments)
    return create


@pytest.fixture
def register(glue, registry):
    def register(definition, name="events"):
        return glue.register_schema_version(SchemaId={"RegistryName": registry, "SchemaName": name},
                                            SchemaDefinition=json.dumps(definition))
    return register


def test_a_registry_is_made_listed_and_deleted(glue, registry):
    told = glue.get_registry(RegistryId={"RegistryName": registry})
    assert told["RegistryArn"] == f"arn:aws:glue:us-east-1:000000000000:registry/{registry}"
    assert told["Status"] == "AVAILABLE"
    assert registry in [item["RegistryName"] for page in glue.get_paginator("list_registries").paginate() for item in page["Registries"]]
    assert refusal_code(glue.create_registry, RegistryName=registry) == "AlreadyExistsException"
    glue.delete_registry(RegistryId={"RegistryName": registry})
    assert refusal_code(glue.get_registry, RegistryId={"RegistryName": registry}) == "EntityNotFoundException"


def test_a_schema_and_its_first_version(glue, registry, create):
    made = create(record(ID))
    assert made["SchemaArn"] == f"arn:aws:glue:us-east-1:000000000000:schema/{registry}/events"
    assert (made["SchemaVersionStatus"], made["LatestSchemaVersion"], made["NextSchemaVersion"]) == ("AVAILABLE", 1, 2)
    version = glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    assert json.loads(version["SchemaDefinition"]) == record(ID)
    assert (version["VersionNumber"], version["DataFormat"], version["Status"]) == (1, "AVRO", "AVAILABLE")
    told = glue.get_schema(SchemaId={"SchemaArn": made["SchemaArn"]})
    assert (told["Compatibility"], told["SchemaCheckpoint"], told["SchemaStatus"]) == ("BACKWARD", 1, "AVAILABLE")
    assert refusal_code(create, definition=record(ID)) == "AlreadyExistsException"


def test_the_two_texts_that_client_libraries_branch_on(glue, registry, create):
    by_definition = glue.get_schema_by_definition
    code, message = refusal(by_definition, SchemaId={"RegistryName": registry, "SchemaName": "events"},
                            SchemaDefinition=json.dumps(record(ID)))
    assert code == "EntityNotFoundException" and "Schema is not found." in message
    create(record(ID))
    code, message = refusal(by_definition, SchemaId={"RegistryName": registry, "SchemaName": "events"},
                            SchemaDefinition=json.dumps(record(ID, NOTE)))
    assert code == "EntityNotFoundException" and "Schema version is not found." in message


def test_a_definition_is_found_whatever_its_spaces(glue, registry, create):
    made = create(record(ID, COUNT))
    for text in (json.dumps(record(ID, COUNT), indent=2), json.dumps(record(ID, COUNT), separators=(",", ":"))):
        found = glue.get_schema_by_definition(SchemaId={"RegistryName": registry, "SchemaName": "events"}, SchemaDefinition=text)
        assert found["SchemaVersionId"] == made["SchemaVersionId"]


def test_registering_the_same_definition_again_gives_the_same_version(create, register):
    made = create(record(ID))
    again = register(record(ID))
    assert (again["SchemaVersionId"], again["VersionNumber"]) == (made["SchemaVersionId"], 1)


@pytest.mark.parametrize("definition", [
    record(ID, NOTE), record(), record(ID, {"name": "count", "type": "long", "default": 0}),
    record({"name": "id", "type": ["null", "string"]}),
])
def test_backward_lets_in_what_can_read_the_old(create, register, definition):
    create(record(ID))
    version = register(definition)
    assert (version["VersionNumber"], version["Status"]) == (2, "AVAILABLE")


@pytest.mark.parametrize("definition", [
    record(ID, COUNT), record({"name": "id", "type": "int"}), record(ID, {"name": "list", "type": {"type": "array", "items": "int"}}),
])
def test_backward_refuses_what_cannot_read_the_old(glue, registry, create, register, definition):
    create(record(ID))
    version = register(definition)
    assert version["Status"] in ("FAILURE", "PENDING")
    assert glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])["Status"] == "FAILURE"
    latest = glue.get_schema_version(SchemaId={"RegistryName": registry, "SchemaName": "events"},
                                     SchemaVersionNumber={"LatestVersion": True})
    assert latest["VersionNumber"] == 1


def test_int_may_become_long_but_not_the_other_way(create, register):
    create(record({"name": "n", "type": "int"}))
    assert register(record({"name": "n", "type": "long"}))["Status"] == "AVAILABLE"
    assert register(record({"name": "n", "type": "int"}))["VersionNumber"] in (1, 3)


@pytest.mark.parametrize("definition", ["not json", "{}", '{"type": "record", "name": "E"}', '{"type": "nonsense"}', "[]x", '"Unknown"'])
def test_a_definition_that_is_no_avro_is_refused(glue, registry, definition):
    code = refusal_code(glue.create_schema, RegistryId={"RegistryName": registry}, SchemaName="events", DataFormat="AVRO",
                        Compatibility="BACKWARD", SchemaDefinition=definition)
    assert code == "InvalidInputException"


def test_sixteen_clients_that_register_one_definition_make_one_version(glue, registry, create):
    create(record(ID))
    clients = [boto3.client("glue", config=PLAIN) for _ in range(16)]
    start = threading.Barrier(16)

    def register(client):
        start.wait()
        return client.register_schema_version(SchemaId={"RegistryName": registry, "SchemaName": "events"},
                                              SchemaDefinition=json.dumps(record(ID, NOTE)))

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(register, clients))
    assert len({version["SchemaVersionId"] for version in told}) == 1 and {version["VersionNumber"] for version in told} == {2}
    listed = glue.list_schema_versions(SchemaId={"RegistryName": registry, "SchemaName": "events"})["Schemas"]
    assert len(listed) == 2


def test_metadata_of_a_version(glue, create):
    version = create(record(ID))["SchemaVersionId"]
    put = dict(SchemaVersionId=version, MetadataKeyValue={"MetadataKey": "team", "MetadataValue": "shop"})
    glue.put_schema_version_metadata(**put)
    assert refusal_code(glue.put_schema_version_metadata, **put) == "AlreadyExistsException"
    found = glue.query_schema_version_metadata(SchemaVersionId=version)["MetadataInfoMap"]
    assert found["team"]["MetadataValue"] == "shop"


def test_an_unknown_registry_or_version_is_not_found(glue):
    assert refusal_code(glue.create_schema, RegistryId={"RegistryName": "nowhere"}, SchemaName="s", DataFormat="AVRO",
                        Compatibility="NONE", SchemaDefinition='"string"') == "EntityNotFoundException"
    code = refusal_code(glue.get_schema_version, SchemaVersionId="00000000-0000-4000-8000-000000000000")
    assert code == "EntityNotFoundException"

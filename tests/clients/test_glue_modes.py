"""The eight compatibility modes: what each lets in, and which versions a new one is held against."""

import json

import pytest
from conftest import client_at
from helpers import refusal


def record(*fields, **more):
    return {"type": "record", "name": "Event", "fields": list(fields)} | more


def field(name, kind="string", **more):
    return {"name": name, "type": kind} | more


ID, COUNT, NOTE = field("id"), field("count", "int"), field("note", ["null", "string"], default=None)

# What is done to record(ID, NOTE), and which ways it can still be read.
CHANGES = {
    "a field with a default is added": (record(ID, NOTE, field("size", "int", default=0)), "both"),
    "a field without a default is added": (record(ID, NOTE, COUNT), "forward"),
    "a field without a default is dropped": (record(NOTE), "backward"),
    "a field with a default is dropped": (record(ID), "both"),
    "a type is widened": (record(field("id", ["string", "int"]), NOTE), "backward"),
    "a type is changed": (record(field("id", "int"), NOTE), "neither"),
    "the record has another name": (record(ID, NOTE, name="Other"), "neither"),
    "the record has another name, and the old as alias": (record(ID, NOTE, name="Other", aliases=["Event"]), "backward"),
    "a logical type is added": (record(field("id", {"type": "string", "logicalType": "uuid"}), NOTE), "both"),
}
MODES = {
    "NONE": {"both", "backward", "forward", "neither"},
    "BACKWARD": {"both", "backward"},
    "BACKWARD_ALL": {"both", "backward"},
    "FORWARD": {"both", "forward"},
    "FORWARD_ALL": {"both", "forward"},
    "FULL": {"both"},
    "FULL_ALL": {"both"},
}


class Schema:
    def __init__(self, glue, registry, definition, mode):
        self.glue, self.id = glue, {"RegistryName": registry, "SchemaName": "events"}
        self.glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName="events", DataFormat="AVRO", Compatibility=mode,
                                SchemaDefinition=json.dumps(definition))

    def register(self, definition):
        version = self.glue.register_schema_version(SchemaId=self.id, SchemaDefinition=json.dumps(definition))
        return self.glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])

    def status(self, definition):
        return self.register(definition)["Status"]

    def set(self, mode, checkpoint):
        self.glue.update_schema(SchemaId=self.id, Compatibility=mode, SchemaVersionNumber=checkpoint)


@pytest.fixture
def schema(glue, registry):
    return lambda definition, mode: Schema(glue, registry, definition, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_mode_lets_in_what_can_be_read_its_way(schema, mode, change):
    definition, readable = CHANGES[change]
    assert schema(record(ID, NOTE), mode).status(definition) == ("AVAILABLE" if readable in MODES[mode] else "FAILURE")


@pytest.mark.parametrize("definition", [record(ID, NOTE), record(ID)])
def test_disabled_allows_no_second_version_and_registers_nothing_again(schema, definition):
    events = schema(record(ID), "DISABLED")
    code, message = refusal(events.register, definition=definition)
    assert code == "InvalidInputException"
    assert message.startswith("Compatibility DISABLED does not allow versioning. SchemaId: SchemaId(schemaArn=null, schemaName=")


# v1 int → v2 long → v3 without the field: v4 with it as int again can read v3 (default) and v1, not v2.
LONG, INT = field("n", "long", default=0), field("n", "int", default=0)


@pytest.mark.parametrize("mode, status", [("BACKWARD", "AVAILABLE"), ("BACKWARD_ALL", "FAILURE")])
def test_backward_looks_at_the_latest_version_and_backward_all_at_each(schema, mode, status):
    events = schema(record(ID, field("n", "int", default=0)), mode)
    assert [events.status(record(ID, LONG)), events.status(record(ID))] == ["AVAILABLE"] * 2
    assert events.status(record(ID, INT, NOTE)) == status


@pytest.mark.parametrize("mode, status", [("FORWARD", "AVAILABLE"), ("FORWARD_ALL", "FAILURE")])
def test_forward_looks_at_the_latest_version_and_forward_all_at_each(schema, mode, status):
    events = schema(record(ID, field("n", "int", default=0)), mode)
    assert events.status(record(ID)) == "AVAILABLE"
    assert events.status(record(ID, LONG)) == status


@pytest.mark.parametrize("mode, status", [("FULL", "AVAILABLE"), ("FULL_ALL", "FAILURE")])
def test_full_looks_at_the_latest_version_and_full_all_at_each(schema, mode, status):
    events = schema(record(ID, INT), mode)
    assert events.status(record(ID)) == "AVAILABLE"
    assert events.status(record(ID, LONG)) == status


def test_versions_before_the_checkpoint_are_not_looked_at(schema):
    events = schema(record(ID, INT), "BACKWARD_ALL")
    assert [events.status(record(ID, LONG)), events.status(record(ID))] == ["AVAILABLE"] * 2
    events.set("BACKWARD_ALL", {"VersionNumber": 3})
    assert events.status(record(ID, INT, NOTE)) == "AVAILABLE"
    events.set("BACKWARD_ALL", {"VersionNumber": 2})
    assert events.status(record(ID, field("n", "int", default=1), NOTE)) == "FAILURE"


def test_setting_a_mode_checks_nothing_that_is_there_already(schema):
    events = schema(record(ID), "NONE")
    events.register(record(field("id", "int")))
    events.set("FULL_ALL", {"LatestVersion": True})
    assert events.status(record(field("id", "int"), NOTE)) == "AVAILABLE"
    events.set("FULL_ALL", {"VersionNumber": 1})
    assert events.status(record(field("id", "int"), field("more", "int", default=0))) == "FAILURE"


def test_a_version_that_failed_is_held_against_nobody_and_takes_its_number(schema):
    events = schema(record(ID), "FULL_ALL")
    failed = events.register(record(field("id", "int")))
    assert (failed["VersionNumber"], failed["Status"]) == (2, "FAILURE")
    added = events.register(record(ID, NOTE))
    assert (added["VersionNumber"], added["Status"]) == (3, "AVAILABLE")


def test_a_version_that_failed_may_come_again_when_the_mode_allows_it(schema):
    events = schema(record(ID), "BACKWARD")
    failed = events.register(record(field("id", "int")))
    assert events.register(record(field("id", "int")))["SchemaVersionId"] == failed["SchemaVersionId"]
    events.set("NONE", {"LatestVersion": True})
    again = events.register(record(field("id", "int")))
    assert (again["SchemaVersionId"], again["Status"]) == (failed["SchemaVersionId"], "AVAILABLE")


def test_the_log_says_where_and_why(own_emulator):
    running = own_emulator(data=None, options=("--log-format", "json"))
    glue = client_at(running.url, "glue")
    glue.create_registry(RegistryName="r")
    address = {"type": "record", "name": "Address", "fields": [field("street")]}
    events = Schema(glue, "r", record(field("address", address)), "FULL")
    changed = {"type": "record", "name": "Address", "fields": [field("street", "int")]}
    assert events.status(record(field("address", changed))) == "FAILURE"
    told = [json.loads(line) for line in running.logged().splitlines() if "not compatible" in line]
    assert len(told) == 1 and told[0]["path"] == "/address/street" and told[0]["mode"] == "FULL"
    assert told[0]["why"] == "the new version cannot read what version 1 wrote: written as string, read as int"
    assert told[0]["schema"].endswith(":schema/r/events") and told[0]["version"] == "2"

"""The registry's operations besides making and registering: changing, listing, deleting, comparing, tagging."""

import contextlib
import json
import sqlite3
import time

import admin
import pytest
from conftest import client_at
from helpers import eventually, refusal, refusal_code


def record(*names, kind="string"):
    return json.dumps({"type": "record", "name": "Event", "fields": [{"name": name, "type": kind} for name in names]})


class Registry:
    def __init__(self, glue, name):
        self.glue, self.name, self.id = glue, name, {"RegistryName": name}

    def schema_id(self, name="events"):
        return {"RegistryName": self.name, "SchemaName": name}

    def create(self, definition=record("id"), name="events", **more):
        return self.glue.create_schema(RegistryId=self.id, SchemaName=name, DataFormat="AVRO", SchemaDefinition=definition,
                                       **{"Compatibility": "NONE"} | more)

    def register(self, definition):
        return self.glue.register_schema_version(SchemaId=self.schema_id(), SchemaDefinition=definition)

    def version(self, **number):
        return self.glue.get_schema_version(SchemaId=self.schema_id(), SchemaVersionNumber=number)

    def delete(self, versions):
        return self.glue.delete_schema_versions(SchemaId=self.schema_id(), Versions=versions)["SchemaVersionErrors"]


@pytest.fixture
def events(glue, registry):
    return Registry(glue, registry)


@pytest.fixture
def three(events):
    """Versions 1, 2, 3 of one schema."""
    events.create()
    for count in (2, 3):
        events.register(record(*"abc"[:count]))
    return events


def test_a_registry_gets_another_description(glue, events):
    told = glue.update_registry(RegistryId=events.id, Description="ours")
    assert told["RegistryName"] == events.name
    assert glue.get_registry(RegistryId={"RegistryArn": told["RegistryArn"]})["Description"] == "ours"


def test_a_registry_goes_with_all_that_is_in_it(glue, events):
    made = events.create()
    assert glue.delete_registry(RegistryId=events.id)["Status"] == "DELETING"
    assert refusal_code(glue.get_registry, RegistryId=events.id) == "EntityNotFoundException"
    assert refusal_code(glue.get_schema, SchemaId={"SchemaArn": made["SchemaArn"]}) == "EntityNotFoundException"
    assert refusal_code(glue.get_schema_version, SchemaVersionId=made["SchemaVersionId"]) == "EntityNotFoundException"


def test_an_account_has_no_more_than_ten_registries(own_emulator):
    glue = client_at(own_emulator(data=None).url, "glue")
    for number in range(10):
        glue.create_registry(RegistryName=f"r{number}")
    assert refusal_code(glue.create_registry, RegistryName="r10") == "ResourceNumberLimitExceededException"
    pages = list(glue.get_paginator("list_registries").paginate(PaginationConfig={"PageSize": 4}))
    assert [len(page["Registries"]) for page in pages] == [4, 4, 2]


def test_a_schema_without_a_registry_goes_into_the_default_one(glue, unique):
    made = glue.create_schema(SchemaName=unique("schema"), DataFormat="AVRO", Compatibility="NONE", SchemaDefinition='"int"')
    assert made["RegistryName"] == "default-registry"
    assert glue.get_schema(SchemaId={"SchemaArn": made["SchemaArn"]})["SchemaName"] == made["SchemaName"]
    glue.delete_schema(SchemaId={"RegistryName": "default-registry", "SchemaName": made["SchemaName"]})


def test_the_default_registry_is_made_at_its_first_use_also_where_it_is_named(own_emulator):
    glue = client_at(own_emulator(data=None).url, "glue")
    assert glue.list_registries()["Registries"] == []
    schema = dict(SchemaName="s", DataFormat="AVRO", Compatibility="NONE", SchemaDefinition='"int"')
    assert refusal_code(glue.create_schema, RegistryId={"RegistryName": "another"}, **schema) == "EntityNotFoundException"
    for number in (1, 2):
        made = glue.create_schema(RegistryId={"RegistryName": "default-registry"}, **schema | {"SchemaName": f"s{number}"})
        assert made["RegistryName"] == "default-registry"
    assert [registry["RegistryName"] for registry in glue.list_registries()["Registries"]] == ["default-registry"]


# What AWS answers: see glue_name_check in registry.c, check_id in schema.c.
CHARACTERS = "The parameter value contains one or more characters that are not valid. Parameter Name: "
LENGTH = "The resource name contains too many or too few characters. Parameter Name: "


@pytest.mark.parametrize("name, message", [("A,B,C", CHARACTERS), ("a b", CHARACTERS), ("ä", CHARACTERS), ("n" * 256, LENGTH)])
def test_a_name_that_is_none_is_refused_in_the_registry_s_own_words(glue, events, name, message):
    schema = dict(DataFormat="AVRO", Compatibility="NONE", SchemaDefinition='"int"')
    refused = [
        (glue.create_registry, dict(RegistryName=name), "registryName"),
        (glue.get_registry, dict(RegistryId={"RegistryName": name}), "registryName"),
        (glue.create_schema, dict(RegistryId={"RegistryName": name}, SchemaName="s", **schema), "registryName"),
        (glue.create_schema, dict(RegistryId=events.id, SchemaName=name, **schema), "schemaName"),
        (glue.get_schema, dict(SchemaId={"RegistryName": name, "SchemaName": "s"}), "registryName"),
        (glue.get_schema_by_definition, dict(SchemaId=events.schema_id(name), SchemaDefinition='"int"'), "schemaName"),
    ]
    for call, arguments, parameter in refused:
        assert refusal(call, **arguments) == ("InvalidInputException", message + parameter)


def test_names_have_all_the_characters_that_are_allowed(glue, events):
    name = "aZ09-_$#." + "n" * 246
    assert events.create(name=name)["SchemaName"] == name
    assert glue.get_schema(SchemaId=events.schema_id(name))["SchemaName"] == name


def test_a_schema_s_name_alone_names_no_schema(glue):
    code, message = refusal(glue.get_schema, SchemaId={"SchemaName": "s"})
    assert code == "InvalidInputException"
    assert message == "At least one of (registryName and schemaName) or schemaArn has to be provided."


def test_schemas_are_listed_page_by_page(glue, events):
    for number in range(5):
        events.create(name=f"s{number}")
    pages = list(glue.get_paginator("list_schemas").paginate(RegistryId=events.id, PaginationConfig={"PageSize": 2}))
    assert [[item["SchemaName"] for item in page["Schemas"]] for page in pages] == [["s0", "s1"], ["s2", "s3"], ["s4"]]
    assert {item["SchemaStatus"] for page in pages for item in page["Schemas"]} == {"AVAILABLE"}


def test_versions_are_listed_page_by_page(glue, three):
    pages = list(glue.get_paginator("list_schema_versions").paginate(SchemaId=three.schema_id(), PaginationConfig={"PageSize": 2}))
    assert [[item["VersionNumber"] for item in page["Schemas"]] for page in pages] == [[1, 2], [3]]


def test_a_schema_is_changed(glue, three):
    glue.update_schema(SchemaId=three.schema_id(), Compatibility="FULL", SchemaVersionNumber={"VersionNumber": 2}, Description="new")
    told = glue.get_schema(SchemaId=three.schema_id())
    assert (told["Compatibility"], told["SchemaCheckpoint"], told["Description"]) == ("FULL", 2, "new")


@pytest.mark.parametrize("change, code", [
    ({}, "InvalidInputException"),
    ({"Compatibility": "FULL"}, "InvalidInputException"),
    ({"SchemaVersionNumber": {"VersionNumber": 9}}, "EntityNotFoundException"),
])
def test_a_change_that_says_too_little_is_refused(glue, three, change, code):
    assert refusal_code(glue.update_schema, SchemaId=three.schema_id(), **change) == code


def test_a_checkpoint_must_be_a_version_that_is_available(glue, events):
    events.create(Compatibility="BACKWARD")
    assert events.register(record("id", kind="int"))["VersionNumber"] == 2
    code, message = refusal(glue.update_schema, SchemaId=events.schema_id(), SchemaVersionNumber={"VersionNumber": 2})
    assert code == "InvalidInputException" and "FAILURE" in message


def test_a_schema_is_deleted(glue, three):
    assert glue.delete_schema(SchemaId=three.schema_id())["Status"] == "DELETING"
    assert refusal_code(glue.get_schema, SchemaId=three.schema_id()) == "EntityNotFoundException"
    assert three.create()["NextSchemaVersion"] == 2


@pytest.mark.parametrize("id, code", [
    ({}, "InvalidInputException"),
    ({"SchemaArn": "arn:aws:glue:us-east-1:000000000000:schema/r/s", "SchemaName": "s"}, "InvalidInputException"),
    ({"SchemaArn": "arn:aws:glue:us-east-1:000000000000:schema/r/s"}, "EntityNotFoundException"),
    ({"SchemaArn": "arn:aws:glue:eu-west-1:000000000000:schema/r/s"}, "EntityNotFoundException"),
])
def test_a_schema_is_named_in_one_way(glue, id, code):
    assert refusal_code(glue.get_schema, SchemaId=id) == code


@pytest.mark.parametrize("arguments", [
    {}, {"SchemaVersionNumber": {"LatestVersion": True, "VersionNumber": 1}}, {"SchemaVersionNumber": {}},
])
def test_a_version_is_named_in_one_way(glue, three, arguments):
    assert refusal_code(glue.get_schema_version, SchemaId=three.schema_id(), **arguments) == "InvalidInputException"


def test_versions_are_deleted_in_a_range(three):
    assert three.delete("2-4") == [
        {"VersionNumber": 4, "ErrorDetails": {"ErrorCode": "EntityNotFoundException",
                                              "ErrorMessage": "Schema version is not found."}}]
    assert three.version(LatestVersion=True)["VersionNumber"] == 1
    assert three.register(record("z"))["VersionNumber"] == 4


def test_neither_the_first_version_nor_the_checkpoint_is_deleted(glue, three):
    assert refusal_code(three.delete, versions="1-3") == "InvalidInputException"
    glue.update_schema(SchemaId=three.schema_id(), SchemaVersionNumber={"VersionNumber": 2})
    assert refusal_code(three.delete, versions="2-3") == "ConcurrentModificationException"
    assert refusal_code(three.delete, versions="3-2") == "InvalidInputException"


def test_what_an_all_mode_looks_at_is_not_deleted(glue, three):
    glue.update_schema(SchemaId=three.schema_id(), Compatibility="BACKWARD_ALL", SchemaVersionNumber={"VersionNumber": 2})
    assert [error["ErrorDetails"]["ErrorCode"] for error in three.delete("3")] == ["InvalidInputException"]
    assert three.version(LatestVersion=True)["VersionNumber"] == 3


def test_a_definition_is_judged_without_being_registered(glue):
    assert glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition=record("id"))["Valid"] is True
    told = glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition='{"type": "record"}')
    assert told["Valid"] is False and told["Error"]


def definitions_kept(url, folder):
    """How many the file holds, whatever is told of them."""
    admin.ask(url, "snapshot", name="now")
    with contextlib.closing(sqlite3.connect(folder / "data/snapshots/now.db")) as db:
        return db.execute("SELECT count(*) FROM glue_definition").fetchone()[0]


def test_the_definitions_of_what_is_deleted_go_some_at_a_time(own_emulator, tmp_path):
    url = own_emulator().url
    glue = client_at(url, "glue")
    glue.create_registry(RegistryName="r")
    events = Registry(glue, "r")
    for schema in ("kept", "events"):
        events.create(name=schema)
    for count in range(2, 40):
        events.register(record(*(f"f{n}" for n in range(count))))
    assert events.delete("30-39") == []
    glue.delete_schema(SchemaId=events.schema_id())
    made = events.create()
    eventually(lambda: definitions_kept(url, tmp_path) == 2)
    assert glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])["SchemaDefinition"] == record("id")
    assert events.register(record("id"))["SchemaVersionId"] == made["SchemaVersionId"]


def test_two_versions_differ_by_a_json_patch(glue, events):
    events.create(record("a", "b"))
    events.register(record("a", "x", "b"))

    def diff(first, second):
        return json.loads(glue.get_schema_versions_diff(
            SchemaId=events.schema_id(), FirstSchemaVersionNumber={"VersionNumber": first},
            SecondSchemaVersionNumber={"VersionNumber": second}, SchemaDiffType="SYNTAX_DIFF")["Diff"])

    assert diff(1, 2) == [{"op": "add", "path": "/fields/1", "value": {"name": "x", "type": "string"}}]
    assert diff(2, 1) == [{"op": "remove", "path": "/fields/1"}]
    assert diff(1, 1) == []


def test_a_patch_says_what_changed_and_a_long_one_all_of_it(glue, events):
    """RFC 6902: of members in any order; of lists from the last on, so that what is before it keeps its place."""
    versions = [
        {"type": "int", "a": 1, "b": [1, 2, 3], "c/~d": {"e": 9007199254740993, "f": "\u00e4\n"}},
        {"type": "int", "g": None, "b": [1, 3], "c/~d": {"e": 9007199254740992, "f": "\u00e4\n"}},
        {"type": "int", "k" * 1000: [0] * 100},
        {"type": "int", "k" * 1000: [1] * 100},
    ]
    events.create(json.dumps(versions[0]))
    for version in versions[1:]:
        events.register(json.dumps(version))

    def diff(first, second):
        return json.loads(glue.get_schema_versions_diff(
            SchemaId=events.schema_id(), FirstSchemaVersionNumber={"VersionNumber": first},
            SecondSchemaVersionNumber={"VersionNumber": second}, SchemaDiffType="SYNTAX_DIFF")["Diff"])

    def in_order(patch):
        return sorted(patch, key=lambda step: step["path"])

    assert in_order(diff(1, 2)) == in_order([
        {"op": "remove", "path": "/a"}, {"op": "add", "path": "/g", "value": None}, {"op": "remove", "path": "/b/1"},
        {"op": "replace", "path": "/c~1~0d/e", "value": 9007199254740992}])
    assert diff(3, 4) == [{"op": "replace", "path": "", "value": versions[3]}]


def pair(key, value):
    return {"MetadataKey": key, "MetadataValue": value}


def test_a_key_of_metadata_has_its_newest_value_in_front_and_pages(glue, events):
    version = {"SchemaVersionId": events.create()["SchemaVersionId"]}
    for key, value in [("a", "1"), ("b", "1"), ("c", "1")]:
        glue.put_schema_version_metadata(**version, MetadataKeyValue=pair(key, value))
    time.sleep(0.01)
    glue.put_schema_version_metadata(**version, MetadataKeyValue=pair("a", "2"))
    first = glue.query_schema_version_metadata(**version, MaxResults=2)
    assert first["MetadataInfoMap"]["a"]["MetadataValue"] == "2"
    assert [other["MetadataValue"] for other in first["MetadataInfoMap"]["a"]["OtherMetadataValueList"]] == ["1"]
    rest = glue.query_schema_version_metadata(**version, MaxResults=2, NextToken=first["NextToken"])
    assert list(rest["MetadataInfoMap"]) == ["c"] and "NextToken" not in rest
    asked = glue.query_schema_version_metadata(**version, MetadataList=[{"MetadataKey": "b"}])
    assert list(asked["MetadataInfoMap"]) == ["b"]


def test_metadata_is_removed_and_has_room_for_ten_pairs(glue, events):
    version = {"SchemaVersionId": events.create()["SchemaVersionId"]}
    for number in range(10):
        glue.put_schema_version_metadata(**version, MetadataKeyValue=pair("k", str(number)))
    assert refusal_code(glue.put_schema_version_metadata, **version,
                        MetadataKeyValue=pair("k", "10")) == "ResourceNumberLimitExceededException"
    told = glue.remove_schema_version_metadata(**version, MetadataKeyValue=pair("k", "3"))
    assert (told["MetadataKey"], told["LatestVersion"], told["VersionNumber"]) == ("k", True, 1)
    assert refusal_code(glue.remove_schema_version_metadata, **version,
                        MetadataKeyValue=pair("k", "3")) == "EntityNotFoundException"


def test_registries_and_schemas_have_tags(glue, events):
    arn = events.create(Tags={"team": "shop"})["SchemaArn"]
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"team": "till", "stage": "test"})
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["stage", "none"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "till"}
    registry = glue.get_registry(RegistryId=events.id)["RegistryArn"]
    assert glue.get_tags(ResourceArn=registry)["Tags"] == {}
    assert refusal_code(glue.tag_resource, ResourceArn=registry, TagsToAdd={"aws:x": "y"}) == "InvalidInputException"
    assert refusal_code(glue.tag_resource, ResourceArn=registry,
                        TagsToAdd={str(number): "" for number in range(50)} | {"more": ""}) in (
                            "InvalidInputException", "ValidationException")
    assert refusal_code(glue.get_tags, ResourceArn=registry + "x") == "EntityNotFoundException"


def test_tags_go_with_what_they_hang_on(glue, events):
    events.create(Tags={"team": "shop"})
    glue.delete_schema(SchemaId=events.schema_id())
    assert glue.get_tags(ResourceArn=events.create()["SchemaArn"])["Tags"] == {}


def test_versions_are_pending_and_deleted_things_deleting_as_long_as_the_setting_says(own_emulator):
    running = own_emulator(data=None, options=("--glue-pending-ms", "5000"))
    glue = client_at(running.url, "glue")
    with admin.stopped_clock(running.url):
        glue.create_registry(RegistryName="r")
        events = Registry(glue, "r")
        assert events.create(Compatibility="BACKWARD")["SchemaVersionStatus"] == "AVAILABLE"
        good, bad = (events.register(definition)["SchemaVersionId"] for definition in (record(), record("id", kind="int")))

        def statuses():
            return [glue.get_schema_version(SchemaVersionId=version)["Status"] for version in (good, bad)]

        assert statuses() == ["PENDING", "PENDING"] and events.version(LatestVersion=True)["VersionNumber"] == 1
        admin.ask(running.url, "clock", advance="5s")
        assert statuses() == ["AVAILABLE", "FAILURE"] and events.version(LatestVersion=True)["VersionNumber"] == 2

        glue.delete_schema(SchemaId=events.schema_id())
        assert glue.get_schema(SchemaId=events.schema_id())["SchemaStatus"] == "DELETING"
        assert glue.list_schemas(RegistryId=events.id)["Schemas"] == []
        assert refusal_code(events.register, definition=record("b")) == "InvalidInputException"
        admin.ask(running.url, "clock", advance="5s")
        assert refusal_code(glue.get_schema, SchemaId=events.schema_id()) == "EntityNotFoundException"

        glue.delete_registry(RegistryId=events.id)
        assert glue.get_registry(RegistryId=events.id)["Status"] == "DELETING"
        assert refusal_code(events.create) == "InvalidInputException"
        admin.ask(running.url, "clock", advance="5s")
        assert refusal_code(glue.get_registry, RegistryId=events.id) == "EntityNotFoundException"


def test_our_own_page_tells_which_versions_failed_and_why(own_emulator):
    running = own_emulator(data=None)
    glue = client_at(running.url, "glue")
    glue.create_registry(RegistryName="r")
    events = Registry(glue, "r")
    events.create(Compatibility="BACKWARD")
    version = events.register(record("id", kind="int"))
    [failure] = admin.ask(running.url, "glue/failures")["failures"]
    assert failure.pop("createdTime")
    assert failure == {
        "schemaArn": "arn:aws:glue:us-east-1:000000000000:schema/r/events", "version": 2,
        "schemaVersionId": version["SchemaVersionId"], "mode": "BACKWARD", "path": "/id",
        "reason": "the new version cannot read what version 1 wrote: written as string, read as int"}


def test_what_was_being_deleted_goes_after_a_restore_too(own_emulator):
    url = own_emulator(options=("--glue-pending-ms", "60000")).url
    admin.ask(url, "clock", freeze=True)
    glue = client_at(url, "glue")
    glue.create_registry(RegistryName="r")
    glue.delete_registry(RegistryId={"RegistryName": "r"})
    admin.ask(url, "snapshot", "POST", name="deleting")
    admin.ask(url, "clock", advance="2m")
    assert glue.list_registries()["Registries"] == []
    admin.ask(url, "restore", "POST", name="deleting")
    admin.ask(url, "clock", advance="2s")
    assert glue.list_registries()["Registries"] == []

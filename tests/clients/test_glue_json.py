"""Schemas of the format JSON. Which may follow which is in test_glue_compatibility.py."""

import json

import admin
import pytest
from conftest import client_at


def draft(number, **keywords):
    return json.dumps({"$schema": f"http://json-schema.org/draft-0{number}/schema#"} | keywords)


def validity(glue, definition):
    told = glue.check_schema_version_validity(DataFormat="JSON", SchemaDefinition=definition)
    return told["Valid"], told.get("Error")


@pytest.mark.parametrize("definition", [
    "true", "{}", draft(4, type="object", id="http://x.y/z"), draft(6, const=1), draft(7, **{"if": {}, "then": {}, "else": False}),
    draft(7, type=["string", "null"], default=None, examples=[1], unknown=1), draft(4, exclusiveMinimum=True, minimum=1),
    draft(7, properties={"next": {"$ref": "#"}}), draft(7, **{"$ref": "http://json-schema.org/draft-07/schema#"}),
    draft(7, definitions={"a b/~": {}}, **{"$ref": "#/definitions/a%20b~1~0"}), draft(4, additionalProperties=False),
])
def test_a_json_schema_is_valid(glue, definition):
    assert validity(glue, definition) == (True, None)


@pytest.mark.parametrize("definition, error", [
    ("{", "line 1"), ("5", "an object or a boolean"), ('"string"', "an object or a boolean"), (draft(7, type="text"), "type"),
    (draft(7, type=[]), "type"), (draft(7, required="a"), "required"), (draft(4, required=[]), "required"),
    (draft(7, minimum="1"), "minimum"), (draft(7, minLength=-1), "minLength"), (draft(7, maxItems=1.5), "maxItems"),
    (draft(7, multipleOf=0), "multipleOf"), (draft(7, pattern="("), "pattern"), (draft(7, enum=1), "enum"),
    (draft(7, properties=[]), "properties"), (draft(7, properties={"a": 1}), "an object or a boolean"),
    (draft(4, properties={"a": True}), "an object"), (draft(7, patternProperties={"(": {}}), "patternProperties"),
    (draft(7, allOf=[]), "allOf"), (draft(7, anyOf={}), "anyOf"), (draft(7, dependencies={"a": [1]}), "dependencies"),
    (draft(7, exclusiveMinimum=True), None), (draft(4, exclusiveMinimum=1), "exclusiveMinimum"), (draft(7, uniqueItems=1), "uniqueItems"),
    (draft(7, definitions={"a": 1}), "an object or a boolean"), (draft(7, **{"$ref": "#/definitions/none"}), "#/definitions/none"),
    (draft(7, **{"$ref": "http://x.y/z"}), "http://x.y/z"), (draft(7, **{"$ref": 5}), "$ref"),
    ('{"$schema": "https://json-schema.org/draft/2020-12/schema"}', "draft-04, -06 and -07"),
])
def test_what_is_no_json_schema_is_told_with_its_reason(glue, definition, error):
    valid, told = validity(glue, definition)
    assert valid is (error is None) and (error is None or error in told)


def test_a_definition_may_be_recursive_without_end_and_deep(glue, registry):
    deep = "{}"
    for _ in range(60):
        deep = f'{{"type": "object", "properties": {{"a": {deep}}}}}'
    knot = json.dumps({"anyOf": [{"$ref": "#"}, {"$ref": "#/anyOf/0"}], "not": {"$ref": "#"}})
    for number, definition in enumerate((deep, knot)):
        schema = {"RegistryName": registry, "SchemaName": f"s{number}"}
        glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName=f"s{number}", DataFormat="JSON", Compatibility="FULL",
                           SchemaDefinition=definition)
        again = glue.register_schema_version(SchemaId=schema, SchemaDefinition=definition[:-1] + ', "title": "x"}')
        assert again["Status"] in ("AVAILABLE", "FAILURE")


def test_integers_may_have_more_than_64_bits(glue, registry):
    schema = {"RegistryName": registry, "SchemaName": "s"}
    definition = '{"type":"integer","maximum":18446744073709551616}'
    made = glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName="s", DataFormat="JSON", Compatibility="BACKWARD",
                              SchemaDefinition=definition)
    found = glue.get_schema_by_definition(SchemaId=schema, SchemaDefinition=definition.replace(",", ", "))
    assert found["SchemaVersionId"] == made["SchemaVersionId"]
    assert glue.register_schema_version(SchemaId=schema, SchemaDefinition='{"type":"integer"}')["VersionNumber"] == 2


@pytest.mark.parametrize("before, after", [
    ({"type": "null", "anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"type": "null"}]}, {"type": "null", "oneOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    ({"allOf": [{"anyOf": [{"minimum": n}, {"maximum": -n}]} for n in range(40)]}, {"anyOf": [{"multipleOf": n} for n in range(2, 40)]}),
    ({"properties": {f"p{n}": {"anyOf": [{"$ref": "#"}, {"type": "null"}]} for n in range(800)}},
     {"properties": {f"p{n}": {"oneOf": [{"$ref": "#"}, {"type": "string"}]} for n in range(800)}}),
    ({"enum": list(range(8000))}, {"enum": list(range(7999, -1, -1))}),
    ({"type": "string", "pattern": "^(a+)+$"}, {"enum": ["a" * 40 + "b"]}),
])
@pytest.mark.timeout(20)
def test_what_would_take_ages_is_given_up(glue, registry, before, after):
    glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName="s", DataFormat="JSON", Compatibility="FULL",
                       SchemaDefinition=json.dumps(before))
    version = glue.register_schema_version(SchemaId={"RegistryName": registry, "SchemaName": "s"}, SchemaDefinition=json.dumps(after))
    assert version["Status"] in ("AVAILABLE", "FAILURE")


CLOSED = {"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": False}


def versions(glue, changed):
    glue.create_registry(RegistryName="r")
    glue.create_schema(RegistryId={"RegistryName": "r"}, SchemaName="s", DataFormat="JSON", Compatibility="FULL",
                       SchemaDefinition=json.dumps(CLOSED))
    return glue.register_schema_version(SchemaId={"RegistryName": "r", "SchemaName": "s"}, SchemaDefinition=json.dumps(changed))


def test_where_and_why_a_version_failed_is_told(own_emulator):
    running = own_emulator(data=None)
    changed = CLOSED | {"properties": {"id": {"type": "object", "properties": {"a": {}}}}}
    assert versions(client_at(running.url, "glue"), changed)["Status"] == "FAILURE"
    [failure] = admin.ask(running.url, "glue/failures")["failures"]
    assert (failure["path"], failure["reason"]) == (
        "/id", "the new version cannot read what version 1 wrote: written as string, read as object")


def test_a_setting_lets_each_version_in_as_aws_is_said_to_do(own_emulator):
    running = own_emulator(data=None, options=("--glue-json-compatibility", "ignore"))
    assert versions(client_at(running.url, "glue"), {"type": "integer"})["Status"] == "AVAILABLE"

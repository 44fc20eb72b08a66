"""Definitions of the format PROTOBUF. Which may follow which is in test_glue_compatibility.py."""

import admin
import pytest
from conftest import client_at

PROTO3, PROTO2 = 'syntax = "proto3";\n', 'syntax = "proto2";\n'

WHOLE = PROTO3 + """
/* all that
 * a file may have **/
package evpoc.tests.v1;
import public "google/protobuf/timestamp.proto";
import "google/type/money.proto";
option java_multiple_files = true;
option (my.file_option) = { key: "value", list: [1, 2.5, -3], nested < a: TRUE > };

// an order
message Order {
  option (my.message_option).part = -inf;
  reserved 4, 10 to 20, 1000 to max; reserved "old", 'older';
  string message = 1 [json_name = "m" 'sg', deprecated = true];
  repeated Line lines = 2;
  map<string, .evpoc.tests.v1.Order.Line.Kind> to = 3;
  optional google.protobuf.Timestamp syntax = 0x5;
  google.type.Money price = 6; ;
  oneof max { int32 reserved = 7; bytes b = 0777; Order again = 9; }
  message Line {
    enum Kind { option allow_alias = true; UNKNOWN = 0; A = 1; B = 1; NEGATIVE = -1; reserved 5 to max; reserved "C"; }
    Kind kind = 1;
    Line next = 2;
  }
}
service Orders { option deprecated = true; rpc Put(stream Order) returns (.evpoc.tests.v1.Order); rpc Get(Order) returns (stream Order) {}; }
"""


def validity(glue, definition):
    told = glue.check_schema_version_validity(DataFormat="PROTOBUF", SchemaDefinition=definition)
    return told["Valid"], told.get("Error")


@pytest.mark.parametrize("definition", [
    WHOLE, "message M { optional int32 a = 1; }", PROTO2 + "message M { oneof o { int32 a = 1; } required string b = 2 [default = \"x\"]; }",
    PROTO3 + "enum E { A = 0; }", PROTO3 + "message M { int32 a = 536870911; }", PROTO2 + "enum E { A = 5; } message M {}",
    PROTO3 + "message M { double inf = 1; message N { M m = 1; } N n = 2; }", PROTO3 + "message A { B b = 1; } message B { A a = 1; }",
])
def test_a_proto_file_is_valid(glue, definition):
    assert validity(glue, definition) == (True, None)


@pytest.mark.parametrize("definition, error", [
    ("hello", "hello"), (PROTO3, "no message"), (PROTO3 + "message M {", "end"), (PROTO3 + "message M { int32 a = 1 }", "line 2"),
    (PROTO3 + "message M { int32 a; }", "line 2: ;"), (PROTO3 + "message M { int32 a = b; }", "line 2: b"), (PROTO3 + "message 1 {}", "line 2: 1"),
    (PROTO3 + "message M { string a = 'x; }", "line 2"), (PROTO3 + "/* message M {}", "line 2"), ('syntax = "proto4";', "proto4"),
    ('edition = "2023"; message M {}', "Editions"), ("message M {} " + PROTO3, "first"), (PROTO3 + "package a; package b; message M {}", "package"),
    (PROTO3 + "message M { int32 a = 0; }", "range"), (PROTO3 + "message M { int32 a = 536870912; }", "range"),
    (PROTO3 + "message M { int32 a = 19500; }", "range"), (PROTO3 + "message M { int32 a = 99999999999; }", "range"),
    (PROTO3 + "message M { int32 a = 1; int32 b = 1; }", "b"), (PROTO3 + "message M { int32 a = 1; oneof o { int32 a = 2; } }", "a"),
    (PROTO3 + "message M { reserved 1; int32 a = 1; }", "reserved"), (PROTO3 + 'message M { reserved "a"; int32 a = 1; }', "reserved"),
    (PROTO3 + "message M { reserved 5 to 3; }", "range"), (PROTO3 + "message M { N n = 1; }", "not defined: N"),
    (PROTO3 + "message M { .N n = 1; message N {} }", "not defined"), (PROTO3 + "message M { google.protobuf.Any a = 1; }", "not defined"),
    (PROTO3 + "message M { map<string, N> a = 1; }", "not defined: N"), (PROTO3 + "message M { map<double, string> a = 1; }", "key"),
    (PROTO3 + "message M { repeated map<string, string> a = 1; }", "line 2"), (PROTO3 + "message M { oneof o { } }", "oneof"),
    (PROTO3 + "message M { oneof o { repeated int32 a = 1; } }", "line 2"), (PROTO3 + 'import "mine.proto"; message M {}', "mine.proto"),
    (PROTO3 + "message M { required int32 a = 1; }", "required"), (PROTO3 + "message M { int32 a = 1 [default = 1]; }", "default"),
    (PROTO2 + "message M { int32 a = 1; }", "label"), (PROTO3 + "enum E { A = 1; }", "0"), (PROTO3 + "enum E { }", "value"),
    (PROTO3 + "enum E { A = 0; A = 1; }", "A"), (PROTO3 + "enum E { A = 0; B = 0; }", "B"), (PROTO3 + "message M {} message M {}", "twice: M"),
    (PROTO3 + "message M {} enum M { A = 0; }", "twice"), (PROTO2 + "message M { optional group G = 1 { optional int32 a = 1; } }", "Groups"),
    (PROTO2 + "message M { extensions 100 to 199; }", "Extensions"), (PROTO2 + "message M {} extend M { optional int32 a = 100; }", "Extensions"),
    (PROTO3 + "enum E { A = 0; } enum F { A = 0; }", "one value: A"), (PROTO3 + "message M { repeated string a = 1 [packed = true]; }", "packed"),
    (PROTO3 + "message M { " * 80 + "}" * 80, "nested"),
])
def test_what_is_no_proto_file_is_told_with_its_reason(glue, definition, error):
    valid, told = validity(glue, definition)
    assert valid is False and error in told


def test_comments_and_white_space_make_no_difference(glue, registry):
    schema = {"RegistryName": registry, "SchemaName": "orders"}
    made = glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName="orders", DataFormat="PROTOBUF", Compatibility="FULL",
                              SchemaDefinition=PROTO3 + "message M { int32 a = 1; } // ours")
    found = glue.get_schema_by_definition(SchemaId=schema, SchemaDefinition=PROTO3 + "message M\n{\n  int32 a=1;\n}")
    assert found["SchemaVersionId"] == made["SchemaVersionId"] and found["DataFormat"] == "PROTOBUF"


def test_where_and_why_a_version_failed_is_told(own_emulator):
    running = own_emulator(data=None)
    glue = client_at(running.url, "glue")
    glue.create_schema(SchemaName="s", DataFormat="PROTOBUF", Compatibility="BACKWARD",
                       SchemaDefinition=PROTO3 + "message M { N n = 4; } message N { repeated string names = 2; }")
    again = glue.register_schema_version(SchemaId={"RegistryName": "default-registry", "SchemaName": "s"},
                                         SchemaDefinition=PROTO3 + "message M { N n = 4; } message N { repeated M names = 2; }")
    assert again["Status"] == "FAILURE"
    [failure] = admin.ask(running.url, "glue/failures")["failures"]
    assert (failure["path"], failure["reason"]) == (
        "/M/n/names", "the new version cannot read what version 1 wrote: field 2 was written as string, is read as message")


@pytest.mark.timeout(20)
def test_rings_of_messages_that_would_take_ages_are_given_up(glue, registry):
    def ring(size):
        return PROTO3 + "message M { M0 m = 1; }\n" + "".join(f"message M{n} {{ M{(n + 1) % size} m = 1; }}\n" for n in range(size))

    glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName="s", DataFormat="PROTOBUF", Compatibility="FORWARD",
                       SchemaDefinition=ring(1999))
    version = glue.register_schema_version(SchemaId={"RegistryName": registry, "SchemaName": "s"}, SchemaDefinition=ring(1998))
    assert version["Status"] == "FAILURE"

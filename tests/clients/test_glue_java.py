"""AWS's schema registry library for Java (schema-registry-serde): what it writes is read by it, by Python's library, by Apache Avro
for C and by hand; it reads what Python's writes, and what C has framed again."""

import base64
import json
import os
import subprocess
import zlib
from pathlib import Path

import boto3
import pytest
from aws_schema_registry import DataAndSchema, KafkaDeserializer, KafkaSerializer, SchemaRegistryClient
from aws_schema_registry.avro import AvroSchema
from aws_schema_registry.jsonschema import JsonSchema
from sdk import java_program

pytestmark = [pytest.mark.xdist_group("java"), pytest.mark.timeout(400)]
FORMATS = ("AVRO", "JSON", "PROTOBUF")


def serde(what, registry, lines=()):
    done = subprocess.run([*java_program("GlueSerde", "java_glue"), what, registry], input="".join(f"{line}\n" for line in lines),
                          capture_output=True, text=True, timeout=300, env=os.environ | {"AWS_REGION": "us-east-1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def payload(frame):
    """Header 3, compression (0, or 5: zlib), the version's id, and what was written."""
    assert frame[0] == 3 and frame[1] in (0, 5)
    return zlib.decompress(frame[18:]) if frame[1] == 5 else frame[18:]


def version_id(frame):
    text = frame[2:18].hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def test_records_of_the_three_formats_evolve_and_are_read_in_other_languages(glue, registry):
    said = serde("write", registry)
    frames = {tuple(line.split()[:3]): base64.b64decode(line.split()[3]) for line in said if line.split()[0] in FORMATS}
    assert len(frames) == 12
    assert [line.split()[:2] for line in said if line.split()[0] not in FORMATS] == [["refused", name] for name in FORMATS], said

    for name in FORMATS:
        for version in ("1", "2"):
            plain, packed = (frames[name, version, compression] for compression in ("NONE", "ZLIB"))
            assert plain[2:18] == packed[2:18] and payload(plain) == payload(packed) and (plain[1], packed[1]) == (0, 5)
            told = glue.get_schema_version(SchemaVersionId=version_id(plain))
            assert (told["VersionNumber"], told["DataFormat"], told["Status"]) == (int(version), name, "AVAILABLE")
        failed = glue.get_schema_version(SchemaId={"RegistryName": registry, "SchemaName": f"orders-{name.lower()}"},
                                         SchemaVersionNumber={"VersionNumber": 3})
        assert failed["Status"] == "FAILURE"

    reader = KafkaDeserializer(SchemaRegistryClient(boto3.client("glue"), registry_name=registry))
    assert reader.deserialize("orders", frames["AVRO", "2", "NONE"]).data == {"id": "a2", "quantity": 7}
    assert reader.deserialize("orders", frames["JSON", "2", "ZLIB"]).data == {"id": "a2", "quantity": 7}
    assert payload(frames["PROTOBUF", "2", "ZLIB"]).endswith(b"\x0a\x02a2\x10\x07")

    records = serde("read", registry, [base64.b64encode(frame).decode() for frame in frames.values()])
    assert len(records) == 12
    assert all(("a1" if key[1] == "1" else "a2") in record for key, record in zip(frames, records, strict=True))
    assert [("7" in record) for record in records] == [key[1] == "2" for key in frames]


@pytest.fixture(scope="session")
def c_program(tmp_path_factory):
    """glue_frame.c, with Apache Avro for C."""
    program = tmp_path_factory.mktemp("c") / "glue_frame"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "avro-c", "zlib"], capture_output=True, text=True, check=True).stdout.split()
    source = Path(__file__).parent / "c" / "glue_frame.c"
    subprocess.run(["cc", "-std=c17", "-Wall", "-Wextra", "-Werror", source, "-o", program, *flags], check=True)
    return program


def test_c_reads_what_java_writes_and_java_and_python_what_c_writes(glue, registry, tmp_path, c_program):
    said = [line.split() for line in serde("write", registry) if line.startswith("AVRO")]
    frames = [base64.b64decode(text) for *_, version, _, text in said if version == "2"]
    schema = tmp_path / "schema.avsc"
    schema.write_text(glue.get_schema_version(SchemaVersionId=version_id(frames[0]))["SchemaDefinition"])
    told = subprocess.run([c_program, schema], input="".join(f"{frame.hex()}\n" for frame in frames), capture_output=True, text=True, check=True)
    lines = [line.split(" ", 1) for line in told.stdout.splitlines()]
    assert [number for number, _ in lines] == [version_id(frame) for frame in frames]
    records, again = zip(*(rest.rsplit(" ", 1) for _, rest in lines))
    assert [json.loads(record) for record in records] == [{"id": "a2", "quantity": 7}] * 2
    framed = [bytes.fromhex(text) for text in again]
    reader = KafkaDeserializer(SchemaRegistryClient(boto3.client("glue"), registry_name=registry))
    assert [reader.deserialize("orders", frame).data for frame in framed] == [{"id": "a2", "quantity": 7}] * 2
    read = serde("read", registry, [base64.b64encode(frame).decode() for frame in framed])
    assert [json.loads(record) for record in read] == [{"id": "a2", "quantity": 7}] * 2


def test_java_reads_what_python_writes(registry):
    library = SchemaRegistryClient(boto3.client("glue"), registry_name=registry)
    avro = AvroSchema(json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}))
    schema = JsonSchema(json.dumps({"type": "object", "properties": {"id": {"type": "string"}}}))
    frames = [KafkaSerializer(library).serialize(topic, DataAndSchema({"id": "a"}, kind))
              for topic, kind in (("avro", avro), ("json", schema))]
    records = serde("read", registry, [base64.b64encode(frame).decode() for frame in frames])
    assert [json.loads(record) for record in records] == [{"id": "a"}, {"id": "a"}]

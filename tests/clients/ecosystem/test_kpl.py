"""The Kinesis Producer Library, its native daemon and all, to the Kinesis Client Library, with the Glue serde on both sides at its
defaults: it makes default-registry by naming it, and registers the schema that the reader finds. The producer calls in TLS."""

import re

import pytest
from helpers import shards_of
from job import Reader, at_least_once, first_half, java_trust, reshard, second_half
from sdk import environment_of, java_program

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(400)]
PATIENCE = 150  # seconds; the KCL hands out shards after most of a minute


class Producer(Reader):
    """A record counts when the library has confirmed it."""

    record = re.compile(r"put \S+ (.*)")

    def put(self, lines):
        self.write(lines)
        self.wait_for(lines)


def test_what_the_kpl_confirms_the_kcl_hands_over_through_a_reshard(emulator, kinesis, glue, stream, unique, tmp_path):
    java, *consume = java_program("Consumer", "ecosystem/kpl")
    produce = [java, *java_trust(emulator, tmp_path), *consume[:-1], "Producer"]
    in_tls = environment_of(emulator, "https", tmp_path)
    with (Reader([java, *consume, stream, unique("application")], tmp_path / "consumer") as consumer,
          Producer([*produce, stream], tmp_path / "producer", in_tls) as producer):
        producer.put(first_half())
        consumer.wait_for(first_half(), PATIENCE)
        reshard(kinesis, stream)
        producer.put(second_half())
        consumer.wait_for(second_half(), PATIENCE)
        assert len(producer.stop()) == len(first_half() + second_half())
        at_least_once(consumer.stop(), first_half() + second_half())
    schema = glue.get_schema(SchemaId={"RegistryName": "default-registry", "SchemaName": stream})
    assert (schema["DataFormat"], schema["LatestSchemaVersion"]) == ("AVRO", 1)
    assert len(shards_of(kinesis, stream)) == 6

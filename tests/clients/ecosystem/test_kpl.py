"""The Kinesis Producer Library, its native daemon and all, to the Kinesis Client Library, with the Glue serde on both sides at its
defaults: it makes default-registry by naming it, and registers the schema that the reader finds."""

import re

import pytest
from helpers import shards_of
from job import Reader, at_least_once, first_half, reshard, second_half
from sdk import java_program

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(400)]
PATIENCE = 150  # seconds; the KCL hands out shards after most of a minute


class Producer(Reader):
    """A record counts when the library has confirmed it."""

    record = re.compile(r"put \S+ (.*)")

    def put(self, lines):
        self.write(lines)
        self.wait_for(lines)


def test_what_the_kpl_confirms_the_kcl_hands_over_through_a_reshard(kinesis, glue, stream, unique, tmp_path):
    program = lambda name, *arguments: [*java_program(name, "ecosystem/kpl"), *arguments]  # noqa: E731
    with (Reader(program("Consumer", stream, unique("application")), tmp_path / "consumer") as consumer,
          Producer(program("Producer", stream), tmp_path / "producer") as producer):
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

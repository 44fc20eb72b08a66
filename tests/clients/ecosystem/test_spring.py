"""Spring Cloud Stream's binder for Kinesis: two instances of a group share the shards by locks in DynamoDB, and leave their
checkpoints there; through a reshard."""

import pytest
from helpers import eventually
from job import Reader, at_least_once, first_half, reshard, second_half
from sdk import java_program

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(300)]
PATIENCE = 90


def test_two_instances_share_a_stream_by_locks_through_a_reshard(kinesis, dynamodb, stream, unique, tmp_path):
    group = unique("group")
    command = [*java_program("App", "ecosystem/spring"), stream, group]
    with Reader(command, tmp_path / "first") as first, Reader(command, tmp_path / "second") as second:
        def came(expected):
            return first.is_running() and second.is_running() and set(expected) <= set(first.records() + second.records())

        first.write(first_half())
        eventually(lambda: came(first_half()), PATIENCE)
        reshard(kinesis, stream)
        second.write(second_half())
        eventually(lambda: came(second_half()), PATIENCE)
        at_least_once(first.stop() + second.stop(), first_half() + second_half())
    checkpoints = dynamodb.scan(TableName=f"{group}-checkpoints")["Items"]
    assert len(checkpoints) == 6, checkpoints
    dynamodb.describe_table(TableName=f"{group}-locks")

"""AWS's limits of rate where they are asked for, on the emulator's clock; and streams that take their time to change."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import Any

import pytest
from admin import Refused, ask
from botocore.exceptions import ClientError
from conftest import client_at

SHARD = "shardId-000000000000"
MIB = 1024 * 1024


@pytest.fixture
def limited(own_emulator):
    """The address of an emulator with AWS's limits, whose clock stands, and a client of a stream of one shard."""
    url = own_emulator(options=("--limits", "aws")).url
    ask(url, "clock", freeze=True)
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return url, kinesis


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def put(kinesis, size: int, count: int = 1) -> dict[str, Any]:
    """`size` counts the partition key in, as the service does."""
    records = [{"Data": b"x" * (size - 1), "PartitionKey": "k"}] * count
    return kinesis.put_records(StreamName="s", Records=records)


def iterator(kinesis, kind: str = "TRIM_HORIZON") -> str:
    return kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType=kind)["ShardIterator"]


def test_a_shard_takes_a_thousand_records_a_second_and_each_record_too_many_fails_by_itself(limited):
    url, kinesis = limited
    assert put(kinesis, 10, 500)["FailedRecordCount"] == 0
    assert put(kinesis, 10, 499)["FailedRecordCount"] == 0
    answer = put(kinesis, 10, 3)
    assert answer["FailedRecordCount"] == 2
    assert "SequenceNumber" in answer["Records"][0]
    assert answer["Records"][1] == answer["Records"][2] == {
        "ErrorCode": "ProvisionedThroughputExceededException",
        "ErrorMessage": f"Rate exceeded for shard {SHARD} in stream s under account 000000000000.",
    }
    assert error_of(kinesis.put_record, StreamName="s", PartitionKey="k", Data=b"x") == (
        "ProvisionedThroughputExceededException", f"Rate exceeded for shard {SHARD} in stream s under account 000000000000.")
    ask(url, "clock", advance=1000)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")


def test_a_shard_takes_a_mebibyte_a_second(limited):
    url, kinesis = limited
    assert put(kinesis, MIB // 4, 5)["FailedRecordCount"] == 1
    assert put(kinesis, 100)["FailedRecordCount"] == 1
    ask(url, "clock", advance=999)
    assert put(kinesis, 100)["FailedRecordCount"] == 1
    ask(url, "clock", advance=1)
    assert put(kinesis, MIB)["FailedRecordCount"] == 0


def test_a_record_of_ten_mebibytes_is_taken_and_paid_for_with_ten_seconds(limited):
    url, kinesis = limited
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=10240)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x" * (10 * MIB - 1))
    ask(url, "clock", advance="9s")
    assert error_of(kinesis.put_record, StreamName="s", PartitionKey="k", Data=b"x")[0] == "ProvisionedThroughputExceededException"
    ask(url, "clock", advance="1s")
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")


def test_a_shard_gives_five_reads_a_second(limited):
    url, kinesis = limited
    at = iterator(kinesis)
    for _ in range(5):
        kinesis.get_records(ShardIterator=at)
    assert error_of(kinesis.get_records, ShardIterator=at) == (
        "ProvisionedThroughputExceededException", f"Rate exceeded for shard {SHARD} in stream s under account 000000000000.")
    ask(url, "clock", advance=1000)
    kinesis.get_records(ShardIterator=at)


def test_ten_mebibytes_read_at_once_earn_five_seconds_of_refusal(limited):
    url, kinesis = limited
    for _ in range(10):
        assert put(kinesis, MIB)["FailedRecordCount"] == 0
        ask(url, "clock", advance=1000)
    at = iterator(kinesis)
    assert len(kinesis.get_records(ShardIterator=at)["Records"]) == 10
    for _ in range(4):
        ask(url, "clock", advance=1000)
        assert error_of(kinesis.get_records, ShardIterator=at)[0] == "ProvisionedThroughputExceededException"
    ask(url, "clock", advance=1000)
    kinesis.get_records(ShardIterator=at)


def test_a_shard_gives_five_iterators_a_second(limited):
    url, kinesis = limited
    for _ in range(5):
        iterator(kinesis)
    with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException):
        iterator(kinesis)
    ask(url, "clock", advance=1000)
    iterator(kinesis)


def test_operations_beside_the_data_have_limits_of_calls(limited):
    url, kinesis = limited
    kinesis.describe_limits()
    assert error_of(kinesis.describe_limits) == ("LimitExceededException", "Rate exceeded for account 000000000000.")
    for _ in range(10):
        kinesis.describe_stream(StreamName="s")
    assert error_of(kinesis.describe_stream, StreamName="s") == (
        "LimitExceededException", "Rate exceeded for stream s under account 000000000000.")
    kinesis.describe_stream_summary(StreamName="s")
    ask(url, "clock", advance=1000)
    kinesis.describe_stream(StreamName="s")
    kinesis.describe_limits()


def test_limits_of_a_stream_count_for_each_stream(limited):
    url, kinesis = limited
    kinesis.create_stream(StreamName="t", ShardCount=1)
    arns = [kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"] for name in "st"]
    for _ in range(5):
        for arn in arns:
            kinesis.list_stream_consumers(StreamARN=arn)
    for arn in arns:
        assert error_of(kinesis.list_stream_consumers, StreamARN=arn)[0] == "LimitExceededException"


def test_a_consumer_with_fan_out_gets_two_mebibytes_a_second(limited):
    url, kinesis = limited
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    for _ in range(6):
        assert put(kinesis, MIB)["FailedRecordCount"] == 0
        ask(url, "clock", advance=1000)
    seen: queue.Queue[bytes] = queue.Queue()

    def listen(events) -> None:
        with contextlib.suppress(Exception):  # the emulator goes first
            for event in events:
                for record in event["SubscribeToShardEvent"]["Records"]:
                    seen.put(record["Data"])

    events = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
    threading.Thread(target=listen, args=(events,), daemon=True).start()
    for _ in range(3):
        assert len(seen.get(timeout=30)) == len(seen.get(timeout=30)) == MIB - 1
        with pytest.raises(queue.Empty):
            seen.get(timeout=0.2)
        ask(url, "clock", advance=1000)
    ask(url, "reset", "POST")
    assert seen.empty()


def test_limits_are_off_unless_asked_for_and_can_be_set_for_one_stream(own_emulator):
    url = own_emulator().url
    ask(url, "clock", freeze=True)
    kinesis = client_at(url, "kinesis")
    assert ask(url, "limits") == {"limits": "off", "scale": 1.0, "streams": [], "tables": []}
    ask(url, "limits", stream="s", limits="aws", scale=0.01)
    for name in "st":
        kinesis.create_stream(StreamName=name, ShardCount=1)
    records = [{"Data": b"x", "PartitionKey": "k"}] * 20
    assert kinesis.put_records(StreamName="s", Records=records)["FailedRecordCount"] == 10
    assert kinesis.put_records(StreamName="t", Records=records)["FailedRecordCount"] == 0
    own = {"stream": "s", "account": "000000000000", "region": "us-east-1", "limits": "aws", "scale": 0.01}
    assert ask(url, "limits")["streams"] == [own]
    assert ask(url, "limits", "DELETE", stream="s")["streams"] == []
    assert kinesis.put_records(StreamName="s", Records=records)["FailedRecordCount"] == 0
    ask(url, "limits", limits="aws", scale=0.01)
    assert kinesis.put_records(StreamName="t", Records=records)["FailedRecordCount"] == 10


@pytest.mark.parametrize("members", [{"limits": "some"}, {"limits": "aws", "scale": 0}, {"limits": "aws", "shard": "s"}, {}])
def test_what_is_no_limit_is_refused(own_emulator, members):
    url = own_emulator().url
    with pytest.raises(Refused) as refused:
        ask(url, "limits", "POST", **members)
    assert refused.value.status == 400


def test_an_on_demand_stream_begins_with_four_shards_and_grows_to_double_its_peak(limited):
    url, kinesis = limited
    kinesis.create_stream(StreamName="d", StreamModeDetails={"StreamMode": "ON_DEMAND"})

    def open_shards() -> int:
        ask(url, "clock", advance=1000)
        return kinesis.describe_stream_summary(StreamName="d")["StreamDescriptionSummary"]["OpenShardCount"]

    def put_keys(count: int) -> list[str]:
        records = [{"Data": b"x" * 99, "PartitionKey": f"{n}"} for n in range(count)]
        answers = []
        for at in range(0, count, 500):
            answers += kinesis.put_records(StreamName="d", Records=records[at:at + 500])["Records"]
        return [answer["SequenceNumber"] for answer in answers if "SequenceNumber" in answer]

    assert open_shards() == 4
    put_keys(1900)
    assert open_shards() == 4
    taken = len(put_keys(3000))
    assert open_shards() == 6
    put_keys(5500)
    assert open_shards() == 12
    assert taken == 3000


def test_an_account_has_at_most_fifty_on_demand_streams(own_emulator):
    own = client_at(own_emulator().url, "kinesis")
    for n in range(50):
        own.create_stream(StreamName=f"d{n}", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert error_of(own.create_stream, StreamName="d50", StreamModeDetails={"StreamMode": "ON_DEMAND"})[0] == "LimitExceededException"
    own.create_stream(StreamName="d50", ShardCount=1)


@pytest.fixture
def slow(own_emulator):
    """An emulator whose streams take ten seconds of its clock, which stands, for each change."""
    url = own_emulator(options=("--transition-ms", "10000")).url
    ask(url, "clock", freeze=True)
    return url, client_at(url, "kinesis")


def status(kinesis) -> str:
    return kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]


def test_a_stream_that_is_being_made_takes_no_records_and_no_changes(slow):
    url, kinesis = slow
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert status(kinesis) == "CREATING"
    assert error_of(kinesis.put_record, StreamName="s", PartitionKey="k", Data=b"x") == (
        "ResourceNotFoundException", "Stream s under account 000000000000 not found.")
    in_use = ("ResourceInUseException", "Stream s under account 000000000000 not ACTIVE, instead in state CREATING")
    assert error_of(kinesis.update_shard_count, StreamName="s", TargetShardCount=2, ScalingType="UNIFORM_SCALING") == in_use
    assert error_of(kinesis.increase_stream_retention_period, StreamName="s", RetentionPeriodHours=48) == in_use
    assert error_of(kinesis.start_stream_encryption, StreamName="s", EncryptionType="KMS", KeyId="alias/aws/kinesis") == in_use
    assert error_of(kinesis.split_shard, StreamName="s", ShardToSplit=SHARD, NewStartingHashKey="9") == in_use
    ask(url, "clock", advance=9999)
    assert status(kinesis) == "CREATING"
    ask(url, "clock", advance=1)
    assert status(kinesis) == "ACTIVE"
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")


def test_a_stream_that_is_being_changed_takes_records_and_no_changes(slow):
    url, kinesis = slow
    kinesis.create_stream(StreamName="s", ShardCount=1)
    ask(url, "clock", advance="10s")
    kinesis.split_shard(StreamName="s", ShardToSplit=SHARD, NewStartingHashKey=str(2**127))
    assert status(kinesis) == "UPDATING"
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"x")
    assert error_of(kinesis.split_shard, StreamName="s", ShardToSplit=SHARD, NewStartingHashKey="9") == (
        "ResourceInUseException", "Stream s under account 000000000000 not ACTIVE, instead in state UPDATING")
    ask(url, "clock", advance="10s")
    assert status(kinesis) == "ACTIVE"
    kinesis.merge_shards(StreamName="s", ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")


def test_a_stream_that_is_being_deleted_is_there_until_it_is_gone(slow):
    url, kinesis = slow
    kinesis.create_stream(StreamName="s", ShardCount=1)
    ask(url, "clock", advance="10s")
    kinesis.delete_stream(StreamName="s")
    assert status(kinesis) == "DELETING"
    assert error_of(kinesis.create_stream, StreamName="s", ShardCount=1)[0] == "ResourceInUseException"
    assert error_of(kinesis.put_record, StreamName="s", PartitionKey="k", Data=b"x")[0] == "ResourceNotFoundException"
    ask(url, "clock", advance="10s")
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        status(kinesis)
    kinesis.create_stream(StreamName="s", ShardCount=1)


def test_a_passing_state_passes_over_a_restart_too(own_emulator):
    emulator = own_emulator(options=("--transition-ms", "600000"))
    client_at(emulator.url, "kinesis").create_stream(StreamName="s", ShardCount=1)
    emulator.stop()
    url = own_emulator(options=("--transition-ms", "600000")).url
    kinesis = client_at(url, "kinesis")
    assert status(kinesis) == "CREATING"
    ask(url, "clock", advance="11m")
    assert status(kinesis) == "ACTIVE"

"""The Kinesis Client Library reads a table's stream, through its adapter for DynamoDB Streams: the KCL 3 and the KCL 1. Each
has every change once, in order, and follows from a shard to the one after it."""

import subprocess

import boto3
import pytest
from admin import ask
from helpers import eventually
from local_emulator import client_environment
from sdk import java_program

pytestmark = [pytest.mark.kcl, pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(400)]
PATIENCE = 150  # seconds; the KCL 3 begins to read after most of a minute
PROGRAMS = {"3": ("KclStreams", "java_streams"), "1": ("KclStreams1", "java_streams1")}


@pytest.fixture(params=PROGRAMS)
def world(own_emulator, monkeypatch, tmp_path, request):
    """The address of an emulator, the ARN of a stream in it, and the worker that reads it."""
    running = own_emulator()
    for name, value in client_environment(running.url).items():
        monkeypatch.setenv(name, value)
    table = boto3.client("dynamodb").create_table(
        TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    command = [*java_program(*PROGRAMS[request.param]), table["TableDescription"]["LatestStreamArn"], "application"]
    said, log = tmp_path / "said", tmp_path / "log"
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said.open("wb"), stderr=log.open("wb"))

    def lines() -> list[list[str]]:
        assert worker.poll() in (None, 0), log.read_text()[-2000:]
        return [line.split(" ") for line in said.read_text().rpartition("\n")[0].splitlines()]

    yield running.url, worker, lines
    worker.kill()


def test_the_kcl_reads_a_table_through_the_end_of_a_shard(world):
    url, worker, lines = world
    dynamodb = boto3.client("dynamodb")

    def records() -> list[list[str]]:
        return [rest for word, _, *rest in lines() if word == "record"]

    for n in range(50):
        dynamodb.put_item(TableName="table", Item={"k": {"S": "key"}, "n": {"N": str(n)}})
    eventually(lambda: len(records()) >= 50, PATIENCE)
    ask(url, "clock", advance="4h")
    for n in range(50, 99):
        dynamodb.put_item(TableName="table", Item={"k": {"S": "key"}, "n": {"N": str(n)}})
    dynamodb.delete_item(TableName="table", Key={"k": {"S": "key"}})
    eventually(lambda: len(records()) >= 100, PATIENCE)
    assert [(event, key, n) for _, event, key, n in records()] == [
        ("INSERT", "key", "0"), *(("MODIFY", "key", str(n)) for n in range(1, 99)), ("REMOVE", "key", "-")]
    begun = [shard for word, shard, *_ in lines() if word == "begins"]
    assert len(begun) == 2 and [shard for word, shard, *_ in lines() if word == "ended"] == begun[:1]
    leases = {item["leaseKey"]["S"]: item["checkpoint"]["S"] for item in dynamodb.scan(TableName="application")["Items"]}
    assert leases == {begun[0]: "SHARD_END", begun[1]: records()[-1][0]}
    worker.communicate(timeout=60)
    assert worker.returncode == 0

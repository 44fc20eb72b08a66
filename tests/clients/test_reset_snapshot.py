"""/_evpoc/reset, /_evpoc/snapshot, /_evpoc/restore: as if it had never been, and as it was."""

from __future__ import annotations

import http.client
import json
import shutil
import sqlite3
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from admin import Refused, ask
from conftest import client_at
from helpers import eventually
from local_emulator import default_binary
from boto3.dynamodb.types import TypeSerializer


def item_of(**members) -> dict:
    return {name: TypeSerializer().serialize(value) for name, value in members.items()}


class World:
    """A stream, a table and a schema of one emulator, and what can be read of them."""

    def __init__(self, url: str, account: str = "test", region: str = "us-east-1"):
        where = {"aws_access_key_id": account, "region_name": region}
        self.kinesis, self.dynamodb, self.glue, self.cloudwatch = (
            client_at(url, service, **where) for service in ("kinesis", "dynamodb", "glue", "cloudwatch"))

    def make(self, count: int = 3) -> World:
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST",
                                   KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                                   AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
        self.glue.create_registry(RegistryName="r")
        self.cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])
        self.add(count)
        return self

    def add(self, count: int) -> None:
        for number in range(count):
            self.kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"%d" % number)
            self.dynamodb.put_item(TableName="table", Item=item_of(pk=str(number)))

    def seen(self) -> tuple:
        streams, tables = self.kinesis.list_streams()["StreamNames"], self.dynamodb.list_tables()["TableNames"]
        registries = [registry["RegistryName"] for registry in self.glue.list_registries()["Registries"]]
        metrics = [metric["MetricName"] for metric in self.cloudwatch.list_metrics(Namespace="n")["Metrics"]]  # services tell theirs when a minute is over
        records = items = None
        if streams:
            iterator = self.kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000",
                                                       ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            records = [record["Data"] for record in self.kinesis.get_records(ShardIterator=iterator)["Records"]]
        if tables:
            items = (self.dynamodb.scan(TableName="table")["Count"],
                     self.dynamodb.describe_table(TableName="table")["Table"]["ItemCount"])
        return streams, tables, registries, metrics, records, items


NOTHING = ([], [], [], [], None, None)


def refused(url: str, page: str, **members) -> tuple[int, str]:
    with pytest.raises(Refused) as refusal:
        ask(url, page, **members)
    return refusal.value.status, refusal.value.message


def test_reset_removes_everything_and_it_can_be_made_again(own_emulator):
    url = own_emulator().url
    world = World(url).make()
    assert ask(url, "reset", method="POST") == {"reset": True}
    assert world.seen() == NOTHING
    assert world.make(1).seen() == (["s"], ["table"], ["r"], ["m"], [b"0"], (1, 1))


def test_reset_of_an_account_a_region_or_a_service_leaves_the_others(own_emulator):
    url = own_emulator().url
    mine, elsewhere = World(url, "111111111111").make(), World(url, "111111111111", "eu-west-1").make()
    theirs = World(url, "222222222222").make()
    whole = theirs.seen()
    ask(url, "reset", account="111111111111", region="eu-west-1")
    assert (mine.seen(), elsewhere.seen(), theirs.seen()) == (whole, NOTHING, whole)
    ask(url, "reset", account="111111111111")
    assert (mine.seen(), theirs.seen()) == (NOTHING, whole)
    ask(url, "reset", service="dynamodb")
    assert theirs.seen() == (["s"], [], ["r"], ["m"], whole[4], None)
    assert refused(url, "reset", service="ec2")[0] == 404
    assert refused(url, "reset", all=True) == (400, "no such member: all")


def test_reset_takes_what_logs_has_beside_its_groups(own_emulator):
    url = own_emulator().url
    logs, kinesis = client_at(url, "logs"), client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    stream = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    place = {"destinationName": "d", "targetArn": stream, "roleArn": "arn:aws:iam::000000000000:role/logs"}
    arn = logs.put_destination(**place, tags={"a": "b"})["destination"]["arn"]
    logs.put_resource_policy(policyName="p", policyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    logs.put_query_definition(name="q", queryString="fields @message")
    ask(url, "reset", service="logs")
    assert logs.describe_destinations()["destinations"] == []
    assert logs.describe_resource_policies()["resourcePolicies"] == []
    assert logs.describe_query_definitions()["queryDefinitions"] == []
    logs.put_destination(**place)
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


@pytest.mark.parametrize("durability", ["commit", "memory"])
def test_what_was_snapshot_is_there_again_after_a_restore(own_emulator, durability):
    url = own_emulator(durability=durability, **({"data": None} if durability == "memory" else {})).url
    world = World(url).make()
    before = world.seen()
    assert ask(url, "snapshot", name="good") == {"snapshots": ["good"]}
    world.add(2)
    iterator = world.kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="LATEST")
    ask(url, "reset", method="POST")
    assert world.seen() == NOTHING
    for _ in range(2):
        ask(url, "restore", name="good")
        assert world.seen() == before
        assert world.kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"] == []
        world.add(1)
    assert ask(url, "snapshot", method="DELETE", name="good") == {"snapshots": []}
    assert refused(url, "restore", name="good") == (404, "there is no snapshot good")


def test_a_restored_store_survives_kill_9(own_emulator, tmp_path):
    emulator = own_emulator()
    world = World(emulator.url).make()
    before = world.seen()
    ask(emulator.url, "snapshot", name="a")
    world.add(5)
    ask(emulator.url, "restore", name="a")
    emulator.kill()
    assert World(own_emulator().url).seen() == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "a b"])
def test_a_name_never_becomes_a_path(own_emulator, name):
    status, message = refused(own_emulator().url, "snapshot", name=name)
    assert status == 400 and message.startswith("a snapshot's name is")


def test_what_is_no_snapshot_of_ours_is_refused_and_changes_nothing(own_emulator, tmp_path):
    url = own_emulator().url
    world = World(url).make()
    before = world.seen()
    ask(url, "snapshot", name="a")
    (tmp_path / "data/snapshots/text.db").write_text("hello" * 100)
    sqlite3.connect(tmp_path / "data/snapshots/foreign.db").execute("CREATE TABLE t (x)").connection.close()
    assert refused(url, "restore", name="text")[0] == 409
    assert refused(url, "restore", name="foreign")[0] == 409
    assert world.seen() == before


def slow_copies(tmp_path: Path, milliseconds: int) -> Path:
    """An emulator whose every copying of a piece of a file takes so long: a program to start in its place."""
    if "asan" in str(default_binary()) or "tsan" in str(default_binary()):
        pytest.skip("leak checkers cannot be traced")
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-D", "true"], capture_output=True, timeout=10).returncode:
        pytest.skip("strace cannot trace here")
    program = tmp_path / "slow"
    program.write_text(f"#!/bin/sh\nexec {strace} -D -f -o {tmp_path}/trace -e trace=copy_file_range "
                       f"-e inject=copy_file_range:delay_enter={milliseconds * 1000} {default_binary()} \"$@\"\n")
    program.chmod(0o755)
    return program


class Asked(threading.Thread):
    """One of our pages, asked beside what the test does: what is asked afterwards comes behind it."""

    def __init__(self, url: str, page: str, method: str = "POST", **members):
        super().__init__(daemon=True)
        self.answer = None
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        self.connection.request(method, f"/_evpoc/{page}", json.dumps(members), {"content-type": "application/json"})
        ask(url, "health")
        self.start()

    def run(self) -> None:
        with suppress(OSError, http.client.HTTPException):  # it is killed
            response = self.connection.getresponse()
            self.answer = response.status, json.loads(response.read())


def is_under_way(tmp_path: Path, name: str) -> bool:
    return (tmp_path / "data" / name).exists()


def test_others_are_answered_while_a_snapshot_is_made_or_checked(own_emulator, tmp_path):
    url = own_emulator(binary=slow_copies(tmp_path, 1500)).url
    world = World(url).make()
    before = world.seen()
    for page, part, records in (("snapshot", "snapshots/good.db.part", 6), ("restore", "evpoc.db.new", 9)):
        copying = Asked(url, page, name="good")
        eventually(lambda part=part: is_under_way(tmp_path, part), 10)
        world.add(3)
        assert copying.answer is None
        assert len(world.seen()[4]) == records
        copying.join(30)
        assert copying.answer == (200, {"snapshots": ["good"]})
    assert world.seen() == before
    world.add(1)


def test_what_changes_everything_is_done_in_the_order_it_was_asked_for(own_emulator, tmp_path):
    url = own_emulator(binary=slow_copies(tmp_path, 200)).url
    world = World(url).make()
    before = world.seen()
    asked = []
    for page, arguments in (("snapshot", {"name": "a"}), ("reset", {}), ("snapshot", {"name": "empty"}), ("restore", {"name": "a"}),
                            ("snapshot", {"method": "DELETE", "name": "a"}), ("restore", {"name": "a"})):
        asked.append(Asked(url, page, **arguments))
    for one in asked:
        one.join(60)
    assert [one.answer[1] for one in asked[:5]] == [{"snapshots": ["a"]}, {"reset": True}, {"snapshots": ["a", "empty"]},
                                                    {"snapshots": ["a", "empty"]}, {"snapshots": ["empty"]}]
    assert asked[5].answer[0] == 404
    assert world.seen() == before
    ask(url, "restore", name="empty")
    assert world.seen() == NOTHING


@pytest.mark.parametrize("page", ["snapshot", "restore"])
def test_killed_in_the_middle_the_snapshot_before_is_there_and_so_is_the_file(own_emulator, tmp_path, page):
    emulator = own_emulator()
    world = World(emulator.url).make()
    before = world.seen()
    ask(emulator.url, "snapshot", name="good")
    emulator.stop()
    slow = own_emulator(binary=slow_copies(tmp_path, 4000))
    world = World(slow.url)
    world.add(2)
    now = world.seen()
    Asked(slow.url, page, name="good")
    eventually(lambda: is_under_way(tmp_path, "snapshots/good.db.part" if page == "snapshot" else "evpoc.db.new"), 10)
    slow.kill()
    url = own_emulator().url
    assert World(url).seen() == now
    assert ask(url, "snapshot") == {"snapshots": ["good"]}
    ask(url, "restore", name="good")
    assert World(url).seen() == before
    assert sorted(path.name for path in (tmp_path / "data/snapshots").glob("good*")) in (["good.db"], ["good.db", "good.db.part"])

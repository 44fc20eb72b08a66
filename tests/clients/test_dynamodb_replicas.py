"""Global tables (version 2019.11.21) through boto3: a table in several regions, where what is written last is what all of them have."""

from __future__ import annotations

import pytest
from admin import ask
from conftest import client_at
from helpers import eventually, refusal, refusal_code
from test_recorded import plain, recorded  # noqa: F401  `recorded` is a fixture

HOME, AWAY, THIRD = "us-east-1", "eu-west-1", "ap-south-1"
NEW_AND_OLD = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
LARGE = 3000
NOW = 1893499200


class World:
    """Clients by their region, and a table in the first one."""

    def __init__(self, url: str, name: str):
        self.name, self.clients = name, {region: client_at(url, "dynamodb", region_name=region) for region in (HOME, AWAY, THIRD)}
        self.streams = {region: client_at(url, "dynamodbstreams", region_name=region) for region in self.clients}
        self.clients[HOME].create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], **NEW_AND_OLD,
            AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in ("k", "g")],
            GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}])

    def update(self, action: str, region: str, at: str = HOME, **settings) -> dict:
        return self.clients[at].update_table(TableName=self.name, ReplicaUpdates=[{action: {"RegionName": region, **settings}}])["TableDescription"]

    def add(self, region: str) -> None:
        told = self.update("Create", region)
        assert told["TableStatus"] == "UPDATING"
        assert {"RegionName": region, "ReplicaStatus": "CREATING"} in told["Replicas"]
        eventually(lambda: {"RegionName": region, "ReplicaStatus": "ACTIVE"} in self.described(HOME)["Replicas"])

    def described(self, region: str) -> dict:
        return self.clients[region].describe_table(TableName=self.name)["Table"]

    def put(self, region: str, key: str, value: str) -> None:
        self.clients[region].put_item(TableName=self.name, Item={"k": {"S": key}, "g": {"S": "one"}, "v": {"S": value}})

    def items(self, region: str) -> dict[str, str]:
        pages = self.clients[region].get_paginator("scan").paginate(TableName=self.name)
        return {item["k"]["S"]: item.get("v", {}).get("S") for page in pages for item in page["Items"]}


@pytest.fixture
def world(emulator, unique) -> World:
    return World(emulator.url, unique("table"))


def test_a_replica_gets_what_is_there_and_what_comes(world):
    world.put(HOME, "before", "1")
    world.add(AWAY)
    assert world.items(AWAY) == {"before": "1"}
    world.put(HOME, "here", "2")
    world.put(AWAY, "there", "3")
    world.clients[AWAY].update_item(TableName=world.name, Key={"k": {"S": "before"}}, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": {"S": "4"}})
    world.clients[HOME].delete_item(TableName=world.name, Key={"k": {"S": "here"}})
    assert world.items(HOME) == world.items(AWAY) == {"before": "4", "there": "3"}
    world.clients[AWAY].transact_write_items(TransactItems=[{"Put": {"TableName": world.name, "Item": {"k": {"S": key}}}} for key in "ab"])
    assert world.items(HOME) == {"before": "4", "there": "3", "a": None, "b": None}
    for region in (HOME, AWAY):
        table = world.described(region)
        assert (table["GlobalTableVersion"], table["ItemCount"]) == ("2019.11.21", 4)
        found = world.clients[region].query(TableName=world.name, IndexName="by-g", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "one"}})
        assert found["Count"] == 2
    assert world.described(AWAY)["Replicas"] == [{"RegionName": HOME, "ReplicaStatus": "ACTIVE"}]
    assert world.described(AWAY)["TableArn"].split(":")[3] == AWAY


def test_each_region_has_its_own_stream(world):
    world.add(AWAY)
    world.put(AWAY, "a", "1")
    for region in (HOME, AWAY):
        streams, arn = world.streams[region], world.described(region)["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = streams.get_records(ShardIterator=at)["Records"]
        assert [(record["eventName"], record["awsRegion"]) for record in records] == [("INSERT", region)]


def test_streams_on_global_tables(recorded, world):  # noqa: F811
    world.add(AWAY)
    answers = {name: plain(world.streams[region].list_streams(TableName=world.name)) for name, region in (("region-streams", HOME), ("secondary-region-streams", AWAY))}
    recorded("dynamodb", answers)


def test_three_regions_and_one_that_leaves(world):
    world.add(AWAY)
    world.add(THIRD)
    world.put(THIRD, "a", "1")
    assert world.items(HOME) == world.items(AWAY) == {"a": "1"}
    assert [replica["RegionName"] for replica in world.described(THIRD)["Replicas"]] == [AWAY, HOME]
    world.update("Delete", AWAY)
    assert refusal_code(world.clients[AWAY].describe_table, TableName=world.name) == "ResourceNotFoundException"
    world.put(HOME, "b", "2")
    assert world.items(THIRD) == {"a": "1", "b": "2"}
    world.clients[HOME].delete_table(TableName=world.name)
    assert "Replicas" not in world.described(THIRD)
    world.put(THIRD, "c", "3")
    assert world.items(THIRD) == {"a": "1", "b": "2", "c": "3"}


def test_indexes_follow_in_all_regions(world):
    world.add(AWAY)
    world.put(HOME, "a", "1")
    create = {"IndexName": "by-v", "KeySchema": [{"AttributeName": "v", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}
    world.clients[HOME].update_table(TableName=world.name, AttributeDefinitions=[{"AttributeName": "v", "AttributeType": "S"}], GlobalSecondaryIndexUpdates=[{"Create": create}])
    found = world.clients[AWAY].query(TableName=world.name, IndexName="by-v", KeyConditionExpression="v = :v", ExpressionAttributeValues={":v": {"S": "1"}})
    assert found["Items"] == [{"k": {"S": "a"}, "v": {"S": "1"}}]
    world.clients[AWAY].update_table(TableName=world.name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-g"}}])
    for region in (HOME, AWAY):
        assert [index["IndexName"] for index in world.described(region)["GlobalSecondaryIndexes"]] == ["by-v"]


def test_what_is_refused(world):
    assert refusal_code(world.update, action="Create", region=HOME) == "ValidationException"
    assert refusal_code(world.update, action="Delete", region=AWAY) == "ValidationException"
    world.add(AWAY)
    code, message = refusal(world.update, action="Create", region=AWAY)
    assert (code, message) == ("ValidationException", f"Failed to create a the new replica of table with name: '{world.name}' because one or more replicas already existed as tables.")


def test_an_item_that_expires_is_gone_in_all_regions(own_emulator):
    url = own_emulator().url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    world = World(url, "table")
    world.clients[HOME].update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    world.add(AWAY)
    world.clients[AWAY].put_item(TableName="table", Item={"k": {"S": "a"}, "expires": {"N": str(NOW + 10)}})
    world.put(AWAY, "b", "stays")
    ask(url, "clock", advance="1m")
    assert world.items(HOME) == world.items(AWAY) == {"b": "stays"}


def test_kill_9_while_a_replica_is_filled(own_emulator):
    emulator = own_emulator()
    world = World(emulator.url, "table")
    for start in range(0, LARGE, 25):
        world.clients[HOME].batch_write_item(RequestItems={"table": [
            {"PutRequest": {"Item": {"k": {"S": f"{i}"}, "g": {"S": "one"}, "v": {"S": "old"}}}} for i in range(start, start + 25)]})
    world.update("Create", AWAY)
    expected = {f"{i}": "old" for i in range(LARGE)}
    for i in range(0, LARGE, 97):
        world.put(HOME, f"{i}", "new")
        expected[f"{i}"] = "new"
    for i in range(1, LARGE, 97):
        world.clients[HOME].delete_item(TableName="table", Key={"k": {"S": f"{i}"}})
        del expected[f"{i}"]
    emulator.kill()
    emulator.start()
    eventually(lambda: world.described(HOME)["Replicas"] == [{"RegionName": AWAY, "ReplicaStatus": "ACTIVE"}])
    assert world.items(HOME) == world.items(AWAY) == expected
    assert world.described(AWAY)["ItemCount"] == len(expected)


def told(world: World, region: str) -> dict:
    return next(replica for replica in world.described(HOME)["Replicas"] if replica["RegionName"] == region)


def units(read: int, write: int) -> dict:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def provision(world: World, read: int, write: int, at: str = HOME) -> None:
    world.clients[at].update_table(
        TableName=world.name, BillingMode="PROVISIONED", ProvisionedThroughput=units(read, write),
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-g", "ProvisionedThroughput": units(read, write)}}])


def provisioned(world: World, region: str) -> list[tuple[int, int]]:
    table = world.described(region)
    return [(of["ProvisionedThroughput"]["ReadCapacityUnits"], of["ProvisionedThroughput"]["WriteCapacityUnits"])
            for of in (table, *table["GlobalSecondaryIndexes"])]


def test_a_replica_may_have_read_capacity_and_a_class_of_its_own(world):
    provision(world, 5, 6)
    world.update("Create", AWAY, ProvisionedThroughputOverride={"ReadCapacityUnits": 9}, TableClassOverride="STANDARD_INFREQUENT_ACCESS",
                   GlobalSecondaryIndexes=[{"IndexName": "by-g", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 11}}])
    world.update("Create", THIRD)
    assert told(world, AWAY) == {
        "RegionName": AWAY, "ReplicaStatus": "ACTIVE", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 9},
        "GlobalSecondaryIndexes": [{"IndexName": "by-g", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 11}}],
        "ReplicaTableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}}
    assert told(world, THIRD) == {"RegionName": THIRD, "ReplicaStatus": "ACTIVE"}
    assert provisioned(world, AWAY) == [(9, 6), (11, 6)] and provisioned(world, THIRD) == [(5, 6), (5, 6)]
    assert "TableClassSummary" not in world.described(HOME)
    provision(world, 7, 8)  # what is written is written everywhere, and so are its units
    assert provisioned(world, AWAY) == [(9, 8), (11, 8)] and provisioned(world, THIRD) == [(7, 8), (7, 8)]
    replica = world.update("Update", AWAY, ProvisionedThroughputOverride={"ReadCapacityUnits": 10})["Replicas"]
    assert [of["ReplicaStatus"] for of in replica if of["RegionName"] == AWAY] == ["UPDATING"]
    assert provisioned(world, AWAY) == [(10, 8), (11, 8)] and told(world, AWAY)["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 10}


def test_a_replica_on_demand_may_have_a_maximum_of_its_own_and_the_mode_is_everywhere_the_same(world):
    most = {"MaxReadRequestUnits": 40}
    world.update("Create", AWAY, OnDemandThroughputOverride=most)
    world.clients[HOME].update_table(TableName=world.name, OnDemandThroughput={"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": 30})
    assert told(world, AWAY)["OnDemandThroughputOverride"] == most
    assert world.described(AWAY)["OnDemandThroughput"] == {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": 30}
    provision(world, 3, 4, at=AWAY)
    assert provisioned(world, HOME) == [(3, 4), (3, 4)]
    code, message = refusal(world.update, action="Update", region=AWAY, OnDemandThroughputOverride=most)
    assert (code, message.endswith("cannot be specified when the table BillingMode is PROVISIONED")) == ("ValidationException", True)


def test_each_region_has_a_key_of_its_own(world, emulator):
    arns = {region: client_at(emulator.url, "kms", region_name=region).create_key()["KeyMetadata"]["Arn"] for region in (HOME, AWAY)}
    world.clients[HOME].update_table(TableName=world.name, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": arns[HOME]})
    must = ("ValidationException", "One or more parameter values were invalid: KMSMasterKeyId must be specified for each replica.")
    assert refusal(world.update, action="Create", region=AWAY) == must
    world.update("Create", AWAY, KMSMasterKeyId=arns[AWAY].split("/")[1])
    assert told(world, AWAY)["KMSMasterKeyId"] == world.described(AWAY)["SSEDescription"]["KMSMasterKeyArn"] == arns[AWAY]
    assert refusal(world.update, action="Update", region=AWAY, KMSMasterKeyId=arns[AWAY]) == must  # it would change nothing
    code, message = refusal(world.clients[HOME].update_table, TableName=world.name, SSESpecification={"Enabled": True, "KMSMasterKeyId": arns[HOME]})
    assert (code, message.startswith("Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21")) == ("ValidationException", True)
    other = client_at(emulator.url, "kms", region_name=AWAY).create_key()["KeyMetadata"]["Arn"]
    world.update("Update", AWAY, KMSMasterKeyId=other)
    assert told(world, AWAY)["KMSMasterKeyId"] == other


def test_settings_that_do_not_fit_are_refused_before_anything_is_made(world):
    index = [{"IndexName": "by-x", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 1}}]
    assert refusal_code(world.update, action="Create", region=AWAY, GlobalSecondaryIndexes=index) == "ResourceNotFoundException"
    assert refusal_code(world.update, action="Create", region=AWAY, ProvisionedThroughputOverride={"ReadCapacityUnits": 1}) == "ValidationException"
    assert refusal_code(world.update, action="Update", region=HOME, TableClassOverride="STANDARD") == "ValidationException"
    assert refusal_code(world.update, action="Update", region=AWAY, TableClassOverride="STANDARD") == "ValidationException"
    assert "Replicas" not in world.described(HOME)
    assert refusal_code(world.clients[AWAY].describe_table, TableName=world.name) == "ResourceNotFoundException"


def test_time_to_live_is_set_in_all_regions(world):
    world.add(AWAY)
    for on in (True, False):
        world.clients[AWAY].update_time_to_live(TableName=world.name, TimeToLiveSpecification={"Enabled": on, "AttributeName": "expires"})
        for region in (HOME, AWAY):
            described = world.clients[region].describe_time_to_live(TableName=world.name)["TimeToLiveDescription"]
            assert described == ({"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"} if on else {"TimeToLiveStatus": "DISABLED"})


def test_what_is_a_replica_s_own_survives_a_restart(own_emulator):
    emulator = own_emulator()
    world = World(emulator.url, "table")
    provision(world, 5, 6)
    world.update("Create", AWAY, ProvisionedThroughputOverride={"ReadCapacityUnits": 9})
    emulator.stop()
    emulator.start()
    provision(world, 7, 8)
    assert provisioned(world, AWAY) == [(9, 8), (7, 8)] and told(world, AWAY)["ProvisionedThroughputOverride"] == {"ReadCapacityUnits": 9}

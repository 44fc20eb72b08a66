"""Backups of tables, on demand and to a point in time: what comes back is what was there then."""

from __future__ import annotations

import random
from datetime import datetime, timezone

import damage
import pages
import pytest
from admin import ask
from conftest import client_at
from helpers import eventually, refusal, refusal_code

NOW = 1893499200  # 2030-01-01T12:00:00Z
LARGE = 5000


def create(dynamodb, name: str = "table", **more) -> None:
    dynamodb.create_table(**{
        "TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}],
        "GlobalSecondaryIndexes": [
            {"IndexName": "all", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "keys", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}], **more})


def put(dynamodb, key: str, value: str = "", table: str = "table") -> None:
    dynamodb.put_item(TableName=table, Item={"k": {"S": key}, "g": {"S": "one"}, "v": {"S": value}})


def delete(dynamodb, key: str) -> None:
    dynamodb.delete_item(TableName="table", Key={"k": {"S": key}})


def items(dynamodb, table: str) -> dict[str, str]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return {item["k"]["S"]: item["v"]["S"] for page in pages for item in page["Items"]}


def fill(dynamodb, count: int) -> dict[str, str]:
    for start in range(0, count, 25):
        dynamodb.batch_write_item(RequestItems={"table": [
            {"PutRequest": {"Item": {"k": {"S": f"{i}"}, "g": {"S": "one"}, "v": {"S": f"old {i}"}}}} for i in range(start, min(count, start + 25))]})
    return {f"{i}": f"old {i}" for i in range(count)}


def back_up(dynamodb, name: str = "backup") -> str:
    return dynamodb.create_backup(TableName="table", BackupName=name)["BackupDetails"]["BackupArn"]


def backup_status(dynamodb, arn: str) -> str:
    return dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"]


def table_status(dynamodb, table: str) -> str:
    return dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]


def restored(dynamodb, table: str) -> dict[str, str]:
    eventually(lambda: table_status(dynamodb, table) == "ACTIVE")
    return items(dynamodb, table)


@pytest.fixture
def own(own_emulator):
    """The address of an emulator whose clock stands, and a client of a table with two indexes."""
    url = own_emulator().url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(url, "dynamodb")
    create(dynamodb)
    return url, dynamodb


def test_a_backup_has_the_table_as_it_was_and_outlives_it(own):
    _, dynamodb = own
    put(dynamodb, "changed", "before")
    put(dynamodb, "deleted", "before")
    details = dynamodb.create_backup(TableName="table", BackupName="first")["BackupDetails"]
    assert (details["BackupStatus"], details["BackupType"], details["BackupName"]) == ("CREATING", "USER", "first")
    arn = details["BackupArn"]
    assert arn.startswith("arn:aws:dynamodb:us-east-1:000000000000:table/table/backup/0")
    put(dynamodb, "changed", "after")
    put(dynamodb, "new", "after")
    delete(dynamodb, "deleted")
    dynamodb.delete_table(TableName="table")
    told = dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arn)["TableDescription"]
    assert told["TableStatus"] == "CREATING" and told["RestoreSummary"]["RestoreInProgress"]
    table = dynamodb.describe_table(TableName="again")["Table"]
    assert (table["TableStatus"], table["ItemCount"], table["RestoreSummary"]["SourceBackupArn"]) == ("ACTIVE", 2, arn)
    assert not table["RestoreSummary"]["RestoreInProgress"] and table["TableId"] != details.get("TableId")
    assert items(dynamodb, "again") == {"changed": "before", "deleted": "before"}
    for index in ("all", "keys"):
        found = dynamodb.query(TableName="again", IndexName=index, KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"S": "one"}})
        assert found["Count"] == 2


def test_what_a_backup_tells_of_its_table(own):
    url, dynamodb = own
    dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    dynamodb.update_table(TableName="table", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    put(dynamodb, "k", "v")
    arn = back_up(dynamodb)
    source = dynamodb.describe_table(TableName="table")["Table"]
    told = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]
    details, of, features = told["BackupDetails"], told["SourceTableDetails"], told["SourceTableFeatureDetails"]
    assert details["BackupStatus"] == "AVAILABLE" and details["BackupSizeBytes"] == of["TableSizeBytes"] == source["TableSizeBytes"]
    assert details["BackupCreationDateTime"].timestamp() == NOW
    assert (of["TableName"], of["TableArn"], of["TableId"], of["ItemCount"]) == ("table", source["TableArn"], source["TableId"], 1)
    assert of["KeySchema"] == source["KeySchema"] and of["BillingMode"] == "PAY_PER_REQUEST" and of["TableCreationDateTime"] == source["CreationDateTime"]
    assert [index["IndexName"] for index in features["GlobalSecondaryIndexes"]] == ["all", "keys"]
    assert features["StreamDescription"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert features["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arn)
    again = dynamodb.describe_table(TableName="again")["Table"]
    assert "StreamSpecification" not in again
    assert dynamodb.describe_time_to_live(TableName="again")["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"


def test_backups_are_listed_in_pages_by_table_time_and_type(own):
    url, dynamodb = own
    arns = []
    for i in range(3):
        arns.append(back_up(dynamodb, f"backup-{i}"))
        ask(url, "clock", advance="1h")
    create(dynamodb, "other")
    other = dynamodb.create_backup(TableName="other", BackupName="of-other")["BackupDetails"]["BackupArn"]

    def listed(**more):
        return [summary["BackupArn"] for summary in dynamodb.list_backups(**more)["BackupSummaries"]]
    assert listed() == [*arns, other]
    summary = dynamodb.list_backups(Limit=1)["BackupSummaries"][0]
    source = dynamodb.describe_table(TableName="table")["Table"]
    assert (summary["TableName"], summary["TableId"], summary["TableArn"]) == ("table", source["TableId"], source["TableArn"])
    assert (summary["BackupStatus"], summary["BackupSizeBytes"]) == ("AVAILABLE", 0)
    assert listed(TableName="other") == [other]
    assert listed(TimeRangeLowerBound=NOW + 3600, TimeRangeUpperBound=NOW + 7200) == [arns[1]]
    assert listed(BackupType="SYSTEM") == [] and listed(BackupType="ALL") == [*arns, other]
    page = dynamodb.list_backups(Limit=2)
    assert page["LastEvaluatedBackupArn"] == arns[1]
    assert listed(ExclusiveStartBackupArn=arns[1]) == [arns[2], other]
    deleted = dynamodb.delete_backup(BackupArn=arns[0])["BackupDescription"]
    assert deleted["BackupDetails"]["BackupStatus"] == "DELETED" and deleted["SourceTableDetails"]["TableName"] == "table"
    assert listed() == [*arns[1:], other]
    assert refusal(dynamodb.describe_backup, BackupArn=arns[0]) == ("BackupNotFoundException", f"Backup not found: {arns[0]}")
    assert set(dynamodb.list_tables()["TableNames"]) == {"table", "other"}


def test_a_restore_may_change_indexes_billing_and_encryption(own):
    _, dynamodb = own
    put(dynamodb, "k", "v")
    arn = back_up(dynamodb)
    keep = {"IndexName": "keys", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    dynamodb.restore_table_from_backup(
        TargetTableName="again", BackupArn=arn, BillingModeOverride="PROVISIONED", ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[{**keep, "ProvisionedThroughput": units}], SSESpecificationOverride={"Enabled": True})
    table = dynamodb.describe_table(TableName="again")["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["keys"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert table["SSEDescription"]["SSEType"] == "KMS" and table["ItemCount"] == 1
    dynamodb.restore_table_from_backup(TargetTableName="none", BackupArn=arn, GlobalSecondaryIndexOverride=[])
    assert "GlobalSecondaryIndexes" not in dynamodb.describe_table(TableName="none")["Table"]
    wrong = {**keep, "Projection": {"ProjectionType": "ALL"}}
    assert refusal_code(dynamodb.restore_table_from_backup, TargetTableName="wrong", BackupArn=arn, GlobalSecondaryIndexOverride=[wrong]) == "ValidationException"
    assert refusal_code(dynamodb.restore_table_from_backup, TargetTableName="wrong", BackupArn=arn, BillingModeOverride="PROVISIONED") == "ValidationException"
    assert refusal_code(dynamodb.restore_table_from_backup, TargetTableName="again", BackupArn=arn) == "TableAlreadyExistsException"


def test_a_large_table_is_copied_while_it_changes(own):
    _, dynamodb = own
    before = fill(dynamodb, LARGE)
    arn = back_up(dynamodb)
    for i in range(0, LARGE, 3):  # all over the table: behind the copy and ahead of it
        if i % 2:
            delete(dynamodb, f"{i}")
        else:
            put(dynamodb, f"{i}", "new")
    for i in range(200):
        put(dynamodb, f"new {i}", "new")
    eventually(lambda: backup_status(dynamodb, arn) == "AVAILABLE")
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arn)
    assert restored(dynamodb, "again") == before
    assert dynamodb.describe_table(TableName="again")["Table"]["ItemCount"] == LARGE
    found = dynamodb.get_paginator("query").paginate(TableName="again", IndexName="keys", KeyConditionExpression="g = :g",
                                                     ExpressionAttributeValues={":g": {"S": "one"}})
    assert sum(page["Count"] for page in found) == LARGE


def test_backups_and_restores_take_the_transition_time_of_the_emulators_clock(own_emulator):
    url = own_emulator(options=("--transition-ms", "5000")).url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(url, "dynamodb")
    create(dynamodb)
    put(dynamodb, "k", "v")
    arn = back_up(dynamodb)
    assert backup_status(dynamodb, arn) == "CREATING"
    assert refusal_code(dynamodb.restore_table_from_backup, TargetTableName="again", BackupArn=arn) == "BackupInUseException"
    assert refusal_code(dynamodb.delete_backup, BackupArn=arn) == "BackupInUseException"
    ask(url, "clock", advance="5s")
    assert backup_status(dynamodb, arn) == "AVAILABLE"
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arn)
    assert table_status(dynamodb, "again") == "CREATING"
    assert refusal_code(dynamodb.scan, TableName="again") == "ResourceNotFoundException"
    assert refusal_code(dynamodb.delete_table, TableName="again") == "ResourceInUseException"
    assert refusal_code(dynamodb.create_backup, TableName="again", BackupName="of-it") == "TableInUseException"
    assert refusal_code(dynamodb.restore_table_from_backup, TargetTableName="again", BackupArn=arn) == "TableInUseException"
    ask(url, "clock", advance="5s")
    assert table_status(dynamodb, "again") == "ACTIVE" and items(dynamodb, "again") == {"k": "v"}


def test_any_second_since_recovery_was_switched_on_comes_back(own):
    url, dynamodb = own
    put(dynamodb, "a", "0")
    put(dynamodb, "b", "0")
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    was = {0: items(dynamodb, "table")}
    changes = [lambda: put(dynamodb, "a", "1"), lambda: delete(dynamodb, "b"), lambda: put(dynamodb, "c", "3"), lambda: put(dynamodb, "b", "4"),
               lambda: (put(dynamodb, "a", "5"), put(dynamodb, "a", "5!")), lambda: delete(dynamodb, "c")]
    for second, change in enumerate(changes, 1):
        ask(url, "clock", advance="1s")
        change()
        was[second] = items(dynamodb, "table")
    ask(url, "clock", advance="10m")
    put(dynamodb, "late", "late")
    for second, expected in was.items():
        dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName=f"at-{second}",
                                                RestoreDateTime=datetime.fromtimestamp(NOW + second, timezone.utc))
        assert restored(dynamodb, f"at-{second}") == expected, second
    dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="latest", UseLatestRestorableTime=True)
    assert restored(dynamodb, "latest") == was[6]
    summary = dynamodb.describe_table(TableName="latest")["Table"]["RestoreSummary"]
    assert "SourceBackupArn" not in summary and summary["SourceTableArn"].endswith("table/table")
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == []
    for wrong in (NOW - 1, NOW + 610):
        assert refusal_code(dynamodb.restore_table_to_point_in_time, SourceTableName="table", TargetTableName="wrong",
                            RestoreDateTime=wrong) == "InvalidRestoreTimeException"
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
    assert refusal(dynamodb.restore_table_to_point_in_time, SourceTableName="table", TargetTableName="wrong", UseLatestRestorableTime=True) == (
        "PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table 'table'")


def test_a_large_table_comes_back_while_it_changes(own):
    url, dynamodb = own
    before = fill(dynamodb, LARGE)
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    ask(url, "clock", advance="1s")
    for i in range(0, 1500):
        put(dynamodb, f"{i}", "new")
    ask(url, "clock", advance="10m")
    dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="again", RestoreDateTime=NOW)
    for i in range(0, LARGE, 7):
        put(dynamodb, f"{i}", "newer")
    assert restored(dynamodb, "again") == before


def test_the_change_log_is_bounded(own_emulator):
    url = own_emulator(options=("--recovery-log-mib", "1")).url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(url, "dynamodb")
    create(dynamodb)
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    for i in range(10):
        ask(url, "clock", advance="1s")
        put(dynamodb, "k", f"{i}" * 300_000)
    ask(url, "clock", advance="1h")
    told = dynamodb.describe_continuous_backups(TableName="table")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    earliest = told["EarliestRestorableDateTime"].timestamp()
    assert NOW + 5 < earliest < NOW + 10
    dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="again", RestoreDateTime=told["EarliestRestorableDateTime"])
    assert restored(dynamodb, "again")["k"][0] == str(int(earliest) - NOW - 1)


def test_without_a_change_log_the_table_as_it_is_comes_back(own_emulator):
    url = own_emulator(options=("--recovery-log-mib", "0")).url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb = client_at(url, "dynamodb")
    create(dynamodb)
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    ask(url, "clock", advance="1h")
    put(dynamodb, "k", "now")
    told = dynamodb.describe_continuous_backups(TableName="table")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert told["EarliestRestorableDateTime"].timestamp() == NOW + 3600
    dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="again", UseLatestRestorableTime=True)
    assert restored(dynamodb, "again") == {"k": "now"}


def test_what_is_older_than_the_recovery_period_cannot_come_back(own):
    url, dynamodb = own
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 1})
    put(dynamodb, "k", "first")
    ask(url, "clock", advance="30h")
    put(dynamodb, "k", "second")
    ask(url, "clock", advance="1h")
    assert refusal_code(dynamodb.restore_table_to_point_in_time, SourceTableName="table", TargetTableName="again",
                        RestoreDateTime=NOW + 3600) == "InvalidRestoreTimeException"
    dynamodb.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="again", RestoreDateTime=NOW + 20 * 3600)
    assert restored(dynamodb, "again") == {"k": "first"}


def test_a_deleted_table_with_recovery_leaves_a_system_backup_for_35_days(own):
    url, dynamodb = own
    put(dynamodb, "k", "v")
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    put(dynamodb, "l", "w")
    dynamodb.delete_table(TableName="table")
    assert dynamodb.list_tables()["TableNames"] == []
    backup, = dynamodb.list_backups(BackupType="SYSTEM")["BackupSummaries"]
    assert (backup["BackupName"], backup["BackupType"]) == ("table$DeletedTableBackup", "SYSTEM")
    create(dynamodb)  # the name is free
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=backup["BackupArn"])
    assert restored(dynamodb, "again") == {"k": "v", "l": "w"}
    ask(url, "clock", advance="36d")
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == []


def test_a_reset_leaves_no_backup(own):
    url, dynamodb = own
    put(dynamodb, "k", "v")
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    back_up(dynamodb)
    ask(url, "reset", method="POST")
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == []
    create(dynamodb)
    assert items(dynamodb, "table") == {}


def test_kill_9_in_a_backup_and_in_a_restore_loses_nothing(own_emulator):
    emulator = own_emulator()
    dynamodb = client_at(emulator.url, "dynamodb")
    create(dynamodb)
    before = fill(dynamodb, LARGE)
    arn = back_up(dynamodb)
    put(dynamodb, "0", "new")
    delete(dynamodb, "1")
    emulator.kill()
    emulator.start()
    dynamodb = client_at(emulator.url, "dynamodb")
    put(dynamodb, "2", "new")
    eventually(lambda: backup_status(dynamodb, arn) == "AVAILABLE")
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arn)
    emulator.kill()
    emulator.start()
    dynamodb = client_at(emulator.url, "dynamodb")
    assert restored(dynamodb, "again") == before
    assert dynamodb.describe_table(TableName="again")["Table"]["ItemCount"] == LARGE


def test_a_copy_that_meets_damage_is_given_up_and_others_go_on(own_emulator, tmp_path):
    emulator, chance = own_emulator(), random.Random(4)
    dynamodb = client_at(emulator.url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    for n in range(0, 1500, 25):
        dynamodb.batch_write_item(RequestItems={"table": [
            {"PutRequest": {"Item": {"k": {"S": f"{i}"}, "v": {"S": f"marker-{i}-" + chance.randbytes(5000).hex()}}}} for i in range(n, n + 25)]})
    last = dynamodb.scan(TableName="table", Segment=9, TotalSegments=10)["Items"][-1]["k"]["S"]  # not in the first step
    emulator.stop()
    file = tmp_path / "data" / "evpoc.db"
    content, marker = file.read_bytes(), f"marker-{last}-".encode()
    for at in range(0, len(content), pages.PAGE_BYTES):
        if marker in content[at:at + pages.PAGE_BYTES]:
            damage.overwrite(file, at + 9000, b"damage")
    emulator.start()
    dynamodb = client_at(emulator.url, "dynamodb")
    arn = back_up(dynamodb)
    eventually(lambda: not dynamodb.list_backups()["BackupSummaries"])
    assert refusal_code(dynamodb.describe_backup, BackupArn=arn) == "BackupNotFoundException"
    assert "a restore or an index could not go on" in emulator.logged()
    create(dynamodb, "other")
    put(dynamodb, "k", "v", "other")
    arn = dynamodb.create_backup(TableName="other", BackupName="other")["BackupDetails"]["BackupArn"]
    eventually(lambda: backup_status(dynamodb, arn) == "AVAILABLE")
    dynamodb.delete_table(TableName="table")

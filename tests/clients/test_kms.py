"""Keys, their states and aliases; and what becomes of an encrypted stream when its key is disabled or goes."""

from __future__ import annotations

import json

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import register_consumer, subscribe

SHARD = "shardId-000000000000"


def error_of(call, **arguments) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def key(kms) -> dict:
    return kms.create_key(Description="for tests")["KeyMetadata"]


def state(kms, key: dict) -> str:
    return kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]


def test_a_key_is_told_as_it_was_made(kms, key):
    told = kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]
    assert told == key
    assert told.pop("CreationDate") and len(told.pop("CurrentKeyMaterialId")) == 64
    assert told == {
        "AWSAccountId": "000000000000", "KeyId": key["KeyId"], "Arn": f"arn:aws:kms:us-east-1:000000000000:key/{key['KeyId']}",
        "Enabled": True, "Description": "for tests", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "MultiRegion": False}
    assert key["KeyId"] in [listed["KeyId"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
                            for listed in page["Keys"]]


def test_keys_that_no_library_of_ours_has_are_said_not_to_be_built(kms):
    assert error_of(kms.create_key, KeySpec="RSA_2048")[0] == "ValidationException"
    for spec, usage in (("SM2", "SIGN_VERIFY"), ("ML_DSA_44", "SIGN_VERIFY"), ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE")):
        assert error_of(kms.create_key, KeySpec=spec, KeyUsage=usage) == ("NotImplementedException", f"KeySpec {spec} is not implemented.")
    assert error_of(kms.create_key, Origin="AWS_CLOUDHSM")[0] == "NotImplementedException"
    assert error_of(kms.create_key, KeySpec="RSA_2048", KeyUsage="KEY_AGREEMENT") == ("ValidationException", "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048")


def test_a_key_is_disabled_and_enabled(kms, key):
    kms.disable_key(KeyId=key["KeyId"])
    assert state(kms, key) == "Disabled"
    kms.enable_key(KeyId=key["Arn"])
    assert state(kms, key) == "Enabled"
    kms.update_key_description(KeyId=key["KeyId"], Description="other")
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == "other"
    missing = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000"
    assert error_of(kms.disable_key, KeyId=missing.rsplit("/", 1)[1]) == ("NotFoundException", f"Key '{missing}' does not exist")


def test_a_deletion_waits_can_be_cancelled_and_comes(own_emulator):
    url = own_emulator().url
    kms = client_at(url, "kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    assert error_of(kms.schedule_key_deletion, KeyId=key["KeyId"], PendingWindowInDays=6)[0] == "ValidationException"
    answer = kms.schedule_key_deletion(KeyId=key["KeyId"])
    assert (answer["KeyState"], answer["PendingWindowInDays"]) == ("PendingDeletion", 30)
    pending = ("KMSInvalidStateException", f"{key['Arn']} is pending deletion.")
    assert error_of(kms.enable_key, KeyId=key["KeyId"]) == pending
    assert error_of(kms.create_alias, AliasName="alias/other", TargetKeyId=key["KeyId"]) == pending
    ask(url, "clock", advance="29d")
    kms.cancel_key_deletion(KeyId=key["KeyId"])
    assert state(kms, key) == "Disabled"
    assert error_of(kms.cancel_key_deletion, KeyId=key["KeyId"])[0] == "KMSInvalidStateException"
    deletion = kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert deletion["DeletionDate"] == kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["DeletionDate"]
    ask(url, "clock", advance="7d")
    assert error_of(kms.describe_key, KeyId=key["KeyId"])[0] == "NotFoundException"
    assert [alias["AliasName"] for alias in kms.list_aliases()["Aliases"]] == ["alias/aws/kinesis"]
    assert len(kms.list_keys()["Keys"]) == 1


def test_an_alias_is_made_pointed_elsewhere_and_deleted(kms, key, unique):
    alias = f"alias/{unique('key')}"
    other = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    arn = f"arn:aws:kms:us-east-1:000000000000:{alias}"
    assert error_of(kms.create_alias, AliasName=alias, TargetKeyId=other["KeyId"]) == (
        "AlreadyExistsException", f"An alias with the name {arn} already exists")
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key["KeyId"]
    assert [told["AliasArn"] for told in kms.list_aliases(KeyId=key["KeyId"])["Aliases"]] == [arn]
    kms.update_alias(AliasName=alias, TargetKeyId=other["Arn"])
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyId"] == other["KeyId"]
    assert kms.list_aliases(KeyId=key["KeyId"])["Aliases"] == []
    kms.delete_alias(AliasName=alias)
    assert error_of(kms.delete_alias, AliasName=alias) == ("NotFoundException", f"Alias {arn} is not found.")
    assert error_of(kms.update_alias, AliasName=alias, TargetKeyId=other["Arn"])[0] == "NotFoundException"
    assert error_of(kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=other["Arn"])[0] == "NotAuthorizedException"
    assert error_of(kms.create_alias, AliasName="mine", TargetKeyId=other["Arn"])[0] == "ValidationException"


def test_the_key_that_aws_manages_cannot_be_changed(kms):
    managed = kms.describe_key(KeyId="alias/aws/kinesis")["KeyMetadata"]
    assert managed["KeyManager"] == "AWS"
    for call in (kms.disable_key, kms.schedule_key_deletion, kms.cancel_key_deletion):
        assert error_of(call, KeyId=managed["KeyId"])[0] == "AccessDeniedException"


def test_tags_and_policies_of_a_key(kms):
    key = kms.create_key(Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]["KeyId"]
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "2"}, {"TagKey": "b", "TagValue": ""}])
    page = kms.list_resource_tags(KeyId=key, Limit=1)
    assert page["Tags"] == [{"TagKey": "a", "TagValue": "2"}] and page["Truncated"]
    assert kms.list_resource_tags(KeyId=key, Marker=page["NextMarker"])["Tags"] == [{"TagKey": "b", "TagValue": ""}]
    kms.untag_resource(KeyId=key, TagKeys=["a"])
    assert [tag["TagKey"] for tag in kms.list_resource_tags(KeyId=key)["Tags"]] == ["b"]
    assert error_of(kms.tag_resource, KeyId=key, Tags=[{"TagKey": "AWS:x", "TagValue": ""}]) == ("TagException", "Tags beginning with aws: are reserved")
    many = [{"TagKey": f"k{n}", "TagValue": ""} for n in range(50)]
    assert error_of(kms.tag_resource, KeyId=key, Tags=many) == ("TagException", "Too many tags")
    assert error_of(kms.create_key, Tags=[many[0], many[0]]) == ("TagException", "Duplicate tag keys")
    assert json.loads(kms.get_key_policy(KeyId=key)["Policy"])["Id"] == "key-default-1"
    kms.put_key_policy(KeyId=key, Policy='{"Version": "2012-10-17", "Statement": []}')
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == {"Version": "2012-10-17", "Statement": []}
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    assert error_of(kms.put_key_policy, KeyId=key, Policy="{}")[0] == "MalformedPolicyDocumentException"


def test_a_stream_is_encrypted_with_any_name_of_a_key(kms, kinesis, stream, key, unique):
    alias = f"alias/{unique('key')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    for name in (alias, key["KeyId"], key["Arn"], f"arn:aws:kms:us-east-1:000000000000:{alias}", "alias/aws/kinesis"):
        kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId=name)
        summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
        assert (summary["EncryptionType"], summary["KeyId"]) == ("KMS", name)
        assert kinesis.put_record(StreamName=stream, PartitionKey="k", Data=b"x")["EncryptionType"] == "KMS"
    absent = "00000000-0000-4000-8000-000000000000"
    start = {"StreamName": stream, "EncryptionType": "KMS"}
    assert error_of(kinesis.start_stream_encryption, **start, KeyId=absent)[0] == "KMSNotFoundException"
    kms.disable_key(KeyId=key["KeyId"])
    assert error_of(kinesis.start_stream_encryption, **start, KeyId=alias) == ("KMSDisabledException", f"{key['Arn']} is disabled.")
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    assert error_of(kinesis.start_stream_encryption, **start, KeyId=alias) == (
        "KMSInvalidStateException", f"{key['Arn']} is pending deletion.")


def test_without_its_key_a_stream_neither_takes_nor_gives_records(own_emulator):
    url = own_emulator().url
    kms, kinesis = client_at(url, "kms"), client_at(url, "kinesis")
    key = kms.create_key()["KeyMetadata"]
    kinesis.create_stream(StreamName="s", ShardCount=1)
    record = {"Data": b"x", "PartitionKey": "k"}
    put, put_all = {"StreamName": "s", **record}, {"StreamName": "s", "Records": [record]}
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"plain")

    def iterator(kind: str = "TRIM_HORIZON") -> str:
        return kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType=kind)["ShardIterator"]

    def read() -> list[tuple[bytes, str | None]]:
        return [(record["Data"], record.get("EncryptionType")) for record in kinesis.get_records(ShardIterator=iterator())["Records"]]

    kinesis.start_stream_encryption(StreamName="s", EncryptionType="KMS", KeyId=key["KeyId"])
    kinesis.put_record(**put)
    assert read() == [(b"plain", None), (b"x", "KMS")]

    def refused() -> set[str]:
        calls = ((kinesis.put_record, put), (kinesis.put_records, put_all), (kinesis.get_records, {"ShardIterator": iterator()}))
        return {error_of(call, **arguments)[0] for call, arguments in calls}

    kms.disable_key(KeyId=key["KeyId"])
    assert refused() == {"KMSDisabledException"}
    assert [record["Data"] for record in kinesis.get_records(ShardIterator=iterator(), Limit=1)["Records"]] == [b"plain"]
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert refused() == {"KMSInvalidStateException"}
    kms.cancel_key_deletion(KeyId=key["KeyId"])
    kms.enable_key(KeyId=key["KeyId"])
    kinesis.put_record(**put)
    assert len(read()) == 3
    kinesis.stop_stream_encryption(StreamName="s", EncryptionType="KMS", KeyId=key["KeyId"])
    kinesis.put_record(**put)
    assert [kind for _, kind in read()] == [None, "KMS", "KMS", None]
    kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=8760)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    ask(url, "clock", advance="8d")
    kinesis.put_record(**put)
    assert error_of(kinesis.get_records, ShardIterator=iterator())[0] == "KMSNotFoundException"


def test_a_subscriber_is_told_that_the_key_is_disabled(kms, kinesis, stream, key):
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId=key["KeyId"])
    consumer = register_consumer(kinesis, stream, "reader")
    kinesis.put_record(StreamName=stream, PartitionKey="k", Data=b"x", ExplicitHashKey="0")
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(ClientError) as refused, subscribe(kinesis, consumer, SHARD) as events:
        list(events)
    assert "KMSDisabledException" in str(refused.value)


def test_payloads_of_an_encrypted_stream_are_sealed_at_rest(own_emulator, tmp_path):
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"seen by everybody")
    kinesis.start_stream_encryption(StreamName="s", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    kinesis.put_record(StreamName="s", PartitionKey="k", Data=b"nobody sees this")
    assert emulator.stop() == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("evpoc.db*"))
    assert b"seen by everybody" in kept and b"nobody sees this" not in kept
    again = client_at(own_emulator().url, "kinesis")
    iterator = again.get_shard_iterator(StreamName="s", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert again.get_records(ShardIterator=iterator)["Records"][1]["Data"] == b"nobody sees this"


def test_a_stream_changes_its_encryption_twenty_five_times_a_day(own_emulator):
    url = own_emulator().url
    ask(url, "clock", freeze=True)
    kinesis = client_at(url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    key = {"StreamName": "s", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    for change in (kinesis.start_stream_encryption, kinesis.stop_stream_encryption):
        for _ in range(25):
            change(**key)
        assert error_of(change, **key)[0] == "LimitExceededException"
    ask(url, "clock", advance="24h")
    kinesis.start_stream_encryption(**key)
    kinesis.stop_stream_encryption(**key)

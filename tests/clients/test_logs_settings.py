"""CloudWatch Logs through boto3: retention, keys, tags, policies, protection, and what is measured."""

from __future__ import annotations

import json

import pytest
from admin import ask, stopped_clock
from conftest import client_at
from local_emulator import LocalEmulator
from test_logs import error_of, group, messages, now_ms, put  # noqa: F401

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:PutLogEvents", "Resource": "*"}]})


@pytest.fixture
def own():
    with LocalEmulator() as emulator, stopped_clock(emulator.url):
        yield emulator


def test_events_end_with_their_groups_retention_and_others_stay(own):
    logs = client_at(own.url, "logs")
    for name in ("short", "long"):
        logs.create_log_group(logGroupName=name)
        logs.create_log_stream(logGroupName=name, logStreamName="s")
    logs.put_retention_policy(logGroupName="short", retentionInDays=3)
    assert logs.describe_log_groups(logGroupNamePrefix="short")["logGroups"][0]["retentionInDays"] == 3
    begin = ask(own.url, "clock")["now_ms"]
    for name in ("short", "long"):
        logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=[
            {"timestamp": begin - 60_000, "message": "older"}, {"timestamp": begin, "message": "newer"}])
    assert logs.put_log_events(logGroupName="short", logStreamName="s", logEvents=[{"timestamp": begin - 4 * 86_400_000, "message": "x"}])[
        "rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    ask(own.url, "clock", advance="3d")
    assert messages(logs.get_log_events(logGroupName="short", logStreamName="s")) == ["newer"]  # at its very end
    ask(own.url, "clock", advance="1m")
    assert messages(logs.filter_log_events(logGroupName="short")) == []
    ask(own.url, "clock", advance="2m")
    assert logs.describe_log_groups(logGroupNamePrefix="short")["logGroups"][0]["storedBytes"] == 0
    assert messages(logs.get_log_events(logGroupName="long", logStreamName="s")) == ["older", "newer"]
    logs.delete_retention_policy(logGroupName="short")
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix="short")["logGroups"][0]


def test_a_retention_that_is_none_is_refused(logs, group):  # noqa: F811
    assert error_of(logs.put_retention_policy, logGroupName=group, retentionInDays=2)[0] == "InvalidParameterException"


def test_events_of_a_group_with_a_key_need_the_key(logs, kms, group, put):  # noqa: F811
    key = kms.create_key()["KeyMetadata"]
    put("a", (now_ms(), "plain"))
    logs.associate_kms_key(logGroupName=group, kmsKeyId=key["Arn"])
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["kmsKeyId"] == key["Arn"]
    put("a", (now_ms(), "sealed"))
    put("a", (now_ms(), "sealed too"))
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a")) == ["plain", "sealed", "sealed too"]
    kms.disable_key(KeyId=key["KeyId"])
    arn = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["logGroupArn"]
    said = ("AccessDeniedException", f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'")
    assert error_of(logs.get_log_events, logGroupName=group, logStreamName="a") == said
    assert error_of(logs.put_log_events, logGroupName=group, logStreamName="a", logEvents=[{"timestamp": now_ms(), "message": "x"}]) == said
    kms.enable_key(KeyId=key["KeyId"])
    logs.disassociate_kms_key(logGroupName=group)
    put("a", (now_ms(), "plain again"))
    assert messages(logs.get_log_events(logGroupName=group, logStreamName="a")) == ["plain", "sealed", "sealed too", "plain again"]


def test_a_key_that_cannot_be_used_is_refused(logs, kms, group):  # noqa: F811
    key = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=key["KeyId"])
    signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    absent = key["Arn"].rsplit("/", 1)[0] + "/00000000-0000-4000-8000-000000000000"
    for arn in (key["Arn"], signer["Arn"], absent, "alias/x"):
        assert error_of(logs.associate_kms_key, logGroupName=group, kmsKeyId=arn)[0] == "InvalidParameterException"


def test_what_a_group_with_a_key_stores_is_not_in_the_file(tmp_path):
    with LocalEmulator(data=tmp_path) as emulator:
        logs, kms = client_at(emulator.url, "logs"), client_at(emulator.url, "kms")
        for name in ("open", "sealed"):
            more = {"kmsKeyId": kms.create_key()["KeyMetadata"]["Arn"]} if name == "sealed" else {}
            logs.create_log_group(logGroupName=name, **more)
            logs.create_log_stream(logGroupName=name, logStreamName="s")
            logs.put_log_events(logGroupName=name, logStreamName="s", logEvents=[{"timestamp": now_ms(), "message": f"words of the {name}"}])
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("evpoc.db*"))
    assert b"words of the open" in stored and b"words of the sealed" not in stored


def test_both_ways_of_tagging_are_about_the_same_tags(logs, unique):
    name = unique("tagged")
    logs.create_log_group(logGroupName=name, tags={"a": "1"})
    arn = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["logGroupArn"]
    logs.tag_resource(resourceArn=arn, tags={"b": "2", "a": "3"})
    logs.tag_log_group(logGroupName=name, tags={"c": ""})
    assert logs.list_tags_log_group(logGroupName=name)["tags"] == {"a": "3", "b": "2", "c": ""}
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    logs.untag_log_group(logGroupName=name, tags=["b"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": ""}
    assert error_of(logs.tag_resource, resourceArn=arn, tags={f"k{i}": "" for i in range(50)})[0] == "TooManyTagsException"
    assert error_of(logs.list_tags_for_resource, resourceArn=arn + "-not")[0] == "ResourceNotFoundException"
    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)
    assert logs.list_tags_log_group(logGroupName=name)["tags"] == {}


def test_a_protected_group_is_not_deleted(logs, unique):
    name = unique("kept")
    logs.create_log_group(logGroupName=name, deletionProtectionEnabled=True)
    assert error_of(logs.delete_log_group, logGroupName=name)[0] == "ValidationException"
    logs.put_log_group_deletion_protection(logGroupIdentifier=name, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName=name)


def test_groups_are_listed_by_parts_of_their_names(logs, unique):
    root = unique("listed")
    for name in ("one", "two", "three"):
        logs.create_log_group(logGroupName=f"{root}-{name}")

    def names(pattern):
        page = logs.list_log_groups(logGroupNamePattern=pattern, limit=2)
        found = page["logGroups"]
        while "nextToken" in page:
            page = logs.list_log_groups(logGroupNamePattern=pattern, limit=2, nextToken=page["nextToken"])
            found += page["logGroups"]
        return [one["logGroupName"].removeprefix(root + "-") for one in found if one["logGroupName"].startswith(root)]

    assert names(f"^{root}"[:20]) == ["one", "three", "two"]
    assert names("three|-two") == ["three", "two"] and names("^three") == []


def test_policies_of_the_account_and_of_a_group(own):
    logs = client_at(own.url, "logs")
    for i in range(10):
        logs.put_resource_policy(policyName=f"p{i}", policyDocument=POLICY)
    logs.put_resource_policy(policyName="p3", policyDocument=POLICY)
    assert error_of(logs.put_resource_policy, policyName="q", policyDocument=POLICY) == ("LimitExceededException", "Resource limit exceeded.")
    assert error_of(logs.put_resource_policy, policyName="p1", policyDocument="{")[0] == "InvalidParameterException"
    names = [policy["policyName"] for page in logs.get_paginator("describe_resource_policies").paginate(PaginationConfig={"PageSize": 3})
             for policy in page["resourcePolicies"]]
    assert names == [f"p{i}" for i in range(10)]
    logs.delete_resource_policy(policyName="p9")
    assert error_of(logs.delete_resource_policy, policyName="p9")[0] == "ResourceNotFoundException"
    logs.create_log_group(logGroupName="g")
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    made = logs.put_resource_policy(resourceArn=arn, policyDocument=POLICY)
    assert made["resourcePolicy"]["policyScope"] == "RESOURCE"
    again = logs.put_resource_policy(resourceArn=arn, policyDocument=POLICY, expectedRevisionId=made["revisionId"])
    assert error_of(logs.put_resource_policy, resourceArn=arn, policyDocument=POLICY, expectedRevisionId=made["revisionId"])[0] == "OperationAbortedException"
    assert [one["revisionId"] for one in logs.describe_resource_policies(policyScope="RESOURCE")["resourcePolicies"]] == [again["revisionId"]]


def test_what_comes_in_is_measured(own):
    logs, cloudwatch = client_at(own.url, "logs"), client_at(own.url, "cloudwatch")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = ask(own.url, "clock")["now_ms"]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[{"timestamp": now, "message": "12345"}] * 4)
    ask(own.url, "clock", advance="2m")
    for name, value in (("IncomingLogEvents", 4), ("IncomingBytes", 4 * 31)):
        for dimensions in ([], [{"Name": "LogGroupName", "Value": "g"}]):
            found = cloudwatch.get_metric_statistics(Namespace="AWS/Logs", MetricName=name, Dimensions=dimensions, StartTime=now // 1000 - 600,
                                                     EndTime=now // 1000 + 600, Period=60, Statistics=["Sum"])["Datapoints"]
            assert [point["Sum"] for point in found] == [value], (name, dimensions)

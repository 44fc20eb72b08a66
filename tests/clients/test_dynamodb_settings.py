"""What tools keep with a table: resource policies and contributor insights."""

from __future__ import annotations

import json

import pytest
from helpers import refusal, refusal_code

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "dynamodb:GetItem", "Resource": "*"}]})


@pytest.fixture
def table(dynamodb, unique):
    """The description of a table with an index and a stream; gone afterwards."""
    name = unique("table")
    told = dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[{"IndexName": "index", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "k", "KeyType": "RANGE"}],
                                 "Projection": {"ProjectionType": "ALL"}}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    yield told["TableDescription"]
    dynamodb.delete_table(TableName=name)


@pytest.mark.parametrize("of", ["TableArn", "LatestStreamArn"])
def test_a_policy_is_put_at_the_revision_one_has_seen(dynamodb, table, of):
    arn = table[of]
    assert refusal_code(dynamodb.get_resource_policy, ResourceArn=arn) == "PolicyNotFoundException"
    first = dynamodb.put_resource_policy(ResourceArn=arn, Policy=POLICY, ExpectedRevisionId="NO_POLICY")["RevisionId"]
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=POLICY)["RevisionId"] == first
    told = dynamodb.get_resource_policy(ResourceArn=arn)
    assert (told["Policy"], told["RevisionId"]) == (POLICY, first)
    assert refusal_code(dynamodb.put_resource_policy, ResourceArn=arn, Policy=POLICY, ExpectedRevisionId="NO_POLICY") == "PolicyNotFoundException"
    second = dynamodb.put_resource_policy(ResourceArn=arn, Policy=POLICY + " ", ExpectedRevisionId=first)["RevisionId"]
    assert second != first
    assert refusal_code(dynamodb.delete_resource_policy, ResourceArn=arn, ExpectedRevisionId=first) == "PolicyNotFoundException"
    assert dynamodb.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=second)["RevisionId"] == second
    assert refusal_code(dynamodb.get_resource_policy, ResourceArn=arn) == "PolicyNotFoundException"
    assert "RevisionId" not in dynamodb.delete_resource_policy(ResourceArn=arn)
    assert refusal_code(dynamodb.delete_resource_policy, ResourceArn=arn, ExpectedRevisionId=second) == "PolicyNotFoundException"


def test_a_table_is_made_with_its_policy_and_takes_it_along(dynamodb, unique):
    wanted = {"TableName": unique("table"), "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
              "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
    assert refusal_code(dynamodb.create_table, **wanted, ResourcePolicy="{}") == "ValidationException"
    arn = dynamodb.create_table(**wanted, ResourcePolicy=POLICY)["TableDescription"]["TableArn"]
    assert dynamodb.get_resource_policy(ResourceArn=arn)["Policy"] == POLICY
    dynamodb.delete_table(TableName=wanted["TableName"])
    dynamodb.create_table(**wanted)
    assert refusal_code(dynamodb.get_resource_policy, ResourceArn=arn) == "PolicyNotFoundException"
    dynamodb.delete_table(TableName=wanted["TableName"])


def test_what_is_no_policy_or_no_resource_is_refused(dynamodb, table):
    arn = table["TableArn"]
    for policy in ("{", "[]", "{}", json.dumps({"Statement": "x" * 20480})):
        assert refusal_code(dynamodb.put_resource_policy, ResourceArn=arn, Policy=policy) == "ValidationException"
    for wrong in (arn + "x", arn + "/stream/2030-01-01T00:00:00.000", arn + "/index/index", arn.replace("us-east-1", "eu-west-1")):
        assert refusal_code(dynamodb.get_resource_policy, ResourceArn=wrong) == "ResourceNotFoundException", wrong
    for wrong in ("x", "arn:aws:kinesis:us-east-1:000000000000:stream/s"):
        assert refusal_code(dynamodb.get_resource_policy, ResourceArn=wrong) == "ValidationException", wrong


def test_contributor_insights_are_kept_of_tables_and_indexes(dynamodb, table):
    name = table["TableName"]

    def described(**of):
        return dynamodb.describe_contributor_insights(TableName=name, **of)
    assert described()["ContributorInsightsStatus"] == "DISABLED"
    told = dynamodb.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE")
    assert (told["TableName"], told["ContributorInsightsStatus"]) == (name, "ENABLING")
    dynamodb.update_contributor_insights(TableName=name, IndexName="index", ContributorInsightsAction="ENABLE", ContributorInsightsMode="THROTTLED_KEYS")
    told = described()
    assert (told["ContributorInsightsStatus"], told["ContributorInsightsMode"]) == ("ENABLED", "ACCESSED_AND_THROTTLED_KEYS")
    assert [rule.split("-")[1] for rule in told["ContributorInsightsRuleList"]] == ["PKC", "PKT"]
    told = described(IndexName="index")
    assert [rule.split("-")[1] for rule in told["ContributorInsightsRuleList"]] == ["PKT", "SKT"]
    page = dynamodb.list_contributor_insights(TableName=name, MaxResults=1)
    assert [summary.get("IndexName") for summary in page["ContributorInsightsSummaries"]] == [None]
    rest = dynamodb.list_contributor_insights(TableName=name, NextToken=page["NextToken"])
    assert [summary["IndexName"] for summary in rest["ContributorInsightsSummaries"]] == ["index"] and "NextToken" not in rest
    dynamodb.update_contributor_insights(TableName=name, ContributorInsightsAction="DISABLE")
    assert described()["ContributorInsightsStatus"] == "DISABLED" and described()["LastUpdateDateTime"]
    assert refusal(dynamodb.describe_contributor_insights, TableName=name, IndexName="none") == (
        "ResourceNotFoundException", "Requested resource not found: Index: none not found")
    assert refusal_code(dynamodb.describe_contributor_insights, TableName="nothing") == "ResourceNotFoundException"

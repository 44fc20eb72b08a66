"""What a table is set to, round trip: warm throughput, on-demand maxima, class, encryption, protection.

aws-test: warm throughput as measured of AWS: recorded (test_table_warm_throughput, test_gsi_with_billing_mode), and the
refusals that Terraform's provider quotes; settings by github.com/nubo-db/dynamodb-conformance, createTable and updateTable/config."""

import pytest
from helpers import refusal
from test_dynamodb_keys import create, define, index, schema

INVALID = "One or more parameter values were invalid: "
PROVISIONED = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}


def warm(read, write, status=None):
    return {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write} | ({"Status": status} if status else {})


@pytest.fixture
def name(unique):
    return unique("settings")


@pytest.fixture
def told(dynamodb, name):
    return lambda: dynamodb.describe_table(TableName=name)["Table"]


def provisioned(dynamodb, name, **more):
    return dynamodb.create_table(TableName=name, ProvisionedThroughput=PROVISIONED, KeySchema=schema("p"),
                                 AttributeDefinitions=define(p="S"), **more)["TableDescription"]


def test_a_table_is_made_warm(dynamodb, name, told):
    made = provisioned(dynamodb, name, WarmThroughput=warm(1000, 1200))
    assert made["WarmThroughput"] == warm(1000, 1200, "UPDATING")
    assert told()["WarmThroughput"] == warm(1000, 1200, "ACTIVE")
    answer = dynamodb.update_table(TableName=name, WarmThroughput={"ReadUnitsPerSecond": 1001})["TableDescription"]
    assert (answer["TableStatus"], answer["WarmThroughput"]) == ("ACTIVE", warm(1001, 1200, "UPDATING"))
    for less, what in ((warm(1000, 1200), "Read"), (warm(1001, 1), "Write"), ({"WriteUnitsPerSecond": 1199}, "Write")):
        assert refusal(dynamodb.update_table, TableName=name, WarmThroughput=less) == (
            "ValidationException",
            INVALID + f"Requested {what}UnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported")
    dynamodb.update_table(TableName=name, WarmThroughput=warm(1001, 1200))
    assert told()["WarmThroughput"] == warm(1001, 1200, "ACTIVE")


def test_a_provisioned_table_stays_as_warm_as_it_ever_was(dynamodb, name, told):
    assert "WarmThroughput" not in provisioned(dynamodb, name)
    seen = [told()["WarmThroughput"]]
    for units in ((8, 9), (2, 10), (1, 1)):
        dynamodb.update_table(TableName=name, ProvisionedThroughput=dict(zip(PROVISIONED, units, strict=True)))
        seen.append(told()["WarmThroughput"])
    assert seen == [warm(*units, "ACTIVE") for units in ((5, 6), (8, 9), (8, 10), (8, 10))]
    dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    assert told()["WarmThroughput"] == warm(12000, 4000, "ACTIVE")
    dynamodb.update_table(TableName=name, BillingMode="PROVISIONED", ProvisionedThroughput=PROVISIONED)
    assert told()["WarmThroughput"] == warm(12000, 4000, "ACTIVE")


def test_warm_indexes(dynamodb, name, told):
    one = index("one", "a") | {"WarmThroughput": warm(13000, 5000)}
    create(dynamodb, name, {"p": "S", "a": "S"}, one)
    dynamodb.update_table(TableName=name, AttributeDefinitions=define(p="S", b="S"),
                          GlobalSecondaryIndexUpdates=[{"Create": index("two", "b") | {"WarmThroughput": {"ReadUnitsPerSecond": 12001}}}])
    update = [{"Update": {"IndexName": "one", "WarmThroughput": warm(14000, 5000)}}]
    dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=update)
    assert [one["WarmThroughput"] for one in told()["GlobalSecondaryIndexes"]] == [warm(14000, 5000, "ACTIVE"), warm(12001, 4000, "ACTIVE")]
    update[0]["Update"]["WarmThroughput"] = warm(13999, 5000)
    assert refusal(dynamodb.update_table, TableName=name, GlobalSecondaryIndexUpdates=update)[1] == (
        INVALID + "Requested ReadUnitsPerSecond for WarmThroughput for index one is lower than current WarmThroughput, decreasing WarmThroughput is not supported")
    update[0]["Update"]["IndexName"] = "ghost"
    assert refusal(dynamodb.update_table, TableName=name, GlobalSecondaryIndexUpdates=update) == (
        "ResourceNotFoundException", f"Requested resource not found: Index ghost for table {name}")


def test_a_table_on_demand_is_not_made_colder(dynamodb, name):
    said = refusal(lambda: create(dynamodb, name, {"p": "S"}, WarmThroughput=warm(11999, 4000)))
    assert said[1].startswith(INVALID + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: https://")


def test_maxima_on_demand(dynamodb, name, told):
    create(dynamodb, name, {"p": "S"}, OnDemandThroughput={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5})
    assert told()["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5}
    dynamodb.update_table(TableName=name, OnDemandThroughput={"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": -1})
    assert told()["OnDemandThroughput"] == {"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": -1}
    said = refusal(lambda: provisioned(dynamodb, name + "2", OnDemandThroughput={"MaxReadRequestUnits": 1}))
    assert said[1] == INVALID + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"


def test_class_encryption_and_protection(dynamodb, name, told):
    create(dynamodb, name, {"p": "S"}, TableClass="STANDARD_INFREQUENT_ACCESS", SSESpecification={"Enabled": True}, DeletionProtectionEnabled=True)
    table = told()
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert (table["SSEDescription"]["Status"], table["SSEDescription"]["SSEType"]) == ("ENABLED", "KMS")
    assert table["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:")
    code, message = refusal(dynamodb.delete_table, TableName=name)
    assert (code, "protected against deletion" in message) == ("ValidationException", True)
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False, TableClass="STANDARD", SSESpecification={"Enabled": False})
    table = told()
    assert (table["DeletionProtectionEnabled"], table["TableClassSummary"]["TableClass"], "SSEDescription" in table) == (False, "STANDARD", False)
    dynamodb.delete_table(TableName=name)

"""ARNs bear the partition of their region, and lead nowhere with another.

aws: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)": aws, aws-cn, aws-us-gov; the other partitions as
botocore's partitions.json has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import refusal_code
from local_emulator import LocalEmulator

PARTITIONS = {
    "eu-central-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-west-1": "aws-us-gov",
    "us-iso-east-1": "aws-iso",
    "us-isob-east-1": "aws-iso-b",
    "eu-isoe-west-1": "aws-iso-e",
    "us-isof-south-1": "aws-iso-f",
    "eusc-de-east-1": "aws-eusc",
}


@pytest.fixture(params=PARTITIONS)
def region(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def client(emulator: LocalEmulator, region: str) -> Callable[[str], Any]:
    return lambda service: client_at(emulator.url, service, region_name=region)


def texts(answer: Any) -> list[str]:
    """All ARNs in an answer, also within texts."""
    said = json.dumps(answer, default=str)
    return ["arn:" + rest.split('"')[0] for rest in said.replace("\\", "").split("arn:")[1:]]


def test_every_service_tells_the_partition_of_its_region(client: Callable[[str], Any], region: str, unique: Callable[[str], str]) -> None:
    name = unique("a")
    kinesis, glue, dynamodb, kms, sts = map(client, ("kinesis", "glue", "dynamodb", "kms", "sts"))
    kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    key = kms.create_key()["KeyMetadata"]
    answers = [
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c"),
        kinesis.list_streams(),
        glue.create_registry(RegistryName=name),
        glue.create_schema(RegistryId={"RegistryName": name}, SchemaName="s", DataFormat="AVRO", Compatibility="NONE", SchemaDefinition='"int"'),
        dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}]),
        key,
        kms.get_key_policy(KeyId=key["KeyId"]),
        kms.list_keys(),
        sts.get_caller_identity(),
    ]
    for answer in answers:
        found = texts(answer)
        assert found, answer
        assert {text.split(":")[1] for text in found} == {PARTITIONS[region]}, found
    # What was told leads back.
    assert kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]["StreamName"] == name
    assert kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["KeyId"] == key["KeyId"]
    if region != "eusc-de-east-1":  # the pattern of Glue's own model doesn't know aws-eusc yet
        assert glue.get_registry(RegistryId={"RegistryArn": answers[2]["RegistryArn"]})["RegistryName"] == name
    assert dynamodb.list_tags_of_resource(ResourceArn=answers[4]["TableDescription"]["TableArn"])["Tags"] == []
    # With another partition it does not.
    wrong = arn.replace(f"arn:{PARTITIONS[region]}:", "arn:aws-cn:" if PARTITIONS[region] != "aws-cn" else "arn:aws:")
    assert refusal_code(kinesis.describe_stream_summary, StreamARN=wrong) == "InvalidArgumentException"
    with pytest.raises(ClientError):
        kms.describe_key(KeyId=wrong.replace(":kinesis:", ":kms:").rpartition(":")[0] + ":key/" + key["KeyId"])

"""--auth soft: what was asked for is noted, and `ctl denied` prints the smallest policy that lets it pass."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from admin import Refused, ask
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import eventually, iterator, refusal
from local_emulator import LocalEmulator
from test_authorization import document

ROLE = "arn:aws:iam::000000000000:role/archive"
SERVICES = ("kinesis", "dynamodb", "s3", "glue", "firehose")


@pytest.fixture(name="emu")
def noting_emulator() -> Iterator[LocalEmulator]:
    with LocalEmulator(options=("--auth", "soft")) as running:
        yield running


def ctl(emu: LocalEmulator, *words: str) -> str:
    done = subprocess.run([emu.binary, "ctl", *words, "--port", str(emu.port)], capture_output=True, text=True, timeout=30, env=emu.settings())
    assert done.returncode == 0, done
    return done.stdout


def a_day_of_the_system(emu: LocalEmulator, key: str, **who: str) -> None:
    """What the reference system's set-up and its programs do, in small."""
    kinesis, dynamodb, s3 = (client_at(emu.url, name, **who) for name in ("kinesis", "dynamodb", "s3"))
    glue, firehose, cloudwatch = (client_at(emu.url, name, **who) for name in ("glue", "firehose", "cloudwatch"))
    kinesis.create_stream(StreamName="events", ShardCount=1)
    kinesis.start_stream_encryption(StreamName="events", EncryptionType="KMS", KeyId=key)
    glue.create_registry(RegistryName="schemas")
    glue.create_schema(RegistryId={"RegistryName": "schemas"}, SchemaName="event", DataFormat="AVRO", Compatibility="NONE", SchemaDefinition='"string"')
    dynamodb.create_table(TableName="store", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    s3.create_bucket(Bucket="archive-of-events")
    firehose.create_delivery_stream(DeliveryStreamName="archive", S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::archive-of-events"})
    kinesis.put_record(StreamName="events", PartitionKey="a", Data=b"one")
    kinesis.get_records(ShardIterator=iterator(kinesis, "events", "shardId-000000000000"))
    dynamodb.put_item(TableName="store", Item={"id": {"S": "1"}})
    dynamodb.batch_get_item(RequestItems={"store": {"Keys": [{"id": {"S": "1"}}]}})
    s3.put_object(Bucket="archive-of-events", Key="a*b?${c}", Body=b"x")
    s3.get_object(Bucket="archive-of-events", Key="a*b?${c}")
    s3.list_objects_v2(Bucket="archive-of-events")
    firehose.put_record(DeliveryStreamName="archive", Record={"Data": b"x"})
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", "Value": 1}])
    cloudwatch.list_dashboards()
    client_at(emu.url, "kms", **who).describe_key(KeyId="alias/events")


def begin_again(emu: LocalEmulator) -> None:
    for service in SERVICES:
        ask(emu.url, "reset", service=service)


def test_the_policy_of_a_recorded_run_is_enough_and_not_too_much(emu):
    iam = client_at(emu.url, "iam")
    key = client_at(emu.url, "kms").create_key()["KeyMetadata"]["Arn"]
    client_at(emu.url, "kms").create_alias(AliasName="alias/events", TargetKeyId=key)
    trust = document([{"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}])
    iam.create_role(RoleName="archive", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="archive", PolicyName="own", PolicyDocument=document([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))
    user = iam.create_user(UserName="system")["User"]["Arn"]
    made = iam.create_access_key(UserName="system")["AccessKey"]
    who = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    ask(emu.url, "denied", method="DELETE")
    a_day_of_the_system(emu, key, **who)
    told = ask(emu.url, "denied")
    assert {one["principal"] for one in told["denied"]} == {user} and list(told["policies"]) == [user]
    policy = json.loads(ctl(emu, "denied"))
    assert policy == told["policies"][user]
    actions = [statement["Action"] for statement in policy["Statement"]]
    assert all(one == sorted(one) for one in actions)
    assert "arn:aws:s3:::archive-of-events/a${*}b${?}${$}{c}" in json.dumps(policy)  # no wildcard that was not asked for
    ask(emu.url, "auth", auth="iam")
    for without in [None, *range(len(policy["Statement"]))]:
        begin_again(emu)
        statements = [statement for number, statement in enumerate(policy["Statement"]) if number != without]
        iam.put_user_policy(UserName="system", PolicyName="p", PolicyDocument=json.dumps(policy | {"Statement": statements}))
        if without is None:
            a_day_of_the_system(emu, key, **who)
            continue
        with pytest.raises(ClientError) as refused:
            a_day_of_the_system(emu, key, **who)
        assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), policy["Statement"][without]


def test_root_and_anybody_are_noted_and_let_through(emu):
    client_at(emu.url, "kinesis", aws_access_key_id="whoever", aws_secret_access_key="wrong").list_streams()
    urllib3.request("GET", f"{emu.url}/no-such-bucket/key")
    told = ask(emu.url, "denied")
    assert [one["principal"] for one in told["denied"]] == ["anonymous"]  # root may
    root = told["policies"]["arn:aws:iam::000000000000:root"]
    assert root["Statement"] == [{"Effect": "Allow", "Action": ["kinesis:ListStreams"], "Resource": ["*"]}]
    assert "policies would deny it" in emu.logged()
    assert ctl(emu, "denied", "principal=arn:aws:iam::000000000000:root").startswith("{")
    key = client_at(emu.url, "kms").create_key()["KeyMetadata"]
    client_at(emu.url, "kms").encrypt(KeyId=key["KeyId"], Plaintext=b"x")  # which the key's policy lets root, but not who is to take its place
    assert {"Effect": "Allow", "Action": ["kms:Encrypt"], "Resource": [key["Arn"]]} in ask(emu.url, "denied")["policies"]["arn:aws:iam::000000000000:root"]["Statement"]
    assert ask(emu.url, "denied", method="DELETE") == {"denied": [], "policies": {}}


def test_a_form_asks_for_its_object(emu):
    client_at(emu.url, "s3").create_bucket(Bucket="forms-asked")
    iam = client_at(emu.url, "iam")
    iam.create_user(UserName="form")
    made = iam.create_access_key(UserName="form")["AccessKey"]
    who = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    ask(emu.url, "auth", auth="iam")

    def post(key: str, **more: Any) -> int:
        s3 = client_at(emu.url, "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}), **who)
        form = s3.generate_presigned_post("forms-asked", key)
        fields = form["fields"] if more else {"key": key}
        return urllib3.request("POST", form["url"], fields=fields | {"file": ("a.txt", b"hello")}).status
    iam.put_user_policy(UserName="form", PolicyName="p", PolicyDocument=document([{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::forms-asked/mine/*"}]))
    assert (post("mine/a", signed=True), post("other", signed=True), post("mine/b")) == (204, 403, 403)
    assert refusal(client_at(emu.url, "s3", **who).list_objects_v2, Bucket="forms-asked")[0] == "AccessDenied"
    assert [one["Key"] for one in client_at(emu.url, "s3").list_objects_v2(Bucket="forms-asked")["Contents"]] == ["mine/a"]


def test_firehose_is_held_to_its_role(emu):
    iam, s3, firehose = (client_at(emu.url, name) for name in ("iam", "s3", "firehose"))
    s3.create_bucket(Bucket="of-a-role")
    trust = document([{"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}])
    role = iam.create_role(RoleName="delivering", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    firehose.create_delivery_stream(DeliveryStreamName="by-role", ExtendedS3DestinationConfiguration={
        "RoleARN": role, "BucketARN": "arn:aws:s3:::of-a-role", "Prefix": "events/!{timestamp:yyyy}/", "ErrorOutputPrefix": "errors/"})
    objects = lambda: [one["Key"] for one in s3.list_objects_v2(Bucket="of-a-role").get("Contents", [])]  # noqa: E731

    def deliver() -> None:
        firehose.put_record(DeliveryStreamName="by-role", Record={"Data": b"x"})
        with contextlib.suppress(Refused):
            ask(emu.url, "firehose/flush", stream="by-role")
    deliver()
    eventually(objects)
    policy = ask(emu.url, "denied")["policies"][role]
    assert policy["Statement"] == [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::of-a-role/events/*"]}]
    ask(emu.url, "auth", auth="iam")
    deliver()
    eventually(lambda: "by-role cannot deliver: access was denied" in emu.logged())
    assert len(objects()) == 1
    iam.put_role_policy(RoleName="delivering", PolicyName="own", PolicyDocument=json.dumps(policy))
    deliver()  # with what could not be delivered before
    eventually(lambda: len(objects()) == 2)

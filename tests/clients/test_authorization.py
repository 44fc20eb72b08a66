"""--auth iam: a table of cases (auth_cases.json), each with the page of AWS's documentation that says so, decided by real calls;
so are those of iam_policy_cases.json that a call can be made for."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
from admin import ask
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import PLAIN, client_at
from helpers import refusal
from local_emulator import LocalEmulator

HERE = Path(__file__).parent
CASES = json.loads((HERE / "auth_cases.json").read_text())
SIMULATED = json.loads((HERE / "iam_policy_cases.json").read_text())
NUMBERS = itertools.count(int.from_bytes(os.urandom(3), "big") * 10_000 + 300_000_000_000)
DENIALS = {"AccessDenied", "AccessDeniedException"}


@pytest.fixture(scope="module", name="emu")
def deciding_emulator() -> Iterator[LocalEmulator]:
    with LocalEmulator(options=("--auth", "iam")) as running:
        yield running


WEB_TOKEN = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                     for part in ({"alg": "none"}, {"iss": "https://issuer.example", "sub": "anna", "aud": "app"}, {}))


def document(statements: Any) -> str:
    if isinstance(statements, dict) and "Statement" in statements:
        return json.dumps(statements)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class Account:
    """One that nobody else uses, with what a case asks for."""

    def __init__(self, emu: LocalEmulator, case: dict[str, Any]):
        self.emu, self.number = emu, str(next(NUMBERS))
        self.foreign_number = str(next(NUMBERS))
        self.bucket = f"bucket-{self.number}"
        self.names = {"account": self.number, "bucket": self.bucket, "user": f"arn:aws:iam::{self.number}:user/anna",
                      "role": f"arn:aws:iam::{self.number}:role/acting", "session": f"arn:aws:sts::{self.number}:assumed-role/acting/me",
                      "token": WEB_TOKEN, "foreign": f"arn:aws:iam::{self.foreign_number}:user/anna", "foreign_account": self.foreign_number}
        self.make_things(json.dumps(case))
        self.case: dict[str, Any] = self.filled(case)

    def root(self, service: str, foreign: bool = False) -> Any:
        return client_at(self.emu.url, service, aws_access_key_id=self.foreign_number if foreign else self.number)

    def filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if value == "{ciphertext}":
            return self.ciphertext
        return re.sub(r"(?<!\$)\{(\w+)\}", lambda found: self.names[found[1]], value) if isinstance(value, str) else value

    def make_things(self, text: str) -> None:
        if "kinesis" in text:
            kinesis = self.root("kinesis")
            kinesis.create_stream(StreamName="orders", ShardCount=1, Tags={"team": "red"})
            self.names["iterator"] = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="LATEST")["ShardIterator"]
        if "dynamodb" in text:
            for table in ("items", "more"):
                self.root("dynamodb").create_table(
                    TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "b", "AttributeType": "S"}],
                    GlobalSecondaryIndexes=[{"IndexName": "by-b", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}])
        if "{table_stream}" in text:
            view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
            self.names["table_stream"] = self.root("dynamodb").update_table(TableName="items", StreamSpecification=view)["TableDescription"]["LatestStreamArn"]
        if "{bucket}" in text or "s3" in text:
            self.root("s3").create_bucket(Bucket=self.bucket)
            for key in ("key", "other"):
                self.root("s3").put_object(Bucket=self.bucket, Key=key, Body=b"x")
        if "kms" in text:
            key = self.root("kms").create_key()["KeyMetadata"]["Arn"]
            self.root("kms").create_alias(AliasName="alias/mine", TargetKeyId=key)
            self.names["key"] = key
            self.ciphertext = self.root("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        if "glue" in text:
            self.root("glue").create_registry(RegistryName="events")
        if "/worker" in text or "archive" in text:
            self.root("iam").create_role(RoleName="worker", Path="/app/", AssumeRolePolicyDocument=document([
                {"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}]))
        if "archive" in text:
            self.root("s3").create_bucket(Bucket=self.bucket)
            self.root("firehose").create_delivery_stream(DeliveryStreamName="archive", S3DestinationConfiguration={
                "RoleARN": f"arn:aws:iam::{self.number}:role/app/worker", "BucketARN": f"arn:aws:s3:::{self.bucket}"})

    # Who calls

    def attach(self, iam: Any, kind: str, **named: str) -> None:
        for number, statements in enumerate(self.case.get("role" if kind == "role" else "policies", [])):
            getattr(iam, f"put_{kind}_policy")(**named, PolicyName=f"p{number}", PolicyDocument=document(statements))
        for arn in self.case.get("attached", []):
            getattr(iam, f"attach_{kind}_policy")(**named, PolicyArn=arn)
        if "boundary" in self.case:
            boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=document(self.case["boundary"]))["Policy"]["Arn"]
            getattr(iam, f"put_{kind}_permissions_boundary")(**named, PermissionsBoundary=boundary)

    def make_user(self, foreign: bool = False, name: str = "anna") -> dict[str, Any]:
        iam = self.root("iam", foreign)
        iam.create_user(UserName=name, Tags=[{"Key": key, "Value": value} for key, value in self.case.get("tags", {}).items()])
        if "role" not in self.case:
            self.attach(iam, "user", UserName=name)
        if group := self.case.get("group"):
            iam.create_group(GroupName="all")
            iam.add_user_to_group(GroupName="all", UserName=name)
            iam.put_group_policy(GroupName="all", PolicyName="p", PolicyDocument=document(group[0]))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def make_session(self, user: dict[str, Any]) -> dict[str, Any]:
        iam = self.root("iam")
        trust = [{"Effect": "Allow", "Principal": {"AWS": self.names["user"]}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]
        iam.create_role(RoleName="acting", AssumeRolePolicyDocument=document(trust), Tags=[{"Key": "team", "Value": "roles"}])
        self.attach(iam, "role", RoleName="acting")
        more: dict[str, Any] = {"Policy": document(self.case["session"])} if "session" in self.case else {}
        more |= {"PolicyArns": [{"arn": arn} for arn in self.case["session_arns"]]} if "session_arns" in self.case else {}
        more |= {"Tags": [{"Key": key, "Value": value} for key, value in self.case["session_tags"].items()]} if "session_tags" in self.case else {}
        return temporary(client_at(self.emu.url, "sts", **user).assume_role(RoleArn=self.names["role"], RoleSessionName="me", **more))

    def make_federated(self, user: dict[str, Any]) -> dict[str, Any]:
        more = {"Policy": document(self.case["session"])} if "session" in self.case else {}
        self.root("iam").put_user_policy(UserName="anna", PolicyName="federate", PolicyDocument=document(
            [{"Effect": "Allow", "Action": "sts:GetFederationToken", "Resource": "*"}]))
        return temporary(client_at(self.emu.url, "sts", **user).get_federation_token(Name="fred", **more))

    def caller(self) -> dict[str, Any]:
        by = self.case.get("by", "")
        if by in ("root", "foreign root"):
            return {"aws_access_key_id": self.foreign_number if by == "foreign root" else self.number}
        if by == "nobody":
            return {"config": PLAIN.merge(Config(signature_version=botocore.UNSIGNED))}
        user = self.make_user(foreign=by == "foreign", name=self.case.get("name", "anna"))
        if "role" in self.case:
            return self.make_session(user)
        if by == "token":
            return temporary(client_at(self.emu.url, "sts", **user).get_session_token())
        return self.make_federated(user) if by == "federated" else user

    def put_resource_policies(self) -> None:
        case, region = self.case, f"us-east-1:{self.number}"
        if "bucket_policy" in case:
            self.root("s3").put_bucket_policy(Bucket=self.bucket, Policy=document(case["bucket_policy"]))
        if "stream_policy" in case:
            self.root("kinesis").put_resource_policy(ResourceARN=f"arn:aws:kinesis:{region}:stream/orders", Policy=document(case["stream_policy"]))
        if "table_policy" in case:
            self.root("dynamodb").put_resource_policy(ResourceArn=f"arn:aws:dynamodb:{region}:table/items", Policy=document(case["table_policy"]))
        if "table_stream_policy" in case:
            self.root("dynamodb").put_resource_policy(ResourceArn=self.names["table_stream"], Policy=document(case["table_stream_policy"]))
        if "key_policy" in case:
            self.root("kms").put_key_policy(KeyId=self.names["key"], PolicyName="default", Policy=document(case["key_policy"]))
        if "grant" in case:
            self.root("kms").create_grant(KeyId=self.names["key"], GranteePrincipal=self.names["user"], **case["grant"])
        if "trust" in case:
            self.root("iam").create_role(RoleName="trusted", AssumeRolePolicyDocument=document(case["trust"]))


def temporary(answer: dict[str, Any]) -> dict[str, Any]:
    given = answer["Credentials"]
    return {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"], "aws_session_token": given["SessionToken"]}


def outcome(emu: LocalEmulator, caller: dict[str, Any], call: list[Any]) -> tuple[str, str]:
    service, operation, arguments = call
    client = client_at(emu.url, service, **caller)
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code not in DENIALS and code != "403":
            return "allowed", message  # by policies: the operation itself may have another reason
        return ("explicitDeny" if "explicit deny" in message else "implicitDeny"), message
    return "allowed", ""


def decide(emu: LocalEmulator, case: dict[str, Any]) -> None:
    account = Account(emu, case)
    caller = account.caller()
    account.put_resource_policies()
    decision, message = outcome(emu, caller, account.case["call"])
    is_bare = account.case["call"][1] == "head_object"  # which has no words
    assert decision == case["decision"] or (is_bare and "Deny" in case["decision"] and "Deny" in decision), message
    assert case.get("words", "") in message


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_call_is_decided_as_documented(emu, case):
    assert case["page"].startswith("https://docs.aws.amazon.com/")
    decide(emu, case)


@pytest.mark.parametrize("source", ["a+b", "a&b"])
def test_a_copy_is_of_the_object_that_was_judged(emu, source):
    """Spelled as no SDK does: "+" is no space in a path, and "&" ends nothing."""
    judged = {"a+b": "a b", "a&b": "a"}[source]
    case = {"call": ["s3"], "policies": [[{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
                                          {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{{bucket}}/{judged}"}]]}
    account = Account(emu, case)
    account.root("s3").put_object(Bucket=account.bucket, Key=source, Body=b"secret")
    client = client_at(emu.url, "s3", **account.caller())
    client.meta.events.register("before-call.s3.CopyObject", lambda params, **_: params["headers"].update({"x-amz-copy-source": f"{account.bucket}/{source}"}))
    assert refusal(client.copy_object, Bucket=account.bucket, Key="copy", CopySource=f"{account.bucket}/x")[0] == "AccessDenied"


# What a request has of itself, and what it can be given.
ALWAYS_THERE = ("aws:SourceIp", "aws:CurrentTime", "aws:SecureTransport", "aws:username", "aws:UserAgent")


def can_be_called(case: dict[str, Any]) -> bool:
    context, text = case.get("context", {}), json.dumps([case.get(part) for part in ("policies", "boundary", "resource_policy")]).lower()
    is_given = all(key == "aws:PrincipalTag/team" and isinstance(value, str) or key == "aws:username" and isinstance(value, str) for key, value in context.items())
    is_told = all(key in context or key.lower() not in text for key in ALWAYS_THERE)
    is_taken = "2008-10-17" not in text and "*" not in context.get("aws:username", "")  # by IAM, where it is kept
    is_taken = is_taken and "arn:aws:s3:::bucke?" not in text
    leaves_it_to_the_account = "an account by its" in case["says"]  # the simulator says otherwise
    return case["action"] == "s3:GetObject" and is_given and is_told and is_taken and not leaves_it_to_the_account and \
        case.get("resource", "arn:aws:s3:::bucket/key").startswith("arn:aws:s3:::bucket/") and case.get("policies", []) != [[]]


def as_call(case: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps({part: case[part] for part in ("policies", "boundary") if part in case})
    policy = json.dumps(case.get("resource_policy", []))
    is_foreign = "444455556666" in case.get("owner", "")
    anna, bert = ("{foreign_account}", "{account}") if is_foreign else ("{account}", "{foreign_account}")
    put = lambda told: told.replace("111122223333", anna).replace("444455556666", bert).replace(":::bucket", ":::{bucket}")  # noqa: E731
    context = case.get("context", {})
    made = {"call": ["s3", "get_object", {"Bucket": "{bucket}", "Key": case.get("resource", "arn:aws:s3:::bucket/key").split("/", 1)[1]}],
            "decision": case["decision"], "by": "foreign" if is_foreign else "", "name": context.get("aws:username", "anna")} | json.loads(put(text))
    made |= {"bucket_policy": json.loads(put(policy))} if "resource_policy" in case else {}
    return made | ({"tags": {"team": context["aws:PrincipalTag/team"]}} if "aws:PrincipalTag/team" in context else {})


CALLED = [case for case in SIMULATED if can_be_called(case)]


@pytest.mark.parametrize("case", CALLED, ids=[case["says"] for case in CALLED])
def test_a_simulated_case_is_so_for_a_call(emu, case):
    decide(emu, as_call(case))


def test_every_operation_says_what_it_asks_of_policies(emu):
    """The unit test names those that have no row; they ask for an action of their name, on anything."""
    unit = emu.binary.parents[1] / "tests" / "auth_permissions_test"
    if not unit.exists():
        pytest.skip("built without the unit tests")
    told = subprocess.run([unit], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0 and "has no" not in told.stderr, told.stderr

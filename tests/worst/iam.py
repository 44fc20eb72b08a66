"""IAM: policy documents at their limits, simulations of many patterns, lists of what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from case import FORM, Case

VERSION = {"Version": "2010-05-08"}
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
DOCUMENT_MAX = 131_072  # characters: the model's bound of a document


def case(name: str, action: str, body: dict[str, Any], setup: list[tuple[str, dict[str, Any]]] | None = None) -> Case:
    made = [Case("", "iam", target, VERSION | given, content_type=FORM) for target, given in setup or []]
    return Case(name, "iam", action, VERSION | body, made, content_type=FORM)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def documents() -> Iterator[Case]:
    statement = {"Effect": "Allow", "Action": "a:b", "Resource": "*"}
    texts = {
        "of statements": policy(*[statement] * (DOCUMENT_MAX // 52)),
        "of lists in lists": "[" * DOCUMENT_MAX,
        "of members": "{" + ",".join(f'"{n}":0' for n in range(13_000)) + "}",
        "of actions": policy(statement | {"Action": ["a:b"] * 20_000}),
        "of sids": policy(*[statement | {"Sid": f"s{n}"} for n in range(2_000)]),
        "of conditions": policy(statement | {"Condition": {"StringLike": {f"a:{n}": "*" for n in range(9_000)}}}),
    }
    for name, text in texts.items():
        yield case(f"128 kB {name}", "CreatePolicy", {"PolicyName": "p", "PolicyDocument": text[:DOCUMENT_MAX]})
        yield case(f"128 kB {name}", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": text[:DOCUMENT_MAX]})


def simulations() -> Iterator[Case]:
    stars = "*a" * 1_000 + "b"
    text = "a" * 2_000
    patterns = policy({"Effect": "Allow", "Action": "s3:*", "Resource": [stars] * 60})
    yield case("60 patterns of 1,000 stars", "SimulateCustomPolicy",
               {"PolicyInputList.member.1": patterns, "ActionNames.member.1": "s3:GetObject", "ResourceArns.member.1": "arn:aws:s3:::" + text})
    every = {f"ActionNames.member.{n}": f"s3:A{n}" for n in range(1, 1_001)}
    many = policy(*[{"Effect": "Allow", "Action": "s3:A*", "Resource": "*"}] * 2_000)
    yield case("1,000 actions and 2,000 statements", "SimulateCustomPolicy", {"PolicyInputList.member.1": many, "MaxItems": "1000", **every})
    variables = policy({"Effect": "Allow", "Action": "*", "Resource": "${aws:username}" * 8_000})
    context = {"ContextEntries.member.1.ContextKeyName": "aws:username", "ContextEntries.member.1.ContextKeyType": "string",
               "ContextEntries.member.1.ContextKeyValues.member.1": "x" * 2_000}
    yield case("8,000 variables of 2,000 characters", "SimulateCustomPolicy",
               {"PolicyInputList.member.1": variables, "ActionNames.member.1": "s3:GetObject", **context})
    keys = policy(*[{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {f"test:{n}": "true"}}} for n in range(1_200)])
    yield case("1,200 context keys", "GetContextKeysForCustomPolicy", {"PolicyInputList.member.1": keys})


def lists() -> Iterator[Case]:
    roles = [("CreateRole", {"RoleName": f"r{n}", "AssumeRolePolicyDocument": TRUST, "Description": "d" * 1_000}) for n in range(1_000)]
    yield case("1,000 roles", "ListRoles", {"MaxItems": "1000"}, roles)
    yield case("the 1,001st role", "CreateRole", {"RoleName": "one-more", "AssumeRolePolicyDocument": TRUST}, roles)
    full = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::" + "{" * 10_000})
    with_policies = [*roles[:200], *[("PutRolePolicy", {"RoleName": f"r{n}", "PolicyName": "p", "PolicyDocument": full}) for n in range(200)]]
    yield case("200 roles with full policies", "GetAccountAuthorizationDetails", {"MaxItems": "1000"}, with_policies)
    users = [("CreateUser", {"UserName": f"u{n}"}) for n in range(1_000)]
    keys = [("CreateAccessKey", {"UserName": f"u{n}"}) for n in range(1_000)]
    yield case("a report of 1,000 users", "GenerateCredentialReport", {}, users + keys)
    devices = [("CreateVirtualMFADevice", {"VirtualMFADeviceName": f"d{n}"}) for n in range(1_000)]
    yield case("1,000 devices", "ListVirtualMFADevices", {"MaxItems": "1000"}, devices)
    yield case("16 kB of no certificate", "UploadServerCertificate", {"ServerCertificateName": "s", "CertificateBody": "-----BEGIN CERTIFICATE-----" + "A" * 16_000, "PrivateKey": "k"})
    yield case("elements of metadata", "CreateSAMLProvider", {"Name": "idp", "SAMLMetadataDocument": "<a>" + "<a/>" * 100_000})
    yield case("all policies of AWS", "ListPolicies", {"MaxItems": "1000"})
    yield case("attached ones of all policies", "ListPolicies", {"OnlyAttached": "true"})
    yield case("2,000 tags", "TagRole", {"RoleName": "r"} | {f"Tags.member.{n}.Key": "k" for n in range(1, 2_000)})


def cases() -> Iterator[Case]:
    for of in (documents, simulations, lists):
        yield from of()

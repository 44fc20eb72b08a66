"""KMS: policies, tags, markers, and very many keys. The id of a key is told when it is made, so cases name keys by an alias, or a
managed key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from case import Case

KMS = "TrentService."
MIB = 1024 * 1024
POLICY_MAX = 40_000  # more than the body may hold is refused unread


def case(name: str, operation: str, body: dict[str, Any] | bytes, setup: list[tuple[str, dict[str, Any]]] | None = None) -> Case:
    return Case(name, "kms", KMS + operation, body, setup or [])


def policies() -> Iterator[Case]:
    deep = '{"Statement":' + "[" * (POLICY_MAX // 2 - 10) + "]" * (POLICY_MAX // 2 - 10) + "}"
    statement = {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "*", "Resource": "*"}
    many = json.dumps({"Statement": [statement] * (POLICY_MAX // 75)}, separators=(",", ":"))
    members = '{"Statement":[],' + ",".join(f'"{n}":0' for n in range(4_000)) + "}"
    for name, policy in {"of lists in lists": deep, "of statements": many, "of members": members}.items():
        yield case(f"40 kB {name}", "CreateKey", {"Policy": policy[:POLICY_MAX]})
        yield case(f"40 kB {name}", "PutKeyPolicy", {"KeyId": "alias/aws/kinesis", "PolicyName": "default", "Policy": policy[:POLICY_MAX]})
    yield case("8 MiB", "CreateKey", {"Policy": "x" * 8 * MIB})
    yield case("a managed key's", "GetKeyPolicy", {"KeyId": "alias/aws/kinesis"})


def tags() -> Iterator[Case]:
    fifty = [{"TagKey": f"{n:02}" + "k" * 126, "TagValue": "v" * 256} for n in range(50)]
    yield case("with 50 long tags", "CreateKey", {"Tags": fifty})
    yield case("with 50 tags of one name", "CreateKey", {"Tags": [{"TagKey": "k" * 128, "TagValue": ""}] * 50})
    yield case("with 1,500 tags", "CreateKey", {"Tags": [{"TagKey": "k", "TagValue": ""}] * 1_500})
    yield case("1,500 tags", "TagResource", {"KeyId": "k", "Tags": [{"TagKey": "k", "TagValue": ""}] * 1_500})
    yield case("10,000 keys", "UntagResource", {"KeyId": "k", "TagKeys": ["k"] * 10_000})


def texts() -> Iterator[Case]:
    long = "x" * 64_000
    yield case("a key of 64 kB", "DescribeKey", {"KeyId": long})
    yield case("a key of 2,048 characters", "DescribeKey", {"KeyId": "arn:aws:kms:us-east-1:000000000000:alias/" + "x" * 2_000})
    yield case("a name of 64 kB", "CreateAlias", {"AliasName": "alias/" + long, "TargetKeyId": "k"})
    yield case("a description of 64 kB", "CreateKey", {"Description": long})
    yield case("a marker of 64 kB", "ListKeys", {"Marker": long})
    yield case("grant tokens without end", "DescribeKey", {"KeyId": "k", "GrantTokens": ["t"] * 10_000})


def lists() -> Iterator[Case]:
    keys: list[tuple[str, dict[str, Any]]] = [(KMS + "CreateKey", {"Description": "d" * 8192})] * 2_000
    yield case("1,000 of 2,000 keys with long descriptions", "ListKeys", {"Limit": 1_000}, keys)
    yield case("the 2,001st key", "CreateKey", {}, keys)
    yield case("of 2,000 keys", "ListAliases", {"Limit": 100}, keys)


def cryptography() -> Iterator[Case]:
    blob = "A" * 8_192
    pairs = {f"{n:05}": "v" for n in range(3_500)}
    yield case("a context of 3,500 pairs", "Encrypt", {"KeyId": "alias/aws/kinesis", "Plaintext": "AAAA", "EncryptionContext": pairs})
    yield case("a context of 3,500 pairs", "Decrypt", {"CiphertextBlob": blob, "EncryptionContext": pairs})
    yield case("a context of 60 kB in one pair", "Decrypt", {"CiphertextBlob": blob, "EncryptionContext": {"k": "v" * 52_000}})
    yield case("an import token that is none", "ImportKeyMaterial", {"KeyId": "alias/aws/kinesis", "ImportToken": blob, "EncryptedKeyMaterial": blob})
    yield case("a token that is none", "RetireGrant", {"GrantToken": "A" * 8_192})
    yield case("the most there is", "GenerateRandom", {"NumberOfBytes": 1_024})
    yield case("4,000 operations", "CreateGrant", {"KeyId": "k", "GranteePrincipal": "arn:aws:iam::000000000000:role/r", "Operations": ["Decrypt"] * 4_000})


def cases() -> Iterator[Case]:
    yield from cryptography()
    yield from policies()
    yield from tags()
    yield from texts()
    yield from lists()

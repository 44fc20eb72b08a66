"""Roles assumed, sessions that end, and who GetCallerIdentity says one is."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at
from test_iam import TRUST, policy
from test_kms import error_of
from test_recorded import recorded  # noqa: F401 (a fixture)
from test_s3_recorded import told

ACCOUNTS = iter(range(200000000000, 200000001000))


@pytest.fixture
def account(emulator) -> Any:
    """account("sts"): a client of an account that nobody else uses."""
    number = str(next(ACCOUNTS))
    return lambda service, **more: client_at(emulator.url, service, **{"aws_access_key_id": number} | more)


def session_client(account, answer: dict[str, Any], service: str = "sts") -> Any:
    credentials = answer["Credentials"]
    return account(service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                   aws_session_token=credentials["SessionToken"])


def make_role(account, name: str = "demo", **more: Any) -> dict[str, Any]:
    return account("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **more)["Role"]


def test_an_assumed_role_says_who_it_is(account):
    role = make_role(account, Path="/a/")
    answer = account("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")
    number = role["Arn"].split(":")[4]
    assert answer["AssumedRoleUser"] == {"Arn": f"arn:aws:sts::{number}:assumed-role/demo/me", "AssumedRoleId": f"{role['RoleId']}:me"}
    identity = session_client(account, answer).get_caller_identity()
    assert (identity["Arn"], identity["UserId"], identity["Account"]) == (answer["AssumedRoleUser"]["Arn"], f"{role['RoleId']}:me", number)
    assert session_client(account, answer, "iam").get_role(RoleName="demo")["Role"]["Arn"] == role["Arn"]  # the account is the role's


def test_a_role_of_another_account_brings_its_account_along(account, emulator):
    role = make_role(account)
    answer = client_at(emulator.url, "sts", aws_access_key_id="200000009999").assume_role(RoleArn=role["Arn"], RoleSessionName="me")
    assert session_client(account, answer).get_caller_identity()["Account"] == role["Arn"].split(":")[4]


def test_a_role_must_be_there_once_there_is_any(account):
    role = make_role(account)
    missing = role["Arn"].replace("demo", "other")
    code, message = error_of(account("sts").assume_role, RoleArn=missing, RoleSessionName="me")
    assert code == "AccessDenied" and message.endswith(f"is not authorized to perform: sts:AssumeRole on resource: {missing}")


def test_without_any_role_every_one_can_be_assumed(account):
    arn = f"arn:aws:iam::{account('sts').get_caller_identity()['Account']}:role/in/settings/demo"
    assert "/demo/me" in account("sts").assume_role(RoleArn=arn, RoleSessionName="me")["AssumedRoleUser"]["Arn"]


def test_a_session_ends_on_the_emulator_s_clock(own_emulator):
    emulator = own_emulator()
    sts = client_at(emulator.url, "sts")
    answer = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/demo", RoleSessionName="me", DurationSeconds=900)
    own = client_at(emulator.url, "sts", aws_access_key_id=answer["Credentials"]["AccessKeyId"])
    ask(emulator.url, "clock", advance="899s")
    assert own.get_caller_identity()["Arn"].endswith("demo/me")
    ask(emulator.url, "clock", advance="2s")
    assert error_of(own.get_caller_identity) == ("ExpiredToken", "The security token included in the request is expired")


def test_a_role_s_own_bound_of_a_session(account):
    role = make_role(account)
    assert error_of(account("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=3601)[0] == "ValidationError"
    long = make_role(account, "long", MaxSessionDuration=7200)
    account("sts").assume_role(RoleArn=long["Arn"], RoleSessionName="me", DurationSeconds=7200)


def test_one_role_s_session_assumes_another_for_an_hour(account):
    first, second = make_role(account, "first"), make_role(account, "second", MaxSessionDuration=7200)
    chained = session_client(account, account("sts").assume_role(RoleArn=first["Arn"], RoleSessionName="me"))
    assert error_of(chained.assume_role, RoleArn=second["Arn"], RoleSessionName="me", DurationSeconds=7200)[0] == "ValidationError"
    assert chained.assume_role(RoleArn=second["Arn"], RoleSessionName="me")["AssumedRoleUser"]["Arn"].endswith("second/me")


def token(**claims: Any) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, claims)]
    return ".".join([*parts, "signature"])


def test_a_web_identity_is_read_and_not_checked(account):
    role = make_role(account)
    asked = {"RoleArn": role["Arn"], "RoleSessionName": "pod"}
    jwt = token(iss="https://issuer.example", sub="system:serviceaccount:default:app", aud=["sts.amazonaws.com"], exp=4102444800)
    answer = account("sts").assume_role_with_web_identity(**asked, WebIdentityToken=jwt)
    assert (answer["Provider"], answer["SubjectFromWebIdentityToken"], answer["Audience"]) == (
        "https://issuer.example", "system:serviceaccount:default:app", "sts.amazonaws.com")
    assert session_client(account, answer).get_caller_identity()["Arn"].endswith("demo/pod")
    expired = token(iss="https://issuer.example", sub="s", aud="a", exp=int(time.time()) - 10**8)
    assert error_of(account("sts").assume_role_with_web_identity, **asked, WebIdentityToken=expired)[0] == "ExpiredTokenException"
    assert error_of(account("sts").assume_role_with_web_identity, **asked, WebIdentityToken="none")[0] == "InvalidIdentityToken"


def test_tokens_of_users_and_federated_ones(account):
    iam = account("iam")
    iam.create_user(UserName="anna")
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    own = account("sts", aws_access_key_id=key["AccessKeyId"])
    session = session_client(account, own.get_session_token())
    assert session.get_caller_identity()["Arn"].endswith(":user/anna")
    federated = own.get_federation_token(Name="bert", Policy=policy())
    assert session_client(account, federated).get_caller_identity()["Arn"].endswith(":federated-user/bert")
    assert error_of(session.get_federation_token, Name="bert")[0] == "AccessDenied"


@pytest.mark.parametrize("letter", range(4, 20))
def test_a_key_with_a_letter_changed_is_not_ours(account, letter):
    iam = account("iam")
    iam.create_user(UserName="anna")
    key = iam.create_access_key(UserName="anna")["AccessKey"]["AccessKeyId"]
    forged = key[:letter] + ("B" if key[letter] == "A" else "A") + key[letter + 1:]
    assert account("sts").get_access_key_info(AccessKeyId=key)["Account"] != "000000000000"
    assert account("sts", aws_access_key_id=forged).get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"


# Recorded answers (fixtures/aws-recorded)


def refused(call: Any, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    response = error.value.response
    return {"Error": response["Error"], "ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": response["ResponseMetadata"]["HTTPStatusCode"]}}


def test_sts_invalid_parameters(recorded, sts):
    arns = {"malformed-arn": "nothing-valid-in-here", "no-partition": "arn::b:::something/test-role", "no-service": "arn:a::::something/test-role",
            "not-enough-colons": "arn:a:::something/test-role", "no-resource": "arn:a:a::aaaaaaaaaa:"}
    answers = {name: refused(sts.assume_role, RoleArn=arn, RoleSessionName="Session1") for name, arn in arns.items()}
    answers["invalid-session-name"] = refused(sts.assume_role, RoleArn="arn:aws:iam::000000000000:role/test-role", RoleSessionName="Session1:2")
    recorded("sts", answers)


def trusting_role(iam: Any, name: str, actions: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": actions}
    return told(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_assume_role(recorded, iam, sts, unique):
    name, session = unique("role"), unique("session")
    made = trusting_role(iam, name, "sts:AssumeRole")
    recorded("sts", {"role-session-name": {"RoleSessionName": session}, "create-role": made,
                     "assume-role": told(sts.assume_role, RoleArn=made["Role"]["Arn"], RoleSessionName=session)})


def test_get_federation_token(recorded, sts, unique):
    recorded("sts", {"get-federation-token": told(sts.get_federation_token, Name=unique())})


def test_assume_role_tag_validation(recorded, iam, sts, unique):
    made = trusting_role(iam, unique("role"), ["sts:AssumeRole", "sts:TagSession"])
    given = {"RoleArn": made["Role"]["Arn"], "RoleSessionName": "Session1"}
    tags = [{"Key": "SessionTag1", "Value": "1"}]
    recorded("sts", {"role-1": made, "invalid-transitive-tag-keys": told(sts.assume_role, **given, Tags=tags, TransitiveTagKeys=["InvalidKey"]),
                     "duplicate-tag-keys-different-casing": told(sts.assume_role, **given, Tags=[*tags, {"Key": "sessiontag1", "Value": "2"}])})


def test_iam_role_chaining_override_transitive_tags(recorded, account, iam, sts, emulator, unique):
    one, two = (trusting_role(iam, unique("role"), ["sts:AssumeRole", "sts:TagSession"]) for _ in range(2))
    first = sts.assume_role(RoleArn=one["Role"]["Arn"], RoleSessionName="Session1", Tags=[{"Key": "SessionTag1", "Value": "1"}], TransitiveTagKeys=["SessionTag1"])
    chained = session_client(account, first)
    given = {"RoleArn": two["Role"]["Arn"], "RoleSessionName": "Session2"}
    recorded("sts", {"role-1": one, "role-2": two,
                     "override-transitive-tag-error": told(chained.assume_role, **given, Tags=[{"Key": "SessionTag1", "Value": "2"}]),
                     "override-transitive-tag-case-ignore-error": told(chained.assume_role, **given, Tags=[{"Key": "sessiontag1", "Value": "2"}])})

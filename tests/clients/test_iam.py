"""IAM as set-up scripts use it: roles and policies made, listed, refused in AWS's words, and taken away again."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import client_at
from test_kms import error_of

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def policy(*statements: dict[str, Any], **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements or (ALLOW,))} | more)


@pytest.fixture
def role(iam, unique) -> str:
    name = unique("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    return name


def test_a_role_for_lambda_is_set_up_and_torn_down(iam, unique):
    name = unique("role")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Description="d", MaxSessionDuration=7200, Tags=[{"Key": "a", "Value": "b"}])["Role"]
    assert re.fullmatch("AROA[A-Z2-7]{17}", made["RoleId"]) and made["Arn"] == f"arn:aws:iam::000000000000:role/{name}"
    iam.attach_role_policy(RoleName=name, PolicyArn=BASIC)
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy())
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}]
    assert iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"] == json.loads(policy())
    told = iam.get_role(RoleName=name)["Role"]
    assert told["MaxSessionDuration"] == 7200 and told["Description"] == "d" and told["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert error_of(iam.delete_role, RoleName=name) == ("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    iam.detach_role_policy(RoleName=name, PolicyArn=BASIC)
    assert error_of(iam.delete_role, RoleName=name) == ("DeleteConflict", "Cannot delete entity, must delete policies first.")
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    assert error_of(iam.get_role, RoleName=name) == ("NoSuchEntity", f"The role with name {name} cannot be found.")


def test_names_are_taken_without_regard_to_case(iam, role):
    assert error_of(iam.create_role, RoleName=role.upper(), AssumeRolePolicyDocument=TRUST) == (
        "EntityAlreadyExists", f"Role with name {role.upper()} already exists.")


def test_versions_of_a_policy(iam, unique):
    arn = iam.create_policy(PolicyName=unique(), PolicyDocument=policy())["Policy"]["Arn"]
    for _ in range(4):
        last = iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(), SetAsDefault=True)["PolicyVersion"]
    assert last["VersionId"] == "v5" and last["IsDefaultVersion"]
    assert error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=policy())[0] == "LimitExceeded"
    assert error_of(iam.delete_policy_version, PolicyArn=arn, VersionId="v5") == ("DeleteConflict", "Cannot delete the default version of a policy.")
    assert error_of(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    assert [one["VersionId"] for one in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v1"]
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == json.loads(policy())
    iam.delete_policy(PolicyArn=arn)


def test_ten_managed_policies_a_role(iam, role, unique):
    for n in range(10):
        iam.attach_role_policy(RoleName=role, PolicyArn=iam.create_policy(PolicyName=unique(f"p{n}"), PolicyDocument=policy())["Policy"]["Arn"])
    assert error_of(iam.attach_role_policy, RoleName=role, PolicyArn=BASIC) == ("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role, PaginationConfig={"PageSize": 3})
    assert sum(len(page["AttachedPolicies"]) for page in pages) == 10


def test_lists_go_on_where_they_ended(iam, unique):
    path = f"/{unique('path')}/"
    names = [unique(f"role{n}") for n in range(5)]
    for name in names:
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=TRUST)
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix=path, PaginationConfig={"PageSize": 2}))
    assert [len(page["Roles"]) for page in pages] == [2, 2, 1]
    assert sorted(one["RoleName"] for page in pages for one in page["Roles"]) == sorted(names)


def test_aws_s_own_policies_are_there(iam):
    every = [one["Arn"] for page in iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1000}) for one in page["Policies"]]
    assert len(every) == len(set(every)) > 1500 and BASIC in every
    told = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonKinesisFullAccess")["Policy"]
    document = iam.get_policy_version(PolicyArn=told["Arn"], VersionId=told["DefaultVersionId"])["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]


@pytest.mark.parametrize("document,message", [
    ("{", "Syntax errors in policy."),
    (policy(ALLOW | {"Effect": "Maybe"}), "Syntax errors in policy."),
    (policy(ALLOW | {"Conditions": {}}), "Syntax errors in policy."),
    (policy(ALLOW | {"Condition": {"StringFoo": {"a:b": "c"}}}), "Syntax errors in policy."),
    (policy(Version="2008-10-17"), "Policy document must be version 2012-10-17 or greater."),
    (policy({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
    (policy({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
    (policy(ALLOW | {"Action": "GetObject"}), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (policy(ALLOW | {"Action": "s 3:GetObject"}), "Vendor s 3 is not valid"),
    (policy(ALLOW | {"Resource": "bucket"}), 'Resource bucket must be in ARN format or "*".'),
    (policy(ALLOW | {"Resource": "arn:azure:s3:::bucket"}), 'Partition "azure" is not valid for resource "arn:azure:s3:::bucket".'),
    (policy(ALLOW | {"Sid": "a"}, ALLOW | {"Sid": "a"}), "Statement IDs (SID) in a single policy must be unique."),
    (policy(ALLOW | {"Principal": "*"}), "Policy document should not specify a principal."),
])
def test_documents_that_are_no_policies(iam, role, document, message):
    assert error_of(iam.put_role_policy, RoleName=role, PolicyName="p", PolicyDocument=document) == ("MalformedPolicyDocument", message)


@pytest.mark.parametrize("change,message", [
    ({"Principal": {"AWS": "nobody"}}, 'Invalid principal in policy: "AWS":"nobody"'),
    ({"Principal": {"Service": "nobody"}}, 'Invalid principal in policy: "SERVICE":"nobody"'),
    ({"Resource": "*"}, "Has prohibited field Resource"),
    ({"Action": "s3:GetObject"}, "AssumeRole policy may only specify STS AssumeRole actions."),
])
def test_documents_that_trust_nobody(iam, unique, change, message):
    document = json.loads(TRUST)
    document["Statement"][0] |= change
    assert error_of(iam.create_role, RoleName=unique(), AssumeRolePolicyDocument=json.dumps(document)) == ("MalformedPolicyDocument", message)


def test_white_space_does_not_count_in_a_policy_s_size(iam, role):
    big = policy(ALLOW | {"Resource": [f"arn:aws:s3:::bucket/{n:04}" for n in range(360)]})
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(json.loads(big), indent=8))
    code, message = error_of(iam.put_role_policy, RoleName=role, PolicyName="q", PolicyDocument=big)
    assert (code, message) == ("LimitExceeded", f"Maximum policy size of 10240 bytes exceeded for role {role}")


def test_an_instance_profile_holds_one_role(iam, role, unique):
    name = unique()
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    assert error_of(iam.add_role_to_instance_profile, InstanceProfileName=name, RoleName=role)[0] == "LimitExceeded"
    assert iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"][0]["RoleName"] == role
    assert error_of(iam.delete_role, RoleName=role) == ("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=name)


def test_groups_and_who_is_in_them(iam, unique):
    user, group = unique("user"), unique("group")
    iam.create_user(UserName=user)
    iam.create_group(GroupName=group)
    iam.add_user_to_group(UserName=user, GroupName=group)
    assert [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]] == [user]
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=user)["Groups"]] == [group]
    assert error_of(iam.delete_user, UserName=user) == ("DeleteConflict", "Cannot delete entity, must remove users from group first.")
    iam.remove_user_from_group(UserName=user, GroupName=group)
    iam.delete_user(UserName=user)
    iam.delete_group(GroupName=group)


def test_a_user_s_key_says_who_calls_and_from_which_account(emulator, unique):
    there = client_at(emulator.url, "iam", aws_access_key_id="111122223333")
    user = unique("user")
    there.create_user(UserName=user)
    key = there.create_access_key(UserName=user)["AccessKey"]
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key["AccessKeyId"]) and len(key["SecretAccessKey"]) == 40
    own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert client_at(emulator.url, "sts", **own).get_caller_identity()["Arn"] == f"arn:aws:iam::111122223333:user/{user}"
    assert client_at(emulator.url, "iam", **own).list_access_keys()["AccessKeyMetadata"][0]["AccessKeyId"] == key["AccessKeyId"]
    there.create_access_key(UserName=user)
    assert error_of(there.create_access_key, UserName=user) == ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
    assert error_of(there.delete_user, UserName=user) == ("DeleteConflict", "Cannot delete entity, must delete access keys first.")


def test_what_an_account_has_one_of(emulator):
    iam = client_at(emulator.url, "iam", aws_access_key_id="111122224444")
    iam.create_account_alias(AccountAlias="reference-system")
    assert iam.list_account_aliases()["AccountAliases"] == ["reference-system"]
    assert error_of(iam.get_account_password_policy)[0] == "NoSuchEntity"
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True)
    told = iam.get_account_password_policy()["PasswordPolicy"]
    assert told["MinimumPasswordLength"] == 12 and told["RequireNumbers"] and not told["RequireSymbols"] and not told["ExpirePasswords"]
    iam.create_user(UserName="one")
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] == 1 and summary["UsersQuota"] == 5000


def test_a_boundary_must_be_there(iam, role):
    missing = "arn:aws:iam::000000000000:policy/not-there"
    assert error_of(iam.put_role_permissions_boundary, RoleName=role, PermissionsBoundary=missing)[0] == "NoSuchEntity"
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=BASIC)
    assert iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == BASIC
    iam.delete_role_permissions_boundary(RoleName=role)
    assert "PermissionsBoundary" not in iam.get_role(RoleName=role)["Role"]


def test_roles_live_in_the_partition_of_the_region(emulator):
    iam = client_at(emulator.url, "iam", region_name="cn-north-1", aws_access_key_id="111122225555")
    assert iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"] == "arn:aws-cn:iam::111122225555:role/r"

"""What policies say to calls: a table of cases (iam_policy_cases.json), each with the page of AWS's documentation that says so, asked of
SimulateCustomPolicy and SimulatePrincipalPolicy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_iam import TRUST, policy
from test_iam_recorded import RECORDED, SCENARIOS, recorded, told  # noqa: F401 (a fixture)
from test_kms import error_of

CASES = json.loads((Path(__file__).parent / "iam_policy_cases.json").read_text())


def entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"ContextKeyName": key, "ContextKeyType": "stringList" if isinstance(value, list) else "string",
             "ContextKeyValues": value if isinstance(value, list) else [value]} for key, value in context.items()]


def document(statements: Any) -> str:
    version = "2012-10-17"
    if isinstance(statements, dict) and "Statement" in statements:
        return json.dumps(statements)
    return json.dumps({"Version": version, "Statement": statements})


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_policy_decides_as_documented(iam, case):
    assert case["page"].startswith("https://docs.aws.amazon.com/")
    asked = {"PolicyInputList": [document(one) for one in case.get("policies", [])] or [document([{"Effect": "Allow", "Action": "none:Such", "Resource": "*"}])],
             "ActionNames": [case["action"]], "ContextEntries": entries(case.get("context", {}))}
    if "resource" in case:
        asked["ResourceArns"] = [case["resource"]]
    if "boundary" in case:
        asked["PermissionsBoundaryPolicyInputList"] = [document(case["boundary"])]
    if "resource_policy" in case:
        asked |= {"ResourcePolicy": document(case["resource_policy"]), "CallerArn": case["caller"]}
    if "owner" in case:
        asked["ResourceOwner"] = case["owner"]
    assert iam.simulate_custom_policy(**asked)["EvaluationResults"][0]["EvalDecision"] == case["decision"]


def test_where_a_statement_stands_is_told(iam):
    """The example of the AWS CLI's reference, simulate-custom-policy."""
    text = ('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}')
    asked = {"PolicyInputList": [text], "ActionNames": ["dynamodb:CreateBackup"]}
    when = entries({"aws:CurrentTime": "2019-04-25T11:00:00Z"})
    result = iam.simulate_custom_policy(**asked, ContextEntries=when)["EvaluationResults"][0]
    assert result["EvalDecision"] == "allowed" and result["EvalResourceName"] == "*"
    matched = result["MatchedStatements"][0]
    assert (matched["StartPosition"], matched["EndPosition"]) == ({"Line": 1, "Column": 38}, {"Line": 1, "Column": 167})
    assert iam.simulate_custom_policy(**asked)["EvaluationResults"][0]["MissingContextValues"] == ["aws:CurrentTime"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"] == ["aws:CurrentTime"]


@pytest.mark.parametrize("kind", ["role", "group", "user"])
def test_simulate_principle_policy(recorded, iam, unique, kind):
    name = unique(kind)
    named = {f"{kind.capitalize()}Name": name}
    made = getattr(iam, f"create_{kind}")(**named, **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}))
    text = json.dumps({"Version": "2012-10-17", "Statement": {"Action": "s3:P*", "Effect": "Allow", "Resource": "arn:aws:s3:::bucket"}})
    getattr(iam, f"put_{kind}_policy")(**named, PolicyName=unique(), PolicyDocument=text)
    answer = told(iam.simulate_principal_policy, PolicySourceArn=made[kind.capitalize()]["Arn"], ActionNames=["s3:PutObject", "s3:GetObjectVersion"],
                  ResourceArns=["arn:aws:s3:::bucket"])
    for result in answer["EvaluationResults"]:  # botocore leaves an empty map out
        result.setdefault("EvalDecisionDetails", {})
    recorded("iam", {"response": answer})


def test_a_user_has_its_groups_policies_and_its_boundary(iam, unique):
    user, group = unique("user"), unique("group")
    arn = iam.create_user(UserName=user)["User"]["Arn"]
    iam.create_group(GroupName=group)
    iam.add_user_to_group(UserName=user, GroupName=group)
    iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/AmazonKinesisFullAccess")
    asked = {"PolicySourceArn": arn, "ActionNames": ["kinesis:PutRecord", "kinesis:GetRecords", "s3:GetObject"]}
    decisions = lambda: [one["EvalDecision"] for one in iam.simulate_principal_policy(**asked)["EvaluationResults"]]  # noqa: E731
    assert decisions() == ["allowed", "allowed", "implicitDeny"]
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary="arn:aws:iam::aws:policy/AmazonKinesisReadOnlyAccess")
    assert decisions() == ["implicitDeny", "allowed", "implicitDeny"]


def test_a_simulation_goes_on_where_it_ended(iam):
    actions = [f"s3:Action{n}" for n in range(7)]
    asked = {"PolicyInputList": [policy()], "ActionNames": actions, "ResourceArns": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked, PaginationConfig={"PageSize": 4}))
    assert [len(page["EvaluationResults"]) for page in pages] == [4, 4, 4, 2]
    assert [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]][::2] == actions


def test_what_cannot_be_simulated(iam, unique):
    assert error_of(iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=["s3:GetObject"])[0] == "InvalidInput"
    assert error_of(iam.simulate_custom_policy, PolicyInputList=[policy()], ActionNames=["GetObject"])[0] == "InvalidInput"
    arn = f"arn:aws:iam::000000000000:user/{unique()}"
    assert error_of(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["s3:GetObject"])[0] == "NoSuchEntity"


def test_all_of_an_account_is_told_in_pages(own_emulator):
    from conftest import client_at

    iam = client_at(own_emulator().url, "iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    aws = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    own = iam.create_policy(PolicyName="own", PolicyDocument=document, Description="d")["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=document, SetAsDefault=True)
    iam.create_group(GroupName="group")
    iam.put_group_policy(GroupName="group", PolicyName="inline", PolicyDocument=document)
    for name in ("anna", "bert"):
        iam.create_user(UserName=name, Tags=[{"Key": "a", "Value": name}])
        iam.add_user_to_group(UserName=name, GroupName="group")
    iam.attach_user_policy(UserName="anna", PolicyArn=own)
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=trust, PermissionsBoundary=own)
    iam.attach_role_policy(RoleName="role", PolicyArn=aws)
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="role")

    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    whole = iam.get_account_authorization_details()
    assert [len(whole[name]) for name in lists] == [2, 1, 1, 2] and not whole["IsTruncated"]
    anna, role = whole["UserDetailList"][0], whole["RoleDetailList"][0]
    assert (anna["GroupList"], anna["AttachedManagedPolicies"], anna["Tags"]) == (["group"], [{"PolicyName": "own", "PolicyArn": own}], [{"Key": "a", "Value": "anna"}])
    assert whole["GroupDetailList"][0]["GroupPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": json.loads(document)}]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust) and role["InstanceProfileList"][0]["Roles"][0]["RoleName"] == "role"
    policies = {policy["Arn"]: policy for policy in whole["Policies"]}
    assert [(one["VersionId"], one["IsDefaultVersion"], one["Document"]) for one in policies[own]["PolicyVersionList"]] == [
        ("v2", True, json.loads(document)), ("v1", False, json.loads(document))]
    assert (policies[own]["AttachmentCount"], policies[own]["PermissionsBoundaryUsageCount"], policies[own]["Description"]) == (1, 1, "d")
    for size in (1, 2, 5):
        pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": size}))
        assert {name: [item for page in pages for item in page[name]] for name in lists} == {name: whole[name] for name in lists}
        assert all(sum(len(page[name]) for name in lists) <= size for page in pages)
    only = iam.get_account_authorization_details(Filter=["Role", "AWSManagedPolicy"])
    assert [len(only[name]) for name in lists] == [0, 0, 1, 1] and only["Policies"][0]["Arn"] == aws

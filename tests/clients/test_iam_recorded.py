"""What AWS once answered of IAM, replayed: our own calls of each scenario must give what was recorded (fixtures/aws-recorded)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_recorded import RECORDED, recorded  # noqa: F401 (a fixture)
from test_s3_recorded import told

SCENARIOS = json.loads((RECORDED / "iam.json").read_text())


def trust(service: str = "ec2.amazonaws.com", **more: Any) -> dict[str, Any]:
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}}
    return {"Version": "2012-10-17", "Statement": [statement | more]}


def make_role(iam, name: str, document: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return told(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps(document or trust()), **more)


def roles_in(iam, prefix: str) -> dict[str, Any]:
    return told(iam.list_roles, PathPrefix=prefix)


def test_create_describe_role(recorded, iam, unique):
    name, path = unique(), f"/{unique('path')}/"
    recorded("iam", {"create_role_result": make_role(iam, name, Path=path), "get_role_result": told(iam.get_role, RoleName=name),
                     "list_roles_result": roles_in(iam, path)})


def test_list_roles_with_permission_boundary(recorded, iam, unique):
    name, path = unique(), f"/{unique('path')}/"
    created = make_role(iam, name, Path=path, PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert created["Role"].pop("PermissionsBoundary")["PermissionsBoundaryArn"].endswith("/ReadOnlyAccess")
    recorded("iam", {"created_role": created, "list_roles_result": roles_in(iam, path)})


def test_update_assume_role_policy(recorded, iam, unique):
    name = unique()
    document = trust(Action=["sts:AssumeRole"], Principal={"Service": ["ec2.amazonaws.com"]})
    created = make_role(iam, name, document)
    recorded("iam", {"created_role": created,
                     "updated_policy": told(iam.update_assume_role_policy, RoleName=name, PolicyDocument=json.dumps(document))})


def test_create_role_with_malformed_assume_role_policy_document(recorded, iam, unique):
    recorded("iam", {"invalid-json": told(iam.create_role, RoleName=unique(), AssumeRolePolicyDocument="[]xx")})


# Where a path and a name stand side by side, the name is one letter, so that they can be told apart.


def test_role_with_path_lifecycle(recorded, iam):
    name, path = "r", "/path/"
    recorded("iam", {"create-role-response": make_role(iam, name, trust("lambda.amazonaws.com"), Path=path),
                     "get-role-response": told(iam.get_role, RoleName=name), "delete-role-response": told(iam.delete_role, RoleName=name)})


def test_role_with_tags(recorded, iam, unique):
    name, path = unique(), "/role-with-tags/"
    answers = {"create-role-response": make_role(iam, name, Path=path, Tags=[{"Key": "test", "Value": "value"}]),
               "get-role-response": told(iam.get_role, RoleName=name), "list-role-response": roles_in(iam, path),
               "list-role-tags-response": told(iam.list_role_tags, RoleName=name)}
    wanted = SCENARIOS["test_role_with_tags"]["recorded-content"]
    recorded("iam", {step: answers[step] for step in wanted})


def attachments(iam, unique, attach: Any, **whom: str) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::example_bucket"}]}
    policy = told(iam.create_policy, PolicyName=unique("policy"), PolicyDocument=json.dumps(document))
    arn = policy["Policy"]["Arn"]
    return {"create_policy_response": policy,
            "non_existent_malformed_policy_arn": told(attach, **whom, PolicyArn="longpolicynamebutnoarn"),
            "existing_policy_name_provided": told(attach, **whom, PolicyArn=policy["Policy"]["PolicyName"] + "-and-more"),
            "valid_arn_not_existent": told(attach, **whom, PolicyArn=arn + "123"), "valid_policy_arn": told(attach, **whom, PolicyArn=arn)}


def test_role_attach_policy(recorded, iam, unique):
    name = unique()
    make_role(iam, name)
    recorded("iam", attachments(iam, unique, iam.attach_role_policy, RoleName=name))


def test_user_attach_policy(recorded, iam, unique):
    name = unique()
    iam.create_user(UserName=name)
    recorded("iam", attachments(iam, unique, iam.attach_user_policy, UserName=name))


def test_delete_non_existent_policy_returns_no_such_entity(recorded, iam):
    arn = "arn:aws:iam::000000000000:policy/non-existent-policy"
    recorded("iam", {"delete-non-existent-policy-exc": told(iam.delete_policy, PolicyArn=arn)})


# What is percent-encoded within a document stays so.

ENCODED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["apigatway:PUT"], "Resource": [
    "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije"]}]}


def put_encoded(iam, unique, kind: str, name: str) -> dict[str, Any]:
    named = {f"{kind.capitalize()}Name": name, "PolicyName": unique("policy")}
    getattr(iam, f"put_{kind}_policy")(**named, PolicyDocument=json.dumps(ENCODED))
    return told(getattr(iam, f"get_{kind}_policy"), **named)


def test_put_user_policy_encoding(recorded, iam, unique):
    name = unique()
    iam.create_user(UserName=name)
    recorded("iam", {"get-policy-response": put_encoded(iam, unique, "user", name)})


def test_put_group_policy_encoding(recorded, iam, unique):
    name = unique()
    iam.create_group(GroupName=name)
    recorded("iam", {"get-policy-response": put_encoded(iam, unique, "group", name)})


def test_put_role_policy_encoding(recorded, iam, unique):
    name, path = "p", f"/{unique('path')}/"
    condition = {"StringEquals": {"aws:SourceArn": "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije"}}
    created = make_role(iam, name, trust("lambda.amazonaws.com", Condition=condition), Path=path)
    recorded("iam", {"create-role-response": created, "get-policy-response": put_encoded(iam, unique, "role", name),
                     "get-role-response": told(iam.get_role, RoleName=name), "list-roles-response": roles_in(iam, path)})


# Service-linked roles


def scenarios(prefix: str) -> list[str]:
    return sorted(name.split("[")[1].rstrip("]") for name in SCENARIOS if name.startswith(prefix + "["))


def service_role(iam, service: str, **more: str) -> dict[str, Any]:
    name = iam.create_service_linked_role(AWSServiceName=service, **more)["Role"]["RoleName"]
    answers = {"describe-response": told(iam.get_role, RoleName=name), "inline-role-policies": told(iam.list_role_policies, RoleName=name),
               "attached-role-policies": told(iam.list_attached_role_policies, RoleName=name)}
    iam.delete_service_linked_role(RoleName=name)
    return answers


def has_been_used(service: str) -> bool:
    """In the account that was recorded the service had used its role already."""
    return bool(SCENARIOS[f"test_service_role_lifecycle[{service}]"]["recorded-content"]["describe-response"]["Role"]["RoleLastUsed"])


@pytest.mark.parametrize("service", [one for one in scenarios("test_service_role_lifecycle") if not has_been_used(one)])
def test_service_role_lifecycle(recorded, iam, service):
    recorded("iam", service_role(iam, service))


@pytest.mark.parametrize("service", scenarios("test_service_role_lifecycle_custom_suffix"))
def test_service_role_lifecycle_custom_suffix(recorded, iam, service):
    recorded("iam", service_role(iam, service, CustomSuffix="suffix"))


@pytest.mark.parametrize("service", scenarios("test_service_role_lifecycle_custom_suffix_not_allowed"))
def test_service_role_lifecycle_custom_suffix_not_allowed(recorded, iam, service):
    recorded("iam", {"custom-suffix-not-allowed": told(iam.create_service_linked_role, AWSServiceName=service, CustomSuffix="suffix")})


def test_service_role_already_exists_and_its_deletion(recorded, emulator):
    from conftest import client_at  # an account of its own: others make the same roles meanwhile

    iam = client_at(emulator.url, "iam", aws_access_key_id="111122223333")
    name = iam.create_service_linked_role(AWSServiceName="batch.amazonaws.com")["Role"]["RoleName"]
    recorded("iam", {"role-already-exists-error": told(iam.create_service_linked_role, AWSServiceName="batch.amazonaws.com")},
             "test_service_role_already_exists")
    deletion = told(iam.delete_service_linked_role, RoleName=name)
    status = told(iam.get_service_linked_role_deletion_status, DeletionTaskId=deletion["DeletionTaskId"])
    recorded("iam", {"service-linked-role-deletion-response": deletion, "service-linked-role-deletion-status-response": status},
             "test_service_role_deletion")


# Service-specific credentials

CODECOMMIT = "codecommit.amazonaws.com"


@pytest.fixture
def user(iam, unique):
    """Its name, and what CreateUser answered."""
    name = unique()
    yield name, told(iam.create_user, UserName=name)
    for one in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        iam.delete_service_specific_credential(UserName=name, ServiceSpecificCredentialId=one["ServiceSpecificCredentialId"])
    iam.delete_user(UserName=name)


@pytest.mark.parametrize("service", scenarios("test_service_specific_credential_lifecycle"))
def test_service_specific_credential_lifecycle(recorded, iam, user, service):
    name, created = user
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=service)
    one = {"UserName": name, "ServiceSpecificCredentialId": made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]}
    before = told(iam.list_service_specific_credentials, UserName=name, ServiceName=service)
    updated = told(iam.update_service_specific_credential, **one, Status="Inactive")
    after = told(iam.list_service_specific_credentials, UserName=name, ServiceName=service)
    reset = told(iam.reset_service_specific_credential, **one)
    recorded("iam", {"create-user-response": created, "create-service-specific-credential-response": made,
                     "list-service-specific-credentials-response-before-update": before, "update-service-specific-credential-response": updated,
                     "list-service-specific-credentials-response-after-update": after, "reset-service-specific-credential-response": reset,
                     "delete-service-specific-credentials-response": told(iam.delete_service_specific_credential, **one)})


def test_create_service_specific_credential_invalid_user(recorded, iam):
    recorded("iam", {"invalid-user-name-exception": told(iam.create_service_specific_credential, UserName="non-existent-user", ServiceName=CODECOMMIT),
                     "invalid-user-and-service-exception": told(iam.create_service_specific_credential, UserName="non-existent-user", ServiceName="none.example")})


def test_create_service_specific_credential_invalid_service(recorded, iam, user):
    name, created = user
    services = {"invalid-service-exception": "nonexistentservice.amazonaws.com", "invalid-service-completely-malformed-exception": "o3on3n3onosneo",
                "invalid-service-existing-but-unsupported-exception": "lambda.amazonaws.com"}
    refused = {step: told(iam.create_service_specific_credential, UserName=name, ServiceName=service) for step, service in services.items()}
    recorded("iam", {"create-user-response": created} | refused)


def test_list_service_specific_credential_different_service(recorded, iam, user):
    name, created = user
    wrong = told(iam.list_service_specific_credentials, UserName=name, ServiceName="nonexistentservice.amazonaws.com")
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=CODECOMMIT)
    other = told(iam.list_service_specific_credentials, UserName=name, ServiceName="cassandra.amazonaws.com")
    recorded("iam", {"create-user-response": created, "list-service-specific-credentials-invalid-service": wrong,
                     "create-service-specific-credential-response": made, "list-service-specific-credentials-response-wrong-service": other})


def test_delete_user_after_service_credential_created(recorded, iam, user):
    name, created = user
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=CODECOMMIT)
    recorded("iam", {"create-user-response": created, "create-service-specific-credential-response": made,
                     "delete-user-existing-credential": told(iam.delete_user, UserName=name)})


def refused_by_all(iam, step: str, **given: str) -> dict[str, Any]:
    return {f"update-{step}": told(iam.update_service_specific_credential, **given, Status="Inactive"),
            f"reset-{step}": told(iam.reset_service_specific_credential, **given), f"delete-{step}": told(iam.delete_service_specific_credential, **given)}


@pytest.mark.parametrize("wrong", scenarios("test_user_match_id_mismatch"))
def test_user_match_id_mismatch(recorded, iam, user, wrong):
    name, created = user
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=CODECOMMIT)
    recorded("iam", {"create-user-response": created, "create-service-specific-credential-response": made}
             | refused_by_all(iam, "wrong-id", UserName=name, ServiceSpecificCredentialId=wrong))


def test_id_match_user_mismatch(recorded, iam, user):
    name, created = user
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=CODECOMMIT)
    id_ = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    recorded("iam", {"create-user-response": created, "create-service-specific-credential-response": made}
             | refused_by_all(iam, "wrong-user-name", UserName="wrong-user-name", ServiceSpecificCredentialId=id_))


def test_invalid_update_parameters(recorded, iam, user):
    name, created = user
    made = told(iam.create_service_specific_credential, UserName=name, ServiceName=CODECOMMIT)
    id_ = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    refused = told(iam.update_service_specific_credential, UserName=name, ServiceSpecificCredentialId=id_, Status="Invalid")
    recorded("iam", {"create-user-response": created, "create-service-specific-credential-response": made, "update-invalid-status": refused})

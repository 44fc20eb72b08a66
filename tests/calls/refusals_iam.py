"""The rows of IAM and STS: refusals.py says how they are read. Their bodies are those of the query protocol, written as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from row import ACCOUNT, Body, Row

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
ARN = f"arn:aws:iam::{ACCOUNT}:policy/not-there"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/not-there"
TAGS = {"Tags": [{"Key": "a", "Value": "b"}]}
KEYS = {"TagKeys": ["a"]}
ACTIVE = {"Status": "Active"}
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "123456"}
DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/none"
NAMED = {"PolicyName": "p"}
BY_KIND: dict[str, Body] = {
    "Put{}Policy": {**NAMED, "PolicyDocument": POLICY}, "Get{}Policy": NAMED, "Delete{}Policy": NAMED, "List{}Policies": {},
    "Attach{}Policy": {"PolicyArn": ARN}, "Detach{}Policy": {"PolicyArn": ARN}, "ListAttached{}Policies": {}, "Delete{}": {}, "Get{}": {},
}
BY_TAGS: dict[str, Body] = {"Tag{}": TAGS, "Untag{}": KEYS, "List{}Tags": {}}
BY_BOUNDARY: dict[str, Body] = {"Put{}PermissionsBoundary": {"PermissionsBoundary": ARN}, "Delete{}PermissionsBoundary": {}}
ABSENT: dict[str, Body] = {
    "UpdateRole": {"RoleName": "none"}, "UpdateRoleDescription": {"RoleName": "none", "Description": "d"}, "DeleteServiceLinkedRole": {"RoleName": "none"},
    "UpdateAssumeRolePolicy": {"RoleName": "none", "PolicyDocument": TRUST}, "ListInstanceProfilesForRole": {"RoleName": "none"},
    "GetPolicy": {"PolicyArn": ARN}, "DeletePolicy": {"PolicyArn": ARN}, "CreatePolicyVersion": {"PolicyArn": ARN, "PolicyDocument": POLICY},
    "GetPolicyVersion": {"PolicyArn": ARN, "VersionId": "v1"}, "ListPolicyVersions": {"PolicyArn": ARN}, "DeletePolicyVersion": {"PolicyArn": ARN, "VersionId": "v1"},
    "SetDefaultPolicyVersion": {"PolicyArn": ARN, "VersionId": "v1"}, "ListEntitiesForPolicy": {"PolicyArn": ARN}, "TagPolicy": {"PolicyArn": ARN, **TAGS},
    "UntagPolicy": {"PolicyArn": ARN, **KEYS}, "ListPolicyTags": {"PolicyArn": ARN},
    **{name: {"InstanceProfileName": "none"} for name in ("GetInstanceProfile", "DeleteInstanceProfile", "ListInstanceProfileTags")},
    "TagInstanceProfile": {"InstanceProfileName": "none", **TAGS}, "UntagInstanceProfile": {"InstanceProfileName": "none", **KEYS},
    "AddRoleToInstanceProfile": {"InstanceProfileName": "none", "RoleName": "none"},
    "RemoveRoleFromInstanceProfile": {"InstanceProfileName": "none", "RoleName": "none"},
    "UpdateUser": {"UserName": "none"}, "UpdateGroup": {"GroupName": "none"}, "ListGroupsForUser": {"UserName": "none"},
    "AddUserToGroup": {"GroupName": "none", "UserName": "none"}, "RemoveUserFromGroup": {"GroupName": "none", "UserName": "none"},
    "CreateAccessKey": {"UserName": "none"}, "ListAccessKeys": {"UserName": "none"}, "UpdateAccessKey": {"UserName": "none", "AccessKeyId": "A" * 20, "Status": "Inactive"},
    "DeleteAccessKey": {"UserName": "none", "AccessKeyId": "A" * 20}, "CreateLoginProfile": {"UserName": "none", "Password": "secret"},
    "GetLoginProfile": {"UserName": "none"}, "UpdateLoginProfile": {"UserName": "none"}, "DeleteLoginProfile": {"UserName": "none"},
    "DeleteAccountAlias": {"AccountAlias": "not-there"}, "GetAccountPasswordPolicy": {}, "DeleteAccountPasswordPolicy": {},
    **{f"{verb}ServiceSpecificCredential": {"UserName": "none", "ServiceSpecificCredentialId": "A" * 20, **more}
       for verb, more in (("Update", ACTIVE), ("Reset", {}), ("Delete", {}))},
    "CreateServiceSpecificCredential": {"UserName": "none", "ServiceName": "codecommit.amazonaws.com"}, "ListServiceSpecificCredentials": {"UserName": "none"},
    "UploadSSHPublicKey": {"UserName": "none", "SSHPublicKeyBody": "ssh-rsa AAAA"}, "ListSSHPublicKeys": {"UserName": "none"},
    **{f"{verb}SSHPublicKey": {"UserName": "none", "SSHPublicKeyId": "A" * 20, **more}
       for verb, more in (("Get", {"Encoding": "SSH"}), ("Update", ACTIVE), ("Delete", {}))},
    "UploadSigningCertificate": {"UserName": "none", "CertificateBody": "none"}, "ListSigningCertificates": {"UserName": "none"},
    **{f"{verb}SigningCertificate": {"UserName": "none", "CertificateId": "A" * 24, **more} for verb, more in (("Update", ACTIVE), ("Delete", {}))},
    **{f"{verb}ServerCertificate{noun}": {"ServerCertificateName": "none", **more}
       for verb, noun, more in (("Get", "", {}), ("Update", "", {}), ("Delete", "", {}), ("Tag", "", TAGS), ("Untag", "", KEYS), ("List", "Tags", {}))},
    **{f"{verb}MFADevice": {"UserName": "none", "SerialNumber": DEVICE, **more} for verb, more in (("Enable", CODES), ("Resync", CODES), ("Deactivate", {}), ("Get", {}))},
    "ListMFADevices": {"UserName": "none"}, "DeleteVirtualMFADevice": {"SerialNumber": DEVICE}, "TagMFADevice": {"SerialNumber": DEVICE, **TAGS},
    "UntagMFADevice": {"SerialNumber": DEVICE, **KEYS}, "ListMFADeviceTags": {"SerialNumber": DEVICE},
    **{operation: {"OpenIDConnectProviderArn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/none", **more} for operation, more in (
        ("GetOpenIDConnectProvider", {}), ("DeleteOpenIDConnectProvider", {}), ("AddClientIDToOpenIDConnectProvider", {"ClientID": "c"}),
        ("RemoveClientIDFromOpenIDConnectProvider", {"ClientID": "c"}), ("UpdateOpenIDConnectProviderThumbprint", {"ThumbprintList": ["a" * 40]}),
        ("TagOpenIDConnectProvider", TAGS), ("UntagOpenIDConnectProvider", KEYS), ("ListOpenIDConnectProviderTags", {}))},
    **{operation: {"SAMLProviderArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/none", **more} for operation, more in (
        ("GetSAMLProvider", {}), ("DeleteSAMLProvider", {}), ("UpdateSAMLProvider", {}), ("TagSAMLProvider", TAGS), ("UntagSAMLProvider", KEYS), ("ListSAMLProviderTags", {}))},
    "SimulatePrincipalPolicy": {"PolicySourceArn": ROLE, "ActionNames": ["s3:GetObject"]}, "GetContextKeysForPrincipalPolicy": {"PolicySourceArn": ROLE},
}


def iam() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "iam", operation, error, body)

    for kind in ("Role", "User", "Group"):
        shapes = BY_KIND | ({} if kind == "Group" else BY_TAGS | BY_BOUNDARY)
        for operation, body in shapes.items():
            yield row(operation.format(kind), "NoSuchEntity", {f"{kind}Name": "none", **body})
    for operation, body in ABSENT.items():
        yield row(operation, "NoSuchEntity", body)
    yield row("CreateRole", "MalformedPolicyDocument", {"RoleName": "r", "AssumeRolePolicyDocument": "{"})
    yield row("CreatePolicy", "MalformedPolicyDocument", {**NAMED, "PolicyDocument": "{"})
    yield row("CreateUser", "NoSuchEntity", {"UserName": "u", "PermissionsBoundary": ARN})
    yield row("CreateServiceLinkedRole", "InvalidInput", {"AWSServiceName": "batch.amazonaws.com", "CustomSuffix": "s"})
    yield row("GetServiceLinkedRoleDeletionStatus", "InvalidInput", {"DeletionTaskId": "none"})
    yield row("SimulateCustomPolicy", "InvalidInput", {"PolicyInputList": ["{"], "ActionNames": ["s3:GetObject"]})
    yield row("GetContextKeysForCustomPolicy", "InvalidInput", {"PolicyInputList": ["{"]})
    yield row("UploadServerCertificate", "MalformedCertificate", {"ServerCertificateName": "none", "CertificateBody": "none", "PrivateKey": "none"})
    yield row("CreateOpenIDConnectProvider", "InvalidInput", {"Url": "http://idp.example"})
    yield row("CreateSAMLProvider", "InvalidInput", {"Name": "none", "SAMLMetadataDocument": "x" * 1000})
    yield row("CreateVirtualMFADevice", "InvalidInput", {"VirtualMFADeviceName": "d", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "b"}]})
    yield row("ChangePassword", "InvalidUserType", {"OldPassword": "old", "NewPassword": "new"})
    yield row("GetCredentialReport", "ReportNotPresent", {})
    yield row("CreateInstanceProfile", "InvalidInput", {"InstanceProfileName": "p", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "b"}]})


def sts() -> Iterator[Row]:
    def row(operation: str, error: str, body: Body) -> Row:
        return Row("plain", "sts", operation, error, body)

    session = {"RoleArn": ROLE, "RoleSessionName": "me"}
    yield row("AssumeRole", "MalformedPolicyDocument", {**session, "Policy": "{"})
    yield row("AssumeRoleWithSAML", "InvalidIdentityToken", {"RoleArn": ROLE, "PrincipalArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/none", "SAMLAssertion": "none"})
    yield row("AssumeRoleWithWebIdentity", "InvalidIdentityToken", {**session, "WebIdentityToken": "none"})
    yield row("GetFederationToken", "MalformedPolicyDocument", {"Name": "me", "Policy": "{"})
    yield row("DecodeAuthorizationMessage", "InvalidAuthorizationMessageException", {"EncodedMessage": "none"})

"""What else an account and its users have in IAM: devices, keys, certificates, providers, passwords, the credential report."""

from __future__ import annotations

import base64
import csv
import datetime
import hashlib
import hmac
import subprocess
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from sdk import tool
from test_kms import error_of
from test_sts import account  # noqa: F401 (a fixture)


@pytest.fixture
def user(iam, unique) -> str:
    return iam.create_user(UserName=unique())["User"]["UserName"]


def code_at(seed: bytes, now: float) -> str:
    """RFC 6238, as an app on a phone has it."""
    digest = hmac.new(base64.b32decode(seed), int(now // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def now_of(url: str) -> float:
    return ask(url, "clock")["now_ms"] / 1000


def test_a_virtual_device_is_enabled_by_two_codes_of_the_emulator_s_clock(own_emulator):
    url = own_emulator().url
    iam = client_at(url, "iam")
    iam.create_user(UserName="anna")
    ask(url, "clock", freeze=True)
    ask(url, "clock", set="2030-01-01T00:00:10Z")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=[{"Key": "a", "Value": "b"}])["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"]
    assert serial == "arn:aws:iam::000000000000:mfa/phone" and len(seed) == 64
    given = {"UserName": "anna", "SerialNumber": serial}
    now = now_of(url)
    codes = {"AuthenticationCode1": code_at(seed, now), "AuthenticationCode2": code_at(seed, now + 30)}
    assert error_of(iam.enable_mfa_device, **given, AuthenticationCode1=codes["AuthenticationCode2"], AuthenticationCode2=codes["AuthenticationCode1"]) == (
        "InvalidAuthenticationCode", "Authentication code for device is not valid.")
    ask(url, "clock", advance="10m")
    assert error_of(iam.enable_mfa_device, **given, **codes)[0] == "InvalidAuthenticationCode"
    now = now_of(url)
    iam.enable_mfa_device(**given, AuthenticationCode1=code_at(seed, now - 30), AuthenticationCode2=code_at(seed, now))
    assert [one["SerialNumber"] for one in iam.list_mfa_devices(UserName="anna")["MFADevices"]] == [serial]
    (listed,) = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert listed["User"]["UserName"] == "anna" and "Base32StringSeed" not in listed
    assert error_of(iam.delete_virtual_mfa_device, SerialNumber=serial) == ("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
    assert error_of(iam.delete_user, UserName="anna") == ("DeleteConflict", "Cannot delete entity, must delete MFA device first.")
    assert iam.get_mfa_device(SerialNumber=serial, UserName="anna")["UserName"] == "anna"
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.deactivate_mfa_device(**given)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []


def openssl(folder: Any, *words: str) -> None:
    subprocess.run([tool("openssl"), *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def pki(tmp_path_factory) -> Any:
    """An authority, a server's key and certificate signed by it, and a certificate that signed itself."""
    folder = tmp_path_factory.mktemp("pki")
    for name in ("ca", "own"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "3650")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-days", "3650")
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_server_certificates(iam, unique, pki):
    name, renamed = unique(), unique()
    given = {"ServerCertificateName": name, "CertificateBody": pki["server.pem"], "PrivateKey": pki["server.key"], "CertificateChain": pki["ca.pem"]}
    for change, code in (({"CertificateBody": "none"}, "MalformedCertificate"), ({"PrivateKey": "none"}, "MalformedCertificate"),
                         ({"PrivateKey": pki["own.key"]}, "KeyPairMismatch"), ({"CertificateChain": pki["own.pem"]}, "MalformedCertificate")):
        assert error_of(iam.upload_server_certificate, **given | change)[0] == code, change
    made = iam.upload_server_certificate(**given, Path="/site/", Tags=[{"Key": "a", "Value": "b"}])["ServerCertificateMetadata"]
    assert made["Arn"].endswith(f":server-certificate/site/{name}") and made["ServerCertificateId"].startswith("ASCA")
    assert made["Expiration"] > made["UploadDate"] + datetime.timedelta(days=1000)
    assert error_of(iam.upload_server_certificate, **given) == ("EntityAlreadyExists", f"The Server Certificate with name {name} already exists.")
    got = iam.get_server_certificate(ServerCertificateName=name)["ServerCertificate"]
    assert (got["CertificateBody"], got["CertificateChain"], got["Tags"]) == (pki["server.pem"], pki["ca.pem"], [{"Key": "a", "Value": "b"}])
    assert got["ServerCertificateMetadata"] == made
    iam.update_server_certificate(ServerCertificateName=name, NewServerCertificateName=renamed, NewPath="/other/")
    (listed,) = iam.list_server_certificates(PathPrefix="/other/")["ServerCertificateMetadataList"]
    assert listed["ServerCertificateName"] == renamed
    iam.untag_server_certificate(ServerCertificateName=renamed, TagKeys=["a"])
    assert iam.list_server_certificate_tags(ServerCertificateName=renamed)["Tags"] == []
    iam.delete_server_certificate(ServerCertificateName=renamed)
    assert error_of(iam.get_server_certificate, ServerCertificateName=renamed) == ("NoSuchEntity", f"The Server Certificate with name {renamed} cannot be found.")


def test_signing_certificates(iam, user, pki):
    assert error_of(iam.upload_signing_certificate, UserName=user, CertificateBody="none")[0] == "MalformedCertificate"
    made = iam.upload_signing_certificate(UserName=user, CertificateBody=pki["own.pem"])["Certificate"]
    assert error_of(iam.upload_signing_certificate, UserName=user, CertificateBody=pki["own.pem"])[0] == "DuplicateCertificate"
    iam.update_signing_certificate(UserName=user, CertificateId=made["CertificateId"], Status="Inactive")
    (listed,) = iam.list_signing_certificates(UserName=user)["Certificates"]
    assert (listed["Status"], listed["CertificateBody"]) == ("Inactive", made["CertificateBody"])
    iam.upload_signing_certificate(UserName=user, CertificateBody=pki["ca.pem"])
    assert error_of(iam.upload_signing_certificate, UserName=user, CertificateBody=pki["server.pem"]) == (
        "LimitExceeded", "Cannot exceed quota for SigningCertificatesPerUser: 2")
    for one in iam.list_signing_certificates(UserName=user)["Certificates"]:
        iam.delete_signing_certificate(UserName=user, CertificateId=one["CertificateId"])
    iam.delete_user(UserName=user)


def test_ssh_keys(iam, user, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048).public_key()
    ssh = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    made = iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=f"{ssh} anna@laptop")["SSHPublicKey"]
    digest = hashlib.md5(base64.b64decode(ssh.split()[1])).hexdigest()
    assert made["Fingerprint"] == ":".join(digest[at:at + 2] for at in range(0, 32, 2)) and made["SSHPublicKeyId"].startswith("APKA")
    given = {"UserName": user, "SSHPublicKeyId": made["SSHPublicKeyId"]}
    assert iam.get_ssh_public_key(**given, Encoding="PEM")["SSHPublicKey"]["SSHPublicKeyBody"].strip() == pem.strip()
    assert iam.get_ssh_public_key(**given, Encoding="SSH")["SSHPublicKey"]["SSHPublicKeyBody"] == ssh
    assert error_of(iam.upload_ssh_public_key, UserName=user, SSHPublicKeyBody=pem)[0] == "DuplicateSSHPublicKey"
    for wrong, code in (("ssh-rsa AAAA", "InvalidPublicKey"), ("ssh-rsa " + "A" * 400, "InvalidPublicKey"), ("ssh-ed25519 AAAA", "UnrecognizedPublicKeyEncoding")):
        assert error_of(iam.upload_ssh_public_key, UserName=user, SSHPublicKeyBody=wrong)[0] == code, wrong
    iam.update_ssh_public_key(**given, Status="Inactive")
    assert [one["Status"] for one in iam.list_ssh_public_keys(UserName=user)["SSHPublicKeys"]] == ["Inactive"]
    iam.delete_ssh_public_key(**given)
    assert error_of(iam.get_ssh_public_key, **given, Encoding="SSH") == ("NoSuchEntity", f"The Public Key with id {given['SSHPublicKeyId']} cannot be found.")


def test_open_id_providers(iam, unique):
    host = f"{unique()}.example.com/id/A"
    made = iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=["one"], ThumbprintList=["a" * 40], Tags=[{"Key": "k", "Value": "v"}])
    arn = made["OpenIDConnectProviderArn"]
    assert arn.endswith(f":oidc-provider/{host}")
    assert error_of(iam.create_open_id_connect_provider, Url=f"https://{host}", ThumbprintList=[]) == ("EntityAlreadyExists", f"Provider with url https://{host} already exists.")
    assert error_of(iam.create_open_id_connect_provider, Url=f"http://{host}")[0] == "InvalidInput"
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="two")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40])
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (got["Url"], got["ClientIDList"], got["ThumbprintList"], got["Tags"]) == (host, ["one", "two"], ["b" * 40], [{"Key": "k", "Value": "v"}])
    for _ in range(2):
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="one")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["two"]
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "k2", "Value": "v"}])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["k"])
    assert [tag["Key"] for tag in iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"]] == ["k2"]
    assert arn in [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert error_of(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) == ("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")


METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/{'x' * 1000}"><IDPSSODescriptor
 protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
 Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""


def test_saml_providers(iam, unique):
    name = unique()
    arn = iam.create_saml_provider(Name=name, SAMLMetadataDocument=METADATA)["SAMLProviderArn"]
    assert arn.endswith(f":saml-provider/{name}")
    got = iam.get_saml_provider(SAMLProviderArn=arn)
    assert got["SAMLMetadataDocument"] == METADATA and got["ValidUntil"] > got["CreateDate"]
    assert error_of(iam.create_saml_provider, Name=name, SAMLMetadataDocument=METADATA)[0] == "EntityAlreadyExists"
    for wrong in ("x" * 1000, METADATA.replace("IDPSSODescriptor", "SPSSODescriptor"), METADATA.replace("</EntityDescriptor>", "")):
        assert error_of(iam.update_saml_provider, SAMLProviderArn=arn, SAMLMetadataDocument=wrong) == ("InvalidInput", "Could not parse metadata")
    assert iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=METADATA.replace("/sso", "/sso2"))["SAMLProviderArn"] == arn
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "k", "Value": "v"}])
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["k"])
    assert arn in [one["Arn"] for one in iam.list_saml_providers()["SAMLProviderList"]]
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert error_of(iam.get_saml_provider, SAMLProviderArn=arn)[0] == "NoSuchEntity"


def test_passwords_are_held_to_the_account_s_policy(account):  # noqa: F811
    iam = account("iam")
    iam.create_user(UserName="anna")
    assert error_of(iam.create_login_profile, UserName="anna", Password="short")[1] == "Password should have a minimum length of 8"
    assert error_of(iam.create_login_profile, UserName="anna", Password="onlylowercase")[0] == "PasswordPolicyViolation"
    iam.create_login_profile(UserName="anna", Password="Something-1", PasswordResetRequired=True)
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, RequireNumbers=True, MaxPasswordAge=90)
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    own = account("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert own.get_user()["User"]["UserName"] == "anna"
    assert error_of(own.change_password, OldPassword="Something-1", NewPassword="twelveletters1") == (
        "PasswordPolicyViolation", "Password should have at least one symbol")
    own.change_password(OldPassword="Something-1", NewPassword="twelve-letters-1")
    assert not iam.get_login_profile(UserName="anna")["LoginProfile"]["PasswordResetRequired"]
    assert error_of(iam.change_password, OldPassword="a", NewPassword="b") == ("InvalidUserType", "Only IAM Users can change their own password")


def test_the_credential_report(own_emulator, pki):
    url = own_emulator().url
    iam = client_at(url, "iam")
    assert error_of(iam.get_credential_report)[0] == "ReportNotPresent"
    for name in ("anna", "bert"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="anna", Password="Something-1")
    iam.update_account_password_policy(MaxPasswordAge=90)
    key = iam.create_access_key(UserName="anna")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="anna", AccessKeyId=key, Status="Inactive")
    iam.upload_signing_certificate(UserName="bert", CertificateBody=pki["own.pem"])
    iam.enable_mfa_device(UserName="bert", SerialNumber="GAHT12345678", AuthenticationCode1="123456", AuthenticationCode2="234567")
    assert [iam.generate_credential_report()["State"] for _ in range(2)] == ["STARTED", "COMPLETE"]
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    root, anna, bert = csv.DictReader(report["Content"].decode().splitlines())
    assert (root["user"], root["arn"]) == ("<root_account>", "arn:aws:iam::000000000000:root")
    assert (anna["password_enabled"], anna["mfa_active"], anna["access_key_1_active"], anna["access_key_2_last_rotated"]) == ("true", "false", "false", "N/A")
    changed, rotation = (datetime.datetime.fromisoformat(anna[f"password_{which}"]) for which in ("last_changed", "next_rotation"))
    assert rotation - changed == datetime.timedelta(days=90)
    assert (bert["password_enabled"], bert["mfa_active"], bert["cert_1_active"], bert["cert_2_active"]) == ("false", "true", "true", "false")
    iam.create_user(UserName="carl")
    ask(url, "clock", advance="4h")
    assert error_of(iam.get_credential_report)[0] == "ReportExpired"
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert b"\ncarl," in iam.get_credential_report()["Content"]


def test_the_summary_counts_and_a_reset_clears(own_emulator, pki):
    url = own_emulator().url
    iam = client_at(url, "iam")
    iam.create_user(UserName="anna")
    iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")
    iam.enable_mfa_device(UserName="anna", SerialNumber="GAHT12345678", AuthenticationCode1="123456", AuthenticationCode2="234567")
    iam.create_saml_provider(Name="idp", SAMLMetadataDocument=METADATA)
    iam.create_open_id_connect_provider(Url="https://idp.example")
    iam.upload_server_certificate(ServerCertificateName="s", CertificateBody=pki["own.pem"], PrivateKey=pki["own.key"])
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    summary = iam.get_account_summary()["SummaryMap"]
    assert [summary[name] for name in ("MFADevices", "MFADevicesInUse", "Providers", "ServerCertificates", "GlobalEndpointTokenVersion")] == [1, 1, 2, 1, 2]
    ask(url, "reset", method="POST")
    summary = iam.get_account_summary()["SummaryMap"]
    assert [summary[name] for name in ("MFADevices", "MFADevicesInUse", "Providers", "ServerCertificates", "GlobalEndpointTokenVersion")] == [0, 0, 0, 0, 1]

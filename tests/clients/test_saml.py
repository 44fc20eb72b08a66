"""AssumeRoleWithSAML: what an identity provider sends by way of the browser, and what is wrong with it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from test_iam import TRUST
from test_iam_credentials import METADATA
from test_kms import error_of
from test_sts import account, session_client  # noqa: F401 (a fixture)

ISSUER = METADATA.split('entityID="')[1].split('"')[0]
NAMES = "https://aws.amazon.com/SAML/Attributes/"


def attribute(name: str, *values: str) -> str:
    return f'<Attribute Name="{NAMES}{name}">' + "".join(f"<AttributeValue>{value}</AttributeValue>" for value in values) + "</Attribute>"


def response(*attributes: str, issuer: str = ISSUER, until: str = "2999-01-01T00:00:00Z") -> str:
    document = f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://signin.aws.amazon.com/saml">
      <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Issuer> {issuer}
      </saml:Issuer><Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">anna</NameID>
        <SubjectConfirmation><SubjectConfirmationData NotOnOrAfter="{until}" Recipient="https://signin.aws.amazon.com/saml"/></SubjectConfirmation></Subject>
      <Conditions NotOnOrAfter="{until}"><AudienceRestriction><Audience>urn:amazon:webservices</Audience></AudienceRestriction></Conditions>
      <AttributeStatement>{"".join(attributes)}</AttributeStatement></saml:Assertion></samlp:Response>"""
    return base64.encodebytes(document.encode()).decode()


@pytest.fixture
def given(account) -> dict[str, str]:  # noqa: F811
    iam = account("iam")
    role = iam.create_role(RoleName="demo", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    return {"RoleArn": role, "PrincipalArn": iam.create_saml_provider(Name="idp", SAMLMetadataDocument=METADATA)["SAMLProviderArn"]}


def role_of(given: dict[str, str]) -> str:
    return attribute("Role", f"arn:aws:iam::1:role/other,{given['PrincipalArn']}", f"{given['PrincipalArn']}, {given['RoleArn']}")


def test_a_response_is_read(account, given):  # noqa: F811
    text = response(role_of(given), attribute("RoleSessionName", "anna@example.com"), attribute("SourceIdentity", "anna"),
                    attribute("PrincipalTag:team", "blue"), attribute("TransitiveTagKeys", "team"), attribute("SessionDuration", "1800"))
    answer = account("sts").assume_role_with_saml(**given, SAMLAssertion=text)
    number = given["RoleArn"].split(":")[4]
    assert (answer["Subject"], answer["SubjectType"], answer["Issuer"], answer["Audience"], answer["SourceIdentity"]) == (
        "anna", "persistent", ISSUER, "https://signin.aws.amazon.com/saml", "anna")
    assert answer["NameQualifier"] == base64.b64encode(hashlib.sha1(f"{ISSUER}{number}/idp".encode()).digest()).decode()
    session = session_client(account, answer)
    assert session.get_caller_identity()["Arn"] == f"arn:aws:sts::{number}:assumed-role/demo/anna@example.com"
    code, message = error_of(session.assume_role, RoleArn=given["RoleArn"], RoleSessionName="me", Tags=[{"Key": "Team", "Value": "red"}])
    assert code == "InvalidParameterValue" and "transitive" in message


def test_what_is_refused(account, given):  # noqa: F811
    role, name = role_of(given), attribute("RoleSessionName", "anna")
    wrong = {
        "none": ("InvalidIdentityToken", "Invalid base64 SAMLResponse"), base64.b64encode(b"<a/>").decode(): ("InvalidIdentityToken", "Invalid base64 SAMLResponse"),
        response(role): ("InvalidIdentityToken", "RoleSessionName is required in AuthnResponse"),
        response(role, attribute("RoleSessionName", "a b")): ("InvalidIdentityToken", "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        response(role, name, attribute("SourceIdentity", "aws:x")): (
            "InvalidIdentityToken", 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'),
        response(role, name, issuer="https://other"): ("InvalidIdentityToken", "Issuer not present in specified provider"),
        response(name): ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML"),
        response(role, name, until="2001-01-01T00:00:00Z"): ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance"),
    }
    for text, refusal in wrong.items():
        assert error_of(account("sts").assume_role_with_saml, **given, SAMLAssertion=text) == refusal
    missing = given | {"PrincipalArn": given["PrincipalArn"] + "2"}
    assert error_of(account("sts").assume_role_with_saml, **missing, SAMLAssertion=response(role_of(missing), name)) == (
        "InvalidIdentityToken", "Specified provider doesn't exist")
    long = response(role, name)
    assert error_of(account("sts").assume_role_with_saml, **given, SAMLAssertion=long, DurationSeconds=7200)[0] == "ValidationError"


def test_a_response_s_time_is_over_by_the_emulator_s_clock(own_emulator):
    url = own_emulator().url
    given: dict[str, Any] = {"RoleArn": "arn:aws:iam::000000000000:role/demo", "PrincipalArn": "arn:aws:iam::000000000000:saml-provider/idp"}
    text = response(role_of(given), attribute("RoleSessionName", "anna"))
    assert client_at(url, "sts").assume_role_with_saml(**given, SAMLAssertion=text)["Subject"] == "anna"  # an empty account: any role, any provider
    ask(url, "clock", set="2999-01-01T00:00:00Z")
    assert error_of(client_at(url, "sts").assume_role_with_saml, **given, SAMLAssertion=text)[0] == "ExpiredTokenException"

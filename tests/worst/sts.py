"""STS: forms of many members, responses of SAML at their limit."""

import base64

from case import FORM, Case


def cases():
    form = {"Version": "2011-06-15"} | {f"Tags.member.{n}.Key": "k" for n in range(2000)}
    yield Case("a form with 2,000 members it doesn't have", "sts", "GetCallerIdentity", form, content_type=FORM)
    attribute = '<a:Attribute Name="https://aws.amazon.com/SAML/Attributes/{}"><a:AttributeValue>v</a:AttributeValue></a:Attribute>'
    head = "<Assertion><Issuer>i</Issuer><Subject><NameID>n</NameID></Subject><AttributeStatement xmlns:a='a'>"
    documents = {"of tags": head + attribute.format("PrincipalTag:k") * 340, "of roles": head + '<Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">' +
                 "<AttributeValue/>" * 2_700 + "</Attribute>", "of elements": head + "<a/>" * 11_000, "of lists in lists": "<a>" * 15_000}
    for name, document in documents.items():
        ends = "</AttributeStatement></Assertion>" if document.startswith(head) else ""
        given = {"Version": "2011-06-15", "RoleArn": "arn:aws:iam::000000000000:role/r", "PrincipalArn": "arn:aws:iam::000000000000:saml-provider/p",
                 "SAMLAssertion": base64.b64encode((document + ends).encode()).decode()}
        yield Case(f"a response {name}", "sts", "AssumeRoleWithSAML", given, content_type=FORM)
    yield Case("64 kB of separators", "sts", "GetCallerIdentity", b"Action=GetCallerIdentity&Version=2011-06-15" + b"&" * 60_000, content_type=FORM)

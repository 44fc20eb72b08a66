"""Policies that decide about a call (--auth soft, which asks all that iam asks): as many and as large as IAM and S3 take them."""

import json

from case import FORM, Case, signed

SOFT = ("--auth", "soft")
VERSION = {"Version": "2010-05-08"}
STARS = "a*" * 40  # each of them is tried from each place


def iam(action, **members):
    return Case(action, "iam", action, VERSION | members, content_type=FORM)


def document(size, statement):
    """As many statements as fit into so many characters."""
    made = []
    while len(json.dumps({"Version": "2012-10-17", "Statement": [*made, statement(len(made))]}, separators=(",", ":"))) <= size:
        made.append(statement(len(made)))
    return json.dumps({"Version": "2012-10-17", "Statement": made}, separators=(",", ":"))


def wild(number):
    return {"Effect": "Allow", "Action": ["kinesis:*e*o*d*z", "dynamodb:*"], "Resource": f"arn:aws:*:*:*:*{STARS}{number}"}


def conditions(number):
    return {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"aws:UserAgent": [f"*{STARS}{number}", "*b*c*d*e"]}}}


def user_with(statement):
    """10 groups, each with 10 managed policies and an inline one, and 10 of the user's own."""
    calls = [iam("CreateUser", UserName="u")]
    calls += [iam("CreatePolicy", PolicyName=f"p{n}", PolicyDocument=document(6144, statement)) for n in range(10)]
    arns = [f"arn:aws:iam::000000000000:policy/p{n}" for n in range(10)]
    calls += [iam("AttachUserPolicy", UserName="u", PolicyArn=arn) for arn in arns]
    for group in range(10):
        calls += [iam("CreateGroup", GroupName=f"g{group}"), iam("AddUserToGroup", GroupName=f"g{group}", UserName="u")]
        calls += [iam("PutGroupPolicy", GroupName=f"g{group}", PolicyName="i", PolicyDocument=document(5120, statement))]
        calls += [iam("AttachGroupPolicy", GroupName=f"g{group}", PolicyArn=arn) for arn in arns]
    return [*calls, iam("CreateAccessKey", UserName="u")]


def bucket(policy):
    return [Case("a bucket", "s3", "", b"", method="PUT", path="/bucket"), Case("its policy", "s3", "", policy, method="PUT", path="/bucket?policy")]


def cases():
    as_user = {"Authorization": signed("kinesis").replace("Credential=test", "Credential={key}"), "User-Agent": "abcde" * 200}
    stream = {"StreamName": "a" * 128, "PartitionKey": "a", "Data": "YQ=="}
    for name, statement in (("wildcards", wild), ("conditions", conditions)):
        yield Case(f"10 groups of 11 policies of {name}", "kinesis", "Kinesis_20131202.PutRecord", stream, user_with(statement), headers=as_user, options=SOFT)
    principal = {"Principal": {"AWS": "*"}}
    wilds = document(20480, lambda n: wild(n) | principal | {"Action": "s3:*", "Resource": f"arn:aws:s3:::bucket/*{STARS}{n}"})
    yield Case("a bucket's policy of 20 kB of wildcards", "s3", "", b"", bucket(wilds.encode()), method="GET", path="/bucket/" + "a" * 1000, options=SOFT)
    one = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:" + "*a" * 5] * 800, "Resource": "arn:aws:s3:::bucket/*"}]})
    yield Case("a bucket's policy of 800 actions", "s3", "", b"", bucket(one.encode()[:20480] if len(one) <= 20480 else one.encode()), method="GET", path="/bucket/" + "a" * 1000, options=SOFT)
    keys = "".join(f"<Object><Key>{'a' * 900}{n}</Key></Object>" for n in range(1000))
    yield Case("1,000 objects deleted under a policy of wildcards", "s3", "", f"<Delete>{keys}</Delete>".encode(), bucket(wilds.encode()), path="/bucket?delete", options=SOFT)
    yield Case("100 tables read at once", "dynamodb", "DynamoDB_20120810.BatchGetItem",
               {"RequestItems": {f"table{n}": {"Keys": [{"id": {"S": "a"}}]} for n in range(100)}}, user_with(wild),
               headers={"Authorization": signed("dynamodb").replace("Credential=test", "Credential={key}")}, options=SOFT)

"""IAM as a set-up script types it: the roles of a function, of a delivery stream and of a consumer, made twice and taken away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_cli import aws, typed  # noqa: F401 (fixtures)


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*statements: tuple[list[str], str]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": on} for actions, on in statements]})


STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
ROLES: dict[str, dict[str, Any]] = {
    "function": {"service": "lambda.amazonaws.com", "managed": ["AWSLambdaBasicExecutionRole", "AWSLambdaKinesisExecutionRole"],
                 "inline": allow((["dynamodb:PutItem"], "arn:aws:dynamodb:us-east-1:000000000000:table/orders"))},
    "delivery": {"service": "firehose.amazonaws.com", "managed": [],
                 "inline": allow((["s3:PutObject", "s3:GetBucketLocation"], "arn:aws:s3:::bucket/*"), (["kinesis:GetRecords"], STREAM), (["kms:Decrypt"], "*"))},
    "consumer": {"service": "ec2.amazonaws.com", "managed": [],
                 "inline": allow((["kinesis:*"], STREAM), (["dynamodb:*"], "*"), (["cloudwatch:PutMetricData"], "*"))},
}


@pytest.mark.parametrize("kind", list(ROLES))
def test_a_role_of_the_set_up(aws, unique, kind):  # noqa: F811
    wanted, name = ROLES[kind], unique(kind)
    made = aws("iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust(wanted["service"]), "--tags", "Key=system,Value=reference")
    for policy in wanted["managed"]:
        aws("iam", "attach-role-policy", "--role-name", name, "--policy-arn", f"arn:aws:iam::aws:policy/service-role/{policy}")
    for _ in range(2):
        aws("iam", "put-role-policy", "--role-name", name, "--policy-name", "own", "--policy-document", wanted["inline"])
    aws("iam", "wait", "role-exists", "--role-name", name)
    assert aws("iam", "get-role-policy", "--role-name", name, "--policy-name", "own")["PolicyDocument"] == json.loads(wanted["inline"])
    attached = aws("iam", "list-attached-role-policies", "--role-name", name)["AttachedPolicies"]
    assert sorted(one["PolicyName"] for one in attached) == sorted(wanted["managed"])
    session = aws("sts", "assume-role", "--role-arn", made["Role"]["Arn"], "--role-session-name", "script")
    assert session["AssumedRoleUser"]["AssumedRoleId"] == f"{made['Role']['RoleId']}:script"
    for one in attached:
        aws("iam", "detach-role-policy", "--role-name", name, "--policy-arn", one["PolicyArn"])
    aws("iam", "delete-role-policy", "--role-name", name, "--policy-name", "own")
    aws("iam", "delete-role", "--role-name", name)

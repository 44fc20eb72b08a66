"""Each service is called once by boto3, the AWS CLI 2 and the SDKs for Go, Java and JavaScript: protocols,
endpoints and errors in a few seconds. Each program makes a registry, a user, a key and a bucket of the name it is given, and prints what it saw."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from conftest import client_at
from sdk import aws_cli, built, environment_of, java_program, run, tool
from test_kms import error_of


def seen_by_boto3(emulator: Any, name: str) -> dict[str, Any]:
    def of(service: str) -> Any:
        return client_at(emulator.url, service)

    return {"cloudwatch": len(of("cloudwatch").put_dashboard(DashboardName=name, DashboardBody='{"widgets":[]}').get("DashboardValidationMessages", [])),
            "logs": len(of("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]), "dynamodb": error_of(of("dynamodb").describe_table, TableName=name)[0],
            "dynamodbstreams": len(of("dynamodbstreams").list_streams(TableName=name)["Streams"]),
            "firehose": error_of(of("firehose").describe_delivery_stream, DeliveryStreamName=name)[0],
            "glue": of("glue").create_registry(RegistryName=name)["RegistryName"], "iam": of("iam").create_user(UserName=name)["User"]["Arn"],
            "kms": of("kms").create_key(Description=name)["KeyMetadata"]["Description"], "s3": of("s3").create_bucket(Bucket=name)["Location"],
            "sts": of("sts").get_caller_identity()["Account"]}


def seen_by_the_cli(emulator: Any, name: str) -> dict[str, Any]:
    program = aws_cli(2)

    def aws(query: str, *words: str) -> Any:
        return json.loads(run([program, "--endpoint-url", emulator.url, *words, "--query", query, "--output", "json"], timeout=60))

    def refused(*words: str) -> str:
        done = subprocess.run([program, "--endpoint-url", emulator.url, *words], capture_output=True, text=True, timeout=60)
        return done.stderr.split("(")[1].split(")")[0]

    return {"cloudwatch": aws("length(DashboardEntries)", "cloudwatch", "list-dashboards", "--dashboard-name-prefix", name),
            "logs": aws("length(logGroups)", "logs", "describe-log-groups", "--log-group-name-prefix", name),
            "dynamodb": refused("dynamodb", "describe-table", "--table-name", name),
            "dynamodbstreams": aws("length(Streams)", "dynamodbstreams", "list-streams", "--table-name", name),
            "firehose": refused("firehose", "describe-delivery-stream", "--delivery-stream-name", name),
            "glue": aws("RegistryName", "glue", "create-registry", "--registry-name", name), "iam": aws("User.Arn", "iam", "create-user", "--user-name", name),
            "kms": aws("KeyMetadata.Description", "kms", "create-key", "--description", name),
            "s3": aws("Location", "s3api", "create-bucket", "--bucket", name), "sts": aws("Account", "sts", "get-caller-identity")}


def seen_by_a_program(kind: str, emulator: Any, name: str, folder: Any) -> dict[str, Any]:
    if kind == "go":
        go = tool("go")
        command = [built("each/go", lambda into: run([go, "build", "-buildvcs=false", "-o", "each", "."], cwd=into)) / "each"]
    elif kind == "javascript":
        npm = tool("npm")
        command = [tool("node"), built("each/javascript", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into)) / "each.js"]
    else:
        command = java_program("Each", "each/java")
    said = run([*command, name], env=environment_of(emulator, "http", folder) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator.port}"}, timeout=100)
    return json.loads(said.splitlines()[-1])


@pytest.mark.timeout(400)  # what compiles takes its time, once
@pytest.mark.parametrize("kind", ["boto3", *(pytest.param(kind, marks=[pytest.mark.once, pytest.mark.xdist_group(kind)]) for kind in ("cli", "go", "java", "javascript"))])
def test_each_service_answers(kind, emulator, unique, tmp_path):
    name = unique()
    seen = seen_by_boto3(emulator, name) if kind == "boto3" else seen_by_the_cli(emulator, name) if kind == "cli" else seen_by_a_program(kind, emulator, name, tmp_path)
    assert seen == {"cloudwatch": 0, "logs": 0, "dynamodb": "ResourceNotFoundException", "dynamodbstreams": 0, "firehose": "ResourceNotFoundException",
                    "glue": name, "iam": f"arn:aws:iam::000000000000:user/{name}", "kms": name, "s3": f"/{name}", "sts": "000000000000"}

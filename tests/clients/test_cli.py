"""The AWS CLI, version 1 from PyPI and version 2 as Debian has it: what a user types."""

import base64
import json
import subprocess
import urllib.request

import pytest
from sdk import aws_cli, run, tool


@pytest.fixture
def typed(emulator, request):
    """typed("s3", "ls", ...): what is printed. Debian 12's 2.9 does not read AWS_ENDPOINT_URL yet: it is given the option."""
    program = aws_cli(getattr(request, "param", 1))
    return lambda *words: run([program, "--endpoint-url", emulator.url, *words], timeout=60)


@pytest.fixture
def aws(typed):
    """aws("kinesis", "put-record", ...): its answer."""

    def call(*words):
        said = typed(*words, "--output", "json")
        return json.loads(said) if said.strip() else {}

    return call


both_versions = pytest.mark.parametrize("typed", [1, pytest.param(2, marks=pytest.mark.once)], indirect=True)


@both_versions
def test_kinesis(aws, unique, tmp_path):
    stream, typed_data = unique("cli"), tmp_path / "data"
    typed_data.write_bytes(b"typed")
    aws("kinesis", "create-stream", "--stream-name", stream, "--shard-count", "1")
    aws("kinesis", "wait", "stream-exists", "--stream-name", stream)
    put = aws("kinesis", "put-record", "--stream-name", stream, "--partition-key", "k", "--data", f"fileb://{typed_data}")
    at = aws("kinesis", "get-shard-iterator", "--stream-name", stream, "--shard-id", put["ShardId"],
             "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    (record,) = aws("kinesis", "get-records", "--shard-iterator", at)["Records"]
    assert base64.b64decode(record["Data"]) == b"typed"
    assert record["SequenceNumber"] == put["SequenceNumber"]


@both_versions
def test_dynamodb(aws, unique):
    table = unique("cli")
    aws("dynamodb", "create-table", "--table-name", table, "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=user,AttributeType=S", "AttributeName=at,AttributeType=N",
        "--key-schema", "AttributeName=user,KeyType=HASH", "AttributeName=at,KeyType=RANGE")
    aws("dynamodb", "wait", "table-exists", "--table-name", table)
    for at in ("1", "2", "10"):
        item = {"user": {"S": "ann"}, "at": {"N": at}, "note": {"S": f"number {at}"}}
        aws("dynamodb", "put-item", "--table-name", table, "--item", json.dumps(item))
    key = '{"user": {"S": "ann"}, "at": {"N": "10"}}'
    assert aws("dynamodb", "get-item", "--table-name", table, "--key", key)["Item"]["note"] == {"S": "number 10"}
    found = aws("dynamodb", "query", "--table-name", table, "--key-condition-expression", "#u = :u and #t > :t",
                "--expression-attribute-names", '{"#u": "user", "#t": "at"}',
                "--expression-attribute-values", '{":u": {"S": "ann"}, ":t": {"N": "1"}}')
    assert [item["at"]["N"] for item in found["Items"]] == ["2", "10"]


def test_glue(aws, unique):
    registry, definition = unique("cli"), '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}'
    aws("glue", "create-registry", "--registry-name", registry)
    made = aws("glue", "create-schema", "--registry-id", f"RegistryName={registry}", "--schema-name", "s",
               "--data-format", "AVRO", "--compatibility", "BACKWARD", "--schema-definition", definition)
    version = aws("glue", "get-schema-version", "--schema-version-id", made["SchemaVersionId"])
    assert json.loads(version["SchemaDefinition"]) == json.loads(definition)
    aws("glue", "delete-registry", "--registry-id", f"RegistryName={registry}")


def test_cloudwatch(aws, unique):
    namespace = unique("cli")
    aws("cloudwatch", "put-metric-data", "--namespace", namespace, "--metric-name", "Typed", "--value", "3",
        "--unit", "Count", "--dimensions", "Who=me")
    (metric,) = aws("cloudwatch", "list-metrics", "--namespace", namespace)["Metrics"]
    assert metric["MetricName"] == "Typed"
    assert metric["Dimensions"] == [{"Name": "Who", "Value": "me"}]


def test_kms(aws):
    aliases = aws("kms", "list-aliases")["Aliases"]
    assert "alias/aws/kinesis" in [alias["AliasName"] for alias in aliases]


def test_sts(aws):
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"


def test_a_refusal_is_told(emulator):
    asked = [tool("aws"), "kinesis", "describe-stream", "--stream-name", "not-there"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert ("An error occurred (ResourceNotFoundException) when calling the DescribeStream operation: "
            "Stream not-there under account 000000000000 not found.") in done.stderr


@both_versions
def test_s3(typed, unique, tmp_path):
    bucket, there, back = f"s3://{unique('bucket')}", tmp_path / "there", tmp_path / "back"
    for name in ("a.txt", "b/c.txt", "b/sp ace+%.txt"):
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_text(name * 1000)
    (there / "big").write_bytes(bytes(range(256)) * 36_000)

    def s3(*words):
        return typed("s3", *words)

    s3("mb", bucket)
    s3("sync", str(there), f"{bucket}/x", "--no-progress")
    assert sorted(line.split(maxsplit=3)[3] for line in s3("ls", f"{bucket}/x/", "--recursive").splitlines()) == ["x/a.txt", "x/b/c.txt", "x/b/sp ace+%.txt", "x/big"]
    assert s3("sync", str(there), f"{bucket}/x", "--no-progress").strip() == ""
    s3("cp", f"{bucket}/x/", str(back), "--recursive", "--no-progress")
    assert all((back / file.relative_to(there)).read_bytes() == file.read_bytes() for file in there.rglob("*") if file.is_file())
    s3("mv", f"{bucket}/x/a.txt", f"{bucket}/y", "--no-progress")
    with urllib.request.urlopen(s3("presign", f"{bucket}/y").strip()) as answer:
        assert answer.read() == b"a.txt" * 1000
    s3("rm", bucket, "--recursive")
    s3("rb", bucket)


def test_alarm_and_dashboard(aws, unique):
    alarm, dashboard = unique("cli"), unique("cli")
    aws("cloudwatch", "put-metric-alarm", "--alarm-name", alarm, "--namespace", "n", "--metric-name", "m", "--statistic", "Sum", "--period", "60",
        "--evaluation-periods", "2", "--threshold", "5", "--comparison-operator", "GreaterThanThreshold", "--tags", "Key=a,Value=b")
    aws("cloudwatch", "wait", "alarm-exists", "--alarm-names", alarm)
    aws("cloudwatch", "set-alarm-state", "--alarm-name", alarm, "--state-value", "ALARM", "--state-reason", "typed")
    (told,) = aws("cloudwatch", "describe-alarms", "--alarm-names", alarm)["MetricAlarms"]
    assert (told["Threshold"], told["StateValue"], told["StateReason"]) == (5.0, "ALARM", "typed")
    aws("cloudwatch", "put-dashboard", "--dashboard-name", dashboard, "--dashboard-body", '{"widgets":[]}')
    assert aws("cloudwatch", "get-dashboard", "--dashboard-name", dashboard)["DashboardBody"] == '{"widgets":[]}'
    aws("cloudwatch", "delete-dashboards", "--dashboard-names", dashboard)
    aws("cloudwatch", "delete-alarms", "--alarm-names", alarm)

"""A refused call is refused alone: every operation's errors (tests/calls/refusals.py) under writers of whom none may notice."""

from __future__ import annotations

import threading
import urllib.parse
import xml.etree.ElementTree as XML
from collections import Counter
from typing import Any

import pytest
from admin import ask
from conftest import client_at
from model import operation, operations
from raw import SIGNED, Answer, Connection
from refusals import CREATE_SCHEMA, DATA, ROWS_MIN, SCHEMA, STREAM_ARN, WITHOUT, rows
from refusals_catalogue import CREATE_CATALOGUE
from refusals_dynamodb import CREATE_TABLE, PUT
from refusals_firehose import DESTINATION
from rest import to_rest
from row import Row
from templates import shaped

TARGETS = {(one.service, one.name): one.target for one in operations()}
WRITES = [("kinesis", "PutRecord", {"StreamName": "writers", "PartitionKey": "k", "Data": DATA}), ("dynamodb", "PutItem", {"TableName": "writers", "Item": {"k": {"S": "k"}}})]
RESTORES_MAX = 50  # at a time
OPTIONS = {"plain": (), "busy": ("--transition-ms", "3600000"), "limits": ("--limits", "aws")}


class Writer(threading.Thread):
    def __init__(self, emulator: Any, service: str, operation: str, body: dict[str, Any]):
        super().__init__(daemon=True)
        self.emulator, self.target, self.body = emulator, TARGETS[service, operation], body
        self.answers: Counter[int] = Counter()
        self.refusal, self.ended = b"", threading.Event()

    def run(self) -> None:
        with Connection(self.emulator) as connection:
            while not self.ended.is_set():
                answer = connection.call(self.target, self.body)
                self.answers[answer.status] += 1
                if answer.status != 200:
                    self.refusal = answer.body


class Prepared:
    """The emulator of a mode, with what its rows find there."""

    def __init__(self, emulator: Any):
        self.emulator, self.noted = emulator, {}
        self.connection = Connection(emulator)

    def call(self, service: str, operation: str, **body: Any) -> dict[str, Any]:
        answer = self.connection.call(TARGETS[service, operation], body)
        assert answer.status == 200, (operation, body, answer)
        return answer.read() if answer.body else {}

    def stream(self, name: str, shards: int = 2) -> None:
        self.call("kinesis", "CreateStream", StreamName=name, ShardCount=shards)

    def iterator(self, stream: str) -> str:
        return self.call("kinesis", "GetShardIterator", StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]

    def changes(self, arn: str, kind: str = "TRIM_HORIZON") -> str:
        """An iterator on the oldest shard of a table's stream, at its first record; what it is made of is noted."""
        shard = self.call("dynamodbstreams", "DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"][0]
        self.noted["$changes-shard"] = shard["ShardId"]
        self.noted["$changes-first"] = shard["SequenceNumberRange"]["StartingSequenceNumber"]
        more = {"SequenceNumber": self.noted["$changes-first"]} if kind == "AT_SEQUENCE_NUMBER" else {}
        return self.call("dynamodbstreams", "GetShardIterator", StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more)["ShardIterator"]

    def filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.filled(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.filled(member) for member in value]
        return self.noted[value] if isinstance(value, str) and value.startswith("$") else value


def prepare_old(made: Prepared) -> None:
    """Then eight days pass."""
    made.stream("deleted")
    made.stream("here")
    made.noted["$iterator-old"] = made.iterator("here")
    made.noted["$token-ListShards"] = made.call("kinesis", "ListShards", StreamName="here", MaxResults=1)["NextToken"]
    made.noted["$token-ListStreams"] = made.call("kinesis", "ListStreams", Limit=1).get("NextToken", "")
    for state in ("disabled", "pending", "gone"):
        key = made.noted[f"$key-{state}"] = made.call("kms", "CreateKey")["KeyMetadata"]["KeyId"]
        made.stream(state, 1)
        made.call("kinesis", "IncreaseStreamRetentionPeriod", StreamName=state, RetentionPeriodHours=720)
        made.call("kinesis", "PutRecord", StreamName=state, PartitionKey="k", Data=DATA)
        made.call("kinesis", "StartStreamEncryption", StreamName=state, EncryptionType="KMS", KeyId=key)
        made.call("kinesis", "PutRecord", StreamName=state, PartitionKey="k", Data=DATA)
    made.call("kms", "ScheduleKeyDeletion", KeyId=made.noted["$key-gone"], PendingWindowInDays=7)
    for table in ("changed", "dropped"):
        body = {**CREATE_TABLE, "TableName": table, "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
        made.noted[f"${table}"] = made.call("dynamodb", "CreateTable", **body)["TableDescription"]["LatestStreamArn"]
    made.noted["$changes-old"] = made.changes(made.noted["$changed"])


def prepare_changes(made: Prepared) -> None:
    """A day passes since the first change, and since a table was dropped; iterators are of ten minutes ago."""
    made.call("dynamodb", "DeleteTable", TableName="dropped")
    specification = {"PointInTimeRecoveryEnabled": True}
    made.call("dynamodb", "UpdateContinuousBackups", TableName="changed", PointInTimeRecoverySpecification=specification)
    for pause in ("3h", "20h 55m"):
        made.call("dynamodb", "PutItem", TableName="changed", Item={"k": {"S": pause}})
        ask(made.emulator.url, "clock", advance=pause)
    made.noted["$changes-dropped"] = made.changes(made.noted["$dropped"])
    made.noted["$changes-trimmed"] = made.changes(made.noted["$changed"], "AT_SEQUENCE_NUMBER")
    ask(made.emulator.url, "clock", advance="10m")


def prepare_plain(made: Prepared) -> None:
    prepare_old(made)
    ask(made.emulator.url, "clock", advance="8d")
    made.call("kms", "DisableKey", KeyId=made.noted["$key-disabled"])
    made.call("kms", "ScheduleKeyDeletion", KeyId=made.noted["$key-pending"])
    made.noted["$key"] = made.call("kms", "CreateKey")["KeyMetadata"]["KeyId"]
    made.call("kms", "CreateAlias", AliasName="alias/made", TargetKeyId=made.noted["$key"])
    made.noted["$consumer"] = made.call("kinesis", "RegisterStreamConsumer", StreamARN=f"{STREAM_ARN}here", ConsumerName="c")["Consumer"]["ConsumerARN"]
    made.stream("full")
    for n in range(20):
        made.call("kinesis", "RegisterStreamConsumer", StreamARN=f"{STREAM_ARN}full", ConsumerName=f"c{n}")
        ask(made.emulator.url, "clock", advance="1m")
    prepare_changes(made)
    for stream in ("disabled", "pending", "gone", "deleted", "here"):
        made.noted[f"$iterator-{stream}"] = made.iterator(stream)
    made.noted["$iterator"] = made.noted["$iterator-here"]
    made.call("kinesis", "DeleteStream", StreamName="deleted")
    prepare_objects(made)
    prepare_hose(made)
    prepare_logs(made)
    prepare_items(made)
    prepare_schemas(made)


def prepare_objects(made: Prepared) -> None:
    for method, path in (("PUT", "/bucket"), ("PUT", "/bucket/key"), ("POST", "/bucket/key?uploads")):
        answer = made.connection.request(method, path, {"Authorization": SIGNED["Authorization"].format("s3")}, b"hello" if path == "/bucket/key" else b"")
        assert answer.status == 200, answer
    made.noted["$upload"] = XML.fromstring(answer.body).findtext("{*}UploadId") or ""


def prepare_hose(made: Prepared) -> None:
    made.call("firehose", "CreateDeliveryStream", DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=DESTINATION)


def prepare_logs(made: Prepared) -> None:
    made.call("logs", "CreateLogGroup", logGroupName="/group", tags={"a": "b"})
    made.call("logs", "CreateLogStream", logGroupName="/group", logStreamName="stream")


def prepare_items(made: Prepared) -> None:
    made.call("dynamodb", "CreateTable", **CREATE_TABLE)
    made.call("dynamodb", "PutItem", **{**PUT, "Item": {"k": {"S": "a"}, "v": {"S": "text"}, "n": {"N": "9" * 38 + "0" * 88}}})
    made.call("dynamodb", "TransactWriteItems", TransactItems=[{"Put": {**PUT, "Item": {"k": {"S": "b"}}}}], ClientRequestToken="token")
    made.call("dynamodb", "ExecuteTransaction", TransactStatements=[{"Statement": "INSERT INTO here VALUE {'k': 'c'}"}], ClientRequestToken="statements")
    made.noted["$backup"] = made.call("dynamodb", "CreateBackup", TableName="here", BackupName="backup")["BackupDetails"]["BackupArn"]


def prepare_schemas(made: Prepared) -> None:
    for n in range(10):
        made.call("glue", "CreateRegistry", RegistryName="here" if n == 0 else f"r{n}")
    for operation, body in CREATE_CATALOGUE:
        made.call("glue", operation, **body)
    made.call("glue", "CreateSchema", **CREATE_SCHEMA)
    made.call("glue", "RegisterSchemaVersion", **SCHEMA, SchemaDefinition='["null","string"]')
    made.call("glue", "UpdateSchema", **SCHEMA, SchemaVersionNumber={"VersionNumber": 2})
    for version in (1, 2):
        for n in range(10 if version == 1 else 1):
            made.call("glue", "PutSchemaVersionMetadata", **SCHEMA, SchemaVersionNumber={"VersionNumber": version},
                      MetadataKeyValue={"MetadataKey": "a" if n == 0 else f"k{n}", "MetadataValue": "b"})


def prepare_busy(made: Prepared) -> None:
    ask(made.emulator.url, "clock", advance="2h")  # what the writers need is ACTIVE
    made.stream("busy")
    specification = {"PointInTimeRecoveryEnabled": True}
    made.call("dynamodb", "UpdateContinuousBackups", TableName="writers", PointInTimeRecoverySpecification=specification)
    for target in ("restoring", *(f"restoring{n}" for n in range(RESTORES_MAX - 1))):
        made.call("dynamodb", "RestoreTableToPointInTime", TargetTableName=target, SourceTableName="writers", UseLatestRestorableTime=True)
    made.noted["$backup"] = made.call("dynamodb", "CreateBackup", TableName="writers", BackupName="backup")["BackupDetails"]["BackupArn"]


def prepare_limits(made: Prepared) -> None:
    made.stream("here")
    made.call("kinesis", "RegisterStreamConsumer", StreamARN=f"{STREAM_ARN}here", ConsumerName="c")
    ask(made.emulator.url, "clock", advance="1m")
    made.noted["$iterator"] = made.iterator("here")
    for writers in ({"stream": "writers"}, {"table": "writers"}):
        ask(made.emulator.url, "limits", limits="off", **writers)
    ask(made.emulator.url, "clock", freeze=True)  # a second of calls is one, however long they take


PREPARE = {"plain": prepare_plain, "busy": prepare_busy, "limits": prepare_limits}


def code_reached(made: Prepared, row: Row) -> str:
    """The error of the last call; a subscription that was let in would not end."""
    if row.mode == "limits":
        ask(made.emulator.url, "clock", advance="2s")
    for _ in range(row.times):
        code = rest_code(made, row) if row.service == "s3" else form_code(made, row) if row.service in ("iam", "sts") else code_of(made.connection.call(TARGETS[row.service, row.operation], made.filled(row.body)))
        if code and row.error in ("*", code):
            return row.error
    return code


def code_of(answer: Answer) -> str:
    return answer.code if answer.status != 200 else ""


def form_code(made: Prepared, row: Row) -> str:
    pairs = {"Action": row.operation, "Version": "2010-05-08" if row.service == "iam" else "2011-06-15"}
    for name, value in made.filled(row.body).items():
        for at, one in enumerate(value if isinstance(value, list) else [value], 1):
            where = f"{name}.member.{at}" if isinstance(value, list) else name
            pairs |= {f"{where}.{member}": text for member, text in one.items()} if isinstance(one, dict) else {where: one}
    answer = made.connection.form(row.service, urllib.parse.urlencode(pairs).encode())
    return XML.fromstring(answer.body).findtext(".//{*}Code") or "" if answer.status != 200 else ""


def rest_code(made: Prepared, row: Row) -> str:
    """Of HEAD, the status."""
    chosen = operation(row.service, row.operation)
    sent = to_rest(chosen, shaped(chosen, chosen.input, made.filled(row.body)))
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={row.credential}/s3/aws4_request, SignedHeaders=host, Signature=0", **sent.headers}
    answer = made.connection.request(sent.method, sent.path, headers, sent.body)
    if answer.status < 300 or sent.method == "HEAD":
        return str(answer.status) if answer.status >= 300 else ""
    return XML.fromstring(answer.body).findtext("Code") or ""


@pytest.mark.parametrize("mode", list(OPTIONS))
def test_each_error_of_each_operation_is_that_call_s_alone(own_emulator, mode):
    emulator = own_emulator(options=OPTIONS[mode])
    made = Prepared(emulator)
    made.stream("writers", 4)
    made.call("dynamodb", "CreateTable", **{**CREATE_TABLE, "TableName": "writers"})
    PREPARE[mode](made)
    writers = [Writer(emulator, *write) for write in WRITES for _ in range(2)]
    for writer in writers:
        writer.start()
    chosen = [row for row in rows() if row.mode == mode]
    wrong = [f"{row.operation}: {code!r} instead of {row.error}, {str(row.body)[:100]}" for row in chosen if (code := code_reached(made, row)) != row.error]
    for writer in writers:
        writer.ended.set()
        writer.join()
    made.connection.__exit__()
    assert not wrong, "\n".join(wrong)
    assert all(set(writer.answers) == {200} for writer in writers), [(writer.answers, writer.refusal) for writer in writers]
    assert "error" not in emulator.logged().lower()


def test_the_table_reaches_most_of_what_the_models_declare():
    declared = {(one.service, one.name, error) for one in operations() for error in one.errors}
    reached = {(row.service, row.operation, row.error) for row in rows()} & declared
    assert len(reached) >= ROWS_MIN, f"{len(reached)} of {len(declared)}"
    missing = {f"{one.service} {one.name}" for one in operations() if one.errors} - {f"{service} {operation}" for service, operation, _ in reached}
    assert missing == set(WITHOUT), "without a row, or no longer without one"

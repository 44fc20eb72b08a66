"""Firehose's dynamic partitioning through boto3: queries of jq tell where each record goes; what they may not do."""

from __future__ import annotations

import base64
import gzip
import json
import os
import struct
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from admin import ask, stopped_clock
from conftest import client_at
from helpers import eventually
from test_firehose import bucket, error_of, made, objects, to_bucket  # bucket and made: fixtures
from test_firehose_processing import LINES, SPLIT, processing, processor, put

ERRORS = {"ErrorOutputPrefix": "bad/!{firehose:error-output-type}/"}


def query(text: str) -> dict[str, Any]:
    return processor("MetadataExtraction", MetadataExtractionQuery=text, JsonParsingEngine="JQ-1.6")


def partitioned(text: str, *others: dict[str, Any], **members: Any) -> dict[str, Any]:
    return processing(query(text), *others) | {"DynamicPartitioningConfiguration": {"Enabled": True}} | ERRORS | members


def by_folder(found: dict[str, bytes]) -> dict[str, bytes]:
    folders: dict[str, bytes] = defaultdict(bytes)
    for key, data in found.items():
        folders[key.rsplit("/", 1)[0]] += data
    return dict(folders)


def failures(found: dict[str, bytes]) -> list[tuple[str, str, bytes]]:
    told = [json.loads(line) for key, data in found.items() if key.startswith("bad/processing-failed/") for line in data.splitlines()]
    return [(failure["errorCode"], failure["errorMessage"], base64.b64decode(failure["rawData"])) for failure in told]


def test_each_set_of_keys_has_an_object_of_its_own(emulator, firehose, s3, made, bucket):
    name = made(**partitioned(
        '{customer:.customer_id, year:.at|strftime("%Y"), ok:.ok, score:.score}', LINES,
        Prefix="c=!{partitionKeyFromQuery:customer}/y=!{partitionKeyFromQuery:year}/!{partitionKeyFromQuery:ok}-!{partitionKeyFromQuery:score}/"))
    events = [{"customer_id": f"c{number % 3}", "at": 1565382027, "ok": True, "score": 0.5, "number": number} for number in range(30)]
    records = [json.dumps(event).encode() for event in events]
    put(firehose, name, *records)
    ask(emulator.url, "firehose/flush", stream=name)
    assert by_folder(objects(s3, bucket)) == {
        f"c=c{which}/y=2019/true-0.5": b"".join(record + b"\n" for record in records[which::3]) for which in range(3)}
    told = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]["Destinations"][0]
    destination = told["ExtendedS3DestinationDescription"]
    assert destination["DynamicPartitioningConfiguration"] == {"Enabled": True, "RetryOptions": {"DurationInSeconds": 300}}
    assert destination["BufferingHints"] == {"SizeInMBs": 128, "IntervalInSeconds": 300}


def test_what_has_no_keys_fails(emulator, firehose, s3, made, bucket):
    name = made(**partitioned("{type:.type|ascii_downcase}", Prefix="!{partitionKeyFromQuery:type}/"))
    bad = [b"no json", b'{"type":', b'{"type":3}', b'{"type":""}', b"", b"[1]", b'{"type":"' + b"x" * 600 + b'"}']
    put(firehose, name, b'{"type":"A"}', *bad, b'{"type":"b"}')
    ask(emulator.url, "firehose/flush", stream=name)
    found = objects(s3, bucket)
    assert {folder for folder in by_folder(found) if not folder.startswith("bad/")} == {"a", "b"}
    code = "DynamicPartitioning.MetadataExtractionFailed"
    empty, unknown = "partitionKeys values must not be null or empty", "Non JSON record provided"
    assert failures(found) == [
        (code, unknown, bad[0]), (code, unknown, bad[1]), (code, "explode input must be a string", bad[2]), (code, empty, bad[3]),
        (code, unknown, bad[4]), (code, 'Cannot index array with string "type"', bad[5]),
        ("DynamicPartitioning.PrefixEvaluationFailed", "The prefix does not evaluate to at most 512 characters.", bad[6])]


def test_records_are_taken_apart_before(emulator, firehose, s3, made, bucket):
    name = made(**partitioned("{t:.t}", SPLIT, LINES, Prefix="t!{partitionKeyFromQuery:t}/!{timestamp:yyyy}/", CompressionFormat="GZIP"))
    put(firehose, name, b'{"t":1,"n":1}{"t":2,"n":2}{"t":1,"n":3}', b'{"t":2,"n":4}')
    ask(emulator.url, "firehose/flush", stream=name)
    found = {key.split("/")[0]: gzip.decompress(data) for key, data in objects(s3, bucket).items()}
    assert found == {"t1": b'{"t":1,"n":1}\n{"t":1,"n":3}\n', "t2": b'{"t":2,"n":2}\n{"t":2,"n":4}\n'}


def test_more_than_500_partitions_fail(emulator, firehose, s3, made, bucket):
    name = made(**partitioned("{n:.n}", Prefix="p/!{partitionKeyFromQuery:n}/", CompressionFormat="GZIP"))
    for start in range(0, 600, 200):
        put(firehose, name, *[b'{"n":%d}' % number for number in range(start, start + 200)])
    ask(emulator.url, "firehose/flush", stream=name)
    found = objects(s3, bucket)
    assert len([key for key in found if key.startswith("p/")]) == 500
    [errors] = [gzip.decompress(data) for key, data in found.items() if key.startswith("bad/")]
    told = [json.loads(line) for line in errors.splitlines()]
    assert {failure["errorCode"] for failure in told} == {"DynamicPartitioning.ActivePartitionsLimitExceeded"}
    assert [json.loads(base64.b64decode(failure["rawData"]))["n"] for failure in told] == list(range(500, 600))


def test_a_query_is_stopped_that_takes_too_much(emulator, firehose, s3, made, bucket):
    """Time and memory; the records behind the one that it happens to are not held up."""
    name = made(**partitioned(
        '{t:(if .bad == "time" then (def f: f; f) elif .bad == "memory" then ([range(1e9)]|length) else .t end)}',
        Prefix="!{partitionKeyFromQuery:t}/"))
    put(firehose, name, b'{"t":"a"}', b'{"bad":"time"}', b'{"t":"b"}', b'{"bad":"memory"}', b'{"t":"c"}')
    ask(emulator.url, "firehose/flush", stream=name)
    found = objects(s3, bucket)
    assert {folder for folder in by_folder(found) if not folder.startswith("bad/")} == {"a", "b", "c"}
    messages = [message for _, message, _ in failures(found)]
    assert messages[0] == "The query takes too long." and messages[1].startswith("The query takes too ")


def test_what_runs_a_query_has_nothing_to_see():
    """Also where a name would slip through: the process that runs jq has no environment, and can open nothing."""
    def frame(kind: bytes, text: str) -> bytes:
        return struct.pack("<I", len(text)) + kind + text.encode()

    def answer(program: str) -> bytes:
        run = subprocess.run(
            [os.environ["EVPOC_EMU"], "--answer-queries"], input=frame(b"P", program) + frame(b"I", "1"), capture_output=True,
            env={"HOME": str(Path.home()), "SECRET": "s"}, timeout=60, check=False)
        return run.stdout[5:] if run.returncode == 0 else b""

    assert answer("{a:.}")[4:] == b'K{"a":1}'
    assert answer("[env, $ENV]")[4:] == b"K[{},{}]"
    assert answer("input")[4:5] == b"E"
    assert answer('"x"|debug')[4:] == b'K"x"'
    assert answer('import "os" as x; .') == b""


@pytest.mark.parametrize("text", [
    "{t:env.HOME}", "{t:$ENV.HOME}", "{t:input}", "{t:[inputs]}", '{t:"\\(env|length)"}', '{t:("\\("\\(input)")")}', "{t:(.|debug)}",
    "{t:input_filename}", '{t:("x"|halt_error)}', "{t:(1|stderr)}"])
def test_a_query_sees_its_record_and_nothing_else(made, text):
    code, message = error_of(made, **partitioned(text, Prefix="!{partitionKeyFromQuery:t}/"))
    assert code == "InvalidArgumentException" and message.endswith("it sees its record and nothing else.")


@pytest.mark.parametrize("text", ['{t:.env}', '{t:.input.debug}', '{t:("env"+.x)}', '{t:{env:.t}.env}', "{t:.t # env\n}"])
def test_members_may_have_any_name(made, text):
    assert made(**partitioned(text, Prefix="!{partitionKeyFromQuery:t}/"))


def test_rules_of_partitions(made):
    def refused(**members: Any) -> str:
        code, message = error_of(made, **members)
        assert code == "InvalidArgumentException"
        return message

    key = {"Prefix": "!{partitionKeyFromQuery:t}/"}
    assert refused(**partitioned("{t:.t}", **key, BufferingHints={"SizeInMBs": 63, "IntervalInSeconds": 60})) == (
        "BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.")
    assert refused(**partitioned("{t:.t}", Prefix="!{partitionKeyFromQuery:u}/")) == (
        "Prefix has the partition key u, which MetadataExtractionQuery does not have.")
    assert refused(**partitioned('{t:.t, "u":(.u|test(",}")), v}', Prefix="!{partitionKeyFromQuery:t}/!{partitionKeyFromQuery:u}/")) == (
        "MetadataExtractionQuery has the partition key v, which Prefix does not have.")
    assert refused(**processing(query("{t:.t}"))) == (
        "MetadataExtraction processor can only be present when Dynamic Partitioning is enabled.")
    assert refused(**key, **ERRORS, DynamicPartitioningConfiguration={"Enabled": True}) == (
        "MetadataExtraction processor should be present when Dynamic Partitioning is enabled.")
    assert refused(**key, **ERRORS).startswith("Dynamic Partitioning Namespaces can only be part of a prefix expression when")
    assert refused(**partitioned("{t:.t}", Prefix="!{partitionKeyFromQuery:t}/", ErrorOutputPrefix="")).endswith(
        "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions")
    assert refused(**partitioned("{t:.t|}", **key)).startswith("MetadataExtractionQuery is no query of JQ-1.6: ")
    assert refused(**partitioned("{t:nothing(.t)}", **key)).startswith("MetadataExtractionQuery is no query of JQ-1.6: ")
    other = processor("MetadataExtraction", MetadataExtractionQuery="{t:.t}", JsonParsingEngine="JQ-1.5")
    assert refused(**processing(other), **key, **ERRORS, DynamicPartitioningConfiguration={"Enabled": True}).endswith("JQ-1.6.")


def test_partitions_come_with_the_stream_or_never(firehose, made):
    change = {"DestinationId": "destinationId-000000000001", "CurrentDeliveryStreamVersionId": "1"}
    update = partitioned("{t:.t}", Prefix="!{partitionKeyFromQuery:t}/", BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60})
    assert error_of(firehose.update_destination, DeliveryStreamName=made(), ExtendedS3DestinationUpdate=update, **change) == (
        "InvalidArgumentException", "Dynamic Partitioning cannot be enabled for a stream that was created without it.")
    name = made(**partitioned("{t:.t}", Prefix="!{partitionKeyFromQuery:t}/"))
    firehose.update_destination(DeliveryStreamName=name, ExtendedS3DestinationUpdate=update, **change)
    bad = processing(query("{t:")) | {"Prefix": "!{partitionKeyFromQuery:t}/"}
    assert error_of(firehose.update_destination, DeliveryStreamName=name, ExtendedS3DestinationUpdate=bad, **(
        change | {"CurrentDeliveryStreamVersionId": "2"}))[1].startswith("MetadataExtractionQuery is no query")


def test_partitions_are_delivered_by_the_clock(own_emulator):
    url = own_emulator().url
    firehose, s3 = client_at(url, "firehose"), client_at(url, "s3")
    s3.create_bucket(Bucket="archive")
    with stopped_clock(url):
        firehose.create_delivery_stream(DeliveryStreamName="hose", ExtendedS3DestinationConfiguration=to_bucket("archive", **partitioned(
            "{t:.t}", Prefix="!{partitionKeyFromQuery:t}/", BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60})))
        put(firehose, "hose", b'{"t":1}', b'{"t":2}')
        ask(url, "clock", advance="59s")
        assert objects(s3, "archive") == {}
        ask(url, "clock", advance="1s")
        eventually(lambda: len(objects(s3, "archive")) == 2)

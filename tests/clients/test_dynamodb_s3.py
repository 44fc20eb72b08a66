"""Exports of tables to S3 and imports from it, through boto3: what lies in the bucket, and what becomes of it.

aws-test: the files, their names and members as observed (ScyllaDB's and moto's tests that ran against AWS)."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
from datetime import datetime, timezone

import pytest
from admin import ask
from conftest import client_at
from helpers import eventually, refusal, refusal_code

NOW = 1893499200  # 2030-01-01T12:00:00Z
HOUR = 3600
LARGE = 6000
EVERYTHING = {"k": {"S": "a\u20ac\u0001"}, "n": {"N": "1.5"}, "b": {"B": b"\x00\xff"}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]},
              "bs": {"BS": [b"x"]}, "m": {"M": {"l": {"L": [{"NULL": True}, {"BOOL": False}]}}}}
HASH_K = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
          "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}


@pytest.fixture
def bucket(s3, unique) -> str:
    s3.create_bucket(Bucket=(name := unique("bucket")))
    return name


@pytest.fixture
def table(dynamodb, unique) -> str:
    return recoverable(dynamodb, unique("table"))


def recoverable(dynamodb, name: str) -> str:
    dynamodb.create_table(TableName=name, **HASH_K)
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    return name


def arn_of(dynamodb, table: str) -> str:
    return dynamodb.describe_table(TableName=table)["Table"]["TableArn"]


def put(dynamodb, table: str, key: str, value: str) -> None:
    dynamodb.put_item(TableName=table, Item={"k": {"S": key}, "v": {"S": value}})


def ended(describe, **arn: str) -> dict:
    """Of an export or an import: its description once it is no longer under way."""
    def look():
        answer = describe(**arn)
        told = answer.get("ExportDescription") or answer["ImportTableDescription"]
        return told if "IN_PROGRESS" not in (told.get("ExportStatus"), told.get("ImportStatus")) else None
    return eventually(look)


def export(dynamodb, table: str, bucket: str, **more) -> dict:
    told = dynamodb.export_table_to_point_in_time(TableArn=arn_of(dynamodb, table), S3Bucket=bucket, **more)["ExportDescription"]
    assert told["ExportStatus"] == "IN_PROGRESS"
    return ended(dynamodb.describe_export, ExportArn=told["ExportArn"])


def body(s3, bucket: str, key: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def files_of(s3, bucket: str, manifest: str) -> list[dict]:
    summary = json.loads(body(s3, bucket, manifest))
    return [json.loads(line) for line in body(s3, bucket, summary["manifestFilesS3Key"]).splitlines()]


def lines_of(s3, bucket: str, manifest: str) -> list[dict]:
    lines = []
    for file in files_of(s3, bucket, manifest):
        packed = body(s3, bucket, file["dataFileS3Key"])
        assert base64.b64encode(hashlib.md5(packed).digest()).decode() == file["md5Checksum"]
        assert file["etag"] == s3.head_object(Bucket=bucket, Key=file["dataFileS3Key"])["ETag"].strip('"')
        unpacked = gzip.decompress(packed).splitlines()
        assert len(unpacked) == file["itemCount"]
        lines += [json.loads(line) for line in unpacked]
    return lines


def import_of(dynamodb, bucket: str, table: str, **more) -> dict:
    asked = {"InputFormat": "DYNAMODB_JSON", "TableCreationParameters": {"TableName": table, **HASH_K}, **more}
    asked.setdefault("S3BucketSource", {"S3Bucket": bucket})
    told = dynamodb.import_table(**asked)["ImportTableDescription"]
    assert told["ImportStatus"] == "IN_PROGRESS"
    return ended(dynamodb.describe_import, ImportArn=told["ImportArn"])


def counts(told: dict) -> tuple[str, int, int, int]:
    return told["ImportStatus"], told["ProcessedItemCount"], told["ImportedItemCount"], told["ErrorCount"]


def scan(dynamodb, table: str) -> list[dict]:
    return [item for page in dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]


@pytest.mark.parametrize("prefix", [None, "dir/a"])
def test_a_full_export_has_aws_s_files(dynamodb, s3, bucket, table, prefix):
    dynamodb.put_item(TableName=table, Item=EVERYTHING)
    told = export(dynamodb, table, bucket, **({"S3Prefix": prefix} if prefix else {}))
    assert (told["ExportStatus"], told["ItemCount"], told["ExportType"], told["ExportFormat"]) == ("COMPLETED", 1, "FULL_EXPORT", "DYNAMODB_JSON")
    folder = f"{prefix + '/' if prefix else ''}AWSDynamoDB/{told['ExportArn'].rsplit('/', 1)[1]}/"
    assert told["ExportManifest"] == folder + "manifest-summary.json"
    keys = {entry["Key"].removeprefix(folder) for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    data = {key for key in keys if key.startswith("data/")}
    assert keys - data == {"_started", "manifest-files.json", "manifest-files.md5", "manifest-summary.json", "manifest-summary.md5"}
    assert len(data) == 1 and data.pop().endswith(".json.gz")
    for stem in ("manifest-files", "manifest-summary"):
        md5 = base64.b64encode(hashlib.md5(body(s3, bucket, f"{folder}{stem}.json")).digest())
        assert body(s3, bucket, f"{folder}{stem}.md5") == md5
    summary = json.loads(body(s3, bucket, told["ExportManifest"]))
    assert (summary["exportArn"], summary["itemCount"], summary["s3Prefix"]) == (told["ExportArn"], 1, prefix)
    assert (summary["version"], summary["s3SseAlgorithm"], summary["outputFormat"]) == ("2020-06-30", "AES256", "DYNAMODB_JSON")
    assert summary["startTime"] < summary["endTime"]
    as_json = {"k": EVERYTHING["k"], "n": {"N": "1.5"}, "b": {"B": "AP8="}, "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]},
               "bs": {"BS": ["eA=="]}, "m": EVERYTHING["m"]}
    assert lines_of(s3, bucket, told["ExportManifest"]) == [{"Item": as_json}]


def test_an_export_of_an_empty_table_has_one_empty_file(dynamodb, s3, bucket, table):
    told = export(dynamodb, table, bucket)
    assert (told["ItemCount"], lines_of(s3, bucket, told["ExportManifest"])) == (0, [])
    assert len(files_of(s3, bucket, told["ExportManifest"])) == 1


def test_an_export_without_its_bucket_fails_later(dynamodb, table, unique):
    told = export(dynamodb, table, unique("nothing"))
    assert (told["ExportStatus"], told["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert "bucket does not exist" in told["FailureMessage"]
    assert "ExportManifest" not in told


def test_a_token_makes_one_export_of_two_requests(dynamodb, bucket, table):
    asked = {"TableArn": arn_of(dynamodb, table), "S3Bucket": bucket, "ClientToken": "token-" + table}
    first, again = (dynamodb.export_table_to_point_in_time(**asked)["ExportDescription"] for _ in range(2))
    assert first["ExportArn"] == again["ExportArn"] and again["ClientToken"] == asked["ClientToken"]
    code, message = refusal(dynamodb.export_table_to_point_in_time, **asked, S3Prefix="other")
    assert (code, message) == ("ExportConflictException", "Duplicate request detected")


def test_exports_are_listed_by_page(dynamodb, bucket, table):
    made = {export(dynamodb, table, bucket)["ExportArn"] for _ in range(3)}
    arns, more = [], {}
    while True:
        page = dynamodb.list_exports(TableArn=arn_of(dynamodb, table), MaxResults=2, **more)
        assert all((entry["ExportStatus"], entry["ExportType"]) == ("COMPLETED", "FULL_EXPORT") for entry in page["ExportSummaries"])
        arns += [entry["ExportArn"] for entry in page["ExportSummaries"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert arns == sorted(made)
    assert refusal_code(dynamodb.describe_export, ExportArn=arn_of(dynamodb, table)) == "ValidationException"


@pytest.fixture
def clocked(own_emulator):
    emulator = own_emulator()
    ask(emulator.url, "clock", set=NOW * 1000, freeze=True)
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="bucket")
    return emulator, client_at(emulator.url, "dynamodb"), s3


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def test_an_export_of_a_time_in_the_past(clocked):
    emulator, dynamodb, s3 = clocked
    table = recoverable(dynamodb, "table")
    put(dynamodb, table, "a", "old")
    put(dynamodb, table, "gone", "old")
    ask(emulator.url, "clock", advance="1h")
    put(dynamodb, table, "a", "new")
    put(dynamodb, table, "b", "new")
    dynamodb.delete_item(TableName=table, Key={"k": {"S": "gone"}})
    told = export(dynamodb, table, "bucket", ExportTime=at(NOW + 60))
    assert told["ExportTime"] == at(NOW + 60)
    exported = {line["Item"]["k"]["S"]: line["Item"]["v"]["S"] for line in lines_of(s3, "bucket", told["ExportManifest"])}
    assert exported == {"a": "old", "gone": "old"}


@pytest.mark.parametrize("view", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE"])
def test_an_incremental_export_tells_each_change_once(clocked, view):
    emulator, dynamodb, s3 = clocked
    table = recoverable(dynamodb, "table")
    for key in ("changed", "deleted", "same", "later"):
        put(dynamodb, table, key, "old")
    ask(emulator.url, "clock", advance="1h")  # the time begins
    put(dynamodb, table, "changed", "between")
    put(dynamodb, table, "came and went", "x")
    dynamodb.delete_item(TableName=table, Key={"k": {"S": "came and went"}})
    ask(emulator.url, "clock", advance="1m")
    put(dynamodb, table, "changed", "new")
    put(dynamodb, table, "inserted", "new")
    dynamodb.delete_item(TableName=table, Key={"k": {"S": "deleted"}})
    ask(emulator.url, "clock", advance="59m")  # it is over
    for key in ("later", "inserted", "deleted", "last"):
        put(dynamodb, table, key, "later")
    increment = {"ExportFromTime": at(NOW + HOUR), "ExportToTime": at(NOW + 2 * HOUR), "ExportViewType": view}
    told = export(dynamodb, table, "bucket", ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=increment)
    assert told["IncrementalExportSpecification"] == increment and told["ItemCount"] == 3
    summary = json.loads(body(s3, "bucket", told["ExportManifest"]))
    assert (summary["version"], summary["exportType"], summary["outputView"]) == ("2023-08-01", "INCREMENTAL_EXPORT", view)
    assert (summary["exportFromTime"], summary["exportToTime"]) == ("2030-01-01T13:00:00.000Z", "2030-01-01T14:00:00.000Z")
    assert files_of(s3, "bucket", told["ExportManifest"])[0]["dataFileS3Key"].startswith("AWSDynamoDB/data/")

    def image(key: str, value: str) -> dict:
        return {"k": {"S": key}, "v": {"S": value}}
    changes = {line["Keys"]["k"]["S"]: line for line in lines_of(s3, "bucket", told["ExportManifest"])}
    written = {"Metadata": {"WriteTimestampMicros": {"N": str((NOW + HOUR + 60) * 1_000_000)}}}
    old = view == "NEW_AND_OLD_IMAGES"
    assert changes == {
        "changed": {**written, "Keys": {"k": {"S": "changed"}}, "NewImage": image("changed", "new"), **({"OldImage": image("changed", "old")} if old else {})},
        "inserted": {**written, "Keys": {"k": {"S": "inserted"}}, "NewImage": image("inserted", "new")},
        "deleted": {**written, "Keys": {"k": {"S": "deleted"}}, **({"OldImage": image("deleted", "old")} if old else {})}}
    # and nothing is left of it but the bucket's objects
    increment["ExportToTime"] = at(NOW + HOUR + 60)
    code, message = refusal(dynamodb.export_table_to_point_in_time, TableArn=arn_of(dynamodb, table), S3Bucket="bucket",
                            ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=increment)
    assert code == "InvalidExportTimeException" and message.startswith("Difference between export period")


def test_what_is_exported_is_imported(dynamodb, s3, bucket, table, unique):
    dynamodb.put_item(TableName=table, Item=EVERYTHING)
    for i in range(30):
        put(dynamodb, table, f"key {i}", "x" * i)
    manifest = export(dynamodb, table, bucket)["ExportManifest"]
    data = manifest.replace("manifest-summary.json", "data/")
    told = import_of(dynamodb, bucket, copy := unique("copy"), InputCompressionType="GZIP",
                     S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": data})
    assert counts(told) == ("COMPLETED", 31, 31, 0)
    assert told["ProcessedSizeBytes"] == sum(len(gzip.decompress(body(s3, bucket, f["dataFileS3Key"]))) for f in files_of(s3, bucket, manifest))
    assert scan(dynamodb, copy) == scan(dynamodb, table)
    assert dynamodb.describe_table(TableName=copy)["Table"].get("RestoreSummary") is None


def test_documents_need_no_line_of_their_own(dynamodb, s3, bucket, unique):
    """aws-test: moto's, verified with AWS: ten documents, five of them in one line."""
    documents = [json.dumps({"Item": {"k": {"S": f"{i}}}{{\"'"}}}) for i in range(10)]
    s3.put_object(Bucket=bucket, Key="data.json", Body="\n".join(documents[:5]) + "\n" + "".join(documents[5:]))
    assert counts(import_of(dynamodb, bucket, table := unique("table"))) == ("COMPLETED", 10, 10, 0)
    assert len(scan(dynamodb, table)) == 10


def test_what_is_no_item_is_counted(dynamodb, s3, bucket, unique):
    """aws-test: moto's, verified with AWS: FAILED, and the good ones are in the table."""
    s3.put_object(Bucket=bucket, Key="1.json", Body=json.dumps({"Item": {"k": {"S": "good"}, "v": {"N": "1.0"}}}))
    s3.put_object(Bucket=bucket, Key="2.json", Body=json.dumps({"k": {"S": "bad"}}))
    told = import_of(dynamodb, bucket, table := unique("table"))
    assert counts(told) == ("FAILED", 2, 1, 1)
    assert told["FailureCode"] == "ItemValidationError"
    assert scan(dynamodb, table) == [{"k": {"S": "good"}, "v": {"N": "1"}}]
    bad = [{"Item": {"k": {"N": "1"}}}, {"Item": {"k": {"S": ""}}}, {"Item": {"k": {"S": "a"}, "v": {"S": "x", "N": "1"}}},
           {"Item": {"k": {"S": "b"}, "v": {"S": "x" * 410_000}}}, {"Item": {"k": {"S": "good"}}}]
    s3.put_object(Bucket=bucket, Key="3.json", Body="\n".join(map(json.dumps, bad)) + "\nno document {}")
    told = import_of(dynamodb, bucket, unique("table"), S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": "3"})
    assert counts(told) == ("FAILED", 6, 1, 5)


@pytest.mark.parametrize("packed", [b"no gzip", gzip.compress(b'{"Item":{"k":{"S":"a"}}}' * 3)[:-12]], ids=["none", "cut"])
def test_gzip_that_is_none_is_an_error_of_its_object(dynamodb, s3, bucket, unique, packed):
    s3.put_object(Bucket=bucket, Key="1", Body=packed)
    s3.put_object(Bucket=bucket, Key="2", Body=gzip.compress(b'{"Item":{"k":{"S":"b"}}}') + gzip.compress(b'{"Item":{"k":{"S":"c"}}}'))
    told = import_of(dynamodb, bucket, table := unique("table"), InputCompressionType="GZIP")
    assert (told["ImportStatus"], told["ErrorCount"]) == ("FAILED", 1)
    assert {"b", "c"} <= {item["k"]["S"] for item in scan(dynamodb, table)}


# 200 documents, one a line, as `zstd -19` packs them.
ZSTD = base64.b64decode(
    "KLUv/WTSmg0QAMaYOBeAS1oM2Ks3LwPwcLTG7u7u7guwOanoJzcAJgA0ALZt27Zt27Zd13Vd11VVREREREQzMzMzM6uJZ0UDSJLkOBgKx+I4kB"
    "xlBoI4CIijseBIIIrB0Qjv+77v+77vuq7ruq7rup7neZ7neZ7nOI7jOI7jOH7f933f933fAWppaGdmZWRjxba0srCurKqopkqNUhLSkVER0VCh"
    "HZ0cnBubGpqZMlu0ZMFyxUoVKlPKvAG7urm4t7a1M1t2VTUV9dS0lHS06KZmJualZSXllFxUTEQ8NCwkHCy4p5eHd2dXRzc3awGAzKggzJa2A5"
    "AlqVTLASIIIAgoCPyPIPh//qih4aHhIchDiBA5nOHD4aGhoeHhoeHhoWFDw+HDYUPQhhAhHjjDh8NDQ0PDw0PDw0PDhobDh8OGoA0hQpRvhg+H"
    "h4aGhoeHhoeHhg0Nhw+HDUEbQoTY3QwfDg8NDQ0PDw0PDw0bGg4fDhseDhsOGw4PDz2Mk7gsJCwsLERYSChcKExYKEwoTCgsLCRcKCQsJExYKE"
    "xYWEgoTChcKCRcKEwoJCwsLERYWEhYSChcKExYKEwoTCgsLCRcYUMc3tDDDTncsIcNc7ihhxsWh8nLhsivh8dvQ+OXw+J3Q+LXw+G3ofDLYfBr"
    "Q+BbmDCFE1ooIYUntJDBSpKUEH9goykcUDK1Kd8BWSo=")


def zstd_frame(*blocks: bytes, repeat: int = 0) -> bytes:
    """RFC 8878: blocks as they are; or one of a byte that is repeated, 128 KiB from 4 bytes."""
    raw = b"".join((len(block) << 3).to_bytes(3, "little") + block for block in blocks)
    return b"\x28\xb5\x2f\xfd\x00\x50" + raw + repeat * ((128 * 1024 << 3 | 2).to_bytes(3, "little") + b" ") + b"\x01\x00\x00"


def test_zstd_is_unpacked(dynamodb, s3, bucket, unique):
    s3.put_object(Bucket=bucket, Key="1", Body=ZSTD + zstd_frame(b'{"Item":{"k":{"S":"a"}}}'))
    s3.put_object(Bucket=bucket, Key="2", Body=zstd_frame(b'{"Item":{"k":', b'{"S":"b"}}}'))
    told = import_of(dynamodb, bucket, table := unique("table"), InputCompressionType="ZSTD")
    assert counts(told) == ("COMPLETED", 202, 202, 0)
    assert {item["k"]["S"] for item in scan(dynamodb, table)} == {"a", "b", *(f"key {n}" for n in range(200))}


@pytest.mark.parametrize("packed", [b"no zstd", ZSTD[:-9], zstd_frame(b'{"Item":', repeat=1000)], ids=["none", "cut", "bomb"])
def test_zstd_that_is_none_is_an_error_of_its_object(dynamodb, s3, bucket, unique, packed):
    """A bomb: 4 KB that are 128 MiB of one document, of which no more than an item's is looked at."""
    s3.put_object(Bucket=bucket, Key="1", Body=packed)
    s3.put_object(Bucket=bucket, Key="2", Body=zstd_frame(b'{"Item":{"k":{"S":"b"}}}'))
    told = import_of(dynamodb, bucket, table := unique("table"), InputCompressionType="ZSTD")
    assert (told["ImportStatus"], told["ErrorCount"]) == ("FAILED", 1)
    assert "b" in {item["k"]["S"] for item in scan(dynamodb, table)}


def test_an_import_without_its_bucket_leaves_no_table(dynamodb, unique):
    told = import_of(dynamodb, unique("nothing"), table := unique("table"))
    assert (told["ImportStatus"], told["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert refusal_code(dynamodb.describe_table, TableName=table) == "ResourceNotFoundException"
    assert told["TableArn"].endswith(":table/" + table)


def test_an_import_of_nothing_makes_an_empty_table(dynamodb, bucket, unique):
    told = import_of(dynamodb, bucket, table := unique("table"))
    assert counts(told) == ("COMPLETED", 0, 0, 0) and told["ProcessedSizeBytes"] == 0
    assert scan(dynamodb, table) == []


def csv_bytes(rows: list[list[str]], **options) -> bytes:
    text = io.StringIO()
    csv.writer(text, **options).writerows(rows)
    return text.getvalue().encode()


def csv_table(table: str) -> dict:
    return {"TableName": table, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in (("k", "S"), ("n", "N"), ("g", "B"))],
            "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}]}


def test_csv_with_its_header(dynamodb, s3, bucket, unique):
    rows = [["k", "n", "g", "text"], ["a", "1.0", "AP8=", 'he said "yes", twice\nand left'], ["b", "2", "", ""], ["a", "x", "", "no number"], ["too", "few"]]
    s3.put_object(Bucket=bucket, Key="a.csv", Body=csv_bytes(rows))
    s3.put_object(Bucket=bucket, Key="b.csv", Body=csv_bytes([["text", "g", "k", "n"], ["third", "", "c", "3"]]))
    told = import_of(dynamodb, bucket, "", InputFormat="CSV", TableCreationParameters=csv_table(table := unique("table")))
    assert counts(told) == ("FAILED", 5, 3, 2)
    assert sorted(scan(dynamodb, table), key=lambda item: item["k"]["S"]) == [
        {"k": {"S": "a"}, "n": {"N": "1"}, "g": {"B": b"\x00\xff"}, "text": {"S": 'he said "yes", twice\nand left'}},
        {"k": {"S": "b"}, "n": {"N": "2"}, "text": {"S": ""}}, {"k": {"S": "c"}, "n": {"N": "3"}, "text": {"S": "third"}}]
    found = dynamodb.query(TableName=table, IndexName="by-g", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": {"B": b"\x00\xff"}})
    assert found["Count"] == 1


def test_csv_with_headers_of_the_request(dynamodb, s3, bucket, unique):
    s3.put_object(Bucket=bucket, Key="data", Body=csv_bytes([["1", "a", "x,y"], ["2", "b", "z"]], delimiter=";"))
    told = import_of(dynamodb, bucket, "", InputFormat="CSV", TableCreationParameters=csv_table(table := unique("table")),
                     InputFormatOptions={"Csv": {"Delimiter": ";", "HeaderList": ["n", "k", "v"]}})
    assert counts(told) == ("COMPLETED", 2, 2, 0)
    assert {item["k"]["S"]: item["v"]["S"] for item in scan(dynamodb, table)} == {"a": "x,y", "b": "z"}


def test_imports_are_listed(dynamodb, bucket, unique):
    told = import_of(dynamodb, bucket, unique("table"))
    summaries = dynamodb.list_imports(TableArn=told["TableArn"])["ImportSummaryList"]
    assert [(s["ImportArn"], s["ImportStatus"], s["InputFormat"]) for s in summaries] == [(told["ImportArn"], "COMPLETED", "DYNAMODB_JSON")]


def test_a_token_makes_one_import_of_two_requests(dynamodb, bucket, unique):
    asked = {"S3BucketSource": {"S3Bucket": bucket}, "InputFormat": "DYNAMODB_JSON", "ClientToken": unique("token"),
             "TableCreationParameters": {"TableName": unique("table"), **HASH_K}}
    first, again = (dynamodb.import_table(**asked)["ImportTableDescription"] for _ in range(2))
    assert first["ImportArn"] == again["ImportArn"]
    assert refusal_code(dynamodb.import_table, **{**asked, "InputFormat": "CSV"}) == "ImportConflictException"


@pytest.mark.parametrize("more", [{"InputFormat": "ION"}])
def test_what_is_not_there_says_so(dynamodb, bucket, unique, more):
    asked = {"S3BucketSource": {"S3Bucket": bucket}, "InputFormat": "DYNAMODB_JSON", "TableCreationParameters": {"TableName": unique("table"), **HASH_K}}
    assert refusal_code(dynamodb.import_table, **{**asked, **more}) == "NotImplementedException"


def fill(dynamodb, table: str, count: int) -> None:
    for start in range(0, count, 25):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": {"k": {"S": f"{i}"}, "v": {"S": f"{i}" * 100}}}}
                                                        for i in range(start, min(count, start + 25))]})


def test_kill_9_in_an_export_and_in_an_import_loses_nothing(own_emulator):
    emulator = own_emulator()
    dynamodb, s3 = client_at(emulator.url, "dynamodb"), client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="bucket")
    fill(dynamodb, recoverable(dynamodb, "table"), LARGE)
    arn = dynamodb.export_table_to_point_in_time(TableArn=arn_of(dynamodb, "table"), S3Bucket="bucket")["ExportDescription"]["ExportArn"]
    put(dynamodb, "table", "1", "changed meanwhile")
    put(dynamodb, "table", "new", "new")
    emulator.kill()
    emulator.start()
    dynamodb, s3 = client_at(emulator.url, "dynamodb"), client_at(emulator.url, "s3")
    told = ended(dynamodb.describe_export, ExportArn=arn)
    exported = {line["Item"]["k"]["S"]: line["Item"]["v"]["S"] for line in lines_of(s3, "bucket", told["ExportManifest"])}
    assert exported == {f"{i}": f"{i}" * 100 for i in range(LARGE)} and told["ItemCount"] == LARGE
    source = {"S3Bucket": "bucket", "S3KeyPrefix": told["ExportManifest"].replace("manifest-summary.json", "data/")}
    arn = dynamodb.import_table(S3BucketSource=source, InputFormat="DYNAMODB_JSON", InputCompressionType="GZIP",
                                TableCreationParameters={"TableName": "copy", **HASH_K})["ImportTableDescription"]["ImportArn"]
    emulator.kill()
    emulator.start()
    dynamodb = client_at(emulator.url, "dynamodb")
    assert counts(ended(dynamodb.describe_import, ImportArn=arn)) == ("COMPLETED", LARGE, LARGE, 0)
    assert {item["k"]["S"]: item["v"]["S"] for item in scan(dynamodb, "copy")} == exported
    dynamodb.delete_table(TableName="copy")


FILTER = {"KeyConditionExpression": "k = :k AND n BETWEEN :one AND :nine", "FilterExpression": "contains(tags, :red)", "ProjectionExpression": "n, info.#name",
          "ExpressionAttributeNames": {"#name": "name"},
          "ExpressionAttributeValues": {":k": {"S": "a"}, ":one": {"N": "1"}, ":nine": {"N": "9"}, ":red": {"S": "red"}}}


def with_range(dynamodb, name: str) -> str:
    keys = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}]}
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **keys)
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    return name


def put_tagged(dynamodb, table: str, key: str, n: int, tag: str) -> None:
    item = {"k": {"S": key}, "n": {"N": f"{n}"}, "tags": {"SS": [tag]}, "info": {"M": {"name": {"S": f"{key}{n}"}, "more": {"S": "x"}}}}
    dynamodb.put_item(TableName=table, Item=item)


def test_an_export_may_be_filtered(dynamodb, s3, bucket, unique):
    """aws: Developer Guide, "Filtering a table export"."""
    table = with_range(dynamodb, unique("table"))
    for n in range(12):
        for key in "ab":
            put_tagged(dynamodb, table, key, n, "red" if n % 2 else "blue")
    told = export(dynamodb, table, bucket, FilterSpecification=FILTER)
    assert (told["ItemCount"], told["FilterSpecification"]) == (5, FILTER)
    lines = lines_of(s3, bucket, told["ExportManifest"])
    assert sorted(lines, key=lambda line: int(line["Item"]["n"]["N"])) == [
        {"Item": {"n": {"N": f"{n}"}, "info": {"M": {"name": {"S": f"a{n}"}}}}} for n in (1, 3, 5, 7, 9)]
    blue = {"FilterExpression": "k = :k AND contains(tags, :b)", "ExpressionAttributeValues": {":k": {"S": "b"}, ":b": {"S": "blue"}}}
    assert len(lines_of(s3, bucket, export(dynamodb, table, bucket, FilterSpecification=blue)["ExportManifest"])) == 6
    asked = {"TableArn": arn_of(dynamodb, table), "S3Bucket": bucket}
    for wrong, words in (({"FilterExpression": "a = = b"}, "Invalid FilterExpression: Syntax error"),
                         ({"KeyConditionExpression": "n = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}, "Query condition missed key schema element: k"),
                         ({**FILTER, "FilterExpression": "n > :one AND contains(tags, :red)"}, "Filter Expression can only contain non-primary key attributes"),
                         ({"ProjectionExpression": "a, a.b"}, "Invalid ProjectionExpression: Two document paths overlap")):
        code, message = refusal(dynamodb.export_table_to_point_in_time, **asked, FilterSpecification=wrong)
        assert (code, words in message) == ("ValidationException", True), message


def test_an_increment_is_filtered_by_the_latest_image(own_emulator):
    url = own_emulator().url
    ask(url, "clock", set=NOW * 1000, freeze=True)
    dynamodb, s3 = (client_at(url, service) for service in ("dynamodb", "s3"))
    s3.create_bucket(Bucket="bucket")
    table = with_range(dynamodb, "table")
    put_tagged(dynamodb, table, "a", 2, "red")
    put_tagged(dynamodb, table, "a", 3, "red")
    put_tagged(dynamodb, table, "a", 4, "blue")
    ask(url, "clock", advance="1m")
    put_tagged(dynamodb, table, "a", 1, "red")
    put_tagged(dynamodb, table, "a", 2, "blue")
    dynamodb.delete_item(TableName=table, Key={"k": {"S": "a"}, "n": {"N": "3"}})
    dynamodb.delete_item(TableName=table, Key={"k": {"S": "a"}, "n": {"N": "4"}})
    ask(url, "clock", advance="1h")
    told = export(dynamodb, table, "bucket", ExportType="INCREMENTAL_EXPORT", FilterSpecification=FILTER,
                  IncrementalExportSpecification={"ExportFromTime": at(NOW + 30), "ExportToTime": at(NOW + HOUR)})
    lines = {line["Keys"]["n"]["N"]: {name: line[name] for name in ("OldImage", "NewImage") if name in line}
             for line in lines_of(s3, "bucket", told["ExportManifest"])}
    part = {n: {"n": {"N": f"{n}"}, "info": {"M": {"name": {"S": f"a{n}"}}}} for n in (1, 3)}
    assert lines == {"1": {"NewImage": part[1]}, "3": {"OldImage": part[3]}}

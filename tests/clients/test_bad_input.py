"""What no SDK would send. Each test ends with the emulator well and quiet: see `unharmed`."""

import contextlib
import gzip
import json
import struct
import zlib

import cbor2
import pytest
from conftest import client_at
from helpers import eventually, open_shards, read_all, refusal
from raw import CBOR, FORM, JSON, Connection, head

KINESIS, DYNAMODB, GLUE = "Kinesis_20131202", "DynamoDB_20120810", "AWSGlue"
DEEP = 20_000
H2_SETTINGS, TLS_ALERT = b"\x00\x00", b"\x15\x03"


@pytest.fixture(autouse=True)
def unharmed(emulator):
    """The emulator answers as before, and had no fault of its own to log."""
    logged = len(emulator.logged())
    yield
    assert client_at(emulator.url, "sts").get_caller_identity()["Account"] == "000000000000"
    assert "error" not in emulator.logged()[logged:].lower()


@pytest.fixture
def connection(emulator):
    with Connection(emulator) as connection:
        yield connection


def still_answers(connection):
    """On the same connection."""
    answer = connection.call(f"{KINESIS}.ListStreams", {})
    assert answer.status == 200, answer
    return True


# HTTP


@pytest.mark.parametrize("request_bytes", [
    b"nonsense\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00" + b"\x01\x00\x01\xfc" + b"hello" * 200,
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
    b"PRI * HTTP/2.0\r\n\r\nnot the rest of it",
    b"\x01" * 1000 + b"\r\n\r\n",
], ids=range(13))
def test_what_is_no_http_is_refused_and_hung_up_on(connection, request_bytes):
    with contextlib.suppress(ConnectionResetError):
        said = connection.send(request_bytes).rest()
        assert not said or said.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505", H2_SETTINGS, TLS_ALERT)), said


@pytest.mark.parametrize("sent", [
    head(1000, X_Amz_Target=f"{KINESIS}.CreateStream", Content_Type=JSON) + b'{"StreamName": "half", "ShardCount": 1}',
    head(None, X_Amz_Target=f"{KINESIS}.CreateStream", Content_Type=JSON, Transfer_Encoding="chunked")
    + b'29\r\n{"StreamName": "half", "ShardCount": 1}  \r\n',
    head(None, X_Amz_Target=f"{KINESIS}.CreateStream", Content_Type=JSON)[:-2],
], ids=["content-length", "chunked", "head"])
def test_a_request_cut_off_does_nothing(emulator, kinesis, sent):
    with Connection(emulator) as connection:
        connection.send(sent)
    with Connection(emulator) as connection:
        still_answers(connection)
    assert "half" not in kinesis.list_streams()["StreamNames"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_have_no_operation(connection, method):
    connection.send(f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode())
    assert 400 <= connection.answer().status < 500
    assert still_answers(connection)


def test_a_path_that_is_none_is_refused(connection):
    """Whoever names no service is S3's, where a path is a bucket and a key."""
    answer = connection.post(b"", path="/no/such/%00path%zz")
    assert (answer.status, b"<Code>InvalidURI</Code>" in answer.body) == (400, True)
    assert still_answers(connection)


def test_pipelined_requests_are_answered_in_order_though_one_is_bad(connection):
    bodies = [b"{}", b"{", b"{}"]
    connection.send(b"".join(head(len(body), X_Amz_Target=f"{KINESIS}.ListStreams", Content_Type=JSON) + body for body in bodies))
    assert [connection.answer().status for _ in bodies] == [200, 400, 200]


@pytest.mark.parametrize("target, size", [(f"{KINESIS}.PutRecords", 17), (f"{DYNAMODB}.PutItem", 17)])
def test_a_body_over_the_service_s_limit_is_too_large(connection, target, size):
    answer = connection.call(target, b" " * (size << 20))
    assert answer.status == 413
    assert still_answers(connection)


def test_a_bomb_of_gzip_is_too_large(connection):
    bomb = gzip.compress(bytes(100 << 20))
    answer = connection.call(f"{DYNAMODB}.PutItem", bomb, Content_Encoding="gzip")
    assert answer.status == 413
    assert still_answers(connection)


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"{}")[:-5], gzip.compress(b"{}") + b"more"], ids=["no gzip", "cut", "more"])
def test_gzip_that_is_none_is_refused(connection, body):
    answer = connection.call(f"{KINESIS}.ListStreams", body, Content_Encoding="gzip")
    assert (answer.status, answer.code) == (400, "SerializationException")
    assert still_answers(connection)


def test_another_encoding_is_refused(connection):
    answer = connection.call(f"{KINESIS}.ListStreams", b"{}", Content_Encoding="br")
    assert answer.status in (400, 415)
    assert still_answers(connection)


@pytest.mark.parametrize("body, encoding", [
    (b"{}", "gzip"), (gzip.compress(b"{}")[:-1], "gzip"), (b"{}", "deflate"), (zlib.compress(b"{}")[:-1], "deflate"), (b"{}", "garbage")],
                         ids=["no gzip", "gzip cut", "no deflate", "deflate cut", "garbage"])
def test_an_encoding_that_does_not_fit_is_a_failure_of_dynamodb(connection, body, encoding):
    """Observed: ScyllaDB's test_compressed_request, which passes on AWS: 500, "this is what DynamoDB does"."""
    answer = connection.call(f"{DYNAMODB}.ListTables", body, Content_Encoding=encoding)
    assert (answer.status, answer.code) == (500, "InternalServerError")
    assert still_answers(connection)


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, lambda body: zlib.compress(body, wbits=-15), lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])],
                         ids=["gzip", "deflate", "deflate without its head", "gzip in two"])
def test_an_error_within_an_encoded_body_is_told(connection, encode):
    """Observed: ScyllaDB pull 27917: DynamoDB takes deflate, too."""
    encoding = "gzip" if encode(b"{}" * 9)[:2] == b"\x1f\x8b" else "deflate"
    answer = connection.call(f"{DYNAMODB}.ListTables", encode(b'{"Limit":       101}'), Content_Encoding=encoding)
    assert (answer.status, answer.code) == (400, "ValidationException")
    answer = connection.call(f"{DYNAMODB}.ListTables", encode(b'{"Limit":        "a"}'), Content_Encoding=encoding)
    assert (answer.status, answer.code) == (400, "SerializationException")
    assert connection.call(f"{DYNAMODB}.ListTables", encode(b'{"Limit":        10}'), Content_Encoding=encoding).status == 200


# Targets


@pytest.mark.parametrize("target", [
    f"{KINESIS}.NoSuchOperation", f"{KINESIS}.", KINESIS, "", ".", "NoSuchService_20990101.PutRecord", f"{DYNAMODB}.PutRecord",
    f"{KINESIS}.putrecord", f"{KINESIS}.PutRecord.More", "x" * 5000])
def test_an_unknown_target_is_an_unknown_operation(connection, target):
    answer = connection.call(target, {})
    assert (answer.status, answer.code) == (400, "UnknownOperationException")
    assert still_answers(connection)


# JSON


@pytest.mark.parametrize("body", [
    b"", b"{", b"nonsense", b"[]", b'"text"', b"5", b'{"StreamName"}', b'{"StreamName": "s",}', b"{} {}", b"{}x",
    b'{"StreamName": "\xff\xfe"}', b'{"StreamName": "\\ud800"}', b'{"StreamName": "a\nb"}', b'{"StreamName": tru}',
    b'{"StreamName": 01}', b"{'StreamName': 's'}", b'{"x": ' * DEEP, b"[" * DEEP, b'{"x": ' * DEEP + b"1" + b"}" * DEEP,
    b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
], ids=range(20))
def test_bad_json_is_refused(connection, body):
    for target in (f"{KINESIS}.DescribeStream", f"{DYNAMODB}.DescribeTable", f"{GLUE}.GetRegistry"):
        answer = connection.call(target, body)
        assert (answer.status, answer.code) == (400, "SerializationException"), target
    assert still_answers(connection)


@pytest.mark.parametrize("target, body", [
    (f"{KINESIS}.DescribeStream", {"StreamName": 5}),
    (f"{KINESIS}.DescribeStream", {"StreamName": ["s"]}),
    (f"{KINESIS}.DescribeStream", {"StreamName": {"s": 1}}),
    (f"{KINESIS}.CreateStream", {"StreamName": "wrong", "ShardCount": "1"}),
    (f"{KINESIS}.CreateStream", {"StreamName": "wrong", "ShardCount": 2**80}),
    (f"{KINESIS}.CreateStream", {"StreamName": "wrong", "ShardCount": True}),
    (f"{KINESIS}.PutRecord", {"StreamName": "wrong", "PartitionKey": "k", "Data": 5}),
    (f"{KINESIS}.PutRecord", {"StreamName": "wrong", "PartitionKey": "k", "Data": "not base64!"}),
    (f"{KINESIS}.PutRecords", {"StreamName": "wrong", "Records": {}}),
    (f"{KINESIS}.PutRecords", {"StreamName": "wrong", "Records": [5]}),
    (f"{KINESIS}.GetShardIterator", {"StreamName": "wrong", "ShardId": "s", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": []}),
    (f"{DYNAMODB}.PutItem", {"TableName": "wrong", "Item": []}),
    (f"{DYNAMODB}.PutItem", {"TableName": "wrong", "Item": {"pk": "plain"}}),
    (f"{DYNAMODB}.PutItem", {"TableName": "wrong", "Item": {"pk": {"S": 5}}}),
    (f"{DYNAMODB}.PutItem", {"TableName": "wrong", "Item": {"pk": {"B": "not base64!"}}}),
    (f"{DYNAMODB}.PutItem", {"TableName": "wrong", "Item": {"pk": {"L": {}}}}),
    (f"{DYNAMODB}.GetItem", {"TableName": "wrong", "Key": 5}),
    (f"{GLUE}.CreateSchema", {"SchemaName": {}, "DataFormat": "AVRO"}),
    (f"{GLUE}.GetSchemaVersion", {"SchemaVersionId": 5}),
])
def test_a_value_of_another_type_is_refused(connection, target, body):
    answer = connection.call(target, body)
    assert (answer.status, answer.code) == (400, "SerializationException"), answer
    assert still_answers(connection)


@pytest.mark.parametrize("target, body, member", [
    (f"{KINESIS}.CreateStream", {}, "streamName"),
    (f"{KINESIS}.PutRecord", {"StreamName": "s", "Data": ""}, "partitionKey"),
    (f"{KINESIS}.PutRecord", {"StreamName": "s", "PartitionKey": "k"}, "data"),
    (f"{KINESIS}.PutRecords", {"StreamName": "s"}, "records"),
    (f"{KINESIS}.PutRecords", {"StreamName": "s", "Records": []}, "records"),
    (f"{KINESIS}.PutRecord", {"StreamName": "s", "PartitionKey": "", "Data": ""}, "partitionKey"),
    (f"{KINESIS}.SplitShard", {"StreamName": "s"}, "shardToSplit"),
    (f"{KINESIS}.SubscribeToShard", {}, "consumerARN"),
    (f"{DYNAMODB}.PutItem", {"Item": {}}, "tableName"),
    (f"{DYNAMODB}.PutItem", {"TableName": "some-table"}, "item"),
    (f"{DYNAMODB}.CreateTable", {"TableName": "some-table"}, "keySchema"),
    (f"{GLUE}.CreateRegistry", {}, "registryName"),
    (f"{GLUE}.CreateSchema", {"SchemaName": "s"}, "dataFormat"),
])
def test_a_missing_or_empty_member_is_named(connection, target, body, member):
    answer = connection.call(target, body)
    assert answer.status == 400
    assert answer.code in ("ValidationException", "InvalidInputException")
    assert member.lower() in answer.message.lower()
    assert still_answers(connection)


# CBOR


DESCRIBE = cbor2.dumps({"StreamName": "s"})


@pytest.mark.parametrize("body", [
    DESCRIBE[:-1], b"\xbf", b"\xbf\x6aStreamName", b"\xff", b"\x1c", b"\xfc", b"\x80", b"\x05", b"\x65hello",
    b"\x9f" * DEEP, b"\xbf\x61x" * DEEP, b"\xc1" * DEEP,
    b"\xa1\x7b" + struct.pack(">Q", 2**63), b"\xa1\x7b" + struct.pack(">Q", 2**64 - 1) + b"StreamName",
    b"\xbb" + struct.pack(">Q", 2**62), b"\xa1\x6aStreamName\x9b" + struct.pack(">Q", 2**40),
    b"\xa1\x6aStreamName\x05", b"\xa1\x6aStreamName\x42ab", b"\xa1\x6aStreamName\x80", b"\xa1\x6aStreamName\x62\xff\xfe",
    b"\xa1\x05\x61a", DESCRIBE + b"\x00",
], ids=range(22))
def test_bad_cbor_is_refused_in_cbor(connection, body):
    answer = connection.call(f"{KINESIS}.DescribeStream", body, CBOR)
    assert answer.headers["content-type"] == CBOR
    assert (answer.status, answer.code) == (400, "SerializationException")
    assert still_answers(connection)


@pytest.mark.parametrize("body", [b"\xbf", b"\xbf\x69Namespace\x05\xff", b"\x9f" * DEEP, b"{}"])
def test_bad_rpc_v2_cbor_is_refused_in_its_form(connection, body):
    answer = connection.post(body, path="/service/GraniteServiceVersion20100801/operation/PutMetricData",
                             Smithy_Protocol="rpc-v2-cbor", Content_Type="application/cbor")
    assert (answer.status, answer.code) == (400, "SerializationException")
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert still_answers(connection)


@pytest.mark.parametrize("path", [
    "/service/GraniteServiceVersion20100801/operation/NoSuchOperation", "/service/Nowhere/operation/PutMetricData",
    "/service/GraniteServiceVersion20100801/operation/", "/service//operation/x", "/service", "/service/a/b/c/d"])
def test_an_unknown_path_of_rpc_v2_is_refused_in_its_form(connection, path):
    answer = connection.post(b"\xbf\xff", path=path, Smithy_Protocol="rpc-v2-cbor", Content_Type="application/cbor")
    assert answer.status in (400, 404)
    assert answer.code in ("UnknownOperationException", "UnknownServiceException")
    assert still_answers(connection)


# Forms


@pytest.mark.parametrize("form, status, code", [
    (b"", 400, b"MissingAction"),
    (b"Version=2010-08-01", 400, b"MissingAction"),
    (b"Action=&Version=2010-08-01", 400, b"InvalidAction"),
    (b"Action=NoSuchAction&Version=2010-08-01", 400, b"InvalidAction"),
    (b"Action=PutMetricData&Version=2010-08-01", 400, b"ValidationError"),
    (b"Action=PutMetricData&Namespace=a&MetricData.member.1.Value=1", 400, b"ValidationError"),
    (b"Action=PutMetricData&Namespace=a&MetricData.member.1.MetricName=m&MetricData.member.1.Value=wide", 400, b"MalformedInput"),
    (b"Action=PutMetricData&Namespace=a&MetricData.member.4000000000.MetricName=m", 400, None),
    (b"Action=PutMetricData&Namespace=a&MetricData.member.x.MetricName=m", 400, None),
    (b"Action=PutMetricData&Namespace=%zz%&MetricData=5&&&==&=%", 400, None),
    (b"Action=PutMetricData&Namespace=a" + b"&MetricData.member.1" * 5000, 400, None),
    (b"Action=PutMetricData&" + b"a." * DEEP + b"=1", 400, None),
    (b"\xff\x00\xfe", 400, b"MissingAction"),
], ids=range(13))
def test_a_bad_form_is_refused_in_xml(connection, form, status, code):
    answer = connection.form("monitoring", form)
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("text/xml")
    assert b"<Error>" in answer.body and b"<RequestId>" in answer.body
    if code:
        assert b"<Code>" + code + b"</Code>" in answer.body
    assert still_answers(connection)


# Nothing is half done


def test_one_bad_record_keeps_all_of_them_out(kinesis, connection, stream):
    good = {"Data": "eA==", "PartitionKey": "k"}
    for bad in ({"Data": "eA=="}, {"Data": "eA==", "PartitionKey": "k", "ExplicitHashKey": str(2**128)}, {"Data": "!", "PartitionKey": "k"},
                {"Data": "eA==", "PartitionKey": "k" * 257}):
        answer = connection.call(f"{KINESIS}.PutRecords", {"StreamName": stream, "Records": [good, good, bad]})
        assert answer.status == 400, bad
    assert read_all(kinesis, stream) == []


@pytest.fixture
def table(dynamodb, unique):
    name = unique("table")
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    eventually(lambda: dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE")
    yield name
    dynamodb.delete_table(TableName=name)


@pytest.mark.parametrize("bad", [
    {"pk": {"N": "5"}}, {"other": {"S": "no key"}}, {"pk": {"S": ""}}, {"pk": {"S": "x"}, "n": {"N": "not a number"}},
    {"pk": {"S": "x"}, "n": {"N": "1", "S": "two"}}, {"pk": {"S": "x"}, "n": {"SS": ["a", "a"]}}, {"pk": {"S": "x"}, "n": {"SS": []}},
    {"pk": {"S": "x"}, "big": {"S": "b" * 400 * 1024}}, {"pk": {"S": "x"}, "n": {}}, {"pk": {"S": "x"}, "n": {"X": "y"}}])
def test_one_bad_item_keeps_all_of_them_out(dynamodb, connection, table, bad):
    requests = [{"PutRequest": {"Item": item}} for item in ({"pk": {"S": "good"}}, bad)]
    answer = connection.call(f"{DYNAMODB}.BatchWriteItem", {"RequestItems": {table: requests}})
    assert answer.status == 400, answer
    assert connection.call(f"{DYNAMODB}.PutItem", {"TableName": table, "Item": bad}).status == 400
    assert dynamodb.scan(TableName=table)["Items"] == []


def test_a_table_that_is_wrong_in_part_is_not_made(dynamodb, connection, unique):
    name = unique("table")
    body = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-x", "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
                                        "Projection": {"ProjectionType": "ALL"}}]}
    assert connection.call(f"{DYNAMODB}.CreateTable", body).code == "ValidationException"
    assert name not in dynamodb.list_tables()["TableNames"]


def test_a_split_that_is_refused_leaves_the_shards_alone(kinesis, stream):
    before = open_shards(kinesis, stream)
    code, _ = refusal(kinesis.split_shard, StreamName=stream, ShardToSplit=before[0]["ShardId"], NewStartingHashKey=str(2**128 - 1))
    assert code == "InvalidArgumentException"
    assert open_shards(kinesis, stream) == before


def test_json_as_a_form_or_the_other_way_is_refused(connection):
    assert connection.call(f"{KINESIS}.ListStreams", b"Action=ListStreams").status == 400
    assert connection.post(json.dumps({"Action": "ListMetrics"}).encode(), Content_Type=FORM).status in (400, 404)
    assert still_answers(connection)

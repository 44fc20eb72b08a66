"""/_evpoc/faults: each kind of rule as boto3 meets it, with its retries; /_evpoc/requests and /_evpoc/metrics, which tell of it."""

from __future__ import annotations

import threading
import urllib.request

import pytest
from admin import Refused, ask
from boto3.dynamodb.types import TypeSerializer
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from conftest import client_at
from helpers import eventually


@pytest.fixture
def url(own_emulator) -> str:
    url = own_emulator(options=("--seed", "1")).url
    client_at(url, "kinesis").create_stream(StreamName="s", ShardCount=1)
    client_at(url, "kinesis").create_stream(StreamName="other", ShardCount=1)
    return url


def put(kinesis, stream: str = "s") -> dict:
    return kinesis.put_record(StreamName=stream, PartitionKey="k", Data=b"x")


def retrying(url: str, service: str = "kinesis", attempts: int = 3):
    return client_at(url, service, config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))


def hits(url: str) -> list[tuple[int, int]]:
    return [(rule["seen"], rule["hits"]) for rule in ask(url, "faults")["faults"]]


def records(kinesis) -> int:
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    return len(kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"])


def test_an_error_that_ends_after_two_hits_is_got_over_by_retries(url):
    ask(url, "faults", service="kinesis", operation="PutRecord", resource="s", times=2,
        error={"code": "ProvisionedThroughputExceededException", "message": "Rate exceeded for shard", "status": 400})
    answer = put(retrying(url))
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert hits(url) == [(2, 2)] and records(client_at(url, "kinesis")) == 1


def test_an_error_has_its_code_message_and_status(url):
    ask(url, "faults", operation="PutRecord", error={"code": "InternalFailure", "message": "on purpose", "status": 500})
    with pytest.raises(ClientError) as error:
        put(client_at(url, "kinesis"))
    assert error.value.response["Error"] == {"Code": "InternalFailure", "Message": "on purpose"}
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_rule_of_one_stream_leaves_the_others(url):
    ask(url, "faults", resource="s", operation="PutRecord", status=503)
    kinesis = client_at(url, "kinesis")
    put(kinesis, "other")
    with pytest.raises(ClientError) as error:
        put(kinesis)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    with pytest.raises(ClientError):
        kinesis.put_record(StreamARN=arn, PartitionKey="k", Data=b"x")
    assert hits(url) == [(2, 2)]


def test_every_third_call_strikes_and_a_removed_rule_no_longer(url):
    rule = ask(url, "faults", operation="PutRecord", every=3, status=500)["id"]
    kinesis = client_at(url, "kinesis")

    def fails() -> bool:
        try:
            put(kinesis)
        except ClientError:
            return True
        return False

    assert [fails() for _ in range(6)] == [False, False, True, False, False, True]
    ask(url, "faults", method="DELETE", id=rule)
    assert [fails() for _ in range(3)] == [False] * 3
    with pytest.raises(Refused):
        ask(url, "faults", method="DELETE", id=rule)


def test_chance_is_the_seeds(own_emulator, tmp_path):
    def run(number: int) -> list[bool]:
        url = own_emulator(options=("--seed", "7"), data=tmp_path / str(number)).url
        kinesis = client_at(url, "kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        ask(url, "faults", operation="PutRecord", probability=0.5, status=500)
        outcome = []
        for _ in range(30):
            try:
                outcome.append(bool(put(kinesis)))
            except ClientError:
                outcome.append(False)
        return outcome

    first = run(1)
    assert run(2) == first and 5 < sum(first) < 25


def test_a_delay_holds_only_its_own_request(url):
    ask(url, "clock", freeze=True)
    ask(url, "faults", resource="s", operation="PutRecord", delay="700ms")
    kinesis = client_at(url, "kinesis")
    delayed = threading.Thread(target=put, args=(kinesis,))
    delayed.start()
    put(kinesis, "other")
    assert delayed.is_alive() and records(kinesis) == 0
    ask(url, "clock", advance="699ms")
    put(kinesis, "other")
    assert delayed.is_alive() and records(kinesis) == 0
    eventually(lambda: ask(url, "clock", advance="700ms") and not delayed.is_alive())
    assert records(kinesis) == 1


def test_a_delay_is_of_the_emulators_clock(url):
    ask(url, "faults", operation="PutRecord", delay="1h")
    impatient = client_at(url, "kinesis", config=Config(read_timeout=1, retries={"total_max_attempts": 1}))
    with pytest.raises(Exception, match="Read timeout"):
        put(impatient)
    ask(url, "clock", advance="2h")
    assert records(client_at(url, "kinesis")) == 1


def test_a_cut_connection_is_seen_as_one(url):
    ask(url, "faults", operation="PutRecord", times=1, cut=True)
    with pytest.raises(ConnectionClosedError):
        put(client_at(url, "kinesis"))
    ask(url, "faults", operation="PutRecord", times=1, cut=True)
    assert put(retrying(url))["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_part_of_a_batch_fails_and_the_rest_is_there(url):
    ask(url, "faults", operation="PutRecords", times=1,
        partial={"share": 0.5, "code": "ProvisionedThroughputExceededException", "message": "slow down"})
    kinesis = client_at(url, "kinesis")
    answer = kinesis.put_records(StreamName="s", Records=[{"Data": b"%d" % n, "PartitionKey": "k"} for n in range(100)])
    failed = [record for record in answer["Records"] if "ErrorCode" in record]
    assert 25 < len(failed) < 75 and answer["FailedRecordCount"] == len(failed)
    assert failed[0] == {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
    assert records(kinesis) == 100 - len(failed)


def test_unprocessed_items_are_taken_up_again_by_the_batch_writer(url):
    dynamodb = client_at(url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    ask(url, "faults", operation="BatchWriteItem", resource="table", times=2, partial=0.5)
    left = [{"PutRequest": {"Item": {"pk": TypeSerializer().serialize(str(n))}}} for n in range(25)]
    rounds = 0
    while left:
        left = dynamodb.batch_write_item(RequestItems={"table": left})["UnprocessedItems"].get("table", [])
        rounds += 1
    assert rounds > 1 and dynamodb.scan(TableName="table")["Count"] == 25


def test_a_rule_ends_with_its_time(url):
    ask(url, "clock", freeze=True)
    ask(url, "faults", operation="PutRecord", status=500, **{"for": "10s"})
    kinesis = client_at(url, "kinesis")
    with pytest.raises(ClientError):
        put(kinesis)
    ask(url, "clock", advance="10s")
    put(kinesis)


@pytest.mark.parametrize("members", [
    {}, {"status": 200}, {"cut": False}, {"status": 500, "cut": True}, {"delay": "soon"}, {"error": {"status": 400}},
    {"partial": 2}, {"status": 500, "probability": 0}, {"status": 500, "every": 0}, {"status": 500, "sometimes": True}])
def test_a_rule_that_says_nothing_clear_is_refused(url, members):
    with pytest.raises(Refused) as refused:
        ask(url, "faults", method="POST", **members)
    assert refused.value.status == 400


def test_the_last_requests_are_told_with_what_went_in_and_out(url):
    kinesis = client_at(url, "kinesis", aws_access_key_id="123456789012")
    with pytest.raises(ClientError):
        put(kinesis)
    told = ask(url, "requests?operation=PutRecord")["requests"][-1]
    assert (told["service"], told["account"], told["region"]) == ("kinesis", "123456789012", "us-east-1")
    assert (told["status"], told["error"]) == (400, "ResourceNotFoundException")
    assert told["input"] == {"StreamName": "s", "PartitionKey": "k", "Data": "eA=="}
    assert told["output"]["message"].startswith("Stream s under account 123456789012 not found")
    kinesis.list_streams()
    behind = ask(url, f"requests?after={told['number']}")["requests"]
    assert [request["operation"] for request in behind] == ["ListStreams"]
    assert len(ask(url, "requests?limit=1")["requests"]) == 1
    with pytest.raises(Refused):
        ask(url, "requests?since=1")


def test_no_requests_are_kept_where_that_was_asked(own_emulator):
    url = own_emulator(options=("--keep-requests", "0")).url
    client_at(url, "kinesis").list_streams()
    assert ask(url, "requests")["requests"] == []


def test_metrics_count_every_answer(url):
    kinesis = client_at(url, "kinesis")
    for _ in range(3):
        put(kinesis)
    with pytest.raises(ClientError):
        put(kinesis, "nowhere")
    lines = urllib.request.urlopen(f"{url}/_evpoc/metrics").read().decode().splitlines()
    label = 'service="kinesis",operation="PutRecord"'
    assert f'evpoc_requests_total{{{label},status="ok"}} 3' in lines
    assert f'evpoc_requests_total{{{label},status="client_error"}} 1' in lines
    assert f'evpoc_request_seconds_bucket{{{label},le="+Inf"}} 4' in lines
    assert f"evpoc_request_seconds_count{{{label}}} 4" in lines


def test_what_other_emulators_suites_ask_is_answered(url):
    for path in ("_localstack/state/reset", "moto-api/reset"):
        client_at(url, "glue").create_registry(RegistryName="r")
        assert urllib.request.urlopen(urllib.request.Request(f"{url}/{path}", method="POST")).status == 200
        assert client_at(url, "glue").list_registries()["Registries"] == []
    assert b'"kinesis"' in urllib.request.urlopen(f"{url}/_localstack/health").read()

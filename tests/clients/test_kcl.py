"""The Kinesis Client Library, whole: its leases, its metrics and the records all by one emulator, fan-out as by default.
Two versions of it: 3.1.3 under Python by amazon_kclpy's MultiLangDaemon, as the reference system uses it; 3.5.1 in Java."""

import subprocess
from collections import defaultdict

import aws_kinesis_agg.aggregator
import boto3
import names
import pytest
from demo import KCL_SETTINGS, Worker
from event_generator import EventGenerator
from event_producer import EventProducer
from event_table import EventTable
from events import EventCodec
from helpers import active, eventually, shards_of
from local_emulator import client_environment
from sdk import java_program, tool
from setup_resources import make_registry, make_stream, make_table
from verify import compare

pytestmark = [pytest.mark.kcl, pytest.mark.slow, pytest.mark.timeout(400)]
RECORDS = 200
PATIENCE = 150  # seconds; the KCL hands out shards after most of a minute


@pytest.fixture
def world(own_emulator, monkeypatch):
    """An emulator of its own, for whatever is started meanwhile."""
    running = own_emulator()
    for name, value in client_environment(running.url).items():
        monkeypatch.setenv(name, value)
    return running


def reshard_to_four(kinesis, stream):
    kinesis.update_shard_count(StreamName=stream, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    active(kinesis, stream)


def check_traces(stream, application, consumers):
    """What a KCL application leaves behind: a consumer where it has fan-out, a lease for each shard, metrics under its name."""
    kinesis, dynamodb, cloudwatch = map(boto3.client, ("kinesis", "dynamodb", "cloudwatch"))
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    assert [consumer["ConsumerName"] for consumer in kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]] == consumers
    leases = {item["leaseKey"]["S"] for item in dynamodb.scan(TableName=application)["Items"]}
    assert {shard["ShardId"] for shard in shards_of(kinesis, stream)} <= leases
    metrics = {metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace=application)["Metrics"]}
    assert {"RecordsProcessed", "CurrentLeases"} <= metrics


# 3.1.3 and Python


@pytest.fixture
def worker(world, tmp_path):
    tool("java")
    kinesis, glue, dynamodb = map(boto3.client, ("kinesis", "glue", "dynamodb"))
    make_stream(kinesis, names.STREAM, 2)
    make_registry(glue, names.REGISTRY)
    make_table(dynamodb, names.TABLE)
    running = Worker("worker", "application-python", tmp_path, KCL_SETTINGS)
    yield running
    running.kill()


def test_kcl_3_1_and_python_carry_every_event_into_the_table_through_a_reshard(worker):
    kinesis, table, codec = boto3.client("kinesis"), EventTable(), EventCodec()
    events, producer = iter(EventGenerator(1)), EventProducer(codec=codec)

    def all_there(count):
        assert worker.is_running, worker.tail()
        return table.count() >= count

    producer.put_all(next(events) for _ in range(RECORDS // 2))
    eventually(lambda: all_there(RECORDS // 2), PATIENCE)
    reshard_to_four(kinesis, names.STREAM)
    producer.put_all(next(events) for _ in range(RECORDS // 2))
    eventually(lambda: all_there(RECORDS), PATIENCE)
    verdict = compare(names.STREAM, table, codec)
    assert verdict.holds and verdict.events == RECORDS, verdict
    check_traces(names.STREAM, "application-python", ["application-python"])


# 3.5.1 and Java


class Consumer:
    """KclConsumer.java, and what it said so far."""

    def __init__(self, stream, application, mode, folder):
        folder.mkdir(exist_ok=True)
        self.said, self.log = folder / "said", folder / "log"
        self.process = subprocess.Popen([*java_program("KclConsumer"), stream, application, mode], stdin=subprocess.PIPE,
                                        stdout=self.said.open("wb"), stderr=self.log.open("wb"))

    def lines(self):
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        whole = self.said.read_text().rpartition("\n")[0]
        return [line.split(" ", 3) for line in whole.splitlines()]

    def records(self):
        """By shard, in the order in which they came."""
        records = defaultdict(list)
        for word, shard, *rest in self.lines():
            if word == "record":
                records[shard].append(tuple(rest))
        return records

    def shards(self, word):
        return {line[1] for line in self.lines() if line[0] == word}

    def stop(self):
        self.process.communicate(timeout=60)
        return self.process.returncode


class Application:
    """Workers of one application."""

    def __init__(self, mode, folder):
        self.mode, self.folder, self.workers = mode, folder, []

    def add(self):
        self.workers.append(Consumer("stream", f"application-{self.mode}", self.mode, self.folder / f"worker-{len(self.workers)}"))
        return self.workers[-1]

    def records(self):
        """What any of them had, by shard. Each one has a shard's records in order; where a lease changes hands, the next
        worker may have some again."""
        everything = defaultdict(set)
        for worker in self.workers:
            for shard, records in worker.records().items():
                numbers = [int(sequence) for sequence, _ in records]
                assert numbers == sorted(numbers), f"{shard} out of order: {numbers}"
                everything[shard] |= set(records)
        return everything


@pytest.fixture(params=["fan-out", "polling"])
def application(request, world, tmp_path):
    boto3.client("kinesis").create_stream(StreamName="stream", ShardCount=2)
    running = Application(request.param, tmp_path)
    yield running
    for worker in running.workers:
        worker.process.kill()


def put(kinesis, numbers):
    """Returns the data by shard."""
    entries = [{"Data": b"number %d" % number, "PartitionKey": f"key {number}"} for number in numbers]
    answer = kinesis.put_records(StreamName="stream", Records=entries)
    assert not answer["FailedRecordCount"]
    by_shard = defaultdict(set)
    for entry, result in zip(entries, answer["Records"]):
        by_shard[result["ShardId"]].add((result["SequenceNumber"], entry["Data"].decode()))
    return by_shard


def put_aggregated(kinesis, numbers):
    """As the Kinesis Producer Library does: many records of a key in one of the stream. The KCL takes them apart."""
    aggregator = aws_kinesis_agg.aggregator.RecordAggregator()
    for number in numbers:
        assert not aggregator.add_user_record("one key", b"aggregated %d" % number)
    key, _, data = aggregator.clear_and_get().get_contents()
    result = kinesis.put_record(StreamName="stream", PartitionKey=key, Data=data)
    return {result["ShardId"]: {(result["SequenceNumber"], f"aggregated {number}") for number in numbers}}


def reshard_to(kinesis, count):
    kinesis.update_shard_count(StreamName="stream", TargetShardCount=count, ScalingType="UNIFORM_SCALING")
    active(kinesis, "stream")


def test_two_workers_of_kcl_3_5_in_java_share_a_stream_through_reshards(application):
    kinesis = boto3.client("kinesis")
    first = application.add()
    expected = put(kinesis, range(100))
    eventually(lambda: application.records() == expected, PATIENCE)
    parents = set(expected)
    second = application.add()
    reshard_to(kinesis, 4)
    expected |= put(kinesis, range(100, 200))
    eventually(lambda: application.records() == expected, PATIENCE)
    assert first.shards("ended") | second.shards("ended") >= parents
    eventually(lambda: second.shards("begins"), PATIENCE)  # it took leases over, or shards that were new
    reshard_to(kinesis, 2)
    expected |= put(kinesis, range(200, 300))
    for shard, records in put_aggregated(kinesis, range(20)).items():
        expected[shard] |= records
    eventually(lambda: application.records() == expected, PATIENCE)
    consumers = [f"application-{application.mode}"] if application.mode == "fan-out" else []
    check_traces("stream", f"application-{application.mode}", consumers)
    assert [worker.stop() for worker in application.workers] == [0, 0]

#!/usr/bin/env python3
"""Measures the emulator beside its peers, in one run on one machine: each round plays every server in turn, the median round
counts. Writes docs/benchmarks.md with --write; `--smoke` plays each operation for a moment on ours alone and looks at the answers."""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "bench"
STREAM = TABLE = BUCKET = "bench"
ALIAS = "alias/bench"
SHARDS, RECORD_BYTES, ITEM_BYTES, QUERIED = 4, 1024, 400, 20
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
EMULATOR = "EVPOC_EMU"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings() -> dict[str, str]:
    """Settings of the one who measures stay out of it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EVPOC_")}


def emulator_arguments(executable: str, port: int, data: Path) -> list[str]:
    return [executable or os.environ.get(EMULATOR, str(ROOT / "build/release/emulator/evpoc-emu")), "--port", str(port),
            "--data", str(data), "--log-level", "error"]


@dataclass(frozen=True)
class Peer:
    name: str
    services: tuple[str, ...]
    keeps: str  # what it does with data
    version: str
    executable: str = ""  # of an emulator that isn't the one to measure

    def arguments(self, port: int, data: Path) -> list[str]:
        if self.keeps == OURS.keeps:
            return emulator_arguments(self.executable, port, data)
        if self.name == "moto":
            return [str(BUILT / "moto/bin/moto_server"), "-p", str(port)]
        if self.name == "s3rver":
            return [str(BUILT / "node_modules/.bin/s3rver"), "--port", str(port), "--directory", str(data), "--allow-mismatched-signatures", "--silent"]
        return [str(BUILT / "node_modules/.bin" / self.name), "--port", str(port)]


OURS = Peer("evpoc-emu", ("kinesis", "dynamodb", "s3", "firehose", "kms", "sts", "logs", "monitoring"), "SQLite file, committed before the answer", "")
PEERS = [Peer("kinesalite", ("kinesis",), "memory", "3.3.3"), Peer("dynalite", ("dynamodb",), "memory", "3.2.1"),
         Peer("moto", ("kinesis", "dynamodb", "s3", "firehose", "kms", "sts", "logs"), "memory", "5.2.1"), Peer("s3rver", ("s3",), "files", "3.7.1")]


def install_peers() -> None:
    """Exactly the versions named above, from their registries, below build/."""
    BUILT.mkdir(parents=True, exist_ok=True)
    installed, wanted = BUILT / "installed", "".join(f"{peer.name} {peer.version}\n" for peer in PEERS)
    if installed.exists() and installed.read_text() == wanted:
        return
    versions = {peer.name: peer.version for peer in PEERS}
    subprocess.run([sys.executable, "-m", "venv", BUILT / "moto"], check=True)
    subprocess.run([BUILT / "moto/bin/pip", "install", "-q", f"moto[server]=={versions.pop('moto')}"], check=True)
    subprocess.run(["npm", "install", "--silent", "--prefix", BUILT, *(f"{name}@{version}" for name, version in versions.items())],
                   check=True)
    installed.write_text(wanted)


def load_program() -> Path:
    """The newest build of load.c, else one made now."""
    program, source = BUILT / "load", Path(__file__).with_name("load.c")
    BUILT.mkdir(parents=True, exist_ok=True)
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-std=gnu17", "-D_GNU_SOURCE", "-o", program, source], check=True)
    return program


class Server:
    """One running server, its ready time, and what its process tree has used."""

    def __init__(self, peer: Peer):
        self.peer, self.port, self.folder = peer, free_port(), Path(tempfile.mkdtemp(prefix="evpoc-bench-"))
        begun = time.perf_counter()
        self.process = subprocess.Popen(peer.arguments(self.port, self.folder / "data"), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True, env=settings())
        while not self.answers(LISTING[peer.services[0]]):
            assert self.process.poll() is None, f"{peer.name} ended with {self.process.returncode}"
            assert time.perf_counter() < begun + 60, f"{peer.name} does not answer"
            time.sleep(0.0005)
        self.ready_ms = (time.perf_counter() - begun) * 1000

    def answers(self, sent: bytes) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                connection.sendall(sent)
                return connection.recv(4096).startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
        except OSError:
            return False

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self) -> Iterator[int]:
        """Those of the session."""
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(path.read_text().rpartition(")")[2].split()[3]) == self.process.pid:
                    yield int(path.parent.name)

    def cpu_seconds(self) -> float:
        total = 0.0
        for process in self.processes():
            with suppress(OSError):
                total += time.clock_gettime(~process << 3 | 2)  # clock_getcpuclockid(3), finer than the ticks of /proc
        return total

    def resident_mib(self) -> float:
        return sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in self.processes()) * PAGE_SIZE / 2**20

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1",
                            aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"total_max_attempts": 3}))


@contextmanager
def running(peer: Peer) -> Iterator[Server]:
    server = Server(peer)
    try:
        yield server
    finally:
        server.stop()


def request(service: str, target: str, body: dict[str, Any]) -> bytes:
    content = json.dumps(body, separators=(",", ":")).encode()
    version = "1.0" if service == "dynamodb" else "1.1"
    head = (f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-{version}\r\nX-Amz-Target: {target}\r\n"
            "X-Amz-Date: 20260101T000000Z\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, "
            "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64 + "\r\n"
            f"Content-Length: {len(content)}\r\n\r\n")
    return head.encode() + content


def query_request(service: str, form: str) -> bytes:
    head = ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Amz-Date: 20260101T000000Z\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature={'0' * 64}\r\n"
            f"Content-Length: {len(form)}\r\n\r\n")
    return (head + form).encode()


def kinesis_request(operation: str, **body: Any) -> bytes:
    return request("kinesis", f"Kinesis_20131202.{operation}", body)


def dynamodb_request(operation: str, **body: Any) -> bytes:
    return request("dynamodb", f"DynamoDB_20120810.{operation}", body | {"TableName": TABLE})


def s3_request(method: str, path: str, body: bytes = b"") -> bytes:
    """Signed now by the one that s3rver knows: it looks at both."""
    head = (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Amz-Date: {SIGNED_AT}\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential=S3RVER/{SIGNED_AT[:8]}/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + "0" * 64 + "\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


SIGNED_AT = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
LISTING = {"kinesis": request("kinesis", "Kinesis_20131202.ListStreams", {}),
           "dynamodb": request("dynamodb", "DynamoDB_20120810.ListTables", {}),
           "s3": s3_request("GET", "/")}
DATA = base64.b64encode(b"x" * RECORD_BYTES).decode()
KEYS = 5000
NOW_MS = int(time.time() * 1000)
CONNECTIONS = (1, 16)


def turns(rounds: int) -> Iterator[tuple[int, int]]:
    """Each round and its connections, in changing order: what was written before slows each write down."""
    for number in range(rounds):
        for connections in CONNECTIONS[::-1] if number % 2 else CONNECTIONS:
            yield number, connections


def key(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"customer-{number * 7919 % KEYS}"}, "sk": {"N": "0"}}


def item(number: int) -> dict[str, Any]:
    return key(number) | {"type": {"S": "PURCHASE"}, "amount": {"N": "129.90"}, "tags": {"SS": ["a", "b"]},
                          "data": {"S": "x" * (ITEM_BYTES - 80)}}


@dataclass
class Operation:
    name: str
    service: str
    expected: str
    requests: list[bytes] = field(default_factory=list)
    per_request: int = 1  # records
    compared: int = 10_000  # requests a round of a comparison
    megabytes: float = 0  # of a request, where these are counted
    left_out: tuple[str, ...] = ()  # peers that answer it with errors


def operations() -> list[Operation]:
    update = {"UpdateExpression": "SET amount = :a ADD visits :one", "ConditionExpression": "attribute_exists(pk)",
              "ExpressionAttributeValues": {":a": {"N": "3.5"}, ":one": {"N": "1"}}}
    query = {"KeyConditionExpression": "pk = :pk AND sk >= :from",
             "ExpressionAttributeValues": {":pk": {"S": "queried"}, ":from": {"N": "0"}}}
    return [
        Operation("PutRecord", "kinesis", '"SequenceNumber"', [
            kinesis_request("PutRecord", StreamName=STREAM, PartitionKey=f"key-{n}", Data=DATA) for n in range(1000)]),
        Operation("PutRecords", "kinesis", '"FailedRecordCount":0', [
            kinesis_request("PutRecords", StreamName=STREAM, Records=[
                {"PartitionKey": f"key-{n}-{m}", "Data": DATA} for m in range(500)]) for n in range(8)], 500, 300),
        Operation("GetRecords", "kinesis", "@follow", compared=100),
        Operation("PutItem", "dynamodb", "", [dynamodb_request("PutItem", Item=item(n)) for n in range(KEYS)]),
        Operation("GetItem", "dynamodb", '"amount"', [dynamodb_request("GetItem", Key=key(n)) for n in range(KEYS)]),
        Operation("UpdateItem", "dynamodb", "", [dynamodb_request("UpdateItem", Key=key(n), **update) for n in range(KEYS)]),
        Operation(f"Query ({QUERIED} items)", "dynamodb", f'"Count":{QUERIED}', [dynamodb_request("Query", **query)]),
        Operation("Scan", "dynamodb", '"Count"', [dynamodb_request("Scan")], compared=300),
        Operation("BatchWriteItem", "dynamodb", '"UnprocessedItems":{}', [
            request("dynamodb", "DynamoDB_20120810.BatchWriteItem", {"RequestItems": {TABLE: [
                {"PutRequest": {"Item": item(n * 25 + m)}} for m in range(25)]}}) for n in range(KEYS // 25)], 25, 2000),
        Operation("TransactWriteItems (4)", "dynamodb", "{}", [
            request("dynamodb", "DynamoDB_20120810.TransactWriteItems", {"TransactItems": [
                {"Put": {"TableName": TABLE, "Item": item(n * 4 + m)}} for m in range(4)]}) for n in range(KEYS // 4)], left_out=("dynalite",)),
        *s3_operations(),
        Operation("PutRecordBatch", "firehose", '"FailedPutCount":0', [
            request("firehose", "Firehose_20150804.PutRecordBatch", {"DeliveryStreamName": STREAM, "Records": [{"Data": DATA}] * 500})], 500, 300),
        Operation("PutLogEvents (1,000 lines)", "logs", '"nextSequenceToken"', [request("logs", "Logs_20140328.PutLogEvents", {
            "logGroupName": STREAM, "logStreamName": STREAM, "logEvents": [
                {"timestamp": NOW_MS, "message": f"2026-01-01 INFO order {n} was taken, and shipped to whoever it was for; {'x' * 40}"} for n in range(1000)]})], 1000, 300),
        Operation("GetCallerIdentity", "sts", "<Account>", [query_request("sts", "Action=GetCallerIdentity&Version=2011-06-15")]),
        Operation("Encrypt (1 KiB)", "kms", '"CiphertextBlob"', [
            request("kms", "TrentService.Encrypt", {"KeyId": ALIAS, "Plaintext": DATA, "EncryptionContext": {"tenant": "a"}})]),
        Operation("PutMetricData (1,000 values)", "monitoring", "", [
            request("monitoring", "GraniteServiceVersion20100801.PutMetricData", {"Namespace": "Bench", "MetricData": [
                {"MetricName": f"m{n}", "Value": n, "Unit": "Count", "Dimensions": [{"Name": "d", "Value": "v"}]} for n in range(1000)]})], 1000, 300),
    ]


OBJECTS, SMALL, LARGE = 2000, b"x" * 1024, b"x" * 2**20


def s3_operations() -> list[Operation]:
    small, large = [f"/{BUCKET}/small/{n:06}" for n in range(OBJECTS)], [f"/{BUCKET}/large/{n:02}" for n in range(16)]
    list_1000 = f"/{BUCKET}?list-type=2&max-keys=1000&prefix="
    return [
        Operation("PutObject (1 KiB)", "s3", "", [s3_request("PUT", path, SMALL) for path in small]),
        Operation("GetObject (1 KiB)", "s3", "xxx", [s3_request("GET", path) for path in small]),
        Operation("PutObject (1 MiB)", "s3", "", [s3_request("PUT", path, LARGE) for path in large], compared=500, megabytes=len(LARGE) / 1e6),
        Operation("GetObject (1 MiB)", "s3", "xxx", [s3_request("GET", path) for path in large], compared=2000, megabytes=len(LARGE) / 1e6),
        Operation("ListObjectsV2 (1,000 keys)", "s3", "<Key>", [s3_request("GET", list_1000 + "small/")], compared=500, left_out=("s3rver",)),
        Operation("ListObjectsV2 (1,000 prefixes)", "s3", "<CommonPrefixes>", [s3_request("GET", list_1000 + "tree/&delimiter=/")], compared=500,
                  left_out=("s3rver",)),
    ]


def prepare_archive(server: Server, wanted: list[Operation]) -> None:
    services = server.peer.services
    if "s3" in services:
        play(server, [s3_request("PUT", f"/{BUCKET}")], 1, "x1", "")
        for puts in (operation.requests for operation in wanted if operation.name.startswith("PutObject")):
            play(server, puts, 4, f"x{len(puts)}", "")
        play(server, [s3_request("PUT", f"/{BUCKET}/tree/{n:06}/k", b"x") for n in range(OBJECTS)], 4, f"x{OBJECTS}", "")
    if "firehose" in services:
        where = {"RoleARN": "arn:aws:iam::000000000000:role/bench", "BucketARN": f"arn:aws:s3:::{BUCKET}", "Prefix": "archive/",
                 "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60}}
        server.client("firehose").create_delivery_stream(DeliveryStreamName=STREAM, ExtendedS3DestinationConfiguration=where)


def prepare_logs(server: Server) -> None:
    if "logs" in server.peer.services:
        server.client("logs").create_log_group(logGroupName=STREAM)
        server.client("logs").create_log_stream(logGroupName=STREAM, logStreamName=STREAM)


def prepare(server: Server, wanted: list[Operation]) -> None:
    services = server.peer.services
    if "kinesis" in services:
        kinesis = server.client("kinesis")
        kinesis.create_stream(StreamName=STREAM, ShardCount=SHARDS)
        kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
    if "dynamodb" in services:
        dynamodb = server.client("dynamodb")
        dynamodb.create_table(TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                                                    {"AttributeName": "sk", "AttributeType": "N"}])
        dynamodb.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
        for number in range(QUERIED):
            dynamodb.put_item(TableName=TABLE, Item=item(0) | {"pk": {"S": "queried"}, "sk": {"N": str(number)}})
        puts = next(operation for operation in wanted if operation.name == "PutItem")
        play(server, puts.requests, 4, f"x{KEYS}", "")
    if "kms" in services:
        kms = server.client("kms")
        kms.create_alias(AliasName=ALIAS, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    prepare_archive(server, wanted)
    prepare_logs(server)


def play(server: Server, requests: list[bytes], connections: int, length: str, expected: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        for one in requests:
            file.write(b"%d\n" % len(one) + one)
        file.flush()
        before = server.cpu_seconds()
        done = subprocess.run([load_program(), file.name, str(server.port), str(connections), length, expected],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{server.peer.name}: {done.stderr}"
        result = json.loads(done.stdout)
        result["cpu_us"] = (server.cpu_seconds() - before) * 1e6 / max(result["answers"], 1)
        result["said"] = done.stderr
    return result


def reading_request(server: Server) -> bytes:
    kinesis = server.client("kinesis")
    shard = kinesis.list_shards(StreamName=STREAM)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    return kinesis_request("GetRecords", ShardIterator=iterator, Limit=10000)


def data_part(server: Server, sent: bytes) -> float:
    """How much of a GetRecords answer, base64 in JSON, is record data."""
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/", data=sent.partition(b"\r\n\r\n")[2],
                                   headers=dict(line.split(": ", 1) for line in sent.decode().split("\r\n")[1:6]))
    with urllib.request.urlopen(asked) as answer:
        body = answer.read()
    records = json.loads(body)["Records"]
    assert records, f"{server.peer.name} has no records to read"
    return sum(len(base64.b64decode(record["Data"])) for record in records) / len(body)


def measure(server: Server, operation: Operation, connections: int, length: str) -> dict[str, Any]:
    """length: seconds, or x and how many requests."""
    requests = operation.requests or [reading_request(server)]
    result = play(server, requests, connections, length, operation.expected)
    assert not result["errors"], f"{server.peer.name}, {operation.name}: {result['errors']} errors\n{result['said']}"
    result["rate"] = result["answers"] / result["seconds"]
    if operation.name == "GetRecords":
        result["mb"] = result["bytes"] * data_part(server, requests[0]) / result["seconds"] / 1e6
    if operation.megabytes:
        result["mb"] = result["rate"] * operation.megabytes
    return result


def cold_start(peer: Peer, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        with running(peer) as server:
            times.append(server.ready_ms)
    return statistics.median(times)


def memory(peer: Peer, puts: Operation) -> tuple[float, float | None]:
    """MiB resident when idle, and after 100,000 records."""
    with running(peer) as server:
        time.sleep(1.5)  # an idle moment: memory of the start is given back
        idle = server.resident_mib()
        if puts.service not in peer.services:
            return idle, None
        prepare(server, ALL)
        play(server, puts.requests, 4, f"x{100_000 // puts.per_request}", puts.expected)
        return idle, server.resident_mib()


ALL = operations()


def delivery(peer: Peer, puts: int) -> tuple[float, float]:
    """ms from the answer to a put until its record is at a subscriber with fan-out, both in Python: median and 99th of 100."""
    arrived: dict[str, int] = {}
    with running(peer) as server:
        kinesis = server.client("kinesis")
        kinesis.create_stream(StreamName="delivery", ShardCount=1)
        arn = kinesis.describe_stream_summary(StreamName="delivery")["StreamDescriptionSummary"]["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="bench")["Consumer"]["ConsumerARN"]
        answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"})

        def listen() -> None:
            with suppress(Exception):  # the server goes first
                for event in answer["EventStream"]:
                    now = time.perf_counter_ns()
                    arrived.update((record["SequenceNumber"], now) for record in event["SubscribeToShardEvent"]["Records"])

        threading.Thread(target=listen, daemon=True).start()
        answered: dict[str, int] = {}
        for _ in range(puts):
            number = kinesis.put_record(StreamName="delivery", PartitionKey="k", Data=b"x" * RECORD_BYTES)["SequenceNumber"]
            answered[number] = time.perf_counter_ns()
            time.sleep(0.003)
        time.sleep(0.2)
    waits = sorted(max(0, arrived[number] - answered[number]) / 1e6 for number in answered)
    return waits[len(waits) // 2], waits[len(waits) * 99 // 100]


def median_of(results: list[dict[str, Any]]) -> dict[str, Any]:
    return sorted(results, key=lambda result: result["rate"])[len(results) // 2]


def cell(operation: Operation, result: dict[str, Any] | None) -> str:
    if result is None:
        return "–"
    rate = f"{result['rate'] * operation.per_request:,.0f}"
    if "mb" in result:
        rate = f"{result['mb']:,.0f} MB"
    return f"{rate} · {result['p50_us']:,} / {result['p99_us']:,} · {result['cpu_us']:,.0f}"


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores, {model}"


def table(peers: list[Peer], results: dict[tuple[str, int, str], dict[str, Any]]) -> Iterator[str]:
    yield "| operation | connections | " + " | ".join(peer.name for peer in peers) + " |"
    yield "| --- | --- |" + " --- |" * len(peers)
    for operation in ALL:
        for connections in CONNECTIONS:
            cells = (cell(operation, results.get((operation.name, connections, peer.name))) for peer in peers)
            yield f"| {operation.name} | {connections} | " + " | ".join(cells) + " |"


def run(rounds: int, seconds: float) -> str:
    peers = [OURS, *PEERS]
    results: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(peer)) for peer in peers]
        for server in servers:
            print(f"preparing {server.peer.name}", file=sys.stderr)
            prepare(server, ALL)
        for operation in ALL:
            print(operation.name, file=sys.stderr)
            for (_, connections), server in itertools.product(turns(rounds), servers):
                if operation.service in server.peer.services and server.peer.name not in operation.left_out:
                    results.setdefault((operation.name, connections, server.peer.name), []).append(
                        measure(server, operation, connections, str(seconds)))
    chosen = {name: median_of(each) for name, each in results.items()}
    starts = {peer.name: cold_start(peer, 5) for peer in peers}
    residents = {peer.name: memory(peer, ALL[1]) for peer in peers}
    resources = [("ms from start to first answer", starts),
                 ("MiB resident, idle", {name: idle for name, (idle, _) in residents.items()}),
                 ("MiB resident after 100,000 records of 1 KiB", {name: full for name, (_, full) in residents.items()})]
    lines = [*table(peers, chosen), "", "| | " + " | ".join(peer.name for peer in peers) + " |", "| --- |" + " --- |" * len(peers)]
    for what, values in resources:
        lines.append(f"| {what} | " + " | ".join("–" if values[peer.name] is None else f"{values[peer.name]:,.0f}" for peer in peers) + " |")
    fan_out = delivery(OURS, 500)
    return "\n".join([*lines, "", *goals(chosen, resources, fan_out)]) + "\n"


def goals(chosen: dict[tuple[str, int, str], dict[str, Any]], resources: list[tuple[str, dict[str, Any]]],
          fan_out: tuple[float, float]) -> Iterator[str]:
    """What the project wants to reach on two cores with the generator on them, and what this run reached."""
    def rate(name: str, peer: str = OURS.name) -> float:
        each = [one["rate"] for (operation, _, whose), one in chosen.items() if (operation, whose) == (name, peer)]
        return max(each)

    put, own = chosen["PutRecord", 16, OURS.name], [values[OURS.name] for _, values in resources]
    ratio = rate("PutRecord") / rate("PutRecord", "kinesalite")
    batch_ratio = rate("PutRecords") / max(rate("PutRecords", "kinesalite"), rate("PutRecords", "moto"))
    megabytes = max(chosen["GetRecords", connections, OURS.name]["mb"] for connections in (1, 16))
    rows = [("PutRecord, 16 connections", "≥ 20,000/s", f"{put['rate']:,.0f}/s"),
            ("server's CPU for it", "≤ 35 µs", f"{put['cpu_us']:,.0f} µs"),
            ("PutRecords", "≥ 150,000 records/s", f"{rate('PutRecords') * 500:,.0f} records/s"),
            ("GetRecords", "≥ 500 MB/s", f"{megabytes:,.0f} MB/s"),
            ("GetItem", "≥ 25,000/s", f"{rate('GetItem'):,.0f}/s"),
            ("PutItem", "≥ 15,000/s", f"{rate('PutItem'):,.0f}/s"),
            ("UpdateItem", "≥ 15,000/s", f"{rate('UpdateItem'):,.0f}/s"),
            ("PutObject of 1 MiB, 16 connections", "≥ 750 MB/s", f"{chosen['PutObject (1 MiB)', 16, OURS.name]['mb']:,.0f} MB/s"),
            ("GetObject of 1 MiB, 16 connections", "≥ 4,000 MB/s", f"{chosen['GetObject (1 MiB)', 16, OURS.name]['mb']:,.0f} MB/s"),
            ("PutObject of 1 KiB", "≥ 12,000/s", f"{rate('PutObject (1 KiB)'):,.0f}/s"),
            ("GetObject of 1 KiB", "≥ 40,000/s", f"{rate('GetObject (1 KiB)'):,.0f}/s"),
            ("PutRecordBatch", "≥ 300,000 records/s", f"{rate('PutRecordBatch') * 500:,.0f} records/s"),
            ("start to first answer", "≤ 15 ms", f"{own[0]:,.0f} ms"),
            ("resident, idle", "≤ 8 MiB", f"{own[1]:,.1f} MiB"),
            ("resident after 100,000 records", "≤ 64 MiB", f"{own[2]:,.1f} MiB"),
            ("a put's answer to the event at a subscriber, median / 99 of 100", "≤ 5 ms", f"{fan_out[0]:.2f} / {fan_out[1]:.2f} ms"),
            ("PutRecord beside kinesalite", "≥ 10 ×", f"{ratio:,.0f} ×"),
            ("PutRecords beside the best peer", "≥ 4 ×", f"{batch_ratio:,.0f} ×")]
    yield from ("| goal | wanted | reached |", "| --- | --- | --- |")
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def page(text: str) -> str:
    peers = ", ".join(f"{peer.name} {peer.version} ({peer.keeps})" for peer in PEERS)
    return f"""# Benchmarks

Made by `./dev bench` on {time.strftime('%-d %B %Y')}: {machine()}; the load generator (`tests/bench/load.c`) runs on the same machine.
Beside ours, which keeps everything in a {OURS.keeps}: {peers}. Each round plays every server in turn; the median round is shown.

Cells: requests a second (records for PutRecords and PutRecordBatch, lines for PutLogEvents, data for GetRecords and objects of 1 MiB) · latency p50 / p99 in µs · server's CPU in µs a request.
Records are 1 KiB, PutRecords and PutRecordBatch carry 500, lines of PutLogEvents are 115 bytes, items are {ITEM_BYTES} bytes; HTTP/1.1, JSON.

{text}"""


def compare(before: str, rounds: int, only: str) -> None:
    """CPU a request of the emulator and of an earlier one, which take turns at the same requests: what a write costs depends
    on what was written before. The median round of each. The earlier one may not have the services that aren't compared."""
    chosen = [operation for operation in ALL if re.search(only, operation.name)]
    needed = {"kinesis"} | {operation.service for operation in chosen}  # which both have, and whose answer tells that they are up
    needed |= {"s3"} if "firehose" in needed else set()
    now = replace(OURS, services=tuple(service for service in OURS.services if service in needed))
    pair = [replace(now, name="before", executable=before), now]
    print("| operation | connections | before, µs | now, µs | change |", "| --- | --- | --- | --- | --- |", sep="\n", flush=True)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(peer)) for peer in pair]
        for server in servers:
            prepare(server, ALL)
        for operation in chosen:
            used: dict[tuple[str, int], list[float]] = {}
            for number, connections in turns(rounds):
                for server in servers if number // 2 % 2 == 0 else servers[::-1]:
                    cpu_us = measure(server, operation, connections, f"x{operation.compared}")["cpu_us"]
                    used.setdefault((server.peer.name, connections), []).append(cpu_us)
            for connections in CONNECTIONS:
                old, new = (statistics.median(used[peer.name, connections]) for peer in pair)
                print(f"| {operation.name} | {connections} | {old:,.1f} | {new:,.1f} | {(new / old - 1) * 100:+.1f} % |", flush=True)


def smoke() -> None:
    with running(OURS) as server:
        prepare(server, ALL)
        for operation in ALL:
            result = measure(server, operation, 4, "0.3")
            print(f"{operation.name}: {cell(operation, result)}")
            assert result["answers"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a moment each, ours alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--emulator", help="the executable to measure (default: the release build)")
    parser.add_argument("--before", metavar="EXECUTABLE", help="compare the CPU a request with an earlier build's")
    parser.add_argument("--only", default="", help="with --before: operations whose name has what this regular expression finds")
    parser.add_argument("--write", action="store_true", help="docs/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.emulator:
        os.environ[EMULATOR] = arguments.emulator
    if arguments.smoke:
        smoke()
        return
    if arguments.before:
        compare(arguments.before, arguments.rounds, arguments.only)
        return
    install_peers()
    text = page(run(arguments.rounds, arguments.seconds))
    print(text)
    if arguments.write:
        page_path = ROOT / "docs/benchmarks.md"
        _, mark, findings = page_path.read_text().partition("\n## ")  # what people wrote below the tables stays
        page_path.write_text(text + mark + findings)


if __name__ == "__main__":
    main()

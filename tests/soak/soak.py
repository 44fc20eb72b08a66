#!/usr/bin/env python3
"""Mixed load for half an hour, with reshards, resets, faults, snapshots and a clock that runs ahead: does anything grow?

Writers, readers, subscribers, item and schema users work all the while; now and then a stream is resharded, another
account is reset, requests are failed, delayed and cut, a snapshot is made, the clock goes six hours on, so that what was
put is trimmed after a while. Each few seconds memory, open files and the times of a probe, a client that no fault meets,
are noted. At the end, after a warm-up of a fifth:

    memory   the median of the last quarter is no more than a tenth (and 8 MiB) above that of the first
    files    as many are open when all clients have gone as before they came
    p99      of the probe's answers in the last quarter no more than twice (and 2 ms) that of the first
    answers  no 500 that nobody asked for, no error in the log, exit status 0

Needs nothing but Python."""

from __future__ import annotations

import argparse
import base64
import contextlib
import http.client
import itertools
import json
import os
import random
import ssl
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE.parent / "recovery")]
import awsjson  # noqa: E402
from awsjson import LOST_CONNECTION  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

BUSY, PROBE, PASSING = "111111111111", "222222222222", "333333333333"  # accounts; faults meet the first, resets the last
STREAM = TABLE = "soak"
# Faults make the busy account's calls fail with any of these.
MAY_FAIL = {"ProvisionedThroughputExceededException", "InternalFailure", "ServiceUnavailable"}


class Client(awsjson.Client):
    def __init__(self, port: int, account: str, tls: bool = False):
        super().__init__(port, account)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)

    def read(self, body: bytes) -> dict[str, Any]:
        try:
            return super().read(body)
        except ValueError:
            return {}

    def close(self) -> None:
        self.connection.close()


@dataclass
class Sample:
    at_s: float
    rss_mib: float
    files: int
    file_mib: float
    p50_ms: float
    p99_ms: float
    calls: int


@dataclass
class Result:
    samples: list[Sample] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)

    def total(self) -> int:
        return sum(self.calls.values())


class Soak:
    def __init__(self, emulator: LocalEmulator, seed: int, only: set[str] | None = None):
        self.only = only
        self.emulator, self.port, self.chance = emulator, emulator.port, random.Random(seed)
        self.result, self.over, self.lock = Result(), threading.Event(), threading.Lock()
        self.times: list[float] = []

    # What the threads do, each again and again with a client of its own

    def busy(self, client: Client, service: str, operation: str, **members: Any) -> dict[str, Any] | None:
        """An answer, or None where it was refused as faults and races with resets may have it."""
        try:
            status, answer = client.ask(service, operation, **members)
        except LOST_CONNECTION:
            return None
        with self.lock:
            self.result.calls[operation] = self.result.calls.get(operation, 0) + 1
        kind = str(answer.get("__type", "")).rpartition("#")[2]
        if status >= 500 and kind not in MAY_FAIL and answer:
            self.problem(f"{operation}: {status} {answer}")
        return answer if status == 200 else None

    def problem(self, text: str) -> None:
        with self.lock:
            if len(self.result.problems) < 20:
                self.result.problems.append(text)

    def put(self, client: Client, chance: random.Random) -> None:
        data = base64.b64encode(chance.randbytes(chance.choice((20, 300, 3000, 50_000)))).decode()
        self.busy(client, "kinesis", "PutRecord", StreamName=STREAM, PartitionKey=str(chance.random()), Data=data)

    def put_many(self, client: Client, chance: random.Random) -> None:
        records = [{"PartitionKey": str(chance.random()), "Data": base64.b64encode(chance.randbytes(200)).decode()} for _ in range(50)]
        self.busy(client, "kinesis", "PutRecords", StreamName=STREAM, Records=records)

    def read(self, client: Client, chance: random.Random) -> None:
        shards = (self.busy(client, "kinesis", "ListShards", StreamName=STREAM) or {}).get("Shards", [])
        for shard in chance.sample(shards, min(3, len(shards))):
            kind = chance.choice(("TRIM_HORIZON", "LATEST"))
            at = (self.busy(client, "kinesis", "GetShardIterator", StreamName=STREAM, ShardId=shard["ShardId"],
                            ShardIteratorType=kind) or {}).get("ShardIterator")
            for _ in range(3):
                page = at and self.busy(client, "kinesis", "GetRecords", ShardIterator=at, Limit=500)
                at = page and page.get("NextShardIterator")

    def subscribe(self, client: Client, chance: random.Random) -> None:
        """Opens a subscription, listens for a while and goes without a word."""
        summary = self.busy(client, "kinesis", "DescribeStreamSummary", StreamName=STREAM)
        shards = self.busy(client, "kinesis", "ListShards", StreamName=STREAM, ShardFilter={"Type": "AT_LATEST"})
        if not summary or not shards:
            return
        arn, name = summary["StreamDescriptionSummary"]["StreamARN"], f"c{chance.randrange(5)}"
        self.busy(client, "kinesis", "RegisterStreamConsumer", StreamARN=arn, ConsumerName=name)
        said = self.busy(client, "kinesis", "DescribeStreamConsumer", StreamARN=arn, ConsumerName=name)
        if not said:
            return
        body = json.dumps({"ConsumerARN": said["ConsumerDescription"]["ConsumerARN"], "ShardId": chance.choice(shards["Shards"])["ShardId"],
                           "StartingPosition": {"Type": "LATEST"}})
        other = Client(self.port, client.account)
        with contextlib.suppress(*LOST_CONNECTION):
            other.connection.request("POST", "/", body, {"X-Amz-Target": "Kinesis_20131202.SubscribeToShard",
                                     "Content-Type": "application/x-amz-json-1.1",
                                     "Authorization": f"AWS4-HMAC-SHA256 Credential={client.account}/20240101/us-east-1/kinesis/aws4_request"})
            answer = other.connection.getresponse()
            other.connection.sock.settimeout(chance.choice((0.1, 1, 3)))
            if answer.status == 200:
                for _ in range(chance.randrange(1, 10)):
                    answer.read1(65536)
        other.close()
        if chance.random() < 0.3:
            self.busy(client, "kinesis", "DeregisterStreamConsumer", StreamARN=arn, ConsumerName=name)

    def items(self, client: Client, chance: random.Random) -> None:
        key, number = {"k": {"S": f"k{chance.randrange(500)}"}}, {"N": str(chance.randrange(10**9))}
        self.busy(client, "dynamodb", "PutItem", TableName=TABLE, Item=key | {"n": number, "text": {"S": "x" * chance.randrange(2000)}})
        self.busy(client, "dynamodb", "UpdateItem", TableName=TABLE, Key=key, UpdateExpression="SET n = n + :one",
                  ExpressionAttributeValues={":one": {"N": "1"}})
        self.busy(client, "dynamodb", "Query", TableName=TABLE, KeyConditionExpression="k = :k", ExpressionAttributeValues={":k": key["k"]})
        self.busy(client, "dynamodb", "TransactWriteItems", TransactItems=[
            {"Put": {"TableName": TABLE, "Item": {"k": {"S": f"t{chance.randrange(50)}"}, "n": number}}}])
        if chance.random() < 0.1:
            self.busy(client, "dynamodb", "Scan", TableName=TABLE, Limit=200)
            self.busy(client, "dynamodb", "DeleteItem", TableName=TABLE, Key=key)

    def schemas(self, client: Client, chance: random.Random) -> None:
        name = f"s{chance.randrange(20)}"
        schema = {"type": "record", "name": "R", "fields": [{"name": f"f{n}", "type": "int", "default": n} for n in range(chance.randrange(1, 30))]}
        made = self.busy(client, "glue", "CreateSchema", SchemaName=name, DataFormat="AVRO", Compatibility="BACKWARD",
                         SchemaDefinition=json.dumps(schema))
        self.busy(client, "glue", "RegisterSchemaVersion", SchemaId={"SchemaName": name, "RegistryName": "default-registry"},
                  SchemaDefinition=json.dumps(schema))
        if made and chance.random() < 0.5:
            self.busy(client, "glue", "DeleteSchema", SchemaId={"SchemaName": name, "RegistryName": "default-registry"})
        self.busy(client, "monitoring", "PutMetricData", Namespace="soak", MetricData=[{"MetricName": "m", "Value": chance.random()}])

    def come_and_go(self, client: Client, chance: random.Random) -> None:
        """A connection a call, half of them by TLS; some leave without their answer."""
        passing = Client(self.port, client.account, tls=chance.random() < 0.5)
        with contextlib.suppress(*LOST_CONNECTION):
            if chance.random() < 0.2:
                passing.connection.request("POST", "/", b"{}", {"X-Amz-Target": "Kinesis_20131202.ListStreams"})
            else:
                self.busy(passing, "kinesis", "ListStreams")
        passing.close()
        time.sleep(0.02)

    def other_account(self, client: Client, chance: random.Random) -> None:
        """Streams and tables that are made, deleted and reset with their account."""
        passing, name = Client(self.port, PASSING), f"p{chance.randrange(10)}"
        self.busy(passing, "kinesis", "CreateStream", StreamName=name, ShardCount=3)
        self.busy(passing, "kinesis", "PutRecord", StreamName=name, PartitionKey="k", Data="eA==")
        self.busy(passing, "dynamodb", "CreateTable", TableName=f"table{name}", BillingMode="PAY_PER_REQUEST",
                  KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
        if chance.random() < 0.5:
            self.busy(passing, "kinesis", "DeleteStream", StreamName=name)
            self.busy(passing, "dynamodb", "DeleteTable", TableName=f"table{name}")
        passing.close()
        time.sleep(0.05)

    def probe(self, client: Client, chance: random.Random) -> None:
        begun = time.perf_counter()
        try:
            if chance.random() < 0.5:
                client.must("kinesis", "PutRecord", StreamName=STREAM, PartitionKey="k", Data="eA==")
            else:
                client.must("dynamodb", "GetItem", TableName=TABLE, Key={"k": {"S": "k"}})
        except (RuntimeError, *LOST_CONNECTION) as error:
            self.problem(f"the probe: {error!r}")
        with self.lock:
            self.times.append(time.perf_counter() - begun)
        time.sleep(0.01)

    def run(self, kind: Callable[[Client, random.Random], None], account: str, number: int) -> None:
        client, chance = Client(self.port, account), random.Random(number)
        while not self.over.is_set():
            try:
                kind(client, chance)
                time.sleep(0.002)
            except Exception as error:  # noqa: BLE001: told at the end
                self.problem(f"{kind.__name__}: {error!r}")
                time.sleep(0.1)
        client.close()

    # What happens now and then

    def admin(self, page: str, method: str = "POST", **members: Any) -> None:
        request = urllib.request.Request(f"{self.emulator.url}/_evpoc/{page}", json.dumps(members).encode(), method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()

    def reshard(self) -> None:
        client = Client(self.port, PROBE if self.chance.random() < 0.2 else BUSY)
        self.busy(client, "kinesis", "UpdateShardCount", StreamName=STREAM, TargetShardCount=self.chance.choice((2, 3, 4)), ScalingType="UNIFORM_SCALING")
        shards = (self.busy(client, "kinesis", "ListShards", StreamName=STREAM, ShardFilter={"Type": "AT_LATEST"}) or {}).get("Shards", [])
        if 0 < len(shards) < 6:
            low, high = (int(shards[0]["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey"))
            self.busy(client, "kinesis", "SplitShard", StreamName=STREAM, ShardToSplit=shards[0]["ShardId"], NewStartingHashKey=str((low + high) // 2))
        client.close()

    def reset(self) -> None:
        self.admin("reset", account=PASSING)

    def faults(self) -> None:
        rule: dict[str, Any] = self.chance.choice([
            {"error": {"code": "ProvisionedThroughputExceededException", "message": "soak", "status": 400}}, {"status": 503},
            {"delay": 50}, {"cut": True}, {"operation": "PutRecords", "partial": 0.5}])
        self.admin("faults", account=BUSY, probability=0.2, times=200, **rule)
        if self.chance.random() < 0.2:
            self.admin("faults", "DELETE")

    def clock(self) -> None:
        self.admin("clock", advance="6h")

    def snapshot(self) -> None:
        self.admin("snapshot", name="soak")
        self.admin("snapshot", "DELETE", name="soak")

    def happen(self, every_s: float) -> None:
        events = itertools.cycle([self.clock, self.reshard, self.faults, self.clock, self.reset, self.reshard, self.faults, self.snapshot])
        for event in events:
            if self.over.wait(every_s):
                return
            try:
                event()
                self.result.events[event.__name__] = self.result.events.get(event.__name__, 0) + 1
            except Exception as error:  # noqa: BLE001: told at the end
                self.problem(f"{event.__name__}: {error!r}")

    # Measuring

    def rss_mib(self) -> float:
        status = Path(f"/proc/{self.process_id}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def files(self) -> int:
        return len(os.listdir(f"/proc/{self.process_id}/fd"))

    @property
    def process_id(self) -> int:
        assert self.emulator.process
        return self.emulator.process.pid

    def sample(self, at_s: float) -> Sample:
        with self.lock:
            times, self.times = sorted(self.times), []
        at = lambda share: times[int(share * (len(times) - 1))] * 1000 if times else 0.0  # noqa: E731
        file_mib = sum(path.stat().st_size for path in (self.emulator.data or Path("/nowhere")).glob("evpoc.db*")) / 2**20
        return Sample(at_s, self.rss_mib(), self.files(), file_mib, at(0.5), at(0.99), self.result.total())

    def prepare(self) -> None:
        for account in (BUSY, PROBE):
            client = Client(self.port, account)
            client.must("kinesis", "CreateStream", StreamName=STREAM, ShardCount=2)
            client.must("dynamodb", "CreateTable", TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
            client.close()

    def threads(self, event_every_s: float) -> Iterator[threading.Thread]:
        kinds = [self.put, self.put, self.put_many, self.read, self.read, self.subscribe, self.items, self.schemas, self.come_and_go,
                 self.other_account]
        for number, kind in enumerate(kind for kind in kinds if not self.only or kind.__name__ in self.only):
            yield threading.Thread(target=self.run, args=(kind, BUSY, number), daemon=True)
        yield threading.Thread(target=self.run, args=(self.probe, PROBE, 99), daemon=True)
        if event_every_s:
            yield threading.Thread(target=self.happen, args=(event_every_s,), daemon=True)

    def go(self, seconds: float, sample_s: float, event_every_s: float, tell: Callable[[str], None]) -> Result:
        self.prepare()
        files_before = self.files()
        threads = list(self.threads(event_every_s))
        for thread in threads:
            thread.start()
        begun = time.monotonic()
        while (at := time.monotonic() - begun) < seconds:
            time.sleep(min(sample_s, seconds - at))
            sample = self.sample(time.monotonic() - begun)
            self.result.samples.append(sample)
            tell(f"{sample.at_s:6.0f} s  {sample.rss_mib:7.1f} MiB  {sample.files:4d} files  file {sample.file_mib:6.1f} MiB  "
                 f"p50 {sample.p50_ms:6.2f}  p99 {sample.p99_ms:7.2f} ms  {sample.calls} calls")
        self.over.set()
        for thread in threads:
            thread.join(60)
        until = time.monotonic() + 10
        while self.files() > files_before + 3 and time.monotonic() < until:
            time.sleep(0.1)
        if self.files() > files_before + 3:
            self.problem(f"{self.files()} files are open when all have gone; {files_before} were before they came")
        if "error" in (logged := self.emulator.logged().lower()):
            self.problem(f"the log has errors: {logged[-500:]}")
        return self.result


def quarters(samples: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    """The first and the last quarter, after a warm-up of a fifth."""
    warm = samples[len(samples) // 5:]
    length = max(1, len(warm) // 4)
    return warm[:length], warm[-length:]


def judge(result: Result) -> list[str]:
    first, last = quarters(result.samples)
    problems = list(result.problems)
    rss = [statistics.median(sample.rss_mib for sample in part) for part in (first, last)]
    p99 = [statistics.median(sample.p99_ms for sample in part) for part in (first, last)]
    files = [statistics.median(sample.files for sample in part) for part in (first, last)]
    if rss[1] > rss[0] * 1.1 + 8:
        problems.append(f"memory has grown from {rss[0]:.1f} to {rss[1]:.1f} MiB")
    if p99[1] > p99[0] * 2 + 2:
        problems.append(f"p99 has grown from {p99[0]:.2f} to {p99[1]:.2f} ms")
    if files[1] > files[0] + 20:
        problems.append(f"open files have grown from {files[0]:.0f} to {files[1]:.0f}")
    return problems


def run(seconds: float, data: Path, seed: int = 1, sample_s: float = 10, event_every_s: float = 3,
        tell: Callable[[str], None] = lambda line: None, only: set[str] | None = None) -> Result:
    with LocalEmulator(data=data, options=("--seed", str(seed))) as emulator:
        result = Soak(emulator, seed, only).go(seconds, sample_s, event_every_s, tell)
    assert emulator.process
    if emulator.process.returncode:
        result.problems.append(f"exit status {emulator.process.returncode}: {emulator.logged()[-500:]}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="to find what grows: put,put_many,read,subscribe,items,schemas,come_and_go,other_account")
    parser.add_argument("--events", type=float, default=3, help="seconds between reshards, resets, faults …; 0: none")
    parser.add_argument("--data", type=Path, help="a directory to keep; default: one that is removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        result = run(options.minutes * 60, options.data or Path(place) / "data", options.seed, event_every_s=options.events,
                     tell=lambda line: print(line, flush=True), only=set(options.only.split(",")) if options.only else None)
    first, last = quarters(result.samples)
    for name, unit in (("rss_mib", "MiB"), ("p50_ms", "ms"), ("p99_ms", "ms"), ("files", "files"), ("file_mib", "MiB of file")):
        values = [statistics.median(getattr(sample, name) for sample in part) for part in (first, last)]
        print(f"{name}: {values[0]:.2f} in the first quarter, {values[1]:.2f} {unit} in the last")
    print(f"{result.total()} calls; " + ", ".join(f"{count} {name}" for name, count in sorted(result.events.items())))
    problems = judge(result)
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print("nothing has grown" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

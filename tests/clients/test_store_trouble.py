"""What can happen to the file: it is damaged, another's, or of a later version; the disk is full, fails, or loses what it did not sync."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pages
import pytest
from admin import ask
from botocore.exceptions import BotoCoreError, ClientError
from conftest import client_at
from helpers import eventually, read_all
from local_emulator import EmulatorFailed, LocalEmulator, default_binary

STREAM = "s"


def fill(emulator: LocalEmulator, records: int = 20) -> Any:
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    for n in range(records):
        kinesis.put_record(StreamName=STREAM, PartitionKey=f"k{n}", Data=b"%d" % n * 100)
    return kinesis


@pytest.fixture
def file(own_emulator: Callable[..., LocalEmulator], tmp_path: Path) -> Path:
    """evpoc.db of an emulator that has ended well, with some records."""
    emulator = own_emulator()
    fill(emulator)
    emulator.stop()
    return tmp_path / "data" / "evpoc.db"


def fingerprint(directory: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir() if path.is_file()}


def refusal_of(directory: Path) -> str:
    """What the emulator says when it does not start on this directory; and nothing there has changed."""
    before = fingerprint(directory)
    run = subprocess.run([default_binary(), "--port", "0", "--data", directory], capture_output=True, text=True, timeout=20,
                         env=LocalEmulator().settings())
    assert run.returncode == 1, run
    assert "Ready" not in run.stdout
    assert fingerprint(directory) == before
    (line,) = run.stderr.splitlines()
    assert line.startswith("evpoc-emu: ")
    return line


def damage(file: Path, at: int, with_: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(with_)


# What is refused


def test_a_file_of_another_kind_is_refused(tmp_path):
    for content in (b"not a database" * 100, b"SQLite format 2\x00" + bytes(1000), b"x", bytes(5000), b"SQLite format 3\x00"):
        (tmp_path / "evpoc.db").write_bytes(content)
        assert "is not a file of evpoc-emu" in refusal_of(tmp_path)


@pytest.mark.parametrize("application_id", [0, 4711])
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_program_s_database_is_refused(tmp_path, application_id, mode):
    with contextlib.closing(sqlite3.connect(tmp_path / "evpoc.db")) as db:
        db.execute(f"PRAGMA journal_mode={mode}")
        db.executescript(f"PRAGMA application_id={application_id}; CREATE TABLE notes (a); INSERT INTO notes VALUES (1);")
    assert "is not a file of evpoc-emu" in refusal_of(tmp_path)


@pytest.mark.parametrize("change", [
    "PRAGMA user_version=99", "UPDATE migration SET step = 999 WHERE name = 'kinesis'",
])
def test_a_file_of_a_later_version_is_refused(file, change):
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute(change)
        db.commit()
    pages.seal(file)
    assert "later version" in refusal_of(file.parent)


def test_a_file_of_a_later_version_is_refused_though_only_its_wal_says_so(file, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version=99")
    db.commit()
    for path in (file, file.with_name("evpoc.db-wal")):
        shutil.copy(path, shelf)
    db.close()
    assert (shelf / "evpoc.db-wal").stat().st_size > 0
    assert "later version" in refusal_of(shelf)


@pytest.mark.parametrize("how", ["header", "schema", "page", "short", "very short", "pointers"])
def test_a_damaged_file_is_refused(file, how):
    size = file.stat().st_size
    match how:
        case "header": damage(file, 16, b"\xff\xff")
        case "schema": damage(file, 100, os.urandom(400))
        case "page": damage(file, 16384 * 2, os.urandom(16384))
        case "short": os.truncate(file, size - 16384)
        case "very short": os.truncate(file, 700)
        case "pointers": damage(file, 16384 * 3, bytes(64))
    said = refusal_of(file.parent)
    assert "is damaged" in said or "is not a file" in said, said
    assert "--data" in said


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "evpoc.db").mkdir()
    assert "cannot write" in refusal_of(tmp_path)
    (tmp_path / "evpoc.db").rmdir()
    os.mkfifo(tmp_path / "evpoc.db")
    run = subprocess.run([default_binary(), "--port", "0", "--data", tmp_path], capture_output=True, text=True, timeout=20,
                         env=LocalEmulator().settings())
    assert run.returncode == 1 and "is not a file" in run.stderr


def test_a_second_emulator_on_the_same_file_is_refused_and_the_first_goes_on(own_emulator, tmp_path):
    first = own_emulator()
    kinesis = fill(first)
    run = subprocess.run([default_binary(), "--port", "0", "--data", tmp_path / "data"], capture_output=True, text=True, timeout=20,
                         env=LocalEmulator().settings())
    assert run.returncode == 1 and "in use by another evpoc-emu" in run.stderr
    kinesis.put_record(StreamName=STREAM, PartitionKey="k", Data=b"x")
    first.kill()
    first.start()
    assert len(read_all(client_at(first.url, "kinesis"), STREAM)) == 21


# The disk


class Writers:
    """Threads that put records one after another and note which were acknowledged, and what the refusals said."""

    def __init__(self, url: str, count: int = 4, size: int = 200):
        self.acknowledged: set[str] = set()
        self.failures: list[str] = []
        self.sent = 0
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._write, args=(url, n, size), daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _write(self, url: str, number: int, size: int) -> None:
        kinesis, n = client_at(url, "kinesis"), 0
        while not self.is_over.is_set():
            name, n = f"{number}-{n}", n + 1
            try:
                kinesis.put_record(StreamName=STREAM, PartitionKey=name, Data=os.urandom(size))
                with self.lock:
                    self.acknowledged.add(name)
            except ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500, error
                self.failures.append(error.response["Error"]["Message"])
                time.sleep(0.001)
            except BotoCoreError:
                return
        self.sent = n

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def keys(url: str) -> list[str]:
    return [record["PartitionKey"] for record in read_all(client_at(url, "kinesis"), STREAM)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize("durability", ["commit", "fsync"])
def test_a_full_disk_stops_writes_only_and_they_go_on_when_there_is_room(own_emulator, small_disk, durability):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(8 << 20))
    emulator = own_emulator(data=small_disk / "data", durability=durability)
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    writers = Writers(emulator.url, size=20_000)
    eventually(lambda: len(writers.failures) > 50, 30)
    assert set(writers.failures) == {"The request could not be stored and was not carried out: database or disk is full."}
    # Reads, also those of a turn that has writes
    before = len(writers.failures)
    assert 0 < emulator.logged().count("could not be committed: database or disk is full") <= 10, "told, and not with each turn"
    for _ in range(20):
        assert kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["OpenShardCount"] == 1
        assert set(keys(emulator.url)) >= writers.acknowledged
    assert ask(emulator.url, "health")["status"] == "ok"
    assert len(writers.failures) > before
    ballast.unlink()
    acknowledged = len(writers.acknowledged)
    eventually(lambda: len(writers.acknowledged) > acknowledged + 5)
    writers.stop()
    found = keys(emulator.url)
    assert len(found) == len(set(found)), "nothing is there twice"
    assert set(found) == writers.acknowledged, "what failed was not done"
    emulator.kill()
    emulator.start()
    assert sorted(keys(emulator.url)) == sorted(found)


def traced(tmp_path: Path, *options: str) -> Path:
    """The emulator under strace, which stays out of its way: a program to start in its place."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-D", "true"], capture_output=True, timeout=10).returncode:
        pytest.skip("strace cannot trace here")
    program = tmp_path / "traced"
    program.write_text("#!/bin/sh\nexec " + " ".join([strace, "-D", "-f", "-o", str(tmp_path / "trace"), *options, str(default_binary()), '"$@"']) + "\n")
    program.chmod(0o755)
    return program


def test_a_disk_that_cannot_sync_is_told_and_nothing_acknowledged_is_lost(own_emulator, tmp_path):
    """EIO for the 60th to 90th fdatasync."""
    program = traced(tmp_path, "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO:when=60..90")
    emulator = own_emulator(durability="fsync", binary=program)
    client_at(emulator.url, "kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    writers = Writers(emulator.url)
    eventually(lambda: len(writers.failures) >= 10, 30)
    acknowledged = len(writers.acknowledged)
    eventually(lambda: len(writers.acknowledged) > acknowledged + 50, 30)
    writers.stop()
    assert all(re.search(r"could not be stored.*disk I/O error", said) for said in writers.failures), writers.failures[0]
    assert set(keys(emulator.url)) >= writers.acknowledged
    emulator.kill()
    emulator.binary = default_binary()
    emulator.start()
    found = keys(emulator.url)
    assert set(found) >= writers.acknowledged and len(found) == len(set(found))




def synced_bytes(trace: str) -> int:
    """How much of the WAL the disk had when the trace ends: written before the last fdatasync that came back."""
    (wal,) = set(re.findall(r'openat\(.*evpoc\.db-wal".*= (\d+)', trace))
    written = synced = 0
    for line in trace.splitlines():
        if found := re.search(rf"pwrite64\({wal}, .*, (\d+), (\d+)\) += (\d+)$", line):
            written = max(written, int(found[2]) + int(found[3]))
        elif re.search(rf"fdatasync\({wal}\) += 0$", line):
            synced = written
    return synced


@pytest.mark.skipif("asan" in str(default_binary()) or "tsan" in str(default_binary()), reason="leak checkers cannot be traced")
def test_a_power_cut_loses_nothing_that_was_acknowledged(own_emulator, tmp_path):
    """What the disk was never asked to sync is lost, in part or whole, or garbage; in the mode fsync that is nothing told."""
    program = traced(tmp_path, "-s", "0", "-e", "trace=openat,pwrite64,fdatasync")
    chance, data = random.Random(4), tmp_path / "data"
    emulator = own_emulator(durability="fsync", binary=program)
    client_at(emulator.url, "kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    emulator.stop()
    acknowledged: set[str] = set()
    cuts = int(os.environ.get("POWER_CUTS", "4"))
    for cut in range(cuts):
        emulator.binary = program
        emulator.start()
        writers = Writers(emulator.url, count=3, size=3000)
        eventually(lambda: len(writers.acknowledged) > chance.randrange(20, 60), 30)
        emulator.kill()
        writers.stop()
        acknowledged |= {f"{cut}/{name}" for name in writers.acknowledged}
        wal = data / "evpoc.db-wal"
        kept = eventually(lambda: synced_bytes((tmp_path / "trace").read_text()))
        tail = wal.read_bytes()[kept:]
        rest = chance.choice([b"", tail[:len(tail) // 2], os.urandom(len(tail)), bytes(len(tail)), tail[:-100] + os.urandom(100)])
        wal.write_bytes(wal.read_bytes()[:kept] + rest)
        emulator.binary = default_binary()
        emulator.start()
        found = keys(emulator.url)
        assert set(found) >= writers.acknowledged, f"lost: {len(writers.acknowledged - set(found))}"
        kinesis = client_at(emulator.url, "kinesis")
        kinesis.delete_stream(StreamName=STREAM)
        kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        emulator.stop()
    print(f"\n{len(acknowledged)} records acknowledged before {cuts} power cuts, none lost")


def test_a_wal_cut_anywhere_leaves_a_beginning_of_what_happened(own_emulator, tmp_path):
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    emulator.stop()
    emulator.start()
    kinesis = client_at(emulator.url, "kinesis")
    for n in range(60):
        kinesis.put_records(StreamName=STREAM, Records=[{"PartitionKey": f"{n}-{part}", "Data": b"x" * 500} for part in range(5)])
    emulator.kill()
    data, chance = tmp_path / "data", random.Random(5)
    shelf = tmp_path / "shelf"
    shutil.copytree(data, shelf)
    length, counts = (shelf / "evpoc.db-wal").stat().st_size, set()
    for _ in range(12):
        shutil.rmtree(data)
        shutil.copytree(shelf, data)
        at = chance.randrange(length)
        if chance.random() < 0.5:
            os.truncate(data / "evpoc.db-wal", at)
        else:
            damage(data / "evpoc.db-wal", at, os.urandom(64))
        emulator.start()
        found = keys(emulator.url)
        assert found == [f"{n}-{part}" for n in range(60) for part in range(5)][:len(found)], "a beginning, in order"
        assert len(found) % 5 == 0, "no half of a batch"
        counts.add(len(found))
        client_at(emulator.url, "kinesis").put_record(StreamName=STREAM, PartitionKey="more", Data=b"x")
        emulator.kill()
    assert len(counts) > 4


# Copies


def told(answer: dict[str, Any]) -> str:
    """Without what is sealed anew each time."""
    answer = {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "NextToken")}
    return re.sub(r'"(NextShardIterator|ShardIterator)": "[^"]*"', r'"\1": "…"', json.dumps(answer, default=repr, sort_keys=True))


def play(url: str) -> Iterator[str]:
    """What a client sees of an emulator: old things and new ones."""
    ask(url, "clock", set="2030-01-01T00:00:00Z", freeze=True)
    kinesis, dynamodb, glue, kms = (client_at(url, name) for name in ("kinesis", "dynamodb", "glue", "kms"))
    yield told(kinesis.list_streams())
    yield told(kinesis.describe_stream(StreamName=STREAM))
    for n in range(10):
        yield told(kinesis.put_record(StreamName=STREAM, PartitionKey=f"new{n}", Data=b"x"))
    yield told(kinesis.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey="12345678901234567890"))
    yield told(kinesis.list_shards(StreamName=STREAM))
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        at = kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        yield told(kinesis.get_records(ShardIterator=at))
    yield told(dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                     AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}]))
    yield told(glue.create_registry(RegistryName="r"))
    yield told(glue.create_schema(RegistryId={"RegistryName": "r"}, SchemaName="s", DataFormat="AVRO", SchemaDefinition='"int"'))
    yield told(kms.create_key(Description="a key"))


def test_two_emulators_started_from_one_file_behave_the_same(file, own_emulator, tmp_path):
    shutil.copytree(file.parent, tmp_path / "other")
    shutil.copytree(file.parent, tmp_path / "third")
    one, other = (list(play(own_emulator(data=data, options=("--seed", "9")).url)) for data in (file.parent, tmp_path / "other"))
    for mine, its in zip(one, other, strict=True):
        assert mine == its
    third = list(play(own_emulator(data=tmp_path / "third", options=("--seed", "10")).url))
    assert third != one, "ids come from the seed"

"""Damage: the short form of tests/recovery/damage.py, and what it cannot ask: files of the form before checksums, other people's calls,
what is copied out of a damaged log."""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import damage
import pages
import pytest
from admin import Refused, ask
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import read_all
from local_emulator import LocalEmulator, default_binary

FORMAT_1 = Path(damage.__file__).with_name("format1.db.gz")


@pytest.mark.recovery
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["file", "log", "snapshot"])
def test_nothing_is_served_that_differs_from_what_was_written(kind):
    report = damage.run(rounds=24, seed=2, mib=20, kinds=(kind,))
    assert not report.problems, report
    print(report)


# Files of the form before checksums: 300 records, 50 items, a schema; made by the last build that wrote it, and gzip


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "evpoc.db"
    file.parent.mkdir()
    file.write_bytes(gzip.decompress(FORMAT_1.read_bytes()))
    return file


def seen_in(url: str) -> dict[str, Any]:
    items = client_at(url, "dynamodb").scan(TableName="table")["Items"]
    return {
        "records": sorted((record["PartitionKey"], record["Data"]) for record in read_all(client_at(url, "kinesis"), "s")),
        "items": sorted((item["k"]["S"], item["v"]["N"], len(item["l"]["L"])) for item in items),
        "schemas": [schema["SchemaName"] for schema in client_at(url, "glue").list_schemas()["Schemas"]],
    }


OLD_CONTENT = {
    "records": sorted((f"k{n}", b"%d " % n * 200) for n in range(300)),
    "items": sorted((f"k{n}", str(n), 5) for n in range(50)),
    "schemas": ["s"],
}


def test_a_file_without_checksums_gets_them_and_keeps_what_it_holds(own_emulator, old_file):
    assert len(pages.damaged_pages(old_file)) == old_file.stat().st_size // pages.PAGE_BYTES
    emulator = own_emulator()
    assert seen_in(emulator.url) == OLD_CONTENT
    client_at(emulator.url, "kinesis").put_record(StreamName="s", PartitionKey="more", Data=b"x")
    emulator.stop()
    assert not pages.damaged_pages(old_file)
    assert sorted(path.name for path in old_file.parent.iterdir()) == ["evpoc.db"]
    emulator.start()
    assert len(seen_in(emulator.url)["records"]) == 301


def test_a_file_without_checksums_that_was_killed_gets_them(own_emulator, old_file, tmp_path):
    """Its log, of the old form, is read before."""
    before, old = os.environ.get("EVPOC_OLD_BUILD"), tmp_path / "old"
    if not before:
        pytest.skip("EVPOC_OLD_BUILD names no build that writes the old form")
    shutil.copytree(old_file.parent, old)
    with LocalEmulator(data=old, binary=Path(before)) as killed:
        client_at(killed.url, "kinesis").put_record(StreamName="s", PartitionKey="more", Data=b"x")
        killed.kill()
    emulator = own_emulator(data=old)
    assert len(seen_in(emulator.url)["records"]) == 301
    emulator.stop()
    assert not pages.damaged_pages(old / "evpoc.db")


def test_a_file_without_checksums_whose_structure_is_damaged_is_refused_and_left(old_file):
    damage.overwrite(old_file, 2 * pages.PAGE_BYTES, bytes(pages.PAGE_BYTES))
    before = old_file.read_bytes()
    run = subprocess.run([default_binary(), "--port", "0", "--data", old_file.parent], capture_output=True, text=True, timeout=20,
                         env=LocalEmulator().settings())
    assert run.returncode == 1 and "is damaged" in run.stderr
    assert old_file.read_bytes() == before


def without_checksums(file: Path) -> None:
    """The same tables and rows in a file of the form before."""
    plain = file.with_suffix(".plain")
    with contextlib.closing(sqlite3.connect(file)) as old, contextlib.closing(sqlite3.connect(plain)) as new:
        new.execute("PRAGMA page_size=16384")
        new.executescript("\n".join(old.iterdump()))
        new.executescript("PRAGMA application_id=1163284547; PRAGMA user_version=1;")
    plain.rename(file)


def test_a_snapshot_without_checksums_can_be_restored(own_emulator, old_file):
    emulator, snapshots = own_emulator(), old_file.parent / "snapshots"
    ask(emulator.url, "snapshot", name="old")
    client_at(emulator.url, "kinesis").put_record(StreamName="s", PartitionKey="more", Data=b"x")
    without_checksums(snapshots / "old.db")
    ask(emulator.url, "restore", name="old")
    assert seen_in(emulator.url) == OLD_CONTENT
    assert [path.name for path in snapshots.iterdir()] == ["old.db"]
    emulator.stop()
    assert not pages.damaged_pages(old_file)


@pytest.mark.parametrize("at", [17, 32 + 24 + 5000, 32 + 5 * damage.FRAME + 24 + 5000])
def test_what_is_left_out_of_a_log_is_told(own_emulator, tmp_path, at):
    emulator = own_emulator()
    client_at(emulator.url, "kinesis").create_stream(StreamName="s", ShardCount=1)
    for n in range(10):
        client_at(emulator.url, "kinesis").put_record(StreamName="s", PartitionKey=str(n), Data=b"x" * 50_000)
    emulator.kill()
    damage.overwrite(tmp_path / "data" / "evpoc.db-wal", at, b"damage")
    emulator.start()
    assert "evpoc.db-wal is torn or damaged; from there on it is left out" in emulator.logged()


# What a damaged page does to others


@pytest.fixture
def large_file(own_emulator: Callable[..., LocalEmulator], tmp_path: Path) -> Path:
    """Streams a and b; more than what is read through at the start."""
    emulator, chance = own_emulator(), random.Random(3)
    kinesis = client_at(emulator.url, "kinesis")
    for stream in "ab":
        kinesis.create_stream(StreamName=stream, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
        for batch in range(10):
            kinesis.put_records(StreamName=stream, Records=[
                {"PartitionKey": f"{stream}{batch}-{n}", "Data": chance.randbytes(10_000)} for n in range(100)])
    emulator.stop()
    return tmp_path / "data" / "evpoc.db"


def pages_with(file: Path, text: bytes) -> list[int]:
    content = file.read_bytes()
    return [at for at in range(0, len(content), pages.PAGE_BYTES) if text in content[at:at + pages.PAGE_BYTES]]


def test_who_meets_a_damaged_page_gets_a_500_and_the_log_tells_where(own_emulator, large_file):
    at = pages_with(large_file, b"a5-50")[0]
    damage.overwrite(large_file, at + 9000, b"\0\0\0\0damage")
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    with pytest.raises(ClientError) as refused:
        read_all(kinesis, "a")
    assert refused.value.response["Error"]["Code"] == "InternalFailure"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    page = at // pages.PAGE_BYTES + 1
    assert f"evpoc.db is damaged: page {page}, at byte {at}, is not as it was written, met in table shard_log; stop, and put" in emulator.logged()
    # Others, and writes of the same turn
    assert len(read_all(kinesis, "b")) == 1000
    for stream in "ab" * 20:
        kinesis.put_record(StreamName=stream, PartitionKey="k", Data=b"x" * 20_000)
    assert "could not be committed" not in emulator.logged()


def leaf_of(file: Path, stream: str) -> int:
    """Where the page is that holds the last chunk of that stream: new ones of it go there."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        (row,) = db.execute("SELECT max(l.id) FROM shard_log l, kinesis_shard h, kinesis_stream s"
                            " WHERE h.id = l.id >> 40 AND s.id = h.stream_id AND s.name = ?", (stream,)).fetchone()
    content = file.read_bytes()
    (leaf,) = (at for at in range(0, len(content), pages.PAGE_BYTES)
               if content[at] == 13 and _varint(row) in content[at:at + pages.PAGE_BYTES])  # SQLite: "leaf table b-tree page"
    return leaf


def _varint(number: int) -> bytes:
    """As SQLite writes a row's id."""
    parts = [number & 127]
    while number := number >> 7:
        parts.append(number & 127 | 128)
    return bytes(reversed(parts))


def test_a_stream_whose_place_is_damaged_takes_no_more_and_others_go_on(own_emulator, large_file):
    leaf = leaf_of(large_file, "b")
    emulator = own_emulator()
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.put_record(StreamName="b", PartitionKey="before", Data=b"x")
    damage.overwrite(large_file, leaf + 4000, b"damage")
    assert len(read_all(kinesis, "a")) == 1000  # more than SQLite keeps in memory
    refused = 0
    for n in range(150):
        try:
            kinesis.put_record(StreamName="a", PartitionKey=f"then{n}", Data=b"x" * 10_000)
            kinesis.put_record(StreamName="b", PartitionKey=f"then{n}", Data=b"x" * 10_000)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InternalFailure"
            refused += 1
    assert 50 < refused < 150, "there is room for it for a while, in the tail of all"
    there = [record["PartitionKey"] for record in read_all(kinesis, "a")][1000:]
    assert there == [f"then{n}" for n in range(150)]
    emulator.kill()
    emulator.start()
    kinesis = client_at(emulator.url, "kinesis")
    assert [record["PartitionKey"] for record in read_all(kinesis, "a")][1000:] == there
    kinesis.put_record(StreamName="a", PartitionKey="last", Data=b"x" * 300_000)
    assert f"page {leaf // pages.PAGE_BYTES + 1}, at byte {leaf}, is not as it was written" in emulator.logged()


def test_a_snapshot_of_a_damaged_file_is_refused_and_one_made_before_mends_it(own_emulator, large_file):
    with LocalEmulator(data=large_file.parent) as whole:
        ask(whole.url, "snapshot", name="whole")
    for text in (b"a5-50", b"a1-1", b"b7-70"):
        damage.overwrite(large_file, pages_with(large_file, text)[0] + 9000, b"damage")
    emulator = own_emulator()
    with pytest.raises(Refused, match=r"the copy could not be made") as refused:
        ask(emulator.url, "snapshot", name="damaged")
    assert refused.value.status == 500
    assert ask(emulator.url, "snapshot") == {"snapshots": ["whole"]}
    ask(emulator.url, "restore", name="whole")
    assert [len(read_all(client_at(emulator.url, "kinesis"), stream)) for stream in "ab"] == [1000, 1000]
    emulator.stop()
    assert not pages.damaged_pages(large_file)


def check(data: Path) -> tuple[int, list[str], str]:
    done = subprocess.run([default_binary(), "check", "--data", data], capture_output=True, text=True, timeout=60, env=LocalEmulator().settings())
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_check_looks_at_all_of_a_file_and_changes_nothing(own_emulator, large_file):
    data = large_file.parent
    assert check(data) == (0, ["whole"], "")
    at = pages_with(large_file, b"a5-50")[0]
    damage.overwrite(large_file, at + 9000, b"damage")
    before = large_file.read_bytes()
    status, lines, said = check(data)
    assert status == 1 and "evpoc.db is damaged (" in said
    assert lines[0] == f"page {at // pages.PAGE_BYTES + 1}, at byte {at}, is not as it was written"
    assert large_file.read_bytes() == before and [path.name for path in data.iterdir()] == ["evpoc.db"]
    emulator = own_emulator()
    assert check(data)[0] == 1 and "in use" in check(data)[2]
    client_at(emulator.url, "kinesis").put_record(StreamName="a", PartitionKey="k", Data=b"x")
    emulator.kill()
    assert check(data)[1][-1] != "whole"
    assert check(data / "nothing") == (1, [], f"evpoc-emu: there is no {data}/nothing/evpoc.db\n")


def test_a_damaged_snapshot_is_refused_with_what_is_wrong(own_emulator, large_file):
    emulator = own_emulator()
    ask(emulator.url, "snapshot", name="a")
    snapshot = large_file.parent / "snapshots" / "a.db"
    at = pages_with(snapshot, b"a5-50")[0]
    damage.overwrite(snapshot, at + 9000, b"damage")
    with pytest.raises(Refused, match=rf"a.db is damaged \(page {at // pages.PAGE_BYTES + 1} is not as it was written\)"):
        ask(emulator.url, "restore", name="a")
    assert len(read_all(client_at(emulator.url, "kinesis"), "a")) == 1000


def test_what_is_damaged_in_the_log_is_not_copied_into_the_file(own_emulator, tmp_path):
    """Under the running emulator: pages that it still has in memory are served on, nothing else of the log is believed."""
    emulator = own_emulator(options=("--log-level", "error"))
    kinesis = client_at(emulator.url, "kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1})
    for n in range(8):  # not so much that the idle emulator copies it into the file already
        kinesis.put_record(StreamName="s", PartitionKey=f"first{n}", Data=bytes([n]) * 100_000)
    log = tmp_path / "data" / "evpoc.db-wal"
    content = log.read_bytes()  # behind the last frame may lie some of before the log began anew: those have other salts
    frames = [at for at in range(32, len(content), damage.FRAME) if content[at + 8:at + 16] == content[16:24]]
    for at in frames[len(frames) // 2:]:
        damage.overwrite(log, at + 24 + 9000, b"damage")
    for n in range(40):
        kinesis.put_record(StreamName="s", PartitionKey=f"then{n}", Data=bytes([n]) * 100_000)
    try:
        records = read_all(kinesis, "s")
        assert [record["PartitionKey"] for record in records] == [f"first{n}" for n in range(8)] + [f"then{n}" for n in range(40)]
    except ClientError as refused:
        assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "in its log evpoc.db-wal, is not as it was written" in emulator.logged()
    assert not [number for number in pages.damaged_pages(tmp_path / "data" / "evpoc.db") if number]
    assert b"damage" not in (tmp_path / "data" / "evpoc.db").read_bytes()
    assert emulator.stop() == 0

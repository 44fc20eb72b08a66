"""Programs in other languages, each the same small use of Kinesis by that language's own SDK.

A program takes the name of a stream that is not there yet and does, with nothing but the usual environment:
CreateStream of one shard; PutRecords and PutRecord of `DATA`; GetRecords; RegisterStreamConsumer and SubscribeToShard
from the horizon, during which it puts `LATE` and splits the shard; DescribeStream of a stream that is not there.
It prints one line of JSON, `Answer`."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers import open_shards, read
from local_emulator import ROOT, LocalEmulator, client_environment

BUILD = ROOT / "build" / "clients"
SOURCES = Path(__file__).resolve().parent
DATA = [b"first", b"", bytes(range(256)), "Grüße".encode()]
LATE = b"while subscribed"
PARTITION_KEY = "schlüssel"

Record = list[str]  # sequence number, partition key, data in base64


class Answer(NamedTuple):
    """What the program saw; records in their order."""

    put: list[str]  # sequence numbers
    got: list[Record]
    subscribed: list[Record]
    children: list[str]  # of the last event, at the shard's end
    error: str
    error_message: str


def tool(name: str) -> str:
    """Where a tool is; the test is skipped where it is missing, but in CI it fails."""
    if found := shutil.which(name):
        return found
    assert not os.environ.get("CI"), f"CI skips nothing, and there is no {name}"
    pytest.skip(f"there is no {name} on this machine")


def aws_cli(version: int) -> Path:
    """The AWS CLI: 1 is PyPI's, 2 is Debian's or of its own installer, wherever on the path."""
    folders = dict.fromkeys([*os.environ["PATH"].split(os.pathsep), "/usr/bin", "/usr/local/bin"])
    for found in filter(None, (shutil.which("aws", path=folder) for folder in folders)):
        said = subprocess.run([found, "--version"], capture_output=True, text=True)  # version 1 needs its Python on the path
        if f"aws-cli/{version}." in said.stdout + said.stderr:
            return Path(found)
    assert not os.environ.get("CI"), f"CI skips nothing, and there is no AWS CLI {version}"
    pytest.skip(f"there is no AWS CLI {version} on this machine")


def built(language: str, build: Callable[[Path], None]) -> Path:
    """The program's folder below build/, made of its sources when these have changed."""
    folder, sources = BUILD / language, sorted(path for path in (SOURCES / language).iterdir() if path.is_file())
    stamp, state = folder / ".built", hashlib.sha256(b"".join(map(Path.read_bytes, sources))).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if not stamp.exists() or stamp.read_text() != state:
            stamp.unlink(missing_ok=True)
            for source in sources:
                shutil.copy(source, folder)
            build(folder)
            stamp.write_text(state)
    return folder


def python_folder(name: str) -> Path:
    """A folder of Python programs with what its requirements.txt locks, in venv/."""
    def build(into: Path) -> None:
        run([sys.executable, "-m", "venv", "venv"], cwd=into)
        run(["venv/bin/pip", "install", "-q", "--no-compile", "--disable-pip-version-check", "-r", "requirements.txt"], cwd=into)

    return built(name, build)


def run(command: list[str | Path], **arguments: Any) -> str:
    """Its standard output; a failure shows what it said."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **arguments)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        pytest.fail(f"{Path(command[0]).name} ended with {done.returncode}", pytrace=False)
    return done.stdout


def trusted(emulator: LocalEmulator, folder: Path) -> Path:
    """The emulator's CA, as a file."""
    path = folder / "ca.pem"
    with urllib.request.urlopen(f"{emulator.url}/_evpoc/ca.pem") as answer:
        path.write_bytes(answer.read())
    return path


def environment_of(emulator: LocalEmulator, scheme: str, folder: Path) -> dict[str, str]:
    """The program's environment. EVPOC_CA is for SDKs that have no variable for it."""
    environment = os.environ | client_environment(f"{scheme}://localhost:{emulator.port}")
    if scheme == "https":
        ca = str(trusted(emulator, folder))
        environment |= {"NODE_EXTRA_CA_CERTS": ca, "SSL_CERT_FILE": ca, "AWS_CA_BUNDLE": ca, "EVPOC_CA": ca}
    return environment


def answer_of(command: list[str | Path], stream: str, environment: dict[str, str]) -> Answer:
    said = run([*command, stream], env=environment, timeout=100)
    return Answer(**json.loads(said.splitlines()[-1]))


def check(answer: Answer, stream: str, kinesis: Any) -> None:
    """The program saw what it put, in both ways; and boto3 sees the same."""
    stored = read(kinesis, stream, "shardId-000000000000")
    expected = [[record["SequenceNumber"], record["PartitionKey"], base64.b64encode(record["Data"]).decode()]
                for record in stored]
    assert [record["Data"] for record in stored] == [*DATA, LATE]
    assert {record["PartitionKey"] for record in stored} == {PARTITION_KEY}
    assert answer.put == [record["SequenceNumber"] for record in stored]
    assert answer.got == expected[:-1]
    assert answer.subscribed == expected
    assert answer.children == [shard["ShardId"] for shard in open_shards(kinesis, stream)]
    assert answer.error == "ResourceNotFoundException"
    assert answer.error_message == f"Stream {stream}-not-there under account 000000000000 not found."


def java_program(name: str, sources: str = "java") -> list[str | Path]:
    """What runs one of the classes in java/, or in another folder like it."""
    java, javac, maven = tool("java"), tool("javac"), tool("mvn")

    def build(into: Path) -> None:
        shutil.rmtree(into / "jars", ignore_errors=True)  # those of older versions would stay
        run([maven, "-q", "-B", "dependency:copy-dependencies"], cwd=into)
        run([javac, "-encoding", "UTF-8", "-cp", "jars/*", "-d", ".", *into.glob("*.java")], cwd=into)

    folder = built(sources, build)
    return [java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{folder}/jars/*:{folder}", name]

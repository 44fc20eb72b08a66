"""The emulator under test and the clients that talk to it.

`emulator` is shared by the tests of one worker process: they keep apart by unique names (`unique`). What restarts,
kills or needs options of its own takes `own_emulator` (data directory) and starts as many as it likes."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from local_emulator import LocalEmulator, client_environment

# No retries: a test sees each answer. Some tests build their own client where retrying is the point.
PLAIN = Config(retries={"total_max_attempts": 1}, read_timeout=60, connect_timeout=5)


# What one thread works out, tables of requests and their answers above all: under TSan they would show nothing.
VERDICTS = re.compile(r"_recorded|test_(authorization|iam_policies|wire|glue_(compatibility|modes|json|protobuf)|cloudwatch_maths|dynamodb_(partiql|rules)|s3_refusals|damage|bench|cli_iam|glue_java)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The heaviest run only where -m asks for them, as `./dev ecosystem` and `./dev huge` do."""
    for item in items:
        if VERDICTS.search(item.path.name):
            item.add_marker("verdict")
    for mark in ("ecosystem", "huge"):
        if mark not in config.option.markexpr:
            heavy = [item for item in items if item.get_closest_marker(mark)]
            config.hook.pytest_deselected(items=heavy)
            items[:] = [item for item in items if item not in heavy]


@pytest.fixture(scope="session")
def emulator() -> Iterator[LocalEmulator]:
    """An emulator in memory; AWS_ENDPOINT_URL and credentials are set for this process and its children."""
    with LocalEmulator() as running:
        before = dict(os.environ)
        os.environ |= client_environment(running.url)
        os.environ.pop("AWS_PROFILE", None)
        yield running
        os.environ.clear()
        os.environ |= before
        died = running.process.poll()
        assert died is None, f"the emulator ended by itself with {died}: {running.logged()}"
    assert running.process.returncode == 0, f"exit status {running.process.returncode}: {running.logged()}"


@pytest.fixture
def own_emulator(tmp_path: Path) -> Iterator[Callable[..., LocalEmulator]]:
    """own_emulator(**LocalEmulator's arguments): starts one on a data directory of this test; all end with the test."""
    started: list[LocalEmulator] = []

    def start(**arguments: Any) -> LocalEmulator:
        arguments.setdefault("data", tmp_path / "data")
        started.append(LocalEmulator(**arguments).start())
        return started[-1]

    yield start
    for running in started:
        if running.process and running.process.poll() is None:
            assert running.stop() == 0, running.logged()


def client_at(url: str, service: str, **arguments: Any) -> Any:
    """A boto3 client for an emulator other than the shared one."""
    usual = {"config": PLAIN, "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=url, **usual | arguments)


def client_fixture(service: str) -> Any:
    @pytest.fixture(scope="session", name=service)
    def client(emulator: LocalEmulator) -> Any:
        return boto3.client(service, config=PLAIN)

    return client


kinesis = client_fixture("kinesis")
glue = client_fixture("glue")
dynamodb = client_fixture("dynamodb")
dynamodbstreams = client_fixture("dynamodbstreams")
cloudwatch = client_fixture("cloudwatch")
sts = client_fixture("sts")
kms = client_fixture("kms")
s3 = client_fixture("s3")
firehose = client_fixture("firehose")
logs = client_fixture("logs")
iam = client_fixture("iam")

_numbers = itertools.count()


@pytest.fixture
def unique() -> Callable[[str], str]:
    """unique("stream") is a name nobody else uses."""
    return lambda word="name": f"{word}-{uuid.uuid4().hex[:8]}-{next(_numbers)}"


@pytest.fixture
def stream(kinesis: Any, unique: Callable[[str], str]) -> Iterator[str]:
    """An active stream of two shards."""
    name = unique("stream")
    kinesis.create_stream(StreamName=name, ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    yield name
    kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)


@pytest.fixture
def registry(glue: Any, unique: Callable[[str], str]) -> Iterator[str]:
    """An empty registry of schemas; an account has no more than ten."""
    name = unique("registry")
    glue.create_registry(RegistryName=name)
    yield name
    with contextlib.suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_registry(RegistryId={"RegistryName": name})

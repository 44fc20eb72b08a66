"""Python's asyncio: aioboto3, and async-kinesis on aiobotocore, in an environment of their own."""

import json
import os
import sys

import pytest
from job import exactly_once, first_half, reshard, second_half
from sdk import built, run

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("asyncio"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def python():
    def build(into):
        run([sys.executable, "-m", "venv", "venv"], cwd=into)
        run(["venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"], cwd=into)

    folder = built("ecosystem/python", build)
    return lambda program, *arguments: run([folder / "venv/bin/python", folder / program, *arguments], env=os.environ, timeout=100)


def test_aioboto3_polls_and_is_pushed_everything_once(python, emulator, unique):
    said = json.loads(python("aioboto3_job.py", unique("aioboto3"), unique("aioboto3")))
    for came in ("put", "polled", "pushed", "kept"):
        exactly_once(said[came], first_half() + second_half())


def test_async_kinesis_resumes_from_its_checkpoints_after_a_reshard(python, kinesis, stream, unique):
    table = unique("checkpoints")
    python("async_kinesis_job.py", "put", stream, "0", "100")
    before = python("async_kinesis_job.py", "read", stream, table, "100").splitlines()
    exactly_once(before, first_half())
    reshard(kinesis, stream)
    python("async_kinesis_job.py", "put", stream, "100", "200")
    after = python("async_kinesis_job.py", "read", stream, table, "100").splitlines()
    assert set(second_half()) <= set(after) < set(first_half() + second_half())

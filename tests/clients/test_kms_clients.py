"""AWS's own clients that encrypt before they send: the Encryption SDK, and the encryption client of S3."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from sdk import built, environment_of, run

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("kms_clients"), pytest.mark.timeout(300)]  # what they are built of is fetched once


@pytest.fixture(scope="module")
def folder():
    def build(into):
        run([sys.executable, "-m", "venv", "venv"], cwd=into)
        run(["venv/bin/pip", "install", "-q", "--no-compile", "--disable-pip-version-check", "-r", "requirements.txt"], cwd=into)

    return built("kms/python", build)


@pytest.fixture
def job(folder, emulator, tmp_path):
    def call(name: str, *arguments: str) -> Any:
        return json.loads(run([folder / "venv/bin/python", folder / f"{name}_job.py", *arguments], env=environment_of(emulator, "http", tmp_path), timeout=100))

    return call


def new_key(kms) -> str:
    return kms.create_key()["KeyMetadata"]["Arn"]


def test_messages_of_the_encryption_sdk_are_opened_with_their_keys_alone(job, kms):
    told = job("encryption_sdk", new_key(kms), new_key(kms), new_key(kms))
    assert told == {"context": {"tenant": "a", "purpose": "test"}, "first": True, "second": True, "any": True, "another": False, "cached": [True] * 5}


def test_objects_of_the_s3_encryption_client_lie_encrypted(job, kms, s3, unique):
    bucket = unique("bucket")
    s3.create_bucket(Bucket=bucket)
    told = job("s3_encryption", bucket, new_key(kms), new_key(kms))
    assert told == {"lies_open": False, "read": True, "other_key": False, "other_context": False}

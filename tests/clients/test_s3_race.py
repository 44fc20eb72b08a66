"""Writers of one key at a time: table formats commit by `If-None-Match: *` and `If-Match`, and rely on one winner."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from conftest import PLAIN

WRITERS, ROUNDS = 16, 200


@pytest.fixture
def bucket(s3, unique):
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


class Race:
    """WRITERS threads, each with a client of its own, that put at the same moment."""

    def __init__(self) -> None:
        self.clients = [boto3.client("s3", config=PLAIN) for _ in range(WRITERS)]
        self.pool = ThreadPoolExecutor(WRITERS)
        self.line = threading.Barrier(WRITERS)

    def run(self, number: int, **put: Any) -> list[str]:
        """What each was told: "" or the code of its refusal."""

        def one(writer: int) -> str:
            self.line.wait(60)
            try:
                self.clients[writer].put_object(Body=f"{number} of writer {writer}".encode(), **put)
            except ClientError as error:
                return error.response["Error"]["Code"]
            return ""

        return list(self.pool.map(one, range(WRITERS)))


@pytest.fixture
def race():
    running = Race()
    yield running
    running.pool.shutdown()


def test_one_of_sixteen_makes_a_key(race, s3, bucket):
    for number in range(ROUNDS):
        told = race.run(number, Bucket=bucket, Key=f"log/{number:020}", IfNoneMatch="*")
        assert sorted(told) == [""] + ["PreconditionFailed"] * (WRITERS - 1)
        assert s3.get_object(Bucket=bucket, Key=f"log/{number:020}")["Body"].read() == f"{number} of writer {told.index('')}".encode()


def test_one_of_sixteen_replaces_what_all_have_read(race, s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
    for number in range(ROUNDS // 10):
        told = race.run(number, Bucket=bucket, Key="k", IfMatch=etag)
        assert sorted(told) == [""] + ["PreconditionFailed"] * (WRITERS - 1)
        answer = s3.get_object(Bucket=bucket, Key="k")
        etag = answer["ETag"]
        assert answer["Body"].read() == f"{number} of writer {told.index('')}".encode()


def test_boto3_sends_and_fetches_in_parts(s3, bucket):
    data = bytes(range(251)) * 100_000
    config = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(data), bucket, "k", Config=config, ExtraArgs={"Metadata": {"colour": "red"}, "ChecksumAlgorithm": "SHA256"})
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head["ETag"][-3:], head["ChecksumType"], head["Metadata"]) == ('-3"', "COMPOSITE", {"colour": "red"})
    s3.copy({"Bucket": bucket, "Key": "k"}, bucket, "copy", Config=config)
    into = io.BytesIO()
    s3.download_fileobj(bucket, "copy", into, Config=config)
    assert into.getvalue() == data

"""What people read and write buckets with: command lines, file systems, table formats, and the managers of transfers of four SDKs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import urllib.request
from typing import Any

import pytest
from sdk import built, environment_of, java_program, python_folder, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("s3_clients"), pytest.mark.timeout(400)]  # what they are built of is fetched once

BIG = (b"what is sent in parts " * 545_455)[:12_000_000]
SHA256 = hashlib.sha256(BIG).hexdigest()


@pytest.fixture(scope="module")
def folder():
    return python_folder("s3/python")


@pytest.fixture
def job(folder, emulator, tmp_path):
    """job("s3fs", bucket, scheme): what s3fs_job.py saw."""

    def call(name: str, *arguments: str, scheme: str = "http") -> Any:
        environment = environment_of(emulator, scheme, tmp_path)
        return json.loads(run([folder / "venv/bin/python", folder / f"{name}_job.py", *arguments], env=environment, timeout=100))

    return call


@pytest.fixture
def bucket(s3, unique):
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def tree(tmp_path):
    """Files for tools that copy folders."""
    (tmp_path / "tree/sub").mkdir(parents=True)
    (tmp_path / "tree/big").write_bytes(BIG)
    for number in range(3):
        (tmp_path / f"tree/sub/f {number}+ö").write_text(str(number))
    return tmp_path / "tree"


NAMES = ["big", *(f"sub/f {number}+ö" for number in range(3))]


def keys(s3, bucket):
    return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Command lines


@pytest.fixture
def aws(emulator, tmp_path):
    return lambda *words, scheme="http": run([tool("aws"), "s3", *words], env=environment_of(emulator, scheme, tmp_path), timeout=60)


def test_aws_s3(aws, s3, unique, tree, tmp_path):
    bucket = unique("bucket")
    aws("mb", f"s3://{bucket}")
    aws("sync", tree, f"s3://{bucket}/t")
    assert keys(s3, bucket) == [f"t/{name}" for name in NAMES]
    assert s3.head_object(Bucket=bucket, Key="t/big")["ETag"].endswith('-2"')
    aws("cp", f"s3://{bucket}/t", tmp_path / "back", "--recursive")
    assert files(tmp_path / "back") == files(tree)
    assert aws("sync", tree, f"s3://{bucket}/t", "--size-only") == ""
    aws("mv", f"s3://{bucket}/t/big", f"s3://{bucket}/moved")
    assert [line.split()[-1] for line in aws("ls", f"s3://{bucket}").splitlines()] == ["t/", "moved"]
    with urllib.request.urlopen(aws("presign", f"s3://{bucket}/moved").strip()) as answer:
        assert answer.read() == BIG
    aws("rm", f"s3://{bucket}/t", "--recursive")
    aws("rb", f"s3://{bucket}", "--force")


def test_aws_s3_in_tls(aws, bucket, tree, tmp_path):
    aws("cp", tree / "big", f"s3://{bucket}", scheme="https")
    aws("cp", f"s3://{bucket}/big", tmp_path / "back", scheme="https")
    assert (tmp_path / "back").read_bytes() == BIG


def test_rclone(folder, emulator, s3, unique, tree, tmp_path):
    bucket = unique("bucket")
    environment = environment_of(emulator, "http", tmp_path) | {"RCLONE_CONFIG": os.devnull, "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ENV_AUTH": "true"}
    environment |= {"RCLONE_S3_ENDPOINT": emulator.url, "RCLONE_S3_UPLOAD_CUTOFF": "5M", "RCLONE_S3_CHUNK_SIZE": "5M"}
    rclone = lambda *words, **more: run([folder / "venv/bin/rclone", *words], env=environment, timeout=60, **more)  # noqa: E731
    rclone("mkdir", f":s3:{bucket}")
    rclone("sync", tree, f":s3:{bucket}/t")
    rclone("check", tree, f":s3:{bucket}/t")
    assert {one["Path"]: one["Hashes"]["md5"] for one in json.loads(rclone("lsjson", "-R", "--files-only", "--hash", f":s3:{bucket}/t"))} == \
        {name: hashlib.md5(data).hexdigest() for name, data in files(tree).items()}
    assert keys(s3, bucket) == [f"t/{name}" for name in NAMES]
    rclone("moveto", f":s3:{bucket}/t/big", f":s3:{bucket}/moved")
    rclone("copy", f":s3:{bucket}", tmp_path / "back")
    assert (tmp_path / "back/moved").read_bytes() == BIG
    assert rclone("cat", f":s3:{bucket}/t/sub/f 1+ö") == "1"
    with urllib.request.urlopen(rclone("link", f":s3:{bucket}/moved").strip()) as answer:
        assert answer.read() == BIG
    rclone("purge", f":s3:{bucket}")


def test_s3cmd(folder, emulator, s3, unique, tree, tmp_path):
    bucket, host, environment = unique("bucket"), f"localhost:{emulator.port}", environment_of(emulator, "http", tmp_path)
    command = [folder / "venv/bin/s3cmd", "--config", os.devnull, "--access_key", "test", "--secret_key", "test", "--host", host, "--host-bucket", host,
               "--no-ssl", "--no-progress", "--multipart-chunk-size-mb", "5",
               "--acl-private"]  # else it puts an ACL behind each copy, which new buckets refuse (s3tools/s3cmd issue 1304)
    s3cmd = lambda *words: run([*command, *words], env=environment, timeout=60)  # noqa: E731
    s3cmd("mb", f"s3://{bucket}")  # signed for a region "US", and again for the one that the answer tells
    s3cmd("sync", f"{tree}/", f"s3://{bucket}/t/")
    assert keys(s3, bucket) == [f"t/{name}" for name in NAMES]
    s3cmd("mv", f"s3://{bucket}/t/big", f"s3://{bucket}/moved")
    s3cmd("modify", "--add-header=Cache-Control:no-cache", f"s3://{bucket}/moved")
    assert s3.head_object(Bucket=bucket, Key="moved")["CacheControl"] == "no-cache"
    s3cmd("get", f"s3://{bucket}/moved", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == BIG
    with urllib.request.urlopen(s3cmd("signurl", f"s3://{bucket}/moved", "+60").strip()) as answer:  # by Signature Version 2
        assert answer.read() == BIG
    s3cmd("settagging", f"s3://{bucket}/moved", "a=b")
    assert s3.get_object_tagging(Bucket=bucket, Key="moved")["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert "12000003" in s3cmd("du", f"s3://{bucket}")
    s3cmd("del", "--recursive", "--force", f"s3://{bucket}")
    s3cmd("rb", f"s3://{bucket}")


# File systems


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_s3fs(scheme, job, unique):
    assert job("s3fs", unique("bucket"), scheme=scheme) == {
        "read": True, "range": True, "ranges": True, "listed": ["a/b", "a/big"], "found": 23, "globbed": 11, "used": 30,
        "colour": {"colour": "red"}, "is": [True, True, False], "left": False}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_pyarrow(scheme, job, unique):
    assert job("pyarrow", unique("bucket"), scheme=scheme) == {
        "rows": 500, "sum": 499_500, "range": True, "whole": True, "type": "image/png", "missing": "NotFound", "left": "NotFound",
        "listed": ["other/big", "set/year=2025/part-0.parquet", "set/year=2026/part-0.parquet"]}


def test_obstore(job, bucket):
    assert job("obstore", bucket) == {
        "again": "AlreadyExistsError", "stale": "PreconditionError", "fresh": "taken", "signed": "second", "whole": True, "ranges": True,
        "listed": 33, "after": 20, "prefixes": ["many/0", "many/1", "many/2"], "type": "image/png", "left": 0}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_minio(scheme, job, unique):
    seen = job("minio", unique("bucket"), scheme=scheme)
    assert seen.pop("signed") == "small"
    assert seen == {"big": True, "range": True, "composed": True, "version": ["1", "2"], "type": "text/plain", "tags": {"colour": "red"},
                    "listed": ["big", "composed", "copy", "v", "sm all/"], "missing": "NoSuchKey", "deleted": 6, "errors": 0, "left": False}


# Tables


def test_duckdb(job, bucket):
    assert job("duckdb", bucket) == {"whole": [200_000, 19_999_900_000], "one": ["x" * 20 + "123456"], "parts": [50_000, 5_000_050_000],
                                     "files": [6], "csv": [1000, 999]}


WRITERS, COMMITS = 4, 5


def test_a_delta_table_loses_no_commit_of_four_processes(job, folder, emulator, bucket, tmp_path):
    assert job("delta", "make", bucket) == {"version": 0, "rows": [[-1, 0]]}
    environment = environment_of(emulator, "http", tmp_path)
    append = [folder / "venv/bin/python", folder / "delta_job.py", "append", bucket]
    writers = [subprocess.Popen([*append, str(writer), str(COMMITS)], env=environment) for writer in range(WRITERS)]
    assert [writer.wait(100) for writer in writers] == [0] * WRITERS
    written = [[writer, number] for writer in range(WRITERS) for number in range(COMMITS)]
    assert job("delta", "read", bucket) == {"version": WRITERS * COMMITS, "rows": [[-1, 0], *written]}


# SDKs with their managers of transfers


def check(seen: dict[str, Any], s3: Any, bucket: str, more: list[str]) -> None:
    assert seen == {"big": SHA256, "range": BIG[6_000_000:6_000_010].decode(), "small": "small", "colour": "red", "keys": sorted(["big", *more]),
                    "prefixes": ["small/"], "signed": "two", "missing": "NoSuchKey", "taken": "PreconditionFailed", "deleted": 2}
    for key in ["big", *more]:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == BIG


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_javascript(scheme, emulator, s3, unique, tmp_path):
    npm, bucket = tool("npm"), unique("bucket")
    program = built("s3/javascript", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into)) / "job.js"
    check(json.loads(run([tool("node"), program, bucket], env=environment_of(emulator, scheme, tmp_path), timeout=100)), s3, bucket, [])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_go(scheme, emulator, s3, unique, tmp_path):
    go, bucket = tool("go"), unique("bucket")
    program = built("s3/go", lambda into: run([go, "build", "-buildvcs=false", "-o", "job", "."], cwd=into)) / "job"
    check(json.loads(run([program, bucket], env=environment_of(emulator, scheme, tmp_path), timeout=100)), s3, bucket, ["again"])


def test_java(emulator, s3, unique, tmp_path):
    bucket = unique("bucket")
    said = run([*java_program("S3Job", "s3/java"), bucket, tmp_path], env=environment_of(emulator, "http", tmp_path), timeout=100)
    seen = json.loads(said.splitlines()[-1])
    assert (seen.pop("crt"), seen.pop("netty")) == (SHA256, SHA256)
    check(seen, s3, bucket, ["crt", "crt-stream", "netty", "netty-stream"])

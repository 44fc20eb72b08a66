"""S3 by the Common Runtime (awscrt), the client under the AWS CLI's and the Java SDK's fastest transfers: many parts at a time, up and
down, over HTTP/1.1 and TLS. The whole size, 5 GiB, is `./dev huge`'s; here are 160 MiB."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from conftest import client_at
from sdk import trusted
from test_hostile import resident_mib

MIB = 1024 * 1024
BLOCK = os.urandom(MIB)


class Peak:
    """The most memory that the emulator had, asked for while something else goes on."""

    def __init__(self, emulator: Any):
        self.emulator, self.most, self.over = emulator, 0.0, threading.Event()

    def __enter__(self) -> Peak:
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self) -> None:
        while not self.over.wait(0.02):
            self.most = max(self.most, resident_mib(self.emulator))

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()


def manager(url: str, verify: str | None) -> Any:
    crt = pytest.importorskip("s3transfer.crt")
    pytest.importorskip("awscrt")
    session = Session()
    session.set_credentials("test", "test")
    serializer = crt.BotocoreCRTRequestSerializer(session, client_kwargs={"region_name": "us-east-1", "endpoint_url": url, **({"verify": verify} if verify else {})})
    provider = crt.BotocoreCRTCredentialsWrapper(session.get_credentials()).to_crt_credentials_provider()
    client = crt.create_s3_crt_client("us-east-1", crt_credentials_provider=provider, use_ssl=url.startswith("https"), verify=verify, part_size=8 * MIB, target_throughput=200_000_000)
    return crt.CRTTransferManager(client, serializer)


def make(path: Path, mib: int) -> None:
    with path.open("wb") as file:
        for number in range(mib):
            file.write(number.to_bytes(8, "big") + BLOCK[8:])


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def there_and_back(emulator: Any, tmp_path: Path, scheme: str, mib: int) -> None:
    s3 = client_at(emulator.url, "s3")
    s3.create_bucket(Bucket="crt")
    ca = str(trusted(emulator, tmp_path)) if scheme == "https" else None
    sent, got = tmp_path / "sent", tmp_path / "got"
    make(sent, mib)
    with Peak(emulator) as peak, manager(f"{scheme}://localhost:{emulator.port}", ca) as transfers:
        before = resident_mib(emulator)
        transfers.upload(str(sent), "crt", "large").result()
        transfers.download("crt", "large", str(got)).result()
    assert s3.head_object(Bucket="crt", Key="large")["ContentLength"] == mib * MIB
    assert s3.head_object(Bucket="crt", Key="large", PartNumber=1)["PartsCount"] == mib // 8
    assert digest(got) == digest(sent)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="crt")
    print(f"\n{mib} MiB by {scheme}: {before:.0f} MiB resident before, {peak.most:.0f} at most")
    assert peak.most - before < 64


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_parts_by_the_common_runtime(own_emulator, tmp_path, scheme):
    there_and_back(own_emulator(), tmp_path, scheme, 160)


@pytest.mark.huge
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_five_gibibytes_by_the_common_runtime(own_emulator, tmp_path, scheme):
    there_and_back(own_emulator(), tmp_path, scheme, 5 * 1024)

"""The small job that every client here is given: records, a reshard in their middle, and more records; all must arrive."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from helpers import active, eventually, open_shards
from local_emulator import LocalEmulator
from sdk import run, tool, trusted

HALF = 100
PATIENCE = 60


def first_half(half: int = HALF) -> list[str]:
    return [f"number {number}" for number in range(half)]


def second_half(half: int = HALF) -> list[str]:
    return [f"number {number}" for number in range(half, 2 * half)]


def put(kinesis: Any, stream: str, records: list[str]) -> None:
    answer = kinesis.put_records(StreamName=stream, Records=[{"Data": data.encode(), "PartitionKey": data} for data in records])
    assert not answer["FailedRecordCount"]


def reshard(kinesis: Any, stream: str) -> None:
    """Twice as many shards: all that were open are closed."""
    target = 2 * len(open_shards(kinesis, stream))
    kinesis.update_shard_count(StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
    active(kinesis, stream)


def java_trust(emulator: LocalEmulator, folder: Path) -> list[str]:
    """Options by which a JVM trusts the emulator's CA, and no other."""
    store = folder / "trusted.p12"
    run([tool("keytool"), "-importcert", "-noprompt", "-alias", "emulator", "-file", trusted(emulator, folder),
         "-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit"])
    return [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]


def exactly_once(came: list[str], expected: list[str]) -> None:
    assert Counter(came) == Counter(expected), difference(came, expected)


def at_least_once(came: list[str], expected: list[str]) -> None:
    assert set(came) == set(expected), difference(came, expected)


def difference(came: list[str], expected: list[str]) -> str:
    had, wanted = Counter(came), Counter(expected)
    return f"{len(expected)} expected, {len(came)} came; missing {sorted(wanted - had)}; too many {sorted(had - wanted)}"


class Reader:
    """A consumer, as a process: it prints a line for each record, and ends with its standard input."""

    record = re.compile("record (.*)")

    def __init__(self, command: list[str | Path], folder: Path, environment: dict[str, str] | None = None):
        folder.mkdir(exist_ok=True)
        self.said, self.log = folder / "said", folder / "log"
        self.command, self.folder, self.environment = command, folder, environment
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=self.said.open("ab"), stderr=self.log.open("ab"),
                                        env=self.environment, cwd=self.folder)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()

    def tail(self) -> str:
        return self.said.read_text()[-1000:] + self.log.read_text()[-3000:]

    def records(self) -> list[str]:
        """Those of the whole lines so far."""
        whole = self.said.read_text().rpartition("\n")[0].splitlines()
        return [told[1] for line in whole if (told := self.record.fullmatch(line))]

    def is_running(self) -> bool:
        assert self.process.poll() is None, self.tail()
        return True

    def wait_for(self, expected: list[str], seconds: float = PATIENCE) -> None:
        """Waits until each has come at least once."""
        try:
            eventually(lambda: self.is_running() and set(expected) <= set(self.records()), seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {difference(self.records(), expected)}\n{self.tail()}") from None

    def write(self, lines: list[str]) -> None:
        """To its standard input."""
        assert self.process.stdin
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def stop(self, seconds: float = 30) -> list[str]:
        """Ends it; returns all its records."""
        self.process.communicate(timeout=seconds)
        assert self.process.returncode == 0, self.tail()
        return self.records()

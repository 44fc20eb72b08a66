"""The reference system's infrastructure: clients/infra, plain commands of the AWS CLI (versions 1 and 2), each run twice."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from local_emulator import client_environment
from sdk import aws_cli

INFRA = Path(__file__).parents[2] / "clients" / "infra"


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", [1, 2])
def test_set_up_described_and_torn_down_twice(version, own_emulator):
    environment = os.environ | client_environment(own_emulator().url)
    environment["PATH"] = f"{aws_cli(version).parent}:{environment['PATH']}"

    def script(name: str) -> list[list[str]]:
        done = subprocess.run([INFRA / name], env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    script("setup.sh")
    script("setup.sh")
    told = script("describe.sh")
    assert told == [
        ["stream", "event-stream-poc", "ACTIVE", "2", "168", "KMS"], ["stream", "derived-events-poc", "ACTIVE", "1", "168", "KMS"],
        *(["schema", f"{name}-event", "AVAILABLE"] for name in ("user", "system", "transaction", "derived")),
        ["table", "event-store-poc", "ACTIVE"], ["bucket", "event-archive-poc-000000000000"], ["role", "event-archive-poc"], ["role", "event-processor-poc"],
        ["delivery", "event-archive-firehose-poc", "ACTIVE"], ["logs", "/aws/kinesisfirehose/event-archive-firehose-poc", "7"],
        *([["alarm", name, state] for name, state in zip(("event-stream-throttled", "event-stream-consumer-late", "event-stream-trouble"),
                                                         [line[2] for line in told if line[0] == "alarm"], strict=True)]),
        ["dashboard", "event-system-dashboard-poc"], ["key", "alias/event-stream-poc", "Enabled"]]
    script("teardown.sh")
    script("teardown.sh")
    assert script("describe.sh") == []

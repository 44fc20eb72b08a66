"""Apache Flink's connector for Kinesis, exactly once: by polling and by fan-out, whose consumer is registered when the job is
submitted (eager) or by each task, which deregisters it when it ends (lazy); through a reshard, and a savepoint to resume from."""

import re

import pytest
from job import Reader, exactly_once, put, reshard
from sdk import java_program

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(300)]
OPEN = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.lang", "java.util", "java.time")]  # as Flink's own scripts
PATIENCE = 90  # seconds; a subscription that is interrupted at the wrong moment waits for 35


class Flink(Reader):
    def records(self):
        """What the last complete checkpoint holds."""
        states = re.findall("^state (.*)\n", self.said.read_text(), re.MULTILINE)
        return states[-1].split(",") if states and states[-1] else []

    def savepoint(self):
        """Stops with a savepoint; returns where it is."""
        self.stop(PATIENCE)
        return re.search("^savepoint (.*)$", self.said.read_text(), re.MULTILINE)[1]


@pytest.mark.parametrize("mode", ["polling", "eager", "lazy"])
def test_exactly_once_through_a_reshard_and_a_savepoint(mode, emulator, kinesis, stream, tmp_path):
    java, *options, name = java_program("FlinkJob", "ecosystem/flink")
    options = [option for option in options if option != "-Xmx256m"]
    command = [java, *OPEN, "-Xmx512m", *options, name, stream, mode, tmp_path]
    batches = [[f"{batch} {number}" for number in range(100)] for batch in ("before", "resharded", "stopped")]
    put(kinesis, stream, batches[0])
    with Flink(command, tmp_path / "first") as job:
        job.wait_for(batches[0], PATIENCE)
        reshard(kinesis, stream)
        put(kinesis, stream, batches[1])
        job.wait_for(batches[1], PATIENCE)
        savepoint = job.savepoint()
        exactly_once(job.records(), batches[0] + batches[1])
    put(kinesis, stream, batches[2])
    with Flink([*command, savepoint], tmp_path / "second") as job:
        job.wait_for(batches[2], PATIENCE)
        job.stop(PATIENCE)
        exactly_once(job.records(), sum(batches, []))

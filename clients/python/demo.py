#!/usr/bin/env python3
"""The main job, whole: events flow from the generator through Kinesis and two KCL workers into the table. In the middle one
worker is killed with kill -9 and comes back, and the stream is resharded from 2 to 4. The verdict compares stream and table."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3

import names
from event_generator import EventGenerator, put_at_rate
from event_producer import EventProducer
from event_table import EventTable
from events import EventCodec
from kcl_worker import environment
from local_emulator import LocalEmulator, client_environment
from verify import Verdict, compare

HERE = Path(__file__).resolve().parent
CLEAR_LINE = "\r\033[K"
# Short, so that a lost worker is missed and new shards are found within seconds. Production keeps the KCL's defaults.
KCL_SETTINGS = {"shardSyncIntervalMillis": "5000", "failoverTimeMillis": "5000", "metricsLevel": "DETAILED"}


class Worker:
    """A KCL worker with its children, in a process group of its own, writing to a log."""

    def __init__(self, name: str, application: str, logs: Path, settings: dict[str, str]):
        self.name = name
        self.log = logs / f"{name}.log"
        options = [f"--set={key}={value}" for key, value in ({"workerIdentifier": name} | settings).items()]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "kcl_worker.py"), "--application", application, *options],
            stdin=subprocess.DEVNULL, stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
            env=environment())

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9 for the daemon and every record processor below it: nobody says goodbye."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Application:
    """The KCL's own tables tell who leads and who holds which shard."""

    def __init__(self, name: str):
        self.name = name
        self.dynamodb = boto3.client("dynamodb")

    def holders(self) -> Counter[str]:
        """How many shards each worker holds now."""
        try:
            leases = self.dynamodb.scan(TableName=self.name)["Items"]
        except self.dynamodb.exceptions.ResourceNotFoundException:
            return Counter()
        return Counter(lease["leaseOwner"]["S"] for lease in leases
                       if "leaseOwner" in lease and lease.get("checkpoint", {}).get("S") != "SHARD_END")

    def leader(self) -> str | None:
        """Its lock outlives it for two minutes, in which nobody hands out shards."""
        try:
            item = self.dynamodb.get_item(TableName=f"{self.name}-CoordinatorState", Key={"key": {"S": "Leader"}})
        except self.dynamodb.exceptions.ResourceNotFoundException:
            return None
        return item.get("Item", {}).get("ownerName", {}).get("S")


class Progress:
    """A bar that is drawn over on a terminal; plain lines elsewhere, one every few seconds."""

    LINE_SECONDS = 5.0

    def __init__(self, total: int):
        self.total, self.begun, self.said_at = total, time.monotonic(), -60.0
        self.is_terminal = sys.stdout.isatty()

    def tell(self, text: str) -> None:
        """A step, kept on the screen."""
        self._write(f"{CLEAR_LINE if self.is_terminal else ''}{self._seconds()}  {text}\n")

    def show(self, put: int, stored: int, shards: int, holders: Counter[str]) -> None:
        held = " ".join(f"{name}:{count}" for name, count in sorted(holders.items())) or "nobody yet"
        figures = f"put {put:>6,}  in the table {stored:>6,}  shards {shards}, held by {held}"
        if self.is_terminal:
            filled = 30 * stored // self.total
            width = shutil.get_terminal_size().columns - 1
            self._write(CLEAR_LINE + f"{self._seconds()}  [{'#' * filled}{'.' * (30 - filled)}] {figures}"[:width])
        elif time.monotonic() - self.said_at >= self.LINE_SECONDS:
            self.said_at = time.monotonic()
            self._write(f"{self._seconds()}  {figures}\n")

    def _seconds(self) -> str:
        return f"{time.monotonic() - self.begun:5.1f} s"

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class DemoFailed(RuntimeError):
    pass


class Demo:
    def __init__(self, arguments: argparse.Namespace, logs: Path):
        self.arguments, self.logs = arguments, logs
        self.progress = Progress(arguments.events)
        self.application = Application(f"demo-{uuid.uuid4().hex[:8]}")
        self.kinesis = boto3.client("kinesis")
        self.table = EventTable()
        self.codec = EventCodec()
        self.workers: list[Worker] = []
        self.put = 0
        self.producer_error: BaseException | None = None

    def play(self) -> Verdict:
        subprocess.run([sys.executable, str(HERE / "setup_resources.py")], check=True)
        self.progress.tell("two KCL workers start; the KCL takes most of a minute to hand out shards")
        self.start_worker("worker-1")
        self.start_worker("worker-2")
        threading.Thread(target=self.produce, daemon=True).start()
        self.wait_until(lambda stored: stored >= self.arguments.events // 5 and len(self.application.holders()) == 2)
        victim = self.pick_victim()
        victim.kill()
        self.progress.tell(f"kill -9 {victim.name} with {self.stored():,} events in the table")
        self.kinesis.update_shard_count(StreamName=names.STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
        self.progress.tell("resharding from 2 to 4")
        self.wait_for(3)
        self.start_worker(f"{victim.name}-again")
        self.wait_until(lambda stored: stored >= self.arguments.events and self.put >= self.arguments.events)
        self.progress.tell("all in the table; comparing it with the stream")
        return compare(names.STREAM, self.table, self.codec)

    def start_worker(self, name: str) -> None:
        self.workers.append(Worker(name, self.application.name, self.logs, KCL_SETTINGS))
        self.progress.tell(f"{name} starts")

    def produce(self) -> None:
        try:
            events = iter(EventGenerator(self.arguments.seed))
            producer = EventProducer(codec=self.codec)
            for self.put in put_at_rate(producer, events, self.arguments.events, self.arguments.rate, batch=50):
                pass
        except BaseException as error:  # told by the main thread
            self.producer_error = error

    def pick_victim(self) -> Worker:
        """One that holds a shard. Not the leader: see Application.leader."""
        holders, leader = self.application.holders(), self.application.leader()
        running = [worker for worker in self.workers if worker.is_running]
        return next((worker for worker in running if holders[worker.name] and worker.name != leader), running[-1])

    def stored(self) -> int:
        return self.table.count()

    def wait_until(self, is_reached: Any) -> None:
        until = time.monotonic() + self.arguments.patience
        while not is_reached(stored := self.stored()):
            self.show(stored)
            self.check(until)
            time.sleep(0.5)
        self.show(stored)

    def wait_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.show(self.stored())
            time.sleep(0.5)

    def show(self, stored: int) -> None:
        open_shards = self.kinesis.describe_stream_summary(StreamName=names.STREAM)
        count = open_shards["StreamDescriptionSummary"]["OpenShardCount"]
        self.progress.show(self.put, stored, count, self.application.holders())

    def check(self, until: float) -> None:
        if self.producer_error:
            raise DemoFailed("the producer failed") from self.producer_error
        running = [worker for worker in self.workers if worker.is_running]
        if not running:
            raise DemoFailed(f"no worker is left; the last one's last words:\n{self.workers[-1].tail()}")
        if time.monotonic() > until:
            raise DemoFailed(f"no end in {self.arguments.patience} s; {running[-1].name} says:\n{running[-1].tail()}")


def run(arguments: argparse.Namespace, folder: Path) -> Verdict:
    with ExitStack() as stack:
        if arguments.emulator:
            emulator = stack.enter_context(LocalEmulator(data=folder / "data", binary=arguments.emulator.resolve()))
            os.environ |= client_environment(emulator.url)
            print(f"evpoc-emu answers on {emulator.url}, its data in {folder / 'data'}")
        demo = Demo(arguments, folder)
        stack.callback(lambda: [worker.kill() for worker in demo.workers])
        return demo.play()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emulator", type=Path, help="the emulator to start; without it AWS_ENDPOINT_URL, or AWS itself")
    parser.add_argument("--events", type=int, default=10_000, help="how many (default 10,000)")
    parser.add_argument("--rate", type=float, default=150, help="events put a second (default 150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait for each part (default 300)")
    arguments = parser.parse_args()
    begun, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix="evpoc-demo-"))
    try:
        verdict = run(arguments, folder)
    except DemoFailed as error:
        print(f"\n{error}\nVERDICT: FAILED; the workers' logs are in {folder}")
        sys.exit(1)
    shutil.rmtree(folder)
    word = "passed" if verdict.holds and verdict.events == arguments.events else "FAILED"
    print(f"VERDICT: {word} in {time.monotonic() - begun:.0f} s: {verdict}")
    sys.exit(0 if word == "passed" else 1)


if __name__ == "__main__":
    main()

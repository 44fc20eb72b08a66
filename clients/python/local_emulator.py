"""Starts an evpoc-emu of one's own: on a free port, in memory or on a data directory, and says where it answers.

The demo and the tests use it; the programs of the reference system do not know that there is an emulator."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(rb"ready on (http://\S+)")


class EmulatorFailed(RuntimeError):
    """It ended, or did not become ready in time; the message carries what it wrote."""


def default_binary() -> Path:
    """EVPOC_EMU, or the newest build of this tree."""
    if named := os.environ.get("EVPOC_EMU"):
        return Path(named).resolve()
    built = [ROOT / "build" / preset / "emulator" / "evpoc-emu" for preset in ("release", "debug", "asan", "tsan")]
    built = [path for path in built if path.exists()]
    if not built:
        raise EmulatorFailed("evpoc-emu is not built: run ./dev build, or name it with EVPOC_EMU")
    return max(built, key=lambda path: path.stat().st_mtime)


class LocalEmulator:
    """One running emulator. As a context manager it is stopped at the end."""

    def __init__(self, data: Path | None = None, durability: str | None = None, port: int = 0,
                 options: tuple[str, ...] = (), binary: Path | None = None, environment: dict[str, str] | None = None):
        self.binary = binary or default_binary()
        self.data, self.port, self.options = data, port, options
        self.durability = durability or ("commit" if data else "memory")
        self.environment = environment or {}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = tempfile.NamedTemporaryFile(prefix="evpoc-emu-", suffix=".log")
        self.url = ""

    def arguments(self) -> list[str]:
        arguments = [str(self.binary), "--port", str(self.port), "--durability", self.durability, *self.options]
        return arguments + (["--data", str(self.data)] if self.data else [])

    def settings(self) -> dict[str, str]:
        """Its environment: settings of the one who runs the tests stay out of it."""
        return {name: value for name, value in os.environ.items() if not name.startswith("EVPOC_")} | self.environment

    def start(self, wait_seconds: float = 120) -> LocalEmulator:
        self.process = subprocess.Popen(self.arguments(), stdout=subprocess.PIPE, stderr=self.log,
                                        env=self.settings())
        assert self.process.stdout
        os.set_blocking(self.process.stdout.fileno(), False)
        until, said = time.monotonic() + wait_seconds, b""
        while not (ready := READY.search(said)):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise EmulatorFailed(f"{' '.join(self.arguments())}: not ready: {said.decode()}{self.logged()}")
            said += self.process.stdout.read() or b""
            time.sleep(0.002)
        self.url = ready[1].decode()
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def logged(self) -> str:
        """What it wrote to standard error so far."""
        return Path(self.log.name).read_text(errors="replace")

    def stop(self, wait_seconds: float = 120) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise EmulatorFailed(f"did not end within {wait_seconds} s of SIGTERM: {self.logged()}") from None

    def kill(self) -> None:
        """SIGKILL: no goodbye. start() may follow, on the same port and data."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> LocalEmulator:
        return self.start() if not self.url else self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process and self.process.poll() is None:
            self.stop()


def client_environment(url: str) -> dict[str, str]:
    """The environment in which any AWS client talks to this emulator, and to nobody else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
    }

#!/usr/bin/env python3
"""Whole calls made from the service models, hostile values among valid ones, in every protocol: README.md says what must hold.

The same seed makes the same calls, up to what answers tell (names, tokens, times). What is found is told with its number and kept as a
file that --replay sends again."""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as XML
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE), str(HERE.parent / "worst")]
from case import CBOR, FORM, JSON, RPC_V2, signed  # noqa: E402
from encode import from_cbor, to_cbor, to_form, to_json  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402
from model import Operation, operations  # noqa: E402
from rest import Sent, to_rest  # noqa: E402
from resources import make_resources  # noqa: E402
from run import CPU_MS_MAX, Bounds, Process  # noqa: E402
from templates import Changer  # noqa: E402
from values import Maker, Pool, count_of  # noqa: E402

ANSWER_S_MAX = 60
REMAKE_EVERY = 300   # calls: what was deleted is made again
RESET_EVERY = 20_000
MEMBERS_MAX = 20_000
HEAD_MAX = 8_000    # bytes: of a larger one no service is told
TEMPLATES = 0.7      # the share of calls that are a good one, changed; the others are made member by member
CLOCK_EVERY = 400
RARE = ("Delete", "Deregister", "ScheduleKeyDeletion", "DisableKey", "CreateKey", "MergeShards", "SplitShard", "UpdateShardCount", "CreateTable", "CreateStream", "CreateBackup",
        "RestoreTable")
LATE = {"CopyObject", "UploadPartCopy", "CompleteMultipartUpload"}  # an error may stand in their 200
LOST = (OSError, http.client.HTTPException)
CONTENT_TYPES = {"json": JSON, "cbor": CBOR, "rpcv2cbor": RPC_V2, "query": FORM}
EVENTS = "application/vnd.amazon.eventstream"


class Request(NamedTuple):
    operation: Operation
    protocol: str
    body: bytes
    sent: Sent | None = None  # of REST: what stands before the body

    def parts(self) -> tuple[str, str, bytes, dict[str, str]]:
        if self.sent:
            return self.sent.method, self.sent.path, self.body, {"Authorization": signed(self.operation.service), **self.sent.headers}
        headers = {"Content-Type": CONTENT_TYPES[self.protocol], "Authorization": signed(self.operation.service)}
        path = "/"
        if self.protocol == "rpcv2cbor":
            path = "/service/{}/operation/{}".format(*self.operation.target.split("."))
            headers["smithy-protocol"] = "rpc-v2-cbor"
        elif self.protocol != "query":
            headers["X-Amz-Target"] = self.operation.target
        return "POST", path, self.body, headers

    def kept(self) -> str:
        method, path, body, headers = self.parts()
        return json.dumps({"method": method, "path": path, "headers": headers, "body": base64.b64encode(body).decode()})


@dataclass
class Finding:
    number: int
    request: Request
    what: str

    def key(self) -> str:
        return f"{self.request.operation.service} {self.request.operation.name} {self.request.protocol}: {self.what[:60]}"


@dataclass
class Fuzz:
    seed: int
    options: tuple[str, ...] = ()
    kept: Path | None = None  # a folder for findings
    only: str = ""
    calls: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    reached: dict[tuple[str, str, str], Request] = field(default_factory=dict)  # service, operation, error code

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.pool = Pool(self.chance)
        self.operations = [one for one in operations() if re.search(self.only, f"{one.service} {one.name}")]
        self.weights = [0.15 if one.name.startswith(RARE) else 1.0 for one in self.operations]
        self.start()

    def start(self) -> None:
        options = ("--seed", str(self.seed), "--log-level", "error", "--keep-requests", "10", *self.options)
        self.emulator = LocalEmulator(options=options).start()
        self.logged = 0
        self.process = Process(self.emulator.process.pid)
        self.is_timed = Bounds.of(self.emulator.binary).cpu
        self.connect()
        make_resources(self)

    def connect(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=ANSWER_S_MAX)

    # One call

    def make(self) -> Request:
        operation = self.chance.choices(self.operations, self.weights)[0]
        protocol = self.chance.choice(operation.protocols)
        value = self.value(operation)
        while count_of(value) > MEMBERS_MAX:
            value = self.value(operation)
        sent = to_rest(operation, value) if operation.is_rest else None
        if sent and sent.head_size() > HEAD_MAX:
            return self.make()
        if sent:
            body = sent.body
        elif protocol == "query":
            body = to_form(operation.name, operation.version, value)
        else:
            body = to_json(value) if protocol == "json" else to_cbor(value, is_ms=protocol == "cbor")
        return Request(operation, protocol, self.mutated(body) if self.chance.random() < 0.05 else body, sent)

    def value(self, operation: Operation) -> Any:
        maker = Maker(operation, self.pool, self.chance)
        changed = Changer(operation, maker, self.chance).input() if self.chance.random() < TEMPLATES else None
        return maker.input() if changed is None else changed

    def mutated(self, body: bytes) -> bytes:
        data = bytearray(body)
        for _ in range(self.chance.choice((1, 1, 3))):
            at = self.chance.randrange(len(data) + 1)
            kind = self.chance.randrange(4)
            if kind == 0:
                del data[at:]
            elif kind == 1:
                data[at:at] = self.chance.randbytes(self.chance.choice((1, 4)))
            elif kind == 2:
                data[at:at + 1] = bytes([self.chance.choice(b'{}[]",:\x00\xff\x9f\xbf\x7f\xfb\x1b&=%')])
            else:
                data[at:at] = data[at:at + self.chance.choice((1, 20, 200))]
        return bytes(data)

    def send(self, parts: tuple[str, str, bytes, dict[str, str]]) -> tuple[int, str, bytes]:
        self.connection.request(*parts)
        answer = self.connection.getresponse()
        kind = answer.headers.get("content-type", "")
        if kind == EVENTS:  # goes on for minutes
            answer.close()
            self.connection.close()
            return answer.status, kind, b""
        return answer.status, kind, answer.read()

    def call(self, request: Request) -> None:
        self.calls += 1
        began = self.process.cpu_ns() if self.is_timed else 0
        try:
            status, kind, body = self.send(request.parts())
        except LOST as lost:
            self.lost(request, lost)
            return
        if self.is_timed and self.process.cpu_ns() - began > CPU_MS_MAX * 1_000_000:
            self.check_cost(request)
        self.answers[str(status)] += 1
        try:
            said = read_answer(request, status, kind, body)
        except (ValueError, LookupError, TypeError, XML.ParseError) as wrong:
            self.found(request, f"{status} of {kind} is not well formed: {wrong!r}: {body[:200]!r}")
            return
        if status == 500:
            self.found(request, f"500: {body[:300]!r}")
        elif status < 300:
            self.pool.harvest(said)
        else:
            self.reached.setdefault((request.operation.service, request.operation.name, code_of(said)), request)

    def check_cost(self, request: Request) -> None:
        """Once more: what a busy machine shows is never too little."""
        began = self.process.cpu_ns()
        self.send(request.parts())
        if (cost := (self.process.cpu_ns() - began) / 1e6) > CPU_MS_MAX:
            self.found(request, f"{cost:,.0f} ms of CPU")

    def lost(self, request: Request, lost: Exception) -> None:
        time.sleep(0.2)
        died = self.emulator.process.poll()
        if died is None and not isinstance(lost, TimeoutError):
            self.connect()
            try:  # a connection may be closed after a bad request, its answer lost; the second time it must be answered
                self.send(request.parts())
                return
            except LOST:
                died = self.emulator.process.poll()
        self.found(request, f"no answer ({lost!r}); the emulator {'lives' if died is None else f'ended with {died}'}")
        self.emulator.kill()
        self.start()

    def found(self, request: Request, what: str) -> None:
        log = self.emulator.logged()[self.logged:]
        self.findings.append(Finding(self.calls, request, f"{what}; log: {log[-3000:]}"))
        self.logged += len(log)
        if self.kept:
            self.kept.mkdir(parents=True, exist_ok=True)
            (self.kept / f"{self.seed}-{self.calls}.json").write_text(request.kept())

    def check_log(self, request: Request) -> None:
        if len(self.emulator.logged()) > self.logged:
            self.found(request, "the log")

    def step(self) -> None:
        request = self.make()
        self.call(request)
        if self.calls % 20 == 0:
            self.check_log(request)
        if self.calls % CLOCK_EVERY == 0:
            self.admin("clock", {"advance": self.chance.choice(["1s", "1m", "6m", "1h", "1d"])})
        if self.calls % RESET_EVERY == 0:
            self.admin("reset", {})
        if self.calls % REMAKE_EVERY == 0:
            make_resources(self)

    def admin(self, page: str, body: dict[str, Any]) -> None:
        status, _, said = self.send(("POST", f"/_evpoc/{page}", json.dumps(body).encode(), {"Content-Type": JSON}))
        assert status == 200, (page, status, said)

    def end(self) -> None:
        if self.emulator.process.poll() is None and self.emulator.stop() != 0:
            self.findings.append(Finding(self.calls, self.make(), f"at its end: {self.emulator.logged()[-3000:]}"))


def read_answer(request: Request, status: int, kind: str, body: bytes) -> Any:
    """The answer, read as its protocol is; raises where it isn't well formed."""
    if kind == EVENTS:
        return {}
    if request.sent:
        return read_rest(request, status, kind, body)
    if request.protocol == "query":
        root = XML.fromstring(body)
        code = root.findtext(".//{*}Error/{*}Code") or root.findtext(".//Code")
        if (status == 200) == bool(code):
            raise ValueError("code")
        return {"__type": code, "form": body.decode()} if code else {}
    said = {} if not body and status == 200 else from_cbor(body) if "cbor" in kind else json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no map")
    if status != 200 and not said["__type"]:
        raise ValueError("no __type")
    return said


def read_rest(request: Request, status: int, kind: str, body: bytes) -> Any:
    """Of HEAD, and where a condition does not hold, there is the status alone; an object, or a policy, may be anything."""
    if request.sent.method == "HEAD" or status == 304 or (status < 300 and request.operation.name in ("GetObject", "GetBucketPolicy")):
        if body and status >= 300:
            raise ValueError("a body")
        return {"__type": str(status)}
    root = XML.fromstring(body) if body else None
    if root is None and status >= 300:
        raise ValueError("no body")
    if root is not None and status >= 300:
        code = root.findtext(".//{*}Code")
        if not code:
            raise ValueError("no code")
        return {"__type": code, "form": body.decode()}
    if root is not None and root.tag == "Error" and request.operation.name not in LATE:
        raise ValueError("code")
    return {one.tag.rpartition("}")[2]: one.text for one in root.iter() if one.text} if root is not None else {}


def code_of(said: Any) -> str:
    return str(said.get("__type", "")).rpartition("#")[2]


def run(seed: int, calls: int = 0, minutes: float = 0, options: tuple[str, ...] = (), kept: Path | None = None, only: str = "") -> Fuzz:
    """So many calls, or so long."""
    fuzz, until = Fuzz(seed, options, kept, only), time.monotonic() + minutes * 60
    try:
        while fuzz.calls < calls or time.monotonic() < until:
            fuzz.step()
            if minutes and fuzz.calls % 10_000 == 0:
                print(f"  {fuzz.calls:,} calls, {dict(fuzz.answers)}, {len(fuzz.reached)} errors of operations, {len(fuzz.findings)} findings", flush=True)
    finally:
        fuzz.end()
    return fuzz


def replay(path: Path) -> None:
    kept = json.loads(path.read_text())
    with LocalEmulator(options=("--log-level", "error")) as emulator:
        fuzz = Fuzz.__new__(Fuzz)
        fuzz.emulator, fuzz.chance = emulator, random.Random(0)
        fuzz.pool = Pool(fuzz.chance)
        fuzz.connect()
        make_resources(fuzz)
        try:
            print(fuzz.send((kept["method"], kept["path"], base64.b64decode(kept["body"]), kept["headers"])))
        except LOST as lost:
            print(repr(lost))
        print(emulator.logged())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--calls", type=int, default=0, help="so many instead")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="", help="operations, of `service Name` that match it")
    parser.add_argument("--option", action="append", default=[], help="of the emulator: --option=--limits --option=aws")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "evpoc-findings", help="a folder for what is found")
    parser.add_argument("--replay", type=Path, help="send a kept request to a fresh emulator")
    parser.add_argument("--errors", action="store_true", help="print the errors that were reached")
    chosen = parser.parse_args()
    if chosen.replay:
        replay(chosen.replay)
        return 0
    print(f"seed {chosen.seed}")
    fuzz = run(chosen.seed, chosen.calls, 0 if chosen.calls else chosen.minutes, tuple(chosen.option), chosen.kept, chosen.only)
    kinds = Counter(finding.key() for finding in fuzz.findings)
    for finding in {finding.key(): finding for finding in reversed(fuzz.findings)}.values():
        print(f"call {finding.number} ({kinds[finding.key()]} of this kind), {finding.key()}\n    {finding.what[:1500]}\n    {finding.request.body[:500]!r}")
    if chosen.errors:
        for (service, operation, code), request in sorted(fuzz.reached.items()):
            print(f"{service} {operation} {code} {request.body[:300]!r}")
    print(f"{fuzz.calls:,} calls: {dict(fuzz.answers)}; {len(fuzz.reached)} errors of operations reached; {len(fuzz.findings)} findings of {len(kinds)} kinds")
    return 1 if fuzz.findings else 0


if __name__ == "__main__":
    sys.exit(main())

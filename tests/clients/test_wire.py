"""The files of tests/wire, which the ctests wire/… play in-process, through the port of the executable."""

from __future__ import annotations

import base64
import functools
import itertools
import json
import re
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import admin
import botocore.session
import cbor2
import pytest
from local_emulator import ROOT, LocalEmulator
from raw import Answer, Connection

FOLDER = ROOT / "tests" / "wire"
FILES = sorted(path for path in FOLDER.glob("*/*.txt") if path.name != "CMakeLists.txt")
WILD = re.compile(r"<any>|\{\{(\w+)\}\}")
CREDENTIAL = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"

BREAK = object()
_accounts = itertools.count(100000000000)


class Step(NamedTuple):
    line: int
    advance: str  # "7d": the clock moves, and nothing is asked
    words: list[str]  # service.Operation, protocol; or service.METHOD, path
    wanted: list[str]  # status, code
    headers: tuple[dict[str, str], dict[str, str]]  # sent, wanted
    texts: tuple[list[str], list[str]]


def read(path: Path) -> list[Step]:
    steps: list[Step] = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if line.startswith(">>> "):
            steps.append(Step(number, "", line.split()[1:], [], ({}, {}), ([], [])))
        elif line.startswith("clock +"):
            steps.append(Step(number, line.removeprefix("clock +"), [], [], ({}, {}), ([], [])))
        elif line.startswith("<<< "):
            steps[-1].wanted.extend(line.split()[1:])
        elif line.startswith("@ "):
            name, _, value = line[2:].partition(":")
            steps[-1].headers[bool(steps[-1].wanted)][name.strip().lower()] = value.strip()
        elif line and not line.startswith(("#", "--")):
            steps[-1].texts[bool(steps[-1].wanted)].append(line)
    return steps


class Names(dict[str, Any]):
    """What was captured."""

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.fill_text(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = WILD.fullmatch(value)
        return self.get(whole[1], value) if whole else self.fill_text(value)

    def fill_text(self, text: str) -> str:
        return WILD.sub(lambda wild: str(self.get(wild[1], wild[0])), text)

    def check_text(self, expected: str, got: str) -> None:
        expected, names, form, at = self.fill_text(expected), [], "", 0
        for wild in WILD.finditer(expected):
            form += re.escape(expected[at:wild.start()]) + "(.*?)"
            names.append(wild[1])
            at = wild.end()
        found = re.fullmatch(form + re.escape(expected[at:]), got, re.S)
        assert found, f"expected {expected!r}, came {got!r}"
        self.update((name, value) for name, value in zip(names, found.groups()) if name)

    def check(self, expected: Any, got: Any) -> None:
        if isinstance(expected, dict):
            assert isinstance(got, dict), f"expected {expected}, came {got!r}"
            rest = {key: value for key, value in expected.items() if key != "..."}
            assert "..." in expected or rest.keys() == got.keys(), f"expected {rest}, came {got}"
            for key, value in rest.items():
                assert key in got, f"no {key} in {got}"
                self.check(value, got[key])
        elif isinstance(expected, list):
            assert isinstance(got, list) and len(got) == len(expected), f"expected {expected}, came {got!r}"
            for one, other in zip(expected, got):
                self.check(one, other)
        elif isinstance(expected, str) and (whole := WILD.fullmatch(expected)):
            if whole[1]:
                assert self.setdefault(whole[1], got) == got, f"{expected} was {self[whole[1]]!r}, came {got!r}"
        elif isinstance(expected, str):
            assert isinstance(got, str), f"expected {expected!r}, came {got!r}"
            self.check_text(expected, got)
        else:
            assert got == expected, f"expected {expected!r}, came {got!r}"


class Service:
    """How a service is called, as botocore's model has it."""

    def __init__(self, name: str):
        model = botocore.session.get_session().get_service_model(name)
        self.scope, self.version = model.signing_name, model.api_version
        self.target, self.json = model.metadata.get("targetPrefix"), model.metadata.get("jsonVersion", "1.1")
        self.has_rpc = "smithy-rpc-v2-cbor" in model.metadata.get("protocols", [])

    def request(self, step: Step, names: Names) -> tuple[str, dict[str, str], bytes]:
        """Path, headers, body."""
        operation, text = step.words[0].partition(".")[2], "\n".join(step.texts[0])
        if is_rest(step):
            return names.fill_text(step.words[1]), {}, names.fill_text(text).encode()
        if self.is_query(step):
            form = [f"Action={operation}", f"Version={self.version}", *names.fill_text(text).splitlines()]
            return "/", {"content-type": "application/x-www-form-urlencoded"}, "&".join(form).encode()
        target = {"x-amz-target": f"{self.target}.{operation}"}
        try:
            value = names.fill(json.loads(text))
        except ValueError:
            return "/", target | {"content-type": f"application/x-amz-json-{self.json}"}, names.fill_text(text).encode()
        if not is_cbor(step):
            return "/", target | {"content-type": f"application/x-amz-json-{self.json}"}, json.dumps(value).encode()
        body = cbor2.dumps(to_cbor(value))
        if self.has_rpc:
            path = f"/service/{self.target}/operation/{operation}"
            return path, {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, body
        return "/", target | {"content-type": "application/x-amz-cbor-1.1"}, body

    def is_query(self, step: Step) -> bool:
        return not is_rest(step) and ("query" in step.words[1:] or not self.target)


@functools.cache
def service_of(name: str) -> Service:
    return Service(name)


def is_rest(step: Step) -> bool:
    return len(step.words) > 1 and step.words[1].startswith("/")


def is_cbor(step: Step) -> bool:
    return "cbor" in step.words[1:]


def to_cbor(value: Any) -> Any:
    """JSON, in which bytes are "base64:…"."""
    if isinstance(value, dict):
        return {key: to_cbor(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_cbor(item) for item in value]
    if isinstance(value, str) and value.startswith("base64:"):
        return base64.b64decode(value.removeprefix("base64:"))
    return value


def from_cbor(data: BytesIO) -> Any:
    """As JSON, by nothing but the bytes: tags are left out, for Kinesis's instants are in ms, which no library takes."""
    first = data.read(1)[0]
    major, info = first >> 5, first & 31
    if major == 7 and info in (26, 27):
        return struct.unpack(">f" if info == 26 else ">d", data.read(4 if info == 26 else 8))[0]
    if major == 7:
        return {20: False, 21: True, 22: None, 31: BREAK}[info]
    count = itertools.repeat(0) if info == 31 else range(int.from_bytes(data.read(1 << info - 24)) if info > 23 else info)
    if major < 2:
        return len(count) if major == 0 else -1 - len(count)  # type: ignore[arg-type]
    if major == 2:
        return "base64:" + base64.b64encode(data.read(len(count))).decode()  # type: ignore[arg-type]
    if major == 3:
        return data.read(len(count)).decode()  # type: ignore[arg-type]
    if major == 6:
        return from_cbor(data)
    items = itertools.takewhile(lambda item: item is not BREAK, (from_cbor(data) for _ in count))
    return list(items) if major == 4 else {key: from_cbor(data) for key in items}


def without_lines(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def element(xml: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", xml, re.S)
    return found[1] if found else ""


def without_prolog(text: str) -> str:
    return re.sub(r"^<\?xml.*?\?>\s*", "", text)


def check(step: Step, names: Names, answer: Answer, is_query: bool) -> None:
    code, text, body = step.wanted[1:], "\n".join(step.texts[1]), answer.body.decode(errors="replace")
    assert answer.status == int(step.wanted[0]), f"{answer.status}: {body}"
    for name, value in step.headers[1].items():
        assert value != "<none>" or name not in answer.headers, f"{name}: {answer.headers[name]}"
        value == "<none>" or names.check_text(value, answer.headers.get(name, ""))
    if is_query:
        if code:
            assert element(body, "Code") == code[0], body
        if code and not text.startswith("<"):
            text and names.check_text(text, element(body, "Message"))
        else:
            names.check_text(without_lines(text), without_lines(without_prolog(body)))
        return
    got = (from_cbor(BytesIO(answer.body)) if is_cbor(step) else json.loads(answer.body)) if answer.body else None
    if code:
        assert got["__type"].rpartition("#")[2] == code[0], body
    if text.startswith("{"):
        names.check(json.loads(text), got)
    elif code and text:
        names.check_text(text, got.get("message") or got.get("Message") or "")
    elif not code:
        assert not got, f"expected nothing, came {got}"


def options_of(path: Path) -> tuple[str, ...]:
    return tuple(word for line in path.read_text().splitlines() if line.startswith("--") for word in line.split())


@pytest.fixture(scope="module")
def emulators() -> Iterator[dict[tuple[str, ...], LocalEmulator]]:
    """By their options; each at a clock that stands, which files only move forward."""
    running: dict[tuple[str, ...], LocalEmulator] = {}
    yield running
    for emulator in running.values():
        assert emulator.stop() == 0, emulator.logged()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_through_the_port(path: Path, emulators: dict[tuple[str, ...], LocalEmulator]) -> None:
    options = options_of(path)
    if options not in emulators:
        emulators[options] = LocalEmulator(options=options).start()
        admin.ask(emulators[options].url, "clock", freeze=True)
    emulator = emulators[options]
    account = str(next(_accounts))
    names = Names(account=account, region="us-east-1", bucket=f"wire-{account}")
    with Connection(emulator) as connection:
        for step in read(path):
            if step.advance:
                admin.ask(emulator.url, "clock", advance=step.advance)
                continue
            service = service_of(step.words[0].partition(".")[0])
            where, headers, body = service.request(step, names)
            headers["authorization"] = CREDENTIAL.format(names["account"], service.scope)
            headers |= {name: names.fill_text(value) for name, value in step.headers[0].items()}
            if "host" in headers:
                headers["Host"] = headers.pop("host")  # in place of the usual one
            method = step.words[0].partition(".")[2] if is_rest(step) else "POST"
            answer = connection.request(method, where, headers, body)
            try:
                check(step, names, answer, is_rest(step) or service.is_query(step))
            except AssertionError as wrong:
                raise AssertionError(f"{path.relative_to(ROOT)}:{step.line}: {wrong}") from None

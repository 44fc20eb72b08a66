"""The operations that the emulator has, and their shapes, from botocore's models and tools/codegen/services.txt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

SERVICES = Path(__file__).resolve().parents[2] / "tools" / "codegen" / "services.txt"
UNIONS = {"AttributeValue"}  # tools/codegen/patches says why


@dataclass(frozen=True)
class Operation:
    service: str  # the folder
    name: str
    target: str   # X-Amz-Target; of STS, which has none, the name
    version: str
    protocols: tuple[str, ...]
    body_max: int
    shapes: dict[str, Any]
    input: str    # a shape's name, or ""
    output: str
    errors: tuple[str, ...]
    http: dict[str, Any]  # method and requestUri

    def __hash__(self) -> int:
        return hash((self.service, self.name))

    @property
    def is_rest(self) -> bool:
        return self.protocols == ("restxml",)

    def shape(self, name: str) -> dict[str, Any]:
        return self.shapes[name]

    def members(self) -> dict[str, Any]:
        return self.shapes[self.input].get("members", {}) if self.input else {}

    def required(self) -> list[str]:
        return self.shapes[self.input].get("required", []) if self.input else []


def is_union(name: str, shape: dict[str, Any]) -> bool:
    return bool(shape.get("union")) or name in UNIONS


def read_services() -> list[tuple[list[str], list[str]]]:
    """Each service's line, and its operations."""
    found: list[tuple[list[str], list[str]]] = []
    for line in SERVICES.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["service"]:
            found.append((words[1:], []))
        elif words:
            found[-1][1].extend(words)
    return found


def code_of(model: dict[str, Any], protocols: str, shape: str) -> str:
    """What an error is called on the wire: in the query protocol its shape says so."""
    return model["shapes"][shape].get("error", {}).get("code", shape) if protocols == "query" else shape


@cache
def operations() -> tuple[Operation, ...]:
    made = []
    for (folder, _, _, _, body_max, protocols), names in read_services():
        model = Loader().load_service_model(folder, "service-2")
        meta = model["metadata"]
        for name in names:
            if name not in model["operations"]:  # PostObject: a browser's form, which no SDK sends
                continue
            what = model["operations"][name]
            target = f"{meta['targetPrefix']}.{name}" if "targetPrefix" in meta else name
            made.append(Operation(folder, name, target, meta["apiVersion"], tuple(protocols.split(",")), int(body_max), model["shapes"],
                                  what.get("input", {}).get("shape", ""), what.get("output", {}).get("shape", ""),
                                  tuple(code_of(model, protocols, error["shape"]) for error in what.get("errors", [])), what["http"]))
    return tuple(made)


def operation(service: str, name: str) -> Operation:
    return next(one for one in operations() if (one.service, one.name) == (service, name))

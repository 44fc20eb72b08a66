"""Random pairs of Avro schemas: one, and what somebody made of it later."""

from __future__ import annotations

import copy
import random
from typing import Any

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
DEFAULTS: dict[str, Any] = {"null": None, "boolean": True, "int": 1, "long": 2, "float": 1.5, "double": 2.5, "bytes": "b", "string": "s"}
LOGICAL = [{"type": "int", "logicalType": "date"}, {"type": "long", "logicalType": "timestamp-millis"},
           {"type": "string", "logicalType": "uuid"}, {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}]
SYMBOLS = ["A", "B", "C", "D", "E"]
NAMED = ("record", "enum", "fixed")


class Maker:
    """Schemas in which each name is defined once, before it is used."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        self.names = 0
        self.defined: list[dict[str, Any]] = []

    def name(self) -> str:
        self.names += 1
        return f"N{self.names}"

    def schema(self, depth: int) -> Any:
        kinds = ["primitive"] * 5 + ["enum", "fixed", "logical"]
        if depth:
            kinds += ["record"] * 4 + ["array", "map", "union", "union"]
        if self.defined:
            kinds.append("reference")
        return getattr(self, self.chance.choice(kinds))(depth)

    def primitive(self, _: int) -> str:
        return self.chance.choice(PRIMITIVES)

    def logical(self, _: int) -> dict[str, Any]:
        return dict(self.chance.choice(LOGICAL))

    def enum(self, _: int) -> dict[str, Any]:
        symbols = self.chance.sample(SYMBOLS, self.chance.randrange(1, 5))
        made: dict[str, Any] = {"type": "enum", "name": self.name(), "symbols": symbols}
        if self.chance.random() < 0.3:
            made["default"] = self.chance.choice(symbols)
        self.defined.append(made)
        return made

    def fixed(self, _: int) -> dict[str, Any]:
        made = {"type": "fixed", "name": self.name(), "size": self.chance.choice((4, 8))}
        self.defined.append(made)
        return made

    def array(self, depth: int) -> dict[str, Any]:
        return {"type": "array", "items": self.schema(depth - 1)}

    def map(self, depth: int) -> dict[str, Any]:
        return {"type": "map", "values": self.schema(depth - 1)}

    def union(self, depth: int) -> list[Any]:
        branches: list[Any] = []
        for _ in range(self.chance.randrange(1, 4)):
            add_branch(branches, self.schema(depth - 1))
        return branches or ["null"]

    def reference(self, _: int) -> str:
        return self.chance.choice(self.defined)["name"]

    def record(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {"type": "record", "name": self.name(), "fields": []}
        if self.chance.random() < 0.15:
            made["namespace"] = "other.space"
            made["name"] = f"other.space.{made['name']}"
            del made["namespace"]
        if self.chance.random() < 0.3:
            self.defined.append(made)  # it may hold itself
        for number in range(self.chance.randrange(1, 4)):
            made["fields"].append(self.field(f"f{number}", depth - 1))
        if made not in self.defined:
            self.defined.append(made)
        return made

    def field(self, name: str, depth: int) -> dict[str, Any]:
        kind = self.schema(depth)
        made = {"name": name, "type": kind}
        if self.chance.random() < 0.4:
            found, value = default_of(kind)
            if found:
                made["default"] = value
        return made


def kind_of(schema: Any) -> str:
    if isinstance(schema, list):
        return "union"
    return schema["type"] if isinstance(schema, dict) else schema


def add_branch(branches: list[Any], schema: Any) -> None:
    """A union holds no union, each kind but the named ones once, and no name twice."""
    if kind_of(schema) == "union":
        return
    identity = lambda one: one["name"] if isinstance(one, dict) and kind_of(one) in NAMED else kind_of(one)  # noqa: E731
    if identity(schema) not in map(identity, branches):
        branches.append(schema)


def default_of(schema: Any) -> tuple[bool, Any]:
    if isinstance(schema, list):
        return default_of(schema[0])
    kind = kind_of(schema)
    if isinstance(schema, dict) and "logicalType" in schema:
        return True, DEFAULTS[kind]
    if kind in DEFAULTS:
        return True, DEFAULTS[kind]
    if kind == "array":
        return True, []
    if kind == "map":
        return True, {}
    if kind == "enum":
        return True, schema["symbols"][0]
    return False, None


def nodes(schema: Any, holder: Any = None, at: Any = None) -> list[tuple[Any, Any, Any]]:
    """Every schema in it, with what holds it and where."""
    found = [(schema, holder, at)]
    if isinstance(schema, list):
        for place, branch in enumerate(schema):
            found += nodes(branch, schema, place)
    elif isinstance(schema, dict):
        for field in schema.get("fields", []):
            found += nodes(field["type"], field, "type")
        for name in ("items", "values"):
            if name in schema:
                found += nodes(schema[name], schema, name)
    return found


def change(schema: Any, chance: random.Random, maker: Maker) -> Any:
    """One change somewhere in a copy."""
    schema = copy.deepcopy(schema)
    node, holder, at = chance.choice(nodes(schema))
    kind = kind_of(node)
    replacement = node
    if kind == "record" and chance.random() < 0.85:
        change_record(node, chance, maker)
    elif kind == "enum":
        change_enum(node, chance)
    elif kind == "fixed":
        change_fixed(node, chance)
    elif kind == "union":
        if len(node) > 1 and chance.random() < 0.5:
            node.pop(chance.randrange(len(node)))
        elif chance.random() < 0.3:
            chance.shuffle(node)
        else:
            add_branch(node, fresh_maker(chance, maker).schema(1))
    elif kind in PRIMITIVES and chance.random() < 0.8:
        replacement = chance.choice([*PRIMITIVES, "int", "long", "float", "double"])
    elif holder is None or not isinstance(holder, list):
        branches: list[Any] = [node]
        add_branch(branches, chance.choice(["null", "string", "long"]))
        if chance.random() < 0.5:
            branches.reverse()
        replacement = branches
    if holder is None:
        return replacement
    if isinstance(holder, list):
        if kind_of(replacement) in map(kind_of, holder) and replacement != node:
            return schema
        holder[at] = replacement
    else:
        holder[at] = replacement
        if at == "type" and "default" in holder:
            found, value = default_of(replacement)
            holder.pop("default")
            if found and value is not None or kind_of(replacement) == "null":
                holder["default"] = value
    return schema


def fresh_maker(chance: random.Random, maker: Maker) -> Maker:
    """Makes what refers to nothing that is defined elsewhere, under names that are new."""
    fresh = Maker(chance)
    fresh.names = maker.names + 100
    maker.names += 100
    return fresh


def change_record(record: dict[str, Any], chance: random.Random, maker: Maker) -> None:
    fields = record["fields"]
    what = chance.choice(("add", "add", "remove", "rename", "alias", "reorder", "record", "record alias", "default"))
    if what == "add":
        made = fresh_maker(chance, maker).field(f"n{chance.randrange(1000)}", 1)
        fields.insert(chance.randrange(len(fields) + 1), made)
    elif what == "remove" and len(fields) > 1:
        fields.pop(chance.randrange(len(fields)))
    elif what in ("rename", "alias") and fields:
        field = chance.choice(fields)
        if what == "alias":
            field["aliases"] = [field["name"]]
        field["name"] = f"r{chance.randrange(1000)}"
    elif what == "reorder":
        chance.shuffle(fields)
    elif what.startswith("record"):
        old = record["name"]
        record["name"] = chance.choice((f"M{chance.randrange(1000)}", "other." + old.rpartition(".")[2]))
        if what == "record alias":
            record["aliases"] = [old]
    elif what == "default" and fields:
        field = chance.choice(fields)
        if "default" in field:
            del field["default"]
        else:
            found, value = default_of(field["type"])
            if found:
                field["default"] = value


def change_enum(enum: dict[str, Any], chance: random.Random) -> None:
    what = chance.choice(("add", "remove", "reorder", "default", "rename", "alias"))
    symbols = enum["symbols"]
    rest = [symbol for symbol in SYMBOLS if symbol not in symbols]
    if what == "add" and rest:
        symbols.append(chance.choice(rest))
    elif what == "remove" and len(symbols) > 1:
        gone = symbols.pop(chance.randrange(len(symbols)))
        if enum.get("default") == gone:
            enum["default"] = symbols[0]
    elif what == "reorder":
        chance.shuffle(symbols)
    elif what == "default":
        if enum.pop("default", None) is None:
            enum["default"] = chance.choice(symbols)
    elif what in ("rename", "alias"):
        if what == "alias":
            enum["aliases"] = [enum["name"]]
        enum["name"] = f"E{chance.randrange(1000)}"


def change_fixed(fixed: dict[str, Any], chance: random.Random) -> None:
    if chance.random() < 0.5:
        fixed["size"] = 12 - fixed["size"]
    else:
        if chance.random() < 0.5:
            fixed["aliases"] = [fixed["name"]]
        fixed["name"] = f"X{chance.randrange(1000)}"


def pair(chance: random.Random) -> tuple[Any, Any]:
    """Before and after. Now and then the two have nothing to do with each other, or are the same."""
    maker = Maker(chance)
    before = maker.record(2) if chance.random() < 0.8 else maker.schema(2)
    if chance.random() < 0.1:
        other = Maker(chance)
        return before, other.schema(2)
    after = before
    for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 2, 3))):
        after = change(after, chance, maker)
    return before, after

"""Random tables, items and expressions of DynamoDB, all from one seed.

Conditions and updates are trees of tuples, so that one tree can be written as an expression (`Words`) and asked of an item by a model:

    operand    ("path", "a", 0, "b") | ("value", {"N": "1"}) | ("size", path)
    condition  ("=", a, b), also <> < <= > >= | ("between", a, low, high) | ("in", a, b, ...) | ("exists", path) | ("not_exists", path)
               | ("type", path, "S") | ("begins_with", path, b) | ("contains", path, b) | ("and", x, y) | ("or", x, y) | ("not", x)
    update     ("set", path, operand | ("+", a, b) | ("-", a, b) | ("if_not_exists", path, b) | ("list_append", a, b))
               | ("remove", path) | ("add", path, value) | ("delete", path, value)"""

from __future__ import annotations

import base64
import random
import re
from dataclasses import dataclass, field
from typing import Any

Value = dict[str, Any]
Item = dict[str, Value]
Tree = tuple[Any, ...]

PLAIN_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
RESERVED = {"name", "count", "list", "map", "size", "values"}  # of the names below
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")

# Attributes that no key is made of, with the type each usually has.
USUAL = {"n": "N", "m": "N", "s": "S", "name": "S", "b": "B", "flag": "BOOL", "nil": "NULL", "list": "L", "map": "M", "ss": "SS", "ns": "NS",
         "bs": "BS", "dot.ted": "S", "größe": "N", "count": "N"}
KINDS = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
TEXTS = ("a", "b", "ab", "abc", "b c", "é", "€uro", "A", "", "zz")
NUMBERS = ("0", "1", "-1", "2", "3", "10", "1.5", "-0.25", "100", "1e2", "007", "12345678901234567890", "1E-3")
BYTES = (b"", b"a", b"ab", b"\x00", b"\xff\xfe")


@dataclass
class Index:
    name: str
    hash: str
    range: str | None
    projection: str
    include: tuple[str, ...]
    is_global: bool


@dataclass
class Table:
    name: str
    hash: str
    range: str | None
    types: dict[str, str]  # of all attributes that are part of a key
    indexes: list[Index] = field(default_factory=list)
    view: str | None = None
    is_provisioned: bool = False

    def keys_of(self, index: Index | None) -> list[str]:
        """The attributes by which rows are told apart, those of the index first."""
        own = [self.hash] + ([self.range] if self.range else [])
        first = [index.hash] + ([index.range] if index.range else []) if index else []
        return first + [name for name in own if name not in first]

    def definition(self) -> dict[str, Any]:
        """The members of CreateTable."""
        members: dict[str, Any] = {
            "TableName": self.name, "KeySchema": key_schema(self.hash, self.range),
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in self.types.items()],
            "BillingMode": "PROVISIONED" if self.is_provisioned else "PAY_PER_REQUEST"}
        throughput = {"ProvisionedThroughput": {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 1000}} if self.is_provisioned else {}
        members |= throughput
        for index in self.indexes:
            more = throughput if index.is_global else {}
            members.setdefault("GlobalSecondaryIndexes" if index.is_global else "LocalSecondaryIndexes", []).append(index_definition(index) | more)
        if self.view:
            members["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": self.view}
        return members


def key_schema(hash_name: str, range_name: str | None) -> list[dict[str, str]]:
    parts = [{"AttributeName": hash_name, "KeyType": "HASH"}]
    return parts + ([{"AttributeName": range_name, "KeyType": "RANGE"}] if range_name else [])


def index_definition(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.include:
        projection["NonKeyAttributes"] = list(index.include)
    return {"IndexName": index.name, "KeySchema": key_schema(index.hash, index.range), "Projection": projection}


class Words:
    """Writes trees as an expression; notes the names and values it used."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        self.names: dict[str, str] = {}
        self.values: dict[str, Value] = {}

    def members(self) -> dict[str, Any]:
        return ({"ExpressionAttributeNames": self.names} if self.names else {}) | ({"ExpressionAttributeValues": self.values} if self.values else {})

    def name(self, name: str) -> str:
        if PLAIN_NAME.fullmatch(name) and name not in RESERVED and self.chance.random() < 0.6:
            return name
        for short, known in self.names.items():
            if known == name:
                return short
        short = f"#n{len(self.names)}"
        self.names[short] = name
        return short

    def path(self, path: Tree) -> str:
        text = self.name(path[1])
        for step in path[2:]:
            text += f"[{step}]" if isinstance(step, int) else "." + self.name(step)
        return text

    def value(self, value: Value) -> str:
        if self.chance.random() < 0.3:
            for short, known in self.values.items():
                if known == value:
                    return short
        short = f":v{len(self.values)}"
        self.values[short] = value
        return short

    def operand(self, tree: Tree) -> str:
        kind = tree[0]
        if kind == "path":
            return self.path(tree)
        if kind == "value":
            return self.value(tree[1])
        if kind in ("+", "-"):
            return f"{self.operand(tree[1])} {kind} {self.operand(tree[2])}"
        return f"{kind}({', '.join(self.operand(part) for part in tree[1:])})"

    def condition(self, tree: Tree) -> str:
        kind, parts = tree[0], tree[1:]
        if kind in ("and", "or"):
            return f"({self.condition(parts[0])}) {self.cased(kind)} ({self.condition(parts[1])})"
        if kind == "not":
            return f"{self.cased('not')} ({self.condition(parts[0])})"
        if kind in COMPARISONS:
            return f"{self.operand(parts[0])} {kind} {self.operand(parts[1])}"
        if kind == "between":
            return f"{self.operand(parts[0])} {self.cased('between')} {self.operand(parts[1])} {self.cased('and')} {self.operand(parts[2])}"
        if kind == "in":
            return f"{self.operand(parts[0])} {self.cased('in')} ({', '.join(self.operand(part) for part in parts[1:])})"
        if kind == "type":
            return f"attribute_type({self.path(parts[0])}, {self.value({'S': parts[1]})})"
        if kind in ("exists", "not_exists"):
            return f"attribute_{kind}({self.path(parts[0])})"
        return f"{kind}({self.operand(parts[0])}, {self.operand(parts[1])})"

    def cased(self, word: str) -> str:
        return word.upper() if self.chance.random() < 0.8 else word

    def update(self, actions: list[Tree]) -> str:
        clauses: dict[str, list[str]] = {}
        for kind, path, *operand in actions:
            written = self.path(path)
            if operand:
                written += (" = " if kind == "set" else " ") + self.operand(operand[0])
            clauses.setdefault(kind, []).append(written)
        return " ".join(f"{self.cased(kind)} {', '.join(parts)}" for kind, parts in clauses.items())


class Maker:
    """Makes everything at random."""

    def __init__(self, chance: random.Random):
        self.chance = chance

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    # tables

    def table(self, name: str, views: bool = True) -> Table:
        choice = self.chance.choice
        table = Table(name, "pk", choice(("sk", "sk", None)), {"pk": choice("SSNB")})
        if table.range:
            table.types["sk"] = choice("SNB")
            for number in range(choice((0, 0, 1, 2))):
                table.indexes.append(self.index(f"local-{number}", "pk", f"l{number}", False))
                table.types[f"l{number}"] = choice("SNB")
        for number in range(choice((0, 1, 1, 2))):
            by = choice(("g0", "g1", "pk", "sk" if table.range else "g0"))
            at = choice((None, "g2", "pk" if by != "pk" else "g2"))
            table.indexes.append(self.index(f"global-{number}", by, at, True))
            for part in filter(None, (by, at)):
                table.types.setdefault(part, choice("SNB"))
        table.view = choice((None, "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "NEW_AND_OLD_IMAGES")) if views else None
        table.is_provisioned = self.likely(0.2)
        return table

    def index(self, name: str, hash_name: str, range_name: str | None, is_global: bool) -> Index:
        projection = self.chance.choice(("ALL", "KEYS_ONLY", "INCLUDE"))
        include = tuple(self.chance.sample(sorted(USUAL), self.chance.randint(1, 4))) if projection == "INCLUDE" else ()
        return Index(name, hash_name, range_name, projection, include, is_global)

    # values

    def value(self, kind: str, depth: int = 2) -> Value:
        choice = self.chance.choice
        if kind == "S":
            return {"S": choice(TEXTS) if self.likely(0.97) else "x" * choice((500, 1100, 5000))}
        if kind == "N":
            return {"N": choice(NUMBERS)}
        if kind == "B":
            return {"B": base64.b64encode(choice(BYTES)).decode()}
        if kind == "BOOL":
            return {"BOOL": choice((True, False))}
        if kind == "NULL":
            return {"NULL": True}
        if kind == "SS":
            return {"SS": self.chance.sample([text for text in TEXTS if text], self.chance.randint(1, 3))}
        if kind == "NS":
            return {"NS": self.chance.sample(["0", "1", "-1", "2", "2.5", "10"], self.chance.randint(1, 3))}
        if kind == "BS":
            return {"BS": [base64.b64encode(one).decode() for one in self.chance.sample(BYTES[1:], self.chance.randint(1, 3))]}
        if kind == "L":
            return {"L": [self.value(self.kind(depth), depth - 1) for _ in range(self.chance.randint(0, 3))]}
        return {"M": {name: self.value(self.kind(depth), depth - 1) for name in self.chance.sample(("a", "b", "c", "name"), self.chance.randint(0, 3))}}

    def kind(self, depth: int = 2) -> str:
        return self.chance.choice(KINDS if depth > 0 else ("S", "N", "B", "BOOL", "NULL"))

    def key_value(self, kind: str) -> Value:
        choice = self.chance.choice
        if kind == "S":
            return {"S": choice(("a", "b", "ab", "c", "é", "A"))}
        if kind == "N":
            return {"N": choice(("0", "1", "-1", "2", "10", "1.5"))}
        return {"B": base64.b64encode(choice((b"a", b"b", b"ab", b"\xff", b"\x00"))).decode()}

    def key(self, table: Table) -> Item:
        return {name: self.key_value(table.types[name]) for name in table.keys_of(None)}

    def item(self, table: Table) -> Item:
        item = self.key(table)
        for name, kind in table.types.items():
            if name not in item and self.likely(0.7):
                item[name] = self.key_value(kind)
        for name in self.chance.sample(sorted(USUAL), self.chance.randint(0, 6)):
            item[name] = self.value(USUAL[name] if self.likely(0.8) else self.kind())
        return item

    # expressions

    def path(self, table: Table, depth: float = 0.3) -> Tree:
        name = self.chance.choice((*USUAL, *USUAL, *table.types))
        path: list[Any] = ["path", name]
        while self.likely(depth if name not in ("list", "map") else 0.6):
            is_index = USUAL.get(name) == "L" if self.likely(0.9) else self.likely(0.5)
            path.append(self.chance.randint(0, 3) if is_index else self.chance.choice(("a", "b", "c", "name")))
            name = ""
        return tuple(path)

    def usual_of(self, path: Tree) -> str:
        kind = USUAL.get(path[1]) if len(path) == 2 else None
        return kind if kind and self.likely(0.85) else self.kind()

    def operand(self, table: Table, kind: str | None = None) -> Tree:
        dice = self.chance.random()
        if dice < 0.7 or (kind and dice < 0.9):
            return ("value", self.value(kind or self.kind()))
        return self.path(table) if dice < 0.95 else ("size", self.path(table))

    def condition(self, table: Table, depth: int = 2) -> Tree:
        if depth and self.likely(0.4):
            kind = self.chance.choice(("and", "or", "not"))
            return (kind, *(self.condition(table, depth - 1) for _ in range(1 if kind == "not" else 2)))
        path = self.path(table)
        kind = self.chance.choice((*COMPARISONS, *COMPARISONS, "between", "in", "exists", "not_exists", "type", "begins_with", "contains"))
        usual = self.usual_of(path)
        ordered = usual if usual in "SNB" else self.chance.choice("SNB")
        if kind in ("exists", "not_exists"):
            return (kind, path)
        if kind == "type":
            return (kind, path, self.kind())
        if kind == "between":
            low, high = self.bounds(ordered)
            return (kind, path, ("value", low), ("value", high))
        if kind == "in":
            return (kind, path, *(self.operand(table, usual) for _ in range(self.chance.randint(1, 3))))
        if kind == "begins_with":
            return (kind, path, ("value", self.value(self.chance.choice("SB"))))
        if kind == "contains":
            return (kind, path, ("value", self.value(self.chance.choice("SNB"))))
        if self.likely(0.15):
            return (kind, ("size", path), ("value", {"N": str(self.chance.randint(0, 3))}))
        return (kind, path, self.operand(table, usual if kind in ("=", "<>") else ordered))

    def bounds(self, kind: str) -> tuple[Value, Value]:
        pair = sorted(({"S": ("a", "b", "ab", "zz"), "N": ("0", "1", "2", "-1"), "B": ("YQ==", "YWI=", "Yg==")}[kind][n] for n in self.chance.sample(range(3), 2)),
                      key=float if kind == "N" else str)
        return {kind: pair[0]}, {kind: pair[1]}

    def actions(self, table: Table) -> list[Tree]:
        """Of an update; paths may overlap now and then."""
        actions, heads = [], set()
        for _ in range(self.chance.randint(1, 4)):
            path = self.path(table)
            if (path[1] in heads or path[1] in ("pk", "sk")) and self.likely(0.95):
                continue
            heads.add(path[1])
            actions.append(self.action(table, path))
        return actions or [("set", ("path", "n"), ("value", {"N": "1"}))]

    def action(self, table: Table, path: Tree) -> Tree:
        kind = self.chance.choice(("set", "set", "set", "remove", "add", "delete"))
        if kind == "remove":
            return (kind, path)
        if kind == "add":
            return (kind, path, ("value", self.value(self.usual_of(path) if self.likely(0.5) else self.chance.choice(("N", "NS", "SS", "BS")))))
        if kind == "delete":
            return (kind, path, ("value", self.value(self.usual_of(path) if USUAL.get(path[1]) in ("SS", "NS", "BS") else self.chance.choice(("NS", "SS", "BS")))))
        if path[1] in table.types and len(path) == 2 and self.likely(0.9):
            return (kind, path, ("value", self.key_value(table.types[path[1]])))
        return (kind, path, self.assigned(table, path))

    def assigned(self, table: Table, path: Tree) -> Tree:
        dice, usual = self.chance.random(), self.usual_of(path)
        if dice < 0.5:
            return ("value", self.value(usual))
        if dice < 0.6:
            return self.path(table)
        if dice < 0.75:
            first = path if self.likely(0.7) else self.path(table)
            if self.likely(0.4):
                first = ("if_not_exists", first, ("value", self.value("N")))
            return (self.chance.choice("+-"), first, ("value", self.value("N")))
        if dice < 0.9:
            return ("if_not_exists", path if self.likely(0.6) else self.path(table), ("value", self.value(usual)))
        return ("list_append", ("if_not_exists", path, ("value", {"L": []})), ("value", self.value("L")))

    def key_condition(self, table: Table, index: Index | None) -> list[Tree]:
        by, at = (index.hash, index.range) if index else (table.hash, table.range)
        parts: list[Tree] = [("=", ("path", by), ("value", self.key_value(table.types[by])))]
        if not at or self.likely(0.3):
            return parts
        kind, path = table.types[at], ("path", at)
        operator = self.chance.choice(("=", "<", "<=", ">", ">=", "between", "begins_with"))
        if operator == "between":
            low, high = self.bounds(kind)
            parts.append((operator, path, ("value", low), ("value", high)))
        elif operator == "begins_with" and kind != "N":
            parts.append((operator, path, ("value", self.key_value(kind))))
        else:
            parts.append((operator if operator != "begins_with" else "=", path, ("value", self.key_value(kind))))
        return parts

"""Random statements of PartiQL on a round's tables."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from dynamodb_random import COMPARISONS, Item, Maker, Table, Tree, Value

Members = dict[str, Any]
INTO_KEY = re.compile(r'"(pk|sk|[lg]\d)"[.\[]')  # DynamoDB Local refuses these, and no source says what DynamoDB does


class Statements:
    """Each method gives a statement; its values become parameters, or now and then literals."""

    def __init__(self, chance: random.Random, tables: list[Table]):
        self.chance, self.make, self.tables = chance, Maker(chance), tables
        self.parameters: list[Value] = []

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def value(self, value: Value) -> str:
        (kind, inside), = value.items()
        if kind in ("S", "N", "BOOL", "NULL") and self.likely(0.3):
            return {"S": lambda: "'" + inside.replace("'", "''") + "'", "N": lambda: inside, "BOOL": lambda: json.dumps(inside), "NULL": lambda: "NULL"}[kind]()
        self.parameters.append(value)
        return "?"

    def path(self, path: Tree) -> str:
        text = f'"{path[1]}"'
        for step in path[2:]:
            text += f"[{step}]" if isinstance(step, int) else f'."{step}"'
        return text

    def operand(self, tree: Tree) -> str:
        if tree[0] == "path":
            return self.path(tree)
        return self.value(tree[1]) if tree[0] == "value" else f"size({self.operand(tree[1])})"

    def condition(self, tree: Tree) -> str:
        kind, parts = tree[0], tree[1:]
        if kind in ("and", "or"):
            return f"({self.condition(parts[0])}) {kind.upper()} ({self.condition(parts[1])})"
        if kind == "not":
            return f"NOT ({self.condition(parts[0])})"
        one = self.operand(parts[0])
        if kind in COMPARISONS:
            return f"{one} {kind} {self.operand(parts[1])}"
        if kind == "between":
            return f"{one} BETWEEN {self.operand(parts[1])} AND {self.operand(parts[2])}"
        if kind == "in":
            return f"{one} IN [{', '.join(self.operand(part) for part in parts[1:])}]"
        if kind == "type":
            return f"attribute_type({one}, '{parts[1]}')"
        if kind in ("exists", "not_exists"):
            return f"{one} IS {'NOT ' if kind == 'exists' else ''}MISSING"
        return f"{kind}({one}, {self.operand(parts[1])})"

    def keys(self, table: Table, key: Item) -> str:
        return " AND ".join(f'"{name}" = {self.value(value)}' for name, value in key.items())

    def select(self) -> str:
        table = self.chance.choice(self.tables)
        index = self.chance.choice((None, None, *table.indexes))
        columns = "*" if self.likely(0.6) else ", ".join({self.path(self.make.path(table, 0.1)) for _ in range(self.chance.randint(1, 3))})
        where = [self.condition(part) for part in self.make.key_condition(table, index)] if self.likely(0.7) else []
        if self.likely(0.4):
            where.append("(" + self.condition(self.make.condition(table, 1)) + ")")
        name = f'"{table.name}"' + (f'."{index.name}"' if index else "")
        return f"SELECT {columns} FROM {name}" + (" WHERE " + " AND ".join(where) if where else "")

    def insert(self) -> str:
        table = self.chance.choice(self.tables)
        item = self.make.item(table)
        quoted = ", ".join(f"'{name}': {self.value(value)}" for name, value in item.items())
        return f'INSERT INTO "{table.name}" VALUE {{{quoted}}}'

    def update(self) -> str:
        table = self.chance.choice(self.tables)
        changes = []
        for head in {path[1]: path for path in (self.make.path(table, 0.2) for _ in range(self.chance.randint(1, 3)))}.values():
            if head[1] in ("pk", "sk") and self.likely(0.95):
                continue
            if self.likely(0.3):
                changes.append(f"REMOVE {self.path(head)}")
            elif self.likely(0.2):
                changes.append(f"SET {self.path(head)} = {self.path(head)} + {self.value({'N': '1'})}")
            else:
                changes.append(f"SET {self.path(head)} = {self.value(self.make.value(self.make.usual_of(head)))}")
        where = self.keys(table, self.make.key(table)) + (f" AND {self.condition(self.make.condition(table, 0))}" if self.likely(0.2) else "")
        returning = self.chance.choice(("", "", " RETURNING ALL NEW *", " RETURNING ALL OLD *", " RETURNING MODIFIED NEW *", " RETURNING MODIFIED OLD *"))
        return f'UPDATE "{table.name}" {" ".join(changes) or "SET n = 1"} WHERE {where}{returning}'

    def delete(self) -> str:
        table = self.chance.choice(self.tables)
        where = self.keys(table, self.make.key(table)) + (f" AND {self.condition(self.make.condition(table, 0))}" if self.likely(0.2) else "")
        return f'DELETE FROM "{table.name}" WHERE {where}' + self.chance.choice(("", " RETURNING ALL OLD *"))

    def spoiled(self, statement: str) -> str:
        words = statement.split(" ")
        at = self.chance.randrange(len(words))
        words[at:at + 1] = self.chance.choice(([], [words[at], words[at]], ["("], ["?"], ["nothing"], ["AND"], [words[at] + ","], ["'text'"]))
        return " ".join(words)

    def one(self) -> Members:
        while True:
            members = self.any_one()
            if not INTO_KEY.search(members["Statement"]):
                return members

    def any_one(self) -> Members:
        self.parameters = []
        kind = self.chance.choices(("select", "insert", "update", "delete"), (5, 2, 3, 1))[0]
        statement = getattr(self, kind)()
        if self.likely(0.15):
            statement = self.spoiled(statement)
        members: Members = {"Statement": statement}
        if self.parameters:
            members["Parameters"] = self.parameters
        if self.likely(0.1):
            members["ConsistentRead"] = True
        return members

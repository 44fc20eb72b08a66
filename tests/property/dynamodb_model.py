"""What DynamoDB does, as simply as it can be said: items in dicts, conditions and updates asked of trees (dynamodb_random.py says how they look),
indexes made anew at each query, sizes and units counted as the Developer Guide counts them."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any

from dynamodb_random import Index, Item, Table, Tree, Value

EXACT = Context(prec=80)
SETS = ("SS", "NS", "BS")
READ_UNIT, WRITE_UNIT = 4096, 1024
HASH_MAX, RANGE_MAX = 2048, 1024  # bytes of a key


class Invalid(Exception):
    """A ValidationException."""


class Misfit(Invalid):
    """Of the table: in a transaction the reason of its part."""


class Gone:
    """What REMOVE leaves until lists close their gaps."""


# Values


def number(text: str) -> str:
    value = Decimal(text).normalize(EXACT)
    return format(value if value else Decimal(0), "f")


def plain(value: Any) -> Any:
    """A value, or a map of them, in its one form."""
    if isinstance(value, dict) and len(value) == 1:
        (kind, inside), = value.items()
        if kind == "N" and isinstance(inside, str):
            return {"N": number(inside)}
        if kind in SETS and isinstance(inside, list):
            return {kind: sorted(map(number, inside) if kind == "NS" else inside)}
        if kind == "L" and isinstance(inside, list):
            return {"L": [plain(part) for part in inside]}
        if kind in ("S", "B", "BOOL", "NULL") and not isinstance(inside, dict):
            return value
    return {name: plain(inside) for name, inside in value.items()}


def kind_of(value: Value) -> str:
    return next(iter(value))


def order_of(value: Value) -> Any:
    """What values of one type are sorted by; None: they have no order."""
    (kind, inside), = value.items()
    return {"N": lambda: Decimal(inside), "S": lambda: inside.encode(), "B": lambda: base64.b64decode(inside)}.get(kind, lambda: None)()


def size_of(value: Value) -> int:
    (kind, inside), = value.items()
    if kind == "N":
        return number_size(inside)
    if kind in ("S", "B"):
        return len(order_of(value))
    if kind in SETS:
        return sum(size_of({kind[0]: part}) for part in inside)
    if kind == "L":
        return 3 + sum(1 + size_of(part) for part in inside)
    if kind == "M":
        return 3 + len(inside) + item_size(inside)
    return 1


def number_size(text: str) -> int:
    sign, digits, exponent = Decimal(text).normalize(EXACT).as_tuple()
    if digits == (0,):
        return 1
    assert isinstance(exponent, int)
    zeros = exponent % 2  # digits go in twos from the point
    return 1 + (len(digits) + zeros + 1) // 2 + sign


def item_size(item: Item | None) -> int:
    return sum(len(name.encode()) + size_of(value) for name, value in (item or {}).items())


def read_units(size: int, is_consistent: bool) -> float:
    return max(1, -(-size // READ_UNIT)) * (1 if is_consistent else 0.5)


def write_units(size: int) -> int:
    return max(1, -(-size // WRITE_UNIT))


# Conditions


def find(item: Item, path: Tree) -> Value | None:
    value = item.get(path[1])
    for step in path[2:]:
        inside = value.get("L" if isinstance(step, int) else "M") if value else None
        if inside is None:
            return None
        value = inside.get(step) if isinstance(inside, dict) else inside[step] if step < len(inside) else None
    return value


def operand(item: Item, tree: Tree) -> Value | None:
    if tree[0] == "path":
        return find(item, tree)
    if tree[0] == "value":
        return plain(tree[1])
    value = operand(item, tree[1])
    if value is None or kind_of(value) in ("N", "BOOL", "NULL"):
        return None
    inside = value[kind_of(value)]
    return {"N": str(len(order_of(value) if "B" in value else inside))}


def compares(kind: str, one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return kind == "<>"
    if kind in ("=", "<>"):
        return (one == other) == (kind == "=")
    if kind_of(one) != kind_of(other) or order_of(one) is None:
        return False
    a, b = order_of(one), order_of(other)
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[kind])


def contains(value: Value, wanted: Value) -> bool:
    (kind, inside), = value.items()
    if kind in ("S", "B"):
        return kind_of(wanted) == kind and order_of(wanted) in order_of(value)
    if kind in SETS:
        return kind_of(wanted) == kind[0] and wanted[kind[0]] in inside
    return kind == "L" and wanted in inside


def holds(item: Item, tree: Tree) -> bool:
    kind, parts = tree[0], tree[1:]
    if kind == "and":
        return holds(item, parts[0]) and holds(item, parts[1])
    if kind == "or":
        return holds(item, parts[0]) or holds(item, parts[1])
    if kind == "not":
        return not holds(item, parts[0])
    value = operand(item, parts[0])
    if kind in ("exists", "not_exists"):
        return (value is not None) == (kind == "exists")
    if kind == "type":
        return value is not None and kind_of(value) == parts[1]
    if kind == "between":
        return compares(">=", value, operand(item, parts[1])) and compares("<=", value, operand(item, parts[2]))
    others = [operand(item, part) for part in parts[1:]]
    if kind == "in":
        return value is not None and value in others
    if kind in ("begins_with", "contains"):
        if value is None or others[0] is None:
            return False
        if kind == "contains":
            return contains(value, others[0])
        return kind_of(value) == kind_of(others[0]) and kind_of(value) in "SB" and order_of(value).startswith(order_of(others[0]))
    return compares(kind, value, others[0])


# What can never be right, whatever the item


def paths_in(tree: Any) -> Iterator[Tree]:
    if isinstance(tree, tuple):
        if tree and tree[0] == "path":
            yield tree
        else:
            for part in tree[1:]:
                yield from paths_in(part)


def is_malformed(tree: Tree) -> bool:
    """An attribute compared with itself."""
    kind, parts = tree[0], tree[1:]
    if kind in ("and", "or", "not"):
        return any(is_malformed(part) for part in parts)
    return kind not in ("exists", "not_exists", "type", "between") and parts[0][0] == "path" and parts[0] in parts[1:]


def quarrels(one: Tree, other: Tree) -> bool:
    """Of an update's paths: one begins the other, or one place would be a list and a map."""
    for a, b in zip(one[1:], other[1:]):
        if a != b:
            return isinstance(a, int) != isinstance(b, int)
    return True


def check_tree(table: Table, *trees: Tree) -> None:
    keys = {table.hash, table.range} | {name for index in table.indexes for name in (index.hash, index.range)}
    if any(len(path) > 2 and path[1] in keys for tree in trees for path in paths_in(tree)):
        raise Misfit("a path into a key")


def check_condition(table: Table, tree: Tree | None) -> None:
    if tree:
        if is_malformed(tree):
            raise Invalid("compared with itself")
        check_tree(table, tree)


def check_actions(table: Table, actions: list[Tree]) -> None:
    paths = [action[1] for action in actions]
    if any(quarrels(one, other) for at, one in enumerate(paths) for other in paths[:at]):
        raise Invalid("paths overlap")
    for kind, path, *value in actions:
        if kind == "add" and kind_of(value[0][1]) not in ("N", *SETS) or kind == "delete" and kind_of(value[0][1]) not in SETS:
            raise Invalid("an operand's type")
    if any(path[1] in (table.hash, table.range) for path in paths):
        raise Misfit("a key is not updated")
    check_tree(table, *actions)


# Updates


def assigned(item: Item, tree: Tree) -> Value:
    kind, parts = tree[0], tree[1:]
    if kind == "if_not_exists":
        found = find(item, parts[0])
        return found if found is not None else assigned(item, parts[1])
    if kind in ("+", "-"):
        one, other = assigned(item, parts[0]), assigned(item, parts[1])
        if kind_of(one) != "N" or kind_of(other) != "N":
            raise Invalid("no number")
        total = EXACT.add(Decimal(one["N"]), Decimal(other["N"]) * (1 if kind == "+" else -1))
        return {"N": number(str(total))}
    if kind == "list_append":
        one, other = assigned(item, parts[0]), assigned(item, parts[1])
        if kind_of(one) != "L" or kind_of(other) != "L":
            raise Invalid("no list")
        return {"L": one["L"] + other["L"]}
    value = operand(item, tree)
    if value is None:
        raise Invalid("not there")
    return value


def becomes(item: Item, action: Tree) -> Any:
    """The value at the action's path, or Gone."""
    kind, path, *rest = action
    there = find(item, path)
    if kind == "remove":
        return Gone
    if kind == "set":
        return assigned(item, rest[0])
    value = plain(rest[0][1])
    if there is None:
        return value if kind == "add" else Gone
    if kind_of(there) != kind_of(value):
        raise Invalid("another type")
    kind_there = kind_of(there)
    if kind_there == "N":
        return {"N": number(str(EXACT.add(Decimal(there["N"]), Decimal(value["N"]))))}
    members = set(there[kind_there]) | set(value[kind_there]) if kind == "add" else set(there[kind_there]) - set(value[kind_there])
    return {kind_there: sorted(members)} if members else Gone


def put_at(item: Any, path: Tree, value: Any, appended: dict[int, list[tuple[int, Any]]], lists: dict[int, Any]) -> None:
    holder: Any = item
    for at, step in enumerate(path[1:]):
        if at:
            holder = holder.get("L" if isinstance(step, int) else "M") if isinstance(holder, dict) else None
        if holder is None:
            raise Invalid("a path that does not fit")
        if at == len(path) - 2:
            if isinstance(step, int) and step >= len(holder):
                appended.setdefault(id(holder), []).append((step, value))
                lists[id(holder)] = holder
            else:
                holder[step] = value
            return
        holder = holder.get(step) if isinstance(holder, dict) else holder[step] if step < len(holder) else None
        if holder is None or holder is Gone:
            raise Invalid("a path that does not fit")


def without_gaps(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {name: without_gaps(value) for name, value in thing.items() if value is not Gone}
    if isinstance(thing, list):
        return [without_gaps(value) for value in thing if value is not Gone]
    return thing


def updated(before: Item | None, key: Item, actions: list[Tree]) -> Item | None:
    if before is None and all(action[0] in ("remove", "delete") for action in actions):
        return None
    item = before if before is not None else key
    values = [becomes(item, action) for action in actions]
    after = copy.deepcopy(item)
    appended: dict[int, list[tuple[int, Any]]] = {}
    lists: dict[int, Any] = {}
    for action, value in zip(actions, values):
        put_at(after, action[1], copy.deepcopy(value) if value is not Gone else Gone, appended, lists)
    for where, pairs in appended.items():
        lists[where].extend(value for _, value in sorted(pairs, key=lambda pair: pair[0]))
    result: Item = without_gaps(after)
    return result


def projected(item: Item, paths: list[Tree] | None) -> Item:
    """Only what the paths name; lists close their gaps."""
    if paths is None:
        return item

    def pick(value: Value, rest: list[Tree]) -> Value | None:
        if any(not path for path in rest):
            return value
        (kind, inside), = value.items()
        if kind == "M":
            chosen = {name: pick(part, [path[1:] for path in rest if path[0] == name]) for name, part in inside.items() if any(path[0] == name for path in rest)}
            chosen = {name: part for name, part in chosen.items() if part is not None}
            return {"M": chosen} if chosen else None
        if kind == "L":
            parts = [pick(part, [path[1:] for path in rest if path[0] == at]) for at, part in enumerate(inside) if any(path[0] == at for path in rest)]
            parts = [part for part in parts if part is not None]
            return {"L": parts} if parts else None
        return None

    picked = {name: pick(value, [path[2:] for path in paths if path[1] == name]) for name, value in item.items() if any(path[1] == name for path in paths)}
    return {name: value for name, value in picked.items() if value is not None}


# Tables


@dataclass
class Cost:
    """Of a write: units of the table and of each index."""

    table: float
    indexes: dict[str, float] = field(default_factory=dict)

    def __add__(self, other: Cost) -> Cost:
        names = self.indexes | other.indexes
        return Cost(self.table + other.table, {name: self.indexes.get(name, 0) + other.indexes.get(name, 0) for name in names})

    @property
    def total(self) -> float:
        return self.table + sum(self.indexes.values())


class TableModel:
    def __init__(self, table: Table):
        self.table = table
        self.items: dict[str, Item] = {}
        self.records: list[dict[str, Any]] = []  # of its stream

    def key(self, item: Item) -> Item:
        return {name: plain(item[name]) for name in self.table.keys_of(None)}

    def name(self, item: Item) -> str:
        return json.dumps(self.key(item), sort_keys=True)

    def get(self, key: Item) -> Item | None:
        return self.items.get(self.name(key))

    def fits(self, name: str, value: Value, bytes_max: int) -> bool:
        """As a key of an index."""
        return kind_of(value) == self.table.types[name] and order_of(value) != b"" and size_of(value) <= bytes_max

    def check_index_keys(self, item: Item) -> None:
        for index in self.table.indexes:
            for name, bytes_max in ((index.hash, HASH_MAX), (index.range, RANGE_MAX)):
                if name and name in item and not self.fits(name, item[name], bytes_max):
                    raise Invalid("a key of an index")

    def entry(self, index: Index, item: Item | None) -> Item | None:
        """What the index has of the item."""
        if item is None or any(name and (name not in item or not self.fits(name, item[name], bytes_max))
                               for name, bytes_max in ((index.hash, HASH_MAX), (index.range, RANGE_MAX))):
            return None
        if index.projection == "ALL":
            return item
        wanted = {*self.table.keys_of(index), *index.include}
        return {name: value for name, value in item.items() if name in wanted}

    def cost_of_entry(self, index: Index, before: Item | None, after: Item | None) -> int:
        old, new = self.entry(index, before), self.entry(index, after)
        if old == new:
            return 0
        if old and new and any(old[name] != new[name] for name in filter(None, (index.hash, index.range))):
            return write_units(item_size(old)) + write_units(item_size(new))
        return write_units(max(item_size(old), item_size(new)))

    def write(self, key: Item, after: Item | None) -> Cost:
        """Of an item that is checked; notes the stream's record."""
        name, before = self.name(key), self.get(key)
        if after is None:
            self.items.pop(name, None)
        else:
            self.items[name] = after
        if self.table.view and before != after:
            self.records.append(self.record(self.key(key), before, after))
        costs = {index.name: self.cost_of_entry(index, before, after) for index in self.table.indexes}
        return Cost(write_units(max(item_size(before), item_size(after))), {index: cost for index, cost in costs.items() if cost})

    def record(self, key: Item, before: Item | None, after: Item | None) -> dict[str, Any]:
        view = self.table.view or ""
        record: dict[str, Any] = {"Keys": key, "StreamViewType": view}
        if before is not None and view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
            record["OldImage"] = before
        if after is not None and view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
            record["NewImage"] = after
        record["SizeBytes"] = sum(item_size(record.get(part)) for part in ("Keys", "OldImage", "NewImage"))
        record["eventName"] = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        return record

    def rows(self, index: Index | None) -> list[Item]:
        """What a scan of the table or the index meets, in no order."""
        entries = [self.entry(index, item) if index else item for item in self.items.values()]
        return [entry for entry in entries if entry is not None]

"""Values for a shape: mostly such as a client sends, mixed with what it never would."""

from __future__ import annotations

import math
import random
import time
from typing import Any

from encode import Blob, Pairs, Raw, Struct, Text, Time
from hints import HINTS, MAP_KEYS, MAP_VALUES
from model import Operation, is_union

LENGTHS = [0, 1, 2, 3, 16, 128, 255, 256, 257, 1024, 1025, 2048, 2049]
SIZE_MAX = 60_000      # of a string, usually: larger ones are tests/worst's
ELEMENTS_MAX = 600
DEPTH_MAX = 45
BLOB_ELEMENTS = 1500   # a large blob counts as so many elements: bodies stay below some MB
INTEGERS = [0, 1, -1, 2, 5, 10, 24, 60, 100, 300, 1000, 8760, 10_000, 2**31 - 1, -(2**31), 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
WRONG_INTEGERS: list[Any] = [2**63, 2**64, -(2**64), 10**40, 1.5, 1e300, "7", "", Raw(b"1e400"), Raw(b"00"), Raw(b"-"), math.nan]
DOUBLES = [0.0, -0.0, 1.0, -1.5, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 2.0**360, 1e-130, math.nan, math.inf, -math.inf]
ALPHABETS = ["a", "aB9_.-", "é", "€", "𝄞", "\x01", "\t\n\r ", "\"\\/", "<&>'", "%+=&;", "\u2028", "\x7f", "{}", "\ufffe"]
BAD_UTF8 = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82", b"\x80"]
KEY_KINDS = {"k": "S", "r": "N", "g": "S"}  # of the tables that resources.py makes
SAME_AS = {  # members whose values other members' answers hold
    "ShardToSplit": "ShardId", "ShardToMerge": "ShardId", "AdjacentShardToMerge": "ShardId", "ExclusiveStartShardId": "ShardId",
    "ShardIterator": "NextShardIterator", "StartingSequenceNumber": "SequenceNumber", "SequenceNumberForOrdering": "SequenceNumber",
    "TargetKeyId": "KeyId", "ResourceARN": "arn", "ResourceArn": "arn", "StreamARN": "arn", "ConsumerARN": "ConsumerARN", "SchemaArn": "arn",
    "RegistryArn": "arn", "ExclusiveStartStreamName": "StreamName", "ExclusiveStartTableName": "TableName", "Marker": "NextMarker",
}
OWN_ARNS = {"ConsumerARN", "BackupArn", "LatestStreamArn"}  # asked for by these names; others are any resource's
POOL_MAX = 40


def count_of(value: Any) -> int:
    """Of it and all that is in it; 1,000 bytes are as much as a member."""
    if isinstance(value, (str, bytes)):
        return 1 + len(value) // 1000
    members = [member for _, member in value] if isinstance(value, (Struct, Pairs)) else value if isinstance(value, list) else []
    return 1 + sum(map(count_of, members))


def kind_of(name: str, value: str) -> str:
    """DynamoDB's streams have shards, numbers and iterators of their own."""
    if name.endswith("ShardIterator") and "|" in value:
        return "ChangesIterator"
    if name == "ShardId" and value.count("-") > 1:
        return "ChangesShardId"
    if name == "SequenceNumber" and len(value) <= 40:
        return "ChangesNumber"
    return "arn" if value.startswith("arn:") and name not in OWN_ARNS else name


class Pool:
    """What was seen in answers, by the member's name: names, tokens, numbers of what is really there."""

    def __init__(self, chance: random.Random):
        self.chance, self.seen = chance, {}

    def add(self, name: str, value: str) -> None:
        held = self.seen.setdefault(kind_of(name, value), [])
        if value in held:
            return
        if len(held) < POOL_MAX:
            held.append(value)
        else:
            held[self.chance.randrange(POOL_MAX)] = value

    def harvest(self, value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, member in list(value.items())[:50]:
                self.harvest(member, str(key))
        elif isinstance(value, list):
            for member in value[:10]:
                self.harvest(member, name)
        elif isinstance(value, str) and value and len(value) < 2000:
            self.add(name, value)

    def pick(self, name: str) -> str | None:
        held = self.seen.get(SAME_AS.get(name, name)) or self.seen.get(name)
        return self.chance.choice(held) if held else None


class Maker:
    """Values of one call. `hostility` is the share of members that are made to be refused."""

    def __init__(self, operation: Operation, pool: Pool, chance: random.Random):
        self.operation, self.pool, self.chance = operation, pool, chance
        self.hostility = chance.choice((0, 0, 0.02, 0.02, 0.1, 0.3))
        self.optional = chance.choice((0.05, 0.2, 0.5, 0.9))
        self.elements_left = 3000

    def input(self) -> Struct:
        return self.structure(self.operation.input, 0) if self.operation.input else Struct()

    def is_hostile(self) -> bool:
        return self.chance.random() < self.hostility

    def value(self, shape_name: str, member: str, depth: int) -> Any:
        shape = self.operation.shape(shape_name)
        self.elements_left -= 1
        if self.is_hostile() and self.chance.random() < 0.3:
            return self.any_value(depth)
        make = {"structure": self.structure, "list": self.list, "map": self.map}.get(shape["type"])
        if make:
            return make(shape_name, depth + 1, member)
        return getattr(self, shape["type"])(shape, member)

    def any_value(self, depth: int = 0) -> Any:
        """Of no particular type."""
        kind = self.chance.randrange(12)
        if kind == 0:
            nested: Any = Struct()
            for _ in range(self.chance.choice((3, 30, 100, 300))):
                nested = [nested] if self.chance.random() < 0.5 else Struct([("a", nested)])
            return nested
        return self.chance.choice([None, True, False, 0, -1, 1.5, "", "text", [], Struct(), [None], Struct([("", None)]), Text(b"\xff"), Blob(b"\x00"),
                                   Time(1e16), 10**30, Struct([("S", "x"), ("S", "y")])])

    # What holds others

    def structure(self, shape_name: str, depth: int, member: str = "") -> Struct:
        shape = self.operation.shape(shape_name)
        members = list(shape["members"].items())
        if is_union(shape_name, shape) and members:
            return self.union(members, member, depth)
        required = shape.get("required", [])
        chosen = [(name, ref) for name, ref in members if self.chance.random() < (0.98 if name in required else self.optional)]
        made = Struct((name, self.value(ref["shape"], name, depth)) for name, ref in chosen if depth < DEPTH_MAX and self.elements_left > 0)
        return self.spoiled(made, depth)

    def spoiled(self, made: Struct, depth: int) -> Struct:
        if self.is_hostile():
            kind = self.chance.randrange(4)
            if kind == 0 and made:
                made.append(self.chance.choice(made))
            elif kind == 1:
                made.append((self.chance.choice(["Unknown", "", "a" * 300, "é", "__type", "\x00"]), self.any_value(depth)))
            elif kind == 2:
                self.chance.shuffle(made)
            elif made:
                made[self.chance.randrange(len(made))] = (self.chance.choice(made)[0], None)
        return made

    def union(self, members: list[tuple[str, Any]], member: str, depth: int) -> Struct:
        count = self.chance.choice((0, 2)) if self.is_hostile() else 1
        chosen = self.chance.sample(members, min(count, len(members)))
        if depth > 8 and self.chance.random() < 0.7:
            chosen = members[:1]
        if member in KEY_KINDS and count == 1 and self.chance.random() < 0.9:
            chosen = [one for one in members if one[0] == KEY_KINDS[member]]
        return Struct((name, self.value(ref["shape"], name, depth)) for name, ref in chosen if depth < DEPTH_MAX)

    def count(self, shape: dict[str, Any]) -> int:
        low, high = int(shape.get("min", 0)), int(shape.get("max", 10_000))
        if self.is_hostile():
            return min(self.chance.choice((0, low - 1, low, high, high + 1, 200)), ELEMENTS_MAX) if self.elements_left > 0 else 0
        return min(max(low, self.chance.choice((1, 1, 1, 2, 3, 8))), high, max(self.elements_left, 0))

    def list(self, shape_name: str, depth: int, member: str) -> Any:
        shape = self.operation.shape(shape_name)
        made = [self.value(shape["member"]["shape"], member, depth) for _ in range(max(0, self.count(shape))) if self.elements_left > 0]
        if made and self.is_hostile():
            again = self.chance.choice((made[0], None))
            copies = min(self.chance.choice((1, 3, 200)), max(0, self.elements_left // count_of(again)))
            self.elements_left -= copies * count_of(again)
            made += [again] * copies
        return made

    def map(self, shape_name: str, depth: int, member: str) -> Pairs:
        shape = self.operation.shape(shape_name)
        if names := MAP_KEYS.get(member):
            keys = self.chance.sample(names, self.chance.randint(min(2, len(names)), len(names)) if member != "Key" else self.chance.choice((1, 2)))
        else:
            keys = [self.value(shape["key"]["shape"], "", depth) for _ in range(max(0, self.count(shape)))]
        if keys and self.is_hostile():
            keys += self.chance.choice(([keys[0]], [""], [Text(b"\xff")], ["k" * 256], [f"n{n}" for n in range(150)]))
        values = MAP_VALUES.get(member)
        return Pairs((key, self.chance.choice(values) if values else self.value(shape["value"]["shape"], key if isinstance(key, str) else "", depth))
                     for key in keys if self.elements_left > 0)

    # What holds nothing else

    def string(self, shape: dict[str, Any], member: str) -> Any:
        if self.is_hostile():
            return self.hostile_string(shape)
        if shape.get("enum") and member not in HINTS:
            return self.chance.choice(shape["enum"])
        if self.chance.random() < 0.75 and (known := self.pool.pick(member)):
            return known
        if member in HINTS:
            return HINTS[member](self.chance)
        low, high = int(shape.get("min", 0)), int(shape.get("max", 100))
        return ("fuzz" + str(self.chance.randrange(4))).ljust(low, "x")[:high]

    def hostile_string(self, shape: dict[str, Any]) -> Any:
        low, high = int(shape.get("min", 0)), min(int(shape.get("max", 100)), SIZE_MAX)
        kind = self.chance.randrange(8)
        if kind == 0:
            return Text(self.chance.choice((b"", b"abc")) + self.chance.choice(BAD_UTF8) + b"def")
        if kind == 1:
            return "a\x00b"
        if kind == 2 and shape.get("enum"):
            return self.chance.choice(shape["enum"]).swapcase()
        length = self.chance.choice([low, max(0, low - 1), high, high + 1, self.chance.choice(LENGTHS)])
        return (self.chance.choice(ALPHABETS) * length)[:length]

    def blob(self, shape: dict[str, Any], member: str) -> Any:
        if self.is_hostile():
            size = self.chance.choice((0, 1, 60_000, 1_100_000)) if self.elements_left > BLOB_ELEMENTS else 0
            self.elements_left -= size // 1000
            return self.chance.choice(["=", "a", "====", "é", "QQ", "Q Q=", Blob(bytes(size))])
        return Blob(self.chance.randbytes(self.chance.choice((0, 1, 10, 1000))))

    def integer(self, shape: dict[str, Any], member: str) -> Any:
        low, high = int(shape.get("min", -5)), int(shape.get("max", 2**31 - 1))
        if self.is_hostile():
            return self.chance.choice([*INTEGERS, *WRONG_INTEGERS, low - 1, high + 1, low, high])
        if member in ("ShardCount", "TargetShardCount"):
            return self.chance.choice((1, 1, 2, 3, 5))
        return self.chance.choice([one for one in (1, 2, 10, 24, 30, 60, 300, 10_000, low, high) if low <= one <= high])

    long = integer

    def double(self, shape: dict[str, Any], member: str) -> Any:
        return self.chance.choice([*DOUBLES, *WRONG_INTEGERS]) if self.is_hostile() else self.chance.choice((0.0, 1.0, 2.5, -3.0, 1e9))

    float = double

    def boolean(self, shape: dict[str, Any], member: str) -> Any:
        return self.chance.choice(["true", 1, "TRUE", Raw(b"tru")]) if self.is_hostile() else self.chance.random() < 0.5

    def timestamp(self, shape: dict[str, Any], member: str) -> Any:
        now = time.time() // 60 * 60
        if self.is_hostile():
            return self.chance.choice([Time(one) for one in (0, -1, -1e16, 1e16, 1e11, 9e15, 1e300, math.nan, math.inf, -62135596801, 253402300800)]
                                      + ["2024-01-01T00:00:00Z", "2024-13-45T99:99:99Z", "+99999-01-01T00:00:00Z", "now", ""])
        return Time(now + self.chance.choice((-86400, -3600, -300, -60, 0, 60, 3600)))

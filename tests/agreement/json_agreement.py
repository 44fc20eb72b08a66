#!/usr/bin/env python3
"""The emulator's verdict on pairs of JSON Schemas beside values: where it lets a version read another, no value that the other
allows may be refused by it; fastjsonschema says which it allows. README.md says how."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE)]
import fastjsonschema  # noqa: E402
from avro_agreement import RESET_EVERY, Glue  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

SCALARS: list[Any] = [None, True, False, 2, 3, 4, 6, -5, 10, 2.5, 7.25, "", "a", "ab", "abc", "b", "xyz"]
NAMES = ["a", "b", "c", "xa"]
PATTERNS = ["^a", "b", "^x"]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]


def value(chance: random.Random, depth: int = 2) -> Any:
    kind = chance.random()
    if depth and kind < 0.2:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if depth and kind < 0.6:
        return {name: value(chance, depth - 1) for name in NAMES if chance.random() < 0.5}
    return chance.choice(SCALARS)


class Maker:
    """Random schemas, and what became of them."""

    def __init__(self, chance: random.Random):
        self.chance = chance

    def schema(self, depth: int = 3) -> Any:
        chance = self.chance
        if chance.random() < 0.06:
            return chance.choice([True, False])
        made: dict[str, Any] = {}
        if chance.random() < 0.8:
            made["type"] = chance.choice(TYPES) if chance.random() < 0.7 else chance.sample(TYPES, 2)
        for _ in range(chance.randrange(4)):
            self.add(made, depth)
        return made

    def add(self, made: dict[str, Any], depth: int) -> None:
        """One keyword more, or another in its place."""
        chance, below = self.chance, depth - 1
        scalars = [
            lambda: {"minimum": chance.choice([-5, 2, 3])}, lambda: {"maximum": chance.choice([3, 4, 10])},
            lambda: {"exclusiveMinimum": chance.choice([-5, 2, 3])}, lambda: {"exclusiveMaximum": chance.choice([4, 10])},
            lambda: {"multipleOf": chance.choice([2, 3, 6, 0.5])}, lambda: {"minLength": chance.randrange(3)},
            lambda: {"maxLength": chance.randrange(1, 4)}, lambda: {"pattern": chance.choice(PATTERNS)},
            lambda: {"enum": chance.sample([None, "a", "ab", "b", 3, 4, 2.5], chance.randrange(1, 5))},
            lambda: {"const": chance.choice(["a", 3, None])}, lambda: {"minItems": chance.randrange(3)},
            lambda: {"maxItems": chance.randrange(4)}, lambda: {"uniqueItems": True},
            lambda: {"required": chance.sample(NAMES, chance.randrange(3))}, lambda: {"minProperties": chance.randrange(3)},
            lambda: {"maxProperties": chance.randrange(1, 4)}, lambda: {"additionalProperties": False},
            lambda: {"dependencies": {chance.choice(NAMES): [chance.choice(NAMES)]}},
        ]
        nested = [
            lambda: {"properties": {name: self.schema(below) for name in chance.sample(NAMES, chance.randrange(1, 4))}},
            lambda: {"properties": {name: self.schema(below) for name in chance.sample(NAMES, chance.randrange(1, 4))},
                     "additionalProperties": False},
            lambda: {"additionalProperties": self.schema(below)}, lambda: {"patternProperties": {chance.choice(PATTERNS): self.schema(below)}},
            lambda: {"items": self.schema(below)}, lambda: {"items": [self.schema(below), self.schema(below)]},
            lambda: {"items": [self.schema(below)], "additionalItems": self.schema(below)}, lambda: {"contains": self.schema(below)},
            lambda: {"propertyNames": {"pattern": chance.choice(PATTERNS)}}, lambda: {"not": self.schema(below)},
            lambda: {"allOf": [self.schema(below), self.schema(below)]}, lambda: {"anyOf": [self.schema(below), self.schema(below)]},
            lambda: {"oneOf": [self.schema(below), self.schema(below)]}, lambda: {"if": self.schema(below), "then": self.schema(below)},
            lambda: {"if": self.schema(below), "then": self.schema(below), "else": self.schema(below)},
            lambda: {"dependencies": {chance.choice(NAMES): self.schema(below)}},
        ]
        made |= chance.choice(scalars + nested if depth else scalars)()

    def changed(self, schema: Any) -> Any:
        chance = self.chance
        if isinstance(schema, bool) or chance.random() < 0.1:
            return self.schema(2)
        after = json.loads(json.dumps(schema))
        inner = [key for key in ("properties", "items", "not", "anyOf", "oneOf", "allOf", "additionalProperties") if key in after]
        if inner and chance.random() < 0.5:
            key = chance.choice(inner)
            if key == "properties":
                name = chance.choice(list(after[key]))
                after[key][name] = self.changed(after[key][name])
            elif isinstance(after[key], list):
                at = chance.randrange(len(after[key]))
                after[key][at] = self.changed(after[key][at])
            else:
                after[key] = self.changed(after[key])
        elif after and chance.random() < 0.5:
            del after[chance.choice(list(after))]
        else:
            self.add(after, 2)
        return after


@dataclass
class Result:
    verdicts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def allows(schema: Any) -> Any:
    """None: fastjsonschema cannot do it."""
    draft = {"$schema": "http://json-schema.org/draft-07/schema#"}
    try:
        check = fastjsonschema.compile(schema | draft if isinstance(schema, dict) else {"allOf": [schema]} | draft)
    except Exception:  # its generator has faults of its own
        return None

    def allowed(instance: Any) -> bool:
        try:
            check(instance)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    return allowed


def judge(glue: Glue, number: int, before: Any, after: Any) -> bool:
    """Does the emulator let the second one read the first?"""
    name = f"s{number}"
    text = [json.dumps(schema if isinstance(schema, dict) else {"allOf": [schema]}) for schema in (before, after)]
    made = glue.ask("CreateSchema", SchemaName=name, DataFormat="JSON", Compatibility="BACKWARD", SchemaDefinition=text[0])
    assert "SchemaVersionId" in made, (made, text[0])
    told = glue.ask("RegisterSchemaVersion", SchemaId={"RegistryName": "default-registry", "SchemaName": name}, SchemaDefinition=text[1])
    assert "Status" in told, (told, text[1])
    return told["Status"] == "AVAILABLE"


def run(emulator: LocalEmulator, pairs: int, seed: int, values: int = 300) -> Result:
    chance, glue, result = random.Random(seed), Glue(emulator), Result()
    maker, instances = Maker(chance), [value(chance) for _ in range(values)] + SCALARS
    for number in range(pairs):
        if number % RESET_EVERY == RESET_EVERY - 1:
            glue.reset()
        before = maker.schema()
        after = maker.changed(before)
        is_read = judge(glue, number, before, after)
        writer, reader = allows(before), allows(after)
        if not writer or not reader:
            result.verdicts["not compared"] += 1
            continue
        lost = next((instance for instance in instances if writer(instance) and not reader(instance)), ...)
        result.verdicts[("read" if is_read else "refused") + ("" if lost is ... else ", a value is lost")] += 1
        if is_read and lost is not ...:
            result.wrong.append(f"{json.dumps(before)} => {json.dumps(after)} loses {json.dumps(lost)}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    with LocalEmulator() as emulator:
        result = run(emulator, arguments.pairs, arguments.seed)
    for wrong in result.wrong:
        print(wrong)
    print(f"{arguments.pairs:,} pairs, seed {arguments.seed}: {dict(result.verdicts)}; {len(result.wrong)} verdicts are wrong")
    return bool(result.wrong)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The emulator's verdict on pairs of Avro schemas beside Apache Avro's own. README.md says how."""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "clients" / "python"), str(HERE), str(HERE.parent / "clients")]
from avro_pairs import pair  # noqa: E402
from local_emulator import LocalEmulator  # noqa: E402

RESET_EVERY = 200


class Glue:
    """awsJson without more ado."""

    def __init__(self, emulator: LocalEmulator):
        self.url = emulator.url
        self.connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        self.connection.request("POST", "/", json.dumps(members), {"X-Amz-Target": f"AWSGlue.{operation}", "Content-Type": "application/x-amz-json-1.1"})
        answer = self.connection.getresponse()
        return json.loads(answer.read())

    def reset(self) -> None:
        urllib.request.urlopen(f"{self.url}/_evpoc/reset", b"{}", timeout=30).read()

    def verdict(self, name: str, before: str, after: str, mode: str) -> str:
        """compatible, incompatible, or what else came of it."""
        made = self.ask("CreateSchema", SchemaName=name, DataFormat="AVRO", Compatibility=mode, SchemaDefinition=before)
        if "SchemaVersionId" not in made:
            return f"invalid {made.get('Message', made)}"
        answer = self.ask("RegisterSchemaVersion", SchemaId={"SchemaName": name, "RegistryName": "default-registry"}, SchemaDefinition=after)
        return {"AVAILABLE": "compatible", "FAILURE": "incompatible"}.get(answer.get("Status", ""), f"invalid {answer.get('Message', answer)}")


@dataclass
class Result:
    verdicts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def oracle_verdicts(oracle: list[str | Path], pairs: list[tuple[str, str]]) -> list[str]:
    """Of readers and writers."""
    coded = "".join(f"{base64.b64encode(reader.encode()).decode()} {base64.b64encode(writer.encode()).decode()}\n" for reader, writer in pairs)
    return subprocess.run(oracle, input=coded, capture_output=True, text=True, check=True).stdout.splitlines()


def run(emulator: LocalEmulator, oracle: list[str | Path], pairs: int, seed: int) -> Result:
    chance = random.Random(seed)
    made = [tuple(json.dumps(schema) for schema in pair(chance)) for _ in range(pairs)]
    # BACKWARD: who has the new one reads what was written with the old one. FORWARD: the other way round.
    modes = ["BACKWARD" if number % 2 else "FORWARD" for number in range(pairs)]
    theirs = oracle_verdicts(oracle, [(after, before) if mode == "BACKWARD" else (before, after) for (before, after), mode in zip(made, modes)])
    glue, result = Glue(emulator), Result()
    for number, ((before, after), mode, their) in enumerate(zip(made, modes, theirs, strict=True)):
        if number % RESET_EVERY == 0:
            glue.reset()
        ours = glue.verdict(f"schema-{number}", before, after, mode)
        word = their.split(" ")[0]
        result.verdicts[word] += 1
        if ours.split(" ")[0] != word:
            result.differences.append(f"{mode}\n  before: {before}\n  after:  {after}\n  Avro: {their}\n  ours: {ours}")
    return result


def main() -> int:
    from sdk import java_program

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000, metavar="N", help="default 5,000")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default 1")
    chosen = parser.parse_args()
    with LocalEmulator() as emulator:
        result = run(emulator, java_program("AvroOracle"), chosen.pairs, chosen.seed)
    for difference in result.differences[:20]:
        print(difference)
    print(f"{chosen.pairs:,} pairs, seed {chosen.seed}: {dict(result.verdicts)} by Apache Avro; {len(result.differences)} on which we differ")
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())

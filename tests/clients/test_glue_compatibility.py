"""Tables of schema pairs (compatibility/*.txt), each with the sentence of the specification that decides it, in all eight modes.

    [where the sentence stands] "The sentence."
    backward: the earlier definition  =>  the later one

The verdict says who can read whom: backward (the later reads the earlier), forward (the other way), both, neither. A line
that begins with a backslash goes on the one before; `preamble:` stands before each definition that follows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import refusal

TABLES = Path(__file__).resolve().parent / "compatibility"
FORMATS = {"avro": "AVRO", "json": "JSON", "protobuf": "PROTOBUF"}
MODES = {
    "NONE": {"both", "backward", "forward", "neither"},
    "BACKWARD": {"both", "backward"},
    "BACKWARD_ALL": {"both", "backward"},
    "FORWARD": {"both", "forward"},
    "FORWARD_ALL": {"both", "forward"},
    "FULL": {"both"},
    "FULL_ALL": {"both"},
}


class Pair(NamedTuple):
    place: str
    format: str
    verdict: str
    before: str
    after: str


def pairs_of(path: Path) -> list[Pair]:
    preamble, sentence, pairs = "", "", []
    lines = re.sub(r"\n\\ *", " ", path.read_text()).splitlines()
    for line in lines:
        if line.startswith("["):
            sentence = line
        elif line.startswith("preamble:"):
            preamble = line.removeprefix("preamble:").strip() + "\n"
        elif line and not line.startswith("#"):
            verdict, definitions = line.split(":", 1)
            before, after = definitions.split("=>")
            assert sentence and verdict in ("both", "backward", "forward", "neither"), line
            pairs.append(Pair(f"{path.stem}-{len(pairs) + 1}", FORMATS[path.stem], verdict, preamble + before.strip(),
                              preamble + after.strip()))
    return pairs


PAIRS = [pair for path in sorted(TABLES.glob("*.txt")) for pair in pairs_of(path)]


def test_there_are_300_pairs_and_none_twice():
    assert len({(pair.before, pair.after) for pair in PAIRS}) == len(PAIRS) >= 300


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.place for pair in PAIRS])
def test_a_pair_is_judged_as_the_specification_says(glue, registry, pair):
    def status(mode):
        schema = {"RegistryName": registry, "SchemaName": mode}
        glue.create_schema(RegistryId={"RegistryName": registry}, SchemaName=mode, DataFormat=pair.format, Compatibility=mode,
                           SchemaDefinition=pair.before)
        return glue.register_schema_version(SchemaId=schema, SchemaDefinition=pair.after)["Status"]

    expected = {mode: "AVAILABLE" if pair.verdict in verdicts else "FAILURE" for mode, verdicts in MODES.items()}
    assert {mode: status(mode) for mode in MODES} == expected, (pair.before, pair.after)
    assert refusal(status, mode="DISABLED")[0] == "InvalidInputException"

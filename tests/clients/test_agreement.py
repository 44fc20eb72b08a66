"""The verdict on Avro schemas beside that of Apache Avro's own checker: the short form of tests/agreement."""

import avro_agreement
import pytest
from sdk import java_program


@pytest.fixture(scope="module")
def oracle():
    return java_program("AvroOracle")


def test_verdicts_on_random_pairs_are_those_of_apache_avro(own_emulator, oracle):
    result = avro_agreement.run(own_emulator(), oracle, pairs=600, seed=42)
    assert not result.differences, "\n".join(result.differences[:5])
    assert min(result.verdicts["compatible"], result.verdicts["incompatible"]) > 150


def test_a_wrong_verdict_would_be_noticed(own_emulator, oracle, monkeypatch):
    theirs = avro_agreement.oracle_verdicts
    monkeypatch.setattr(avro_agreement, "oracle_verdicts", lambda program, pairs: theirs(program, [pair[::-1] for pair in pairs]))
    assert avro_agreement.run(own_emulator(), oracle, pairs=100, seed=1).differences

"""The verdict on Avro schemas beside that of Apache Avro's own checker, on JSON Schemas beside what values say, and DynamoDB's answers
beside those of DynamoDB Local: the short form of tests/agreement."""

import avro_agreement
import dynamodb_agreement
import json_agreement
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


def test_no_value_is_lost_between_json_schemas_that_are_called_compatible(own_emulator):
    result = json_agreement.run(own_emulator(), pairs=400, seed=42)
    assert not result.wrong, "\n".join(result.wrong[:5])
    assert result.verdicts["read"] > 200 and result.verdicts["refused, a value is lost"] > 60
    assert result.verdicts["refused"] < 20


@pytest.fixture(scope="module")
def dynamodb_local():
    return java_program("LocalServer", "java_dynamodb_local")


@pytest.mark.slow
def test_answers_of_dynamodb_are_those_of_dynamodb_local(own_emulator, dynamodb_local):
    result = dynamodb_agreement.run(own_emulator(), dynamodb_local, calls=1000, seed=42)
    assert not result.differences, "\n".join(result.differences[:5])
    assert result.refused > 200 and result.records > 30
    assert min(result.operations[name] for name in ("PutItem", "UpdateItem", "Query", "Scan", "TransactWriteItems", "BatchGetItem")) > 10


def test_a_wrong_answer_of_dynamodb_would_be_noticed(own_emulator, dynamodb_local, monkeypatch):
    run = dynamodb_agreement.Round
    items = run.items
    monkeypatch.setattr(run, "items", lambda self, peer, table: {
        key: {name: value for name, value in item.items() if name in table.types or peer is self.theirs}
        for key, item in items(self, peer, table).items()})
    result = dynamodb_agreement.run(own_emulator(), dynamodb_local, calls=100, seed=1)
    assert any("(items)" in difference for difference in result.differences)

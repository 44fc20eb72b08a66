"""serde_dynamo on the SDK for Rust: items are structs."""

import pytest
from orders import answer_of, check, check_changes, check_expiry
from sdk import built, run, tool

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(1200)]  # the compiler takes two minutes and a half, once


@pytest.fixture(scope="module")
def program():
    cargo = tool("cargo")
    folder = built("ecosystem/serde_dynamo", lambda into: run([cargo, "build", "--quiet", "--locked"], cwd=into))
    return folder / "target" / "debug" / "orders"


def test_it_keeps_orders(program, dynamodb, dynamodbstreams, unique):
    table = unique("serde")
    answer = answer_of([program], table)
    check(answer, dynamodb, table)
    assert answer.refused == answer.conflict == "ConditionalCheckFailedException: The conditional request failed"
    assert answer.cancelled == 'TransactionCanceledException: ["None", "ConditionalCheckFailed"]'
    check_expiry(dynamodb, table)
    check_changes(dynamodb, dynamodbstreams, table)

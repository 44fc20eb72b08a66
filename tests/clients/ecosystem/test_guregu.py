"""guregu/dynamo for Go, which still asks by the legacy KeyConditions, with a filter expression beside them."""

import pytest
from orders import answer_of, check, check_changes, check_expiry
from sdk import built, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("go"), pytest.mark.timeout(600)]  # the compiler takes a minute, once


@pytest.fixture(scope="module")
def program():
    go = tool("go")
    return built("ecosystem/guregu", lambda into: run([go, "build", "-buildvcs=false", "-o", "guregu", "."], cwd=into)) / "guregu"


def test_it_keeps_orders(program, dynamodb, dynamodbstreams, unique):
    table = unique("guregu")
    answer = answer_of([program], table)
    check(answer, dynamodb, table)
    assert answer.refused == answer.conflict == "condition failed"
    assert answer.cancelled == "TransactionCanceledException: [None ConditionalCheckFailed]"
    check_expiry(dynamodb, table)
    check_changes(dynamodb, dynamodbstreams, table)

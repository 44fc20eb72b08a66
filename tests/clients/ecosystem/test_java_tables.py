"""The SDKs for Java on tables: the mapper of v1, which asks by the legacy parameters, the enhanced client of v2, and the lock client
of AWS Labs on it."""

import pytest
from orders import answer_of, check, check_changes, check_expiry
from sdk import java_program, run

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(300)]


@pytest.mark.parametrize(("program", "sources"), [("MapperJob", "java_mapper"), ("EnhancedJob", "java_tables")])
def test_it_keeps_orders(program, sources, dynamodb, dynamodbstreams, unique):
    table = unique(program)
    answer = answer_of(java_program(program, f"ecosystem/{sources}"), table)
    check(answer, dynamodb, table)
    assert answer.refused == answer.conflict == "ConditionalCheckFailedException: The conditional request failed"
    assert answer.cancelled == "TransactionCanceledException: [None, ConditionalCheckFailed]"
    check_expiry(dynamodb, table)
    check_changes(dynamodb, dynamodbstreams, table)


def test_one_of_two_owners_has_the_lock(dynamodb, unique):
    table = unique("locks")
    said = run([*java_program("LockJob", "ecosystem/java_tables"), table], timeout=100).splitlines()
    assert said == ["exists true", "other false", "seen ada ada's", "beats true", "released true", "taken grace grace's", "twice false",
                    "locks 1"]
    item, = dynamodb.scan(TableName=table)["Items"]  # grace let it go when she closed; the window's was deleted
    assert (item["lock"]["S"], item["data"]["B"], item["isReleased"]["S"]) == ("door", b"grace's", "1")

"""Libraries for Node.js on tables: Dynamoose, and ElectroDB, which keeps many kinds of things in one table."""

import pytest
from orders import answer_of, check, check_answer, check_changes, check_expiry, stored
from sdk import built, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("javascript"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def javascript():
    npm = tool("npm")
    folder = built("ecosystem/javascript_tables", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into))
    return lambda program: [tool("node"), folder / program]


def test_dynamoose_keeps_orders(javascript, dynamodb, dynamodbstreams, unique):
    table = unique("dynamoose")
    answer = answer_of(javascript("dynamoose_job.js"), table)
    check(answer, dynamodb, table)
    assert answer.refused == answer.conflict == "ConditionalCheckFailedException: The conditional request failed"
    assert answer.cancelled == "TransactionCanceledException: None,ConditionalCheckFailed"
    check_expiry(dynamodb, table)
    check_changes(dynamodb, dynamodbstreams, table)


@pytest.fixture
def single_table(dynamodb, unique):
    """A table as ElectroDB wants it: it makes none."""
    table = unique("electrodb")
    keys = [("pk", "sk"), ("state_pk", "state_sk")]
    schemas = [[{"AttributeName": name, "KeyType": kind} for name, kind in zip(pair, ("HASH", "RANGE"))] for pair in keys]
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=schemas[0],
                          GlobalSecondaryIndexes=[{"IndexName": "by_state", "KeySchema": schemas[1], "Projection": {"ProjectionType": "ALL"}}],
                          AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for pair in keys for name in pair])
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    return table


def test_electrodb_keeps_customers_and_orders_in_one_table(javascript, dynamodb, single_table):
    answer = answer_of(javascript("electrodb_job.js"), single_table)
    check_answer(answer)
    assert answer.refused == answer.conflict == "ConditionalCheckFailedException"
    assert answer.cancelled == "None,ConditionalCheckFailed"
    items = stored(dynamodb, single_table, ("pk", "sk"))
    assert len(items) == 1 + 30
    assert items["$shop#customer_ada/$account#order_1#number_00000001"]["state_pk"] == "$shop#state_paid"
    packed = items["$shop#customer_grace/$account#order_1#number_00000003"]
    assert (packed["state"], packed["version"], packed["state_sk"]) == \
        ("first", 2, "$order_1#cents_00000425#customer_grace#number_00000003")

"""Python's libraries on tables, in an environment of their own: PynamoDB, and LangGraph with its saver and its store."""

import json
import os
import sys

import pytest
from orders import answer_of, check, check_changes, check_expiry
from sdk import built, run

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("python_tables"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def python():
    def build(into):
        run([sys.executable, "-m", "venv", "venv"], cwd=into)
        run(["venv/bin/pip", "install", "-q", "--no-compile", "--disable-pip-version-check", "-r", "requirements.txt"], cwd=into)

    folder = built("ecosystem/python_tables", build)
    return lambda program: [folder / "venv/bin/python", folder / program]


def test_pynamodb_keeps_orders(python, dynamodb, dynamodbstreams, unique):
    table = unique("pynamodb")
    answer = answer_of(python("pynamodb_job.py"), table)
    check(answer, dynamodb, table)
    assert answer.refused == answer.conflict == "ConditionalCheckFailedException: The conditional request failed"
    assert answer.cancelled == "TransactionCanceledException: ['ConditionalCheckFailed', None]"  # it sends what it deletes first
    check_expiry(dynamodb, table)
    check_changes(dynamodb, dynamodbstreams, table)


@pytest.fixture
def checkpoints(dynamodb, unique):
    """A table as the saver wants it: it makes none."""
    table = unique("checkpoints")
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
                          AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")])
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    return table


def test_an_agent_of_langgraph_goes_on_in_another_process(python, dynamodb, checkpoints):
    def job(what):
        return run([*python("langgraph_job.py"), what, checkpoints], env=os.environ, timeout=100)

    job("ask")
    assert json.loads(job("go_on")) == {
        "waits": [["ask"], ["may I?"]], "said": ["hello", "thought", "may I? yes", "looked up", "acted"], "long": True,
        "history": [[3, 5], [2, 4], [1, 2], [0, 1], [-1, 0]], "limited": [2, 1], "forked": ["hello", "thought", "looked up"],
        "forgotten": True, "remembered": {"did": 4}, "found": ["last"], "namespaces": [["memories", "ada"], ["memories", "grace"]],
    }
    items = dynamodb.scan(TableName=checkpoints, ProjectionExpression="PK, #ttl", ExpressionAttributeNames={"#ttl": "ttl"})["Items"]
    assert items and all("first" in item["PK"]["S"] and "ttl" in item for item in items)
    described = dynamodb.describe_time_to_live(TableName=f"{checkpoints}-store")["TimeToLiveDescription"]
    assert described["AttributeName"] == "expires_at"

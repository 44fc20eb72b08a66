"""TransactWriteItems and TransactGetItems: all or nothing, and why not; tags of tables."""

from __future__ import annotations

import pytest
from admin import ask
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from conftest import client_at


def item_of(**members) -> dict:
    return {name: TypeSerializer().serialize(value) for name, value in members.items()}


@pytest.fixture
def dynamodb(emulator):
    return client_at(emulator.url, "dynamodb")


@pytest.fixture
def table(dynamodb, unique) -> str:
    name = unique("transactions")
    dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    return name


def put(table: str, pk: str, condition: str | None = None, **members) -> dict:
    return {"Put": {"TableName": table, "Item": item_of(pk=pk, **members)} | ({"ConditionExpression": condition} if condition else {})}


def write(dynamodb, *parts: dict, **more) -> dict:
    return dynamodb.transact_write_items(TransactItems=list(parts), **more)


def refused(dynamodb, *parts: dict, **more) -> dict:
    with pytest.raises(ClientError) as error:
        write(dynamodb, *parts, **more)
    return error.value.response


def keys(dynamodb, table: str) -> list[str]:
    return sorted(item["pk"]["S"] for item in dynamodb.scan(TableName=table)["Items"])


def test_four_kinds_are_done_together(dynamodb, table):
    for pk in ("updated", "deleted", "checked"):
        dynamodb.put_item(TableName=table, Item=item_of(pk=pk, n=1))
    write(dynamodb, put(table, "new"),
          {"Update": {"TableName": table, "Key": item_of(pk="updated"), "UpdateExpression": "SET n = n + :one",
                      "ExpressionAttributeValues": item_of(**{":one": 1})}},
          {"Delete": {"TableName": table, "Key": item_of(pk="deleted")}},
          {"ConditionCheck": {"TableName": table, "Key": item_of(pk="checked"), "ConditionExpression": "n = :one",
                              "ExpressionAttributeValues": item_of(**{":one": 1})}})
    assert keys(dynamodb, table) == ["checked", "new", "updated"]
    assert dynamodb.get_item(TableName=table, Key=item_of(pk="updated"))["Item"]["n"] == {"N": "2"}


def test_one_that_fails_cancels_all_and_each_has_its_reason(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="there", text="x"))
    answer = refused(dynamodb,
                     {"Put": {"TableName": table, "Item": item_of(pk="there"), "ConditionExpression": "attribute_not_exists(pk)",
                              "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
                     put(table, "never"),
                     {"Update": {"TableName": table, "Key": item_of(pk="other"), "UpdateExpression": "SET n = missing_one + :one",
                                 "ExpressionAttributeValues": item_of(**{":one": 1})}})
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    assert answer["Error"]["Message"] == ("Transaction cancelled, please refer cancellation reasons for specific reasons "
                                          "[ConditionalCheckFailed, None, ValidationError]")
    first, second, third = answer["CancellationReasons"]
    assert first == {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": item_of(pk="there", text="x")}
    assert second == {"Code": "None"} and third["Code"] == "ValidationError" and third["Message"]
    assert keys(dynamodb, table) == ["there"]


def test_what_no_transaction_may_say_is_refused(dynamodb, table):
    assert refused(dynamodb, put(table, "a"), put(table, "a"))["Error"]["Message"] == (
        "Transaction request cannot include multiple operations on one item")
    both = put(table, "a") | {"Delete": {"TableName": table, "Key": item_of(pk="b")}}
    assert refused(dynamodb, both)["Error"]["Message"] == "TransactItems can only contain one of Check, Put, Update or Delete"
    assert refused(dynamodb, *[put(table, str(n)) for n in range(101)])["Error"]["Code"] == "ValidationException"
    assert refused(dynamodb, put("nowhere", "a"))["Error"]["Code"] == "ResourceNotFoundException"
    big = [put(table, str(n), data="x" * 390_000) for n in range(11)]
    assert refused(dynamodb, *big)["Error"]["Code"] == "ValidationException"
    assert keys(dynamodb, table) == []


def test_the_same_token_does_it_once_for_ten_minutes(own_emulator):
    url = own_emulator().url
    dynamodb = client_at(url, "dynamodb")
    dynamodb.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    add = {"Update": {"TableName": "table", "Key": item_of(pk="a"), "UpdateExpression": "ADD n :one",
                      "ExpressionAttributeValues": item_of(**{":one": 1})}}

    def value() -> str:
        return dynamodb.get_item(TableName="table", Key=item_of(pk="a"))["Item"]["n"]["N"]

    for _ in range(3):
        write(dynamodb, add, ClientRequestToken="once")
    assert value() == "1"
    assert refused(dynamodb, put("table", "b"), ClientRequestToken="once")["Error"]["Code"] == "IdempotentParameterMismatchException"
    ask(url, "clock", advance="10m")
    write(dynamodb, add, ClientRequestToken="once")
    assert value() == "2"


def test_transact_get_items_gives_them_in_order_with_gaps(dynamodb, table):
    for pk in "ab":
        dynamodb.put_item(TableName=table, Item=item_of(pk=pk, n=1, m=2))
    wanted = [{"Get": {"TableName": table, "Key": item_of(pk=pk), "ProjectionExpression": "pk"}} for pk in ("b", "missing", "a")]
    answer = dynamodb.transact_get_items(TransactItems=wanted, ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == [{"Item": item_of(pk="b")}, {}, {"Item": item_of(pk="a")}]
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}]


def test_tags_of_a_table(dynamodb, unique):
    name = unique("tagged")
    arn = dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                                Tags=[{"Key": "a", "Value": "1"}])["TableDescription"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["a", "nothing"])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    with pytest.raises(ClientError):
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "aws:x", "Value": "1"}])
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.list_tags_of_resource(ResourceArn=arn + "x")


def test_describe_limits(dynamodb):
    assert dynamodb.describe_limits()["TableMaxWriteCapacityUnits"] == 40000


def cancelled(dynamodb, *parts) -> list[tuple]:
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=list(parts))
    assert refused.value.response["Error"]["Code"] == "TransactionCanceledException"
    return [(reason["Code"], reason.get("Message")) for reason in refused.value.response["CancellationReasons"]]


def test_a_key_that_does_not_fit_is_a_reason_to_cancel(dynamodb, table):
    """API Reference, TransactWriteItems, Cancellation reasons: "Code: ValidationError"."""
    missing = {"Put": {"TableName": table, "Item": item_of(other="x")}}
    mistyped = {"Put": {"TableName": table, "Item": item_of(pk=5)}}
    foreign = {"Delete": {"TableName": table, "Key": item_of(pk="x", more="y")}}
    assert cancelled(dynamodb, put(table, "fine"), missing, mistyped, foreign) == [
        ("None", None), ("ValidationError", "One or more parameter values were invalid: Missing the key pk in the item"),
        ("ValidationError", "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"),
        ("ValidationError", "The provided key element does not match the schema")]
    assert dynamodb.scan(TableName=table)["Count"] == 0


def test_large_items_are_changed_together_or_not_at_all(dynamodb, table):
    """So many that they are not kept from the moment they are judged until they are written."""
    nothing = {"L": [{"NULL": True}] * 60_000}
    for number in range(20):
        dynamodb.put_item(TableName=table, Item=item_of(pk=str(number), n=number) | {"l": nothing})
    change = [{"Update": {"TableName": table, "Key": item_of(pk=str(number)), "UpdateExpression": "SET n = n + :one, l[1] = :text",
                          "ConditionExpression": "n < :most", "ExpressionAttributeValues": item_of(**{":one": 1, ":text": "x", ":most": 100})}}
              for number in range(20)]
    failing = put(table, "19", "attribute_not_exists(pk)")
    assert cancelled(dynamodb, *change[:19], failing)[-1] == ("ConditionalCheckFailed", "The conditional request failed")
    dynamodb.transact_write_items(TransactItems=change)
    for item in dynamodb.scan(TableName=table, ProjectionExpression="pk, n, l[0], l[1], l[2]")["Items"]:
        assert item == item_of(pk=item["pk"]["S"], n=int(item["pk"]["S"]) + 1) | {"l": {"L": [{"NULL": True}, {"S": "x"}, {"NULL": True}]}}


def test_a_repeat_means_the_same_in_any_order(dynamodb, table):
    """API Reference, TransactWriteItems, ClientRequestToken. Go's SDK sends the members of maps in a new order each time."""
    item = item_of(pk="a", m={"x": 1, "y": {"p": "q", "r": "s"}}, n=1, s={"a", "b", "c"})
    turned = {name: item[name] for name in reversed(item)} | {"m": {"M": {"y": {"M": {"r": {"S": "s"}, "p": {"S": "q"}}}, "x": {"N": "1"}}}}
    turned["s"] = {"SS": item["s"]["SS"][::-1]}
    item["f"], turned["f"] = {"NS": ["1.50", "2"]}, {"NS": ["2.0", "1.5"]}
    names, values = {"#a": "a", "#b": "b"}, item_of(**{":a": 1, ":b": 2})

    def write(item, names, values):
        update = {"TableName": table, "Key": item_of(pk="u"), "UpdateExpression": "SET #a = :a, #b = :b", "ExpressionAttributeNames": names,
                  "ExpressionAttributeValues": values}
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item}}, {"Update": update}], ClientRequestToken="again")

    write(item, names, values)
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression="SET n = :n", ExpressionAttributeValues=item_of(**{":n": 7}))
    write(turned, dict(reversed(names.items())), dict(reversed(values.items())))
    assert dynamodb.get_item(TableName=table, Key=item_of(pk="a"))["Item"]["n"] == {"N": "7"}
    for other in (item | item_of(n=2), item | item_of(s={"a", "b"}), item | item_of(m={"x": 1, "y": {"p": "s", "r": "q"}})):
        with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
            write(other, names, values)

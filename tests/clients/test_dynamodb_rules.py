"""Rules of AWS's that are easily got wrong: which parameters go together, what removes nothing, parentheses, older conditions, depth."""

import pytest
from helpers import refusal
from test_dynamodb import item_of, make_table, plain_item

ENVELOPE = "1 validation error detected: "
INVALID = "One or more parameter values were invalid: "
NOTHING = {"NULL": True}


@pytest.fixture
def table(dynamodb, unique):
    return make_table(dynamodb, unique("rules"))


def condition(operator, *values):
    return {"ComparisonOperator": operator} | ({"AttributeValueList": list(values)} if values else {})


def refused(call, **parameters):
    code, message = refusal(call, **parameters)
    assert code == "ValidationException"
    return message


# Which parameters go together


def test_key_conditions_go_with_newer_filters_and_projections(dynamodb, table):
    """The mapper of the SDK for Java 1 and guregu/dynamo send them so; only KeyConditionExpression excludes KeyConditions."""
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=1, m=2))
    query = {"TableName": table, "KeyConditions": {"pk": condition("EQ", {"S": "a"})}}
    found = dynamodb.query(**query, FilterExpression="n = :n", ProjectionExpression="m", ExpressionAttributeValues=item_of(**{":n": 1}))
    assert [plain_item(item) for item in found["Items"]] == [{"m": 2}]
    assert dynamodb.query(**query, FilterExpression="n > :n", ExpressionAttributeValues=item_of(**{":n": 1}))["Count"] == 0
    assert refused(dynamodb.query, **query, KeyConditionExpression="pk = :p", ExpressionAttributeValues=item_of(**{":p": "a"})) == (
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} "
        "Expression parameters: {KeyConditionExpression}")


# What removes nothing


@pytest.mark.parametrize("update", ["REMOVE a", "REMOVE a, b", "REMOVE x.y", "REMOVE x[0]", "DELETE s :s", "REMOVE a DELETE s :s"])
def test_what_only_takes_away_makes_no_item(dynamodb, table, update):
    values = {"ExpressionAttributeValues": {":s": {"SS": ["x"]}}} if ":s" in update else {}
    answer = dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=update, ReturnValues="ALL_NEW", **values)
    assert not answer.get("Attributes")
    dynamodb.transact_write_items(TransactItems=[{"Update": {"TableName": table, "Key": item_of(pk="a"), "UpdateExpression": update, **values}}])
    assert dynamodb.scan(TableName=table)["Count"] == 0


@pytest.mark.parametrize("update", ["REMOVE x.y", "REMOVE n.y", "REMOVE l.y", "REMOVE m[0]", "SET x.y = n"])
def test_of_an_item_that_is_there_paths_must_fit(dynamodb, table, update):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=1, l=[1], m={"k": 1}))
    assert refused(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression=update) == (
        "The document path provided in the update expression is invalid for update")
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression="REMOVE m.nothing, l[7], nowhere")


def test_an_update_of_nothing_makes_an_item(dynamodb, table):
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"))
    assert dynamodb.scan(TableName=table)["Items"] == [item_of(pk="a")]


# Parentheses


@pytest.mark.parametrize("expression", [
    "(n) = (:five)", "n = (:five)", "(size(s)) = :five", "(n) BETWEEN (:one) AND (:five)", "(n) IN ((:one), :five)", "(contains(s, :el))",
    "((n) = (:five)) AND (attribute_exists(s))", "NOT (size(s)) < (n)", "contains((s), (:el))", "(m.k[0]) = (:one) OR (begins_with(s, :one))",
    "n BETWEEN size(s) AND size(s) AND (n = :five)", "(n = :five OR n = :one) AND s = s2"])
def test_operands_may_stand_in_parentheses(dynamodb, table, expression):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=5, s="hello", s2="hello", m={"k": [1]}))
    used = {key: value for key, value in {":five": 5, ":one": 1, ":el": "el"}.items() if key in expression}
    if "begins_with" in expression:
        used[":one"] = 1
        assert "Incorrect operand type" in refused(dynamodb.scan, TableName=table, FilterExpression=expression, ExpressionAttributeValues=item_of(**used))
        return
    values = {"ExpressionAttributeValues": item_of(**used)} if used else {}
    assert dynamodb.scan(TableName=table, FilterExpression=expression, **values)["Count"] == 1


@pytest.mark.parametrize("expression", ["((n)) = :v", "n = ((:v))", "((n = :v))", "((contains(n, :v)))", "((size(n))) = :v", "(((n = :v)))"])
def test_parentheses_in_parentheses_are_refused(dynamodb, table, expression):
    assert refused(dynamodb.scan, TableName=table, FilterExpression=expression, ExpressionAttributeValues=item_of(**{":v": 5})) == (
        "Invalid FilterExpression: The expression has redundant parentheses;")


@pytest.mark.parametrize("update", ["SET a = (n)", "SET a = (n + :v)", "SET a = (n) - (:v)", "SET a = (if_not_exists(b, n)) + :v"])
def test_sums_may_stand_in_parentheses(dynamodb, table, update):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=5))
    values = {"ExpressionAttributeValues": item_of(**{":v": 2})} if ":v" in update else {}
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=update, **values)


# Older conditions


@pytest.mark.parametrize("given, said", [
    (condition("EQ"), INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator"),
    (condition("BETWEEN", {"N": "1"}), INVALID + "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
    (condition("NULL", {"N": "1"}), INVALID + "Invalid number of argument(s) for the NULL ComparisonOperator"),
    (condition("LT", {"BOOL": True}), INVALID + "ComparisonOperator LT is not valid for BOOL AttributeValue type"),
    (condition("GE", {"SS": ["a"]}), INVALID + "ComparisonOperator GE is not valid for SS AttributeValue type"),
    (condition("IN", {"M": {}}), INVALID + "ComparisonOperator IN is not valid for M AttributeValue type"),
    (condition("CONTAINS", {"L": []}), INVALID + "ComparisonOperator CONTAINS is not valid for L AttributeValue type"),
    (condition("NOT_CONTAINS", {"NS": ["1"]}), INVALID + "ComparisonOperator NOT_CONTAINS is not valid for NS AttributeValue type"),
    (condition("BEGINS_WITH", {"N": "1"}), INVALID + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"),
    (condition("IN", {"N": "1"}, {"S": "a"}), INVALID + "AttributeValues inside AttributeValueList must be of same type"),
    (condition("BETWEEN", {"N": "1"}, {"S": "a"}), INVALID + "AttributeValues inside AttributeValueList must be of same type"),
    (condition("BETWEEN", {"N": "2"}, {"N": "1"}), "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"),
])
def test_arguments_of_older_conditions(dynamodb, table, given, said):
    """API Reference, Condition: how many and which types each ComparisonOperator takes."""
    assert refused(dynamodb.scan, TableName=table, ScanFilter={"a": given}) == said
    assert refused(dynamodb.query, TableName=table, KeyConditions={"pk": condition("EQ", {"S": "a"})}, QueryFilter={"a": given}) == said
    if "AttributeValueList" in given:
        assert refused(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), Expected={"a": given}) == ENVELOPE + said


@pytest.mark.parametrize("expected, said", [
    ({"ComparisonOperator": "LT"}, "Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a"),
    ({"ComparisonOperator": "LT", "Exists": True}, "Exists and ComparisonOperator cannot be used together for Attribute: a"),
    ({"AttributeValueList": [NOTHING]}, "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"),
    ({"Value": NOTHING, "AttributeValueList": []}, "Value and AttributeValueList cannot be used together for Attribute: a"),
    ({"Exists": True}, "Value must be provided when Exists is true for Attribute: a"),
    ({}, "Value must be provided when Exists is null for Attribute: a"),
    ({"Exists": False, "Value": NOTHING}, "Value cannot be used when Exists is false for Attribute: a"),
])
def test_what_expected_may_hold(dynamodb, table, expected, said):
    assert refused(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), Expected={"a": expected}) == ENVELOPE + INVALID + said


def test_a_conditional_operator_joins_two_at_least(dynamodb, table):
    without = "ConditionalOperator cannot be used without Filter or Expected"
    alone = "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    one = {"a": condition("NULL")}
    assert refused(dynamodb.scan, TableName=table, ConditionalOperator="OR") == without
    assert refused(dynamodb.scan, TableName=table, ConditionalOperator="OR", ScanFilter=one) == alone
    assert refused(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), ConditionalOperator="OR") == ENVELOPE + without
    assert refused(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), ConditionalOperator="OR", Expected=one) == ENVELOPE + alone
    dynamodb.put_item(TableName=table, Item=item_of(pk="a"), ConditionalOperator="OR", Expected=one | {"b": condition("NULL")})


# Depth


def nested(levels, kind):
    """A leaf on that level; an attribute's own value is on level 1."""
    value = NOTHING
    for _ in range(levels - 1):
        value = {"M": {"m": value}} if kind == "M" else {"L": [value]}
    return value


@pytest.mark.parametrize("kind", ["M", "L"])
@pytest.mark.parametrize("levels", [32, 33])
def test_documents_nest_32_deep_in_every_write(dynamodb, table, kind, levels):
    """Developer Guide, Quotas: "DynamoDB supports nested attributes up to 32 levels deep"."""
    item, values = item_of(pk="a") | {"d": nested(levels, kind)}, {":d": nested(levels, kind)}
    update = {"TableName": table, "Key": item_of(pk="b"), "UpdateExpression": "SET d = :d", "ExpressionAttributeValues": values}
    writes = [(dynamodb.put_item, {"TableName": table, "Item": item}), (dynamodb.update_item, update),
              (dynamodb.batch_write_item, {"RequestItems": {table: [{"PutRequest": {"Item": item}}]}}),
              (dynamodb.transact_write_items, {"TransactItems": [{"Put": {"TableName": table, "Item": item}}, {"Update": update}]}),
              (dynamodb.update_item, {"TableName": table, "Key": item_of(pk="c"), "AttributeUpdates": {"d": {"Value": values[":d"]}}})]
    for write, parameters in writes:
        if levels == 32:
            write(**parameters)
        else:
            assert "Nesting Levels have exceeded supported limits" in refused(write, **parameters)
    if levels == 32:
        assert dynamodb.get_item(TableName=table, Key=item_of(pk="a"))["Item"] == item
        path = "d" + (".m" if kind == "M" else "[0]") * 20
        assert "Nesting Levels" in refused(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression=f"SET {path} = d")

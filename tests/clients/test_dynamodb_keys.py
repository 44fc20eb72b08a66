"""Keys of indexes: of several attributes, what may stand in them, how they are defined.

aws: Developer Guide, "Multi-attribute keys pattern" and "Detecting and correcting index key violations".
aws-test: the queries of the first tests, and their refusals, are what AWS answered to
github.com/paritysuite/dynamodb-conformance, multiAttributeGsiKey."""

import pytest
from conftest import client_at
from helpers import refusal
from test_dynamodb import item_of


def define(**types):
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def schema(hashes, ranges=""):
    return [{"AttributeName": name, "KeyType": "HASH"} for name in hashes] + [{"AttributeName": name, "KeyType": "RANGE"} for name in ranges]


def index(name, hashes, ranges="", **projection):
    return {"IndexName": name, "KeySchema": schema(hashes, ranges), "Projection": projection or {"ProjectionType": "ALL"}}


def create(dynamodb, name, types, *indexes, keys="p", **more):
    globals_ = {"GlobalSecondaryIndexes": list(indexes)} if indexes else {}
    return dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=schema(keys[0], keys[1:]),
                                 AttributeDefinitions=define(**types), **globals_, **more)["TableDescription"]


@pytest.fixture
def several(dynamodb, unique):
    name = unique("several")
    create(dynamodb, name, dict.fromkeys("phabcd", "S"), index("gsi", "h", "abcd"))
    for at, members in enumerate([{"a": "T", "b": "live", "c": "b", "d": "r1"}, {"a": "T", "b": "live", "c": "a", "d": "r2"},
                                  {"a": "T", "b": "live", "c": "a", "d": "r1"}, {"a": "T", "b": "draft", "c": "c", "d": "r1"},
                                  {"a": "F", "b": "live", "c": "a", "d": "r0"}, {"a": "T", "b": "live", "d": "r1"}], 1):
        dynamodb.put_item(TableName=name, Item=item_of(p=f"p{at}", h="o1", **members))
    return name


VALUES = item_of(**{":h": "o1", ":a": "T", ":b": "live", ":c": "a", ":d": "r", ":x": "r1", ":y": "r1"})


def asked(name, condition, **more):
    return {"TableName": name, "IndexName": "gsi", "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {key: value for key, value in VALUES.items() if key in condition}, **more}


def numbers(answer):
    return "".join(item["p"]["S"][1:] for item in answer["Items"])


@pytest.mark.parametrize(("condition", "found"), [
    ("h = :h", "54321"), ("h = :h AND a = :a", "4321"), ("h = :h AND a = :a AND b = :b", "321"), ("b = :b AND h = :h AND a = :a", "321"),
    ("h = :h AND a = :a AND b = :b AND c = :c", "32"), ("h = :h AND a = :a AND b = :b AND c > :c", "1"),
    ("h = :h AND a = :a AND b = :b AND c >= :c", "321"), ("h = :h AND a = :a AND b < :b", "4"), ("h = :h AND a <= :a", "54321"),
    ("h = :h AND a = :a AND b = :b AND c = :c AND begins_with(d, :d)", "32"),
    ("h = :h AND a = :a AND b = :b AND c = :c AND d BETWEEN :x AND :y", "3")])
def test_a_query_goes_down_the_range_attributes(dynamodb, several, condition, found):
    assert numbers(dynamodb.query(**asked(several, condition))) == found
    assert numbers(dynamodb.query(**asked(several, condition), ScanIndexForward=False)) == found[::-1]
    paged, start = "", {}
    while True:
        page = dynamodb.query(**asked(several, condition), Limit=1, **start)
        paged += numbers(page)
        if "LastEvaluatedKey" not in page:
            break
        assert sorted(page["LastEvaluatedKey"]) == ["a", "b", "c", "d", "h", "p"]
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert paged == found


@pytest.mark.parametrize(("condition", "loose", "behind"), [
    ("h = :h AND a = :a AND c = :c", "b", "c"), ("h = :h AND a = :a AND b > :b AND c = :c", "b", "c"), ("h = :h AND b = :b", "a", "b")])
def test_a_query_leaves_no_gap(dynamodb, several, condition, loose, behind):
    said = refusal(dynamodb.query, **asked(several, condition))
    assert said[0] == "ValidationException"
    assert said[1].endswith(f"RANGE key attributes {loose} must have equality conditions specified in the query because a condition is "
                            f"present on key attribute {behind}")


def test_partiql_reads_no_index_of_several(dynamodb, several):
    """aws-test: github.com/paritysuite/dynamodb-conformance, partiqlMultiAttributeIndex"""
    said = ("ValidationException", "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.")
    for where in ("", " WHERE h = 'o1'", " WHERE p = 'p1'"):
        assert refusal(dynamodb.execute_statement, Statement=f'SELECT * FROM "{several}"."gsi"{where}') == said
    assert len(dynamodb.execute_statement(Statement=f'SELECT * FROM "{several}" WHERE p = \'p1\'')["Items"]) == 1


def test_four_and_four_attributes_of_each_type(own_emulator):
    """They survive a restart with the table, and an index that is made later is filled."""
    name, types = "eight", {"p": "S", "h1": "S", "h2": "N", "h3": "B", "h4": "S", "r1": "N", "r2": "S", "r3": "N", "r4": "B"}
    item = item_of(p="k", h1="x", h2=1, h3=b"\0", h4="y", r1=-1, r2="s", r3=2, r4=b"z")
    emulator = own_emulator()
    own = client_at(emulator.url, "dynamodb")
    eight = index("eight", ("h1", "h2", "h3", "h4"), ("r1", "r2", "r3", "r4"), ProjectionType="KEYS_ONLY")
    create(own, name, {"p": "S"})
    for number in (10, 9, 100):
        own.put_item(TableName=name, Item=item | item_of(p=str(number), r1=number, other="o"))
    own.update_table(TableName=name, AttributeDefinitions=define(**types), GlobalSecondaryIndexUpdates=[{"Create": eight}])
    emulator.stop()
    own = client_at(own_emulator().url, "dynamodb")
    described = own.describe_table(TableName=name)["Table"]
    assert described["GlobalSecondaryIndexes"][0]["KeySchema"] == eight["KeySchema"]
    assert sorted(described["AttributeDefinitions"], key=str) == sorted(define(**types), key=str)
    hashes = "h1 = :a AND h2 = :b AND h3 = :c AND h4 = :d"
    values = {":a": item["h1"], ":b": {"N": "1.0"}, ":c": item["h3"], ":d": item["h4"]}
    found = own.query(TableName=name, IndexName="eight", KeyConditionExpression=hashes, ExpressionAttributeValues=values)["Items"]
    assert [one["p"]["S"] for one in found] == ["9", "10", "100"]
    assert sorted(found[0]) == sorted(types)
    more = own.query(TableName=name, IndexName="eight", KeyConditionExpression=hashes + " AND r1 > :e", ExpressionAttributeValues=values | {":e": {"N": "9"}})
    assert more["Count"] == 2
    missed = refusal(own.query, TableName=name, IndexName="eight", KeyConditionExpression="h1 = :a AND h2 = :b AND h4 = :d",
                     ExpressionAttributeValues={key: values[key] for key in (":a", ":b", ":d")})
    assert missed[1].endswith("Query condition missed key schema element: h3")
    own.update_item(TableName=name, Key=item_of(p="10"), UpdateExpression="REMOVE h3")
    assert own.scan(TableName=name, IndexName="eight")["Count"] == 2


# What may stand in them


LONG = "x" * 2049


def test_index_keys_are_checked_by_every_write(dynamodb, unique):
    name = unique("checked")
    create(dynamodb, name, dict.fromkeys("pghr", "S") | {"s": "S"}, index("one", "g"), index("two", "h", "rs"))
    one = "One or more parameter values were invalid: "
    empty = ("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
             "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: one, IndexKey: g")
    for member, said in [({"g": 1}, one + "Type mismatch for Index Key g Expected: S Actual: N IndexName: one"), ({"g": ""}, empty),
                         ({"g": LONG}, one + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
                         ({"r": "x" * 600, "s": "x" * 425}, one + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
                         ({"h": None}, one + "Type mismatch for Index Key h Expected: S Actual: NULL IndexName: two")]:
        item = item_of(p="k", **member)
        assert refusal(dynamodb.put_item, TableName=name, Item=item)[1].endswith(said)
        assert refusal(dynamodb.batch_write_item, RequestItems={name: [{"PutRequest": {"Item": item}}]})[1].endswith(said)
        sets = {"TableName": name, "Key": item_of(p="k"), "UpdateExpression": "SET " + ",".join(f"{key} = :{key}" for key in member),
                "ExpressionAttributeValues": {f":{key}": item[key] for key in member}}
        assert refusal(dynamodb.update_item, **sets)[1].endswith(said)
        for part in ({"Put": {"TableName": name, "Item": item}}, {"Update": sets}):
            with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
                dynamodb.transact_write_items(TransactItems=[part])
            assert refused.value.response["CancellationReasons"] == [{"Code": "ValidationError", "Message": said}]
    dynamodb.put_item(TableName=name, Item=item_of(p="k", g="x" * 2048, h="h", r="x" * 600, s="x" * 424))
    assert dynamodb.scan(TableName=name, IndexName="two")["Count"] == 1


def test_a_backfill_leaves_out_what_is_no_key(dynamodb, unique):
    name = unique("backfill")
    create(dynamodb, name, {"p": "S"})
    for at, value in enumerate(["", LONG, 1, None, ["x"], "fine", "x" * 2048]):
        dynamodb.put_item(TableName=name, Item=item_of(p=str(at), g=value))
    dynamodb.update_table(TableName=name, AttributeDefinitions=define(p="S", g="S"), GlobalSecondaryIndexUpdates=[{"Create": index("later", "g")}])
    found = dynamodb.scan(TableName=name, IndexName="later")["Items"]
    assert sorted(item["p"]["S"] for item in found) == ["5", "6"]
    assert dynamodb.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"][0]["ItemCount"] == 2
    dynamodb.delete_item(TableName=name, Key=item_of(p="0"))  # without an entry
    dynamodb.put_item(TableName=name, Item=item_of(p="1", g="now"))
    assert dynamodb.scan(TableName=name, IndexName="later")["Count"] == 3


# Definitions


def refused(dynamodb, *arguments, **more):
    code, message = refusal(lambda: create(dynamodb, *arguments, **more))
    assert code == "ValidationException"
    return message


def test_schemas_are_checked(dynamodb, unique):
    name = unique("schemas")
    text = dict.fromkeys("pabcdef", "S")

    def of(letters):
        return {letter: "S" for letter in sorted(set("p" + letters))}

    assert refused(dynamodb, name, {"p": "S"}, keys="pp") == "Invalid KeySchema: Some index key attribute have no definition"
    assert refused(dynamodb, name, of("ab"), keys="pab").endswith(
        "Value '[KeySchemaElement(attributeName=p, keyType=HASH), KeySchemaElement(attributeName=a, keyType=RANGE), "
        "KeySchemaElement(attributeName=b, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2")
    assert "At most 4 HASH and 4 RANGE" in refused(dynamodb, name, of("abcde"), index("five", "abcde"))
    assert "At most 4 HASH and 4 RANGE" in refused(dynamodb, name, text, index("five", "a", "bcdef"))
    assert "Duplicate key attribute: a" in refused(dynamodb, name, of("abc"), index("twice", "ab", "ca"))
    assert "not a HASH" in refused(dynamodb, name, of("a"), index("range", "", "a"))
    turned = index("turned", "a", "b")
    turned["KeySchema"].append({"AttributeName": "c", "KeyType": "HASH"})
    assert "HASH key attributes must be specified before RANGE" in refused(dynamodb, name, of("abc"), turned)
    local = {"LocalSecondaryIndexes": [index("local", "p", "bc")]}
    assert "at 'localSecondaryIndexes.1.member.keySchema'" in refused(dynamodb, name, of("abc"), keys="pa", **local)


def test_names_and_projections_are_checked(dynamodb, unique):
    types = {"p": "S", "a": "S"}
    long = unique("t") + "t" * 100
    assert "together" in refused(dynamodb, long[:105], types, index("i" * 151, "a"))
    create(dynamodb, long[:105], types, index("i" * 150, "a"))
    twice = index("twice", "a", ProjectionType="INCLUDE", NonKeyAttributes=["x", "x"])
    assert "Duplicate value in NonKeyAttributes" in refused(dynamodb, unique("twice"), types, twice)


def test_a_key_keeps_its_type(dynamodb, unique):
    name = unique("retyped")
    create(dynamodb, name, {"p": "S", "a": "S"}, index("first", "a"))
    said = ("ValidationException", "invalid attribute, SchemaElement redefined should be of same type as previously defined")
    for types in ({"p": "N", "b": "S"}, {"a": "N", "b": "S"}):
        assert refusal(dynamodb.update_table, TableName=name, AttributeDefinitions=define(**types),
                       GlobalSecondaryIndexUpdates=[{"Create": index("second", "b")}]) == said

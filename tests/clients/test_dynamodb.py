"""Tables, items, expressions, indexes, and the older parameters that the KCL sends: by boto3."""

from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from conftest import client_at
from helpers import eventually, refusal, refusal_code

wire = TypeSerializer().serialize
plain = TypeDeserializer().deserialize


def item_of(**members):
    return {key: wire(value) for key, value in members.items()}


def plain_item(item):
    return {key: plain(value) for key, value in item.items()}


def make_table(dynamodb, name, *, range_key=None, indexes=(), **more):
    """Keys: pk S, and where asked for `range_key` of the type named, such as ("sk", "N")."""
    attributes = {"pk": "S"} | ({range_key[0]: range_key[1]} if range_key else {})
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
    if range_key:
        schema.append({"AttributeName": range_key[0], "KeyType": "RANGE"})
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=schema,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in attributes.items()], **more)
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    return name


@pytest.fixture
def table(dynamodb, unique):
    return make_table(dynamodb, unique("table"))


@pytest.fixture
def ranged(dynamodb, unique):
    """Items of three partitions with numbers 0..9 each as range key."""
    name = make_table(dynamodb, unique("ranged"), range_key=("sk", "N"))
    for pk in "abc":
        requests = [{"PutRequest": {"Item": item_of(pk=pk, sk=number, text=f"{pk}{number}")}} for number in range(10)]
        assert not dynamodb.batch_write_item(RequestItems={name: requests})["UnprocessedItems"]
    return name


# Tables


def test_a_table_describes_itself(dynamodb, ranged):
    described = dynamodb.describe_table(TableName=ranged)["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert described["TableArn"] == f"arn:aws:dynamodb:us-east-1:000000000000:table/{ranged}"
    assert described["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert len(described["TableId"]) == 36
    assert ranged in dynamodb.list_tables()["TableNames"] or ranged in [
        name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]


def test_tables_unknown_twice_made_and_deleted(dynamodb, table):
    code, message = refusal(dynamodb.describe_table, TableName="nowhere")
    assert (code, message) == ("ResourceNotFoundException", "Requested resource not found: Table: nowhere not found")
    assert refusal(dynamodb.get_item, TableName="nowhere", Key=item_of(pk="a")) == (
        "ResourceNotFoundException", "Requested resource not found")
    assert refusal_code(make_table, dynamodb=dynamodb, name=table) == "ResourceInUseException"
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    assert refusal_code(dynamodb.put_item, TableName=table, Item=item_of(pk="a")) == "ResourceNotFoundException"


def test_attribute_definitions_must_be_those_of_the_keys(dynamodb, unique):
    create = dynamodb.create_table
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert refusal_code(create, TableName=unique(), KeySchema=key, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[
        {"AttributeName": "other", "AttributeType": "S"}]) == "ValidationException"
    assert refusal_code(create, TableName=unique(), KeySchema=key, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[
        {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "more", "AttributeType": "S"}]) == "ValidationException"


def test_time_to_live_settings_are_kept(dynamodb, table):
    assert dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    described = eventually(lambda: dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"])
    assert described["AttributeName"] == "expires" and described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")


# Items


def test_all_ten_types_come_back_as_they_went(dynamodb, table):
    item = {
        "pk": {"S": "all"}, "s": {"S": "Zoë 浏览器 \U0001f600"}, "empty": {"S": ""}, "n": {"N": "-12.5"}, "b": {"B": b"\x00\xff"},
        "bool": {"BOOL": False}, "null": {"NULL": True}, "ss": {"SS": ["b", "a"]}, "ns": {"NS": ["3", "1"]},
        "bs": {"BS": [b"y", b"x"]}, "l": {"L": [{"N": "1"}, {"M": {"deep": {"L": []}}}]}, "m": {"M": {"k": {"S": "v"}, "e": {"M": {}}}},
    }
    dynamodb.put_item(TableName=table, Item=item)
    got = dynamodb.get_item(TableName=table, Key={"pk": {"S": "all"}}, ConsistentRead=True)["Item"]
    for key in ("ss", "ns", "bs"):
        (kind,) = item[key]
        assert sorted(got.pop(key)[kind]) == sorted(item.pop(key)[kind])
    assert got == item


@pytest.mark.parametrize("sent, told", [
    ("0", "0"), ("-0", "0"), ("1.0", "1"), ("100", "100"), ("0.1", "0.1"), ("1e3", "1000"), ("00012.340", "12.34"),
    ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
    ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
])
def test_numbers_are_exact_and_normalised(dynamodb, table, sent, told):
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "n"}, "n": {"N": sent}})
    assert Decimal(dynamodb.get_item(TableName=table, Key=item_of(pk="n"))["Item"]["n"]["N"]) == Decimal(told)
    if "e" not in sent:
        assert dynamodb.get_item(TableName=table, Key=item_of(pk="n"))["Item"]["n"]["N"] == told


@pytest.mark.parametrize("number", ["", "abc", "1e200", "1" * 39, "NaN", "1e-140"])
def test_numbers_that_are_none_are_refused(dynamodb, table, number):
    assert refusal_code(dynamodb.put_item, TableName=table, Item={"pk": {"S": "n"}, "n": {"N": number}}) == "ValidationException"


def test_keys_are_checked_against_the_schema(dynamodb, ranged):
    put, get = dynamodb.put_item, dynamodb.get_item
    missing = "One or more parameter values were invalid: Missing the key sk in the item"
    assert refusal(put, TableName=ranged, Item=item_of(pk="a")) == ("ValidationException", missing)
    wrong = "One or more parameter values were invalid: Type mismatch for key sk expected: N actual: S"
    assert refusal(put, TableName=ranged, Item=item_of(pk="a", sk="1")) == ("ValidationException", wrong)
    schema = "The provided key element does not match the schema"
    assert refusal(get, TableName=ranged, Key=item_of(pk="a")) == ("ValidationException", schema)
    assert refusal(get, TableName=ranged, Key=item_of(pk="a", sk=1, x=1))[0] == "ValidationException"
    assert refusal_code(put, TableName=ranged, Item=item_of(pk="", sk=1)) == "ValidationException"


def test_an_item_over_400_kilobytes_is_refused(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="big", data="x" * 409_000))
    code, message = refusal(dynamodb.put_item, TableName=table, Item=item_of(pk="big", data="x" * 410_000))
    assert (code, message) == ("ValidationException", "1 validation error detected: Item size has exceeded the maximum allowed size")


def test_sets_are_neither_empty_nor_double(dynamodb, table):
    put = dynamodb.put_item
    assert refusal_code(put, TableName=table, Item={"pk": {"S": "a"}, "s": {"SS": []}}) == "ValidationException"
    assert refusal_code(put, TableName=table, Item={"pk": {"S": "a"}, "s": {"SS": ["x", "x"]}}) == "ValidationException"
    assert refusal_code(put, TableName=table, Item={"pk": {"S": "a"}, "s": {"NS": ["1", "1.0"]}}) == "ValidationException"


def test_return_values_tell_the_old_item(dynamodb, table):
    first = dynamodb.put_item(TableName=table, Item=item_of(pk="a", v=1), ReturnValues="ALL_OLD")
    assert "Attributes" not in first
    second = dynamodb.put_item(TableName=table, Item=item_of(pk="a", v=2), ReturnValues="ALL_OLD")
    assert plain_item(second["Attributes"]) == {"pk": "a", "v": 1}
    gone = dynamodb.delete_item(TableName=table, Key=item_of(pk="a"), ReturnValues="ALL_OLD")
    assert plain_item(gone["Attributes"]) == {"pk": "a", "v": 2}
    assert "Item" not in dynamodb.get_item(TableName=table, Key=item_of(pk="a"))
    assert refusal_code(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), ReturnValues="ALL_NEW") == "ValidationException"


def test_consumed_capacity_is_told_where_asked_for(dynamodb, table):
    put = dynamodb.put_item(TableName=table, Item=item_of(pk="a", data="x" * 1500), ReturnConsumedCapacity="TOTAL")
    assert put["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 2.0}
    got = dynamodb.get_item(TableName=table, Key=item_of(pk="a"), ReturnConsumedCapacity="TOTAL")
    assert got["ConsumedCapacity"]["CapacityUnits"] == 0.5


# Expressions


def test_conditions_decide_whether_an_item_is_put(dynamodb, table):
    put = dynamodb.put_item
    new = {"TableName": table, "ConditionExpression": "attribute_not_exists(pk)"}
    put(Item=item_of(pk="a", v=1), **new)
    assert refusal(put, Item=item_of(pk="a", v=2), **new) == (
        "ConditionalCheckFailedException", "The conditional request failed")
    put(TableName=table, Item=item_of(pk="a", v=3), ConditionExpression="#v = :one AND (v < :ten OR NOT begins_with(pk, :b))",
        ExpressionAttributeNames={"#v": "v"}, ExpressionAttributeValues=item_of(**{":one": 1, ":ten": 10, ":b": "b"}))
    assert plain(dynamodb.get_item(TableName=table, Key=item_of(pk="a"))["Item"]["v"]) == 3


def test_a_failed_condition_tells_the_item_where_asked_for(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", v=1))
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refused:
        dynamodb.put_item(TableName=table, Item=item_of(pk="a"), ConditionExpression="attribute_not_exists(pk)",
                          ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert plain_item(refused.value.response["Item"]) == {"pk": "a", "v": 1}


@pytest.mark.parametrize("expression, holds", [
    ("n = :five", True), ("n <> :five", False), ("n BETWEEN :one AND :ten", True), ("n IN (:one, :ten)", False),
    ("attribute_exists(m.k)", True), ("attribute_exists(m.x)", False), ("attribute_type(n, :N)", True),
    ("contains(ss, :a)", True), ("contains(s, :el)", True), ("size(s) = :five", True), ("size(l) > :ten", False),
    ("l[1] = :ten", True), ("m.k.deep[0] = :one", True), ("NOT n = :one AND n >= :five", True),
    ("s < :five", False), ("begins_with(s, :he)", True), ("absent = :one", False), ("absent <> :one", True),
    ("n = :one OR n = :five AND s = :el", False), ("(n = :one OR n = :five) AND contains(s, :el)", True),
])
def test_the_language_of_conditions(dynamodb, table, expression, holds):
    item = item_of(pk="a", n=5, s="hello", ss={"a", "b"}, l=[1, 10], m={"k": {"deep": [1]}})
    dynamodb.put_item(TableName=table, Item=item)
    every = {":one": 1, ":five": 5, ":ten": 10, ":N": "N", ":a": "a", ":el": "el", ":he": "he"}
    used = {name: value for name, value in every.items() if name in expression.replace("(", " ").replace(")", " ").replace(
        ",", " ").split()}
    try:
        dynamodb.delete_item(TableName=table, Key=item_of(pk="a"), ConditionExpression=expression,
                             **({"ExpressionAttributeValues": item_of(**used)} if used else {}))
        assert holds
    except dynamodb.exceptions.ConditionalCheckFailedException:
        assert not holds


def update(dynamodb, table, expression, values=None, **more):
    if values:
        more["ExpressionAttributeValues"] = item_of(**values)
    more.setdefault("ReturnValues", "ALL_NEW")
    answer = dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=expression, **more)
    return plain_item(answer.get("Attributes", {}))


def test_updates_make_items_and_change_them(dynamodb, table):
    assert update(dynamodb, table, "SET v = :v, l = :l, m = :m", {":v": 1, ":l": [1, 2], ":m": {"k": 1}}) == {
        "pk": "a", "v": 1, "l": [1, 2], "m": {"k": 1}}
    after = update(dynamodb, table, "SET v = v + :one, l = list_append(l, :l), m.deep = :one, d = if_not_exists(d, :one)",
                   {":one": 1, ":l": [3]})
    assert after == {"pk": "a", "v": 2, "l": [1, 2, 3], "m": {"k": 1, "deep": 1}, "d": 1}
    after = update(dynamodb, table, "REMOVE l[0], m.k, d SET v = v - :one", {":one": 1})
    assert after == {"pk": "a", "v": 1, "l": [2, 3], "m": {"deep": 1}}


def test_add_and_delete_work_on_numbers_and_sets(dynamodb, table):
    assert update(dynamodb, table, "ADD n :n, s :s", {":n": Decimal("1.5"), ":s": {"a", "b"}}) == {
        "pk": "a", "n": Decimal("1.5"), "s": {"a", "b"}}
    assert update(dynamodb, table, "ADD n :n DELETE s :s", {":n": Decimal("-0.5"), ":s": {"a"}}) == {
        "pk": "a", "n": 1, "s": {"b"}}
    assert update(dynamodb, table, "DELETE s :s", {":s": {"b"}}) == {"pk": "a", "n": 1}


@pytest.mark.parametrize("kind, told", [
    ("NONE", {}), ("ALL_OLD", {"pk": "a", "v": 1, "w": 1}), ("ALL_NEW", {"pk": "a", "v": 2, "w": 1}),
    ("UPDATED_OLD", {"v": 1}), ("UPDATED_NEW", {"v": 2}),
])
def test_what_an_update_returns(dynamodb, table, kind, told):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", v=1, w=1))
    assert update(dynamodb, table, "SET v = :v", {":v": 2}, ReturnValues=kind) == told


@pytest.mark.parametrize("expression, names, values", [
    ("SET", None, None), ("SET v =", None, None), ("SET v = :v", None, None), ("SET #v = :v", None, {":v": 1}),
    ("SET v = :v", None, {":v": 1, ":unused": 2}), ("SET v = :v SET w = :v", None, {":v": 1}), ("SET v = :v, v = :v", None, {":v": 1}),
    ("SET pk = :v", None, {":v": "b"}), ("SET name = :v", None, {":v": 1}), ("FROB v", None, None), ("SET m.k = :v", None, {":v": 1}),
])
def test_update_expressions_that_are_none_are_refused(dynamodb, table, expression, names, values):
    more = {"ExpressionAttributeNames": names} if names else {}
    if values:
        more["ExpressionAttributeValues"] = item_of(**values)
    code = refusal_code(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression=expression, **more)
    assert code == "ValidationException"
    assert "Item" not in dynamodb.get_item(TableName=table, Key=item_of(pk="a"))


def test_reserved_words_are_refused_by_name(dynamodb, table):
    code, message = refusal(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression="SET status = :v",
                            ExpressionAttributeValues=item_of(**{":v": 1}))
    assert (code, message) == ("ValidationException", "1 validation error detected: Invalid UpdateExpression: Attribute name is a reserved keyword; "
                                                      "reserved keyword: status")


def test_projections_tell_only_what_they_name(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", v=1, l=[1, {"x": 2, "y": 3}], m={"k": 1, "z": 2}))
    got = dynamodb.get_item(TableName=table, Key=item_of(pk="a"), ProjectionExpression="#v, l[1].x, m.k",
                            ExpressionAttributeNames={"#v": "v"})
    assert plain_item(got["Item"]) == {"v": 1, "l": [{"x": 2}], "m": {"k": 1}}


# Query and Scan


def numbers(page):
    return [int(item["sk"]["N"]) for item in page["Items"]]


@pytest.mark.parametrize("condition, found", [
    ("sk = :x", [3]), ("sk < :x", [0, 1, 2]), ("sk <= :x", [0, 1, 2, 3]), ("sk > :x", [4, 5, 6, 7, 8, 9]),
    ("sk >= :x", [3, 4, 5, 6, 7, 8, 9]), ("sk BETWEEN :x AND :y", [3, 4, 5]),
])
def test_query_by_key_conditions(dynamodb, ranged, condition, found):
    values = {":pk": "b", ":x": 3} | ({":y": 5} if ":y" in condition else {})
    page = dynamodb.query(TableName=ranged, KeyConditionExpression=f"pk = :pk AND {condition}",
                          ExpressionAttributeValues=item_of(**values))
    assert numbers(page) == found and page["Count"] == page["ScannedCount"] == len(found)
    back = dynamodb.query(TableName=ranged, KeyConditionExpression=f"pk = :pk AND {condition}", ScanIndexForward=False,
                          ExpressionAttributeValues=item_of(**values))
    assert numbers(back) == found[::-1]


def test_query_pages_and_filters(dynamodb, ranged):
    arguments = dict(TableName=ranged, KeyConditionExpression="pk = :pk", FilterExpression="#t <> :three",
                     ExpressionAttributeNames={"#t": "text"},
                     ExpressionAttributeValues=item_of(**{":pk": "a", ":three": "a3"}), Limit=4)
    page = dynamodb.query(**arguments)
    assert numbers(page) == [0, 1, 2] and (page["Count"], page["ScannedCount"]) == (3, 4)
    assert plain_item(page["LastEvaluatedKey"]) == {"pk": "a", "sk": 3}
    found = [number for page in dynamodb.get_paginator("query").paginate(**arguments) for number in numbers(page)]
    assert found == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert dynamodb.query(TableName=ranged, KeyConditionExpression="pk = :pk", Select="COUNT",
                          ExpressionAttributeValues=item_of(**{":pk": "a"}))["Count"] == 10


def test_a_page_holds_a_megabyte(dynamodb, unique):
    name = make_table(dynamodb, unique(), range_key=("sk", "N"))
    for number in range(5):
        dynamodb.put_item(TableName=name, Item=item_of(pk="a", sk=number, data="x" * 300_000))
    page = dynamodb.query(TableName=name, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=item_of(**{":pk": "a"}))
    assert len(page["Items"]) in (3, 4) and "LastEvaluatedKey" in page
    assert sum(page["Count"] for page in dynamodb.get_paginator("scan").paginate(TableName=name)) == 5


def test_range_keys_are_in_order_of_their_type(dynamodb, unique):
    name = make_table(dynamodb, unique(), range_key=("sk", "N"))
    values = [Decimal(text) for text in ("-1e100", "-5.5", "-5", "-0.001", "0", "1e-100", "0.5", "3", "10", "9999999999", "1e100")]
    for value in reversed(values):
        dynamodb.put_item(TableName=name, Item=item_of(pk="a", sk=value))
    page = dynamodb.query(TableName=name, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=item_of(**{":pk": "a"}))
    assert [Decimal(item["sk"]["N"]) for item in page["Items"]] == values  # boto3 itself refuses 1e100 as DynamoDB writes it


def test_text_range_keys_are_in_order_of_their_bytes(dynamodb, unique):
    name = make_table(dynamodb, unique(), range_key=("sk", "S"))
    texts = ["A", "B", "a", "ab", "b", "é", "浏", "\U0001f600"]
    for text in reversed(texts):
        dynamodb.put_item(TableName=name, Item=item_of(pk="a", sk=text))
    page = dynamodb.query(TableName=name, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=item_of(**{":pk": "a"}))
    assert [item["sk"]["S"] for item in page["Items"]] == texts
    page = dynamodb.query(TableName=name, KeyConditionExpression="pk = :pk AND begins_with(sk, :a)",
                          ExpressionAttributeValues=item_of(**{":pk": "a", ":a": "a"}))
    assert [item["sk"]["S"] for item in page["Items"]] == ["a", "ab"]


def test_segments_of_a_scan_cover_the_table_once(dynamodb, unique):
    name = make_table(dynamodb, unique())
    for number in range(60):
        dynamodb.put_item(TableName=name, Item=item_of(pk=f"key-{number}"))
    paginate = dynamodb.get_paginator("scan").paginate
    segments = [[item["pk"]["S"] for page in paginate(TableName=name, TotalSegments=4, Segment=segment, Limit=7)
                 for item in page["Items"]] for segment in range(4)]
    assert sorted(sum(segments, [])) == sorted(f"key-{number}" for number in range(60))
    assert refusal_code(dynamodb.scan, TableName=name, TotalSegments=2, Segment=2) == "ValidationException"
    assert refusal_code(dynamodb.scan, TableName=name, TotalSegments=2) == "ValidationException"


@pytest.mark.parametrize("condition", ["sk = :x", "pk > :x", "pk = :x AND text = :x", "pk = :x OR sk = :x", "pk ="])
def test_key_conditions_that_are_none_are_refused(dynamodb, ranged, condition):
    assert refusal_code(dynamodb.query, TableName=ranged, KeyConditionExpression=condition,
                        ExpressionAttributeValues=item_of(**{":x": "a"})) == "ValidationException"


# Batches


def test_batches_write_delete_and_get(dynamodb, table):
    puts = [{"PutRequest": {"Item": item_of(pk=f"k{number}", v=number)}} for number in range(25)]
    dynamodb.batch_write_item(RequestItems={table: puts})
    dynamodb.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": item_of(pk="k3")}}]})
    assert dynamodb.scan(TableName=table, Select="COUNT")["Count"] == 24
    twice = puts[:1] * 2
    assert refusal(dynamodb.batch_write_item, RequestItems={table: twice}) == (
        "ValidationException", "Provided list of item keys contains duplicates")
    more = [{"PutRequest": {"Item": item_of(pk=f"k{number}")}} for number in range(26)]
    assert refusal_code(dynamodb.batch_write_item, RequestItems={table: more}) == "ValidationException"
    assert refusal_code(dynamodb.batch_write_item, RequestItems={"nowhere": puts[:1]}) == "ResourceNotFoundException"


def test_a_refused_batch_writes_nothing(dynamodb, table):
    requests = [{"PutRequest": {"Item": item_of(pk="good")}}, {"PutRequest": {"Item": item_of(other="no key")}}]
    assert refusal_code(dynamodb.batch_write_item, RequestItems={table: requests}) == "ValidationException"
    assert dynamodb.scan(TableName=table)["Count"] == 0


# Indexes


BY_OWNER = {"IndexName": "by-owner", "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"},
                                                   {"AttributeName": "rank", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}
OWNER_ATTRIBUTES = [{"AttributeName": "owner", "AttributeType": "S"}, {"AttributeName": "rank", "AttributeType": "N"}]


def index_status(dynamodb, table):
    indexes = dynamodb.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    return [index["IndexStatus"] for index in indexes]


def by_owner(dynamodb, table, owner):
    page = dynamodb.query(TableName=table, IndexName="by-owner", KeyConditionExpression="#o = :o",
                          ExpressionAttributeNames={"#o": "owner"}, ExpressionAttributeValues=item_of(**{":o": owner}))
    return [plain_item(item) for item in page["Items"]]


def test_an_index_added_later_holds_what_was_there_and_follows(dynamodb, table):
    for number in range(5):
        dynamodb.put_item(TableName=table, Item=item_of(pk=f"k{number}", owner="me", rank=5 - number, data="x"))
    dynamodb.put_item(TableName=table, Item=item_of(pk="without"))
    dynamodb.update_table(TableName=table, AttributeDefinitions=OWNER_ATTRIBUTES,
                          GlobalSecondaryIndexUpdates=[{"Create": BY_OWNER}])
    eventually(lambda: index_status(dynamodb, table) == ["ACTIVE"])
    assert by_owner(dynamodb, table, "me") == [{"pk": f"k{4 - rank}", "owner": "me", "rank": rank + 1} for rank in range(5)]
    dynamodb.update_item(TableName=table, Key=item_of(pk="k0"), UpdateExpression="SET #o = :o",
                         ExpressionAttributeNames={"#o": "owner"}, ExpressionAttributeValues=item_of(**{":o": "you"}))
    dynamodb.delete_item(TableName=table, Key=item_of(pk="k1"))
    assert [item["pk"] for item in by_owner(dynamodb, table, "you")] == ["k0"]
    assert [item["pk"] for item in by_owner(dynamodb, table, "me")] == ["k4", "k3", "k2"]
    dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-owner"}}])
    eventually(lambda: index_status(dynamodb, table) == [])
    assert refusal_code(by_owner, dynamodb=dynamodb, table=table, owner="me") == "ValidationException"


def test_items_of_one_index_key_page_without_loss(dynamodb, unique):
    name = make_table(dynamodb, unique())
    dynamodb.update_table(TableName=name, AttributeDefinitions=OWNER_ATTRIBUTES,
                          GlobalSecondaryIndexUpdates=[{"Create": BY_OWNER}])
    eventually(lambda: index_status(dynamodb, name) == ["ACTIVE"])
    for number in range(20):
        dynamodb.put_item(TableName=name, Item=item_of(pk=f"k{number}", owner="me", rank=7))
    pages = dynamodb.get_paginator("query").paginate(
        TableName=name, IndexName="by-owner", KeyConditionExpression="#o = :o", Limit=3,
        ExpressionAttributeNames={"#o": "owner"}, ExpressionAttributeValues=item_of(**{":o": "me"}))
    assert sorted(item["pk"]["S"] for page in pages for item in page["Items"]) == sorted(f"k{number}" for number in range(20))


def test_an_index_key_of_the_wrong_type_is_refused(dynamodb, table):
    dynamodb.update_table(TableName=table, AttributeDefinitions=OWNER_ATTRIBUTES,
                          GlobalSecondaryIndexUpdates=[{"Create": BY_OWNER}])
    eventually(lambda: index_status(dynamodb, table) == ["ACTIVE"])
    assert refusal_code(dynamodb.put_item, TableName=table, Item=item_of(pk="a", owner=1, rank=1)) == "ValidationException"


# The older parameters, as the KCL sends them


def test_expected_guards_a_put(dynamodb, table):
    lease = item_of(pk="shard-0", leaseCounter=0)
    dynamodb.put_item(TableName=table, Item=lease, Expected={"pk": {"Exists": False}})
    assert refusal_code(dynamodb.put_item, TableName=table, Item=lease,
                        Expected={"pk": {"Exists": False}}) == "ConditionalCheckFailedException"


def test_attribute_updates_put_add_and_delete_under_expected(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="shard-0", leaseCounter=3, checkpointOwner="old"))
    take = dict(
        TableName=table, Key=item_of(pk="shard-0"), ReturnValues="ALL_NEW", ReturnValuesOnConditionCheckFailure="ALL_OLD",
        AttributeUpdates={"leaseOwner": {"Value": {"S": "me"}, "Action": "PUT"}, "leaseCounter": {"Value": {"N": "1"}, "Action": "ADD"},
                          "checkpointOwner": {"Action": "DELETE"}},
        Expected={"pk": {"Exists": True, "Value": {"S": "shard-0"}}, "leaseOwner": {"Exists": False}})
    assert plain_item(dynamodb.update_item(**take)["Attributes"]) == {"pk": "shard-0", "leaseCounter": 4, "leaseOwner": "me"}
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refused:
        dynamodb.update_item(**take)
    assert plain_item(refused.value.response["Item"])["leaseOwner"] == "me"


def test_expected_compares_with_operators(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=5))
    put = dict(TableName=table, Item=item_of(pk="a", n=5))
    dynamodb.put_item(**put, Expected={"n": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "5"}]}})
    dynamodb.put_item(**put, Expected={"n": {"Value": {"N": "5"}}, "x": {"Exists": True, "Value": {"N": "1"}}}, ConditionalOperator="OR")
    assert refusal_code(dynamodb.put_item, **put, Expected={
        "n": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "5"}]}}) == "ConditionalCheckFailedException"


def test_old_and_new_parameters_do_not_mix(dynamodb, table):
    assert refusal_code(dynamodb.put_item, TableName=table, Item=item_of(pk="a"), Expected={"pk": {"Exists": False}},
                        ConditionExpression="attribute_not_exists(pk)") == "ValidationException"


def test_boto3s_table_resource_works_on_it(emulator, ranged):
    import boto3
    from boto3.dynamodb.conditions import Attr, Key
    table = boto3.resource("dynamodb").Table(ranged)
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"pk": "z", "sk": number, "v": Decimal("1.25")})
    found = table.query(KeyConditionExpression=Key("pk").eq("z") & Key("sk").between(10, 19), FilterExpression=Attr("v").gt(1))
    assert found["Count"] == 10
    assert client_at(emulator.url, "dynamodb").describe_table(TableName=ranged)["Table"]["ItemCount"] >= 0

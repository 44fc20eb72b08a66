"""Large sets, lists, maps, expressions and lists of parameters: what is said of them stays right at any size. What each costs:
tests/worst/dynamodb.py."""

import pytest
from helpers import refusal, refusal_code
from test_dynamodb import item_of, make_table, plain_item

NOTHING = {"NULL": True}
ITEM_BYTES = 400 * 1024


@pytest.fixture
def table(dynamodb, unique):
    return make_table(dynamodb, unique("bounds"))


def numbers(count, first=0):
    return [str(first + number) for number in range(count)]


def stored(dynamodb, table):
    return dynamodb.get_item(TableName=table, Key=item_of(pk="a"), ConsistentRead=True)["Item"]


def holds(dynamodb, table, condition, values):
    try:
        dynamodb.update_item(TableName=table, Key=item_of(pk="a"), ConditionExpression=condition, ExpressionAttributeValues=values)
        return True
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False


@pytest.mark.parametrize("joined, count", [("AND", 2_000), ("OR", 20_000)])
def test_any_number_of_older_conditions(dynamodb, table, joined, count):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", last=1) | {f"n{n}": NOTHING for n in range(2_000)})
    known, unknown = {"ComparisonOperator": "NOT_NULL"}, {"ComparisonOperator": "NULL"}
    conditions = {f"n{n}": known if joined == "AND" else unknown for n in range(2_000)}
    more = {f"m{n}": known for n in range(count - 2_000)}
    assert dynamodb.scan(TableName=table, ScanFilter=conditions | more, ConditionalOperator=joined)["Count"] == (joined == "AND")
    assert dynamodb.scan(TableName=table, ScanFilter=conditions | more | {"last": known if joined == "OR" else unknown},
                         ConditionalOperator=joined)["Count"] == (joined == "OR")


@pytest.mark.parametrize("kind, members, other", [
    ("NS", numbers(5_000), numbers(4_999) + ["-1"]),
    ("SS", [f"text {n}" for n in range(5_000)], [f"text {n}" for n in range(1, 5_001)]),
    ("BS", [f"{n:05}".encode() for n in range(5_000)], [f"{n:05}".encode() for n in range(4_999)] + [b"x"]),
])
def test_large_sets_are_equal_in_any_order(dynamodb, table, kind, members, other):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {"s": {kind: members}})
    assert holds(dynamodb, table, "s = :s", {":s": {kind: members[::-1]}})
    assert not holds(dynamodb, table, "s <> :s", {":s": {kind: members[2_500:] + members[:2_500]}})
    assert not holds(dynamodb, table, "s = :s", {":s": {kind: other}})
    assert not holds(dynamodb, table, "s = :s", {":s": {kind: members[1:]}})
    single = {"NS": "N", "SS": "S", "BS": "B"}[kind]
    asked = " AND ".join(f"contains(s, :{n})" for n in range(8))
    assert holds(dynamodb, table, asked, {f":{n}": {single: members[n * 600]} for n in range(8)})
    assert not holds(dynamodb, table, asked, {f":{n}": {single: [*members[:7], other[-1]][n]} for n in range(8)})


def test_large_maps_are_equal_in_any_order(dynamodb, table):
    members = {f"m{n}": {"L": [{"N": str(n)}]} for n in range(3_000)}
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {"m": {"M": members}})
    turned = dict(reversed(members.items()))
    assert holds(dynamodb, table, "m = :m", {":m": {"M": turned}})
    assert not holds(dynamodb, table, "m = :m", {":m": {"M": turned | {"m17": {"L": [{"N": "18"}]}}}})
    assert not holds(dynamodb, table, "m = :m", {":m": {"M": {"other" if key == "m17" else key: value for key, value in turned.items()}}})
    clauses = " AND ".join(f"m.m{n * 300}[0] = :{n}" for n in range(10))
    assert holds(dynamodb, table, clauses, {f":{n}": {"N": str(n * 300)} for n in range(10)})


def test_a_large_list_knows_its_members(dynamodb, table):
    members = [{"N": str(n)} for n in range(2_000)] + [{"L": [{"S": "x"}]}, {"M": {"a": {"SS": ["p", "q"]}, "b": NOTHING}}]
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {"l": {"L": members}})
    there = [{"N": "7"}, {"N": "1999"}, {"L": [{"S": "x"}]}, {"M": {"b": NOTHING, "a": {"SS": ["q", "p"]}}}]
    absent = [{"N": "2000"}, {"S": "7"}, {"L": [{"S": "y"}]}, {"M": {"b": NOTHING, "a": {"SS": ["q"]}}}]
    for again in (1, 3):
        assert holds(dynamodb, table, " AND ".join(["contains(l, :0)", "contains(l, :1)", "contains(l, :2)", "contains(l, :3)"] * again),
                     {f":{n}": value for n, value in enumerate(there)})
        assert not holds(dynamodb, table, " OR ".join(["contains(l, :0)", "contains(l, :1)", "contains(l, :2)", "contains(l, :3)"] * again),
                         {f":{n}": value for n, value in enumerate(absent)})


def test_many_members_change_at_once(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", n=1, m={"k": {"x": 1, "y": 2}, "z": 3}, l=[0, 1, 2, 3, 4]) | {f"a{n}": NOTHING for n in range(500)})
    sets = ", ".join([*(f"a{n} = :v" for n in range(100)), "m.k.x = n", "m.w = :v", "l[1] = :v"])
    removals = ", ".join([*(f"a{n}" for n in range(100, 200)), "m.z", "m.k.y", "l[0]", "l[3]", "nowhere"])
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=f"SET {sets} REMOVE {removals}", ExpressionAttributeValues=item_of(**{":v": "v"}))
    item = plain_item(stored(dynamodb, table))
    assert item["m"] == {"k": {"x": 1}, "w": "v"} and item["l"] == ["v", 2, 4]
    assert [item.get(f"a{n}", "gone") for n in (0, 99, 100, 199, 200, 499)] == ["v", "v", "gone", "gone", None, None]
    assert len(item) == 404


def test_elements_beyond_the_end_are_appended_in_the_order_of_their_numbers(dynamodb, table):
    """API Reference, UpdateItem: "DynamoDB appends the new element to the end of the list"."""
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", l=["0"]))
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression="SET l[84] = :x, l[17] = :y, l[0] = :z",
                         ExpressionAttributeValues=item_of(**{":x": "84", ":y": "17", ":z": "new"}))
    assert plain_item(stored(dynamodb, table))["l"] == ["new", "17", "84"]


def test_lists_joined_in_nests_keep_their_order(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", l=[1], m=[2]))
    update = "SET r = list_append(list_append(l, if_not_exists(nothere, list_append(m, l))), if_not_exists(m, l)), s = list_append(l, l)"
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=update)
    item = plain_item(stored(dynamodb, table))
    assert item["r"] == [1, 2, 1, 2] and item["s"] == [1, 1]
    deep = "SET d = " + "list_append(l, " * 180 + "l" + ")" * 180
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=deep)
    assert plain_item(stored(dynamodb, table))["d"] == [1] * 181


def test_no_more_is_made_than_an_item_may_have(dynamodb, table):
    """Developer Guide, Quotas, Item size."""
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {"l": {"L": [NOTHING] * 140_000}, "s": {"NS": numbers(20_000)}})
    before, words = stored(dynamodb, table), ("ValidationException", "Item size to update has exceeded the maximum allowed size")
    for update, values in [("SET " + ", ".join(f"a{n} = l" for n in range(200)), None),
                           ("SET a = list_append(l, list_append(l, l))", None),
                           ("SET a = :v", {":v": {"S": "x" * ITEM_BYTES}}),
                           ("ADD s :v", {":v": {"NS": numbers(100_000, 100_000)}})]:
        values = {"ExpressionAttributeValues": values} if values else {}
        assert refusal(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression=update, **values) == words
    assert stored(dynamodb, table) == before


def test_sets_grow_and_shrink(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {"s": {"NS": numbers(1_000)}, "t": {"NS": numbers(1_000)}})
    update = "ADD s :more, u :more DELETE t :more, w :more"
    dynamodb.update_item(TableName=table, Key=item_of(pk="a"), UpdateExpression=update, ExpressionAttributeValues={":more": {"NS": numbers(1_000, 500)}})
    item = stored(dynamodb, table)
    assert sorted(map(int, item["s"]["NS"])) == list(range(1_500))
    assert sorted(map(int, item["t"]["NS"])) == list(range(500))
    assert sorted(map(int, item["u"]["NS"])) == list(range(500, 1_500)) and "w" not in item


def test_older_updates_of_many_attributes(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a") | {f"n{n}": {"N": "1"} for n in range(3_000)})
    updates = {f"n{n}": {"Action": "ADD", "Value": {"N": "1"}} for n in range(1_000)}
    updates |= {f"n{n}": {"Action": "DELETE"} for n in range(1_000, 2_000)} | {f"new{n}": {"Value": {"S": "v"}} for n in range(1_000)}
    told = dynamodb.update_item(TableName=table, Key=item_of(pk="a"), AttributeUpdates=updates, ReturnValues="UPDATED_NEW")["Attributes"]
    item = stored(dynamodb, table)
    assert len(item) == 1 + 3_000 and len(told) == 2_000
    assert [item[name] for name in ("n999", "n2000", "new999")] == [{"N": "2"}, {"N": "1"}, {"S": "v"}] and "n1000" not in item


def test_paths_of_many_shapes_are_shown(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item_of(pk="a", m={"a": [{"x": 1, "y": 2}, 5, {"x": 3}], "b": {"c": 1, "d": 2}}, l=list(range(100)), n=1))
    shown = dynamodb.get_item(TableName=table, Key=item_of(pk="a"), ProjectionExpression="m.a[2].x, l[99], m.b.d, m.a[0].y, l[3], nowhere, n.x, l[500], m.a[1].x")
    assert plain_item(shown["Item"]) == {"m": {"a": [{"y": 2}, {"x": 3}], "b": {"d": 2}}, "l": [3, 99]}


def test_names_asked_for_twice_are_refused(dynamodb, table):
    for names in (["x", "y", "x"], [*(f"n{n}" for n in range(500)), "n17"]):
        assert refusal(dynamodb.get_item, TableName=table, Key=item_of(pk="a"), AttributesToGet=names) == (
            "ValidationException", f"One or more parameter values were invalid: Duplicate value in attribute name: {names[-1]}")


def test_names_and_values_have_bounds(dynamodb, table):
    """Developer Guide, Quotas, Expression parameters: 2 MB of names and of values together, 255 bytes of each placeholder."""
    get = {"TableName": table, "Key": item_of(pk="a"), "ProjectionExpression": "#a"}
    large = {"#a": "a"} | {f"#n{n}": "n" * 60_000 for n in range(36)}
    assert refusal(dynamodb.get_item, **get, ExpressionAttributeNames=large) == ("ValidationException", "ExpressionAttributeNames exceeds max size")
    long = {"#" + "a" * 255: "a"}
    assert refusal(dynamodb.get_item, **get, ExpressionAttributeNames=long) == (
        "ValidationException", "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long")
    assert refusal(dynamodb.update_item, TableName=table, Key=item_of(pk="a"), UpdateExpression="SET a = :a",
                   ExpressionAttributeValues={f":{n}": {"S": "v" * 350_000} for n in range(7)}) == (
        "ValidationException", "1 validation error detected: ExpressionAttributeValues exceeds max size")


def test_every_unused_name_is_told(dynamodb, table):
    names = {f"#n{n}": "n" for n in range(500)}
    code, message = refusal(dynamodb.get_item, TableName=table, Key=item_of(pk="a"), ProjectionExpression="#n7, b", ExpressionAttributeNames=names)
    told = message.removeprefix("Value provided in ExpressionAttributeNames unused in expressions: keys: {").removesuffix("}").split(", ")
    assert code == "ValidationException" and set(told) == set(names) - {"#n7"}


def test_a_transaction_reads_no_more_than_it_may(dynamodb, table):
    """Developer Guide, Quotas, DynamoDB transactions: 4 MB."""
    for n in range(11):
        dynamodb.put_item(TableName=table, Item=item_of(pk=str(n), text="x" * 400_000))
    gets = [{"Get": {"TableName": table, "Key": item_of(pk=str(n))}} for n in range(11)]
    assert len(dynamodb.transact_get_items(TransactItems=gets[:10])["Responses"]) == 10
    assert refusal_code(dynamodb.transact_get_items, TransactItems=gets) == "ValidationException"


def test_indexes_follow_items_of_many_attributes(dynamodb, unique):
    projections = {"ALL": {}, "KEYS_ONLY": {}, "INCLUDE": {"NonKeyAttributes": ["a7", "a3", "none"]}}
    name = unique("indexed")
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "g")],
        GlobalSecondaryIndexes=[{"IndexName": kind, "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": kind, **more}}
                                for kind, more in projections.items()])
    item = item_of(pk="a", g="g") | {f"a{n}": {"N": str(n)} for n in range(200)}
    shown = {"ALL": set(item), "KEYS_ONLY": {"pk", "g"}, "INCLUDE": {"pk", "g", "a3", "a7"}}
    for value in ("1", "2"):
        item["a3"] = {"S": value}
        dynamodb.put_item(TableName=name, Item=item)
        for kind, names in shown.items():
            [found] = dynamodb.query(TableName=name, IndexName=kind, KeyConditionExpression="g = :g", ExpressionAttributeValues=item_of(**{":g": "g"}))["Items"]
            assert found == {key: item[key] for key in names}
    dynamodb.put_item(TableName=name, Item=item_of(pk="a", a3="x"))
    assert [dynamodb.scan(TableName=name, IndexName=kind)["Count"] for kind in shown] == [0, 0, 0]


def test_names_of_attributes_have_bounds(dynamodb, table):
    """65,535 bytes are taken, on any level, 65,536 are not: measured in ExtendDB issue 365."""
    too_large = ("ValidationException", "1 validation error detected: Attribute name is too large, must be less than 65536 bytes")
    key, name = item_of(pk="a"), "n" * 65_535
    dynamodb.put_item(TableName=table, Item=key | {name: {"S": "x"}, "m": {"M": {name: {"S": "x"}}}})
    assert refusal(dynamodb.put_item, TableName=table, Item=key | {name + "n": {"S": "x"}}) == too_large
    assert refusal(dynamodb.put_item, TableName=table, Item=key | {"m": {"M": {name + "n": {"S": "x"}}}}) == too_large
    assert refusal(dynamodb.update_item, TableName=table, Key=key, UpdateExpression="SET #n = :v", ExpressionAttributeNames={"#n": name + "n"},
                   ExpressionAttributeValues={":v": {"S": "x"}}) == too_large

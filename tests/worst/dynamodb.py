"""DynamoDB: expressions, the parameters that were before them, sets, lists, many attributes, batches and pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from case import Case

PREFIX = "DynamoDB_20120810."
TABLE = (PREFIX + "CreateTable", {
    "TableName": "worst", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]})
KEY = {"p": {"S": "k"}}
ITEM_BYTES = 400 * 1024
NOTHING = {"NULL": True}  # a byte, and another as a member


def target(operation: str) -> str:
    return PREFIX + operation


def case(name: str, operation: str, body: dict[str, Any] | bytes, *puts: dict[str, Any]) -> Case:
    """On a table `worst` that holds the items put: the table's key is added to them."""
    setup = [TABLE, *((target("PutItem"), {"TableName": "worst", "Item": KEY | item}) for item in puts)]
    return Case(name, "dynamodb", target(operation), {"TableName": "worst", **body} if isinstance(body, dict) else body, setup)


def update(name: str, expression: str, values: dict[str, Any] | None = None, *puts: dict[str, Any], **more: Any) -> Case:
    body = {"Key": KEY, "UpdateExpression": expression, **({"ExpressionAttributeValues": values} if values else {}), **more}
    return case(name, "UpdateItem", body, *puts)


def condition(name: str, expression: str, values: dict[str, Any], *puts: dict[str, Any], **more: Any) -> Case:
    body = {"Key": KEY, "ConditionExpression": expression, "ExpressionAttributeValues": values, **more}
    return case(name, "DeleteItem", body, *puts)


def compact(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def names(count: int) -> list[str]:
    """Short ones, each different: two or three bytes."""
    letters = "abcdefghijklmnoqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    made = (a + b + c for a in letters for b in letters for c in ("", *letters))
    return [next(made) for _ in range(count)]


def many(count: int) -> dict[str, Any]:
    return dict.fromkeys(names(count), NOTHING)


def numbers(count: int, first: int = 0) -> list[str]:
    return [str(first + n) for n in range(count)]


def filled(text: str, separator: str = "", size: int = 4096) -> str:
    """As often as an expression may hold it, {} counted."""
    parts, length, n = [], 0, 0
    while True:
        part = text.format(n)
        length += len(part) + (len(separator) if parts else 0)
        if length > size:
            return separator.join(parts)
        parts.append(part)
        n += 1


NULLS = {"L": [NOTHING] * 190_000}
TEXTS = {"L": [{"S": f"{n:x}"} for n in range(60_000)]}
SET = {"NS": numbers(90_000, 10_000)}
TURNED = {"NS": numbers(90_000, 10_000)[::-1]}
WIDE = many(100_000)


def cases() -> Iterator[Case]:
    yield from older_parameters()
    yield from names_and_values()
    yield from comparisons()
    yield from updates()
    yield from projections()
    yield from values()
    yield from batches()
    yield from transactions()
    yield from pages()
    yield from tables()
    yield from followed()


def older_parameters() -> Iterator[Case]:
    exists = {"ComparisonOperator": "NOT_NULL"}
    absent = {"ComparisonOperator": "NULL"}
    for operator in ("AND", "OR"):
        yield case(f"75,000 conditions of ScanFilter joined by {operator}", "Scan",
                   {"ScanFilter": dict.fromkeys(names(75_000), absent if operator == "AND" else exists), "ConditionalOperator": operator},
                   {"zz": NOTHING})
    keys = {"p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "k"}]}}
    yield case("75,000 conditions of QueryFilter over an item of 100,000 attributes", "Query",
               {"KeyConditions": keys, "QueryFilter": dict.fromkeys(names(75_000), exists)}, WIDE)
    yield case("75,000 expected attributes of an item of 100,000", "DeleteItem",
               {"Key": KEY, "Expected": {name: {"Value": NOTHING} for name in names(75_000)}}, WIDE)
    yield case("75,000 attributes expected to be absent", "PutItem",
               {"Item": KEY, "Expected": {name: {"Exists": False} for name in names(75_000)}})
    yield case("50,000 conditions of KeyConditions", "Query", {"KeyConditions": dict.fromkeys(names(50_000), keys["p"])})
    yield case("50,000 attributes put by AttributeUpdates", "UpdateItem",
               {"Key": KEY, "AttributeUpdates": {name: {"Value": NOTHING} for name in names(50_000)}})
    yield case("100,000 attributes deleted by AttributeUpdates", "UpdateItem",
               {"Key": KEY, "AttributeUpdates": dict.fromkeys(names(100_000), {"Action": "DELETE"})}, WIDE)
    yield case("30,000 numbers added by AttributeUpdates", "UpdateItem",
               {"Key": KEY, "AttributeUpdates": {name: {"Action": "ADD", "Value": {"N": "1"}} for name in names(30_000)}, "ReturnValues": "UPDATED_NEW"},
               {name: {"N": "1"} for name in names(60_000)})
    yield case("an attribute of 190,000 members in 100 values of IN", "Scan",
               {"ScanFilter": {"l": {"ComparisonOperator": "IN", "AttributeValueList": [{"L": [NOTHING] * 9_000 + [{"BOOL": True}]}] * 100}}},
               {"l": {"L": [NOTHING] * 9_001}})


def names_and_values() -> Iterator[Case]:
    yield update("100,000 names that nothing uses", "SET a = :v", {":v": NOTHING}, ExpressionAttributeNames={"#" + name: name for name in names(100_000)})
    yield update("100,000 values that nothing uses", "SET a = :v", {":v": NOTHING} | {":" + name: NOTHING for name in names(100_000)})
    used = names(100_000)[-680:]
    yield update("680 of 100,000 names used", "REMOVE " + ",".join("#" + name for name in used),
                 ExpressionAttributeNames={"#" + name: name for name in names(100_000)})
    yield condition("100 values of 20,000 bytes in each of 10 INs", " OR ".join(f"p IN({','.join(f':{n}' for n in range(99))})" for _ in range(10)),
                    {f":{n}": {"S": "x" * 19_999 + str(n)} for n in range(99)})
    yield condition("values of 4 MB", "p=:a OR p=:b", {":a": {"L": [NOTHING] * 500_000}, ":b": {"S": "b" * 2_000_000}})
    yield condition("two bounds of 400 kB that do not fit", "p BETWEEN :b AND :a", {":a": {"S": "a" * 390_000}, ":b": {"S": "b" * 390_000}})
    long = {f"#{n}": "n" * 30_000 + str(n) for n in range(32)}
    path = ".".join(long)
    yield case("two equal paths of 32 long names", "GetItem", {"Key": KEY, "ProjectionExpression": f"{path}, {path}", "ExpressionAttributeNames": long})


def comparisons() -> Iterator[Case]:
    yield condition("a set of 90,000 numbers and the same turned round", "s = :s", {":s": TURNED}, {"s": SET})
    yield condition("the same set compared 149 times", " OR ".join(["s<>:s"] * 149), {":s": TURNED}, {"s": SET})
    yield condition("the same set compared with 3 others", " OR ".join(f"s <> :{n}" for n in range(3)),
                    {f":{n}": {"NS": [*TURNED["NS"][n + 1:], *TURNED["NS"][:n + 1]]} for n in range(3)}, {"s": SET})
    wide, turned = many(80_000), dict(reversed(many(80_000).items()))
    yield condition("a map of 80,000 members and the same turned round", "m = :m", {":m": {"M": turned}}, {"m": {"M": wide}})
    yield condition("the same map compared 149 times", " OR ".join(["m<>:m"] * 149), {":m": {"M": turned}}, {"m": {"M": wide}})
    yield condition("the same list compared 149 times", " OR ".join(["l<>:l"] * 149), {":l": NULLS}, {"l": NULLS})
    sought = {f":{n}": {"S": f"z{n}"} for n in range(250)}
    clauses = " OR ".join(f"contains(l,:{n})" for n in range(200))
    yield condition("a list of 60,000 texts asked for 200 others", clauses, {key: sought[key] for key in list(sought)[:200]}, {"l": TEXTS})
    lists = {f":{n}": {"L": [NOTHING] * 900 + [{"N": str(n)}]} for n in range(200)}
    yield condition("a list of 200 lists asked for 200 others", clauses, lists, {"l": {"L": [{"L": [NOTHING] * 901}] * 220}})
    yield condition("a set asked for 200 others", clauses, {f":{n}": {"N": str(n)} for n in range(200)}, {"l": SET})
    text = {"S": "ab" * 200_000}
    yield condition("a text of 400 kB searched for 200 others", clauses, {f":{n}": {"S": "ab" * 500 + f"c{n}"} for n in range(200)}, {"l": text})
    yield condition("the size of a text of 400 kB, 149 times", " OR ".join(["size(l)=:n"] * 149), {":n": {"N": "1"}}, {"l": text})
    yield condition("texts of 200 kB ordered 149 times", " OR ".join(["a>b"] * 149) + " OR a=:v", {":v": NOTHING}, {"a": {"S": "a" * 199_999}, "b": {"S": "a" * 199_999}})
    deep: dict[str, Any] = {"L": [NOTHING] * 150_000}
    for _ in range(29):
        deep = {"M": {"m": deep}}
    yield condition("maps 30 deep compared 149 times", " OR ".join(["m<>:m"] * 149), {":m": deep}, {"m": deep})
    yield condition("120 levels of NOT and parentheses", "NOT(" * 120 + "p=:v" + ")" * 120, {":v": NOTHING})
    yield condition("700 attributes of an item of 100,000", " OR ".join(f"{name}=:v" for name in names(99_990)[-140:] if name.isalpha()), {":v": {"S": ""}}, WIDE)


def updates() -> Iterator[Case]:
    places = [f"a{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "0123456789abcdefghijklmnopqrstuvwxyz"]
    assigned = "SET " + ",".join(f"{name}=l" for name in places[:580])
    yield update("a list of 190,000 members set in 580 places", assigned, None, {"l": NULLS})
    yield update("a value of 190,000 members set in 580 places", assigned.replace("=l", "=:l"), {":l": NULLS})
    yield update("list_append nested 180 deep", "SET a=" + "list_append(l," * 180 + "l" + ")" * 180, None, {"l": {"L": [NOTHING] * 900}})
    yield update("list_append nested 180 deep, of 190,000 members", "SET a=" + "list_append(l," * 180 + "l" + ")" * 180, None, {"l": NULLS})
    yield update("if_not_exists and list_append nested 90 deep",
                 "SET a=" + "if_not_exists(x,list_append(l," * 90 + "l" + "))" * 90, None, {"l": {"L": [NOTHING] * 1_500}})
    yield update("a list joined with itself in 150 places", "SET " + ",".join(f"{name}=list_append(l,l)" for name in places[:150]), None, {"l": NULLS})
    yield update("a set of 90,000 added to 500 sets", "ADD " + ",".join(f"{name} :s" for name in places[:500]), {":s": SET},
                 {name: {"NS": ["1"]} for name in places[:500]})
    yield update("a set of 90,000 deleted from 500 sets", "DELETE " + ",".join(f"{name} :s" for name in places[:500]), {":s": SET},
                 {name: {"NS": numbers(100)} for name in places[:500]})
    yield update("a set of 90,000 numbers deleted from itself turned round", "DELETE s :s", {":s": TURNED}, {"s": SET}, ReturnValues="ALL_OLD")
    yield update("40,000 numbers added to 40,000 others", "ADD s :s", {":s": {"NS": numbers(40_000, 500_000)}}, {"s": {"NS": numbers(40_000)}}, ReturnValues="ALL_NEW")
    yield update("500 elements of a list of 190,000 removed", "REMOVE " + ",".join(f"l[{n * 300}]" for n in range(400)), None, {"l": NULLS}, ReturnValues="UPDATED_OLD")
    yield update("400 elements put behind a list of 190,000", "SET " + ",".join(f"l[{9_999_999 - n}]=:v" for n in range(270)), {":v": NOTHING}, {"l": NULLS})
    yield update("500 attributes of an item of 100,000 set", "SET " + ",".join(f"{name}=:v" for name in places[-500:]), {":v": {"N": "1"}}, WIDE, ReturnValues="UPDATED_NEW")
    yield update("480 new attributes beside 90,000", "SET " + ",".join(f"z{n}=:v" for n in range(480)), {":v": NOTHING}, many(90_000), ReturnValues="ALL_NEW")
    yield update("120 sums", "SET a=" + "(" * 120 + ":n" + "+:n)" * 120, {":n": {"N": "1E-100"}})
    yield update("290 sums of large numbers", "SET " + ",".join(f"z{n}=:a+:b" for n in range(290)), {":a": {"N": "1E125"}, ":b": {"N": "-1E100"}})
    yield update("an item of 100,000 attributes through 20 names", "SET " + ",".join(f"{name}=if_not_exists({name},:v)" for name in places[:100]), {":v": NOTHING}, WIDE)


def projections() -> Iterator[Case]:
    yield case("800 paths into an item of 100,000 attributes", "GetItem",
               {"Key": KEY, "ProjectionExpression": ",".join(f"#{n}" for n in range(800)),
                "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names(800))}}, WIDE)
    yield case("1,300 elements of a list", "GetItem", {"Key": KEY, "ProjectionExpression": ",".join(f"l[{n}]" for n in range(600))}, {"l": NULLS})
    yield case("1,000 paths of which two overlap", "GetItem", {"Key": KEY, "ProjectionExpression": ",".join([*(f"l[{n}]" for n in range(590)), "l[5].a"])})
    yield case("100,000 names in AttributesToGet", "GetItem", {"Key": KEY, "AttributesToGet": names(100_000)}, WIDE)
    yield case("100,000 names in AttributesToGet, the last one twice", "GetItem", {"Key": KEY, "AttributesToGet": [*names(100_000), "aa"]})
    yield case("a key of 100,000 attributes", "GetItem", {"Key": KEY | WIDE})


ZEROS = {"l": {"L": [{"N": f"{1 + at % 9}E125"} for at in range(130_000)]}}  # 3 bytes each, and as members of 126 characters


def values() -> Iterator[Case]:
    yield case("an item of 100,000 attributes", "PutItem", {"Item": KEY | WIDE, "ReturnValues": "ALL_OLD"}, WIDE)
    yield case("a list of 190,000 members", "PutItem", {"Item": KEY | {"l": NULLS}})
    yield case("a list of 1,000,000 members", "PutItem", {"Item": KEY | {"l": {"L": [NOTHING] * 1_000_000}}})
    yield case("a set of 110,000 numbers", "PutItem", {"Item": KEY | {"s": {"NS": numbers(110_000)}}})
    yield case("a set of 1,000,000 texts", "PutItem", {"Item": KEY | {"s": {"SS": numbers(1_000_000)}}})
    yield case("a set of 50,000 texts, the last one twice", "PutItem", {"Item": KEY | {"s": {"SS": [*numbers(50_000, 10_000), "10000"]}}})
    yield case("80,000 negative numbers with a point", "PutItem", {"Item": KEY | {"l": {"L": [{"N": "-1.5"}] * 80_000}}})
    yield case("500,000 numbers of 126 digits written in five bytes", "PutItem", {"Item": KEY | {"l": {"L": [{"N": "1E125"}] * 500_000}}})
    yield case("130,000 numbers of 126 digits, in the place of as many", "PutItem", {"Item": KEY | ZEROS, "ReturnValues": "ALL_OLD"}, ZEROS)
    yield case("130,000 numbers of 126 digits read", "GetItem", {"Key": KEY}, ZEROS)
    yield case("a number of 4 MB of zeros", "PutItem", {"Item": KEY | {"n": {"N": "0" * 4_000_000 + "1"}}})
    yield case("a number of 4 MB of nines", "PutItem", {"Item": KEY | {"n": {"N": "9" * 4_000_000}}})
    yield case("a key of 300 kB", "PutItem", {"Item": {"p": {"S": "\0" * 300_000}}})
    yield case("lists 30 deep, each of 3,000", "PutItem", {"Item": KEY | {"l": nested(29, 3_000)}})
    yield case("200,000 lists of nothing", "PutItem", {"Item": KEY | {"l": {"L": [{"L": []}] * 95_000}}})
    yield case("maps far too deep", "PutItem", json.dumps({"TableName": "worst", "Item": KEY}).encode()[:-2] + b', "m": ' + b'{"M":{"m":' * 300_000)
    yield Case("400 kB in the answer of a condition that fails", "dynamodb", target("DeleteItem"),
               {"TableName": "worst", "Key": KEY, "ConditionExpression": "attribute_not_exists(p)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
               [TABLE, (target("PutItem"), {"TableName": "worst", "Item": KEY | {"l": NULLS}})])


def nested(levels: int, members: int) -> dict[str, Any]:
    value: dict[str, Any] = {"L": [NOTHING] * members}
    for _ in range(levels):
        value = {"L": [value, *[NOTHING] * members]}
    return value


def wide_table(kind: str, indexes: int = 20) -> tuple[str, dict[str, Any]]:
    """With as many global indexes as AWS allows, each on an attribute of its own."""
    projection = {"ProjectionType": kind} | ({"NonKeyAttributes": ["aa", "ab", "ac", "ad", "ae"]} if kind == "INCLUDE" else {})
    return target("CreateTable"), {
        "TableName": "worst", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("p", *(f"i{n}" for n in range(indexes)))],
        "GlobalSecondaryIndexes": [{"IndexName": f"index{n}", "KeySchema": [{"AttributeName": f"i{n}", "KeyType": "HASH"}], "Projection": projection}
                                   for n in range(indexes)]}


def batches() -> Iterator[Case]:
    indexed = {f"i{n}": {"S": "i"} for n in range(20)}
    for kind in ("ALL", "INCLUDE", "KEYS_ONLY"):
        item = many(95_000) | indexed
        yield Case(f"an item of 95,000 attributes replaced under 20 indexes that keep {kind}", "dynamodb", target("PutItem"),
                   {"TableName": "worst", "Item": KEY | item | {"i0": {"S": "j"}, "zz": {"N": "1"}}, "ReturnConsumedCapacity": "INDEXES"},
                   [wide_table(kind), (target("PutItem"), {"TableName": "worst", "Item": KEY | item})])
    puts = [{"PutRequest": {"Item": {"p": {"S": str(n)}} | many(27_000)}} for n in range(25)]
    yield case("25 items of 27,000 attributes", "BatchWriteItem", compact({"RequestItems": {"worst": puts}}))
    large = [{"PutRequest": {"Item": {"p": {"S": str(n)}, "b": {"S": "x" * 400_000}}}} for n in range(25)]
    yield case("25 items of 400 kB", "BatchWriteItem", json.dumps({"RequestItems": {"worst": large}}).encode())
    twice = [{"DeleteRequest": {"Key": {"p": {"S": "x" * 2000 + str(n // 2 * 2)}}}} for n in (*range(0, 48, 2), 46)]
    yield case("25 keys of 2 kB, two of them the same", "BatchWriteItem", json.dumps({"RequestItems": {"worst": twice}}).encode())
    yield case("30,000 deletes", "BatchWriteItem", json.dumps({"RequestItems": {"worst": [{"DeleteRequest": {"Key": KEY}}] * 30_000}}).encode())
    setup = [TABLE, *((target("PutItem"), {"TableName": "worst", "Item": {"p": {"S": str(n)}, "l": NULLS}}) for n in range(42))]
    keys = {"Keys": [{"p": {"S": str(n)}} for n in range(42)]}
    yield Case("42 lists of 190,000 members", "dynamodb", target("BatchGetItem"), {"RequestItems": {"worst": keys}}, setup)
    paths = ",".join(f"l[{n}]" for n in range(590))
    yield Case("42 lists of 190,000 members, 590 paths of each", "dynamodb", target("BatchGetItem"), {"RequestItems": {"worst": keys | {"ProjectionExpression": paths}}}, setup)
    yield case("100,000 keys", "BatchGetItem", json.dumps({"RequestItems": {"worst": {"Keys": [KEY] * 100_000}}}).encode())


def transactions() -> Iterator[Case]:
    items = [(target("PutItem"), {"TableName": "worst", "Item": {"p": {"S": str(n)}, "l": {"L": [NOTHING] * 19_000}}}) for n in range(100)]
    gets = [{"Get": {"TableName": "worst", "Key": {"p": {"S": str(n)}}, "ProjectionExpression": ",".join(f"l[{i}]" for i in range(590))}} for n in range(100)]
    yield Case("100 lists of 19,000 members, 590 paths of each", "dynamodb", target("TransactGetItems"), {"TransactItems": gets}, [TABLE, *items])
    whole = [{"Get": {"TableName": "worst", "Key": {"p": {"S": str(n)}}}} for n in range(100)]
    yield Case("100 lists of 19,000 members", "dynamodb", target("TransactGetItems"), {"TransactItems": whole}, [TABLE, *items])
    sets = "SET " + ",".join(f"l[{n}]=:v" for n in range(290))
    where = " OR ".join(f"l[{n}]<>:v" for n in range(140))
    changes = [{"Update": {"TableName": "worst", "Key": {"p": {"S": str(n)}}, "UpdateExpression": sets, "ConditionExpression": where,
                           "ExpressionAttributeValues": {":v": {"S": "v"}}}} for n in range(100)]
    yield Case("100 updates of 290 elements with 140 conditions", "dynamodb", target("TransactWriteItems"), {"TransactItems": changes, "ClientRequestToken": "t"}, [TABLE, *items])
    puts = [{"Put": {"TableName": "worst", "Item": {"p": {"S": str(n)}} | many(7_000)}} for n in range(100)]
    yield case("100 items of 7,000 attributes", "TransactWriteItems", compact({"TransactItems": puts, "ClientRequestToken": "t"}))
    checks = [{"ConditionCheck": {"TableName": "worst", "Key": {"p": {"S": "k" * 2000 + str(n)}}, "ConditionExpression": " OR ".join(f"a{i}=:v" for i in range(140)),
                                  "ExpressionAttributeValues": {":v": {"S": "v"}}}} for n in range(100)]
    yield case("100 checks of 140 conditions that fail", "TransactWriteItems", json.dumps({"TransactItems": checks}).encode())


def pages() -> Iterator[Case]:
    batches = [(target("BatchWriteItem"), {"RequestItems": {"worst": [{"PutRequest": {"Item": {"p": {"S": f"{n * 25 + i:x}"}}}} for i in range(25)]}})
               for n in range(1_000)]
    yield Case("25,000 small items", "dynamodb", target("Scan"), {"TableName": "worst"}, [TABLE, *batches])
    tests = " OR ".join(f"a{n % 10}=:v" for n in range(150))
    yield Case("25,000 small items under a filter of 299 operators", "dynamodb", target("Scan"),
               {"TableName": "worst", "FilterExpression": tests, "ExpressionAttributeValues": {":v": {"S": "v"}}}, [TABLE, *batches])
    yield Case("25,000 small items, 700 paths of each", "dynamodb", target("Scan"),
               {"TableName": "worst", "ProjectionExpression": ",".join([*(f"a{n}" for n in range(690)), "p"])}, [TABLE, *batches])
    yield case("a start key of 100,000 attributes", "Scan", {"ExclusiveStartKey": KEY | WIDE})
    lists = [(target("PutItem"), {"TableName": "worst", "Item": {"p": {"S": str(n)}, "l": NULLS}}) for n in range(3)]
    yield Case("1 MB of lists of nothing", "dynamodb", target("Scan"), {"TableName": "worst"}, [TABLE, *lists])
    sought = " OR ".join(f"contains(l,:{n})" for n in range(200))
    yield Case("1 MB of lists asked for 200 others", "dynamodb", target("Scan"),
               {"TableName": "worst", "FilterExpression": sought, "ExpressionAttributeValues": {f":{n}": {"N": str(n)} for n in range(200)}}, [TABLE, *lists])


def tables() -> Iterator[Case]:
    keys = [{"AttributeName": "p", "KeyType": "HASH"}]
    define = {"TableName": "other", "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys}
    defined = [{"AttributeName": name, "AttributeType": "S"} for name in ("p", *names(100_000))]
    yield Case("100,000 attributes defined", "dynamodb", target("CreateTable"), {**define, "AttributeDefinitions": defined})
    yield Case("100,000 attributes defined, one twice", "dynamodb", target("CreateTable"), {**define, "AttributeDefinitions": [*defined, defined[0]]})
    yield Case("a key that none of 100,000 definitions names", "dynamodb", target("CreateTable"),
               {**define, "KeySchema": [{"AttributeName": "nowhere", "KeyType": "HASH"}], "AttributeDefinitions": defined})
    yield Case("20 indexes that define 100,000 attributes", "dynamodb", target("CreateTable"),
               wide_table("ALL")[1] | {"AttributeDefinitions": wide_table("ALL")[1]["AttributeDefinitions"] + defined[1:]})
    yield Case("100,000 tags", "dynamodb", target("CreateTable"), {**define, "AttributeDefinitions": defined[:1], "Tags": [{"Key": n, "Value": n} for n in names(100_000)]})
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/worst"
    yield case("200,000 tags taken away", "UntagResource", json.dumps({"ResourceArn": arn, "TagKeys": names(200_000)}).encode())
    yield case("100,000 tags", "TagResource", json.dumps({"ResourceArn": arn, "Tags": [{"Key": n, "Value": n} for n in names(100_000)]}).encode())
    yield Case("100,000 updates of one index", "dynamodb", target("UpdateTable"),
               {"TableName": "worst", "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "index19", "OnDemandThroughput": {"MaxReadRequestUnits": 5}}}] * 100_000},
               [wide_table("KEYS_ONLY")])


def followed() -> Iterator[Case]:
    """Items of a table whose changes are kept by a stream and told to Kinesis."""
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/followed"
    table = (TABLE[0], TABLE[1] | {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
    setup = [table, ("Kinesis_20131202.CreateStream", {"StreamName": "followed", "ShardCount": 1}),
             (target("EnableKinesisStreamingDestination"), {"TableName": "worst", "StreamArn": arn})]
    for name, before, after in (("a list of 190,000 members", {"L": [NOTHING] * 190_000}, {"L": [NOTHING] * 190_001}),
                                ("a text to be escaped", {"S": "\1" * 390_000}, {"S": "\1" * 390_001})):
        items = [{"TableName": "worst", "Item": KEY | {"x": value}} for value in (before, after)]
        yield Case(f"{name} replaced, told to a stream and to Kinesis", "dynamodb", target("PutItem"), items[1],
                   [*setup, (target("PutItem"), items[0])])

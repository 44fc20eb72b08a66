"""What items weigh and what calls cost: 400 KB, capacity units, pages of 1 MB. The rule is told in size.c, and its cases in
tests/unit/dynamodb/size_test.c; here the same figures are seen through the port.

aws-test: what was measured of AWS is by github.com/nubo-db/dynamodb-conformance (itemSizeBySurface, numberByteSize,
indexConsumedCapacity); pages by "DynamoDB Scan (and why 128.5 RCU?)", dev.to/aws-heroes."""

import pytest
from helpers import refusal
from test_dynamodb import item_of, make_table, table  # noqa: F401 (a fixture)

MOST = 409_600
PUT_REFUSED = ("ValidationException", "Item size has exceeded the maximum allowed size")
PUT_ITEM_REFUSED = ("ValidationException", "1 validation error detected: Item size has exceeded the maximum allowed size")
UPDATE_REFUSED = ("ValidationException", "Item size to update has exceeded the maximum allowed size")
KB = 1024


def sized(bytes_: int, **members) -> dict:
    """pk, members and p: of so many bytes together, numbers given as (text, bytes)."""
    item = {"pk": {"S": "K"}}
    used = 3
    for name, (value, size) in members.items():
        item[name] = value
        used += len(name) + size
    return item | {"p": {"S": "x" * (bytes_ - used - 1)}}


def units(answer) -> float:
    return answer["ConsumedCapacity"]["CapacityUnits"]


# 400 KB


@pytest.mark.parametrize(("text", "size"), [("0", 1), ("1", 2), ("42", 2), ("4.2", 3), ("100", 2), ("0.1", 2), ("1E125", 2), ("100.5", 4),
                                            ("-42", 3), ("3.14159", 5), ("12345678901234567890123456789012345678", 20)])
def test_a_number_weighs_its_digits_at_the_bound_of_an_item(dynamodb, table, text, size):  # noqa: F811
    dynamodb.put_item(TableName=table, Item=sized(MOST, n=({"N": text}, size)))
    assert refusal(dynamodb.put_item, TableName=table, Item=sized(MOST + 1, n=({"N": text}, size))) == PUT_ITEM_REFUSED


def test_each_way_of_writing_has_the_bound(dynamodb, table):  # noqa: F811
    exact, over = sized(MOST), sized(MOST + 1)

    def update(item) -> dict:
        return {"TableName": table, "Key": {"pk": item["pk"]}, "UpdateExpression": "SET p = :p", "ExpressionAttributeValues": {":p": item["p"]}}

    dynamodb.put_item(TableName=table, Item=exact)
    dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": exact}}]})
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": exact}}])
    dynamodb.transact_write_items(TransactItems=[{"Update": update(exact)}])
    assert refusal(dynamodb.batch_write_item, RequestItems={table: [{"PutRequest": {"Item": over}}]}) == PUT_REFUSED
    assert refusal(dynamodb.transact_write_items, TransactItems=[{"Put": {"TableName": table, "Item": over}}]) == PUT_REFUSED
    code, message = refusal(dynamodb.transact_write_items, TransactItems=[{"Update": update(over)}])
    assert (code, "[ValidationError]" in message) == ("TransactionCanceledException", True)


@pytest.mark.parametrize(("expression", "values", "uncounted", "cost"), [
    ("SET p = :p", {}, 0, 22),
    ("SET p = :p, c = :c", {":c": {"S": "y"}}, 0, 41),
    ("SET p = :p REMOVE r", {}, 0, 24),
    ("ADD n :n SET p = :p", {":n": {"N": "1"}}, 0, 41),
    ("SET p = :p", {}, 11, 22)])
def test_an_update_bounds_what_it_writes_too(dynamodb, table, expression, values, uncounted, cost):  # noqa: F811
    """What it doesn't write, the key and others, is not counted there: 3 bytes of key, and `uncounted`."""
    others = {"u": {"S": "y" * (uncounted - 1)}} if uncounted else {}
    written = {":c": 2, ":n": 3}
    most = MOST - cost - sum(written[name] for name in values) - 1

    def update(key: str, size: int) -> dict:
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "r": {"S": "z"}} | others)
        return {"TableName": table, "Key": {"pk": {"S": key}}, "UpdateExpression": expression,
                "ExpressionAttributeValues": values | {":p": {"S": "x" * size}}}

    dynamodb.update_item(**update("K", most))
    assert refusal(dynamodb.update_item, **update("L", most + 1)) == UPDATE_REFUSED


def test_numbers_with_many_zeros_fill_an_item_and_come_back(dynamodb, table):  # noqa: F811
    many = {"L": [{"N": f"{sign}{digit}E{exponent}"} for sign in ("", "-") for digit in range(1, 10) for exponent in range(60, 125)] * 100}
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "k"}, "l": many})
    item = dynamodb.get_item(TableName=table, Key={"pk": {"S": "k"}})["Item"]
    assert item["l"]["L"][:2] == [{"N": "1" + "0" * 60}, {"N": "1" + "0" * 61}]
    assert len(item["l"]["L"]) == len(many["L"])
    described = dynamodb.describe_table(TableName=table)["Table"]
    assert described["TableSizeBytes"] == 3 + 1 + 3 + len(many["L"]) * 7 // 2


# Capacity


def test_a_small_item_costs_one_unit_whatever_its_numbers_look_like(dynamodb, table):  # noqa: F811
    item = {"pk": {"S": "k"}} | {f"n{at}": {"N": f"{at + 1}E125"} for at in range(9)} | {f"m{at}": {"N": f"{at + 1}E-130"} for at in range(9)}
    assert units(dynamodb.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")) == 1
    assert dynamodb.describe_table(TableName=table)["Table"]["TableSizeBytes"] == 3 + 18 * 4


def test_a_write_costs_a_unit_a_kilobyte_of_the_larger_item(dynamodb, table):  # noqa: F811
    def put(size: int) -> float:
        return units(dynamodb.put_item(TableName=table, Item=sized(size), ReturnConsumedCapacity="TOTAL"))

    assert [put(size) for size in (KB, KB + 1, KB, KB, 3 * KB, KB)] == [1, 2, 2, 1, 3, 3]
    deleted = dynamodb.delete_item(TableName=table, Key={"pk": {"S": "K"}}, ReturnConsumedCapacity="TOTAL")
    assert units(deleted) == 1
    assert units(dynamodb.delete_item(TableName=table, Key={"pk": {"S": "K"}}, ReturnConsumedCapacity="TOTAL")) == 1


def test_reads_cost_what_they_read(dynamodb, table):  # noqa: F811
    def scan(**more) -> float:
        return units(dynamodb.scan(TableName=table, ReturnConsumedCapacity="TOTAL", **more))

    def get(key: str, **more) -> float:
        return units(dynamodb.get_item(TableName=table, Key={"pk": {"S": key}}, ReturnConsumedCapacity="TOTAL", **more))

    assert (scan(), scan(ConsistentRead=True)) == (0, 0)
    assert (get("no"), get("no", ConsistentRead=True)) == (0.5, 1)
    query = {"KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": {":k": {"S": "no"}}}
    assert units(dynamodb.query(TableName=table, ReturnConsumedCapacity="TOTAL", **query)) == 0.5
    dynamodb.put_item(TableName=table, Item=sized(4 * KB))
    assert (get("K"), get("K", ConsistentRead=True), scan(), scan(ConsistentRead=True)) == (0.5, 1, 0.5, 1)
    dynamodb.put_item(TableName=table, Item=sized(4 * KB + 1))
    assert (get("K"), get("K", ConsistentRead=True, ProjectionExpression="pk"), scan()) == (1, 2, 1)
    segments = [scan(Segment=at, TotalSegments=4) for at in range(4)]
    assert sorted(segments) == [0, 0, 0, 1], "segments without items cost nothing"
    refused = {"FilterExpression": "pk = :k", "ExpressionAttributeValues": {":k": {"S": "no"}}}
    assert (scan(**refused), scan(ProjectionExpression="pk"), scan(Select="COUNT")) == (1, 1, 1), "before filter and projection"


def indexed(dynamodb, name: str) -> str:
    keys = [("pk", "HASH"), ("lk", "RANGE")]
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "lk", "g")],
        LocalSecondaryIndexes=[{"IndexName": "local", "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
                                "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        GlobalSecondaryIndexes=[{"IndexName": "global", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}])
    return name


def test_a_local_index_costs_what_it_holds_and_what_is_fetched(dynamodb, unique):
    name = indexed(dynamodb, unique("fetched"))
    for sk in "123":
        dynamodb.put_item(TableName=name, Item=item_of(pk="a", sk=sk, lk="l", big="x" * 9000))
    query = {"TableName": name, "IndexName": "local", "KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}},
             "ReturnConsumedCapacity": "INDEXES", "ConsistentRead": True}
    held = dynamodb.query(**query)["ConsumedCapacity"]
    assert held == {"TableName": name, "CapacityUnits": 1, "Table": {"CapacityUnits": 0}, "LocalSecondaryIndexes": {"local": {"CapacityUnits": 1}}}
    for more in ({"Select": "ALL_ATTRIBUTES"}, {"ProjectionExpression": "big"}):
        fetched = dynamodb.query(**query, **more)["ConsumedCapacity"]
        assert fetched == {"TableName": name, "CapacityUnits": 10, "Table": {"CapacityUnits": 9}, "LocalSecondaryIndexes": {"local": {"CapacityUnits": 1}}}


def test_batches_and_transactions_tell_each_index_once(dynamodb, unique):
    name = indexed(dynamodb, unique("arms"))
    items = [item_of(pk=pk, sk="1", g="g") for pk in "ab"] + [item_of(pk="c", sk="1")]
    puts = {name: [{"PutRequest": {"Item": item}} for item in items]}
    batch = dynamodb.batch_write_item(RequestItems=puts, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert batch == [{"TableName": name, "CapacityUnits": 5, "Table": {"CapacityUnits": 3}, "GlobalSecondaryIndexes": {"global": {"CapacityUnits": 2}}}]
    moved = [{"Put": {"TableName": name, "Item": item | {"g": {"S": "h"}}}} for item in items]
    answer = dynamodb.transact_write_items(TransactItems=moved, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert answer == [{"TableName": name, "CapacityUnits": 16, "WriteCapacityUnits": 16, "Table": {"CapacityUnits": 6, "WriteCapacityUnits": 6},
                       "GlobalSecondaryIndexes": {"global": {"CapacityUnits": 10, "WriteCapacityUnits": 10}}}]


def test_a_transaction_done_again_costs_its_reads(dynamodb, table, unique):  # noqa: F811
    """aws: API Reference, TransactWriteItems: "the number of read capacity units consumed in reading the item"."""
    request = {"ClientRequestToken": unique("token"), "TransactItems": [{"Put": {"TableName": table, "Item": sized(5 * KB)}},
                                                                {"Delete": {"TableName": table, "Key": {"pk": {"S": "no"}}}}]}
    first = dynamodb.transact_write_items(**request, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert first == [{"TableName": table, "CapacityUnits": 12, "WriteCapacityUnits": 12}]
    again = dynamodb.transact_write_items(**request, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert again == [{"TableName": table, "CapacityUnits": 6, "ReadCapacityUnits": 6}]
    told = dynamodb.transact_write_items(**request, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert told == [{"TableName": table, "CapacityUnits": 6, "ReadCapacityUnits": 6, "Table": {"CapacityUnits": 6, "ReadCapacityUnits": 6}}]
    assert "ConsumedCapacity" not in dynamodb.transact_write_items(**request)


# Pages


def test_a_page_ends_with_the_item_that_crosses_a_megabyte(dynamodb, unique):
    name = make_table(dynamodb, unique("pages"), range_key=("sk", "N"))
    for sk in range(1, 8):  # 7 of 200 KiB: the sixth crosses
        dynamodb.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"N": str(sk)}, "p": {"S": "x" * (200 * KB - 8)}})
    query = {"TableName": name, "KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}, "ReturnConsumedCapacity": "TOTAL"}
    page = dynamodb.query(**query)
    assert (page["Count"], page["LastEvaluatedKey"]["sk"], units(page)) == (6, {"N": "6"}, 150)
    rest = dynamodb.query(**query, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert (rest["Count"], "LastEvaluatedKey" in rest) == (1, False)
    scanned = dynamodb.scan(TableName=name, Select="COUNT", ReturnConsumedCapacity="TOTAL")
    assert (scanned["Count"], units(scanned)) == (6, 150)


def test_a_batch_gets_a_megabyte_of_a_partition(dynamodb, unique):
    """aws: API Reference, BatchGetItem: a partial result where "more than 1MB per partition is requested"."""
    name = make_table(dynamodb, unique("partition"), range_key=("sk", "N"))
    for sk in range(1, 8):
        dynamodb.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"N": str(sk)}, "p": {"S": "x" * (200 * KB - 8)}})
    dynamodb.put_item(TableName=name, Item=item_of(pk="b", sk=1))
    keys = [item_of(pk="a", sk=sk) for sk in range(1, 8)] + [item_of(pk="b", sk=1)]
    answer = dynamodb.batch_get_item(RequestItems={name: {"Keys": keys}})
    assert sorted((item["pk"]["S"], item["sk"]["N"]) for item in answer["Responses"][name]) == [*[("a", str(sk)) for sk in range(1, 7)], ("b", "1")]
    assert answer["UnprocessedKeys"] == {name: {"Keys": [item_of(pk="a", sk=7)]}}

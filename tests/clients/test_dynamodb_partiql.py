"""PartiQL with boto3: what SELECT reads and how it is paged, what the writes change and return, batches, transactions."""

from __future__ import annotations

import pytest
from admin import ask
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from conftest import client_at


def item_of(**members) -> dict:
    return {name: TypeSerializer().serialize(value) for name, value in members.items()}


def plain(item: dict) -> dict:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}


@pytest.fixture
def dynamodb(emulator):
    return client_at(emulator.url, "dynamodb")


def create_table(dynamodb, name: str) -> str:
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": a, "AttributeType": t} for a, t in (("p", "S"), ("s", "N"), ("g", "S"), ("r", "N"))],
        GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        LocalSecondaryIndexes=[{"IndexName": "by-r", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
                                "Projection": {"ProjectionType": "KEYS_ONLY"}}])
    return name


@pytest.fixture
def table(dynamodb, unique) -> str:
    """Three items in each of the partitions a, b and c."""
    name = create_table(dynamodb, unique("partiql"))
    dynamodb.batch_write_item(RequestItems={name: [
        {"PutRequest": {"Item": item_of(p=p, s=s, r=9 - s, g=f"g{s % 2}", n=s, m={"x": [s, "two"], "y.z": p}, tags={"x", "y"}, none=None)}}
        for p in "abc" for s in range(3)]})
    return name


def run(dynamodb, table: str, statement: str, *parameters, **more) -> dict:
    given = {"Parameters": [TypeSerializer().serialize(value) for value in parameters]} if parameters else {}
    return dynamodb.execute_statement(Statement=statement.replace("TABLE", f'"{table}"'), **given, **more)


def found(dynamodb, table: str, where: str, *parameters) -> list[str]:
    """As "a1 a2": partitions and numbers."""
    items = run(dynamodb, table, f"SELECT p, s FROM TABLE WHERE {where}", *parameters)["Items"]
    return [item["p"]["S"] + item["s"]["N"] for item in items]


def refused(call, *arguments, **more) -> dict:
    with pytest.raises(ClientError) as error:
        call(*arguments, **more)
    return error.value.response


def numbers(consumed: dict) -> dict:
    return {name: value for name, value in consumed.items() if name != "TableName"}


@pytest.mark.parametrize(("where", "expected"), [
    ("p = 'a'", "a0 a1 a2"),
    ("'b' = p AND 1 <= s", "b1 b2"),
    ("p = 'a' AND s BETWEEN 1 AND 5", "a1 a2"),
    ("p = 'a' AND s IN [2, 0]", "a2 a0"),
    ("p IN ['c', 'a'] AND s = 1", "c1 a1"),
    ("p = 'c' AND s = 1 OR p = 'a' AND n > 1", "c1 a2"),
    ("p = 'a' AND begins_with(g, 'g') = true AND false = contains(g, 'x') AND s > 1", "a2"),
    ("p = 'a' AND s IN [2, 0, 1] ORDER BY s DESC", "a2 a1 a0"),
    ("p IN ['c', 'a'] AND s IN [2, 0] ORDER BY p DESC, s", "c0 c2 a0 a2"),
    ("p IN ['a', 'c'] AND s IN [0, 2] ORDER BY p, s DESC", "a2 a0 c2 c0"),
    ("p = 'c' OR p = 'a' ORDER BY p", "a0 a1 a2 c0 c1 c2"),
    ("p IN ('a', 'c') ORDER BY p DESC, s DESC", "c2 c1 c0 a2 a1 a0"),
    ("p = 'a' AND (n = 0 OR NOT n < 2)", "a0 a2"),
    ("p = 'a' AND n IN (1, 2) AND n <> 2 AND n != 3", "a1"),
    ("p = 'a' AND n NOT IN [1, 2]", "a0"),
    ("p = 'a' AND n NOT BETWEEN 1 AND 2", "a0"),
    ("p = 'a' AND m.x[0] = 1", "a1"),
    ("p = 'a' AND m.x[1] = 'two' AND m['y.z'] = 'a' AND \"m\".\"y.z\" = 'a' AND s > 1", "a2"),
    ("p = 'a' AND begins_with(g, 'g') AND contains(tags, 'x') AND SIZE(tags) = 2 AND s = 0", "a0"),
    ("p = 'a' AND attribute_type(none, 'NULL') AND none IS NULL AND n IS NOT NULL AND s = 0", "a0"),
    ("p = 'a' AND gone IS MISSING AND n IS NOT MISSING AND gone IS NOT NULL AND s = 0", "a0"),
    ("p = 'a' AND n IS NUMERIC AND m IS STRUCT AND m.x IS LIST AND g IS STRING AND g IS NOT BOOLEAN AND s = 0", "a0"),
    ("p = 'a' AND tags = <<'y', 'x'>> AND m = {'x': [0, 'two'], 'y.z': 'a'}", "a0"),
    ("p = 'a' AND p = 'b'", ""),
    ("p = 'a' AND g = 'it''s'", ""),
])
def test_select_finds(dynamodb, table, where, expected):
    assert found(dynamodb, table, where) == expected.split()


@pytest.mark.parametrize("where", ["n = 1", "p > 'a' AND n = 1", "(p = 'a' AND s = 1) OR n = 1", "p = 'b' AND NOT s = 0 OR p = 'b' AND s = 1 OR n = 1"])
def test_without_a_hash_key_all_the_table_is_looked_through(dynamodb, table, where):
    assert set(found(dynamodb, table, where)) >= {"b1", "c1"}
    scanned = run(dynamodb, table, f"SELECT p FROM TABLE WHERE {where}", Limit=2)
    assert len(scanned["Items"]) <= 2 and scanned["NextToken"]


def test_select_shows_what_it_names(dynamodb, table):
    where = "WHERE p = 'a' AND s = 1"
    assert plain(run(dynamodb, table, f"SELECT * FROM TABLE {where}")["Items"][0])["m"] == {"x": [1, "two"], "y.z": "a"}
    shown = run(dynamodb, table, f"SELECT p, m.x[1], m.x[7], m.\"y.z\" FROM TABLE {where};")["Items"]
    assert [plain(item) for item in shown] == [{"p": "a", "x[1]": "two", "y.z": "a"}]
    assert run(dynamodb, table, f"SELECT gone FROM TABLE {where}")["Items"] == [{}]


def test_select_reads_an_index(dynamodb, table):
    assert found(dynamodb, table, "p = 'a'")  # the table itself
    items = run(dynamodb, table, "SELECT * FROM TABLE.\"by-g\" WHERE g = 'g1'")["Items"]
    assert sorted(item["p"]["S"] for item in items) == ["a", "b", "c"] and set(items[0]) == {"p", "s", "g"}
    items = run(dynamodb, table, "SELECT s, n FROM TABLE.\"by-r\" WHERE p = 'a' AND r > 7 ORDER BY r DESC")["Items"]
    assert [plain(item) for item in items] == [{"s": 0, "n": 0}, {"s": 1, "n": 1}]
    error = refused(run, dynamodb, table, "SELECT n FROM TABLE.\"by-g\" WHERE g = 'g1'")["Error"]
    assert error["Message"] == "One or more parameter values were invalid: Global secondary index by-g does not project [n]"
    assert refused(run, dynamodb, table, "SELECT p FROM TABLE.\"by-g\" WHERE g = 'g1'", ConsistentRead=True)["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("statement", [
    "SELECT p, s FROM TABLE",
    "SELECT p, s FROM TABLE WHERE p = 'b'",
    "SELECT p, s FROM TABLE WHERE p = 'b' ORDER BY s DESC",
    "SELECT p, s FROM TABLE WHERE p IN ['c', 'a'] ORDER BY p, s DESC",
    "SELECT p, s FROM TABLE WHERE p IN ['c', 'gone', 'a'] AND s IN [2, 0]",
    "SELECT p, s FROM TABLE.\"by-g\" WHERE g = 'g0'",
])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_join_to_the_whole(dynamodb, table, statement, limit):
    whole = run(dynamodb, table, statement)["Items"]
    items, token = [], {}
    for _ in range(30):
        page = run(dynamodb, table, statement, Limit=limit, **token)
        assert len(page["Items"]) <= limit
        items += page["Items"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert items == whole and len(whole) >= 3


def test_a_token_belongs_to_its_statement(dynamodb, table):
    page = run(dynamodb, table, "SELECT p FROM TABLE WHERE p = 'a'", Limit=1)
    assert plain(page["LastEvaluatedKey"]) == {"p": "a", "s": 0}
    error = refused(run, dynamodb, table, "SELECT p FROM TABLE WHERE p = 'b'", NextToken=page["NextToken"])["Error"]
    assert error == {"Code": "ValidationException", "Message": "NextToken does not match request"}
    parameter = run(dynamodb, table, "SELECT p FROM TABLE WHERE p = ?", "a", Limit=1)["NextToken"]
    assert run(dynamodb, table, "SELECT p FROM TABLE WHERE p = ?", "a", Limit=2, NextToken=parameter)["Items"] == [{"p": {"S": "a"}}] * 2
    error = refused(run, dynamodb, table, "SELECT p FROM TABLE WHERE p = ?", "b", NextToken=parameter)["Error"]
    assert error["Message"] == "NextToken does not match request"


def test_many_keys_come_ten_a_page_and_at_most_fifty(dynamodb, table):
    """aws: "Results are returned in pages of up to 10 items"; "at max 50 hash attribute values"."""
    for n in range(25):
        dynamodb.put_item(TableName=table, Item=item_of(p=f"k{n:02}", s=0))
    listed = ", ".join(f"'k{n:02}'" for n in range(25))
    statement, pages, token = f"SELECT p FROM TABLE WHERE p IN [{listed}]", [], {}
    while True:
        page = run(dynamodb, table, statement, **token)
        pages.append([item["p"]["S"] for item in page["Items"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [len(page) for page in pages] == [10, 10, 5] and sum(pages, []) == [f"k{n:02}" for n in range(25)]
    assert "too many operands" in refused(found, dynamodb, table, "p IN [" + ", ".join(f"'{n}'" for n in range(51)) + "]")["Error"]["Message"]


def test_reads_cost_what_query_and_scan_cost(dynamodb, table):
    def cost(statement: str, **more) -> dict:
        return numbers(run(dynamodb, table, statement, ReturnConsumedCapacity="INDEXES", **more)["ConsumedCapacity"])
    assert cost("SELECT * FROM TABLE WHERE p = 'a'") == {"CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}
    assert cost("SELECT * FROM TABLE WHERE p IN ['a', 'b']", ConsistentRead=True) == {"CapacityUnits": 2, "Table": {"CapacityUnits": 2}}
    assert cost("SELECT p FROM TABLE.\"by-g\" WHERE g = 'g0'")["GlobalSecondaryIndexes"] == {"by-g": {"CapacityUnits": 0.5}}


def test_insert_makes_an_item_once(dynamodb, table):
    statement = "INSERT INTO TABLE VALUE {'p': 'new', 's': ?, 'l': [1, -2.50, 'x', ?], 'm': {'a': {}}, 'n': null, 'b': true, 'ns': <<1, 2.0>>}"
    answer = run(dynamodb, table, statement, 7, b"bytes")
    assert answer["Items"] == []
    stored = dynamodb.get_item(TableName=table, Key=item_of(p="new", s=7))["Item"]
    assert stored["l"] == {"L": [{"N": "1"}, {"N": "-2.5"}, {"S": "x"}, {"B": b"bytes"}]} and sorted(stored["ns"]["NS"]) == ["1", "2"]
    assert refused(run, dynamodb, table, statement, 7, b"bytes")["Error"] == {
        "Code": "DuplicateItemException", "Message": "Duplicate primary key exists in table"}
    assert [item["p"]["S"] for item in dynamodb.scan(TableName=table, IndexName="by-g")["Items"]].count("new") == 0
    run(dynamodb, table, "INSERT INTO TABLE VALUE {'p': 'seen', 's': 1, 'g': 'fresh'}")
    assert len(run(dynamodb, table, "SELECT * FROM TABLE.\"by-g\" WHERE g = 'fresh'")["Items"]) == 1


@pytest.mark.parametrize(("changes", "returning", "expected"), [
    ("SET n = 5 SET q = 'x', r = 1", "MODIFIED NEW", {"n": 5, "q": "x", "r": 1}),
    ("SET n = n + 4 - 2, q = n", "MODIFIED NEW", {"n": 3, "q": 1}),
    ("SET n = 5, q = 1", "MODIFIED OLD", {"n": 1}),
    ("SET m.x = list_append(m.x, [7])", "MODIFIED NEW", {"m": {"x": [1, "two", 7]}}),
    ("SET tags = set_add(tags, <<'z'>>)", "MODIFIED NEW", {"tags": {"x", "y", "z"}}),
    ("SET fresh = set_add(fresh, <<1>>)", "MODIFIED NEW", {"fresh": {1}}),
    ("SET tags = set_delete(tags, <<'x'>>)", "MODIFIED NEW", {"tags": {"y"}}),
    ("SET q = if_not_exists(q, 10) + 1 REMOVE n", "MODIFIED NEW", {"q": 11}),
    ("REMOVE n REMOVE m.x[0]", "MODIFIED OLD", {"n": 1, "m": {"x": [1]}}),
    ("REMOVE n REMOVE m REMOVE tags REMOVE \"none\"", "ALL NEW", {"p": "a", "s": 1, "r": 8, "g": "g1"}),
])
def test_update_changes_and_returns(dynamodb, table, changes, returning, expected):
    items = run(dynamodb, table, f"UPDATE TABLE {changes} WHERE p = 'a' AND s = 1 RETURNING {returning} *")["Items"]
    assert [plain(item) for item in items] == [expected]


def test_update_may_begin_with_from(dynamodb, table):
    items = run(dynamodb, table, "FROM TABLE WHERE p = ? AND s = 1 AND n = 1 SET c = ? REMOVE n RETURNING ALL NEW *", "a", 7)["Items"]
    assert plain(items[0])["c"] == 7 and "n" not in items[0]
    assert refused(run, dynamodb, table, "FROM TABLE WHERE p = 'gone' AND s = 1 SET c = 1")["Error"]["Code"] == "ConditionalCheckFailedException"


def test_update_and_delete_have_conditions(dynamodb, table):
    run(dynamodb, table, "UPDATE TABLE SET n = ? WHERE p = ? AND s = ? AND n = ?", 50, "a", 1, 1)
    error = refused(run, dynamodb, table, "UPDATE TABLE SET n = 51 WHERE p = 'a' AND s = 1 AND n = 1", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert error["Error"]["Code"] == "ConditionalCheckFailedException" and error["Item"]["n"] == {"N": "50"}
    error = refused(run, dynamodb, table, "UPDATE TABLE SET n = 51 WHERE p = 'gone' AND s = 1")
    assert error["Error"]["Code"] == "ConditionalCheckFailedException" and "Item" not in error
    assert refused(run, dynamodb, table, "DELETE FROM TABLE WHERE p = 'a' AND s = 1 AND n = 1")["Error"]["Code"] == "ConditionalCheckFailedException"
    assert plain(run(dynamodb, table, "DELETE FROM TABLE WHERE p = 'a' AND s = 1 AND n > 9 RETURNING ALL OLD *")["Items"][0])["n"] == 50
    assert run(dynamodb, table, "DELETE FROM TABLE WHERE p = 'a' AND s = 1 AND n = 1")["Items"] == []  # what isn't there fails nothing
    assert found(dynamodb, table, "p = 'a'") == ["a0", "a2"]


def test_writes_cost_what_the_others_cost(dynamodb, table):
    answer = run(dynamodb, table, "UPDATE TABLE SET g = 'other' WHERE p = 'a' AND s = 1", ReturnConsumedCapacity="INDEXES")
    other = dynamodb.update_item(TableName=table, Key=item_of(p="b", s=1), UpdateExpression="SET g = :g", ReturnConsumedCapacity="INDEXES",
                                 ExpressionAttributeValues=item_of(**{":g": "other"}))
    assert answer["ConsumedCapacity"] == other["ConsumedCapacity"]


def test_a_batch_tells_each_ones_error(dynamodb, table):
    def batch(*statements: str, **more) -> dict:
        return dynamodb.batch_execute_statement(Statements=[{"Statement": text.replace("TABLE", f'"{table}"')} for text in statements], **more)
    answer = batch("INSERT INTO TABLE VALUE {'p': 'a', 's': 1}", "INSERT INTO TABLE VALUE {'p': 'a', 's': 10}",
                   "UPDATE TABLE SET n = 7 WHERE p = 'b' AND s = 1 RETURNING MODIFIED OLD *", "DELETE FROM TABLE WHERE p = 'b'",
                   ReturnConsumedCapacity="TOTAL")
    responses = answer["Responses"]
    assert responses[0] == {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}, "TableName": table}
    assert responses[1:3] == [{"TableName": table}, {"TableName": table, "Item": {"n": {"N": "1"}}}]
    assert responses[3] == {"Error": {"Code": "ValidationError", "Message": "Where clause does not contain a mandatory equality on all key attributes"}}
    assert found(dynamodb, table, "p = 'a' AND s > 2") == ["a10"] and len(answer["ConsumedCapacity"]) == 1
    reads = batch(*(f"SELECT s FROM TABLE WHERE p = '{p}' AND s = 2" for p in "abcd"), ReturnConsumedCapacity="TOTAL")
    assert [response.get("Item") for response in reads["Responses"]] == [{"s": {"N": "2"}}] * 3 + [None]
    assert [numbers(consumed) for consumed in reads["ConsumedCapacity"]] == [{"CapacityUnits": 2}]
    assert refused(batch, *(f"DELETE FROM TABLE WHERE p = 'x' AND s = {n}" for n in range(26)))["Error"]["Code"] == "ValidationException"


def transact(dynamodb, table: str, *statements: str, **more) -> dict:
    return dynamodb.execute_transaction(TransactStatements=[{"Statement": text.replace("TABLE", f'"{table}"')} for text in statements], **more)


def test_a_transaction_is_whole_or_not_at_all(dynamodb, table):
    answer = transact(dynamodb, table, "INSERT INTO TABLE VALUE {'p': 'd', 's': 1}", "UPDATE TABLE SET n = n + 10 WHERE p = 'a' AND s = 1",
                      "DELETE FROM TABLE WHERE p = 'b' AND s = 1", "EXISTS(SELECT * FROM TABLE WHERE p = 'c' AND s = 1 AND n = 1)",
                      ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == [] and numbers(answer["ConsumedCapacity"][0])["WriteCapacityUnits"] >= 8
    error = refused(transact, dynamodb, table, "UPDATE TABLE SET n = 0 WHERE p = 'a' AND s = 1", "INSERT INTO TABLE VALUE {'p': 'd', 's': 1}",
                    "EXISTS(SELECT * FROM TABLE WHERE p = 'gone' AND s = 1 AND n = 1)")
    assert error["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in error["CancellationReasons"]] == ["None", "DuplicateItem", "ConditionalCheckFailed"]
    reads = transact(dynamodb, table, "SELECT n FROM TABLE WHERE p = 'a' AND s = 1", "SELECT * FROM TABLE WHERE p = 'b' AND s = 1",
                     ReturnConsumedCapacity="TOTAL")
    assert reads["Responses"] == [{"Item": {"n": {"N": "11"}}}, {}]
    assert numbers(reads["ConsumedCapacity"][0]) == {"CapacityUnits": 4, "ReadCapacityUnits": 4}


def test_the_same_token_does_it_once_for_ten_minutes(own_emulator):
    emulator = own_emulator()
    dynamodb = client_at(emulator.url, "dynamodb")
    table = create_table(dynamodb, "tokens")
    dynamodb.put_item(TableName=table, Item=item_of(p="a", s=1, n=0))

    def add(by: int) -> int:
        transact(dynamodb, table, f"UPDATE TABLE SET n = n + {by} WHERE p = 'a' AND s = 1", ClientRequestToken="token")
        return int(dynamodb.get_item(TableName=table, Key=item_of(p="a", s=1))["Item"]["n"]["N"])

    assert [add(1), add(1)] == [1, 1]
    assert refused(add, 2)["Error"]["Code"] == "IdempotentParameterMismatchException"
    ask(emulator.url, "clock", advance="10m")
    assert add(2) == 3


def test_large_items_are_changed_together_or_not_at_all(dynamodb, table):
    """Nine items of 400 KB: more than is kept at a time between judging and writing."""
    for n in range(9):
        dynamodb.put_item(TableName=table, Item=item_of(p="large", s=n, n=0, l=[None] * 180_000))
    statements = [f"UPDATE TABLE SET n = n + 1 WHERE p = 'large' AND s = {n}" for n in range(9)]
    transact(dynamodb, table, *statements)
    refused(transact, dynamodb, table, *statements, "INSERT INTO TABLE VALUE {'p': 'a', 's': 1}")
    read = dynamodb.query(TableName=table, KeyConditionExpression="p = :p", ProjectionExpression="n", ExpressionAttributeValues={":p": {"S": "large"}})
    assert {item["n"]["N"] for item in read["Items"]} == {"1"}


def test_a_transaction_has_four_megabytes(dynamodb, table):
    for n in range(11):
        dynamodb.put_item(TableName=table, Item=item_of(p="large", s=n, text="x" * 400_000))
    statements = [f"UPDATE TABLE SET n = 1 WHERE p = 'large' AND s = {n}" for n in range(11)]
    error = refused(transact, dynamodb, table, *statements)["Error"]
    assert error == {"Code": "ValidationException", "Message": "Collection of items exceeds the maximum transaction size of 4 MB"}
    transact(dynamodb, table, *statements[:10])


def test_a_batch_that_asks_for_too_much_does_the_rest_when_it_is_sent_again(dynamodb, table):
    """Items of 180,000 members take some 9 MB each in memory."""
    for n in range(6):
        dynamodb.put_item(TableName=table, Item=item_of(p="large", s=n, l=[None] * 180_000))
    for text in ("UPDATE \"{table}\" SET n = 1 WHERE p = 'large' AND s = {n}", "SELECT n FROM \"{table}\" WHERE p = 'large' AND s = {n}"):
        left, calls = list(range(6)), 0
        while left:
            calls += 1
            responses = dynamodb.batch_execute_statement(Statements=[{"Statement": text.format(table=table, n=n)} for n in left])["Responses"]
            assert {response["Error"]["Code"] for response in responses if "Error" in response} <= {"ThrottlingError"} and "Error" not in responses[0]
            left = [n for n, response in zip(left, responses, strict=True) if "Error" in response]
        assert calls > 1


def test_a_fault_rule_fails_statements_of_a_batch(own_emulator):
    emulator = own_emulator()
    dynamodb = client_at(emulator.url, "dynamodb")
    table = create_table(dynamodb, "faults")
    ask(emulator.url, "faults", operation="BatchExecuteStatement", times=1, partial={"share": 1, "code": "ThrottlingError", "message": "slow down"})
    statements = [{"Statement": f"INSERT INTO {table} VALUE {{'p': 'a', 's': {n}}}"} for n in range(2)]
    failed = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    assert failed == [{"TableName": table, "Error": {"Code": "ThrottlingError", "Message": "slow down"}}] * 2
    assert dynamodb.batch_execute_statement(Statements=statements)["Responses"] == [{"TableName": table}] * 2


def test_what_aws_recorded_of_partiql(dynamodb, unique):
    """aws-recorded: writes of a transaction answer no responses, those of a batch their table's name."""
    table = unique("recorded")
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "Username", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "Username", "AttributeType": "S"}])
    answer = transact(dynamodb, table, "INSERT INTO TABLE VALUE {'Username': 'user01'}", "INSERT INTO TABLE VALUE {'Username': 'user02'}")
    assert answer["Responses"] == []
    batch = dynamodb.batch_execute_statement(Statements=[
        {"Statement": f"UPDATE \"{table}\" SET Age=20 WHERE Username='user02'"}, {"Statement": f"DELETE FROM \"{table}\" WHERE Username='user01'"}])
    assert batch["Responses"] == [{"TableName": table}] * 2
    run(dynamodb, table, "INSERT INTO TABLE VALUE {'Username': 'Alice123', 'FirstName': 'Alice'}")
    assert run(dynamodb, table, "SELECT * FROM TABLE WHERE FirstName IS NOT MISSING")["Items"] == [
        {"FirstName": {"S": "Alice"}, "Username": {"S": "Alice123"}}]

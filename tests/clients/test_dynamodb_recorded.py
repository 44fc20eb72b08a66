"""What AWS once answered of DynamoDB, replayed (fixtures/aws-recorded/dynamodb.json): each test bears its scenario's name. Those of streams
and of Kinesis destinations are in test_recorded.py."""

from __future__ import annotations

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import client_at
from helpers import eventually
from test_recorded import plain, recorded, refusal  # noqa: F401  `recorded` is a fixture

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
PROVISIONED = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"


def make(dynamodb, name: str, key: str = "id", **more) -> dict:
    definition = {"KeySchema": [{"AttributeName": key, "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}]}
    return dynamodb.create_table(**{"TableName": name, **definition, **(more or ON_DEMAND)})


@pytest.fixture
def table(dynamodb, unique) -> str:
    make(dynamodb, name := unique("table"))
    return name


def text_of(call, **arguments) -> str:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return str(refused.value).replace(" (reached max retries: 0)", "")  # our client's setting


def item(key: str, **more) -> dict:
    return {"id": {"S": key}, **more}


def without(answer: dict, *names: str) -> dict:
    """What came into the answers after the recording, taken away."""
    return {name: value for name, value in answer.items() if name not in names}


def test_valid_local_secondary_index(recorded, dynamodb, unique):  # noqa: F811
    keys = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    dynamodb.create_table(TableName=(name := unique("table")), KeySchema=keys, **ON_DEMAND,
                          AttributeDefinitions=[{"AttributeName": a, "AttributeType": t} for a, t in (("PK", "S"), ("SK", "S"), ("LSI1SK", "N"))],
                          LocalSecondaryIndexes=[{"IndexName": "LSI1", "KeySchema": [keys[0], {"AttributeName": "LSI1SK", "KeyType": "RANGE"}],
                                                  "Projection": {"ProjectionType": "ALL"}}])
    dynamodb.put_item(TableName=name, Item={"PK": {"S": "test one"}, "SK": {"S": "hello"}, "LSI1SK": {"N": "123"}})
    found = dynamodb.query(TableName=name, IndexName="LSI1", KeyConditionExpression="PK = :v1", ExpressionAttributeValues={":v1": {"S": "test one"}},
                           Select="ALL_ATTRIBUTES")
    recorded("dynamodb", {"Items": plain(found)})


def test_return_values_in_put_item(recorded, dynamodb, table):  # noqa: F811
    def put(key: str, value: str, returned: str = "ALL_OLD") -> dict:
        return plain(dynamodb.put_item(TableName=table, Item=item(key, data={"S": value}), ReturnValues=returned))
    recorded("dynamodb", {"PutFirstItem": put("id1", "foobar"), "PutFirstItemOLD": put("id1", "foobar"), "PutFirstItemB": put("id1", "foobar"),
                          "PutSecondItem": put("id2", "foobar"), "PutSecondItemReturnNone": put("id2", "foobar", "NONE")})


def test_empty_and_binary_values(recorded, dynamodb, table):  # noqa: F811
    recorded("dynamodb", {"PutFirstItem": plain(dynamodb.put_item(TableName=table, Item=item("id1", data={"S": ""}))),
                          "PutSecondItem": plain(dynamodb.put_item(TableName=table, Item=item("id2", data={"B": b"\x90"})))})


def test_batch_write_binary(recorded, dynamodb, table):  # noqa: F811
    requests = [{"PutRequest": {"Item": item(key, data={"B": b"\x90"})}} for key in ("id1", "id2")]
    recorded("dynamodb", {"Response": plain(dynamodb.batch_write_item(RequestItems={table: requests}))})


def test_dynamodb_execute_transaction(recorded, dynamodb, unique):  # noqa: F811
    make(dynamodb, name := unique("table"), key="Username")
    statements = [{"Statement": f"INSERT INTO \"{name}\" VALUE {{'Username': '{user}'}}"} for user in ("user01", "user02")]
    executed = plain(dynamodb.execute_transaction(TransactStatements=statements))
    scanned = plain(dynamodb.scan(TableName=name))
    scanned["Items"].sort(key=lambda found: found["Username"]["S"])
    recorded("dynamodb", {"ExecutedTransaction": executed, "TableScan": scanned})


def test_dynamodb_batch_execute_statement(recorded, dynamodb, unique):  # noqa: F811
    make(dynamodb, name := unique("table"), key="Username")
    dynamodb.put_item(TableName=name, Item={"Username": {"S": "user02"}})
    executed = plain(dynamodb.batch_execute_statement(Statements=[
        {"Statement": f"INSERT INTO \"{name}\" VALUE {{'Username': 'user01'}}"},
        {"Statement": f"UPDATE \"{name}\" SET Age=20 WHERE Username='user02'"}]))
    for response in executed["Responses"]:
        response["TableName"] = response["TableName"].replace(name, "<test-table>")  # so the scenario spelled it

    def get(user: str) -> dict:
        return dynamodb.get_item(TableName=name, Key={"Username": {"S": user}})["Item"]
    recorded("dynamodb", {"ExecutedStatement": executed, "ItemUser2": get("user02"), "ItemUser1": get("user01")})


def test_dynamodb_partiql_missing(recorded, dynamodb, unique):  # noqa: F811
    make(dynamodb, name := unique("table"), key="Username")
    dynamodb.put_item(TableName=name, Item={"Username": {"S": "Alice123"}, "FirstName": {"S": "Alice"}})
    dynamodb.put_item(TableName=name, Item={"Username": {"S": "Bob123"}})
    found = dynamodb.execute_statement(Statement=f'SELECT * FROM "{name}" WHERE FirstName IS NOT MISSING')["Items"]
    recorded("dynamodb", {"FirstNameNotMissing": found})


def test_dynamodb_execute_statement_empy_parameter(recorded, emulator, table):  # noqa: F811
    dynamodb = client_at(emulator.url, "dynamodb", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    recorded("dynamodb", {"invalid-param-error": without(refusal(
        dynamodb.execute_statement, Statement=f'SELECT * FROM "{table}"', Parameters=[]), "message")})


def test_create_duplicate_table(recorded, dynamodb, table):  # noqa: F811
    recorded("dynamodb", {"Error": text_of(make, dynamodb=dynamodb, name=table).replace(table, "<test-table>")})


def test_transaction_write_items(recorded, dynamodb, table):  # noqa: F811
    def write(name: str, key: str) -> dict:
        actions = [{"ConditionCheck": {"TableName": name, "ConditionExpression": "attribute_not_exists(id)", "Key": item(key + "1")}},
                   {"Put": {"TableName": name, "Item": item(key + "2")}},
                   {"Update": {"TableName": name, "Key": item(key + "3"), "UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": {"S": "v"}}}},
                   {"Delete": {"TableName": name, "Key": item(key + "4")}}]
        return plain(dynamodb.transact_write_items(TransactItems=actions))
    recorded("dynamodb", {"Response": write(table, "a"), "Response_using_table_arn": write(ARN + table, "b")})


def test_transaction_write_canceled(recorded, dynamodb, table):  # noqa: F811
    actions = [{"ConditionCheck": {"TableName": table, "ConditionExpression": "attribute_exists(id)", "Key": item("no")}},
               {"Put": {"TableName": table, "Item": item("yes")}}]
    recorded("dynamodb", {"Error": text_of(dynamodb.transact_write_items, TransactItems=actions)})


def test_transaction_write_binary_data(recorded, dynamodb, table):  # noqa: F811
    actions = [{"Put": {"TableName": table, "Item": item("someUser", binaryData={"B": b"foobar"})}}]
    written = plain(dynamodb.transact_write_items(TransactItems=actions))
    recorded("dynamodb", {"WriteResponse": written, "GetItem": dynamodb.get_item(TableName=table, Key=item("someUser"))["Item"]})


def test_transact_get_items(recorded, dynamodb, table):  # noqa: F811
    for key in ("John", "Sarah"):
        dynamodb.put_item(TableName=table, Item=item(key))

    def get(name: str, key: str) -> dict:
        return plain(dynamodb.transact_get_items(TransactItems=[{"Get": {"Key": item(key), "TableName": name}}]))
    recorded("dynamodb", {"TransactGetItems": get(table, "John"), "TransactGetItems-with-TableArn": get(ARN + table, "Sarah")})


def test_batch_write_items(recorded, dynamodb, table):  # noqa: F811
    dynamodb.put_item(TableName=table, Item=item("Fred"))
    requests = [{"DeleteRequest": {"Key": item("Fred")}}, {"PutRequest": {"Item": item("Bob")}}]
    recorded("dynamodb", {"BatchWriteResponse": plain(dynamodb.batch_write_item(RequestItems={table: requests}))})


def test_dynamodb_pay_per_request(recorded, dynamodb, unique):  # noqa: F811
    recorded("dynamodb", {"Error": text_of(make, dynamodb=dynamodb, name=unique("table"), **ON_DEMAND, **PROVISIONED)})


def test_dynamodb_get_batch_items(recorded, dynamodb, table):  # noqa: F811
    answer = plain(dynamodb.batch_get_item(RequestItems={table: {"Keys": [item("nobody")]}}))
    answer["Responses"] = {"<test-table>": answer["Responses"][table]}
    recorded("dynamodb", {"Response": answer})


def test_dynamodb_idempotent_writing(recorded, dynamodb, table, unique):  # noqa: F811
    def write(token: str) -> dict:
        return plain(dynamodb.transact_write_items(ClientRequestToken=token, TransactItems=[{"Put": {"TableName": table, "Item": item("id1", name={"S": "name1"})}}]))
    token = unique("token")
    recorded("dynamodb", {"Response1": write(token), "Response2": write(token)})


def test_batch_write_not_matching_schema(recorded, dynamodb, unique):  # noqa: F811
    dynamodb.create_table(TableName=(name := unique("table")), **ON_DEMAND, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "sortKey", "KeyType": "RANGE"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "sortKey", "AttributeType": "N"}])
    faulty = {"nonKey": {"S": "hello"}, "id": {"S": "test1"}}
    recorded("dynamodb", {"ValidationException": text_of(dynamodb.batch_write_item, RequestItems={name: [{"DeleteRequest": {"Key": faulty}}]})})


def test_batch_write_not_existing_table(recorded, dynamodb, unique):  # noqa: F811
    refused = refusal(dynamodb.transact_write_items, TransactItems=[{"Put": {"TableName": unique("nothing"), "Item": item("Fred")}}])
    recorded("dynamodb", {"exc-not-found-transact-write-items": refused})


def test_data_encoding_consistency(recorded, dynamodb, dynamodbstreams, unique):  # noqa: F811
    made = make(dynamodb, name := unique("table"), **ON_DEMAND, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    arn = made["TableDescription"]["LatestStreamArn"]
    shard = dynamodbstreams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]

    def get() -> dict:
        return dynamodb.get_item(TableName=name, Key=item("id1"))["Item"]

    def last() -> dict:
        at = dynamodbstreams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        return dynamodbstreams.get_records(ShardIterator=at)["Records"][-1]["dynamodb"]["NewImage"]
    dynamodb.put_item(TableName=name, Item=item("id1", version={"N": "1"}, data={"B": b"\x90"}))
    answers = {"GetItem": get(), "GetRecords": last()}
    dynamodb.update_item(TableName=name, Key=item("id1"), UpdateExpression="SET version=:v", ExpressionAttributeValues={":v": {"N": "2"}})
    recorded("dynamodb", answers | {"GetItemAfterUpdate": get(), "GetRecordsAfterUpdate": last()})


def test_continuous_backup_update(recorded, dynamodb, table):  # noqa: F811
    updated = plain(dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}))
    recorded("dynamodb", {"update-continuous-backup": updated, "describe-continuous-backup": plain(dynamodb.describe_continuous_backups(TableName=table))})


def test_return_values_on_conditions_check_failure(recorded, dynamodb, table):  # noqa: F811
    dynamodb.put_item(TableName=table, Item=item("456", price={"N": "650"}, product={"S": "sporting goods"}))
    with pytest.raises(ClientError) as refused:
        dynamodb.delete_item(TableName=table, Key=item("456"), ConditionExpression="price between :lo and :hi", ReturnValuesOnConditionCheckFailure="ALL_OLD",
                             ExpressionAttributeValues={":lo": {"N": "500"}, ":hi": {"N": "600"}})
    recorded("dynamodb", {"items": without(plain(refused.value.response), "message")})


def sse_of(answer: dict) -> dict:
    return (answer.get("TableDescription") or answer["Table"])["SSEDescription"]


def test_dynamodb_create_table_with_partial_sse_specification(recorded, dynamodb, kms, unique):  # noqa: F811
    made = make(dynamodb, name := unique("table"), **ON_DEMAND, SSESpecification={"Enabled": True})
    key = plain(kms.describe_key(KeyId=sse_of(made)["KMSMasterKeyArn"]))
    off = sse_of(dynamodb.update_table(TableName=name, SSESpecification={"Enabled": False}))
    recorded("dynamodb", {"SSEDescription": sse_of(made), "KMSDescription": key, "update-table-disable-sse-spec": off})


def test_dynamodb_update_table_without_sse_specification_change(recorded, dynamodb, kms, unique):  # noqa: F811
    made = make(dynamodb, name := unique("table"), **ON_DEMAND, SSESpecification={"Enabled": True})
    key = plain(kms.describe_key(KeyId=sse_of(made)["KMSMasterKeyArn"]))
    updated = dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    recorded("dynamodb", {"create_table_sse_description": sse_of(made), "describe_kms_key": key, "update_table_sse_description": sse_of(updated)})


@pytest.mark.parametrize("billing", ["PAY_PER_REQUEST", "PROVISIONED"])
def test_gsi_with_billing_mode(recorded, dynamodb, unique, billing):  # noqa: F811
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}} if billing == "PROVISIONED" else {}
    index = {"IndexName": "TransactionRecordID", "KeySchema": [{"AttributeName": "TRID", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}, **units}
    made = dynamodb.create_table(TableName=(name := unique("table")), KeySchema=[{"AttributeName": "TID", "KeyType": "HASH"}], GlobalSecondaryIndexes=[index], BillingMode=billing,
                                 AttributeDefinitions=[{"AttributeName": a, "AttributeType": "S"} for a in ("TID", "TRID")], **(PROVISIONED if units else {}))
    recorded("dynamodb", {"create-table-with-gsi": plain(made), "describe-table": plain(dynamodb.describe_table(TableName=name))})


def test_dynamodb_describe_contributor_insights(recorded, dynamodb, table):  # noqa: F811
    recorded("dynamodb", {"describe-contributor-insights-disabled": plain(dynamodb.describe_contributor_insights(TableName=table))})


def test_table_crud(recorded, dynamodb, unique):  # noqa: F811
    made = plain(make(dynamodb, name := unique("table"), **PROVISIONED))
    described = eventually(lambda: plain(dynamodb.describe_table(TableName=name)))
    answers = {"create-table": made, "describe-table": described, "delete-table": plain(dynamodb.delete_table(TableName=name))}
    recorded("dynamodb", answers | {"delete-non-existent-table": refusal(dynamodb.delete_table, TableName="non-existent")})


def test_table_warm_throughput(recorded, dynamodb, unique):  # noqa: F811
    warm = {"WarmThroughput": {"ReadUnitsPerSecond": 1000, "WriteUnitsPerSecond": 1200}}
    made = plain(make(dynamodb, name := unique("table"), **PROVISIONED, **warm))
    recorded("dynamodb", {"create-table": made, "describe-table": plain(dynamodb.describe_table(TableName=name))})


def test_table_v2_stream(recorded, dynamodb, unique):  # noqa: F811
    make(dynamodb, name := unique("table"), **ON_DEMAND, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    recorded("dynamodb", {"global-table-v2": plain(dynamodb.describe_table(TableName=name))})

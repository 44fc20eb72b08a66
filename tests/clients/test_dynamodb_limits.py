"""DynamoDB's limits of throughput where they are asked for, on the emulator's clock, and what CloudWatch is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from admin import ask
from botocore.exceptions import ClientError
from conftest import client_at

ACCOUNT = "000000000000"
TABLE_ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/"
TABLE_MESSAGE = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)
INDEX_MESSAGE = (
    "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. "
    "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
)
CAPACITY_MESSAGE = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or "
    "index so please try again shortly. If exceptions persist, check if you have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)


class Limited:
    """An emulator with AWS's limits, whose clock stands."""

    def __init__(self, url: str):
        self.url = url
        self.dynamodb = client_at(url, "dynamodb")
        ask(url, "clock", freeze=True)

    def advance(self, ms: int) -> None:
        ask(self.url, "clock", advance=ms)

    def table(self, name: str = "tab", read: int = 1, write: int = 1, **more: Any) -> str:
        self.dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=more.pop("attributes", [{"AttributeName": "k", "AttributeType": "S"}]),
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            **({"ProvisionedThroughput": units(read, write)} if read else {"BillingMode": "PAY_PER_REQUEST"}),
            **more,
        )
        return name

    def put(self, table: str = "tab", key: str = "a", **more: Any) -> dict[str, Any]:
        return self.dynamodb.put_item(TableName=table, Item={"k": {"S": key}, **more})

    def puts(self, table: str, count: int) -> int:
        """How many of so many writes of one unit got through."""
        done = 0
        for i in range(0, count, 25):
            items = [{"PutRequest": {"Item": {"k": {"S": f"{i + at}"}}}} for at in range(min(25, count - i))]
            try:
                answer = self.dynamodb.batch_write_item(RequestItems={table: items})
            except ClientError:
                return done
            done += len(items) - len(answer["UnprocessedItems"].get(table, []))
        return done

    def metric(self, name: str, table: str | None = "tab", statistic: str = "Sum", **dimensions: str) -> float:
        wanted = {**({"TableName": table} if table else {}), **dimensions}
        now = ask(self.url, "clock")["now_ms"] / 1000
        points = client_at(self.url, "cloudwatch").get_metric_statistics(
            Namespace="AWS/DynamoDB", MetricName=name, Statistics=[statistic], Period=60, StartTime=now - 3600, EndTime=now + 60,
            Dimensions=[{"Name": key, "Value": value} for key, value in wanted.items()],
        )["Datapoints"]
        return sum(point[statistic] for point in points)


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def global_index(name: str, key: str, read: int | None = None, write: int | None = None, **more: Any) -> dict[str, Any]:
    provisioned = {"ProvisionedThroughput": units(read, write)} if read else {}
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}, **provisioned, **more}


@pytest.fixture
def limited(own_emulator) -> Limited:
    return Limited(own_emulator(options=("--limits", "aws")).url)


def refusal_of(call, *arguments: Any, **members: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **members)
    return refused.value.response


def reasons(response: dict[str, Any]) -> list[dict[str, str]]:
    return response.get("ThrottlingReasons") or response.get("throttlingReasons")


def test_a_table_has_300_seconds_of_burst_and_then_its_units_a_second(limited):
    table = limited.table(write=2)
    assert limited.puts(table, 625) == 600
    response = refusal_of(limited.put)
    assert response["Error"] == {"Code": "ProvisionedThroughputExceededException", "Message": TABLE_MESSAGE}
    assert reasons(response) == [{"reason": "TableWriteProvisionedThroughputExceeded", "resource": TABLE_ARN + "tab"}]
    limited.advance(1000)
    assert limited.puts(table, 5) == 2
    limited.advance(10_000)
    assert limited.puts(table, 25) == 20
    limited.advance(3_600_000)
    assert limited.puts(table, 625) == 600


def test_a_write_larger_than_a_second_leaves_a_debt(limited):
    limited.table(write=10)
    assert limited.puts("tab", 2995) == 2995
    limited.put(key="many", v={"S": "x" * 3500})  # 4 units of 5
    limited.advance(1000)
    limited.put(key="large", v={"S": "x" * 40_000})  # 40 units where a second brings 10, and 1 was left
    assert reasons(refusal_of(limited.put))[0]["reason"] == "TableWriteProvisionedThroughputExceeded"
    limited.advance(2900)
    refusal_of(limited.put)
    limited.advance(200)
    limited.put()


@pytest.mark.parametrize("read,cost", [(lambda d: d.get_item(TableName="tab", Key={"k": {"S": "a"}}), 0.5),
                                       (lambda d: d.get_item(TableName="tab", Key={"k": {"S": "a"}}, ConsistentRead=True), 1),
                                       (lambda d: d.scan(TableName="tab"), 0.5),
                                       (lambda d: d.query(TableName="tab", KeyConditionExpression="k = :k",
                                                          ExpressionAttributeValues={":k": {"S": "a"}}), 0.5),
                                       (lambda d: d.execute_statement(Statement="SELECT * FROM tab WHERE k = 'a'"), 0.5)],
                         ids=["GetItem", "consistent", "Scan", "Query", "ExecuteStatement"])
def test_reads_have_their_units_too(limited, read, cost):
    limited.table()
    limited.put()
    ask(limited.url, "limits", limits="aws", scale=0.1, table="tab")  # 30 units of burst
    for _ in range(int(30 / cost)):
        read(limited.dynamodb)
    response = refusal_of(read, limited.dynamodb)
    assert response["Error"] == {"Code": "ProvisionedThroughputExceededException", "Message": TABLE_MESSAGE}
    assert reasons(response) == [{"reason": "TableReadProvisionedThroughputExceeded", "resource": TABLE_ARN + "tab"}]
    limited.advance(int(10_000 * cost))
    read(limited.dynamodb)


@pytest.mark.parametrize("write", [
    lambda d: d.update_item(TableName="tab", Key={"k": {"S": "a"}}, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": {"N": "1"}}),
    lambda d: d.delete_item(TableName="tab", Key={"k": {"S": "a"}}),
    lambda d: d.execute_statement(Statement="UPDATE tab SET v = 2 WHERE k = 'a'"),
], ids=["UpdateItem", "DeleteItem", "ExecuteStatement"])
def test_every_write_asks_for_room(limited, write):
    limited.table()
    assert limited.puts("tab", 299) == 299
    limited.put(key="a")
    assert refusal_of(write, limited.dynamodb)["Error"]["Code"] == "ProvisionedThroughputExceededException"
    limited.advance(1000)
    write(limited.dynamodb)


def test_a_condition_that_fails_is_paid_for(limited):
    limited.table()
    assert limited.puts("tab", 299) == 299
    with pytest.raises(limited.dynamodb.exceptions.ConditionalCheckFailedException):
        limited.dynamodb.put_item(TableName="tab", Item={"k": {"S": "1"}}, ConditionExpression="attribute_not_exists(k)")
    assert refusal_of(limited.put)["Error"]["Code"] == "ProvisionedThroughputExceededException"


def test_an_index_without_room_holds_writes_to_its_table_back(limited):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in "kg"]
    limited.table(write=10, attributes=attributes, GlobalSecondaryIndexes=[global_index("idx", "g", 1, 1)])
    for i in range(300):
        limited.put(key=f"{i}", g={"S": f"{i}"})
    response = refusal_of(limited.put, key="next", g={"S": "next"})
    assert response["Error"] == {"Code": "ProvisionedThroughputExceededException", "Message": INDEX_MESSAGE}
    assert reasons(response) == [{"reason": "IndexWriteProvisionedThroughputExceeded", "resource": TABLE_ARN + "tab/index/idx"}]
    assert "Item" not in limited.dynamodb.get_item(TableName="tab", Key={"k": {"S": "next"}})
    limited.put(key="elsewhere")  # the index has nothing of it
    limited.advance(60_000)
    for name, table in (("WriteThrottleEvents", "tab"), ("WriteProvisionedThroughputThrottleEvents", "tab")):
        assert limited.metric(name, table, GlobalSecondaryIndexName="idx") == 1
        assert limited.metric(name, table) == 0


def test_reads_of_an_index_are_its_own(limited):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in "kg"]
    limited.table(attributes=attributes, GlobalSecondaryIndexes=[global_index("idx", "g", 1, 1)])
    limited.put(g={"S": "x"})
    for _ in range(600):
        limited.dynamodb.scan(TableName="tab", IndexName="idx")
    response = refusal_of(limited.dynamodb.scan, TableName="tab", IndexName="idx")
    assert reasons(response) == [{"reason": "IndexReadProvisionedThroughputExceeded", "resource": TABLE_ARN + "tab/index/idx"}]
    assert limited.dynamodb.scan(TableName="tab")["Count"] == 1


def test_a_batch_is_done_in_part_and_the_rest_comes_back(limited):
    limited.table()
    limited.table("other", write=5)
    assert limited.puts("tab", 298) == 298
    puts = [{"PutRequest": {"Item": {"k": {"S": f"b{i}"}}}} for i in range(4)]
    answer = limited.dynamodb.batch_write_item(RequestItems={"tab": puts, "other": puts[:1]}, ReturnConsumedCapacity="TOTAL")
    assert answer["UnprocessedItems"] == {"tab": puts[2:]}
    assert {one["TableName"]: one["CapacityUnits"] for one in answer["ConsumedCapacity"]} == {"tab": 2, "other": 1}
    response = refusal_of(limited.dynamodb.batch_write_item, RequestItems={"tab": puts})
    assert response["Error"] == {"Code": "ProvisionedThroughputExceededException", "Message": TABLE_MESSAGE}
    limited.advance(1000)
    assert len(limited.dynamodb.batch_write_item(RequestItems={"tab": puts})["UnprocessedItems"]["tab"]) == 3


def test_a_batch_of_reads_is_done_in_part(limited):
    limited.table()
    limited.puts("tab", 4)
    keys = [{"k": {"S": f"{i}"}} for i in range(4)]
    ask(limited.url, "limits", limits="aws", scale=0.01, table="tab")  # 3 units
    answer = limited.dynamodb.batch_get_item(RequestItems={"tab": {"Keys": keys, "ConsistentRead": True}})
    assert len(answer["Responses"]["tab"]) == 3
    assert answer["UnprocessedKeys"] == {"tab": {"Keys": keys[3:], "ConsistentRead": True}}
    response = refusal_of(limited.dynamodb.batch_get_item, RequestItems={"tab": {"Keys": keys}})
    assert response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert reasons(response) == [{"reason": "TableReadProvisionedThroughputExceeded", "resource": TABLE_ARN + "tab"}]


def test_statements_of_a_batch_are_throttled_one_by_one(limited):
    limited.table()
    assert limited.puts("tab", 299) == 299
    statements = [{"Statement": f"INSERT INTO tab VALUE {{'k': 's{i}'}}"} for i in range(2)]
    first, second = limited.dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    assert "Error" not in first
    assert second["Error"] == {"Code": "ProvisionedThroughputExceeded", "Message": TABLE_MESSAGE}


def test_a_transaction_without_room_is_cancelled_and_takes_nothing(limited):
    limited.table()
    limited.table("wide", write=100)
    assert limited.puts("tab", 299) == 299
    items = [{"Put": {"TableName": table, "Item": {"k": {"S": "x"}}}} for table in ("wide", "tab")]
    limited.put(key="last")
    response = refusal_of(limited.dynamodb.transact_write_items, TransactItems=items)
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert response["Error"]["Message"].endswith("[None, ProvisionedThroughputExceeded]")
    assert response["CancellationReasons"] == [
        {"Code": "None"}, {"Code": "ProvisionedThroughputExceeded", "Message": TABLE_MESSAGE}]
    limited.advance(2000)
    limited.dynamodb.transact_write_items(TransactItems=items)  # two units a part
    assert refusal_of(limited.put)["Error"]["Code"] == "ProvisionedThroughputExceededException"
    limited.advance(60_000)
    assert limited.metric("ConsumedWriteCapacityUnits", "wide") == 2


def test_a_transaction_of_reads_is_cancelled_too(limited):
    limited.table()
    ask(limited.url, "limits", limits="aws", scale=0.01, table="tab")  # 3 units
    get = [{"Get": {"TableName": "tab", "Key": {"k": {"S": "a"}}}}]
    limited.dynamodb.transact_get_items(TransactItems=get)
    limited.dynamodb.transact_get_items(TransactItems=get)
    response = refusal_of(limited.dynamodb.transact_get_items, TransactItems=get)
    assert response["CancellationReasons"][0]["Code"] == "ProvisionedThroughputExceeded"


@pytest.mark.parametrize("read", [False, True], ids=["write", "read"])
def test_one_key_has_what_its_partition_has(limited, read):
    limited.table(read=30_000, write=10_000)
    large = "x" * 100_000
    limited.put(v={"S": large})
    get = {"TableName": "tab", "Key": {"k": {"S": "a"}}, "ConsistentRead": True}
    call = (lambda: limited.dynamodb.get_item(**get)) if read else (lambda: limited.put(v={"S": large}))
    for _ in range(9):  # 98 units of 1,000 each; the first has been put already
        limited.put(v={"S": large})
    if read:
        for _ in range(120):  # 25 units of 3,000
            limited.dynamodb.get_item(**get)
    response = refusal_of(call)
    kind = "Read" if read else "Write"
    assert response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert reasons(response) == [{"reason": f"Table{kind}KeyRangeThroughputExceeded", "resource": TABLE_ARN + "tab"}]
    limited.put(key="another", v={"S": large})
    limited.advance(1000)
    call()
    limited.advance(60_000)
    assert limited.metric(f"{kind}KeyRangeThroughputThrottleEvents") == limited.metric(f"{kind}ThrottleEvents") == 1


def on_demand(limited: Limited, units_each: int, count: int, first: int = 0) -> int:
    """How many of so many items of that many units got through, in this second."""
    for i in range(count):
        try:
            limited.put(key=f"{first + i}", v={"S": "x" * (units_each * 1024 - 20)})
        except ClientError as refused:
            assert refused.response["Error"] == {"Code": "ThrottlingException", "Message": CAPACITY_MESSAGE}
            assert reasons(refused.response) == [
                {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": TABLE_ARN + "tab"}]
            return i
    return count


def test_a_table_on_demand_takes_4000_writes_at_first_and_then_double_its_peak(limited):
    limited.table(read=0)
    assert on_demand(limited, 200, 30) == 20
    limited.advance(1000)
    assert on_demand(limited, 200, 30) == 20
    limited.advance(31 * 60_000)
    assert on_demand(limited, 200, 50) == 40
    limited.advance(31 * 60_000)
    assert on_demand(limited, 200, 90) == 80


def test_a_maximum_on_demand_holds(limited):
    limited.table(read=0, OnDemandThroughput={"MaxReadRequestUnits": 2, "MaxWriteRequestUnits": 3})
    assert limited.puts("tab", 10) == 3
    response = refusal_of(limited.put)
    assert response["Error"] == {"Code": "ThrottlingException",
                                 "Message": "Throughput exceeds the maximum OnDemandThroughput configured on table or index"}
    assert reasons(response) == [{"reason": "TableWriteMaxOnDemandThroughputExceeded", "resource": TABLE_ARN + "tab"}]
    limited.advance(1000)
    limited.put()
    limited.advance(60_000)
    assert limited.metric("OnDemandMaxWriteRequestUnits", statistic="Maximum") > 0
    assert limited.metric("WriteMaxOnDemandThroughputThrottleEvents") == 8


def test_limits_are_for_all_or_for_one_table_and_go_again(own_emulator):
    limited = Limited(own_emulator().url)
    limited.table()
    limited.table("free")
    assert limited.puts("tab", 400) == 400
    answer = ask(limited.url, "limits", limits="aws", scale=0.1, table="tab")
    assert answer["limits"] == "off"
    assert answer["tables"] == [{"limits": "aws", "scale": 0.1, "table": "tab", "account": ACCOUNT, "region": "us-east-1"}]
    assert answer["streams"] == []
    assert limited.puts("tab", 50) == 30
    assert limited.puts("free", 400) == 400
    assert ask(limited.url, "limits", method="DELETE", table="tab")["tables"] == []
    assert limited.puts("tab", 400) == 400
    ask(limited.url, "limits", limits="aws")
    assert limited.puts("free", 400) == 300


def test_more_throughput_is_there_at_once(limited):
    limited.table()
    assert limited.puts("tab", 325) == 300
    limited.dynamodb.update_table(TableName="tab", ProvisionedThroughput=units(1, 10))
    limited.advance(1000)
    assert limited.puts("tab", 25) == 10


def test_what_is_provisioned_is_dialled_down_four_times_a_day_and_then_once_an_hour(limited):
    limited.table(write=100)
    ask(limited.url, "clock", set="2027-03-01T10:00:00Z")
    dial = lambda write: limited.dynamodb.update_table(TableName="tab", ProvisionedThroughput=units(1, write))
    for write in (99, 98, 97, 96):
        dial(write)
    response = refusal_of(dial, 95)
    assert response["Error"] == {"Code": "LimitExceededException", "Message": (
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
        "decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of "
        "decreases today: 4. Last decrease at Monday, March 1, 2027 at 10:00:00 AM Coordinated Universal Time. Next decrease "
        "can be made at Monday, March 1, 2027 at 11:00:00 AM Coordinated Universal Time")}
    dial(200)
    described = limited.dynamodb.describe_table(TableName="tab")["Table"]["ProvisionedThroughput"]
    assert (described["NumberOfDecreasesToday"], described["WriteCapacityUnits"]) == (4, 200)
    assert described["LastDecreaseDateTime"] == described["LastIncreaseDateTime"]
    limited.advance(3_600_000)
    dial(199)
    refusal_of(dial, 198)
    ask(limited.url, "clock", set="2027-03-02T00:00:00Z")
    for write in (99, 98, 97, 96):
        dial(write)
    refusal_of(dial, 95)


def test_decreases_of_an_index_are_its_own(own_emulator):
    limited = Limited(own_emulator().url)
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in "kg"]
    limited.table(write=100, attributes=attributes, GlobalSecondaryIndexes=[global_index("idx", "g", 100, 100)])
    for write in range(99, 93, -1):  # nobody asked for limits
        limited.dynamodb.update_table(TableName="tab", GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "idx", "ProvisionedThroughput": units(100, write)}}])
    table = limited.dynamodb.describe_table(TableName="tab")["Table"]
    assert table["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0
    assert "LastDecreaseDateTime" not in table["ProvisionedThroughput"]
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 6
    ask(limited.url, "limits", limits="aws")
    response = refusal_of(limited.dynamodb.update_table, TableName="tab", GlobalSecondaryIndexUpdates=[
        {"Update": {"IndexName": "idx", "ProvisionedThroughput": units(1, 1)}}])
    assert response["Error"]["Code"] == "LimitExceededException"


def test_operations_on_tables_have_their_limit(limited):
    ask(limited.url, "limits", limits="aws", scale=0.004)
    limited.table("one")
    limited.table("two")
    response = refusal_of(limited.table, "three")
    assert response["Error"] == {
        "Code": "LimitExceededException",
        "Message": "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously"}
    limited.advance(1000)
    limited.dynamodb.delete_table(TableName="one")
    limited.dynamodb.describe_table(TableName="two")


def test_cloudwatch_is_told_by_itself(own_emulator):
    limited = Limited(own_emulator().url)
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in "kg"]
    limited.table(read=7, write=8, attributes=attributes, GlobalSecondaryIndexes=[global_index("idx", "g", 3, 4)])
    limited.put(v={"S": "x" * 3000}, g={"S": "x"})
    limited.dynamodb.get_item(TableName="tab", Key={"k": {"S": "a"}}, ConsistentRead=True)
    limited.dynamodb.scan(TableName="tab", IndexName="idx")
    limited.dynamodb.query(TableName="tab", KeyConditionExpression="k = :k", ExpressionAttributeValues={":k": {"S": "a"}})
    limited.dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": "tab", "Key": {"k": {"S": "a"}}}}])
    refusal_of(limited.dynamodb.put_item, TableName="tab", Item={"k": {"S": "a"}}, ConditionExpression="attribute_not_exists(k)")
    refusal_of(limited.dynamodb.put_item, TableName="none", Item={"k": {"S": "a"}})
    refusal_of(limited.dynamodb.put_item, TableName="tab", Item={"k": {"N": "1"}})
    limited.advance(61_000)
    assert limited.metric("ConsumedWriteCapacityUnits") == 3 + 3  # the condition that failed, too
    assert limited.metric("ConsumedReadCapacityUnits") == 1 + 0.5 + 2
    assert limited.metric("ConsumedWriteCapacityUnits", GlobalSecondaryIndexName="idx") == 1
    assert limited.metric("ConsumedReadCapacityUnits", GlobalSecondaryIndexName="idx") == 0.5
    assert limited.metric("ProvisionedReadCapacityUnits", statistic="Average") == 7
    assert limited.metric("ProvisionedWriteCapacityUnits", statistic="Average") == 8
    assert limited.metric("ProvisionedWriteCapacityUnits", statistic="Average", GlobalSecondaryIndexName="idx") == 4
    assert limited.metric("ConditionalCheckFailedRequests") == 1
    assert limited.metric("UserErrors", table=None) == 2
    assert limited.metric("ReturnedItemCount", Operation="Scan") == 1
    assert limited.metric("ReturnedItemCount", Operation="Query") == 1
    for operation in ("PutItem", "GetItem", "Scan", "Query", "TransactGetItems"):
        assert limited.metric("SuccessfulRequestLatency", statistic="SampleCount", Operation=operation) == 1
    assert limited.metric("SuccessfulRequestLatency", Operation="PutItem") > 0
    units_of = client_at(limited.url, "cloudwatch").get_metric_data(
        StartTime=0, EndTime=ask(limited.url, "clock")["now_ms"] / 1000, MetricDataQueries=[
            {"Id": "l", "MetricStat": {"Metric": {"Namespace": "AWS/DynamoDB", "MetricName": "SuccessfulRequestLatency", "Dimensions": [
                {"Name": "TableName", "Value": "tab"}, {"Name": "Operation", "Value": "GetItem"}]},
                "Period": 60, "Stat": "SampleCount", "Unit": "Milliseconds"}}])
    assert units_of["MetricDataResults"][0]["Values"] == [1]


def test_throttled_requests_are_counted_by_operation(limited):
    limited.table()
    assert limited.puts("tab", 300) == 300
    refusal_of(limited.put)
    limited.advance(61_000)
    assert limited.metric("ThrottledRequests", Operation="PutItem") >= 1
    assert limited.metric("WriteThrottleEvents") == limited.metric("ThrottledRequests", Operation="PutItem")
    assert limited.metric("UserErrors", table=None) == 0


def test_items_that_expire_and_records_that_are_read_are_counted(own_emulator):
    limited = Limited(own_emulator().url)
    limited.table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    limited.dynamodb.update_time_to_live(TableName="tab", TimeToLiveSpecification={"Enabled": True, "AttributeName": "e"})
    limited.put(e={"N": str(ask(limited.url, "clock")["now_ms"] // 1000 + 5)})
    limited.advance(10_000)
    streams = client_at(limited.url, "dynamodbstreams")
    stream = streams.list_streams(TableName="tab")["Streams"][0]
    shard = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=stream["StreamArn"], ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    limited.advance(61_000)
    assert limited.metric("TimeToLiveDeletedItemCount") == 1
    of_stream = {"StreamLabel": stream["StreamLabel"], "Operation": "GetRecords"}
    assert limited.metric("ReturnedRecordsCount", **of_stream) == len(records) == 2
    assert limited.metric("ReturnedBytes", **of_stream) == sum(record["dynamodb"]["SizeBytes"] for record in records)
    assert limited.metric("SuccessfulRequestLatency", statistic="SampleCount", **of_stream) == 1

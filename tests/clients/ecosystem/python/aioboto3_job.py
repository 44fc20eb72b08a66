"""aioboto3: everything at once, as asyncio lets one. Kinesis with a reshard, polling and fan-out, and a table of what came.

Usage: aioboto3_job.py <stream> <table>       prints a line of JSON: what was put, polled, pushed and kept"""

import asyncio
import json
import sys

import aioboto3

HALF = 100


def texts(records):
    return [record["Data"].decode() for record in records]


async def put(kinesis, stream, numbers):
    """Ten calls at a time. Returns the texts."""
    data = [f"number {number}" for number in numbers]
    batches = [data[start::10] for start in range(10)]
    answers = await asyncio.gather(*(kinesis.put_records(
        StreamName=stream, Records=[{"Data": text.encode(), "PartitionKey": text} for text in batch]) for batch in batches))
    assert not any(answer["FailedRecordCount"] for answer in answers)
    return data


async def reshard(kinesis, stream):
    await kinesis.update_shard_count(StreamName=stream, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    await kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})


async def poll(kinesis, stream, shard):
    answer = await kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    iterator, records = answer["ShardIterator"], []
    while iterator:
        page = await kinesis.get_records(ShardIterator=iterator)
        records += page["Records"]
        if not page["Records"] and not page["MillisBehindLatest"]:
            break
        iterator = page.get("NextShardIterator")
    return texts(records)


async def subscribe(kinesis, consumer, shard, expected):
    """A closed shard is read to its end; an open one until all that is expected of it came."""
    answer = await kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard, StartingPosition={"Type": "TRIM_HORIZON"})
    records = []
    async for event in answer["EventStream"]:
        records += event["SubscribeToShardEvent"]["Records"]
        if len(records) >= expected and expected >= 0:
            break
    answer["EventStream"].close()
    return texts(records)


async def consumer_of(kinesis, arn):
    consumer = (await kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="aioboto3"))["Consumer"]["ConsumerARN"]
    while (await kinesis.describe_stream_consumer(ConsumerARN=consumer))["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        await asyncio.sleep(0.1)
    return consumer


async def keep(dynamodb, name, data):
    """Writes to a table of its own and reads that back."""
    table = await dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    await table.wait_until_exists()
    async with table.batch_writer() as batch:
        for text in data:
            await batch.put_item(Item={"id": text})
    return [item["id"] for item in (await table.scan())["Items"]]


async def main(stream, table):
    session = aioboto3.Session()
    async with session.client("kinesis") as kinesis, session.resource("dynamodb") as dynamodb:
        await kinesis.create_stream(StreamName=stream, ShardCount=2)
        await kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
        arn = (await kinesis.describe_stream_summary(StreamName=stream))["StreamDescriptionSummary"]["StreamARN"]
        data = await put(kinesis, stream, range(HALF))
        await reshard(kinesis, stream)
        data += await put(kinesis, stream, range(HALF, 2 * HALF))
        shards = (await kinesis.list_shards(StreamName=stream))["Shards"]
        polled = await asyncio.gather(*(poll(kinesis, stream, shard["ShardId"]) for shard in shards))
        consumer = await consumer_of(kinesis, arn)
        pushed = await asyncio.gather(*(subscribe(
            kinesis, consumer, shard["ShardId"], -1 if "EndingSequenceNumber" in shard["SequenceNumberRange"] else len(records))
            for shard, records in zip(shards, polled)))
        kept = await keep(dynamodb, table, data)
    print(json.dumps({"put": data, "polled": sum(polled, []), "pushed": sum(pushed, []), "kept": kept}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

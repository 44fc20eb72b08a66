"""async-kinesis: a producer that aggregates, and consumers that share their checkpoints in DynamoDB.

Usage: async_kinesis_job.py put <stream> <from> <to>       puts these numbers
       async_kinesis_job.py read <stream> <table> <count>  prints what comes, until that many came"""

import asyncio
import sys

from kinesis import Consumer, DynamoDBCheckPointer, JsonLineProcessor, Producer


async def put(stream: str, first: int, end: int) -> None:
    async with Producer(stream, processor=JsonLineProcessor()) as producer:
        for number in range(first, end):
            await producer.put({"text": f"number {number}"})
        await producer.flush()


async def read(stream: str, table: str, count: int) -> None:
    seen = set()
    checkpoints = DynamoDBCheckPointer(name="job", table_name=table, session_timeout=5, heartbeat_frequency=2)
    async with Consumer(stream, processor=JsonLineProcessor(), checkpointer=checkpoints, sleep_time_no_records=0.1,
                        shard_fetch_rate=5, idle_timeout=1) as consumer:
        while len(seen) < count:
            async for record in consumer:
                print(record["text"], flush=True)
                seen.add(record["text"])


if __name__ == "__main__":
    what, name, *rest = sys.argv[1:]
    asyncio.run(put(name, int(rest[0]), int(rest[1])) if what == "put" else read(name, rest[0], int(rest[1])))

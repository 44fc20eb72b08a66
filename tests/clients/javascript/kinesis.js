// One shard's life by the SDK for JavaScript v3, as ../sdk.py tells. The SDK's default for Kinesis is HTTP/2.
import {
  CreateStreamCommand, DescribeStreamCommand, DescribeStreamConsumerCommand, GetRecordsCommand, GetShardIteratorCommand,
  KinesisClient, PutRecordCommand, PutRecordsCommand, RegisterStreamConsumerCommand, SplitShardCommand,
  SubscribeToShardCommand, waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";

const DATA = [Buffer.from("first"), Buffer.alloc(0), Buffer.from([...Array(256).keys()]), Buffer.from("Grüße")];
const LATE = Buffer.from("while subscribed");
const PARTITION_KEY = "schlüssel";

const client = new KinesisClient({});
const StreamName = process.argv[2];
const ShardId = "shardId-000000000000";
const call = (Command, input) => client.send(new Command(input));
const isActive = () => waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 0.2, maxDelay: 0.2 }, { StreamName });
const triple = (record) => [record.SequenceNumber, record.PartitionKey, Buffer.from(record.Data).toString("base64")];

async function put() {
  const Records = DATA.slice(0, -1).map((Data) => ({ Data, PartitionKey: PARTITION_KEY }));
  const many = await call(PutRecordsCommand, { StreamName, Records });
  const one = await call(PutRecordCommand, { StreamName, Data: DATA.at(-1), PartitionKey: PARTITION_KEY });
  return [...many.Records, one].map((result) => result.SequenceNumber);
}

async function get() {
  const { ShardIterator } = await call(GetShardIteratorCommand, { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" });
  const { Records } = await call(GetRecordsCommand, { ShardIterator });
  return Records.map(triple);
}

async function consumer(StreamARN) {
  const { Consumer: { ConsumerARN } } = await call(RegisterStreamConsumerCommand, { StreamARN, ConsumerName: "javascript" });
  for (;;) {
    const { ConsumerDescription } = await call(DescribeStreamConsumerCommand, { ConsumerARN });
    if (ConsumerDescription.ConsumerStatus === "ACTIVE") return ConsumerARN;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// Reads to the shard's end, which comes because the first event lets the shard be split.
async function subscribe(ConsumerARN, duringIt) {
  const { EventStream } = await call(SubscribeToShardCommand, {
    ConsumerARN, ShardId, StartingPosition: { Type: "TRIM_HORIZON" },
  });
  const subscribed = [];
  let children, late;
  for await (const { SubscribeToShardEvent: event } of EventStream) {
    subscribed.push(...event.Records.map(triple));
    children = event.ChildShards?.map((shard) => shard.ShardId);
    late ??= duringIt();
  }
  return { subscribed, children, late: await late };
}

async function putLateAndSplit() {
  const { SequenceNumber } = await call(PutRecordCommand, { StreamName, Data: LATE, PartitionKey: PARTITION_KEY });
  await call(SplitShardCommand, { StreamName, ShardToSplit: ShardId, NewStartingHashKey: (2n ** 127n).toString() });
  return SequenceNumber;
}

await call(CreateStreamCommand, { StreamName, ShardCount: 1 });
await isActive();
const { StreamDescription } = await call(DescribeStreamCommand, { StreamName });
const early = await put();
const got = await get();
const { late, ...events } = await subscribe(await consumer(StreamDescription.StreamARN), putLateAndSplit);
const refused = await call(DescribeStreamCommand, { StreamName: `${StreamName}-not-there` }).catch((error) => error);
console.log(JSON.stringify({
  put: [...early, late], got, ...events, error: refused.name, error_message: refused.message,
}));
client.destroy();

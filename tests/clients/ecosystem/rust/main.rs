//! One shard's life by the SDK for Rust, as ../../sdk.py tells.

use aws_config::BehaviorVersion;
use aws_sdk_kinesis::error::ProvideErrorMetadata;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, Record, ShardIteratorType, StartingPosition, StreamStatus,
    SubscribeToShardEventStream,
};
use aws_sdk_kinesis::Client;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::{error::Error, time::Duration};

const SHARD: &str = "shardId-000000000000";
const PARTITION_KEY: &str = "schlüssel";
const LATE: &[u8] = b"while subscribed";
const MIDDLE: &str = "170141183460469231731687303715884105728"; // 2^127

type Outcome<T> = Result<T, Box<dyn Error>>;

fn data() -> Vec<Vec<u8>> {
    vec![b"first".to_vec(), vec![], (0..=255).collect(), "Grüße".into()]
}

fn triples(records: &[Record]) -> Vec<Value> {
    let triple = |r: &Record| json!([r.sequence_number, r.partition_key, STANDARD.encode(&r.data)]);
    records.iter().map(triple).collect()
}

async fn moment() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Returns the stream's ARN once it is active.
async fn create(client: &Client, stream: &str) -> Outcome<String> {
    client.create_stream().stream_name(stream).shard_count(1).send().await?;
    loop {
        let answer = client.describe_stream_summary().stream_name(stream).send().await?;
        let summary = answer.stream_description_summary.expect("a summary");
        if summary.stream_status == StreamStatus::Active {
            return Ok(summary.stream_arn);
        }
        moment().await;
    }
}

async fn put_one(client: &Client, stream: &str, data: &[u8]) -> Outcome<String> {
    let put = client.put_record().stream_name(stream).data(Blob::new(data)).partition_key(PARTITION_KEY);
    Ok(put.send().await?.sequence_number)
}

async fn put(client: &Client, stream: &str) -> Outcome<Vec<String>> {
    let mut all = data();
    let last = all.pop().expect("some data");
    let entry = |d: Vec<u8>| PutRecordsRequestEntry::builder().data(Blob::new(d)).partition_key(PARTITION_KEY).build();
    let entries = all.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let many = client.put_records().stream_name(stream).set_records(Some(entries)).send().await?;
    let mut numbers: Vec<String> = many.records.into_iter().filter_map(|result| result.sequence_number).collect();
    numbers.push(put_one(client, stream, &last).await?);
    Ok(numbers)
}

async fn get(client: &Client, stream: &str) -> Outcome<Vec<Value>> {
    let horizon = ShardIteratorType::TrimHorizon;
    let start = client.get_shard_iterator().stream_name(stream).shard_id(SHARD).shard_iterator_type(horizon);
    let iterator = start.send().await?.shard_iterator;
    Ok(triples(&client.get_records().set_shard_iterator(iterator).send().await?.records))
}

async fn consumer(client: &Client, stream_arn: &str) -> Outcome<String> {
    let registered = client.register_stream_consumer().stream_arn(stream_arn).consumer_name("rust").send().await?;
    let arn = registered.consumer.expect("a consumer").consumer_arn;
    loop {
        let answer = client.describe_stream_consumer().consumer_arn(&arn).send().await?;
        if answer.consumer_description.expect("a description").consumer_status == ConsumerStatus::Active {
            return Ok(arn);
        }
        moment().await;
    }
}

/// Reads to the shard's end, which comes because the first event lets the shard be split. Returns the records, the number
/// of the one that was put meanwhile, and the children.
async fn subscribe(client: &Client, stream: &str, consumer: &str) -> Outcome<(Vec<Value>, String, Vec<String>)> {
    let position = StartingPosition::builder().r#type(ShardIteratorType::TrimHorizon).build()?;
    let call = client.subscribe_to_shard().consumer_arn(consumer).shard_id(SHARD).starting_position(position);
    let mut events = call.send().await?.event_stream;
    let (mut records, mut late, mut children) = (vec![], None, vec![]);
    while let Some(SubscribeToShardEventStream::SubscribeToShardEvent(event)) = events.recv().await? {
        records.extend(triples(&event.records));
        children.extend(event.child_shards().iter().map(|child| child.shard_id.clone()));
        if late.is_none() {
            late = Some(put_one(client, stream, LATE).await?);
            client.split_shard().stream_name(stream).shard_to_split(SHARD).new_starting_hash_key(MIDDLE).send().await?;
        }
    }
    Ok((records, late.expect("an event"), children))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let stream = std::env::args().nth(1).expect("a stream");
    let client = Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let arn = create(&client, &stream).await?;
    let mut put = put(&client, &stream).await?;
    let got = get(&client, &stream).await?;
    let (subscribed, late, children) = subscribe(&client, &stream, &consumer(&client, &arn).await?).await?;
    put.push(late);
    let missing = client.describe_stream().stream_name(format!("{stream}-not-there")).send().await;
    let error = missing.expect_err("a stream that is not there").into_service_error();
    let answer = json!({ "put": put, "got": got, "subscribed": subscribed, "children": children,
                         "error": error.code(), "error_message": error.message() });
    println!("{answer}");
    Ok(())
}

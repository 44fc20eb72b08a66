// serde_dynamo on the orders of ../orders.py: items are structs, by serde; the calls are the SDK for Rust's.
// Usage: orders <table>
use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, ConditionCheck, Delete, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    KeysAndAttributes, Projection, ProjectionType, Put, PutRequest, ReturnValue, ScalarAttributeType, StreamSpecification,
    StreamViewType, TableStatus, TimeToLiveSpecification, TransactWriteItem, Update, WriteRequest,
};
use aws_sdk_dynamodb::Client;
use serde::{Deserialize, Serialize};
use serde_dynamo::{from_item, from_items, to_attribute_value, to_item, Item};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Attributes = HashMap<String, AttributeValue>;

const EXPIRES: u64 = 4102444800;

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
struct Line {
    sku: String,
    count: u32,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Sent,
    Paid,
    First,
    Second,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
struct Order {
    customer: String,
    number: u32,
    state: State,
    total: f64,
    #[serde(with = "serde_dynamo::string_set")]
    tags: BTreeSet<String>,
    lines: Vec<Line>,
    expires: u64,
    version: u32,
    note: Option<String>,
}

#[derive(Serialize)]
struct Key<'a> {
    customer: &'a str,
    number: u32,
}

fn order(customer: &str, number: u32) -> Order {
    Order {
        customer: customer.into(),
        number,
        state: if number % 3 == 0 { State::Sent } else { State::Open },
        total: f64::from(number) * 1.25 + if customer == "grace" { 0.5 } else { 0.0 },
        tags: BTreeSet::from(["new".into(), format!("n{number}")]),
        lines: vec![Line { sku: format!("sku-{number}"), count: number }],
        expires: EXPIRES + u64::from(number),
        version: 1,
        note: None,
    }
}

fn item<T: Serialize>(of: T) -> Result<Attributes> {
    Ok(to_item::<_, Item>(of)?.into())
}

fn key(customer: &str, number: u32) -> Result<Attributes> {
    item(Key { customer, number })
}

fn value<T: Serialize>(of: T) -> Result<AttributeValue> {
    Ok(to_attribute_value::<_, serde_dynamo::AttributeValue>(of)?.into())
}

fn names(orders: &[Order]) -> Vec<String> {
    orders.iter().map(|order| format!("{}/{}", order.customer, order.number)).collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

struct Shop {
    client: Client,
    table: String,
}

impl Shop {
    async fn create(&self) -> Result<()> {
        let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let define = |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build();
        let index = GlobalSecondaryIndex::builder()
            .index_name("by_state")
            .key_schema(element("state", KeyType::Hash)?)
            .key_schema(element("total", KeyType::Range)?)
            .projection(Projection::builder().projection_type(ProjectionType::All).build());
        let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
        self.client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(element("customer", KeyType::Hash)?)
            .key_schema(element("number", KeyType::Range)?)
            .attribute_definitions(define("customer", ScalarAttributeType::S)?)
            .attribute_definitions(define("number", ScalarAttributeType::N)?)
            .attribute_definitions(define("state", ScalarAttributeType::S)?)
            .attribute_definitions(define("total", ScalarAttributeType::N)?)
            .global_secondary_indexes(index.build()?)
            .stream_specification(stream.build()?)
            .send()
            .await?;
        while self.status().await? != Some(TableStatus::Active) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let expiry = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build()?;
        self.client.update_time_to_live().table_name(&self.table).time_to_live_specification(expiry).send().await?;
        Ok(())
    }

    async fn status(&self) -> Result<Option<TableStatus>> {
        let described = self.client.describe_table().table_name(&self.table).send().await?;
        Ok(described.table.and_then(|table| table.table_status))
    }

    async fn put_all(&self) -> Result<()> {
        let all: Vec<Order> = (1..=20).map(|n| order("ada", n)).chain((1..=10).map(|n| order("grace", n))).collect();
        for some in all.chunks(25) {
            let mut writes = Vec::new();
            for one in some {
                let put = PutRequest::builder().set_item(Some(item(one)?)).build()?;
                writes.push(WriteRequest::builder().put_request(put).build());
            }
            let left = self.client.batch_write_item().request_items(&self.table, writes).send().await?;
            assert!(left.unprocessed_items().is_none_or(HashMap::is_empty));
        }
        assert_eq!(self.get("ada", 7).await?, order("ada", 7));
        Ok(())
    }

    async fn get(&self, customer: &str, number: u32) -> Result<Order> {
        let got = self.client.get_item().table_name(&self.table).set_key(Some(key(customer, number)?)).send().await?;
        Ok(from_item(Item::from(got.item.ok_or("no such order")?))?)
    }

    async fn queried(&self) -> Result<Vec<Order>> {
        let pages = self.client.query().table_name(&self.table).key_condition_expression("customer = :ada");
        let pages = pages.expression_attribute_values(":ada", value("ada")?).scan_index_forward(false).limit(7);
        let found = pages.into_paginator().items().send().collect::<std::result::Result<Vec<_>, _>>().await?;
        Ok(from_items(found)?)
    }

    async fn scanned(&self) -> Result<Vec<Order>> {
        let pages = self.client.scan().table_name(&self.table).limit(7);
        let found = pages.into_paginator().items().send().collect::<std::result::Result<Vec<_>, _>>().await?;
        Ok(from_items(found)?)
    }

    async fn indexed(&self) -> Result<Vec<Order>> {
        let query = self.client.query().table_name(&self.table).index_name("by_state");
        let query = query.key_condition_expression("#state = :sent AND #total > :ten");
        let query = query.expression_attribute_names("#state", "state").expression_attribute_names("#total", "total");
        let query = query.expression_attribute_values(":sent", value(State::Sent)?).expression_attribute_values(":ten", value(10)?);
        Ok(from_items(query.send().await?.items.unwrap_or_default())?)
    }

    async fn tagged(&self) -> Result<Vec<Order>> {
        let query = self.client.query().table_name(&self.table).key_condition_expression("customer = :ada");
        let query = query.filter_expression("contains(tags, :tag)");
        let query = query.expression_attribute_values(":ada", value("ada")?).expression_attribute_values(":tag", value("n7")?);
        Ok(from_items(query.send().await?.items.unwrap_or_default())?)
    }

    async fn together(&self) -> Result<Vec<Order>> {
        let keys = vec![key("ada", 3)?, key("grace", 3)?, key("ada", 99)?];
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
        let got = self.client.batch_get_item().request_items(&self.table, wanted).send().await?;
        let found = got.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default();
        Ok(from_items(found)?)
    }

    async fn refused(&self) -> Result<String> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item(order("ada", 1))?));
        let error = put.condition_expression("attribute_not_exists(customer)").send().await.expect_err("not refused");
        Ok(format!("{}: {}", error.code().unwrap_or(""), error.message().unwrap_or("")))
    }

    async fn save(&self, loaded: &Order, state: State) -> Result<Option<String>> {
        let changed = Order { state, version: loaded.version + 1, ..loaded.clone() };
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item(changed)?));
        let put = put.condition_expression("version = :loaded").expression_attribute_values(":loaded", value(loaded.version)?);
        let sent = put.send().await;
        Ok(sent.err().map(|error| format!("{}: {}", error.code().unwrap_or(""), error.message().unwrap_or(""))))
    }

    async fn conflict(&self) -> Result<String> {
        let (first, second) = (self.get("grace", 3).await?, self.get("grace", 3).await?);
        assert_eq!(self.save(&first, State::First).await?, None);
        Ok(self.save(&second, State::Second).await?.ok_or("not refused")?)
    }

    async fn add(&self) -> Result<f64> {
        let update = self.client.update_item().table_name(&self.table).set_key(Some(key("ada", 3)?));
        let update = update.update_expression("ADD #total :more").expression_attribute_names("#total", "total");
        let update = update.expression_attribute_values(":more", value(100)?).return_values(ReturnValue::AllNew);
        let new: Order = from_item(Item::from(update.send().await?.attributes.ok_or("nothing came back")?))?;
        Ok(new.total)
    }

    fn put(&self, order: Order) -> Result<TransactWriteItem> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item(order)?));
        Ok(TransactWriteItem::builder().put(put.build()?).build())
    }

    async fn pay(&self) -> Result<()> {
        let (open, paid) = (value(State::Open)?, value(State::Paid)?);
        let open_still = ConditionCheck::builder().table_name(&self.table).set_key(Some(key("grace", 4)?));
        let open_still = open_still.condition_expression("#state = :open").expression_attribute_names("#state", "state");
        let open_still = open_still.expression_attribute_values(":open", open.clone());
        let pay = Update::builder().table_name(&self.table).set_key(Some(key("ada", 1)?));
        let pay = pay.update_expression("SET #state = :paid").condition_expression("#state = :open");
        let pay = pay.expression_attribute_names("#state", "state");
        let pay = pay.expression_attribute_values(":open", open).expression_attribute_values(":paid", paid);
        let delete = Delete::builder().table_name(&self.table).set_key(Some(key("ada", 2)?));
        let steps = vec![
            TransactWriteItem::builder().condition_check(open_still.build()?).build(),
            TransactWriteItem::builder().update(pay.build()?).build(),
            TransactWriteItem::builder().delete(delete.build()?).build(),
            self.put(order("ada", 21))?,
        ];
        self.client.transact_write_items().set_transact_items(Some(steps)).send().await?;
        assert_eq!(self.get("ada", 1).await?.state, State::Paid);
        Ok(())
    }

    async fn cancelled(&self) -> Result<String> {
        let delete = Delete::builder().table_name(&self.table).set_key(Some(key("grace", 5)?));
        let delete = delete.condition_expression("#state = :lost").expression_attribute_names("#state", "state");
        let delete = delete.expression_attribute_values(":lost", value("lost")?);
        let steps = vec![self.put(order("ada", 22))?, TransactWriteItem::builder().delete(delete.build()?).build()];
        let sent = self.client.transact_write_items().set_transact_items(Some(steps)).send().await;
        match sent.expect_err("not cancelled").into_service_error() {
            TransactWriteItemsError::TransactionCanceledException(canceled) => {
                let codes: Vec<_> = canceled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
                Ok(format!("TransactionCanceledException: {codes:?}"))
            }
            other => Err(Box::new(other)),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let shop = Shop { client: Client::new(&config), table: std::env::args().nth(1).ok_or("usage: orders <table>")? };
    shop.create().await?;
    shop.put_all().await?;
    let mut answer = serde_json::json!({
        "queried": names(&shop.queried().await?),
        "scanned": sorted(names(&shop.scanned().await?)),
        "indexed": names(&shop.indexed().await?),
        "tagged": names(&shop.tagged().await?),
        "together": sorted(names(&shop.together().await?)),
        "refused": shop.refused().await?,
        "conflict": shop.conflict().await?,
        "added": shop.add().await?,
    });
    shop.pay().await?;
    answer["cancelled"] = shop.cancelled().await?.into();
    println!("{answer}");
    Ok(())
}

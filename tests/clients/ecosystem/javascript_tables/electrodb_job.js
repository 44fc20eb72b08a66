// ElectroDB on the orders of ../orders.py, in its own manner: customers and orders in one table, under keys that it composes.
// It makes no table, and keeps no version by itself: a condition on one stands for it.
// Usage: node electrodb_job.js <table>
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Entity, Service } from "electrodb";

const EXPIRES = 4102444800;
const settings = { client: new DynamoDBClient({}), table: process.argv[2] };
const padded = { type: "number", required: true, padding: { length: 8, char: "0" } };

const Customer = new Entity({
  model: { entity: "customer", version: "1", service: "shop" },
  attributes: { customer: { type: "string", required: true }, address: { type: "string" } },
  indexes: { account: { collection: "account", pk: { field: "pk", composite: ["customer"] }, sk: { field: "sk", composite: [] } } },
}, settings);

const Order = new Entity({
  model: { entity: "order", version: "1", service: "shop" },
  attributes: {
    customer: { type: "string", required: true },
    number: padded,
    state: { type: ["open", "sent", "paid", "first", "second"], required: true },
    cents: padded, // keys are composed as text, so only whole numbers sort
    tags: { type: "set", items: "string" },
    lines: { type: "list", items: { type: "map", properties: { sku: { type: "string" }, count: { type: "number" } } } },
    weight: { type: "number" },
    expires: { type: "number" },
    version: { type: "number", default: 1 },
  },
  indexes: {
    account: { collection: "account", pk: { field: "pk", composite: ["customer"] }, sk: { field: "sk", composite: ["number"] } },
    byState: {
      index: "by_state",
      pk: { field: "state_pk", composite: ["state"] },
      sk: { field: "state_sk", composite: ["cents", "customer", "number"] },
    },
  },
}, settings);
const shop = new Service({ customer: Customer, order: Order });

const order = (customer, number) => ({
  customer, number, state: number % 3 ? "open" : "sent", cents: number * 125 + (customer === "grace" ? 50 : 0),
  tags: ["new", `n${number}`], lines: [{ sku: `sku-${number}`, count: number }], weight: 3.75, expires: EXPIRES + number,
});
const orders = (customer, count) => Array.from({ length: count }, (_, at) => order(customer, at + 1));
const names = ({ data }) => data.map(({ customer, number }) => `${customer}/${number}`);

function must(holds, what) {
  if (!holds) throw new Error(JSON.stringify(what));
}

async function pages(ask) {
  const data = [];
  let cursor = null;
  do {
    const page = await ask().go({ cursor, limit: 7, order: "desc" });
    data.push(...page.data);
    ({ cursor } = page);
  } while (cursor);
  return { data };
}

async function refusal(what) {
  const error = await what.then((done) => { throw new Error(`not refused: ${JSON.stringify(done)}`); }, (refused) => refused);
  return `${error.cause?.name ?? error.message}`;
}

async function putAll() {
  await Customer.create({ customer: "ada", address: "London" }).go();
  const { unprocessed } = await Order.put([...orders("ada", 20), ...orders("grace", 10)]).go({ concurrent: 2 });
  must(!unprocessed.length, unprocessed);
  const { data } = await Order.get({ customer: "ada", number: 7 }).go({ consistent: true });
  must(data.tags.length === 2 && data.lines[0].count === 7 && data.expires === EXPIRES + 7, data);
  const account = await shop.collections.account({ customer: "ada" }).go({ pages: "all", limit: 6 });
  must(account.data.customer[0].address === "London" && account.data.order.length === 20, account);
}

async function conflict() {
  const key = { customer: "grace", number: 3 };
  const [first, second] = await Promise.all([Order.get(key).go(), Order.get(key).go()]);
  const save = ({ data: { version, cents } }, state) => Order.patch(key).set({ state, version: version + 1 }).composite({ cents })
    .where((loaded, { eq }) => eq(loaded.version, version)).go();
  await save(first, "first");
  return refusal(save(second, "second"));
}

async function pay() {
  const isOpen = ({ state }, { eq }) => eq(state, "open");
  const done = await shop.transaction.write(({ order: entity }) => [
    entity.check({ customer: "grace", number: 4 }).where(isOpen).commit(),
    entity.update({ customer: "ada", number: 1 }).set({ state: "paid", cents: 125 }).where(isOpen).commit(),
    entity.remove({ customer: "ada", number: 2 }).commit(),
    entity.create(order("ada", 21)).commit(),
  ]).go({ token: "paid-once" });
  must(!done.canceled, done);
  const { data } = await shop.transaction.get(({ order: entity }) => [1, 2, 21].map((number) => entity.get({ customer: "ada", number }).commit())).go();
  must(data[0].item.state === "paid" && !data[1].item && data[2].item.number === 21, data);
}

async function cancelled() {
  const { canceled, data } = await shop.transaction.write(({ order: entity }) => [
    entity.create(order("ada", 22)).commit(),
    entity.remove({ customer: "grace", number: 5 }).where(({ state }, { eq }) => eq(state, "second")).commit({ response: "all_old" }),
  ]).go();
  must(canceled && data[1].item.number === 5, data);
  return data.map(({ code }) => code).join();
}

await putAll();
const answer = {
  queried: names(await pages(() => Order.query.account({ customer: "ada" }))),
  scanned: names(await pages(() => Order.scan)).sort(),
  indexed: names(await Order.query.byState({ state: "sent" }).gt({ cents: 1000 }).go()),
  tagged: names(await Order.query.account({ customer: "ada" }).where(({ tags }, { contains }) => contains(tags, "n7")).go()),
  together: names(await Order.get([["ada", 3], ["grace", 3], ["ada", 99]].map(([customer, number]) => ({ customer, number }))).go()).sort(),
  refused: await refusal(Order.create(order("ada", 1)).go()),
  conflict: await conflict(),
  added: (await Order.patch({ customer: "ada", number: 3 }).add({ weight: 100 }).go({ response: "all_new" })).data.weight,
};
await pay();
answer.cancelled = await cancelled();
console.log(JSON.stringify(answer));

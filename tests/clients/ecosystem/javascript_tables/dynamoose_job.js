// Dynamoose on the orders of ../orders.py. It keeps no version by itself: a condition on one stands for it.
// Usage: node dynamoose_job.js <table>
import dynamoose from "dynamoose";

const EXPIRES = 4102444800;
const Line = new dynamoose.Schema({ sku: String, count: Number });
const Order = dynamoose.model("Order", new dynamoose.Schema({
  customer: { type: String, hashKey: true },
  number: { type: Number, rangeKey: true },
  state: { type: String, index: { name: "by_state", type: "global", rangeKey: "total" } },
  total: Number,
  tags: { type: Set, schema: [String] },
  lines: { type: Array, schema: [Line] },
  version: Number,
}));
const table = new dynamoose.Table(process.argv[2], [Order], {
  throughput: "ON_DEMAND",
  waitForActive: { enabled: true, check: { timeout: 30000, frequency: 100 } },
  update: ["ttl"],
  expires: { ttl: 1000, attribute: "expires" },
  streamOptions: { enabled: true, type: "NEW_AND_OLD_IMAGES" },
  initialize: false,
});

const order = (customer, number) => ({
  customer, number, state: number % 3 ? "open" : "sent", total: number * 1.25 + (customer === "grace" ? 0.5 : 0), version: 1,
  tags: new Set(["new", `n${number}`]), lines: [{ sku: `sku-${number}`, count: number }], expires: new Date((EXPIRES + number) * 1000),
});
const orders = (customer, count) => Array.from({ length: count }, (_, at) => order(customer, at + 1));
const names = (found) => [...found].map(({ customer, number }) => `${customer}/${number}`);
const condition = (name, value) => new dynamoose.Condition().where(name).eq(value);

async function pages(ask) {
  const found = [];
  let key;
  do {
    const page = await (key ? ask().startAt(key) : ask()).limit(7).exec();
    found.push(...page);
    key = page.lastKey;
  } while (key);
  return found;
}

async function refusal(what) {
  const error = await what().then(() => { throw new Error(`not refused: ${what}`); }, (refused) => refused);
  const reasons = error.CancellationReasons?.map(({ Code }) => Code) ?? "";
  return `${error.name}: ${reasons || error.message}`;
}

async function putAll() {
  const all = [...orders("ada", 20), ...orders("grace", 10)];
  for (let at = 0; at < all.length; at += 25) await Order.batchPut(all.slice(at, at + 25));
  const { tags, lines, expires } = await Order.get({ customer: "ada", number: 7 });
  const whole = [[...tags].sort(), lines[0].count, expires.getTime() / 1000];
  if (JSON.stringify(whole) !== JSON.stringify([["n7", "new"], 7, EXPIRES + 7])) throw new Error(JSON.stringify(whole));
}

async function conflict() {
  const key = { customer: "grace", number: 3 };
  const [first, second] = await Promise.all([Order.get(key), Order.get(key)]);
  const save = (loaded, state) =>
    Order.update(key, { state, version: loaded.version + 1 }, { condition: condition("version", loaded.version) });
  await save(first, "first");
  return refusal(() => save(second, "second"));
}

async function pay() {
  await dynamoose.transaction([
    Order.transaction.condition({ customer: "grace", number: 4 }, condition("state", "open")),
    Order.transaction.update({ customer: "ada", number: 1 }, { state: "paid" }, { condition: condition("state", "open") }),
    Order.transaction.delete({ customer: "ada", number: 2 }),
    Order.transaction.create(order("ada", 21)),
  ]);
  const paid = await dynamoose.transaction([Order.transaction.get({ customer: "ada", number: 1 })]);
  if (paid[0].state !== "paid") throw new Error(JSON.stringify(paid));
}

const fail = () => dynamoose.transaction([
  Order.transaction.create(order("ada", 22)),
  Order.transaction.delete({ customer: "grace", number: 5 }, { condition: condition("state", "lost") }),
]);

await table.initialize();
await putAll();
const answer = {
  queried: names(await pages(() => Order.query("customer").eq("ada").sort("descending"))),
  scanned: names(await pages(() => Order.scan())).sort(),
  indexed: names(await Order.query("state").eq("sent").where("total").gt(10).using("by_state").exec()),
  tagged: names(await Order.query("customer").eq("ada").where("tags").contains("n7").exec()),
  together: names(await Order.batchGet([3, 99].map((number) => ({ customer: "ada", number })).concat({ customer: "grace", number: 3 }))).sort(),
  refused: await refusal(() => Order.create(order("ada", 1))),
  conflict: await conflict(),
  added: (await Order.update({ customer: "ada", number: 3 }, { $ADD: { total: 100 } })).total,
};
await pay();
answer.cancelled = await refusal(fail);
console.log(JSON.stringify(answer));

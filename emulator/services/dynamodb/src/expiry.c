/* expiry.c - Time to Live: items whose time has come are removed by the scheduler before the next call. aws: Developer
 * Guide, "Using time to live (TTL)": the attribute is a Number of seconds since the epoch; what is no number, or lies
 * more than five years back, expires nothing. AWS takes up to some days, here nobody waits. */
#include "event.h"
#include "items.h"
#include "table_metrics.h"

#define ITEMS_A_STEP 200
#define AGAIN_S      60
#define FIVE_YEARS_S (INT64_C(5) * 365 * 24 * 3600)

static const Query insert_expiry = {
    "INSERT OR REPLACE INTO dynamodb_expiry (expires_s, table_id, hash, range) VALUES (?1, ?2, ?3, ?4)"};
static const Query delete_expiry = {
    "DELETE FROM dynamodb_expiry WHERE expires_s = ?1 AND table_id = ?2 AND hash = ?3 AND range = ?4"};
static const Query select_first = {"SELECT expires_s FROM dynamodb_expiry ORDER BY expires_s LIMIT 1"};
static const Query select_due = {"SELECT e.expires_s, e.table_id, e.hash, e.range, t.account, t.region, t.name"
                                 " FROM dynamodb_expiry e LEFT JOIN dynamodb_table t ON t.id = e.table_id"
                                 " WHERE e.expires_s < ?1 ORDER BY e.expires_s LIMIT ?2"};

/* False: this item does not expire. */
static bool expires(const Table *table, const Item *item, int64_t now_ms, int64_t *ret_s)
{
    const Value *value = item ? item_get(item, table->ttl_attribute) : NULL;
    Number number;
    if (!value || value->kind != VALUE_N || number_parse(value->n, &number) != NUMBER_FINE)
        return false;
    if (number.is_negative || number.exponent < 1 || number.exponent > 15)
        return false;
    *ret_s = 0;
    for (int i = 0; i < number.exponent; i++)
        *ret_s = 10 * *ret_s + (i < number.count ? number.digits[i] : 0);
    return *ret_s >= now_ms / 1000 - FIVE_YEARS_S;
}

static int run(Store *store, const Query *query, int64_t expires_s, const Table *table, const Key *key)
{
    Statement *statement = statement_begin(store, query);
    bind_int64(statement, 1, expires_s);
    bind_int64(statement, 2, table->id);
    bind_bytes(statement, 3, key->hash);
    bind_bytes(statement, 4, key->range);
    return statement_run(statement);
}

static int note(const Scope *scope, const Table *table, const Key *key, int64_t expires_s)
{
    Dynamodb *dynamodb = scope->service;
    int code = run(scope->store, &insert_expiry, expires_s, table, key);
    if (!dynamodb->expiry || expires_s < dynamodb->expiry_s)
        expiry_start(dynamodb, expires_s);
    return code;
}

int expiry_follow(const Scope *scope, const Change *change)
{
    const Table *table = change->table;
    int64_t before_s = 0, after_s = 0;
    if (!present(table->ttl_attribute))
        return STORE_OK;
    bool did = expires(table, change->before, scope->now_ms, &before_s),
         does = expires(table, change->after, scope->now_ms, &after_s);
    int code = STORE_OK;
    if (did && does && before_s == after_s)
        return STORE_OK;
    if (did)
        code = run(scope->store, &delete_expiry, before_s, table, &change->key);
    return does && code == STORE_OK ? note(scope, table, &change->key, after_s) : code;
}

int expiry_note(const Scope *scope, const Table *table, const Key *key, const Item *item)
{
    int64_t expires_s;
    return expires(table, item, scope->now_ms, &expires_s) ? note(scope, table, key, expires_s) : STORE_OK;
}

typedef struct Due {
    int64_t expires_s, table_id;
    Key key;
    Bytes account, region, table; /* absent: the table is gone */
} Due;

static int read_due(const Scope *scope, Due *ret_due, size_t *ret_count)
{
    Statement *rows = statement_begin(scope->store, &select_due);
    int code;
    bind_int64(rows, 1, scope->now_ms / 1000);
    bind_int64(rows, 2, ITEMS_A_STEP);
    for (*ret_count = 0; (code = statement_step(rows)) == STORE_ROW; ++*ret_count)
        ret_due[*ret_count] = (Due){
            .expires_s = column_int64(rows, 0),
            .table_id = column_int64(rows, 1),
            .key = {arena_copy(scope->arena, column_bytes(rows, 2)), arena_copy(scope->arena, column_bytes(rows, 3))},
            .account = arena_copy(scope->arena, column_bytes(rows, 4)),
            .region = arena_copy(scope->arena, column_bytes(rows, 5)),
            .table = arena_copy(scope->arena, column_bytes(rows, 6)),
        };
    return code;
}

/* Not by an attribute that was the table's until lately: such rows go little by little. */
static bool is_due(const Scope *scope, const Table *table, const Item *item, const Due *due)
{
    int64_t expires_s;
    return present(table->ttl_attribute) && expires(table, item, scope->now_ms, &expires_s) &&
           expires_s == due->expires_s;
}

/* Its row goes with the item, in change_write; where there is no item, or it expires no more, here. */
static int expire(const Scope *of_all, const Due *due)
{
    Scope scope = *of_all;
    Change change = {.key = due->key, .is_expiry = true};
    ChangeCost cost = {0};
    Item item;
    Table gone = {.id = due->table_id};
    scope.account = due->account;
    scope.region = due->region;
    int code = present(due->table) ? table_get(&scope, due->table, &change.table) : STORE_NOT_FOUND;
    if (code == STORE_OK)
        code = item_read(&scope, change.table, &due->key, &item);
    if (code == STORE_OK && !is_due(&scope, change.table, &item, due))
        code = STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return run(scope.store, &delete_expiry, due->expires_s, &gone, &due->key);
    change.before = &item;
    if (code == STORE_OK)
        code = change_write(&scope, &change, &cost);
    if (code == STORE_OK)
        measure_table(scope.service, change.table, NULL, METRIC_EXPIRED, 1);
    return code;
}

typedef struct Step {
    Scope scope;
    Due failed;
    bool has_failed;
} Step;

static int make_step(void *context)
{
    Step *step = context;
    Due *due = arena_new_array(step->scope.arena, Due, ITEMS_A_STEP);
    size_t count;
    int code = read_due(&step->scope, due, &count);
    for (size_t i = 0; code == STORE_OK && i < count; i++) {
        code = expire(&step->scope, &due[i]);
        step->failed = due[i];
        step->has_failed = code != STORE_OK;
    }
    return code;
}

/* What cannot be read cannot expire: it is left, or nothing behind it would. */
static int leave(void *context)
{
    Step *step = context;
    Table table = {.id = step->failed.table_id};
    return run(step->scope.store, &delete_expiry, step->failed.expires_s, &table, &step->failed.key);
}

static int expire_some(Dynamodb *dynamodb, int64_t now_ms)
{
    Step step = {.scope = scope_of_runtime(dynamodb->runtime, dynamodb, arena_new())};
    step.scope.now_ms = now_ms;
    int code = runtime_run_alone(dynamodb->runtime, make_step, &step);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: items could not expire: %s",
                   store_error(dynamodb->store));
    if (code == STORE_DAMAGED && step.has_failed)
        code = runtime_run_alone(dynamodb->runtime, leave, &step);
    arena_free(step.scope.arena);
    return code;
}

static int await_first(Dynamodb *dynamodb)
{
    Statement *first = statement_begin(dynamodb->store, &select_first);
    int code = statement_one(first);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    int64_t expires_s = column_int64(first, 0);
    statement_end(first);
    expiry_start(dynamodb, expires_s);
    return STORE_OK;
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    dynamodb->expiry = NULL;
    int code = expire_some(dynamodb, now_ms);
    if (code == STORE_OK)
        code = await_first(dynamodb);
    if (code < 0)
        expiry_start(dynamodb, now_ms / 1000 + AGAIN_S);
}

void expiry_start(Dynamodb *dynamodb, int64_t expires_s)
{
    int64_t now_ms = clock_now_ms(dynamodb->runtime->clock), due_ms = (expires_s + 1) * 1000;
    expiry_stop(dynamodb);
    dynamodb->expiry_s = expires_s;
    dynamodb->expiry = scheduler_at(dynamodb->runtime->scheduler, due_ms > now_ms ? due_ms : now_ms, on_due, dynamodb);
}

void expiry_stop(Dynamodb *dynamodb)
{
    if (dynamodb->expiry)
        scheduler_cancel(dynamodb->runtime->scheduler, dynamodb->expiry);
    dynamodb->expiry = NULL;
}

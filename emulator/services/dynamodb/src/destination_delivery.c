/* destination_delivery.c - records into Kinesis, in the turn that is on. What a stream does not take (it is being
 * made or deleted, or gone) waits in a table, and what comes after it for the same stream behind it. */
#include "destination.h"
#include "event.h"
#include "kinesis.h"

#define AGAIN_MS       1000
#define KEPT_MS        INT64_C(86400000)
#define RECORDS_A_STEP 200
#define STREAMS_A_STEP 100

static const Query keep_record = {
    "INSERT INTO dynamodb_undelivered (account, region, stream, made_ms, partition_key, record)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query first_kept = {"SELECT id, partition_key, record FROM dynamodb_undelivered WHERE account = ?1 AND"
                                 " region = ?2 AND stream = ?3 ORDER BY id LIMIT 1"};
static const Query is_kept = {
    "SELECT 1 FROM dynamodb_undelivered WHERE account = ?1 AND region = ?2 AND stream = ?3 LIMIT 1"};
static const Query any_kept = {"SELECT 1 FROM dynamodb_undelivered LIMIT 1"};
static const Query streams_of_kept = {"SELECT DISTINCT account, region, stream FROM dynamodb_undelivered LIMIT ?1"};
static const Query delete_kept = {"DELETE FROM dynamodb_undelivered WHERE id = ?1"};
static const Query delete_old = {"DELETE FROM dynamodb_undelivered WHERE made_ms < ?1"};

static Statement *of_stream(const Scope *scope, const Query *query, Bytes stream)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    bind_text(statement, 3, stream);
    return statement;
}

static int keep(const Scope *scope, const Delivery *delivery)
{
    Dynamodb *dynamodb = scope->service;
    Statement *statement = of_stream(scope, &keep_record, delivery->stream);
    bind_int64(statement, 4, scope->now_ms);
    bind_text(statement, 5, delivery->partition_key);
    bind_bytes(statement, 6, delivery->record);
    dynamodb->may_have_undelivered = true;
    deliveries_start(dynamodb);
    return statement_run(statement);
}

static int append(const Scope *scope, const Delivery *delivery)
{
    Dynamodb *dynamodb = scope->service;
    Scope theirs = scope_for(scope, dynamodb->kinesis);
    return dynamodb->kinesis ? kinesis_append(&theirs, delivery->stream, delivery->partition_key, delivery->record)
                             : KINESIS_NO_STREAM;
}

int deliver(const Scope *scope, const Delivery *delivery)
{
    Dynamodb *dynamodb = scope->service;
    if (dynamodb->may_have_undelivered) {
        Statement *kept = of_stream(scope, &is_kept, delivery->stream);
        int found = statement_one(kept);
        if (found == STORE_ROW)
            statement_end(kept);
        if (found != STORE_NOT_FOUND)
            return found == STORE_ROW ? keep(scope, delivery) : found;
    }
    int code = append(scope, delivery);
    return code == KINESIS_NO_STREAM ? keep(scope, delivery) : code;
}

/* STORE_NOT_FOUND: nothing is left of this stream's. KINESIS_NO_STREAM: it takes nothing yet. */
static int deliver_first(const Scope *scope, Bytes stream)
{
    ArenaMark mark = arena_mark(scope->arena);
    Statement *first = of_stream(scope, &first_kept, stream);
    int code = statement_one(first);
    if (code != STORE_ROW)
        return code;
    int64_t id = column_int64(first, 0);
    Delivery delivery = {stream, arena_copy(scope->arena, column_bytes(first, 1)),
                         arena_copy(scope->arena, column_bytes(first, 2))};
    statement_end(first);
    code = append(scope, &delivery);
    arena_rewind(scope->arena, mark);
    if (code != KINESIS_DONE)
        return code;
    return query_run_with(scope->store, &delete_kept, id);
}

static int deliver_some(const Scope *scope, Bytes stream)
{
    int code = STORE_OK;
    for (int i = 0; code == STORE_OK && i < RECORDS_A_STEP; i++)
        code = deliver_first(scope, stream);
    return code == STORE_NOT_FOUND || code == KINESIS_NO_STREAM ? STORE_OK : code;
}

static int drop_old(const Scope *scope)
{
    return query_run_with(scope->store, &delete_old, scope->now_ms - KEPT_MS);
}

static int make_step(void *context)
{
    Scope *of_all = context;
    Scope scopes[STREAMS_A_STEP];
    Bytes streams[STREAMS_A_STEP];
    size_t count = 0;
    int code = drop_old(of_all);
    if (code != STORE_OK)
        return code;
    Statement *rows = statement_begin(of_all->store, &streams_of_kept);
    bind_int64(rows, 1, STREAMS_A_STEP);
    for (; (code = statement_step(rows)) == STORE_ROW; count++) {
        scopes[count] = *of_all;
        scopes[count].account = arena_copy(of_all->arena, column_bytes(rows, 0));
        scopes[count].region = arena_copy(of_all->arena, column_bytes(rows, 1));
        streams[count] = arena_copy(of_all->arena, column_bytes(rows, 2));
    }
    for (size_t i = 0; code == STORE_OK && i < count; i++)
        code = deliver_some(&scopes[i], streams[i]);
    return code;
}

static void look_for_more(Dynamodb *dynamodb)
{
    Statement *any = statement_begin(dynamodb->store, &any_kept);
    int code = statement_one(any);
    if (code == STORE_ROW)
        statement_end(any);
    dynamodb->may_have_undelivered = code != STORE_NOT_FOUND;
    if (dynamodb->may_have_undelivered)
        deliveries_start(dynamodb);
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    dynamodb->deliveries = NULL;
    Scope scope = scope_of_runtime(dynamodb->runtime, dynamodb, arena_new());
    scope.now_ms = now_ms;
    int code = runtime_run_alone(dynamodb->runtime, make_step, &scope);
    arena_free(scope.arena);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: records could not be delivered: %s",
                   store_error(dynamodb->store));
    look_for_more(dynamodb);
}

void deliveries_start(Dynamodb *dynamodb)
{
    dynamodb->may_have_undelivered = true;
    if (!dynamodb->deliveries)
        dynamodb->deliveries = scheduler_at(dynamodb->runtime->scheduler,
                                            clock_now_ms(dynamodb->runtime->clock) + AGAIN_MS, on_due, dynamodb);
}

void deliveries_stop(Dynamodb *dynamodb)
{
    if (dynamodb->deliveries)
        scheduler_cancel(dynamodb->runtime->scheduler, dynamodb->deliveries);
    dynamodb->deliveries = NULL;
}

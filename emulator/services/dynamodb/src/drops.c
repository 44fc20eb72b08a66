/* drops.c - what a deleted table or index held goes in small steps, so that no call waits for it. */
#include "table.h"

#define ROWS_A_STEP 2000

static const Query select_dropped = {"SELECT tree FROM dynamodb_dropped LIMIT 1"};
static const Query delete_dropped = {"DELETE FROM dynamodb_dropped WHERE tree = ?1"};
static const Query delete_rows = {
    "DELETE FROM dynamodb_item WHERE tree = ?1 AND (hash, range) <= (SELECT hash, range FROM "
    "dynamodb_item WHERE tree = ?1 ORDER BY hash, range LIMIT 1 OFFSET ?2)"};
static const Query delete_rest = {"DELETE FROM dynamodb_item WHERE tree = ?1"};

/* One step of one tree. STORE_NOT_FOUND: nothing is left to drop. */
static int step(Store *store)
{
    Statement *statement = store_begin(store, &select_dropped);
    int code = store_one(statement);
    if (code != STORE_ROW)
        return code;
    int64_t tree = column_int64(statement, 0);
    store_end(statement);
    statement = store_begin(store, &delete_rows);
    bind_int64(statement, 1, tree);
    bind_int64(statement, 2, ROWS_A_STEP);
    code = store_run(statement);
    if (code != STORE_OK || store_changes(store) > 0)
        return code;
    statement = store_begin(store, &delete_rest); /* fewer than a step's rows */
    bind_int64(statement, 1, tree);
    code = store_run(statement);
    if (code != STORE_OK)
        return code;
    statement = store_begin(store, &delete_dropped);
    bind_int64(statement, 1, tree);
    return store_run(statement);
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    (void)now_ms;
    dynamodb->drops = NULL;
    int code = step(dynamodb->store);
    if (code == STORE_OK)
        drops_start(dynamodb);
    else if (code < 0)
        log_format(dynamodb->host->log, LOG_ERROR, "dynamodb: %s", store_error(dynamodb->store));
}

void drops_start(Dynamodb *dynamodb)
{
    if (!dynamodb->drops)
        dynamodb->drops =
            scheduler_at(dynamodb->host->scheduler, clock_now_ms(dynamodb->host->clock) + 1, on_due, dynamodb);
}

void drops_stop(Dynamodb *dynamodb)
{
    if (dynamodb->drops)
        scheduler_cancel(dynamodb->host->scheduler, dynamodb->drops);
    dynamodb->drops = NULL;
}

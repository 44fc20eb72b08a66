/* drops.c - what a deleted table or index held goes in small steps, so that no call waits for it. */
#include "event.h"
#include "table.h"

static const Query next_dropped = {"SELECT tree FROM dynamodb_dropped WHERE tree > ?1 ORDER BY tree LIMIT 1"};
static const Query delete_dropped = {"DELETE FROM dynamodb_dropped WHERE tree = ?1"};
static const RowsToDrop rows_of_tree = {
    .some = {"DELETE FROM dynamodb_item WHERE tree = ?1 AND (hash, range) <= (SELECT hash, range FROM "
             "dynamodb_item WHERE tree = ?1 ORDER BY hash, range LIMIT 1 OFFSET ?2)"},
    .rest = {"DELETE FROM dynamodb_item WHERE tree = ?1"},
    .step = 2000,
};

static Bytes tree_key(const int64_t *tree)
{
    return (Bytes){(const char *)tree, sizeof *tree};
}

/* STORE_ROW, or STORE_NOT_FOUND: nothing is left to drop but what is damaged. */
static int find_dropped(Dynamodb *dynamodb, int64_t *ret_tree)
{
    int code;
    int64_t tree = INT64_MIN;
    do {
        Statement *next = statement_begin(dynamodb->store, &next_dropped);
        bind_int64(next, 1, tree);
        code = statement_one(next);
        if (code != STORE_ROW)
            return code;
        tree = column_int64(next, 0);
        statement_end(next);
    } while (map_get(dynamodb->damaged_trees, tree_key(&tree)));
    *ret_tree = tree;
    return code;
}

int rows_drop(Store *store, const RowsToDrop *rows, int64_t owner)
{
    Statement *some = statement_begin(store, &rows->some);
    bind_int64(some, 1, owner);
    bind_int64(some, 2, rows->step);
    int code = statement_run(some);
    if (code != STORE_OK || store_changes(store) > 0)
        return code;
    Statement *rest = statement_begin(store, &rows->rest); /* fewer than a step's */
    bind_int64(rest, 1, owner);
    code = statement_run(rest);
    return code == STORE_OK ? STORE_NOT_FOUND : code;
}

static int drop_rows(Store *store, int64_t tree)
{
    int code = rows_drop(store, &rows_of_tree, tree);
    if (code != STORE_NOT_FOUND)
        return code;
    Statement *statement = statement_begin(store, &delete_dropped);
    bind_int64(statement, 1, tree);
    return statement_run(statement);
}

/* One step of one tree. */
static int step(void *context)
{
    Dynamodb *dynamodb = context;
    int64_t tree;
    int code = find_dropped(dynamodb, &tree);
    if (code != STORE_ROW)
        return code;
    code = drop_rows(dynamodb->store, tree);
    if (code == STORE_DAMAGED) /* it stays; the others go */
        map_put(dynamodb->damaged_trees, tree_key(&tree), dynamodb);
    return code;
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    (void)now_ms;
    dynamodb->drops = NULL;
    size_t damaged = map_count(dynamodb->damaged_trees);
    int code = runtime_run_alone(dynamodb->runtime, step, dynamodb);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: %s", store_error(dynamodb->store));
    if (code == STORE_OK || map_count(dynamodb->damaged_trees) > damaged)
        drops_start(dynamodb);
}

void drops_start(Dynamodb *dynamodb)
{
    if (!dynamodb->drops)
        dynamodb->drops =
            scheduler_at(dynamodb->runtime->scheduler, clock_now_ms(dynamodb->runtime->clock) + 1, on_due, dynamodb);
}

void drops_stop(Dynamodb *dynamodb)
{
    if (dynamodb->drops)
        scheduler_cancel(dynamodb->runtime->scheduler, dynamodb->drops);
    dynamodb->drops = NULL;
}

/* expiry_job.c - when the items of a table expire, in steps: found when its attribute is set, forgotten when Time to
 * Live is turned off or the table goes. expiry.c asks each item again when its time has come: what is forgotten late,
 * or of an attribute before, expires nothing. */
#include "items.h"
#include "job.h"

#define ROWS_A_STEP 1000

static const RowsToDrop rows_of_table = {
    .some = {"DELETE FROM dynamodb_expiry WHERE table_id = ?1 AND (expires_s, hash, range) <= (SELECT expires_s, hash,"
             " range FROM dynamodb_expiry WHERE table_id = ?1 ORDER BY expires_s, hash, range LIMIT 1 OFFSET ?2)"},
    .rest = {"DELETE FROM dynamodb_expiry WHERE table_id = ?1"},
    .step = ROWS_A_STEP,
};

static int add(const Scope *scope, int64_t table_id)
{
    return jobs_add(scope, &(Job){.kind = JOB_EXPIRY, .source = table_id, .target = table_id});
}

int expiry_job_add(const Scope *scope, const Table *table)
{
    return add(scope, table->id);
}

int expiry_forget(const Scope *scope, int64_t table_id)
{
    int code = rows_drop(scope->store, &rows_of_table, table_id);
    return code == STORE_OK ? add(scope, table_id) : code == STORE_NOT_FOUND ? STORE_OK : code;
}

typedef struct Noting {
    Scope scope;
    Table *table;
} Noting;

static int note_row(void *context, const StoredRow *row, Share *share)
{
    Noting *noting = context;
    ArenaMark mark = arena_mark(noting->scope.arena);
    Item item = item_decode(noting->scope.arena, row->item);
    int code = expiry_note(&noting->scope, noting->table, &row->key, &item);
    share_take(share, 1, row->item.len);
    arena_rewind(noting->scope.arena, mark);
    return code;
}

int expiry_job_step(const Scope *scope, Job *job, Share *share)
{
    Noting noting;
    bool is_end;
    int code = job_table(scope, job->source, &noting.scope, &noting.table);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !present(noting.table->ttl_attribute))) {
        share_take(share, ROWS_A_STEP, 0);
        code = rows_drop(scope->store, &rows_of_table, job->source);
        return code == STORE_NOT_FOUND ? job_done(scope, job) : code;
    }
    if (code == STORE_OK)
        code = job_for_rows(scope, job, share, note_row, &noting, &is_end);
    if (code != STORE_OK)
        return code;
    return is_end ? job_done(scope, job) : job_write(scope, job);
}

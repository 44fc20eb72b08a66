/* job.c */
#include "job.h"
#include "backup.h"
#include "event.h"
#include "history.h"
#include "row.h"

#define ROWS_A_STEP  1000
#define BYTES_A_STEP (1024 * 1024)
#define AGAIN_MS     1000

static const Column columns[] = {COLUMN(Job, kind),
                                 COLUMN(Job, source),
                                 COLUMN(Job, target),
                                 COLUMN_BYTES("hash", Job, at.hash),
                                 COLUMN_BYTES("range", Job, at.range),
                                 COLUMN_AS("from_at", Job, from),
                                 COLUMN_AS("to_at", Job, to),
                                 COLUMN(Job, drops_source),
                                 COLUMN(Job, id)};
static const Row whole_job = ROW(columns), new_job = {columns, 8};
#define COLUMNS "kind, source, target, hash, range, from_at, to_at, drops_source"

static const Query first_job = {"SELECT " COLUMNS
                                ", id FROM dynamodb_job ORDER BY kind = 3, id LIMIT 1"}; /* a log that goes can wait */
static const Query insert_job = {"INSERT INTO dynamodb_job (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
static const Query write_job = {"UPDATE dynamodb_job SET (" COLUMNS ") = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                                " WHERE id = ?9"};
static const Query delete_job = {"DELETE FROM dynamodb_job WHERE id = ?1"};
static const Query find_job = {"SELECT 1 FROM dynamodb_job WHERE kind <> 3 AND (source = ?1 OR target = ?1) LIMIT 1"};
static const Query select_name = {"SELECT account, region, name FROM dynamodb_table WHERE id = ?1"};
static const Query select_rows = {"SELECT hash, range, item FROM dynamodb_item WHERE tree = ?1"
                                  " AND (hash, range) > (?2, ?3) ORDER BY hash, range LIMIT ?4"};
static const Query select_changes = {"SELECT hash, range, item, at FROM dynamodb_change WHERE table_id = ?1"
                                     " AND at BETWEEN ?2 AND ?3 ORDER BY at DESC LIMIT ?4"};
static const Query first_changes = {"SELECT at, length(item) FROM dynamodb_change WHERE table_id = ?1 AND at <= ?2"
                                    " ORDER BY at LIMIT ?3"};
static const Query delete_changes = {"DELETE FROM dynamodb_change WHERE table_id = ?1 AND at <= ?2"};
static const Query last_change = {"SELECT max(at) FROM dynamodb_change WHERE table_id = ?1"};

bool share_take(Share *share, int64_t rows, size_t bytes)
{
    share->rows -= rows;
    share->bytes -= (int64_t)bytes;
    return share->rows > 0 && share->bytes > 0;
}

static StoredRow read_row(Arena *arena, Statement *rows)
{
    return (StoredRow){{arena_copy(arena, column_bytes(rows, 0)), arena_copy(arena, column_bytes(rows, 1))},
                       arena_copy(arena, column_bytes(rows, 2))};
}

int job_table(const Scope *scope, int64_t id, Scope *ret_scope, Table **ret_table)
{
    Statement *row = statement_begin(scope->store, &select_name);
    bind_int64(row, 1, id);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_scope = *scope;
    ret_scope->account = arena_copy(scope->arena, column_bytes(row, 0));
    ret_scope->region = arena_copy(scope->arena, column_bytes(row, 1));
    Bytes name = arena_copy(scope->arena, column_bytes(row, 2));
    statement_end(row);
    return table_get(ret_scope, name, ret_table);
}

static int forget_copy(const Scope *scope, int64_t table_id)
{
    Scope there;
    Table *table;
    int code = job_table(scope, table_id, &there, &table);
    if (code == STORE_OK)
        table_forget(scope->service, table);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

/* What comes later is another log's. */
static int find_last_change(const Scope *scope, int64_t table_id, int64_t *ret_at)
{
    Statement *row = statement_begin(scope->store, &last_change);
    bind_int64(row, 1, table_id);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_at = column_int64(row, 0); /* 0: there is none */
    statement_end(row);
    return STORE_OK;
}

int jobs_add(const Scope *scope, const Job *job)
{
    Dynamodb *dynamodb = scope->service;
    Job added = *job;
    int code = job->kind == JOB_FORGET ? find_last_change(scope, job->source, &added.to) : STORE_OK;
    if (code != STORE_OK)
        return code;
    added.at.hash = present(job->at.hash) ? job->at.hash : TEXT("");
    added.at.range = present(job->at.range) ? job->at.range : TEXT("");
    Statement *insert = statement_begin(scope->store, &insert_job);
    row_bind(insert, 1, &new_job, &added);
    code = statement_run(insert);
    jobs_start(dynamodb);
    return code == STORE_OK ? forget_copy(scope, job->source) : code; /* it is followed from now on */
}

int jobs_find(const Scope *scope, int64_t table_id)
{
    Statement *row = statement_begin(scope->store, &find_job);
    bind_int64(row, 1, table_id);
    int code = statement_one(row);
    if (code == STORE_ROW)
        statement_end(row);
    return code == STORE_ROW ? STORE_OK : code;
}

int job_done(const Scope *scope, const Job *job)
{
    int code = query_run_with(scope->store, &delete_job, job->id);
    return code == STORE_OK ? forget_copy(scope, job->source) : code;
}

int job_write(const Scope *scope, const Job *job)
{
    Statement *write = statement_begin(scope->store, &write_job);
    row_bind(write, 1, &whole_job, job);
    return statement_run(write);
}

int job_has_copied(const Scope *scope, const Job *job, Table *target)
{
    table_forget(scope->service, target);
    int code = origin_is_copied(scope->store, job->target);
    return code == STORE_OK ? job_done(scope, job) : code;
}

/* A row of COLLECT: when the item was changed last, in 8 bytes, and what it was before: the change that comes first
 * here is the last. */
static int collect_row(const Scope *scope, const Job *job, StoredRow *row, int64_t at)
{
    Statement *find = tree_find(scope->store, job->target, &row->key);
    Buffer kept = {0};
    int code = statement_one(find);
    if (code == STORE_ROW) {
        buffer_append(&kept, bytes_slice(column_bytes(find, 0), 0, COLLECTED_HEAD));
        statement_end(find);
    } else {
        buffer_append_be64(&kept, (uint64_t)at);
    }
    buffer_append(&kept, row->item);
    row->item = buffer_bytes(&kept);
    if (code == STORE_ROW || code == STORE_NOT_FOUND)
        code = tree_put(scope->store, job->target, &row->key, row->item);
    buffer_done(&kept);
    return code;
}

/* Backwards: what an item was at the time asked for comes last and stays. */
static int undo(const Scope *scope, Job *job, Share *share)
{
    Statement *rows = statement_begin(scope->store, &select_changes);
    ArenaMark mark = arena_mark(scope->arena);
    int code, put = STORE_OK;
    bool goes_on = true;
    bind_int64(rows, 1, job->source);
    bind_int64(rows, 2, job->from);
    bind_int64(rows, 3, job->to);
    bind_int64(rows, 4, ROWS_A_STEP);
    while (put == STORE_OK && goes_on && (code = statement_step(rows)) == STORE_ROW) {
        StoredRow row = read_row(scope->arena, rows);
        int64_t at = column_int64(rows, 3);
        job->to = at - 1;
        put = job->kind == JOB_COLLECT ? collect_row(scope, job, &row, at)
                                       : tree_put(scope->store, job->target, &row.key, row.item);
        goes_on = share_take(share, 1, row.item.len);
        arena_rewind(scope->arena, mark);
    }
    statement_end(rows);
    if (put != STORE_OK || code < 0)
        return put != STORE_OK ? put : code;
    bool is_end = code == STORE_OK && goes_on;
    if (is_end && job->kind == JOB_COLLECT)
        return job_done(scope, job);
    if (is_end)
        job->kind = JOB_COPY;
    return job_write(scope, job);
}

int job_for_rows(const Scope *scope, Job *job, Share *share, RowFunction *function, void *context, bool *ret_end)
{
    Statement *rows = statement_begin(scope->store, &select_rows);
    Arena *arena = arena_new(); /* of a row: `function` has scope->arena for itself */
    int code = STORE_ROW, put = STORE_OK;
    bind_int64(rows, 1, job->source);
    bind_bytes(rows, 2, job->at.hash);
    bind_bytes(rows, 3, job->at.range);
    bind_int64(rows, 4, ROWS_A_STEP);
    int64_t count = 0;
    StoredRow row = {0};
    while (put == STORE_OK && share->rows > 0 && share->bytes > 0 && (code = statement_step(rows)) == STORE_ROW) {
        arena_reset(arena);
        row = read_row(arena, rows);
        put = function(context, &row, share);
        count++;
    }
    statement_end(rows);
    if (count)
        job->at = (Key){arena_copy(scope->arena, row.key.hash), arena_copy(scope->arena, row.key.range)};
    arena_free(arena);
    *ret_end = code == STORE_OK && count < ROWS_A_STEP;
    return put != STORE_OK ? put : code < 0 ? code : STORE_OK;
}

typedef struct Target {
    Scope scope;
    int64_t tree;
    Table *table;
} Target;

static int copy_row(void *context, const StoredRow *row, Share *share)
{
    Target *target = context;
    share_take(share, 1, row->item.len);
    return tree_put_if_new(target->scope.store, target->tree, &row->key, row->item);
}

static int copy(const Scope *scope, Job *job, Share *share)
{
    Target target = {.scope = *scope, .tree = job->target};
    bool is_end;
    int code = job_for_rows(scope, job, share, copy_row, &target, &is_end);
    if (code != STORE_OK)
        return code;
    return is_end ? job_done(scope, job) : job_write(scope, job);
}

/* As if it were put. What is kept as nothing was not there. */
static int restore_row(void *context, const StoredRow *row, Share *share)
{
    Target *target = context;
    ChangeCost cost = {0};
    share_take(share, 1 + (int64_t)target->table->indexes_count, row->item.len * (1 + target->table->indexes_count));
    if (!row->item.len)
        return STORE_OK;
    ArenaMark mark = arena_mark(target->scope.arena);
    Item item = item_decode(target->scope.arena, row->item);
    Change change = {.table = target->table, .key = row->key, .after = &item};
    int code = change_write(&target->scope, &change, &cost);
    arena_rewind(target->scope.arena, mark);
    return code;
}

static int drop_source(const Scope *scope, const Job *job)
{
    Scope there;
    Table *table;
    int code = job->drops_source ? job_table(scope, job->source, &there, &table) : STORE_NOT_FOUND;
    return code == STORE_OK ? backup_remove(&there, table) : code == STORE_NOT_FOUND ? STORE_OK : code;
}

static int restore(const Scope *scope, Job *job, Share *share)
{
    Target target;
    bool is_end;
    int code = job_table(scope, job->target, &target.scope, &target.table);
    if (code == STORE_OK)
        code = job_for_rows(scope, job, share, restore_row, &target, &is_end);
    if (code != STORE_OK)
        return code;
    if (!is_end)
        return job_write(scope, job);
    code = job_has_copied(scope, job, target.table);
    return code == STORE_OK ? drop_source(scope, job) : code;
}

static int forget(const Scope *scope, Job *job, Share *share)
{
    Statement *rows = statement_begin(scope->store, &first_changes);
    int64_t last = 0;
    int code;
    bind_int64(rows, 1, job->source);
    bind_int64(rows, 2, job->to);
    bind_int64(rows, 3, ROWS_A_STEP);
    bool goes_on = true;
    while (goes_on && (code = statement_step(rows)) == STORE_ROW) {
        last = column_int64(rows, 0);
        goes_on = share_take(share, 1, (size_t)column_int64(rows, 1));
    }
    statement_end(rows);
    if (code < 0 || !last)
        return code < 0 ? code : job_done(scope, job);
    Statement *delete = statement_begin(scope->store, &delete_changes);
    bind_int64(delete, 1, job->source);
    bind_int64(delete, 2, last);
    return statement_run(delete);
}

/* STORE_NOT_FOUND: there is no job. *ret_job: the one that is worked on. */
static int step(const Scope *scope, Share *share, Job *ret_job)
{
    Statement *first = statement_begin(scope->store, &first_job);
    int code = row_one(scope->arena, first, &whole_job, ret_job);
    if (code != STORE_OK)
        return code;
    switch (ret_job->kind) {
    case JOB_UNDO:
    case JOB_COLLECT:
        return undo(scope, ret_job, share);
    case JOB_COPY:
        return copy(scope, ret_job, share);
    case JOB_RESTORE:
        return restore(scope, ret_job, share);
    case JOB_FORGET:
        return forget(scope, ret_job, share);
    case JOB_EXPORT:
        return export_step(scope, ret_job, share);
    case JOB_IMPORT:
        return import_step(scope, ret_job, share);
    case JOB_REPLICATE:
        return replicate_step(scope, ret_job, share);
    case JOB_INDEX:
        return index_job_step(scope, ret_job, share);
    case JOB_EXPIRY:
        return expiry_job_step(scope, ret_job, share);
    }
    return STORE_BROKEN;
}

typedef struct Work {
    Scope scope;
    Job job;
    bool is_done; /* there is no job left */
} Work;

static int work(void *context)
{
    Work *work = context;
    Share share = {ROWS_A_STEP, BYTES_A_STEP};
    int code = STORE_OK;
    while (code == STORE_OK && share.rows > 0 && share.bytes > 0)
        code = step(&work->scope, &share, &work->job);
    work->is_done = code == STORE_NOT_FOUND;
    return work->is_done ? STORE_OK : code;
}

int jobs_begin(const Scope *scope)
{
    Work begin = {.scope = *scope};
    begin.scope.arena = arena_new(); /* the call's has a budget */
    int code = work(&begin);
    arena_free(begin.scope.arena);
    return code;
}

/* What cannot be read cannot be copied: what was to be made of it goes, and the job with it. */
static int give_up(void *context)
{
    Work *work = context;
    Scope there;
    Table *table;
    if (work->job.kind == JOB_EXPORT)
        return export_give_up(&work->scope, &work->job);
    if (work->job.kind == JOB_INDEX)
        return index_job_give_up(&work->scope, &work->job);
    if (work->job.kind == JOB_EXPIRY) /* the items beyond stay, as long as nobody changes them */
        return job_done(&work->scope, &work->job);
    int code = job_table(&work->scope, work->job.target, &there, &table);
    if (code == STORE_OK)
        code = backup_remove(&there, table);
    return code == STORE_OK || code == STORE_NOT_FOUND ? job_done(&work->scope, &work->job) : code;
}

static void on_due(LoopTimer *timer)
{
    Dynamodb *dynamodb = owner_of(timer, Dynamodb, jobs);
    Loop *loop = dynamodb->runtime->loop;
    Work now = {.scope = scope_of_runtime(dynamodb->runtime, dynamodb, arena_new())};
    int code = runtime_run_alone(dynamodb->runtime, work, &now);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: a backup, a restore or an index could not go on: %s",
                   store_error(dynamodb->store));
    if (code == STORE_DAMAGED && now.job.id)
        code = runtime_run_alone(dynamodb->runtime, give_up, &now);
    arena_free(now.scope.arena);
    if (!now.is_done)
        loop_timer_set(loop, timer, loop_now_ms(loop) + (code < 0 ? AGAIN_MS : 0));
}

/* By real time: a clock that stands still doesn't hold it up. */
void jobs_start(Dynamodb *dynamodb)
{
    Loop *loop = dynamodb->runtime->loop;
    dynamodb->jobs.due = on_due;
    if (loop && !dynamodb->jobs.place)
        loop_timer_set(loop, &dynamodb->jobs, loop_now_ms(loop));
}

void jobs_stop(Dynamodb *dynamodb)
{
    if (dynamodb->runtime->loop)
        loop_timer_cancel(dynamodb->runtime->loop, &dynamodb->jobs);
}

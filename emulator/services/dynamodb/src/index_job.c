/* index_job.c - a new global index is filled in steps, row by row, in the order of the table's rows; a change of an
 * item whose turn has not come leaves the index alone. Where it stands lies in its job's row, and in the index while
 * that is in memory. aws: Developer Guide, Managing global secondary indexes, "Backfilling": it takes writes, and is
 * not read. */
#include "index_job.h"
#include "items.h"
#include "job.h"

static const Query select_filling = {"SELECT target, hash, range FROM dynamodb_job WHERE kind = 8 AND source = ?1"};

_Static_assert(JOB_INDEX == 8, "the query says so, too");

static Index *index_of_tree(const Table *table, int64_t tree)
{
    for (size_t i = 0; i < table->indexes_count; i++)
        if (table->indexes[i].tree == tree)
            return &table->indexes[i];
    return NULL;
}

int index_jobs_load(Store *store, Table *table)
{
    Statement *rows = statement_begin(store, &select_filling);
    int code;
    bind_int64(rows, 1, table->id);
    while ((code = statement_step(rows)) == STORE_ROW) {
        Index *index = index_of_tree(table, column_int64(rows, 0));
        if (!index)
            continue; /* it was deleted before it was full */
        index->is_filling = true;
        index->filled_hash = arena_copy(table->arena, column_bytes(rows, 1));
        index->filled_range = arena_copy(table->arena, column_bytes(rows, 2));
    }
    return code;
}

int index_job_add(const Scope *scope, const Table *table, const Index *index)
{
    return jobs_add(scope, &(Job){.kind = JOB_INDEX, .source = table->id, .target = index->tree});
}

typedef struct Filling {
    Scope scope;
    Table *table;
    Index *index;
} Filling;

static int fill_row(void *context, const StoredRow *row, Share *share)
{
    Filling *filling = context;
    Index *index = filling->index;
    ArenaMark mark = arena_mark(filling->scope.arena);
    Lookup lookup = {.arena = filling->scope.arena};
    Item item = item_decode(lookup.arena, row->item);
    Key entry;
    int code = STORE_OK;
    share_take(share, 1, row->item.len);
    if (key_of_entry(&lookup, index, &item, &row->key, &entry)) {
        Item kept = index_projects_all(index) ? item : index_projection(&lookup, filling->table, index, &item);
        code = index_projects_all(index) ? tree_put(filling->scope.store, index->tree, &entry, row->item)
                                         : tree_put_item(filling->scope.store, index->tree, &entry, &kept);
        index->tally.items++;
        index->tally.bytes += (int64_t)item_size(&kept);
        index->tally.is_changed = true;
        share_take(share, 1, row->item.len);
    }
    arena_rewind(filling->scope.arena, mark);
    return code;
}

int index_job_step(const Scope *scope, Job *job, Share *share)
{
    Filling filling = {0};
    bool is_end;
    int code = job_table(scope, job->source, &filling.scope, &filling.table);
    if (code == STORE_OK)
        filling.index = index_of_tree(filling.table, job->target);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !filling.index))
        return job_done(scope, job);
    if (code == STORE_OK)
        code = job_for_rows(scope, job, share, fill_row, &filling, &is_end);
    if (code != STORE_OK)
        return code;
    table_note_change(scope->service, filling.table);
    table_forget(scope->service, filling.table); /* it stands elsewhere now */
    return is_end ? job_done(scope, job) : job_write(scope, job);
}

int index_job_give_up(const Scope *scope, const Job *job)
{
    Scope there;
    Table *table;
    int code = job_table(scope, job->source, &there, &table);
    const Index *index = code == STORE_OK ? index_of_tree(table, job->target) : NULL;
    if (index)
        code = index_remove(&there, index);
    return code == STORE_OK || code == STORE_NOT_FOUND ? job_done(scope, job) : code;
}

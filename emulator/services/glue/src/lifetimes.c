/* lifetimes.c */
#include "lifetimes.h"

#define AGAIN_MS   1000
#define ORPHANS_MS 2 /* until some more definitions go */

/* Triggers take with them what belongs to what goes: glue.c. */
static const Query remove_registries = {"DELETE FROM glue_registry WHERE gone_ms <= ?1"};
static const Query remove_schemas = {"DELETE FROM glue_schema WHERE gone_ms <= ?1"};
static const Query remove_versions = {"DELETE FROM glue_version WHERE gone_ms <= ?1"};
static const Query next_due = {
    "SELECT min(at) FROM (SELECT min(gone_ms) AS at FROM glue_registry WHERE gone_ms IS NOT NULL UNION ALL"
    " SELECT min(gone_ms) FROM glue_schema WHERE gone_ms IS NOT NULL UNION ALL"
    " SELECT min(gone_ms) FROM glue_version WHERE gone_ms IS NOT NULL)"};

/* What a version leaves behind: glue.c. */
#define SOME "(SELECT version_id FROM glue_orphan ORDER BY version_id LIMIT 10)"
static const Query remove_definitions = {"DELETE FROM glue_definition WHERE version_id IN " SOME};
static const Query remove_orphans = {"DELETE FROM glue_orphan WHERE version_id IN " SOME};
static const Query any_orphan = {"SELECT 1 FROM glue_orphan UNION ALL SELECT 1 FROM glue_gone_table LIMIT 1"};

/* Tables that are gone: the versions and partitions of the first. */
#define GONE_TABLE "(SELECT id FROM glue_gone_table ORDER BY id LIMIT 1)"
static const Query remove_table_versions = {
    "DELETE FROM glue_table_version WHERE rowid IN (SELECT rowid FROM glue_table_version WHERE table_id = " GONE_TABLE
    " LIMIT 100)"};
static const Query remove_partitions = {
    "DELETE FROM glue_partition WHERE id IN (SELECT id FROM glue_partition WHERE table_id = " GONE_TABLE " LIMIT 200)"};
static const Query remove_gone_table = {
    "DELETE FROM glue_gone_table WHERE id = " GONE_TABLE
    " AND NOT EXISTS (SELECT 1 FROM glue_table_version WHERE table_id = glue_gone_table.id)"
    " AND NOT EXISTS (SELECT 1 FROM glue_partition WHERE table_id = glue_gone_table.id)"};

int64_t lifetime_end_ms(const Call *call)
{
    return call->now_ms + glue_of(call)->pending_ms;
}

static int remove_due(Glue *glue)
{
    const Query *const steps[] = {&remove_registries, &remove_schemas, &remove_versions};
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < sizeof steps / sizeof *steps; i++) {
        Statement *step = statement_begin(glue->runtime->store, steps[i]);
        bind_int64(step, 1, clock_now_ms(glue->runtime->clock));
        code = statement_run(step);
    }
    return code;
}

static int remove_some_orphans(Glue *glue)
{
    const Query *const steps[] = {&remove_definitions, &remove_orphans, &remove_table_versions, &remove_partitions,
                                  &remove_gone_table};
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < sizeof steps / sizeof *steps; i++)
        code = statement_run(statement_begin(glue->runtime->store, steps[i]));
    return code;
}

/* *ret_due_ms is moved to where more of them go, if there are more. */
static int look_for_orphans(Glue *glue, int64_t *ret_due_ms)
{
    Statement *row = statement_begin(glue->runtime->store, &any_orphan);
    int code = statement_one(row);
    int64_t soon = clock_now_ms(glue->runtime->clock) + ORPHANS_MS;
    if (code == STORE_NOT_FOUND)
        return STORE_OK;
    if (code != STORE_ROW)
        return code;
    statement_end(row);
    *ret_due_ms = *ret_due_ms < soon ? *ret_due_ms : soon;
    return STORE_OK;
}

static int look_for_next(Glue *glue, int64_t *ret_due_ms)
{
    Statement *row = statement_begin(glue->runtime->store, &next_due);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_due_ms = column_is_null(row, 0) ? INT64_MAX : column_int64(row, 0);
    statement_end(row);
    return look_for_orphans(glue, ret_due_ms);
}

static void on_due(void *context, int64_t now_ms)
{
    Glue *glue = context;
    (void)now_ms;
    glue->removal = NULL;
    if (lifetimes_settle(glue) != STORE_OK)
        log_event(glue->runtime->log, LOG_ERROR, "what is deleted could not be removed", "why",
                  store_error(glue->runtime->store), NULL);
}

int lifetimes_settle(Glue *glue)
{
    int64_t due_ms = INT64_MAX;
    lifetimes_stop(glue);
    int code = remove_due(glue);
    if (code == STORE_OK)
        code = remove_some_orphans(glue);
    if (code == STORE_OK)
        code = look_for_next(glue, &due_ms);
    if (code == STORE_OK && due_ms < INT64_MAX)
        glue->removal = scheduler_at(glue->runtime->scheduler, due_ms, on_due, glue);
    return code;
}

void lifetimes_soon(void *context)
{
    Glue *glue = context;
    lifetimes_stop(glue);
    glue->removal = scheduler_at(glue->runtime->scheduler, clock_now_ms(glue->runtime->clock) + AGAIN_MS, on_due, glue);
}

void lifetimes_stop(Glue *glue)
{
    if (glue->removal)
        scheduler_cancel(glue->runtime->scheduler, glue->removal);
    glue->removal = NULL;
}

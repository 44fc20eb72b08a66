/* lifetimes.c */
#include "lifetimes.h"

#define AGAIN_MS 1000

/* Triggers take with them what belongs to what goes: glue.c. */
static const Query remove_registries = {"DELETE FROM glue_registry WHERE gone_ms <= ?1"};
static const Query remove_schemas = {"DELETE FROM glue_schema WHERE gone_ms <= ?1"};
static const Query remove_versions = {"DELETE FROM glue_version WHERE gone_ms <= ?1"};
static const Query next_due = {
    "SELECT min(at) FROM (SELECT min(gone_ms) AS at FROM glue_registry WHERE gone_ms IS NOT NULL UNION ALL"
    " SELECT min(gone_ms) FROM glue_schema WHERE gone_ms IS NOT NULL UNION ALL"
    " SELECT min(gone_ms) FROM glue_version WHERE gone_ms IS NOT NULL)"};

int64_t lifetime_end_ms(const Call *call)
{
    return call->now_ms + glue_of(call)->pending_ms;
}

static int remove_due(Glue *glue)
{
    const Query *const steps[] = {&remove_registries, &remove_schemas, &remove_versions};
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < sizeof steps / sizeof *steps; i++) {
        Statement *step = store_begin(glue->host->store, steps[i]);
        bind_int64(step, 1, clock_now_ms(glue->host->clock));
        code = store_run(step);
    }
    return code;
}

static void on_due(void *context, int64_t now_ms)
{
    Glue *glue = context;
    (void)now_ms;
    glue->removal = NULL;
    if (lifetimes_settle(glue) != STORE_OK)
        log_event(glue->host->log, LOG_ERROR, "what is deleted could not be removed", "why",
                  store_error(glue->host->store), NULL);
}

int lifetimes_settle(Glue *glue)
{
    lifetimes_stop(glue);
    int code = remove_due(glue);
    if (code != STORE_OK)
        return code;
    Statement *row = store_begin(glue->host->store, &next_due);
    code = store_one(row);
    if (code != STORE_ROW)
        return code;
    if (!column_is_null(row, 0))
        glue->removal = scheduler_at(glue->host->scheduler, column_int64(row, 0), on_due, glue);
    store_end(row);
    return STORE_OK;
}

void lifetimes_soon(void *context)
{
    Glue *glue = context;
    lifetimes_stop(glue);
    glue->removal = scheduler_at(glue->host->scheduler, clock_now_ms(glue->host->clock) + AGAIN_MS, on_due, glue);
}

void lifetimes_stop(Glue *glue)
{
    if (glue->removal)
        scheduler_cancel(glue->host->scheduler, glue->removal);
    glue->removal = NULL;
}

/* trim.c - the steps. Readers never rely on them: they leave out by themselves what is older than the horizon. */
#include "trim.h"
#include "event.h"
#include "shard.h"

#define PASS_EVERY_MS INT64_C(60000)
#define STEP_SHARDS   64
#define STEP_CHUNKS   32 /* of up to 512 KiB */

static const Query insert_dropped = {"INSERT INTO kinesis_dropped_log (id) VALUES (?1)"};
static const Query insert_dropped_of = {
    "INSERT INTO kinesis_dropped_log (id) SELECT id FROM kinesis_shard WHERE stream_id = ?1"};
static const Query next_dropped = {"SELECT id FROM kinesis_dropped_log WHERE id > ?1 ORDER BY id LIMIT 1"};
static const Query delete_dropped = {"DELETE FROM kinesis_dropped_log WHERE id = ?1"};
static const Query next_shard = {"SELECT id FROM kinesis_shard WHERE id > ?1 ORDER BY id LIMIT 1"};
static const Query set_floor = {"UPDATE kinesis_shard SET floor = ?2 WHERE id = ?1"};

static void on_trim(void *context, int64_t at_ms);

static void schedule(Kinesis *kinesis, int64_t due_ms)
{
    trim_stop(kinesis);
    kinesis->trim_timer = scheduler_at(kinesis->runtime->scheduler, due_ms, on_trim, kinesis);
}

void trim_stop(Kinesis *kinesis)
{
    if (kinesis->trim_timer)
        scheduler_cancel(kinesis->runtime->scheduler, kinesis->trim_timer);
    kinesis->trim_timer = NULL;
}

void trim_start(Kinesis *kinesis)
{
    schedule(kinesis, now_ms(kinesis) + PASS_EVERY_MS);
}

int trim_drop_log(Kinesis *kinesis, int64_t log_id)
{
    Statement *insert = statement_begin(kinesis->store, &insert_dropped);
    bind_int64(insert, 1, log_id);
    schedule(kinesis, now_ms(kinesis) + 1);
    return statement_run(insert);
}

int trim_drop_logs(Kinesis *kinesis, const Stream *stream)
{
    Statement *insert = statement_begin(kinesis->store, &insert_dropped_of);
    bind_int64(insert, 1, stream->id);
    schedule(kinesis, now_ms(kinesis) + 1);
    return statement_run(insert);
}

/* A log that is trimmed empty no longer tells the numbers it has given: its shard's row does then. */
static int keep_floor(Kinesis *kinesis, Shard *shard)
{
    LogSpan span;
    if (shard->floor == shard->next)
        return STORE_OK;
    int code = shard_log_span(kinesis->log, shard->id, &span);
    if (code != STORE_NOT_FOUND)
        return code;
    Statement *update = statement_begin(kinesis->store, &set_floor);
    bind_int64(update, 1, shard->id);
    bind_int64(update, 2, (int64_t)shard->next);
    code = statement_run(update);
    if (code == STORE_OK)
        shard->floor = shard->next;
    return code;
}

static int trim_shard(Kinesis *kinesis, Shard *shard, int64_t at_ms, bool *ret_more)
{
    int64_t horizon_ms = stream_horizon_ms(shard->stream, at_ms);
    if (shard_is_expired(shard, at_ms))
        return shard_remove(kinesis, shard);
    if (shard->opened_ms >= horizon_ms)
        return STORE_OK;
    int code = shard_prepare(kinesis, shard);
    if (code == STORE_OK)
        code = shard_log_trim(kinesis->log, shard->id, horizon_ms, STEP_CHUNKS, ret_more);
    return code == STORE_OK ? keep_floor(kinesis, shard) : code;
}

/* The first id the query gives, 0 where it gives none. */
static int read_id(Statement *query, int64_t *ret_id)
{
    int code = statement_one(query);
    *ret_id = 0;
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret_id = column_int64(query, 0);
    statement_end(query);
    return STORE_OK;
}

/* One that cannot be read is left where it is: the others' turn comes. */
static bool is_damaged(const Kinesis *kinesis, int64_t log_id)
{
    return map_get(kinesis->damaged_logs, id_key(&log_id)) != NULL;
}

static int note_code(Kinesis *kinesis, int64_t log_id, int code)
{
    if (code == STORE_DAMAGED)
        map_put(kinesis->damaged_logs, id_key(&log_id), kinesis);
    return code;
}

static int find_dropped(Kinesis *kinesis, int64_t *ret_id)
{
    int code;
    *ret_id = 0;
    do {
        Statement *next = statement_begin(kinesis->store, &next_dropped);
        bind_int64(next, 1, *ret_id);
        code = read_id(next, ret_id);
    } while (code == STORE_OK && *ret_id && is_damaged(kinesis, *ret_id));
    return code;
}

static int drop_step(Kinesis *kinesis, bool *ret_more)
{
    int64_t log_id;
    bool has_chunks;
    int code = find_dropped(kinesis, &log_id);
    if (code != STORE_OK || !log_id)
        return code;
    *ret_more = true;
    code = note_code(kinesis, log_id, shard_log_drop(kinesis->log, log_id, STEP_CHUNKS, &has_chunks));
    if (code != STORE_OK || has_chunks)
        return code;
    return query_run_with(kinesis->store, &delete_dropped, log_id);
}

/* Some shards further in the pass; *ret_more: it isn't over. */
static int pass_step(Kinesis *kinesis, int64_t at_ms, bool *ret_more)
{
    int code = streams_load(kinesis);
    for (int i = 0; code == STORE_OK && i < STEP_SHARDS; i++) {
        int64_t id;
        bool has_chunks = false;
        Statement *next = statement_begin(kinesis->store, &next_shard);
        bind_int64(next, 1, kinesis->trimmed_shard);
        code = read_id(next, &id);
        if (code != STORE_OK || !id) {
            kinesis->trimmed_shard = 0;
            map_free(kinesis->damaged_logs); /* the next pass tries again: something may have been restored */
            kinesis->damaged_logs = map_new();
            *ret_more = false;
            return code;
        }
        Shard *shard = is_damaged(kinesis, id) ? NULL : shard_by_id(kinesis, id);
        if (shard)
            code = note_code(kinesis, id, trim_shard(kinesis, shard, at_ms, &has_chunks));
        *ret_more = true;
        if (has_chunks || code != STORE_OK)
            return code;
        kinesis->trimmed_shard = id;
    }
    return code;
}

typedef struct Step {
    Kinesis *kinesis;
    int64_t at_ms;
    bool more;
} Step;

static int make_step(void *context)
{
    Step *step = context;
    int code = drop_step(step->kinesis, &step->more);
    return code == STORE_OK && !step->more ? pass_step(step->kinesis, step->at_ms, &step->more) : code;
}

static void on_trim(void *context, int64_t at_ms)
{
    Kinesis *kinesis = context;
    Step step = {kinesis, at_ms, false};
    kinesis->trim_timer = NULL;
    int code = runtime_run_alone(kinesis->runtime, make_step, &step);
    if (code != STORE_OK)
        log_event(kinesis->runtime->log, LOG_ERROR, "expired records could not be trimmed", "reason",
                  store_error(kinesis->store), NULL);
    /* What is damaged is passed by from now on. */
    bool goes_on = step.more && (code == STORE_OK || code == STORE_DAMAGED);
    schedule(kinesis, at_ms + (goes_on ? 1 : PASS_EVERY_MS));
}

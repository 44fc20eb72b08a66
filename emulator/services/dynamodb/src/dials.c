/* dials.c */
#include "dials.h"
#include "row.h"
#include "throttle.h"
#include <time.h>

#define DAY_MS             INT64_C(86400000)
#define HOUR_MS            INT64_C(3600000)
#define DECREASES_AT_FIRST 4

static const Column columns[] = {COLUMN(Dials, day), COLUMN(Dials, decreases), COLUMN(Dials, decreased_ms),
                                 COLUMN(Dials, increased_ms), COLUMN(Dials, own)};
static const Row whole_dials = ROW(columns);
static const Query select_dials = {
    "SELECT day, decreases, decreased_ms, increased_ms, own FROM dynamodb_dials WHERE tree = ?1"};
static const Query put_dials = {"INSERT OR REPLACE INTO dynamodb_dials (tree, day, decreases, decreased_ms,"
                                " increased_ms, own) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query delete_dials = {"DELETE FROM dynamodb_dials WHERE tree = ?1"};

int dials_load(Store *store, int64_t tree, Dials *ret_dials)
{
    Statement *row = statement_begin(store, &select_dials);
    *ret_dials = (Dials){0};
    bind_int64(row, 1, tree);
    int code = row_one(NULL, row, &whole_dials, ret_dials);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

int64_t dials_decreases_today(const Dials *dials, int64_t now_ms)
{
    return dials->day == now_ms / DAY_MS ? dials->decreases : 0;
}

typedef struct Turned {
    bool is_up, is_down;
} Turned;

/* From or to on demand is neither. */
static Turned turned(const Units *before, const Units *after)
{
    if (!before->read || !after->read)
        return (Turned){0};
    return (Turned){after->read > before->read || after->write > before->write,
                    after->read < before->read || after->write < before->write};
}

/* aws-test: "Monday, October 10, 2022 at 1:00:19 PM Coordinated Universal Time" */
static Bytes time_text(Arena *arena, int64_t at_ms)
{
    time_t seconds = at_ms / 1000;
    struct tm utc;
    char day[64], hour[32];
    gmtime_r(&seconds, &utc);
    strftime(day, sizeof day, "%A, %B", &utc);
    strftime(hour, sizeof hour, "%M:%S %p", &utc);
    return arena_text(arena, "%s %d, %d at %d:%s Coordinated Universal Time", day, utc.tm_mday, utc.tm_year + 1900,
                      utc.tm_hour % 12 ? utc.tm_hour % 12 : 12, hour);
}

static Status check(Call *call, const Dials *dials, Turned turned)
{
    int64_t today = dials_decreases_today(dials, call->now_ms), next_ms = dials->decreased_ms + HOUR_MS;
    if (!turned.is_down || today < DECREASES_AT_FIRST || call->now_ms >= next_ms)
        return OK;
    return fail(
        call, &DYNAMODB_LIMIT_EXCEEDED,
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first %d decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: %lld. Last decrease at " BYTES_FMT
        ". Next decrease can be made at " BYTES_FMT,
        DECREASES_AT_FIRST, (long long)today, BYTES_ARG(time_text(call->arena, dials->decreased_ms)),
        BYTES_ARG(time_text(call->arena, next_ms)));
}

Status dials_check(Call *call, const Table *before, const Table *after)
{
    if (!throttle_is_enforced(call, before))
        return OK;
    TRY(check(call, &before->dials, turned(&before->units, &after->units)));
    for (size_t i = 0; i < before->indexes_count; i++)
        TRY(check(call, &before->indexes[i].dials, turned(&before->indexes[i].units, &after->indexes[i].units)));
    return OK;
}

int dials_write(Store *store, int64_t tree, const Dials *dials)
{
    Statement *put = statement_begin(store, &put_dials);
    bind_int64(put, 1, tree);
    row_bind(put, 2, &whole_dials, dials);
    return statement_run(put);
}

static int note(const Scope *scope, int64_t tree, Turned turned, Dials *dials)
{
    if (!turned.is_up && !turned.is_down)
        return STORE_OK;
    if (turned.is_up)
        dials->increased_ms = scope->now_ms;
    if (turned.is_down) {
        dials->decreases = dials_decreases_today(dials, scope->now_ms) + 1;
        dials->day = scope->now_ms / DAY_MS;
        dials->decreased_ms = scope->now_ms;
    }
    return dials_write(scope->store, tree, dials);
}

int dials_note(const Scope *scope, const Table *before, Table *after)
{
    int code = note(scope, before->id, turned(&before->units, &after->units), &after->dials);
    for (size_t i = 0; i < before->indexes_count && code == STORE_OK; i++) {
        Index *index = &after->indexes[i];
        code = note(scope, index->tree, turned(&before->indexes[i].units, &index->units), &index->dials);
    }
    return code;
}

int dials_forget(Store *store, int64_t tree)
{
    return query_run_with(store, &delete_dials, tree);
}

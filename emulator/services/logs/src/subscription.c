/* subscription.c - what is put is delivered with its own turn: it is in both, or in neither. Who isn't there gets
 * nothing, which is measured (AWS tries again for up to 24 hours). */
#include "subscription.h"
#include "budget.h"
#include "filter_pattern.h"
#include "metrics.h"
#include "parcel.h"
#include "row.h"
#include <sodium.h>

#define KEY_BYTES 16

static const Column columns[] = {
    COLUMN(Subscription, group_id),        COLUMN(Subscription, name),     COLUMN(Subscription, pattern),
    COLUMN(Subscription, destination_arn), COLUMN(Subscription, role_arn), COLUMN(Subscription, is_random),
    COLUMN(Subscription, created_ms),
};
static const Row whole = ROW(columns);

static const Query list = {"SELECT group_id, name, pattern, destination_arn, role_arn, is_random, created_ms"
                           " FROM logs_subscription WHERE group_id = ?1 ORDER BY name LIMIT ?2"};
static const Query remove_all = {"DELETE FROM logs_subscription WHERE group_id = ?1"};

int subscriptions_of(const Scope *scope, int64_t group_id, Subscription subscriptions[SUBSCRIPTIONS_MAX],
                     size_t *ret_count)
{
    int code;
    *ret_count = 0;
    Statement *rows = statement_begin(scope->store, &list);
    bind_int64(rows, 1, group_id);
    bind_int64(rows, 2, SUBSCRIPTIONS_MAX);
    while ((code = statement_step(rows)) == STORE_ROW)
        row_read(scope->arena, rows, &whole, &subscriptions[(*ret_count)++]);
    return code;
}

int subscriptions_remove_all(const Scope *scope, int64_t group_id)
{
    return query_run_with(scope->store, &remove_all, group_id);
}

/* Those that the filter lets through. */
static size_t select_events(const Scope *scope, const Subscription *subscription, Batch batch, ParcelEvent *selected)
{
    FilterPatternFault fault;
    Bytes detail;
    size_t count = 0;
    const FilterPattern *pattern = filter_pattern_read(scope->arena, subscription->pattern, &fault, &detail);
    if (!pattern)
        return 0;
    for (size_t i = 0; i < batch.count; i++) {
        Bytes message = batch.events[i].message;
        ArenaMark mark = arena_mark(scope->arena);
        FilterSubject subject = filter_subject(scope->arena, message);
        bool is_wanted = !subscription->pattern.len || filter_pattern_matches(pattern, &subject);
        arena_rewind(scope->arena, mark);
        if (is_wanted)
            selected[count++] = (ParcelEvent){batch.places[i], message};
    }
    return count;
}

/* aws: PutSubscriptionFilter, distribution: "By default, log data is grouped by log stream, but the grouping can be set
 * to random for a more even distribution." */
static Bytes partition_key(const Scope *scope, const Subscription *subscription, const LogStream *stream)
{
    unsigned char bytes[KEY_BYTES];
    char *text = arena_take_raw(scope->arena, 2 * KEY_BYTES + 1);
    if (subscription->is_random)
        random_fill(scope->runtime->random, bytes, sizeof bytes);
    else
        crypto_generichash(bytes, sizeof bytes, (const unsigned char *)stream->name.ptr, stream->name.len, NULL, 0);
    sodium_bin2hex(text, 2 * KEY_BYTES + 1, bytes, sizeof bytes);
    return (Bytes){text, 2 * KEY_BYTES};
}

static int forward(const Scope *scope, const LogGroup *group, const LogStream *stream, const Subscription *subscription,
                   Batch batch)
{
    ArenaMark mark = arena_mark(scope->arena);
    ParcelEvent *selected = arena_new_array(scope->arena, ParcelEvent, batch.count);
    ParcelLabel label = {group->account, group->name, stream->name, subscription->name};
    Target target = target_of(subscription->destination_arn);
    size_t count = select_events(scope, subscription, batch, selected), at = 0;
    int code = STORE_OK;
    while (code == STORE_OK && at < count) {
        bool is_taken;
        size_t first = at;
        Bytes data = parcel_pack(scope->arena, &label, selected, count, &at);
        Parcel parcel = {partition_key(scope, subscription, stream), data};
        code = target_deliver(scope, &target, parcel, &is_taken);
        log_metrics_of_delivery(scope, group, subscription, at - first, data.len, is_taken);
    }
    arena_rewind(scope->arena, mark);
    return code;
}

int subscriptions_forward(const Scope *scope, const LogGroup *group, const LogStream *stream, Batch batch)
{
    Subscription subscriptions[SUBSCRIPTIONS_MAX];
    size_t count;
    int code = subscriptions_of(scope, group->id, subscriptions, &count);
    for (size_t i = 0; code == STORE_OK && i < count; i++)
        code = forward(scope, group, stream, &subscriptions[i], batch);
    return code;
}

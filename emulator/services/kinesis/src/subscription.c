/* subscription.c - pushing records to subscribers, after the commit that brought them. */
#include "subscription.h"
#include "metrics.h"
#include "rate_limits.h"
#include "record.h"
#include "stream_kms.h"
#include "trace.h"
#include <stdlib.h>

#define LIFE_MS         INT64_C(300000)   /* aws: Kinesis API, SubscribeToShard: "for up to 5 minutes" */
#define TAKEOVER_MS     INT64_C(5000)     /* aws: there: "within 5 seconds of a successful call" */
#define HEARTBEAT_MS    INT64_C(5000)     /* aws: events without records show progress where nothing is written */
#define BACKLOG_MAX     (2 * 1024 * 1024) /* not yet taken by the client */
#define EVENT_BYTES_MAX (1024 * 1024)
#define EVENT_RECORDS   2000
#define EVENT           0 /* SubscribeToShardEvent, in the operation's union */

struct Subscription {
    Kinesis *kinesis;
    EventStream *stream;
    int64_t shard_id, consumer_id;
    uint64_t from; /* the index of the next record */
    int64_t begun_ms, sent_ms;
    MeterOfConsumer meter;
    Rate rate;                    /* where limits are asked for */
    int64_t pushes_ms;            /* not before: it has had what a second allows */
    char number[SEQUENCE_DIGITS]; /* the last told: where a next subscription would go on */
    bool has_told;                /* an event has been sent */
    bool must_check_consumer;
    bool is_ready;
    Timer *timer;
    Subscription *next_of_shard;          /* newest first */
    Subscription *next_ready, **ready_at; /* what points to it on that list */
};

static Subscription *first_of(const Kinesis *kinesis, int64_t shard_id)
{
    return map_get(kinesis->subscribed, id_key(&shard_id));
}

static void make_ready(Subscription *subscription)
{
    Kinesis *kinesis = subscription->kinesis;
    if (subscription->is_ready)
        return;
    subscription->is_ready = true;
    subscription->next_ready = kinesis->ready;
    subscription->ready_at = &kinesis->ready;
    if (kinesis->ready)
        kinesis->ready->ready_at = &subscription->next_ready;
    kinesis->ready = subscription;
}

static void unlist_ready(Subscription *subscription)
{
    if (!subscription->is_ready)
        return;
    subscription->is_ready = false;
    *subscription->ready_at = subscription->next_ready;
    if (subscription->next_ready)
        subscription->next_ready->ready_at = subscription->ready_at;
}

static void unlist_of_shard(Subscription *subscription)
{
    Map *subscribed = subscription->kinesis->subscribed;
    Subscription *first = first_of(subscription->kinesis, subscription->shard_id);
    if (first != subscription) {
        while (first->next_of_shard != subscription)
            first = first->next_of_shard;
        first->next_of_shard = subscription->next_of_shard;
    } else if (subscription->next_of_shard) {
        map_put(subscribed, id_key(&subscription->shard_id), subscription->next_of_shard);
    } else {
        map_remove(subscribed, id_key(&subscription->shard_id));
    }
}

static void subscription_free(Subscription *subscription)
{
    if (subscription->timer)
        scheduler_cancel(subscription->kinesis->runtime->scheduler, subscription->timer);
    unlist_ready(subscription);
    unlist_of_shard(subscription);
    free(subscription);
}

static void on_close(void *context)
{
    subscription_free(context);
}

static void on_timer(void *context, int64_t at_ms)
{
    Subscription *subscription = context;
    (void)at_ms;
    subscription->timer = NULL;
    make_ready(subscription);
}

Status subscription_open(Call *call, const Consumer *consumer, const Shard *shard, uint64_t from)
{
    Kinesis *kinesis = call->service;
    Subscription *first = first_of(kinesis, shard->id), *before = first;
    while (before && before->consumer_id != consumer->id)
        before = before->next_of_shard;
    if (before && call->now_ms - before->begun_ms < TAKEOVER_MS)
        return fail(call, &KINESIS_RESOURCE_IN_USE,
                    "Another active subscription exists for this consumer: " BYTES_FMT ":" BYTES_FMT
                    ":shardId-%012u:" BYTES_FMT,
                    BYTES_ARG(shard->stream->account), BYTES_ARG(shard->stream->name), shard->index,
                    BYTES_ARG(consumer->name));
    Subscription *subscription = calloc(1, sizeof *subscription);
    if (!subscription)
        abort();
    subscription->kinesis = kinesis;
    subscription->shard_id = shard->id;
    subscription->consumer_id = consumer->id;
    subscription->from = from;
    subscription->begun_ms = call->now_ms;
    subscription->next_of_shard = first;
    size_t name_len =
        consumer->name.len < sizeof subscription->meter.name ? consumer->name.len : sizeof subscription->meter.name - 1;
    memcpy(subscription->meter.name, consumer->name.ptr, name_len);
    metric_of_consumer(kinesis, shard->stream, &subscription->meter, METRIC_SUBSCRIBE_SUCCESS, 1);
    sequence_write(subscription->number, &shard->origin, from ? from - 1 : 0, shard->last_arrival_ms / MS_PER_S);
    map_put(kinesis->subscribed, id_key(&shard->id), subscription);
    subscription->stream = event_stream_open(call, on_close, subscription);
    make_ready(subscription);
    if (before)
        make_ready(before);
    return OK;
}

void subscriptions_wake(void *context, const void *event)
{
    Kinesis *kinesis = context;
    const KinesisShardGrew *grew = event;
    if (!map_count(kinesis->subscribed))
        return;
    for (Subscription *at = first_of(kinesis, grew->shard_id); at; at = at->next_of_shard)
        make_ready(at);
}

/* All that are subscribed to one of its shards; NULL: to any. */
static void make_all_ready(Kinesis *kinesis, const Stream *stream, bool must_check_consumer)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(kinesis->subscribed, &at, &key, &value);) {
        const Shard *shard = map_get(kinesis->shards, key);
        if (stream && (!shard || shard->stream != stream))
            continue;
        for (Subscription *each = value; each; each = each->next_of_shard) {
            each->must_check_consumer |= must_check_consumer;
            make_ready(each);
        }
    }
}

void subscriptions_wake_stream(Kinesis *kinesis, const Stream *stream)
{
    make_all_ready(kinesis, stream, false);
}

void subscriptions_end_consumer(Kinesis *kinesis, const Stream *stream)
{
    make_all_ready(kinesis, stream, true);
}

void subscriptions_check_all(Kinesis *kinesis)
{
    make_all_ready(kinesis, NULL, true);
}

static void end_with(Subscription *subscription, const ErrorModel *error, const char *message)
{
    event_stream_fail(subscription->stream, error, bytes_of(message));
    subscription_free(subscription);
}

/* A newer one of the same consumer has taken over. */
static bool is_superseded(const Subscription *subscription)
{
    const Subscription *at = first_of(subscription->kinesis, subscription->shard_id);
    while (at != subscription && at->consumer_id != subscription->consumer_id)
        at = at->next_of_shard;
    return at != subscription;
}

static void send(Subscription *subscription, KinesisSubscribeToShardEvent *event)
{
    event_stream_send(subscription->stream, EVENT, event);
    subscription->has_told = true;
    subscription->sent_ms = now_ms(subscription->kinesis);
}

static void count_event(Subscription *subscription, const Stream *stream, const RecordPage *page)
{
    Kinesis *kinesis = subscription->kinesis;
    metric_of_consumer(kinesis, stream, &subscription->meter, METRIC_EVENT_SUCCESS, 1);
    metric_of_consumer(kinesis, stream, &subscription->meter, METRIC_EVENT_BYTES, (double)page->bytes);
    metric_of_consumer(kinesis, stream, &subscription->meter, METRIC_EVENT_RECORDS, (double)page->records.len);
    metric_of_consumer(kinesis, stream, &subscription->meter, METRIC_EVENT_BEHIND, (double)page->millis_behind);
}

static void send_page(Subscription *subscription, const Stream *stream, const RecordPage *page)
{
    KinesisSubscribeToShardEvent event = {.records = page->records};
    if (present(page->last_number))
        memcpy(subscription->number, page->last_number.ptr, SEQUENCE_DIGITS);
    event.continuation_sequence_number = (Bytes){subscription->number, SEQUENCE_DIGITS};
    SET(&event, millis_behind_latest, page->millis_behind);
    send(subscription, &event);
    count_event(subscription, stream, page);
}

/* aws: Kinesis API, SubscribeToShardEvent: ChildShards are "returned only at the end of the current shard"; clients
 * know the end by them and by the missing ContinuationSequenceNumber. */
static void send_end(Subscription *subscription, const Shard *shard)
{
    Kinesis *kinesis = subscription->kinesis;
    KinesisSubscribeToShardEvent event = {
        .records = {arena_new_of(kinesis->push_arena, KinesisRecord), 0},
        .child_shards = shard_children(kinesis->push_arena, shard, now_ms(kinesis)),
    };
    SET(&event, millis_behind_latest, 0);
    send(subscription, &event);
    event_stream_end(subscription->stream);
    subscription_free(subscription);
}

/* PUSHED_AND_GONE: the subscription has ended, and is freed. */
typedef enum Pushed { PUSHED_ALL, PUSHED_PART, PUSHED_TO_SHARDS_END, PUSHED_AND_GONE, PUSHED_BROKEN } Pushed;

/* KMS does not let its records be opened. True: it has ended with that. */
static bool end_if_sealed(Subscription *subscription, Stream *stream)
{
    Kinesis *kinesis = subscription->kinesis;
    const ErrorModel *error = NULL;
    Bytes message = {0};
    if (kms_read_error(kinesis, kinesis->push_arena, stream, &error, &message) != STORE_OK) {
        error = &KINESIS_INTERNAL_FAILURE;
        message = TEXT("The key of the records could not be asked for.");
    }
    if (!error)
        return false;
    event_stream_fail(subscription->stream, error, message);
    subscription_free(subscription);
    return true;
}

static Pushed push_records(Subscription *subscription, Shard *shard)
{
    Kinesis *kinesis = subscription->kinesis;
    int64_t at_ms = now_ms(kinesis);
    while (event_stream_backlog(subscription->stream) < BACKLOG_MAX) {
        RecordPage page;
        subscription->pushes_ms = limits_push_ms(kinesis, shard, &subscription->rate, at_ms);
        if (subscription->pushes_ms > at_ms)
            return PUSHED_ALL;
        RecordQuery query = {subscription->from, EVENT_RECORDS, EVENT_BYTES_MAX};
        arena_reset(kinesis->push_arena);
        if (records_read(kinesis, kinesis->push_arena, shard, query, &page) != STORE_OK)
            return PUSHED_BROKEN;
        if (page.is_at_tip && !page.records.len) {
            if (!shard_is_open(shard))
                return PUSHED_TO_SHARDS_END;
            if (!subscription->has_told || now_ms(kinesis) - subscription->sent_ms >= HEARTBEAT_MS)
                send_page(subscription, shard->stream, &page);
            return PUSHED_ALL;
        }
        if (page.has_sealed && end_if_sealed(subscription, shard->stream))
            return PUSHED_AND_GONE;
        send_page(subscription, shard->stream, &page);
        trace_push(kinesis, shard, &page, subscription->consumer_id);
        limits_take_push(kinesis, shard, &subscription->rate, page.bytes, at_ms);
        subscription->from = page.next;
        if (page.is_at_tip && shard_is_open(shard))
            return PUSHED_ALL;
    }
    return PUSHED_PART;
}

static void await_next(Subscription *subscription)
{
    int64_t next_ms = subscription->sent_ms + HEARTBEAT_MS, end_ms = subscription->begun_ms + LIFE_MS;
    Scheduler *scheduler = subscription->kinesis->runtime->scheduler;
    if (subscription->pushes_ms > now_ms(subscription->kinesis)) {
        next_ms = subscription->pushes_ms;
        if (subscription->timer)
            scheduler_cancel(scheduler, subscription->timer);
        subscription->timer = NULL;
    }
    if (!subscription->timer)
        subscription->timer = scheduler_at(scheduler, next_ms < end_ms ? next_ms : end_ms, on_timer, subscription);
}

/* It ends plainly then, as after five minutes: AWS documents no event for it, and Flink's connector takes a
 * ResourceNotFoundException within a subscription for the end of the shard ("Marking this shard as complete",
 * FanOutRecordPublisher), so a savepoint that is made while it deregisters its consumer would lose what follows. Who
 * subscribes again is told by that call. */
static bool has_lost_consumer(const Subscription *subscription)
{
    return subscription->must_check_consumer &&
           consumer_may_read(subscription->kinesis, subscription->consumer_id) == STORE_NOT_FOUND;
}

/* What would end it, apart from the shard's own end. True: it has. */
static bool end_if_over(Subscription *subscription, const Shard *shard)
{
    Kinesis *kinesis = subscription->kinesis;
    if (!shard) {
        end_with(subscription, &KINESIS_RESOURCE_NOT_FOUND, "The stream or the shard no longer exists.");
    } else if (is_superseded(subscription)) {
        end_with(subscription, &KINESIS_RESOURCE_IN_USE, "A newer subscription of the same consumer has taken over.");
    } else if (now_ms(kinesis) - subscription->begun_ms >= LIFE_MS || has_lost_consumer(subscription)) {
        event_stream_end(subscription->stream);
        subscription_free(subscription);
    } else {
        subscription->must_check_consumer = false;
        return false;
    }
    return true;
}

static void look_at(Subscription *subscription)
{
    Kinesis *kinesis = subscription->kinesis;
    Shard *shard = shard_by_id(kinesis, subscription->shard_id);
    if (end_if_over(subscription, shard))
        return;
    switch (push_records(subscription, shard)) {
    case PUSHED_PART:
        make_ready(subscription);
        await_next(subscription);
        break;
    case PUSHED_ALL:
        await_next(subscription);
        break;
    case PUSHED_TO_SHARDS_END:
        send_end(subscription, shard);
        break;
    case PUSHED_AND_GONE:
        break;
    case PUSHED_BROKEN:
        end_with(subscription, &KINESIS_INTERNAL_FAILURE, "The records could not be read.");
        break;
    }
}

void subscriptions_push(Kinesis *kinesis)
{
    if (!kinesis->ready || streams_load(kinesis) != STORE_OK)
        return;
    if (!kinesis->push_arena)
        kinesis->push_arena = arena_new();
    Subscription *list = kinesis->ready;
    kinesis->ready = NULL;
    if (list)
        list->ready_at = &list;
    while (list) {
        Subscription *subscription = list;
        unlist_ready(subscription);
        look_at(subscription);
    }
    arena_reset(kinesis->push_arena);
}

void subscriptions_close(Kinesis *kinesis)
{
    Bytes key;
    void *first;
    size_t at = 0;
    while (at = 0, map_next(kinesis->subscribed, &at, &key, &first))
        subscription_free(first);
}

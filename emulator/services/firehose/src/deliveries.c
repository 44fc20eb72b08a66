/* deliveries.c - what is due is begun; small ones are done with at once, large ones go on by the loop's timer. */
#include "deliveries.h"
#include "pages.h"
#include "saying.h"
#include "sending.h"

#define RETRY_MS     5000
#define KEPT_MS      (24 * MS_PER_HOUR) /* aws: "retries … for up to 24 hours", then the data is lost */
#define TROUBLE_MS   1000
#define LOOK_MS      100                /* of real time */
#define AT_ONCE      (2 * BYTES_PER_MB) /* of one look */
#define STREAMS_A_GO 1000
#define LOST_RECORDS 10000

static const Query due_ids = {"SELECT id FROM firehose_stream WHERE due_ms <= ?1 ORDER BY due_ms, id LIMIT ?2"};
static const Query by_due = {"SELECT id, due_ms FROM firehose_stream WHERE due_ms < ?1 ORDER BY due_ms"};

bool deliveries_has(const Firehose *firehose, int64_t stream_id)
{
    for (const Delivery *delivery = firehose->deliveries; delivery; delivery = delivery->next)
        if (delivery->stream.id == stream_id)
            return true;
    return false;
}

static void on_due(void *context, int64_t now_ms)
{
    Firehose *firehose = context;
    firehose->timer = NULL;
    deliveries_run(firehose, now_ms);
}

void deliveries_await(Firehose *firehose, int64_t due_ms)
{
    if (due_ms != DUE_NEVER)
        firehose->timer = scheduler_earlier(firehose->runtime->scheduler, firehose->timer, due_ms, on_due, firehose);
}

/* Not by the scheduler: where turns cannot be committed, each look may end in another rollback. */
void deliveries_look(Firehose *firehose)
{
    loop_timer_set(firehose->runtime->loop, &firehose->delivery_steps, loop_now_ms(firehose->runtime->loop) + LOOK_MS);
}

void deliveries_close(Firehose *firehose)
{
    if (firehose->timer)
        scheduler_cancel(firehose->runtime->scheduler, firehose->timer);
    firehose->timer = NULL;
    loop_timer_cancel(firehose->runtime->loop, &firehose->delivery_steps);
    for (Delivery *delivery; (delivery = firehose->deliveries);) {
        firehose->deliveries = delivery->next;
        delivery_free(delivery);
    }
}

/* A piece of work in a transaction of its own. */
typedef struct Work {
    Scope scope;
    DeliveryStream stream;
    int reason;
    const Delivery *delivery; /* NULL: it was not begun */
    bool is_lost;             /* some of the buffer is too old to be tried again */
} Work;

static int end_delivery(void *context)
{
    return delivery_end(context);
}

static int remove_deleted(void *context)
{
    Work *work = context;
    return delivery_stream_remove(&work->scope, &work->stream);
}

/* What arrived too long ago is given up. */
static int lose_old(Work *work)
{
    DeliveryStream *stream = &work->stream;
    Firehose *firehose = work->scope.service;
    for (;;) {
        ArenaMark mark = arena_mark(work->scope.arena);
        LogRecord *records;
        size_t count, lost = 0;
        int code = shard_log_read(firehose->log, buffer_log(stream), (uint64_t)stream->position, LOST_RECORDS,
                                  (size_t)BYTES_PER_MB, work->scope.arena, &records, &count);
        if (code != STORE_OK)
            return code;
        for (; lost < count && records[lost].arrival_ms <= work->scope.now_ms - KEPT_MS; lost++) {
            stream->position = (int64_t)records[lost].sequence + 1;
            stream->buffered_bytes -= (int64_t)records[lost].data.len;
            work->is_lost = true;
        }
        if (lost < count)
            stream->since_ms = records[lost].arrival_ms;
        arena_rewind(work->scope.arena, mark);
        if (!count || lost < count)
            break;
    }
    if (stream->position == stream->next || stream->buffered_bytes < 0)
        stream->buffered_bytes = 0;
    return STORE_OK;
}

/* aws: "Monitor Firehose using CloudWatch Logs", the errors of S3. What an endpoint answers is said with its request.
 */
static void say_failure(const Work *work)
{
    Destination destination;
    if (work->reason == S3_NO_BUCKET && destination_read(work->scope.arena, &work->stream, &destination))
        stream_say(
            work->scope.service, &work->stream, &destination, TEXT("S3.NoSuchBucket"),
            TEXT("The specified bucket does not exist. Create the bucket or use a different bucket that does exist."));
}

static int note_failure(void *context)
{
    Work *work = context;
    DeliveryStream *stream = &work->stream;
    int code = delivery_stream_load(&work->scope, stream->id, stream);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    if (!stream->failing_ms) {
        say_failure(work);
        stream->failing_ms = work->scope.now_ms;
    }
    stream->retry_ms = work->scope.now_ms + RETRY_MS;
    if (work->reason == DELIVERY_NOT_TAKEN)
        sending_note(work->delivery->sending, stream);
    if (stream->since_ms <= work->scope.now_ms - KEPT_MS)
        code = lose_old(work);
    return code == STORE_OK ? delivery_stream_write(&work->scope, stream) : code;
}

static const char *reason_text(int code)
{
    return code == S3_NO_BUCKET      ? "the bucket does not exist"
           : code == DELIVERY_NO_S3  ? "there is no S3 here to deliver to"
           : code == DELIVERY_DENIED ? "access was denied; the role's trust and access policies must let Firehose write"
           : code == DELIVERY_NOT_TAKEN ? "its endpoint did not take them"
                                        : NULL;
}

/* delivery: NULL: it was not begun. */
static void fail_delivery(const Scope *scope, const DeliveryStream *stream, const Delivery *delivery, int reason)
{
    Firehose *firehose = scope->service;
    Work work = {.scope = *scope, .stream = *stream, .reason = reason, .delivery = delivery};
    const char *text = reason_text(reason);
    bool is_new = !stream->failing_ms;
    if (runtime_run_alone(firehose->runtime, note_failure, &work) != STORE_OK)
        text = NULL;
    if (is_new || work.is_lost)
        log_format(firehose->runtime->log, LOG_WARN, "firehose: " BYTES_FMT " cannot deliver: %s; %s",
                   BYTES_ARG(stream->name), text ? text : store_error(firehose->store),
                   work.is_lost ? "what is older than a day is lost" : "its records are kept and it is tried again");
}

/* The first that need not wait. */
static Delivery *next_of(const Firehose *firehose)
{
    Delivery *delivery = firehose->deliveries;
    while (delivery && delivery_waits(delivery))
        delivery = delivery->next;
    return delivery;
}

static void go_on(Firehose *firehose)
{
    if (next_of(firehose))
        loop_timer_set(firehose->runtime->loop, &firehose->delivery_steps, loop_now_ms(firehose->runtime->loop) + 1);
}

static int finish(Delivery *delivery, bool is_done)
{
    int code = STORE_OK;
    while (code == STORE_OK && !is_done)
        code = delivery_step(delivery, &is_done);
    return code == STORE_OK ? runtime_run_alone(delivery->firehose->runtime, end_delivery, delivery) : code;
}

/* Objects of one stream, as long as it is due and room is left for this look. */
static void deliver(Scope *scope, DeliveryStream *stream, int64_t *room)
{
    Firehose *firehose = scope->service;
    int64_t id = stream->id;
    while (stream->due_ms <= scope->now_ms && !deliveries_has(firehose, id)) {
        Delivery *delivery;
        int code = delivery_begin(scope, stream, &delivery);
        int64_t wanted = stream->buffered_bytes < stream->size_max ? stream->buffered_bytes : stream->size_max;
        if (code == STORE_OK && (wanted > *room || delivery_may_wait(delivery))) {
            delivery->next = firehose->deliveries;
            firehose->deliveries = delivery;
            return;
        }
        if (code == STORE_OK) {
            *room -= wanted;
            code = finish(delivery, false);
            delivery_free(delivery);
        }
        if (code != STORE_OK) {
            fail_delivery(scope, stream, NULL, code);
            return;
        }
        if (delivery_stream_load(scope, id, stream) != STORE_OK)
            return;
    }
}

static void look_at(Scope *scope, int64_t id, int64_t *room)
{
    Firehose *firehose = scope->service;
    Work work = {0};
    if (deliveries_has(firehose, id) || delivery_stream_load(scope, id, &work.stream) != STORE_OK)
        return;
    work.scope = *scope;
    work.scope.account = work.stream.account;
    work.scope.region = work.stream.region;
    if (!work.stream.is_deleting)
        deliver(&work.scope, &work.stream, room);
    else if (work.stream.passes_ms <= scope->now_ms &&
             runtime_run_alone(firehose->runtime, remove_deleted, &work) != STORE_OK)
        log_format(firehose->runtime->log, LOG_ERROR, "firehose: " BYTES_FMT " could not be deleted: %s",
                   BYTES_ARG(work.stream.name), store_error(firehose->store));
}

/* The first that isn't on its way already; what is due still had trouble. */
static int64_t next_due_ms(const Firehose *firehose, int64_t now_ms)
{
    Statement *rows = statement_begin(firehose->store, &by_due);
    int64_t due_ms = DUE_NEVER;
    bind_int64(rows, 1, DUE_NEVER);
    int code;
    while ((code = statement_step(rows)) == STORE_ROW && due_ms == DUE_NEVER)
        if (!deliveries_has(firehose, column_int64(rows, 0)))
            due_ms = column_int64(rows, 1);
    if (code == STORE_ROW)
        statement_end(rows);
    return due_ms <= now_ms || code < 0 ? now_ms + TROUBLE_MS : due_ms;
}

static int drop_logs(void *context)
{
    bool has_more = true;
    int code = STORE_OK;
    for (int i = 0; code == STORE_OK && has_more && i < 8; i++)
        code = dropped_logs_step(context, &has_more);
    if (code == STORE_OK && has_more)
        deliveries_await(context, clock_now_ms(((Firehose *)context)->runtime->clock) + 1);
    return code;
}

void deliveries_run(Firehose *firehose, int64_t now_ms)
{
    int64_t ids[STREAMS_A_GO], room = AT_ONCE;
    size_t count = 0;
    Scope scope = scope_of_runtime(firehose->runtime, firehose, arena_new());
    scope.now_ms = now_ms;
    Statement *rows = statement_begin(firehose->store, &due_ids);
    bind_int64(rows, 1, now_ms);
    bind_int64(rows, 2, STREAMS_A_GO);
    while (statement_step(rows) == STORE_ROW)
        ids[count++] = column_int64(rows, 0);
    for (size_t i = 0; i < count; i++) {
        look_at(&scope, ids[i], &room);
        arena_reset(scope.arena);
    }
    arena_free(scope.arena);
    if (runtime_run_alone(firehose->runtime, drop_logs, firehose) != STORE_OK)
        log_format(firehose->runtime->log, LOG_ERROR, "firehose: buffers could not be dropped: %s",
                   store_error(firehose->store));
    deliveries_await(firehose, next_due_ms(firehose, now_ms));
    go_on(firehose);
}

static void take_out(Firehose *firehose, const Delivery *delivery)
{
    Delivery **at = &firehose->deliveries;
    while (*at != delivery)
        at = &(*at)->next;
    *at = delivery->next;
}

/* A piece of the one that came last; when it is whole, what else is due. */
void deliveries_go_on(struct LoopTimer *timer)
{
    Firehose *firehose = owner_of(timer, Firehose, delivery_steps);
    Delivery *delivery = next_of(firehose);
    bool is_done = false;
    if (!delivery) {
        deliveries_run(firehose, clock_now_ms(firehose->runtime->clock));
        return;
    }
    int code = delivery_step(delivery, &is_done);
    if (code == STORE_OK && !is_done) {
        go_on(firehose);
        return;
    }
    if (code == STORE_OK)
        code = finish(delivery, true);
    take_out(firehose, delivery);
    if (code != STORE_OK) {
        Scope scope = scope_of_runtime(firehose->runtime, firehose, delivery->piece);
        fail_delivery(&scope, &delivery->stream, delivery, code);
    }
    delivery_free(delivery);
    deliveries_run(firehose, clock_now_ms(firehose->runtime->clock));
    flushes_look(firehose);
}

void deliveries_are_answered(Firehose *firehose)
{
    go_on(firehose);
}

bool deliveries_finish(Firehose *firehose)
{
    while (next_of(firehose))
        deliveries_go_on(&firehose->delivery_steps);
    return !firehose->deliveries;
}

/* turn.c - a turn of the loop: due timers, then every ready request in one transaction, one commit, then the answers.
 */
#include "answer.h"
#include "event.h"
#include "pages.h"
#include "run.h"
#include "wait.h"

static void log_fault(const Exchange *exchange)
{
    const Call *call = &exchange->call;
    log_format(call->runtime->log, LOG_ERROR, "%s:%d: fault %d in %s: %s", call->fault_file, call->fault_line,
               call->fault_code, call->operation ? call->operation->model->name : "?", store_error(call->store));
}

/* A full disk fails turn after turn: once a second is enough. */
static void log_failed_turn(Pipeline *pipeline)
{
    int64_t now_ns = monotonic_ns();
    pipeline->failed_turns++;
    if (pipeline->failed_told_ns && now_ns - pipeline->failed_told_ns < INT64_C(1000000000))
        return;
    log_format(pipeline->runtime->log, LOG_ERROR, "the turn could not be committed: %s (%llu so far)",
               store_error(pipeline->runtime->store), (unsigned long long)pipeline->failed_turns);
    pipeline->failed_told_ns = now_ns;
}

static void fail_to_store(Exchange *exchange, Bytes reason)
{
    exchange->status =
        fail(&exchange->call, &COMMON_INTERNAL_FAILURE,
             "The request could not be stored and was not carried out: " BYTES_FMT ".", BYTES_ARG(reason));
}

/* True: the call failed after its first write, a bug of ours. */
static bool note_outcome(const Exchange *exchange)
{
    const Call *call = &exchange->call;
    if (exchange->status.code_ < 0)
        log_fault(exchange);
    if (!broke_the_rule(exchange))
        return false;
    log_event(call->runtime->log, LOG_ERROR, "an operation failed after its first write; it alone is undone",
              "operation", call->operation->model->name, "error", call->error ? call->error->code : "-", NULL);
    return true;
}

/* A turn whose calls hold this much ends; the rest is the next turn's. */
#define TURN_BYTES ((size_t)16 * 1024 * 1024)
/* So does one that has taken this long. */
#define TURN_NS INT64_C(20000000)

/* So that the loop comes round to others. */
static bool is_long(size_t held, int64_t began_ns)
{
    return held >= TURN_BYTES || monotonic_ns() - began_ns >= TURN_NS;
}

/* Each has the store to itself: what watchers of the last turn's events wrote is committed before. What is due by a
 * clock that one has moved is done before the next call. */
static void run_pages(Pipeline *pipeline)
{
    if (!pipeline->taken.first || !pipeline->taken.first->page)
        return;
    int64_t began_ns = monotonic_ns();
    if (store_commit(pipeline->runtime->store) != STORE_OK)
        log_failed_turn(pipeline);
    while (pipeline->taken.first && pipeline->taken.first->page && !is_long(0, began_ns))
        page_run(queue_take(&pipeline->taken));
}

static Exchange *take_call(Pipeline *pipeline)
{
    const Exchange *first = pipeline->taken.first;
    return first && !first->page ? queue_take(&pipeline->taken) : NULL;
}

/* Up to the next page. True: a call broke the rule that nothing fails after its first write. */
static bool run_taken(Pipeline *pipeline, int64_t now_ms, ExchangeQueue *answers)
{
    size_t held = 0;
    bool is_broken = false;
    if (!pipeline->taken.first)
        return false;
    int64_t began_ns = monotonic_ns();
    for (Exchange *exchange; !is_long(held, began_ns) && (exchange = take_call(pipeline));
         held += arena_used(exchange->call.arena)) {
        exchange->call.now_ms = now_ms;
        exchange->status = run(exchange);
        http_count_arena(exchange->request);
        is_broken |= note_outcome(exchange);
        if (!is_pending(exchange->status))
            queue_push(answers, exchange);
        else if (exchange->has_begun && !exchange->has_run)
            queue_push(&pipeline->begun, exchange);
    }
    return is_broken;
}

/* A call that failed after its first write has left half of its work in the turn. So the turn is undone, and its calls
 * are made again, each in a transaction of its own: the one that failed is undone alone. No call pays for a savepoint
 * where nothing fails. Likewise where the turn could not be committed for a damaged page, which not all of them need.
 * What SubscribeToShard has opened stays open; calls that wait have written nothing. */
static void redo_alone(Pipeline *pipeline, ExchangeQueue *answers)
{
    Store *store = pipeline->runtime->store;
    store_rollback(store);
    for (Exchange *exchange = answers->first; exchange; exchange = exchange->next) {
        if (!can_run_again(exchange))
            continue;
        exchange->status = run_again(exchange);
        if (broke_the_rule(exchange)) {
            store_rollback(store);
        } else if (store_commit(store) != STORE_OK) {
            log_failed_turn(pipeline);
            fail_to_store(exchange, arena_copy(exchange->call.arena, bytes_of(store_error(store))));
        } else {
            runtime_keep_events(pipeline->runtime);
        }
    }
}

static bool is_reader(const Exchange *exchange)
{
    return can_run_again(exchange) && exchange->call.operation->access == READS;
}

/* Readers must not suffer from a full disk, but what they have read may be what was undone: they read again. */
static bool read_again(Pipeline *pipeline, ExchangeQueue *answers)
{
    for (Exchange *exchange = answers->first; exchange; exchange = exchange->next)
        if (is_reader(exchange))
            exchange->status = run_again(exchange);
    return store_commit(pipeline->runtime->store) == STORE_OK;
}

/* What was not committed did not happen: nobody may be told otherwise. */
static void fail_all(Pipeline *pipeline, ExchangeQueue *answers)
{
    Arena *arena = answers->first ? answers->first->call.arena : NULL;
    Bytes reason = arena ? arena_copy(arena, bytes_of(store_error(pipeline->runtime->store))) : TEXT("");
    log_failed_turn(pipeline);
    bool has_read = read_again(pipeline, answers);
    for (Exchange *exchange = answers->first; exchange; exchange = exchange->next)
        if (!(has_read && is_reader(exchange)) && (is_ok(exchange->status) || exchange->status.code_ < 0))
            fail_to_store(exchange, reason);
}

/* In a transaction of their own: what they do stays, whatever becomes of the calls. */
static void run_timers(Pipeline *pipeline)
{
    Store *store = pipeline->runtime->store;
    uint64_t writes_before = store_writes(store);
    scheduler_run(pipeline->runtime->scheduler);
    if (store_writes(store) == writes_before)
        return;
    if (store_commit(store) == STORE_OK)
        runtime_keep_events(pipeline->runtime);
    else
        log_failed_turn(pipeline);
}

void pipeline_turn(Pipeline *pipeline)
{
    ExchangeQueue answers;
    queue_init(&answers);
    run_pages(pipeline);
    run_timers(pipeline);
    bool is_broken = run_taken(pipeline, clock_now_ms(pipeline->runtime->clock), &answers);
    int code = is_broken ? STORE_OK : store_commit(pipeline->runtime->store);
    if (is_broken || code == STORE_DAMAGED)
        redo_alone(pipeline, &answers);
    else if (code != STORE_OK)
        fail_all(pipeline, &answers);
    /* What was finished late has written nothing in this turn: it is neither made again nor failed with it. */
    for (Exchange *exchange; (exchange = queue_take(&pipeline->finished));)
        queue_push(&answers, exchange);
    /* Answers first: a subscription opened in this turn gets its head before the first push reaches it. */
    for (Exchange *exchange; (exchange = queue_take(&answers));) {
        pipeline->requests++;
        answer(exchange);
    }
    for (Exchange *exchange; (exchange = queue_take(&pipeline->begun));)
        exchange_take_body(exchange);
    runtime_tell_events(pipeline->runtime);
}

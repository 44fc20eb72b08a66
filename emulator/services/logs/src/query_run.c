/* query_run.c - the work of queries. The groups of a query are read together, the newest event first; a step reads some
 * events and remembers the place in each group, since nothing may stay open from call to call. */
#include "budget.h"
#include "group_key.h"
#include "query.h"
#include "record_pointer.h"
#include <setjmp.h>
#include <stdlib.h>

#define STEP_WORK      1000000 /* of a call's budget of 4 million */
#define STEP_BYTES     ((size_t)8 * 1024 * 1024)
#define EVENT_WORK_MAX 2000000 /* what is more than that for one event fails */
#define KEPT_BYTES_MAX ((size_t)48 * 1024 * 1024)
#define STACK_MAX      ((size_t)512 * 1024)
#define RUNS_MAX       16 /* in memory; of more the oldest begins again */

typedef struct Place {
    bool has_begun, has_ended;
    EventPlace at;
} Place;

typedef struct QueryRun {
    int64_t number; /* 0: none */
    Arena *arena;
    const InsightsQuery *query;
    InsightsRun *run;
    Place *places; /* a group each */
    uint64_t used; /* when, in steps of all */
} QueryRun;

struct QueryRuns {
    QueryRun items[RUNS_MAX];
    uint64_t steps;
    jmp_buf over;
};

QueryRuns *query_runs_new(void)
{
    QueryRuns *runs = calloc(1, sizeof *runs);
    if (!runs)
        abort();
    return runs;
}

static void forget(QueryRun *run)
{
    if (run->arena) {
        budget_clear(run->arena);
        arena_free(run->arena);
    }
    *run = (QueryRun){0};
}

void query_runs_forget(QueryRuns *runs)
{
    for (size_t i = 0; i < RUNS_MAX; i++)
        forget(&runs->items[i]);
}

QueryRuns *query_runs_free(QueryRuns *runs)
{
    if (runs)
        query_runs_forget(runs);
    free(runs);
    return NULL;
}

__attribute__((noreturn)) static void is_over(void *context, BudgetKind kind)
{
    QueryRuns *runs = context;
    (void)kind;
    longjmp(runs->over, 1);
}

static Budget bounds_of(QueryRuns *runs)
{
    return (Budget){KEPT_BYTES_MAX, EVENT_WORK_MAX, STACK_MAX, is_over, runs};
}

static const Budget *budget_kept(Arena *arena, Budget budget)
{
    Budget *kept = arena_new_of(arena, Budget);
    *kept = budget;
    return kept;
}

/* Its run; where there is none, the one that was used longest ago. */
static QueryRun *run_or_oldest(QueryRuns *runs, const LogQuery *query)
{
    QueryRun *oldest = &runs->items[0];
    for (size_t i = 0; i < RUNS_MAX; i++) {
        if (runs->items[i].number == query->number)
            return &runs->items[i];
        if (runs->items[i].used < oldest->used)
            oldest = &runs->items[i];
    }
    return oldest;
}

static QueryRun *run_of(QueryRuns *runs, const LogQuery *query)
{
    QueryRun *run = run_or_oldest(runs, query);
    if (run->number != query->number)
        forget(run);
    return run;
}

/* False: what was a query once is none any more, after a later version of ours. */
static bool begin(QueryRuns *runs, QueryRun *run, const LogQuery *query, size_t groups, int64_t now_ms)
{
    InsightsFault fault;
    Budget budget = bounds_of(runs);
    run->number = query->number;
    run->arena = arena_new();
    run->query = insights_read(run->arena, query->text, &fault);
    if (!run->query)
        return false;
    run->places = arena_new_array(run->arena, Place, groups);
    InsightsBounds bounds = {now_ms, (size_t)query->limit, budget_kept(run->arena, budget)};
    run->run = insights_begin(run->arena, run->query, &bounds);
    return true;
}

typedef struct Head {
    LogGroup group;
    Events *events;
    LogEvent event;
    bool has_event;
    EventPlace behind; /* where its events begin in this step */
    Place *place;
    Bytes log; /* "<account>:<group>" */
} Head;

static int move_on(Head *head)
{
    int code = events_next(head->events, &head->event);
    head->has_event = code == STORE_ROW;
    if (code == STORE_OK)
        head->place->has_ended = true;
    return code == STORE_ROW ? STORE_OK : code;
}

/* A group that is gone, or whose key may not be used, has no events any more. */
static int open_head(const Scope *scope, const LogQuery *query, Bytes name, Place *place, Head *head)
{
    bool is_usable = false;
    *head = (Head){.place = place};
    if (place->has_ended)
        return STORE_OK;
    int code = log_group_find(scope, name, &head->group);
    if (code == STORE_OK)
        code = log_group_key_ask(scope, &head->group, &is_usable);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !is_usable)) {
        place->has_ended = true;
        return STORE_OK;
    }
    if (code != STORE_OK)
        return code;
    head->log = arena_text(scope->arena, BYTES_FMT ":" BYTES_FMT, BYTES_ARG(scope->account), BYTES_ARG(name));
    head->behind = place->at;
    EventsQuery events = {.group = &head->group,
                          .from_ms = query->from_s * MS_PER_S,
                          .to_ms = (query->to_s + 1) * MS_PER_S,
                          .is_backward = true,
                          .behind = place->has_begun ? &head->behind : NULL};
    head->events = events_open(scope, &events);
    return move_on(head);
}

static Head *newest(Head *heads, size_t count)
{
    Head *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (heads[i].has_event && (!best || heads[i].event.place.time_ms > best->event.place.time_ms))
            best = &heads[i];
    return best;
}

typedef struct Stepping {
    const Scope *scope;
    QueryRuns *runs;
    QueryRun *run;
    Arena *scratch;
    Head heads[QUERY_GROUPS_MAX];
    size_t count;
} Stepping;

static int feed(Stepping *step, Head *head, uint64_t *work, size_t *bytes)
{
    Budget budget = bounds_of(step->runs);
    const LogEvent *event = &head->event;
    budget_set(step->scratch, &budget);
    InsightsEvent told = {.time_ms = event->place.time_ms,
                          .ingestion_ms = event->ingested_ms,
                          .message = event->message,
                          .log_stream = event->stream,
                          .log = head->log,
                          .pointer = record_pointer(step->scratch, &head->group, &event->place)};
    insights_feed(step->run->run, step->scratch, &told);
    *work += budget_spent(step->scratch) + 20;
    *bytes += event->message.len;
    arena_reset(step->scratch);
    head->place->at = event->place;
    head->place->has_begun = true;
    return move_on(head);
}

/* *ret_is_done: nothing is left to be read. */
static int read_some(Stepping *step, bool *ret_is_done)
{
    uint64_t work = 0;
    size_t bytes = 0;
    Head *head;
    int code = STORE_OK;
    while (code == STORE_OK && (head = newest(step->heads, step->count))) {
        if (work > STEP_WORK || bytes > STEP_BYTES)
            return STORE_OK;
        code = feed(step, head, &work, &bytes);
    }
    *ret_is_done = code == STORE_OK;
    return code;
}

static void put(Buffer *out, Bytes text)
{
    buffer_append_be32(out, (uint32_t)text.len);
    buffer_append(out, text);
}

/* Results as they lie in the row: of each how many cells, their names and values with their lengths. */
static void pack(Buffer *out, const InsightsResults *results)
{
    for (size_t i = 0; i < results->count; i++) {
        buffer_append_be32(out, (uint32_t)results->items[i].count);
        for (size_t k = 0; k < results->items[i].count; k++) {
            put(out, results->items[i].cells[k].name);
            put(out, results->items[i].cells[k].value);
        }
    }
}

static void finish(Stepping *step, LogQuery *query)
{
    Buffer *out = arena_buffer(step->scope->arena);
    InsightsResults results = insights_end(step->run->run);
    pack(out, &results);
    query->results = buffer_bytes(out);
    query->matched = (int64_t)results.records_matched;
    query->scanned = (int64_t)results.records_scanned;
    query->bytes = (int64_t)results.bytes_scanned;
}

static int end(const Scope *scope, QueryRun *run, LogQuery *query, const char *status)
{
    query->status = bytes_of(status);
    query->finished_ms = scope->now_ms;
    forget(run);
    return log_query_write(scope, query);
}

int log_query_cancel(const Scope *scope, LogQuery *query)
{
    const Logs *logs = scope->service;
    QueryRun none = {0}, *run = run_or_oldest(logs->query_runs, query);
    return end(scope, run->number == query->number ? run : &none, query, "Cancelled");
}

static int open_heads(Stepping *step, const LogQuery *query)
{
    Bytes rest = query->groups;
    int code = STORE_OK;
    for (step->count = 0; code == STORE_OK && rest.len && step->count < QUERY_GROUPS_MAX; step->count++) {
        Bytes name = bytes_cut(&rest, '\n');
        code = open_head(step->scope, query, name, &step->run->places[step->count], &step->heads[step->count]);
    }
    return code;
}

static void free_arena(void *arena)
{
    budget_clear(arena);
    arena_free(arena);
}

/* 1: what one event takes, or what is kept, is too much. */
static int work(Stepping *step, LogQuery *query, bool *ret_is_done)
{
    if (setjmp(step->runs->over))
        return 1;
    int code = read_some(step, ret_is_done);
    if (code == STORE_OK && *ret_is_done)
        finish(step, query);
    return code;
}

int log_query_step(const Scope *scope, LogQuery *query)
{
    const Logs *logs = scope->service;
    Stepping *step = arena_new_of(scope->arena, Stepping);
    *step = (Stepping){.scope = scope, .runs = logs->query_runs, .scratch = arena_new()};
    bool is_done = false;
    arena_defer(scope->arena, free_arena, step->scratch);
    step->run = run_of(step->runs, query);
    if (scope->now_ms - query->created_ms >= QUERY_TIMEOUT_MS)
        return end(scope, step->run, query, "Timeout");
    if (!step->run->number && !begin(step->runs, step->run, query, QUERY_GROUPS_MAX, query->created_ms))
        return end(scope, step->run, query, "Failed");
    step->run->used = ++step->runs->steps;
    int code = open_heads(step, query);
    if (code == STORE_OK)
        code = work(step, query, &is_done);
    if (code == 1)
        return end(scope, step->run, query, "Failed");
    if (code != STORE_OK)
        return code;
    if (is_done)
        return end(scope, step->run, query, "Complete");
    query->status = TEXT("Running");
    return log_query_write(scope, query);
}

/* query.h - queries of Logs Insights. A query is a row; its run is in memory and goes on, a step each, when somebody
 * asks for it: who waits for a query does its work, within the budget of his call, and nobody else is held up. What a
 * restart interrupts begins again. */
#pragma once
#include "events.h"
#include "insights.h"

#define QUERY_GROUPS_MAX 50               /* aws: StartQuery, logGroupNames */
#define QUERY_KEPT_MS    (7 * MS_PER_DAY) /* aws: "Results of queries are available for 7 days" */
#define QUERY_TIMEOUT_MS                                                                                               \
    (60 * INT64_C(60000)) /* aws: GetQueryResults: "Queries time out after 60 minutes of runtime" */

typedef struct LogQuery {
    int64_t number; /* of its row */
    Bytes id;
    Bytes groups; /* names, each with a line's end behind it */
    Bytes text, status;
    int64_t created_ms, from_s, to_s, limit, finished_ms;
    Bytes results; /* absent: there are none yet */
    int64_t matched, scanned, bytes;
} LogQuery;

extern const Migration logs_query_schema;

MUST_CHECK int log_query_insert(const Scope *scope, LogQuery *query);
/* STORE_NOT_FOUND. */
MUST_CHECK int log_query_find(const Scope *scope, Bytes id, LogQuery *ret_query);
/* What its run changes: status, results, numbers. */
MUST_CHECK int log_query_write(const Scope *scope, const LogQuery *query);
/* The newest first, before that number; all where it is 0. */
Statement *log_queries_before(const Scope *scope, int64_t number);
void log_query_read(Arena *arena, Statement *row, LogQuery *ret_query);
/* Those that are too old, a few. */
MUST_CHECK int log_queries_sweep(const Scope *scope);

bool log_query_is_going_on(const LogQuery *query);
/* A step of its run, which changes it and writes it. */
MUST_CHECK int log_query_step(const Scope *scope, LogQuery *query);
/* What its run has in memory goes. */
MUST_CHECK int log_query_cancel(const Scope *scope, LogQuery *query);

typedef struct QueryRuns QueryRuns;
QueryRuns *query_runs_new(void);
QueryRuns *query_runs_free(QueryRuns *runs); /* NULL is fine */
void query_runs_forget(QueryRuns *runs);     /* each begins again when it is asked for */

/* insights.h - CloudWatch Logs Insights QL: a query read, and run over log events. aws: CloudWatch Logs User Guide,
 * "CloudWatch Logs Insights language query syntax". Knows no service and no store. */
#pragma once
#include "budget.h"

typedef struct InsightsQuery InsightsQuery;

/* Why a text is no query. What isn't understood is refused, never passed over. */
typedef struct InsightsFault {
    size_t start, end; /* bytes of the text */
    Bytes message;
} InsightsFault;

/* NULL with the fault. Everything is of the arena; the text is copied. */
const InsightsQuery *insights_read(Arena *arena, Bytes text, InsightsFault *ret_fault);

typedef struct InsightsEvent {
    int64_t time_ms, ingestion_ms;
    Bytes message, log_stream, log; /* log: "<account>:<group>" */
    Bytes pointer;                  /* @ptr */
} InsightsEvent;

typedef struct InsightsCell {
    Bytes name, value;
} InsightsCell;

typedef struct InsightsResult {
    InsightsCell *cells;
    size_t count;
} InsightsResult;

typedef struct InsightsResults {
    InsightsResult *items;
    size_t count;
    uint64_t records_matched, records_scanned, bytes_scanned;
} InsightsResults;

typedef struct InsightsRun InsightsRun;

#define INSIGHTS_RESULTS_MAX 10000

typedef struct InsightsBounds {
    int64_t now_ms;       /* what now() tells */
    size_t limit;         /* of StartQuery; 0: none was given */
    const Budget *budget; /* of what is kept meanwhile; NULL: no bound */
} InsightsBounds;

/* One run, to be fed from the newest event to the oldest. Of the arena; query must stay. */
InsightsRun *insights_begin(Arena *arena, const InsightsQuery *query, const InsightsBounds *bounds);
/* scratch: for the one event; nothing of it stays taken, nor is anything of the event kept but copies. */
void insights_feed(InsightsRun *run, Arena *scratch, const InsightsEvent *event);
/* Of the run's arena. */
InsightsResults insights_end(InsightsRun *run);

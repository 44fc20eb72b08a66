/* context.h - a row of a query, and what an expression is worked out in. */
#pragma once
#include "query.h"

/* What the commands pass on: an event, or a result of stats. */
struct Row {
    Cell *cells; /* by symbol */
    bool *known;
    int64_t time_ms; /* of the event; of a result of stats 0 */
    Bytes pointer;
};

struct Context {
    Arena *arena; /* for what a row needs; on its own budget */
    const InsightsQuery *query;
    const InsightsEvent *event; /* NULL: a row of stats, or one that was kept */
    Row *row;
    const Cell *aggregates; /* of the group; NULL: rows are looked at */
    const Tree *json;       /* of the message */
    bool is_json_read;
    int64_t now_ms;
};

Cell context_evaluate(Context *context, const Node *node);
/* Its i-th argument; absent where there is none. */
Cell context_argument(Context *context, const Node *node, int i);
bool context_holds(Context *context, const Node *node);
/* row.c: what the event has under the symbol's name. */
Cell context_field(Context *context, size_t symbol);
/* time.c: the beginning of the period that the time lies in; of the next where is_up and it isn't one itself. */
double period_floor(const Period *period, double ms, bool is_up);

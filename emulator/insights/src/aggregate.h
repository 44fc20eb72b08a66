/* aggregate.h - the functions of stats: told value after value, asked once. */
#pragma once
#include "context.h"
#include "map.h"

typedef struct Aggregate {
    uint64_t count;
    double sum, mean, squares; /* of the distances from the mean: Welford */
    Cell best;
    int64_t best_ms;
    bool has_best;
    double *numbers;
    size_t numbers_capacity;
    Map *distinct;
} Aggregate;

/* arena: where it keeps what it keeps. */
void aggregate_take(Arena *arena, Aggregate *aggregate, Context *context, const Node *node);
Cell aggregate_result(Arena *arena, Aggregate *aggregate, const Node *node);

/* kept.h - rows that a command must have all of before it gives the first. */
#pragma once
#include "row.h"

typedef struct Kept {
    Arena *arena; /* of the rows: made anew when most of them have turned out to be too many */
    Arena *leaving;
    const InsightsQuery *query;
    const Budget *budget;
    const Command *sort;
    const bool *symbols; /* which are asked for later on */
    Row **rows;
    size_t count, capacity, most;
    bool is_cut; /* once: what is behind the last needs not be kept */
} Kept;

/* Of `owner`, with which it goes. most: as many are asked for. */
Kept *kept_new(Arena *owner, const InsightsQuery *query, const Budget *budget);
void kept_add(Kept *kept, Context *context);
/* In their order, at most as many as are asked for. */
void kept_sort(Kept *kept);

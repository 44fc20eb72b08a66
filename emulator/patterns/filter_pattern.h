/* filter_pattern.h - the filter patterns of CloudWatch Logs: of metric filters, subscription filters, FilterLogEvents
 * and live tail. aws: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters,
 * filter log events, and Live Tail". Knows no service and no store. */
#pragma once
#include "json_tree.h"

#define FILTER_PATTERN_MAX_BYTES 4096 /* 1,024 characters */

typedef struct FilterPattern FilterPattern;

typedef enum FilterPatternFault {
    FILTER_PATTERN_FINE,
    FILTER_PATTERN_BAD_SYNTAX,
    FILTER_PATTERN_BAD_TERM, /* detail: a term that would have to stand in quotes */
    FILTER_PATTERN_BAD_REGEX,
    FILTER_PATTERN_MANY_REGEXES, /* aws: "a limit of 2 regex for each filter pattern" */
} FilterPatternFault;

/* NULL with the fault. Everything is of the arena; the text is copied. An empty pattern lets all events through. */
const FilterPattern *filter_pattern_read(Arena *arena, Bytes text, FilterPatternFault *ret_fault, Bytes *ret_detail);
size_t filter_pattern_regexes(const FilterPattern *pattern);

typedef struct FilterField {
    Bytes name, value;
} FilterField;

typedef struct FilterFields {
    FilterField *items;
    size_t len;
} FilterFields;

/* One event as patterns look at it: read once, however many patterns ask. */
typedef struct FilterSubject {
    Arena *arena;
    Bytes message;
    bool is_json_read, are_columns_read;
    const Tree *json; /* NULL: it is none */
    Bytes *columns;
    size_t columns_count;
} FilterSubject;

FilterSubject filter_subject(Arena *arena, Bytes message);
bool filter_pattern_matches(const FilterPattern *pattern, FilterSubject *subject);

/* Of a subject that matches. "$.latency" of a JSON pattern; "$bytes" or "$3" of columns; absent where it has none. */
Bytes filter_pattern_value(const FilterPattern *pattern, FilterSubject *subject, Bytes selector);
/* Can there be such a value? Of what it is one of its selectors' form. */
bool filter_pattern_has_form(const FilterPattern *pattern, Bytes selector);
/* All that TestMetricFilter shows: the columns, or what the selectors of the pattern have. */
FilterFields filter_pattern_fields(const FilterPattern *pattern, FilterSubject *subject);

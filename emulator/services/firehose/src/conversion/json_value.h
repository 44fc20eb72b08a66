/* json_value.h - a JSON value into a column that holds no others. */
#pragma once
#include "json_row.h"

typedef struct RowMaker {
    Arena *arena;
    const RowRules *rules;
    ParquetWriter *writer;
    int64_t left; /* values that may still be made of the record */
    RowFault *fault;
} RowMaker;

/* MalformedData; the first fault of a record is told. Returns false. */
bool row_fail(RowMaker *maker, const char *message);
/* value: not null. */
MUST_CHECK bool put_scalar(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated);

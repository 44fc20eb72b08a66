/* row.h - rows of a query. */
#pragma once
#include "context.h"

Row *row_new(Arena *arena, const InsightsQuery *query);
/* JSON as its text. */
Cell cell_copy(Arena *arena, const Cell *cell);
/* lambda.c: what is found in the lines of a Lambda function; absent for all others. */
Cell lambda_field(const InsightsEvent *event, Bytes name);

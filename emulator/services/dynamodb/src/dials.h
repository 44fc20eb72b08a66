/* dials.h - how often, and when, what is provisioned of a table or index was dialled up and down: told by
 * DescribeTable, and limited where limits of rate are asked for.
 *
 * aws: Developer Guide, Quotas, "Decreasing provisioned throughput": "up to four times" a day of UTC, and beyond that
 * once "if there was no decrease in the past hour". */
#pragma once
#include "table.h"

MUST_CHECK int dials_load(Store *store, int64_t tree, Dials *ret_dials);
int64_t dials_decreases_today(const Dials *dials, int64_t now_ms);
/* LimitExceededException. after: the table as it is to be, its indexes in the order they have in `before`. */
MUST_CHECK Status dials_check(Call *call, const Table *before, const Table *after);
/* Writes it down, and keeps it in `after`. */
MUST_CHECK int dials_note(const Scope *scope, const Table *before, Table *after);
MUST_CHECK int dials_write(Store *store, int64_t tree, const Dials *dials);
MUST_CHECK int dials_forget(Store *store, int64_t tree);

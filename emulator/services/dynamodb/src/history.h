/* history.h - what items were before they changed: for copies of a table that are being made, and for point-in-time
 * recovery.
 *
 * A copy under way (job.h) is of the table as it was when the copy began: whoever changes an item first puts what it
 * was into the copy's tree, unless something is there already; the copy itself, going through the table in steps, does
 * the same. An item that was not there yet is kept as nothing at all: readers of the tree pass it by.
 *
 * The change log has what each change replaced, numbered by the time of the change. Going through it backwards leads to
 * any moment since its beginning. It is bounded in bytes (--recovery-log-mib): what falls out of it moves the earliest
 * restorable time. */
#pragma once
#include "items.h"

/* Of a log's positions: as many changes as one millisecond may have, before they count as the next one's. */
#define HISTORY_TIME_BITS 20
static inline int64_t history_at(int64_t ms)
{
    return ms << HISTORY_TIME_BITS;
}

/* Before each row that JOB_COLLECT keeps: the position of the item's last change. */
#define COLLECTED_HEAD 8

static inline bool history_is_followed(const Table *table)
{
    return table->history.copies_count || table->recovery_since_ms;
}
/* table->history and table->origin. */
MUST_CHECK int history_load(Store *store, Table *table);
/* Before the change is written. Takes nothing from the arena. */
MUST_CHECK int history_follow(const Scope *scope, const Change *change);
/* What is kept in memory: before each commit. */
MUST_CHECK int history_write(Store *store, Table *table);
/* Point-in-time recovery begins anew, or ends: the log's size is nothing again, and what it held goes, in steps. */
MUST_CHECK int history_forget(const Scope *scope, int64_t table_id);

/* The table is one that was restored: kept for good. */
MUST_CHECK int origin_insert(const Scope *scope, int64_t table_id, const Origin *origin);
MUST_CHECK int origin_is_copied(Store *store, int64_t table_id);
MUST_CHECK int origin_forget(Store *store, int64_t table_id);

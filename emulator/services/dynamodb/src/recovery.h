/* recovery.h - between which times a table can be restored. */
#pragma once
#include "table.h"

typedef struct RecoveryWindow {
    int64_t earliest_ms, latest_ms;
} RecoveryWindow;

/* Of a table with point-in-time recovery. */
RecoveryWindow recovery_window(const Table *table, int64_t now_ms);

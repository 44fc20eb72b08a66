/* logs.h - CloudWatch Logs: groups, streams and their events. For other services: writing lines of their own. */
#pragma once
#include "call.h"

typedef struct Logs Logs;

extern const Service logs_service;

typedef struct LogsLine {
    int64_t time_ms;
    Bytes message;
} LogsLine;

typedef struct LogsPlace {
    Bytes group, stream;
    bool is_made; /* where it isn't there; else nothing is */
} LogsPlace;

/* As PutLogEvents takes them, in this turn's transaction; in the order of their times. scope: of the Logs that has
 * them. LOGS_NO_PLACE: there is no such group or stream, or its key may not be used; codes of the store below 0 are
 * passed up. */
enum { LOGS_DONE = 0, LOGS_NO_PLACE = 16 };
MUST_CHECK int logs_write(const Scope *scope, LogsPlace place, const LogsLine *lines, size_t count);

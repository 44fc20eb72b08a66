/* stream.h - log streams: their rows and names. */
#pragma once
#include "group.h"

#define NO_EVENT_MS (-1) /* of a stream without events */

typedef struct LogStream {
    int64_t id, group_id;
    Bytes name;
    int64_t created_ms;
    int64_t first_ms, last_ms, last_ingestion_ms; /* NO_EVENT_MS: none yet */
    int64_t chunks;                               /* made so far: the newest one's number */
    int64_t span_ms;                              /* none of them reaches over more */
} LogStream;

/* STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int log_stream_find(const Scope *scope, int64_t group_id, Bytes name, LogStream *ret_stream);
MUST_CHECK int log_stream_load(const Scope *scope, int64_t id, LogStream *ret_stream);
/* ResourceNotFoundException. */
MUST_CHECK Status log_stream_for(Call *call, const LogGroup *group, Bytes name, LogStream *ret_stream);
/* One without events. */
LogStream log_stream_new(const LogGroup *group, Bytes name, int64_t now_ms);
/* Sets its id. */
MUST_CHECK int log_stream_insert(const Scope *scope, LogStream *stream);
/* What its events change. */
MUST_CHECK int log_stream_write(const Scope *scope, const LogStream *stream);
/* What it stores goes in steps. */
MUST_CHECK int log_stream_remove(const Scope *scope, const LogStream *stream);

typedef enum StreamOrder { BY_NAME, BY_NAME_DESCENDING, BY_LAST_EVENT, BY_LAST_EVENT_DESCENDING } StreamOrder;
typedef struct StreamsQuery {
    int64_t group_id;
    StreamOrder order;
    Bytes after_name; /* absent: from the first */
    Bytes prefix;     /* by name, ascending: those before it are passed over */
    int64_t after_ms; /* by last event */
} StreamsQuery;
Statement *log_streams_after(const Scope *scope, const StreamsQuery *query);
void log_stream_read(Arena *arena, Statement *row, LogStream *ret_stream);

Bytes log_stream_arn(Arena *arena, const LogGroup *group, Bytes stream_name);
/* Which PutLogEvents takes and doesn't look at: 56 digits. */
Bytes upload_sequence_token(Arena *arena, const LogStream *stream);

/* open_chunk.c */
#include "open_chunk.h"
#include "budget.h"
#include <stdlib.h>

static const Query load = {"SELECT stream_id, count, is_sealed, events FROM logs_chunk WHERE id = ?1"};

static int read_bytes(const Scope *scope, Statement *row, OpenChunk *chunk)
{
    const Logs *logs = scope->service;
    Bytes events = column_bytes(row, 3);
    ArenaMark mark = arena_mark(scope->arena);
    if (column_int64(row, 2) && !unseal(logs->secret, scope->arena, column_int64(row, 0), &events))
        return STORE_BROKEN;
    buffer_append(&chunk->bytes, events);
    arena_rewind(scope->arena, mark);
    return STORE_OK;
}

static int find_marks(OpenChunk *chunk)
{
    Bytes all = buffer_bytes(&chunk->bytes), rest = all;
    ChunkEvent event = {0};
    uint32_t at = 0;
    chunk->marks = calloc(chunk->count + 1, sizeof *chunk->marks);
    if (!chunk->marks)
        abort();
    while (at < chunk->count && event_chunk_next(&rest, &event)) {
        chunk->marks[at++] = (ChunkMark){event.time_ms, event.ingested_ms, (uint32_t)(event.message.ptr - all.ptr),
                                         (uint32_t)event.message.len};
    }
    return at == chunk->count && !rest.len ? STORE_OK : STORE_BROKEN;
}

int event_chunk_open(const Scope *scope, int64_t id, OpenChunk *ret_chunk)
{
    OpenChunk chunk = {0};
    Statement *row = statement_begin(scope->store, &load);
    bind_int64(row, 1, id);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    chunk.count = (uint32_t)column_int64(row, 1);
    code = read_bytes(scope, row, &chunk);
    statement_end(row);
    if (code == STORE_OK)
        code = find_marks(&chunk);
    if (code == STORE_OK)
        *ret_chunk = chunk;
    else
        event_chunk_close(&chunk);
    return code;
}

void event_chunk_close(OpenChunk *chunk)
{
    buffer_done(&chunk->bytes);
    free(chunk->marks);
    *chunk = (OpenChunk){0};
}

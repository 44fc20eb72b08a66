/* shard_log.c - chunks as rows of one table, clustered by log and first sequence in one 64-bit row id: one descent of
 * the tree finds any record. A turn's appends wait in memory, one buffer a log, and become a row before the commit. */
#include "shard_log.h"
#include "chunk.h"
#include "map.h"
#include "store_internal.h"
#include <stdlib.h>

#define PENDING_KEPT    128 /* with up to 64 KiB each, used again turn after turn */
#define SEQUENCE_BITS   40  /* a thousand records a second for 34 years, per log; 2^23 logs */
#define SEQUENCE_MAX    ((UINT64_C(1) << SEQUENCE_BITS) - 1)
#define CHUNK_BYTES_MAX (512 * 1024) /* a larger one is written at once: reads and memory stay bounded */

typedef struct Pending {
    int64_t log;
    Buffer chunk;
    ChunkCursor tail;
    uint64_t first_sequence;
    int64_t count;
    bool is_listed; /* in `dirty` */
} Pending;

struct ShardLog {
    Store *store;
    Map *pending; /* 8 bytes of log id → Pending; kept from turn to turn */
    Pending **dirty;
    size_t dirty_count, dirty_capacity;
};

static const Migration migration = {
    "shard_log",
    (const char *const[]){
        "CREATE TABLE shard_log (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, last_sequence INTEGER NOT NULL,"
        " last_arrival_ms INTEGER NOT NULL, records BLOB NOT NULL)",
        NULL,
    },
};

static const Query insert_chunk = {
    "INSERT INTO shard_log (id, count, last_sequence, last_arrival_ms, records) VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query read_chunks = {
    "SELECT last_sequence, records FROM shard_log WHERE id BETWEEN"
    " coalesce((SELECT max(id) FROM shard_log WHERE id BETWEEN ?1 AND ?2), ?1) AND ?3 ORDER BY id"};
static const Query first_chunk_from = {
    "SELECT id, last_arrival_ms, records FROM shard_log WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1"};
static const Query last_chunk = {
    "SELECT last_sequence, last_arrival_ms FROM shard_log WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1"};
static const Query trim_chunks = {
    "DELETE FROM shard_log WHERE id IN (SELECT id FROM shard_log WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3)"
    " AND last_arrival_ms < ?4"};
static const Query drop_chunks = {
    "DELETE FROM shard_log WHERE id IN (SELECT id FROM shard_log WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3)"};

static int64_t row_id(int64_t log, uint64_t sequence)
{
    return (int64_t)((uint64_t)log << SEQUENCE_BITS | sequence);
}

static void pending_clear(Pending *pending)
{
    pending->chunk.len = 0;
    pending->count = 0;
    pending->tail = (ChunkCursor){0};
}

static int write_chunk(ShardLog *log, Pending *pending)
{
    if (!pending->count)
        return STORE_OK;
    Statement *insert = store_begin(log->store, &insert_chunk);
    bind_int64(insert, 1, row_id(pending->log, pending->first_sequence));
    bind_int64(insert, 2, pending->count);
    bind_int64(insert, 3, (int64_t)pending->tail.sequence);
    bind_int64(insert, 4, pending->tail.arrival_ms);
    bind_bytes(insert, 5, buffer_bytes(&pending->chunk));
    int code = store_run(insert);
    pending_clear(pending);
    if (pending->chunk.capacity > 64 * 1024)
        buffer_done(&pending->chunk);
    return code;
}

static void pending_free(Pending *pending)
{
    buffer_done(&pending->chunk);
    free(pending);
}

static void free_all_pending(ShardLog *log)
{
    Bytes key;
    void *pending;
    for (size_t at = 0; map_next(log->pending, &at, &key, &pending);)
        pending_free(pending);
    map_free(log->pending);
    log->pending = NULL;
}

static int write_all(void *context)
{
    ShardLog *log = context;
    int code = STORE_OK;
    for (size_t i = 0; i < log->dirty_count; i++) {
        Pending *pending = log->dirty[i];
        pending->is_listed = false;
        if (code == STORE_OK)
            code = write_chunk(log, pending);
    }
    log->dirty_count = 0;
    /* Logs that are written no more would keep theirs for good. */
    if (map_count(log->pending) > PENDING_KEPT) {
        free_all_pending(log);
        log->pending = map_new();
    }
    return code;
}

static void forget_all(void *context)
{
    ShardLog *log = context;
    for (size_t i = 0; i < log->dirty_count; i++) {
        log->dirty[i]->is_listed = false;
        pending_clear(log->dirty[i]);
    }
    log->dirty_count = 0;
}

int shard_log_open(Store *store, ShardLog **ret_log)
{
    int code = store_migrate(store, &migration);
    if (code != STORE_OK)
        return code;
    ShardLog *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    log->store = store;
    log->pending = map_new();
    store_before_commit(store, write_all, log);
    store_on_rollback(store, forget_all, log);
    *ret_log = log;
    return STORE_OK;
}

ShardLog *shard_log_close(ShardLog *log)
{
    if (!log)
        return NULL;
    free_all_pending(log);
    free(log->dirty);
    free(log);
    return NULL;
}

static Pending *find_pending(const ShardLog *log, int64_t id)
{
    return map_get(log->pending, (Bytes){(const char *)&id, sizeof id});
}

static Pending *pending_of(ShardLog *log, int64_t id)
{
    Pending *pending = find_pending(log, id);
    if (pending)
        return pending;
    pending = calloc(1, sizeof *pending);
    if (!pending)
        abort();
    pending->log = id;
    map_put(log->pending, (Bytes){(const char *)&id, sizeof id}, pending);
    return pending;
}

static void list_as_dirty(ShardLog *log, Pending *pending)
{
    if (pending->is_listed)
        return;
    if (log->dirty_count == log->dirty_capacity) {
        log->dirty_capacity = log->dirty_capacity ? log->dirty_capacity * 2 : 16;
        log->dirty = realloc(log->dirty, log->dirty_capacity * sizeof(Pending *));
        if (!log->dirty)
            abort();
    }
    log->dirty[log->dirty_count++] = pending;
    pending->is_listed = true;
}

int shard_log_append(ShardLog *log, int64_t id, const LogRecord *record)
{
    Pending *pending = pending_of(log, id);
    if (!record->sequence || record->sequence > SEQUENCE_MAX ||
        (pending->count && record->sequence <= pending->tail.sequence))
        return STORE_BROKEN;
    if (!pending->count)
        pending->first_sequence = record->sequence;
    chunk_append(&pending->chunk, &pending->tail, record);
    pending->count++;
    log->store->buffered_writes++;
    list_as_dirty(log, pending);
    return pending->chunk.len >= CHUNK_BYTES_MAX ? write_chunk(log, pending) : STORE_OK;
}

/* Readers of the same turn find its appends in the table. */
static int settle(ShardLog *log, int64_t id)
{
    Pending *pending = find_pending(log, id);
    return pending ? write_chunk(log, pending) : STORE_OK;
}

typedef struct Page {
    uint64_t from;
    size_t limit, bytes_max, bytes;
    Arena *arena;
    LogRecord *records;
    size_t count, capacity;
} Page;

static void page_add(Page *page, const LogRecord *record)
{
    if (page->count == page->capacity) {
        size_t capacity = page->capacity ? page->capacity * 2 : 64;
        LogRecord *records = (LogRecord *)arena_take_array(page->arena, capacity, sizeof *records);
        if (page->count)
            memcpy(records, page->records, page->count * sizeof *records);
        page->records = records;
        page->capacity = capacity;
    }
    /* The three lie one behind the other in the chunk: one copy for all. */
    LogRecord *kept = &page->records[page->count++];
    size_t len = record->partition_key.len + record->explicit_hash_key.len + record->data.len;
    const char *copy = arena_copy(page->arena, (Bytes){record->partition_key.ptr, len}).ptr;
    *kept = *record;
    kept->partition_key.ptr = copy;
    if (present(record->explicit_hash_key))
        kept->explicit_hash_key.ptr = copy + record->partition_key.len;
    kept->data.ptr = copy + len - record->data.len;
}

/* False: the page is full. */
static bool page_take(Page *page, Bytes chunk)
{
    ChunkCursor cursor = {.rest = chunk};
    LogRecord record;
    while (chunk_next(&cursor, &record)) {
        size_t size = record.partition_key.len + record.data.len;
        if (record.sequence < page->from)
            continue;
        if (page->count == page->limit || (page->count && page->bytes + size > page->bytes_max))
            return false;
        page->bytes += size;
        page_add(page, &record);
    }
    return true;
}

int shard_log_read(ShardLog *log, int64_t id, uint64_t from, size_t limit, size_t bytes_max, Arena *arena,
                   LogRecord **ret_records, size_t *ret_count)
{
    Page page = {.from = from, .limit = limit, .bytes_max = bytes_max, .arena = arena};
    int code = settle(log, id);
    if (code != STORE_OK)
        return code;
    Statement *read = store_begin(log->store, &read_chunks);
    bind_int64(read, 1, row_id(id, 0));
    bind_int64(read, 2, row_id(id, from < SEQUENCE_MAX ? from : SEQUENCE_MAX));
    bind_int64(read, 3, row_id(id, SEQUENCE_MAX));
    while (page.count < limit && (code = store_step(read)) == STORE_ROW) {
        if ((uint64_t)column_int64(read, 0) < from)
            continue;
        if (!page_take(&page, column_bytes(read, 1)))
            break;
    }
    if (code == STORE_ROW)
        store_end(read);
    *ret_records = page.records;
    *ret_count = page.count;
    return code < 0 ? code : STORE_OK;
}

/* The first chunk with a row id in [low, high]: STORE_ROW (end it) or STORE_NOT_FOUND. */
static int chunk_from(ShardLog *log, int64_t low, int64_t high, Statement **ret_statement)
{
    Statement *find = *ret_statement = store_begin(log->store, &first_chunk_from);
    bind_int64(find, 1, low);
    bind_int64(find, 2, high);
    return store_one(find);
}

static uint64_t first_at_or_after(Bytes chunk, int64_t arrival_ms)
{
    ChunkCursor cursor = {.rest = chunk};
    LogRecord record = {0};
    while (chunk_next(&cursor, &record) && record.arrival_ms < arrival_ms)
        ;
    return record.sequence;
}

/* Arrivals never fall within a log (its appender sees to that), so the first chunk that ends late enough is found by
 * halving the range of row ids. */
int shard_log_find_time(ShardLog *log, int64_t id, int64_t arrival_ms, uint64_t *ret_sequence)
{
    Statement *at;
    int code = settle(log, id);
    if (code != STORE_OK)
        return code;
    LogSpan span;
    code = shard_log_span(log, id, &span);
    if (code != STORE_OK)
        return code;
    if (span.last_arrival_ms < arrival_ms)
        return STORE_NOT_FOUND;
    int64_t low = row_id(id, span.first), high = row_id(id, span.last);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        code = chunk_from(log, middle, row_id(id, SEQUENCE_MAX), &at);
        if (code < 0)
            return code;
        bool late_enough = code != STORE_ROW || column_int64(at, 1) >= arrival_ms;
        if (code == STORE_ROW)
            store_end(at);
        if (late_enough)
            high = middle;
        else
            low = middle + 1;
    }
    /* low is now the least id from which the next chunk is late enough; that chunk may start before it only if it is
     * the first. */
    code = chunk_from(log, low, row_id(id, SEQUENCE_MAX), &at);
    if (code != STORE_ROW)
        return code;
    *ret_sequence = first_at_or_after(column_bytes(at, 2), arrival_ms);
    store_end(at);
    return STORE_OK;
}

int shard_log_span(ShardLog *log, int64_t id, LogSpan *ret_span)
{
    Statement *first;
    int code = settle(log, id);
    if (code != STORE_OK)
        return code;
    code = chunk_from(log, row_id(id, 0), row_id(id, SEQUENCE_MAX), &first);
    if (code != STORE_ROW)
        return code;
    LogSpan span = {.first = (uint64_t)column_int64(first, 0) & SEQUENCE_MAX};
    store_end(first);
    Statement *last = store_begin(log->store, &last_chunk);
    bind_int64(last, 1, row_id(id, 0));
    bind_int64(last, 2, row_id(id, SEQUENCE_MAX));
    code = store_one(last);
    if (code != STORE_ROW)
        return code;
    span.last = (uint64_t)column_int64(last, 0);
    span.last_arrival_ms = column_int64(last, 1);
    store_end(last);
    *ret_span = span;
    return STORE_OK;
}

int shard_log_trim(ShardLog *log, int64_t id, int64_t before_ms, int chunks_max, bool *ret_more)
{
    Statement *trim = store_begin(log->store, &trim_chunks);
    bind_int64(trim, 1, row_id(id, 0));
    bind_int64(trim, 2, row_id(id, SEQUENCE_MAX));
    bind_int64(trim, 3, chunks_max);
    bind_int64(trim, 4, before_ms);
    int code = store_run(trim);
    *ret_more = code == STORE_OK && store_changes(log->store) == chunks_max;
    return code;
}

int shard_log_drop(ShardLog *log, int64_t id, int chunks_max, bool *ret_more)
{
    Pending *pending = find_pending(log, id);
    if (pending)
        pending_clear(pending);
    Statement *drop = store_begin(log->store, &drop_chunks);
    bind_int64(drop, 1, row_id(id, 0));
    bind_int64(drop, 2, row_id(id, SEQUENCE_MAX));
    bind_int64(drop, 3, chunks_max);
    int code = store_run(drop);
    *ret_more = code == STORE_OK && store_changes(log->store) == chunks_max;
    return code;
}

/* shard_log.c - chunks as rows of one table, clustered by log and first sequence in one 64-bit row id: one descent of
 * the tree finds any record. Appends wait in memory, one chunk a log, and in the tail of all logs on disk, until there
 * is enough for rows; readers see both. */
#include "shard_log.h"
#include "chunk.h"
#include "map.h"
#include "store_internal.h"
#include "tail.h"
#include <stdlib.h>

#define PENDING_KEPT    64                /* used again and again */
#define PENDING_BYTES   (8 * 1024 * 1024) /* of all of them, kept for the next turn instead of being grown anew */
#define SEQUENCE_BITS   40                /* a thousand records a second for 34 years, per log; 2^23 logs */
#define SEQUENCE_MAX    ((UINT64_C(1) << SEQUENCE_BITS) - 1)
#define CHUNK_BYTES_MAX (512 * 1024)     /* a larger one is written at once: reads and memory stay bounded */
#define CHUNK_MS_MAX    60000            /* whole chunks are trimmed: the first record doesn't wait long for the last */
#define TURN_BYTES_MAX  (TAIL_BYTES / 4) /* more become rows at once, instead of being written twice */

/* What the table does not have yet of one log. */
typedef struct Pending {
    int64_t log;
    Buffer chunk;
    ChunkCursor end;
    uint64_t first_sequence;
    int64_t first_arrival_ms, count;
    size_t in_tail; /* of the chunk */
    bool is_listed; /* in `dirty` */
} Pending;

struct ShardLog {
    Store *store;
    int users; /* shard_log_open without its shard_log_close */
    Tail *tail;
    bool is_loaded;    /* `pending` holds what the tail has */
    Map *pending;      /* 8 bytes of log id → Pending; kept from turn to turn */
    Pending **dirty;   /* those with bytes that the tail has not */
    Map *damaged;      /* ids of logs that cannot be written into the table */
    uint64_t restores; /* of the store, when `damaged` was true */
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

static void pending_clear(Pending *pending, size_t kept_bytes)
{
    pending->chunk.len = pending->in_tail = 0;
    pending->count = 0;
    pending->end = (ChunkCursor){0};
    pending->is_listed = false;
    if (pending->chunk.capacity > kept_bytes)
        buffer_done(&pending->chunk);
}

static int write_chunk(ShardLog *log, const Pending *pending)
{
    if (!pending->count)
        return STORE_OK;
    Statement *insert = statement_begin(log->store, &insert_chunk);
    bind_int64(insert, 1, row_id(pending->log, pending->first_sequence));
    bind_int64(insert, 2, pending->count);
    bind_int64(insert, 3, (int64_t)pending->end.sequence);
    bind_int64(insert, 4, pending->end.arrival_ms);
    bind_bytes(insert, 5, buffer_bytes(&pending->chunk));
    return statement_run(insert);
}

static void free_all_pending(ShardLog *log)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(log->pending, &at, &key, &value);) {
        Pending *pending = value;
        buffer_done(&pending->chunk);
        free(pending);
    }
    map_free(log->pending);
    log->pending = NULL;
}

/* What its tail holds stays there, and nothing is added: the other logs go on. */
static bool is_damaged(ShardLog *log, int64_t id)
{
    if (log->restores != log->store->restores) {
        map_free(log->damaged);
        log->damaged = map_new();
        log->restores = log->store->restores;
    }
    return map_get(log->damaged, (Bytes){(const char *)&id, sizeof id}) != NULL;
}

static void clear_all_pending(ShardLog *log)
{
    Bytes key;
    void *pending;
    log->dirty_count = 0;
    for (size_t at = 0; map_next(log->pending, &at, &key, &pending);)
        pending_clear(pending, PENDING_BYTES / map_count(log->pending));
    /* Logs that are written no more would keep theirs for good. */
    if (map_count(log->pending) > PENDING_KEPT) {
        free_all_pending(log);
        log->pending = map_new();
    }
}

static int fold_damaged(ShardLog *log);

/* All that is pending goes into the table; the tail is empty then. */
static int fold(ShardLog *log)
{
    Bytes key;
    void *pending;
    int code = STORE_OK;
    for (size_t at = 0; code == STORE_OK && map_next(log->pending, &at, &key, &pending);) {
        if (is_damaged(log, ((Pending *)pending)->log))
            continue;
        code = write_chunk(log, pending);
        if (code == STORE_DAMAGED)
            map_put(log->damaged, key, log);
    }
    if (code != STORE_OK)
        return code;
    if (map_count(log->damaged))
        return fold_damaged(log);
    clear_all_pending(log);
    return tail_clear(log->tail);
}

static Bytes not_in_tail(const Pending *pending)
{
    return bytes_slice(buffer_bytes(&pending->chunk), pending->in_tail, pending->chunk.len - pending->in_tail);
}

/* The tail is made anew of what could not be written: no more than it held, since nothing is added to that. */
static int fold_damaged(ShardLog *log)
{
    Bytes key;
    void *value;
    int code = tail_clear(log->tail);
    log->dirty_count = 0;
    for (size_t at = 0; map_next(log->pending, &at, &key, &value);) {
        Pending *pending = value;
        if (!is_damaged(log, pending->log)) {
            pending_clear(pending, PENDING_BYTES / PENDING_KEPT);
        } else if (pending->in_tail) {
            tail_add(log->tail, pending->log, bytes_slice(buffer_bytes(&pending->chunk), 0, pending->in_tail));
        }
    }
    return code == STORE_OK ? tail_write(log->tail) : code;
}

static int write_turn(void *context)
{
    ShardLog *log = context;
    size_t bytes = 0;
    if (!log->dirty_count)
        return STORE_OK;
    for (size_t i = 0; i < log->dirty_count; i++)
        bytes += not_in_tail(log->dirty[i]).len;
    if (bytes > TURN_BYTES_MAX || !tail_has_room(log->tail, log->dirty_count, bytes))
        return fold(log);
    for (size_t i = 0; i < log->dirty_count; i++) {
        Pending *pending = log->dirty[i];
        tail_add(log->tail, pending->log, not_in_tail(pending));
        pending->in_tail = pending->chunk.len;
        pending->is_listed = false;
    }
    log->dirty_count = 0;
    return tail_write(log->tail);
}

/* The turn is undone, or the file is another: what is pending is read anew when it is wanted. */
static void forget_all(void *context)
{
    ShardLog *log = context;
    clear_all_pending(log);
    log->is_loaded = false;
}

int shard_log_open(Store *store, ShardLog **ret_log)
{
    Tail *tail;
    if (store->shard_log) {
        *ret_log = store->shard_log;
        store->shard_log->users++;
        return STORE_OK;
    }
    int code = store_migrate(store, &migration);
    if (code == STORE_OK)
        code = tail_open(store, &tail);
    if (code != STORE_OK)
        return code;
    ShardLog *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    log->store = store;
    log->users = 1;
    log->tail = tail;
    log->pending = map_new();
    log->damaged = map_new();
    store_before_commit(store, write_turn, log);
    store_on_rollback(store, forget_all, log);
    *ret_log = store->shard_log = log;
    return STORE_OK;
}

ShardLog *shard_log_close(ShardLog *log)
{
    if (!log || --log->users)
        return NULL;
    log->store->shard_log = NULL;
    free_all_pending(log);
    map_free(log->damaged);
    tail_close(log->tail);
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

/* Bytes that the tail has: of a chunk that goes on where the last ended. */
static bool pending_resume(Pending *pending, Bytes part)
{
    LogRecord record;
    buffer_append(&pending->chunk, part);
    for (pending->end.rest = part; chunk_next(&pending->end, &record); pending->count++)
        if (!pending->count) {
            pending->first_sequence = record.sequence;
            pending->first_arrival_ms = record.arrival_ms;
        }
    pending->in_tail = pending->chunk.len;
    return !pending->end.rest.len;
}

static int load(ShardLog *log)
{
    int64_t id;
    Bytes part;
    if (log->is_loaded)
        return STORE_OK;
    int code = tail_load(log->tail);
    if (code != STORE_OK)
        return code;
    Bytes rest = tail_content(log->tail);
    while (tail_next(&rest, &id, &part))
        if (!pending_resume(pending_of(log, id), part))
            break;
    log->is_loaded = !rest.len;
    if (!log->is_loaded)
        clear_all_pending(log);
    return log->is_loaded ? STORE_OK : STORE_BROKEN;
}

static bool chunk_is_full(const Pending *pending, const LogRecord *next)
{
    return pending->count &&
           (pending->chunk.len >= CHUNK_BYTES_MAX || next->arrival_ms - pending->first_arrival_ms > CHUNK_MS_MAX);
}

int shard_log_append(ShardLog *log, int64_t id, const LogRecord *record)
{
    int code = load(log);
    if (code != STORE_OK)
        return code;
    if (is_damaged(log, id))
        return STORE_DAMAGED;
    Pending *pending = pending_of(log, id);
    if (!record->sequence || record->sequence > SEQUENCE_MAX ||
        (pending->count && record->sequence <= pending->end.sequence))
        return STORE_BROKEN;
    if (chunk_is_full(pending, record)) {
        code = fold(log);
        if (code != STORE_OK)
            return code;
        pending = pending_of(log, id);
    }
    if (!pending->count) {
        pending->first_sequence = record->sequence;
        pending->first_arrival_ms = record->arrival_ms;
    }
    chunk_append(&pending->chunk, &pending->end, record);
    pending->count++;
    log->store->buffered_writes++;
    list_as_dirty(log, pending);
    return STORE_OK;
}

/* What is pending of the log; NULL: nothing. */
static int find(ShardLog *log, int64_t id, Pending **ret_pending)
{
    int code = load(log);
    Pending *pending = code == STORE_OK ? find_pending(log, id) : NULL;
    *ret_pending = pending && pending->count ? pending : NULL;
    return code;
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

/* False: the page is full; *ret_code tells of failures. */
static bool page_take_rows(Page *page, ShardLog *log, int64_t id, int *ret_code)
{
    Statement *read = statement_begin(log->store, &read_chunks);
    bool has_room = true;
    bind_int64(read, 1, row_id(id, 0));
    bind_int64(read, 2, row_id(id, page->from < SEQUENCE_MAX ? page->from : SEQUENCE_MAX));
    bind_int64(read, 3, row_id(id, SEQUENCE_MAX));
    int code = STORE_OK;
    while (has_room && (code = statement_step(read)) == STORE_ROW)
        has_room = (uint64_t)column_int64(read, 0) < page->from || page_take(page, column_bytes(read, 1));
    if (code == STORE_ROW)
        statement_end(read);
    *ret_code = code < 0 ? code : STORE_OK;
    return has_room;
}

int shard_log_read(ShardLog *log, int64_t id, uint64_t from, size_t limit, size_t bytes_max, Arena *arena,
                   LogRecord **ret_records, size_t *ret_count)
{
    Page page = {.from = from, .limit = limit, .bytes_max = bytes_max, .arena = arena};
    Pending *pending;
    int code = find(log, id, &pending);
    if (code != STORE_OK)
        return code;
    /* Readers at the end of a log, which is most of them, find all in memory. */
    bool has_room = (pending && from >= pending->first_sequence) || page_take_rows(&page, log, id, &code);
    if (has_room && code == STORE_OK && pending)
        page_take(&page, buffer_bytes(&pending->chunk));
    *ret_records = page.records;
    *ret_count = page.count;
    return code;
}

/* The first chunk with a row id in [low, high]: STORE_ROW (end it) or STORE_NOT_FOUND. */
static int chunk_from(ShardLog *log, int64_t low, int64_t high, Statement **ret_statement)
{
    Statement *find = *ret_statement = statement_begin(log->store, &first_chunk_from);
    bind_int64(find, 1, low);
    bind_int64(find, 2, high);
    return statement_one(find);
}

static int span_of_rows(ShardLog *log, int64_t id, LogSpan *ret_span)
{
    Statement *first;
    int code = chunk_from(log, row_id(id, 0), row_id(id, SEQUENCE_MAX), &first);
    if (code != STORE_ROW)
        return code;
    LogSpan span = {.first = (uint64_t)column_int64(first, 0) & SEQUENCE_MAX};
    statement_end(first);
    Statement *last = statement_begin(log->store, &last_chunk);
    bind_int64(last, 1, row_id(id, 0));
    bind_int64(last, 2, row_id(id, SEQUENCE_MAX));
    code = statement_one(last);
    if (code != STORE_ROW)
        return code;
    span.last = (uint64_t)column_int64(last, 0);
    span.last_arrival_ms = column_int64(last, 1);
    statement_end(last);
    *ret_span = span;
    return STORE_OK;
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
static int find_time_in_rows(ShardLog *log, int64_t id, int64_t arrival_ms, const LogSpan *span, uint64_t *ret_sequence)
{
    Statement *at;
    int code;
    int64_t low = row_id(id, span->first), high = row_id(id, span->last);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        code = chunk_from(log, middle, row_id(id, SEQUENCE_MAX), &at);
        if (code < 0)
            return code;
        bool late_enough = code != STORE_ROW || column_int64(at, 1) >= arrival_ms;
        if (code == STORE_ROW)
            statement_end(at);
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
    statement_end(at);
    return STORE_OK;
}

int shard_log_find_time(ShardLog *log, int64_t id, int64_t arrival_ms, uint64_t *ret_sequence)
{
    LogSpan span;
    Pending *pending;
    int code = find(log, id, &pending);
    if (code != STORE_OK)
        return code;
    code = span_of_rows(log, id, &span);
    if (code == STORE_OK && span.last_arrival_ms >= arrival_ms)
        return find_time_in_rows(log, id, arrival_ms, &span, ret_sequence);
    if (code < 0)
        return code;
    if (!pending || pending->end.arrival_ms < arrival_ms)
        return STORE_NOT_FOUND;
    *ret_sequence = first_at_or_after(buffer_bytes(&pending->chunk), arrival_ms);
    return STORE_OK;
}

int shard_log_span(ShardLog *log, int64_t id, LogSpan *ret_span)
{
    Pending *pending;
    int code = find(log, id, &pending);
    if (code != STORE_OK)
        return code;
    code = span_of_rows(log, id, ret_span);
    if (code < 0 || !pending)
        return code;
    if (code == STORE_NOT_FOUND)
        ret_span->first = pending->first_sequence;
    ret_span->last = pending->end.sequence;
    ret_span->last_arrival_ms = pending->end.arrival_ms;
    return STORE_OK;
}

/* What goes from the table must not come back out of the tail. */
static int fold_log(ShardLog *log, int64_t id)
{
    Pending *pending;
    int code = find(log, id, &pending);
    return code == STORE_OK && pending ? fold(log) : code;
}

int shard_log_trim(ShardLog *log, int64_t id, int64_t before_ms, int chunks_max, bool *ret_more)
{
    int code = fold_log(log, id);
    if (code != STORE_OK)
        return code;
    Statement *trim = statement_begin(log->store, &trim_chunks);
    bind_int64(trim, 1, row_id(id, 0));
    bind_int64(trim, 2, row_id(id, SEQUENCE_MAX));
    bind_int64(trim, 3, chunks_max);
    bind_int64(trim, 4, before_ms);
    code = statement_run(trim);
    *ret_more = code == STORE_OK && store_changes(log->store) == chunks_max;
    return code;
}

int shard_log_drop(ShardLog *log, int64_t id, int chunks_max, bool *ret_more)
{
    int code = fold_log(log, id);
    if (code != STORE_OK)
        return code;
    Statement *drop = statement_begin(log->store, &drop_chunks);
    bind_int64(drop, 1, row_id(id, 0));
    bind_int64(drop, 2, row_id(id, SEQUENCE_MAX));
    bind_int64(drop, 3, chunks_max);
    code = statement_run(drop);
    *ret_more = code == STORE_OK && store_changes(log->store) == chunks_max;
    return code;
}

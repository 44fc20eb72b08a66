/* tail.c - slots are rows of one size, so SQLite overwrites them where they lie: no page is allocated, split or freed.
 * A cleared tail begins anew at its first slot, under the next number of its filling; slots of an older one are void.
 */
#include "tail.h"
#include "varint.h"
#include <stdlib.h>

#define SLOT_BYTES 16000 /* with the row's header one to a page of 16 KiB */
#define PART_BYTES 20    /* two varints */

_Static_assert(TAIL_BYTES % SLOT_BYTES == 0, "it is cut into whole slots");

struct Tail {
    Store *store;
    Buffer stream;  /* of TAIL_BYTES */
    size_t written; /* of it, in the slots */
    int64_t filling;
};

static const Migration migration = {
    "shard_tail",
    (const char *const[]){
        "CREATE TABLE shard_tail (slot INTEGER PRIMARY KEY, filling INTEGER NOT NULL, used INTEGER NOT NULL,"
        " parts BLOB NOT NULL)",
        NULL,
    },
};

static const Query put_slot = {
    "INSERT OR REPLACE INTO shard_tail (slot, filling, used, parts) VALUES (?1, ?2, ?3, ?4)"};
static const Query read_slots = {
    "SELECT filling, used, parts FROM shard_tail WHERE filling = (SELECT filling FROM shard_tail WHERE slot = 0)"
    " ORDER BY slot"};

int tail_open(Store *store, Tail **ret_tail)
{
    int code = store_migrate(store, &migration);
    if (code != STORE_OK)
        return code;
    Tail *tail = calloc(1, sizeof *tail);
    /* Zeroed memory that is not touched yet takes none. */
    if (!tail || !(tail->stream.ptr = calloc(1, TAIL_BYTES)))
        abort();
    tail->stream.capacity = TAIL_BYTES;
    tail->store = store;
    *ret_tail = tail;
    return STORE_OK;
}

Tail *tail_close(Tail *tail)
{
    buffer_done(&tail->stream);
    free(tail);
    return NULL;
}

bool tail_has_room(const Tail *tail, size_t parts, size_t bytes)
{
    return bytes + parts * PART_BYTES <= TAIL_BYTES - tail->stream.len;
}

void tail_add(Tail *tail, int64_t log, Bytes part)
{
    varint_append(&tail->stream, (uint64_t)log);
    varint_append(&tail->stream, part.len);
    buffer_append(&tail->stream, part);
}

static int write_slot(Tail *tail, size_t slot)
{
    size_t from = slot * SLOT_BYTES, used = tail->stream.len - from;
    Statement *put = statement_begin(tail->store, &put_slot);
    bind_int64(put, 1, (int64_t)slot);
    bind_int64(put, 2, tail->filling);
    bind_int64(put, 3, (int64_t)(used < SLOT_BYTES ? used : SLOT_BYTES));
    bind_bytes(put, 4, (Bytes){tail->stream.ptr + from, SLOT_BYTES});
    return statement_run(put);
}

int tail_write(Tail *tail)
{
    for (size_t slot = tail->written / SLOT_BYTES; slot * SLOT_BYTES < tail->stream.len; slot++) {
        int code = write_slot(tail, slot);
        if (code != STORE_OK)
            return code;
    }
    tail->written = tail->stream.len;
    return STORE_OK;
}

int tail_clear(Tail *tail)
{
    bool has_slots = tail->written;
    tail->stream.len = tail->written = 0;
    if (!has_slots)
        return STORE_OK;
    tail->filling++;
    return write_slot(tail, 0);
}

int tail_load(Tail *tail)
{
    Statement *read = statement_begin(tail->store, &read_slots);
    int code;
    tail->stream.len = tail->filling = 0;
    while ((code = statement_step(read)) == STORE_ROW) {
        Bytes parts = column_bytes(read, 2);
        size_t used = (size_t)column_int64(read, 1);
        if (used > parts.len || used > TAIL_BYTES - tail->stream.len) {
            statement_end(read);
            return STORE_BROKEN;
        }
        tail->filling = column_int64(read, 0);
        buffer_append(&tail->stream, bytes_slice(parts, 0, used));
    }
    tail->written = tail->stream.len;
    return code;
}

Bytes tail_content(const Tail *tail)
{
    return buffer_bytes(&tail->stream);
}

bool tail_next(Bytes *rest, int64_t *ret_log, Bytes *ret_part)
{
    Bytes at = *rest;
    uint64_t log, len;
    if (!varint_read(&at, &log) || !varint_read(&at, &len) || len > at.len)
        return false;
    *ret_log = (int64_t)log;
    *ret_part = bytes_slice(at, 0, (size_t)len);
    *rest = bytes_slice(at, (size_t)len, at.len - (size_t)len);
    return true;
}

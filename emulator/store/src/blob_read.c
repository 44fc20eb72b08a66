/* blob_read.c - bytes go out: read and checked, or as a place in the file for whoever sends from there. */
#include "blob_internal.h"
#include "crc32c.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct Blob {
    Blobs *blobs;
    int64_t id;
    uint64_t length, generation;
    size_t holders;
    Piece piece; /* the one that was read last; length 0: none */
    uint64_t extent_length;
    Buffer sums; /* of its extent */
};

static Bytes key_of(const int64_t *id)
{
    return (Bytes){(const char *)id, sizeof *id};
}

bool blob_is_held(const Blobs *blobs, int64_t id)
{
    return map_get(blobs->held, key_of(&id)) != NULL;
}

int blob_hold(Store *store, int64_t id, Blob **ret_blob)
{
    Blobs *blobs = store->blobs;
    uint64_t length = 0;
    *ret_blob = NULL;
    int code = blob_find(store, id, &length);
    if (code != STORE_OK)
        return code;
    Blob *blob = map_get(blobs->held, key_of(&id));
    if (!blob) {
        if (!(blob = calloc(1, sizeof *blob)))
            abort();
        *blob = (Blob){.blobs = blobs, .id = id, .length = length, .generation = blobs->generation};
        map_put(blobs->held, key_of(&id), blob);
    }
    blob->holders++;
    *ret_blob = blob;
    return STORE_OK;
}

Blob *blob_let_go(Blob *blob)
{
    if (!blob || --blob->holders)
        return NULL;
    if (blob->generation == blob->blobs->generation) {
        map_remove(blob->blobs->held, key_of(&blob->id));
        blob->blobs->has_dropped = true;
    }
    buffer_done(&blob->sums);
    free(blob);
    return NULL;
}

uint64_t blob_length(const Blob *blob)
{
    return blob->length;
}

/* Checksums */

bool blob_sums_fit(Bytes sums, uint64_t extent_at, Bytes bytes)
{
    for (size_t block = (size_t)(extent_at / BLOB_BLOCK); bytes.len; block++) {
        size_t len = bytes.len < BLOB_BLOCK ? bytes.len : BLOB_BLOCK;
        uint32_t expected, found = crc32c(0, bytes.ptr, len);
        if ((block + 1) * sizeof expected > sums.len)
            return false;
        memcpy(&expected, sums.ptr + block * sizeof expected, sizeof expected);
        if (found != expected)
            return false;
        bytes = bytes_slice(bytes, len, bytes.len - len);
    }
    return true;
}

static uint64_t *seen_slot(Blobs *blobs, uint64_t place)
{
    return &blobs->seen[(place / BLOB_ALIGN * 0x9e3779b97f4a7c15u >> 32) & (BLOB_SEEN - 1)];
}

void blob_set_seen(Blobs *blobs, uint64_t place, bool is_seen)
{
    uint64_t *slot = seen_slot(blobs, place);
    if (is_seen)
        *slot = place + 1;
    else if (*slot == place + 1)
        *slot = 0;
}

static int damaged(Blobs *blobs, uint64_t place)
{
    return blob_trouble(blobs, STORE_DAMAGED, "%.400s is damaged: its bytes from %llu on are not as they were written",
                        blobs->path ? blobs->path : "the memory for blobs", (unsigned long long)place);
}

/* Reading */

static int find_piece(Blob *blob, uint64_t at)
{
    Store *store = blob->blobs->store;
    if (blob->piece.length && at >= blob->piece.at && at - blob->piece.at < blob->piece.length)
        return STORE_OK;
    bool was_in_turn = store->in_turn;
    int code = blob_row_find_piece(store, blob->id, at, &blob->piece);
    if (code == STORE_OK)
        code = blob_row_sums(store, blob->piece.place, &blob->extent_length, &blob->sums);
    if (code != STORE_OK)
        blob->piece.length = 0;
    blob_leave(store, was_in_turn);
    return code;
}

/* Whole blocks, but for the extent's last. */
static int read_blocks(const Blob *blob, uint64_t extent_at, char *to, size_t len)
{
    uint64_t place = blob->piece.place + extent_at;
    int code = blob_file_read(blob->blobs, to, len, place);
    bool is_whole = code == STORE_OK && blob_sums_fit(buffer_bytes(&blob->sums), extent_at, (Bytes){to, len});
    return is_whole ? STORE_OK : damaged(blob->blobs, place);
}

/* A part of a block: all of it is read, or there were no checking it. */
static int read_part(Blob *blob, uint64_t extent_at, char *to, size_t *len)
{
    char *scratch = blob->blobs->scratch;
    size_t skip = (size_t)(extent_at % BLOB_BLOCK);
    uint64_t from = extent_at - skip, left = blob->extent_length - from;
    size_t block = left < BLOB_BLOCK ? (size_t)left : BLOB_BLOCK;
    *len = *len < block - skip ? *len : block - skip;
    int code = read_blocks(blob, from, scratch, block);
    if (code == STORE_OK)
        memcpy(to, scratch + skip, *len);
    return code;
}

/* *len: as many as are wanted, then as many as were read; at least one. */
static int read_some(Blob *blob, uint64_t at, char *to, size_t *len)
{
    int code = find_piece(blob, at);
    if (code != STORE_OK)
        return code;
    uint64_t skipped = at - blob->piece.at, extent_at = blob->piece.skip + skipped, left = blob->piece.length - skipped;
    if (extent_at >= blob->extent_length || left > blob->extent_length - extent_at)
        return damaged(blob->blobs, blob->piece.place);
    *len = *len < left ? *len : (size_t)left;
    size_t whole = extent_at + *len == blob->extent_length ? *len : *len - *len % BLOB_BLOCK;
    if (extent_at % BLOB_BLOCK || !whole)
        return read_part(blob, extent_at, to, len);
    *len = whole;
    return read_blocks(blob, extent_at, to, whole);
}

static int read_inline(const Blob *blob, uint64_t at, char *to, size_t *len)
{
    Store *store = blob->blobs->store;
    bool was_in_turn = store->in_turn;
    int code = blob_row_inline(store, blob->id, at, to, len);
    blob_leave(store, was_in_turn);
    return code;
}

int blob_read(Blob *blob, uint64_t at, char *to, size_t room, size_t *ret_len)
{
    int code = STORE_OK;
    *ret_len = 0;
    if (blob->generation != blob->blobs->generation)
        return STORE_NOT_FOUND;
    if (at >= blob->length)
        return STORE_OK;
    room = room < blob->length - at ? room : (size_t)(blob->length - at);
    while (code == STORE_OK && *ret_len < room) {
        size_t len = room - *ret_len;
        code = blob->length <= BLOB_INLINE_BYTES ? read_inline(blob, at, to, &len) : STORE_NOT_FOUND;
        if (code == STORE_NOT_FOUND)
            code = read_some(blob, at + *ret_len, to + *ret_len, &len);
        *ret_len += code == STORE_OK ? len : 0;
    }
    return code;
}

/* Ranges of the file */

/* What lies there may be larger than a buffer should be: a block at a time. */
static int check_blocks(Blob *blob, uint64_t extent_at, uint64_t end)
{
    int code = STORE_OK;
    for (uint64_t at = extent_at - extent_at % BLOB_BLOCK; code == STORE_OK && at < end; at += BLOB_BLOCK) {
        uint64_t left = blob->extent_length - at;
        code = read_blocks(blob, at, blob->blobs->scratch, left < BLOB_BLOCK ? (size_t)left : BLOB_BLOCK);
    }
    return code;
}

static int check_range(Blob *blob, uint64_t extent_at, uint64_t length)
{
    uint64_t place = blob->piece.place;
    if (*seen_slot(blob->blobs, place) == place + 1)
        return STORE_OK;
    bool is_all = blob->extent_length <= BLOB_CHECKED;
    int code = is_all ? check_blocks(blob, 0, blob->extent_length) : check_blocks(blob, extent_at, extent_at + length);
    if (code == STORE_OK && is_all)
        blob_set_seen(blob->blobs, place, true);
    return code;
}

/* Adds what the piece with `at` has of the range, if it goes on where the range ends so far. */
static int extend_range(Blob *blob, uint64_t at, uint64_t wanted, BlobRange *range)
{
    int code = find_piece(blob, at);
    if (code != STORE_OK)
        return code;
    uint64_t skipped = at - blob->piece.at, extent_at = blob->piece.skip + skipped, left = blob->piece.length - skipped;
    uint64_t length = left < wanted - range->length ? left : wanted - range->length;
    if (extent_at >= blob->extent_length || left > blob->extent_length - extent_at)
        return damaged(blob->blobs, blob->piece.place);
    if (!range->length)
        range->fd_at = blob->piece.place + extent_at;
    else if (range->fd_at + range->length != blob->piece.place + extent_at)
        return STORE_NOT_FOUND;
    range->length += length;
    return wanted <= BLOB_CHECKED ? check_range(blob, extent_at, length) : STORE_OK;
}

int blob_open_range(Blob *blob, uint64_t at, uint64_t length, BlobRange *ret_range)
{
    BlobRange range = {.fd = -1};
    if (blob->generation != blob->blobs->generation || !length || at > blob->length || length > blob->length - at)
        return STORE_NOT_FOUND;
    while (range.length < length) {
        int code = extend_range(blob, at + range.length, length, &range);
        if (code != STORE_OK)
            return code;
    }
    range.fd = fcntl(blob->blobs->fd, F_DUPFD_CLOEXEC, 0);
    if (range.fd < 0)
        return blob_trouble(blob->blobs, STORE_BROKEN, "no descriptor is left to send a blob from");
    *ret_range = range;
    return STORE_OK;
}

/* The background's look at what was there when the file was opened */

/* The extent that holds check_at, or the next one. STORE_NOT_FOUND: none. */
static int next_extent(Blobs *blobs, Span *ret_extent, Buffer *sums)
{
    static const Query next = {"SELECT place, length, sums FROM blob_extent WHERE place >= coalesce((SELECT max(place)"
                               " FROM blob_extent WHERE place <= ?1), 0) ORDER BY place LIMIT 2"};
    bool was_in_turn = blobs->store->in_turn;
    Statement *rows = statement_begin(blobs->store, &next);
    bind_int64(rows, 1, (int64_t)blobs->check_at);
    int code;
    while ((code = statement_step(rows)) == STORE_ROW) {
        *ret_extent = (Span){(uint64_t)column_int64(rows, 0), (uint64_t)column_int64(rows, 1)};
        if (ret_extent->place + ret_extent->length > blobs->check_at) {
            buffer_append(sums, column_bytes(rows, 2));
            statement_end(rows);
            break;
        }
    }
    blob_leave(blobs->store, was_in_turn);
    return code == STORE_ROW ? STORE_OK : code == STORE_OK ? STORE_NOT_FOUND : code;
}

static void check_extent(Blobs *blobs, Span extent, Bytes sums)
{
    uint64_t at = blobs->check_at > extent.place ? blobs->check_at - extent.place : 0;
    uint64_t end = extent.length - at < BLOB_CHECKED ? extent.length : at + BLOB_CHECKED;
    bool is_fine = true;
    for (; is_fine && at < end; at += BLOB_BLOCK) {
        size_t len = extent.length - at < BLOB_BLOCK ? (size_t)(extent.length - at) : BLOB_BLOCK;
        is_fine = blob_file_read(blobs, blobs->scratch, len, extent.place + at) == STORE_OK &&
                  blob_sums_fit(sums, at, (Bytes){blobs->scratch, len});
        if (!is_fine) {
            (void)damaged(blobs, extent.place + at);
            trouble(blobs->store);
        }
    }
    blobs->check_at = extent.place + (is_fine ? end : extent.length);
}

bool blob_check_step(Store *store)
{
    Blobs *blobs = store->blobs;
    Buffer sums = {0};
    Span extent = {0};
    if (!blobs || blobs->check_at >= blobs->check_end)
        return false;
    if (next_extent(blobs, &extent, &sums) == STORE_OK && extent.place < blobs->check_end)
        check_extent(blobs, extent, buffer_bytes(&sums));
    else
        blobs->check_at = blobs->check_end;
    buffer_done(&sums);
    return blobs->check_at < blobs->check_end;
}

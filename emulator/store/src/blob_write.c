/* blob_write.c - bytes come in: they go straight to free space of the file, and become extents when they are kept. */
#include "blob_internal.h"
#include "crc32c.h"
#include <fcntl.h>
#include <stdlib.h>

#define GATHER_BYTES  ((size_t)16 * 1024)          /* fewer wait for more, so that small pieces cost no call each */
#define RUN_LEAST     ((uint64_t)256 * 1024)       /* of an unknown length: each run is as long as all before, */
#define RUN_MOST      BLOB_EXTENT                  /* up to here */
#define RESERVE_BYTES ((uint64_t)16 * 1024 * 1024) /* from here on the disk is asked for room beforehand */
#define PUSH_BYTES    ((uint64_t)8 * 1024 * 1024)  /* with fsync: written out in steps, so that little waits */

typedef enum WriterState {
    WRITER_OPEN, /* also after the turn that kept it was undone */
    WRITER_KEPT, /* in the turn at hand */
    WRITER_DONE, /* that turn is committed: its space is the blob's */
} WriterState;

/* Reserved bytes of the file, in one piece; a block of checksums begins with it. */
typedef struct Run {
    Span span;
    uint64_t used;
    size_t first_sum;
} Run;

struct BlobWriter {
    Blobs *blobs;
    BlobWriter *next; /* of those kept in this turn */
    uint64_t generation, length, expected, pushed;
    WriterState state;
    bool is_ended, is_let_go;
    int code; /* of its first failure */
    int64_t id;
    Buffer gathered; /* not in the file yet */
    Buffer runs, sums;
    uint32_t sum; /* of the block at hand, of which sum_bytes are there */
    size_t sum_bytes;
};

static Run *runs_of(const BlobWriter *writer, size_t *ret_count)
{
    *ret_count = writer->runs.len / sizeof(Run);
    return (Run *)(void *)writer->runs.ptr;
}

static Run *last_run(const BlobWriter *writer)
{
    size_t count;
    Run *runs = runs_of(writer, &count);
    return count ? &runs[count - 1] : NULL;
}

static uint64_t in_file(const BlobWriter *writer)
{
    return writer->length - writer->gathered.len;
}

static void end_block(BlobWriter *writer)
{
    if (!writer->sum_bytes)
        return;
    buffer_append(&writer->sums, (Bytes){(const char *)&writer->sum, sizeof writer->sum});
    writer->sum = 0;
    writer->sum_bytes = 0;
}

static void add_to_sums(BlobWriter *writer, Bytes bytes)
{
    while (bytes.len) {
        size_t len = BLOB_BLOCK - writer->sum_bytes;
        len = len < bytes.len ? len : bytes.len;
        writer->sum = crc32c(writer->sum, bytes.ptr, len);
        writer->sum_bytes += len;
        bytes = bytes_slice(bytes, len, bytes.len - len);
        if (writer->sum_bytes == BLOB_BLOCK)
            end_block(writer);
    }
}

/* The last run goes on where it can, so that the blob stays in one piece. */
static void grow(BlobWriter *writer, uint64_t least)
{
    Blobs *blobs = writer->blobs;
    uint64_t before = in_file(writer), length = before < RUN_LEAST ? RUN_LEAST : before > RUN_MOST ? RUN_MOST : before;
    length = (length > least ? length : least) + BLOB_BLOCK - 1;
    length -= length % BLOB_BLOCK;
    Run *last = last_run(writer);
    if (last && space_take_at(blobs->space, last->span.place + last->span.length, length)) {
        last->span.length += length;
    } else {
        end_block(writer);
        Run run = {.span = {space_take(blobs->space, length), length},
                   .first_sum = writer->sums.len / sizeof(uint32_t)};
        buffer_append(&writer->runs, (Bytes){(const char *)&run, sizeof run});
    }
    blobs->warm -= blobs->warm < length ? blobs->warm : length;
}

static void reserve_known(BlobWriter *writer)
{
    uint64_t length = blob_rounded(writer->expected);
    Run run = {.span = {space_take(writer->blobs->space, length), length}};
    buffer_append(&writer->runs, (Bytes){(const char *)&run, sizeof run});
    writer->blobs->warm -= writer->blobs->warm < length ? writer->blobs->warm : length;
}

/* A disk that has to take all of it at once at the end would let everybody wait. */
static void push(BlobWriter *writer)
{
    if (writer->blobs->store->durability != DURABILITY_FSYNC || in_file(writer) - writer->pushed < PUSH_BYTES)
        return;
    const Run *run = last_run(writer);
    (void)sync_file_range(writer->blobs->fd, (off_t)run->span.place, (off_t)run->used, SYNC_FILE_RANGE_WRITE);
    writer->pushed = in_file(writer);
}

/* As much of both as the last run takes. */
static int write_some(BlobWriter *writer, Bytes *first, Bytes *second)
{
    Run *run = last_run(writer);
    uint64_t room = run->span.length - run->used;
    size_t one = first->len < room ? first->len : (size_t)room;
    size_t other = second->len < room - one ? second->len : (size_t)(room - one);
    Bytes head = {first->ptr, one}, tail = {second->ptr, other};
    int code = blob_file_write(writer->blobs, head, tail, run->span.place + run->used);
    if (code != STORE_OK)
        return code;
    add_to_sums(writer, head);
    add_to_sums(writer, tail);
    run->used += one + other;
    *first = bytes_slice(*first, one, first->len - one);
    *second = bytes_slice(*second, other, second->len - other);
    return STORE_OK;
}

/* What was gathered, and these behind it. */
static int write_out(BlobWriter *writer, Bytes bytes)
{
    Bytes gathered = buffer_bytes(&writer->gathered);
    int code = STORE_OK;
    if (!writer->runs.len && writer->expected > BLOB_INLINE_BYTES && writer->expected != BLOB_LENGTH_UNKNOWN)
        reserve_known(writer);
    while (code == STORE_OK && gathered.len + bytes.len) {
        const Run *run = last_run(writer);
        if (!run || run->used == run->span.length)
            grow(writer, gathered.len + bytes.len < RUN_MOST ? gathered.len + bytes.len : RUN_MOST);
        code = write_some(writer, &gathered, &bytes);
    }
    if (code == STORE_OK) {
        buffer_done(&writer->gathered);
        push(writer);
    }
    return code;
}

int blob_begin(Store *store, uint64_t expected_length, BlobWriter **ret_writer)
{
    Blobs *blobs = store->blobs;
    *ret_writer = NULL;
    if (expected_length != BLOB_LENGTH_UNKNOWN && expected_length > (uint64_t)1 << 48)
        return STORE_FULL;
    BlobWriter *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    *writer = (BlobWriter){.blobs = blobs, .generation = blobs->generation, .expected = expected_length};
    if (expected_length != BLOB_LENGTH_UNKNOWN && expected_length >= RESERVE_BYTES) {
        reserve_known(writer);
        int code = blob_file_reserve(blobs, last_run(writer)->span);
        if (code != STORE_OK) {
            blob_writer_free(writer);
            return code;
        }
    }
    *ret_writer = writer;
    return STORE_OK;
}

int blob_write(BlobWriter *writer, Bytes bytes)
{
    if (writer->generation != writer->blobs->generation)
        writer->code = STORE_NOT_FOUND;
    if (writer->code != STORE_OK || writer->is_ended)
        return writer->code != STORE_OK ? writer->code : STORE_BROKEN;
    if (writer->gathered.len + bytes.len < GATHER_BYTES)
        buffer_append(&writer->gathered, bytes);
    else
        writer->code = write_out(writer, bytes);
    if (writer->code == STORE_OK)
        writer->length += bytes.len;
    return writer->code;
}

uint64_t blob_written(const BlobWriter *writer)
{
    return writer->length;
}

static void give_rest(BlobWriter *writer)
{
    size_t count;
    Run *runs = runs_of(writer, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t used = blob_rounded(runs[i].used);
        blob_file_give(writer->blobs, (Span){runs[i].span.place + used, runs[i].span.length - used});
        runs[i].span.length = used;
    }
}

int blob_writer_flush(BlobWriter *writer)
{
    if (writer->code != STORE_OK || writer->is_ended)
        return writer->code;
    writer->code = write_out(writer, (Bytes){"", 0});
    end_block(writer);
    writer->is_ended = true;
    if (writer->code == STORE_OK)
        give_rest(writer);
    return writer->code;
}

static int extent_rows(BlobWriter *writer, int64_t id, uint64_t at, const Run *run)
{
    Store *store = writer->blobs->store;
    int code = STORE_OK;
    for (uint64_t done = 0, length; code == STORE_OK && done < run->used; done += length) {
        length = run->used - done < BLOB_EXTENT ? run->used - done : BLOB_EXTENT;
        Span extent = {run->span.place + done, length};
        size_t sum = run->first_sum + (size_t)(done / BLOB_BLOCK),
               sums = (size_t)((length + BLOB_BLOCK - 1) / BLOB_BLOCK);
        code = blob_row_extent(store, extent, bytes_slice(buffer_bytes(&writer->sums), sum * 4, sums * 4));
        Piece piece = {.at = at + done, .place = extent.place, .length = length};
        if (code == STORE_OK)
            code = blob_row_piece(store, id, &piece);
        blob_set_seen(writer->blobs, extent.place, true);
    }
    return code;
}

int blob_writer_rows(BlobWriter *writer, int64_t id, uint64_t at)
{
    size_t count;
    const Run *runs = runs_of(writer, &count);
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < count; at += runs[i++].used)
        code = extent_rows(writer, id, at, &runs[i]);
    return code;
}

void blob_writer_is_kept(BlobWriter *writer, int64_t id)
{
    writer->id = id;
    writer->state = WRITER_KEPT;
    writer->next = writer->blobs->kept;
    writer->blobs->kept = writer;
}

static int rows_of_small(BlobWriter *writer, int64_t *ret_id)
{
    give_rest(writer);
    return blob_row_new(writer->blobs->store, writer->length, buffer_bytes(&writer->gathered), ret_id);
}

static int rows_of_large(BlobWriter *writer, int64_t *ret_id)
{
    int code = blob_writer_flush(writer);
    if (code == STORE_OK)
        code = blob_row_new(writer->blobs->store, writer->length, (Bytes){0}, ret_id);
    return code == STORE_OK ? blob_writer_rows(writer, *ret_id, 0) : code;
}

int blob_keep(BlobWriter *writer, int64_t *ret_id)
{
    int64_t id = 0;
    if (writer->generation != writer->blobs->generation)
        return STORE_NOT_FOUND;
    if (writer->code != STORE_OK || writer->state != WRITER_OPEN)
        return writer->code != STORE_OK ? writer->code : STORE_BROKEN;
    bool is_small = writer->length <= BLOB_INLINE_BYTES && writer->gathered.len == writer->length;
    int code = is_small ? rows_of_small(writer, &id) : rows_of_large(writer, &id);
    writer->is_ended = true;
    if (code != STORE_OK)
        return code;
    blob_writer_is_kept(writer, id);
    *ret_id = id;
    return STORE_OK;
}

static void free_writer(BlobWriter *writer)
{
    size_t count;
    Run *runs = runs_of(writer, &count);
    if (writer->state == WRITER_OPEN && writer->generation == writer->blobs->generation)
        for (size_t i = 0; i < count; i++)
            blob_file_give(writer->blobs, runs[i].span);
    if (writer->code == STORE_FULL)
        (void)blob_file_shrink(writer->blobs);
    buffer_done(&writer->gathered);
    buffer_done(&writer->runs);
    buffer_done(&writer->sums);
    free(writer);
}

BlobWriter *blob_writer_free(BlobWriter *writer)
{
    if (writer && writer->state == WRITER_KEPT)
        writer->is_let_go = true;
    else if (writer)
        free_writer(writer);
    return NULL;
}

/* The turn's end */

static void end_kept(Blobs *blobs, WriterState state)
{
    while (blobs->kept) {
        BlobWriter *writer = blobs->kept;
        blobs->kept = writer->next;
        writer->state = state;
        if (writer->is_let_go)
            free_writer(writer);
    }
}

void blob_writers_committed(Blobs *blobs)
{
    end_kept(blobs, WRITER_DONE);
}

void blob_writers_undone(Blobs *blobs)
{
    end_kept(blobs, WRITER_OPEN);
}

bool blob_writers_need_sync(const Blobs *blobs)
{
    const BlobWriter *at = blobs->kept;
    while (at && !at->runs.len)
        at = at->next;
    return at != NULL;
}

static int is_there(Store *store, int64_t id, bool *ret_there)
{
    static const Query find = {"SELECT 1 FROM blob WHERE id = ?1"};
    Statement *statement = statement_begin(store, &find);
    bind_int64(statement, 1, id);
    int code = statement_one(statement);
    *ret_there = code == STORE_ROW;
    if (code == STORE_ROW)
        statement_end(statement);
    return code < 0 ? code : STORE_OK;
}

int blob_writers_check(Blobs *blobs)
{
    for (BlobWriter **at = &blobs->kept; *at;) {
        BlobWriter *writer = *at;
        bool is_kept;
        int code = is_there(blobs->store, writer->id, &is_kept);
        if (code != STORE_OK)
            return code;
        if (is_kept) {
            at = &writer->next;
            continue;
        }
        *at = writer->next;
        writer->state = WRITER_OPEN;
        if (writer->is_let_go)
            free_writer(writer);
    }
    return STORE_OK;
}

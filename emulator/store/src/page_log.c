/* page_log.c - what is known of the log's frames as SQLite reads, writes and copies them. */
#include "page_log.h"
#include <stdlib.h>

/* The log. sqlite.org, "WAL-mode File Format": sums of pairs of 32-bit words, each from those of the frame before. */

static uint32_t word_at(const unsigned char *at, bool big_endian)
{
    uint32_t word = get_4(at);
    return big_endian ? word : __builtin_bswap32(word);
}

static void sum(const Log *log, const unsigned char *at, size_t len, uint32_t sums[static 2])
{
    uint32_t first = sums[0], second = sums[1];
    bool big_endian = log->sums_big_endian;
    for (const unsigned char *end = at + len; at < end; at += 8) {
        first += word_at(at, big_endian) + second;
        second += word_at(at + 4, big_endian) + first;
    }
    sums[0] = first;
    sums[1] = second;
}

static bool frame_fits(const Log *log, const unsigned char *header, const unsigned char *page, uint32_t sums[static 2])
{
    sum(log, header, 8, sums);
    sum(log, page, PAGE_BYTES, sums);
    return get_4(header + 16) == sums[0] && get_4(header + 20) == sums[1] && get_4(header) &&
           !memcmp(header + 8, log->salts, sizeof log->salts);
}

static void take_log_header(Log *log, const unsigned char *header)
{
    uint32_t sums[2] = {0, 0}, magic = get_4(header);
    if (log->contents)
        memset(log->contents, 0, log->capacity * sizeof *log->contents);
    *log = (Log){.sums_big_endian = magic & 1, .contents = log->contents, .capacity = log->capacity};
    sum(log, header, 24, sums);
    log->is_known = (magic & ~1u) == 0x377f0682 && sums[0] == get_4(header + 24) && sums[1] == get_4(header + 28);
    memcpy(log->salts, header + 16, sizeof log->salts);
    memcpy(log->sums, sums, sizeof sums);
}

static bool has_entry(Log *log, uint32_t number)
{
    if (number < log->capacity)
        return true;
    size_t capacity = (size_t)number * 2 + 64;
    uint64_t *grown = realloc(log->contents, capacity * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + log->capacity, 0, (capacity - log->capacity) * sizeof *grown);
    log->contents = grown;
    log->capacity = capacity;
    return true;
}

/* SQLite recovers: it reads frame by frame from the first to one that does not fit. So do we. */
static int look_at_frame(Log *log, const unsigned char *frame, uint32_t number)
{
    uint32_t sums[2] = {log->sums[0], log->sums[1]};
    if (!log->is_known || number != log->looked_at)
        return SQLITE_OK;
    if (!frame_fits(log, frame, frame + FRAME_HEADER, sums)) {
        log->is_torn |= !memcmp(frame + 8, log->salts, sizeof log->salts);
        return SQLITE_OK;
    }
    if (!has_entry(log, number))
        return SQLITE_NOMEM;
    log->contents[number] = page_content(frame + FRAME_HEADER) | IS_KNOWN;
    memcpy(log->sums, sums, sizeof sums);
    log->looked_at++;
    if (get_4(frame + 4))
        log->committed = log->looked_at;
    return SQLITE_OK;
}

static uint32_t frame_of(sqlite3_int64 offset)
{
    return (uint32_t)((offset - LOG_HEADER_BYTES) / FRAME_BYTES);
}

static uint32_t page_of_frame(PageFile *file, uint32_t number)
{
    unsigned char bytes[4] = {0};
    (void)inner(file)->pMethods->xRead(inner(file), bytes, sizeof bytes,
                                       LOG_HEADER_BYTES + (sqlite3_int64)number * FRAME_BYTES);
    return get_4(bytes);
}

static int check_frame(PageFile *file, const unsigned char *page, uint32_t number)
{
    Log *log = &file->log;
    uint64_t known = number < log->capacity ? log->contents[number] & ~IS_COPIED : 0;
    uint32_t content = page_content(page);
    if (number + 1 > log->highest_read)
        log->highest_read = number + 1;
    if (known && known != (content | IS_KNOWN))
        return page_damaged(file, page_of_frame(file, number), true);
    if (file->other && file->other->is_copying) {
        file->other->copied = page;
        file->other->copied_content = content;
        file->other->copied_entry = known ? &log->contents[number] : NULL;
    }
    return SQLITE_OK;
}

/* SQLite copies all of the log or begins anew; what an earlier attempt has copied need not be read again. */
static bool is_copied_already(PageFile *file, const void *page, uint32_t number)
{
    Log *log = &file->log;
    bool is = file->other && file->other->is_copying && number < log->capacity && (log->contents[number] & IS_COPIED);
    if (!is)
        return false;
    if (number + 1 > log->highest_read)
        log->highest_read = number + 1;
    file->other->copied = page;
    file->other->copied_entry = &log->contents[number];
    return true;
}

int read_log(PageFile *file, void *out, int amount, sqlite3_int64 offset)
{
    if (amount == PAGE_BYTES && is_copied_already(file, out, frame_of(offset)))
        return SQLITE_OK;
    int code = flush_log(file);
    if (code == SQLITE_OK)
        code = inner(file)->pMethods->xRead(inner(file), out, amount, offset);
    if (code != SQLITE_OK)
        return code;
    if (amount == LOG_HEADER_BYTES && !offset) {
        take_log_header(&file->log, out);
        file->log.is_torn = !file->log.is_known; /* SQLite leaves out all of it */
    } else if (amount == FRAME_BYTES)
        return look_at_frame(&file->log, out, frame_of(offset));
    else if (amount == PAGE_BYTES)
        return check_frame(file, out, frame_of(offset));
    return SQLITE_OK;
}

static void note_commit(Log *log, uint32_t number, bool is_commit)
{
    log->is_committing = is_commit;
    log->looked_at = UINT32_MAX;
    if (is_commit)
        log->committed = number + 1;
    else if (number < log->committed)
        log->committed = number;
}

int flush_log(PageFile *file)
{
    JoinedFrames *joined = &file->joined;
    int len = (int)joined->len;
    joined->len = 0;
    return len ? inner(file)->pMethods->xWrite(inner(file), joined->bytes, len, joined->at) : SQLITE_OK;
}

/* A header or a page. */
static int join(PageFile *file, const void *bytes, size_t amount, sqlite3_int64 offset)
{
    JoinedFrames *joined = &file->joined;
    bool fits = offset == joined->at + (sqlite3_int64)joined->len && joined->len + amount <= JOINED_BYTES;
    int code = fits ? SQLITE_OK : flush_log(file);
    if (code != SQLITE_OK)
        return code;
    if (!joined->len)
        joined->at = offset;
    memcpy(joined->bytes + joined->len, bytes, amount);
    joined->len += amount;
    return amount == PAGE_BYTES && file->log.is_committing ? flush_log(file) : SQLITE_OK;
}

int write_log(PageFile *file, const void *bytes, int amount, sqlite3_int64 offset)
{
    Log *log = &file->log;
    if (amount == LOG_HEADER_BYTES && !offset)
        take_log_header(log, bytes);
    else if (amount == FRAME_HEADER)
        note_commit(log, frame_of(offset), get_4((const unsigned char *)bytes + 4) != 0);
    else if (!has_entry(log, frame_of(offset)))
        return SQLITE_NOMEM;
    else
        log->contents[frame_of(offset)] = amount == PAGE_BYTES ? page_content(bytes) | IS_KNOWN : 0;
    if (amount == FRAME_HEADER || amount == PAGE_BYTES)
        return join(file, bytes, (size_t)amount, offset);
    int code = flush_log(file);
    return code != SQLITE_OK ? code : inner(file)->pMethods->xWrite(inner(file), bytes, amount, offset);
}

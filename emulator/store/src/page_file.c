/* page_file.c */
#include "crc32c.h"
#include "page_log.h"
#include <stdlib.h>

/* Pages */

uint32_t page_content(const unsigned char *page)
{
    return crc32c(0, page, CHECKED_BYTES);
}

static uint32_t with_number(uint32_t content, uint32_t number)
{
    unsigned char bytes[4];
    put_4(bytes, number);
    return crc32c(content, bytes, sizeof bytes);
}

bool page_is_whole(const unsigned char *page, uint32_t number)
{
    return get_4(page + CHECKED_BYTES) == with_number(page_content(page), number);
}

bool page_has_checksum(const unsigned char *header)
{
    return header[RESERVED_AT] == PAGE_RESERVED;
}

int page_damaged(PageFile *file, uint32_t page, bool is_in_log)
{
    PageFile *main = file->is_log ? file->other : file;
    if (main && main->fault && !main->fault->page)
        *main->fault = (PageFault){page, is_in_log};
    /* Not SQLITE_CORRUPT itself, after which SQLite refuses the commit of all that the turn has written; nor an I/O
     * error, after which it undoes it at once: whoever only reads here fails alone. */
    return SQLITE_CORRUPT_VTAB;
}

/* The mark */

static void mark_write(const Mark *mark, unsigned char out[static MARK_BYTES])
{
    memset(out, 0, MARK_BYTES);
    if (mark->state == MARK_NONE)
        return;
    memcpy(out, mark->salts, sizeof mark->salts);
    put_4(out + 8, mark->frames);
    put_4(out + 12, mark->state);
    put_4(out + 16, crc32c(0, out, 16));
}

static bool mark_read(const unsigned char bytes[static MARK_BYTES], Mark *ret_mark)
{
    Mark mark = {.frames = get_4(bytes + 8), .state = (MarkState)get_4(bytes + 12)};
    unsigned char again[MARK_BYTES];
    memcpy(mark.salts, bytes, sizeof mark.salts);
    mark_write(&mark, again);
    *ret_mark = mark;
    return mark.state <= MARK_DONE && !memcmp(bytes, again, MARK_BYTES);
}

static void set_mark(PageFile *file, MarkState state, uint32_t frames)
{
    unsigned char bytes[MARK_BYTES];
    memcpy(file->mark.salts, file->other->log.salts, sizeof file->mark.salts);
    file->mark.frames = frames;
    file->mark.state = state;
    mark_write(&file->mark, bytes);
    if (inner(file)->pMethods->xWrite(inner(file), bytes, MARK_BYTES, MARK_AT) != SQLITE_OK)
        file->has_failed = true;
}

/* SQLite copies the log into the file between these two. */
static void begin_copying(PageFile *file)
{
    if (!file->has_checksums || !file->other)
        return;
    file->is_copying = true;
    file->has_failed = false;
    file->copied = NULL;
    file->copied_entry = NULL;
    file->other->log.highest_read = 0;
    set_mark(file, MARK_BEGUN, file->other->log.committed);
}

static void end_copying(PageFile *file)
{
    if (!file->is_copying)
        return;
    file->is_copying = false;
    file->copied = NULL;
    file->copied_entry = NULL;
    if (!file->has_failed)
        set_mark(file, MARK_DONE, file->other->log.highest_read);
}

static LogState log_state(const PageFile *file)
{
    const Log *log = file->other ? &file->other->log : NULL;
    bool is_same = log && log->is_known && !memcmp(log->salts, file->mark.salts, sizeof log->salts);
    bool is_enough = is_same && log->committed >= file->mark.frames;
    if (file->mark.state == MARK_BEGUN)
        return is_enough ? LOG_FITS : LOG_LOST;
    return file->mark.state == MARK_DONE && is_same && !is_enough ? LOG_STALE : LOG_FITS;
}

/* The file */

static int read_page(PageFile *file, unsigned char *page, uint32_t number)
{
    sqlite3_int64 size = 0;
    int code = inner(file)->pMethods->xRead(inner(file), page, PAGE_BYTES, (sqlite3_int64)(number - 1) * PAGE_BYTES);
    if (file->is_overlooking)
        return code;
    /* Beyond the end SQLite would take zeros. */
    if (code == SQLITE_IOERR_SHORT_READ) {
        int asked = inner(file)->pMethods->xFileSize(inner(file), &size);
        return asked == SQLITE_OK && !size ? code : page_damaged(file, number, false);
    }
    return code != SQLITE_OK || page_is_whole(page, number) ? code : page_damaged(file, number, false);
}

static int read_file(PageFile *file, void *out, int amount, sqlite3_int64 offset)
{
    uint32_t number = (uint32_t)(offset / PAGE_BYTES) + 1;
    int within = (int)(offset % PAGE_BYTES);
    if (!file->has_checksums || offset + amount <= HEADER_BYTES)
        return inner(file)->pMethods->xRead(inner(file), out, amount, offset);
    if (amount == PAGE_BYTES && !within)
        return read_page(file, out, number);
    if (amount > PAGE_BYTES - within)
        return SQLITE_IOERR_READ; /* SQLite never does */
    int code = read_page(file, file->scratch, number);
    memcpy(out, file->scratch + within, (size_t)amount);
    return code;
}

/* The reserved bytes are ours also in SQLite's own memory, which is never constant here. */
static void seal(PageFile *file, unsigned char *page, uint32_t number)
{
    uint32_t content = file->copied == page ? file->copied_content : page_content(page);
    file->copied = NULL;
    memset(page + CHECKED_BYTES, 0, PAGE_RESERVED);
    put_4(page + CHECKED_BYTES, with_number(content, number));
    if (number == 1)
        mark_write(&file->mark, page + MARK_AT);
}

/* A page of the log, written into the file. SQLITE_BUSY ends SQLite's checkpoint without an error and without its being
 * done. */
static int copy_page(PageFile *file, const void *page, sqlite3_int64 offset)
{
    uint64_t *entry = file->copied == page ? file->copied_entry : NULL;
    if (entry && *entry & IS_COPIED)
        return SQLITE_OK;
    if (!file->copy_left)
        return SQLITE_BUSY;
    seal(file, (unsigned char *)page, (uint32_t)(offset / PAGE_BYTES) + 1);
    int code = inner(file)->pMethods->xWrite(inner(file), page, PAGE_BYTES, offset);
    if (code == SQLITE_OK && entry)
        *entry |= IS_COPIED;
    if (file->copy_left > 0)
        file->copy_left--;
    return code;
}

static int write_file(PageFile *file, const void *bytes, int amount, sqlite3_int64 offset)
{
    if (file->has_checksums) {
        if (amount != PAGE_BYTES || offset % PAGE_BYTES || (file->is_copying && file->has_failed))
            return SQLITE_IOERR_WRITE;
        if (file->is_copying)
            return copy_page(file, bytes, offset);
        seal(file, (unsigned char *)bytes, (uint32_t)(offset / PAGE_BYTES) + 1);
    }
    return inner(file)->pMethods->xWrite(inner(file), bytes, amount, offset);
}

/* What SQLite calls. */

/* What is copied counts as copied only where nothing of it has failed. */
static int note_code(PageFile *file, int code)
{
    PageFile *main = file->is_log ? file->other : file;
    if (code != SQLITE_OK && main)
        main->has_failed = true;
    return code;
}

static int on_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
    PageFile *file = (PageFile *)base;
    return note_code(file, file->is_log ? read_log(file, out, amount, offset) : read_file(file, out, amount, offset));
}

static int on_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset)
{
    PageFile *file = (PageFile *)base;
    return note_code(file,
                     file->is_log ? write_log(file, bytes, amount, offset) : write_file(file, bytes, amount, offset));
}

static int on_close(sqlite3_file *base)
{
    PageFile *file = (PageFile *)base;
    if (file->other)
        file->other->other = NULL;
    int flushed = flush_log(file), code = inner(file)->pMethods->xClose(inner(file));
    free(file->scratch);
    free(file->joined.bytes);
    free(file->log.contents);
    return flushed != SQLITE_OK ? flushed : code;
}

static int on_control(sqlite3_file *base, int opcode, void *argument)
{
    PageFile *file = (PageFile *)base;
    switch (opcode) {
    case CONTROL_NOTE_IN:
        file->fault = argument;
        return SQLITE_OK;
    case CONTROL_GET_FILE:
        *(PageFile **)argument = file;
        return SQLITE_OK;
    case SQLITE_FCNTL_CKPT_START:
        begin_copying(file);
        break;
    case SQLITE_FCNTL_CKPT_DONE:
        end_copying(file);
        break;
    default:
        break;
    }
    return inner(file)->pMethods->xFileControl(inner(file), opcode, argument);
}

#define INNER(base) inner((PageFile *)(base))

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    int code = flush_log((PageFile *)base);
    return code != SQLITE_OK ? code : INNER(base)->pMethods->xTruncate(INNER(base), size);
}

static int on_sync(sqlite3_file *base, int flags)
{
    int code = flush_log((PageFile *)base);
    return code != SQLITE_OK ? code : INNER(base)->pMethods->xSync(INNER(base), flags);
}

static int on_file_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
    int code = flush_log((PageFile *)base);
    return code != SQLITE_OK ? code : INNER(base)->pMethods->xFileSize(INNER(base), ret_size);
}

static int on_lock(sqlite3_file *base, int kind)
{
    return INNER(base)->pMethods->xLock(INNER(base), kind);
}

static int on_unlock(sqlite3_file *base, int kind)
{
    return INNER(base)->pMethods->xUnlock(INNER(base), kind);
}

static int on_check_lock(sqlite3_file *base, int *ret_is_locked)
{
    return INNER(base)->pMethods->xCheckReservedLock(INNER(base), ret_is_locked);
}

static int on_sector_size(sqlite3_file *base)
{
    return INNER(base)->pMethods->xSectorSize(INNER(base));
}

static int on_characteristics(sqlite3_file *base)
{
    return INNER(base)->pMethods->xDeviceCharacteristics(INNER(base));
}

/* Version 1: without shared memory, since only one process has the file, and without mapping, which we could not see.
 */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_file_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
};

/* Of a file that is there: does it have checksums, and what does its mark say? One whose first
 * page was never whole will. */
static int learn(PageFile *file)
{
    sqlite3_file *in = inner(file);
    unsigned char header[HEADER_BYTES], mark[MARK_BYTES];
    sqlite3_int64 size;
    int code = in->pMethods->xFileSize(in, &size);
    file->has_checksums = true;
    if (code != SQLITE_OK || size < HEADER_BYTES)
        return code;
    code = in->pMethods->xRead(in, header, sizeof header, 0);
    file->has_checksums = page_has_checksum(header) || memcmp(header, "SQLite format 3", 16);
    if (code != SQLITE_OK || !file->has_checksums || size < PAGE_BYTES)
        return code;
    code = in->pMethods->xRead(in, mark, sizeof mark, MARK_AT);
    file->mark_is_broken = !mark_read(mark, &file->mark);
    return code;
}

static sqlite3_vfs *below(void)
{
    return sqlite3_vfs_find(NULL);
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    PageFile *file = (PageFile *)base;
    (void)vfs;
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
        return below()->xOpen(below(), name, base, flags, ret_flags);
    memset(file, 0, sizeof *file);
    int code = below()->xOpen(below(), name, inner(file), flags, ret_flags);
    if (code != SQLITE_OK)
        return code;
    file->base.pMethods = &methods;
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (file->is_log) {
        file->other = (PageFile *)sqlite3_database_file_object(name);
        file->other->other = file;
        file->joined.bytes = malloc(JOINED_BYTES);
        return file->joined.bytes ? SQLITE_OK : SQLITE_NOMEM;
    }
    file->copy_left = -1;
    file->scratch = malloc(PAGE_BYTES);
    return file->scratch ? learn(file) : SQLITE_NOMEM;
}

const char *page_file_vfs(void)
{
    static sqlite3_vfs vfs;
    if (!vfs.zName) {
        vfs = *below();
        vfs.pNext = NULL;
        vfs.zName = "evpoc-pages";
        vfs.szOsFile = (int)sizeof(PageFile) + below()->szOsFile;
        vfs.xOpen = on_open;
        sqlite3_vfs_register(&vfs, 0);
    }
    return vfs.zName;
}

static PageFile *file_of(sqlite3 *db)
{
    PageFile *file = NULL;
    return sqlite3_file_control(db, "main", CONTROL_GET_FILE, &file) == SQLITE_OK ? file : NULL;
}

void page_file_reserve(sqlite3 *db)
{
    int bytes = PAGE_RESERVED;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

void page_file_note_in(sqlite3 *db, PageFault *fault)
{
    sqlite3_file_control(db, "main", CONTROL_NOTE_IN, fault);
}

void page_file_overlook(sqlite3 *db, bool is_on)
{
    PageFile *file = file_of(db);
    if (file)
        file->is_overlooking = is_on;
}

void page_file_copy_at_most(sqlite3 *db, int pages)
{
    PageFile *file = file_of(db);
    if (file)
        file->copy_left = pages;
}

int64_t page_file_log_bytes(uint32_t frames)
{
    return frames ? LOG_HEADER_BYTES + (int64_t)frames * FRAME_BYTES : 0;
}

uint32_t page_file_log_frames(sqlite3 *db)
{
    const PageFile *file = file_of(db);
    const Log *log = file && file->other ? &file->other->log : NULL;
    if (!log || !log->is_known)
        return 0;
    bool is_copied = file->mark.state == MARK_DONE && file->mark.frames >= log->committed &&
                     !memcmp(log->salts, file->mark.salts, sizeof log->salts);
    return is_copied ? 0 : log->committed;
}

LogState page_file_log_state(sqlite3 *db)
{
    const PageFile *file = file_of(db);
    if (!file || !file->has_checksums)
        return LOG_FITS;
    return file->mark_is_broken ? LOG_LOST : log_state(file);
}

bool page_file_log_is_torn(sqlite3 *db)
{
    const PageFile *file = file_of(db);
    return file && file->other && file->other->log.is_torn;
}

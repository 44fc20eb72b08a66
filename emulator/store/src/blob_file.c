/* blob_file.c - the file of bytes and what of it is free.
 *
 * The database alone says what is in the file: what no extent's row names is free, whoever wrote it. So nothing needs
 * to be tidied up after a crash, and opening finds the free space by what lies between the extents. */
#include "blob_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const Migration migration = {
    "blob",
    (const char *const[]){
        "CREATE TABLE blob (id INTEGER PRIMARY KEY, length INTEGER NOT NULL, bytes BLOB)",
        "CREATE TABLE blob_piece (blob INTEGER NOT NULL, at INTEGER NOT NULL, place INTEGER NOT NULL, skip INTEGER NOT"
        " NULL, length INTEGER NOT NULL, PRIMARY KEY (blob, at)) WITHOUT ROWID",
        "CREATE TABLE blob_extent (place INTEGER PRIMARY KEY, length INTEGER NOT NULL, pieces INTEGER NOT NULL, sums"
        " BLOB NOT NULL)",
        "CREATE TABLE blob_dropped (id INTEGER PRIMARY KEY)",
        "CREATE TABLE blob_bytes (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
        NULL,
    },
};
static const Query read_extents = {"SELECT place, length FROM blob_extent ORDER BY place"};

int blob_trouble(Blobs *blobs, int code, const char *format, ...)
{
    char text[sizeof blobs->store->failure];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    note_failure(blobs->store, text);
    return code;
}

void blob_leave(Store *store, bool was_in_turn)
{
    static const Query commit = {"COMMIT"};
    if (was_in_turn || !store->in_turn)
        return;
    if (statement_run(statement_begin(store, &commit)) != STORE_OK)
        store_rollback(store);
    store->in_turn = false;
}

/* Bytes */

static void punch(const Blobs *blobs, Span span)
{
    (void)fallocate(blobs->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)span.place, (off_t)span.length);
}

/* The disk is full: what only lies ready for later is given back. */
bool blob_file_shrink(Blobs *blobs)
{
    bool had_some = blobs->warm > 0 || blobs->cold.len || blobs->is_long;
    Span span = {0};
    while (had_some && space_next(blobs->space, span.place + span.length, &span.place, &span.length))
        punch(blobs, span);
    if (had_some)
        (void)!ftruncate(blobs->fd, (off_t)space_end(blobs->space));
    blobs->warm = 0;
    blobs->cold.len = 0;
    blobs->is_long = false;
    return had_some;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static int cannot_write(Blobs *blobs, int error)
{
    return blob_trouble(blobs, is_full(error) ? STORE_FULL : STORE_BROKEN, "%.400s cannot be written: %s",
                        blobs->path ? blobs->path : "the memory for blobs", strerror(error));
}

bool blob_fd_write(int fd, Bytes first, Bytes second, uint64_t place)
{
    while (first.len + second.len) {
        struct iovec parts[2] = {{(void *)(uintptr_t)first.ptr, first.len},
                                 {(void *)(uintptr_t)second.ptr, second.len}};
        ssize_t done = pwritev(fd, first.len ? parts : parts + 1, first.len ? 2 : 1, (off_t)place);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : ENOSPC;
            return false;
        }
        size_t of_first = (size_t)done < first.len ? (size_t)done : first.len;
        first = bytes_slice(first, of_first, first.len - of_first);
        if ((size_t)done > of_first)
            second = bytes_slice(second, (size_t)done - of_first, second.len - ((size_t)done - of_first));
        place += (uint64_t)done;
    }
    return true;
}

static int make_file(Blobs *blobs)
{
    if (blobs->fd < 0)
        blobs->fd = blob_file_new(blobs, blobs->path);
    return blobs->fd >= 0 ? STORE_OK : cannot_write(blobs, errno);
}

int blob_file_write(Blobs *blobs, Bytes first, Bytes second, uint64_t place)
{
    int code = make_file(blobs);
    if (code != STORE_OK)
        return code;
    if (blob_fd_write(blobs->fd, first, second, place))
        return STORE_OK;
    if (is_full(errno) && blob_file_shrink(blobs) && blob_fd_write(blobs->fd, first, second, place))
        return STORE_OK;
    return cannot_write(blobs, errno);
}

int blob_fd_read(int fd, char *to, size_t len, uint64_t place)
{
    while (len) {
        ssize_t done = pread(fd, to, len, (off_t)place);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return STORE_DAMAGED;
        to += done;
        len -= (size_t)done;
        place += (uint64_t)done;
    }
    return STORE_OK;
}

int blob_file_read(const Blobs *blobs, char *to, size_t len, uint64_t place)
{
    return blob_fd_read(blobs->fd, to, len, place);
}

int blob_file_reserve(Blobs *blobs, Span span)
{
    int code = make_file(blobs);
    if (code != STORE_OK)
        return code;
    if (!blobs->path || !fallocate(blobs->fd, FALLOC_FL_KEEP_SIZE, (off_t)span.place, (off_t)span.length))
        return STORE_OK;
    return is_full(errno) ? cannot_write(blobs, errno) : STORE_OK;
}

void blob_file_give(Blobs *blobs, Span span)
{
    uint64_t end_before = space_end(blobs->space);
    space_give(blobs->space, span.place, span.length);
    if (blobs->warm + span.length <= BLOB_WARM && blobs->path)
        blobs->warm += span.length;
    else if (space_end(blobs->space) < end_before)
        blobs->is_long = true;
    else
        buffer_append(&blobs->cold, (Bytes){(const char *)&span, sizeof span});
}

/* To the disk goes what was dropped a step at a time: the pages of 1 GiB take the system a fifth of a second. */

static bool shorten(Blobs *blobs)
{
    struct stat file;
    uint64_t end = space_end(blobs->space), step = BLOB_GIVEN;
    if (!blobs->is_long || fstat(blobs->fd, &file))
        return false;
    uint64_t size = (uint64_t)file.st_size, length = size > end + step ? size - step : end;
    (void)!ftruncate(blobs->fd, (off_t)length);
    return blobs->is_long = length > end;
}

/* Where some of it is used again, it is left as it is. */
static bool punch_some(Blobs *blobs)
{
    if (!blobs->cold.len)
        return false;
    Span *last = (Span *)(void *)(blobs->cold.ptr + blobs->cold.len) - 1;
    uint64_t length = last->length < BLOB_GIVEN ? last->length : BLOB_GIVEN;
    Span span = {last->place + last->length - length, length};
    last->length -= length;
    if (!last->length)
        blobs->cold.len -= sizeof *last;
    if (space_is_free(blobs->space, span.place, span.length))
        punch(blobs, span);
    return blobs->cold.len > 0;
}

bool blob_give_step(Store *store)
{
    return store->blobs && (shorten(store->blobs) || punch_some(store->blobs));
}

/* Opening */

bool blob_sync_directory(const char *path)
{
    char directory[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int fd = open(directory[0] ? directory : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = fd >= 0 && !fsync(fd);
    if (fd >= 0)
        close(fd);
    return is_synced;
}

int blob_file_new(Blobs *blobs, const char *path)
{
    if (!path)
        return memfd_create("evpoc.blobs", MFD_CLOEXEC);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0 && blobs->store->durability == DURABILITY_FSYNC && !blob_sync_directory(path)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int cannot_open(Blobs *blobs)
{
    return blob_trouble(blobs, STORE_NO_PERMISSION, "cannot open %.400s: %s",
                        blobs->path ? blobs->path : "memory for blobs", strerror(errno));
}

/* There is no file until large bytes are written. */
static int open_file(Blobs *blobs)
{
    char path[PATH_BYTES];
    if (blobs->store->is_in_memory)
        return STORE_OK;
    /* evpoc.db → evpoc.blobs */
    snprintf(path, sizeof path, "%.*s.blobs", (int)strlen(blobs->store->path) - 3, blobs->store->path);
    if (!(blobs->path = strdup(path)))
        abort();
    blobs->fd = open(path, O_RDWR | O_CLOEXEC);
    return blobs->fd >= 0 || errno == ENOENT ? STORE_OK : cannot_open(blobs);
}

static int free_before(Blobs *blobs, uint64_t place, uint64_t length)
{
    uint64_t end = space_end(blobs->space);
    if (place % BLOB_ALIGN || place < end || !length || length > BLOB_EXTENT)
        return blob_trouble(blobs, STORE_CORRUPT, "%.400s is damaged: extents of blobs overlap at byte %llu",
                            blobs->store->path, (unsigned long long)place);
    (void)space_take_at(blobs->space, end, place + blob_rounded(length) - end);
    if (place > end) {
        space_give(blobs->space, end, place - end);
        punch(blobs, (Span){end, place - end});
    }
    return STORE_OK;
}

/* The last extent's own length: behind it the file needn't be padded. */
static int check_length(Blobs *blobs, uint64_t needed)
{
    struct stat file;
    if (blobs->fd < 0 && !needed)
        return STORE_OK;
    if (fstat(blobs->fd, &file) || (uint64_t)file.st_size < needed)
        return blob_trouble(
            blobs, STORE_CORRUPT,
            "%.400s is missing or too short: evpoc.db names its bytes up to %llu; put both back from one copy",
            blobs->path ? blobs->path : "the memory for blobs", (unsigned long long)needed);
    /* Also what was reserved behind the end. */
    if (space_end(blobs->space) || file.st_blocks)
        (void)!ftruncate(blobs->fd, (off_t)space_end(blobs->space));
    return STORE_OK;
}

int blob_load_space(Blobs *blobs)
{
    int code;
    uint64_t needed = 0;
    blobs->space = space_free(blobs->space);
    blobs->space = space_new();
    blobs->warm = 0;
    blobs->cold.len = 0;
    blobs->is_long = false;
    Statement *rows = statement_begin(blobs->store, &read_extents);
    while ((code = statement_step(rows)) == STORE_ROW) {
        uint64_t place = (uint64_t)column_int64(rows, 0), length = (uint64_t)column_int64(rows, 1);
        code = free_before(blobs, place, length);
        if (code != STORE_OK) {
            statement_end(rows);
            return code;
        }
        needed = place + length;
    }
    if (code == STORE_OK)
        code = check_length(blobs, needed);
    blobs->check_at = 0;
    blobs->check_end = space_end(blobs->space);
    memset(blobs->seen, 0, sizeof blobs->seen);
    return code;
}

/* The turn */

static int before_commit(void *context)
{
    Blobs *blobs = context;
    /* Before the commit that names them is on the disk, the bytes are. */
    bool needs_sync = blobs->store->durability == DURABILITY_FSYNC && blob_writers_need_sync(blobs);
    if (needs_sync && fdatasync(blobs->fd)) {
        (void)cannot_write(blobs, errno);
        return STORE_BROKEN;
    }
    return blobs->has_dropped && !blobs->is_purge_broken ? blob_purge(blobs) : STORE_OK;
}

/* What was seen to be as written there is something else next time. */
static void give_spans(Blobs *blobs, Buffer *spans)
{
    const Span *span = (const Span *)(const void *)spans->ptr;
    for (size_t i = 0; i < spans->len / sizeof *span; i++) {
        blob_set_seen(blobs, span[i].place, false);
        blob_file_give(blobs, span[i]);
    }
    spans->len = 0;
}

void blob_give_freed(Blobs *blobs)
{
    give_spans(blobs, &blobs->kept_back);
}

void blobs_committed(Store *store)
{
    Blobs *blobs = store->blobs;
    blob_writers_committed(blobs);
    if (blobs->pins) {
        buffer_append(&blobs->kept_back, buffer_bytes(&blobs->freed));
        blobs->freed.len = 0;
    } else {
        give_spans(blobs, &blobs->freed);
    }
    (void)blob_give_step(store);
}

int blobs_undone_to_savepoint(Store *store)
{
    return blob_writers_check(store->blobs);
}

static void after_rollback(void *context)
{
    Blobs *blobs = context;
    blobs->freed.len = 0;
    blobs->has_dropped = true;
    blob_writers_undone(blobs);
}

/* Of a restore that was cut off before anything was in its place. */
static void remove_part(const Blobs *blobs)
{
    char part[PATH_BYTES];
    blob_path(blobs, ".part", part);
    unlink(part);
}

static int open_all(Blobs *blobs)
{
    int code = store_migrate(blobs->store, &migration);
    if (code == STORE_OK)
        code = open_file(blobs);
    if (code == STORE_OK)
        code = blob_unpack_left(blobs);
    if (code == STORE_OK && blobs->path)
        remove_part(blobs);
    if (code == STORE_OK)
        code = blob_load_space(blobs);
    return code;
}

int blob_open(Store *store)
{
    if (store->blobs)
        return STORE_OK;
    Blobs *blobs = calloc(1, sizeof *blobs);
    if (!blobs)
        abort();
    *blobs = (Blobs){.store = store, .fd = -1, .has_dropped = true, .held = map_new()};
    store->blobs = blobs;
    int code = open_all(blobs);
    if (code != STORE_OK) {
        blobs_close(store);
        return code;
    }
    store_before_commit(store, before_commit, blobs);
    store_on_rollback(store, after_rollback, blobs);
    return STORE_OK;
}

void blobs_close(Store *store)
{
    Blobs *blobs = store->blobs;
    if (!blobs)
        return;
    if (blobs->fd >= 0)
        close(blobs->fd);
    space_free(blobs->space);
    buffer_done(&blobs->freed);
    buffer_done(&blobs->kept_back);
    buffer_done(&blobs->cold);
    map_free(blobs->held);
    free(blobs->path);
    free(blobs);
    store->blobs = NULL;
}

BlobUse blob_use(Store *store)
{
    const Space *space = store->blobs->space;
    return (BlobUse){.file_bytes = space_end(space), .free_bytes = space_free_bytes(space)};
}

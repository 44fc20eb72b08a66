/* blob_internal.h - what the files of the blobs share.
 *
 * A blob is pieces; a piece is a part of an extent; an extent is up to 64 MiB of the file, with a checksum for each
 * 64 KiB and a count of the pieces that are parts of it. A small blob has no pieces: its bytes are in its row. */
#pragma once
#include "blob.h"
#include "blob_space.h"
#include "buffer.h"
#include "map.h"
#include "store_internal.h"
#include <stdatomic.h>

#define BLOB_INLINE_BYTES 4096                          /* up to here they lie in the row */
#define BLOB_ALIGN        ((uint64_t)4096)              /* of places */
#define BLOB_BLOCK        ((size_t)64 * 1024)           /* what one checksum is for */
#define BLOB_EXTENT       ((uint64_t)64 * 1024 * 1024)  /* at most: 4 KiB of checksums */
#define BLOB_CHECKED      ((size_t)1024 * 1024)         /* at most, before it is sent, or in one step */
#define BLOB_WARM         ((uint64_t)256 * 1024 * 1024) /* free space that keeps its pages: writing there is cheap */
#define BLOB_GIVEN        ((uint64_t)8 * 1024 * 1024)   /* at most given back to the disk in one step */
#define BLOB_SEEN         4096                          /* extents remembered as checked; a power of two */

typedef struct Span {
    uint64_t place, length;
} Span;

typedef struct Blobs Blobs;

struct Blobs {
    Store *store;
    char *path;          /* NULL: in memory */
    int fd;              /* -1: nothing was written yet */
    uint64_t generation; /* grows where a snapshot takes the place of everything */
    Space *space;
    uint64_t warm;    /* free bytes whose pages were not given back to the disk, about */
    Buffer cold;      /* Spans whose pages are to go back to the disk, where they are still free then */
    bool is_long;     /* the file, beyond what is used */
    Buffer freed;     /* Spans that are free when the turn is committed */
    Buffer kept_back; /* Spans that were, while a snapshot was made that may need them */
    int pins;         /* snapshots that are being made */
    BlobWriter *kept; /* in this turn */
    Map *held;        /* id → Blob */
    bool has_dropped; /* rows of dropped blobs may be waiting that nobody holds */
    bool is_purge_broken;
    char scratch[BLOB_BLOCK];
    uint64_t check_at;  /* how far blob_check_step is */
    uint64_t check_end; /* what was there when the file was opened */
    uint64_t seen[BLOB_SEEN];
};

static inline uint64_t blob_rounded(uint64_t length)
{
    return (length + BLOB_ALIGN - 1) & ~(BLOB_ALIGN - 1);
}

/* blob_file.c */
MUST_CHECK int blob_file_write(Blobs *blobs, Bytes first, Bytes second, uint64_t place); /* one behind the other */
MUST_CHECK int blob_file_read(const Blobs *blobs, char *to, size_t len, uint64_t place); /* all, or STORE_DAMAGED */
/* The same of any descriptor, on any thread. False: errno. */
MUST_CHECK bool blob_fd_write(int fd, Bytes first, Bytes second, uint64_t place);
MUST_CHECK int blob_fd_read(int fd, char *to, size_t len, uint64_t place);
void blob_give_freed(Blobs *blobs);                        /* what was kept back is free */
MUST_CHECK int blob_file_reserve(Blobs *blobs, Span span); /* on the disk, where the file system can: or STORE_FULL */
void blob_file_give(Blobs *blobs, Span span);              /* free at once */
bool blob_file_shrink(Blobs *blobs);               /* what lies free goes back to the disk; false: there was nothing */
int blob_file_new(Blobs *blobs, const char *path); /* an empty one: its descriptor, or -1 */
bool blob_sync_directory(const char *path);        /* of this file */
MUST_CHECK int blob_load_space(Blobs *blobs);
int blob_trouble(Blobs *blobs, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void blob_leave(Store *store, bool was_in_turn); /* ends a turn that only reading has opened */
/* blob_write.c */
void blob_writers_committed(Blobs *blobs);
void blob_writers_undone(Blobs *blobs);
bool blob_writers_need_sync(const Blobs *blobs); /* before the commit */
MUST_CHECK int blob_writers_check(Blobs *blobs); /* which of them are still kept, after a savepoint was undone */
/* Rows of what it has written, as pieces of a blob from `at` on; flushed before. */
MUST_CHECK int blob_writer_flush(BlobWriter *writer);
MUST_CHECK int blob_writer_rows(BlobWriter *writer, int64_t id, uint64_t at);
void blob_writer_is_kept(BlobWriter *writer, int64_t id);
/* blob_rows.c */
typedef struct Piece {
    uint64_t at;          /* in the blob */
    uint64_t place, skip; /* of the extent; where in it the piece begins */
    uint64_t length;
} Piece;
MUST_CHECK int blob_row_new(Store *store, uint64_t length, Bytes bytes, int64_t *ret_id);
MUST_CHECK int blob_row_piece(Store *store, int64_t id, const Piece *piece);
MUST_CHECK int blob_row_extent(Store *store, Span extent, Bytes sums);
MUST_CHECK int blob_row_find_piece(Store *store, int64_t id, uint64_t at, Piece *ret_piece);
MUST_CHECK int blob_row_inline(Store *store, int64_t id, uint64_t at, char *to,
                               size_t *len); /* len: room, then found */
MUST_CHECK int blob_row_sums(Store *store, uint64_t place, uint64_t *ret_length, Buffer *sums);
MUST_CHECK int blob_purge(Blobs *blobs); /* some of what was dropped and nobody holds */
/* blob_read.c */
bool blob_is_held(const Blobs *blobs, int64_t id);
bool blob_sums_fit(Bytes sums, uint64_t extent_at, Bytes bytes); /* of whole blocks, but for the extent's last */
void blob_set_seen(Blobs *blobs, uint64_t place, bool is_seen);
/* blob_pack.c: the bytes in rows of a snapshot */
/* What copies bytes between a file of them and rows: touches nothing of the store. */
typedef struct BlobCopy {
    int fd;                        /* the file; -1: the rows are only looked at */
    const char *name;              /* of what they come from, for messages */
    const atomic_bool *is_stopped; /* NULL: it cannot be */
} BlobCopy;
MUST_CHECK int blob_pack(const BlobCopy *from, sqlite3 *into, const char **ret_reason);
MUST_CHECK int blob_unpack(sqlite3 *from, const BlobCopy *to, const char **ret_reason);
MUST_CHECK int blob_check_packed(sqlite3 *db, const char *name, const char **ret_reason);
/* Its rows are evpoc.blobs.new now, and go. */
MUST_CHECK int blob_set_moved(sqlite3 *db, const char **ret_reason);
void blob_path(const Blobs *blobs, const char *suffix, char out[static PATH_BYTES]);
MUST_CHECK int blob_unpack_new(Blobs *blobs, sqlite3 *from, int *ret_fd); /* into evpoc.blobs.new */
void blob_unpack_undo(const Blobs *blobs, int fd);
MUST_CHECK int blob_unpack_left(Blobs *blobs); /* by a restore that was cut off */
/* blob_look.c */
int64_t blob_look(sqlite3 *db, const char *path, StoreNameHook *tell, void *context); /* evpoc-emu check: findings */
/* for turn.c, open.c and snapshot.c */
void blobs_committed(Store *store);
MUST_CHECK int blobs_undone_to_savepoint(Store *store);
MUST_CHECK int blobs_restored(Store *store, int fd);
/* Until it is unpinned the bytes of what was committed stay where they are, for whoever reads them from *ret_fd (-1:
 * there are none), on any thread. STORE_BROKEN: no descriptor is left. */
MUST_CHECK int blobs_pin(Store *store, int *ret_fd);
void blobs_unpin(Store *store, int fd);
void blobs_close(Store *store);

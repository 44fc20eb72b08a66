/* blob.h - bytes of any length: objects, code, buffers. They come over many turns and are seen by nobody until their
 * owner keeps them in a turn of its own; they are visible, and for good, with that turn's commit, and undone with it.
 *
 * They lie in a file of their own beside the database, evpoc.blobs, whose places the database keeps; small ones lie in
 * their row. What was written and never kept is free space again when the file is opened. Kept bytes are never changed.
 *
 * Functions that can fail return STORE_OK or another code of store.h. Those marked (turn) write rows: they belong to
 * the turn at hand. The others need none and leave none open. */
#pragma once
#include "store.h"

typedef struct BlobWriter BlobWriter;
typedef struct Blob Blob; /* a reference to one that is kept: its bytes stay where they are while it is held */

/* Once, after store_open (the program does it before any service is opened); again is fine. STORE_CORRUPT: the file is
 * missing or too short for what the database says is in it (store_error). There is no file until bytes are written. */
MUST_CHECK int blob_open(Store *store);

#define BLOB_LENGTH_UNKNOWN UINT64_MAX
/* With a length known, its bytes will lie in one piece, so that one sendfile serves them, and a disk without room for
 * them is told now where they are many: STORE_FULL. More or fewer bytes may come. */
MUST_CHECK int blob_begin(Store *store, uint64_t expected_length, BlobWriter **ret_writer);
/* Behind what was written before; the bytes are in the file, or with the writer, when it returns. STORE_FULL: no room
 * on the disk. STORE_NOT_FOUND: a snapshot was restored meanwhile. A writer that has failed goes on failing. */
MUST_CHECK int blob_write(BlobWriter *writer, Bytes bytes);
uint64_t blob_written(const BlobWriter *writer);
/* (turn) Where the turn is undone, the writer is as it was before, and may be kept again. Nothing more can be written
 * to it. */
MUST_CHECK int blob_keep(BlobWriter *writer, int64_t *ret_id);
/* Always, at any time, once, before store_close: what was not kept by then is given up. NULL is fine. Returns NULL. */
BlobWriter *blob_writer_free(BlobWriter *writer);

/* A piece of a kept blob. */
typedef struct BlobSlice {
    int64_t id;
    uint64_t at, length;
} BlobSlice;
/* (turn) A new blob of pieces of others, in this order, without copying: parts put together, or a copy of a whole.
 * The others may be dropped afterwards. STORE_NOT_FOUND: one of them is not there, or not as long. */
MUST_CHECK int blob_join(Store *store, const BlobSlice *slices, size_t count, int64_t *ret_id);
/* (turn) It is found no more; its id may be given again. Its space comes back after the commit, when no other blob
 * shares it and nobody holds it. */
MUST_CHECK int blob_drop(Store *store, int64_t id);
MUST_CHECK int blob_find(Store *store, int64_t id, uint64_t *ret_length); /* or STORE_NOT_FOUND */

/* Holds it for reading, though it be dropped meanwhile. A few hundred bytes, whatever its length. */
MUST_CHECK int blob_hold(Store *store, int64_t id, Blob **ret_blob);
Blob *blob_let_go(Blob *blob); /* before store_close; NULL is fine; returns NULL */
uint64_t blob_length(const Blob *blob);
/* Up to `room` bytes from `at` on, and checked; fewer only at the end. Finding them takes O(log n). STORE_DAMAGED: they
 * are not as they were written. STORE_NOT_FOUND: a snapshot was restored meanwhile. */
MUST_CHECK int blob_read(Blob *blob, uint64_t at, char *to, size_t room, size_t *ret_len);

/* Where bytes lie in a file, for sendfile. */
typedef struct BlobRange {
    int fd; /* the caller's to close, and before it lets go of the blob */
    uint64_t fd_at, length;
} BlobRange;
/* STORE_NOT_FOUND: they don't lie in one piece (joined, or small): blob_read gives them. Ranges up to 1 MiB are checked
 * (STORE_DAMAGED) unless they were since the file was opened; longer ones are left to blob_check_step. */
MUST_CHECK int blob_open_range(Blob *blob, uint64_t at, uint64_t length, BlobRange *ret_range);

/* Work for when there is nothing else to do: looks at up to 1 MiB of what was there when the file was opened; damage is
 * told to store_on_trouble. True: more is left. */
bool blob_check_step(Store *store);

/* The same: gives the disk back up to 8 MiB of what is free beyond what is kept for the next. Each commit does one,
 * too. */
bool blob_give_step(Store *store);

typedef struct BlobUse {
    uint64_t file_bytes; /* the file's end */
    uint64_t free_bytes; /* before it */
} BlobUse;
BlobUse blob_use(Store *store);

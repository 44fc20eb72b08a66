/* page_log.h - SQLite's file and its log as page_file.c and page_log.c know them. */
#pragma once
#include "page_file.h"
#include <string.h>

#define HEADER_BYTES     100
#define RESERVED_AT      20 /* in the file's header */
#define CHECKED_BYTES    (PAGE_BYTES - PAGE_RESERVED)
#define MARK_AT          (CHECKED_BYTES + 8)
#define LOG_HEADER_BYTES 32
#define FRAME_HEADER     24
#define FRAME_BYTES      (FRAME_HEADER + PAGE_BYTES)
/* Our own opcodes of sqlite3_file_control; sqlite.org leaves those above 100 to VFSs. */
#define CONTROL_NOTE_IN  0x65560001
#define CONTROL_GET_FILE 0x65560002

typedef enum MarkState { MARK_NONE, MARK_BEGUN, MARK_DONE } MarkState;

typedef struct Mark {
    unsigned char salts[8]; /* of the log, as its header has them */
    uint32_t frames;        /* of it that are in the file, or are being copied there */
    MarkState state;
} Mark;
#define MARK_BYTES 20 /* salts, frames, state, CRC-32C of those; all zero where nothing was copied yet */

/* What is known of the log. */
typedef struct Log {
    bool is_known;        /* its header was read or written, and is one */
    bool sums_big_endian; /* in which order its checksums take words */
    bool is_torn;         /* a frame behind those that fit does not, though it bears these salts */
    unsigned char salts[8];
    uint32_t sums[2];      /* after the frames that were looked at one by one: SQLite recovers */
    uint32_t looked_at;    /* frames, all whole */
    uint32_t committed;    /* frames up to the last commit */
    uint32_t highest_read; /* frame, counted from 1, since copying began */
    uint64_t *contents;    /* of each frame's page the checksum it was written with, IS_KNOWN, IS_COPIED */
    size_t capacity;
    bool is_committing; /* the frame whose header came last ends a transaction */
} Log;

/* SQLite writes a frame's header, then its page: two calls of the system, of which each costs about as much as a page.
 * So frames are put together until one ends a transaction, the room is full, or anything else is done with the log. */
#define JOINED_BYTES ((size_t)4 * FRAME_BYTES)
typedef struct JoinedFrames {
    unsigned char *bytes; /* JOINED_BYTES of room */
    size_t len;
    sqlite3_int64 at; /* in the log */
} JoinedFrames;

typedef struct PageFile {
    sqlite3_file base;
    bool is_log, has_checksums, is_copying, is_overlooking, mark_is_broken;
    bool has_failed; /* something of the file or its log, since copying began */
    Mark mark;
    Log log;                /* of a log */
    JoinedFrames joined;    /* of a log */
    struct PageFile *other; /* the log's file, the file's log */
    PageFault *fault;       /* of the file */
    const void *copied;     /* the page just read from the log, to be written into the file, with its checksum */
    uint32_t copied_content;
    uint64_t *copied_entry; /* of that page in the log's contents; NULL: it has none */
    int copy_left;          /* pages that may still be copied; < 0: any number */
    unsigned char *scratch; /* a page */
} PageFile;

static inline sqlite3_file *inner(PageFile *file)
{
    return (sqlite3_file *)(file + 1);
}

static inline uint32_t get_4(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void put_4(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

#define IS_KNOWN  (UINT64_C(1) << 32)
#define IS_COPIED (UINT64_C(1) << 33) /* into the file, by a copying that has not come to its end yet */

/* page_file.c */
uint32_t page_content(const unsigned char *page); /* the checksum of what is covered by it */
int page_damaged(PageFile *file, uint32_t page, bool is_in_log);
/* page_log.c */
int read_log(PageFile *file, void *out, int amount, sqlite3_int64 offset);
int write_log(PageFile *file, const void *bytes, int amount, sqlite3_int64 offset);
int flush_log(PageFile *file); /* what is joined goes into the log; of the file: nothing */

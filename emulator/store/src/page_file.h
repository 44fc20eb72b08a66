/* page_file.h - SQLite's file and its log with a checksum on every page, below SQLite: a VFS that computes one where a
 * page is written into the file and looks at it where one is read. So tables, indexes, free pages and what SQLite keeps
 * for itself are covered alike, and nothing above has to remember.
 *
 * The last PAGE_RESERVED bytes of a page are left to us by SQLite ("reserved space", byte 20 of the file's header):
 *   0   CRC-32C of what stands before and of the page's number, both big-endian: a page that lies where another should
 *       is found, too
 *   8   of the first page: the mark (below). Elsewhere zero, as all that is not named here
 *
 * A frame of the log carries SQLite's own checksums, chained from the log's beginning, which SQLite looks at only when
 * it recovers. The checksums of pages that were written there, or recovered, are kept in memory and looked at when they
 * are read again, so that no damaged page gets a checksum of ours as it is copied into the file.
 *
 * The mark tells how far the log was copied into the file. Where a log ends before that, because a frame of it was
 * damaged, its older pages would hide newer ones of the file: LogState. */
#pragma once
#include "bytes.h"
#include <sqlite3.h>

#define PAGE_BYTES    16384
#define PAGE_RESERVED 32

/* What was found since it was last looked at; page 0: nothing. */
typedef struct PageFault {
    int64_t page;
    bool is_in_log;
} PageFault;

/* The name to give sqlite3_open_v2. Files it makes have checksums, if page_file_reserve is called before anything is
 * written; files that had none before are read and written as they are. */
const char *page_file_vfs(void);
void page_file_reserve(sqlite3 *db);
/* Where damage of this database is noted; lives as long as the connection. */
void page_file_note_in(sqlite3 *db, PageFault *fault);

/* After SQLite has read the file for the first time. */
typedef enum LogState {
    LOG_FITS,  /* or there is none, and none is needed */
    LOG_STALE, /* it is damaged, but the file has all that its damaged part held, and more: it must not be used */
    LOG_LOST,  /* a part that was being copied is missing: the file is neither old nor new */
} LogState;
LogState page_file_log_state(sqlite3 *db);
/* SQLite has left out the log's end, from a frame that is torn or damaged. */
bool page_file_log_is_torn(sqlite3 *db);

/* SQLite copies its log in one go. With a bound, a copying ends after so many pages, as if others were reading; the
 * next one goes on where it ended. < 0: no bound. */
void page_file_copy_at_most(sqlite3 *db, int pages);
/* How many frames of the log a copy of the file needs beside it: none where all of them are in the file. */
uint32_t page_file_log_frames(sqlite3 *db);
int64_t page_file_log_bytes(uint32_t frames); /* from the log's beginning to behind so many; 0 where there are none */

/* While it is on, damaged pages of the file are read as they are: everything is about to be written anew. */
void page_file_overlook(sqlite3 *db, bool is_on);

/* Is this page, PAGE_BYTES long, as it was written? `number` counts from 1. */
bool page_is_whole(const unsigned char *page, uint32_t number);
/* Byte 20 of the header. */
bool page_has_checksum(const unsigned char *header);

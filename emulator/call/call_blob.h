/* call_blob.h - large bytes between a call and the store: a body that flows becomes a blob, a blob becomes an answer.
 *
 *     begin     call_blob_begin → the sink's write is blob_write of each piece (and whatever sums it makes of them)
 *     handler   blob_keep, and the row that names it: both are there with the turn's commit, or neither
 *     answer    call_answer_blob: the file's own bytes where they lie in one piece, else pieces that are read
 *
 * What was begun and not kept, since the client went, the call was refused or the process was killed, is free space. */
#pragma once
#include "blob.h"
#include "call.h"

/* As blob_begin; the writer is the call's: freed with it. */
MUST_CHECK int call_blob_begin(Call *call, uint64_t expected_length, BlobWriter **ret_writer);
/* The answer's streaming payload is `length` bytes of the blob from `at` on; it may be dropped meanwhile. At most to
 * its end. Codes of blob.h: STORE_NOT_FOUND, STORE_DAMAGED … */
MUST_CHECK int call_answer_blob(Call *call, int64_t id, uint64_t at, uint64_t length);

/* call_blob.c - the writer of a body belongs to its call, the blob of an answer to the answer. */
#include "call_blob.h"
#include <stdlib.h>

static void free_writer(void *writer)
{
    blob_writer_free(writer);
}

int call_blob_begin(Call *call, uint64_t expected_length, BlobWriter **ret_writer)
{
    int code = blob_begin(call->store, expected_length, ret_writer);
    if (code == STORE_OK)
        arena_defer(call->arena, free_writer, *ret_writer);
    return code;
}

/* Outlives the call's arena, which goes when the answer's head is made. */
typedef struct Answer {
    Blob *blob;
    uint64_t from;
} Answer;

static ssize_t read_answer(void *context, uint64_t at, char *to, size_t room)
{
    const Answer *answer = context;
    size_t len;
    return blob_read(answer->blob, answer->from + at, to, room, &len) == STORE_OK ? (ssize_t)len : -1;
}

static void answer_is_done(void *context)
{
    Answer *answer = context;
    blob_let_go(answer->blob);
    free(answer);
}

/* One that does not lie in one piece is read. */
static int find_source(const Answer *answer, HttpSource *source)
{
    BlobRange range;
    int code = blob_open_range(answer->blob, answer->from, source->length, &range);
    if (code == STORE_NOT_FOUND) {
        source->read = read_answer;
        return STORE_OK;
    }
    source->fd = code == STORE_OK ? range.fd : -1;
    source->fd_at = code == STORE_OK ? range.fd_at : 0;
    return code;
}

int call_answer_blob(Call *call, int64_t id, uint64_t at, uint64_t length)
{
    Blob *blob;
    int code = blob_hold(call->store, id, &blob);
    if (code != STORE_OK)
        return code;
    uint64_t most = at < blob_length(blob) ? blob_length(blob) - at : 0;
    Answer *answer = malloc(sizeof *answer);
    if (!answer)
        abort();
    *answer = (Answer){blob, at};
    HttpSource source = {.done = answer_is_done, .context = answer, .length = length < most ? length : most};
    code = source.length ? find_source(answer, &source) : STORE_OK;
    if (code == STORE_OK && source.length)
        call_answer_from(call, &source);
    else
        answer_is_done(answer);
    return code;
}

/* stream.c - answers that go on: what the owner has written and the client has not taken, with its pieces. */
#include "transfer.h"
#include <stdlib.h>

#define KEPT_BYTES ((size_t)64 * 1024) /* of an empty buffer */

HttpStream *http_stream_start(HttpRequest *request, HttpResponse *head, void (*on_close)(void *context), void *context)
{
    Transfer *transfer = (Transfer *)request;
    HttpStream *stream = &transfer->stream;
    transfer->answered = true;
    transfer->is_stream = true;
    transfer->since_ms = transfers_now_ms(transfer->all);
    stream->on_close = on_close;
    stream->context = context;
    buffer_done(&head->body);
    if (transfer->ended)
        transfer->all->streams_gone++; /* the owner has no pointer yet: told at the next poll */
    else
        transfer->carrier->stream_start(transfer, head);
    http_count_arena(request);
    return stream;
}

static Transfer *transfer_of(HttpStream *stream)
{
    return (Transfer *)((char *)stream - offsetof(Transfer, stream));
}

void http_stream_write(HttpStream *stream, Bytes bytes)
{
    Transfer *transfer = transfer_of(stream);
    uint32_t len = (uint32_t)bytes.len;
    if (stream->gone || stream->ended || transfer->ended || !bytes.len)
        return;
    if (bytes.len > UINT32_MAX)
        abort();
    if (!http_stream_backlog(stream))
        transfer->since_ms = transfers_now_ms(transfer->all);
    buffer_append(&stream->written, bytes);
    buffer_append(&stream->pieces, (Bytes){(const char *)&len, sizeof len});
    transfer_hold(transfer, bytes.len);
    transfer->carrier->stream_changed(transfer);
}

size_t http_stream_backlog(const HttpStream *stream)
{
    return stream->written.len - stream->taken;
}

bool http_stream_has_room(const HttpStream *stream)
{
    return transfers_have_room(transfer_of((HttpStream *)stream)->all);
}

void http_stream_end(HttpStream *stream)
{
    Transfer *transfer = transfer_of(stream);
    if (stream->gone || stream->ended)
        return;
    stream->ended = true;
    if (transfer->ended) {
        transfer->all->streams_gone--;
        transfer_free(transfer);
    } else {
        transfer->carrier->stream_changed(transfer);
    }
}

/* What was taken is moved out of the way only when it is the larger part: each byte is moved once at most. */
static void drop_taken(Buffer *buffer, size_t *taken)
{
    if (*taken == buffer->len) {
        *taken = buffer->len = 0;
        if (buffer->capacity > KEPT_BYTES)
            buffer_done(buffer);
    } else if (*taken > buffer->len / 2) {
        memmove(buffer->ptr, buffer->ptr + *taken, buffer->len - *taken);
        buffer->len -= *taken;
        *taken = 0;
    }
}

static uint32_t first_piece(const HttpStream *stream)
{
    uint32_t len;
    memcpy(&len, stream->pieces.ptr + stream->pieces_taken, sizeof len);
    return len;
}

Bytes stream_piece(const HttpStream *stream)
{
    Bytes pending = stream_pending(stream);
    return pending.len ? bytes_slice(pending, 0, first_piece(stream)) : pending;
}

static void take_pieces(HttpStream *stream, size_t count)
{
    while (count) {
        uint32_t len = first_piece(stream);
        if (count < len) {
            len -= (uint32_t)count;
            memcpy(stream->pieces.ptr + stream->pieces_taken, &len, sizeof len);
            return;
        }
        count -= len;
        stream->pieces_taken += sizeof len;
    }
}

void stream_take(HttpStream *stream, size_t count)
{
    Transfer *transfer = transfer_of(stream);
    transfer->since_ms = transfers_now_ms(transfer->all);
    take_pieces(stream, count);
    stream->taken += count;
    drop_taken(&stream->pieces, &stream->pieces_taken);
    drop_taken(&stream->written, &stream->taken);
    transfer_release(transfer, count);
}

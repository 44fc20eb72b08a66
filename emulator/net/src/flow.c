/* flow.c - bodies that flow to a sink, and answers that are pulled from a source. */
#include "transfer.h"
#include <fcntl.h>
#include <unistd.h>

size_t transfer_flow(Transfer *transfer, Bytes bytes)
{
    if (!transfer->sink.write || transfer->sink_has_end)
        return 0;
    size_t taken = transfer->sink.write(transfer->sink.context, bytes);
    transfer->sink_is_full = taken < bytes.len;
    transfer_note_progress(transfer, taken);
    return taken;
}

void transfer_end_flow(Transfer *transfer, bool is_whole)
{
    if (!transfer->sink.write || transfer->sink_has_end)
        return;
    transfer->sink_has_end = true;
    transfer->sink.end(transfer->sink.context, is_whole);
}

void http_take_body(HttpRequest *request, const HttpSink *sink)
{
    Transfer *transfer = (Transfer *)request;
    transfer->sink = *sink;
    transfer->since_ms = transfers_now_ms(transfer->all);
    if (transfer->ended)
        transfer_end_flow(transfer, false);
    else
        transfer->carrier->body_wanted(transfer);
}

void http_body_go_on(HttpRequest *request)
{
    Transfer *transfer = (Transfer *)request;
    if (!transfer->sink_is_full || transfer->ended || transfer->sink_has_end)
        return;
    transfer->sink_is_full = false;
    transfer->since_ms = transfers_now_ms(transfer->all);
    transfer->carrier->body_wanted(transfer);
}

ssize_t transfer_read_source(Transfer *transfer, uint64_t at, char *to, size_t room)
{
    const HttpSource *source = &transfer->source;
    uint64_t left = source->length - at;
    size_t wanted = left < room ? (size_t)left : room;
    ssize_t len = source->read ? source->read(source->context, at, to, wanted)
                               : pread(source->fd, to, wanted, (off_t)(source->fd_at + at));
    if (len > 0)
        transfer_note_progress(transfer, (size_t)len);
    return len > 0 ? len : -1;
}

/* The loop waits while a file is read, and others wait with it: so the system reads no more at a time than is asked
 * for, whatever it is set to read ahead (8 MiB where this was measured: 18 ms). */
void transfer_take_source(Transfer *transfer, const HttpSource *source)
{
    transfer->has_source = true;
    transfer->source = *source;
    if (!source->read)
        (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_RANDOM);
}

uint64_t transfer_answer_length(const Transfer *transfer)
{
    return transfer->has_source ? transfer->source.length : transfer->answer_body.len;
}

void transfer_end_source(Transfer *transfer)
{
    if (transfer->has_source)
        http_end_source(&transfer->source);
    transfer->has_source = false;
}

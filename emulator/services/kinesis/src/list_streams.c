/* list_streams.c - ListStreams: by name, a page at a time. */
#include "operations.h"
#include "stream.h"
#include "token.h"

#define PAGE_MAX 100 /* aws: Kinesis API, ListStreams */

OPERATION(KinesisListStreams, list_streams, READS);

static const Query names_after = {"SELECT name FROM kinesis_stream WHERE account = ?1 AND region = ?2 AND name > ?3"
                                  " ORDER BY name LIMIT ?4"};

static Status start_after(Call *call, const KinesisListStreamsInput *in, Bytes *ret_name)
{
    Token token;
    *ret_name = present(in->exclusive_start_stream_name) ? in->exclusive_start_stream_name : TEXT("");
    if (!present(in->next_token))
        return OK;
    TRY(page_token_open(call, in->next_token, TOKEN_STREAMS, &token));
    *ret_name = token.name;
    return OK;
}

static void tell_stream(Call *call, const Stream *stream, KinesisStreamSummary *summary)
{
    summary->stream_name = arena_copy(call->arena, stream->name);
    summary->stream_arn = stream_arn(call->arena, stream);
    summary->stream_status = stream_status_text(stream->status);
    summary->stream_mode_details = arena_new_of(call->arena, KinesisStreamModeDetails);
    summary->stream_mode_details->stream_mode =
        stream->is_on_demand ? KINESIS_STREAM_MODE_ON_DEMAND : KINESIS_STREAM_MODE_PROVISIONED;
    SET(summary, stream_creation_timestamp, stream->created_ms);
}

static Status list_streams(Call *call, const KinesisListStreamsInput *in, KinesisListStreamsOutput *out)
{
    Bytes after;
    Kinesis *kinesis = call->service;
    size_t limit = in->has_limit && in->limit < PAGE_MAX ? (size_t)in->limit : PAGE_MAX;
    int code;
    TRY(start_after(call, in, &after));
    TRY(expect_ok(call, streams_load(kinesis)));

    out->stream_names.items = arena_new_array(call->arena, Bytes, limit);
    out->stream_summaries.items = arena_new_array(call->arena, KinesisStreamSummary, limit);
    SET(out, has_more_streams, false);
    Statement *row = statement_begin(call->store, &names_after);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, after);
    bind_int64(row, 4, (int64_t)limit + 1);
    while ((code = statement_step(row)) == STORE_ROW) {
        const Stream *stream =
            streams_get(kinesis, (KinesisStreamName){call->account, call->region, column_bytes(row, 0)});
        if (!stream)
            continue;
        if (out->stream_names.len == limit) {
            out->has_more_streams = true;
            continue;
        }
        tell_stream(call, stream, &out->stream_summaries.items[out->stream_summaries.len++]);
        out->stream_names.items[out->stream_names.len++] = arena_copy(call->arena, stream->name);
    }
    TRY(expect_ok(call, code));
    if (out->has_more_streams) {
        Token token = {.kind = TOKEN_STREAMS,
                       .made_ms = call->now_ms,
                       .account = call->account,
                       .region = call->region,
                       .name = out->stream_names.items[limit - 1]};
        out->next_token = token_seal(kinesis, call->arena, &token);
    }
    return OK;
}

/* record.c - appending and reading. */
#include "record.h"
#include "metrics.h"

static void count_incoming(Kinesis *kinesis, Shard *shard, double bytes)
{
    metric_of_stream(kinesis, shard->stream, METRIC_INCOMING_BYTES, bytes);
    metric_of_stream(kinesis, shard->stream, METRIC_INCOMING_RECORDS, 1);
    metric_of_shard(kinesis, shard, METRIC_INCOMING_BYTES, bytes);
    metric_of_shard(kinesis, shard, METRIC_INCOMING_RECORDS, 1);
}

int record_append(Kinesis *kinesis, Arena *arena, Shard *shard, const NewRecord *record, Bytes *ret_sequence_number)
{
    const Stream *stream = shard->stream;
    bool is_encrypted = present(stream->key_id);
    int64_t arrival_ms = record->arrival_ms;
    /* Times never fall within a shard, also where the clock is moved back: readers by time rely on it. */
    if (arrival_ms < shard->last_arrival_ms)
        arrival_ms = shard->last_arrival_ms;
    LogRecord kept = {
        .sequence = shard->next,
        .arrival_ms = arrival_ms,
        .partition_key = present(record->partition_key) ? record->partition_key : TEXT(""),
        .explicit_hash_key = record->explicit_hash_key,
        .data = is_encrypted ? seal(kinesis->secret, arena, stream->id, record->data) : record->data,
        .flags = (is_encrypted ? RECORD_IS_ENCRYPTED : 0) | (present(record->partition_key) ? 0 : RECORD_HAS_NO_KEY),
    };
    int code = shard_log_append(kinesis->log, shard->id, &kept);
    if (code != STORE_OK)
        return code;
    shard->next++;
    shard_note_arrival(shard, arrival_ms);
    *ret_sequence_number = sequence_text(arena, &shard->origin, kept.sequence, arrival_ms / MS_PER_S);
    count_incoming(kinesis, shard, (double)(record->data.len + record->partition_key.len));
    shard_tell_growth(kinesis, shard);
    return STORE_OK;
}

int record_index_at(Kinesis *kinesis, Shard *shard, int64_t time_ms, uint64_t *ret_index)
{
    int64_t horizon_ms = stream_horizon_ms(shard->stream, now_ms(kinesis));
    int code = shard_log_find_time(kinesis->log, shard->id, time_ms > horizon_ms ? time_ms : horizon_ms, ret_index);
    if (code != STORE_NOT_FOUND)
        return code;
    *ret_index = shard->next;
    return STORE_OK;
}

/* A log is trimmed by chunks, so some of what it still has may be too old to be told. */
static int read_untrimmed(Kinesis *kinesis, Arena *arena, Shard *shard, RecordQuery *query, LogRecord **ret_records,
                          size_t *ret_count)
{
    int64_t horizon_ms = stream_horizon_ms(shard->stream, now_ms(kinesis));
    for (;;) {
        int code = shard_log_read(kinesis->log, shard->id, query->from, query->limit, query->bytes_max, arena,
                                  ret_records, ret_count);
        if (code != STORE_OK || !*ret_count || (*ret_records)[0].arrival_ms >= horizon_ms)
            return code;
        code = record_index_at(kinesis, shard, horizon_ms, &query->from);
        if (code != STORE_OK)
            return code;
    }
}

static bool tell_record(Kinesis *kinesis, Arena *arena, const Shard *shard, const LogRecord *from, KinesisRecord *to)
{
    to->data = from->data;
    if (!(from->flags & RECORD_HAS_NO_KEY))
        to->partition_key = from->partition_key;
    to->sequence_number = sequence_text(arena, &shard->origin, from->sequence, from->arrival_ms / MS_PER_S);
    SET(to, approximate_arrival_timestamp, from->arrival_ms);
    if (!(from->flags & RECORD_IS_ENCRYPTED))
        return true;
    to->encryption_type = KINESIS_ENCRYPTION_TYPE_KMS;
    return unseal(kinesis->secret, arena, shard->stream->id, &to->data);
}

int records_read(Kinesis *kinesis, Arena *arena, Shard *shard, RecordQuery query, RecordPage *ret_page)
{
    LogRecord *found;
    size_t count;
    int code = shard_prepare(kinesis, shard);
    if (code == STORE_OK)
        code = read_untrimmed(kinesis, arena, shard, &query, &found, &count);
    if (code != STORE_OK)
        return code;
    RecordPage page = {.records = {arena_new_array(arena, KinesisRecord, count + 1), count}, .next = query.from};
    for (size_t i = 0; i < count; i++)
        if (!tell_record(kinesis, arena, shard, &found[i], &page.records.items[i]))
            return STORE_BROKEN;
    for (size_t i = 0; i < count; i++) {
        page.has_sealed |= (found[i].flags & RECORD_IS_ENCRYPTED) != 0;
        page.bytes += page.records.items[i].data.len + page.records.items[i].partition_key.len;
    }
    if (count) {
        page.next = found[count - 1].sequence + 1;
        page.last_number = page.records.items[count - 1].sequence_number;
    }
    page.is_at_tip = !count || page.next >= shard->next;
    if (!page.is_at_tip)
        page.millis_behind = now_ms(kinesis) - found[count - 1].arrival_ms;
    if (page.millis_behind < 0)
        page.millis_behind = 0;
    *ret_page = page;
    return STORE_OK;
}

/* stream_log.c - a stream's records. They lie in the log of their shard as the items themselves are stored: the new
 * image, the old one, and the keys only where the view has no image of the change. What can be told from that (event
 * id, sequence number, size, the keys) is made when it is read. */
#include "stream.h"
#include <sodium.h>

const EventKind DYNAMODB_STREAM_GREW = {"dynamodb: stream grew", sizeof(DynamodbStreamGrew)};

/* aws: API Reference, GetRecords: "a maximum of 1 MB of data or 1000 stream records" */
#define PAGE_BYTES_MAX (1024 * 1024)

/* Flags of a log's record. */
enum { EVENT_INSERT = 0, EVENT_MODIFY = 1, EVENT_REMOVE = 2, EVENT_MASK = 3, BY_EXPIRY = 4, HAS_NEW = 8, HAS_OLD = 16 };

static Item key_of_change(const Change *change, Attribute *room)
{
    const Item *item = change->after ? change->after : change->before;
    const Keys *keys = &change->table->keys;
    Item key = {room, 0};
    key.items[key.len++] = (Attribute){keys->hash.name, *item_get(item, keys->hash.name)};
    if (has_range(keys))
        key.items[key.len++] = (Attribute){keys->range.name, *item_get(item, keys->range.name)};
    return key;
}

static int find_tip(const Scope *scope, StreamTip *tip)
{
    Dynamodb *dynamodb = scope->service;
    LogSpan span = {0};
    if (tip->next)
        return STORE_OK;
    int code = shard_log_span(dynamodb->log, stream_log_of(tip->shard_id), &span);
    if (code < 0)
        return code;
    tip->next = (int64_t)span.last + 1;
    tip->arrival_ms = span.last_arrival_ms;
    return STORE_OK;
}

static void tell(const Scope *scope, StreamTip *tip)
{
    uint64_t turn = runtime_turn(scope->runtime);
    if (tip->told_turn == turn)
        return;
    tip->told_turn = turn;
    runtime_publish(scope->runtime, &DYNAMODB_STREAM_GREW, &(DynamodbStreamGrew){tip->newest.id, tip->shard_id});
}

static uint32_t event_of(const Change *change)
{
    uint32_t event = !change->before ? EVENT_INSERT : change->after ? EVENT_MODIFY : EVENT_REMOVE;
    return event | (change->is_expiry ? BY_EXPIRY : 0);
}

int stream_follow(const Scope *scope, const Change *change, Bytes after)
{
    Dynamodb *dynamodb = scope->service;
    StreamTip *tip = &change->table->stream;
    Bytes view = tip->newest.view_type;
    bool keeps_both = bytes_equal(view, DYNAMODB_STREAM_VIEW_TYPE_NEW_AND_OLD_IMAGES);
    bool has_new = change->after && (keeps_both || bytes_equal(view, DYNAMODB_STREAM_VIEW_TYPE_NEW_IMAGE));
    bool has_old = change->before && (keeps_both || bytes_equal(view, DYNAMODB_STREAM_VIEW_TYPE_OLD_IMAGE));
    Buffer encoded = {0};
    Attribute room[2];
    int code = find_tip(scope, tip);
    if (code != STORE_OK)
        return code;
    LogRecord record = {.sequence = (uint64_t)tip->next,
                        .arrival_ms = scope->now_ms > tip->arrival_ms ? scope->now_ms : tip->arrival_ms,
                        .flags = event_of(change) | (has_new ? HAS_NEW : 0) | (has_old ? HAS_OLD : 0)};
    if (has_new)
        record.partition_key = after;
    if (has_old) {
        item_encode(&encoded, change->before);
    } else if (!has_new) {
        Item key = key_of_change(change, room);
        item_encode(&encoded, &key);
    }
    record.data = buffer_bytes(&encoded);
    code = shard_log_append(dynamodb->log, stream_log_of(tip->shard_id), &record);
    buffer_done(&encoded);
    if (code != STORE_OK)
        return code;
    tip->next++;
    tip->arrival_ms = record.arrival_ms;
    tell(scope, tip);
    return STORE_OK;
}

/* 32 digits that are the same whenever the record is read. */
static Bytes event_id(Arena *arena, int64_t log, uint64_t position)
{
    const uint64_t seed[2] = {(uint64_t)log, position};
    unsigned char hash[16];
    char *text = arena_take_raw(arena, 2 * sizeof hash + 1);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)seed, sizeof seed, NULL, 0);
    sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
    return (Bytes){text, 2 * sizeof hash};
}

static Item keys_of(Arena *arena, const TableStream *stream, const Item *item)
{
    Item keys = {arena_new_array(arena, Attribute, 2), 0};
    Bytes names[] = {stream->hash_name, stream->range_name};
    for (int i = 0; i < 2; i++) {
        const Value *value = present(names[i]) ? item_get(item, names[i]) : NULL;
        if (value)
            keys.items[keys.len++] = (Attribute){names[i], *value};
    }
    return keys;
}

static StreamRecord record_of(Arena *arena, const TableStream *stream, const StreamShard *shard,
                              const LogRecord *record)
{
    static const Bytes names[] = {TEXT("INSERT"), TEXT("MODIFY"), TEXT("REMOVE"), TEXT("REMOVE")};
    StreamRecord told = {.event_id = event_id(arena, stream_log_of(shard->id), record->sequence),
                         .event_name = names[record->flags & EVENT_MASK],
                         .sequence_number = stream_sequence_number(arena, shard, (int64_t)record->sequence),
                         .created_ms = record->arrival_ms,
                         .is_expiry = record->flags & BY_EXPIRY};
    Item key;
    if (record->flags & HAS_NEW)
        told.new_image = key = item_decode(arena, record->partition_key);
    if (record->flags & HAS_OLD)
        told.old_image = key = item_decode(arena, record->data);
    if (!(record->flags & (HAS_NEW | HAS_OLD)))
        key = item_decode(arena, record->data);
    told.keys = keys_of(arena, stream, &key);
    /* aws: recorded: the keys and each image, as the size of items counts them */
    told.size_bytes = (int64_t)(item_size(&told.keys) + item_size(&told.new_image) + item_size(&told.old_image));
    return told;
}

/* The first position that is kept; behind the last where none is. */
static int find_horizon(const Scope *scope, const StreamShard *shard, int64_t *ret_position)
{
    int64_t horizon_ms = scope->now_ms - STREAM_RETENTION_MS;
    *ret_position = 1;
    return shard->opened_ms >= horizon_ms ? STORE_OK : stream_position_at(scope, shard, horizon_ms, ret_position);
}

int stream_position_at(const Scope *scope, const StreamShard *shard, int64_t time_ms, int64_t *ret_position)
{
    Dynamodb *dynamodb = scope->service;
    uint64_t sequence;
    int code = shard_log_find_time(dynamodb->log, stream_log_of(shard->id), time_ms, &sequence);
    *ret_position = code == STORE_OK ? (int64_t)sequence : shard->last + 1;
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

int stream_read(const Scope *scope, const TableStream *stream, const StreamShard *shard, int64_t from, size_t limit,
                StreamPage *ret_page)
{
    Dynamodb *dynamodb = scope->service;
    StreamPage page = {0};
    LogRecord *records;
    int64_t horizon;
    int code = find_horizon(scope, shard, &horizon);
    if (code != STORE_OK)
        return code;
    page.is_trimmed = from != STREAM_FROM_HORIZON && from < horizon;
    if (from < horizon)
        from = horizon;
    *ret_page = page;
    if (page.is_trimmed)
        return STORE_OK;
    code = shard_log_read(dynamodb->log, stream_log_of(shard->id), (uint64_t)from, limit, PAGE_BYTES_MAX, scope->arena,
                          &records, &page.count);
    if (code != STORE_OK)
        return code;
    page.items = arena_new_array(scope->arena, StreamRecord, page.count);
    int64_t bytes = 0; /* as they are told; what the log has is less */
    for (size_t i = 0; i < page.count; i++) {
        page.items[i] = record_of(scope->arena, stream, shard, &records[i]);
        bytes += page.items[i].size_bytes;
        if (i && bytes > PAGE_BYTES_MAX)
            page.count = i;
    }
    page.next = page.count ? (int64_t)records[page.count - 1].sequence + 1 : from;
    page.is_end = shard->closed_ms && page.next > shard->last;
    *ret_page = page;
    return STORE_OK;
}

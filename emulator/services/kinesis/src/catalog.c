/* catalog.c - the copy of the stream and shard tables in memory: read whole, dropped whole at a rollback. */
#include "consumer.h"
#include "rate_limits.h"
#include "reshard.h"
#include <stdlib.h>

static const Query all_streams = {
    "SELECT id, account, region, name, status, status_due_ms, created_ms, horizon_floor_ms, retention_hours,"
    " record_kib_max, is_on_demand, key_id, next_shard_index, shard_metrics, warm_mibps, sealed_key_id, "
    "spreads_records FROM "
    "kinesis_stream"};
static const Query all_shards = {
    "SELECT id, stream_id, shard_index, parent, adjacent_parent, hash_start, hash_end, created_s, opened_ms,"
    " closed_ms, ended_s, floor FROM kinesis_shard ORDER BY stream_id, shard_index"};
static const Query insert_stream = {
    "INSERT INTO kinesis_stream (account, region, name, status, status_due_ms, created_ms, retention_hours,"
    " record_kib_max, is_on_demand, next_shard_index) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, 0)"};
static const Query update_stream = {
    "UPDATE kinesis_stream SET horizon_floor_ms = ?2, retention_hours = ?3, record_kib_max = ?4, is_on_demand = ?5,"
    " key_id = ?6, next_shard_index = ?7, shard_metrics = ?8, warm_mibps = ?9, sealed_key_id = ?10, spreads_records = "
    "?11 WHERE id = ?1"};

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static Bytes own_copy(Bytes b)
{
    if (!present(b))
        return b;
    char *copy = must(malloc(b.len + 1));
    if (b.len)
        memcpy(copy, b.ptr, b.len);
    copy[b.len] = '\0';
    return (Bytes){copy, b.len};
}

Bytes stream_key(StreamKey *key, KinesisStreamName name)
{
    key->len = 0;
    Bytes parts[] = {name.account, name.region, name.name};
    for (int i = 0; i < 3; i++) {
        if (key->len + parts[i].len + 1 > sizeof key->text)
            return (Bytes){"", 0};
        if (parts[i].len)
            memcpy(key->text + key->len, parts[i].ptr, parts[i].len);
        key->len += parts[i].len;
        key->text[key->len++] = '\0';
    }
    return (Bytes){key->text, key->len};
}

static Stream *adopt(Kinesis *kinesis, const Stream *like)
{
    StreamKey key;
    Stream *stream = must(malloc(sizeof *stream));
    *stream = *like;
    stream->key = own_copy(stream_key(&key, (KinesisStreamName){like->account, like->region, like->name}));
    stream->account = (Bytes){stream->key.ptr, like->account.len};
    stream->region = (Bytes){stream->key.ptr + like->account.len + 1, like->region.len};
    stream->name = (Bytes){stream->region.ptr + like->region.len + 1, like->name.len};
    stream->key_id = own_copy(like->key_id);
    stream->sealed_key_id = own_copy(like->sealed_key_id);
    map_put(kinesis->streams, stream->key, stream);
    map_put(kinesis->streams_by_id, id_key(&stream->id), stream);
    return stream;
}

static void stream_free(Stream *stream)
{
    for (size_t i = 0; i < stream->shards_count; i++)
        free(stream->shards[i]);
    free(stream->shards);
    free(stream->open);
    free((char *)stream->key.ptr);
    free((char *)stream->key_id.ptr);
    free((char *)stream->sealed_key_id.ptr);
    free(stream);
}

void stream_set_key_id(Stream *stream, Bytes key_id)
{
    Bytes copy = own_copy(key_id);
    free((char *)stream->key_id.ptr);
    stream->key_id = copy;
    stream->kms_generation_put = stream->kms_generation_read = 0;
    if (!present(key_id))
        return;
    free((char *)stream->sealed_key_id.ptr);
    stream->sealed_key_id = own_copy(copy);
}

void streams_forget(Kinesis *kinesis)
{
    Bytes key;
    void *stream;
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &stream);)
        stream_free(stream);
    map_free(kinesis->streams);
    map_free(kinesis->streams_by_id);
    map_free(kinesis->shards);
    kinesis->streams = map_new();
    kinesis->streams_by_id = map_new();
    kinesis->shards = map_new();
    kinesis->is_loaded = false;
}

void stream_drop(Kinesis *kinesis, Stream *stream)
{
    for (size_t i = 0; i < stream->shards_count; i++)
        map_remove(kinesis->shards, id_key(&stream->shards[i]->id));
    map_remove(kinesis->streams_by_id, id_key(&stream->id));
    map_remove(kinesis->streams, stream->key);
    stream_free(stream);
}

static int load_streams(Kinesis *kinesis)
{
    int code;
    Statement *row = store_begin(kinesis->store, &all_streams);
    while ((code = store_step(row)) == STORE_ROW)
        adopt(kinesis, &(Stream){
                           .id = column_int64(row, 0),
                           .account = column_bytes(row, 1),
                           .region = column_bytes(row, 2),
                           .name = column_bytes(row, 3),
                           .status = (StreamStatus)column_int64(row, 4),
                           .status_due_ms = column_int64(row, 5),
                           .created_ms = column_int64(row, 6),
                           .horizon_floor_ms = column_int64(row, 7),
                           .retention_hours = (int32_t)column_int64(row, 8),
                           .record_kib_max = (int32_t)column_int64(row, 9),
                           .is_on_demand = column_int64(row, 10) != 0,
                           .key_id = column_is_null(row, 11) ? (Bytes){0} : column_bytes(row, 11),
                           .next_shard_index = (uint32_t)column_int64(row, 12),
                           .shard_metrics = (unsigned)column_int64(row, 13),
                           .warm_mibps = (int32_t)column_int64(row, 14),
                           .sealed_key_id = column_is_null(row, 15) ? (Bytes){0} : column_bytes(row, 15),
                           .spreads_records = column_int64(row, 16) != 0,
                       });
    return code;
}

Stream *streams_get_by_id(const Kinesis *kinesis, int64_t id)
{
    return map_get(kinesis->streams_by_id, id_key(&id));
}

static int load_shards(Kinesis *kinesis)
{
    int code;
    Stream *stream = NULL;
    Statement *row = store_begin(kinesis->store, &all_shards);
    while ((code = store_step(row)) == STORE_ROW) {
        int64_t stream_id = column_int64(row, 1);
        if (!stream || stream->id != stream_id)
            stream = streams_get_by_id(kinesis, stream_id);
        if (!stream)
            continue;
        uint32_t index = (uint32_t)column_int64(row, 2);
        shard_adopt(kinesis, stream,
                    &(Shard){
                        .id = column_int64(row, 0),
                        .index = index,
                        .parent = column_int64(row, 3),
                        .adjacent_parent = column_int64(row, 4),
                        .hash_start = hash_key_read(column_bytes(row, 5)),
                        .hash_end = hash_key_read(column_bytes(row, 6)),
                        .origin = sequence_origin(column_int64(row, 7), index),
                        .opened_ms = column_int64(row, 8),
                        .closed_ms = column_int64(row, 9),
                        .ended_s = column_int64(row, 10),
                        .floor = (uint64_t)column_int64(row, 11),
                    });
    }
    return code;
}

int streams_load(Kinesis *kinesis)
{
    if (kinesis->is_loaded)
        return STORE_OK;
    int code = load_streams(kinesis);
    if (code == STORE_OK)
        code = load_shards(kinesis);
    if (code == STORE_OK)
        code = reshards_load(kinesis);
    if (code == STORE_OK)
        code = consumers_find_due(kinesis);
    if (code != STORE_OK) {
        streams_forget(kinesis);
        return code;
    }
    kinesis->is_loaded = true;
    limits_give_rates_back(kinesis);
    streams_await_transitions(kinesis);
    return STORE_OK;
}

Stream *streams_get(const Kinesis *kinesis, KinesisStreamName name)
{
    StreamKey key;
    return map_get(kinesis->streams, stream_key(&key, name));
}

/* Those that a reshard has been promised count, too. */
static size_t open_shards_to_be(const Stream *stream)
{
    if (stream->reshard.kind == RESHARD_SPLIT)
        return stream->open_count + 1;
    bool grows = stream->reshard.kind == RESHARD_COUNT && stream->reshard.count > stream->open_count;
    return grows ? stream->reshard.count : stream->open_count;
}

size_t streams_open_shards(const Kinesis *kinesis, Bytes account, Bytes region)
{
    Bytes key;
    void *value;
    size_t count = 0;
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &value);) {
        const Stream *stream = value;
        if (bytes_equal(stream->account, account) && bytes_equal(stream->region, region))
            count += open_shards_to_be(stream);
    }
    return count;
}

StreamsCount streams_count(const Kinesis *kinesis, Bytes account, Bytes region)
{
    Bytes key;
    void *value;
    StreamsCount count = {0};
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &value);) {
        const Stream *stream = value;
        if (!bytes_equal(stream->account, account) || !bytes_equal(stream->region, region))
            continue;
        count.on_demand_streams += stream->is_on_demand;
        count.creating_streams += stream->status == STREAM_CREATING;
        count.provisioned_shards += stream->is_on_demand ? 0 : stream->open_count;
    }
    return count;
}

int stream_insert(Kinesis *kinesis, const Stream *like, Stream **ret_stream)
{
    Statement *insert = store_begin(kinesis->store, &insert_stream);
    bind_text(insert, 1, like->account);
    bind_text(insert, 2, like->region);
    bind_text(insert, 3, like->name);
    bind_int64(insert, 4, like->status);
    bind_int64(insert, 5, like->created_ms);
    bind_int64(insert, 6, like->retention_hours);
    bind_int64(insert, 7, like->record_kib_max);
    bind_int64(insert, 8, like->is_on_demand);
    int code = store_run(insert);
    if (code != STORE_OK)
        return code;
    Stream stream = *like;
    stream.id = store_last_rowid(kinesis->store);
    *ret_stream = adopt(kinesis, &stream);
    return STORE_OK;
}

int stream_update(Kinesis *kinesis, const Stream *stream)
{
    Statement *update = store_begin(kinesis->store, &update_stream);
    bind_int64(update, 1, stream->id);
    bind_int64(update, 2, stream->horizon_floor_ms);
    bind_int64(update, 3, stream->retention_hours);
    bind_int64(update, 4, stream->record_kib_max);
    bind_int64(update, 5, stream->is_on_demand);
    bind_text(update, 10, stream->sealed_key_id);
    bind_int64(update, 11, stream->spreads_records);
    bind_text(update, 6, stream->key_id);
    bind_int64(update, 7, stream->next_shard_index);
    bind_int64(update, 8, stream->shard_metrics);
    bind_int64(update, 9, stream->warm_mibps);
    return store_run(update);
}

Stream *stream_within(const Kinesis *kinesis, Bytes account, Bytes region)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &value);) {
        Stream *stream = value;
        if ((!present(account) || bytes_equal(account, stream->account)) &&
            (!present(region) || bytes_equal(region, stream->region)))
            return stream;
    }
    return NULL;
}

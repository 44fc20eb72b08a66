/* catalog.c - the copy of the stream and shard tables in memory: read whole, dropped whole at a rollback. */
#include "consumer.h"
#include "rate_limits.h"
#include "reshard.h"
#include "row.h"
#include <stdlib.h>

#define STREAM_SETTINGS                                                                                                \
    "horizon_floor_ms, retention_hours, record_kib_max, is_on_demand, key_id, next_shard_index, shard_metrics, "       \
    "warm_mibps, sealed_key_id, spreads_records"
#define STREAM_COLUMNS "account, region, name, created_ms, status, status_due_ms, " STREAM_SETTINGS

static const Column stream_columns[] = {
    COLUMN(Stream, id),
    COLUMN(Stream, account),
    COLUMN(Stream, region),
    COLUMN(Stream, name),
    COLUMN(Stream, created_ms),
    COLUMN(Stream, status),
    COLUMN(Stream, status_due_ms),
    COLUMN(Stream, horizon_floor_ms),
    COLUMN(Stream, retention_hours),
    COLUMN(Stream, record_kib_max),
    COLUMN(Stream, is_on_demand),
    COLUMN(Stream, key_id),
    COLUMN(Stream, next_shard_index),
    COLUMN(Stream, shard_metrics),
    COLUMN(Stream, warm_mibps),
    COLUMN(Stream, sealed_key_id),
    COLUMN(Stream, spreads_records),
};
static const Row whole_stream = ROW(stream_columns), new_stream = {stream_columns + 1, 16},
                 stream_settings = {stream_columns + 7, 10};

static const Query all_streams = {"SELECT id, " STREAM_COLUMNS " FROM kinesis_stream"};
static const Query all_shards = {
    "SELECT id, stream_id, shard_index, parent, adjacent_parent, hash_start, hash_end, created_s, opened_ms,"
    " closed_ms, ended_s, floor FROM kinesis_shard ORDER BY stream_id, shard_index"};
static const Query insert_stream = {"INSERT INTO kinesis_stream (" STREAM_COLUMNS ")"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"};
static const Query update_stream = {"UPDATE kinesis_stream SET (" STREAM_SETTINGS ") ="
                                    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) WHERE id = ?11"};

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
    Statement *row = statement_begin(kinesis->store, &all_streams);
    while ((code = statement_step(row)) == STORE_ROW) {
        Stream stream = {0};
        row_read(NULL, row, &whole_stream, &stream);
        adopt(kinesis, &stream);
    }
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
    Statement *row = statement_begin(kinesis->store, &all_shards);
    while ((code = statement_step(row)) == STORE_ROW) {
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
    Statement *insert = statement_begin(kinesis->store, &insert_stream);
    row_bind(insert, 1, &new_stream, like);
    int code = statement_run(insert);
    if (code != STORE_OK)
        return code;
    Stream stream = *like;
    stream.id = store_last_rowid(kinesis->store);
    *ret_stream = adopt(kinesis, &stream);
    return STORE_OK;
}

int stream_update(Kinesis *kinesis, const Stream *stream)
{
    Statement *update = statement_begin(kinesis->store, &update_stream);
    int next = row_bind(update, 1, &stream_settings, stream);
    bind_int64(update, next, stream->id);
    return statement_run(update);
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

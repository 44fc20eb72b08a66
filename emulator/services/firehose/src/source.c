/* source.c */
#include "source.h"
#include "aggregate.h"
#include "metrics.h"
#include "put.h"

#define PIECE_BYTES  ((size_t)BYTES_PER_MB)
#define AGAIN_MS     1000 /* of real time, after trouble */
#define SHARDS_A_GO  64
#define CATCH_UP_MAX 100000

static const Query put_place = {
    "INSERT INTO firehose_source (stream_id, shard_id, shard_index, position) VALUES (?1, ?2, ?3, ?4)"};
static const Query move_place = {"UPDATE firehose_source SET position = ?3 WHERE stream_id = ?1 AND shard_index = ?2"};
static const Query remove_place = {"DELETE FROM firehose_source WHERE stream_id = ?1 AND shard_index = ?2"};
static const Query has_place = {"SELECT 1 FROM firehose_source WHERE stream_id = ?1 AND shard_index = ?2"};
static const Query places_of_shard = {
    "SELECT stream_id, shard_index, position FROM firehose_source WHERE shard_id = ?1"};
static const Query all_shards = {"SELECT DISTINCT shard_id FROM firehose_source"};

typedef struct Place {
    int64_t stream_id, shard_id;
    int64_t index, position;
} Place;

static Bytes stream_name_of(Bytes stream_arn)
{
    Arn arn;
    if (!arn_parse(stream_arn, &arn) || !bytes_starts_with(arn.resource, TEXT("stream/")))
        return TEXT("");
    return bytes_slice(arn.resource, 7, arn.resource.len - 7);
}

static Scope kinesis_scope(const Scope *scope, Bytes stream_arn)
{
    const Firehose *firehose = scope->service;
    Scope theirs = scope_for(scope, firehose->kinesis);
    Arn arn;
    if (arn_parse(stream_arn, &arn)) {
        theirs.account = arn.account;
        theirs.region = arn.region;
    }
    return theirs;
}

Status source_check(Call *call, Bytes stream_arn)
{
    const Firehose *firehose = call->service;
    Arn arn;
    Bytes name = stream_name_of(stream_arn);
    if (!name.len || !arn_parse(stream_arn, &arn) || !bytes_equal(arn.region, call->region))
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "Invalid Kinesis stream ARN: " BYTES_FMT, BYTES_ARG(stream_arn));
    Scope theirs = kinesis_scope(&call->scope, stream_arn);
    int code = firehose->kinesis ? kinesis_find(&theirs, name) : KINESIS_NO_STREAM;
    if (code < 0)
        return fault(call, code);
    if (code == KINESIS_NO_STREAM)
        return fail(call, &FIREHOSE_RESOURCE_NOT_FOUND, "Stream " BYTES_FMT " under account " BYTES_FMT " not found.",
                    BYTES_ARG(name), BYTES_ARG(arn.account));
    return OK;
}

static Bytes key_of(const int64_t *shard_id)
{
    return (Bytes){(const char *)shard_id, sizeof *shard_id};
}

static void note(Firehose *firehose, Map *shards, int64_t shard_id)
{
    map_put(shards, key_of(&shard_id), firehose);
}

static int add_place(const Scope *scope, const Place *place)
{
    Firehose *firehose = scope->service;
    note(firehose, firehose->sources, place->shard_id);
    Statement *row = statement_begin(scope->store, &put_place);
    bind_int64(row, 1, place->stream_id);
    bind_int64(row, 2, place->shard_id);
    bind_int64(row, 3, place->index);
    bind_int64(row, 4, place->position);
    return statement_run(row);
}

static Statement *of_place(const Scope *scope, const Query *query, int64_t stream_id, int64_t index)
{
    Statement *row = statement_begin(scope->store, query);
    bind_int64(row, 1, stream_id);
    bind_int64(row, 2, index);
    return row;
}

int source_begin(const Scope *scope, const DeliveryStream *stream)
{
    KinesisShardPlaces shards;
    Scope theirs = kinesis_scope(scope, stream->source_arn);
    int code = kinesis_shards(&theirs, stream_name_of(stream->source_arn), &shards);
    if (code != KINESIS_DONE)
        return code == KINESIS_NO_STREAM ? STORE_BROKEN : code; /* it was there when it was checked */
    for (size_t i = 0; code == STORE_OK && i < shards.count; i++) {
        const KinesisShardPlace *shard = &shards.items[i];
        if (shard->is_open)
            code = add_place(scope, &(Place){stream->id, shard->id, shard->index, (int64_t)shard->tip});
    }
    return code;
}

static void nudge(Firehose *firehose, int64_t in_ms)
{
    loop_timer_set(firehose->runtime->loop, &firehose->source_steps, loop_now_ms(firehose->runtime->loop) + in_ms);
}

static bool is_read_to_the_end(const Scope *scope, int64_t stream_id, int64_t index, int *code)
{
    if (index < 0 || *code != STORE_OK)
        return true;
    Statement *row = of_place(scope, &has_place, stream_id, index);
    int found = statement_one(row);
    if (found == STORE_ROW)
        statement_end(row);
    else if (found != STORE_NOT_FOUND)
        *code = found;
    return found != STORE_ROW;
}

/* The shard has been read to its end: its children, where no other parent is still being read, begin. */
static int begin_children(const Scope *scope, const DeliveryStream *stream, const Place *parent)
{
    Firehose *firehose = scope->service;
    KinesisShardPlaces shards;
    Scope theirs = kinesis_scope(scope, stream->source_arn);
    int code = statement_run(of_place(scope, &remove_place, parent->stream_id, parent->index));
    if (code == STORE_OK)
        code = kinesis_shards(&theirs, stream_name_of(stream->source_arn), &shards);
    if (code != STORE_OK)
        return code == KINESIS_NO_STREAM ? STORE_OK : code;
    for (size_t i = 0; code == STORE_OK && i < shards.count; i++) {
        const KinesisShardPlace *shard = &shards.items[i];
        if (shard->parent != parent->index && shard->adjacent_parent != parent->index)
            continue;
        if (!is_read_to_the_end(scope, stream->id, shard->parent, &code) ||
            !is_read_to_the_end(scope, stream->id, shard->adjacent_parent, &code))
            continue;
        if (code == STORE_OK)
            code = add_place(scope, &(Place){stream->id, shard->id, shard->index, 0});
        note(firehose, firehose->grown, shard->id);
    }
    return code;
}

static int put_all(const Scope *scope, DeliveryStream *stream, const KinesisReading *reading)
{
    Firehose *firehose = scope->service;
    int code = STORE_OK;
    double bytes = 0;
    for (size_t i = 0; code == STORE_OK && i < reading->records.len; i++) {
        Bytes record;
        Aggregate aggregate = aggregate_of(reading->records.items[i].data);
        while (code == STORE_OK && aggregate_next(&aggregate, &record))
            code = put_record_into(scope, stream, record);
        bytes += (double)reading->records.items[i].data.len;
    }
    delivery_metric(firehose, stream, METRIC_SOURCE_BYTES, bytes);
    delivery_metric(firehose, stream, METRIC_SOURCE_RECORDS, (double)reading->records.len);
    delivery_metric(firehose, stream, METRIC_SOURCE_BEHIND, (double)reading->millis_behind);
    return code == STORE_OK ? put_end(scope, stream) : code;
}

/* A piece of one shard into one buffer. */
static int read_place(const Scope *scope, const Place *place)
{
    Firehose *firehose = scope->service;
    DeliveryStream stream;
    KinesisReading reading;
    int code = delivery_stream_load(scope, place->stream_id, &stream);
    if (code != STORE_OK || stream.is_deleting)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    Scope own = *scope, theirs = kinesis_scope(scope, stream.source_arn);
    own.account = stream.account;
    own.region = stream.region;
    code = kinesis_read(&theirs, place->shard_id, (uint64_t)place->position, PIECE_BYTES, &reading);
    if (code == KINESIS_NO_SHARD)
        return statement_run(of_place(&own, &remove_place, place->stream_id, place->index));
    if (code != KINESIS_DONE) /* a key may be enabled again */
        return code;
    if (reading.records.len)
        code = put_all(&own, &stream, &reading);
    if (code == STORE_OK && reading.is_ended)
        return begin_children(&own, &stream, place);
    if (code != STORE_OK || (int64_t)reading.next == place->position)
        return code;
    Statement *row = of_place(&own, &move_place, place->stream_id, place->index);
    bind_int64(row, 3, (int64_t)reading.next);
    if (!reading.is_at_tip)
        note(firehose, firehose->grown, place->shard_id);
    return statement_run(row);
}

typedef struct Reading {
    Scope scope;
    int64_t shard_id;
} Reading;

static int read_shard(void *context)
{
    Reading *work = context;
    Firehose *firehose = work->scope.service;
    Place places[SHARDS_A_GO];
    size_t count = 0;
    int code;
    Statement *rows = statement_begin(work->scope.store, &places_of_shard);
    bind_int64(rows, 1, work->shard_id);
    while ((code = statement_step(rows)) == STORE_ROW && count < SHARDS_A_GO)
        places[count++] = (Place){column_int64(rows, 0), work->shard_id, column_int64(rows, 1), column_int64(rows, 2)};
    if (code == STORE_ROW)
        statement_end(rows);
    if (!count) /* its last reader has gone */
        map_remove(firehose->sources, key_of(&work->shard_id));
    for (size_t i = 0; code >= 0 && i < count; i++) {
        code = read_place(&work->scope, &places[i]);
        arena_reset(work->scope.arena);
    }
    return code;
}

static void collect_all(Firehose *firehose)
{
    Statement *rows = statement_begin(firehose->store, &all_shards);
    map_free(firehose->sources);
    firehose->sources = map_new();
    while (statement_step(rows) == STORE_ROW) {
        note(firehose, firehose->sources, column_int64(rows, 0));
        note(firehose, firehose->grown, column_int64(rows, 0));
    }
    firehose->all_grown = false;
}

static bool take_grown(Firehose *firehose, int64_t *ret_shard_id)
{
    size_t at = 0;
    Bytes key;
    void *value;
    if (!map_next(firehose->grown, &at, &key, &value))
        return false;
    memcpy(ret_shard_id, key.ptr, sizeof *ret_shard_id);
    map_remove(firehose->grown, key_of(ret_shard_id));
    return true;
}

/* True: more is to be read. */
static bool read_some(Firehose *firehose, int shards_max)
{
    Reading work = {.scope = scope_of_runtime(firehose->runtime, firehose, arena_new())};
    int code = STORE_OK;
    if (firehose->all_grown)
        collect_all(firehose);
    while (code == STORE_OK && shards_max-- && take_grown(firehose, &work.shard_id))
        code = runtime_run_alone(firehose->runtime, read_shard, &work);
    arena_free(work.scope.arena);
    if (code != STORE_OK) {
        if (code < 0)
            log_format(firehose->runtime->log, LOG_ERROR, "firehose: a shard could not be read: %s",
                       store_error(firehose->store));
        firehose->all_grown = true;
        nudge(firehose, AGAIN_MS);
        return false;
    }
    return map_count(firehose->grown) > 0;
}

void sources_go_on(struct LoopTimer *timer)
{
    Firehose *firehose = owner_of(timer, Firehose, source_steps);
    if (read_some(firehose, SHARDS_A_GO))
        nudge(firehose, 0);
}

void sources_catch_up(Firehose *firehose)
{
    for (int i = 0; i < CATCH_UP_MAX && read_some(firehose, SHARDS_A_GO); i++)
        continue;
}

void sources_watch(void *context, const void *event)
{
    Firehose *firehose = context;
    const KinesisShardGrew *grew = event;
    if (!map_get(firehose->sources, key_of(&grew->shard_id)))
        return;
    note(firehose, firehose->grown, grew->shard_id);
    nudge(firehose, 0);
}

void sources_look_at_all(Firehose *firehose)
{
    firehose->all_grown = true;
    nudge(firehose, 0);
}

void sources_open(Firehose *firehose)
{
    firehose->sources = map_new();
    firehose->grown = map_new();
    firehose->source_steps.due = sources_go_on;
    sources_look_at_all(firehose);
}

void sources_close(Firehose *firehose)
{
    loop_timer_cancel(firehose->runtime->loop, &firehose->source_steps);
    firehose->sources = map_free(firehose->sources);
    firehose->grown = map_free(firehose->grown);
}

/* delivery_stream.c */
#include "delivery_stream.h"
#include "deliveries.h"
#include "row.h"

#define DROP_CHUNKS 64

static const Column columns[] = {
    COLUMN(DeliveryStream, id),
    COLUMN(DeliveryStream, next),
    COLUMN(DeliveryStream, position),
    COLUMN(DeliveryStream, buffered_bytes),
    COLUMN(DeliveryStream, since_ms),
    COLUMN(DeliveryStream, last_ms),
    COLUMN(DeliveryStream, retry_ms),
    COLUMN(DeliveryStream, failing_ms),
    COLUMN(DeliveryStream, flush_to),
    COLUMN(DeliveryStream, due_ms),
    COLUMN(DeliveryStream, account),
    COLUMN(DeliveryStream, region),
    COLUMN(DeliveryStream, name),
    COLUMN(DeliveryStream, type),
    COLUMN(DeliveryStream, is_deleting),
    COLUMN(DeliveryStream, passes_ms),
    COLUMN(DeliveryStream, version),
    COLUMN(DeliveryStream, created_ms),
    COLUMN(DeliveryStream, updated_ms),
    COLUMN(DeliveryStream, encryption),
    COLUMN(DeliveryStream, encryption_passes_ms),
    COLUMN(DeliveryStream, key_type),
    COLUMN(DeliveryStream, key_arn),
    COLUMN(DeliveryStream, source_arn),
    COLUMN(DeliveryStream, source_role_arn),
    COLUMN(DeliveryStream, throughput_hint),
    COLUMN(DeliveryStream, destination),
    COLUMN(DeliveryStream, size_max),
    COLUMN(DeliveryStream, interval_ms),
    COLUMN(DeliveryStream, endpoint),
    COLUMN(DeliveryStream, access_key),
    COLUMN(DeliveryStream, attempts),
    COLUMN(DeliveryStream, attempt_to),
    COLUMN(DeliveryStream, request_id),
};
#define BUFFER_COLUMNS 10
static const Row whole = ROW(columns), new_row = {columns + 1, sizeof columns / sizeof *columns - 1},
                 buffer_row = {columns, BUFFER_COLUMNS};

#define BUFFER_NAMES "next, position, buffered_bytes, since_ms, last_ms, retry_ms, failing_ms, flush_to, due_ms"
#define OTHER_NAMES                                                                                                    \
    "account, region, name, type, is_deleting, passes_ms, version, created_ms, updated_ms, encryption,"                \
    " encryption_passes_ms, key_type, key_arn, source_arn, source_role_arn, throughput_hint, destination, size_max,"   \
    " interval_ms, endpoint, access_key, attempts, attempt_to, request_id"
#define NAMES BUFFER_NAMES ", " OTHER_NAMES

static const Query find = {"SELECT id, " NAMES
                           " FROM firehose_stream WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query load = {"SELECT id, " NAMES " FROM firehose_stream WHERE id = ?1"};
static const Query insert = {
    "INSERT INTO firehose_stream (" NAMES ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
    " ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)"};
static const Query replace = {
    "REPLACE INTO firehose_stream (id, " NAMES ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
    " ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)"};
static const Query update_buffer = {
    "UPDATE firehose_stream SET next = ?2, position = ?3, buffered_bytes = ?4, since_ms = ?5, last_ms = ?6,"
    " retry_ms = ?7, failing_ms = ?8, flush_to = ?9, due_ms = ?10 WHERE id = ?1"};
static const Query list = {"SELECT name FROM firehose_stream WHERE account = ?1 AND region = ?2 AND name > ?3"
                           " AND (?4 < 0 OR type = ?4) ORDER BY name LIMIT ?5"};
static const Query count_all = {"SELECT COUNT(*) FROM firehose_stream WHERE account = ?1 AND region = ?2"};
static const Query remove_row = {"DELETE FROM firehose_stream WHERE id = ?1"};
static const Query remove_tags = {"DELETE FROM firehose_tag WHERE stream_id = ?1"};
static const Query remove_sources = {"DELETE FROM firehose_source WHERE stream_id = ?1"};
static const Query note_dropped = {"INSERT OR IGNORE INTO firehose_dropped_log (id) VALUES (?1)"};
static const Query next_dropped = {"SELECT id FROM firehose_dropped_log ORDER BY id LIMIT 1"};
static const Query forget_dropped = {"DELETE FROM firehose_dropped_log WHERE id = ?1"};

static bool is_gone(const DeliveryStream *stream, int64_t now_ms)
{
    return stream->is_deleting && now_ms >= stream->passes_ms;
}

int delivery_stream_find(const Scope *scope, Bytes name, DeliveryStream *ret_stream)
{
    Statement *row = statement_begin(scope->store, &find);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    bind_text(row, 3, name);
    int code = row_one(scope->arena, row, &whole, ret_stream);
    return code == STORE_OK && is_gone(ret_stream, scope->now_ms) ? STORE_NOT_FOUND : code;
}

int delivery_stream_load(const Scope *scope, int64_t id, DeliveryStream *ret_stream)
{
    Statement *row = statement_begin(scope->store, &load);
    bind_int64(row, 1, id);
    return row_one(scope->arena, row, &whole, ret_stream);
}

/* aws: seen in use: "Firehose <name> under account <account> not found." */
Status delivery_stream_not_found(Call *call, Bytes name)
{
    return fail(call, &FIREHOSE_RESOURCE_NOT_FOUND, "Firehose " BYTES_FMT " under account " BYTES_FMT " not found.",
                BYTES_ARG(name), BYTES_ARG(call->account));
}

Status delivery_stream_for(Call *call, Bytes name, DeliveryStream *ret_stream)
{
    int code = delivery_stream_find(&call->scope, name, ret_stream);
    return code == STORE_NOT_FOUND ? delivery_stream_not_found(call, name) : expect_ok(call, code);
}

Status delivery_stream_for_change(Call *call, Bytes name, DeliveryStream *ret_stream)
{
    TRY(delivery_stream_for(call, name, ret_stream));
    Bytes status = delivery_stream_status(ret_stream, call->now_ms);
    if (bytes_equal(status, FIREHOSE_DELIVERY_STREAM_STATUS_ACTIVE))
        return OK;
    return fail(call, &FIREHOSE_RESOURCE_IN_USE,
                "Firehose " BYTES_FMT " under account " BYTES_FMT " is not ACTIVE, instead in state " BYTES_FMT ".",
                BYTES_ARG(name), BYTES_ARG(call->account), BYTES_ARG(status));
}

/* Of a buffer that isn't empty: at once where it is full or is to be flushed, else when its oldest has waited enough.
 */
static int64_t delivery_due(const DeliveryStream *stream)
{
    bool is_wanted = stream->buffered_bytes >= stream->size_max || stream->flush_to > stream->position;
    int64_t due_ms = is_wanted ? 0 : stream->since_ms + stream->interval_ms;
    return due_ms > stream->retry_ms ? due_ms : stream->retry_ms;
}

static void set_due(const Scope *scope, DeliveryStream *stream)
{
    stream->due_ms = DUE_NEVER;
    if (stream->is_deleting)
        stream->due_ms = stream->passes_ms;
    else if (stream->next > stream->position)
        stream->due_ms = delivery_due(stream);
    deliveries_await(scope->service, stream->due_ms);
}

int delivery_stream_insert(const Scope *scope, DeliveryStream *stream)
{
    set_due(scope, stream);
    Statement *row = statement_begin(scope->store, &insert);
    row_bind(row, 1, &new_row, stream);
    int code = statement_run(row);
    stream->id = store_last_rowid(scope->store);
    return code;
}

int delivery_stream_write(const Scope *scope, DeliveryStream *stream)
{
    set_due(scope, stream);
    Statement *row = statement_begin(scope->store, &replace);
    row_bind(row, 1, &whole, stream);
    return statement_run(row);
}

int delivery_stream_write_buffer(const Scope *scope, DeliveryStream *stream)
{
    set_due(scope, stream);
    Statement *row = statement_begin(scope->store, &update_buffer);
    row_bind(row, 1, &buffer_row, stream);
    return statement_run(row);
}

int delivery_stream_remove(const Scope *scope, const DeliveryStream *stream)
{
    int code = query_run_with(scope->store, &remove_row, stream->id);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &remove_tags, stream->id);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &remove_sources, stream->id);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &note_dropped, buffer_log(stream));
    deliveries_await(scope->service, scope->now_ms);
    return code;
}

int dropped_logs_step(Firehose *firehose, bool *ret_more)
{
    Statement *first = statement_begin(firehose->store, &next_dropped);
    int code = statement_one(first);
    *ret_more = code == STORE_ROW;
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    int64_t id = column_int64(first, 0);
    statement_end(first);
    bool has_chunks;
    code = shard_log_drop(firehose->log, id, DROP_CHUNKS, &has_chunks);
    if (code != STORE_OK || has_chunks)
        return code;
    return query_run_with(firehose->store, &forget_dropped, id);
}

int delivery_streams_list(const Scope *scope, NamesQuery query, FirehoseDeliveryStreamNameList *ret_names)
{
    Statement *rows = statement_begin(scope->store, &list);
    Bytes *names = arena_new_array(scope->arena, Bytes, query.limit + 1);
    size_t len = 0;
    int code;
    bind_text(rows, 1, scope->account);
    bind_text(rows, 2, scope->region);
    bind_text(rows, 3, present(query.after) ? query.after : TEXT(""));
    bind_int64(rows, 4, query.type);
    bind_int64(rows, 5, (int64_t)query.limit);
    while ((code = statement_step(rows)) == STORE_ROW)
        names[len++] = arena_copy(scope->arena, column_bytes(rows, 0));
    ret_names->items = names;
    ret_names->len = len;
    return code;
}

int delivery_streams_count(const Scope *scope, int64_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &count_all);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    return statement_one_number(row, ret_count);
}

Bytes delivery_stream_arn(Arena *arena, const DeliveryStream *stream)
{
    return arn_text(arena, "firehose", stream->region, stream->account,
                    arena_text(arena, "deliverystream/" BYTES_FMT, BYTES_ARG(stream->name)));
}

Bytes delivery_stream_status(const DeliveryStream *stream, int64_t now_ms)
{
    if (stream->is_deleting)
        return FIREHOSE_DELIVERY_STREAM_STATUS_DELETING;
    return now_ms < stream->passes_ms ? FIREHOSE_DELIVERY_STREAM_STATUS_CREATING
                                      : FIREHOSE_DELIVERY_STREAM_STATUS_ACTIVE;
}

Bytes delivery_stream_type(const DeliveryStream *stream)
{
    return stream->type == DIRECT_PUT ? FIREHOSE_DELIVERY_STREAM_TYPE_DIRECTPUT
                                      : FIREHOSE_DELIVERY_STREAM_TYPE_KINESISSTREAMASSOURCE;
}

/* destination.c */
#include "destination.h"
#include "row.h"
#include <sodium.h>

static const Column destination_columns[] = {COLUMN(Destination, stream_arn), COLUMN(Destination, precision),
                                             COLUMN(Destination, status),     COLUMN(Destination, status_after),
                                             COLUMN(Destination, due_ms),     COLUMN(Destination, id)};
static const Row whole_destination = ROW(destination_columns), new_destination = {destination_columns, 5};
#define DESTINATION_COLUMNS "stream_arn, precision, status, status_after, due_ms"

static const Query newest_live = {"SELECT " DESTINATION_COLUMNS ", id FROM dynamodb_destination WHERE table_id = ?1"
                                  " AND status_after NOT IN ('DISABLED', 'ENABLE_FAILED') LIMIT 1"};
static const Query list_all = {"SELECT " DESTINATION_COLUMNS
                               ", id FROM dynamodb_destination WHERE table_id = ?1 ORDER BY id DESC"};
static const Query put_destination = {
    "INSERT INTO dynamodb_destination (" DESTINATION_COLUMNS ", table_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (table_id, stream_arn) DO UPDATE SET precision = excluded.precision, status = excluded.status,"
    " status_after = excluded.status_after, due_ms = excluded.due_ms"};
static const Query remove_all = {"DELETE FROM dynamodb_destination WHERE table_id = ?1"};

Bytes destination_status(const Destination *destination, int64_t now_ms)
{
    return now_ms >= destination->due_ms ? destination->status_after : destination->status;
}

bool destination_takes(const Destination *destination, int64_t now_ms)
{
    Bytes status = destination_status(destination, now_ms);
    return bytes_equal(status, DYNAMODB_DESTINATION_STATUS_ACTIVE) ||
           bytes_equal(status, DYNAMODB_DESTINATION_STATUS_UPDATING);
}

int destination_load(Store *store, Table *table)
{
    Statement *row = statement_begin(store, &newest_live);
    table->destination = (Destination){0};
    bind_int64(row, 1, table->id);
    int code = row_one(table->arena, row, &whole_destination, &table->destination);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

int destinations_list(const Scope *scope, const Table *table, Destinations *ret_destinations)
{
    Statement *rows = statement_begin(scope->store, &list_all);
    Destinations list = {NULL, 0};
    size_t capacity = 0;
    int code;
    bind_int64(rows, 1, table->id);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (list.count == capacity) {
            capacity = capacity ? 2 * capacity : 4;
            list.items =
                arena_grown(scope->arena, list.items, list.count * sizeof *list.items, capacity * sizeof *list.items);
        }
        list.items[list.count] = (Destination){0};
        row_read(scope->arena, rows, &whole_destination, &list.items[list.count++]);
    }
    *ret_destinations = list;
    return code;
}

int destination_write(const Scope *scope, const Table *table, Destination *destination)
{
    Dynamodb *dynamodb = scope->service;
    Statement *put = statement_begin(scope->store, &put_destination);
    destination->due_ms = scope->now_ms + dynamodb->transition_ms;
    int next = row_bind(put, 1, &new_destination, destination);
    bind_int64(put, next, table->id);
    return statement_run(put);
}

int destinations_remove(const Scope *scope, const Table *table)
{
    return query_run_with(scope->store, &remove_all, table->id);
}

/* Records of one item go to one shard, and so stay in order. aws: recorded keys are 32 hexadecimal digits. */
static Bytes partition_key_of(Arena *arena, const Key *key)
{
    crypto_generichash_state state;
    unsigned char hash[16];
    char *text = arena_take_raw(arena, 2 * sizeof hash + 1);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)key->hash.ptr, key->hash.len);
    crypto_generichash_update(&state, (const unsigned char *)key->range.ptr, key->range.len);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
    for (size_t i = 0; i < 2 * sizeof hash; i++)
        if (text[i] >= 'a')
            text[i] = (char)(text[i] - 'a' + 'A');
    return (Bytes){text, 2 * sizeof hash};
}

static Bytes stream_name_of(Bytes stream_arn)
{
    Arn arn;
    if (!arn_parse(stream_arn, &arn) || !bytes_starts_with(arn.resource, TEXT("stream/")))
        return TEXT("");
    return bytes_slice(arn.resource, 7, arn.resource.len - 7);
}

int destination_follow(const Scope *scope, const Change *change)
{
    Buffer *record = arena_buffer(scope->arena);
    destination_record(scope, change, record);
    Delivery delivery = {.stream = stream_name_of(change->table->destination.stream_arn),
                         .partition_key = partition_key_of(scope->arena, &change->key),
                         .record = buffer_bytes(record)};
    int code = deliver(scope, &delivery);
    buffer_done(record);
    return code;
}

/* partitions.c - CreatePartition, BatchCreatePartition, GetPartition, GetPartitions, BatchGetPartition,
 * UpdatePartition, BatchUpdatePartition, DeletePartition, BatchDeletePartition. */
#include "predicate.h"
#include "wire.h"

OPERATION(GlueCreatePartition, create_partition, WRITES);
OPERATION(GlueBatchCreatePartition, batch_create_partition, WRITES);
OPERATION(GlueGetPartition, get_partition, READS);
OPERATION(GlueGetPartitions, get_partitions, READS);
OPERATION(GlueBatchGetPartition, batch_get_partition, READS);
OPERATION(GlueUpdatePartition, update_partition, WRITES);
OPERATION(GlueBatchUpdatePartition, batch_update_partition, WRITES);
OPERATION(GlueDeletePartition, delete_partition, WRITES);
OPERATION(GlueBatchDeletePartition, batch_delete_partition, WRITES);

/* Values are kept with their lengths before them: no two lists of them are the same bytes. */
static const Query insert = {"INSERT INTO glue_partition (table_id, partition_values, json) VALUES (?1, ?2, ?3)"};
static const Query find = {"SELECT json FROM glue_partition WHERE table_id = ?1 AND partition_values = ?2"};
static const Query update = {
    "UPDATE glue_partition SET partition_values = ?3, json = ?4 WHERE table_id = ?1 AND partition_values = ?2"};
static const Query delete_it = {"DELETE FROM glue_partition WHERE table_id = ?1 AND partition_values = ?2"};
static const Query list = {
    "SELECT id, json, partition_values FROM glue_partition WHERE table_id = ?1 AND id > ?2 ORDER BY id"};

#define ALREADY_EXISTS   ((Refusal){&GLUE_ALREADY_EXISTS, TEXT("Partition already exists.")})
#define NOT_FOUND        ((Refusal){&GLUE_ENTITY_NOT_FOUND, TEXT("Cannot find partition.")})
#define VALUES_OF(list_) ((GlueValueStringList){(list_).items, (list_).len})

static Bytes key_of(Arena *arena, GlueValueStringList values)
{
    size_t len = 0;
    for (size_t i = 0; i < values.len; i++)
        len += values.items[i].len + sizeof(uint32_t);
    char *key = arena_take_raw(arena, len + 1), *at = key;
    for (size_t i = 0; i < values.len; i++) {
        uint32_t size = (uint32_t)values.items[i].len;
        memcpy(at, &size, sizeof size);
        at += sizeof size;
        if (size)
            memcpy(at, values.items[i].ptr, size);
        at += size;
    }
    return (Bytes){key, len};
}

static bool values_of(Bytes key, Bytes *ret_values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t size;
        if (key.len < sizeof size)
            return false;
        memcpy(&size, key.ptr, sizeof size);
        if (size > key.len - sizeof size)
            return false;
        ret_values[i] = bytes_slice(key, sizeof size, size);
        key = bytes_slice(key, sizeof size + size, key.len - sizeof size - size);
    }
    return !key.len;
}

static Bytes json_of(Call *call, const Table *table, const GluePartitionInput *in, int64_t created_ms)
{
    GluePartition told = {
        .values = in->values,
        .database_name = table->told.database_name,
        .table_name = table->name,
        .storage_descriptor = in->storage_descriptor,
        .parameters = in->parameters,
        .catalog_id = call->account,
        .has_last_access_time = in->has_last_access_time,
        .last_access_time = in->last_access_time,
        .has_last_analyzed_time = in->has_last_analyzed_time,
        .last_analyzed_time = in->last_analyzed_time,
    };
    SET(&told, creation_time, created_ms);
    return json_text(call->arena, &GLUE_SHAPE_PARTITION, &told);
}

static Statement *begin(Call *call, const Query *query, const Table *table, GlueValueStringList values)
{
    Statement *statement = statement_begin(call->store, query);
    bind_int64(statement, 1, table->id);
    bind_bytes(statement, 2, key_of(call->arena, values));
    return statement;
}

/* STORE_OK, STORE_NOT_FOUND, or below 0. */
static int load(Call *call, const Table *table, GlueValueStringList values, GluePartition *ret)
{
    Bytes message;
    Statement *row = begin(call, &find, table, values);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    Bytes json = arena_copy(call->arena, column_bytes(row, 0));
    statement_end(row);
    *ret = (GluePartition){0};
    return json_decode(call->arena, &GLUE_SHAPE_PARTITION, json, ret, &message) == WIRE_OK ? STORE_OK : STORE_BROKEN;
}

static bool has_fitting_values(const Table *table, GlueValueStringList values, Refusal *ret)
{
    if (values.len == table->told.partition_keys.len)
        return true;
    *ret = (Refusal){&GLUE_INVALID_INPUT,
                     TEXT("The number of partition keys do not match the number of partition values")};
    return false;
}

static int create_one(Call *call, const Table *table, const GluePartitionInput *in, Refusal *ret)
{
    GluePartition there;
    *ret = (Refusal){0};
    if (!has_fitting_values(table, in->values, ret))
        return STORE_OK;
    int code = load(call, table, in->values, &there);
    if (code == STORE_OK)
        *ret = ALREADY_EXISTS;
    if (code != STORE_NOT_FOUND)
        return code;
    Statement *row = begin(call, &insert, table, in->values);
    bind_text(row, 3, json_of(call, table, in, call->now_ms));
    return statement_run(row);
}

static int update_one(Call *call, const Table *table, GlueValueStringList values, const GluePartitionInput *in,
                      Refusal *ret)
{
    GluePartition before, there;
    *ret = (Refusal){0};
    if (!has_fitting_values(table, in->values, ret))
        return STORE_OK;
    int code = load(call, table, values, &before);
    if (code == STORE_NOT_FOUND) {
        *ret = NOT_FOUND;
        return STORE_OK;
    }
    Bytes key = key_of(call->arena, in->values);
    if (code == STORE_OK && !bytes_equal(key, key_of(call->arena, values))) {
        code = load(call, table, in->values, &there);
        if (code == STORE_OK) {
            *ret = ALREADY_EXISTS;
            return STORE_OK;
        }
        code = code == STORE_NOT_FOUND ? STORE_OK : code;
    }
    if (code != STORE_OK)
        return code;
    Statement *row = begin(call, &update, table, values);
    bind_bytes(row, 3, key);
    bind_text(row, 4, json_of(call, table, in, before.creation_time));
    return statement_run(row);
}

static int delete_one(Call *call, const Table *table, GlueValueStringList values, Refusal *ret)
{
    GluePartition there;
    int code = load(call, table, values, &there);
    *ret = code == STORE_NOT_FOUND ? NOT_FOUND : (Refusal){0};
    if (code == STORE_OK)
        return statement_run(begin(call, &delete_it, table, values));
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static Status create_partition(Call *call, const GlueCreatePartitionInput *in, GlueCreatePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    (void)out;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    int code = create_one(call, &table, in->partition_input, &refusal);
    return refused(call, code, &refusal);
}

static void add_error(Call *call, GluePartitionErrors *errors, GlueValueStringList values, const Refusal *refusal)
{
    if (refusal->error)
        errors->items[errors->len++] = (GluePartitionError){values, refusal_detail(call->arena, refusal)};
}

static Status batch_create_partition(Call *call, const GlueBatchCreatePartitionInput *in,
                                     GlueBatchCreatePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->errors.items = arena_new_array(call->arena, GluePartitionError, in->partition_input_list.len + 1);
    for (size_t i = 0; i < in->partition_input_list.len; i++) {
        const GluePartitionInput *item = &in->partition_input_list.items[i];
        TRY(expect_ok(call, create_one(call, &table, item, &refusal)));
        add_error(call, &out->errors, item->values, &refusal);
    }
    return OK;
}

static Status get_partition(Call *call, const GlueGetPartitionInput *in, GlueGetPartitionOutput *out)
{
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->partition = arena_new_of(call->arena, GluePartition);
    int code = load(call, &table, in->partition_values, out->partition);
    const Refusal refusal = NOT_FOUND;
    return code == STORE_NOT_FOUND ? refused(call, STORE_OK, &refusal) : expect_ok(call, code);
}

typedef struct Filter {
    Arena *arena;
    const Predicate *predicate;
    const GlueSegment *segment;
    Bytes values[PARTITION_KEYS_MAX];
    size_t count;
} Filter;

static bool is_asked_for(void *context, Statement *row)
{
    Filter *filter = context;
    if (filter->segment && column_int64(row, 0) % filter->segment->total_segments != filter->segment->segment_number)
        return false;
    return !filter->predicate || (values_of(column_bytes(row, 2), filter->values, filter->count) &&
                                  predicate_holds(filter->arena, filter->predicate, filter->values));
}

static Status filter_of(Call *call, const GlueGetPartitionsInput *in, const Table *table, Filter *ret)
{
    Bytes message;
    *ret = (Filter){.arena = call->arena, .segment = in->segment, .count = table->told.partition_keys.len};
    if (in->segment && in->segment->segment_number >= in->segment->total_segments)
        return fail(call, &GLUE_INVALID_INPUT, "Segment number must be less than total segments");
    if (ret->count > PARTITION_KEYS_MAX)
        return fault(call, STORE_BROKEN);
    if (!in->expression.len)
        return OK;
    ret->predicate = predicate_read(call->arena, &table->told.partition_keys, in->expression, &message);
    return ret->predicate ? OK : fail(call, &GLUE_INVALID_INPUT, BYTES_FMT, BYTES_ARG(message));
}

static Status get_partitions(Call *call, const GlueGetPartitionsInput *in, GlueGetPartitionsOutput *out)
{
    Table table;
    Filter filter;
    Listing listing = {
        .limit = in->has_max_results ? (size_t)in->max_results : PARTITIONS_PAGE,
        .takes = is_asked_for,
        .context = &filter,
    };
    int64_t after;
    Bytes message;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    TRY(filter_of(call, in, &table, &filter));
    TRY(token_read(call, in->next_token, &after));
    Statement *rows = statement_begin(call->store, &list);
    bind_int64(rows, 1, table.id);
    bind_int64(rows, 2, after);
    TRY(listing_read(call, rows, &listing));

    out->partitions.items = arena_new_array(call->arena, GluePartition, listing.len + 1);
    for (size_t i = 0; i < listing.len; i++) {
        GluePartition *told = &out->partitions.items[out->partitions.len++];
        if (json_decode(call->arena, &GLUE_SHAPE_PARTITION, listing.jsons[i], told, &message) != WIRE_OK)
            return fault(call, STORE_BROKEN);
        if (in->exclude_column_schema && told->storage_descriptor)
            told->storage_descriptor->columns = (GlueColumnList){0};
    }
    out->next_token = listing.next_token;
    return OK;
}

/* What isn't there is passed by. */
static Status batch_get_partition(Call *call, const GlueBatchGetPartitionInput *in, GlueBatchGetPartitionOutput *out)
{
    static GluePartitionValueList none[1];
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->partitions.items = arena_new_array(call->arena, GluePartition, in->partitions_to_get.len + 1);
    out->unprocessed_keys.items = none;
    for (size_t i = 0; i < in->partitions_to_get.len; i++) {
        GluePartition *told = &out->partitions.items[out->partitions.len];
        int code = load(call, &table, in->partitions_to_get.items[i].values, told);
        if (code != STORE_OK && code != STORE_NOT_FOUND)
            return fault(call, code);
        out->partitions.len += code == STORE_OK;
    }
    return OK;
}

static Status update_partition(Call *call, const GlueUpdatePartitionInput *in, GlueUpdatePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    (void)out;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    int code = update_one(call, &table, VALUES_OF(in->partition_value_list), in->partition_input, &refusal);
    return refused(call, code, &refusal);
}

static Status batch_update_partition(Call *call, const GlueBatchUpdatePartitionInput *in,
                                     GlueBatchUpdatePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->errors.items = arena_new_array(call->arena, GlueBatchUpdatePartitionFailureEntry, in->entries.len + 1);
    for (size_t i = 0; i < in->entries.len; i++) {
        const GlueBatchUpdatePartitionRequestEntry *entry = &in->entries.items[i];
        int code = update_one(call, &table, VALUES_OF(entry->partition_value_list), entry->partition_input, &refusal);
        TRY(expect_ok(call, code));
        if (refusal.error)
            out->errors.items[out->errors.len++] = (GlueBatchUpdatePartitionFailureEntry){
                entry->partition_value_list,
                refusal_detail(call->arena, &refusal),
            };
    }
    return OK;
}

static Status delete_partition(Call *call, const GlueDeletePartitionInput *in, GlueDeletePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    (void)out;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    int code = delete_one(call, &table, in->partition_values, &refusal);
    return refused(call, code, &refusal);
}

static Status batch_delete_partition(Call *call, const GlueBatchDeletePartitionInput *in,
                                     GlueBatchDeletePartitionOutput *out)
{
    Table table;
    Refusal refusal;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->errors.items = arena_new_array(call->arena, GluePartitionError, in->partitions_to_delete.len + 1);
    for (size_t i = 0; i < in->partitions_to_delete.len; i++) {
        GlueValueStringList values = in->partitions_to_delete.items[i].values;
        TRY(expect_ok(call, delete_one(call, &table, values, &refusal)));
        add_error(call, &out->errors, values, &refusal);
    }
    return OK;
}

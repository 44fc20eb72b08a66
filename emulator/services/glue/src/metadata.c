/* metadata.c - PutSchemaVersionMetadata, QuerySchemaVersionMetadata, RemoveSchemaVersionMetadata: pairs that hang on a
 * version. */
#include "schema.h"

OPERATION(GluePutSchemaVersionMetadata, put_schema_version_metadata, WRITES);
OPERATION(GlueQuerySchemaVersionMetadata, query_schema_version_metadata, READS);
OPERATION(GlueRemoveSchemaVersionMetadata, remove_schema_version_metadata, WRITES);

#define PAIRS_MAX 10 /* aws: quotas: key-value pairs per schema version */

static const Query find = {"SELECT 1 FROM glue_version_metadata WHERE version_id = ?1 AND key = ?2 AND value = ?3"};
static const Query count = {"SELECT count(*) FROM glue_version_metadata WHERE version_id = ?1"};
static const Query insert = {
    "INSERT INTO glue_version_metadata (version_id, key, value, created_ms) VALUES (?1, ?2, ?3, ?4)"};
static const Query list = {"SELECT key, value, created_ms FROM glue_version_metadata WHERE version_id = ?1 ORDER BY "
                           "key, created_ms DESC, value"};
static const Query delete_it = {"DELETE FROM glue_version_metadata WHERE version_id = ?1 AND key = ?2 AND value = ?3"};

static Statement *begin_pair(Call *call, const Query *query, const Version *version,
                             const GlueMetadataKeyValuePair *pair)
{
    Statement *statement = statement_begin(call->store, query);
    bind_text(statement, 1, version->id);
    bind_text(statement, 2, pair->metadata_key);
    bind_text(statement, 3, pair->metadata_value);
    return statement;
}

static Status check_pair(Call *call, const GlueMetadataKeyValuePair *pair)
{
    if (!pair || !present(pair->metadata_key) || !present(pair->metadata_value))
        return fail(call, &GLUE_INVALID_INPUT, "MetadataKey and MetadataValue must be provided.");
    return OK;
}

static Status pair_is_there(Call *call, const Version *version, const GlueMetadataKeyValuePair *pair, bool *ret_there)
{
    Statement *row = begin_pair(call, &find, version, pair);
    int code = statement_one(row);
    *ret_there = code == STORE_ROW;
    if (code == STORE_ROW)
        statement_end(row);
    return code < 0 ? fault(call, code) : OK;
}

static Status check_room(Call *call, const Version *version)
{
    Statement *row = statement_begin(call->store, &count);
    bind_text(row, 1, version->id);
    int64_t there = 0;
    TRY(expect_ok(call, statement_one_number(row, &there)));
    if (there >= PAIRS_MAX)
        return fail(call, &GLUE_RESOURCE_NUMBER_LIMIT_EXCEEDED,
                    "Your resource limits for Schema Version Metadata have been exceeded.");
    return OK;
}

typedef struct Found {
    Version version;
    Schema schema;
    bool is_there; /* the pair */
} Found;

static Status find_pair(Call *call, const VersionName *name, const GlueMetadataKeyValuePair *pair, Found *ret)
{
    TRY(check_pair(call, pair));
    TRY(version_resolve(call, name, &ret->version, &ret->schema));
    return pair_is_there(call, &ret->version, pair, &ret->is_there);
}

/* Both operations answer alike. */
#define TELL(out, found, pair)                                                                                         \
    do {                                                                                                               \
        (out)->schema_arn = (found).schema.arn;                                                                        \
        (out)->schema_name = (found).schema.name;                                                                      \
        (out)->registry_name = (found).schema.registry;                                                                \
        SET((out), latest_version, (found).version.number == (found).schema.latest_version);                           \
        SET((out), version_number, (found).version.number);                                                            \
        (out)->schema_version_id = (found).version.id;                                                                 \
        (out)->metadata_key = (pair)->metadata_key;                                                                    \
        (out)->metadata_value = (pair)->metadata_value;                                                                \
    } while (0)

static Status put_schema_version_metadata(Call *call, const GluePutSchemaVersionMetadataInput *in,
                                          GluePutSchemaVersionMetadataOutput *out)
{
    VersionName name = {in->schema_id, in->schema_version_number, in->schema_version_id};
    const GlueMetadataKeyValuePair *pair = in->metadata_key_value;
    Found found;
    TRY(find_pair(call, &name, pair, &found));
    if (found.is_there)
        return fail(call, &GLUE_ALREADY_EXISTS,
                    "Resource already exist for schema version id: " BYTES_FMT ", metadata key: " BYTES_FMT
                    ", metadata value: " BYTES_FMT,
                    BYTES_ARG(found.version.id), BYTES_ARG(pair->metadata_key), BYTES_ARG(pair->metadata_value));
    TRY(check_room(call, &found.version));

    Statement *add = begin_pair(call, &insert, &found.version, pair);
    bind_int64(add, 4, call->now_ms);
    TRY(expect_ok(call, statement_run(add)));

    TELL(out, found, pair);
    return OK;
}

static Status remove_schema_version_metadata(Call *call, const GlueRemoveSchemaVersionMetadataInput *in,
                                             GlueRemoveSchemaVersionMetadataOutput *out)
{
    VersionName name = {in->schema_id, in->schema_version_number, in->schema_version_id};
    const GlueMetadataKeyValuePair *pair = in->metadata_key_value;
    Found found;
    TRY(find_pair(call, &name, pair, &found));
    if (!found.is_there)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Metadata is not found for schema version id: " BYTES_FMT ", metadata key: " BYTES_FMT
                    ", metadata value: " BYTES_FMT,
                    BYTES_ARG(found.version.id), BYTES_ARG(pair->metadata_key), BYTES_ARG(pair->metadata_value));

    TRY(expect_ok(call, statement_run(begin_pair(call, &delete_it, &found.version, pair))));

    TELL(out, found, pair);
    return OK;
}

static bool is_asked_for(const GlueMetadataList *asked, Bytes key, Bytes value)
{
    for (size_t i = 0; i < asked->len; i++) {
        const GlueMetadataKeyValuePair *pair = &asked->items[i];
        if ((!present(pair->metadata_key) || bytes_equal(pair->metadata_key, key)) &&
            (!present(pair->metadata_value) || bytes_equal(pair->metadata_value, value)))
            return true;
    }
    return !asked->len;
}

/* The newest value of a key stands in front, older ones in its OtherMetadataValueList. */
static void add_pair(Call *call, GlueMetadataInfoMap *map, Bytes key, const GlueOtherMetadataValueListItem *value)
{
    GlueMetadataInfoMapEntry *last = map->len ? &map->items[map->len - 1] : NULL;
    if (!last || !bytes_equal(last->key, key)) {
        map->items[map->len++] = (GlueMetadataInfoMapEntry){key, {value->metadata_value, value->created_time, {0}}};
        return;
    }
    GlueOtherMetadataValueList *others = &last->value.other_metadata_value_list;
    if (!others->items)
        others->items = arena_new_array(call->arena, GlueOtherMetadataValueListItem, PAIRS_MAX);
    others->items[others->len++] = *value;
}

/* A page of keys: the token says how many were told before. */
static Status cut_page(Call *call, const GlueQuerySchemaVersionMetadataInput *in,
                       GlueQuerySchemaVersionMetadataOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_DEFAULT;
    GlueMetadataInfoMap *map = &out->metadata_info_map;
    int64_t before;
    TRY(token_read(call, in->next_token, &before));
    size_t skipped = before < 0 || (size_t)before > map->len ? map->len : (size_t)before;
    map->items += skipped;
    map->len -= skipped;
    if (map->len > limit) {
        map->len = limit;
        out->next_token = arena_text(call->arena, "%zu", skipped + limit);
    }
    return OK;
}

static Status query_schema_version_metadata(Call *call, const GlueQuerySchemaVersionMetadataInput *in,
                                            GlueQuerySchemaVersionMetadataOutput *out)
{
    VersionName name = {in->schema_id, in->schema_version_number, in->schema_version_id};
    Version version;
    Schema schema;
    int code;
    TRY(version_resolve(call, &name, &version, &schema));
    Statement *rows = statement_begin(call->store, &list);
    bind_text(rows, 1, version.id);
    out->metadata_info_map.items = arena_new_array(call->arena, GlueMetadataInfoMapEntry, PAIRS_MAX);
    while ((code = statement_step(rows)) == STORE_ROW) {
        Bytes key = arena_copy(call->arena, column_bytes(rows, 0));
        GlueOtherMetadataValueListItem value = {arena_copy(call->arena, column_bytes(rows, 1)),
                                                time_text(call->arena, column_int64(rows, 2))};
        if (is_asked_for(&in->metadata_list, key, value.metadata_value))
            add_pair(call, &out->metadata_info_map, key, &value);
    }
    TRY(expect_ok(call, code));
    out->schema_version_id = version.id;
    return cut_page(call, in, out);
}

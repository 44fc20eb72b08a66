/* definition.c */
#include "definition.h"
#include "budget.h"
#include "bytes_index.h"
#include "kms.h"

#define INVALID          "One or more parameter values were invalid: "
#define NAMES_BYTES_MAX  255            /* of a table and an index together */
#define SCHEMA_SHOWN_MAX 20             /* elements, in a message */
#define UNITS_MAX        INT64_C(40000) /* aws: Quotas: of a table, until one asks for more */

Status name_check(Call *call, Bytes name)
{
    bool is_fine = name.len >= 3 && name.len <= 255;
    for (size_t i = 0; i < name.len && is_fine; i++) {
        char c = name.ptr[i];
        is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
    }
    if (is_fine)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'");
}

Status name_check_free(Call *call, Bytes name)
{
    Table *table;
    int code = table_get(&call->scope, name, &table);
    if (code == STORE_OK)
        return fail(call, &DYNAMODB_RESOURCE_IN_USE, "Table already exists: " BYTES_FMT, BYTES_ARG(name));
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

static Bytes defined_names(Arena *arena, const DynamodbAttributeDefinitions *definitions)
{
    return names_listed(arena, definitions->items, definitions->len, sizeof *definitions->items);
}

static Status key_attribute(Call *call, Bytes name, const DynamodbAttributeDefinitions *definitions, KeyAttribute *ret)
{
    for (size_t i = 0; i < definitions->len; i++)
        if (bytes_equal(definitions->items[i].attribute_name, name)) {
            *ret = (KeyAttribute){name, value_kind_of(definitions->items[i].attribute_type)};
            return OK;
        }
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [" BYTES_FMT
                        "], AttributeDefinitions: [" BYTES_FMT "]",
                BYTES_ARG(name), BYTES_ARG(defined_names(call->arena, definitions)));
}

static bool is_hash_element(const DynamodbKeySchemaElement *element)
{
    return bytes_equal(element->key_type, DYNAMODB_KEY_TYPE_HASH);
}

static Bytes schema_shown(Arena *arena, const DynamodbKeySchema *schema)
{
    Bytes shown = TEXT("");
    for (size_t i = 0; i < schema->len && i < SCHEMA_SHOWN_MAX; i++)
        shown = arena_text(arena, BYTES_FMT "%sKeySchemaElement(attributeName=" BYTES_FMT ", keyType=" BYTES_FMT ")",
                           BYTES_ARG(shown), i ? ", " : "", BYTES_ARG(schema->items[i].attribute_name),
                           BYTES_ARG(schema->items[i].key_type));
    return shown;
}

/* aws-test: in a table's and a local index's schema; github.com/nubo-db/dynamodb-conformance, createTable */
static Status check_two(Call *call, const DynamodbKeySchema *schema, Bytes path)
{
    if (schema->len > 2)
        return fail(call, &DYNAMODB_VALIDATION,
                    "1 validation error detected: Value '[" BYTES_FMT "]' at '" BYTES_FMT
                    "' failed to satisfy constraint: Member must have length less than or equal to 2",
                    BYTES_ARG(schema_shown(call->arena, schema)), BYTES_ARG(path));
    if (schema->len == 2 && is_hash_element(&schema->items[0]) && is_hash_element(&schema->items[1]))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    return OK;
}

/* aws: API Reference, CreateTable, KeySchema: hash attributes first. Of too many AWS's words are not known. */
static Status check_order(Call *call, const DynamodbKeySchema *schema)
{
    size_t hashes = 0;
    while (hashes < schema->len && is_hash_element(&schema->items[hashes]))
        hashes++;
    if (!hashes)
        return fail(call, &DYNAMODB_VALIDATION, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    for (size_t i = hashes; i < schema->len; i++)
        if (is_hash_element(&schema->items[i]))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Invalid KeySchema: HASH key attributes must be specified before RANGE key attributes");
    if (hashes > KEY_ATTRIBUTES_MAX || schema->len - hashes > KEY_ATTRIBUTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid KeySchema: At most %d HASH and %d RANGE key attributes can be specified",
                    KEY_ATTRIBUTES_MAX, KEY_ATTRIBUTES_MAX);
    return OK;
}

static Status check_names(Call *call, const DynamodbKeySchema *schema)
{
    ptrdiff_t twice = bytes_find_double(call->arena, schema->items, schema->len, sizeof *schema->items);
    if (twice < 0)
        return OK;
    return schema->len == 2 ? fail(call, &DYNAMODB_VALIDATION,
                                   "Both the Hash Key and the Range Key element in the KeySchema have the same name")
                            : fail(call, &DYNAMODB_VALIDATION, "Invalid KeySchema: Duplicate key attribute: " BYTES_FMT,
                                   BYTES_ARG(schema->items[twice].attribute_name));
}

static Status read_keys(Call *call, const DynamodbKeySchema *schema, const DynamodbAttributeDefinitions *definitions,
                        Keys *ret_keys)
{
    Keys keys = {0};
    size_t hashes = 0;
    TRY(check_order(call, schema));
    TRY(check_names(call, schema));
    for (size_t i = 0; i < schema->len; i++) {
        bool is_hash = is_hash_element(&schema->items[i]);
        KeyAttribute *key = is_hash ? &keys.hashes[hashes++] : &keys.ranges[i - hashes];
        TRY(key_attribute(call, schema->items[i].attribute_name, definitions, key));
    }
    *ret_keys = keys;
    return OK;
}

Status keys_of_schema(Call *call, const DynamodbKeySchema *schema, const DynamodbAttributeDefinitions *definitions,
                      Keys *ret_keys)
{
    TRY(check_two(call, schema, TEXT("keySchema")));
    if (schema->len > definitions->len)
        return fail(call, &DYNAMODB_VALIDATION, "Invalid KeySchema: Some index key attribute have no definition");
    return read_keys(call, schema, definitions, ret_keys);
}

#define KEY_NAMES_MAX (2 * (1 + INDEXES_LOCAL_MAX) + 2 * KEY_ATTRIBUTES_MAX * INDEXES_GLOBAL_MAX) /* different ones */

static bool is_used(const Table *table, Bytes name)
{
    bool is_key = keys_have(&table->keys, name);
    for (size_t i = 0; i < table->indexes_count && !is_key; i++)
        is_key = keys_have(&table->indexes[i].keys, name);
    return is_key;
}

static Status check_same(Call *call, const KeyAttribute *key, const DynamodbAttributeDefinitions *definitions)
{
    budget_work(call->arena, definitions->len);
    for (size_t i = 0; i < definitions->len; i++)
        if (bytes_equal(definitions->items[i].attribute_name, key->name) &&
            value_kind_of(definitions->items[i].attribute_type) != key->kind)
            return fail(call, &DYNAMODB_VALIDATION,
                        "invalid attribute, SchemaElement redefined should be of same type as previously defined");
    return OK;
}

/* Of an UpdateTable: what is defined already keeps its type. */
Status definitions_check_same(Call *call, const Table *table, const DynamodbAttributeDefinitions *definitions)
{
    for (size_t i = 0; i <= table->indexes_count; i++) {
        const Keys *keys = i ? &table->indexes[i - 1].keys : &table->keys;
        const KeyAttribute *key;
        for (size_t at = 0; (key = keys_next(keys, &at));)
            TRY(check_same(call, key, definitions));
    }
    return OK;
}

Status definitions_check_used(Call *call, const Table *table, const DynamodbAttributeDefinitions *definitions)
{
    Bytes used[KEY_NAMES_MAX];
    size_t count = 0;
    ptrdiff_t twice = bytes_find_double(call->arena, definitions->items, definitions->len, sizeof *definitions->items);
    if (twice >= 0)
        return fail(call, &DYNAMODB_VALIDATION, "Cannot have two attributes with the same name: " BYTES_FMT,
                    BYTES_ARG(definitions->items[twice].attribute_name));
    budget_work(call->arena, definitions->len);
    for (size_t i = 0; i < definitions->len; i++)
        if (is_used(table, definitions->items[i].attribute_name))
            used[count++] = definitions->items[i].attribute_name;
    if (count == definitions->len)
        return OK;
    if (!table->indexes_count)
        return fail(
            call, &DYNAMODB_VALIDATION,
            INVALID
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [" BYTES_FMT
                        "], keys used: [" BYTES_FMT "]",
                BYTES_ARG(defined_names(call->arena, definitions)),
                BYTES_ARG(names_listed(call->arena, used, count, sizeof *used)));
}

static Status projection_check(Call *call, const IndexDefinition *definition)
{
    const DynamodbProjection *projection = definition->projection;
    if (!projection || !present(projection->projection_type))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Unknown ProjectionType: null");
    bool is_include = bytes_equal(projection->projection_type, DYNAMODB_PROJECTION_TYPE_INCLUDE);
    size_t names = projection->non_key_attributes.len;
    if (!is_include && names)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "ProjectionType is " BYTES_FMT ", but NonKeyAttributes is specified",
                    BYTES_ARG(projection->projection_type));
    if (is_include && !names)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    if (bytes_find_double(call->arena, projection->non_key_attributes.items, names, sizeof(Bytes)) >= 0)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Duplicate value in NonKeyAttributes for index: " BYTES_FMT,
                    BYTES_ARG(definition->name));
    return OK;
}

static Status local_keys_check(Call *call, const Table *table, Bytes name, const Keys *keys)
{
    if (!has_range(&table->keys))
        return fail(
            call, &DYNAMODB_VALIDATION,
            INVALID
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    if (!has_range(keys))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Index KeySchema does not have a range key for index: " BYTES_FMT, BYTES_ARG(name));
    if (!bytes_equal(keys->hash.name, table->keys.hash.name))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID
                    "Index KeySchema does not have the same leading hash key as table KeySchema for index: " BYTES_FMT
                    ". index hash key: " BYTES_FMT ", table hash key: " BYTES_FMT,
                    BYTES_ARG(name), BYTES_ARG(keys->hash.name), BYTES_ARG(table->keys.hash.name));
    return OK;
}

/* Of the one that is read: local indexes come first. */
static Bytes local_path(Arena *arena, const Table *table)
{
    return arena_text(arena, "localSecondaryIndexes.%zu.member.keySchema", table->indexes_count + 1);
}

static Status global_units(Call *call, const Table *table, const IndexDefinition *definition, Index *index)
{
    TRY(units_of(call, table, index->name, definition->provisioned, definition->on_demand, &index->units));
    return warm_of(call, table, index->name, definition->warm, &index->units);
}

Status index_of_definition(Call *call, const Table *table, const DynamodbAttributeDefinitions *definitions,
                           const IndexDefinition *definition, Index *ret_index)
{
    Index index = {.name = definition->name, .is_global = definition->is_global};
    TRY(name_check(call, index.name));
    if (table_index(table, index.name))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Duplicate index name: " BYTES_FMT, BYTES_ARG(index.name));
    if (table->name.len + index.name.len > NAMES_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID
                    "The table name and the index name together must not be longer than %d characters: " BYTES_FMT,
                    NAMES_BYTES_MAX, BYTES_ARG(index.name));
    if (!index.is_global)
        TRY(check_two(call, definition->key_schema, local_path(call->arena, table)));
    TRY(read_keys(call, definition->key_schema, definitions, &index.keys));
    TRY(projection_check(call, definition));
    index.projection_type = definition->projection->projection_type;
    index.non_key = definition->projection->non_key_attributes;
    if (index.is_global)
        TRY(global_units(call, table, definition, &index));
    else
        TRY(local_keys_check(call, table, index.name, &index.keys));
    *ret_index = index;
    return OK;
}

static Status units_check(Call *call, const DynamodbProvisionedThroughput *units)
{
    const struct {
        const char *name;
        int64_t value;
    } both[] = {{"ReadCapacityUnits", units->read_capacity_units}, {"WriteCapacityUnits", units->write_capacity_units}};
    for (size_t i = 0; i < 2; i++)
        if (both[i].value > UNITS_MAX)
            return fail(call, &DYNAMODB_VALIDATION, INVALID "Given value %lld for %s is out of bounds",
                        (long long)both[i].value, both[i].name);
    return OK;
}

static int64_t maximum(bool has, int64_t units) /* aws: -1 lifts a maximum */
{
    return has && units > 0 ? units : 0;
}

Status index_absent(Call *call, const Table *table, Bytes name)
{
    return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND,
                "Requested resource not found: Index " BYTES_FMT " for table " BYTES_FMT, BYTES_ARG(name),
                BYTES_ARG(table->name));
}

Status units_of(Call *call, const Table *table, Bytes index, const DynamodbProvisionedThroughput *provisioned,
                const DynamodbOnDemandThroughput *on_demand, Units *units)
{
    bool is_on_demand = table_is_on_demand(table);
    *units = (Units){.warm_read = units->warm_read, .warm_write = units->warm_write};
    if (is_on_demand && provisioned && present(index))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "ProvisionedThroughput should not be specified for index: " BYTES_FMT
                            " when BillingMode is PAY_PER_REQUEST",
                    BYTES_ARG(index));
    if (is_on_demand && provisioned)
        return fail(
            call, &DYNAMODB_VALIDATION,
            INVALID
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    if (!is_on_demand && !provisioned && present(index))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "ProvisionedThroughput must be specified for index: " BYTES_FMT,
                    BYTES_ARG(index));
    if (!is_on_demand && !provisioned)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID
                    "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    if (!is_on_demand && on_demand)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "%s for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
                    on_demand->has_max_read_request_units ? "MaxReadRequestUnits" : "MaxWriteRequestUnits");
    if (provisioned) {
        TRY(units_check(call, provisioned));
        units->read = provisioned->read_capacity_units;
        units->write = provisioned->write_capacity_units;
    }
    if (on_demand) {
        units->max_read = maximum(on_demand->has_max_read_request_units, on_demand->max_read_request_units);
        units->max_write = maximum(on_demand->has_max_write_request_units, on_demand->max_write_request_units);
    }
    return OK;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* aws-test: a provisioned table is warm for the most it was ever provisioned for; one on demand for 12,000 and 4,000,
 * and stays so when it is provisioned again. */
Units units_warm(const Table *table, const Units *units)
{
    bool was_on_demand = table->on_demand_since_ms;
    return (Units){.warm_read = larger(units->warm_read, was_on_demand ? WARM_READ_UNITS : units->read),
                   .warm_write = larger(units->warm_write, was_on_demand ? WARM_WRITE_UNITS : units->write)};
}

static Status warm_refuse(Call *call, const char *what, Bytes index, bool is_new_on_demand)
{
    Bytes whose = present(index) ? arena_text(call->arena, "index " BYTES_FMT, BYTES_ARG(index)) : TEXT("table");
    return fail(
        call, &DYNAMODB_VALIDATION, INVALID "Requested %s for WarmThroughput for " BYTES_FMT " is lower than %s", what,
        BYTES_ARG(whose),
        is_new_on_demand
            ? "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
            : "current WarmThroughput, decreasing WarmThroughput is not supported");
}

/* aws: API Reference, UpdateTable, WarmThroughput: it is only ever increased. */
Status warm_of(Call *call, const Table *table, Bytes index, const DynamodbWarmThroughput *asked, Units *units)
{
    Units warm = units_warm(table, units);
    bool is_new_on_demand = !units->warm_read && table->on_demand_since_ms;
    if (asked && asked->has_read_units_per_second && asked->read_units_per_second < warm.warm_read)
        return warm_refuse(call, "ReadUnitsPerSecond", index, is_new_on_demand);
    if (asked && asked->has_write_units_per_second && asked->write_units_per_second < warm.warm_write)
        return warm_refuse(call, "WriteUnitsPerSecond", index, is_new_on_demand);
    units->warm_read = asked && asked->has_read_units_per_second ? asked->read_units_per_second : warm.warm_read;
    units->warm_write = asked && asked->has_write_units_per_second ? asked->write_units_per_second : warm.warm_write;
    return OK;
}

/* Of a key that KMS knows its own ARN, as DescribeTable tells it; DynamoDB's own is made when it is first used. */
static Status find_key(Call *call, Bytes name, Bytes *ret_arn)
{
    const Dynamodb *dynamodb = call->service;
    Scope theirs = scope_for(&call->scope, dynamodb->kms);
    KmsKey key;
    int code = dynamodb->kms ? kms_find_key(&theirs, name, &key) : KMS_KEY_ABSENT;
    if (code == KMS_KEY_ABSENT)
        return OK;
    TRY(expect_ok(call, code));
    call_keep_writes(call);
    *ret_arn = key.arn;
    return OK;
}

Status sse_key_of(Call *call, const DynamodbSSESpecification *sse, Bytes *ret_key)
{
    *ret_key = (Bytes){0};
    if (!sse)
        return OK;
    if (bytes_equal(sse->sse_type, DYNAMODB_SSE_TYPE_AES256))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "SSEType AES256 is not supported");
    if (!sse->enabled && present(sse->kms_master_key_id))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "KMSMasterKeyId cannot be specified when SSE is disabled");
    if (!sse->enabled)
        return OK;
    Bytes key = present(sse->kms_master_key_id) ? sse->kms_master_key_id : TEXT("alias/aws/dynamodb");
    if (bytes_starts_with(key, TEXT("arn:")))
        *ret_key = key;
    else if (bytes_starts_with(key, TEXT("alias/")))
        *ret_key = call_arn(call, "kms", BYTES_FMT, BYTES_ARG(key));
    else
        *ret_key = call_arn(call, "kms", "key/" BYTES_FMT, BYTES_ARG(key));
    return find_key(call, key, ret_key);
}

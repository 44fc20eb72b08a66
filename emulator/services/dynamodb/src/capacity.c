/* capacity.c */
#include "capacity.h"

#define READ_UNIT_BYTES  4096
#define WRITE_UNIT_BYTES 1024

double read_units(size_t bytes, bool is_consistent)
{
    size_t units = (bytes + READ_UNIT_BYTES - 1) / READ_UNIT_BYTES;
    return (double)(units ? units : 1) * (is_consistent ? 1 : 0.5);
}

static double write_units(size_t bytes)
{
    size_t units = (bytes + WRITE_UNIT_BYTES - 1) / WRITE_UNIT_BYTES;
    return (double)(units ? units : 1);
}

static DynamodbCapacity capacity(double units)
{
    return (DynamodbCapacity){.capacity_units = units, .has_capacity_units = true};
}

static void add_index(Call *call, DynamodbConsumedCapacity *consumed, const Index *index, double units)
{
    DynamodbSecondaryIndexesCapacityMap *map =
        index->is_global ? &consumed->global_secondary_indexes : &consumed->local_secondary_indexes;
    if (!map->items)
        map->items = arena_new_array(call->arena, DynamodbSecondaryIndexesCapacityMapEntry,
                                     INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    map->items[map->len++] = (DynamodbSecondaryIndexesCapacityMapEntry){index->name, capacity(units)};
}

static DynamodbConsumedCapacity *consumed_of(Call *call, Bytes table_name, double units)
{
    DynamodbConsumedCapacity *consumed = arena_new_of(call->arena, DynamodbConsumedCapacity);
    consumed->table_name = table_name_of(table_name);
    SET(consumed, capacity_units, units);
    return consumed;
}

static bool is_asked(Bytes asked)
{
    return present(asked) && !bytes_is(asked, "NONE");
}

static void tell_table(Call *call, DynamodbConsumedCapacity *consumed, double units)
{
    consumed->table = arena_new_of(call->arena, DynamodbCapacity);
    *consumed->table = capacity(units);
}

DynamodbConsumedCapacity *capacity_of_read(Call *call, Bytes asked, Bytes table_name, const Index *index, double units)
{
    if (!is_asked(asked))
        return NULL;
    DynamodbConsumedCapacity *consumed = consumed_of(call, table_name, units);
    if (!bytes_is(asked, "INDEXES"))
        return consumed;
    tell_table(call, consumed, index ? 0 : units);
    if (index)
        add_index(call, consumed, index, units);
    return consumed;
}

DynamodbConsumedCapacity *capacity_of_write(Call *call, Bytes asked, Bytes table_name, const Table *table,
                                            const ChangeCost *cost)
{
    if (!is_asked(asked))
        return NULL;
    double own = write_units(cost->table_bytes);
    DynamodbConsumedCapacity *consumed = consumed_of(call, table_name, own);
    bool tells_indexes = bytes_is(asked, "INDEXES");
    if (tells_indexes)
        tell_table(call, consumed, own);
    for (size_t i = 0; i < table->indexes_count; i++) {
        if (!cost->index_bytes[i])
            continue;
        double units = write_units(cost->index_bytes[i]);
        consumed->capacity_units += units;
        if (tells_indexes)
            add_index(call, consumed, &table->indexes[i], units);
    }
    return consumed;
}

void capacity_add(DynamodbConsumedCapacity *sum, const DynamodbConsumedCapacity *more)
{
    sum->capacity_units += more->capacity_units;
    if (sum->table && more->table)
        sum->table->capacity_units += more->table->capacity_units;
}

DynamodbItemCollectionMetrics *collection_metrics(Call *call, Bytes asked, const Table *table, const Item *item)
{
    bool has_local = false;
    for (size_t i = 0; i < table->indexes_count; i++)
        has_local |= !table->indexes[i].is_global;
    if (!has_local || !bytes_is(asked, "SIZE"))
        return NULL;
    DynamodbItemCollectionMetrics *metrics = arena_new_of(call->arena, DynamodbItemCollectionMetrics);
    const Value *hash = item_get(item, table->keys.hash.name);
    metrics->item_collection_key.items = arena_new_of(call->arena, DynamodbItemCollectionKeyAttributeMapEntry);
    metrics->item_collection_key.items[0] = (DynamodbItemCollectionKeyAttributeMapEntry){table->keys.hash.name, *hash};
    metrics->item_collection_key.len = 1;
    metrics->size_estimate_range_gb.items = arena_new_array(call->arena, double, 2);
    metrics->size_estimate_range_gb.items[1] = 1;
    metrics->size_estimate_range_gb.len = 2;
    return metrics;
}

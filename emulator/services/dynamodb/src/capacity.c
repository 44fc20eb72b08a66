/* capacity.c */
#include "capacity.h"
#include "dynamodb_operations.h"
#include "table_metrics.h"

#define READ_UNIT_BYTES  4096
#define WRITE_UNIT_BYTES 1024

double read_units(size_t bytes, bool is_consistent)
{
    size_t units = (bytes + READ_UNIT_BYTES - 1) / READ_UNIT_BYTES;
    return (double)(units ? units : 1) * (is_consistent ? 1 : 0.5);
}

double write_units(size_t bytes)
{
    size_t units = (bytes + WRITE_UNIT_BYTES - 1) / WRITE_UNIT_BYTES;
    return (double)(units ? units : 1);
}

double write_units_of_index(const ChangeCost *cost, size_t at)
{
    if (!cost->index_bytes[at])
        return 0;
    return write_units(cost->index_bytes[at]) + (cost->moved_bytes[at] ? write_units(cost->moved_bytes[at]) : 0);
}

bool capacity_is_of_transaction(const Call *call)
{
    return call->operation == &DynamodbTransactWriteItems || call->operation == &DynamodbTransactGetItems ||
           call->operation == &DynamodbExecuteTransaction;
}

static DynamodbCapacity capacity(double units)
{
    return (DynamodbCapacity){.capacity_units = units, .has_capacity_units = true};
}

static void add_named(Call *call, DynamodbSecondaryIndexesCapacityMap *map, Bytes name, double units)
{
    for (size_t i = 0; i < map->len; i++)
        if (bytes_equal(map->items[i].key, name)) {
            map->items[i].value.capacity_units += units;
            return;
        }
    if (!map->items)
        map->items = arena_new_array(call->arena, DynamodbSecondaryIndexesCapacityMapEntry,
                                     INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    map->items[map->len++] = (DynamodbSecondaryIndexesCapacityMapEntry){name, capacity(units)};
}

static void add_index(Call *call, DynamodbConsumedCapacity *consumed, const Index *index, double units)
{
    add_named(call, index->is_global ? &consumed->global_secondary_indexes : &consumed->local_secondary_indexes,
              index->name, units);
}

static DynamodbConsumedCapacity *consumed_of(Call *call, Bytes table_name, double units)
{
    DynamodbConsumedCapacity *consumed = arena_new_of(call->arena, DynamodbConsumedCapacity);
    consumed->table_name = table_name_of(table_name);
    SET(consumed, capacity_units, units);
    return consumed;
}

bool capacity_is_asked(Bytes asked)
{
    return present(asked) && !bytes_is(asked, "NONE");
}

static void tell_table(Call *call, DynamodbConsumedCapacity *consumed, double units)
{
    consumed->table = arena_new_of(call->arena, DynamodbCapacity);
    *consumed->table = capacity(units);
}

static void count(Call *call, const Table *table, const Index *index, TableMetric id, double units)
{
    if (units > 0)
        measure_table(call->service, table, index, id, capacity_is_of_transaction(call) ? 2 * units : units);
}

static void count_write(Call *call, const Table *table, const ChangeCost *cost)
{
    double own = write_units(cost->table_bytes);
    for (size_t i = 0; i < table->indexes_count; i++) {
        double units = write_units_of_index(cost, i);
        if (table->indexes[i].is_global)
            count(call, table, &table->indexes[i], METRIC_CONSUMED_WRITE, units);
        else
            own += units;
    }
    count(call, table, NULL, METRIC_CONSUMED_WRITE, own);
}

DynamodbConsumedCapacity *capacity_of_read(Call *call, Bytes asked, Bytes table_name, const ReadCost *cost)
{
    count(call, cost->table, cost->index, METRIC_CONSUMED_READ, cost->units);
    count(call, cost->table, NULL, METRIC_CONSUMED_READ, cost->fetched_units);
    if (!capacity_is_asked(asked))
        return NULL;
    DynamodbConsumedCapacity *consumed = consumed_of(call, table_name, cost->units + cost->fetched_units);
    if (!bytes_is(asked, "INDEXES"))
        return consumed;
    tell_table(call, consumed, cost->index ? cost->fetched_units : cost->units);
    if (cost->index)
        add_index(call, consumed, cost->index, cost->units);
    return consumed;
}

DynamodbConsumedCapacity *capacity_of_write(Call *call, Bytes asked, Bytes table_name, const Table *table,
                                            const ChangeCost *cost)
{
    count_write(call, table, cost);
    if (!capacity_is_asked(asked))
        return NULL;
    double own = write_units(cost->table_bytes);
    DynamodbConsumedCapacity *consumed = consumed_of(call, table_name, own);
    bool tells_indexes = bytes_is(asked, "INDEXES");
    if (tells_indexes)
        tell_table(call, consumed, own);
    for (size_t i = 0; i < table->indexes_count; i++) {
        double units = write_units_of_index(cost, i);
        if (units == 0)
            continue;
        consumed->capacity_units += units;
        if (tells_indexes)
            add_index(call, consumed, &table->indexes[i], units);
    }
    return consumed;
}

static void add_map(Call *call, DynamodbSecondaryIndexesCapacityMap *sum,
                    const DynamodbSecondaryIndexesCapacityMap *more)
{
    for (size_t i = 0; i < more->len; i++)
        add_named(call, sum, more->items[i].key, more->items[i].value.capacity_units);
}

void capacity_add(Call *call, DynamodbConsumedCapacity *sum, const DynamodbConsumedCapacity *more)
{
    sum->capacity_units += more->capacity_units;
    if (sum->table && more->table)
        sum->table->capacity_units += more->table->capacity_units;
    add_map(call, &sum->global_secondary_indexes, &more->global_secondary_indexes);
    add_map(call, &sum->local_secondary_indexes, &more->local_secondary_indexes);
}

void capacity_join(Call *call, DynamodbConsumedCapacityMultiple *all, const DynamodbConsumedCapacity *one, size_t most)
{
    if (!one)
        return;
    if (!all->items)
        all->items = arena_new_array(call->arena, DynamodbConsumedCapacity, most);
    for (size_t i = 0; i < all->len; i++)
        if (bytes_equal(all->items[i].table_name, one->table_name)) {
            capacity_add(call, &all->items[i], one);
            return;
        }
    all->items[all->len++] = *one;
}

/* ConsumedCapacity and Capacity have these members alike. */
#define SPLIT(capacity_, kind)                                                                                         \
    do {                                                                                                               \
        (capacity_)->capacity_units *= 2;                                                                              \
        if ((kind) == CAPACITY_READ)                                                                                   \
            SET(capacity_, read_capacity_units, (capacity_)->capacity_units);                                          \
        else                                                                                                           \
            SET(capacity_, write_capacity_units, (capacity_)->capacity_units);                                         \
    } while (0)

static void split_map(DynamodbSecondaryIndexesCapacityMap *map, CapacityKind kind)
{
    for (size_t i = 0; i < map->len; i++)
        SPLIT(&map->items[i].value, kind);
}

void capacity_of_transaction(DynamodbConsumedCapacityMultiple *all, CapacityKind kind)
{
    for (size_t i = 0; i < all->len; i++) {
        DynamodbConsumedCapacity *one = &all->items[i];
        SPLIT(one, kind);
        if (one->table)
            SPLIT(one->table, kind);
        split_map(&one->global_secondary_indexes, kind);
        split_map(&one->local_secondary_indexes, kind);
    }
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

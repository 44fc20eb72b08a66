/* capacity.h - ConsumedCapacity and ItemCollectionMetrics.
 * aws: DynamoDB Developer Guide, "Capacity unit consumption": 4 KB a read unit, half of one where it may be stale; 1 KB
 * a write unit; writes to indexes count too. */
#pragma once
#include "items.h"

/* What a read cost: of the index (NULL: the table), and of the table for what a local index had not. */
typedef struct ReadCost {
    const Index *index;
    double units, fetched_units;
    const Table *table;
    Bytes hash; /* of the one key range that was read; absent: of many */
} ReadCost;

bool capacity_is_asked(Bytes asked);
/* Both are counted for CloudWatch. NULL where ReturnConsumedCapacity doesn't ask. Names are those the client used. */
DynamodbConsumedCapacity *capacity_of_read(Call *call, Bytes asked, Bytes table_name, const ReadCost *cost);
DynamodbConsumedCapacity *capacity_of_write(Call *call, Bytes asked, Bytes table_name, const Table *table,
                                            const ChangeCost *cost);
double write_units(size_t bytes);
/* 0: it does not change. */
double write_units_of_index(const ChangeCost *cost, size_t at);
/* Its units count twice. */
bool capacity_is_of_transaction(const Call *call);
double read_units(size_t bytes, bool is_consistent);
/* Sums one more of the same table into a batch's. */
void capacity_add(Call *call, DynamodbConsumedCapacity *sum, const DynamodbConsumedCapacity *more);
/* Sums it (NULL: nothing) into the answer's: one of each table, of `most` at most. */
void capacity_join(Call *call, DynamodbConsumedCapacityMultiple *all, const DynamodbConsumedCapacity *one, size_t most);
typedef enum CapacityKind { CAPACITY_READ, CAPACITY_WRITE } CapacityKind;
/* aws: "two underlying reads or writes of every item": twice the units, and only here told by their kind too. */
void capacity_of_transaction(DynamodbConsumedCapacityMultiple *all, CapacityKind kind);
/* aws: only tables with local indexes have item collections */
DynamodbItemCollectionMetrics *collection_metrics(Call *call, Bytes asked, const Table *table, const Item *item);

/* capacity.h - ConsumedCapacity and ItemCollectionMetrics.
 * aws: DynamoDB Developer Guide, "Capacity unit consumption": 4 KB a read unit, half of one where it may be stale; 1 KB
 * a write unit; writes to indexes count too. */
#pragma once
#include "items.h"

/* NULL where ReturnConsumedCapacity doesn't ask. Names are those the client used. */
DynamodbConsumedCapacity *capacity_of_read(Call *call, Bytes asked, Bytes table_name, const Index *index, double units);
DynamodbConsumedCapacity *capacity_of_write(Call *call, Bytes asked, Bytes table_name, const Table *table,
                                            const ChangeCost *cost);
double read_units(size_t bytes, bool is_consistent);
/* Sums one more of the same table into a batch's. */
void capacity_add(DynamodbConsumedCapacity *sum, const DynamodbConsumedCapacity *more);
/* aws: only tables with local indexes have item collections */
DynamodbItemCollectionMetrics *collection_metrics(Call *call, Bytes asked, const Table *table, const Item *item);

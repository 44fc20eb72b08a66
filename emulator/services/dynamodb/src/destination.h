/* destination.h - the Kinesis stream that a table's changes go to.
 *
 * aws: Developer Guide, "Using Kinesis Data Streams to capture changes": each change of an item is a record. Here it is
 * put into the stream in the change's own transaction; what Kinesis does not take then is kept and tried again for a
 * day, in the order in which it came. */
#pragma once
#include "items.h"

typedef struct Destinations {
    Destination *items;
    size_t count;
} Destinations;

Bytes destination_status(const Destination *destination, int64_t now_ms);
/* The newest of the table's that is or was switched on: table->destination. */
MUST_CHECK int destination_load(Store *store, Table *table);
/* All of the table's, the newest first. */
MUST_CHECK int destinations_list(const Scope *scope, const Table *table, Destinations *ret_destinations);
/* By its stream's ARN: one is made or changed. It passes from `status` to `status_after`; the table is to be forgotten.
 */
MUST_CHECK int destination_write(const Scope *scope, const Table *table, Destination *destination);
MUST_CHECK int destinations_remove(const Scope *scope, const Table *table);

bool destination_takes(const Destination *destination, int64_t now_ms);
static inline bool destination_is_on(const Table *table, int64_t now_ms)
{
    return table->destination.id && destination_takes(&table->destination, now_ms);
}

/* The record of a change that has changed something, into the table's destination. */
MUST_CHECK int destination_follow(const Scope *scope, const Change *change);
/* destination_record.c: as JSON, to be freed, also where the scope's arena gives the call up. */
void destination_record(const Scope *scope, const Change *change, Buffer *out);

/* destination_delivery.c */
typedef struct Delivery {
    Bytes stream, partition_key, record;
} Delivery;
MUST_CHECK int deliver(const Scope *scope, const Delivery *delivery);
void deliveries_start(Dynamodb *dynamodb);
void deliveries_stop(Dynamodb *dynamodb);

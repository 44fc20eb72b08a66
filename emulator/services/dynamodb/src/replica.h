/* replica.h - global tables (version 2019.11.21): one table in several regions of this emulator.
 *
 * Members have one account and one name, and a row each in dynamodb_replica. A write goes into all of them in its own
 * transaction, so what is written last by the clock is what all of them have: AWS takes about a second for it. A new
 * member is filled in steps (job.h) from the table it was made from, as that is when each row's turn comes: what is
 * written meanwhile goes to both. Indexes made or deleted follow in all members, as do settings: replica_settings.h. */
#pragma once
#include "items.h"

/* table->replicas */
MUST_CHECK int replicas_load(Store *store, Table *table);
/* The same change in the other members. */
MUST_CHECK int replicas_follow(const Scope *scope, const Change *change);
/* Each of the others, until one fails. */
typedef int ReplicaFunction(const Scope *there, Table *other, const void *context);
MUST_CHECK int replicas_each(const Scope *scope, const Table *table, ReplicaFunction *function, const void *context);
/* What UpdateTable and UpdateTimeToLive have made of a member, in the others. */
MUST_CHECK int replicas_follow_settings(const Scope *scope, const Table *table);
/* The table goes, and is no member any more. */
MUST_CHECK int replicas_leave(const Scope *scope, const Table *table);
/* The table in another region: STORE_NOT_FOUND. */
MUST_CHECK int replica_find(const Scope *scope, const Table *table, Bytes region, Scope *ret_there, Table **ret_table);

/* UpdateTable's ReplicaUpdates: checked, then done. */
MUST_CHECK Status replicas_check(Call *call, const DynamodbUpdateTableInput *in, Table *table);
MUST_CHECK Status replicas_update(Call *call, const DynamodbUpdateTableInput *in, Table *table);
void replicas_describe(Call *call, const Table *table, DynamodbTableDescription *d);

/* replica_settings.h - what members of a global table have in common, and what each may have of its own.
 *
 * aws: Developer Guide, global tables, settings: billing mode, write capacity, Time to Live and global indexes are the
 * same in all regions; so is read capacity, unless a region overrides it (Dials.own); table class and key are each
 * region's own. Streams, protection, recovery, tags and policies nobody follows. */
#pragma once
#include "replica.h"

/* Create and Update of ReplicaUpdates have the same members. */
typedef struct ReplicaSettings {
    Bytes kms_key;
    const DynamodbProvisionedThroughputOverride *provisioned;
    const DynamodbOnDemandThroughputOverride *on_demand;
    const DynamodbReplicaGlobalSecondaryIndexList *indexes;
    Bytes table_class;
} ReplicaSettings;
#define REPLICA_SETTINGS(action)                                                                                       \
    ((ReplicaSettings){.kms_key = (action)->kms_master_key_id,                                                         \
                       .provisioned = (action)->provisioned_throughput_override,                                       \
                       .on_demand = (action)->on_demand_throughput_override,                                           \
                       .indexes = &(action)->global_secondary_indexes,                                                 \
                       .table_class = (action)->table_class_override})

/* To be changed before it is written: its indexes are its own, too. */
Table replica_copy(Arena *arena, const Table *table);
/* Of a member as it is, or of the table that one is made from. */
MUST_CHECK Status replica_settings_check(Call *call, const Table *table, const ReplicaSettings *asked);
/* The key of a new member in that region: the asked one. A table with a key of its own asks for one. */
MUST_CHECK Status replica_key_of(Call *call, const Table *table, Bytes region, Bytes asked, Bytes *ret_key);
/* Into a copy of the member: all but the key. */
void replica_settings_apply(const ReplicaSettings *asked, Table *member);
/* The columns of a member and its indexes, and what is its own. */
MUST_CHECK int replica_settings_write(const Scope *there, const Table *member);
void replica_settings_describe(Arena *arena, const Table *member, DynamodbReplicaDescription *d);

/* restore.h - the table that RestoreTableFromBackup and RestoreTableToPointInTime make: the other one's definition,
 * with what the request says otherwise. */
#pragma once
#include "job.h"

/* What both requests have in common. */
typedef struct RestoreInput {
    Bytes name, billing_mode;
    const DynamodbGlobalSecondaryIndexList *globals;
    const DynamodbLocalSecondaryIndexList *locals;
    const DynamodbProvisionedThroughput *provisioned;
    const DynamodbOnDemandThroughput *on_demand;
    const DynamodbSSESpecification *sse;
    size_t vector_indexes;
} RestoreInput;
#define RESTORE_INPUT(in)                                                                                              \
    {                                                                                                                  \
        .name = (in)->target_table_name, .billing_mode = (in)->billing_mode_override,                                  \
        .globals = &(in)->global_secondary_index_override, .locals = &(in)->local_secondary_index_override,            \
        .provisioned = (in)->provisioned_throughput_override, .on_demand = (in)->on_demand_throughput_override,        \
        .sse = (in)->sse_specification_override, .vector_indexes = (in)->vector_index_override.len,                    \
    }

/* What can be judged without the source. */
MUST_CHECK Status restore_check(Call *call, const RestoreInput *in);
/* *ret_target: what is to be made of `source`, checked. */
MUST_CHECK Status restore_plan(Call *call, const RestoreInput *in, const Table *source, Table *ret_target);
/* Makes it, and lets it be filled from the backup. */
MUST_CHECK Status restore_begin(Call *call, Table *target, const Origin *origin, const Job *job);

/* time_to_live.c - UpdateTimeToLive, DescribeTimeToLive: the setting; expiry.c has what comes of it.
 * DynamoDB API Reference, UpdateTimeToLive. */
#include "job.h"
#include "replica.h"

OPERATION(DynamodbUpdateTimeToLive, update_time_to_live, WRITES);
OPERATION(DynamodbDescribeTimeToLive, describe_time_to_live, READS);

static Status check_change(Call *call, const Table *table, const DynamodbTimeToLiveSpecification *asked)
{
    if (!asked->enabled && !present(table->ttl_attribute))
        return fail(call, &DYNAMODB_VALIDATION, "TimeToLive is already disabled");
    if (present(table->ttl_attribute) && !bytes_equal(asked->attribute_name, table->ttl_attribute))
        return fail(call, &DYNAMODB_VALIDATION,
                    "TimeToLive is active on a different AttributeName: current AttributeName is " BYTES_FMT,
                    BYTES_ARG(table->ttl_attribute));
    if (asked->enabled && present(table->ttl_attribute))
        return fail(call, &DYNAMODB_VALIDATION, "TimeToLive is already enabled");
    return OK;
}

static int set(const Scope *scope, Table *table, const void *context)
{
    const Bytes *attribute = context;
    Table changed = *table;
    changed.ttl_attribute = *attribute;
    int code = table_write(scope, &changed);
    if (code == STORE_OK)
        code = present(*attribute) ? expiry_job_add(scope, table) : expiry_forget(scope, table->id);
    table_forget(scope->service, table);
    return code;
}

static Status update_time_to_live(Call *call, const DynamodbUpdateTimeToLiveInput *in,
                                  DynamodbUpdateTimeToLiveOutput *out)
{
    const DynamodbTimeToLiveSpecification *asked = in->time_to_live_specification;
    Table *table;
    TRY(table_find_to_change(call, in->table_name, &table));
    TRY(check_change(call, table, asked));

    Bytes attribute = asked->enabled ? asked->attribute_name : (Bytes){0};
    TRY(expect_ok(call, set(&call->scope, table, &attribute)));
    /* aws: Developer Guide, global tables: it is the same in all regions */
    TRY(expect_ok(call, replicas_each(&call->scope, table, set, &attribute)));
    TRY(expect_ok(call, jobs_begin(&call->scope)));

    out->time_to_live_specification = in->time_to_live_specification;
    return OK;
}

static Status describe_time_to_live(Call *call, const DynamodbDescribeTimeToLiveInput *in,
                                    DynamodbDescribeTimeToLiveOutput *out)
{
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    bool is_on = present(table->ttl_attribute);
    out->time_to_live_description = arena_new_of(call->arena, DynamodbTimeToLiveDescription);
    out->time_to_live_description->attribute_name = table->ttl_attribute;
    out->time_to_live_description->time_to_live_status =
        is_on ? DYNAMODB_TIME_TO_LIVE_STATUS_ENABLED : DYNAMODB_TIME_TO_LIVE_STATUS_DISABLED;
    return OK;
}

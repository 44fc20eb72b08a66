/* describe_limits.c - DescribeLimits: the quotas a new account has. DynamoDB Developer Guide, Quotas. */
#include "table.h"

OPERATION(DynamodbDescribeLimits, describe_limits, READS);

static Status describe_limits(Call *call, const DynamodbDescribeLimitsInput *in, DynamodbDescribeLimitsOutput *out)
{
    (void)call;
    (void)in;
    SET(out, account_max_read_capacity_units, 80000);
    SET(out, account_max_write_capacity_units, 80000);
    SET(out, table_max_read_capacity_units, 40000);
    SET(out, table_max_write_capacity_units, 40000);
    return OK;
}

/* control.c */
#include "control.h"
#include "dynamodb_operations.h"
#include "throttle.h"

#define TABLES_MAX         2500
#define OPERATIONS_AT_ONCE 500

static const Query count_tables = {
    "SELECT COUNT(*) FROM (SELECT 1 FROM dynamodb_table WHERE account = ?1 AND region = ?2 LIMIT ?3)"};

static bool is_of_tables(const Operation *operation)
{
    static const Operation *const all[] = {
        &DynamodbCreateTable,
        &DynamodbUpdateTable,
        &DynamodbDeleteTable,
        &DynamodbUpdateTimeToLive,
        &DynamodbRestoreTableFromBackup,
        &DynamodbRestoreTableToPointInTime,
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] == operation)
            return true;
    return false;
}

static Status check_count(Call *call)
{
    Statement *row = statement_begin(call->store, &count_tables);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_int64(row, 3, TABLES_MAX);
    int64_t count = 0;
    TRY(expect_ok(call, statement_one_number(row, &count)));
    if (count < TABLES_MAX)
        return OK;
    return fail(call, &DYNAMODB_LIMIT_EXCEEDED,
                "Subscriber limit exceeded: There is a limit of %d tables per subscriber", TABLES_MAX);
}

Status control_admit(Call *call, const void *in)
{
    (void)in;
    if (!throttle_is_enforced_for_all(call) || !is_of_tables(call->operation))
        return OK;
    if (!throttle_takes_operation(call, OPERATIONS_AT_ONCE))
        return fail(call, &DYNAMODB_LIMIT_EXCEEDED,
                    "Subscriber limit exceeded: Only %d tables can be created, updated, or deleted simultaneously",
                    OPERATIONS_AT_ONCE);
    return call->operation == &DynamodbCreateTable ? check_count(call) : OK;
}

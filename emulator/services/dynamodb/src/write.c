/* write.c */
#include "write.h"
#include "table_metrics.h"
#include "throttle.h"

/* aws: Developer Guide, "Condition expressions": where it doesn't hold the write of the item that is there is paid for.
 */
static void pay_for_failure(Call *call, const Item *before)
{
    const Table *table = table_metrics_only_touched(call->service);
    double units = write_units(before ? item_size(before) : 0);
    if (!table)
        return;
    measure_table(call->service, table, NULL, METRIC_CONSUMED_WRITE, units);
    throttle_failed_condition(call, table, units);
}

Status condition_check(Call *call, const Node *condition, const Item *before, Bytes on_failure)
{
    static const Item nothing;
    if (!condition || condition_holds(call->arena, before ? before : &nothing, condition))
        return OK;
    pay_for_failure(call, before);
    if (!before || !bytes_is(on_failure, "ALL_OLD"))
        return fail(call, &DYNAMODB_CONDITIONAL_CHECK_FAILED, "The conditional request failed");
    DynamodbConditionalCheckFailedException *fields =
        arena_new_of(call->arena, DynamodbConditionalCheckFailedException);
    fields->item = *before;
    return fail_with(call, &DYNAMODB_CONDITIONAL_CHECK_FAILED, fields, "The conditional request failed");
}

Status put_check(Call *call, const Change *change)
{
    Lookup lookup = {.arena = call->arena};
    return index_keys_check(call, &lookup, change->table, change->after);
}

Status item_before(Call *call, const Table *table, const Key *key, const Item **ret_item)
{
    Item *item = arena_new_of(call->arena, Item);
    int code = item_read(&call->scope, table, key, item);
    *ret_item = code == STORE_OK ? item : NULL;
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

Status update_check_keys(Call *call, const Table *table, const Expression *update)
{
    for (const Path *path = update->paths; path; path = path->next)
        if (keys_have(&table->keys, path->steps[0].name))
            return fail(call, &DYNAMODB_VALIDATION,
                        "One or more parameter values were invalid: Cannot update attribute " BYTES_FMT
                        ". This attribute is part of the key",
                        BYTES_ARG(path->steps[0].name));
    return OK;
}

Status change_update(Call *call, Change *change, const Item *from, const Expression *update, Item *ret_after)
{
    TRY(item_update(call, from, update->set, ret_after));
    change->after = ret_after;
    TRY(change_check(call, change, "Item size to update"));
    return item_check_nesting(call, ret_after);
}

Status transaction_cancel(Call *call, const DynamodbCancellationReasonList *reasons)
{
    DynamodbTransactionCanceledException *fields = arena_new_of(call->arena, DynamodbTransactionCanceledException);
    Bytes codes = TEXT("");
    fields->cancellation_reasons = *reasons;
    for (size_t i = 0; i < reasons->len; i++)
        codes = arena_text(call->arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(codes), i ? ", " : "",
                           BYTES_ARG(reasons->items[i].code));
    return fail_with(call, &DYNAMODB_TRANSACTION_CANCELED, fields,
                     "Transaction cancelled, please refer cancellation reasons for specific reasons [" BYTES_FMT "]",
                     BYTES_ARG(codes));
}

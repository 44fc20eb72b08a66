/* transact_write_items.c - TransactWriteItems: up to 100 puts, updates, deletes and checks, all or none of them.
 * DynamoDB API Reference, TransactWriteItems. */
#include "throttle.h"
#include "token.h"
#include "write.h"

OPERATION(DynamodbTransactWriteItems, transact_write_items, WRITES);

/* One of the four, by what they have in common. */
typedef struct Part {
    Bytes table_name, update_expression, condition_expression, return_values;
    const DynamodbExpressionAttributeNameMap *names;
    const DynamodbExpressionAttributeValueMap *values;
    Item given; /* the key, or of a Put the item */
    bool is_put, is_update, is_check;
    Bytes refusal;     /* of its key; absent: none */
    bool is_put_aside; /* judged, and not kept until it is written: made again then */
    Change change;
    Item after;
    Request request;
} Part;

#define PART_OF(in, given_)                                                                                            \
    ((Part){.table_name = (in)->table_name,                                                                            \
            .condition_expression = (in)->condition_expression,                                                        \
            .return_values = (in)->return_values_on_condition_check_failure,                                           \
            .names = &(in)->expression_attribute_names,                                                                \
            .values = &(in)->expression_attribute_values,                                                              \
            .given = *AS_ITEM(&(in)->given_)})

static Status part_of(Call *call, const DynamodbTransactWriteItem *in, Part *ret)
{
    if (!!in->condition_check + !!in->put + !!in->delete + !!in->update != 1)
        return fail(call, &DYNAMODB_VALIDATION, "TransactItems can only contain one of Check, Put, Update or Delete");
    if (in->put) {
        *ret = PART_OF(in->put, item);
        ret->is_put = true;
    } else if (in->update) {
        *ret = PART_OF(in->update, key);
        ret->is_update = true;
        ret->update_expression = in->update->update_expression;
    } else if (in->delete) {
        *ret = PART_OF(in->delete, key);
    } else {
        *ret = PART_OF(in->condition_check, key);
        ret->is_check = true;
    }
    return OK;
}

static Status fit(Call *call, Part *part)
{
    const Table *table = part->change.table;
    TRY(part->is_put ? key_of_item(call, table, &part->given, &part->change.key)
                     : key_of_request(call, table, &part->given, &part->change.key));
    TRY(update_check_keys(call, table, &part->request.update));
    return request_check_nested(call, table, &part->request);
}

/* What does not fit its table is that part's reason to cancel, not a mistake of the request. aws: so does DynamoDB
 * Local, of keys and of updates of them */
static Status find_key(Call *call, Part *part)
{
    const Table *table = part->change.table;
    TRY(request_check_empty_keys(call, &table->keys, &part->given));
    Status status = fit(call, part);
    if (is_ok(status) || status.code_ < 0)
        return status;
    part->refusal = call->message;
    call->error = NULL;
    return OK;
}

/* What is wrong whatever the table and its items are: refuses the whole request. */
static Status check(Call *call, Part *part)
{
    RequestInput input = {.text[EXPRESSION_CONDITION] = part->condition_expression,
                          .text[EXPRESSION_UPDATE] = part->update_expression,
                          .names = part->names,
                          .values = part->values,
                          .item = part->is_put ? &part->given : NULL,
                          .key = part->is_put ? NULL : &part->given};
    return request_check(call, &input, &part->request);
}

static Status prepare(Call *call, Part *part)
{
    TRY(table_find_for_items(call, part->table_name, &part->change.table));
    return find_key(call, part);
}

static Status check_double(Call *call, const Part *parts, size_t count)
{
    const Change *last = &parts[count].change;
    for (size_t i = 0; i < count && !present(parts[count].refusal); i++) {
        const Change *change = &parts[i].change;
        if (!present(parts[i].refusal) && change->table == last->table &&
            bytes_equal(change->key.hash, last->key.hash) && bytes_equal(change->key.range, last->key.range))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Transaction request cannot include multiple operations on one item");
    }
    return OK;
}

/* What is to be there after: may fail by what is there. */
static Status compute(Call *call, Part *part)
{
    const Item *before = part->change.before;
    if (part->is_update && (before || update_makes_item(&part->request.update)))
        return change_update(call, &part->change, before ? before : &part->given, &part->request.update, &part->after);
    if (!part->is_put)
        return OK;
    part->change.after = &part->given;
    TRY(change_check(call, &part->change, "Item size"));
    return item_check_nesting(call, part->change.after);
}

static DynamodbCancellationReason invalid(Bytes message)
{
    return (DynamodbCancellationReason){.code = TEXT("ValidationError"), .message = message};
}

static Status admit(Call *call, const Part *part, DynamodbCancellationReason *reason)
{
    if (throttle_is_on(call))
        throttle_refuses_part(
            call, part->is_check ? throttle_check_now(call, &part->change) : throttle_write_now(call, &part->change),
            reason);
    return OK;
}

/* Its reason to cancel, or "None". Fails where the items cannot be read. */
static Status judge(Call *call, Part *part, DynamodbCancellationReason *ret)
{
    static const Item nothing;
    *ret = (DynamodbCancellationReason){.code = TEXT("None")};
    if (present(part->refusal)) {
        *ret = invalid(part->refusal);
        return OK;
    }
    TRY(item_before(call, part->change.table, &part->change.key, &part->change.before));
    const Item *before = part->change.before;
    if (part->request.condition && !condition_holds(call->arena, before ? before : &nothing, part->request.condition)) {
        ret->code = TEXT("ConditionalCheckFailed");
        ret->message = TEXT("The conditional request failed");
        if (before && bytes_is(part->return_values, "ALL_OLD"))
            ret->item = *before;
        return OK;
    }
    if (is_ok(compute(call, part)))
        return admit(call, part, ret);
    *ret = invalid(call->message);
    call->error = NULL;
    return OK;
}

static Status check_all(Call *call, const DynamodbTransactWriteItemsInput *in, Part *parts)
{
    for (size_t i = 0; i < in->transact_items.len; i++) {
        TRY(part_of(call, &in->transact_items.items[i], &parts[i]));
        TRY(check(call, &parts[i]));
    }
    return OK;
}

static Status prepare_all(Call *call, const DynamodbTransactWriteItemsInput *in, Part *parts)
{
    size_t bytes = 0;
    for (size_t i = 0; i < in->transact_items.len; i++) {
        TRY(prepare(call, &parts[i]));
        TRY(check_double(call, parts, i));
        bytes += item_size(&parts[i].given);
        if (bytes > TRANSACTION_BYTES_MAX)
            return fail(call, &DYNAMODB_VALIDATION, TRANSACTION_TOO_LARGE);
    }
    return OK;
}

static bool is_none(const DynamodbCancellationReason *reason)
{
    return bytes_is(reason->code, "None");
}

static Status judge_all(Call *call, const DynamodbTransactWriteItemsInput *in, Part *parts)
{
    size_t count = in->transact_items.len, begun = arena_held(call->arena);
    DynamodbCancellationReasonList reasons = {arena_new_array(call->arena, DynamodbCancellationReason, count), count};
    size_t taken = throttle_mark(call);
    bool is_cancelled = false;
    for (size_t i = 0; i < count; i++) {
        ArenaMark mark = arena_mark(call->arena);
        TRY(judge(call, &parts[i], &reasons.items[i]));
        is_cancelled |= !is_none(&reasons.items[i]);
        if (!is_none(&reasons.items[i]) || arena_held(call->arena) - begun < JUDGED_HELD_MAX)
            continue;
        parts[i].is_put_aside = true;
        parts[i].change.before = parts[i].change.after = NULL;
        arena_rewind(call->arena, mark);
    }
    if (!is_cancelled)
        return OK;
    throttle_give_back(call, taken);
    return transaction_cancel(call, &reasons);
}

static Status write_part(Call *call, Part *part, ChangeCost *ret_cost)
{
    ArenaMark mark = arena_mark(call->arena);
    if (part->is_check)
        return OK;
    if (!part->is_put_aside)
        return expect_ok(call, change_write(&call->scope, &part->change, ret_cost));
    TRY(item_before(call, part->change.table, &part->change.key, &part->change.before));
    TRY(compute(call, part));
    TRY(expect_ok(call, change_write(&call->scope, &part->change, ret_cost)));
    arena_rewind(call->arena, mark);
    return OK;
}

static void consume(Call *call, const DynamodbTransactWriteItemsInput *in, const Part *part, const ChangeCost *cost,
                    DynamodbTransactWriteItemsOutput *out)
{
    DynamodbConsumedCapacity *one =
        capacity_of_write(call, in->return_consumed_capacity, part->table_name, part->change.table, cost);
    capacity_join(call, &out->consumed_capacity, one, in->transact_items.len);
}

/* aws: API Reference, TransactWriteItems, ClientRequestToken: "the subsequent TransactWriteItems calls with the same
 * client token return the number of read capacity units consumed in reading the item" */
static Status replay(Call *call, const DynamodbTransactWriteItemsInput *in, DynamodbTransactWriteItemsOutput *out)
{
    if (!capacity_is_asked(in->return_consumed_capacity))
        return OK;
    for (size_t i = 0; i < in->transact_items.len; i++) {
        ArenaMark mark = arena_mark(call->arena);
        Part part = {0};
        const Item *item;
        TRY(part_of(call, &in->transact_items.items[i], &part));
        TRY(table_find_for_items(call, part.table_name, &part.change.table));
        TRY(find_key(call, &part));
        TRY(item_before(call, part.change.table, &part.change.key, &item));
        ReadCost cost = {.units = read_units(item ? item_size(item) : 0, true), .table = part.change.table};
        arena_rewind(call->arena, mark);
        DynamodbConsumedCapacity *one = capacity_of_read(call, in->return_consumed_capacity, part.table_name, &cost);
        capacity_join(call, &out->consumed_capacity, one, in->transact_items.len);
    }
    capacity_of_transaction(&out->consumed_capacity, CAPACITY_READ);
    return OK;
}

static Status transact_write_items(Call *call, const DynamodbTransactWriteItemsInput *in,
                                   DynamodbTransactWriteItemsOutput *out)
{
    size_t count = in->transact_items.len;
    Part *parts = arena_new_array(call->arena, Part, count);
    Bytes digest;
    bool is_done;
    TRY(check_all(call, in, parts));
    TRY(token_check(call, in, &digest, &is_done));
    if (is_done)
        return replay(call, in, out);
    TRY(prepare_all(call, in, parts));
    TRY(judge_all(call, in, parts));

    TRY(expect_ok(call, token_keep(call, in->client_request_token, digest)));
    for (size_t i = 0; i < count; i++) {
        ChangeCost cost = {0};
        TRY(write_part(call, &parts[i], &cost));
        consume(call, in, &parts[i], &cost, out);
    }
    capacity_of_transaction(&out->consumed_capacity, CAPACITY_WRITE);
    return OK;
}

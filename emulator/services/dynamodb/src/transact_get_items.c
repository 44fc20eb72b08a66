/* transact_get_items.c - TransactGetItems: up to 100 items as they are at one moment. DynamoDB API Reference,
 * TransactGetItems. */
#include "read.h"
#include "throttle.h"

OPERATION(DynamodbTransactGetItems, transact_get_items, READS);

typedef struct Wanted {
    Table *table;
    Item given;
    Key key;
    Request request;
    const Item *item;
} Wanted;

/* What can be judged without the table. */
static Status check(Call *call, const DynamodbTransactGetItem *part, Wanted *ret)
{
    const DynamodbGet *get = part->get;
    RequestInput input = {.text[EXPRESSION_PROJECTION] = get->projection_expression,
                          .names = &get->expression_attribute_names,
                          .key = &ret->given};
    ret->given = *AS_ITEM(&get->key);
    return request_check(call, &input, &ret->request);
}

/* A key that does not fit its table is that part's reason to cancel. */
static Status find_key(Call *call, const DynamodbTransactGetItem *part, Wanted *wanted, DynamodbCancellationReason *ret)
{
    *ret = (DynamodbCancellationReason){.code = TEXT("None")};
    TRY(table_find_for_items(call, part->get->table_name, &wanted->table));
    TRY(request_check_empty_keys(call, &wanted->table->keys, &wanted->given));
    TRY(request_check_nested(call, wanted->table, &wanted->request));
    Status status = key_of_request(call, wanted->table, &wanted->given, &wanted->key);
    if (is_ok(status) || status.code_ < 0)
        return status;
    *ret = (DynamodbCancellationReason){.code = TEXT("ValidationError"), .message = call->message};
    call->error = NULL;
    return OK;
}

static Status check_double(Call *call, const Wanted *all, size_t count)
{
    for (size_t i = 0; i < count && present(all[count].key.hash); i++)
        if (all[i].table == all[count].table && bytes_equal(all[i].key.hash, all[count].key.hash) &&
            bytes_equal(all[i].key.range, all[count].key.range))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Transaction request cannot include multiple operations on one item");
    return OK;
}

static ReadCost cost_of(const Wanted *wanted)
{
    return (ReadCost){.units = read_units(wanted->item ? item_size(wanted->item) : 0, true),
                      .table = wanted->table,
                      .hash = wanted->key.hash};
}

/* All or none: the part that finds no room is the reason to cancel. */
static Status admit_all(Call *call, const Wanted *wanted, size_t count)
{
    DynamodbCancellationReasonList reasons = {arena_new_array(call->arena, DynamodbCancellationReason, count), count};
    size_t mark = throttle_mark(call);
    bool is_cancelled = false;
    for (size_t i = 0; i < count; i++) {
        ReadCost cost = cost_of(&wanted[i]);
        reasons.items[i] = (DynamodbCancellationReason){.code = TEXT("None")};
        is_cancelled |= throttle_refuses_part(call, throttle_read(call, &cost), &reasons.items[i]);
    }
    if (!is_cancelled)
        return OK;
    throttle_give_back(call, mark);
    return transaction_cancel(call, &reasons);
}

static void consume(Call *call, const DynamodbTransactGetItemsInput *in, const DynamodbGet *get, const Wanted *wanted,
                    DynamodbConsumedCapacityMultiple *all)
{
    ReadCost cost = cost_of(wanted);
    DynamodbConsumedCapacity *one = capacity_of_read(call, in->return_consumed_capacity, get->table_name, &cost);
    capacity_join(call, all, one, in->transact_items.len);
}

/* In memory: their answer takes about as much again. */
#define ITEMS_HELD_MAX (LIMIT_CALL_BYTES / 2)

static Status prepare_all(Call *call, const DynamodbTransactGetItemsInput *in, Wanted *wanted)
{
    size_t count = in->transact_items.len;
    DynamodbCancellationReasonList reasons = {arena_new_array(call->arena, DynamodbCancellationReason, count), count};
    bool is_cancelled = false;
    for (size_t i = 0; i < count; i++)
        TRY(check(call, &in->transact_items.items[i], &wanted[i]));
    for (size_t i = 0; i < count; i++) {
        TRY(find_key(call, &in->transact_items.items[i], &wanted[i], &reasons.items[i]));
        TRY(check_double(call, wanted, i));
        is_cancelled |= present(reasons.items[i].message);
    }
    return is_cancelled ? transaction_cancel(call, &reasons) : OK;
}

static Status read_all(Call *call, const DynamodbTransactGetItemsInput *in, Wanted *wanted)
{
    size_t bytes = 0, begun = arena_held(call->arena);
    for (size_t i = 0; i < in->transact_items.len; i++) {
        TRY(item_before(call, wanted[i].table, &wanted[i].key, &wanted[i].item));
        bytes += wanted[i].item ? item_size(wanted[i].item) : 0;
        if (bytes > TRANSACTION_BYTES_MAX)
            return fail(call, &DYNAMODB_VALIDATION, TRANSACTION_TOO_LARGE);
        if (arena_held(call->arena) - begun > ITEMS_HELD_MAX)
            return fail(call, &DYNAMODB_VALIDATION,
                        "The items need more memory than evpoc-emu lets one call have (core/limits.h).");
    }
    return OK;
}

static Status transact_get_items(Call *call, const DynamodbTransactGetItemsInput *in,
                                 DynamodbTransactGetItemsOutput *out)
{
    size_t count = in->transact_items.len;
    Wanted *wanted = arena_new_array(call->arena, Wanted, count);
    TRY(prepare_all(call, in, wanted));
    TRY(read_all(call, in, wanted));
    if (throttle_is_on(call))
        TRY(admit_all(call, wanted, count));
    out->responses = (DynamodbItemResponseList){arena_new_array(call->arena, DynamodbItemResponse, count), count};
    for (size_t i = 0; i < count; i++) {
        const Item *item = wanted[i].item;
        if (item)
            out->responses.items[i].item =
                wanted[i].request.paths ? item_project(call->arena, item, wanted[i].request.paths) : *item;
        consume(call, in, in->transact_items.items[i].get, &wanted[i], &out->consumed_capacity);
    }
    capacity_of_transaction(&out->consumed_capacity, CAPACITY_READ);
    return OK;
}

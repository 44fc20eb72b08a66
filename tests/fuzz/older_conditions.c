/* older_conditions.c - the body of a Query, whose ExclusiveStartKey may have any attributes: it is the item. What
 * QueryFilter, KeyConditions, AttributesToGet and expressions say of it. */
#include "dynamodb_item.h"
#include "key_condition.h"
#include "legacy.h"

static Status ask(Call *call, const DynamodbQueryInput *in, const Item *item)
{
    const Keys keys = {.hash = {TEXT("p"), VALUE_S}, .range = {TEXT("r"), VALUE_N}};
    DynamodbFilterConditionMap key_conditions = {(DynamodbFilterConditionMapEntry *)(void *)in->key_conditions.items,
                                                 in->key_conditions.len};
    const PathSet *paths;
    KeyComparisons comparisons = {.len = 0};
    KeyCondition rows;
    Node *filter, *key;
    TRY(legacy_conditions(call, &in->query_filter, in->conditional_operator, &filter));
    if (filter)
        (void)condition_holds(call->arena, item, filter);
    TRY(filter_check_keys(call, &keys, filter, true));
    TRY(legacy_attributes(call, &in->attributes_to_get, &paths));
    if (paths) {
        Item shown = item_project(call->arena, item, paths);
        EXPECT(shown.len <= item->len && shown.len <= paths->len);
        check_stored(call->arena, &shown);
    }
    TRY(legacy_conditions(call, &key_conditions, (Bytes){0}, &key));
    if (!key)
        return OK;
    TRY(key_condition_read(call, key, &comparisons));
    return key_condition_of(call, &keys, &comparisons, &rows);
}

static Status run(Call *call, Bytes body)
{
    DynamodbQueryInput in = {0};
    Item *item = AS_ITEM(&in.exclusive_start_key);
    if (!read_body(call, DynamodbQueryModel.input, body, &in))
        return OK;
    TRY(item_normalise(call, item));
    return ask(call, &in, item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_call(run, (Bytes){(const char *)data, size});
    return 0;
}
